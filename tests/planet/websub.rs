//! Hubs: subscribing to the news of feeds, in the manner of websub.rocks' subscriber tests, and what a hostile hub can do.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use thingplanet::poll::{Listener, WalkListener, Which};
use tokio::net::TcpListener;
use tokio::sync::Barrier;

use crate::harness::{Answer, Answered, Blogosphere, Feed, Planet};

/// Where Ann's feed knows itself.
const TOPIC: &str = "http://ann.example/feed.atom";

fn posts(count: usize) -> Feed {
    (1..=count).fold(Feed::atom("ann"), |feed, number| {
        feed.post(&format!("Thing 6, take {number}"), "2011-07-20")
    })
}

/// Ann's feed with these links in it.
fn linked(count: usize, links: &str) -> String {
    posts(count).xml().replace(
        "<updated>2011-06-20",
        &format!("{links}<updated>2011-06-20"),
    )
}

/// A planet that has read Ann's feed, which names the blogosphere's `/hub`.
async fn hubbed(hub: Answer) -> (Blogosphere, Planet) {
    let blogs = Blogosphere::start().await;
    let links = format!(
        "<link rel=\"hub\" href=\"{}\"/><link rel=\"self\" href=\"{TOPIC}\"/>",
        blogs.url("/hub")
    );
    blogs.answers("/ann", [Answer::feed(linked(1, &links))]);
    blogs.answers("/hub", [hub]);
    let mut planet = Planet::start().await;
    planet.register("Ann", &blogs.url("/ann")).await;
    planet.poll().await;
    (blogs, planet)
}

/// What the hub was asked, by name.
fn asked(blogs: &Blogosphere, path: &str) -> Vec<(String, String)> {
    let asked = blogs.asked(path);
    let form = asked.last().map_or("", |asked| &asked.body).as_bytes();
    url::form_urlencoded::parse(form).into_owned().collect()
}

fn field(form: &[(String, String)], name: &str) -> Option<String> {
    let found = form.iter().find(|(key, _)| key == name);
    found.map(|(_, value)| value.clone())
}

/// The path at which the hub finds us.
fn callback(blogs: &Blogosphere) -> String {
    let callback = field(&asked(blogs, "/hub"), "hub.callback").unwrap();
    callback
        .strip_prefix("http://planet.example")
        .unwrap()
        .to_owned()
}

async fn verify(planet: &Planet, callback: &str, mode: &str, topic: &str) -> Answered {
    let lease = ("hub.lease_seconds", "864000");
    says(
        planet,
        callback,
        &[
            ("hub.mode", mode),
            ("hub.topic", topic),
            ("hub.challenge", "<b>1&2</b>"),
            lease,
        ],
    )
    .await
}

/// What the planet answers to a hub that says this.
async fn says(planet: &Planet, callback: &str, fields: &[(&str, &str)]) -> Answered {
    let query: String = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish();
    planet.get(&format!("{callback}?{query}")).await
}

/// Requests to hubs, whatever they are called.
fn hubs_asked(blogs: &Blogosphere) -> usize {
    let asked = blogs.everything_asked().into_iter();
    asked.filter(|asked| asked.method == "POST").count()
}

/// The path of the hub that a feed names, if it does, and the feed's name.
type Named = (Option<String>, String);

/// Lets a quarter of a day pass, after which a feed names this hub under this name, and is polled and looked after as
/// by `serve`. Whichever hub is asked agrees at once, for a second.
async fn six_hours(blogs: &Blogosphere, planet: &Planet, hub: Option<&str>, topic: &str) {
    let hub = hub.map(|hub| format!("<link rel=\"hub\" href=\"{}\"/>", blogs.url(hub)));
    let own = format!("<link rel=\"self\" href=\"{topic}\"/>");
    let links = hub.unwrap_or_default() + &own;
    blogs.answers("/ann", [Answer::feed(linked(1, &links))]);
    planet.later(6);
    planet.poll().await;
    planet.subscribe().await;
    planet.subscribe().await;
    let asked = blogs.everything_asked();
    let Some(last) = asked.iter().rfind(|asked| asked.method == "POST") else {
        return;
    };
    let form: Vec<(String, String)> = url::form_urlencoded::parse(last.body.as_bytes())
        .into_owned()
        .collect();
    let callback = field(&form, "hub.callback").unwrap();
    let callback = callback.strip_prefix("http://planet.example").unwrap();
    let topic = field(&form, "hub.topic").unwrap();
    let fields = [
        ("hub.mode", "subscribe"),
        ("hub.topic", &topic),
        ("hub.challenge", "1"),
        ("hub.lease_seconds", "1"),
    ];
    let answered = says(planet, callback, &fields).await;
    assert!(matches!(answered.status, 200 | 404 | 410));
}

/// A subscription that the hub has verified.
async fn subscribed() -> (Blogosphere, Planet, String) {
    let (blogs, planet) = hubbed(Answer::status(202)).await;
    assert_eq!(planet.subscribe().await, 1);
    let callback = callback(&blogs);
    assert_eq!(
        verify(&planet, &callback, "subscribe", TOPIC).await.status,
        200
    );
    (blogs, planet, callback)
}

/// Shows A33.
#[tokio::test]
async fn websub_100_to_104_a_hub_is_found_in_headers_and_in_every_kind_of_feed_and_headers_go_first()
 {
    let rss = "<rss version=\"2.0\" xmlns:atom=\"http://www.w3.org/2005/Atom\"><channel><title>Ann</title>\
               <atom:link rel=\"hub\" href=\"HUB\"/><atom:link rel=\"self\" href=\"http://ann.example/feed.atom\"/>\
               <item><guid>1</guid><title>One</title></item></channel></rss>";
    let json = "{\"version\":\"https://jsonfeed.org/version/1.1\",\"title\":\"Ann\",\
                \"feed_url\":\"http://ann.example/feed.atom\",\"hubs\":[{\"type\":\"WebSub\",\"url\":\"HUB\"}],\
                \"items\":[{\"id\":\"1\",\"content_text\":\"One\"}]}";
    let atom = linked(
        1,
        "<link rel=\"hub\" href=\"HUB\"/><link rel=\"self\" href=\"http://ann.example/feed.atom\"/>",
    );
    let plain = linked(1, "");
    let header = format!("<HUB>; rel=hub, <{TOPIC}>; rel=self");
    let wrong = linked(
        1,
        "<link rel=\"hub\" href=\"http://other.example/\"/><link rel=\"self\" href=\"http://other.example/feed\"/>",
    );
    let cases = [
        (atom.as_str(), None),
        (rss, None),
        (json, None),
        (&plain, Some(&header)),
        (&wrong, Some(&header)),
    ];
    for (document, header) in cases {
        let blogs = Blogosphere::start().await;
        let hub = blogs.url("/hub");
        let answer = Answer::feed(document.replace("HUB", &hub));
        blogs.answers(
            "/ann",
            [match header {
                Some(header) => answer.header("link", &header.replace("HUB", &hub)),
                None => answer,
            }],
        );
        blogs.answers("/hub", [Answer::status(202)]);
        let mut planet = Planet::start().await;
        planet.register("Ann", &blogs.url("/ann")).await;
        planet.poll().await;
        assert_eq!(planet.subscribe().await, 1, "{document}");
        let form = asked(&blogs, "/hub");
        // Our reader does not look at a JSON Feed's word for itself, so it goes by where it was read.
        let topic = if document.starts_with('{') {
            blogs.url("/ann")
        } else {
            TOPIC.to_owned()
        };
        assert_eq!(field(&form, "hub.topic"), Some(topic), "{document}");
        assert_eq!(field(&form, "hub.mode").as_deref(), Some("subscribe"));
        assert_eq!(field(&form, "hub.lease_seconds").as_deref(), Some("864000"));
        assert_eq!(field(&form, "hub.secret"), None, "not over plain http");
        assert_eq!(blogs.asked("/hub")[0].method, "POST");
    }
}

