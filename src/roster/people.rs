//! Reads who takes part.
//!
//! It makes sure that no two participants share a page or a blog. It must not know about the course.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use toml::Spanned;
use toml::de::DeTable;
use url::Url;

use super::address::{self, Trouble};
use super::course::content;
use super::notes::Notes;
use super::rules;
use super::section::{self, Section};
use super::shape::PARTICIPANT;
use crate::model::{BlogRules, ContentPolicy, Participant, canonical, slug_of};

/// The most participants of one roster.
const PARTICIPANTS_MAX: u32 = 5_000;

/// Reads every `[[participant]]`, in the organiser's order, and the organiser's own rules for their blogs.
pub(super) fn participants<'a>(
    document: &'a DeTable<'a>,
    notes: &mut Notes<'_>,
) -> (Vec<Participant>, BTreeMap<String, BlogRules>) {
    let mut taken = Taken::default();
    let mut own = BTreeMap::new();
    let sections = section::many(document, &PARTICIPANT, PARTICIPANTS_MAX, notes);
    let participants = sections
        .iter()
        .enumerate()
        .map(|(at, section)| {
            let participant = participant(at, section, &mut taken, notes);
            let rules = rules::blog(section, notes);
            if rules != BlogRules::default() {
                own.insert(participant.slug.clone(), rules);
            }
            participant
        })
        .collect();
    (participants, own)
}

/// What earlier participants have, with who has it and where it stands.
#[derive(Default)]
struct Taken {
    pages: HashMap<String, Range<usize>>,
    addresses: HashMap<String, (usize, Range<usize>)>,
}

impl Taken {
    fn page(&mut self, slug: &str, span: Range<usize>, notes: &mut Notes<'_>) {
        let Some(first) = self.pages.get(slug) else {
            self.pages.insert(slug.to_owned(), span);
            return;
        };
        let line = notes.line_at(first.start);
        notes.note(
            span,
            format!("the page `{slug}` already belongs to the participant on line {line}"),
            format!("give one of the two a line such as page = \"{slug}-2\""),
        );
    }

    fn address(&mut self, who: usize, url: &Spanned<Url>, notes: &mut Notes<'_>) {
        let comparable = canonical(url.get_ref());
        match self.addresses.get(&comparable) {
            Some((other, first)) if *other != who => {
                let line = notes.line_at(first.start);
                notes.note(
                    url.span(),
                    format!("the same address is already on line {line}"),
                    "keep one of the two; several people who write one blog are one participant",
                );
            }
            Some(_) => {}
            None => {
                self.addresses.insert(comparable, (who, url.span()));
            }
        }
    }
}

fn participant(
    at: usize,
    section: &Section<'_>,
    taken: &mut Taken,
    notes: &mut Notes<'_>,
) -> Participant {
    section.require("name", "\"Anna Smith\"", notes);
    let name = section.text("name", notes);
    let slug = slug(section, name.as_ref(), taken, notes);
    let blog = section.read("blog", address::web, notes);
    let feed = section.read("feed", address::web, notes);
    let has = |key| section.has(key) || section.is_mistyped(key);
    if !has("blog") && !has("feed") {
        notes.note_missing(
            section.header(),
            "[[participant]] has neither `blog` nor `feed`",
            "add a line such as blog = \"https://name.example.org/\"",
        );
    }
    for url in [&blog, &feed].into_iter().flatten() {
        taken.address(at, url, notes);
    }
    Participant {
        name: name.map(Spanned::into_inner).unwrap_or_default(),
        slug,
        blog: blog.map(Spanned::into_inner),
        feed: feed.map(Spanned::into_inner),
        groups: section
            .texts("groups", notes)
            .into_iter()
            .map(Spanned::into_inner)
            .collect(),
        excerpt_only: section.read("content", less, notes).is_some(),
    }
}

/// Reads a participant's own choice of how much is shown: never more than the planet shows.
fn less(text: &str) -> Result<(), Trouble> {
    match content(text)? {
        ContentPolicy::Excerpt => Ok(()),
        ContentPolicy::Full => Err(Trouble {
            message: "cannot be more than the planet shows".to_owned(),
            help: "leave it out, or write \"excerpt\" for somebody who wants less to be shown"
                .to_owned(),
        }),
    }
}

/// The last part of their page's address: as they chose, else made from the name.
fn slug(
    section: &Section<'_>,
    name: Option<&Spanned<String>>,
    taken: &mut Taken,
    notes: &mut Notes<'_>,
) -> String {
    if section.has("page") {
        let Some(page) = section.read("page", address::page, notes) else {
            return String::new();
        };
        taken.page(page.get_ref(), page.span(), notes);
        return page.into_inner();
    }
    let Some(name) = name else {
        return String::new();
    };
    let slug = slug_of(name.get_ref());
    if slug.is_empty() {
        notes.note(
            name.span(),
            "this name has no letter or digit from which to make an address",
            "add a line such as page = \"anna-smith\"",
        );
    } else {
        taken.page(&slug, name.span(), notes);
    }
    slug
}
