//! Polling: what is asked, what is kept, and whose trouble a broken blog is.

use std::ops::ControlFlow;
use std::sync::Arc;

use thingplanet::model::Health;
use thingplanet::poll::{Listener, PollResult, Summary, Which};
use tokio::sync::Barrier;

use crate::harness::{Answer, Blogosphere, Feed, Planet, fixture};

fn posts(new: usize, changed: usize) -> Summary {
    Summary {
        feeds: 1,
        new,
        changed,
        unchanged: usize::from(new == 0 && changed == 0),
        ..Summary::default()
    }
}

fn ann() -> Feed {
    Feed::atom("ann")
        .post("Thing 5: thinking about thinking", "2011-07-13")
        .post("Thing 6: too many networks", "2011-07-20")
}

/// Ann, whose blog gives these answers one after the other.
async fn ann_answers(script: impl IntoIterator<Item = Answer>) -> (Blogosphere, Planet) {
    let blogs = Blogosphere::start().await;
    blogs.answers("/ann/feed", script);
    let mut planet = Planet::start().await;
    planet.register("Ann", &blogs.url("/ann/feed")).await;
    (blogs, planet)
}

#[tokio::test]
async fn a_new_post_appears_on_the_page_of_its_thing() {
    let blogs = Blogosphere::start().await;
    blogs.serves("/ann/feed", &ann());
    let mut planet = Planet::start().await;
    planet.register("Ann", &blogs.url("/ann/feed")).await;

    assert_eq!(planet.poll().await, posts(2, 0));

    let thing = planet.page("/things/6").await;
    assert!(thing.links_to(&ann().address(2)), "{:?}", thing.links());
    assert!(!thing.links_to(&ann().address(1)), "that one is on Thing 5");
    let evidence = planet.words("/things/6").await;
    assert!(evidence.contains("title says “Thing 6”"), "{evidence}");
}

/// A feed as it comes when its software gives up in the middle of the first post.
fn cut_off() -> String {
    let xml = ann().xml();
    xml[..xml.find("<content").unwrap()].to_owned()
}

/// Shows A29.
#[tokio::test]
async fn a_feed_that_is_cut_off_before_its_first_whole_post_is_a_failure_and_asked_for_in_full() {
    let whole = || Answer::feed(ann().xml());
    let script = [
        Answer::feed(cut_off()).etag("\"cut\""),
        Answer::feed(cut_off()).etag("\"cut\""),
        whole().etag("\"whole\""),
        Answer::feed(cut_off()).etag("\"cut again\""),
        whole().etag("\"whole\""),
    ];
    let (blogs, planet) = ann_answers(script).await;
    for count in 1..=2 {
        assert_eq!(planet.poll().await.failed.len(), 1);
        let health = planet.health("Ann").await;
        let Health::Failing(failure) = health else {
            panic!("{health:?}");
        };
        assert_eq!(failure.count, count);
        let said = "the feed ends in the middle, before its first whole post: it may pass";
        assert!(failure.cause.starts_with(said), "{}", failure.cause);
        planet.later(24 * 15);
    }
    let why = planet.words("/participants/ann/why").await;
    assert!(why.contains("ends in the middle"), "{why}");
    assert_eq!(planet.poll().await, posts(2, 0));

    planet.later(24);
    assert_eq!(planet.poll().await.failed.len(), 1);
    assert_eq!(planet.count_posts(), 2);
    planet.later(24);
    assert_eq!(planet.poll().await, posts(0, 0));
    assert!(!matches!(planet.health("Ann").await, Health::Failing(_)));
    let told: Vec<_> = blogs
        .asked("/ann/feed")
        .iter()
        .map(|asked| asked.header("if-none-match").map(<[u8]>::to_vec))
        .collect();
    let whole = Some(b"\"whole\"".to_vec());
    assert_eq!(told, [None, None, None, whole.clone(), whole]);
}

#[tokio::test]
async fn a_whole_feed_without_posts_and_a_feed_of_which_a_post_could_be_read_are_no_failures() {
    let empty = Feed::atom("ann").xml();
    let (_blogs, planet) = ann_answers([Answer::feed(empty)]).await;
    assert_eq!(planet.poll().await, posts(0, 0));
    assert_eq!(planet.health("Ann").await, Health::Quiet { since: None });

    let xml = ann().xml();
    let second = xml.rfind("<content").unwrap();
    let (_blogs, planet) = ann_answers([Answer::feed(&xml[..second])]).await;
    assert_eq!(planet.poll().await, posts(1, 0));
    let status = planet.words("/status").await;
    assert!(status.contains("cut off after post 1"), "{status}");
}

