//! Which of some topics a text mentions, in whatever spelling.
//!
//! It allows what the vocabulary allows: another case, a plural, "and" left out, "organizing". But it needs no automaton
//! to be built, so that it can be asked of one post at a time by whoever holds only the topics' names. Whether the post
//! is on the topic, it does not ask.

use std::collections::BTreeMap;

use super::finder::Finder;
use super::vocabulary::{british, is_between, singular};
use crate::model::{EntryText, Fingerprint, Mention, Tag, TagState, Thing};

/// The topics of a course, ready to be looked for.
#[derive(Debug, Clone)]
pub(super) struct Topics {
    by_thing: BTreeMap<u16, Vec<(String, Key)>>,
    /// Which these are.
    pub(super) fingerprint: Fingerprint,
}

/// A topic as it is looked for.
#[derive(Debug, Clone)]
struct Key {
    /// Its words, as words are compared.
    words: Vec<String>,
    /// Finds what every spelling of it begins with; nothing where that is not two plain letters at least.
    finder: Option<Finder>,
}

impl Topics {
    pub(super) fn new(things: &[Thing]) -> Self {
        let keyed = |topic: &str| (topic.to_owned(), key(topic));
        let by_thing = things.iter().map(|thing| {
            let topics = thing.each_topic().into_iter().map(keyed);
            (thing.number, topics.collect())
        });
        Self {
            by_thing: by_thing.collect(),
            fingerprint: Thing::topics_of(things),
        }
    }

    /// What a post with these tags mentions of the topics of the Things that it is tagged with.
    pub(super) fn mentions(&self, entry: &EntryText, tags: &[Tag]) -> Vec<Mention> {
        let things = tags.iter().filter(|tag| tag.state == TagState::Tagged);
        let topics: Vec<(u16, &str, &Key)> = things
            .filter_map(|tag| Some((tag.thing, self.by_thing.get(&tag.thing)?)))
            .flat_map(|(thing, topics)| topics.iter().map(move |(name, key)| (thing, &**name, key)))
            .collect();
        let keys: Vec<&Key> = topics.iter().map(|(_, _, key)| *key).collect();
        let found = places(&[&entry.title, &entry.body], &keys).into_iter();
        found
            .map(|at| Mention {
                thing: topics[at].0,
                topic: topics[at].1.to_owned(),
            })
            .collect()
    }
}

/// The places in `topics` of those that one of the texts mentions, in ascending order.
pub fn mentions(texts: &[&str], topics: &[&str]) -> Vec<usize> {
    let keys: Vec<Key> = topics.iter().map(|topic| key(topic)).collect();
    places(texts, &keys.iter().collect::<Vec<_>>())
}

fn places(texts: &[&str], topics: &[&Key]) -> Vec<usize> {
    let mut found = vec![false; topics.len()];
    for text in texts {
        // These alone become plain letters when they become small: the sign for kelvin, and an I with a dot.
        let is_plain = text.is_ascii() || !(text.contains('\u{212a}') || text.contains('\u{130}'));
        let mut others = Vec::new();
        for (at, topic) in topics.iter().enumerate() {
            match &topic.finder {
                _ if found[at] => {}
                Some(finder) if is_plain => found[at] = is_found(&topic.words, finder, text),
                _ => others.push(at),
            }
        }
        if !others.is_empty() {
            walk(text, topics, &others, &mut found);
        }
    }
    let places = found.into_iter().enumerate();
    places
        .filter_map(|(at, found)| found.then_some(at))
        .collect()
}

/// Whether a text has a topic, of which this finds the beginning.
fn is_found(topic: &[String], finder: &Finder, text: &str) -> bool {
    finder.find_iter(text).any(|place| {
        let before = text[..place.start].chars().rev();
        let mut before = before.take_while(|letter| !is_between(*letter));
        if !before.all(is_around) {
            return false;
        }
        let mut pieces = text[place.start..].split(is_between);
        let first = pieces.next().and_then(word);
        first.is_some_and(|first| is_at(topic, &spelling(first), pieces.filter_map(word)))
    })
}

