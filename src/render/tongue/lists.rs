//! Lists of posts that belong together: those of a group, and those that wait for a first comment.

use serde::Serialize;

/// The words of these lists.
#[derive(Debug, Serialize)]
pub(in crate::render) struct Lists {
    pub(in crate::render) waiting: &'static str,
    pub(in crate::render) waiting_why: &'static str,
    pub(in crate::render) waiting_note: &'static str,
    pub(in crate::render) waiting_none: &'static str,
    pub(in crate::render) waiting_unknown: &'static str,
    pub(in crate::render) comment: &'static str,
    pub(in crate::render) group: &'static str,
    pub(in crate::render) group_people: &'static str,
    pub(in crate::render) group_posts: &'static str,
    pub(in crate::render) group_older: &'static str,
    pub(in crate::render) group_none: &'static str,
    pub(in crate::render) group_follow: &'static str,
}

pub(super) const ENGLISH: Lists = Lists {
    waiting: "Waiting for a first comment",
    waiting_why: "Nobody has commented on these posts yet. A sentence or two from you may be what keeps somebody writing; comments are made on the blog itself.",
    waiting_note: "Not every blog tells how many comments a post has, and those that do tell it only of their newest posts. So a post may be missing here, or have been answered since.",
    waiting_none: "No post is waiting: every post of which we know it has a comment.",
    waiting_unknown: "No blog here tells how many comments its posts have, so we cannot say which of them are still without.",
    comment: "Read and comment on the blog",
    group: "Group: {name}",
    group_people: "Who belongs to it",
    group_posts: "Newest posts",
    group_older: "Older posts",
    group_none: "Nobody in this group has posted yet.",
    group_follow: "To follow this group, give this address to your feed reader:",
};

pub(super) const GERMAN: Lists = Lists {
    waiting: "Noch ohne Kommentar",
    waiting_why: "Diese Beiträge hat noch niemand kommentiert. Ein, zwei Sätze von Ihnen können jemanden ermutigen weiterzuschreiben; kommentiert wird auf dem Blog selbst.",
    waiting_note: "Nicht jedes Blog verrät, wie viele Kommentare ein Beitrag hat, und wenn, dann nur bei den neuesten Beiträgen. Deshalb kann hier ein Beitrag fehlen oder inzwischen eine Antwort haben.",
    waiting_none: "Kein Beitrag wartet: Alle, von denen wir es wissen, haben einen Kommentar.",
    waiting_unknown: "Keines der Blogs verrät, wie viele Kommentare seine Beiträge haben; deshalb können wir nicht sagen, welche noch ohne sind.",
    comment: "Auf dem Blog lesen und kommentieren",
    group: "Gruppe: {name}",
    group_people: "Wer dazugehört",
    group_posts: "Neueste Beiträge",
    group_older: "Ältere Beiträge",
    group_none: "In dieser Gruppe hat noch niemand etwas geschrieben.",
    group_follow: "Um dieser Gruppe zu folgen, geben Sie Ihrem Feedreader diese Adresse:",
};
