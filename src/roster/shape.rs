//! Which sections the file may have, and which keys each of them has, so that an unknown key can be told where it belongs.

use super::suggest::closest;

/// A kind of section: its name, how its header is written, and its keys.
pub(super) struct Shape {
    pub(super) name: &'static str,
    pub(super) header: &'static str,
    pub(super) keys: &'static [&'static str],
}

pub(super) const COURSE: Shape = Shape {
    name: "course",
    header: "[course]",
    keys: &[
        "name",
        "names",
        "unit",
        "plural",
        "language",
        "number_words",
        "home",
        "feed",
        "timezone",
        "opens",
        "closes",
    ],
};

pub(super) const PLANET: Shape = Shape {
    name: "planet",
    header: "[planet]",
    keys: &["base_url", "contact", "content", "hub", "show_missing"],
};

pub(super) const POLL: Shape = Shape {
    name: "poll",
    header: "[poll]",
    keys: &[
        "every_minutes",
        "at_once_max",
        "gap_seconds",
        "at_once_per_platform_max",
        "timeout_seconds",
        "body_bytes_max",
        "entries_max",
        "allow_networks",
    ],
};

pub(super) const THING: Shape = Shape {
    name: "thing",
    header: "[[thing]]",
    keys: &[
        "number", "title", "week", "opens", "brief", "topics", "words", "patterns", "except",
    ],
};

pub(super) const PARTICIPANT: Shape = Shape {
    name: "participant",
    header: "[[participant]]",
    keys: &[
        "name",
        "page",
        "blog",
        "feed",
        "groups",
        "content",
        "labels",
        "except",
        "course_only",
    ],
};

pub(super) const RULES: Shape = Shape {
    name: "rules",
    header: "[rules]",
    keys: &[
        "title",
        "words",
        "category",
        "address",
        "link",
        "headings",
        "opening",
        "agreement",
        "joining",
        "mention",
        "topics",
        "subject",
        "journey",
        "patterns",
        "except",
    ],
};

pub(super) const SHAPES: [&Shape; 6] = [&COURSE, &PLANET, &POLL, &THING, &PARTICIPANT, &RULES];

/// How the header of the section with this name is written.
pub(super) fn header_of(name: &str) -> Option<&'static str> {
    let shape = SHAPES.into_iter().find(|shape| shape.name == name)?;
    Some(shape.header)
}

/// Whether the value of this key is a number, wherever it stands.
pub(super) fn is_numeric(key: &str) -> bool {
    const NUMERIC: [&str; 9] = [
        "number",
        "week",
        "every_minutes",
        "at_once_max",
        "gap_seconds",
        "at_once_per_platform_max",
        "timeout_seconds",
        "body_bytes_max",
        "entries_max",
    ];
    NUMERIC.contains(&key)
}

/// What to write where a section was meant.
pub(super) fn all_headers_help() -> String {
    let headers = SHAPES.map(|shape| shape.header).join(", ");
    format!("the sections are {headers}")
}

/// What to do about a key that this section does not have.
pub(super) fn meant_by(name: &str, shape: &Shape) -> String {
    if let Some(key) = closest(name, shape.keys.iter().copied()) {
        return format!("did you mean `{key}`?");
    }
    if let Some(other) = home_of(name) {
        return format!("`{name}` belongs under {}", other.header);
    }
    format!("{} has these keys: {}", shape.header, shape.keys.join(", "))
}

/// The section that has this key.
pub(super) fn home_of(key: &str) -> Option<&'static Shape> {
    SHAPES.into_iter().find(|shape| shape.keys.contains(&key))
}
