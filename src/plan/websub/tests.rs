//! Subscriptions, step by step.

use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use url::Url;

use super::{
    Refusals, Todo, asked, delivered, denied, is_signed, is_verified, left, not_asked, offer,
    polled, public_base, todo, unheard, verified,
};
use crate::model::{FeedId, HubOffer, Subscription};

fn at(hours: i64) -> Timestamp {
    let noon: Timestamp = "2011-08-01T12:00:00Z".parse().unwrap();
    noon + SignedDuration::from_hours(hours)
}

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

fn offered() -> HubOffer {
    HubOffer {
        hub: url("https://hub.example/"),
        topic: url("https://ann.example/feed"),
    }
}

fn new() -> Subscription {
    Subscription {
        feed: FeedId(1),
        token: "0".repeat(32),
        offer: offered(),
        secret: None,
        pending: false,
        next_at: at(0),
        tries: 0,
        lease_until: None,
        delivered_at: None,
        missed: 0,
        ended: false,
    }
}

fn active() -> Subscription {
    let lease = Some(10 * 24 * 3_600);
    let topic = "https://ann.example/feed";
    verified(asked(new(), at(0)), "subscribe", topic, lease, at(0)).unwrap()
}

/// Shows A33.
#[test]
fn hubs_are_asked_only_where_they_can_reach_the_planet() {
    for (base, public) in [
        ("https://planet.example.org", true),
        ("http://planet.example.org:8080/cpd", true),
        ("http://8.8.8.8", true),
        ("http://127.0.0.1:8023", false),
        ("http://localhost:8023", false),
        ("http://planet.localhost", false),
        ("http://planet", false),
        ("http://planet.lan", false),
        ("http://192.168.1.5", false),
        ("http://10.0.0.1", false),
        ("http://100.64.0.1", false),
        ("http://[::1]:8023", false),
        ("http://[fd00::1]", false),
        ("ftp://planet.example.org", false),
        ("", false),
    ] {
        assert_eq!(public_base(base).is_some(), public, "{base}");
    }
}

/// Shows A33.
#[test]
fn the_topic_is_the_feeds_own_name_and_a_hub_that_can_keep_a_secret_goes_first() {
    let hubs = [url("http://plain.example/"), url("https://hub.example/")];
    let source = url("https://ann.example/feed?x=1#top");
    let own = url("https://ann.example/feed");
    assert_eq!(offer(&hubs, Some(&own), &source), Some(offered()));
    let nameless = offer(&hubs[..1], None, &source).unwrap();
    assert_eq!(nameless.hub.as_str(), "http://plain.example/");
    assert_eq!(nameless.topic.as_str(), "https://ann.example/feed?x=1");
    assert_eq!(offer(&[], Some(&own), &source), None);
}

/// Shows A33.
#[test]
fn a_lease_of_ten_days_is_renewed_after_five() {
    let have = active();
    assert_eq!(have.lease_until, Some(at(10 * 24)));
    let offer = offered();
    let todo = |have: &Subscription, hours| todo(Some(&offer), Some(have), None, at(hours));
    assert_eq!(todo(&have, 5 * 24 - 1), Todo::Nothing);
    assert_eq!(todo(&have, 5 * 24), Todo::Renew);
}

#[test]
fn a_hub_that_the_feed_names_no_more_is_left() {
    let other = HubOffer {
        hub: url("https://other.example/"),
        ..offered()
    };
    let have = active();
    let todo = |offer, have, until| todo(offer, have, until, at(0));
    assert_eq!(todo(Some(&other), Some(&have), None), Todo::Leave);
    assert_eq!(todo(None, Some(&have), None), Todo::Leave);
    assert_eq!(todo(Some(&other), None, None), Todo::Subscribe);
    assert_eq!(todo(None, None, None), Todo::Nothing);
}

/// Shows A33.
#[test]
fn the_next_hub_of_a_feed_is_asked_a_day_after_the_last_was_left() {
    let gone = left(active(), at(0));
    assert!(gone.ended && !gone.pending);
    let todo = |hours| todo(Some(&offered()), None, Some(gone.next_at), at(hours));
    assert_eq!(todo(23), Todo::Nothing);
    assert_eq!(todo(24), Todo::Subscribe);
}

/// Shows A33.
#[test]
fn only_what_was_asked_is_confirmed_and_only_once() {
    let topic = "https://ann.example/feed";
    let pending = || asked(new(), at(0));
    let confirm = |have, mode, topic| verified(have, mode, topic, None, at(0));
    assert!(confirm(pending(), "subscribe", topic).is_some());
    assert!(confirm(pending(), "unsubscribe", topic).is_none());
    assert!(confirm(pending(), "subscribe", "https://ann.example/other").is_none());
    assert!(confirm(new(), "subscribe", topic).is_none(), "nobody asked");
    assert!(
        confirm(active(), "subscribe", topic).is_none(),
        "it is done"
    );
}

