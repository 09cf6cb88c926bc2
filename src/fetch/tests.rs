//! The client against loopback servers that answer from a script and write down what they were asked.

mod challenges;
mod compression;
mod guarding;
mod origin;
mod transfer;

use std::net::TcpListener;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use url::Url;

use self::origin::{Origin, empty, page, reply};
use super::guard::Guard;
use super::transport::{Transport, Trust};
use super::{
    Client, ClientSettings, FeedRequest, FetchError, Fetched, Gap, Network, RedirectFault,
    SetupError,
};
use crate::model::{Dice, HeaderLinks, Rest, Validators};

const FEED: &[u8] = b"<feed xmlns='http://www.w3.org/2005/Atom'/>";
const NO_FILE: &str = "/nonexistent";
const NOW: Timestamp = Timestamp::constant(1_310_990_400, 0);

fn settings(allow: &[&str]) -> ClientSettings {
    let allow_networks = allow
        .iter()
        .map(|network| network.parse::<Network>().unwrap())
        .collect();
    ClientSettings {
        user_agent: "thingplanet/test (+http://127.0.0.1/about)".to_owned(),
        timeout: Duration::from_secs(20),
        body_bytes_max: 100_000,
        allow_networks,
        at_once_max: 64,
        gap: Gap {
            between_starts: Duration::ZERO,
            at_once_max: 64,
        },
    }
}

/// Dice that always fall on nothing.
fn no_dice() -> Dice {
    Arc::new(|| 0.0)
}

/// A client that may ask 127.0.0.1 and nothing else that is private.
fn client() -> Client {
    Client::new(&settings(&["127.0.0.1/32"]), no_dice()).unwrap()
}

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

async fn get_with(
    client: &Client,
    address: &Url,
    validators: Validators,
) -> Result<Fetched, FetchError> {
    let request = FeedRequest {
        url: address.clone(),
        validators,
    };
    client.get(&request, NOW).await
}

async fn get(address: &Url) -> Result<Fetched, FetchError> {
    get_with(&client(), address, Validators::default()).await
}

/// What comes of one answer.
async fn get_answer(answer: Vec<u8>) -> Result<Fetched, FetchError> {
    let origin = Origin::start([answer]).await;
    get(&origin.url("/feed")).await
}

fn body_of(fetched: &Fetched) -> &[u8] {
    match fetched {
        Fetched::Fresh { body, .. } => body,
        other => panic!("not fresh: {other:?}"),
    }
}

fn validators_of(fetched: &Fetched) -> &Validators {
    match fetched {
        Fetched::Fresh { validators, .. } | Fetched::NotModified { validators, .. } => validators,
        other => panic!("without validators: {other:?}"),
    }
}

fn landed_at(fetched: &Fetched) -> (&Url, Option<&Url>) {
    match fetched {
        Fetched::Fresh {
            final_url,
            permanent,
            ..
        } => (final_url, permanent.as_ref()),
        other => panic!("not fresh: {other:?}"),
    }
}

/// A redirect to an address, with this status.
fn redirect(status: u16, location: &str) -> Vec<u8> {
    reply(status, &[("Location", location)], b"")
}

// What is asked.

#[tokio::test]
async fn a_feed_comes_with_its_type_its_charset_and_its_validators() {
    let origin = Origin::start([reply(
        200,
        &[
            ("Content-Type", "Application/Atom+XML; Charset=\"UTF-8\""),
            ("ETag", "\"one\""),
            ("Last-Modified", "Mon, 18 Jul 2011 12:00:00 GMT"),
        ],
        FEED,
    )])
    .await;
    let asked = origin.url("/feed");
    assert_eq!(
        get(&asked).await.unwrap(),
        Fetched::Fresh {
            body: FEED.to_vec(),
            is_part: false,
            final_url: asked.clone(),
            content_type: Some("application/atom+xml".to_owned()),
            charset: Some("utf-8".to_owned()),
            validators: Validators {
                url: Some(asked),
                etag: Some("\"one\"".to_owned()),
                last_modified: Some("Mon, 18 Jul 2011 12:00:00 GMT".to_owned()),
            },
            permanent: None,
            fresh_for: None,
            links: HeaderLinks::default(),
        }
    );
}

