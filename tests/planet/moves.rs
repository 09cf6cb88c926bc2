//! Feeds that move and feeds that are gone: what is believed when, and what is kept.

use thingplanet::model::Health;
use thingplanet::poll::PollResult;

use crate::harness::{Answer, Blogosphere, Feed, Folder, Planet, run};

/// What must stay as it is, whatever becomes of an address.
const LASTING: &str =
    "SELECT printf('%d %s %d', id, public_id, published_at) FROM entry ORDER BY id";
/// The log of moves.
const LOG: &str = "SELECT from_url || ' ' || to_url || ' ' || why FROM feed_move ORDER BY id";

fn ann() -> Feed {
    (1..=30).fold(Feed::atom("ann"), |feed, day| {
        feed.post(
            &format!("Thing 6, part {day}"),
            &format!("2011-07-{day:02}"),
        )
    })
}

/// Ann's feed, which was read once at its address `/ann/feed` on the first host; the second host may have it too.
async fn ann_settled() -> (Blogosphere, Planet) {
    let blogs = Blogosphere::on_hosts(2).await;
    blogs.serves("/ann/feed", &ann());
    blogs.serves("/new/feed", &ann());
    let mut planet = Planet::start().await;
    planet.register("Ann", &blogs.url("/ann/feed")).await;
    assert_eq!(planet.poll().await.new, 30);
    (blogs, planet)
}

/// Polls so often, eight hours apart.
async fn poll_on(planet: &Planet, times: usize) {
    for _ in 0..times {
        planet.later(8);
        planet.poll().await;
    }
}

/// Two polls of which the database believes that thirty more lay between them, over eight days. It makes no watch where
/// the first left none.
async fn as_if_for_long(planet: &Planet) {
    poll_on(planet, 1).await;
    planet.change_database(
        "UPDATE feed SET moving_seen = moving_seen + 30, moving_since = moving_since - 8 * 86400000
         WHERE moving_to IS NOT NULL",
    );
    poll_on(planet, 1).await;
}

/// Where Ann's feed is asked in the next poll.
async fn asked_next(blogs: &Blogosphere, planet: &Planet) -> Vec<String> {
    let before = blogs.everything_asked().len();
    planet.later(8);
    planet.poll().await;
    let asked = blogs.everything_asked().split_off(before);
    asked.into_iter().map(|asked| asked.path).collect()
}

/// Every one of the answers that it takes.
async fn check_permanent(status: u16) {
    let (blogs, planet) = ann_settled().await;
    let (old, new) = (blogs.url("/ann/feed"), blogs.url_on(1, "/new/feed"));
    let kept = planet.ask_database(LASTING);
    blogs.answers("/ann/feed", [Answer::redirect(status, &new)]);

    poll_on(&planet, 23).await;
    assert_eq!(
        asked_next(&blogs, &planet).await,
        ["/ann/feed", "/new/feed"]
    );
    assert_eq!(asked_next(&blogs, &planet).await, ["/new/feed"]);

    assert_eq!(planet.ask_database(LASTING), kept, "nothing came twice");
    let log = planet.ask_database(LOG);
    assert_eq!(log.len(), 1);
    assert!(log[0].starts_with(&format!("{old} {new} ")), "{log:?}");
    assert_eq!(planet.health("Ann").await, Health::Ok);
}

/// Shows A23, A24.
#[tokio::test]
async fn frb130_a_feed_that_moved_with_301_is_asked_at_its_new_place_once_that_is_sure() {
    check_permanent(301).await;
}

/// Shows A23, A24.
#[tokio::test]
async fn frb131_a_feed_that_moved_with_308_is_asked_at_its_new_place_once_that_is_sure() {
    check_permanent(308).await;
}

/// Shows A23.
#[tokio::test]
async fn frb132_the_organiser_is_told_of_a_move_until_the_roster_has_it() {
    let (blogs, mut planet) = ann_settled().await;
    let new = blogs.url_on(1, "/new/feed");
    let kept = planet.ask_database(LASTING);
    blogs.answers("/ann/feed", [Answer::redirect(301, &new)]);
    as_if_for_long(&planet).await;

    planet.later(2);
    let line = format!("write feed = \"{new}\"");
    let summary = planet.poll().await;
    let remark = summary.remarked[0].remark.clone().unwrap();
    assert!(remark.contains(&line), "{remark}");
    let status = planet.words("/status").await;
    assert!(status.contains("the feed has moved from"), "{status}");

    planet.roster.participants[0].feed = Some(new.parse().unwrap());
    planet.take_over().await;
    planet.later(2);
    assert_eq!(planet.poll().await.remarked, []);
    assert_eq!(planet.ask_database(LASTING), kept);
    let feeds = planet.ask_database("SELECT printf('%d', count(*)) FROM feed");
    assert_eq!(feeds, ["1"], "it is the same subscription");
}

