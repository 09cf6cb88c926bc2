//! Header values: hostile text that is read as far as it makes sense.
//!
//! Pure; it must not know what follows from a value.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::fmt::rfc2822::DateTimeParser;
use jiff::tz::TimeZone;
use reqwest::header::{AsHeaderName, CONTENT_TYPE, HeaderMap};

/// The value of a header where it is plain ASCII.
pub(super) fn text(headers: &HeaderMap, name: impl AsHeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

/// The members of a header that is a list (RFC 9110 § 5.6.1), over all its lines. Commas between quotes or in angle
/// brackets do not part them.
pub(super) fn members(headers: &HeaderMap, name: impl AsHeaderName) -> impl Iterator<Item = &str> {
    let lines = headers.get_all(name).into_iter();
    lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| pieces(line, b','))
}

/// The pieces of a value between these marks, trimmed, without empty ones.
pub(super) fn pieces(value: &str, mark: u8) -> impl Iterator<Item = &str> {
    let mut rest = value;
    std::iter::from_fn(move || {
        loop {
            if rest.is_empty() {
                return None;
            }
            let end = end_of_piece(rest, mark);
            let piece = rest[..end].trim();
            rest = rest.get(end + 1..).unwrap_or_default();
            if !piece.is_empty() {
                return Some(piece);
            }
        }
    })
}

fn end_of_piece(text: &str, mark: u8) -> usize {
    let (mut quoted, mut escaped, mut bracketed) = (false, false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' if !bracketed => quoted = !quoted,
            b'<' if !quoted => bracketed = true,
            b'>' if !quoted => bracketed = false,
            _ if byte == mark && !quoted && !bracketed => return at,
            _ => {}
        }
    }
    text.len()
}

/// Name and value of a directive or parameter, without the quotes around the value.
pub(super) fn pair(piece: &str) -> (&str, &str) {
    let (name, value) = piece.split_once('=').unwrap_or((piece, ""));
    (name.trim(), value.trim().trim_matches('"'))
}

/// Essence and charset of the Content-Type, each in lower case.
pub(super) fn media_type(headers: &HeaderMap) -> (Option<String>, Option<String>) {
    let Some(value) = text(headers, CONTENT_TYPE) else {
        return (None, None);
    };
    let mut parts = value.split(';').map(str::trim);
    let essence = parts
        .next()
        .filter(|essence| {
            essence
                .split_once('/')
                .is_some_and(|(kind, subtype)| is_token(kind) && is_token(subtype))
        })
        .map(str::to_ascii_lowercase);
    let charset = parts
        .filter_map(|part| part.split_once('='))
        .find(|(name, _)| name.trim().eq_ignore_ascii_case("charset"))
        .map(|(_, value)| value.trim().trim_matches(['"', '\'']))
        .filter(|value| is_token(value))
        .map(str::to_ascii_lowercase);
    (essence, charset)
}

/// Whether this is a short word of HTTP, free of quotes, spaces and control characters.
fn is_token(word: &str) -> bool {
    (1..=100).contains(&word.len())
        && word
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"!#$&^_.+-:".contains(&byte))
}

/// A date in one of the three forms that RFC 9110 § 5.6.7 asks us to read.
pub(super) fn http_date(value: &str) -> Option<Timestamp> {
    let fixed = DateTimeParser::new().relaxed_weekday(true);
    if let Ok(date) = fixed.parse_timestamp(value) {
        return Some(date);
    }
    // The first is what RFC 5322's reader has just tried; it gives up on the last hours of the year 9999.
    let date = [
        "%a, %d %b %Y %H:%M:%S GMT",
        "%A, %d-%b-%y %H:%M:%S GMT",
        "%a %b %e %H:%M:%S %Y",
    ]
    .into_iter()
    .find_map(|form| DateTime::strptime(form, value).ok())?;
    Some(TimeZone::UTC.to_timestamp(date).unwrap_or(Timestamp::MAX))
}

#[cfg(test)]
mod tests {
    use super::{pair, pieces};

    #[track_caller]
    fn check(value: &str, expected: &[&str]) {
        let found: Vec<&str> = pieces(value, b',').collect();
        assert_eq!(found, expected, "{value}");
    }

    #[test]
    fn a_list_is_parted_at_its_commas_and_nowhere_else() {
        check("a, b ,,c", &["a", "b", "c"]);
        check("a=\"x,y\", b", &["a=\"x,y\"", "b"]);
        check("a=\"x\\\",y\", b", &["a=\"x\\\",y\"", "b"]);
        check(
            "<http://a/,b>; rel=x, <c>",
            &["<http://a/,b>; rel=x", "<c>"],
        );
        check("\"never ends, <nor this", &["\"never ends, <nor this"]);
        check("é,ü", &["é", "ü"]);
        check("", &[]);
    }

    #[test]
    fn a_pair_has_a_name_and_perhaps_a_value() {
        assert_eq!(pair("max-age = \"5\""), ("max-age", "5"));
        assert_eq!(pair("no-cache"), ("no-cache", ""));
    }
}
