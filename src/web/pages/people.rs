//! The participants.

use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::{Answer, Fault, From, POSTS, answer, by_owner, pager, post, site};
use crate::model::Posting;
use crate::render::{ParticipantRow, Posted};
use crate::store::{FirstUrls, Listing};
use crate::web::Planet;
use crate::web::respond::Document;

/// Posts of which "Why isn't my post here?" tells.
const LATEST: u32 = 30;

pub(in crate::web) async fn participants(
    State(planet): State<Planet>,
    request: HeaderMap,
) -> Answer {
    let live = planet.live();
    let site = site(&planet, &live);
    let feeds = by_owner(planet.store.feeds().await?);
    let postings = planet.store.postings(FirstUrls::OnlyPosts).await?;
    let course = &live.roster.course;
    let done = |posting: &Posting| {
        let on = |thing: u16| posting.on(thing).is_some_and(|on| on.posts > 0);
        let things = course.things.iter().filter(|thing| on(thing.number));
        things.count() as u64
    };
    let rows = live
        .roster
        .participants
        .iter()
        .map(|participant| -> ParticipantRow {
            let posting = postings.get(&participant.slug);
            site.participant_row(
                participant,
                feeds.get(&participant.slug),
                posting.map_or(0, |posting| posting.posts),
                posting.map_or(0, done),
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
        let posting = planet.store.posting_of(slug.clone()).await?;
        let page = planet.store.entries(listing, from.cursor(), POSTS).await?;
        let posted: Vec<Posted> = posted.into_iter().map(post).collect();
        let feed = planet.store.feed_of(slug.clone()).await?;
        let odd = planet.store.odd_posts_of(slug.clone()).await?;
        let rests = planet.store.pauses((planet.clock)()).await?;
        let site = site(&planet, &live).resting(rests);
        let pager = pager(&site, &format!("/participants/{slug}"), &from, &page);
        let view = site.participant(
            participant,
            feed.as_ref(),
            &odd,
            (&posted, &posting),
            &page.entries,
            pager,
        );
        Ok(Document::html(planet.pages.participant(&view)?).answer(&request))
    };
    answer(&planet, page.await)
}

/// In the place of an address that nobody has: the way to the one of who had it before they got another name.
///
/// Feed readers take a 301 over into their lists. But who has asked is to ask again, since somebody else may get that name.
pub(in crate::web) async fn renamed(
    State(planet): State<Planet>,
    Path(slug): Path<String>,
    request: Request,
    next: Next,
) -> Response {
    let asked = request.uri().clone();
    let answer = next.run(request).await;
    if answer.status() != StatusCode::NOT_FOUND {
        return answer;
    }
    match planet.store.renamed(slug).await {
        Ok(None) => answer,
        Ok(Some(slug)) => {
            let location = site(&planet, &planet.live()).participant_address(&slug, rest(&asked));
            let headers = [
                (header::LOCATION, location.as_str()),
                (header::CACHE_CONTROL, "no-cache"),
            ];
            (StatusCode::MOVED_PERMANENTLY, headers).into_response()
        }
        Err(error) => Fault::from(error).into_response(),
    }
}

/// What follows a participant's name in an address: `/feed.atom?before=…`.
fn rest(asked: &Uri) -> &str {
    let asked = asked.path_and_query().map_or("", |it| it.as_str());
    let name = asked.strip_prefix("/participants/").unwrap_or_default();
    name.find(['/', '?']).map_or("", |end| &name[end..])
}

/// What became of their latest posts.
pub(in crate::web) async fn why(
    State(planet): State<Planet>,
    Path(slug): Path<String>,
    request: HeaderMap,
) -> Response {
    let page = async {
        let live = planet.live();
        let participant = live.roster.participant(&slug).ok_or(Fault::Missing)?;
        let posts = planet.store.latest_of(slug.clone(), LATEST).await?;
        let feed = planet.store.feed_of(slug.clone()).await?;
        let rests = planet.store.pauses((planet.clock)()).await?;
        let site = site(&planet, &live).resting(rests);
        let mut view = site.why(participant, feed.as_ref(), &posts);
        view.awaits_retag = planet.store.awaits_retag(live.rules).await?;
        Ok(Document::html(planet.pages.why(&view)?).answer(&request))
    };
    answer(&planet, page.await)
}
