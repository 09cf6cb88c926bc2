//! Text → text that a strict XML parser accepts and feed-rs understands.
//!
//! One pass over the tags: declarations and instructions go, bare `&` and `<` are escaped, HTML entities are resolved,
//! the root element gets the version and namespaces that feed-rs knows, and the dialects that it does not know are
//! told in the words of those that it does: Atom 0.3 as Atom, RDF as RSS 2.0. JSON passes untouched.

use std::borrow::Cow;

use super::decode::windows_1252;
use crate::model::Problem;

/// Makes a document readable. What stands before the root element is dropped.
pub(super) fn repair<'a>(text: &'a str, problems: &mut Vec<Problem>) -> Cow<'a, str> {
    let json = text.trim_start().starts_with('{');
    let Some((start, dialect)) = root(text).filter(|_| !json) else {
        return Cow::Borrowed(text);
    };
    let before = text[..start].trim_start();
    if !before.is_empty() && !before.starts_with('<') {
        problems.push(Problem::new(
            "there is text before the feed begins; it was skipped",
        ));
    }
    let mut repairer = Repairer {
        rest: &text[start..],
        out: String::with_capacity(text.len() + 512),
        dialect,
        skip: None,
        escaped: 0,
    };
    repairer.run();
    if repairer.escaped > 0 {
        problems.push(Problem::new(format!(
            "{} times a bare & or < stood where the feed should say &amp; or &lt;",
            repairer.escaped
        )));
    }
    Cow::Owned(repairer.out)
}

/// Cuts a document that was broken off after its last complete entry, and closes what is open.
pub(super) fn up_to_last_entry(repaired: &str) -> Option<String> {
    let (end, closing) = match (repaired.rfind("</item>"), repaired.rfind("</entry>")) {
        (Some(end), _) => (end + "</item>".len(), "</channel></rss>"),
        (None, Some(end)) => (end + "</entry>".len(), "</feed>"),
        (None, None) => return None,
    };
    Some(format!("{}{closing}", &repaired[..end]))
}

/// How a document's elements are named.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Dialect {
    Rss,
    Rdf,
    Atom,
    Atom03,
}

/// Where the feed begins, and in which dialect.
fn root(text: &str) -> Option<(usize, Dialect)> {
    let mut at = 0;
    while let Some(found) = text[at..].find('<') {
        at += found;
        let tag = Tag::read(&text[at..]);
        if text[at..].starts_with("<!--") {
            at += text[at..].find("-->").map_or(4, |end| end + 3);
            continue;
        }
        match tag
            .as_ref()
            .map(|tag| tag.name.to_ascii_lowercase())
            .as_deref()
        {
            Some("rss" | "channel") => return Some((at, Dialect::Rss)),
            Some("rdf:rdf" | "rdf") => return Some((at, Dialect::Rdf)),
            Some("feed" | "atom:feed") => {
                let old = tag.is_some_and(|tag| tag.attributes.contains("purl.org/atom/ns"));
                return Some((at, if old { Dialect::Atom03 } else { Dialect::Atom }));
            }
            // A web page is not searched for feeds that it may quote.
            Some("html" | "body") => return None,
            _ => at += 1,
        }
    }
    None
}

/// A tag as it stands in the text.
struct Tag<'a> {
    name: &'a str,
    /// Everything between the name and the end.
    attributes: &'a str,
    closing: bool,
    empty: bool,
    /// Bytes from `<` to `>`.
    length: usize,
}

impl<'a> Tag<'a> {
    /// Reads the tag at the start of `text`, honouring quotes around `>`.
    fn read(text: &'a str) -> Option<Self> {
        let inner = text.strip_prefix('<')?;
        let closing = inner.starts_with('/');
        let body = inner.trim_start_matches('/');
        let name_end =
            body.find(|c: char| !(c.is_alphanumeric() || matches!(c, ':' | '-' | '_' | '.')))?;
        let name = &body[..name_end];
        if !name.starts_with(|c: char| c.is_alphabetic() || c == '_') {
            return None;
        }
        let end = tag_end(&body[name_end..])?;
        let attributes = &body[name_end..name_end + end];
        let empty = attributes.trim_end().ends_with('/');
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
}

/// The place of the `>` that ends a tag. A `<` outside quotes says that this is no tag after all.
fn tag_end(text: &str) -> Option<usize> {
    let mut quote = None;
    for (at, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return Some(at),
            (None, b'<') => return None,
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            _ => {}
        }
    }
    None
}

