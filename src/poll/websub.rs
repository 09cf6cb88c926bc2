//! Subscribing to the hubs that feeds name, where the planet can be reached by them.
//!
//! A request to a hub goes through the one guarded client, like every other. What hubs say comes in through `web`.

use std::collections::HashSet;
use std::sync::Arc;

use jiff::Timestamp;
use url::Url;

use super::Poller;
use crate::model::{Feed, FeedId, HubOffer, Subscription};
use crate::plan::platform;
use crate::plan::websub::{self, Todo};
use crate::store::{HubWord, StoreError};

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
        // A host that does not take what it is asked is not asked for every feed that calls it a hub.
        let mut silent = HashSet::new();
        for state in self.store.hubs().await? {
            let host = state.offer.as_ref();
            let host = host.and_then(|offer| platform(&offer.hub));
            if host.as_ref().is_some_and(|host| silent.contains(host)) {
                continue;
            }
            let (offer, have) = (state.offer.as_ref(), state.have.as_ref());
            let todo = websub::todo(offer, have, state.rests_until, now);
            let asking = match (todo, state.have, state.offer) {
                (Todo::Leave, Some(have), _) => {
                    let left = move |have| Some(websub::left(have, now));
                    self.store.hear(have.token, left).await?;
                    None
                }
                (Todo::Subscribe, _, Some(offer)) => {
                    self.begun(hubs, state.feed, offer, now).await?
                }
                (Todo::Renew, Some(have), _) => self.still_due(have, now).await?,
                _ => None,
            };
            let Some(asking) = asking else { continue };
            asked += 1;
            if !self.ask_hub(hubs, &asking, now).await {
                silent.extend(host);
            }
            if asked >= REQUESTS_AT_A_TIME {
                break;
            }
        }
        self.write_pauses_down().await?;
        Ok(asked)
    }

    /// A new subscription, noted before the hub is asked, for it may come to verify it before it answers.
    async fn begun(
        &self,
        hubs: &Hubs,
        feed: FeedId,
        offer: HubOffer,
        now: Timestamp,
    ) -> Result<Option<Subscription>, StoreError> {
        let Some(new) = new_subscription(hubs, feed, offer, now) else {
            return Ok(None);
        };
        let new = websub::asked(new, now);
        let kept = self.store.begin_subscription(new.clone(), now).await?;
        Ok(kept.then_some(new))
    }

    /// A subscription for which the hub is to be asked again, noted beforehand; nothing where the hub has come meanwhile,
    /// for other hubs may have taken minutes to answer.
    async fn still_due(
        &self,
        have: Subscription,
        now: Timestamp,
    ) -> Result<Option<Subscription>, StoreError> {
        let asked = move |have| websub::is_due(&have, now).then(|| websub::asked(have, now));
        let word = self.store.hear(have.token.clone(), asked).await?;
        Ok((word == HubWord::Taken).then_some(have))
    }

    /// Asks one hub, and says whether it took it.
    async fn ask_hub(&self, hubs: &Hubs, asking: &Subscription, now: Timestamp) -> bool {
        let base = hubs.base.as_str().trim_end_matches('/');
        let callback = format!("{base}/websub/{}", asking.token);
        let lease = websub::LEASE_SECONDS.to_string();
        let mut form = vec![
            ("hub.mode", "subscribe"),
            ("hub.topic", asking.offer.topic.as_str()),
            ("hub.callback", callback.as_str()),
            ("hub.lease_seconds", lease.as_str()),
        ];
        let secret = asking.secret.as_deref();
        form.extend(secret.map(|secret| ("hub.secret", secret)));
        let hub = &asking.offer.hub;
        let answer = self.client.post_form(hub, &form, now).await;
        if let Err(error) = &answer {
            tracing::info!(%hub, kind = error.kind(), "a hub refused; polling goes on");
        } else {
            tracing::debug!(%hub, "asked a hub for news of a feed");
        }
        answer.is_ok()
    }

    /// After a poll that found news: whether the hub had told of them.
    pub(super) async fn heed_hub(&self, feed: &Feed, now: Timestamp) -> Result<(), StoreError> {
        let began_before = feed.ok_began_at;
        if let Some(have) = self.store.subscription_of(feed.id).await? {
            let change = move |have| Some(websub::polled(have, began_before, now));
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
