//! A small validator of RFC 4287, and what our feeds say in particular.

use std::collections::HashSet;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::*;
use crate::model::samples::{entry, feed, hostile};
use crate::model::{ContentPolicy, FeedPages, SafeHtml};

const BASE: &str = "https://planet.example";

/// An element as read back.
#[derive(Debug, Default)]
struct Node {
    name: String,
    attributes: Vec<(String, String)>,
    text: String,
    children: Vec<Node>,
}

impl Node {
    fn all(&self, name: &str) -> Vec<&Node> {
        self.children
            .iter()
            .filter(|child| child.name == name)
            .collect()
    }

    #[track_caller]
    fn one(&self, name: &str) -> &Node {
        let all = self.all(name);
        assert_eq!(all.len(), 1, "<{name}> in <{}>", self.name);
        all[0]
    }

    /// What a reader shows of a text construct; markup it has none.
    fn words(&self) -> String {
        match self.attribute("type") {
            None => self.text.clone(),
            Some("html") => {
                assert!(!self.text.contains('<'), "{}", self.text);
                quick_xml::escape::unescape(&self.text)
                    .unwrap()
                    .into_owned()
            }
            Some(other) => panic!("a text of type {other}"),
        }
    }

    fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// Reads a document as strictly as XML demands.
fn read(xml: &str) -> Node {
    assert!(xml.starts_with("<?xml version=\"1.0\" encoding=\"utf-8\"?>"));
    assert_eq!(xml_text(xml), xml, "characters that XML forbids");
    let mut reader = Reader::from_str(xml);
    let mut open = vec![Node::default()];
    loop {
        match reader.read_event().unwrap() {
            Event::Start(tag) => open.push(node(&tag)),
            Event::Empty(tag) => {
                let node = node(&tag);
                open.last_mut().unwrap().children.push(node);
            }
            Event::End(_) => {
                let node = open.pop().unwrap();
                open.last_mut().unwrap().children.push(node);
            }
            Event::Text(text) => open
                .last_mut()
                .unwrap()
                .text
                .push_str(&text.decode().unwrap()),
            Event::GeneralRef(name) => {
                let escaped = format!("&{};", name.decode().unwrap());
                let character = quick_xml::escape::unescape(&escaped).unwrap().into_owned();
                open.last_mut().unwrap().text.push_str(&character);
            }
            Event::Eof => break,
            Event::Decl(_) => {}
            other => panic!("unexpected {other:?}"),
        }
    }
    assert_eq!(open.len(), 1, "not everything was closed");
    open.remove(0).children.remove(0)
}

fn node(tag: &BytesStart<'_>) -> Node {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let attributes = tag.attributes().map(|attribute| {
        let attribute = attribute.unwrap();
        let value = text(&attribute.value);
        let value = quick_xml::escape::unescape(&value).unwrap().into_owned();
        (text(attribute.key.as_ref()), value)
    });
    Node {
        name: text(tag.name().as_ref()),
        attributes: attributes.collect(),
        ..Node::default()
    }
}

/// Holds a document to what RFC 4287 requires, and to our own promises.
fn validate(xml: &str) -> Node {
    let root = read(xml);
    assert_eq!(root.name, "feed");
    assert_eq!(root.attribute("xmlns"), Some("http://www.w3.org/2005/Atom"));
    validate_common(&root);
    root.one("generator");
    assert_eq!(links(&root, "self").len(), 1);
    assert_eq!(links(&root, "alternate").len(), 1);
    let mut ids = HashSet::from([root.one("id").text.clone()]);
    for entry in root.all("entry") {
        validate_common(entry);
        assert!(ids.insert(entry.one("id").text.clone()), "an id twice");
        assert!(!entry.one("author").one("name").text.is_empty());
        validate_time(&entry.one("published").text);
        assert_eq!(links(entry, "alternate").len(), 1);
        assert!(entry.all("content").len() + entry.all("summary").len() <= 1);
        for category in entry.all("category") {
            assert!(!category.attribute("term").unwrap().is_empty());
        }
        for source in entry.all("source") {
            validate_common(source);
        }
    }
    root
}

