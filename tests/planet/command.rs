//! The real command: what a shell, a script and a service manager meet.

use std::path::Path;

use serde_json::Value;
use thingplanet::store::{Access, Store};

use crate::harness::{
    Answer, Blogosphere, Feed, Folder, Ran, Running, ask, fixture_path, html, run, run_with_input,
};

const COURSE: &str = "[course]\nname = \"Nine Things\"\n";
const THING: &str = "[[thing]]\nnumber = 6\ntitle = \"Online networks\"\n";
const LOOPBACK: &str = "[poll]\nallow_networks = [\"127.0.0.0/8\"]\ngap_seconds = 0\n";

fn participant(name: &str, feed: &str) -> String {
    format!("[[participant]]\nname = \"{name}\"\nfeed = \"{feed}\"\n")
}

/// A folder with a feeds.toml of this text.
fn folder(roster: &str) -> Folder {
    let folder = Folder::new();
    folder.write("feeds.toml", roster);
    folder
}

fn ann() -> Feed {
    Feed::atom("ann").post("Thing 6: too many networks", "2011-07-20")
}

async fn with_blogs(names: &[&str]) -> (Blogosphere, Folder) {
    let blogs = Blogosphere::start().await;
    let people: String = names
        .iter()
        .map(|name| participant(name, &blogs.url(&format!("/{name}"))))
        .collect();
    let folder = folder(&format!("{COURSE}{LOOPBACK}{THING}{people}"));
    (blogs, folder)
}

#[tokio::test]
async fn check_is_content_with_the_roster_that_is_shipped() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let ran = run(here, &["check"]).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.stdout.contains("23 Things"), "{ran:?}");
}

/// A broken roster after [`COURSE`] and [`THING`], and the place, the cause and the cure that `check` has for it.
const BROKEN: [(&str, &str, &str, &str); 12] = [
    (
        "[course]\n",
        "6:2",
        "already on line 1",
        "take this one out",
    ),
    (
        "[[thing]]\nnumber = 7\ntittle = \"x\"\n",
        "8:1",
        "unknown key `tittle`",
        "did you mean `title`?",
    ),
    (
        "[[thing]]\nnumber = 6\ntitle = \"x\"\n",
        "7:10",
        "Thing 6 is already on line 4",
        "a number of its own",
    ),
    (
        "[[thing]]\nnumber = 7\ntitle = \"x\"\nopens = 18.07.2011\n",
        "9:",
        "`opens` is not a date",
        "2011-07-18",
    ),
    (
        "[[participant]]\nname = \"Ann\"\nblog = \"ann.example\"\n",
        "8:8",
        "`blog` does not start with http",
        "write https://ann.example",
    ),
    (
        "[[participant]]\nname = \"Ann\nblog = \"https://ann.example/\"\n",
        "7:12",
        "no closing quote",
        "end it with \"",
    ),
    (
        "[[participant]]\nname = \"Ann\"\n",
        "6:1",
        "neither `blog` nor `feed`",
        "add a line such as blog =",
    ),
    (
        "[participant]\nname = \"Ann\"\nblog = \"https://ann.example/\"\n",
        "6:1",
        "has double brackets",
        "write [[participant]]",
    ),
    (
        "[poll]\nevery_minutes = 1\n",
        "7:17",
        "`every_minutes` cannot be 1",
        "from 10 to 10 080",
    ),
    (
        "[poll]\nallow_networks = [\"10.0.0.0\"]\n",
        "7:19",
        "is not a network",
        "192.168.0.0/16",
    ),
    (
        "[planet]\ncontent = \"all\"\n",
        "7:11",
        "neither \"full\" nor \"excerpt\"",
        "write \"full\"",
    ),
    (
        "[planet]\nbase_url = \"http://x.example/\"\n",
        "7:12",
        "ends with a slash",
        "write http://x.example",
    ),
];

