//! Reading visible entries: listings page by page, and counts.

use jiff::Timestamp;
use rusqlite::{Connection, Row, ToSql, params};

use super::rows::{millis, split_lines, time, time_if, url_if};
use super::{Store, StoreError};
use crate::model::{Author, Entry, EntryId, Evidence, Place, Rule, SafeHtml, Tag, TagState};

/// Which visible entries, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Listing {
    /// The front page: all of them but what came in a flood.
    All,
    /// Those tagged with this Thing.
    Thing(u16),
    /// Those of the participant with this slug.
    Participant(String),
    /// Those of the participants with these slugs.
    Group(Vec<String>),
    /// Those whose feed says that nobody has commented yet.
    Waiting,
}

/// A place in a listing: what follows is older.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    /// When the last entry before it was published.
    pub published_at: Timestamp,
    /// That entry's number.
    pub id: EntryId,
}

/// One page of a listing.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// The entries, newest first.
    pub entries: Vec<Entry>,
    /// Where the next page begins, if there is one.
    pub next: Option<Cursor>,
}

/// How often a Thing was addressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ThingCount {
    /// The Thing's number.
    pub thing: u16,
    /// Visible posts on it.
    pub posts: u64,
    /// Participants who wrote them.
    pub participants: u64,
}

/// One post on one Thing, without its text; a post on two Things is two of these.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filled {
    /// Its number in the store.
    pub id: EntryId,
    /// The participant's slug.
    pub slug: String,
    /// The Thing's number; nothing where no Thing was recognised.
    pub thing: Option<u16>,
    /// Whether that Thing is only suggested.
    pub is_suggested: bool,
    /// The post's title, possibly empty.
    pub title: String,
    /// The post's address.
    pub url: Option<url::Url>,
    /// When it was published.
    pub published_at: Timestamp,
    /// When we saw it first, where its feed does not say so.
    pub seen_at: Option<Timestamp>,
}

/// What [`entry`] reads, in its order.
macro_rules! entry_columns {
    () => {
        "visible_entry.id, public_id, url, title, participant_name, participant_slug, participant_site_url,
         excerpt_only, byline, visible_entry.published_at, updated_at, categories, html, text, source_title, source_url,
         iif(undated, first_seen_at, NULL)"
    };
}
pub(super) use entry_columns;

macro_rules! listing_sql {
    ($from:literal, $condition:literal, $order:literal) => {
        concat!(
            "SELECT ",
            $crate::store::entries::entry_columns!(),
            " FROM ",
            $from,
            " WHERE ",
            $condition,
            " ORDER BY ",
            $order,
            " LIMIT ?3"
        )
    };
}

pub(super) use listing_sql;

const ALL: &str = listing_sql!(
    "visible_entry",
    "on_front = 1 AND (published_at, id) < (?1, ?2)",
    "published_at DESC, id DESC"
);

pub(super) const OF_THING: &str = listing_sql!(
    "tag CROSS JOIN visible_entry ON visible_entry.id = tag.entry_id",
    "tag.thing = ?4 AND tag.state = 'tagged' AND (tag.published_at, tag.entry_id) < (?1, ?2)",
    "tag.published_at DESC, tag.entry_id DESC"
);

const OF_PARTICIPANT: &str = listing_sql!(
    "visible_entry",
    "participant_id = (SELECT id FROM participant WHERE slug = ?4) AND (published_at, id) < (?1, ?2)",
    "published_at DESC, id DESC"
);

// Everybody's posts are walked along one index until enough are the group's.
const OF_GROUP: &str = listing_sql!(
    "visible_entry",
    "+participant_id IN (SELECT id FROM participant WHERE instr(?4, char(10) || slug || char(10)) > 0)
     AND (published_at, id) < (?1, ?2)",
    "published_at DESC, id DESC"
);

const WAITING: &str = listing_sql!(
    "comments CROSS JOIN visible_entry ON visible_entry.id = comments.entry_id",
    "comments.count = 0 AND (comments.published_at, comments.entry_id) < (?1, ?2)",
    "comments.published_at DESC, comments.entry_id DESC"
);