/// What the old address answers for long must move nothing.
async fn check_stays(answers: &[(&str, Answer)]) -> Planet {
    let (blogs, planet) = ann_settled().await;
    for (path, answer) in answers {
        blogs.answers(path, [answer.clone()]);
    }
    as_if_for_long(&planet).await;
    assert_eq!(asked_next(&blogs, &planet).await[0], "/ann/feed");
    assert_eq!(planet.ask_database(LOG), [""; 0]);
    assert_eq!(planet.ask_database(LASTING).len(), 30, "nothing is lost");
    planet
}

/// Shows A23.
#[tokio::test]
async fn a_redirect_that_was_there_once_moves_nothing() {
    let (blogs, planet) = ann_settled().await;
    let once = Answer::redirect(301, &blogs.url_on(1, "/new/feed"));
    blogs.answers("/ann/feed", [once, Answer::feed(ann().xml())]);
    as_if_for_long(&planet).await;
    assert_eq!(asked_next(&blogs, &planet).await, ["/ann/feed"]);
    assert_eq!(planet.ask_database(LOG), [""; 0]);
}

/// Shows A23.
#[tokio::test]
async fn a_way_that_is_not_permanent_to_its_end_moves_nothing() {
    check_stays(&[
        ("/ann/feed", Answer::redirect(301, "/between")),
        ("/between", Answer::redirect(302, "/new/feed")),
    ])
    .await;
    check_stays(&[
        ("/ann/feed", Answer::redirect(302, "/between")),
        ("/between", Answer::redirect(301, "/new/feed")),
    ])
    .await;
}

/// Shows A23.
#[tokio::test]
async fn a_circle_of_redirects_moves_nothing() {
    let planet = check_stays(&[
        ("/ann/feed", Answer::redirect(301, "/between")),
        ("/between", Answer::redirect(301, "/ann/feed")),
    ])
    .await;
    assert!(planet.cause("Ann").await.contains("circle"));
}

/// Shows A23.
#[tokio::test]
async fn a_portal_that_catches_every_request_moves_nothing() {
    let portal = "<!DOCTYPE html><html><head><title>Hotel WiFi</title></head><body>Pay<input type=password></body></html>";
    let planet = check_stays(&[
        ("/ann/feed", Answer::redirect(301, "/portal")),
        ("/portal", Answer::page(portal)),
    ])
    .await;
    let cause = planet.cause("Ann").await;
    assert!(cause.contains("Hotel WiFi"), "{cause}");
}

/// Shows A23.
#[tokio::test]
async fn a_stranger_who_took_over_an_address_does_not_get_the_subscription() {
    let (blogs, planet) = ann_settled().await;
    let stranger = Feed::atom("casino").post("Win now", "2011-08-01");
    blogs.serves("/casino", &stranger);
    blogs.answers("/ann/feed", [Answer::redirect(301, "/casino")]);
    as_if_for_long(&planet).await;
    assert_eq!(planet.ask_database(LOG), [""; 0]);
    let status = planet.words("/status").await;
    assert!(status.contains("where none of the posts are"), "{status}");
}

/// Shows A23.
#[tokio::test]
async fn a_feed_never_moves_onto_another_participants() {
    let (blogs, mut planet) = ann_settled().await;
    let bob = Feed::atom("bob").post("Thing 5", "2011-07-13");
    blogs.serves("/bob/feed", &bob);
    planet.register("Bob", &blogs.url("/bob/feed")).await;
    planet.poll().await;
    blogs.answers("/ann/feed", [Answer::redirect(301, "/bob/feed")]);
    as_if_for_long(&planet).await;
    assert_eq!(planet.ask_database(LOG), [""; 0]);
    let cause = planet.cause("Ann").await;
    assert!(cause.contains("this is the feed of Bob"), "{cause}");
    let entries = planet.feed("/participants/bob/feed.atom").await.entries;
    assert_eq!(entries.len(), 1, "and nothing was merged");
}

