//! Gaps: posts that came and went between two visits are looked for on the blog's older pages.

use thingplanet::model::Language;

use crate::backfill::{titles, wordpress};
use crate::harness::{Answer, Blogosphere, Planet};

const FEED: &str = "/feed/";
const SECOND: &str = "/feed/?paged=2";
const THIRD: &str = "/feed/?paged=3";

fn page(first: i64, last: i64) -> Answer {
    Answer::feed(wordpress(first..=last))
}

/// Ann's blog on WordPress, five posts a page, of which posts 1 to 5 are read and nothing is left to walk.
async fn ann() -> (Blogosphere, Planet) {
    let blogs = Blogosphere::start().await;
    blogs.answers(FEED, [page(1, 5)]);
    blogs.answers(SECOND, [Answer::status(404)]);
    let mut planet = Planet::start().await;
    planet.register("Ann", &blogs.url(FEED)).await;
    assert_eq!(planet.poll().await.new, 5);
    planet.walk_back().await;
    planet.later(24);
    (blogs, planet)
}

/// A feed whose posts have other dates, by their place in it.
fn dated(xml: &str, date: impl Fn(usize) -> String) -> String {
    let mut parts = xml.split("<pubDate>");
    let mut dated = parts.next().unwrap().to_owned();
    for (place, part) in parts.enumerate() {
        let rest = &part[part.find("</pubDate>").unwrap()..];
        dated.extend(["<pubDate>", &date(place), rest]);
    }
    dated
}

/// Whether this is said on both pages that tell what is odd in Ann's feed.
async fn said(planet: &Planet, text: &str) -> [bool; 2] {
    let status = planet.words("/status").await;
    let own = planet.words("/participants/ann").await;
    [status.contains(text), own.contains(text)]
}

/// Shows A36.
#[tokio::test]
async fn a_post_that_has_left_the_feed_before_it_was_read_again_is_found_on_the_next_page() {
    let (blogs, planet) = ann().await;
    let before = blogs.everything_asked().len();
    blogs.answers(FEED, [page(7, 11)]);
    blogs.answers(SECOND, [page(2, 6)]);
    assert_eq!(planet.poll().await.new, 5);
    assert_eq!(titles(&planet.walk_back().await), [1]);
    assert_eq!(planet.count_posts(), 11);
    assert_eq!(blogs.everything_asked().len(), before + 2);
    assert_eq!(said(&planet, "may be missing").await, [false; 2]);
    let front = planet.feed("/feed.atom").await;
    assert!(front.entries.iter().any(|it| it.title == "Thing 6, take 6"));

    planet.later(24);
    planet.poll().await;
    assert_eq!(planet.walk_back().await, []);
    // One new post beside four that are known leaves no gap.
    blogs.answers(FEED, [page(8, 12)]);
    planet.poll().await;
    assert_eq!(planet.walk_back().await, []);
}

/// Shows A36.
#[tokio::test]
async fn a_gap_of_several_pages_is_filled_over_a_restart_though_posts_come_meanwhile() {
    let (blogs, mut planet) = ann().await;
    blogs.answers(FEED, [page(16, 20)]);
    blogs.answers(SECOND, [page(11, 15)]);
    planet.poll().await;
    assert_eq!(titles(&planet.walk_back_once().await), [5]);
    planet.restart().await;
    // Two more posts have moved all pages by two; what has come since the gap was seen does not end the walk.
    blogs.answers(THIRD, [page(8, 12)]);
    blogs.answers("/feed/?paged=4", [page(3, 7)]);
    assert_eq!(titles(&planet.walk_back().await), [3, 2]);
    assert_eq!(planet.count_posts(), 20);
    assert_eq!(said(&planet, "may be missing").await, [false; 2]);
}

/// Shows A36.
#[tokio::test]
async fn a_gap_is_filled_beside_a_walk_that_is_not_over() {
    let (blogs, planet) = ann().await;
    planet.change_database(
        "UPDATE backfill SET next_url = 'http://127.0.0.1:1/', ended = NULL, due_at = 4000000000000, cause = 'x'",
    );
    blogs.answers(FEED, [page(7, 11)]);
    blogs.answers(SECOND, [page(2, 6)]);
    planet.poll().await;
    assert_eq!(titles(&planet.walk_back().await), [1]);
    let walks =
        planet.ask_database("SELECT coalesce(ended, 'goes on') FROM backfill ORDER BY fills");
    assert_eq!(walks, ["goes on", "opening"]);
}

