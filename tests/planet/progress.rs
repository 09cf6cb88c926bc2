//! Who has posted on what, and why a post is missing: as a page, as a spreadsheet, and for the one whose post it is.

use std::sync::Arc;

use thingplanet::model::{BlogRules, Language, Verdict};
use tokio::sync::Barrier;

use crate::harness::xml::Element;
use crate::harness::{Answer, Blogosphere, Feed, Planet};

/// A planet on 1 August with four participants: Ann posted on Thing 6 in time and on Thing 1 late, Bob posted something
/// that may be on Thing 6, Cem's blog is broken, and Dee's is silent.
async fn with_four() -> (Blogosphere, Planet) {
    let blogs = Blogosphere::start().await;
    let ann = Feed::atom("ann")
        .post("Thing 6: too many networks", "2011-07-20")
        .post("Thing 1, at last", "2011-07-30");
    let bob = Feed::atom("bob")
        .post("cpd23: joining LinkedIn", "2011-07-21")
        .saying("<p>LinkedIn, Facebook and LISNPN: I am on all of them.</p>")
        .post("My holidays", "2011-07-28")
        .saying("<p>It rained.</p>");
    blogs.serves("/ann/feed", &ann);
    blogs.serves("/bob/feed", &bob);
    blogs.answers("/cem/feed", [Answer::status(500)]);
    blogs.serves("/dee/feed", &Feed::atom("dee").post("Hello", "2011-05-01"));
    let mut planet = Planet::start().await;
    for name in ["Ann", "Bob", "Cem", "Dee"] {
        let address = blogs.url(&format!("/{}/feed", name.to_lowercase()));
        planet.register(name, &address).await;
    }
    for (at, groups) in [(0, ["UK"]), (1, ["UK"]), (3, ["A & B"])] {
        planet.roster.participants[at].groups = groups.map(str::to_owned).into();
    }
    planet.take_over().await;
    planet.poll().await;
    (blogs, planet)
}

/// The rows of the page's table, cell by cell, without what a link leads to.
async fn rows(planet: &Planet, query: &str) -> Vec<Vec<String>> {
    let page = planet.page(&format!("/progress{query}")).await;
    let bodies = page.all("tbody");
    // The first table is that of progress, unless nobody is shown.
    let Some(table) = bodies.first().filter(|_| bodies.len() > 1) else {
        return Vec::new();
    };
    let row = |row: &&Element| -> Vec<String> {
        let name = row.named("th").map(|head| head.links()[0].1.clone());
        name.chain(row.named("td").map(Element::text)).collect()
    };
    table.all("tr").iter().map(row).collect()
}

/// The lines of the spreadsheet, without its head.
async fn lines(planet: &Planet, query: &str) -> Vec<Vec<String>> {
    let table = planet.get(&format!("/progress.csv{query}")).await;
    let mut reader = csv::ReaderBuilder::new().from_reader(&table.bytes[..]);
    let lines = reader.records().map(Result::unwrap);
    lines
        .map(|line| line.iter().map(str::to_owned).collect())
        .collect()
}

async fn names(planet: &Planet, query: &str) -> Vec<String> {
    let mut rows = rows(planet, query).await;
    rows.iter_mut().map(|row| row.remove(0)).collect()
}

#[tokio::test]
async fn every_cell_is_a_post_or_one_of_five_causes() {
    let (_blogs, planet) = with_four().await;
    let rows = rows(&planet, "").await;
    let cells = |at: usize| [1, 6, 23].map(|thing| rows[at][thing].as_str());
    assert_eq!(cells(0), ["late", "✓", "not yet due"]);
    assert_eq!(
        cells(1),
        ["nothing yet", "suggestion waiting", "not yet due"]
    );
    assert_eq!(cells(2), ["blog not read", "blog not read", "not yet due"]);
    assert_eq!(cells(3), ["nothing yet", "nothing yet", "not yet due"]);
}

