//! Phrases found in short texts: the course's own vocabulary, and an organiser's words.
//!
//! One automaton finds all of them, with the small liberties that people take: another case, a plural, "and" for a
//! comma, "organizing" for "organising". It must not know whether the post belongs to the course at all.

use std::collections::HashMap;
use std::fmt::Debug;
use std::ops::Range;

use regex::{Regex, RegexBuilder};

use super::quote::opening;
use crate::model::{Course, Rule};

/// The titles and topics of one course.
#[derive(Debug, Clone)]
pub(super) struct Vocabulary(Phrases<(u16, Rule)>);

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

/// Phrases, each with what it stands for.
#[derive(Debug, Clone)]
pub(super) struct Phrases<T> {
    /// Absent when there is nothing to find.
    pattern: Option<Regex>,
    /// By key: what the phrase stands for.
    meanings: HashMap<String, Vec<T>>,
}

/// Phrases shorter than this, in characters, are found everywhere.
const PHRASE_MIN: usize = 3;
/// Longest phrase that is looked for, in bytes.
const PHRASE_MAX: usize = 120;
/// Most phrases that are looked for; more than any course has.
const PHRASES_MAX: usize = 2_000;
/// Bytes that the automaton may take; a roster beyond it gets no suggestions by topic.
const PATTERN_MAX: usize = 32 << 20;
/// Bytes from which a Thing's title of several words is said on purpose.
const TITLE_MIN: usize = 12;

impl Vocabulary {
    /// The vocabulary of this course: the titles first because they say more.
    pub(super) fn new(course: &Course) -> Self {
        let titles = course
            .things
            .iter()
            .map(|thing| (thing.title.as_str(), (thing.number, Rule::ThingTitle)));
        let topics = course.things.iter().flat_map(|thing| {
            let topics = thing.topics.iter();
            topics.map(|topic| (topic.as_str(), (thing.number, Rule::Topic)))
        });
        // What is shorter is found everywhere; an organiser's own words are taken at their word.
        let telling = |(phrase, _): &(&str, (u16, Rule))| key(phrase).chars().count() >= PHRASE_MIN;
        Self(Phrases::new(titles.chain(topics).filter(telling)))
    }

    /// Every phrase of the course in this text, in order; each as long as possible.
    pub(super) fn uses(&self, text: &str) -> Vec<Use> {
        let mut uses: Vec<Use> = Vec::new();
        for ((thing, rule), span) in self.0.find(text) {
            // A Thing's title may be one of its topics, too.
            if uses
                .iter()
                .all(|known| known.thing != thing || known.span != span)
            {
                uses.push(Use { thing, rule, span });
            }
        }
        uses
    }
}

impl Use {
    /// Whether it is the whole title of a Thing, and more than a single word.
    pub(super) fn is_whole_title(&self) -> bool {
        self.rule == Rule::ThingTitle && self.span.len() >= TITLE_MIN
    }
}

impl<T: Copy + PartialEq + Debug> Phrases<T> {
    /// These phrases.
    pub(super) fn new<'a>(phrases: impl IntoIterator<Item = (&'a str, T)>) -> Self {
        let mut meanings: HashMap<String, Vec<T>> = HashMap::new();
        for (phrase, meaning) in phrases {
            let key = key(opening(phrase, PHRASE_MAX));
            let has_room = meanings.len() < PHRASES_MAX || meanings.contains_key(&key);
            if !has_room || key.is_empty() {
                continue;
            }
            let known = meanings.entry(key).or_default();
            if !known.contains(&meaning) {
                known.push(meaning);
            }
        }
        let pattern = pattern(meanings.keys());
        Self { pattern, meanings }
    }

    /// Every phrase in this text, in order; each as long as possible.
    pub(super) fn find(&self, text: &str) -> Vec<(T, Range<usize>)> {
        let found = self.pattern.iter().flat_map(|regex| regex.find_iter(text));
        found
            .flat_map(|found| {
                let meanings = self.meanings.get(&key(found.as_str()));
                let meanings = meanings.into_iter().flatten();
                meanings.map(move |meaning| (*meaning, found.range()))
            })
            .collect()
    }
}

