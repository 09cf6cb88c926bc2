//! Politeness and caution that have no number in the Feed Reader Behavior list: parts, emptiness, hostile words.

use thingplanet::model::Health;
use thingplanet::poll::PollResult;

use crate::harness::{Answer, Blogosphere, Feed, Folder, Planet, run};

fn ann() -> Feed {
    Feed::atom("ann")
        .post("Thing 5: thinking about thinking", "2011-07-13")
        .post("Thing 6: too many networks", "2011-07-20")
}

fn feed() -> Answer {
    Answer::feed(ann().xml())
}

async fn ann_answers(script: impl IntoIterator<Item = Answer>) -> (Blogosphere, Planet) {
    let blogs = Blogosphere::start().await;
    blogs.answers("/ann/feed", script);
    let mut planet = Planet::start().await;
    planet.register("Ann", &blogs.url("/ann/feed")).await;
    (blogs, planet)
}

async fn titles(planet: &Planet) -> usize {
    planet.feed("/feed.atom").await.entries.len()
}

/// Shows A4.
#[tokio::test]
async fn bytes_that_we_have_are_nothing_new_whatever_the_headers_say() {
    let same = |etag: &str, date: &str| feed().etag(etag).last_modified(date);
    let (blogs, planet) = ann_answers([
        same("\"1\"", "then"),
        // A 304; then a 200 with both as before, with another date, with another tag, and with both others.
        same("\"1\"", "then"),
        same("\"1\"", "then").stubborn(),
        same("\"1\"", "later").stubborn(),
        same("\"2\"", "later").stubborn(),
        same("\"3\"", "later still").stubborn(),
    ])
    .await;
    planet.poll().await;
    for _ in 1..6 {
        planet.later(2);
        let polled = planet.poll_and_listen().await;
        assert_eq!(polled[0].result, PollResult::Unchanged);
        assert_eq!(planet.health("Ann").await, Health::Ok);
    }
    let asked = blogs.asked("/ann/feed");
    let last = (
        asked[5].header("if-none-match"),
        asked[5].header("if-modified-since"),
    );
    assert_eq!(
        last,
        (Some(&b"\"2\""[..]), Some(&b"later"[..])),
        "and yet they are remembered"
    );
}

/// Shows A4.
#[tokio::test]
async fn bytes_that_are_new_are_read_even_under_an_old_etag() {
    let more = ann().post("Thing 7: face to face", "2011-07-27").xml();
    let (_blogs, planet) = ann_answers([
        feed().etag("\"1\"").last_modified("then"),
        Answer::feed(more)
            .etag("\"1\"")
            .last_modified("then")
            .stubborn(),
    ])
    .await;
    planet.poll().await;
    planet.later(2);
    assert_eq!(planet.poll().await.new, 1);
}

/// Shows A20.
#[tokio::test]
async fn what_a_part_lacks_is_not_gone() {
    let complete = |feed: &Feed| {
        let xml = String::from_utf8(feed.xml().into()).unwrap();
        let fh = "<fh:complete xmlns:fh=\"http://purl.org/syndication/history/1.0\"/>";
        xml.replacen("<entry>", &format!("{fh}<entry>"), 1)
    };
    let newest = Feed::atom("news").post("Thing 7: face to face", "2011-07-27");
    let part = Answer::part(complete(&newest));
    let (blogs, planet) = ann_answers([Answer::feed(complete(&ann())).etag("\"1\""), part]).await;
    planet.poll().await;
    assert_eq!(titles(&planet).await, 2);
    planet.later(2);

    assert_eq!(planet.poll().await.new, 1);

    assert_eq!(
        titles(&planet).await,
        3,
        "the one that came, and the two that did not"
    );
    let offer = blogs.asked("/ann/feed")[1]
        .header("a-im")
        .map(<[u8]>::to_vec);
    assert_eq!(offer.as_deref(), Some(&b"feed"[..]));
}

/// Shows A26.
#[tokio::test]
async fn a_page_that_refreshes_itself_elsewhere_is_not_followed() {
    let page = "<html><head><meta http-equiv=refresh content='0; url=/elsewhere'></head></html>";
    let (blogs, planet) = ann_answers([Answer::page(page)]).await;
    blogs.serves("/elsewhere", &ann());
    assert_eq!(planet.poll().await.failed.len(), 1);
    assert_eq!(blogs.asked("/elsewhere").len(), 0);
    let cause = planet.cause("Ann").await;
    assert!(cause.contains("web page"), "{cause}");
}

/// Shows A26.
#[tokio::test]
async fn a_redirect_keeps_no_password_and_goes_no_further_than_eight_hops() {
    let (blogs, planet) = ann_answers([]).await;
    let with_password = blogs.url("/1").replace("http://", "http://user:pw@");
    blogs.answers("/ann/feed", [Answer::redirect(302, &with_password)]);
    for hop in 1..=10 {
        blogs.answers(
            &format!("/{hop}"),
            [Answer::redirect(307, &format!("{}", hop + 1))],
        );
    }
    blogs.answers("/11", [feed()]);
    assert_eq!(planet.poll().await.failed.len(), 1);
    assert!(planet.cause("Ann").await.contains("more than eight times"));
    assert_eq!(blogs.everything_asked().len(), 9);
    assert_eq!(blogs.asked("/1")[0].header("authorization"), None);
}

