//! Tags and text as nearly everybody writes them, read without the tokenizer.
//!
//! A tokenizer for all that there is goes through markup character by character. Here a tag whose attributes are quoted
//! and text whose entities end with a semicolon are cut out of it as they stand. What comes out is what the tokenizer
//! would have said, run by run; of anything out of the ordinary nothing is read, and the tokenizer goes on from there.

use std::borrow::Cow;

use html5ever::data::NAMED_ENTITIES;
use memchr::memchr3;

use super::{Tag, Token, kind_of_text};

/// Bytes of the longest entity that is looked up; the longest that HTML has is not much shorter.
const ENTITY_BYTES_MAX: usize = 34;

/// Shows the ordinary beginning of a piece, which has no `<` but its first character; says how many bytes that were.
pub(super) fn read(piece: &str, mut show: impl FnMut(Token<'_>)) -> usize {
    let tag = match piece.as_bytes() {
        [b'<', b'/', ..] => closing(piece, &mut show),
        [b'<', ..] => opening(piece, &mut show),
        _ => Some(0),
    };
    let Some(at) = tag else { return 0 };
    at + text(&piece[at..], &mut show)
}

/// Text as the tokenizer cuts it: newlines before a run stand alone, and so does the character of an entity.
fn text(text: &str, show: &mut impl FnMut(Token<'_>)) -> usize {
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        let run = run_length(rest);
        if run > 0 {
            show(Token::Text(&rest[..run]));
            at += run;
        } else if let Some((character, length)) = entity(rest, false) {
            show(Token::Text(character.encode_utf8(&mut [0; 4])));
            at += length;
        } else {
            break;
        }
    }
    at
}

fn run_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    if bytes.first() == Some(&b'\n') {
        return 1;
    }
    special(text).unwrap_or(bytes.len())
}

