//! The pages for people: every address answers, explains itself and leads on.

use std::collections::BTreeSet;

use crate::harness::{Answer, BASE, Blogosphere, Feed, Planet, html, xml};

const PAGES: [&str; 12] = [
    "/",
    "/things",
    "/things/1",
    "/things/6",
    "/things/6?order=oldest",
    "/posts/2",
    "/participants",
    "/participants/ann-o-nymous",
    "/participants/ann-o-nymous/why",
    "/progress",
    "/status",
    "/about",
];

const DOCUMENTS: [(&str, &str); 12] = [
    ("/feed.atom", "application/atom+xml; charset=utf-8"),
    ("/feed.json", "application/feed+json; charset=utf-8"),
    ("/things/6/feed.atom", "application/atom+xml; charset=utf-8"),
    (
        "/things/6/feed.json",
        "application/feed+json; charset=utf-8",
    ),
    (
        "/participants/ann-o-nymous/feed.atom",
        "application/atom+xml; charset=utf-8",
    ),
    ("/progress.csv", "text/csv; charset=utf-8"),
    ("/blogroll.opml", "text/x-opml; charset=utf-8"),
    ("/feeds.opml", "text/x-opml; charset=utf-8"),
    ("/style.css", "text/css; charset=utf-8"),
    ("/planet.js", "text/javascript; charset=utf-8"),
    ("/icon.svg", "image/svg+xml"),
    ("/livez", "text/plain; charset=utf-8"),
];

fn ann() -> Feed {
    Feed::atom("ann")
        .post("Thing 5: thinking about thinking", "2011-07-13")
        .post("Thing 6: too many networks", "2011-07-20")
}

/// A planet on which Ann wrote two posts.
async fn with_ann() -> Planet {
    let blogs = Blogosphere::start().await;
    blogs.serves("/ann/feed", &ann());
    let mut planet = Planet::start().await;
    planet
        .register("Ann O. Nymous", &blogs.url("/ann/feed"))
        .await;
    assert_eq!(planet.poll().await.new, 2);
    planet
}

#[tokio::test]
async fn every_page_is_well_formed_with_one_heading_and_its_landmarks() {
    let planet = with_ann().await;
    for path in PAGES {
        let page = planet.page(path).await;
        assert_eq!(page.attribute("lang"), Some("en"), "{path}");
        let headings = page.all("h1");
        assert_eq!(headings.len(), 1, "{path}");
        let title = page.all("title")[0].text();
        assert!(title.starts_with(&headings[0].text()), "{path}: {title}");
        for landmark in ["header", "main", "footer"] {
            assert_eq!(page.all(landmark).len(), 1, "{path}: {landmark}");
        }
        let labels = page.all("nav").into_iter().map(|nav| {
            let label = nav.attribute("aria-label");
            label.unwrap_or_else(|| panic!("{path}: a nav without a name"))
        });
        assert!(labels.collect::<BTreeSet<_>>().contains("Planet"), "{path}");
        assert_eq!(page.all("a")[0].attribute("href"), Some("#main"), "{path}");
        let raw = planet.get(path).await;
        assert_eq!(html::faults_of_page(raw.text()), [""; 0], "{path}");
    }
}

#[tokio::test]
async fn headings_never_skip_a_level() {
    let planet = with_ann().await;
    for path in PAGES {
        let page = planet.page(path).await;
        let mut levels = Vec::new();
        collect_levels(&page, &mut levels);
        let mut last = 0;
        for level in levels {
            assert!(level <= last + 1, "{path}: h{level} after h{last}");
            last = level;
        }
    }
}

fn collect_levels(element: &xml::Element, levels: &mut Vec<u32>) {
    for child in element.elements() {
        let level = child.name.strip_prefix('h');
        let level = level.and_then(|level| level.parse::<u32>().ok());
        levels.extend(level);
        collect_levels(child, levels);
    }
}

/// Whether an address is that of a place in the page itself.
fn is_place_in(page: &xml::Element, address: &str) -> bool {
    let id = address.strip_prefix('#');
    let is_it = |element: &xml::Element| id.is_some() && element.attribute("id") == id;
    is_it(page)
        || page
            .elements()
            .any(|child| is_it(child) || is_place_in(child, address))
}

