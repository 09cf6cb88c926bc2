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

/// Whether a character is written at all: legal, and not a byte order mark, which readers of HTML leave out.
pub(super) fn comes_out(character: char) -> bool {
    character != '\u{feff}' && is_legal(character)
}

/// Appends text as it is written in markup and in quoted attributes, without the characters that no feed may carry.
///
/// A carriage return becomes a newline, because a reader of HTML would do so.
pub(super) fn escape(text: &str, out: &mut String) {
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\u{a0}' => out.push_str("&nbsp;"),
            '\r' => out.push('\n'),
            other if comes_out(other) => out.push(other),
            _ => {}
        }
    }
}
