//! Control characters: a title that was encoded twice needs some of them to be mended, and to a terminal they are
//! commands. `parse` tells them as escapes; no page, no feed, no file and no terminal is given one.

use std::path::Path;

use encoding_rs::{UTF_8, WINDOWS_1252};
use serde_json::Value;

use crate::harness::{
    Answer, Blogosphere, Folder, Planet, Ran, fixture, fixture_path, run, run_with_input,
};

const FEED: &str = "encoded_twice.rss";
const COURSE: &str = "[course]\nname = \"Nine Things\"\n[poll]\nallow_networks = [\"127.0.0.0/8\"]\ngap_seconds = 0\n\
     [[thing]]\nnumber = 6\ntitle = \"Networks\"\n";

/// What was written once, of what was encoded twice; nothing where a letter is gone for good.
fn mended(text: &str) -> Option<String> {
    let (bytes, _, unmappable) = WINDOWS_1252.encode(text);
    let (text, broken) = UTF_8.decode_without_bom_handling(&bytes);
    (!unmappable && !broken).then(|| text.into_owned())
}

#[track_caller]
fn has_no_control(text: &str, whose: &str) {
    let control = text.find(|c: char| c.is_control() && !matches!(c, '\n' | '\t'));
    assert_eq!(control, None, "{whose}: {text:?}");
}

#[track_caller]
fn prints_no_control(ran: &Ran, code: i32) {
    assert_eq!(ran.code, Some(code), "{ran:?}");
    has_no_control(&ran.stdout, "standard output");
    has_no_control(&ran.stderr, "standard error");
}

async fn parsed() -> Value {
    let here = Folder::new();
    let file = fixture_path(FEED).display().to_string();
    let ran = run(here.path(), &["parse", &file]).await;
    prints_no_control(&ran, 0);
    serde_json::from_str(&ran.stdout).unwrap()
}

#[tokio::test]
async fn a_title_that_was_encoded_twice_can_be_mended_from_what_parse_prints() {
    let feed = parsed().await;
    let once = |title: &Value| mended(title.as_str().unwrap());
    assert_eq!(once(&feed["title"]).as_deref(), Some("Наш блог"));
    let wanted = Some("Новая эра: Александр и ссылки");
    // Once its letters stand there as they are, once as references.
    assert_eq!(once(&feed["entries"][0]["title"]).as_deref(), wanted);
    assert_eq!(once(&feed["entries"][1]["title"]).as_deref(), wanted);
}

#[tokio::test]
async fn of_all_controls_in_a_title_parse_tells_only_those_that_are_half_a_letter() {
    let feed = parsed().await;
    assert_eq!(
        feed["entries"][2]["title"],
        "Thing 6: bell, escape[31m, delete, dots… and Ð\u{9d}]0;a command"
    );
    // All else that is said of a post is as it always was.
    for entry in feed["entries"].as_array().unwrap() {
        for said in ["content_html", "content_text"] {
            has_no_control(entry[said].as_str().unwrap(), said);
        }
    }
}

#[tokio::test]
async fn what_is_kept_of_such_a_title_has_no_control_and_neither_has_any_page_or_feed() {
    let blogs = Blogosphere::start().await;
    let mut planet = Planet::start().await;
    blogs.answers("/nash", [Answer::feed(fixture(FEED))]);
    planet.register("Nash", &blogs.url("/nash")).await;
    assert_eq!(planet.poll().await.new, 3);

    let kept =
        "SELECT title || text || byline || categories FROM entry UNION ALL SELECT title FROM feed";
    let kept = planet.ask_database(kept);
    assert_eq!(kept.len(), 4);
    for words in kept {
        has_no_control(&words, "the database");
    }
    let mut posts = planet.ask_database("SELECT '/posts/' || id FROM entry");
    let fixed = "/ /things /things/6 /participants /participants/nash /progress /status /search?q=command /feed.atom \
         /feed.json /things/6/feed.atom /things/6/feed.json /participants/nash/feed.atom /progress.csv /blogroll.opml \
         /feeds.opml /metrics";
    posts.extend(fixed.split_whitespace().map(str::to_owned));
    let mut told = 0;
    for path in posts {
        let answered = planet.get(&path).await;
        assert_eq!(answered.status, 200, "{path}");
        has_no_control(answered.text(), &path);
        told += usize::from(answered.text().contains("Ð]0;a command"));
    }
    assert!(told > 8, "{told} of them show the title");
}

/// Shows C7.
#[tokio::test]
async fn no_command_and_no_file_of_build_carries_a_control_of_a_title() {
    let blogs = Blogosphere::start().await;
    blogs.answers("/nash", [Answer::feed(fixture(FEED))]);
    let folder = Folder::new();
    let feed = blogs.url("/nash");
    let person = format!("[[participant]]\nname = \"Nash\"\nfeed = \"{feed}\"\n");
    folder.write("feeds.toml", &format!("{COURSE}{person}"));
    let title = "Thing 6: Ð\u{9d}]0;a command\u{7}";

    prints_no_control(&run(folder.path(), &["poll"]).await, 0);
    let post = serde_json::json!({"id": title, "title": title}).to_string();
    let tagged = run_with_input(folder.path(), &["tag"], &post).await;
    prints_no_control(&tagged, 0);
    let answer: Value = serde_json::from_str(&tagged.stdout).unwrap();
    assert_eq!(answer["id"], title, "the same is meant");
    for (arguments, code) in [
        (&["rules", "explain", title][..], 0),
        (&["rules", "explain", "https://nash.example/3"], 0),
        (&["decide", title, "+6"], 2),
        (
            &["decide", "https://nash.example/3", "-6", "--note", title],
            0,
        ),
        (&["decide", "--list"], 0),
        (&["retag", "--dry-run"], 0),
        (&["log"], 0),
        (&["discover", &feed, "--json"], 0),
        (&["discover", &feed], 0),
        (&["parse", title], 2),
        (&["build", "--out", "site"], 0),
    ] {
        prints_no_control(&run(folder.path(), arguments).await, code);
    }
    assert!(files_without_control(&folder.file("site")) > 10);
}

/// How many files are below a folder, none of which has a control character in it.
fn files_without_control(folder: &Path) -> usize {
    let mut count = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        if path.is_dir() {
            count += files_without_control(&path);
        } else if let Ok(text) = std::fs::read_to_string(&path) {
            has_no_control(&text, &path.display().to_string());
            count += 1;
        }
    }
    count
}