/// Shows A36.
#[tokio::test]
async fn a_blog_in_which_nothing_is_ever_known_again_is_walked_once_a_day() {
    let (blogs, planet) = ann().await;
    blogs.answers(SECOND, [Answer::status(500)]);
    let asked = blogs.asked(SECOND).len();
    for hour in 0..48 {
        let strange = wordpress(6..=10)
            .replace("?p=", &format!("?p={hour}000"))
            .replace("ann.example/", &format!("ann.example/{hour}/"))
            .replace("take", &format!("hour {hour}, take"));
        let strange = dated(&strange, |post| {
            let (day, hour) = (27 + hour / 24, hour % 24);
            format!("{day} Jul 2011 {hour:02}:{post:02}:00 +0000")
        });
        blogs.answers(FEED, [Answer::feed(strange)]);
        assert_eq!(planet.poll().await.new, 5, "{hour}");
        planet.walk_back().await;
        planet.later(1);
    }
    // Each walk may try a page that fails at once, in five minutes, in an hour and in six more.
    let asked = blogs.asked(SECOND).len() - asked;
    assert!((2..=8).contains(&asked), "{asked}");
    let walks = planet.ask_database("SELECT fills || '' FROM backfill");
    assert_eq!(walks.len(), 2);
}

/// Shows A36.
#[tokio::test]
async fn where_no_older_page_brings_them_it_is_told_that_posts_may_be_missing() {
    let expected = "posts between 25 June 2011 and 27 June 2011 may be missing";
    let without_a_way = |first, last| {
        let xml = wordpress(first..=last)
            .replace("<generator>https://wordpress.org/?v=6.6", "<generator>x");
        Answer::feed(xml.replace("/?p=", "/p/"))
    };
    let blogs = Blogosphere::start().await;
    blogs.answers(
        FEED,
        [
            without_a_way(1, 5),
            without_a_way(7, 11),
            without_a_way(8, 12),
        ],
    );
    let mut planet = Planet::start().await;
    planet.register("Ann", &blogs.url(FEED)).await;
    planet.poll().await;
    assert_eq!(said(&planet, "may be missing").await, [false; 2]);
    for _ in 0..2 {
        planet.later(1);
        planet.poll().await;
        assert_eq!(planet.walk_back().await, []);
        assert_eq!(said(&planet, expected).await, [true; 2]);
    }
    planet.roster.course.rules.language = Language::German;
    planet.take_over().await;
    assert_eq!(said(&planet, expected).await, [true; 2]);

    // A host that gives its newest page under any number.
    let (blogs, planet) = ann().await;
    blogs.answers(FEED, [page(7, 11)]);
    blogs.answers(SECOND, [page(7, 11)]);
    planet.poll().await;
    assert_eq!(titles(&planet.walk_back().await), [0]);
    assert_eq!(said(&planet, expected).await, [true; 2]);

    // Who says that there is no older page has none: the posts that were known are deleted.
    let (blogs, planet) = ann().await;
    blogs.answers(FEED, [page(7, 11)]);
    planet.poll().await;
    assert_eq!(titles(&planet.walk_back().await), [0]);
    assert_eq!(said(&planet, "may be missing").await, [false; 2]);
}

#[tokio::test]
async fn new_posts_alone_are_no_gap_where_the_feed_is_a_part_or_complete_or_cut_off_or_another() {
    let marked =
        |mark: &str| wordpress(7..=11).replace("<generator>", &format!("{mark}<generator>"));
    let complete = "<fh:complete xmlns:fh=\"http://purl.org/syndication/history/1.0\"/>";
    let undated = wordpress(7..=11).replace("pubDate", "nobody-knows");
    // All guids, addresses and words are others, but the posts are of the same days.
    let rewritten = wordpress(1..=5)
        .replace("?p=", "?p=9")
        .replace("ann.example/", "ann.example/new/")
        .replace("take", "second take")
        .replace("Take", "Second take");
    let whole = wordpress(7..=11);
    let cut_off = &whole[..whole.rfind("<item>").unwrap() + 40];
    for (case, answer) in [
        ("cut off", Answer::feed(cut_off)),
        ("part", Answer::part(wordpress(7..=11))),
        ("complete", Answer::feed(marked(complete))),
        ("undated", Answer::feed(undated)),
        ("rewritten", Answer::feed(rewritten)),
    ] {
        let (blogs, planet) = ann().await;
        let asked = blogs.asked(SECOND).len();
        blogs.answers(FEED, [answer]);
        assert_ne!(planet.poll().await.new, 0, "{case}");
        assert_eq!(planet.walk_back().await, [], "{case}");
        assert_eq!(blogs.asked(SECOND).len(), asked, "{case}");
        assert_eq!(said(&planet, "may be missing").await, [false; 2], "{case}");
    }

    let blogs = Blogosphere::on_hosts(2).await;
    blogs.answers(
        FEED,
        [page(1, 5), Answer::redirect(302, &blogs.url_on(1, "/else"))],
    );
    blogs.answers(SECOND, [Answer::status(404)]);
    blogs.answers("/else", [page(7, 11)]);
    blogs.answers("/else?paged=2", [page(2, 6)]);
    let mut planet = Planet::start().await;
    planet.register("Ann", &blogs.url(FEED)).await;
    planet.poll().await;
    planet.walk_back().await;
    planet.poll().await;
    assert_eq!(planet.walk_back().await, []);
    assert_eq!(blogs.asked("/else?paged=2").len(), 0);
}

/// The same feed as another software gives it, which names no older pages.
fn without_a_way(first: i64, last: i64) -> Answer {
    let xml =
        wordpress(first..=last).replace("<generator>https://wordpress.org/?v=6.6", "<generator>x");
    Answer::feed(xml.replace("/?p=", "/p/"))
}

