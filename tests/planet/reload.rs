//! Editing feeds.toml while `serve` runs: a good edit takes effect, a broken one is told and changes nothing.
//!
//! The real command looks at the file by its own clock, so these tests, and no others, ask again until it has.

use std::time::Duration;

use tokio::time::{interval, timeout};

use crate::harness::{Blogosphere, Feed, Folder, Running, ask, html, run};

const COURSE: &str = "[course]\nname = \"Nine Things\"\n[poll]\nallow_networks = [\"127.0.0.0/8\"]\ngap_seconds = 0\n\
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

/// Shows A16.
#[tokio::test]
async fn saving_feeds_toml_brings_no_platform_two_requests_close_together() {
    let blogs = Blogosphere::start().await;
    for name in ["ann", "bob"] {
        let title = format!("Thing 6 by {name}");
        let feed = Feed::atom(name).post(&title, "2011-07-20");
        blogs.serves(&format!("/{name}"), &feed);
    }
    let folder = Folder::new();
    let apart = |names| with_people(&blogs, names).replace("gap_seconds = 0", "gap_seconds = 5");
    folder.write("feeds.toml", &apart(&["ann"]));
    let planet = Running::start(folder.path(), &["serve", "--listen", "127.0.0.1:0"]).await;
    let ann = |words: &str| words.contains("Thing 6 by ann");
    words_when(&planet, "/things/6", ann).await;

    folder.write("feeds.toml", &apart(&["ann", "bob"]));
    let bob = |words: &str| words.contains("Thing 6 by bob");
    words_when(&planet, "/things/6", bob).await;

    let gap = blogs.asked("/bob")[0].at - blogs.asked("/ann")[0].at;
    // A little less, as the clock there is not ours.
    assert!(gap > Duration::from_millis(4_950), "{gap:?}");
    assert_eq!(planet.terminate().await, Some(0));
}

#[tokio::test]
async fn an_organiser_decides_and_retags_while_the_planet_is_served() {
    let blogs = Blogosphere::start().await;
    let ann = Feed::atom("ann")
        .post("Thing 6 by ann", "2011-07-20")
        .post("Step 6 by ann", "2011-07-21")
        .post("Lunch by ann", "2011-07-22");
    blogs.serves("/ann", &ann);
    let folder = Folder::new();
    let things = with_people(&blogs, &["ann"]);
    folder.write("feeds.toml", &things);
    let planet = Running::start(folder.path(), &["serve", "--listen", "127.0.0.1:0"]).await;
    let six = words_when(&planet, "/things/6", |words| {
        words.contains("Thing 6 by ann")
    })
    .await;
    assert!(!six.contains("Lunch"), "{six}");

    let ran = run(folder.path(), &["decide", "Lunch by ann", "+6"]).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    words_when(&planet, "/things/6", |words| words.contains("Lunch by ann")).await;
    let status = words_when(&planet, "/status", |_| true).await;
    assert!(!status.contains("The rules changed"), "{status}");

    folder.write(
        "feeds.toml",
        &things.replace("[poll]", "unit = \"Step\"\n[poll]"),
    );
    words_when(&planet, "/status", |words| {
        words.contains("The rules changed")
    })
    .await;
    let six = words_when(&planet, "/things/6", |_| true).await;
    assert!(
        six.contains("Thing 6 by ann"),
        "nothing is retagged unasked: {six}"
    );
    let ran = run(folder.path(), &["retag"]).await;
    assert!(ran.stdout.starts_with("+1 tags, -1; 2 posts"), "{ran:?}");

    let status = words_when(&planet, "/status", |words| {
        !words.contains("The rules changed")
    })
    .await;
    assert!(status.contains("ann"), "{status}");
    let six = words_when(&planet, "/things/6", |words| {
        words.contains("Step 6 by ann")
    })
    .await;
    assert!(
        six.contains("Lunch by ann") && !six.contains("Thing 6 by ann"),
        "{six}"
    );
    assert_eq!(planet.terminate().await, Some(0));
}
