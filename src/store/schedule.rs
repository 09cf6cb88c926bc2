//! When feeds are asked: who is due, who is put off, which platforms are left alone, and whether we can ask at all.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};

use super::feeds::{DUE_AT, FEEDS, feed};
use super::rows::{millis, time, time_if};
use super::{Store, StoreError};
use crate::model::{Failure, Feed, FeedId, Rest};

/// Who is to be asked.
#[derive(Debug, Clone)]
pub struct Due {
    /// Feeds whose time has come, the longest overdue first; those that were never asked before all.
    pub feeds: Vec<Feed>,
    /// When the time of the next of the others comes; who relies on a hub may be due before that, or later.
    pub next_at: Option<Timestamp>,
}

/// A new time for a feed that was not asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PutOff {
    /// Which feed.
    pub feed: FeedId,
    /// When it is due instead.
    pub next_poll_at: Timestamp,
    /// Until when its host asked us to wait; absent to leave that as it is.
    pub held_until: Option<Timestamp>,
}

/// When a feed may be asked: never before its host's word. The time of one that was never asked is long ago.
const TIME: &str = "max(coalesce(feed.next_poll_at, 0), coalesce(feed.held_until, 0))";

impl Store {
    /// The feeds on the roster whose time has come at `now`.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub async fn due(&self, now: Timestamp) -> Result<Due, StoreError> {
        self.read(move |connection| {
            // Whether a hub is relied upon is looked up only where it matters.
            let sql = format!(
                "{FEEDS} WHERE feed.listed = 1 AND {TIME} <= ?1 AND coalesce({DUE_AT}, 0) <= ?1
                 ORDER BY max({TIME}, coalesce({DUE_AT}, 0)), participant.position, feed.id"
            );
            let mut statement = connection.prepare_cached(&sql)?;
            let feeds = statement.query_map([millis(now)], feed)?;
            let feeds = feeds.collect::<Result<_, _>>()?;
            let sql = format!("SELECT min({TIME}) FROM feed WHERE listed = 1 AND {TIME} > ?1");
            let next_at = connection
                .prepare_cached(&sql)?
                .query_row([millis(now)], |row| time_if(row, 0))?;
            Ok(Due { feeds, next_at })
        })
        .await
    }

    /// Has feeds wait until another time, all of them or none. What is known of them stays as it is, and who is due later,
    /// because it was polled while this was decided, is so still.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub async fn put_off(&self, feeds: Vec<PutOff>) -> Result<(), StoreError> {
        self.write(move |transaction| {
            let sql = "UPDATE feed SET next_poll_at = max(coalesce(next_poll_at, 0), ?2),
                           held_until = CASE WHEN ?3 IS NULL THEN held_until ELSE max(coalesce(held_until, 0), ?3) END
                       WHERE id = ?1";
            let mut statement = transaction.prepare_cached(sql)?;
            for feed in &feeds {
                let held_until = feed.held_until.map(millis);
                statement.execute(params![feed.feed.0, millis(feed.next_poll_at), held_until])?;
            }
            Ok(())
        })
        .await
    }

    /// Gives feeds the health back that they had before a failure that was ours, and a new time. Who has answered well since,
    /// or has another address by now, is blamed for nothing and left as it is.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub async fn forgive(&self, feeds: Vec<(PutOff, Option<Failure>)>) -> Result<(), StoreError> {
        self.write(move |transaction| {
            let sql = "UPDATE feed SET next_poll_at = ?2, failing_since = ?3, failure_cause = ?4, failure_count = ?5,
                           failure_kind = ?6 WHERE id = ?1 AND failing_since IS NOT NULL";
            let mut statement = transaction.prepare_cached(sql)?;
            for (feed, failure) in &feeds {
                let failure = failure.as_ref();
                statement.execute(params![
                    feed.feed.0,
                    millis(feed.next_poll_at),
                    failure.map(|failure| millis(failure.since)),
                    failure.map(|failure| &failure.cause),
                    failure.map_or(0, |failure| failure.count),
                    failure.map(|failure| failure.trouble.as_str()),
                ])?;
            }
            Ok(())
        })
        .await
    }

    /// Remembers at `now` how a platform rests; a longer pause that it already has stays, unless it has answered well.
    /// Platforms that were not asked in the month after their pause, as some blog may lead to more and more of them, are
    /// forgotten.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub async fn pause(&self, rest: Rest, now: Timestamp) -> Result<(), StoreError> {
        self.write(move |transaction| {
            let sql = "INSERT INTO pause (platform, until, throttled_count) VALUES (?1, ?2, ?3)
                       ON CONFLICT (platform) DO UPDATE
                       SET until = iif(excluded.throttled_count = 0, excluded.until, max(until, excluded.until)),
                           throttled_count = excluded.throttled_count";
            transaction.execute(
                sql,
                params![rest.platform, millis(rest.until), rest.throttled],
            )?;
            let sql = "DELETE FROM pause WHERE until < ?1 - 30 * 86400000";
            transaction.execute(sql, [millis(now)])?;
            Ok(())
        })
        .await
    }

    /// Ends the pause of a platform at `now`, and the wait of these feeds.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub async fn lift_pause(
        &self,
        platform: String,
        feeds: Vec<PutOff>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.write(move |transaction| {
            // What it asked for before stays remembered.
            let sql = "UPDATE pause SET until = min(until, ?2) WHERE platform = ?1";
            transaction.execute(sql, params![platform, millis(now)])?;
            let sql = "UPDATE feed SET next_poll_at = ?2, held_until = NULL WHERE id = ?1";
            let mut statement = transaction.prepare_cached(sql)?;
            for feed in &feeds {
                statement.execute(params![feed.feed.0, millis(feed.next_poll_at)])?;
            }
            Ok(())
        })
        .await
    }

    /// The platforms that are to be left alone at `now`, and those that have not answered well since they were.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub async fn pauses(&self, now: Timestamp) -> Result<Vec<Rest>, StoreError> {
        self.read(move |connection| {
            // There is one row a platform, so that those which are over do no harm.
            let sql =
                "SELECT platform, until, throttled_count FROM pause WHERE until > ?1 OR throttled_count > 0";
            let mut statement = connection.prepare_cached(sql)?;
            let pauses = statement.query_map([millis(now)], |row| {
                Ok(Rest {
                    platform: row.get(0)?,
                    until: time(row, 1)?,
                    throttled: row.get(2)?,
                })
            })?;
            Ok(pauses.collect::<Result<_, _>>()?)
        })
        .await
    }

    /// Notes since when no blog can be reached from here, or that one can again.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub async fn set_offline(&self, since: Option<Timestamp>) -> Result<(), StoreError> {
        self.write(move |transaction| {
            let sql = "UPDATE planet SET offline_since = ?1 WHERE offline_since IS NOT ?1";
            transaction.execute(sql, [since.map(millis)])?;
            Ok(())
        })
        .await
    }

    /// Since when no blog can be reached from here; nothing as long as all is well.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub async fn offline_since(&self) -> Result<Option<Timestamp>, StoreError> {
        self.read(|connection| {
            let sql = "SELECT offline_since FROM planet";
            let since = connection.query_row(sql, [], |row| time_if(row, 0));
            Ok(since.optional()?.flatten())
        })
        .await
    }
}
