//! The documents for machines: Atom, JSON Feed, OPML.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use jiff::Timestamp;

use super::pages::{Fault, within_budget};
use super::respond::{Document, Validity};
use super::{Live, Planet};
use crate::model::{Entry, OwnFeed};
use crate::opml::Outline;
use crate::plan::websub::public_base;
use crate::store::Listing;
use crate::{atom, jsonfeed, opml};

type Answer = Result<Response, Fault>;

/// Entries in one feed document.
const ENTRIES: usize = 50;

const ATOM: &str = "application/atom+xml; charset=utf-8";
const JSON: &str = "application/feed+json; charset=utf-8";
const OPML: &str = "text/x-opml; charset=utf-8";

pub(super) async fn all_atom(State(planet): State<Planet>, request: HeaderMap) -> Answer {
    Ok(all(&planet).await?.atom(&request))
}

pub(super) async fn all_json(State(planet): State<Planet>, request: HeaderMap) -> Answer {
    Ok(all(&planet).await?.json(&request))
}

pub(super) async fn thing_atom(
    State(planet): State<Planet>,
    Path(number): Path<String>,
    request: HeaderMap,
) -> Answer {
    Ok(of_thing(&planet, &number).await?.atom(&request))
}

pub(super) async fn thing_json(
    State(planet): State<Planet>,
    Path(number): Path<String>,
    request: HeaderMap,
) -> Answer {
    Ok(of_thing(&planet, &number).await?.json(&request))
}

pub(super) async fn participant_atom(
    State(planet): State<Planet>,
    Path(slug): Path<String>,
    request: HeaderMap,
) -> Answer {
    let live = planet.live();
    let participant = live.roster.participant(&slug).ok_or(Fault::Missing)?;
    let title = format!("{}: {}", live.roster.course.name, participant.name);
    let listing = Listing::Participant(slug.clone());
    Ok(written(
        &planet,
        &live,
        listing,
        title,
        &format!("/participants/{slug}"),
    )
    .await?
    .atom(&request))
}

/// One of our feeds, before it is decided in which form it goes out.
struct Written {
    feed: OwnFeed,
    entries: Vec<Entry>,
    base_url: String,
    page: String,
    modified_at: Option<Timestamp>,
}

async fn all(planet: &Planet) -> Result<Written, Fault> {
    let live = planet.live();
    let title = format!("{}: all posts", live.roster.course.name);
    written(planet, &live, Listing::All, title, "/").await
}

async fn of_thing(planet: &Planet, number: &str) -> Result<Written, Fault> {
    let live = planet.live();
    let course = &live.roster.course;
    let number = number.parse().map_err(|_| Fault::Missing)?;
    let thing = course.thing(number).ok_or(Fault::Missing)?;
    let title = format!("{}: {} {number}, {}", course.name, course.unit, thing.title);
    written(
        planet,
        &live,
        Listing::Thing(number),
        title,
        &format!("/things/{number}"),
    )
    .await
}

async fn written(
    planet: &Planet,
    live: &Live,
    listing: Listing,
    title: String,
    page: &str,
) -> Result<Written, Fault> {
    let base_url = live.roster.planet.base_url.clone();
    let page_url = format!("{base_url}{page}");
    // Nobody's own page is told to the hub, only what the planet's list of feeds has.
    let told = !matches!(listing, Listing::Participant(_)) && public_base(&base_url).is_some();
    let hub = live.roster.planet.hub.clone().filter(|_| told);
    let mut entries = planet.store.entries(listing, None, ENTRIES).await?.entries;
    within_budget(&mut entries);
    let feed = OwnFeed {
        id: page_url.clone(),
        title,
        subtitle: None,
        self_url: String::new(),
        page_url,
        updated_at: beginning(live),
        content: live.roster.planet.content,
        unit: live.roster.course.unit.clone(),
        hub,
    };
    Ok(Written {
        feed,
        entries,
        base_url,
        page: page.trim_end_matches('/').to_owned(),
        // A late post or a new name changes a feed without being its newest entry.
        modified_at: planet.store.changed_at().await?,
    })
}

/// What an empty feed says of its last change: the day the course opened, which does not move with the clock.
fn beginning(live: &Live) -> Timestamp {
    let course = &live.roster.course;
    let opens = course
        .opens
        .and_then(|day| course.timezone.to_timestamp(day.at(0, 0, 0, 0)).ok());
    opens.unwrap_or(Timestamp::UNIX_EPOCH)
}

impl Written {
    fn atom(mut self, request: &HeaderMap) -> Response {
        self.feed.self_url = format!("{}{}/feed.atom", self.base_url, self.page);
        let body = atom::write(&self.feed, &self.entries, &self.base_url);
        self.document(ATOM, body).answer(request)
    }

    fn json(mut self, request: &HeaderMap) -> Response {
        self.feed.self_url = format!("{}{}/feed.json", self.base_url, self.page);
        let body = jsonfeed::write(&self.feed, &self.entries, &self.base_url);
        self.document(JSON, body).answer(request)
    }

    fn document(&self, content_type: &'static str, body: String) -> Document {
        Document {
            content_type,
            body,
            modified_at: self.modified_at,
            validity: Validity::Minutes,
        }
    }
}

/// Everybody's blogs, for another reader to subscribe to.
pub(super) async fn blogroll(State(planet): State<Planet>, request: HeaderMap) -> Answer {
    let live = planet.live();
    let feeds = planet.store.feeds().await?;
    let groups = |slug: &str| {
        let participant = live.roster.participant(slug);
        participant
            .map(|one| one.groups.clone())
            .unwrap_or_default()
    };
    let outlines: Vec<Outline> = feeds
        .into_iter()
        .filter_map(|feed| {
            Some(Outline {
                groups: groups(&feed.owner.slug),
                name: feed.owner.name,
                feed_url: feed.feed_url?.into(),
                site_url: feed.owner.site_url.map(String::from),
            })
        })
        .collect();
    let title = format!("{}: participants", live.roster.course.name);
    Ok(listed(OPML, opml::blogroll(&title, &outlines)).answer(&request))
}

/// The planet's own feeds: all posts, and one for each Thing.
pub(super) async fn own_feeds(State(planet): State<Planet>, request: HeaderMap) -> Answer {
    let live = planet.live();
    let (course, base) = (&live.roster.course, &live.roster.planet.base_url);
    let outline = |name: String, page: String| Outline {
        name,
        feed_url: format!("{base}{page}/feed.atom"),
        site_url: Some(format!("{base}{page}")),
        groups: Vec::new(),
    };
    let things = course.things.iter().map(|thing| {
        let name = format!("{} {}: {}", course.unit, thing.number, thing.title);
        outline(name, format!("/things/{}", thing.number))
    });
    let outlines: Vec<Outline> = std::iter::once(outline("All posts".to_owned(), String::new()))
        .chain(things)
        .collect();
    let title = format!("{}: feeds", course.name);
    Ok(listed(OPML, opml::blogroll(&title, &outlines)).answer(&request))
}

fn listed(content_type: &'static str, body: String) -> Document {
    Document {
        content_type,
        body,
        modified_at: None,
        validity: Validity::Minutes,
    }
}
