//! Our own feeds as our hub knows them: what each shows now, and what the hub was last told.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use super::rows::{millis, time};
use super::{Store, StoreError};
use crate::model::Fingerprint;
use crate::plan::websub::Ping;

/// One of our feeds in one form, which is a topic of its own to the hub.
#[derive(Debug, Clone)]
pub struct Shown {
    /// Where it is, below the planet's address: `/things/6/feed.json`.
    pub path: String,
    /// A fingerprint over the posts that it shows and their last changes.
    pub shows: Fingerprint,
    /// What the hub was told.
    pub ping: Ping,
}

/// Posts of a feed that count.
const POSTS: u32 = 50;

/// The endings of a feed's forms.
const FORMS: [&str; 2] = ["atom", "json"];

const OF_ALL: &str = "SELECT public_id, updated_at FROM visible_entry WHERE on_front = 1
                      ORDER BY published_at DESC, id DESC LIMIT ?1";

const OF_THING: &str = "SELECT public_id, updated_at
                        FROM tag CROSS JOIN visible_entry ON visible_entry.id = tag.entry_id
                        WHERE tag.thing = ?2 AND tag.state = 'tagged'
                        ORDER BY tag.published_at DESC, tag.entry_id DESC LIMIT ?1";

impl Store {
    /// The feed of all posts and those of these Things in every form, without those that have never shown anything.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub async fn shown(&self, things: Vec<u16>) -> Result<Vec<Shown>, StoreError> {
        self.read(move |connection| {
            let all = posts(connection, OF_ALL, params![POSTS])?;
            let mut own = vec![(String::from("/feed"), all)];
            for thing in things {
                let posts = posts(connection, OF_THING, params![POSTS, thing])?;
                own.push((format!("/things/{thing}/feed"), posts));
            }
            let mut topics = Vec::new();
            for (feed, posts) in own {
                let shows = Fingerprint::of_parts(posts.iter().map(String::as_str));
                for form in FORMS {
                    let path = format!("{feed}.{form}");
                    let ping = ping(connection, &path)?;
                    if !posts.is_empty() || ping.shown.is_some() {
                        topics.push(Shown { path, shows, ping });
                    }
                }
            }
            Ok(topics)
        })
        .await
    }

    /// Keeps what the hub was told of a feed in one form.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub async fn keep_ping(&self, path: String, ping: Ping) -> Result<(), StoreError> {
        self.write(move |transaction| {
            let sql = "INSERT OR REPLACE INTO hub_ping (path, shown, due_at, tries) VALUES (?1, ?2, ?3, ?4)";
            let shown = ping.shown.map(|shown| shown.0);
            transaction.execute(sql, params![path, shown, millis(ping.due_at), ping.tries])?;
            Ok(())
        })
        .await
    }
}

fn posts(
    connection: &Connection,
    sql: &str,
    of: impl rusqlite::Params,
) -> Result<Vec<String>, StoreError> {
    let mut statement = connection.prepare_cached(sql)?;
    let posts = statement.query_map(of, |row| {
        let (id, updated_at): (String, i64) = (row.get(0)?, row.get(1)?);
        Ok(format!("{id} {updated_at}"))
    })?;
    Ok(posts.collect::<Result<_, _>>()?)
}

fn ping(connection: &Connection, path: &str) -> Result<Ping, StoreError> {
    let sql = "SELECT shown, due_at, tries FROM hub_ping WHERE path = ?1";
    let known = connection.prepare_cached(sql)?.query_row([path], |row| {
        Ok(Ping {
            shown: row.get::<_, Option<[u8; 32]>>(0)?.map(Fingerprint),
            due_at: time(row, 1)?,
            tries: row.get(2)?,
        })
    });
    Ok(known.optional()?.unwrap_or(Ping {
        shown: None,
        due_at: Timestamp::UNIX_EPOCH,
        tries: 0,
    }))
}
