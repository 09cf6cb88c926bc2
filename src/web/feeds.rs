//! Our own feeds: all posts, and those of a Thing, a participant, a group and a search, as Atom and as JSON Feed.
//!
//! A feed holds the newest posts and leads on to older ones, page by page (RFC 5005 section 3), so that who joins late
//! gets the whole course.

mod lists;

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use jiff::Timestamp;

use super::asked::{Asked, address};
use super::pages::{Fault, site};
use super::respond::{Document, Validity};
use super::{Live, Planet};
use crate::model::{Entry, FeedPages, OwnFeed, SafeHtml, Search};
use crate::plan::websub::public_base;
use crate::store::{Around, Cursor, Listing, Page};
use crate::{atom, jsonfeed};

pub(super) use lists::{blogroll, own_feeds, thing_feeds};

type Answer = Result<Response, Fault>;

/// Entries on one page of a feed.
const ENTRIES: usize = 50;

/// A post with more HTML than this is in a feed by its first words only; no reflection is as long.
const WHOLE_BYTES_MAX: usize = 100_000;

/// A page of a feed ends early when its posts have more HTML than this together; the rest is on the next one.
const PAGE_BYTES_MAX: usize = 1_500_000;

const ATOM: &str = "application/atom+xml; charset=utf-8";
const JSON: &str = "application/feed+json; charset=utf-8";

pub(super) async fn all_atom(
    State(planet): State<Planet>,
    asked: Asked,
    request: HeaderMap,
) -> Answer {
    Ok(all(&planet, &asked).await?.atom(&request))
}

pub(super) async fn all_json(
    State(planet): State<Planet>,
    asked: Asked,
    request: HeaderMap,
) -> Answer {
    Ok(all(&planet, &asked).await?.json(&request))
}

pub(super) async fn thing_atom(
    State(planet): State<Planet>,
    Path(number): Path<String>,
    asked: Asked,
    request: HeaderMap,
) -> Answer {
    Ok(of_thing(&planet, &number, &asked).await?.atom(&request))
}

pub(super) async fn thing_json(
    State(planet): State<Planet>,
    Path(number): Path<String>,
    asked: Asked,
    request: HeaderMap,
) -> Answer {
    Ok(of_thing(&planet, &number, &asked).await?.json(&request))
}

pub(super) async fn participant_atom(
    State(planet): State<Planet>,
    Path(slug): Path<String>,
    asked: Asked,
    request: HeaderMap,
) -> Answer {
    Ok(of_participant(&planet, &slug, &asked).await?.atom(&request))
}

pub(super) async fn participant_json(
    State(planet): State<Planet>,
    Path(slug): Path<String>,
    asked: Asked,
    request: HeaderMap,
) -> Answer {
    Ok(of_participant(&planet, &slug, &asked).await?.json(&request))
}

pub(super) async fn group_atom(
    State(planet): State<Planet>,
    Path(slug): Path<String>,
    asked: Asked,
    request: HeaderMap,
) -> Answer {
    Ok(of_group(&planet, &slug, &asked).await?.atom(&request))
}

pub(super) async fn group_json(
    State(planet): State<Planet>,
    Path(slug): Path<String>,
    asked: Asked,
    request: HeaderMap,
) -> Answer {
    Ok(of_group(&planet, &slug, &asked).await?.json(&request))
}

pub(super) async fn search_atom(
    State(planet): State<Planet>,
    asked: Asked,
    request: HeaderMap,
) -> Answer {
    Ok(of_search(&planet, asked).await?.atom(&request))
}

pub(super) async fn search_json(
    State(planet): State<Planet>,
    asked: Asked,
    request: HeaderMap,
) -> Answer {
    Ok(of_search(&planet, asked).await?.json(&request))
}

async fn all(planet: &Planet, asked: &Asked) -> Result<Written, Fault> {
    let live = planet.live();
    let named = Named {
        title: site(planet, &live).titles().all(),
        page: "/".to_owned(),
        feed: "/feed".to_owned(),
        search: None,
        told: true,
    };
    listed(planet, &live, named, Listing::All, asked).await
}

