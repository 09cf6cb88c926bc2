//! The feed: its health, its validators, and when it is polled again.

mod agenda;
mod interval;

use jiff::{SignedDuration, Timestamp};
use url::Url;

use super::moves;
use crate::model::{Document, Failure, Feed, FeedUpdate, Rhythm, Trouble, Validators};

pub use self::agenda::{resume, spread};
use self::interval::awake;
pub use self::interval::{POSTS_MAX, Posts, Season, posts, season};

/// How one poll ended.
#[derive(Debug)]
pub enum Outcome {
    /// A document came and was read.
    Read {
        /// What it says.
        document: Box<Document>,
        /// The validators that came with it.
        validators: Validators,
        /// Where the feed was found, when it had to be looked for.
        found_at: Option<Url>,
        /// How long the answer's headers call it fresh.
        fresh_for: Option<SignedDuration>,
    },
    /// Nothing new: a 304, or the very bytes of last time.
    Unchanged {
        /// The validators from now on.
        validators: Validators,
        /// Where the feed was found, when it had to be looked for.
        found_at: Option<Url>,
        /// How long the answer's headers call it fresh.
        fresh_for: Option<SignedDuration>,
    },
    /// The host says that the feed is gone for good (410).
    Gone,
    /// The host has nothing at this address (404).
    Missing {
        /// One plain sentence: what happened and what to do.
        cause: String,
    },
    /// The host asks us to come less often (429, 503).
    Throttled {
        /// How long its platform is left alone for that, as [`rest`] says.
        wait: SignedDuration,
    },
    /// It was not asked, because its platform is left alone for so much longer.
    Paused {
        /// How long.
        wait: SignedDuration,
    },
    /// Anything else went wrong.
    Failed {
        /// One plain sentence: what happened and what to do.
        cause: String,
        /// Of what kind it is.
        trouble: Trouble,
    },
    /// Nobody could be reached because our own line is broken, which is not the blog's fault.
    Offline,
}

/// What a decision about a feed depends on besides the feed and its answer.
#[derive(Debug, Clone, Copy)]
pub struct Terms {
    /// How often a feed is asked that says nothing of it.
    pub every: SignedDuration,
    /// Whether the course still runs.
    pub season: Season,
    /// How often the feed's owner writes.
    pub posts: Posts,
    /// A random number from 0 to 1.
    pub dice: f64,
}

/// A feed that fails waits as long again as it has failed, up to a day; so asking before that time costs it nothing.
const BACKOFF_MAX: SignedDuration = SignedDuration::from_hours(24);
/// A feed that has failed for so long is asked once in as much.
const WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Who keeps robots out, or us, is not asked sooner than this: asking again does not open the door.
const CLOSED_MIN: SignedDuration = SignedDuration::from_hours(4);
/// Who asks us to slow down is left alone for this at least.
const THROTTLE_MIN: SignedDuration = SignedDuration::from_hours(1);
/// Who asks us to slow down again and again is left alone for this at most, unless asking for more.
const THROTTLE_AGAIN_MAX: SignedDuration = SignedDuration::from_hours(24);
/// Feeds whose wait is over come back within this, not all at once.
const BACK_WITHIN: SignedDuration = SignedDuration::from_mins(10);
/// When a poll that failed because of our own line is tried again, and how far such polls are spread.
const OFFLINE_WAIT: SignedDuration = SignedDuration::from_mins(5);
/// The whole of a feed whose server gives validators is asked for at most once in this.
const WHOLE_EVERY: SignedDuration = SignedDuration::from_hours(24);
/// By hand a feed is asked at most once in this.
const BY_HAND_EVERY: SignedDuration = SignedDuration::from_mins(15);
/// Between two polls that a hub brings about.
const POLLS_APART: SignedDuration = SignedDuration::from_mins(5);
/// What a 410 says before it has been said often and long enough.
const CALLED_GONE: &str = "the blog says that this feed is gone for good (410), which is believed when it still says so \
                           in a week: ask the blogger whether the blog has moved";

