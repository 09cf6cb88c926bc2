//! Every page with sample data and with hostile data, and themes that are right and wrong.

use std::fs;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::engine::TEMPLATES;
use super::sample::Sample;
use super::*;
use crate::model::SafeHtml;

const HOSTILE: &str = "<script>alert('x')</script>\u{0}\u{202e}\"&</bdi>";

/// Every sample page as (template, HTML).
fn all_pages() -> Vec<(&'static str, String)> {
    let env = environment(None);
    sample::views()
        .into_iter()
        .map(|(template, view)| (template, fill(&env, template, view).unwrap()))
        .collect()
}

/// The elements of a page in order; panics where it is not well-formed.
fn elements(page: &str) -> Vec<BytesStart<'static>> {
    let mut reader = Reader::from_str(page);
    reader.config_mut().check_end_names = true;
    let mut elements = Vec::new();
    loop {
        match reader
            .read_event()
            .unwrap_or_else(|error| panic!("{error} in\n{page}"))
        {
            Event::Start(element) | Event::Empty(element) => {
                elements.push(element.into_owned());
            }
            Event::GeneralRef(reference) => {
                let name = reference.decode().unwrap();
                assert!(
                    reference.is_char_ref() || ["amp", "lt", "gt", "quot"].contains(&&*name),
                    "&{name}; is not well-formed"
                );
            }
            Event::Eof => return elements,
            _ => {}
        }
    }
}

fn named<'a>(elements: &'a [BytesStart<'static>], name: &str) -> Vec<&'a BytesStart<'static>> {
    let is_it = |element: &&BytesStart<'_>| element.name().as_ref() == name.as_bytes();
    elements.iter().filter(is_it).collect()
}

fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = element.try_get_attribute(name).unwrap()?;
    Some(String::from_utf8(found.value.into_owned()).unwrap())
}

/// A sample in which every text from a feed is an attack.
fn hostile() -> Sample {
    let mut sample = Sample::full();
    for entry in &mut sample.entries {
        entry.title = HOSTILE.to_owned();
        entry.byline = HOSTILE.to_owned();
        entry.text = HOSTILE.to_owned();
        entry.author.name = HOSTILE.to_owned();
        for tag in &mut entry.tags {
            tag.evidence.quote = HOSTILE.to_owned();
        }
    }
    for feed in &mut sample.feeds {
        feed.owner.name = HOSTILE.to_owned();
        feed.problems = vec![HOSTILE.to_owned()];
        if let Some(failure) = &mut feed.failure {
            failure.cause = HOSTILE.to_owned();
        }
    }
    for person in &mut sample.participants {
        person.name = HOSTILE.to_owned();
        person.groups = vec![HOSTILE.to_owned()];
    }
    sample
}

fn hostile_pages() -> Vec<String> {
    let (sample, pages) = (hostile(), Pages::new(None));
    let site = sample.site();
    let (person, feed) = (&sample.participants[2], Some(&sample.feeds[2]));
    let posted = sample.posted();
    let posting = Sample::posting();
    let row = site.participant_row(person, feed, 1, 1);
    let participant = site.participant(
        person,
        feed,
        &sample.odd_posts(),
        (&posted, &posting),
        &sample.entries,
        Pager::default(),
    );
    let home = site.home(
        1,
        true,
        &sample.tallies(),
        &sample.entries,
        Pager::default(),
    );
    let choice = Choice {
        topic: Some(HOSTILE),
        topics: vec![(HOSTILE.to_owned(), 2)],
        missing: Some(vec![sample.entries[0].author.clone()]),
        ..Choice::default()
    };
    let on = &sample.course.things[2];
    let thing = site.thing(on, Tally::default(), &sample.entries, &choice);
    let near = Near {
        id: crate::model::EntryId(1),
        title: HOSTILE.to_owned(),
        author: HOSTILE.to_owned(),
    };
    let around = Around {
        thing: on,
        earlier: Some(near.clone()),
        later: Some(near),
    };
    let entry = site.entry(&sample.entries[0], vec![around]);
    vec![
        pages.home(&home).unwrap(),
        pages.thing(&thing).unwrap(),
        pages.entry(&entry).unwrap(),
        pages.participants(&site.participants(vec![row])).unwrap(),
        pages.participant(&participant).unwrap(),
        pages
            .progress(&site.progress(&sample.progress(), &sample.weeks(), &Asked::default()))
            .unwrap(),
        pages.why(&site.why(person, feed, &sample.kept())).unwrap(),
        pages
            .status(&site.status(&sample.feeds, &sample.odd_posts()))
            .unwrap(),
    ]
}

#[test]
fn every_template_fits_the_sample() {
    assert_eq!(Pages::new(None).check(), Vec::<String>::new());
}

