//! Who has posted how much on what: figures that follow from entries and tags, kept so that no page has to count posts.
//!
//! Triggers note whose figures are out of date (`progress_due`), and [`settle`] counts theirs anew before the
//! transaction ends. So they cannot lag behind, whoever writes.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::{Connection, Row, Transaction, params};

use super::rows::{time_if, times};
use super::{Store, StoreError, moment};
use crate::model::{Posting, Standing, WeekCount};

const STANDINGS: &str = "
    FROM participant CROSS JOIN progress ON progress.participant_id = participant.id
    WHERE participant.listed = 1";

const POSTINGS: &str = "
    SELECT participant.id, posts, newest_at, unrecognised, participant.slug, undated, newest_seen_at
    FROM participant CROSS JOIN posted ON posted.participant_id = participant.id
    WHERE participant.listed = 1";

pub(super) const WEEKS: &str = "
    SELECT week, posts, on_things FROM week_tally
    WHERE week BETWEEN ?1 AND ?2 AND posts > 0 ORDER BY week";

/// Takes one participant's figures out of those of all who are listed.
const OUT_OF_TALLIES: [&str; 2] = [
    "UPDATE thing_tally SET posts = thing_tally.posts - progress.posts, participants = participants - 1
     FROM progress
     WHERE participant_id = ?1 AND progress.thing = thing_tally.thing AND progress.posts > 0
         AND EXISTS (SELECT 1 FROM participant WHERE id = ?1 AND listed = 1)",
    "UPDATE week_tally SET posts = week_tally.posts - one.posts, on_things = week_tally.on_things - one.on_things
     FROM posted_in_week AS one
     WHERE participant_id = ?1 AND one.week = week_tally.week
         AND EXISTS (SELECT 1 FROM participant WHERE id = ?1 AND listed = 1)",
];

/// Puts them back.
const INTO_TALLIES: [&str; 2] = [
    "INSERT INTO thing_tally (thing, posts, participants)
     SELECT thing, posts, 1 FROM progress
     WHERE participant_id = ?1 AND posts > 0 AND EXISTS (SELECT 1 FROM participant WHERE id = ?1 AND listed = 1)
     ON CONFLICT DO UPDATE SET posts = posts + excluded.posts, participants = participants + 1",
    "INSERT INTO week_tally (week, posts, on_things)
     SELECT week, posts, on_things FROM posted_in_week
     WHERE participant_id = ?1 AND EXISTS (SELECT 1 FROM participant WHERE id = ?1 AND listed = 1)
     ON CONFLICT DO UPDATE SET posts = posts + excluded.posts, on_things = on_things + excluded.on_things",
];

/// The participant's shown posts, the oldest first, once for each of their tags or once for none.
pub(super) const POSTS: &str = "
    SELECT entry.id, entry.published_at, entry.url, tag.thing, tag.state = 'tagged', entry.undated, entry.first_seen_at
    FROM shown_entry AS entry LEFT JOIN tag ON tag.entry_id = entry.id
    WHERE entry.participant_id = ?1
    ORDER BY entry.published_at, entry.id";

/// Of which first posts the address is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FirstUrls {
    /// Of every one.
    All,
    /// Of those that are the only one on their Thing, which is quicker.
    OnlyPosts,
}

impl FirstUrls {
    fn column(self) -> &'static str {
        match self {
            Self::All => "first_url",
            Self::OnlyPosts => "iif(progress.posts = 1, first_url, NULL)",
        }
    }
}

impl Store {
    /// What everybody on the roster has posted, by slug; who has posted nothing is absent.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub async fn postings(&self, urls: FirstUrls) -> Result<BTreeMap<String, Posting>, StoreError> {
        self.read(move |connection| {
            let _moment = moment(connection)?;
            postings(connection, None, urls)
        })
        .await
    }

    /// What one participant has posted.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub async fn posting_of(&self, slug: String) -> Result<Posting, StoreError> {
        self.read(move |connection| {
            let _moment = moment(connection)?;
            Ok(postings(connection, Some(&slug), FirstUrls::All)?
                .remove(&slug)
                .unwrap_or_default())
        })
        .await
    }

    /// The posts of the weeks from the one with the first day to the one with the last, where there are any.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub async fn weeks(&self, first: Date, last: Date) -> Result<Vec<WeekCount>, StoreError> {
        let span = (week_of(first), week_of(last));
        self.read(move |connection| {
            let mut statement = connection.prepare_cached(WEEKS)?;
            let weeks = statement.query_map(span, |row| {
                Ok(WeekCount {
                    from: monday(row.get(0)?),
                    posts: number(row, 1)?,
                    on_things: number(row, 2)?,
                })
            })?;
            Ok(weeks.collect::<Result<_, _>>()?)
        })
        .await
    }
}

