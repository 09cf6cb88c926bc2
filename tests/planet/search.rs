//! Searching: what a participant finds, and what nobody can break by typing.

use serde_json::Value;

use crate::harness::{BASE, Blogosphere, Feed, Planet, html, xml};

fn ann() -> Feed {
    Feed::atom("ann")
        .post("Thing 5: thinking about thinking", "2011-07-13")
        .saying("<p>I keep a <em>diary</em> now, &lt;script&gt; and all.</p>")
        .post("Thing 6: too many networks", "2011-07-20")
        .saying("<p>LinkedIn &amp; friends: a diary of networks.</p>")
}

async fn with_two() -> (Blogosphere, Planet) {
    let blogs = Blogosphere::start().await;
    blogs.serves("/ann/feed", &ann());
    let bob = Feed::atom("bob")
        .post("Thing 6: LinkedIn", "2011-07-22")
        .saying("<p>Nothing to see.</p>");
    blogs.serves("/bob/feed", &bob);
    let mut planet = Planet::start().await;
    planet.register("Ann", &blogs.url("/ann/feed")).await;
    planet.register("Bob", &blogs.url("/bob/feed")).await;
    assert_eq!(planet.poll().await.new, 3);
    (blogs, planet)
}

/// The titles of what a search finds.
async fn found(planet: &Planet, query: &str) -> Vec<String> {
    let page = planet.page(&format!("/search?{query}")).await;
    let articles = page.all("article");
    articles.iter().map(|it| it.all("h3")[0].text()).collect()
}

#[tokio::test]
async fn a_search_finds_posts_by_title_and_text_newest_first() {
    let (_blogs, planet) = with_two().await;
    let (five, six) = (
        "Thing 5: thinking about thinking",
        "Thing 6: too many networks",
    );
    let bob = "Thing 6: LinkedIn";
    for (query, expected) in [
        ("q=linkedin", vec![bob, six]),
        ("q=diary", vec![six, five]),
        ("q=%22diary+of%22", vec![six]),
        ("q=diary&thing=5", vec![five]),
        ("q=linkedin&participant=bob", vec![bob]),
        ("q=linkedin&participant=&thing=", vec![bob, six]),
        ("q=linkedin&thing=five&participant=nobody", vec![]),
        ("q=absent", vec![]),
        ("q=", vec![]),
        ("", vec![]),
    ] {
        assert_eq!(found(&planet, query).await, expected, "{query}");
    }
}

/// The participants whom a search finds, and what stands below them where they are not all.
async fn people(planet: &Planet, query: &str) -> Vec<String> {
    let page = planet.page(&format!("/search?{query}")).await;
    let sections = page.all("section");
    let people = sections
        .iter()
        .find(|it| it.attribute("aria-labelledby") == Some("people"));
    let items = people.map_or_else(Vec::new, |it| it.all("li"));
    items.iter().map(|it| it.text()).collect()
}

#[tokio::test]
async fn a_search_finds_participants_by_name_and_by_that_of_their_blogs() {
    let (_blogs, mut planet) = with_two().await;
    planet
        .register("Siân O’Brien", "http://127.0.0.1:9/sian")
        .await;
    let sian = vec!["Siân O’Brien"];
    for query in [
        "q=sian",
        "q=SI%C3%82N",
        "q=o'brien",
        "q=obr+sia",
        "q=%22sian+obrien%22",
    ] {
        assert_eq!(people(&planet, query).await, sian, "{query}");
    }
    assert_eq!(people(&planet, "q=ann").await, ["Ann The blog of ann"]);
    let both = ["Ann The blog of ann", "Bob The blog of bob"];
    assert_eq!(people(&planet, "q=blog").await, both);
    assert_eq!(people(&planet, "q=blog+bob").await, ["Bob The blog of bob"]);
    for query in [
        "q=rien",
        "q=linkedin",
        "q=",
        "q='",
        "",
        "q=ann&thing=6",
        "q=ann&participant=ann",
        "q=ann&before=1311246000000-7",
    ] {
        assert_eq!(people(&planet, query).await, [""; 0], "{query}");
    }
    let page = planet.page("/search?q=sian").await;
    assert!(page.links_to("/participants/siân-obrien"));
    let words = planet.words("/search?q=sian").await;
    assert!(words.contains("No post has sian"), "{words}");
    // Who leaves the roster is not found any more.
    planet.unregister("Siân O’Brien").await;
    assert_eq!(people(&planet, "q=sian").await, [""; 0]);
}

