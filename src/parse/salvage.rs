//! A feed that cannot be read as a whole, read entry by entry.
//!
//! Each entry becomes a small document of its own, so that a post over which feed-rs fails is one problem and not the
//! loss of the feed. This must not know why feed-rs fails.

use feed_rs::model::Feed;

use super::repair::Repaired;
use super::{ParseError, Source, parser_says};
use crate::model::Problem;

/// Unreadable posts that are named one by one.
const NAMED_MAX: usize = 10;

/// What can be read of a feed; nothing when no entry can.
pub(super) fn salvage(
    repaired: &Repaired<'_>,
    source: Source<'_>,
    problems: &mut Vec<Problem>,
) -> Option<Feed> {
    let head = parser_says(&repaired.head(), source.url).ok();
    if head.is_none() {
        problems.push(Problem::new(
            "what the feed says about itself could not be read; its posts were",
        ));
    }
    let mut feed: Option<Feed> = head;
    let (mut kept, mut lost) = (0, 0);
    let count = repaired.entries.len();
    for (place, entry) in repaired.entries.iter().enumerate() {
        match parser_says(&repaired.alone(entry), source.url) {
            Ok(one) => {
                kept += one.entries.len();
                match &mut feed {
                    Some(feed) => feed.entries.extend(one.entries),
                    None => feed = Some(one),
                }
            }
            Err(error) => {
                lost += 1;
                if lost <= NAMED_MAX {
                    problems.push(unreadable(place + 1, count, &error));
                }
            }
        }
    }
    if lost > NAMED_MAX {
        problems.push(Problem::new(format!(
            "{} more posts could not be read",
            lost - NAMED_MAX
        )));
    }
    feed.filter(|_| kept > 0)
}

fn unreadable(place: usize, count: usize, error: &ParseError) -> Problem {
    let detail = match error {
        ParseError::NotAFeed { detail } => detail,
        _ => "our feed parser stumbled over it",
    };
    Problem::new(format!(
        "post {place} of {count} could not be read ({detail}); ask the blogger to look at it"
    ))
}