#[tokio::test]
async fn every_link_of_our_own_leads_somewhere() {
    let planet = with_ann().await;
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let mut next = vec!["/".to_owned()];
    while let Some(path) = next.pop() {
        if !seen.insert(path.clone()) {
            continue;
        }
        let answered = planet.get(&path).await;
        assert_eq!(answered.status, 200, "{path}");
        let is_page = answered
            .header("content-type")
            .unwrap()
            .starts_with("text/html");
        if !is_page {
            continue;
        }
        let page = planet.page(&path).await;
        let linked = page.links().into_iter().map(|(href, _)| href);
        let alternates = page.all("link").into_iter();
        let alternates = alternates.filter_map(|link| link.attribute("href").map(str::to_owned));
        for href in linked.chain(alternates) {
            let own = href.strip_prefix(BASE).unwrap_or(&href);
            if own.starts_with('/') {
                let (path, fragment) = own.split_once('#').unwrap_or((own, ""));
                next.push(path.to_owned());
                assert!(
                    fragment.is_empty() || fragment.starts_with("thing-"),
                    "{own}"
                );
            } else {
                assert!(
                    own.starts_with("https://")
                        || own.starts_with("mailto:")
                        || is_place_in(&page, own)
                        || own.starts_with("http://127."),
                    "{path}: {own}"
                );
            }
        }
    }
    for path in PAGES {
        assert!(seen.contains(path), "nothing leads to {path}");
    }
}

#[tokio::test]
async fn every_address_answers_as_what_it_is() {
    let planet = with_ann().await;
    for path in PAGES {
        let answered = planet.get(path).await;
        assert_eq!(
            answered.header("content-type"),
            Some("text/html; charset=utf-8"),
            "{path}"
        );
    }
    for (path, kind) in DOCUMENTS {
        let answered = planet.get(path).await;
        assert_eq!(answered.status, 200, "{path}");
        assert_eq!(answered.header("content-type"), Some(kind), "{path}");
        assert!(!answered.bytes.is_empty(), "{path}");
    }
    assert_eq!(planet.get("/readyz").await.text(), "ok\n");
}

#[tokio::test]
async fn every_answer_forbids_guessing_and_all_scripts_but_ours() {
    let planet = with_ann().await;
    let documents = DOCUMENTS.iter().map(|(path, _)| *path);
    for path in PAGES
        .into_iter()
        .chain(documents)
        .chain(["/nowhere", "/things/99"])
    {
        for method in ["GET", "HEAD", "POST"] {
            let answered = planet.ask(method, path, &[]).await;
            let policy = answered.header("content-security-policy").unwrap();
            let parts: Vec<&str> = policy.split(';').map(str::trim).collect();
            assert!(
                parts.contains(&"default-src 'none'"),
                "{method} {path}: {policy}"
            );
            assert!(parts.contains(&"script-src 'self'"), "{policy}");
            assert!(!policy.contains("unsafe"), "{policy}");
            assert_eq!(
                answered.header("x-content-type-options"),
                Some("nosniff"),
                "{path}"
            );
            assert_eq!(
                answered.header("referrer-policy"),
                Some("no-referrer"),
                "{path}"
            );
            assert_eq!(answered.header("set-cookie"), None, "{path}");
        }
    }
}

#[tokio::test]
async fn what_is_not_there_gets_a_page_that_leads_on() {
    let planet = with_ann().await;
    for path in [
        "/nowhere",
        "/things/99",
        "/things/0",
        "/things/-6",
        "/things/six",
        "/things/6/",
        "/participants/nobody",
        "/participants/%00",
        "/participants/..%2f..%2fetc%2fpasswd",
        "/things/99999999999999999999",
        "/things/6?topic=gardening",
        "/posts/99",
        "/posts/-1",
        "/posts/one",
        "/posts/99999999999999999999",
    ] {
        let answered = planet.get(path).await;
        assert_eq!(answered.status, 404, "{path}");
        let page = xml::parse(answered.text()).unwrap();
        assert_eq!(page.all("h1")[0].text(), "There is no such page", "{path}");
        assert!(
            page.links_to("/things") && page.links_to("/participants"),
            "{path}"
        );
    }
    for path in ["/things/99/feed.atom", "/participants/nobody/feed.atom"] {
        assert_eq!(planet.get(path).await.status, 404, "{path}");
    }
    assert_eq!(planet.ask("POST", "/", &[]).await.status, 405);
}

#[tokio::test]
async fn an_odd_place_in_a_listing_is_met_with_the_newest_posts() {
    let planet = with_ann().await;
    for query in [
        "before=",
        "before=x",
        "before=1-",
        "before=9999999999999999999-1",
        "before=1-2-3",
        "x=y",
    ] {
        let page = planet.page(&format!("/?{query}")).await;
        assert!(page.links_to(&ann().address(2)), "{query}");
    }
}

