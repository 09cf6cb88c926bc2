//! Hubs: what feeds offer, our subscriptions, and what hubs say to them.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};
use url::Url;

use super::rows::{millis, time, time_if, url_if};
use super::{Store, StoreError};
use crate::model::{FeedId, HubOffer, Rhythm, Subscription};
use crate::plan::soon;

/// What a feed offers, and what we have of it.
#[derive(Debug, Clone)]
pub struct HubState {
    /// The feed.
    pub feed: FeedId,
    /// Its hub; nothing where it names none, or is read no more.
    pub offer: Option<HubOffer>,
    /// The subscription that has not ended.
    pub have: Option<Subscription>,
    /// Until when no hub is asked for another one.
    pub rests_until: Option<Timestamp>,
}

/// Whether a subscription was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HubWord {
    /// It was.
    Taken,
    /// There is none of this name, or it was left as it is.
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
    /// Every feed that offers a hub or has a subscription.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub async fn hubs(&self) -> Result<Vec<HubState>, StoreError> {
        self.read(|connection| {
            let sql = format!(
                "SELECT {COLUMNS}, feed.id, hub_offer.hub, hub_offer.topic, former.next_at
                 FROM feed
                     LEFT JOIN hub_offer ON hub_offer.feed_id = feed.id AND feed.listed = 1 AND feed.gone = 0
                     LEFT JOIN subscription ON subscription.feed_id = feed.id AND subscription.ended = 0
                     LEFT JOIN (SELECT feed_id, max(next_at) AS next_at FROM subscription WHERE ended = 1 GROUP BY feed_id)
                         AS former ON former.feed_id = feed.id
                 WHERE hub_offer.hub IS NOT NULL OR subscription.token IS NOT NULL
                 ORDER BY feed.id"
            );
            let mut statement = connection.prepare_cached(&sql)?;
            let hubs = statement.query_map([], |row| {
                let (hub, topic) = (url_if(row, 13)?, url_if(row, 14)?);
                let offer = hub.zip(topic).map(|(hub, topic)| HubOffer { hub, topic });
                let feed = FeedId(row.get(12)?);
                Ok(HubState {
                    feed,
                    offer,
                    have: subscription(row)?,
                    rests_until: time_if(row, 15)?,
                })
            })?;
            Ok(hubs.collect::<Result<_, _>>()?)
        })
        .await
    }

    /// Keeps a new subscription, and forgets those that ended long ago. Says whether it was kept, because its feed has none.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub async fn begin_subscription(
        &self,
        new: Subscription,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.write(move |transaction| {
            let sql = "INSERT INTO subscription (token, feed_id, hub, topic, secret, pending, next_at, tries,
                           lease_until, delivered_at, missed, ended)
                       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
                       ON CONFLICT DO NOTHING";
            let kept = transaction.prepare_cached(sql)?.execute(params![
                new.token,
                new.feed.0,
                new.offer.hub.as_str(),
                new.offer.topic.as_str(),
                new.secret,
                new.pending,
                millis(new.next_at),
                new.tries,
                new.lease_until.map(millis),
                new.delivered_at.map(millis),
                new.missed,
                new.ended,
            ])?;
            let before = now.checked_sub(REMEMBERED).unwrap_or(Timestamp::MIN);
            let sql = "DELETE FROM subscription WHERE ended = 1 AND next_at < ?1";
            transaction.execute(sql, [millis(before)])?;
            Ok(kept > 0)
        })
        .await
    }

    /// The subscription of a feed that has not ended, if there is one.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub async fn subscription_of(&self, feed: FeedId) -> Result<Option<Subscription>, StoreError> {
        self.read(move |connection| {
            let sql =
                format!("SELECT {COLUMNS} FROM subscription WHERE feed_id = ?1 AND ended = 0");
            let found = connection
                .prepare_cached(&sql)?
                .query_row([feed.0], subscription)
                .optional()?;
            Ok(found.flatten())
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

    /// Has `change` say what becomes of a subscription as it is at this moment, whoever wrote it last; nothing leaves it
    /// as it is.
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
            let sql = "SELECT polled_at, skip_hours, skip_days FROM feed WHERE id = ?1";
            let said = transaction.query_row(sql, [feed.0], |row| {
                let rhythm = Rhythm {
                    skip_hours: row.get(1)?,
                    skip_days: row.get(2)?,
                    ..Rhythm::default()
                };
                Ok((time_if(row, 0)?, rhythm))
            });
            let (polled_at, rhythm) = said.optional()?.unwrap_or_default();
            let sql = "UPDATE feed SET next_poll_at = min(coalesce(next_poll_at, ?2), ?2)
                       WHERE id = ?1 AND gone = 0 AND listed = 1 AND failing_since IS NULL";
            transaction.execute(sql, params![feed.0, millis(soon(polled_at, rhythm, now))])?;
            Ok(())
        })
        .await
    }
}

impl Store {
    /// Relies on no hub until it tells of news again, for the planet cannot be reached.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub async fn rely_on_no_hub(&self) -> Result<(), StoreError> {
        self.write(|transaction| {
            let sql = "UPDATE subscription SET delivered_at = NULL WHERE delivered_at IS NOT NULL";
            transaction.execute(sql, [])?;
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

/// All that changes about a subscription.
fn write(transaction: &Transaction<'_>, have: &Subscription) -> Result<(), StoreError> {
    let sql = "UPDATE subscription SET pending = ?2, next_at = ?3, tries = ?4, lease_until = ?5, delivered_at = ?6,
                   missed = ?7, ended = ?8
               WHERE token = ?1";
    transaction.prepare_cached(sql)?.execute(params![
        have.token,
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
