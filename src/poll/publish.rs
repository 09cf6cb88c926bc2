//! Telling our own hub which of the planet's feeds have changed, where feeds.toml names a hub.
//!
//! Whatever changed them counts – a poll, a decision, a retag – because what the feeds show is compared with what the hub
//! was last told; so many changes are one message, and one that was lost with the process is made good.

use jiff::Timestamp;
use url::Url;

use super::Poller;
use super::websub::is_of_hub;
use crate::fetch::FetchError;
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
        shown.retain(|it| it.ping.shown != Some(it.shows));
        let most = shown.iter().map(|it| it.ping.tries).max();
        shown.retain(|it| it.ping.due_at <= now);
        // What was refused before goes last, so that it holds up nothing else.
        shown.sort_by_key(|shown| shown.ping.tries);
        let mut waiting = shown.into_iter();
        while let Some(Shown { path, shows, ping }) = waiting.next() {
            let Err(error) = self.tell(&hub, &path, now).await else {
                self.store.keep_ping(path, Ping::told(shows, now)).await?;
                told += 1;
                continue;
            };
            tracing::info!(%hub, kind = error.kind(), "our hub did not take a message");
            // Who was not asked has refused nothing.
            if matches!(error, FetchError::Paused { .. }) {
                break;
            }
            if !is_of_hub(&error) {
                self.store.keep_ping(path, ping.in_vain(now)).await?;
                break;
            }
            // A hub that does not answer is told of none of our feeds for as long as of the one that it refused most often.
            let tries = most.unwrap_or_default();
            let refused = Ping { tries, ..ping }.in_vain(now);
            let due_at = refused.due_at;
            self.store.keep_ping(path, refused).await?;
            for Shown { path, ping, .. } in waiting {
                self.store.keep_ping(path, Ping { due_at, ..ping }).await?;
            }
            break;
        }
        self.write_pauses_down().await?;
        Ok(told)
    }

    /// Tells the hub that one of our feeds has changed.
    async fn tell(&self, hub: &Url, path: &str, now: Timestamp) -> Result<u16, FetchError> {
        let topic = format!("{}{path}", self.own.base_url);
        // Some hubs know the name of the older protocol alone.
        let fields = [
            ("hub.mode", "publish"),
            ("hub.topic", topic.as_str()),
            ("hub.url", topic.as_str()),
        ];
        self.client.post_form(hub, &fields, now).await
    }
}
