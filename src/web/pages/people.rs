//! The participants.

use std::collections::{BTreeSet, HashMap};

use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::Response;

use super::{Answer, Fault, From, POSTS, answer, by_owner, numbers, pager, post, site};
use crate::render::{ParticipantRow, Posted};
use crate::store::Listing;
use crate::web::Planet;
use crate::web::respond::Document;

pub(in crate::web) async fn participants(
    State(planet): State<Planet>,
    request: HeaderMap,
) -> Answer {
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

pub(in crate::web) async fn participant(
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
