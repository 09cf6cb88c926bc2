//! Notices when the organiser has saved feeds.toml.
//!
//! It looks when it is told to, and must not know when that is: the caller owns the clock.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::{RosterError, decode, load, parse};
use crate::model::{Fingerprint, Roster};

/// A file and what was last seen in it.
#[derive(Debug)]
pub struct Watch {
    path: PathBuf,
    seen: Seen,
    stamp: Option<Stamp>,
    settled: bool,
}

/// What was last told of the file.
#[derive(Debug, PartialEq, Eq)]
enum Seen {
    Contents(Fingerprint),
    Unreadable,
}

/// What a file system says of a file without opening it.
#[derive(Debug, PartialEq, Eq)]
struct Stamp {
    bytes: u64,
    modified: Option<SystemTime>,
}

impl Watch {
    /// Watches a file of which this text has been read already.
    pub fn new(path: impl Into<PathBuf>, text: &str) -> Self {
        Self::since(path.into(), text.as_bytes())
    }

    /// Reads a file and watches it from then on.
    ///
    /// # Errors
    ///
    /// As [`super::read`].
    pub fn open(path: impl Into<PathBuf>) -> Result<(Roster, Self), RosterError> {
        let path = path.into();
        let bytes = load(&path)?;
        let roster = parse(decode(&bytes, &path)?, &path)?;
        Ok((roster, Self::since(path, &bytes)))
    }

    /// Looks at the file, and answers only when it differs from what was last seen.
    ///
    /// A good roster is told at once. What is wrong, or missing, is told once, and only when it looks the same at two
    /// looks running: editors empty or rename a file for a moment while they save it.
    pub fn changed(&mut self) -> Option<Result<Roster, RosterError>> {
        let stamp = Stamp::of(&self.path);
        let same = stamp == self.stamp;
        if same && self.settled {
            return None;
        }
        // Two saves within one tick of the file system's clock leave the same stamp, so a new stamp is looked at twice.
        self.settled = same;
        self.stamp = stamp;
        let (seen, roster) = self.look()?;
        if roster.is_err() && !self.settled {
            return None;
        }
        self.seen = seen;
        Some(roster)
    }

    fn since(path: PathBuf, bytes: &[u8]) -> Self {
        Self {
            stamp: Stamp::of(&path),
            path,
            seen: Seen::Contents(Fingerprint::of(bytes)),
            settled: false,
        }
    }

    /// What is in the file now, unless that was the last thing told.
    fn look(&self) -> Option<(Seen, Result<Roster, RosterError>)> {
        let (seen, bytes) = match load(&self.path) {
            Ok(bytes) => (Seen::Contents(Fingerprint::of(&bytes)), Ok(bytes)),
            Err(error) => (Seen::Unreadable, Err(error)),
        };
        (seen != self.seen).then(|| (seen, bytes.and_then(|bytes| read(&bytes, &self.path))))
    }
}

impl Stamp {
    fn of(path: &Path) -> Option<Self> {
        let metadata = fs::metadata(path).ok()?;
        Some(Self {
            bytes: metadata.len(),
            modified: metadata.modified().ok(),
        })
    }
}

fn read(bytes: &[u8], path: &Path) -> Result<Roster, RosterError> {
    Ok(parse(decode(bytes, path)?, path)?)
}
