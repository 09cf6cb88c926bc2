//! The page on the planet: for participants, and for those whose servers are asked.

use serde::Serialize;

/// Its words.
#[derive(Debug, Serialize)]
pub(in crate::render) struct About {
    pub(in crate::render) title: &'static str,
    pub(in crate::render) gathers: &'static str,
    pub(in crate::render) for_participants: &'static str,
    pub(in crate::render) write: &'static str,
    pub(in crate::render) shows_all: &'static str,
    pub(in crate::render) shows_first: &'static str,
    pub(in crate::render) robot: &'static str,
    pub(in crate::render) log: &'static str,
    pub(in crate::render) pace: &'static str,
    pub(in crate::render) hourly: &'static str,
    pub(in crate::render) daily: &'static str,
    pub(in crate::render) by_hours: &'static str,
    pub(in crate::render) by_minutes: &'static str,
    pub(in crate::render) waits: &'static str,
    pub(in crate::render) opt_out: &'static str,
    pub(in crate::render) write_to: &'static str,
    pub(in crate::render) ask_at: &'static str,
    pub(in crate::render) course_site: &'static str,
    pub(in crate::render) ask: &'static str,
    pub(in crate::render) then: &'static str,
    pub(in crate::render) gone: &'static str,
    pub(in crate::render) kept: &'static str,
    pub(in crate::render) kept_posts: &'static str,
}

pub(super) const ENGLISH: About = About {
    title: "About this planet",
    gathers: "This planet gathers what the participants of {course} write on their own blogs. It reads each blog’s feed, works \
              out which {unit} a post addresses, and shows all posts on one {unit} together, with a link to each original.",
    for_participants: "For participants",
    write: "Write on your own blog. Put the {unit} and its number into the title, such as “{unit} 1”, and the post finds its \
            place.",
    shows_all: "Posts are shown whole; if you would rather have only the first words shown, tell the organisers.",
    shows_first: "Only the first words of each post are shown.",
    robot: "The robot",
    log: "If you found this address in the log of your web server: a program called thingplanet asks your site for its feed, \
          because one of its blogs takes part in the course. It calls itself",
    pace: "It asks for each feed {every} at most, and less often where your server ({cache}, {expires}) or the feed itself \
           ({ttl}, {hours}, {days}, {period}) says so, where nothing new comes for weeks, and when the course is over. It says \
           what it saw last, so that your server can answer “not modified”. All blogs of one platform, such as blogspot.com, \
           and all hosts at one address together get one request at a time and never two within a second.",
    hourly: "once an hour",
    daily: "once a day",
    by_hours: "once in {number} hours",
    by_minutes: "once in {number} minutes",
    waits: "Answer 429 or 503, with {retry} if you like, and it leaves your whole platform alone for as long as you say, an hour \
            at least, and twice as long each time that you say so again, up to a day, or longer where you say so; the \
            first good answer ends that. Where a feed fails it waits longer each time, up to a week. It reads the feed; the \
            blog’s front page, when a feed has to be found; and once, when a blog joins, the older pages of its feed, one at a time. It does not \
            ask for {robots}: it does not wander from page to page, but reads as a feed reader does what somebody put on the \
            course’s list.",
    opt_out: "To opt out",
    write_to: "Write to {contact} and say which blog is yours.",
    ask_at: "Ask the organisers through {site} and say which blog is yours.",
    course_site: "the course’s own site",
    ask: "Ask the organisers of the course and say which blog is yours.",
    then: "The blog is then asked no more and its posts are hidden at once. They stay in the organisers’ database until they \
           delete it.",
    gone: "A feed that answers “410 Gone” for a week counts as gone for good, and is looked at once a week from then on.",
    kept: "What is kept",
    kept_posts: "The posts as the feeds give them: title, text, author name, date, address and labels; and for each feed when it \
                 was asked and how it answered. Nothing is kept about the people who read this planet: no cookies. A small \
                 script remembers which posts you have seen, in your own browser and nowhere else; every page works without \
                 it. Pictures in posts come from the blogs themselves.",
};

