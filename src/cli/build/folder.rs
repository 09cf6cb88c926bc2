//! A folder of which a part is ours, as a list in it says. What is not on the list is left alone.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::{Component, Path, PathBuf};

use anyhow::{Context, bail, ensure};

/// The list of what we wrote, a path a line.
const LIST: &str = ".thingplanet-files";

/// The folder while it is being written.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    /// What an earlier build wrote.
    before: BTreeSet<String>,
    /// What this one did.
    now: BTreeSet<String>,
}

/// Whether a file had to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Written {
    /// It was not there, or had other bytes.
    Anew,
    /// It had these bytes, and was not touched.
    AsBefore,
}

impl Folder {
    /// Opens a folder that is ours, empty or not there yet.
    ///
    /// # Errors
    ///
    /// Where it is somebody else's, or cannot be read.
    pub(super) fn open(path: PathBuf) -> anyhow::Result<Self> {
        let shown = path.display();
        let before = match fs::read_to_string(path.join(LIST)) {
            Ok(list) => list.lines().map(str::to_owned).collect(),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                ensure!(
                    is_empty(&path).with_context(|| format!("cannot look into {shown}"))?,
                    "{shown} holds files that thingplanet did not write, so nothing was written: name an empty folder, or a new one, with --out"
                );
                BTreeSet::new()
            }
            Err(error) => return Err(error).with_context(|| format!("cannot read {shown}/{LIST}")),
        };
        if let Some(odd) = before.iter().find(|name| !is_inside(name)) {
            bail!(
                "{shown}/{LIST} names {odd:?}, which is no file in that folder; remove that line, or build into a new folder"
            );
        }
        Ok(Self {
            path,
            before,
            now: BTreeSet::new(),
        })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Writes a file, unless it is there already as it should be.
    ///
    /// # Errors
    ///
    /// Where a file that is not ours is in its place, or it cannot be written.
    pub(super) fn write(&mut self, name: &str, bytes: &[u8]) -> anyhow::Result<Written> {
        ensure!(is_inside(name), "{name:?} is no name for a file");
        let path = self.path.join(name);
        let there = match fs::read(&path) {
            Ok(there) => Some(there),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => {
                return Err(error).with_context(|| format!("cannot look at {}", path.display()));
            }
        };
        let is_new = self.now.insert(name.to_owned());
        ensure!(
            is_new,
            "two pages would be the file {name}; please report this"
        );
        if there.as_deref() == Some(bytes) {
            return Ok(Written::AsBefore);
        }
        ensure!(
            there.is_none() || self.before.contains(name),
            "{} is there and was not written by thingplanet, so it was left alone: move it away, or build into another folder",
            path.display()
        );
        if there.is_none() && !self.before.contains(name) {
            // Before the file itself, so that a build which is cut short leaves nothing that nobody knows.
            self.note(name)?;
        }
        put(&path, bytes).with_context(|| format!("cannot write {}", path.display()))?;
        Ok(Written::Anew)
    }

    /// Removes what earlier builds wrote and this one did not, and brings the list up to date. Says how many files went.
    ///
    /// # Errors
    ///
    /// Where a file cannot be removed or the list not be written.
    pub(super) fn close(&mut self) -> anyhow::Result<usize> {
        let mut removed = 0;
        for name in self.before.difference(&self.now) {
            let path = self.path.join(name);
            match fs::remove_file(&path) {
                Ok(()) => removed += 1,
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => {
                    return Err(error).with_context(|| format!("cannot remove {}", path.display()));
                }
            }
            remove_empty_above(&self.path, &path);
        }
        let list = self.now.iter().fold(String::new(), |mut list, name| {
            list.push_str(name);
            list.push('\n');
            list
        });
        let path = self.path.join(LIST);
        if fs::read(&path).ok().as_deref() != Some(list.as_bytes()) {
            put(&path, list.as_bytes())
                .with_context(|| format!("cannot write {}", path.display()))?;
        }
        Ok(removed)
    }

    /// Adds a name to the list in the folder.
    fn note(&self, name: &str) -> anyhow::Result<()> {
        let path = self.path.join(LIST);
        let noted = fs::create_dir_all(&self.path)
            .and_then(|()| fs::OpenOptions::new().create(true).append(true).open(&path))
            .and_then(|mut list| writeln!(list, "{name}"));
        noted.with_context(|| format!("cannot write {}", path.display()))
    }
}

