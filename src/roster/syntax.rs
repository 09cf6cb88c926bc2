//! Reads past mistakes in the grammar of a feeds.toml, and tells each in words that a librarian understands.
//!
//! A mistake hides what follows it: an unclosed list swallows the rest of the file. So the first mistake is told and
//! its line mended or emptied, and the file read again, until nothing is left to tell. Lines keep their numbers.
//!
//! It knows the grammar and the names of the sections, and must not know what they are for.

use std::collections::BTreeSet;
use std::ops::Range;

use toml::de::{DeTable, Error};

use super::finding::{Finding, Source};
use super::notes::LISTED_MAX;
use super::section::DATE_HELP;
use super::shape;

/// How many bytes are read in all, again and again, before what is left is told as it stands.
const BYTES_READ_MAX: usize = 16_000_000;

/// How often a file is read at most.
const PASSES_MAX: usize = 100;

/// A text whose grammar is right, and what was wrong with it.
pub(super) struct Mended {
    pub(super) text: String,
    pub(super) findings: Vec<Finding>,
    /// The lines, from 1, that are not as the organiser wrote them.
    pub(super) broken: BTreeSet<usize>,
}

/// Mends the grammar of a text, line by line.
pub(super) fn mend(text: &str) -> Mended {
    let mut mender = Mender {
        lines: text.split('\n').map(str::to_owned).collect(),
        findings: Vec::new(),
        broken: BTreeSet::new(),
    };
    mender.mend_known_headers();
    let passes = (BYTES_READ_MAX / text.len().max(1)).clamp(1, PASSES_MAX);
    for pass in 1..=passes {
        let text = mender.lines.join("\n");
        let (_, mistakes) = DeTable::parse_recoverable(&text);
        let Some(mistake) = mistakes.iter().min_by_key(|mistake| start(mistake)) else {
            break;
        };
        let source = Source::new(&text);
        if pass == passes || !mender.mend(&source, mistake) {
            mender.tell_rest(&source, &mistakes);
            break;
        }
    }
    Mended {
        text: mender.lines.join("\n"),
        findings: mender.findings,
        broken: mender.broken,
    }
}

struct Mender {
    lines: Vec<String>,
    findings: Vec<Finding>,
    broken: BTreeSet<usize>,
}

impl Mender {
    /// Gives every known section the brackets it should have: `[thing]` was meant to be `[[thing]]`.
    fn mend_known_headers(&mut self) {
        for at in 0..self.lines.len() {
            let line = self.lines[at].trim();
            let Some(right) = known_header(line) else {
                continue;
            };
            let written = line.split('#').next().unwrap_or_default().trim_end();
            // Space inside the brackets is good grammar.
            if written.replace([' ', '\t'], "") == right {
                continue;
            }
            let message = wrong_brackets(written, right);
            let text = &self.lines[at];
            let from = text.len() - text.trim_start().len();
            let mut finding = Source::new(text).finding(
                from..from + written.len(),
                &message,
                &format!("write {right}"),
            );
            finding.line = at + 1;
            self.findings.push(finding);
            self.broken.insert(at + 1);
            right.clone_into(&mut self.lines[at]);
        }
    }

    /// Tells one mistake and mends its line; false when there is nothing left to mend it with.
    fn mend(&mut self, source: &Source<'_>, mistake: &Error) -> bool {
        let found = source.line_at(start(mistake));
        let Some(lines) = self.extent(found, mistake.message()) else {
            return false;
        };
        if lines.start == found {
            self.tell(source, mistake);
        } else {
            self.tell_opening(source, lines.start);
        }
        for number in lines {
            self.broken.insert(number);
            let line = &mut self.lines[number - 1];
            *line = if is_header(line) {
                // Its keys must not fall to the section before it.
                format!("[mended-{number}]")
            } else {
                String::new()
            };
        }
        true
    }

    /// The lines that a mistake spoils, from where it begins.
    fn extent(&self, found: usize, message: &str) -> Option<Range<usize>> {
        let spoilt = &self.lines[found - 1];
        let above =
            |is: &dyn Fn(&str) -> bool| (1..=found).rev().find(|at| is(&self.lines[at - 1]));
        // A header that is right is complained of only where a list above it was never closed.
        let swallowed = known_header(spoilt.trim()).is_some() && message != "duplicate key";
        let inside_list =
            swallowed || message.contains("array") && !message.contains("array table");
        if inside_list && let Some(first) = above(&|line| value_of(line).starts_with('[')) {
            let last = (found..=self.lines.len())
                .take_while(|at| *at == first || !begins_something(&self.lines[at - 1]))
                .find(|at| is_closing(&self.lines[at - 1]))
                .unwrap_or(if begins_something(spoilt) && found > first {
                    found - 1
                } else {
                    found
                });
            return Some(first..last + 1).filter(|_| !self.is_spent(first));
        }
        let opening = if message.contains("multi-line") {
            above(&|line| {
                line.matches("\"\"\"").count() % 2 == 1 || line.matches("'''").count() % 2 == 1
            })
        } else if message.contains("inline table") || message.contains("between key-value pairs") {
            above(&|line| line.contains('{'))
        } else {
            None
        };
        let line = opening.unwrap_or(found);
        Some(line..line + 1).filter(|_| !self.is_spent(line))
    }

