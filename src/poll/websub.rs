//! Subscribing to the hubs that feeds name, where the planet can be reached by them.
//!
//! A request to a hub goes through the one guarded client, like every other. What hubs say comes in through `web`.

use std::collections::HashSet;
use std::sync::Arc;

use jiff::Timestamp;
use url::Url;

use super::Poller;
use crate::model::{Feed, FeedId, HubOffer, Subscription};
use crate::plan::websub::{self, Todo};
use crate::store::{HubState, StoreError};

/// Gives random bytes that nobody can guess, others at every call; nothing where the machine has none.
pub type Secrets = Arc<dyn Fn() -> Option<[u8; 32]> + Send + Sync>;

/// What subscribing needs beside the client.
#[derive(Clone)]
pub(super) struct Hubs {
    base: Url,
    secrets: Secrets,
}

/// Requests to hubs before the feeds have their turn again.
const REQUESTS_AT_A_TIME: usize = 20;

impl Poller {
    /// The same poller, which subscribes to hubs if they can reach the planet at its `base_url`.
    #[must_use]
    pub fn with_hubs(mut self, base_url: &str, secrets: Secrets) -> Self {
        self.hubs = websub::public_base(base_url).map(|base| Hubs { base, secrets });
        self
    }

    /// Asks hubs for what is due: new subscriptions, and more time for those we have. Says how many were asked.
    ///
    /// # Errors
    ///
    /// Where the store refuses. A hub that refuses is asked again later.
    pub async fn subscribe(&self) -> Result<usize, StoreError> {
        let Some(hubs) = &self.hubs else {
            return Ok(0);
        };
        self.begin().await?;
        let now = (self.clock)();
        let mut asked = 0;
        // A hub that does not answer is not asked for every one of its feeds.
        let mut silent = HashSet::new();
        for state in self.store.hubs(None).await? {
            let hub = state.offer.as_ref().map(|offer| offer.hub.clone());
            if hub.as_ref().is_some_and(|hub| silent.contains(hub)) {
                continue;
            }
            let mut well = true;
            let todo = websub::todo(state.offer.as_ref(), state.have.as_ref(), now);
            match (todo, state) {
                (
                    Todo::Leave,
                    HubState {
                        have: Some(have), ..
                    },
                ) => self.leave(have, now).await?,
                (
                    Todo::Subscribe,
                    HubState {
                        offer: Some(offer),
                        feed,
                        ..
                    },
                ) => {
                    if let Some(new) = new_subscription(hubs, feed, offer, now) {
                        well = self.ask_hub(hubs, new, now).await?;
                        asked += 1;
                    }
                }
                (
                    Todo::Renew,
                    HubState {
                        have: Some(have), ..
                    },
                ) => {
                    well = self.ask_hub(hubs, have, now).await?;
                    asked += 1;
                }
                _ => {}
            }
            silent.extend(hub.filter(|_| !well));
            if asked >= REQUESTS_AT_A_TIME {
                break;
            }
        }
        self.write_pauses_down().await?;
        Ok(asked)
    }

    async fn leave(&self, have: Subscription, now: Timestamp) -> Result<(), StoreError> {
        let ended = Subscription {
            ended: true,
            pending: false,
            next_at: now,
            ..have
        };
        self.store.keep_subscription(ended, now).await
    }

    /// Asks one hub, and says whether it took it. It is noted beforehand, for the hub may come to verify it before it answers.
    async fn ask_hub(
        &self,
        hubs: &Hubs,
        have: Subscription,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let have = websub::asked(have, now);
        self.store.keep_subscription(have.clone(), now).await?;
        let base = hubs.base.as_str().trim_end_matches('/');
        let callback = format!("{base}/websub/{}", have.token);
        let lease = websub::LEASE_SECONDS.to_string();
        let mut form = vec![
            ("hub.mode", "subscribe"),
            ("hub.topic", have.offer.topic.as_str()),
            ("hub.callback", callback.as_str()),
            ("hub.lease_seconds", lease.as_str()),
        ];
        form.extend(have.secret.as_deref().map(|secret| ("hub.secret", secret)));
        let hub = &have.offer.hub;
        let answer = self.client.post_form(hub, &form, now).await;
        if let Err(error) = &answer {
            tracing::info!(%hub, kind = error.kind(), "a hub refused; polling goes on");
        } else {
            tracing::debug!(%hub, "asked a hub for news of a feed");
        }
        Ok(answer.is_ok())
    }

    /// Where a poll found news: whether the hub had told of them.
    pub(super) async fn score_hub(&self, feed: &Feed, now: Timestamp) -> Result<(), StoreError> {
        let (id, polled_before) = (feed.id, feed.polled_at);
        let mut hubs = self.store.hubs(Some(id)).await?;
        if let Some(have) = hubs.pop().and_then(|state| state.have) {
            let change = move |have| Some(websub::polled(have, polled_before, now));
            self.store.hear(have.token, change).await?;
        }
        Ok(())
    }
}

/// A subscription that nobody knows of yet. A secret is told over https alone.
fn new_subscription(
    hubs: &Hubs,
    feed: FeedId,
    offer: HubOffer,
    now: Timestamp,
) -> Option<Subscription> {
    let hex = |bytes: &[u8]| {
        let digits = bytes.iter().map(|byte| format!("{byte:02x}"));
        digits.collect::<String>()
    };
    let token = hex(&(hubs.secrets)()?[..16]);
    let secret = hex(&(hubs.secrets)()?);
    Some(Subscription {
        feed,
        token,
        secret: (offer.hub.scheme() == "https").then_some(secret),
        offer,
        pending: false,
        next_at: now,
        tries: 0,
        lease_until: None,
        delivered_at: None,
        missed: 0,
        ended: false,
    })
}