const TAGS: &str =
    "SELECT thing, state, rule, place, quote FROM tag WHERE entry_id = ?1 ORDER BY thing";

const COUNTS: &str = "SELECT thing, posts, participants FROM thing_tally WHERE thing > 0 AND posts > 0 ORDER BY thing";

const OF_ONE: &str = "
    SELECT participant_slug, tag.thing, title, url, visible_entry.published_at, iif(undated, first_seen_at, NULL),
        visible_entry.id, tag.state IS 'suggested'
    FROM visible_entry LEFT JOIN tag ON tag.entry_id = visible_entry.id
    WHERE participant_id = (SELECT id FROM participant WHERE slug = ?1)
    ORDER BY visible_entry.published_at DESC, visible_entry.id DESC";

impl Store {
    /// One page of a listing: at most `count` entries that are older than `before`.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub async fn entries(
        &self,
        listing: Listing,
        before: Option<Cursor>,
        count: usize,
    ) -> Result<Page, StoreError> {
        self.read(move |connection| page(connection, &listing, before, count))
            .await
    }

    /// When a poll last changed anything that pages and feeds show; nothing before the first entry.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub async fn changed_at(&self) -> Result<Option<Timestamp>, StoreError> {
        self.read(|connection| {
            Ok(connection.query_row("SELECT changed_at FROM planet", [], |row| time_if(row, 0))?)
        })
        .await
    }

    /// How often each Thing was addressed; Things without a post are absent.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub async fn thing_counts(&self) -> Result<Vec<ThingCount>, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(COUNTS)?;
            let counts = statement.query_map([], |row| {
                Ok(ThingCount {
                    thing: row.get(0)?,
                    posts: row.get::<_, i64>(1)?.unsigned_abs(),
                    participants: row.get::<_, i64>(2)?.unsigned_abs(),
                })
            })?;
            Ok(counts.collect::<Result<_, _>>()?)
        })
        .await
    }

    /// Every post of one participant, newest first, once for each Thing it is tagged with or that is suggested for it, or
    /// once for none.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub async fn posts_of(&self, slug: String) -> Result<Vec<Filled>, StoreError> {
        self.read(move |connection| {
            let mut statement = connection.prepare_cached(OF_ONE)?;
            let posts = statement.query_map([slug], filled_cell)?;
            Ok(posts.collect::<Result<_, _>>()?)
        })
        .await
    }
}

fn filled_cell(row: &Row<'_>) -> rusqlite::Result<Filled> {
    Ok(Filled {
        id: EntryId(row.get(6)?),
        is_suggested: row.get(7)?,
        slug: row.get(0)?,
        thing: row.get(1)?,
        title: row.get(2)?,
        url: url_if(row, 3)?,
        published_at: time(row, 4)?,
        seen_at: time_if(row, 5)?,
    })
}

fn page(
    connection: &Connection,
    listing: &Listing,
    before: Option<Cursor>,
    count: usize,
) -> Result<Page, StoreError> {
    let (published_at, id) = before.map_or((i64::MAX, i64::MAX), |cursor| {
        (millis(cursor.published_at), cursor.id.0)
    });
    // One more than asked for tells whether there is a next page.
    let limit = i64::try_from(count + 1).unwrap_or(i64::MAX);
    let entries = match listing {
        Listing::All => select(connection, ALL, params![published_at, id, limit])?,
        Listing::Thing(thing) => select(
            connection,
            OF_THING,
            params![published_at, id, limit, thing],
        )?,
        Listing::Participant(slug) => select(
            connection,
            OF_PARTICIPANT,
            params![published_at, id, limit, slug],
        )?,
        Listing::Group(slugs) => select(
            connection,
            OF_GROUP,
            params![published_at, id, limit, lines_of(slugs)],
        )?,
        Listing::Waiting => select(connection, WAITING, params![published_at, id, limit])?,
    };
    paged(connection, entries, count)
}

/// What was found as one page of `count` entries, with their tags.
pub(super) fn paged(
    connection: &Connection,
    mut entries: Vec<Entry>,
    count: usize,
) -> Result<Page, StoreError> {
    let more = entries.len() > count;
    entries.truncate(count);
    let next = entries.last().filter(|_| more).map(|entry| Cursor {
        published_at: entry.published_at,
        id: entry.id,
    });
    for entry in &mut entries {
        entry.tags = tags(connection, entry.id)?;
    }
    Ok(Page { entries, next })
}

