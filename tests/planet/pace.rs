//! When blogs are asked: apart, after what their platform asked for, and never because of our own trouble.

use std::collections::BTreeSet;
use std::net::TcpListener;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use thingplanet::model::Health;
use thingplanet::poll::{Listener, PollResult, Which};

use crate::harness::{Answer, Blogosphere, Feed, Planet};

fn post(name: &str) -> Feed {
    Feed::atom(name).post("Thing 6", "2011-07-20")
}

/// A planet with these blogs, each at `/NAME` on the host with this number.
async fn planet(blogs: &Blogosphere, people: &[(&str, usize)]) -> Planet {
    let mut planet = Planet::start().await;
    for (name, host) in people {
        let path = format!("/{name}");
        blogs.serves(&path, &post(name));
        planet.register(name, &blogs.url_on(*host, &path)).await;
    }
    planet
}

/// Shows A16.
#[tokio::test]
async fn frb033_a_server_is_asked_a_second_apart_and_nobody_else_waits_for_that() {
    let blogs = Blogosphere::on_hosts(2).await;
    let people = [("ann", 0), ("bob", 0), ("cy", 0), ("dee", 1)];
    let mut planet = planet(&blogs, &people).await;
    (
        planet.roster.poll.gap_seconds,
        planet.roster.poll.at_once_max,
    ) = (1, 1);
    planet.roster.poll.at_once_per_platform_max = 1;

    assert_eq!(planet.poll().await.new, 4);

    let asked = blogs.everything_asked();
    let dee = asked.iter().position(|asked| asked.path == "/dee");
    assert!(
        dee < Some(2),
        "with one request at once, Dee did not wait: {dee:?}"
    );
    let others: Vec<_> = asked.iter().filter(|asked| asked.path != "/dee").collect();
    for pair in others.windows(2) {
        // A little less, as the clock there is not ours.
        let gap = pair[1].at - pair[0].at;
        assert!(gap > Duration::from_millis(950), "{gap:?}");
    }
    assert_eq!(blogs.most_open(), 1);
}

/// Shows A11, A12, A41.
#[tokio::test]
async fn frb020_a_429_pauses_its_whole_platform_over_a_restart_and_for_those_who_are_sent_there() {
    let blogs = Blogosphere::on_hosts(2).await;
    let people = [("ann", 0), ("bob", 0), ("cy", 0), ("dee", 1), ("eve", 1)];
    let mut planet = planet(&blogs, &people).await;
    let wait = Answer::status(429).header("retry-after", "7200");
    blogs.answers("/ann", [wait, Answer::feed(post("ann").xml())]);
    let sent = Answer::redirect(302, &blogs.url_on(0, "/dee2"));
    blogs.answers("/dee", [Answer::status(404), sent]);
    blogs.serves("/dee2", &post("dee"));

    let first = planet.poll().await;
    assert_eq!((first.held, first.new, first.failed.len()), (3, 1, 1));
    let again = planet.poll().await;
    assert_eq!(
        (again.held, again.failed.len()),
        (4, 0),
        "Dee is sent to it"
    );
    planet.restart().await;
    planet.later(1);
    assert_eq!(planet.poll().await.held, 4);
    let paths: BTreeSet<String> = blogs
        .everything_asked()
        .into_iter()
        .map(|it| it.path)
        .collect();
    assert_eq!(paths, ["/ann", "/dee", "/eve"].map(str::to_owned).into());
    assert_eq!(blogs.asked("/ann").len(), 1);
    for name in ["ann", "bob", "cy"] {
        let until = "2011-08-01T14:00:00Z".parse().unwrap();
        assert_eq!(
            planet.health(name).await,
            Health::Paused { until },
            "{name}"
        );
    }
    let status = planet.words("/status").await;
    assert!(
        status.contains("paused until Monday 1 August 2011, 15:00"),
        "{status}"
    );

    planet.minutes_later(61);
    assert_eq!(planet.poll().await.held, 0);
    assert_eq!(planet.health("bob").await, Health::Ok);
    assert_eq!(planet.health("dee").await, Health::Ok);
}