#[tokio::test]
async fn a_redirect_onto_anothers_address_brings_nothing_twice_though_nobody_was_polled_yet() {
    for status in [301, 302] {
        for names in [["Ann", "Bob"], ["Bob", "Ann"]] {
            let blogs = Blogosphere::start().await;
            blogs.serves("/ann/feed", &ann());
            let target = blogs.url("/ann/feed");
            blogs.answers("/bob/feed", [Answer::redirect(status, &target)]);
            let mut planet = Planet::start().await;
            for name in names {
                let path = format!("/{}/feed", name.to_lowercase());
                planet.register(name, &blogs.url(&path)).await;
            }
            assert_eq!(planet.poll().await.new, 30, "{status} {names:?}");
            assert_eq!(planet.ask_database(LASTING).len(), 30);
            let anns = planet.feed("/participants/ann/feed.atom").await.entries;
            assert!(!anns.is_empty(), "they are their owner's");
            let bobs = planet.feed("/participants/bob/feed.atom").await.entries;
            assert_eq!(bobs.len(), 0);
            let cause = planet.cause("Bob").await;
            assert!(
                cause.contains("this is the feed of Ann, who has it already"),
                "{cause}"
            );
        }
    }
}

/// Shows A25.
#[tokio::test]
async fn frb111_who_is_gone_for_a_week_is_told_to_the_organiser() {
    let (blogs, planet) = ann_settled().await;
    blogs.answers("/ann/feed", [Answer::status(410)]);
    planet.later(2);
    let first = planet.poll().await.failed;
    let PollResult::Failed { cause } = &first[0].result else {
        panic!("once is not for good: {first:?}");
    };
    assert!(cause.contains("gone for good (410)"), "{cause}");
    planet.later(4 * 24);
    planet.poll().await;
    planet.later(4 * 24);
    let third = planet.poll().await.failed;
    assert_eq!(third[0].result, PollResult::Gone);
    assert_eq!(planet.health("Ann").await, Health::Gone);
    assert!(planet.words("/status").await.contains("gone for good"));
    let entries = planet.ask_database(LASTING);
    assert_eq!(entries.len(), 30, "the posts stay");
}

/// Shows A25.
#[tokio::test]
async fn frb114_who_is_gone_is_asked_no_more_but_for_a_look_once_a_week() {
    let (blogs, planet) = ann_settled().await;
    blogs.answers("/ann/feed", [Answer::status(410)]);
    for _ in 0..9 {
        planet.later(24);
        planet.poll_what_is_due().await;
    }
    assert_eq!(planet.health("Ann").await, Health::Gone);
    let before = blogs.asked("/ann/feed").len();
    for _ in 0..28 {
        planet.later(24);
        planet.poll_what_is_due().await;
    }
    assert!(blogs.asked("/ann/feed").len() - before <= 4);
    blogs.serves("/ann/feed", &ann());
    planet.later(8 * 24);
    planet.poll_what_is_due().await;
    let health = planet.health("Ann").await;
    assert!(matches!(health, Health::Quiet { .. }), "{health:?}");
}

/// Shows A25.
#[tokio::test]
async fn once_gone_or_once_not_found_is_nothing() {
    for status in [404, 410] {
        let (blogs, planet) = ann_settled().await;
        blogs.answers(
            "/ann/feed",
            [Answer::status(status), Answer::feed(ann().xml())],
        );
        planet.later(2);
        planet.poll().await;
        planet.later(2);
        assert_eq!(planet.poll().await.failed, []);
        assert_eq!(planet.health("Ann").await, Health::Ok);
        let counts = "SELECT printf('%d %d', gone_count, missing_count) FROM feed";
        assert_eq!(planet.ask_database(counts), ["0 0"]);
    }
}

