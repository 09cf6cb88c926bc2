//! Walks, step by step.

use jiff::{SignedDuration, Timestamp};
use url::Url;

use super::{
    Page, asked_at, begin, failed, gap, held, in_turn, leads_to, missing, read, succeed, unfilled,
};
use crate::model::{
    EntryId, FeedId, FeedLinks, Fingerprint, Gap, Guid, GuidRule, KnownEntry, Origin, ReadBack,
    Walk, WalkEnd, Way,
};

fn now() -> Timestamp {
    "2011-08-01T12:00:00Z".parse().unwrap()
}

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

/// A page at this address with ten posts, the oldest so many days ago.
fn page(address: &str, days: i64) -> Page {
    Page {
        url: url(address),
        body: Fingerprint::of(format!("{address} {days}").as_bytes()),
        bytes: 1_000,
        entries: 10,
        oldest: Some(now() - SignedDuration::from_hours(24 * days)),
        dates: vec![now() - SignedDuration::from_hours(24 * days); 10],
        met: Vec::new(),
        reaches_opening: false,
        links: FeedLinks::default(),
        by_wordpress: false,
    }
}

fn by(generator: &str, page: Page) -> Page {
    let links = FeedLinks {
        generator: Some(generator.to_owned()),
        ..page.links
    };
    Page { links, ..page }
}

fn leading_to(next: &str, page: Page) -> Page {
    let links = FeedLinks {
        previous_archive: Some(url(next)),
        ..page.links
    };
    Page { links, ..page }
}

fn wordpress() -> Walk {
    let feed = page("https://ann.example/feed/", 10);
    begin(&by("https://wordpress.org/?v=6.6", feed), now())
}

fn next(walk: &Walk) -> Option<&str> {
    walk.next.as_ref().map(Url::as_str)
}

#[track_caller]
fn check(feed: &Page, way: Way, expected: Option<&str>) {
    let walk = begin(feed, now());
    assert_eq!(next(&walk), expected);
    assert_eq!(expected.is_none(), walk.back.end.is_some());
    if expected.is_some() {
        assert_eq!(walk.way, way);
    }
}

/// Shows A36.
#[test]
fn the_archives_that_a_feed_names_go_before_what_its_software_answers() {
    let feed = page("https://ann.example/feed/", 10);
    check(&feed, Way::Links, None);
    let wordpress = by("https://wordpress.org/?v=6.6", feed.clone());
    let second = Some("https://ann.example/feed/?paged=2");
    check(&wordpress, Way::WordPress, second);
    let archive = "https://ann.example/archive/7";
    let archived = leading_to(archive, wordpress);
    check(&archived, Way::Links, Some(archive));
    let by_guids = Page {
        by_wordpress: true,
        ..feed
    };
    check(&by_guids, Way::WordPress, second);
}

/// Shows A36.
#[test]
fn blogger_is_asked_in_its_largest_pages_and_behind_what_the_feed_showed() {
    let feed = page(
        "https://ann.blogspot.com/feeds/posts/default/-/cpd23?alt=rss&max-results=5",
        3,
    );
    check(
        &feed,
        Way::Blogger,
        Some(
            "https://ann.blogspot.com/feeds/posts/default/-/cpd23?alt=rss&start-index=11&max-results=150&orderby=published",
        ),
    );
    let next_page = Some(url("http://ann.example/feeds/posts/default?start-index=26"));
    let links = FeedLinks {
        next_page,
        generator: Some("Blogger".to_owned()),
        ..FeedLinks::default()
    };
    let own = page("https://ann.example/feeds/posts/default", 3);
    let own = Page { links, ..own };
    check(
        &own,
        Way::Blogger,
        Some(
            "https://ann.example/feeds/posts/default?start-index=11&max-results=150&orderby=published",
        ),
    );
    // A service that copies the feed knows no start-index, but its next page leads to who does.
    let copied = Page {
        url: url("https://feeds.copies.example/ann"),
        ..own
    };
    let expected = Some("http://ann.example/feeds/posts/default?start-index=26");
    check(&copied, Way::Links, expected);
}

#[test]
fn a_walk_ends_at_the_opening_day_at_the_first_page_or_where_pages_repeat() {
    let second = "https://ann.example/feed/?paged=2";
    let read = |page: &Page, new| read(wordpress(), page, new, true, now());
    let on = read(&page(second, 20), 10);
    assert_eq!(next(&on), Some("https://ann.example/feed/?paged=3"));
    let opening = Page {
        reaches_opening: true,
        ..page(second, 60)
    };
    let end = |walk: Walk| {
        assert_eq!(walk.next, None);
        walk.back.end
    };
    assert_eq!(end(read(&opening, 10)), Some(WalkEnd::Opening));
    let repeated = Page {
        body: page("https://ann.example/feed/", 10).body,
        ..page(second, 10)
    };
    assert_eq!(end(read(&repeated, 0)), Some(WalkEnd::Repeats));
    let reworded = page(second, 9);
    assert_eq!(end(read(&reworded, 0)), Some(WalkEnd::Repeats));
    let led_back = page("https://www.ann.example/feed", 12);
    assert_eq!(end(read(&led_back, 1)), Some(WalkEnd::Repeats));
    let gone = missing(wordpress(), "404".to_owned(), now());
    assert_eq!(end(gone), Some(WalkEnd::First));
}

