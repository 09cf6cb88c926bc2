//! Editing feeds.toml while `serve` runs: a good edit takes effect, a broken one is told and changes nothing.
//!
//! The real command looks at the file by its own clock, so these tests, and no others, ask again until it has.

use std::time::Duration;

use tokio::time::{interval, timeout};

use crate::harness::{Blogosphere, Feed, Folder, Running, ask, html};

const COURSE: &str = "[course]\nname = \"Nine Things\"\n[poll]\nallow_networks = [\"127.0.0.0/8\"]\n\
    [[thing]]\nnumber = 6\ntitle = \"Online networks\"\n";

/// The words of a page once they are as wanted.
async fn words_when(planet: &Running, path: &str, wanted: impl Fn(&str) -> bool) -> String {
    let mut ticks = interval(Duration::from_millis(100));
    let asking = async {
        loop {
            ticks.tick().await;
            let answered = ask(planet.address, "GET", path, &[]).await.unwrap();
            let words = html::words(answered.text());
            if wanted(&words) {
                return words;
            }
        }
    };
    timeout(Duration::from_secs(30), asking)
        .await
        .unwrap_or_else(|_| panic!("{path} never became as wanted"))
}

fn with_people(blogs: &Blogosphere, names: &[&str]) -> String {
    let people = names.iter().map(|name| {
        let url = blogs.url(&format!("/{name}"));
        format!("[[participant]]\nname = \"{name}\"\nfeed = \"{url}\"\n")
    });
    COURSE.to_owned() + &people.collect::<String>()
}

#[tokio::test]
async fn an_edit_takes_effect_without_a_restart_and_a_broken_one_changes_nothing() {
    let blogs = Blogosphere::start().await;
    for name in ["ann", "bob"] {
        let title = format!("Thing 6 by {name}");
        blogs.serves(
            &format!("/{name}"),
            &Feed::atom(name).post(&title, "2011-07-20"),
        );
    }
    let folder = Folder::new();
    folder.write("feeds.toml", &with_people(&blogs, &["ann"]));
    let planet = Running::start(folder.path(), &["serve", "--listen", "127.0.0.1:0"]).await;
    words_when(&planet, "/things/6", |words| {
        words.contains("Thing 6 by ann")
    })
    .await;

    folder.write("feeds.toml", &with_people(&blogs, &["ann", "bob"]));
    words_when(&planet, "/things/6", |words| {
        words.contains("Thing 6 by bob")
    })
    .await;
    assert_eq!(
        blogs.asked("/ann").len(),
        1,
        "who was read already is not asked again"
    );

    folder.write(
        "feeds.toml",
        &with_people(&blogs, &["bob"]).replace("name = \"bob\"", "naem = \"bob\""),
    );
    let broken = words_when(&planet, "/", |words| words.contains("has a mistake")).await;
    assert!(broken.contains("thingplanet check"), "{broken}");
    assert!(
        broken.contains("Thing 6 by ann") && broken.contains("Thing 6 by bob"),
        "{broken}"
    );

    folder.write("feeds.toml", &with_people(&blogs, &["bob"]));
    let mended = words_when(&planet, "/", |words| !words.contains("has a mistake")).await;
    assert!(
        !mended.contains("by ann") && mended.contains("by bob"),
        "{mended}"
    );

    assert_eq!(planet.terminate().await, Some(0));
}
