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

    /// The first place of the word that begins at this byte or after it.
    pub(super) fn find_at(&self, text: &str, from: usize) -> Option<Range<usize>> {
        match self {
            Self::Pattern(regex) => regex.find_at(text, from).map(|found| found.range()),
            Self::Plain { word, rarest } => {
                let (word, bytes) = (word.as_bytes(), text.as_bytes());
                let letter = word[*rarest];
                let letters = bytes.get(from + rarest..)?;
                memchr::memchr2_iter(letter, letter.to_ascii_uppercase(), letters)
                    .map(|at| from + at..from + at + word.len())
                    .find(|place| {
                        let found = bytes.get(place.clone());
                        found.is_some_and(|found| found.eq_ignore_ascii_case(word))
                    })
            }
        }
    }

    /// Every place of the word, in order.
    pub(super) fn find_iter<'a>(
        &'a self,
        text: &'a str,
    ) -> impl Iterator<Item = Range<usize>> + 'a {
        let mut next = 0;
        std::iter::from_fn(move || {
            let found = self.find_at(text, next)?;
            next = found.end;
            Some(found)
        })
    }

    /// Whether the word stands in a text at all.
    pub(super) fn is_in(&self, text: &str) -> bool {
        self.find_at(text, 0).is_some()
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
            let wanted: Vec<_> = pattern.find_iter(&text).map(|found| found.range()).collect();
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
