//! Text → text that a strict XML parser accepts and feed-rs understands.
//!
//! ```text
//! text --outline--> which tags have their other half, where the feed ends
//!      --repair---> well-formed text: every element closed, none too deep, entities and attributes clean,
//!                   dialects told in the words of those that feed-rs knows, and where each entry stands
//! ```
//!
//! What entries say beside their texts is taken out on the way ([`facts`]), and so are their long texts, with a number
//! left in their place ([`texts`]), and links that nobody asks for ([`links`]).
//!
//! Two passes over the same pieces ([`tags`]), both forward and both linear. This must not know what feed-rs makes of
//! an entry.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::ops::Range;

use memchr::{memchr, memchr3};

use self::attributes::{normalised, of_root};
use self::dialect::{Dialect, PREFIXES, Root, Said, root};
pub(super) use self::document::Repaired;
use self::entities::Entities;
use self::facts::Capture;
pub(super) use self::facts::{EntryFacts, Facts, Moment, Role};
use self::faults::{BARE, DEEP, Faults, UNCLOSED};
use self::outline::Outline;
use self::tags::{Piece, Pieces, Tag};
use super::hints::Advice;
use super::places::Places;
use crate::model::Problem;

mod attributes;
mod dialect;
mod document;
mod entities;
mod facts;
mod faults;
mod inline;
mod links;
mod outline;
mod tags;
mod taking;
#[cfg(test)]
mod tests;
mod texts;

/// Elements inside one another; what is deeper is left out, because feed-rs recurses and a stack overflow cannot be
/// caught. Real feeds have six or seven.
const DEPTH_MAX: usize = 30;

/// Media elements of one entry; feed-rs copies what they share once for each.
const MEDIA_MAX: usize = 20;

/// Entries that are handed to feed-rs, which needs a kilobyte for an empty one.
pub(super) const ENTRIES_MAX: usize = 10_000;

/// Links of a whole feed; feed-rs writes the base address into each.
const LINKS_MAX: usize = 50_000;

/// Makes a document readable; nothing where no feed begins in it. What stands before the root element is dropped.
pub(super) fn repair<'a>(text: &'a str, problems: &mut Vec<Problem>) -> Option<Repaired<'a>> {
    let json = text.trim_start().starts_with('{');
    let root = root(text).filter(|_| !json)?;
    let before = text[..root.at].trim_start();
    if !before.is_empty() && !before.starts_with('<') {
        problems.push(Problem::new(
            "there is text before the feed begins; it was skipped",
        ));
    }
    let mut repairer = Repairer::new(text, &root);
    repairer.run();
    repairer.faults.breaks_off = repairer.outline.breaks_off;
    repairer
        .faults
        .report(repairer.entries.len(), &mut Places::new(text), problems);
    Some(Repaired {
        text: Cow::Owned(repairer.out),
        entries: repairer.entries,
        facts: Some(repairer.facts),
        advice: repairer.advice,
        damage: repairer.faults.damage(),
        opening: repairer.opening,
        ending: root.dialect.ending(),
    })
}

