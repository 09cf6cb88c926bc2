//! Groups: what participants have in common, as feeds.toml says.

use std::collections::BTreeMap;

use super::{Participant, Roster, slug_of};

/// Participants that feeds.toml puts together.
#[derive(Debug, Clone)]
pub struct Group<'a> {
    /// Its name, as it is written first.
    pub name: &'a str,
    /// The last part of its page's address.
    pub slug: String,
    /// Who belongs to it, in the roster's order; never empty.
    pub people: Vec<&'a Participant>,
}

impl Roster {
    /// All groups, in the order of their slugs. Names that differ by case or punctuation alone are one group; one
    /// without a letter or digit has no address, and is none.
    pub fn groups(&self) -> Vec<Group<'_>> {
        let mut groups: BTreeMap<String, Group<'_>> = BTreeMap::new();
        for participant in &self.participants {
            for name in &participant.groups {
                let slug = slug_of(name);
                if slug.is_empty() {
                    continue;
                }
                let group = groups.entry(slug.clone()).or_insert_with(|| Group {
                    name,
                    slug,
                    people: Vec::new(),
                });
                // Somebody may be in a group under both of its spellings.
                let last = group.people.last();
                if last.is_none_or(|last| last.slug != participant.slug) {
                    group.people.push(participant);
                }
            }
        }
        groups.into_values().collect()
    }

    /// The group with this slug.
    pub fn group(&self, slug: &str) -> Option<Group<'_>> {
        self.groups().into_iter().find(|group| group.slug == slug)
    }
}

impl Group<'_> {
    /// The slugs of its people.
    pub fn slugs(&self) -> Vec<String> {
        let people = self.people.iter();
        people.map(|person| person.slug.clone()).collect()
    }
}
