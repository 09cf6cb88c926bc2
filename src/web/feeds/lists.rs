//! Lists for other programs: blogs and feeds as OPML, progress as CSV.

use axum::extract::State;
use axum::http::HeaderMap;

use super::{Answer, encoded};
use crate::model::Thing;
use crate::opml::{self, Folder, Outline};
use crate::web::pages::site;
use crate::web::respond::{Document, Validity};
use crate::web::{Live, Planet};

const OPML: &str = "text/x-opml; charset=utf-8";

/// Everybody's blogs, for another reader to subscribe to.
pub(in crate::web) async fn blogroll(State(planet): State<Planet>, request: HeaderMap) -> Answer {
    let live = planet.live();
    let feeds = planet.store.feeds().await?;
    let groups = |slug: &str| {
        let participant = live.roster.participant(slug);
        participant
            .map(|one| one.groups.clone())
            .unwrap_or_default()
    };
    let outlines: Vec<Outline> = feeds
        .into_iter()
        .filter_map(|feed| {
            Some(Outline {
                groups: groups(&feed.owner.slug),
                name: feed.owner.name,
                feed_url: feed.feed_url?.into(),
                site_url: feed.owner.site_url.map(String::from),
            })
        })
        .collect();
    let title = site(&planet, &live).titles().blogroll();
    Ok(list(OPML, opml::blogroll(&title, &outlines)).answer(&request))
}

/// All of the planet's own feeds, in a folder for each kind: all posts, Things, groups, participants.
pub(in crate::web) async fn own_feeds(State(planet): State<Planet>, request: HeaderMap) -> Answer {
    let live = planet.live();
    let titles = site(&planet, &live).titles();
    let groups = live.roster.groups().into_iter().map(|group| {
        let page = format!("/groups/{}", group.slug);
        outline(&live, group.name.to_owned(), &page)
    });
    let people = live.roster.participants.iter().map(|person| {
        let page = format!("/participants/{}", person.slug);
        outline(&live, person.name.clone(), &page)
    });
    let folder = |name: String, feeds: Vec<Outline>| Folder { name, feeds };
    let folders = [
        folder(titles.units(), things(&live)),
        folder(titles.groups(), groups.collect()),
        folder(titles.participants(), people.collect()),
    ];
    let all = outline(&live, titles.all_posts(), "");
    let body = opml::folders(&titles.feeds(), &[all], &folders);
    Ok(list(OPML, body).answer(&request))
}

/// The feed of each Thing: what somebody subscribes to who follows the course.
pub(in crate::web) async fn thing_feeds(
    State(planet): State<Planet>,
    request: HeaderMap,
) -> Answer {
    let live = planet.live();
    let title = site(&planet, &live).titles().feeds();
    Ok(list(OPML, opml::blogroll(&title, &things(&live))).answer(&request))
}

fn things(live: &Live) -> Vec<Outline> {
    let course = &live.roster.course;
    let name = |thing: &Thing| match thing.title.as_str() {
        "" => format!("{} {}", course.unit, thing.number),
        title => format!("{} {}: {title}", course.unit, thing.number),
    };
    let things = course.things.iter();
    things
        .map(|thing| outline(live, name(thing), &format!("/things/{}", thing.number)))
        .collect()
}

/// One of our feeds, by the page that it belongs to.
fn outline(live: &Live, name: String, page: &str) -> Outline {
    let base = &live.roster.planet.base_url;
    Outline {
        name,
        feed_url: encoded(format!("{base}{page}/feed.atom")),
        site_url: Some(encoded(format!("{base}{page}"))),
        groups: Vec::new(),
    }
}

fn list(content_type: &'static str, body: String) -> Document {
    Document {
        content_type,
        body,
        modified_at: None,
        validity: Validity::Minutes,
    }
}
