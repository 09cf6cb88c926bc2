//! Whatever goes wrong with a blog is told in the language of the course.

use std::path::Path;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use thingplanet::fetch::{FetchError, RedirectFault, TlsFault};
use thingplanet::model::{Author, Failure, Feed as Subscription, FeedId, Language, Trouble};
use thingplanet::parse::ParseError;
use thingplanet::plan::{self, NoFeed, Platform};
use thingplanet::render::Site;
use thingplanet::{parse, roster, sanitize};

use crate::harness::{Answer, Blogosphere, Feed, Planet};

/// How a cause stands on the status page of a German course, and its language where that is another.
fn in_german(cause: &str) -> (String, Option<&'static str>) {
    let text = include_str!("../../feeds.toml");
    let mut roster = roster::parse(text, Path::new("feeds.toml")).unwrap();
    roster.course.rules.language = Language::German;
    let now: Timestamp = "2011-08-01T12:00:00Z".parse().unwrap();
    let owner = Author {
        name: "Ann".to_owned(),
        slug: "ann".to_owned(),
        site_url: None,
        excerpt_only: false,
    };
    let mut feed = Subscription::new(FeedId(1), owner, "https://ann.example/".parse().unwrap());
    feed.failure = Some(Failure {
        since: now,
        cause: cause.to_owned(),
        count: 1,
        trouble: Trouble::Other,
    });
    let status = Site::new(&roster.course, &roster.planet, now, None).status(&[feed], &[]);
    let health = &status.feeds[0].health;
    (health.cause.clone().unwrap(), health.cause_lang)
}

fn check(cause: &str) {
    let (told, language) = in_german(cause);
    assert!(
        language.is_none() && told != cause,
        "in English alone: {cause}"
    );
    assert!(!told.contains(['{', '}']), "{told}");
}

/// Every error of a request; a new one does not compile until it stands here.
fn fetch_errors() -> Vec<FetchError> {
    let limit = Duration::from_secs(30);
    let wait = SignedDuration::from_secs(60);
    let mut errors = vec![
        FetchError::BadUrl,
        FetchError::Refused,
        FetchError::Dns,
        FetchError::Connect,
        FetchError::NoCertificates,
        FetchError::Timeout { limit },
        FetchError::TooLarge { bytes_max: 500 },
        FetchError::TooLarge {
            bytes_max: 10_000_000,
        },
        FetchError::Challenge,
        FetchError::Paused { wait },
        FetchError::Empty,
        FetchError::Encoding,
        FetchError::Broken,
        FetchError::Onward(Box::new(FetchError::Dns)),
    ];
    let faults = [
        TlsFault::Expired,
        TlsFault::WrongName,
        TlsFault::UnknownIssuer,
        TlsFault::Other,
    ];
    errors.extend(faults.map(FetchError::Tls));
    let faults = [
        RedirectFault::TooMany,
        RedirectFault::Circle,
        RedirectFault::Nowhere,
        RedirectFault::NotWeb,
    ];
    errors.extend(faults.map(FetchError::Redirects));
    errors.extend([401, 403, 404, 418, 451, 500, 502, 599, 777].map(FetchError::Status));
    errors.iter().for_each(is_listed);
    errors
}

/// Lists every kind of error, so that a new one is missed here.
fn is_listed(error: &FetchError) {
    match error {
        FetchError::BadUrl
        | FetchError::Refused
        | FetchError::Dns
        | FetchError::Connect
        | FetchError::Tls(
            TlsFault::Expired | TlsFault::WrongName | TlsFault::UnknownIssuer | TlsFault::Other,
        )
        | FetchError::NoCertificates
        | FetchError::Timeout { .. }
        | FetchError::TooLarge { .. }
        | FetchError::Status(_)
        | FetchError::Challenge
        | FetchError::Paused { .. }
        | FetchError::Empty
        | FetchError::Redirects(
            RedirectFault::TooMany
            | RedirectFault::Circle
            | RedirectFault::Nowhere
            | RedirectFault::NotWeb,
        )
        | FetchError::Encoding
        | FetchError::Broken
        | FetchError::Onward(_) => {}
    }
}

#[test]
fn every_error_of_a_request_is_told_in_german() {
    for error in fetch_errors() {
        check(&error.to_string());
    }
}

#[test]
fn every_error_of_reading_is_told_in_german() {
    let errors = [
        ParseError::Empty,
        ParseError::WebPage,
        ParseError::NotAFeed {
            detail: "no root element".to_owned(),
        },
        ParseError::Panicked,
        ParseError::CutOff,
        ParseError::Damaged,
    ];
    for error in errors {
        match error {
            ParseError::Empty
            | ParseError::WebPage
            | ParseError::NotAFeed { .. }
            | ParseError::Panicked
            | ParseError::CutOff
            | ParseError::Damaged => check(&error.to_string()),
        }
        check(&parse::cause_of_found(&error.to_string()));
    }
}

