//! Tags under other rules: reading what is tagged in pieces, and writing the difference at once.

use jiff::Timestamp;
use rusqlite::{Connection, params};
use url::Url;

use super::apply::{touch, write_tags};
use super::entries::tags;
use super::rows::{split_lines, url_if};
use super::{Store, StoreError};
use crate::model::{EntryId, SafeHtml, Tag};

/// An entry with all that tagging reads, whether it is visible or not.
#[derive(Debug, Clone)]
pub struct Tagged {
    /// Its number.
    pub id: EntryId,
    /// Its title.
    pub title: String,
    /// Its address.
    pub url: Option<Url>,
    /// Its categories.
    pub categories: Vec<String>,
    /// Its text as it may be shown.
    pub html: SafeHtml,
    /// The same without markup.
    pub text: String,
    /// Whose it is.
    pub author: String,
    /// The last part of their page's address.
    pub slug: String,
    /// The tags it has.
    pub tags: Vec<Tag>,
}

pub(super) const AFTER: &str =
    "SELECT entry.id, title, url, categories, html, text, participant.name, participant.slug
     FROM entry CROSS JOIN participant ON participant.id = entry.participant_id
     WHERE entry.id > ?1 ORDER BY entry.id LIMIT ?2";

impl Store {
    /// The next `count` entries after this number, by number.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub async fn tagged_after(&self, id: EntryId, count: u32) -> Result<Vec<Tagged>, StoreError> {
        self.read(move |connection| after(connection, id, count))
            .await
    }

    /// How many entries there are, visible or not.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub async fn entry_count(&self) -> Result<u64, StoreError> {
        self.read(|connection| {
            let count: i64 =
                connection.query_row("SELECT count(*) FROM entry", [], |row| row.get(0))?;
            Ok(count.unsigned_abs())
        })
        .await
    }

    /// Gives these entries these tags, all of them or none. Nothing else about the entries changes.
    ///
    /// # Errors
    ///
    /// Where the database refuses; nothing has changed then.
    pub async fn retag(
        &self,
        changes: Vec<(EntryId, Vec<Tag>)>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.write(move |transaction| {
            for (id, tags) in &changes {
                write_tags(transaction, *id, tags)?;
            }
            if changes.is_empty() {
                Ok(())
            } else {
                touch(transaction, now)
            }
        })
        .await
    }
}

fn after(connection: &Connection, id: EntryId, count: u32) -> Result<Vec<Tagged>, StoreError> {
    let mut statement = connection.prepare_cached(AFTER)?;
    let rows = statement.query_map(params![id.0, count], |row| {
        Ok(Tagged {
            id: EntryId(row.get(0)?),
            title: row.get(1)?,
            url: url_if(row, 2)?,
            categories: split_lines(row, 3)?,
            html: SafeHtml::vouched(row.get(4)?),
            text: row.get(5)?,
            author: row.get(6)?,
            slug: row.get(7)?,
            tags: Vec::new(),
        })
    })?;
    let mut entries: Vec<Tagged> = rows.collect::<Result<_, _>>()?;
    for entry in &mut entries {
        entry.tags = tags(connection, entry.id)?;
    }
    Ok(entries)
}
