//! The documents for machines: what a feed reader, another planet and a spreadsheet are sent.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::harness::{Answer, Answered, BASE, Blogosphere, Feed, Planet, fixture, xml};

const FEEDS: [&str; 3] = [
    "/feed.atom",
    "/things/6/feed.atom",
    "/participants/ann/feed.atom",
];

fn ann() -> Feed {
    Feed::atom("ann")
        .post("Thing 5: thinking about thinking", "2011-07-13")
        .post("Thing 6: too many <networks> & friends", "2011-07-20")
        .labelled("cpd23")
        .labelled("networks & such")
}

async fn with_ann() -> (Blogosphere, Planet) {
    let blogs = Blogosphere::start().await;
    blogs.serves("/ann/feed", &ann());
    let mut planet = Planet::start().await;
    planet.register("Ann", &blogs.url("/ann/feed")).await;
    assert_eq!(planet.poll().await.new, 2);
    (blogs, planet)
}

/// Shows A39.
#[tokio::test]
async fn every_feed_is_valid_and_says_where_each_post_came_from() {
    let (blogs, planet) = with_ann().await;
    for path in FEEDS {
        let feed = planet.feed(path).await;
        assert!(
            feed.title
                .starts_with("23 Things for Professional Development"),
            "{path}"
        );
        let entry = feed.entry("Thing 6: too many <networks> & friends");
        assert_eq!(entry.id, ann().id(2), "the original id");
        assert_eq!(entry.address, ann().address(2));
        assert_eq!(entry.author, "Ann");
        assert_eq!(entry.published.to_string(), "2011-07-20T12:00:00Z");
        assert_eq!(
            entry.html.as_deref(),
            Some("<p>What I did on 2011-07-20.</p>")
        );
        let source = Some(("The blog of ann".to_owned(), blogs.url("/ann/feed")));
        assert_eq!(entry.source, source, "{path}");
        let own = |term: &str| (term.to_owned(), None);
        let thing = ("6".to_owned(), Some("Thing 6".to_owned()));
        assert_eq!(
            entry.categories,
            [own("cpd23"), own("networks & such"), thing]
        );
    }
}

#[tokio::test]
async fn a_feed_is_valid_before_anything_is_in_it() {
    let mut planet = Planet::start().await;
    planet.register("Ann", "http://127.0.0.1:9/feed").await;
    for path in FEEDS {
        let feed = planet.feed(path).await;
        assert_eq!(feed.entries, []);
        assert_eq!(
            feed.updated.to_string(),
            "2011-06-19T23:00:00Z",
            "when the course opened in London"
        );
    }
}

/// Shows A39.
#[tokio::test]
async fn every_dialect_of_feed_comes_out_as_valid_atom() {
    let blogs = Blogosphere::start().await;
    let mut planet = Planet::start().await;
    for name in [
        "blogger.atom",
        "wordpress.rss",
        "tumblr.rss",
        "dotclear_rdf.rdf",
        "jsonfeed.json",
        "jsonfeed_number_id.json",
        "latin1_undeclared.rss",
        "no_guid.rss",
        "duplicate_guid.rss",
        "dates.rss",
    ] {
        blogs.answers(&format!("/{name}"), [Answer::feed(fixture(name))]);
        planet.register(name, &blogs.url(&format!("/{name}"))).await;
    }
    assert_eq!(planet.poll().await.failed, []);

    let all = planet.feed("/feed.atom").await;
    assert!(all.entries.len() > 20, "{}", all.entries.len());
    for participant in planet.roster.participants.clone() {
        let own = planet
            .feed(&format!("/participants/{}/feed.atom", participant.slug))
            .await;
        assert!(!own.entries.is_empty(), "{}", participant.name);
    }
    for thing in 1..=23 {
        planet.feed(&format!("/things/{thing}/feed.atom")).await;
    }
}

