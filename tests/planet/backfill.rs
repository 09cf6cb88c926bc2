//! Backfill: a blog that joins brings its older posts along, back to the day the course opens.

use jiff::Timestamp;
use jiff::civil::Date;
use thingplanet::poll::Walked;

use crate::harness::{Answer, Blogosphere, Feed, Planet};

/// WordPress's feed of the posts with these numbers, the highest first; the number counts the days from the course's
/// opening on 20 June 2011.
fn wordpress(numbers: impl DoubleEndedIterator<Item = i64>) -> String {
    let mut xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><rss version=\"2.0\"><channel><title>Ann writes</title>\
                   <link>https://ann.example/</link><generator>https://wordpress.org/?v=6.6</generator>"
        .to_owned();
    for number in numbers.rev() {
        let day = day(number).strftime("%d %b %Y");
        xml.push_str(&format!(
            "<item><title>Thing 6, take {number}</title><link>https://ann.example/{number}/</link>\
             <guid isPermaLink=\"false\">https://ann.example/?p={number}</guid>\
             <pubDate>{day} 12:00:00 +0000</pubDate><description>Take {number}.</description></item>"
        ));
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

fn titles(walked: &[Walked]) -> Vec<usize> {
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
