//! The house rules that a compiler does not know: who imports whom, and which room owns which crate.
//!
//! Both tables stand here and in ARCHITECTURE.md. When a change breaks one, move the wall, don't punch a hole.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

/// Rooms by floor. A room imports only from lower floors.
const FLOORS: [&[&str]; 5] = [
    &["model"],
    &[
        "parse", "sanitize", "tagging", "plan", "atom", "opml", "jsonfeed",
    ],
    &["roster", "fetch", "store", "render"],
    &["poll", "web", "retag"],
    &["cli"],
];

/// Crates that are words, not technology: every room may use them.
const VOCABULARY: [&str; 5] = ["jiff", "serde", "thiserror", "tracing", "url"];

/// Who owns which crate. Everything in Cargo.toml stands here, and is used by the room that owns it.
const OWNERS: [(&str, &[&str]); 47] = [
    ("ammonia", &["sanitize"]),
    ("anyhow", &["cli"]),
    ("atom_syndication", &["atom"]),
    ("axum", &["web"]),
    ("chardetng", &["parse"]),
    ("charset", &["parse"]),
    ("clap", &["cli"]),
    ("csv", &["web"]),
    ("deadpool", &["store"]),
    ("deadpool_sync", &["store"]),
    ("encoding_rs", &["parse"]),
    ("fastrand", &["cli"]),
    ("feed_rs", &["parse"]),
    ("flate2", &["web"]),
    // Secrets that nobody can guess.
    ("getrandom", &["cli"]),
    ("headers", &["web"]),
    ("hmac", &["plan"]),
    ("html5ever", &["sanitize"]),
    ("html_escape", &["parse"]),
    ("hyper", &["web"]),
    ("hyper_util", &["web"]),
    // What letters are without their accents.
    ("icu_normalizer", &["model"]),
    ("indicatif", &["cli"]),
    // Only our own pages, for their links; what others wrote is sanitize's.
    ("lol_html", &["web"]),
    // Looking for a byte is nobody's technology.
    ("memchr", &["parse", "sanitize"]),
    ("minijinja", &["render"]),
    ("opml", &["opml"]),
    ("prometheus_client", &["web"]),
    ("psl", &["plan"]),
    ("quick_cache", &["web"]),
    ("regex", &["tagging"]),
    ("reqwest", &["fetch"]),
    ("rusqlite", &["store"]),
    ("rusqlite_migration", &["store"]),
    ("rustix", &["poll"]),
    ("rustls", &["fetch"]),
    // Writing JSON is jsonfeed's, reading it is parse's; the commands print JSON of their own.
    ("serde_json", &["jsonfeed", "parse", "cli"]),
    // What hubs sign with; everything else that is recognised again goes by the model's fingerprint.
    ("sha1", &["plan"]),
    ("sha2", &["model", "plan"]),
    ("strsim", &["roster"]),
    ("tempfile", &["cli"]),
    // Whoever waits for something: sockets, the database, timers. Nothing on floors 0 and 1 does.
    ("tokio", &["fetch", "store", "poll", "web", "retag", "cli"]),
    ("tokio_io_timeout", &["web"]),
    ("toml", &["roster"]),
    ("tower", &["web"]),
    ("tower_http", &["web"]),
    ("tracing_subscriber", &["cli"]),
];