/// Shows A17.
#[tokio::test]
async fn a_request_says_who_we_are_and_what_we_read_and_nothing_else() {
    let origin = Origin::start([redirect(302, "/b?q=1"), page(FEED)]).await;
    let mut asked = origin.url("/a");
    asked.set_username("reader").unwrap();
    asked.set_password(Some("secret")).unwrap();
    asked.set_fragment(Some("top"));
    let (landed, _) = {
        let fetched = get(&asked).await.unwrap();
        let (landed, permanent) = landed_at(&fetched);
        (landed.clone(), permanent.cloned())
    };
    assert_eq!(landed, origin.url("/b?q=1"));

    let requests = origin.requests();
    assert_eq!(requests[0].line, "GET /a HTTP/1.1");
    assert_eq!(requests[1].line, "GET /b?q=1 HTTP/1.1");
    for request in requests {
        let mut names = request.names();
        names.sort_unstable();
        assert_eq!(names, ["accept", "accept-encoding", "host", "user-agent"]);
        let agent = request.header("user-agent").unwrap();
        assert_eq!(agent, "thingplanet/test (+http://127.0.0.1/about)");
        let accept = request.header("accept").unwrap();
        for kind in ["application/atom+xml", "application/rss+xml", "text/html"] {
            assert!(accept.contains(kind), "{accept}");
        }
        let encodings = request.header("accept-encoding").unwrap();
        for encoding in ["gzip", "br", "zstd", "deflate"] {
            assert!(encodings.contains(encoding), "{encodings}");
        }
    }
}

// Validators.

/// Shows A1.
#[tokio::test]
async fn validators_go_back_byte_for_byte() {
    for (etag, last_modified) in [
        ("W/\"a,b \\\"x\"", "Thu, 1 Jan 1970 00:00:00 GMT"),
        ("\"abc-gzip\"", "2024-05-01 10:00"),
        ("abc", "yesterday"),
        ("\"é\"", "0"),
    ] {
        let first = reply(
            200,
            &[("ETag", etag), ("Last-Modified", last_modified)],
            FEED,
        );
        let origin = Origin::start([first, empty(304)]).await;
        let address = origin.url("/feed");
        let fetched = get(&address).await.unwrap();
        let again = get_with(&client(), &address, validators_of(&fetched).clone()).await;
        assert_eq!(validators_of(&again.unwrap()), validators_of(&fetched));

        let requests = origin.requests();
        assert_eq!(requests[0].header("if-none-match"), None);
        assert_eq!(requests[1].header("if-none-match"), Some(etag));
        assert_eq!(requests[1].header("if-modified-since"), Some(last_modified));
    }
}

/// Shows A1.
#[tokio::test]
async fn no_date_is_invented_where_the_blog_gave_none() {
    let origin = Origin::start([reply(200, &[("ETag", "\"e\"")], FEED), empty(304)]).await;
    let address = origin.url("/feed");
    let fetched = get(&address).await.unwrap();
    get_with(&client(), &address, validators_of(&fetched).clone())
        .await
        .unwrap();
    assert_eq!(origin.requests()[1].header("if-modified-since"), None);
}

/// Shows A3.
#[tokio::test]
async fn validators_follow_what_the_blog_last_said() {
    let origin = Origin::start([
        reply(200, &[("ETag", "v1")], FEED),
        reply(200, &[("ETag", "v2")], FEED),
        reply(304, &[("ETag", "v3")], b""),
        page(FEED),
        page(FEED),
    ])
    .await;
    let address = origin.url("/feed");
    let mut validators = Validators::default();
    for _ in 0..5 {
        let fetched = get_with(&client(), &address, validators).await.unwrap();
        validators = validators_of(&fetched).clone();
    }
    let sent: Vec<_> = origin
        .requests()
        .iter()
        .map(|request| request.header("if-none-match").map(str::to_owned))
        .collect();
    let v = |text: &str| Some(text.to_owned());
    assert_eq!(sent, [None, v("v1"), v("v2"), v("v3"), None]);
}

/// Shows A3, A41.
#[tokio::test]
async fn a_not_modified_keeps_what_it_does_not_name_unless_it_has_another_etag() {
    let answers = [
        (vec![], ("\"e\"", Some("then"))),
        (vec![("ETag", "\"e\"")], ("\"e\"", Some("then"))),
        (vec![("Last-Modified", "now")], ("\"e\"", Some("now"))),
        (vec![("ETag", "\"f\"")], ("\"f\"", None)),
        (
            vec![("ETag", "\"f\""), ("Last-Modified", "now")],
            ("\"f\"", Some("now")),
        ),
    ];
    for (headers, (etag, last_modified)) in answers {
        let origin = Origin::start([reply(304, &headers, b"")]).await;
        let address = origin.url("/feed");
        let sent = Validators {
            url: Some(address.clone()),
            etag: Some("\"e\"".to_owned()),
            last_modified: Some("then".to_owned()),
        };
        let fetched = get_with(&client(), &address, sent).await.unwrap();
        assert!(matches!(fetched, Fetched::NotModified { .. }));
        let kept = validators_of(&fetched);
        assert_eq!(kept.etag.as_deref(), Some(etag), "{headers:?}");
        assert_eq!(kept.last_modified.as_deref(), last_modified, "{headers:?}");
        assert_eq!(kept.url, Some(address));
    }
}

