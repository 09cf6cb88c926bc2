//! `thingplanet build`: the planet as files, which hold together wherever they are put.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use rusqlite::Connection;
use thingplanet::model::Roster;
use thingplanet::render::Pages;
use thingplanet::roster;
use thingplanet::store::{Access, Store};
use thingplanet::web::{Live, Metrics, Planet, Still};
use tokio::sync::watch;
use url::Url;

use crate::harness::{Blogosphere, Feed, Folder, Ran, html, run, xml};

/// Where the files are to be in the end.
const BASE: &str = "https://example.org/courses/planet";

const COURSE: &str = "[course]\nname = \"Nine Things\"\n[poll]\nallow_networks = [\"127.0.0.0/8\"]\ngap_seconds = 0\n";
const THING: &str = "[[thing]]\nnumber = 1\ntitle = \"x\"\n";

const PEOPLE: [&str; 2] = ["Ann O. Nymous", "図書館"];

/// A folder with a planet of two people that was polled once; one of them has more posts than a page holds.
async fn polled() -> (Blogosphere, Folder) {
    let blogs = Blogosphere::start().await;
    let mut many = Feed::atom("ann").post("About biscuits", "2011-07-01");
    for day in 1..=28 {
        many = many.post(
            &format!("Thing 6 & more, day {day}"),
            &format!("2011-07-{day:02}"),
        );
    }
    blogs.serves("/0", &many);
    blogs.serves(
        "/1",
        &Feed::atom("toshokan").post("Thing 7: <wikis>", "2011-07-20"),
    );
    let folder = Folder::new();
    let things = [6, 7, 9]
        .map(|number| format!("[[thing]]\nnumber = {number}\ntitle = \"About {number}\"\n"));
    let people = [0, 1].map(|number| {
        let (name, feed) = (PEOPLE[number], blogs.url(&format!("/{number}")));
        format!("[[participant]]\nname = \"{name}\"\nfeed = \"{feed}\"\n")
    });
    let roster = format!("{COURSE}{}{}", things.concat(), people.concat());
    folder.write("feeds.toml", &roster);
    let ran = run(folder.path(), &["poll"]).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    (blogs, folder)
}

async fn build(folder: &Folder) -> Ran {
    let arguments = ["build", "--out", "site", "--base-url", BASE];
    run(folder.path(), &arguments).await
}

/// Every file below a folder by its path from there, but for those that hide.
fn files(top: &Path) -> BTreeMap<String, PathBuf> {
    let mut found = BTreeMap::new();
    let mut next = vec![top.to_owned()];
    while let Some(folder) = next.pop() {
        for file in std::fs::read_dir(&folder).unwrap() {
            let path = file.unwrap().path();
            if path.is_dir() {
                next.push(path);
                continue;
            }
            let name = path.strip_prefix(top).unwrap().to_str().unwrap().to_owned();
            if !name.starts_with('.') {
                found.insert(name, path);
            }
        }
    }
    found
}

/// The links of a page to other files, and the sources of what it shows.
fn ways(page: &xml::Element) -> Vec<String> {
    let named = |name: &str, attribute: &str| -> Vec<String> {
        let all = page.all(name).into_iter();
        all.filter_map(|it| it.attribute(attribute).map(str::to_owned))
            .collect()
    };
    let mut ways = named("a", "href");
    ways.extend(named("link", "href"));
    ways.extend(named("script", "src"));
    ways.extend(named("img", "src"));
    ways
}

