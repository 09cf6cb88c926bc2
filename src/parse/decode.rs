//! Bytes → text: which charset, and which characters may stand in XML.
//!
//! In order: byte-order mark, valid UTF-8, the HTTP header's charset, the document's own declaration, mostly-UTF-8
//! with some windows-1252 bytes, a guess. Valid UTF-8 goes before every label because mislabelled UTF-8 is common and
//! other charsets that happen to be valid UTF-8 are not.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use charset::Charset;
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::places::Places;
use crate::model::{DocumentPlace, Problem};

/// Text without characters that XML 1.0 forbids, and what had to be guessed.
pub(super) struct Decoded<'a> {
    pub(super) text: Cow<'a, str>,
    pub(super) problems: Vec<Problem>,
}

/// Decodes a document; never fails, because a guess beats a lost blog.
pub(super) fn decode<'a>(bytes: &'a [u8], http_charset: Option<&str>) -> Decoded<'a> {
    let mut problems = Vec::new();
    let text = to_text(bytes, http_charset, &mut problems);
    Decoded {
        text: keep_legal(text),
        problems,
    }
}

fn to_text<'a>(
    bytes: &'a [u8],
    http_charset: Option<&str>,
    problems: &mut Vec<Problem>,
) -> Cow<'a, str> {
    if let Some((encoding, length)) = Encoding::for_bom(bytes) {
        let rest = &bytes[length..];
        // A UTF-8 mark before bytes that are not UTF-8 is a lie; the mark is all that is dropped.
        if encoding != UTF_8 || std::str::from_utf8(rest).is_ok() {
            return encoding.decode_without_bom_handling(rest).0;
        }
        return without_label(rest, problems);
    }
    if let Some(encoding) = wide(bytes) {
        return encoding.decode_without_bom_handling(bytes).0;
    }
    let labels = [http_charset, declared(bytes)];
    let known = || {
        labels
            .into_iter()
            .flatten()
            .filter_map(|label| Encoding::for_label(label.as_bytes()))
    };
    if let Ok(text) = std::str::from_utf8(bytes) {
        let seven_bit = text.is_ascii().then(|| seven_bit(bytes, labels)).flatten();
        return seven_bit.unwrap_or(Cow::Borrowed(text));
    }
    let believed = known().find(|encoding| ![UTF_8, UTF_16LE, UTF_16BE].contains(encoding));
    match believed {
        Some(encoding) => encoding.decode_without_bom_handling(bytes).0,
        None => without_label(bytes, problems),
    }
}

/// Some charsets use ASCII bytes alone, so that they are valid UTF-8 and still say something else.
fn seven_bit<'a>(bytes: &'a [u8], labels: [Option<&str>; 2]) -> Option<Cow<'a, str>> {
    let seven_bit = |label: &str| {
        let label = label.trim().as_bytes();
        // A document in UTF-16 would not be all ASCII; one that says so lies.
        let wide = [Some(UTF_16LE), Some(UTF_16BE)].contains(&Encoding::for_label(label));
        Charset::for_label_no_replacement(label)
            .filter(|charset| !charset.is_ascii_compatible() && !wide)
    };
    let charset = labels.into_iter().flatten().find_map(seven_bit)?;
    Some(charset.decode_without_bom_handling(bytes).0)
}

/// UTF-16 without a mark shows by its zero bytes beside the first `<`.
fn wide(bytes: &[u8]) -> Option<&'static Encoding> {
    match bytes {
        [b'<', 0, _, 0, ..] => Some(UTF_16LE),
        [0, b'<', 0, _, ..] => Some(UTF_16BE),
        _ => None,
    }
}

/// The charset named in the XML declaration, if there is one at the start.
fn declared(bytes: &[u8]) -> Option<&str> {
    // Of bytes that are no text the declaration still is: it stands before them.
    let start = bytes[..bytes.len().min(1_024)]
        .utf8_chunks()
        .next()?
        .valid();
    let declaration = start.split_once("<?xml")?.1.split_once("?>")?.0;
    let value = declaration
        .split_once("encoding")?
        .1
        .trim_start()
        .strip_prefix('=')?
        .trim_start();
    let quote = value
        .chars()
        .next()
        .filter(|quote| matches!(quote, '"' | '\''))?;
    Some(value[1..].split(quote).next()?.trim())
}

fn without_label<'a>(bytes: &'a [u8], problems: &mut Vec<Problem>) -> Cow<'a, str> {
    let bad = bad_bytes(bytes);
    let high = bytes.iter().filter(|byte| **byte >= 0x80).count();
    let place = first_bad(bytes);
    if bad * 4 <= high {
        let letters = if bad == 1 { "letter is" } else { "letters are" };
        problems.push(Problem::at(
            place,
            format!(
                "{bad} {letters} not UTF-8 and taken for windows-1252; write such letters anew, or save the feed as UTF-8"
            ),
        ));
        return Cow::Owned(patched(bytes));
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    let encoding = detector.guess(None, Utf8Detection::Deny);
    problems.push(Problem::at(
        place,
        format!(
            "charset guessed: {}; the feed should say its charset, best by being saved as UTF-8",
            encoding.name().to_lowercase()
        ),
    ));
    encoding.decode_without_bom_handling(bytes).0
}

/// Where the first byte stands that is not UTF-8.
fn first_bad(bytes: &[u8]) -> DocumentPlace {
    let good = bytes.utf8_chunks().next().map_or("", |chunk| chunk.valid());
    Places::new(good).of(good.len())
}

fn bad_bytes(bytes: &[u8]) -> usize {
    bytes.utf8_chunks().map(|chunk| chunk.invalid().len()).sum()
}

