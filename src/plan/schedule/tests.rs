//! When feeds are asked again, outcome by outcome.

use jiff::{SignedDuration, Timestamp};
use url::Url;

use super::{
    Outcome, Posts, Season, Terms, asks_whole, may_be_asked_at, posts, rest, resume, season, soon,
    spread, update,
};
use crate::model::{Author, Feed, FeedId, FeedUpdate, Rhythm, Trouble, Validators};

const EVERY: SignedDuration = SignedDuration::from_hours(1);

fn now() -> Timestamp {
    "2011-07-21T12:00:00Z".parse().unwrap()
}

fn feed() -> Feed {
    let owner = Author {
        name: "A".to_owned(),
        slug: "a".to_owned(),
        site_url: None,
        excerpt_only: false,
    };
    Feed {
        polled_at: Some(now() - SignedDuration::from_hours(1)),
        ..Feed::new(FeedId(1), owner, Url::parse("https://a.example/").unwrap())
    }
}

/// An hourly rhythm in a running course; half of the dice is no jitter at all.
fn terms(dice: f64) -> Terms {
    Terms {
        every: SignedDuration::from_mins(60),
        season: Season::Running,
        posts: Posts::default(),
        dice,
    }
}

fn after(feed: &Feed, outcome: Outcome) -> FeedUpdate {
    update(feed, outcome, &terms(0.5), now())
}

fn hours(update: &FeedUpdate) -> i64 {
    update.next_poll_at.duration_since(now()).as_hours()
}

#[test]
fn failures_back_off_with_time_and_remember_since_when() {
    let (mut feed, mut at) = (feed(), now());
    let mut waits = Vec::new();
    for _ in 0..8 {
        let failed = Outcome::Failed {
            cause: "it broke".to_owned(),
            trouble: Trouble::Other,
        };
        let update = update(&feed, failed, &terms(0.0), at);
        waits.push(update.next_poll_at.duration_since(at).as_hours());
        at = update.next_poll_at;
        feed.failure = update.failure;
    }
    assert_eq!(waits, [1, 1, 2, 4, 8, 16, 24, 24]);
    let known = feed
        .failure
        .as_ref()
        .map(|failure| (failure.since, failure.count));
    assert_eq!(known, Some((now(), 8)));
    let well = Outcome::Unchanged {
        validators: Validators::default(),
        found_at: None,
        fresh_for: None,
    };
    assert_eq!(after(&feed, well).failure, None);
}

#[test]
fn asking_by_hand_does_not_make_a_failing_feed_wait_longer() {
    let mut feed = feed();
    for _ in 0..6 {
        let update = after(
            &feed,
            Outcome::Failed {
                cause: "it broke".to_owned(),
                trouble: Trouble::Other,
            },
        );
        assert_eq!(hours(&update), 1);
        feed.failure = update.failure;
    }
}

#[test]
fn retry_after_is_honoured_and_never_shortened() {
    let wait = SignedDuration::from_hours(48);
    let day = after(&feed(), Outcome::Throttled { wait });
    assert_eq!(day.held_until, Some(now() + wait));
    assert!(day.next_poll_at >= now() + wait);
    let asked = |seconds| rest(Some(SignedDuration::from_secs(seconds)), 1, 0.0).as_secs();
    assert_eq!((asked(5), asked(7_200)), (3_600, 7_200));
    assert!(rest(Some(wait), 9, 0.0) == wait && rest(Some(wait), 1, 1.0) > wait);
}

#[test]
fn validators_change_only_with_a_good_answer() {
    let failed = after(
        &feed(),
        Outcome::Failed {
            cause: "x".to_owned(),
            trouble: Trouble::Other,
        },
    );
    assert_eq!(failed.validators, None);
    let fresh = Validators {
        etag: Some("\"2\"".to_owned()),
        ..Validators::default()
    };
    let unchanged = after(
        &feed(),
        Outcome::Unchanged {
            validators: fresh.clone(),
            found_at: None,
            fresh_for: None,
        },
    );
    assert_eq!(unchanged.validators, Some(fresh));
}

