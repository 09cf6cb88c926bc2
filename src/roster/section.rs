//! Reads the values of one section, each with what kind it must be and which limits it has.
//!
//! It must not know what the values are for.

use std::ops::{Range, RangeInclusive};

use jiff::civil::Date;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::address::Trouble;
use super::finding::is_unshowable;
use super::notes::Notes;
use super::shape::{SHAPES, Shape, all_headers_help, home_of, meant_by};
use super::suggest::closest;

/// The longest text, in characters.
const TEXT_CHARACTERS_MAX: usize = 2_000;

/// The longest list of texts.
const LIST_MAX: usize = 200;

/// One section of the file: its keys and values, and where its header stands.
pub(super) struct Section<'a> {
    shape: &'static Shape,
    table: &'a DeTable<'a>,
    header: Range<usize>,
}

/// Notes that a section which must be there is not, unless it is there under a mistyped name.
pub(super) fn require(
    document: &DeTable<'_>,
    shape: &Shape,
    message: &str,
    help: &str,
    notes: &mut Notes<'_>,
) {
    let names = SHAPES.map(|shape| shape.name);
    let is_there = document
        .get(shape.name)
        .is_some_and(|value| !matches!(value.get_ref(), DeValue::Array(array) if array.is_empty()));
    if !is_there && !is_mistyped(shape.name, document, &names) {
        notes.note_lacking(message, help);
    }
}

/// Notes every section, or key outside a section, that the format does not have.
pub(super) fn check_top(document: &DeTable<'_>, notes: &mut Notes<'_>) {
    for (key, value) in document {
        let name = key.get_ref().as_ref();
        if SHAPES.iter().any(|shape| shape.name == name) {
            continue;
        }
        if is_section(value.get_ref()) {
            let meant = closest(name, SHAPES.iter().map(|shape| shape.name));
            let help = match SHAPES.iter().find(|shape| Some(shape.name) == meant) {
                Some(shape) => format!("did you mean `{}`?", shape.header),
                None => all_headers_help(),
            };
            notes.note(
                key.span(),
                format!("unknown section `{}`", short(name)),
                help,
            );
        } else {
            let help = match home_of(name) {
                Some(shape) => format!("move it below {}", shape.header),
                None => all_headers_help(),
            };
            let message = format!("`{}` stands before any section", short(name));
            notes.note(key.span(), message, help);
        }
    }
}

/// The section that stands once.
pub(super) fn single<'a>(
    document: &'a DeTable<'a>,
    shape: &'static Shape,
    notes: &mut Notes<'_>,
) -> Option<Section<'a>> {
    let value = document.get(shape.name)?;
    if let DeValue::Table(table) = value.get_ref() {
        return Some(Section::new(shape, table, value.span(), notes));
    }
    let (message, help) = if is_section(value.get_ref()) {
        (
            format!("{} stands once, in single brackets", shape.header),
            format!("write {}", shape.header),
        )
    } else {
        (
            format!("`{}` is a section, not a key", shape.name),
            format!(
                "write {} on a line of its own, its keys below",
                shape.header
            ),
        )
    };
    notes.note(value.span(), message, help);
    None
}

/// The sections that stand many times, at most `most` of them.
pub(super) fn many<'a>(
    document: &'a DeTable<'a>,
    shape: &'static Shape,
    most: u32,
    notes: &mut Notes<'_>,
) -> Vec<Section<'a>> {
    let Some(value) = document.get(shape.name) else {
        return Vec::new();
    };
    let DeValue::Array(array) = value.get_ref() else {
        notes.note(
            value.span(),
            format!(
                "each {} has a section of its own, in double brackets",
                shape.name
            ),
            format!("write {}", shape.header),
        );
        return Vec::new();
    };
    let mut sections = Vec::new();
    for value in array {
        if sections.len() == most as usize {
            notes.note(
                value.span(),
                format!(
                    "there are more than {} sections {}",
                    grouped(most),
                    shape.header
                ),
                "split the course into several planets",
            );
            break;
        }
        if let DeValue::Table(table) = value.get_ref() {
            sections.push(Section::new(shape, table, value.span(), notes));
        } else {
            let message = format!("`{}` is a section, not a key", shape.name);
            notes.note(value.span(), message, format!("write {}", shape.header));
        }
    }
    sections
}

impl<'a> Section<'a> {
    fn new(
        shape: &'static Shape,
        table: &'a DeTable<'a>,
        header: Range<usize>,
        notes: &mut Notes<'_>,
    ) -> Self {
        for key in table.keys() {
            let name = key.get_ref().as_ref();
            if !shape.keys.contains(&name) {
                let message = format!("unknown key `{}`", short(name));
                let help = if notes.is_full() {
                    String::new()
                } else {
                    meant_by(name, shape)
                };
                notes.note(key.span(), message, help);
            }
        }
        Self {
            shape,
            table,
            header,
        }
    }

