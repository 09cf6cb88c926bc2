//! `thingplanet serve`: poll and serve until stopped, and take edits of feeds.toml over as they come.

use std::net::SocketAddr;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use clap::Args;
use tokio::net::TcpListener;
use tokio::sync::watch;
use url::Url;

use super::{Ending, Files, open, report};
use crate::fetch::Client;
use crate::model::Roster;
use crate::poll::{Listener, Poller, WalkListener};
use crate::render::Pages;
use crate::roster::Watch;
use crate::store::Store;
use crate::web::{Live, Metrics, Planet, router, serve};

#[derive(Debug, Args)]
pub(super) struct ServeArguments {
    #[command(flatten)]
    files: Files,
    /// The address to serve at
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8023", value_parser = open::listen_address)]
    listen: SocketAddr,
}

/// How often feeds.toml is looked at. A broken edit is reported at the second look, a good one taken at the first.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Polls and serves until a signal comes.
pub(super) async fn run(arguments: ServeArguments) -> anyhow::Result<Ending> {
    let files = arguments.files;
    let stopped = stop_signal()?;
    let (roster, watch) = Watch::open(&files.roster)?;
    let listener = TcpListener::bind(arguments.listen).await.with_context(|| {
        format!(
            "cannot serve at {}: is something else there? Try another --listen",
            arguments.listen
        )
    })?;
    open::remark(&roster);
    let store = open::store(&files, &roster).await?;
    report::say(format_args!(
        "The planet is at http://{}/ – Ctrl-C stops it.",
        listener.local_addr()?
    ))?;
    if let Some(remark) = other_address(&roster, arguments.listen) {
        report::say(remark)?;
    }
    if roster.participants.is_empty() {
        report::say(format_args!(
            "Nobody is on the roster yet: add a [[participant]] to {}.",
            files.roster.display()
        ))?;
    }
    run_planet(&files, store, roster, Some(watch), listener, stopped).await?;
    Ok(Ending::Fine)
}

/// Pages and feeds name `base_url` as their address; on one machine that may be a slip.
fn other_address(roster: &Roster, listen: SocketAddr) -> Option<String> {
    let named = Url::parse(&roster.planet.base_url).ok()?;
    let here = named
        .host_str()
        .is_some_and(|host| host == "localhost" || host.starts_with("127."));
    let differs = named.port_or_known_default() != Some(listen.port());
    (here && differs && listen.port() != 0).then(|| {
        format!("Its feeds name {named} as their address: if that is not meant, change base_url in feeds.toml.")
    })
}

/// Serves and polls a planet until a signal comes. Without a watch the roster stays as it is.
pub(super) async fn run_planet(
    files: &Files,
    store: Store,
    roster: Roster,
    watch: Option<Watch>,
    listener: TcpListener,
    stopped: impl Future<Output = ()> + Send + 'static,
) -> anyhow::Result<()> {
    let live = Arc::new(Live::new(roster));
    remind(&store, &live).await;
    let (sender, live) = watch::channel(live);
    let metrics = Metrics::new(open::metrics_token().as_deref());
    let planet = Planet {
        store: store.clone(),
        pages: Arc::new(Pages::new(Some(&open::theme(files)))),
        live: live.clone(),
        clock: open::clock(),
        user_agent: open::user_agent,
        metrics: metrics.clone(),
    };
    let mut server = tokio::spawn(serve(listener, router(planet), stopped));
    tokio::select! {
        ended = &mut server => ended?,
        () = keep_polling(&store, live, &metrics) => {}
        () = keep_watching(&store, watch, &sender) => {}
    }
    store.settle().await?;
    tracing::info!("stopped");
    Ok(())
}

/// Polls what is due, with the roster of the moment, and never gives up: pages are served whatever happens here.
async fn keep_polling(store: &Store, mut live: watch::Receiver<Arc<Live>>, metrics: &Metrics) {
    if let Err(error) = open::clean(store).await {
        tracing::error!(
            "posts could not be cleaned again; the next start tries it anew: {error:#}"
        );
    }
    let mut client: Option<Client> = None;
    loop {
        let roster = live.borrow_and_update().roster.clone();
        // The same poller as long as feeds.toml is the same, so that connections and rules are kept; turns always are.
        let kept = match open::client_after(client.as_ref(), &roster) {
            Ok(next) => {
                client = Some(next.clone());
                let poller = open::poller_with(next, store, &roster);
                keep(&poller, live.clone(), metrics.clone()).await
            }
            Err(error) => Err(error),
        };
        if let Err(error) = kept {
            tracing::error!("polling failed and is tried again in a minute: {error:#}");
            tokio::select! {
                () = tokio::time::sleep(Duration::from_mins(1)) => {}
                () = changed(&mut live) => {}
            }
        }
    }
}

