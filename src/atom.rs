//! Entries as an Atom 1.0 feed (RFC 4287).
//!
//! It must not know where entries come from, nor change their order. What stands in the feed is what the original says:
//! its id, its times, its address and its author.

use atom_syndication::{
    Category, Content, Entry as AtomEntry, Feed, FixedDateTime, Generator, Link, Person, Source,
    Text, WriteConfig,
};
use jiff::Timestamp;
use url::Url;

use crate::model::{Entry, OwnFeed, xml_text};

/// The whole document of one of our feeds, its entries in the order given; `base_url` is the planet's, without a slash.
pub fn write(feed: &OwnFeed, entries: &[Entry], base_url: &str) -> String {
    let document = Feed {
        title: text(&feed.title),
        id: xml_text(&feed.id),
        updated: time(feed.changed_at(entries)),
        subtitle: feed.subtitle.as_deref().map(text),
        links: links(feed),
        generator: Some(Generator {
            value: "thingplanet".to_owned(),
            uri: None,
            version: Some(env!("CARGO_PKG_VERSION").to_owned()),
        }),
        entries: feed
            .each_once(entries)
            .into_iter()
            .map(|entry| atom_entry(feed, entry, base_url))
            .collect(),
        ..Feed::default()
    };
    let config = WriteConfig {
        write_document_declaration: false,
        indent_size: None,
    };
    // Writing to memory cannot fail.
    let bytes = document
        .write_with_config(Vec::new(), config)
        .unwrap_or_default();
    let body = with_zulu_times(&String::from_utf8_lossy(&bytes));
    format!("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n{body}\n")
}

fn links(feed: &OwnFeed) -> Vec<Link> {
    let hub = feed.hub.as_ref().map(|hub| Link {
        mime_type: None,
        ..link("hub", hub.as_str(), "")
    });
    let own = [
        link("self", &feed.self_url, "application/atom+xml"),
        link("alternate", &feed.page_url, "text/html"),
    ];
    let pages = [
        ("first", &feed.pages.first),
        ("previous", &feed.pages.previous),
        ("next", &feed.pages.next),
        ("last", &feed.pages.last),
    ];
    let pages = pages
        .into_iter()
        .filter_map(|(rel, href)| Some(link(rel, href.as_ref()?, "application/atom+xml")));
    own.into_iter().chain(hub).chain(pages).collect()
}

fn atom_entry(feed: &OwnFeed, entry: &Entry, base_url: &str) -> AtomEntry {
    let whole = feed.shows_whole(entry);
    let excerpt = entry.excerpt();
    AtomEntry {
        title: text(&entry.shown_title()),
        id: xml_text(&entry.public_id),
        updated: time(entry.updated_at),
        published: Some(time(entry.published_at)),
        authors: vec![Person {
            name: xml_text(&entry.author.name),
            uri: entry.author.site_url.as_ref().map(Url::to_string),
            ..Person::default()
        }],
        links: vec![link("alternate", &entry.address(base_url), "text/html")],
        categories: categories(feed, entry, base_url),
        source: source(entry),
        content: whole.then(|| Content {
            value: Some(xml_text(entry.html.as_str())),
            content_type: Some("html".to_owned()),
            ..Content::default()
        }),
        // Readers want one of the two of every entry; a post without words has its title at least.
        summary: (!whole).then(|| match excerpt.as_str() {
            "" => text(&entry.shown_title()),
            words => text(words),
        }),
        ..AtomEntry::default()
    }
}

/// The entry's own categories, and one for each Thing that it is published under.
fn categories(feed: &OwnFeed, entry: &Entry, base_url: &str) -> Vec<Category> {
    let own = entry.categories.iter().map(|name| Category {
        term: xml_text(name),
        ..Category::default()
    });
    let things = entry.published_things().into_iter().map(|number| Category {
        term: number.to_string(),
        scheme: Some(format!("{base_url}/things/")),
        label: Some(xml_text(&feed.thing_name(number))),
    });
    own.filter(|category| !category.term.trim().is_empty())
        .chain(things)
        .collect()
}

/// The feed that the entry was copied from (RFC 4287 § 4.2.11).
fn source(entry: &Entry) -> Option<Source> {
    let site = entry.author.site_url.as_ref();
    let id = entry.source_url.as_ref().or(site)?;
    let title = match entry.source_title.trim() {
        "" => &entry.author.name,
        title => title,
    };
    let own = entry.source_url.as_ref().map(|url| Link {
        mime_type: None,
        ..link("self", url.as_str(), "")
    });
    let page = site.map(|url| link("alternate", url.as_str(), "text/html"));
    Some(Source {
        title: text(title),
        id: id.to_string(),
        updated: time(entry.updated_at),
        links: own.into_iter().chain(page).collect(),
        ..Source::default()
    })
}

/// Text that every reader shows as it stands. Some take whatever looks like HTML for HTML, whatever it is declared to be,
/// so that is told in the words of HTML.
fn text(value: &str) -> Text {
    let plain = xml_text(value);
    if !looks_like_html(&plain) {
        return Text::plain(plain);
    }
    let escaped = plain
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    Text::html(escaped)
}

/// Whether there is something in it that HTML would read as a tag or a character reference.
fn looks_like_html(text: &str) -> bool {
    let refers = |(at, _): (usize, &str)| {
        let next = text[at + 1..].chars().next();
        next.is_some_and(|next| next == '#' || next.is_alphanumeric())
    };
    text.contains('<') || text.match_indices('&').any(refers)
}

fn link(rel: &str, href: &str, media_type: &str) -> Link {
    Link {
        href: xml_text(href),
        rel: rel.to_owned(),
        mime_type: Some(media_type.to_owned()),
        ..Link::default()
    }
}

fn time(at: Timestamp) -> FixedDateTime {
    at.to_string().parse().unwrap_or_default()
}

/// UTC is written `Z`, which every reader understands. In text a `<` is always escaped, so only times are met.
fn with_zulu_times(xml: &str) -> String {
    xml.replace("+00:00</updated>", "Z</updated>")
        .replace("+00:00</published>", "Z</published>")
}

#[cfg(test)]
mod tests;
