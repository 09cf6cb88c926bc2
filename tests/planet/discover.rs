//! Finding a blog's feed: what is asked, what is told, and what is never guessed.

use serde_json::Value;

use crate::harness::{Answer, Blogosphere, Feed, Folder, Planet, Ran, run};

const COURSE: &str = "[course]\nname = \"Nine Things\"\nnames = [\"cpd23\"]\n[poll]\nallow_networks = [\"127.0.0.0/8\"]\n\
                      [[thing]]\nnumber = 6\ntitle = \"Online networks\"\n";

const PAGE: &str = "<!DOCTYPE html><html><head><title>Ann writes</title><meta name=generator content='WordPress 6.4'>\
    <link rel=icon href=/favicon.ico><script src=/wp-includes/a.js></script>\
    <link rel=alternate type=application/rss+xml title='Ann &raquo; Feed' href=/feed/>\
    <link rel=alternate type=application/rss+xml title='Ann &raquo; Comments Feed' href=/comments/feed/>\
    </head><body><img src=/cat.jpg><a href=/tag/cpd23/>cpd23</a></body></html>";

fn ann() -> Feed {
    Feed::atom("ann").post("Thing 6", "2011-07-20")
}

/// A blog whose front page is this, and a folder with a course for it.
async fn blog(page: Answer) -> (Blogosphere, Folder) {
    let blogs = Blogosphere::start().await;
    blogs.answers("/", [page]);
    blogs.serves("/feed/", &ann());
    let folder = Folder::new();
    folder.write("feeds.toml", COURSE);
    (blogs, folder)
}

async fn discover(folder: &Folder, url: &str) -> Ran {
    run(folder.path(), &["discover", url]).await
}

fn paths(blogs: &Blogosphere) -> Vec<String> {
    let asked = blogs.everything_asked().into_iter();
    asked.map(|asked| asked.path).collect()
}

#[tokio::test]
async fn discover_prints_the_line_for_feeds_toml() {
    let (blogs, folder) = blog(Answer::page(PAGE)).await;
    let ran = discover(&folder, &blogs.url("/")).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let line = format!("feed = \"{}\"", blogs.url("/feed/"));
    assert!(ran.stdout.contains(&line), "{ran:?}");
    let label = format!("feed = \"{}\"", blogs.url("/tag/cpd23/feed/"));
    assert!(ran.stdout.contains(&label), "{ran:?}");
    assert!(ran.stdout.contains("on WordPress"), "{ran:?}");

    // And the line is one that feeds.toml takes.
    let participant = format!("{COURSE}[[participant]]\nname = \"Ann\"\n{line}\n");
    folder.write("feeds.toml", &participant);
    let checked = run(folder.path(), &["check"]).await;
    assert_eq!(checked.code, Some(0), "{checked:?}");
}

#[tokio::test]
async fn discover_tells_programs_the_same_in_json() {
    let (blogs, folder) = blog(Answer::page(PAGE)).await;
    let url = blogs.url("/");
    let ran = run(folder.path(), &["discover", "--json", &url]).await;
    let told: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(told["found"], "blog");
    assert_eq!(told["feed"]["url"], blogs.url("/feed/"));
    assert_eq!(told["feed"]["source"], "announced");
    assert_eq!(told["comments"][0]["url"], blogs.url("/comments/feed/"));
    assert_eq!(told["participant"], Value::Null);
}

#[tokio::test]
async fn discover_needs_no_course_yet() {
    // Without feeds.toml no private network is allowed, so that loopback itself is refused.
    let (blogs, _) = blog(Answer::page(PAGE)).await;
    let empty = Folder::new();
    let ran = discover(&empty, &blogs.url("/")).await;
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.stdout.contains("private network"), "{ran:?}");
    assert_eq!(paths(&blogs), [""; 0]);
}

/// Shows A11, A12, A43.
#[tokio::test]
async fn a_host_that_asked_the_poller_to_wait_is_not_asked_by_discover_either() {
    let (blogs, folder) = blog(Answer::page(PAGE)).await;
    blogs.answers(
        "/feed/",
        [Answer::status(429).header("retry-after", "7200")],
    );
    let feed = blogs.url("/feed/");
    let course = COURSE.replace("[poll]", "timezone = \"Asia/Kolkata\"\n[poll]");
    let participant = format!("{course}[[participant]]\nname = \"Ann\"\nfeed = \"{feed}\"\n");
    folder.write("feeds.toml", &participant);
    let polled = run(folder.path(), &["poll"]).await;
    let until = polled.stdout.split("the first of them until ").nth(1);
    let until = until.and_then(|until| until.lines().next()).unwrap();
    assert!(until.ends_with(" IST"), "where the course is: {polled:?}");
    let asked = blogs.everything_asked().len();
    let ran = discover(&folder, &blogs.url("/")).await;
    assert_eq!(ran.code, Some(1), "{ran:?}");
    let said = ran.stdout.split("is left alone until ").nth(1);
    let said = said.and_then(|said| said.split(':').nth(1)).unwrap();
    assert!(said.ends_with(" IST"), "{ran:?}");
    assert_eq!(blogs.everything_asked().len(), asked, "nobody was asked");
}

