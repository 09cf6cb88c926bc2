//! Lists of posts: feeds page by page, groups, posts without a comment, and how to subscribe to them.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::harness::{Answer, BASE, Blogosphere, Feed, Planet, html, xml};

/// A blog with as many posts on Thing 6, one a day.
fn many(blog: &str, count: u32) -> Feed {
    let mut feed = Feed::atom(blog);
    for number in 0..count {
        let day = format!(
            "{}-{:02}-{:02}",
            2009 + number / 336,
            1 + number / 28 % 12,
            1 + number % 28
        );
        feed = feed.post(&format!("Thing 6, part {number}"), &day);
    }
    feed
}

/// A planet with Ann's 120 posts; she belongs to two groups, Bob to one.
async fn with_many() -> (Blogosphere, Planet) {
    let blogs = Blogosphere::start().await;
    blogs.serves("/ann/feed", &many("ann", 120));
    blogs.serves(
        "/bob/feed",
        &Feed::atom("bob").post("Thing 7", "2011-07-01"),
    );
    let mut planet = Planet::start().await;
    planet.register("Ann", &blogs.url("/ann/feed")).await;
    planet.register("Bob", &blogs.url("/bob/feed")).await;
    planet.roster.participants[0].groups = vec!["UK".to_owned(), "Health & care".to_owned()];
    planet.roster.participants[1].groups = vec!["uk".to_owned()];
    planet.take_over().await;
    planet.poll().await;
    // What came at once is no news for the front page, but for this test all of it is.
    planet.change_database("UPDATE entry SET on_front = 1");
    (blogs, planet)
}

const FEEDS: [(&str, usize); 5] = [
    ("/feed", 121),
    ("/things/6/feed", 120),
    ("/participants/ann/feed", 120),
    ("/groups/uk/feed", 121),
    ("/groups/health-care/feed", 120),
];

#[tokio::test]
async fn who_joins_late_gets_the_whole_course_page_by_page() {
    let (_blogs, planet) = with_many().await;
    for (path, count) in FEEDS {
        let path = format!("{path}.atom");
        let first = planet.feed(&path).await;
        assert_eq!(first.pages["first"], format!("{BASE}{path}"), "{path}");
        assert!(!first.pages.contains_key("previous"), "{path}");
        let (mut ids, mut addresses) = (Vec::new(), vec![format!("{BASE}{path}")]);
        let mut page = first.clone();
        loop {
            assert_eq!(page.id, first.id, "{path}: one feed");
            ids.extend(page.entries.iter().map(|entry| entry.id.clone()));
            let Some(next) = page.pages.get("next").cloned() else {
                break;
            };
            page = planet.feed(next.strip_prefix(BASE).unwrap()).await;
            assert_eq!(
                page.pages["previous"],
                addresses[addresses.len() - 1],
                "{path}"
            );
            addresses.push(next);
        }
        assert_eq!(ids.len(), count, "{path}");
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), count, "{path}");
        let last = planet
            .feed(first.pages["last"].strip_prefix(BASE).unwrap())
            .await;
        assert_eq!(last.entries.last().unwrap().id, ids[count - 1], "{path}");
        assert!(!last.pages.contains_key("next"), "{path}");
    }
}

#[tokio::test]
async fn json_feeds_go_on_as_atom_feeds_do() {
    let (_blogs, planet) = with_many().await;
    for (path, count) in FEEDS {
        let (mut ids, mut next) = (BTreeSet::new(), Some(format!("{BASE}{path}.json")));
        while let Some(address) = next {
            let answered = planet.get(address.strip_prefix(BASE).unwrap()).await;
            let json: Value = serde_json::from_str(answered.text()).unwrap();
            assert_eq!(
                json["feed_url"],
                format!("{BASE}{path}.json"),
                "its identity"
            );
            let items = json["items"].as_array().unwrap();
            ids.extend(
                items
                    .iter()
                    .map(|item| item["id"].as_str().unwrap().to_owned()),
            );
            next = json["next_url"].as_str().map(str::to_owned);
        }
        assert_eq!(ids.len(), count, "{path}");
    }
}

#[tokio::test]
async fn a_page_of_a_feed_is_the_same_when_something_newer_comes() {
    let (blogs, planet) = with_many().await;
    let next = planet.feed("/things/6/feed.atom").await.pages["next"].clone();
    let next = next.strip_prefix(BASE).unwrap();
    let before = planet.feed(next).await;
    let more = many("ann", 120).post("Thing 6, once more", "2011-07-30");
    blogs.serves("/ann/feed", &more);
    planet.later(2);
    planet.poll().await;
    let after = planet.feed(next).await;
    assert_eq!(after.entries, before.entries);
    assert_eq!(
        planet.feed("/things/6/feed.atom").await.titles()[0],
        "Thing 6, once more"
    );
}