/// Migrations with the fingerprint they were released with. Append here; never change a line.
const MIGRATIONS: [(&str, &str); 21] = [
    (
        "0001_planet.sql",
        "978c6b18cb7cffeb87eb87cc719953f736a62d989531744f6e6fc2ab4eb9d744",
    ),
    (
        "0002_reading.sql",
        "3cc447b256509ea4e836bf1bbe7be7f0b36137817b2c0a155ac49a42088930af",
    ),
    (
        "0003_decisions.sql",
        "3fbbd57110506f7b968c418d9049a5090db105f378b3ee3d72f2c077097ed028",
    ),
    (
        "0004_schedule.sql",
        "ef76a857d01d56f9f0643e586927465689e25b72e3a92fad8e3ac81ae47f5ad6",
    ),
    (
        "0005_moves.sql",
        "88589991d41e7f2b648191a49636130e9debac64ce8d6a0368908070a64786f0",
    ),
    (
        "0006_backfill.sql",
        "c6c5f246f7ee7c9b7ad7fbc830c039e809a3812da895d65c04c1aaa8be9e123e",
    ),
    (
        "0007_websub.sql",
        "90b3141ba8af9cea1c0e4d653d89c858ee2281597e8b66b4e053e5f60a5f451c",
    ),
    (
        "0008_search_queue.sql",
        "c56c4856222a30a82d455309f2c16a7b5a9247da4e35662caf9a3791d38936eb",
    ),
    (
        "0009_generation.sql",
        "99be8b7503ae675df8bee73c6addbd3eb61318bfcc92b1b87d6d59b047be4f70",
    ),
    (
        "0010_comments.sql",
        "299f84382dccf011b6919b3f952c37b3f3be20c39da6140a65ee8646dbe9d336",
    ),
    (
        "0011_things.sql",
        "ac1c1ba51f615830a5b571532b15b91c6eafbeeec1a087e692a48ece5bbb08f1",
    ),
    (
        "0012_progress.sql",
        "57576e30ddd9219187877d9e58c3fa417fb8b9a6c227816b10310d55a9c2fc15",
    ),
    (
        "0013_tallies.sql",
        "e85bfc4ae0ee7b3b17c518bd0af4cd5da7769f4feaa625836c9ed128f75edf79",
    ),
    (
        "0014_topics.sql",
        "2d7db54394bd4b36b8fad1d5ff86ba9fee501acc973c6f223af855684a8684e8",
    ),
    (
        "0015_rests.sql",
        "cd2050cc991ca940b03295a118b4ba545149beb959fd1234e848a6f00ab6a011",
    ),
    (
        "0016_people.sql",
        "0608ff157fe2644c6ed1c26c00c50d5204483c3d0e46e8cf8c848f2d94e438b9",
    ),
    (
        "0017_pings.sql",
        "1b7ab95451655cb0af5c5897d40c370e41038f74a303f5f454aa78cb250b07d4",
    ),
    (
        "0018_fresh.sql",
        "d4d419d494c7eaeb569b77cd8a762434a7f7841b2ce1dfdfe5e5837ca56050ca",
    ),
    (
        "0019_gaps.sql",
        "2b38521573f66f066aa6e2105f1272b9c32ac10142d04d8891bdd22246a94a65",
    ),
    (
        "0020_fallback.sql",
        "cf587c9cb1eeae50896378c60964f83bbf2387a3373b7c201338e611b1002c68",
    ),
    (
        "0021_seen.sql",
        "44a379718ec0b8dce5341fb1eb7a8ad76cf1435bfb8137c8e894dcefc8ae2746",
    ),
];

#[test]
fn a_room_imports_only_from_lower_floors() {
    let breaches: Vec<String> = sources()
        .iter()
        .flat_map(|source| forbidden_imports(&source.room, &source.code, &source.path))
        .collect();
    assert!(breaches.is_empty(), "\n{}", breaches.join("\n"));
}

#[test]
fn a_crate_is_used_only_by_the_room_that_owns_it() {
    let breaches: Vec<String> = sources()
        .iter()
        .flat_map(|source| foreign_crates(&source.room, &source.code, &source.path))
        .collect();
    assert!(breaches.is_empty(), "\n{}", breaches.join("\n"));
}

#[test]
fn every_dependency_has_an_owner_that_uses_it() {
    let sources = sources();
    for name in dependencies() {
        if VOCABULARY.contains(&name.as_str()) {
            continue;
        }
        let owners = owners(&name).unwrap_or_else(|| panic!("{name} has no owner in OWNERS"));
        for owner in owners {
            let used = sources
                .iter()
                .any(|source| source.room == *owner && mentions(&source.code, &name));
            assert!(used, "{name} belongs to {owner}, which does not use it");
        }
    }
}

#[test]
fn the_rules_would_notice_a_breach() {
    let path = Path::new("x.rs");
    for (room, code) in [
        ("parse", "use crate::store::Store;"),
        ("parse", "use crate::sanitize;"),
        ("poll", "let x = crate::web::router();"),
        ("atom", "use crate::{model, jsonfeed};"),
        ("model", "pub(crate) use crate::parse::feed;"),
    ] {
        assert_eq!(
            forbidden_imports(room, code, path).len(),
            1,
            "{room}: {code}"
        );
    }
    assert_eq!(
        forbidden_imports("cli", "use crate::{roster, web::serve};", path),
        [""; 0]
    );
    assert_eq!(
        foreign_crates("plan", "let x = reqwest::get(y);", path).len(),
        1
    );
    assert_eq!(foreign_crates("plan", "use rusqlite as db;", path).len(), 1);
    assert_eq!(
        foreign_crates("opml", "use opml::OPML; use crate::opml::Outline;", path),
        [""; 0]
    );
    assert_eq!(
        foreign_crates("web", "use crate::{atom, opml}; opml::blogroll();", path),
        [""; 0]
    );
}

