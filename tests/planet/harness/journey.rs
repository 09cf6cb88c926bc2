//! The way of a document through the house, from bytes to our feeds and pages, and what must hold at its end.
//!
//! Nothing here knows what stands in the document: whatever it is, the rules are the same.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::LazyLock;

use jiff::Timestamp;
use serde_json::Value;
use thingplanet::model::{
    Author, ContentPolicy, Entry, EntryId, FeedPages, Markup, OwnFeed, ParsedEntry, ParsedFeed,
    Roster, SafeHtml,
};
use thingplanet::parse::{self, ParseError, Source};
use thingplanet::render::{Choice, Pager, Pages, Site, Tally};
use thingplanet::{atom, jsonfeed, roster, sanitize};
use url::Url;

use super::{atom as validator, html};

/// Where the document is said to come from.
const ADDRESS: &str = "https://blog.example/feed";
/// Where our feed of it is said to be.
const SELF: &str = "https://planet.example/feed.atom";

/// The shipped course.
static ROSTER: LazyLock<Roster> = LazyLock::new(|| {
    let text = include_str!("../../../feeds.toml");
    roster::parse(text, Path::new("feeds.toml")).unwrap()
});
static PAGES: LazyLock<Pages> = LazyLock::new(|| Pages::new(None));

/// What came of a document.
#[derive(Debug, Default)]
pub(crate) struct Arrived {
    /// How many entries were read.
    pub(crate) entries: usize,
    /// All that is not as it should be.
    pub(crate) faults: Vec<String>,
    /// What the house did about it, in short: a document that makes it do something new is worth damaging further.
    pub(crate) behaviour: BTreeSet<String>,
}

/// Takes a document all the way; no faults where it is refused as no feed.
pub(crate) fn travel(bytes: &[u8], charset: Option<&str>) -> Arrived {
    let address = Url::parse(ADDRESS).unwrap();
    let source = Source {
        url: Some(&address),
        charset,
        entries_max: 300,
    };
    match parse::feed(bytes, source) {
        Ok(feed) => arrive(feed),
        Err(error) => Arrived {
            entries: 0,
            faults: match error {
                ParseError::Panicked => vec!["the parser panicked".to_owned()],
                _ => Vec::new(),
            },
            behaviour: BTreeSet::from([in_short(&error.to_string())]),
        },
    }
}

fn arrive(feed: ParsedFeed) -> Arrived {
    let mut arrived = Arrived {
        behaviour: feed
            .problems
            .iter()
            .map(|one| in_short(&one.text))
            .collect(),
        ..Arrived::default()
    };
    let title = feed.title.as_ref().map(sanitize::line).unwrap_or_default();
    let mut entries = Vec::new();
    for (number, entry) in (1..).zip(feed.entries) {
        arrived.faults.extend(faults_of_entry(&entry));
        let kept = kept(number, entry, &title, feed.site_url.as_ref());
        arrived.behaviour.extend(html::elements(kept.html.as_str()));
        entries.push(kept);
    }
    arrived.entries = entries.len();
    arrived.faults.extend(faults_of_atom(&entries));
    arrived.faults.extend(faults_of_json(&entries));
    arrived.faults.extend(faults_of_pages(&entries));
    arrived
}

/// A sentence without what differs from one document to the next.
fn in_short(sentence: &str) -> String {
    let letters = sentence
        .chars()
        .filter(|one| one.is_alphabetic() || *one == ' ');
    letters.take(60).collect()
}

/// The rules for one entry's text, names and addresses.
fn faults_of_entry(entry: &ParsedEntry) -> Vec<String> {
    let once = sanitize::html(&entry.content, entry.base.as_ref());
    let mut faults = faults_of_content(&entry.content, &once);
    let again = sanitize::html(&Markup::Html(once.as_str().to_owned()), entry.base.as_ref());
    if again != once && once.as_str().len() <= 1_000_000 {
        faults.push(format!("cleaned twice it is another: {once:?} {again:?}"));
    }
    let plain = |text: &String| Markup::Plain(text.clone());
    let categories: Vec<Markup> = entry.categories.iter().map(plain).collect();
    for line in [&entry.title]
        .into_iter()
        .chain(&entry.authors)
        .chain(&categories)
    {
        let line = sanitize::line(line);
        if line.chars().count() > 1_000 || line.chars().any(|one| one.is_control() || turns(one)) {
            faults.push(format!("not one plain line: {line:?}"));
        }
    }
    let links = sanitize::links_of(&once);
    let addresses = links.iter().chain(&entry.url);
    faults.extend(
        addresses
            .filter(|url| !matches!(url.scheme(), "http" | "https"))
            .map(|url| format!("not a web address: {url}")),
    );
    faults
}

fn faults_of_content(content: &Markup, made: &SafeHtml) -> Vec<String> {
    let mut faults = html::faults_of_post(made.as_str());
    let (before, after) = (content.source().len(), made.as_str().len());
    if after > 4 * before + 65_536 {
        faults.push(format!("it grew from {before} to {after} bytes"));
    }
    let text = sanitize::text_of(made);
    if text.chars().chain(made.as_str().chars()).any(turns) {
        faults.push("it turns the line round".to_owned());
    }
    faults
}

