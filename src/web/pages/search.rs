//! Searching.

use axum::extract::State;
use axum::http::HeaderMap;

use super::{Answer, POSTS, site};
use crate::model::Search;
use crate::render::{Finding, Pager, SearchPaths};
use crate::store::Hit;
use crate::web::Planet;
use crate::web::asked::{Asked, address};
use crate::web::respond::Document;

pub(in crate::web) async fn search(
    State(planet): State<Planet>,
    asked: Asked,
    request: HeaderMap,
) -> Answer {
    let live = planet.live();
    let Asked { search, before } = asked.of_today(&planet, &live).await?;
    let found = planet.store.search(search.clone(), before, POSTS).await?;
    let site = site(&planet, &live);
    // A page asks for nothing as long as nothing was typed.
    let of = Some(&search).filter(|it| **it != Search::default());
    let page = |before| site.href(&address("/search", of, before));
    let everywhere = Search {
        words: search.words.clone(),
        ..Search::default()
    };
    let paths = SearchPaths {
        page: address("/search", of, None),
        feed: address("/search.atom", Some(&search), None),
        everywhere: address("/search", Some(&everywhere), None),
    };
    let pager = Pager {
        older: found.next.map(|next| page(Some(next))),
        newest: before.map(|_| page(None)),
        is_oldest_first: false,
    };
    // People are on all Things, and who has chosen one of them has found them.
    let looks_for_people =
        before.is_none() && search.thing.is_none() && search.participant.is_none();
    let titles = if looks_for_people && !search.phrases().is_empty() {
        Some(planet.store.blog_titles().await?)
    } else {
        None
    };
    let found: Vec<Finding> = found.hits.into_iter().map(finding).collect();
    let people = (&*live.roster.participants, titles.as_ref());
    let view = site.search(&search, people, &found, &paths, pager);
    Ok(Document::html(planet.pages.search(&view)?).answer(&request))
}

fn finding(hit: Hit) -> Finding {
    Finding {
        entry: hit.entry,
        title: hit.title,
        words: hit.words,
    }
}
