//! Which entry is which: an identity inside its feed that survives re-polls, edits and reordering.
//!
//! The feed's own guid, else the canonical link, else a hash of what the entry says. feed-rs's ids are never used:
//! without guid and link they are random, with a link they move with the title.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use url::Url;

use crate::model::{Fingerprint, Guid, GuidRule, canonical, path_of};

/// What identity is made from.
pub(super) struct Clues<'a> {
    /// The feed's `guid` or `id`, possibly empty.
    pub(super) given: &'a str,
    /// The entry's link.
    pub(super) link: Option<&'a Url>,
    /// The raw title.
    pub(super) title: &'a str,
    /// When it was published.
    pub(super) date: Option<Timestamp>,
    /// The raw content.
    pub(super) content: &'a str,
}

/// A longer guid is kept as its hash.
const GUID_BYTES_MAX: usize = 2_048;

/// One guid an entry, in the same order, independent of that order.
pub(super) fn guids(entries: &[Clues<'_>]) -> Vec<Guid> {
    let shared = Shared::among(entries);
    entries.iter().map(|clues| guid(clues, &shared)).collect()
}

fn guid(clues: &Clues<'_>, shared: &Shared<'_>) -> Guid {
    let given = clues.given.trim();
    let (value, rule) = match (given.is_empty(), clues.link) {
        (false, Some(link)) if shared.guids.contains(given) => {
            (format!("{given} {}", spot(link)), GuidRule::GivenAndLink)
        }
        (false, None) if shared.guids.contains(given) => (hash(clues), GuidRule::Hash),
        (false, _) => (given.to_owned(), GuidRule::Given),
        (true, link) => match link.and_then(|link| shared.place(link)) {
            Some(place) => (place, GuidRule::Link),
            None => (hash(clues), GuidRule::Hash),
        },
    };
    // Whatever a feed sends is stored and compared at each poll.
    let value = if value.len() > GUID_BYTES_MAX {
        hashed([value.as_str()])
    } else {
        value
    };
    Guid { value, rule }
}

/// A link with the place inside its page, which posts may share.
fn spot(link: &Url) -> String {
    match link.fragment().filter(|fragment| !fragment.is_empty()) {
        Some(fragment) => format!("{}#{fragment}", canonical(link)),
        None => canonical(link),
    }
}

/// What several entries of one document share, so that it identifies none of them.
struct Shared<'a> {
    /// Guids of entries with different links, as hand-made feeds with `<guid>1</guid>` everywhere have; without links,
    /// those of entries with different titles.
    guids: HashSet<&'a str>,
    /// Links of entries without a guid, as feeds have that lead to one page from everywhere.
    links: HashSet<String>,
}

impl<'a> Shared<'a> {
    fn among(entries: &'a [Clues<'_>]) -> Self {
        let mut links: HashMap<&str, String> = HashMap::new();
        let (mut guids, mut places) = (HashSet::new(), HashSet::new());
        let mut shared = HashSet::new();
        for clues in entries {
            let given = clues.given.trim();
            if given.is_empty() {
                let link = clues.link.map(canonical);
                shared.extend(link.filter(|link| !places.insert(link.clone())));
                continue;
            }
            let place = clues
                .link
                .map_or_else(|| clues.title.trim().to_owned(), spot);
            match links.get(given) {
                Some(first) if *first != place => {
                    guids.insert(given);
                }
                Some(_) => {}
                None => {
                    links.insert(given, place);
                }
            }
        }
        Self {
            guids,
            links: shared,
        }
    }

    /// The place that a link names for one entry alone: the page, or a place in it where the page is shared. A blog's
    /// front page is no post's place, even while there is only one post.
    fn place(&self, link: &Url) -> Option<String> {
        let page = canonical(link);
        match link.fragment().filter(|it| !it.is_empty()) {
            Some(fragment) if self.links.contains(&page) => Some(format!("{page}#{fragment}")),
            _ => (path_of(&page).is_some() && !self.links.contains(&page)).then_some(page),
        }
    }
}

fn hash(clues: &Clues<'_>) -> String {
    let title = clues.title.trim();
    match clues.date.filter(|_| !title.is_empty()) {
        Some(date) => hashed([title, &date.to_string()]),
        None => hashed([title, clues.content.trim()]),
    }
}

fn hashed<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    format!("hash:{}", Fingerprint::of_parts(parts).short_hex())
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
                date: None,
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
            date: None,
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
    fn one_guid_on_all_entries_without_links_is_told_apart_by_what_they_say() {
        let clues = |title| Clues {
            given: "1",
            link: None,
            title,
            date: "2011-07-20T00:00:00Z".parse().ok(),
            content: "",
        };
        let both = guids(&[clues("One"), clues("Two")]);
        assert_ne!(both[0], both[1]);
        assert_eq!(both[0].rule, GuidRule::Hash);
        let repeated = guids(&[clues("One"), clues("One")]);
        assert_eq!(repeated[0].rule, GuidRule::Given);
    }

    #[test]
    fn a_page_that_several_entries_lead_to_is_nobodys_identity() {
        fn clues<'a>(link: &'a Url, title: &'a str) -> Clues<'a> {
            Clues {
                given: "",
                link: Some(link),
                title,
                date: None,
                content: "",
            }
        }
        use GuidRule::{Hash, Link};
        let check = |links: [&str; 2], rules: [GuidRule; 2]| {
            let [one, other] = links.map(url);
            let found = guids(&[clues(&one, "One"), clues(&other, "Two")]);
            assert_ne!(found[0].value, found[1].value, "{links:?}");
            assert_eq!([found[0].rule, found[1].rule], rules, "{links:?}");
        };
        check(["https://a.example/1", "https://a.example/2"], [Link, Link]);
        check(
            ["https://a.example/diary#1", "https://a.example/diary#2"],
            [Link, Link],
        );
        check(
            ["https://a.example/diary", "https://a.example/diary"],
            [Hash, Hash],
        );
        check(["https://a.example/", "https://a.example/2"], [Hash, Link]);
    }

    #[test]
    fn entries_without_guid_and_link_are_known_by_their_words() {
        let clues = |content| Clues {
            given: "",
            link: None,
            title: "Same title",
            date: None,
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
