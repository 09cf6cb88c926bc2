//! Plain text out of markup, and markup out of plain text.
//!
//! It must not know about attributes, but for a link's target and the words that stand for a picture.

use std::ops::ControlFlow;

use url::Url;

use super::characters::{self, Marks};
use super::elements::{Kind, element};
use super::tokens::{self, Tag, Token, attribute};

/// Longest line, in characters: short posts are titles alone, and pages may show less.
const LINE_CHARACTERS_MAX: usize = 1_000;
/// Bytes of a feed's title, name or category that are looked at.
const LINE_INPUT_BYTES_MAX: usize = 16_384;
/// Links that are read out of one entry.
const LINKS_MAX: usize = 200;

/// Paragraphs at blank lines, breaks at the others.
pub(super) fn paragraphs(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut out = String::new();
    let mut in_paragraph = false;
    for line in text.lines().map(str::trim_end) {
        if line.trim_start().is_empty() {
            if in_paragraph {
                out.push_str("</p>\n");
            }
            in_paragraph = false;
            continue;
        }
        out.push_str(if in_paragraph { "<br>" } else { "<p>" });
        in_paragraph = true;
        characters::escape(line, &mut out);
    }
    if in_paragraph {
        out.push_str("</p>");
    }
    out
}

/// What sanitised markup says: its text, a line a block, and the targets of its links, web addresses only.
pub(super) fn said(html: &str) -> (String, Vec<Url>) {
    let mut folded = Folded {
        out: String::with_capacity(html.len()),
        gap: None,
    };
    let mut links = Vec::new();
    tokens::read_clean(html, |token| {
        match token {
            Token::Text(text) => folded.text(text),
            Token::Open(tag) => {
                folded.boundary(tag.name);
                if links.len() < LINKS_MAX && tag.name == "a" {
                    links.extend(target(tag));
                }
            }
            Token::Close(name) => folded.boundary(name),
        }
        ControlFlow::Continue(())
    });
    (folded.out, links)
}

fn target(link: &Tag<'_>) -> Option<Url> {
    let url = attribute(link, "href").and_then(|href| Url::parse(href).ok())?;
    (url.scheme() != "mailto").then_some(url)
}

/// The words of a title's markup, decoded once; a picture is what its alternative text says.
pub(super) fn words(html: &str) -> String {
    let mut out = String::new();
    let mut dropped = 0_usize;
    let is_code = |name: &str| matches!(name, "script" | "style");
    tokens::read(start(html), |token| {
        match token {
            Token::Text(text) if dropped == 0 => out.push_str(text),
            Token::Text(_) => {}
            Token::Open(tag) if is_code(tag.name) => dropped += usize::from(!tag.self_closing),
            Token::Open(tag) if tag.name == "img" => {
                out.push_str(attribute(tag, "alt").unwrap_or_default());
            }
            Token::Open(tag) => push_gap(tag.name, &mut out),
            Token::Close(name) if is_code(name) => dropped = dropped.saturating_sub(1),
            Token::Close(name) => push_gap(name, &mut out),
        }
        ControlFlow::Continue(())
    });
    out
}

/// One line that leaves the text around it alone: folded, bounded, without control and direction characters.
pub(super) fn line(text: &str) -> String {
    line_of(text, belongs_in_line)
}

/// The same with the controls in it that make text whole which was encoded twice.
pub(super) fn line_to_mend(text: &str) -> String {
    line_of(text, |c| belongs_in_line(c) || characters::is_half(c))
}

fn line_of(text: &str, belongs: fn(char) -> bool) -> String {
    let mut folded = Folded::default();
    let mut marks = Marks::default();
    let kept = start(text).chars().filter(|c| belongs(*c));
    for character in kept.filter(|character| marks.bear(*character)) {
        folded.character(character);
    }
    shorten(folded.out)
}

fn start(text: &str) -> &str {
    &text[..text.floor_char_boundary(LINE_INPUT_BYTES_MAX)]
}

fn push_gap(name: &str, out: &mut String) {
    if element(name).is_some_and(|element| breaks_line(element.name, element.kind)) {
        out.push(' ');
    }
}

fn breaks_line(name: &str, kind: Kind) -> bool {
    kind.breaks_line() || name == "br"
}

fn belongs_in_line(character: char) -> bool {
    characters::comes_out(character) || character.is_whitespace()
}