#[tokio::test]
async fn every_dialect_of_feed_brings_its_posts_to_their_things() {
    let blogs = Blogosphere::start().await;
    let mut planet = Planet::start().await;
    let fixtures = [
        "blogger.atom",
        "wordpress.rss",
        "tumblr.rss",
        "jsonfeed.json",
        "latin1_undeclared.rss",
        "dotclear_rdf.rdf",
        "no_guid.rss",
        "duplicate_guid.rss",
    ];
    for name in fixtures {
        blogs.answers(&format!("/{name}"), [Answer::feed(fixture(name))]);
        planet.register(name, &blogs.url(&format!("/{name}"))).await;
    }

    let first = planet.poll().await;
    assert_eq!(first.failed, []);
    let again = planet.poll().await;
    assert_eq!(
        (again.new, again.changed),
        (0, 0),
        "no identity was invented"
    );

    let sevens = planet.words("/things/7").await;
    assert!(sevens.contains("Things 7 & 8 – umbrellas"), "{sevens}");
    let threes = planet.words("/things/3").await;
    assert!(threes.contains("suis-je une marque déposée"), "{threes}");
    let fives = planet.words("/things/5").await;
    assert!(fives.contains("Thing 5 & the kettle"), "{fives}");
}

/// Shows A1.
#[tokio::test]
async fn a_second_poll_brings_the_validators_back_byte_for_byte() {
    let odd = "W/\"a-'b\\ ;ü\"";
    let date = "Wed, 20 Jul 2011 12:00:00 GMT";
    let answer = Answer::feed(ann().xml()).etag(odd).last_modified(date);
    let (blogs, planet) = ann_answers([answer]).await;

    assert_eq!(planet.poll().await, posts(2, 0));
    assert_eq!(planet.poll().await, posts(0, 0));

    let asked = blogs.asked("/ann/feed");
    assert_eq!(asked.len(), 2);
    assert_eq!(asked[0].header("if-none-match"), None);
    assert_eq!(asked[0].header("if-modified-since"), None);
    assert_eq!(asked[1].header("if-none-match"), Some(odd.as_bytes()));
    assert_eq!(asked[1].header("if-modified-since"), Some(date.as_bytes()));
    assert_eq!(planet.feed("/feed.atom").await.entries.len(), 2);
}

/// Shows A17.
#[tokio::test]
async fn a_polite_robot_says_who_it_is_and_what_it_reads() {
    let (blogs, planet) = ann_answers([Answer::feed(ann().xml())]).await;
    planet.poll().await;

    let asked = &blogs.asked("/ann/feed")[0];
    let header = |name: &str| String::from_utf8(asked.header(name).unwrap().to_vec()).unwrap();
    assert_eq!(asked.method, "GET");
    assert!(header("user-agent").contains("/about"), "{asked:?}");
    assert!(
        header("accept").contains("application/atom+xml"),
        "{asked:?}"
    );
    assert!(header("accept-encoding").contains("gzip"), "{asked:?}");
    for name in ["cookie", "referer", "authorization"] {
        assert_eq!(asked.header(name), None, "{name}");
    }
}

#[tokio::test]
async fn a_date_alone_is_enough_to_be_told_not_modified() {
    let date = "Wed, 20 Jul 2011 12:00:00 GMT";
    let (blogs, planet) = ann_answers([Answer::feed(ann().xml()).last_modified(date)]).await;
    planet.poll().await;
    planet.later(2);
    planet.poll().await;

    let asked = blogs.asked("/ann/feed");
    assert_eq!(asked[1].header("if-modified-since"), Some(date.as_bytes()));
    assert_eq!(asked[1].header("if-none-match"), None);
    assert_eq!(planet.health("Ann").await, Health::Ok);
}

/// Shows A4.
#[tokio::test]
async fn the_same_bytes_without_validators_are_not_read_again() {
    let (blogs, planet) = ann_answers([Answer::feed(ann().xml())]).await;
    planet.poll().await;

    let again = planet.poll_and_listen().await;

    assert_eq!(again[0].result, PollResult::Unchanged);
    assert_eq!(blogs.asked("/ann/feed").len(), 2);
    assert_eq!(planet.health("Ann").await, Health::Ok);
}

