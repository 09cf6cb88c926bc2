//! Text → text that a strict XML parser accepts and feed-rs understands.
//!
//! One pass over the tags: declarations and instructions go, bare `&` and `<` are escaped, HTML entities are resolved,
//! the root element gets the version and namespaces that feed-rs knows, and the dialects that it does not know are
//! told in the words of those that it does: Atom 0.3 as Atom, RDF as RSS 2.0. JSON passes untouched.

use std::borrow::Cow;
use std::fmt::Write as _;

use self::entities::resolve;
use self::tags::{Tag, attribute, clean_attributes, opaque, without_default_namespace};
use crate::model::Problem;

mod entities;
mod inline;
mod tags;

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
            "a bare & or < stands where the feed should say &amp; or &lt; ({} in all)",
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

struct Repairer<'a> {
    rest: &'a str,
    out: String,
    dialect: Dialect,
    /// An element that is left out with all that it holds.
    skip: Option<&'a str>,
    /// Bare `&` and `<` that were escaped.
    escaped: usize,
}

impl<'a> Repairer<'a> {
    fn run(&mut self) {
        let mut at_root = true;
        while let Some(at) = self.rest.find(['<', '&']) {
            self.text(at);
            if self.rest.starts_with('&') {
                self.entity();
            } else if let Some(end) = opaque(self.rest) {
                self.opaque(end);
            } else if let Some(tag) = Tag::read(self.rest) {
                self.rest = &self.rest[tag.length..];
                if at_root {
                    self.root_tag(&tag);
                    at_root = false;
                } else {
                    self.tag(&tag);
                }
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
                let _ = write!(declared, " xmlns:{prefix}=\"{namespace}\"");
            }
        }
        let root = match (self.dialect, tag.name) {
            (Dialect::Atom | Dialect::Atom03, _) => {
                format!("<feed xmlns=\"http://www.w3.org/2005/Atom\"{declared}>")
            }
            (Dialect::Rss, "channel") | (Dialect::Rdf, _) => {
                format!("<rss version=\"2.0\"{declared}><channel>")
            }
            (Dialect::Rss, _) => format!("<rss version=\"2.0\"{declared}>"),
        };
        self.out.push_str(&root);
    }

    fn tag(&mut self, tag: &Tag<'a>) {
        if let Some(skipped) = self.skip {
            if tag.closing && tag.name == skipped {
                self.skip = None;
            }
            return;
        }
        if unused_media(tag) {
            self.skip = (!tag.closing && !tag.empty).then_some(tag.name);
            return;
        }
        match self.dialect {
            Dialect::Rdf => self.rdf_tag(tag),
            Dialect::Atom03 => {
                self.tag_as(tag, atom_name(tag.name), &atom_attributes(tag.attributes));
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
            "pubdate" => "pubDate",
            "dc:subject" => "category",
            _ => tag.name,
        };
        self.tag_as(tag, name, tag.attributes);
    }

    /// RDF keeps its items beside the channel; RSS 2.0 wants them inside, and knows `guid` where RDF has `rdf:about`.
    fn rdf_tag(&mut self, tag: &Tag<'a>) {
        match (tag.name.rsplit(':').next().unwrap_or_default(), tag.closing) {
            ("channel", _) => {}
            ("items", false) if !tag.empty => {
                self.skip = Some(tag.name);
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
        let attributes = without_feed_namespace(&attributes);
        if slash.is_empty() && end.is_empty() && self.inline_markup(tag, name, &attributes) {
            return;
        }
        let written = format!("<{slash}{name}{attributes}{end}>");
        self.push(&written);
    }

    /// A text that holds markup instead of escaped markup (XHTML in Atom, careless RSS) is taken as it stands, as
    /// HTML in a CDATA section; answers whether this was one.
    fn inline_markup(&mut self, tag: &Tag<'_>, name: &str, attributes: &str) -> bool {
        if !TEXTS.contains(&name) {
            return false;
        }
        let Some((inner, length)) = inline::inner(self.rest, tag.name) else {
            return false;
        };
        let Some(markup) = inline::bare_markup(inner) else {
            return false;
        };
        let attributes = if matches!(self.dialect, Dialect::Atom | Dialect::Atom03) {
            let base = attribute(attributes, "base")
                .map(|base| format!(" xml:base=\"{base}\""))
                .unwrap_or_default();
            format!(" type=\"html\"{base}")
        } else {
            attributes.to_owned()
        };
        let markup = markup.replace("]]>", "]]]]><![CDATA[>");
        self.push(&format!(
            "<{name}{attributes}><![CDATA[{markup}]]></{name}>"
        ));
        self.rest = &self.rest[length..];
        true
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

/// Of the media elements only those are kept that we read; feed-rs loses the whole feed over an empty one.
fn unused_media(tag: &Tag<'_>) -> bool {
    tag.name.strip_prefix("media:").is_some_and(|name| {
        let kept = matches!(name, "group" | "content" | "thumbnail" | "description");
        !kept || (name == "description" && tag.empty)
    })
}

/// Some software repeats the feed's own namespace on every entry, in a spelling that feed-rs does not know.
fn without_feed_namespace(attributes: &str) -> Cow<'_, str> {
    match attribute(attributes, "xmlns") {
        Some(namespace) if is_feed_namespace(namespace) => {
            Cow::Owned(without_default_namespace(attributes))
        }
        _ => Cow::Borrowed(attributes),
    }
}

fn is_feed_namespace(namespace: &str) -> bool {
    [
        "purl.org/atom/",
        "purl.org/rss/1.0",
        "w3.org/2005/Atom",
        "userland.com",
        "netscape.com/rdf",
    ]
    .iter()
    .any(|part| namespace.contains(part))
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
        ("text/plain", _) => " type=\"text\"",
        ("application/xhtml+xml", _) | (_, true) => " type=\"xhtml\"",
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
