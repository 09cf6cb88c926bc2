//! `thingplanet poll`: one round, and the older pages of blogs that joined or have gaps.

use std::time::Duration;

use clap::Args;
use jiff::{SignedDuration, Timestamp};

use super::{Ending, Files, open, report};
use crate::poll::{Poller, Summary, Which};
use crate::tagging;

#[derive(Debug, Args)]
pub(super) struct PollArguments {
    #[command(flatten)]
    files: Files,
    /// Ask blogs that fail before their time too, when something was mended; what their hosts asked for still holds
    #[arg(long)]
    now: bool,
    /// Ask only blogs whose time has come, as `serve` does; for a timer, which may then run as often as it likes
    #[arg(long, conflicts_with = "now")]
    due: bool,
}

impl PollArguments {
    fn which(&self) -> Which {
        match (self.now, self.due) {
            (true, _) => Which::EvenFailing,
            (false, true) => Which::Due,
            (false, false) => Which::All,
        }
    }
}

/// Polls every blog once, or those that are asked for, and says how it went.
pub(super) async fn run(arguments: &PollArguments) -> anyhow::Result<Ending> {
    let (files, which) = (&arguments.files, arguments.which());
    let roster = open::roster(&files.roster)?;
    open::remark(&roster);
    let store = open::store(files, &roster).await?;
    open::clean(&store).await?;
    let poller = open::poller(&store, &roster)?.alone();
    if poller.count(Which::All).await? == 0 {
        report::say(format_args!(
            "Nobody is on the roster yet: add a [[participant]] to {}",
            files.roster.display()
        ))?;
        return Ok(Ending::Fine);
    }
    let feeds = poller.count(which).await?;
    let summary = round(&poller, which, feeds).await?;
    let older = walk_back(&poller).await?;
    store.settle().await?;
    let named = |address: &str| {
        let mut feeds = roster.participants.iter().filter_map(|it| it.feed.as_ref());
        feeds.any(|feed| feed.as_str() == address)
    };
    report::say(report::summary(&summary, &roster.course.timezone, named))?;
    if report::waits_failing(&summary) && which == Which::All {
        report::say(report::NOW)?;
    }
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
pub(super) async fn round(poller: &Poller, which: Which, feeds: usize) -> anyhow::Result<Summary> {
    let bar = report::bar(feeds);
    let summary = poller.round(which, &report::listener(bar.clone())).await?;
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