#[tokio::test]
async fn of_many_participants_of_one_name_a_handful_is_listed() {
    let mut planet = Planet::start().await;
    for number in 1..=8 {
        let address = format!("https://blog-{number}.example.com/feed");
        planet.register(&format!("Reader {number}"), &address).await;
    }
    planet.take_over().await;
    let mut expected: Vec<String> = (1..=5).map(|number| format!("Reader {number}")).collect();
    expected.push("and 3 more, among all participants".to_owned());
    assert_eq!(people(&planet, "q=reader").await, expected);
    let page = planet.page("/search?q=reader").await;
    assert!(page.links_to("/participants"));
    let raw = planet.get("/search?q=reader").await;
    assert_eq!(html::faults_of_page(raw.text()), [""; 0]);
}

#[tokio::test]
async fn what_was_found_is_marked_and_nothing_becomes_markup() {
    let (_blogs, planet) = with_two().await;
    let page = planet.page("/search?q=diary+%3Cscript%3E").await;
    let marks: Vec<String> = page.all("mark").iter().map(|it| it.text()).collect();
    assert_eq!(marks, ["diary", "script"]);
    let scripts = page.all("script");
    let scripts: Vec<_> = scripts.iter().map(|it| it.attribute("src")).collect();
    assert_eq!(scripts, [Some("/planet.js")], "our own, and no other");
    assert!(page.all("em").is_empty());
    let field = page.all("input")[0].attribute("value");
    assert_eq!(field, Some("diary <script>"));
    assert_eq!(page.all("form").len(), 1, "the search of its own, no other");
}

#[tokio::test]
async fn a_search_that_finds_nothing_says_so_and_leads_on() {
    let (_blogs, planet) = with_two().await;
    let words = planet.words("/search?q=nowhere&thing=6").await;
    assert!(words.contains("No post has nowhere"), "{words}");
    let page = planet.page("/search?q=nowhere&thing=6").await;
    assert!(page.links_to("/search?q=nowhere"), "without the Thing");
    let chosen: Vec<_> = page
        .all("option")
        .into_iter()
        .filter(|it| it.attribute("selected").is_some())
        .map(xml::Element::text)
        .collect();
    assert_eq!(chosen, ["Thing 6: Online networks"]);
    let words = planet.words("/search").await;
    assert!(words.contains("Type a word"), "{words}");
}

#[tokio::test]
async fn every_page_but_the_search_has_the_small_search_with_a_label() {
    let (_blogs, planet) = with_two().await;
    for path in [
        "/",
        "/things/6",
        "/participants/ann",
        "/subscribe",
        "/waiting",
    ] {
        let page = planet.page(path).await;
        let form = page.all("form")[0];
        assert_eq!(form.attribute("action"), Some("/search"), "{path}");
        let input = form.all("input")[0];
        let label = form.all("label")[0];
        assert_eq!(input.attribute("name"), Some("q"), "{path}");
        assert_eq!(label.attribute("for"), input.attribute("id"), "{path}");
        let raw = planet.get(path).await;
        assert_eq!(html::faults_of_page(raw.text()), [""; 0], "{path}");
    }
    let raw = planet.get("/search?q=diary").await;
    assert_eq!(html::faults_of_page(raw.text()), [""; 0]);
}

/// Shows D21.
#[tokio::test]
async fn no_query_is_an_error() {
    let (_blogs, planet) = with_two().await;
    let long = format!("q={}", "a%22b*+".repeat(1_400));
    for query in [
        "q=%22",
        "q=a+AND",
        "q=foo:bar",
        "q=*",
        "q=NEAR(",
        "q=-x",
        "q=%00",
        "q=%ff%fe",
        "q=%F0%9F%98%80",
        "q=%E5%9B%B3%E6%9B%B8%E9%A4%A8",
        "q=%",
        "q='%3B--",
        "q=a&q=b",
        "q=a&thing=-1&participant=%00&before=x",
        "q=diary&before=9999999999999999999-1",
        "before=1-1",
        "&&&",
        &long,
    ] {
        for path in ["/search", "/search.atom", "/search.json"] {
            let path = format!("{path}?{query}");
            // What is too long to be an address does not come as far as the search.
            let wanted = if query == long { 414 } else { 200 };
            assert_eq!(planet.get(&path).await.status, wanted, "{path}");
        }
    }
}