/// What is the same in all spellings of a phrase: small letters, single spaces, no commas and no "and", the last word
/// in the singular.
fn key(phrase: &str) -> String {
    let lower = phrase.to_lowercase();
    let mut words: Vec<String> = lower
        .split(is_between)
        .filter(|word| !word.is_empty() && *word != "and" && *word != "&")
        .map(british)
        .collect();
    if let Some(last) = words.last_mut() {
        *last = singular(last).to_owned();
    }
    words.join(" ")
}

/// Whether a character may stand between two words of a phrase.
pub(super) fn is_between(character: char) -> bool {
    character.is_whitespace()
        || matches!(
            character,
            ',' | ';'
                | ':'
                | '-'
                | '/'
                | '('
                | ')'
                | '"'
                | '“'
                | '”'
                | '‘'
                | '’'
                | '\''
                | '?'
                | '!'
                | '…'
                | '\u{2010}'..='\u{2015}'
        )
}

pub(super) fn british(word: &str) -> String {
    // Most words have nothing that could be spelled otherwise, and are read through once.
    if !word.contains("iz") {
        return word.to_owned();
    }
    word.replace("ize", "ise")
        .replace("izing", "ising")
        .replace("ization", "isation")
}

/// A word without the s of an English plural. "s" alone, "us" and "ss" are no plurals.
pub(super) fn singular(word: &str) -> &str {
    match word.strip_suffix('s') {
        Some(stem) if stem.len() >= PHRASE_MIN && !stem.ends_with(['s', 'u', 'i']) => stem,
        _ => word,
    }
}

fn pattern<'a>(keys: impl Iterator<Item = &'a String>) -> Option<Regex> {
    let mut keys: Vec<&String> = keys.collect();
    if keys.is_empty() {
        return None;
    }
    // The longest first, because the first alternative wins; then by letter, so that a course gives one automaton.
    keys.sort_by(|a, b| b.len().cmp(&a.len()).then(a.cmp(b)));
    let alternatives: Vec<String> = keys.iter().map(|key| whole(key)).collect();
    RegexBuilder::new(&alternatives.join("|"))
        .case_insensitive(true)
        .size_limit(PATTERN_MAX)
        .build()
        .ok()
}

/// A pattern for every spelling of a whole phrase. Only where it ends in an ASCII word character does it need a boundary.
fn whole(key: &str) -> String {
    const BETWEEN: &str = r"(?:[\s,;:/()“”‘’'?!…‐-―&-]{1,4}(?:and\s{1,2})?)";
    let boundary = |edge: Option<char>| match edge {
        Some(edge) if edge.is_ascii_alphanumeric() => r"(?-u:\b)",
        _ => "",
    };
    let words: Vec<String> = key
        .split(' ')
        .map(|word| regex::escape(word).replace("is", "i[sz]"))
        .collect();
    let plural = match key.chars().next_back() {
        Some(last) if last.is_ascii_alphabetic() => "s?",
        _ => "",
    };
    format!(
        "{}{}{plural}{}",
        boundary(key.chars().next()),
        words.join(BETWEEN),
        boundary(key.chars().next_back())
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
        assert_eq!(things("Nevernote"), []);
        assert_eq!(
            things("Google+ or Google  calendar"),
            [(6, Rule::Topic), (8, Rule::Topic)]
        );
    }

    #[test]
    fn a_plural_another_spelling_and_other_marks_are_the_same_phrase() {
        assert_eq!(things("two Google Calendars"), [(8, Rule::Topic)]);
        assert_eq!(
            things("Organizing yourself – Google calendar"),
            [(8, Rule::ThingTitle)]
        );
        assert_eq!(things("my graduate traineeship"), [(10, Rule::ThingTitle)]);
        let mut listed = course("Thing", &[], 2);
        listed.things[0].title = "Docs, wikis and boxes".into();
        let vocabulary = Vocabulary::new(&listed);
        for text in [
            "docs, wikis and boxes",
            "Docs wikis & boxes",
            "DOCS/WIKIS/BOXES",
        ] {
            assert_eq!(vocabulary.uses(text).len(), 1, "{text}");
        }
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
