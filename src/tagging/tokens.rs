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
                // A capital of some languages is a plain letter in small: K for kelvin.
                || (!self.text.is_ascii() && self.text.to_lowercase() == lower))
    }

    /// Whether it may be a word in small letters by its first letter, which is quick and mostly says no.
    pub(super) fn begins_as(&self, lower: &str) -> bool {
        match (self.text.as_bytes(), lower.as_bytes()) {
            // A letter beyond ASCII may have any capital.
            ([one, ..], [other, ..]) => !one.is_ascii() || one.eq_ignore_ascii_case(other),
            _ => false,
        }
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

/// Tokens for which there had better be room in a text of so many bytes: words of four letters, and a few more.
fn room_for(bytes: usize) -> usize {
    bytes / 5 + 4
}

/// Cuts a stretch of a text into tokens, whose places are those in the whole text. The stretch is given in whole
/// characters.
pub(super) fn cut_into<'a>(tokens: &mut Vec<Token<'a>>, text: &'a str, stretch: Range<usize>) {
    let end = stretch.end;
    tokens.reserve(room_for(stretch.len()));
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
    if first.is_ascii_digit() {
        return digits_len(rest);
    }
    if first.is_alphabetic() {
        return same_len(rest, u8::is_ascii_alphabetic, char::is_alphabetic);
    }
    if is_space(first) {
        return same_len(rest, |byte| is_space(char::from(*byte)), is_space);
    }
    first.len_utf8()
}

/// How many bytes at the start of a text are of one kind; the plain ones are counted without reading characters.
fn same_len(rest: &str, plain: impl Fn(&u8) -> bool, same: impl Fn(char) -> bool) -> usize {
    let bytes = rest.as_bytes();
    let len = bytes
        .iter()
        .position(|byte| !plain(byte) || !byte.is_ascii());
    let len = len.unwrap_or(bytes.len());
    if bytes.get(len).is_none_or(u8::is_ascii) {
        return len;
    }
    rest[len..]
        .find(|character| !same(character))
        .map_or(rest.len(), |more| len + more)
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
