//! Posts and the people who wrote them.

use minijinja::Value;
use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use super::{ThingLink, When};
use crate::model::SafeHtml;

/// A person as a post names them.
#[derive(Debug, Clone, Serialize)]
pub struct PersonLink {
    /// Their name.
    pub name: String,
    /// Their page.
    pub href: String,
}

/// A Thing that a post addresses.
#[derive(Debug, Clone, Serialize)]
pub struct TagView {
    /// The Thing.
    pub thing: ThingLink,
    /// Why we think so, a clause: "title says “Thing 6”".
    pub evidence: String,
}

/// A post.
#[derive(Debug, Clone, Serialize)]
pub struct PostView {
    /// Its title, never empty.
    pub title: String,
    /// The post on its own blog.
    pub href: Option<String>,
    /// Whose it is.
    pub author: PersonLink,
    /// Author names as the blog gives them, where they differ from the roster's name.
    pub byline: Option<String>,
    /// The day it was published.
    pub published: When,
    /// The day its words last changed, where that is a later day.
    pub updated: Option<When>,
    /// The Things it addresses; suggestions are not among them.
    pub tags: Vec<TagView>,
    /// Its text, whole or its first words: `body.html` or `body.excerpt`, the other being `none`.
    pub body: Body,
}

/// A post's text.
#[derive(Debug, Clone)]
pub enum Body {
    /// All of it, as `body.html`.
    Full(SafeHtml),
    /// Its first words, as `body.excerpt`.
    Excerpt(String),
}

impl Serialize for Body {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (html, excerpt) = match self {
            Self::Full(html) => (Some(html), None),
            Self::Excerpt(text) => (None, Some(text)),
        };
        // Marking it as safe here, and nowhere else, is what lets the templates do without a filter for it.
        let html = html.map(|html| Value::from_safe_string(html.as_str().to_owned()));
        let mut fields = serializer.serialize_struct("Body", 2)?;
        fields.serialize_field("html", &html)?;
        fields.serialize_field("excerpt", &excerpt)?;
        fields.end()
    }
}

/// A post as a list names it.
#[derive(Debug, Clone, Serialize)]
pub struct PostLink {
    /// Its title, never empty.
    pub title: String,
    /// The post on its own blog.
    pub href: Option<String>,
    /// The day it was published.
    pub published: When,
}

/// A post in which something is odd.
#[derive(Debug, Clone, Serialize)]
pub struct OddPostView {
    /// The post.
    pub post: PostLink,
    /// What is odd in it, a sentence each.
    pub problems: Vec<String>,
}
