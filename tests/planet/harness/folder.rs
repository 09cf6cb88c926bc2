//! A test's own directory.

use std::io::Write;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// A directory that goes with the test, unless `KEEP=1` says otherwise.
pub(crate) struct Folder(TempDir);

impl Folder {
    /// A new, empty one.
    pub(crate) fn new() -> Self {
        let mut folder = tempfile::Builder::new()
            .prefix("thingplanet-")
            .tempdir()
            .unwrap();
        if std::env::var_os("KEEP").is_some_and(|keep| keep == "1") {
            folder.disable_cleanup(true);
            // The test runner keeps what macros print to itself, unless the test fails.
            let line = format!("kept: {}\n", folder.path().display());
            std::io::stderr().write_all(line.as_bytes()).unwrap();
        }
        Self(folder)
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    /// Where the file of this name is or would be.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    /// Writes a file.
    pub(crate) fn write(&self, name: &str, text: &str) {
        std::fs::write(self.file(name), text).unwrap();
    }
}
