//! Posts and those who wrote them.

use super::super::views::{
    BesideView, Body, EntryView, Link, NeighbourView, PersonLink, PostLink, PostView, Section,
    TagView,
};
use super::super::{tongue, words};
use super::Posted;
use super::mark::mark;
use super::rules::Unrecognised;
use super::{Site, title_of, web_href, web_link};
use crate::model::{
    Author, ContentPolicy, Entry, EntryId, EntryText, Evidence, Place, Rule, TagState, Thing,
    one_line,
};
use crate::plan::progress::time_of;

/// The posts on a Thing before and after one that is shown.
#[derive(Debug, Clone)]
pub struct Around<'a> {
    /// The Thing.
    pub thing: &'a Thing,
    /// The post before.
    pub earlier: Option<Near>,
    /// The post after.
    pub later: Option<Near>,
}

/// A post beside the one that is shown.
#[derive(Debug, Clone)]
pub struct Near {
    /// Its number.
    pub id: EntryId,
    /// Its title, possibly empty.
    pub title: String,
    /// Whose it is.
    pub author: String,
}

impl Site<'_> {
    /// The page of one post, with those beside it on each of its Things.
    pub fn entry(&self, entry: &Entry, around: Vec<Around<'_>>) -> EntryView {
        let post = self.post(entry);
        let mut frame = self.frame(
            Section::Elsewhere,
            &post.title,
            &format!("/posts/{}", entry.id.0),
        );
        // Search engines are to find the post where its author wrote it.
        if let Some(original) = &post.href {
            frame.canonical.clone_from(original);
        }
        frame.robots = Some("noindex");
        let beside = around.into_iter().map(|around| BesideView {
            thing: self.thing_link(around.thing),
            earlier: around.earlier.map(|near| self.neighbour(near)),
            later: around.later.map(|near| self.neighbour(near)),
        });
        let unrecognised = if post.tags.is_empty() {
            self.why_unrecognised(&read(entry))
        } else {
            Unrecognised::default()
        };
        EntryView {
            frame,
            blog: entry.url.as_ref().and_then(web_link).map(|mut link| {
                link.text = host_of(&link.text);
                link
            }),
            absent: unrecognised.absent,
            rule: unrecognised.rule,
            beside: beside
                .filter(|it| it.earlier.is_some() || it.later.is_some())
                .collect(),
            post,
        }
    }

    fn neighbour(&self, near: Near) -> NeighbourView {
        NeighbourView {
            title: self.title_or_untitled(&near.title),
            author: near.author,
            href: self.href(&format!("/posts/{}", near.id.0)),
        }
    }

    /// A post with as much of its text as its author and the planet allow.
    pub(super) fn post(&self, entry: &Entry) -> PostView {
        let short = self.post_in_short(entry);
        if !short.is_whole_here {
            return short;
        }
        PostView {
            body: Body::Full(entry.html.clone()),
            is_whole_here: false,
            ..short
        }
    }

    /// A post with its first words only.
    pub(super) fn post_in_short(&self, entry: &Entry) -> PostView {
        let byline = one_line(&entry.byline);
        let published = self.day(entry.published_at);
        let updated = self.day(entry.updated_at);
        let only_short = entry.author.excerpt_only || self.planet.content == ContentPolicy::Excerpt;
        PostView {
            id: entry.id.0,
            title: one_line(&entry.shown_title()),
            href: entry.url.as_ref().and_then(web_href),
            page: self.href(&format!("/posts/{}", entry.id.0)),
            author: self.person(&entry.author),
            byline: (!byline.is_empty() && byline != entry.author.name).then_some(byline),
            updated: (updated.words != published.words).then_some(updated),
            published,
            first_seen: entry.seen_at.map(|at| self.day(at)),
            time: words::time_of(entry.published_at, &self.course.timezone),
            tags: self.tags(entry),
            body: Body::Excerpt(entry.excerpt()),
            is_whole_here: !only_short && !entry.html.is_empty(),
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
                    evidence: self.evidence(&tag.evidence),
                })
            })
            .collect()
    }

    /// Why a post is on a Thing: one short clause.
    pub(super) fn evidence(&self, evidence: &Evidence) -> String {
        let clauses = &self.words().posts;
        let quote = one_line(&evidence.quote);
        if evidence.place == Place::Outside {
            let day = quote.parse().map_or(quote, |day| self.date(day).words);
            return tongue::with(clauses.decided, &[("day", &day)]);
        }
        let clause = match (evidence.place, evidence.rule) {
            (Place::Title, Rule::Topic) => clauses.title_mentions,
            (Place::Title, _) => clauses.title_says,
            (Place::Category, _) => clauses.labelled,
            (Place::Url, _) => clauses.address_has,
            (Place::Link, _) => clauses.links_to,
            (Place::Body, Rule::Topic) => clauses.text_mentions,
            (Place::Body | Place::Outside, _) => clauses.text_says,
        };
        tongue::with(clause, &[("quote", &quote)])
    }

    pub(super) fn person(&self, author: &Author) -> PersonLink {
        self.person_named(&author.name, &author.slug)
    }

    pub(super) fn person_named(&self, name: &str, slug: &str) -> PersonLink {
        PersonLink {
            name: name.to_owned(),
            href: self.person_href(slug),
            mark: mark(name, slug),
        }
    }

    pub(super) fn person_href(&self, slug: &str) -> String {
        self.href(&format!("/participants/{slug}"))
    }

    pub(super) fn title_or_untitled(&self, title: &str) -> String {
        match one_line(title) {
            title if title.is_empty() => self.words().posts.untitled.to_owned(),
            title => title,
        }
    }

    pub(super) fn posted_on(&self, thing: u16, posted: &[Posted]) -> Vec<PostLink> {
        let on_it = posted
            .iter()
            .filter(|post| post.thing == Some(thing) && !post.is_suggested);
        on_it.map(|post| self.post_link(post)).collect()
    }

    /// The posts for which a Thing is suggested, each leading to what the page at `why` says of it.
    pub(super) fn suggested_on(&self, thing: u16, posted: &[Posted], why: &str) -> Vec<Link> {
        let for_it = posted
            .iter()
            .filter(|post| post.thing == Some(thing) && post.is_suggested);
        let link = |post: &Posted| Link {
            text: title_of(&post.title, self.words()),
            href: format!("{why}#post-{}", post.id.0),
        };
        for_it.map(link).collect()
    }

    /// Those in which nothing was recognised, of the course's time or without a date: as many as the table of progress says.
    pub(super) fn unrecognised_of(&self, posted: &[Posted]) -> Vec<PostLink> {
        let (from, before) = time_of(self.course);
        let is_in_time =
            |at| from.is_none_or(|from| at >= from) && before.is_none_or(|end| at < end);
        posted
            .iter()
            .filter(|post| {
                post.thing.is_none() && (post.seen_at.is_some() || is_in_time(post.published_at))
            })
            .map(|post| self.post_link(post))
            .collect()
    }

    fn post_link(&self, post: &Posted) -> PostLink {
        PostLink {
            title: title_of(&post.title, self.words()),
            href: post.url.as_ref().and_then(web_href),
            published: self.day(post.published_at),
            first_seen: post.seen_at.map(|at| self.day(at)),
        }
    }
}