/// What is said of a page without a feed.
fn refusal(page: &str) -> NoFeed {
    let url = "https://x.example/".parse().unwrap();
    plan::discover(&sanitize::front(page, &url), &[]).unwrap_err()
}

#[test]
fn every_page_without_a_feed_is_told_in_german() {
    let comments = "<link rel=\"alternate\" type=\"application/rss+xml\" href=\"/comments/feed/\">";
    for title in ["", "<title>The : “Shelf”</title>"] {
        for rest in [
            "<p>Hello</p>",
            "<p>This blog is private.</p>",
            "<meta http-equiv=\"refresh\" content=\"0; url=https://y.example/\">",
            comments,
        ] {
            let page = format!("<html><head>{title}{rest}</head><body>{rest}</body></html>");
            check(&refusal(&page).to_string());
        }
    }
    for platform in [
        Platform::Blogger,
        Platform::WordPress,
        Platform::Tumblr,
        Platform::Ghost,
        Platform::Medium,
        Platform::Substack,
        Platform::Squarespace,
        Platform::MicroBlog,
        Platform::Hugo,
        Platform::Jekyll,
        Platform::Weebly,
        Platform::Wix,
        Platform::GoogleSites,
    ] {
        if let Some(advice) = platform.advice() {
            check(&format!("the page at this address names no feed: {advice}"));
        }
    }
}

#[test]
fn a_cause_that_nobody_has_translated_is_marked_as_english() {
    let (told, language) = in_german("the cat sat on the server");
    assert_eq!(
        (told.as_str(), language),
        ("the cat sat on the server", Some("en"))
    );
}

/// Asks every page that tells how somebody's blog fares for these German words.
async fn told(planet: &Planet, name: &str, expected: &str) {
    let cause = planet.cause(name).await;
    check(&cause);
    let slug = name.to_lowercase();
    let own = format!("/participants/{slug}");
    for path in ["/status", "/participants", &own] {
        let words = planet.words(path).await;
        assert!(words.contains(expected), "{path}: {expected} in {words}");
        assert!(!words.contains(&cause), "{path}: {words}");
    }
    let why = planet.page(&format!("{own}/why")).await;
    let said = &why.all("blockquote")[0];
    assert_eq!(said.attribute("lang"), None);
    let mut expected = expected.to_owned();
    expected[..1].make_ascii_uppercase();
    assert!(said.text().contains(&expected), "{}", said.text());
}

#[tokio::test]
async fn what_a_poll_finds_is_told_on_every_page_of_a_german_course() {
    let blogs = Blogosphere::start().await;
    blogs.serves("/ann", &Feed::atom("ann").post("Thing 1", "2011-07-20"));
    let target = blogs.url("/ann");
    blogs.answers("/bob", [Answer::redirect(302, &target)]);
    blogs.answers("/cem", [Answer::status(404)]);
    let page = "<html><head><title>Login</title></head><body><p>Hello</p></body></html>";
    blogs.answers("/dee", [Answer::page(page)]);
    let link = "<link rel=\"alternate\" type=\"application/atom+xml\" href=\"/none\">";
    let front = format!("<html><head><title>Eve</title>{link}</head><body></body></html>");
    blogs.answers("/eve", [Answer::page(&front)]);
    blogs.answers("/none", [Answer::status(500)]);
    let mut planet = Planet::start().await;
    planet.roster.course.rules.language = Language::German;
    for name in ["Ann", "Bob", "Cem", "Dee"] {
        let address = blogs.url(&format!("/{}", name.to_lowercase()));
        planet.register(name, &address).await;
    }
    planet.register_blog("Eve", &blogs.url("/eve")).await;
    planet.poll().await;
    for (name, expected) in [
        ("Bob", "das ist der Feed von Ann und steht schon dort"),
        (
            "Cem",
            "das Blog antwortete mit 404 (not found): die Adresse",
        ),
        ("Dee", "das ist eine Webseite und kein Feed"),
        ("Eve", "die Seite des Blogs nennt http"),
    ] {
        told(&planet, name, expected).await;
    }
    let dee = planet.cause("Dee").await;
    assert!(
        in_german(&dee)
            .0
            .ends_with("(der Titel der Seite ist „Login“)"),
        "{dee}"
    );
    planet.later(24 * 32);
    planet.poll().await;
    let expected = "das geht seit einem Monat so";
    let cem = planet.cause("Cem").await;
    assert!(in_german(&cem).0.contains(expected), "{cem}");
}
