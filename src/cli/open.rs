//! What most commands begin with: the roster, the store, the client, the clock.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use jiff::Timestamp;

use super::{Files, report};
use crate::fetch::{Client, ClientSettings, Gap, Network};
use crate::model::{Clock, Dice, Roster, one_line};
use crate::plan::websub::public_base;
use crate::poll::{self, Poller};
use crate::roster;
use crate::store::{Access, Store};

/// The roster, or all that is wrong with it.
pub(super) fn roster(path: &Path) -> anyhow::Result<Roster> {
    Ok(roster::read(path)?)
}

/// The store, opened for writing and in agreement with the roster.
pub(super) async fn store(files: &Files, roster: &Roster) -> anyhow::Result<Store> {
    let store = Store::open(&files.db, Access::Write).await?;
    let synced = store.sync(roster, now()).await?;
    if synced.added > 0 || synced.retired > 0 {
        tracing::info!(
            added = synced.added,
            retired = synced.retired,
            "took the roster over"
        );
    }
    Ok(store)
}

/// Has the present sanitiser clean what an older one cleaned, with a bar where somebody is watching.
pub(super) async fn clean(store: &Store) -> anyhow::Result<()> {
    let count = poll::stale_count(store).await?;
    if count == 0 {
        return Ok(());
    }
    tracing::info!(posts = count, "cleaning posts again with a newer sanitiser");
    let bar = report::posts_bar(count);
    let progress = |done| {
        if let Some(bar) = &bar {
            bar.inc(done);
        }
    };
    poll::clean_stale(store, &clock(), progress).await?;
    if let Some(bar) = &bar {
        bar.finish_and_clear();
    }
    tracing::info!("cleaned them all");
    Ok(())
}

/// Who decides or retags: the name that was given, else the one they are logged in by.
pub(super) fn who(given: Option<String>) -> String {
    let named = |name: &str| std::env::var(name).ok();
    given
        .into_iter()
        .chain(
            ["USER", "LOGNAME", "USERNAME"]
                .into_iter()
                .filter_map(named),
        )
        .map(|name| one_line(&name))
        .find(|name| !name.is_empty())
        .unwrap_or_else(|| "an organiser".to_owned())
}

/// What to say when the rules changed since the stored posts were tagged.
pub(super) const RETAG_AWAITED: &str = "the rules changed since the stored posts were tagged; \
                                        `thingplanet retag --dry-run` shows what would change";

/// A poller for this roster.
pub(super) fn poller(store: &Store, roster: &Roster) -> anyhow::Result<Poller> {
    Ok(poller_with(client(roster)?, store, roster))
}

/// A poller for this roster that asks by this client.
pub(super) fn poller_with(client: Client, store: &Store, roster: &Roster) -> Poller {
    let poller = Poller::new(store.clone(), client, roster, clock(), dice());
    poller.with_hubs(&roster.planet.base_url, Arc::new(secrets))
}

/// The one client, which asks as this roster says.
pub(super) fn client(roster: &Roster) -> anyhow::Result<Client> {
    Ok(Client::new(&client_settings(roster)?, dice())?)
}

/// The one client after an edit: it asks as this roster says, and knows whom the one before has just asked.
pub(super) fn client_after(before: Option<&Client>, roster: &Roster) -> anyhow::Result<Client> {
    match before {
        Some(before) => Ok(before.renewed(&client_settings(roster)?)?),
        None => client(roster),
    }
}

fn client_settings(roster: &Roster) -> anyhow::Result<ClientSettings> {
    let networks: Result<Vec<Network>, _> = roster
        .poll
        .allow_networks
        .iter()
        .map(|text| text.parse())
        .collect();
    Ok(ClientSettings {
        user_agent: user_agent(roster),
        timeout: Duration::from_secs(u64::from(roster.poll.timeout_seconds)),
        body_bytes_max: roster.poll.body_bytes_max,
        allow_networks: networks.context("allow_networks in feeds.toml")?,
        at_once_max: roster.poll.at_once_max,
        gap: Gap {
            between_starts: Duration::from_secs(u64::from(roster.poll.gap_seconds)),
            at_once_max: roster.poll.at_once_per_platform_max,
        },
    })
}