fn postings(
    connection: &Connection,
    slug: Option<&str>,
    urls: FirstUrls,
) -> Result<BTreeMap<String, Posting>, StoreError> {
    // One person is found by their slug's index, and everybody by a walk.
    let (one, values) = match &slug {
        Some(slug) => (" AND participant.slug = ?1", vec![slug]),
        None => ("", Vec::new()),
    };
    let values = || rusqlite::params_from_iter(&values);
    let sql = format!("{POSTINGS}{one} ORDER BY participant.id");
    let mut statement = connection.prepare_cached(&sql)?;
    let people = statement.query_map(values(), |row| {
        let posting = Posting {
            posts: number(row, 1)?,
            newest_at: time_if(row, 2)?,
            newest_seen_at: time_if(row, 6)?,
            unrecognised: times(row, 3)?,
            undated: usize::try_from(number(row, 5)?).unwrap_or(usize::MAX),
            standings: Vec::new(),
        };
        Ok((row.get(0)?, row.get(4)?, posting))
    })?;
    let mut people: Vec<(i64, String, Posting)> = people.collect::<Result<_, _>>()?;
    let url = urls.column();
    let sql = format!(
        "SELECT participant.id, thing, progress.posts, suggested, first_at, {url}, undated {STANDINGS}{one}
         ORDER BY participant.id, thing"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(values())?;
    // Both stand by number, and whoever has a standing has a posting.
    let mut at = 0;
    while let Some(row) = rows.next()? {
        let id: i64 = row.get(0)?;
        while people.get(at).is_some_and(|(other, ..)| *other < id) {
            at += 1;
        }
        if let Some((_, _, posting)) = people.get_mut(at).filter(|(other, ..)| *other == id) {
            posting.standings.push(standing(row)?);
        }
    }
    let people = people.into_iter();
    Ok(people.map(|(_, slug, posting)| (slug, posting)).collect())
}

fn standing(row: &Row<'_>) -> rusqlite::Result<Standing> {
    Ok(Standing {
        thing: row.get(1)?,
        posts: number(row, 2)?,
        suggested: number(row, 3)?,
        first_at: time_if(row, 4)?,
        first_url: row.get(5)?,
        undated: row.get(6)?,
    })
}

fn number(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    Ok(row.get::<_, i64>(column)?.unsigned_abs())
}

/// Counts anew whatever is out of date. Every transaction that writes ends with this.
pub(super) fn settle(transaction: &Transaction<'_>) -> Result<(), StoreError> {
    let due: Vec<i64> = transaction
        .prepare_cached("SELECT participant_id FROM progress_due")?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    if due.is_empty() {
        return Ok(());
    }
    for participant in due {
        let count = count(transaction, participant)?;
        for sql in OUT_OF_TALLIES {
            transaction.prepare_cached(sql)?.execute([participant])?;
        }
        write(transaction, participant, &count)?;
        for sql in INTO_TALLIES {
            transaction.prepare_cached(sql)?.execute([participant])?;
        }
    }
    transaction
        .prepare_cached("DELETE FROM progress_due")?
        .execute([])?;
    Ok(())
}

/// One participant's figures as they are counted.
#[derive(Debug, Default)]
struct Count {
    posts: i64,
    newest_at: Option<i64>,
    /// When that one was seen first, where it has no date.
    newest_seen_at: Option<i64>,
    /// When each was published in which nothing was recognised, the oldest first, but for those without a date.
    unrecognised: Vec<i64>,
    /// How many such posts have none.
    undated: i64,
    things: BTreeMap<u16, OnThing>,
    /// Posts, and posts on a Thing, by week.
    weeks: BTreeMap<i64, (i64, i64)>,
}

#[derive(Debug, Default)]
struct OnThing {
    posts: i64,
    suggested: i64,
    first: Option<(i64, Option<String>)>,
    undated: bool,
}

fn count(transaction: &Transaction<'_>, participant: i64) -> Result<Count, StoreError> {
    let mut count = Count::default();
    let mut statement = transaction.prepare_cached(POSTS)?;
    let mut rows = statement.query([participant])?;
    // The last post that was counted, and the last that was counted as one on a Thing.
    let (mut counted, mut on_thing) = (None, None);
    while let Some(row) = rows.next()? {
        let (id, at): (i64, i64) = (row.get(0)?, row.get(1)?);
        let tag: Option<(u16, bool)> = match row.get(3)? {
            Some(thing) => Some((thing, row.get(4)?)),
            None => None,
        };
        let week = count.weeks.entry(week_of_millis(at)).or_default();
        if counted.replace(id) != Some(id) {
            week.0 += 1;
            count.posts += 1;
            // The oldest comes first, so the last one is the newest.
            count.newest_at = Some(at);
            let undated: bool = row.get(5)?;
            count.newest_seen_at = if undated { Some(row.get(6)?) } else { None };
            match (tag, undated) {
                (Some(_), _) => {}
                (None, true) => count.undated += 1,
                (None, false) => count.unrecognised.push(at),
            }
        }
        let Some((thing, tagged)) = tag else { continue };
        let thing = count.things.entry(thing).or_default();
        if !tagged {
            thing.suggested += 1;
            continue;
        }
        if on_thing.replace(id) != Some(id) {
            week.1 += 1;
        }
        thing.posts += 1;
        thing.undated |= row.get::<_, bool>(5)?;
        if thing.first.is_none() {
            thing.first = Some((at, row.get(2)?));
        }
    }
    Ok(count)
}

fn write(transaction: &Transaction<'_>, participant: i64, count: &Count) -> Result<(), StoreError> {
    for sql in [
        "DELETE FROM progress WHERE participant_id = ?1",
        "DELETE FROM posted WHERE participant_id = ?1",
        "DELETE FROM posted_in_week WHERE participant_id = ?1",
    ] {
        transaction.prepare_cached(sql)?.execute([participant])?;
    }
    if count.posts == 0 {
        return Ok(());
    }
    let sql = "INSERT INTO posted (participant_id, posts, newest_at, unrecognised, undated, newest_seen_at)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let unrecognised = count.unrecognised.iter().flat_map(|at| at.to_be_bytes());
    transaction.prepare_cached(sql)?.execute(params![
        participant,
        count.posts,
        count.newest_at,
        unrecognised.collect::<Vec<u8>>(),
        count.undated,
        count.newest_seen_at
    ])?;
    let sql = "INSERT INTO progress (participant_id, thing, posts, suggested, first_at, first_url, undated)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    for (thing, on) in &count.things {
        let (first_at, first_url) = on.first.clone().unzip();
        transaction.prepare_cached(sql)?.execute(params![
            participant,
            thing,
            on.posts,
            on.suggested,
            first_at,
            first_url.flatten(),
            on.undated
        ])?;
    }
    let sql = "INSERT INTO posted_in_week (week, participant_id, posts, on_things) VALUES (?1, ?2, ?3, ?4)";
    for (week, (posts, on_things)) in &count.weeks {
        transaction
            .prepare_cached(sql)?
            .execute(params![week, participant, posts, on_things])?;
    }
    Ok(())
}

