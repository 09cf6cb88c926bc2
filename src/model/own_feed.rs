//! The planet's own feeds: what every format says in the same words.
//!
//! It must not know how any format writes them down.

use std::collections::HashSet;

use jiff::Timestamp;
use url::Url;

use super::{ContentPolicy, Entry, TagState, excerpt};

/// Words of the text that stand for a missing title.
const TITLE_WORDS: usize = 8;
/// Words of an excerpt.
const EXCERPT_WORDS: usize = 60;

/// One of the planet's own feeds: all posts, or those of a Thing or of a participant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnFeed {
    /// Its identity, an absolute URI that never changes: the address of the page it belongs to.
    pub id: String,
    /// Its title.
    pub title: String,
    /// One line more.
    pub subtitle: Option<String>,
    /// Its own address.
    pub self_url: String,
    /// The page that shows the same posts.
    pub page_url: String,
    /// When it last changed, for a feed that has no entries.
    pub updated_at: Timestamp,
    /// How much of a post is shown, unless its author chose less.
    pub content: ContentPolicy,
    /// What one Thing is called, in the singular.
    pub unit: String,
    /// The hub that tells of its news, if one does.
    pub hub: Option<Url>,
    /// Its other pages.
    pub pages: FeedPages,
}

/// The addresses of the other pages of a feed that goes over several (RFC 5005 section 3); nothing where there is none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FeedPages {
    /// The newest entries; what is subscribed to.
    pub first: Option<String>,
    /// The next newer entries.
    pub previous: Option<String>,
    /// The next older entries.
    pub next: Option<String>,
    /// The oldest entries.
    pub last: Option<String>,
}

impl OwnFeed {
    /// When it last changed: with its newest change of an entry.
    pub fn changed_at(&self, entries: &[Entry]) -> Timestamp {
        entries
            .iter()
            .map(|entry| entry.updated_at)
            .max()
            .unwrap_or(self.updated_at)
    }

    /// Whether this entry is shown whole.
    pub fn shows_whole(&self, entry: &Entry) -> bool {
        self.content == ContentPolicy::Full && !entry.author.excerpt_only && !entry.html.is_empty()
    }

    /// What a Thing is called: "Thing 6".
    pub fn thing_name(&self, number: u16) -> String {
        format!("{} {number}", self.unit)
    }

    /// The entries without those whose id stood before, because no feed may have an id twice.
    pub fn each_once<'a>(&self, entries: &'a [Entry]) -> Vec<&'a Entry> {
        let mut seen = HashSet::new();
        entries
            .iter()
            .filter(|entry| seen.insert(entry.public_id.as_str()))
            .collect()
    }
}

impl Entry {
    /// Its title; where it has none, its first words.
    pub fn shown_title(&self) -> String {
        let title = self.title.trim();
        if !title.is_empty() {
            return title.to_owned();
        }
        let words = excerpt(&self.text, TITLE_WORDS);
        if words.is_empty() {
            "Untitled".to_owned()
        } else {
            words
        }
    }

    /// Its first words, on one line.
    pub fn excerpt(&self) -> String {
        excerpt(&self.text, EXCERPT_WORDS)
    }

    /// The numbers of the Things it is tagged with for all to see, each once; suggestions are not among them.
    pub fn published_things(&self) -> Vec<u16> {
        let mut numbers: Vec<_> = self
            .tags
            .iter()
            .filter(|tag| tag.state == TagState::Tagged)
            .map(|tag| tag.thing)
            .collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    }

    /// Where it can be read: the post's own address, else its author's page on the planet.
    pub fn address(&self, base_url: &str) -> String {
        if let Some(url) = &self.url {
            return url.to_string();
        }
        let page = format!("{base_url}/participants/{}", self.author.slug);
        Url::parse(&page).map_or(page, String::from)
    }
}

