//! What every page has, and the small things that pages share.

use minijinja::Value;
use serde::Serialize;

/// What every page has: `frame`.
#[derive(Debug, Clone, Serialize)]
pub struct Frame {
    /// The language of the interface, for `lang` (BCP 47).
    pub lang: &'static str,
    /// Every word of the interface, as `frame.words.PAGE.NAME`; see `src/render/tongue.rs`.
    pub words: Value,
    /// The course's full name.
    pub course: String,
    /// The course's own site.
    pub course_href: Option<String>,
    /// What one Thing is called: "Thing", "Week".
    pub unit: String,
    /// What several Things are called.
    pub units: String,
    /// What stands before every root-relative link: empty, or a path without a trailing slash.
    pub base: String,
    /// The page's own title.
    pub title: String,
    /// The page's own absolute address.
    pub canonical: String,
    /// What search engines may do with the page, where not everything: "noindex".
    pub robots: Option<&'static str>,
    /// The page's place in the planet.
    pub section: Section,
    /// The links of the main navigation, in order.
    pub nav: Vec<NavLink>,
    /// The feeds that belong to the page, the most fitting first.
    pub feeds: Vec<FeedLink>,
    /// Whom to ask about the planet.
    pub contact: Option<Contact>,
    /// The page that searches; none where there is nobody to search, as in static files.
    pub search: Option<String>,
    /// One sentence that stands on every page, such as "feeds.toml has an error; the last good one is in use."
    pub notice: Option<String>,
}

/// The parts of the planet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Section {
    /// The newest posts.
    Home,
    /// The Things.
    Things,
    /// The participants.
    Participants,
    /// Who has posted on what.
    Progress,
    /// How the blogs fare.
    Status,
    /// What the planet is.
    About,
    /// Searching.
    Search,
    /// How to subscribe.
    Subscribe,
    /// None of these.
    Elsewhere,
}

/// A link of the main navigation.
#[derive(Debug, Clone, Serialize)]
pub struct NavLink {
    /// Its words.
    pub text: String,
    /// Its address.
    pub href: String,
    /// The value of `aria-current`: "page" for this very page, "true" for its section, else `none`.
    pub current: Option<&'static str>,
}

/// A feed to subscribe to.
#[derive(Debug, Clone, Serialize)]
pub struct FeedLink {
    /// What it carries.
    pub title: String,
    /// Its root-relative address.
    pub href: String,
    /// Its absolute address, for pasting into a feed reader.
    pub url: String,
    /// Its media type.
    pub kind: &'static str,
}

/// Whom to ask.
#[derive(Debug, Clone, Serialize)]
pub struct Contact {
    /// A `mailto:` or http(s) address.
    pub href: String,
    /// The same without its scheme.
    pub text: String,
}

/// A day or a moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct When {
    /// For machines: the value of `<time datetime>`.
    pub datetime: String,
    /// For readers: "Thursday 21 July 2011".
    pub words: String,
}

/// A link with words.
#[derive(Debug, Clone, Serialize)]
pub struct Link {
    /// Its words.
    pub text: String,
    /// Its address.
    pub href: String,
}

/// The way to the other pages of a list of posts.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Pager {
    /// The next page, with older posts; with newer ones where the oldest come first.
    pub older: Option<String>,
    /// The first page, with the newest posts, or the oldest; `none` when this is it.
    pub newest: Option<String>,
    /// Whether the oldest posts come first.
    pub is_oldest_first: bool,
}
