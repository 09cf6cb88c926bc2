//! Reading the same blogs again and again: nothing is there twice, nothing moves, and nobody floods the front page.

use rusqlite::Connection;
use thingplanet::poll::PollResult;

use crate::harness::{Answer, Blogosphere, Feed, Folder, Planet, fixture, run};

/// What must never change about a post that is kept: which it is, its id in our feeds, its date, its place.
const LASTING: &str = "
    SELECT printf('%d %d %s %d', id, participant_id, public_id, published_at) FROM visible_entry
    ORDER BY published_at DESC, id DESC";

const FIXTURES: [&str; 10] = [
    "blogger.atom",
    "dates.rss",
    "dotclear_rdf.rdf",
    "duplicate_guid.rss",
    "encoded_twice.rss",
    "jsonfeed.json",
    "latin1_undeclared.rss",
    "no_guid.rss",
    "tumblr.rss",
    "wordpress.rss",
];

/// The same document with every title edited.
fn edited(document: &[u8], edition: usize) -> Vec<u8> {
    let mark = format!("edition {edition}");
    let mut rest = document;
    let mut out = Vec::new();
    while !rest.is_empty() {
        let (before, inserted) = if rest.starts_with(b"]]></title>") {
            (11, format!(" {mark}]]></title>"))
        } else if rest.starts_with(b"</title>") {
            (8, format!(" {mark}</title>"))
        } else if rest.starts_with(b"\"title\": \"") {
            (10, format!("\"title\": \"{mark} "))
        } else {
            (1, String::new())
        };
        if inserted.is_empty() {
            out.push(rest[0]);
        } else {
            out.extend(inserted.bytes());
        }
        rest = &rest[before..];
    }
    out
}

#[tokio::test]
async fn edited_titles_create_nothing_and_move_nothing_in_any_dialect() {
    let blogs = Blogosphere::start().await;
    let mut planet = Planet::start().await;
    for name in FIXTURES {
        let path = format!("/{name}");
        blogs.answers(&path, [Answer::feed(fixture(name))]);
        planet.register(name, &blogs.url(&path)).await;
    }
    assert_eq!(planet.poll().await.failed, []);
    let before = planet.ask_database(LASTING);
    assert!(before.len() > 30, "{before:#?}");

    for edition in 1..=3 {
        for name in FIXTURES {
            let document = edited(&fixture(name), edition);
            blogs.answers(&format!("/{name}"), [Answer::feed(document)]);
        }
        planet.later(2);
        let summary = planet.poll().await;
        assert_eq!((summary.failed.len(), summary.new), (0, 0), "{edition}");
        assert_eq!(planet.ask_database(LASTING), before, "{edition}");
        let sql = "SELECT title FROM visible_entry WHERE title <> '' AND title NOT LIKE '%edition ";
        let missed = planet.ask_database(&format!("{sql}{edition}%'"));
        assert_eq!(missed, [""; 0], "every title is the new one");
    }
}

/// An RSS feed of these items.
fn rss(items: &str) -> Answer {
    Answer::feed(format!(
        "<rss version=\"2.0\"><channel><title>A blog</title><link>https://a.example/</link>{items}</channel></rss>"
    ))
}

#[tokio::test]
async fn posts_without_guid_and_link_come_once_however_often_they_are_read() {
    let items = "<item><title>One</title><description>Of the first kind.</description></item>\
                 <item><title>Two</title><guid/><description>Of the second.</description></item>\
                 <item><title>Two</title><guid> </guid><description>Of a third.</description></item>";
    let blogs = Blogosphere::start().await;
    blogs.answers("/feed", [rss(items), rss(&format!("<!-- 2 -->{items}"))]);
    let mut planet = Planet::start().await;
    planet.register("Ann", &blogs.url("/feed")).await;
    assert_eq!(planet.poll().await.new, 3);
    let before = planet.ask_database(LASTING);
    for _ in 0..3 {
        planet.later(2);
        assert_eq!(planet.poll().await.new, 0);
        assert_eq!(planet.ask_database(LASTING), before, "dates included");
    }
}