#[tokio::test]
async fn the_three_failures_are_told_apart_and_each_says_what_to_do() {
    let locked = "<!DOCTYPE html><html><title>Ann</title><form><input type=password></form></html>";
    for (answer, word, cure) in [
        (
            Answer::status(500),
            "cannot be read",
            "if it lasts, ask the blogger",
        ),
        (
            Answer::status(410),
            "cannot be read",
            "ask the blogger whether the blog has moved",
        ),
        (
            Answer::status(429),
            "cannot be read",
            "try again after that",
        ),
        (
            Answer::status(401),
            "is private",
            "ask the blogger to open it",
        ),
        (
            Answer::status(403),
            "is private",
            "ask the blogger to open it",
        ),
        (
            Answer::page(locked),
            "is private",
            "ask the blogger to open it",
        ),
        (
            Answer::page("<!DOCTYPE html><html><title>Ann</title></html>"),
            "has no feed",
            "ask the blogger for the feed's address",
        ),
    ] {
        let (blogs, folder) = blog(answer).await;
        let ran = discover(&folder, &blogs.url("/")).await;
        assert_eq!(ran.code, Some(1), "{ran:?}");
        assert!(
            ran.stdout.contains(word) && ran.stdout.contains(cure),
            "{ran:?}"
        );
        assert_eq!(paths(&blogs), ["/"], "one page is asked");
    }
}

/// Shows A17.
#[tokio::test]
async fn frb036_adding_a_blog_takes_one_request_and_its_feed_one_more() {
    let (blogs, folder) = blog(Answer::page(PAGE)).await;
    discover(&folder, &blogs.url("/")).await;
    assert_eq!(paths(&blogs), ["/"]);

    let (blogs, _) = blog(Answer::page(PAGE)).await;
    let mut planet = Planet::start().await;
    planet.register_blog("Ann", &blogs.url("/")).await;
    assert_eq!(planet.poll().await.new, 1);
    assert_eq!(paths(&blogs), ["/", "/feed/"]);
    planet.register("Bob", &blogs.url("/bob")).await;
    planet.poll().await;
    assert_eq!(
        blogs.asked("/bob").len(),
        1,
        "a feed that is named is one request"
    );
}

#[tokio::test]
async fn frb060_an_address_is_checked_before_anything_is_asked() {
    let folder = Folder::new();
    for (address, cure) in [
        ("ann.example", "write https://ann.example"),
        ("file:///etc/passwd", "copy the address"),
        (
            "https://ann:secret@ann.example/",
            "not a place for passwords",
        ),
        ("https://ann example/", "take the space out"),
    ] {
        let ran = discover(&folder, address).await;
        assert_eq!(ran.code, Some(2), "{ran:?}");
        assert!(ran.stderr.contains(cure), "{address}: {ran:?}");
    }
}

/// The one request for a feed whose page sets a cookie and names it with an odd query.
async fn feed_request(header: &str) -> (String, Option<Vec<u8>>) {
    let odd = "/feed/?b=2&a=%7e&a=1&&utm_source=x";
    let page = format!("<html><link rel=alternate type=application/atom+xml href='{odd}'></html>");
    let (blogs, _) = blog(Answer::page(&page).header("set-cookie", "seen=1; Path=/")).await;
    blogs.serves(odd, &ann());
    let mut planet = Planet::start().await;
    planet.register_blog("Ann", &blogs.url("/")).await;
    assert_eq!(planet.poll().await.failed, []);
    planet.poll().await;
    let asked = blogs.everything_asked().pop().unwrap();
    let value = asked.header(header).map(<[u8]>::to_vec);
    (asked.path, value)
}

const ODD: &str = "/feed/?b=2&a=%7e&a=1&&utm_source=x";

/// Shows A17.
#[tokio::test]
async fn frb062_nothing_is_added_to_an_address() {
    assert_eq!(feed_request("x").await.0, ODD);
}

