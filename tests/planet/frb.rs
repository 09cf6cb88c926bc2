//! The Feed Reader Behavior list, code by code: what the real poller asks of a blog, and what it says of it.
//!
//! Each test bears the number of its code. What each code asks, in our words, stands in docs/politeness.md.

use std::collections::BTreeSet;

use thingplanet::model::Health;

use crate::harness::{Answer, Asked, BASE, Blogosphere, Feed, Folder, Planet, Running, ask, run};

const ETAG: &str = "W/\"a,b \\\"x\"";
const DATE: &str = "Wed, 20 Jul 2011 12:00:00 GMT";

fn ann() -> Feed {
    Feed::atom("ann").post("Thing 6: too many networks", "2011-07-20")
}

fn feed() -> Answer {
    Answer::feed(ann().xml())
}

/// Ann on the roster, whose blog gives these answers one after the other.
async fn ann_answers(script: impl IntoIterator<Item = Answer>) -> (Blogosphere, Planet) {
    let blogs = Blogosphere::start().await;
    blogs.answers("/ann/feed", script);
    let mut planet = Planet::start().await;
    planet.roster.poll.timeout_seconds = 1;
    planet.register("Ann", &blogs.url("/ann/feed")).await;
    (blogs, planet)
}

/// Polls so often, with so much time between that nothing is held back.
async fn poll(planet: &Planet, rounds: usize) {
    for _ in 0..rounds {
        planet.poll().await;
        planet.later(25);
    }
}

fn text(asked: &Asked, name: &str) -> Option<String> {
    let value = asked.header(name)?;
    Some(String::from_utf8(value.to_vec()).unwrap())
}

/// What Ann's feed was asked with, request by request: If-None-Match and If-Modified-Since.
fn conditions(blogs: &Blogosphere) -> Vec<(Option<String>, Option<String>)> {
    let asked = blogs.asked("/ann/feed");
    let both = |asked: &Asked| {
        (
            text(asked, "if-none-match"),
            text(asked, "if-modified-since"),
        )
    };
    asked.iter().map(both).collect()
}

fn sent(etag: &str, date: &str) -> (Option<String>, Option<String>) {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    (some(etag), some(date))
}

/// Checks with which conditions a script of answers is met.
async fn check(script: Vec<Answer>, expected: &[(&str, &str)]) {
    let (blogs, planet) = ann_answers(script).await;
    poll(&planet, expected.len()).await;
    let expected: Vec<_> = expected
        .iter()
        .map(|(etag, date)| sent(etag, date))
        .collect();
    assert_eq!(conditions(&blogs), expected);
}

// Conditional requests.

#[tokio::test]
async fn frb001_a_last_modified_is_kept_as_it_came() {
    let (_blogs, planet) = ann_answers([feed().last_modified(DATE)]).await;
    planet.poll().await;
    assert_eq!(
        planet.ask_database("SELECT last_modified FROM feed"),
        [DATE]
    );
}

#[tokio::test]
async fn frb002_a_last_modified_comes_back_as_if_modified_since() {
    check(
        vec![feed().last_modified(DATE)],
        &[("", ""), ("", DATE), ("", DATE)],
    )
    .await;
}

#[tokio::test]
async fn frb003_an_etag_is_kept_as_it_came() {
    let (_blogs, planet) = ann_answers([feed().etag(ETAG)]).await;
    planet.poll().await;
    assert_eq!(planet.ask_database("SELECT etag FROM feed"), [ETAG]);
}

#[tokio::test]
async fn frb004_an_etag_comes_back_as_if_none_match() {
    check(vec![feed().etag(ETAG)], &[("", ""), (ETAG, ""), (ETAG, "")]).await;
}

#[tokio::test]
async fn frb010_validators_are_remembered_from_one_poll_to_the_next() {
    let good = feed().etag(ETAG).last_modified(DATE);
    check(
        vec![good],
        &[
            ("", ""),
            (ETAG, DATE),
            (ETAG, DATE),
            (ETAG, DATE),
            (ETAG, DATE),
        ],
    )
    .await;
}