/// `</name>`.
fn closing(piece: &str, show: &mut impl FnMut(Token<'_>)) -> Option<usize> {
    let inner = &piece["</".len()..];
    let name = &inner[..name_length(inner)?];
    let after = inner[name.len()..].trim_start_matches(is_space);
    let rest = after.strip_prefix('>')?;
    show(Token::Close(name));
    Some(piece.len() - rest.len())
}

/// `<name>`, `<name attribute="value" attribute='value'>`, `<name/>`.
fn opening(piece: &str, show: &mut impl FnMut(Token<'_>)) -> Option<usize> {
    let inner = &piece["<".len()..];
    let name = &inner[..name_length(inner)?];
    if kind_of_text(name).is_some() {
        return None;
    }
    let mut attributes = Vec::new();
    let mut rest = &inner[name.len()..];
    loop {
        let after = rest.trim_start_matches(is_space);
        let self_closing = after.starts_with("/>");
        if self_closing || after.starts_with('>') {
            show(Token::Open(&Tag {
                name,
                attributes,
                self_closing,
            }));
            return Some(piece.len() - after.len() + 1 + usize::from(self_closing));
        }
        if after.len() == rest.len() {
            return None;
        }
        let (attribute, value, left) = stated(after)?;
        // Of two with one name the first counts.
        if attributes.iter().all(|(name, _)| *name != attribute) {
            attributes.push((attribute, value));
        }
        rest = left;
    }
}

/// `name="value"` at the start of the text, and what follows it.
fn stated(text: &str) -> Option<(&str, Cow<'_, str>, &str)> {
    let (name, after) = text.split_at(name_length(text)?);
    let after = after.strip_prefix('=')?;
    let quote = after.chars().next().filter(|it| matches!(it, '"' | '\''))?;
    let (value, rest) = after[1..].split_once(quote)?;
    Some((name, decoded(value)?, rest))
}

/// A value with its entities decoded.
fn decoded(value: &str) -> Option<Cow<'_, str>> {
    let Some(mut next) = special(value) else {
        return Some(Cow::Borrowed(value));
    };
    let mut out = String::with_capacity(value.len());
    let mut rest = value;
    loop {
        out.push_str(&rest[..next]);
        let (character, length) = entity(&rest[next..], true)?;
        out.push(character);
        rest = &rest[next + length..];
        let Some(found) = special(rest) else {
            out.push_str(rest);
            return Some(Cow::Owned(out));
        };
        next = found;
    }
}

/// The next byte that does not stand for itself.
fn special(text: &str) -> Option<usize> {
    memchr3(b'&', b'\r', b'\0', text.as_bytes())
}

/// The one character of the entity at the start of the text, and its length.
fn entity(text: &str, in_attribute: bool) -> Option<(char, usize)> {
    let name = text.strip_prefix('&')?;
    if name.starts_with(' ') {
        return Some(('&', 1));
    }
    let bytes = name.bytes().take(ENTITY_BYTES_MAX);
    let end = bytes
        .enumerate()
        .position(|(at, byte)| !(byte.is_ascii_alphanumeric() || at == 0 && byte == b'#'))?;
    match name.as_bytes().get(end) {
        Some(b';') => Some((character(&name[..=end])?, end + 2)),
        // Addresses are full of ampersands that begin no entity.
        Some(b'=') if in_attribute && end > 0 && !name.starts_with('#') => Some(('&', 1)),
        _ => None,
    }
}

/// The character that a name, with its semicolon, stands for.
fn character(name: &str) -> Option<char> {
    let code = match name.strip_prefix('#') {
        Some(number) => code(number.strip_suffix(';')?)?,
        None => match NAMED_ENTITIES.get(name)? {
            (code, 0) => *code,
            _ => return None,
        },
    };
    char::from_u32(code).filter(|it| *it != '\0')
}

/// The code that a number stands for, unless HTML reads another in its place.
fn code(number: &str) -> Option<u32> {
    let code = match number.strip_prefix(['x', 'X']) {
        Some(digits) => u32::from_str_radix(digits, 16),
        None => number.parse(),
    };
    code.ok()
        .filter(|code| *code >= 0x20 && !(0x80..0xA0).contains(code))
}

/// The length of a name in lower case, as tags and attributes have.
fn name_length(text: &str) -> Option<usize> {
    let belongs =
        |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-:_".contains(byte);
    let bytes = text.as_bytes();
    bytes.first().filter(|first| first.is_ascii_lowercase())?;
    bytes.iter().position(|byte| !belongs(byte))
}

fn is_space(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\n' | '\x0c')
}

#[cfg(test)]
mod tests {
    use std::cell::{Cell, RefCell};
    use std::fmt::Write as _;
    use std::ops::ControlFlow;

    use html5ever::TokenizerResult;
    use html5ever::tendril::StrTendril;
    use html5ever::tokenizer::{BufferQueue, Tokenizer};
    use proptest::prelude::*;

    use super::super::{Emitted, Token, Visitor, options, read};
    use crate::sanitize::tests::fragment;

    fn told(token: Token<'_>, out: &mut String) -> ControlFlow<()> {
        match token {
            Token::Open(tag) => {
                let _ = write!(
                    out,
                    "<{} {:?} {}>",
                    tag.name, tag.attributes, tag.self_closing
                );
            }
            Token::Close(name) => out.extend(["</", name, ">"]),
            Token::Text(text) => out.push_str(text),
        }
        ControlFlow::Continue(())
    }

    fn by_tokenizer_alone(input: &str) -> String {
        let mut out = String::new();
        let visitor = Visitor {
            visit: RefCell::new(|token: Token<'_>| told(token, &mut out)),
            last: Cell::new(Emitted::Nothing),
            holds_text: Cell::new(false),
            stopped: Cell::new(false),
        };
        let tokenizer = Tokenizer::new(&visitor, options());
        let queue = BufferQueue::default();
        queue.push_back(StrTendril::from(input));
        while !matches!(tokenizer.feed(&queue), TokenizerResult::Done) {}
        tokenizer.end();
        out
    }

    #[track_caller]
    fn check(input: &str) {
        let mut out = String::new();
        read(input, |token| told(token, &mut out));
        assert_eq!(out, by_tokenizer_alone(input), "{input:?}");
    }

    /// How much of a piece is read here.
    #[track_caller]
    fn check_ordinary(piece: &str, bytes: usize) {
        assert_eq!(super::read(piece, |_| ()), bytes, "{piece}");
        check(piece);
    }

    #[test]
    fn what_posts_are_made_of_is_read_without_the_tokenizer() {
        for piece in [
            "words\n\nand more",
            "<p>It&#8217;s &amp; &nbsp;&#x1f600; & so on",
            "<a href=\"/?a=1&b=2&amp;c\" title='\"x\"'>",
            "<br />\n",
            "<img src='/1'\n\talt=\"\"/>",
            "</p >x",
        ] {
            check_ordinary(piece, piece.len());
        }
    }

    #[test]
    fn what_is_out_of_the_ordinary_is_the_tokenizers() {
        for piece in [
            "<P>",
            "<a b>",
            "<a b=c>",
            "<a b=\"c\"d=\"e\">",
            "<a b=\"&copy\">",
            "<a / b=\"c\">",
            "<p\"x>",
            "<p",
            "<a b=\"c",
            "</p x>",
            "</",
            "<",
            "< p>",
            "<!-- x -->",
            "<?x>",
            "<script>",
            "<title>",
            "&copy",
            "&nope;",
            "&#0;",
            "&#150;",
            "&#xd800;",
            "&#;",
            "&",
            "&NotEqualTilde;",
            "\r\n",
            "\0",
        ] {
            check_ordinary(piece, 0);
        }
        check_ordinary("<p>a &copy b", "<p>a ".len());
    }

    #[test]
    fn an_entity_at_the_end_of_a_piece_does_not_come_after_the_next_tag() {
        for entity in ["&nbsp;", "&nbsp", "&nope;", "&#8217", "&", "&am", "\r"] {
            check(&format!("<P>a{entity}<b>c</b>\n{entity}<b>"));
            check(&format!("<P>{entity} a<b>c</b>"));
        }
        for begun in [
            "<script>a<b>&amp;</script>",
            "<style><p></style>",
            "<title>&lt;<b></title>",
        ] {
            check(&format!("{begun}c<b>d</b>"));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_markup_is_read_as_the_tokenizer_alone_would(parts in prop::collection::vec(fragment(), 0..30)) {
            check(&parts.concat());
        }
    }
}
