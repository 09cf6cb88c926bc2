//! Markup that stands in a feed's text unescaped.

use super::tags::{Piece, Pieces, Tag, section_end};

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
    let pieces = || Pieces::new(inner, 0, None);
    if !pieces().any(|(_, piece)| matches!(piece, Piece::Tag(_))) {
        return None;
    }
    let mut html = String::with_capacity(inner.len());
    let mut pieces = pieces().peekable();
    while let Some((at, piece)) = pieces.next() {
        let end = pieces.peek().map_or(inner.len(), |(next, _)| *next);
        html.push_str(match piece {
            Piece::Cdata(text) => text,
            _ => &inner[at..end],
        });
    }
    Some(html)
}
