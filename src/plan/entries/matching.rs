//! Which entry of a document is which of those we have.
//!
//! Several rounds, the surest first. In each, what is still unmatched on both sides gets a key; where a key stands once
//! on either side, and the round agrees, the two are one entry. So the order in the document never matters, and nothing
//! is matched by what it shares with others.
//!
//! Feeds are told apart by the caller: only entries of the same person come in here, so no feed can touch a classmate's.

use jiff::SignedDuration;
use url::Url;

use super::unique;
use crate::model::{
    Fingerprint, Guid, GuidRule, KnownEntry, Origin, ParsedEntry, canonical, path_of,
};

/// An entry's counterpart among those we have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Match {
    /// Its place among the known ones.
    pub(super) known: usize,
    /// Whether it is certainly the same; else the texts have to be compared.
    pub(super) sure: bool,
    /// Whether its identity is another from now on.
    pub(super) renamed: bool,
}

/// In a shorter document, new identities say nothing of the blog.
const ENTRIES_MIN: usize = 3;
/// A text of fewer bytes may stand under several posts by chance.
const CONTENT_BYTES_MIN: usize = 200;
/// Two dates of one post may lie this far apart when a blog moves to another time zone or another system.
const DATE_SLACK: SignedDuration = SignedDuration::from_hours(48);

/// The counterpart of each entry, nothing where it is new. On an older page most are, and that says nothing of a move.
pub(super) fn matches(
    entries: &[ParsedEntry],
    known: &[KnownEntry],
    older: bool,
) -> Vec<Option<Match>> {
    // Of a feed that is read for the first time nothing is known; keys are dear.
    if known.iter().all(|it| it.origin == Origin::Other) {
        return vec![None; entries.len()];
    }
    let mut matching = Matching {
        entries,
        known,
        found: vec![None; entries.len()],
        taken: known.iter().map(|it| it.origin == Origin::Other).collect(),
    };
    matching.by_guid(Origin::Own);
    matching.by_guid(Origin::Former);
    let left = matching.found.iter().filter(|it| it.is_none()).count();
    // More than half of the identities are new: the blog has moved, or its software gives other ones now. Of one post
    // or two, that is what any new post looks like.
    let moved = !older && entries.len() >= ENTRIES_MIN && 2 * left > entries.len();
    matching.by_link(moved);
    matching.by_content(moved);
    matching.by_title(moved);
    matching.by_place();
    matching.found
}

struct Matching<'a> {
    entries: &'a [ParsedEntry],
    known: &'a [KnownEntry],
    found: Vec<Option<Match>>,
    taken: Vec<bool>,
}

