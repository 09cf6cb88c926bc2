//! Careless text, cut into tags and what stands between them, in one forward scan.

use memchr::memchr;

/// A tag as it stands in the text.
pub(super) struct Tag<'a> {
    pub(super) name: &'a str,
    /// Everything between the name and the end.
    pub(super) attributes: &'a str,
    pub(super) closing: bool,
    pub(super) empty: bool,
    /// Bytes from `<` to `>`.
    pub(super) length: usize,
}

impl<'a> Tag<'a> {
    /// Reads the tag at the start of `text`, honouring quotes around `>`.
    pub(super) fn read(text: &'a str) -> Option<Self> {
        let inner = text.strip_prefix('<')?;
        let closing = inner.starts_with('/');
        let body = inner.trim_start_matches('/');
        let name_end = name_length(body)?;
        let name = &body[..name_end];
        if !name.starts_with(|c: char| c.is_alphabetic() || c == '_') {
            return None;
        }
        let end = tag_end(&body[name_end..])?;
        let attributes = &body[name_end..name_end + end];
        let empty = !closing && attributes.trim_end().ends_with('/');
        let attributes = attributes.trim_end().trim_end_matches('/');
        let length = text.len() - body.len() + name_end + end + 1;
        Some(Self {
            name,
            attributes,
            closing,
            empty,
            length,
        })
    }

    /// The name without its prefix.
    pub(super) fn local(&self) -> &'a str {
        self.name.rsplit(':').next().unwrap_or(self.name)
    }
}

/// The length of a name, if it comes to an end. Most are ASCII.
fn name_length(text: &str) -> Option<usize> {
    let belongs = |c: char| c.is_alphanumeric() || matches!(c, ':' | '-' | '_' | '.');
    let plain = |byte: u8| byte.is_ascii() && belongs(char::from(byte));
    let at = text.bytes().position(|byte| !plain(byte))?;
    let rest = text[at..].find(|c| !belongs(c))?;
    Some(at + rest)
}

/// The place of the `>` that ends a tag. A `<` outside quotes says that this is no tag after all.
///
/// However quotes are strewn, at most two of the tags that begin before a place can still be open there, so trying
/// every `<` of a text costs no more than reading it three times.
fn tag_end(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 0;
    loop {
        let stop = |byte: &u8| matches!(byte, b'>' | b'<' | b'"' | b'\'');
        at += bytes[at..].iter().position(stop)?;
        match bytes[at] {
            b'>' => return Some(at),
            b'<' => return None,
            quote => at += memchr(quote, &bytes[at + 1..])? + 2,
        }
    }
}

