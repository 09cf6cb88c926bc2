//! The first page, the list of Things and the page of one.

use std::collections::{BTreeMap, HashSet};

use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;

use super::{Answer, Fault, From, POSTS, answer, cursor, pager, site, within_budget, written};
use crate::model::{Author, Participant};
use crate::render::{Choice, Tally};
use crate::store::{Listing, Order, StoreError};
use crate::web::respond::Document;
use crate::web::{Live, Planet};

pub(in crate::web) async fn home(
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
    let site = site(&planet, &live);
    let pager = pager(&site, "/", &from, &page);
    let view = site.home(
        count,
        polled,
        &tallies(&planet).await?,
        &page.entries,
        pager,
    );
    Ok(Document::html(planet.pages.home(&view)?).answer(&request))
}

pub(in crate::web) async fn things(State(planet): State<Planet>, request: HeaderMap) -> Answer {
    let live = planet.live();
    let view = site(&planet, &live).things(&tallies(&planet).await?);
    Ok(Document::html(planet.pages.things(&view)?).answer(&request))
}

/// Which of a Thing's posts are asked for: `?topic=LinkedIn&order=oldest&after=MILLIS-ID`.
#[derive(Debug, Deserialize)]
pub(in crate::web) struct Asked {
    topic: Option<String>,
    order: Option<String>,
    before: Option<String>,
    after: Option<String>,
}

pub(in crate::web) async fn thing(
    State(planet): State<Planet>,
    Path(number): Path<String>,
    Query(asked): Query<Asked>,
    request: HeaderMap,
) -> Response {
    let page = async {
        let live = planet.live();
        let number = number.parse().map_err(|_| Fault::Missing)?;
        let thing = live.roster.course.thing(number).ok_or(Fault::Missing)?;
        let topic = asked.topic.filter(|topic| !topic.is_empty());
        if topic.as_ref().is_some_and(|it| !thing.topics.contains(it)) {
            return Err(Fault::Missing);
        }
        let is_oldest_first = asked.order.as_deref() == Some("oldest");
        let (order, from) = if is_oldest_first {
            (Order::Oldest, asked.after)
        } else {
            (Order::Newest, asked.before)
        };
        let store = &planet.store;
        let mut page = store
            .on_thing(
                number,
                topic.clone(),
                order,
                from.as_deref().and_then(cursor),
                POSTS,
            )
            .await?;
        within_budget(&mut page.entries);
        let topics = store.topic_counts(number).await?.into_iter();
        let choice = Choice {
            topic: topic.as_deref(),
            is_oldest_first,
            is_later_page: from.is_some(),
            next: page.next.map(written),
            topics: topics.map(|count| (count.topic, count.posts)).collect(),
            missing: missing(&planet, &live, number).await?,
        };
        let tally = tallies(&planet).await?.get(&number).copied();
        let site = site(&planet, &live);
        let view = site.thing(thing, tally.unwrap_or_default(), &page.entries, &choice);
        Ok(Document::html(planet.pages.thing(&view)?).answer(&request))
    };
    answer(&planet, page.await)
}

/// Who on the roster has not posted on a Thing, in the roster's order, where the organisers show it.
async fn missing(
    planet: &Planet,
    live: &Live,
    thing: u16,
) -> Result<Option<Vec<Author>>, StoreError> {
    if !live.roster.planet.show_missing {
        return Ok(None);
    }
    let there: HashSet<String> = planet.store.people_on(thing).await?.into_iter().collect();
    let people = live.roster.participants.iter();
    let missing = people.filter(|person| !there.contains(&person.slug));
    Ok(Some(missing.map(author).collect()))
}

fn author(person: &Participant) -> Author {
    Author {
        name: person.name.clone(),
        slug: person.slug.clone(),
        site_url: person.blog.clone(),
        excerpt_only: person.excerpt_only,
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
