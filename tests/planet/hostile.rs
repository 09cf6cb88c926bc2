//! Blogs taken over by somebody unkind: on no page and in no feed does anything of theirs run, load, frame or post.
//!
//! What comes out is read as a browser reads it and held to lists of what may be there; nothing is looked for as a
//! string alone, because there are more ways to write `javascript:` than anybody can list.

use serde_json::Value;
use url::Url;

use crate::harness::{Answer, BASE, Blogosphere, Planet, fixture, html, xml};

/// What every reader must still be able to read, by fixture.
const KEPT: [(&str, &[&str]); 2] = [
    (
        "hostile.rss",
        &[
            "Kept: scripts and handlers.",
            "Kept: one",
            "Kept: two",
            "Kept: three",
            "Kept: four",
            "Kept: a good link",
            "Kept: frames, forms and styles.",
            "Kept: a paragraph with a style.",
            "Kept: a borrowed class and id.",
            "Kept: a relative link, which the base must not move",
            "Kept: foreign elements.",
            "Kept: a data link",
            "Kept: details",
            "Kept: the end.",
            "Kept: unclosed bold",
        ],
    ),
    (
        "hostile.atom",
        &[
            "Kept: escaped content.",
            "Kept: a link",
            "Kept: XHTML content.",
            "Kept: a link relative to a wicked base",
            "Kept: plain text that mentions",
            "Kept: a summary.",
        ],
    ),
];

/// Names that would break out of an attribute, a script or a table cell, if they could.
const NAMES: [&str; 2] = [
    "\"><script>alert('name')</script>",
    "</title></main><img src=x onerror=alert(1)>",
];

async fn besieged() -> (Blogosphere, Planet) {
    let blogs = Blogosphere::start().await;
    let mut planet = Planet::start().await;
    for ((name, _), owner) in KEPT.iter().zip(NAMES) {
        let path = format!("/{name}");
        blogs.answers(&path, [Answer::feed(fixture(name))]);
        planet.register(owner, &blogs.url(&path)).await;
    }
    let summary = planet.poll().await;
    assert_eq!((summary.failed.len(), summary.new), (0, 8));
    (blogs, planet)
}

fn pages(planet: &Planet) -> Vec<String> {
    let fixed = [
        "/",
        "/things",
        "/participants",
        "/progress",
        "/status",
        "/about",
        "/nowhere",
    ];
    let things = (1..=23).map(|number| format!("/things/{number}"));
    let people = &planet.roster.participants;
    let own = people
        .iter()
        .map(|one| format!("/participants/{}", one.slug));
    fixed
        .map(str::to_owned)
        .into_iter()
        .chain(things)
        .chain(own)
        .collect()
}

fn feeds(planet: &Planet) -> Vec<String> {
    let people = &planet.roster.participants;
    let own = people
        .iter()
        .map(|one| format!("/participants/{}", one.slug));
    let things = (1..=8).map(|number| format!("/things/{number}"));
    std::iter::once(String::new())
        .chain(things)
        .chain(own)
        .map(|page| format!("{page}/feed.atom"))
        .collect()
}

#[tokio::test]
async fn nothing_of_a_hostile_blog_runs_on_any_page() {
    let (_blogs, planet) = besieged().await;
    for path in pages(&planet) {
        let answered = planet.get(&path).await;
        assert_eq!(
            answered.header("content-type"),
            Some("text/html; charset=utf-8"),
            "{path}"
        );
        assert_eq!(html::faults_of_page(answered.text()), [""; 0], "{path}");
    }
}

/// Shows A39.
#[tokio::test]
async fn nothing_of_a_hostile_blog_runs_in_any_feed() {
    let (_blogs, planet) = besieged().await;
    let mut entries = 0;
    for path in feeds(&planet) {
        // Reading it holds ids, links and addresses of people to the web's own schemes.
        for entry in planet.feed(&path).await.entries {
            let post = entry.html.unwrap_or_default();
            assert_eq!(html::faults_of_post(&post), [""; 0], "{path}: {post}");
            entries += 1;
        }
    }
    assert!(entries > 16, "{entries}");
}

#[tokio::test]
async fn nothing_of_a_hostile_blog_runs_in_json_opml_or_a_spreadsheet() {
    let (_blogs, planet) = besieged().await;
    let json: Value = serde_json::from_str(planet.get("/feed.json").await.text()).unwrap();
    for item in json["items"].as_array().unwrap() {
        let post = item["content_html"].as_str().unwrap_or_default();
        assert_eq!(html::faults_of_post(post), [""; 0], "{post}");
        assert_is_web(item["url"].as_str().unwrap());
    }
    let opml = xml::parse(planet.get("/blogroll.opml").await.text()).unwrap();
    for outline in opml.all("outline") {
        for name in ["xmlUrl", "htmlUrl"] {
            outline.attribute(name).into_iter().for_each(assert_is_web);
        }
    }
    let table = planet.get("/progress.csv").await;
    for row in csv::Reader::from_reader(&table.bytes[..]).records() {
        for cell in row
            .unwrap()
            .iter()
            .skip(1)
            .filter(|cell| cell.contains(':'))
        {
            // The words of the cell's state go before the address.
            assert_is_web(cell.rsplit(' ').next().unwrap());
        }
    }
}

