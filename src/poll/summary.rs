//! What a round came to, feed by feed and in all.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::weather;
use crate::model::EntryChange;
use crate::plan::Outcome;

/// One feed's part in a round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Polled {
    /// Whose feed it is.
    pub owner: String,
    /// The address on the roster.
    pub address: String,
    /// How it went.
    pub result: PollResult,
    /// What the organiser has to decide about it, though it was read.
    pub remark: Option<String>,
}

/// How the poll of one feed went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PollResult {
    /// A document was read.
    Read {
        /// Entries that were not there before.
        new: usize,
        /// Entries that are different now.
        changed: usize,
        /// Entries that are as before.
        unchanged: usize,
    },
    /// Nothing new.
    Unchanged,
    /// The host says that it is gone for good.
    Gone,
    /// Not asked, or asked to come back later.
    Held {
        /// Until when.
        until: Timestamp,
    },
    /// Not asked, because it was asked a moment ago, is being asked, or fails and waits for its turn.
    Rested {
        /// When it may be asked again.
        until: Timestamp,
        /// What went wrong when it was asked last, if anything did.
        cause: Option<String>,
    },
    /// Something went wrong.
    Failed {
        /// One plain sentence: what happened and what to do.
        cause: String,
    },
}

/// What a round came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// Feeds that were taken, held ones included.
    pub feeds: usize,
    /// Entries that were not there before.
    pub new: usize,
    /// Entries that are different now.
    pub changed: usize,
    /// Feeds that had nothing new.
    pub unchanged: usize,
    /// Feeds whose host asked us to wait.
    pub held: usize,
    /// Until when the first of them is.
    pub held_until: Option<Timestamp>,
    /// Feeds that were not asked, because they were a moment ago, or fail and wait for their turn.
    pub rested: usize,
    /// When the first of them may be asked again.
    pub rested_until: Option<Timestamp>,
    /// Feeds that failed or are gone, each with its cause; those as well that failed before and were left in peace.
    pub failed: Vec<Polled>,
    /// Feeds that were read and of which the organiser has to decide something.
    pub remarked: Vec<Polled>,
}

impl Summary {
    /// Counts one more feed.
    pub(super) fn add(&mut self, polled: Polled) {
        self.feeds += 1;
        if polled.remark.is_some() {
            self.remarked.push(polled.clone());
        }
        match &polled.result {
            PollResult::Read { new, changed, .. } => {
                self.new += new;
                self.changed += changed;
                self.unchanged += usize::from(*new == 0 && *changed == 0);
            }
            PollResult::Unchanged => self.unchanged += 1,
            PollResult::Held { until } => {
                self.held += 1;
                self.held_until = Some(earlier(self.held_until, *until));
            }
            PollResult::Rested { until, cause } => {
                self.rested += 1;
                self.rested_until = Some(earlier(self.rested_until, *until));
                if cause.is_some() {
                    self.failed.push(polled);
                }
            }
            PollResult::Gone | PollResult::Failed { .. } => self.failed.push(polled),
        }
    }
}

fn earlier(one: Option<Timestamp>, other: Timestamp) -> Timestamp {
    one.map_or(other, |one| one.min(other))
}

/// A moment as commands tell it, to the minute and with the name of its zone: `1 August 2011, 15:00 BST`.
pub fn minute(at: Timestamp, zone: &TimeZone) -> String {
    let there = at.to_zoned_datetime(zone.clone());
    there.strftime("%-d %B %Y, %H:%M %Z").to_string()
}

/// What an outcome comes to in a summary; until when a feed is held is known once it is planned.
pub(super) fn result_of(outcome: &Outcome) -> PollResult {
    match outcome {
        Outcome::Read { document, .. } => {
            let new = document
                .changes
                .iter()
                .filter(|change| matches!(change, EntryChange::New(_)))
                .count();
            PollResult::Read {
                new,
                changed: document.changes.len() - new,
                unchanged: document.unchanged,
            }
        }
        Outcome::Unchanged { .. } => PollResult::Unchanged,
        Outcome::Gone => PollResult::Gone,
        Outcome::Throttled { .. } | Outcome::Paused { .. } => PollResult::Held {
            until: Timestamp::MIN,
        },
        Outcome::Missing { cause } | Outcome::Failed { cause, .. } => PollResult::Failed {
            cause: cause.clone(),
        },
        Outcome::Offline => PollResult::Failed {
            cause: weather::OFFLINE.to_owned(),
        },
    }
}

/// What an outcome leaves the organiser to decide.
pub(super) fn remark_of(outcome: &Outcome) -> Option<String> {
    match outcome {
        Outcome::Read { document, .. } => document.remark.clone(),
        _ => None,
    }
}
