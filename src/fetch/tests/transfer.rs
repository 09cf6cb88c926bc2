//! Answers that drip, swell or never end: each is left in time, and costs no more memory than it may.

use std::process::Command;
use std::time::Duration;

use super::origin::{Origin, page, reply};
use super::{
    FEED, body_of, client, compression, get, get_answer, get_with, no_dice, settings, validators_of,
};
use crate::fetch::{Client, FetchError, Fetched};
use crate::model::Validators;

const TOO_LARGE: FetchError = FetchError::TooLarge { bytes_max: 100_000 };

/// Shows A28.
#[tokio::test]
async fn a_feed_that_drips_for_ever_is_left_at_the_time_limit() {
    let mut hasty = settings(&["127.0.0.1/32"]);
    hasty.timeout = Duration::from_millis(200);
    let limit = hasty.timeout;
    let hasty = Client::new(&hasty, no_dice()).unwrap();
    let heads: [(&[u8], &'static [u8]); 4] = [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 90000\r\n\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", b"x"),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            b"1\r\nx\r\n",
        ),
        (b"HTTP/1.1 200 OK\r\nX-Long: ", b"x"),
    ];
    for (head, piece) in heads {
        let origin = Origin::start_dripping(head, piece).await;
        let fetched = get_with(&hasty, &origin.url("/"), Validators::default()).await;
        assert_eq!(
            fetched,
            Err(FetchError::Timeout { limit }),
            "{}",
            String::from_utf8_lossy(head)
        );
    }
}

/// Shows A28.
#[tokio::test]
async fn headers_without_end_are_not_read_to_their_end() {
    let start = b"HTTP/1.1 200 OK\r\n".to_vec();
    let many = [start.clone(), b"X-More: and more\r\n".repeat(500_000)].concat();
    let long = [start, b"X-Long: ".to_vec(), vec![b'x'; 10_000_000]].concat();
    for answer in [many, long] {
        assert_eq!(get_answer(answer).await, Err(FetchError::Broken));
    }
}

/// Shows A28.
#[tokio::test]
async fn bombs_and_floods_stop_at_the_size_limit() {
    let brotli = compression::brotli_of_zeros();
    assert!(brotli.len() < 40);
    let gzip = compression::gzip_of_zeros(20_000_000);
    // What a client and its threads take, and the program itself as it is read, is no bomb's doing.
    let plain = get_answer(reply(200, &[], b"<rss/>")).await;
    assert!(plain.is_ok(), "{plain:?}");
    let before = peak_memory();
    assert_eq!(
        get_answer(reply(200, &[("Content-Encoding", "br")], &brotli)).await,
        Err(TOO_LARGE)
    );
    assert_eq!(
        get_answer(reply(200, &[("Content-Encoding", "gzip")], &gzip)).await,
        Err(TOO_LARGE)
    );
    let chunks = [
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec(),
        b"8\r\nmore and\r\n".repeat(50_000),
    ];
    assert_eq!(get_answer(chunks.concat()).await, Err(TOO_LARGE));
    if std::env::var_os(ALONE).is_some() {
        // The limit is a hundred kilobytes; buffers on the way to it take twenty times that.
        let grown = peak_memory() - before;
        assert!(grown < 6_000, "{grown} KB");
    }
}

/// Set where a test has the process to itself.
const ALONE: &str = "THINGPLANET_TEST_ALONE";

/// The most memory that this process has had, in KB.
fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    number.map_or(0, |number| number.parse().unwrap())
}

/// Shows A28.
#[test]
fn bombs_cost_little_memory() {
    let output = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "fetch::tests::transfer::bombs_and_floods_stop_at_the_size_limit",
        ])
        .env(ALONE, "yes")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.contains("1 passed"), "{said}");
}

/// Shows A20.
#[tokio::test]
async fn who_knows_an_etag_offers_to_take_only_what_is_new() {
    let origin = Origin::start([
        reply(200, &[("ETag", "\"1\"")], FEED),
        reply(226, &[("ETag", "\"2\""), ("IM", "feed")], FEED),
        reply(200, &[("Last-Modified", "then")], FEED),
        page(FEED),
    ])
    .await;
    let address = origin.url("/feed");
    let mut validators = Validators::default();
    let mut parts = Vec::new();
    for _ in 0..4 {
        let fetched = get_with(&client(), &address, validators).await.unwrap();
        validators = validators_of(&fetched).clone();
        assert_eq!(body_of(&fetched), FEED);
        parts.push(matches!(fetched, Fetched::Fresh { is_part: true, .. }));
    }
    assert_eq!(parts, [false, true, false, false]);
    let requests = origin.requests();
    let offers: Vec<_> = requests
        .iter()
        .map(|request| request.header("a-im"))
        .collect();
    assert_eq!(offers, [None, Some("feed"), Some("feed"), None]);
}

/// Shows A9.
#[tokio::test]
async fn what_the_headers_say_comes_with_an_answer_old_or_new() {
    let fresh = |fetched: &Fetched| match fetched {
        Fetched::Fresh { fresh_for, .. } | Fetched::NotModified { fresh_for, .. } => {
            fresh_for.map(|time| time.as_secs())
        }
        _ => None,
    };
    let hub = ("Link", "</hub>; rel=hub, </feed>; rel=self");
    let origin = Origin::start([
        reply(
            200,
            &[("ETag", "\"1\""), ("Cache-Control", "max-age=600"), hub],
            FEED,
        ),
        reply(304, &[("Cache-Control", "max-age=900")], b""),
    ])
    .await;
    let first = get(&origin.url("/feed")).await.unwrap();
    assert_eq!(fresh(&first), Some(600));
    let Fetched::Fresh { links, .. } = &first else {
        panic!("not fresh: {first:?}");
    };
    assert_eq!(links.hubs, [origin.url("/hub")]);
    assert_eq!(links.self_url, Some(origin.url("/feed")));
    let validators = validators_of(&first).clone();
    let again = get_with(&client(), &origin.url("/feed"), validators)
        .await
        .unwrap();
    assert_eq!(fresh(&again), Some(900));
}
