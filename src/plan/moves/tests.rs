//! Redirects, one answer after the other, and what is believed after them.

use jiff::{SignedDuration, Timestamp};
use url::Url;

use super::{Landing, settle};
use crate::model::{Author, Feed, FeedId, Validators};
use crate::plan::{Outcome, Posts, Season, Terms, update};

const A: &str = "http://a.example/feed";
const B: &str = "https://b.example/feed";
const C: &str = "https://c.example/feed";

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

fn noon() -> Timestamp {
    "2011-07-01T12:00:00Z".parse().unwrap()
}

const TERMS: Terms = Terms {
    every: SignedDuration::from_mins(60),
    season: Season::Running,
    posts: Posts {
        newest: None,
        gap: None,
    },
    dice: 0.5,
};

fn feed() -> Feed {
    let owner = Author {
        name: "Ann".to_owned(),
        slug: "ann".to_owned(),
        site_url: None,
        excerpt_only: false,
    };
    Feed {
        named: true,
        feed_url: Some(url(A)),
        ..Feed::new(FeedId(1), owner, url(A))
    }
}

/// An answer of the feed's address: through permanent redirects to `permanent`, in the end from `source`.
fn landing(permanent: Option<&str>, source: &str) -> Landing {
    Landing {
        asked: url(A),
        source: url(source),
        permanent: permanent.map(url),
        shares: true,
        is_rescue: false,
    }
}

/// Where the feed is asked after it answered so many times, so many hours apart; `change` sees each landing.
fn asked_after(
    answers: u32,
    hours: i64,
    of: &Landing,
    change: impl Fn(u32, &mut Landing),
) -> (String, Feed) {
    let (mut feed, mut now) = (feed(), noon());
    for number in 1..=answers {
        let mut landing = of.clone();
        landing.asked = feed.feed_url.clone().unwrap();
        if landing.asked != url(A) {
            break;
        }
        change(number, &mut landing);
        let unchanged = Outcome::Unchanged {
            validators: Validators::default(),
            found_at: None,
            fresh_for: None,
        };
        let mut done = update(&feed, unchanged, &TERMS, now);
        settle(&feed, &landing, &mut done);
        if let Some(step) = &done.moves.step {
            feed.feed_url = Some(step.to.clone());
        }
        feed.moves = done.moves;
        now += SignedDuration::from_hours(hours);
    }
    (feed.feed_url.clone().unwrap().into(), feed)
}

fn check(answers: u32, hours: i64, of: &Landing, expected: &str) {
    let (asked, _) = asked_after(answers, hours, of, |_, _| {});
    assert_eq!(
        asked, expected,
        "{answers} answers, {hours} hours apart: {of:?}"
    );
}

/// Shows A23.
#[test]
fn a_permanent_redirect_is_believed_after_a_week_and_twenty_four_answers() {
    let to_b = landing(Some(B), B);
    check(1, 8, &to_b, A);
    check(23, 8, &to_b, A);
    check(24, 8, &to_b, B);
    check(7, 24, &to_b, A);
    check(8, 24, &to_b, A);
    check(168, 1, &to_b, A);
    check(169, 1, &to_b, B);
}

/// Shows A23.
#[test]
fn a_run_of_redirects_that_is_not_permanent_to_its_end_is_not_believed() {
    check(60, 8, &landing(Some(B), C), A);
    check(60, 8, &landing(None, B), A);
    check(60, 8, &landing(None, A), A);
}

/// Shows A23.
#[test]
fn another_target_or_a_straight_answer_begins_the_watch_anew() {
    let to_b = landing(Some(B), B);
    let (asked, feed) = asked_after(30, 8, &to_b, |number, landing| {
        if number == 20 {
            *landing = self::landing(Some(C), C);
        }
    });
    assert_eq!(asked, A);
    assert_eq!(feed.moves.watch.unwrap().seen, 10);
    let (asked, feed) = asked_after(30, 8, &to_b, |number, landing| {
        if number == 20 {
            *landing = self::landing(None, A);
        }
    });
    assert_eq!((asked.as_str(), feed.moves.watch.unwrap().seen), (A, 10));
}

/// Shows A23.
#[test]
fn only_the_first_sight_tells_whether_it_is_the_same_blog() {
    let stranger = Landing {
        shares: false,
        ..landing(Some(B), B)
    };
    // What is read there becomes known, so that later answers have posts in common with themselves.
    let (asked, feed) = asked_after(60, 8, &stranger, |number, landing| {
        landing.shares = number > 1;
    });
    assert_eq!(asked, A);
    let notices = feed.moves.notices();
    assert!(notices[0].contains("none of the posts"), "{notices:?}");
}

/// Shows A23.
#[test]
fn the_step_to_https_is_believed_at_once() {
    let secured = "https://a.example/feed";
    check(1, 1, &landing(Some(secured), secured), secured);
    for other in [
        "https://www.a.example/feed",
        "https://a.example/",
        "https://a.example/feed?x=1",
        "https://a.example:8443/feed",
    ] {
        check(1, 1, &landing(Some(other), other), A);
    }
    let stranger = Landing {
        shares: false,
        ..landing(Some(secured), secured)
    };
    check(1, 1, &stranger, A);
}

/// Shows A25.
#[test]
fn where_nothing_is_any_more_the_watched_target_is_believed_at_once() {
    let rescue = Landing {
        is_rescue: true,
        ..landing(None, B)
    };
    let (asked, feed) = asked_after(1, 1, &rescue, |_, _| {});
    assert_eq!(asked, B);
    let moved = feed.moves.moved.unwrap();
    assert_eq!((moved.from, moved.to), (url(A), url(B)));
}

#[test]
fn a_feed_that_answers_at_its_old_address_is_back() {
    let (_, mut feed) = asked_after(24, 8, &landing(Some(B), B), |_, _| {});
    assert!(feed.moves.notices()[0].contains("write feed = \"https://b.example/feed\""));
    let unchanged = Outcome::Unchanged {
        validators: Validators::default(),
        found_at: None,
        fresh_for: None,
    };
    feed.moves.step = None;
    let mut done = update(&feed, unchanged, &TERMS, noon());
    settle(&feed, &landing(None, A), &mut done);
    let step = done.moves.step.unwrap();
    assert_eq!((step.from, step.to), (url(B), url(A)));
    assert_eq!(done.moves.moved, None);
}

#[test]
fn a_moved_feed_whose_old_address_still_leads_to_the_new_one_stays_where_it_is() {
    let (_, mut feed) = asked_after(24, 8, &landing(Some(B), B), |_, _| {});
    let unchanged = Outcome::Unchanged {
        validators: Validators::default(),
        found_at: None,
        fresh_for: None,
    };
    feed.moves.step = None;
    let mut done = update(&feed, unchanged, &TERMS, noon());
    settle(&feed, &landing(Some(B), B), &mut done);
    assert_eq!((done.moves.step, done.moves.watch), (None, None));
    assert_eq!(done.moves.moved.map(|moved| moved.to), Some(url(B)));
}
