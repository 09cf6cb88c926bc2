//! How far the planet has come: two numbers by which a page kept in memory is known to hold still.
//!
//! Triggers count (`migrations/0009_generation.sql`), so that no writer can forget it, in whatever process. Looking
//! costs some microseconds and waits for nobody, so it is done where the question is asked.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::{Connection, OpenFlags};

use super::rows::time_if;
use super::{Store, StoreError};

/// How often what pages show has changed. Two equal ones mean that nothing did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Generation {
    /// Changes of posts, tags, decisions, people, and of how feeds fare.
    pub shown: i64,
    /// Changes of what is only told of polling: when a blog was asked, when it is next, how far back it was read.
    pub polls: i64,
}

/// A connection of its own, so that looking never waits for a reader.
#[derive(Debug, Clone)]
pub(super) struct Lookout {
    path: PathBuf,
    connection: Arc<Mutex<Option<Connection>>>,
    /// Transactions of this process so far.
    written: Arc<AtomicU64>,
}

impl Lookout {
    pub(super) fn new(path: PathBuf) -> Self {
        Self {
            path,
            connection: Arc::default(),
            written: Arc::default(),
        }
    }

    /// Where the database is.
    pub(super) fn path(&self) -> &std::path::Path {
        &self.path
    }

    /// Notes that this process wrote something.
    pub(super) fn wrote(&self) {
        self.written.fetch_add(1, Ordering::SeqCst);
    }
}

impl Store {
    /// How far the planet has come, whoever wrote.
    ///
    /// # Errors
    ///
    /// Where the database refuses, or somebody has it for themselves at this moment.
    pub fn generation(&self) -> Result<Generation, StoreError> {
        // A panic while looking leaves a connection as good as before.
        let slot = self.lookout.connection.lock();
        let mut slot = slot.unwrap_or_else(PoisonError::into_inner);
        let connection = match slot.take() {
            Some(connection) => connection,
            None => connect(&self.lookout.path)?,
        };
        let sql = "SELECT shown, polls FROM generation";
        let generation = connection.prepare_cached(sql)?.query_row([], |row| {
            Ok(Generation {
                shown: row.get(0)?,
                polls: row.get(1)?,
            })
        })?;
        // Only a connection that answered is kept.
        *slot = Some(connection);
        Ok(generation)
    }

    /// When the planet was last as it is now: the last time that a blog was asked or anything else changed. Nothing
    /// where nothing was ever read.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub async fn as_of(&self) -> Result<Option<Timestamp>, StoreError> {
        self.read(|connection| {
            let sql = "SELECT max(at) FROM (SELECT max(polled_at) AS at FROM feed UNION ALL SELECT changed_at FROM planet)";
            Ok(connection.query_row(sql, [], |row| time_if(row, 0))?)
        })
        .await
    }

    /// How many transactions this process has written; as long as it is the same, only others can have changed anything.
    pub fn written(&self) -> u64 {
        self.lookout.written.load(Ordering::SeqCst)
    }
}

fn connect(path: &std::path::Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    // Who asks would rather have the page made anew than wait.
    connection.busy_timeout(Duration::ZERO)?;
    connection.pragma_update(None, "query_only", true)?;
    Ok(connection)
}
