//! The course's own vocabulary: its Things' titles and topics, found in a title.
//!
//! One automaton finds them all. It must not know whether the post belongs to the course at all.

use std::collections::HashMap;
use std::ops::Range;

use regex::{Regex, RegexBuilder};

use super::quote::opening;
use crate::model::{Course, Rule};

/// The titles and topics of one course.
#[derive(Debug, Clone)]
pub(super) struct Vocabulary {
    /// Absent when there is nothing to find.
    pattern: Option<Regex>,
    /// By folded phrase: the Things that use it, and as what.
    uses: HashMap<String, Vec<(u16, Rule)>>,
}

/// A phrase of the course in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Use {
    /// The Thing that uses it.
    pub(super) thing: u16,
    /// Whether it is the Thing's title or a topic.
    pub(super) rule: Rule,
    /// Where it stands, in bytes.
    pub(super) span: Range<usize>,
}

/// Phrases shorter than this, in characters, are found everywhere.
const PHRASE_MIN: usize = 3;
/// Longest phrase that is looked for, in bytes.
const PHRASE_MAX: usize = 120;
/// Most phrases that are looked for; more than any course has.
const PHRASES_MAX: usize = 2_000;
/// Bytes that the automaton may take; a roster beyond it gets no suggestions by topic.
const PATTERN_MAX: usize = 32 << 20;

impl Vocabulary {
    /// The vocabulary of this course.
    pub(super) fn new(course: &Course) -> Self {
        let mut uses: HashMap<String, Vec<(u16, Rule)>> = HashMap::new();
        for (thing, phrase, rule) in phrases(course) {
            let key = folded(opening(phrase, PHRASE_MAX));
            let has_room = uses.len() < PHRASES_MAX || uses.contains_key(&key);
            if !has_room || key.chars().count() < PHRASE_MIN {
                continue;
            }
            let things = uses.entry(key).or_default();
            if things.iter().all(|(known, _)| *known != thing) {
                things.push((thing, rule));
            }
        }
        let pattern = pattern(uses.keys());
        Self { pattern, uses }
    }

    /// Every phrase of the course in this text, in order; each as long as possible.
    pub(super) fn uses(&self, text: &str) -> Vec<Use> {
        let found = self.pattern.iter().flat_map(|regex| regex.find_iter(text));
        found
            .flat_map(|found| {
                let things = self.uses.get(&folded(found.as_str()));
                things.into_iter().flatten().map(move |(thing, rule)| Use {
                    thing: *thing,
                    rule: *rule,
                    span: found.range(),
                })
            })
            .collect()
    }
}

/// Every title and topic, the titles first because they say more.
fn phrases(course: &Course) -> impl Iterator<Item = (u16, &str, Rule)> {
    let titles = course
        .things
        .iter()
        .map(|thing| (thing.number, thing.title.as_str(), Rule::ThingTitle));
    let topics = course.things.iter().flat_map(|thing| {
        let topics = thing.topics.iter();
        topics.map(|topic| (thing.number, topic.as_str(), Rule::Topic))
    });
    titles.chain(topics)
}

/// Lower case, with single spaces.
fn folded(phrase: &str) -> String {
    let words: Vec<String> = phrase.split_whitespace().map(str::to_lowercase).collect();
    words.join(" ")
}

fn pattern<'a>(phrases: impl Iterator<Item = &'a String>) -> Option<Regex> {
    let mut phrases: Vec<&String> = phrases.collect();
    if phrases.is_empty() {
        return None;
    }
    // The longest first, because the first alternative wins; then by letter, so that a course gives one automaton.
    phrases.sort_by(|a, b| b.len().cmp(&a.len()).then(a.cmp(b)));
    let alternatives: Vec<String> = phrases.iter().map(|phrase| whole(phrase)).collect();
    RegexBuilder::new(&alternatives.join("|"))
        .case_insensitive(true)
        .size_limit(PATTERN_MAX)
        .build()
        .ok()
}

/// A pattern for a whole phrase. Only where it ends in an ASCII word character does it need a boundary.
fn whole(phrase: &str) -> String {
    let boundary = |edge: Option<char>| match edge {
        Some(edge) if edge.is_ascii_alphanumeric() => r"(?-u:\b)",
        _ => "",
    };
    let words: Vec<String> = phrase.split(' ').map(regex::escape).collect();
    format!(
        "{}{}{}",
        boundary(phrase.chars().next()),
        words.join(r"\s+"),
        boundary(phrase.chars().next_back())
    )
}

#[cfg(test)]
mod tests {
    use super::Vocabulary;
    use crate::model::Rule;
    use crate::tagging::fixtures::{course, cpd23};

    fn things(text: &str) -> Vec<(u16, Rule)> {
        let uses = Vocabulary::new(&cpd23()).uses(text);
        uses.iter().map(|found| (found.thing, found.rule)).collect()
    }

    #[test]
    fn a_topic_is_found_as_a_whole_word_in_any_case() {
        assert_eq!(things("Why  EVERNOTE?"), [(9, Rule::ThingTitle)]);
        assert_eq!(things("Evernotes"), []);
        assert_eq!(
            things("Google+ or Google  calendar"),
            [(6, Rule::Topic), (8, Rule::Topic)]
        );
    }

    #[test]
    fn the_longest_phrase_wins() {
        assert_eq!(
            things("Organising yourself: Google Calendar"),
            [(8, Rule::ThingTitle)]
        );
    }

    #[test]
    fn an_organiser_may_write_anything() {
        let mut odd = course("Thing", &[], 3);
        odd.things[0].topics = vec!["(".into(), "C++".into(), "[a-".into(), "日本語".into()];
        odd.things[1].topics = (0..5_000).map(|n| format!("topic {n} é")).collect();
        let vocabulary = Vocabulary::new(&odd);
        assert_eq!(vocabulary.uses("C++ and 日本語").len(), 2);
        assert_eq!(vocabulary.uses("TOPIC 7 É").len(), 1);
    }
}
