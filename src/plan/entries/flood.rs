//! Floods: many posts of about the same time in one document. They come when a blog is imported, re-dated or joins
//! with dates that its feed made up; the front page is everybody's, so it lists only a few of them.

use jiff::{SignedDuration, Timestamp};

use crate::model::{Flood, KnownEntry, ReadyEntry};

/// So many posts of one blog and about one time go to the front page.
const SHOWN_MAX: usize = 5;
/// Posts this near to the newest of them are of about one time.
const SPAN: SignedDuration = SignedDuration::from_hours(24);

/// Takes all but the newest five from the front page, of the new posts that lie within a day. Old posts with dates of
/// their own lie apart and are nobody's flood.
pub fn hold_floods<'a>(new: impl Iterator<Item = &'a mut ReadyEntry>) -> Option<Flood> {
    let mut new: Vec<&mut ReadyEntry> = new.filter(|it| it.twin_of.is_none()).collect();
    // Stable, so that among posts of one moment the document's order counts, which is newest first.
    new.sort_by_key(|it| std::cmp::Reverse(it.published_at));
    let (mut count, mut shown) = (0, 0);
    let mut rest = new.as_mut_slice();
    while let Some(newest) = rest.first() {
        let start = newest.published_at;
        let length = rest.partition_point(|it| start.duration_since(it.published_at) <= SPAN);
        let (group, older) = rest.split_at_mut(length);
        if group.len() > SHOWN_MAX {
            count += group.len();
            shown += SHOWN_MAX;
            for entry in &mut group[SHOWN_MAX..] {
                entry.on_front = false;
            }
        }
        rest = older;
    }
    let small = |number| u32::try_from(number).unwrap_or(u32::MAX);
    (count > 0).then(|| Flood {
        count: small(count),
        shown: small(shown),
    })
}

/// Does the same for an older page, whose posts lie among those that we have: what would be the sixth of a day is not
/// listed. Nor is a post without a date of its own, whose place among the others nobody knows.
pub fn hold_back<'a>(new: impl Iterator<Item = &'a mut ReadyEntry>, known: &[KnownEntry]) {
    let mut times: Vec<Timestamp> = known.iter().map(|it| it.published_at).collect();
    times.sort_unstable();
    for entry in new {
        let at = entry.published_at;
        let first = times.partition_point(|time| *time < at);
        let end = times.partition_point(|time| time.duration_since(at) <= SPAN);
        entry.on_front &= end - first < SHOWN_MAX;
        times.insert(times.partition_point(|time| *time <= at), at);
    }
}