/// Shows A11, A12.
#[tokio::test]
async fn frb021_a_platform_that_always_asks_us_to_wait_is_asked_ever_less_often_over_restarts() {
    let blogs = Blogosphere::start().await;
    let people = [("ann", 0), ("bob", 0), ("cy", 0), ("dee", 0), ("eve", 0)];
    let mut planet = planet(&blogs, &people).await;
    for (name, _) in people {
        blogs.answers(&format!("/{name}"), [Answer::status(429)]);
    }
    let mut days = Vec::new();
    for _ in 0..4 {
        let before = blogs.everything_asked().len();
        for _ in 0..48 {
            planet.poll_what_is_due().await;
            planet.minutes_later(30);
        }
        planet.restart().await;
        days.push(blogs.everything_asked().len() - before);
    }
    assert_eq!(days, [5, 1, 1, 1], "not 24 a day");

    for (name, _) in people {
        blogs.serves(&format!("/{name}"), &post(name));
    }
    planet.later(24);
    planet.poll_what_is_due().await;
    planet.later(24);
    planet.poll_what_is_due().await;
    for (name, _) in people {
        assert_eq!(planet.health(name).await, Health::Ok, "{name}");
    }
    planet.restart().await;
    blogs.answers("/ann", [Answer::status(429)]);
    planet.later(2);
    assert_eq!(planet.poll().await.held, 5);
    let until = planet.now() + SignedDuration::from_hours(1);
    let rests = "SELECT until || ' ' || throttled_count FROM pause";
    assert_eq!(
        planet.ask_database(rests),
        [format!("{} 1", until.as_millisecond())],
        "the first good answer ended it"
    );
}

/// So many addresses at which nobody listens.
fn closed(count: usize) -> Vec<String> {
    let sockets: Vec<_> = (0..count)
        .map(|_| TcpListener::bind("127.0.0.1:0").unwrap())
        .collect();
    let addresses = sockets.iter().map(|socket| socket.local_addr().unwrap());
    addresses
        .map(|address| format!("http://{address}/feed"))
        .collect()
}

/// Shows A32.
#[tokio::test]
async fn when_nobody_at_all_can_be_reached_no_blog_is_blamed_and_the_planet_says_so() {
    let mut planet = Planet::start().await;
    for (number, address) in closed(6).iter().enumerate() {
        planet.register(&format!("p{number}"), address).await;
    }

    planet.poll().await;

    for number in 0..6 {
        assert_eq!(
            planet.health(&format!("p{number}")).await,
            Health::Waiting,
            "{number}"
        );
    }
    let ready = planet.get("/readyz").await;
    assert_eq!(
        (ready.status, ready.text().starts_with("degraded: no blog")),
        (200, true)
    );
    let status = planet.words("/status").await;
    assert!(
        status.contains("No blog can be reached from here since"),
        "{status}"
    );

    let blogs = Blogosphere::start().await;
    blogs.serves("/ann", &post("ann"));
    planet.register("Ann", &blogs.url("/ann")).await;
    planet.poll().await;
    assert_eq!(planet.get("/readyz").await.text(), "ok\n");
    assert_eq!(planet.health("Ann").await, Health::Ok);
}

/// Shows A11, A32.
#[tokio::test]
async fn frb021_an_outage_of_our_own_ends_no_wait_that_a_blogs_host_asked_for() {
    let mut planet = Planet::start().await;
    let addresses = closed(2);
    for (address, names) in addresses.iter().zip([["ann", "al"], ["bob", "bea"]]) {
        for name in names {
            planet.register(name, &format!("{address}/{name}")).await;
        }
    }
    // It asked us to wait again and again, while other blogs of its platform were answered well.
    let until = planet.now() + SignedDuration::from_hours(16);
    let millis = until.as_millisecond();
    planet.change_database(&format!(
        "UPDATE feed SET next_poll_at = {millis}, held_until = {millis}, throttled_count = 5, polled_at = 1
         WHERE address LIKE '%/ann' OR address LIKE '%/bob'"
    ));

    planet.poll_what_is_due().await;

    assert!(planet.get("/readyz").await.text().starts_with("degraded"));
    for name in ["ann", "bob"] {
        assert_eq!(
            planet.health(name).await,
            Health::Paused { until },
            "{name}"
        );
    }
}