/// Polls what is due until feeds.toml changes.
async fn keep(
    poller: &Poller,
    mut live: watch::Receiver<Arc<Live>>,
    metrics: Metrics,
) -> anyhow::Result<()> {
    let seen = live.clone();
    let listener: Listener = Arc::new(move |polled| {
        report::log(polled);
        metrics.polled(report::outcome(polled));
        match seen.has_changed() {
            Ok(true) => ControlFlow::Break(()),
            _ => ControlFlow::Continue(()),
        }
    });
    let log_page: WalkListener = Arc::new(report::log_page);
    tokio::select! {
        kept = poller.keep(&listener, changed(&mut live)) => Ok(kept?),
        never = poller.keep_beside(&log_page) => match never {},
        never = poller.keep_index() => match never {},
    }
}

/// Waits for another feeds.toml; without an editor there is never one.
async fn changed(live: &mut watch::Receiver<Arc<Live>>) {
    if live.changed().await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// Looks at feeds.toml and takes over what changed. A broken edit is told and the last good roster stays.
async fn keep_watching(store: &Store, watch: Option<Watch>, sender: &watch::Sender<Arc<Live>>) {
    let Some(mut watch) = watch else {
        return std::future::pending().await;
    };
    // A good roster that the database did not take yet.
    let mut waiting = None;
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
        match changed {
            Some(Ok(roster)) => waiting = Some(roster),
            Some(Err(error)) => {
                waiting = None;
                tracing::error!(
                    "feeds.toml was changed and cannot be used; the last good one stays\n{error}"
                );
                tell(sender, BROKEN);
            }
            None => {}
        }
        if let Some(roster) = waiting.take() {
            waiting = take_over(store, roster, sender).await;
        }
    }
}

const BROKEN: &str = "The newest edit of feeds.toml has a mistake, so the last good one is in use. \
                      The organiser can run “thingplanet check” to see what to mend.";
const REFUSED: &str =
    "The newest edit of feeds.toml waits until the database takes it; the one before is in use.";

/// Makes a good roster the one in use; gives it back when the database refuses, to be tried again.
async fn take_over(
    store: &Store,
    roster: Roster,
    sender: &watch::Sender<Arc<Live>>,
) -> Option<Roster> {
    if let Err(error) = store.sync(&roster, open::now()).await {
        tracing::error!(%error, "the new feeds.toml could not be taken over yet");
        tell(sender, REFUSED);
        return Some(roster);
    }
    tracing::info!(
        participants = roster.participants.len(),
        "took the new feeds.toml over"
    );
    let live = Arc::new(Live::new(roster));
    remind(store, &live).await;
    sender.send_replace(live);
    None
}

/// Says in the log that posts wait for a retag; the status page says it as long as they do.
async fn remind(store: &Store, live: &Live) {
    match store.awaits_retag(live.rules).await {
        Ok(true) => tracing::warn!("{}", open::RETAG_AWAITED),
        Ok(false) => {}
        Err(error) => tracing::warn!(%error, "cannot tell whether posts wait for a retag"),
    }
}

/// Puts a sentence on every page.
fn tell(sender: &watch::Sender<Arc<Live>>, notice: &str) {
    sender.send_if_modified(|live| {
        let news = live.notice.as_deref() != Some(notice);
        if news {
            *live = Arc::new(Live {
                notice: Some(notice.to_owned()),
                ..Live::clone(live)
            });
        }
        news
    });
}

/// The exit code of a process that did not wait for what was under way.
const ASKED_TWICE: i32 = 130;

/// Listens for the signals that ask the process to stop, from this call on; what it gives resolves when one has come.
///
/// # Errors
///
/// Where the system takes no signal handlers.
pub(super) fn stop_signal() -> anyhow::Result<impl Future<Output = ()> + Send + 'static> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate()).context("cannot listen for SIGTERM")?;
        let mut interrupt = signal(SignalKind::interrupt()).context("cannot listen for Ctrl-C")?;
        Ok(async move {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            tokio::spawn(async move {
                tokio::select! {
                    _ = terminate.recv() => {}
                    _ = interrupt.recv() => {}
                }
                // Whoever asks twice does not want to wait; what is stored is whole at any moment.
                std::process::exit(ASKED_TWICE);
            });
        })
    }
    #[cfg(not(unix))]
    Ok(async { drop(tokio::signal::ctrl_c().await) })
}
