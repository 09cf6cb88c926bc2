//! Tags and their attributes as they stand in careless text.

use std::borrow::Cow;
use std::fmt::Write as _;

use super::entities::resolve;

/// A tag as it stands in the text.
pub(super) struct Tag<'a> {
    pub(super) name: &'a str,
    /// Everything between the name and the end.
    pub(super) attributes: &'a str,
    pub(super) closing: bool,
    pub(super) empty: bool,
    /// Bytes from `<` to `>`.
    pub(super) length: usize,
}

impl<'a> Tag<'a> {
    /// Reads the tag at the start of `text`, honouring quotes around `>`.
    pub(super) fn read(text: &'a str) -> Option<Self> {
        let inner = text.strip_prefix('<')?;
        let closing = inner.starts_with('/');
        let body = inner.trim_start_matches('/');
        let name_end =
            body.find(|c: char| !(c.is_alphanumeric() || matches!(c, ':' | '-' | '_' | '.')))?;
        let name = &body[..name_end];
        if !name.starts_with(|c: char| c.is_alphabetic() || c == '_') {
            return None;
        }
        let end = tag_end(&body[name_end..])?;
        let attributes = &body[name_end..name_end + end];
        let empty = attributes.trim_end().ends_with('/');
        let attributes = attributes.trim_end().trim_end_matches('/');
        let length = text.len() - body.len() + name_end + end + 1;
        Some(Self {
            name,
            attributes,
            closing,
            empty,
            length,
        })
    }
}

/// The place of the `>` that ends a tag. A `<` outside quotes says that this is no tag after all.
fn tag_end(text: &str) -> Option<usize> {
    let mut quote = None;
    for (at, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return Some(at),
            (None, b'<') => return None,
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            _ => {}
        }
    }
    None
}

/// The length of a comment, CDATA section, instruction or document type at the start of `text`.
pub(super) fn opaque(text: &str) -> Option<usize> {
    let (start, end) = [
        ("<!--", "-->"),
        ("<![CDATA[", "]]>"),
        ("<?", "?>"),
        ("<!DOCTYPE", ">"),
        ("<!doctype", ">"),
    ]
    .into_iter()
    .find(|(start, _)| text.starts_with(start))?;
    if start.eq_ignore_ascii_case("<!doctype") {
        return Some(doctype_end(text));
    }
    Some(
        text[start.len()..]
            .find(end)
            .map_or(text.len(), |at| start.len() + at + end.len()),
    )
}

/// A document type may hold an internal subset in brackets, with `>` inside.
fn doctype_end(text: &str) -> usize {
    let end = text.find('>').map_or(text.len(), |at| at + 1);
    match text[..end].find('[') {
        Some(_) => text
            .find("]>")
            .or_else(|| text.find("] >"))
            .map_or(text.len(), |at| {
                at + text[at..].find('>').map_or(1, |more| more + 1)
            }),
        None => end,
    }
}

/// Attributes in which every `&` is an entity and no `<` is bare.
pub(super) fn clean_attributes(attributes: &str) -> Cow<'_, str> {
    if !attributes.contains(['&', '<']) {
        return Cow::Borrowed(attributes);
    }
    let mut clean = String::with_capacity(attributes.len() + 16);
    let mut rest = attributes;
    while let Some(at) = rest.find(['&', '<']) {
        clean.push_str(&rest[..at]);
        rest = &rest[at..];
        if rest.starts_with('<') {
            clean.push_str("&lt;");
            rest = &rest[1..];
        } else {
            let (resolved, length) = resolve(rest);
            clean.push_str(&resolved);
            rest = &rest[length..];
        }
    }
    clean.push_str(rest);
    Cow::Owned(clean)
}

/// The value of an attribute by its local name.
pub(super) fn attribute<'a>(attributes: &'a str, local: &str) -> Option<&'a str> {
    let mut rest = attributes;
    while let Some(equals) = rest.find('=') {
        let name = rest[..equals].trim();
        let value = rest[equals + 1..].trim_start();
        let quote = value
            .chars()
            .next()
            .filter(|quote| matches!(quote, '"' | '\''))?;
        let end = value[1..].find(quote)? + 1;
        if name.rsplit(':').next() == Some(local) {
            return Some(&value[1..end]);
        }
        rest = &value[end + 1..];
    }
    None
}

/// The attributes without `xmlns="…"` and `version="…"`, which the new root states itself.
pub(super) fn without_default_namespace(attributes: &str) -> String {
    let mut kept = String::new();
    let mut rest = attributes;
    while let Some(equals) = rest.find('=') {
        let name = rest[..equals].trim();
        let value = rest[equals + 1..].trim_start();
        let Some(quote) = value
            .chars()
            .next()
            .filter(|quote| matches!(quote, '"' | '\''))
        else {
            break;
        };
        let Some(end) = value[1..].find(quote).map(|end| end + 1) else {
            break;
        };
        let fresh = !kept.contains(&format!(" {name}="));
        let safe = name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b':' | b'-' | b'_' | b'.'));
        if name != "xmlns" && name != "version" && fresh && safe && !name.is_empty() {
            let _ = write!(kept, " {name}={}", &value[..=end]);
        }
        rest = &value[end + 1..];
    }
    kept
}
