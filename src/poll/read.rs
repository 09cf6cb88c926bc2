//! Bytes → what changed, in two steps: parse and compare; then, once the store was asked for the background, clean,
//! date and tag what is new.

use std::collections::HashSet;

use jiff::Timestamp;
use url::Url;

use crate::model::{
    Damage, Document, EntryChange, EntryText, FeedId, FeedLinks, Fingerprint, GuidRule,
    HeaderLinks, KnownEntry, Markup, Origin, ParsedEntry, ParsedFeed, ReadyEntry, Words,
};
use crate::parse::{self, ParseError, Source};
use crate::plan::backfill::{self, Page};
use crate::plan::websub;
use crate::plan::{self, Came, Intent};
use crate::sanitize;
use crate::store::{Background, Question};
use crate::tagging::Tagger;

/// What the first step reads.
pub(super) struct Reading<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) fingerprint: Fingerprint,
    /// Where it came from, after redirects.
    pub(super) url: &'a Url,
    pub(super) charset: Option<&'a str>,
    /// Whether only new entries came, so that nothing follows from what is missing.
    pub(super) is_part: bool,
    /// Whether it came from the host where the feed is read, and not from where a redirect leads for once.
    pub(super) at_home: bool,
    /// What the answer's own headers say of hubs and older pages; they count before the document (`WebSub` section 4).
    pub(super) links: HeaderLinks,
    pub(super) entries_max: usize,
    pub(super) known: &'a [KnownEntry],
    /// The rules by which the second step will tag.
    pub(super) rules: Fingerprint,
    /// The moment the course opens.
    pub(super) opens: Option<Timestamp>,
    /// Whether it is an older page of the blog, and not its feed.
    pub(super) older: bool,
    pub(super) now: Timestamp,
}

/// A document between the two steps.
pub(super) struct Compared {
    document: Document,
    work: Vec<Intent>,
    ids: Vec<String>,
    page: Page,
    older: bool,
}

/// What the second step needs beside it.
pub(super) struct Work<'a> {
    pub(super) background: &'a Background,
    pub(super) known: &'a [KnownEntry],
    /// The slug of whose feed it is.
    pub(super) owner: &'a str,
    pub(super) tagger: &'a Tagger,
    pub(super) now: Timestamp,
    /// Of an older page: which moment stands in for the date of a post that has none.
    pub(super) undated_at: Option<Timestamp>,
}

/// Entries whose ids are looked up among those of other participants.
const IDS_MAX: usize = 50;

/// Reads a document and compares it with what is known.
pub(super) fn compare(reading: &Reading<'_>) -> Result<Compared, ParseError> {
    let mut parsed = parsed(reading)?;
    let own_name = reading.links.self_url.as_ref().or(parsed.self_url.as_ref());
    let own_name = own_name.cloned();
    parsed.links = joined(&reading.links, parsed.links);
    let ids = lasting_ids(&parsed.entries);
    let (body, bytes) = (reading.fingerprint, reading.bytes.len());
    let mut page = Page::of(&parsed, reading.url, body, bytes, reading.opens);
    let hub = websub::offer(&parsed.links.hubs, own_name.as_ref(), reading.url);
    let begun = !reading.older && page.entries > 0;
    // Behind a cut may stand what is known.
    let is_cut = reading.is_part || parsed.damage == Some(Damage::CutOff);
    let may_have_gap = begun && reading.at_home && !is_cut && !parsed.complete;
    // What is missing in a document that was cut, or in which anything is wrong, may be there all the same.
    let whole = !reading.is_part
        && parsed.problems.is_empty()
        && parsed.entries.len() < reading.entries_max;
    let came = Came {
        complete: parsed.complete && whole,
        entries: parsed.entries,
        tombstones: parsed.tombstones,
        older: reading.older,
    };
    let intents = plan::intents(reading.known, came, reading.now);
    page.met = intents.met;
    let namesakes = || namesakes(&intents.work, reading.known);
    let gap = may_have_gap.then(|| backfill::gap(&page, reading.known, namesakes, reading.now));
    let walk = gap.flatten();
    let problems = parsed.problems.into_iter().chain(intents.problems);
    let title = parsed.title.as_ref().map(sanitize::line);
    let document = Document {
        title: title.unwrap_or_default(),
        site_url: parsed.site_url,
        body: reading.fingerprint,
        rules: reading.rules,
        topics: None,
        problems: problems.map(|problem| problem.to_string()).collect(),
        self_url: parsed.self_url,
        rhythm: parsed.rhythm,
        source: reading.url.clone(),
        parser: parse::VERSION,
        changes: Vec::new(),
        unchanged: intents.unchanged,
        retired: intents.retired,
        revived: intents.revived,
        noted: intents.noted,
        counted: intents.counted,
        flood: None,
        hub,
        walk: walk.or_else(|| begun.then(|| backfill::begin(&page, reading.now))),
        remark: None,
    };
    Ok(Compared {
        document,
        work: intents.work,
        ids,
        page,
        older: reading.older,
    })
}

/// What the bytes say, unless they are too damaged to say anything.
fn parsed(reading: &Reading<'_>) -> Result<ParsedFeed, ParseError> {
    let source = Source {
        url: Some(reading.url),
        charset: reading.charset,
        entries_max: reading.entries_max,
    };
    let had_posts = reading.known.iter().any(|it| it.origin == Origin::Own);
    parse::sound(parse::feed(reading.bytes, source)?, had_posts)
}

