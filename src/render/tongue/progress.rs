//! Who has posted on what.

use serde::Serialize;

use super::Noun;

/// The words of the progress page and of its table for a spreadsheet.
#[derive(Debug, Serialize)]
pub(in crate::render) struct Progress {
    pub(in crate::render) title: &'static str,
    pub(in crate::render) intro: &'static str,
    pub(in crate::render) spreadsheet: &'static str,
    pub(in crate::render) no_participants: &'static str,
    pub(in crate::render) no_units: &'static str,
    pub(in crate::render) nobody: &'static str,
    /// The form that chooses whom to show.
    pub(in crate::render) choose: Choose,
    pub(in crate::render) shown: &'static str,
    pub(in crate::render) reset: &'static str,
    pub(in crate::render) skip: &'static str,
    pub(in crate::render) caption: &'static str,
    /// Which rows of a long table stand in this part of it, with `{from}`, `{to}` and `{all}`.
    pub(in crate::render) block: &'static str,
    pub(in crate::render) participant: &'static str,
    pub(in crate::render) done: &'static str,
    pub(in crate::render) last: &'static str,
    pub(in crate::render) never: &'static str,
    pub(in crate::render) have: &'static str,
    pub(in crate::render) have_not: &'static str,
    pub(in crate::render) missing_link: &'static str,
    pub(in crate::render) why: &'static str,
    /// How many posts there are in which nothing was recognised.
    pub(in crate::render) unrecognised: Noun,
    pub(in crate::render) marks: &'static str,
    pub(in crate::render) marks_label: &'static str,
    /// What a cell says, by its state.
    pub(in crate::render) states: States,
    /// The same at length.
    pub(in crate::render) meanings: Meanings,
    pub(in crate::render) activity: Activity,
}

/// The form that chooses whom to show, and in which order.
#[derive(Debug, Serialize)]
pub(in crate::render) struct Choose {
    pub(in crate::render) legend: &'static str,
    pub(in crate::render) group: &'static str,
    pub(in crate::render) any_group: &'static str,
    pub(in crate::render) missing: &'static str,
    pub(in crate::render) any_missing: &'static str,
    pub(in crate::render) silent: &'static str,
    pub(in crate::render) any_silent: &'static str,
    pub(in crate::render) weeks: Noun,
    pub(in crate::render) sort: &'static str,
    pub(in crate::render) by_roster: &'static str,
    pub(in crate::render) by_name: &'static str,
    pub(in crate::render) by_name_backwards: &'static str,
    pub(in crate::render) by_most_done: &'static str,
    pub(in crate::render) by_least_done: &'static str,
    pub(in crate::render) by_newest: &'static str,
    pub(in crate::render) by_oldest: &'static str,
    pub(in crate::render) show: &'static str,
}

/// A word or a sentence for each state of a cell.
#[derive(Debug, Serialize)]
pub(in crate::render) struct States {
    pub(in crate::render) done: &'static str,
    pub(in crate::render) late: &'static str,
    pub(in crate::render) suggested: &'static str,
    pub(in crate::render) unrecognised: &'static str,
    pub(in crate::render) unread: &'static str,
    pub(in crate::render) silent: &'static str,
    pub(in crate::render) ahead: &'static str,
    /// Several posts, for the legend.
    pub(in crate::render) many: &'static str,
    /// Several posts, the first of them in time.
    pub(in crate::render) several: &'static str,
    /// Several posts, the first of them late.
    pub(in crate::render) several_late: &'static str,
}

/// A sentence for each mark.
#[derive(Debug, Serialize)]
pub(in crate::render) struct Meanings {
    pub(in crate::render) done: &'static str,
    pub(in crate::render) late: &'static str,
    pub(in crate::render) several: &'static str,
    pub(in crate::render) suggested: &'static str,
    pub(in crate::render) unrecognised: &'static str,
    pub(in crate::render) unread: &'static str,
    pub(in crate::render) silent: &'static str,
    pub(in crate::render) ahead: &'static str,
}

