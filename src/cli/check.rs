//! `thingplanet check`: everything that is wrong with feeds.toml and the templates, at once.

use super::{Ending, Files, open, report};
use crate::model::{Roster, one_line};
use crate::render::{Pages, words};
use crate::roster::{self, RosterError};
use crate::store::{Access, Store};
use crate::tagging;

/// Prints every problem and says how many there are.
pub(super) async fn run(files: &Files) -> anyhow::Result<Ending> {
    let mut problems = 0;
    match roster::read(&files.roster) {
        Ok(roster) => {
            let units = words::count(roster.course.things.len() as u64, &roster.course.unit);
            let people = words::count(roster.participants.len() as u64, "participant");
            report::say(format_args!(
                "{}: {units}, {people}",
                files.roster.display()
            ))?;
            for remark in open::remarks(&roster) {
                report::say(format_args!("a remark: {remark}"))?;
            }
            for remark in moved(files).await {
                report::say(format_args!("a remark: {remark}"))?;
            }
            if awaits_retag(files, &roster).await {
                report::say(format_args!("a remark: {}", open::RETAG_AWAITED))?;
            }
        }
        Err(error) => {
            report::say(format_args!("{error}\n"))?;
            problems += match &error {
                RosterError::Invalid(findings) => findings.count(),
                RosterError::Io { .. } => 1,
            };
        }
    }
    let theme = Some(open::theme(files)).filter(|folder| folder.is_dir());
    let faults = Pages::new(theme.as_deref()).check();
    problems += faults.len();
    for fault in &faults {
        report::say(fault)?;
    }
    if let Some(folder) = theme.filter(|_| faults.is_empty()) {
        report::say(format_args!("{}: all templates fit", folder.display()))?;
    }
    if problems == 0 {
        return Ok(Ending::Fine);
    }
    report::say(report::counted(problems, "problem"))?;
    Ok(Ending::CouldNotRun)
}

/// What feeds.toml should say anew, since feeds have moved. Nothing stored is no mistake here either.
async fn moved(files: &Files) -> Vec<String> {
    let Ok(store) = Store::open(&files.db, Access::Read).await else {
        return Vec::new();
    };
    let feeds = store.feeds().await.unwrap_or_default();
    let told = feeds.iter().flat_map(|feed| {
        let notices = feed.moves.notices().into_iter();
        notices.map(|notice| format!("{}: {notice}", one_line(&feed.owner.name)))
    });
    told.collect()
}

/// Whether stored posts wait for a retag. Nothing stored, or nothing that can be read, is no mistake in feeds.toml.
async fn awaits_retag(files: &Files, roster: &Roster) -> bool {
    let Ok(store) = Store::open(&files.db, Access::Read).await else {
        return false;
    };
    let rules = tagging::fingerprint(&roster.course);
    store.awaits_retag(rules).await.unwrap_or(false)
}
