//! `thingplanet retag`: the rules of the moment, applied to what is stored.

use std::sync::Arc;

use clap::Args;

use super::{Ending, Files, open, report};
use crate::model::one_line;
use crate::plan::Counts;
use crate::retag::{self, Progress, Report, SAMPLES_MAX, Sample};
use crate::store::{Access, Store};
use crate::tagging::Tagger;

#[derive(Debug, Args)]
pub(super) struct RetagArguments {
    #[command(flatten)]
    files: Files,
    /// Only show what would change
    #[arg(long)]
    dry_run: bool,
    /// Who does it, for the log; else the name you are logged in by
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
}

/// Shows the difference, and applies it unless it was only asked for.
pub(super) async fn run(arguments: RetagArguments) -> anyhow::Result<Ending> {
    let roster = open::roster(&arguments.files.roster)?;
    let tagger = Arc::new(Tagger::new(&roster.course));
    let rules = tagger.fingerprint();
    let access = if arguments.dry_run {
        Access::Read
    } else {
        Access::Beside
    };
    let store = Store::open(&arguments.files.db, access).await?;
    let bar = report::posts_bar(store.entry_count().await?);
    let progress: Progress = {
        let bar = bar.clone();
        Arc::new(move |count| {
            if let Some(bar) = &bar {
                bar.inc(count);
            }
        })
    };
    let found = if arguments.dry_run {
        retag::compare(&store, tagger, progress).await
    } else {
        let by = open::who(arguments.by);
        retag::apply(&store, tagger, by, open::now(), progress).await
    };
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
    let found = found?;
    report::say(told(&found))?;
    if arguments.dry_run {
        report::say(if found.counts == Counts::default() {
            if store.awaits_retag(rules).await? {
                "All posts are tagged by these rules already, which is not noted yet: run `thingplanet retag` once, and no page \
                 says any more that the rules changed."
            } else {
                "All posts are tagged by these rules already."
            }
        } else {
            "Nothing was changed; run `thingplanet retag` to apply it."
        })?;
    } else {
        store.settle().await?;
        report::say(if found.counts == Counts::default() {
            "All posts are tagged by these rules already."
        } else {
            "Applied."
        })?;
    }
    Ok(Ending::Fine)
}

fn told(report: &Report) -> String {
    let counts = report.counts;
    let mut lines = vec![format!(
        "+{} tags, -{}; {} with other tags, suggestions or evidence; {} untouched",
        counts.added,
        counts.removed,
        report::counted(counts.entries, "post"),
        report::counted(report.decisions, "decision")
    )];
    let kinds = [
        ('+', &report.added, counts.added),
        ('-', &report.removed, counts.removed),
    ];
    for (sign, samples, count) in kinds {
        lines.extend(samples.iter().map(|sample| line(sign, sample)));
        let more = count.saturating_sub(SAMPLES_MAX);
        if more > 0 {
            lines.push(format!("    and {more} more"));
        }
    }
    lines.join("\n")
}

fn line(sign: char, sample: &Sample) -> String {
    format!(
        "  {sign} {} {}, “{}” (post {}): {}",
        sample.tag.thing,
        one_line(&sample.author),
        one_line(&sample.title),
        sample.entry.0,
        one_line(&sample.tag.evidence.sentence())
    )
}
