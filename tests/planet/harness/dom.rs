//! What a browser makes of HTML: the elements of the tree that it builds, which may be others than the tags say.

use html5ever::tendril::TendrilSink;
use html5ever::{LocalName, ParseOpts, QualName, ns, parse_document, parse_fragment};
use markup5ever_rcdom::{Handle, NodeData, RcDom};

/// A node of the tree, in document order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Node {
    /// An HTML element with its attributes.
    Element(String, Vec<(String, String)>),
    /// An element of another language, such as SVG.
    Foreign(String),
    /// A comment or an instruction.
    Hidden(String),
}

/// The nodes of markup that is put into a page's body, as a feed reader does.
pub(crate) fn fragment(html: &str) -> Vec<Node> {
    let body = QualName::new(None, ns!(html), LocalName::from("body"));
    let parser = parse_fragment(RcDom::default(), ParseOpts::default(), body, vec![], false);
    let dom = parser.one(html);
    // The parser puts a fragment into an element of its own.
    let root = dom.document.children.borrow().first().cloned();
    root.map(|root| nodes(&root)).unwrap_or_default()
}

/// The nodes of a whole page.
pub(crate) fn page(html: &str) -> Vec<Node> {
    let parser = parse_document(RcDom::default(), ParseOpts::default());
    nodes(&parser.one(html).document)
}

fn nodes(root: &Handle) -> Vec<Node> {
    let mut found = Vec::new();
    let mut waiting: Vec<Handle> = root.children.borrow().iter().rev().cloned().collect();
    while let Some(node) = waiting.pop() {
        found.extend(node_of(&node));
        waiting.extend(node.children.borrow().iter().rev().cloned());
    }
    found
}

fn node_of(node: &Handle) -> Option<Node> {
    match &node.data {
        NodeData::Element { name, attrs, .. } if name.ns == ns!(html) => {
            let attributes = attrs.borrow();
            let pairs = attributes
                .iter()
                .map(|own| (own.name.local.to_string(), own.value.to_string()));
            Some(Node::Element(name.local.to_string(), pairs.collect()))
        }
        NodeData::Element { name, .. } => Some(Node::Foreign(name.local.to_string())),
        NodeData::Comment { contents } => Some(Node::Hidden(contents.to_string())),
        NodeData::ProcessingInstruction { contents, .. } => {
            Some(Node::Hidden(contents.to_string()))
        }
        NodeData::Document | NodeData::Doctype { .. } | NodeData::Text { .. } => None,
    }
}