#[tokio::test]
async fn a_broken_feed_is_its_own_trouble_and_nobody_elses() {
    let blogs = Blogosphere::start().await;
    blogs.serves("/ann/feed", &ann());
    blogs.answers(
        "/bob/feed",
        [Answer::feed(
            "<feed xmlns=\"http://www.w3.org/2005/Atom\"><entry><tit",
        )],
    );
    blogs.answers("/cy/feed", [Answer::status(500)]);
    let mut planet = Planet::start().await;
    for name in ["Bob", "Cy", "Dee", "Ann"] {
        let path = format!("/{}/feed", name.to_lowercase());
        planet.register(name, &blogs.url(&path)).await;
    }

    let summary = planet.poll().await;

    assert_eq!((summary.feeds, summary.new), (4, 2));
    let failed: Vec<&str> = summary
        .failed
        .iter()
        .map(|one| one.owner.as_str())
        .collect();
    assert_eq!(failed, ["Bob", "Cy", "Dee"]);
    assert_eq!(planet.health("Ann").await, Health::Ok);
    assert!(planet.cause("Cy").await.contains("500"));
    assert!(planet.cause("Dee").await.contains("404"));
    let status = planet.words("/status").await;
    for name in ["Bob", "Cy", "Dee"] {
        let cause = planet.cause(name).await;
        assert!(
            status.contains(&cause),
            "{name}: {cause} is not in {status}"
        );
        assert!(cause.len() > 20 && !cause.contains("Error"), "{cause}");
    }
}

#[tokio::test]
async fn what_was_read_stays_while_a_blog_is_broken() {
    let (_blogs, planet) = ann_answers([
        Answer::feed(ann().xml()),
        Answer::feed("this was a feed once"),
        Answer::status(500),
    ])
    .await;
    planet.poll().await;
    let before = planet.feed("/feed.atom").await.entries;

    for _ in 0..2 {
        planet.later(24);
        assert_eq!(planet.poll().await.failed.len(), 1);
        assert_eq!(planet.feed("/feed.atom").await.entries, before);
    }

    let Health::Failing(failure) = planet.health("Ann").await else {
        panic!("it fails");
    };
    assert_eq!(failure.count, 2);
    assert_eq!(
        failure.since.to_string(),
        "2011-08-02T12:00:00Z",
        "the first time"
    );
}

/// Shows A2.
#[tokio::test]
async fn validators_do_not_advance_with_a_document_that_cannot_be_read() {
    let more = ann().post("Thing 7: face to face", "2011-07-27");
    let (blogs, planet) = ann_answers([
        Answer::feed(ann().xml()).etag("\"1\""),
        Answer::feed("<feed><entry>").etag("\"2\""),
        Answer::feed(more.xml()).etag("\"2\""),
    ])
    .await;
    planet.poll().await;
    assert_eq!(planet.poll().await.failed.len(), 1);

    assert_eq!(planet.poll().await, posts(1, 0), "the mended feed is read");

    let asked = blogs.asked("/ann/feed");
    assert_eq!(asked[1].header("if-none-match"), Some(&b"\"1\""[..]));
    assert_eq!(asked[2].header("if-none-match"), Some(&b"\"1\""[..]));
    assert_eq!(planet.health("Ann").await, Health::Ok);
}

#[tokio::test]
async fn an_edited_title_changes_the_words_and_nothing_else() {
    let edited = Feed::atom("ann")
        .post("Thing 5: thinking about thinking, again", "2011-07-13")
        .changed("2011-07-30")
        .post("Thing 6: too many networks", "2011-07-20");
    let (_blogs, planet) =
        ann_answers([Answer::feed(ann().xml()), Answer::feed(edited.xml())]).await;
    planet.poll().await;
    let before = planet.feed("/feed.atom").await;
    planet.later(2);

    assert_eq!(planet.poll().await, posts(0, 1));

    let after = planet.feed("/feed.atom").await;
    assert_eq!(
        after.titles(),
        [
            "Thing 6: too many networks",
            "Thing 5: thinking about thinking, again"
        ],
        "in their order"
    );
    for (one, other) in before.entries.iter().zip(&after.entries) {
        assert_eq!((&one.id, one.published), (&other.id, other.published));
    }
    assert_eq!(
        before.entries[0], after.entries[0],
        "the other one is untouched"
    );
    assert_eq!(after.entries[1].id, ann().id(1), "the blog's own id");
    assert_eq!(after.entries[1].updated.to_string(), "2011-07-30T12:00:00Z");
}

