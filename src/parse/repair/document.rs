//! A readable document, whole or in parts.

use std::borrow::Cow;
use std::ops::Range;

use super::facts::Facts;
use crate::model::Damage;
use crate::parse::hints::Advice;

/// A readable document.
#[derive(Debug)]
pub(in crate::parse) struct Repaired<'a> {
    pub(in crate::parse) text: Cow<'a, str>,
    /// Where each entry stands in the text, in order; none are known in JSON.
    pub(in crate::parse) entries: Vec<Range<usize>>,
    /// What the entries say beside their texts; nothing where the ids of feed-rs's model are the feed's own.
    pub(in crate::parse) facts: Option<Facts>,
    /// When to come again and where more is, as stated.
    pub(in crate::parse) advice: Advice,
    /// How the document was damaged before it was repaired.
    pub(in crate::parse) damage: Option<Damage>,
    /// The length of the opening tags that stand around everything.
    pub(super) opening: usize,
    /// Their closing tags.
    pub(super) ending: &'static str,
}

impl<'a> Repaired<'a> {
    /// A document that needs no repair.
    pub(in crate::parse) fn untouched(text: impl Into<Cow<'a, str>>, advice: Advice) -> Self {
        Self {
            text: text.into(),
            entries: Vec::new(),
            facts: None,
            advice,
            damage: None,
            opening: 0,
            ending: "",
        }
    }

    /// The document without its entries.
    pub(in crate::parse) fn head(&self) -> String {
        let mut head = String::new();
        let mut from = 0;
        for entry in &self.entries {
            head.push_str(&self.text[from..entry.start]);
            from = entry.end;
        }
        head.push_str(&self.text[from..]);
        head
    }

    /// A document of one entry and nothing else.
    pub(in crate::parse) fn alone(&self, entry: &Range<usize>) -> String {
        let opening = &self.text[..self.opening];
        format!("{opening}{}{}", &self.text[entry.clone()], self.ending)
    }
}