/// Shows A41.
#[tokio::test]
async fn frb011_validators_outlive_errors_a_month_and_a_restart() {
    let (blogs, mut planet) = ann_answers([
        feed().etag(ETAG).last_modified(DATE),
        Answer::status(500),
        Answer::never(),
        Answer::status(404),
        feed().etag(ETAG).last_modified(DATE),
    ])
    .await;
    poll(&planet, 3).await;
    planet.later(31 * 24);
    planet.restart().await;
    poll(&planet, 2).await;
    let known = sent(ETAG, DATE);
    let expected = [
        sent("", ""),
        known.clone(),
        known.clone(),
        known.clone(),
        known,
    ];
    assert_eq!(conditions(&blogs), expected);
    assert_eq!(
        planet.health("Ann").await,
        Health::Quiet {
            since: Some("2011-07-20T12:00:00Z".parse().unwrap())
        }
    );
}

#[tokio::test]
async fn frb012_no_date_is_made_up_mended_or_taken_from_elsewhere() {
    for odd in [
        "2024-05-01 10:00",
        "Thu, 1 Jan 1970 00:00:00 GMT",
        "yesterday",
    ] {
        check(vec![feed().last_modified(odd)], &[("", ""), ("", odd)]).await;
    }
    let dated = feed()
        .etag("\"1\"")
        .header("date", DATE)
        .header("expires", DATE);
    check(vec![dated], &[("", ""), ("\"1\"", "")]).await;
}

#[tokio::test]
async fn frb013_no_etag_is_made_up_unquoted_or_mended() {
    for odd in ["abc", "\"abc-gzip\"", "W/\"7\"", "\"a\", \"b\""] {
        check(vec![feed().etag(odd)], &[("", ""), (odd, "")]).await;
    }
    check(vec![feed().last_modified(DATE)], &[("", ""), ("", DATE)]).await;
    check(vec![feed()], &[("", ""), ("", "")]).await;
}

/// Shows A3, A41.
#[tokio::test]
async fn frb014_etag_and_date_are_one_set_and_never_mixed() {
    let more = ann().post("Thing 7: face to face", "2011-07-27").xml();
    check(
        vec![
            feed().etag("\"1\"").last_modified(DATE),
            Answer::feed(more.clone()).etag("\"2\""),
            feed().last_modified("later"),
            Answer::feed(more),
        ],
        &[
            ("", ""),
            ("\"1\"", DATE),
            ("\"2\"", ""),
            ("", "later"),
            ("", ""),
        ],
    )
    .await;
}

/// Shows A6, A41.
#[tokio::test]
async fn frb015_validators_survive_an_upgrade_but_for_one_request_of_a_better_parser() {
    let (blogs, mut planet) = ann_answers([feed().etag(ETAG).last_modified(DATE)]).await;
    poll(&planet, 1).await;
    planet.restart().await;
    poll(&planet, 1).await;
    planet.change_database("UPDATE feed SET parser = 0");
    planet.restart().await;
    assert_eq!(planet.ask_database("SELECT etag FROM feed"), [ETAG]);
    poll(&planet, 2).await;
    let known = sent(ETAG, DATE);
    assert_eq!(
        conditions(&blogs),
        [sent("", ""), known.clone(), sent("", ""), known]
    );
}

/// Shows A41.
#[tokio::test]
async fn frb016_validators_survive_being_told_to_slow_down() {
    let good = feed().etag(ETAG).last_modified(DATE);
    let script = vec![
        good.clone(),
        Answer::status(429).header("retry-after", "60"),
        Answer::status(503).etag("\"error\"").last_modified("never"),
        good,
    ];
    check(
        script,
        &[("", ""), (ETAG, DATE), (ETAG, DATE), (ETAG, DATE)],
    )
    .await;
}

// What is asked for, and how often.

/// A feed whose post, picture and sound lie on the same host, so that whoever asked for them would be seen.
fn tempting(blogs: &Blogosphere) -> String {
    let [post, picture, sound] =
        ["/ann/post", "/ann/picture.png", "/ann/sound.mp3"].map(|path| blogs.url(path));
    format!(
        "<rss version=\"2.0\"><channel><title>Ann</title><link>{}</link><image><url>{picture}</url></image>\
         <item><title>Thing 6</title><link>{post}</link><comments>{post}#comments</comments>\
         <enclosure url=\"{sound}\" length=\"9\" type=\"audio/mpeg\"/>\
         <description>&lt;img src=\"{picture}\"&gt; words</description></item></channel></rss>",
        blogs.url("/ann/")
    )
}

