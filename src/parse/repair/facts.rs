//! What entries say of themselves beside their texts: identity, dates, people.
//!
//! feed-rs loses these or mangles them: it forgets which guid is a link, lets a bad second date erase a good first one,
//! and cuts names with an `@` to pieces. So they are read here and never reach it; a number in the place of each
//! entry's id says which facts belong to which entry of its model. This must not know what a date or a name means.

use super::attributes::{attribute, attribute_in_any_case};
use super::dialect::Dialect;
use super::tags::Tag;
use crate::parse::hints::Topic;
use crate::parse::people::PEOPLE_MAX;

/// What the whole feed says beside its texts.
#[derive(Debug, Default)]
pub(in crate::parse) struct Facts {
    /// The feed's own; it has no guid that anybody reads.
    pub(in crate::parse) feed: EntryFacts,
    /// Those of the entries, by the number that stands in the place of their id.
    pub(in crate::parse) entries: Vec<EntryFacts>,
    /// Entries that were deleted: their guid and the time, as stated.
    pub(in crate::parse) deleted: Vec<(String, Option<String>)>,
    /// Long texts of entries, by the number that stands in their place.
    pub(in crate::parse) texts: Vec<String>,
    /// Whether the feed says that it is complete (RFC 5005 section 2).
    pub(in crate::parse) complete: bool,
}

/// What one entry says beside its texts.
#[derive(Debug, Default)]
pub(in crate::parse) struct EntryFacts {
    /// Where the entry begins, in bytes from the start of the document.
    pub(in crate::parse) at: usize,
    /// The `guid` or `id`, the first that is not empty.
    pub(in crate::parse) guid: Option<String>,
    /// Whether that guid claims to be the entry's address (RSS 2.0: unless it says otherwise).
    pub(in crate::parse) guid_is_link: bool,
    /// RDF's `rdf:about`: identity and address at once.
    pub(in crate::parse) about: Option<String>,
    /// The address that a redirecting service such as `FeedBurner` put its own in place of.
    pub(in crate::parse) original_link: Option<String>,
    /// Dates, in document order.
    pub(in crate::parse) dates: Vec<Stated>,
    /// Names of authors, in document order.
    pub(in crate::parse) people: Vec<(Role, String)>,
    /// How many comments it has, and how surely we know.
    pub(in crate::parse) comments: Option<(Tally, u32)>,
    /// What was mended in it: what, and where first.
    pub(in crate::parse) mended: Vec<(&'static str, usize)>,
}

/// A date as stated.
#[derive(Debug)]
pub(in crate::parse) struct Stated {
    pub(in crate::parse) moment: Moment,
    pub(in crate::parse) text: String,
    /// Where its element begins, in bytes from the start of the document.
    pub(in crate::parse) at: usize,
}

/// Which date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::parse) enum Moment {
    Published,
    Updated,
}

/// How a person is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::parse) enum Role {
    /// As the author.
    Author,
    /// In a podcast's terms, or as the feed's editor; counts where there is no author.
    Other,
}

/// Who counted the comments of an entry; of several the last counts most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::parse) enum Tally {
    /// A link to comments, which may be to some of them only (RFC 4685 section 4, `thr:count`).
    Link,
    /// RSS's `slash:comments`.
    Slash,
    /// `thr:total`, which is all of them (RFC 4685 section 5).
    Total,
}

/// Which fact an element states.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fact {
    Guid {
        is_link: bool,
    },
    OriginalLink,
    Date(Moment),
    Person(Role),
    Comments(Tally),
    /// Atom 0.3 and careless Atom write the address as text.
    LinkText,
    /// When to come again; only of the feed.
    Advice(Topic),
}

/// Dates of one entry that are looked at.
const DATES_MAX: usize = 8;
/// Tombstones that are taken of one feed.
const DELETED_MAX: usize = 1_000;
/// Bytes of one fact; a guid may be an address, a name is shorter.
const FACT_BYTES_MAX: usize = 8_192;

/// An element whose text is being read as a fact.
#[derive(Debug)]
pub(super) struct Capture {
    pub(super) fact: Fact,
    pub(super) at: usize,
    /// The element has no end and is ended by the next tag.
    pub(super) unended: bool,
    text: String,
    /// The name inside an author has ended; what follows is an address.
    named: bool,
}

impl Capture {
    pub(super) fn new(fact: Fact, at: usize, unended: bool) -> Self {
        Self {
            fact,
            at,
            unended,
            text: String::new(),
            named: false,
        }
    }

    /// Sees a tag inside the element: of an author that is written as in Atom only the name counts, and hours and days
    /// stand in elements of their own.
    pub(super) fn inner(&mut self, tag: &Tag<'_>) {
        if matches!(self.fact, Fact::Advice(_)) {
            self.push(" ");
        }
        if matches!(self.fact, Fact::Person(_)) && tag.local() == "name" {
            self.named = tag.closing;
            if !tag.closing {
                self.text.clear();
            }
        }
    }

    /// Takes in decoded text, as much as a fact may have.
    pub(super) fn push(&mut self, text: &str) {
        if self.named {
            return;
        }
        let room = FACT_BYTES_MAX.saturating_sub(self.text.len());
        self.text.push_str(&text[..text.floor_char_boundary(room)]);
    }

    /// The text, if there is any.
    pub(super) fn text(&self) -> Option<&str> {
        Some(self.text.trim()).filter(|text| !text.is_empty())
    }
}

