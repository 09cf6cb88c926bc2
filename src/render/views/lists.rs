//! Lists of posts that belong together, and how to subscribe to any of them.

use serde::Serialize;

use super::{FeedLink, Frame, Pager, PersonLink, PostView};

/// Posts on which nobody has commented yet: `waiting.html`.
#[derive(Debug, Clone, Serialize)]
pub struct WaitingView {
    /// What every page has.
    pub frame: Frame,
    /// Whether any blog tells how many comments its posts have.
    pub told: bool,
    /// They, newest first.
    pub posts: Vec<PostView>,
    /// The way to the other pages.
    pub pager: Pager,
}

/// A group: `group.html`.
#[derive(Debug, Clone, Serialize)]
pub struct GroupView {
    /// What every page has.
    pub frame: Frame,
    /// Its name.
    pub name: String,
    /// Who belongs to it.
    pub people: Vec<PersonLink>,
    /// Its feed.
    pub feed: FeedLink,
    /// Posts of this page, newest first.
    pub posts: Vec<PostView>,
    /// The way to the other pages.
    pub pager: Pager,
}

/// How to subscribe, and to what: `subscribe.html`.
#[derive(Debug, Clone, Serialize)]
pub struct SubscribeView {
    /// What every page has.
    pub frame: Frame,
    /// All posts.
    pub all: OfferView,
    /// A Thing each.
    pub things: Vec<OfferView>,
    /// A group each; none where the course has no groups.
    pub groups: Vec<OfferView>,
}

/// A feed that one may subscribe to, in both its forms.
#[derive(Debug, Clone, Serialize)]
pub struct OfferView {
    /// What it carries.
    pub title: String,
    /// The page with the same posts.
    pub href: String,
    /// As Atom, which every reader knows.
    pub atom: FeedLink,
    /// As JSON Feed.
    pub json: FeedLink,
}