#[tokio::test]
async fn an_edited_title_moves_a_post_to_its_right_thing() {
    let wrong = Feed::atom("ann").post("Thing 4: networks", "2011-07-20");
    let right = Feed::atom("ann").post("Thing 6: networks", "2011-07-20");
    let (_blogs, planet) =
        ann_answers([Answer::feed(wrong.xml()), Answer::feed(right.xml())]).await;
    planet.poll().await;
    assert!(planet.page("/things/4").await.links_to(&wrong.address(1)));

    planet.poll().await;

    assert!(!planet.page("/things/4").await.links_to(&wrong.address(1)));
    assert!(planet.page("/things/6").await.links_to(&right.address(1)));
}

#[tokio::test]
async fn a_post_that_leaves_its_feed_stays_on_the_planet() {
    let shorter = Feed::atom("ann");
    let (_blogs, planet) =
        ann_answers([Answer::feed(ann().xml()), Answer::feed(shorter.xml())]).await;
    planet.poll().await;
    planet.poll().await;
    assert_eq!(planet.feed("/feed.atom").await.entries.len(), 2);
}

#[tokio::test]
async fn a_host_that_asks_us_to_wait_is_left_alone_until_then() {
    let (blogs, planet) = ann_answers([
        Answer::status(429).header("retry-after", "10800"),
        Answer::feed(ann().xml()),
    ])
    .await;
    let held = planet.poll().await;
    assert_eq!(
        (held.held, held.failed.len()),
        (1, 0),
        "waiting is not failing"
    );

    planet.later(2);
    assert_eq!(planet.poll_what_is_due().await.feeds, 0);
    assert_eq!(
        planet.poll().await.held,
        1,
        "not even when everything is polled"
    );
    assert_eq!(blogs.asked("/ann/feed").len(), 1);
    let status = planet.words("/status").await;
    for said in [
        "(429 or 503)",
        "never read so far",
        "not before Monday 1 August 2011, 16:00 , as it asked",
    ] {
        assert!(status.contains(said), "{said}: {status}");
    }

    planet.later(2);
    assert_eq!(planet.poll_what_is_due().await.new, 2);
    assert_eq!(blogs.asked("/ann/feed").len(), 2);
}

#[tokio::test]
async fn a_feed_is_due_again_after_an_hour_and_not_before() {
    let (blogs, planet) = ann_answers([Answer::feed(ann().xml())]).await;
    assert_eq!(planet.poll_what_is_due().await.feeds, 1);
    assert_eq!(planet.poll_what_is_due().await.feeds, 0);
    planet.later(1);
    assert_eq!(planet.poll_what_is_due().await.feeds, 1);
    assert_eq!(blogs.asked("/ann/feed").len(), 2);
}

#[tokio::test]
async fn a_blogs_page_leads_to_its_feed_which_is_asked_directly_from_then_on() {
    let blogs = Blogosphere::start().await;
    let page = "<!DOCTYPE html><html><head><title>Ann writes</title>\
        <link rel=\"alternate\" type=\"application/rss+xml\" href=\"/ann/comments\" title=\"Comments on Ann writes\">\
        <link rel='alternate' type='application/atom+xml' href='feed?format=atom&amp;n=1'></head><body>Hello</body></html>";
    blogs.answers("/ann/", [Answer::page(page)]);
    blogs.answers(
        "/ann/feed?format=atom&n=1",
        [Answer::feed(ann().xml()).etag("\"1\"")],
    );
    let mut planet = Planet::start().await;
    planet.register_blog("Ann", &blogs.url("/ann/")).await;

    assert_eq!(planet.poll().await, posts(2, 0));
    assert_eq!(planet.poll().await, posts(0, 0));

    let paths: Vec<String> = blogs
        .everything_asked()
        .into_iter()
        .map(|asked| asked.path)
        .collect();
    assert_eq!(
        paths,
        [
            "/ann/",
            "/ann/feed?format=atom&n=1",
            "/ann/feed?format=atom&n=1"
        ]
    );
    let asked = blogs.asked("/ann/feed?format=atom&n=1");
    assert_eq!(asked[0].header("if-none-match"), None);
    assert_eq!(asked[1].header("if-none-match"), Some(&b"\"1\""[..]));
    let blogroll = planet.get("/blogroll.opml").await;
    assert!(
        blogroll.text().contains("/ann/feed?format=atom"),
        "{}",
        blogroll.text()
    );
}

