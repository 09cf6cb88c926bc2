//! What goes on beside polling for as long as somebody serves: older pages, hubs that feeds name, our own hub, and the
//! search index.

use std::convert::Infallible;
use std::time::Duration;

use super::{Poller, WalkListener};
use crate::store::StoreError;

/// How often it is looked whether there is anything to do.
const LOOK_EVERY: Duration = Duration::from_mins(1);

/// How long a new post waits at most until it can be searched.
const INDEX_EVERY: Duration = Duration::from_secs(2);

/// Between two batches; other processes look whether they may write at most every tenth of a second.
const BREATH: Duration = Duration::from_millis(120);

impl Poller {
    /// Has what waits join the search index, batch after batch, with a breath between for other writers.
    pub async fn keep_index(&self) -> Infallible {
        loop {
            match self.store.index_some().await {
                Ok(true) => tokio::time::sleep(BREATH).await,
                Ok(false) => tokio::time::sleep(INDEX_EVERY).await,
                Err(error) => {
                    tracing::error!(%error, "new posts cannot be searched until the database takes them");
                    tokio::time::sleep(LOOK_EVERY).await;
                }
            }
        }
    }

    /// Does what is due as it becomes due. It never ends by itself; what is cut short is done again.
    pub async fn keep_beside(&self, listener: &WalkListener) -> Infallible {
        let asking = async {
            loop {
                let rest = Box::pin(self.once_beside(listener)).await;
                tokio::time::sleep(rest).await;
            }
        };
        // Strangers who are slow to answer do not keep our own news.
        tokio::select! {
            never = asking => never,
            never = Box::pin(self.keep_telling()) => never,
        }
    }

    /// Tells our own hub what changed.
    async fn keep_telling(&self) -> Infallible {
        loop {
            let is_down = self.weather().is_down();
            if !is_down && let Err(error) = self.publish().await {
                refused(&error);
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Does what is due, and says how long to rest. What the database refuses holds up nothing else.
    async fn once_beside(&self, listener: &WalkListener) -> Duration {
        // While nobody can be reached nothing is held against anybody.
        if self.weather().is_down() {
            return LOOK_EVERY;
        }
        let done = [
            self.walk_back(listener).await.map(|_| ()),
            self.subscribe().await.map(|_| ()),
        ];
        let mut is_well = true;
        for error in done.into_iter().filter_map(Result::err) {
            refused(&error);
            is_well = false;
        }
        if !is_well {
            return LOOK_EVERY;
        }
        self.rest_beside().await.unwrap_or_else(|error| {
            refused(&error);
            LOOK_EVERY
        })
    }

    async fn rest_beside(&self) -> Result<Duration, StoreError> {
        let now = (self.clock)();
        let rest = self.next_page_at().await?.map(|at| at.duration_since(now));
        let rest = rest.map(|rest| Duration::try_from(rest).unwrap_or_default());
        let least = Duration::from_secs(1);
        Ok(rest.unwrap_or(LOOK_EVERY).clamp(least, LOOK_EVERY))
    }
}

fn refused(error: &StoreError) {
    tracing::error!(%error, "older pages and hubs wait until the database takes them");
}
