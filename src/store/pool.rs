//! Connections: how many there are, how each is set up, and whose turn it is.

use std::path::{Path, PathBuf};
use std::time::Duration;

use deadpool::Runtime;
use deadpool::managed::{self, Metrics, RecycleError, RecycleResult};
use deadpool_sync::SyncWrapper;
use rusqlite::Connection;
use rusqlite::config::DbConfig;

use super::StoreError;

/// Some connections to one file, handed out in the order in which they are asked for.
pub(super) type Pool = managed::Pool<Connections>;

/// A connection that somebody has for themselves.
pub(super) type Object = managed::Object<Connections>;

/// What all connections of one pool are like.
#[derive(Debug)]
pub(super) struct Connections {
    path: PathBuf,
    query_only: bool,
}

impl managed::Manager for Connections {
    type Type = SyncWrapper<Connection>;
    type Error = rusqlite::Error;

    async fn create(&self) -> Result<Self::Type, Self::Error> {
        let (path, query_only) = (self.path.clone(), self.query_only);
        let open = move || {
            let connection = Connection::open(path)?;
            prepare(&connection, query_only)?;
            Ok(connection)
        };
        SyncWrapper::new(Runtime::Tokio1, open).await
    }

    /// A file does not hang up as a server does, so a connection is not tried out before each use: that would cost as
    /// much as most uses. Only one that was left in a panic is replaced.
    async fn recycle(
        &self,
        connection: &mut Self::Type,
        _: &Metrics,
    ) -> RecycleResult<Self::Error> {
        if connection.is_mutex_poisoned() {
            return Err(RecycleError::message("whoever used it panicked"));
        }
        Ok(())
    }
}

/// So many connections at most; the first is opened when it is asked for.
pub(super) fn pool(path: &Path, size: usize, query_only: bool) -> Result<Pool, StoreError> {
    let path = path.to_owned();
    Pool::builder(Connections { path, query_only })
        .runtime(Runtime::Tokio1)
        .max_size(size)
        .build()
        .map_err(super::pool_error)
}

/// How long a connection waits for others that write.
pub(super) const BUSY_WITHIN: Duration = Duration::from_secs(10);

/// Sets a connection up. `busy_timeout` goes first, because turning WAL on can itself be busy.
pub(super) fn prepare(connection: &Connection, query_only: bool) -> rusqlite::Result<()> {
    connection.busy_timeout(BUSY_WITHIN)?;
    if !query_only {
        connection.pragma_update(None, "journal_mode", "WAL")?;
    }
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "journal_size_limit", 64_000_000)?;
    // 16 MB of log before it is put into the file: many posts come at once, and a page that several of them change is
    // then written there once.
    connection.pragma_update(None, "wal_autocheckpoint", 4_000)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "cache_size", -16_000)?;
    connection.pragma_update(None, "recursive_triggers", true)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.pragma_update(None, "query_only", query_only)?;
    // Else a kept statement is planned anew at most uses, because another value might want another plan.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(())
}
