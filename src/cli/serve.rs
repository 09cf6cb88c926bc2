//! `thingplanet serve`: poll and serve until stopped, and take edits of feeds.toml over as they come.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use clap::Args;
use jiff::Timestamp;
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::{Ending, Files, open, report};
use crate::model::Roster;
use crate::render::Pages;
use crate::roster::{RosterError, Watch};
use crate::store::Store;
use crate::web::{Live, Planet, router, serve};

#[derive(Debug, Args)]
pub(super) struct ServeArguments {
    #[command(flatten)]
    files: Files,
    /// The address to serve at
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8023")]
    listen: SocketAddr,
}

/// How often feeds.toml is looked at. A broken edit is reported at the second look, a good one taken at the first.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Polls and serves until a signal comes.
pub(super) async fn run(arguments: ServeArguments) -> anyhow::Result<Ending> {
    let files = arguments.files;
    let (roster, watch) = Watch::open(&files.roster)?;
    let listener = TcpListener::bind(arguments.listen).await.with_context(|| {
        format!(
            "cannot serve at {}: is something else there? Try another --listen",
            arguments.listen
        )
    })?;
    let store = open::store(&files, &roster).await?;
    println!(
        "The planet is at http://{}/ – Ctrl-C stops it.",
        listener.local_addr()?
    );
    if roster.participants.is_empty() {
        println!(
            "Nobody is on the roster yet: add a [[participant]] to {}.",
            files.roster.display()
        );
    }
    run_planet(&files, store, roster, Some(watch), listener).await?;
    Ok(Ending::Fine)
}

/// Serves and polls a planet until a signal comes. Without a watch the roster stays as it is.
pub(super) async fn run_planet(
    files: &Files,
    store: Store,
    roster: Roster,
    watch: Option<Watch>,
    listener: TcpListener,
) -> anyhow::Result<()> {
    let user_agent = open::user_agent(&roster);
    let (sender, live) = watch::channel(Arc::new(Live {
        roster,
        notice: None,
        edited_at: edited_at(&files.roster),
    }));
    let planet = Planet {
        store: store.clone(),
        pages: Arc::new(Pages::new(open::theme(files).as_deref())),
        live: live.clone(),
        clock: open::clock(),
        user_agent,
    };
    let mut server = tokio::spawn(serve(listener, router(planet), stopped()));
    tokio::select! {
        ended = &mut server => ended?,
        polling = keep_polling(&store, live) => polling?,
        () = keep_watching(&store, watch, &files.roster, &sender) => {}
    }
    if !server.is_finished() {
        server.await?;
    }
    tracing::info!("stopped");
    Ok(())
}

/// Polls with the roster of the moment; an edit that changes who is polled, or how, starts the poller anew.
async fn keep_polling(store: &Store, mut live: watch::Receiver<Arc<Live>>) -> anyhow::Result<()> {
    let listener = report::listener(None);
    loop {
        let roster = live.borrow_and_update().roster.clone();
        let poller = open::poller(store, &roster)?;
        tokio::select! {
            ended = poller.keep_polling(&listener) => ended?,
            changed = live.changed() => if changed.is_err() {
                // Nobody will ever edit this roster, so there is nothing more to wait for than polling itself.
                return Ok(poller.keep_polling(&listener).await?);
            },
        }
    }
}

/// Looks at feeds.toml and takes over what changed. A broken edit is told and the last good roster stays.
async fn keep_watching(
    store: &Store,
    watch: Option<Watch>,
    path: &Path,
    sender: &watch::Sender<Arc<Live>>,
) {
    let Some(mut watch) = watch else {
        return std::future::pending().await;
    };
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        // Reading and checking a large roster takes its time, which the server should not wait for.
        let looked = tokio::task::spawn_blocking(move || {
            let changed = watch.changed();
            (watch, changed)
        });
        let Ok((back, changed)) = looked.await else {
            tracing::error!("watching feeds.toml failed; restart to take edits over");
            return std::future::pending().await;
        };
        watch = back;
        if let Some(changed) = changed {
            take_over(store, changed, path, sender).await;
        }
    }
}

async fn take_over(
    store: &Store,
    changed: Result<Roster, RosterError>,
    path: &Path,
    sender: &watch::Sender<Arc<Live>>,
) {
    let taken = match changed {
        Ok(roster) => store
            .sync(&roster)
            .await
            .map(|_| roster)
            .map_err(|error| error.to_string()),
        Err(error) => Err(error.to_string()),
    };
    match taken {
        Ok(roster) => {
            tracing::info!(
                participants = roster.participants.len(),
                "took the new feeds.toml over"
            );
            sender.send_replace(Arc::new(Live {
                roster,
                notice: None,
                edited_at: edited_at(path),
            }));
        }
        Err(error) => {
            tracing::error!(
                "feeds.toml was changed and cannot be used; the last good one stays\n{error}"
            );
            let notice = "The newest edit of feeds.toml has a mistake, so the last good one is in use. \
                          The organiser can run “thingplanet check” to see what to mend.";
            sender.send_modify(|live| {
                *live = Arc::new(Live {
                    roster: live.roster.clone(),
                    notice: Some(notice.to_owned()),
                    edited_at: live.edited_at,
                });
            });
        }
    }
}

/// When a file was last written; nothing where there is none.
fn edited_at(path: &Path) -> Option<Timestamp> {
    let written = std::fs::metadata(path)
        .and_then(|file| file.modified())
        .ok()?;
    Timestamp::try_from(written).ok()
}

/// Resolves when the process is asked to stop.
async fn stopped() {
    let interrupt = async { drop(tokio::signal::ctrl_c().await) };
    #[cfg(unix)]
    let terminate = async {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
}