/// Checks how long a feed waits that just answered well, in minutes, without jitter.
fn check(fresh_for: Option<i64>, rhythm: Rhythm, every_minutes: i64, minutes: i64) {
    let mut feed = feed();
    feed.rhythm = rhythm;
    let terms = Terms {
        every: SignedDuration::from_mins(every_minutes),
        dice: 0.0,
        ..terms(0.0)
    };
    // Without a hint the least that the dice allow is a tenth less.
    let answered = Outcome::Unchanged {
        validators: Validators::default(),
        found_at: None,
        fresh_for: fresh_for.map(SignedDuration::from_secs),
    };
    let update = update(&feed, answered, &terms, now());
    let waits = update.next_poll_at.duration_since(now()).as_mins();
    assert_eq!(waits, minutes, "{fresh_for:?} {rhythm:?} {every_minutes}");
}

fn ttl(minutes: i64) -> Rhythm {
    Rhythm {
        ttl: Some(SignedDuration::from_mins(minutes)),
        ..Rhythm::default()
    }
}

fn updated_every(hours: i64) -> Rhythm {
    Rhythm {
        update_every: Some(SignedDuration::from_hours(hours)),
        ..Rhythm::default()
    }
}

/// Shows A9.
#[test]
fn frb022_the_servers_hints_go_before_the_feeds_and_only_ever_slow_us_down() {
    let nothing = Rhythm::default();
    check(None, nothing, 60, 54);
    check(Some(0), nothing, 60, 54);
    check(Some(300), nothing, 60, 60);
    check(Some(600), nothing, 60, 60);
    check(Some(7_200), nothing, 60, 120);
    check(Some(99_999_999), nothing, 60, 24 * 60);
    check(Some(7_200), ttl(600), 60, 120);
    check(Some(0), ttl(600), 60, 600);
    // Who lets us come every ten minutes is asked no sooner than the server says, and never within ten minutes.
    check(Some(300), nothing, 10, 10);
    check(Some(1_200), nothing, 10, 20);
}

/// Shows A9.
#[test]
fn frb024_ttl_and_update_period_are_kept_between_an_hour_and_a_day() {
    check(None, ttl(15), 60, 60);
    check(None, ttl(15), 10, 60);
    check(None, ttl(180), 60, 180);
    check(None, ttl(366 * 24 * 60), 60, 24 * 60);
    check(None, updated_every(1), 60, 60);
    check(None, updated_every(12), 60, 12 * 60);
    let both = Rhythm {
        update_every: Some(SignedDuration::from_hours(12)),
        ..ttl(120)
    };
    check(None, both, 60, 120);
    check(None, updated_every(1), 10_080, 10_080);
}

fn skipping(hours: u32, days: u8) -> Rhythm {
    Rhythm {
        skip_hours: hours,
        skip_days: days,
        ..Rhythm::default()
    }
}

/// Shows A10.
#[test]
fn skipped_hours_and_days_are_left_out_but_nobody_starves() {
    // It is noon on a Thursday, and 12:54 would be the next time.
    check(None, skipping(1 << 12, 0), 60, 60);
    check(None, skipping(0b111 << 12, 0), 60, 180);
    check(None, skipping(0, 1 << 3), 60, 12 * 60);
    check(None, skipping(0, 0b11 << 3), 60, 24 * 60);
    check(None, skipping(0xff_ffff, 0), 60, 24 * 60);
    check(None, skipping(u32::MAX, u8::MAX), 60, 24 * 60);
    check(None, skipping(1 << 3, 1 << 6), 60, 54);
}

/// Shows A10.
#[test]
fn skipped_hours_are_left_out_by_those_who_are_asked_once_a_day_too() {
    let day = 24 * 60;
    check(Some(86_400), skipping(0b11 << 12, 0), 60, day + 120);
    check(Some(86_400), skipping(0, 1 << 4), 60, day + 12 * 60);
    check(Some(86_400), skipping(0xff_ffff, 0), 60, day);
    check(Some(600), skipping(1 << 12, 0), 10_080, 10_080 + 60);
}

