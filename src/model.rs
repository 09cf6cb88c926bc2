//! The words of the house: what a course, a feed, an entry and a tag are.
//!
//! This room imports nothing of ours and does nothing but hold and name. Each noun has one type per stage of
//! its life: [`ParsedEntry`] is untrusted, [`ReadyEntry`] is sanitised and tagged, [`Entry`] is kept.

mod course;
mod decision;
mod entry;
mod feed;
mod fingerprint;
mod front;
mod group;
mod hints;
mod html;
mod link;
mod moves;
mod own_feed;
mod parsed;
mod progress;
mod rules;
mod search;
mod tag;
mod text;
mod update;
mod walk;
mod websub;

/// Tells the time. The clock itself belongs to `cli`; below it, `now` is asked for or handed down.
pub type Clock = std::sync::Arc<dyn Fn() -> jiff::Timestamp + Send + Sync>;

/// Rolls the dice: a number from 0, included, to 1, excluded. The dice belong to `cli`, like the clock.
pub type Dice = std::sync::Arc<dyn Fn() -> f64 + Send + Sync>;

pub use course::{
    ContentPolicy, Course, Participant, PlanetSettings, PollSettings, Roster, Thing, slug_of,
};
pub use decision::{Decision, Verdict};
pub use entry::{Author, Entry, EntryId, OddPost, ReadyEntry};
pub use feed::{Failure, Feed, FeedId, Flood, Health, Rest, Trouble, Validators};
pub use fingerprint::Fingerprint;
pub use front::{FeedKind, FeedLink, FrontPage, PageLink};
pub use group::Group;
pub use hints::{FeedLinks, HeaderLinks, Rhythm};
pub use html::SafeHtml;
pub use link::{canonical, path_of};
pub use moves::{Absence, Moved, Moves, Step, Watch};
#[cfg(test)]
pub(crate) use own_feed::samples;
pub use own_feed::{FeedPages, OwnFeed, xml_text};
pub use parsed::{
    Damage, DocumentPlace, Guid, GuidRule, Markup, ParsedEntry, ParsedFeed, Problem, Tombstone,
};
pub use progress::{Kept, Posting, Standing, WeekCount};
pub use rules::{BlogRules, Language, Rules, Signal, ThingRules, Weight};
pub use search::{Passage, Phrase, Search, is_called};
pub use tag::{EntryText, Evidence, Mention, Place, Rule, Tag, TagState};
pub use text::{excerpt, one_line};
pub use update::{Document, EntryChange, FeedUpdate, KnownEntry, Origin, Words};
pub use walk::{Gap, ReadBack, Walk, WalkEnd, Way};
pub use websub::{HubOffer, Subscription};