#[tokio::test]
async fn an_empty_planet_tells_its_organiser_what_to_do() {
    let planet = Planet::start().await;
    let home = planet.words("/").await;
    assert!(home.contains("Nobody takes part yet"), "{home}");
    assert!(home.contains("add a [[participant]]"), "{home}");
    assert!(home.contains("thingplanet check"), "{home}");
    for path in ["/participants", "/progress", "/status"] {
        let words = planet.words(path).await;
        assert!(words.contains("feeds.toml"), "{path}: {words}");
    }
    let thing = planet.words("/things/6").await;
    assert!(thing.contains("put “Thing 6” into the title"), "{thing}");
}

#[tokio::test]
async fn a_planet_that_has_not_polled_says_that_it_will() {
    let mut planet = Planet::start().await;
    planet.register("Ann", "http://127.0.0.1:9/feed").await;
    let home = planet.words("/").await;
    assert!(home.contains("no blog has been read yet"), "{home}");
    let own = planet.words("/participants/ann").await;
    assert!(own.contains("No posts yet"), "{own}");
}

#[tokio::test]
async fn a_participant_sees_that_their_post_arrived() {
    let planet = with_ann().await;
    let page = planet.page("/participants/ann-o-nymous").await;
    assert_eq!(page.all("h1")[0].text(), "Ann O. Nymous");
    assert!(page.links_to(&ann().address(1)) && page.links_to(&ann().address(2)));
    assert!(page.links_to("/participants/ann-o-nymous/feed.atom"));
    let words = planet.words("/participants/ann-o-nymous").await;
    assert!(words.contains("2 of 23 Things, 2 posts"), "{words}");
    let things = planet.page("/things").await;
    assert!(things.links_to("/things/6"));
    let home = planet.words("/").await;
    assert!(
        home.contains("What I did on 2011-07-20."),
        "the text itself: {home}"
    );
    assert!(home.contains("Wednesday 20 July 2011"), "{home}");
}

#[tokio::test]
async fn each_filled_cell_of_progress_leads_to_the_post() {
    let planet = with_ann().await;
    let page = planet.page("/progress").await;
    let rows = page.all("tbody")[0].all("tr");
    assert_eq!(rows.len(), 1);
    let cells: Vec<_> = rows[0].named("td").collect();
    assert_eq!(
        cells.len(),
        23 + 2,
        "a cell for each Thing, how many are done, and when they last posted"
    );
    for (number, cell) in (1..=23).zip(&cells) {
        let expected = match number {
            5 => vec![ann().address(1)],
            6 => vec![ann().address(2)],
            _ => Vec::new(),
        };
        let links = cell.links().into_iter().map(|(href, _)| href);
        assert_eq!(links.collect::<Vec<_>>(), expected, "Thing {number}");
    }
    assert_eq!(cells[23].text(), "2");
    let said: Vec<String> = [0, 4, 5, 22].map(|at| cells[at].text()).into();
    assert_eq!(said, ["nothing yet", "✓", "✓", "not yet due"]);
}

#[tokio::test]
async fn several_posts_on_one_thing_lead_from_their_cell_to_all_of_them() {
    let blogs = Blogosphere::start().await;
    let twice = ann().post("More on Thing 6", "2011-07-21");
    blogs.serves("/ann/feed", &twice);
    let mut planet = Planet::start().await;
    planet.register("Ann", &blogs.url("/ann/feed")).await;
    planet.poll().await;

    assert!(
        planet
            .page("/progress")
            .await
            .links_to("/participants/ann#thing-6")
    );
    let own = planet.page("/participants/ann").await;
    let item = own
        .all("li")
        .into_iter()
        .find(|item| item.attribute("id") == Some("thing-6"));
    let item = item.unwrap();
    assert!(item.links_to(&twice.address(2)) && item.links_to(&twice.address(3)));
}

#[tokio::test]
async fn each_blog_of_a_platform_at_rest_says_whether_it_asked_for_that_itself() {
    let blogs = Blogosphere::start().await;
    let mut planet = Planet::start().await;
    for name in ["ann", "bob"] {
        let path = format!("/{name}/feed");
        blogs.serves(&path, &Feed::atom(name).post("Thing 6", "2011-07-20"));
        planet.register(name, &blogs.url(&path)).await;
    }
    planet.poll().await;
    blogs.answers("/ann/feed", [Answer::status(503)]);
    planet.later(24);
    planet.poll().await;
    let itself = "Instead of its posts";
    let other = "When another blog of its platform";
    for (path, said, not) in [
        ("/participants/ann/why", itself, other),
        ("/participants/ann", itself, other),
        ("/participants/bob/why", other, itself),
        ("/participants/bob", other, itself),
    ] {
        let words = planet.words(path).await;
        assert!(
            words.contains(said) && !words.contains(not),
            "{path}: {words}"
        );
        assert!(words.contains("(429 or 503)"), "{path}: {words}");
    }
    let ann = planet.words("/participants/ann/why").await;
    assert!(ann.contains("Last read on Monday 1 August 2011."), "{ann}");
    let status = planet.words("/status").await;
    assert!(
        status.contains(itself) && status.contains(other),
        "{status}"
    );
}

