//! What a blog's front page says about itself, before anybody judges it.

use url::Url;

/// A web page as far as finding its blog's feed needs it. Everything in it is a stranger's word; all addresses are
/// absolute, http or https.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrontPage {
    /// Where it was read, after redirects.
    pub url: Url,
    /// Its title, one plain line.
    pub title: Option<String>,
    /// The language of the page, such as `en-GB`, lower case.
    pub language: Option<String>,
    /// What made it, as its `generator` says, at most 4.
    pub generators: Vec<String>,
    /// Under which address it wants to be known.
    pub canonical: Option<Url>,
    /// Whether it asks robots not to list it.
    pub unlisted: bool,
    /// What its body calls itself (`class`), at most 500 bytes: some platforms name a locked page so.
    pub body_class: String,
    /// Whether it asks for a password.
    pub has_password: bool,
    /// Where it sends its readers on: a refresh, or the only thing in its frames.
    pub sends_to: Option<Url>,
    /// The feeds that it announces in `link` elements, in page order, at most 50.
    pub feeds: Vec<FeedLink>,
    /// What it links to, in page order, at most 1,000.
    pub links: Vec<PageLink>,
    /// Where its scripts, styles and pictures come from, and what other `link` elements name, at most 200.
    pub resources: Vec<Url>,
    /// How its text begins, at most 4,000 bytes.
    pub words: String,
}

/// A feed that a page announces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedLink {
    /// Its address, http or https.
    pub url: Url,
    /// What the page calls it, one plain line, possibly empty.
    pub title: String,
    /// What the page says it is.
    pub kind: FeedKind,
    /// The language that the page says it is in, lower case.
    pub language: Option<String>,
}

/// The format of a feed, as announced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FeedKind {
    /// Atom.
    Atom,
    /// RSS of any version.
    Rss,
    /// JSON Feed.
    Json,
}

/// A link in a page's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageLink {
    /// Where it leads.
    pub url: Url,
    /// Its words, one plain line of at most 200 bytes; for a picture what stands in its place.
    pub words: String,
    /// Whether the page itself says that a feed is there, by `type` or by a `feed:` address.
    pub is_feed: bool,
}