#[tokio::test]
async fn check_prints_the_line_the_cause_and_the_cure_of_each_mistake() {
    for (mistake, place, cause, cure) in BROKEN {
        let roster = format!("{COURSE}{THING}{mistake}");
        let folder = folder(&roster);
        let ran = run(folder.path(), &["check"]).await;
        assert_eq!(ran.code, Some(2), "{mistake}: {ran:?}");
        let said = format!("{}{}", ran.stdout, ran.stderr);
        assert!(
            said.contains(&format!("feeds.toml:{place}")),
            "{mistake}: {said}"
        );
        assert!(
            said.contains(cause) && said.contains(cure),
            "{mistake}: {said}"
        );
        let number: usize = place.split(':').next().unwrap().parse().unwrap();
        let line = roster.lines().nth(number - 1).unwrap();
        assert!(
            said.contains(&format!("{number} | {line}")),
            "{mistake}: {said}"
        );
    }
}

#[tokio::test]
async fn check_tells_all_mistakes_at_once() {
    let mistakes = "[[participant]]\nname = \"Ann\"\n[poll]\nevery_minutes = 1\nat_once = 3\n";
    let folder = folder(&format!("{COURSE}{THING}{mistakes}"));
    let ran = run(folder.path(), &["check"]).await;
    assert_eq!(ran.code, Some(2));
    assert!(ran.stdout.contains("3 problems"), "{ran:?}");
    assert!(!folder.file("planet.db").exists(), "and touches nothing");
}

#[tokio::test]
async fn a_poll_where_all_goes_well_ends_with_zero_and_a_summary() {
    let (blogs, folder) = with_blogs(&["ann", "bob"]).await;
    blogs.serves("/ann", &ann());
    blogs.serves("/bob", &Feed::atom("bob"));
    let ran = run(folder.path(), &["poll"]).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(
        ran.stdout.contains("2 blogs: 1 new post, 0 changed"),
        "{ran:?}"
    );
    assert_eq!(
        ran.stderr.matches("127.0.0.1").count(),
        2,
        "a line for each feed: {ran:?}"
    );

    let again = run(folder.path(), &["poll"]).await;
    assert_eq!(again.code, Some(0));
    assert!(
        again
            .stdout
            .contains("2 blogs: 0 new posts, 0 changed; 2 with nothing new"),
        "{again:?}"
    );
}

#[tokio::test]
async fn a_poll_in_which_a_feed_fails_ends_with_one_and_says_which_and_why() {
    let (blogs, folder) = with_blogs(&["ann", "bob"]).await;
    blogs.serves("/ann", &ann());
    blogs.answers("/bob", [Answer::status(500)]);
    let ran = run(folder.path(), &["poll"]).await;
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.stdout.contains("1 new post"), "{ran:?}");
    assert!(
        ran.stdout.contains(&format!("bob <{}>", blogs.url("/bob"))),
        "{ran:?}"
    );
    assert!(ran.stdout.contains("500"), "{ran:?}");
}

