//! feed-rs's model → ours: which content, which link, which author, which date.

use feed_rs::model as raw;
use jiff::Timestamp;
use url::Url;

use super::content::{content, texts};
use super::hints::{self, Advice};
use super::identity::{self, Clues};
use super::people::names;
use super::places::Places;
use super::repair::{EntryFacts, Facts, Moment, Role};
use super::{Source, dates, dropped, lifted};
use crate::model::{Guid, GuidRule, Markup, ParsedEntry, ParsedFeed, Problem, Tombstone, excerpt};

/// Turns what feed-rs read into what we keep. `facts` and `advice` are what was read past it in `text`.
pub(super) fn finish(
    feed: raw::Feed,
    mut facts: Option<Facts>,
    advice: Advice,
    text: &str,
    source: Source<'_>,
) -> ParsedFeed {
    let html_titles = matches!(
        feed.feed_type,
        raw::FeedType::RSS0 | raw::FeedType::RSS1 | raw::FeedType::RSS2
    );
    let site_url = page_link(&feed.links, source.url);
    let self_url = self_link(&feed.links, source.url);
    let rhythm = advice.rhythm();
    let links = hints::links(&feed.links, feed.generator.as_ref(), advice, source.url);
    let taken_out = facts.as_mut().map(|facts| std::mem::take(&mut facts.texts));
    let mut context = Context {
        source,
        site_url: site_url.as_ref(),
        authors: feed_authors(&feed.authors, facts.as_ref()),
        html_titles,
        facts: facts.as_ref(),
        texts: taken_out.unwrap_or_default(),
        places: Places::new(text),
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
    problems.extend(sharing(&entries));
    problems.extend(undated(&entries));
    let title = feed.title.map(|title| texts(title, html_titles));
    let facts = facts.unwrap_or_default();
    ParsedFeed {
        title,
        site_url,
        self_url,
        entries,
        tombstones: facts.deleted.into_iter().map(tombstone).collect(),
        rhythm,
        links,
        complete: facts.complete,
        damage: None,
        problems,
    }
}

/// Posts whose guid was of no use, because others have it too.
fn sharing(entries: &[ParsedEntry]) -> Option<Problem> {
    let shared =
        |entry: &&ParsedEntry| entry.stated_guid.is_some() && entry.guid.rule != GuidRule::Given;
    let mut sharing = entries.iter().filter(shared);
    let guid = sharing.next()?.stated_guid.as_deref()?;
    Some(Problem::new(format!(
        "{} posts share a guid with others, such as '{}'; each post should have one of its own",
        sharing.count() + 1,
        excerpt(guid, 12)
    )))
}

fn undated(entries: &[ParsedEntry]) -> Option<Problem> {
    let undated = entries
        .iter()
        .filter(|entry| entry.published.is_none())
        .count();
    let posts = match undated {
        0 => return None,
        1 => "1 post has".to_owned(),
        _ => format!("{undated} posts have"),
    };
    Some(Problem::new(format!(
        "{posts} no date that can be read; the day of first sight stands in for it"
    )))
}

fn tombstone((guid, when): (String, Option<String>)) -> Tombstone {
    Tombstone {
        guid,
        deleted_at: when.and_then(|when| dates::parse(&when)),
    }
}

fn feed_authors(stated: &[raw::Person], facts: Option<&Facts>) -> Vec<Markup> {
    let noted = facts.map(|facts| authors(&facts.feed)).unwrap_or_default();
    if noted.is_empty() {
        persons(stated)
    } else {
        noted
    }
}

/// Those who are named as authors; others where there is none.
fn authors(facts: &EntryFacts) -> Vec<Markup> {
    let named = |wanted: Role| {
        let people = facts.people.iter();
        names(people.filter_map(move |(role, name)| (*role == wanted).then_some(name.as_str())))
    };
    let authors = named(Role::Author);
    if authors.is_empty() {
        named(Role::Other)
    } else {
        authors
    }
}

fn persons(people: &[raw::Person]) -> Vec<Markup> {
    names(people.iter().filter_map(|person| person.name.as_deref()))
}

struct Context<'a> {
    source: Source<'a>,
    site_url: Option<&'a Url>,
    authors: Vec<Markup>,
    html_titles: bool,
    facts: Option<&'a Facts>,
    /// What was taken out of the document.
    texts: Vec<String>,
    places: Places<'a>,
}

