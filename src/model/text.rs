//! Text from outside in short: one harmless line, or the first words.

/// One line without control characters, its white space made single spaces, so that it cannot forge a log line or
/// break a table.
pub fn one_line(text: &str) -> String {
    let spaced: String = text
        .chars()
        .map(|character| {
            if character.is_control() {
                ' '
            } else {
                character
            }
        })
        .collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Most characters in an excerpt, for texts whose words are not parted by spaces.
const EXCERPT_CHARACTERS_MAX: usize = 480;
/// Bytes in which an excerpt is looked for, white space included.
const EXCERPT_BYTES_MAX: usize = 8_192;

/// The first `words_max` words of a text in one line, with ` …` where something was left out.
///
/// Control characters go; a text without spaces is cut after some hundreds of characters.
pub fn excerpt(text: &str, words_max: usize) -> String {
    let mut short = String::new();
    let mut length = 0;
    // Whole posts come through here, so only as much is looked at as can be needed.
    let start = &text[..text.floor_char_boundary(EXCERPT_BYTES_MAX)];
    for (at, word) in one_line(start).split(' ').enumerate() {
        if at >= words_max || length >= EXCERPT_CHARACTERS_MAX {
            return short + " …";
        }
        if at > 0 {
            short.push(' ');
        }
        let room = EXCERPT_CHARACTERS_MAX - length;
        if word.chars().count() > room {
            short.extend(word.chars().take(room));
            return short + "…";
        }
        length += word.chars().count() + 1;
        short.push_str(word);
    }
    if start.len() < text.len() {
        short + " …"
    } else {
        short
    }
}

#[cfg(test)]
mod tests {
    use super::{EXCERPT_CHARACTERS_MAX, excerpt, one_line};

    #[test]
    fn control_characters_and_line_breaks_become_single_spaces() {
        assert_eq!(one_line(" a\r\n[ERROR]\t b\u{1b}]0;x "), "a [ERROR] b ]0;x");
    }

    #[test]
    fn an_excerpt_keeps_whole_words() {
        assert_eq!(excerpt("one two\n\nthree four", 3), "one two three …");
        assert_eq!(excerpt(" one  two ", 3), "one two");
        assert_eq!(excerpt("", 3), "");
    }

    #[test]
    fn an_excerpt_has_no_control_characters() {
        assert_eq!(excerpt("a\u{0}b \u{7}c", 9), "a b c");
    }

    #[test]
    fn an_excerpt_of_a_text_without_spaces_is_short_too() {
        let short = excerpt(&"図".repeat(9000), 60);
        assert_eq!(short.chars().count(), EXCERPT_CHARACTERS_MAX + 1);
        assert!(short.ends_with('…'));
    }
}
