//! Posts and those who wrote them.

use super::super::views::{Body, PersonLink, PostLink, PostView, TagView};
use super::Posted;
use super::{Site, title_of, web_href};
use crate::model::{Author, ContentPolicy, Entry, TagState, one_line};

impl Site<'_> {
    /// A post with as much of its text as its author and the planet allow.
    pub(super) fn post(&self, entry: &Entry) -> PostView {
        let short = entry.author.excerpt_only || self.planet.content == ContentPolicy::Excerpt;
        if short || entry.html.is_empty() {
            return self.post_in_short(entry);
        }
        PostView {
            body: Body::Full(entry.html.clone()),
            ..self.post_in_short(entry)
        }
    }

    /// A post with its first words only.
    pub(super) fn post_in_short(&self, entry: &Entry) -> PostView {
        let byline = one_line(&entry.byline);
        let published = self.day(entry.published_at);
        let updated = self.day(entry.updated_at);
        PostView {
            title: one_line(&entry.shown_title()),
            href: entry.url.as_ref().and_then(web_href),
            author: self.person(&entry.author),
            byline: (!byline.is_empty() && byline != entry.author.name).then_some(byline),
            updated: (updated.words != published.words).then_some(updated),
            published,
            tags: self.tags(entry),
            body: Body::Excerpt(entry.excerpt()),
        }
    }

    fn tags(&self, entry: &Entry) -> Vec<TagView> {
        entry
            .tags
            .iter()
            .filter(|tag| tag.state == TagState::Tagged)
            .filter_map(|tag| {
                Some(TagView {
                    thing: self.thing_link(self.course.thing(tag.thing)?),
                    evidence: one_line(&tag.evidence.sentence()),
                })
            })
            .collect()
    }

    pub(super) fn person(&self, author: &Author) -> PersonLink {
        PersonLink {
            name: author.name.clone(),
            href: self.person_href(&author.slug),
        }
    }

    pub(super) fn person_href(&self, slug: &str) -> String {
        self.href(&format!("/participants/{slug}"))
    }

    pub(super) fn posted_on(&self, thing: Option<u16>, posted: &[Posted]) -> Vec<PostLink> {
        posted
            .iter()
            .filter(|post| post.thing == thing)
            .map(|post| PostLink {
                title: title_of(&post.title, self.words()),
                href: post.url.as_ref().and_then(web_href),
                published: self.day(post.published_at),
            })
            .collect()
    }
}
