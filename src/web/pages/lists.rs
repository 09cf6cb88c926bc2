//! Lists of posts that belong together, and how to subscribe to them.

use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::Response;

use super::{Answer, Fault, From, POSTS, answer, pager, site};
use crate::store::Listing;
use crate::web::Planet;
use crate::web::respond::Document;

/// Posts on which nobody has commented, as far as their feeds tell.
pub(in crate::web) async fn waiting(
    State(planet): State<Planet>,
    Query(from): Query<From>,
    request: HeaderMap,
) -> Answer {
    let live = planet.live();
    let store = &planet.store;
    let page = store
        .entries(Listing::Waiting, from.cursor(), POSTS)
        .await?;
    let told = store.counts_comments().await?;
    let site = site(&planet, &live);
    let pager = pager(&site, "/waiting", &from, &page);
    let view = site.waiting(told, &page.entries, pager);
    Ok(Document::html(planet.pages.waiting(&view)?).answer(&request))
}

/// A group, with who belongs to it and what they wrote.
pub(in crate::web) async fn group(
    State(planet): State<Planet>,
    Path(slug): Path<String>,
    Query(from): Query<From>,
    request: HeaderMap,
) -> Response {
    let page = async {
        let live = planet.live();
        let group = live.roster.group(&slug).ok_or(Fault::Missing)?;
        let listing = Listing::Group(group.slugs());
        let page = planet.store.entries(listing, from.cursor(), POSTS).await?;
        let site = site(&planet, &live);
        let pager = pager(&site, &format!("/groups/{slug}"), &from, &page);
        let view = site.group(&group, &page.entries, pager);
        Ok(Document::html(planet.pages.group(&view)?).answer(&request))
    };
    answer(&planet, page.await)
}

/// How to subscribe, and to what.
pub(in crate::web) async fn subscribe(State(planet): State<Planet>, request: HeaderMap) -> Answer {
    let live = planet.live();
    let view = site(&planet, &live).subscribe(&live.roster.groups());
    Ok(Document::html(planet.pages.subscribe(&view)?).answer(&request))
}