#[tokio::test]
async fn a_classmates_guid_and_link_are_out_of_reach() {
    let ann = Feed::atom("ann").post("Thing 6: my networks", "2011-07-20");
    let copied = ann.clone().saying("<p>Buy my pills.</p>").xml();
    let copied = copied.replace("my networks", "my pills");
    let blogs = Blogosphere::start().await;
    blogs.serves("/ann/feed", &ann);
    blogs.answers("/mallory/feed", [Answer::feed(copied)]);
    let mut planet = Planet::start().await;
    planet.register("Ann", &blogs.url("/ann/feed")).await;
    planet.poll().await;
    let hers = planet.feed("/participants/ann/feed.atom").await;
    planet
        .register("Mallory", &blogs.url("/mallory/feed"))
        .await;

    planet.poll().await;

    let after = planet.feed("/participants/ann/feed.atom").await;
    assert_eq!(after.entries, hers.entries);
    assert_eq!(planet.feed("/feed.atom").await.entries.len(), 2);
    let status = planet.words("/status").await;
    assert!(
        !status.contains("looks like the feed"),
        "one copy is no claim"
    );
}

/// So many posts of one noon.
fn at_once(blog: &str, count: usize, day: &str) -> Feed {
    (1..=count).fold(Feed::atom(blog), |feed, number| {
        feed.post(&format!("Thing 6, part {number}"), day)
    })
}

#[tokio::test]
async fn a_blog_that_posts_thirty_at_once_gets_five_of_them_on_the_front_page() {
    let blogs = Blogosphere::start().await;
    blogs.serves(
        "/bob/feed",
        &Feed::atom("bob").post("Thing 5", "2011-07-01"),
    );
    blogs.serves(
        "/ann/feed",
        &Feed::atom("ann").post("Thing 1", "2008-08-01"),
    );
    let mut planet = Planet::start().await;
    planet.register("Ann", &blogs.url("/ann/feed")).await;
    planet.register("Bob", &blogs.url("/bob/feed")).await;
    planet.poll().await;
    planet.later(2);
    blogs.serves("/ann/feed", &at_once("ann", 30, "2011-08-01"));

    assert_eq!(planet.poll().await.new, 29, "the first number is known");

    let newest: Vec<String> = (26..=30)
        .rev()
        .map(|number| format!("Thing 6, part {number}"))
        .collect();
    let front = planet.feed("/feed.atom").await;
    assert_eq!(front.titles()[..5], newest);
    assert_eq!(front.titles()[5..], ["Thing 5", "Thing 6, part 1"]);
    let home = planet.words("/").await;
    assert!(
        !home.contains("part 25") && home.contains("part 26"),
        "{home}"
    );
    for path in ["/participants/ann/feed.atom", "/things/6/feed.atom"] {
        assert_eq!(planet.feed(path).await.entries.len(), 30, "{path}");
    }
    let told = "29 posts arrived at once on Monday 1 August 2011; 5 are on the front page";
    for path in ["/status", "/participants/ann"] {
        let words = planet.words(path).await;
        assert!(words.contains(told), "{path}: {words}");
    }
    planet.later(2);
    planet.poll().await;
    assert_eq!(planet.feed("/feed.atom").await.titles(), front.titles());
}

#[tokio::test]
async fn a_blog_that_dates_everything_anew_moves_nothing() {
    let feed = |updated: &str| {
        let mut feed = Feed::atom("ann");
        for number in 1..=25 {
            let day = format!("2011-07-{number:02}");
            feed = feed.post(&format!("Thing 6, part {number}"), &day);
            feed = feed.changed(if updated.is_empty() { &day } else { updated });
        }
        feed
    };
    let mut again = feed("2011-08-01").xml();
    for day in 1..=25 {
        let before = format!("<published>2011-07-{day:02}");
        again = again.replace(&before, "<published>2011-08-01");
    }
    assert_eq!(again.matches("<published>2011-08-01").count(), 25);
    let blogs = Blogosphere::start().await;
    blogs.answers("/feed", [Answer::feed(feed("").xml()), Answer::feed(again)]);
    let mut planet = Planet::start().await;
    planet.register("Ann", &blogs.url("/feed")).await;
    planet.poll().await;
    let before = planet.feed("/feed.atom").await;
    planet.later(2);

    assert_eq!(planet.poll().await.new, 0);

    assert_eq!(planet.feed("/feed.atom").await.entries, before.entries);
}

