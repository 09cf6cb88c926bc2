//! Whom the progress table is asked to show, and in which order: by an address, a form or the head of a column.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use url::form_urlencoded;

use super::super::tongue::progress::Progress as Words;
use super::super::views::{ChooseView, Pick, SortHead};
use super::{Progress, Site};
use crate::model::Thing;

/// Whom the progress table is asked to show, and in which order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// Only this group.
    pub group: Option<String>,
    /// Only who has no post on this Thing.
    pub missing: Option<u16>,
    /// Only who has posted nothing at all for so many weeks.
    pub silent_weeks: Option<u16>,
    /// The order.
    pub sort: Sort,
}

/// The order of the rows. Who stands alike stands in the order of the roster.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Sort {
    /// As on the roster.
    #[default]
    Roster,
    /// By name.
    Name,
    /// The other way round.
    NameBackwards,
    /// Who has posted on the most Things first.
    MostDone,
    /// Who has posted on the fewest first.
    LeastDone,
    /// Who has posted last first.
    Newest,
    /// Who has posted nothing for the longest time first.
    Oldest,
}

impl Sort {
    const ALL: [(Self, &'static str); 7] = [
        (Self::Roster, ""),
        (Self::Name, "name"),
        (Self::NameBackwards, "name-backwards"),
        (Self::MostDone, "most"),
        (Self::LeastDone, "least"),
        (Self::Newest, "newest"),
        (Self::Oldest, "oldest"),
    ];

    /// Its name in addresses; empty for the roster's order.
    pub fn as_str(self) -> &'static str {
        let found = Self::ALL.iter().find(|(sort, _)| *sort == self);
        found.map_or("", |(_, name)| name)
    }

    /// The order of this name; the roster's for any other.
    pub fn from_name(name: &str) -> Self {
        let found = Self::ALL.iter().find(|(_, other)| *other == name);
        found.map_or(Self::Roster, |(sort, _)| *sort)
    }
}

impl Asked {
    /// The same as the end of an address: `?group=UK&missing=6`, or nothing.
    pub fn query(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        if let Some(group) = &self.group {
            query.append_pair("group", group);
        }
        if let Some(missing) = self.missing {
            query.append_pair("missing", &missing.to_string());
        }
        if let Some(weeks) = self.silent_weeks {
            query.append_pair("silent", &weeks.to_string());
        }
        if self.sort != Sort::Roster {
            query.append_pair("sort", self.sort.as_str());
        }
        match query.finish() {
            query if query.is_empty() => query,
            query => format!("?{query}"),
        }
    }

    /// Whether it leaves nobody out.
    pub(super) fn is_for_everybody(&self) -> bool {
        self.group.is_none() && self.missing.is_none() && self.silent_weeks.is_none()
    }
}

/// Weeks of silence that the form offers.
const SILENCES: [u16; 6] = [1, 2, 3, 4, 6, 8];

