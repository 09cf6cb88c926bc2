//! What our commands may print: a terminal takes control characters for commands of its own, and blogs can write them.
//!
//! It must not know what is printed.

use std::fmt::Write as _;

use serde::Serialize;

/// Text that a terminal only shows: without control characters, but for the ends of lines and tabs.
pub(super) fn plain(text: &str) -> String {
    let shown = |c: &char| !c.is_control() || matches!(c, '\n' | '\t');
    text.chars().filter(shown).collect()
}

/// A value as JSON in one line, every control character escaped.
///
/// # Errors
///
/// When the value has no form in JSON.
pub(super) fn json_line(value: &impl Serialize) -> serde_json::Result<String> {
    serde_json::to_string(value).map(|json| escaped(&json))
}

/// The same in lines for people to read.
///
/// # Errors
///
/// When the value has no form in JSON.
pub(super) fn json(value: &impl Serialize) -> serde_json::Result<String> {
    serde_json::to_string_pretty(value).map(|json| escaped(&json))
}

/// JSON that says the same without control characters. JSON must escape only those of ASCII; all others stand inside
/// strings, never after half an escape.
fn escaped(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for character in json.chars() {
        if character.is_control() && character != '\n' {
            // Writing to a String does not fail.
            let _ = write!(out, "\\u{:04x}", u32::from(character));
        } else {
            out.push(character);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{json, json_line, plain};

    #[test]
    fn json_says_every_control_character_as_an_escape() {
        let all: String = ('\0'..='\u{a0}').collect();
        for printed in [json(&[&all]).unwrap(), json_line(&[&all]).unwrap()] {
            let raw = printed.chars().find(|c| c.is_control() && *c != '\n');
            assert_eq!(raw, None, "{printed}");
            assert!(printed.contains(r"\u009d"), "{printed}");
            let read: Vec<String> = serde_json::from_str(&printed).unwrap();
            assert_eq!(read, [all.as_str()]);
        }
    }

    #[test]
    fn an_escape_after_a_backslash_stays_one() {
        let text = "\\\u{9d}";
        assert_eq!(json_line(&text).unwrap(), r#""\\\u009d""#);
    }

    #[test]
    fn a_terminal_is_given_no_command() {
        assert_eq!(
            plain("“a\u{9d}0;x\u{7}”\u{1b}[31m\r\n\tb\u{7f}\u{85}"),
            "“a0;x”[31m\n\tb"
        );
    }
}
