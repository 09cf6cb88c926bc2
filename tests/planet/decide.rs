//! An organiser's yes or no: how it is said, and that nothing undoes it.

use thingplanet::model::Verdict;

use crate::harness::{Blogosphere, Feed, Folder, Planet, Ran, run};

fn ann() -> Feed {
    Feed::atom("ann")
        .post("Thing 5: thinking", "2011-07-13")
        .post("Too many networks", "2011-07-20")
        .post("Lunch", "2011-07-21")
        .post("Lunch", "2011-07-22")
}

/// A folder with a polled planet of Ann's four posts, numbered as she wrote them.
async fn polled() -> (Blogosphere, Folder) {
    let blogs = Blogosphere::start().await;
    blogs.serves("/ann", &ann());
    let folder = Folder::new();
    let feed = blogs.url("/ann");
    folder.write(
        "feeds.toml",
        &format!(
            "[course]\nname = \"Nine Things\"\n[poll]\nallow_networks = [\"127.0.0.0/8\"]\ngap_seconds = 0\n\
             [[thing]]\nnumber = 5\ntitle = \"Reflective practice\"\n\
             [[thing]]\nnumber = 6\ntitle = \"Online networks\"\n\
             [[participant]]\nname = \"Ann\"\nfeed = \"{feed}\"\n"
        ),
    );
    let ran = run(folder.path(), &["poll"]).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    (blogs, folder)
}

/// What is said of a post, all lines but the first trimmed of the day.
fn told(ran: &Ran) -> Vec<&str> {
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let lines = ran.stdout.lines();
    lines
        .map(|line| line.split_once(" on ").map_or(line, |(said, _)| said))
        .collect()
}

#[tokio::test]
async fn a_post_is_named_by_number_id_title_or_address_in_any_spelling() {
    let (_blogs, folder) = polled().await;
    for name in [
        "2",
        "tag:ann.example,2011:2",
        "https://ann.example/2",
        "http://www.ann.example/2/?utm_source=feed#more",
        "ann.example/2",
        "Too many networks",
        "too many NETWORKS",
    ] {
        let ran = run(folder.path(), &["decide", name]).await;
        let lines = told(&ran);
        assert_eq!(
            lines[0], "Ann, “Too many networks” (post 2, 20 July 2011)",
            "{name}"
        );
    }
}

#[tokio::test]
async fn a_decision_is_told_with_the_things_that_follow() {
    let (_blogs, folder) = polled().await;
    let decide = async |arguments: &[&str]| {
        let all: Vec<&str> = ["decide"].iter().chain(arguments).copied().collect();
        run(folder.path(), &all).await
    };
    let first = "Ann, “Thing 5: thinking” (post 1, 13 July 2011)";
    let ran = decide(&["1"]).await;
    assert_eq!(told(&ran), [first, "  Thing 5: title says “Thing 5”"]);

    let ran = decide(&["1", "+6", "-5", "--by", "Olive", "--note", "she told me"]).await;
    assert_eq!(
        told(&ran),
        [
            first,
            "  not Thing 5: said by Olive",
            "  Thing 6: said by Olive"
        ]
    );
    assert!(ran.stdout.contains(" (she told me)"), "{ran:?}");
    let ran = decide(&["1", "+6", "--by", "Mary"]).await;
    assert_eq!(
        told(&ran),
        [
            first,
            "  not Thing 5: said by Olive",
            "  Thing 6: said by Olive",
            "That stood already."
        ]
    );
    let ran = decide(&["1", "=6", "--undo", "5"]).await;
    assert_eq!(told(&ran), [first, "  Thing 5: title says “Thing 5”"]);
    let ran = decide(&["1", "-5", "--by", "Mary"]).await;
    assert_eq!(
        told(&ran),
        [first, "  no Thing", "  not Thing 5: said by Mary"]
    );

    let ran = decide(&["--list"]).await;
    assert_eq!(
        told(&ran),
        [
            "-5 Ann, “Thing 5: thinking” (post 1): said by Mary",
            "1 decision"
        ]
    );
}

#[tokio::test]
async fn every_post_that_waits_is_listed_with_what_is_suggested_and_why() {
    let blogs = Blogosphere::start().await;
    let ann = Feed::atom("ann")
        .post("Thing 5: thinking", "2011-07-13")
        .post("Nine Things: joining LinkedIn", "2011-07-20")
        .saying("<p>LinkedIn, Facebook and LISNPN: I am on all of them.</p>");
    blogs.serves("/ann", &ann);
    let folder = Folder::new();
    let feed = blogs.url("/ann");
    folder.write(
        "feeds.toml",
        &format!(
            "[course]\nname = \"Nine Things\"\n[poll]\nallow_networks = [\"127.0.0.0/8\"]\ngap_seconds = 0\n\
             [[thing]]\nnumber = 5\ntitle = \"Reflective practice\"\n\
             [[thing]]\nnumber = 6\ntitle = \"Online networks\"\ntopics = [\"LinkedIn\", \"Facebook\", \"LISNPN\"]\n\
             [[participant]]\nname = \"Ann\"\nfeed = \"{feed}\"\n"
        ),
    );
    let ran = run(folder.path(), &["poll"]).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let ran = run(folder.path(), &["decide", "--waiting"]).await;
    assert_eq!(
        told(&ran),
        [
            "Ann, “Nine Things: joining LinkedIn” (post 2, 20 July 2011)",
            "  Thing 6? title mentions “LinkedIn”",
            "1 post with a suggestion: say yes or no by number, as in `thingplanet decide 2 +6` or `thingplanet decide 2 -6`"
        ]
    );
    let ran = run(folder.path(), &["decide", "2", "-6", "--by", "Olive"]).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let ran = run(folder.path(), &["decide", "--waiting"]).await;
    assert_eq!(told(&ran), ["No post waits for a decision"]);
}

