//! The participants, each and all.

use serde::Serialize;

use super::{
    FeedLink, Frame, HealthView, Link, OddPostView, Pager, PostLink, PostView, StripMark,
    ThingLink, When,
};

/// A participant in a list.
#[derive(Debug, Clone, Serialize)]
pub struct ParticipantRow {
    /// Their name.
    pub name: String,
    /// Their page.
    pub href: String,
    /// Their blog.
    pub blog: Option<Link>,
    /// Their groups.
    pub groups: Vec<String>,
    /// How many of their posts we have.
    pub post_count: u64,
    /// How many Things they have posted on.
    pub thing_count: u64,
    /// How their feed fares.
    pub health: HealthView,
}

/// All participants: `participants.html`.
#[derive(Debug, Clone, Serialize)]
pub struct ParticipantsView {
    /// What every page has.
    pub frame: Frame,
    /// How many there are, in words: "12 participants".
    pub count: String,
    /// How many Things the course has.
    pub thing_count: usize,
    /// They, in the order to show.
    pub participants: Vec<ParticipantRow>,
}

/// A Thing on a participant's page.
#[derive(Debug, Clone, Serialize)]
pub struct ThingDone {
    /// The Thing.
    pub thing: ThingLink,
    /// How they stand with it, as in a cell of the progress table: "done", "silent".
    pub state: &'static str,
    /// The same in words: "late", "not recognised".
    pub words: String,
    /// Their posts on it, none when it is not done yet.
    pub posts: Vec<PostLink>,
    /// Their posts that may be on it, where none is: each leads to why we think so.
    pub suggested: Vec<Link>,
}

/// One participant: `participant.html`.
#[derive(Debug, Clone, Serialize)]
pub struct ParticipantView {
    /// What every page has.
    pub frame: Frame,
    /// Who it is, and how they fare.
    pub who: ParticipantRow,
    /// A sentence on how far they are: "4 of 23 Things, 6 posts".
    pub done: String,
    /// The page that says what became of each of their posts.
    pub why_href: String,
    /// The planet's feed of their posts.
    pub feed: FeedLink,
    /// Their blog's own feed, which we read.
    pub source: Option<Link>,
    /// When we last asked their blog.
    pub polled: Option<When>,
    /// When it was last read well, where that was not when we last asked, in words: "last read on Thursday 21 July 2011".
    pub last_read: Option<String>,
    /// When we shall ask again.
    pub next_poll: Option<When>,
    /// What is odd in their feed, a sentence each.
    pub problems: Vec<String>,
    /// Their posts in which something is odd, newest first.
    pub odd_posts: Vec<OddPostView>,
    /// That many posts came at once, where that was lately, a sentence.
    pub flood: Option<String>,
    /// A mark for every Thing of the course, by number.
    pub strip: Vec<StripMark>,
    /// Every Thing of the course, by number.
    pub things: Vec<ThingDone>,
    /// Their posts in which no Thing was recognised.
    pub unrecognised: Vec<PostLink>,
    /// Their posts, newest first.
    pub posts: Vec<PostView>,
    /// The way to older posts.
    pub pager: Pager,
}
