//! What a blog's front page says about itself: its title and its feeds.
//!
//! It must not fetch anything, nor choose among the feeds that it finds.

use std::ops::ControlFlow;

use html5ever::tokenizer::Tag;
use url::Url;

use super::tokens::{self, Token, attribute};
use super::{address, plain};

/// Bytes of a page that are looked at.
const PAGE_BYTES_MAX: usize = 1_000_000;
/// Feeds that are read from one page.
const LINKS_MAX: usize = 50;

/// A feed that a page announces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedLink {
    /// Its address, http or https.
    pub url: Url,
    /// What the page calls it, one plain line, possibly empty.
    pub title: String,
    /// What the page says it is.
    pub kind: FeedKind,
}

/// The format of a feed, as announced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FeedKind {
    /// Atom.
    Atom,
    /// RSS of any version.
    Rss,
    /// JSON Feed.
    Json,
}

/// The feeds that a page announces, in page order, feeds of comments last.
pub(super) fn feed_links(page: &str, base: &Url) -> Vec<FeedLink> {
    let mut found: Vec<FeedLink> = Vec::new();
    let mut base = base.clone();
    let mut has_base = false;
    tokens::read(start(page), |token| {
        let Token::Open(tag) = token else {
            return ControlFlow::Continue(());
        };
        if &*tag.name == "base" && !has_base {
            let href = attribute(tag, "href").and_then(|href| address::web(href, Some(&base)));
            has_base = href.is_some();
            base = href.unwrap_or_else(|| base.clone());
        }
        found.extend(feed_link(tag, &base).filter(|link| !known(&found, link)));
        if found.len() < LINKS_MAX {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    });
    found.sort_by_key(is_about_comments);
    found
}

/// The page's title as one plain line, if it has one.
pub(super) fn page_title(page: &str) -> Option<String> {
    let mut title = String::new();
    let mut within = false;
    tokens::read(start(page), |token| {
        match token {
            Token::Open(tag) if &*tag.name == "title" && !tag.self_closing => within = true,
            Token::Text(text) if within => title.push_str(text),
            Token::Close("title") => return ControlFlow::Break(()),
            _ => {}
        }
        ControlFlow::Continue(())
    });
    Some(plain::line(&title)).filter(|title| !title.is_empty())
}

fn start(page: &str) -> &str {
    &page[..page.floor_char_boundary(PAGE_BYTES_MAX)]
}

fn feed_link(tag: &Tag, base: &Url) -> Option<FeedLink> {
    let rel = attribute(tag, "rel")?;
    let is_alternate = rel
        .split_ascii_whitespace()
        .any(|word| word.eq_ignore_ascii_case("alternate"));
    if &*tag.name != "link" || !is_alternate {
        return None;
    }
    let kind = feed_kind(attribute(tag, "type")?)?;
    let url = address::web(attribute(tag, "href")?, Some(base))?;
    // WordPress announces its programming interface with the type that some use for JSON Feed.
    if kind == FeedKind::Json && url.path().contains("/wp-json/") {
        return None;
    }
    let title = plain::line(attribute(tag, "title").unwrap_or_default());
    Some(FeedLink { url, title, kind })
}

fn feed_kind(media_type: &str) -> Option<FeedKind> {
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    match essence.to_ascii_lowercase().as_str() {
        "application/atom+xml" => Some(FeedKind::Atom),
        // Hand-made pages name the family, not the format.
        "application/rss+xml" | "application/rdf+xml" | "application/xml" | "text/xml" => {
            Some(FeedKind::Rss)
        }
        "application/feed+json" | "application/json" => Some(FeedKind::Json),
        _ => None,
    }
}

fn known(found: &[FeedLink], link: &FeedLink) -> bool {
    found.iter().any(|other| other.url == link.url)
}

fn is_about_comments(link: &FeedLink) -> bool {
    link.title.to_lowercase().contains("comment")
        || link.url.path().to_ascii_lowercase().contains("comment")
}