#[tokio::test]
async fn an_old_blog_that_joins_comes_to_the_front_page_only_where_its_dates_say() {
    let blogs = Blogosphere::start().await;
    blogs.serves(
        "/bob/feed",
        &Feed::atom("bob").post("Thing 5", "2011-07-01"),
    );
    let mut old = Feed::atom("ann");
    for number in 0..300 {
        let (year, month, day) = (2001 + number / 30, 1 + number % 12, 1 + number % 28);
        old = old.post(
            &format!("Old post {number}"),
            &format!("{year}-{month:02}-{day:02}"),
        );
    }
    blogs.serves("/ann/feed", &old.post("Thing 6", "2011-07-20"));
    let mut planet = Planet::start().await;
    planet.register("Bob", &blogs.url("/bob/feed")).await;
    planet.register("Ann", &blogs.url("/ann/feed")).await;

    planet.poll().await;

    let front = planet.feed("/feed.atom").await;
    assert_eq!(front.titles()[..2], ["Thing 6", "Thing 5"]);
    let status = planet.words("/status").await;
    assert!(!status.contains("arrived at once"), "{status}");
}

/// Shows A7.
#[tokio::test]
async fn what_changes_at_every_visit_but_cannot_be_seen_changes_none_of_our_feeds() {
    let rendered = |second: usize| {
        let text = format!(
            "<p>Words.</p><!-- rendered 12:00:{second:02} --><img src=\"https://count.example/p.gif?{second}\" width=1 height=1>"
        );
        Answer::feed(
            Feed::atom("ann")
                .post("Thing 6", "2011-07-20")
                .saying(&text)
                .xml(),
        )
    };
    let blogs = Blogosphere::start().await;
    blogs.answers("/feed", (0..50).map(rendered));
    let mut planet = Planet::start().await;
    planet.register("Ann", &blogs.url("/feed")).await;
    planet.poll().await;
    let first = planet.get("/things/6/feed.atom").await;
    for _ in 1..50 {
        planet.later(1);
        planet.poll().await;
    }
    assert_eq!(blogs.asked("/feed").len(), 50);
    let last = planet.get("/things/6/feed.atom").await;
    for name in ["etag", "last-modified"] {
        assert_eq!(first.header(name), last.header(name), "{name}");
    }
}

#[tokio::test]
async fn a_typo_is_mended_without_the_post_coming_up_anew() {
    let feed = |text: &str| {
        let feed = Feed::atom("ann").post("Thing 6", "2011-07-20");
        Answer::feed(feed.saying(text).changed("2011-07-31").xml())
    };
    let (typo, mended) = (
        "<p>I joined LinkdIn.</p>",
        "<p>I joined <b>LinkedIn</b>.</p>",
    );
    let longer = format!(
        "{mended}<p>{}</p>",
        "And what I did there is a story of its own. ".repeat(3)
    );
    let blogs = Blogosphere::start().await;
    blogs.answers("/feed", [feed(typo), feed(mended), feed(&longer)]);
    let mut planet = Planet::start().await;
    planet.register("Ann", &blogs.url("/feed")).await;
    planet.poll().await;
    let before = planet.feed("/feed.atom").await.entries.remove(0);

    planet.later(2);
    planet.poll().await;
    let after = planet.feed("/feed.atom").await.entries.remove(0);
    assert!(after.html.unwrap().contains("LinkedIn"));
    assert_eq!(after.updated, before.updated);

    planet.later(2);
    planet.poll().await;
    let after = planet.feed("/feed.atom").await.entries.remove(0);
    assert_eq!(after.updated, planet.now(), "a paragraph is news");
    assert_eq!(after.published, before.published);
}

/// Shows A6.
#[tokio::test]
async fn a_better_parser_reads_an_unchanged_feed_once_more_and_asks_for_it_once() {
    let blogs = Blogosphere::start().await;
    let feed = Feed::atom("ann").post("Thing 6", "2011-07-20").xml();
    blogs.answers("/feed", [Answer::feed(feed).etag("\"1\"")]);
    let mut planet = Planet::start().await;
    planet.register("Ann", &blogs.url("/feed")).await;
    planet.poll().await;
    planet.change_database(
        "UPDATE feed SET parser = 0; UPDATE entry SET fingerprint = zeroblob(32);",
    );

    // The whole feed is asked for once a day at most, whatever the reason.
    let unchanged = planet.poll_and_listen().await;
    assert_eq!(unchanged[0].result, PollResult::Unchanged);
    planet.later(24);
    let read = planet.poll_and_listen().await;
    let changed = PollResult::Read {
        new: 0,
        changed: 1,
        unchanged: 0,
    };
    assert_eq!(read[0].result, changed);
    assert_eq!(
        planet.poll_and_listen().await[0].result,
        PollResult::Unchanged
    );

    let sent: Vec<bool> = blogs
        .asked("/feed")
        .iter()
        .map(|asked| asked.header("if-none-match").is_some())
        .collect();
    assert_eq!(sent, [false, true, false, true]);
}

