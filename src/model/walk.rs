//! Walking back: how far a blog's older pages were read, when it joined or to fill a gap, and what comes next.

use jiff::Timestamp;
use url::Url;

use super::Fingerprint;

/// The way back through one blog's older pages, from its feed to the day the course opens or to what is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Walk {
    /// How the next page is found.
    pub way: Way,
    /// The page to be asked next; nothing where the walk has ended.
    pub next: Option<Url>,
    /// Not before this moment.
    pub due_at: Timestamp,
    /// When a page was last asked.
    pub asked_at: Option<Timestamp>,
    /// Which platforms were asked then: the page's own, and the one to which a redirect led.
    pub platforms: Vec<String>,
    /// How often the next page was asked in vain.
    pub tries: u32,
    /// Bytes of the pages that were read, the feed itself not among them.
    pub bytes: u64,
    /// New posts that they brought.
    pub entries: u32,
    /// The hosts on which pages may lie, each with its port where that is not the usual one.
    pub hosts: Vec<String>,
    /// Addresses and bodies of the feed and of every page so far, so that no page is read twice.
    pub seen: Vec<Fingerprint>,
    /// How far it has come.
    pub back: ReadBack,
    /// What it is to fill; nothing where the blog has joined.
    pub gap: Option<Gap>,
}

/// A time of which a blog's feed had no post when it was read: all that it showed was new. More may have been written in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gap {
    /// When the newest post was published that was known.
    pub after: Timestamp,
    /// When the oldest post was published that the feed showed.
    pub before: Timestamp,
    /// From when on older pages may be asked for it.
    pub begins_at: Timestamp,
}

/// How far a blog was read back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadBack {
    /// Pages that were read, the feed itself not among them.
    pub pages: u32,
    /// The oldest date among all that was read.
    pub to: Option<Timestamp>,
    /// Why the walk ended; nothing while it goes on.
    pub end: Option<WalkEnd>,
    /// What was wrong with the page that was asked last, a sentence.
    pub cause: Option<String>,
}

/// How the page before this one is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// By the links of each page: `prev-archive` and `next` (RFC 5005), or `next_url` (JSON Feed).
    Links,
    /// By WordPress's `paged`.
    WordPress,
    /// By Blogger's `start-index` and `max-results`.
    Blogger,
}

/// Why a walk ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WalkEnd {
    /// The day the course opens is reached or, where a gap is filled, what was known.
    Opening,
    /// There is no older page.
    First,
    /// A page brought nothing that had not been there before.
    Repeats,
    /// As many pages were read as ever are, or as many posts or bytes.
    Capped,
    /// The next page lies on a host to which the feed itself does not lead.
    Elsewhere,
    /// The pages are another participant's.
    Theirs,
    /// A page could not be read, however often it was asked.
    Failed,
}

impl Way {
    const ALL: [Self; 3] = [Self::Links, Self::WordPress, Self::Blogger];

    /// Its name in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Links => "links",
            Self::WordPress => "wordpress",
            Self::Blogger => "blogger",
        }
    }

    /// The way with this name in the store.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|way| way.as_str() == name)
    }
}

impl WalkEnd {
    const ALL: [Self; 7] = [
        Self::Opening,
        Self::First,
        Self::Repeats,
        Self::Capped,
        Self::Elsewhere,
        Self::Theirs,
        Self::Failed,
    ];

    /// Its name in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Opening => "opening",
            Self::First => "first",
            Self::Repeats => "repeats",
            Self::Capped => "capped",
            Self::Elsewhere => "elsewhere",
            Self::Theirs => "theirs",
            Self::Failed => "failed",
        }
    }

    /// The end with this name in the store.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|end| end.as_str() == name)
    }
}
