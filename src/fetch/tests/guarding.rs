//! The guard where it matters: whatever an address looks like, nobody is connected who must not be.

use std::net::{IpAddr, TcpListener};
use std::sync::atomic::{AtomicUsize, Ordering};

use super::origin::{Origin, page};
use super::{FEED, assert_nobody_came, body_of, get_with, no_dice, redirect, settings, url};
use crate::fetch::guard::Guard;
use crate::fetch::{Client, FetchError, Network};
use crate::model::Validators;

/// Hosts that lead into private, special or local networks, each as somebody might write it.
const PRIVATE: [&str; 53] = [
    "127.0.0.1",
    "127.1.2.3",
    "0.0.0.0",
    "0",
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "0177.0.0.1",
    "017700000001",
    "127.1",
    "127.0.0.1.",
    "①②⑦.⓪.⓪.①",
    "localhost",
    "localhost.",
    "LOCALHOST",
    "foo.localhost",
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.0.1",
    "169.254.169.254",
    "169.254.170.2",
    "100.100.100.200",
    "100.64.0.1",
    "192.0.0.8",
    "192.0.0.170",
    "192.0.2.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.2.3.4",
    "239.255.255.254",
    "240.0.0.1",
    "255.255.255.255",
    "[::]",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:a9fe:a9fe]",
    "[::7f00:1]",
    "[::a9fe:a9fe]",
    "[64:ff9b::a9fe:a9fe]",
    "[64:ff9b:1::a00:1]",
    "[2002:a9fe:a9fe::]",
    "[2002:a00:1::]",
    "[2001:0:4136:e378:8000:63bf:f5ff:fffe]",
    "[fc00::1]",
    "[fd00:ec2::254]",
    "[fe80::1]",
    "[fec0::1]",
    "[ff02::1]",
    "[2001:db8::1]",
    "public@127.0.0.1",
    "public@[::1]",
];

/// Names whose addresses the DNS gives away to anybody who asks.
const NAMES: [(&str, &str); 4] = [
    ("127.0.0.1.nip.io", "127.0.0.1"),
    ("169.254.169.254.sslip.io", "169.254.169.254"),
    ("metadata.google.internal", "169.254.169.254"),
    ("six.example", "::1"),
];

fn told(name: &str) -> Vec<IpAddr> {
    let known = NAMES
        .iter()
        .find(|(known, _)| *known == name.trim_end_matches('.'));
    known.iter().map(|(_, ip)| ip.parse().unwrap()).collect()
}

/// A client that may ask these networks, and believes `lookup` about names.
fn client<F>(allow: &[&str], lookup: F) -> Client
where
    F: Fn(&str) -> Vec<IpAddr> + Send + Sync + 'static,
{
    let settings = settings(allow);
    let guard = Guard::told_by(&settings.allow_networks, lookup);
    Client::guarded(&settings, guard, no_dice()).unwrap()
}

async fn check(client: &Client, address: &str, expected: FetchError) {
    let answer = get_with(client, &url(address), Validators::default()).await;
    assert_eq!(answer, Err(expected), "{address}");
}

/// Listens on every address of this machine, in IPv6 too where there is any.
fn everywhere() -> TcpListener {
    TcpListener::bind("[::]:0").unwrap_or_else(|_| TcpListener::bind("0.0.0.0:0").unwrap())
}

/// Shows C1, C2, C3.
#[tokio::test]
async fn every_address_of_the_list_is_refused_before_a_connection() {
    let listener = everywhere();
    let port = listener.local_addr().unwrap().port();
    let stern = client(&[], told);
    for host in PRIVATE.into_iter().chain(NAMES.map(|(name, _)| name)) {
        for address in [
            format!("http://{host}:{port}/"),
            format!("http://{host}/"),
            format!("https://{host}/"),
        ] {
            check(&stern, &address, FetchError::Refused).await;
        }
    }
    for trick in [
        format!("http://127.0.0.1:{port}#@public/"),
        format!("http://127.0.0.1:{port}\\@public/"),
        "http://[::1]:80/".to_owned(),
    ] {
        check(&stern, &trick, FetchError::Refused).await;
    }
    assert_nobody_came(&listener);
}

/// Shows C1, C4.
#[tokio::test]
async fn a_redirect_to_any_address_of_the_list_is_refused_before_a_connection() {
    let listener = everywhere();
    let port = listener.local_addr().unwrap().port();
    let client = client(&["127.0.0.9/32"], told);
    for host in PRIVATE.into_iter().chain(NAMES.map(|(name, _)| name)) {
        let target = redirect(302, &format!("http://{host}:{port}/"));
        let origin = Origin::start_on([127, 0, 0, 9], [redirect(301, "/2"), target]).await;
        check(&client, origin.url("/").as_str(), FetchError::Refused).await;
        assert_eq!(origin.requests().len(), 2, "{host}");
    }
    assert_nobody_came(&listener);
}