/// What stands beside an entry's texts when nothing was noted.
static NOTHING: EntryFacts = EntryFacts::NONE;

impl<'a> Context<'a> {
    fn entry(&mut self, mut entry: raw::Entry) -> ParsedEntry {
        self.put_back(&mut entry);
        let facts = self.facts_of(&entry.id);
        let mut problems = self.mended(facts);
        let url = self.link(&entry.links, facts, &mut problems);
        let (published, updated) = self.dates(&entry, facts, &mut problems);
        let given = match self.facts {
            Some(_) => facts.guid.as_ref().or(facts.about.as_ref()).cloned(),
            None => Some(entry.id.trim().to_owned()),
        };
        ParsedEntry {
            // Replaced by `identify`, which must see all entries at once.
            guid: Guid {
                value: given.clone().unwrap_or_default(),
                rule: GuidRule::Given,
            },
            stated_guid: given.filter(|guid| !guid.is_empty()),
            base: self.base(entry.base.as_deref(), url.as_ref()),
            title: entry
                .title
                .map(|title| texts(title, self.html_titles))
                .unwrap_or_default(),
            url,
            published,
            updated,
            authors: self.authors(&entry.authors, facts),
            categories: categories(entry.categories),
            content: content(entry.content, entry.summary, &entry.media, self.html_titles),
            comments: facts.comments.map(|(_, count)| count),
            problems,
        }
    }

    /// Puts the texts of an entry back that were taken out of the document.
    fn put_back(&mut self, entry: &mut raw::Entry) {
        let content = entry.content.iter_mut().filter_map(|it| it.body.as_mut());
        let others = [&mut entry.title, &mut entry.summary].into_iter().flatten();
        for text in content.chain(others.map(|it| &mut it.content)) {
            lifted::put_back(text, &mut self.texts);
        }
    }

