//! `thingplanet retag`: the rules of the moment, applied to what is stored.

use clap::Args;

use super::{Ending, Files, open, report};
use crate::model::{EntryId, EntryText, Roster, Tag};
use crate::plan::{Difference, difference};
use crate::sanitize;
use crate::store::{Access, Store, Tagged};
use crate::tagging::Tagger;

#[derive(Debug, Args)]
pub(super) struct RetagArguments {
    #[command(flatten)]
    files: Files,
    /// Only show what would change
    #[arg(long)]
    dry_run: bool,
}

/// Entries that are looked at together.
const PIECE: u32 = 500;
/// Posts shown of each kind of change.
const SAMPLES: usize = 10;

/// Everything that would change.
#[derive(Default)]
struct Changes {
    entries: Vec<(EntryId, Vec<Tag>)>,
    added: Vec<String>,
    removed: Vec<String>,
}

/// Shows the difference, and applies it unless it was only asked for.
pub(super) async fn run(arguments: RetagArguments) -> anyhow::Result<Ending> {
    let roster = open::roster(&arguments.files.roster)?;
    let store = if arguments.dry_run {
        Store::open(&arguments.files.db, Access::Read).await?
    } else {
        open::store(&arguments.files, &roster).await?
    };
    let changes = compare(&store, &roster).await?;
    report::say(told(&changes))?;
    if arguments.dry_run {
        report::say("Nothing was changed; run `thingplanet retag` to apply it.")?;
    } else {
        store.retag(changes.entries, open::now()).await?;
        store.settle().await?;
        report::say("Applied.")?;
    }
    Ok(Ending::Fine)
}

async fn compare(store: &Store, roster: &Roster) -> anyhow::Result<Changes> {
    let tagger = Tagger::new(&roster.course);
    let bar = report::posts_bar(store.entry_count().await?);
    let (mut changes, mut last) = (Changes::default(), EntryId(0));
    loop {
        let piece = store.tagged_after(last, PIECE).await?;
        let Some(end) = piece.last() else {
            break;
        };
        last = end.id;
        for entry in piece {
            changes.note(entry, &tagger);
            if let Some(bar) = &bar {
                bar.inc(1);
            }
        }
    }
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
    Ok(changes)
}

impl Changes {
    fn note(&mut self, entry: Tagged, tagger: &Tagger) {
        let reader = EntryText {
            links: sanitize::links_of(&entry.html),
            title: entry.title,
            url: entry.url,
            participant: Some(entry.slug),
            categories: entry.categories,
            body: entry.text,
        };
        let tags = tagger.tags(&reader);
        let Difference {
            added,
            removed,
            differs,
        } = difference(&entry.tags, &tags);
        let line = |sign: char, tag: &Tag| {
            format!(
                "  {sign} {} {}, “{}”: {}",
                tag.thing,
                entry.author,
                reader.title,
                tag.evidence.sentence()
            )
        };
        self.added.extend(added.iter().map(|tag| line('+', tag)));
        self.removed
            .extend(removed.iter().map(|tag| line('-', tag)));
        if differs {
            self.entries.push((entry.id, tags));
        }
    }
}

fn told(changes: &Changes) -> String {
    let mut lines = vec![format!(
        "+{} tags, -{}; {} with other tags, suggestions or evidence",
        changes.added.len(),
        changes.removed.len(),
        report::counted(changes.entries.len(), "post")
    )];
    for kind in [&changes.added, &changes.removed] {
        lines.extend(kind.iter().take(SAMPLES).cloned());
        if kind.len() > SAMPLES {
            lines.push(format!("    and {} more", kind.len() - SAMPLES));
        }
    }
    lines.join("\n")
}