/// Shows A43.
#[tokio::test]
async fn a_poll_says_until_when_it_leaves_who_fails_in_peace_and_with_now_it_does_not() {
    let (blogs, folder) = with_blogs(&["ann"]).await;
    let text = std::fs::read_to_string(folder.file("feeds.toml")).unwrap();
    folder.write(
        "feeds.toml",
        &text.replace("gap_seconds = 0", "gap_seconds = 1"),
    );
    blogs.answers("/ann", [Answer::status(500)]);
    let poll = async |arguments: &[&str], code| {
        let ran = run(folder.path(), arguments).await;
        assert_eq!(ran.code, Some(code), "{ran:?}");
        ran.stdout
    };
    poll(&["poll"], 1).await;
    let database = rusqlite::Connection::open(folder.file("planet.db")).unwrap();
    let earlier = "UPDATE feed SET polled_at = polled_at - 1200000";
    database.execute(earlier, []).unwrap();
    blogs.serves("/ann", &ann());

    let said = poll(&["poll"], 1).await;
    let told = ["1 blog left in peace", "not asked again before", "500"];
    for words in told.into_iter().chain(["`thingplanet poll --now`"]) {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert_eq!(blogs.asked("/ann").len(), 1);
    let said = poll(&["poll", "--now"], 0).await;
    assert!(said.contains("1 new post"), "{said}");
    assert!(!said.contains("--now"), "{said}");
}

/// Shows A9, A43.
#[tokio::test]
async fn a_timer_that_polls_who_is_due_asks_nobody_before_their_time() {
    let (blogs, folder) = with_blogs(&["ann", "bob"]).await;
    blogs.serves("/ann", &ann());
    blogs.answers("/bob", [Answer::status(500)]);
    let poll = async || run(folder.path(), &["poll", "--due"]).await;
    let first = poll().await;
    assert_eq!(first.code, Some(1), "{first:?}");
    for _ in 0..3 {
        let again = poll().await;
        assert_eq!(again.code, Some(0), "{again:?}");
        assert!(
            again.stdout.starts_with("0 blogs: 0 new posts"),
            "{again:?}"
        );
    }
    assert_eq!(blogs.everything_asked().len(), 2);
    let database = rusqlite::Connection::open(folder.file("planet.db")).unwrap();
    let later = "UPDATE feed SET next_poll_at = next_poll_at - 7200000 WHERE failing_since IS NULL";
    database.execute(later, []).unwrap();
    assert!(poll().await.stdout.starts_with("1 blog:"));
    assert_eq!(blogs.asked("/ann").len(), 2);
    let both = run(folder.path(), &["poll", "--due", "--now"]).await;
    assert_eq!(both.code, Some(2), "{both:?}");
}

#[tokio::test]
async fn a_poll_with_nobody_on_the_roster_says_what_to_do() {
    let folder = folder(&format!("{COURSE}{THING}"));
    let ran = run(folder.path(), &["poll"]).await;
    assert_eq!(ran.code, Some(0));
    assert!(ran.stdout.contains("add a [[participant]]"), "{ran:?}");
}

/// Exit code two, one sentence with these words, and no panic.
fn refused(ran: &Ran, words: &[&str]) {
    assert_eq!(ran.code, Some(2), "{ran:?}");
    for word in words {
        assert!(ran.stderr.contains(word), "{word}: {ran:?}");
    }
    assert!(!ran.stderr.contains("panicked"), "{ran:?}");
}

#[tokio::test]
async fn what_cannot_run_ends_with_two_and_a_sentence_on_what_to_do() {
    let empty = Folder::new();
    for command in ["poll", "serve", "check", "tag"] {
        let ran = run(empty.path(), &[command]).await;
        assert_eq!(ran.code, Some(2), "{command}: {ran:?}");
        let said = format!("{}{}", ran.stdout, ran.stderr);
        assert!(
            said.contains("could not read feeds.toml") && said.contains("--roster"),
            "{command}: {said}"
        );
    }
    assert!(
        !empty.file("planet.db").exists(),
        "nothing is made by mistake"
    );

    let broken = folder("[course]\nnaem = \"x\"\n");
    refused(
        &run(broken.path(), &["poll"]).await,
        &["feeds.toml:2:1", "did you mean `name`?"],
    );
}

#[tokio::test]
async fn a_file_that_is_somebody_elses_is_refused_and_left_as_it_is() {
    let folder = folder(&format!("{COURSE}{THING}"));
    folder.write("planet.db", "My diary. Dear diary, today I polled nobody.");
    refused(
        &run(folder.path(), &["poll"]).await,
        &["planet.db", "not a thingplanet database", "--db"],
    );
    let other = rusqlite::Connection::open(folder.file("other.db")).unwrap();
    other
        .execute_batch("CREATE TABLE mine (x); PRAGMA user_version = 1")
        .unwrap();
    refused(
        &run(folder.path(), &["poll", "--db", "other.db"]).await,
        &["other.db", "not a thingplanet database"],
    );

    let diary = std::fs::read_to_string(folder.file("planet.db")).unwrap();
    assert!(diary.starts_with("My diary."), "{diary}");
    let tables = "SELECT group_concat(name) FROM sqlite_schema";
    let tables: String = other.query_row(tables, [], |row| row.get(0)).unwrap();
    assert_eq!(tables, "mine");
}

#[tokio::test]
async fn a_database_from_the_future_is_refused() {
    let folder = folder(&format!("{COURSE}{THING}"));
    assert_eq!(run(folder.path(), &["poll"]).await.code, Some(0));
    let database = rusqlite::Connection::open(folder.file("planet.db")).unwrap();
    database.pragma_update(None, "user_version", 99).unwrap();
    drop(database);
    refused(
        &run(folder.path(), &["poll"]).await,
        &["newer thingplanet", "install"],
    );
}

#[tokio::test]
async fn a_second_instance_is_refused_while_the_first_one_lives() {
    let folder = folder(&format!("{COURSE}{THING}"));
    let first = Store::open(&folder.file("planet.db"), Access::Write)
        .await
        .unwrap();
    refused(
        &run(folder.path(), &["poll"]).await,
        &["planet.db", "in use", "stop that one first"],
    );
    drop(first);
    assert_eq!(run(folder.path(), &["poll"]).await.code, Some(0));
}

#[tokio::test]
async fn parse_prints_a_feed_as_the_contract_says() {
    let here = Folder::new();
    for name in [
        "blogger.atom",
        "wordpress.rss",
        "tumblr.rss",
        "jsonfeed.json",
        "hostile.atom",
        "dotclear_rdf.rdf",
    ] {
        let file = fixture_path(name).display().to_string();
        let ran = run(
            here.path(),
            &["parse", &file, "--url", "https://blog.example/feed"],
        )
        .await;
        assert_eq!(ran.code, Some(0), "{name}: {ran:?}");
        let feed: Value = serde_json::from_str(&ran.stdout).unwrap();
        assert_eq!(
            keys(&feed),
            ["entries", "problems", "site_url", "title"],
            "{name}"
        );
        let entries = feed["entries"].as_array().unwrap();
        assert!(!entries.is_empty(), "{name}");
        for entry in entries {
            assert_eq!(
                keys(entry),
                [
                    "authors",
                    "categories",
                    "content_html",
                    "content_text",
                    "guid",
                    "published",
                    "title",
                    "updated",
                    "url",
                ],
                "{name}"
            );
            for time in ["published", "updated"] {
                let time = entry[time].as_str();
                assert!(time.is_none_or(
                    |time| time.ends_with('Z') && time.parse::<jiff::Timestamp>().is_ok()
                ));
            }
            let post = entry["content_html"].as_str().unwrap();
            assert_eq!(html::faults_of_post(post), [""; 0], "{name}");
        }
    }
}

fn keys(object: &Value) -> Vec<&str> {
    let mut keys: Vec<&str> = object
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    keys.sort_unstable();
    keys
}

#[tokio::test]
async fn parse_says_why_a_file_is_no_feed() {
    let folder = folder("[course]\n");
    refused(
        &run(folder.path(), &["parse", "feeds.toml"]).await,
        &["feeds.toml", "not a feed"],
    );
    refused(
        &run(folder.path(), &["parse", "nothing.xml"]).await,
        &["nothing.xml"],
    );
}

#[tokio::test]
async fn tag_answers_each_line_with_a_line() {
    let folder = folder(&format!("{COURSE}{THING}"));
    let posts = "{\"id\":1,\"title\":\"Thing 6: online\",\"url\":\"https://a.example/1\",\"categories\":[],\"body\":\"\"}\n\
         {\"id\":\"two\",\"title\":\"Lunch\",\"url\":null,\"categories\":[\"soup\"],\"body\":\"Soup.\"}\n";
    let ran = run_with_input(folder.path(), &["tag"], posts).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let answers: Vec<Value> = ran
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let tagged = serde_json::json!({
        "id": 1,
        "tags": [{"thing": 6, "state": "tagged", "rule": "number", "place": "title", "quote": "Thing 6"}],
    });
    assert_eq!(
        answers,
        [tagged, serde_json::json!({"id": "two", "tags": []})]
    );

    let broken = run_with_input(
        folder.path(),
        &["tag"],
        "{\"id\":1,\"title\":\"x\"}\nnot JSON\n",
    )
    .await;
    refused(&broken, &["line 2"]);
}

#[tokio::test]
async fn what_a_command_kept_is_all_in_the_one_file_when_it_has_ended() {
    let (blogs, folder) = with_blogs(&["ann"]).await;
    let empty = Feed::atom("ann");
    blogs.answers(
        "/ann",
        [Answer::feed(empty.xml()), Answer::feed(ann().xml())],
    );
    let planet = folder.path().join("planet.db");
    run(folder.path(), &["poll"]).await;
    // As long as somebody else looks on, SQLite does not tidy up by itself when the command ends.
    let onlooker = rusqlite::Connection::open(&planet).unwrap();
    let looked: i64 = onlooker
        .query_row("SELECT count(*) FROM entry", [], |row| row.get(0))
        .unwrap();
    assert_eq!(looked, 0);

    run(folder.path(), &["poll"]).await;

    let left = std::fs::metadata(folder.path().join("planet.db-wal")).map_or(0, |wal| wal.len());
    assert_eq!(left, 0, "a copy of planet.db would miss this");
    let copy = folder.path().join("copy.db");
    std::fs::copy(&planet, &copy).unwrap();
    let store = Store::open(&copy, Access::Read).await.unwrap();
    assert_eq!(store.posts_of("ann".to_owned()).await.unwrap().len(), 1);
}

#[tokio::test]
async fn listening_takes_a_port_alone_and_says_what_it_wants() {
    let folder = folder(&format!("{COURSE}{THING}"));
    let ran = run(folder.path(), &["serve", "--listen", "nowhere"]).await;
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.stderr.contains("such as 127.0.0.1:8026"), "{ran:?}");
}

