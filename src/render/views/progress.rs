//! Who has posted on what.

use std::sync::Arc;

use serde::Serialize;

use super::{Frame, Link, PersonLink, ThingLink, When};

/// Who has posted on what: `progress.html`.
#[derive(Debug, Clone, Serialize)]
pub struct ProgressView {
    /// What every page has.
    pub frame: Frame,
    /// Whether anybody takes part at all.
    pub has_participants: bool,
    /// The form that chooses whom to show.
    pub choose: ChooseView,
    /// How many are shown, in words: "12 of 800 participants".
    pub shown: String,
    /// The way to show everybody again; `none` where everybody is shown.
    pub reset: Option<String>,
    /// The links on the heads of the columns "Participant", "Done" and "Last post", which sort by them.
    pub heads: [SortHead; 3],
    /// A column for each Thing, by number.
    pub columns: Vec<ProgressColumn>,
    /// A row for each participant who is shown, with a cell for each column.
    pub rows: Vec<ProgressRow>,
    /// How many cells have a post.
    pub total: u64,
    /// How many cells have each mark; those without a cell are left out.
    pub legend: Vec<MarkCount>,
    /// The posts week by week, of everybody; `none` where there are none.
    pub activity: Option<ActivityView>,
    /// The same table for a spreadsheet.
    pub csv_href: String,
}

/// The form that chooses whom to show, and in which order.
#[derive(Debug, Clone, Serialize)]
pub struct ChooseView {
    /// Where it leads.
    pub action: String,
    /// The groups; empty where the course has none.
    pub groups: Vec<Pick>,
    /// The Things that may be missing.
    pub missing: Vec<Pick>,
    /// For how long there may have been no post.
    pub silent: Vec<Pick>,
    /// The orders.
    pub sorts: Vec<Pick>,
}

/// One `<option>`.
#[derive(Debug, Clone, Serialize)]
pub struct Pick {
    /// What the form sends.
    pub value: String,
    /// What is read.
    pub text: String,
    /// Whether it is in force.
    pub chosen: bool,
}

/// The head of a column by which the table can be sorted.
#[derive(Debug, Clone, Serialize)]
pub struct SortHead {
    /// Its words.
    pub text: String,
    /// The way to the table sorted by it, or the other way round where it is.
    pub href: String,
    /// The value of `aria-sort`, where it is sorted by this: "ascending" or "descending".
    pub sorted: Option<&'static str>,
}

/// A column of the progress table.
#[derive(Debug, Clone, Serialize)]
pub struct ProgressColumn {
    /// The Thing.
    pub thing: ThingLink,
    /// How many of those who are shown have posted on it.
    pub total: u64,
    /// Whether it has opened, or has no day for that; before, nobody misses anything.
    pub is_open: bool,
    /// How many of them have not; none before it has opened.
    pub missing: u64,
    /// The way to those who have not.
    pub missing_href: String,
}

/// A row of the progress table.
#[derive(Debug, Clone, Serialize)]
pub struct ProgressRow {
    /// Who.
    pub who: PersonLink,
    /// A cell for each column.
    pub cells: Vec<ProgressCell>,
    /// How many Things they have posted on.
    pub total: u64,
    /// When they last posted anything.
    pub last: Option<When>,
    /// Whether `last` is only the day when we saw that post first, as its feed does not say when it was published.
    pub last_is_seen: bool,
    /// The page that says why posts may be missing, where their blog is not read.
    pub why: Option<String>,
    /// The way to their posts in which nothing was recognised, where there are any since the course began, and how many:
    /// "2 posts not recognised".
    pub unrecognised: Option<Link>,
}

/// A cell of the progress table.
#[derive(Debug, Clone, Serialize)]
pub struct ProgressCell {
    /// "done" or "late" where there is a post, else the cause: "suggested", "unrecognised", "unread", "silent" or
    /// "ahead".
    pub state: &'static str,
    /// The same in words, which are heard and stand in the spreadsheet: "not yet due", "3 posts, late".
    pub words: Arc<str>,
    /// The post, or their page where there are several or the post has no address; of a suggestion, what the page says
    /// that tells whose posts are where.
    pub href: Option<String>,
    /// What is seen of a post: "✓", "late", or their number. The style sheet gives the others a sign.
    pub mark: Arc<str>,
    /// The address of the first post on their own blog, where `href` leads elsewhere; for the spreadsheet alone.
    #[serde(skip)]
    pub first: Option<Arc<str>>,
}

/// How many cells have a mark.
#[derive(Debug, Clone, Serialize)]
pub struct MarkCount {
    /// The state of these cells, as in [`ProgressCell`].
    pub state: &'static str,
    /// What is seen, where it is not the style sheet's.
    pub mark: String,
    /// Its words.
    pub words: String,
    /// What it means, a sentence.
    pub meaning: String,
    /// How many cells, in figures.
    pub count: String,
}

/// Posts week by week, as a chart whose geometry is worked out, and as a table. Lengths are in pixels.
#[derive(Debug, Clone, Serialize)]
pub struct ActivityView {
    /// All of it in a sentence.
    pub summary: String,
    /// Width of the drawing.
    pub width: u32,
    /// Height of the drawing.
    pub height: u32,
    /// Where the bars stand.
    pub floor: u32,
    /// The most posts of a week, the height of its bar.
    pub most: String,
    /// A bar for each week, in order.
    pub bars: Vec<Bar>,
}

/// A week's bar, and its row.
#[derive(Debug, Clone, Serialize)]
pub struct Bar {
    /// Its left edge.
    pub x: u32,
    /// Its width.
    pub width: u32,
    /// The upper edge of all posts.
    pub y: u32,
    /// The height of all posts.
    pub height: u32,
    /// The upper edge of those on a Thing, which stand at the bottom.
    pub things_y: u32,
    /// Their height.
    pub things_height: u32,
    /// Its first day.
    pub from: When,
    /// The same in short, for some of the weeks.
    pub tick: Option<String>,
    /// Posts.
    pub posts: u64,
    /// Posts on a Thing.
    pub on_things: u64,
}

/// A participant's Things in one line: a mark for each.
#[derive(Debug, Clone, Serialize)]
pub struct StripMark {
    /// The Thing's number.
    pub number: u16,
    /// The Thing's place on the same page.
    pub link: Link,
    /// Its state, as in [`ProgressCell`].
    pub state: &'static str,
    /// The state in words.
    pub words: String,
}
