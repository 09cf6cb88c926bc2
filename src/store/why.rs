//! A participant's latest posts with all that decides where they are shown, for whoever misses one.

use rusqlite::{Row, params};

use super::decisions::decisions;
use super::entries::tags;
use super::rows::{split_lines, time, time_if, url_if};
use super::{Store, StoreError, moment};
use crate::model::{EntryId, Kept};

macro_rules! kept_sql {
    ($condition:literal) => {
        concat!(
            "SELECT id, title, url, published_at, first_seen_at, retired_at,
                    (SELECT twin.title FROM entry AS twin WHERE twin.id = entry.twin_of), on_front, categories,
                    undated
             FROM entry
             WHERE participant_id = (SELECT id FROM participant WHERE slug = ?1) AND ",
            $condition,
            " ORDER BY published_at DESC, id DESC LIMIT ?2"
        )
    };
}

pub(super) const SHOWN: &str = kept_sql!("retired_at IS NULL AND twin_of IS NULL");
pub(super) const HIDDEN: &str = kept_sql!("(retired_at IS NOT NULL OR twin_of IS NOT NULL)");

pub(super) const SUGGESTED: &str = kept_sql!(
    "retired_at IS NULL AND twin_of IS NULL
     AND EXISTS (SELECT 1 FROM tag WHERE tag.entry_id = entry.id AND tag.state = 'suggested')"
);

/// As many letters of a text as rules read bytes, and more.
const OPENING: &str = "SELECT substr(text, 1, 16000) FROM entry WHERE id = ?1";

impl Store {
    /// The newest `count` posts of one participant, newest first, whether they are shown or not, and as many older ones
    /// for which a Thing is suggested: those wait for a word.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub async fn latest_of(&self, slug: String, count: u32) -> Result<Vec<Kept>, StoreError> {
        self.read(move |connection| {
            let _moment = moment(connection)?;
            let mut posts = Vec::new();
            for sql in [SHOWN, HIDDEN] {
                let mut statement = connection.prepare_cached(sql)?;
                for post in statement.query_map(params![slug, count], kept)? {
                    posts.push(post?);
                }
            }
            posts.sort_by_key(|post| std::cmp::Reverse((post.published_at, post.id)));
            posts.truncate(usize::try_from(count).unwrap_or(usize::MAX));
            let mut statement = connection.prepare_cached(SUGGESTED)?;
            for post in statement.query_map(params![slug, count], kept)? {
                let post = post?;
                if posts.iter().all(|other| other.id != post.id) {
                    posts.push(post);
                }
            }
            posts.sort_by_key(|post| std::cmp::Reverse((post.published_at, post.id)));
            for post in &mut posts {
                post.tags = tags(connection, post.id)?;
                post.decisions = decisions(connection, post.id)?;
                if post.tags.is_empty() && post.decisions.is_empty() {
                    let mut statement = connection.prepare_cached(OPENING)?;
                    post.opening = statement.query_row([post.id.0], |row| row.get(0))?;
                }
            }
            Ok(posts)
        })
        .await
    }
}

fn kept(row: &Row<'_>) -> rusqlite::Result<Kept> {
    Ok(Kept {
        id: EntryId(row.get(0)?),
        title: row.get(1)?,
        url: url_if(row, 2)?,
        published_at: time(row, 3)?,
        first_seen_at: time(row, 4)?,
        retired_at: time_if(row, 5)?,
        twin: row.get(6)?,
        on_front: row.get(7)?,
        categories: split_lines(row, 8)?,
        undated: row.get(9)?,
        opening: String::new(),
        tags: Vec::new(),
        decisions: Vec::new(),
    })
}
