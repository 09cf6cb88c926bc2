//! Reading markup as a stream of tags and text, in time that grows with its length and no faster.
//!
//! html5ever's tokenizer compares every attribute of a tag with all the others of that tag, so one tag with 400 000
//! attributes takes minutes. This module feeds it in small pieces, watches how long a tag has been going on, and
//! throws the whole tag away when it grows past all reason. It must not know what any tag means.

mod ordinary;

use std::borrow::Cow;
use std::cell::{Cell, OnceCell, RefCell};
use std::ops::ControlFlow;

use html5ever::TokenizerResult;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{
    BufferQueue, Tag as RawTag, TagKind, Token as RawToken, TokenSink, TokenSinkResult, Tokenizer,
    TokenizerOpts,
};
use memchr::memchr;

/// One tag or one run of text.
#[derive(Clone, Copy)]
pub(super) enum Token<'a> {
    /// A start tag with its attributes.
    Open(&'a Tag<'a>),
    /// An end tag's name.
    Close(&'a str),
    /// Characters, entities decoded.
    Text(&'a str),
}

/// A start tag.
pub(super) struct Tag<'a> {
    /// In lower case.
    pub(super) name: &'a str,
    /// Names in lower case, each once, and values with entities decoded.
    pub(super) attributes: Vec<(&'a str, Cow<'a, str>)>,
    /// Whether it ends with a slash.
    pub(super) self_closing: bool,
}

/// Bytes given to the tokenizer at once.
const PIECE_BYTES: usize = 1_024;
/// Places in one tag where an attribute could begin; a tag with more of them is thrown away.
const TAG_PARTS_MAX: usize = 1_024;

/// Calls `visit` with every tag and run of text, in order, until it breaks off.
pub(super) fn read(input: &str, visit: impl FnMut(Token<'_>) -> ControlFlow<()>) {
    let bounds = Bounds {
        piece_bytes: PIECE_BYTES,
        tag_parts: TAG_PARTS_MAX,
    };
    read_within(bounds, input, visit);
}

/// The same for markup that this room has made: a tag in it may be long, but has an end.
pub(super) fn read_clean(html: &str, visit: impl FnMut(Token<'_>) -> ControlFlow<()>) {
    let bounds = Bounds {
        piece_bytes: usize::MAX,
        tag_parts: usize::MAX,
    };
    read_within(bounds, html, visit);
}

/// How much is read at once, and how much of one tag.
#[derive(Clone, Copy)]
struct Bounds {
    piece_bytes: usize,
    tag_parts: usize,
}

fn read_within(bounds: Bounds, input: &str, visit: impl FnMut(Token<'_>) -> ControlFlow<()>) {
    let visitor = Visitor {
        visit: RefCell::new(visit),
        last: Cell::new(Emitted::Nothing),
        holds_text: Cell::new(false),
        stopped: Cell::new(false),
    };
    let whole = Whole {
        text: input,
        shared: OnceCell::new(),
    };
    let mut rest = Some(input);
    while let Some(text) = rest {
        rest = read_until_endless_tag(bounds, text, &whole, &visitor);
    }
}

fn options() -> TokenizerOpts {
    TokenizerOpts {
        discard_bom: false,
        ..TokenizerOpts::default()
    }
}

/// The value of an attribute, if the tag has it.
pub(super) fn attribute<'a>(tag: &'a Tag<'_>, name: &str) -> Option<&'a str> {
    let mut attributes = tag.attributes.iter();
    let (_, value) = attributes.find(|(stated, _)| *stated == name)?;
    Some(value)
}

/// Reads on; where a tag does not come to an end, returns what follows it.
fn read_until_endless_tag<'a, F>(
    bounds: Bounds,
    input: &'a str,
    whole: &Whole<'a>,
    visitor: &Visitor<F>,
) -> Option<&'a str>
where
    F: FnMut(Token<'_>) -> ControlFlow<()>,
{
    let tokenizer = Tokenizer::new(visitor, options());
    let queue = BufferQueue::default();
    let mut within = Within::Text;
    let mut settled = true;
    let mut parts = 0;
    let mut rest = input;
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(piece_length(rest, bounds.piece_bytes));
        let done = if settled {
            ordinary::read(piece, |token| visitor.show(token))
        } else {
            0
        };
        rest = after;
        let piece = &piece[done..];
        if !piece.is_empty() && !visitor.stopped.get() {
            visitor.last.set(Emitted::Nothing);
            queue.push_back(whole.part(after, piece));
            while !matches!(tokenizer.feed(&queue), TokenizerResult::Done) {}
        }
        if visitor.stopped.get() {
            return None;
        }
        if piece.is_empty() {
            continue;
        }
        let was = within;
        within = within.after(piece, visitor.last.get());
        settled = within == Within::Text && visitor.is_settled(piece);
        if within == Within::Tag {
            let fresh = was != Within::Tag || visitor.last.get() != Emitted::Nothing;
            parts = if fresh { 0 } else { parts } + parts_of(piece);
            if parts > bounds.tag_parts {
                return after.find('>').map(|end| &after[end + 1..]);
            }
        }
    }
    tokenizer.end();
    None
}

/// All that is read. Pieces share its memory, once the tokenizer needs one.
struct Whole<'a> {
    text: &'a str,
    shared: OnceCell<StrTendril>,
}

impl Whole<'_> {
    /// The piece that stands before `after`, which is the end of the whole.
    fn part(&self, after: &str, piece: &str) -> StrTendril {
        let at = self.text.len() - after.len() - piece.len();
        let (Ok(at), Ok(length)) = (u32::try_from(at), u32::try_from(piece.len())) else {
            return StrTendril::from(piece);
        };
        let shared = self.shared.get_or_init(|| StrTendril::from(self.text));
        let part = shared.try_subtendril(at, length);
        part.unwrap_or_else(|_| StrTendril::from(piece))
    }
}

