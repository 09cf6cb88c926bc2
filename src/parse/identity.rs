//! Which entry is which: an identity inside its feed that survives re-polls, edits and reordering.
//!
//! The feed's own guid, else the canonical link, else a hash of what the entry says. feed-rs's ids are never used:
//! without guid and link they are random, with a link they move with the title.

use std::collections::{HashMap, HashSet};

use url::Url;

use crate::model::{Fingerprint, Guid, GuidRule, canonical};

/// What identity is made from.
pub(super) struct Clues<'a> {
    /// The feed's `guid` or `id`, possibly empty.
    pub(super) given: &'a str,
    /// The entry's link.
    pub(super) link: Option<&'a Url>,
    /// The raw title.
    pub(super) title: &'a str,
    /// The date as the feed states it.
    pub(super) date: &'a str,
    /// The raw content.
    pub(super) content: &'a str,
}

/// A longer guid is kept as its hash.
const GUID_BYTES_MAX: usize = 2_048;

/// One guid an entry, in the same order, independent of that order.
pub(super) fn guids(entries: &[Clues<'_>]) -> Vec<Guid> {
    let shared = shared_guids(entries);
    entries
        .iter()
        .map(|clues| guid(clues, shared.contains(clues.given.trim())))
        .collect()
}

fn guid(clues: &Clues<'_>, shared: bool) -> Guid {
    let given = clues.given.trim();
    let (value, rule) = match (given.is_empty(), clues.link) {
        (false, Some(link)) if shared => (
            format!("{given} {}", canonical(link)),
            GuidRule::GivenAndLink,
        ),
        (false, _) => (given.to_owned(), GuidRule::Given),
        (true, Some(link)) => (canonical(link), GuidRule::Link),
        (true, None) => (hash(clues), GuidRule::Hash),
    };
    // Whatever a feed sends is stored and compared at each poll.
    let value = if value.len() > GUID_BYTES_MAX {
        hashed([value.as_str()])
    } else {
        value
    };
    Guid { value, rule }
}

fn hash(clues: &Clues<'_>) -> String {
    let title = clues.title.trim();
    let parts = if title.is_empty() || clues.date.is_empty() {
        [title, clues.content.trim()]
    } else {
        [title, clues.date]
    };
    hashed(parts)
}

fn hashed<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    format!("hash:{}", Fingerprint::of_parts(parts).short_hex())
}

/// Guids that entries with different links share, as hand-made feeds with `<guid>1</guid>` everywhere have.
fn shared_guids<'a>(entries: &'a [Clues<'_>]) -> HashSet<&'a str> {
    let mut links: HashMap<&str, String> = HashMap::new();
    let mut shared = HashSet::new();
    for clues in entries {
        let (given, Some(link)) = (clues.given.trim(), clues.link) else {
            continue;
        };
        let link = canonical(link);
        if given.is_empty() {
            continue;
        }
        match links.get(given) {
            Some(first) if *first != link => {
                shared.insert(given);
            }
            Some(_) => {}
            None => {
                links.insert(given, link);
            }
        }
    }
    shared
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::{Clues, guids};
    use crate::model::GuidRule;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn a_link_without_a_guid_survives_a_new_title() {
        let link = url("https://a.example/post");
        let with = |title| {
            guids(&[Clues {
                given: " ",
                link: Some(&link),
                title,
                date: "",
                content: "",
            }])
        };
        assert_eq!(with("Before"), with("After"));
        assert_eq!(with("Before")[0].rule, GuidRule::Link);
    }

    #[test]
    fn one_guid_on_all_entries_is_told_apart_by_the_link_in_any_order() {
        let (a, b) = (url("https://a.example/1"), url("https://a.example/2"));
        let clues = |link| Clues {
            given: "1",
            link: Some(link),
            title: "",
            date: "",
            content: "",
        };
        let forth = guids(&[clues(&a), clues(&b)]);
        let mut back = guids(&[clues(&b), clues(&a)]);
        back.reverse();
        assert_eq!(forth, back);
        assert_ne!(forth[0], forth[1]);
        assert_eq!(guids(&[clues(&a), clues(&a)])[0].rule, GuidRule::Given);
    }

    #[test]
    fn entries_without_guid_and_link_are_known_by_their_words() {
        let clues = |content| Clues {
            given: "",
            link: None,
            title: "Same title",
            date: "",
            content,
        };
        let both = guids(&[clues("one"), clues("two")]);
        assert_ne!(both[0], both[1]);
        assert_eq!(
            both,
            guids(&[clues("one"), clues("two")]),
            "and known again"
        );
    }
}