const WEEK_MILLIS: i64 = 7 * 24 * 60 * 60 * 1_000;
/// 1 January 1970 was a Thursday, so its week had begun three days before.
const INTO_WEEK_MILLIS: i64 = 3 * 24 * 60 * 60 * 1_000;

fn week_of_millis(at: i64) -> i64 {
    at.saturating_add(INTO_WEEK_MILLIS).div_euclid(WEEK_MILLIS)
}

fn week_of(day: Date) -> i64 {
    day.to_zoned_datetime(jiff::tz::TimeZone::UTC)
        .map_or(0, |start| {
            week_of_millis(start.timestamp().as_millisecond())
        })
}

/// The Monday of a week. Only weeks of posts are stored, so it is always a day that there is.
fn monday(week: i64) -> Date {
    let start = week
        .saturating_mul(WEEK_MILLIS)
        .saturating_sub(INTO_WEEK_MILLIS);
    Timestamp::from_millisecond(start).map_or(Date::ZERO, |at| {
        at.to_zoned_datetime(jiff::tz::TimeZone::UTC).date()
    })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::{monday, week_of};

    #[test]
    fn a_week_begins_on_monday() {
        assert_eq!(week_of(date(1970, 1, 5)), 1);
        assert_eq!(monday(week_of(date(2011, 6, 20))), date(2011, 6, 20));
        assert_eq!(monday(week_of(date(2011, 6, 26))), date(2011, 6, 20));
        assert_eq!(monday(week_of(date(2011, 6, 27))), date(2011, 6, 27));
        assert_eq!(monday(week_of(date(1969, 12, 28))), date(1969, 12, 22));
    }
}
