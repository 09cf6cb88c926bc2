//! The posts on one Thing: from either end, on one of its topics; one post by itself, and those beside it.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::entries::{Cursor, OF_THING, Page, listing_sql, paged, select, tags};
use super::rows::millis;
use super::{Store, StoreError};
use crate::model::{Entry, EntryId};

/// From which end a Thing's posts are read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Order {
    /// The newest first.
    #[default]
    Newest,
    /// The oldest first.
    Oldest,
}

/// A visible post as its neighbour names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Neighbour {
    /// Its number.
    pub id: EntryId,
    /// Its title, possibly empty.
    pub title: String,
    /// Whose it is.
    pub author: String,
}

/// The posts on one Thing around another one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Beside {
    /// The one before it.
    pub earlier: Option<Neighbour>,
    /// The one after it.
    pub later: Option<Neighbour>,
}

const OLDEST_OF_THING: &str = listing_sql!(
    "tag CROSS JOIN visible_entry ON visible_entry.id = tag.entry_id",
    "tag.thing = ?4 AND tag.state = 'tagged' AND (tag.published_at, tag.entry_id) > (?1, ?2)",
    "tag.published_at, tag.entry_id"
);

const OF_TOPIC: &str = listing_sql!(
    "entry_topic CROSS JOIN visible_entry ON visible_entry.id = entry_topic.entry_id",
    "entry_topic.thing = ?4 AND entry_topic.topic = ?5
         AND (entry_topic.published_at, entry_topic.entry_id) < (?1, ?2)",
    "entry_topic.published_at DESC, entry_topic.entry_id DESC"
);

const OLDEST_OF_TOPIC: &str = listing_sql!(
    "entry_topic CROSS JOIN visible_entry ON visible_entry.id = entry_topic.entry_id",
    "entry_topic.thing = ?4 AND entry_topic.topic = ?5
         AND (entry_topic.published_at, entry_topic.entry_id) > (?1, ?2)",
    "entry_topic.published_at, entry_topic.entry_id"
);

const ONE: &str = listing_sql!("visible_entry", "id IN (?1, ?2)", "id");

macro_rules! beside_sql {
    ($than:literal, $order:literal) => {
        concat!(
            "SELECT visible_entry.id, title, participant_name
             FROM tag CROSS JOIN visible_entry ON visible_entry.id = tag.entry_id
             WHERE tag.thing = ?1 AND tag.state = 'tagged' AND (tag.published_at, tag.entry_id) ",
            $than,
            " (?2, ?3) ORDER BY ",
            $order,
            " LIMIT 1"
        )
    };
}

const EARLIER: &str = beside_sql!("<", "tag.published_at DESC, tag.entry_id DESC");
const LATER: &str = beside_sql!(">", "tag.published_at, tag.entry_id");

const PEOPLE: &str = "
    SELECT slug FROM progress CROSS JOIN participant ON participant.id = progress.participant_id
    WHERE thing = ?1 AND progress.posts > 0 AND listed = 1";

impl Store {
    /// One page of the posts on a Thing, or on one of its topics: at most `count` that come after `from` in this order.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub async fn on_thing(
        &self,
        thing: u16,
        topic: Option<String>,
        order: Order,
        from: Option<Cursor>,
        count: usize,
    ) -> Result<Page, StoreError> {
        self.read(move |connection| {
            on_thing(connection, thing, topic.as_deref(), order, from, count)
        })
        .await
    }

    /// A visible post with its tags.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub async fn entry(&self, id: EntryId) -> Result<Option<Entry>, StoreError> {
        self.read(move |connection| {
            let mut found = select(connection, ONE, params![id.0, id.0, 1])?;
            for entry in &mut found {
                entry.tags = tags(connection, entry.id)?;
            }
            Ok(found.pop())
        })
        .await
    }

    /// The posts before and after this place among those of a Thing.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub async fn beside(&self, thing: u16, place: Cursor) -> Result<Beside, StoreError> {
        self.read(move |connection| {
            let find = |sql| -> Result<Option<Neighbour>, StoreError> {
                let values = params![thing, millis(place.published_at), place.id.0];
                let mut statement = connection.prepare_cached(sql)?;
                Ok(statement.query_row(values, neighbour).optional()?)
            };
            Ok(Beside {
                earlier: find(EARLIER)?,
                later: find(LATER)?,
            })
        })
        .await
    }

    /// The slugs of the participants who have a visible post on this Thing.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub async fn people_on(&self, thing: u16) -> Result<Vec<String>, StoreError> {
        self.read(move |connection| {
            let mut statement = connection.prepare_cached(PEOPLE)?;
            let people = statement.query_map([thing], |row| row.get(0))?;
            Ok(people.collect::<Result<_, _>>()?)
        })
        .await
    }
}

fn on_thing(
    connection: &Connection,
    thing: u16,
    topic: Option<&str>,
    order: Order,
    from: Option<Cursor>,
    count: usize,
) -> Result<Page, StoreError> {
    let end = match order {
        Order::Newest => (i64::MAX, i64::MAX),
        Order::Oldest => (i64::MIN, i64::MIN),
    };
    let (published_at, id) = from.map_or(end, |cursor| (millis(cursor.published_at), cursor.id.0));
    // One more than asked for tells whether there is a next page.
    let limit = i64::try_from(count + 1).unwrap_or(i64::MAX);
    let entries = match (topic, order) {
        (None, Order::Newest) => {
            let values = params![published_at, id, limit, thing];
            select(connection, OF_THING, values)?
        }
        (None, Order::Oldest) => {
            let values = params![published_at, id, limit, thing];
            select(connection, OLDEST_OF_THING, values)?
        }
        (Some(topic), order) => {
            let values = params![published_at, id, limit, thing, topic];
            let sql = match order {
                Order::Newest => OF_TOPIC,
                Order::Oldest => OLDEST_OF_TOPIC,
            };
            select(connection, sql, values)?
        }
    };
    paged(connection, entries, count)
}

fn neighbour(row: &Row<'_>) -> rusqlite::Result<Neighbour> {
    Ok(Neighbour {
        id: EntryId(row.get(0)?),
        title: row.get(1)?,
        author: row.get(2)?,
    })
}

/// Every query by name, so that a test can ask SQLite how it serves them.
#[cfg(test)]
pub(super) const QUERIES: [(&str, &str); 9] = [
    ("of a Thing, the oldest first", OLDEST_OF_THING),
    ("of a topic", OF_TOPIC),
    ("of a topic, the oldest first", OLDEST_OF_TOPIC),
    ("one", ONE),
    ("earlier on a Thing", EARLIER),
    ("later on a Thing", LATER),
    ("who is on a Thing", PEOPLE),
    ("topics of a Thing", super::topics::COUNTS),
    ("topics of a post", super::topics::OF_ENTRY),
];
