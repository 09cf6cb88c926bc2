//! Posts and the people who wrote them.

use minijinja::Value;
use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use super::{Frame, Link, ThingLink, When};
use crate::model::SafeHtml;

/// A person as a post names them.
#[derive(Debug, Clone, Serialize)]
pub struct PersonLink {
    /// Their name.
    pub name: String,
    /// Their page.
    pub href: String,
    /// What stands for them beside their posts.
    pub mark: MarkView,
}

/// The mark of a participant: `mark.html`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MarkView {
    /// One or two letters.
    pub initials: String,
    /// Its colour, a class of the style sheet from `hue-0` to `hue-11`.
    pub hue: u32,
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
    /// Its number, which grows with every post that comes in.
    pub id: i64,
    /// Its title, never empty.
    pub title: String,
    /// The post on its own blog.
    pub href: Option<String>,
    /// Its page here.
    pub page: String,
    /// Whose it is.
    pub author: PersonLink,
    /// Author names as the blog gives them, where they differ from the roster's name.
    pub byline: Option<String>,
    /// The day it was published.
    pub published: When,
    /// The day we saw it first, where its feed does not say when it was published: then this is to be shown.
    pub first_seen: Option<When>,
    /// The time of the day it was published: "14:05".
    pub time: String,
    /// The day its words last changed, where that is a later day.
    pub updated: Option<When>,
    /// The Things it addresses; suggestions are not among them.
    pub tags: Vec<TagView>,
    /// Its text, whole or its first words: `body.html` or `body.excerpt`, the other being `none`.
    pub body: Body,
    /// Whether its page here has more of its text than this.
    pub is_whole_here: bool,
}

/// One post: `entry.html`.
#[derive(Debug, Clone, Serialize)]
pub struct EntryView {
    /// What every page has. Its canonical address is the post's own.
    pub frame: Frame,
    /// The post.
    pub post: PostView,
    /// The post on its own blog, called by the blog's host: the place to comment.
    pub blog: Option<Link>,
    /// What its title names though the course does not have it, where it is on no Thing: "Thing 42".
    pub absent: Option<String>,
    /// The rule of the course by which it is on no Thing whatever its title says, sentences.
    pub rule: Option<String>,
    /// The posts beside it on each of its Things, where there are any.
    pub beside: Vec<BesideView>,
}

/// The posts beside one on a Thing.
#[derive(Debug, Clone, Serialize)]
pub struct BesideView {
    /// The Thing.
    pub thing: ThingLink,
    /// The post before it.
    pub earlier: Option<NeighbourView>,
    /// The post after it.
    pub later: Option<NeighbourView>,
}

/// A post beside the one that is shown.
#[derive(Debug, Clone, Serialize)]
pub struct NeighbourView {
    /// Its title, never empty.
    pub title: String,
    /// Whose it is.
    pub author: String,
    /// Its page here.
    pub href: String,
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
    /// The day we saw it first, where its feed does not say when it was published: then this is to be shown.
    pub first_seen: Option<When>,
}

/// A post in which something is odd.
#[derive(Debug, Clone, Serialize)]
pub struct OddPostView {
    /// The post.
    pub post: PostLink,
    /// What is odd in it, a sentence each.
    pub problems: Vec<String>,
}
