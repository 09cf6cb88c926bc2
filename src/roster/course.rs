//! Reads the course, its Things, and how its planet is run.
//!
//! Every default of these sections is here or in [`PollSettings`]. It must not know about participants.

use std::collections::BTreeMap;
use std::ops::{Range, RangeInclusive};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use toml::Spanned;
use toml::de::DeTable;
use url::Url;

use super::address::{self, Trouble};
use super::notes::Notes;
use super::rules;
use super::section::{self, Section};
use super::shape::{COURSE, PLANET, POLL, THING};
use super::suggest::{closest, closest_zone};
use crate::model::{ContentPolicy, Course, PlanetSettings, PollSettings, Rules, Thing, ThingRules};

/// What one Thing is called where the organiser does not say.
const UNIT: &str = "Thing";

/// Where the planet is reached until the organiser says so.
const BASE_URL: &str = "http://127.0.0.1:8023";

/// The numbers a Thing can have, and the weeks a course can have.
const NUMBERS: RangeInclusive<u32> = 1..=999;

/// The most Things of one course.
const THINGS_MAX: u32 = 500;

/// The smallest and largest limit for one feed, in bytes.
const BODY_BYTES: RangeInclusive<u32> = 10_000..=100_000_000;

/// Reads `[course]` and every `[[thing]]`.
pub(super) fn course<'a>(document: &'a DeTable<'a>, notes: &mut Notes<'_>) -> Course {
    section::require(
        document,
        &COURSE,
        "there is no section [course]",
        "begin the file with [course] and, on the next line, name = \"The name of your course\"",
        notes,
    );
    section::require(
        document,
        &THING,
        "there are no Things",
        "add a section [[thing]] for each, with number = 1 and title = \"…\"",
        notes,
    );
    let (things, of_things) = things(document, notes);
    let Some(section) = section::single(document, &COURSE, notes) else {
        return untitled(things);
    };
    section.require("name", "\"23 Things for Professional Development\"", notes);
    let (opens, closes) = days(&section, notes);
    Course {
        name: plain(section.text("name", notes)).unwrap_or_default(),
        names: section
            .texts("names", notes)
            .into_iter()
            .map(Spanned::into_inner)
            .collect(),
        unit: plain(section.read("unit", unit, notes)).unwrap_or_else(|| UNIT.to_owned()),
        home: url(&section, "home", notes),
        feed: url(&section, "feed", notes),
        timezone: plain(section.read("timezone", timezone, notes)).unwrap_or(TimeZone::UTC),
        opens,
        closes,
        things,
        rules: Rules {
            things: of_things,
            ..rules::rules(document, &section, notes)
        },
    }
}

/// Reads `[planet]`.
pub(super) fn planet<'a>(document: &'a DeTable<'a>, notes: &mut Notes<'_>) -> PlanetSettings {
    let section = section::single(document, &PLANET, notes);
    let Some(section) = section else {
        return PlanetSettings {
            base_url: BASE_URL.to_owned(),
            contact: None,
            content: ContentPolicy::Full,
            hub: None,
            show_missing: false,
        };
    };
    PlanetSettings {
        base_url: plain(section.read("base_url", address::base, notes))
            .unwrap_or_else(|| BASE_URL.to_owned()),
        contact: plain(section.read("contact", address::contact, notes)),
        content: plain(section.read("content", content, notes)).unwrap_or(ContentPolicy::Full),
        hub: plain(section.read("hub", address::web, notes)),
        show_missing: section.truth("show_missing", notes).unwrap_or(false),
    }
}

/// Reads `[poll]`.
pub(super) fn poll<'a>(document: &'a DeTable<'a>, notes: &mut Notes<'_>) -> PollSettings {
    let mut poll = PollSettings::default();
    let Some(section) = section::single(document, &POLL, notes) else {
        return poll;
    };
    if let Some(minutes) = plain(section.number("every_minutes", 10..=10_080, notes)) {
        poll.every_minutes = minutes;
    }
    if let Some(feeds) = narrow(section.number("at_once_max", 1..=64, notes)) {
        poll.at_once_max = feeds;
    }
    if let Some(seconds) = narrow(section.number("gap_seconds", 0..=60, notes)) {
        poll.gap_seconds = seconds;
    }
    if let Some(requests) = narrow(section.number("at_once_per_platform_max", 1..=64, notes)) {
        poll.at_once_per_platform_max = requests;
    }
    if let Some(seconds) = narrow(section.number("timeout_seconds", 1..=300, notes)) {
        poll.timeout_seconds = seconds;
    }
    if let Some(bytes) = narrow(section.number("body_bytes_max", BODY_BYTES, notes)) {
        poll.body_bytes_max = bytes;
    }
    if let Some(entries) = narrow(section.number("entries_max", 1..=5_000, notes)) {
        poll.entries_max = entries;
    }
    poll.allow_networks = networks(&section, notes);
    poll
}

/// Reads how much of a post is shown.
pub(super) fn content(text: &str) -> Result<ContentPolicy, Trouble> {
    match text {
        "full" => Ok(ContentPolicy::Full),
        "excerpt" => Ok(ContentPolicy::Excerpt),
        _ => Err(Trouble {
            message: "is neither \"full\" nor \"excerpt\"".to_owned(),
            help: match closest(text, ["full", "excerpt"]) {
                Some(meant) => format!("did you mean \"{meant}\"?"),
                None => {
                    "write \"full\" for whole posts, \"excerpt\" for their first words and a link"
                        .to_owned()
                }
            },
        }),
    }
}