/// Shows A5.
#[tokio::test]
async fn validators_are_sent_only_to_the_address_that_gave_them() {
    let origin = Origin::start([
        redirect(302, "/b"),
        reply(200, &[("ETag", "\"b1\"")], FEED),
        redirect(302, "/b#fragment"),
        empty(304),
        redirect(302, "/c"),
        page(FEED),
    ])
    .await;
    let address = origin.url("/a");
    let fetched = get(&address).await.unwrap();
    let validators = validators_of(&fetched).clone();
    assert_eq!(validators.url, Some(origin.url("/b")));
    for _ in 0..2 {
        get_with(&client(), &address, validators.clone())
            .await
            .unwrap();
    }
    let sent: Vec<_> = origin
        .requests()
        .iter()
        .map(|request| request.header("if-none-match").is_some())
        .collect();
    assert_eq!(sent, [false, false, false, true, false, false]);
}

#[tokio::test]
async fn a_not_modified_that_nobody_asked_for_is_no_answer() {
    assert_eq!(get_answer(empty(304)).await, Err(FetchError::Status(304)));
}

#[tokio::test]
async fn validators_too_long_or_not_in_utf_8_are_not_kept() {
    let long = "x".repeat(5_000);
    let fetched = get_answer(reply(200, &[("ETag", &long)], FEED)).await;
    assert_eq!(validators_of(&fetched.unwrap()), &Validators::default());

    let mut latin = b"HTTP/1.1 200 OK\r\nETag: \"\xe9\"\r\nConnection: close\r\n\r\n".to_vec();
    latin.extend_from_slice(FEED);
    let fetched = get_answer(latin).await.unwrap();
    assert_eq!(validators_of(&fetched), &Validators::default());
}

// Answers.

#[tokio::test]
async fn every_status_has_its_outcome() {
    for status in [200, 203, 226] {
        let fetched = get_answer(reply(status, &[], FEED)).await.unwrap();
        assert_eq!(body_of(&fetched), FEED, "{status}");
    }
    assert_eq!(get_answer(empty(410)).await, Ok(Fetched::Gone));
    for status in [429, 503] {
        let throttled = Fetched::Throttled {
            status,
            retry_after: None,
            rest: SignedDuration::from_hours(1),
        };
        assert_eq!(get_answer(empty(status)).await, Ok(throttled));
    }
    for status in [201, 202, 400, 401, 403, 404, 418, 451, 500, 502, 599] {
        let error = FetchError::Status(status);
        assert_eq!(get_answer(empty(status)).await, Err(error));
    }
}

/// Shows A29.
#[tokio::test]
async fn nothing_and_a_part_are_not_a_feed() {
    let part = reply(206, &[("Content-Range", "bytes 0-3/9")], b"<fee");
    for answer in [empty(200), page(b" \r\n\t "), empty(204), part] {
        assert_eq!(get_answer(answer).await, Err(FetchError::Empty));
    }
}

/// Shows A11.
#[tokio::test]
async fn a_host_says_how_long_to_wait_in_seconds_or_with_a_date() {
    let hours = |hours| Some(SignedDuration::from_hours(hours));
    let none = None;
    // NOW is Mon, 18 Jul 2011 12:00:00 GMT.
    for (value, wait) in [
        ("86400", hours(24)),
        ("0", hours(0)),
        ("Mon, 18 Jul 2011 18:00:00 GMT", hours(6)),
        ("Monday, 18-Jul-11 18:00:00 GMT", hours(6)),
        ("Mon Jul 18 18:00:00 2011", hours(6)),
        ("Wed, 21 Oct 2009 07:28:00 GMT", none),
        ("Mon, 18 Jul 2999 18:00:00 GMT", hours(30 * 24)),
        ("99999999999", hours(30 * 24)),
        ("99999999999999999999999999", hours(30 * 24)),
        ("-1", none),
        ("+1", none),
        ("1e9", none),
        ("1.5", none),
        ("soon", none),
        ("", none),
    ] {
        let answer = reply(503, &[("Retry-After", value)], b"");
        let throttled = Fetched::Throttled {
            status: 503,
            retry_after: wait,
            rest: wait.unwrap_or_default().max(SignedDuration::from_hours(1)),
        };
        assert_eq!(get_answer(answer).await, Ok(throttled), "{value}");
    }
}

