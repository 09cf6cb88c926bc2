//! How feeds name their elements, and what we call them: Atom 0.3 in Atom's words, RDF in RSS 2.0's.

use std::borrow::Cow;

use super::attributes::attribute;
use super::tags::{Tag, document_type};

/// How a document's elements are named.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    Rss,
    Rdf,
    Atom,
    Atom03,
}

/// What becomes of an element.
pub(super) enum Said<'a> {
    /// It is written under this name with these raw attributes.
    As(Cow<'a, str>, Cow<'a, str>),
    /// Only what it holds is written.
    Through,
    /// It is left out with all that it holds.
    Skip,
}

/// The element that the feed begins with.
pub(super) struct Root<'a> {
    /// Where it begins, in bytes from the start of the document.
    pub(super) at: usize,
    pub(super) dialect: Dialect,
    /// Its prefix, where that is not one of those that have a meaning of their own.
    pub(super) prefix: Option<&'a str>,
}

/// Finds where the feed begins.
pub(super) fn root(text: &str) -> Option<Root<'_>> {
    let mut at = 0;
    let mut subsets = true;
    while let Some(found) = text[at..].find('<') {
        at += found;
        let rest = &text[at..];
        if rest.starts_with("<!--") {
            // A comment that never ends hides all that follows.
            at += rest.find("-->")? + 3;
            continue;
        }
        if document_type(rest) && subsets {
            match subset_end(rest) {
                Some(end) => {
                    at += end;
                    continue;
                }
                None => subsets = false,
            }
        }
        let tag = Tag::read(&text[at..]);
        let name = tag.as_ref().map_or("", |tag| tag.name);
        if let Some(dialect) = dialect(name, tag.as_ref().map_or("", |tag| tag.attributes)) {
            let prefix = name.split_once(':').map(|(prefix, _)| prefix);
            let prefix = prefix.filter(|prefix| !["atom", "rss", "rdf", "RDF"].contains(prefix));
            return Some(Root {
                at,
                dialect,
                prefix,
            });
        }
        if ["html", "body"]
            .iter()
            .any(|page| page.eq_ignore_ascii_case(name))
        {
            // A web page is not searched for feeds that it may quote.
            return None;
        }
        at += 1;
    }
    None
}

fn dialect(name: &str, attributes: &str) -> Option<Dialect> {
    let local = name.rsplit(':').next().unwrap_or(name);
    let is = |known: &str| known.eq_ignore_ascii_case(local);
    if is("rss") || name.eq_ignore_ascii_case("channel") {
        Some(Dialect::Rss)
    } else if is("rdf") {
        Some(Dialect::Rdf)
    } else if is("feed") {
        let old = attributes.contains("purl.org/atom/ns");
        Some(if old { Dialect::Atom03 } else { Dialect::Atom })
    } else {
        None
    }
}

/// Where a document type with declarations of its own ends; nothing where it has none.
fn subset_end(rest: &str) -> Option<usize> {
    let bracket = rest
        .find(['[', '>'])
        .filter(|at| rest[*at..].starts_with('['))?;
    let end = bracket + rest[bracket..].find(']')?;
    let angle = rest[end + 1..].trim_start();
    angle.starts_with('>').then(|| rest.len() - angle.len() + 1)
}

impl Dialect {
    pub(super) fn is_atom(self) -> bool {
        matches!(self, Self::Atom | Self::Atom03)
    }

    /// What ends the document that a repaired root element begins.
    pub(super) fn ending(self) -> &'static str {
        if self.is_atom() {
            "</feed>"
        } else {
            "</channel></rss>"
        }
    }

    /// Whether a tag begins or ends an entry.
    pub(super) fn is_entry(self, name: &str) -> bool {
        let (bare, entry) = if self.is_atom() {
            (name.strip_prefix("atom:").unwrap_or(name), "entry")
        } else {
            (name.strip_prefix("rss:").unwrap_or(name), "item")
        };
        bare.eq_ignore_ascii_case(entry)
    }

    /// Whether a tag belongs to what stands around the entries, so that no entry reaches beyond its end.
    pub(super) fn is_frame(self, name: &str) -> bool {
        let frames: &[&str] = if self.is_atom() {
            &["feed", "atom:feed"]
        } else {
            &["rss", "channel", "rss:channel", "rdf:rdf", "rdf"]
        };
        frames.iter().any(|frame| frame.eq_ignore_ascii_case(name))
    }

    /// How we say an element.
    pub(super) fn say<'a>(self, tag: &Tag<'a>) -> Said<'a> {
        if self.is_frame(tag.name) {
            return Said::Through;
        }
        if self == Self::Rss && tag.name == "media:category" {
            return Said::As("category".into(), "".into());
        }
        if unused(tag.name) || tag.name == "media:description" && tag.empty {
            return Said::Skip;
        }
        if matches!(tag.name, "media:description" | "itunes:summary") {
            return Said::As(tag.name.into(), described(tag.attributes).into());
        }
        match self {
            Self::Rss => Said::As(rss_name(tag.name), tag.attributes.into()),
            Self::Rdf => rdf(tag),
            Self::Atom | Self::Atom03 => atom(self, tag),
        }
    }
}

