//! Which of some topics a text mentions, in whatever spelling.
//!
//! It allows what the vocabulary allows: another case, a plural, "and" left out, "organizing". But it needs no automaton
//! to be built, so that it can be asked of one post at a time by whoever holds only the topics' names. Whether the post
//! is on the topic, it does not ask.

use super::vocabulary::{british, is_between, singular};

/// The places in `topics` of those that one of the texts mentions, in ascending order.
pub fn mentions(texts: &[&str], topics: &[&str]) -> Vec<usize> {
    let topics: Vec<Vec<String>> = topics.iter().map(|topic| key(topic)).collect();
    let firsts: Vec<char> = topics
        .iter()
        .filter_map(|words| initial(words.first()?))
        .collect();
    let mut found = vec![false; topics.len()];
    for text in texts {
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
            for (topic, found) in topics.iter().zip(&mut found) {
                *found = *found || is_at(topic, &spelled, pieces.clone().filter_map(word));
            }
        }
    }
    let places = found.into_iter().enumerate();
    places
        .filter_map(|(at, found)| found.then_some(at))
        .collect()
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
    use super::mentions;

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