/// Shows A38.
#[tokio::test]
async fn ids_dates_and_places_outlive_a_restart_and_another_poll() {
    let (blogs, mut planet) = with_ann().await;
    let mut before = Vec::new();
    for path in FEEDS {
        before.push(planet.get(path).await);
    }

    planet.restart().await;
    planet.later(48);
    planet.poll().await;

    assert_eq!(blogs.asked("/ann/feed").len(), 2);
    for (path, before) in FEEDS.iter().zip(before) {
        let after = planet.get(path).await;
        assert_eq!(after.text(), before.text(), "{path}: byte for byte");
        for name in ["etag", "last-modified"] {
            assert!(after.header(name).is_some(), "{path}: {name}");
            assert_eq!(after.header(name), before.header(name), "{path}: {name}");
        }
    }
}

#[tokio::test]
async fn an_edit_changes_the_validators_of_the_feeds_it_is_in_and_of_no_other() {
    let (blogs, planet) = with_ann().await;
    let before = |path| planet.get(path);
    let (all, five, six) = (
        before("/feed.atom").await,
        before("/things/5/feed.atom").await,
        before("/things/6/feed.atom").await,
    );
    let edited = Feed::atom("ann")
        .post("Thing 5: thinking about thinking", "2011-07-13")
        .post("Thing 6: fewer networks", "2011-07-20")
        .changed("2011-07-31");
    blogs.serves("/ann/feed", &edited);
    planet.later(2);
    planet.poll().await;

    let (new_all, new_five, new_six) = (
        planet.get("/feed.atom").await,
        planet.get("/things/5/feed.atom").await,
        planet.get("/things/6/feed.atom").await,
    );
    assert_ne!(new_all.header("etag"), all.header("etag"));
    assert_ne!(new_six.header("etag"), six.header("etag"));
    let seen = Some("Mon, 01 Aug 2011 14:00:00 GMT");
    assert_eq!(new_six.header("last-modified"), seen, "when it was seen");
    assert_eq!(new_five.header("etag"), five.header("etag"));
    assert_eq!(
        planet.feed("/things/6/feed.atom").await.entries[0].id,
        ann().id(2)
    );
}

/// Shows A38.
#[tokio::test]
async fn a_reader_is_told_not_modified_in_every_way_it_may_ask() {
    let (_blogs, mut planet) = with_ann().await;
    planet.restart().await;
    for path in FEEDS {
        let first = planet.get(path).await;
        let etag = first.header("etag").unwrap().to_owned();
        let date = first.header("last-modified").unwrap().to_owned();
        let bare = etag.trim_start_matches("W/").to_owned();
        let list = format!("\"other\", {etag}, W/\"another\"");
        let known: [&[(&str, &str)]; 7] = [
            &[("if-none-match", &etag)],
            &[("if-none-match", &bare)],
            &[("if-none-match", &list)],
            &[("if-none-match", "*")],
            &[("if-modified-since", &date)],
            &[("if-modified-since", "Sat, 01 Jan 2050 00:00:00 GMT")],
            &[
                ("if-none-match", &etag),
                ("if-modified-since", "Sat, 01 Jan 2000 00:00:00 GMT"),
            ],
        ];
        for headers in known {
            let answered = planet.ask("GET", path, headers).await;
            assert_eq!(answered.status, 304, "{path} {headers:?}");
            assert!(answered.bytes.is_empty(), "{path} {headers:?}");
            assert_eq!(
                answered.header("etag"),
                Some(etag.as_str()),
                "{path} {headers:?}"
            );
            assert_eq!(answered.header("content-type"), None, "{path} {headers:?}");
            let head = planet.ask("HEAD", path, headers).await;
            assert_eq!(head.status, 304, "HEAD {path} {headers:?}");
        }
    }
}