/// Turns an outcome into what the store is to record.
pub fn update(feed: &Feed, outcome: Outcome, terms: &Terms, now: Timestamp) -> FeedUpdate {
    let mut update = begun(feed, &outcome, now);
    let mut rhythm = feed.rhythm;
    match outcome {
        Outcome::Read {
            document,
            validators,
            found_at,
            fresh_for,
        } => {
            rhythm = document.rhythm;
            update.next_poll_at = interval::next(feed, fresh_for, rhythm, terms, now);
            update.fresh_for = fresh_for;
            update.validators = Some(validators);
            update.found_at = found_at;
            update.throttled = 0;
            update.document = Some(*document);
        }
        Outcome::Unchanged {
            validators,
            found_at,
            fresh_for,
        } => {
            update.next_poll_at = interval::next(feed, fresh_for, rhythm, terms, now);
            update.fresh_for = fresh_for;
            update.validators = Some(validators);
            update.found_at = found_at;
            update.throttled = 0;
        }
        Outcome::Throttled { wait } => {
            // One blog may be the only one of its platform that always asks, and must not have all of it rest for ever.
            update.throttled = feed.throttled.saturating_add(1);
            let until = later(now, wait.max(grown(THROTTLE_MIN, update.throttled)));
            update.held_until = Some(until);
            let back = later(until, BACK_WITHIN.mul_f64(terms.dice));
            update.next_poll_at = back.max(later(now, well(feed, terms, now)));
            // Being asked to wait is not being broken, so what was known of the feed's health stays.
            stay(&mut update, feed);
        }
        Outcome::Paused { wait } => not_asked(&mut update, feed, later(now, wait), terms),
        Outcome::Gone => {
            let cause = CALLED_GONE.to_owned();
            fail(feed, &mut update, cause, Trouble::Other, terms);
        }
        Outcome::Missing { cause } => {
            fail(feed, &mut update, cause, Trouble::Other, terms);
            tell_of_absence(&mut update);
        }
        Outcome::Failed { cause, trouble } => fail(feed, &mut update, cause, trouble, terms),
        Outcome::Offline => {
            update.next_poll_at = later(now, OFFLINE_WAIT + BACK_WITHIN.mul_f64(terms.dice));
            stay(&mut update, feed);
        }
    }
    // However it went: hours that it wants to be left alone are left out.
    update.next_poll_at = awake(update.next_poll_at, rhythm, terms.dice, now);
    let is_well = update.validators.is_some();
    update.fallback_at = is_well.then(|| interval::fallback(rhythm, terms, now));
    update.soon_at = soon(Some(now), rhythm, now);
    if let Some(found) = &update.found_at {
        moves::found_anew(&mut update.moves, found);
    }
    update
}

/// An update in which nothing is decided yet but what the feed's address has been doing.
fn begun(feed: &Feed, outcome: &Outcome, now: Timestamp) -> FeedUpdate {
    FeedUpdate {
        moves: moves::after(feed, outcome, now),
        named: feed.named,
        throttled: feed.throttled,
        fresh_for: feed.fresh_for,
        ..FeedUpdate::new(feed.id, feed.address.clone(), now)
    }
}

/// It waits until its platform may be asked, and all that was known of it stays.
fn not_asked(update: &mut FeedUpdate, feed: &Feed, until: Timestamp, terms: &Terms) {
    update.polled_at = feed.polled_at.unwrap_or(update.polled_at);
    update.held_until = Some(until);
    update.next_poll_at = later(until, BACK_WITHIN.mul_f64(terms.dice));
    stay(update, feed);
}

/// What was known of the feed's health stays.
fn stay(update: &mut FeedUpdate, feed: &Feed) {
    update.failure.clone_from(&feed.failure);
    update.gone = feed.gone;
}

/// How long a platform is left alone that asked us to wait for so long, or without saying for how long (RFC 6585 section 4,
/// RFC 9110 section 10.2.3), and did so for this time in a row, from 1.
///
/// At first as long as it asked, and an hour at least; then twice as long each time, up to a day, but never less than it
/// asked. `dice`, a random number from 0 to 1, makes it longer by up to a tenth, or half an hour.
pub fn rest(asked: Option<SignedDuration>, throttled: u32, dice: f64) -> SignedDuration {
    let first = asked.unwrap_or_default().max(THROTTLE_MIN);
    longer(grown(first, throttled).max(first), dice)
}

/// So long for the first time, and twice as long each time, up to a day.
fn grown(first: SignedDuration, throttled: u32) -> SignedDuration {
    let doubled = throttled.saturating_sub(1).min(5);
    first.saturating_mul(1 << doubled).min(THROTTLE_AGAIN_MAX)
}

