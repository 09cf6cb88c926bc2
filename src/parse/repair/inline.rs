//! Markup that stands in a feed's text unescaped.

use memchr::memchr;

use super::tags::{Tag, section_end};

/// XHTML that bears a prefix, without it: HTML knows none.
pub(super) fn without_prefix(markup: String) -> String {
    let first = markup.find('<').and_then(|at| Tag::read(&markup[at..]));
    match first.and_then(|tag| tag.name.split_once(':')) {
        Some((prefix, _)) => markup
            .replace(&format!("<{prefix}:"), "<")
            .replace(&format!("</{prefix}:"), "</"),
        None => markup,
    }
}

/// Text for a CDATA section, which would end at the first `]]>` in it.
pub(super) fn unbroken(text: String) -> String {
    if section_end(&text).is_none() {
        return text;
    }
    text.replace("]]>", "]]]]><![CDATA[>")
}

/// The text as one piece of HTML, when tags stand in it outside CDATA; nothing for properly escaped text.
pub(super) fn bare_markup(inner: &str) -> Option<String> {
    if !holds_markup(inner) {
        return None;
    }
    let mut html = String::with_capacity(inner.len());
    let (mut rest, mut over) = (inner, false);
    while let Some(at) = rest.find('<') {
        html.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(length) = comment(rest, &mut over) {
            html.push_str(&rest[..length]);
            rest = &rest[length..];
            continue;
        }
        if let Some(cdata) = rest.strip_prefix("<![CDATA[") {
            let end = cdata.find("]]>").unwrap_or(cdata.len());
            html.push_str(&cdata[..end]);
            rest = cdata[end..].strip_prefix("]]>").unwrap_or("");
            continue;
        }
        html.push('<');
        rest = &rest[1..];
    }
    html.push_str(rest);
    Some(html)
}

/// Whether tags stand in the text outside CDATA and comments.
fn holds_markup(inner: &str) -> bool {
    let (mut rest, mut over) = (inner, false);
    while let Some(at) = memchr(b'<', rest.as_bytes()) {
        rest = &rest[at..];
        if let Some(length) = comment(rest, &mut over) {
            rest = &rest[length..];
            continue;
        }
        if let Some(cdata) = rest.strip_prefix("<![CDATA[") {
            let after = section_end(cdata).map(|end| &cdata[end..]);
            rest = after.and_then(|it| it.strip_prefix("]]>")).unwrap_or("");
            continue;
        }
        if Tag::read(rest).is_some() {
            return true;
        }
        rest = &rest[1..];
    }
    false
}

/// The length of a comment that begins here and ends, unless all of them are `over`.
fn comment(rest: &str, over: &mut bool) -> Option<usize> {
    let inner = rest.strip_prefix("<!--").filter(|_| !*over)?;
    let end = inner.find("-->");
    *over = end.is_none();
    end.map(|end| "<!--".len() + end + "-->".len())
}
