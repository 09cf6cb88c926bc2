//! Which topics of its Things a post mentions. It is derived: whoever writes tags or texts has it noted anew, and other
//! topics in feeds.toml have the posts of their Thing read again.

use std::collections::BTreeSet;

use rusqlite::{Connection, Transaction, params};

use super::{Store, StoreError};
use crate::model::{EntryId, Fingerprint, Mention, Thing};
use crate::tagging;

/// A topic of a Thing, and how many visible posts on that Thing mention it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopicCount {
    /// The topic, as feeds.toml spells it.
    pub topic: String,
    /// The posts, at least one.
    pub posts: u64,
}

pub(super) const COUNTS: &str = "
    SELECT topic_tally.topic, topic_tally.posts
    FROM topic_tally CROSS JOIN topic ON topic.thing = topic_tally.thing AND topic.name = topic_tally.topic
    WHERE topic_tally.thing = ?1 AND topic_tally.posts > 0
    ORDER BY topic_tally.posts DESC, topic.position";

pub(super) const OF_ENTRY: &str = "
    SELECT tag.thing, topic.name
    FROM tag CROSS JOIN topic ON topic.thing = tag.thing
    WHERE tag.entry_id = ?1 AND tag.state = 'tagged'
    ORDER BY tag.thing, topic.position";

impl Store {
    /// The topics of this Thing that its posts mention, those of most posts first.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub async fn topic_counts(&self, thing: u16) -> Result<Vec<TopicCount>, StoreError> {
        self.read(move |connection| {
            let mut statement = connection.prepare_cached(COUNTS)?;
            let counts = statement.query_map([thing], |row| {
                Ok(TopicCount {
                    topic: row.get(0)?,
                    posts: row.get::<_, i64>(1)?.unsigned_abs(),
                })
            })?;
            Ok(counts.collect::<Result<_, _>>()?)
        })
        .await
    }
}

/// Whether these are the topics that the store has.
pub(super) fn are(
    transaction: &Transaction<'_>,
    topics: Option<Fingerprint>,
) -> Result<bool, StoreError> {
    let sql = "SELECT topics = ?1 FROM planet";
    let are: Option<bool> = transaction
        .prepare_cached(sql)?
        .query_row([topics.map(|topics| topics.0)], |row| row.get(0))?;
    Ok(are.unwrap_or_default())
}

/// Notes which topics an entry mentions, from its tags and texts as they are now.
pub(super) fn note(transaction: &Transaction<'_>, id: EntryId) -> Result<(), StoreError> {
    forget(transaction, id)?;
    let mut statement = transaction.prepare_cached(OF_ENTRY)?;
    let topics = statement.query_map([id.0], |row| {
        Ok(Mention {
            thing: row.get(0)?,
            topic: row.get(1)?,
        })
    })?;
    let topics: Vec<Mention> = topics.collect::<Result<_, _>>()?;
    if topics.is_empty() {
        return Ok(());
    }
    let names: Vec<&str> = topics.iter().map(|it| it.topic.as_str()).collect();
    let sql = "SELECT title, text, published_at FROM entry WHERE id = ?1";
    let mut statement = transaction.prepare_cached(sql)?;
    let (mentioned, published_at) = statement.query_row([id.0], |row| {
        let texts = [row.get_ref(0)?.as_str()?, row.get_ref(1)?.as_str()?];
        let published_at: i64 = row.get(2)?;
        Ok((tagging::mentions(&texts, &names), published_at))
    })?;
    let mentions: Vec<&Mention> = mentioned.into_iter().map(|at| &topics[at]).collect();
    insert(transaction, id, mentions, published_at)
}

pub(super) fn forget(transaction: &Transaction<'_>, id: EntryId) -> Result<(), StoreError> {
    let sql = "DELETE FROM entry_topic WHERE entry_id = ?1";
    transaction.prepare_cached(sql)?.execute([id.0])?;
    Ok(())
}

/// Notes what an entry mentions of which nothing is noted yet.
pub(super) fn insert<'a>(
    transaction: &Transaction<'_>,
    id: EntryId,
    mentions: impl IntoIterator<Item = &'a Mention>,
    published_at: i64,
) -> Result<(), StoreError> {
    let sql =
        "INSERT INTO entry_topic (entry_id, thing, topic, published_at) VALUES (?1, ?2, ?3, ?4)";
    let mut statement = transaction.prepare_cached(sql)?;
    for Mention { thing, topic } in mentions {
        statement.execute(params![id.0, thing, topic, published_at])?;
    }
    Ok(())
}

/// Makes the topics agree with the course, and reads the posts of Things again whose topics are other ones.
pub(super) fn take_over(transaction: &Transaction<'_>, things: &[Thing]) -> Result<(), StoreError> {
    let mut known: Vec<u16> = Vec::new();
    let mut statement = transaction.prepare_cached("SELECT DISTINCT thing FROM topic")?;
    for thing in statement.query_map([], |row| row.get(0))? {
        known.push(thing?);
    }
    known.retain(|number| things.iter().all(|thing| thing.number != *number));
    // A post on several Things is read once.
    let mut touched = BTreeSet::new();
    for number in known {
        touched.extend(replace(transaction, number, &[])?);
    }
    for thing in things {
        let topics = thing.each_topic();
        if topics_of(transaction, thing.number)? != topics {
            touched.extend(replace(transaction, thing.number, &topics)?);
        }
    }
    for id in touched {
        note(transaction, id)?;
    }
    let sql = "UPDATE planet SET topics = ?1 WHERE topics IS NOT ?1";
    transaction.execute(sql, [Thing::topics_of(things).0])?;
    Ok(())
}

fn topics_of(connection: &Connection, thing: u16) -> Result<Vec<String>, StoreError> {
    let sql = "SELECT name FROM topic WHERE thing = ?1 ORDER BY position";
    let mut statement = connection.prepare_cached(sql)?;
    let names = statement.query_map([thing], |row| row.get(0))?;
    Ok(names.collect::<Result<_, _>>()?)
}

/// Gives a Thing other topics, and says which posts are on it.
fn replace(
    transaction: &Transaction<'_>,
    thing: u16,
    topics: &[&str],
) -> Result<Vec<EntryId>, StoreError> {
    transaction.execute("DELETE FROM topic WHERE thing = ?1", [thing])?;
    let sql = "INSERT INTO topic (thing, name, position) VALUES (?1, ?2, ?3)";
    let mut statement = transaction.prepare_cached(sql)?;
    for (position, name) in (0_u32..).zip(topics) {
        statement.execute(params![thing, name, position])?;
    }
    let sql = "SELECT entry_id FROM tag WHERE thing = ?1 AND state = 'tagged' ORDER BY entry_id";
    let mut statement = transaction.prepare_cached(sql)?;
    let entries = statement.query_map([thing], |row| row.get(0).map(EntryId))?;
    Ok(entries.collect::<Result<_, _>>()?)
}