#[tokio::test]
async fn a_post_that_names_no_thing_hides_only_the_things_of_its_week_and_is_a_link_away() {
    let (_blogs, planet) = with_four().await;
    // Bob's holidays are of 28 July, when Things 8 and 9 were under way.
    let row = &rows(&planet, "").await[1];
    let unrecognised: Vec<usize> = (1..=23)
        .filter(|thing| row[*thing] == "not recognised")
        .collect();
    assert_eq!(unrecognised, [8, 9]);
    assert_eq!(row[7], "nothing yet");
    let page = planet.page("/progress").await;
    let names: Vec<Vec<(String, String)>> = page.all("tbody")[0]
        .all("tr")
        .iter()
        .map(|row| row.all("th")[0].links())
        .collect();
    let link = |href: &str, text: &str| (href.to_owned(), text.to_owned());
    let way = link("/participants/bob#unrecognised", "1 post not recognised");
    assert_eq!(names[1], [link("/participants/bob", "Bob"), way]);
    // What Dee wrote before the course is nobody's concern.
    assert_eq!(names[3], [link("/participants/dee", "Dee")]);
    let bob = planet.page("/participants/bob").await;
    let headings = bob.all("h3");
    let heading = headings
        .iter()
        .find(|it| it.attribute("id") == Some("unrecognised"));
    assert!(heading.is_some(), "where the link leads");
}

#[tokio::test]
async fn a_post_without_a_date_is_done_and_not_late() {
    let (blogs, mut planet) = with_four().await;
    let undated = "<rss version=\"2.0\"><channel><title>Eve</title><link>https://eve.example/</link>
        <item><title>Thing 1</title><link>https://eve.example/1</link></item>
        <item><title>Thing 2</title><link>https://eve.example/2</link><pubDate>30 Jul 2011 12:00:00 GMT</pubDate></item>
        </channel></rss>";
    blogs.answers("/eve/feed", [Answer::feed(undated)]);
    planet.register("Eve", &blogs.url("/eve/feed")).await;
    planet.poll().await;
    let row = &rows(&planet, "").await[4];
    assert_eq!((row[1].as_str(), row[2].as_str()), ("✓", "late"));
    let page = planet.page("/participants/eve").await;
    let items = page.all("li");
    let thing = |id: &str| {
        let mut items = items.iter();
        items
            .find(|it| it.attribute("id") == Some(id))
            .unwrap()
            .text()
    };
    assert!(!thing("thing-1").contains("late") && thing("thing-2").contains("late"));
}

#[tokio::test]
async fn a_post_without_a_date_is_shown_with_the_day_of_first_sight_and_none_of_its_own() {
    let (blogs, mut planet) = with_four().await;
    let undated = "<rss version=\"2.0\"><channel><title>Eve</title><link>https://eve.example/</link>
        <item><title>Thing 1</title><link>https://eve.example/1</link><description>Hello</description></item>
        </channel></rss>";
    blogs.answers("/eve/feed", [Answer::feed(undated)]);
    planet.register("Eve", &blogs.url("/eve/feed")).await;
    planet.later(26);
    planet.poll().await;
    let id = planet.ask_database("SELECT CAST(id AS TEXT) FROM entry WHERE undated");
    let post = format!("/posts/{}", id[0]);
    for (path, said) in [
        ("/", "Eve · first seen Tuesday 2 August 2011"),
        ("/things/1", "Eve · first seen Tuesday 2 August 2011"),
        ("/search?q=thing", "Eve , first seen Tuesday 2 August 2011"),
        (
            "/participants/eve",
            "Thing 1 , first seen Tuesday 2 August 2011",
        ),
        ("/progress", "first seen 2 August 2011"),
        (&post, "Eve · no date; first seen on Tuesday 2 August 2011"),
        (
            "/participants/eve/why",
            "The feed gives it no date; first seen by us on Tuesday 2 August 2011, 15:00",
        ),
    ] {
        let words = planet.words(path).await;
        assert!(words.contains(said), "{path}: {words}");
        assert!(!words.contains("Published Tuesday"), "{path}: {words}");
    }
    let home = planet.words("/").await;
    assert!(home.contains("· 13:00"), "others have a date: {home}");
    planet.roster.course.rules.language = Language::German;
    planet.take_over().await;
    let words = planet.words(&post).await;
    assert!(
        words.contains("ohne Datum; zuerst gesehen: Dienstag, 2. August 2011"),
        "{words}"
    );
}