/// Shows A33.
#[tokio::test]
async fn websub_200_to_204_a_hub_that_has_moved_is_followed_with_the_whole_form() {
    for status in [307, 308] {
        let (blogs, planet) = hubbed(Answer::redirect(status, "/moved")).await;
        blogs.answers("/moved", [Answer::status(202)]);
        planet.subscribe().await;
        assert_eq!(asked(&blogs, "/moved"), asked(&blogs, "/hub"));
        assert_eq!(
            field(&asked(&blogs, "/moved"), "hub.topic").as_deref(),
            Some(TOPIC)
        );
    }
    let (blogs, planet) = hubbed(Answer::redirect(302, "/moved")).await;
    planet.subscribe().await;
    assert_eq!(blogs.asked("/moved").len(), 0, "that would be a GET");
}

/// Shows A33.
#[tokio::test]
async fn websub_205_only_what_was_asked_is_confirmed_word_for_word() {
    let (blogs, planet) = hubbed(Answer::status(202)).await;
    planet.subscribe().await;
    let callback = callback(&blogs);
    assert!(callback.len() > "/websub/".len() + 30, "{callback}");
    for (path, mode, topic) in [
        (callback.as_str(), "unsubscribe", TOPIC),
        (&callback, "subscribe", "http://ann.example/other"),
        (
            "/websub/00000000000000000000000000000000",
            "subscribe",
            TOPIC,
        ),
    ] {
        let answered = verify(&planet, path, mode, topic).await;
        assert_eq!(
            (answered.status, answered.text()),
            (404, ""),
            "{path} {mode} {topic}"
        );
    }
    let answered = verify(&planet, &callback, "subscribe", TOPIC).await;
    assert_eq!((answered.status, answered.text()), (200, "<b>1&2</b>"));
    assert_eq!(
        answered.header("content-type"),
        Some("text/plain; charset=utf-8")
    );
    assert_eq!(answered.header("x-content-type-options"), Some("nosniff"));
    // The hub may not have got the answer.
    let again = verify(&planet, &callback, "subscribe", TOPIC).await;
    assert_eq!((again.status, again.text()), (200, "<b>1&2</b>"));
    assert_eq!(planet.subscribe().await, 0);
}

/// Shows A33.
#[tokio::test]
async fn websub_300_to_302_a_signed_message_has_the_feed_polled_and_others_are_thanked_and_forgotten()
 {
    let (blogs, planet, callback) = subscribed().await;
    planet.change_database("UPDATE subscription SET secret = 'Jefe'");
    let body = "what do ya want for nothing?";
    let right = "sha1=effcdf6ae5eb2fa2d27416d5f184df9c259a7c79";
    let polls = || blogs.asked("/ann").len();
    planet.change_database("UPDATE feed SET next_poll_at = polled_at + 3600000 * 5");
    planet.later(1);
    let wrong = right.replace("ef", "00");
    let unsigned: [&[(&str, &str)]; 2] = [&[], &[("x-hub-signature", &wrong)]];
    for headers in unsigned {
        let answered = planet.post(&callback, headers, body).await;
        assert_eq!(answered.status, 202);
        planet.poll_what_is_due().await;
        assert_eq!(polls(), 1);
    }
    let signed = [("x-hub-signature", right)];
    for _ in 0..5 {
        assert_eq!(planet.post(&callback, &signed, body).await.status, 202);
    }
    planet.poll_what_is_due().await;
    assert_eq!(polls(), 2);
    planet.post(&callback, &signed, body).await;
    planet.poll_what_is_due().await;
    assert_eq!(polls(), 2, "not twice in five minutes");
}

/// Shows A33.
#[tokio::test]
async fn a_feed_that_always_fails_is_left_alone_however_often_its_hub_tells_of_news() {
    let (blogs, planet, callback) = subscribed().await;
    blogs.answers("/ann", [Answer::status(500)]);
    planet.change_database(
        "UPDATE feed SET failing_since = polled_at, failure_cause = 'status 500', \
                            failure_count = 5, next_poll_at = polled_at + 3600000 * 5",
    );
    for _ in 0..4 {
        planet.later(1);
        assert_eq!(planet.post(&callback, &[], "news").await.status, 202);
        planet.poll_what_is_due().await;
        assert_eq!(blogs.asked("/ann").len(), 1);
    }
    planet.later(1);
    planet.poll_what_is_due().await;
    assert_eq!(blogs.asked("/ann").len(), 2);
}

/// Shows A33.
#[tokio::test]
async fn a_feed_whose_hub_tells_of_news_is_otherwise_polled_once_a_day() {
    let (blogs, planet, callback) = subscribed().await;
    planet.later(1);
    planet.post(&callback, &[], "news").await;
    planet.poll_what_is_due().await;
    assert_eq!(blogs.asked("/ann").len(), 2);
    // The hub may have been faster than the feed, so the next poll is an ordinary one.
    planet.later(12);
    planet.poll_what_is_due().await;
    assert_eq!(blogs.asked("/ann").len(), 3);
    planet.later(23);
    planet.poll_what_is_due().await;
    assert_eq!(blogs.asked("/ann").len(), 3);
    planet.later(1);
    planet.poll_what_is_due().await;
    assert_eq!(blogs.asked("/ann").len(), 4);
}

/// Shows A33.
#[tokio::test]
async fn a_hub_that_accepts_and_never_tells_is_dropped_and_polling_goes_on() {
    let (blogs, planet, _) = subscribed().await;
    let links = format!(
        "<link rel=\"hub\" href=\"{}\"/><link rel=\"self\" href=\"{TOPIC}\"/>",
        blogs.url("/hub")
    );
    for count in 2..=3 {
        blogs.answers("/ann", [Answer::feed(linked(count, &links))]);
        planet.later(1);
        planet.poll().await;
    }
    let leases = planet.ask_database("SELECT coalesce(lease_until, 'none') FROM subscription");
    assert_eq!(leases, ["none"]);
    assert_eq!(planet.subscribe().await, 0, "it has a month of rest");
}

