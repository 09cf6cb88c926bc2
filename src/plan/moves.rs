//! Whether a feed has moved, or is gone: what must be seen, how often and for how long, before it is believed.
//!
//! ```text
//! a good answer through permanent redirects --settle--> watched; believed after a week and 24 answers
//! "gone" or "not found" -----------------after--> counted; gone after a week and 3 answers
//! ```
//!
//! A wrong step here loses a blog to a captive portal or to whoever bought its domain, so nothing is believed at once
//! but the step from http to https. The old address is never lost: it stays on the roster and in the log.

use jiff::{SignedDuration, Timestamp};
use url::Url;

use super::Outcome;
use crate::model::{
    Absence, Document, EntryChange, Feed, FeedUpdate, KnownEntry, Moved, Moves, Step, Watch,
};

/// How long a redirect must lead to the same place.
const WATCHED_MIN: SignedDuration = SignedDuration::from_hours(7 * 24);
/// In how many answers it must have led there.
const SEEN_MIN: u32 = 24;
/// How long a feed must be called gone.
const GONE_MIN: SignedDuration = SignedDuration::from_hours(7 * 24);
/// In how many answers it must have been called gone.
const GONE_COUNT_MIN: u32 = 3;
/// After this long, what is not found is looked for seldom.
const MISSING_LONG: SignedDuration = SignedDuration::from_hours(30 * 24);
/// A host may be mistaken, so what is gone or long missing is asked again after a week.
const SELDOM: SignedDuration = SignedDuration::from_hours(7 * 24);

const BACK: &str = "it answers at its old address again";

/// Where a good answer came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Landing {
    /// The address that was asked.
    pub asked: Url,
    /// The one that answered, after redirects.
    pub source: Url,
    /// Where the leading run of permanent redirects ends, if there was one.
    pub permanent: Option<Url>,
    /// Whether some of the feed's posts were there, or there were none to compare with.
    pub shares: bool,
    /// Whether the answer comes from where a watched redirect led, asked because the old address has nothing any more.
    pub is_rescue: bool,
}

/// What is known of refusals after this outcome. A good answer ends them; what says nothing of them leaves them.
pub(super) fn after(feed: &Feed, outcome: &Outcome, now: Timestamp) -> Moves {
    let mut moves = Moves {
        step: None,
        ..feed.moves.clone()
    };
    match outcome {
        Outcome::Read { .. } | Outcome::Unchanged { .. } => {
            moves.gone = None;
            moves.missing = None;
        }
        Outcome::Gone => moves.gone = Some(once_more(moves.gone, now)),
        Outcome::Missing { .. } => moves.missing = Some(once_more(moves.missing, now)),
        Outcome::Throttled { .. }
        | Outcome::Paused { .. }
        | Outcome::Offline
        | Outcome::Failed { .. } => {}
    }
    moves
}

fn once_more(before: Option<Absence>, now: Timestamp) -> Absence {
    let count = before.map_or(0, |before| before.count).saturating_add(1);
    let since = before.map_or(now, |before| before.since);
    Absence { since, count }
}

/// Whether a feed is gone for good.
pub(super) fn is_gone(moves: &Moves, now: Timestamp) -> bool {
    moves.gone.is_some_and(|gone| {
        gone.count >= GONE_COUNT_MIN && now.duration_since(gone.since) >= GONE_MIN
    })
}

/// How long to wait before looking again after a refusal that lasts; nothing for one that is young.
pub(super) fn seldom(moves: &Moves, is_gone: bool, now: Timestamp) -> Option<SignedDuration> {
    (is_gone || is_long_missing(moves, now)).then_some(SELDOM)
}

/// Whether nothing has been found for so long that it is only looked for seldom.
pub(super) fn is_long_missing(moves: &Moves, now: Timestamp) -> bool {
    moves
        .missing
        .is_some_and(|missing| now.duration_since(missing.since) >= MISSING_LONG)
}