/// Reads the address of a page or feed, if there is one.
pub(super) fn url(section: &Section<'_>, key: &str, notes: &mut Notes<'_>) -> Option<Url> {
    plain(section.read(key, address::web, notes))
}

fn plain<T>(value: Option<Spanned<T>>) -> Option<T> {
    value.map(Spanned::into_inner)
}

fn narrow<T: TryFrom<u32>>(value: Option<Spanned<u32>>) -> Option<T> {
    plain(value).and_then(|number| T::try_from(number).ok())
}

/// A course that has not said its name, kept so that the rest of the file can be read.
fn untitled(things: Vec<Thing>) -> Course {
    Course {
        name: String::new(),
        names: Vec::new(),
        unit: UNIT.to_owned(),
        home: None,
        feed: None,
        timezone: TimeZone::UTC,
        opens: None,
        closes: None,
        things,
        rules: Rules::default(),
    }
}

pub(super) fn unit(text: &str) -> Result<String, Trouble> {
    if text
        .chars()
        .all(|character| character.is_alphabetic() || character == '-')
    {
        return Ok(text.to_owned());
    }
    Err(Trouble {
        message: "must be one word".to_owned(),
        help: "write what one part of the course is called: \"Thing\", \"Week\" or \"Module\""
            .to_owned(),
    })
}

fn timezone(name: &str) -> Result<TimeZone, Trouble> {
    // Known even to a machine without a list of time zones.
    if name.eq_ignore_ascii_case("UTC") {
        return Ok(TimeZone::UTC);
    }
    TimeZone::get(name).map_err(|_| {
        if jiff::tz::db().available().next().is_none() {
            return Trouble {
                message: format!("is `{name}`, and this machine has no list of time zones"),
                help: "install its package tzdata, or write timezone = \"UTC\"".to_owned(),
            };
        }
        Trouble {
            message: "is not a time zone".to_owned(),
            help: match closest_zone(name) {
                Some(zone) => format!("did you mean \"{zone}\"?"),
                None => {
                    "write a continent and a large city in your zone, such as \"Europe/London\""
                        .to_owned()
                }
            },
        }
    })
}

/// The first and the last day, which must come in this order.
fn days(section: &Section<'_>, notes: &mut Notes<'_>) -> (Option<Date>, Option<Date>) {
    let opens = section.date("opens", notes);
    let closes = section.date("closes", notes);
    if let (Some(first), Some(last)) = (&opens, &closes)
        && first.get_ref() > last.get_ref()
    {
        let line = notes.line_at(first.span().start);
        notes.note(
            last.span(),
            format!(
                "`closes` is a day before `opens` on line {line}, {}",
                first.get_ref()
            ),
            "change one of the two",
        );
    }
    (plain(opens), plain(closes))
}

fn networks(section: &Section<'_>, notes: &mut Notes<'_>) -> Vec<String> {
    let mut networks = Vec::new();
    for network in section.texts("allow_networks", notes) {
        match address::network(network.get_ref()) {
            Ok(()) => networks.push(network.into_inner()),
            Err(trouble) => {
                let message = format!("`allow_networks` {}", trouble.message);
                notes.note(network.span(), message, trouble.help);
            }
        }
    }
    networks
}

/// The Things by ascending number, whatever their order in the file, and the organiser's own rules for each.
fn things<'a>(
    document: &'a DeTable<'a>,
    notes: &mut Notes<'_>,
) -> (Vec<Thing>, BTreeMap<u16, ThingRules>) {
    let mut numbered: BTreeMap<u16, (Thing, Range<usize>)> = BTreeMap::new();
    let mut own = BTreeMap::new();
    for section in section::many(document, &THING, THINGS_MAX, notes) {
        let (number, thing) = thing(&section, notes);
        let rules = rules::thing(&section, notes);
        let Some(number) = number else { continue };
        if let Some((_, first)) = numbered.get(&thing.number) {
            let line = notes.line_at(first.start);
            let message = format!("Thing {} is already on line {line}", thing.number);
            notes.note(number, message, "give each Thing a number of its own");
            continue;
        }
        if rules != ThingRules::default() {
            own.insert(thing.number, rules);
        }
        numbered.insert(thing.number, (thing, number));
    }
    let things = numbered.into_values().map(|(thing, _)| thing);
    (things.collect(), own)
}

/// One Thing, and where its number stands; without a number it cannot be compared.
fn thing(section: &Section<'_>, notes: &mut Notes<'_>) -> (Option<Range<usize>>, Thing) {
    section.require("number", "1", notes);
    section.require("title", "\"Online networks\"", notes);
    let number = section.number("number", NUMBERS, notes);
    let at = number.as_ref().map(Spanned::span);
    let thing = Thing {
        number: narrow(number).unwrap_or_default(),
        title: plain(section.text("title", notes)).unwrap_or_default(),
        week: narrow(section.number("week", NUMBERS, notes)),
        opens: plain(section.date("opens", notes)),
        brief: url(section, "brief", notes),
        topics: section
            .texts("topics", notes)
            .into_iter()
            .map(Spanned::into_inner)
            .collect(),
    };
    (at, thing)
}
