//! Tags under other rules: reading what is tagged in pieces, and writing what differs at once.
//!
//! ```text
//! look_over(spans) --the caller's rules--> stage    piece by piece, beside whoever else reads and writes
//! commit: one transaction                            what came meanwhile is looked at again, then all is applied
//! ```
//!
//! Only the last step keeps others from writing, and it is short: what differs waits in a temporary file until then, so
//! that memory stays flat.

mod staged;

use std::sync::Arc;

use rusqlite::{Connection, Row, Statement, Transaction, params};

use super::decisions::decision;
use super::entries::tag;
use super::rows::{split_lines, url_if};
use super::{Store, StoreError, moment};
use crate::model::{Decision, EntryId, EntryText, Fingerprint, SafeHtml, Tag};

pub use staged::{Changes, Retagging, Seen};

/// An entry with all that tagging reads, whether it is visible or not.
#[derive(Debug, Clone)]
pub struct Stored {
    /// Its number.
    pub id: EntryId,
    /// Whose it is.
    pub author: String,
    /// What tagging reads, but for the links.
    pub text: EntryText,
    /// What the rules made of it by its title, where that was asked and settled it. The rest of it was not read then.
    pub settled: Option<Vec<Tag>>,
    /// Where its text links to, an address a line.
    pub links: String,
    /// What may be shown of it, where its links were not kept apart.
    pub html: Option<SafeHtml>,
    /// The tags it has.
    pub tags: Vec<Tag>,
    /// What was decided on it.
    pub decisions: Vec<Decision>,
}

/// The entries after one number, up to and with another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The number before the first one.
    pub after: EntryId,
    /// The last number.
    pub to: EntryId,
}

impl Span {
    /// One entry alone.
    pub fn of(id: EntryId) -> Self {
        Self {
            after: EntryId(id.0 - 1),
            to: id,
        }
    }
}

/// The entries of one span, and a mark that tells whether any of them has been written since.
#[derive(Debug, Clone)]
pub struct Piece {
    /// By number.
    pub entries: Vec<Stored>,
    /// Equal as long as the entries are.
    pub mark: Fingerprint,
}

/// Says what the rules make of an entry of which only title, categories and participant are known; nothing where that
/// depends on the rest.
pub type ByTitle = Arc<dyn Fn(&EntryText) -> Option<Vec<Tag>> + Send + Sync>;

pub(super) const ENTRIES: &str = "
    SELECT entry.id, entry.fingerprint, entry.words, entry.title, entry.categories, participant.name,
           participant.slug
    FROM entry CROSS JOIN participant ON participant.id = entry.participant_id
    WHERE entry.id > ?1 AND entry.id <= ?2 ORDER BY entry.id";

/// What is long of one entry, so that it is read only where it matters.
pub(super) const LONG: &str = "
    SELECT entry.url, entry.text, entry_link.urls, iif(entry_link.urls IS NULL, entry.html, NULL)
    FROM entry LEFT JOIN entry_link ON entry_link.entry_id = entry.id
    WHERE entry.id = ?1";

pub(super) const TAGS: &str = "
    SELECT thing, state, rule, place, quote, entry_id FROM tag
    WHERE entry_id > ?1 AND entry_id <= ?2 ORDER BY entry_id, thing";

pub(super) const DECISIONS: &str = "
    SELECT thing, verdict, decided_at, decided_by, note, entry_id FROM decision
    WHERE entry_id > ?1 AND entry_id <= ?2 ORDER BY entry_id, thing";