#[tokio::test]
async fn a_suggestion_is_never_shown() {
    let blogs = Blogosphere::start().await;
    let vague = Feed::atom("ann")
        .post("cpd23: joining LinkedIn", "2011-07-20")
        .saying("<p>LinkedIn, Facebook and LISNPN: I am on all of them.</p>");
    blogs.serves("/ann/feed", &vague);
    let mut planet = Planet::start().await;
    planet.register("Ann", &blogs.url("/ann/feed")).await;
    planet.poll().await;
    assert!(planet.suggestions().await > 0, "or this test tests nothing");

    assert!(!planet.page("/things/6").await.links_to(&vague.address(1)));
    assert_eq!(planet.feed("/things/6/feed.atom").await.titles(), [""; 0]);
    let all = planet.feed("/feed.atom").await;
    assert_eq!(all.entry("cpd23: joining LinkedIn").categories, []);
    let home = planet.page("/").await;
    let articles = home.all("article");
    assert_eq!(articles.len(), 1);
    assert!(articles[0].text().contains("No Thing recognised"));
    assert!(!articles[0].links_to("/things/6"));
    let table = planet.page("/progress").await;
    let cells = table.all("tbody")[0].all("td");
    let links: Vec<_> = cells.iter().flat_map(|cell| cell.links()).collect();
    let why = (
        "/participants/ann/why#thing-6".to_owned(),
        "suggestion waiting".to_owned(),
    );
    assert_eq!(
        links,
        [why],
        "but there, its author and the organisers find it"
    );
    assert!(!planet.get("/feed.json").await.text().contains("Thing 6"));
}

#[tokio::test]
async fn paging_shows_every_post_once_even_while_new_ones_arrive() {
    // Eleven posts a day at the same moment, so that time alone does not tell them apart.
    let post = |feed: Feed, number: usize| {
        let day = format!("2011-07-{:02}", 18 + number / 11);
        feed.post(&format!("Thing 6, part {number}"), &day)
    };
    let one = vec![(1..=55).fold(Feed::atom("ann"), post)];
    for path in ["/things/6", "/participants/ann"] {
        check_paging(path, one.clone()).await;
    }
    // The front page lists no more than five a day of one blog, so that they must be eleven people's.
    let blog = |at: usize| {
        let numbers = (1..=55).filter(|number| number % 11 == at);
        numbers.fold(Feed::atom(&format!("ann{at}")), post)
    };
    check_paging("/", (0..11).map(blog).collect()).await;
}

/// Pages through all 55 posts of these blogs while the first of them goes on.
async fn check_paging(path: &str, mut feeds: Vec<Feed>) {
    let blogs = Blogosphere::start().await;
    let mut planet = Planet::start().await;
    for (at, feed) in feeds.iter().enumerate() {
        blogs.serves(&format!("/{at}/feed"), feed);
        let name = if at == 0 {
            "Ann".to_owned()
        } else {
            format!("Ann {at}")
        };
        let url = blogs.url(&format!("/{at}/feed"));
        planet.register(&name, &url).await;
    }
    planet.poll().await;

    let mut titles = Vec::new();
    let mut next = Some(path.to_owned());
    while let Some(path) = next {
        let page = planet.page(&path).await;
        assert!(
            !path.to_lowercase().contains("offset") && !path.contains("page="),
            "{path}"
        );
        let articles = page.all("article");
        assert!(articles.len() <= 20, "{path}");
        titles.extend(articles.iter().map(|post| heading(post)));
        next = older(&page);
        // A post that arrives between two pages must push nothing over the edge of the next.
        feeds[0] = feeds[0]
            .clone()
            .post("Thing 6, breaking news", "2011-07-30");
        blogs.serves("/0/feed", &feeds[0]);
        planet.poll().await;
    }
    titles.retain(|title| !title.contains("breaking"));
    let distinct: BTreeSet<&String> = titles.iter().collect();
    assert_eq!(
        (titles.len(), distinct.len()),
        (55, 55),
        "{path}: {titles:?}"
    );
}

fn heading(post: &xml::Element) -> String {
    let headings = ["h2", "h3"].map(|name| post.all(name));
    headings.concat()[0].text()
}

