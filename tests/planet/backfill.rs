//! Backfill: a blog that joins brings its older posts along, back to the day the course opens.

use std::fmt::Write as _;

use jiff::Timestamp;
use jiff::civil::Date;
use thingplanet::poll::Walked;
use tokio::net::TcpListener;

use crate::harness::{Answer, Blogosphere, Feed, Folder, Planet, run};

/// WordPress's feed of the posts with these numbers, the highest first; the number counts the days from the course's
/// opening on 20 June 2011.
pub(crate) fn wordpress(numbers: impl DoubleEndedIterator<Item = i64>) -> String {
    let mut xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><rss version=\"2.0\"><channel><title>Ann writes</title>\
                   <link>https://ann.example/</link><generator>https://wordpress.org/?v=6.6</generator>"
        .to_owned();
    for number in numbers.rev() {
        let day = day(number).strftime("%d %b %Y");
        write!(
            xml,
            "<item><title>Thing 6, take {number}</title><link>https://ann.example/{number}/</link>\
             <guid isPermaLink=\"false\">https://ann.example/?p={number}</guid>\
             <pubDate>{day} 12:00:00 +0000</pubDate><description>Take {number}.</description></item>"
        )
        .unwrap();
    }
    xml + "</channel></rss>"
}

fn day(number: i64) -> Date {
    let opening: Date = "2011-06-20".parse().unwrap();
    opening.checked_add(jiff::Span::new().days(number)).unwrap()
}

/// Ann's blog with 37 posts at ten a page, of which page 5 is this answer.
async fn ann(fifth: Answer) -> (Blogosphere, Planet) {
    let blogs = Blogosphere::start().await;
    let pages = [(28, 37), (18, 27), (8, 17), (1, 7)];
    for (number, (first, last)) in (1..).zip(pages) {
        let path = match number {
            1 => "/feed/".to_owned(),
            _ => format!("/feed/?paged={number}"),
        };
        blogs.answers(&path, [Answer::feed(wordpress(first..=last))]);
    }
    blogs.answers("/feed/?paged=5", [fifth]);
    let mut planet = Planet::start().await;
    planet.register("Ann", &blogs.url("/feed/")).await;
    (blogs, planet)
}

pub(crate) fn titles(walked: &[Walked]) -> Vec<usize> {
    walked.iter().map(|walked| walked.new).collect()
}

/// Shows A36.
#[tokio::test]
async fn a_wordpress_blog_with_37_posts_at_ten_a_page_brings_37_posts_in_at_most_six_requests() {
    let (blogs, planet) = ann(Answer::status(404)).await;
    assert_eq!(planet.poll().await.new, 10);
    assert_eq!(titles(&planet.walk_back().await), [10, 10, 7, 0]);
    assert_eq!(planet.count_posts(), 37);
    assert_eq!(blogs.everything_asked().len(), 5);
    let status = planet.words("/status").await;
    let said = "Read back to 21 June 2011 (3 older pages), where the blog begins.";
    assert!(status.contains(said), "{status}");

    planet.later(2);
    planet.poll().await;
    assert_eq!(planet.walk_back().await, []);
    assert_eq!(blogs.everything_asked().len(), 6, "it walks once");
}

/// Shows A36.
#[tokio::test]
async fn pages_that_begin_again_from_the_front_bring_nothing_twice() {
    let (blogs, planet) = ann(Answer::feed(wordpress(28..=37))).await;
    planet.poll().await;
    assert_eq!(titles(&planet.walk_back().await), [10, 10, 7, 0]);
    assert_eq!(planet.count_posts(), 37);
    assert_eq!(blogs.everything_asked().len(), 5);
    let status = planet.words("/status").await;
    assert!(status.contains("(4 older pages), after which"), "{status}");
}

