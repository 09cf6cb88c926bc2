//! Reading a course: the newest posts, a Thing from either end and by topic, one post by itself.

use thingplanet::model::Language;

use crate::harness::{Blogosphere, Feed, Planet, xml};

/// Ann on Thing 6, three times, of which two posts mention one network and one another; and Bob, who wrote on Thing 5.
async fn with_posts() -> Planet {
    let blogs = Blogosphere::start().await;
    let ann = Feed::atom("ann")
        .post("Thing 6: first", "2011-07-18")
        .saying("<p>I joined LinkedIn.</p>")
        .post("Thing 6: second", "2011-07-19")
        .saying("<p>LISNPN, and <b>linkedin</b> again.</p><p>The end of it.</p>")
        .post("Thing 6: third", "2011-07-20");
    let bob = Feed::atom("bob").post("Thing 5: LinkedIn", "2011-07-19");
    blogs.serves("/ann/feed", &ann);
    blogs.serves("/bob/feed", &bob);
    let mut planet = Planet::start().await;
    planet.register("Ann", &blogs.url("/ann/feed")).await;
    planet.register("Bob", &blogs.url("/bob/feed")).await;
    planet.poll().await;
    planet
}

fn titles(page: &xml::Element) -> Vec<String> {
    let articles = page.all("article").into_iter();
    let titles =
        articles.map(|post| ["h1", "h2", "h3"].map(|name| post.all(name)).concat()[0].text());
    titles.collect()
}

/// The path of the post with this title.
fn path_of(planet: &Planet, title: &str) -> String {
    let sql = format!("SELECT '/posts/' || id FROM entry WHERE title = '{title}'");
    planet.ask_database(&sql).remove(0)
}

#[tokio::test]
async fn a_thing_can_be_read_from_its_beginning() {
    let planet = with_posts().await;
    let newest = planet.page("/things/6").await;
    let wanted = ["Thing 6: third", "Thing 6: second", "Thing 6: first"];
    assert_eq!(titles(&newest), wanted);
    assert!(newest.links_to("/things/6?order=oldest"));
    let oldest = planet.page("/things/6?order=oldest").await;
    let mut wanted = wanted;
    wanted.reverse();
    assert_eq!(titles(&oldest), wanted);
    assert!(oldest.links_to("/things/6"));
}

#[tokio::test]
async fn a_long_thing_is_paged_from_its_beginning_without_gap_or_repeat() {
    let blogs = Blogosphere::start().await;
    // Eleven posts a day at the same moment, so that time alone does not tell them apart.
    let post = |feed: Feed, number: usize| {
        feed.post(
            &format!("Thing 6, part {number}"),
            &format!("2011-07-{:02}", 18 + number / 11),
        )
    };
    blogs.serves("/ann/feed", &(1..=45).fold(Feed::atom("ann"), post));
    let mut planet = Planet::start().await;
    planet.register("Ann", &blogs.url("/ann/feed")).await;
    planet.poll().await;
    let (mut all, mut next) = (Vec::new(), Some("/things/6?order=oldest".to_owned()));
    while let Some(path) = next {
        let page = planet.page(&path).await;
        all.extend(titles(&page));
        let links = page.links().into_iter().map(|(href, _)| href);
        next = links.into_iter().find(|href| href.contains("after="));
    }
    assert_eq!(all.len(), 45);
    let mut newest = Vec::new();
    for path in [
        "/things/6",
        &planet
            .page("/things/6")
            .await
            .links()
            .into_iter()
            .find_map(|(href, _)| href.contains("before=").then_some(href))
            .unwrap(),
    ] {
        newest.extend(titles(&planet.page(path).await));
    }
    all.reverse();
    assert_eq!(all[..40], newest, "the other way round it is the same");
}

#[tokio::test]
async fn the_topics_that_posts_mention_are_counted_and_lead_to_these_posts() {
    let planet = with_posts().await;
    let page = planet.page("/things/6").await;
    let links = page.links();
    let said = |href: &str| {
        let found = links.iter().find(|(own, _)| own == href);
        found.map(|(_, words)| words.split_whitespace().collect::<Vec<_>>().join(" "))
    };
    assert_eq!(
        said("/things/6?topic=LinkedIn").as_deref(),
        Some("LinkedIn 2")
    );
    assert_eq!(said("/things/6?topic=LISNPN").as_deref(), Some("LISNPN 1"));
    assert_eq!(said("/things/6?topic=Facebook"), None, "nobody mentions it");
    let filtered = planet.page("/things/6?topic=LinkedIn").await;
    assert_eq!(titles(&filtered), ["Thing 6: second", "Thing 6: first"]);
    let oldest = planet.page("/things/6?topic=LinkedIn&order=oldest").await;
    assert_eq!(titles(&oldest), ["Thing 6: first", "Thing 6: second"]);
    let none = planet.words("/things/6?topic=Facebook").await;
    assert!(
        none.contains("No post on Thing 6 mentions Facebook"),
        "{none}"
    );
}

#[tokio::test]
async fn other_topics_in_feeds_toml_are_counted_at_once() {
    let mut planet = with_posts().await;
    planet.roster.course.things[5].topics = vec!["The end".to_owned()];
    planet.take_over().await;
    let page = planet.page("/things/6").await;
    assert!(page.links_to("/things/6?topic=The+end"));
    assert!(!page.links_to("/things/6?topic=LinkedIn"));
}

