//! Subscribing to the hubs that feeds name, where the planet can be reached by them.
//!
//! A request to a hub goes through the one guarded client, like every other. What hubs say comes in through `web`.

use std::collections::HashSet;
use std::sync::{Arc, MutexGuard, PoisonError};

use jiff::Timestamp;
use url::Url;

use super::Poller;
use crate::fetch::FetchError;
use crate::model::{Feed, FeedId, HubOffer, Subscription};
use crate::plan::platform;
use crate::plan::websub::{self, Refusals, Todo};
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
        // A platform that does not take what it is asked is asked no more in this round, whoever calls it a hub.
        let mut silent = HashSet::new();
        for state in self.store.hubs().await? {
            let (offer, have) = (state.offer.as_ref(), state.have.as_ref());
            let todo = websub::todo(offer, have, state.rests_until, now);
            let asking = match (todo, state.have, state.offer) {
                (Todo::Leave, Some(have), _) => {
                    let left = move |have| Some(websub::left(have, now));
                    self.store.hear(have.token, left).await?;
                    None
                }
                (Todo::Subscribe | Todo::Renew, _, Some(offer))
                    if platform(&offer.hub).is_none_or(|it| silent.contains(&it))
                        || self.is_resting(&offer.hub, now) =>
                {
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
            if !self.ask_hub(hubs, asking.clone(), now).await? {
                silent.extend(platform(&asking.offer.hub));
            }
            if asked >= REQUESTS_AT_A_TIME {
                break;
            }
        }
        self.write_pauses_down().await?;
        Ok(asked)
    }

    /// Whether a hub is not to be asked yet, for whichever feed: its platform rests, or it did not take what it was asked.
    fn is_resting(&self, hub: &Url, now: Timestamp) -> bool {
        self.client.is_paused(hub) || self.refusals().rests(hub, now)
    }

    fn refusals(&self) -> MutexGuard<'_, Refusals> {
        self.refusals.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A new subscription as it is before it is asked for. That it is asked for is noted beforehand, for the hub may come to
    /// verify it before it answers.
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
        let asked = websub::asked(new.clone(), now);
        let kept = self.store.begin_subscription(asked, now).await?;
        Ok(kept.then_some(new))
    }

    /// A subscription for which the hub is to be asked again, as it is before that, which is noted beforehand; nothing where
    /// the hub has come meanwhile, for other hubs may have taken minutes to answer.
    async fn still_due(
        &self,
        have: Subscription,
        now: Timestamp,
    ) -> Result<Option<Subscription>, StoreError> {
        let asked = move |have| websub::is_due(&have, now).then(|| websub::asked(have, now));
        let word = self.store.hear(have.token.clone(), asked).await?;
        Ok((word == HubWord::Taken).then_some(have))
    }

    /// Asks one hub, and says whether it took it. If it was not asked after all, nothing was.
    async fn ask_hub(
        &self,
        hubs: &Hubs,
        before: Subscription,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let base = hubs.base.as_str().trim_end_matches('/');
        let callback = format!("{base}/websub/{}", before.token);
        let lease = websub::LEASE_SECONDS.to_string();
        let mut form = vec![
            ("hub.mode", "subscribe"),
            ("hub.topic", before.offer.topic.as_str()),
            ("hub.callback", callback.as_str()),
            ("hub.lease_seconds", lease.as_str()),
        ];
        let secret = before.secret.as_deref();
        form.extend(secret.map(|secret| ("hub.secret", secret)));
        let hub = &before.offer.hub;
        let Err(error) = self.client.post_form(hub, &form, now).await else {
            tracing::debug!(%hub, "asked a hub for news of a feed");
            self.refusals().took(hub);
            return Ok(true);
        };
        tracing::info!(%hub, kind = error.kind(), "a hub refused; polling goes on");
        if let FetchError::Paused { .. } = error {
            let token = before.token.clone();
            let back = move |have| websub::not_asked(have, &before);
            self.store.hear(token, back).await?;
        } else if is_of_hub(&error) {
            self.refusals().refused(hub, now);
        }
        Ok(false)
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

/// Whether what happened says something of the hub, and not only of the feed that it was asked about.
pub(super) fn is_of_hub(error: &FetchError) -> bool {
    match error {
        FetchError::Status(404 | 405 | 410 | 429) => true,
        FetchError::Status(status) => !(400..500).contains(status),
        _ => true,
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