/// Whether the whole of a feed is to be asked for, because what read it last has changed; at most once a day, as a server
/// that gives validators would rather answer that nothing changed.
pub fn asks_whole(feed: &Feed, is_outdated: bool, now: Timestamp) -> bool {
    is_outdated
        && feed
            .whole_at
            .is_none_or(|at| now.duration_since(at) >= WHOLE_EVERY)
}

/// When a feed is polled of which a hub told news: at once, but not sooner than five minutes after the last time, nor in
/// hours that it wants to be left alone.
pub fn soon(polled_at: Option<Timestamp>, rhythm: Rhythm, now: Timestamp) -> Timestamp {
    let at = polled_at.map_or(now, |at| later(at, POLLS_APART).max(now));
    awake(at, rhythm, 0.0, now)
}

/// When a feed may be asked by hand: neither within a quarter of an hour nor before its host's word, and one that is gone
/// or fails only when it is due, for a hand may be a timer's. With `even_failing` one that fails is asked before.
pub fn may_be_asked_at(feed: &Feed, even_failing: bool) -> Option<Timestamp> {
    let rested = feed.polled_at.map(|at| later(at, BY_HAND_EVERY));
    let waits = feed.gone || (feed.failure.is_some() && !even_failing);
    let due = feed.next_poll_at.filter(|_| waits);
    rested.max(feed.held_until).max(due)
}

fn fail(feed: &Feed, update: &mut FeedUpdate, cause: String, trouble: Trouble, terms: &Terms) {
    let now = update.polled_at;
    let failure = failed(feed, cause, trouble, now);
    let wait = about(backoff(&failure, now), terms.dice);
    let well = longer(well(feed, terms, now), terms.dice);
    update.next_poll_at = later(now, wait.max(well));
    update.failure = Some(failure);
    refused(feed, update, terms);
}

/// How long it would wait if it were well: trouble is no reason to come more often.
fn well(feed: &Feed, terms: &Terms, now: Timestamp) -> SignedDuration {
    interval::of(feed.fresh_for, feed.rhythm, terms, now).0
}

/// What is gone, or long not found, is asked seldom: this is the one place where `moves` has a say in when.
fn refused(feed: &Feed, update: &mut FeedUpdate, terms: &Terms) {
    let now = update.polled_at;
    update.gone = moves::is_gone(&update.moves, now) || feed.gone;
    if let Some(wait) = moves::seldom(&update.moves, update.gone, now) {
        let next = later(now, about(wait, terms.dice));
        update.next_poll_at = update.next_poll_at.max(next);
    }
    if update.gone {
        update.failure = None;
    }
}

/// Tells of what has not been found for long that it is looked for seldom.
fn tell_of_absence(update: &mut FeedUpdate) {
    if moves::is_long_missing(&update.moves, update.polled_at)
        && let Some(failure) = &mut update.failure
    {
        failure
            .cause
            .push_str(" (it has not been found for a month, so it is looked for once a week)");
    }
}

fn failed(feed: &Feed, cause: String, trouble: Trouble, now: Timestamp) -> Failure {
    match &feed.failure {
        Some(before) => Failure {
            since: before.since,
            cause,
            count: before.count.saturating_add(1),
            trouble,
        },
        None => Failure {
            since: now,
            cause,
            count: 1,
            trouble,
        },
    }
}

fn backoff(failure: &Failure, now: Timestamp) -> SignedDuration {
    let failing_for = now.duration_since(failure.since);
    let max = if failing_for < WEEK {
        BACKOFF_MAX
    } else {
        WEEK
    };
    let min = match failure.trouble {
        Trouble::Blocked | Trouble::Closed => CLOSED_MIN,
        _ => SignedDuration::ZERO,
    };
    failing_for.min(max).max(min)
}

/// A wait that nobody asked for, with chance in it. One of days is made shorter by up to half an hour, so that a timer that
/// polls once a day finds those due again that it found failing a day or a week before.
fn about(wait: SignedDuration, dice: f64) -> SignedDuration {
    if wait < BACKOFF_MAX {
        return longer(wait, dice);
    }
    wait - interval::jitter_max(wait).mul_f64(dice)
}

/// A wait of which nothing may be cut off, made longer by up to a tenth, or half an hour.
fn longer(wait: SignedDuration, dice: f64) -> SignedDuration {
    wait + interval::jitter_max(wait).mul_f64(dice)
}

fn later(now: Timestamp, by: SignedDuration) -> Timestamp {
    now.checked_add(by).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests;
