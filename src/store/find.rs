//! Finding the one post that an organiser means.

use jiff::Timestamp;
use rusqlite::{Connection, Row, params};
use url::Url;

use super::rows::time;
use super::{Store, StoreError};
use crate::model::{EntryId, canonical};

/// A post as far as a person needs it to tell it from others. It may be one that is not visible.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Glimpse {
    /// Its number.
    pub id: EntryId,
    /// Its title, possibly empty.
    pub title: String,
    /// Whose it is.
    pub author: String,
    /// When it was published.
    pub published_at: Timestamp,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// The post.
    One(Glimpse),
    /// Several that could be meant, at most twenty.
    Several(Vec<Glimpse>),
    /// None; here are a few whose titles have words in common with what was asked, the nearest first.
    None(Vec<Glimpse>),
}

/// Posts that are named where several are meant.
const SEVERAL_MAX: usize = 20;
/// Words of a question that nearby titles are looked for by.
const WORDS_MAX: usize = 12;

macro_rules! glimpse_sql {
    ($rest:literal) => {
        concat!(
            "SELECT entry.id, entry.title, participant.name, entry.published_at
             FROM entry CROSS JOIN participant ON participant.id = entry.participant_id ",
            $rest
        )
    };
}

const NEAR: &str = "
    SELECT entry.id, entry.title, participant.name, entry.published_at
    FROM entry_search
        CROSS JOIN entry ON entry.id = entry_search.rowid
        CROSS JOIN participant ON participant.id = entry.participant_id
    WHERE entry_search MATCH ?1 ORDER BY rank LIMIT 3";

/// Posts that are not in the index yet, where a few words are looked for one by one.
const NEAR_AND_NEW: &str = "
    SELECT entry.id, entry.title, participant.name, entry.published_at
    FROM search_queue
        CROSS JOIN entry ON entry.id = search_queue.entry_id
        CROSS JOIN participant ON participant.id = entry.participant_id
    WHERE instr(lower(entry.title), ?1) > 0 ORDER BY entry.id DESC LIMIT 3";

/// Posts that are named as near.
const NEAR_MAX: usize = 3;

impl Store {
    /// The post with this number, public id, address in any spelling, or title.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub async fn find(&self, asked: String) -> Result<Found, StoreError> {
        self.read(move |connection| find(connection, asked.trim()))
            .await
    }
}

fn find(connection: &Connection, asked: &str) -> Result<Found, StoreError> {
    // "+6" is no number of a post, but what is said of one.
    let digits = asked.bytes().all(|byte| byte.is_ascii_digit());
    let mut found = match asked.parse::<i64>() {
        Ok(number) if digits => glimpses(connection, glimpse_sql!("WHERE entry.id = ?1"), &number)?,
        _ => glimpses(connection, glimpse_sql!("WHERE public_id = ?1"), &asked)?,
    };
    if found.is_empty() {
        found = at_address(connection, asked)?;
    }
    if found.is_empty() {
        let sql = glimpse_sql!("WHERE title = ?1 COLLATE NOCASE ORDER BY entry.id LIMIT 21");
        found = glimpses(connection, sql, &asked)?;
    }
    found.truncate(SEVERAL_MAX);
    Ok(match found.len() {
        0 => Found::None(near(connection, asked)?),
        1 => Found::One(found.remove(0)),
        _ => Found::Several(found),
    })
}

/// The posts at an address, whichever way it is spelled there and here.
fn at_address(connection: &Connection, asked: &str) -> Result<Vec<Glimpse>, StoreError> {
    let spelled = Url::parse(asked).or_else(|_| Url::parse(&format!("https://{asked}")));
    let Some(url) = spelled.ok().filter(Url::has_host) else {
        return Ok(Vec::new());
    };
    let wanted = canonical(&url);
    let mut statement =
        connection.prepare_cached("SELECT id, url FROM entry WHERE url IS NOT NULL ORDER BY id")?;
    let mut rows = statement.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let address = row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?;
        // An address as it stands here may be one that this `url` no longer reads.
        if Url::parse(address).is_ok_and(|url| canonical(&url) == wanted) {
            let id: i64 = row.get(0)?;
            found.extend(glimpses(
                connection,
                glimpse_sql!("WHERE entry.id = ?1"),
                &id,
            )?);
        }
    }
    Ok(found)
}

/// Posts whose titles share words with what was asked.
fn near(connection: &Connection, asked: &str) -> Result<Vec<Glimpse>, StoreError> {
    // A host says nothing of a post, and would lead to a stranger's.
    let path = asked
        .split_once("://")
        .map(|(_, rest)| rest.split_once('/'));
    let asked = path.map_or(asked, |path| path.map_or("", |(_, path)| path));
    let words: Vec<String> = asked
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !matches!(*word, "" | "http" | "https" | "www" | "com" | "html"))
        .take(WORDS_MAX)
        .map(str::to_lowercase)
        .collect();
    if words.is_empty() {
        return Ok(Vec::new());
    }
    // Quoted, so that no word is taken for search syntax.
    let quoted: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
    let question = format!("title : ({})", quoted.join(" OR "));
    let mut near = glimpses(connection, NEAR, &question)?;
    for word in &words {
        if near.len() < NEAR_MAX {
            near.extend(glimpses(connection, NEAR_AND_NEW, word)?);
        }
    }
    // A post whose title has several of the words was found by each.
    let mut seen = std::collections::HashSet::new();
    near.retain(|post| seen.insert(post.id));
    near.truncate(NEAR_MAX);
    Ok(near)
}

fn glimpses(
    connection: &Connection,
    sql: &str,
    asked: &dyn rusqlite::ToSql,
) -> Result<Vec<Glimpse>, StoreError> {
    let mut statement = connection.prepare_cached(sql)?;
    let found = statement.query_map(params![asked], glimpse)?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// A post from four columns: number, title, author, when it was published.
pub(super) fn glimpse(row: &Row<'_>) -> rusqlite::Result<Glimpse> {
    Ok(Glimpse {
        id: EntryId(row.get(0)?),
        title: row.get(1)?,
        author: row.get(2)?,
        published_at: time(row, 3)?,
    })
}
