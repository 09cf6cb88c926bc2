//! Looking one entry up by its address, for whoever asks about a single post.

use rusqlite::{Connection, OptionalExtension, params};
use url::Url;

use super::rows::{split_lines, url_if};
use super::{Store, StoreError};
use crate::model::{EntryId, SafeHtml, canonical};

/// An entry with all that tagging reads, whether it is visible or not.
#[derive(Debug, Clone)]
pub struct Post {
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
}

const ADDRESSES: &str = "SELECT id, url FROM entry WHERE url IS NOT NULL ORDER BY id";

const ONE: &str = "SELECT title, url, categories, html, text, participant.name, participant.slug
     FROM entry CROSS JOIN participant ON participant.id = entry.participant_id
     WHERE entry.id = ?1";

impl Store {
    /// The post at this address, if it was read. Addresses of one page count as the same: http and https, with and
    /// without www, and a platform's country hosts.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub async fn post_at(&self, url: Url) -> Result<Option<Post>, StoreError> {
        self.read(move |connection| post_at(connection, &url)).await
    }
}

fn post_at(connection: &Connection, url: &Url) -> Result<Option<Post>, StoreError> {
    // Nobody asks this twice a minute, so no index is kept for it.
    let wanted = canonical(url);
    let mut statement = connection.prepare(ADDRESSES)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        if url_if(row, 1)?.is_some_and(|url| canonical(&url) == wanted) {
            return one(connection, EntryId(row.get(0)?));
        }
    }
    Ok(None)
}

fn one(connection: &Connection, id: EntryId) -> Result<Option<Post>, StoreError> {
    let post = connection.query_row(ONE, params![id.0], |row| {
        Ok(Post {
            title: row.get(0)?,
            url: url_if(row, 1)?,
            categories: split_lines(row, 2)?,
            html: SafeHtml::vouched(row.get(3)?),
            text: row.get(4)?,
            author: row.get(5)?,
            slug: row.get(6)?,
        })
    });
    Ok(post.optional()?)
}
