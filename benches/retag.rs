//! How fast a big planet is retagged, beside ripgrep looking for one word in the same text, and in how much memory.
//!
//! ```text
//! cargo bench --bench retag                 200,000 posts of about 3 kB
//! cargo bench --bench retag -- --quick      20,000
//! cargo bench --bench retag -- --posts N    as many as you like
//! cargo bench --bench retag -- --in FOLDER  in this folder, which stays, and is used again if it has been filled
//! ```
//!
//! It makes a store through the same door as a poll, and runs the real command on it: `retag --dry-run`, `retag` from
//! rules that recognise nothing, which writes half of all posts, `retag` again, when nothing is left to do, and `retag`
//! when a Thing got another topic, which changes a few hundred posts, as most changes of rules do. All figures come
//! from one run on one machine, so only the ratios travel.

#![allow(
    clippy::unwrap_used,
    clippy::cast_precision_loss,
    clippy::disallowed_methods,
    reason = "a measurement that cannot go on says so by panicking, and has to look at the clock"
)]

use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use thingplanet::model::{
    Document, EntryChange, EntryId, Feed, FeedUpdate, Fingerprint, Guid, GuidRule, Markup,
    ReadyEntry, Rhythm, Roster, SafeHtml, Validators,
};
use thingplanet::store::{Access, Span, Store};
use thingplanet::tagging::Tagger;
use thingplanet::{retag, roster, sanitize};

#[path = "support/process.rs"]
mod process;

use process::{Ran, run};

/// The shipped course.
const COURSE: &str = include_str!("../feeds.toml");
/// Posts of one blog; a poll brings them at once.
const POSTS_OF_BLOG: usize = 100;
/// Characters of a post's text.
const TEXT: usize = 3_000;
/// A word that stands in about one post of a thousand.
const RARE_WORD: &str = "quincunx";
/// What ripgrep looks for: the course's own word, as the rules do, in whatever capitals; and a rare word, for
/// which it reads as fast as memory is.
const SEARCHES: [(&str, &[&str]); 2] = [
    ("the course's word", &["-i", "thing"]),
    ("a rare word", &[RARE_WORD]),
];

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let asked = |name: &str| {
        let at = arguments.iter().position(|argument| argument == name)?;
        arguments.get(at + 1)
    };
    let posts = match asked("--posts") {
        Some(number) => number.parse().unwrap(),
        None if arguments.iter().any(|argument| argument == "--quick") => 20_000,
        None => 200_000,
    };
    let passing = tempfile::tempdir().unwrap();
    let folder = asked("--in").map_or(passing.path(), Path::new);
    let made = Instant::now();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    if !folder.join("texts").exists() {
        std::fs::create_dir_all(folder).unwrap();
        runtime.block_on(make(folder, posts));
    }
    let megabytes = std::fs::metadata(folder.join("texts")).unwrap().len() as f64 / 1e6;
    println!(
        "{posts} posts, {megabytes:.0} MB of text; made in {:.0} s",
        made.elapsed().as_secs_f64()
    );

    // The first pass reads both from the disk, so that the others find them in memory alike.
    let _ = search(folder, SEARCHES[1].1);
    let dry = run_retag(folder, &["--dry-run"]);
    let dry = best(dry, || run_retag(folder, &["--dry-run"]));
    let first = run_retag(folder, &[]);
    let again = run_retag(folder, &[]);
    let again = best(again, || run_retag(folder, &[]));
    let few = run_with_other_topics(folder);
    let few = best(few, || run_with_other_topics(folder));
    let found = SEARCHES.map(|(name, words)| {
        let found = search(folder, words)?;
        Some((name, best(found, || search(folder, words).unwrap())))
    });

    alone(folder, &runtime);
    let runs = [
        ("dry run, every post is new to the rules", &dry),
        ("half of all posts differ", &first),
        ("a few posts differ", &few),
        ("nothing differs", &again),
    ];
    tell(&runs, &found, megabytes);
}

/// Prints the runs, and how each stands beside the searches.
fn tell(runs: &[(&str, &Ran)], found: &[Option<(&str, Ran)>], megabytes: f64) {
    for (name, ran) in runs {
        println!(
            "retag, {name}: {:.2} s, {:.2} s of processors, {:.0} MB/s, peak {} MiB",
            ran.took.as_secs_f64(),
            ran.cpu.as_secs_f64(),
            megabytes / ran.took.as_secs_f64(),
            ran.peak_kib / 1_024
        );
        println!("    {}", ran.said);
    }
    if found.iter().all(Option::is_none) {
        println!("ripgrep is not installed, so there is nothing to compare with");
    }
    for (word, found) in found.iter().flatten() {
        println!(
            "ripgrep for {word}: {:.3} s, {:.0} MB/s ({} lines)",
            found.took.as_secs_f64(),
            megabytes / found.took.as_secs_f64(),
            found.said
        );
        for (name, ran) in runs {
            println!(
                "    {name}: {:.3} of its speed",
                found.took.as_secs_f64() / ran.took.as_secs_f64()
            );
        }
    }
}