/// Shows A17.
#[tokio::test]
async fn frb063_no_cookie_comes_back() {
    assert_eq!(feed_request("cookie").await.1, None);
}

/// Shows A17.
#[tokio::test]
async fn frb064_nothing_tries_to_get_past_a_cache() {
    for header in ["pragma", "cache-control"] {
        let (path, value) = feed_request(header).await;
        assert_eq!((path.as_str(), value), (ODD, None));
    }
}

/// Shows A17.
#[tokio::test]
async fn frb065_no_feed_hears_which_page_named_it() {
    assert_eq!(feed_request("referer").await.1, None);
}

/// Shows A17.
#[tokio::test]
async fn frb066_a_query_is_sent_as_the_page_wrote_it() {
    let (path, _) = feed_request("x").await;
    assert_eq!(path, ODD, "neither sorted nor cleaned nor re-encoded");
}

#[tokio::test]
async fn frb100_an_address_that_leads_nowhere_is_not_offered() {
    let (blogs, folder) = blog(Answer::status(404)).await;
    let ran = discover(&folder, &blogs.url("/")).await;
    assert_eq!(ran.code, Some(1));
    assert!(!ran.stdout.contains("feed = "), "{ran:?}");
    let twice = format!(
        "{COURSE}[[participant]]\nname = \"A\"\nfeed = \"ftp://a.example/\"\n[[participant]]\nname = \"B\"\nfeed = \"https://\"\n"
    );
    folder.write("feeds.toml", &twice);
    let checked = run(folder.path(), &["check"]).await;
    assert_eq!(checked.code, Some(2));
    assert!(checked.stdout.contains("2 problems"), "{checked:?}");
}

#[tokio::test]
async fn frb101_what_came_in_place_of_a_feed_is_shown() {
    let (blogs, folder) = blog(Answer::feed("{\"error\": \"no such blog here\"}")).await;
    let ran = discover(&folder, &blogs.url("/")).await;
    assert!(
        ran.stdout.contains("“{\"error\": \"no such blog here\"}”"),
        "{ran:?}"
    );
    let (blogs, folder) = blog(Answer::page(
        "<html><title>Under construction</title></html>",
    ))
    .await;
    let ran = discover(&folder, &blogs.url("/")).await;
    assert!(ran.stdout.contains("“Under construction”"), "{ran:?}");
}

#[tokio::test]
async fn frb102_what_is_no_feed_is_recognised_and_a_feed_too() {
    let (blogs, folder) = blog(Answer::feed("\u{89}PNG\r\n\u{1a}\n not a feed")).await;
    let ran = discover(&folder, &blogs.url("/")).await;
    assert_eq!(ran.code, Some(1), "{ran:?}");
    let ran = discover(&folder, &blogs.url("/feed/")).await;
    assert!(ran.stdout.contains("is a feed itself"), "{ran:?}");
    assert!(
        ran.stdout
            .contains(&format!("feed = \"{}\"", blogs.url("/feed/")))
    );
}

/// Shows A27.
#[tokio::test]
async fn frb103_a_link_with_rel_alternate_leads_to_the_feed() {
    let (blogs, folder) = blog(Answer::page(PAGE)).await;
    let ran = discover(&folder, &blogs.url("/")).await;
    assert!(ran.stdout.contains("The page names this feed"), "{ran:?}");
}

/// What is asked for a page that names no feed, by the command and by a poll.
async fn asked_for_a_bare_page() -> Vec<String> {
    let page = PAGE
        .replace("rel=alternate", "rel=nothing")
        .replace("WordPress 6.4", "by hand")
        .replace("/wp-includes/", "/js/");
    let (blogs, folder) = blog(Answer::page(&page)).await;
    let ran = discover(&folder, &blogs.url("/")).await;
    assert_eq!(ran.code, Some(1), "{ran:?}");
    let mut planet = Planet::start().await;
    planet.register_blog("Ann", &blogs.url("/")).await;
    assert_eq!(planet.poll().await.failed.len(), 1);
    paths(&blogs)
}

#[tokio::test]
async fn frb061_no_address_is_guessed_at() {
    assert_eq!(asked_for_a_bare_page().await, ["/", "/"]);
}

#[tokio::test]
async fn frb104_no_feed_is_guessed_at() {
    let asked = asked_for_a_bare_page().await;
    assert!(!asked.iter().any(|path| path.contains("feed")), "{asked:?}");
}