#[tokio::test]
async fn a_short_feed_has_no_other_pages() {
    let (_blogs, planet) = with_many().await;
    let feed = planet.feed("/things/7/feed.atom").await;
    assert_eq!((feed.entries.len(), feed.pages.len()), (1, 0));
    let json = planet.get("/participants/bob/feed.json").await;
    let json: Value = serde_json::from_str(json.text()).unwrap();
    assert!(json.get("next_url").is_none());
}

#[tokio::test]
async fn only_the_newest_page_of_a_feed_that_has_news_names_the_hub() {
    let (_blogs, mut planet) = with_many().await;
    planet.roster.planet.base_url = "https://planet.example".to_owned();
    planet.roster.planet.hub = Some("https://hub.example/".parse().unwrap());
    planet.take_over().await;
    let next = planet.get("/things/6/feed.atom").await;
    let next = xml::parse(next.text()).unwrap();
    let next = next.all("link").into_iter();
    let mut next = next.filter(|link| link.attribute("rel") == Some("next"));
    let next = next.find_map(|link| link.attribute("href")).unwrap();
    let next = next.strip_prefix("https://planet.example").unwrap();
    for (path, names) in [
        ("/feed.atom", true),
        ("/things/6/feed.json", true),
        (next, false),
        ("/participants/ann/feed.atom", false),
        ("/groups/uk/feed.atom", false),
        ("/search.atom?q=thing", false),
    ] {
        let answered = planet.get(path).await;
        assert_eq!(answered.text().contains("hub.example"), names, "{path}");
    }
}

/// Whether a reader is shown a post whole must not depend on which other posts stand beside it.
#[tokio::test]
async fn a_page_of_a_feed_ends_early_when_its_posts_are_long() {
    let blogs = Blogosphere::start().await;
    let mut feed = Feed::atom("ann");
    for day in 1..=30 {
        let long = format!("<p>{}</p>", "word ".repeat(18_000));
        feed = feed
            .post(&format!("Post {day}"), &format!("2011-06-{day:02}"))
            .saying(&long);
    }
    let huge = format!("<p>{}</p>", "word ".repeat(30_000));
    feed = feed.post("Huge", "2011-07-01").saying(&huge);
    blogs.serves("/ann/feed", &feed);
    let mut planet = Planet::start().await;
    planet.register("Ann", &blogs.url("/ann/feed")).await;
    planet.poll().await;
    let first = planet.get("/participants/ann/feed.atom").await;
    assert!(first.bytes.len() < 1_700_000, "{}", first.bytes.len());
    let first = planet.feed("/participants/ann/feed.atom").await;
    assert_eq!(first.entries.len(), 1 + 16);
    assert_eq!(
        first.entries[0].html, None,
        "a huge one is in short anywhere"
    );
    assert!(first.entries[1..].iter().all(|entry| entry.html.is_some()));
    let second = planet
        .feed(first.pages["next"].strip_prefix(BASE).unwrap())
        .await;
    assert_eq!(second.entries.len(), 14);
    assert!(second.entries.iter().all(|entry| entry.html.is_some()));
}

#[tokio::test]
async fn a_group_has_a_page_with_its_people_and_their_posts() {
    let (_blogs, planet) = with_many().await;
    let page = planet.page("/groups/uk").await;
    assert_eq!(page.all("h1")[0].text(), "Group: UK");
    assert!(page.links_to("/participants/ann") && page.links_to("/participants/bob"));
    assert!(page.links_to("/groups/uk/feed.atom"));
    assert_eq!(page.all("article").len(), 20);
    assert_eq!(planet.get("/groups/nowhere").await.status, 404);
    assert_eq!(planet.get("/groups/nowhere/feed.atom").await.status, 404);
    let care = planet.words("/groups/health-care").await;
    assert!(
        care.contains("Group: Health & care") && !care.contains("Bob"),
        "{care}"
    );
}

/// An RSS feed of three posts: one says that it has no comment, one that it has some, one says nothing.
fn counted(first: u32) -> String {
    let item = |number: u32, more: &str| {
        format!(
            "<item><guid>https://cy.example/{number}</guid><title>Post {number}</title>\
             <pubDate>{number} Jul 2011 09:00:00 GMT</pubDate><description>Words {number}</description>{more}</item>"
        )
    };
    format!(
        "<rss version=\"2.0\" xmlns:slash=\"http://purl.org/rss/1.0/modules/slash/\"><channel><title>Cy</title>\
         <link>https://cy.example/</link>{}{}{}</channel></rss>",
        item(3, &format!("<slash:comments>{first}</slash:comments>")),
        item(2, "<slash:comments>5</slash:comments>"),
        item(1, "")
    )
}

async fn waiting(planet: &Planet) -> Vec<String> {
    let page = planet.page("/waiting").await;
    page.all("h2").into_iter().map(xml::Element::text).collect()
}

