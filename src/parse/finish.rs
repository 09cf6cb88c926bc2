//! feed-rs's model → ours: which content, which link, which author, which date.

use feed_rs::model as raw;
use jiff::Timestamp;
use url::Url;

use super::identity::{self, Clues};
use super::people::{NAME_MAX, PEOPLE_MAX};
use super::{Source, dropped};
use crate::model::{Guid, GuidRule, Markup, ParsedEntry, ParsedFeed, Problem};

/// Turns what feed-rs read into what we keep.
pub(super) fn finish(feed: raw::Feed, source: Source<'_>) -> ParsedFeed {
    let html_titles = matches!(
        feed.feed_type,
        raw::FeedType::RSS0 | raw::FeedType::RSS1 | raw::FeedType::RSS2
    );
    let site_url = page_link(&feed.links, source.url);
    let context = Context {
        source,
        site_url: site_url.as_ref(),
        authors: names(&feed.authors),
        html_titles,
    };
    let mut problems = Vec::new();
    let count = feed.entries.len();
    let mut entries: Vec<ParsedEntry> = feed
        .entries
        .into_iter()
        .map(|entry| context.entry(entry))
        .collect();
    dropped(&mut problems, count, source.entries_max);
    if count > source.entries_max {
        // Newest first; entries without a date keep their place in the document behind them.
        entries.sort_by_key(|entry| std::cmp::Reverse(entry.published));
        entries.truncate(source.entries_max);
    }
    identify(&mut entries);
    let undated = entries
        .iter()
        .filter(|entry| entry.published.is_none())
        .count();
    if undated > 0 {
        let posts = if undated == 1 {
            "1 post has".to_owned()
        } else {
            format!("{undated} posts have")
        };
        problems.push(Problem::new(format!(
            "{posts} no date that can be read; the day of first sight stands in for it"
        )));
    }
    let title = feed.title.map(|title| text(title, html_titles));
    ParsedFeed {
        title,
        site_url,
        self_url: None,
        entries,
        tombstones: Vec::new(),
        complete: false,
        problems,
    }
}

struct Context<'a> {
    source: Source<'a>,
    site_url: Option<&'a Url>,
    authors: Vec<Markup>,
    html_titles: bool,
}

impl Context<'_> {
    fn entry(&self, entry: raw::Entry) -> ParsedEntry {
        let permalink = (self.html_titles)
            .then(|| web_url(entry.id.trim(), None))
            .flatten();
        let url = page_link(&entry.links, self.source.url).or(permalink);
        let authors = names(&entry.authors);
        let stated_base = entry
            .base
            .as_deref()
            .and_then(|base| web_url(base, self.source.url));
        let base = stated_base
            .or_else(|| url.clone())
            .or_else(|| self.site_url.cloned())
            .or_else(|| self.source.url.cloned());
        let published = entry.published.and_then(|time| instant(time.timestamp()));
        let updated = entry.updated.and_then(|time| instant(time.timestamp()));
        ParsedEntry {
            // Replaced by `identify`, which must see all entries at once.
            guid: Guid {
                value: entry.id.trim().to_owned(),
                rule: GuidRule::Given,
            },
            title: entry
                .title
                .map(|title| text(title, self.html_titles))
                .unwrap_or_default(),
            url,
            published: published.or(updated),
            updated,
            authors: if authors.is_empty() {
                self.authors.clone()
            } else {
                authors
            },
            categories: categories(entry.categories),
            content: content(entry.content, entry.summary, &entry.media, self.html_titles),
            base,
            problems: Vec::new(),
        }
    }
}

fn identify(entries: &mut [ParsedEntry]) {
    let dates: Vec<String> = entries
        .iter()
        .map(|entry| {
            entry
                .published
                .map(|date| date.to_string())
                .unwrap_or_default()
        })
        .collect();
    let clues: Vec<Clues<'_>> = entries
        .iter()
        .zip(&dates)
        .map(|(entry, date)| Clues {
            given: &entry.guid.value,
            link: entry.url.as_ref(),
            title: entry.title.source(),
            date,
            content: entry.content.source(),
        })
        .collect();
    let guids = identity::guids(&clues);
    for (entry, guid) in entries.iter_mut().zip(guids) {
        entry.guid = guid;
    }
}

fn text(text: raw::Text, html: bool) -> Markup {
    if html || text.content_type.as_str() != "text/plain" {
        Markup::Html(text.content)
    } else {
        Markup::Plain(text.content)
    }
}

