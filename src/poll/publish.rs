//! Telling our own hub which of the planet's feeds have changed, where feeds.toml names a hub.
//!
//! Whatever changed them counts – a poll, a decision, a retag – because what the feeds show is compared with what the hub
//! was last told; so many changes are one message, and one that was lost with the process is made good.

use url::Url;

use super::Poller;
use crate::model::Roster;
use crate::plan::websub::{self, Ping};
use crate::store::{Shown, StoreError};

/// The planet's own feeds, and the hub that is told of their news.
pub(super) struct Own {
    base_url: String,
    hub: Option<Url>,
    things: Vec<u16>,
}

impl Own {
    /// Whether somebody else than this machine could fetch the planet's feeds, or tell it of news.
    pub(super) fn is_public(&self) -> bool {
        websub::public_base(&self.base_url).is_some()
    }

    pub(super) fn of(roster: &Roster) -> Self {
        let things = roster.course.things.iter();
        Self {
            base_url: roster.planet.base_url.clone(),
            hub: roster.planet.hub.clone(),
            things: things.map(|thing| thing.number).collect(),
        }
    }
}

impl Poller {
    /// Tells the hub what changed, each form of a feed by its own address (`WebSub` section 6). Says how many messages it
    /// took.
    ///
    /// # Errors
    ///
    /// Where the store refuses. A hub that does not take a message is told again later.
    pub async fn publish(&self) -> Result<usize, StoreError> {
        let Some(hub) = self.own.hub.clone().filter(|_| self.own.is_public()) else {
            return Ok(0);
        };
        self.begin().await?;
        let now = (self.clock)();
        let mut told = 0;
        let mut shown = self.store.shown(self.own.things.clone()).await?;
        // What was refused before goes last, so that it holds up nothing else.
        shown.sort_by_key(|shown| shown.ping.tries);
        for Shown { path, shows, ping } in shown {
            if !ping.is_due(shows, now) {
                continue;
            }
            let topic = format!("{}{path}", self.own.base_url);
            // Some hubs know the name of the older protocol alone.
            let fields = [
                ("hub.mode", "publish"),
                ("hub.topic", topic.as_str()),
                ("hub.url", topic.as_str()),
            ];
            let answer = self.client.post_form(&hub, &fields, now).await;
            let ping = match &answer {
                Ok(_) => Ping::told(shows, now),
                Err(error) => {
                    tracing::info!(%hub, kind = error.kind(), "our hub did not take a message");
                    ping.in_vain(now)
                }
            };
            self.store.keep_ping(path, ping).await?;
            // A hub that does not answer is not asked for every one of our feeds.
            if answer.is_err() {
                break;
            }
            told += 1;
        }
        self.write_pauses_down().await?;
        Ok(told)
    }
}
