//! How fast a round over many blogs is, beside a bare client that fetches the same addresses and throws them away.
//!
//! ```text
//! cargo bench --bench farm -- FOLDER                 1,000 blogs of 25 posts
//! cargo bench --bench farm -- FOLDER --blogs 100
//! ```
//!
//! FOLDER has `farmgen.py`, which writes the blogs, and `farm.sh`, which serves them with nginx on loopback. The real
//! `thingplanet poll` reads them three times: for the first time, when nothing has changed, and when one blog of twenty
//! has one post more. Before each round an hour passes in the database, since a round by hand does not ask again what
//! was asked just now. The bare client asks at the same concurrency, with the validators of its own first round: on one
//! thread, which is the floor that the goals are set against (146 MB in 0.42 s, at 349 MB a second of one processor), and
//! on a thread a core, which the planet has as well.

#![allow(
    clippy::unwrap_used,
    clippy::cast_precision_loss,
    clippy::disallowed_methods,
    reason = "a measurement that cannot go on says so by panicking, and has to look at the clock"
)]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use reqwest::header::{ETAG, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED};
use reqwest::{Client, header::HeaderMap};
use tokio::runtime::{Builder, Runtime};

#[path = "support/process.rs"]
mod process;

use process::{Ran, cpu_of, run};

/// The shipped course.
const COURSE: &str = include_str!("../feeds.toml");
/// Feeds that are asked at the same time, by both.
const AT_ONCE: usize = 64;
/// Rounds of each kind; the quickest counts. A first round takes a new database each time.
const TIMES: usize = 3;

fn main() {
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        .filter(|one| one != "--bench")
        .collect();
    let Some(tools) = arguments.first().map(PathBuf::from) else {
        println!("name the folder with farmgen.py and farm.sh: cargo bench --bench farm -- FOLDER");
        return;
    };
    let tools = tools.canonicalize().unwrap();
    let blogs: usize = match arguments.iter().position(|one| one == "--blogs") {
        Some(at) => arguments[at + 1].parse().unwrap(),
        None => 1_000,
    };
    if Command::new("nginx")
        .arg("-v")
        .stderr(Stdio::null())
        .status()
        .is_err()
    {
        println!(
            "nginx is not installed (apt-get install nginx-light), so nothing serves the blogs"
        );
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let farm = Farm::start(&tools, folder.path(), blogs);
    let planet = folder.path().join("planet");
    std::fs::create_dir(&planet).unwrap();
    std::fs::write(planet.join("feeds.toml"), roster(&farm.addresses)).unwrap();

    let bare = Floors::new(&farm.addresses);
    println!("{blogs} blogs, {AT_ONCE} at once; the best of {TIMES}");
    let floors = bare.rounds(false, TIMES);
    let first = quickest((0..TIMES).map(|_| {
        forget(&planet);
        poll(&planet)
    }));
    tell("first poll", &first, &floors, 12.0);
    let floors = bare.rounds(true, TIMES);
    let unchanged = quickest((0..TIMES).map(|_| {
        an_hour_passes(&planet);
        poll(&planet)
    }));
    tell("nothing has changed", &unchanged, &floors, 3.0);
    farm.state(1);
    an_hour_passes(&planet);
    let changed = poll(&planet);
    // Once, because afterwards nothing has changed.
    let floors = bare.rounds(true, 1);
    tell(
        "one blog of twenty has a new post",
        &changed,
        &floors,
        f64::INFINITY,
    );
}

fn tell(name: &str, ran: &Ran, floors: &[(&str, Round)], goal: f64) {
    println!(
        "{name}: {:.2} s, {:.2} s of processors, peak {} MiB",
        ran.took.as_secs_f64(),
        ran.cpu.as_secs_f64(),
        ran.peak_kib / 1_024
    );
    println!("    {}", ran.said);
    for (number, (threads, bare)) in floors.iter().enumerate() {
        let ratio = ran.took.as_secs_f64() / bare.took.as_secs_f64();
        let goal = if number == 0 && goal.is_finite() {
            format!(" (goal: within {goal})")
        } else {
            String::new()
        };
        println!(
            "    bare client on {threads}: {:.3} s, {:.2} s of processors, {} bodies, {:.0} MB; {ratio:.1} times its time{goal}",
            bare.took.as_secs_f64(),
            bare.cpu.as_secs_f64(),
            bare.bodies,
            bare.bytes as f64 / 1e6
        );
    }
}

fn quickest(rounds: impl Iterator<Item = Ran>) -> Ran {
    rounds.min_by_key(|ran| ran.took).unwrap()
}

fn fastest(rounds: impl Iterator<Item = Round>) -> Round {
    rounds.min_by_key(|round| round.took).unwrap()
}

/// The blogs, and what serves them.
struct Farm {
    script: PathBuf,
    data: PathBuf,
    addresses: Vec<String>,
}

impl Farm {
    fn start(tools: &Path, folder: &Path, blogs: usize) -> Self {
        let data = folder.join("farm");
        let made = Command::new("python3")
            .arg(tools.join("farmgen.py"))
            .arg("--out")
            .arg(&data)
            .args(["--rounds", "1", "--feeds", &blogs.to_string()])
            .stdout(Stdio::null())
            .status();
        assert!(made.unwrap().success(), "farmgen.py failed");
        let addresses = std::fs::read_to_string(data.join("urls.txt")).unwrap();
        let farm = Self {
            script: tools.join("farm.sh"),
            addresses: addresses.lines().map(str::to_owned).collect(),
            data,
        };
        farm.say(&["start"]);
        farm
    }

    fn state(&self, number: usize) {
        self.say(&["state", &number.to_string()]);
    }

    fn say(&self, words: &[&str]) {
        let mut command = Command::new("bash");
        command
            .arg(&self.script)
            .args(words)
            .env("FARM", &self.data)
            .stdout(Stdio::null());
        assert!(
            command.status().unwrap().success(),
            "farm.sh {words:?} failed"
        );
    }
}

impl Drop for Farm {
    fn drop(&mut self) {
        self.say(&["stop"]);
    }
}

/// The shipped course with these blogs, and its pacing relaxed on loopback.
fn roster(addresses: &[String]) -> String {
    let (before, polling) = COURSE.split_once("\n[poll]").unwrap();
    let after = polling.find("\n[").map_or("", |at| &polling[at..]);
    let polling = [
        "allow_networks = [\"127.0.0.0/8\"]".to_owned(),
        format!("at_once_max = {AT_ONCE}"),
        "gap_seconds = 0".to_owned(),
        format!("at_once_per_platform_max = {AT_ONCE}"),
    ];
    let course = format!("{before}\n[poll]\n{}\n{after}", polling.join("\n"));
    addresses
        .iter()
        .enumerate()
        .fold(course, |mut text, (number, address)| {
            // Writing to a String does not fail.
            let _ = write!(
                text,
                "\n[[participant]]\nname = \"Blogger {number}\"\nfeed = \"{address}\"\n"
            );
            text
        })
}

fn poll(planet: &Path) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_thingplanet"));
    command
        .arg("poll")
        .current_dir(planet)
        .stderr(Stdio::null());
    run(command)
}

