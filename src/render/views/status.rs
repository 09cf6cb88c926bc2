//! How the blogs fare.

use serde::Serialize;

use super::{Frame, Link, OddPostView, PersonLink, When};

/// How a feed fares.
#[derive(Debug, Clone, Serialize)]
pub struct HealthView {
    /// "ok", "quiet", "failing", "new" or "gone".
    pub state: &'static str,
    /// A few words: "ok", "quiet since".
    pub words: &'static str,
    /// Since when it is quiet, failing or gone, or until when it is paused.
    pub since: Option<When>,
    /// What is wrong, or why it is paused where it said so itself: one plain sentence.
    pub cause: Option<String>,
    /// The language of `cause`, where that is not the page's.
    pub cause_lang: Option<&'static str>,
    /// What the participant or the organiser can do.
    pub advice: Option<&'static str>,
}

/// How the blogs fare: `status.html`.
#[derive(Debug, Clone, Serialize)]
pub struct StatusView {
    /// What every page has.
    pub frame: Frame,
    /// How many blogs are in each state, in words: "10 ok", worst first.
    pub summary: Vec<StatusCount>,
    /// Every feed, the worst first.
    pub feeds: Vec<StatusRow>,
    /// Whether the rules changed since the stored posts were tagged; false until it is set.
    pub awaits_retag: bool,
    /// Since when no blog at all can be reached from here, where that is so.
    pub offline_since: Option<When>,
    /// The moment at which this was true.
    pub written: When,
    /// The zone of all times on the page, where it has a name: "Europe/London".
    pub zone: Option<String>,
}

/// How many feeds are in one state.
#[derive(Debug, Clone, Serialize)]
pub struct StatusCount {
    /// The state: "ok", "quiet", "failing", "new" or "gone".
    pub state: &'static str,
    /// What it is called: "failing".
    pub words: &'static str,
    /// How many blogs, in words: "2 blogs".
    pub count: String,
}

/// One feed on the status page.
#[derive(Debug, Clone, Serialize)]
pub struct StatusRow {
    /// Whose it is.
    pub who: PersonLink,
    /// The address that is read.
    pub source: Option<Link>,
    /// How it fares.
    pub health: HealthView,
    /// When we last asked.
    pub polled: Option<When>,
    /// When it was last read well, where that was not when we last asked, in words: "last read on Thursday 21 July 2011".
    pub last_read: Option<String>,
    /// When we shall ask again.
    pub next_poll: Option<When>,
    /// Until when its host asked us to wait, where that lies ahead.
    pub held_until: Option<When>,
    /// Whether it asked for that itself, with a 429 or 503.
    pub asked_to_wait: bool,
    /// What is odd in it, a sentence each.
    pub problems: Vec<String>,
    /// The newest few of its posts in which something is odd.
    pub odd_posts: Vec<OddPostView>,
    /// How many more there are, in words: "4 more posts"; their page has them.
    pub more_odd_posts: Option<String>,
    /// That many posts came at once, where that was lately, a sentence.
    pub flood: Option<String>,
    /// How far its older pages were read, a sentence, where it has any.
    pub read_back: Option<String>,
}