    /// Where its header stands.
    pub(super) fn header(&self) -> Range<usize> {
        self.header.clone()
    }

    /// Whether this key is there, well or badly.
    pub(super) fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// Whether this key is there under a mistyped name, which has been noted.
    pub(super) fn is_mistyped(&self, key: &str) -> bool {
        is_mistyped(key, self.table, self.shape.keys)
    }

    /// Notes that a key which must be there is not.
    pub(super) fn require(&self, key: &str, example: &str, notes: &mut Notes<'_>) {
        if !self.has(key) && !self.is_mistyped(key) {
            notes.note_missing(
                self.header(),
                format!("{} has no `{key}`", self.shape.header),
                format!("add a line such as {key} = {example}"),
            );
        }
    }

    /// A text of 1 to 2 000 characters, without space around it.
    pub(super) fn text(&self, key: &str, notes: &mut Notes<'_>) -> Option<Spanned<String>> {
        let value = self.value(key)?;
        let DeValue::String(text) = value.get_ref() else {
            note_kind(key, "text in quotes", value, notes);
            return None;
        };
        checked_text(&format!("`{key}`"), text, value.span(), notes)
    }

    /// A text that one of the readers of addresses understands.
    pub(super) fn read<T>(
        &self,
        key: &str,
        reader: impl Fn(&str) -> Result<T, Trouble>,
        notes: &mut Notes<'_>,
    ) -> Option<Spanned<T>> {
        let text = self.text(key, notes)?;
        match reader(text.get_ref()) {
            Ok(read) => Some(Spanned::new(text.span(), read)),
            Err(trouble) => {
                let message = format!("`{key}` {}", trouble.message);
                notes.note(text.span(), message, trouble.help);
                None
            }
        }
    }

    /// A whole number in this range.
    pub(super) fn number(
        &self,
        key: &str,
        range: RangeInclusive<u32>,
        notes: &mut Notes<'_>,
    ) -> Option<Spanned<u32>> {
        let value = self.value(key)?;
        let DeValue::Integer(integer) = value.get_ref() else {
            note_kind(key, "a whole number", value, notes);
            return None;
        };
        let number = u32::from_str_radix(integer.as_str(), integer.radix())
            .ok()
            .filter(|number| range.contains(number));
        if let Some(number) = number {
            return Some(Spanned::new(value.span(), number));
        }
        let raw = notes.source().slice(value.span());
        let (least, most) = (grouped(*range.start()), grouped(*range.end()));
        notes.note(
            value.span(),
            format!("`{key}` cannot be {}", short(raw)),
            format!("it goes from {least} to {most}"),
        );
        None
    }

    /// Whether something holds: true or false.
    pub(super) fn truth(&self, key: &str, notes: &mut Notes<'_>) -> Option<bool> {
        let value = self.value(key)?;
        let DeValue::Boolean(truth) = value.get_ref() else {
            note_kind(key, TRUTH, value, notes);
            return None;
        };
        Some(*truth)
    }

    /// A day.
    pub(super) fn date(&self, key: &str, notes: &mut Notes<'_>) -> Option<Spanned<Date>> {
        let value = self.value(key)?;
        let day = match value.get_ref() {
            DeValue::Datetime(moment) if moment.time.is_none() => moment.date?,
            _ => {
                note_kind(key, "a date", value, notes);
                return None;
            }
        };
        let date = Date::new(
            i16::try_from(day.year).ok()?,
            i8::try_from(day.month).ok()?,
            i8::try_from(day.day).ok()?,
        );
        if let Ok(date) = date {
            return Some(Spanned::new(value.span(), date));
        }
        let message = format!("`{key}` is a day that no calendar has");
        notes.note(value.span(), message, DATE_HELP);
        None
    }

    /// A list of texts, each as [`Section::text`] wants it; empty when it is not there.
    pub(super) fn texts(&self, key: &str, notes: &mut Notes<'_>) -> Vec<Spanned<String>> {
        let Some(value) = self.value(key) else {
            return Vec::new();
        };
        let DeValue::Array(array) = value.get_ref() else {
            note_kind(key, "a list", value, notes);
            return Vec::new();
        };
        if array.len() > LIST_MAX {
            let message = format!("`{key}` has {} entries", array.len());
            notes.note(value.span(), message, format!("{LIST_MAX} are the most"));
            return Vec::new();
        }
        let mut texts: Vec<Spanned<String>> = Vec::new();
        for element in array.iter().filter(|element| !is_lost(element)) {
            let DeValue::String(text) = element.get_ref() else {
                note_kind(key, "a list of texts in quotes", element, notes);
                continue;
            };
            let what = format!("an entry of `{key}`");
            let Some(text) = checked_text(&what, text, element.span(), notes) else {
                continue;
            };
            if texts.iter().any(|other| other.get_ref() == text.get_ref()) {
                let message = format!("“{}” stands twice in `{key}`", short(text.get_ref()));
                notes.note(text.span(), message, "take one of them out");
            }
            texts.push(text);
        }
        texts
    }