fn assert_is_web(address: &str) {
    let url = Url::parse(address).unwrap();
    assert!(matches!(url.scheme(), "http" | "https"), "{address}");
}

#[tokio::test]
async fn what_a_hostile_blog_says_can_still_be_read() {
    let (_blogs, planet) = besieged().await;
    let home = planet.words("/").await;
    for ((name, kept), participant) in KEPT.iter().zip(&planet.roster.participants) {
        let own = planet
            .words(&format!("/participants/{}", participant.slug))
            .await;
        for sentence in *kept {
            assert!(own.contains(sentence), "{name}: {sentence} is not in {own}");
            assert!(
                home.contains(sentence),
                "{name}: {sentence} is not in {home}"
            );
        }
    }
}

#[tokio::test]
async fn a_hostile_blog_cannot_hide_what_stands_after_it() {
    let (_blogs, planet) = besieged().await;
    for path in pages(&planet) {
        let words = html::words(planet.get(&path).await.text());
        assert!(
            words.contains("Each post belongs to the person who wrote it"),
            "{path}: {words}"
        );
    }
}

/// Shows C7.
#[tokio::test]
async fn no_text_of_a_stranger_turns_the_line_round_or_carries_control_characters() {
    let (_blogs, planet) = besieged().await;
    let turns = [
        '\u{202a}', '\u{202b}', '\u{202d}', '\u{202e}', '\u{2066}', '\u{2067}', '\u{2068}',
    ];
    let paths = pages(&planet).into_iter().chain(feeds(&planet));
    for path in paths.chain(["/feed.json".to_owned(), "/blogroll.opml".to_owned()]) {
        let text = html::words(planet.get(&path).await.text());
        let odd = text
            .find(|one: char| turns.contains(&one) || (one.is_control() && !one.is_whitespace()));
        assert_eq!(odd, None, "{path}: {text}");
    }
}

#[tokio::test]
async fn nobody_can_take_the_address_of_another_page_with_a_name() {
    let (_blogs, planet) = besieged().await;
    for participant in &planet.roster.participants {
        let page = planet
            .get(&format!("/participants/{}", participant.slug))
            .await;
        assert_eq!(page.status, 200);
        assert!(
            html::words(page.text()).contains(&participant.name),
            "{}",
            page.text()
        );
    }
    let all = planet.feed("/feed.atom").await;
    assert_eq!(
        all.id,
        format!("{BASE}/"),
        "whatever a blog calls its own id"
    );
}

#[tokio::test]
async fn what_a_link_to_us_carries_never_comes_back_in_a_page() {
    let planet = Planet::start().await;
    for path in [
        "/?before=%22%3E%3Cscript%3Ealert(1)%3C/script%3E",
        "/things/6?before=1-%3Cimg%20src=x%20onerror=alert(1)%3E",
        "/%3Cscript%3Ealert(1)%3C/script%3E",
        "/participants/%3Cscript%3Ealert(1)%3C%2Fscript%3E",
        "//evil.example/alert(1)",
    ] {
        let page = planet.get(path).await;
        assert_eq!(html::faults_of_page(page.text()), [""; 0], "{path}");
        assert!(!html::words(page.text()).contains("alert(1)"), "{path}");
    }
}

#[tokio::test]
async fn an_error_message_carries_nothing_that_runs_either() {
    let blogs = Blogosphere::start().await;
    let page = "<html><head><title>&lt;script&gt;alert(1)&lt;/script&gt;<img src=x onerror=alert(1)></title></head></html>";
    blogs.answers("/ann/", [Answer::page(page)]);
    blogs.answers(
        "/bob/feed",
        [Answer::feed(
            "<feed xmlns='http://www.w3.org/2005/Atom'><a></\"><script>alert(1)</script>",
        )],
    );
    let mut planet = Planet::start().await;
    planet.register_blog("Ann", &blogs.url("/ann/")).await;
    planet.register("Bob", &blogs.url("/bob/feed")).await;
    assert_eq!(planet.poll().await.failed.len(), 2);
    for path in pages(&planet) {
        assert_eq!(
            html::faults_of_page(planet.get(&path).await.text()),
            [""; 0],
            "{path}"
        );
    }
}
