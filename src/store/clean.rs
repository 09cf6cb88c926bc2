//! Entries that an older sanitiser cleaned: reading them in pieces, and writing what the present one makes of them.

use jiff::Timestamp;
use rusqlite::{Connection, Row, params};

use super::apply::touch;
use super::rows::url_if;
use super::{Store, StoreError};
use crate::model::{EntryId, Fingerprint, Markup, SafeHtml};

/// An entry as fetched, which has to be cleaned again.
#[derive(Debug, Clone)]
pub struct Stale {
    /// Its number.
    pub id: EntryId,
    /// Its title as fetched.
    pub title: Markup,
    /// Its text as fetched.
    pub content: Markup,
    /// The address against which links are resolved.
    pub base: Option<url::Url>,
}

/// What the present sanitiser makes of it.
#[derive(Debug, Clone)]
pub struct Cleaned {
    /// Its number.
    pub id: EntryId,
    /// Plain text, possibly empty.
    pub title: String,
    /// What may be shown.
    pub html: SafeHtml,
    /// The same without markup.
    pub text: String,
    /// Fingerprint of title and text.
    pub words: Fingerprint,
    /// Fingerprint of the text as fetched, which entries of the first version lack.
    pub content: Fingerprint,
}

pub(super) const STALE: &str = "
    SELECT id, raw_title, raw_title_kind, raw, raw_kind, base FROM entry
    WHERE +sanitizer < ?1 AND id > ?2 ORDER BY id LIMIT ?3";

impl Store {
    /// How many entries an older sanitiser than this version cleaned.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub async fn stale_count(&self, version: u32) -> Result<u64, StoreError> {
        self.read(move |connection| {
            let sql = "SELECT count(*) FROM entry WHERE sanitizer < ?1";
            let count: i64 = connection.query_row(sql, [version], |row| row.get(0))?;
            Ok(count.unsigned_abs())
        })
        .await
    }

    /// The next `count` of them after this number, by number.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub async fn stale_after(
        &self,
        version: u32,
        id: EntryId,
        count: u32,
    ) -> Result<Vec<Stale>, StoreError> {
        self.read(move |connection| stale(connection, version, id, count))
            .await
    }

    /// Puts these in the place of what an older sanitiser made. Nothing else about the entries changes: neither their
    /// dates nor their tags, so they do not come up anew in anybody's reader.
    ///
    /// # Errors
    ///
    /// Where the database refuses; nothing has changed then.
    pub async fn replace_stale(
        &self,
        cleaned: Vec<Cleaned>,
        version: u32,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.write(move |transaction| {
            let mut shown = 0;
            for entry in &cleaned {
                // Only what is stale still: a poll may have brought newer words meanwhile.
                let sql = "INSERT INTO entry_reading (entry_id, content)
                           SELECT id, ?2 FROM entry WHERE id = ?1 AND sanitizer < ?3
                           ON CONFLICT (entry_id) DO UPDATE SET content = ?2";
                let values = params![entry.id.0, entry.content.0, version];
                transaction.prepare_cached(sql)?.execute(values)?;
                let sql = "UPDATE entry SET title = ?2, html = ?3, text = ?4
                           WHERE id = ?1 AND sanitizer < ?5 AND (title <> ?2 OR html <> ?3 OR text <> ?4)";
                let html = entry.html.as_str();
                let values = params![entry.id.0, entry.title, html, entry.text, version];
                let changed = transaction.prepare_cached(sql)?.execute(values)?;
                if changed > 0 {
                    super::topics::note(transaction, entry.id)?;
                }
                shown += changed;
                let sql = "UPDATE entry SET words = ?2, sanitizer = ?3 WHERE id = ?1 AND sanitizer < ?3";
                let values = params![entry.id.0, entry.words.0, version];
                transaction.prepare_cached(sql)?.execute(values)?;
            }
            if shown > 0 {
                // Other words or links may mean other Things; a retag finds out.
                transaction.execute("UPDATE planet SET rules = NULL", [])?;
                touch(transaction, now)?;
            }
            Ok(())
        })
        .await
    }
}

fn stale(
    connection: &Connection,
    version: u32,
    id: EntryId,
    count: u32,
) -> Result<Vec<Stale>, StoreError> {
    let mut statement = connection.prepare_cached(STALE)?;
    let entries = statement.query_map(params![version, id.0, count], |row| {
        Ok(Stale {
            id: EntryId(row.get(0)?),
            title: markup(row, 1)?,
            content: markup(row, 3)?,
            base: url_if(row, 5)?,
        })
    })?;
    Ok(entries.collect::<Result<_, _>>()?)
}

/// Markup in one column, its kind in the next.
fn markup(row: &Row<'_>, column: usize) -> rusqlite::Result<Markup> {
    let (source, kind): (String, String) = (row.get(column)?, row.get(column + 1)?);
    Ok(match kind.as_str() {
        "plain" => Markup::Plain(source),
        _ => Markup::Html(source),
    })
}
