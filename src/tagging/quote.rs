//! Bounds on hostile text, and the words that are quoted from it. It must not know what the words mean.

use std::ops::Range;

/// Longest quote in bytes, before the ellipsis.
const QUOTE_MAX: usize = 80;

/// The first `max` bytes of a text at most, cut between two characters.
pub(super) fn opening(text: &str, max: usize) -> &str {
    &text[..text.floor_char_boundary(max)]
}

/// The words at this place exactly as they were written; a long stretch is cut after a word.
pub(super) fn quote(text: &str, span: Range<usize>) -> String {
    let words = text.get(span).unwrap_or_default().trim();
    let start = opening(words, QUOTE_MAX);
    if start.len() == words.len() {
        return words.to_owned();
    }
    match start.rfind(char::is_whitespace) {
        Some(end) if end > 0 => start[..end].trim_end().to_owned(),
        _ => start.to_owned(),
    }
}

/// The sentences of a text, without the marks that end them. Those are single bytes, so that no other character need
/// be read.
pub(super) fn sentences(text: &str) -> impl Iterator<Item = &str> {
    let ends = |byte: &u8| matches!(byte, b'.' | b'!' | b'?' | b';' | b'\n');
    let mut next = 0;
    text.as_bytes().split(ends).map(move |sentence| {
        let start = next;
        next += sentence.len() + 1;
        &text[start..start + sentence.len()]
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{opening, quote, sentences};

    proptest! {
        #[test]
        fn a_sentence_ends_at_a_mark_or_a_line(text in "([a-zé… ]|[.!?;]|\n){0,40}") {
            let wanted: Vec<&str> = text.split(['.', '!', '?', ';', '\n']).collect();
            prop_assert_eq!(sentences(&text).collect::<Vec<_>>(), wanted);
        }
    }

    #[test]
    fn an_opening_never_cuts_a_character() {
        assert_eq!(opening("añb", 2), "a");
        assert_eq!(opening("añb", 99), "añb");
    }

    #[test]
    fn a_long_quote_ends_after_a_word() {
        let text = "Thing ".repeat(40);
        let quote = quote(&text, 0..text.len());
        assert!(quote.len() <= 80 && quote.ends_with("Thing"), "{quote}");
    }

    #[test]
    fn a_quote_is_what_was_written() {
        assert_eq!(quote("So: Things  8 & 9!", 4..17), "Things  8 & 9");
    }
}
