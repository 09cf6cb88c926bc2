//! Walks through older pages: which are due, and keeping a page with the step that it was.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, Transaction, params};
use url::Url;

use super::apply::{Applied, Writing, touch};
use super::retag::note_rules;
use super::rows::{join_lines, millis, split_lines, time, time_if, url_if};
use super::{Store, StoreError, topics};
use crate::model::{Document, EntryChange, FeedId, Fingerprint, Gap, ReadBack, Walk, WalkEnd, Way};
use crate::plan::backfill;

/// Columns of a walk, the four of [`ReadBack`] and the three of a [`Gap`] last.
const COLUMNS: &str = "feed_id, way, next_url, due_at, asked_at, tries, entries, bytes, hosts, seen, platforms, pages, \
                       back_to, ended, cause, after_at, before_at, begins_at";

impl Store {
    /// Every walk of a feed on the roster that goes on, the earliest due first, and those in which a page was asked
    /// since this moment.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub async fn walks(&self, since: Timestamp) -> Result<Vec<(FeedId, Walk)>, StoreError> {
        self.read(move |connection| {
            let sql = format!(
                "SELECT {COLUMNS} FROM backfill
                 WHERE (ended IS NULL OR asked_at >= ?1)
                     AND (SELECT listed = 1 AND gone = 0 FROM feed WHERE feed.id = feed_id)
                 ORDER BY due_at, feed_id"
            );
            let mut statement = connection.prepare_cached(&sql)?;
            let walks = statement.query_map([millis(since)], walk)?;
            Ok(walks.collect::<Result<_, _>>()?)
        })
        .await
    }

    /// Keeps the new posts of an older page, where one was read, and the step of the walk, all of it or nothing. Where
    /// the walk does not stand before the page that was asked any more, it is another one, and where its feed is no longer
    /// on the roster, nobody is to get the posts; then nothing is kept.
    /// Posts that are there already stay as they are, and so does all that is known of the feed itself.
    ///
    /// # Errors
    ///
    /// Where the database refuses; nothing has changed then, so that the same page is asked again.
    pub async fn keep_page(
        &self,
        feed: FeedId,
        asked: Url,
        page: Option<Document>,
        walk: Walk,
        at: Timestamp,
        sanitizer: u32,
    ) -> Result<Applied, StoreError> {
        self.write(move |transaction| {
            if !stands_before(transaction, feed, &asked, walk.gap)? {
                return Ok(Applied::default());
            }
            let applied = match &page {
                Some(page) => new_posts(transaction, feed, page, at, sanitizer)?,
                None => Applied::default(),
            };
            write(transaction, feed, &walk, "REPLACE")?;
            Ok(applied)
        })
        .await
    }
}

fn stands_before(
    transaction: &Transaction<'_>,
    feed: FeedId,
    page: &Url,
    gap: Option<Gap>,
) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM backfill JOIN feed ON feed.id = feed_id
               WHERE feed_id = ?1 AND begins_at IS ?3 AND ended IS NULL AND next_url = ?2 AND listed = 1";
    let begins_at = gap.map(|gap| millis(gap.begins_at));
    let found =
        transaction
            .prepare_cached(sql)?
            .exists(params![feed.0, page.as_str(), begins_at])?;
    Ok(found)
}

fn new_posts(
    transaction: &Transaction<'_>,
    feed: FeedId,
    page: &Document,
    at: Timestamp,
    sanitizer: u32,
) -> Result<Applied, StoreError> {
    let mut applied = Applied::default();
    let mut writing = Writing::begin(transaction, feed, at, sanitizer);
    writing.knows_mentions = topics::are(transaction, page.topics)?;
    for change in page.changes.iter().rev() {
        if let EntryChange::New(entry) = change {
            applied.new += usize::from(writing.insert(entry)?);
        }
    }
    if applied.new > 0 {
        note_rules(transaction, page.rules)?;
        touch(transaction, at)?;
    }
    Ok(applied)
}

