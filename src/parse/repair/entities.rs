//! Entities: those of XML stay, those of HTML and of the document itself become characters, the rest were bare ampersands.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::HashMap;

use crate::parse::decode::windows_1252;

/// The entities that a document declares for itself.
#[derive(Default)]
pub(super) struct Entities<'a> {
    declared: HashMap<&'a str, &'a str>,
    /// Bytes that declared entities may still become; what many short references could become has no other limit.
    room: Cell<usize>,
}

/// Entities that a document may declare.
const DECLARED_MAX: usize = 100;
/// Bytes that one of them may stand for.
const VALUE_BYTES_MAX: usize = 200;
/// Bytes that all references to them may become.
const EXPANDED_BYTES_MAX: usize = 100_000;

impl<'a> Entities<'a> {
    /// Reads `<!ENTITY name "value">` from what stands before the root element. A value that refers to further entities
    /// or to another file is not taken, so nothing grows and nothing is fetched.
    pub(super) fn of(prolog: &'a str) -> Self {
        let mut declared = HashMap::new();
        for declaration in prolog.split("<!ENTITY").skip(1).take(DECLARED_MAX) {
            let Some((name, rest)) = declaration.trim_start().split_once(char::is_whitespace)
            else {
                continue;
            };
            let rest = rest.trim_start();
            let Some(quote @ ('"' | '\'')) = rest.chars().next() else {
                continue;
            };
            let Some((value, _)) = rest[1..].split_once(quote) else {
                continue;
            };
            let refers = value.replace("&#", "").contains(['&', '%', '<']);
            if value.len() <= VALUE_BYTES_MAX && !refers && name != "%" {
                declared.entry(name).or_insert(value);
            }
        }
        Self {
            declared,
            room: Cell::new(EXPANDED_BYTES_MAX),
        }
    }

    /// What the entity at the start of `text` becomes, and how many bytes it takes. One byte: it was a bare `&`.
    pub(super) fn resolve<'t>(&self, text: &'t str) -> (Cow<'t, str>, usize) {
        const BARE: (Cow<'static, str>, usize) = (Cow::Borrowed("&amp;"), 1);
        let Some(end) = text.bytes().take(40).position(|byte| byte == b';') else {
            return BARE;
        };
        let entity = &text[..=end];
        let name = &text[1..end];
        if let Some(number) = name.strip_prefix('#') {
            return numeric(number, &text[end + 1..])
                .map_or(BARE, |(text, more)| (text, end + 1 + more));
        }
        if of_xml(entity).is_some() {
            return (Cow::Borrowed(entity), end + 1);
        }
        if let Some(value) = self.declared(name) {
            return (Cow::Owned(value), end + 1);
        }
        let decoded = html_escape::decode_html_entities(entity);
        if decoded == entity || !name.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return BARE;
        }
        (
            Cow::Owned(html_escape::encode_text(&decoded).into_owned()),
            end + 1,
        )
    }

    /// The text that a person would read, every entity resolved.
    pub(super) fn decoded<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if !text.contains('&') {
            return Cow::Borrowed(text);
        }
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find('&') {
            out.push_str(&rest[..at]);
            let (resolved, length) = self.resolve(&rest[at..]);
            out.push_str(&html_escape::decode_html_entities(&resolved));
            rest = &rest[at + length..];
        }
        out.push_str(rest);
        Cow::Owned(out)
    }

    fn declared(&self, name: &str) -> Option<String> {
        let value = *self.declared.get(name)?;
        let room = self.room.get().checked_sub(value.len())?;
        self.room.set(room);
        // Only references to characters are left in it.
        let value = html_escape::decode_html_entities(value);
        let legal: String = value
            .chars()
            .filter(|character| !character.is_control())
            .collect();
        Some(html_escape::encode_text(&legal).into_owned())
    }
}

/// One of the five entities that XML knows, where one stands at the start of the text: its character and its length.
pub(super) fn of_xml(text: &str) -> Option<(char, usize)> {
    let found = match text.as_bytes() {
        [b'&', b'l', b't', b';', ..] => ('<', 4),
        [b'&', b'g', b't', b';', ..] => ('>', 4),
        [b'&', b'a', b'm', b'p', b';', ..] => ('&', 5),
        [b'&', b'q', b'u', b'o', b't', b';', ..] => ('"', 6),
        [b'&', b'a', b'p', b'o', b's', b';', ..] => ('\'', 6),
        _ => return None,
    };
    Some(found)
}

/// What a numeric entity becomes, and how many bytes of `after` belong to it: the other half of a surrogate pair, as
/// software writes it that thinks in UTF-16.
fn numeric(number: &str, after: &str) -> Option<(Cow<'static, str>, usize)> {
    let code = code_of(number)?;
    let pair = unit(code, 0xD800).zip(low_half(after));
    if let Some((high, (low, length))) = pair
        && let Some(Ok(character)) = char::decode_utf16([high, low]).next()
    {
        return Some((Cow::Owned(character.to_string()), length));
    }
    Some((character_entity(code), 0))
}

/// The low half of a surrogate pair that stands at the start of the text, and its length.
fn low_half(text: &str) -> Option<(u16, usize)> {
    let rest = text.strip_prefix("&#")?;
    let end = rest.bytes().take(10).position(|byte| byte == b';')?;
    let low = unit(code_of(&rest[..end])?, 0xDC00)?;
    Some((low, end + "&#;".len()))
}

/// The code as one half of a surrogate pair, whose halves of a kind begin at `first`.
fn unit(code: u32, first: u16) -> Option<u16> {
    let unit = u16::try_from(code).ok()?;
    (first..first + 0x400).contains(&unit).then_some(unit)
}

/// The number; one that is no character where it is too large, nothing where this is no number.
fn code_of(number: &str) -> Option<u32> {
    let digits = number.trim_start_matches(['x', 'X']);
    let radix = if digits.len() == number.len() { 10 } else { 16 };
    let plausible = !digits.is_empty() && digits.chars().all(|digit| digit.is_digit(radix));
    plausible.then(|| u32::from_str_radix(digits, radix).unwrap_or(u32::MAX))
}

/// The character that a number means; nothing for one that XML forbids.
fn character_entity(code: u32) -> Cow<'static, str> {
    match char::from_u32(code) {
        None | Some('\u{fffe}' | '\u{ffff}') => Cow::Borrowed(""),
        Some('\t' | '\n' | '\r') => Cow::Borrowed(" "),
        Some(character) if character < ' ' => Cow::Borrowed(""),
        Some(character @ '\u{80}'..='\u{9f}') => Cow::Owned(windows_1252(character).to_string()),
        Some(character @ ('&' | '<' | '>' | '"' | '\'')) => {
            Cow::Owned(format!("&#{};", u32::from(character)))
        }
        Some(character) => Cow::Owned(character.to_string()),
    }
}