/// Shows A33.
#[tokio::test]
async fn a_lease_is_renewed_at_half_its_time_under_the_same_name() {
    let (blogs, planet, first) = subscribed().await;
    planet.later(5 * 24 - 1);
    assert_eq!(planet.subscribe().await, 0);
    planet.later(1);
    assert_eq!(planet.subscribe().await, 1);
    assert_eq!(callback(&blogs), first);
    assert_eq!(
        verify(&planet, &first, "subscribe", TOPIC).await.status,
        200
    );
}

/// Shows A33.
#[tokio::test]
async fn a_hub_hears_that_a_subscription_has_ended_when_the_blog_is_no_longer_on_the_roster() {
    let (_blogs, mut planet, callback) = subscribed().await;
    planet.unregister("Ann").await;
    planet.subscribe().await;
    assert_eq!(planet.post(&callback, &[], "news").await.status, 410);
    assert_eq!(
        verify(&planet, &callback, "subscribe", TOPIC).await.status,
        410
    );
    assert_eq!(
        planet.post("/websub/guessed", &[], "news").await.status,
        404
    );
}

/// Shows A33.
#[tokio::test]
async fn a_refusal_is_noted_and_not_asked_about_for_a_week() {
    let (blogs, planet) = hubbed(Answer::status(202)).await;
    planet.subscribe().await;
    let callback = callback(&blogs);
    assert_eq!(
        verify(&planet, &callback, "denied", TOPIC).await.status,
        204
    );
    planet.later(6 * 24);
    assert_eq!(planet.subscribe().await, 0);
    planet.later(24);
    assert_eq!(planet.subscribe().await, 1);
}

/// Shows A33.
#[tokio::test]
async fn a_message_of_ten_megabytes_is_refused_and_costs_no_poll() {
    let (blogs, planet, callback) = subscribed().await;
    let answered = planet.post(&callback, &[], &"x".repeat(10_000_000)).await;
    assert_eq!(answered.status, 413);
    planet.later(0);
    assert_eq!(blogs.asked("/ann").len(), 1);
}

/// Shows A34.
#[tokio::test]
async fn a_hub_on_a_private_address_gets_no_connection() {
    let private = TcpListener::bind("127.0.0.2:0").await.unwrap();
    let hub = format!("http://{}/", private.local_addr().unwrap());
    for answer in ["direct", "redirect"] {
        let blogs = Blogosphere::start().await;
        let named = if answer == "direct" {
            hub.clone()
        } else {
            blogs.url("/hub")
        };
        let links = format!("<link rel=\"hub\" href=\"{named}\"/>");
        blogs.answers("/ann", [Answer::feed(linked(1, &links))]);
        blogs.answers("/hub", [Answer::redirect(307, &hub)]);
        let mut planet = Planet::start().await;
        planet.roster.poll.allow_networks = vec!["127.0.0.1/32".to_owned()];
        planet.register("Ann", &blogs.url("/ann")).await;
        planet.poll().await;
        assert_eq!(planet.subscribe().await, 1);
    }
    let came = tokio::select! {
        biased;
        came = private.accept() => Some(came),
        () = tokio::task::yield_now() => None,
    };
    assert!(came.is_none(), "somebody connected");
}

#[tokio::test]
async fn a_planet_that_nobody_can_reach_asks_no_hub() {
    let (_blogs, mut planet) = hubbed(Answer::status(202)).await;
    "http://127.0.0.1:8023".clone_into(&mut planet.roster.planet.base_url);
    assert_eq!(planet.subscribe().await, 0);
}

/// Shows A33.
#[tokio::test]
async fn whatever_hubs_and_names_a_feed_goes_through_hubs_are_asked_once_a_day_for_it() {
    let other_hub = |time: usize| (Some(format!("/hub-{time}")), TOPIC.to_owned());
    let other_topic = |time: usize| (Some("/hub".to_owned()), format!("{TOPIC}?{time}"));
    let now_and_then = |time: usize| {
        let hub = time.is_multiple_of(2).then(|| "/hub".to_owned());
        (hub, TOPIC.to_owned())
    };
    let short_lease = |_: usize| (Some("/hub".to_owned()), TOPIC.to_owned());
    let ways: [(&str, &dyn Fn(usize) -> Named); 4] = [
        ("another hub", &other_hub),
        ("another name", &other_topic),
        ("a hub now and then", &now_and_then),
        ("a lease of a second", &short_lease),
    ];
    let mut counts = Vec::new();
    for (way, named) in ways {
        let (blogs, planet) = hubbed(Answer::status(202)).await;
        for time in 0..12 {
            blogs.answers(&format!("/hub-{time}"), [Answer::status(202)]);
            let (hub, topic) = named(time);
            six_hours(&blogs, &planet, hub.as_deref(), &topic).await;
        }
        counts.push((way, hubs_asked(&blogs)));
    }
    // One on the first day, and one a day later or two.
    let few = |(_, count): &(&str, usize)| (2..=3).contains(count);
    assert!(counts.iter().all(few), "in three days: {counts:?}");
}

/// Shows A33.
#[tokio::test]
async fn a_host_that_many_blogs_call_their_hub_is_asked_a_second_apart_and_once_if_it_minds() {
    let blogs = Blogosphere::start().await;
    let mut planet = Planet::start().await;
    for number in 0..3 {
        let (blog, hub) = (format!("/blog-{number}"), format!("/hub-{number}"));
        let links = format!("<link rel=\"hub\" href=\"{}\"/>", blogs.url(&hub));
        blogs.answers(&blog, [Answer::feed(linked(1, &links))]);
        planet.register(&blog, &blogs.url(&blog)).await;
    }
    planet.poll().await;
    planet.roster.poll.gap_seconds = 1;
    planet.roster.poll.at_once_per_platform_max = 1;
    assert_eq!(planet.subscribe().await, 1, "it refused the first of them");
    for number in 0..3 {
        blogs.answers(&format!("/hub-{number}"), [Answer::status(202)]);
    }
    planet.later(1);
    assert_eq!(planet.subscribe().await, 3);
    let mut asked = blogs.everything_asked();
    asked.retain(|asked| asked.method == "POST");
    for pair in asked[1..].windows(2) {
        let gap = pair[1].at - pair[0].at;
        assert!(gap > Duration::from_millis(950), "{gap:?}");
    }
}

/// Ann's hub and Bert's have both promised ten days, of which five are over; Ann's answers when somebody else waits at
/// the barrier. With Bert's callback.
async fn both_to_be_renewed() -> (Blogosphere, Planet, Arc<Barrier>, String) {
    let (blogs, mut planet, _) = subscribed().await;
    let links = format!(
        "<link rel=\"hub\" href=\"{}\"/><link rel=\"self\" href=\"{TOPIC}\"/>",
        blogs.url("/berts-hub")
    );
    blogs.answers("/bert", [Answer::feed(linked(2, &links))]);
    blogs.answers("/berts-hub", [Answer::status(202)]);
    planet.register("Bert", &blogs.url("/bert")).await;
    planet.poll().await;
    assert_eq!(planet.subscribe().await, 1);
    let form = asked(&blogs, "/berts-hub");
    let callback = field(&form, "hub.callback").unwrap();
    let callback = callback.strip_prefix("http://planet.example").unwrap();
    let verified = verify(&planet, callback, "subscribe", TOPIC).await;
    assert_eq!(verified.status, 200);
    planet.later(5 * 24);
    let barrier = Arc::new(Barrier::new(2));
    blogs.answers("/hub", [Answer::status(202).meeting(&barrier)]);
    (blogs, planet, barrier, callback.to_owned())
}

