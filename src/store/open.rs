//! Opening the file: whose it is, who else has it, and which version it has.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};
use rusqlite_migration::{M, Migrations};

use super::pool::{pool, prepare};
use super::progress::settle;
use super::{Store, StoreError};

/// What a command wants to do with the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Poll: read and write; refused while another instance does. A missing file is made.
    Write,
    /// Write a little beside whoever polls, who waits meanwhile; the file must be there.
    Beside,
    /// Read what is there.
    Read,
}

/// `THNG`, which tells our files from others'.
const APPLICATION_ID: i64 = 0x5448_4e47;

/// Before 3.51.3 SQLite could lose committed data when a write-ahead log was reset (sqlite.org/wal.html).
const SQLITE_MIN: i32 = 3_051_003;

/// Every version of the schema, oldest first. Only ever appended to.
const MIGRATIONS: &[M<'static>] = &[
    M::up(include_str!("../../migrations/0001_planet.sql")),
    M::up(include_str!("../../migrations/0002_reading.sql")),
    M::up(include_str!("../../migrations/0003_decisions.sql")),
    M::up(include_str!("../../migrations/0004_schedule.sql")),
    M::up(include_str!("../../migrations/0005_moves.sql")),
    M::up(include_str!("../../migrations/0006_backfill.sql")),
    M::up(include_str!("../../migrations/0007_websub.sql")),
    M::up(include_str!("../../migrations/0008_search_queue.sql")),
    M::up(include_str!("../../migrations/0009_generation.sql")),
    M::up(include_str!("../../migrations/0010_comments.sql")),
    M::up(include_str!("../../migrations/0011_things.sql")),
    M::up(include_str!("../../migrations/0012_progress.sql")),
    M::up(include_str!("../../migrations/0013_tallies.sql")),
    M::up(include_str!("../../migrations/0014_topics.sql")),
    M::up(include_str!("../../migrations/0015_rests.sql")),
    M::up(include_str!("../../migrations/0016_people.sql")),
    M::up(include_str!("../../migrations/0017_pings.sql")),
    M::up(include_str!("../../migrations/0018_fresh.sql")),
    M::up(include_str!("../../migrations/0019_gaps.sql")),
    M::up(include_str!("../../migrations/0020_fallback.sql")),
    M::up(include_str!("../../migrations/0021_seen.sql")),
];

impl Store {
    /// Opens the database, making or upgrading it where `access` allows.
    ///
    /// # Errors
    ///
    /// Where the file is another program's, from a newer thingplanet, in use, missing or not accessible. It is left
    /// untouched then.
    pub async fn open(path: &Path, access: Access) -> Result<Self, StoreError> {
        if rusqlite::version_number() < SQLITE_MIN {
            return Err(StoreError::OldSqlite(rusqlite::version().to_owned()));
        }
        let (checked, path) = (path.to_owned(), path.to_owned());
        let lock = tokio::task::spawn_blocking(move || {
            // A file that is not ours gets no lock file beside it.
            let is_old = examine(&checked, access)?;
            match access {
                Access::Write => lock(&checked).map(|lock| Some(Arc::new(lock))),
                // The lock is for who polls, and for changes of the schema, which nobody must meet while polling.
                Access::Beside if is_old => {
                    let _lock = lock(&checked)?;
                    let mut connection = Connection::open(&checked)?;
                    prepare(&connection, false)?;
                    upgrade(&mut connection)?;
                    Ok(None)
                }
                Access::Read if is_old => Err(StoreError::Older(checked)),
                Access::Beside | Access::Read => Ok(None),
            }
        });
        let lock = lock.await.map_err(super::pool_error)??;
        let store = Self {
            writer: pool(&path, 1, access == Access::Read)?,
            readers: pool(&path, 4, true)?,
            brief: super::brief::Brief::new(pool(&path, 1, true)?),
            waiting: super::together::Waiting::default(),
            lookout: super::generation::Lookout::new(path.clone()),
            _lock: lock,
        };
        if access == Access::Write {
            let connection = store.writer.get().await.map_err(super::pool_error)?;
            connection
                .interact(upgrade)
                .await
                .map_err(super::pool_error)??;
        }
        Ok(store)
    }
}

