//! Feeds: which are there, how they fare, and what deciding about one needs to know.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, Row};
use url::Url;

use super::moves::moves;
use super::rows::{fingerprint, split_lines, time, time_if, url_if};
use super::{Store, StoreError};
use crate::model::{
    Author, EntryId, Failure, Feed, FeedId, Fingerprint, Flood, Guid, GuidRule, KnownEntry, Origin,
    Rhythm, Trouble, Validators,
};

/// A feed with what we already have of it.
#[derive(Debug, Clone)]
pub struct KnownFeed {
    /// The feed.
    pub feed: Feed,
    /// Its entries with those of its owner's other feeds, so that a blog that moves brings nothing twice.
    pub entries: Vec<KnownEntry>,
}

macro_rules! due_at {
    () => {
        "max(feed.next_poll_at, coalesce(min(feed.fallback_at, relied.lease_until), 0))"
    };
}

/// When a feed is asked again: at its time, or later as long as a hub that promised to tell of its news is relied upon.
pub(super) const DUE_AT: &str = due_at!();

/// Everything but the condition; the counts are kept.
pub(super) const FEEDS: &str = concat!(
    "
    SELECT feed.id, feed.address, coalesce(feed.moved_url, feed.feed_url), feed.title, feed.validators_url, feed.etag, feed.last_modified,
           feed.body, feed.polled_at, feed.ok_at, feed.next_poll_at, feed.held_until, feed.failing_since,
           feed.failure_cause, feed.failure_count, feed.gone, feed.problems,
           participant.name, participant.slug, coalesce(participant.site_url, feed.site_url), participant.excerpt_only,
           coalesce(posted.posts, 0), posted.newest_at, feed.named, feed.parser, feed.flood_at, feed.flood_count,
           feed.flood_shown, feed.failure_kind, feed.whole_at, feed.ttl_seconds, feed.update_seconds, feed.skip_hours,
           feed.skip_days, backfill.pages, backfill.back_to, backfill.ended, backfill.cause,
           ",
    due_at!(),
    ",
           moving_to, moving_since, moving_seen, moving_shares, moved_from, moved_url, moved_at, gone_since, gone_count,
           missing_since, missing_count, feed.throttled_count, feed.fresh_seconds,
           gap.way, gap.pages, gap.back_to, gap.ended, gap.cause, gap.after_at, gap.before_at, gap.begins_at, feed.ok_began_at
    FROM feed JOIN participant ON participant.id = feed.participant_id
        LEFT JOIN posted ON posted.participant_id = participant.id
        LEFT JOIN backfill ON backfill.feed_id = feed.id AND backfill.fills = 0
        LEFT JOIN backfill AS gap ON gap.feed_id = feed.id AND gap.fills = 1
        -- A hub is relied upon that has told of news, once the feed was read after it, and has missed none since.
        LEFT JOIN subscription AS relied ON relied.feed_id = feed.id AND relied.ended = 0 AND relied.missed = 0
            AND relied.delivered_at <= feed.ok_began_at "
);

impl Store {
    /// Every feed on the roster, in the roster's order.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub async fn feeds(&self) -> Result<Vec<Feed>, StoreError> {
        self.read(|connection| {
            let sql =
                format!("{FEEDS} WHERE feed.listed = 1 ORDER BY participant.position, feed.id");
            let mut statement = connection.prepare_cached(&sql)?;
            let feeds = statement.query_map([], feed)?.collect::<Result<_, _>>()?;
            Ok(feeds)
        })
        .await
    }

    /// How many feeds are on the roster.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub async fn count_feeds(&self) -> Result<usize, StoreError> {
        self.read(|connection| {
            let sql = "SELECT count(*) FROM feed WHERE listed = 1";
            let count: i64 = connection.query_row(sql, [], |row| row.get(0))?;
            Ok(usize::try_from(count).unwrap_or_default())
        })
        .await
    }

    /// One feed with what we have of it; nothing when it is not on the roster.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub async fn known(&self, id: FeedId) -> Result<Option<KnownFeed>, StoreError> {
        self.read(move |connection| {
            let Some(feed) = one(connection, id)? else {
                return Ok(None);
            };
            let entries = known_entries(connection, id)?;
            Ok(Some(KnownFeed { feed, entries }))
        })
        .await
    }
}

