//! Entries that are no more. To be absent from a feed is not to be deleted: feeds hold a blog's newest posts only.
//! A feed says so of its own entries, by a tombstone (RFC 6721) or by being complete (RFC 5005 section 2).

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::matching::form;
use crate::model::{EntryId, KnownEntry, Origin, ParsedEntry, Tombstone};

/// Tombstones by the entry's identity, with the moment of its end; nothing where that cannot be read.
pub(super) type Graves = BTreeMap<String, Option<Timestamp>>;

/// Clocks differ; a tombstone this little in the future is believed.
const SKEW: SignedDuration = SignedDuration::from_mins(60);

/// The tombstones that hold at this moment: nobody dies in the future.
pub(super) fn graves(tombstones: &[Tombstone], now: Timestamp) -> Graves {
    let past = |at: Timestamp| at.duration_since(now) <= SKEW;
    tombstones
        .iter()
        .filter(|it| it.deleted_at.is_none_or(past))
        .map(|it| (form(&it.guid), it.deleted_at))
        .collect()
}

/// Takes out the entries that lie in a grave, and gives their identities. An entry that changed after its tombstone
/// was set lives again.
pub(super) fn bury(entries: Vec<ParsedEntry>, graves: &Graves) -> (Vec<ParsedEntry>, Vec<String>) {
    if graves.is_empty() {
        return (entries, Vec::new());
    }
    let mut buried = Vec::new();
    let mut living = Vec::with_capacity(entries.len());
    for entry in entries {
        let name = form(&entry.guid.value);
        match graves.get(&name) {
            Some(ended) if entry.updated.or(entry.published) <= *ended || ended.is_none() => {
                buried.push(name);
            }
            _ => living.push(entry),
        }
    }
    (living, buried)
}

/// Which known entries of this very feed are no more. `met` are the places of those that the document holds.
pub(super) fn retired(
    known: &[KnownEntry],
    met: &[usize],
    graves: &Graves,
    all_there: bool,
) -> Vec<EntryId> {
    if graves.is_empty() && !all_there {
        return Vec::new();
    }
    known
        .iter()
        .enumerate()
        .filter(|(place, it)| it.origin == Origin::Own && !it.retired && !met.contains(place))
        .filter(|(_, it)| {
            // One that changed after its tombstone was set lives, whether or not the feed still has room for it.
            let ended =
                |ended: &Option<jiff::Timestamp>| ended.is_none_or(|at| it.updated_at <= at);
            all_there || graves.get(&form(&it.guid.value)).is_some_and(ended)
        })
        .map(|(_, it)| it.id)
        .collect()
}
