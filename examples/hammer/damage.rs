//! Damages documents at random and sees how they arrive.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::journey::Arrived;
use super::{DamageArguments, outcome, say};

/// Bytes of a document that is damaged; longer ones are cut.
const DOCUMENT_BYTES_MAX: usize = 16_384;
/// Documents that are damaged further.
const DOCUMENTS_MAX: usize = 20_000;
/// Kept documents with the same fault.
const SAME_FAULT_MAX: u32 = 5;

/// Damages documents until the time is over; returns how many kinds of fault there were.
#[allow(
    clippy::disallowed_methods,
    reason = "it is told how many minutes it may go on"
)]
pub(super) fn hammer(arguments: &DamageArguments, documents: Vec<(PathBuf, Vec<u8>)>) -> usize {
    fs::create_dir_all(&arguments.keep).unwrap();
    let mut pool: Vec<Vec<u8>> = documents.into_iter().map(|(_, bytes)| bytes).collect();
    for document in &mut pool {
        document.truncate(DOCUMENT_BYTES_MAX);
    }
    say(&format!(
        "{} documents to begin with, seed {}",
        pool.len(),
        arguments.seed
    ));
    let mut random = Random(arguments.seed);
    let mut seen = HashSet::new();
    let mut faults: BTreeMap<String, u32> = BTreeMap::new();
    let start = Instant::now();
    let (mut count, mut entries, mut slowest, mut said) = (0_u64, 0, Duration::ZERO, 0);
    while start.elapsed() < Duration::from_secs(60 * arguments.minutes) {
        let document = damaged(&pool, &mut random);
        let charset = *random.one(&CHARSETS);
        let outcome = outcome(&document, charset);
        count += 1;
        entries += outcome.arrived.entries;
        slowest = slowest.max(outcome.took);
        if let Some(fault) = outcome.arrived.faults.first() {
            let class: String = fault
                .chars()
                .filter(|one| !one.is_numeric())
                .take(60)
                .collect();
            let times = faults.entry(class).or_default();
            *times += 1;
            if *times <= SAME_FAULT_MAX {
                keep(
                    &arguments.keep,
                    arguments.seed,
                    count,
                    &document,
                    charset,
                    &outcome.arrived,
                );
            }
        } else if pool.len() < DOCUMENTS_MAX && seen.insert(hash(&outcome.arrived.behaviour)) {
            pool.push(document);
        }
        let minutes = start.elapsed().as_secs() / 60;
        if minutes > said {
            said = minutes;
            say(&format!(
                "{minutes} min: {count} documents, {entries} entries, {} kept for more, slowest {slowest:?}, {} kinds of fault",
                pool.len(),
                faults.len()
            ));
        }
    }
    say(&format!(
        "{count} documents, {entries} entries, {} behaviours, slowest {slowest:?}",
        seen.len()
    ));
    tell(&faults)
}

/// Says how often each kind of fault was met; returns how many kinds there are.
fn tell(faults: &BTreeMap<String, u32>) -> usize {
    for (fault, times) in faults {
        say(&format!("{times} × {fault}"));
    }
    faults.len()
}

fn keep(
    folder: &Path,
    seed: u64,
    count: u64,
    document: &[u8],
    charset: Option<&str>,
    arrived: &Arrived,
) {
    let name = format!("{seed}-{count}");
    fs::write(folder.join(&name), document).unwrap();
    let faults = arrived.faults.join("\n");
    fs::write(
        folder.join(format!("{name}.txt")),
        format!("charset {charset:?}\n{faults}\n"),
    )
    .unwrap();
    say(&format!("{}: {faults:.300}", folder.join(name).display()));
}

const CHARSETS: [Option<&str>; 8] = [
    None,
    None,
    None,
    None,
    Some("utf-8"),
    Some("iso-8859-1"),
    Some("utf-16"),
    Some("gbk"),
];

