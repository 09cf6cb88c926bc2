//! The first page, the list of Things and the page of one.

use std::collections::BTreeMap;

use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::Response;

use super::{Answer, Fault, From, POSTS, answer, pager, site, within_budget};
use crate::render::Tally;
use crate::store::{Listing, StoreError};
use crate::web::Planet;
use crate::web::respond::Document;

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

pub(in crate::web) async fn things(State(planet): State<Planet>, request: HeaderMap) -> Answer {
    let live = planet.live();
    let view = site(&planet, &live).things(&tallies(&planet).await?);
    Ok(Document::html(planet.pages.things(&view)?).answer(&request))
}

pub(in crate::web) async fn thing(
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