/// Shows A33.
#[tokio::test]
async fn what_a_hub_tells_while_hubs_are_asked_is_not_forgotten() {
    let (blogs, planet, barrier, callback) = both_to_be_renewed().await;
    let before = blogs.asked("/hub").len();
    let meanwhile = async {
        while blogs.asked("/hub").len() == before {
            tokio::task::yield_now().await;
        }
        assert_eq!(planet.post(&callback, &[], "news").await.status, 202);
        barrier.wait().await;
    };
    let (asked, ()) = tokio::join!(planet.subscribe(), meanwhile);
    assert_eq!(asked, 2);
    let told = "SELECT count(delivered_at) || ' of ' || sum(pending) FROM subscription";
    assert_eq!(planet.ask_database(told), ["1 of 2"]);
}

/// Shows A33.
#[tokio::test]
async fn a_hub_that_agrees_while_others_are_asked_is_not_asked_again() {
    let (blogs, planet, barrier, callback) = both_to_be_renewed().await;
    planet.change_database("UPDATE subscription SET pending = 1 WHERE hub LIKE '%/berts-hub'");
    let before = (blogs.asked("/hub").len(), blogs.asked("/berts-hub").len());
    let meanwhile = async {
        while blogs.asked("/hub").len() == before.0 {
            tokio::task::yield_now().await;
        }
        let verified = verify(&planet, &callback, "subscribe", TOPIC).await;
        assert_eq!(verified.status, 200);
        barrier.wait().await;
    };
    let (asked, ()) = tokio::join!(planet.subscribe(), meanwhile);
    assert_eq!((asked, blogs.asked("/berts-hub").len()), (1, before.1));
}

/// Shows A33.
#[tokio::test]
async fn news_that_a_hub_tells_while_its_feed_is_being_read_are_looked_for_soon() {
    let (blogs, planet, callback) = subscribed().await;
    planet.later(1);
    planet.post(&callback, &[], "news").await;
    planet.poll_what_is_due().await;
    planet.later(24);
    let barrier = Arc::new(Barrier::new(2));
    let links = format!(
        "<link rel=\"hub\" href=\"{}\"/><link rel=\"self\" href=\"{TOPIC}\"/>",
        blogs.url("/hub")
    );
    let [held, fresh] = [1, 2].map(|count| Answer::feed(linked(count, &links)));
    blogs.answers("/ann", [held.meeting(&barrier), fresh]);
    let before = blogs.asked("/ann").len();
    let meanwhile = async {
        until_asked(&blogs, "/ann", before).await;
        planet.minutes_later(1);
        planet.post(&callback, &[], "more news").await;
        barrier.wait().await;
    };
    tokio::join!(planet.poll_what_is_due(), meanwhile);
    planet.minutes_later(6);
    planet.poll_what_is_due().await;
    assert_eq!(planet.count_posts(), 2);
}

/// Shows A33.
#[tokio::test]
async fn a_hub_whose_messages_never_end_does_not_keep_another_from_telling_news() {
    let (_blogs, mut planet, slow) = subscribed().await;
    let others = Blogosphere::start().await;
    let links = format!(
        "<link rel=\"hub\" href=\"{}\"/><link rel=\"self\" href=\"{TOPIC}\"/>",
        others.url("/hub")
    );
    others.answers("/bert", [Answer::feed(linked(2, &links))]);
    others.answers("/hub", [Answer::status(202)]);
    planet.register("Bert", &others.url("/bert")).await;
    planet.poll().await;
    assert_eq!(planet.subscribe().await, 1);
    let quick = callback(&others);
    verify(&planet, &quick, "subscribe", TOPIC).await;

    let mut begun = Vec::new();
    while planet.post(&slow, &[], "news").await.status == 202 {
        begun.push(planet.begin_post(&slow).await);
        assert!(begun.len() < 200, "nobody counts them");
    }
    assert_eq!(planet.post(&slow, &[], "news").await.status, 503);
    assert_eq!(planet.post(&quick, &[], "news").await.status, 202);
    drop(begun);
}

/// Shows A33.
#[tokio::test]
async fn a_lease_of_any_number_is_taken_within_reason() {
    for (said, hours) in [
        (Some("0"), 1),
        (Some("-5"), 1),
        (Some("3600"), 1),
        (Some("1000000000000"), 90 * 24),
        (Some("-9223372036854775808"), 1),
        (Some("1e9"), 10 * 24),
        (Some("99999999999999999999999"), 10 * 24),
        (Some(""), 10 * 24),
        (None, 10 * 24),
    ] {
        let (blogs, planet) = hubbed(Answer::status(202)).await;
        planet.subscribe().await;
        let mut fields = vec![
            ("hub.mode", "subscribe"),
            ("hub.topic", TOPIC),
            ("hub.challenge", "1"),
        ];
        fields.extend(said.map(|said| ("hub.lease_seconds", said)));
        let answered = says(&planet, &callback(&blogs), &fields).await;
        assert_eq!(answered.status, 200, "{said:?}");
        let lease = "SELECT CAST((lease_until - next_at) / 3600000 AS TEXT) FROM subscription";
        planet.change_database(&format!(
            "UPDATE subscription SET next_at = {}",
            planet.now().as_millisecond()
        ));
        assert_eq!(planet.ask_database(lease), [hours.to_string()], "{said:?}");
    }
}

/// Shows A33.
#[tokio::test]
async fn a_challenge_that_is_none_confirms_nothing() {
    let (blogs, planet) = hubbed(Answer::status(202)).await;
    planet.subscribe().await;
    let callback = callback(&blogs);
    let (long, huge) = ("x".repeat(5_000), "x".repeat(60_000));
    for (challenge, status) in [("", 404), (long.as_str(), 404), (&huge, 414)] {
        let fields = [
            ("hub.mode", "subscribe"),
            ("hub.topic", TOPIC),
            ("hub.challenge", challenge),
        ];
        let answered = says(&planet, &callback, &fields).await;
        assert_eq!(answered.status, status, "{}", challenge.len());
    }
    let pending = "SELECT CAST(pending AS TEXT) FROM subscription";
    assert_eq!(planet.ask_database(pending), ["1"]);
    let odd = "<script>alert(1)</script>\r\nset-cookie: a=b\0é";
    let fields = [
        ("hub.mode", "subscribe"),
        ("hub.topic", TOPIC),
        ("hub.challenge", odd),
    ];
    let answered = says(&planet, &callback, &fields).await;
    assert_eq!((answered.status, answered.text()), (200, odd));
    assert_eq!(
        answered.header("content-type"),
        Some("text/plain; charset=utf-8")
    );
    assert_eq!(answered.header("set-cookie"), None);
}

