//! Why a page has no feed to offer, in words that a librarian can act on.

use super::Platform;
use super::platform::is_on;
use crate::model::FrontPage;

/// Why a page offers no feed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoFeed {
    /// The blog is kept from the public.
    #[error("{0}")]
    Private(String),
    /// There is none.
    #[error("{0}")]
    Nothing(String),
}

/// What pages say that stand before a private blog.
const LOCKED_WORDS: [&str; 9] = [
    "open to invited readers only",
    "is marked private by its owner",
    "this site is currently private",
    "this site is private",
    "this blog is private",
    "this blog is protected",
    "blog is password protected",
    "site is password protected",
    "you do not have permission to view this blog",
];

/// What WordPress calls the body of a page that stands before a private blog.
const LOCKED_CLASSES: [&str; 3] = [
    "private-login",
    "wpcom-coming-soon-body",
    "login-password-protected",
];

/// Where platforms send those who are not let in: a host, and how the path begins.
const GATES: [(&str, &str); 7] = [
    ("blogger.com", "/blogin.g"),
    ("accounts.google.com", "/"),
    ("login.microsoftonline.com", "/"),
    ("tumblr.com", "/blog_auth/"),
    ("tumblr.com", "/login"),
    ("tumblr.com", "/dashboard/"),
    ("wordpress.com", "/log-in"),
];

/// Says that a page which names no feed stands before a private blog, if it does.
pub(super) fn locked(front: &FrontPage) -> Option<NoFeed> {
    let words = front.words.to_lowercase();
    let says = LOCKED_WORDS.iter().any(|it| words.contains(it));
    let path = front.url.path();
    let at_gate = GATES
        .iter()
        .any(|(host, begin)| is_on(&front.url, host) && path.starts_with(begin))
        || path.ends_with("/wp-login.php");
    let mut classes = front.body_class.split_ascii_whitespace();
    let is_called_so = classes.any(|class| LOCKED_CLASSES.contains(&class));
    (says || at_gate || is_called_so || front.has_password).then(|| {
        NoFeed::Private(format!(
            "the blog is not open to the public{}: a planet reads only what everybody may read, so ask the blogger \
             to open it in the settings of their blog, or to blog the course somewhere open",
            called(front)
        ))
    })
}

/// Says that a page has no feed, and what can be done.
pub(super) fn nothing(front: &FrontPage, platform: Option<Platform>, comments: bool) -> NoFeed {
    let what = if comments {
        "names only feeds of comments"
    } else {
        "names no feed"
    };
    let cure = if let Some(target) = &front.sends_to {
        format!("it sends its readers on to {target}, so write that address instead")
    } else if let Some(advice) = platform.and_then(Platform::advice) {
        advice.to_owned()
    } else {
        "ask the blogger for the feed's address, and write it as `feed = \"…\"` in feeds.toml"
            .to_owned()
    };
    NoFeed::Nothing(format!(
        "the page at this address{} {what}: {cure}",
        called(front)
    ))
}

fn called(front: &FrontPage) -> String {
    let title = front.title.as_ref();
    title
        .map(|title| format!(" (its title is “{title}”)"))
        .unwrap_or_default()
}
