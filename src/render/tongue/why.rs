//! "Why isn't my post here?"

use serde::Serialize;

/// The words of the page that says of each post what was decided and why.
#[derive(Debug, Serialize)]
pub(in crate::render) struct Why {
    pub(in crate::render) title: &'static str,
    pub(in crate::render) back: &'static str,
    pub(in crate::render) intro: &'static str,
    pub(in crate::render) looked: &'static str,
    pub(in crate::render) looked_at: &'static str,
    pub(in crate::render) never_looked: &'static str,
    pub(in crate::render) next_look: &'static str,
    pub(in crate::render) feed: &'static str,
    pub(in crate::render) no_feed: &'static str,
    pub(in crate::render) came: Came,
    pub(in crate::render) posts: &'static str,
    pub(in crate::render) posts_intro: &'static str,
    pub(in crate::render) no_posts: &'static str,
    pub(in crate::render) published: &'static str,
    pub(in crate::render) seen: &'static str,
    pub(in crate::render) undated: &'static str,
    pub(in crate::render) tagged: &'static str,
    pub(in crate::render) suggested: &'static str,
    pub(in crate::render) suggested_help: &'static str,
    pub(in crate::render) denied: &'static str,
    pub(in crate::render) nothing: &'static str,
    pub(in crate::render) nothing_help: &'static str,
    /// Its title names a Thing that the course does not have.
    pub(in crate::render) absent: &'static str,
    pub(in crate::render) absent_help: &'static str,
    pub(in crate::render) rules: Rules,
    pub(in crate::render) retired: &'static str,
    pub(in crate::render) twin: &'static str,
    pub(in crate::render) off_front: &'static str,
    pub(in crate::render) before_course: &'static str,
    pub(in crate::render) awaits_retag: &'static str,
    pub(in crate::render) missing: &'static str,
    pub(in crate::render) is_public: &'static str,
    pub(in crate::render) is_newer: &'static str,
    pub(in crate::render) is_in_feed: &'static str,
    pub(in crate::render) is_older: &'static str,
    pub(in crate::render) is_right_blog: &'static str,
    pub(in crate::render) ask: &'static str,
    pub(in crate::render) ask_somebody: &'static str,
    /// On other pages: where everybody finds their own.
    pub(in crate::render) find: &'static str,
    pub(in crate::render) find_list: &'static str,
}

/// The rules of the course by which a post is on no Thing whatever its title says.
#[derive(Debug, Serialize)]
pub(in crate::render) struct Rules {
    pub(in crate::render) stranger: &'static str,
    pub(in crate::render) stranger_help: &'static str,
    pub(in crate::render) excepted: &'static str,
    pub(in crate::render) excepted_help: &'static str,
    pub(in crate::render) unlabelled: &'static str,
    pub(in crate::render) unlabelled_help: &'static str,
    /// Words of the title that put other posts on a Thing.
    pub(in crate::render) unheard: &'static str,
    pub(in crate::render) unheard_help: &'static str,
    /// One of several labels.
    pub(in crate::render) label: &'static str,
}

/// What came of the last look.
#[derive(Debug, Serialize)]
pub(in crate::render) struct Came {
    pub(in crate::render) new: &'static str,
    pub(in crate::render) waiting: &'static str,
    pub(in crate::render) paused: &'static str,
    /// It answered 429 or 503.
    pub(in crate::render) throttled: &'static str,
    /// Its platform did, when another blog was asked.
    pub(in crate::render) platform: &'static str,
    /// It was read before, and not when it was last asked.
    pub(in crate::render) unread: &'static str,
    pub(in crate::render) ok: &'static str,
    pub(in crate::render) quiet: &'static str,
    pub(in crate::render) empty: &'static str,
    pub(in crate::render) failing: &'static str,
    pub(in crate::render) blocked: &'static str,
    pub(in crate::render) gone: &'static str,
}