#[tokio::test]
async fn a_page_without_a_feed_tells_the_organiser_what_to_write() {
    let blogs = Blogosphere::start().await;
    blogs.answers(
        "/ann/",
        [Answer::page(
            "<html><head><title>Ann writes</title></head></html>",
        )],
    );
    let mut planet = Planet::start().await;
    planet.register_blog("Ann", &blogs.url("/ann/")).await;

    assert_eq!(planet.poll().await.failed.len(), 1);

    let cause = planet.cause("Ann").await;
    assert!(cause.contains("“Ann writes”"), "{cause}");
    assert!(cause.contains("`feed = \"…\"` in feeds.toml"), "{cause}");
}

#[tokio::test]
async fn a_web_page_in_the_place_of_a_feed_loses_nothing() {
    let login =
        Answer::page("<!DOCTYPE html><html><head><title>Log in</title></head><body/></html>");
    let (_blogs, planet) = ann_answers([Answer::feed(ann().xml()), login]).await;
    planet.poll().await;
    assert_eq!(planet.poll().await.failed.len(), 1);
    assert_eq!(planet.feed("/feed.atom").await.entries.len(), 2);
    assert!(planet.cause("Ann").await.contains("page"));
}

/// Shows A5.
#[tokio::test]
async fn redirects_are_followed_and_validators_go_only_where_they_came_from() {
    let blogs = Blogosphere::on_hosts(2).await;
    let elsewhere = blogs.url_on(1, "/new/feed");
    blogs.answers("/ann/feed", [Answer::redirect(301, "../old/feed")]);
    blogs.answers("/old/feed", [Answer::redirect(302, &elsewhere)]);
    blogs.answers("/new/feed", [Answer::feed(ann().xml()).etag("\"1\"")]);
    let mut planet = Planet::start().await;
    planet.register("Ann", &blogs.url("/ann/feed")).await;

    assert_eq!(planet.poll().await, posts(2, 0));
    assert_eq!(planet.poll().await, posts(0, 0));

    for path in ["/ann/feed", "/old/feed"] {
        for asked in blogs.asked(path) {
            assert_eq!(asked.header("if-none-match"), None, "{path}");
        }
    }
    let asked = blogs.asked("/new/feed");
    assert_eq!(asked.len(), 2);
    assert_eq!(asked[1].header("if-none-match"), Some(&b"\"1\""[..]));
}

#[tokio::test]
async fn a_feed_that_the_roster_names_is_never_exchanged_for_one_that_a_page_offers() {
    let blogs = Blogosphere::start().await;
    let resting = "<html><head><title>Back soon</title><link rel=alternate type='application/atom+xml' href=/main></head></html>";
    blogs.answers(
        "/label/feed",
        [Answer::page(resting), Answer::feed(ann().xml())],
    );
    blogs.serves(
        "/main",
        &Feed::atom("main").post("Thing 6: not for the course", "2011-07-20"),
    );
    let mut planet = Planet::start().await;
    planet.register("Ann", &blogs.url("/label/feed")).await;

    assert_eq!(planet.poll().await.failed.len(), 1);
    assert!(planet.cause("Ann").await.contains("this is a web page"));
    assert_eq!(blogs.asked("/main").len(), 0);

    assert_eq!(
        planet.poll().await,
        posts(2, 0),
        "and it is read as soon as it is back"
    );
}