/// Shows A11.
#[tokio::test]
async fn a_date_to_wait_for_is_read_on_the_clock_of_the_host() {
    let headers = [
        ("Date", "Tue, 01 Jan 2030 00:00:00 GMT"),
        ("Retry-After", "Tue, 01 Jan 2030 02:00:00 GMT"),
    ];
    let throttled = Fetched::Throttled {
        status: 429,
        retry_after: Some(SignedDuration::from_hours(2)),
        rest: SignedDuration::from_hours(2),
    };
    assert_eq!(get_answer(reply(429, &headers, b"")).await, Ok(throttled));
}

#[tokio::test]
async fn a_content_type_that_is_no_type_is_left_out() {
    for value in ["", "feed", "text/html\" onload=", "text /xml", "/"] {
        let fetched = get_answer(reply(200, &[("Content-Type", value)], FEED)).await;
        let Ok(Fetched::Fresh { content_type, .. }) = fetched else {
            panic!("{value}: {fetched:?}");
        };
        assert_eq!(content_type, None, "{value}");
    }
}

// Redirects.

/// Shows A23.
#[tokio::test]
async fn a_redirect_tells_where_it_ended_and_how_far_it_was_permanent() {
    let origin = Origin::start([
        redirect(301, "/b"),
        redirect(308, "../c"),
        redirect(307, "/d"),
        redirect(301, "/e"),
        page(FEED),
    ])
    .await;
    let fetched = get(&origin.url("/a/")).await.unwrap();
    let expected = (&origin.url("/e"), Some(&origin.url("/c")));
    assert_eq!(landed_at(&fetched), expected);
}

/// Shows A26.
#[tokio::test]
async fn redirects_that_lead_nowhere_end_in_an_error() {
    let faults = [
        (redirect(302, "/feed"), RedirectFault::Circle),
        (empty(301), RedirectFault::Nowhere),
        (empty(300), RedirectFault::Nowhere),
        (redirect(302, ""), RedirectFault::Nowhere),
        (redirect(302, "file:///etc/passwd"), RedirectFault::NotWeb),
    ];
    for (answer, fault) in faults {
        let error = Err(FetchError::Redirects(fault));
        assert_eq!(get_answer(answer).await, error);
    }
    let hops = (1..=9).map(|hop| redirect(302, &format!("/{hop}")));
    let origin = Origin::start(hops).await;
    let too_many = Err(FetchError::Redirects(RedirectFault::TooMany));
    assert_eq!(get(&origin.url("/0")).await, too_many);
    assert_eq!(origin.requests().len(), 9);
}

/// Shows A26, C4.
#[tokio::test]
async fn a_redirect_into_a_private_network_is_never_connected_at_any_hop() {
    let private = TcpListener::bind("127.0.0.2:0").unwrap();
    let port = private.local_addr().unwrap().port();
    let hidden = [
        format!("http://127.0.0.2:{port}/"),
        "http://127.0.0.2/".to_owned(),
        format!("//[::ffff:127.0.0.2]:{port}/"),
        "http://feed.localhost@127.0.0.3/".to_owned(),
    ];
    for target in &hidden {
        let once = Origin::start([redirect(302, target)]).await;
        assert_eq!(get(&once.url("/")).await, Err(FetchError::Refused));
        let thrice = Origin::start([
            redirect(301, "/2"),
            redirect(302, "/3"),
            redirect(307, target),
        ])
        .await;
        assert_eq!(get(&thrice.url("/1")).await, Err(FetchError::Refused));
        assert_eq!(thrice.requests().len(), 3);
    }
    assert_nobody_came(&private);
}

// The guard.

fn assert_nobody_came(listener: &TcpListener) {
    listener.set_nonblocking(true).unwrap();
    let nobody = listener.accept().unwrap_err();
    assert_eq!(nobody.kind(), std::io::ErrorKind::WouldBlock);
}

#[tokio::test]
async fn a_name_for_this_machine_is_asked_where_its_network_is_let_in() {
    let origin = Origin::start([page(FEED)]).await;
    let address = url(&format!("http://alice.localhost:{}/feed", origin.port()));
    let fetched = get(&address).await.unwrap();
    assert_eq!(landed_at(&fetched).0, &address);
    assert!(
        origin.requests()[0]
            .header("host")
            .unwrap()
            .starts_with("alice.localhost:")
    );
}