async fn of_thing(planet: &Planet, number: &str, asked: &Asked) -> Result<Written, Fault> {
    let live = planet.live();
    let number = number.parse().map_err(|_| Fault::Missing)?;
    let thing = live.roster.course.thing(number).ok_or(Fault::Missing)?;
    let named = Named {
        title: site(planet, &live).titles().of_thing(thing),
        page: format!("/things/{number}"),
        feed: format!("/things/{number}/feed"),
        search: None,
        told: true,
    };
    listed(planet, &live, named, Listing::Thing(number), asked).await
}

async fn of_participant(planet: &Planet, slug: &str, asked: &Asked) -> Result<Written, Fault> {
    let live = planet.live();
    let participant = live.roster.participant(slug).ok_or(Fault::Missing)?;
    let named = Named {
        title: site(planet, &live).titles().of(&participant.name),
        page: format!("/participants/{slug}"),
        feed: format!("/participants/{slug}/feed"),
        search: None,
        told: false,
    };
    let listing = Listing::Participant(slug.to_owned());
    listed(planet, &live, named, listing, asked).await
}

async fn of_group(planet: &Planet, slug: &str, asked: &Asked) -> Result<Written, Fault> {
    let live = planet.live();
    let group = live.roster.group(slug).ok_or(Fault::Missing)?;
    let named = Named {
        title: site(planet, &live).titles().of(group.name),
        page: format!("/groups/{slug}"),
        feed: format!("/groups/{slug}/feed"),
        search: None,
        told: false,
    };
    let listing = Listing::Group(group.slugs());
    listed(planet, &live, named, listing, asked).await
}

async fn of_search(planet: &Planet, asked: Asked) -> Result<Written, Fault> {
    let live = planet.live();
    let asked = asked.of_today(planet, &live).await?;
    let slug = asked.search.participant.as_deref();
    let participant = slug.and_then(|slug| live.roster.participant(slug));
    let name = participant.map(|one| one.name.as_str());
    let named = Named {
        title: site(planet, &live).titles().of_search(&asked.search, name),
        page: "/search".to_owned(),
        feed: "/search".to_owned(),
        search: Some(asked.search.clone()),
        told: false,
    };
    let search = asked.search.clone();
    let found = planet.store.search(search, asked.before, ENTRIES).await?;
    let page = Page {
        entries: found.hits.into_iter().map(|hit| hit.entry).collect(),
        next: found.next,
    };
    // Where the oldest page of a search begins would have to be looked for; RFC 5005 leaves that open.
    written(planet, &live, named, page, asked.before, Around::default()).await
}

/// What one of our feeds is called, and where it is.
struct Named {
    title: String,
    /// The path of the page with the same posts.
    page: String,
    /// Its own path, without the form's ending.
    feed: String,
    /// What the query asks for, where it is a search's.
    search: Option<Search>,
    /// Whether our hub is told of its news: nobody's own feed is, only what concerns the course.
    told: bool,
}

/// One of our feeds, before it is decided in which form it goes out.
struct Written {
    feed: OwnFeed,
    entries: Vec<Entry>,
    base_url: String,
    named: Named,
    /// Where this page begins, and those around it.
    before: Option<Cursor>,
    next: Option<Cursor>,
    /// Nothing where it cannot be said.
    around: Option<Around>,
    modified_at: Option<Timestamp>,
}

async fn listed(
    planet: &Planet,
    live: &Live,
    named: Named,
    listing: Listing,
    asked: &Asked,
) -> Result<Written, Fault> {
    let store = &planet.store;
    let page = store
        .entries(listing.clone(), asked.before, ENTRIES)
        .await?;
    let around = store.around(listing, asked.before, ENTRIES).await?;
    written(planet, live, named, page, asked.before, around).await
}