#[tokio::test]
async fn several_blogs_that_name_one_host_are_not_asked_there_at_once() {
    let blogs = Blogosphere::on_hosts(4).await;
    let mut planet = Planet::start().await;
    // All three pages are read before any of the feeds behind them is asked for.
    let together = Arc::new(Barrier::new(3));
    for host in 0..3 {
        let name = format!("p{host}");
        let feed = blogs.url_on(3, &format!("/{name}/feed"));
        let front = format!(
            "<html><head><link rel=alternate type='application/atom+xml' href='{feed}'></head></html>"
        );
        blogs.answers(
            &format!("/{name}/"),
            [Answer::page(&front).meeting(&together)],
        );
        let posts = Feed::atom(&name).post("Thing 6", "2011-07-20");
        blogs.answers(
            &format!("/{name}/feed"),
            [Answer::feed(posts.xml()).lingering()],
        );
        planet
            .register_blog(&name, &blogs.url_on(host, &format!("/{name}/")))
            .await;
    }

    let summary = planet.poll().await;

    assert_eq!((summary.new, summary.failed.len()), (3, 0));
    assert_eq!(blogs.most_open_on_a_host(), 1);
}

#[tokio::test]
async fn a_new_spelling_of_an_address_does_not_shorten_the_wait_that_its_host_asked_for() {
    let blogs = Blogosphere::start().await;
    blogs.answers("/ann/", [Answer::status(429).header("retry-after", "7200")]);
    let mut planet = Planet::start().await;
    planet.register("Ann", &blogs.url("/ann/")).await;
    assert_eq!(planet.poll().await.held, 1);

    planet.unregister("Ann").await;
    planet.register("Ann", &blogs.url("/ann")).await;

    assert_eq!(planet.poll_what_is_due().await.feeds, 0, "it is not due");
    planet.later(3);
    planet.poll_what_is_due().await;
    assert_eq!(blogs.asked("/ann").len(), 1);
}

/// Shows A26.
#[tokio::test]
async fn a_blog_that_sends_us_in_circles_is_told_from_one_that_moved() {
    let blogs = Blogosphere::start().await;
    blogs.answers("/ann/feed", [Answer::redirect(301, "/ann/atom")]);
    blogs.answers("/ann/atom", [Answer::redirect(302, "/ann/feed")]);
    blogs.answers("/bob/feed", [Answer::redirect(302, "javascript:alert(1)")]);
    let mut planet = Planet::start().await;
    planet.register("Ann", &blogs.url("/ann/feed")).await;
    planet.register("Bob", &blogs.url("/bob/feed")).await;

    assert_eq!(planet.poll().await.failed.len(), 2);

    assert!(planet.cause("Ann").await.contains("circle"));
    assert!(planet.cause("Bob").await.contains("not a web page"));
    assert_eq!(blogs.everything_asked().len(), 3);
}

/// Shows C4, C6.
#[tokio::test]
async fn a_redirect_into_a_private_network_is_not_followed() {
    let blogs = Blogosphere::on_hosts(2).await;
    let inside = blogs.url_on(1, "/secret");
    blogs.answers("/ann/feed", [Answer::redirect(302, &inside)]);
    blogs.serves("/secret", &ann());
    let mut planet = Planet::start().await;
    planet.roster.poll.allow_networks = vec!["127.0.0.1/32".to_owned()];
    planet.register("Ann", &blogs.url("/ann/feed")).await;

    assert_eq!(planet.poll().await.failed.len(), 1);

    assert_eq!(blogs.asked("/secret").len(), 0);
    let cause = planet.cause("Ann").await;
    assert!(
        cause.contains("private network") && !cause.contains("127."),
        "{cause}"
    );
}

/// Shows A28.
#[tokio::test]
async fn a_blog_that_never_answers_is_given_up() {
    let blogs = Blogosphere::start().await;
    blogs.answers("/ann/feed", [Answer::never()]);
    let mut planet = Planet::start().await;
    planet.roster.poll.timeout_seconds = 1;
    planet.register("Ann", &blogs.url("/ann/feed")).await;

    assert_eq!(planet.poll().await.failed.len(), 1);
    assert!(planet.cause("Ann").await.contains("within 1 seconds"));
}

