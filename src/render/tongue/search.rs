//! Looking for words in posts.

use serde::Serialize;

use super::Noun;

/// The words of the search and of its page.
#[derive(Debug, Serialize)]
pub(in crate::render) struct Search {
    pub(in crate::render) title: &'static str,
    pub(in crate::render) titled: &'static str,
    pub(in crate::render) label: &'static str,
    pub(in crate::render) button: &'static str,
    pub(in crate::render) on: &'static str,
    pub(in crate::render) on_any: &'static str,
    pub(in crate::render) by: &'static str,
    pub(in crate::render) by_anybody: &'static str,
    pub(in crate::render) how: &'static str,
    pub(in crate::render) empty: &'static str,
    pub(in crate::render) nothing: &'static str,
    pub(in crate::render) nothing_more: &'static str,
    pub(in crate::render) advice: &'static str,
    pub(in crate::render) everywhere: &'static str,
    pub(in crate::render) people: &'static str,
    /// How many more participants are called so, with `{list}`.
    pub(in crate::render) more_people: Noun,
    pub(in crate::render) people_list: &'static str,
    pub(in crate::render) found: &'static str,
    pub(in crate::render) follow: &'static str,
    pub(in crate::render) feed: &'static str,
}

pub(super) const ENGLISH: Search = Search {
    title: "Search",
    titled: "Search: {words}",
    label: "Search all posts",
    button: "Search",
    on: "On",
    on_any: "All {units}",
    by: "By",
    by_anybody: "All participants",
    how: "A post is found when it has all your words, in its title or in its text. Put words in quotes to find them side by side: “reading list”. A star finds longer words too: librar* finds library and librarian. Participants are found by their names and those of their blogs.",
    empty: "Type a word to see who wrote about it.",
    nothing: "No post has {words}.",
    nothing_more: "No older post has {words}.",
    advice: "See whether every word is spelled as you meant it, try fewer words, or end one with a star. A post that has only just been read can be found a few minutes later.",
    everywhere: "Look on all {units} and by all participants",
    people: "Participants",
    more_people: Noun {
        none: "and nobody else, among {list}",
        one: "and 1 more, among {list}",
        many: "and {number} more, among {list}",
    },
    people_list: "all participants",
    found: "Newest first",
    follow: "To hear of new posts with these words, give this address to your feed reader:",
    feed: "{course}: posts with “{words}”",
};

pub(super) const GERMAN: Search = Search {
    title: "Suche",
    titled: "Suche: {words}",
    label: "In allen Beiträgen suchen",
    button: "Suchen",
    on: "Zu",
    on_any: "Alle {units}",
    by: "Von",
    by_anybody: "Alle Teilnehmenden",
    how: "Ein Beitrag wird gefunden, wenn alle Ihre Wörter in seinem Titel oder Text stehen. Wörter in Anführungszeichen müssen nebeneinander stehen: „neue Bücher“. Mit einem Stern am Ende werden auch längere Wörter gefunden: biblio* findet Bibliothek und Bibliografie. Teilnehmende werden nach ihrem Namen und dem ihres Blogs gefunden.",
    empty: "Geben Sie ein Wort ein, um zu sehen, wer darüber geschrieben hat.",
    nothing: "Kein Beitrag enthält {words}.",
    nothing_more: "Kein älterer Beitrag enthält {words}.",
    advice: "Prüfen Sie die Schreibweise, versuchen Sie es mit weniger Wörtern, oder setzen Sie einen Stern ans Ende eines Wortes. Ein Beitrag, der gerade erst gelesen wurde, ist ein paar Minuten später zu finden.",
    everywhere: "In allen {units} und bei allen Teilnehmenden suchen",
    people: "Teilnehmende",
    more_people: Noun {
        none: "und sonst niemand, bei {list}",
        one: "und 1 weitere Person, bei {list}",
        many: "und {number} weitere, bei {list}",
    },
    people_list: "allen Teilnehmenden",
    found: "Neueste zuerst",
    follow: "Um von neuen Beiträgen mit diesen Wörtern zu erfahren, geben Sie Ihrem Feedreader diese Adresse:",
    feed: "{course}: Beiträge mit „{words}“",
};