/// Shows A33.
#[tokio::test]
async fn nobody_is_called_back_under_a_name_that_was_made_up() {
    let (_blogs, planet, callback) = subscribed().await;
    let longer = format!("{callback}0");
    let long = format!("/websub/{}", "0".repeat(7_000));
    for (path, status) in [
        (longer.as_str(), 404),
        (&callback[..callback.len() - 1], 404),
        (&long, 404),
        ("/websub/%3Cb%3E", 404),
        ("/websub/%27%20OR%201", 404),
        ("/websub/%FF", 400),
    ] {
        let asked = verify(&planet, path, "subscribe", TOPIC).await;
        let told = planet.post(path, &[], "news").await;
        assert_eq!((asked.status, told.status), (status, status), "{path}");
        assert!(!asked.text().contains("<b>"), "{path}");
    }
    let delivered = "SELECT CAST(count(delivered_at) AS TEXT) FROM subscription";
    assert_eq!(planet.ask_database(delivered), ["0"]);
}

/// Shows A33.
#[tokio::test]
async fn a_hub_that_takes_its_promise_back_is_believed_of_its_own_feed_alone() {
    let (blogs, planet, callback) = subscribed().await;
    let other = verify(&planet, &callback, "denied", "http://ann.example/other").await;
    assert_eq!(other.status, 404);
    let promised = "SELECT CAST(lease_until IS NOT NULL AS TEXT) FROM subscription";
    assert_eq!(planet.ask_database(promised), ["1"]);
    let own = verify(&planet, &callback, "denied", TOPIC).await;
    assert_eq!(own.status, 204);
    assert_eq!(planet.ask_database(promised), ["0"]);
    // What it tells all the same is thanked for and forgotten, and it cannot promise anew what nobody asked.
    planet.later(1);
    assert_eq!(planet.post(&callback, &[], "news").await.status, 202);
    let told = "SELECT CAST(count(delivered_at) AS TEXT) FROM subscription";
    assert_eq!(planet.ask_database(told), ["0"]);
    let again = verify(&planet, &callback, "subscribe", TOPIC).await;
    assert_eq!(again.status, 404);
    assert_eq!(hubs_asked(&blogs), 1);
}

/// What the hub was told changed.
fn told(blogs: &Blogosphere) -> Vec<String> {
    let told = blogs.asked("/our-hub").into_iter().map(|asked| {
        let form: Vec<(String, String)> = url::form_urlencoded::parse(asked.body.as_bytes())
            .into_owned()
            .collect();
        assert_eq!(field(&form, "hub.mode").as_deref(), Some("publish"));
        assert_eq!(field(&form, "hub.url"), field(&form, "hub.topic"));
        let topic = field(&form, "hub.topic").unwrap();
        topic
            .strip_prefix("http://planet.example")
            .unwrap()
            .to_owned()
    });
    told.collect()
}

/// Ann with these posts on Thing 6, and a hub of our own that answers so.
async fn publishing(posts: &Feed, hub: Answer) -> (Blogosphere, Planet) {
    let blogs = Blogosphere::start().await;
    blogs.serves("/ann", posts);
    blogs.answers("/our-hub", [hub]);
    let mut planet = Planet::start().await;
    planet.roster.planet.hub = Some(blogs.url("/our-hub").parse().unwrap());
    planet.register("Ann", &blogs.url("/ann")).await;
    planet.poll().await;
    (blogs, planet)
}

/// Shows A35.
#[tokio::test]
async fn forty_posts_in_one_batch_are_one_message_a_changed_feed_and_form() {
    let (blogs, planet) = publishing(&posts(40), Answer::status(204)).await;
    assert_eq!(planet.publish().await, 4);
    let expected = [
        "/feed.atom",
        "/feed.json",
        "/things/6/feed.atom",
        "/things/6/feed.json",
    ];
    assert_eq!(told(&blogs), expected);
    planet.later(1);
    planet.poll().await;
    assert_eq!(planet.publish().await, 0, "nothing changed");

    blogs.serves(
        "/ann",
        &posts(40).post("Thing 7: off to a meeting", "2011-07-30"),
    );
    planet.poll().await;
    planet.publish().await;
    assert_eq!(
        told(&blogs)[4..],
        [
            "/feed.atom",
            "/feed.json",
            "/things/7/feed.atom",
            "/things/7/feed.json"
        ]
    );
}

/// Shows A35.
#[tokio::test]
async fn a_hub_of_our_own_that_is_down_is_told_later_and_not_for_every_feed() {
    let (blogs, planet) = publishing(&posts(2), Answer::status(500)).await;
    assert_eq!(planet.publish().await, 0);
    assert_eq!(told(&blogs), ["/feed.atom"]);
    blogs.answers("/our-hub", [Answer::status(202)]);
    planet.later(1);
    assert_eq!(planet.publish().await, 4);
    assert_eq!(planet.publish().await, 0);
}

/// Shows A35.
#[tokio::test]
async fn a_message_that_was_lost_is_sent_again_and_those_that_were_taken_are_not() {
    let (blogs, planet) = publishing(&posts(2), Answer::status(204)).await;
    let script = [204, 500, 204, 204, 204].map(Answer::status);
    blogs.answers("/our-hub", script);
    assert_eq!(planet.publish().await, 1);
    assert_eq!(told(&blogs), ["/feed.atom", "/feed.json"]);
    planet.minutes_later(1);
    assert_eq!(planet.publish().await, 3);
    // What was refused goes last, so that it holds up nothing else.
    let again = ["/things/6/feed.atom", "/things/6/feed.json", "/feed.json"];
    assert_eq!(told(&blogs)[2..], again);
    planet.later(1);
    assert_eq!(planet.publish().await, 0);
}

/// Shows A35.
#[tokio::test]
async fn our_feeds_name_the_hub_that_is_configured_and_none_otherwise() {
    let (_blogs, mut planet) = publishing(&posts(1), Answer::status(204)).await;
    let hub = "https://hub.example/";
    let paths = ["/feed.atom", "/feed.json", "/things/6/feed.atom"];
    planet.roster.planet.hub = None;
    planet.take_over().await;
    for path in paths {
        assert!(!planet.get(path).await.text().contains("hub"), "{path}");
    }
    assert_eq!(planet.publish().await, 0);
    planet.roster.planet.hub = Some(hub.parse().unwrap());
    planet.take_over().await;
    for path in paths {
        let answered = planet.get(path).await;
        assert!(answered.text().contains(hub), "{path}: {}", answered.text());
    }
    planet.feed("/feed.atom").await;
    let json: serde_json::Value =
        serde_json::from_str(planet.get("/feed.json").await.text()).unwrap();
    assert_eq!(json["hubs"][0]["type"], "WebSub");
    assert_eq!(json["hubs"][0]["url"], hub);
}