/// The content if it shows anything, else the summary, else what a media element says. `html` says that a summary
/// without a type is HTML, as in RSS.
fn content(
    content: Option<raw::Content>,
    summary: Option<raw::Text>,
    media: &[raw::MediaObject],
    html: bool,
) -> Markup {
    let body = content.and_then(|content| {
        let kind = content.content_type.as_str().to_ascii_lowercase();
        let readable = kind.starts_with("text/") || kind.ends_with("xml");
        content
            .body
            .filter(|body| readable && shows_something(body))
            .map(|body| {
                if kind == "text/plain" {
                    Markup::Plain(body)
                } else {
                    Markup::Html(body)
                }
            })
    });
    let summary = summary
        .filter(|summary| shows_something(&summary.content))
        .map(|summary| text(summary, html));
    body.or(summary)
        .or_else(|| media_text(media))
        .unwrap_or_default()
}

/// Whether anything but markup and white space is there, or a picture.
fn shows_something(html: &str) -> bool {
    let mut in_tag = false;
    let visible = html.chars().any(|character| match character {
        '<' => {
            in_tag = true;
            false
        }
        '>' => {
            in_tag = false;
            false
        }
        _ => !in_tag && !character.is_whitespace() && character != '\u{a0}',
    });
    visible
        || ["<img", "<iframe", "<video", "<audio"]
            .iter()
            .any(|tag| html.contains(tag))
}

fn media_text(media: &[raw::MediaObject]) -> Option<Markup> {
    media
        .iter()
        .filter_map(|object| object.description.as_ref())
        .find(|description| shows_something(&description.content))
        .map(|description| Markup::Html(description.content.clone()))
}

/// The page that an entry or feed is about: an alternate link, HTML before anything else, http(s) only.
fn page_link(links: &[raw::Link], base: Option<&Url>) -> Option<Url> {
    let alternate = |link: &&raw::Link| {
        let rel = link
            .rel
            .as_deref()
            .unwrap_or("alternate")
            .trim()
            .to_ascii_lowercase();
        let rel = rel.rsplit('/').next().unwrap_or_default();
        link.target.is_none() && rel == "alternate"
    };
    let html = |link: &&raw::Link| {
        link.media_type
            .as_deref()
            .is_none_or(|kind| kind.contains("html"))
    };
    let candidates = || links.iter().filter(alternate);
    candidates()
        .filter(html)
        .chain(candidates())
        .find_map(|link| web_url(link.href.trim(), base))
}

/// Bytes of an address.
const ADDRESS_MAX: usize = 2_048;

/// An absolute http(s) address, or nothing.
fn web_url(text: &str, base: Option<&Url>) -> Option<Url> {
    if text.len() > 2 * ADDRESS_MAX {
        return None;
    }
    let parsed = match base {
        Some(base) if !text.is_empty() => base.join(text).ok()?,
        _ => Url::parse(text).ok()?,
    };
    (matches!(parsed.scheme(), "http" | "https")
        && parsed.has_host()
        && parsed.as_str().len() <= ADDRESS_MAX)
        .then_some(parsed)
}

/// Author names. A name in the form `a@b (Name)` loses its brackets, and an address alone is nobody's name.
fn names(people: &[raw::Person]) -> Vec<Markup> {
    let mut names: Vec<Markup> = Vec::new();
    for name in people.iter().filter_map(|person| person.name.as_deref()) {
        let name = name.trim();
        let bare = name
            .strip_prefix('(')
            .and_then(|name| name.strip_suffix(')'))
            .unwrap_or(name)
            .trim();
        if bare.is_empty() || bare.contains('@') || names.len() >= PEOPLE_MAX {
            continue;
        }
        let markup = Markup::Html(bare.chars().take(NAME_MAX).collect());
        if !names.contains(&markup) {
            names.push(markup);
        }
    }
    names
}

fn categories(categories: Vec<raw::Category>) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for category in categories {
        let label = category
            .label
            .filter(|label| !label.trim().is_empty())
            .unwrap_or(category.term);
        let label = label.split_whitespace().collect::<Vec<_>>().join(" ");
        // Blogger sends its own post kind as a category; it is nobody's label.
        let internal = label.starts_with("http://schemas.google.com/");
        if !label.is_empty() && !internal && !kept.contains(&label) && kept.len() < 100 {
            kept.push(label.chars().take(200).collect());
        }
    }
    kept
}

/// feed-rs hands over chrono's type; seconds are what both understand.
fn instant(seconds: i64) -> Option<Timestamp> {
    Timestamp::from_second(seconds).ok()
}
