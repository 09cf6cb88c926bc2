//! `thingplanet check`: everything that is wrong with feeds.toml and the templates, at once.

use super::{Ending, Files, open};
use crate::render::Pages;
use crate::roster;

/// Prints every problem and says how many there are.
pub(super) fn run(files: &Files) -> Ending {
    let mut problems = 0;
    match roster::read(&files.roster) {
        Ok(roster) => println!(
            "{}: {} Things, {} participants",
            files.roster.display(),
            roster.course.things.len(),
            roster.participants.len()
        ),
        Err(error) => {
            problems += 1;
            eprintln!("{error}");
        }
    }
    let theme = open::theme(files);
    let faults = Pages::new(theme.as_deref()).check();
    problems += faults.len();
    for fault in &faults {
        eprintln!("templates/{fault}");
    }
    if let Some(folder) = theme.filter(|_| faults.is_empty()) {
        println!("{}: all templates fit", folder.display());
    }
    if problems == 0 {
        Ending::Fine
    } else {
        Ending::CouldNotRun
    }
}