#[tokio::test]
async fn a_suggestion_that_waits_is_found_from_the_table_and_from_its_authors_page() {
    let (blogs, planet) = with_four().await;
    // It waits, however much is written after it.
    let mut bob = Feed::atom("bob")
        .post("cpd23: joining LinkedIn", "2011-07-21")
        .saying("<p>LinkedIn, Facebook and LISNPN: I am on all of them.</p>")
        .post("My holidays", "2011-07-28")
        .saying("<p>It rained.</p>");
    for day in 0..40 {
        bob = bob.post(&format!("Day {day} of rain"), "2011-07-29");
    }
    blogs.serves("/bob/feed", &bob);
    planet.later(2);
    planet.poll().await;
    let page = planet.page("/progress").await;
    assert!(page.links_to("/participants/bob/why#thing-6"));
    let why = planet.page("/participants/bob/why").await;
    let id = planet.ask_database("SELECT CAST(id AS TEXT) FROM entry WHERE title LIKE '%LinkedIn'");
    let item = format!("post-{}", id[0]);
    let items = why.all("li");
    let post = items
        .iter()
        .find(|it| it.attribute("id") == Some(&item))
        .unwrap();
    assert!(post.text().contains("We think that it may be on Thing 6"));
    let place = post.all("span");
    assert_eq!(place[0].attribute("id"), Some("thing-6"));
    let bob = planet.page("/participants/bob").await;
    assert!(bob.links_to(&format!("/participants/bob/why#{item}")));
    let said = "suggestion waiting: cpd23: joining LinkedIn";
    assert!(planet.words("/participants/bob").await.contains(said));
    let lines = lines(&planet, "").await;
    assert_eq!(lines[1][6], "suggestion waiting");
}

#[tokio::test]
async fn a_blog_that_puts_us_off_for_days_is_not_read_and_one_that_nobody_asks_is() {
    let (blogs, planet) = with_four().await;
    let first = async |at: usize| rows(&planet, "").await[at][2].clone();
    assert_eq!(first(3).await, "nothing yet");
    blogs.answers("/dee/feed", [Answer::status(429)]);
    planet.later(1);
    planet.poll().await;
    assert_eq!(first(3).await, "nothing yet", "it was read an hour ago");
    // Nobody polls for two days.
    planet.later(48);
    assert_eq!(first(3).await, "nothing yet");
    planet.poll().await;
    assert_eq!(first(3).await, "blog not read");
    let page = planet.page("/progress").await;
    assert!(page.links_to("/participants/dee/why"));
    let dee = planet.words("/participants/dee").await;
    assert!(dee.contains("blog not read") && !dee.contains("nothing yet"));
}

#[tokio::test]
async fn nobody_misses_a_thing_that_has_not_opened() {
    let (_blogs, planet) = with_four().await;
    let page = planet.page("/progress").await;
    let foot = page.all("tfoot")[0].all("tr")[1];
    let counts: Vec<String> = foot.named("td").map(Element::text).collect();
    assert_eq!(counts[5], "Who has not posted on Thing 6: 3");
    assert_eq!(counts[22], "–", "Thing 23");
}