/// Mostly UTF-8 with a few bytes pasted from elsewhere: those few are windows-1252.
fn patched(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.push_str(&WINDOWS_1252.decode_without_bom_handling(chunk.invalid()).0);
    }
    text
}

/// Drops what XML 1.0 (section 2.2) forbids, and reads the C1 range as the windows-1252 that it was meant to be.
fn keep_legal(text: Cow<'_, str>) -> Cow<'_, str> {
    let marks = text.len() - text.trim_start_matches('\u{feff}').len();
    let bytes = text.as_bytes();
    if marks == 0 && are_plain(bytes) {
        return text;
    }
    let legal = text[marks..]
        .chars()
        .filter_map(|character| match character {
            '\u{80}'..='\u{9f}' => Some(windows_1252(character)),
            '\t' | '\n' | '\r' => Some(character),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => None,
            _ => Some(character),
        });
    Cow::Owned(legal.collect())
}

/// Whether there is no character that must be looked at more closely. Few bytes can begin one, so that whole pieces
/// are passed over at once.
fn are_plain(bytes: &[u8]) -> bool {
    const PIECE: usize = 64;
    let ordinary =
        |byte: u8| matches!(byte, b'\t' | b'\n' | b'\r' | b' '..=0xC1 | 0xC3..=0xEE | 0xF0..);
    let mut pieces = bytes.chunks(PIECE).enumerate();
    pieces.all(|(number, piece)| {
        let start = number * PIECE;
        let all = piece.iter().fold(true, |all, byte| all & ordinary(*byte));
        all || (start..start + piece.len()).all(|at| is_plain(&bytes[at..]))
    })
}

/// Whether no character begins here that must be looked at more closely: no control, nothing in the blocks of C1
/// controls and of the non-characters.
fn is_plain(bytes: &[u8]) -> bool {
    match bytes {
        [0xC2, second, ..] => *second >= 0xA0,
        [0xEF, 0xBF, third, ..] => *third < 0xBE,
        [first, ..] => *first >= b' ' || matches!(first, b'\t' | b'\n' | b'\r'),
        [] => true,
    }
}

/// What a C1 control was meant to be: HTML reads these code points the same way. The five that windows-1252 leaves
/// undefined stay as they are; XML allows them.
pub(super) fn windows_1252(character: char) -> char {
    let Ok(byte) = u8::try_from(u32::from(character)) else {
        return character;
    };
    let bytes = [byte];
    let (text, _) = WINDOWS_1252.decode_without_bom_handling(&bytes);
    text.chars().next().unwrap_or(character)
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[track_caller]
    fn check(bytes: &[u8], charset: Option<&str>, expected: &str) {
        assert_eq!(decode(bytes, charset).text, expected);
    }

    #[test]
    fn valid_utf_8_wins_over_every_label() {
        check(
            "<?xml version='1.0' encoding='ISO-8859-1'?>é".as_bytes(),
            Some("latin1"),
            "<?xml version='1.0' encoding='ISO-8859-1'?>é",
        );
    }

    #[test]
    fn the_http_charset_goes_before_the_declaration() {
        check(
            b"<?xml encoding='koi8-r'?>caf\xe9",
            Some("iso-8859-1"),
            "<?xml encoding='koi8-r'?>café",
        );
    }

    #[test]
    fn a_declared_charset_is_believed_when_utf_8_fails() {
        check(
            b"<?xml encoding=\"windows-1251\"?>\xcf\xf0",
            None,
            "<?xml encoding=\"windows-1251\"?>Пр",
        );
    }

    #[test]
    fn one_stray_byte_does_not_spoil_utf_8() {
        let decoded = decode(
            b"na\xc3\xafve caf\xc3\xa9 \xe2\x80\x9cyes\xe2\x80\x9d \x96 ok",
            None,
        );
        assert_eq!(decoded.text, "naïve café “yes” – ok");
        assert_eq!(decoded.problems.len(), 1, "the patch is said");
    }

    #[test]
    fn undeclared_latin_1_is_guessed() {
        let decoded = decode(
            b"<rss>un caf\xe9 tr\xe8s serr\xe9, s'il vous pla\xeet</rss>",
            None,
        );
        assert_eq!(
            decoded.text,
            "<rss>un café très serré, s'il vous plaît</rss>"
        );
        assert!(
            decoded.problems[0].text.contains("windows-1252"),
            "{:?}",
            decoded.problems
        );
    }

    #[test]
    fn utf_16_is_read_with_and_without_a_mark() {
        let wide: Vec<u8> = "<a/>é".encode_utf16().flat_map(u16::to_le_bytes).collect();
        check(&wide, None, "<a/>é");
        check(&[&[0xff, 0xfe], wide.as_slice()].concat(), None, "<a/>é");
    }

    #[test]
    fn characters_that_xml_forbids_are_dropped() {
        check(
            "a\0b\u{1}c\u{ffff}d\te\u{feff}".as_bytes(),
            None,
            "abcd\te\u{feff}",
        );
        check("it\u{92}s".as_bytes(), None, "it’s");
        check("ends \u{92}".as_bytes(), None, "ends ’");
        check(
            "an undefined \u{9d} stays".as_bytes(),
            None,
            "an undefined \u{9d} stays",
        );
        check("\u{1}".as_bytes(), None, "");
    }

    #[test]
    fn charsets_of_seven_bits_are_read_where_they_are_named() {
        check(
            b"<?xml encoding='utf-7'?>Caf+AOk-",
            None,
            "<?xml encoding='utf-7'?>Café",
        );
        check(b"Caf+AOk-", None, "Caf+AOk-");
        check(b"\x1b$B$\"\x1b(B", Some("iso-2022-jp"), "あ");
    }
}