/// Brings the schema up to date, and what follows from its contents.
fn upgrade(connection: &mut Connection) -> Result<(), StoreError> {
    Migrations::from_slice(MIGRATIONS).to_latest(connection)?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    settle(&transaction)?;
    Ok(transaction.commit()?)
}

/// Takes the lock beside the database, or says who has it.
fn lock(path: &Path) -> Result<File, StoreError> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let name = PathBuf::from(name);
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&name)
        .map_err(|cause| StoreError::Io {
            path: path.to_owned(),
            cause,
        })?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::InUse(path.to_owned())),
        Err(TryLockError::Error(cause)) => Err(StoreError::Io {
            path: path.to_owned(),
            cause,
        }),
    }
}

/// Looks at a file without changing it: is it ours, and do we know its version? Says whether that is an old one.
fn examine(path: &Path, access: Access) -> Result<bool, StoreError> {
    let size = match std::fs::metadata(path) {
        Ok(found) if found.is_dir() => return Err(StoreError::Foreign(path.to_owned())),
        Ok(found) => found.len(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => 0,
        Err(cause) => {
            return Err(StoreError::Io {
                path: path.to_owned(),
                cause,
            });
        }
    };
    if size == 0 {
        return match access {
            Access::Write => Ok(false),
            Access::Beside | Access::Read => Err(StoreError::Missing(path.to_owned())),
        };
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    let pragma = |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let application = match pragma("application_id") {
        Ok(application) => application,
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::NotADatabase) => {
            return Err(StoreError::Foreign(path.to_owned()));
        }
        Err(error) => return Err(error.into()),
    };
    if application != APPLICATION_ID && !(application == 0 && is_blank(&connection)?) {
        return Err(StoreError::Foreign(path.to_owned()));
    }
    let (found, known) = (
        pragma("user_version")?,
        i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX),
    );
    if found > known {
        return Err(StoreError::Newer {
            path: path.to_owned(),
            found,
            known,
        });
    }
    Ok(found < known)
}

/// A database that was made and never filled: a first start that was cut short leaves one behind.
fn is_blank(connection: &Connection) -> rusqlite::Result<bool> {
    let sql = "SELECT NOT EXISTS (SELECT 1 FROM sqlite_schema)";
    connection.query_row(sql, [], |row| row.get(0))
}

#[cfg(test)]
mod tests {
    use super::{Connection, MIGRATIONS, Migrations};

    #[test]
    fn the_migrations_are_valid() {
        Migrations::from_slice(MIGRATIONS).validate().unwrap();
    }

    #[test]
    fn walks_go_on_after_an_upgrade_and_a_feed_that_was_cut_off_is_asked_for_in_full() {
        let mut connection = Connection::open_in_memory().unwrap();
        let migrations = Migrations::from_slice(MIGRATIONS);
        migrations.to_version(&mut connection, 17).unwrap();
        let before = "
            INSERT INTO participant (id, slug, name, excerpt_only, position, listed) VALUES (1, 'ann', 'Ann', 0, 1, 1);
            INSERT INTO feed (id, participant_id, address, address_key, listed, named, etag, problems)
                VALUES (1, 1, 'https://a.example/', 'a', 1, 1, 'x', 'line 3, column 1: the feed was cut off before its first whole post'),
                       (2, 1, 'https://b.example/', 'b', 1, 1, 'x', 'the feed was cut off after post 1');
            INSERT INTO backfill (feed_id, way, next_url, due_at, tries, pages, entries, bytes, hosts, seen, platforms)
                VALUES (1, 'links', 'https://a.example/2', 5, 1, 2, 3, 4, 'a.example', zeroblob(64), 'a.example');";
        connection.execute_batch(before).unwrap();
        migrations.to_latest(&mut connection).unwrap();
        let ask = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, String>(0));
        let etags = ask("SELECT group_concat(id || coalesce(etag, ''), ' ') FROM feed ORDER BY id");
        assert_eq!(etags.unwrap(), "1 2x");
        let walk = ask(
            "SELECT next_url || pages || platforms || length(seen) FROM backfill WHERE fills = 0",
        );
        assert_eq!(walk.unwrap(), "https://a.example/22a.example64");
        connection
            .execute_batch("UPDATE feed SET address_key = 'c' WHERE id = 1")
            .unwrap();
        assert_eq!(ask("SELECT count(*) || '' FROM backfill").unwrap(), "0");
    }
}
