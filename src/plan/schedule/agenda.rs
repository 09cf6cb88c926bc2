//! Putting many feeds off at once: evenly, so that neither a start, nor days of downtime, nor the end of a platform's pause
//! is followed by a burst.

use jiff::{SignedDuration, Timestamp};

use super::later;
use crate::model::FeedId;

/// A feed that should have been asked so long ago is late: we were not running.
const LATE: SignedDuration = SignedDuration::from_mins(15);
/// So many late feeds are asked at once, such as one new blog.
const FEW: usize = 10;
/// The time that each of many takes up.
const EACH: SignedDuration = SignedDuration::from_secs(6);

/// New times for feeds that are late, where those are many; the others are asked as they are due.
///
/// Feeds come with when they were due, nothing for those that were never asked. `dice` gives random numbers from 0 to 1.
pub fn spread(
    feeds: &[(FeedId, Option<Timestamp>)],
    every: SignedDuration,
    dice: &dyn Fn() -> f64,
    now: Timestamp,
) -> Vec<(FeedId, Timestamp)> {
    let is_late = |due: &Option<Timestamp>| due.is_none_or(|due| now.duration_since(due) >= LATE);
    let late: Vec<FeedId> = feeds
        .iter()
        .filter(|(_, due)| is_late(due))
        .map(|(feed, _)| *feed)
        .collect();
    if late.len() <= FEW {
        return Vec::new();
    }
    evenly(&late, now, every.saturating_mul(2), dice)
}

/// Times at which the feeds of a platform come back after its pause, given those that are due before its end.
pub fn resume(
    feeds: &[FeedId],
    until: Timestamp,
    every: SignedDuration,
    dice: &dyn Fn() -> f64,
) -> Vec<(FeedId, Timestamp)> {
    evenly(feeds, until, every, dice)
}

/// Each in a slot of its own from `start` on, somewhere in that slot; all of them within `window`.
fn evenly(
    feeds: &[FeedId],
    start: Timestamp,
    window: SignedDuration,
    dice: &dyn Fn() -> f64,
) -> Vec<(FeedId, Timestamp)> {
    let count = i32::try_from(feeds.len().max(1)).unwrap_or(i32::MAX);
    let slot = EACH.min(window / count);
    let places = feeds.iter().zip(0_u32..).map(|(feed, place)| {
        let offset = slot.mul_f64(f64::from(place) + dice());
        (*feed, later(start, offset))
    });
    places.collect()
}
