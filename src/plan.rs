//! Deciding what one poll of one feed means: a pure function of what we have, what came, and now.
//!
//! ```text
//! known entries + ParsedFeed --intents--> which are new, changed or gone    before any sanitising
//! cleaned entry + what we have --is_news, dates, twin, hold_floods--> its dates and its place
//! rules' tags + decisions ---effective--> the tags that it has
//! a front page ----------discover---> the blog's feed, or why there is none
//! where an answer came from -settle-> whether the feed has moved
//! feed + outcome + now ------update-----> FeedUpdate: health, next poll, validators, entry changes
//! who is overdue ----------spread, resume-> when each of them is asked instead, evenly
//! who could not be reached --Weather------> whether that is the blogs' trouble or our own
//! who waits to be asked -----pace---------> whose turn it is
//! figures + a Thing's days -progress--> whether somebody posted on it, or why not
//! walk + older page ---------backfill---> the page before it, or why there is none
//! ```
//!
//! This room must not know how bytes are fetched, cleaned or stored.

pub mod backfill;
mod decide;
mod discovery;
mod entries;
mod moves;
mod outage;
pub mod pace;
mod platform;
pub mod progress;
mod retag;
mod schedule;
#[cfg(test)]
mod simulation;
pub mod websub;

pub use decide::effective;
pub use discovery::{Discovery, NoFeed, Offer, Platform, Source, discover};
pub use entries::{
    Came, Dates, Intent, Intents, alike, dates, hold_back, hold_floods, intents, is_news, twin,
};
pub use moves::{Landing, settle, shares};
pub use outage::{Missed, Reach, Verdict, Weather};
pub use platform::platform;
pub use retag::{Counts, Difference, difference};
pub use schedule::{
    Outcome, POSTS_MAX, Posts, Season, Terms, asks_whole, may_be_asked_at, posts, rest, resume,
    season, soon, spread, update,
};
