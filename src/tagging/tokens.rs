//! Text cut into words, numbers and marks, each with its place in the original.
//!
//! A run of letters is a word and a run of digits is a number, so "cpd23Things" is three tokens and no rule needs a
//! word boundary of its own. It must not know what a course is.

use std::ops::Range;

/// One word, number or mark of a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token<'a> {
    /// What it is.
    pub(super) kind: Kind,
    /// The characters, as written.
    pub(super) text: &'a str,
    /// Where it starts in the text, in bytes; always between two characters.
    pub(super) start: usize,
    /// Whether white space stands before it.
    pub(super) spaced: bool,
    /// Whether it is the first of its line.
    pub(super) heads_line: bool,
}

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A run of letters.
    Word,
    /// A run of ASCII digits; the largest value stands for all that are too large.
    Number(u32),
    /// Any other character.
    Mark(char),
    /// Words that are not to be read as anything else: a name of the programme, a year, a count.
    Masked,
}

impl<'a> Token<'a> {
    /// Where it ends, in bytes.
    pub(super) fn end(&self) -> usize {
        self.start + self.text.len()
    }

    /// Whether it is this word, which is given in lower case.
    pub(super) fn is_word(&self, lower: &str) -> bool {
        self.kind == Kind::Word
            && (self.text.eq_ignore_ascii_case(lower)
                || (!self.text.is_ascii() && self.text.to_lowercase() == lower))
    }

    /// Whether it is one of these words, which are given in lower case.
    pub(super) fn is_any_word(&self, lower: &[&str]) -> bool {
        lower.iter().any(|word| self.is_word(word))
    }

    /// Whether it is a mark of which this holds.
    pub(super) fn is_mark(&self, matches: impl Fn(char) -> bool) -> bool {
        matches!(self.kind, Kind::Mark(mark) if matches(mark))
    }

    /// Whether it is a word that starts with a capital.
    pub(super) fn is_capitalised(&self) -> bool {
        self.kind == Kind::Word && self.text.starts_with(char::is_uppercase)
    }

    /// Whether it touches the token before it.
    pub(super) fn is_glued(&self) -> bool {
        !self.spaced
    }

    /// The stretch from this token to another one, masked.
    pub(super) fn masked_to(self, last: &Token<'a>, text: &'a str) -> Token<'a> {
        Token {
            kind: Kind::Masked,
            text: &text[self.start..last.end()],
            ..self
        }
    }
}

/// Cuts a text into tokens.
pub(super) fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut cut = Vec::new();
    cut_into(&mut cut, text, 0..text.len());
    cut
}

/// Cuts a stretch of a text into tokens, whose places are those in the whole text. The stretch is given in whole
/// characters.
pub(super) fn cut_into<'a>(tokens: &mut Vec<Token<'a>>, text: &'a str, stretch: Range<usize>) {
    let end = stretch.end;
    let mut rest = &text[stretch.clone()];
    let before = text[..stretch.start].trim_end_matches([' ', '\t']);
    let mut spaced = before.len() < stretch.start;
    let mut heads_line = before.is_empty() || before.ends_with(['\n', '\r']);
    while let Some(first) = rest.chars().next() {
        let start = end - rest.len();
        let len = run_len(rest, first);
        let (piece, after) = rest.split_at(len);
        rest = after;
        if is_space(first) {
            spaced = true;
            heads_line |= piece.contains(['\n', '\r']);
            continue;
        }
        tokens.push(Token {
            kind: kind_of(piece, first),
            text: piece,
            start,
            spaced,
            heads_line,
        });
        (spaced, heads_line) = (false, false);
    }
}

/// Whether this is a hyphen, dash or minus of any width.
pub(super) fn is_dash(mark: char) -> bool {
    matches!(
        mark,
        '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}'
    )
}

fn run_len(rest: &str, first: char) -> usize {
    let same: fn(char) -> bool = if is_space(first) {
        is_space
    } else if first.is_ascii_digit() {
        return digits_len(rest);
    } else if first.is_alphabetic() {
        char::is_alphabetic
    } else {
        return first.len_utf8();
    };
    rest.find(|character| !same(character))
        .unwrap_or(rest.len())
}

/// The length of a run of digits; "2.0" and "10.30" are one run, which is no whole number.
fn digits_len(rest: &str) -> usize {
    let whole = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    match rest[whole..].strip_prefix('.') {
        Some(after) if after.starts_with(|c: char| c.is_ascii_digit()) => {
            whole + 1 + digits_len(after)
        }
        _ => whole,
    }
}

fn kind_of(piece: &str, first: char) -> Kind {
    if first.is_ascii_digit() {
        if piece.contains('.') {
            return Kind::Masked;
        }
        // Only digits are in it, so all that can go wrong is that it is too large.
        return Kind::Number(piece.parse().unwrap_or(u32::MAX));
    }
    if first.is_alphabetic() {
        return Kind::Word;
    }
    Kind::Mark(first)
}

/// White space, and the invisible characters that editors leave behind.
fn is_space(character: char) -> bool {
    character.is_whitespace()
        || matches!(
            character,
            '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}'
        )
}

#[cfg(test)]
mod tests {
    use super::tokens;

    #[test]
    fn letters_and_digits_are_cut_apart() {
        let cut: Vec<&str> = tokens("#cpd23Things – über 6!")
            .iter()
            .map(|token| token.text)
            .collect();
        assert_eq!(cut, ["#", "cpd", "23", "Things", "–", "über", "6", "!"]);
    }

    #[test]
    fn a_no_break_space_and_a_zero_width_space_are_spaces() {
        let cut = tokens("Thing\u{a0}\u{200b}6");
        assert_eq!((cut.len(), cut[1].spaced), (2, true));
    }
}