fn turns(character: char) -> bool {
    matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn faults_of_atom(entries: &[Entry]) -> Vec<String> {
    let document = atom::write(&own_feed(), entries, "https://planet.example");
    let feed = match validator::read(&document, SELF) {
        Ok(feed) => feed,
        Err(faults) => return faults,
    };
    let mut faults = Vec::new();
    if feed.entries.len() != entries.len() {
        faults.push("entries are missing from our Atom".to_owned());
    }
    for (shown, entry) in feed.entries.iter().zip(entries) {
        // What was held to the lists before is in our feed letter by letter.
        if shown.html.as_deref().unwrap_or_default() != in_feeds(entry) {
            faults.push(format!("our Atom says {shown:?} for {:?}", entry.html));
        }
    }
    faults
}

/// A post's HTML as our feeds have it: what nobody could read is a question mark, as validators want it.
fn in_feeds(entry: &Entry) -> String {
    entry.html.as_str().replace('\u{fffd}', "?")
}

fn faults_of_json(entries: &[Entry]) -> Vec<String> {
    let document = jsonfeed::write(&own_feed(), entries, "https://planet.example");
    let Ok(value) = serde_json::from_str::<Value>(&document) else {
        return vec!["our JSON Feed is not JSON".to_owned()];
    };
    let items = value["items"].as_array().cloned().unwrap_or_default();
    let shown = items.iter().map(|item| item["content_html"].as_str());
    let shown = shown.map(|html| html.map(str::to_owned));
    let same = shown.eq(entries.iter().map(|entry| {
        let html = in_feeds(entry);
        (!html.is_empty()).then_some(html)
    }));
    if same {
        Vec::new()
    } else {
        vec!["our JSON Feed says something else".to_owned()]
    }
}

/// The first page shows posts in short, the page of a Thing whole.
fn faults_of_pages(entries: &[Entry]) -> Vec<String> {
    let course = &ROSTER.course;
    let site = Site::new(course, &ROSTER.planet, Timestamp::UNIX_EPOCH, None);
    let thing = course.things.first().unwrap();
    let home = site.home(1, true, &BTreeMap::new(), entries, Pager::default());
    let thing = site.thing(thing, Tally::default(), entries, &Choice::default());
    [PAGES.home(&home), PAGES.thing(&thing)]
        .into_iter()
        .flat_map(|page| html::faults_of_page(&page.unwrap()))
        .collect()
}

fn own_feed() -> OwnFeed {
    OwnFeed {
        id: "https://planet.example/".to_owned(),
        title: "All posts".to_owned(),
        subtitle: None,
        self_url: SELF.to_owned(),
        page_url: "https://planet.example/".to_owned(),
        updated_at: Timestamp::UNIX_EPOCH,
        content: ContentPolicy::Full,
        unit: "Thing".to_owned(),
        hub: None,
        pages: FeedPages::default(),
    }
}

/// An entry as the store would give it. Its id is the store's to settle; here it is a number.
fn kept(number: i64, entry: ParsedEntry, source: &str, site: Option<&Url>) -> Entry {
    let html = sanitize::html(&entry.content, entry.base.as_ref());
    let published_at = entry.published.unwrap_or_default();
    let names: Vec<String> = entry.authors.iter().map(sanitize::line).collect();
    Entry {
        id: EntryId(number),
        public_id: format!("urn:uuid:{number}"),
        url: entry.url,
        title: sanitize::line(&entry.title),
        author: Author {
            name: names
                .iter()
                .find(|name| !name.is_empty())
                .cloned()
                .unwrap_or("Ann".to_owned()),
            slug: "ann".to_owned(),
            site_url: site.cloned(),
            excerpt_only: false,
        },
        byline: names.join(", "),
        published_at,
        seen_at: None,
        updated_at: entry.updated.unwrap_or_default().max(published_at),
        categories: entry
            .categories
            .into_iter()
            .map(|category| sanitize::line(&Markup::Plain(category)))
            .collect(),
        text: sanitize::text_of(&html),
        html,
        tags: Vec::new(),
        source_title: source.to_owned(),
        source_url: Url::parse(ADDRESS).ok(),
    }
}

#[cfg(test)]
mod tests {
    use thingplanet::model::{Markup, SafeHtml};

    use super::{faults_of_content, travel};

    #[test]
    fn what_arrives_broken_is_noticed() {
        let content = Markup::Html("x".to_owned());
        for made in [
            "<script>x</script>",
            "<a href=\"javascript:x\">x</a>",
            "x\u{202e}",
            &"x".repeat(70_000),
        ] {
            let made = SafeHtml::vouched(made.to_owned());
            assert!(!faults_of_content(&content, &made).is_empty(), "{made:?}");
        }
    }

    #[test]
    fn what_is_no_feed_does_not_arrive() {
        let arrived = travel(b"<html><p>no feed</p></html>", None);
        assert_eq!((arrived.entries, arrived.faults.len()), (0, 0));
        assert_eq!(arrived.behaviour.len(), 1);
    }
}
