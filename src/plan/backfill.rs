//! Backfill: when a blog joins, its older pages are read back to the day the course opens; later, back to what is known
//! where posts may have dropped out of the feed between two visits.
//!
//! A feed holds a blog's newest posts only. Where the older ones are, the feed says itself (RFC 5005), or the software
//! that made it is known to answer for them: WordPress to `paged`, Blogger to `start-index`. Nothing is guessed.
//!
//! ```text
//! first document of a feed --begin--> Walk
//! document in which nothing is known --gap, succeed--> Walk
//! Walk + what its next page came to --read | missing | held | failed--> Walk, with another page or an end
//! ```
//!
//! Pages are a stranger's: each may lie about the next one. A walk ends by itself because every page must be another one,
//! must bring something new or lie further back, and there are limits to their number, their bytes and their posts.

use std::collections::{HashMap, HashSet};

use jiff::{SignedDuration, Timestamp};
use url::{Host, Url};

use super::platform;
use crate::model::{
    FeedId, FeedLinks, Fingerprint, Gap, KnownEntry, Origin, ParsedFeed, ReadBack, Walk, WalkEnd,
    Way, canonical,
};

/// Pages that are read of one blog.
const PAGES_MAX: u32 = 50;
/// Pages that are read where the course has no opening day.
const PAGES_MAX_WITHOUT_OPENING: u32 = 10;
/// Posts that the pages of one blog may bring.
const ENTRIES_MAX: u32 = 5_000;
/// Bytes that the pages of one blog may have in all.
const BYTES_MAX: u64 = 100_000_000;
/// Posts that Blogger gives in one page at most.
const BLOGGER_PAGE: usize = 150;
/// From one page to the next of one platform.
const SPACING: SignedDuration = SignedDuration::from_secs(5);
/// A feed with fewer posts than these has no gap before it.
const GAP_ENTRIES_MIN: usize = 5;
/// From one walk that fills a gap of a blog to the next. A blog in which nothing is ever known again is not walked all day.
const GAPS_EVERY: SignedDuration = SignedDuration::from_hours(24);
/// How long to wait after a page failed for the first time, the second and so on; then it is given up.
const WAITS: [SignedDuration; 4] = [
    SignedDuration::from_mins(5),
    SignedDuration::from_hours(1),
    SignedDuration::from_hours(6),
    SignedDuration::from_hours(24),
];

/// What a feed document or an older page tells of its place among the others.
#[derive(Debug, Clone)]
pub struct Page {
    /// Where it was read, after redirects.
    pub url: Url,
    /// Fingerprint of its bytes.
    pub body: Fingerprint,
    /// How many bytes it has.
    pub bytes: usize,
    /// Posts in it.
    pub entries: usize,
    /// The oldest date in it.
    pub oldest: Option<Timestamp>,
    /// The dates in it.
    pub dates: Vec<Timestamp>,
    /// When each of those posts was published that were known before.
    pub met: Vec<Timestamp>,
    /// Whether so many of its posts lie before the course's opening that the day is reached.
    pub reaches_opening: bool,
    /// Where it says that more is.
    pub links: FeedLinks,
    /// Whether WordPress made it, as far as its guids tell.
    pub by_wordpress: bool,
}

impl Page {
    /// What is to be known of a document for walking on from it. `opens` is the moment the course opens.
    pub fn of(
        parsed: &ParsedFeed,
        url: &Url,
        body: Fingerprint,
        bytes: usize,
        opens: Option<Timestamp>,
    ) -> Self {
        let dates = || parsed.entries.iter().filter_map(|entry| entry.published);
        let before = dates()
            .filter(|at| opens.is_some_and(|opens| *at < opens))
            .count();
        let guids = || {
            let entries = parsed.entries.iter();
            entries.filter_map(|entry| entry.stated_guid.as_deref())
        };
        let numbered = guids().filter(|guid| is_wordpress_guid(guid)).count();
        Self {
            url: url.clone(),
            body,
            bytes,
            entries: parsed.entries.len(),
            oldest: dates().min(),
            dates: dates().collect(),
            met: Vec::new(),
            reaches_opening: is_many(before, dates().count()),
            links: parsed.links.clone(),
            by_wordpress: numbered > 0 && 2 * numbered >= guids().count(),
        }
    }

