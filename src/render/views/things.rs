//! The first page and the Things.

use serde::Serialize;

use super::{FeedLink, Frame, NavLink, Pager, PersonLink, PostView, When};

/// A Thing as other pages name it.
#[derive(Debug, Clone, Serialize)]
pub struct ThingLink {
    /// Its number, from 1.
    pub number: u16,
    /// Unit and number: "Thing 6".
    pub label: String,
    /// Its title, without the number; possibly empty.
    pub title: String,
    /// Its page.
    pub href: String,
}

/// A Thing with its figures.
#[derive(Debug, Clone, Serialize)]
pub struct ThingRow {
    /// The Thing.
    pub link: ThingLink,
    /// Its week, from 1.
    pub week: Option<u16>,
    /// The day it opens.
    pub opens: Option<When>,
    /// Whether that day has come; true where no day is given.
    pub is_open: bool,
    /// Whether the course is at it now: it opened last, and the course is not over.
    pub is_now: bool,
    /// How many posts address it.
    pub post_count: u64,
    /// The same in words: "12 posts".
    pub posts: String,
    /// How many participants have posted on it, in words that follow "by": "9 participants".
    pub participants: String,
    /// Its posts as a share of those of the Thing with the most, 0 to 100.
    pub share: u64,
    /// Its feed.
    pub feed: FeedLink,
}

/// The Things of one week.
#[derive(Debug, Clone, Serialize)]
pub struct WeekView {
    /// The week's number; `none` for Things without a week.
    pub week: Option<u16>,
    /// Its Things, by number.
    pub things: Vec<ThingRow>,
}

/// How far the planet has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Nobody is on the roster.
    NoParticipants,
    /// No blog has been asked yet.
    NotPolled,
    /// Blogs were asked; there is no post.
    NoPosts,
    /// There are posts.
    Posts,
}

/// The first page: `home.html`.
#[derive(Debug, Clone, Serialize)]
pub struct HomeView {
    /// What every page has.
    pub frame: Frame,
    /// How far the planet has come: "`no_participants`", "`not_polled`", "`no_posts`", "`posts`".
    pub stage: Stage,
    /// How many take part, in words: "12 participants".
    pub participants: String,
    /// The posts by day, newest first.
    pub days: Vec<DayView>,
    /// The Things that the course is at; on the first page only.
    pub now: Vec<ThingRow>,
    /// The way to older posts.
    pub pager: Pager,
    /// The Things by week.
    pub weeks: Vec<WeekView>,
}

/// The posts of one day.
#[derive(Debug, Clone, Serialize)]
pub struct DayView {
    /// The day.
    pub day: When,
    /// Its posts, newest first.
    pub posts: Vec<PostView>,
}

/// All Things: `things.html`.
#[derive(Debug, Clone, Serialize)]
pub struct ThingsView {
    /// What every page has.
    pub frame: Frame,
    /// The Things by week.
    pub weeks: Vec<WeekView>,
}

/// One Thing: `thing.html`.
#[derive(Debug, Clone, Serialize)]
pub struct ThingView {
    /// What every page has.
    pub frame: Frame,
    /// The Thing and its figures.
    pub thing: ThingRow,
    /// The course's own post that introduces it.
    pub brief: Option<String>,
    /// The topic that all posts on the page mention, where one is chosen.
    pub topic: Option<String>,
    /// The way to all posts, and to those on each topic that any mention; empty where none does.
    pub topics: Vec<TopicView>,
    /// The ways to the newest and to the oldest posts.
    pub orders: Vec<NavLink>,
    /// Who has not posted on it yet; `none` where the organisers do not show it.
    pub missing: Option<Vec<PersonLink>>,
    /// How many they are, in words: "3 participants".
    pub missing_count: Option<String>,
    /// The posts on it, in the order chosen.
    pub posts: Vec<PostView>,
    /// The way to the others.
    pub pager: Pager,
    /// The Thing before.
    pub previous: Option<ThingLink>,
    /// The Thing after.
    pub next: Option<ThingLink>,
}

/// The posts on a Thing that mention a topic, or all of them.
#[derive(Debug, Clone, Serialize)]
pub struct TopicView {
    /// The topic, or the words for all posts.
    pub text: String,
    /// The page of these posts.
    pub href: String,
    /// How many they are: "1,204".
    pub count: String,
    /// Whether this is that page.
    pub is_current: bool,
}
