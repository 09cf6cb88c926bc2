//! Who has posted on what.

use std::collections::HashMap;

use axum::extract::State;
use axum::http::HeaderMap;

use super::{Answer, by_owner, numbers, post, site};
use crate::model::Author;
use crate::render::{Posted, Progress};
use crate::store::StoreError;
use crate::web::respond::Document;
use crate::web::{Live, Planet};

pub(in crate::web) async fn progress(State(planet): State<Planet>, request: HeaderMap) -> Answer {
    let live = planet.live();
    let view = site(&planet, &live).progress(&everyone(&planet, &live).await?);
    Ok(Document::html(planet.pages.progress(&view)?).answer(&request))
}

/// Everybody on the roster with what they posted on each Thing.
pub(in crate::web) async fn everyone(
    planet: &Planet,
    live: &Live,
) -> Result<Vec<Progress>, StoreError> {
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