struct Repairer<'a> {
    rest: &'a str,
    out: String,
    dialect: Dialect,
    /// An element that is left out with all that it holds.
    skip: Option<&'static str>,
    /// Bare `&` and `<` that were escaped.
    escaped: usize,
}

impl Repairer<'_> {
    fn run(&mut self) {
        let mut at_root = true;
        while let Some(at) = self.rest.find(['<', '&']) {
            self.text(at);
            if self.rest.starts_with('&') {
                self.entity();
            } else if let Some(end) = opaque(self.rest) {
                self.opaque(end);
            } else if let Some(tag) = Tag::read(self.rest) {
                let length = tag.length;
                if at_root {
                    self.root_tag(&tag);
                    at_root = false;
                } else {
                    self.tag(&tag);
                }
                self.rest = &self.rest[length..];
            } else {
                self.escaped += 1;
                self.push("&lt;");
                self.rest = &self.rest[1..];
            }
        }
        self.text(self.rest.len());
    }

    fn push(&mut self, text: &str) {
        if self.skip.is_none() {
            self.out.push_str(text);
        }
    }

    fn text(&mut self, length: usize) {
        let (text, rest) = self.rest.split_at(length);
        self.push(text);
        self.rest = rest;
    }

    /// CDATA is kept to the letter; comments, instructions and the document type go.
    fn opaque(&mut self, end: usize) {
        let (part, rest) = self.rest.split_at(end);
        if part.starts_with("<![CDATA[") {
            self.push(part);
            if !part.ends_with("]]>") {
                self.push("]]>");
            }
        }
        self.rest = rest;
    }

    /// An entity that XML knows stays, one that HTML knows is resolved, anything else was a bare `&`.
    fn entity(&mut self) {
        let (resolved, length) = resolve(self.rest);
        if length == 1 {
            self.escaped += 1;
        }
        self.push(&resolved);
        self.rest = &self.rest[length..];
    }

    /// The root element in the form that feed-rs wants, with the usual prefixes declared.
    fn root_tag(&mut self, tag: &Tag<'_>) {
        let attributes = clean_attributes(tag.attributes);
        let mut declared = without_default_namespace(&attributes);
        for (prefix, namespace) in PREFIXES {
            if !declared.contains(&format!("xmlns:{prefix}=")) {
                declared.push_str(&format!(" xmlns:{prefix}=\"{namespace}\""));
            }
        }
        match (self.dialect, tag.name) {
            (Dialect::Atom | Dialect::Atom03, _) => {
                self.out.push_str(&format!(
                    "<feed xmlns=\"http://www.w3.org/2005/Atom\"{declared}>"
                ));
            }
            (Dialect::Rss, "channel") => self
                .out
                .push_str(&format!("<rss version=\"2.0\"{declared}><channel>")),
            (Dialect::Rss, _) => self
                .out
                .push_str(&format!("<rss version=\"2.0\"{declared}>")),
            (Dialect::Rdf, _) => self
                .out
                .push_str(&format!("<rss version=\"2.0\"{declared}><channel>")),
        }
    }

    fn tag(&mut self, tag: &Tag<'_>) {
        if let Some(skipped) = self.skip {
            if tag.closing && tag.name == skipped {
                self.skip = None;
            }
            return;
        }
        match self.dialect {
            Dialect::Rdf => self.rdf_tag(tag),
            Dialect::Atom03 => {
                self.tag_as(tag, atom_name(tag.name), &atom_attributes(tag.attributes))
            }
            Dialect::Atom => self.tag_as(
                tag,
                tag.name.strip_prefix("atom:").unwrap_or(tag.name),
                tag.attributes,
            ),
            Dialect::Rss => self.rss_tag(tag),
        }
    }

    fn rss_tag(&mut self, tag: &Tag<'_>) {
        let name = match tag.name.to_ascii_lowercase().as_str() {
            "rss" => "rss",
            "dc:subject" => "category",
            _ => tag.name,
        };
        self.tag_as(tag, name, tag.attributes);
    }

    /// RDF keeps its items beside the channel; RSS 2.0 wants them inside, and knows `guid` where RDF has `rdf:about`.
    fn rdf_tag(&mut self, tag: &Tag<'_>) {
        match (tag.name.rsplit(':').next().unwrap_or_default(), tag.closing) {
            ("channel", _) => {}
            ("items", false) if !tag.empty => {
                self.skip = Some(if tag.name == "items" {
                    "items"
                } else {
                    "rss:items"
                })
            }
            ("RDF", true) => self.push("</channel></rss>"),
            ("item", false) => {
                self.push("<item>");
                if let Some(about) = attribute(tag.attributes, "about") {
                    let guid = format!(
                        "<guid isPermaLink=\"false\">{}</guid>",
                        clean_attributes(about)
                    );
                    self.push(&guid);
                }
            }
            ("subject", _) if tag.name.starts_with("dc:") => self.tag_as(tag, "category", ""),
            (name, _) if tag.name.starts_with("rss:") => self.tag_as(tag, name, tag.attributes),
            _ => self.tag_as(tag, tag.name, tag.attributes),
        }
    }

    fn tag_as(&mut self, tag: &Tag<'_>, name: &str, attributes: &str) {
        let slash = if tag.closing { "/" } else { "" };
        let end = if tag.empty && !tag.closing { "/" } else { "" };
        let attributes = if tag.closing {
            Cow::Borrowed("")
        } else {
            clean_attributes(attributes)
        };
        let written = format!("<{slash}{name}{attributes}{end}>");
        self.push(&written);
    }
}

