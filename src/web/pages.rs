//! The pages for people: what they share, and the small ones. The others have a file each.

mod lists;
mod people;
mod posts;
mod progress;
mod search;
mod things;

use std::collections::HashMap;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::respond::{Document, Validity};
use super::{Live, Planet};
use crate::model::{Entry, EntryId, Feed, SafeHtml};
use crate::render::{Pager, Posted, RenderError, Site, Trouble};
use crate::store::{Cursor, Filled, Page, StoreError};

pub(super) use lists::{group, subscribe, waiting};
pub(super) use people::{participant, participants, renamed, why};
pub(super) use posts::entry;
pub(super) use progress::{progress, progress_csv};
pub(super) use search::search;
pub(super) use things::{home, thing, things};

/// Posts on one page.
const POSTS: usize = 20;

/// So quickly the database answers, or it is not ready.
const READY_WITHIN: std::time::Duration = std::time::Duration::from_secs(1);

/// Why a page could not be given.
#[derive(Debug, thiserror::Error)]
pub(super) enum Fault {
    #[error("there is no such page")]
    Missing,
    #[error("the database did not answer: {0}")]
    Store(#[from] StoreError),
    #[error("the page could not be written: {0}")]
    Render(#[from] RenderError),
}

type Answer = Result<Response, Fault>;

/// Where a page of posts begins: `?before=MILLIS-ID`.
#[derive(Debug, Deserialize)]
pub(super) struct From {
    before: Option<String>,
}

impl From {
    fn cursor(&self) -> Option<Cursor> {
        cursor(self.before.as_deref()?)
    }
}

/// A place in a listing, from an address: `MILLIS-ID`.
fn cursor(text: &str) -> Option<Cursor> {
    let (millis, id) = text.split_once('-')?;
    let published_at = jiff::Timestamp::from_millisecond(millis.parse().ok()?).ok()?;
    Some(Cursor {
        published_at,
        id: EntryId(id.parse().ok()?),
    })
}

/// The same for an address.
fn written(cursor: Cursor) -> String {
    format!("{}-{}", cursor.published_at.as_millisecond(), cursor.id.0)
}

pub(super) async fn status(State(planet): State<Planet>, request: HeaderMap) -> Answer {
    let live = planet.live();
    let (feeds, odd) = (planet.store.feeds().await?, planet.store.odd_posts().await?);
    let site = site(&planet, &live).resting(planet.store.pauses((planet.clock)()).await?);
    let mut view = site.status(&feeds, &odd);
    view.awaits_retag = planet.store.awaits_retag(live.rules).await?;
    let offline_since = planet.store.offline_since().await?;
    view.offline_since = offline_since.map(|since| site.when(since));
    Ok(Document::html(planet.pages.status(&view)?).answer(&request))
}

pub(super) async fn about(State(planet): State<Planet>, request: HeaderMap) -> Answer {
    let live = planet.live();
    let view = site(&planet, &live).about(&(planet.user_agent)(&live.roster), &live.roster.poll);
    Ok(Document::html(planet.pages.about(&view)?).answer(&request))
}

pub(super) async fn style(State(planet): State<Planet>, request: HeaderMap) -> Response {
    file("text/css; charset=utf-8", planet.pages.style()).answer(&request)
}

pub(super) async fn script(State(planet): State<Planet>, request: HeaderMap) -> Response {
    file("text/javascript; charset=utf-8", planet.pages.script()).answer(&request)
}

pub(super) async fn icon(State(planet): State<Planet>, request: HeaderMap) -> Response {
    file("image/svg+xml", planet.pages.icon()).answer(&request)
}

fn file(content_type: &'static str, body: String) -> Document {
    Document {
        content_type,
        body,
        modified_at: None,
        validity: Validity::Minutes,
    }
}

/// What other robots may read (RFC 9309): everything but searches, of which there is no end.
pub(super) async fn robots() -> &'static str {
    "User-agent: *\nDisallow: /search\n"
}

/// The process lives.
pub(super) async fn alive() -> &'static str {
    "ok\n"
}