    /// Whether this line was mended already, so that mending it again would go on for ever.
    fn is_spent(&self, number: usize) -> bool {
        let line = self.lines[number - 1].trim();
        line.is_empty() || line.starts_with("[mended-")
    }

    /// Tells what is left without mending it, as far as anybody would read.
    fn tell_rest(&mut self, source: &Source<'_>, mistakes: &[Error]) {
        for mistake in mistakes.iter().take(LISTED_MAX) {
            self.tell(source, mistake);
            self.broken.insert(source.line_at(start(mistake)));
        }
    }

    /// Tells a mistake where it was found, once a line: what follows on the same line is mostly its echo.
    fn tell(&mut self, source: &Source<'_>, mistake: &Error) {
        let number = source.line_at(start(mistake));
        if self.broken.contains(&number) {
            return;
        }
        let line = source.line(number);
        let span = mistake.span().unwrap_or(0..0);
        let (message, help) = if mistake.message() == "duplicate key" {
            duplicate(source, number)
        } else {
            explain(mistake.message(), line)
        };
        self.findings.push(source.finding(span, &message, &help));
    }

    /// Tells of something that was opened on this line and never closed.
    fn tell_opening(&mut self, source: &Source<'_>, number: usize) {
        if self.broken.contains(&number) {
            return;
        }
        let line = source.line(number);
        let (opener, message, help) = if line.contains("'''") || line.contains("\"\"\"") {
            let quotes = if line.contains("'''") {
                "'''"
            } else {
                "\"\"\""
            };
            (
                quotes,
                "this text is never closed",
                "write it on one line, between \" and \"",
            )
        } else if value_of(line).starts_with('[') {
            (
                "[",
                "this list is not right",
                "close it with ] and put a comma between its entries",
            )
        } else {
            (
                "{",
                "this brace is never closed",
                "write each key on a line of its own; this file needs no braces",
            )
        };
        let from = source.start_of(number) + line.find(opener).unwrap_or(0);
        let finding = source.finding(from..from + opener.len(), message, help);
        self.findings.push(finding);
    }
}

fn start(mistake: &Error) -> usize {
    mistake.span().map_or(0, |span| span.start)
}

/// How the header on this line should be written, if it is one of ours with any number of brackets.
fn known_header(line: &str) -> Option<&'static str> {
    if !line.starts_with('[') {
        return None;
    }
    let line = line.split('#').next().unwrap_or_default().trim_end();
    let name = line.trim_start_matches('[').trim_end_matches(']').trim();
    shape::header_of(name)
}

fn wrong_brackets(written: &str, right: &str) -> String {
    if !is_balanced(written) {
        "the brackets of this section do not match".to_owned()
    } else if right.starts_with("[[") {
        format!("{right} has double brackets, because there can be many")
    } else {
        format!("{right} has single brackets, because there is only one")
    }
}

fn is_balanced(header: &str) -> bool {
    let opened = header.len() - header.trim_start_matches('[').len();
    let closed = header.len() - header.trim_end_matches(']').len();
    opened == closed && opened <= 2
}

fn is_header(line: &str) -> bool {
    line.trim_start().starts_with('[')
}

/// Whether a line begins a section or a key, so that nothing opened above it goes on.
fn begins_something(line: &str) -> bool {
    is_header(line) && !line.trim_end().ends_with(',')
        || is_word(key_of(line)) && line.contains('=')
}

fn is_closing(line: &str) -> bool {
    line.split('#')
        .next()
        .unwrap_or_default()
        .trim_end()
        .ends_with(']')
}

fn key_of(line: &str) -> &str {
    line.split('=').next().unwrap_or_default().trim()
}

fn value_of(line: &str) -> &str {
    line.split_once('=').map_or("", |(_, value)| value.trim())
}

fn is_word(key: &str) -> bool {
    !key.is_empty()
        && key
            .chars()
            .all(|character| character.is_ascii_alphanumeric() || "_-".contains(character))
}