/// Cuts at a word's edge, unless that would take more than half of the line.
fn shorten(mut line: String) -> String {
    if line.chars().count() <= LINE_CHARACTERS_MAX {
        return line;
    }
    let nth = |n| line.char_indices().nth(n).map_or(line.len(), |(at, _)| at);
    let (half, end) = (nth(LINE_CHARACTERS_MAX / 2), nth(LINE_CHARACTERS_MAX - 1));
    let edge = if line[end..].starts_with(' ') {
        Some(end)
    } else {
        line[..end].rfind(' ').filter(|at| *at >= half)
    };
    line.truncate(edge.unwrap_or(end));
    line.push('…');
    line
}

/// Text with white space folded: one space between words, one newline between blocks.
#[derive(Default)]
struct Folded {
    out: String,
    gap: Option<char>,
}

impl Folded {
    fn text(&mut self, text: &str) {
        let mut rest = text;
        while !rest.is_empty() {
            let (folded, after) = rest.split_at(folded_length(rest));
            self.word(folded);
            let mut others = after.chars();
            if let Some(character) = others.next() {
                self.character(character);
            }
            rest = others.as_str();
        }
    }

    fn character(&mut self, character: char) {
        if character.is_whitespace() {
            self.gap = self.gap.or(Some(' '));
        } else {
            self.word(character.encode_utf8(&mut [0; 4]));
        }
    }

    /// Goes on with words that are folded already.
    fn word(&mut self, word: &str) {
        if word.is_empty() {
            return;
        }
        if let Some(gap) = self.gap.take()
            && !self.out.is_empty()
        {
            self.out.push(gap);
        }
        self.out.push_str(word);
    }

    fn boundary(&mut self, name: &str) {
        let Some(element) = element(name) else { return };
        if breaks_line(element.name, element.kind) {
            self.gap = Some('\n');
        } else if element.kind == Kind::Cell {
            self.gap = self.gap.or(Some(' '));
        }
    }
}

/// How many bytes a text begins with that are folded already: words in ASCII with one space between two of them.
fn folded_length(text: &str) -> usize {
    const PIECE: usize = 32;
    let bytes = text.as_bytes();
    if !bytes.first().is_some_and(u8::is_ascii_graphic) {
        return 0;
    }
    let mut length = 0;
    // Whole pieces are passed over at once; each is looked at with the byte that follows it.
    while let Some(piece) = bytes.get(length..=length + PIECE)
        && is_folded(piece)
    {
        length += PIECE;
    }
    let mut in_word = length == 0 || bytes[length - 1] != b' ';
    let stop = bytes[length..].iter().position(|byte| {
        let was_in_word = in_word;
        in_word = byte.is_ascii_graphic();
        !in_word && (!was_in_word || *byte != b' ')
    });
    length = stop.map_or(bytes.len(), |stop| length + stop);
    // A space at the end may be followed by another.
    length - usize::from(text[..length].ends_with(' '))
}

/// Whether all but the last of these bytes are words in ASCII, with one space between two of them.
fn is_folded(bytes: &[u8]) -> bool {
    let pairs = bytes.iter().zip(&bytes[1..]);
    let odd = pairs.fold(0, |odd, (byte, next)| {
        let is_strange = !matches!(byte, b' '..=b'~');
        let are_spaces = byte | next == b' ';
        odd | u8::from(is_strange) | u8::from(are_spaces)
    });
    odd == 0
}

#[cfg(test)]
mod tests {
    use super::folded_length;

    fn one_by_one(text: &str) -> usize {
        let mut in_word = false;
        let stop = text.bytes().position(|byte| {
            let was_in_word = in_word;
            in_word = byte.is_ascii_graphic();
            !in_word && (!was_in_word || byte != b' ')
        });
        let length = stop.unwrap_or(text.len());
        length - usize::from(text[..length].ends_with(' '))
    }

    #[test]
    fn what_is_folded_is_found_piece_by_piece_as_byte_by_byte() {
        for length in 0..100 {
            let words: String = "one two, three! ".chars().cycle().take(length).collect();
            for odd in ["", " ", "  ", "\n", "é", "\u{7f}", "\u{a0}x", "x"] {
                for at in 0..=length {
                    let text = format!("{}{odd}{}", &words[..at], &words[at..]);
                    assert_eq!(folded_length(&text), one_by_one(&text), "{text:?}");
                }
            }
        }
    }
}