#[tokio::test]
async fn what_cannot_be_decided_is_refused_with_what_to_do() {
    let (_blogs, folder) = polled().await;
    let refused: [(&[&str], &[&str]); 11] = [
        (&["+6", "-5"], &["name the post before what you say of it"]),
        (&["2", "--note", "why"], &["say what the note is about"]),
        (
            &["http://networks.example/", "+6"],
            &["no post goes by", "its address, its number"],
        ),
        (
            &["77", "+6"],
            &["no post goes by 77", "its address, its number"],
        ),
        (
            &["https://ann.example/too-many-nets", "+6"],
            &[
                "did you mean",
                "Ann, “Too many networks” (post 2, 20 July 2011)",
            ],
        ),
        (
            &["Lunch", "+6"],
            &[
                "several posts",
                "(post 3, 21 July 2011)",
                "(post 4, 22 July 2011)",
            ],
        ),
        (&["2", "+24"], &["no Thing 24", "it has 5, 6"]),
        (&["2", "+6", "-6"], &["Thing 6 is named twice"]),
        (&["2", "6"], &["write +6 for yes, -6 for no, or =6"]),
        (&[], &["POST"]),
        (
            &["2", "+6", "--db", "nothing.db"],
            &["no database at nothing.db"],
        ),
    ];
    for (arguments, words) in refused {
        let all: Vec<&str> = ["decide"].iter().chain(arguments).copied().collect();
        let ran = run(folder.path(), &all).await;
        assert_eq!(ran.code, Some(2), "{arguments:?}: {ran:?}");
        for word in words {
            assert!(ran.stderr.contains(word), "{arguments:?}: {word}: {ran:?}");
        }
    }
    let ran = run(folder.path(), &["decide", "--list"]).await;
    assert_eq!(ran.stdout, "0 decisions\n");
}

#[tokio::test]
async fn a_decision_outlives_edits_polls_retags_restarts_and_an_absence() {
    let blogs = Blogosphere::start().await;
    blogs.serves("/ann", &ann());
    let mut planet = Planet::start().await;
    planet.register("Ann", &blogs.url("/ann")).await;
    planet.poll().await;
    planet
        .decide("Too many networks", 6, Some(Verdict::Yes))
        .await;
    planet
        .decide("Thing 5: thinking", 5, Some(Verdict::No))
        .await;

    planet.later(48);
    let edited = Feed::atom("ann")
        .post("Thing 5: thinking", "2011-07-13")
        .saying("<p>Thing 5, and nothing but Thing 5.</p>")
        .post("Thing 5: too many networks", "2011-07-20");
    blogs.serves("/ann", &edited);
    assert_eq!(planet.poll().await.changed, 2);
    stands(&planet, "an edit").await;

    planet.roster.course.unit = "Step".to_owned();
    planet.take_over().await;
    planet.retag().await;
    stands(&planet, "other rules").await;
    planet.roster.course.unit = "Thing".to_owned();
    planet.take_over().await;
    planet.retag().await;
    stands(&planet, "the former rules").await;

    planet.restart().await;
    stands(&planet, "a restart").await;

    let roster = planet.roster.clone();
    planet.unregister("Ann").await;
    assert!(!planet.words("/things/6").await.contains("too many"));
    planet.retag().await;
    planet.roster = roster;
    planet.take_over().await;
    planet.later(48);
    planet.poll().await;
    stands(&planet, "an absence").await;

    planet.decide("Thing 5: thinking", 5, None).await;
    let five = planet.words("/things/5").await;
    assert!(
        five.contains("Thing 5: thinking"),
        "the rules again: {five}"
    );
}

/// The yes and the no are on the pages.
async fn stands(planet: &Planet, after: &str) {
    let six = planet.words("/things/6").await;
    assert!(
        six.to_lowercase().contains("too many networks"),
        "{after}: {six}"
    );
    assert!(
        six.contains("an organiser said so on Monday 1 August 2011"),
        "{after}: {six}"
    );
    let five = planet.words("/things/5").await;
    assert!(!five.contains("Thing 5: thinking"), "{after}: {five}");
}
