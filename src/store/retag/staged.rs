//! The writing half of a retag: what differs is put aside in a temporary file, and written in one transaction.

use jiff::Timestamp;
use rusqlite::{Connection, Transaction, TransactionBehavior, params};

use super::super::apply::{touch, write_tags};
use super::super::audit::{self, Line};
use super::super::entries::tag;
use super::super::pool::Object;
use super::super::progress::settle;
use super::super::{Store, StoreError, pool_error};
use super::{Span, Stored, last_entry, mark, piece, rules_of_all};
use crate::model::{EntryId, Fingerprint, Tag};
use crate::plan::Counts;

/// A piece that was looked at.
#[derive(Debug, Clone, Copy)]
pub struct Seen {
    /// Which one.
    pub span: Span,
    /// Its mark then.
    pub mark: Fingerprint,
    /// What differs in it.
    pub counts: Counts,
}

/// The tags that the rules give to some entries.
pub type Changes = Vec<(EntryId, Vec<Tag>)>;

/// A retag under way. It keeps this store's writer to itself; other processes may write.
pub struct Retagging {
    connection: Object,
    /// Changes when another connection has written to the database.
    version: i64,
    /// The newest entry when it began.
    pub last: EntryId,
}

/// Entries that are looked at again within the last transaction go in pieces of so many numbers.
const PIECE: i64 = 500;

impl Store {
    /// Begins a retag. Nothing has changed before [`Retagging::commit`].
    ///
    /// # Errors
    ///
    /// Where the database or the place for temporary files refuses.
    pub async fn begin_retag(&self) -> Result<Retagging, StoreError> {
        let connection = self.writer.get().await.map_err(pool_error)?;
        let begun = connection.interact(|connection| {
            // What differs may be much, and is to wait in a file rather than in memory.
            connection.pragma_update(None, "temp_store", "FILE")?;
            connection.execute_batch(
                "DROP TABLE IF EXISTS temp.staged;
                 CREATE TEMP TABLE staged (
                     entry_id INTEGER NOT NULL,
                     thing    INTEGER NOT NULL, -- 0 for the entry itself, so that it may have no tags
                     state    TEXT NOT NULL DEFAULT '',
                     rule     TEXT NOT NULL DEFAULT '',
                     place    TEXT NOT NULL DEFAULT '',
                     quote    TEXT NOT NULL DEFAULT '',
                     PRIMARY KEY (entry_id, thing)
                 ) STRICT, WITHOUT ROWID;",
            )?;
            Ok::<_, StoreError>((version(connection)?, last_entry(connection)?))
        });
        let (version, last) = begun.await.map_err(pool_error)??;
        Ok(Retagging {
            connection,
            version,
            last,
        })
    }
}

impl Retagging {
    /// Puts the new tags of some entries aside.
    ///
    /// # Errors
    ///
    /// Where the place for temporary files refuses.
    pub async fn stage(&self, changes: Changes) -> Result<(), StoreError> {
        let staged = self.connection.interact(move |connection| {
            // Nothing but the temporary table is written, so that nobody waits for this.
            let transaction = connection.transaction()?;
            for (id, tags) in &changes {
                stage(&transaction, *id, tags)?;
            }
            Ok(transaction.commit()?)
        });
        staged.await.map_err(pool_error)?
    }

    /// Applies all that was staged, or nothing of it. `again` is asked for the changes in spans that were written
    /// since they were `seen`, and in entries that came since. Entries keep their numbers, dates and places. `by` names
    /// who does it, by which rules.
    ///
    /// # Errors
    ///
    /// Where the database refuses; nothing has changed then.
    pub async fn commit<F>(
        &self,
        seen: Vec<Seen>,
        by: (String, Fingerprint),
        now: Timestamp,
        again: F,
    ) -> Result<Counts, StoreError>
    where
        F: FnMut(Span, Vec<Stored>) -> (Changes, Counts) + Send + 'static,
    {
        let (version_then, last) = (self.version, self.last);
        let applied = self.connection.interact(move |connection| {
            let transaction =
                connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let counts = if version(&transaction)? == version_then {
                seen.iter().map(|seen| seen.counts).sum()
            } else {
                refresh(&transaction, seen, last, again)?
            };
            write_staged(&transaction)?;
            settle(&transaction)?;
            conclude(&transaction, counts, by, now)?;
            transaction.commit()?;
            connection.execute_batch("DROP TABLE temp.staged")?;
            Ok(counts)
        });
        applied.await.map_err(pool_error)?
    }
}

