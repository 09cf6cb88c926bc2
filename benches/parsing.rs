//! Reading feeds: our whole `parse` (decode, repair, feed-rs, finish) beside feed-rs alone, on the same feeds in the
//! same run.
//!
//! ```sh
//! cargo bench --bench parsing               # feeds made up here
//! cargo bench --bench parsing -- FOLDER     # every file in a folder that feed-rs alone can read
//! ```
//!
//! Prints megabytes a second and their ratio; the goal is at least 0.4. Sanitising is measured by its own benchmark.

#![allow(
    clippy::cast_precision_loss,
    reason = "rates are for reading, not for reckoning"
)]
#![allow(clippy::disallowed_methods, reason = "a benchmark looks at the clock")]

use std::hint::black_box;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use thingplanet::parse::{self, Source};

/// Rounds over all feeds, of which the quickest counts; the two parsers take turns.
const ROUNDS: u32 = 7;

fn main() {
    // Cargo adds `--bench`.
    let folder = std::env::args()
        .skip(1)
        .find(|argument| !argument.starts_with('-'));
    let feeds = match &folder {
        Some(folder) => captured(Path::new(folder)),
        None => made_up(),
    };
    let bytes: usize = feeds.iter().map(Vec::len).sum();
    let megabytes = bytes as f64 / 1e6;
    println!("{} feeds, {megabytes:.1} MB", feeds.len());
    let (mut alone, mut whole) = (Duration::MAX, Duration::MAX);
    for _ in 0..ROUNDS {
        alone = alone.min(timed(&feeds, |feed| {
            black_box(feed_rs_alone(feed));
        }));
        whole = whole.min(timed(&feeds, |feed| {
            black_box(ours(feed));
        }));
    }
    let rate = |time: Duration| megabytes / time.as_secs_f64();
    println!("feed-rs alone   {:7.1} MB/s", rate(alone));
    println!("ours, whole     {:7.1} MB/s", rate(whole));
    println!(
        "ratio           {:7.2}   (goal: 0.40)",
        rate(whole) / rate(alone)
    );
}

fn timed(feeds: &[Vec<u8>], read: impl Fn(&[u8])) -> Duration {
    let start = Instant::now();
    for feed in feeds {
        read(feed);
    }
    start.elapsed()
}

fn feed_rs_alone(feed: &[u8]) -> Option<usize> {
    let parser = feed_rs::parser::Builder::new()
        .base_uri(Some("https://blog.example/feed"))
        .sanitize_content(false)
        .build();
    let read = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        parser.parse(Cursor::new(feed))
    }));
    read.ok()?.ok().map(|feed| feed.entries.len())
}

fn ours(feed: &[u8]) -> Option<usize> {
    let source = Source {
        url: None,
        charset: None,
        entries_max: 5_000,
    };
    parse::feed(feed, source)
        .ok()
        .map(|feed| feed.entries.len())
}

/// Every file below a folder in which feed-rs alone finds an entry, so that both read the same feeds.
fn captured(folder: &Path) -> Vec<Vec<u8>> {
    std::panic::set_hook(Box::new(|_| {}));
    let mut feeds = Vec::new();
    let mut folders: Vec<PathBuf> = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for file in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            if file.path().is_dir() {
                folders.push(file.path());
            } else if let Ok(bytes) = std::fs::read(file.path())
                && feed_rs_alone(&bytes).is_some_and(|count| count > 0)
            {
                feeds.push(bytes);
            }
        }
    }
    feeds
}

/// Feeds of the shapes that blogs have: escaped HTML, CDATA and XHTML, of about 80 kB each.
fn made_up() -> Vec<Vec<u8>> {
    (0..60)
        .map(|number| match number % 3 {
            0 => rss(number, escaped),
            1 => rss(number, |html| format!("<![CDATA[{html}]]>")),
            _ => atom(number),
        })
        .collect()
}

fn post(number: usize) -> String {
    let sentence =
        "We sorted the large print shelves & found “nine” novels that nobody had asked for. ";
    let link = format!("<a href=\"https://blog.example/{number}?a=1&amp;b=2\">the list</a>");
    let paragraph = format!("<p>{}<em>See</em> {link}.</p>\n", sentence.repeat(3));
    format!(
        "{}<img src=\"/shelf-{number}.jpg\" alt=\"a shelf\" />",
        paragraph.repeat(8)
    )
}

fn escaped(html: &str) -> String {
    html.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

fn rss(feed: usize, say: impl Fn(&str) -> String) -> Vec<u8> {
    let items: Vec<String> = (0..25)
        .map(|number| {
            format!(
                "<item><title>Thing {number} &amp; more</title><link>https://blog.example/{feed}/{number}</link>\
                 <guid isPermaLink=\"false\">{feed}-{number}</guid><pubDate>Mon, 18 Jul 2011 09:{number:02}:00 +0000</pubDate>\
                 <category><![CDATA[cpd23]]></category><dc:creator>Ann</dc:creator>\
                 <content:encoded>{}</content:encoded></item>\n",
                say(&post(number))
            )
        })
        .collect();
    let items = items.concat();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><rss version=\"2.0\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" \
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><channel><title>Blog {feed}</title><link>https://blog.example/</link>{items}</channel></rss>"
    )
    .into_bytes()
}

fn atom(feed: usize) -> Vec<u8> {
    let entries: Vec<String> = (0..25)
        .map(|number| {
            format!(
                "<entry><id>tag:blog.example,2011:{feed}.{number}</id><title type=\"text\">Thing {number}</title>\
                 <link rel=\"alternate\" type=\"text/html\" href=\"https://blog.example/{feed}/{number}\"/>\
                 <published>2011-07-18T09:{number:02}:00Z</published><updated>2011-07-18T10:00:00Z</updated>\
                 <category term=\"cpd23\"/><author><name>Ann</name></author><content type=\"html\">{}</content></entry>\n",
                escaped(&post(number))
            )
        })
        .collect();
    let entries = entries.concat();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><feed xmlns=\"http://www.w3.org/2005/Atom\"><id>tag:blog.example,2011:{feed}</id>\
         <title>Blog {feed}</title><link href=\"https://blog.example/\"/><updated>2011-07-18T10:00:00Z</updated>{entries}</feed>"
    )
    .into_bytes()
}
