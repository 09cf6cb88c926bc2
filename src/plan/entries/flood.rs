//! Floods: many posts of about the same time in one document. They come when a blog is imported, re-dated or joins
//! with dates that its feed made up; the front page is everybody's, so it lists only a few of them.

use jiff::SignedDuration;

use crate::model::{Flood, ReadyEntry};

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
