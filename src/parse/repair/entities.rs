//! Entities: those of XML stay, those of HTML become characters, the rest were bare ampersands.

use std::borrow::Cow;

use crate::parse::decode::windows_1252;

/// What the entity at the start of `text` becomes, and how many bytes it takes. One byte: it was a bare `&`.
pub(super) fn resolve(text: &str) -> (Cow<'_, str>, usize) {
    let end = text.bytes().take(40).position(|byte| byte == b';');
    let Some(end) = end else {
        return (Cow::Borrowed("&amp;"), 1);
    };
    let entity = &text[..=end];
    let name = &text[1..end];
    if let Some(number) = name.strip_prefix('#') {
        return (
            number_entity(number),
            if plausible_number(number) { end + 1 } else { 1 },
        );
    }
    if matches!(name, "amp" | "lt" | "gt" | "quot" | "apos") {
        return (Cow::Borrowed(entity), end + 1);
    }
    let decoded = html_escape::decode_html_entities(entity);
    if decoded == entity || !name.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return (Cow::Borrowed("&amp;"), 1);
    }
    (
        Cow::Owned(html_escape::encode_text(&decoded).into_owned()),
        end + 1,
    )
}

fn plausible_number(number: &str) -> bool {
    let digits = number.trim_start_matches(['x', 'X']);
    let radix = if digits.len() == number.len() { 10 } else { 16 };
    !digits.is_empty() && digits.chars().all(|digit| digit.is_digit(radix))
}

/// The character that a numeric entity means; nothing for one that XML forbids.
fn number_entity(number: &str) -> Cow<'static, str> {
    if !plausible_number(number) {
        return Cow::Borrowed("&amp;");
    }
    let hex = number.strip_prefix(['x', 'X']);
    let code = hex.map_or_else(|| number.parse::<u32>(), |hex| u32::from_str_radix(hex, 16));
    let character = match code.ok().and_then(char::from_u32) {
        Some(character @ '\u{80}'..='\u{9f}') => windows_1252(character),
        Some('\t' | '\n' | '\r') => return Cow::Borrowed(" "),
        Some(character) if character < ' ' || matches!(character, '\u{fffe}' | '\u{ffff}') => None,
        other => other,
    };
    match character {
        None => Cow::Borrowed(""),
        Some(character @ ('&' | '<' | '>' | '"' | '\'')) => {
            Cow::Owned(format!("&#{};", u32::from(character)))
        }
        Some(character) => Cow::Owned(character.to_string()),
    }
}
