//! Finding visible posts by their words, newest first; and the listings that pick from everybody's posts.

use rusqlite::{Connection, OptionalExtension, params};

use super::entries::{entry, tags};
use super::rows::{millis, time};
use super::{Cursor, Store, StoreError};
use crate::model::{Entry, EntryId, Passage, Phrase, Search};

/// A post that was found.
#[derive(Debug, Clone)]
pub struct Hit {
    /// The post.
    pub entry: Entry,
    /// Its title, in pieces.
    pub title: Vec<Passage>,
    /// A passage of its text that holds what was looked for, in pieces.
    pub words: Vec<Passage>,
}

/// One page of what was found.
#[derive(Debug, Clone, Default)]
pub struct Hits {
    /// The posts, newest first.
    pub hits: Vec<Hit>,
    /// Where the next page begins, if there is one.
    pub next: Option<Cursor>,
}

/// As long as so few posts hold the words, they are sorted; else everybody's posts are walked, newest first, until
/// enough of them are among those that hold the words.
const FEW: i64 = 500;

const COUNT: &str =
    "SELECT count(*) FROM (SELECT 1 FROM entry_search WHERE entry_search MATCH ?1 LIMIT ?2)";

macro_rules! found_sql {
    ($from:literal, $condition:literal, $published:literal, $id:literal) => {
        concat!(
            "SELECT ", $published, ", ", $id, " FROM ", $from, " WHERE ", $condition,
            " AND (", $published, ", ", $id, ") < (?1, ?2)
              AND (?6 IS NULL OR participant_slug = ?6)
              AND (?5 IS NULL OR EXISTS (SELECT 1 FROM tag AS its
                   WHERE its.entry_id = visible_entry.id AND its.thing = ?5 AND its.state = 'tagged'))
              ORDER BY ", $published, " DESC, ", $id, " DESC LIMIT ?3"
        )
    };
}

const AMONG_FEW: &str = found_sql!(
    "(SELECT rowid AS hit FROM entry_search WHERE entry_search MATCH ?4) AS found
     CROSS JOIN visible_entry ON visible_entry.id = found.hit",
    "1",
    "visible_entry.published_at",
    "visible_entry.id"
);

const AMONG_ALL: &str = found_sql!(
    "visible_entry",
    "+visible_entry.id IN (SELECT rowid FROM entry_search WHERE entry_search MATCH ?4)",
    "visible_entry.published_at",
    "visible_entry.id"
);

const OF_THING: &str = found_sql!(
    "tag CROSS JOIN visible_entry ON visible_entry.id = tag.entry_id",
    "tag.thing = ?5 AND tag.state = 'tagged'
     AND +tag.entry_id IN (SELECT rowid FROM entry_search WHERE entry_search MATCH ?4)",
    "tag.published_at",
    "tag.entry_id"
);

const OF_PARTICIPANT: &str = found_sql!(
    "visible_entry",
    "participant_id = (SELECT id FROM participant WHERE slug = ?6)
     AND +visible_entry.id IN (SELECT rowid FROM entry_search WHERE entry_search MATCH ?4)",
    "visible_entry.published_at",
    "visible_entry.id"
);

const ONE: &str = concat!(
    "SELECT ",
    super::entries::entry_columns!(),
    " FROM visible_entry WHERE visible_entry.id = ?1"
);

/// Two control characters that no text of ours holds stand around what was found.
const MARKED: &str = "
    SELECT highlight(entry_search, 0, char(1), char(2)), snippet(entry_search, 1, char(1), char(2), '…', 40)
    FROM entry_search WHERE entry_search MATCH ?1 AND rowid = ?2";

/// What the marks are when they come back.
const MARKS: [char; 2] = ['\u{1}', '\u{2}'];

/// How long a search waits for the newest posts to join the index.
const INDEX_WITHIN: std::time::Duration = std::time::Duration::from_millis(500);

impl Store {
    /// One page of the visible posts that hold every phrase of a search: at most `count` that are older than `before`.
    ///
    /// # Errors
    ///
    /// Where the database refuses; no words do that.
    pub async fn search(
        &self,
        search: Search,
        before: Option<Cursor>,
        count: usize,
    ) -> Result<Hits, StoreError> {
        let Some(question) = question(&search.phrases()) else {
            return Ok(Hits::default());
        };
        // What came just now can be found at once; a whole first round is indexed in its own time. Who searches waits for
        // no other writer long, and finds the rest where the index cannot be written.
        let indexing = tokio::time::timeout(INDEX_WITHIN, self.index_some());
        if let Ok(Err(error)) = indexing.await {
            tracing::warn!(%error, "the newest posts cannot be searched yet");
        }
        self.read(move |connection| {
            let mut places = places(connection, &search, &question, before, count)?;
            let more = places.len() > count;
            places.truncate(count);
            let mut hits = Vec::with_capacity(places.len());
            for place in &places {
                hits.extend(hit(connection, &question, place.id)?);
            }
            Ok(Hits {
                hits,
                next: places.last().copied().filter(|_| more),
            })
        })
        .await
    }
}

