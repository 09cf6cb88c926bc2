//! The pass before the tree builder: any input becomes short, shallow, balanced markup that holds nothing unexpected.
//!
//! A tree builder reopens formatting elements wherever a block cut them off, and that makes time and output grow with
//! the square of hostile input. Here every start tag is closed exactly once, what a block cuts off stays closed, and
//! depth, number of elements and length have limits, so that nothing is left to reopen. This pass decides what comes
//! out; the second guard only holds it to the list.

mod places;

use std::ops::ControlFlow;

use memchr::memchr2;
use url::Url;

use super::attributes;
use super::characters::{self, Marks};
use super::elements::{Element, Kind, element, is_dropped_whole};
use super::plain;
use super::players::{self, Played};
use super::tokens::{self, Tag, Token, attribute};

/// Elements open at one time.
const DEPTH_MAX: usize = 128;
/// Elements of one entry; further tags are left out, their text stays.
const ELEMENTS_MAX: usize = 50_000;
/// Characters in one run of text that the serialiser looks up one by one, each time as far as the run goes.
const ESCAPES_A_RUN_MAX: usize = 2_000;
/// How players are titled by those who did not title them.
const UNTITLED: &str = "ideo player";
/// The first heading level that a post may use: the planet's pages own the two above.
const HEADING_TOP: u8 = 3;

/// Clean markup for any input, at most `bytes_max` bytes of it.
pub(super) fn balance(input: &str, base: Option<&Url>, bytes_max: usize) -> String {
    let mut balancer = Balancer {
        base,
        bytes_max,
        out: String::with_capacity(input.len()),
        open: Vec::new(),
        closing_bytes: 0,
        dropped: None,
        elements: 0,
        headings: Vec::new(),
        begins_pre: false,
        escapes: 0,
        marks: Marks::default(),
        full: false,
    };
    tokens::read(input, |token| balancer.take(token));
    balancer.finish()
}

/// An element whose end tag is still to come.
struct Open {
    element: Element,
    /// Whether its start tag was written; a link without an address is remembered only to know its end tag.
    shown: bool,
}

/// An element that is left out with all its content.
struct Dropped {
    name: String,
    depth: usize,
    /// Whether it is a player's, for which a link stands already.
    played: bool,
}

struct Balancer<'a> {
    base: Option<&'a Url>,
    bytes_max: usize,
    out: String,
    open: Vec<Open>,
    /// What it takes to close everything that is open.
    closing_bytes: usize,
    dropped: Option<Dropped>,
    elements: usize,
    /// Where in `out` the levels of headings stand.
    headings: Vec<usize>,
    /// Whether nothing was written since a `<pre>`: HTML ignores a newline there.
    begins_pre: bool,
    escapes: usize,
    /// Marks on the letter that was written last.
    marks: Marks,
    full: bool,
}

