//! Hubs: what feeds offer, our subscriptions, and what hubs say to them.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};
use url::Url;

use super::rows::{millis, time, time_if, url_if};
use super::{Store, StoreError};
use crate::model::{FeedId, HubOffer, Subscription};
use crate::plan::websub::soon;

/// What a feed offers, and what we have of it.
#[derive(Debug, Clone)]
pub struct HubState {
    /// The feed.
    pub feed: FeedId,
    /// Its hub; nothing where it names none, or is read no more.
    pub offer: Option<HubOffer>,
    /// The subscription that has not ended.
    pub have: Option<Subscription>,
}

/// Whether a subscription was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HubWord {
    /// It was.
    Taken,
    /// There is none of this name, or what was said of it is not so.
    Unknown,
    /// It has ended.
    Ended,
}

/// An ended subscription is remembered so long.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(90 * 24);

const COLUMNS: &str = "subscription.token, subscription.feed_id, subscription.hub, subscription.topic, \
    subscription.secret, subscription.pending, subscription.next_at, subscription.tries, subscription.lease_until, \
    subscription.delivered_at, subscription.missed, subscription.ended";

impl Store {
    /// Every feed that offers a hub or has a subscription, or one of them.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub async fn hubs(&self, one: Option<FeedId>) -> Result<Vec<HubState>, StoreError> {
        self.read(move |connection| {
            let sql = format!(
                "SELECT {COLUMNS}, feed.id, hub_offer.hub, hub_offer.topic
                 FROM feed
                     LEFT JOIN hub_offer ON hub_offer.feed_id = feed.id AND feed.listed = 1 AND feed.gone = 0
                     LEFT JOIN subscription ON subscription.feed_id = feed.id AND subscription.ended = 0
                 WHERE (?1 IS NULL OR feed.id = ?1) AND (hub_offer.hub IS NOT NULL OR subscription.token IS NOT NULL)
                 ORDER BY feed.id"
            );
            let mut statement = connection.prepare_cached(&sql)?;
            let hubs = statement.query_map([one.map(|feed| feed.0)], |row| {
                let (hub, topic) = (url_if(row, 13)?, url_if(row, 14)?);
                let offer = hub.zip(topic).map(|(hub, topic)| HubOffer { hub, topic });
                let feed = FeedId(row.get(12)?);
                let have = subscription(row)?;
                Ok(HubState { feed, offer, have })
            })?;
            Ok(hubs.collect::<Result<_, _>>()?)
        })
        .await
    }

    /// Keeps a subscription as it is now.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub async fn keep_subscription(
        &self,
        subscription: Subscription,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.write(move |transaction| {
            write(transaction, &subscription)?;
            let before = now.checked_sub(REMEMBERED).unwrap_or(Timestamp::MIN);
            let sql = "DELETE FROM subscription WHERE ended = 1 AND next_at < ?1";
            transaction.execute(sql, [millis(before)])?;
            Ok(())
        })
        .await
    }

    /// The subscription of this name, if there is one.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub async fn subscription(&self, token: String) -> Result<Option<Subscription>, StoreError> {
        self.read(move |connection| named(connection, &token)).await
    }

    /// Lets `change` make a subscription what a hub says that it is; nothing where that is not so.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub async fn hear<F>(&self, token: String, change: F) -> Result<HubWord, StoreError>
    where
        F: FnOnce(Subscription) -> Option<Subscription> + Send + 'static,
    {
        self.write(move |transaction| match named(transaction, &token)? {
            None => Ok(HubWord::Unknown),
            Some(have) if have.ended => Ok(HubWord::Ended),
            Some(have) => match change(have) {
                None => Ok(HubWord::Unknown),
                Some(changed) => {
                    write(transaction, &changed)?;
                    Ok(HubWord::Taken)
                }
            },
        })
        .await
    }

    /// Has a feed polled soon, because a hub told news of it; one that fails waits for its turn all the same.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub async fn poll_soon(&self, feed: FeedId, now: Timestamp) -> Result<(), StoreError> {
        self.write(move |transaction| {
            let polled_at: Option<Timestamp> = transaction
                .query_row(
                    "SELECT polled_at FROM feed WHERE id = ?1",
                    [feed.0],
                    |row| time_if(row, 0),
                )
                .optional()?
                .flatten();
            let sql = "UPDATE feed SET next_poll_at = min(coalesce(next_poll_at, ?2), ?2)
                       WHERE id = ?1 AND gone = 0 AND listed = 1 AND failing_since IS NULL";
            transaction.execute(sql, params![feed.0, millis(soon(polled_at, now))])?;
            Ok(())
        })
        .await
    }
}

/// Notes what a document says of its hub.
pub(super) fn note_offer(
    transaction: &Transaction<'_>,
    feed: FeedId,
    offer: Option<&HubOffer>,
) -> Result<(), StoreError> {
    let Some(offer) = offer else {
        let sql = "DELETE FROM hub_offer WHERE feed_id = ?1";
        transaction.prepare_cached(sql)?.execute([feed.0])?;
        return Ok(());
    };
    let sql = "INSERT INTO hub_offer (feed_id, hub, topic) VALUES (?1, ?2, ?3)
               ON CONFLICT (feed_id) DO UPDATE SET hub = ?2, topic = ?3 WHERE hub <> ?2 OR topic <> ?3";
    transaction.prepare_cached(sql)?.execute(params![
        feed.0,
        offer.hub.as_str(),
        offer.topic.as_str()
    ])?;
    Ok(())
}

fn named(connection: &Connection, token: &str) -> Result<Option<Subscription>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM subscription WHERE token = ?1");
    let found = connection
        .prepare_cached(&sql)?
        .query_row([token], subscription)
        .optional()?;
    Ok(found.flatten())
}

fn write(transaction: &Transaction<'_>, have: &Subscription) -> Result<(), StoreError> {
    let sql = "INSERT OR REPLACE INTO subscription (token, feed_id, hub, topic, secret, pending, next_at, tries,
                   lease_until, delivered_at, missed, ended)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";
    transaction.prepare_cached(sql)?.execute(params![
        have.token,
        have.feed.0,
        have.offer.hub.as_str(),
        have.offer.topic.as_str(),
        have.secret,
        have.pending,
        millis(have.next_at),
        have.tries,
        have.lease_until.map(millis),
        have.delivered_at.map(millis),
        have.missed,
        have.ended,
    ])?;
    Ok(())
}

/// A subscription from the first twelve columns; nothing where there is none, or its addresses are none any more.
fn subscription(row: &Row<'_>) -> rusqlite::Result<Option<Subscription>> {
    let Some(token) = row.get::<_, Option<String>>(0)? else {
        return Ok(None);
    };
    let (Some(hub), Some(topic)): (Option<Url>, Option<Url>) = (url_if(row, 2)?, url_if(row, 3)?)
    else {
        return Ok(None);
    };
    Ok(Some(Subscription {
        token,
        feed: FeedId(row.get(1)?),
        offer: HubOffer { hub, topic },
        secret: row.get(4)?,
        pending: row.get(5)?,
        next_at: time(row, 6)?,
        tries: row.get(7)?,
        lease_until: time_if(row, 8)?,
        delivered_at: time_if(row, 9)?,
        missed: row.get(10)?,
        ended: row.get(11)?,
    }))
}