fn validate_common(node: &Node) {
    node.one("title");
    assert!(node.one("id").text.contains(':'), "an id is a URI");
    validate_time(&node.one("updated").text);
    for link in node.all("link") {
        let href = link.attribute("href").unwrap();
        assert!(matches!(
            Url::parse(href).unwrap().scheme(),
            "http" | "https"
        ));
    }
}

fn validate_time(text: &str) {
    text.parse::<Timestamp>().unwrap();
    assert!(text.ends_with('Z'), "{text}");
}

fn links<'a>(node: &'a Node, rel: &str) -> Vec<&'a str> {
    node.all("link")
        .into_iter()
        .filter(|link| link.attribute("rel").unwrap_or("alternate") == rel)
        .filter_map(|link| link.attribute("href"))
        .collect()
}

#[test]
fn a_feed_says_what_it_is() {
    let root = validate(&write(&feed(), &[entry(1), entry(2)], BASE));
    assert_eq!(root.one("title").text, "Thing 6: Online networks");
    assert_eq!(root.one("subtitle").text, "What everybody wrote & thought");
    assert_eq!(root.one("id").text, "https://planet.example/things/6");
    assert_eq!(root.one("updated").text, "2011-07-19T09:30:02Z");
    assert_eq!(root.one("generator").text, "thingplanet");
    assert_eq!(
        links(&root, "self"),
        ["https://planet.example/things/6/feed.atom"]
    );
    assert_eq!(
        links(&root, "alternate"),
        ["https://planet.example/things/6"]
    );
}

#[test]
fn an_entry_says_what_the_original_says() {
    let root = validate(&write(&feed(), &[entry(1)], BASE));
    let entry = root.one("entry");
    assert_eq!(entry.one("id").text, "tag:blog.example,2011:post-1");
    assert_eq!(entry.one("title").words(), "Post 1 – Q&A <b>");
    assert_eq!(entry.one("title").attribute("type"), Some("html"));
    assert_eq!(entry.one("published").text, "2011-07-18T09:30:00Z");
    assert_eq!(entry.one("updated").text, "2011-07-19T09:30:01Z");
    assert_eq!(
        links(entry, "alternate"),
        ["https://blog.example/1?a=1&b=2"]
    );
    let author = entry.one("author");
    assert_eq!(author.one("name").text, "Siân O'Brien");
    assert_eq!(author.one("uri").text, "https://blog.example/");
    let source = entry.one("source");
    assert_eq!(source.one("id").text, "https://blog.example/feed");
    assert_eq!(source.one("title").text, "Siân's blog");
    assert_eq!(entry.one("content").attribute("type"), Some("html"));
    assert_eq!(entry.one("content").text, "<p>One &amp; two ]]&gt;</p>");
}

#[test]
fn categories_are_the_entry_s_own_and_its_published_things() {
    let root = validate(&write(&feed(), &[entry(1)], BASE));
    let entry = root.one("entry");
    let terms: Vec<_> = entry
        .all("category")
        .into_iter()
        .map(|category| ["term", "scheme", "label"].map(|name| category.attribute(name)))
        .collect();
    let thing = [
        Some("6"),
        Some("https://planet.example/things/"),
        Some("Thing 6"),
    ];
    assert_eq!(
        terms,
        [
            [Some("cpd23"), None, None],
            [Some("R&D"), None, None],
            thing
        ]
    );
}

#[test]
fn an_excerpt_is_all_that_is_shown_when_planet_or_author_ask_for_it() {
    let mut theirs = entry(1);
    theirs.author.excerpt_only = true;
    theirs.text = "word ".repeat(100);
    let by_author = write(&feed(), &[theirs.clone()], BASE);
    theirs.author.excerpt_only = false;
    let excerpts = OwnFeed {
        content: ContentPolicy::Excerpt,
        ..feed()
    };
    for xml in [by_author, write(&excerpts, &[theirs], BASE)] {
        let root = validate(&xml);
        let entry = root.one("entry");
        assert!(entry.all("content").is_empty());
        let summary = &entry.one("summary").text;
        assert_eq!(summary.matches("word").count(), 60);
        assert!(summary.ends_with("word …"));
    }
}

