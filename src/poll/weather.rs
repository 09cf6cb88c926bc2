//! Acting on whose fault it is: our own line's, a platform's, or the feed's.

use std::sync::{MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};

use super::Poller;
use super::reach::reach;
use super::visit::where_to_ask;
use crate::model::{Feed, Rest, Trouble};
use crate::plan::{self, Missed, Outcome, Verdict, Weather};
use crate::store::{PutOff, StoreError};

/// What is said of a feed that was asked while nobody could be reached.
pub(super) const OFFLINE: &str = "no blog at all can be reached from here at present, so this counts for none of them: check this machine's \
     connection to the internet and its name server";

/// Feeds that were wrongly blamed are asked again within this.
const FORGIVEN_WITHIN: SignedDuration = SignedDuration::from_mins(15);

impl Poller {
    pub(super) fn weather(&self) -> MutexGuard<'_, Weather> {
        self.weather.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The outcome with our own part in it taken out, and what follows for others.
    pub(super) async fn judged(
        &self,
        feed: &Feed,
        outcome: Outcome,
        now: Timestamp,
    ) -> Result<Outcome, StoreError> {
        if matches!(outcome, Outcome::Paused { .. }) {
            return Ok(outcome);
        }
        let url = where_to_ask(feed);
        let missed = Missed {
            feed: feed.id,
            platform: plan::platform(&url).unwrap_or_default(),
            before: feed.failure.clone(),
            at: now,
        };
        let verdict = self.weather().hear(reach(&outcome), missed);
        match verdict {
            Verdict::Fair => {
                let refused = matches!(&outcome, Outcome::Failed { trouble, .. } if *trouble == Trouble::Refused);
                if refused {
                    self.client.refused(&url);
                }
                Ok(outcome)
            }
            Verdict::Up => {
                tracing::info!("blogs can be reached again");
                self.store.set_offline(None).await?;
                Ok(outcome)
            }
            Verdict::StillDown => Ok(Outcome::Offline),
            Verdict::Down { since, forgiven } => {
                tracing::error!(
                    "no blog can be reached from here: check this machine's connection to the internet and its name \
                     server; no blog is blamed, and all are asked again as soon as one of them answers"
                );
                self.store.set_offline(Some(since)).await?;
                self.forgive(forgiven, now).await?;
                Ok(Outcome::Offline)
            }
        }
    }

    /// Takes back what was held against feeds and their platforms by mistake.
    async fn forgive(&self, forgiven: Vec<Missed>, now: Timestamp) -> Result<(), StoreError> {
        for missed in &forgiven {
            if !self.client.lift_pause(&missed.platform) {
                continue;
            }
            let feeds = self.store.feeds().await?;
            // Whom its own host asked to wait, waits: that may be for longer than its platform rests (FRB021).
            let held = feeds.iter().filter(|feed| {
                feed.throttled == 0
                    && feed.held_until.is_some_and(|until| until > now)
                    && plan::platform(&where_to_ask(feed)).as_ref() == Some(&missed.platform)
            });
            let held = held.map(|feed| self.soon(feed.id, now)).collect();
            self.store
                .lift_pause(missed.platform.clone(), held, now)
                .await?;
        }
        let feeds = forgiven.into_iter();
        let feeds = feeds.map(|missed| (self.soon(missed.feed, now), missed.before));
        self.store.forgive(feeds.collect()).await
    }

    fn soon(&self, feed: crate::model::FeedId, now: Timestamp) -> PutOff {
        PutOff {
            feed,
            next_poll_at: now + FORGIVEN_WITHIN.mul_f64((self.dice)()),
            held_until: None,
        }
    }

    /// Writes down which platforms asked to be left alone, and puts off their other feeds; and which of them answer again.
    ///
    /// Those that are being polled at this moment hear it themselves.
    pub(super) async fn write_pauses_down(&self) -> Result<(), StoreError> {
        let now = (self.clock)();
        let mut news = self.client.new_pauses(now).into_iter();
        while let Some(rest) = news.next() {
            let platform = rest.platform.clone();
            if let Err(refused) = self.write_pause_down(rest, now).await {
                let left = news.map(|rest| rest.platform);
                let again = std::iter::once(platform).chain(left);
                again.for_each(|platform| self.client.tell_again(platform));
                return Err(refused);
            }
        }
        Ok(())
    }

    async fn write_pause_down(&self, rest: Rest, now: Timestamp) -> Result<(), StoreError> {
        self.store.pause(rest.clone(), now).await?;
        let Rest {
            platform, until, ..
        } = rest;
        if until <= now {
            return Ok(());
        }
        tracing::warn!(platform, %until, "a platform is left alone for a while");
        let feeds = self.store.feeds().await?;
        let (waiting, later): (Vec<&Feed>, Vec<&Feed>) = feeds
            .iter()
            .filter(|feed| !feed.gone && self.under_way.is_free(feed.id))
            .filter(|feed| plan::platform(&where_to_ask(feed)).as_ref() == Some(&platform))
            .partition(|feed| feed.due_at.is_none_or(|at| at < until));
        let waiting: Vec<_> = waiting.iter().map(|feed| feed.id).collect();
        let put_off = |(feed, next_poll_at)| PutOff {
            feed,
            next_poll_at,
            held_until: Some(until),
        };
        let back = plan::resume(&waiting, until, self.every(), &*self.dice);
        // Those keep their times, which the end of the pause does not bring forward.
        let later = later.into_iter().map(|feed| (feed.id, until));
        let all = back.into_iter().chain(later).map(put_off).collect();
        self.store.put_off(all).await
    }
}