impl Matching<'_> {
    /// One round: pairs what has the same key, where that key is nobody else's.
    fn round<K: Ord>(
        &mut self,
        key_of_entry: impl Fn(&ParsedEntry) -> Option<K>,
        key_of_known: impl Fn(&KnownEntry) -> Option<K>,
        agrees: impl Fn(&ParsedEntry, &KnownEntry) -> bool,
        as_found: Match,
    ) {
        let left = self.entries.iter().enumerate();
        let left = left.filter(|(place, _)| self.found[*place].is_none());
        let new = unique(left.filter_map(|(place, it)| Some((place, key_of_entry(it)?))));
        if new.is_empty() {
            return;
        }
        let left = self.known.iter().enumerate();
        let left = left.filter(|(place, _)| !self.taken[*place]);
        let old = unique(left.filter_map(|(place, it)| Some((place, key_of_known(it)?))));
        for (key, at) in new {
            let Some(&known) = old.get(&key) else {
                continue;
            };
            if agrees(&self.entries[at], &self.known[known]) {
                self.found[at] = Some(Match { known, ..as_found });
                self.taken[known] = true;
            }
        }
    }

    /// To the letter of the guid; else under another spelling of the same address; else under the bare guid that it
    /// had before it shared that guid with others, or has again.
    fn by_guid(&mut self, origin: Origin) {
        let here = |known: &KnownEntry| known.origin == origin && is_lasting(known);
        let value = |entry: &ParsedEntry| Some(entry.guid.value.clone());
        let known = |known: &KnownEntry| here(known).then(|| known.guid.value.clone());
        self.round(value, known, always, SURE);
        let spelled = |entry: &ParsedEntry| Some(form(&entry.guid.value));
        let known = |known: &KnownEntry| here(known).then(|| form(&known.guid.value));
        self.round(spelled, known, always, SURE);
        let alone = |known: &KnownEntry| match known.guid.rule {
            GuidRule::Given => Some(format!(
                "{} {}",
                known.guid.value,
                link(known.url.as_ref())?
            )),
            _ => None,
        };
        let shared = |entry: &ParsedEntry| match entry.guid.rule {
            GuidRule::GivenAndLink => Some(entry.guid.value.clone()),
            _ => None,
        };
        self.round(shared, |it| alone(it).filter(|_| here(it)), always, SURE);
        let alone = |entry: &ParsedEntry| match entry.guid.rule {
            GuidRule::Given => Some(format!(
                "{} {}",
                entry.guid.value,
                link(entry.url.as_ref())?
            )),
            _ => None,
        };
        let shared = |known: &KnownEntry| match known.guid.rule {
            GuidRule::GivenAndLink => Some(known.guid.value.clone()),
            _ => None,
        };
        self.round(alone, |it| shared(it).filter(|_| here(it)), always, RENAMED);
    }

    /// By the post's address, and by what stays of it when the blog moves to another host.
    fn by_link(&mut self, moved: bool) {
        // A feed that had no guids and gives some now; the link was the identity.
        let was_identity = |entry: &ParsedEntry, known: &KnownEntry| {
            entry.guid.rule == GuidRule::Link || known.guid.rule == GuidRule::Link
        };
        self.round(
            |entry| place(&entry.guid, entry.url.as_ref()),
            |known| place(&known.guid, known.url.as_ref()),
            |entry, known| was_identity(entry, known) || agrees(entry, known, moved),
            RENAMED,
        );
        // The address that a guid spells, whether or not there is a link.
        self.round(
            |entry| spelled_path(&entry.guid.value),
            |known| spelled_path(&known.guid.value),
            |entry, known| !known.retired && agrees(entry, known, moved),
            RENAMED,
        );
        self.round(
            |entry| path_of(&place(&entry.guid, entry.url.as_ref())?).map(str::to_owned),
            |known| path_of(&place(&known.guid, known.url.as_ref())?).map(str::to_owned),
            |entry, known| !known.retired && agrees(entry, known, moved),
            RENAMED,
        );
    }

    /// By the text as fetched; without guid and link also by the moment of publishing.
    fn by_content(&mut self, moved: bool) {
        self.round(
            content,
            |known| known.content.map(|it| it.0),
            |entry, known| {
                let long = entry.content.source().len() >= CONTENT_BYTES_MIN;
                // Some say the same words each week, so without a move the moment must be the same, too.
                let at_one_time = entry.published == Some(known.published_at);
                let same =
                    same_title(entry, known) && (at_one_time || (moved && near(entry, known)));
                !known.retired && (both_nameless(entry, known) || same || (moved && long))
            },
            RENAMED,
        );
        self.round(
            |entry| entry.published,
            |known| Some(known.published_at),
            |entry, known| !known.retired && both_nameless(entry, known),
            RENAMED,
        );
    }

    /// By the title at about the same time, which recurring titles may share: the texts have the last word.
    fn by_title(&mut self, moved: bool) {
        self.round(
            |entry| folded(entry.title.source()),
            |known| folded(&known.title),
            |entry, known| {
                !known.retired && near(entry, known) && (moved || both_nameless(entry, known))
            },
            Match {
                sure: false,
                ..RENAMED
            },
        );
    }
}

impl Matching<'_> {
    /// Without guid, link and a date that tells: by their places. What stands between two entries that we know, where
    /// as many that are missed were kept between those two, are those. New posts stand at the end of a feed, and what
    /// is missed then has left it at the other.
    fn by_place(&mut self) {
        let mut at = 0;
        while at < self.entries.len() {
            let run = self.found[at..]
                .iter()
                .take_while(|it| it.is_none())
                .count();
            if run > 0 {
                for (entry, known) in (at..).zip(self.missed_at(at, run)) {
                    let source = self.entries[entry].content.source();
                    let same =
                        self.known[known].content == Some(Fingerprint::of(source.as_bytes()));
                    self.taken[known] = true;
                    self.found[entry] = Some(Match {
                        known,
                        sure: same,
                        ..RENAMED
                    });
                }
            }
            at += run.max(1);
        }
    }

    /// The entries that are missed between the neighbours of a run of unmatched ones, in the document's order; none
    /// where they are not as many. Entries are numbered as they come, those of one document from its end; so numbers
    /// tell their order.
    fn missed_at(&self, at: usize, run: usize) -> Vec<usize> {
        if run == self.entries.len() {
            return Vec::new();
        }
        let number = |at: usize| Some(self.known[self.found.get(at)?.as_ref()?.known].id.0);
        let above = at.checked_sub(1).and_then(number).unwrap_or(i64::MAX);
        let below = number(at + run).unwrap_or(i64::MIN);
        let missed = |(place, known): (usize, &KnownEntry)| {
            let between = known.id.0 < above && known.id.0 > below;
            let nameless = known.guid.rule == GuidRule::Hash && !known.retired;
            (between && nameless && !self.taken[place]).then_some(place)
        };
        let mut missed: Vec<usize> = self.known.iter().enumerate().filter_map(missed).collect();
        missed.sort_by_key(|place| std::cmp::Reverse(self.known[*place].id));
        let pairs = || self.entries[at..].iter().zip(&missed);
        let fits = missed.len() == run
            && pairs().all(|(entry, known)| {
                both_nameless(entry, &self.known[*known]) && near(entry, &self.known[*known])
            });
        if fits { missed } else { Vec::new() }
    }
}

