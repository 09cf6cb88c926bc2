//! Where one short word begins in a long text, in any case, as fast as the text is read.
//!
//! The unit stands in most posts several times, mostly inside other words ("something"), and an automaton takes long to
//! tell one place from the next. So blocks of the text are asked all at once whether a word begins in them that has the
//! first and the rarest letter, which the processor does for many bytes in one step. It must not know what the word is.

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
/// Bytes that are asked at once.
const BLOCK: usize = 64;

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
        let rarest = (1..word.len()).min_by_key(rank)?;
        is_plain.then_some(Self::Plain { word, rarest })
    }

    /// Every place of the word, in order; of a word of plain letters, every place where no such letter stands before it.
    pub(super) fn find_iter<'a>(
        &'a self,
        text: &'a str,
    ) -> impl Iterator<Item = Range<usize>> + 'a {
        let mut next = 0;
        std::iter::from_fn(move || {
            let found = match self {
                Self::Pattern(regex) => regex.find_at(text, next)?.range(),
                Self::Plain { word, rarest } => {
                    plain_from(word.as_bytes(), *rarest, text.as_bytes(), next)?
                }
            };
            next = found.end;
            Some(found)
        })
    }

    /// Whether the word stands in a text at all.
    pub(super) fn is_in(&self, text: &str) -> bool {
        self.find_iter(text).next().is_some()
    }
}

/// The first place of a word of plain letters that begins at this byte or after it.
fn plain_from(word: &[u8], rarest: usize, text: &[u8], from: usize) -> Option<Range<usize>> {
    let last = text.len().checked_sub(word.len())?;
    let place = |at: usize| at..at + word.len();
    let is_at = |at: &usize| {
        let begins = *at == 0 || !text[at - 1].is_ascii_alphabetic();
        begins && text[place(*at)].eq_ignore_ascii_case(word)
    };
    if from == 0 && is_at(&0) {
        return Some(place(0));
    }
    let mut at = from.max(1);
    while at <= last {
        let end = (at + BLOCK).min(last + 1);
        let before = &text[at - 1..end - 1];
        let (firsts, rare) = (&text[at..end], &text[at + rarest..end + rarest]);
        if may_begin([word[0], word[rarest]], before, firsts, rare) {
            let found = (at..end).find(is_at);
            if found.is_some() {
                return found.map(place);
            }
        }
        at = end;
    }
    None
}

/// Whether at any place of a block both letters stand, the one in the one stretch and the other in the other, and no
/// letter before. Without a branch, so that it is asked of many places in one step.
fn may_begin(letters: [u8; 2], before: &[u8], firsts: &[u8], rare: &[u8]) -> bool {
    /// What small letters have and capitals lack.
    const SMALL: u8 = 0x20;
    let mut may = false;
    for ((before, first), rare) in before.iter().zip(firsts).zip(rare) {
        let differs = ((first | SMALL) ^ letters[0]) | ((rare | SMALL) ^ letters[1]);
        may |= (differs | u8::from(before.is_ascii_alphabetic())) == 0;
    }
    may
}

#[cfg(test)]
mod tests {
    use std::ops::Range;

    use proptest::prelude::*;
    use regex::Regex;

    use super::Finder;

    proptest! {
        #[test]
        fn a_plain_word_is_found_where_a_pattern_finds_it_after_no_letter(
            word in "[a-zA-Z]{2,6}",
            pieces in prop::collection::vec(prop_oneof!["[a-zäÖ ]{0,9}", Just("\u{212a}".to_owned()), Just("*".to_owned()), Just(" *".to_owned())], 0..60),
        ) {
            let text: String = pieces.iter().map(|piece| piece.replace('*', &word)).collect();
            let pattern = Regex::new(&format!("(?i-u:{word})")).unwrap();
            let found = pattern.find_iter(&text).map(|found| found.range());
            let begins = |found: &Range<usize>| !text[..found.start].ends_with(|letter: char| letter.is_ascii_alphabetic());
            let wanted: Vec<_> = found.filter(begins).collect();
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
