//! Text → text that a strict XML parser accepts and feed-rs understands.
//!
//! ```text
//! text --outline--> which tags have their other half, where the feed ends
//!      --repair---> well-formed text: every element closed, none too deep, entities and attributes clean,
//!                   dialects told in the words of those that feed-rs knows, and where each entry stands
//! ```
//!
//! Two passes over the same pieces ([`tags`]), both forward and both linear. JSON passes untouched. This must not know
//! what feed-rs makes of an entry.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::ops::Range;

use self::attributes::{attribute, escaped, normalised, of_root};
use self::dialect::{Dialect, PREFIXES, Said, root};
pub(super) use self::document::Repaired;
use self::entities::resolve;
use self::faults::Faults;
use self::outline::Outline;
use self::tags::{Piece, Pieces, Tag};
use super::people;
use crate::model::Problem;

mod attributes;
mod dialect;
mod document;
mod entities;
mod faults;
mod inline;
mod outline;
mod tags;
#[cfg(test)]
mod tests;

/// Elements inside one another; what is deeper is left out, because feed-rs recurses and a stack overflow cannot be
/// caught. Real feeds have six or seven.
const DEPTH_MAX: usize = 30;

/// Media elements of one entry; feed-rs copies what they share once for each.
const MEDIA_MAX: usize = 20;

/// Entries that are handed to feed-rs, which needs a kilobyte for an empty one.
pub(super) const ENTRIES_MAX: usize = 10_000;

/// Links of a whole feed; feed-rs writes the base address into each.
const LINKS_MAX: usize = 50_000;

/// Makes a document readable. What stands before the root element is dropped.
pub(super) fn repair<'a>(text: &'a str, problems: &mut Vec<Problem>) -> Repaired<'a> {
    let json = text.trim_start().starts_with('{');
    let Some((start, dialect)) = root(text).filter(|_| !json) else {
        return Repaired::untouched(text);
    };
    let before = text[..start].trim_start();
    if !before.is_empty() && !before.starts_with('<') {
        problems.push(Problem::new(
            "there is text before the feed begins; it was skipped",
        ));
    }
    let mut repairer = Repairer::new(&text[start..], dialect);
    repairer.run();
    repairer.faults.breaks_off = repairer.outline.breaks_off;
    repairer.faults.report(problems);
    Repaired {
        text: Cow::Owned(repairer.out),
        entries: repairer.entries,
        opening: repairer.opening,
        ending: dialect.ending(),
    }
}

struct Repairer<'a> {
    text: &'a str,
    pieces: Pieces<'a>,
    outline: Outline,
    dialect: Dialect,
    out: String,
    /// The length of the root's opening tags; none before the root.
    opening: usize,
    /// Elements whose closing tag is still to come.
    open: Vec<Open<'a>>,
    /// How many of them are written.
    depth: usize,
    /// The place in `open` of an element that is left out with all that it holds.
    skip: Option<usize>,
    /// The place in `open` and in `out` of the entry that is open.
    entry: Option<(usize, usize)>,
    entries: Vec<Range<usize>>,
    /// An element that is never closed, to be ended where the next tag begins.
    unended: Option<Cow<'a, str>>,
    /// Media elements in this entry.
    media: usize,
    /// Links in the whole feed.
    links: usize,
    faults: Faults,
}

/// An element whose closing tag is still to come.
struct Open<'a> {
    name: &'a str,
    /// The name under which it is written; nothing when it is not.
    written: Option<Cow<'a, str>>,
}

impl<'a> Repairer<'a> {
    fn new(text: &'a str, dialect: Dialect) -> Self {
        Self {
            text,
            pieces: Pieces::new(text),
            outline: Outline::of(text, dialect),
            dialect,
            out: String::with_capacity(text.len() + 1_024),
            opening: 0,
            open: Vec::new(),
            depth: 0,
            skip: None,
            entry: None,
            entries: Vec::new(),
            unended: None,
            media: 0,
            links: 0,
            faults: Faults::default(),
        }
    }