#[test]
fn posts_that_are_there_already_are_passed_as_long_as_pages_lie_further_back() {
    let second = "https://ann.example/feed/?paged=2";
    let walk = read(wordpress(), &page(second, 20), 0, true, now());
    assert_eq!(walk.back.end, None);
    let third = "https://ann.example/feed/?paged=3";
    let walk = read(walk, &page(third, 20), 0, true, now());
    assert_eq!(walk.back.end, Some(WalkEnd::Repeats));
}

/// Shows A36.
#[test]
fn an_endless_chain_of_ever_older_pages_is_cut_at_fifty_and_without_an_opening_day_at_ten() {
    for (opens, pages) in [(true, 50), (false, 10)] {
        let mut walk = wordpress();
        let mut days = 20;
        while let Some(next) = walk.next.clone() {
            days += 1;
            walk = read(walk, &page(next.as_str(), days), 10, opens, now());
        }
        assert_eq!(
            (walk.back.pages, walk.back.end),
            (pages, Some(WalkEnd::Capped))
        );
    }
    let heavy = Page {
        bytes: 100_000_000,
        ..page("https://ann.example/feed/?paged=2", 20)
    };
    let walk = read(wordpress(), &heavy, 10, true, now());
    assert_eq!(walk.back.end, Some(WalkEnd::Capped));
}

#[test]
fn pages_stay_on_the_feeds_host_and_the_one_that_the_feed_itself_names() {
    let feed = page("https://ann.example/feed", 10);
    let walk = begin(
        &leading_to("https://archives.example/7", feed.clone()),
        now(),
    );
    assert_eq!(next(&walk), Some("https://archives.example/7"));
    for (address, may) in [
        ("https://archives.example/6", true),
        ("http://www.ann.example/6", true),
        ("https://ann.example:8443/6", false),
        ("https://third.example/6", false),
        ("javascript:alert(1)", false),
    ] {
        assert_eq!(leads_to(&walk, &url(address)), may, "{address}");
        let seventh = leading_to(address, page("https://archives.example/7", 20));
        let walk = read(walk.clone(), &seventh, 10, true, now());
        let expected = (!may).then_some(WalkEnd::Elsewhere);
        assert_eq!(walk.back.end, expected, "{address}");
    }
    let loops = leading_to(
        "https://ann.example/feed",
        page("https://archives.example/7", 20),
    );
    let walk = read(walk, &loops, 10, true, now());
    assert_eq!(walk.back.end, Some(WalkEnd::Repeats));
}

#[test]
fn a_failing_page_is_asked_again_ever_later_and_given_up_after_five_times() {
    let mut walk = wordpress();
    let mut at = now();
    let mut waits = Vec::new();
    while walk.back.end.is_none() {
        walk = failed(walk, "it is down".to_owned(), at);
        waits.push(walk.due_at.duration_since(at).as_mins());
        at = walk.due_at;
    }
    assert_eq!(waits, [5, 60, 360, 1440, 0]);
    assert_eq!(walk.back.end, Some(WalkEnd::Failed));
    assert_eq!(walk.back.cause.as_deref(), Some("it is down"));
}

/// Shows A36.
#[test]
fn a_host_that_asks_us_to_wait_is_left_alone_as_long_as_it_says() {
    let wait = |wait| held(wordpress(), wait, now()).due_at.duration_since(now());
    let day = SignedDuration::from_hours(24);
    assert_eq!(wait(day), day);
}

/// A walk whose next page is this one, and whose last one was asked just now at the first of these addresses and read at
/// the second.
fn walking(next: &str, asked: &[&str]) -> Walk {
    let mut walk = Walk {
        next: Some(url(next)),
        ..wordpress()
    };
    if let [page, landed @ ..] = asked {
        walk.asked_at = Some(now());
        let landed = landed.first().map(|landed| url(landed));
        walk = asked_at(walk, &url(page), landed.as_ref());
    }
    walk
}

/// Checks in how many seconds each of these walks has its turn, by their numbers; who has none waits for another.
#[track_caller]
fn check_turns(walks: &[Walk], expected: &[(i64, i64)]) {
    let walks = walks.iter().cloned().zip(1..);
    let walks = walks.map(|(walk, number)| (FeedId(number), walk)).collect();
    let turns = in_turn(walks).into_iter();
    let turns = turns.map(|(at, feed, _)| (feed.0, at.duration_since(now()).as_secs()));
    assert_eq!(turns.collect::<Vec<_>>(), expected);
}