/// Every path that was asked for in three rounds of a blog that has much to offer.
async fn asked_of_a_tempting_blog(by_its_page: bool) -> Vec<String> {
    let blogs = Blogosphere::start().await;
    let page = "<html><head><link rel=icon href=/favicon.ico><link rel=stylesheet href=/style.css>\
                <link rel=alternate type='application/rss+xml' href=/ann/feed></head></html>";
    blogs.answers("/ann/", [Answer::page(page)]);
    blogs.answers("/ann/feed", [Answer::feed(tempting(&blogs))]);
    let mut planet = Planet::start().await;
    if by_its_page {
        planet.register_blog("Ann", &blogs.url("/ann/")).await;
    } else {
        planet.register("Ann", &blogs.url("/ann/feed")).await;
    }
    poll(&planet, 3).await;
    planet.words("/things/6").await;
    blogs
        .everything_asked()
        .into_iter()
        .map(|asked| asked.path)
        .collect()
}

/// Shows A17.
#[tokio::test]
async fn frb030_posts_are_read_in_the_feed_and_not_fetched_again_from_their_pages() {
    assert_eq!(asked_of_a_tempting_blog(false).await, ["/ann/feed"; 3]);
}

/// Shows A21.
#[tokio::test]
async fn frb031_no_other_address_is_asked_but_the_front_page_while_the_feed_is_unknown() {
    let asked = asked_of_a_tempting_blog(true).await;
    assert_eq!(asked, ["/ann/", "/ann/feed", "/ann/feed", "/ann/feed"]);
}

#[tokio::test]
async fn frb032_a_post_is_not_asked_for_however_often_it_is_edited() {
    let edited = |text: &str| Answer::feed(ann().saying(text).xml());
    let (blogs, planet) = ann_answers([edited("one"), edited("two"), edited("three")]).await;
    poll(&planet, 3).await;
    let asked = blogs.everything_asked();
    assert!(
        asked.iter().all(|asked| asked.path == "/ann/feed"),
        "{asked:?}"
    );
    assert_eq!(asked.len(), 3);
}

/// Shows A17.
#[tokio::test]
async fn frb036_adding_a_feed_is_a_single_request() {
    let (blogs, planet) = ann_answers([feed()]).await;
    assert_eq!(planet.poll().await.new, 1);
    planet.words("/status").await;
    assert_eq!(blogs.everything_asked().len(), 1);
}

/// A new feed, three polls, two redirects, a blog whose page is asked and one that breaks: every request of it.
async fn everything_asked() -> Vec<Asked> {
    let blogs = Blogosphere::on_hosts(2).await;
    let cookie = |answer: Answer| answer.header("set-cookie", "id=7; Path=/");
    let elsewhere = blogs.url_on(1, "/ann/new");
    blogs.answers(
        "/ann/feed?key=secret",
        [cookie(Answer::redirect(301, "/ann/old"))],
    );
    blogs.answers("/ann/old", [cookie(Answer::redirect(302, &elsewhere))]);
    blogs.answers("/ann/new", [cookie(feed().etag(ETAG).last_modified(DATE))]);
    let page =
        "<html><head><link rel=alternate type='application/atom+xml' href=/bob/feed></head></html>";
    blogs.answers("/bob/", [cookie(Answer::page(page))]);
    blogs.answers("/bob/feed", [cookie(Answer::feed(Feed::atom("bob").xml()))]);
    blogs.answers(
        "/cy/feed",
        [
            Answer::status(403),
            Answer::status(500),
            Answer::status(404),
        ],
    );
    let mut planet = Planet::start().await;
    planet
        .register("Ann", &blogs.url("/ann/feed?key=secret"))
        .await;
    planet.register_blog("Bob", &blogs.url("/bob/")).await;
    planet.register("Cy", &blogs.url("/cy/feed")).await;
    poll(&planet, 3).await;
    let asked = blogs.everything_asked();
    assert!(asked.len() > 12, "{asked:?}");
    asked
}

/// Shows A17.
#[tokio::test]
async fn frb050_every_request_is_a_get_without_a_body() {
    for asked in everything_asked().await {
        assert_eq!(asked.method, "GET", "{asked:?}");
        for name in [
            "content-length",
            "content-type",
            "transfer-encoding",
            "expect",
        ] {
            assert_eq!(asked.header(name), None, "{asked:?}");
        }
    }
}