/// Shows A15.
#[test]
fn frb023_silence_makes_visits_rare_and_a_running_course_keeps_them_within_two_hours() {
    let days = |days: i64| Some(now() - SignedDuration::from_hours(24 * days));
    let gap = |days: i64| Some(SignedDuration::from_hours(24 * days));
    let cases = [
        (Season::Running, None, None, 54),
        (Season::Running, days(0), gap(0), 54),
        (Season::Running, days(-3), gap(1), 54),
        (Season::Running, days(13), gap(9), 54),
        (Season::Running, days(14), gap(9), 81),
        (Season::Running, days(30), gap(9), 108),
        (Season::Running, days(900), None, 108),
        (Season::Over, days(0), gap(0), 54),
        (Season::Over, days(1), None, 12 * 60 - 30),
        (
            Season::Over,
            days(1),
            Some(SignedDuration::from_hours(6)),
            3 * 60 - 18,
        ),
        (Season::Over, days(13), gap(3), 12 * 60 - 30),
        (Season::Over, days(14), gap(3), 12 * 60 - 30),
        (Season::Over, days(30), gap(3), 24 * 60 - 30),
        (Season::Over, None, None, 24 * 60 - 30),
    ];
    for (season, newest, gap, minutes) in cases {
        let terms = Terms {
            season,
            posts: Posts { newest, gap },
            ..terms(0.0)
        };
        let answered = Outcome::Unchanged {
            validators: Validators::default(),
            found_at: None,
            fresh_for: None,
        };
        let update = update(&feed(), answered, &terms, now());
        let waits = update.next_poll_at.duration_since(now()).as_mins();
        assert_eq!(waits, minutes, "{season:?} {newest:?} {gap:?}");
    }
}

#[test]
fn how_often_somebody_writes_is_taken_from_the_newest_posts() {
    let day = |day: i64| now() - SignedDuration::from_hours(24 * day);
    let check = |days: &[i64], newest: Option<i64>, gap: Option<i64>| {
        let found = posts(days.iter().map(|&it| day(it)), now());
        let gap = gap.map(|days| SignedDuration::from_hours(24 * days));
        assert_eq!(
            (found.newest, found.gap),
            (newest.map(day), gap),
            "{days:?}"
        );
    };
    check(&[], None, None);
    check(&[3], Some(3), None);
    check(&[3, 1, 5], Some(1), Some(2));
    check(&[2, 2, 2], Some(2), Some(0));
    check(&[-9], Some(0), None);
    check(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 900], Some(0), Some(1));
}

#[test]
fn a_course_is_over_after_its_last_day_where_it_is_held() {
    let zone = jiff::tz::TimeZone::get("America/New_York").unwrap();
    let last = jiff::civil::date(2011, 7, 20);
    let at = |text: &str| season(Some(last), &zone, text.parse().unwrap());
    assert_eq!(at("2011-07-21T03:59:00Z"), Season::Running);
    assert_eq!(at("2011-07-21T04:00:00Z"), Season::Over);
    assert_eq!(season(None, &zone, now()), Season::Running);
}

/// Shows A33, A42.
#[test]
fn a_feed_whose_hub_tells_is_asked_once_a_day_but_not_in_step_and_not_while_it_sleeps() {
    let fallback = |rhythm, dice| {
        let asleep = Feed { rhythm, ..feed() };
        let answered = Outcome::Unchanged {
            validators: Validators::default(),
            found_at: None,
            fresh_for: None,
        };
        let at = update(&asleep, answered, &terms(dice), now()).fallback_at;
        at.unwrap().duration_since(now()).as_mins()
    };
    let day = 24 * 60;
    let waits = [0.0, 0.5, 1.0].map(|dice| fallback(Rhythm::default(), dice));
    assert_eq!(waits, [day, day + 15, day + 30]);
    let hour = jiff::tz::TimeZone::UTC.to_datetime(now()).hour();
    let three_hours = (0..3).fold(0, |hours, more| hours | 1 << ((hour + more) % 24));
    let skipping = |skip_hours| Rhythm {
        skip_hours,
        ..Rhythm::default()
    };
    let minute = i64::from(jiff::tz::TimeZone::UTC.to_datetime(now()).minute());
    assert_eq!(fallback(skipping(three_hours), 0.0), day + 180 - minute);
    assert_eq!(
        fallback(skipping(0xff_ffff), 0.0),
        2 * day,
        "never is once in two days"
    );
    let failed = Outcome::Failed {
        cause: "status 500".to_owned(),
        trouble: Trouble::Other,
    };
    let failed = update(&feed(), failed, &terms(0.0), now());
    assert_eq!(failed.fallback_at, None, "it is asked as ever");
}

