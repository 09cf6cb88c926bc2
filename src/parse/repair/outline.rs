//! Which tags belong together: one pass that finds, for every tag, whether it has its other half.
//!
//! Closing tags are believed only inside the entry they stand in, so that one careless post cannot swallow the next.

use std::collections::HashMap;

use super::dialect::{Dialect, Root};
use super::tags::{Piece, Pieces, Tag};

/// What the repairer must know before it comes to a tag. Places are byte offsets; the lists are in order.
pub(super) struct Outline {
    /// Opening tags without a closing one. Entries and what stands around them are not listed.
    unclosed: Vec<usize>,
    /// Closing tags without an opening one.
    stray: Vec<usize>,
    /// Elements that hold text for people: the opening tag, the closing tag, and where the latter ends.
    texts: Vec<(usize, usize, usize)>,
    /// Where the feed ends: at the root's closing tag, or where an entry begins that breaks off.
    pub(super) end: usize,
    /// Where the document ends, if that is before its root element does.
    pub(super) breaks_off: Option<usize>,
}

impl Outline {
    /// Reads a document from its root element on.
    pub(super) fn of<'a>(text: &'a str, root: &Root<'a>) -> Self {
        let mut walk = Walk {
            dialect: root.dialect,
            open: Vec::new(),
            entry: None,
            counts: [HashMap::new(), HashMap::new()],
            outline: Self {
                unclosed: Vec::new(),
                stray: Vec::new(),
                texts: Vec::new(),
                end: text.len(),
                breaks_off: None,
            },
        };
        for (at, piece) in Pieces::new(text, root.at, root.prefix) {
            match piece {
                Piece::Tag(tag) if tag.closing => walk.close(&tag, at),
                Piece::Tag(tag) if !tag.empty => walk.open(&tag, at),
                _ => continue,
            }
            if walk.open.is_empty() {
                walk.outline.end = at;
                break;
            }
        }
        walk.finish(text.len())
    }

    /// Whether the opening tag at this place is never closed.
    pub(super) fn is_unclosed(&self, at: usize) -> bool {
        self.unclosed.binary_search(&at).is_ok()
    }

    /// Whether the closing tag at this place closes nothing.
    pub(super) fn is_stray(&self, at: usize) -> bool {
        self.stray.binary_search(&at).is_ok()
    }

    /// Where the closing tag of the text that opens at this place begins and ends.
    pub(super) fn text_end(&self, at: usize) -> Option<(usize, usize)> {
        let place = self.texts.binary_search_by_key(&at, |text| text.0).ok()?;
        Some((self.texts[place].1, self.texts[place].2))
    }
}

/// Elements that are remembered as open; what lies deeper is not written anyway.
const OPEN_MAX: usize = 10_000;

struct Open<'a> {
    name: &'a str,
    at: usize,
}

struct Walk<'a> {
    dialect: Dialect,
    open: Vec<Open<'a>>,
    /// The place in `open` of the entry that is open.
    entry: Option<usize>,
    /// How many elements of a name are open outside and inside the entry, so that nobody looks in vain.
    counts: [HashMap<&'a str, usize>; 2],
    outline: Outline,
}

impl<'a> Walk<'a> {
    fn open(&mut self, tag: &Tag<'a>, at: usize) {
        if self.dialect.is_entry(tag.name) {
            self.close_entry();
            self.entry = Some(self.open.len());
        }
        if self.open.len() >= OPEN_MAX && self.entry != Some(self.open.len()) {
            self.outline.unclosed.push(at);
            return;
        }
        self.open.push(Open { name: tag.name, at });
        *self.count(tag.name) += 1;
    }

    fn close(&mut self, tag: &Tag<'a>, at: usize) {
        if self.dialect.is_entry(tag.name) {
            if self.entry.is_none() {
                self.outline.stray.push(at);
            }
            self.close_entry();
            return;
        }
        if self.dialect.is_frame(tag.name) {
            self.close_entry();
        }
        if *self.count(tag.name) == 0 {
            self.outline.stray.push(at);
            return;
        }
        while let Some(open) = self.pop() {
            if open.name != tag.name {
                self.unclosed(&open);
                continue;
            }
            if TEXTS.contains(&tag.local()) {
                self.outline.texts.push((open.at, at, at + tag.length));
            }
            return;
        }
    }

    fn count(&mut self, name: &'a str) -> &mut usize {
        self.counts[usize::from(self.entry.is_some())]
            .entry(name)
            .or_default()
    }

    fn close_entry(&mut self) {
        let Some(entry) = self.entry else {
            return;
        };
        while self.open.len() > entry {
            if let Some(open) = self.pop() {
                self.unclosed(&open);
            }
        }
        self.entry = None;
        // A map that has grown is slow to clear, and an entry may be small.
        self.counts[1] = HashMap::new();
    }

    fn pop(&mut self) -> Option<Open<'a>> {
        let open = self.open.pop()?;
        let count = self.count(open.name);
        *count = count.saturating_sub(1);
        Some(open)
    }

    fn unclosed(&mut self, open: &Open<'a>) {
        if !self.dialect.is_entry(open.name) && !self.dialect.is_frame(open.name) {
            self.outline.unclosed.push(open.at);
        }
    }

    fn finish(mut self, length: usize) -> Outline {
        self.outline.breaks_off = (!self.open.is_empty()).then_some(length);
        if let Some(entry) = self.entry {
            self.outline.end = self.open[entry].at;
        }
        self.close_entry();
        while let Some(open) = self.pop() {
            self.unclosed(&open);
        }
        self.outline.unclosed.sort_unstable();
        self.outline.texts.sort_unstable();
        self.outline
    }
}

/// Elements that may hold markup which belongs in a text, by their local names.
const TEXTS: [&str; 7] = [
    "title",
    "description",
    "encoded",
    "summary",
    "content",
    "subtitle",
    "tagline",
];