/// Shows A35.
#[tokio::test]
async fn a_planet_that_nobody_can_reach_neither_names_its_hub_nor_tells_it() {
    let (blogs, mut planet) = publishing(&posts(1), Answer::status(204)).await;
    "http://127.0.0.1:8023".clone_into(&mut planet.roster.planet.base_url);
    planet.take_over().await;
    for path in ["/feed.atom", "/feed.json"] {
        let answered = planet.get(path).await;
        assert!(!answered.text().contains("our-hub"), "{path}");
    }
    assert_eq!(planet.publish().await, 0);
    assert_eq!(told(&blogs), Vec::<String>::new());
}

/// Shows A11, A12.
#[tokio::test]
async fn a_hub_that_asks_us_to_wait_is_left_alone_by_the_next_process_as_well() {
    let busy = Answer::status(429).header("retry-after", "86400");
    let (blogs, mut planet) = hubbed(busy).await;
    planet.subscribe().await;
    planet.restart().await;
    planet.later(20);
    planet.subscribe().await;
    assert_eq!(blogs.asked("/hub").len(), 1);
    planet.later(5);
    planet.subscribe().await;
    assert_eq!(blogs.asked("/hub").len(), 2);
}

/// What Ann's blog answers that names its hub, with so many posts.
fn ann_with_hub(blogs: &Blogosphere, count: usize) -> Answer {
    let links = format!(
        "<link rel=\"hub\" href=\"{}\"/><link rel=\"self\" href=\"{TOPIC}\"/>",
        blogs.url("/hub")
    );
    Answer::feed(linked(count, &links))
}

/// Ann's hub has told of news and her feed was polled twice since, so that it is relied upon.
async fn relied() -> (Blogosphere, Planet, String) {
    let (blogs, planet, callback) = subscribed().await;
    planet.later(1);
    planet.post(&callback, &[], "news").await;
    planet.poll_what_is_due().await;
    planet.later(12);
    planet.poll_what_is_due().await;
    assert_eq!(hours_to_next(&planet).await, 24);
    (blogs, planet, callback)
}

/// Whole hours until Ann's feed is polled, as `/status` says as well.
async fn hours_to_next(planet: &Planet) -> i64 {
    let at = planet.next_poll("Ann").await;
    let status = planet.get("/status").await;
    let there = planet.roster.course.timezone.to_datetime(at);
    let shown = there.strftime("datetime=\"%Y-%m-%dT%H:%M").to_string();
    assert!(status.text().contains(&shown), "{shown}: {}", status.text());
    at.duration_since(planet.now()).as_hours()
}

/// Waits until this path has been asked once more.
async fn until_asked(blogs: &Blogosphere, path: &str, before: usize) {
    while blogs.asked(path).len() == before {
        tokio::task::yield_now().await;
    }
}

/// Shows A33.
#[tokio::test]
async fn a_hub_that_tells_of_many_blogs_at_once_is_heard() {
    let blogs = Blogosphere::start().await;
    let mut planet = Planet::start().await;
    blogs.answers("/hub", [Answer::status(202)]);
    for number in 0..40 {
        let blog = format!("/blog-{number}");
        let links = format!(
            "<link rel=\"hub\" href=\"{}\"/><link rel=\"self\" href=\"http://b{number}.example/\"/>",
            blogs.url("/hub")
        );
        blogs.answers(&blog, [Answer::feed(linked(1, &links))]);
        planet.register(&blog, &blogs.url(&blog)).await;
    }
    planet.poll().await;
    while planet.subscribe().await > 0 {}
    let promised = "UPDATE subscription SET pending = 0, lease_until = next_at + 864000000";
    planet.change_database(promised);
    let tokens = planet.ask_database("SELECT token FROM subscription");
    assert_eq!(tokens.len(), 40);
    planet.later(1);
    let planet = Arc::new(planet);
    let mut telling = tokio::task::JoinSet::new();
    for token in tokens {
        let planet = Arc::clone(&planet);
        let callback = format!("/websub/{token}");
        telling.spawn(async move {
            planet
                .post(&callback, &[], &"x".repeat(50_000))
                .await
                .status
        });
    }
    let statuses = telling.join_all().await;
    let refused = statuses.iter().filter(|status| **status != 202).count();
    assert_eq!(refused, 0, "of 40");
}

/// Shows A33.
#[tokio::test]
async fn a_hub_whose_messages_were_refused_is_not_given_up_for_that() {
    let (blogs, planet, callback) = relied().await;
    for count in 2..=3 {
        // Other messages of this subscription hold its places.
        let mut begun = Vec::new();
        while planet.post(&callback, &[], "").await.status == 202 {
            begun.push(planet.begin_post(&callback).await);
            assert!(begun.len() < 200, "nobody counts them");
            planet.change_database("UPDATE subscription SET delivered_at = 0");
        }
        blogs.answers("/ann", [ann_with_hub(&blogs, count)]);
        let refused = planet.post(&callback, &[], "news").await;
        assert_eq!(refused.status, 503);
        assert!(refused.header("retry-after").is_some());
        drop(begun);
        planet.later(24);
        planet.poll_what_is_due().await;
        assert_eq!(planet.count_posts(), count);
    }
    let promised = "SELECT CAST(lease_until IS NOT NULL AS TEXT) FROM subscription";
    assert_eq!(planet.ask_database(promised), ["1"]);
}

/// Shows A11, A33.
#[tokio::test]
async fn a_hub_that_was_not_asked_because_its_platform_rests_has_all_its_tries_left() {
    // Once the hub itself had asked for the rest, once a blog of its platform.
    let busy = || Answer::status(429).header("retry-after", "86400");
    let (blogs, planet) = hubbed(busy()).await;
    let poller = planet.poller();
    for _ in 0..20 {
        poller.subscribe().await.unwrap();
        planet.later(1);
    }
    assert_eq!(hubs_asked(&blogs), 1);
    blogs.answers("/hub", [Answer::status(202)]);
    // The rest is over; a new process knows of none.
    planet.later(16);
    planet.subscribe().await;
    assert_eq!(hubs_asked(&blogs), 2);

    let (blogs, planet) = hubbed(Answer::status(202)).await;
    let poller = planet.poller();
    let listener: Listener = Arc::new(|_| ControlFlow::Continue(()));
    blogs.answers("/ann", [busy()]);
    planet.later(2);
    poller.round(Which::Due, &listener).await.unwrap();
    for _ in 0..20 {
        poller.subscribe().await.unwrap();
        planet.later(1);
    }
    assert_eq!(hubs_asked(&blogs), 0);
    planet.later(16);
    planet.subscribe().await;
    assert_eq!(hubs_asked(&blogs), 1);
}

/// Shows A11, A33.
#[tokio::test]
async fn a_rest_that_begins_while_a_hub_waits_for_its_turn_costs_it_no_try() {
    let (blogs, mut planet) = hubbed(Answer::status(202)).await;
    planet.roster.poll.at_once_per_platform_max = 1;
    let poller = planet.poller();
    let barrier = Arc::new(Barrier::new(2));
    let busy = Answer::status(429).header("retry-after", "86400");
    blogs.answers("/ann", [busy.meeting(&barrier)]);
    planet.later(2);
    let listener: Listener = Arc::new(|_| ControlFlow::Continue(()));
    let before = blogs.asked("/ann").len();
    let noted = async {
        let noted = "SELECT token FROM subscription";
        while planet.ask_database(noted).is_empty() {
            tokio::task::yield_now().await;
        }
        barrier.wait().await;
    };
    let subscribing = async {
        until_asked(&blogs, "/ann", before).await;
        tokio::join!(poller.subscribe(), noted).0.unwrap()
    };
    let (round, _) = tokio::join!(poller.round(Which::Due, &listener), subscribing);
    round.unwrap();
    assert_eq!(hubs_asked(&blogs), 0);
    let tries = "SELECT tries || ' tries, pending: ' || pending FROM subscription";
    assert_eq!(planet.ask_database(tries), ["0 tries, pending: 0"]);
}