/// Shows A38.
#[tokio::test]
async fn a_reader_who_knows_something_older_is_sent_the_feed() {
    let (_blogs, planet) = with_ann().await;
    for path in FEEDS {
        let date = planet
            .get(path)
            .await
            .header("last-modified")
            .unwrap()
            .to_owned();
        let stale: [&[(&str, &str)]; 5] = [
            &[("if-none-match", "\"other\"")],
            &[("if-none-match", "")],
            &[("if-modified-since", "Sat, 01 Jan 2000 00:00:00 GMT")],
            &[("if-modified-since", "yesterday")],
            &[("if-none-match", "\"other\""), ("if-modified-since", &date)],
        ];
        for headers in stale {
            let answered = planet.ask("GET", path, headers).await;
            assert_eq!(answered.status, 200, "{path} {headers:?}");
            assert!(!answered.bytes.is_empty(), "{path} {headers:?}");
        }
    }
}

#[tokio::test]
async fn a_reader_who_knows_only_a_date_misses_neither_a_late_post_nor_a_farewell() {
    let (blogs, mut planet) = with_ann().await;
    blogs.serves("/bob/feed", &Feed::atom("bob"));
    planet.register("Bob", &blogs.url("/bob/feed")).await;
    planet.poll().await;
    let date = |answered: &Answered| answered.header("last-modified").unwrap().to_owned();
    let first = date(&planet.get("/feed.atom").await);

    planet.later(2);
    let late = Feed::atom("bob").post("Thing 1, written long ago", "2011-06-21");
    blogs.serves("/bob/feed", &late);
    planet.poll().await;
    let second = planet
        .ask("GET", "/feed.atom", &[("if-modified-since", &first)])
        .await;
    assert_eq!(second.status, 200, "there is a post that is not the newest");

    planet.later(2);
    planet.unregister("Bob").await;
    let second = date(&second);
    let third = planet
        .ask("GET", "/feed.atom", &[("if-modified-since", &second)])
        .await;
    assert_eq!(third.status, 200, "there is a post less");
    assert!(!third.text().contains("long ago"));
}

#[tokio::test]
async fn a_feed_holds_the_newest_fifty_posts_newest_first() {
    let blogs = Blogosphere::start().await;
    let mut feed = Feed::atom("ann");
    for number in 1..=60 {
        let day = format!(
            "2011-{:02}-{:02}",
            6 + (number - 1) / 30,
            1 + (number - 1) % 30
        );
        feed = feed.post(&format!("Thing 6, part {number}"), &day);
    }
    blogs.serves("/ann/feed", &feed);
    let mut planet = Planet::start().await;
    planet.register("Ann", &blogs.url("/ann/feed")).await;
    planet.poll().await;

    for path in FEEDS {
        let ours = planet.feed(path).await;
        let expected: Vec<String> = (11..=60)
            .rev()
            .map(|number| format!("Thing 6, part {number}"))
            .collect();
        assert_eq!(ours.titles(), expected, "{path}");
        let newest = ours.entries.iter().map(|entry| entry.updated).max();
        assert_eq!(Some(ours.updated), newest, "{path}");
    }
}

#[tokio::test]
async fn a_post_on_two_things_is_in_both_feeds_under_one_id() {
    let blogs = Blogosphere::start().await;
    let both = Feed::atom("ann").post("Things 6 and 7: networks of both kinds", "2011-07-20");
    blogs.serves("/ann/feed", &both);
    let mut planet = Planet::start().await;
    planet.register("Ann", &blogs.url("/ann/feed")).await;
    planet.poll().await;

    let six = planet.feed("/things/6/feed.atom").await;
    let seven = planet.feed("/things/7/feed.atom").await;
    assert_eq!(six.entries, seven.entries);
    assert_ne!(six.id, seven.id);
    assert_eq!(planet.feed("/feed.atom").await.entries.len(), 1);
}

