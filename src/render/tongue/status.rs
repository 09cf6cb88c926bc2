//! How the blogs fare, and how far they were read back.

use serde::Serialize;

use super::Noun;

/// The words of the status page, and of a blog's health wherever it is told.
#[derive(Debug, Serialize)]
pub(in crate::render) struct Status {
    pub(in crate::render) title: &'static str,
    pub(in crate::render) as_of: &'static str,
    pub(in crate::render) zone: &'static str,
    pub(in crate::render) awaits_retag: &'static str,
    pub(in crate::render) offline: &'static str,
    pub(in crate::render) nothing: &'static str,
    pub(in crate::render) caption: &'static str,
    pub(in crate::render) odd_feed: &'static str,
    pub(in crate::render) odd_posts: &'static str,
    pub(in crate::render) and_more: &'static str,
    pub(in crate::render) held_until: &'static str,
    /// The same where the blog itself asked us to wait.
    pub(in crate::render) held_asked: &'static str,
    /// When a blog was last read well, where that is not the last time it was asked.
    pub(in crate::render) last_read: &'static str,
    pub(in crate::render) never_read: &'static str,
    pub(in crate::render) more_posts: Noun,
    pub(in crate::render) blogs: Noun,
    pub(in crate::render) health: Health,
    pub(in crate::render) flood: &'static str,
    pub(in crate::render) moves: Moves,
    pub(in crate::render) older: Older,
}

/// A blog's state.
#[derive(Debug, Serialize)]
pub(in crate::render) struct Health {
    pub(in crate::render) new: &'static str,
    pub(in crate::render) waiting: &'static str,
    pub(in crate::render) paused_until: &'static str,
    pub(in crate::render) paused: &'static str,
    pub(in crate::render) ok: &'static str,
    pub(in crate::render) quiet_since: &'static str,
    pub(in crate::render) quiet: &'static str,
    pub(in crate::render) no_posts: &'static str,
    pub(in crate::render) failing_since: &'static str,
    pub(in crate::render) failing: &'static str,
    pub(in crate::render) blocked_since: &'static str,
    pub(in crate::render) blocked: &'static str,
    pub(in crate::render) gone_since: &'static str,
    pub(in crate::render) gone: &'static str,
    pub(in crate::render) gone_cause: &'static str,
    pub(in crate::render) new_advice: &'static str,
    /// It answered 429 or 503.
    pub(in crate::render) throttled_cause: &'static str,
    /// Its platform did, when another blog was asked.
    pub(in crate::render) platform_cause: &'static str,
    pub(in crate::render) throttled_advice: &'static str,
    pub(in crate::render) paused_advice: &'static str,
    pub(in crate::render) gone_advice: &'static str,
}

/// What a feed's address does.
#[derive(Debug, Serialize)]
pub(in crate::render) struct Moves {
    pub(in crate::render) moved: &'static str,
    pub(in crate::render) moving: &'static str,
    pub(in crate::render) strange: &'static str,
    pub(in crate::render) answers: Noun,
}

/// How far older pages were read.
#[derive(Debug, Serialize)]
pub(in crate::render) struct Older {
    pub(in crate::render) pages: Noun,
    pub(in crate::render) back_to: &'static str,
    pub(in crate::render) not_back: &'static str,
    pub(in crate::render) next: &'static str,
    pub(in crate::render) tried_again: &'static str,
    pub(in crate::render) more_follow: &'static str,
    pub(in crate::render) failed: &'static str,
    pub(in crate::render) elsewhere: &'static str,
    pub(in crate::render) theirs: &'static str,
    pub(in crate::render) first: &'static str,
    pub(in crate::render) repeats: &'static str,
    pub(in crate::render) capped: &'static str,
}