/// Shows A37.
#[tokio::test]
async fn older_posts_stand_on_the_front_page_in_their_own_place_and_in_their_things_feed_once() {
    let (blogs, mut planet) = ann(Answer::status(404)).await;
    let bob = Feed::atom("bob").post("Thing 6: news", "2011-07-31");
    blogs.serves("/bob", &bob);
    planet.register("Bob", &blogs.url("/bob")).await;
    planet.poll().await;
    planet.walk_back().await;

    let front = planet.feed("/feed.atom").await;
    assert_eq!(front.entries.len(), 38);
    let dates: Vec<_> = front.entries.iter().map(|entry| entry.published).collect();
    assert!(
        dates.is_sorted_by(|newer, older| newer >= older),
        "{dates:?}"
    );
    assert_eq!(front.entries[0].title, "Thing 6: news");

    let six = planet.feed("/things/6/feed.atom").await;
    let takes = |number: i64| {
        let title = format!("Thing 6, take {number}");
        let found = six.entries.iter().filter(|entry| entry.title == title);
        found.map(|entry| entry.published).collect::<Vec<_>>()
    };
    for number in 1..=37 {
        let expected: Timestamp = format!("{}T12:00:00Z", day(number)).parse().unwrap();
        assert_eq!(takes(number), [expected], "{number}");
    }
}

/// Shows A36.
#[tokio::test]
async fn a_walk_goes_on_where_it_stood_when_the_process_ended() {
    let (blogs, mut planet) = ann(Answer::status(404)).await;
    planet.poll().await;
    assert_eq!(titles(&planet.walk_back_once().await), [10]);
    planet.restart().await;
    assert_eq!(titles(&planet.walk_back().await), [10, 7, 0]);
    assert_eq!(planet.count_posts(), 37);
    for number in 2..=5 {
        let path = format!("/feed/?paged={number}");
        assert_eq!(blogs.asked(&path).len(), 1, "{path}");
    }
}

/// Shows A36.
#[tokio::test]
async fn a_walk_stops_at_the_day_the_course_opens() {
    let (blogs, mut planet) = ann(Answer::status(404)).await;
    planet.roster.course.opens = Some(day(20));
    planet.take_over().await;
    planet.poll().await;
    planet.walk_back().await;
    assert_eq!(blogs.everything_asked().len(), 3);
    let status = planet.words("/status").await;
    let said = "Read back to 28 June 2011 (2 older pages).";
    assert!(
        !status.contains("begins") && status.contains(said),
        "{status}"
    );
}

#[tokio::test]
async fn a_page_that_fails_is_tried_again_later_and_is_not_held_against_the_blog() {
    let (blogs, planet) = ann(Answer::status(404)).await;
    let third = [Answer::status(500), Answer::feed(wordpress(8..=17))];
    blogs.answers("/feed/?paged=3", third);
    planet.poll().await;
    let health = planet.health("Ann").await;
    assert_eq!(titles(&planet.walk_back().await), [10, 0]);
    assert_eq!(planet.health("Ann").await, health);
    let status = planet.words("/status").await;
    assert!(status.contains("and is tried again"), "{status}");
    planet.later(1);
    assert_eq!(titles(&planet.walk_back().await), [10, 7, 0]);
    assert_eq!(planet.count_posts(), 37);
}

#[tokio::test]
async fn a_page_that_redirects_to_another_host_is_not_read() {
    let blogs = Blogosphere::on_hosts(2).await;
    blogs.answers("/feed/", [Answer::feed(wordpress(28..=37))]);
    let elsewhere = blogs.url_on(1, "/stolen");
    blogs.answers("/feed/?paged=2", [Answer::redirect(302, &elsewhere)]);
    blogs.answers("/stolen", [Answer::feed(wordpress(18..=27))]);
    let mut planet = Planet::start().await;
    planet.register("Ann", &blogs.url("/feed/")).await;
    planet.poll().await;
    planet.walk_back().await;
    assert_eq!(planet.count_posts(), 10);
    let status = planet.words("/status").await;
    assert!(status.contains("and is tried again"), "{status}");
    for _ in 0..4 {
        planet.later(24);
        planet.walk_back().await;
    }
    assert_eq!(planet.count_posts(), 10);
    let status = planet.words("/status").await;
    assert!(
        status.contains("the next page is on another site"),
        "{status}"
    );
}