/// The database answers in time, and whether blogs can be reached.
pub(super) async fn ready(State(planet): State<Planet>) -> Response {
    let answered = tokio::time::timeout(READY_WITHIN, planet.store.offline_since()).await;
    let unready = |why: &'static str| (StatusCode::SERVICE_UNAVAILABLE, why).into_response();
    match answered {
        Ok(Ok(None)) => "ok\n".into_response(),
        // Pages are served as before, so this is no reason to restart anything or to send readers elsewhere.
        Ok(Ok(Some(since))) => {
            format!("degraded: no blog has been reached since {since}\n").into_response()
        }
        Ok(Err(error)) => {
            tracing::error!(%error, "the database does not answer");
            unready("the database does not answer\n")
        }
        Err(_) => {
            tracing::error!("the database does not answer in time");
            unready("the database does not answer in time\n")
        }
    }
}

/// No such page.
pub(super) async fn missing(State(planet): State<Planet>) -> Response {
    problem(&planet)
}

/// A handler panicked. Nothing of ours can be trusted to write a page now.
pub(super) fn fault() -> Response {
    (
        StatusCode::INTERNAL_SERVER_ERROR,
        "Something went wrong here; it was written to the log.\n",
    )
        .into_response()
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        match self {
            Self::Missing => (StatusCode::NOT_FOUND, "There is no such page.\n").into_response(),
            Self::Store(_) | Self::Render(_) => {
                tracing::error!(error = %self, "a page could not be given");
                fault()
            }
        }
    }
}

/// An address may be well-formed and still name nobody; people get a page that helps them on.
fn answer(planet: &Planet, page: Answer) -> Response {
    match page {
        Err(Fault::Missing) => problem(planet),
        page => page.into_response(),
    }
}

fn problem(planet: &Planet) -> Response {
    let live = planet.live();
    let site = site(planet, &live);
    let view = site.trouble(Trouble::Missing);
    match planet.pages.problem(&view) {
        Ok(html) => (StatusCode::NOT_FOUND, axum::response::Html(html)).into_response(),
        Err(error) => {
            tracing::error!(%error, "the page for a missing page could not be written");
            (StatusCode::NOT_FOUND, "There is no such page.\n").into_response()
        }
    }
}

/// A post with more HTML than this is shown in its first words only; no reflection is as long.
const WHOLE_BYTES_MAX: usize = 100_000;

/// So much HTML of posts goes into one document.
const DOCUMENT_BYTES_MAX: usize = 1_500_000;

/// Takes the HTML from posts that would make a document too large; their first words and their link stay.
pub(super) fn within_budget(entries: &mut [Entry]) {
    let mut left = DOCUMENT_BYTES_MAX;
    for entry in entries {
        let length = entry.html.as_str().len();
        if length > WHOLE_BYTES_MAX.min(left) {
            entry.html = SafeHtml::default();
        } else {
            left -= length;
        }
    }
}

pub(super) fn site<'a>(planet: &Planet, live: &'a Live) -> Site<'a> {
    live.site((planet.clock)())
}

/// A post as the overviews want it.
fn post(filled: Filled) -> Posted {
    Posted {
        id: filled.id,
        is_suggested: filled.is_suggested,
        thing: filled.thing,
        title: filled.title,
        url: filled.url,
        published_at: filled.published_at,
        seen_at: filled.seen_at,
    }
}

/// A participant's feed by their slug; where there are several, the first.
fn by_owner(feeds: Vec<Feed>) -> HashMap<String, Feed> {
    let mut owners: HashMap<String, Feed> = HashMap::new();
    for feed in feeds {
        owners.entry(feed.owner.slug.clone()).or_insert(feed);
    }
    owners
}

/// The way to the other pages of the posts at this path.
fn pager(site: &Site<'_>, path: &str, from: &From, page: &Page) -> Pager {
    let path = site.href(path);
    let older = page
        .next
        .map(|cursor| format!("{path}?before={}", written(cursor)));
    Pager {
        older,
        newest: from.before.as_ref().map(|_| path),
        is_oldest_first: false,
    }
}