impl Store {
    /// The entries of a span, as they are at one moment.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub async fn stored(&self, span: Span) -> Result<Piece, StoreError> {
        self.read(move |connection| {
            let _moment = moment(connection)?;
            piece(connection, span, &|_| None)
        })
        .await
    }

    /// Has `look` look at span after span, each as it is at one moment, with its mark; but of entries that are settled
    /// by their titles the text is not read. All is done on one thread, which lets the database go before each look, and
    /// reads the next span into the room of the last.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub async fn look_over(
        &self,
        mut spans: impl FnMut() -> Option<Span> + Send + 'static,
        by_title: ByTitle,
        mut look: impl FnMut(Span, Fingerprint, &mut [Stored]) + Send + 'static,
    ) -> Result<(), StoreError> {
        self.read(move |connection| {
            passing(connection, |connection| {
                let mut entries = Vec::new();
                while let Some(span) = spans() {
                    let moment = moment(connection)?;
                    let mark = read_into(&mut entries, connection, span, &*by_title)?;
                    drop(moment);
                    look(span, mark, &mut entries);
                }
                Ok(())
            })
        })
        .await
    }

    /// The number of the newest entry; zero before the first.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub async fn last_entry(&self) -> Result<EntryId, StoreError> {
        self.read(last_entry).await
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

    /// Whether there are entries that were not tagged by these rules, so that a retag may change something.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub async fn awaits_retag(&self, rules: Fingerprint) -> Result<bool, StoreError> {
        self.read(move |connection| {
            let sql = "SELECT rules IS NOT ?1 AND EXISTS (SELECT 1 FROM entry) FROM planet";
            Ok(connection.query_row(sql, [rules.0], |row| row.get(0))?)
        })
        .await
    }
}

/// Notes by which rules entries are about to be tagged, and says by which all of them were before. As soon as they
/// are not all tagged by the same, that is kept as nothing, until a retag.
pub(super) fn note_rules(
    transaction: &Transaction<'_>,
    rules: Fingerprint,
) -> Result<Option<Fingerprint>, StoreError> {
    let before = rules_of_all(transaction)?;
    if before != Some(rules) {
        let sql = "UPDATE planet SET rules = iif(EXISTS (SELECT 1 FROM entry), NULL, ?1)";
        transaction.execute(sql, [rules.0])?;
    }
    Ok(before)
}

/// One entry as it is now.
pub(super) fn stored(connection: &Connection, id: EntryId) -> Result<Stored, StoreError> {
    let found = piece(connection, Span::of(id), &|_| None)?.entries.pop();
    Ok(found.ok_or(rusqlite::Error::QueryReturnedNoRows)?)
}

fn last_entry(connection: &Connection) -> Result<EntryId, StoreError> {
    let sql = "SELECT coalesce(max(id), 0) FROM entry";
    Ok(connection.query_row(sql, [], |row| row.get(0).map(EntryId))?)
}

fn rules_of_all(connection: &Connection) -> Result<Option<Fingerprint>, StoreError> {
    let rules: Option<[u8; 32]> = connection
        .prepare_cached("SELECT rules FROM planet")?
        .query_row([], |row| row.get(0))?;
    Ok(rules.map(Fingerprint))
}

/// Reads with a small cache. Who walks over all pages of a big planet meets none of them twice, and to keep them would
/// cost more than to read them.
fn passing<T>(
    connection: &Connection,
    read: impl FnOnce(&Connection) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    const CACHE_KIB: i64 = 512;
    let before: i64 = connection.pragma_query_value(None, "cache_size", |row| row.get(0))?;
    connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
    let found = read(connection);
    connection.pragma_update(None, "cache_size", before)?;
    found
}

fn piece(
    connection: &Connection,
    span: Span,
    by_title: &dyn Fn(&EntryText) -> Option<Vec<Tag>>,
) -> Result<Piece, StoreError> {
    let mut entries = Vec::new();
    let mark = read_into(&mut entries, connection, span, by_title)?;
    Ok(Piece { entries, mark })
}

/// Puts the entries of a span in the place of others, whose room is used again, and gives their mark.
fn read_into(
    entries: &mut Vec<Stored>,
    connection: &Connection,
    span: Span,
    by_title: &dyn Fn(&EntryText) -> Option<Vec<Tag>>,
) -> Result<Fingerprint, StoreError> {
    let mut statement = connection.prepare_cached(ENTRIES)?;
    let mut long = connection.prepare_cached(LONG)?;
    let mut rows = statement.query(params![span.after.0, span.to.0])?;
    let (mut marks, mut count) = (Vec::new(), 0);
    while let Some(row) = rows.next()? {
        mark(&mut marks, row.get(0)?, row.get(1)?, row.get(2)?);
        if entries.len() == count {
            entries.push(empty());
        }
        let entry = &mut entries[count];
        read_head(row, entry)?;
        entry.settled = by_title(&entry.text);
        if entry.settled.is_none() {
            read_long(&mut long, entry)?;
        }
        count += 1;
    }
    entries.truncate(count);
    let tags = grouped(connection, TAGS, span, tag)?;
    let decisions = grouped(connection, DECISIONS, span, decision)?;
    hand_out(entries, tags, |entry| &mut entry.tags);
    hand_out(entries, decisions, |entry| &mut entry.decisions);
    Ok(Fingerprint::of(&marks))
}

