//! Well-formed XML as a tree, and nothing but well-formed XML.
//!
//! quick-xml reads more than the standard allows, so that what it lets pass is checked here: characters, references,
//! attributes that stand twice, one root.

use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};

/// An element with what is in it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Element {
    /// Its name, with its prefix where it has one.
    pub(crate) name: String,
    /// Its attributes in order.
    pub(crate) attributes: Vec<(String, String)>,
    /// Text and elements in order.
    pub(crate) children: Vec<Node>,
}

/// What stands in an element.
#[derive(Debug, Clone)]
pub(crate) enum Node {
    /// An element.
    Element(Element),
    /// Characters, references resolved.
    Text(String),
}

impl Element {
    /// An attribute's value.
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(own, _)| own == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The elements directly in it.
    pub(crate) fn elements(&self) -> impl Iterator<Item = &Self> {
        self.children.iter().filter_map(|node| match node {
            Node::Element(element) => Some(element),
            Node::Text(_) => None,
        })
    }

    /// The elements of this name directly in it.
    pub(crate) fn named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Self> {
        self.elements().filter(move |element| element.name == name)
    }

    /// The elements of this name anywhere in it.
    pub(crate) fn all(&self, name: &str) -> Vec<&Self> {
        let mut found = Vec::new();
        for element in self.elements() {
            if element.name == name {
                found.push(element);
            }
            found.extend(element.all(name));
        }
        found
    }

    /// Its text and that of all in it, white space folded.
    pub(crate) fn text(&self) -> String {
        let raw = self.raw_text();
        raw.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Its text and that of all in it, character by character.
    pub(crate) fn raw_text(&self) -> String {
        self.children
            .iter()
            .map(|node| match node {
                Node::Element(element) => element.raw_text(),
                Node::Text(text) => text.clone(),
            })
            .collect()
    }

    /// The links in it: address and text.
    pub(crate) fn links(&self) -> Vec<(String, String)> {
        self.all("a")
            .into_iter()
            .map(|link| {
                let href = link.attribute("href").unwrap_or_default();
                (href.to_owned(), link.text())
            })
            .collect()
    }

    /// Whether there is a link to this address.
    pub(crate) fn links_to(&self, address: &str) -> bool {
        self.links().iter().any(|(href, _)| href == address)
    }
}

/// The root of a document, or why it is not well-formed.
pub(crate) fn parse(text: &str) -> Result<Element, String> {
    if let Some(bad) = text.chars().find(|character| !is_xml(*character)) {
        return Err(format!("the character {bad:?} has no place in XML"));
    }
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_comments = true;
    let mut open = vec![Element::default()];
    loop {
        let at = reader.buffer_position();
        let event = reader
            .read_event()
            .map_err(|error| format!("{at}: {error}"))?;
        match event {
            Event::Eof => break,
            event => take(&mut open, event).map_err(|fault| format!("{at}: {fault}"))?,
        }
    }
    let document = open.pop().filter(|_| open.is_empty());
    let document = document.ok_or("an element is not closed")?;
    let mut roots = document.elements();
    let root = roots.next().cloned().ok_or("there is no element")?;
    match roots.next() {
        None if document.text() == root.text() => Ok(root),
        _ => Err("there is something beside the root".to_owned()),
    }
}

fn take(open: &mut Vec<Element>, event: Event<'_>) -> Result<(), String> {
    match event {
        Event::Start(start) => open.push(element(&start)?),
        Event::Empty(start) => {
            let element = element(&start)?;
            put(open, Node::Element(element));
        }
        Event::End(_) => {
            let closed = open.pop().ok_or("an end tag too many")?;
            put(open, Node::Element(closed));
        }
        Event::Text(text) => {
            let text = text.decode().map_err(|error| error.to_string())?;
            put(open, Node::Text(text.into_owned()));
        }
        Event::CData(text) => {
            let text = text.decode().map_err(|error| error.to_string())?;
            put(open, Node::Text(text.into_owned()));
        }
        Event::GeneralRef(reference) => put(open, Node::Text(resolved(&reference)?)),
        Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) | Event::Eof => {}
    }
    Ok(())
}

fn put(open: &mut [Element], node: Node) {
    if let Some(parent) = open.last_mut() {
        parent.children.push(node);
    }
}

fn element(start: &BytesStart<'_>) -> Result<Element, String> {
    let name = String::from_utf8_lossy(start.name().as_ref()).into_owned();
    let mut attributes = Vec::new();
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|error| format!("<{name}>: {error}"))?;
        let key = String::from_utf8_lossy(attribute.key.as_ref()).into_owned();
        if attribute.value.contains(&b'<') {
            return Err(format!("<{name} {key}> has a bare < in it"));
        }
        let value = attribute
            .normalized_value(XmlVersion::Implicit1_0)
            .map_err(|error| format!("<{name} {key}>: {error}"))?;
        attributes.push((key, value.into_owned()));
    }
    Ok(Element {
        name,
        attributes,
        children: Vec::new(),
    })
}

fn resolved(reference: &BytesRef<'_>) -> Result<String, String> {
    if let Some(character) = reference
        .resolve_char_ref()
        .map_err(|error| error.to_string())?
    {
        return if is_xml(character) {
            Ok(character.to_string())
        } else {
            Err(format!(
                "a reference to {character:?}, which has no place in XML"
            ))
        };
    }
    let name = reference.decode().map_err(|error| error.to_string())?;
    let text = resolve_predefined_entity(&name);
    text.map(str::to_owned)
        .ok_or_else(|| format!("XML has no entity &{name};"))
}

/// What XML 1.0 calls a character.
fn is_xml(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..)
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn what_is_not_well_formed_is_refused() {
        for text in [
            "",
            "text",
            "<a>",
            "<a></b>",
            "<a/><b/>",
            "<a/>text",
            "<a>&nbsp;</a>",
            "<a>&#1;</a>",
            "<a>\u{1}</a>",
            "<a b='1' b='2'/>",
            "<a b=1/>",
            "<a b='<'/>",
            "<a>&</a>",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn text_and_attributes_come_resolved() {
        let root =
            parse("<?xml version='1.0'?><a b='1 &lt; 2'>x &amp; <c>y</c>&#233;<![CDATA[<]]></a>");
        let root = root.unwrap();
        assert_eq!(root.attribute("b"), Some("1 < 2"));
        assert_eq!(root.text(), "x & yé<");
    }
}