#[test]
fn every_room_stands_in_the_table_of_floors_and_in_the_architecture() {
    let rooms: BTreeSet<String> = sources().into_iter().map(|source| source.room).collect();
    let table: BTreeSet<String> = FLOORS.concat().into_iter().map(str::to_owned).collect();
    assert_eq!(rooms, table);
    let architecture = read(&root().join("ARCHITECTURE.md"));
    for room in table {
        assert!(
            architecture.contains(&format!("`{room}`")),
            "ARCHITECTURE.md says nothing of {room}"
        );
    }
}

#[test]
fn every_module_says_what_it_is_for() {
    for path in files(&root().join("src"), "rs")
        .into_iter()
        .chain(files(&root().join("tests"), "rs"))
    {
        let first = read(&path).lines().next().unwrap_or_default().to_owned();
        assert!(
            first.starts_with("//! ") && first.len() > 12,
            "{} has no module doc",
            path.display()
        );
    }
}

#[test]
fn no_template_lets_markup_through_unescaped() {
    for path in files(&root().join("templates"), "html") {
        let text = read(&path);
        let filtered = text
            .split('|')
            .skip(1)
            .any(|after| after.trim_start().starts_with("safe"));
        assert!(
            !filtered && !text.contains("autoescape"),
            "{}",
            path.display()
        );
    }
}

#[test]
fn only_sanitize_and_store_vouch_for_html() {
    for source in sources() {
        let vouches =
            source.code.contains("SafeHtml::vouched") || source.code.contains("SafeHtml(");
        let may = matches!(source.room.as_str(), "sanitize" | "store")
            || source.path.ends_with("model/html.rs");
        assert!(
            may || !vouches,
            "{} vouches for HTML",
            source.path.display()
        );
    }
}

/// Shows C4.
#[test]
fn the_guarded_client_is_the_only_thing_that_connects_to_anybody() {
    let marks = [
        "Client::builder",
        "Client::new()",
        "reqwest::get",
        "blocking::",
        "TcpStream::connect",
        "UdpSocket",
        "TcpSocket",
        "ToSocketAddrs",
        "lookup_host",
    ];
    let mut found = Vec::new();
    for source in sources() {
        for mark in marks.iter().filter(|mark| source.code.contains(**mark)) {
            let path = source
                .path
                .strip_prefix(root().join("src"))
                .unwrap()
                .display()
                .to_string();
            found.push((path, *mark));
        }
    }
    found.sort();
    let expected = [
        ("fetch/guard.rs".to_owned(), "lookup_host"),
        ("fetch/transport.rs".to_owned(), "Client::builder"),
    ];
    assert_eq!(found, expected);
}

#[test]
fn migrations_are_only_ever_appended() {
    let mut there: Vec<String> = files(&root().join("migrations"), "sql")
        .iter()
        .map(|path| path.file_name().unwrap().to_string_lossy().into_owned())
        .collect();
    there.sort();
    let released: Vec<&str> = MIGRATIONS.iter().map(|(name, _)| *name).collect();
    assert_eq!(
        there, released,
        "add a new migration to MIGRATIONS with its fingerprint"
    );
    for (name, fingerprint) in MIGRATIONS {
        let bytes = std::fs::read(root().join("migrations").join(name)).unwrap();
        let digest = Sha256::digest(bytes);
        let found = digest
            .iter()
            .fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
        assert_eq!(
            found, fingerprint,
            "{name} was released like this; write a new migration instead"
        );
    }
}

/// A file of ours without its tests and comments.
struct Source {
    path: PathBuf,
    room: String,
    code: String,
}

fn sources() -> Vec<Source> {
    let src = root().join("src");
    let all = files(&src, "rs");
    let tests = test_modules(&all);
    all.into_iter()
        .filter(|path| {
            !tests
                .iter()
                .any(|test| path.starts_with(test) || *path == test.with_extension("rs"))
        })
        .filter_map(|path| {
            let first = path.strip_prefix(&src).ok()?.components().next()?;
            let room = first
                .as_os_str()
                .to_string_lossy()
                .trim_end_matches(".rs")
                .to_owned();
            let code = code_of(&read(&path));
            // The crate's root and the binary only name the rooms.
            (room != "lib" && room != "main").then_some(Source { path, room, code })
        })
        .collect()
}

