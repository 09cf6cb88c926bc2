//! Polling for as long as somebody serves: whoever is due, platform by platform, evenly.

use std::collections::HashSet;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::task::JoinSet;

use super::lane::{Lane, Round, by_platform, finished};
use super::{Listener, Poller, Which};
use crate::model::{Feed, FeedId};
use crate::plan;
use crate::store::{PutOff, StoreError};

/// How often the next feed is looked for at least, because somebody else may have changed the database.
const LOOK_EVERY: Duration = Duration::from_mins(1);

impl Poller {
    /// Polls what is due as it becomes due, until `stop`; feeds under way are finished then.
    ///
    /// # Errors
    ///
    /// Only where the store refuses; what was kept before stays kept.
    pub async fn keep(
        &self,
        listener: &Listener,
        stop: impl Future<Output = ()>,
    ) -> Result<(), StoreError> {
        self.begin().await?;
        let round = Arc::new(Round::new(Which::Due, listener));
        let (mut lanes, mut open) = (JoinSet::new(), HashSet::new());
        let mut stop = pin!(stop);
        while !round.has_ended() {
            let rest = self.send_out(&round, &mut lanes, &mut open).await?;
            tokio::select! {
                () = &mut stop => break,
                () = tokio::time::sleep(rest) => {}
                Some(lane) = lanes.join_next() => {
                    open.remove(&finished(lane)?.0);
                }
            }
        }
        round.end();
        while let Some(lane) = lanes.join_next().await {
            finished(lane)?;
        }
        Ok(())
    }

    /// Has everybody asked who is due and whose platform is not being asked already; says how long to rest.
    async fn send_out(
        &self,
        round: &Arc<Round>,
        lanes: &mut JoinSet<Lane>,
        open: &mut HashSet<String>,
    ) -> Result<Duration, StoreError> {
        let now = (self.clock)();
        let due = self.store.due(now).await?;
        let mut feeds = due.feeds;
        // While nobody can be reached one feed a minute is enough to see when that is over.
        if self.weather().is_down() {
            if open.is_empty() {
                feeds.truncate(1);
                self.open_all(feeds, round, lanes, open);
            }
            return Ok(LOOK_EVERY);
        }
        let put_off = self.put_off_late(&feeds, now).await?;
        feeds.retain(|feed| !put_off.contains(&feed.id));
        self.open_all(feeds, round, lanes, open);
        // Who was put off may be due before anybody else.
        let next_at = if put_off.is_empty() {
            due.next_at
        } else {
            Some(now)
        };
        let rest = next_at.map(|next| next.duration_since(now));
        let rest = rest.and_then(|rest| Duration::try_from(rest).ok());
        Ok(rest
            .unwrap_or(LOOK_EVERY)
            .clamp(Duration::from_secs(1), LOOK_EVERY))
    }

    fn open_all(
        &self,
        feeds: Vec<Feed>,
        round: &Arc<Round>,
        lanes: &mut JoinSet<Lane>,
        open: &mut HashSet<String>,
    ) {
        for (platform, feeds) in by_platform(feeds) {
            if open.insert(platform.clone()) {
                self.open_lane(lanes, platform, feeds, round);
            }
        }
    }

    /// Gives many feeds that should have been asked while nobody polled new times, so that there is no burst.
    async fn put_off_late(
        &self,
        feeds: &[Feed],
        now: Timestamp,
    ) -> Result<HashSet<FeedId>, StoreError> {
        let seats: Vec<(FeedId, Option<Timestamp>)> = feeds
            .iter()
            .filter(|feed| self.under_way.is_free(feed.id))
            .map(|feed| (feed.id, feed.due_at.max(feed.held_until)))
            .collect();
        let spread = plan::spread(&seats, self.every(), &*self.dice, now);
        if spread.is_empty() {
            return Ok(HashSet::new());
        }
        tracing::info!(
            feeds = spread.len(),
            "many blogs are due at once and are asked one after the other"
        );
        let ids = spread.iter().map(|(feed, _)| *feed).collect();
        let put_off = spread.into_iter().map(|(feed, next_poll_at)| PutOff {
            feed,
            next_poll_at,
            held_until: None,
        });
        self.store.put_off(put_off.collect()).await?;
        Ok(ids)
    }
}