#[tokio::test]
async fn whom_the_table_shows_is_chosen_by_a_link_or_a_form() {
    let (_blogs, planet) = with_four().await;
    for (query, expected) in [
        ("", "Ann Bob Cem Dee"),
        ("?group=&missing=&silent=&sort=", "Ann Bob Cem Dee"),
        ("?group=UK", "Ann Bob"),
        ("?group=A+%26+B", "Dee"),
        ("?group=nobody", "Ann Bob Cem Dee"),
        ("?missing=6", "Bob Cem Dee"),
        ("?missing=99&silent=x&sort=y", "Ann Bob Cem Dee"),
        ("?silent=1", "Cem Dee"),
        ("?group=UK&missing=6&silent=1", ""),
        ("?sort=name-backwards", "Dee Cem Bob Ann"),
        ("?sort=most", "Ann Bob Cem Dee"),
        ("?sort=least", "Bob Cem Dee Ann"),
        ("?sort=newest", "Ann Bob Dee Cem"),
        ("?sort=oldest&missing=6", "Cem Dee Bob"),
        ("?missing=6&missing=7&%00=%ff", "Bob Cem Dee"),
    ] {
        assert_eq!(names(&planet, query).await.join(" "), expected, "{query}");
    }
    let page = planet.page("/progress?group=UK").await;
    assert!(page.links_to("/progress"), "the way back");
    assert!(page.links_to("/progress?group=UK&missing=6"), "who is left");
    let words = planet.words("/progress?group=UK&missing=6&silent=1").await;
    assert!(words.contains("0 of 4 participants") && words.contains("Nobody on the list"));
}

#[tokio::test]
async fn the_spreadsheet_has_the_rows_and_the_cells_of_its_page() {
    let (_blogs, planet) = with_four().await;
    for query in [
        "",
        "?group=UK",
        "?missing=6&sort=oldest",
        "?sort=name-backwards",
    ] {
        let (rows, lines) = (rows(&planet, query).await, lines(&planet, query).await);
        assert!(!rows.is_empty() && rows.len() == lines.len(), "{query}");
        for (row, line) in rows.iter().zip(&lines) {
            assert_eq!((row.len(), &row[0]), (line.len(), &line[0]), "{query}");
            assert_eq!(row[24], line[24], "how many are done");
            for (cell, said) in row.iter().zip(line).skip(1).take(23) {
                let word = said.split(" http").next().unwrap();
                let mark = if word == "posted" { "✓" } else { word };
                assert_eq!(cell, mark, "{query}");
            }
        }
        let page = planet.page(&format!("/progress{query}")).await;
        assert!(page.links_to(&format!("/progress.csv{query}")), "{query}");
    }
}

#[tokio::test]
async fn a_table_can_be_passed_by_and_only_cells_that_lead_somewhere_are_stops() {
    let (_blogs, planet) = with_four().await;
    let page = planet.page("/progress").await;
    assert!(page.links_to("#after-table"));
    let table = page.all("tbody")[0];
    let stops: usize = table.all("td").iter().map(|cell| cell.links().len()).sum();
    assert_eq!(stops, 3, "one a post, and one a suggestion");
}

#[tokio::test]
async fn the_chart_and_its_table_say_the_same() {
    let (_blogs, planet) = with_four().await;
    let page = planet.page("/progress").await;
    let weeks = page.all("tbody")[1].all("tr");
    let week = |row: &&Element| {
        let cells: Vec<String> = row.named("td").map(Element::text).collect();
        (row.named("th").next().unwrap().text(), cells.join(" "))
    };
    assert_eq!(
        weeks.iter().map(week).collect::<Vec<_>>(),
        [
            ("18 July 2011".to_owned(), "2 1".to_owned()),
            ("25 July 2011".to_owned(), "2 1".to_owned())
        ],
        "what was written long before the course is not drawn"
    );
    assert_eq!(page.all("rect").len(), 4);
}