fn one(connection: &Connection, id: FeedId) -> Result<Option<Feed>, StoreError> {
    let sql = format!("{FEEDS} WHERE feed.id = ?1 AND feed.listed = 1");
    let mut statement = connection.prepare_cached(&sql)?;
    Ok(statement.query_map([id.0], feed)?.next().transpose()?)
}

/// When the shown posts of a feed's owner were published, the newest first, from an index alone.
pub(super) const PUBLISHED: &str = "
    SELECT published_at FROM shown_entry
    WHERE participant_id = (SELECT participant_id FROM feed WHERE id = ?1)
    ORDER BY published_at DESC, id DESC LIMIT ?2";

impl Store {
    /// One feed, with when its owner's newest posts were published, at most so many; nothing when it is not on the
    /// roster.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub async fn feed(
        &self,
        id: FeedId,
        posts_max: usize,
    ) -> Result<Option<(Feed, Vec<Timestamp>)>, StoreError> {
        self.ask(move |connection| {
            let Some(feed) = one(connection, id)? else {
                return Ok(None);
            };
            let mut statement = connection.prepare_cached(PUBLISHED)?;
            let posts_max = i64::try_from(posts_max).unwrap_or(i64::MAX);
            let published = statement.query_map((id.0, posts_max), |row| time(row, 0))?;
            Ok(Some((feed, published.collect::<Result<_, _>>()?)))
        })
        .await
    }

    /// The feed of one participant on the roster, the first where there are several.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub async fn feed_of(&self, slug: String) -> Result<Option<Feed>, StoreError> {
        self.read(move |connection| {
            let sql = format!(
                "{FEEDS} WHERE participant.slug = ?1 AND feed.listed = 1 ORDER BY feed.id LIMIT 1"
            );
            let mut statement = connection.prepare_cached(&sql)?;
            Ok(statement.query_map([slug], feed)?.next().transpose()?)
        })
        .await
    }

    /// What the blogs of everybody on the roster are called, by slug, as far as their feeds say.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub async fn blog_titles(&self) -> Result<BTreeMap<String, String>, StoreError> {
        self.read(|connection| {
            let sql = "SELECT participant.slug, feed.title
                       FROM feed JOIN participant ON participant.id = feed.participant_id
                       WHERE feed.listed = 1 AND participant.listed = 1 AND feed.title <> ''
                       ORDER BY feed.id DESC";
            let mut statement = connection.prepare_cached(sql)?;
            let titles = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(titles.collect::<Result<_, _>>()?)
        })
        .await
    }

    /// What a document of this feed is compared with.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub async fn known_entries(&self, feed: FeedId) -> Result<Vec<KnownEntry>, StoreError> {
        self.read(move |connection| known_entries(connection, feed))
            .await
    }

    /// Whether any blog has been asked yet.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub async fn has_polled(&self) -> Result<bool, StoreError> {
        self.read(|connection| {
            let sql = "SELECT EXISTS (SELECT 1 FROM feed WHERE polled_at IS NOT NULL)";
            Ok(connection.query_row(sql, [], |row| row.get(0))?)
        })
        .await
    }
}

/// What a re-poll compares with: every entry of the feed and of its owner's other feeds, shown or not.
pub(super) const KNOWN: &str = "
    SELECT entry.id, guid, guid_rule, feed.id = own.id, feed.listed, url, raw_title, fingerprint, words, content,
           entry.published_at, updated_at, coalesce(changes, 0), changed_at, retired_at IS NOT NULL,
           coalesce(entry_reading.problems, ''), comments.count
    FROM feed AS own
        CROSS JOIN feed ON feed.participant_id = own.participant_id
        CROSS JOIN entry ON entry.feed_id = feed.id
        LEFT JOIN entry_reading ON entry_reading.entry_id = entry.id
        LEFT JOIN comments ON comments.entry_id = entry.id
    WHERE own.id = ?1";

fn known_entries(connection: &Connection, feed: FeedId) -> Result<Vec<KnownEntry>, StoreError> {
    let mut statement = connection.prepare_cached(KNOWN)?;
    let entries = statement.query_map([feed.0], known_entry)?;
    Ok(entries.collect::<Result<_, _>>()?)
}