#[tokio::test]
async fn a_retag_shows_the_difference_first_and_is_done_once() {
    let (blogs, folder) = with_blogs(&["ann"]).await;
    let step = "[course]\nname = \"Nine Things\"\nunit = \"Step\"\n";
    let people = participant("ann", &blogs.url("/ann"));
    blogs.serves("/ann", &ann());
    folder.write("steps.toml", &format!("{step}{LOOPBACK}{THING}{people}"));
    run(folder.path(), &["poll", "--roster", "steps.toml"]).await;
    // The feed says "Thing", which this course only now does.
    for (arguments, first) in [
        (&["retag", "--dry-run"][..], "+1 tags, -0; 1 post"),
        (&["retag"], "+1 tags, -0; 1 post"),
        (&["retag"], "+0 tags, -0; 0 posts"),
    ] {
        let ran = run(folder.path(), arguments).await;
        assert_eq!(ran.code, Some(0), "{ran:?}");
        assert!(ran.stdout.starts_with(first), "{arguments:?}: {ran:?}");
    }
    let store = Store::open(&folder.path().join("planet.db"), Access::Read)
        .await
        .unwrap();
    let posts = store.posts_of("ann".to_owned()).await.unwrap();
    assert_eq!((posts.len(), posts[0].thing), (1, Some(6)));
    assert_eq!(posts[0].published_at.to_string(), "2011-07-20T12:00:00Z");
}