/// Shows A37.
#[tokio::test]
async fn older_posts_of_one_day_or_without_a_date_do_not_fill_the_front_page() {
    let (blogs, planet) = ann(Answer::status(404)).await;
    let one_day = wordpress(18..=27).replace("08 Jul 2011", "17 Jul 2011");
    let days = (8..=27).map(|number| day(number).strftime("%d %b %Y").to_string());
    let one_day = days.fold(one_day, |xml, day| xml.replace(&day, "10 Jul 2011"));
    blogs.answers("/feed/?paged=2", [Answer::feed(one_day)]);
    let undated = wordpress(8..=17).replace("pubDate", "nobody-knows");
    blogs.answers("/feed/?paged=3", [Answer::feed(undated)]);
    planet.poll().await;
    planet.walk_back().await;
    assert_eq!(planet.count_posts(), 37);
    let front = planet.feed("/feed.atom").await;
    assert_eq!(front.entries.len(), 10 + 5 + 7);
    let six = planet.feed("/things/6/feed.atom").await;
    assert_eq!(six.entries.len(), 37);
    assert_eq!(six.entries[0].title, "Thing 6, take 37");
}

/// Shows A36.
#[tokio::test]
async fn a_blogger_blog_with_130_posts_is_read_in_its_largest_pages() {
    let blogs = Blogosphere::start().await;
    let posts = |first: i64, last: i64| {
        let feed = Feed::atom("ann");
        let feed = (first..=last).fold(feed, |feed, number| {
            feed.post(
                &format!("Thing 6, take {number}"),
                &day(number / 4).to_string(),
            )
        });
        // The harness numbers posts from 1.
        let xml = (1..=last - first + 1)
            .rev()
            .fold(feed.xml(), |xml, number| {
                xml.replace(
                    &format!("2011:{number}<"),
                    &format!("2011:{}<", 1_000 + first + number - 1),
                )
                .replace(
                    &format!("ann.example/{number}\""),
                    &format!("ann.example/{}\"", 1_000 + first + number - 1),
                )
            });
        Answer::feed(xml)
    };
    let feed = "/feeds/posts/default";
    blogs.answers(feed, [posts(106, 130)]);
    let older = |start| format!("{feed}?start-index={start}&max-results=150&orderby=published");
    blogs.answers(&older(26), [posts(6, 105)]);
    blogs.answers(&older(126), [posts(1, 5)]);
    blogs.answers(&older(131), [Answer::feed(Feed::atom("ann").xml())]);
    let mut planet = Planet::start().await;
    planet.register("Ann", &blogs.url(feed)).await;
    planet.poll().await;
    assert_eq!(titles(&planet.walk_back().await), [100, 5, 0]);
    assert_eq!(planet.count_posts(), 130);
    assert_eq!(blogs.everything_asked().len(), 4);
}

/// The feed or archive of three posts, the oldest on this day, with these links.
fn archive(number: i64, links: &str) -> Answer {
    let feed = (0..3).fold(Feed::atom("ann"), |feed, step| {
        let title = format!("Thing 6, take {}", number + step);
        feed.post(&title, &day(number + step).to_string())
    });
    let xml = (1..=3).fold(feed.xml(), |xml, step| {
        let own = format!("2011:{}<", number + step + 1_000);
        let place = format!("example/{}\"", number + step + 1_000);
        xml.replace(&format!("2011:{step}<"), &own)
            .replace(&format!("example/{step}\""), &place)
    });
    Answer::feed(xml.replace(
        "<updated>2011-06-20",
        &format!("{links}<updated>2011-06-20"),
    ))
}

fn link(rel: &str, href: &str) -> String {
    format!("<link rel=\"{rel}\" href=\"{href}\"/>")
}

/// Ann, whose feed and archives are these.
async fn ann_with(pages: &[(&str, Answer)]) -> (Blogosphere, Planet) {
    let blogs = Blogosphere::start().await;
    for (path, answer) in pages {
        blogs.answers(path, [answer.clone()]);
    }
    let mut planet = Planet::start().await;
    planet.register("Ann", &blogs.url("/feed")).await;
    planet.poll().await;
    (blogs, planet)
}

