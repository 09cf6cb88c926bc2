//! Who has posted on what.

use serde::Serialize;

use super::{Frame, PersonLink, ThingLink};

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
