//! What organisers decided: ground state, kept with who and when, and stronger than any rule.

use jiff::Timestamp;
use rusqlite::{Connection, Row, Transaction, params};

use super::apply::{touch, write_tags};
use super::audit::{self, Line};
use super::entries::tags;
use super::find::{Glimpse, glimpse};
use super::retag::{Stored, note_rules, stored};
use super::rows::{millis, time};
use super::{Store, StoreError, moment};
use crate::model::{Decision, EntryId, Fingerprint, Tag, TagState, Verdict};
use crate::plan;

/// What an organiser says of one entry.
#[derive(Debug, Clone)]
pub struct Ruling {
    /// Which entry.
    pub entry: EntryId,
    /// Thing by Thing: a verdict, or nothing to take back what was decided before.
    pub said: Vec<(u16, Option<Verdict>)>,
    /// Who says it, as they call themselves.
    pub by: String,
    /// Why, possibly empty.
    pub note: String,
    /// When.
    pub at: Timestamp,
}

/// What a ruling came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ruled {
    /// Whether anything was said that did not stand already.
    pub news: bool,
    /// The entry's tags now.
    pub tags: Vec<Tag>,
    /// All that was decided on it.
    pub decisions: Vec<Decision>,
}

/// A decision and the entry that it is on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// The entry's number.
    pub entry: EntryId,
    /// Its title, possibly empty.
    pub title: String,
    /// Whose it is.
    pub author: String,
    /// What was decided.
    pub decision: Decision,
}

/// A visible post for which a Thing is suggested, and nobody has decided on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggested {
    /// The post.
    pub post: Glimpse,
    /// What is suggested for it, by Thing.
    pub tags: Vec<Tag>,
}

const OF_ENTRY: &str = "SELECT thing, verdict, decided_at, decided_by, note FROM decision
     WHERE entry_id = ?1 ORDER BY thing";

const ALL: &str =
    "SELECT thing, verdict, decided_at, decided_by, note, entry_id, title, participant.name
     FROM decision
         CROSS JOIN entry ON entry.id = decision.entry_id
         CROSS JOIN participant ON participant.id = entry.participant_id
     ORDER BY entry_id, thing";

pub(super) const SUGGESTED: &str = "
    SELECT visible_entry.id, title, participant_name, visible_entry.published_at
    FROM visible_entry
    WHERE EXISTS (SELECT 1 FROM tag WHERE tag.entry_id = visible_entry.id AND tag.state = 'suggested')
    ORDER BY visible_entry.published_at DESC, visible_entry.id DESC";

impl Store {
    /// Every visible post for which a Thing is suggested, newest first.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub async fn suggested(&self) -> Result<Vec<Suggested>, StoreError> {
        self.read(|connection| {
            let _moment = moment(connection)?;
            let mut statement = connection.prepare_cached(SUGGESTED)?;
            let posts: Vec<Glimpse> = statement
                .query_map([], glimpse)?
                .collect::<Result<_, _>>()?;
            let posts = posts.into_iter().map(|post| {
                let mut tags = tags(connection, post.id)?;
                tags.retain(|tag| tag.state == TagState::Suggested);
                Ok(Suggested { post, tags })
            });
            posts.collect()
        })
        .await
    }

    /// Keeps what an organiser says, and gives the entry the tags that follow. `tag` says what the rules with this
    /// fingerprint make of the entry, for the Things on which nothing is decided.
    ///
    /// What stands already is not said again: who said it first, and when, stays. A new note is kept.
    ///
    /// # Errors
    ///
    /// Where there is no such entry or the database refuses; nothing has changed then.
    pub async fn decide<F>(
        &self,
        ruling: Ruling,
        rules: Fingerprint,
        tag: F,
    ) -> Result<Ruled, StoreError>
    where
        F: FnOnce(Stored) -> Vec<Tag> + Send + 'static,
    {
        self.write(move |transaction| decide(transaction, &ruling, rules, tag))
            .await
    }

    /// One entry's tags and what was decided on it, as [`Store::decide`] tells them.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub async fn ruled(&self, entry: EntryId) -> Result<Ruled, StoreError> {
        self.read(move |connection| ruled(connection, entry, false))
            .await
    }

    /// Everything that was ever decided and not taken back, by entry and Thing.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub async fn decisions(&self) -> Result<Vec<Decided>, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(ALL)?;
            let all = statement.query_map([], decided)?;
            Ok(all
                .filter_map(Result::transpose)
                .collect::<Result<_, _>>()?)
        })
        .await
    }

    /// How many decisions stand.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub async fn decision_count(&self) -> Result<usize, StoreError> {
        self.read(|connection| {
            let count: i64 =
                connection.query_row("SELECT count(*) FROM decision", [], |row| row.get(0))?;
            Ok(usize::try_from(count).unwrap_or_default())
        })
        .await
    }
}