/// Room for an entry.
fn empty() -> Stored {
    Stored {
        id: EntryId(0),
        author: String::new(),
        text: EntryText::default(),
        settled: None,
        links: String::new(),
        html: None,
        tags: Vec::new(),
        decisions: Vec::new(),
    }
}

/// Reads what is short of an entry, and leaves all else empty.
fn read_head(row: &Row<'_>, entry: &mut Stored) -> rusqlite::Result<()> {
    entry.id = EntryId(row.get(0)?);
    read_text(row, 5, &mut entry.author)?;
    let text = &mut entry.text;
    read_text(row, 3, &mut text.title)?;
    read_text(row, 6, text.participant.get_or_insert_default())?;
    text.categories = split_lines(row, 4)?;
    text.url = None;
    text.body.clear();
    text.links.clear();
    entry.links.clear();
    entry.html = None;
    entry.tags.clear();
    entry.decisions.clear();
    Ok(())
}

fn read_long(long: &mut Statement<'_>, entry: &mut Stored) -> rusqlite::Result<()> {
    long.query_row([entry.id.0], |row| {
        entry.text.url = url_if(row, 0)?;
        read_text(row, 1, &mut entry.text.body)?;
        let html: Option<String> = row.get(3)?;
        entry.html = html.map(SafeHtml::vouched);
        match entry.html {
            None => read_text(row, 2, &mut entry.links),
            Some(_) => Ok(()),
        }
    })
}

/// Reads a text into the room of another one, of which no more is kept than most texts need.
fn read_text(row: &Row<'_>, column: usize, room: &mut String) -> rusqlite::Result<()> {
    const KEPT_MAX: usize = 32 << 10;
    let text = row.get_ref(column)?.as_str()?;
    room.clear();
    room.shrink_to(KEPT_MAX);
    room.push_str(text);
    Ok(())
}

fn mark(marks: &mut Vec<u8>, id: i64, fingerprint: [u8; 32], words: [u8; 32]) {
    marks.extend(id.to_le_bytes());
    marks.extend(fingerprint);
    marks.extend(words);
}

/// What a query finds in a span, with the entry that its sixth column names.
fn grouped<T>(
    connection: &Connection,
    sql: &str,
    span: Span,
    read: fn(&rusqlite::Row<'_>) -> rusqlite::Result<Option<T>>,
) -> Result<Vec<(EntryId, T)>, StoreError> {
    let mut statement = connection.prepare_cached(sql)?;
    let found = statement.query_map(params![span.after.0, span.to.0], |row| {
        let id = EntryId(row.get(5)?);
        Ok(read(row)?.map(|found| (id, found)))
    })?;
    Ok(found
        .filter_map(Result::transpose)
        .collect::<Result<_, _>>()?)
}

/// Gives each entry what is its own; both stand by number.
fn hand_out<T>(
    entries: &mut [Stored],
    found: Vec<(EntryId, T)>,
    field: impl Fn(&mut Stored) -> &mut Vec<T>,
) {
    let mut entries = entries.iter_mut().peekable();
    for (id, one) in found {
        while entries.next_if(|entry| entry.id < id).is_some() {}
        if let Some(entry) = entries.peek_mut().filter(|entry| entry.id == id) {
            field(entry).push(one);
        }
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use super::passing;
    use crate::store::StoreError;

    #[test]
    fn a_walk_has_a_small_cache_and_leaves_it_as_it_was() {
        let connection = Connection::open_in_memory().unwrap();
        let size = |connection: &Connection| {
            let read = connection.pragma_query_value(None, "cache_size", |row| row.get(0));
            read.map(|size: i64| size)
        };
        connection
            .pragma_update(None, "cache_size", -16_000)
            .unwrap();
        let within = passing(&connection, |connection| Ok(size(connection)?));
        assert_eq!(within.unwrap(), -512);
        assert_eq!(size(&connection).unwrap(), -16_000);
        let failed = passing(&connection, |_| {
            Err::<(), _>(StoreError::Pool("x".to_owned()))
        });
        assert!(failed.is_err());
        assert_eq!(size(&connection).unwrap(), -16_000);
    }
}