fn older(page: &xml::Element) -> Option<String> {
    let links = page.all("a").into_iter();
    let next = links.filter(|link| link.attribute("rel") == Some("next"));
    let mut older = next.filter_map(|link| link.attribute("href"));
    older
        .find(|href| href.contains("before="))
        .map(str::to_owned)
}

#[tokio::test]
async fn every_page_names_the_feeds_that_belong_to_it() {
    let planet = with_ann().await;
    for (path, feed) in [
        ("/", "/feed.atom"),
        ("/things/6", "/things/6/feed.atom"),
        (
            "/participants/ann-o-nymous",
            "/participants/ann-o-nymous/feed.atom",
        ),
        ("/about", "/feed.atom"),
    ] {
        let page = planet.page(path).await;
        let links = page.all("link").into_iter();
        let alternates: Vec<_> = links
            .filter(|link| link.attribute("rel") == Some("alternate"))
            .map(|link| {
                assert_eq!(
                    link.attribute("type"),
                    Some("application/atom+xml"),
                    "{path}"
                );
                assert!(
                    link.attribute("title")
                        .is_some_and(|title| !title.is_empty()),
                    "{path}"
                );
                link.attribute("href").unwrap()
            })
            .collect();
        assert_eq!(alternates.first(), Some(&feed), "{path}: {alternates:?}");
    }
}

#[tokio::test]
async fn head_tells_all_but_the_body() {
    let planet = with_ann().await;
    for path in PAGES.into_iter().chain(["/feed.atom", "/progress.csv"]) {
        let (get, head) = (planet.get(path).await, planet.ask("HEAD", path, &[]).await);
        assert_eq!(head.status, 200, "{path}");
        assert!(head.bytes.is_empty(), "{path}");
        for name in [
            "content-type",
            "content-length",
            "etag",
            "last-modified",
            "cache-control",
        ] {
            assert_eq!(head.header(name), get.header(name), "{path}: {name}");
        }
    }
}

#[tokio::test]
async fn a_reader_who_accepts_gzip_gets_the_same_page_smaller() {
    let planet = with_ann().await;
    for path in [
        "/",
        "/things/6",
        "/feed.atom",
        "/blogroll.opml",
        "/style.css",
    ] {
        let plain = planet.get(path).await;
        let small = planet
            .ask("GET", path, &[("accept-encoding", "gzip")])
            .await;
        assert_eq!(plain.header("content-encoding"), None, "{path}");
        assert_eq!(small.header("content-encoding"), Some("gzip"), "{path}");
        assert!(
            small.header("vary").unwrap().contains("accept-encoding"),
            "{path}"
        );
        assert!(small.bytes.len() < plain.bytes.len(), "{path}");
        assert_eq!(small.header("etag"), plain.header("etag"), "{path}");
        assert_eq!(planet.unpacked(path).await, plain.bytes, "{path}");
    }
}

#[tokio::test]
async fn a_page_that_has_not_changed_is_not_sent_again() {
    let planet = with_ann().await;
    for path in PAGES {
        let first = planet.get(path).await;
        let etag = first.header("etag").unwrap();
        let again = planet.ask("GET", path, &[("if-none-match", etag)]).await;
        assert_eq!((again.status, again.bytes.len()), (304, 0), "{path}");
        let head = planet.ask("HEAD", path, &[("if-none-match", etag)]).await;
        assert_eq!(head.status, 304, "{path}");
        // The length would have to be that of the whole page (RFC 9110 section 8.6).
        assert_ne!(head.header("content-length"), Some("0"), "{path}");
        assert_eq!(again.header("etag"), Some(etag), "{path}");
    }
}

#[tokio::test]
async fn who_wants_excerpts_only_is_shown_in_excerpts_only() {
    let blogs = Blogosphere::start().await;
    let long = format!("<p>{}</p><p>The end of it.</p>", "word ".repeat(500));
    let feed = Feed::atom("ann")
        .post("Thing 6: at length", "2011-07-20")
        .saying(&long);
    blogs.serves("/ann/feed", &feed);
    let mut planet = Planet::start().await;
    planet.register("Ann", &blogs.url("/ann/feed")).await;
    planet.poll().await;
    assert!(planet.words("/things/6").await.contains("The end of it."));

    planet.roster.participants[0].excerpt_only = true;
    planet.take_over().await;

    for path in [
        "/",
        "/things/6",
        "/participants/ann",
        "/feed.atom",
        "/things/6/feed.json",
    ] {
        let text = planet.get(path).await.text().to_owned();
        assert!(text.contains("word word"), "{path}");
        assert!(!text.contains("The end of it."), "{path}");
    }
}