#[tokio::test]
async fn a_newer_sanitiser_cleans_what_is_stored_and_nothing_comes_up_anew() {
    let blogs = Blogosphere::start().await;
    let feed = Feed::atom("ann")
        .post("Thing 5", "2011-07-13")
        .post("Thing 6", "2011-07-20");
    blogs.serves("/feed", &feed);
    let mut planet = Planet::start().await;
    planet.register("Ann", &blogs.url("/feed")).await;
    planet.poll().await;
    let before = planet.get("/feed.atom").await;
    planet.change_database(
        "UPDATE entry SET sanitizer = 0, html = '<p>Badly cleaned.</p>', text = 'x', title = 'y';",
    );
    assert_ne!(planet.get("/feed.atom").await.text(), before.text());

    planet.later(2);
    planet.clean().await;

    assert_eq!(
        planet.get("/feed.atom").await.text(),
        before.text(),
        "byte for byte"
    );
    planet.later(2);
    assert_eq!(planet.poll().await.changed, 0);
}

#[tokio::test]
async fn one_blog_under_many_addresses_is_one_blog() {
    let feed = Feed::atom("ann")
        .post("Thing 5", "2011-07-13")
        .post("Thing 6", "2011-07-20");
    // What WordPress gives as RSS: other guids than in Atom, the same links.
    let item = |number: usize, day: usize| {
        format!(
            "<item><title>Thing {}</title><guid isPermaLink=\"false\">https://ann.example/?p={number}</guid>\
             <link>http://ann.example/{number}</link><pubDate>{day} Jul 2011 12:00:00 GMT</pubDate>\
             <description>What I did on 2011-07-{day}.</description></item>",
            4 + number
        )
    };
    let items = item(2, 20) + &item(1, 13);
    let addresses = [
        "/feed",
        "/feed/",
        "/feed/atom",
        "/feed/rss",
        "/?feed=rss2",
        "/feeds/posts/default?alt=rss",
        "/burner",
        "/feed?format=xml",
    ];
    let blogs = Blogosphere::start().await;
    let mut planet = Planet::start().await;
    planet.register("Ann", &blogs.url("/feed")).await;
    let mut before = Vec::new();
    for address in addresses {
        let answer = match address {
            "/burner" => Answer::redirect(301, &blogs.url("/feed")),
            address if address.contains("rss") => rss(&items),
            _ => Answer::feed(feed.xml()),
        };
        blogs.answers(address, [answer]);
        let url = blogs.url(address);
        planet.roster.participants[0].feed = Some(url.parse().unwrap());
        planet.take_over().await;
        planet.later(2);
        assert_eq!(planet.poll().await.failed, [], "{address}");
        let kept = planet.ask_database(LASTING);
        if before.is_empty() {
            before = kept;
        } else {
            assert_eq!(kept, before, "{address}");
        }
    }
    assert_eq!(before.len(), 2);
    let changes = planet.ask_database("SELECT printf('%d', max(changes)) FROM entry_reading");
    assert!(
        changes[0].parse::<usize>().unwrap() <= addresses.len(),
        "{changes:?}"
    );
    planet.later(2);
    assert_eq!(planet.poll().await.changed, 0, "and it comes to rest");
}

#[tokio::test]
async fn two_participants_with_one_feed_are_told_and_the_owner_of_the_address_keeps_it() {
    for first in ["Ann", "Bob"] {
        let blogs = Blogosphere::start().await;
        blogs.serves(
            "/ann/feed",
            &Feed::atom("ann").post("Thing 6", "2011-07-20"),
        );
        blogs.answers(
            "/bob/feed",
            [Answer::redirect(302, &blogs.url("/ann/feed"))],
        );
        let mut planet = Planet::start().await;
        let second = if first == "Ann" { "Bob" } else { "Ann" };
        for name in [first, second] {
            let path = format!("/{}/feed", name.to_lowercase());
            planet.register(name, &blogs.url(&path)).await;
        }
        planet.poll().await;
        planet.later(2);
        planet.poll().await;

        let cause = planet.cause("Bob").await;
        assert!(cause.contains("this is the feed of Ann"), "{cause}");
        assert!(planet.words("/status").await.contains(&cause));
        assert_eq!(
            planet
                .feed("/participants/ann/feed.atom")
                .await
                .entries
                .len(),
            1
        );
    }
}