fn known_entry(row: &Row<'_>) -> rusqlite::Result<KnownEntry> {
    let rule: String = row.get(2)?;
    Ok(KnownEntry {
        id: EntryId(row.get(0)?),
        guid: Guid {
            value: row.get(1)?,
            // A rule that a newer thingplanet has is some identity that the feed gave.
            rule: GuidRule::from_name(&rule).unwrap_or(GuidRule::Given),
        },
        origin: match (row.get(3)?, row.get(4)?) {
            (true, _) => Origin::Own,
            (false, true) => Origin::Other,
            (false, false) => Origin::Former,
        },
        url: url_if(row, 5)?,
        title: row.get(6)?,
        fingerprint: fingerprint(row, 7)?,
        words: fingerprint(row, 8)?,
        content: row.get::<_, Option<[u8; 32]>>(9)?.map(Fingerprint),
        published_at: time(row, 10)?,
        updated_at: time(row, 11)?,
        changes: row.get(12)?,
        changed_at: time_if(row, 13)?,
        retired: row.get(14)?,
        problems: split_lines(row, 15)?,
        comments: row.get(16)?,
    })
}

pub(super) fn feed(row: &Row<'_>) -> rusqlite::Result<Feed> {
    let address: String = row.get(1)?;
    let address = Url::parse(&address).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(1, rusqlite::types::Type::Text, Box::new(error))
    })?;
    let failure = match (time_if(row, 12)?, row.get::<_, Option<String>>(13)?) {
        (Some(since), Some(cause)) => Some(Failure {
            since,
            cause,
            count: row.get(14)?,
            trouble: Trouble::from_name(&row.get::<_, Option<String>>(28)?.unwrap_or_default()),
        }),
        _ => None,
    };
    Ok(Feed {
        id: FeedId(row.get(0)?),
        address,
        named: row.get(23)?,
        feed_url: url_if(row, 2)?,
        title: row.get(3)?,
        validators: Validators {
            url: url_if(row, 4)?,
            etag: row.get(5)?,
            last_modified: row.get(6)?,
        },
        body: row.get::<_, Option<[u8; 32]>>(7)?.map(Fingerprint),
        polled_at: time_if(row, 8)?,
        ok_at: time_if(row, 9)?,
        ok_began_at: time_if(row, 60)?,
        next_poll_at: time_if(row, 10)?,
        due_at: time_if(row, 38)?,
        held_until: time_if(row, 11)?,
        throttled: row.get(50)?,
        failure,
        gone: row.get(15)?,
        moves: moves(row, 39)?,
        parser: row.get(24)?,
        flood: flood(row)?,
        whole_at: time_if(row, 29)?,
        rhythm: rhythm(row)?,
        fresh_for: seconds(row, 51)?,
        read_back: row
            .get::<_, Option<u32>>(34)?
            .map(|_| super::backfill::read_back(row, 34))
            .transpose()?,
        problems: problems(row)?,
        owner: Author {
            name: row.get(17)?,
            slug: row.get(18)?,
            site_url: url_if(row, 19)?,
            excerpt_only: row.get(20)?,
        },
        entry_count: row.get::<_, i64>(21)?.unsigned_abs(),
        newest_at: time_if(row, 22)?,
    })
}

/// What was odd in its last document, and what may be missing between that and those before.
fn problems(row: &Row<'_>) -> rusqlite::Result<Vec<String>> {
    let mut problems: Vec<String> = split_lines(row, 16)?;
    problems.extend(super::backfill::missing(row, 52)?);
    Ok(problems)
}

fn rhythm(row: &Row<'_>) -> rusqlite::Result<Rhythm> {
    Ok(Rhythm {
        ttl: seconds(row, 30)?,
        update_every: seconds(row, 31)?,
        skip_hours: row.get(32)?,
        skip_days: row.get(33)?,
    })
}

fn seconds(row: &Row<'_>, at: usize) -> rusqlite::Result<Option<SignedDuration>> {
    let seconds: Option<i64> = row.get(at)?;
    Ok(seconds.map(SignedDuration::from_secs))
}

fn flood(row: &Row<'_>) -> rusqlite::Result<Option<(Timestamp, Flood)>> {
    let flood = Flood {
        count: row.get(26)?,
        shown: row.get(27)?,
    };
    Ok(time_if(row, 25)?.map(|at| (at, flood)))
}