fn decide(
    transaction: &Transaction<'_>,
    ruling: &Ruling,
    rules: Fingerprint,
    tag: impl FnOnce(Stored) -> Vec<Tag>,
) -> Result<Ruled, StoreError> {
    let id = ruling.entry;
    let before = tags(transaction, id)?;
    let mut words = Vec::new();
    for (thing, verdict) in &ruling.said {
        if say(transaction, ruling, *thing, *verdict)? {
            let sign = verdict.map_or('=', Verdict::sign);
            words.push(format!("{sign}{thing}"));
        }
    }
    if !words.is_empty() {
        let entry = stored(transaction, id)?;
        let rules_before = note_rules(transaction, rules)?;
        write_tags(transaction, id, &tag(entry), None)?;
        let after = tags(transaction, id)?;
        let difference = plan::difference(&before, &after);
        if difference.differs {
            touch(transaction, ruling.at)?;
        }
        if !ruling.note.is_empty() {
            words.push(format!("({})", ruling.note));
        }
        audit::append(
            transaction,
            &Line {
                at: ruling.at,
                who: ruling.by.clone(),
                entry: Some(id),
                words: words.join(" "),
                counts: difference.counts(),
                rules_before,
                rules_after: rules,
            },
        )?;
    }
    ruled(transaction, id, !words.is_empty())
}

fn ruled(connection: &Connection, id: EntryId, news: bool) -> Result<Ruled, StoreError> {
    Ok(Ruled {
        news,
        tags: tags(connection, id)?,
        decisions: decisions(connection, id)?,
    })
}

/// Keeps one verdict or takes one back; whether that was news.
fn say(
    transaction: &Transaction<'_>,
    ruling: &Ruling,
    thing: u16,
    verdict: Option<Verdict>,
) -> Result<bool, StoreError> {
    let Some(verdict) = verdict else {
        let sql = "DELETE FROM decision WHERE entry_id = ?1 AND thing = ?2";
        return Ok(transaction.execute(sql, params![ruling.entry.0, thing])? > 0);
    };
    let sql = "INSERT INTO decision (entry_id, thing, verdict, decided_at, decided_by, note)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6)
               ON CONFLICT (entry_id, thing) DO UPDATE SET
                   verdict = excluded.verdict, decided_at = excluded.decided_at, decided_by = excluded.decided_by,
                   note = excluded.note
               WHERE verdict <> excluded.verdict OR (excluded.note <> '' AND note <> excluded.note)";
    let changed = transaction.execute(
        sql,
        params![
            ruling.entry.0,
            thing,
            verdict.as_str(),
            millis(ruling.at),
            ruling.by,
            ruling.note
        ],
    )?;
    Ok(changed > 0)
}

/// What was decided on an entry, by Thing.
pub(super) fn decisions(connection: &Connection, id: EntryId) -> Result<Vec<Decision>, StoreError> {
    let mut statement = connection.prepare_cached(OF_ENTRY)?;
    let rows = statement.query_map([id.0], decision)?;
    Ok(rows
        .filter_map(Result::transpose)
        .collect::<Result<_, _>>()?)
}

fn decided(row: &Row<'_>) -> rusqlite::Result<Option<Decided>> {
    let Some(decision) = decision(row)? else {
        return Ok(None);
    };
    Ok(Some(Decided {
        entry: EntryId(row.get(5)?),
        title: row.get(6)?,
        author: row.get(7)?,
        decision,
    }))
}

/// One decision from its first five columns; nothing for a verdict that we do not know.
pub(super) fn decision(row: &Row<'_>) -> rusqlite::Result<Option<Decision>> {
    let Some(verdict) = Verdict::from_name(&row.get::<_, String>(1)?) else {
        return Ok(None);
    };
    Ok(Some(Decision {
        thing: row.get(0)?,
        verdict,
        decided_at: time(row, 2)?,
        decided_by: row.get(3)?,
        note: row.get(4)?,
    }))
}