pub(super) fn select(
    connection: &Connection,
    sql: &str,
    values: &[&dyn ToSql],
) -> Result<Vec<Entry>, StoreError> {
    let mut statement = connection.prepare_cached(sql)?;
    let entries = statement.query_map(values, entry)?;
    Ok(entries.collect::<Result<_, _>>()?)
}

/// Slugs with a line break on either side of each, so that one can be found in all of them.
pub(super) fn lines_of(slugs: &[String]) -> String {
    format!("\n{}\n", slugs.join("\n"))
}

/// An entry without its tags, from the columns of [`entry_columns`].
pub(super) fn entry(row: &Row<'_>) -> rusqlite::Result<Entry> {
    Ok(Entry {
        id: EntryId(row.get(0)?),
        public_id: row.get(1)?,
        url: url_if(row, 2)?,
        title: row.get(3)?,
        author: Author {
            name: row.get(4)?,
            slug: row.get(5)?,
            site_url: url_if(row, 6)?,
            excerpt_only: row.get(7)?,
        },
        byline: row.get(8)?,
        published_at: time(row, 9)?,
        updated_at: time(row, 10)?,
        categories: split_lines(row, 11)?,
        html: SafeHtml::vouched(row.get(12)?),
        text: row.get(13)?,
        tags: Vec::new(),
        source_title: row.get(14)?,
        source_url: url_if(row, 15)?,
        seen_at: time_if(row, 16)?,
    })
}

/// An entry's tags by Thing. What a newer thingplanet calls by a name that we do not know is left out.
pub(super) fn tags(connection: &Connection, id: EntryId) -> Result<Vec<Tag>, StoreError> {
    let mut statement = connection.prepare_cached(TAGS)?;
    let tags = statement.query_map([id.0], tag)?;
    Ok(tags
        .filter_map(Result::transpose)
        .collect::<Result<_, _>>()?)
}

/// A tag from the first five columns: thing, state, rule, place, quote.
pub(super) fn tag(row: &Row<'_>) -> rusqlite::Result<Option<Tag>> {
    let name = |column| row.get_ref(column)?.as_str().map_err(rusqlite::Error::from);
    let found = TagState::from_name(name(1)?)
        .zip(Rule::from_name(name(2)?))
        .zip(Place::from_name(name(3)?));
    let Some(((state, rule), place)) = found else {
        return Ok(None);
    };
    let quote = row.get(4)?;
    Ok(Some(Tag {
        thing: row.get(0)?,
        state,
        evidence: Evidence { rule, place, quote },
    }))
}

/// Every listing and count by name, so that a test can ask SQLite how it serves them.
#[cfg(test)]
pub(super) const QUERIES: [(&str, &str); 25] = [
    ("all", ALL),
    ("of a Thing", OF_THING),
    ("of a participant", OF_PARTICIPANT),
    ("of a group", OF_GROUP),
    ("waiting", WAITING),
    ("tags", TAGS),
    ("posts of one", OF_ONE),
    ("counts", COUNTS),
    ("retag, entries", super::retag::ENTRIES),
    ("retag, what is long of one", super::retag::LONG),
    ("retag, tags", super::retag::TAGS),
    ("retag, decisions", super::retag::DECISIONS),
    ("known entries", super::feeds::KNOWN),
    ("odd posts", super::odd::ALL),
    ("odd posts of one", super::odd::OF_ONE),
    ("same source", super::background::SAME_SOURCE),
    ("same self", super::background::SAME_SELF),
    ("whose post", super::background::WHOSE),
    ("stale", super::clean::STALE),
    ("weeks", super::progress::WEEKS),
    ("posts to count", super::progress::POSTS),
    ("latest shown", super::why::SHOWN),
    ("latest hidden", super::why::HIDDEN),
    ("with a suggestion", super::why::SUGGESTED),
    ("suggestions", super::decisions::SUGGESTED),
];