pub(super) const ENGLISH: Why = Why {
    title: "Why isn’t my post here?",
    back: "All about {name}",
    intro: "This page is for {name}. It says when we last looked at the blog, what came, and what became of each post.",
    looked: "When we looked",
    looked_at: "We last looked on {time}.",
    never_looked: "We have not looked yet.",
    next_look: "We look again on {time}, or a little later.",
    feed: "What we read is the blog’s feed, a list of posts that the blog keeps for programs: {feed}",
    no_feed: "The blog’s feed, the list of posts that it keeps for programs, has not been found yet.",
    came: Came {
        new: "The blog is new to us. Its posts appear when we have looked at it.",
        waiting: "The blog has not answered yet. We ask again by ourselves.",
        paused: "The blog’s host, or the platform that it lives on, asked us to wait until {time}, or took no \
                 connection. What is published before then is not lost; it appears after the next look.",
        throttled: "Instead of its posts the blog answered that it is asked too often or is busy (429 or 503), so it is \
                    left alone until {time}. What is published before then is not lost; it appears when the blog \
                    answers again.",
        platform: "When another blog of its platform, {platform}, was asked, that answered that it is asked too often or is \
                   busy (429 or 503), so all its blogs are left alone until {time}. What is published before then is not \
                   lost; it appears after the next look.",
        unread: "The blog could not be read then. We ask again by ourselves.",
        ok: "The blog answered, and all that its feed lists is below.",
        quiet: "The blog answered. Its newest post is of {day}; nothing newer is in its feed.",
        empty: "The blog answered, but there is no post in its feed.",
        failing: "We cannot read the blog since {day}, so newer posts are missing here. What happened:",
        blocked: "A protection against robots keeps us out since {day}, so newer posts are missing here. What happened:",
        gone: "The blog’s host says that it is gone. If it has moved, tell the organisers its new address.",
    },
    posts: "What became of the latest posts",
    posts_intro: "Newest first. To change where a post is shown, change its title or labels on the blog; we see that at \
                  the next look.",
    no_posts: "We have no post of this blog.",
    published: "Published {day}",
    seen: "seen by us on {time}",
    undated: "The feed gives it no date; first seen by us on {time}",
    tagged: "It is on {thing}: {because}.",
    suggested: "We think that it may be on {thing}: {because}.",
    suggested_help: "That alone is not sure enough to publish. The organisers can confirm it, and so can whoever wrote it, \
                     with “{thing}” in its title.",
    denied: "It is not on {thing}: an organiser said so on {day}.",
    nothing: "We recognised no {unit} in it, so it is shown among the newest posts and on your page only.",
    nothing_help: "If it is on a {unit}, put the {unit} and its number into the title, such as “{thing}”.",
    absent: "Its title names {absent}, which this course does not have, so it is shown among the newest posts and on your \
             page only.",
    absent_help: "If it is on another {unit}, put the number of that into the title, such as “{thing}”.",
    rules: Rules {
        stranger: "It is on no {unit}, because its title or a label names another programme and nothing in it names this \
                   course.",
        stranger_help: "If it is on a {unit} of this course, put “{course}” into its title.",
        excepted: "It is on no {unit}, because its title says “{words}”, and the organisers settled that such posts are on \
                   none.",
        excepted_help: "If it is on a {unit} all the same, leave these words out of its title, or tell the organisers.",
        unlabelled: "It is on no {unit}, because it has none of the labels that the organisers ask of posts of this blog: \
                     {labels}.",
        unlabelled_help: "If it is on a {unit}, give it one of these labels on the blog.",
        unheard: "It is on no {unit}, although its title says “{words}”, because a rule of the organisers’ keeps it from \
                  there.",
        unheard_help: "If it is on that {unit}, tell the organisers.",
        label: "“{label}”",
    },
    retired: "It is not shown: since {day} the blog’s own feed says that it was deleted, or lists all posts but this one. \
              If it is still on the blog, publish it again.",
    twin: "It is not shown, because the same post came from another feed of this blog before and is shown from there: \
           “{title}”.",
    off_front: "It came together with many others, so it is not among the newest posts on the first page. It is on your \
                page and with its {units}.",
    before_course: "It was published before the course opened.",
    awaits_retag: "The organisers have changed the rules by which posts are recognised; they have not been applied to \
                   older posts yet.",
    missing: "If your post is not in this list",
    is_public: "Is it published, and can everybody read it? We see what a stranger sees: no drafts, and nothing behind a \
                password.",
    is_newer: "Did you publish it after our last look? Then it appears after the next one; nothing needs doing.",
    is_in_feed: "Is it in the feed? Open {feed}: a post that is not there cannot come to us. Some blogs leave posts out \
                 of their feed, or list them late.",
    is_older: "Is it an old one? A feed lists the newest posts only. {back}",
    is_right_blog: "Is it on another blog? We read {blog} only.",
    ask: "If none of this is it, {ask}; give them the address of this page and of your post.",
    ask_somebody: "ask the organisers",
    find: "A post of yours is missing? Find your name among {list}; your page leads to “Why isn’t my post here?”, which \
           says when your blog was last read and what became of each post.",
    find_list: "the participants",
};

