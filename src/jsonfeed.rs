//! Entries as a JSON Feed 1.1 (jsonfeed.org).
//!
//! It must not know where entries come from, nor change their order.

use serde::Serialize;
use url::Url;

use crate::model::{Entry, OwnFeed, xml_text};

/// The whole document of one of our feeds, its entries in the order given; `base_url` is the planet's, without a slash.
pub fn write(feed: &OwnFeed, entries: &[Entry], base_url: &str) -> String {
    let document = Document {
        version: "https://jsonfeed.org/version/1.1",
        title: xml_text(&feed.title),
        description: feed.subtitle.as_deref().map(xml_text),
        home_page_url: &feed.page_url,
        // It is the feed's identity, so every page of it has the same.
        feed_url: feed.pages.first.as_deref().unwrap_or(&feed.self_url),
        next_url: feed.pages.next.as_deref(),
        hubs: feed.hub.iter().map(hub).collect(),
        items: feed
            .each_once(entries)
            .into_iter()
            .map(|entry| item(feed, entry, base_url))
            .collect(),
    };
    // Strings and lists always have a place in JSON, so this cannot fail.
    serde_json::to_string_pretty(&document).unwrap_or_default()
}

#[derive(Serialize)]
struct Document<'a> {
    version: &'static str,
    title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    home_page_url: &'a str,
    feed_url: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_url: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    hubs: Vec<Hub<'a>>,
    items: Vec<Item>,
}

#[derive(Serialize)]
struct Hub<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    url: &'a str,
}

fn hub(url: &Url) -> Hub<'_> {
    Hub {
        kind: "WebSub",
        url: url.as_str(),
    }
}

#[derive(Serialize)]
struct Item {
    id: String,
    url: String,
    title: String,
    #[serde(flatten)]
    content: Content,
    date_published: String,
    date_modified: String,
    authors: [Author; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<String>,
}

/// Each item has exactly one of the two.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Content {
    ContentHtml(String),
    ContentText(String),
}

#[derive(Serialize)]
struct Author {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

fn item(feed: &OwnFeed, entry: &Entry, base_url: &str) -> Item {
    Item {
        id: xml_text(&entry.public_id),
        url: entry.address(base_url),
        title: xml_text(&entry.shown_title()),
        content: if feed.shows_whole(entry) {
            Content::ContentHtml(xml_text(entry.html.as_str()))
        } else {
            Content::ContentText(xml_text(&entry.excerpt()))
        },
        date_published: entry.published_at.to_string(),
        date_modified: entry.updated_at.to_string(),
        authors: [Author {
            name: xml_text(&entry.author.name),
            url: entry.author.site_url.as_ref().map(Url::to_string),
        }],
        tags: tags(feed, entry),
    }
}

/// The entry's own categories, and the name of each Thing that it is published under.
fn tags(feed: &OwnFeed, entry: &Entry) -> Vec<String> {
    let things = entry.published_things().into_iter();
    entry
        .categories
        .iter()
        .map(|name| xml_text(name))
        .chain(things.map(|number| xml_text(&feed.thing_name(number))))
        .collect()
}

#[cfg(test)]
mod tests;
