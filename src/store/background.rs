//! What reading a document needs to know beyond its own feed: the former words of entries that changed, and who else
//! reads the same feed.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, params};
use url::Url;

use super::{Store, StoreError};
use crate::model::{EntryId, FeedId, Words, canonical};

/// What is asked about a document that was read.
#[derive(Debug, Clone)]
pub struct Question {
    /// The feed that it is of.
    pub feed: FeedId,
    /// Where it says that it is.
    pub self_url: Option<Url>,
    /// Ids under which its new entries would go out, as far as they are known.
    pub ids: Vec<String>,
    /// Known entries that changed.
    pub changed: Vec<EntryId>,
}

/// What is known about it.
#[derive(Debug, Clone, Default)]
pub struct Background {
    /// The words that the changed entries had so far.
    pub words: HashMap<EntryId, Words>,
    /// Who else has a feed that says that it is the same, or posts under the same ids.
    pub same_feed: Option<Claim>,
}

/// Another participant with the same feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Their name.
    pub name: String,
}

impl Store {
    /// Answers a question about a document.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub async fn background(&self, question: Question) -> Result<Background, StoreError> {
        self.read(move |connection| answer(connection, &question))
            .await
    }

    /// Who else reads this very address and has the better claim to it than this feed's owner.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub async fn claim(&self, feed: FeedId, source: Url) -> Result<Option<Claim>, StoreError> {
        self.ask(move |connection| same_source(connection, feed, &source))
            .await
    }
}

fn answer(connection: &Connection, question: &Question) -> Result<Background, StoreError> {
    let mut background = Background::default();
    for id in &question.changed {
        let sql = "SELECT title, text FROM entry WHERE id = ?1";
        let words = connection
            .prepare_cached(sql)?
            .query_row([id.0], |row| {
                Ok(Words {
                    title: row.get(0)?,
                    text: row.get(1)?,
                })
            })
            .optional()?;
        background.words.extend(words.map(|words| (*id, words)));
    }
    background.same_feed = match same_self(connection, question)? {
        None => same_posts(connection, question)?,
        found => found,
    };
    Ok(background)
}

/// Others on the roster who read the same address, the first on it first.
pub(super) const SAME_SOURCE: &str = "
    SELECT participant.name, coalesce(feed.moved_url, feed.feed_url),
           (participant.position, feed.id) < (SELECT owner.position, own.id FROM feed AS own
               JOIN participant AS owner ON owner.id = own.participant_id WHERE own.id = ?2),
           (SELECT coalesce(own.moved_url, own.feed_url)
            FROM feed AS own WHERE own.id = ?2)
    FROM feed CROSS JOIN participant ON participant.id = feed.participant_id
    WHERE feed.source_key = ?1 AND feed.id <> ?2 AND feed.listed = 1
      AND participant.id <> (SELECT participant_id FROM feed WHERE id = ?2)";

/// Who has the better claim to the address that was read: whoever's own address it is goes before whom a redirect led
/// there, or else a redirect could take a classmate's feed away; among those the first on the roster.
fn same_source(
    connection: &Connection,
    feed: FeedId,
    source: &Url,
) -> Result<Option<Claim>, StoreError> {
    let source = canonical(source);
    let is_source = |url: Option<String>| {
        let url = url.and_then(|text| Url::parse(&text).ok());
        url.is_some_and(|url| canonical(&url) == source)
    };
    let mut statement = connection.prepare_cached(SAME_SOURCE)?;
    let claims = statement.query_map(params![source, feed.0], |row| {
        let theirs = is_source(row.get(1)?);
        let ours = is_source(row.get(3)?);
        let earlier: bool = row.get(2)?;
        Ok((theirs && (!ours || earlier)).then_some(Claim { name: row.get(0)? }))
    })?;
    for claim in claims {
        if let Some(claim) = claim? {
            return Ok(Some(claim));
        }
    }
    Ok(None)
}

pub(super) const SAME_SELF: &str = "
    SELECT participant.name
    FROM feed CROSS JOIN participant ON participant.id = feed.participant_id
    WHERE feed.self_key = ?1 AND feed.id <> ?2 AND feed.listed = 1
      AND participant.id <> (SELECT participant_id FROM feed WHERE id = ?2)
    LIMIT 1";

fn same_self(connection: &Connection, question: &Question) -> Result<Option<Claim>, StoreError> {
    let Some(url) = &question.self_url else {
        return Ok(None);
    };
    let found = connection
        .prepare_cached(SAME_SELF)?
        .query_row(params![canonical(url), question.feed.0], claim)
        .optional()?;
    Ok(found)
}

pub(super) const WHOSE: &str = "
    SELECT participant_name FROM visible_entry
    WHERE public_id = ?1 AND participant_id <> (SELECT participant_id FROM feed WHERE id = ?2)";

/// Fewer posts may be a guest's, or copied.
const POSTS_MIN: usize = 2;

/// Whose posts more than half of these are, if they are another participant's.
fn same_posts(connection: &Connection, question: &Question) -> Result<Option<Claim>, StoreError> {
    let mut counts: HashMap<String, usize> = HashMap::new();
    for id in &question.ids {
        let whose = connection
            .prepare_cached(WHOSE)?
            .query_row(params![id, question.feed.0], claim)
            .optional()?;
        if let Some(whose) = whose {
            *counts.entry(whose.name).or_default() += 1;
        }
    }
    let most = counts.into_iter().max_by_key(|(_, count)| *count);
    Ok(most
        .filter(|(_, count)| *count >= POSTS_MIN && 2 * count > question.ids.len())
        .map(|(name, _)| Claim { name }))
}

fn claim(row: &rusqlite::Row<'_>) -> rusqlite::Result<Claim> {
    Ok(Claim { name: row.get(0)? })
}