#[tokio::test]
async fn posts_wait_for_a_first_comment_where_the_feed_tells() {
    let blogs = Blogosphere::start().await;
    let mut planet = Planet::start().await;
    blogs.serves(
        "/ann/feed",
        &Feed::atom("ann").post("Thing 1", "2011-07-01"),
    );
    planet.register("Ann", &blogs.url("/ann/feed")).await;
    planet.poll().await;
    let words = planet.words("/waiting").await;
    assert!(words.contains("No blog here tells"), "{words}");

    blogs.answers("/cy/feed", [Answer::feed(counted(0))]);
    planet.register("Cy", &blogs.url("/cy/feed")).await;
    planet.poll().await;
    assert_eq!(waiting(&planet).await, ["Post 3"]);
    let page = planet.get("/waiting").await;
    assert_eq!(html::faults_of_page(page.text()), [""; 0]);

    let before = planet.get("/feed.atom").await;
    blogs.answers("/cy/feed", [Answer::feed(counted(1))]);
    planet.later(2);
    assert_eq!(planet.poll().await.changed, 0, "a comment is no edit");
    assert_eq!(waiting(&planet).await, [""; 0]);
    let words = planet.words("/waiting").await;
    assert!(words.contains("No post is waiting"), "{words}");
    let after = planet.get("/feed.atom").await;
    assert_eq!(after.text(), before.text());
    assert_eq!(
        after.header("last-modified"),
        before.header("last-modified")
    );
}

#[tokio::test]
async fn the_page_on_subscribing_names_every_feed_in_both_forms() {
    let (_blogs, planet) = with_many().await;
    let page = planet.page("/subscribe").await;
    let raw = planet.get("/subscribe").await;
    assert_eq!(html::faults_of_page(raw.text()), [""; 0]);
    let mut pages = vec![
        String::new(),
        "/groups/uk".to_owned(),
        "/groups/health-care".to_owned(),
    ];
    pages.extend((1..=23).map(|number| format!("/things/{number}")));
    for path in pages {
        for form in ["atom", "json"] {
            let href = format!("{path}/feed.{form}");
            assert!(page.links_to(&href), "{href}");
            assert_eq!(planet.get(&href).await.status, 200, "{href}");
        }
    }
    assert!(
        raw.text().contains(&format!("{BASE}/things/6/feed.atom")),
        "to be copied"
    );
    for path in [
        "/feeds.opml",
        "/things.opml",
        "/blogroll.opml",
        "/participants",
        "/search",
    ] {
        assert!(page.links_to(path), "{path}");
    }
    assert!(planet.page("/").await.links_to("/subscribe"));
}

#[tokio::test]
async fn the_lists_of_our_feeds_are_in_folders_and_every_feed_is_there() {
    let (_blogs, planet) = with_many().await;
    let opml = xml::parse(planet.get("/feeds.opml").await.text()).unwrap();
    let body = opml.all("body")[0];
    let top: Vec<_> = body
        .named("outline")
        .map(|it| it.attribute("text").unwrap())
        .collect();
    assert_eq!(top, ["All posts", "Things", "Groups", "Participants"]);
    let mut addresses = BTreeSet::new();
    for outline in opml.all("outline") {
        if let Some(address) = outline.attribute("xmlUrl") {
            planet.feed(address.strip_prefix(BASE).unwrap()).await;
            assert!(addresses.insert(address.to_owned()), "{address}");
        }
    }
    assert_eq!(addresses.len(), 1 + 23 + 2 + 2);
    let things = xml::parse(planet.get("/things.opml").await.text()).unwrap();
    assert_eq!(things.all("outline").len(), 23);
}

#[tokio::test]
async fn a_name_in_any_script_has_feeds_with_addresses_in_ascii() {
    let blogs = Blogosphere::start().await;
    let mut planet = Planet::start().await;
    blogs.serves("/s/feed", &many("s", 60));
    planet.register("Siân 図書館", &blogs.url("/s/feed")).await;
    planet.roster.participants[0].groups = vec!["Überall".to_owned()];
    planet.take_over().await;
    planet.poll().await;
    for path in [
        "/participants/si%C3%A2n-%E5%9B%B3%E6%9B%B8%E9%A4%A8",
        "/groups/%C3%BCberall",
    ] {
        let feed = planet.feed(&format!("{path}/feed.atom")).await;
        assert_eq!(feed.entries.len(), 50, "{path}");
        assert_eq!(feed.id, format!("{BASE}{path}"), "in ASCII as well");
        let next = feed.pages["next"].strip_prefix(BASE).unwrap().to_owned();
        assert!(next.is_ascii());
        assert_eq!(planet.feed(&next).await.entries.len(), 10, "{path}");
    }
}
