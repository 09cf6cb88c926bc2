//! The texts of entries and feeds: said once each, and as HTML where markup stands in them unescaped.
//!
//! Most of a feed is the long texts of its entries, and all that feed-rs does with them is to copy them several times.
//! So a number goes through it in their place, as it does in the place of facts.

use std::fmt::Write as _;

use memchr::memchr3;

use super::Repairer;
use super::attributes::{attribute, normalised};
use super::faults::BARE;
use super::inline;
use super::tags::{Piece, Pieces, Tag};
use crate::parse::lifted;

impl<'a> Repairer<'a> {
    /// Whether a text of the entry or the feed is empty or was said before: feed-rs keeps the last of several, and the
    /// first that says something is the right one.
    pub(super) fn is_said_already(&mut self, tag: &Tag<'a>, name: &str, at: usize) -> bool {
        let (Some(bit), Some(in_entry)) = (
            TEXTS.iter().position(|text| *text == name),
            self.directly_in_entry(),
        ) else {
            return false;
        };
        if tag.empty {
            return true;
        }
        let end = self.outline.text_end(at).map(|(close, _)| close);
        let inner = end.map(|close| &self.text[at + tag.length..close]);
        if inner.is_some_and(is_blank) {
            return true;
        }
        let said = &mut self.said[usize::from(in_entry)];
        let before = *said;
        *said |= 1 << bit;
        before == *said
    }

    /// A text in one piece, where that can be told; answers whether this was one. What holds markup instead of
    /// escaped markup (XHTML in Atom, careless RSS) is taken as it stands, as HTML.
    pub(super) fn whole_text(
        &mut self,
        tag: &Tag<'a>,
        at: usize,
        name: &str,
        attributes: &str,
    ) -> bool {
        if tag.empty || !TEXTS.contains(&name) {
            return false;
        }
        let Some((close, end)) = self.outline.text_end(at) else {
            return false;
        };
        let start = at + tag.length;
        let mut attributes = normalised(attributes, &self.entities);
        let text = if let Some(markup) = inline::bare_markup(&self.text[start..close]) {
            if self.dialect.is_atom() {
                let base = attribute(&attributes, "base")
                    .map(|base| format!(" xml:base=\"{base}\""))
                    .unwrap_or_default();
                attributes = format!(" type=\"html\"{base}");
            }
            inline::without_prefix(markup)
        } else if attributes.starts_with(XHTML) {
            return false;
        } else {
            self.escaped_text(start, close)
        };
        let _ = write!(self.out, "<{name}{attributes}>");
        self.write_text(text, name);
        let _ = write!(self.out, "</{name}>");
        self.pieces.skip_to(end);
        true
    }

    /// What a text says in which no tags stand.
    fn escaped_text(&mut self, start: usize, end: usize) -> String {
        let text: &'a str = &self.text[..end];
        let mut out = String::new();
        for (at, piece) in Pieces::new(text, start, None) {
            match piece {
                Piece::Text(text) if out.is_empty() => out = self.resolved(text, at),
                Piece::Text(text) => out.push_str(&self.resolved(text, at)),
                Piece::Cdata(text) => out.push_str(text),
                Piece::Angle => {
                    self.mended(BARE, at);
                    out.push('<');
                }
                Piece::Hidden | Piece::Tag(_) => {}
            }
        }
        out
    }

    /// Writes a text, or the number under which it is kept.
    fn write_text(&mut self, text: String, name: &str) {
        if self.directly_in_entry() == Some(true) && lifted::is_worth_it(&text) {
            // As feed-rs would: it trims all texts but this.
            let trimmed = text.trim();
            let text = if name == "content:encoded" || trimmed.len() == text.len() {
                text
            } else {
                trimmed.to_owned()
            };
            let place = lifted::take_out(text, &mut self.facts.texts);
            self.out.push_str(&place);
        } else if memchr3(b'&', b'<', b'>', text.as_bytes()).is_none() {
            self.out.push_str(&text);
        } else {
            let text = inline::unbroken(text);
            let _ = write!(self.out, "<![CDATA[{text}]]>");
        }
    }
}

/// How feed-rs is told that it would have to write markup anew.
const XHTML: &str = " type=\"xhtml\"";

/// Elements that hold text for people.
const TEXTS: [&str; 6] = [
    "title",
    "description",
    "content:encoded",
    "summary",
    "content",
    "subtitle",
];

/// Whether a text holds nothing to read, not even in a CDATA section.
fn is_blank(inner: &str) -> bool {
    let inner = inner.trim_start();
    let inner = inner.strip_prefix("<![CDATA[").unwrap_or(inner);
    let inner = inner.trim();
    inner.is_empty() || inner == "]]>"
}