/// Namespaces by the prefix that feeds use for them, declared or not.
const PREFIXES: [(&str, &str); 8] = [
    ("content", "http://purl.org/rss/1.0/modules/content/"),
    ("dc", "http://purl.org/dc/elements/1.1/"),
    ("atom", "http://www.w3.org/2005/Atom"),
    ("media", "http://search.yahoo.com/mrss/"),
    ("itunes", "http://www.itunes.com/dtds/podcast-1.0.dtd"),
    ("slash", "http://purl.org/rss/1.0/modules/slash/"),
    ("wfw", "http://wellformedweb.org/CommentAPI/"),
    ("thr", "http://purl.org/syndication/thread/1.0"),
];

/// The length of a comment, CDATA section, instruction or document type at the start of `text`.
fn opaque(text: &str) -> Option<usize> {
    let (start, end) = [
        ("<!--", "-->"),
        ("<![CDATA[", "]]>"),
        ("<?", "?>"),
        ("<!DOCTYPE", ">"),
        ("<!doctype", ">"),
    ]
    .into_iter()
    .find(|(start, _)| text.starts_with(start))?;
    if start.eq_ignore_ascii_case("<!doctype") {
        return Some(doctype_end(text));
    }
    Some(
        text[start.len()..]
            .find(end)
            .map_or(text.len(), |at| start.len() + at + end.len()),
    )
}

/// A document type may hold an internal subset in brackets, with `>` inside.
fn doctype_end(text: &str) -> usize {
    let end = text.find('>').map_or(text.len(), |at| at + 1);
    match text[..end].find('[') {
        Some(_) => text
            .find("]>")
            .or_else(|| text.find("] >"))
            .map_or(text.len(), |at| {
                at + text[at..].find('>').map_or(1, |more| more + 1)
            }),
        None => end,
    }
}

