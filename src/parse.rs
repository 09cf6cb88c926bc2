//! Bytes → [`ParsedFeed`], repairing what can be repaired.
//!
//! ```text
//! bytes --decode--> UTF-8 text without characters that XML forbids
//!       --repair--> text that an XML parser accepts, no deeper than feed-rs can bear; or JSON in its proper types;
//!                   identity, dates and people, which feed-rs would lose, are taken out on the way, and long
//!                   texts, which it would copy again and again
//!       --feed-rs--> its model                      dates by our own reader, ids left empty, panics caught
//!       --salvage--> the same entry by entry, when feed-rs fails over the whole
//!       --finish--> ParsedFeed                      texts put back, content choice, authors, links, then identity
//! ```
//!
//! Every stage is linear in the size of the document, whatever stands in it.
//!
//! A bad entry is a [`Problem`], not an error; only a document in which no feed can be found is an error. This room
//! must not know where the bytes came from, what we have already, or which HTML is safe.

#[cfg(test)]
mod breakage;
mod content;
mod dates;
mod decode;
mod finish;
mod hints;
mod identity;
mod json;
mod lifted;
mod people;
mod places;
mod repair;
mod salvage;
#[cfg(test)]
mod tests;

use std::panic::{AssertUnwindSafe, catch_unwind};

use url::Url;

use self::repair::Repaired;
use crate::model::{Damage, ParsedFeed, Problem};

/// Changes whenever the same bytes are read differently, so that unchanged feeds are read again by a better reader.
pub const VERSION: u32 = 4;

/// Where a document came from and how much of it is taken.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// The address it came from, after redirects; relative links are resolved against it.
    pub url: Option<&'a Url>,
    /// The charset that the HTTP header named.
    pub charset: Option<&'a str>,
    /// Entries to take, the newest first, from 1.
    pub entries_max: usize,
}

/// Why no feed could be read, in words a blogger understands.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// There are no bytes at all, or only white space.
    #[error("the feed is empty: ask the blogger whether the blog has moved")]
    Empty,
    /// A web page stands where the feed should be.
    #[error(
        "this is a web page, not a feed: find the feed's own address, or write the blog's front page as `blog` in feeds.toml and its feed is looked for"
    )]
    WebPage,
    /// Neither RSS, Atom, RDF nor JSON Feed.
    #[error(
        "this is not a feed in a form we know (RSS, Atom or JSON Feed): {detail}; ask the blogger for the feed's address"
    )]
    NotAFeed {
        /// What the parser says.
        detail: String,
    },
    /// The parser itself failed; that is our fault.
    #[error(
        "our feed parser stumbled over this document; please report its address to thingplanet's authors"
    )]
    Panicked,
    /// It breaks off before anything in it is whole; only [`sound`] says so.
    #[error(
        "the feed ends in the middle, before its first whole post: it may pass, and if it lasts, ask the blogger to open the feed in a browser and to report it to whoever hosts the blog"
    )]
    CutOff,
    /// It is damaged otherwise, and nothing in it can be read; only [`sound`] says so.
    #[error(
        "the feed is damaged, and no post can be read in it: ask the blogger to have it checked at validator.w3.org/feed and mended"
    )]
    Damaged,
}

/// What is said instead of [`ParseError::WebPage`] where the feed was found on the blog's page.
const PAGE_AGAIN: &str = "this is a web page, not a feed: the feed is looked for again on the blog's front page by itself, and if this lasts, ask the blogger for the feed's address, and write it as `feed = \"…\"` in feeds.toml";

/// A cause as it is to be told of a feed that was found on the blog's page: nobody need be told to write that page into
/// feeds.toml, as that was done.
pub fn cause_of_found(cause: &str) -> String {
    cause.replace(&ParseError::WebPage.to_string(), PAGE_AGAIN)
}

