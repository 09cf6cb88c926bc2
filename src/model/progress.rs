//! How far people are, and what became of their posts: figures that the store keeps and pages show.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use url::Url;

use super::{Decision, EntryId, Tag};

/// What one participant has posted on one Thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The Thing's number.
    pub thing: u16,
    /// Their visible posts on it.
    pub posts: u64,
    /// Their visible posts for which it is only suggested.
    pub suggested: u64,
    /// When the first of `posts` was published; nothing where there is none.
    pub first_at: Option<Timestamp>,
    /// Whether the feed says of one of `posts` nothing of when it was published.
    pub undated: bool,
    /// The address of that post, where it has one: a valid one in text, as a table has thousands that nobody takes apart.
    pub first_url: Option<Arc<str>>,
}

/// All that one participant has posted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Posting {
    /// Their visible posts.
    pub posts: u64,
    /// When the newest was published.
    pub newest_at: Option<Timestamp>,
    /// When that one was seen first, where its feed does not say when it was published.
    pub newest_seen_at: Option<Timestamp>,
    /// When each of their visible posts was published in which no Thing was recognised, and for which none is suggested:
    /// the oldest first, without those that have no date.
    pub unrecognised: Vec<Timestamp>,
    /// How many such posts have no date.
    pub undated: usize,
    /// What they posted on Things, and what is suggested, by ascending number of the Thing.
    pub standings: Vec<Standing>,
}

impl Posting {
    /// What they have posted on this Thing, or what is suggested for it.
    pub fn on(&self, thing: u16) -> Option<&Standing> {
        self.standings
            .binary_search_by_key(&thing, |standing| standing.thing)
            .ok()
            .map(|at| &self.standings[at])
    }

    /// How many posts in which nothing was recognised may have been published in a time, by its first moment and the
    /// first one after it; without these it has no beginning, or no end. Those without a date may have been at any.
    pub fn unrecognised_in(&self, (from, before): (Option<Timestamp>, Option<Timestamp>)) -> usize {
        let earlier = |end: Timestamp| self.unrecognised.partition_point(|at| *at < end);
        let end = before.map_or(self.unrecognised.len(), earlier);
        end.saturating_sub(from.map_or(0, earlier)) + self.undated
    }
}

/// The posts of one week, of everybody on the roster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WeekCount {
    /// Its Monday, by UTC.
    pub from: Date,
    /// Visible posts.
    pub posts: u64,
    /// Those of them that are on a Thing.
    pub on_things: u64,
}

/// A post as we keep it, shown or not, with all that decides where it is shown.
#[derive(Debug, Clone)]
pub struct Kept {
    /// Its number in the store.
    pub id: EntryId,
    /// Its title, possibly empty.
    pub title: String,
    /// Its address.
    pub url: Option<Url>,
    /// When it was published.
    pub published_at: Timestamp,
    /// When we saw it first.
    pub first_seen_at: Timestamp,
    /// Whether its feed does not say when it was published.
    pub undated: bool,
    /// Since when its own feed says that it is no more.
    pub retired_at: Option<Timestamp>,
    /// The title of the post whose copy it is, where that is the one to show.
    pub twin: Option<String>,
    /// Whether the front page lists it.
    pub on_front: bool,
    /// Its categories, plain text.
    pub categories: Vec<String>,
    /// The beginning of its text without markup, as much as rules read, where nothing was recognised in it nor decided on
    /// it; else empty.
    pub opening: String,
    /// Its tags and suggestions, by Thing.
    pub tags: Vec<Tag>,
    /// What was decided on it, by Thing.
    pub decisions: Vec<Decision>,
}