/// Shows A42.
#[test]
fn frb037_chance_moves_every_visit_by_a_tenth_and_spreads_the_second_one_over_an_hour() {
    let well = || Outcome::Unchanged {
        validators: Validators::default(),
        found_at: None,
        fresh_for: None,
    };
    let minutes = |feed: &Feed, dice: f64| {
        let update = update(feed, well(), &terms(dice), now());
        update.next_poll_at.duration_since(now()).as_mins()
    };
    assert_eq!(
        [0.0, 0.5, 0.9999].map(|dice| minutes(&feed(), dice)),
        [54, 60, 65]
    );
    let mut new = feed();
    new.polled_at = None;
    assert_eq!(
        [0.0, 0.5, 0.9999].map(|dice| minutes(&new, dice)),
        [60, 90, 119]
    );
}

/// Shows A13.
#[test]
fn a_feed_that_always_fails_is_asked_at_most_twenty_five_times_in_a_month() {
    let month = now() + SignedDuration::from_hours(30 * 24);
    for dice in [0.0, 0.5, 0.99] {
        let (mut feed, mut at, mut asked) = (feed(), now(), 0);
        while at < month {
            let failed = Outcome::Failed {
                cause: "500".to_owned(),
                trouble: Trouble::Other,
            };
            let update = update(&feed, failed, &terms(dice), at);
            (at, feed.failure, asked) = (update.next_poll_at, update.failure, asked + 1);
        }
        assert!((10..=25).contains(&asked), "{asked}");
        let well = Outcome::Unchanged {
            validators: Validators::default(),
            found_at: None,
            fresh_for: None,
        };
        let back = update(&feed, well, &terms(dice), at);
        assert_eq!(back.failure, None);
        assert!(back.next_poll_at.duration_since(at).as_mins() <= 66);
    }
}

/// Shows A13, A22.
#[test]
fn whoever_shuts_us_out_is_not_asked_for_four_hours() {
    for (trouble, hours) in [
        (Trouble::Blocked, 4),
        (Trouble::Closed, 4),
        (Trouble::Other, 1),
        (Trouble::Refused, 1),
        (Trouble::Unreachable, 1),
    ] {
        let failed = Outcome::Failed {
            cause: "no".to_owned(),
            trouble,
        };
        assert_eq!(self::hours(&after(&feed(), failed)), hours, "{trouble:?}");
        assert_eq!(Trouble::from_name(trouble.as_str()), trouble);
    }
}

/// Shows A11, A13.
#[test]
fn frb021_to_be_asked_to_wait_for_an_hour_is_no_reason_to_come_more_often_than_when_all_is_well() {
    let mut feed = feed();
    feed.fresh_for = Some(SignedDuration::from_hours(24));
    let asked_to_wait = after(&feed, busy());
    let until = asked_to_wait.held_until.unwrap();
    assert_eq!(until.duration_since(now()).as_hours(), 1);
    assert_eq!(hours(&asked_to_wait), hours(&after(&feed, missing())));
    assert_eq!(hours(&asked_to_wait), 24);
}

/// Shows A11.
#[test]
fn frb021_who_asks_us_to_wait_without_saying_how_long_gets_longer_waits_each_time() {
    let rests = [1, 2, 3, 4, 5, 6, 7, u32::MAX].map(|times| rest(None, times, 0.0).as_hours());
    assert_eq!(rests, [1, 2, 4, 8, 16, 24, 24, 24]);
    let longest = [1, 3, 7].map(|times| rest(None, times, 1.0).as_mins());
    assert_eq!(longest, [66, 264, 24 * 60 + 30]);
    // Who says for how long is left alone for longer each time as well, and never for less.
    let rests = |hours| {
        let asked = Some(SignedDuration::from_hours(hours));
        [1, 2, 3, 4].map(|times| rest(asked, times, 0.0).as_hours())
    };
    assert_eq!(rests(6), [6, 12, 24, 24]);
    assert_eq!(rests(72), [72; 4]);
    // A blog alone on a platform that answers others well.
    let (mut feed, mut at, mut waits) = (feed(), now(), Vec::new());
    for _ in 0..7 {
        let update = update(&feed, busy(), &terms(0.0), at);
        waits.push(update.next_poll_at.duration_since(at).as_hours());
        feed.throttled = update.throttled;
        at = update.next_poll_at;
    }
    assert_eq!(waits, [1, 2, 4, 8, 16, 24, 24]);
    assert_eq!(update(&feed, well(), &terms(0.0), at).throttled, 0);
    let (broken, not_asked) = (missing(), Outcome::Paused { wait: EVERY });
    for outcome in [broken, not_asked] {
        assert_eq!(update(&feed, outcome, &terms(0.0), at).throttled, 7);
    }
}

