//! The texts of entries and feeds: said once each, and as HTML where markup stands in them unescaped.

use std::fmt::Write as _;

use super::Repairer;
use super::attributes::{attribute, normalised};
use super::inline;
use super::tags::Tag;

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

    /// A text that holds markup instead of escaped markup (XHTML in Atom, careless RSS) is taken as it stands, as
    /// HTML in a CDATA section; answers whether this was one.
    pub(super) fn inline_markup(
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
        let Some(markup) = inline::bare_markup(&self.text[at + tag.length..close]) else {
            return false;
        };
        let mut attributes = normalised(attributes, &self.entities);
        if self.dialect.is_atom() {
            let base = attribute(&attributes, "base")
                .map(|base| format!(" xml:base=\"{base}\""))
                .unwrap_or_default();
            attributes = format!(" type=\"html\"{base}");
        }
        let markup = inline::unbroken(inline::without_prefix(markup));
        let _ = write!(
            self.out,
            "<{name}{attributes}><![CDATA[{markup}]]></{name}>"
        );
        self.pieces.skip_to(end);
        true
    }
}

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
