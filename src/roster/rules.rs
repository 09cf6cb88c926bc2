//! Reads an organiser's own rules of recognition: the weights of the signals, and words and patterns of the course, of a
//! Thing and of a blog.
//!
//! It must not know how posts are read; it asks `tagging` whether a pattern can be used.

use std::ops::Range;

use toml::Spanned;
use toml::de::DeTable;

use super::address::Trouble;
use super::notes::Notes;
use super::section::{self, Section};
use super::shape::RULES;
use super::suggest::closest;
use crate::model::{BlogRules, Language, Rules, Signal, ThingRules, Weight};
use crate::tagging::{check_pattern, has_group};

/// Reads `[rules]`, and the language that `[course]` gives.
pub(super) fn rules<'a>(
    document: &'a DeTable<'a>,
    course: &Section<'a>,
    notes: &mut Notes<'_>,
) -> Rules {
    let mut rules = Rules {
        language: plain(course.read("language", language, notes)).unwrap_or_default(),
        numbers: list(course, "number_words", notes),
        plural: plain(course.read("plural", super::course::unit, notes)),
        ..Rules::default()
    };
    let Some(section) = section::single(document, &RULES, notes) else {
        return rules;
    };
    for signal in Signal::ALL {
        if let Some(weight) = plain(section.read(signal.name(), weight, notes)) {
            rules.weights.insert(signal, weight);
        }
    }
    rules.patterns = patterns(&section, true, notes);
    rules.except = list(&section, "except", notes);
    rules
}

/// Reads what a `[[thing]]` says about its posts.
pub(super) fn thing(section: &Section<'_>, notes: &mut Notes<'_>) -> ThingRules {
    ThingRules {
        words: list(section, "words", notes),
        patterns: patterns(section, false, notes),
        except: list(section, "except", notes),
    }
}

/// Reads what a `[[participant]]` says about their blog's posts.
pub(super) fn blog(section: &Section<'_>, notes: &mut Notes<'_>) -> BlogRules {
    BlogRules {
        labels: list(section, "labels", notes),
        except: list(section, "except", notes),
        course_only: section.truth("course_only", notes).unwrap_or_default(),
    }
}

fn plain<T>(value: Option<Spanned<T>>) -> Option<T> {
    value.map(Spanned::into_inner)
}

fn list(section: &Section<'_>, key: &str, notes: &mut Notes<'_>) -> Vec<String> {
    let texts = section.texts(key, notes);
    texts.into_iter().map(Spanned::into_inner).collect()
}

fn language(code: &str) -> Result<Language, Trouble> {
    Language::from_code(code).ok_or_else(|| {
        let codes = Language::ALL.map(Language::code);
        let full = [("english", "en"), ("german", "de"), ("deutsch", "de")];
        let lower = code.to_lowercase();
        let meant = full
            .into_iter()
            .find_map(|(name, code)| (name == lower).then_some(code))
            .or_else(|| codes.into_iter().find(|known| *known == lower));
        Trouble {
            message: "is not a language whose number words are built in".to_owned(),
            help: match meant {
                Some(code) => format!("did you mean \"{code}\"?"),
                None => {
                    "write \"en\" or \"de\"; for another language leave this out and write number_words = \
                     [\"…\", \"…\"], beginning with its word for one"
                        .to_owned()
                }
            },
        }
    })
}

fn weight(name: &str) -> Result<Weight, Trouble> {
    let names = Weight::ALL.map(Weight::name);
    Weight::ALL
        .into_iter()
        .find(|weight| weight.name() == name)
        .ok_or_else(|| Trouble {
            message: "is none of \"tag\", \"suggest\" and \"off\"".to_owned(),
            help: match closest(name, names) {
                Some(meant) => format!("did you mean \"{meant}\"?"),
                None => {
                    "write \"tag\" to publish what it finds, \"suggest\" to be asked first, \"off\" to ignore it"
                        .to_owned()
                }
            },
        })
}

/// Reads `patterns`; one that stands for the whole course must have a group for the number.
fn patterns(section: &Section<'_>, numbered: bool, notes: &mut Notes<'_>) -> Vec<String> {
    let mut patterns = Vec::new();
    for pattern in section.texts("patterns", notes) {
        let text = pattern.get_ref();
        if let Err(fault) = check_pattern(text) {
            notes.note(
                inside(&pattern, fault.span, notes),
                format!("this pattern {}", fault.message),
                "patterns are described at https://docs.rs/regex/latest/regex/#syntax; a name or a word needs none: \
                 write it as words = [\"…\"] under its [[thing]]",
            );
        } else if numbered && !has_group(text) {
            notes.note(
                pattern.span(),
                "this pattern has no group for the Thing's number",
                "put round brackets around the number, as in '\\bT(\\d+)\\b'; a pattern of one Thing belongs under its [[thing]]",
            );
        } else {
            patterns.push(pattern.into_inner());
        }
    }
    patterns
}

/// A part of a text's place in the file; the whole of it where escapes keep us from counting.
fn inside(text: &Spanned<String>, part: Range<usize>, notes: &Notes<'_>) -> Range<usize> {
    let span = text.span();
    let raw = notes.source().slice(span.clone());
    let as_written = raw.len() == text.get_ref().len() + 2 && raw.contains(text.get_ref().as_str());
    if !as_written {
        return span;
    }
    let start = span.start + 1;
    start + part.start..start + part.end.max(part.start + 1)
}
