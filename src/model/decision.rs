//! Decisions: an organiser's word on whether an entry addresses a Thing.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{Evidence, Place, Rule, Tag, TagState};

/// An organiser's word on one entry and one Thing. No rule undoes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The Thing's number, from 1.
    pub thing: u16,
    /// What was said.
    pub verdict: Verdict,
    /// When.
    pub decided_at: Timestamp,
    /// Who said it, as they call themselves.
    pub decided_by: String,
    /// Why, in their own words; possibly empty.
    pub note: String,
}

/// What an organiser said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// The entry addresses the Thing.
    Yes,
    /// It does not.
    No,
}

impl Verdict {
    /// Its name in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
        }
    }

    /// The verdict with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Yes, Self::No]
            .into_iter()
            .find(|verdict| verdict.as_str() == name)
    }

    /// Its sign in commands: `+` or `-`.
    pub fn sign(self) -> char {
        match self {
            Self::Yes => '+',
            Self::No => '-',
        }
    }
}

impl Decision {
    /// The tag that a yes makes. Who said it is not published, when is.
    pub fn tag(&self) -> Tag {
        let day = self.decided_at.to_zoned_datetime(TimeZone::UTC).date();
        Tag {
            thing: self.thing,
            state: TagState::Tagged,
            evidence: Evidence {
                rule: Rule::Decision,
                place: Place::Outside,
                quote: day.to_string(),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Decision, Verdict};

    #[test]
    fn the_evidence_of_a_yes_says_when_and_not_who() {
        let decision = Decision {
            thing: 6,
            verdict: Verdict::Yes,
            decided_at: "2011-07-03T22:10:00Z".parse().unwrap(),
            decided_by: "Ann".to_owned(),
            note: "she told me".to_owned(),
        };
        let sentence = decision.tag().evidence.sentence();
        assert_eq!(sentence, "an organiser said so on 3 July 2011");
    }
}