fn stage(transaction: &Transaction<'_>, id: EntryId, tags: &[Tag]) -> Result<(), StoreError> {
    transaction
        .prepare_cached("INSERT INTO temp.staged (entry_id, thing) VALUES (?1, 0)")?
        .execute([id.0])?;
    let sql = "INSERT INTO temp.staged (entry_id, thing, state, rule, place, quote)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let mut statement = transaction.prepare_cached(sql)?;
    for tag in tags {
        let evidence = &tag.evidence;
        statement.execute(params![
            id.0,
            tag.thing,
            tag.state.as_str(),
            evidence.rule.as_str(),
            evidence.place.as_str(),
            evidence.quote
        ])?;
    }
    Ok(())
}

/// A number that another connection's writing changes, and ours does not.
fn version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.pragma_query_value(None, "data_version", |row| row.get(0))
}

/// Brings what is staged up to date with what others wrote since it was seen.
fn refresh(
    transaction: &Transaction<'_>,
    seen: Vec<Seen>,
    last: EntryId,
    mut again: impl FnMut(Span, Vec<Stored>) -> (Changes, Counts),
) -> Result<Counts, StoreError> {
    let mut counts = Counts::default();
    let mut look = |span| -> Result<Counts, StoreError> {
        let (changes, counts) = again(span, piece(transaction, span, &|_| None)?.entries);
        let sql = "DELETE FROM temp.staged WHERE entry_id > ?1 AND entry_id <= ?2";
        transaction.execute(sql, params![span.after.0, span.to.0])?;
        for (id, tags) in &changes {
            stage(transaction, *id, tags)?;
        }
        Ok(counts)
    };
    for piece in seen {
        counts += if mark_now(transaction, piece.span)? == piece.mark {
            piece.counts
        } else {
            look(piece.span)?
        };
    }
    let end = last_entry(transaction)?;
    let mut after = last;
    while after < end {
        let to = EntryId(after.0.saturating_add(PIECE).min(end.0));
        counts += look(Span { after, to })?;
        after = to;
    }
    Ok(counts)
}

fn mark_now(connection: &Connection, span: Span) -> Result<Fingerprint, StoreError> {
    let sql = "SELECT id, fingerprint, words FROM entry WHERE id > ?1 AND id <= ?2 ORDER BY id";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(params![span.after.0, span.to.0])?;
    let mut marks = Vec::new();
    while let Some(row) = rows.next()? {
        mark(&mut marks, row.get(0)?, row.get(1)?, row.get(2)?);
    }
    Ok(Fingerprint::of(&marks))
}

fn write_staged(transaction: &Transaction<'_>) -> Result<(), StoreError> {
    let sql = "SELECT thing, state, rule, place, quote, entry_id FROM temp.staged
               ORDER BY entry_id, thing";
    let mut statement = transaction.prepare_cached(sql)?;
    let mut rows = statement.query([])?;
    let mut entry: Option<(EntryId, Vec<Tag>)> = None;
    while let Some(row) = rows.next()? {
        let id = EntryId(row.get(5)?);
        match &mut entry {
            Some((current, tags)) if *current == id => tags.extend(tag(row)?),
            _ => {
                // The row of Thing 0 comes first and only says that the entry is there.
                if let Some((id, tags)) = entry.replace((id, Vec::new())) {
                    write_tags(transaction, id, &tags, None)?;
                }
            }
        }
    }
    match entry {
        Some((id, tags)) => write_tags(transaction, id, &tags, None),
        None => Ok(()),
    }
}

/// Notes the rules and who applied them; writes nothing where nothing is new.
fn conclude(
    transaction: &Transaction<'_>,
    counts: Counts,
    (who, rules): (String, Fingerprint),
    now: Timestamp,
) -> Result<(), StoreError> {
    if counts != Counts::default() {
        touch(transaction, now)?;
    }
    let rules_before = rules_of_all(transaction)?;
    if counts == Counts::default() && rules_before == Some(rules) {
        return Ok(());
    }
    transaction.execute("UPDATE planet SET rules = ?1", [rules.0])?;
    audit::append(
        transaction,
        &Line {
            at: now,
            who,
            entry: None,
            words: String::new(),
            counts,
            rules_before,
            rules_after: rules,
        },
    )
}
