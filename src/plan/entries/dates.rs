//! Dates: when an entry was published, which never moves, and when its words last changed.

use jiff::{SignedDuration, Timestamp};

use crate::model::{KnownEntry, ParsedEntry, Problem};

/// The dates an entry is kept with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dates {
    /// When it was published.
    pub published_at: Timestamp,
    /// Whether the feed says so, now at least: not where the time of first sight stands in for its date.
    pub dated: bool,
    /// When its words last changed.
    pub updated_at: Timestamp,
}

/// Clocks differ; a date this little in the future is nothing to tell a blogger.
const SKEW: SignedDuration = SignedDuration::from_mins(60);

/// What to tell a blogger whose post is dated in the future.
pub(super) fn ahead(entry: &ParsedEntry, now: Timestamp) -> Option<Problem> {
    let time = entry.published.filter(|time| is_ahead(*time, now))?;
    Some(Problem::new(format!(
        "its date, {}, lies in the future; the time of first sight stands in for it",
        time.strftime("%-d %B %Y, %H:%M UTC")
    )))
}

fn is_ahead(time: Timestamp, now: Timestamp) -> bool {
    time.duration_since(now) > SKEW
}

/// Settles an entry's dates.
///
/// A new entry is dated as the feed says, never in the future, and at first sight where the feed says nothing. A known
/// one keeps its published time for good, even where the feed corrects a date that lay in the future: readers have
/// seen it in its place. Its updated time moves only when `changed`, that is, when its words did so that it is news.
pub fn dates(
    entry: &ParsedEntry,
    known: Option<&KnownEntry>,
    changed: bool,
    now: Timestamp,
) -> Dates {
    let dated = entry.published.is_some_and(|time| !is_ahead(time, now));
    let stated = entry.updated.map(|time| time.min(now));
    let Some(known) = known else {
        let published_at = entry.published.map_or(now, |time| time.min(now));
        return Dates {
            published_at,
            dated,
            updated_at: stated.unwrap_or(published_at).max(published_at),
        };
    };
    let updated_at = match (changed, stated) {
        (false, _) => known.updated_at,
        (true, Some(stated)) if stated > known.updated_at => stated,
        (true, _) => now,
    };
    Dates {
        published_at: known.published_at,
        dated,
        updated_at: updated_at.max(known.published_at),
    }
}