/// Shows C5.
#[tokio::test]
async fn only_addresses_of_the_web_are_asked() {
    let long = format!("http://127.0.0.1/{}", "x".repeat(2_048));
    for address in [
        "file:///etc/passwd",
        "ftp://127.0.0.1/feed",
        "gopher://127.0.0.1/",
        "data:text/xml,x",
        "javascript:alert(1)",
        "feed:https://127.0.0.1/",
        long.as_str(),
    ] {
        assert_eq!(
            get(&url(address)).await,
            Err(FetchError::BadUrl),
            "{address}"
        );
    }
}

/// Shows C6.
#[tokio::test]
async fn a_refusal_says_the_same_whether_anybody_listens_or_not() {
    let listener = TcpListener::bind("127.0.0.2:0").unwrap();
    let open = listener.local_addr().unwrap().port();
    let mut texts = Vec::new();
    for target in [
        format!("http://127.0.0.2:{open}/"),
        "http://127.0.0.3:9/".to_owned(),
    ] {
        let origin = Origin::start([redirect(302, &target)]).await;
        texts.push(get(&origin.url("/")).await.unwrap_err().to_string());
    }
    assert_eq!(texts[0], texts[1]);
    assert!(!texts[0].contains("127.0.0"));
}

// Transfer.

/// Shows A19.
#[tokio::test]
async fn every_compression_that_is_offered_is_undone() {
    for (encoding, body) in [
        ("gzip", compression::gzip(FEED)),
        ("deflate", compression::zlib(FEED)),
        ("br", compression::brotli(FEED)),
        ("zstd", compression::zstd(FEED)),
    ] {
        let fetched = get_answer(reply(200, &[("Content-Encoding", encoding)], &body)).await;
        assert_eq!(body_of(&fetched.unwrap()), FEED, "{encoding}");
    }
}

/// Shows A19.
#[tokio::test]
async fn a_content_encoding_that_lies_is_asked_once_more_without() {
    let gzip = ("Content-Encoding", "gzip");
    let twice = compression::gzip(&compression::gzip(FEED));
    for lie in [
        reply(200, &[gzip], FEED),
        reply(200, &[gzip], &twice),
        reply(200, &[("Content-Encoding", "gzip, gzip")], &twice),
        reply(200, &[("Content-Encoding", "lzma")], b"??"),
    ] {
        let origin = Origin::start([lie, reply(200, &[gzip], FEED)]).await;
        let fetched = get(&origin.url("/feed")).await.unwrap();
        assert_eq!(body_of(&fetched), FEED);
        let requests = origin.requests();
        assert_eq!(requests.len(), 2);
        assert_eq!(requests[1].header("accept-encoding"), Some("identity"));
    }
}

#[tokio::test]
async fn a_content_encoding_that_is_only_nonsense_costs_no_second_request() {
    for (encoding, body) in [
        ("UTF-8", FEED.to_vec()),
        ("", FEED.to_vec()),
        ("identity", [b"\xef\xbb\xbf", FEED].concat()),
        ("none", b"{\"version\":1}".to_vec()),
    ] {
        let origin = Origin::start([reply(200, &[("Content-Encoding", encoding)], &body)]).await;
        let fetched = get(&origin.url("/feed")).await.unwrap();
        assert_eq!(body_of(&fetched), body, "{encoding}");
        assert_eq!(origin.requests().len(), 1);
    }
}

/// Shows A19.
#[tokio::test]
async fn a_blog_that_lies_twice_about_its_encoding_gets_no_third_request() {
    let twice = compression::gzip(&compression::gzip(FEED));
    let answer = reply(200, &[("Content-Encoding", "gzip")], &twice);
    let origin = Origin::start([answer.clone(), answer]).await;
    assert_eq!(get(&origin.url("/feed")).await, Err(FetchError::Encoding));
    assert_eq!(origin.requests().len(), 2);
}

/// Shows A28.
#[tokio::test]
async fn a_body_may_be_as_large_as_the_limit_and_no_larger() {
    let fits = vec![b'x'; 100_000];
    let fetched = get_answer(page(&fits)).await.unwrap();
    assert_eq!(body_of(&fetched).len(), 100_000);
    let too_large = Err(FetchError::TooLarge { bytes_max: 100_000 });
    assert_eq!(get_answer(page(&vec![b'x'; 100_001])).await, too_large);
    let mut unannounced = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n".to_vec();
    unannounced.resize(300_000, b'x');
    assert_eq!(get_answer(unannounced).await, too_large);
}