/// The chart of posts a week.
#[derive(Debug, Serialize)]
pub(in crate::render) struct Activity {
    pub(in crate::render) heading: &'static str,
    pub(in crate::render) chart: &'static str,
    pub(in crate::render) on_things: &'static str,
    pub(in crate::render) others: &'static str,
    pub(in crate::render) table: &'static str,
    pub(in crate::render) week: &'static str,
    pub(in crate::render) posts: &'static str,
    pub(in crate::render) caption: &'static str,
    pub(in crate::render) zone: &'static str,
}

pub(super) const ENGLISH: Progress = Progress {
    title: "Progress",
    intro: "A tick or a number leads to what was posted, and “…” to what may be meant; every other mark says why there is nothing.",
    spreadsheet: "This table for your spreadsheet: {link}",
    no_participants: "Nobody takes part yet. If you organise this course, add participants to the file {file}; the table \
                      then has a row for each.",
    no_units: "The course has no {units} yet. If you organise it, add them to the file {file}; the table then has a \
               column for each.",
    nobody: "Nobody on the list is like that.",
    choose: Choose {
        legend: "Whom to show",
        group: "Group",
        any_group: "everybody",
        missing: "Still missing",
        any_missing: "any or none",
        silent: "No post for",
        any_silent: "any time",
        weeks: Noun {
            none: "no week",
            one: "1 week",
            many: "{number} weeks",
        },
        sort: "In the order of",
        by_roster: "the course’s list",
        by_name: "names",
        by_name_backwards: "names, from Z",
        by_most_done: "most done",
        by_least_done: "least done",
        by_newest: "newest posts",
        by_oldest: "oldest posts",
        show: "Show",
    },
    shown: "{shown} of {all}",
    reset: "Show everybody",
    skip: "Skip the table",
    caption: "Who has posted on which {unit}",
    block: "rows {from} to {to} of {all}",
    participant: "Participant",
    done: "Done",
    last: "Last post",
    never: "none yet",
    have: "Have posted",
    have_not: "Have not",
    missing_link: "Who has not posted on {thing}",
    why: "blog not read",
    unrecognised: Noun {
        none: "all posts recognised",
        one: "1 post not recognised",
        many: "{number} posts not recognised",
    },
    marks: "What the marks mean",
    marks_label: "Marks in the table, and how many cells have each",
    states: States {
        done: "posted",
        late: "late",
        suggested: "suggestion waiting",
        unrecognised: "not recognised",
        unread: "blog not read",
        silent: "nothing yet",
        ahead: "not yet due",
        many: "several posts",
        several: "{count} posts",
        several_late: "{count} posts, late",
    },
    meanings: Meanings {
        done: "There is a post, published before the next {unit} opened, or one without a date.",
        late: "There is a post, but the first was published when the next {unit} had opened or the course had closed.",
        several: "There are so many posts; the mark leads to all of them.",
        suggested: "There is a post that may be on it, to which the mark leads. The organisers can confirm that, or its author can put “{unit}” \
                    and the number into its title.",
        unrecognised: "They have posted in its time, before the next {unit} opened, or without a date, and nothing was \
                       recognised in that post; it may be this one. The link beside the name leads to all such posts.",
        unread: "The blog is broken or gone, has been putting us off for more than a day, or was not read yet, so a post may \
                 be missing here.",
        silent: "The blog is read, and no post of its time can be on it. One that came later may be: see the link beside \
                 the name, where there is one.",
        ahead: "It has not opened yet.",
    },
    activity: Activity {
        heading: "Posts a week",
        chart: "{posts} in {weeks}. Most of them, {most}, came in the week of {day}.",
        on_things: "on a {unit}",
        others: "others",
        table: "The same as a table",
        week: "Week of",
        posts: "Posts",
        caption: "Posts of everybody, by week",
        zone: "A week begins on Monday, at midnight UTC.",
    },
};

