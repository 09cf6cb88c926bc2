//! Where the pages of a listing lie that come before one of them, and where the last one begins.

use jiff::Timestamp;
use rusqlite::{Connection, ToSql, params};

use super::rows::{millis, time};
use super::{Cursor, Listing, Store, StoreError};
use crate::model::EntryId;

/// The way from one page of a listing to others; a page begins after its cursor, and the first one has none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Around {
    /// The page with the next newer posts.
    pub newer: Option<Cursor>,
    /// The page with the oldest posts.
    pub oldest: Option<Cursor>,
}

macro_rules! upwards_sql {
    ($from:literal, $condition:literal, $published:literal, $id:literal) => {
        concat!(
            "SELECT ",
            $published,
            ", ",
            $id,
            " FROM ",
            $from,
            " WHERE ",
            $condition,
            " AND (",
            $published,
            ", ",
            $id,
            ") >= (?1, ?2) ORDER BY ",
            $published,
            ", ",
            $id,
            " LIMIT ?3"
        )
    };
}

const ALL: &str = upwards_sql!(
    "visible_entry",
    "on_front = 1",
    "visible_entry.published_at",
    "visible_entry.id"
);

const OF_THING: &str = upwards_sql!(
    "tag CROSS JOIN visible_entry ON visible_entry.id = tag.entry_id",
    "tag.thing = ?4 AND tag.state = 'tagged'",
    "tag.published_at",
    "tag.entry_id"
);

const OF_PARTICIPANT: &str = upwards_sql!(
    "visible_entry",
    "participant_id = (SELECT id FROM participant WHERE slug = ?4)",
    "visible_entry.published_at",
    "visible_entry.id"
);

const OF_GROUP: &str = upwards_sql!(
    "visible_entry",
    "+participant_id IN (SELECT id FROM participant WHERE instr(?4, char(10) || slug || char(10)) > 0)",
    "visible_entry.published_at",
    "visible_entry.id"
);

const WAITING: &str = upwards_sql!(
    "comments CROSS JOIN visible_entry ON visible_entry.id = comments.entry_id",
    "comments.count = 0",
    "comments.published_at",
    "comments.entry_id"
);

impl Store {
    /// The pages around the one that begins after `before`, when each has `count` entries.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub async fn around(
        &self,
        listing: Listing,
        before: Option<Cursor>,
        count: usize,
    ) -> Result<Around, StoreError> {
        self.read(move |connection| {
            let newer = match before {
                Some(cursor) => upwards(connection, &listing, cursor, count)?,
                None => None,
            };
            let end = Cursor {
                published_at: Timestamp::MIN,
                id: EntryId(i64::MIN),
            };
            let oldest = upwards(connection, &listing, end, count)?;
            Ok(Around { newer, oldest })
        })
        .await
    }
}

/// The entry after `count` others, counted upwards from a place; nothing where the newest comes first.
fn upwards(
    connection: &Connection,
    listing: &Listing,
    from: Cursor,
    count: usize,
) -> Result<Option<Cursor>, StoreError> {
    let (published_at, id) = (millis(from.published_at), from.id.0);
    let limit = i64::try_from(count + 1).unwrap_or(i64::MAX);
    let of =
        |sql, value: &dyn ToSql| last(connection, sql, params![published_at, id, limit, value]);
    let (seen, cursor) = match listing {
        Listing::All => last(connection, ALL, params![published_at, id, limit])?,
        Listing::Waiting => last(connection, WAITING, params![published_at, id, limit])?,
        Listing::Thing(thing) => of(OF_THING, thing)?,
        Listing::Participant(slug) => of(OF_PARTICIPANT, slug)?,
        Listing::Group(slugs) => of(OF_GROUP, &super::entries::lines_of(slugs))?,
    };
    Ok(cursor.filter(|_| seen > count))
}

fn last(
    connection: &Connection,
    sql: &str,
    values: &[&dyn ToSql],
) -> Result<(usize, Option<Cursor>), StoreError> {
    let mut statement = connection.prepare_cached(sql)?;
    let places = statement.query_map(values, |row| {
        Ok(Cursor {
            published_at: time(row, 0)?,
            id: EntryId(row.get(1)?),
        })
    })?;
    let places: Vec<Cursor> = places.collect::<Result<_, _>>()?;
    Ok((places.len(), places.last().copied()))
}

/// How each of these is served, for the test that asks SQLite.
#[cfg(test)]
pub(super) const QUERIES: [(&str, &str); 5] = [
    ("all, upwards", ALL),
    ("of a Thing, upwards", OF_THING),
    ("of a participant, upwards", OF_PARTICIPANT),
    ("of a group, upwards", OF_GROUP),
    ("waiting, upwards", WAITING),
];
