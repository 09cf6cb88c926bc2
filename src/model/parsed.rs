//! What a feed document says, before anything in it is trusted.

use jiff::Timestamp;
use url::Url;

use super::{FeedLinks, Fingerprint, Rhythm};

/// A feed document as read: untrusted strings, and what was wrong with them.
#[derive(Debug, Clone, Default)]
pub struct ParsedFeed {
    /// The feed's own title.
    pub title: Option<Markup>,
    /// The blog's front page, http(s) only.
    pub site_url: Option<Url>,
    /// The address under which the feed knows itself (`rel="self"`), http(s) only. A hint, never followed.
    pub self_url: Option<Url>,
    /// Its entries in document order.
    pub entries: Vec<ParsedEntry>,
    /// Entries that the feed says were deleted (RFC 6721).
    pub tombstones: Vec<Tombstone>,
    /// When it asks to be read again.
    pub rhythm: Rhythm,
    /// Where more of it is.
    pub links: FeedLinks,
    /// Whether the feed says that it holds all its entries (`fh:complete`, RFC 5005 section 2).
    pub complete: bool,
    /// Whether posts that the blog has may be missing in it because it is damaged, and how.
    pub damage: Option<Damage>,
    /// What could not be read rightly, in words a blogger understands. Those of one entry stand with the entry.
    pub problems: Vec<Problem>,
}

/// How a document is damaged beyond its letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Damage {
    /// It ends before its root element does.
    CutOff,
    /// Elements in it are never closed, or lie too deep to be read.
    Mended,
}

/// A feed's word that one of its entries was deleted (RFC 6721 section 3, `at:deleted-entry`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tombstone {
    /// The deleted entry's own guid, as the feed gave it.
    pub guid: String,
    /// When it was deleted; nothing where that cannot be read.
    pub deleted_at: Option<Timestamp>,
}

/// One entry of a feed document: untrusted strings.
#[derive(Debug, Clone)]
pub struct ParsedEntry {
    /// Its identity inside the feed.
    pub guid: Guid,
    /// The guid to the letter, as the feed states it; several entries may share one.
    pub stated_guid: Option<String>,
    /// Its title, possibly empty.
    pub title: Markup,
    /// The post's address, http(s) only.
    pub url: Option<Url>,
    /// When the feed says it was published; nothing before 1971.
    pub published: Option<Timestamp>,
    /// When the feed says it was last changed; nothing before 1971.
    pub updated: Option<Timestamp>,
    /// Names of its authors; the feed's where the entry has none.
    pub authors: Vec<Markup>,
    /// Its categories, labels or tags, as plain text.
    pub categories: Vec<String>,
    /// Its text.
    pub content: Markup,
    /// How many comments the feed says that it has; nothing where it does not say, which is not none.
    pub comments: Option<u32>,
    /// The address against which links in `content` are resolved.
    pub base: Option<Url>,
    /// What in it could not be read rightly, in words a blogger understands.
    pub problems: Vec<Problem>,
}

impl ParsedEntry {
    /// A fingerprint over everything that we keep of it, so that an unchanged entry is recognised before any work.
    /// Problems do not count: they follow from the rest, but for their place in the document, which moves. Nor do
    /// comments: they are others' words, and no edit.
    pub fn fingerprint(&self) -> Fingerprint {
        let when = |time: Option<Timestamp>| time.map(|time| time.to_string()).unwrap_or_default();
        let (published, updated) = (when(self.published), when(self.updated));
        let url = self.url.as_ref().map_or("", Url::as_str);
        let base = self.base.as_ref().map_or("", Url::as_str);
        let fixed = [url, base, &published, &updated];
        let markup = [&self.title, &self.content]
            .into_iter()
            .chain(&self.authors);
        Fingerprint::of_parts(
            fixed
                .into_iter()
                .chain(markup.flat_map(|markup| [markup.kind(), markup.source()]))
                .chain(self.categories.iter().map(String::as_str)),
        )
    }
}

/// Text from a feed, with what the feed says it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Markup {
    /// Characters to be shown as they stand.
    Plain(String),
    /// HTML, untrusted.
    Html(String),
}

impl Markup {
    /// The text as the feed gave it.
    pub fn source(&self) -> &str {
        match self {
            Self::Plain(text) | Self::Html(text) => text,
        }
    }

    /// Its name in the store: `plain` or `html`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Plain(_) => "plain",
            Self::Html(_) => "html",
        }
    }
}

impl Default for Markup {
    fn default() -> Self {
        Self::Plain(String::new())
    }
}

/// An entry's identity inside its feed, and how we came by it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Guid {
    /// The identity; never empty.
    pub value: String,
    /// Where it was taken from.
    pub rule: GuidRule,
}

/// Where an entry's identity comes from, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GuidRule {
    /// The feed's own `guid` or `id`.
    Given,
    /// The feed's own `guid` together with the link, because several entries share that guid.
    GivenAndLink,
    /// The canonical form of the entry's link.
    Link,
    /// A hash of what the entry says.
    Hash,
}

impl GuidRule {
    /// Its name in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Given => "guid",
            Self::GivenAndLink => "guid+link",
            Self::Link => "link",
            Self::Hash => "hash",
        }
    }

    /// The rule with this name in the store.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Given, Self::GivenAndLink, Self::Link, Self::Hash]
            .into_iter()
            .find(|rule| rule.as_str() == name)
    }
}

/// Something in a feed that could not be read rightly. Broken input is data, not an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// One sentence that a blogger understands.
    pub text: String,
    /// Where it stands in the document, when it is the blogger's to mend there.
    pub place: Option<DocumentPlace>,
}

/// A place in a feed document as a text editor counts it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct DocumentPlace {
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
}

impl Problem {
    /// A problem in these words, of no particular place.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            place: None,
        }
    }

    /// A problem that stands at a place.
    pub fn at(place: DocumentPlace, text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            place: Some(place),
        }
    }
}

/// The sentence, with its place before it: `line 3, column 14: …`.
impl std::fmt::Display for Problem {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.place {
            Some(DocumentPlace { line, column }) => {
                write!(out, "line {line}, column {column}: {}", self.text)
            }
            None => out.write_str(&self.text),
        }
    }
}
