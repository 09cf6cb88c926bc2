//! What stands on every page.

use serde::Serialize;

use super::Noun;

/// The frame's words.
#[derive(Debug, Serialize)]
pub(in crate::render) struct Frame {
    pub(in crate::render) skip: &'static str,
    pub(in crate::render) description: &'static str,
    pub(in crate::render) nav: &'static str,
    pub(in crate::render) newest: &'static str,
    pub(in crate::render) participants: &'static str,
    pub(in crate::render) progress: &'static str,
    pub(in crate::render) status: &'static str,
    pub(in crate::render) about: &'static str,
    pub(in crate::render) whose: &'static str,
    pub(in crate::render) about_planet: &'static str,
    pub(in crate::render) feed: &'static str,
    pub(in crate::render) all_posts: &'static str,
    pub(in crate::render) blogroll: &'static str,
    pub(in crate::render) course_site: &'static str,
    pub(in crate::render) ask: &'static str,
    pub(in crate::render) post: Noun,
    pub(in crate::render) participant: Noun,
}

pub(super) const ENGLISH: Frame = Frame {
    skip: "Skip to the content",
    description: "What the participants of {course} write on their own blogs, gathered by {unit}.",
    nav: "Planet",
    newest: "Newest posts",
    participants: "Participants",
    progress: "Progress",
    status: "Status",
    about: "About",
    whose: "Each post belongs to the person who wrote it and is read from their own blog.",
    about_planet: "About this planet",
    feed: "Feed: {title}",
    all_posts: "{course}: all posts",
    blogroll: "All blogs as OPML",
    course_site: "The course’s own site",
    ask: "Ask the organisers",
    post: Noun {
        none: "no posts",
        one: "1 post",
        many: "{number} posts",
    },
    participant: Noun {
        none: "no participants",
        one: "1 participant",
        many: "{number} participants",
    },
};

pub(super) const GERMAN: Frame = Frame {
    skip: "Zum Inhalt springen",
    description: "Was die Teilnehmenden von {course} in ihren eigenen Blogs schreiben, geordnet nach {unit}.",
    nav: "Planet",
    newest: "Neueste Beiträge",
    participants: "Teilnehmende",
    progress: "Fortschritt",
    status: "Zustand",
    about: "Über",
    whose: "Jeder Beitrag gehört der Person, die ihn geschrieben hat, und wird von ihrem eigenen Blog gelesen.",
    about_planet: "Über diesen Planeten",
    feed: "Feed: {title}",
    all_posts: "{course}: alle Beiträge",
    blogroll: "Alle Blogs als OPML",
    course_site: "Die eigene Website des Kurses",
    ask: "Die Kursleitung fragen",
    post: Noun {
        none: "keine Beiträge",
        one: "1 Beitrag",
        many: "{number} Beiträge",
    },
    participant: Noun {
        none: "keine Teilnehmenden",
        one: "1 Teilnehmende(r)",
        many: "{number} Teilnehmende",
    },
};
