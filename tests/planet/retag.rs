//! Old posts under new rules: what readers of our feeds notice, what an organiser is told, and what goes on meanwhile.

use rusqlite::Connection;
use thingplanet::model::{EntryId, Evidence, Place, Rule, Tag, TagState};
use thingplanet::plan::Counts;
use thingplanet::store::{Access, Seen, Span, Store, StoreError};

use crate::harness::{Answered, Blogosphere, Feed, Folder, Planet, run};

/// The entries of an Atom document, byte for byte.
fn entries(answered: &Answered) -> Vec<&str> {
    let parts = answered.text().split("<entry>").skip(1);
    parts
        .map(|part| part.split_once("</entry>").unwrap().0)
        .collect()
}

/// What stands before the first entry.
fn head(answered: &Answered) -> &str {
    answered.text().split("<entry>").next().unwrap()
}

const BRIEF: &str = "https://course.example/2011/07/online-networks.html";

#[tokio::test]
async fn a_retag_that_adds_an_old_post_leaves_the_others_in_the_feed_as_they_were() {
    let blogs = Blogosphere::start().await;
    let ann = Feed::atom("ann")
        .post("Thing 6: too many networks", "2011-07-05")
        .post("Networking at last", "2011-07-12")
        .saying(&format!("<p>On <a href=\"{BRIEF}\">this</a>.</p>"))
        .post("Thing 6: and another", "2011-07-20");
    blogs.serves("/ann", &ann);
    let mut planet = Planet::start().await;
    planet.register("Ann", &blogs.url("/ann")).await;
    planet.poll().await;
    let paths = [
        "/things/6/feed.atom",
        "/feed.atom",
        "/participants/ann/feed.atom",
    ];
    let mut before = Vec::new();
    for path in paths {
        before.push(planet.get(path).await);
    }
    assert_eq!(entries(&before[0]).len(), 2);

    let six = planet
        .roster
        .course
        .things
        .iter_mut()
        .find(|thing| thing.number == 6);
    six.unwrap().brief = Some(BRIEF.parse().unwrap());
    planet.take_over().await;
    planet.later(1);
    let report = planet.retag().await;

    assert_eq!((report.counts.added, report.counts.removed), (1, 0));
    let after = planet.get(paths[0]).await;
    assert_eq!(
        head(&after),
        head(&before[0]),
        "nothing in it is newer than before"
    );
    let (now, then) = (entries(&after), entries(&before[0]));
    assert_eq!([now[0], now[2]], [then[0], then[1]], "byte for byte");
    let added = &planet.feed(paths[0]).await.entries[1];
    assert_eq!(added.title, "Networking at last");
    assert_eq!(added.id, ann.id(2));
    assert_eq!(added.published.to_string(), "2011-07-12T12:00:00Z");
    assert_eq!(added.updated.to_string(), "2011-07-12T12:00:00Z");
    // Elsewhere the post stays in its place, with one category more.
    for (path, before) in paths.iter().zip(&before).skip(1) {
        let after = planet.get(path).await;
        assert_eq!(head(&after), head(before), "{path}");
        let (now, then) = (entries(&after), entries(before));
        assert_eq!([now[0], now[2]], [then[0], then[2]], "{path}");
        let (from, rest) = now[1].split_once("<category term=\"6\"").unwrap();
        let (_, to) = rest.split_once("/>").unwrap();
        assert_eq!(format!("{from}{to}"), then[1], "{path}");
    }

    planet.later(48);
    assert_eq!(planet.retag().await.counts, Counts::default());
    assert_eq!(planet.get(paths[0]).await.text(), after.text());
}

/// A planet of one blog with these posts, in a folder in which commands can be run on it.
async fn polled(titles: &[&str]) -> (Blogosphere, Folder) {
    let blogs = Blogosphere::start().await;
    let mut ann = Feed::atom("ann");
    for (day, title) in (1..).zip(titles) {
        ann = ann.post(title, &format!("2011-07-{day:02}"));
    }
    blogs.serves("/ann", &ann);
    let folder = Folder::new();
    write_course(&folder, "Thing", &blogs);
    let ran = run(folder.path(), &["poll"]).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    (blogs, folder)
}

fn write_course(folder: &Folder, unit: &str, blogs: &Blogosphere) {
    let things: Vec<String> = (1..=9)
        .map(|number| format!("[[thing]]\nnumber = {number}\ntitle = \"Title {number}\"\n"))
        .collect();
    let (things, feed) = (things.concat(), blogs.url("/ann"));
    let course = format!(
        "[course]\nname = \"Nine\"\nunit = \"{unit}\"\n[poll]\nallow_networks = [\"127.0.0.0/8\"]\ngap_seconds = 0\n\
         {things}[[participant]]\nname = \"Ann\"\nfeed = \"{feed}\"\n"
    );
    folder.write("feeds.toml", &course);
}