/// How many of the posts that are new have the title of one that is known.
fn namesakes(work: &[Intent], known: &[KnownEntry]) -> usize {
    let titles: HashSet<&str> = known.iter().map(|it| it.title.as_str()).collect();
    let new = work.iter().filter(|intent| intent.known.is_none());
    let named = new.map(|intent| sanitize::line(&intent.entry.title));
    named
        .filter(|title| !title.is_empty() && titles.contains(title.as_str()))
        .count()
}

/// The first ids that mean the same beyond their feed.
fn lasting_ids(entries: &[ParsedEntry]) -> Vec<String> {
    let ids = entries.iter().filter_map(lasting_id);
    ids.take(IDS_MAX).collect()
}

/// What headers and document say together.
fn joined(headers: &HeaderLinks, document: FeedLinks) -> FeedLinks {
    let previous_archive = headers.previous_archive.clone();
    let next_page = headers.next_page.clone();
    FeedLinks {
        hubs: headers.hubs.iter().cloned().chain(document.hubs).collect(),
        previous_archive: previous_archive.or(document.previous_archive),
        next_page: next_page.or(document.next_page),
        generator: document.generator,
    }
}

/// The id that an entry brings along, if that means the same beyond its feed.
fn lasting_id(entry: &ParsedEntry) -> Option<String> {
    match entry.guid.rule {
        GuidRule::Given if entry.guid.value.contains(':') => Some(entry.guid.value.clone()),
        _ => entry.url.as_ref().map(|url| url.as_str().to_owned()),
    }
}

impl Compared {
    /// What has to be asked before the second step.
    pub(super) fn question(&self, feed: FeedId) -> Question {
        let known = self.work.iter().filter_map(|it| it.known.as_ref());
        Question {
            feed,
            self_url: self.document.self_url.clone(),
            ids: self.ids.clone(),
            changed: known.map(|known| known.id).collect(),
        }
    }

    /// What the document tells of its place among the blog's pages.
    pub(super) fn page(&self) -> &Page {
        &self.page
    }

    /// Prepares what is new or changed.
    pub(super) fn finish(self, work: &Work<'_>) -> Document {
        let mut document = self.document;
        let changes = self.work.into_iter().map(|intent| change(intent, work));
        document.changes = changes.collect();
        document.topics = Some(work.tagger.topics());
        let new = document.changes.iter_mut().filter_map(|it| match it {
            EntryChange::New(entry) => Some(entry),
            EntryChange::Changed(..) => None,
        });
        if self.older {
            plan::hold_back(new, work.known);
        } else {
            document.flood = plan::hold_floods(new);
        }
        document.remark = work.background.same_feed.as_ref().map(|other| {
            format!(
                "this looks like the feed of {} as well: if the two are one blog, keep it with one of them in feeds.toml",
                other.name
            )
        });
        document.problems.extend(document.remark.clone());
        document
    }
}

/// Cleans, dates and tags one entry.
fn change(intent: Intent, work: &Work<'_>) -> EntryChange {
    let mut entry = intent.entry;
    // Of a post from the past that does not say when it was written nobody would see that it is no news.
    let placeless = work.undated_at.filter(|_| entry.published.is_none());
    entry.published = entry.published.or(placeless);
    let html = sanitize::html(&entry.content, entry.base.as_ref());
    let (text, links) = sanitize::said(&html);
    let after = Words {
        title: sanitize::line(&entry.title),
        text,
    };
    let words = Fingerprint::of_parts([after.title.as_str(), after.text.as_str()]);
    let known = intent.known.as_ref();
    let before = known.and_then(|known| work.background.words.get(&known.id));
    // Only by its title it is not the same; where nothing can be compared, it is.
    let known = known.filter(|_| intent.sure || before.is_none_or(|it| plan::alike(it, &after)));
    let changed = known.is_some_and(|known| known.words != words)
        && before.is_none_or(|before| plan::is_news(before, &after));
    let dates = plan::dates(&entry, known, changed, work.now);
    let twin_of = match known {
        None => plan::twin(work.known, entry.url.as_ref(), words, &after.text),
        Some(_) => None,
    };
    let reader = EntryText {
        title: after.title,
        url: entry.url,
        participant: Some(work.owner.to_owned()),
        categories: entry.categories.into_iter().map(plain).collect(),
        links,
        body: after.text,
    };
    let tags = work.tagger.tags(&reader);
    let mentions = work.tagger.mentions(&reader, &tags);
    let byline: Vec<String> = entry.authors.iter().map(sanitize::line).collect();
    let ready = ReadyEntry {
        guid: entry.guid,
        url: reader.url,
        title: reader.title,
        byline: byline.join(", "),
        published_at: dates.published_at,
        dated: dates.dated && placeless.is_none(),
        updated_at: dates.updated_at,
        categories: reader.categories,
        raw_title: entry.title,
        content: Fingerprint::of(entry.content.source().as_bytes()),
        raw: entry.content,
        base: entry.base,
        html,
        text: reader.body,
        fingerprint: intent.fingerprint,
        words,
        links: reader.links,
        tags,
        mentions,
        comments: entry.comments,
        problems: entry.problems.iter().map(ToString::to_string).collect(),
        on_front: placeless.is_none(),
        twin_of,
    };
    match known.map(|known| known.id) {
        Some(id) => EntryChange::Changed(id, ready),
        None => EntryChange::New(ready),
    }
}

fn plain(text: String) -> String {
    sanitize::line(&Markup::Plain(text))
}