async fn written(
    planet: &Planet,
    live: &Live,
    named: Named,
    page: Page,
    before: Option<Cursor>,
    around: Around,
) -> Result<Written, Fault> {
    let base_url = live.roster.planet.base_url.clone();
    // Older pages have no news.
    let told = named.told && before.is_none() && public_base(&base_url).is_some();
    let own_page = format!("{base_url}{}", named.page);
    let page_url = encoded(address(&own_page, named.search.as_ref(), None));
    let asked_for = page.entries.len();
    let (entries, next) = within_a_page(page);
    // A page that ends early stands in no row of fifty, which the ways upwards count by.
    let around = if entries.len() < asked_for {
        None
    } else {
        Some(around)
    };
    let feed = OwnFeed {
        id: page_url.clone(),
        title: named.title.clone(),
        subtitle: None,
        self_url: String::new(),
        page_url,
        updated_at: beginning(live),
        content: live.roster.planet.content,
        unit: live.roster.course.unit.clone(),
        hub: live.roster.planet.hub.clone().filter(|_| told),
        pages: FeedPages::default(),
    };
    Ok(Written {
        feed,
        entries,
        base_url,
        named,
        before,
        next,
        around,
        // A late post or a new name changes a feed without being its newest entry.
        modified_at: planet.store.changed_at().await?,
    })
}

/// The posts that one document may hold, the first in any case, and where the next one begins. What is in a post does
/// not depend on which others are there, so no reader sees an edit where there is none.
fn within_a_page(page: Page) -> (Vec<Entry>, Option<Cursor>) {
    let Page { mut entries, next } = page;
    let mut bytes = 0;
    let mut fitting = 0;
    for entry in &mut entries {
        if entry.html.as_str().len() > WHOLE_BYTES_MAX {
            entry.html = SafeHtml::default();
        }
        bytes += entry.html.as_str().len();
        if bytes > PAGE_BYTES_MAX {
            break;
        }
        fitting += 1;
    }
    if fitting == entries.len() {
        return (entries, next);
    }
    entries.truncate(fitting);
    let next = entries.last().map(|last| Cursor {
        published_at: last.published_at,
        id: last.id,
    });
    (entries, next)
}

/// What an empty feed says of its last change: the day the course opened, which does not move with the clock.
fn beginning(live: &Live) -> Timestamp {
    let course = &live.roster.course;
    let opens = course
        .opens
        .and_then(|day| course.timezone.to_timestamp(day.at(0, 0, 0, 0)).ok());
    opens.unwrap_or(Timestamp::UNIX_EPOCH)
}

/// An address in ASCII, as every reader understands it.
fn encoded(address: String) -> String {
    url::Url::parse(&address).map_or(address, String::from)
}

impl Written {
    fn atom(mut self, request: &HeaderMap) -> Response {
        self.place("atom");
        let body = atom::write(&self.feed, &self.entries, &self.base_url);
        self.document(ATOM, body).answer(request)
    }

    fn json(mut self, request: &HeaderMap) -> Response {
        self.place("json");
        let body = jsonfeed::write(&self.feed, &self.entries, &self.base_url);
        self.document(JSON, body).answer(request)
    }

    /// Says where this page and those around it are, now that the form is decided.
    fn place(&mut self, form: &str) {
        let Named { feed, search, .. } = &self.named;
        let path = format!("{}{feed}.{form}", self.base_url);
        let at = |before| encoded(address(&path, search.as_ref(), before));
        let several = self.before.is_some() || self.next.is_some();
        let newer = self.before.filter(|_| search.is_none());
        let around = self.around;
        self.feed.self_url = at(self.before);
        self.feed.pages = FeedPages {
            first: several.then(|| at(None)),
            previous: newer.and(around).map(|around| at(around.newer)),
            next: self.next.map(|next| at(Some(next))),
            last: around
                .filter(|_| several && search.is_none())
                .map(|around| at(around.oldest)),
        };
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
