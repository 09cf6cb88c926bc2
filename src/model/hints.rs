//! What a blog says of when to come again, and of where more of it is.

use jiff::SignedDuration;
use url::Url;

/// When a feed document asks to be read again. All of it is advice, to be clamped by whoever plans.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rhythm {
    /// How long it may be kept (RSS 2.0 `ttl`); more than zero, at most 366 days.
    pub ttl: Option<SignedDuration>,
    /// How often it is renewed (`sy:updatePeriod` through `sy:updateFrequency`, RSS 1.0 module Syndication); more than
    /// zero, at most 366 days.
    pub update_every: Option<SignedDuration>,
    /// Hours of the day in UTC at which nobody should ask (RSS 2.0 `skipHours`): bit 0 is midnight to one.
    pub skip_hours: u32,
    /// Days of the week in UTC on which nobody should ask (RSS 2.0 `skipDays`): bit 0 is Monday.
    pub skip_days: u8,
}

/// Where else a feed document says that something of it is. Hints from a stranger: http(s) only, and never trusted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FeedLinks {
    /// Its `WebSub` hubs (`rel="hub"`), in document order.
    pub hubs: Vec<Url>,
    /// The archive before this document (`rel="prev-archive"`, RFC 5005 section 4).
    pub previous_archive: Option<Url>,
    /// The next page (`rel="next"`, RFC 5005 section 3).
    pub next_page: Option<Url>,
    /// What wrote it, as it says itself, such as `Blogger` or `https://wordpress.org/?v=6.6`.
    pub generator: Option<String>,
}

/// Where else the headers of an answer say that something of a feed is (RFC 8288). They count before what the document
/// says (`WebSub` section 4). Hints from a stranger: http(s) only, and never trusted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HeaderLinks {
    /// Its `WebSub` hubs (`rel="hub"`), in order, at most eight.
    pub hubs: Vec<Url>,
    /// The feed's own address (`rel="self"`), which is a hub's topic.
    pub self_url: Option<Url>,
    /// The archive before this document (`rel="prev-archive"`, RFC 5005 section 4).
    pub previous_archive: Option<Url>,
    /// The next page (`rel="next"`, RFC 5005 section 3).
    pub next_page: Option<Url>,
}