/// Shows A28.
#[tokio::test]
async fn a_decompression_bomb_stops_at_the_limit() {
    let bomb = compression::gzip_of_zeros(20_000_000);
    assert!(bomb.len() < 200_000);
    let origin = Origin::start([reply(200, &[("Content-Encoding", "gzip")], &bomb)]).await;
    let too_large = Err(FetchError::TooLarge { bytes_max: 100_000 });
    assert_eq!(get(&origin.url("/feed")).await, too_large);
    assert_eq!(origin.requests().len(), 1);
}

/// Shows A28.
#[tokio::test]
async fn a_lie_about_the_length_is_survived() {
    let short = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\n<feed><feed>";
    assert_eq!(body_of(&get_answer(short.to_vec()).await.unwrap()), b"<fee");

    let long = b"HTTP/1.1 200 OK\r\nContent-Length: 4000\r\nConnection: close\r\n\r\n<feed>";
    assert_eq!(get_answer(long.to_vec()).await, Err(FetchError::Broken));

    let huge = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n<feed>";
    let too_large = Err(FetchError::TooLarge { bytes_max: 100_000 });
    assert_eq!(get_answer(huge.to_vec()).await, too_large);

    let garbled = b"HTTP/1.1 200 OK\r\nContent-Length: 1e12\r\n\r\n<feed>";
    assert_eq!(get_answer(garbled.to_vec()).await, Err(FetchError::Broken));
    assert_eq!(
        get_answer(b"220 smtp ready\r\n".to_vec()).await,
        Err(FetchError::Broken)
    );
}

#[tokio::test]
async fn a_compressed_answer_that_breaks_off_is_not_asked_for_again() {
    let mut answer = reply(
        200,
        &[("Content-Encoding", "gzip")],
        &compression::gzip(FEED),
    );
    answer.truncate(answer.len() - 20);
    let origin = Origin::start([answer]).await;
    assert_eq!(get(&origin.url("/feed")).await, Err(FetchError::Broken));
    assert_eq!(origin.requests().len(), 1);
}

/// Shows A28.
#[tokio::test]
async fn a_blog_that_never_finishes_is_left_at_the_time_limit() {
    let mut hasty = settings(&["127.0.0.1/32"]);
    hasty.timeout = Duration::from_millis(150);
    let limit = hasty.timeout;
    let hasty = Client::new(&hasty, no_dice()).unwrap();
    let head = b"HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n".to_vec();
    let redirect = redirect(302, "/b");
    let late = FetchError::Timeout { limit };
    for (script, expected) in [
        (vec![vec![]], late.clone()),
        (vec![head.clone()], late.clone()),
        (vec![[head, b"<".to_vec()].concat()], late.clone()),
        (vec![redirect, vec![]], FetchError::Onward(Box::new(late))),
    ] {
        let origin = Origin::start_and_hold(script).await;
        let fetched = get_with(&hasty, &origin.url("/a"), Validators::default()).await;
        assert_eq!(fetched, Err(expected));
    }
}

#[tokio::test]
async fn a_host_where_nobody_listens_does_not_accept_connections() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/", listener.local_addr().unwrap());
    drop(listener);
    assert_eq!(get(&url(&address)).await, Err(FetchError::Connect));
}

// Setting up.

#[tokio::test]
async fn https_to_a_server_that_speaks_no_tls_fails_in_words() {
    let origin = Origin::start([page(FEED)]).await;
    let mut address = origin.url("/feed");
    address.set_scheme("https").unwrap();
    let error = get(&address).await.unwrap_err();
    // A machine without certificates does not get as far as the handshake.
    let has_none = std::env::var("SSL_CERT_FILE").is_ok_and(|file| file == NO_FILE);
    let kinds: &[_] = if has_none {
        &["no-certificates"]
    } else {
        &["tls", "no-certificates"]
    };
    assert!(kinds.contains(&error.kind()), "{error}");
}

#[tokio::test]
async fn a_client_that_trusts_nobody_reads_plain_http_and_explains_https() {
    let settings = settings(&["127.0.0.1/32"]);
    let guard = Guard::new(&settings.allow_networks);
    let mut client = Client::new(&settings, no_dice()).unwrap();
    client.transport = Transport::trusting(Trust::Nobody, &settings.user_agent, &guard).unwrap();
    let origin = Origin::start([page(FEED)]).await;
    let fetched = get_with(&client, &origin.url("/"), Validators::default()).await;
    assert_eq!(body_of(&fetched.unwrap()), FEED);
    let mut secure = origin.url("/");
    secure.set_scheme("https").unwrap();
    let refused = get_with(&client, &secure, Validators::default()).await;
    assert_eq!(refused, Err(FetchError::NoCertificates));
}