/// Shows A28.
#[tokio::test]
async fn a_feed_past_all_size_is_not_read_and_neither_is_one_that_unpacks_to_it() {
    let long = Feed::atom("long").post("Thing 6", "2011-07-20");
    let long = long.saying(&"<p>and so on</p>".repeat(5_000)).xml();
    let blogs = Blogosphere::start().await;
    blogs.answers("/ann/feed", [Answer::feed(long.clone())]);
    blogs.answers("/bob/feed", [Answer::feed(long).gzipped()]);
    let mut planet = Planet::start().await;
    planet.roster.poll.body_bytes_max = 20_000;
    planet.register("Ann", &blogs.url("/ann/feed")).await;
    planet.register("Bob", &blogs.url("/bob/feed")).await;

    assert_eq!(planet.poll().await.failed.len(), 2);
    for name in ["Ann", "Bob"] {
        let cause = planet.cause(name).await;
        assert!(cause.contains("larger than"), "{cause}");
    }
}

/// Shows A19.
#[tokio::test]
async fn a_compressed_feed_is_read() {
    let (blogs, planet) = ann_answers([Answer::feed(ann().xml()).gzipped()]).await;
    assert_eq!(planet.poll().await, posts(2, 0));
    assert_eq!(blogs.everything_asked().len(), 1, "at the first try");
}

#[tokio::test]
async fn several_hosts_are_asked_at_once_but_never_one_of_them_twice() {
    let blogs = Blogosphere::on_hosts(3).await;
    let mut planet = Planet::start().await;
    // Each answer waits for a request on every other host: one after the other, nothing would ever be answered.
    let everywhere = Arc::new(Barrier::new(3));
    for host in 0..3 {
        for number in 0..3 {
            let name = format!("p{host}{number}");
            let path = format!("/{name}/feed");
            let feed = Feed::atom(&name).post("Thing 6", "2011-07-20");
            blogs.answers(&path, [Answer::feed(feed.xml()).meeting(&everywhere)]);
            planet.register(&name, &blogs.url_on(host, &path)).await;
        }
    }

    let summary = planet.poll().await;

    assert_eq!((summary.new, summary.failed.len()), (9, 0));
    assert_eq!(blogs.most_open_on_a_host(), 1);
    assert_eq!(blogs.most_open(), 3);
}

#[tokio::test]
async fn no_more_hosts_are_asked_at_once_than_feeds_toml_allows() {
    let blogs = Blogosphere::on_hosts(4).await;
    let mut planet = Planet::start().await;
    planet.roster.poll.at_once_max = 2;
    // No request is answered alone, so that a third has all the time it wants to come too early.
    let pair = Arc::new(Barrier::new(2));
    for host in 0..4 {
        let path = format!("/{host}/feed");
        let feed = Feed::atom("x").post("Thing 6", "2011-07-20");
        blogs.answers(&path, [Answer::feed(feed.xml()).meeting(&pair)]);
        planet
            .register(&format!("p{host}"), &blogs.url_on(host, &path))
            .await;
    }
    assert_eq!(planet.poll().await.failed, []);
    assert_eq!(blogs.most_open(), 2);
}

/// Every address that shows posts or people.
const SHOWS: [&str; 11] = [
    "/",
    "/feed.atom",
    "/feed.json",
    "/things/6",
    "/things/6/feed.atom",
    "/things/6/feed.json",
    "/participants",
    "/progress",
    "/progress.csv",
    "/status",
    "/blogroll.opml",
];

async fn shown(planet: &Planet) -> Vec<String> {
    let mut shown = Vec::new();
    for path in SHOWS {
        shown.push(planet.get(path).await.text().to_owned());
    }
    shown
}

#[tokio::test]
async fn who_leaves_the_roster_vanishes_everywhere_and_comes_back_with_all_their_posts() {
    let blogs = Blogosphere::start().await;
    let spring = Feed::atom("zebedee").post("Thing 6, springing", "2011-07-20");
    blogs.serves("/zebedee/feed", &spring);
    blogs.serves("/ann/feed", &ann());
    let mut planet = Planet::start().await;
    planet.register("Ann", &blogs.url("/ann/feed")).await;
    planet
        .register("Zebedee", &blogs.url("/zebedee/feed"))
        .await;
    // Twice, for the first visit of all leads to a longer wait than every later one.
    planet.poll().await;
    planet.poll().await;
    let before = shown(&planet).await;
    for (path, text) in SHOWS.iter().zip(&before) {
        assert!(text.contains("Zebedee"), "{path}: {text}");
    }

    planet.unregister("Zebedee").await;
    for (path, text) in SHOWS.iter().zip(shown(&planet).await) {
        let text = text.to_lowercase();
        assert!(
            !text.contains("zebedee") && !text.contains("springing"),
            "{path}: {text}"
        );
    }
    for path in ["/participants/zebedee", "/participants/zebedee/feed.atom"] {
        assert_eq!(planet.get(path).await.status, 404, "{path}");
    }
    planet.poll().await;
    assert_eq!(
        blogs.asked("/zebedee/feed").len(),
        2,
        "and is asked no more"
    );

    planet
        .register("Zebedee", &blogs.url("/zebedee/feed"))
        .await;
    assert_eq!(shown(&planet).await, before, "all as it was");
    assert_eq!(blogs.asked("/zebedee/feed").len(), 2, "without being asked");
}

