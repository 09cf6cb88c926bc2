//! Turns, gaps and pauses, second by second.

use std::time::Duration;

use super::{Gap, Pace, Pause, Step, Ticket};

fn at(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// A pace with one request under each of these keys, all of them come at the beginning.
fn queued(at_once_max: u16, keys: &[&[&str]]) -> Pace {
    let mut pace = Pace::new(at_once_max);
    for keys in keys {
        queue(&mut pace, keys, 0);
    }
    pace
}

fn queue(pace: &mut Pace, keys: &[&str], seconds: u64) -> Ticket {
    let keys = keys.iter().map(|&key| key.to_owned()).collect();
    pace.queue(keys, Gap::POLITE, at(seconds))
}

/// Checks what begins at this second, and when to look again.
fn check(pace: &mut Pace, seconds: u64, begun: &[Ticket], look_at: Option<u64>) {
    let expected = Step {
        begun: begun.to_vec(),
        refused: Vec::new(),
        look_at: look_at.map(at),
    };
    assert_eq!(pace.next(at(seconds)), expected, "at {seconds}");
}

/// Shows A16.
#[test]
fn frb033_a_server_gets_one_request_at_a_time_and_none_within_a_second() {
    let mut pace = queued(8, &[&["p"], &["p"], &["p"]]);
    check(&mut pace, 0, &[1], None);
    check(&mut pace, 5, &[], None);
    pace.done(1);
    check(&mut pace, 5, &[2], None);
    pace.done(2);
    check(&mut pace, 5, &[], Some(6));
    check(&mut pace, 6, &[3], None);
}

/// Shows A16.
#[test]
fn many_requests_of_one_platform_do_not_keep_others_waiting() {
    let mut keys: Vec<&[&str]> = vec![&["p"]; 350];
    keys.extend([&["q"] as &[&str], &["r"]]);
    let mut pace = queued(2, &keys);
    check(&mut pace, 0, &[1, 351], None);
    pace.done(351);
    check(&mut pace, 0, &[352], None);
    pace.done(352);
    pace.done(1);
    check(&mut pace, 0, &[], Some(1));
    assert_eq!(pace.waiting(), 349);
}

/// Shows A16.
#[test]
fn frb035_many_hosts_at_one_address_are_paced_as_one() {
    let mut pace = queued(
        8,
        &[
            &["a", "1.1.1.1"],
            &["b", "1.1.1.1"],
            &["c", "2.2.2.2", "1.1.1.1"],
        ],
    );
    check(&mut pace, 0, &[1], None);
    pace.done(1);
    check(&mut pace, 0, &[], Some(1));
    check(&mut pace, 1, &[2], None);
    pace.done(2);
    check(&mut pace, 2, &[3], None);
}

#[test]
fn who_waits_under_two_keys_is_overtaken_by_nobody_and_blocks_nobody_for_ever() {
    let mut pace = queued(8, &[&["a"], &["a", "b"], &["b"]]);
    check(&mut pace, 0, &[1], None);
    pace.abandon(2);
    check(&mut pace, 0, &[3], None);
    pace.done(1);
    pace.done(3);
    assert_eq!((pace.open, pace.waiting(), pace.tickets.len()), (0, 0, 0));
}

#[test]
fn a_gap_may_be_relaxed_for_those_who_allow_it() {
    let mut pace = Pace::new(8);
    let gap = Gap {
        between_starts: Duration::ZERO,
        at_once_max: 3,
    };
    for _ in 0..5 {
        pace.queue(vec!["p".to_owned()], gap, at(0));
    }
    check(&mut pace, 0, &[1, 2, 3], None);
    pace.done(2);
    check(&mut pace, 0, &[4], None);
    assert_eq!(gap.polite(), Gap::POLITE);
    let slow = Gap {
        between_starts: at(10),
        ..gap
    };
    assert_eq!(
        (slow.polite().between_starts, slow.polite().at_once_max),
        (at(10), 1)
    );
}

/// Shows A12.
#[test]
fn frb020_a_pause_refuses_the_whole_platform_and_nobody_else() {
    let mut pace = queued(8, &[&["p"], &["p"], &["q", "1.1.1.1"], &["p", "1.1.1.1"]]);
    check(&mut pace, 0, &[1, 3], None);
    assert!(pace.pause("p", at(3_600), Pause::Asked));
    assert!(
        !pace.pause("p", at(60), Pause::Asked),
        "a pause is never shortened"
    );
    let late = queue(&mut pace, &["p"], 10);
    let refused = [2, 4, late].map(|ticket| (ticket, at(3_590)));
    assert_eq!(pace.next(at(10)).refused, refused);
    assert_eq!(pace.waiting(), 0);
    pace.done(1);
    queue(&mut pace, &["p"], 3_600);
    check(&mut pace, 3_600, &[6], None);
    assert_eq!(pace.paused_for("p", at(3_600)), None);
}

#[test]
fn what_a_host_asked_for_outlasts_a_mistake_of_ours() {
    let mut pace = queued(8, &[]);
    assert!(pace.pause("p", at(60), Pause::Asked));
    assert!(pace.pause("p", at(1_800), Pause::Refused));
    pace.lift("p");
    assert_eq!(pace.paused_for("p", at(0)), Some(at(60)));
    assert!(pace.pause("q", at(1_800), Pause::Refused));
    assert!(
        !pace.pause("q", at(900), Pause::Asked),
        "the longer one is known"
    );
    pace.lift("q");
    assert_eq!(pace.paused_for("q", at(0)), Some(at(900)));
}

#[test]
fn a_pause_of_a_platform_does_not_refuse_its_neighbours_at_the_same_address() {
    let mut pace = queued(8, &[&["p", "1.1.1.1"], &["q", "1.1.1.1"]]);
    assert!(pace.pause("1.1.1.1", at(60), Pause::Asked));
    check(&mut pace, 0, &[1], None);
}

#[test]
fn unread_answers_keep_new_requests_back() {
    let mut pace = queued(2, &[&["a"], &["b"], &["c"]]);
    pace.work_began();
    check(&mut pace, 0, &[1], None);
    pace.work_began();
    pace.done(1);
    check(&mut pace, 0, &[], None);
    pace.work_ended();
    check(&mut pace, 0, &[2], None);
}

#[test]
fn lanes_that_nobody_uses_are_forgotten() {
    let mut pace = Pace::new(1);
    for number in 0..5_000 {
        let ticket = queue(&mut pace, &[&format!("p{number}")], number);
        pace.next(at(number));
        pace.done(ticket);
    }
    assert!(pace.lanes.len() <= super::LANES_MAX, "{}", pace.lanes.len());
}

/// Shows A11, A12.
#[test]
fn frb021_a_platform_that_asks_us_to_wait_again_and_again_rests_longer_each_time_until_it_answers()
{
    let mut pace = queued(8, &[]);
    let mut now = 0;
    let mut rests = Vec::new();
    for _ in 0..7 {
        let (rest, is_news) = pace.throttle("p", None, 0.0, at(now));
        assert!(is_news);
        rests.push(rest.as_hours());
        assert_eq!(pace.paused_for("p", at(now)), rest.try_into().ok());
        now += rest.as_secs().unsigned_abs();
    }
    assert_eq!(rests, [1, 2, 4, 8, 16, 24, 24]);
    assert_eq!((pace.throttled("p"), pace.throttled("q")), (7, 0));
    let mut answers = |platform| pace.answered(platform, at(now));
    assert!(answers("p") && !answers("p") && !answers("q"));
    let (rest, _) = pace.throttle("p", None, 0.0, at(now));
    assert_eq!(rest.as_hours(), 1, "the first good answer ends it");
}

/// Shows A13.
#[test]
fn frb117_a_platform_that_takes_no_connections_rests_longer_each_time_until_it_answers() {
    let mut pace = queued(8, &[]);
    let minutes = |pace: &Pace, now| {
        pace.paused_for("p", at(now))
            .map(|left| left.as_secs() / 60)
    };
    let mut now = 0;
    let mut rests = Vec::new();
    for _ in 0..6 {
        assert!(pace.refuse("p", at(now)));
        let rest = minutes(&pace, now).unwrap();
        // What was begun before is the same word once more.
        pace.refuse("p", at(now));
        assert_eq!(minutes(&pace, now), Some(rest));
        rests.push(rest);
        now += 60 * rest;
    }
    assert_eq!(rests, [30, 60, 120, 240, 240, 240]);
    pace.answered("p", at(now));
    pace.refuse("p", at(now));
    assert_eq!(
        minutes(&pace, now),
        Some(30),
        "another of its blogs is well"
    );
    pace.lift("p");
    pace.refuse("p", at(now));
    assert_eq!(minutes(&pace, now), Some(30), "it was our own mistake");
}

#[test]
fn an_answer_to_what_was_asked_before_a_rest_does_not_end_the_count() {
    let mut pace = queued(8, &[]);
    pace.remember("p", 4);
    pace.throttle("p", None, 0.0, at(2));
    assert!(!pace.answered("p", at(20)), "it rests for 16 hours");
    let (rest, _) = pace.throttle("p", None, 0.0, at(2 + 17 * 3_600));
    assert_eq!(rest.as_hours(), 24);
}

#[test]
fn what_was_asked_before_a_pause_does_not_make_it_longer_twice() {
    let mut pace = queued(8, &[]);
    pace.throttle("p", None, 0.0, at(0));
    assert!(!pace.throttle("p", None, 0.0, at(0)).1, "nothing new");
    pace.throttle("p", None, 0.0, at(1));
    assert_eq!(pace.throttled("p"), 1);
    let asked = Some(jiff::SignedDuration::from_hours(5));
    let (rest, is_news) = pace.throttle("p", asked, 0.0, at(2));
    assert_eq!(
        (rest.as_hours(), is_news, pace.throttled("p")),
        (5, true, 1)
    );
}

#[test]
fn a_platform_is_not_forgotten_before_it_has_answered() {
    let mut pace = queued(8, &[]);
    pace.remember("p", 3);
    for number in 0..super::LANES_MAX {
        let ticket = queue(&mut pace, &[&number.to_string()], 0);
        pace.abandon(ticket);
    }
    queue(&mut pace, &["q"], 1_000);
    assert!(pace.lanes.len() < 10);
    let (rest, _) = pace.throttle("p", None, 0.0, at(1_000));
    assert_eq!(rest.as_hours(), 8);

    pace.throttle("r", None, 0.0, at(1_000));
    for number in 0..super::LANES_MAX {
        let ticket = queue(&mut pace, &[&number.to_string()], 32 * 24 * 3_600);
        pace.abandon(ticket);
    }
    queue(&mut pace, &["q"], 33 * 24 * 3_600);
    assert_eq!((pace.throttled("p"), pace.throttled("r")), (0, 0));
}

#[test]
fn a_platform_that_answers_between_two_refusals_is_not_left_alone_for_ever() {
    let mut pace = queued(8, &[]);
    assert!(pace.refuse("p", at(0)));
    pace.answered("p", at(1));
    pace.refuse("p", at(2));
    let left = pace.paused_for("p", at(2)).unwrap_or_default();
    assert!(left <= at(4 * 3_600), "{left:?}");
}
