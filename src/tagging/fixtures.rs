//! Courses and posts for this room's tests.

use std::sync::LazyLock;

use jiff::tz::TimeZone;
use url::Url;

use super::Tagger;
use crate::model::{Course, EntryText, Rules, Tag, TagState, Thing};

/// A course of so many Things without a title.
pub(super) fn course(unit: &str, names: &[&str], count: u16) -> Course {
    Course {
        name: "A course".into(),
        names: names.iter().map(ToString::to_string).collect(),
        unit: unit.into(),
        home: None,
        feed: None,
        timezone: TimeZone::UTC,
        opens: None,
        closes: None,
        things: (1..=count).map(thing).collect(),
        rules: Rules::default(),
    }
}

/// A course like the reference course.
pub(super) fn cpd23() -> Course {
    let mut course = course("Thing", &["cpd23", "23 Things"], 23);
    course.name = "23 Things for Professional Development".into();
    for (number, title, topics) in [
        (6, "Online networks", &["LinkedIn", "Google+"][..]),
        (
            8,
            "Organising yourself: Google Calendar",
            &["Google Calendar"],
        ),
        (9, "Evernote", &["Evernote"]),
        (
            10,
            "Graduate traineeships",
            &["Chartership", "Library Routes"],
        ),
        (
            20,
            "Library Routes",
            &["Library Day in the Life", "Library roots"],
        ),
    ] {
        let thing = &mut course.things[number - 1];
        thing.title = title.into();
        thing.topics = topics.iter().map(ToString::to_string).collect();
        let brief = format!("https://cpd23.blogspot.com/2011/07/thing-{number}.html");
        thing.brief = brief.parse().ok();
    }
    course
}

/// A course of ten weeks.
pub(super) fn weeks() -> Course {
    course("Week", &["DigLit10"], 10)
}

/// A course of forty assignments.
pub(super) fn assignments() -> Course {
    course("Assignment", &["DS106"], 40)
}

/// A post with this title alone.
pub(super) fn titled(title: &str) -> EntryText {
    EntryText {
        title: title.into(),
        ..EntryText::default()
    }
}

/// A post with all that a feed gives.
pub(super) fn post(title: &str, url: &str, categories: &[&str], body: &str) -> EntryText {
    EntryText {
        title: title.into(),
        url: Url::parse(url).ok(),
        categories: categories.iter().map(ToString::to_string).collect(),
        body: body.into(),
        ..EntryText::default()
    }
}

/// The rules of the course like the reference course, made once: that takes longer than reading a post.
pub(super) static CPD23: LazyLock<Tagger> = LazyLock::new(|| Tagger::new(&cpd23()));

/// What a course makes of a post.
pub(super) fn tags_in(course: &Course, entry: &EntryText) -> Vec<Tag> {
    if *course == cpd23() {
        return CPD23.tags(entry);
    }
    Tagger::new(course).tags(entry)
}

/// The Things for which a post is tagged.
pub(super) fn tagged(course: &Course, entry: &EntryText) -> Vec<u16> {
    in_state(course, entry, TagState::Tagged)
}

/// The Things that are suggested for a post.
pub(super) fn suggested(course: &Course, entry: &EntryText) -> Vec<u16> {
    in_state(course, entry, TagState::Suggested)
}

fn in_state(course: &Course, entry: &EntryText, state: TagState) -> Vec<u16> {
    tags_in(course, entry)
        .into_iter()
        .filter(|tag| tag.state == state)
        .map(|tag| tag.thing)
        .collect()
}

fn thing(number: u16) -> Thing {
    Thing {
        number,
        title: String::new(),
        week: None,
        opens: None,
        brief: None,
        topics: Vec::new(),
    }
}