pub(super) const GERMAN: Progress = Progress {
    title: "Fortschritt",
    intro: "Ein Häkchen oder eine Zahl führt zu dem, was geschrieben wurde, „…“ zu dem, was gemeint sein kann; jedes andere Zeichen sagt, warum nichts da ist.",
    spreadsheet: "Diese Tabelle für die Tabellenkalkulation: {link}",
    no_participants: "Noch nimmt niemand teil. Wer den Kurs leitet, trägt die Teilnehmenden in die Datei {file} ein; dann \
                      hat die Tabelle für alle eine Zeile.",
    no_units: "Der Kurs hat noch keine {units}. Wer ihn leitet, trägt sie in die Datei {file} ein; dann hat die Tabelle \
               für jede Nummer eine Spalte.",
    nobody: "Auf niemanden in der Liste trifft das zu.",
    choose: Choose {
        legend: "Wer gezeigt wird",
        group: "Gruppe",
        any_group: "alle",
        missing: "Noch offen",
        any_missing: "beliebig",
        silent: "Kein Beitrag seit",
        any_silent: "beliebig",
        weeks: Noun {
            none: "keiner Woche",
            one: "1 Woche",
            many: "{number} Wochen",
        },
        sort: "Geordnet nach",
        by_roster: "der Liste des Kurses",
        by_name: "Namen",
        by_name_backwards: "Namen, von Z an",
        by_most_done: "Anzahl, die meisten zuerst",
        by_least_done: "Anzahl, die wenigsten zuerst",
        by_newest: "letztem Beitrag, der neueste zuerst",
        by_oldest: "letztem Beitrag, der älteste zuerst",
        show: "Zeigen",
    },
    shown: "{shown} von {all}",
    reset: "Alle zeigen",
    skip: "Die Tabelle überspringen",
    caption: "Wer zu welcher Nummer von „{unit}“ geschrieben hat",
    block: "Zeilen {from} bis {to} von {all}",
    participant: "Teilnehmende",
    done: "Fertig",
    last: "Letzter Beitrag",
    never: "noch keiner",
    have: "Mit Beitrag",
    have_not: "Ohne Beitrag",
    missing_link: "Wer zu {thing} noch keinen Beitrag hat",
    why: "Blog nicht gelesen",
    unrecognised: Noun {
        none: "alle Beiträge erkannt",
        one: "1 Beitrag nicht erkannt",
        many: "{number} Beiträge nicht erkannt",
    },
    marks: "Was die Zeichen bedeuten",
    marks_label: "Zeichen in der Tabelle, und wie viele Zellen sie haben",
    states: States {
        done: "geschrieben",
        late: "spät",
        suggested: "Vorschlag wartet",
        unrecognised: "nicht erkannt",
        unread: "Blog nicht gelesen",
        silent: "noch nichts",
        ahead: "noch nicht dran",
        many: "mehrere Beiträge",
        several: "{count} Beiträge",
        several_late: "{count} Beiträge, spät",
    },
    meanings: Meanings {
        done: "Ein Beitrag ist da; er erschien, bevor „{unit}“ mit der nächsten Nummer begann, oder hat kein Datum.",
        late: "Ein Beitrag ist da, aber der erste erschien, als „{unit}“ mit der nächsten Nummer schon begonnen hatte oder \
               der Kurs zu Ende war.",
        several: "So viele Beiträge sind da; das Zeichen führt zu allen.",
        suggested: "Ein Beitrag könnte dazu gehören; das Zeichen führt zu ihm. Die Kursleitung kann das bestätigen; sonst hilft es, „{unit}“ und die \
                    Nummer in den Titel zu setzen.",
        unrecognised: "Zu dieser Zeit, bevor „{unit}“ mit der nächsten Nummer begann, oder ohne Datum ist etwas erschienen, \
                       aber darin wurde nichts erkannt; das kann es sein. Der Link beim Namen führt zu allen solchen \
                       Beiträgen.",
        unread: "Das Blog ist gestört, verschwunden oder noch nicht gelesen, oder es vertröstet uns seit mehr als einem Tag; ein \
                 Beitrag kann also fehlen.",
        silent: "Das Blog wird gelesen, und kein Beitrag aus dieser Zeit kann dazu gehören. Ein späterer kann es: siehe den \
                 Link beim Namen, wo einer steht.",
        ahead: "Das hat noch nicht begonnen.",
    },
    activity: Activity {
        heading: "Beiträge pro Woche",
        chart: "{posts} in {weeks}. Die meisten, {most}, kamen in der Woche ab {day}.",
        on_things: "zu „{unit}“",
        others: "andere",
        table: "Dasselbe als Tabelle",
        week: "Woche ab",
        posts: "Beiträge",
        caption: "Beiträge von allen, Woche für Woche",
        zone: "Eine Woche beginnt am Montag um Mitternacht (UTC).",
    },
};
