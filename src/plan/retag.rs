//! Retagging: what changes when the rules do.

use std::iter::Sum;
use std::ops::AddAssign;

use crate::model::{Tag, TagState};

/// How many entries and tags differ under other rules.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Entries with other tags, suggestions or evidence.
    pub entries: usize,
    /// Published tags that are added.
    pub added: usize,
    /// Published tags that are removed.
    pub removed: usize,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.entries += other.entries;
        self.added += other.added;
        self.removed += other.removed;
    }
}

impl Sum for Counts {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), |mut sum, counts| {
            sum += counts;
            sum
        })
    }
}

/// How an entry's tags differ under other rules.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Difference {
    /// Tags that the entry gets, or that turn from suggestion to published.
    pub added: Vec<Tag>,
    /// Tags that the entry loses, or that turn from published to suggestion.
    pub removed: Vec<Tag>,
    /// Whether anything at all differs, evidence and suggestions included.
    pub differs: bool,
}

impl Difference {
    /// One entry's part in the whole.
    pub fn counts(&self) -> Counts {
        Counts {
            entries: usize::from(self.differs),
            added: self.added.len(),
            removed: self.removed.len(),
        }
    }
}

/// Compares what is kept with what the rules say now. Only published tags count as added or removed.
pub fn difference(kept: &[Tag], now: &[Tag]) -> Difference {
    let missing_from = |others: &[Tag], tags: &[Tag]| -> Vec<Tag> {
        let published = |tag: &&Tag| tag.state == TagState::Tagged;
        let has = |thing| {
            others
                .iter()
                .filter(published)
                .any(|other| other.thing == thing)
        };
        tags.iter()
            .filter(published)
            .filter(|tag| !has(tag.thing))
            .cloned()
            .collect()
    };
    Difference {
        added: missing_from(kept, now),
        removed: missing_from(now, kept),
        differs: kept != now,
    }
}

#[cfg(test)]
mod tests {
    use super::difference;
    use crate::model::{Evidence, Place, Rule, Tag, TagState};

    fn tag(thing: u16, state: TagState, quote: &str) -> Tag {
        let evidence = Evidence {
            rule: Rule::Number,
            place: Place::Title,
            quote: quote.to_owned(),
        };
        Tag {
            thing,
            state,
            evidence,
        }
    }

    #[test]
    fn only_published_tags_count_and_other_evidence_is_noticed() {
        let kept = [
            tag(6, TagState::Tagged, "Thing 6"),
            tag(7, TagState::Suggested, "x"),
        ];
        let now = [
            tag(6, TagState::Tagged, "thing six"),
            tag(7, TagState::Tagged, "x"),
        ];
        let found = difference(&kept, &now);
        assert_eq!(found.added, [tag(7, TagState::Tagged, "x")]);
        assert_eq!(found.removed, []);
        assert!(found.differs);
        assert_eq!(
            difference(&now, &kept).removed,
            [tag(7, TagState::Tagged, "x")]
        );
        assert_eq!(difference(&kept, &kept), super::Difference::default());
    }
}
