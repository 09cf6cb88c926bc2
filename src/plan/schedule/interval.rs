//! How long until a feed that answers well is asked again.
//!
//! What the server says goes before what the feed says, and that before what we make of its posts. A hint only ever makes
//! us come less often than feeds.toml says: "fresh for five minutes" is no invitation to come every five minutes.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::{Terms, later};
use crate::model::{Feed, Rhythm};

/// Whether the course runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Season {
    /// It runs, is still to come, or says nothing of its days: freshness counts.
    Running,
    /// Its last day is over: a blog is asked as often as it is written.
    Over,
}

/// How often somebody writes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Posts {
    /// When the newest post was published, not later than now.
    pub newest: Option<Timestamp>,
    /// The average time between the newest posts; absent where there are fewer than two.
    pub gap: Option<SignedDuration>,
}

/// Shortest interval that a server's headers can lead to.
const HEADER_MIN: SignedDuration = SignedDuration::from_mins(10);
/// Shortest interval that a feed's own words can lead to; they are often what some software writes into all feeds.
const FEED_MIN: SignedDuration = SignedDuration::from_mins(60);
/// Longest interval that hints and silence can lead to.
const HINT_MAX: SignedDuration = SignedDuration::from_hours(24);
/// Longest interval that silence leads to while the course runs: it is judged by its freshness.
const RUNNING_MAX: SignedDuration = SignedDuration::from_mins(120);
/// Most by which an interval is made longer or shorter at random.
const JITTER_MAX: SignedDuration = SignedDuration::from_mins(30);
/// Who has not written for so long is silent; for half as long, nearly.
const SILENT: SignedDuration = SignedDuration::from_hours(30 * 24);
const NEARLY_SILENT: SignedDuration = SignedDuration::from_hours(14 * 24);
/// Posts that the average gap is taken from.
pub const POSTS_MAX: usize = 10;
const HOUR: SignedDuration = SignedDuration::from_hours(1);
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// Whether a course with this last day still runs.
pub fn season(closes: Option<Date>, zone: &TimeZone, now: Timestamp) -> Season {
    let today = zone.to_datetime(now).date();
    match closes {
        Some(last) if today > last => Season::Over,
        _ => Season::Running,
    }
}

/// How often somebody writes whose posts were published at these times, in any order.
pub fn posts(published: impl IntoIterator<Item = Timestamp>, now: Timestamp) -> Posts {
    let mut times: Vec<Timestamp> = published.into_iter().map(|at| at.min(now)).collect();
    times.sort_unstable_by(|one, other| other.cmp(one));
    times.truncate(POSTS_MAX);
    let (Some(newest), Some(oldest)) = (times.first(), times.last()) else {
        return Posts::default();
    };
    let gaps = i32::try_from(times.len() - 1).unwrap_or(i32::MAX);
    let whole = newest.duration_since(*oldest);
    Posts {
        newest: Some(*newest),
        gap: (gaps > 0).then(|| whole / gaps.max(1)),
    }
}

/// When a feed is asked again that just answered well.
pub(super) fn next(
    feed: &Feed,
    fresh_for: Option<SignedDuration>,
    rhythm: Rhythm,
    terms: &Terms,
    now: Timestamp,
) -> Timestamp {
    let (interval, is_hint) = of(fresh_for, rhythm, terms, now);
    let jitter = jitter_max(interval);
    // Nothing is cut off what was asked for, and the first interval sets a feed's place among all the others.
    let interval = match feed.polled_at {
        None => interval + interval.min(HOUR).mul_f64(terms.dice),
        Some(_) if is_hint => interval + jitter.mul_f64(terms.dice),
        Some(_) => interval + jitter.mul_f64(2.0 * terms.dice - 1.0),
    };
    later(now, interval)
}