fn forget(planet: &Path) {
    for name in ["planet.db", "planet.db-wal", "planet.db-shm"] {
        // The first time there is nothing to forget.
        let _ = std::fs::remove_file(planet.join(name));
    }
}

/// Everything that was asked was asked an hour earlier.
fn an_hour_passes(planet: &Path) {
    let database = rusqlite::Connection::open(planet.join("planet.db")).unwrap();
    let earlier = "UPDATE feed SET polled_at = polled_at - 3600000, ok_at = ok_at - 3600000, next_poll_at = polled_at - 1000";
    database.execute(earlier, []).unwrap();
}

/// The bare client, on one thread and on a thread a core.
struct Floors {
    runtimes: [(&'static str, Runtime, Arc<Bare>); 2],
}

impl Floors {
    fn new(addresses: &[String]) -> Self {
        let one = Builder::new_current_thread().enable_all().build();
        let all = Runtime::new();
        Self {
            runtimes: [("one thread", one), ("all cores", all)]
                .map(|(name, runtime)| (name, runtime.unwrap(), Arc::new(Bare::new(addresses)))),
        }
    }

    /// The fastest of so many rounds on each.
    fn rounds(&self, conditional: bool, times: usize) -> Vec<(&'static str, Round)> {
        let on_each = self.runtimes.iter().map(|(name, runtime, client)| {
            let rounds = (0..times).map(|_| runtime.block_on(client.round(conditional)));
            (*name, fastest(rounds))
        });
        on_each.collect()
    }
}

/// A client that fetches, unpacks, and throws away.
struct Bare {
    client: Client,
    addresses: Vec<String>,
    validators: std::sync::Mutex<Vec<HeaderMap>>,
}

/// What a round of the bare client came to.
struct Round {
    took: Duration,
    cpu: Duration,
    bodies: usize,
    bytes: usize,
}

impl Bare {
    fn new(addresses: &[String]) -> Self {
        // The planet's own client has installed the provider of TLS in its own process; here nobody has.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Self {
            client: Client::builder().gzip(true).no_proxy().build().unwrap(),
            addresses: addresses.to_vec(),
            validators: std::sync::Mutex::new(vec![HeaderMap::new(); addresses.len()]),
        }
    }

    async fn round(self: &Arc<Self>, conditional: bool) -> Round {
        let (started, before) = (Instant::now(), cpu_of("self").unwrap());
        let next = Arc::new(AtomicUsize::new(0));
        let mut workers = tokio::task::JoinSet::new();
        for _ in 0..AT_ONCE {
            let (bare, next) = (Arc::clone(self), Arc::clone(&next));
            workers.spawn(async move {
                let (mut bodies, mut bytes) = (0, 0);
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= bare.addresses.len() {
                        return (bodies, bytes);
                    }
                    let body = bare.ask(number, conditional).await;
                    bodies += usize::from(body > 0);
                    bytes += body;
                }
            });
        }
        let (mut bodies, mut bytes) = (0, 0);
        while let Some(done) = workers.join_next().await {
            let done = done.unwrap();
            (bodies, bytes) = (bodies + done.0, bytes + done.1);
        }
        Round {
            took: started.elapsed(),
            cpu: cpu_of("self").unwrap().saturating_sub(before),
            bodies,
            bytes,
        }
    }

    /// How many bytes came.
    async fn ask(&self, number: usize, conditional: bool) -> usize {
        let mut request = self.client.get(&self.addresses[number]);
        if conditional {
            request = request.headers(self.validators.lock().unwrap()[number].clone());
        }
        let mut response = request.send().await.unwrap();
        let mut validators = HeaderMap::new();
        for (given, sent) in [(ETAG, IF_NONE_MATCH), (LAST_MODIFIED, IF_MODIFIED_SINCE)] {
            if let Some(value) = response.headers().get(given) {
                validators.insert(sent, value.clone());
            }
        }
        if !validators.is_empty() {
            self.validators.lock().unwrap()[number] = validators;
        }
        let mut bytes = 0;
        while let Some(piece) = response.chunk().await.unwrap() {
            bytes += piece.len();
        }
        bytes
    }
}
