//! Entries: which are new, which changed, and which dates they get.

use std::collections::{BTreeMap, HashMap};

use jiff::{SignedDuration, Timestamp};

use crate::model::{Fingerprint, KnownEntry, ParsedEntry, Problem};

/// What is to be done about the entries of a document.
#[derive(Debug, Default)]
pub struct Intents {
    /// Entries that need work, in document order.
    pub work: Vec<Intent>,
    /// How many are exactly as before.
    pub unchanged: usize,
    /// What was odd about them.
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
}

/// Compares a document's entries with those we have, by identity and then by fingerprint.
pub fn intents(known: &BTreeMap<String, KnownEntry>, entries: Vec<ParsedEntry>) -> Intents {
    let mut intents = Intents::default();
    let count = entries.len();
    let entries = without_repeats(entries);
    let repeats = count - entries.len();
    if repeats > 0 {
        intents.problems.push(Problem::new(format!(
            "the feed gives several posts one identity; the newest of each is kept, {repeats} left out"
        )));
    }
    for entry in entries {
        let fingerprint = entry.fingerprint();
        match known.get(&entry.guid.value) {
            Some(known) if known.fingerprint == fingerprint => intents.unchanged += 1,
            known => intents.work.push(Intent {
                entry,
                fingerprint,
                known: known.cloned(),
            }),
        }
    }
    intents
}

/// Of entries that are the same by identity the newest stays, at the place of the first.
fn without_repeats(entries: Vec<ParsedEntry>) -> Vec<ParsedEntry> {
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut kept: Vec<ParsedEntry> = Vec::with_capacity(entries.len());
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
    kept
}

/// Newer is greater; the fingerprint settles ties, so that the order in the document does not matter.
fn age(entry: &ParsedEntry) -> (Option<Timestamp>, Option<Timestamp>, [u8; 32]) {
    (entry.updated, entry.published, entry.fingerprint().0)
}

/// The dates an entry is kept with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dates {
    /// When it was published.
    pub published_at: Timestamp,
    /// When its words last changed.
    pub updated_at: Timestamp,
}

/// Clocks differ; a date this little in the future is taken for now.
const SKEW: SignedDuration = SignedDuration::from_mins(60);

/// Settles an entry's dates.
///
/// A new entry is dated as the feed says, never in the future, and at first sight where the feed says nothing. A known
/// one keeps its published time for good; its updated time moves only when its words did.
pub fn dates(intent: &Intent, words: Fingerprint, now: Timestamp) -> Dates {
    let entry = &intent.entry;
    let clamp = |time: Timestamp| {
        if time.duration_since(now) > SKEW {
            now
        } else {
            time.min(now)
        }
    };
    let stated = entry.updated.map(clamp);
    match &intent.known {
        None => {
            let published_at = entry.published.map_or(now, clamp);
            Dates {
                published_at,
                updated_at: stated.unwrap_or(published_at).max(published_at),
            }
        }
        Some(known) => {
            let updated_at = match (known.words == words, stated) {
                (true, _) => known.updated_at,
                (false, Some(stated)) if stated > known.updated_at => stated,
                (false, _) => now,
            };
            Dates {
                published_at: known.published_at,
                updated_at: updated_at.max(known.published_at),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use jiff::Timestamp;

    use super::{Dates, Intent, dates, intents};
    use crate::model::{EntryId, Fingerprint, Guid, GuidRule, KnownEntry, Markup, ParsedEntry};

    fn time(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn now() -> Timestamp {
        time("2011-07-21T12:00:00Z")
    }

    fn post(guid: &str, title: &str) -> ParsedEntry {
        ParsedEntry {
            guid: Guid {
                value: guid.to_owned(),
                rule: GuidRule::Given,
            },
            title: Markup::Plain(title.to_owned()),
            url: None,
            published: Some(time("2011-07-20T09:00:00Z")),
            updated: None,
            authors: Vec::new(),
            categories: Vec::new(),
            content: Markup::default(),
            base: None,
        }
    }

    fn known(entry: &ParsedEntry, words: &str) -> KnownEntry {
        KnownEntry {
            id: EntryId(1),
            fingerprint: entry.fingerprint(),
            words: Fingerprint::of(words.as_bytes()),
            published_at: time("2011-07-20T09:00:00Z"),
            updated_at: time("2011-07-20T09:00:00Z"),
        }
    }

    fn new(entry: ParsedEntry) -> Intent {
        Intent {
            fingerprint: entry.fingerprint(),
            entry,
            known: None,
        }
    }

    #[test]
    fn an_unchanged_entry_needs_no_work() {
        let entry = post("1", "Thing 6");
        let have = BTreeMap::from([("1".to_owned(), known(&entry, "w"))]);
        let intents = intents(&have, vec![entry, post("2", "Thing 7")]);
        assert_eq!(intents.unchanged, 1);
        assert_eq!(intents.work.len(), 1);
        assert!(intents.work[0].known.is_none());
    }

    #[test]
    fn an_edited_title_is_a_change_and_not_a_new_entry() {
        let have = BTreeMap::from([("1".to_owned(), known(&post("1", "before"), "w"))]);
        let intents = intents(&have, vec![post("1", "after")]);
        assert_eq!(
            intents.work[0].known.as_ref().map(|known| known.id),
            Some(EntryId(1))
        );
    }

    #[test]
    fn the_newest_of_repeated_entries_is_kept_in_any_order() {
        let (old, mut new) = (post("1", "old"), post("1", "new"));
        new.updated = Some(now());
        for entries in [
            vec![old.clone(), new.clone()],
            vec![new.clone(), old.clone()],
        ] {
            let intents = intents(&BTreeMap::new(), entries);
            assert_eq!(intents.work.len(), 1);
            assert_eq!(intents.work[0].entry.title.source(), "new");
            assert_eq!(intents.problems.len(), 1);
        }
    }

    #[test]
    fn a_future_date_is_clamped_and_a_missing_one_is_the_first_sight() {
        let mut entry = post("1", "from the future");
        entry.published = Some(time("2999-01-01T00:00:00Z"));
        let words = Fingerprint::of(b"w");
        assert_eq!(
            dates(&new(entry.clone()), words, now()),
            Dates {
                published_at: now(),
                updated_at: now()
            }
        );
        entry.published = None;
        assert_eq!(dates(&new(entry), words, now()).published_at, now());
    }

    #[test]
    fn published_never_moves_and_updated_only_with_the_words() {
        let mut entry = post("1", "again");
        entry.published = Some(now());
        entry.updated = Some(now());
        let before = known(&post("1", "first"), "same words");
        let again = Intent {
            fingerprint: entry.fingerprint(),
            entry,
            known: Some(before.clone()),
        };
        let untouched = Dates {
            published_at: before.published_at,
            updated_at: before.updated_at,
        };
        assert_eq!(
            dates(&again, Fingerprint::of(b"same words"), now()),
            untouched
        );
        let edited = dates(&again, Fingerprint::of(b"other words"), now());
        assert_eq!(
            edited,
            Dates {
                published_at: before.published_at,
                updated_at: now()
            }
        );
    }
}
