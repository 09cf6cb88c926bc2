//! What was seen and believed of feeds that move or are gone, beside the log of it, which is only ever appended to.

use jiff::Timestamp;
use rusqlite::{Row, Transaction, params};
use url::Url;

use super::rows::{millis, time, time_if, url_if};
use super::{Claim, Store, StoreError};
use crate::model::{Absence, FeedId, FeedUpdate, Moved, Moves, Watch, canonical};
use crate::plan::backfill::host;

/// One line of the log of moves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MoveLine {
    /// When.
    pub at: Timestamp,
    /// Whose feed it is.
    pub owner: String,
    /// Where it was asked so far.
    pub from: String,
    /// Where it is asked from then on.
    pub to: String,
    /// Why, in a few words.
    pub why: String,
}

const NEWEST: &str = "SELECT at, participant.name, from_url, to_url, why
     FROM feed_move JOIN feed ON feed.id = feed_id JOIN participant ON participant.id = feed.participant_id
     ORDER BY feed_move.id DESC LIMIT ?1";

/// Others on the roster whose feed is registered, found or followed at an address that may be this one.
const OTHERS: &str = "
    SELECT participant.name, feed.address, coalesce(feed.moved_url, feed.feed_url), feed.source_key
    FROM feed JOIN participant ON participant.id = feed.participant_id
    WHERE feed.listed = 1 AND feed.id <> ?1
      AND participant.id <> (SELECT participant_id FROM feed WHERE id = ?1)";

impl Store {
    /// The newest lines of the log of moves, the newest first.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub async fn moves(&self, count: u32) -> Result<Vec<MoveLine>, StoreError> {
        self.read(move |connection| {
            let mut statement = connection.prepare_cached(NEWEST)?;
            let lines = statement.query_map([count], |row| {
                Ok(MoveLine {
                    at: time(row, 0)?,
                    owner: row.get(1)?,
                    from: row.get(2)?,
                    to: row.get(3)?,
                    why: row.get(4)?,
                })
            })?;
            Ok(lines.collect::<Result<_, _>>()?)
        })
        .await
    }

    /// Which other participant has this address on the roster, or is read there, polled already or not.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub async fn taken(&self, feed: FeedId, url: Url) -> Result<Option<Claim>, StoreError> {
        self.read(move |connection| {
            let key = canonical(&url);
            let mut statement = connection.prepare_cached(OTHERS)?;
            let mut rows = statement.query([feed.0])?;
            while let Some(row) = rows.next()? {
                let theirs = [url_if(row, 1)?, url_if(row, 2)?];
                if theirs.iter().flatten().any(|it| canonical(it) == key) {
                    return Ok(Some(Claim { name: row.get(0)? }));
                }
            }
            Ok(None)
        })
        .await
    }
}

impl Store {
    /// Which other participant's blog or feed is on the host of this address.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub async fn host_of(&self, feed: FeedId, url: Url) -> Result<Option<Claim>, StoreError> {
        self.read(move |connection| {
            let its_host = host(&url);
            // What `host` leaves out of both is not looked for.
            let named = url.host_str().unwrap_or_default().trim_end_matches('.');
            let named = named.strip_prefix("www.").unwrap_or(named).to_owned();
            let mut statement = connection.prepare_cached(OTHERS)?;
            let mut rows = statement.query([feed.0])?;
            while let Some(row) = rows.next()? {
                // Most addresses need not be taken apart: they do not even contain it.
                let may_be = |at| -> rusqlite::Result<bool> {
                    let text = row
                        .get_ref(at)?
                        .as_str_or_null()
                        .map_err(rusqlite::Error::from)?;
                    Ok(text.is_some_and(|text| text.contains(&named)))
                };
                if !may_be(1)? && !may_be(2)? && !may_be(3)? {
                    continue;
                }
                let theirs = [url_if(row, 1)?, url_if(row, 2)?, url_if(row, 3)?];
                if theirs.iter().flatten().any(|it| host(it) == its_host) {
                    return Ok(Some(Claim { name: row.get(0)? }));
                }
            }
            Ok(None)
        })
        .await
    }
}

/// Reads them from eleven columns that begin here: where it is moving to, since when, in how many answers and whether it
/// shares posts; from and to where it moved, and when; since when and how often it was gone, and missing.
pub(super) fn moves(row: &Row<'_>, first: usize) -> rusqlite::Result<Moves> {
    let watch = match (url_if(row, first)?, time_if(row, first + 1)?) {
        (Some(target), Some(since)) => Some(Watch {
            target,
            since,
            seen: row.get(first + 2)?,
            shares: row.get(first + 3)?,
        }),
        _ => None,
    };
    let moved = match (
        url_if(row, first + 4)?,
        url_if(row, first + 5)?,
        time_if(row, first + 6)?,
    ) {
        (Some(from), Some(to), Some(at)) => Some(Moved { from, to, at }),
        _ => None,
    };
    Ok(Moves {
        watch,
        moved,
        gone: absence(row, first + 7)?,
        missing: absence(row, first + 9)?,
        step: None,
    })
}

fn absence(row: &Row<'_>, first: usize) -> rusqlite::Result<Option<Absence>> {
    let count = row.get(first + 1)?;
    Ok(time_if(row, first)?.map(|since| Absence { since, count }))
}

/// Writes what an update says of moves, and the line that it adds to the log.
pub(super) fn record(transaction: &Transaction<'_>, update: &FeedUpdate) -> Result<(), StoreError> {
    let Moves {
        watch,
        moved,
        gone,
        missing,
        step,
    } = &update.moves;
    let (watch, moved) = (watch.as_ref(), moved.as_ref());
    let sql = "UPDATE feed SET moving_to = ?2, moving_since = ?3, moving_seen = ?4, moving_shares = ?5, moved_from = ?6,
                   moved_url = ?7, moved_at = ?8, gone_since = ?9, gone_count = ?10, missing_since = ?11,
                   missing_count = ?12
               WHERE id = ?1 AND (moving_to, moving_since, moving_seen, moving_shares, moved_from, moved_url, moved_at, gone_since,
                   gone_count, missing_since, missing_count) IS NOT (?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";
    transaction.prepare_cached(sql)?.execute(params![
        update.feed.0,
        watch.map(|watch| watch.target.as_str()),
        watch.map(|watch| millis(watch.since)),
        watch.map_or(0, |watch| watch.seen),
        watch.is_some_and(|watch| watch.shares),
        moved.map(|moved| moved.from.as_str()),
        moved.map(|moved| moved.to.as_str()),
        moved.map(|moved| millis(moved.at)),
        gone.map(|gone| millis(gone.since)),
        gone.map_or(0, |gone| gone.count),
        missing.map(|missing| millis(missing.since)),
        missing.map_or(0, |missing| missing.count),
    ])?;
    let Some(step) = step else {
        return Ok(());
    };
    let sql =
        "INSERT INTO feed_move (feed_id, at, from_url, to_url, why) VALUES (?1, ?2, ?3, ?4, ?5)";
    transaction.execute(
        sql,
        params![
            update.feed.0,
            millis(update.polled_at),
            step.from.as_str(),
            step.to.as_str(),
            step.why
        ],
    )?;
    Ok(())
}