#[tokio::test]
async fn one_platform_that_takes_no_connections_is_left_alone_and_blamed() {
    let blogs = Blogosphere::start().await;
    blogs.serves("/ann", &post("ann"));
    let mut planet = Planet::start().await;
    let address = closed(1).remove(0);
    planet.register("Ann", &blogs.url("/ann")).await;
    planet.register("Bob", &address).await;
    planet.register("Cy", &format!("{address}2")).await;

    let summary = planet.poll().await;

    assert_eq!((summary.failed.len(), summary.held), (1, 1), "{summary:?}");
    assert!(
        planet
            .cause("Bob")
            .await
            .contains("does not accept connections")
    );
    assert!(matches!(planet.health("Cy").await, Health::Paused { .. }));
    assert_eq!(planet.get("/readyz").await.text(), "ok\n");
}

#[tokio::test]
async fn who_leads_on_to_where_nobody_listens_is_not_the_one_who_takes_no_connections() {
    let blogs = Blogosphere::start().await;
    let nobody = closed(1).remove(0);
    let page = format!(
        "<html><head><link rel=alternate type='application/atom+xml' href='{nobody}'></head></html>"
    );
    for (path, answer) in [
        ("/ann", Answer::redirect(302, &nobody)),
        ("/bob", Answer::page(&page)),
    ] {
        blogs.answers(path, [answer]);
        blogs.serves("/zoe", &post("zoe"));
        let mut planet = Planet::start().await;
        planet.register_blog("First", &blogs.url(path)).await;
        planet.register("Zoe", &blogs.url("/zoe")).await;

        let summary = planet.poll().await;

        assert_eq!((summary.failed.len(), summary.held), (1, 0), "{path}");
        let cause = planet.cause("First").await;
        assert!(cause.contains("does not accept connections"), "{cause}");
        assert_eq!(planet.health("Zoe").await, Health::Ok, "{path}");
    }
}

/// Shows A43.
#[tokio::test]
async fn frb070_by_hand_a_blog_is_asked_once_in_a_quarter_of_an_hour() {
    let blogs = Blogosphere::start().await;
    let mut planet = planet(&blogs, &[("ann", 0)]).await;
    planet.roster.poll.gap_seconds = 1;
    planet.poll().await;

    for _ in 0..20 {
        let again = planet.poll().await;
        let until = "2011-08-01T12:15:00Z".parse().ok();
        assert_eq!((again.rested, again.rested_until), (1, until));
    }
    assert_eq!(blogs.asked("/ann").len(), 1);
    planet.minutes_later(15);
    assert_eq!(planet.poll().await.rested, 0);
    assert_eq!(blogs.asked("/ann").len(), 2);
}

/// Shows A43.
#[tokio::test]
async fn who_failed_a_moment_ago_is_left_in_peace_but_told_again_with_the_cause() {
    let blogs = Blogosphere::start().await;
    let mut planet = planet(&blogs, &[("ann", 0)]).await;
    planet.roster.poll.gap_seconds = 1;
    blogs.answers("/ann", [Answer::status(404)]);
    assert_eq!(planet.poll().await.failed.len(), 1);

    let again = planet.poll().await;
    assert_eq!((again.rested, again.failed.len()), (1, 1), "{again:?}");
    let PollResult::Rested { cause, .. } = &again.failed[0].result else {
        panic!("it was asked again: {again:?}");
    };
    assert!(cause.as_ref().unwrap().contains("404"), "{cause:?}");
    assert_eq!(blogs.asked("/ann").len(), 1);
}

/// Shows A13, A43.
#[tokio::test]
async fn frb070_by_hand_too_a_feed_that_fails_is_asked_ever_less_often() {
    let blogs = Blogosphere::start().await;
    let mut planet = planet(&blogs, &[("ann", 0)]).await;
    planet.roster.poll.gap_seconds = 1;
    blogs.answers("/ann", [Answer::status(500)]);

    for _ in 0..48 {
        assert_eq!(planet.poll().await.failed.len(), 1, "each time it is told");
        planet.minutes_later(30);
    }

    let asked = blogs.asked("/ann").len();
    assert!((4..=8).contains(&asked), "{asked} in a day");
}