/// Up to the next `<`, so that a tag always begins a piece, and never more than that many bytes.
fn piece_length(rest: &str, bytes_max: usize) -> usize {
    let limit = rest.floor_char_boundary(bytes_max);
    let next = rest.as_bytes().get(1..limit);
    next.and_then(|next| memchr(b'<', next))
        .map_or(limit, |at| at + 1)
}

/// An attribute begins only after white space, a slash or a closing quote.
fn parts_of(piece: &str) -> usize {
    piece
        .bytes()
        .filter(|byte| byte.is_ascii_whitespace() || matches!(byte, b'/' | b'"' | b'\''))
        .count()
}

/// What the tokenizer last said about a piece.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Emitted {
    Nothing,
    Text,
    Markup,
}

/// What the tokenizer may be in the middle of, as far as can be told from outside.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Within {
    Text,
    Tag,
    Comment,
}

impl Within {
    /// A piece has at most one `<`, its first character, so a tag or comment that ended in it was not followed by another.
    fn after(self, piece: &str, emitted: Emitted) -> Self {
        match emitted {
            Emitted::Markup => Self::Text,
            Emitted::Text => Self::begun_by(piece),
            Emitted::Nothing if self == Self::Text => Self::begun_by(piece),
            Emitted::Nothing => self,
        }
    }

    fn begun_by(piece: &str) -> Self {
        let mut bytes = piece.bytes();
        if bytes.next() != Some(b'<') {
            return Self::Text;
        }
        match (bytes.next(), bytes.next()) {
            (Some(letter), _) if letter.is_ascii_alphabetic() => Self::Tag,
            (Some(b'/'), Some(letter)) if letter.is_ascii_alphabetic() => Self::Tag,
            (Some(b'/'), Some(b'>')) => Self::Text,
            (Some(b'/' | b'!' | b'?'), _) => Self::Comment,
            _ => Self::Text,
        }
    }
}

struct Visitor<F> {
    visit: RefCell<F>,
    last: Cell<Emitted>,
    /// Whether an element holds what comes next as text, whatever it looks like.
    holds_text: Cell<bool>,
    stopped: Cell<bool>,
}

impl<F: FnMut(Token<'_>) -> ControlFlow<()>> Visitor<F> {
    fn show(&self, token: Token<'_>) {
        if !self.stopped.get() && (self.visit.borrow_mut())(token).is_break() {
            self.stopped.set(true);
        }
    }

    /// Whether the tokenizer is in the middle of nothing after this piece, so that it need not be asked about the next.
    fn is_settled(&self, piece: &str) -> bool {
        let known = match self.last.get() {
            Emitted::Nothing => false,
            Emitted::Text => !piece.contains('<'),
            Emitted::Markup => true,
        };
        // What follows an entity may belong to it, even after its semicolon.
        let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"#;".contains(&byte);
        let entity = piece.rfind('&').map(|at| &piece[at + 1..]);
        let waits = entity.is_some_and(|it| it.bytes().all(is_part)) || piece.ends_with('\r');
        known && !waits && !self.holds_text.get()
    }

    fn show_opening(&self, tag: &RawTag) {
        let attributes = tag.attrs.iter();
        let stated = attributes.map(|it| (&*it.name.local, Cow::Borrowed(&*it.value)));
        self.show(Token::Open(&Tag {
            name: &tag.name,
            attributes: stated.collect(),
            self_closing: tag.self_closing,
        }));
    }
}

impl<F: FnMut(Token<'_>) -> ControlFlow<()>> TokenSink for &Visitor<F> {
    type Handle = ();

    fn process_token(&self, token: RawToken, _line: u64) -> TokenSinkResult<()> {
        match token {
            RawToken::CharacterTokens(text) => {
                self.last.set(self.last.get().max_with(Emitted::Text));
                self.show(Token::Text(&text));
            }
            RawToken::TagToken(tag) => {
                self.last.set(Emitted::Markup);
                match tag.kind {
                    TagKind::EndTag => {
                        self.holds_text.set(false);
                        self.show(Token::Close(&tag.name));
                    }
                    TagKind::StartTag => {
                        self.show_opening(&tag);
                        let next = raw_text_after(&tag);
                        self.holds_text
                            .set(!matches!(next, TokenSinkResult::Continue));
                        return next;
                    }
                }
            }
            RawToken::CommentToken(_) | RawToken::DoctypeToken(_) => {
                self.last.set(Emitted::Markup);
            }
            RawToken::NullCharacterToken | RawToken::EOFToken | RawToken::ParseError(_) => {}
        }
        TokenSinkResult::Continue
    }
}

impl Emitted {
    fn max_with(self, other: Self) -> Self {
        if self == Self::Markup { self } else { other }
    }
}

/// A self-closed element is taken at its word, as XHTML feeds mean it.
fn raw_text_after(tag: &RawTag) -> TokenSinkResult<()> {
    match kind_of_text(&tag.name) {
        Some(kind) if !tag.self_closing => TokenSinkResult::RawData(kind),
        _ => TokenSinkResult::Continue,
    }
}

/// Some elements hold text, not markup.
fn kind_of_text(name: &str) -> Option<RawKind> {
    match name {
        "script" => Some(RawKind::ScriptData),
        "style" | "iframe" | "noembed" | "noframes" => Some(RawKind::Rawtext),
        "title" | "textarea" => Some(RawKind::Rcdata),
        _ => None,
    }
}
