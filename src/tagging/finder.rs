//! One short word in a long text, in any case, as fast as the text is read.
//!
//! The unit stands in most posts several times, also inside other words ("something"), and an automaton takes long to
//! tell one place from the next. So the rarest letter of the word is looked for, and the others around it. It must not
//! know what the word is.

use std::ops::Range;

use regex::Regex;

/// Finds a word.
#[derive(Debug, Clone)]
pub(super) enum Finder {
    /// Plain letters, of which the one at this place is the rarest.
    Plain {
        /// The word, in small letters.
        word: String,
        /// Where in it the rarest letter stands, in bytes.
        rarest: usize,
    },
    /// Anything else.
    Pattern(Regex),
}

/// The letters of English and German texts, the rarest first.
const RARE_FIRST: &[u8] = b"qxjyzvkpwfbgmcouldhatsrnie";

impl Finder {
    /// Finds this word where it has only plain letters; nothing for any other word.
    pub(super) fn plain(word: &str) -> Option<Self> {
        let is_plain = word.len() > 1 && word.bytes().all(|byte| byte.is_ascii_alphabetic());
        let word = word.to_ascii_lowercase();
        let rank = |at: &usize| {
            RARE_FIRST
                .iter()
                .position(|rare| *rare == word.as_bytes()[*at])
        };
        let rarest = (0..word.len()).min_by_key(rank)?;
        is_plain.then_some(Self::Plain { word, rarest })
    }

    /// Every place of the word, in order.
    pub(super) fn find_iter<'a>(
        &'a self,
        text: &'a str,
    ) -> Box<dyn Iterator<Item = Range<usize>> + 'a> {
        match self {
            Self::Pattern(regex) => Box::new(regex.find_iter(text).map(|found| found.range())),
            Self::Plain { word, rarest } => {
                let letter = word.as_bytes()[*rarest];
                let letters =
                    memchr::memchr2_iter(letter, letter.to_ascii_uppercase(), text.as_bytes());
                Box::new(letters.filter_map(move |at| {
                    let start = at.checked_sub(*rarest)?;
                    let place = start..start + word.len();
                    let found = text.as_bytes().get(place.clone())?;
                    found.eq_ignore_ascii_case(word.as_bytes()).then_some(place)
                }))
            }
        }
    }

    /// Whether the word stands in a text at all.
    pub(super) fn is_in(&self, text: &str) -> bool {
        self.find_iter(text).next().is_some()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use regex::Regex;

    use super::Finder;

    proptest! {
        #[test]
        fn a_plain_word_is_found_where_a_pattern_finds_it(
            word in "[a-zA-Z]{2,6}",
            pieces in prop::collection::vec(prop_oneof!["[a-zäÖ ]{0,5}", Just("\u{212a}".to_owned()), Just("*".to_owned())], 0..20),
        ) {
            let text: String = pieces.iter().map(|piece| if piece == "*" { &word } else { piece }.as_str()).collect();
            let pattern = Regex::new(&format!("(?i-u:{word})")).unwrap();
            let overlapping = |from: usize| pattern.find_at(&text, from).map(|found| found.range());
            let mut wanted = Vec::new();
            let mut next = overlapping(0);
            while let Some(found) = next {
                next = overlapping(found.start + text[found.start..].chars().next().unwrap().len_utf8());
                wanted.push(found);
            }
            let found: Vec<_> = Finder::plain(&word).unwrap().find_iter(&text).collect();
            prop_assert_eq!(found, wanted);
        }
    }

    #[test]
    fn a_word_of_other_letters_wants_a_pattern() {
        for word in ["übung", "", "a", "two words", "no-1"] {
            assert!(Finder::plain(word).is_none(), "{word}");
        }
    }
}
