//! The server: what every answer carries, what is kept in memory and for how long, and who may read the numbers.

use crate::harness::{Blogosphere, Feed, Planet};

const SAFE: [(&str, &str); 5] = [
    ("content-security-policy", "default-src 'none'"),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("permissions-policy", "camera=()"),
];

type Headers<'a> = &'a [(&'a str, &'a str)];

async fn check_safe(planet: &Planet, method: &str, path: &str, headers: &[(&str, &str)]) -> u16 {
    let answered = planet.ask(method, path, headers).await;
    for (name, begins) in SAFE {
        let value = answered.header(name).unwrap_or_default();
        assert!(
            value.starts_with(begins),
            "{method} {path}: {name}: {value}"
        );
    }
    answered.status
}

/// How many answers were made to be kept so far, and how many were given from memory.
async fn kept(planet: &Planet) -> (u64, u64) {
    let numbers = planet.get("/metrics").await;
    let number = |name: &str| {
        let line = numbers.text().lines().find(|line| line.starts_with(name));
        line.unwrap().rsplit(' ').next().unwrap().parse().unwrap()
    };
    (
        number("planet_kept_answers_made_total "),
        number("planet_kept_answers_given_total "),
    )
}

/// Asks for a path and says whether its answer was made anew.
async fn is_made(planet: &Planet, path: &str) -> bool {
    let before = kept(planet).await;
    assert_eq!(planet.get(path).await.status, 200, "{path}");
    let after = kept(planet).await;
    let (made, given) = (after.0 - before.0, after.1 - before.1);
    assert_eq!(made + given, 1, "{path} is kept");
    made == 1
}

async fn with_ann() -> (Planet, Blogosphere) {
    let blogs = Blogosphere::start().await;
    blogs.serves("/ann/feed", &ann());
    let mut planet = Planet::start().await;
    let feed = blogs.url("/ann/feed");
    planet.register("Ann O. Nymous", &feed).await;
    assert_eq!(planet.poll().await.new, 1);
    (planet, blogs)
}

fn ann() -> Feed {
    Feed::atom("ann").post("Thing 6: too many networks", "2011-07-20")
}

#[tokio::test]
async fn every_answer_keeps_its_readers_safe() {
    let (planet, _blogs) = with_ann().await;
    let tag = planet.get("/").await.header("etag").unwrap().to_owned();
    let long = format!("/?q={}", "x".repeat(9_000));
    let known = [("if-none-match", tag.as_str())];
    let cases: [(&str, &str, Headers, u16); 12] = [
        ("GET", "/", &[], 200),
        ("HEAD", "/", &[], 200),
        ("GET", "/", &known, 304),
        ("GET", "/feed.atom", &[], 200),
        ("GET", "/style.css", &[], 200),
        ("GET", "/livez", &[], 200),
        ("GET", "/metrics", &[], 200),
        ("GET", "/nowhere", &[], 404),
        ("GET", "/things/99/feed.atom", &[], 404),
        ("POST", "/", &[], 405),
        ("GET", &long, &[], 414),
        ("POST", "/websub/nobody", &[], 404),
    ];
    for (method, path, headers, status) in cases {
        let found = check_safe(&planet, method, path, headers).await;
        assert_eq!(found, status, "{method} {path}");
    }
}

#[tokio::test]
async fn an_error_is_a_page_that_leads_on() {
    let (planet, _blogs) = with_ann().await;
    let large = "x".repeat(70_000);
    for (answered, status, says) in [
        (planet.get("/nowhere").await, 404, "There is no such page"),
        (
            planet.get("/things/99/feed.atom").await,
            404,
            "There is no such page",
        ),
        (
            planet.ask("DELETE", "/progress", &[]).await,
            405,
            "for reading only",
        ),
        (
            planet.post("/progress", &[], &large).await,
            413,
            "too much at once",
        ),
        (
            planet.get(&format!("/?q={}", "x".repeat(9_000))).await,
            414,
            "too long",
        ),
    ] {
        assert_eq!(answered.status, status, "{says}");
        let page = answered.text();
        assert!(
            page.contains(says) && page.contains("href=\"/things\""),
            "{page}"
        );
        assert_eq!(answered.header("cache-control"), Some("no-store"), "{says}");
    }
    let refused = planet.ask("DELETE", "/progress", &[]).await;
    assert_eq!(refused.header("allow"), Some("GET,HEAD"));
}

#[tokio::test]
async fn a_page_is_made_once_and_anew_when_something_it_shows_changed() {
    let (mut planet, blogs) = with_ann().await;
    assert!(is_made(&planet, "/things/6").await);
    assert!(!is_made(&planet, "/things/6").await);

    blogs.serves("/ann/feed", &ann().post("Thing 6 again", "2011-07-21"));
    planet.later(1);
    planet.poll().await;
    assert!(planet.words("/things/6").await.contains("Thing 6 again"));

    planet
        .decide("Thing 6 again", 6, Some(thingplanet::model::Verdict::No))
        .await;
    assert!(!planet.words("/things/6").await.contains("Thing 6 again"));

    "Another course".clone_into(&mut planet.roster.course.name);
    planet.take_over().await;
    assert!(planet.words("/things/6").await.contains("Another course"));

    assert!(!is_made(&planet, "/things/6").await);
    planet.minutes_later(15);
    assert!(is_made(&planet, "/things/6").await, "a day may have begun");
}