/// How fast posts are read, and how fast they are tagged, one after the other: which of the two a retag waits for.
fn alone(folder: &Path, runtime: &tokio::runtime::Runtime) {
    const SPAN: i64 = 256;
    // The store's connections say goodbye to the runtime when they are dropped.
    let _within = runtime.enter();
    let roster = roster::read(&folder.join("feeds.toml")).unwrap();
    let tagger = Tagger::new(&roster.course);
    let path = folder.join("planet.db");
    let store = runtime.block_on(Store::open(&path, Access::Read)).unwrap();
    let last = runtime.block_on(store.last_entry()).unwrap();
    let (mut reading, mut tagging) = (Duration::ZERO, Duration::ZERO);
    let (mut bytes, mut tags, mut after) = (0, 0, EntryId(0));
    while after < last {
        let to = EntryId(after.0 + SPAN);
        let began = Instant::now();
        let piece = runtime.block_on(store.stored(Span { after, to })).unwrap();
        let read = Instant::now();
        for mut entry in piece.entries {
            bytes += entry.text.title.len() + entry.text.body.len();
            tags += retag::ruled(&tagger, &mut entry).len();
        }
        (reading, tagging) = (reading + (read - began), tagging + read.elapsed());
        after = to;
    }
    let speed = |took: Duration| bytes as f64 / 1e6 / took.as_secs_f64();
    println!(
        "on one processor: reading {:.0} MB/s, tagging {:.0} MB/s ({tags} tags and suggestions)",
        speed(reading),
        speed(tagging)
    );
}

/// The quicker of this and two more.
fn best(first: Ran, run: impl Fn() -> Ran) -> Ran {
    [run(), run()].into_iter().fold(
        first,
        |best, ran| {
            if ran.took < best.took { ran } else { best }
        },
    )
}

fn run_retag(folder: &Path, arguments: &[&str]) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_thingplanet"));
    command.arg("retag").args(arguments).current_dir(folder);
    run(command)
}

/// Gives Thing 1 a topic more, or takes it away again, and retags.
fn run_with_other_topics(folder: &Path) -> Ran {
    const FEWER: &str = "topics = [\"blogging\"";
    const MORE: &str = "topics = [\"morning shelf\", \"blogging\"";
    let file = folder.join("feeds.toml");
    let course = std::fs::read_to_string(&file).unwrap();
    let (from, to) = if course.contains(MORE) {
        (MORE, FEWER)
    } else {
        (FEWER, MORE)
    };
    assert!(course.contains(from), "the course has other topics now");
    std::fs::write(&file, course.replacen(from, to, 1)).unwrap();
    run_retag(folder, &[])
}

/// ripgrep with its defaults: one file, one thread.
fn search(folder: &Path, words: &[&str]) -> Option<Ran> {
    let mut command = Command::new("rg");
    command
        .arg("-c")
        .args(words)
        .arg("texts")
        .current_dir(folder);
    let mut asking = Command::new("rg");
    let there = asking.arg("--version").stdout(Stdio::null()).status();
    there.ok().map(|_| run(command))
}

/// Makes feeds.toml, a store in which no post has a tag, and a file with the same text, a post a line.
async fn make(folder: &Path, posts: usize) {
    let blogs = posts.div_ceil(POSTS_OF_BLOG);
    let people = (0..blogs).map(|blog| {
        format!("[[participant]]\nname = \"Blogger {blog}\"\nfeed = \"https://blog{blog}.example/feed\"\n")
    });
    let text = COURSE.to_owned() + &people.collect::<String>();
    std::fs::write(folder.join("feeds.toml"), &text).unwrap();
    let roster: Roster = roster::parse(&text, Path::new("feeds.toml")).unwrap();
    let store = Store::open(&folder.join("planet.db"), Access::Write)
        .await
        .unwrap();
    let now: Timestamp = "2012-01-01T00:00:00Z".parse().unwrap();
    store.sync(&roster, now).await.unwrap();
    let mut texts = BufWriter::new(File::create(folder.join("texts")).unwrap());
    let mut dice = Dice(23);
    for (blog, feed) in store.feeds().await.unwrap().into_iter().enumerate() {
        let entries: Vec<ReadyEntry> = (0..POSTS_OF_BLOG)
            .map(|post| entry(blog, post, &mut dice, now))
            .collect();
        for entry in &entries {
            let line = entry.text.replace('\n', " ");
            writeln!(texts, "{} {line}", entry.title).unwrap();
        }
        let update = read(&feed, blog, entries, now);
        store.apply(update, sanitize::VERSION).await.unwrap();
    }
    texts.flush().unwrap();
    store.settle().await.unwrap();
}