const WAITS: &str =
    "the rules changed since the stored posts were tagged; `thingplanet retag --dry-run`";

#[tokio::test]
async fn commands_say_that_posts_wait_for_a_retag_until_they_do_not() {
    let (blogs, folder) = polled(&["Thing 6: networks", "Step 3"]).await;
    for command in ["poll", "check"] {
        let ran = run(folder.path(), &[command]).await;
        assert!(!ran.stdout.contains(WAITS), "{ran:?}");
    }
    write_course(&folder, "Step", &blogs);
    for command in ["poll", "check"] {
        let ran = run(folder.path(), &[command]).await;
        assert_eq!(ran.code, Some(0), "{ran:?}");
        assert!(ran.stdout.contains(WAITS), "{command}: {ran:?}");
    }
    run(folder.path(), &["retag"]).await;
    for command in ["poll", "check"] {
        let ran = run(folder.path(), &[command]).await;
        assert!(!ran.stdout.contains(WAITS), "{command}: {ran:?}");
    }
}

#[tokio::test]
async fn posts_that_pass_to_somebody_else_wait_for_a_retag() {
    let (_blogs, folder) = polled(&["Thing 6: networks"]).await;
    let course = std::fs::read_to_string(folder.file("feeds.toml")).unwrap();
    let bea = course.replace("\"Ann\"", "\"Bea\"");
    folder.write("feeds.toml", &bea);
    let ran = run(folder.path(), &["poll"]).await;
    assert!(
        !ran.stdout.contains(WAITS),
        "no rule goes by a name: {ran:?}"
    );
    let ruled = format!("{course}labels = [\"cpd23\"]\n");
    folder.write("feeds.toml", &ruled);
    run(folder.path(), &["retag"]).await;
    folder.write("feeds.toml", &ruled.replace("\"Ann\"", "\"Bea\""));
    let ran = run(folder.path(), &["poll"]).await;
    assert!(ran.stdout.contains(WAITS), "{ran:?}");
}

#[tokio::test]
async fn a_retag_tells_what_comes_and_goes_and_is_logged_once() {
    let (blogs, folder) = polled(&["Thing 6: networks", "Step 3", "Things 1 and 2", "Lunch"]).await;
    run(folder.path(), &["decide", "4", "+9", "--by", "Olive"]).await;
    write_course(&folder, "Step", &blogs);

    let dry = run(folder.path(), &["retag", "--dry-run", "--by", "Olive"]).await;
    let lines: Vec<&str> = dry.stdout.lines().collect();
    assert_eq!(
        lines,
        [
            "+1 tags, -3; 3 posts with other tags, suggestions or evidence; 1 decision untouched",
            "  + 3 Ann, “Step 3” (post 2): title says “Step 3”",
            "  - 6 Ann, “Thing 6: networks” (post 1): title says “Thing 6”",
            "  - 1 Ann, “Things 1 and 2” (post 3): title says “Things 1 and 2”",
            "  - 2 Ann, “Things 1 and 2” (post 3): title says “Things 1 and 2”",
            "Nothing was changed; run `thingplanet retag` to apply it.",
        ]
    );
    let log = run(folder.path(), &["log"]).await;
    assert_eq!(log.stdout.lines().count(), 1, "the decision alone: {log:?}");

    let done = run(folder.path(), &["retag", "--by", "Olive"]).await;
    assert_eq!(done.stdout.lines().next(), Some(lines[0]));
    assert!(done.stdout.ends_with("\nApplied.\n"), "{done:?}");
    let again = run(folder.path(), &["retag", "--by", "Mary"]).await;
    assert!(
        again.stdout.starts_with("+0 tags, -0; 0 posts"),
        "{again:?}"
    );
    assert!(
        again.stdout.contains("tagged by these rules already"),
        "{again:?}"
    );
    let log = run(folder.path(), &["log"]).await.stdout;
    let lines: Vec<&str> = log.lines().collect();
    assert_eq!(lines.len(), 2, "{log}");
    assert!(
        lines[0].contains(" Olive decided on post 4: +9; +1 tags, -0"),
        "{log}"
    );
    assert!(
        lines[1].contains(" Olive retagged: +1 tags, -3, 3 posts; rules "),
        "{log}"
    );
}

#[tokio::test]
async fn what_the_log_says_cannot_be_changed_nor_taken_out() {
    let (_blogs, folder) = polled(&["Lunch"]).await;
    run(folder.path(), &["decide", "1", "+9"]).await;
    let database = Connection::open(folder.file("planet.db")).unwrap();
    for sql in ["UPDATE audit SET who = 'nobody'", "DELETE FROM audit"] {
        let refused = database.execute(sql, []).unwrap_err();
        assert!(
            refused.to_string().contains("only ever appended to"),
            "{sql}: {refused}"
        );
    }
}

