//! What was searched for, and what was found.

use serde::Serialize;

use super::{FeedLink, Frame, Pager, PersonLink, PostView};

/// The search, with or without results: `search.html`.
#[derive(Debug, Clone, Serialize)]
pub struct SearchView {
    /// What every page has.
    pub frame: Frame,
    /// What was typed, as far as it counts.
    pub words: String,
    /// Whether there was a word in it.
    pub asked: bool,
    /// The Things, for choosing one.
    pub things: Vec<ChoiceView>,
    /// The participants, for choosing one.
    pub participants: Vec<ChoiceView>,
    /// The same words without such a choice, where one was made.
    pub everywhere: Option<String>,
    /// The participants who are called so, or whose blogs are: a handful at most, names before blogs.
    pub people: Vec<PersonFound>,
    /// How many more of them there are, where not all are listed: "and 3 more, among {list}".
    pub more_people: Option<String>,
    /// What was found, newest first.
    pub hits: Vec<HitView>,
    /// The feed of this search.
    pub feed: FeedLink,
    /// The way to the other pages.
    pub pager: Pager,
}

/// Something that may be chosen from a list.
#[derive(Debug, Clone, Serialize)]
pub struct ChoiceView {
    /// What the form sends.
    pub value: String,
    /// What is shown.
    pub text: String,
    /// Whether it was chosen.
    pub chosen: bool,
}

/// A participant who was found by name or by that of their blog.
#[derive(Debug, Clone, Serialize)]
pub struct PersonFound {
    /// Who.
    pub who: PersonLink,
    /// What their blog is called, where it says.
    pub blog: Option<String>,
}

/// A post that was found.
#[derive(Debug, Clone, Serialize)]
pub struct HitView {
    /// The post.
    pub post: PostView,
    /// Its title in pieces.
    pub title: Vec<PassageView>,
    /// A passage of its text in pieces; its first words where its author or the planet shows no more of it.
    pub words: Vec<PassageView>,
}

/// A piece of text.
#[derive(Debug, Clone, Serialize)]
pub struct PassageView {
    /// Plain text.
    pub text: String,
    /// Whether this is what was searched for.
    pub found: bool,
}