const ANN: &str = "https://ann.blogspot.com/feed?paged=3";
const BOB: &str = "https://bob.blogspot.com/feed?paged=2";
const OWN: &str = "https://ann.example/feed?paged=2";

/// Shows A36.
#[test]
fn a_platform_is_asked_for_a_page_every_five_seconds_and_this_machine_at_once() {
    check_turns(&[walking(ANN, &[])], &[(1, 0)]);
    check_turns(
        &[walking(ANN, &[ANN]), walking(OWN, &[])],
        &[(2, 0), (1, 5)],
    );
    check_turns(&[walking(ANN, &[ANN]), walking(BOB, &[])], &[(1, 5)]);
    let here = "http://127.0.0.2:8000/feed?paged=2";
    let both = [walking(here, &[here]), walking(here, &[])];
    check_turns(&both, &[(1, 0), (2, 0)]);
}

/// Shows A16, A36.
#[test]
fn a_page_on_another_host_than_its_feed_is_spaced_by_the_platform_on_which_it_lies() {
    // Ann's feed is at home, and its archive on a platform that others have their blogs on.
    let walks = [walking(ANN, &[ANN]), walking(BOB, &[])];
    assert_eq!(walks[0].hosts, ["ann.example"]);
    check_turns(&walks, &[(1, 5)]);
    // Her own host, which was not asked, need not rest for that.
    check_turns(&[walking(OWN, &[ANN])], &[(1, 0)]);
}

/// Shows A16, A36.
#[test]
fn a_page_that_is_led_on_counts_on_both_platforms() {
    let led_on = walking("https://ann.example/feed?paged=3", &[OWN, ANN]);
    check_turns(&[led_on.clone(), walking(BOB, &[])], &[(1, 5)]);
    // Nor does one go beside another where the next page will be led on as the last was.
    let earlier = Walk {
        asked_at: Some(now() - SignedDuration::from_secs(20)),
        ..led_on
    };
    check_turns(&[earlier, walking(BOB, &[])], &[(1, 0)]);
}

/// Shows A36.
#[test]
fn walks_of_one_platform_take_turns() {
    let mut clock = now();
    let mut walks: Vec<(FeedId, Walk)> = (1..=3)
        .map(|number| {
            let page = format!("https://b{number}.blogspot.com/feed?paged=2");
            let mut walk = walking(&page, &[]);
            walk.due_at = clock;
            (FeedId(number), walk)
        })
        .collect();
    let mut order = Vec::new();
    for _ in 0..9 {
        let (at, feed, _) = in_turn(walks.clone()).remove(0);
        clock = clock.max(at);
        order.push(feed.0);
        let (_, walk) = walks.iter_mut().find(|(id, _)| *id == feed).unwrap();
        let page = walk.next.clone().unwrap();
        *walk = asked_at(walk.clone(), &page, Some(&page));
        let rested = clock + SignedDuration::from_secs(5);
        (walk.asked_at, walk.due_at) = (Some(clock), rested);
    }
    assert_eq!(order, [1, 2, 3, 1, 2, 3, 1, 2, 3]);
}

#[test]
fn where_a_page_failed_the_next_may_be_led_on_as_the_one_before() {
    let page = url("https://ann.example/feed?paged=2");
    let elsewhere = url("https://other.example/feed?paged=2");
    let walk = asked_at(walking(page.as_str(), &[]), &page, Some(&elsewhere));
    let platforms = ["ann.example", "other.example"];
    assert_eq!(walk.platforms, platforms);
    assert_eq!(asked_at(walk.clone(), &page, None).platforms, platforms);
    assert_eq!(
        asked_at(walk, &page, Some(&page)).platforms,
        ["ann.example"]
    );
}

fn days_ago(days: i64) -> Timestamp {
    now() - SignedDuration::from_hours(24 * days)
}

/// A post that we have of so many days ago.
fn known(days: i64, origin: Origin) -> KnownEntry {
    KnownEntry {
        id: EntryId(days),
        guid: Guid {
            value: days.to_string(),
            rule: GuidRule::Given,
        },
        origin,
        url: None,
        title: String::new(),
        fingerprint: Fingerprint::of(b""),
        words: Fingerprint::of(b""),
        content: None,
        published_at: days_ago(days),
        updated_at: days_ago(days),
        changes: 0,
        changed_at: None,
        comments: None,
        retired: false,
        problems: Vec::new(),
    }
}

