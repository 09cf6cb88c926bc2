//! The log of who changed tags, by hand or by rule. It is only ever appended to; triggers see to that.

use jiff::Timestamp;
use rusqlite::{Transaction, params};

use super::rows::{millis, time};
use super::{Store, StoreError};
use crate::model::{EntryId, Fingerprint};
use crate::plan::Counts;

/// One line of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// When.
    pub at: Timestamp,
    /// Who did it, as they call themselves.
    pub who: String,
    /// The entry that was decided on; nothing for a retag of all.
    pub entry: Option<EntryId>,
    /// What was said: `+6 -5`; empty for a retag.
    pub words: String,
    /// What it changed.
    pub counts: Counts,
    /// The rules that all entries were tagged by before; nothing where they differed.
    pub rules_before: Option<Fingerprint>,
    /// The rules that this was done by.
    pub rules_after: Fingerprint,
}

const NEWEST: &str =
    "SELECT at, who, entry_id, words, entries, added, removed, rules_before, rules_after
     FROM audit ORDER BY id DESC LIMIT ?1";

impl Store {
    /// The newest lines of the log, the newest first.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub async fn audit(&self, count: u32) -> Result<Vec<Line>, StoreError> {
        self.read(move |connection| {
            let mut statement = connection.prepare_cached(NEWEST)?;
            let number = |row: &rusqlite::Row<'_>, column| {
                let count: i64 = row.get(column)?;
                Ok::<_, rusqlite::Error>(usize::try_from(count).unwrap_or_default())
            };
            let lines = statement.query_map([count], |row| {
                Ok(Line {
                    at: time(row, 0)?,
                    who: row.get(1)?,
                    entry: row.get::<_, Option<i64>>(2)?.map(EntryId),
                    words: row.get(3)?,
                    counts: Counts {
                        entries: number(row, 4)?,
                        added: number(row, 5)?,
                        removed: number(row, 6)?,
                    },
                    rules_before: row.get::<_, Option<[u8; 32]>>(7)?.map(Fingerprint),
                    rules_after: Fingerprint(row.get(8)?),
                })
            })?;
            Ok(lines.collect::<Result<_, _>>()?)
        })
        .await
    }
}

/// Writes one line, in the transaction of what it tells.
pub(super) fn append(transaction: &Transaction<'_>, line: &Line) -> Result<(), StoreError> {
    let deed = if line.entry.is_some() {
        "decide"
    } else {
        "retag"
    };
    let sql = "INSERT INTO audit (at, who, deed, entry_id, words, entries, added, removed, rules_before, rules_after)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
    let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    transaction.execute(
        sql,
        params![
            millis(line.at),
            line.who,
            deed,
            line.entry.map(|id| id.0),
            line.words,
            number(line.counts.entries),
            number(line.counts.added),
            number(line.counts.removed),
            line.rules_before.map(|rules| rules.0),
            line.rules_after.0,
        ],
    )?;
    Ok(())
}