pub(super) const GERMAN: Why = Why {
    title: "Warum ist mein Beitrag nicht hier?",
    back: "Alles über {name}",
    intro: "Diese Seite ist für {name}. Sie sagt, wann das Blog zuletzt gelesen wurde, was ankam und was aus jedem Beitrag \
            geworden ist.",
    looked: "Wann wir nachgesehen haben",
    looked_at: "Zuletzt nachgesehen: {time}.",
    never_looked: "Wir haben noch nicht nachgesehen.",
    next_look: "Das nächste Mal: {time}, oder etwas später.",
    feed: "Gelesen wird der Feed des Blogs, eine Liste der Beiträge, die das Blog für Programme bereithält: {feed}",
    no_feed: "Der Feed des Blogs, also die Liste der Beiträge für Programme, ist noch nicht gefunden.",
    came: Came {
        new: "Das Blog ist neu für uns. Seine Beiträge erscheinen, sobald es gelesen wurde.",
        waiting: "Das Blog hat noch nicht geantwortet. Wir fragen von selbst wieder.",
        paused: "Der Server des Blogs oder seine Plattform bat uns, bis {time} zu warten, oder nahm keine Verbindung an. Was bis dahin erscheint, geht nicht verloren; es ist \
                 nach dem nächsten Mal hier.",
        throttled: "Statt seiner Beiträge antwortete das Blog, es werde zu oft gefragt oder sei überlastet (429 oder \
                    503); bis {time} lassen wir es in Ruhe. Was bis dahin erscheint, geht nicht verloren; es ist hier, \
                    sobald das Blog wieder antwortet.",
        platform: "Als ein anderes Blog seiner Plattform {platform} gefragt wurde, antwortete diese, sie werde zu oft gefragt \
                   oder sei überlastet (429 oder 503); bis {time} lassen wir alle ihre Blogs in Ruhe. Was bis dahin \
                   erscheint, geht nicht verloren; es ist nach dem nächsten Mal hier.",
        unread: "Da war das Blog nicht zu lesen. Wir fragen von selbst wieder.",
        ok: "Das Blog hat geantwortet; was sein Feed nennt, steht unten.",
        quiet: "Das Blog hat geantwortet. Sein neuester Beitrag ist von diesem Tag: {day}; Neueres steht nicht im Feed.",
        empty: "Das Blog hat geantwortet, aber in seinem Feed steht kein Beitrag.",
        failing: "Seit diesem Tag ist das Blog nicht zu lesen: {day}. Neuere Beiträge fehlen deshalb hier. Was geschah:",
        blocked: "Seit diesem Tag hält uns ein Schutz vor Robotern fern: {day}. Neuere Beiträge fehlen deshalb hier. Was \
                  geschah:",
        gone: "Der Server sagt, das Blog sei verschwunden. Ist es umgezogen, braucht die Kursleitung die neue Adresse.",
    },
    posts: "Was aus den letzten Beiträgen geworden ist",
    posts_intro: "Die neuesten zuerst. Wo ein Beitrag steht, lässt sich im Blog ändern, mit seinem Titel oder seinen \
                  Schlagwörtern; beim nächsten Mal sehen wir das.",
    no_posts: "Von diesem Blog haben wir keinen Beitrag.",
    published: "Erschienen: {day}",
    seen: "von uns gesehen: {time}",
    undated: "Im Feed ohne Datum; von uns zuerst gesehen: {time}",
    tagged: "Er gehört zu {thing}: {because}.",
    suggested: "Vielleicht gehört er zu {thing}: {because}.",
    suggested_help: "Das allein ist zu unsicher. Die Kursleitung kann es bestätigen, oder wer den Beitrag geschrieben hat setzt „{thing}“ in den Titel.",
    denied: "Er gehört nicht zu {thing}: Das hat die Kursleitung so entschieden ({day}).",
    nothing: "„{unit}“ mit einer Nummer war darin nicht zu erkennen; deshalb steht er nur bei den neuesten Beiträgen und auf \
              der eigenen Seite.",
    nothing_help: "Gehört er zu „{unit}“, dann „{unit}“ mit der Nummer in den Titel setzen, etwa „{thing}“.",
    absent: "Im Titel steht „{absent}“, aber diese Nummer hat der Kurs nicht; deshalb steht der Beitrag nur bei den neuesten \
             und auf der eigenen Seite.",
    absent_help: "Gehört er zu einer anderen Nummer von „{unit}“, dann diese in den Titel setzen, etwa „{thing}“.",
    rules: Rules {
        stranger: "Er ist keinem {unit} zugeordnet, weil der Titel oder ein Schlagwort ein anderes Programm nennt und nichts darin \
                   diesen Kurs.",
        stranger_help: "Gehört er zu „{unit}“ dieses Kurses, dann „{course}“ in den Titel setzen.",
        excepted: "Er ist keinem {unit} zugeordnet, weil im Titel „{words}“ steht; die Kursleitung hat solche Beiträge ausgenommen.",
        excepted_help: "Gehört er trotzdem zu „{unit}“, dann diese Wörter aus dem Titel nehmen, oder die Kursleitung fragen.",
        unlabelled: "Er ist keinem {unit} zugeordnet, weil ihm die Schlagwörter fehlen, an denen Beiträge dieses Blogs erkannt werden \
                     sollen: {labels}.",
        unlabelled_help: "Gehört er zu „{unit}“, dann ihm im Blog eines davon geben.",
        unheard: "Er ist keinem {unit} zugeordnet, obwohl im Titel „{words}“ steht, weil eine Regel der Kursleitung das \
                  verhindert.",
        unheard_help: "Gehört er doch zu diesem „{unit}“, dann die Kursleitung fragen.",
        label: "„{label}“",
    },
    retired: "Er wird nicht gezeigt: Laut dem Feed des Blogs ist er gelöscht, oder alle anderen stehen noch darin (seit \
              {day}). Steht er noch im Blog, hilft es, ihn neu zu veröffentlichen.",
    twin: "Er wird nicht gezeigt, weil derselbe Beitrag schon aus einem anderen Feed dieses Blogs kam und von dort gezeigt \
           wird: „{title}“.",
    off_front: "Er kam mit vielen anderen zugleich; deshalb steht er nicht bei den neuesten Beiträgen auf der ersten Seite. \
                Er steht auf der eigenen Seite und bei {units}.",
    before_course: "Er erschien, bevor der Kurs begann.",
    awaits_retag: "Die Kursleitung hat die Regeln geändert, nach denen Beiträge erkannt werden; auf ältere Beiträge sind sie \
                   noch nicht angewandt.",
    missing: "Wenn der Beitrag nicht in dieser Liste steht",
    is_public: "Ist er veröffentlicht und für alle lesbar? Wir sehen nur, was Fremde sehen: keine Entwürfe und nichts hinter \
                einem Passwort.",
    is_newer: "Erschien er, nachdem wir zuletzt nachgesehen haben? Dann kommt er beim nächsten Mal; zu tun ist nichts.",
    is_in_feed: "Steht er im Feed? Hier nachsehen: {feed}. Was dort fehlt, kann nicht zu uns kommen. Manche Blogs lassen \
                 Beiträge aus ihrem Feed weg oder nennen sie spät.",
    is_older: "Ist er schon älter? Ein Feed nennt nur die neuesten Beiträge. {back}",
    is_right_blog: "Steht er in einem anderen Blog? Wir lesen nur {blog}.",
    ask: "Trifft nichts davon zu: {ask}, mit der Adresse dieser Seite und der des Beitrags.",
    ask_somebody: "die Kursleitung fragen",
    find: "Fehlt ein eigener Beitrag? Den eigenen Namen bei {list} suchen; von der eigenen Seite geht es zu „Warum ist mein \
           Beitrag nicht hier?“. Dort steht, wann das Blog zuletzt gelesen wurde und was aus jedem Beitrag geworden ist.",
    find_list: "den Teilnehmenden",
};
