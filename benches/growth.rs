//! What a page costs on a small planet and on a big one: the same course and the same 800 people, with 2,000 posts and
//! with 200,000.
//!
//! ```text
//! cargo bench --bench growth               2,000 and 200,000
//! cargo bench --bench growth -- --quick    2,000 and 20,000
//! cargo bench --bench growth -- /status    another page, too
//! ```
//!
//! It makes both stores through the same door as a poll, serves each with the real server, and asks for pages over
//! loopback, by turns, so that whatever else the machine does meets both alike. Each question has a number of its own in
//! its address, so that no answer is one that was kept. The figure is the median; only the ratio travels.

#![allow(
    clippy::unwrap_used,
    clippy::cast_precision_loss,
    clippy::disallowed_methods,
    reason = "a measurement that cannot go on says so by panicking, and has to look at the clock"
)]

use std::io::{BufRead, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use thingplanet::model::{
    Document, EntryChange, EntryText, Feed, FeedUpdate, Fingerprint, Guid, GuidRule, Markup,
    ReadyEntry, Rhythm, Roster, Validators,
};
use thingplanet::render::Pages;
use thingplanet::store::{Access, Store};
use thingplanet::tagging::Tagger;
use thingplanet::web::{self, Live, Planet};
use thingplanet::{roster, sanitize};
use tokio::net::TcpListener;
use tokio::sync::watch;

/// The shipped course.
const COURSE: &str = include_str!("../feeds.toml");
const PEOPLE: usize = 800;
const ROUNDS: usize = 60;
/// What the small planet costs may be multiplied by so much on the big one.
const RATIO_MAX: f64 = 1.5;
const PAGES: [&str; 7] = [
    "/",
    "/things",
    "/things/6",
    "/things/6?order=oldest",
    "/things/6?topic=LinkedIn",
    "/posts/1000",
    "/progress",
];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let more = arguments
        .iter()
        .filter(|argument| argument.starts_with('/'));
    let pages: Vec<String> = PAGES
        .iter()
        .map(|&page| page.to_owned())
        .chain(more.cloned())
        .collect();
    let big = if arguments.iter().any(|argument| argument == "--quick") {
        20_000
    } else {
        200_000
    };
    let sizes = [2_000, big];
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let planets = sizes.map(|posts| {
        let began = Instant::now();
        let path = folder.path().join(format!("{posts}.db"));
        let address = runtime.block_on(planet(&path, posts));
        println!(
            "{posts} posts made in {:.0} s",
            began.elapsed().as_secs_f64()
        );
        address
    });
    println!("{:28} {:>10} {:>10}  ratio", "page", sizes[0], sizes[1]);
    for page in pages {
        let mut took = planets.map(|_| Vec::new());
        for round in 0..ROUNDS {
            let mark = if page.contains('?') { '&' } else { '?' };
            for (planet, took) in planets.iter().zip(&mut took) {
                took.push(ask(*planet, &format!("{page}{mark}round={round}")));
            }
        }
        let [small, big] = took.map(median);
        let ratio = big.as_secs_f64() / small.as_secs_f64();
        let word = if ratio <= RATIO_MAX {
            ""
        } else {
            "  more than 1.5"
        };
        println!(
            "{page:28} {:>7.2} ms {:>7.2} ms  {ratio:.2}{word}",
            ms(small),
            ms(big)
        );
    }
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// Asks once, on a connection of its own, and reads the whole answer.
fn ask(address: SocketAddr, path: &str) -> Duration {
    let began = Instant::now();
    let mut stream = TcpStream::connect(address).unwrap();
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: planet.example\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = BufReader::new(stream);
    let mut status = String::new();
    answer.read_line(&mut status).unwrap();
    assert!(status.contains(" 200 "), "{path}: {status}");
    answer.read_to_end(&mut Vec::new()).unwrap();
    began.elapsed()
}

/// A planet with so many posts, served.
async fn planet(path: &Path, posts: usize) -> SocketAddr {
    let people = (0..PEOPLE).map(|at| {
        format!(
            "[[participant]]\nname = \"Blogger {at}\"\nfeed = \"https://blog{at}.example/feed\"\n"
        )
    });
    let text = COURSE.to_owned() + &people.collect::<String>();
    let roster: Roster = roster::parse(&text, Path::new("feeds.toml")).unwrap();
    let store = Store::open(path, Access::Write).await.unwrap();
    let now: Timestamp = "2012-01-01T00:00:00Z".parse().unwrap();
    store.sync(&roster, now).await.unwrap();
    let tagger = Tagger::new(&roster.course);
    for (blog, feed) in store.feeds().await.unwrap().into_iter().enumerate() {
        let of_blog = (0..posts).skip(blog).step_by(PEOPLE);
        let entries = of_blog.map(|post| EntryChange::New(entry(post, &tagger, now)));
        let update = read(&feed, entries.collect(), tagger.fingerprint(), now);
        store.apply(update, sanitize::VERSION).await.unwrap();
    }
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    // The sender may go; what it sent stays.
    let (_, live) = watch::channel(Arc::new(Live::new(roster)));
    let planet = Planet {
        store,
        pages: Arc::new(Pages::new(None)),
        live,
        clock: Arc::new(|| "2012-01-01T00:00:00Z".parse().unwrap_or_default()),
        user_agent: |_| "thingplanet".to_owned(),
        metrics: web::Metrics::new(None),
    };
    tokio::spawn(web::serve(
        listener,
        web::router(planet),
        std::future::pending(),
    ));
    address
}

fn read(feed: &Feed, changes: Vec<EntryChange>, rules: Fingerprint, now: Timestamp) -> FeedUpdate {
    FeedUpdate {
        validators: Some(Validators::default()),
        document: Some(Document {
            title: "A blog".to_owned(),
            site_url: None,
            body: Fingerprint::of(&[]),
            rules,
            topics: None,
            problems: Vec::new(),
            self_url: None,
            rhythm: Rhythm::default(),
            source: "https://blog.example/feed".parse().unwrap(),
            parser: 1,
            changes,
            unchanged: 0,
            retired: Vec::new(),
            revived: Vec::new(),
            noted: Vec::new(),
            counted: Vec::new(),
            flood: None,
            walk: None,
            hub: None,
            remark: None,
        }),
        named: feed.named,
        ..FeedUpdate::new(feed.id, feed.address.clone(), now)
    }
}

/// A post on one of the Things in turn, with a paragraph that every third time mentions a network.
fn entry(post: usize, tagger: &Tagger, now: Timestamp) -> ReadyEntry {
    let round = post / PEOPLE;
    let thing = 1 + (post + round) % 23;
    let title = format!("Thing {thing}: what I did on shelf {post}");
    let network = ["LinkedIn", "a friend", "Facebook"][post % 3];
    let words = "This week I sat down with a cup of tea and tried it out, and it was not what I had thought. ";
    let raw = Markup::Html(format!(
        "<p>{words}</p><p>I asked {network}. {words}</p><p>{words}</p>"
    ));
    let html = sanitize::html(&raw, None);
    let text = sanitize::text_of(&html);
    let url = format!("https://blog.example/{post}.html");
    let age = SignedDuration::from_mins(i64::try_from(post).unwrap());
    let read = EntryText {
        title: title.clone(),
        body: text.clone(),
        ..EntryText::default()
    };
    ReadyEntry {
        guid: Guid {
            value: url.clone(),
            rule: GuidRule::Given,
        },
        url: url.parse().ok(),
        byline: String::new(),
        published_at: now - age,
        dated: true,
        updated_at: now - age,
        categories: Vec::new(),
        raw_title: Markup::Plain(title.clone()),
        raw,
        base: None,
        fingerprint: Fingerprint::of_parts([title.as_str(), text.as_str()]),
        words: Fingerprint::of_parts([text.as_str(), title.as_str()]),
        content: Fingerprint::of(text.as_bytes()),
        links: Vec::new(),
        tags: tagger.tags(&read),
        mentions: Vec::new(),
        comments: None,
        title,
        html,
        text,
        problems: Vec::new(),
        on_front: true,
        twin_of: None,
    }
}