#[test]
fn an_untitled_post_gets_its_first_words() {
    let mut untitled = entry(1);
    untitled.title = " ".to_owned();
    untitled.text = "a b c d e\nf g h i j".to_owned();
    let mut empty = entry(2);
    empty.title.clear();
    empty.text.clear();
    empty.html = SafeHtml::default();
    let root = validate(&write(&feed(), &[untitled, empty], BASE));
    assert_eq!(root.all("entry")[0].one("title").text, "a b c d e f g h …");
    assert_eq!(root.all("entry")[1].one("title").text, "Untitled");
}

#[test]
fn a_post_without_an_address_points_to_its_author_s_page() {
    let mut lost = entry(1);
    lost.url = None;
    lost.source_url = None;
    lost.author.site_url = None;
    let root = validate(&write(&feed(), &[lost], BASE));
    let page = "https://planet.example/participants/si%C3%A2n-obrien";
    assert_eq!(links(root.one("entry"), "alternate"), [page]);
    assert!(root.one("entry").all("source").is_empty());
}

#[test]
fn a_feed_without_entries_is_valid_and_keeps_its_own_time() {
    let root = validate(&write(&feed(), &[], BASE));
    assert_eq!(root.one("updated").text, "2011-06-20T00:00:00Z");
}

#[test]
fn only_what_looks_like_html_is_told_in_its_words() {
    for (title, kind) in [
        ("Thing 6 & more", None),
        ("1 > 0", None),
        ("<networks>", Some("html")),
        ("a <3", Some("html")),
        ("AT&amp;T", Some("html")),
        ("&#60;", Some("html")),
    ] {
        let mut titled = entry(1);
        titled.title = title.to_owned();
        titled.source_title = title.to_owned();
        let root = validate(&write(&feed(), &[titled], BASE));
        let entry = root.one("entry");
        for place in [entry, entry.one("source")] {
            assert_eq!(place.one("title").words(), title);
            assert_eq!(place.one("title").attribute("type"), kind, "{title}");
        }
    }
}

#[test]
fn a_feed_leads_to_its_other_pages() {
    let page = |name: &str| Some(format!("https://planet.example/{name}"));
    let paged = OwnFeed {
        pages: FeedPages {
            first: page("first"),
            previous: None,
            next: page("next?a=1&b=2"),
            last: page("last"),
        },
        ..feed()
    };
    let root = validate(&write(&paged, &[entry(1)], BASE));
    for (rel, expected) in [
        ("first", vec!["https://planet.example/first"]),
        ("previous", vec![]),
        ("next", vec!["https://planet.example/next?a=1&b=2"]),
        ("last", vec!["https://planet.example/last"]),
    ] {
        assert_eq!(links(&root, rel), expected, "{rel}");
    }
}

#[test]
fn order_is_kept_and_an_id_never_stands_twice() {
    let root = validate(&write(
        &feed(),
        &[entry(3), entry(1), entry(3), entry(2)],
        BASE,
    ));
    let ids: Vec<_> = root
        .all("entry")
        .iter()
        .map(|entry| entry.one("id").text.clone())
        .collect();
    assert_eq!(
        ids,
        [3, 1, 2].map(|number| format!("tag:blog.example,2011:post-{number}"))
    );
}

#[test]
fn hostile_entries_leave_the_document_valid() {
    let strange = OwnFeed {
        title: "]]>\0<script>".to_owned(),
        subtitle: Some("\u{ffff}&".to_owned()),
        unit: "\"><b>".to_owned(),
        ..feed()
    };
    let root = validate(&write(&strange, &[hostile(1), hostile(2), entry(3)], BASE));
    assert_eq!(root.all("entry").len(), 3);
    assert!(
        root.all("entry")[0]
            .one("title")
            .words()
            .starts_with("]]><script>alert(1)</script>&#0;")
    );
}

#[test]
fn a_reader_of_feeds_reads_it_back() {
    let xml = write(&feed(), &[entry(1), hostile(2)], BASE);
    let read = feed_rs::parser::parse(xml.as_bytes()).unwrap();
    assert_eq!(read.entries.len(), 2);
    assert_eq!(read.entries[0].id, "tag:blog.example,2011:post-1");
    let content = read.entries[0].content.as_ref().unwrap();
    assert_eq!(content.body.as_deref(), Some("<p>One &amp; two ]]&gt;</p>"));
}
