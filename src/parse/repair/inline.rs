//! Markup that stands in a feed's text unescaped.

use super::tags::{Tag, opaque};

/// What stands before the closing tag of `name`, and how far to skip; CDATA sections are not searched.
///
/// Nothing when the element is not closed before the next entry begins.
pub(super) fn inner<'t>(text: &'t str, name: &str) -> Option<(&'t str, usize)> {
    let mut at = 0;
    let mut depth = 0;
    while let Some(found) = text[at..].find('<') {
        at += found;
        if let Some(end) = opaque(&text[at..]) {
            at += end;
            continue;
        }
        let Some(tag) = Tag::read(&text[at..]).filter(|tag| tag.name == name) else {
            if text[at..].starts_with("<item>") || text[at..].starts_with("<entry>") {
                return None;
            }
            at += 1;
            continue;
        };
        if tag.closing && depth == 0 {
            return Some((&text[..at], at + tag.length));
        }
        if !tag.empty {
            depth = if tag.closing { depth - 1 } else { depth + 1 };
        }
        at += tag.length;
    }
    None
}

/// The text as one piece of HTML, when tags stand in it outside CDATA; nothing for properly escaped text.
pub(super) fn bare_markup(inner: &str) -> Option<String> {
    let mut html = String::with_capacity(inner.len());
    let mut rest = inner;
    let mut found = false;
    while let Some(at) = rest.find('<') {
        html.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(cdata) = rest.strip_prefix("<![CDATA[") {
            let end = cdata.find("]]>").unwrap_or(cdata.len());
            html.push_str(&cdata[..end]);
            rest = cdata[end..].strip_prefix("]]>").unwrap_or("");
            continue;
        }
        found |= Tag::read(rest).is_some();
        html.push('<');
        rest = &rest[1..];
    }
    html.push_str(rest);
    found.then_some(html)
}