/// Shows A43.
#[tokio::test]
async fn who_has_mended_something_need_not_wait_but_for_what_hosts_asked() {
    let blogs = Blogosphere::on_hosts(2).await;
    let mut planet = planet(&blogs, &[("ann", 0), ("bob", 1)]).await;
    planet.roster.poll.gap_seconds = 1;
    blogs.answers("/ann", [Answer::status(403)]);
    let wait = Answer::status(429).header("retry-after", "86400");
    blogs.answers("/bob", [wait]);
    planet.poll().await;
    blogs.serves("/ann", &post("ann"));
    blogs.serves("/bob", &post("bob"));

    planet.minutes_later(14);
    let a_moment_ago = planet.poll_even_failing().await;
    assert_eq!((a_moment_ago.rested, a_moment_ago.held), (1, 1));
    planet.minutes_later(1);
    let waiting = planet.poll().await;
    assert_eq!((waiting.rested, waiting.held, waiting.new), (1, 1, 0));
    let now = planet.poll_even_failing().await;
    assert_eq!((now.rested, now.held, now.new), (0, 1, 1));
    assert_eq!(blogs.asked("/bob").len(), 1);
}

/// Shows A31.
#[tokio::test]
async fn frb030_two_rounds_at_once_ask_a_feed_once() {
    let blogs = Blogosphere::start().await;
    let planet = planet(&blogs, &[("ann", 0)]).await;
    blogs.answers("/ann", [Answer::feed(post("ann").xml()).lingering()]);
    let poller = planet.poller();
    let listener: Listener = Arc::new(|_| ControlFlow::Continue(()));

    let rounds = tokio::join!(
        poller.round(Which::All, &listener),
        poller.round(Which::All, &listener)
    );

    let (one, other) = (rounds.0.unwrap(), rounds.1.unwrap());
    assert_eq!((one.new + other.new, one.rested + other.rested), (1, 1));
    assert_eq!(blogs.asked("/ann").len(), 1);
}

/// When the only feed is due, from now.
fn wait(planet: &Planet) -> SignedDuration {
    let due = planet.ask_database("SELECT CAST(next_poll_at AS TEXT) FROM feed");
    let due: i64 = due[0].parse().unwrap();
    SignedDuration::from_millis(due - planet.now().as_millisecond())
}

/// How often Ann is asked in a day of trouble, when it is looked every hour whether she is due.
async fn asked_in_a_day_of_trouble(blogs: &Blogosphere, planet: &Planet) -> usize {
    blogs.answers("/ann", [Answer::status(500)]);
    let before = blogs.asked("/ann").len();
    for _ in 0..24 {
        planet.poll_what_is_due().await;
        planet.later(1);
    }
    blogs.asked("/ann").len() - before
}

/// Shows A13.
#[tokio::test]
async fn frb118_trouble_is_no_reason_to_ask_a_blog_more_often_than_when_it_is_well() {
    let blogs = Blogosphere::start().await;
    let mut planet = planet(&blogs, &[("ann", 0)]).await;
    let well = || Answer::feed(post("ann").xml()).header("cache-control", "max-age=86400");
    blogs.answers("/ann", [well()]);
    planet.poll_what_is_due().await;
    planet.restart().await;
    planet.later(24);
    assert_eq!(asked_in_a_day_of_trouble(&blogs, &planet).await, 1);
    // In the following days as well; a good answer ends it.
    assert_eq!(asked_in_a_day_of_trouble(&blogs, &planet).await, 1);
    blogs.answers("/ann", [well()]);
    planet.poll_what_is_due().await;
    assert_eq!(
        (planet.health("ann").await, wait(&planet).as_hours()),
        (Health::Ok, 24)
    );
}

/// Shows A13.
#[tokio::test]
async fn frb118_after_the_course_trouble_brings_nobody_back_to_an_hourly_round() {
    let blogs = Blogosphere::start().await;
    let mut planet = planet(&blogs, &[("ann", 0)]).await;
    planet.roster.course.closes = Some(jiff::civil::date(2011, 7, 21));
    planet.poll_what_is_due().await;
    let well = wait(&planet);
    assert!(well.as_hours() >= 12, "{well:?}");
    planet.later(24);
    let asked = asked_in_a_day_of_trouble(&blogs, &planet).await;
    assert!(asked <= 2, "{asked}, and every {well:?} when it is well");
}