#[tokio::test]
async fn a_search_has_feeds_of_its_own() {
    let (_blogs, planet) = with_two().await;
    let page = planet.page("/search?q=linkedin&thing=6").await;
    assert!(page.links_to("/search.atom?q=linkedin&thing=6"));
    let atom = planet.feed("/search.atom?q=linkedin&thing=6").await;
    assert_eq!(
        atom.titles(),
        ["Thing 6: LinkedIn", "Thing 6: too many networks"]
    );
    assert_eq!(atom.id, format!("{BASE}/search?q=linkedin&thing=6"));
    assert!(atom.title.contains("“linkedin”"), "{}", atom.title);
    let json = planet.get("/search.json?q=linkedin&thing=6").await;
    let json: Value = serde_json::from_str(json.text()).unwrap();
    assert_eq!(json["items"].as_array().unwrap().len(), 2);
    assert_eq!(
        json["feed_url"],
        format!("{BASE}/search.json?q=linkedin&thing=6")
    );
    let none = planet.feed("/search.atom?q=").await;
    assert_eq!(none.entries, []);
}

#[tokio::test]
async fn a_search_shows_no_more_of_a_post_than_its_author_allows() {
    let (_blogs, mut planet) = with_two().await;
    let long = format!("<p>{}</p><p>The secret garden.</p>", "word ".repeat(200));
    let (blogs, cy) = (Blogosphere::start().await, Feed::atom("cy"));
    blogs.serves("/cy/feed", &cy.post("Thing 7", "2011-07-23").saying(&long));
    planet.register("Cy", &blogs.url("/cy/feed")).await;
    planet.poll().await;
    let words = planet.words("/search?q=secret").await;
    assert!(words.contains("The secret garden."), "{words}");
    planet.roster.participants[2].excerpt_only = true;
    planet.take_over().await;
    assert_eq!(found(&planet, "q=secret").await, ["Thing 7"]);
    let words = planet.words("/search?q=secret").await;
    assert!(!words.contains("garden"), "{words}");
    for path in [
        "/search.atom?q=secret",
        "/participants/cy/feed.atom",
        "/feed.atom",
    ] {
        let feed = planet.feed(path).await;
        let entry = feed.entry("Thing 7");
        assert_eq!(entry.html, None, "{path}");
        assert!(
            entry
                .summary
                .as_ref()
                .is_some_and(|it| it.contains("word …"))
        );
        let json = planet.get(&path.replace(".atom", ".json")).await;
        assert!(!json.text().contains("garden"), "{path}");
    }
}

#[tokio::test]
async fn a_long_search_goes_on_page_by_page() {
    let blogs = Blogosphere::start().await;
    let mut feed = Feed::atom("ann");
    for number in 1..=60 {
        let (month, day) = (6 + (number - 1) / 30, 1 + (number - 1) % 30);
        feed = feed.post(
            &format!("Post {number}"),
            &format!("2011-{month:02}-{day:02}"),
        );
    }
    blogs.serves("/ann/feed", &feed);
    let mut planet = Planet::start().await;
    planet.register("Ann", &blogs.url("/ann/feed")).await;
    planet.poll().await;
    let mut titles = Vec::new();
    let mut query = "q=post".to_owned();
    loop {
        titles.extend(found(&planet, &query).await);
        let page = planet.page(&format!("/search?{query}")).await;
        let older = page.links().into_iter().map(|(href, _)| href);
        let older = older.filter_map(|href| Some(href.strip_prefix("/search?")?.to_owned()));
        match older
            .into_iter()
            .find(|it| it.contains("before=") && *it != query)
        {
            Some(next) => query = next,
            None => break,
        }
    }
    let expected: Vec<String> = (1..=60)
        .rev()
        .map(|number| format!("Post {number}"))
        .collect();
    assert_eq!(titles, expected);
    let first = planet.feed("/search.atom?q=post").await;
    let next = first.pages["next"].strip_prefix(BASE).unwrap().to_owned();
    let second = planet.feed(&next).await;
    assert_eq!((first.entries.len(), second.entries.len()), (50, 10));
    assert_eq!(second.pages["first"], format!("{BASE}/search.atom?q=post"));
    assert!(!second.pages.contains_key("next"));
}
