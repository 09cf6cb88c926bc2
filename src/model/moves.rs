//! Feeds that move, or are gone: what is seen of it, and what is believed.

use jiff::Timestamp;
use url::Url;

/// What a feed's address has been doing lately.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Moves {
    /// Where permanent redirects have been leading without being believed yet.
    pub watch: Option<Watch>,
    /// Where it is asked in place of the address that the roster says or leads to.
    pub moved: Option<Moved>,
    /// Answers of "gone" (410) since it last answered well.
    pub gone: Option<Absence>,
    /// Answers of "not found" (404) since it last answered well.
    pub missing: Option<Absence>,
    /// The step that was taken just now, for the log.
    pub step: Option<Step>,
}

/// A permanent redirect that is being watched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watch {
    /// Where it leads.
    pub target: Url,
    /// When it was first seen to lead there, and only there since.
    pub since: Timestamp,
    /// In how many answers, from 1.
    pub seen: u32,
    /// Whether some of the feed's posts were there at the first sight, or there were none to compare with.
    pub shares: bool,
}

/// A move that was believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// The address that the roster says or leads to.
    pub from: Url,
    /// Where the feed is asked instead.
    pub to: Url,
    /// When that was decided.
    pub at: Timestamp,
}

/// The same refusal again and again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Absence {
    /// When it was first met.
    pub since: Timestamp,
    /// How often, from 1.
    pub count: u32,
}

/// One change of the address that is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Where it was asked so far.
    pub from: Url,
    /// Where it is asked from now on.
    pub to: Url,
    /// Why, in a few words.
    pub why: String,
}

/// Fewer sights of a redirect are not worth telling.
const SEEN_OFTEN: u32 = 3;

impl Watch {
    /// Whether it leads to a place that has none of the posts, which is never believed without a word.
    pub fn is_strange(&self) -> bool {
        !self.shares && self.seen >= SEEN_OFTEN
    }
}

impl Moves {
    /// What the organiser should know and write down, a sentence each.
    pub fn notices(&self) -> Vec<String> {
        let moved = self.moved.as_ref().map(|moved| {
            format!(
                "the feed has moved from {} to {}, where it is read now: write feed = \"{}\" for it in feeds.toml",
                moved.from, moved.to, moved.to
            )
        });
        let strange = self.watch.as_ref().filter(|watch| watch.is_strange());
        let strange = strange.map(|watch| {
            format!(
                "the address leads on to {}, where none of the posts are that were here: if the blog has moved there, \
                 write feed = \"{}\" for it in feeds.toml, and if not, ask the blogger",
                watch.target, watch.target
            )
        });
        moved.into_iter().chain(strange).collect()
    }
}