/// Shows A17.
#[tokio::test]
async fn frb051_nobody_is_asked_with_head_first() {
    let asked = everything_asked().await;
    let heads = asked
        .iter()
        .filter(|asked| asked.method == "HEAD" || asked.method == "OPTIONS");
    assert_eq!(heads.count(), 0);
}

const COURSE: &str = "[course]\nname = \"Nine Things\"\n[poll]\nallow_networks = [\"127.0.0.0/8\"]\n\
                      [[thing]]\nnumber = 6\ntitle = \"Networks\"\n";

/// A folder whose roster has one participant with this feed.
fn with_feed(feed: &str) -> Folder {
    let folder = Folder::new();
    let person = format!("[[participant]]\nname = \"Ann\"\nfeed = \"{feed}\"\n");
    folder.write("feeds.toml", &format!("{COURSE}{person}"));
    folder
}

/// Shows C5.
#[tokio::test]
async fn frb060_an_address_that_is_none_is_refused_where_it_is_written() {
    for bad in [
        "ftp://a.example/",
        "https://",
        "http://a b.example/",
        "javascript:alert(1)",
        "http://me:pw@a.example/",
    ] {
        let folder = with_feed(bad);
        let ran = run(folder.path(), &["poll"]).await;
        assert_eq!(ran.code, Some(2), "{bad}: {ran:?}");
        let said = format!("{}{}", ran.stdout, ran.stderr);
        assert!(
            said.contains("`feed` ") && said.contains("feeds.toml:10:"),
            "{bad}: {said}"
        );
    }
}

#[tokio::test]
async fn frb061_an_address_is_not_guessed_at_but_asked_back() {
    let blogs = Blogosphere::start().await;
    let host = blogs.url("/feed").replace("http://", "");
    let folder = with_feed(&host);
    let ran = run(folder.path(), &["poll"]).await;
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(blogs.everything_asked().is_empty());

    blogs.answers("/feed", [Answer::status(404)]);
    let folder = with_feed(&blogs.url("/feed"));
    run(folder.path(), &["poll"]).await;
    let asked: Vec<_> = blogs
        .everything_asked()
        .into_iter()
        .map(|asked| asked.path)
        .collect();
    assert_eq!(
        asked,
        ["/feed"],
        "nor are /rss, /atom.xml and the front page tried"
    );
}

#[tokio::test]
async fn frb062_nothing_is_added_to_an_address() {
    let paths: BTreeSet<String> = everything_asked()
        .await
        .into_iter()
        .map(|asked| asked.path)
        .collect();
    let known = [
        "/ann/feed?key=secret",
        "/ann/new",
        "/ann/old",
        "/bob/",
        "/bob/feed",
        "/cy/feed",
    ];
    assert_eq!(paths.iter().map(String::as_str).collect::<Vec<_>>(), known);
}

/// Shows A17.
#[tokio::test]
async fn frb063_cookies_are_not_sent_back() {
    for asked in everything_asked().await {
        assert_eq!(asked.header("cookie"), None, "{asked:?}");
        assert_eq!(asked.header("authorization"), None, "{asked:?}");
    }
}

/// Shows A17.
#[tokio::test]
async fn frb064_no_cache_on_the_way_is_told_to_step_aside() {
    for asked in everything_asked().await {
        for name in [
            "cache-control",
            "pragma",
            "upgrade",
            "upgrade-insecure-requests",
        ] {
            assert_eq!(asked.header(name), None, "{asked:?}");
        }
    }
}

/// Shows A17.
#[tokio::test]
async fn frb065_nobody_learns_where_we_came_from() {
    for asked in everything_asked().await {
        for name in ["referer", "origin", "from", "via", "x-forwarded-for"] {
            assert_eq!(asked.header(name), None, "{asked:?}");
        }
    }
}

#[tokio::test]
async fn frb066_a_query_is_asked_as_it_is_written() {
    let path = "/feed?b=2&a=1&&c=%7Etilde+x&B=&d=%2f";
    let blogs = Blogosphere::start().await;
    blogs.answers(path, [feed()]);
    let mut planet = Planet::start().await;
    planet.register("Ann", &blogs.url(path)).await;
    poll(&planet, 2).await;
    assert_eq!(blogs.asked(path).len(), 2);
    assert_eq!(blogs.everything_asked().len(), 2);
}

