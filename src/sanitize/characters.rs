//! Which characters may come out, and how they are written in markup.
//!
//! It must not know about tags.

/// Whether XML 1.0 allows a character, so that it may stand in a feed.
pub(super) fn is_legal(character: char) -> bool {
    match character {
        '\t' | '\n' | '\r' => true,
        '\u{fffe}' | '\u{ffff}' => false,
        other => other >= ' ',
    }
}

/// Marks on one letter; more than any script needs is a prank.
const MARKS_MAX: usize = 8;

/// Whether a character is written at all: legal, no control that a screen has no use for, nothing that turns the line
/// round for what follows, and no byte order mark, which readers of HTML leave out.
///
/// The marks that right-to-left writers type between words (U+200E, U+200F, U+061C) reach no further than their
/// neighbours and stay; for whole passages there is `dir`.
pub(super) fn comes_out(character: char) -> bool {
    let control = matches!(character, '\u{7f}'..='\u{9f}') && character != '\u{85}';
    character != '\u{feff}' && !control && !turns_round(character) && is_legal(character)
}

/// Whether a character is one of the five C1 controls that mean nothing else in windows-1252 either: there they are half
/// of a letter of UTF-8 that was taken for windows-1252.
pub(super) fn is_half(character: char) -> bool {
    matches!(
        character,
        '\u{81}' | '\u{8d}' | '\u{8f}' | '\u{90}' | '\u{9d}'
    )
}

/// Embeddings, overrides and isolates: they hold until somebody ends them.
pub(super) fn turns_round(character: char) -> bool {
    matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Counts the marks that stand upon one letter.
#[derive(Default)]
pub(super) struct Marks(usize);

impl Marks {
    /// Whether one letter can still bear this character.
    pub(super) fn bear(&mut self, character: char) -> bool {
        self.0 = if is_mark(character) { self.0 + 1 } else { 0 };
        self.0 <= MARKS_MAX
    }
}

/// The blocks of characters that stack upon a letter.
fn is_mark(character: char) -> bool {
    matches!(
        character,
        '\u{300}'..='\u{36f}'
            | '\u{483}'..='\u{489}'
            | '\u{591}'..='\u{5bd}'
            | '\u{610}'..='\u{61a}'
            | '\u{64b}'..='\u{65f}'
            | '\u{6d6}'..='\u{6dc}'
            | '\u{e34}'..='\u{e3a}'
            | '\u{e47}'..='\u{e4e}'
            | '\u{eb4}'..='\u{ebc}'
            | '\u{ec8}'..='\u{ece}'
            | '\u{f71}'..='\u{f84}'
            | '\u{1ab0}'..='\u{1aff}'
            | '\u{1dc0}'..='\u{1dff}'
            | '\u{20d0}'..='\u{20ff}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{fe20}'..='\u{fe2f}'
    )
}

/// Appends text as it is written in markup and in quoted attributes, without the characters that no feed may carry.
///
/// A carriage return becomes a newline, because a reader of HTML would do so.
pub(super) fn escape(text: &str, out: &mut String) {
    escape_with("&quot;", text, &mut Marks::default(), out);
}

/// The same for text that goes on from another and stands in no attribute, where a quotation mark means nothing.
pub(super) fn escape_on(text: &str, marks: &mut Marks, out: &mut String) {
    escape_with("\"", text, marks, out);
}

fn escape_with(quote: &str, text: &str, marks: &mut Marks, out: &mut String) {
    let mut rest = text;
    while !rest.is_empty() {
        // Most of most texts is written as it stands.
        let (plain, after) = rest.split_at(plain_length(rest));
        if !plain.is_empty() {
            out.push_str(plain);
            *marks = Marks::default();
        }
        let mut others = after.chars();
        if let Some(character) = others.next() {
            escape_one(character, quote, marks, out);
        }
        rest = others.as_str();
    }
}

/// How many bytes a text begins with that are written as they stand.
fn plain_length(text: &str) -> usize {
    let other = |byte: &u8| !PLAIN[usize::from(*byte)];
    let bytes = text.as_bytes();
    bytes.iter().position(other).unwrap_or(bytes.len())
}

/// Bytes that are written as they stand wherever they do: ASCII that means nothing in markup, and the first bytes of
/// those blocks of Unicode that have neither marks nor controls, with all that can follow them.
const PLAIN: [bool; 256] = {
    let mut plain = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        plain[byte] = matches!(byte, 0x09 | 0x0A | 0x20..=0x7E | 0x80..=0xBF | 0xC3..=0xCB | 0xE3..=0xED | 0xF0..=0xF4);
        byte += 1;
    }
    plain[b'&' as usize] = false;
    plain[b'<' as usize] = false;
    plain[b'>' as usize] = false;
    plain[b'"' as usize] = false;
    plain
};

fn escape_one(character: char, quote: &str, marks: &mut Marks, out: &mut String) {
    if !comes_out(character) || !marks.bear(character) {
        return;
    }
    match character {
        '&' => out.push_str("&amp;"),
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        '"' => out.push_str(quote),
        '\u{a0}' => out.push_str("&nbsp;"),
        '\r' => out.push('\n'),
        other => out.push(other),
    }
}

#[cfg(test)]
mod tests {
    use super::{Marks, PLAIN, comes_out, escape_one};

    #[test]
    fn what_is_written_as_it_stands_is_what_would_be_written_one_by_one() {
        for character in '\0'..=char::MAX {
            let mut text = [0; 4];
            let text = &*character.encode_utf8(&mut text);
            if !PLAIN[usize::from(text.as_bytes()[0])] {
                continue;
            }
            let (mut out, mut marks) = (String::new(), Marks(8));
            escape_one(character, "&quot;", &mut marks, &mut out);
            assert_eq!(out, text);
            assert_eq!(marks.0, 0, "{character:?} is no mark");
            assert!(comes_out(character));
        }
    }
}