#[test]
fn a_lease_is_held_within_an_hour_and_ninety_days() {
    let topic = "https://ann.example/feed";
    let lease = |seconds| {
        let have = verified(
            asked(new(), at(0)),
            "subscribe",
            topic,
            Some(seconds),
            at(0),
        );
        have.unwrap().lease_until
    };
    for (seconds, hours) in [
        (0, 1),
        (-1, 1),
        (i64::MIN, 1),
        (7_200, 2),
        (1_000_000_000_000, 90 * 24),
        (i64::MAX, 90 * 24),
    ] {
        assert_eq!(lease(seconds), Some(at(hours)), "{seconds}");
    }
}

/// Shows A33.
#[test]
fn a_hub_that_promises_little_is_asked_for_more_once_a_day() {
    let topic = "https://ann.example/feed";
    let have = verified(asked(new(), at(0)), "subscribe", topic, Some(60), at(0)).unwrap();
    assert_eq!((have.lease_until, have.next_at), (Some(at(1)), at(24)));
}

/// What can happen to a subscription in an hour.
#[derive(Debug, Clone, Copy)]
enum Event {
    Nothing,
    /// The hub agrees, for so many seconds.
    Agrees(i64),
    Refuses,
    /// The feed names another hub.
    Changes,
    /// A poll finds what the hub did not tell.
    Finds,
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        4 => Just(Event::Nothing),
        2 => (0_i64..200_000).prop_map(Event::Agrees),
        1 => Just(Event::Refuses),
        1 => Just(Event::Changes),
        1 => Just(Event::Finds),
    ]
}

/// The hours in which hubs are asked for a feed while this happens.
fn hours_asked(events: &[Event]) -> Vec<i64> {
    let topic = "https://ann.example/feed";
    let (mut have, mut rests_until): (Option<Subscription>, _) = (None, None);
    let mut asked_at = Vec::new();
    for (event, hour) in events.iter().zip(0..) {
        let now = at(hour);
        have = match (event, have) {
            (Event::Agrees(lease), Some(have)) => {
                let agreed = verified(have.clone(), "subscribe", topic, Some(*lease), now);
                Some(agreed.unwrap_or(have))
            }
            (Event::Refuses, Some(have)) => Some(denied(have, now)),
            (Event::Changes, Some(have)) => {
                rests_until = rests_until.max(Some(left(have, now).next_at));
                None
            }
            (Event::Finds, Some(have)) => Some(polled(have, None, now)),
            (_, have) => have,
        };
        match todo(Some(&offered()), have.as_ref(), rests_until, now) {
            Todo::Subscribe => have = Some(asked(new(), now)),
            Todo::Renew => have = have.map(|have| asked(have, now)),
            Todo::Leave | Todo::Nothing => continue,
        }
        asked_at.push(hour);
    }
    asked_at
}

proptest! {
    /// Shows A33.
    #[test]
    fn hubs_are_asked_five_times_a_day_at_most_for_a_feed_whatever_happens(
        events in proptest::collection::vec(event(), 24 * 14)
    ) {
        let hours = hours_asked(&events);
        for window in hours.windows(6) {
            prop_assert!(window[5] - window[0] >= 24, "{hours:?}");
        }
    }
}

#[test]
fn a_hub_that_does_not_come_back_is_asked_ever_less_and_then_left_alone_for_a_week() {
    let mut have = new();
    let mut waits = Vec::new();
    for _ in 0..6 {
        have = asked(have, at(0));
        waits.push(have.next_at.duration_since(at(0)).as_hours());
    }
    assert_eq!(waits, [1, 2, 4, 8, 168, 1]);
    let refused = denied(active(), at(0));
    assert_eq!((refused.lease_until, refused.next_at), (None, at(7 * 24)));
}

/// Shows A33.
#[test]
fn a_hub_that_is_silent_is_asked_again_when_its_promise_ends_even_if_that_is_sooner_than_a_week() {
    let fifth = |lease_hours| {
        let mut have = active();
        have.lease_until = Some(at(lease_hours));
        have.tries = 4;
        asked(have, at(0)).next_at
    };
    assert_eq!(fifth(100), at(100));
    assert_eq!(fifth(10), at(24), "a day at least");
    assert_eq!(fifth(1_000), at(7 * 24));
}

/// Shows A33.
#[test]
fn who_was_not_asked_is_as_before_unless_the_hub_came_meanwhile() {
    // The database knows of no microseconds.
    let now = at(0) + SignedDuration::from_micros(7);
    let before = Subscription { tries: 2, ..new() };
    let noted = Subscription {
        next_at: at(4),
        ..asked(before.clone(), now)
    };
    assert_eq!(not_asked(noted.clone(), &before), Some(before.clone()));
    let topic = "https://ann.example/feed";
    let came = verified(noted, "subscribe", topic, None, now).unwrap();
    assert_eq!(not_asked(came, &before), None);
    let told = delivered(asked(active(), now), at(1)).unwrap();
    let back = not_asked(told, &active()).unwrap();
    assert_eq!((back.delivered_at, back.tries), (Some(at(1)), 0));
}