/// Whether there is nothing in a folder but what hides there, such as `.git`.
fn is_empty(path: &Path) -> io::Result<bool> {
    let files = match fs::read_dir(path) {
        Ok(files) => files,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(true),
        Err(error) => return Err(error),
    };
    for file in files {
        if !file?.file_name().to_string_lossy().starts_with('.') {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether a name stays inside the folder that it is in.
fn is_inside(name: &str) -> bool {
    let mut parts = Path::new(name).components().peekable();
    parts.peek().is_some() && parts.all(|part| matches!(part, Component::Normal(_)))
}

/// Puts a whole file in its place or none, so that who reads it meanwhile never sees a half.
fn put(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut file = tempfile::Builder::new()
        .prefix(".thingplanet-")
        .tempfile_in(folder)?;
    file.write_all(bytes)?;
    readable_by_all(file.as_file())?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// A temporary file is its owner's alone, while a web server wants to read what it serves.
#[cfg(unix)]
fn readable_by_all(file: &fs::File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn readable_by_all(_: &fs::File) -> io::Result<()> {
    Ok(())
}

/// Removes the folders above a file that went, as far as they are empty now.
fn remove_empty_above(top: &Path, path: &Path) {
    let above = path.ancestors().skip(1).take_while(|folder| *folder != top);
    for folder in above {
        // It is refused where something is left in it, which is as it should be.
        if fs::remove_dir(folder).is_err() {
            break;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn build(path: &Path, files: &[(&str, &str)]) -> anyhow::Result<(Vec<Written>, usize)> {
        let mut folder = Folder::open(path.to_owned())?;
        let written = files
            .iter()
            .map(|(name, text)| folder.write(name, text.as_bytes()))
            .collect::<Result<_, _>>()?;
        Ok((written, folder.close()?))
    }

    #[test]
    fn what_is_as_before_is_not_touched_and_what_went_is_removed() {
        let home = tempfile::tempdir().unwrap();
        let out = home.path().join("site");
        let (one, other) = (("a/index.html", "1"), ("b/c/index.html", "2"));
        let (written, removed) = build(&out, &[one, other]).unwrap();
        assert_eq!((written.as_slice(), removed), (&[Written::Anew; 2][..], 0));
        let (written, removed) = build(&out, &[one, other]).unwrap();
        assert_eq!(
            (written.as_slice(), removed),
            (&[Written::AsBefore; 2][..], 0)
        );
        fs::write(out.join("b/mine.txt"), "foreign").unwrap();
        let (written, removed) = build(&out, &[("a/index.html", "3")]).unwrap();
        assert_eq!((written.as_slice(), removed), (&[Written::Anew][..], 1));
        assert!(!out.join("b/c").exists() && out.join("b/mine.txt").exists());
        assert_eq!(fs::read_to_string(out.join("a/index.html")).unwrap(), "3");
    }

    #[test]
    fn a_folder_of_others_is_refused_and_left_as_it_is() {
        let home = tempfile::tempdir().unwrap();
        fs::create_dir(home.path().join(".git")).unwrap();
        build(home.path(), &[("a", "1")]).unwrap();
        fs::write(home.path().join("b"), "foreign").unwrap();
        assert!(build(home.path(), &[("a", "1"), ("b", "2")]).is_err());
        assert_eq!(
            fs::read_to_string(home.path().join("b")).unwrap(),
            "foreign"
        );
        fs::remove_file(home.path().join(LIST)).unwrap();
        let refused = build(home.path(), &[("a", "2")]).unwrap_err().to_string();
        assert!(refused.contains("did not write"), "{refused}");
        assert_eq!(fs::read_to_string(home.path().join("a")).unwrap(), "1");
    }

    #[test]
    fn a_build_that_was_cut_short_is_taken_up_again() {
        let home = tempfile::tempdir().unwrap();
        let mut folder = Folder::open(home.path().to_owned()).unwrap();
        folder.write("a", b"1").unwrap();
        drop(folder);
        let (written, removed) = build(home.path(), &[("b", "2")]).unwrap();
        assert_eq!((written.as_slice(), removed), (&[Written::Anew][..], 1));
        assert!(!home.path().join("a").exists());
    }

    #[test]
    fn no_name_leads_out_of_the_folder() {
        let home = tempfile::tempdir().unwrap();
        for name in ["../x", "/x", "a/../../x", ""] {
            assert!(build(home.path(), &[(name, "1")]).is_err(), "{name}");
        }
        fs::write(home.path().join(LIST), "../x\n").unwrap();
        assert!(build(home.path(), &[]).is_err());
    }
}