/// The places of modules that are declared under `#[cfg(test)]`.
fn test_modules(files: &[PathBuf]) -> Vec<PathBuf> {
    let mut modules = Vec::new();
    for path in files {
        let text = read(path);
        for after in text.split("#[cfg(test)]").skip(1) {
            let declaration = after
                .trim_start()
                .trim_start_matches("pub(crate) ")
                .trim_start_matches("pub(super) ");
            if let Some(name) = declaration
                .strip_prefix("mod ")
                .and_then(|rest| rest.split_once(';'))
                && name.0.chars().all(|c| c.is_alphanumeric() || c == '_')
            {
                modules.push(path.with_extension("").join(name.0));
            }
        }
    }
    modules
}

/// The code of a file up to its first inline test module, without comments.
fn code_of(text: &str) -> String {
    let mut code = String::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let next = lines.peek().copied().unwrap_or_default();
        if line.trim() == "#[cfg(test)]" && next.contains("mod ") && next.ends_with('{') {
            break;
        }
        if !line.trim_start().starts_with("//") {
            code.push_str(line);
            code.push('\n');
        }
    }
    code
}

fn forbidden_imports(room: &str, code: &str, path: &Path) -> Vec<String> {
    let here = floor(room);
    imported_rooms(code)
        .into_iter()
        .filter(|other| other != room)
        .filter(|other| FLOORS.concat().contains(&other.as_str()) && floor(other) >= here)
        .map(|other| {
            format!(
                "{}: {room} (floor {here}) imports {other} (floor {})",
                path.display(),
                floor(&other)
            )
        })
        .collect()
}

/// Every `X` in `crate::X` and in `crate::{X, Y::Z}`.
fn imported_rooms(code: &str) -> BTreeSet<String> {
    let mut rooms = BTreeSet::new();
    for after in code.split("crate::").skip(1) {
        if let Some(group) = after.strip_prefix('{') {
            let group = group.split('}').next().unwrap_or_default();
            rooms.extend(group.split(',').map(|item| identifier(item.trim())));
        } else {
            rooms.insert(identifier(after));
        }
    }
    rooms
}

fn identifier(text: &str) -> String {
    text.chars()
        .take_while(|c| c.is_alphanumeric() || *c == '_')
        .collect()
}

fn foreign_crates(room: &str, code: &str, path: &Path) -> Vec<String> {
    OWNERS
        .iter()
        // A room of ours may have a crate's name; who imports the room means the room.
        .filter(|(name, owners)| !owners.contains(&room) && mentions(code, name))
        .filter(|(name, _)| !imported_rooms(code).contains(*name))
        .map(|(name, owners)| {
            format!(
                "{}: {room} uses {name}, which belongs to {owners:?}",
                path.display()
            )
        })
        .collect()
}

/// Whether code names a crate: `name::…` that is not part of a longer path, or `use name`.
fn mentions(code: &str, name: &str) -> bool {
    let path = code.match_indices(&format!("{name}::")).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':')
    });
    path || code.contains(&format!(" ::{name}::"))
        || code.contains(&format!("use {name} as"))
        || code.contains(&format!("use {name};"))
}

fn floor(room: &str) -> usize {
    FLOORS
        .iter()
        .position(|rooms| rooms.contains(&room))
        .unwrap_or(usize::MAX)
}

fn owners(name: &str) -> Option<&'static [&'static str]> {
    OWNERS
        .iter()
        .find(|(crate_name, _)| *crate_name == name)
        .map(|(_, owners)| *owners)
}

/// The names under `[dependencies]` in Cargo.toml, and under those of one system alone, as code spells them.
fn dependencies() -> Vec<String> {
    let manifest = read(&root().join("Cargo.toml"));
    let sections = manifest.split("\n[").filter_map(|section| {
        let (name, lines) = section.split_once("]\n")?;
        let ours = name == "dependencies" || name.ends_with("'.dependencies");
        ours.then_some(lines)
    });
    let lines = sections.flat_map(str::lines);
    lines
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| Some(line.split_once('=')?.0.trim().replace('-', "_")))
        .collect()
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn files(directory: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, extension));
        } else if path.extension().is_some_and(|end| end == extension) {
            found.push(path);
        }
    }
    found
}