#[tokio::test]
async fn two_participants_with_the_same_posts_are_both_shown_and_the_organiser_is_told() {
    let feed = Feed::atom("ann")
        .post("Thing 5", "2011-07-13")
        .post("Thing 6", "2011-07-20");
    let blogs = Blogosphere::start().await;
    blogs.serves("/ann/feed", &feed);
    blogs.serves("/ann/atom", &feed);
    let mut planet = Planet::start().await;
    planet.register("Ann", &blogs.url("/ann/feed")).await;
    planet.register("Bob", &blogs.url("/ann/atom")).await;

    let summary = planet.poll().await;
    assert_eq!(summary.new, 4);
    let told = summary.remarked.iter().map(|one| one.owner.as_str());
    assert_eq!(told.collect::<Vec<_>>(), ["Bob"]);

    let bob = planet.words("/participants/bob").await;
    assert!(
        bob.contains("this looks like the feed of Ann as well"),
        "{bob}"
    );
    let ann = planet.words("/participants/ann").await;
    assert!(!ann.contains("looks like the feed"), "{ann}");
}

#[tokio::test]
async fn a_self_link_to_a_classmates_feed_changes_nothing_that_is_asked_or_shown() {
    let blogs = Blogosphere::start().await;
    let ann = blogs.url("/ann/feed");
    blogs.serves(
        "/ann/feed",
        &Feed::atom("ann").post("Thing 6", "2011-07-20"),
    );
    let mallory = Feed::atom("mallory").post("Thing 5", "2011-07-13").xml();
    let claim = format!("<link rel=\"self\" href=\"{ann}\"/><title>");
    blogs.answers(
        "/mallory/feed",
        [Answer::feed(mallory.replacen("<title>", &claim, 1))],
    );
    let mut planet = Planet::start().await;
    planet
        .register("Mallory", &blogs.url("/mallory/feed"))
        .await;
    planet.register("Ann", &ann).await;
    for _ in 0..2 {
        assert_eq!(planet.poll().await.failed, []);
        planet.later(2);
    }
    for path in ["/ann/feed", "/mallory/feed"] {
        assert_eq!(blogs.asked(path).len(), 2, "{path}");
    }
    assert_eq!(
        planet.feed("/feed.atom").await.titles(),
        ["Thing 6", "Thing 5"]
    );
}

#[tokio::test]
async fn the_poll_command_cleans_what_an_older_sanitiser_left_before_it_asks_anybody() {
    let blogs = Blogosphere::start().await;
    blogs.serves("/feed", &Feed::atom("ann").post("Thing 6", "2011-07-20"));
    let folder = Folder::new();
    let feed = blogs.url("/feed");
    let roster = format!(
        "[course]\nname = \"Clean\"\n[poll]\nallow_networks = [\"127.0.0.0/8\"]\ngap_seconds = 0\n\
         [[thing]]\nnumber = 6\ntitle = \"Networks\"\n[[participant]]\nname = \"Ann\"\nfeed = \"{feed}\"\n"
    );
    folder.write("feeds.toml", &roster);
    assert_eq!(run(folder.path(), &["poll"]).await.code, Some(0));
    let database = Connection::open(folder.file("planet.db")).unwrap();
    let html = || -> String {
        let sql = "SELECT html FROM entry";
        database.query_row(sql, [], |row| row.get(0)).unwrap()
    };
    let before = html();
    let older = "UPDATE entry SET sanitizer = 0, html = '<script>old()</script>'";
    database.execute(older, []).unwrap();
    blogs.answers("/feed", [Answer::status(500)]);

    let ran = run(folder.path(), &["poll"]).await;

    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    assert_eq!(html(), before, "though the blog does not answer");
}