impl EntryFacts {
    /// Nothing noted.
    pub(in crate::parse) const NONE: Self = Self {
        at: 0,
        guid: None,
        guid_is_link: false,
        about: None,
        original_link: None,
        dates: Vec::new(),
        people: Vec::new(),
        comments: None,
        mended: Vec::new(),
    };

    /// Notes what an element said.
    pub(super) fn note(&mut self, capture: &Capture) {
        let Some(text) = capture.text() else {
            return;
        };
        match capture.fact {
            Fact::Guid { is_link } => {
                if self.guid.is_none() {
                    self.guid = Some(text.to_owned());
                    self.guid_is_link = is_link;
                }
            }
            Fact::OriginalLink => {
                self.original_link.get_or_insert_with(|| text.to_owned());
            }
            Fact::Date(moment) if self.dates.len() < DATES_MAX => self.dates.push(Stated {
                moment,
                text: text.to_owned(),
                at: capture.at,
            }),
            Fact::Person(role) if self.people.len() < PEOPLE_MAX => {
                self.people.push((role, text.to_owned()));
            }
            Fact::Comments(tally) => self.note_comments(tally, text),
            Fact::Date(_) | Fact::Person(_) | Fact::LinkText | Fact::Advice(_) => {}
        }
    }

    /// Notes a number of comments. The surest word counts, and of several the largest number: an entry may link to
    /// its comments on two sites.
    pub(super) fn note_comments(&mut self, tally: Tally, text: &str) {
        let count = text.trim().parse().ok().map(|count| (tally, count));
        self.comments = self.comments.max(count);
    }
}

impl Facts {
    /// Notes a tombstone (RFC 6721 section 3).
    pub(super) fn note_deleted(&mut self, guid: &str, when: Option<&str>) {
        if self.deleted.len() < DELETED_MAX && !guid.is_empty() && guid.len() <= FACT_BYTES_MAX {
            self.deleted
                .push((guid.to_owned(), when.map(str::to_owned)));
        }
    }
}

/// Which fact an element states that stands directly in an entry or in the feed.
pub(super) fn fact(dialect: Dialect, tag: &Tag<'_>, in_entry: bool) -> Option<Fact> {
    let (prefix, local) = tag.name.split_once(':').unwrap_or(("", tag.name));
    let is = |name: &str| local.eq_ignore_ascii_case(name);
    match prefix {
        "" | "atom" | "rss" if dialect.is_atom() => atom_fact(tag, local, in_entry),
        "" | "rss" => rss_fact(tag, local, in_entry),
        "sy" | "syn" if !in_entry && is("updatePeriod") => Some(Fact::Advice(Topic::Period)),
        "sy" | "syn" if !in_entry && is("updateFrequency") => Some(Fact::Advice(Topic::Frequency)),
        "dc" if is("creator") => Some(Fact::Person(Role::Author)),
        "atom" | "a10" if is("author") => Some(Fact::Person(Role::Author)),
        "itunes" if is("author") => Some(Fact::Person(Role::Other)),
        _ if !in_entry => None,
        "dc" if is("date") => Some(Fact::Date(Moment::Published)),
        "dcterms" if is("created") || is("issued") => Some(Fact::Date(Moment::Published)),
        "dcterms" if is("modified") => Some(Fact::Date(Moment::Updated)),
        "atom" | "a10" if is("published") => Some(Fact::Date(Moment::Published)),
        "atom" | "a10" if is("updated") => Some(Fact::Date(Moment::Updated)),
        "feedburner" if is("origLink") => Some(Fact::OriginalLink),
        "slash" if is("comments") => Some(Fact::Comments(Tally::Slash)),
        "thr" if is("total") => Some(Fact::Comments(Tally::Total)),
        _ => None,
    }
}

fn atom_fact(tag: &Tag<'_>, local: &str, in_entry: bool) -> Option<Fact> {
    match local {
        "link" if attribute(tag.attributes, "href").is_none() => Some(Fact::LinkText),
        _ if !in_entry => None,
        "id" => Some(Fact::Guid { is_link: false }),
        "published" | "issued" | "created" | "pubDate" => Some(Fact::Date(Moment::Published)),
        "updated" | "modified" => Some(Fact::Date(Moment::Updated)),
        _ => None,
    }
}

/// What RSS says of the feed as a whole.
fn feed_fact(local: &str) -> Option<Fact> {
    let facts = [
        ("managingEditor", Fact::Person(Role::Other)),
        ("ttl", Fact::Advice(Topic::Ttl)),
        ("skipHours", Fact::Advice(Topic::Hours)),
        ("skipDays", Fact::Advice(Topic::Days)),
    ];
    let found = facts
        .into_iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(local));
    found.map(|(_, fact)| fact)
}

fn rss_fact(tag: &Tag<'_>, local: &str, in_entry: bool) -> Option<Fact> {
    let is = |name: &str| local.eq_ignore_ascii_case(name);
    if is("author") {
        return Some(Fact::Person(Role::Author));
    }
    if !in_entry {
        return feed_fact(local);
    }
    if is("guid") {
        let says = attribute_in_any_case(tag.attributes, "isPermaLink");
        let is_link = !says.is_some_and(|says| says.trim().eq_ignore_ascii_case("false"));
        Some(Fact::Guid { is_link })
    } else if is("pubDate") || is("published") {
        Some(Fact::Date(Moment::Published))
    } else if is("updated") || is("lastBuildDate") {
        Some(Fact::Date(Moment::Updated))
    } else {
        None
    }
}