    fn value(&self, key: &str) -> Option<&'a Spanned<DeValue<'a>>> {
        self.table.get(key).filter(|value| !is_lost(value))
    }
}

/// How a day is written.
pub(super) const DATE_HELP: &str = "write year-month-day, such as 2011-07-18";

/// Whether broken grammar left a key without its value, which has been noted.
fn is_lost(value: &Spanned<DeValue<'_>>) -> bool {
    value.span().is_empty()
}

fn is_section(value: &DeValue<'_>) -> bool {
    match value {
        DeValue::Table(_) => true,
        DeValue::Array(array) => array.iter().any(|element| element.get_ref().is_table()),
        _ => false,
    }
}

fn checked_text(
    what: &str,
    text: &str,
    span: Range<usize>,
    notes: &mut Notes<'_>,
) -> Option<Spanned<String>> {
    let text = text.trim();
    let trouble = if text.is_empty() {
        (
            "is empty",
            "write something between the quotes, or take the line out",
        )
    } else if text.chars().count() > TEXT_CHARACTERS_MAX {
        ("is longer than 2 000 characters", "make it shorter")
    } else if text.contains(['\n', '\r']) {
        ("goes over more than one line", "write it on one line")
    } else if text.contains(is_unshowable) {
        (
            "has an invisible control character in it",
            "type it again instead of pasting it",
        )
    } else {
        return Some(Spanned::new(span, text.to_owned()));
    };
    notes.note(span, format!("{what} {}", trouble.0), trouble.1);
    None
}

/// What a key wants that holds or does not.
const TRUTH: &str = "true or false";

fn note_kind(key: &str, wanted: &str, value: &Spanned<DeValue<'_>>, notes: &mut Notes<'_>) {
    let raw = short(notes.source().slice(value.span()));
    let help = match (wanted, value.get_ref()) {
        ("a whole number", DeValue::String(text)) if text.trim().parse::<u32>().is_ok() => {
            format!("write {} without quotes", text.trim())
        }
        ("a whole number", _) => format!("write {key} = 6, for example"),
        (TRUTH, DeValue::String(text)) if matches!(text.trim(), "true" | "false") => {
            format!("write {} without quotes", text.trim())
        }
        (TRUTH, _) => format!("write {key} = true, or take the line out"),
        ("a date", DeValue::String(text)) if text.trim().parse::<Date>().is_ok() => {
            format!("write {} without quotes", text.trim())
        }
        ("a date", DeValue::Datetime(moment)) if moment.date.is_some() => {
            let day = moment.date.map(|day| day.to_string()).unwrap_or_default();
            format!("write {day} without the time")
        }
        ("a date", _) => DATE_HELP.to_owned(),
        ("a list", DeValue::String(_)) => format!("write {key} = [{raw}]"),
        ("a list", _) => format!("write {key} = [\"one\", \"two\"]"),
        (
            _,
            DeValue::Integer(_) | DeValue::Float(_) | DeValue::Boolean(_) | DeValue::Datetime(_),
        ) => {
            format!("write \"{raw}\" with quotes")
        }
        _ => format!("write {key} = \"…\""),
    };
    let message = format!("`{key}` wants {wanted}, not {}", kind(value.get_ref()));
    notes.note(value.span(), message, help);
}

fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "text",
        DeValue::Integer(_) => "a number",
        DeValue::Float(_) => "a number with a point",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(moment) if moment.date.is_none() => "a time of day",
        DeValue::Datetime(moment) if moment.time.is_none() => "a date",
        DeValue::Datetime(_) => "a date with a time",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a section",
    }
}

/// Whether a table has a name that is none of these, but was most likely meant to be `name`.
fn is_mistyped(name: &str, table: &DeTable<'_>, names: &[&'static str]) -> bool {
    table
        .keys()
        .map(|key| key.get_ref().as_ref())
        .filter(|key| !names.contains(key))
        .any(|key| closest(key, names.iter().copied()) == Some(name))
}

/// A name or value from the file, short enough for a sentence.
fn short(text: &str) -> String {
    const SHORT_MAX: usize = 40;
    let mut characters = text.chars();
    let mut part: String = characters.by_ref().take(SHORT_MAX).collect();
    if characters.next().is_some() {
        part.push('…');
    }
    part
}

/// A number with a space between its thousands.
fn grouped(number: u32) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(' ');
        }
        grouped.push(digit);
    }
    grouped
}
