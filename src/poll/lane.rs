//! Lanes: the feeds of one platform, polled one after the other while other platforms have lanes of their own.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::task::JoinSet;

use super::{Listener, Polled, Poller, Which};
use crate::model::Feed;
use crate::plan;
use crate::store::StoreError;

/// A platform's name and how its feeds went, or that the store refused.
pub(super) type Lane = Result<(String, Vec<Polled>), StoreError>;

pub(super) fn finished(lane: Result<Lane, tokio::task::JoinError>) -> Lane {
    lane.map_err(|error| StoreError::Pool(error.to_string()))?
}

/// What the lanes of one round share.
pub(super) struct Round {
    which: Which,
    ended: AtomicBool,
    listener: Listener,
}

impl Round {
    pub(super) fn new(which: Which, listener: &Listener) -> Self {
        Self {
            which,
            ended: AtomicBool::new(false),
            listener: Arc::clone(listener),
        }
    }

    pub(super) fn tell(&self, polled: &Polled) {
        if (self.listener)(polled).is_break() {
            self.end();
        }
    }

    pub(super) fn end(&self) {
        self.ended.store(true, Ordering::Relaxed);
    }

    pub(super) fn has_ended(&self) -> bool {
        self.ended.load(Ordering::Relaxed)
    }
}

pub(super) fn by_platform(feeds: Vec<Feed>) -> BTreeMap<String, Vec<Feed>> {
    let mut platforms: BTreeMap<String, Vec<Feed>> = BTreeMap::new();
    for feed in feeds {
        let url = feed.feed_url.as_ref().unwrap_or(&feed.address);
        // An address without a host is refused as soon as it is asked.
        let platform = plan::platform(url).unwrap_or_default();
        platforms.entry(platform).or_default().push(feed);
    }
    platforms
}

impl Poller {
    /// One platform's feeds, one after the other, or as many at once as feeds.toml allows there.
    pub(super) fn open_lane(
        &self,
        lanes: &mut JoinSet<Lane>,
        platform: String,
        feeds: Vec<Feed>,
        round: &Arc<Round>,
    ) {
        let (poller, round) = (self.clone(), Arc::clone(round));
        lanes.spawn(async move {
            let at_once = feeds.first().map_or(1, |feed| poller.gap(feed).at_once_max);
            let queue = Arc::new(Mutex::new(VecDeque::from(feeds)));
            let mut workers = JoinSet::new();
            for _ in 0..at_once {
                let (poller, round, queue) =
                    (poller.clone(), Arc::clone(&round), Arc::clone(&queue));
                workers.spawn(async move { poller.work_off(&queue, &round).await });
            }
            let mut all = Vec::new();
            while let Some(worker) = workers.join_next().await {
                all.extend(worker.map_err(|error| StoreError::Pool(error.to_string()))??);
            }
            Ok((platform, all))
        });
    }

    async fn work_off(
        &self,
        queue: &Mutex<VecDeque<Feed>>,
        round: &Round,
    ) -> Result<Vec<Polled>, StoreError> {
        let mut polled = Vec::new();
        while !round.has_ended() {
            let next = queue
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .pop_front();
            let Some(feed) = next else { break };
            let (result, remark) = Box::pin(self.contained(&feed, round.which)).await?;
            let one = Polled {
                owner: feed.owner.name.clone(),
                address: feed.address.to_string(),
                result,
                remark,
            };
            round.tell(&one);
            polled.push(one);
        }
        Ok(polled)
    }
}