impl Balancer<'_> {
    fn take(&mut self, token: Token<'_>) -> ControlFlow<()> {
        match token {
            Token::Open(tag) => self.open(tag),
            Token::Close(name) => self.close(name),
            Token::Text(text) if self.dropped.is_none() => self.text(text),
            Token::Text(_) => {}
        }
        if self.full {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }

    fn finish(mut self) -> String {
        self.close_to(0);
        let mut bytes = self.out.into_bytes();
        let top = self.headings.iter().map(|at| bytes[*at] - b'0').min();
        let shift = HEADING_TOP.saturating_sub(top.unwrap_or(HEADING_TOP));
        for at in self.headings {
            bytes[at] = (bytes[at] + shift).min(b'6');
        }
        String::from_utf8(bytes).unwrap_or_default()
    }

    fn open(&mut self, tag: &Tag<'_>) {
        let name = tag.name;
        if let Some(dropped) = &mut self.dropped {
            if name == dropped.name && !tag.self_closing {
                dropped.depth += 1;
            }
            if dropped.name == "object" && !dropped.played {
                let played = self.player(tag);
                self.dropped.iter_mut().for_each(|one| one.played = played);
            }
            return;
        }
        let played = matches!(name, "iframe" | "embed" | "object") && self.player(tag);
        if is_dropped_whole(name) {
            if !tag.self_closing {
                let name = name.to_owned();
                self.dropped = Some(Dropped {
                    name,
                    depth: 1,
                    played,
                });
            }
        } else if let Some(element) = element(name) {
            self.element(element, tag);
        }
    }

    fn element(&mut self, element: Element, tag: &Tag<'_>) {
        let depth = if element.kind == Kind::Table { 4 } else { 1 };
        // To make room may take a cell of the table that it stands in.
        if self.elements >= ELEMENTS_MAX
            || !self.may_deepen(depth)
            || !self.make_room(element)
            || !self.may_deepen(depth)
        {
            return;
        }
        let parent = self.open.last().map_or("", |open| open.element.name);
        let attributes = attributes::kept(element, tag, parent, self.base);
        if element.kind.is_void() {
            if let Some(attributes) = attributes {
                self.write_tag(element, &attributes);
            }
        } else {
            let shown = attributes.is_some() || !matches!(element.name, "a" | "span");
            self.push(element, shown, &attributes.unwrap_or_default());
            // A self-closed element is taken at its word, as XHTML feeds mean it.
            if tag.self_closing {
                self.pop();
            }
        }
    }

    /// Whether so many elements may stand in each other in what is open.
    fn may_deepen(&self, elements: usize) -> bool {
        self.open.len() + elements <= DEPTH_MAX
    }

    fn push_plain(&mut self, name: &str) {
        if let Some(element) = element(name) {
            self.push(element, true, "");
        }
    }

    fn close(&mut self, name: &str) {
        if let Some(dropped) = &mut self.dropped {
            if dropped.name == name {
                dropped.depth -= 1;
                if dropped.depth == 0 {
                    self.dropped = None;
                }
            }
            return;
        }
        let Some(element) = element(name) else { return };
        let wall = match element.kind {
            Kind::Table | Kind::Caption | Kind::Section | Kind::Row | Kind::Cell => {
                |kind| kind == Kind::Table
            }
            Kind::Item => |kind: Kind| kind.is_wall() || kind == Kind::List,
            _ => Kind::is_wall,
        };
        let at = self.open.iter().rposition(|open| {
            let same = open.element.name == element.name;
            same || element.kind == Kind::Heading && open.element.kind == Kind::Heading
        });
        let reach = self.open.iter().rposition(|open| wall(open.element.kind));
        if let Some(at) = at
            && reach.is_none_or(|reach| reach <= at)
        {
            self.close_to(at);
        }
    }

    /// A player becomes a link to what it plays, where the reader decides whom to tell; says whether it did.
    fn player(&mut self, tag: &Tag<'_>) -> bool {
        let names = ["src", "data", "value", "data-src", "data-lazy-src"];
        let mut addresses = names.iter().filter_map(|name| attribute(tag, name));
        let variables = attribute(tag, "flashvars");
        let Some(Played { page, words }) =
            addresses.find_map(|address| players::played(address, variables, self.base))
        else {
            return false;
        };
        let Some(link) = element("a") else {
            return false;
        };
        if !self.may_deepen(1) || !self.make_room(link) || !self.may_deepen(1) {
            return false;
        }
        let title = plain::line(attribute(tag, "title").unwrap_or_default());
        self.push(link, true, &attributes::of_link(&page));
        self.text(words);
        if !title.is_empty() && !title.ends_with(UNTITLED) {
            self.text(": ");
            self.text(&title);
        }
        self.pop();
        true
    }

    fn text(&mut self, text: &str) {
        let text = if self.begins_pre {
            text.trim_start_matches(|c| matches!(c, '\n' | '\r') || !characters::comes_out(c))
        } else {
            text
        };
        let between_rows = self
            .open
            .last()
            .is_some_and(|open| open.element.kind.needs_cell());
        let shows_nothing = |c: char| c.is_whitespace() || !characters::comes_out(c);
        if between_rows && text.chars().all(shows_nothing) {
            return;
        }
        self.ensure_cell();
        // Most text has none of the bytes that such characters begin with.
        if memchr2(b'&', 0xC2, text.as_bytes()).is_none() {
            return self.write_text(text);
        }
        for part in text.split_inclusive(is_looked_up) {
            self.write_text(part);
            self.escapes += usize::from(part.ends_with(is_looked_up));
        }
    }

    fn write_text(&mut self, text: &str) {
        if self.full {
            return;
        }
        if self.escapes >= ESCAPES_A_RUN_MAX {
            self.write_break();
        }
        let before = self.out.len();
        characters::escape_on(text, &mut self.marks, &mut self.out);
        if self.out.len() + self.closing_bytes > self.bytes_max {
            self.out.truncate(before);
            self.full = true;
        } else if self.out.len() > before {
            self.begins_pre = false;
        }
    }

    /// A place where a word may be broken is the one element that shows nothing.
    fn write_break(&mut self) {
        if let Some(element) = element("wbr") {
            self.write_tag(element, "");
        }
    }

    fn write_tag(&mut self, element: Element, attributes: &str) -> bool {
        let bytes = element.name.len() + attributes.len() + 2;
        if self.full || self.out.len() + bytes + self.closing_bytes > self.bytes_max {
            self.full = true;
            return false;
        }
        self.elements += 1;
        self.begin_run(element);
        self.out.push('<');
        self.out.push_str(element.name);
        self.out.push_str(attributes);
        self.out.push('>');
        if element.kind == Kind::Heading {
            let at = self.out.len() - attributes.len() - 2;
            self.headings.push(at);
        }
        self.begins_pre = element.kind == Kind::Preformatted;
        true
    }

    /// A tag ends a run of text; marks reach over those that stand within a line.
    fn begin_run(&mut self, element: Element) {
        self.escapes = 0;
        if element.kind.breaks_line() {
            self.marks = Marks::default();
        }
    }

    fn push(&mut self, element: Element, shown: bool, attributes: &str) {
        if shown {
            // The end tag is paid for before the start tag is written, so that it always fits.
            let closing = element.name.len() + 3;
            self.closing_bytes += closing;
            if !self.write_tag(element, attributes) {
                self.closing_bytes -= closing;
                return;
            }
        }
        self.open.push(Open { element, shown });
    }

    fn close_to(&mut self, depth: usize) {
        while self.open.len() > depth {
            self.pop();
        }
    }

    fn pop(&mut self) {
        let Some(Open { element, shown }) = self.open.pop() else {
            return;
        };
        if !shown {
            return;
        }
        self.closing_bytes -= element.name.len() + 3;
        self.begin_run(element);
        self.begins_pre = false;
        self.out.push_str("</");
        self.out.push_str(element.name);
        self.out.push('>');
        if element.kind == Kind::Heading {
            self.headings.push(self.out.len() - 2);
        }
    }
}

/// Whether the serialiser looks a character up, because it or its first byte may have to be escaped.
fn is_looked_up(character: char) -> bool {
    matches!(character, '&' | '\u{80}'..='\u{bf}')
}
