//! Bytes → what changed: parse, compare, and only then clean and tag what is new.

use std::collections::BTreeMap;

use jiff::Timestamp;
use url::Url;

use crate::model::{Document, EntryChange, EntryText, Fingerprint, KnownEntry, Markup, ReadyEntry};
use crate::parse::{self, ParseError, Source};
use crate::plan::{self, Intent};
use crate::sanitize;
use crate::tagging::Tagger;

/// Everything that reading one document needs.
pub(super) struct Reading<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) fingerprint: Fingerprint,
    /// Where it came from, after redirects.
    pub(super) url: &'a Url,
    pub(super) charset: Option<&'a str>,
    pub(super) entries_max: usize,
    /// The slug of whose feed it is.
    pub(super) owner: &'a str,
    pub(super) known: &'a BTreeMap<String, KnownEntry>,
    pub(super) tagger: &'a Tagger,
    pub(super) now: Timestamp,
}

/// Reads a document and prepares what is new or changed in it.
pub(super) fn read(reading: &Reading<'_>) -> Result<Document, ParseError> {
    let source = Source {
        url: Some(reading.url),
        charset: reading.charset,
        entries_max: reading.entries_max,
    };
    let parsed = parse::feed(reading.bytes, source)?;
    let intents = plan::intents(reading.known, parsed.entries);
    let problems = parsed.problems.into_iter().chain(intents.problems);
    Ok(Document {
        title: parsed
            .title
            .as_ref()
            .map(sanitize::line)
            .unwrap_or_default(),
        site_url: parsed.site_url,
        body: reading.fingerprint,
        problems: problems.map(|problem| problem.to_string()).collect(),
        unchanged: intents.unchanged,
        changes: intents
            .work
            .into_iter()
            .map(|intent| change(intent, reading))
            .collect(),
    })
}

fn change(intent: Intent, reading: &Reading<'_>) -> EntryChange {
    let known = intent.known.as_ref().map(|known| known.id);
    let ready = prepare(intent, reading);
    match known {
        Some(id) => EntryChange::Changed(id, ready),
        None => EntryChange::New(ready),
    }
}

/// Cleans, dates and tags one entry.
fn prepare(intent: Intent, reading: &Reading<'_>) -> ReadyEntry {
    let html = sanitize::html(&intent.entry.content, intent.entry.base.as_ref());
    let text = sanitize::text_of(&html);
    let title = sanitize::line(&intent.entry.title);
    let words = Fingerprint::of_parts([title.as_str(), text.as_str()]);
    let dates = plan::dates(&intent, words, reading.now);
    let entry = intent.entry;
    let categories: Vec<String> = entry
        .categories
        .into_iter()
        .map(|category| sanitize::line(&Markup::Plain(category)))
        .collect();
    let reader = EntryText {
        title,
        url: entry.url,
        participant: Some(reading.owner.to_owned()),
        categories,
        links: sanitize::links_of(&html),
        body: text,
    };
    let tags = reading.tagger.tags(&reader);
    ReadyEntry {
        guid: entry.guid,
        url: reader.url,
        title: reader.title,
        byline: entry
            .authors
            .iter()
            .map(sanitize::line)
            .collect::<Vec<_>>()
            .join(", "),
        published_at: dates.published_at,
        updated_at: dates.updated_at,
        categories: reader.categories,
        raw_title: entry.title,
        raw: entry.content,
        base: entry.base,
        html,
        text: reader.body,
        fingerprint: intent.fingerprint,
        words,
        tags,
    }
}
