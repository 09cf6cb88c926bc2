//! Lists of posts that belong together, and how to subscribe to any of them.

use super::super::tongue::with;
use super::super::views::{
    FeedLink, GroupView, OfferView, Pager, Section, SubscribeView, WaitingView,
};
use super::Site;
use crate::model::{Entry, Group};

impl Site<'_> {
    /// The page of posts on which nobody has commented. `told` is whether any feed tells of comments.
    pub fn waiting(&self, told: bool, posts: &[Entry], pager: Pager) -> WaitingView {
        WaitingView {
            frame: self.frame(Section::Home, self.words().lists.waiting, "/waiting"),
            told,
            posts: posts.iter().map(|post| self.post_in_short(post)).collect(),
            pager,
        }
    }

    /// The page of a group, with its posts on this page of them.
    pub fn group(&self, group: &Group<'_>, posts: &[Entry], pager: Pager) -> GroupView {
        let title = with(self.words().lists.group, &[("name", group.name)]);
        let path = format!("/groups/{}", group.slug);
        let mut frame = self.frame(Section::Participants, &title, &path);
        let feed = self.feed_link(&self.titles().of(group.name), &format!("{path}/feed.atom"));
        frame.feeds.insert(0, feed.clone());
        let people = group.people.iter();
        GroupView {
            frame,
            name: group.name.to_owned(),
            people: people
                .map(|it| self.person_named(&it.name, &it.slug))
                .collect(),
            feed,
            posts: posts.iter().map(|post| self.post_in_short(post)).collect(),
            pager,
        }
    }

    /// The page on subscribing, with everything that one may subscribe to.
    pub fn subscribe(&self, groups: &[Group<'_>]) -> SubscribeView {
        let titles = self.titles();
        let things = self.course.things.iter().map(|thing| {
            let link = self.thing_link(thing);
            let title = match link.title.as_str() {
                "" => link.label,
                title => format!("{}: {title}", link.label),
            };
            self.offer(&title, &format!("/things/{}", thing.number))
        });
        let groups = groups
            .iter()
            .map(|group| self.offer(group.name, &format!("/groups/{}", group.slug)));
        SubscribeView {
            frame: self.frame(
                Section::Subscribe,
                self.words().subscribe.title,
                "/subscribe",
            ),
            all: self.offer(&titles.all_posts(), ""),
            things: things.collect(),
            groups: groups.collect(),
        }
    }

    /// The feed of the page at this path, without its last slash.
    fn offer(&self, title: &str, page: &str) -> OfferView {
        let json = self.feed_link(title, &format!("{page}/feed.json"));
        OfferView {
            title: title.to_owned(),
            href: self.href(if page.is_empty() { "/" } else { page }),
            atom: self.feed_link(title, &format!("{page}/feed.atom")),
            json: FeedLink {
                kind: "application/feed+json",
                ..json
            },
        }
    }
}