/// A tag that no rule of the course would give.
fn made_up(thing: u16) -> Vec<Tag> {
    let evidence = Evidence {
        rule: Rule::Topic,
        place: Place::Body,
        quote: "made up".to_owned(),
    };
    vec![Tag {
        thing,
        state: TagState::Tagged,
        evidence,
    }]
}

async fn things(store: &Store) -> Vec<Option<u16>> {
    let posts = store.posts_of("ann".to_owned()).await.unwrap();
    posts.into_iter().map(|post| post.thing).collect()
}

#[tokio::test]
async fn what_is_polled_or_decided_during_a_retag_is_not_undone_by_it() {
    let (blogs, folder) = polled(&["Thing 6: networks", "Lunch", "Thing 4"]).await;
    let path = folder.file("planet.db");
    let store = Store::open(&path, Access::Beside).await.unwrap();
    let retagging = store.begin_retag().await.unwrap();
    let (after, to) = (EntryId(0), retagging.last);
    let span = Span { after, to };
    let piece = store.stored(span).await.unwrap();
    assert_eq!(piece.entries.len(), 3);
    let changes = piece.entries.iter().map(|entry| (entry.id, made_up(8)));
    retagging.stage(changes.collect()).await.unwrap();

    // Beside it another process polls, which brings an edit and a post, and an organiser decides.
    let edited = Feed::atom("ann")
        .post("Thing 6: networks", "2011-07-01")
        .post("Lunch, and Thing 5", "2011-07-02")
        .post("Thing 4", "2011-07-03")
        .post("Thing 2", "2011-07-04");
    blogs.serves("/ann", &edited);
    let ran = run(folder.path(), &["poll"]).await;
    assert!(ran.stdout.contains("1 new post, 1 changed"), "{ran:?}");
    let ran = run(folder.path(), &["decide", "3", "-8", "+1"]).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(
        things(&store).await,
        [Some(2), Some(1), Some(4), Some(5), Some(6)]
    );

    let seen = vec![Seen {
        span,
        mark: piece.mark,
        counts: Counts::default(),
    }];
    let rules = thingplanet::model::Fingerprint::of(b"made up");
    let now = "2011-08-01T12:00:00Z".parse().unwrap();
    let by = ("Olive".to_owned(), rules);
    let counts = retagging
        .commit(seen, by, now, |_, entries| {
            let changes: Vec<_> = entries
                .iter()
                .map(|entry| {
                    // The text as it is now, not as it was when the piece was first looked at.
                    let thing = if entry.text.title.starts_with("Lunch, and") {
                        7
                    } else {
                        8
                    };
                    (entry.id, made_up(thing))
                })
                .collect();
            let counts = Counts {
                entries: changes.len(),
                ..Counts::default()
            };
            (changes, counts)
        })
        .await
        .unwrap();

    assert_eq!(counts.entries, 4, "the piece again, and the post that came");
    assert_eq!(things(&store).await, [Some(8), Some(1), Some(7), Some(8)]);
    assert!(!store.awaits_retag(rules).await.unwrap());
}

#[tokio::test]
async fn a_retag_that_is_broken_off_leaves_everything_as_it_was() {
    let (_blogs, folder) = polled(&["Thing 6: networks"]).await;
    let store = Store::open(&folder.file("planet.db"), Access::Beside)
        .await
        .unwrap();
    for _ in 0..2 {
        let retagging = store.begin_retag().await.unwrap();
        retagging
            .stage(vec![(EntryId(1), made_up(8))])
            .await
            .unwrap();
    }
    let retagging = store.begin_retag().await.unwrap();
    retagging
        .stage(vec![(EntryId(1), made_up(8))])
        .await
        .unwrap();
    let nobody = (
        String::new(),
        thingplanet::model::Fingerprint::of(b"made up"),
    );
    let now = "2011-08-01T12:00:00Z".parse().unwrap();
    let refused = retagging
        .commit(Vec::new(), nobody, now, |_, _| {
            (Vec::new(), Counts::default())
        })
        .await;
    assert!(refused.is_err(), "the log wants to know who did it");
    drop(retagging);
    assert_eq!(things(&store).await, [Some(6)]);
}