/// Shows A36.
#[tokio::test]
async fn archives_are_followed_by_their_own_links_until_they_lead_in_a_circle() {
    let (blogs, planet) = ann_with(&[
        ("/feed", archive(30, &link("prev-archive", "/archive/2"))),
        (
            "/archive/2",
            archive(20, &link("prev-archive", "/archive/1")),
        ),
        (
            "/archive/1",
            archive(10, &link("prev-archive", "/archive/2")),
        ),
    ])
    .await;
    assert_eq!(titles(&planet.walk_back().await), [3, 3]);
    assert_eq!(planet.count_posts(), 9);
    assert_eq!(blogs.everything_asked().len(), 3);
    let status = planet.words("/status").await;
    assert!(status.contains("after which its pages repeat"), "{status}");
}

/// Shows A36.
#[tokio::test]
async fn pages_are_followed_by_next_and_by_next_url_and_by_a_link_header() {
    let (blogs, planet) = ann_with(&[
        ("/feed", archive(30, &link("next", "?page=2"))),
        (
            "/feed?page=2",
            archive(20, "").header("link", "</feed?page=3>; rel=\"next\""),
        ),
        ("/feed?page=3", archive(10, "")),
    ])
    .await;
    assert_eq!(titles(&planet.walk_back().await), [3, 3]);
    assert_eq!(blogs.everything_asked().len(), 3);

    let json = |number: i64, next: &str| {
        let items = (0..3).map(|step| {
            let id = number + step;
            let day = day(id);
            format!("{{\"id\":\"https://ann.example/{id}\",\"title\":\"Take {id}\",\"content_text\":\"Take {id}.\",\
                     \"date_published\":\"{day}T12:00:00Z\"}}")
        });
        let items = items.collect::<Vec<_>>().join(",");
        Answer::feed(format!(
            "{{\"version\":\"https://jsonfeed.org/version/1.1\",\"title\":\"Ann\",{next}\"items\":[{items}]}}"
        ))
    };
    let (_blogs, planet) = ann_with(&[
        ("/feed", json(30, "\"next_url\":\"/feed?page=2\",")),
        ("/feed?page=2", json(20, "")),
    ])
    .await;
    assert_eq!(titles(&planet.walk_back().await), [3]);
    assert_eq!(planet.count_posts(), 6);
}

/// Shows A36, C4.
#[tokio::test]
async fn older_pages_that_lead_where_no_blog_is_are_never_asked() {
    let private = TcpListener::bind("127.0.0.2:0").await.unwrap();
    let address = format!("http://{}/", private.local_addr().unwrap());
    for (rel, href) in [
        ("prev-archive", address.as_str()),
        ("next", &address),
        ("prev-archive", "javascript:alert(1)"),
        ("next", "file:///etc/passwd"),
        ("next", "http://[::ffff:127.0.0.2]/"),
        ("next", "http://169.254.169.254/latest/meta-data/"),
    ] {
        let blogs = Blogosphere::start().await;
        blogs.answers("/feed", [archive(30, &link(rel, href))]);
        let mut planet = Planet::start().await;
        planet.roster.poll.allow_networks = vec!["127.0.0.1/32".to_owned()];
        planet.register("Ann", &blogs.url("/feed")).await;
        planet.poll().await;
        planet.walk_back().await;
        assert_eq!(planet.count_posts(), 3, "{href}");
        assert_eq!(blogs.everything_asked().len(), 1, "{href}");
        let cause = planet.ask_database("SELECT coalesce(cause, '') FROM backfill");
        assert!(
            cause[0].is_empty() || cause[0].contains("private network"),
            "{cause:?}"
        );
    }
    let came = tokio::select! {
        biased;
        came = private.accept() => Some(came),
        () = tokio::task::yield_now() => None,
    };
    assert!(came.is_none(), "somebody connected");
}

