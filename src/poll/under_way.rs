//! Which feeds are being polled at this moment, so that none is polled twice at once.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use crate::model::FeedId;

/// The feeds that somebody is at. Clones share them.
#[derive(Debug, Clone, Default)]
pub(super) struct UnderWay(Arc<Mutex<HashSet<FeedId>>>);

/// The right to poll one feed, given back when it is dropped.
#[derive(Debug)]
pub(super) struct Alone {
    feeds: UnderWay,
    feed: FeedId,
}

impl UnderWay {
    /// Takes a feed; nothing where somebody has it.
    pub(super) fn begin(&self, feed: FeedId) -> Option<Alone> {
        let mut feeds = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        feeds.insert(feed).then(|| Alone {
            feeds: self.clone(),
            feed,
        })
    }

    /// Whether nobody is at a feed.
    pub(super) fn is_free(&self, feed: FeedId) -> bool {
        let feeds = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        !feeds.contains(&feed)
    }
}

impl Drop for Alone {
    fn drop(&mut self) {
        let mut feeds = self.feeds.0.lock().unwrap_or_else(PoisonError::into_inner);
        feeds.remove(&self.feed);
    }
}

#[cfg(test)]
mod tests {
    use super::{FeedId, UnderWay};

    /// Shows A31.
    #[test]
    fn a_feed_has_one_who_polls_it_at_a_time() {
        let under_way = UnderWay::default();
        let alone = under_way.begin(FeedId(1));
        assert!(alone.is_some() && under_way.clone().begin(FeedId(1)).is_none());
        assert!(under_way.begin(FeedId(2)).is_some());
        drop(alone);
        assert!(under_way.is_free(FeedId(1)) && under_way.begin(FeedId(1)).is_some());
    }
}
