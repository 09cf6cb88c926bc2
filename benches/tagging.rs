//! How fast posts are tagged, beside a search for one word in the same text in the same run.
//!
//! `cargo bench --bench tagging`, with `-- --quick` for a tenth of the posts. The text is made up, always the same:
//! posts of 3 kB, of which some have a number in the title, some in the text, most in neither. Where ripgrep is
//! installed, it searches the same text in a file.

use std::fs::File;
use std::hint::black_box;
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use thingplanet::model::EntryText;
use thingplanet::roster;
use thingplanet::tagging::Tagger;

const POSTS: usize = 200_000;
const PIECE: usize = 5_000;
const BODY_BYTES: usize = 3_000;
/// A word that is rare in the text, which a search skips through; and the course's own, which it has to stop at.
const WORD: &str = "umbrella";
const UNIT: &str = "(?i)thing";

const WORDS: &str = "a about after again all also always and another are as at because been before blog both but by can \
    catalogue colleagues could course day did do each even every few first for from get go good great had have he her \
    here how I if in into is it just know last librarian library like little long look made make many me meeting more \
    most much my need never new nothing now of on one only or other our out own people perhaps programme question \
    quite read reader really right same say see she should so some something still such take than that the their them \
    then there these they thing things think this those though three time to too two university up use very want was \
    way we week well went were what when which while who will with work would write year yes you your";

/// A generator of the same numbers every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % most as u64).unwrap_or_default()
    }
}

fn post(dice: &mut Dice, words: &[&str]) -> EntryText {
    let number = 1 + dice.below(23);
    let (title, opening) = match dice.below(8) {
        0 => (format!("cpd23 Thing {number}: what I did"), String::new()),
        1 => (
            "What I did this week".to_owned(),
            format!("So, onto Thing {number} of cpd23. "),
        ),
        2 => (
            "Another week".to_owned(),
            "This post is about cpd23. ".to_owned(),
        ),
        _ => ("Another week in the library".to_owned(), String::new()),
    };
    let mut body = opening;
    while body.len() < BODY_BYTES {
        let word = match dice.below(2_000) {
            0 => WORD,
            _ => words[dice.below(words.len())],
        };
        body.push_str(word);
        body.push_str(match dice.below(60) {
            0 => ".\n",
            1..=4 => ". ",
            5..=8 => ", ",
            _ => " ",
        });
    }
    let url = "https://jo.example.org/2011/07/what-i-did/".parse().ok();
    EntryText {
        title,
        url,
        body,
        ..EntryText::default()
    }
}

/// Bytes, and how long they took.
#[derive(Default)]
struct Run {
    bytes: usize,
    took: Duration,
}

impl Run {
    fn add(&mut self, bytes: usize, work: impl FnOnce()) {
        let start = now();
        work();
        self.took += start.elapsed();
        self.bytes += bytes;
    }

    /// Megabytes a second.
    #[expect(clippy::cast_precision_loss, reason = "a speed is not exact")]
    fn speed(&self) -> f64 {
        self.bytes as f64 / 1e6 / self.took.as_secs_f64()
    }
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures time")]
fn now() -> Instant {
    Instant::now()
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let quick = std::env::args().any(|argument| argument == "--quick");
    let count = if quick { POSTS / 10 } else { POSTS };
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let course = roster::read(&root.join("feeds.toml"))?.course;
    let start = now();
    let tagger = Tagger::new(&course);
    println!(
        "rules of {} Things made in {:?}",
        course.things.len(),
        start.elapsed()
    );
    let words: Vec<&str> = WORDS.split_whitespace().collect();
    let (search, search_unit) = (regex::Regex::new(WORD)?, regex::Regex::new(UNIT)?);
    let mut unit = Run::default();
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("posts.txt");
    let mut file = BufWriter::new(File::create(&path)?);
    let mut dice = Dice(23);
    let (mut tagging, mut searching, mut tags, mut found) = (Run::default(), Run::default(), 0, 0);
    for _ in 0..count / PIECE {
        let posts: Vec<EntryText> = (0..PIECE).map(|_| post(&mut dice, &words)).collect();
        let bytes = posts
            .iter()
            .map(|post| post.title.len() + post.body.len())
            .sum();
        tagging.add(bytes, || {
            tags += posts
                .iter()
                .map(|post| black_box(tagger.tags(post)).len())
                .sum::<usize>();
        });
        let texts = posts
            .iter()
            .flat_map(|post| [&post.title, "\n", &post.body, "\n"]);
        let text: String = texts.collect();
        searching.add(text.len(), || {
            found += black_box(search.find_iter(&text).count());
        });
        unit.add(text.len(), || {
            black_box(search_unit.find_iter(&text).count());
        });
        file.write_all(text.as_bytes())?;
    }
    file.into_inner()?.sync_all()?;
    println!(
        "{count} posts, {} MB: {tags} tags, {found} times the word “{WORD}”",
        tagging.bytes / 1_000_000
    );
    println!("tagging              {:8.0} MB/s", tagging.speed());
    report("“umbrella” in memory", &searching, &tagging);
    report("“thing” in memory", &unit, &tagging);
    for (what, word) in [("ripgrep “umbrella”", WORD), ("ripgrep “thing”", UNIT)] {
        if let Some(ripgrep) = ripgrep(&path, word, searching.bytes) {
            report(what, &ripgrep, &tagging);
        }
    }
    Ok(())
}

fn report(what: &str, other: &Run, tagging: &Run) {
    let ratio = tagging.speed() / other.speed();
    println!(
        "{what:20} {:8.0} MB/s; tagging is {ratio:.2} of it",
        other.speed()
    );
}

/// ripgrep over the file, the second time, when the file is in memory; nothing where it is not installed.
fn ripgrep(path: &Path, word: &str, bytes: usize) -> Option<Run> {
    let search = || {
        let mut command = Command::new("rg");
        command
            .arg("--count-matches")
            .arg(word)
            .arg(path)
            .stdout(Stdio::null());
        command
            .status()
            .ok()
            .filter(std::process::ExitStatus::success)
    };
    search()?;
    let mut run = Run::default();
    run.add(bytes, || {
        black_box(search());
    });
    Some(run)
}
