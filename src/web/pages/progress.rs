//! Who has posted on what: as a page, and for a spreadsheet.

use axum::extract::{Query, State};
use axum::http::HeaderMap;

use super::{Answer, by_owner, site};
use crate::model::Author;
use crate::render::{Asked, Progress, ProgressView, Sort};
use crate::store::{FirstUrls, StoreError};
use crate::web::respond::{Document, Validity};
use crate::web::table::csv;
use crate::web::{Live, Planet};

/// What a form or a link asks for, name by name.
type Question = Query<Vec<(String, String)>>;

/// What is asked for, as far as the course has it. What cannot be read asks for nothing.
fn asked(Query(question): &Question, live: &Live) -> Asked {
    let roster = &live.roster;
    let said = |name: &str| {
        let found = question.iter().find(|(key, _)| key == name);
        found.map_or("", |(_, value)| value.as_str())
    };
    let is_group = |group: &String| {
        let people = &mut roster.participants.iter();
        people.any(|person| person.groups.contains(group))
    };
    let is_thing = |number: &u16| roster.course.thing(*number).is_some();
    Asked {
        group: Some(said("group").to_owned()).filter(is_group),
        missing: said("missing").parse().ok().filter(is_thing),
        silent_weeks: said("silent").parse().ok().filter(|weeks| *weeks > 0),
        sort: Sort::from_name(said("sort")),
    }
}

pub(in crate::web) async fn progress(
    State(planet): State<Planet>,
    question: Question,
    request: HeaderMap,
) -> Answer {
    let view = view(&planet, &question, FirstUrls::OnlyPosts).await?;
    Ok(Document::html(planet.pages.progress(&view)?).answer(&request))
}

pub(in crate::web) async fn progress_csv(
    State(planet): State<Planet>,
    question: Question,
    request: HeaderMap,
) -> Answer {
    let view = view(&planet, &question, FirstUrls::All).await?;
    let document = Document {
        content_type: "text/csv; charset=utf-8",
        body: csv(&view),
        modified_at: None,
        validity: Validity::Ask,
    };
    Ok(document.answer(&request))
}

/// The table as it was asked for.
async fn view(
    planet: &Planet,
    question: &Question,
    urls: FirstUrls,
) -> Result<ProgressView, StoreError> {
    let live = planet.live();
    let site = site(planet, &live);
    let (first, last) = site.chart_days();
    let (mut postings, feeds, weeks) = tokio::try_join!(
        planet.store.postings(urls),
        planet.store.feeds(),
        planet.store.weeks(first, last)
    )?;
    let mut feeds = by_owner(feeds);
    let people = live.roster.participants.iter().map(|participant| Progress {
        feed: feeds.remove(&participant.slug),
        author: Author {
            name: participant.name.clone(),
            slug: participant.slug.clone(),
            site_url: participant.blog.clone(),
            excerpt_only: false,
        },
        groups: participant.groups.clone(),
        posting: postings.remove(&participant.slug).unwrap_or_default(),
    });
    let people: Vec<Progress> = people.collect();
    Ok(site.progress(&people, &weeks, &asked(question, &live)))
}
