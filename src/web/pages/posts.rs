//! One post by itself.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;

use super::{DOCUMENT_BYTES_MAX, Fault, answer, site};
use crate::model::{Entry, EntryId, SafeHtml, TagState};
use crate::render::{Around, Near};
use crate::store::{Cursor, Neighbour, StoreError};
use crate::web::respond::Document;
use crate::web::{Live, Planet};

pub(in crate::web) async fn entry(
    State(planet): State<Planet>,
    Path(id): Path<String>,
    request: HeaderMap,
) -> Response {
    let page = async {
        let live = planet.live();
        let id = id.parse().map(EntryId).map_err(|_| Fault::Missing)?;
        let mut entry = planet.store.entry(id).await?.ok_or(Fault::Missing)?;
        if entry.html.as_str().len() > DOCUMENT_BYTES_MAX {
            entry.html = SafeHtml::default();
        }
        let around = around(&planet, &live, &entry).await?;
        let view = site(&planet, &live).entry(&entry, around);
        Ok(Document::html(planet.pages.entry(&view)?).answer(&request))
    };
    answer(&planet, page.await)
}

/// The posts beside one on each of its Things.
async fn around<'a>(
    planet: &Planet,
    live: &'a Live,
    entry: &Entry,
) -> Result<Vec<Around<'a>>, StoreError> {
    let place = Cursor {
        published_at: entry.published_at,
        id: entry.id,
    };
    let mut all = Vec::new();
    let tagged = entry
        .tags
        .iter()
        .filter(|tag| tag.state == TagState::Tagged);
    for thing in tagged.filter_map(|tag| live.roster.course.thing(tag.thing)) {
        let beside = planet.store.beside(thing.number, place).await?;
        all.push(Around {
            thing,
            earlier: beside.earlier.map(near),
            later: beside.later.map(near),
        });
    }
    Ok(all)
}

fn near(post: Neighbour) -> Near {
    Near {
        id: post.id,
        title: post.title,
        author: post.author,
    }
}
