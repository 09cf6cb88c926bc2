//! What each page is given: the contract between the planet and its templates.
//!
//! A theme may use every field named here. All text is plain and is escaped when it is printed; an address (`href`)
//! is complete and http(s), `mailto:` or root-relative. A field that may be missing is `none`, never undefined.
//! This module holds data only; `site` fills it from the model.

use minijinja::Value;
use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use crate::model::SafeHtml;

/// What every page has: `frame`.
#[derive(Debug, Clone, Serialize)]
pub struct Frame {
    /// The course's full name.
    pub course: String,
    /// The course's own site.
    pub course_href: Option<String>,
    /// What one Thing is called: "Thing", "Week".
    pub unit: String,
    /// What several Things are called.
    pub units: String,
    /// What stands before every root-relative link: empty, or a path without a trailing slash.
    pub base: String,
    /// The page's own title.
    pub title: String,
    /// The page's own absolute address.
    pub canonical: String,
    /// The page's place in the planet.
    pub section: Section,
    /// The links of the main navigation, in order.
    pub nav: Vec<NavLink>,
    /// The feeds that belong to the page, the most fitting first.
    pub feeds: Vec<FeedLink>,
    /// Whom to ask about the planet.
    pub contact: Option<Contact>,
    /// One sentence that stands on every page, such as "feeds.toml has an error; the last good one is in use."
    pub notice: Option<String>,
}

/// The parts of the planet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Section {
    /// The newest posts.
    Home,
    /// The Things.
    Things,
    /// The participants.
    Participants,
    /// Who has posted on what.
    Progress,
    /// How the blogs fare.
    Status,
    /// What the planet is.
    About,
    /// None of these.
    Elsewhere,
}

/// A link of the main navigation.
#[derive(Debug, Clone, Serialize)]
pub struct NavLink {
    /// Its words.
    pub text: String,
    /// Its address.
    pub href: String,
    /// The value of `aria-current`: "page" for this very page, "true" for its section, else `none`.
    pub current: Option<&'static str>,
}

/// A feed to subscribe to.
#[derive(Debug, Clone, Serialize)]
pub struct FeedLink {
    /// What it carries.
    pub title: String,
    /// Its root-relative address.
    pub href: String,
    /// Its absolute address, for pasting into a feed reader.
    pub url: String,
    /// Its media type.
    pub kind: &'static str,
}

/// Whom to ask.
#[derive(Debug, Clone, Serialize)]
pub struct Contact {
    /// A `mailto:` or http(s) address.
    pub href: String,
    /// The same without its scheme.
    pub text: String,
}

/// A day or a moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct When {
    /// For machines: the value of `<time datetime>`.
    pub datetime: String,
    /// For readers: "Thursday 21 July 2011".
    pub words: String,
}

/// A link with words.
#[derive(Debug, Clone, Serialize)]
pub struct Link {
    /// Its words.
    pub text: String,
    /// Its address.
    pub href: String,
}

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