#[tokio::test]
async fn frb105_nothing_else_is_guessed_at_either() {
    let (blogs, _) = blog(Answer::page(PAGE)).await;
    let mut planet = Planet::start().await;
    planet.register_blog("Ann", &blogs.url("/")).await;
    planet.poll().await;
    planet.words("/participants/ann").await;
    assert_eq!(
        paths(&blogs),
        ["/", "/feed/"],
        "no icon, no robots.txt, no picture"
    );
}

#[tokio::test]
async fn frb106_nobody_else_hears_of_an_address() {
    let blogs = Blogosphere::on_hosts(2).await;
    let other = blogs.url_on(1, "");
    let page = PAGE.replace("src=/", &format!("src={other}/"));
    blogs.answers("/", [Answer::page(&page)]);
    let folder = Folder::new();
    folder.write("feeds.toml", COURSE);
    let ran = discover(&folder, &blogs.url("/")).await;
    assert_eq!(ran.code, Some(0));
    let hosts: Vec<_> = blogs
        .everything_asked()
        .iter()
        .map(|asked| String::from_utf8(asked.header("host").unwrap().to_vec()).unwrap())
        .collect();
    assert_eq!(hosts, [blogs.url("").trim_start_matches("http://")]);
}

/// Shows A21.
#[tokio::test]
async fn a_participants_feed_is_read_whatever_robots_txt_says_and_no_other_page_is() {
    let (blogs, folder) = blog(Answer::page(PAGE)).await;
    blogs.answers(
        "/robots.txt",
        [Answer::feed("User-agent: *\nDisallow: /\n").header("x", "y")],
    );
    discover(&folder, &blogs.url("/")).await;
    let mut planet = Planet::start().await;
    planet.register_blog("Ann", &blogs.url("/")).await;
    assert_eq!(planet.poll().await.new, 1);
    assert_eq!(paths(&blogs), ["/", "/", "/feed/"]);
}

/// Shows A27.
#[tokio::test]
async fn a_page_in_place_of_a_feed_for_three_polls_loses_nothing_and_says_its_title() {
    let (blogs, _) = blog(Answer::page(PAGE)).await;
    let mut planet = Planet::start().await;
    planet.register("Ann", &blogs.url("/feed/")).await;
    planet.poll().await;
    blogs.answers(
        "/feed/",
        [Answer::page(
            "<!DOCTYPE html><html><title>Buy this domain</title></html>",
        )],
    );
    for _ in 0..3 {
        planet.later(24);
        assert_eq!(planet.poll().await.failed.len(), 1);
    }
    let cause = planet.cause("Ann").await;
    assert!(
        cause.contains("not a feed") && cause.contains("“Buy this domain”"),
        "{cause}"
    );
    assert_eq!(planet.feed("/feed.atom").await.entries.len(), 1);
    assert_eq!(
        blogs.asked("/").len(),
        0,
        "a feed that is named is not looked for"
    );
}

/// Eight ways to write down one blog (item B14).
#[tokio::test]
async fn eight_spellings_of_one_blog_are_registered_once() {
    let (blogs, folder) = blog(Answer::page(PAGE)).await;
    let rss = ["/?m=1", "/index.html", "/?utm_source=mail"];
    for path in rss {
        blogs.answers(path, [Answer::page(PAGE)]);
    }
    for path in ["/feed", "/feed/?format=xml"] {
        blogs.answers(path, [Answer::redirect(301, "/feed/")]);
    }
    blogs.answers("/burner", [Answer::redirect(302, "/feed/")]);
    let own = format!(
        "[[participant]]\nname = \"Ann\"\nfeed = \"{}\"\n",
        blogs.url("/feed/")
    );
    folder.write("feeds.toml", &format!("{COURSE}{own}"));
    let spellings = [
        "/",
        "/?m=1",
        "/index.html",
        "/?utm_source=mail",
        "/feed/",
        "/feed",
        "/feed/?format=xml",
        "/burner",
    ];
    for path in spellings {
        let ran = discover(&folder, &blogs.url(path)).await;
        assert!(
            ran.stdout
                .contains("Already registered: this is the blog of Ann"),
            "{path}: {ran:?}"
        );
    }
    // What differs in spelling alone cannot be written down twice.
    let again = format!(
        "[[participant]]\nname = \"Bob\"\nfeed = \"{}\"\n",
        blogs.url("/feed?m=1")
    );
    folder.write("feeds.toml", &format!("{COURSE}{own}{again}"));
    let checked = run(folder.path(), &["check"]).await;
    assert!(
        checked
            .stdout
            .contains("the same address is already on line"),
        "{checked:?}"
    );
}