#[tokio::test]
async fn json_feeds_say_the_same_as_atom() {
    let (_blogs, planet) = with_ann().await;
    for path in ["", "/things/6"] {
        let atom = planet.feed(&format!("{path}/feed.atom")).await;
        let text = planet.get(&format!("{path}/feed.json")).await;
        let json: Value = serde_json::from_str(text.text()).unwrap();
        assert_eq!(json["version"], "https://jsonfeed.org/version/1.1");
        assert_eq!(json["title"], atom.title);
        assert_eq!(json["feed_url"], format!("{BASE}{path}/feed.json"));
        let items = json["items"].as_array().unwrap();
        assert_eq!(items.len(), atom.entries.len());
        for (item, entry) in items.iter().zip(&atom.entries) {
            assert_eq!(item["id"], entry.id);
            assert_eq!(item["url"], entry.address);
            assert_eq!(item["title"], entry.title);
            assert_eq!(item["content_html"].as_str(), entry.html.as_deref());
            assert_eq!(item["date_published"], entry.published.to_string());
            assert_eq!(item["date_modified"], entry.updated.to_string());
            assert_eq!(item["authors"][0]["name"], entry.author);
        }
    }
}

#[tokio::test]
async fn the_blogroll_lists_every_blog_for_another_reader() {
    let blogs = Blogosphere::start().await;
    let mut planet = Planet::start().await;
    let page = "<html><head><link rel='alternate' type='application/atom+xml' href='/found'></head></html>";
    blogs.answers("/bea/", [Answer::page(page)]);
    blogs.serves("/found", &Feed::atom("bea").post("Thing 1", "2011-06-20"));
    blogs.serves("/ann/feed", &ann());
    planet.register("Ann & <Co>", &blogs.url("/ann/feed")).await;
    planet.register_blog("Bea", &blogs.url("/bea/")).await;
    planet.register("Cy", &blogs.url("/cy/feed")).await;
    planet.poll().await;

    let opml = xml::parse(planet.get("/blogroll.opml").await.text()).unwrap();

    assert_eq!(
        (opml.name.as_str(), opml.attribute("version")),
        ("opml", Some("2.0"))
    );
    let listed: BTreeSet<(String, String)> = opml
        .all("outline")
        .into_iter()
        .filter_map(|outline| {
            let url = outline.attribute("xmlUrl")?;
            assert_eq!(outline.attribute("type"), Some("rss"));
            Some((outline.attribute("text")?.to_owned(), url.to_owned()))
        })
        .collect();
    let expected = [
        ("Ann & ‹Co›", "/ann/feed"),
        ("Bea", "/found"),
        ("Cy", "/cy/feed"),
    ];
    let expected = expected.map(|(name, path)| (name.to_owned(), blogs.url(path)));
    assert_eq!(listed, BTreeSet::from(expected), "the broken one too");
}

#[tokio::test]
async fn every_feed_that_the_planet_lists_as_its_own_is_there() {
    let (_blogs, planet) = with_ann().await;
    let opml = xml::parse(planet.get("/feeds.opml").await.text()).unwrap();
    let outlines = opml.all("outline");
    let addresses: Vec<&str> = outlines
        .iter()
        .filter_map(|outline| outline.attribute("xmlUrl"))
        .collect();
    assert_eq!(addresses.len(), 25, "all posts, each Thing, and Ann");
    for address in addresses {
        planet.feed(address.strip_prefix(BASE).unwrap()).await;
    }
}

#[tokio::test]
async fn the_progress_table_opens_in_a_spreadsheet_and_runs_nothing_there() {
    let (blogs, mut planet) = with_ann().await;
    planet
        .register(
            "=HYPERLINK(\"https://evil.example\",\"Bob, \nclick\")",
            &blogs.url("/bob/feed"),
        )
        .await;

    let table = planet.get("/progress.csv").await;

    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(&table.bytes[..]);
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 3);
    assert!(
        rows.iter().all(|row| row.len() == 1 + 23 + 2),
        "as wide as the course"
    );
    assert_eq!((&rows[0][0], &rows[0][6]), ("Participant", "Thing 6"));
    let sixth = format!("posted {}", ann().address(2));
    assert_eq!(
        (&rows[1][0], &rows[1][6], &rows[1][24]),
        ("Ann", sixth.as_str(), "2")
    );
    assert_eq!(&rows[1][7], "nothing yet");
    assert!(rows[2][0].starts_with("'=HYPERLINK"), "{:?}", &rows[2][0]);
}
