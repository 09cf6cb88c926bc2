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

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::PathBuf;

    use tempfile::TempDir;

    use super::Watch;
    use crate::roster::RosterError;

    fn text(name: &str) -> String {
        format!("[course]\nname = \"{name}\"\n[[thing]]\nnumber = 1\ntitle = \"One\"\n")
    }

    /// A roster named "Old" in a folder of its own, watched.
    fn watched() -> (TempDir, PathBuf, Watch) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("feeds.toml");
        fs::write(&path, text("Old")).unwrap();
        let (roster, watch) = Watch::open(&path).unwrap();
        assert_eq!(roster.course.name, "Old");
        (folder, path, watch)
    }

    /// What the next look answers: nothing, a course's name, or the error.
    fn look(watch: &mut Watch) -> Option<Result<String, RosterError>> {
        let answer = watch.changed()?;
        Some(answer.map(|roster| roster.course.name))
    }

    fn assert_quiet(watch: &mut Watch) {
        for _ in 0..3 {
            assert!(look(watch).is_none());
        }
    }

    #[test]
    fn a_file_that_stays_as_it_is_says_nothing() {
        let (_folder, path, mut watch) = watched();
        assert_quiet(&mut watch);
        fs::write(&path, text("Old")).unwrap();
        assert_quiet(&mut watch);
    }

    #[test]
    fn an_edit_is_told_once() {
        let (_folder, path, mut watch) = watched();
        fs::write(&path, text("New")).unwrap();
        assert_eq!(look(&mut watch).unwrap().unwrap(), "New");
        assert_quiet(&mut watch);
    }

    #[test]
    fn an_edit_between_reading_and_watching_is_not_missed() {
        let (_folder, path, _) = watched();
        fs::write(&path, text("New")).unwrap();
        let mut watch = Watch::new(&path, &text("Old"));
        assert_eq!(look(&mut watch).unwrap().unwrap(), "New");
        assert_quiet(&mut watch);
    }

    #[test]
    fn a_second_edit_with_the_same_stamp_is_not_missed() {
        let (_folder, path, mut watch) = watched();
        fs::write(&path, text("Ne1")).unwrap();
        let modified = fs::metadata(&path).unwrap().modified().unwrap();
        assert_eq!(look(&mut watch).unwrap().unwrap(), "Ne1");
        fs::write(&path, text("Ne2")).unwrap();
        let file = fs::File::options().write(true).open(&path).unwrap();
        file.set_modified(modified).unwrap();
        assert_eq!(look(&mut watch).unwrap().unwrap(), "Ne2");
    }

    #[test]
    fn a_save_by_rename_is_told_once_and_its_gap_never() {
        let (folder, path, mut watch) = watched();
        let aside = folder.path().join("feeds.toml.new");
        fs::write(&aside, text("New")).unwrap();
        fs::remove_file(&path).unwrap();
        assert!(look(&mut watch).is_none());
        fs::rename(&aside, &path).unwrap();
        assert_eq!(look(&mut watch).unwrap().unwrap(), "New");
        assert_quiet(&mut watch);
    }

    #[test]
    fn a_half_saved_file_is_not_told() {
        let (_folder, path, mut watch) = watched();
        fs::write(&path, "").unwrap();
        assert!(look(&mut watch).is_none());
        fs::write(&path, text("New")).unwrap();
        assert_eq!(look(&mut watch).unwrap().unwrap(), "New");
    }

    #[test]
    fn a_broken_edit_is_told_once_and_so_is_its_mending() {
        let (_folder, path, mut watch) = watched();
        fs::write(&path, text("Old").replace("title", "tittle")).unwrap();
        assert!(look(&mut watch).is_none());
        let error = look(&mut watch).unwrap().unwrap_err();
        assert!(
            error.to_string().contains("did you mean `title`?"),
            "{error}"
        );
        assert_quiet(&mut watch);
        fs::write(&path, text("Old")).unwrap();
        assert_eq!(look(&mut watch).unwrap().unwrap(), "Old");
        assert_quiet(&mut watch);
    }

    #[test]
    fn a_file_that_stays_away_is_told_once_and_so_is_its_return() {
        let (_folder, path, mut watch) = watched();
        assert_quiet(&mut watch);
        fs::remove_file(&path).unwrap();
        assert!(look(&mut watch).is_none());
        assert!(matches!(
            look(&mut watch),
            Some(Err(RosterError::Io { .. }))
        ));
        assert_quiet(&mut watch);
        fs::write(&path, text("Old")).unwrap();
        assert_eq!(look(&mut watch).unwrap().unwrap(), "Old");
    }
}
