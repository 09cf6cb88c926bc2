//! What goes on beside polling for as long as somebody serves: older pages, hubs that feeds name, and our own hub.

use std::convert::Infallible;
use std::time::Duration;

use super::{Poller, WalkListener};
use crate::store::StoreError;

/// How often it is looked whether there is anything to do.
const LOOK_EVERY: Duration = Duration::from_mins(1);

impl Poller {
    /// Does what is due as it becomes due. It never ends by itself; what is cut short is done again.
    pub async fn keep_beside(&self, listener: &WalkListener) -> Infallible {
        loop {
            let rest = self.once_beside(listener).await.unwrap_or_else(|error| {
                tracing::error!(%error, "older pages and hubs wait until the database takes them");
                LOOK_EVERY
            });
            tokio::time::sleep(rest).await;
        }
    }

    /// Does what is due, and says how long to rest.
    async fn once_beside(&self, listener: &WalkListener) -> Result<Duration, StoreError> {
        // While nobody can be reached nothing is held against anybody.
        if self.weather().is_down() {
            return Ok(LOOK_EVERY);
        }
        self.walk_back(listener).await?;
        self.subscribe().await?;
        self.publish().await?;
        let now = (self.clock)();
        let rest = self.next_page_at().await?.map(|at| at.duration_since(now));
        let rest = rest.map(|rest| Duration::try_from(rest).unwrap_or_default());
        let least = Duration::from_secs(1);
        Ok(rest.unwrap_or(LOOK_EVERY).clamp(least, LOOK_EVERY))
    }
}
