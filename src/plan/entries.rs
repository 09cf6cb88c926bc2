//! Entries: which are new, which changed, which are gone, and which dates they get.
//!
//! ```text
//! document + known --intents (matching)--> which is which: new, changed, as before, retired, back again
//!   --confirm, dates (edit)--------------> is it really the same; when it was published and last changed
//!   --hold_floods (flood)----------------> what the front page does not list
//! ```

mod dates;
mod edit;
mod flood;
mod matching;
mod removals;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};

use jiff::{SignedDuration, Timestamp};

pub use self::dates::{Dates, dates};
pub use self::edit::{alike, is_news, twin};
pub use self::flood::{hold_back, hold_floods};
use self::matching::Match;
use crate::model::{EntryId, Fingerprint, KnownEntry, ParsedEntry, Problem, Tombstone};

/// What a document says of a blog's entries.
#[derive(Debug, Default)]
pub struct Came {
    /// Its entries in document order.
    pub entries: Vec<ParsedEntry>,
    /// Entries that it says were deleted.
    pub tombstones: Vec<Tombstone>,
    /// Whether it holds every entry that there is.
    pub complete: bool,
    /// Whether it is an older page of the blog: it brings what is new and says nothing of what we have, for a newer
    /// page has the last word (RFC 5005 section 4).
    pub older: bool,
}

/// What is to be done about the entries of a document.
#[derive(Debug, Default)]
pub struct Intents {
    /// Entries that need work, in document order.
    pub work: Vec<Intent>,
    /// How many are exactly as before.
    pub unchanged: usize,
    /// Known entries that are no more.
    pub retired: Vec<EntryId>,
    /// Retired entries that are there again.
    pub revived: Vec<EntryId>,
    /// What is odd in entries that need no work, where that differs from what was odd before.
    pub noted: Vec<(EntryId, Vec<String>)>,
    /// Known entries that have another number of comments now.
    pub counted: Vec<(EntryId, Option<u32>)>,
    /// When each of the known entries was published that came.
    pub met: Vec<Timestamp>,
    /// What was odd about them together.
    pub problems: Vec<Problem>,
}

/// One entry that needs work.
#[derive(Debug)]
pub struct Intent {
    /// The entry as parsed.
    pub entry: ParsedEntry,
    /// Its fingerprint as parsed.
    pub fingerprint: Fingerprint,
    /// What we have of it; nothing when it is new.
    pub known: Option<KnownEntry>,
    /// Whether it is certainly the known one; else [`alike`] has to say so of their texts.
    pub sure: bool,
}

/// An entry that was rewritten so often changes at every visit, by an advertisement or a counter.
const CHANGES_MAX: u32 = 24;
/// From then on it is rewritten no more often than this.
const CHANGES_REST: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Compares a document's entries with those we have, by identity and then by fingerprint.
pub fn intents(known: &[KnownEntry], came: Came, now: Timestamp) -> Intents {
    let mut intents = Intents::default();
    let graves = removals::graves(&came.tombstones, now);
    let (mut entries, repeats) = without_repeats(came.entries);
    for entry in &mut entries {
        entry.problems.extend(dates::ahead(entry, now));
    }
    if repeats > 0 {
        intents.problems.push(Problem::new(format!(
            "the feed gives several posts one identity; the newest of each is kept, {repeats} left out"
        )));
    }
    let (entries, buried) = removals::bury(entries, &graves);
    let matches = matching::matches(&entries, known, came.older);
    let met: Vec<usize> = matches.iter().flatten().map(|found| found.known).collect();
    intents.met = met.iter().map(|&it| known[it].published_at).collect();
    let all_there = came.complete && !(entries.is_empty() && buried.is_empty());
    intents.retired = removals::retired(known, &met, &graves, all_there);
    let mut restless = 0;
    if came.older {
        let new = entries.into_iter().zip(&matches);
        let new = new.filter(|(_, found)| found.is_none());
        return Intents {
            unchanged: matches.iter().flatten().count(),
            work: new.map(|(entry, _)| Intent::new(entry)).collect(),
            met: intents.met,
            problems: intents.problems,
            ..Intents::default()
        };
    }
    for (entry, found) in entries.into_iter().zip(matches) {
        restless += usize::from(intents.sort(entry, found, known, now));
    }
    if restless > 0 {
        intents.problems.push(Problem::new(format!(
            "{restless} of its posts differ at every visit, perhaps by a counter or an advertisement; \
             they are read again once a week"
        )));
    }
    intents
}

impl Intent {
    fn new(entry: ParsedEntry) -> Self {
        Self {
            fingerprint: entry.fingerprint(),
            entry,
            known: None,
            sure: true,
        }
    }
}

impl Intents {
    /// Puts an entry where it belongs; says whether it was left alone because it changes at every visit.
    fn sort(
        &mut self,
        entry: ParsedEntry,
        found: Option<Match>,
        known: &[KnownEntry],
        now: Timestamp,
    ) -> bool {
        let Some(found) = found else {
            self.work.push(Intent::new(entry));
            return false;
        };
        let fingerprint = entry.fingerprint();
        let before = &known[found.known];
        if before.retired && found.sure {
            self.revived.push(before.id);
        }
        if before.comments != entry.comments && found.sure {
            self.counted.push((before.id, entry.comments));
        }
        let renamed = found.renamed && before.guid != entry.guid;
        let same = before.fingerprint == fingerprint && !renamed;
        let restless = !same && is_restless(before, now);
        if same || restless {
            self.unchanged += 1;
            let problems: Vec<String> = entry.problems.iter().map(ToString::to_string).collect();
            if problems != before.problems {
                self.noted.push((before.id, problems));
            }
        } else {
            self.work.push(Intent {
                entry,
                fingerprint,
                known: Some(before.clone()),
                sure: found.sure,
            });
        }
        restless
    }
}

fn is_restless(known: &KnownEntry, now: Timestamp) -> bool {
    let rested = |at: Timestamp| now.duration_since(at) >= CHANGES_REST;
    known.changes >= CHANGES_MAX && known.changed_at.is_some_and(|at| !rested(at))
}

/// Of entries that are the same by identity the newest stays, at the place of the first; and how many went.
fn without_repeats(entries: Vec<ParsedEntry>) -> (Vec<ParsedEntry>, usize) {
    let count = entries.len();
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut kept: Vec<ParsedEntry> = Vec::with_capacity(count);
    for entry in entries {
        match places.get(&entry.guid.value) {
            Some(&place) if age(&entry) > age(&kept[place]) => kept[place] = entry,
            Some(_) => {}
            None => {
                places.insert(entry.guid.value.clone(), kept.len());
                kept.push(entry);
            }
        }
    }
    let repeats = count - kept.len();
    (kept, repeats)
}

/// Newer is greater; the fingerprint settles ties, so that the order in the document does not matter.
fn age(entry: &ParsedEntry) -> (Option<Timestamp>, Option<Timestamp>, [u8; 32]) {
    (entry.updated, entry.published, entry.fingerprint().0)
}

/// Places by key, those of a key that stands twice left out: what is not unique identifies nothing.
fn unique<K: Ord>(keys: impl Iterator<Item = (usize, K)>) -> BTreeMap<K, usize> {
    let mut places: BTreeMap<K, Option<usize>> = BTreeMap::new();
    for (place, key) in keys {
        places
            .entry(key)
            .and_modify(|place| *place = None)
            .or_insert(Some(place));
    }
    places
        .into_iter()
        .filter_map(|(key, place)| Some((key, place?)))
        .collect()
}