#[tokio::test]
async fn a_retag_that_meets_a_damaged_post_changes_nothing_and_says_so() {
    let titles = ["Step 2: networks", "Step 3", "Step 4", "Thing 6: networks"];
    let (blogs, folder) = polled(&titles).await;
    write_course(&folder, "Step", &blogs);
    let database = Connection::open(folder.file("planet.db")).unwrap();
    let tags = || -> String {
        let sql = "SELECT group_concat(thing) FROM (SELECT thing FROM tag ORDER BY thing)";
        database.query_row(sql, [], |row| row.get(0)).unwrap()
    };
    let damage = "UPDATE entry SET title = CAST(x'ff' AS TEXT) WHERE title = 'Step 3'";
    assert_eq!(database.execute(damage, []).unwrap(), 1);
    for command in [&["retag", "--dry-run"][..], &["retag"]] {
        let ran = run(folder.path(), command).await;
        assert_eq!(ran.code, Some(2), "{ran:?}");
        assert_eq!(tags(), "6", "{ran:?}");
    }
    let cure = "UPDATE entry SET title = 'Step 3' WHERE hex(title) = 'FF'";
    assert_eq!(database.execute(cure, []).unwrap(), 1);
    let ran = run(folder.path(), &["retag"]).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(tags(), "2,3,4");
}

/// Everything that the first released schema says of one post without its links.
const OLD: &str = "
    PRAGMA user_version = 1;
    INSERT INTO participant VALUES (1, 'ann', 'Ann', NULL, 0, 0, 1);
    INSERT INTO feed (id, participant_id, address, address_key, listed, named)
    VALUES (1, 1, 'https://ann.example/feed', 'ann.example/feed', 1, 1);
    INSERT INTO entry VALUES (1, 1, 1, 'tag:ann.example,2011:1', 'guid', 'tag:ann.example,2011:1', NULL, 'Networking',
        '', 0, 0, 0, '', zeroblob(32), zeroblob(32), 1, NULL, 'Networking', 'plain', 'html', 'On this.',
        '<p>On <a href=\"https://course.example/2011/07/online-networks.html\">this</a>.</p>', 'raw');";

#[tokio::test]
async fn a_database_from_before_decisions_is_brought_up_to_date_and_retagged_from_its_html() {
    let folder = Folder::new();
    let path = folder.file("planet.db");
    let old = Connection::open(&path).unwrap();
    old.execute_batch(include_str!("../../migrations/0001_planet.sql"))
        .unwrap();
    old.execute_batch(OLD).unwrap();
    drop(old);
    let course = format!(
        "[course]\nname = \"Nine\"\n[[thing]]\nnumber = 6\ntitle = \"Networks\"\nbrief = \"{BRIEF}\"\n"
    );
    folder.write("feeds.toml", &course);

    let read = Store::open(&path, Access::Read).await;
    assert!(matches!(read, Err(StoreError::Older(_))), "{read:?}");
    let ran = run(folder.path(), &["retag", "--dry-run"]).await;
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.stderr.contains("run `thingplanet poll`"), "{ran:?}");

    // An older thingplanet polls; the schema must not change under it.
    let lock = std::fs::File::create(folder.file("planet.db.lock")).unwrap();
    lock.lock().unwrap();
    let ran = run(folder.path(), &["retag"]).await;
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(
        ran.stderr.contains("in use by another thingplanet"),
        "{ran:?}"
    );
    drop(lock);

    let ran = run(folder.path(), &["retag"]).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(
        ran.stdout
            .contains("+ 6 Ann, “Networking” (post 1): links to"),
        "{ran:?}"
    );
    let store = Store::open(&path, Access::Read).await.unwrap();
    assert_eq!(things(&store).await, [Some(6)]);
}

#[tokio::test]
async fn links_are_kept_apart_as_long_as_they_are_those_of_the_html() {
    let blogs = Blogosphere::start().await;
    let saying = format!("<p>On <a href=\"{BRIEF}\">this</a>.</p>");
    let ann = Feed::atom("ann")
        .post("Networking", "2011-07-01")
        .saying(&saying);
    blogs.serves("/ann", &ann);
    let folder = Folder::new();
    write_course(&folder, "Thing", &blogs);
    run(folder.path(), &["poll"]).await;
    let store = Store::open(&folder.file("planet.db"), Access::Read)
        .await
        .unwrap();
    let (after, to) = (EntryId(0), EntryId(1));
    let entry = store
        .stored(Span { after, to })
        .await
        .unwrap()
        .entries
        .remove(0);
    assert_eq!(entry.html, None);
    assert_eq!(entry.links.lines().collect::<Vec<_>>(), [BRIEF]);

    let database = Connection::open(folder.file("planet.db")).unwrap();
    database
        .execute("UPDATE entry SET html = '<p>No more.</p>'", [])
        .unwrap();
    let entry = store
        .stored(Span { after, to })
        .await
        .unwrap()
        .entries
        .remove(0);
    assert_eq!(entry.html.unwrap().as_str(), "<p>No more.</p>");
    assert_eq!(entry.links, "");
}