impl Site<'_> {
    /// The address of the table that is asked for so.
    pub(super) fn progress_href(&self, asked: &Asked) -> String {
        self.href(&format!("/progress{}", asked.query()))
    }

    /// Whether the table is to show somebody.
    pub(super) fn fits(&self, person: &Progress, asked: &Asked) -> bool {
        let in_group = asked
            .group
            .as_ref()
            .is_none_or(|group| person.groups.contains(group));
        let posted_on = |thing| person.posting.on(thing).is_some_and(|on| on.posts > 0);
        let is_missing = asked.missing.is_none_or(|thing| !posted_on(thing));
        let is_silent = asked.silent_weeks.is_none_or(|weeks| {
            let silence = SignedDuration::from_hours(i64::from(weeks) * 7 * 24);
            let newest = person.posting.newest_at;
            newest.is_none_or(|newest| self.now.duration_since(newest) >= silence)
        });
        in_group && is_missing && is_silent
    }

    /// Puts people into this order.
    pub(super) fn sort(&self, people: &mut [&Progress], sort: Sort) {
        let name = |person: &Progress| person.author.name.to_lowercase();
        let done = |person: &Progress| {
            let things = self.course.things.iter();
            let on = |thing: &&Thing| {
                person
                    .posting
                    .on(thing.number)
                    .is_some_and(|on| on.posts > 0)
            };
            things.filter(on).count()
        };
        let last = |person: &Progress| person.posting.newest_at;
        match sort {
            Sort::Roster => {}
            Sort::Name => people.sort_by_cached_key(|it| name(it)),
            Sort::NameBackwards => people.sort_by_cached_key(|it| std::cmp::Reverse(name(it))),
            Sort::MostDone => people.sort_by_cached_key(|it| std::cmp::Reverse(done(it))),
            Sort::LeastDone => people.sort_by_cached_key(|it| done(it)),
            Sort::Newest => people.sort_by_key(|it| std::cmp::Reverse(last(it))),
            Sort::Oldest => people.sort_by_key(|it| last(it)),
        }
    }

    /// The form, with what is in force.
    pub(super) fn choose(&self, people: &[Progress], asked: &Asked) -> ChooseView {
        let words = &self.words().progress.choose;
        let groups: BTreeSet<&String> = people.iter().flat_map(|it| &it.groups).collect();
        let choice = |value: String, text: String, chosen| Pick {
            value,
            text,
            chosen,
        };
        let group = |group: &&String| {
            let chosen = asked.group.as_ref() == Some(*group);
            choice((*group).clone(), (*group).clone(), chosen)
        };
        let missing = |thing: &Thing| {
            let link = self.thing_link(thing);
            let chosen = asked.missing == Some(thing.number);
            choice(thing.number.to_string(), link.label, chosen)
        };
        let silent = |weeks: &u16| {
            let text = self.count(u64::from(*weeks), &words.weeks);
            choice(weeks.to_string(), text, asked.silent_weeks == Some(*weeks))
        };
        // A number that the form does not offer may stand in an address.
        let odd = asked.silent_weeks.filter(|weeks| !SILENCES.contains(weeks));
        let sorts = Sort::ALL.map(|(sort, name)| {
            let text = sort_words(sort, &self.words().progress);
            choice(name.to_owned(), text.to_owned(), sort == asked.sort)
        });
        ChooseView {
            action: self.href("/progress"),
            groups: groups.iter().map(group).collect(),
            missing: self.course.things.iter().map(missing).collect(),
            silent: SILENCES.iter().chain(odd.iter()).map(silent).collect(),
            sorts: sorts.into(),
        }
    }

    /// The heads that sort.
    pub(super) fn heads(&self, asked: &Asked) -> [SortHead; 3] {
        let words = &self.words().progress;
        let head = |text: &str, first: (Sort, &'static str), then: (Sort, &'static str)| {
            let sorted = [first, then]
                .iter()
                .find(|(sort, _)| *sort == asked.sort)
                .map(|it| it.1);
            let sort = if asked.sort == first.0 {
                then.0
            } else {
                first.0
            };
            let to = Asked {
                sort,
                ..asked.clone()
            };
            SortHead {
                text: text.to_owned(),
                href: self.progress_href(&to),
                sorted,
            }
        };
        let (up, down) = ("ascending", "descending");
        [
            head(
                words.participant,
                (Sort::Name, up),
                (Sort::NameBackwards, down),
            ),
            head(words.done, (Sort::MostDone, down), (Sort::LeastDone, up)),
            head(words.last, (Sort::Newest, down), (Sort::Oldest, up)),
        ]
    }
}

fn sort_words(sort: Sort, words: &Words) -> &'static str {
    let choose = &words.choose;
    match sort {
        Sort::Roster => choose.by_roster,
        Sort::Name => choose.by_name,
        Sort::NameBackwards => choose.by_name_backwards,
        Sort::MostDone => choose.by_most_done,
        Sort::LeastDone => choose.by_least_done,
        Sort::Newest => choose.by_newest,
        Sort::Oldest => choose.by_oldest,
    }
}