/// Looks for these topics at every word of a text.
fn walk(text: &str, topics: &[&Key], which: &[usize], found: &mut [bool]) {
    let first = |at: &usize| initial(topics[*at].words.first()?);
    let firsts: Vec<char> = which.iter().filter_map(first).collect();
    let mut pieces = text.split(is_between);
    while let Some(piece) = pieces.next() {
        // Most words begin none of the topics, and are not looked at any closer.
        let begins = initial(piece.trim_start_matches(is_around));
        if !begins.is_some_and(|first| firsts.contains(&first)) {
            continue;
        }
        let Some(spelled) = word(piece).map(spelling) else {
            continue;
        };
        for at in which {
            let is_here = || {
                is_at(
                    &topics[*at].words,
                    &spelled,
                    pieces.clone().filter_map(word),
                )
            };
            found[*at] = found[*at] || is_here();
        }
    }
}

/// The words of a text without what stands between them and around them.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(is_between).filter_map(word)
}

fn word(piece: &str) -> Option<&str> {
    let word = piece.trim_matches(is_around);
    (!word.is_empty() && !word.eq_ignore_ascii_case("and")).then_some(word)
}

fn is_around(letter: char) -> bool {
    !letter.is_alphanumeric() && letter != '+'
}

fn key(topic: &str) -> Key {
    let mut words: Vec<String> = words(topic).map(spelling).collect();
    if let Some(last) = words.last_mut() {
        *last = singular(last).to_owned();
    }
    let finder = words
        .first()
        .and_then(|first| Finder::plain(beginning(first)));
    Key { words, finder }
}

/// The letters with which a word begins in every spelling.
fn beginning(word: &str) -> &str {
    let plain = word.find(|letter: char| !letter.is_ascii_alphabetic());
    let plain = &word[..plain.unwrap_or(word.len())];
    // Where British spelling has an s, the text may have a z.
    &plain[..plain.find("is").map_or(plain.len(), |at| at + 1)]
}

fn spelling(word: &str) -> String {
    british(&word.to_lowercase())
}

/// A word's first character in small letters; British spelling never changes it.
fn initial(word: &str) -> Option<char> {
    word.chars().next()?.to_lowercase().next()
}

