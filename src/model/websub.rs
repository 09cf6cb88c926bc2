//! Hubs that tell of a feed's news (W3C `WebSub`), and our subscriptions to them.

use jiff::Timestamp;
use url::Url;

use super::FeedId;

/// A hub that a feed names, and the name under which the hub knows the feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HubOffer {
    /// The hub.
    pub hub: Url,
    /// The feed's address as the hub knows it.
    pub topic: Url,
}

/// One subscription to one feed at one hub. A feed has one at most that has not ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    /// The feed that it is about.
    pub feed: FeedId,
    /// The last part of the address at which the hub finds us; nobody can guess it.
    pub token: String,
    /// The hub, with the name under which it knows the feed.
    pub offer: HubOffer,
    /// What the hub signs its messages with, fewer than 200 bytes; nothing where the hub could not be told secretly.
    pub secret: Option<String>,
    /// Whether we asked and the hub has not yet come to verify it.
    pub pending: bool,
    /// When to ask, or to ask again; of one that has ended, when a hub may be asked again for this feed.
    pub next_at: Timestamp,
    /// How often we asked since the hub last verified it.
    pub tries: u32,
    /// Until when the hub has promised to tell of news.
    pub lease_until: Option<Timestamp>,
    /// When it last did.
    pub delivered_at: Option<Timestamp>,
    /// Polls since then that found news of which the hub had not told.
    pub missed: u32,
    /// Whether it has ended, so that a hub that still comes is told so.
    pub ended: bool,
}
