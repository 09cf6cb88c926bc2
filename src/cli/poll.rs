//! `thingplanet poll`: one round.

use super::{Ending, Files, open, report};
use crate::poll::{Poller, Summary, Which};
use crate::tagging::Tagger;

/// Polls every blog once and says how it went.
pub(super) async fn run(files: &Files) -> anyhow::Result<Ending> {
    let roster = open::roster(&files.roster)?;
    open::remark(&roster);
    let store = open::store(files, &roster).await?;
    open::clean(&store).await?;
    let poller = open::poller(&store, &roster)?;
    let feeds = poller.count(Which::All).await?;
    if feeds == 0 {
        report::say(format_args!(
            "Nobody is on the roster yet: add a [[participant]] to {}",
            files.roster.display()
        ))?;
        return Ok(Ending::Fine);
    }
    let summary = round(&poller, feeds).await?;
    store.settle().await?;
    report::say(report::summary(&summary))?;
    if store
        .awaits_retag(Tagger::new(&roster.course).fingerprint())
        .await?
    {
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
