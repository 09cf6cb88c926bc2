//! The organiser's workbench: other courses from feeds.toml alone, an organiser's own rules, explaining and measuring.

use serde_json::{Value, json};

use crate::harness::{Blogosphere, Feed, Folder, Ran, run, run_with_input};

/// A course of so many Things, from a feeds.toml of these lines.
fn course(unit: &str, count: u16, more: &str) -> Folder {
    let things: Vec<String> = (1..=count)
        .map(|number| format!("[[thing]]\nnumber = {number}\ntitle = \"Part {number}\"\n"))
        .collect();
    let things = things.concat();
    let folder = Folder::new();
    let head = "[course]\nname = \"A Course\"\nnames = [\"AC40\"]\n";
    folder.write(
        "feeds.toml",
        &format!("{head}unit = \"{unit}\"\n{more}\n{things}"),
    );
    folder
}

/// The Things that `thingplanet tag` gives to posts of these titles.
async fn tagged(folder: &Folder, titles: &[&str]) -> Vec<Vec<u64>> {
    let lines: String = titles
        .iter()
        .map(|title| json!({"id": 1, "title": title}).to_string() + "\n")
        .collect();
    let ran = run_with_input(folder.path(), &["tag"], &lines).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let things = |line: &str| {
        let answer: Value = serde_json::from_str(line).unwrap();
        let tags = answer["tags"].as_array().unwrap().clone();
        let tagged = tags.iter().filter(|tag| tag["state"] == "tagged");
        tagged.map(|tag| tag["thing"].as_u64().unwrap()).collect()
    };
    ran.stdout.lines().map(things).collect()
}

async fn check(folder: &Folder, expected: &[(&str, &[u64])]) {
    let titles: Vec<&str> = expected.iter().map(|(title, _)| *title).collect();
    let found = tagged(folder, &titles).await;
    for ((title, expected), found) in expected.iter().zip(found) {
        assert_eq!(found, *expected, "{title}");
    }
}

#[tokio::test]
async fn a_course_of_ten_weeks_is_read_from_its_roster_alone() {
    check(
        &course("Week", 10, ""),
        &[
            ("Week 3: badges", &[3]),
            ("AC40 – week ten", &[10]),
            ("Weeks 4-6 and 8", &[4, 5, 6, 8]),
            ("Week 11", &[]),
            ("10 weeks of fun", &[]),
            ("Thing 3", &[]),
        ],
    )
    .await;
}

#[tokio::test]
async fn a_course_of_forty_assignments_is_read_from_its_roster_alone() {
    check(
        &course("Assignment", 40, ""),
        &[
            ("Assignment 40: the end", &[40]),
            ("AC 40 assignment forty", &[40]),
            ("Assignment thirty-nine", &[39]),
            ("Assignments 31, 32 & thirty three", &[31, 32, 33]),
            ("Assigment 7", &[7]),
            ("AC40", &[]),
            ("Assignment 41", &[]),
            ("assignment forty-one", &[]),
            ("40 assignments later", &[]),
        ],
    )
    .await;
}

#[tokio::test]
async fn a_course_in_another_language_is_read_from_its_roster_alone() {
    let german = "language = \"de\"";
    check(
        &course("Aufgabe", 40, german),
        &[
            ("Aufgabe einundzwanzig", &[21]),
            ("Aufgaben 3 und 4", &[3, 4]),
            ("vierzig Aufgaben", &[]),
        ],
    )
    .await;
    let french = "plural = \"Travaux\"\nnumber_words = [\"un\", \"deux\", \"trois\"]";
    check(
        &course("Travail", 5, french),
        &[("Travail deux", &[2]), ("Travaux 2 & 3", &[2, 3])],
    )
    .await;
}

#[tokio::test]
async fn an_organisers_own_rules_are_read_from_the_roster() {
    let rules = "[rules]\ntitle = \"off\"\npatterns = ['\\bT(\\d+)\\b']\nexcept = [\"minutes\"]";
    check(
        &course("Thing", 9, rules),
        &[
            ("Thing 3", &[]),
            ("T4 and T5", &[4, 5]),
            ("T6 minutes", &[]),
        ],
    )
    .await;
}

/// A planet of one blog that was polled, with these lines for its participant.
async fn polled(feed: &Feed, more: &str) -> (Blogosphere, Folder) {
    let blogs = Blogosphere::start().await;
    blogs.serves("/ann", feed);
    let folder = Folder::new();
    folder.write(
        "feeds.toml",
        &format!(
            "[course]\nname = \"Nine Things\"\n[poll]\nallow_networks = [\"127.0.0.0/8\"]\ngap_seconds = 0\n\
             [[thing]]\nnumber = 6\ntitle = \"Online networks\"\n\
             [[participant]]\nname = \"Ann\"\nfeed = \"{}\"\n{more}",
            blogs.url("/ann")
        ),
    );
    let ran = run(folder.path(), &["poll"]).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    (blogs, folder)
}

async fn explain(folder: &Folder, post: &str) -> Ran {
    run(folder.path(), &["rules", "explain", post]).await
}