/// What the poll of a blog came to that brought these posts.
fn read(feed: &Feed, blog: usize, entries: Vec<ReadyEntry>, now: Timestamp) -> FeedUpdate {
    FeedUpdate {
        validators: Some(Validators::default()),
        document: Some(Document {
            title: format!("Blog {blog}"),
            site_url: None,
            body: Fingerprint::of(&[]),
            // Rules that nobody has, as after a change.
            rules: Fingerprint::of(&[]),
            topics: None,
            problems: Vec::new(),
            self_url: None,
            rhythm: Rhythm::default(),
            source: "https://blog.example/feed".parse().unwrap(),
            parser: 1,
            changes: entries.into_iter().map(EntryChange::New).collect(),
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

fn entry(blog: usize, post: usize, dice: &mut Dice, now: Timestamp) -> ReadyEntry {
    let title = title(post, dice);
    let url = format!("https://blog{blog}.example/2011/07/post-{post}.html");
    let html = PostMarkup::new(dice);
    let raw = Markup::Html(html.0);
    let html: SafeHtml = sanitize::html(&raw, None);
    let text = sanitize::text_of(&html);
    let age = SignedDuration::from_mins(i64::try_from(blog + 400 * post).unwrap());
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
        categories: vec!["libraries".to_owned(), "cpd23".to_owned()],
        raw_title: Markup::Plain(title.clone()),
        raw,
        base: None,
        fingerprint: Fingerprint::of_parts([title.as_str(), text.as_str()]),
        words: Fingerprint::of_parts([text.as_str(), title.as_str()]),
        content: Fingerprint::of(text.as_bytes()),
        links: sanitize::links_of(&html),
        title,
        html,
        text,
        tags: Vec::new(),
        mentions: Vec::new(),
        comments: None,
        problems: Vec::new(),
        on_front: true,
        twin_of: None,
    }
}

/// Half of the posts say their Thing in the title, as bloggers do; the others leave it to the text, or to nobody.
fn title(post: usize, dice: &mut Dice) -> String {
    let thing = 1 + post % 23;
    let words = words(5, dice);
    match post % 4 {
        0 => format!("Thing {thing}: {words}"),
        1 => format!("cpd23 Thing {thing} - {words}"),
        _ => words,
    }
}

/// The markup of one post: paragraphs with a link or two.
struct PostMarkup(String);

impl PostMarkup {
    fn new(dice: &mut Dice) -> Self {
        let mut html = String::new();
        let mut paragraph = 0;
        while html.len() < TEXT + TEXT / 20 {
            let link = format!(
                "https://site{}.example/{}",
                dice.below(900),
                dice.below(900)
            );
            let (before, linked, after) = (words(40, dice), words(2, dice), words(30, dice));
            let linked = match paragraph % 3 {
                0 => format!("<a href=\"{link}\">{linked}</a>"),
                1 => format!("<em>{linked}</em>"),
                _ => format!("{linked}. So, onto this thing:"),
            };
            // Writing to a String does not fail.
            let _ = writeln!(html, "<p>{before} {linked} {after}.</p>");
            paragraph += 1;
        }
        if dice.below(1_000) == 0 {
            html.push_str("<p>");
            html.push_str(RARE_WORD);
            html.push_str("</p>");
        }
        Self(html)
    }
}

fn words(count: usize, dice: &mut Dice) -> String {
    const WORDS: [&str; 48] = [
        "the",
        "and",
        "a",
        "of",
        "to",
        "in",
        "I",
        "that",
        "it",
        "was",
        "for",
        "library",
        "on",
        "my",
        "with",
        "at",
        "we",
        "have",
        "this",
        "but",
        "they",
        "catalogue",
        "from",
        "blog",
        "network",
        "reader",
        "students",
        "about",
        "think",
        "reflective",
        "practice",
        "tool",
        "some",
        "time",
        "shelf",
        "colleague",
        "tried",
        "useful",
        "session",
        "online",
        "week",
        "nothing",
        "something",
        "people",
        "archive",
        "really",
        "morning",
        "12",
    ];
    let chosen: Vec<&str> = (0..count).map(|_| WORDS[dice.below(WORDS.len())]).collect();
    chosen.join(" ")
}

/// Numbers that look random and are the same every time (Steele and Vigna, "splitmix64").
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % limit as u64).unwrap()
    }
}