#[tokio::test]
async fn who_misses_a_post_learns_why_and_what_to_do() {
    let (blogs, planet) = with_four().await;
    let why = async |name: &str| planet.words(&format!("/participants/{name}/why")).await;
    let bob = why("bob").await;
    for said in [
        "We last looked on Monday 1 August 2011, 13:00",
        "The blog answered, and all that its feed lists is below.",
        "We think that it may be on Thing 6 : title mentions “LinkedIn”.",
        "and so can whoever wrote it, with “Thing 6” in its title.",
        "We recognised no Thing in it",
        "Did you publish it after our last look?",
    ] {
        assert!(bob.contains(said), "{said} in {bob}");
    }
    assert!(
        why("cem")
            .await
            .contains("We cannot read the blog since Monday 1 August 2011")
    );
    assert!(
        why("dee")
            .await
            .contains("It was published before the course opened.")
    );

    planet
        .decide("cpd23: joining LinkedIn", 6, Some(Verdict::No))
        .await;
    planet.decide("My holidays", 7, Some(Verdict::Yes)).await;
    let bob = why("bob").await;
    assert!(
        bob.contains("It is not on Thing 6 : an organiser said so on 1 August 2011."),
        "{bob}"
    );
    assert!(
        bob.contains("It is on Thing 7 : an organiser said so on Monday 1 August 2011."),
        "{bob}"
    );
    assert!(!bob.contains("Maria"), "nobody is named: {bob}");

    blogs.serves(
        "/dee/feed",
        &Feed::atom("dee").post("Thing 6", "2011-07-31"),
    );
    let page = planet.page("/participants/dee").await;
    assert!(page.links_to("/participants/dee/why"));
    assert_eq!(planet.get("/participants/nobody/why").await.status, 404);
}

#[tokio::test]
async fn a_post_that_a_rule_keeps_off_is_told_the_rule_and_not_to_do_what_it_does() {
    let (blogs, mut planet) = with_four().await;
    let eve = Feed::atom("eve").post("Thing 1 and Thing 2 (twins!)", "2011-07-30");
    blogs.serves("/eve/feed", &eve.labelled("cats"));
    let rules = BlogRules {
        labels: vec!["ttoa".to_owned()],
        ..BlogRules::default()
    };
    planet
        .roster
        .course
        .rules
        .blogs
        .insert("eve".to_owned(), rules);
    planet.register("Eve", &blogs.url("/eve/feed")).await;
    planet.poll().await;
    let id = planet.ask_database("SELECT CAST(id AS TEXT) FROM entry WHERE title LIKE '%twins%'");
    let post = format!("/posts/{}", id[0]);
    let rule = "It is on no Thing, because it has none of the labels that the organisers ask of posts of this blog: “ttoa”.";
    for path in ["/participants/eve/why", &post] {
        let words = planet.words(path).await;
        assert!(words.contains(rule), "{words}");
        assert!(!words.contains("put the Thing and its number"), "{words}");
    }
    planet.roster.course.rules.language = Language::German;
    planet.take_over().await;
    for path in ["/participants/eve/why", &post] {
        let words = planet.words(path).await;
        assert!(words.contains("erkannt werden sollen: „ttoa“."), "{words}");
    }
}

#[tokio::test]
async fn a_title_with_a_thing_that_the_course_does_not_have_is_told_so_in_both_languages() {
    let (blogs, mut planet) = with_four().await;
    let eve = Feed::atom("eve").post("Thing 42: the answer", "2011-07-30");
    blogs.serves("/eve/feed", &eve);
    planet.register("Eve", &blogs.url("/eve/feed")).await;
    planet.poll().await;
    let id = planet.ask_database("SELECT CAST(id AS TEXT) FROM entry WHERE title LIKE 'Thing 42%'");
    let post = format!("/posts/{}", id[0]);
    let why = planet.words("/participants/eve/why").await;
    assert!(
        why.contains("Its title names Thing 42, which this course does not have")
            && why.contains("such as “Thing 1”")
            && !why.contains("We recognised no"),
        "{why}"
    );
    let words = planet.words(&post).await;
    assert!(
        words.contains("The title names Thing 42, which this course does not have."),
        "{words}"
    );
    planet.roster.course.rules.language = Language::German;
    planet.take_over().await;
    for path in ["/participants/eve/why", &post] {
        let words = planet.words(path).await;
        assert!(
            words.contains("Im Titel steht „Thing 42“, aber diese Nummer hat der Kurs nicht"),
            "{words}"
        );
    }
}