#[tokio::test]
async fn explain_tells_each_signal_of_a_title_and_who_decided() {
    let folder = course("Thing", 9, "");
    let ran = explain(&folder, "Thing 6 and Part 7").await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let lines: Vec<&str> = ran.stdout.lines().collect();
    assert_eq!(lines[0], "“Thing 6 and Part 7”");
    assert!(
        lines[1].contains("title") && lines[1].contains("decides"),
        "{ran:?}"
    );
    assert!(lines[1].ends_with("title says “Thing 6”"), "{ran:?}");
    assert!(
        lines[2].contains("topics") && lines[2].contains("not heard"),
        "{ran:?}"
    );
    assert_eq!(lines[3], "So: Thing 6");
    assert!(
        lines[4].starts_with("Looked at: this title alone. A post has a text"),
        "{ran:?}"
    );
    let ran = explain(&folder, "My cat").await;
    assert!(ran.stdout.contains("no signal said anything"), "{ran:?}");
}

#[tokio::test]
async fn explain_tells_of_a_thing_that_the_course_does_not_have() {
    let folder = course("Thing", 9, "");
    let ran = explain(&folder, "Thing 42").await;
    let lines: Vec<&str> = ran.stdout.lines().collect();
    assert_eq!(
        lines[1],
        "  the title names Thing 42, which this course does not have"
    );
    assert!(ran.stdout.contains("So: no tag"), "{ran:?}");
    let ran = explain(&folder, "Things 6 and 42").await;
    assert!(ran.stdout.contains("names Thing 42, which"), "{ran:?}");
    assert!(ran.stdout.contains("So: Thing 6"), "{ran:?}");
    let ran = explain(&folder, "My 42 cats").await;
    assert!(!ran.stdout.contains("does not have"), "{ran:?}");
}

#[tokio::test]
async fn explain_looks_an_address_up_among_the_posts_that_were_read() {
    let feed = Feed::atom("ann").post("Thing 6: too many networks", "2011-07-20");
    let (_blogs, folder) = polled(&feed, "").await;
    let ran = explain(&folder, "https://nobody.example/none").await;
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(
        ran.stderr
            .contains("no post at https://nobody.example/none"),
        "{ran:?}"
    );
    let url = feed.address(1);
    // The same page, written in another way.
    let other = url.replace("https://", "http://www.");
    for address in [&url, &other] {
        let ran = explain(&folder, address).await;
        assert_eq!(ran.code, Some(0), "{ran:?}");
        assert!(ran.stdout.contains("title says “Thing 6”"), "{ran:?}");
        assert!(ran.stdout.contains("So: Thing 6"), "{ran:?}");
    }
}

#[tokio::test]
async fn explain_says_what_it_looked_at_and_whether_pages_say_the_same() {
    let feed = Feed::atom("ann")
        .post("My week", "2011-07-20")
        .saying("<p>So, onto <a href=\"https://x.example/\">Thing 6</a>.</p>");
    let (_blogs, folder) = polled(&feed, "").await;
    // The same title says nothing by itself.
    let title = explain(&folder, "My week").await;
    assert!(
        title
            .stdout
            .contains("So: no tag\nLooked at: this title alone"),
        "{title:?}"
    );
    let post = explain(&folder, &feed.address(1)).await;
    let looked = "So: Thing 6\nLooked at: its title, no labels, its address, its text of 4 words, and what was decided on it\n";
    assert!(post.stdout.ends_with(looked), "{post:?}");
    let roster = std::fs::read_to_string(folder.path().join("feeds.toml")).unwrap();
    let other = roster.replace("[[thing]]", "[rules]\nopening = \"off\"\n[[thing]]");
    folder.write("feeds.toml", &other);
    let post = explain(&folder, &feed.address(1)).await;
    assert!(
        post.stdout
            .contains("pages may say otherwise until `thingplanet retag` is run"),
        "{post:?}"
    );
}

#[tokio::test]
async fn the_rules_of_one_blog_hold_when_it_is_polled() {
    let feed = Feed::atom("ann").post("Thing 6: too many networks", "2011-07-20");
    let (_blogs, folder) = polled(&feed, "labels = [\"cpd23\"]\n").await;
    let url = feed.address(1);
    let ran = explain(&folder, &url).await;
    assert!(ran.stdout.contains("none of the labels"), "{ran:?}");
    assert!(ran.stdout.contains("So: no tag"), "{ran:?}");
    let retag = run(folder.path(), &["retag", "--dry-run"]).await;
    assert!(retag.stdout.contains("+0 tags, -0; 0 posts"), "{retag:?}");
}

#[tokio::test]
async fn score_measures_the_rules_and_lists_what_they_got_wrong() {
    let folder = course("Thing", 9, "");
    let posts = [
        json!({"id": 1, "title": "Thing 6", "things": [6]}),
        json!({"id": 2, "title": "Thing 7", "things": [8]}),
        json!({"id": 3, "title": "My cat", "things": []}),
        json!({"id": 4, "title": "Hello", "body": "A table for Thing 3.", "things": [3]}),
    ];
    let lines = posts.map(|post| post.to_string()).join("\n");
    folder.write("labelled.jsonl", &lines);
    let ran = run(folder.path(), &["rules", "score", "labelled.jsonl"]).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let said = "4 posts, 3 tags: precision 0.500, recall 0.333, found with suggestions 0.667; 1 of 1 suggestion right";
    assert_eq!(ran.stdout.lines().last(), Some(said), "{ran:?}");
    for line in ["WRONG", "MISSED", "suggested"] {
        assert!(ran.stdout.contains(line), "{ran:?}");
    }
    folder.write("labelled.jsonl", "{\"title\":\"x\"}\n");
    let ran = run(folder.path(), &["rules", "score", "labelled.jsonl"]).await;
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.stderr.contains("line 1 of labelled.jsonl"), "{ran:?}");
}