pub(super) const ENGLISH: Status = Status {
    title: "Status",
    as_of: "As of {time}",
    zone: "all times are those of {zone}",
    awaits_retag: "The rules changed since the older posts were tagged. If you organise this course, run “thingplanet \
                   retag --dry-run” to see what would change.",
    offline: "No blog can be reached from here since {time}. That is this planet’s own connection, so it is held against \
              no blog, and all are asked again by themselves. If you run it: check the machine’s connection to the \
              internet and its name server.",
    nothing: "There is no blog to read yet. If you organise this course, add participants to the file {file}.",
    caption: "Every blog, those that need attention first",
    odd_feed: "Odd in the feed",
    odd_posts: "Odd in its posts",
    and_more: "and {posts}",
    held_until: "not before {time}, as its host asked or because it takes no connections",
    held_asked: "not before {time}, as it asked",
    last_read: "last read on {day}",
    never_read: "never read so far",
    more_posts: Noun {
        none: "no more posts",
        one: "1 more post",
        many: "{number} more posts",
    },
    blogs: Noun {
        none: "no blogs",
        one: "1 blog",
        many: "{number} blogs",
    },
    health: Health {
        new: "not asked yet",
        waiting: "no answer yet",
        paused_until: "paused until",
        paused: "paused",
        ok: "ok",
        quiet_since: "quiet since",
        quiet: "quiet",
        no_posts: "no posts yet",
        failing_since: "failing since",
        failing: "failing",
        blocked_since: "blocked by bot protection since",
        blocked: "blocked by bot protection",
        gone_since: "gone since",
        gone: "gone",
        gone_cause: "Its host says that the blog is gone for good.",
        new_advice: "It will be asked soon; nothing needs doing.",
        throttled_cause: "Instead of its posts it answered that it is asked too often or is busy (429 or 503).",
        platform_cause: "When another blog of its platform, {platform}, was asked, that answered that it is asked too often \
                         or is busy (429 or 503).",
        throttled_advice: "It is asked again by itself; nothing needs doing.",
        paused_advice: "Its host, or the platform that it lives on, asked for this or takes no connections; it is asked again by itself.",
        gone_advice: "If the blog has moved, tell the organisers its new address, so that they put it in feeds.toml.",
    },
    flood: "{posts} arrived at once on {day}; {shown} are on the front page, the others only here and with their {units}.",
    moves: Moves {
        moved: "the feed has moved from {from} to {to}, where it is read now: write feed = \"{feed}\" for it in feeds.toml",
        moving: "moving: since {day} the address leads on to {to} ({answers}); if that goes on for a week it is believed, \
                 and nothing needs doing",
        strange: "the address leads on to {to}, where none of the posts are that were here: if the blog has moved there, \
                  write feed = \"{feed}\" for it in feeds.toml, and if not, ask the blogger",
        answers: Noun {
            none: "in no answer",
            one: "in 1 answer",
            many: "in {number} answers",
        },
    },
    older: Older {
        pages: Noun {
            none: "no older pages",
            one: "1 older page",
            many: "{number} older pages",
        },
        back_to: "Read back to {day} ({pages})",
        not_back: "Not read back",
        next: "Its older pages are read next.",
        tried_again: "; the next page could not be read ({cause}) and is tried again",
        more_follow: " so far; more of them follow",
        failed: "; the next page was given up after several tries ({cause})",
        elsewhere: "; the next page is on another site, to which its feed does not lead",
        theirs: "; the next page has posts that another participant has already",
        first: ", where the blog begins",
        repeats: ", after which its pages repeat",
        capped: ", which is as far as is ever read",
    },
};

