//! Sends damaged and wicked feeds all the way through the house, from bytes to our feeds and pages, and sees how they arrive.
//!
//! ```sh
//! cargo run --release --example hammer -- damage --minutes 30 tests/planet/fixtures FOLDER...
//! cargo run --release --example hammer -- vectors FILE...
//! cargo run --release --example hammer -- replay FILE...
//! ```
//!
//! `damage` takes the documents in the folders and changes them at random. Those that make the house do something new
//! are damaged further. A document that arrives with a fault, panics or takes more than a second of processor time is kept, with what was
//! wrong with it. The same seed and folders give the same documents.
//!
//! `vectors` takes attacks, one a line or a JSON list of strings, and puts each into every place of every kind of feed.
//!
//! What must hold at the end stands in `tests/planet/harness/journey.rs`.

#![allow(
    clippy::unwrap_used,
    reason = "a tool for us, which says that it cannot go on by panicking"
)]

#[allow(dead_code, reason = "the tests need more of it")]
#[path = "../../tests/planet/harness/atom.rs"]
mod atom;
#[path = "../../tests/planet/harness/dom.rs"]
mod dom;
#[allow(dead_code, reason = "the tests need more of it")]
#[path = "../../tests/planet/harness/html.rs"]
mod html;
#[path = "../../tests/planet/harness/journey.rs"]
mod journey;
#[allow(dead_code, reason = "the tests need more of it")]
#[path = "../../tests/planet/harness/xml.rs"]
mod xml;

mod cpu;
mod damage;
mod vectors;

use std::fs;
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Mutex;
use std::time::Duration;

use clap::{Args, Parser};

use self::journey::Arrived;

#[derive(Debug, Parser)]
enum Command {
    /// Damage documents at random
    Damage(DamageArguments),
    /// Put attacks into every place of a feed
    Vectors {
        /// Attacks, one a line or a JSON list of strings
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Take files as they are, and say what is wrong with each
    Replay {
        /// Feeds
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
}

#[derive(Debug, Args)]
struct DamageArguments {
    /// How long to go on
    #[arg(long, default_value_t = 1)]
    minutes: u64,
    /// Where the random numbers begin
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Where documents with faults are kept
    #[arg(long, default_value = "/tmp/hammer")]
    keep: PathBuf,
    /// Folders of feeds, or files
    #[arg(required = true)]
    feeds: Vec<PathBuf>,
}

/// No document of this size may take longer.
const PATIENCE: Duration = Duration::from_secs(1);

/// Panics since it was last looked at, those included that the house catches.
static PANICS: Mutex<Vec<String>> = Mutex::new(Vec::new());

fn main() -> ExitCode {
    set_hook(Box::new(|panic| {
        PANICS.lock().unwrap().push(panic.to_string());
    }));
    let faults = match Command::parse() {
        Command::Damage(arguments) => damage::hammer(&arguments, documents(&arguments.feeds)),
        Command::Vectors { files } => vectors::try_all(&files),
        Command::Replay { files } => replay(&documents(&files)),
    };
    ExitCode::from(u8::from(faults > 0))
}

/// Takes each file as it is; returns how many have faults.
fn replay(documents: &[(PathBuf, Vec<u8>)]) -> usize {
    let mut count = 0;
    for (path, document) in documents {
        let outcome = outcome(document, None);
        say(&format!(
            "{}: {} entries, {:?}, {} faults",
            path.display(),
            outcome.arrived.entries,
            outcome.took,
            outcome.arrived.faults.len()
        ));
        for fault in &outcome.arrived.faults {
            say(&format!("  {fault:.2000}"));
        }
        count += usize::from(!outcome.arrived.faults.is_empty());
    }
    count
}

struct Outcome {
    arrived: Arrived,
    took: Duration,
}

fn outcome(document: &[u8], charset: Option<&str>) -> Outcome {
    let start = cpu::used();
    let arrived = catch_unwind(AssertUnwindSafe(|| journey::travel(document, charset)));
    let took = cpu::used().saturating_sub(start);
    let mut arrived = arrived.unwrap_or_default();
    arrived.faults.append(&mut PANICS.lock().unwrap());
    if took > PATIENCE {
        arrived.faults.push(format!("it took {took:?}"));
    }
    Outcome { arrived, took }
}

/// The files, and those in the folders, in the order of their names.
fn documents(paths: &[PathBuf]) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    let mut waiting = paths.to_vec();
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            waiting.extend(
                fs::read_dir(&path)
                    .unwrap()
                    .map(|entry| entry.unwrap().path()),
            );
        } else {
            found.push((path.clone(), fs::read(&path).unwrap()));
        }
    }
    found.sort();
    found
}

fn say(line: &str) {
    writeln!(std::io::stdout().lock(), "{line}").unwrap();
}