/// A piece of careless text.
pub(super) enum Piece<'a> {
    /// Text without `<`; its `&` are not looked at.
    Text(&'a str),
    /// What a CDATA section holds; one that is never closed holds the rest.
    Cdata(&'a str),
    /// A comment, instruction or document type.
    Hidden,
    /// An opening, closing or empty tag.
    Tag(Tag<'a>),
    /// A `<` that begins nothing.
    Angle,
}

/// The pieces of a text in order, each with the place where it begins; every byte is searched a fixed number of times.
pub(super) struct Pieces<'a> {
    text: &'a str,
    at: usize,
    /// The prefix that the root element bears, which its own elements then bear too.
    prefix: Option<&'a str>,
    /// No comment ends after `at`, so that nobody need look again.
    comments_over: bool,
    /// No instruction ends after `at`.
    instructions_over: bool,
}

impl<'a> Pieces<'a> {
    /// The pieces from a place on. `prefix` is taken off the names that bear it.
    pub(super) fn new(text: &'a str, at: usize, prefix: Option<&'a str>) -> Self {
        Self {
            text,
            at,
            prefix,
            comments_over: false,
            instructions_over: false,
        }
    }

    /// Goes on at a place further on, which must be the end of a piece.
    pub(super) fn skip_to(&mut self, at: usize) {
        self.at = at;
    }

    fn at_angle(&mut self, rest: &'a str) -> (Piece<'a>, usize) {
        if let Some(inner) = rest.strip_prefix("<![CDATA[") {
            let end = section_end(inner);
            let length = end.map_or(rest.len(), |end| rest.len() - inner.len() + end + 3);
            return (Piece::Cdata(&inner[..end.unwrap_or(inner.len())]), length);
        }
        if rest.starts_with("<!--") {
            return hidden(rest, 4, "-->", &mut self.comments_over);
        }
        if rest.starts_with("<?") {
            return hidden(rest, 2, "?>", &mut self.instructions_over);
        }
        if document_type(rest) {
            // An internal subset has no business after the root element; what follows its first `>` is only text.
            let end = rest.find('>').map_or(rest.len(), |end| end + 1);
            return (Piece::Hidden, end);
        }
        match Tag::read(rest) {
            Some(mut tag) => {
                let length = tag.length;
                if let Some((prefix, local)) = tag.name.split_once(':')
                    && Some(prefix) == self.prefix
                {
                    tag.name = local;
                }
                (Piece::Tag(tag), length)
            }
            None => (Piece::Angle, 1),
        }
    }
}

impl<'a> Iterator for Pieces<'a> {
    type Item = (usize, Piece<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let (start, rest) = (self.at, &self.text[self.at..]);
        let next = memchr(b'<', rest.as_bytes());
        let (piece, length) = match next.unwrap_or(rest.len()) {
            0 if rest.is_empty() => return None,
            0 => self.at_angle(rest),
            text => (Piece::Text(&rest[..text]), text),
        };
        self.at += length;
        Some((start, piece))
    }
}

/// Where a CDATA section ends. Brackets are rare, so that looking for one and then closer is quicker than a search for
/// all three characters.
pub(super) fn section_end(text: &str) -> Option<usize> {
    let mut at = 0;
    while let Some(found) = memchr(b']', &text.as_bytes()[at..]) {
        at += found;
        if text[at..].starts_with("]]>") {
            return Some(at);
        }
        at += 1;
    }
    None
}

/// Something hidden up to its end; without one its `<` is an ordinary one, so that it hides no posts.
fn hidden<'a>(rest: &'a str, start: usize, end: &str, over: &mut bool) -> (Piece<'a>, usize) {
    let found = if *over { None } else { rest[start..].find(end) };
    if let Some(at) = found {
        return (Piece::Hidden, start + at + end.len());
    }
    *over = true;
    (Piece::Angle, 1)
}

/// Whether a document type begins here.
pub(super) fn document_type(rest: &str) -> bool {
    const START: &str = "<!doctype";
    rest.get(..START.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(START))
}

#[cfg(test)]
mod tests {
    use super::{Piece, Pieces};

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let pieces: Vec<String> = Pieces::new(text, 0, None)
            .map(|(_, piece)| match piece {
                Piece::Text(text) => format!("text {text}"),
                Piece::Cdata(text) => format!("cdata {text}"),
                Piece::Hidden => "hidden".to_owned(),
                Piece::Tag(tag) => format!("tag {}{}", tag.name, tag.attributes),
                Piece::Angle => "angle".to_owned(),
            })
            .collect();
        assert_eq!(pieces, expected, "{text}");
    }

    #[test]
    fn quotes_hide_angles_inside_a_tag() {
        check("<a b='>' c=\"<\">x", &["tag a b='>' c=\"<\"", "text x"]);
        check("<a <b>", &["angle", "text a ", "tag b"]);
    }

    #[test]
    fn what_never_ends_hides_nothing_but_cdata() {
        check("<!-- a <b>", &["angle", "text !-- a ", "tag b"]);
        check("<? a <b>", &["angle", "text ? a ", "tag b"]);
        check("<![CDATA[ a <b>", &["cdata  a <b>"]);
    }

    #[test]
    fn a_document_type_inside_a_feed_ends_at_its_first_angle() {
        check(
            "<!DOCTYPE[>] ><a><![CDATA[]]>",
            &["hidden", "text ] >", "tag a", "cdata "],
        );
    }
}