/// Reads a feed document.
///
/// # Errors
///
/// Only where no feed can be found in the bytes at all; whatever is wrong inside a feed is listed in
/// [`ParsedFeed::problems`].
pub fn feed(bytes: &[u8], source: Source<'_>) -> Result<ParsedFeed, ParseError> {
    let decoded = decode::decode(bytes, source.charset);
    if decoded.text.trim().is_empty() {
        return Err(ParseError::Empty);
    }
    let mut problems = decoded.problems;
    let mut repaired = match json::loosen(&decoded.text) {
        Some((json, advice)) => Repaired::untouched(json, advice),
        // What has no root that we know is kept from feed-rs, which looks for one in its own way.
        None => repair::repair(&decoded.text, &mut problems)
            .ok_or_else(|| not_a_feed(&decoded.text, json::fault(&decoded.text)))?,
    };
    let raw = read(&repaired, source, &mut problems)?;
    let mut parsed = finish::finish(
        raw,
        repaired.facts.take(),
        std::mem::take(&mut repaired.advice),
        &decoded.text,
        source,
    );
    parsed.damage = repaired.damage.filter(|_| !ends_in_its_way(&decoded.text));
    parsed.problems.splice(0..0, problems);
    Ok(parsed)
}

/// Lets a feed pass unless it is damaged and nothing can be read of it: that its blog has no posts does not follow then.
/// An element that is never closed is only believed to hide posts where there have been some, for a blog may begin with
/// one.
///
/// # Errors
///
/// [`ParseError::CutOff`] or [`ParseError::Damaged`], whatever else the document says.
pub fn sound(parsed: ParsedFeed, had_posts: bool) -> Result<ParsedFeed, ParseError> {
    let says_nothing = parsed.entries.is_empty() && parsed.tombstones.is_empty();
    match parsed.damage.filter(|_| says_nothing) {
        Some(Damage::CutOff) => Err(ParseError::CutOff),
        Some(Damage::Mended) if had_posts => Err(ParseError::Damaged),
        Some(Damage::Mended) | None => Ok(parsed),
    }
}

/// Whether a document ends with its root, in a spelling that XML does not know: `</RSS>` or `</ rss>`.
fn ends_in_its_way(text: &str) -> bool {
    const ROOTS: [&str; 3] = ["</rss>", "</feed>", "</rdf:RDF>"];
    let Some((_, end)) = text.trim_end().rsplit_once('<') else {
        return false;
    };
    let end = format!("<{end}");
    let plain: String = end.split_ascii_whitespace().collect();
    let is_root = ROOTS.iter().any(|root| root.eq_ignore_ascii_case(&plain));
    is_root && !ROOTS.contains(&end.as_str())
}

/// Reads the whole, or else what can be read of it.
fn read(
    repaired: &Repaired<'_>,
    source: Source<'_>,
    problems: &mut Vec<Problem>,
) -> Result<feed_rs::model::Feed, ParseError> {
    match parser_says(&repaired.text, source.url) {
        Ok(feed) if feed.entries.is_empty() && feed.title.is_none() && feed.links.is_empty() => {
            Err(not_a_feed(
                &repaired.text,
                "it has no title and no posts".to_owned(),
            ))
        }
        Ok(feed) => Ok(feed),
        Err(error) if repaired.entries.is_empty() => Err(error),
        Err(error) => salvage::salvage(repaired, source, problems).ok_or(error),
    }
}

/// Runs feed-rs over well-prepared text. Its own ids are useless to us (some are random), so they stay empty.
fn parser_says(text: &str, url: Option<&Url>) -> Result<feed_rs::model::Feed, ParseError> {
    let parser = feed_rs::parser::Builder::new()
        .base_uri(url.map(Url::as_str))
        .id_generator(|_, _, _| String::new())
        .sanitize_content(false)
        .timestamp_parser(|text| dates::parse(text)?.to_string().parse().ok())
        .build();
    match catch_unwind(AssertUnwindSafe(|| parser.parse(text.as_bytes()))) {
        Ok(Ok(feed)) => Ok(feed),
        // The parser quotes the feed, which may go on for megabytes.
        Ok(Err(error)) => Err(not_a_feed(
            text,
            error.to_string().chars().take(200).collect(),
        )),
        Err(_) => Err(ParseError::Panicked),
    }
}

fn not_a_feed(text: &str, detail: String) -> ParseError {
    let start: String = text
        .chars()
        .take(2_000)
        .collect::<String>()
        .to_ascii_lowercase();
    if start.contains("<html") || start.contains("<!doctype html") {
        return ParseError::WebPage;
    }
    ParseError::NotAFeed { detail }
}

/// Says which entries could not be kept, so that nothing is lost silently.
fn dropped(problems: &mut Vec<Problem>, count: usize, max: usize) {
    if count > max {
        problems.push(Problem::new(format!(
            "the feed has {count} posts; only the newest {max} were taken"
        )));
    }
}
