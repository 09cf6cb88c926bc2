//! Decisions over rules: the one place where the two meet.

use crate::model::{Decision, Tag, Verdict};

/// The tags that an entry has: what the rules say, but for the Things on which an organiser has decided. A yes is
/// tagged whatever the rules say, a no is neither tagged nor suggested.
///
/// The store runs this wherever it writes tags, so that no poll, edit or change of rules can forget it.
pub fn effective(rules: &[Tag], decisions: &[Decision]) -> Vec<Tag> {
    let decided = |thing| decisions.iter().any(|decision| decision.thing == thing);
    let by_rule = rules.iter().filter(|tag| !decided(tag.thing)).cloned();
    let said = decisions
        .iter()
        .filter(|decision| decision.verdict == Verdict::Yes)
        .map(Decision::tag);
    let mut tags: Vec<Tag> = by_rule.chain(said).collect();
    tags.sort_by_key(|tag| tag.thing);
    tags
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::effective;
    use crate::model::{Decision, Evidence, Place, Rule, Tag, TagState, Verdict};

    fn tag(thing: u16, state: TagState) -> Tag {
        Tag {
            thing,
            state,
            evidence: Evidence {
                rule: Rule::Number,
                place: Place::Title,
                quote: format!("Thing {thing}"),
            },
        }
    }

    fn decision(thing: u16, verdict: Verdict) -> Decision {
        Decision {
            thing,
            verdict,
            decided_at: "2011-07-03T12:00:00Z".parse().unwrap(),
            decided_by: "Ann".to_owned(),
            note: String::new(),
        }
    }

    /// What comes of tags 5 (published) and 6 (suggested), in a short form.
    fn check(decisions: &[(u16, Verdict)], expected: &[(u16, TagState, Rule)]) {
        let rules = [tag(5, TagState::Tagged), tag(6, TagState::Suggested)];
        let decisions: Vec<Decision> = decisions
            .iter()
            .map(|&(thing, verdict)| decision(thing, verdict))
            .collect();
        let found: Vec<_> = effective(&rules, &decisions)
            .iter()
            .map(|tag| (tag.thing, tag.state, tag.evidence.rule))
            .collect();
        assert_eq!(found, expected, "{decisions:?}");
    }

    const FIVE: (u16, TagState, Rule) = (5, TagState::Tagged, Rule::Number);
    const SIX: (u16, TagState, Rule) = (6, TagState::Suggested, Rule::Number);

    #[test]
    fn a_yes_is_tagged_and_a_no_is_neither_tagged_nor_suggested() {
        let said = |thing| (thing, TagState::Tagged, Rule::Decision);
        check(&[], &[FIVE, SIX]);
        check(&[(6, Verdict::Yes)], &[FIVE, said(6)]);
        check(&[(5, Verdict::Yes)], &[said(5), SIX]);
        check(&[(1, Verdict::Yes)], &[said(1), FIVE, SIX]);
        check(&[(5, Verdict::No)], &[SIX]);
        check(&[(6, Verdict::No), (9, Verdict::No)], &[FIVE]);
    }

    fn rules() -> impl Strategy<Value = Vec<Tag>> {
        let state = prop_oneof![Just(TagState::Tagged), Just(TagState::Suggested)];
        proptest::collection::btree_map(1_u16..9, state, 0..6).prop_map(|tags| {
            tags.into_iter()
                .map(|(thing, state)| tag(thing, state))
                .collect()
        })
    }

    fn decisions() -> impl Strategy<Value = Vec<Decision>> {
        let verdict = prop_oneof![Just(Verdict::Yes), Just(Verdict::No)];
        proptest::collection::btree_map(1_u16..9, verdict, 0..6).prop_map(|said| {
            said.into_iter()
                .map(|(thing, verdict)| decision(thing, verdict))
                .collect()
        })
    }

    proptest! {
        #[test]
        fn whatever_the_rules_say_a_decision_stands_and_the_rest_is_theirs(
            rules in rules(),
            decisions in decisions(),
        ) {
            let tags = effective(&rules, &decisions);
            prop_assert!(tags.is_sorted_by(|one, other| one.thing < other.thing));
            for thing in 1..9 {
                let found = tags.iter().find(|tag| tag.thing == thing);
                let decided = decisions.iter().find(|decision| decision.thing == thing);
                let expected = match decided.map(|decision| (decision, decision.verdict)) {
                    Some((decision, Verdict::Yes)) => Some(decision.tag()),
                    Some((_, Verdict::No)) => None,
                    None => rules.iter().find(|tag| tag.thing == thing).cloned(),
                };
                prop_assert_eq!(found, expected.as_ref());
            }
        }

        #[test]
        fn deciding_over_what_was_decided_changes_nothing(rules in rules(), decisions in decisions()) {
            let once = effective(&rules, &decisions);
            prop_assert_eq!(effective(&once, &decisions), once);
        }
    }
}
