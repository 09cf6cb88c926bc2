//! Attributes as people write them → attributes as XML wants them.

use std::fmt::Write as _;

use url::Url;

use super::dialect::{PREFIXES, is_feed_namespace, is_media_namespace};
use super::entities::Entities;

/// Attributes that one tag may have; the rest is dropped.
const ATTRIBUTES_MAX: usize = 64;

/// Bytes of a base address or namespace; feed-rs copies the base at every element.
const ADDRESS_MAX: usize = 1_000;

/// The attributes of a tag that carry a value, as they stand in the text: name and raw value.
fn stated(attributes: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = attributes;
    std::iter::from_fn(move || {
        loop {
            rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
            let end = rest.find(|c: char| c.is_whitespace() || c == '=')?;
            let (name, after) = rest.split_at(end);
            let Some(value) = after.trim_start().strip_prefix('=') else {
                rest = after;
                continue;
            };
            let value = value.trim_start();
            let (value, after) = match value.chars().next() {
                Some(quote @ ('"' | '\'')) => value[1..].split_once(quote)?,
                _ => value.split_at(value.find(char::is_whitespace).unwrap_or(value.len())),
            };
            rest = after;
            return Some((name, value));
        }
    })
    .take(ATTRIBUTES_MAX)
}

/// The raw value of an attribute by its local name.
pub(super) fn attribute<'a>(attributes: &'a str, local: &str) -> Option<&'a str> {
    stated(attributes)
        .find(|(name, _)| name.rsplit(':').next() == Some(local))
        .map(|(_, value)| value)
}

/// The raw value of an attribute by its whole name.
pub(super) fn attribute_named<'a>(attributes: &'a str, name: &str) -> Option<&'a str> {
    stated(attributes)
        .find(|(stated, _)| *stated == name)
        .map(|(_, value)| value)
}

/// The raw value of an attribute by its whole name, whatever the case.
pub(super) fn attribute_in_any_case<'a>(attributes: &'a str, name: &str) -> Option<&'a str> {
    stated(attributes)
        .find(|(stated, _)| stated.eq_ignore_ascii_case(name))
        .map(|(_, value)| value)
}

/// The attributes, each once, quoted and escaped, each with a blank before it.
///
/// What XML or feed-rs would fail the whole feed over is left out, as is every namespace that the root states itself.
pub(super) fn normalised(attributes: &str, entities: &Entities<'_>) -> String {
    let mut seen: Vec<&str> = Vec::new();
    let mut out = String::new();
    for (name, value) in stated(attributes) {
        if is_name(name) && !seen.contains(&name) && harmless(name, value) {
            seen.push(name);
            out.push(' ');
            out.push_str(name);
            out.push_str("=\"");
            escape(value, entities, &mut out);
            out.push('"');
        }
    }
    out
}

/// The same without those that a root element states itself.
pub(super) fn of_root(attributes: &str, entities: &Entities<'_>) -> String {
    let mut out = String::new();
    for (name, value) in stated(&normalised(attributes, entities)) {
        if name != "xmlns" && name != "version" && value.len() <= ADDRESS_MAX {
            let _ = write!(out, " {name}=\"{value}\"");
        }
    }
    out
}

fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b':' | b'-' | b'_' | b'.'))
}

fn harmless(name: &str, value: &str) -> bool {
    if name == "xml:base" {
        let address = Url::parse(value);
        return value.len() <= ADDRESS_MAX
            && matches!(
                address,
                Ok(_) | Err(url::ParseError::RelativeUrlWithoutBase)
            );
    }
    let prefix = match name.strip_prefix("xmlns") {
        // Some software repeats the feed's own namespace on every entry, in a spelling that feed-rs does not know.
        Some("") => return !is_feed_namespace(value) && !is_media_namespace(value),
        Some(prefix) => prefix.strip_prefix(':'),
        None => None,
    };
    prefix.is_none_or(|prefix| {
        let ours = PREFIXES.iter().any(|(known, _)| *known == prefix);
        let reserved = prefix.starts_with("xml") || value.contains("w3.org/XML/1998");
        let reserved = reserved || value.contains("w3.org/2000/xmlns");
        !ours && !reserved && !is_media_namespace(value) && value.len() <= ADDRESS_MAX
    })
}

/// Appends a text in which every `&` is an entity and no `<` or `"` is bare.
fn escape(text: &str, entities: &Entities<'_>, out: &mut String) {
    let mut rest = text;
    while let Some(at) = rest.find(['&', '<', '"']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let (piece, length) = match rest.as_bytes().first() {
            Some(b'<') => ("&lt;".into(), 1),
            Some(b'"') => ("&quot;".into(), 1),
            _ => entities.resolve(rest),
        };
        out.push_str(&piece);
        rest = &rest[length..];
    }
    out.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::super::entities::Entities;
    use super::normalised;

    #[track_caller]
    fn check(attributes: &str, expected: &str) {
        assert_eq!(
            normalised(attributes, &Entities::default()),
            expected,
            "{attributes}"
        );
    }

    #[test]
    fn attributes_are_quoted_escaped_and_said_once() {
        check(
            " a=1 b='x \"y\"' a=2 selected",
            " a=\"1\" b=\"x &quot;y&quot;\"",
        );
        check(" href = '?a&b' 1x='no' =x", " href=\"?a&amp;b\"");
        check(" a='never closed", "");
    }

    #[test]
    fn what_fails_a_feed_is_left_out() {
        check(
            " xml:base='http://[' xmlns:xmlns='x' xmlns:dc='http://purl.org/dc/terms/' id='1'",
            " id=\"1\"",
        );
        check(" xml:base='/b/'", " xml:base=\"/b/\"");
        check(
            " xmlns='http://purl.org/atom/ns#' xmlns:g='x'",
            " xmlns:g=\"x\"",
        );
    }

    #[test]
    fn a_crowd_of_attributes_is_cut_short() {
        let crowd: Vec<String> = (0..1_000).map(|n| format!("a{n}='1'")).collect();
        let crowd = crowd.join(" ");
        assert_eq!(
            normalised(&crowd, &Entities::default())
                .matches('=')
                .count(),
            64
        );
    }
}