#[tokio::test]
async fn a_german_course_has_german_pages_and_days() {
    let (_blogs, mut planet) = with_four().await;
    planet.roster.course.rules.language = Language::German;
    planet.take_over().await;
    for (path, said) in [
        (
            "/progress",
            "Wer zu welcher Nummer von „Thing“ geschrieben hat",
        ),
        (
            "/progress",
            "4 Beiträge in 2 Wochen. Die meisten, 2, kamen in der Woche ab 25. Juli 2011.",
        ),
        ("/participants", "Wer teilnimmt, und wie es den Blogs geht"),
        ("/participants/ann", "2 von 23 Things, 2 Beiträge"),
        ("/participants/ann", "1. August 2011, 13:00 Uhr"),
        (
            "/participants/bob/why",
            "Vielleicht gehört er zu Thing 6 : der Titel erwähnt „LinkedIn“.",
        ),
        ("/status", "gestört seit Montag, 1. August 2011"),
    ] {
        let words = planet.words(path).await;
        assert!(words.contains(said), "{path}: {said} in {words}");
        assert_eq!(planet.page(path).await.attribute("lang"), Some("de"));
    }
    let line = &lines(&planet, "").await[2];
    assert_eq!(
        (line[1].as_str(), line[23].as_str()),
        ("Blog nicht gelesen", "noch nicht dran")
    );
}

#[tokio::test]
async fn a_long_table_comes_in_blocks_that_each_say_which_rows_they_hold() {
    let mut planet = Planet::start().await;
    for number in 1..=51 {
        let address = format!("https://blog-{number}.example.com/feed");
        planet.register(&format!("Reader {number}"), &address).await;
    }
    planet.take_over().await;
    let page = planet.page("/progress").await;
    let tables = page.all("table");
    let captions: Vec<String> = tables
        .iter()
        .map(|it| it.all("caption")[0].text())
        .collect();
    assert_eq!(
        captions,
        [
            "Who has posted on which Thing · rows 1 to 50 of 51",
            "Who has posted on which Thing · rows 51 to 51 of 51"
        ]
    );
    let heads = |at: usize| tables[at].all("thead")[0].all("th");
    assert_eq!(heads(0).len(), heads(1).len());
    let stops: usize = heads(1).iter().map(|head| head.links().len()).sum();
    assert_eq!(stops, 0, "a head is a stop for the keyboard only once");
    let names: Vec<String> = page
        .all("tbody")
        .iter()
        .flat_map(|body| body.all("tr"))
        .map(|row| row.all("th")[0].links()[0].1.clone())
        .collect();
    let listed: Vec<String> = lines(&planet, "")
        .await
        .into_iter()
        .map(|it| it[0].clone())
        .collect();
    assert_eq!(
        names, listed,
        "everybody once, in the order of the spreadsheet"
    );
    assert_eq!(page.all("tfoot").len(), 1, "all are counted together");
}

/// A feed of Eve's whose posts have no date.
fn undated(titles: &[&str]) -> Answer {
    let post = |(number, title)| {
        format!("<item><title>{title}</title><link>https://eve.example/{number}</link></item>")
    };
    let posts: String = titles.iter().enumerate().map(post).collect();
    Answer::feed(format!(
        "<rss version=\"2.0\"><channel><title>Eve</title><link>https://eve.example/</link>{posts}</channel></rss>"
    ))
}