struct Repairer<'a> {
    text: &'a str,
    pieces: Pieces<'a>,
    outline: Outline,
    dialect: Dialect,
    entities: Entities<'a>,
    out: String,
    /// The length of the root's opening tags; none before the root.
    opening: usize,
    /// Elements whose closing tag is still to come.
    open: Vec<Open<'a>>,
    /// How many of them are written.
    depth: usize,
    /// How many of them do not belong to the frame around the entries.
    inner: usize,
    /// The place in `open` of an element that is left out with all that it holds.
    skip: Option<usize>,
    /// The place in `open` and in `out` of the entry that is open.
    entry: Option<(usize, usize)>,
    entries: Vec<Range<usize>>,
    /// The attributes of links in this entry that are put off.
    other_links: Vec<&'a str>,
    /// Whether this entry's link to its page is written.
    leads_to_page: bool,
    /// An element that is never closed, to be ended where the next tag begins.
    unended: Option<Cow<'a, str>>,
    /// The element whose text is being read as a fact.
    capture: Option<Capture>,
    facts: Facts,
    advice: Advice,
    /// Texts that the feed and the entry that is open have said already, a bit each.
    said: [u8; 2],
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
    fn new(text: &'a str, root: &Root<'a>) -> Self {
        Self {
            text,
            pieces: Pieces::new(text, root.at, root.prefix),
            outline: Outline::of(text, root),
            dialect: root.dialect,
            entities: Entities::of(&text[..root.at]),
            out: String::with_capacity(text.len() / 4 + 1_024),
            opening: 0,
            open: Vec::new(),
            depth: 0,
            inner: 0,
            skip: None,
            entry: None,
            entries: Vec::new(),
            other_links: Vec::new(),
            leads_to_page: false,
            unended: None,
            capture: None,
            facts: Facts::default(),
            advice: Advice::default(),
            said: [0; 2],
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
                Piece::Text(text) => self.text(text, at),
                Piece::Cdata(text) => self.cdata(text),
                Piece::Hidden => {}
                Piece::Angle => self.angle(at),
                Piece::Tag(tag) if self.opening == 0 => self.root_tag(&tag),
                Piece::Tag(tag) if tag.closing => self.close(&tag, at),
                Piece::Tag(tag) => self.tag(&tag, at),
            }
        }
        self.end_unended();
        self.end_links();
        while !self.open.is_empty() {
            self.pop();
        }
        self.out.push_str(self.dialect.ending());
    }

    pub(super) fn push_open(&mut self, name: &'a str, written: Option<Cow<'a, str>>) {
        self.inner += usize::from(!self.dialect.is_frame(name));
        self.open.push(Open { name, written });
    }

    fn push(&mut self, text: &str) {
        if self.skip.is_none() {
            self.out.push_str(text);
        }
    }

    /// Text in which every entity is resolved that XML or HTML knows; anything else was a bare `&`. What XML
    /// would want escaped is written as a CDATA section, which feed-rs reads in one piece and not entity by entity.
    fn text(&mut self, text: &str, at: usize) {
        if let Some(capture) = &mut self.capture {
            capture.push(&self.entities.decoded(text));
            return;
        }
        if self.skip.is_some() {
            return;
        }
        if memchr(b'&', text.as_bytes()).is_none() {
            self.out.push_str(text);
            return;
        }
        let resolved = self.resolved(text, at);
        if memchr3(b'&', b'<', b'>', resolved.as_bytes()).is_none() {
            self.out.push_str(&resolved);
            return;
        }
        self.out.push_str("<![CDATA[");
        self.out.push_str(&inline::unbroken(resolved));
        self.out.push_str("]]>");
    }

    fn resolved(&mut self, text: &str, at: usize) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(next) = memchr(b'&', rest.as_bytes()) {
            out.push_str(&rest[..next]);
            rest = &rest[next..];
            let length = if let Some((character, length)) = entities::of_xml(rest) {
                out.push(character);
                length
            } else {
                let (resolved, length) = self.entities.resolve(rest);
                out.push_str(&html_escape::decode_html_entities(&resolved));
                length
            };
            if length == 1 {
                self.mended(BARE, at + text.len() - rest.len());
            }
            rest = &rest[length..];
        }
        out.push_str(rest);
        out
    }

    fn cdata(&mut self, text: &str) {
        if let Some(capture) = &mut self.capture {
            capture.push(text);
        } else if self.skip.is_none() {
            self.out.push_str("<![CDATA[");
            self.out.push_str(text);
            self.out.push_str("]]>");
        }
    }

    /// A `<` that begins nothing.
    fn angle(&mut self, at: usize) {
        if let Some(capture) = &mut self.capture {
            capture.push("<");
        }
        self.push("&lt;");
        self.mended(BARE, at);
    }

    /// Notes that something was mended, for the feed and for the entry in which it stands.
    fn mended(&mut self, what: &'static str, at: usize) {
        match what {
            BARE => self.faults.bare.note(at),
            UNCLOSED => self.faults.unclosed.note(at),
            _ => self.faults.deep.note(at),
        }
        if self.entry.is_some()
            && let Some(entry) = self.facts.entries.last_mut()
            && entry.mended.iter().all(|(known, _)| *known != what)
        {
            entry.mended.push((what, at));
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
        self.out.push_str(&of_root(tag.attributes, &self.entities));
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
        self.push_open(tag.name, None);
    }

    fn tag(&mut self, tag: &Tag<'a>, at: usize) {
        self.end_unended();
        let unclosed = self.outline.is_unclosed(at);
        let entry = self.dialect.is_entry(tag.name) && !tag.empty;
        if entry && self.entry.is_some() {
            self.mended(UNCLOSED, at);
            self.close_entry();
        }
        if self.fact(tag, at, unclosed) {
            return;
        }
        // Of what is left out nothing is asked.
        let said = match self.skip {
            Some(_) => Said::Through,
            None => self.said(tag, at),
        };
        let written = match said {
            Said::Through => None,
            Said::As(name, attributes) => {
                if entry {
                    self.begin_entry(tag, at);
                } else if self.whole_text(tag, at, &name, &attributes)
                    || name == "link" && self.put_off(tag)
                {
                    return;
                }
                self.write_opening(tag, &name, &attributes);
                if entry {
                    self.number_entry();
                }
                Some(name)
            }
            Said::Skip => {
                self.skip = (!tag.empty && !unclosed).then_some(self.open.len());
                None
            }
        };
        if unclosed {
            self.mended(UNCLOSED, at);
            self.unended = written;
        } else if !tag.empty {
            self.depth += usize::from(written.is_some());
            self.push_open(tag.name, written);
        }
    }

    /// What is said of an element here: the dialect's word, within the bounds that keep feed-rs from harm.
    fn said(&mut self, tag: &Tag<'a>, at: usize) -> Said<'a> {
        let said = self.dialect.say(tag);
        let Said::As(name, _) = &said else {
            return said;
        };
        if self.dialect.is_entry(tag.name) && (tag.empty || self.entries.len() >= ENTRIES_MAX) {
            self.faults.surplus += 1;
            return Said::Skip;
        }
        if self.depth >= DEPTH_MAX {
            self.mended(DEEP, at);
            return Said::Skip;
        }
        if self.is_said_already(tag, name, at) {
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
        let attributes = normalised(attributes, &self.entities);
        let _ = write!(self.out, "<{name}{attributes}{end}>");
        if name == "media:description" && !tag.empty {
            // feed-rs fails the whole feed over an empty one.
            self.out.push(' ');
        }
    }

    fn close(&mut self, tag: &Tag<'a>, at: usize) {
        self.end_unended();
        if let Some(capture) = &mut self.capture {
            capture.inner(tag);
        }
        if self.dialect.is_entry(tag.name) {
            self.close_entry();
            return;
        }
        if self.dialect.is_frame(tag.name) && self.entry.is_some() {
            self.mended(UNCLOSED, at);
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
        if self.capture.as_ref().is_some_and(|capture| capture.unended) {
            self.end_capture();
        }
    }

    fn close_entry(&mut self) {
        let Some((entry, start)) = self.entry else {
            return;
        };
        self.end_links();
        while self.open.len() > entry {
            self.pop();
        }
        self.entry = None;
        self.entries.push(start..self.out.len());
    }

    /// Closes the innermost element.
    fn pop(&mut self) -> Option<&'a str> {
        let open = self.open.pop()?;
        self.inner -= usize::from(!self.dialect.is_frame(open.name));
        if let Some(name) = open.written {
            let _ = write!(self.out, "</{name}>");
            self.depth -= 1;
        }
        if self.skip == Some(self.open.len()) {
            self.skip = None;
            self.end_capture();
        }
        Some(open.name)
    }
}
