//! Taking facts out of a document on the way through it, and leaving a number where feed-rs looks for an id.

use std::fmt::Write as _;

use super::Repairer;
use super::attributes::{attribute, attribute_in_any_case};
use super::dialect::Dialect;
use super::facts::{Capture, EntryFacts, Fact, Tally, fact};
use super::faults::UNCLOSED;
use super::tags::Tag;

impl<'a> Repairer<'a> {
    pub(super) fn begin_entry(&mut self, tag: &Tag<'a>, at: usize) {
        self.entry = Some((self.open.len(), self.out.len()));
        self.leads_to_page = false;
        self.media = 0;
        self.said[1] = 0;
        let about = attribute(tag.attributes, "about").filter(|_| self.dialect == Dialect::Rdf);
        self.facts.entries.push(EntryFacts {
            at,
            about: about.map(|about| self.entities.decoded(about).trim().to_owned()),
            ..EntryFacts::default()
        });
    }

    /// Puts the number of the entry's facts where feed-rs looks for its id.
    pub(super) fn number_entry(&mut self) {
        let number = self.facts.entries.len() - 1;
        let name = if self.dialect.is_atom() { "id" } else { "guid" };
        let _ = write!(self.out, "<{name}>{number}</{name}>");
    }

    /// Begins to read an element as a fact, where it is one; answers whether it was.
    pub(super) fn fact(&mut self, tag: &Tag<'a>, at: usize, unclosed: bool) -> bool {
        if let Some(capture) = &mut self.capture {
            capture.inner(tag);
            return false;
        }
        if self.skip.is_some() {
            return false;
        }
        let Some(in_entry) = self.directly_in_entry() else {
            return false;
        };
        if in_entry {
            self.note_replies(tag);
        } else {
            self.note_of_feed(tag);
        }
        let Some(fact) = fact(self.dialect, tag, in_entry) else {
            return false;
        };
        if tag.empty {
            return fact != Fact::LinkText;
        }
        self.capture = Some(Capture::new(fact, at, unclosed));
        if unclosed {
            self.mended(UNCLOSED, at);
        } else {
            self.skip = Some(self.open.len());
            self.push_open(tag.name, None);
        }
        true
    }

    /// Whether what comes next stands directly in an entry, or else in the feed itself; nothing where it stands deeper.
    pub(super) fn directly_in_entry(&self) -> Option<bool> {
        if let Some((entry, _)) = self.entry {
            return (self.open.len() == entry + 1).then_some(true);
        }
        (self.inner == 0).then_some(false)
    }

    /// Tombstones, completeness and RDF's software, which a feed states with elements of their own (RFC 6721, RFC 5005).
    fn note_of_feed(&mut self, tag: &Tag<'a>) {
        match tag.local() {
            "deleted-entry" => {
                let decoded = |name| {
                    attribute(tag.attributes, name).map(|value| self.entities.decoded(value))
                };
                if let Some(guid) = decoded("ref") {
                    let when = decoded("when");
                    self.facts.note_deleted(guid.trim(), when.as_deref());
                }
            }
            "generatorAgent" => {
                let agent = attribute(tag.attributes, "resource");
                self.advice.generator =
                    agent.map(|agent| self.entities.decoded(agent).into_owned());
            }
            "complete" if tag.name != "complete" => self.facts.complete = true,
            _ => {}
        }
    }

    /// How many comments there are behind a link to them (RFC 4685 section 4).
    fn note_replies(&mut self, tag: &Tag<'a>) {
        if tag.local() != "link" || attribute(tag.attributes, "rel") != Some("replies") {
            return;
        }
        let count = attribute_in_any_case(tag.attributes, "thr:count");
        if let (Some(count), Some(entry)) = (count, self.facts.entries.last_mut()) {
            entry.note_comments(Tally::Link, count);
        }
    }

    /// Ends the element that was read as a fact.
    pub(super) fn end_capture(&mut self) {
        let Some(capture) = self.capture.take() else {
            return;
        };
        if let (Fact::LinkText, Some(address)) = (capture.fact, capture.text()) {
            self.write_other_links();
            let address = html_escape::encode_double_quoted_attribute(address);
            let _ = write!(self.out, "<link href=\"{address}\"/>");
        }
        if let Fact::Advice(topic) = capture.fact {
            self.advice.note(topic, capture.text().unwrap_or_default());
            return;
        }
        let facts = match self.entry {
            Some(_) => self.facts.entries.last_mut(),
            None => Some(&mut self.facts.feed),
        };
        if let Some(facts) = facts {
            facts.note(&capture);
        }
    }
}
