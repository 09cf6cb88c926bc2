//! Posts in which something was odd, for whoever can mend it.

use rusqlite::{Connection, Row, params};

use super::rows::{split_lines, time, url_if};
use super::{Store, StoreError};
use crate::model::OddPost;

macro_rules! odd_sql {
    ($from:literal, $condition:literal) => {
        concat!(
            "SELECT participant_slug, title, url, published_at, entry_reading.problems FROM ",
            $from,
            " WHERE entry_reading.problems <> '' AND ",
            $condition
        )
    };
}

pub(super) const ALL: &str = odd_sql!(
    "entry_reading CROSS JOIN visible_entry ON visible_entry.id = entry_reading.entry_id",
    "true ORDER BY entry_reading.entry_id DESC LIMIT ?1"
);

pub(super) const OF_ONE: &str = odd_sql!(
    "visible_entry CROSS JOIN entry_reading ON entry_reading.entry_id = visible_entry.id",
    "participant_id = (SELECT id FROM participant WHERE slug = ?2) ORDER BY published_at DESC, visible_entry.id DESC LIMIT ?1"
);

/// Posts that are looked at for one page, so that a planet of broken blogs still has one.
const POSTS_MAX: u32 = 10_000;
/// Posts that one participant's page lists.
const OF_ONE_MAX: u32 = 100;

impl Store {
    /// Every visible post in which something was odd, the newest to us first.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub async fn odd_posts(&self) -> Result<Vec<OddPost>, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(ALL)?;
            let posts = statement.query_map([POSTS_MAX], odd_post)?;
            Ok(posts.collect::<Result<_, _>>()?)
        })
        .await
    }

    /// Those of one participant, the newest first.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub async fn odd_posts_of(&self, slug: String) -> Result<Vec<OddPost>, StoreError> {
        self.read(move |connection| of_one(connection, &slug)).await
    }
}

fn of_one(connection: &Connection, slug: &str) -> Result<Vec<OddPost>, StoreError> {
    let mut statement = connection.prepare_cached(OF_ONE)?;
    let posts = statement.query_map(params![OF_ONE_MAX, slug], odd_post)?;
    Ok(posts.collect::<Result<_, _>>()?)
}

fn odd_post(row: &Row<'_>) -> rusqlite::Result<OddPost> {
    Ok(OddPost {
        slug: row.get(0)?,
        title: row.get(1)?,
        url: url_if(row, 2)?,
        published_at: time(row, 3)?,
        problems: split_lines(row, 4)?,
    })
}