/// Shows A33.
#[tokio::test]
async fn a_feed_is_not_left_alone_beyond_what_its_hub_promised_nor_asked_before_its_own_time() {
    let (_blogs, planet, _) = relied().await;
    let hours = |set: &str, hours: i64| {
        planet.change_database(&format!(
            "{set} = (SELECT ok_at FROM feed) + {hours} * 3600000"
        ));
        hours_to_next(&planet)
    };
    assert_eq!(hours("UPDATE subscription SET lease_until", 6).await, 6);
    assert_eq!(hours("UPDATE subscription SET lease_until", 240).await, 24);
    assert_eq!(hours("UPDATE feed SET next_poll_at", 48).await, 48);
    assert_eq!(hours("UPDATE subscription SET lease_until", 6).await, 48);
}

/// Shows A33.
#[tokio::test]
async fn a_poll_that_finds_the_hub_silent_is_followed_by_an_ordinary_one() {
    let (blogs, planet, _) = relied().await;
    blogs.answers("/ann", [ann_with_hub(&blogs, 2)]);
    planet.later(24);
    planet.poll_what_is_due().await;
    assert_eq!(planet.count_posts(), 2);
    let missed = "SELECT CAST(missed AS TEXT) FROM subscription";
    assert_eq!(planet.ask_database(missed), ["1"]);
    assert!(hours_to_next(&planet).await < 3);
}

/// Shows A33.
#[tokio::test]
async fn a_planet_that_hubs_can_reach_no_more_polls_as_ever() {
    let (blogs, mut planet, _) = relied().await;
    "http://127.0.0.1:8023".clone_into(&mut planet.roster.planet.base_url);
    planet.take_over().await;
    planet.later(2);
    for count in 2..=6 {
        blogs.answers("/ann", [ann_with_hub(&blogs, count)]);
        planet.poll_what_is_due().await;
        assert_eq!(planet.count_posts(), count);
        assert!(hours_to_next(&planet).await < 3, "post {count}");
        planet.later(3);
    }
}

/// Shows A33.
#[tokio::test]
async fn a_blog_that_names_no_hub_any_more_is_polled_as_ever() {
    let (blogs, planet, _) = relied().await;
    blogs.answers("/ann", [Answer::feed(linked(1, ""))]);
    planet.later(24);
    planet.poll_what_is_due().await;
    planet.subscribe().await;
    let ended = "SELECT CAST(ended AS TEXT) FROM subscription";
    assert_eq!(planet.ask_database(ended), ["1"]);
    assert!(hours_to_next(&planet).await < 3);
}

/// Shows A33.
#[tokio::test]
async fn a_hub_that_takes_its_promise_back_leaves_the_blog_polled_as_ever() {
    let (blogs, planet, callback) = relied().await;
    planet.later(2);
    let before = blogs.asked("/ann").len();
    planet.poll_what_is_due().await;
    assert_eq!(
        (blogs.asked("/ann").len(), hours_to_next(&planet).await),
        (before, 22)
    );
    let denied = verify(&planet, &callback, "denied", TOPIC).await;
    assert_eq!(denied.status, 204);
    assert!(hours_to_next(&planet).await < 3);
    planet.poll_what_is_due().await;
    assert_eq!(blogs.asked("/ann").len(), before + 1);
}

/// Shows A33.
#[tokio::test]
async fn a_feed_whose_address_is_edited_is_not_polled_by_the_old_hubs_promise() {
    let blogs = Blogosphere::start().await;
    blogs.answers("/hub", [Answer::status(202)]);
    blogs.answers("/ann", [ann_with_hub(&blogs, 1)]);
    let link = format!(
        "<link rel=alternate type=application/atom+xml href=\"{}\">",
        blogs.url("/ann")
    );
    let page = format!("<html><head><title>Ann</title>{link}</head></html>");
    blogs.answers("/", [Answer::page(&page)]);
    let mut planet = Planet::start().await;
    planet.register_blog("Ann", &blogs.url("/")).await;
    planet.poll().await;
    planet.subscribe().await;
    let callback = callback(&blogs);
    verify(&planet, &callback, "subscribe", TOPIC).await;
    planet.later(1);
    planet.post(&callback, &[], "news").await;
    planet.poll_what_is_due().await;
    planet.later(12);
    planet.poll_what_is_due().await;
    assert_eq!(hours_to_next(&planet).await, 24);
    // She names her feed, which is the same row.
    planet.later(1);
    blogs.answers("/ann", [Answer::feed(linked(2, ""))]);
    planet.roster.participants[0].feed = Some(blogs.url("/ann").parse().unwrap());
    planet.take_over().await;
    planet.poll_what_is_due().await;
    planet.subscribe().await;
    let feeds = planet.ask_database("SELECT CAST(feed_id AS TEXT) FROM subscription");
    assert_eq!((feeds, planet.count_posts()), (vec!["1".to_owned()], 2));
    assert!(hours_to_next(&planet).await < 3);
}

/// Shows A33.
#[tokio::test]
async fn a_hub_that_promises_anew_is_relied_upon_when_it_has_told() {
    let (_blogs, planet, callback) = relied().await;
    verify(&planet, &callback, "denied", TOPIC).await;
    planet.later(24 * 8);
    planet.poll_what_is_due().await;
    assert_eq!(planet.subscribe().await, 1);
    let verified = verify(&planet, &callback, "subscribe", TOPIC).await;
    assert_eq!(verified.status, 200);
    planet.later(3);
    planet.poll_what_is_due().await;
    assert!(hours_to_next(&planet).await < 3);
}

/// Shows A33, A42.
#[tokio::test]
async fn many_feeds_whose_hub_is_relied_upon_no_more_are_asked_one_after_the_other() {
    let blogs = Blogosphere::start().await;
    let mut planet = Planet::start().await;
    for number in 0..12 {
        let blog = format!("/blog-{number}");
        blogs.answers(&blog, [Answer::feed(linked(1, ""))]);
        planet.register(&blog, &blogs.url(&blog)).await;
    }
    planet.poll().await;
    planet.change_database(&format!(
        "INSERT INTO subscription (token, feed_id, hub, topic, pending, next_at, tries, lease_until, delivered_at, missed, ended)
         SELECT printf('%032d', id), id, '{}', '{TOPIC}', 0, polled_at, 0, polled_at + 864000000, polled_at, 0, 0 FROM feed",
        blogs.url("/hub")
    ));
    planet.later(12);
    let before = blogs.everything_asked().len();
    let times = "SELECT CAST(count(DISTINCT next_poll_at) AS TEXT) FROM feed";
    planet.keep_once().await;
    assert_eq!(planet.ask_database(times), ["1"], "they are relied upon");
    planet.change_database("UPDATE subscription SET ended = 1");
    planet.keep_once().await;
    assert_eq!(planet.ask_database(times), ["12"], "they are put off");
    assert_eq!(blogs.everything_asked().len(), before + 1, "the first");
}

