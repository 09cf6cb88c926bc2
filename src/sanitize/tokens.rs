//! Reading markup as a stream of tags and text, in time that grows with its length and no faster.
//!
//! html5ever's tokenizer compares every attribute of a tag with all the others of that tag, so one tag with 400 000
//! attributes takes minutes. This module feeds it in small pieces, watches how long a tag has been going on, and
//! throws the whole tag away when it grows past all reason. It must not know what any tag means.

use std::cell::{Cell, RefCell};
use std::ops::ControlFlow;

use html5ever::TokenizerResult;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token as RawToken, TokenSink, TokenSinkResult, Tokenizer,
    TokenizerOpts,
};

/// One tag or one run of text.
#[derive(Clone, Copy)]
pub(super) enum Token<'a> {
    /// A start tag with its attributes.
    Open(&'a Tag),
    /// An end tag's name.
    Close(&'a str),
    /// Characters, entities decoded.
    Text(&'a str),
}

/// Bytes given to the tokenizer at once.
const PIECE_BYTES: usize = 1_024;
/// Places in one tag where an attribute could begin; a tag with more of them is thrown away.
const TAG_PARTS_MAX: usize = 1_024;

/// Calls `visit` with every tag and run of text, in order, until it breaks off.
pub(super) fn read(input: &str, visit: impl FnMut(Token<'_>) -> ControlFlow<()>) {
    let visitor = Visitor {
        visit: RefCell::new(visit),
        last: Cell::new(Emitted::Nothing),
        stopped: Cell::new(false),
    };
    // Pieces share the memory of the whole.
    let whole = StrTendril::from(input);
    let mut rest = Some(input);
    while let Some(text) = rest {
        rest = read_until_endless_tag(text, &whole, &visitor);
    }
}

/// The same for markup that this room has made: it has no endless tags, so it need not be read piece by piece.
pub(super) fn read_clean(html: &str, visit: impl FnMut(Token<'_>) -> ControlFlow<()>) {
    let visitor = Visitor {
        visit: RefCell::new(visit),
        last: Cell::new(Emitted::Nothing),
        stopped: Cell::new(false),
    };
    let tokenizer = Tokenizer::new(&visitor, options());
    let queue = BufferQueue::default();
    queue.push_back(StrTendril::from(html));
    while !matches!(tokenizer.feed(&queue), TokenizerResult::Done) {}
    tokenizer.end();
}

fn options() -> TokenizerOpts {
    TokenizerOpts {
        discard_bom: false,
        ..TokenizerOpts::default()
    }
}

/// The value of an attribute, if the tag has it.
pub(super) fn attribute<'a>(tag: &'a Tag, name: &str) -> Option<&'a str> {
    tag.attrs
        .iter()
        .find(|attribute| &*attribute.name.local == name)
        .map(|attribute| &*attribute.value)
}

/// Reads on; where a tag does not come to an end, returns what follows it.
fn read_until_endless_tag<'a, F>(
    input: &'a str,
    whole: &StrTendril,
    visitor: &Visitor<F>,
) -> Option<&'a str>
where
    F: FnMut(Token<'_>) -> ControlFlow<()>,
{
    let tokenizer = Tokenizer::new(visitor, options());
    let queue = BufferQueue::default();
    let mut within = Within::Text;
    let mut parts = 0;
    let mut rest = input;
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(piece_length(rest));
        visitor.last.set(Emitted::Nothing);
        queue.push_back(subtendril(whole, whole.len() - rest.len(), piece));
        while !matches!(tokenizer.feed(&queue), TokenizerResult::Done) {}
        if visitor.stopped.get() {
            return None;
        }
        let was = within;
        within = within.after(piece, visitor.last.get());
        if within == Within::Tag {
            let fresh = was != Within::Tag || visitor.last.get() != Emitted::Nothing;
            parts = if fresh { 0 } else { parts } + parts_of(piece);
            if parts > TAG_PARTS_MAX {
                return after.find('>').map(|end| &after[end + 1..]);
            }
        }
        rest = after;
    }
    tokenizer.end();
    None
}

/// A piece of the whole that begins at this byte.
fn subtendril(whole: &StrTendril, at: usize, piece: &str) -> StrTendril {
    let (Ok(at), Ok(length)) = (u32::try_from(at), u32::try_from(piece.len())) else {
        return StrTendril::from(piece);
    };
    let part = whole.try_subtendril(at, length);
    part.unwrap_or_else(|_| StrTendril::from(piece))
}

/// Up to the next `<`, so that a tag always begins a piece, and never more than `PIECE_BYTES`.
fn piece_length(rest: &str) -> usize {
    let limit = rest.floor_char_boundary(PIECE_BYTES);
    rest.as_bytes()[..limit]
        .iter()
        .skip(1)
        .position(|byte| *byte == b'<')
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
    stopped: Cell<bool>,
}

impl<F: FnMut(Token<'_>) -> ControlFlow<()>> Visitor<F> {
    fn show(&self, token: Token<'_>) {
        if !self.stopped.get() && (self.visit.borrow_mut())(token).is_break() {
            self.stopped.set(true);
        }
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
                    TagKind::EndTag => self.show(Token::Close(&tag.name)),
                    TagKind::StartTag => {
                        self.show(Token::Open(&tag));
                        return raw_text_after(&tag);
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

/// Some elements hold text, not markup. A self-closed one is taken at its word, as XHTML feeds mean it.
fn raw_text_after(tag: &Tag) -> TokenSinkResult<()> {
    if tag.self_closing {
        return TokenSinkResult::Continue;
    }
    match &*tag.name {
        "script" => TokenSinkResult::RawData(RawKind::ScriptData),
        "style" | "iframe" | "noembed" | "noframes" => TokenSinkResult::RawData(RawKind::Rawtext),
        "title" | "textarea" => TokenSinkResult::RawData(RawKind::Rcdata),
        _ => TokenSinkResult::Continue,
    }
}