#[tokio::test]
async fn a_blog_that_was_down_for_a_moment_while_the_course_runs_is_read_an_hour_later() {
    let blogs = Blogosphere::start().await;
    let planet = planet(&blogs, &[("ann", 0)]).await;
    planet.poll_what_is_due().await;
    planet.later(2);
    blogs.answers("/ann", [Answer::status(500)]);
    planet.poll_what_is_due().await;
    planet.later(1);
    blogs.serves("/ann", &post("ann").post("Thing 7", "2011-08-01"));
    planet.minutes_later(10);
    assert_eq!(planet.poll_what_is_due().await.new, 1);
}

/// Shows A10.
#[tokio::test]
async fn hours_to_be_left_out_are_left_out_in_trouble_too() {
    let blogs = Blogosphere::start().await;
    let planet = planet(&blogs, &[("ann", 0)]).await;
    let hours = (13..24).fold(String::new(), |hours, hour| {
        hours + &format!("<hour>{hour}</hour>")
    });
    let rss = format!(
        "<rss version=\"2.0\"><channel><title>Ann</title><skipHours>{hours}</skipHours><item><guid>1</guid>\
         <title>One</title></item></channel></rss>"
    );
    blogs.answers("/ann", [Answer::feed(rss)]);
    planet.poll_what_is_due().await;
    assert_eq!(wait(&planet).as_hours(), 12, "not before midnight");
    planet.later(24);
    for trouble in [500, 429] {
        blogs.answers("/ann", [Answer::status(trouble)]);
        planet.poll_what_is_due().await;
        assert_eq!(wait(&planet).as_hours(), 12, "{trouble}");
        planet.later(24);
    }
}

/// Shows A14, A42.
#[tokio::test]
async fn frb037_a_start_asks_nothing_again_and_many_who_are_due_are_spread() {
    let blogs = Blogosphere::start().await;
    let names: Vec<String> = (0..30).map(|number| format!("p{number}")).collect();
    let people: Vec<(&str, usize)> = names.iter().map(|name| (name.as_str(), 0)).collect();
    let mut planet = planet(&blogs, &people).await;
    let asked = || blogs.everything_asked().len();
    let due =
        "SELECT count(DISTINCT next_poll_at) || ' from ' || (min(next_poll_at) / 1000) || ' for '
                   || ((max(next_poll_at) - min(next_poll_at)) / 1000) FROM feed WHERE polled_at IS NULL";

    planet.keep_once().await;
    assert!(asked() <= 1, "thirty new blogs are not asked at once");
    let noon = planet.now().as_second();
    assert_eq!(
        planet.ask_database(due),
        [format!("29 from {} for 168", noon + 6)]
    );
    planet.minutes_later(3);
    planet.keep_once().await;
    assert_eq!(asked(), 30);
    for _ in 0..10 {
        planet.restart().await;
        planet.keep_once().await;
    }
    assert_eq!(asked(), 30, "a start asks nobody");

    planet.later(72);
    planet.keep_once().await;
    assert!(
        asked() <= 31,
        "nor do three days of downtime end in a burst"
    );
    planet.minutes_later(1);
    planet.keep_once().await;
    assert_eq!(asked(), 41, "one in six seconds");
}

#[tokio::test]
async fn one_new_blog_is_asked_as_soon_as_it_is_there() {
    let blogs = Blogosphere::start().await;
    let planet = planet(&blogs, &[("ann", 0)]).await;
    planet.keep_once().await;
    assert_eq!(planet.health("ann").await, Health::Ok);
}