    fn run(&mut self) {
        while let Some((at, piece)) = self.pieces.next() {
            if at >= self.outline.end {
                break;
            }
            match piece {
                Piece::Text(text) => self.text(text),
                Piece::Cdata(text) => self.cdata(text),
                Piece::Hidden => {}
                Piece::Angle => {
                    self.faults.bare += 1;
                    self.push("&lt;");
                }
                Piece::Tag(tag) if self.opening == 0 => self.root_tag(&tag),
                Piece::Tag(tag) if tag.closing => self.close(&tag, at),
                Piece::Tag(tag) => self.tag(&tag, at),
            }
        }
        self.end_unended();
        while !self.open.is_empty() {
            self.pop();
        }
        self.out.push_str(self.dialect.ending());
    }

    fn push(&mut self, text: &str) {
        if self.skip.is_none() {
            self.out.push_str(text);
        }
    }

    /// Text in which an entity that XML knows stays, one that HTML knows is resolved and anything else was a bare `&`.
    fn text(&mut self, text: &str) {
        let text = self.spaced(text);
        let mut rest = text.as_ref();
        while let Some(at) = rest.find('&') {
            self.push(&rest[..at]);
            let (resolved, length) = resolve(&rest[at..]);
            if length == 1 {
                self.faults.bare += 1;
            }
            self.push(&resolved);
            rest = &rest[at + length..];
        }
        self.push(rest);
    }

    fn cdata(&mut self, text: &str) {
        let text = self.spaced(text);
        self.push("<![CDATA[");
        self.push(&text);
        self.push("]]>");
    }