/// What the rules read of a post; no link keeps one off.
fn read(entry: &Entry) -> EntryText {
    EntryText {
        title: entry.title.clone(),
        url: entry.url.clone(),
        participant: Some(entry.author.slug.clone()),
        categories: entry.categories.clone(),
        body: entry.text.clone(),
        links: Vec::new(),
    }
}

/// The host in the words of a link.
fn host_of(text: &str) -> String {
    text.split('/').next().unwrap_or(text).to_owned()
}

#[cfg(test)]
mod tests {
    use super::super::super::sample::Sample;
    use super::*;

    #[test]
    fn a_post_is_found_where_its_author_wrote_it() {
        let sample = Sample::full();
        let view = sample.site().entry(&sample.entries[0], Vec::new());
        assert_eq!(view.frame.canonical, "https://blog0.example.org/post");
        assert_eq!(view.frame.robots, Some("noindex"));
        assert_eq!(view.blog.unwrap().text, "blog0.example.org");
        let view = sample.site().entry(&sample.entries[1], Vec::new());
        assert_eq!(view.frame.canonical, "http://127.0.0.1:8023/posts/1");
    }

    #[test]
    fn evidence_is_told_as_everywhere_else() {
        let sample = Sample::full();
        let site = sample.site();
        let places = [
            Place::Title,
            Place::Category,
            Place::Url,
            Place::Link,
            Place::Body,
            Place::Outside,
        ];
        for place in places {
            for rule in [Rule::Topic, Rule::Number] {
                let quote = if place == Place::Outside {
                    "2011-07-03"
                } else {
                    "Thing 6"
                };
                let evidence = Evidence {
                    rule,
                    place,
                    quote: quote.to_owned(),
                };
                let ours = site.evidence(&evidence).replace("Sunday ", "");
                assert_eq!(ours, evidence.sentence());
            }
        }
    }
}
