//! Everything we keep, in one SQLite file: the only room that speaks SQL.
//!
//! One writer, many readers. A write is a closure inside one `BEGIN IMMEDIATE` transaction; readers are `query_only`.
//! `decide` and `retag` are writers in processes of their own; whoever comes second waits (`busy_timeout`).
//! SQL stands literally beside the code that maps its rows. This room must not know where an update came from or how
//! an entry will look; it only carries out what was decided.

mod apply;
mod around;
mod audit;
mod backfill;
mod background;
mod brief;
mod clean;
mod comments;
mod decisions;
mod entries;
mod feeds;
mod find;
mod generation;
mod index;
mod moves;
mod odd;
mod open;
mod pings;
mod pool;
mod progress;
mod retag;
mod rows;
mod schedule;
mod search;
mod sync;
mod things;
mod together;
mod topics;
mod websub;
mod why;

use std::fs::File;
use std::path::PathBuf;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, Transaction, TransactionBehavior};

pub use apply::Applied;
pub use around::Around;
pub use audit::Line;
pub use background::{Background, Claim, Question};
pub use clean::{Cleaned, Stale};
pub use decisions::{Decided, Ruled, Ruling, Suggested};
pub use entries::{Cursor, Filled, Listing, Page, ThingCount};
pub use feeds::KnownFeed;
pub use find::{Found, Glimpse};
pub use generation::Generation;
pub use moves::MoveLine;
pub use open::Access;
pub use pings::Shown;
pub use progress::FirstUrls;
pub use retag::{ByTitle, Changes, Piece, Retagging, Seen, Span, Stored};
pub use schedule::{Due, PutOff};
pub use search::{Hit, Hits};
pub use sync::Synced;
pub use things::{Beside, Neighbour, Order};
pub use topics::TopicCount;
pub use websub::{HubState, HubWord};

use self::pool::Pool;

/// The planet's memory.
#[derive(Debug, Clone)]
pub struct Store {
    writer: Pool,
    readers: Pool,
    brief: brief::Brief,
    waiting: together::Waiting,
    lookout: generation::Lookout,
    /// Held as long as the store is open for writing, so that a second instance is refused.
    _lock: Option<std::sync::Arc<File>>,
}

/// Why the store cannot be used. Each says what to do next.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file is somebody else's.
    #[error("{} is not a thingplanet database; name another file with --db", .0.display())]
    Foreign(PathBuf),
    /// The file was written by a newer thingplanet.
    #[error("{} was written by a newer thingplanet (its version is {found}, this one knows {known}); install the newer one", .path.display())]
    Newer {
        /// The database.
        path: PathBuf,
        /// The version it has.
        found: i64,
        /// The newest version that we know.
        known: i64,
    },
    /// The file was written by an older thingplanet, and was to be read only.
    #[error("{} was written by an older thingplanet; run `thingplanet poll` or `thingplanet serve` once, which bring it up to date", .0.display())]
    Older(PathBuf),
    /// Another instance has it.
    #[error("{} is in use by another thingplanet; stop that one first (is `thingplanet serve` running?)", .0.display())]
    InUse(PathBuf),
    /// It was to be read and is not there.
    #[error("there is no database at {}; run `thingplanet poll` or `thingplanet serve` first", .0.display())]
    Missing(PathBuf),
    /// The file system refused.
    #[error("cannot open {}: {cause}", .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
    /// SQLite is older than it may be.
    #[error("SQLite {0} has a known data-loss bug; thingplanet wants 3.51.3 or newer")]
    OldSqlite(String),
    /// A migration failed; nothing was changed.
    #[error("cannot bring the database up to date: {0}")]
    Migration(#[from] rusqlite_migration::Error),
    /// Somebody else wrote for longer than a writer waits.
    #[error(
        "another program has been writing to the database for a long time; let it finish, then try again"
    )]
    Busy,
    /// SQLite refused a statement.
    #[error("the database refused: {0}")]
    Sqlite(#[source] rusqlite::Error),
    /// No connection could be had.
    #[error("no connection to the database: {0}")]
    Pool(String),
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy) => Self::Busy,
            _ => Self::Sqlite(error),
        }
    }
}

/// How long the log is waited for to be put into the file, which nobody may write to meanwhile.
const SETTLE_WITHIN: Duration = Duration::from_millis(100);

impl Store {
    /// The same store, but whatever is read of it is as it is at this moment, so that what one page leads to is there for
    /// the next. As long as it lives, what is written meanwhile stays in the `-wal` file.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub async fn as_it_is(&self) -> Result<Self, StoreError> {
        let readers = pool::pool(self.lookout.path(), 1, true)?;
        let reader = readers.get().await.map_err(pool_error)?;
        let beginning = reader.interact(|connection| {
            connection.execute_batch("BEGIN")?;
            // The moment is that of the first look.
            connection.query_row("SELECT 1 FROM planet", [], |_| Ok(()))
        });
        beginning.await.map_err(pool_error)??;
        drop(reader);
        Ok(Self {
            readers,
            ..self.clone()
        })
    }

    /// Puts everything into the one file, so that a copy of it is whole while thingplanet is stopped. Where others read or
    /// write at the time, as a build does for long, it is left to them, for nobody could write while this waited.
    ///
    /// # Errors
    ///
    /// Where the database refuses; nothing is lost then, but stands in the `-wal` file beside it.
    pub async fn settle(&self) -> Result<(), StoreError> {
        let connection = self.writer.get().await.map_err(pool_error)?;
        let settled = connection.interact(|connection| {
            connection.execute_batch("PRAGMA optimize")?;
            connection.busy_timeout(SETTLE_WITHIN)?;
            let settled = connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)");
            connection.busy_timeout(pool::BUSY_WITHIN)?;
            settled
        });
        Ok(settled.await.map_err(pool_error)??)
    }

    /// Runs `read` on one of the readers, on the blocking pool.
    ///
    /// # Errors
    ///
    /// What `read` returns, or that no connection could be had.
    async fn read<T, F>(&self, read: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        let connection = self.readers.get().await.map_err(pool_error)?;
        connection
            .interact(|connection| read(connection))
            .await
            .map_err(pool_error)?
    }

    /// Runs `write` in one transaction on the writer: all of it happens or nothing.
    ///
    /// # Errors
    ///
    /// What `write` returns, after a rollback.
    async fn write<T, F>(&self, write: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        let connection = self.writer.get().await.map_err(pool_error)?;
        let outcome = connection.interact(|connection| {
            // A deferred transaction would meet SQLITE_BUSY the moment it turns from reading to writing.
            let transaction =
                connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let written = write(&transaction)?;
            progress::settle(&transaction)?;
            transaction.commit()?;
            Ok(written)
        });
        let written = outcome.await.map_err(pool_error)?;
        self.lookout.wrote();
        written
    }
}

/// One moment for several questions; who reads at one moment anyway has that.
fn moment(connection: &Connection) -> rusqlite::Result<Option<Transaction<'_>>> {
    let is_free = connection.is_autocommit();
    is_free
        .then(|| connection.unchecked_transaction())
        .transpose()
}

fn pool_error(error: impl std::fmt::Display) -> StoreError {
    StoreError::Pool(error.to_string())
}

#[cfg(test)]
mod tests;