/// Elements that nobody here reads. feed-rs fails the feed over some of them, and copies others once per sibling.
fn unused(name: &str) -> bool {
    match name.split_once(':') {
        Some(("media", name)) => !matches!(name, "group" | "content" | "description"),
        Some(("itunes", name)) => matches!(name, "title" | "owner" | "category"),
        Some(("podcast", _)) => true,
        _ => matches!(name, "managingEditor" | "webMaster"),
    }
}

/// The type is all that a description may state, and feed-rs knows two.
fn described(attributes: &str) -> &'static str {
    match attribute(attributes, "type") {
        Some("html") => " type=\"html\"",
        _ => "",
    }
}

/// RSS in the spelling that feed-rs knows.
fn rss_name(name: &str) -> Cow<'_, str> {
    const NAMES: [&str; 10] = [
        "item",
        "title",
        "link",
        "description",
        "guid",
        "author",
        "category",
        "comments",
        "pubDate",
        "enclosure",
    ];
    match name {
        "dc:title" => return "title".into(),
        "dc:description" => return "description".into(),
        _ if name.eq_ignore_ascii_case("dc:subject") => return "category".into(),
        _ => {}
    }
    NAMES
        .into_iter()
        .find(|known| known.eq_ignore_ascii_case(name))
        .unwrap_or(name)
        .into()
}

fn rdf<'a>(tag: &Tag<'a>) -> Said<'a> {
    match tag.local() {
        "items" => Said::Skip,
        "item" => Said::As("item".into(), "".into()),
        "subject" if tag.name.starts_with("dc:") => Said::As("category".into(), "".into()),
        name if tag.name.starts_with("rss:") => Said::As(name.into(), tag.attributes.into()),
        _ => Said::As(tag.name.into(), tag.attributes.into()),
    }
}

/// Atom 0.3's names in Atom 1.0's words (RFC 4287 appendix; the 0.3 draft, sections 4 and 5).
fn atom<'a>(dialect: Dialect, tag: &Tag<'a>) -> Said<'a> {
    let name = tag.name.strip_prefix("atom:").unwrap_or(tag.name);
    let name = match (dialect, name) {
        (Dialect::Atom03, "issued") => "published",
        (Dialect::Atom03, "modified") => "updated",
        (Dialect::Atom03, "tagline") => "subtitle",
        (Dialect::Atom03, "copyright") => "rights",
        _ => name,
    };
    if !["title", "summary", "content", "subtitle", "rights"].contains(&name) {
        return Said::As(name.into(), tag.attributes.into());
    }
    let Some(kind) = text_kind(dialect, tag.attributes) else {
        return Said::Skip;
    };
    let base = attribute(tag.attributes, "base")
        .filter(|base| !base.contains('"'))
        .map(|base| format!(" xml:base=\"{base}\""))
        .unwrap_or_default();
    Said::As(name.into(), format!(" type=\"{kind}\"{base}").into())
}

/// What a text is: `text`, `html` or `xhtml`, whatever it says of itself; nothing for what is not text.
///
/// Atom 0.3 says `mode="escaped"` and MIME types where Atom 1.0 says `type="html"`.
fn text_kind(dialect: Dialect, attributes: &str) -> Option<&'static str> {
    let kind = attribute(attributes, "type").unwrap_or_default().trim();
    let kind = kind.to_ascii_lowercase();
    let kind = kind.split(';').next().unwrap_or_default().trim_end();
    let mode = attribute(attributes, "mode").filter(|_| dialect == Dialect::Atom03);
    match kind {
        "text/plain" => Some("text"),
        "xhtml" => Some("xhtml"),
        _ if mode == Some("xml") => Some("xhtml"),
        _ if mode.is_some() => Some("html"),
        "" | "text" => Some("text"),
        _ if kind.starts_with("text/") || kind.ends_with("xml") => Some("html"),
        _ if kind.contains('/') => None,
        _ => Some("html"),
    }
}

pub(super) fn is_feed_namespace(namespace: &str) -> bool {
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

/// Media RSS, which is read only under its usual prefix.
pub(super) fn is_media_namespace(namespace: &str) -> bool {
    namespace.contains("search.yahoo.com/mrss")
}

/// Namespaces by the prefix that feeds use for them, declared or not.
pub(super) const PREFIXES: [(&str, &str); 8] = [
    ("content", "http://purl.org/rss/1.0/modules/content/"),
    ("dc", "http://purl.org/dc/elements/1.1/"),
    ("atom", "http://www.w3.org/2005/Atom"),
    ("media", "http://search.yahoo.com/mrss/"),
    ("itunes", "http://www.itunes.com/dtds/podcast-1.0.dtd"),
    ("slash", "http://purl.org/rss/1.0/modules/slash/"),
    ("wfw", "http://wellformedweb.org/CommentAPI/"),
    ("thr", "http://purl.org/syndication/thread/1.0"),
];