/// A Thing that a post addresses.
#[derive(Debug, Clone, Serialize)]
pub struct TagView {
    /// The Thing.
    pub thing: ThingLink,
    /// Why we think so, a clause: "title says “Thing 6”".
    pub evidence: String,
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
    /// How many posts address it.
    pub post_count: u64,
    /// The same in words: "12 posts".
    pub posts: String,
    /// How many participants have posted on it, in words: "9 participants".
    pub participants: String,
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

/// A person as a post names them.
#[derive(Debug, Clone, Serialize)]
pub struct PersonLink {
    /// Their name.
    pub name: String,
    /// Their page.
    pub href: String,
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

/// The way to the other pages of a list of posts.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Pager {
    /// The next page, with older posts.
    pub older: Option<String>,
    /// The first page, with the newest posts; `none` when this is it.
    pub newest: Option<String>,
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
    /// The posts, newest first.
    pub posts: Vec<PostView>,
    /// The way to older posts.
    pub pager: Pager,
    /// The Things by week.
    pub weeks: Vec<WeekView>,
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
    /// The posts on it, newest first.
    pub posts: Vec<PostView>,
    /// The way to older posts.
    pub pager: Pager,
    /// The Thing before.
    pub previous: Option<ThingLink>,
    /// The Thing after.
    pub next: Option<ThingLink>,
}

/// How a feed fares.
#[derive(Debug, Clone, Serialize)]
pub struct HealthView {
    /// "ok", "quiet", "failing", "new" or "gone".
    pub state: &'static str,
    /// A few words: "ok", "quiet since".
    pub words: &'static str,
    /// Since when it is quiet or failing.
    pub since: Option<When>,
    /// What is wrong, one plain sentence.
    pub cause: Option<String>,
    /// What the participant or the organiser can do.
    pub advice: Option<&'static str>,
}

/// A participant in a list.
#[derive(Debug, Clone, Serialize)]
pub struct ParticipantRow {
    /// Their name.
    pub name: String,
    /// Their page.
    pub href: String,
    /// Their blog.
    pub blog: Option<Link>,
    /// Their groups.
    pub groups: Vec<String>,
    /// How many of their posts we have.
    pub post_count: u64,
    /// How many Things they have posted on.
    pub thing_count: u64,
    /// How their feed fares.
    pub health: HealthView,
}

/// All participants: `participants.html`.
#[derive(Debug, Clone, Serialize)]
pub struct ParticipantsView {
    /// What every page has.
    pub frame: Frame,
    /// How many there are, in words: "12 participants".
    pub count: String,
    /// How many Things the course has.
    pub thing_count: usize,
    /// They, in the order to show.
    pub participants: Vec<ParticipantRow>,
}

/// A Thing on a participant's page.
#[derive(Debug, Clone, Serialize)]
pub struct ThingDone {
    /// The Thing.
    pub thing: ThingLink,
    /// Their posts on it, none when it is not done yet.
    pub posts: Vec<PostLink>,
}

/// One participant: `participant.html`.
#[derive(Debug, Clone, Serialize)]
pub struct ParticipantView {
    /// What every page has.
    pub frame: Frame,
    /// Who it is, and how they fare.
    pub who: ParticipantRow,
    /// A sentence on how far they are: "4 of 23 Things, 6 posts".
    pub done: String,
    /// The planet's feed of their posts.
    pub feed: FeedLink,
    /// Their blog's own feed, which we read.
    pub source: Option<Link>,
    /// When we last asked their blog.
    pub polled: Option<When>,
    /// When we shall ask again.
    pub next_poll: Option<When>,
    /// What is odd in their feed, a sentence each.
    pub problems: Vec<String>,
    /// Their posts in which something is odd, newest first.
    pub odd_posts: Vec<OddPostView>,
    /// That many posts came at once, where that was lately, a sentence.
    pub flood: Option<String>,
    /// Every Thing of the course, by number.
    pub things: Vec<ThingDone>,
    /// Their posts in which no Thing was recognised.
    pub unrecognised: Vec<PostLink>,
    /// Their posts, newest first.
    pub posts: Vec<PostView>,
    /// The way to older posts.
    pub pager: Pager,
}

/// Who has posted on what: `progress.html`.
#[derive(Debug, Clone, Serialize)]
pub struct ProgressView {
    /// What every page has.
    pub frame: Frame,
    /// A column for each Thing, by number.
    pub columns: Vec<ProgressColumn>,
    /// A row for each participant, with a cell for each column.
    pub rows: Vec<ProgressRow>,
    /// How many cells are filled.
    pub total: u64,
    /// The same table for a spreadsheet.
    pub csv_href: String,
    /// The page that says which blogs cannot be read, and why.
    pub status_href: String,
}

/// A column of the progress table.
#[derive(Debug, Clone, Serialize)]
pub struct ProgressColumn {
    /// The Thing.
    pub thing: ThingLink,
    /// How many participants have posted on it.
    pub total: u64,
}

/// A row of the progress table.
#[derive(Debug, Clone, Serialize)]
pub struct ProgressRow {
    /// Who.
    pub who: PersonLink,
    /// A cell for each column; `none` where there is no post.
    pub cells: Vec<Option<ProgressCell>>,
    /// How many Things they have posted on.
    pub total: u64,
    /// Why the row may say less than they wrote: "blog cannot be read".
    pub note: Option<&'static str>,
}

/// A filled cell of the progress table.
#[derive(Debug, Clone, Serialize)]
pub struct ProgressCell {
    /// The post, or their page where there are several.
    pub href: String,
    /// The addresses of the posts on their own blogs.
    pub urls: Vec<String>,
    /// What is seen: "✓", or the number of posts.
    pub mark: String,
    /// What is heard: "Anna Smith, Thing 6: Networks".
    pub label: String,
}

/// How the blogs fare: `status.html`.
#[derive(Debug, Clone, Serialize)]
pub struct StatusView {
    /// What every page has.
    pub frame: Frame,
    /// How many blogs are in each state, in words: "10 ok", worst first.
    pub summary: Vec<StatusCount>,
    /// Every feed, the worst first.
    pub feeds: Vec<StatusRow>,
    /// Whether the rules changed since the stored posts were tagged; false until it is set.
    pub awaits_retag: bool,
    /// Since when no blog at all can be reached from here, where that is so.
    pub offline_since: Option<When>,
    /// The moment at which this was true.
    pub written: When,
    /// The zone of all times on the page, where it has a name: "Europe/London".
    pub zone: Option<String>,
}

/// How many feeds are in one state.
#[derive(Debug, Clone, Serialize)]
pub struct StatusCount {
    /// The state: "ok", "quiet", "failing", "new" or "gone".
    pub state: &'static str,
    /// What it is called: "failing".
    pub words: &'static str,
    /// How many blogs, in words: "2 blogs".
    pub count: String,
}

/// One feed on the status page.
#[derive(Debug, Clone, Serialize)]
pub struct StatusRow {
    /// Whose it is.
    pub who: PersonLink,
    /// The address that is read.
    pub source: Option<Link>,
    /// How it fares.
    pub health: HealthView,
    /// When we last asked.
    pub polled: Option<When>,
    /// When we shall ask again.
    pub next_poll: Option<When>,
    /// Until when its host asked us to wait, where that lies ahead.
    pub held_until: Option<When>,
    /// What is odd in it, a sentence each.
    pub problems: Vec<String>,
    /// The newest few of its posts in which something is odd.
    pub odd_posts: Vec<OddPostView>,
    /// How many more there are, in words: "4 more posts"; their page has them.
    pub more_odd_posts: Option<String>,
    /// That many posts came at once, where that was lately, a sentence.
    pub flood: Option<String>,
    /// How far its older pages were read, a sentence, where it has any.
    pub read_back: Option<String>,
}

/// What the planet is: `about.html`.
#[derive(Debug, Clone, Serialize)]
pub struct AboutView {
    /// What every page has.
    pub frame: Frame,
    /// What the robot calls itself.
    pub user_agent: String,
    /// How often a blog is asked, in words: "once an hour".
    pub every: String,
    /// Whether posts are shown whole, or their first words only.
    pub shows_full: bool,
}

/// A page that could not be given: `problem.html`.
#[derive(Debug, Clone, Serialize)]
pub struct ProblemView {
    /// What every page has.
    pub frame: Frame,
    /// What is wrong, in a few words.
    pub heading: String,
    /// The same in a sentence.
    pub sentence: String,
    /// What to do next, in a sentence.
    pub advice: String,
    /// Where to go instead.
    pub links: Vec<Link>,
}
