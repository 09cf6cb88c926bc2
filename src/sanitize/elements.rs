//! Which elements a post may have, and how each of them stands among the others.
//!
//! It must not know about attributes, addresses or where the markup comes from.

/// An element that may be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Element {
    /// Its name in our output.
    pub(super) name: &'static str,
    /// How it stands among the others.
    pub(super) kind: Kind,
}

/// How an element stands among the others: what it ends, and where it may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Inline,
    Link,
    Gloss,
    /// An inline element without content.
    Void,
    Source,
    /// A line across the page: a block without content.
    Rule,
    Paragraph,
    Division,
    Block,
    Preformatted,
    List,
    Item,
    Term,
    Heading,
    Table,
    Caption,
    Section,
    Row,
    Cell,
}

impl Kind {
    /// Whether an open paragraph ends where this begins.
    pub(super) fn ends_paragraph(self) -> bool {
        matches!(
            self,
            Self::Rule
                | Self::Paragraph
                | Self::Division
                | Self::Block
                | Self::Preformatted
                | Self::List
                | Self::Item
                | Self::Term
                | Self::Heading
                | Self::Table
        )
    }

    /// Whether text inside and outside of it stands on separate lines.
    pub(super) fn breaks_line(self) -> bool {
        self.ends_paragraph() || matches!(self, Self::Caption | Self::Section | Self::Row)
    }

    /// Whether it has no content and no end tag.
    pub(super) fn is_void(self) -> bool {
        matches!(self, Self::Void | Self::Source | Self::Rule)
    }

    /// Whether it may hold rows and cells only, so that anything else needs a cell first.
    pub(super) fn needs_cell(self) -> bool {
        matches!(self, Self::Table | Self::Section | Self::Row)
    }

    /// Whether tags inside leave what is open outside alone.
    pub(super) fn is_wall(self) -> bool {
        matches!(self, Self::Table | Self::Caption | Self::Cell)
    }

    /// Whether a new list item looks no further outwards for one to end.
    pub(super) fn holds_items(self) -> bool {
        self.is_wall()
            || matches!(
                self,
                Self::Block
                    | Self::Preformatted
                    | Self::List
                    | Self::Item
                    | Self::Term
                    | Self::Heading
                    | Self::Section
                    | Self::Row
            )
    }
}

/// The element that stands for a tag of this name in our output, if any does.
pub(super) fn element(name: &str) -> Option<Element> {
    inline(name)
        .or_else(|| block(name))
        .or_else(|| table_part(name))
}

/// Whether the content of an element goes with its tags.
pub(super) fn is_dropped_whole(name: &str) -> bool {
    matches!(
        name,
        "script"
            | "style"
            | "iframe"
            | "object"
            | "applet"
            | "svg"
            | "math"
            | "template"
            | "noscript"
            | "noembed"
            | "noframes"
            | "title"
            | "textarea"
            | "select"
    )
}

/// Every element that can come out, for the second guard.
pub(super) const ALL: [&str; 61] = [
    "a",
    "abbr",
    "audio",
    "b",
    "bdi",
    "blockquote",
    "br",
    "caption",
    "cite",
    "code",
    "dd",
    "del",
    "details",
    "dfn",
    "div",
    "dl",
    "dt",
    "em",
    "figcaption",
    "figure",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "img",
    "ins",
    "kbd",
    "li",
    "mark",
    "ol",
    "p",
    "picture",
    "pre",
    "q",
    "rp",
    "rt",
    "ruby",
    "s",
    "samp",
    "small",
    "source",
    "span",
    "strong",
    "sub",
    "summary",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "time",
    "tr",
    "u",
    "ul",
    "var",
    "video",
    "wbr",
];

fn inline(name: &str) -> Option<Element> {
    let (name, kind) = match name {
        "a" => ("a", Kind::Link),
        "abbr" | "acronym" => ("abbr", Kind::Inline),
        "b" => ("b", Kind::Inline),
        "bdi" => ("bdi", Kind::Inline),
        "cite" => ("cite", Kind::Inline),
        "code" | "tt" => ("code", Kind::Inline),
        "del" => ("del", Kind::Inline),
        "dfn" => ("dfn", Kind::Inline),
        "em" => ("em", Kind::Inline),
        "i" => ("i", Kind::Inline),
        "ins" => ("ins", Kind::Inline),
        "kbd" => ("kbd", Kind::Inline),
        "mark" => ("mark", Kind::Inline),
        "q" => ("q", Kind::Inline),
        "ruby" => ("ruby", Kind::Inline),
        "s" | "strike" => ("s", Kind::Inline),
        "samp" => ("samp", Kind::Inline),
        "small" => ("small", Kind::Inline),
        "span" => ("span", Kind::Inline),
        "strong" => ("strong", Kind::Inline),
        "sub" => ("sub", Kind::Inline),
        "sup" => ("sup", Kind::Inline),
        "time" => ("time", Kind::Inline),
        "u" => ("u", Kind::Inline),
        "var" => ("var", Kind::Inline),
        "audio" => ("audio", Kind::Inline),
        "video" => ("video", Kind::Inline),
        "picture" => ("picture", Kind::Inline),
        "rp" => ("rp", Kind::Gloss),
        "rt" => ("rt", Kind::Gloss),
        "br" => ("br", Kind::Void),
        "img" | "image" => ("img", Kind::Void),
        "wbr" => ("wbr", Kind::Void),
        "source" => ("source", Kind::Source),
        _ => return None,
    };
    Some(Element { name, kind })
}

/// A post's own landmarks become plain divisions: the planet's page has landmarks of its own.
fn block(name: &str) -> Option<Element> {
    let (name, kind) = match name {
        "p" => ("p", Kind::Paragraph),
        "div" | "address" | "center" => ("div", Kind::Division),
        "article" | "aside" | "footer" | "header" | "main" | "nav" | "section" => {
            ("div", Kind::Division)
        }
        "blockquote" => ("blockquote", Kind::Block),
        "details" => ("details", Kind::Block),
        "dl" => ("dl", Kind::Block),
        "figcaption" => ("figcaption", Kind::Block),
        "figure" => ("figure", Kind::Block),
        "summary" => ("summary", Kind::Block),
        "pre" => ("pre", Kind::Preformatted),
        "ol" => ("ol", Kind::List),
        "ul" => ("ul", Kind::List),
        "li" => ("li", Kind::Item),
        "dd" => ("dd", Kind::Term),
        "dt" => ("dt", Kind::Term),
        "h1" => ("h1", Kind::Heading),
        "h2" => ("h2", Kind::Heading),
        "h3" => ("h3", Kind::Heading),
        "h4" => ("h4", Kind::Heading),
        "h5" => ("h5", Kind::Heading),
        "h6" => ("h6", Kind::Heading),
        "hr" => ("hr", Kind::Rule),
        _ => return None,
    };
    Some(Element { name, kind })
}

fn table_part(name: &str) -> Option<Element> {
    let (name, kind) = match name {
        "table" => ("table", Kind::Table),
        "caption" => ("caption", Kind::Caption),
        "tbody" => ("tbody", Kind::Section),
        "tfoot" => ("tfoot", Kind::Section),
        "thead" => ("thead", Kind::Section),
        "tr" => ("tr", Kind::Row),
        "td" => ("td", Kind::Cell),
        "th" => ("th", Kind::Cell),
        _ => return None,
    };
    Some(Element { name, kind })
}