#[tokio::test]
async fn a_poll_that_brings_nothing_leaves_pages_as_they_are_but_not_the_status() {
    let (planet, _blogs) = with_ann().await;
    let pages = ["/", "/things/6", "/feed.atom", "/progress", "/participants"];
    for path in pages.into_iter().chain(["/status"]) {
        planet.get(path).await;
    }
    assert_eq!(planet.poll().await.unchanged, 1);
    for path in pages {
        assert!(!is_made(&planet, path).await, "{path}");
    }
    assert!(is_made(&planet, "/status").await);
    assert!(is_made(&planet, "/participants/ann-o-nymous").await);
}

#[tokio::test]
async fn what_another_process_writes_is_seen() {
    let (planet, _blogs) = with_ann().await;
    assert!(
        planet
            .words("/things/6")
            .await
            .contains("too many networks")
    );
    planet.change_database("UPDATE entry SET title = 'Written by another'");
    assert!(
        planet
            .words("/things/6")
            .await
            .contains("Written by another")
    );
}

#[tokio::test]
async fn many_who_ask_at_once_have_a_page_made_once() {
    let (planet, _blogs) = with_ann().await;
    let before = kept(&planet).await;
    let asked = (0..50).map(|_| planet.get("/things/6"));
    for answered in all_at_once(asked).await {
        assert_eq!(answered.status, 200);
    }
    let after = kept(&planet).await;
    assert_eq!((after.0 - before.0, after.1 - before.1), (1, 49));
}

/// Drives all of them at once and gives what they came to.
async fn all_at_once<T>(all: impl Iterator<Item = impl Future<Output = T>>) -> Vec<T> {
    let mut all: Vec<_> = all.map(|one| (Box::pin(one), None)).collect();
    std::future::poll_fn(|context| {
        let mut waits = false;
        for (one, came) in &mut all {
            if came.is_none() {
                match one.as_mut().poll(context) {
                    std::task::Poll::Ready(it) => *came = Some(it),
                    std::task::Poll::Pending => waits = true,
                }
            }
        }
        if waits {
            std::task::Poll::Pending
        } else {
            std::task::Poll::Ready(())
        }
    })
    .await;
    all.into_iter().filter_map(|(_, came)| came).collect()
}

#[tokio::test]
async fn what_is_given_from_memory_is_what_was_made() {
    let (planet, _blogs) = with_ann().await;
    for path in [
        "/",
        "/things/6",
        "/feed.atom",
        "/progress.csv",
        "/style.css",
    ] {
        let (made, given) = (planet.get(path).await, planet.get(path).await);
        assert_eq!(made.bytes, given.bytes, "{path}");
        let plain = |answered: &crate::harness::Answered| {
            let mut headers = answered.headers.clone();
            headers.remove("date");
            headers
        };
        assert_eq!(plain(&made), plain(&given), "{path}");
        assert_eq!(planet.unpacked(path).await, given.bytes, "{path}");
        let head = planet.ask("HEAD", path, &[]).await;
        assert!(head.bytes.is_empty(), "{path}");
        let length = given.bytes.len().to_string();
        assert_eq!(
            head.header("content-length"),
            Some(length.as_str()),
            "{path}"
        );
    }
}

#[tokio::test]
async fn other_robots_are_told_where_there_is_no_end() {
    let (planet, _blogs) = with_ann().await;
    let told = planet.get("/robots.txt").await;
    assert_eq!(told.status, 200);
    assert_eq!(
        told.header("content-type"),
        Some("text/plain; charset=utf-8")
    );
    assert_eq!(told.text(), "User-agent: *\nDisallow: /search\n");
}

#[tokio::test]
async fn a_cookie_of_somebody_elses_changes_nothing() {
    let (planet, _blogs) = with_ann().await;
    planet.get("/").await;
    let (made, given) = kept(&planet).await;
    for header in ["cookie", "authorization"] {
        let answered = planet.ask("GET", "/", &[(header, "a=b")]).await;
        assert_eq!(answered.status, 200);
    }
    assert_eq!(kept(&planet).await, (made, given + 2));
}

#[tokio::test]
async fn the_numbers_are_not_for_strangers() {
    let (planet, _blogs) = with_ann().await;
    for proxied in ["x-forwarded-for", "forwarded", "via"] {
        let answered = planet
            .ask("GET", "/metrics", &[(proxied, "192.0.2.1")])
            .await;
        assert_eq!(answered.status, 404, "{proxied}");
    }
    let answered = planet
        .ask(
            "GET",
            "/metrics",
            &[("via", "1.1 x"), ("authorization", "Bearer guess")],
        )
        .await;
    assert_eq!(answered.status, 404);
    let numbers = planet.get("/metrics").await;
    assert!(
        numbers.text().contains("planet_feeds{health=\"ok\"} 1"),
        "{}",
        numbers.text()
    );
    assert!(numbers.text().contains("planet_posts 1"));
    assert!(!numbers.text().contains("ann"), "{}", numbers.text());
}