    /// The text itself, unless it is a person's name and address in which feed-rs would stumble.
    fn spaced<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let element = self.unended.as_deref().or_else(|| {
            let open = self.open.last()?;
            open.written.as_deref()
        });
        match element {
            Some("author" | "dc:creator" | "itunes:author") => people::spaced(text),
            _ => Cow::Borrowed(text),
        }
    }

    /// The root element in the form that feed-rs wants, with the usual prefixes declared.
    fn root_tag(&mut self, tag: &Tag<'a>) {
        self.out.clear();
        self.out.push_str(if self.dialect.is_atom() {
            "<feed xmlns=\"http://www.w3.org/2005/Atom\""
        } else {
            "<rss version=\"2.0\""
        });
        self.out.push_str(&of_root(tag.attributes));
        for (prefix, namespace) in PREFIXES {
            let _ = write!(self.out, " xmlns:{prefix}=\"{namespace}\"");
        }
        self.out.push_str(if self.dialect.is_atom() {
            ">"
        } else {
            // Entries that stand beside the channel, as RDF's do, come to stand inside it.
            "><channel>"
        });
        self.opening = self.out.len();
        self.open.push(Open {
            name: tag.name,
            written: None,
        });
    }

    fn tag(&mut self, tag: &Tag<'a>, at: usize) {
        self.end_unended();
        let unclosed = self.outline.is_unclosed(at);
        let entry = self.dialect.is_entry(tag.name) && !tag.empty;
        if entry && self.entry.is_some() {
            self.faults.unclosed += 1;
            self.close_entry();
        }
        let written = match self.said(tag) {
            _ if self.skip.is_some() => None,
            Said::Through => None,
            Said::As(name, attributes) => {
                if entry {
                    self.entry = Some((self.open.len(), self.out.len()));
                    self.media = 0;
                }
                if self.inline_markup(tag, at, &name, &attributes) {
                    return;
                }
                self.write_opening(tag, &name, &attributes);
                Some(name)
            }
            Said::Skip => {
                self.skip = (!tag.empty && !unclosed).then_some(self.open.len());
                None
            }
        };
        if unclosed {
            self.faults.unclosed += 1;
            self.unended = written;
        } else if !tag.empty {
            self.depth += usize::from(written.is_some());
            self.open.push(Open {
                name: tag.name,
                written,
            });
        }
    }

    /// What is said of an element here: the dialect's word, within the bounds that keep feed-rs from harm.
    fn said(&mut self, tag: &Tag<'a>) -> Said<'a> {
        let said = self.dialect.say(tag);
        let Said::As(name, _) = &said else {
            return said;
        };
        if self.dialect.is_entry(tag.name) && (tag.empty || self.entries.len() >= ENTRIES_MAX) {
            self.faults.surplus += 1;
            return Said::Skip;
        }
        if self.depth >= DEPTH_MAX {
            self.faults.deep += 1;
            return Said::Skip;
        }
        if tag.local() == "link" {
            self.links += 1;
            if self.links > LINKS_MAX {
                return Said::Skip;
            }
        }
        if name.starts_with("media:") {
            self.media += 1;
            let inside_itself = self
                .open
                .iter()
                .any(|open| open.written.as_ref() == Some(name));
            if self.media > MEDIA_MAX || inside_itself {
                return Said::Skip;
            }
        }
        said
    }

    fn write_opening(&mut self, tag: &Tag<'a>, name: &str, attributes: &str) {
        let end = if tag.empty { "/" } else { "" };
        let _ = write!(self.out, "<{name}{}{end}>", normalised(attributes));
        if name == "media:description" && !tag.empty {
            // feed-rs fails the whole feed over an empty one.
            self.out.push(' ');
        }
        if let Some(about) = attribute(tag.attributes, "about")
            && self.dialect == Dialect::Rdf
            && name == "item"
        {
            // RSS 2.0 knows a guid where RDF has rdf:about.
            let guid = escaped(about);
            let _ = write!(self.out, "<guid isPermaLink=\"false\">{guid}</guid>");
        }
    }

    /// A text that holds markup instead of escaped markup (XHTML in Atom, careless RSS) is taken as it stands, as
    /// HTML in a CDATA section; answers whether this was one.
    fn inline_markup(&mut self, tag: &Tag<'a>, at: usize, name: &str, attributes: &str) -> bool {
        if tag.empty || !TEXTS.contains(&name) {
            return false;
        }
        let Some((close, end)) = self.outline.text_end(at) else {
            return false;
        };
        let Some(markup) = inline::bare_markup(&self.text[at + tag.length..close]) else {
            return false;
        };
        let mut attributes = normalised(attributes);
        if self.dialect.is_atom() {
            let base = attribute(&attributes, "base")
                .map(|base| format!(" xml:base=\"{base}\""))
                .unwrap_or_default();
            attributes = format!(" type=\"html\"{base}");
        }
        let markup = markup.replace("]]>", "]]]]><![CDATA[>");
        let _ = write!(
            self.out,
            "<{name}{attributes}><![CDATA[{markup}]]></{name}>"
        );
        self.pieces.skip_to(end);
        true
    }

    fn close(&mut self, tag: &Tag<'a>, at: usize) {
        self.end_unended();
        if self.dialect.is_entry(tag.name) {
            self.close_entry();
            return;
        }
        if self.dialect.is_frame(tag.name) && self.entry.is_some() {
            self.faults.unclosed += 1;
            self.close_entry();
        }
        if self.outline.is_stray(at) {
            return;
        }
        // The outline has promised that this name is open; what lies above it can only be a frame.
        while let Some(name) = self.pop() {
            if name == tag.name {
                return;
            }
        }
    }

    fn end_unended(&mut self) {
        if let Some(name) = self.unended.take() {
            self.push(&format!("</{name}>"));
        }
    }

    fn close_entry(&mut self) {
        let Some((entry, start)) = self.entry.take() else {
            return;
        };
        while self.open.len() > entry {
            self.pop();
        }
        self.entries.push(start..self.out.len());
    }

    /// Closes the innermost element.
    fn pop(&mut self) -> Option<&'a str> {
        let open = self.open.pop()?;
        if let Some(name) = open.written {
            let _ = write!(self.out, "</{name}>");
            self.depth -= 1;
        }
        if self.skip == Some(self.open.len()) {
            self.skip = None;
        }
        Some(open.name)
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
