//! What was searched for, and what was found.

use std::collections::BTreeMap;

use super::super::tongue::with;
use super::super::views::{
    ChoiceView, HitView, Pager, PassageView, PersonFound, SearchView, Section,
};
use super::Site;
use crate::model::{ContentPolicy, Entry, Participant, Passage, Search, is_called, one_line};

/// A post that was found, with its title and a passage of its text in pieces.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The post.
    pub entry: Entry,
    /// Its title.
    pub title: Vec<Passage>,
    /// The passage.
    pub words: Vec<Passage>,
}

/// What the blogs of participants are called, by slug.
pub type BlogTitles = BTreeMap<String, String>;

/// Participants who are listed above the posts.
const PEOPLE_MAX: usize = 5;

/// Where a search is.
#[derive(Debug, Clone)]
pub struct SearchPaths {
    /// Its page, below the planet's address.
    pub page: String,
    /// Its feed, below the planet's address.
    pub feed: String,
    /// The page of the same words on all Things and by all participants.
    pub everywhere: String,
}

impl Site<'_> {
    /// The page of a search and what it found. Participants are looked for where the names of their blogs are given.
    pub fn search(
        &self,
        search: &Search,
        (participants, titles): (&[Participant], Option<&BlogTitles>),
        found: &[Finding],
        paths: &SearchPaths,
        pager: Pager,
    ) -> SearchView {
        let (words, said) = (search.shown(), &self.words().search);
        let asked = !search.phrases().is_empty();
        let title = match words.as_str() {
            "" => said.title.to_owned(),
            words => with(said.titled, &[("words", words)]),
        };
        let of = search.participant.as_deref();
        let named = |slug: &str| participants.iter().find(|it| it.slug == slug);
        let name = of.and_then(named).map(|it| it.name.as_str());
        let feed = self.feed_link(&self.titles().of_search(search, name), &paths.feed);
        let mut frame = self.frame(Section::Search, &title, &paths.page);
        if asked {
            frame.feeds.insert(0, feed.clone());
        }
        let mut people = titles.map_or_else(Vec::new, |titles| {
            self.people_called(search, participants, titles)
        });
        let more = people.len().saturating_sub(PEOPLE_MAX) as u64;
        people.truncate(PEOPLE_MAX);
        let narrowed = search.thing.is_some() || search.participant.is_some();
        SearchView {
            frame,
            words,
            asked,
            things: self.thing_choices(search.thing),
            participants: participants
                .iter()
                .map(|it| ChoiceView {
                    value: it.slug.clone(),
                    text: it.name.clone(),
                    chosen: of == Some(it.slug.as_str()),
                })
                .collect(),
            people,
            more_people: (more > 0).then(|| self.count(more, &said.more_people)),
            everywhere: narrowed.then(|| self.href(&paths.everywhere)),
            hits: found.iter().map(|finding| self.hit(finding)).collect(),
            feed,
            pager,
        }
    }

    /// Who is called so, then whose blog is, each in the roster's order.
    fn people_called(
        &self,
        search: &Search,
        participants: &[Participant],
        titles: &BlogTitles,
    ) -> Vec<PersonFound> {
        let names = search.names();
        let title = |it: &Participant| titles.get(&it.slug).map_or("", String::as_str);
        let (by_name, others): (Vec<&Participant>, Vec<&Participant>) = participants
            .iter()
            .partition(|it| is_called(&it.name, &names));
        let by_blog = others.into_iter().filter(|it| is_called(title(it), &names));
        let person = |it: &Participant| PersonFound {
            who: self.person_named(&it.name, &it.slug),
            blog: Some(one_line(title(it))).filter(|title| !title.is_empty()),
        };
        by_name.into_iter().chain(by_blog).map(person).collect()
    }

    fn thing_choices(&self, chosen: Option<u16>) -> Vec<ChoiceView> {
        let things = self.course.things.iter();
        things
            .map(|thing| {
                let link = self.thing_link(thing);
                ChoiceView {
                    value: thing.number.to_string(),
                    text: match link.title.as_str() {
                        "" => link.label,
                        title => format!("{}: {title}", link.label),
                    },
                    chosen: chosen == Some(thing.number),
                }
            })
            .collect()
    }

    fn hit(&self, finding: &Finding) -> HitView {
        let entry = &finding.entry;
        let post = self.post_in_short(entry);
        let short = entry.author.excerpt_only || self.planet.content == ContentPolicy::Excerpt;
        let whole = |text: String| vec![PassageView { text, found: false }];
        HitView {
            title: if entry.title.trim().is_empty() || finding.title.is_empty() {
                whole(post.title.clone())
            } else {
                pieces(&finding.title)
            },
            words: if short || finding.words.is_empty() {
                whole(entry.excerpt())
            } else {
                pieces(&finding.words)
            },
            post,
        }
    }
}

fn pieces(passages: &[Passage]) -> Vec<PassageView> {
    let piece = |passage: &Passage| PassageView {
        text: passage.text.clone(),
        found: passage.found,
    };
    passages.iter().map(piece).collect()
}