/// Shows A36.
#[tokio::test]
async fn a_page_of_the_feed_cannot_lead_on_to_a_third_host_and_an_endless_chain_is_cut() {
    let blogs = Blogosphere::on_hosts(3).await;
    let second = blogs.url_on(1, "/archive");
    let third = blogs.url_on(2, "/stolen");
    blogs.answers("/feed", [archive(30, &link("prev-archive", &second))]);
    blogs.answers("/archive", [archive(20, &link("prev-archive", &third))]);
    blogs.answers("/stolen", [archive(10, "")]);
    let mut planet = Planet::start().await;
    planet.register("Ann", &blogs.url("/feed")).await;
    planet.poll().await;
    assert_eq!(titles(&planet.walk_back().await), [3]);
    assert_eq!(blogs.asked("/stolen").len(), 0);

    let blogs = Blogosphere::start().await;
    for number in 0..80 {
        let next = link("prev-archive", &format!("/chain/{}", number + 1));
        let path = if number == 0 {
            "/feed".to_owned()
        } else {
            format!("/chain/{number}")
        };
        blogs.answers(&path, [archive(1_000 - 4 * number, &next)]);
    }
    let mut planet = Planet::start().await;
    planet.register("Bob", &blogs.url("/feed")).await;
    planet.poll().await;
    assert_eq!(planet.walk_back().await.len(), 50);
    assert_eq!(blogs.everything_asked().len(), 51);
}

#[tokio::test]
async fn a_classmates_posts_are_not_taken_from_their_feed_by_a_link() {
    let blogs = Blogosphere::on_hosts(2).await;
    blogs.answers("/bob", [archive(10, "")]);
    let next = link("next", &blogs.url_on(1, "/older"));
    blogs.answers("/feed", [archive(30, &next)]);
    blogs.answers("/older", [archive(20, "")]);
    let mut planet = Planet::start().await;
    planet.register("Bob", &blogs.url_on(1, "/bob")).await;
    planet.register("Ann", &blogs.url("/feed")).await;
    planet.poll().await;
    planet.walk_back().await;
    assert_eq!(planet.count_posts(), 6);
    assert_eq!(blogs.asked("/older").len(), 0);
    let status = planet.words("/status").await;
    assert!(
        status.contains("posts that another participant has already"),
        "{status}"
    );
}

#[tokio::test]
async fn a_classmates_posts_are_not_taken_on_a_host_that_both_share() {
    let blogs = Blogosphere::start().await;
    blogs.answers("/bob", [archive(10, "")]);
    blogs.answers("/feed", [archive(30, &link("next", "/bob"))]);
    let mut planet = Planet::start().await;
    planet.register("Bob", &blogs.url("/bob")).await;
    planet.register("Ann", &blogs.url("/feed")).await;
    planet.poll().await;
    planet.walk_back().await;
    assert_eq!(planet.count_posts(), 6);
    let status = planet.words("/status").await;
    assert!(
        status.contains("posts that another participant has already"),
        "{status}"
    );
}

#[tokio::test]
async fn who_copies_a_classmates_older_posts_does_not_end_their_walk() {
    let blogs = Blogosphere::on_hosts(2).await;
    blogs.answers("/feed", [archive(30, &link("next", "/older"))]);
    blogs.answers("/older", [archive(20, "")]);
    blogs.answers("/copies", [archive(20, "")]);
    let mut planet = Planet::start().await;
    planet.register("Bob", &blogs.url_on(1, "/copies")).await;
    planet.register("Ann", &blogs.url("/feed")).await;
    planet.poll().await;
    assert_eq!(titles(&planet.walk_back().await), [3]);
}

#[tokio::test]
async fn a_page_that_the_database_refuses_is_asked_again_later_and_not_at_once() {
    let (blogs, planet) = ann(Answer::status(404)).await;
    planet.poll().await;
    planet.change_database(
        "CREATE TRIGGER refuses BEFORE INSERT ON entry WHEN new.title = 'Thing 6, take 20'
         BEGIN SELECT raise(ABORT, 'it does not fit'); END",
    );
    assert_eq!(titles(&planet.walk_back().await), [0]);
    assert_eq!(planet.count_posts(), 10);
    assert_eq!(blogs.asked("/feed/?paged=2").len(), 1);
    planet.change_database("DROP TRIGGER refuses");
    planet.later(1);
    assert_eq!(titles(&planet.walk_back().await), [10, 10, 7, 0]);
    assert_eq!(planet.count_posts(), 37);
}

