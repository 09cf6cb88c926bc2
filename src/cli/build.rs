//! `thingplanet build`: the whole planet as files in a folder.
//!
//! The pages are those that `serve` gives, as of the last time that anything was read, so that a second build has
//! nothing to write. Only what we wrote ourselves is ever changed or removed: a list in the folder says what that is.

mod folder;

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use tokio::sync::watch;
use url::Url;

use self::folder::{Folder, Written};
use super::{Ending, Files, open, report};
use crate::model::one_line;
use crate::render::Pages;
use crate::store::{Access, Store};
use crate::web::{Live, Metrics, Planet, Still};

#[derive(Debug, Args)]
pub(super) struct BuildArguments {
    #[command(flatten)]
    files: Files,
    /// The folder to write into; it is made where it is not there
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Where the files will be, if not at `base_url`; a path may be in it, as GitHub Pages has one
    #[arg(long, value_name = "URL", value_parser = base_url)]
    base_url: Option<String>,
}

/// What a build came to.
#[derive(Debug, Default)]
struct Count {
    written: usize,
    unchanged: usize,
}

/// Writes the planet and says what came of it.
pub(super) async fn run(arguments: BuildArguments) -> anyhow::Result<Ending> {
    let files = arguments.files;
    let roster = open::roster(&files.roster)?;
    open::remark(&roster);
    let mut folder = Folder::open(arguments.out)?;
    // Beside a running `serve`, which may be polling at this moment.
    let store = Store::open(&files.db, Access::Beside).await?;
    store.sync(&roster, open::now()).await?;
    // What is read meanwhile belongs to the next build: a page leads only to what is there with it.
    let store = store.as_it_is().await?;
    let as_of = store.as_of().await?.unwrap_or_else(open::now);
    let mut live = Live {
        still: true,
        ..Live::new(roster)
    };
    if let Some(base_url) = arguments.base_url {
        live.roster.planet.base_url = base_url;
    }
    if let Some(remark) = only_here(&live.roster.planet.base_url) {
        tracing::warn!("{remark}");
    }
    let (_sender, live) = watch::channel(Arc::new(live));
    let mut still = Still::new(Planet {
        store,
        pages: Arc::new(Pages::new(Some(&open::theme(&files)))),
        live,
        clock: Arc::new(move || as_of),
        user_agent: open::user_agent,
        metrics: Metrics::new(None),
    });
    let count = write(&mut still, &mut folder).await?;
    let removed = folder.close()?;
    report::say(format_args!(
        "{}: {} written, {} as before, {removed} removed",
        one_line(&folder.path().display().to_string()),
        report::counted(count.written, "file"),
        count.unchanged,
    ))?;
    Ok(Ending::Fine)
}

/// Feeds name the planet's own address, which is of no use elsewhere when it is this machine's.
fn only_here(base_url: &str) -> Option<String> {
    let url = Url::parse(base_url).ok()?;
    let host = url.host_str()?;
    (host == "localhost" || host.starts_with("127.")).then(|| {
        format!(
            "the files name {base_url} as the planet's address, which leads to each reader's own machine: give the address \
             where they will stand, as in --base-url https://library.github.io/course"
        )
    })
}

/// An address that files can be below, without a slash at its end.
fn base_url(text: &str) -> Result<String, String> {
    let url = Url::parse(text).ok().filter(|url| {
        let is_web = matches!(url.scheme(), "http" | "https");
        is_web && url.query().is_none() && url.fragment().is_none()
    });
    let url = url.ok_or("write a whole address, such as https://library.github.io/course")?;
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

async fn write(still: &mut Still, folder: &mut Folder) -> anyhow::Result<Count> {
    let bar = report::files_bar();
    let mut count = Count::default();
    // GitHub would otherwise look through all of it for templates of its own.
    count.add(folder.write(".nojekyll", &[])?);
    while let Some(file) = still.next().await? {
        count.add(folder.write(&file.path, &file.bytes)?);
        if let Some(bar) = &bar {
            bar.set_length(still.known());
            bar.set_message(file.path);
            bar.inc(1);
        }
    }
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
    Ok(count)
}

impl Count {
    fn add(&mut self, written: Written) {
        match written {
            Written::Anew => self.written += 1,
            Written::AsBefore => self.unchanged += 1,
        }
    }
}