const SURE: Match = Match {
    known: 0,
    sure: true,
    renamed: false,
};
const RENAMED: Match = Match {
    renamed: true,
    ..SURE
};

fn always(_: &ParsedEntry, _: &KnownEntry) -> bool {
    true
}

/// Whether a guid means the same beyond its feed, as an address or a tag URI does and "1" does not.
fn is_lasting(known: &KnownEntry) -> bool {
    let guid = &known.guid.value;
    let scheme = |name| guid.starts_with(name);
    known.origin == Origin::Own
        || known.guid.rule == GuidRule::Link
        || guid.contains("://")
        || scheme("tag:")
        || scheme("urn:")
}

/// A guid without what varies between two spellings, where it is a web address; else the guid itself. The place inside
/// a page stays, for a page may hold many posts.
pub(super) fn form(guid: &str) -> String {
    let fragment = guid.split_once('#').map(|(_, fragment)| fragment);
    match (
        address(guid),
        fragment.filter(|fragment| !fragment.is_empty()),
    ) {
        (Some(page), Some(fragment)) => format!("{page}#{fragment}"),
        (Some(page), None) => page,
        (None, _) => guid.to_owned(),
    }
}

/// What stays of the address that a guid spells when the blog moves to another host.
fn spelled_path(guid: &str) -> Option<String> {
    address(guid)?;
    path_of(&form(guid)).map(str::to_owned)
}

fn address(guid: &str) -> Option<String> {
    let url = Url::parse(guid).ok()?;
    matches!(url.scheme(), "http" | "https").then(|| canonical(&url))
}

fn link(url: Option<&Url>) -> Option<String> {
    url.map(canonical)
}

/// Where a post is: its identity where that is a link, which may name a place inside a page that posts share.
fn place(guid: &Guid, url: Option<&Url>) -> Option<String> {
    match guid.rule {
        GuidRule::Link => Some(guid.value.clone()),
        _ => link(url),
    }
}

fn content(entry: &ParsedEntry) -> Option<[u8; 32]> {
    let source = entry.content.source();
    (!source.trim().is_empty()).then(|| Fingerprint::of(source.as_bytes()).0)
}

fn folded(title: &str) -> Option<String> {
    let words: Vec<&str> = title.split_whitespace().collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// Whether something beside the address says that it is the same post: one address may serve each day's news.
fn agrees(entry: &ParsedEntry, known: &KnownEntry, moved: bool) -> bool {
    let same_content = content(entry).is_some_and(|it| Some(Fingerprint(it)) == known.content);
    same_content
        || entry.published == Some(known.published_at)
        || (moved && same_title(entry, known))
}

fn same_title(entry: &ParsedEntry, known: &KnownEntry) -> bool {
    let title = folded(entry.title.source());
    title.is_some() && title == folded(&known.title)
}

/// Whether the dates may be those of one post. Without a date, nothing speaks against it.
fn near(entry: &ParsedEntry, known: &KnownEntry) -> bool {
    let apart = |time: jiff::Timestamp| time.duration_since(known.published_at).abs();
    entry.published.is_none_or(|time| apart(time) <= DATE_SLACK)
}

/// Whether neither has a guid or a link, so that all there is may change under our hands.
fn both_nameless(entry: &ParsedEntry, known: &KnownEntry) -> bool {
    entry.guid.rule == GuidRule::Hash && known.guid.rule == GuidRule::Hash
}