    /// Whether so many of its posts are from before a moment, or of it, that it goes back as far.
    fn reaches(&self, moment: Timestamp) -> bool {
        let count = |times: &[Timestamp]| times.iter().filter(|at| **at <= moment).count();
        is_many(count(&self.dates), self.dates.len()) || is_many(count(&self.met), self.entries)
    }
}

/// The guid of WordPress: `https://blog.example/?p=123`.
fn is_wordpress_guid(guid: &str) -> bool {
    guid.split_once("/?p=").is_some_and(|(_, number)| {
        !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// Begins the walk of a blog whose feed was read for the first time. It may be over at once.
pub fn begin(feed: &Page, now: Timestamp) -> Walk {
    let way = way_from(feed);
    let next = way.and_then(|way| page_before(way, feed));
    let hosts = [Some(&feed.url), next.as_ref()];
    let mut hosts: Vec<String> = hosts.into_iter().flatten().map(host).collect();
    hosts.dedup();
    let mut walk = Walk {
        way: way.unwrap_or(Way::Links),
        next: None,
        due_at: now,
        asked_at: None,
        platforms: Vec::new(),
        tries: 0,
        bytes: 0,
        entries: 0,
        hosts,
        seen: vec![address(&feed.url), feed.body],
        back: ReadBack {
            pages: 0,
            to: feed.oldest,
            end: None,
            cause: None,
        },
        gap: None,
    };
    if feed.reaches_opening {
        walk.ends(WalkEnd::Opening);
    } else {
        walk.goes_on(next);
    }
    walk
}

/// Begins the walk through what may have dropped out of a feed since it was read last: the newest post that is known is
/// none of it, and it is newer but for a few posts, such as one that is pinned. It may be over at once.
///
/// A post without a date tells nothing of that. Whoever gives all posts new identities has old dates among them, or the
/// old titles where an import gave them new dates: `namesakes` counts the new posts that have the title of a known one. A
/// feed of very few posts is a blog that begins, and has lost its first attempt.
pub fn gap(
    feed: &Page,
    known: &[KnownEntry],
    namesakes: impl FnOnce() -> usize,
    now: Timestamp,
) -> Option<Walk> {
    let own = known.iter().filter(|it| it.origin == Origin::Own);
    let after = own.map(|it| it.published_at).max()?;
    let is_met = feed.met.iter().any(|at| *at >= after);
    if is_met || feed.entries < GAP_ENTRIES_MIN || feed.reaches(after) {
        return None;
    }
    let is_imported = 2 * namesakes() >= feed.entries;
    if is_imported {
        return None;
    }
    let newer = feed.dates.iter().copied().filter(|at| *at > after);
    let before = newer.min()?;
    let gap = Gap {
        after,
        before,
        begins_at: now,
    };
    Some(Walk {
        gap: Some(gap),
        ..begin(feed, now)
    })
}

/// Whether so many posts of all are from the past that it is reached. One old post may be pinned to the top, or was edited.
fn is_many(posts: usize, all: usize) -> bool {
    posts > 0 && 4 * posts >= all
}

/// A walk that fills a gap, where this one went before it: one a day begins at most, and where that one has not come to its
/// end, the next goes as far back.
pub fn succeed(last: &Walk, mut walk: Walk) -> Walk {
    let (Some(before), Some(gap)) = (last.gap, &mut walk.gap) else {
        return walk;
    };
    let goes_on = last.back.end.is_none();
    let has_begun = last.asked_at.is_some_and(|at| at >= before.begins_at);
    if goes_on {
        gap.after = gap.after.min(before.after);
    }
    gap.begins_at = if goes_on && !has_begun {
        before.begins_at
    } else {
        gap.begins_at.max(later(before.begins_at, GAPS_EVERY))
    };
    walk.due_at = walk.due_at.max(gap.begins_at);
    // Its platform rests after the last page all the same.
    walk.asked_at = last.asked_at;
    walk.platforms.clone_from(&last.platforms);
    walk
}

/// What may be missing for good, where the walk that was to fill this gap has ended otherwise than it should: a sentence.
pub fn unfilled(gap: &Gap, way: Way, back: &ReadBack) -> Option<String> {
    let is_filled = match back.end? {
        WalkEnd::Opening => true,
        // Who numbers the pages and has none before has nothing more; who names none does not say.
        WalkEnd::First => way != Way::Links || back.pages > 0,
        _ => false,
    };
    let day = |at: Timestamp| at.strftime("%-d %B %Y").to_string();
    let (after, before) = (day(gap.after), day(gap.before));
    let when = if after == before {
        format!("of {after}")
    } else {
        format!("between {after} and {before}")
    };
    (!is_filled).then(|| {
        format!(
            "posts {when} may be missing: when it was read, its feed showed newer ones only, and no older page brought the rest"
        )
    })
}

/// How the pages before this document can be had, if they can.
fn way_from(feed: &Page) -> Option<Way> {
    let host = feed.url.host_str().unwrap_or_default();
    let generator = feed.links.generator.as_deref().unwrap_or_default();
    let generator = generator.to_ascii_lowercase();
    if feed.links.previous_archive.is_some() {
        return Some(Way::Links);
    }
    // Blogger, whose feeds alone lie there, names the next page as well, but small ones.
    if is_blogger_path(feed.url.path()) {
        return Some(Way::Blogger);
    }
    if feed.links.next_page.is_some() {
        return Some(Way::Links);
    }
    let by_wordpress =
        generator.contains("wordpress") || host.ends_with(".wordpress.com") || feed.by_wordpress;
    by_wordpress.then_some(Way::WordPress)
}

/// `/feeds/posts/default`, also with a label behind it.
fn is_blogger_path(path: &str) -> bool {
    let mut parts = path.split('/').skip(1);
    let place = (parts.next(), parts.next(), parts.next());
    matches!(
        place,
        (
            Some("feeds"),
            Some("posts"),
            Some("default" | "summary" | "full")
        )
    )
}

/// The address of the page before this one.
fn page_before(way: Way, page: &Page) -> Option<Url> {
    match way {
        Way::Links => {
            let links = &page.links;
            let next = links.previous_archive.as_ref().or(links.next_page.as_ref());
            next.cloned()
        }
        Way::WordPress => {
            let number: u32 = parameter(&page.url, "paged").unwrap_or(1);
            Some(with(
                &page.url,
                &[("paged", (number.max(1).checked_add(1)?).to_string())],
            ))
        }
        Way::Blogger => {
            let start: usize = parameter(&page.url, "start-index").unwrap_or(1);
            let next = start.max(1).checked_add(page.entries)?;
            let size = BLOGGER_PAGE.to_string();
            Some(with(
                &page.url,
                &[
                    ("start-index", next.to_string()),
                    ("max-results", size),
                    ("orderby", "published".to_owned()),
                ],
            ))
        }
    }
}

fn parameter<T: std::str::FromStr>(url: &Url, name: &str) -> Option<T> {
    let mut pairs = url.query_pairs();
    pairs
        .find(|(key, _)| key == name)
        .and_then(|(_, value)| value.parse().ok())
}

/// An address with these parameters in place of those of the same names.
fn with(url: &Url, parameters: &[(&str, String)]) -> Url {
    let mut changed = url.clone();
    let kept = url.query_pairs();
    let kept = kept.filter(|(key, _)| !parameters.iter().any(|(name, _)| key == name));
    let kept: Vec<_> = kept.collect();
    changed
        .query_pairs_mut()
        .clear()
        .extend_pairs(kept)
        .extend_pairs(parameters);
    changed
}

/// A page came and was read; it brought so many posts that were not there before.
pub fn read(mut walk: Walk, page: &Page, new: usize, opens: bool, now: Timestamp) -> Walk {
    let further = match (page.oldest, walk.back.to) {
        (Some(oldest), Some(so_far)) => oldest < so_far,
        (oldest, _) => oldest.is_some(),
    };
    // Its address was not seen when it was asked, but redirects may have led back.
    let repeats = walk.seen.contains(&page.body) || walk.seen.contains(&address(&page.url));
    walk.asked(now);
    walk.tries = 0;
    walk.back.cause = None;
    walk.back.pages += 1;
    walk.entries = walk.entries.saturating_add(small(new));
    walk.bytes = walk.bytes.saturating_add(page.bytes as u64);
    walk.back.to = [walk.back.to, page.oldest].into_iter().flatten().min();
    walk.seen.extend([address(&page.url), page.body]);
    let pages_max = if opens {
        PAGES_MAX
    } else {
        PAGES_MAX_WITHOUT_OPENING
    };
    let is_filled = walk.gap.is_some_and(|gap| page.reaches(gap.after));
    if page.entries == 0 && walk.way == Way::Blogger {
        walk.ends(WalkEnd::First);
    } else if is_filled {
        walk.ends(WalkEnd::Opening);
    } else if repeats || (new == 0 && !further && walk.gap.is_none()) {
        // To a gap, posts that came while its walk waited may stand before it.
        walk.ends(WalkEnd::Repeats);
    } else if page.reaches_opening {
        walk.ends(WalkEnd::Opening);
    } else if walk.back.pages >= pages_max || walk.entries >= ENTRIES_MAX || walk.bytes >= BYTES_MAX
    {
        walk.ends(WalkEnd::Capped);
    } else {
        let next = page_before(walk.way, page);
        walk.due_at = now;
        walk.goes_on(next);
    }
    walk
}

/// Whether these very bytes were read before on this walk, be it as the feed itself; then nothing in them is new.
pub fn was_read(walk: &Walk, body: Fingerprint) -> bool {
    walk.seen.contains(&body)
}

/// A page came that was read before, as from a host that gives the same page under any number.
pub fn again(mut walk: Walk, now: Timestamp) -> Walk {
    walk.asked(now);
    walk.tries = 0;
    walk.back.cause = None;
    walk.back.pages += 1;
    walk.ends(WalkEnd::Repeats);
    walk
}

/// The host says that there is no such page (404, 410). Where we made its address up, the page before was the last.
pub fn missing(mut walk: Walk, cause: String, now: Timestamp) -> Walk {
    if walk.way == Way::Links {
        return failed(walk, cause, now);
    }
    walk.asked(now);
    walk.ends(WalkEnd::First);
    walk
}

/// A page could not be had or read. It is asked again later, and given up in the end.
pub fn failed(mut walk: Walk, cause: String, now: Timestamp) -> Walk {
    walk.asked(now);
    let wait = WAITS.get(walk.tries as usize);
    walk.tries += 1;
    walk.back.cause = Some(cause);
    match wait {
        Some(wait) => walk.due_at = later(now, *wait),
        None => walk.ends(WalkEnd::Failed),
    }
    walk
}

/// The host asks us to wait (429, 503), and its platform is left alone for so long.
pub fn held(walk: Walk, wait: SignedDuration, now: Timestamp) -> Walk {
    let cause = "its host asked us to come back later";
    let mut walk = failed(walk, cause.to_owned(), now);
    walk.due_at = walk.due_at.max(later(now, wait));
    walk
}

/// The page was not asked, because its platform is left alone for so long.
pub fn paused(mut walk: Walk, wait: SignedDuration, now: Timestamp) -> Walk {
    walk.due_at = later(now, wait.max(SPACING));
    walk
}

/// A redirect led where the feed itself does not lead. It may be a host's passing fault, so the page is asked again.
pub fn strayed(walk: Walk, now: Timestamp) -> Walk {
    let cause = "a redirect leads to another site";
    let mut walk = failed(walk, cause.to_owned(), now);
    if walk.back.end.is_some() {
        walk.back.cause = None;
        walk.ends(WalkEnd::Elsewhere);
    }
    walk
}

/// The page has another participant's posts.
pub fn theirs(mut walk: Walk, now: Timestamp) -> Walk {
    walk.asked(now);
    walk.ends(WalkEnd::Theirs);
    walk
}

/// Whether pages of this walk may be read at this address.
pub fn leads_to(walk: &Walk, url: &Url) -> bool {
    let is_web = matches!(url.scheme(), "http" | "https") && url.host().is_some();
    is_web && walk.hosts.contains(&host(url))
}

/// Whether this is on the feed's own host, where the pages are its owner's whatever others say of them.
pub fn is_own(walk: &Walk, url: &Url) -> bool {
    walk.hosts.first().is_some_and(|own| *own == host(url))
}

/// Notes which platforms were asked with this page, which a redirect may have led on. Where it failed, nobody knows
/// whether it was led on as the page before.
pub fn asked_at(mut walk: Walk, page: &Url, landed: Option<&Url>) -> Walk {
    if landed.is_none() && walk.platforms.first() == platform(page).as_ref() {
        return walk;
    }
    let urls = [Some(page), landed].into_iter().flatten();
    walk.platforms = urls.filter_map(platform).collect();
    walk.platforms.dedup();
    walk
}

/// The pages whose turn it is next, of each platform one, with when they may be asked, the earliest first.
///
/// A platform rests after each page, whoever's walk it was and whether a link or a redirect led there. Where the last page
/// of a walk was led on, its next one will be. This machine's own blogs need no rest and wait for nobody.
pub fn in_turn(walks: Vec<(FeedId, Walk)>) -> Vec<(Timestamp, FeedId, Walk)> {
    let mut asked: HashMap<String, Timestamp> = HashMap::new();
    for (_, walk) in &walks {
        for platform in &walk.platforms {
            let last = asked.entry(platform.clone()).or_default();
            *last = walk.asked_at.unwrap_or_default().max(*last);
        }
    }
    let mut pages: Vec<_> = walks
        .into_iter()
        .filter_map(|(feed, walk)| {
            let needed = needed(&walk, walk.next.as_ref()?);
            let last = needed.iter().filter_map(|platform| asked.get(platform));
            let rested = last.max().map(|last| later(*last, SPACING));
            Some((rested.max(Some(walk.due_at))?, feed, walk, needed))
        })
        .collect();
    // Of those that wait for one platform, who has waited longest goes first, so that they take turns.
    pages.sort_by_key(|(at, feed, walk, _)| (*at, walk.due_at, *feed));
    let mut taken = HashSet::new();
    pages.retain(|(.., needed)| {
        let is_free = needed.iter().all(|platform| !taken.contains(platform));
        // Who waits for one of its platforms keeps nobody else from the other.
        if is_free {
            taken.extend(needed.iter().cloned());
        }
        is_free
    });
    let told = pages.into_iter();
    told.map(|(at, feed, walk, _)| (at, feed, walk)).collect()
}

/// The platforms that are asked with this page, as far as can be told before; none for this machine's own.
fn needed(walk: &Walk, page: &Url) -> Vec<String> {
    if is_loopback(page) {
        return Vec::new();
    }
    let own = platform(page).unwrap_or_default();
    let is_led_on = walk.platforms.first() == Some(&own);
    let mut needed = vec![own];
    if is_led_on {
        needed.extend(walk.platforms.iter().skip(1).cloned());
    }
    needed
}

/// Which moment stands in for the date of a post without one on an older page: it is no newer than the pages before.
pub fn undated_at(walk: &Walk, now: Timestamp) -> Timestamp {
    walk.back.to.unwrap_or(now).min(now)
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.to_canonical().is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

impl Walk {
    fn asked(&mut self, now: Timestamp) {
        self.asked_at = Some(now);
    }

    fn ends(&mut self, end: WalkEnd) {
        self.next = None;
        self.back.end = Some(end);
    }

    fn goes_on(&mut self, next: Option<Url>) {
        let Some(next) = next else {
            return self.ends(WalkEnd::First);
        };
        if self.seen.contains(&address(&next)) {
            return self.ends(WalkEnd::Repeats);
        }
        if !leads_to(self, &next) {
            return self.ends(WalkEnd::Elsewhere);
        }
        self.next = Some(next);
    }
}

/// What makes two spellings of an address one page.
fn address(url: &Url) -> Fingerprint {
    Fingerprint::of(canonical(url).as_bytes())
}

/// A host as pages are held to it: without `www.`, with its port where that is not the usual one.
pub fn host(url: &Url) -> String {
    let name = url.host_str().unwrap_or_default().trim_end_matches('.');
    let name = name.strip_prefix("www.").unwrap_or(name);
    match url.port() {
        Some(port) => format!("{name}:{port}"),
        None => name.to_owned(),
    }
}

fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn later(now: Timestamp, by: SignedDuration) -> Timestamp {
    now.checked_add(by).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests;