#[test]
fn every_page_template_is_in_the_sample() {
    let tried: Vec<&str> = sample::views().into_iter().map(|(name, _)| name).collect();
    let parts = [
        "layout.html",
        "post.html",
        "mark.html",
        "pager.html",
        "health.html",
        "odd.html",
        "offer.html",
    ];
    for (name, _) in TEMPLATES {
        assert!(parts.contains(&name) || tried.contains(&name), "{name}");
    }
}

#[test]
fn every_page_is_well_formed_and_has_its_landmarks() {
    for (template, page) in all_pages() {
        let elements = elements(&page);
        for landmark in ["header", "main", "footer", "h1", "title"] {
            assert_eq!(
                named(&elements, landmark).len(),
                1,
                "{landmark} in {template}"
            );
        }
        let html = named(&elements, "html");
        assert_eq!(
            attribute(html[0], "lang").as_deref(),
            Some("en"),
            "{template}"
        );
        let skip = named(&elements, "a")[0];
        assert_eq!(
            attribute(skip, "href").as_deref(),
            Some("#main"),
            "{template}"
        );
        let main = named(&elements, "main")[0];
        assert_eq!(attribute(main, "id").as_deref(), Some("main"), "{template}");
        for nav in named(&elements, "nav") {
            assert!(
                attribute(nav, "aria-label")
                    .or(attribute(nav, "aria-labelledby"))
                    .is_some(),
                "a nav of {template}"
            );
        }
    }
}

#[test]
fn headings_never_skip_a_level() {
    for (template, page) in all_pages() {
        let mut before = 0;
        for element in elements(&page) {
            let &[b'h', digit @ b'1'..=b'6'] = element.name().as_ref() else {
                continue;
            };
            let level = digit - b'0';
            assert!(
                level <= before + 1,
                "h{before} is followed by h{level} in {template}"
            );
            before = level;
        }
    }
}

#[test]
fn ids_are_unique_and_labels_lead_to_them() {
    for (template, page) in all_pages() {
        let elements = elements(&page);
        let ids: Vec<String> = elements
            .iter()
            .filter_map(|it| attribute(it, "id"))
            .collect();
        for (at, id) in ids.iter().enumerate() {
            assert!(!ids[..at].contains(id), "#{id} twice in {template}");
        }
        for label in elements
            .iter()
            .filter_map(|it| attribute(it, "aria-labelledby"))
        {
            assert!(ids.contains(&label), "#{label} is missing in {template}");
        }
    }
}

#[test]
fn no_page_has_a_script_of_its_own_or_a_style_or_a_word_for_nothing() {
    for (template, page) in all_pages() {
        for element in elements(&page) {
            let name = String::from_utf8(element.name().as_ref().to_vec()).unwrap();
            assert!(!["style", "iframe"].contains(&name.as_str()), "{template}");
            let src = attribute(&element, "src");
            assert!(
                name != "script" || src.as_deref() == Some("/planet.js"),
                "{template}"
            );
            for attribute in element.attributes() {
                let key = attribute.unwrap().key.as_ref().to_vec();
                assert!(!key.starts_with(b"on") && key != b"style", "{template}");
            }
        }
        assert!(
            !page.contains(">none<") && !page.contains("None"),
            "{template}"
        );
    }
}

#[test]
fn every_table_names_its_rows_and_columns() {
    for (template, page) in all_pages() {
        let elements = elements(&page);
        let tables = named(&elements, "table").len();
        assert_eq!(named(&elements, "caption").len(), tables, "{template}");
        for header in named(&elements, "th") {
            assert!(attribute(header, "scope").is_some(), "a th of {template}");
        }
    }
}

#[test]
fn the_page_one_is_on_is_marked() {
    let sample = Sample::full();
    let site = sample.site();
    let current = |page: String| {
        let elements = elements(&page);
        let links = named(&elements, "a").into_iter();
        let mark = |link: &BytesStart<'_>| {
            Some((attribute(link, "href")?, attribute(link, "aria-current")?))
        };
        links.filter_map(mark).collect::<Vec<_>>()
    };
    let pages = Pages::new(None);
    let things = site.things(&sample.tallies());
    let thing = site.thing(
        &sample.course.things[0],
        Tally::default(),
        &[],
        &Choice::default(),
    );
    let marks = |mark: &str| vec![("/things".to_owned(), mark.to_owned())];
    assert_eq!(current(pages.things(&things).unwrap()), marks("page"));
    assert_eq!(current(pages.thing(&thing).unwrap()), marks("true"));
}

#[test]
fn a_thing_offers_its_own_feed_before_the_feed_of_all() {
    let sample = Sample::full();
    let thing = &sample.course.things[2];
    let view = sample
        .site()
        .thing(thing, Tally::default(), &[], &Choice::default());
    let page = Pages::new(None).thing(&view).unwrap();
    let elements = elements(&page);
    let links = named(&elements, "link").into_iter();
    let feeds: Vec<String> = links
        .filter(|link| attribute(link, "rel").as_deref() == Some("alternate"))
        .filter_map(|link| attribute(link, "href"))
        .collect();
    assert_eq!(feeds, ["/things/6/feed.atom", "/feed.atom"]);
}