/// Text without the characters that XML 1.0 has no place for or advises against (section 2.2), and with newlines of one
/// kind. What stands for a character that nobody could read becomes a question mark: readers take it for our mistake.
pub fn xml_text(text: &str) -> String {
    text.replace("\r\n", "\n")
        .chars()
        .filter_map(|character| match character {
            '\t' | '\n' => Some(character),
            '\r' | '\u{85}' => Some('\n'),
            '\u{7f}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}' => None,
            '\u{fffd}' => Some('?'),
            _ => (character >= ' ').then_some(character),
        })
        .collect()
}

/// A feed and entries for the tests of every format.
#[cfg(test)]
pub(crate) mod samples {
    use super::{FeedPages, OwnFeed};
    use crate::model::{
        Author, ContentPolicy, Entry, EntryId, Evidence, Place, Rule, SafeHtml, Tag, TagState,
    };

    /// The feed of Thing 6.
    pub(crate) fn feed() -> OwnFeed {
        OwnFeed {
            id: "https://planet.example/things/6".to_owned(),
            title: "Thing 6: Online networks".to_owned(),
            subtitle: Some("What everybody wrote & thought".to_owned()),
            self_url: "https://planet.example/things/6/feed.atom".to_owned(),
            page_url: "https://planet.example/things/6".to_owned(),
            updated_at: "2011-06-20T00:00:00Z".parse().unwrap(),
            content: ContentPolicy::Full,
            unit: "Thing".to_owned(),
            hub: None,
            pages: FeedPages::default(),
        }
    }

    /// An ordinary entry; the number makes it different from others.
    pub(crate) fn entry(number: u8) -> Entry {
        Entry {
            id: EntryId(i64::from(number)),
            public_id: format!("tag:blog.example,2011:post-{number}"),
            url: format!("https://blog.example/{number}?a=1&b=2")
                .parse()
                .ok(),
            title: format!("Post {number} – Q&A <b>"),
            author: Author {
                name: "Siân O'Brien".to_owned(),
                slug: "siân-obrien".to_owned(),
                site_url: "https://blog.example/".parse().ok(),
                excerpt_only: false,
            },
            byline: "sian".to_owned(),
            published_at: "2011-07-18T09:30:00Z".parse().unwrap(),
            seen_at: None,
            updated_at: format!("2011-07-19T09:30:{number:02}Z").parse().unwrap(),
            categories: vec!["cpd23".to_owned(), "R&D".to_owned()],
            html: SafeHtml::vouched("<p>One &amp; two ]]&gt;</p>".to_owned()),
            text: "One & two ]]>".to_owned(),
            tags: vec![tag(6, TagState::Tagged), tag(7, TagState::Suggested)],
            source_title: "Siân's blog".to_owned(),
            source_url: "https://blog.example/feed".parse().ok(),
        }
    }

    /// An entry that says in every place what no document should carry.
    pub(crate) fn hostile(number: u8) -> Entry {
        let bad =
            "\0\u{1}\u{b}\u{fffe}\u{ffff}]]><script>alert(1)</script>&#0;&bogus;\\ud800\r\n<!--\"'";
        let ordinary = entry(number);
        Entry {
            public_id: format!("{}{bad}", ordinary.public_id),
            title: bad.to_owned(),
            author: Author {
                name: bad.to_owned(),
                ..ordinary.author.clone()
            },
            categories: vec![bad.to_owned(), "\0".to_owned()],
            html: SafeHtml::vouched(bad.to_owned()),
            text: bad.to_owned(),
            source_title: bad.to_owned(),
            ..ordinary
        }
    }

    /// A tag for this Thing.
    pub(crate) fn tag(thing: u16, state: TagState) -> Tag {
        Tag {
            thing,
            state,
            evidence: Evidence {
                rule: Rule::Number,
                place: Place::Title,
                quote: format!("Thing {thing}"),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::xml_text;

    #[test]
    fn text_for_xml_has_no_characters_that_xml_forbids() {
        assert_eq!(
            xml_text(
                "a\0b\u{1}c\u{b}\u{fffe}\u{ffff}\td\r\ne\rf😀\u{7f}g\u{80}\u{9f}\u{85}caf\u{fffd}"
            ),
            "abc\td\ne\nf😀g\ncaf?"
        );
    }
}