// Who we are.

/// The User-Agent of the real command, and what the real server says at the address in it.
struct Agent {
    name: String,
    about: String,
    all: BTreeSet<String>,
}

impl Agent {
    async fn met() -> Self {
        let blogs = Blogosphere::start().await;
        blogs.answers("/old", [Answer::redirect(302, "/feed")]);
        blogs.answers("/feed", [feed()]);
        let folder = with_feed(&blogs.url("/old"));
        let planet = "[planet]\nbase_url = \"https://planet.example.org\"\ncontact = \"mailto:olive@example.org\"\n";
        let roster = std::fs::read_to_string(folder.file("feeds.toml")).unwrap();
        folder.write("feeds.toml", &format!("{planet}{roster}"));
        for _ in 0..2 {
            let ran = run(folder.path(), &["poll"]).await;
            assert_eq!(ran.code, Some(0), "{ran:?}");
        }
        let running = Running::start(folder.path(), &["serve", "--listen", "127.0.0.1:0"]).await;
        let answered = ask(running.address, "GET", "/about", &[]).await.unwrap();
        assert_eq!(answered.status, 200);
        let about = answered.text().to_owned();
        running.terminate().await;
        let asked = blogs.everything_asked();
        let all: BTreeSet<String> = asked
            .iter()
            .map(|asked| text(asked, "user-agent").unwrap())
            .collect();
        Self {
            name: all.first().unwrap().clone(),
            about,
            all,
        }
    }
}

/// Shows A17.
#[tokio::test]
async fn frb080_every_request_says_which_program_asks() {
    for asked in everything_asked().await {
        let agent = text(&asked, "user-agent").unwrap();
        assert!(agent.starts_with("thingplanet/"), "{agent}");
    }
}

/// Shows A18.
#[tokio::test]
async fn frb081_the_name_leads_to_a_page_that_says_whom_to_ask_and_how_to_opt_out() {
    let agent = Agent::met().await;
    assert!(
        agent
            .name
            .contains("(+https://planet.example.org/about; olive@example.org)"),
        "{}",
        agent.name
    );
    for word in [
        "opt out",
        "mailto:olive@example.org",
        "asked no more",
        "thingplanet/",
    ] {
        assert!(agent.about.contains(word), "{word}: {}", agent.about);
    }
}

#[tokio::test]
async fn frb082_the_name_has_a_version() {
    let agent = Agent::met().await;
    let (version, _) = agent
        .name
        .strip_prefix("thingplanet/")
        .unwrap()
        .split_once(' ')
        .unwrap();
    assert!(version.split('.').count() == 3, "{version}");
}

#[tokio::test]
async fn frb083_the_version_is_that_of_the_program_that_runs() {
    let agent = Agent::met().await;
    let version = format!("thingplanet/{} ", env!("CARGO_PKG_VERSION"));
    assert!(agent.name.starts_with(&version), "{}", agent.name);
}

/// What other programs call themselves, or are made of.
async fn check_is_none_of(others: &[&str]) {
    let agent = Agent::met().await.name.to_lowercase();
    for other in others {
        assert!(!agent.contains(other), "{agent}");
    }
}

#[tokio::test]
async fn frb084_we_claim_to_be_nobody_else() {
    check_is_none_of(&[
        "compatible",
        "like ",
        "googlebot",
        "feedfetcher",
        "feedly",
        "bingbot",
    ])
    .await;
}

#[tokio::test]
async fn frb085_we_claim_to_be_no_browser() {
    check_is_none_of(&[
        "chrome",
        "safari",
        "firefox",
        "gecko",
        "applewebkit",
        "edge",
        "opera",
    ])
    .await;
}

#[tokio::test]
async fn frb086_we_do_not_go_by_the_name_of_a_library() {
    check_is_none_of(&["reqwest", "hyper", "rust", "curl", "http-client", "feed-rs"]).await;
}

#[tokio::test]
async fn frb087_the_name_stays_the_same_from_request_to_request() {
    assert_eq!(Agent::met().await.all.len(), 1);
    let agents = everything_asked().await;
    let agents: BTreeSet<_> = agents
        .iter()
        .map(|asked| text(asked, "user-agent"))
        .collect();
    assert_eq!(agents.len(), 1);
}