/// Shows C4.
#[test]
fn a_machine_without_certificates_and_with_a_proxy_variable_still_reads_plain_http() {
    // Variables cannot be set safely in a running process, so two tests from above run again in a new one.
    let output = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "fetch::tests::a_feed_comes_with_its_type_its_charset_and_its_validators",
            "fetch::tests::https_to_a_server_that_speaks_no_tls_fails_in_words",
        ])
        .env("SSL_CERT_FILE", NO_FILE)
        .env("SSL_CERT_DIR", NO_FILE)
        .env("HTTP_PROXY", "http://127.0.0.1:9")
        .env("http_proxy", "http://127.0.0.1:9")
        .env("ALL_PROXY", "http://127.0.0.1:9")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.contains("2 passed"), "{said}");
}

#[test]
fn a_user_agent_that_no_header_can_carry_is_refused() {
    for agent in ["", "two\nlines"] {
        let mut settings = settings(&[]);
        settings.user_agent = agent.to_owned();
        let refused = Client::new(&settings, no_dice()).map(|_| ());
        assert_eq!(refused, Err(SetupError::UserAgent));
    }
}

// Pace.

/// Shows A16.
#[tokio::test]
async fn only_addresses_that_are_let_in_may_be_asked_closer_than_a_second() {
    let client = client();
    let relaxed = client.gap_at(&url("http://127.0.0.1:8080/"));
    assert_eq!(
        (relaxed.between_starts, relaxed.at_once_max),
        (Duration::ZERO, 64)
    );
    for address in [
        "http://127.0.0.2/",
        "http://8.8.8.8/",
        "http://blog.example/",
        "http://[::1]/",
    ] {
        assert_eq!(client.gap_at(&url(address)), Gap::POLITE, "{address}");
    }
}

/// Shows A12.
#[tokio::test]
async fn after_a_429_nothing_more_is_sent_to_the_platform_and_the_pause_is_told_once() {
    let origin = Origin::start([reply(503, &[("Retry-After", "5")], b""), page(FEED)]).await;
    let client = client();
    let address = origin.url("/a");
    let throttled = get_with(&client, &address, Validators::default()).await;
    assert!(
        matches!(throttled, Ok(Fetched::Throttled { .. })),
        "{throttled:?}"
    );
    let paused = get_with(&client, &origin.url("/b"), Validators::default()).await;
    let Err(FetchError::Paused { wait }) = paused else {
        panic!("{paused:?}");
    };
    assert!(
        (59..=60).contains(&wait.as_mins()),
        "an hour at least: {wait}"
    );
    assert_eq!(origin.requests().len(), 1);
    let until = NOW + SignedDuration::from_hours(1);
    let platform = format!("127.0.0.1:{}", origin.port());
    let rest = Rest {
        platform: platform.clone(),
        until,
        throttled: 1,
    };
    assert_eq!(client.new_pauses(NOW), [rest]);
    assert_eq!(client.new_pauses(NOW), []);
    assert!(!client.lift_pause(&platform), "its host asked for it");
    let paused = get_with(&client, &origin.url("/b"), Validators::default()).await;
    assert!(
        matches!(paused, Err(FetchError::Paused { .. })),
        "{paused:?}"
    );
}

/// Checks how often in a row the platform that is asked has asked us to wait, which it had three times, after these answers.
async fn check_throttled(answers: [Vec<u8>; 2], throttled: u32) {
    let origin = Origin::start(answers).await;
    let client = client();
    let platform = format!("127.0.0.1:{}", origin.port());
    let before = Rest {
        platform: platform.clone(),
        until: NOW,
        throttled: 3,
    };
    client.resume_pause(&before, NOW);
    let _ = get_with(&client, &origin.url("/a"), Validators::default()).await;
    assert_eq!(origin.requests().len(), 2);
    let rests = client.new_pauses(NOW);
    let told: Vec<_> = rests
        .iter()
        .map(|rest| (&rest.platform, rest.throttled))
        .collect();
    assert_eq!(told, [(&platform, throttled)]);
}