/// What the entity at the start of `text` becomes, and how many bytes it takes. One byte: it was a bare `&`.
fn resolve(text: &str) -> (Cow<'_, str>, usize) {
    let end = text.bytes().take(40).position(|byte| byte == b';');
    let Some(end) = end else {
        return (Cow::Borrowed("&amp;"), 1);
    };
    let entity = &text[..=end];
    let name = &text[1..end];
    if let Some(number) = name.strip_prefix('#') {
        return (
            number_entity(number),
            if plausible_number(number) { end + 1 } else { 1 },
        );
    }
    if matches!(name, "amp" | "lt" | "gt" | "quot" | "apos") {
        return (Cow::Borrowed(entity), end + 1);
    }
    let decoded = html_escape::decode_html_entities(entity);
    if decoded == entity || !name.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return (Cow::Borrowed("&amp;"), 1);
    }
    (
        Cow::Owned(html_escape::encode_text(&decoded).into_owned()),
        end + 1,
    )
}

fn plausible_number(number: &str) -> bool {
    let digits = number.trim_start_matches(['x', 'X']);
    let radix = if digits.len() == number.len() { 10 } else { 16 };
    !digits.is_empty() && digits.chars().all(|digit| digit.is_digit(radix))
}

/// The character that a numeric entity means; nothing for one that XML forbids.
fn number_entity(number: &str) -> Cow<'static, str> {
    if !plausible_number(number) {
        return Cow::Borrowed("&amp;");
    }
    let hex = number.strip_prefix(['x', 'X']);
    let code = hex.map_or_else(|| number.parse::<u32>(), |hex| u32::from_str_radix(hex, 16));
    let character = match code.ok().and_then(char::from_u32) {
        Some(character @ '\u{80}'..='\u{9f}') => windows_1252(character),
        Some('\t' | '\n' | '\r') => return Cow::Borrowed(" "),
        Some(character) if character < ' ' || matches!(character, '\u{fffe}' | '\u{ffff}') => None,
        other => other,
    };
    match character {
        None => Cow::Borrowed(""),
        Some(character @ ('&' | '<' | '>' | '"' | '\'')) => {
            Cow::Owned(format!("&#{};", u32::from(character)))
        }
        Some(character) => Cow::Owned(character.to_string()),
    }
}

/// Attributes in which every `&` is an entity and no `<` is bare.
fn clean_attributes(attributes: &str) -> Cow<'_, str> {
    if !attributes.contains(['&', '<']) {
        return Cow::Borrowed(attributes);
    }
    let mut clean = String::with_capacity(attributes.len() + 16);
    let mut rest = attributes;
    while let Some(at) = rest.find(['&', '<']) {
        clean.push_str(&rest[..at]);
        rest = &rest[at..];
        if rest.starts_with('<') {
            clean.push_str("&lt;");
            rest = &rest[1..];
        } else {
            let (resolved, length) = resolve(rest);
            clean.push_str(&resolved);
            rest = &rest[length..];
        }
    }
    clean.push_str(rest);
    Cow::Owned(clean)
}

/// The value of an attribute by its local name.
fn attribute<'a>(attributes: &'a str, local: &str) -> Option<&'a str> {
    let mut rest = attributes;
    while let Some(equals) = rest.find('=') {
        let name = rest[..equals].trim();
        let value = rest[equals + 1..].trim_start();
        let quote = value
            .chars()
            .next()
            .filter(|quote| matches!(quote, '"' | '\''))?;
        let end = value[1..].find(quote)? + 1;
        if name.rsplit(':').next() == Some(local) {
            return Some(&value[1..end]);
        }
        rest = &value[end + 1..];
    }
    None
}

/// The attributes without `xmlns="…"` and `version="…"`, which the new root states itself.
fn without_default_namespace(attributes: &str) -> String {
    let mut kept = String::new();
    let mut rest = attributes;
    while let Some(equals) = rest.find('=') {
        let name = rest[..equals].trim();
        let value = rest[equals + 1..].trim_start();
        let Some(quote) = value
            .chars()
            .next()
            .filter(|quote| matches!(quote, '"' | '\''))
        else {
            break;
        };
        let Some(end) = value[1..].find(quote).map(|end| end + 1) else {
            break;
        };
        let fresh = !kept.contains(&format!(" {name}="));
        let safe = name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b':' | b'-' | b'_' | b'.'));
        if name != "xmlns" && name != "version" && fresh && safe && !name.is_empty() {
            kept.push_str(&format!(" {name}={}", &value[..=end]));
        }
        rest = &value[end + 1..];
    }
    kept
}