    /// What was noted of an entry; the repairer put its number in the place of the id.
    fn facts_of(&self, id: &str) -> &'a EntryFacts {
        let facts = self.facts.and_then(|facts| {
            let number: usize = id.trim().parse().ok()?;
            facts.entries.get(number)
        });
        facts.unwrap_or(&NOTHING)
    }

    fn mended(&mut self, facts: &EntryFacts) -> Vec<Problem> {
        let problem = |(what, at): &(&'static str, usize)| Problem::at(self.places.of(*at), *what);
        facts.mended.iter().map(problem).collect()
    }

    fn base(&self, stated: Option<&str>, url: Option<&Url>) -> Option<Url> {
        stated
            .and_then(|base| web_url(base, self.source.url))
            .or_else(|| url.cloned())
            .or_else(|| self.site_url.cloned())
            .or_else(|| self.source.url.cloned())
    }

    fn authors(&self, stated: &[raw::Person], facts: &EntryFacts) -> Vec<Markup> {
        let candidates = [authors(facts), persons(stated), self.authors.clone()];
        let some = candidates.into_iter().find(|names| !names.is_empty());
        some.unwrap_or_default()
    }

    /// The post's address: the original where a service put its own in its place, the link, or a guid that claims to be
    /// the link.
    fn link(
        &mut self,
        links: &[raw::Link],
        facts: &EntryFacts,
        problems: &mut Vec<Problem>,
    ) -> Option<Url> {
        let base = self.source.url;
        let absolute = |text: &String| web_url(text, None);
        let original = facts.original_link.as_ref().and_then(absolute);
        let permalink = || {
            let guid = facts.guid.as_ref().filter(|_| facts.guid_is_link);
            guid.and_then(absolute)
        };
        let about = || facts.about.as_ref().and_then(absolute);
        let url = original
            .or_else(|| page_link(links, base))
            .or_else(permalink)
            .or_else(about);
        if url.is_none()
            && let Some(refused) = links.iter().find(|link| link.target.is_none())
        {
            let href = refused.href.trim();
            // Nobody's mail address is shown on a page.
            let text = if href.contains('@') {
                "its link is a mail address, not a web address".to_owned()
            } else {
                format!("its link is not a web address: '{}'", excerpt(href, 20))
            };
            problems.push(Problem::at(self.places.of(facts.at), text));
        }
        url
    }

    /// When it was published and last changed. Of several dates the first that can be read counts.
    fn dates(
        &mut self,
        entry: &raw::Entry,
        facts: &EntryFacts,
        problems: &mut Vec<Problem>,
    ) -> (Option<Timestamp>, Option<Timestamp>) {
        let (mut published, mut updated) = (None, None);
        for stated in &facts.dates {
            let slot = match stated.moment {
                Moment::Published => &mut published,
                Moment::Updated => &mut updated,
            };
            match dates::parse(&stated.text) {
                Some(time) => {
                    slot.get_or_insert(time);
                }
                None => problems.push(Problem::at(
                    self.places.of(stated.at),
                    unread_date(&stated.text),
                )),
            }
        }
        // feed-rs hands over chrono's type; seconds are what both understand.
        let instant = |seconds| Timestamp::from_second(seconds).ok();
        let published =
            published.or_else(|| entry.published.and_then(|time| instant(time.timestamp())));
        let updated = updated.or_else(|| entry.updated.and_then(|time| instant(time.timestamp())));
        // RSS has one date, which stands for both.
        let both = if self.html_titles { published } else { None };
        (published.or(updated), updated.or(both))
    }
}

fn unread_date(text: &str) -> String {
    let text = excerpt(text, 12);
    if dates::means_none(&text) {
        format!("the date '{text}' is before 1971, which is how software writes that there is none")
    } else {
        format!("date unreadable: '{text}'; one such as 'Thu, 21 Jul 2011 09:30:00 GMT' would be")
    }
}

fn identify(entries: &mut [ParsedEntry]) {
    let clues: Vec<Clues<'_>> = entries
        .iter()
        .map(|entry| Clues {
            given: &entry.guid.value,
            link: entry.url.as_ref(),
            title: entry.title.source(),
            date: entry.published,
            content: entry.content.source(),
        })
        .collect();
    let guids = identity::guids(&clues);
    for (entry, guid) in entries.iter_mut().zip(guids) {
        entry.guid = guid;
    }
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

/// The address under which the feed knows itself.
fn self_link(links: &[raw::Link], base: Option<&Url>) -> Option<Url> {
    let own = |link: &&raw::Link| {
        let rel = link.rel.as_deref().unwrap_or_default().trim();
        rel.eq_ignore_ascii_case("self")
    };
    links
        .iter()
        .filter(own)
        .find_map(|link| web_url(link.href.trim(), base))
}

/// Bytes of an address.
const ADDRESS_MAX: usize = 2_048;

/// An absolute http(s) address, or nothing.
pub(super) fn web_url(text: &str, base: Option<&Url>) -> Option<Url> {
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

/// Categories of one entry that are kept.
const CATEGORIES_MAX: usize = 100;

/// What each category is called, for machines and for people: one of the two may be what a course asked for.
fn categories(categories: Vec<raw::Category>) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    let names = categories
        .into_iter()
        .flat_map(|category| category.label.into_iter().chain([category.term]));
    for name in names {
        let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
        // Blogger sends its own post kind as a category; it is nobody's label.
        let internal = name.starts_with("http://schemas.google.com/blogger/");
        if !name.is_empty() && !internal && !kept.contains(&name) && kept.len() < CATEGORIES_MAX {
            kept.push(name.chars().take(200).collect());
        }
    }
    kept
}