/// Shows A33.
#[tokio::test]
async fn the_first_news_of_a_hub_is_not_lost_in_a_poll_that_is_under_way() {
    let (blogs, planet, callback) = subscribed().await;
    planet.later(3);
    let barrier = Arc::new(Barrier::new(2));
    let held = ann_with_hub(&blogs, 1).header("cache-control", "max-age=86400");
    blogs.answers("/ann", [held.meeting(&barrier), ann_with_hub(&blogs, 2)]);
    let before = blogs.asked("/ann").len();
    let meanwhile = async {
        until_asked(&blogs, "/ann", before).await;
        planet.minutes_later(1);
        planet.post(&callback, &[], "news").await;
        barrier.wait().await;
    };
    tokio::join!(planet.poll_what_is_due(), meanwhile);
    planet.minutes_later(6);
    planet.poll_what_is_due().await;
    assert_eq!(planet.count_posts(), 2);
}

/// Shows A33.
#[tokio::test]
async fn a_hub_that_told_during_a_poll_or_before_one_that_failed_has_not_kept_silent() {
    let (blogs, planet, callback) = relied().await;
    planet.later(24);
    let barrier = Arc::new(Barrier::new(2));
    let first = ann_with_hub(&blogs, 1).meeting(&barrier);
    blogs.answers("/ann", [first, ann_with_hub(&blogs, 2)]);
    let before = blogs.asked("/ann").len();
    let meanwhile = async {
        until_asked(&blogs, "/ann", before).await;
        planet.minutes_later(1);
        planet.post(&callback, &[], "news").await;
        planet.minutes_later(1);
        barrier.wait().await;
    };
    tokio::join!(planet.poll_what_is_due(), meanwhile);
    planet.minutes_later(6);
    planet.poll_what_is_due().await;
    let missed = "SELECT CAST(missed AS TEXT) FROM subscription";
    assert_eq!(
        (planet.count_posts(), planet.ask_database(missed)),
        (2, vec!["0".to_owned()])
    );

    planet.later(2);
    planet.post(&callback, &[], "news").await;
    blogs.answers("/ann", [Answer::status(500), ann_with_hub(&blogs, 3)]);
    for _ in 0..2 {
        planet.poll_what_is_due().await;
        planet.later(3);
    }
    assert_eq!(
        (planet.count_posts(), planet.ask_database(missed)),
        (3, vec!["0".to_owned()])
    );
}

/// Shows A33.
#[tokio::test]
async fn a_hub_that_is_down_is_asked_ever_less_often_however_many_blogs_name_it() {
    let blogs = Blogosphere::start().await;
    let mut planet = Planet::start().await;
    let links = format!("<link rel=\"hub\" href=\"{}\"/>", blogs.url("/hub"));
    blogs.answers("/hub", [Answer::status(500)]);
    for number in 0..30 {
        let blog = format!("/blog-{number}");
        blogs.answers(&blog, [Answer::feed(linked(1, &links))]);
        planet.register(&blog, &blogs.url(&blog)).await;
    }
    planet.poll().await;
    let poller = planet.poller();
    let mut counts = Vec::new();
    for _ in 0..8 {
        for _ in 0..60 {
            poller.subscribe().await.unwrap();
            planet.minutes_later(1);
        }
        counts.push(hubs_asked(&blogs));
    }
    assert_eq!(counts, [1, 2, 2, 3, 3, 3, 3, 4]);
    // As soon as it is back, nobody waits any longer.
    blogs.answers("/hub", [Answer::status(202)]);
    planet.later(8);
    assert_eq!(poller.subscribe().await.unwrap(), 20);
    assert_eq!(poller.subscribe().await.unwrap(), 10);
}

/// Shows A35.
#[tokio::test]
async fn a_hub_of_our_own_that_is_down_is_told_ever_less_often() {
    let mut feed = Feed::atom("ann");
    for thing in 1..=15 {
        feed = feed.post(&format!("Thing {thing}: hello"), "2011-07-20");
    }
    let (blogs, planet) = publishing(&feed, Answer::status(500)).await;
    for _ in 0..60 {
        planet.publish().await;
        planet.minutes_later(1);
    }
    let count = blogs.asked("/our-hub").len();
    assert_eq!(count, 6, "after 0, 1, 3, 7, 15 and 31 minutes");
    blogs.answers("/our-hub", [Answer::status(204)]);
    planet.minutes_later(4);
    assert_eq!(planet.publish().await, 32, "all that waits, at once");
}

/// Shows A35.
#[tokio::test]
async fn a_feed_of_ours_that_our_hub_does_not_want_holds_up_no_other() {
    let (blogs, planet) = publishing(&posts(2), Answer::status(204)).await;
    blogs.answers("/our-hub", [204, 400, 204].map(Answer::status));
    assert_eq!(planet.publish().await, 1);
    assert_eq!(told(&blogs), ["/feed.atom", "/feed.json"]);
    assert_eq!(planet.publish().await, 2, "only that one waits");
}

/// Shows A11, A35.
#[tokio::test]
async fn a_rest_of_its_platform_is_not_counted_against_a_message_to_our_hub() {
    let busy = Answer::status(429).header("retry-after", "86400");
    let (blogs, planet) = publishing(&posts(1), busy).await;
    let poller = planet.poller();
    for _ in 0..24 {
        poller.publish().await.unwrap();
        planet.later(1);
    }
    assert_eq!(blogs.asked("/our-hub").len(), 1);
    let tries = planet.ask_database("SELECT CAST(max(tries) AS TEXT) FROM hub_ping");
    assert_eq!(tries, ["1"]);
}

/// Shows A35.
#[tokio::test]
async fn our_own_hub_is_told_while_hubs_of_others_let_us_wait() {
    let barrier = Arc::new(Barrier::new(2));
    let (blogs, mut planet) = hubbed(Answer::status(202).meeting(&barrier)).await;
    blogs.answers("/our-hub", [Answer::status(204)]);
    planet.roster.planet.hub = Some(blogs.url("/our-hub").parse().unwrap());
    planet.roster.poll.at_once_per_platform_max = 2;
    let poller = planet.poller();
    let listener: WalkListener = Arc::new(|_| ());
    let told = async {
        until_asked(&blogs, "/hub", 0).await;
        until_asked(&blogs, "/our-hub", 0).await;
    };
    let told = tokio::time::timeout(Duration::from_secs(20), told);
    tokio::select! {
        _ = poller.keep_beside(&listener) => {}
        told = told => told.expect("our hub was not told"),
    }
    drop(barrier);
}