/// Shows A25.
#[tokio::test]
async fn frb113_what_is_not_found_for_a_month_is_looked_for_once_a_week() {
    let (blogs, planet) = ann_settled().await;
    blogs.answers("/ann/feed", [Answer::status(404)]);
    for _ in 0..31 {
        planet.later(24);
        planet.poll_what_is_due().await;
    }
    let before = blogs.asked("/ann/feed").len();
    for _ in 0..28 {
        planet.later(24);
        planet.poll_what_is_due().await;
    }
    assert!(blogs.asked("/ann/feed").len() - before <= 4);
    let cause = planet.cause("Ann").await;
    assert!(cause.contains("once a week"), "{cause}");
}

/// Shows A25.
#[tokio::test]
async fn an_address_that_goes_after_leading_elsewhere_is_followed_at_once() {
    for status in [404, 410] {
        let (blogs, planet) = ann_settled().await;
        let kept = planet.ask_database(LASTING);
        let new = blogs.url_on(1, "/new/feed");
        blogs.answers(
            "/ann/feed",
            [
                Answer::redirect(301, &new),
                Answer::redirect(301, &new),
                Answer::status(status),
            ],
        );
        poll_on(&planet, 2).await;
        assert_eq!(
            asked_next(&blogs, &planet).await,
            ["/ann/feed", "/new/feed"]
        );
        assert_eq!(asked_next(&blogs, &planet).await, ["/new/feed"], "{status}");
        assert_eq!(planet.ask_database(LASTING), kept);
        assert_eq!(planet.ask_database(LOG).len(), 1);
    }
}

#[tokio::test]
async fn a_feed_that_moved_and_is_lost_there_is_asked_at_its_old_address_again() {
    let (blogs, planet) = ann_settled().await;
    let new = blogs.url_on(1, "/new/feed");
    blogs.answers("/ann/feed", [Answer::redirect(301, &new)]);
    as_if_for_long(&planet).await;
    blogs.answers("/new/feed", [Answer::status(500)]);
    blogs.serves("/ann/feed", &ann());
    poll_on(&planet, 4).await;
    assert_eq!(asked_next(&blogs, &planet).await, ["/ann/feed"]);
    let log = planet.ask_database(LOG);
    assert!(
        log[1].ends_with("it answers at its old address again"),
        "{log:?}"
    );
}

#[tokio::test]
async fn the_watch_over_a_redirect_outlives_a_restart_and_the_log_cannot_be_changed() {
    let (blogs, mut planet) = ann_settled().await;
    let new = blogs.url_on(1, "/new/feed");
    blogs.answers("/ann/feed", [Answer::redirect(301, &new)]);
    poll_on(&planet, 1).await;
    planet.restart().await;
    as_if_for_long(&planet).await;
    assert_eq!(asked_next(&blogs, &planet).await, ["/new/feed"]);
    let refused = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        planet.change_database("DELETE FROM feed_move");
    }));
    assert!(refused.is_err());
}

#[tokio::test]
async fn check_and_log_tell_of_a_move_what_the_roster_should_say() {
    let blogs = Blogosphere::start().await;
    blogs.serves("/ann/feed", &ann());
    let folder = Folder::new();
    let url = blogs.url("/ann/feed");
    folder.write(
        "feeds.toml",
        &format!(
            "[course]\nname = \"Nine Things\"\n[poll]\nallow_networks = [\"127.0.0.0/8\"]\n[[thing]]\nnumber = 6\n\
             title = \"Online networks\"\n[[participant]]\nname = \"Ann\"\nfeed = \"{url}\"\n"
        ),
    );
    assert_eq!(run(folder.path(), &["poll"]).await.code, Some(0));
    let database = rusqlite::Connection::open(folder.file("planet.db")).unwrap();
    let moved = "UPDATE feed SET moved_from = feed_url, moved_url = 'https://ann.example/feed', moved_at = 1;
                 INSERT INTO feed_move (feed_id, at, from_url, to_url, why)
                 SELECT id, 1, feed_url, 'https://ann.example/feed', 'its old address said so' FROM feed;";
    database.execute_batch(moved).unwrap();
    drop(database);

    let checked = run(folder.path(), &["check"]).await;
    assert_eq!(checked.code, Some(0), "it is no mistake: {checked:?}");
    let line = "write feed = \"https://ann.example/feed\"";
    assert!(checked.stdout.contains(line), "{checked:?}");
    let log = run(folder.path(), &["log"]).await;
    let told = format!("the feed of Ann moved from {url} to https://ann.example/feed");
    assert!(log.stdout.contains(&told), "{log:?}");
}