pub(super) const GERMAN: About = About {
    title: "Über diesen Planeten",
    gathers: "Dieser Planet sammelt, was die Teilnehmenden von {course} auf ihren eigenen Blogs schreiben. Er liest den Feed jedes \
              Blogs, erkennt, um welches {unit} es in einem Beitrag geht, und zeigt alle Beiträge zu einem {unit} beisammen, jeden mit \
              einem Link zum Original.",
    for_participants: "Für Teilnehmende",
    write: "Schreiben Sie auf Ihrem eigenen Blog. Nennen Sie im Titel {unit} und Nummer, etwa „{unit} 1“, und der Beitrag \
            findet seinen Platz.",
    shows_all: "Beiträge werden ganz gezeigt; sollen von Ihren nur die ersten Worte zu sehen sein, sagen Sie es der Kursleitung.",
    shows_first: "Von jedem Beitrag werden nur die ersten Worte gezeigt.",
    robot: "Der Roboter",
    log: "Haben Sie diese Adresse im Protokoll Ihres Webservers gefunden? Ein Programm namens thingplanet fragt Ihre Website nach \
          ihrem Feed, weil eines ihrer Blogs am Kurs teilnimmt. Es nennt sich",
    pace: "Es fragt nach jedem Feed höchstens {every}, und seltener, wo Ihr Server ({cache}, {expires}) oder der Feed selbst \
           ({ttl}, {hours}, {days}, {period}) es sagt, wo wochenlang nichts Neues kommt und wenn der Kurs vorbei ist. Es sagt, \
           was es zuletzt gesehen hat, damit Ihr Server „not modified“ antworten kann. Alle Blogs einer Plattform, etwa \
           blogspot.com, und alle Hosts an einer Adresse bekommen zusammen immer nur eine Anfrage auf einmal und nie zwei in \
           einer Sekunde.",
    hourly: "einmal in der Stunde",
    daily: "einmal am Tag",
    by_hours: "einmal in {number} Stunden",
    by_minutes: "einmal in {number} Minuten",
    waits: "Antworten Sie mit 429 oder 503, gern mit {retry}, und es lässt Ihre ganze Plattform so lange in Ruhe, wie Sie sagen, \
            mindestens eine Stunde, und jedes Mal, wenn Sie es wieder sagen, doppelt so lange, bis zu einem Tag, oder länger, \
            wenn Sie es sagen; mit der ersten guten Antwort ist das vorbei. Wo ein Feed nicht zu lesen ist, wartet es jedes \
            Mal länger, bis zu einer Woche. Es liest den Feed, die Startseite des Blogs, wenn der Feed erst gefunden werden muss, und einmal, wenn ein Blog dazukommt, die \
            älteren Seiten seines Feeds, eine nach der anderen. Nach {robots} fragt es nicht: Es wandert nicht von Seite zu \
            Seite, sondern liest wie ein Feedreader, was jemand auf die Liste des Kurses gesetzt hat.",
    opt_out: "Wenn Sie nicht dabei sein möchten",
    write_to: "Schreiben Sie an {contact}, welches Blog Ihres ist.",
    ask_at: "Wenden Sie sich über {site} an die Kursleitung und sagen Sie, welches Blog Ihres ist.",
    course_site: "die eigene Website des Kurses",
    ask: "Wenden Sie sich an die Kursleitung und sagen Sie, welches Blog Ihres ist.",
    then: "Das Blog wird dann nicht mehr gefragt, und seine Beiträge sind sofort verborgen. In der Datenbank der Kursleitung bleiben \
           sie, bis sie dort gelöscht werden.",
    gone: "Ein Feed, der eine Woche lang „410 Gone“ antwortet, gilt als für immer verschwunden; von da an wird einmal in der Woche \
           nach ihm gesehen.",
    kept: "Was aufgehoben wird",
    kept_posts: "Die Beiträge, wie die Feeds sie geben: Titel, Text, Name, Datum, Adresse und Schlagwörter; und zu jedem Feed, \
                 wann er gefragt wurde und wie er antwortete. Über die Menschen, die diesen Planeten lesen, wird nichts \
                 aufgehoben: keine Cookies. Ein kleines Skript merkt sich, welche Beiträge Sie gesehen haben, in Ihrem eigenen \
                 Browser und nirgends sonst; jede Seite kommt ohne es aus. Bilder in Beiträgen kommen von den Blogs selbst.",
};