#[test]
fn what_its_platform_rested_for_others_sake_does_not_make_a_blog_wait_longer() {
    let mut feed = feed();
    feed.polled_at = Some(now() - SignedDuration::from_hours(12));
    feed.held_until = Some(now());
    assert_eq!(hours(&after(&feed, busy())), 1);
}

#[test]
fn a_feed_that_was_not_asked_because_of_its_platform_keeps_all_that_was_known_of_it() {
    let mut before = feed();
    before.gone = true;
    let update = after(
        &before,
        Outcome::Paused {
            wait: SignedDuration::from_mins(20),
        },
    );
    assert_eq!(
        (update.polled_at, update.gone),
        (before.polled_at.unwrap(), true)
    );
    let waits = update.held_until.unwrap().duration_since(now());
    assert_eq!(waits.as_mins(), 20);
    let offline = after(&feed(), Outcome::Offline);
    assert_eq!((offline.failure, offline.held_until), (None, None));
}

/// Shows A6.
#[test]
fn frb071_the_whole_of_a_feed_is_asked_for_once_a_day_at_most() {
    let mut feed = feed();
    assert!(asks_whole(&feed, true, now()));
    feed.whole_at = Some(now() - SignedDuration::from_hours(23));
    assert!(!asks_whole(&feed, true, now()));
    feed.whole_at = Some(now() - SignedDuration::from_hours(24));
    assert!(asks_whole(&feed, true, now()));
    assert!(!asks_whole(&feed, false, now()));
}

/// Shows A43.
#[test]
fn frb070_by_hand_a_feed_is_asked_once_in_a_quarter_of_an_hour_and_not_before_its_hosts_word() {
    let mut feed = feed();
    let minutes =
        |feed: &Feed| may_be_asked_at(feed, false).map(|at| at.duration_since(now()).as_mins());
    assert_eq!(minutes(&feed), Some(-45));
    feed.held_until = Some(now() + SignedDuration::from_mins(20));
    assert_eq!(minutes(&feed), Some(20));
    feed.polled_at = Some(now() + SignedDuration::from_mins(10));
    assert_eq!(minutes(&feed), Some(25));
}

fn seats(count: i64, due: Option<Timestamp>) -> Vec<(FeedId, Option<Timestamp>)> {
    (0..count).map(|id| (FeedId(id), due)).collect()
}

/// Shows A14.
#[test]
fn many_late_feeds_are_spread_evenly_and_a_few_are_asked_at_once() {
    let hour = SignedDuration::from_mins(60);
    let late = Some(now() - SignedDuration::from_hours(72));
    let just_due = Some(now() - SignedDuration::from_mins(14));
    let spread = |feeds: &[_]| spread(feeds, hour, &|| 0.5, now());
    assert_eq!(spread(&seats(10, None)), []);
    assert_eq!(spread(&seats(800, just_due)), []);
    for due in [late, None] {
        let times: Vec<i64> = spread(&seats(800, due))
            .iter()
            .map(|(_, at)| at.duration_since(now()).as_secs())
            .collect();
        assert_eq!(
            (times.len(), times[0], times[1], times[799]),
            (800, 3, 9, 4_797)
        );
    }
    let many = spread(&seats(7_200, late));
    let last = many.last().unwrap().1.duration_since(now());
    assert!(last.as_mins() <= 120, "{last}");
}

/// Shows A12.
#[test]
fn after_a_pause_a_platforms_feeds_come_back_one_after_the_other() {
    let until = now() + SignedDuration::from_hours(1);
    let feeds: Vec<FeedId> = (0..100).map(FeedId).collect();
    let back = resume(&feeds, until, SignedDuration::from_mins(60), &|| 0.0);
    let seconds = |at: &(FeedId, Timestamp)| at.1.duration_since(until).as_secs();
    assert_eq!(
        (seconds(&back[0]), seconds(&back[1]), seconds(&back[99])),
        (0, 6, 594)
    );
}

/// An outcome, so many hours after the one before.
type Came = (i64, fn() -> Outcome);

/// Every outcome in turn; how it ended.
fn in_turn(steps: &[Came]) -> FeedUpdate {
    let (mut feed, mut at) = (feed(), now());
    let mut last = None;
    for (hours, outcome) in steps {
        at += SignedDuration::from_hours(*hours);
        let done = update(&feed, outcome(), &terms(0.0), at);
        feed.failure.clone_from(&done.failure);
        feed.gone = done.gone;
        feed.moves.clone_from(&done.moves);
        last = Some(done);
    }
    last.unwrap()
}

