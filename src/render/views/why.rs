//! "Why isn't my post here?"

use serde::Serialize;

use super::{Frame, Link, PersonLink, PostLink, ThingLink, When};

/// Why a participant's posts are where they are: `why.html`.
#[derive(Debug, Clone, Serialize)]
pub struct WhyView {
    /// What every page has.
    pub frame: Frame,
    /// Whose posts.
    pub who: PersonLink,
    /// Their blog.
    pub blog: Option<Link>,
    /// Their blog's own feed, which we read.
    pub source: Option<Link>,
    /// When we last looked.
    pub polled: Option<When>,
    /// When the blog was last read well, where that was not when we last looked, a sentence.
    pub last_read: Option<String>,
    /// When we look again.
    pub next_poll: Option<When>,
    /// What came, a sentence.
    pub came: String,
    /// What went wrong, a sentence.
    pub cause: Option<String>,
    /// The language of `cause`, where that is not the page's.
    pub cause_lang: Option<&'static str>,
    /// Whether the rules changed since the older posts were tagged; false until it is set.
    pub awaits_retag: bool,
    /// Their latest posts, newest first, shown or not.
    pub posts: Vec<WhyPost>,
    /// How far older pages of the blog were read, a sentence.
    pub read_back: Option<String>,
    /// What one Thing would be called in a title: "Thing 6".
    pub example: String,
}

/// What became of a post.
#[derive(Debug, Clone, Serialize)]
pub struct WhyPost {
    /// The post.
    pub post: PostLink,
    /// Its place on the page, to which other pages lead: "post-12".
    pub id: String,
    /// The places of the Things for which it is the first on the page that waits for a word: "thing-6".
    pub places: Vec<String>,
    /// When we saw it first.
    pub seen: When,
    /// Whether it is shown at all.
    pub is_shown: bool,
    /// Things that it is on, may be on, or is not on as somebody decided.
    pub verdicts: Vec<Verdict>,
    /// Whether nothing was recognised in it, nor decided on it.
    pub is_unrecognised: bool,
    /// What its title names though the course does not have it, where nothing else was recognised: "Thing 42".
    pub absent: Option<String>,
    /// The rule of the course by which nothing is recognised in it whatever its title says, and what its author can do:
    /// sentences, which then stand in the place of what is said of other such posts.
    pub rule: Option<String>,
    /// Why it is not shown, or not everywhere, a sentence each.
    pub notes: Vec<String>,
}

/// What was decided on a post and a Thing.
#[derive(Debug, Clone, Serialize)]
pub struct Verdict {
    /// "tagged", "suggested" or "denied".
    pub state: &'static str,
    /// The Thing.
    pub thing: ThingLink,
    /// Why: a clause for what is tagged or suggested, the day for what was denied.
    pub because: String,
}