/// The phrases in the words of FTS5, quoted so that nothing in them is taken for syntax; nothing without phrases.
fn question(phrases: &[Phrase]) -> Option<String> {
    let quoted = phrases.iter().map(|phrase| {
        let open = if phrase.begins { "*" } else { "" };
        format!("\"{}\"{open}", phrase.text.replace('"', "\"\""))
    });
    let question = quoted.collect::<Vec<_>>().join(" ");
    (!question.is_empty()).then_some(question)
}

/// Where the posts are that were found, one more than asked for if there are more.
fn places(
    connection: &Connection,
    search: &Search,
    question: &str,
    before: Option<Cursor>,
    count: usize,
) -> Result<Vec<Cursor>, StoreError> {
    let holding: i64 = connection
        .prepare_cached(COUNT)?
        .query_row(params![question, FEW + 1], |row| row.get(0))?;
    let sql = match search {
        _ if holding <= FEW => AMONG_FEW,
        Search { thing: Some(_), .. } => OF_THING,
        Search {
            participant: Some(_),
            ..
        } => OF_PARTICIPANT,
        _ => AMONG_ALL,
    };
    let (published_at, id) = before.map_or((i64::MAX, i64::MAX), |cursor| {
        (millis(cursor.published_at), cursor.id.0)
    });
    let limit = i64::try_from(count + 1).unwrap_or(i64::MAX);
    let mut statement = connection.prepare_cached(sql)?;
    let values = params![
        published_at,
        id,
        limit,
        question,
        search.thing,
        search.participant
    ];
    let places = statement.query_map(values, |row| {
        Ok(Cursor {
            published_at: time(row, 0)?,
            id: EntryId(row.get(1)?),
        })
    })?;
    Ok(places.collect::<Result<_, _>>()?)
}

fn hit(connection: &Connection, question: &str, id: EntryId) -> Result<Option<Hit>, StoreError> {
    let found = connection
        .prepare_cached(ONE)?
        .query_row([id.0], entry)
        .optional()?;
    let Some(mut entry) = found else {
        return Ok(None);
    };
    entry.tags = tags(connection, id)?;
    let marked: Option<(String, String)> = connection
        .prepare_cached(MARKED)?
        .query_row(params![question, id.0], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?;
    let (title, words) = marked.unwrap_or_default();
    Ok(Some(Hit {
        entry,
        title: passages(&title),
        words: passages(&words),
    }))
}

/// Text with marks, in pieces. Marks that do not fit together, whoever set them, only move what is told apart.
fn passages(marked: &str) -> Vec<Passage> {
    let mut passages = Vec::new();
    for part in marked.split_inclusive(MARKS) {
        let text = part.trim_end_matches(MARKS);
        if !text.is_empty() {
            passages.push(Passage {
                text: text.to_owned(),
                found: part.ends_with(MARKS[1]),
            });
        }
    }
    passages
}

/// How each of these is served, for the test that asks SQLite.
#[cfg(test)]
pub(super) const QUERIES: [(&str, &str); 4] = [
    ("search, common words", AMONG_ALL),
    ("search on a Thing", OF_THING),
    ("search of a participant", OF_PARTICIPANT),
    ("a post that was found", ONE),
];

#[cfg(test)]
mod tests {
    use super::passages;

    #[test]
    fn what_was_found_is_told_apart_and_nothing_is_lost() {
        for (marked, expected) in [
            ("", vec![]),
            ("plain", vec![("plain", false)]),
            (
                "on \u{1}LinkedIn\u{2} I",
                vec![("on ", false), ("LinkedIn", true), (" I", false)],
            ),
            ("\u{1}a\u{2}\u{1}b\u{2}", vec![("a", true), ("b", true)]),
            (
                "a\u{2}b\u{1}c",
                vec![("a", true), ("b", false), ("c", false)],
            ),
        ] {
            let found = passages(marked);
            let found: Vec<_> = found
                .iter()
                .map(|it| (it.text.as_str(), it.found))
                .collect();
            assert_eq!(found, expected, "{marked:?}");
        }
    }
}