/// Random bytes from the operating system, where it has some.
fn secrets() -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).ok().map(|()| bytes)
}

/// What the robot calls itself: a name, a version, and the page that says whom to ask and how to opt out.
pub(super) fn user_agent(roster: &Roster) -> String {
    let planet = &roster.planet;
    let contact = planet.contact.as_deref().unwrap_or_default();
    let contact = match contact.strip_prefix("mailto:").unwrap_or(contact) {
        "" => String::new(),
        contact => format!("; {contact}"),
    };
    format!(
        "thingplanet/{} (+{}/about{contact})",
        env!("CARGO_PKG_VERSION"),
        planet.base_url
    )
}

/// The word by which another machine may read `/metrics`, if the environment gives one.
pub(super) fn metrics_token() -> Option<String> {
    std::env::var("THINGPLANET_METRICS_TOKEN")
        .ok()
        .map(|token| token.trim().to_owned())
        .filter(|token| !token.is_empty())
}

/// The dice, the only ones in the house.
pub(super) fn dice() -> Dice {
    Arc::new(fastrand::f64)
}

/// The clock, the only one in the house.
pub(super) fn clock() -> Clock {
    Arc::new(now)
}

#[expect(clippy::disallowed_methods, reason = "cli owns the clock")]
pub(super) fn now() -> Timestamp {
    Timestamp::now()
}

/// The address in `--listen`: host and port, `localhost:8026`, or a port alone.
pub(super) fn listen_address(text: &str) -> Result<SocketAddr, String> {
    let here = |port: &str| Some(SocketAddr::from(([127, 0, 0, 1], port.parse().ok()?)));
    let spelled = text.strip_prefix("localhost:").unwrap_or(text);
    let address = text.parse().ok().or_else(|| here(spelled));
    address.ok_or_else(|| "write an address and a port, such as 127.0.0.1:8026".to_owned())
}

/// Says what an organiser should look at.
pub(super) fn remark(roster: &Roster) {
    for remark in remarks(roster) {
        tracing::warn!("{remark}");
    }
}

/// What an organiser should look at, though nothing is wrong with it.
pub(super) fn remarks(roster: &Roster) -> Vec<String> {
    let contact = roster.planet.contact.as_deref().unwrap_or_default();
    let nobody = contact.is_empty() || contact.ends_with("@example.org");
    let mut remarks = Vec::new();
    if nobody && !roster.participants.is_empty() {
        remarks.push(
            "bloggers are told no real address to ask: write your own as `contact` under [planet] in feeds.toml"
                .to_owned(),
        );
    }
    let planet = &roster.planet;
    if planet.hub.is_some() && public_base(&planet.base_url).is_none() {
        remarks.push(
            "the hub is neither named nor told of news, because it could not reach the planet: write the planet's public \
             address as `base_url` under [planet] in feeds.toml"
                .to_owned(),
        );
    }
    let poll = &roster.poll;
    let is_close = poll.gap_seconds < 1 || poll.at_once_per_platform_max > 1;
    if is_close && poll.allow_networks.is_empty() {
        remarks.push(
            "on the internet a platform is always asked one thing at a time and a second apart at least: `gap_seconds = 0` and \
             `at_once_per_platform_max` above 1 only count for networks in `allow_networks`"
                .to_owned(),
        );
    }
    remarks
}

/// Where an organiser's own templates are looked for: the folder `templates` beside feeds.toml, there or not.
pub(super) fn theme(files: &Files) -> PathBuf {
    files
        .roster
        .parent()
        .unwrap_or(Path::new(""))
        .join("templates")
}