/// What is worth putting into a document.
const WORDS: [&str; 96] = [
    "<",
    ">",
    "&",
    "\"",
    "'",
    "/",
    "=",
    "</",
    "/>",
    "<!",
    "<?",
    "<!--",
    "-->",
    "--!>",
    "<![CDATA[",
    "]]>",
    "]]&gt;",
    "<!DOCTYPE x [<!ENTITY y \"z\">]>",
    "<?xml version=\"1.0\" encoding=\"utf-16\"?>",
    "<?xml encoding='x'?>",
    "&#0;",
    "&#xd800;",
    "&#128;",
    "&#x202e;",
    "&#xffff;",
    "&#13;",
    "&amp;",
    "&amp;amp;",
    "&lt;",
    "&amp;lt;",
    "&nbsp;",
    "&eacute",
    "&y;",
    "&unknown;",
    "\0",
    "\u{1}",
    "\r",
    "\r\n",
    "\u{85}",
    "\u{a0}",
    "\u{202e}",
    "\u{feff}",
    "\u{fffe}",
    "\u{301}",
    "<item>",
    "</item>",
    "<entry>",
    "</entry>",
    "<channel>",
    "</channel>",
    "<title>",
    "</title>",
    "<title type=\"html\">",
    "<title type=\"xhtml\">",
    "<content type=\"xhtml\"><div>",
    "<content type=\"text/html\" src=\"x\">",
    "</content>",
    "<summary>",
    "<description>",
    "</description>",
    "<content:encoded>",
    "<link>",
    "<link href=\"javascript:x\"/>",
    "<link rel=\"alternate\" href=\"//b/c\"/>",
    "<guid isPermaLink=\"false\">",
    "<id>",
    "<author><name>",
    "<dc:creator>",
    "<pubDate>Thu, 21 Jul 2011 12:00:00 GMT</pubDate>",
    "<updated>0001-01-01T00:00:00Z</updated>",
    " xml:base=\"http://[\"",
    " xmlns=\"x\"",
    " xmlns:a=\"http://www.w3.org/2005/Atom\"",
    " type=\"html\"",
    "<media:group><media:description>",
    "<at:deleted-entry ref=\"x\"/>",
    "<category term=\"x\"/>",
    "<source><id>x</id></source>",
    "&lt;b&gt;&lt;i&gt;&lt;/p&gt;",
    "&lt;table&gt;&lt;td&gt;",
    "&lt;svg&gt;&lt;style&gt;",
    "&lt;math&gt;&lt;mtext&gt;",
    "&lt;select&gt;",
    "&lt;pre&gt;\n\n",
    "&lt;iframe src=//youtu.be/dQw4w9WgXcQ title='x'&gt;",
    "&lt;a href='java\tscript:x'&gt;",
    "&lt;img src=x onerror=y&gt;",
    "&lt;h1&gt;",
    "&lt;ruby&gt;&lt;rt&gt;",
    "&lt;ul&gt;&lt;li&gt;",
    "&lt;!--",
    "&lt;/",
    "\"}, {\"",
    "\\u0000",
    "\\ud800",
    "[[[[",
];

/// One of the documents with up to eight changes.
fn damaged(pool: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    let mut document = random.one(pool).clone();
    for _ in 0..=random.below(8) {
        damage(&mut document, pool, random);
    }
    document.truncate(2 * DOCUMENT_BYTES_MAX);
    document
}

fn damage(document: &mut Vec<u8>, pool: &[Vec<u8>], random: &mut Random) {
    let at = random.below(document.len() + 1);
    let left = document.len() - at;
    let length = match random.below(4) {
        0 => left,
        1 => random.below(left + 1),
        _ => random.below(left.min(64) + 1),
    };
    let part = at..at + length;
    match random.below(9) {
        0 if random.below(4) == 0 => document.truncate(at),
        0 | 1 => {
            document.drain(part);
        }
        2 => {
            let again = document[part].to_vec();
            let to = random.below(document.len() + 1);
            document.splice(to..to, again);
        }
        3 => {
            let other = random.one(pool);
            let from = random.below(other.len() + 1);
            let to = (from + random.below(512)).min(other.len());
            document.splice(at..at, other[from..to].iter().copied());
        }
        4 if left > 0 => document[at] = random.below(256).to_le_bytes()[0],
        5 if left > 0 => document[at] ^= 1 << random.below(8),
        6 if length < 128 => {
            let word = random.one(&WORDS).as_bytes();
            document.splice(part, word.iter().copied());
        }
        7 => {
            let word = random.one(&WORDS).repeat(1 + random.below(40));
            document.splice(at..at, word.into_bytes());
        }
        _ => {
            let word = random.one(&WORDS).as_bytes();
            document.splice(at..at, word.iter().copied());
        }
    }
}

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// Random numbers by `SplitMix64`.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        usize::try_from(mixed % limit.max(1) as u64).unwrap_or_default()
    }

    fn one<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}
