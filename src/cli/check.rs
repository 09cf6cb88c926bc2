//! `thingplanet check`: everything that is wrong with feeds.toml and the templates, at once.

use super::{Ending, Files, open, report};
use crate::render::Pages;
use crate::roster::{self, RosterError};

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
            println!("{error}\n");
            problems += match &error {
                RosterError::Invalid(findings) => findings.count(),
                RosterError::Io { .. } => 1,
            };
        }
    }
    let theme = open::theme(files);
    let faults = Pages::new(theme.as_deref()).check();
    problems += faults.len();
    for fault in &faults {
        println!("templates/{fault}");
    }
    if let Some(folder) = theme.filter(|_| faults.is_empty()) {
        println!("{}: all templates fit", folder.display());
    }
    if problems == 0 {
        return Ending::Fine;
    }
    println!("{}", report::counted(problems, "problem"));
    Ending::CouldNotRun
}