/// The planet of this folder as files that are yet to be made, and its store, into which others write.
async fn still(folder: &Folder) -> (Still, Store, Roster) {
    let path = folder.file("feeds.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    let roster = roster::parse(&text, &path).unwrap();
    let store = Store::open(&folder.file("planet.db"), Access::Beside)
        .await
        .unwrap();
    let live = Live {
        still: true,
        ..Live::new(roster.clone())
    };
    let now = "2011-08-01T12:00:00Z".parse().unwrap();
    let still = Still::new(Planet {
        store: store.as_it_is().await.unwrap(),
        pages: Arc::new(Pages::new(None)),
        live: watch::channel(Arc::new(live)).1,
        clock: Arc::new(move || now),
        user_agent: |_| String::new(),
        metrics: Metrics::new(None),
    });
    (still, store, roster)
}

#[tokio::test]
async fn what_vanishes_while_the_files_are_made_is_there_until_they_are_and_no_link_leads_nowhere()
{
    let (_blogs, folder) = polled().await;
    let (mut planet, store, mut roster) = still(&folder).await;
    let mut names = vec![planet.next().await.unwrap().unwrap().path];
    // The front page leads to both people, and the first page of Thing 6 to a second one.
    roster.participants.pop();
    store
        .sync(&roster, "2011-08-02T12:00:00Z".parse().unwrap())
        .await
        .unwrap();
    let database = Connection::open(folder.file("planet.db")).unwrap();
    let sql = "UPDATE entry SET retired_at = 1 WHERE title LIKE 'Thing 6%'";
    assert_eq!(database.execute(sql, []).unwrap(), 28);
    while let Some(file) = planet.next().await.unwrap() {
        names.push(file.path);
    }
    let gone = "participants/図書館/index.html".to_owned();
    assert!(names.contains(&gone), "{names:?}");

    let (mut planet, ..) = still(&folder).await;
    let mut count = 0;
    while planet.next().await.unwrap().is_some() {
        count += 1;
    }
    assert!(count < names.len(), "the next build knows of it: {count}");
}

#[tokio::test]
async fn every_relative_link_of_every_file_leads_to_a_file() {
    let (_blogs, folder) = polled().await;
    let ran = build(&folder).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let files = files(&folder.file("site"));
    for name in [
        "index.html",
        "things/6/index.html",
        "things/6/feed.atom",
        "things/6/feed.json",
        "participants/図書館/index.html",
        "participants/図書館/feed.atom",
        "progress.csv",
        "blogroll.opml",
        "style.css",
        "404.html",
    ] {
        assert!(files.contains_key(name), "{name} in {:?}", files.keys());
    }
    let mut followed = 0;
    for (name, path) in &files {
        let is_page = path.extension().is_some_and(|end| end == "html");
        if !is_page || name == "404.html" {
            continue;
        }
        let text = std::fs::read_to_string(path).unwrap();
        assert_eq!(html::faults_of_page(&text), [""; 0], "{name}");
        assert!(
            !html::elements(&text).contains(&"form".to_owned()),
            "{name}"
        );
        let page = xml::parse(&text).unwrap_or_else(|fault| panic!("{name}: {fault}"));
        let here = Url::from_file_path(path).unwrap();
        for way in ways(&page) {
            if Url::parse(&way).is_ok() || way.starts_with('#') {
                continue;
            }
            assert!(!way.starts_with('/'), "{name}: {way} leads out of a folder");
            let there = here.join(&way).unwrap().to_file_path().unwrap();
            assert!(there.is_file(), "{name}: {way} leads to no file");
            followed += 1;
        }
    }
    assert!(followed > 100, "{followed} links were followed");
}

#[tokio::test]
async fn all_older_posts_can_be_reached_and_no_page_is_another() {
    let (_blogs, folder) = polled().await;
    build(&folder).await;
    let files = files(&folder.file("site"));
    let pages = files
        .iter()
        // From the other end and by topic there are the same posts again.
        .filter(|(name, _)| name.starts_with("things/6/") && !name.contains("order"));
    let feed = std::fs::read_to_string(&files["things/6/feed.atom"]).unwrap();
    assert!(
        feed.contains(&format!("\"{BASE}/things/6/feed.atom\"")),
        "{feed}"
    );
    let texts: Vec<String> = pages
        .filter(|(_, path)| path.extension().is_some_and(|end| end == "html"))
        .map(|(_, path)| std::fs::read_to_string(path).unwrap())
        .collect();
    assert_eq!(texts.len(), 2);
    for day in 1..=28 {
        let title = format!("Thing 6 &amp; more, day {day}<");
        let on = texts.iter().filter(|text| text.contains(&title)).count();
        assert_eq!(on, 1, "day {day}");
    }
}

#[tokio::test]
async fn a_second_build_writes_nothing() {
    let (_blogs, folder) = polled().await;
    build(&folder).await;
    let times = |folder: &Folder| -> Vec<(String, SystemTime)> {
        let files = files(&folder.file("site")).into_iter();
        files
            .map(|(name, path)| (name, path.metadata().unwrap().modified().unwrap()))
            .collect()
    };
    let before = times(&folder);
    let ran = build(&folder).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.stdout.contains(" 0 removed"), "{ran:?}");
    assert!(
        ran.stdout.contains("0 files written") || ran.stdout.contains("no files written"),
        "{ran:?}"
    );
    assert_eq!(times(&folder), before);
}

#[tokio::test]
async fn who_leaves_the_roster_is_not_among_the_files_and_strangers_files_stay() {
    let (_blogs, folder) = polled().await;
    build(&folder).await;
    folder.write("site/notes.txt", "mine");
    let roster = std::fs::read_to_string(folder.file("feeds.toml")).unwrap();
    let (rest, _) = roster.rsplit_once("[[participant]]").unwrap();
    folder.write("feeds.toml", rest);
    let ran = build(&folder).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let files = files(&folder.file("site"));
    assert!(
        !files.keys().any(|name| name.contains(PEOPLE[1])),
        "{files:?}"
    );
    assert!(files.contains_key("notes.txt"));
}

#[tokio::test]
async fn a_folder_of_somebody_elses_is_refused() {
    let (_blogs, folder) = polled().await;
    std::fs::create_dir(folder.file("site")).unwrap();
    folder.write("site/thesis.txt", "three years");
    let ran = build(&folder).await;
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.stderr.contains("did not write"), "{ran:?}");
    assert_eq!(files(&folder.file("site")).len(), 1);
}

#[tokio::test]
async fn nothing_read_yet_is_no_planet_to_build() {
    let folder = Folder::new();
    folder.write("feeds.toml", &format!("{COURSE}{THING}"));
    let ran = build(&folder).await;
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.stderr.contains("thingplanet poll"), "{ran:?}");
    assert!(!folder.file("site").exists());
}

#[tokio::test]
async fn a_dead_link_of_a_theme_is_told() {
    let (_blogs, folder) = polled().await;
    std::fs::create_dir(folder.file("templates")).unwrap();
    folder.write("templates/problem.html", "x");
    folder.write(
        "templates/about.html",
        "<a href=\"{{ frame.base }}/abuot\">x</a>",
    );
    let ran = build(&folder).await;
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(
        ran.stderr
            .contains("/about links to /abuot, which answers 404"),
        "{ran:?}"
    );
}