/// A key or section that is there twice, and where it is first.
fn duplicate(source: &Source<'_>, number: usize) -> (String, String) {
    let line = source.line(number);
    let above = |same: &dyn Fn(&str) -> bool| (1..number).rev().find(|at| same(source.line(*at)));
    if is_header(line) {
        let header = line.split('#').next().unwrap_or_default().trim();
        let first = above(&|other| other.trim_start().starts_with(header));
        let message = match first {
            Some(first) => format!("{header} is already on line {first}"),
            None => format!("{header} is there already"),
        };
        return (
            message,
            "move its lines to the first one and take this one out".to_owned(),
        );
    }
    let key = key_of(line);
    let message = match above(&|other| key_of(other) == key) {
        Some(first) => format!("`{key}` is already on line {first}"),
        None => format!("`{key}` is there already"),
    };
    let section = (1..number)
        .rev()
        .map(|at| source.line(at))
        .find(|line| is_header(line));
    let section = section
        .unwrap_or_default()
        .split('#')
        .next()
        .unwrap_or_default()
        .trim();
    let help = if section.starts_with("[[") {
        format!(
            "keep one of the two; or, if another one begins here, write {section} on a line of its own above it"
        )
    } else {
        "keep one of the two".to_owned()
    };
    (message, help)
}

/// What is wrong with a line and what to do, given what the grammar complained of.
fn explain(complaint: &str, line: &str) -> (String, String) {
    let (key, value) = (key_of(line), value_of(line));
    let (message, help) = if is_header(line) && complaint.contains("unexpected key or value") {
        (
            "a section stands alone on its line".to_owned(),
            "put the rest on the next line".to_owned(),
        )
    } else if is_header(line) {
        (
            "this is not a section".to_owned(),
            shape::all_headers_help(),
        )
    } else if complaint.starts_with("carriage return") {
        (
            "there is half a line break in this line".to_owned(),
            "delete the line and type it again".to_owned(),
        )
    } else if !line.contains('=') {
        (
            "this line is neither a section nor a key with its value".to_owned(),
            "write key = \"value\", or begin the line with # if it is a remark".to_owned(),
        )
    } else if !is_word(key) {
        (
            "a key is one word of letters and _ before the =".to_owned(),
            "write key = \"value\", or begin the line with # if it is a remark".to_owned(),
        )
    } else if complaint.contains("extra `=`") {
        (
            "there is one = too many".to_owned(),
            format!("write {key} = and the value once"),
        )
    } else if value.is_empty() || value.starts_with('#') {
        (
            format!("`{key}` has no value"),
            "write one after the =, or take the line out".to_owned(),
        )
    } else {
        explain_value(complaint, key, value)
    };
    (message, help)
}

fn explain_value(complaint: &str, key: &str, value: &str) -> (String, String) {
    let value = value.split(" #").next().unwrap_or_default().trim_end();
    let bare = value.trim_matches(['“', '”', '„', '‘', '’', '"', '\'']);
    let (message, help) = if value.starts_with(['“', '”', '„', '‘', '’']) {
        (
            "these are curly quotes".to_owned(),
            format!("write {key} = \"{bare}\" with straight ones"),
        )
    } else if complaint.contains("escape") || complaint.contains("unicode") {
        (
            "a backslash has a meaning of its own between double quotes".to_owned(),
            "write two for each, or put the text between single quotes".to_owned(),
        )
    } else if complaint.contains("array") {
        (
            "this list is not right".to_owned(),
            "put a comma between its entries and ] at its end".to_owned(),
        )
    } else if matches!(key, "opens" | "closes") {
        (format!("`{key}` is not a date"), DATE_HELP.to_owned())
    } else if value.starts_with(['"', '\'']) && complaint.contains("string") {
        (
            "this text has no closing quote".to_owned(),
            format!("end it with {}", &value[..1]),
        )
    } else if value.starts_with(['"', '\'']) {
        (
            "there is something after the closing quote".to_owned(),
            "take it out, or begin it with # if it is a remark".to_owned(),
        )
    } else if shape::is_numeric(key) && !value.bytes().all(|byte| byte.is_ascii_digit()) {
        (
            format!("`{key}` is not a whole number"),
            format!("write {key} = 10, for example"),
        )
    } else if value.bytes().all(|byte| byte.is_ascii_digit()) {
        (
            format!("`{key}` begins with a zero"),
            format!("write {}", value.trim_start_matches('0')),
        )
    } else {
        (
            "text stands between quotes".to_owned(),
            format!("write {key} = \"{bare}\""),
        )
    };
    (message, help)
}
