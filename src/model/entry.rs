//! Posts as we keep them.

use jiff::Timestamp;
use url::Url;

use super::{Fingerprint, Guid, Markup, Mention, SafeHtml, Tag};

/// An entry's number in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryId(pub i64);

/// An entry that is sanitised, tagged and dated: ready to be kept.
#[derive(Debug, Clone)]
pub struct ReadyEntry {
    /// Its identity inside its feed.
    pub guid: Guid,
    /// The post's address.
    pub url: Option<Url>,
    /// Plain text, possibly empty.
    pub title: String,
    /// Author names as the feed gives them, joined by commas; empty when it names none.
    pub byline: String,
    /// When it was published: what the feed says, never in the future; the first sight where it says nothing.
    pub published_at: Timestamp,
    /// Whether the feed says when that was. Settled at the first insert, like `published_at`.
    pub dated: bool,
    /// When its words last changed; never before `published_at`.
    pub updated_at: Timestamp,
    /// Categories, plain text.
    pub categories: Vec<String>,
    /// The title as fetched, kept like `raw`.
    pub raw_title: Markup,
    /// The text as fetched, kept so that a better sanitiser can read it again.
    pub raw: Markup,
    /// The address against which `raw` was resolved.
    pub base: Option<Url>,
    /// What may be shown.
    pub html: SafeHtml,
    /// The same without markup.
    pub text: String,
    /// Fingerprint of the entry as parsed.
    pub fingerprint: Fingerprint,
    /// Fingerprint of title and text, which tells an edit from a touch.
    pub words: Fingerprint,
    /// Fingerprint of the text as fetched, without the title.
    pub content: Fingerprint,
    /// Addresses that the text links to.
    pub links: Vec<Url>,
    /// The Things it addresses.
    pub tags: Vec<Tag>,
    /// What it mentions of the topics of the Things that it is tagged with, not of those that are only suggested.
    pub mentions: Vec<Mention>,
    /// How many comments its feed says that it has, if it says.
    pub comments: Option<u32>,
    /// What was odd in it, a sentence each.
    pub problems: Vec<String>,
    /// Whether the front page lists it; what came in a flood it does not.
    pub on_front: bool,
    /// The same post in another feed of the same person, which was seen first and is the one to show.
    pub twin_of: Option<EntryId>,
}

/// A post in which something was odd.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OddPost {
    /// Its participant's slug.
    pub slug: String,
    /// Plain text, possibly empty.
    pub title: String,
    /// The post's address.
    pub url: Option<Url>,
    /// When it was published.
    pub published_at: Timestamp,
    /// What was odd in it, a sentence each.
    pub problems: Vec<String>,
}

/// An entry as the store gives it to pages and feeds. Always a visible one.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its number in the store.
    pub id: EntryId,
    /// Its id in our feeds, an absolute URI that never changes: the original one wherever that is a URI and unique.
    pub public_id: String,
    /// The post's address.
    pub url: Option<Url>,
    /// Plain text, possibly empty.
    pub title: String,
    /// Whose post it is.
    pub author: Author,
    /// Author names as the feed gives them; empty when it names none.
    pub byline: String,
    /// When it was published; never moves.
    pub published_at: Timestamp,
    /// When we saw it first, where its feed does not say when it was published; people are told this instead.
    pub seen_at: Option<Timestamp>,
    /// When its words last changed.
    pub updated_at: Timestamp,
    /// Categories, plain text.
    pub categories: Vec<String>,
    /// What may be shown of it.
    pub html: SafeHtml,
    /// The same without markup.
    pub text: String,
    /// Its Things by number, published ones and suggestions.
    pub tags: Vec<Tag>,
    /// Title of the feed it came from; empty when the feed has none.
    pub source_title: String,
    /// Address of the feed it came from.
    pub source_url: Option<Url>,
}

/// Whose post an entry is, as a page names them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    /// The name on the roster.
    pub name: String,
    /// The last part of their page's address.
    pub slug: String,
    /// Their blog.
    pub site_url: Option<Url>,
    /// Whether they asked that only excerpts be shown.
    pub excerpt_only: bool,
}