#[tokio::test]
async fn two_participants_with_one_post_keep_it_apart() {
    let blogs = Blogosphere::start().await;
    blogs.serves("/ann/feed", &ann());
    blogs.serves("/bob/feed", &ann());
    let mut planet = Planet::start().await;
    planet.register("Ann", &blogs.url("/ann/feed")).await;
    planet.register("Bob", &blogs.url("/bob/feed")).await;

    assert_eq!(planet.poll().await.new, 4);

    // The validator in the harness refuses an id that stands twice.
    assert_eq!(planet.feed("/feed.atom").await.entries.len(), 4);
    assert_eq!(planet.poll().await.new, 0);
}

/// What is there of Ann when the roster says otherwise before her blog has answered.
async fn while_ann_is_asked(
    change: impl AsyncFnOnce(&mut Planet, &Blogosphere),
) -> (Blogosphere, Planet) {
    let barrier = Arc::new(Barrier::new(2));
    let slow = Answer::feed(ann().xml()).meeting(&barrier);
    let (blogs, mut planet) = ann_answers([slow]).await;
    blogs.serves(
        "/new/feed",
        &Feed::atom("new").post("Thing 7", "2011-07-21"),
    );
    let poller = planet.poller();
    let polling = tokio::spawn(async move {
        let listener: Listener = Arc::new(|_| ControlFlow::Continue(()));
        poller.round(Which::All, &listener).await.unwrap()
    });
    while blogs.asked("/ann/feed").is_empty() {
        tokio::task::yield_now().await;
    }
    change(&mut planet, &blogs).await;
    barrier.wait().await;
    let summary = polling.await.unwrap();
    assert_eq!((summary.new, summary.failed.len()), (0, 0), "{summary:?}");
    assert_eq!(planet.count_posts(), 0);
    (blogs, planet)
}

#[tokio::test]
async fn an_answer_of_the_old_address_adds_no_posts_to_who_has_another_one_by_now() {
    let edit = async |planet: &mut Planet, blogs: &Blogosphere| {
        planet.roster.participants[0].feed = blogs.url("/new/feed").parse().ok();
        planet.take_over().await;
    };
    let (_blogs, planet) = while_ann_is_asked(edit).await;
    assert_eq!(planet.poll().await, posts(1, 0));
    let titles = "SELECT title FROM visible_entry";
    assert_eq!(planet.ask_database(titles), ["Thing 7"]);
}

#[tokio::test]
async fn who_comes_to_name_their_feed_while_it_is_asked_is_asked_again_in_a_minute_and_not_in_a_circle()
 {
    let name = async |planet: &mut Planet, _: &Blogosphere| {
        let ann = &mut planet.roster.participants[0];
        (ann.blog, ann.feed) = (ann.feed.take(), None);
        planet.take_over().await;
    };
    let (blogs, planet) = while_ann_is_asked(name).await;
    blogs.serves("/ann/feed", &ann());
    assert_eq!(planet.poll_what_is_due().await.feeds, 0);
    planet.minutes_later(1);
    assert_eq!(planet.poll_what_is_due().await, posts(2, 0));
}

#[tokio::test]
async fn who_was_taken_off_the_roster_while_their_blog_was_asked_gets_nothing_more() {
    let remove = async |planet: &mut Planet, _: &Blogosphere| planet.unregister("Ann").await;
    let (blogs, mut planet) = while_ann_is_asked(remove).await;
    assert_eq!(planet.poll().await.feeds, 0);
    planet.register("Ann", &blogs.url("/ann/feed")).await;
    blogs.serves("/ann/feed", &ann());
    assert_eq!(
        planet.poll().await,
        posts(2, 0),
        "who returns is read again"
    );
}