#[tokio::test]
async fn who_has_not_posted_is_told_only_where_the_organisers_say_so() {
    let mut planet = with_posts().await;
    assert!(!planet.page("/things/6").await.links_to("/participants/bob"));
    planet.roster.planet.show_missing = true;
    planet.take_over().await;
    let page = planet.page("/things/6").await;
    let summary = page.all("summary")[0].text();
    assert_eq!(summary, "Not posted on Thing 6 yet: 1 participant");
    let missing = page.all("details")[0];
    assert!(missing.links_to("/participants/bob") && !missing.links_to("/participants/ann"));
    planet.unregister("Bob").await;
    let words = planet.words("/things/6").await;
    assert!(
        words.contains("Everybody has posted on Thing 6."),
        "{words}"
    );
}

#[tokio::test]
async fn a_post_has_a_page_that_leads_to_the_post_itself_and_to_those_beside_it() {
    let planet = with_posts().await;
    let path = path_of(&planet, "Thing 6: second");
    let original = Feed::atom("ann").address(2);
    for list in ["/", "/things/6", "/participants/ann"] {
        let page = planet.page(list).await;
        assert!(page.links_to(&path) && page.links_to(&original), "{list}");
    }
    let page = planet.page(&path).await;
    assert_eq!(titles(&page), ["Thing 6: second"]);
    assert!(
        page.links_to(&original)
            && page.links_to("/things/6")
            && page.links_to("/participants/ann")
    );
    assert!(page.links_to(&path_of(&planet, "Thing 6: first")));
    assert!(page.links_to(&path_of(&planet, "Thing 6: third")));
    let words = planet.words(&path).await;
    for said in [
        "The end of it.",
        "title says “Thing 6”",
        "Read and comment at",
        "Earlier on Thing 6",
        "Later on Thing 6",
    ] {
        assert!(words.contains(said), "{said} in {words}");
    }
    let links = page.all("link");
    let canonical = links
        .iter()
        .find(|link| link.attribute("rel") == Some("canonical"));
    assert_eq!(
        canonical.unwrap().attribute("href"),
        Some(original.as_str())
    );
    let metas = page.all("meta");
    let robots = metas
        .iter()
        .find(|meta| meta.attribute("name") == Some("robots"));
    assert_eq!(robots.unwrap().attribute("content"), Some("noindex"));
}

#[tokio::test]
async fn a_post_alone_shows_no_more_than_its_author_wants() {
    let mut planet = with_posts().await;
    let path = path_of(&planet, "Thing 6: second");
    assert!(planet.get(&path).await.text().contains("<b>linkedin</b>"));
    planet.roster.participants[0].excerpt_only = true;
    planet.take_over().await;
    let shown = planet.get(&path).await.text().to_owned();
    assert!(shown.contains("linkedin") && !shown.contains("<b>linkedin</b>"));
    planet.unregister("Ann").await;
    assert_eq!(planet.get(&path).await.status, 404);
}

#[tokio::test]
async fn the_newest_posts_stand_under_their_days() {
    let planet = with_posts().await;
    let page = planet.page("/").await;
    let headings: Vec<String> = page
        .all("h2")
        .iter()
        .map(|heading| heading.text())
        .collect();
    let wanted = [
        "Wednesday 20 July 2011",
        "Tuesday 19 July 2011",
        "Monday 18 July 2011",
    ];
    assert_eq!(headings[1..4], wanted, "after what is on now");
}

#[tokio::test]
async fn the_things_that_opened_last_are_told_on_the_first_page() {
    let planet = with_posts().await;
    let page = planet.page("/").await;
    let sections = page.all("section");
    let now = sections
        .iter()
        .find(|it| it.attribute("class") == Some("now"))
        .unwrap();
    assert!(now.links_to("/things/10") && now.links_to("/things/11"));
    assert!(!now.links_to("/things/9") && !now.links_to("/things/12"));
    planet.later(24 * 200);
    let page = planet.page("/").await;
    assert!(
        page.all("section")
            .iter()
            .all(|it| it.attribute("class") != Some("now")),
        "it is over"
    );
}

#[tokio::test]
async fn a_german_course_is_read_in_german() {
    let mut planet = with_posts().await;
    planet.roster.course.rules.language = Language::German;
    planet.roster.planet.show_missing = true;
    planet.take_over().await;
    let path = path_of(&planet, "Thing 6: second");
    for (path, said) in [
        ("/", "Neueste Beiträge"),
        ("/things", "Woche 5"),
        ("/things/6", "Was die Beiträge erwähnen"),
        ("/things/6", "im Titel steht „Thing 6“"),
        ("/things/7", "Noch kein Beitrag zu Thing 7"),
        (&path, "Lesen und kommentieren"),
    ] {
        assert_eq!(planet.page(path).await.attribute("lang"), Some("de"));
        let words = planet.words(path).await;
        assert!(words.contains(said), "{said} in {words}");
        for english in [
            "Read ",
            "posts",
            "Week",
            "Opened",
            "participants",
            "Newest",
            "says",
        ] {
            assert!(!words.contains(english), "{english} on {path}: {words}");
        }
    }
}

#[tokio::test]
async fn below_a_path_the_way_to_older_posts_leads_on() {
    let blogs = Blogosphere::start().await;
    let post =
        |feed: Feed, number: usize| feed.post(&format!("Thing 6, part {number}"), "2011-07-18");
    blogs.serves("/ann/feed", &(1..=25).fold(Feed::atom("ann"), post));
    let mut planet = Planet::start().await;
    planet.roster.planet.base_url = "https://example.org/planet".to_owned();
    planet.register("Ann", &blogs.url("/ann/feed")).await;
    planet.poll().await;
    let page = planet.page("/things/6").await;
    let mut links = page.links().into_iter().map(|(href, _)| href);
    let older = links.find(|href| href.contains("before=")).unwrap();
    assert!(older.starts_with("/planet/things/6?before="), "{older}");
}
