//! Labels, tags and categories: feeds of some of the posts, and which of them are the course's.

use url::Url;

use super::{Offer, Platform, Source};
use crate::model::{FrontPage, canonical, slug_of};

/// Names of a course that are tried as labels.
const NAMES_MAX: usize = 3;
/// Parts of a path after which a label's name comes.
const BEFORE_LABEL: [&str; 8] = [
    "tag",
    "tags",
    "tagged",
    "category",
    "categories",
    "label",
    "author",
    "topics",
];

/// Whether a page is that of one label, so that who gave it means that label.
pub(super) fn is_label_page(page: &Url) -> bool {
    name_in(page).is_some()
}

/// Whether a feed is of one label or author.
pub(super) fn is_of_a_label(feed: &Url) -> bool {
    name_in(feed).is_some() || feed.path().contains("/feeds/posts/default/-/")
}

/// The feeds of posts that carry the course's own label: under the names that the page shows, else under the first
/// name that can be a label. None where the feed to be read is one of a label already.
pub(super) fn feeds(
    platform: Option<Platform>,
    front: &FrontPage,
    names: &[String],
    feed: &Offer,
) -> Vec<Offer> {
    if is_of_a_label(&feed.url) || is_label_page(&front.url) {
        return Vec::new();
    }
    let shown = shown(front, names);
    let announced = front.feeds.iter().filter(|link| {
        let name = name_in(&link.url);
        name.is_some_and(|name| names.iter().any(|it| slug_of(it) == slug_of(&name)))
    });
    let mut found: Vec<Offer> = announced
        .map(|link| Offer {
            url: link.url.clone(),
            title: link.title.clone(),
            kind: link.kind,
            source: Source::Announced,
        })
        .collect();
    let Some(platform) = platform else {
        return found;
    };
    for (label, page) in &shown {
        let by_page = page_feed(platform, page);
        let made = by_page.or_else(|| platform.label_feed(front, label));
        found.extend(made.map(|(url, kind)| Offer {
            url,
            title: label.clone(),
            kind,
            source: Source::Platform(platform),
        }));
    }
    if found.is_empty() {
        let likely = names.iter().filter(|name| !name.contains(' '));
        let mut made = likely.filter_map(|name| {
            let (url, kind) = platform.label_feed(front, name)?;
            Some(Offer {
                url,
                title: name.clone(),
                kind,
                source: Source::Platform(platform),
            })
        });
        found.extend(made.next());
    }
    let mut keys: Vec<String> = Vec::new();
    found.retain(|offer| {
        let key = canonical(&offer.url);
        let is_new = !keys.contains(&key);
        keys.push(key);
        is_new
    });
    found
}

/// Labels in the page's links that are a name of the course, in the blog's own spelling, with the page that they lead to.
fn shown(front: &FrontPage, names: &[String]) -> Vec<(String, Url)> {
    let mut found: Vec<(String, Url)> = Vec::new();
    for link in &front.links {
        let Some(label) = name_in(&link.url) else {
            continue;
        };
        let is_course = names.iter().any(|name| slug_of(name) == slug_of(&label));
        let is_new = !found.iter().any(|(known, _)| *known == label);
        if is_course && is_new && found.len() < NAMES_MAX {
            found.push((label, link.url.clone()));
        }
    }
    found
}

/// On WordPress a label's feed is always under its page, be that one of a tag or of a category.
fn page_feed(platform: Platform, page: &Url) -> Option<(Url, crate::model::FeedKind)> {
    if platform != Platform::WordPress || page.query().is_some() {
        return None;
    }
    let mut url = page.clone();
    url.set_fragment(None);
    url.path_segments_mut()
        .ok()?
        .pop_if_empty()
        .push("feed")
        .push("");
    Some((url, crate::model::FeedKind::Rss))
}

/// The label that an address is about, decoded.
fn name_in(url: &Url) -> Option<String> {
    let mut segments = url.path_segments()?;
    segments.find(|part| BEFORE_LABEL.contains(part))?;
    let name = segments.next().filter(|name| !name.is_empty())?;
    // A form decodes `+` as a space and %xx, as all of these do in labels.
    let pair = format!("x={}", name.replace('&', "%26"));
    let decoded = url::form_urlencoded::parse(pair.as_bytes()).next();
    decoded.map(|(_, name)| name.into_owned())
}
