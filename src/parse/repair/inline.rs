//! Markup that stands in a feed's text unescaped.

use super::tags::Tag;

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
        found = found || Tag::read(rest).is_some();
        html.push('<');
        rest = &rest[1..];
    }
    html.push_str(rest);
    found.then_some(html)
}