/// Atom 0.3's names in Atom 1.0's words (RFC 4287 appendix; the 0.3 draft, sections 4 and 5).
fn atom_name(name: &str) -> &str {
    match name.strip_prefix("atom:").unwrap_or(name) {
        "issued" => "published",
        "modified" => "updated",
        "tagline" => "subtitle",
        "copyright" => "rights",
        name => name,
    }
}

/// Atom 0.3 says `mode="escaped"` and MIME types where Atom 1.0 says `type="html"`.
fn atom_attributes(attributes: &str) -> Cow<'_, str> {
    let kind = attribute(attributes, "type").unwrap_or_default();
    let xml = attributes.contains("mode=\"xml\"") || attributes.contains("mode='xml'");
    if attribute(attributes, "mode").is_none() && !kind.contains('/')
        || kind.starts_with("application/")
    {
        return Cow::Borrowed(attributes);
    }
    if attribute(attributes, "rel").is_some() || attribute(attributes, "href").is_some() {
        return Cow::Borrowed(attributes);
    }
    Cow::Borrowed(match (kind, xml) {
        ("application/xhtml+xml", _) => " type=\"xhtml\"",
        ("text/plain", _) => " type=\"text\"",
        (_, true) => " type=\"xhtml\"",
        _ => " type=\"html\"",
    })
}

#[cfg(test)]
mod tests {
    use super::{repair, up_to_last_entry};

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let repaired = repair(text, &mut Vec::new()).into_owned();
        let body = repaired.split_once('>').map_or("", |(_, body)| body);
        assert_eq!(body, expected, "{repaired}");
    }

    #[test]
    fn a_bare_ampersand_and_a_bare_angle_are_escaped() {
        check(
            "<rss><a>AT&T & Co, 1 < 2 &amp; 3</a></rss>",
            "<a>AT&amp;T &amp; Co, 1 &lt; 2 &amp; 3</a></rss>",
        );
        check(
            "<rss><a href='?a=1&b=2'/></rss>",
            "<a href='?a=1&amp;b=2'/></rss>",
        );
    }

    #[test]
    fn html_entities_are_resolved_outside_cdata_only() {
        check(
            "<rss>caf&eacute;&nbsp;x<![CDATA[&eacute;&]]></rss>",
            "café\u{a0}x<![CDATA[&eacute;&]]></rss>",
        );
        check(
            "<rss>&Lt;&#150;&#0;&#x1F;&#60;&#xZZ;</rss>",
            "≪–&#60;&amp;#xZZ;</rss>",
        );
    }

    #[test]
    fn declarations_and_comments_go() {
        check(
            "\n<?xml version='1.0'?><!DOCTYPE rss [<!ENTITY x 'y>'>]><rss><!-- & < --><?php 1 ?>a</rss>",
            "a</rss>",
        );
    }

    #[test]
    fn rdf_is_told_as_rss() {
        check(
            "<rdf:RDF xmlns='http://purl.org/rss/1.0/'><channel rdf:about='c'><title>T</title><items><x/></items></channel><item rdf:about='i&1'><title>P</title></item></rdf:RDF>",
            "<channel><title>T</title><item><guid isPermaLink=\"false\">i&amp;1</guid><title>P</title></item></channel></rss>",
        );
    }

    #[test]
    fn a_broken_off_feed_keeps_its_whole_entries() {
        assert_eq!(
            up_to_last_entry("<rss><channel><item>1</item><item>2").as_deref(),
            Some("<rss><channel><item>1</item></channel></rss>")
        );
        assert_eq!(up_to_last_entry("<rss><channel>"), None);
    }

    #[test]
    fn json_and_web_pages_pass_untouched() {
        assert_eq!(
            repair("{\"a\": \"<rss> & b\"}", &mut Vec::new()),
            "{\"a\": \"<rss> & b\"}"
        );
    }
}