/// Shows A29.
#[tokio::test]
async fn an_empty_answer_loses_neither_posts_nor_validators() {
    let (blogs, planet) = ann_answers([
        feed().etag("\"1\""),
        Answer::feed(""),
        Answer::status(204),
        Answer::status(206).etag("\"part\""),
        feed().etag("\"1\""),
    ])
    .await;
    planet.poll().await;
    for _ in 0..3 {
        planet.later(25);
        assert_eq!(planet.poll().await.failed.len(), 1);
        assert!(
            planet
                .cause("Ann")
                .await
                .contains("nothing, or with only a part")
        );
        assert_eq!(titles(&planet).await, 2);
    }
    planet.later(25);
    planet.poll().await;
    let asked = blogs.asked("/ann/feed");
    let conditional = asked
        .iter()
        .filter(|asked| asked.header("if-none-match") == Some(b"\"1\""));
    assert_eq!(conditional.count(), 4);
    assert_eq!(planet.health("Ann").await, Health::Ok);
}

/// Shows A29.
#[tokio::test]
async fn a_feed_without_posts_is_well_and_loses_none() {
    let empty = "<rss version=\"2.0\"><channel><title>Ann</title><link>https://ann.example/</link></channel></rss>";
    let (_blogs, planet) = ann_answers([feed(), Answer::feed(empty)]).await;
    planet.poll().await;
    planet.later(2);
    assert!(planet.poll().await.failed.is_empty());
    assert_eq!(titles(&planet).await, 2);
    assert_eq!(planet.health("Ann").await, Health::Ok);
}

/// Shows A21.
#[tokio::test]
async fn a_registered_feed_is_read_whatever_robots_txt_says_and_nothing_else_is() {
    let (blogs, planet) = ann_answers([feed()]).await;
    let robots = Answer::page("User-agent: *\nDisallow: /\n");
    blogs.answers("/robots.txt", [robots]);
    assert_eq!(planet.poll().await.new, 2);
    let asked: Vec<_> = blogs
        .everything_asked()
        .into_iter()
        .map(|asked| asked.path)
        .collect();
    assert_eq!(asked, ["/ann/feed"]);
}

/// Shows A22.
#[tokio::test]
async fn a_blog_behind_a_protection_is_blocked_and_not_gone() {
    let challenge = Answer::status(403).header("cf-mitigated", "challenge");
    let (_blogs, planet) = ann_answers([feed(), challenge]).await;
    planet.poll().await;
    planet.later(2);
    assert_eq!(planet.poll().await.failed.len(), 1);
    assert!(
        planet
            .cause("Ann")
            .await
            .starts_with("blocked by bot protection")
    );
    assert!(
        planet
            .words("/status")
            .await
            .contains("blocked by bot protection")
    );
    assert_eq!(titles(&planet).await, 2);
}

/// Shows C7.
#[tokio::test]
async fn no_word_of_a_stranger_breaks_a_line_of_the_log() {
    let blogs = Blogosphere::start().await;
    let evil = "a&#13;&#10;[ERROR] x \u{1b}]0;pwn\u{7}&#27;[31m";
    let page = format!("<html><head><title>{evil}</title></head></html>");
    blogs.answers("/ann", [Answer::page(&page)]);
    blogs.answers(
        "/bob",
        [Answer::feed(
            Feed::atom("bob").post(evil, "2011-07-20").xml(),
        )],
    );
    blogs.answers("/cy", [Answer::feed("{\r\n[ERROR] y \u{1b}[31m")]);
    blogs.answers("/dee", [Answer::redirect(302, "/\u{1b}[31m%0d%0a[ERROR]")]);
    let people: Vec<String> = [
        ("ann", "blog"),
        ("bob", "feed"),
        ("cy", "feed"),
        ("dee", "feed"),
    ]
    .iter()
    .map(|(name, key)| {
        let url = blogs.url(&format!("/{name}"));
        format!("[[participant]]\nname = \"{name}\"\n{key} = \"{url}\"\n")
    })
    .collect();
    let folder = Folder::new();
    let course = "[course]\nname = \"Nine Things\"\n[poll]\nallow_networks = [\"127.0.0.0/8\"]\n";
    folder.write(
        "feeds.toml",
        &format!(
            "{course}[[thing]]\nnumber = 6\ntitle = \"Networks\"\n{}",
            people.concat()
        ),
    );

    let ran = run(folder.path(), &["poll"]).await;

    assert_eq!(ran.code, Some(1), "{ran:?}");
    for said in [&ran.stdout, &ran.stderr] {
        assert!(!said.contains(['\u{1b}', '\u{7}', '\r']), "{said:?}");
        assert!(
            !said
                .lines()
                .any(|line| line.trim_start().starts_with("[ERROR]")),
            "{said:?}"
        );
    }
}