/// Whether a document that was read has some of the posts that are known, or there are none to compare with.
pub fn shares(known: &[KnownEntry], document: &Document) -> bool {
    let changed = |change: &EntryChange| matches!(change, EntryChange::Changed(..));
    known.is_empty()
        || document.unchanged > 0
        || !document.revived.is_empty()
        || document.changes.iter().any(changed)
}

/// Puts into an update what a good answer says of the feed's address.
pub fn settle(feed: &Feed, landing: &Landing, update: &mut FeedUpdate) {
    let now = update.polled_at;
    let moves = &mut update.moves;
    if moves
        .moved
        .as_ref()
        .is_some_and(|moved| still_leads(moved, landing))
    {
        moves.watch = None;
        return;
    }
    let back = moves
        .moved
        .take_if(|moved| moved.from == landing.asked && moved.to != landing.asked);
    if let Some(moved) = back {
        moves.step = Some(Step {
            from: moved.to,
            to: moved.from,
            why: BACK.to_owned(),
        });
    }
    let why = match (&landing.permanent, landing.is_rescue) {
        (_, true) => Some("nothing is at its old address any more, which had been leading there"),
        (Some(target), _) if *target != landing.source => None,
        (Some(target), _) if is_secured(&landing.asked, target) && landing.shares => {
            Some("it is the same address with https")
        }
        (Some(target), _) => {
            let watch = watched(feed.moves.watch.as_ref(), target, landing.shares, now);
            let believed = watch.shares
                && watch.seen >= SEEN_MIN
                && now.duration_since(watch.since) >= WATCHED_MIN;
            moves.watch = Some(watch);
            if !believed {
                return;
            }
            Some("its old address has said so for a week")
        }
        (None, _) => None,
    };
    moves.watch = None;
    if let Some(why) = why {
        believe(moves, landing, why, now);
    }
}

/// Whether the old address was asked and leads to the new one as ever, so that nothing has come back.
fn still_leads(moved: &Moved, landing: &Landing) -> bool {
    moved.from == landing.asked && landing.permanent.as_ref() == Some(&moved.to)
}

/// The feed was found at the address on the roster, so wherever it had moved to is no longer asked.
pub(super) fn found_anew(moves: &mut Moves, found: &Url) {
    moves.watch = None;
    if let Some(moved) = moves.moved.take() {
        moves.step = Some(Step {
            from: moved.to,
            to: found.clone(),
            why: if moved.from == *found {
                BACK.to_owned()
            } else {
                "the blog's page names this feed".to_owned()
            },
        });
    }
}

fn believe(moves: &mut Moves, landing: &Landing, why: &str, now: Timestamp) {
    let to = landing.source.clone();
    moves.step = Some(Step {
        from: landing.asked.clone(),
        to: to.clone(),
        why: why.to_owned(),
    });
    let from = moves
        .moved
        .take()
        .map_or_else(|| landing.asked.clone(), |moved| moved.from);
    moves.moved = (from != to).then_some(Moved { from, to, at: now });
}

fn watched(before: Option<&Watch>, target: &Url, shares: bool, now: Timestamp) -> Watch {
    match before {
        Some(before) if before.target == *target => Watch {
            seen: before.seen.saturating_add(1),
            ..before.clone()
        },
        // What is read there becomes known, so only the first sight tells whether it is the same blog.
        _ => Watch {
            target: target.clone(),
            since: now,
            seen: 1,
            shares,
        },
    }
}

/// Whether one address is the other with https in place of http, and no other port.
fn is_secured(from: &Url, to: &Url) -> bool {
    let rest = |url: &Url| {
        let host = url.host_str().map(str::to_owned);
        (
            host,
            url.port(),
            url.path().to_owned(),
            url.query().map(str::to_owned),
        )
    };
    from.scheme() == "http" && to.scheme() == "https" && rest(from) == rest(to)
}

#[cfg(test)]
mod tests;