/// Whether this word, as it is spelled, and those after it begin with a topic's.
fn is_at<'a>(topic: &[String], word: &str, mut after: impl Iterator<Item = &'a str>) -> bool {
    match topic {
        [] => false,
        [only] => singular(word) == only,
        [first, between @ .., last] => {
            let mut is_next =
                |topic: &String| after.next().is_some_and(|it| *topic == spelling(it));
            word == first
                && between.iter().all(&mut is_next)
                && after
                    .next()
                    .is_some_and(|it| singular(&spelling(it)) == last)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{is_at, is_between, key, mentions, spelling, word};
    use crate::model::{EntryText, Evidence, Mention, Place, Rule, Tag, TagState};
    use crate::tagging::Tagger;
    use crate::tagging::fixtures::cpd23;

    proptest! {
        #[test]
        fn a_topic_is_found_by_its_beginning_where_it_is_found_word_by_word(
            topics in prop::collection::vec("(is|iz|re|a|é|\u{212a}|\u{130}|k|\\+| |-|and|s){1,6}", 1..5),
            text in "(is|iz|re|RE|A|a|É|\u{212a}|\u{130}|k|K|\\+| |-|\\.|_|and|s|1|…){0,60}",
        ) {
            let topics: Vec<&str> = topics.iter().map(String::as_str).collect();
            prop_assert_eq!(mentions(&[&text], &topics), word_by_word(&text, &topics));
        }

        #[test]
        fn nothing_is_passed_over(
            pieces in prop::collection::vec(prop_oneof![
                "[a-zA-Z ,.#+–’éß\\u{212a}日\\n-]{0,4}", Just("Linked in".to_owned()), Just("kay+".to_owned()), Just("É".to_owned()),
            ], 0..12),
        ) {
            let text = pieces.concat();
            let topics = ["linked in", "Kay+", "é", "日", "+"];
            prop_assert_eq!(mentions(&[&text], &topics), word_by_word(&text, &topics), "{}", text);
        }
    }

    /// The same without any haste: every topic at every word.
    fn word_by_word(text: &str, topics: &[&str]) -> Vec<usize> {
        let is_mentioned = |topic: &str| {
            let key = key(topic);
            let mut pieces = text.split(is_between);
            while let Some(piece) = pieces.next() {
                let spelled = word(piece).map(spelling);
                let rest = || pieces.clone().filter_map(word);
                if spelled.is_some_and(|spelled| is_at(&key.words, &spelled, rest())) {
                    return true;
                }
            }
            false
        };
        (0..topics.len())
            .filter(|at| is_mentioned(topics[*at]))
            .collect()
    }

    #[test]
    fn a_post_is_asked_for_the_topics_of_the_things_that_it_is_tagged_with() {
        let tagger = Tagger::new(&cpd23());
        let entry = EntryText {
            title: "LinkedIn".to_owned(),
            body: "and a Google Calendar, Google+, linkedin".to_owned(),
            ..EntryText::default()
        };
        let tag = |thing, state| Tag {
            thing,
            state,
            evidence: Evidence {
                rule: Rule::Number,
                place: Place::Title,
                quote: String::new(),
            },
        };
        let check = |tags: &[Tag], wanted: &[(u16, &str)]| {
            let wanted = wanted.iter().map(|&(thing, topic)| Mention {
                thing,
                topic: topic.to_owned(),
            });
            assert_eq!(tagger.mentions(&entry, tags), wanted.collect::<Vec<_>>());
        };
        let (six, eight) = (tag(6, TagState::Tagged), tag(8, TagState::Tagged));
        check(&[], &[]);
        check(&[tag(6, TagState::Suggested)], &[]);
        check(&[tag(99, TagState::Tagged)], &[]);
        check(std::slice::from_ref(&eight), &[(8, "Google Calendar")]);
        check(
            &[six, eight],
            &[(6, "LinkedIn"), (6, "Google+"), (8, "Google Calendar")],
        );
    }
    #[test]
    fn a_topic_is_found_in_every_spelling_and_not_inside_other_words() {
        let check = |text: &str, topic: &str, wanted: bool| {
            assert_eq!(
                !mentions(&["", text], &[topic]).is_empty(),
                wanted,
                "{topic} in {text}"
            );
        };
        check("I joined LinkedIn, at last.", "LinkedIn", true);
        check("#linkedin!", "LinkedIn", true);
        check("LinkedIn’s settings", "LinkedIn", true);
        check("Unlinkedinly", "LinkedIn", false);
        check("Google+ and its circles", "Google+", true);
        check("Google and its circles", "Google+", false);
        check("a podcast", "podcasts", true);
        check("three podcasts", "podcast", true);
        check("screen-capture", "screen capture", true);
        check("screen\ncapture", "screen capture", true);
        check("capture the screen", "screen capture", false);
        check("organizing and citing", "organising, citing", true);
        check("図書館 で", "図書館", true);
        check("", "LinkedIn", false);
        check("anything", "", false);
        check("anything", " – ", false);
        check("the end is a screen", "screen capture", false);
    }

    #[test]
    fn each_topic_is_told_once_and_in_its_order() {
        let topics = ["Facebook", "LinkedIn", "LISNPN", "Google+"];
        let texts = ["Google+ or LinkedIn?", "LinkedIn, linkedin. And Facebook."];
        assert_eq!(mentions(&texts, &topics), [0, 1, 3]);
        assert_eq!(mentions(&texts, &[]), [0; 0]);
    }
}
