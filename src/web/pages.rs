//! The pages for people.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::respond::{Document, Validity};
use super::{Live, Planet};
use crate::model::{Author, Entry, EntryId, Feed, SafeHtml};
use crate::render::{Pager, ParticipantRow, Posted, Progress, RenderError, Site, Tally};
use crate::store::{Cursor, Filled, Listing, Page, StoreError};

/// Posts on one page.
const POSTS: usize = 20;

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
        let (millis, id) = self.before.as_deref()?.split_once('-')?;
        let published_at = jiff::Timestamp::from_millisecond(millis.parse().ok()?).ok()?;
        Some(Cursor {
            published_at,
            id: EntryId(id.parse().ok()?),
        })
    }
}

pub(super) async fn home(
    State(planet): State<Planet>,
    Query(from): Query<From>,
    request: HeaderMap,
) -> Answer {
    let live = planet.live();
    let page = planet
        .store
        .entries(Listing::All, from.cursor(), POSTS)
        .await?;
    let polled = planet.store.has_polled().await?;
    let count = live.roster.participants.len() as u64;
    let pager = pager("/", &from, &page);
    let view = site(&planet, &live).home(
        count,
        polled,
        &tallies(&planet).await?,
        &page.entries,
        pager,
    );
    Ok(Document::html(planet.pages.home(&view)?).answer(&request))
}

pub(super) async fn things(State(planet): State<Planet>, request: HeaderMap) -> Answer {
    let live = planet.live();
    let view = site(&planet, &live).things(&tallies(&planet).await?);
    Ok(Document::html(planet.pages.things(&view)?).answer(&request))
}

pub(super) async fn thing(
    State(planet): State<Planet>,
    Path(number): Path<String>,
    Query(from): Query<From>,
    request: HeaderMap,
) -> Response {
    let page = async {
        let live = planet.live();
        let number = number.parse().map_err(|_| Fault::Missing)?;
        let thing = live.roster.course.thing(number).ok_or(Fault::Missing)?;
        let mut page = planet
            .store
            .entries(Listing::Thing(number), from.cursor(), POSTS)
            .await?;
        within_budget(&mut page.entries);
        let tally = tallies(&planet)
            .await?
            .get(&number)
            .copied()
            .unwrap_or_default();
        let pager = pager(&format!("/things/{number}"), &from, &page);
        let view = site(&planet, &live).thing(thing, tally, &page.entries, pager);
        Ok(Document::html(planet.pages.thing(&view)?).answer(&request))
    };
    answer(&planet, page.await)
}

pub(super) async fn participants(State(planet): State<Planet>, request: HeaderMap) -> Answer {
    let live = planet.live();
    let site = site(&planet, &live);
    let feeds = by_owner(planet.store.feeds().await?);
    let grid = planet.store.grid(numbers(&live)).await?;
    let mut things: HashMap<&str, BTreeSet<u16>> = HashMap::new();
    for filled in &grid {
        things.entry(&filled.slug).or_default().extend(filled.thing);
    }
    let rows = live
        .roster
        .participants
        .iter()
        .map(|participant| -> ParticipantRow {
            let feed = feeds.get(&participant.slug);
            let done = things
                .get(participant.slug.as_str())
                .map_or(0, BTreeSet::len);
            site.participant_row(
                participant,
                feed,
                feed.map_or(0, |feed| feed.entry_count),
                done as u64,
            )
        });
    let view = site.participants(rows.collect());
    Ok(Document::html(planet.pages.participants(&view)?).answer(&request))
}

pub(super) async fn participant(
    State(planet): State<Planet>,
    Path(slug): Path<String>,
    Query(from): Query<From>,
    request: HeaderMap,
) -> Response {
    let page = async {
        let live = planet.live();
        let participant = live.roster.participant(&slug).ok_or(Fault::Missing)?;
        let listing = Listing::Participant(slug.clone());
        let posted = planet.store.posts_of(slug.clone()).await?;
        let page = planet.store.entries(listing, from.cursor(), POSTS).await?;
        let posted: Vec<Posted> = posted.into_iter().map(post).collect();
        let feed = by_owner(planet.store.feeds().await?).remove(&slug);
        let odd = planet.store.odd_posts_of(slug.clone()).await?;
        let pager = pager(&format!("/participants/{slug}"), &from, &page);
        let site = site(&planet, &live);
        let view = site.participant(
            participant,
            feed.as_ref(),
            &odd,
            &posted,
            &page.entries,
            pager,
        );
        Ok(Document::html(planet.pages.participant(&view)?).answer(&request))
    };
    answer(&planet, page.await)
}