#[test]
fn a_notice_stands_on_every_page() {
    let sample = Sample::full();
    let notice = "feeds.toml has an error; the last good one is in use.";
    let site = Site::new(
        &sample.course,
        &sample.planet,
        sample::NOW,
        Some(notice.to_owned()),
    );
    let pages = Pages::new(None);
    let about = site.about("thingplanet", &crate::model::PollSettings::default());
    assert!(pages.about(&about).unwrap().contains(notice));
    let status = site.status(&sample.feeds, &sample.odd_posts());
    assert!(pages.status(&status).unwrap().contains(notice));
}

#[test]
fn text_from_feeds_is_escaped_everywhere() {
    for page in hostile_pages() {
        assert_eq!(named(&elements(&page), "script").len(), 1, "ours alone");
        assert!(page.contains("&lt;script&gt;alert(&#39;x&#39;)"), "{page}");
        assert!(!page.contains('\u{0}'));
    }
}

#[test]
fn sanitised_html_is_printed_as_it_is() {
    let mut sample = Sample::full();
    sample.entries[0].html = SafeHtml::vouched("<p>I <em>joined</em>.</p>".to_owned());
    let pages = Pages::new(None);
    let thing = &sample.course.things[2];
    let view = sample
        .site()
        .thing(thing, Tally::default(), &sample.entries, &Choice::default());
    assert!(
        pages
            .thing(&view)
            .unwrap()
            .contains("<p>I <em>joined</em>.</p>")
    );
    let mut shy = sample.clone();
    shy.entries[0].author.excerpt_only = true;
    let view = shy
        .site()
        .thing(thing, Tally::default(), &shy.entries, &Choice::default());
    let page = pages.thing(&view).unwrap();
    assert!(!page.contains("<em>joined</em>") && page.contains("I joined LinkedIn"));
}

#[test]
fn suggestions_are_not_shown() {
    let sample = Sample::full();
    let view = sample.site().home(
        3,
        true,
        &sample.tallies(),
        &sample.entries,
        Pager::default(),
    );
    let things =
        |post: &PostView| -> Vec<u16> { post.tags.iter().map(|tag| tag.thing.number).collect() };
    let posts: Vec<&PostView> = view.days.iter().flat_map(|day| &day.posts).collect();
    assert_eq!(things(posts[0]), [6]);
    assert!(things(posts[2]).is_empty());
}

#[test]
fn no_template_vouches_for_its_own_safety() {
    for (name, text) in TEMPLATES {
        let words = [
            "safe",
            "autoescape",
            "<script>",
            "<style",
            "style=",
            "http://",
        ];
        for word in words {
            assert!(!text.contains(word), "{word} in {name}");
        }
    }
}

#[test]
fn a_file_of_the_theme_stands_for_ours() {
    let dir = tempfile::tempdir().unwrap();
    let pages = Pages::new(Some(dir.path()));
    let sample = Sample::full();
    let view = sample.site().problem("Gone", "It is gone.", "Go on.");
    assert!(pages.problem(&view).unwrap().contains("<h1>Gone</h1>"));
    fs::write(
        dir.path().join("problem.html"),
        "{{ heading }} & {{ sentence }}",
    )
    .unwrap();
    fs::write(dir.path().join("style.css"), "body{}").unwrap();
    assert_eq!(pages.problem(&view).unwrap(), "Gone & It is gone.");
    assert_eq!(pages.style(), "body{}");
    assert_eq!(pages.check(), Vec::<String>::new());
}

#[test]
fn a_typo_in_a_theme_is_reported_and_the_page_still_works() {
    let dir = tempfile::tempdir().unwrap();
    let pages = Pages::new(Some(dir.path()));
    let file = dir.path().join("problem.html");
    let view = Sample::full()
        .site()
        .problem("Gone", "It is gone.", "Go on.");
    for (text, place, marked) in [
        (
            "<h1>\n{{ headng }}</h1>",
            "2:4",
            "  2 | {{ headng }}</h1>\n    |    ^^^^^^",
        ),
        (
            "<h1>\n\n{{ heading </h1>",
            "3:13",
            "  3 | {{ heading </h1>\n    |             ^",
        ),
        (
            "{{ heading|safe }}",
            "1:12",
            "  1 | {{ heading|safe }}\n    |            ^^^^",
        ),
        (
            "{% if frame.coarse %}x{% endif %}",
            "1:7",
            "  1 | {% if frame.coarse %}x{% endif %}\n    |       ^^^^^^^^^^^^",
        ),
        (
            "\t<p>é {{ headng }}",
            "1:10",
            "  1 |  <p>é {{ headng }}\n    |          ^^^^^^",
        ),
        ("{% if heading %}\nx", "2:1", "  2 | x\n    | ^"),
    ] {
        fs::write(&file, text).unwrap();
        let faults = pages.check();
        let begin = format!("{}:{place}: ", file.display());
        assert_eq!(faults.len(), 1, "{faults:?}");
        assert!(faults[0].starts_with(&begin), "{}", faults[0]);
        assert!(faults[0].ends_with(marked), "{}", faults[0]);
        assert!(pages.problem(&view).unwrap().contains("<h1>Gone</h1>"));
    }
}