/// Shows A36.
#[test]
fn a_gap_lies_between_a_feed_of_new_posts_and_the_newest_that_is_known_of_it() {
    let feed = by("WordPress", page("https://ann.example/feed/", 5));
    let check = |feed: &Page, posts: &[KnownEntry], expected: Option<i64>| {
        let found = gap(feed, posts, || 4, now()).and_then(|walk| walk.gap);
        assert_eq!(found.map(|gap| gap.after), expected.map(days_ago));
    };
    let posts = [known(20, Origin::Own), known(10, Origin::Own)];
    check(&feed, &posts, Some(10));
    check(&feed, &[], None);
    check(&feed, &[known(10, Origin::Other)], None);
    check(&feed, &[known(5, Origin::Own)], None);
    let met = |days: &[i64]| Page {
        met: days.iter().copied().map(days_ago).collect(),
        ..feed.clone()
    };
    check(&met(&[10]), &posts, None);
    // One old post is pinned to the top, or was edited; more of them are the past.
    check(&met(&[20]), &posts, Some(10));
    check(&met(&[20, 21, 22]), &posts, None);
    let mut pinned = feed.clone();
    pinned.dates[0] = days_ago(20);
    check(&pinned, &posts, Some(10));
    let undated = Page {
        dates: Vec::new(),
        ..feed.clone()
    };
    check(&undated, &posts, None);
    let imported = gap(&feed, &posts, || 5, now());
    assert_eq!(imported, None, "half of the titles are known");
    let begun = Page {
        entries: 2,
        dates: vec![days_ago(5); 2],
        ..feed
    };
    check(&begun, &posts, None);
}

/// A walk that fills a gap behind posts of so many days ago, first seen so many hours from now.
fn filling(after: i64, hours: i64) -> Walk {
    let feed = by("WordPress", page("https://ann.example/feed/", 5));
    let at = now() + SignedDuration::from_hours(hours);
    gap(&feed, &[known(after, Origin::Own)], || 0, at).unwrap()
}

/// Shows A36.
#[test]
fn a_walk_that_fills_a_gap_ends_where_something_is_from_before_the_gap() {
    let check = |page: Page, expected: Option<WalkEnd>| {
        let walk = read(filling(10, 0), &page, 3, true, now());
        assert_eq!(walk.back.end, expected);
    };
    let older = |days| page("https://ann.example/feed/?paged=2", days);
    let met = |days, known| Page {
        met: vec![days_ago(known); 3],
        ..older(days)
    };
    check(older(9), None);
    check(older(10), Some(WalkEnd::Opening));
    check(met(9, 6), None);
    check(met(9, 10), Some(WalkEnd::Opening));
    let mut pinned = older(9);
    pinned.dates[0] = days_ago(30);
    check(pinned, None);
}

/// Shows A36.
#[test]
fn a_walk_that_fills_a_gap_begins_once_a_day_and_goes_as_far_back_as_one_that_was_not_over() {
    let begins = |last: &Walk, hours| {
        let next = succeed(last, filling(8, hours));
        let gap = next.gap.unwrap();
        assert_eq!(next.due_at, gap.begins_at.max(next.due_at));
        let in_hours = gap.begins_at.duration_since(now()).as_hours();
        (in_hours, gap.after == days_ago(10))
    };
    let waiting = filling(10, 0);
    assert_eq!(begins(&waiting, 5), (0, true));
    let failing = failed(waiting.clone(), "it is down".to_owned(), now());
    assert_eq!(begins(&failing, 5), (24, true));
    assert_eq!(begins(&failing, 30), (30, true));
    let second = succeed(&failing, filling(8, 5));
    assert_eq!(
        begins(&second, 7),
        (24, true),
        "it waits and is not put off"
    );
    let mut over = failing;
    over.ends(WalkEnd::Opening);
    assert_eq!(begins(&over, 5), (24, false));
}

#[test]
fn what_may_be_missing_is_told_where_a_gap_was_not_filled() {
    let check = |way, pages, end, expected: Option<&str>| {
        let gap = Gap {
            after: days_ago(10),
            before: days_ago(5),
            begins_at: now(),
        };
        let back = ReadBack {
            pages,
            to: None,
            end,
            cause: None,
        };
        let said = unfilled(&gap, way, &back);
        let said = said.as_deref().map(|it| it.split(" may").next().unwrap());
        assert_eq!(said, expected, "{end:?}");
    };
    let told = Some("posts between 22 July 2011 and 27 July 2011");
    check(Way::Links, 0, None, None);
    check(Way::Links, 1, Some(WalkEnd::Opening), None);
    check(Way::Links, 0, Some(WalkEnd::First), told);
    check(Way::Links, 1, Some(WalkEnd::First), None);
    check(Way::WordPress, 0, Some(WalkEnd::First), None);
    check(Way::WordPress, 0, Some(WalkEnd::Failed), told);
    check(Way::Blogger, 50, Some(WalkEnd::Capped), told);
}