#[tokio::test]
async fn frb088_no_request_says_for_whom_it_is() {
    for asked in everything_asked().await {
        let mut names: Vec<&str> = asked
            .headers
            .keys()
            .map(axum::http::HeaderName::as_str)
            .collect();
        names.retain(|name| !["if-none-match", "if-modified-since", "a-im"].contains(name));
        names.sort_unstable();
        assert_eq!(names, ["accept", "accept-encoding", "host", "user-agent"]);
        let agent = text(&asked, "user-agent").unwrap();
        assert_eq!(agent, format!("thingplanet/test (+{BASE}/about)"));
    }
}

#[tokio::test]
async fn frb089_we_are_no_mozilla() {
    check_is_none_of(&["mozilla"]).await;
}

#[tokio::test]
async fn frb090_the_address_in_the_name_is_a_page_of_ours() {
    let agent = Agent::met().await;
    let url = agent.name.split(['+', ';']).nth(1).unwrap();
    assert_eq!(url, "https://planet.example.org/about");
    assert!(
        agent.about.contains(&agent.name),
        "the page says the very name: {}",
        agent.about
    );
}

// Addresses, and what is behind them.

#[tokio::test]
async fn frb100_an_address_without_a_feed_is_told_by_its_first_poll() {
    let blogs = Blogosphere::start().await;
    blogs.answers(
        "/page",
        [Answer::page("<html><head><title>x</title></head></html>")],
    );
    for (path, words) in [("/nothing", "404"), ("/page", "web page")] {
        let address = blogs.url(path);
        let folder = with_feed(&address);
        let ran = run(folder.path(), &["poll"]).await;
        assert_eq!(ran.code, Some(1), "{ran:?}");
        let (_, told) = ran.stdout.split_once(&address).unwrap();
        assert!(
            told.contains(words) && told.contains("feeds.toml"),
            "{ran:?}"
        );
    }
}

/// Shows C6.
#[tokio::test]
async fn frb101_of_a_failure_the_title_of_the_page_is_told_and_nothing_else_that_stands_there() {
    let blogs = Blogosphere::start().await;
    let page = "<html><head><title>My kitchen</title></head><body>token 12345</body></html>";
    blogs.answers("/ann/", [Answer::page(page)]);
    blogs.answers("/bob/feed", [Answer::status(500)]);
    let mut planet = Planet::start().await;
    planet.register_blog("Ann", &blogs.url("/ann/")).await;
    planet.register("Bob", &blogs.url("/bob/feed")).await;
    poll(&planet, 1).await;
    assert!(planet.cause("Ann").await.contains("My kitchen"));
    let status = planet.words("/status").await;
    assert!(
        !status.contains("12345") && !status.contains("so it is"),
        "{status}"
    );
}

#[tokio::test]
async fn frb102_what_is_no_feed_is_recognised_and_said_so() {
    for (body, words) in [
        (
            "<!DOCTYPE html><html><head><title>x</title></head></html>",
            "web page",
        ),
        ("{\"error\": \"not found\"}", "not a feed"),
        ("\u{89}PNG\r\n\u{1a}\n", "not a feed"),
        ("once upon a time", "not a feed"),
        ("<opml version=\"2.0\"><body/></opml>", "not a feed"),
        (" \n", "nothing"),
    ] {
        let (_blogs, planet) = ann_answers([Answer::feed(body)]).await;
        assert_eq!(planet.poll().await.failed.len(), 1, "{body}");
        let cause = planet.cause("Ann").await;
        assert!(cause.contains(words), "{body}: {cause}");
    }
}

#[tokio::test]
async fn frb103_a_blogs_page_is_asked_where_its_feed_is() {
    let asked = asked_of_a_tempting_blog(true).await;
    assert_eq!(asked[..2], ["/ann/", "/ann/feed"]);
}

#[tokio::test]
async fn frb105_no_icon_no_robots_txt_and_nothing_else_is_guessed_at() {
    let mut asked = asked_of_a_tempting_blog(true).await;
    asked.retain(|path| path != "/ann/" && path != "/ann/feed");
    assert_eq!(asked, [""; 0]);
}