#[tokio::test]
async fn an_archive_neither_takes_a_post_away_nor_puts_its_old_words_back() {
    let (blogs, planet) =
        ann_with(&[("/feed", archive(30, &link("prev-archive", "/archive")))]).await;
    let complete = "<fh:complete xmlns:fh=\"http://purl.org/syndication/history/1.0\"/>";
    let old = archive(31, complete).saying("What I did", "What I once did");
    blogs.answers("/archive", [old]);
    planet.walk_back().await;
    let six = planet.feed("/things/6/feed.atom").await;
    let once = |html: &Option<String>| html.as_ref().unwrap().contains("once");
    let told: Vec<_> = six
        .entries
        .iter()
        .map(|entry| (entry.title.as_str(), once(&entry.html)))
        .collect();
    let expected = [
        ("Thing 6, take 33", true),
        ("Thing 6, take 32", false),
        ("Thing 6, take 31", false),
        ("Thing 6, take 30", false),
    ];
    assert_eq!(told, expected);
}

/// Shows A36.
#[tokio::test]
async fn a_host_that_asks_us_to_wait_is_not_asked_for_pages_either() {
    let (blogs, planet) = ann(Answer::status(404)).await;
    let busy = Answer::status(503).header("retry-after", "7200");
    blogs.answers("/feed/?paged=2", [busy, Answer::feed(wordpress(18..=27))]);
    planet.poll().await;
    assert_eq!(titles(&planet.walk_back().await), [0]);
    planet.later(1);
    assert_eq!(planet.walk_back().await, []);
    planet.later(1);
    assert_eq!(titles(&planet.walk_back().await), [10, 10, 7, 0]);
}

/// Shows A12, A36.
#[tokio::test]
async fn an_older_page_on_another_platform_is_not_asked_while_that_one_rests() {
    let blogs = Blogosphere::on_hosts(2).await;
    let elsewhere = blogs.url_on(1, "/archive");
    blogs.answers("/feed", [archive(30, &link("prev-archive", &elsewhere))]);
    blogs.answers("/archive", [archive(20, "")]);
    let mut planet = Planet::start().await;
    planet.register("Ann", &blogs.url("/feed")).await;
    planet.poll().await;
    let platform = elsewhere.split('/').nth(2).unwrap();
    let until = planet.now().as_millisecond() + 3_600_000;
    planet.change_database(&format!(
        "INSERT INTO pause (platform, until) VALUES ('{platform}', {until})"
    ));
    planet.restart().await;
    planet.walk_back().await;
    assert_eq!(blogs.asked("/archive").len(), 0);
    planet.later(1);
    assert_eq!(titles(&planet.walk_back().await), [3]);
    let platforms = "SELECT platforms FROM backfill";
    assert_eq!(planet.ask_database(platforms), [platform]);
}

/// Shows A36.
#[tokio::test]
async fn the_command_reads_older_pages_behind_its_round_and_says_so() {
    let (blogs, _planet) = ann(Answer::status(404)).await;
    let folder = Folder::new();
    folder.write(
        "feeds.toml",
        &format!(
            "[course]\nname = \"Nine Things\"\n[poll]\nallow_networks = [\"127.0.0.0/8\"]\n\
             [[thing]]\nnumber = 6\ntitle = \"Online networks\"\n\
             [[participant]]\nname = \"Ann\"\nfeed = \"{}\"\n",
            blogs.url("/feed/")
        ),
    );
    let ran = run(folder.path(), &["poll"]).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let said = "4 older pages of blogs: 27 older posts";
    assert!(ran.stdout.contains(said), "{ran:?}");
    assert!(ran.stderr.contains("read an older page"), "{ran:?}");
    assert_eq!(blogs.everything_asked().len(), 5);
}