/// Shows A11, A12.
#[tokio::test]
async fn a_platform_that_only_leads_on_has_answered_well_where_it_leads_to_a_good_answer() {
    let moved = || reply(302, &[("Location", "/b")], b"");
    check_throttled([moved(), page(FEED)], 0).await;
    check_throttled([moved(), empty(429)], 4).await;

    let elsewhere = Origin::start([page(FEED)]).await;
    let origin = Origin::start([redirect(301, elsewhere.url("/").as_str())]).await;
    let client = client();
    let platform = format!("127.0.0.1:{}", origin.port());
    let before = Rest {
        platform,
        until: NOW,
        throttled: 3,
    };
    client.resume_pause(&before, NOW);
    let fresh = get_with(&client, &origin.url("/a"), Validators::default()).await;
    assert!(matches!(fresh, Ok(Fetched::Fresh { .. })), "{fresh:?}");
    let after = Rest {
        throttled: 0,
        ..before
    };
    assert_eq!(client.new_pauses(NOW), [after]);
}

#[tokio::test]
async fn a_pause_that_was_our_mistake_is_lifted() {
    let origin = Origin::start([page(FEED)]).await;
    let client = client();
    let address = origin.url("/a");
    client.refused(&address);
    let paused = get_with(&client, &address, Validators::default()).await;
    assert!(
        matches!(paused, Err(FetchError::Paused { .. })),
        "{paused:?}"
    );
    assert!(client.lift_pause(&format!("127.0.0.1:{}", origin.port())));
    let fresh = get_with(&client, &address, Validators::default()).await;
    assert!(matches!(fresh, Ok(Fetched::Fresh { .. })), "{fresh:?}");
}

#[tokio::test]
async fn what_is_read_again_of_a_pause_that_was_our_mistake_does_not_make_it_the_hosts_word() {
    let origin = Origin::start([page(FEED)]).await;
    let client = client();
    client.refused(&origin.url("/a"));
    for rest in client.new_pauses(NOW) {
        client.resume_pause(&rest, NOW);
    }
    assert!(client.lift_pause(&format!("127.0.0.1:{}", origin.port())));
}

/// Shows A16, A17.
#[tokio::test]
async fn every_hop_waits_for_its_turn_and_waiting_does_not_count_as_time_of_the_blog() {
    let moved = reply(302, &[("Location", "/b")], b"");
    let origin = Origin::start([moved, page(FEED)]).await;
    let mut settings = settings(&["127.0.0.1/32"]);
    settings.timeout = Duration::from_millis(900);
    settings.gap = Gap {
        between_starts: Duration::from_secs(1),
        at_once_max: 1,
    };
    let client = Client::new(&settings, no_dice()).unwrap();
    let began = tokio::time::Instant::now();
    let fresh = get_with(&client, &origin.url("/a"), Validators::default()).await;
    assert!(matches!(fresh, Ok(Fetched::Fresh { .. })), "{fresh:?}");
    assert!(began.elapsed() >= Duration::from_secs(1));
}

// Words.

#[test]
fn an_error_is_one_sentence_with_a_cure() {
    let not_found = FetchError::Status(404).to_string();
    assert_eq!(
        not_found,
        "the blog answered 404 (not found): check the address in feeds.toml, or ask the blogger"
    );
    let large = FetchError::TooLarge {
        bytes_max: 10_000_000,
    };
    assert!(large.to_string().contains("larger than 10 MB"));
    let late = FetchError::Timeout {
        limit: Duration::from_secs(30),
    };
    assert!(late.to_string().contains("within 30 seconds"));
    for error in [
        large,
        late,
        FetchError::Refused,
        FetchError::Empty,
        FetchError::Dns,
    ] {
        let text = error.to_string();
        assert!(!text.contains('\n') && !text.ends_with('.'), "{text}");
        assert!(text.contains("ask the blogger"), "{text}");
    }
}

/// Shows A11, A12, A22.
#[tokio::test]
async fn a_protection_that_asks_to_wait_is_heeded_as_any_host_is() {
    let headers = [("cf-mitigated", "challenge"), ("Retry-After", "86400")];
    let origin = Origin::start([reply(503, &headers, b"")]).await;
    let client = client();
    let asked = get_with(&client, &origin.url("/a"), Validators::default()).await;
    assert_eq!(asked, Err(FetchError::Challenge));
    let until = NOW + SignedDuration::from_hours(24);
    let platform = format!("127.0.0.1:{}", origin.port());
    let rest = Rest {
        platform,
        until,
        throttled: 1,
    };
    assert_eq!(client.new_pauses(NOW), [rest]);
}