/// Shows A17.
#[tokio::test]
async fn frb106_an_address_is_told_to_nobody_but_its_host() {
    for asked in everything_asked().await {
        if asked.path.starts_with("/ann/feed") {
            continue;
        }
        let leaked = asked
            .headers
            .values()
            .any(|value| String::from_utf8_lossy(value.as_bytes()).contains("secret"));
        assert!(!leaked && !asked.path.contains("secret"), "{asked:?}");
    }
}

#[tokio::test]
async fn frb120_what_is_wrong_is_told_in_words_and_with_what_to_do() {
    let blogs = Blogosphere::start().await;
    let mut planet = Planet::start().await;
    let broken = [
        ("Ann", Answer::status(403)),
        ("Bob", Answer::status(404)),
        ("Cy", Answer::status(500)),
        ("Dee", Answer::redirect(302, "")),
        ("Eve", Answer::feed("<rss>")),
        (
            "Fay",
            Answer::status(403).header("cf-mitigated", "challenge"),
        ),
    ];
    for (name, answer) in broken.clone() {
        blogs.answers(&format!("/{name}"), [answer]);
        planet.register(name, &blogs.url(&format!("/{name}"))).await;
    }
    planet.poll().await;
    let status = planet.words("/status").await;
    for (name, _) in broken {
        let cause = planet.cause(name).await;
        assert!(status.contains(&cause), "{name}: {cause}: {status}");
        assert!(
            cause.contains("ask the blogger") || cause.contains("feeds.toml"),
            "{cause}"
        );
    }
    assert!(status.contains("blocked by bot protection"), "{status}");
}

// Moving.

/// A feed that sends us elsewhere for now is asked at its own address again the next time.
async fn check_is_asked_at_home(status: u16) {
    let blogs = Blogosphere::start().await;
    blogs.answers("/ann/feed", [Answer::redirect(status, "/away")]);
    blogs.answers("/away", [feed().etag(ETAG)]);
    let mut planet = Planet::start().await;
    planet.register("Ann", &blogs.url("/ann/feed")).await;
    poll(&planet, 3).await;
    assert_eq!(blogs.asked("/ann/feed").len(), 3);
    assert_eq!(blogs.asked("/away").len(), 3);
}

#[tokio::test]
async fn frb133_a_302_is_followed_for_this_once() {
    check_is_asked_at_home(302).await;
}

#[tokio::test]
async fn frb134_a_307_is_followed_for_this_once() {
    check_is_asked_at_home(307).await;
}

#[tokio::test]
async fn frb135_a_feed_that_is_away_for_now_is_well_and_no_news() {
    let blogs = Blogosphere::start().await;
    blogs.answers("/ann/feed", [Answer::redirect(302, "/away")]);
    blogs.answers("/away", [feed()]);
    let mut planet = Planet::start().await;
    planet.register("Ann", &blogs.url("/ann/feed")).await;
    let summary = planet.poll().await;
    assert!(
        summary.failed.is_empty() && summary.remarked.is_empty(),
        "{summary:?}"
    );
    assert_eq!(planet.health("Ann").await, Health::Ok);
}

#[tokio::test]
async fn frb136_a_secure_connection_that_fails_is_said_to_be_one() {
    let blogs = Blogosphere::start().await;
    let mut planet = Planet::start().await;
    let secure = blogs.url("/ann/feed").replace("http:", "https:");
    planet.register("Ann", &secure).await;
    planet.poll().await;
    let cause = planet.cause("Ann").await;
    // A machine without a list of certificates does not get as far as the handshake, and says so.
    assert!(
        cause.contains("secure connection") || cause.contains("certificates"),
        "{cause}"
    );
}

#[tokio::test]
async fn frb137_two_feeds_that_became_one_are_told_and_nothing_comes_twice() {
    let blogs = Blogosphere::start().await;
    blogs.answers("/ann/feed", [feed()]);
    blogs.answers("/bob/feed", [Answer::redirect(302, "/ann/feed")]);
    let mut planet = Planet::start().await;
    planet.register("Ann", &blogs.url("/ann/feed")).await;
    planet.register("Bob", &blogs.url("/bob/feed")).await;
    poll(&planet, 2).await;
    assert_eq!(planet.feed("/feed.atom").await.entries.len(), 1);
    assert!(
        planet
            .cause("Bob")
            .await
            .contains("this is the feed of Ann")
    );
}