pub(super) const GERMAN: Status = Status {
    title: "Zustand",
    as_of: "Stand: {time}",
    zone: "alle Zeiten gelten für {zone}",
    awaits_retag: "Seit ältere Beiträge zugeordnet wurden, haben sich die Regeln geändert. Wer den Kurs leitet, sieht mit \
                   „thingplanet retag --dry-run“, was sich ändern würde.",
    offline: "Seit {time} ist von hier aus kein Blog zu erreichen. Das liegt an der Verbindung dieses Planeten; keinem Blog \
              wird es angelastet, und alle werden von selbst wieder gefragt. Wer ihn betreibt: Internetverbindung und \
              Nameserver des Rechners prüfen.",
    nothing: "Noch gibt es kein Blog zu lesen. Wer den Kurs leitet, trägt die Teilnehmenden in die Datei {file} ein.",
    caption: "Alle Blogs; die etwas brauchen, stehen oben",
    odd_feed: "Merkwürdig am Feed",
    odd_posts: "Merkwürdig an Beiträgen",
    and_more: "und {posts}",
    held_until: "nicht vor {time}, weil der Server darum bat oder keine Verbindungen annimmt",
    held_asked: "nicht vor {time}, weil es darum bat",
    last_read: "zuletzt gelesen: {day}",
    never_read: "noch nie gelesen",
    more_posts: Noun {
        none: "keine weiteren Beiträge",
        one: "1 weiterer Beitrag",
        many: "{number} weitere Beiträge",
    },
    blogs: Noun {
        none: "keine Blogs",
        one: "1 Blog",
        many: "{number} Blogs",
    },
    health: Health {
        new: "noch nicht gefragt",
        waiting: "noch keine Antwort",
        paused_until: "Pause bis",
        paused: "in Pause",
        ok: "in Ordnung",
        quiet_since: "still seit",
        quiet: "still",
        no_posts: "noch ohne Beitrag",
        failing_since: "gestört seit",
        failing: "gestört",
        blocked_since: "durch einen Schutz vor Robotern gesperrt seit",
        blocked: "durch einen Schutz vor Robotern gesperrt",
        gone_since: "verschwunden seit",
        gone: "verschwunden",
        gone_cause: "Der Server sagt, das Blog sei endgültig verschwunden.",
        new_advice: "Es wird bald gefragt; zu tun ist nichts.",
        throttled_cause: "Statt seiner Beiträge antwortete es, es werde zu oft gefragt oder sei überlastet (429 oder 503).",
        platform_cause: "Als ein anderes Blog seiner Plattform {platform} gefragt wurde, antwortete diese, sie werde zu oft \
                         gefragt oder sei überlastet (429 oder 503).",
        throttled_advice: "Es wird von selbst wieder gefragt; zu tun ist nichts.",
        paused_advice: "Der Server oder seine Plattform bat darum oder nimmt keine Verbindungen an; es wird von selbst wieder gefragt.",
        gone_advice: "Ist das Blog umgezogen, braucht die Kursleitung die neue Adresse, um sie in feeds.toml einzutragen.",
    },
    flood: "{posts} kamen auf einmal ({day}); {shown} davon stehen auf der Startseite, die anderen nur hier und bei {units}.",
    moves: Moves {
        moved: "der Feed ist von {from} nach {to} umgezogen und wird jetzt dort gelesen: in feeds.toml feed = \"{feed}\" \
                eintragen",
        moving: "im Umzug: seit {day} führt die Adresse weiter nach {to} ({answers}); bleibt das eine Woche so, wird es \
                 geglaubt, und zu tun ist nichts",
        strange: "die Adresse führt weiter nach {to}, wo keiner der bisherigen Beiträge steht: ist das Blog dorthin umgezogen, \
                  in feeds.toml feed = \"{feed}\" eintragen, sonst im Blog nachfragen",
        answers: Noun {
            none: "in keiner Antwort",
            one: "in 1 Antwort",
            many: "in {number} Antworten",
        },
    },
    older: Older {
        pages: Noun {
            none: "keine älteren Seiten",
            one: "1 ältere Seite",
            many: "{number} ältere Seiten",
        },
        back_to: "Zurückgelesen bis {day} ({pages})",
        not_back: "Nicht zurückgelesen",
        next: "Die älteren Seiten werden als Nächstes gelesen.",
        tried_again: "; die nächste Seite war nicht zu lesen ({cause}) und wird wieder versucht",
        more_follow: ", soweit bisher; weitere folgen",
        failed: "; die nächste Seite wurde nach mehreren Versuchen aufgegeben ({cause})",
        elsewhere: "; die nächste Seite liegt auf einer anderen Website, zu der der Feed nicht führt",
        theirs: "; die nächste Seite hat Beiträge, die schon jemand anders hat",
        first: ", wo das Blog beginnt",
        repeats: ", danach wiederholen sich die Seiten",
        capped: "; weiter wird nie gelesen",
    },
};