#[tokio::test]
async fn a_post_that_names_no_thing_and_has_no_date_may_be_on_any_that_has_opened() {
    let (blogs, mut planet) = with_four().await;
    blogs.answers("/eve/feed", [undated(&["My first steps"])]);
    planet.register("Eve", &blogs.url("/eve/feed")).await;
    planet.poll().await;
    let row = &rows(&planet, "").await[4];
    assert!(
        row[1..10].iter().all(|cell| cell == "not recognised"),
        "{row:?}"
    );
    // First seen when the course is long over.
    let course_is_over = 24 * 365;
    planet.later(course_is_over);
    blogs.answers("/eve/feed", [undated(&["My first steps", "And the next"])]);
    planet.poll().await;
    let row = &rows(&planet, "").await[4];
    assert!(
        row[1..24].iter().all(|cell| cell == "not recognised"),
        "{row:?}"
    );
    let page = planet.words("/progress").await;
    assert!(page.contains("Eve 2 posts not recognised"), "{page}");
}

#[tokio::test]
async fn an_upgrade_finds_the_posts_that_earlier_versions_kept_without_a_date() {
    let blogs = Blogosphere::start().await;
    let barrier = Arc::new(Barrier::new(2));
    blogs.answers("/eve/feed", [undated(&["Thing 1"]).meeting(&barrier)]);
    let ahead = Feed::atom("ann").post("Thing 1", "2011-12-24");
    blogs.serves("/ann/feed", &ahead.post("Thing 2", "2011-07-24"));
    let mut planet = Planet::start().await;
    planet.register("Ann", &blogs.url("/ann/feed")).await;
    planet.register("Eve", &blogs.url("/eve/feed")).await;
    let meanwhile = async {
        while blogs.asked("/eve/feed").is_empty() {
            tokio::task::yield_now().await;
        }
        // The answer takes its time, as every answer does that comes over a network.
        planet.minutes_later(1);
        barrier.wait().await;
    };
    tokio::join!(planet.poll(), meanwhile);
    let titles =
        "SELECT title || ' by ' || participant_slug FROM visible_entry WHERE undated ORDER BY 1";
    let expected = ["Thing 1 by ann", "Thing 1 by eve"];
    assert_eq!(planet.ask_database(titles), expected);
    planet.change_database("UPDATE entry SET undated = 0");
    let upgrade = include_str!("../../migrations/0016_people.sql").split(';');
    let mut steps = upgrade.filter(|step| step.contains("UPDATE entry SET undated"));
    planet.change_database(steps.next().unwrap());
    assert_eq!(planet.ask_database(titles), expected);
}

/// How many posts a participant's page lists as those in which nothing was recognised.
async fn unrecognised(planet: &Planet, path: &str) -> usize {
    let page = planet.get(path).await;
    let Some((_, list)) = page.text().split_once("id=\"unrecognised\"") else {
        return 0;
    };
    let (list, _) = list.split_once("</ul>").unwrap();
    list.matches("<li>").count()
}

#[tokio::test]
async fn the_link_to_posts_that_were_not_recognised_leads_to_as_many_as_it_says() {
    // Of Bob's one waits as a suggestion.
    let (blogs, mut planet) = with_four().await;
    assert!(
        planet
            .words("/progress")
            .await
            .contains("Bob 1 post not recognised")
    );
    assert_eq!(unrecognised(&planet, "/participants/bob").await, 1);
    // What Dee wrote before the course, and Fay after it, is nobody's concern.
    let fay = Feed::atom("fay")
        .post("Thing 6", "2011-07-20")
        .post("My garden", "2011-08-02")
        .post("Cats", "2012-03-01")
        .post("Dogs", "2012-03-02");
    blogs.serves("/fay/feed", &fay);
    planet.register("Fay", &blogs.url("/fay/feed")).await;
    planet.later(24 * 365);
    planet.poll().await;
    let page = planet.words("/progress").await;
    assert!(page.contains("Fay 1 post not recognised"), "{page}");
    assert_eq!(unrecognised(&planet, "/participants/fay").await, 1);
    assert_eq!(unrecognised(&planet, "/participants/dee").await, 0);
}
