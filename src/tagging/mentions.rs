//! Which of some topics a text mentions, in whatever spelling.
//!
//! It allows what the vocabulary allows: another case, a plural, "and" left out, "organizing". But it needs no automaton
//! to be built, so that it can be asked of one post at a time by whoever holds only the topics' names. Whether the post
//! is on the topic, it does not ask.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::vocabulary::{british, is_between, singular};
use crate::model::{EntryText, Fingerprint, Mention, Tag, TagState, Thing};

/// The topics of a course, ready to be looked for.
#[derive(Debug, Clone)]
pub(super) struct Topics {
    by_thing: BTreeMap<u16, Vec<(String, Key)>>,
    /// Which these are.
    pub(super) fingerprint: Fingerprint,
}

/// The words of a topic, as words are compared.
type Key = Vec<String>;

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
    let begins = beginnings(topics);
    let mut found = vec![false; topics.len()];
    for text in texts.iter().filter(|_| !topics.is_empty()) {
        let mut pieces = Pieces(Some(text));
        while let Some(piece) = pieces.next() {
            // Most words begin none of the topics, and are not looked at any closer.
            let Some(word) = may_begin(piece, &begins).then(|| word(piece)).flatten() else {
                continue;
            };
            let spelled = spelling(word);
            for (topic, found) in topics.iter().zip(&mut found) {
                *found = *found || is_at(topic, &spelled, pieces.clone().filter_map(self::word));
            }
        }
    }
    let places = found.into_iter().enumerate();
    places
        .filter_map(|(at, found)| found.then_some(at))
        .collect()
}

/// The first characters of topics, in small letters: by byte where they are ASCII, and all of them.
struct Beginnings {
    ascii: [bool; 128],
    all: Vec<char>,
}

fn beginnings(topics: &[&Key]) -> Beginnings {
    let all = topics.iter().filter_map(|words| initial(words.first()?));
    let mut begins = Beginnings {
        ascii: [false; 128],
        all: all.collect(),
    };
    for first in begins.all.iter().filter(|first| first.is_ascii()) {
        begins.ascii[*first as usize] = true;
    }
    begins
}

/// Whether a piece of a text begins with the same character as a topic. An ASCII letter is known by its byte alone.
fn may_begin(piece: &str, begins: &Beginnings) -> bool {
    match piece.as_bytes().first() {
        None => false,
        Some(first) if first.is_ascii_alphanumeric() => {
            begins.ascii[usize::from(first.to_ascii_lowercase())]
        }
        Some(_) => initial(piece.trim_start_matches(is_around))
            .is_some_and(|first| begins.all.contains(&first)),
    }
}

/// What stands between the characters that may stand between two words, as `str::split` has it. Texts are long, so most
/// of their characters are passed over by their byte.
#[derive(Clone)]
struct Pieces<'a>(Option<&'a str>);

/// The bytes at which it takes a look: ASCII between two words, and whatever begins a longer character.
static STOPS: LazyLock<[bool; 256]> = LazyLock::new(|| {
    std::array::from_fn(|byte| {
        u8::try_from(byte).is_ok_and(|byte| !byte.is_ascii() || is_between(char::from(byte)))
    })
});

impl<'a> Iterator for Pieces<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let text = self.0?;
        let mut at = 0;
        let stops = &*STOPS;
        while let Some(passed) = text.as_bytes()[at..]
            .iter()
            .position(|byte| stops[usize::from(*byte)])
        {
            let stop = text[at + passed..].chars().next()?;
            let end = at + passed + stop.len_utf8();
            if is_between(stop) {
                self.0 = Some(&text[end..]);
                return Some(&text[..at + passed]);
            }
            at = end;
        }
        self.0.take()
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

fn key(topic: &str) -> Vec<String> {
    let mut words: Vec<String> = words(topic).map(spelling).collect();
    if let Some(last) = words.last_mut() {
        *last = singular(last).to_owned();
    }
    words
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

    use super::{Pieces, is_at, is_between, key, mentions, spelling, word};
    use crate::model::{EntryText, Evidence, Mention, Place, Rule, Tag, TagState};
    use crate::tagging::Tagger;
    use crate::tagging::fixtures::cpd23;

    proptest! {
        #[test]
        fn a_text_falls_into_the_pieces_that_split_gives(text in "[a-z ,–’é\u{a0}日\n-]{0,30}") {
            let pieces: Vec<&str> = Pieces(Some(&text)).collect();
            prop_assert_eq!(pieces, text.split(is_between).collect::<Vec<_>>());
        }

        #[test]
        fn nothing_is_passed_over(
            pieces in prop::collection::vec(prop_oneof![
                "[a-zA-Z ,.#+–’éß\\u{212a}日\\n-]{0,4}", Just("Linked in".to_owned()), Just("kay+".to_owned()), Just("É".to_owned()),
            ], 0..12),
        ) {
            let text = pieces.concat();
            let topics = ["linked in", "Kay+", "é", "日", "+"];
            let is_mentioned = |topic: &&str| {
                let key = key(topic);
                let mut pieces = text.split(is_between);
                while let Some(piece) = pieces.next() {
                    let spelled = word(piece).map(spelling);
                    let rest = || pieces.clone().filter_map(word);
                    if spelled.is_some_and(|spelled| is_at(&key, &spelled, rest())) {
                        return true;
                    }
                }
                false
            };
            let wanted: Vec<usize> = (0..topics.len()).filter(|at| is_mentioned(&topics[*at])).collect();
            prop_assert_eq!(mentions(&[&text], &topics), wanted, "{}", text);
        }
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