/// Shows A36.
#[tokio::test]
async fn who_deletes_a_first_test_post_leaves_no_gap() {
    let blogs = Blogosphere::start().await;
    // "Hello world", deleted; then two real posts, which are all that the blog has.
    blogs.answers(
        FEED,
        [
            without_a_way(1, 1),
            without_a_way(3, 4),
            without_a_way(3, 5),
            without_a_way(3, 6),
        ],
    );
    let mut planet = Planet::start().await;
    planet.register("Ann", &blogs.url(FEED)).await;
    planet.poll().await;
    for _ in 0..3 {
        planet.later(24);
        planet.poll().await;
        planet.walk_back().await;
    }
    assert_eq!(said(&planet, "may be missing").await, [false; 2]);
}

/// Shows A36.
#[tokio::test]
async fn a_walk_that_waits_for_its_day_fills_its_gap_though_the_blog_went_on() {
    let (blogs, planet) = ann().await;
    // The first gap of the day: post 6. It is filled.
    blogs.answers(FEED, [page(7, 11)]);
    blogs.answers(SECOND, [page(2, 6)]);
    planet.poll().await;
    planet.walk_back().await;
    assert_eq!(planet.count_posts(), 11);
    // The second one, an hour later: posts 12 to 14. Its walk has to wait until tomorrow.
    planet.later(1);
    blogs.answers(FEED, [page(15, 19)]);
    planet.poll().await;
    assert_eq!(planet.walk_back().await, []);
    // Meanwhile the blog goes on, and is read in time: no gap.
    for last in [23, 27] {
        planet.later(1);
        blogs.answers(FEED, [page(last - 4, last)]);
        planet.poll().await;
        assert_eq!(planet.walk_back().await, []);
    }
    assert_eq!(planet.count_posts(), 24);
    planet.later(24);
    blogs.answers(SECOND, [page(18, 22)]);
    blogs.answers(THIRD, [page(13, 17)]);
    blogs.answers("/feed/?paged=4", [page(8, 12)]);
    planet.walk_back().await;
    assert_eq!(said(&planet, "may be missing").await, [false; 2]);
    assert_eq!(planet.count_posts(), 27);
}

/// Shows A36.
#[tokio::test]
async fn an_old_post_pinned_on_an_older_page_does_not_end_the_walk() {
    let (blogs, planet) = ann().await;
    blogs.answers(FEED, [page(16, 20)]);
    // Page 2 has the posts 12 to 15, and post 1, which is pinned or was put there by its last change.
    let pinned = wordpress(12..=15).replace("</channel></rss>", "")
        + wordpress(1..=1).split_once("</generator>").unwrap().1;
    blogs.answers(SECOND, [Answer::feed(pinned)]);
    blogs.answers(THIRD, [page(7, 11)]);
    blogs.answers("/feed/?paged=4", [page(2, 6)]);
    planet.poll().await;
    planet.walk_back().await;
    assert_eq!(planet.count_posts(), 20);
}

/// Shows A36.
#[tokio::test]
async fn an_old_post_pinned_in_the_feed_hides_no_gap() {
    let (blogs, planet) = ann().await;
    let pinned = wordpress(12..=16).replace("</channel></rss>", "")
        + wordpress(1..=1).split_once("</generator>").unwrap().1;
    blogs.answers(FEED, [Answer::feed(pinned)]);
    blogs.answers(SECOND, [page(7, 11)]);
    blogs.answers(THIRD, [page(2, 6)]);
    planet.poll().await;
    planet.walk_back().await;
    assert_eq!(planet.count_posts(), 16);
}

/// Shows A36.
#[tokio::test]
async fn a_blog_that_was_imported_anew_is_not_doubled_back_to_its_beginning() {
    let blogs = Blogosphere::start().await;
    blogs.answers(FEED, [page(11, 15)]);
    blogs.answers(SECOND, [page(6, 10)]);
    blogs.answers(THIRD, [page(1, 5)]);
    blogs.answers("/feed/?paged=4", [Answer::status(404)]);
    let mut planet = Planet::start().await;
    planet.register("Ann", &blogs.url(FEED)).await;
    planet.poll().await;
    planet.walk_back().await;
    assert_eq!(planet.count_posts(), 15);
    planet.later(24);
    // Other ids and addresses, the day of the import for a date, other words at the end.
    let imported = |first: i64, last: i64| {
        let xml = wordpress(first..=last)
            .replace("?p=", "?p=9")
            .replace("https://ann.example/", "https://ann.example/new-")
            .replace(".</description>", " …</description>");
        Answer::feed(dated(&xml, |_| "01 Aug 2011 18:00:00 +0000".to_owned()))
    };
    blogs.answers(FEED, [imported(11, 15)]);
    blogs.answers(SECOND, [imported(6, 10)]);
    blogs.answers(THIRD, [imported(1, 5)]);
    planet.poll().await;
    assert_eq!(planet.walk_back().await, []);
}
