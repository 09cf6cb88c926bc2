//! Entries: which are new, which changed, and which dates they get.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::{SignedDuration, Timestamp};
use url::Url;

use crate::model::{Fingerprint, GuidRule, KnownEntry, ParsedEntry, Problem, canonical};

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
    let known = Known::new(known);
    let mut met = BTreeSet::new();
    for entry in entries {
        let fingerprint = entry.fingerprint();
        match known.find(&entry).filter(|known| met.insert(known.id)) {
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

/// What we have, by guid and by what stays of a guid when a blog turns to https or another host name.
struct Known<'a> {
    by_guid: &'a BTreeMap<String, KnownEntry>,
    by_form: BTreeMap<String, &'a KnownEntry>,
}

impl<'a> Known<'a> {
    fn new(by_guid: &'a BTreeMap<String, KnownEntry>) -> Self {
        let forms = by_guid.iter().map(|(guid, known)| (form(guid), known));
        Self {
            by_guid,
            by_form: forms.collect(),
        }
    }

    /// The entry to the letter of its guid; else under another spelling of the same address; else under the bare guid
    /// that it had before it shared that guid with others.
    fn find(&self, entry: &ParsedEntry) -> Option<&'a KnownEntry> {
        let guid = entry.guid.value.as_str();
        let exact = self.by_guid.get(guid);
        exact
            .or_else(|| self.by_form.get(&form(guid)).copied())
            .or_else(|| self.alone(entry))
    }

    fn alone(&self, entry: &ParsedEntry) -> Option<&'a KnownEntry> {
        let link = canonical(entry.url.as_ref()?);
        let bare = entry.guid.value.strip_suffix(&link)?.trim_end();
        let known = self
            .by_guid
            .get(bare)
            .filter(|_| entry.guid.rule == GuidRule::GivenAndLink)?;
        (known.url.as_ref().map(canonical)? == link).then_some(known)
    }
}

/// A guid without what varies between two spellings, where it is a web address; else the guid itself.
fn form(guid: &str) -> String {
    let web = Url::parse(guid)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https"));
    web.map_or_else(|| guid.to_owned(), |url| canonical(&url))
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
    use url::Url;

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
            problems: Vec::new(),
        }
    }

    fn known(entry: &ParsedEntry, words: &str) -> KnownEntry {
        KnownEntry {
            id: EntryId(1),
            url: entry.url.clone(),
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
    fn a_blog_that_turns_to_https_brings_nothing_new() {
        let before = post("http://www.a.example/1/", "Thing 6");
        let have = BTreeMap::from([(before.guid.value.clone(), known(&before, "w"))]);
        let intents = intents(
            &have,
            vec![
                post("https://a.example/1", "Thing 6"),
                post("https://a.example/2", "x"),
            ],
        );
        let known: Vec<bool> = intents
            .work
            .iter()
            .map(|intent| intent.known.is_some())
            .collect();
        assert_eq!((intents.unchanged, known), (1, vec![false]));
    }

    #[test]
    fn a_guid_that_others_come_to_share_still_names_the_first() {
        let mut before = post("1", "Thing 6");
        before.url = Url::parse("https://a.example/six").ok();
        let have = BTreeMap::from([("1".to_owned(), known(&before, "w"))]);
        let mut after = before.clone();
        after.guid = Guid {
            value: "1 a.example/six".to_owned(),
            rule: GuidRule::GivenAndLink,
        };
        let mut other = after.clone();
        other.url = Url::parse("https://a.example/seven").ok();
        other.guid.value = "1 a.example/seven".to_owned();
        let intents = intents(&have, vec![other, after]);
        assert_eq!((intents.unchanged, intents.work.len()), (1, 1));
        assert!(intents.work[0].known.is_none());
    }

    #[test]
    fn two_spellings_in_one_feed_never_overwrite_one_another() {
        let before = post("http://a.example/1", "Thing 6");
        let have = BTreeMap::from([(before.guid.value.clone(), known(&before, "w"))]);
        let intents = intents(&have, vec![before, post("https://a.example/1", "Another")]);
        assert_eq!(intents.unchanged, 1);
        assert!(intents.work[0].known.is_none());
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
