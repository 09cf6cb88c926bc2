//! feeds.toml: from an organiser's text to a [`Roster`], or to a list of all that is wrong with it.
//!
//! The path of the text: `syntax` reads the grammar and goes on after a mistake, `course`, `rules` and `people` read the
//! sections through `section`, `notes` gathers what is wrong, and `finding` prints it. Nothing is taken from a file
//! with findings, so the rest of the house never meets half a roster.
//!
//! This room must not know who polls or shows what the roster says, and never looks at a clock.

mod address;
mod course;
mod finding;
mod notes;
mod people;
mod rules;
mod section;
mod shape;
mod suggest;
mod syntax;
#[cfg(test)]
mod tests;
mod watch;

use std::fs;
use std::io::{self, Read as _};
use std::ops::Range;
use std::path::{Path, PathBuf};

use toml::de::DeTable;
use url::Url;

use crate::model::Roster;

pub use finding::{Finding, Findings};
pub use watch::Watch;

use notes::Notes;

/// The largest feeds.toml that is read, in bytes; 5 000 participants need about one megabyte.
const FILE_BYTES_MAX: usize = 4_000_000;

/// Why there is no roster.
#[derive(Debug, thiserror::Error)]
pub enum RosterError {
    /// The file could not be read.
    #[error("could not read {}: {cause}\n  {}", path.display(), cure(cause))]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        cause: io::Error,
    },
    /// The file was read, and something in it is wrong.
    #[error(transparent)]
    Invalid(#[from] Findings),
}

/// Reads the address of a blog or feed as feeds.toml would take it.
///
/// # Errors
///
/// What is wrong with it, and what to write instead.
pub fn address(text: &str) -> Result<Url, String> {
    address::web(text)
        .map_err(|trouble| format!("the address {text} {}: {}", trouble.message, trouble.help))
}

/// Reads a roster from the text of a feeds.toml; `file` is only named, never opened.
///
/// # Errors
///
/// [`Findings`] with everything that is wrong with the text.
pub fn parse(text: &str, file: &Path) -> Result<Roster, Findings> {
    // Editors on Windows like to put a byte order mark first. Nobody sees it, so it does not count as a column.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.len() > FILE_BYTES_MAX {
        return Err(too_large(file));
    }
    let mended = syntax::mend(text);
    let mut notes = Notes::after(&mended, file);
    let (document, _) = DeTable::parse_recoverable(&mended.text);
    let roster = roster(document.get_ref(), &mut notes);
    if notes.is_empty() {
        Ok(roster)
    } else {
        Err(notes.into_findings())
    }
}

/// Reads a roster from a file.
///
/// # Errors
///
/// [`RosterError::Io`] when the file cannot be read, [`RosterError::Invalid`] when something in it is wrong.
pub fn read(path: &Path) -> Result<Roster, RosterError> {
    let bytes = load(path)?;
    Ok(parse(decode(&bytes, path)?, path)?)
}

fn roster(document: &DeTable<'_>, notes: &mut Notes<'_>) -> Roster {
    section::check_top(document, notes);
    let mut course = course::course(document, notes);
    let (participants, blogs) = people::participants(document, notes);
    course.rules.blogs = blogs;
    Roster {
        course,
        planet: course::planet(document, notes),
        poll: course::poll(document, notes),
        participants,
    }
}

/// The bytes of the file, one more than the limit at most: that one shows that the file is too large.
fn load(path: &Path) -> Result<Vec<u8>, RosterError> {
    let bytes = || {
        // Opening a pipe would wait for somebody to write into it.
        if !fs::metadata(path)?.is_file() {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "it is not a file",
            ));
        }
        let mut bytes = Vec::new();
        fs::File::open(path)?
            .take(FILE_BYTES_MAX as u64 + 1)
            .read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    bytes().map_err(|cause| RosterError::Io {
        path: path.to_owned(),
        cause,
    })
}

/// The bytes as text; a file that is too large may end inside a character, which is not what is wrong with it.
fn decode<'a>(bytes: &'a [u8], path: &Path) -> Result<&'a str, Findings> {
    if bytes.len() > FILE_BYTES_MAX {
        return Err(too_large(path));
    }
    std::str::from_utf8(bytes).map_err(|error| {
        let readable = String::from_utf8_lossy(bytes);
        let at = error.valid_up_to();
        only(
            &readable,
            at..at + '\u{fffd}'.len_utf8(),
            "this letter is not saved as UTF-8",
            "in your editor choose “Save as…” and the encoding UTF-8, then look at this line again",
            path,
        )
    })
}

fn too_large(path: &Path) -> Findings {
    only(
        "",
        0..0,
        "the file is larger than 4 MB",
        "a roster of 5 000 participants needs about 1 MB; look for something pasted by mistake",
        path,
    )
}

/// The findings where one thing keeps us from looking for others.
fn only(text: &str, span: Range<usize>, message: &str, help: &str, path: &Path) -> Findings {
    let mut notes = Notes::new(text, path);
    notes.note(span, message, help);
    notes.into_findings()
}

/// What to do about a file that cannot be read.
fn cure(cause: &io::Error) -> &'static str {
    match cause.kind() {
        io::ErrorKind::NotFound => {
            "copy the feeds.toml that comes with thingplanet to this place and change it to your course, \
             or name the file you have with --roster"
        }
        io::ErrorKind::PermissionDenied => {
            "allow the account that runs thingplanet to read this file"
        }
        _ => "see that this is a text file, and name another one with --roster if it is not",
    }
}