/// Shows C2.
#[tokio::test]
async fn a_backslash_before_an_at_sign_ends_the_host_for_the_guard_and_the_connection_alike() {
    let private = TcpListener::bind("127.0.0.2:0").unwrap();
    let hidden = private.local_addr().unwrap();
    let origin = Origin::start_on([127, 0, 0, 9], [page(FEED)]).await;
    let client = client(&["127.0.0.9/32"], |_| vec!["127.0.0.9".parse().unwrap()]);
    let address = format!("http://public.example:{}\\@{hidden}/", origin.port());
    let fetched = get_with(&client, &url(&address), Validators::default()).await;
    assert_eq!(body_of(&fetched.unwrap()), FEED);
    assert_eq!(
        origin.requests()[0].line,
        format!("GET /@{hidden}/ HTTP/1.1")
    );
    assert_nobody_came(&private);
}

/// Shows C1.
#[tokio::test]
async fn the_neighbours_of_the_list_pass_the_guard() {
    let guard = Guard::told_by(&[], |name| {
        vec![
            name.trim_end_matches(".example")
                .replace('-', ".")
                .parse()
                .unwrap(),
        ]
    });
    for host in [
        "172.15.255.255",
        "172.32.0.1",
        "169.253.255.255",
        "11.0.0.1",
        "100.63.255.255",
        "100.128.0.1",
        "[2606:4700:4700::1111]",
        "[::ffff:8.8.8.8]",
    ] {
        // Nothing is sent: the guard is asked, and nobody else.
        let address = url(&format!("http://{host}/"));
        assert_eq!(guard.admit(&address).await, Ok(()), "{host}");
    }
    for name in ["100-128-0-1.example", "11-0-0-1.example"] {
        assert_eq!(
            guard.admit(&url(&format!("http://{name}/"))).await,
            Ok(()),
            "{name}"
        );
        assert!(guard.looked_up(name).await.is_ok(), "{name}");
    }
}

/// Shows C3.
#[tokio::test]
async fn a_name_that_turns_private_between_check_and_connection_is_not_connected() {
    let origin = Origin::start_on([127, 0, 0, 9], [page(FEED), page(FEED)]).await;
    let private = TcpListener::bind(("127.0.0.2", origin.port())).unwrap();
    let address = format!("http://flips.example:{}/", origin.port());
    // Each request asks three times: the check, whose turn it is, and then the connection.
    for good_answers in [3, 2, 1, 0] {
        let asked = AtomicUsize::new(0);
        let flips = move |_: &str| {
            let good = asked.fetch_add(1, Ordering::SeqCst) < good_answers;
            vec![
                if good { "127.0.0.9" } else { "127.0.0.2" }
                    .parse()
                    .unwrap(),
            ]
        };
        let client = client(&["127.0.0.9/32"], flips);
        if good_answers == 3 {
            let fetched = get_with(&client, &url(&address), Validators::default()).await;
            assert_eq!(body_of(&fetched.unwrap()), FEED);
        }
        check(&client, &address, FetchError::Refused).await;
    }
    assert_nobody_came(&private);
}

/// Shows C3.
#[tokio::test]
async fn of_a_mixed_answer_only_the_good_part_is_connected() {
    let origin = Origin::start_on([127, 0, 0, 9], [page(FEED)]).await;
    let private = TcpListener::bind(("127.0.0.2", origin.port())).unwrap();
    let mixed = |_: &str| {
        ["127.0.0.2", "::1", "127.0.0.9"]
            .map(|ip| ip.parse().unwrap())
            .to_vec()
    };
    let address = format!("http://mixed.example:{}/", origin.port());
    let fetched = get_with(
        &client(&["127.0.0.9/32"], mixed),
        &url(&address),
        Validators::default(),
    )
    .await;
    assert_eq!(body_of(&fetched.unwrap()), FEED);
    assert_nobody_came(&private);
    let nowhere = client(&[], |_| Vec::new());
    check(&nowhere, "http://nobody.example/", FetchError::Dns).await;
}

/// Shows C1.
#[test]
fn a_network_that_is_let_in_is_written_out_and_nothing_else_comes_with_it() {
    let networks: Vec<Network> = settings(&["127.0.0.9/32"]).allow_networks;
    for (ip, passes) in [
        ("127.0.0.9", true),
        ("127.0.0.8", false),
        ("127.0.0.10", false),
    ] {
        assert_eq!(
            crate::fetch::allowed(ip.parse().unwrap(), &networks),
            passes,
            "{ip}"
        );
    }
}