/// Notes the walk of a feed that was read, if it is the first time or fills a gap. One that was never walked is read back in
/// full, which fills its gap as well.
pub(super) fn begin(
    transaction: &Transaction<'_>,
    feed: FeedId,
    new: &Walk,
) -> Result<(), StoreError> {
    let sql = "SELECT 1 FROM backfill WHERE feed_id = ?1 AND fills = 0";
    if new.gap.is_none() || !transaction.prepare_cached(sql)?.exists([feed.0])? {
        let joins = Walk {
            gap: None,
            ..new.clone()
        };
        return write(transaction, feed, &joins, "IGNORE");
    }
    let sql = format!("SELECT {COLUMNS} FROM backfill WHERE feed_id = ?1 AND fills = 1");
    let mut statement = transaction.prepare_cached(&sql)?;
    let last = statement.query_row([feed.0], walk).optional()?;
    match last {
        Some((_, last)) => {
            let next = backfill::succeed(&last, new.clone());
            write(transaction, feed, &next, "REPLACE")
        }
        None => write(transaction, feed, new, "REPLACE"),
    }
}

fn write(
    transaction: &Transaction<'_>,
    feed: FeedId,
    walk: &Walk,
    known: &'static str,
) -> Result<(), StoreError> {
    let sql = format!(
        "INSERT OR {known} INTO backfill ({COLUMNS}, fills)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)"
    );
    let gap = walk.gap.as_ref();
    let seen: Vec<u8> = walk.seen.iter().flat_map(|it| it.0).collect();
    transaction.prepare_cached(&sql)?.execute(params![
        feed.0,
        walk.way.as_str(),
        walk.next.as_ref().map(Url::as_str),
        millis(walk.due_at),
        walk.asked_at.map(millis),
        walk.tries,
        walk.entries,
        i64::try_from(walk.bytes).unwrap_or(i64::MAX),
        join_lines(&walk.hosts),
        seen,
        join_lines(&walk.platforms),
        walk.back.pages,
        walk.back.to.map(millis),
        walk.back.end.map(WalkEnd::as_str),
        walk.back.cause,
        gap.map(|gap| millis(gap.after)),
        gap.map(|gap| millis(gap.before)),
        gap.map(|gap| millis(gap.begins_at)),
        gap.is_some(),
    ])?;
    Ok(())
}

fn walk(row: &Row<'_>) -> rusqlite::Result<(FeedId, Walk)> {
    let way: String = row.get(1)?;
    let seen: Vec<u8> = row.get(9)?;
    let (seen, _) = seen.as_chunks::<32>();
    let walk = Walk {
        way: Way::from_name(&way).unwrap_or(Way::Links),
        next: url_if(row, 2)?,
        due_at: time(row, 3)?,
        asked_at: time_if(row, 4)?,
        tries: row.get(5)?,
        entries: row.get(6)?,
        bytes: row.get::<_, i64>(7)?.unsigned_abs(),
        hosts: split_lines(row, 8)?,
        seen: seen.iter().copied().map(Fingerprint).collect(),
        platforms: split_lines(row, 10)?,
        back: read_back(row, 11)?,
        gap: gap(row, 15)?,
    };
    Ok((FeedId(row.get(0)?), walk))
}

/// How far a walk has come, from four columns that begin here.
pub(super) fn read_back(row: &Row<'_>, first: usize) -> rusqlite::Result<ReadBack> {
    let end: Option<String> = row.get(first + 2)?;
    Ok(ReadBack {
        pages: row.get(first)?,
        to: time_if(row, first + 1)?,
        // An end that only a newer thingplanet knows is an end all the same.
        end: end.map(|name| WalkEnd::from_name(&name).unwrap_or(WalkEnd::First)),
        cause: row.get(first + 3)?,
    })
}

/// A gap, from three columns that begin here; nothing where they are empty.
fn gap(row: &Row<'_>, first: usize) -> rusqlite::Result<Option<Gap>> {
    let gap = |after| -> rusqlite::Result<_> {
        Ok(Gap {
            after,
            before: time(row, first + 1)?,
            begins_at: time(row, first + 2)?,
        })
    };
    time_if(row, first)?.map(gap).transpose()
}

/// What may be missing of a feed's posts, from eight columns that begin here: the way of its gap's walk, the four of
/// [`read_back`], and the gap. They are empty where it has none.
pub(super) fn missing(row: &Row<'_>, first: usize) -> rusqlite::Result<Option<String>> {
    let Some(gap) = gap(row, first + 5)? else {
        return Ok(None);
    };
    let way: String = row.get(first)?;
    let way = Way::from_name(&way).unwrap_or(Way::Links);
    Ok(backfill::unfilled(&gap, way, &read_back(row, first + 1)?))
}