/// The interval of a feed that is well, without chance in it, and whether it or its server asked for it.
pub(super) fn of(
    fresh_for: Option<SignedDuration>,
    rhythm: Rhythm,
    terms: &Terms,
    now: Timestamp,
) -> (SignedDuration, bool) {
    match hint(fresh_for, rhythm, terms.every) {
        Some(hint) => (hint, true),
        None => (by_posts(terms, now), false),
    }
}

/// When a feed is asked again that just answered well, if its hub tells of its news: after a day, and by chance a little
/// later, so that those of one hub are not asked in step for ever.
pub(super) fn fallback(rhythm: Rhythm, terms: &Terms, now: Timestamp) -> Timestamp {
    let at = later(now, DAY + jitter_max(DAY).mul_f64(terms.dice));
    awake(at, rhythm, terms.dice, at)
}

/// A tenth of a wait, and half an hour at most.
pub(super) fn jitter_max(wait: SignedDuration) -> SignedDuration {
    (wait / 10).min(JITTER_MAX)
}

/// What the server's headers ask for, else the feed's `ttl`, else its `sy:updatePeriod`.
///
/// An answer that is not fresh at all (RFC 9111 section 5.2.2.4) only says that it wants to be asked before it is shown
/// again, so that is no hint.
fn hint(
    fresh_for: Option<SignedDuration>,
    rhythm: Rhythm,
    every: SignedDuration,
) -> Option<SignedDuration> {
    let (hint, min) = match (fresh_for.filter(SignedDuration::is_positive), rhythm) {
        (Some(fresh), _) => (fresh, HEADER_MIN),
        (None, Rhythm { ttl: Some(ttl), .. }) => (ttl, FEED_MIN),
        (None, rhythm) => (rhythm.update_every?, FEED_MIN),
    };
    let min = min.max(every);
    Some(hint.clamp(min, HINT_MAX.max(min)))
}

/// The interval of a feed that says nothing: the longer the silence, the longer the interval.
fn by_posts(terms: &Terms, now: Timestamp) -> SignedDuration {
    let every = terms.every;
    let silence = terms.posts.newest.map(|newest| now.duration_since(newest));
    match terms.season {
        Season::Running => {
            let max = RUNNING_MAX.max(every);
            match silence {
                Some(silence) if silence >= SILENT => max,
                Some(silence) if silence >= NEARLY_SILENT => (every + max) / 2,
                _ => every,
            }
        }
        Season::Over => {
            let max = HINT_MAX.max(every);
            match silence {
                Some(silence) if silence < NEARLY_SILENT => {
                    let gap = terms.posts.gap.unwrap_or(silence);
                    (gap / 2).clamp(every, (max / 2).max(every))
                }
                Some(silence) if silence < SILENT => (max / 2).max(every),
                _ => max,
            }
        }
    }
}

/// The first time from this one on at which the feed wants to be asked (RSS 2.0 `skipHours` and `skipDays`, in UTC). Where
/// there is none within a day it is not left out for longer than a day from now: who wants never to be asked is asked once
/// a day.
pub(super) fn awake(at: Timestamp, rhythm: Rhythm, dice: f64, now: Timestamp) -> Timestamp {
    if !is_asleep(at, rhythm) {
        return at;
    }
    let into_hour = SignedDuration::from_secs(at.as_second().rem_euclid(3_600));
    let next_hour = later(at, HOUR - into_hour);
    let mut hours = (0..24).map(|hours| later(next_hour, HOUR * hours));
    match hours.find(|hour| !is_asleep(*hour, rhythm)) {
        // Somewhere in that hour, for many feeds have one and the same list.
        Some(hour) => later(hour, HOUR.mul_f64(dice)),
        None => later(now, DAY).max(at),
    }
}

fn is_asleep(at: Timestamp, rhythm: Rhythm) -> bool {
    if rhythm.skip_hours == 0 && rhythm.skip_days == 0 {
        return false;
    }
    let there = TimeZone::UTC.to_datetime(at);
    let day = there.date().weekday().to_monday_zero_offset();
    rhythm.skip_hours >> there.hour() & 1 == 1 || rhythm.skip_days >> day & 1 == 1
}
