//! The search index: posts join it in batches, apart from the polls that bring them.
//!
//! FTS5 sorts and merges its index at every commit, so a batch costs a fraction of what its posts cost one feed at a
//! time. Until then a post waits in `search_queue`, which triggers keep.

use rusqlite::Connection;

use super::{Store, StoreError};

/// Posts that join the index in one transaction; about a tenth of a second, for which other writers wait.
const BATCH: u32 = 500;

impl Store {
    /// Takes some of the posts that wait into the search index, newest first. Says whether more are waiting.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub async fn index_some(&self) -> Result<bool, StoreError> {
        // Most of the time nobody waits, and then no writer need be kept from its work.
        if !self.read(anybody_waits).await? {
            return Ok(false);
        }
        self.write(|transaction| {
            let sql = "SELECT entry_id FROM search_queue ORDER BY entry_id DESC LIMIT ?1";
            let waiting: Vec<i64> = transaction
                .prepare_cached(sql)?
                .query_map([BATCH], |row| row.get(0))?
                .collect::<Result<_, _>>()?;
            for id in &waiting {
                let sql = "INSERT INTO entry_search (rowid, title, text) SELECT id, title, text FROM entry WHERE id = ?1";
                transaction.prepare_cached(sql)?.execute([id])?;
                let sql = "DELETE FROM search_queue WHERE entry_id = ?1";
                transaction.prepare_cached(sql)?.execute([id])?;
            }
            anybody_waits(transaction)
        })
        .await
    }
}

fn anybody_waits(connection: &Connection) -> Result<bool, StoreError> {
    let sql = "SELECT EXISTS (SELECT 1 FROM search_queue)";
    Ok(connection
        .prepare_cached(sql)?
        .query_row([], |row| row.get(0))?)
}
