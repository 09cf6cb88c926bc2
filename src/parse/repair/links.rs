//! Links of an Atom entry that lead elsewhere than to its page: `self`, `edit`, `replies`.
//!
//! Blogger writes four of them beside the one that is read, and feed-rs takes an address apart for each. They are put
//! off until the page's own link is there, after which nobody asks for them; where there is none, they are all that can
//! be told of, and are written as they came.

use super::Repairer;
use super::attributes::{attribute_named, normalised};
use super::tags::Tag;
use crate::parse::finish::web_url;

impl<'a> Repairer<'a> {
    /// Puts a link off, or leaves it out; answers whether it did.
    pub(super) fn put_off(&mut self, tag: &Tag<'a>) -> bool {
        if !self.dialect.is_atom() || self.directly_in_entry() != Some(true) {
            return false;
        }
        if tag.empty && leads_elsewhere(tag.attributes) {
            if !self.leads_to_page {
                self.other_links.push(tag.attributes);
            }
            return true;
        }
        self.leads_to_page |= leads_to_page(tag.attributes);
        if self.leads_to_page {
            self.other_links.clear();
        }
        self.write_other_links();
        false
    }

    /// Writes the links that were put off, in their order.
    pub(super) fn write_other_links(&mut self) {
        for attributes in std::mem::take(&mut self.other_links) {
            let attributes = normalised(attributes, &self.entities);
            self.out.extend(["<link", &attributes, "/>"]);
        }
    }

    /// Closes what is open in the entry, and writes what was put off.
    pub(super) fn end_links(&mut self) {
        if let Some((entry, _)) = self.entry {
            while self.open.len() > entry + 1 {
                self.pop();
            }
            self.write_other_links();
        }
    }
}

/// Whether a link will certainly be taken for the page's.
fn leads_to_page(attributes: &str) -> bool {
    let href = attribute_named(attributes, "href");
    let rel = attribute_named(attributes, "rel");
    // Under a namespace of its own it may be no link at all, and entities are resolved once only.
    let plain = !attributes.contains("xmlns") && !href.is_some_and(|href| href.contains('&'));
    plain
        && rel.is_none_or(|rel| rel == "alternate")
        && href.is_some_and(|href| web_url(href, None).is_some())
}

/// Whether a link says that it leads to something else than the page.
fn leads_elsewhere(attributes: &str) -> bool {
    const ELSEWHERE: [&str; 5] = ["edit", "enclosure", "related", "replies", "self"];
    let rel = attribute_named(attributes, "rel");
    rel.is_some_and(|rel| ELSEWHERE.contains(&rel))
}