#[tokio::test]
async fn a_post_from_the_future_stands_at_its_first_sight_and_its_blogger_is_told() {
    let blogs = Blogosphere::start().await;
    let late = |day: &str| {
        let feed = Feed::atom("ann").post("Thing 6 <early>", day);
        Answer::feed(feed.saying("<p>Soon.</p>").xml())
    };
    blogs.answers("/feed", [late("2999-01-01"), late("2011-07-20")]);
    let mut planet = Planet::start().await;
    planet.register("Ann", &blogs.url("/feed")).await;
    planet.poll().await;
    let first = planet.feed("/feed.atom").await.entries.remove(0);
    assert_eq!(
        (first.published, first.updated),
        (planet.now(), planet.now())
    );
    let told = "Thing 6 <early> : its date, 1 January 2999, 12:00 UTC, lies in the future";
    for path in ["/status", "/participants/ann"] {
        let words = planet.words(path).await;
        assert!(words.contains(told), "{path}: {words}");
    }

    // Once it is mended there is nothing to tell, and the post stays where readers have seen it.
    planet.later(2);
    planet.poll().await;
    let after = planet.feed("/feed.atom").await.entries.remove(0);
    assert_eq!(after, first);
    let words = planet.words("/status").await;
    assert!(!words.contains("lies in the future"), "{words}");
}

/// Ann's feed with something more in its head.
fn with_head(feed: &Feed, head: &str) -> String {
    let namespaces = "xmlns=\"http://www.w3.org/2005/Atom\" xmlns:at=\"http://purl.org/atompub/tombstones/1.0\" \
                      xmlns:fh=\"http://purl.org/syndication/history/1.0\"";
    let xml = feed
        .xml()
        .replacen("xmlns=\"http://www.w3.org/2005/Atom\"", namespaces, 1);
    xml.replacen("<title>", &format!("{head}<title>"), 1)
}

#[tokio::test]
async fn a_tombstone_takes_a_blogs_own_post_away_and_no_other_and_not_for_good() {
    let ann = Feed::atom("ann")
        .post("Thing 5", "2011-07-13")
        .post("Thing 6", "2011-07-20");
    let bob = Feed::atom("bob").post("Thing 7", "2011-07-21");
    let grave =
        |id: String, when: &str| format!("<at:deleted-entry ref=\"{id}\" when=\"{when}\"/>");
    let past = "2011-07-30T00:00:00Z";
    let graves = grave(ann.id(1), past) + &grave(bob.id(1), past);
    let late = grave(ann.id(2), "2011-12-24T00:00:00Z");
    let rest = Feed::atom("ann");
    let blogs = Blogosphere::start().await;
    blogs.serves("/bob/feed", &bob);
    blogs.answers(
        "/ann/feed",
        [
            Answer::feed(ann.xml()),
            Answer::feed(with_head(&rest, &(graves + &late))),
            Answer::feed(ann.xml()),
        ],
    );
    let mut planet = Planet::start().await;
    planet.register("Ann", &blogs.url("/ann/feed")).await;
    planet.register("Bob", &blogs.url("/bob/feed")).await;
    planet.poll().await;
    let before = planet.feed("/feed.atom").await;
    assert_eq!(before.titles(), ["Thing 7", "Thing 6", "Thing 5"]);

    planet.later(2);
    planet.poll().await;
    assert_eq!(
        planet.feed("/feed.atom").await.titles(),
        ["Thing 7", "Thing 6"]
    );
    assert_eq!(planet.feed("/things/5/feed.atom").await.titles(), [""; 0]);
    assert!(
        !planet
            .words("/participants/ann")
            .await
            .contains("✓ Thing 5")
    );

    planet.later(2);
    planet.poll().await;
    assert_eq!(planet.feed("/feed.atom").await.entries, before.entries);
}

#[tokio::test]
async fn what_a_complete_feed_lacks_is_gone_and_what_a_part_lacks_is_not() {
    let both = Feed::atom("ann")
        .post("Thing 5", "2011-07-13")
        .post("Thing 6", "2011-07-20");
    let one = Feed::atom("ann").post("Thing 5", "2011-07-13");
    let complete = |feed: &Feed| with_head(feed, "<fh:complete/>");
    let cut = complete(&both);
    let cut = cut[..cut.rfind("<entry>").unwrap() + 30].to_owned();
    let blogs = Blogosphere::start().await;
    blogs.answers(
        "/feed",
        [
            Answer::feed(both.xml()),
            Answer::feed(one.xml()),
            Answer::feed(cut),
            Answer::feed(complete(&one)),
        ],
    );
    let mut planet = Planet::start().await;
    planet.register("Ann", &blogs.url("/feed")).await;
    for expected in [2, 2, 2, 1] {
        planet.poll().await;
        planet.later(2);
        assert_eq!(planet.feed("/feed.atom").await.entries.len(), expected);
    }
}
