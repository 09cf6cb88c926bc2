//! Asking one address for what feeds its blog has: one request, nothing kept.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use url::Url;

use super::summary::minute;
use crate::fetch::{Client, FeedRequest, FetchError, Fetched};
use crate::model::{Course, Validators, excerpt};
use crate::parse::{self, ParseError, Source};
use crate::plan::{self, Discovery, NoFeed};
use crate::sanitize;

/// What an address turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// A feed itself.
    Feed(Box<FoundFeed>),
    /// A page of a blog that has feeds.
    Blog(Box<FoundBlog>),
    /// It does not answer, or not with a page; one sentence.
    Unreachable(String),
    /// The blog is kept from the public; one sentence.
    Private(String),
    /// A page without a feed, or no page; one sentence.
    Nothing(String),
}

impl Found {
    /// Every address under which this blog or feed could be registered.
    pub fn addresses(&self) -> Vec<&Url> {
        match self {
            Self::Feed(feed) => {
                let also = [feed.site_url.as_ref(), feed.self_url.as_ref()];
                also.into_iter().flatten().chain([&feed.url]).collect()
            }
            Self::Blog(blog) => {
                let offers = blog.discovery.others.iter();
                let offers = offers.chain([&blog.discovery.feed]).map(|offer| &offer.url);
                offers
                    .chain(blog.canonical.as_ref())
                    .chain([&blog.url])
                    .collect()
            }
            _ => Vec::new(),
        }
    }
}

/// An address that is a feed itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundFeed {
    /// Where it was read, after redirects.
    pub url: Url,
    /// Its title, possibly empty.
    pub title: String,
    /// How many posts it has.
    pub posts: usize,
    /// Its blog, as it says.
    pub site_url: Option<Url>,
    /// Where it says that it is. A hint for comparing, never followed.
    pub self_url: Option<Url>,
}

/// A page of a blog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundBlog {
    /// Where it was read, after redirects.
    pub url: Url,
    /// Its title.
    pub title: Option<String>,
    /// Under which address it wants to be known.
    pub canonical: Option<Url>,
    /// What it has to offer.
    pub discovery: Discovery,
}

/// Most entries of a feed that are counted.
const ENTRIES_MAX: usize = 5_000;
/// Words that are shown of what is no feed.
const SHOWN_WORDS_MAX: usize = 12;

/// Asks this very address, once, and says what its blog has to offer to this course; no feed that it names is asked.
pub async fn discover(client: &Client, url: &Url, course: &Course, now: Timestamp) -> Found {
    let to_wait = |wait| Found::Unreachable(asked_to_wait(wait, now, &course.timezone));
    let request = FeedRequest {
        url: url.clone(),
        validators: Validators::default(),
    };
    let (body, url, charset) = match client.get(&request, now).await {
        Ok(Fetched::Fresh {
            body,
            final_url,
            charset,
            ..
        }) => (body, final_url, charset),
        Ok(Fetched::Gone) => {
            return Found::Unreachable(
                "the blog says that this page is gone for good (410): ask the blogger whether the blog has moved"
                    .to_owned(),
            );
        }
        Ok(Fetched::Throttled { rest: wait, .. }) | Err(FetchError::Paused { wait }) => {
            return to_wait(wait);
        }
        // No validators are sent, so that nobody has a reason to say so.
        Ok(Fetched::NotModified { .. }) => return Found::Nothing(ParseError::Empty.to_string()),
        Err(error @ FetchError::Status(401 | 403)) => {
            return Found::Private(format!(
                "{error}. The blog may not be open to the public, and a planet reads only what everybody may read"
            ));
        }
        Err(error) => return Found::Unreachable(error.to_string()),
    };
    // What the course is called in labels and tags.
    let labels = course.names.clone();
    let reading =
        tokio::task::spawn_blocking(move || read(&body, &url, charset.as_deref(), &labels));
    let panicked = |_| Found::Nothing(ParseError::Panicked.to_string());
    reading.await.unwrap_or_else(panicked)
}

/// What to say of a host that is left alone for so long.
fn asked_to_wait(wait: SignedDuration, now: Timestamp, zone: &TimeZone) -> String {
    let until = now.checked_add(wait).unwrap_or(Timestamp::MAX);
    format!(
        "the blog's host asked us to wait, and is left alone until {}: try again after that",
        minute(until, zone)
    )
}

fn read(body: &[u8], url: &Url, charset: Option<&str>, labels: &[String]) -> Found {
    let source = Source {
        url: Some(url),
        charset,
        entries_max: ENTRIES_MAX,
    };
    match parse::feed(body, source) {
        Ok(feed) => Found::Feed(Box::new(FoundFeed {
            url: url.clone(),
            title: feed.title.as_ref().map(sanitize::line).unwrap_or_default(),
            posts: feed.entries.len(),
            site_url: feed.site_url,
            self_url: feed.self_url,
        })),
        // A page without any of the tags that say so may be one all the same.
        Err(error) if error == ParseError::WebPage || has_markup(body) => page(body, url, labels),
        Err(error) => Found::Nothing(format!("{error}{}", begins(body))),
    }
}

fn page(body: &[u8], url: &Url, labels: &[String]) -> Found {
    let front = sanitize::front(&String::from_utf8_lossy(body), url);
    match plan::discover(&front, labels) {
        Ok(discovery) => Found::Blog(Box::new(FoundBlog {
            url: url.clone(),
            title: front.title,
            canonical: front.canonical,
            discovery,
        })),
        Err(NoFeed::Private(cause)) => Found::Private(cause),
        Err(NoFeed::Nothing(cause)) => Found::Nothing(cause),
    }
}

fn has_markup(body: &[u8]) -> bool {
    let start = String::from_utf8_lossy(&body[..body.len().min(2_000)]).to_ascii_lowercase();
    ["<p", "<h1", "<a ", "<body", "<head", "<title"]
        .iter()
        .any(|tag| start.contains(tag))
}

/// How something that is no feed begins, so that a person may recognise it.
fn begins(body: &[u8]) -> String {
    let start = String::from_utf8_lossy(&body[..body.len().min(1_000)]);
    match excerpt(&start, SHOWN_WORDS_MAX) {
        start if start.is_empty() => String::new(),
        start => format!(". It begins with “{start}”"),
    }
}
