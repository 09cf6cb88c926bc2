//! What our JSON feeds say, read back.

use serde_json::{Value, json};

use super::*;
use crate::model::samples::{entry, feed, hostile};
use crate::model::{ContentPolicy, FeedPages};

const BASE: &str = "https://planet.example";

fn read(feed: &OwnFeed, entries: &[Entry]) -> Value {
    serde_json::from_str(&write(feed, entries, BASE)).unwrap()
}

#[test]
fn a_feed_and_an_entry_say_what_they_are() {
    let expected = json!({
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Thing 6: Online networks",
        "description": "What everybody wrote & thought",
        "home_page_url": "https://planet.example/things/6",
        "feed_url": "https://planet.example/things/6/feed.atom",
        "items": [{
            "id": "tag:blog.example,2011:post-1",
            "url": "https://blog.example/1?a=1&b=2",
            "title": "Post 1 – Q&A <b>",
            "content_html": "<p>One &amp; two ]]&gt;</p>",
            "date_published": "2011-07-18T09:30:00Z",
            "date_modified": "2011-07-19T09:30:01Z",
            "authors": [{ "name": "Siân O'Brien", "url": "https://blog.example/" }],
            "tags": ["cpd23", "R&D", "Thing 6"],
        }],
    });
    assert_eq!(read(&feed(), &[entry(1)]), expected);
}

#[test]
fn an_excerpt_is_plain_text() {
    let excerpts = OwnFeed {
        content: ContentPolicy::Excerpt,
        ..feed()
    };
    let item = &read(&excerpts, &[entry(1)])["items"][0];
    assert_eq!(item["content_text"], "One & two ]]>");
    assert!(item.get("content_html").is_none());
}

#[test]
fn hostile_entries_are_only_text_and_no_id_stands_twice() {
    let read = read(&feed(), &[hostile(1), entry(2), entry(2)]);
    let items = read["items"].as_array().unwrap();
    assert_eq!(items.len(), 2);
    let title = items[0]["title"].as_str().unwrap();
    assert!(title.starts_with("]]><script>"));
    assert!(!title.chars().any(|c| c == '\0' || c == '\u{ffff}'));
}

#[test]
fn a_later_page_has_the_identity_of_the_first() {
    let paged = OwnFeed {
        pages: FeedPages {
            first: Some("https://planet.example/feed.json".to_owned()),
            next: Some("https://planet.example/feed.json?before=2".to_owned()),
            ..FeedPages::default()
        },
        self_url: "https://planet.example/feed.json?before=1".to_owned(),
        ..feed()
    };
    let read = read(&paged, &[entry(1)]);
    assert_eq!(read["feed_url"], "https://planet.example/feed.json");
    assert_eq!(
        read["next_url"],
        "https://planet.example/feed.json?before=2"
    );
}

#[test]
fn a_feed_without_entries_is_valid() {
    assert_eq!(read(&feed(), &[])["items"], json!([]));
}

#[test]
fn a_reader_of_feeds_reads_it_back() {
    let json = write(&feed(), &[entry(1)], BASE);
    let read = feed_rs::parser::parse(json.as_bytes()).unwrap();
    assert_eq!(read.entries[0].id, "tag:blog.example,2011:post-1");
}