/// Shows A18, A22.
#[tokio::test]
async fn who_is_blocked_by_bot_protection_is_told_so_and_hosts_are_told_who_we_are() {
    let blogs = Blogosphere::start().await;
    let planet = planet(&blogs, &[("ann", 0)]).await;
    let challenge = Answer::status(403).header("cf-mitigated", "challenge");
    blogs.answers("/ann", [challenge]);
    planet.poll().await;

    assert!(matches!(planet.health("ann").await, Health::Blocked(_)));
    let status = planet.words("/status").await;
    assert!(
        status.contains("blocked by bot protection since Monday 1 August 2011"),
        "{status}"
    );
    assert!(status.contains("Next time"), "{status}");
    planet.later(3);
    assert_eq!(
        planet.poll_what_is_due().await.feeds,
        0,
        "not within four hours"
    );
    planet.later(1);
    assert_eq!(planet.poll_what_is_due().await.feeds, 1);
    let about = planet.words("/about").await;
    for said in [
        "thingplanet/test",
        "once an hour",
        "Retry-After",
        "To opt out",
        "organisers@example.org",
    ] {
        assert!(about.contains(said), "{said}: {about}");
    }
}

/// How often somebody is asked in two days who is looked at every half hour, and what is said of them in the end.
async fn asked_in_two_days(planet: &Planet, name: &str) -> (usize, String) {
    let mut asked = 0;
    for _ in 0..96 {
        asked += planet.poll_what_is_due().await.feeds;
        planet.minutes_later(30);
    }
    let status = planet.words("/status").await;
    let cause = planet.cause(name).await;
    assert!(status.contains(&cause), "{cause} is not in {status}");
    (asked, cause)
}

/// Checks that a blog with this answer is asked ever less often, and that its cause is told with a cure.
async fn check_slower(answer: Answer, cause: &str) {
    let blogs = Blogosphere::start().await;
    let planet = planet(&blogs, &[("ann", 0)]).await;
    blogs.answers("/ann", [answer]);
    let (asked, told) = asked_in_two_days(&planet, "ann").await;
    assert!((4..=8).contains(&asked), "{asked}, not 48");
    assert_eq!(blogs.asked("/ann").len(), asked);
    assert!(told.contains(cause), "{told}");
}

/// Shows A13.
#[tokio::test]
async fn frb110_what_is_no_feed_is_asked_ever_less_often() {
    check_slower(
        Answer::page("<html><title>Hello</title></html>"),
        "web page",
    )
    .await;
    check_slower(Answer::feed("hello"), "feed").await;
}

/// Shows A13.
#[tokio::test]
async fn frb112_who_forbids_it_is_asked_ever_less_often() {
    check_slower(Answer::status(403), "closed to robots").await;
}

/// Shows A13.
#[tokio::test]
async fn frb113_a_feed_that_is_not_there_is_asked_for_ever_less_often() {
    check_slower(Answer::status(404), "404").await;
}

/// Shows A13.
#[tokio::test]
async fn frb115_who_refuses_in_any_other_way_is_asked_ever_less_often() {
    for (status, cause) in [(401, "401"), (418, "418"), (451, "451")] {
        check_slower(Answer::status(status), cause).await;
    }
}

/// Shows A13.
#[tokio::test]
async fn frb118_a_server_in_trouble_is_asked_ever_less_often() {
    check_slower(Answer::status(500), "500").await;
}

/// Shows A13.
#[tokio::test]
async fn frb116_a_name_that_nobody_knows_is_looked_up_ever_less_often() {
    let mut planet = Planet::start().await;
    planet.register("ann", "http://blog.invalid/feed").await;
    let (asked, told) = asked_in_two_days(&planet, "ann").await;
    assert!((4..=8).contains(&asked), "{asked}, not 48");
    assert!(told.contains("not known on the internet"), "{told}");
}

/// Shows A13.
#[tokio::test]
async fn frb117_who_takes_no_connections_is_called_ever_less_often() {
    let mut planet = Planet::start().await;
    planet.register("ann", &closed(1)[0]).await;
    let (asked, told) = asked_in_two_days(&planet, "ann").await;
    assert!((4..=8).contains(&asked), "{asked}, not 48");
    assert!(told.contains("does not accept connections"), "{told}");
}

/// Shows A13, A26.
#[tokio::test]
async fn frb119_whoever_answers_with_anything_else_of_no_use_is_asked_ever_less_often() {
    check_slower(Answer::redirect(302, "/ann"), "circle").await;
    check_slower(Answer::feed(""), "nothing").await;
    check_slower(
        Answer::redirect(302, "ftp://files.example/"),
        "not a web page",
    )
    .await;
}