/// Shows A33.
#[test]
fn who_promises_anew_has_told_of_nothing_yet_and_who_renews_has() {
    let topic = "https://ann.example/feed";
    let again = |have, hours| {
        let have = asked(have, at(hours));
        verified(have, "subscribe", topic, None, at(hours)).unwrap()
    };
    let told = delivered(active(), at(2)).unwrap();
    assert_eq!(again(told.clone(), 5 * 24).delivered_at, Some(at(2)));
    assert_eq!(again(told.clone(), 11 * 24).delivered_at, None);
    assert_eq!(again(denied(told, at(3)), 200).delivered_at, None);
}

/// Shows A33.
#[test]
fn what_was_verified_is_confirmed_once_more_as_long_as_it_holds() {
    let topic = "https://ann.example/feed";
    let have = active();
    let holds = |have: &Subscription, mode, topic, hours| is_verified(have, mode, topic, at(hours));
    assert!(holds(&have, "subscribe", topic, 239));
    assert!(!holds(&have, "subscribe", topic, 240));
    assert!(!holds(&have, "unsubscribe", topic, 0));
    assert!(!holds(&have, "subscribe", "https://ann.example/other", 0));
    assert!(!holds(&denied(have.clone(), at(0)), "subscribe", topic, 0));
    assert!(!holds(&left(have, at(0)), "subscribe", topic, 0));
    assert!(!holds(&asked(new(), at(0)), "subscribe", topic, 0));
}

/// Shows A33.
#[test]
fn a_hub_that_takes_nothing_is_left_alone_for_longer_each_time_and_no_other_with_it() {
    let (hub, other) = (url("https://hub.example/"), url("https://hub.example/2"));
    let mut refusals = Refusals::default();
    let mut waits = Vec::new();
    let mut hours = 0;
    for _ in 0..7 {
        refusals.refused(&hub, at(hours));
        let wait = (1..100).find(|wait| !refusals.rests(&hub, at(hours + wait)));
        waits.extend(wait);
        hours += wait.unwrap_or_default();
    }
    assert_eq!(waits, [1, 2, 4, 8, 16, 24, 24]);
    assert!(!refusals.rests(&other, at(hours - 1)));
    refusals.took(&hub);
    assert!(!refusals.rests(&hub, at(hours - 1)));
    refusals.refused(&hub, at(hours));
    assert!(!refusals.rests(&hub, at(hours + 1)), "as the first time");
    refusals.refused(&other, at(hours + 48));
    assert_eq!(refusals.0.len(), 1, "nobody is remembered for ever");
}

/// Shows A33.
#[test]
fn a_hub_that_accepts_and_never_tells_is_relied_upon_no_more() {
    let once = polled(active(), Some(at(1)), at(2));
    assert_eq!(once.missed, 1);
    assert_eq!(delivered(once.clone(), at(2)).unwrap().missed, 0);
    assert_eq!(unheard(once.clone()).missed, 0, "we were too busy");
    let twice = polled(once, Some(at(2)), at(3));
    assert_eq!((twice.lease_until, twice.next_at), (None, at(30 * 24 + 3)));
    let told = delivered(active(), at(2)).unwrap();
    assert_eq!(polled(told.clone(), Some(at(1)), at(3)), told);
    assert_eq!(polled(told, Some(at(4)), at(5)).missed, 1);
    assert_eq!(delivered(twice, at(4)), None, "it was given up");
    assert_eq!(delivered(asked(new(), at(0)), at(1)), None);
}

/// Shows A33.
#[test]
fn each_of_the_four_methods_of_signing_is_known_and_nothing_else_passes() {
    macro_rules! sign {
        ($digest:ty) => {{
            let mac = Hmac::<$digest>::new_from_slice(b"secret").unwrap();
            let code = mac.chain_update(b"news").finalize().into_bytes();
            code.iter()
                .map(|byte| format!("{byte:02x}"))
                .collect::<String>()
        }};
    }
    let signatures = [
        ("sha1", sign!(sha1::Sha1)),
        ("sha256", sign!(sha2::Sha256)),
        ("sha384", sign!(sha2::Sha384)),
        ("sha512", sign!(sha2::Sha512)),
    ];
    for (method, digits) in &signatures {
        let signed = format!("{method}={digits}");
        assert!(is_signed("secret", Some(&signed), b"news"), "{method}");
        assert!(!is_signed("secret", Some(&signed), b"News"), "{method}");
        assert!(!is_signed("other", Some(&signed), b"news"), "{method}");
        let short = &signed[..signed.len() - 2];
        assert!(!is_signed("secret", Some(short), b"news"), "{method}");
    }
    // Known from elsewhere (RFC 2202 section 3, case 2), so that the four cannot all be wrong alike.
    let known = "sha1=effcdf6ae5eb2fa2d27416d5f184df9c259a7c79";
    assert!(is_signed(
        "Jefe",
        Some(known),
        b"what do ya want for nothing?"
    ));
    let (_, digits) = &signatures[1];
    for wrong in [
        "",
        "sha256",
        "sha256=",
        "md5=00",
        "sha256=ü",
        &format!("sha1={digits}"),
    ] {
        assert!(!is_signed("secret", Some(wrong), b"news"), "{wrong}");
    }
    assert!(!is_signed("secret", None, b"news"));
}