#[tokio::test]
async fn the_demo_shows_a_populated_planet_and_leaves_when_asked() {
    let folder = Folder::new();
    let demo = Running::start(folder.path(), &["demo", "--listen", "127.0.0.1:0"]).await;
    for path in ["/", "/things/6", "/progress", "/participants"] {
        let answered = ask(demo.address, "GET", path, &[]).await.unwrap();
        assert_eq!(answered.status, 200, "{path}");
        assert_eq!(html::faults_of_page(answered.text()), [""; 0], "{path}");
    }
    let thing = ask(demo.address, "GET", "/things/6", &[]).await.unwrap();
    assert!(
        thing.text().matches("<article").count() >= 3,
        "{}",
        thing.text()
    );
    let address = format!("http://{}/things/6/feed.atom", demo.address);
    let feed = ask(demo.address, "GET", "/things/6/feed.atom", &[])
        .await
        .unwrap();
    let feed = crate::harness::atom::read(feed.text(), &address).unwrap();
    assert!(feed.entries.len() >= 3);

    assert_eq!(demo.terminate().await, Some(0));
    let left = std::fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(left, 0, "nothing is left where it ran");
}

#[tokio::test]
async fn an_address_that_is_taken_is_named() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let folder = folder(&format!("{COURSE}{THING}"));
    for command in ["serve", "demo"] {
        let ran = run(folder.path(), &[command, "--listen", &address]).await;
        refused(&ran, &[&address, "--listen"]);
    }
}

#[tokio::test]
async fn check_says_that_nobody_on_the_internet_is_asked_closer_than_a_second() {
    let course = "[course]\nname = \"Close\"\n[[thing]]\nnumber = 1\ntitle = \"One\"\n[poll]\ngap_seconds = 0\n";
    for (more, remarked) in [("", true), ("allow_networks = [\"127.0.0.0/8\"]\n", false)] {
        let folder = Folder::new();
        std::fs::write(folder.file("feeds.toml"), format!("{course}{more}")).unwrap();
        let ran = run(folder.path(), &["check"]).await;
        assert_eq!(ran.code, Some(0), "{ran:?}");
        assert_eq!(
            ran.stdout.contains("a second apart at least"),
            remarked,
            "{ran:?}"
        );
    }
}
