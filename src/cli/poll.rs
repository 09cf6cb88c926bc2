//! `thingplanet poll`: one round, and the older pages of blogs that joined.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::{Ending, Files, open, report};
use crate::poll::{Poller, Summary, Which};
use crate::tagging;

/// Polls every blog once and says how it went.
pub(super) async fn run(files: &Files) -> anyhow::Result<Ending> {
    let roster = open::roster(&files.roster)?;
    open::remark(&roster);
    let store = open::store(files, &roster).await?;
    open::clean(&store).await?;
    let poller = open::poller(&store, &roster)?.alone();
    let feeds = poller.count(Which::All).await?;
    if feeds == 0 {
        report::say(format_args!(
            "Nobody is on the roster yet: add a [[participant]] to {}",
            files.roster.display()
        ))?;
        return Ok(Ending::Fine);
    }
    let summary = round(&poller, feeds).await?;
    let older = walk_back(&poller).await?;
    store.settle().await?;
    let named = |address: &str| {
        let mut feeds = roster.participants.iter().filter_map(|it| it.feed.as_ref());
        feeds.any(|feed| feed.as_str() == address)
    };
    report::say(report::summary(&summary, &roster.course.timezone, named))?;
    for line in report::older(&older) {
        report::say(line)?;
    }
    let rules = tagging::fingerprint(&roster.course);
    if store.awaits_retag(rules).await? {
        report::say(open::RETAG_AWAITED)?;
    }
    Ok(if summary.failed.is_empty() {
        Ending::Fine
    } else {
        Ending::SomeFailed
    })
}

/// One round over all these feeds, with a bar where somebody is watching.
pub(super) async fn round(poller: &Poller, feeds: usize) -> anyhow::Result<Summary> {
    let bar = report::bar(feeds);
    let summary = poller
        .round(Which::All, &report::listener(bar.clone()))
        .await?;
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
    Ok(summary)
}

/// What reading older pages came to.
#[derive(Debug, Default)]
pub(super) struct Older {
    /// Pages that were asked.
    pub(super) pages: usize,
    /// Posts that they brought.
    pub(super) new: usize,
    /// When the next page is due, if some are left for another time.
    pub(super) next_at: Option<Timestamp>,
}

/// Longest that one command reads older pages; the next one goes on.
const WALK_MAX: SignedDuration = SignedDuration::from_mins(10);
/// A page that is due later than this is left for the next command.
const WAIT_MAX: SignedDuration = SignedDuration::from_mins(1);

/// Reads older pages as long as some are due, at their pace.
async fn walk_back(poller: &Poller) -> anyhow::Result<Older> {
    let started = open::now();
    let mut older = Older::default();
    let spinner = report::spinner();
    let listener = report::walk_listener(spinner.clone());
    loop {
        older.next_at = poller.next_page_at().await?;
        let now = open::now();
        let wait = older.next_at.map(|at| at.duration_since(now));
        let Some(wait) = wait.filter(|wait| *wait <= WAIT_MAX) else {
            break;
        };
        if now.duration_since(started) > WALK_MAX {
            break;
        }
        tokio::time::sleep(Duration::try_from(wait).unwrap_or_default()).await;
        for walked in poller.walk_back(&listener).await? {
            older.pages += 1;
            older.new += walked.new;
        }
    }
    if let Some(spinner) = spinner {
        spinner.finish_and_clear();
    }
    Ok(older)
}
