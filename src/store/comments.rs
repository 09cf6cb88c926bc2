//! How many comments posts have, as far as their feeds say, and which posts wait for a first one.

use rusqlite::{Transaction, params};

use super::apply::published_at;
use super::{Store, StoreError};
use crate::model::EntryId;

impl Store {
    /// Whether any feed says how many comments its posts have.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub async fn counts_comments(&self) -> Result<bool, StoreError> {
        self.read(|connection| {
            let sql = "SELECT EXISTS (SELECT 1 FROM comments)";
            Ok(connection.query_row(sql, [], |row| row.get(0))?)
        })
        .await
    }
}

/// Keeps what a feed says of the comments of a post that has just come.
pub(super) fn write_first_comments(
    transaction: &Transaction<'_>,
    id: EntryId,
    count: u32,
    published_at: i64,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO comments (entry_id, count, published_at) VALUES (?1, ?2, ?3)";
    transaction
        .prepare_cached(sql)?
        .execute(params![id.0, count, published_at])?;
    Ok(())
}

/// Keeps what a feed says of a post's comments, or that it no longer says it.
pub(super) fn write_comments(
    transaction: &Transaction<'_>,
    id: EntryId,
    count: Option<u32>,
) -> Result<(), StoreError> {
    let Some(count) = count else {
        transaction
            .prepare_cached("DELETE FROM comments WHERE entry_id = ?1")?
            .execute([id.0])?;
        return Ok(());
    };
    let Some(published_at) = published_at(transaction, id)? else {
        return Ok(());
    };
    let sql = "INSERT INTO comments (entry_id, count, published_at) VALUES (?1, ?2, ?3)
               ON CONFLICT (entry_id) DO UPDATE SET count = excluded.count WHERE count <> excluded.count";
    transaction
        .prepare_cached(sql)?
        .execute(params![id.0, count, published_at])?;
    Ok(())
}