pub(super) async fn progress(State(planet): State<Planet>, request: HeaderMap) -> Answer {
    let live = planet.live();
    let view = site(&planet, &live).progress(&everyone(&planet, &live).await?);
    Ok(Document::html(planet.pages.progress(&view)?).answer(&request))
}

pub(super) async fn status(State(planet): State<Planet>, request: HeaderMap) -> Answer {
    let live = planet.live();
    let (feeds, odd) = (planet.store.feeds().await?, planet.store.odd_posts().await?);
    let site = site(&planet, &live);
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
    let document = Document {
        content_type: "text/css; charset=utf-8",
        body: planet.pages.style(),
        modified_at: None,
        validity: Validity::Minutes,
    };
    document.answer(&request)
}

/// The process lives.
pub(super) async fn alive() -> &'static str {
    "ok\n"
}

/// The database answers, and whether blogs can be reached.
pub(super) async fn ready(State(planet): State<Planet>) -> Response {
    match planet.store.offline_since().await {
        Ok(None) => "ok\n".into_response(),
        // Pages are served as before, so this is no reason to restart anything or to send readers elsewhere.
        Ok(Some(since)) => {
            format!("degraded: no blog has been reached since {since}\n").into_response()
        }
        Err(error) => {
            tracing::error!(%error, "the database does not answer");
            (
                StatusCode::SERVICE_UNAVAILABLE,
                "the database does not answer\n",
            )
                .into_response()
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
    let view = site.problem(
        "There is no such page",
        "The address may be mistyped, or the participant may have left the course.",
        "Start from one of these pages.",
    );
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

/// Everybody on the roster with what they posted on each Thing.
pub(super) async fn everyone(planet: &Planet, live: &Live) -> Result<Vec<Progress>, StoreError> {
    let mut posts: HashMap<String, Vec<Posted>> = HashMap::new();
    for filled in planet.store.grid(numbers(live)).await? {
        posts
            .entry(filled.slug.clone())
            .or_default()
            .push(post(filled));
    }
    let mut feeds = by_owner(planet.store.feeds().await?);
    let people = live.roster.participants.iter().map(|participant| Progress {
        feed: feeds.remove(&participant.slug),
        author: Author {
            name: participant.name.clone(),
            slug: participant.slug.clone(),
            site_url: participant.blog.clone(),
            excerpt_only: false,
        },
        posted: posts.remove(&participant.slug).unwrap_or_default(),
    });
    Ok(people.collect())
}

/// A post as the overviews want it.
fn post(filled: Filled) -> Posted {
    Posted {
        thing: filled.thing,
        title: filled.title,
        url: filled.url,
        published_at: filled.published_at,
    }
}

async fn tallies(planet: &Planet) -> Result<BTreeMap<u16, Tally>, StoreError> {
    let counts = planet.store.thing_counts().await?;
    let tally = |count: &crate::store::ThingCount| Tally {
        posts: count.posts,
        participants: count.participants,
    };
    Ok(counts
        .iter()
        .map(|count| (count.thing, tally(count)))
        .collect())
}

fn numbers(live: &Live) -> Vec<u16> {
    live.roster
        .course
        .things
        .iter()
        .map(|thing| thing.number)
        .collect()
}

/// A participant's feed by their slug; where there are several, the first.
fn by_owner(feeds: Vec<Feed>) -> HashMap<String, Feed> {
    let mut owners: HashMap<String, Feed> = HashMap::new();
    for feed in feeds {
        owners.entry(feed.owner.slug.clone()).or_insert(feed);
    }
    owners
}

fn pager(path: &str, from: &From, page: &Page) -> Pager {
    let older = page.next.map(|cursor| {
        let millis = cursor.published_at.as_millisecond();
        format!("{path}?before={millis}-{}", cursor.id.0)
    });
    Pager {
        older,
        newest: from.before.as_ref().map(|_| path.to_owned()),
    }
}