#[test]
fn a_typo_in_a_part_is_reported_where_it_stands() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("post.html");
    for (text, place) in [
        ("<p>\n{{ post.titel }}</p>", "2:4"),
        ("<p>\n{{ post.title|upperr }}</p>", "2:15"),
        ("<p>\n\n{% if %}", "3:7"),
    ] {
        fs::write(&file, text).unwrap();
        let faults = Pages::new(Some(dir.path())).check();
        let begin = format!("{}:{place}: ", file.display());
        assert_eq!(faults.len(), 1, "{faults:?}");
        assert!(faults[0].starts_with(&begin), "{}", faults[0]);
    }
}

#[test]
fn of_a_long_line_the_place_is_shown() {
    let dir = tempfile::tempdir().unwrap();
    let long = format!("<p>{}{{{{ headng }}}}</p>", "x".repeat(400));
    fs::write(dir.path().join("problem.html"), long).unwrap();
    let faults = Pages::new(Some(dir.path())).check();
    let lines: Vec<&str> = faults[0].lines().collect();
    let marked = lines[2].find('^').unwrap();
    assert_eq!(&lines[1][marked..marked + 6], "headng", "{}", faults[0]);
}

#[test]
fn a_theme_file_that_nothing_uses_is_reported() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("hme.html"), "x").unwrap();
    let faults = Pages::new(Some(dir.path())).check();
    assert!(
        faults.len() == 1 && faults[0].contains("no page uses this file"),
        "{faults:?}"
    );
    fs::write(dir.path().join("pager.html"), "{% include \"hme.html\" %}").unwrap();
    assert_eq!(Pages::new(Some(dir.path())).check(), Vec::<String>::new());
}

#[test]
fn a_theme_file_that_is_not_text_is_reported() {
    let dir = tempfile::tempdir().unwrap();
    for name in ["problem.html", "style.css"] {
        fs::write(dir.path().join(name), b"caf\xe9").unwrap();
    }
    let pages = Pages::new(Some(dir.path()));
    let mut faults = pages.check();
    faults.sort();
    let place = |name| dir.path().join(name).display().to_string();
    assert_eq!(faults.len(), 2, "{faults:?}");
    assert!(faults[0].starts_with(&place("problem.html")), "{faults:?}");
    assert!(faults[1].starts_with(&place("style.css")), "{faults:?}");
    assert!(
        faults
            .iter()
            .all(|fault| fault.contains("save it as UTF-8"))
    );
    assert_eq!(pages.style(), STYLE);
}

#[test]
fn a_theme_that_turns_in_circles_is_reported() {
    let dir = tempfile::tempdir().unwrap();
    let pages = Pages::new(Some(dir.path()));
    let view = Sample::full()
        .site()
        .problem("Gone", "It is gone.", "Go on.");
    for text in [
        "{% extends \"problem.html\" %}",
        "{% include \"problem.html\" %}",
    ] {
        fs::write(dir.path().join("problem.html"), text).unwrap();
        assert!(!pages.check().is_empty());
        assert!(pages.problem(&view).unwrap().contains("<h1>Gone</h1>"));
    }
}

#[test]
fn a_theme_folder_that_does_not_exist_is_reported() {
    let pages = Pages::new(Some(Path::new("/nowhere/at/all")));
    assert!(pages.check()[0].starts_with("/nowhere/at/all: "));
    assert_eq!(pages.style(), STYLE);
}

#[test]
fn a_planet_below_a_path_links_within_it() {
    let mut sample = Sample::full();
    sample.planet.base_url = "https://example.org/planet/".to_owned();
    let view = sample.site().home(
        3,
        true,
        &sample.tallies(),
        &sample.entries,
        Pager::default(),
    );
    assert_eq!(view.frame.canonical, "https://example.org/planet/");
    let page = Pages::new(None).home(&view).unwrap();
    for element in elements(&page) {
        let Some(href) = attribute(&element, "href") else {
            continue;
        };
        let inside = ["/planet/", "http", "#", "mailto:"];
        assert!(inside.iter().any(|start| href.starts_with(start)), "{href}");
    }
}