fn gone() -> Outcome {
    Outcome::Gone
}

fn busy() -> Outcome {
    Outcome::Throttled { wait: EVERY }
}

fn missing() -> Outcome {
    Outcome::Missing {
        cause: "404".to_owned(),
    }
}

fn well() -> Outcome {
    Outcome::Unchanged {
        validators: Validators::default(),
        found_at: None,
        fresh_for: None,
    }
}

/// Shows A25.
#[test]
fn a_feed_is_gone_after_three_times_and_a_week_and_then_asked_once_a_week() {
    let verdict = |steps: &[Came]| {
        let update = in_turn(steps);
        let is_seldom = hours_of(&update) >= 7 * 24;
        (update.gone, update.failure.is_some(), is_seldom)
    };
    let week = 7 * 24;
    let kept = (false, true, false);
    assert_eq!(verdict(&[(0, gone)]), kept);
    let twice = verdict(&[(0, gone), (week, gone)]);
    assert_eq!((twice.0, twice.1), (false, true), "twice");
    let in_a_day = [
        (0, gone as fn() -> Outcome),
        (1, gone),
        (1, gone),
        (1, gone),
    ];
    assert_eq!(verdict(&in_a_day), kept, "often, but for hours only");
    let for_good = [(0, gone as fn() -> Outcome), (80, gone), (88, gone)];
    assert_eq!(verdict(&for_good), (true, false, true));
    let broken = [&for_good[..], &[(week, missing)]].concat();
    assert_eq!(verdict(&broken), (true, false, true), "it stays gone");
    let waits = in_turn(&[&for_good[..], &[(week, busy)]].concat());
    assert!(waits.gone, "and while its host only asks us to wait");
    let again = [&for_good[..], &[(week, well)]].concat();
    assert_eq!(verdict(&again), (false, false, false), "and comes back");
    let between = [
        (0, gone as fn() -> Outcome),
        (80, gone),
        (80, well),
        (8, gone),
    ];
    assert_eq!(verdict(&between), kept, "a good answer ends the count");
}

/// Shows A25.
#[test]
fn what_is_not_found_for_a_month_is_looked_for_once_a_week() {
    // As all that fails for a week; but only after a month it is told.
    let short = in_turn(&[(0, missing), (20 * 24, missing)]);
    let cause = short.failure.unwrap().cause;
    assert!(!cause.contains("once a week"), "{cause}");
    let long = in_turn(&[(0, missing), (30 * 24, missing)]);
    assert_eq!(hours_of(&long), 7 * 24);
    let cause = long.failure.unwrap().cause;
    assert!(cause.contains("once a week"), "{cause}");
    assert!(!long.gone, "that is for its host to say");
}

fn hours_of(update: &FeedUpdate) -> i64 {
    update
        .next_poll_at
        .duration_since(update.polled_at)
        .as_hours()
}

/// Shows A13.
#[test]
fn a_timer_that_polls_every_day_asks_who_fails_every_day_and_later_every_week() {
    let mut feed = feed();
    let day = SignedDuration::from_hours(24);
    let mut asked = Vec::new();
    for number in 0..24 {
        let at = now() + day * number;
        if feed.next_poll_at.is_some_and(|next| next > at) {
            continue;
        }
        asked.push(number);
        let failed = Outcome::Failed {
            cause: "x".to_owned(),
            trouble: Trouble::Other,
        };
        let update = update(&feed, failed, &terms(0.5), at);
        feed.polled_at = Some(at);
        feed.next_poll_at = Some(update.next_poll_at);
        feed.failure = update.failure;
    }
    assert_eq!(asked, [0, 1, 2, 3, 4, 5, 6, 7, 14, 21]);
}

#[test]
fn a_feed_is_polled_at_once_for_a_hub_but_not_twice_in_five_minutes() {
    let soon = |polled_at, now| soon(polled_at, Rhythm::default(), now);
    assert_eq!(soon(None, now()), now());
    assert_eq!(
        soon(Some(now() - SignedDuration::from_hours(1)), now()),
        now()
    );
    let five = SignedDuration::from_mins(5);
    assert_eq!(soon(Some(now()), now()), now() + five);
}
