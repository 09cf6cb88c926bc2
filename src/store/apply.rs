//! Carrying out what a poll decided: one feed, one transaction.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{OptionalExtension, Transaction, params};
use url::Url;

use super::StoreError;
use super::comments::{write_comments, write_first_comments};
use super::decisions::decisions;
use super::entries::tags;
use super::moves;
use super::retag::note_rules;
use super::rows::{join_lines, millis};
use super::topics;
use crate::model::{
    Document, EntryChange, EntryId, FeedId, FeedUpdate, Fingerprint, Guid, GuidRule, Mention,
    ReadyEntry, Rhythm, Tag, TagState, canonical,
};
use crate::plan;

/// What an update did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Applied {
    /// Whether nothing was kept, because the roster has another address for the feed by now, or none.
    pub is_void: bool,
    /// Entries that were not there before.
    pub new: usize,
    /// Entries that were there and look different now.
    pub changed: usize,
}

/// Carries out one update inside a transaction, unless it was decided for what the roster says no more: whoever was taken
/// off it, or writes elsewhere now, must not get what is read at the old address.
pub(super) fn apply(
    transaction: &Transaction<'_>,
    update: &FeedUpdate,
    sanitizer: u32,
) -> Result<Applied, StoreError> {
    if !record_state(transaction, update)? {
        return Ok(Applied {
            is_void: true,
            ..Applied::default()
        });
    }
    moves::record(transaction, update)?;
    if let Some(validators) = &update.validators {
        let sql = "UPDATE feed SET validators_url = ?2, etag = ?3, last_modified = ?4
               WHERE id = ?1 AND (validators_url, etag, last_modified) IS NOT (?2, ?3, ?4)";
        let url = validators.url.as_ref().map(Url::as_str);
        transaction.prepare_cached(sql)?.execute(params![
            update.feed.0,
            url,
            validators.etag,
            validators.last_modified
        ])?;
    }
    match &update.document {
        Some(document) => record_document(transaction, update, document, sanitizer),
        None => Ok(Applied::default()),
    }
}

/// Notes that something which pages and feeds show has changed.
pub(super) fn touch(transaction: &Transaction<'_>, at: Timestamp) -> Result<(), StoreError> {
    let sql = "UPDATE planet SET changed_at = max(coalesce(changed_at, 0), ?1)";
    transaction.prepare_cached(sql)?.execute([millis(at)])?;
    Ok(())
}

/// Whether the feed is as it was when this was decided, and its state was recorded.
fn record_state(transaction: &Transaction<'_>, update: &FeedUpdate) -> Result<bool, StoreError> {
    let polled_at = millis(update.polled_at);
    let failure = update.failure.as_ref();
    // What a hub told since the last poll may have come too late for that one, and what it told since this one began for
    // this one too. Then the next is an ordinary one, or very soon.
    let sql = "UPDATE feed SET polled_at = ?2,
                   next_poll_at = iif(?10 AND (SELECT delivered_at FROM subscription WHERE feed_id = ?1 AND ended = 0) > ?16,
                                      min(?3, ?18), ?3),
                   fallback_at = iif((SELECT delivered_at FROM subscription WHERE feed_id = ?1 AND ended = 0) > ok_began_at,
                                     NULL, ?17),
                   ok_began_at = iif(?10, ?16, ok_began_at), held_until = ?4, failing_since = ?5, failure_cause = ?6,
                   failure_count = ?7, gone = ?8, ok_at = iif(?10, ?2, ok_at), failure_kind = ?11,
                   whole_at = iif(?12, ?2, whole_at), feed_url = coalesce(?9, feed_url), throttled_count = ?13,
                   fresh_seconds = ?19
               WHERE id = ?1 AND address = ?14 AND named = ?15 AND listed = 1";
    let recorded = transaction.prepare_cached(sql)?.execute(params![
        update.feed.0,
        polled_at,
        millis(update.next_poll_at),
        update.held_until.map(millis),
        failure.map(|failure| millis(failure.since)),
        failure.map(|failure| &failure.cause),
        failure.map_or(0, |failure| failure.count),
        update.gone,
        update.found_at.as_ref().map(Url::as_str),
        // Only a good answer brings validators, even if empty ones.
        update.validators.is_some(),
        failure.map(|failure| failure.trouble.as_str()),
        update.asked_whole,
        update.throttled,
        update.address.as_str(),
        update.named,
        millis(update.began_at),
        update.fallback_at.map(millis),
        millis(update.soon_at),
        update.fresh_for.map(|time| time.as_secs()),
    ])?;
    Ok(recorded > 0)
}

fn record_document(
    transaction: &Transaction<'_>,
    update: &FeedUpdate,
    document: &Document,
    sanitizer: u32,
) -> Result<Applied, StoreError> {
    let site_url = document.site_url.as_ref().map(Url::as_str);
    let problems = join_lines(&document.problems);
    let key = |url: &Url| canonical(url);
    let sql = "UPDATE feed SET body = ?2, problems = ?3, parser = ?4, self_key = ?5, source_key = ?6 WHERE id = ?1";
    transaction.prepare_cached(sql)?.execute(params![
        update.feed.0,
        document.body.0,
        problems,
        document.parser,
        document.self_url.as_ref().map(key),
        key(&document.source),
    ])?;
    record_rhythm(transaction, update.feed, document.rhythm)?;
    if let Some(flood) = document.flood {
        let sql = "UPDATE feed SET flood_at = ?2, flood_count = ?3, flood_shown = ?4 WHERE id = ?1";
        let at = millis(update.polled_at);
        transaction.prepare_cached(sql)?.execute(params![
            update.feed.0,
            at,
            flood.count,
            flood.shown
        ])?;
    }
    let sql = "UPDATE feed SET title = ?2, site_url = coalesce(?3, site_url)
               WHERE id = ?1 AND (title <> ?2 OR (?3 IS NOT NULL AND site_url IS NOT ?3))";
    let renamed = transaction.prepare_cached(sql)?.execute(params![
        update.feed.0,
        document.title,
        site_url
    ])? > 0;
    let mut writing = Writing::begin(transaction, update.feed, update.polled_at, sanitizer);
    if !document.changes.is_empty() {
        note_rules(transaction, document.rules)?;
        writing.knows_mentions = topics::are(transaction, document.topics)?;
    }
    let mut applied = Applied::default();
    // Feeds stand newest first; among posts of one moment the later number is the newer post.
    for change in document.changes.iter().rev() {
        let (id, entry) = match change {
            EntryChange::New(entry) if writing.insert(entry)? => {
                applied.new += 1;
                continue;
            }
            // It has come in since the decision was made.
            EntryChange::New(entry) => (writing.existing(&entry.guid)?, entry),
            EntryChange::Changed(id, entry) => (Some(*id), entry),
        };
        if let Some(id) = id {
            applied.changed += usize::from(writing.rewrite(id, entry)?);
        }
    }
    super::websub::note_offer(transaction, update.feed, document.hub.as_ref())?;
    if let Some(walk) = &document.walk {
        super::backfill::begin(transaction, update.feed, walk)?;
    }
    let moved = remember(transaction, document, update.polled_at)?;
    if renamed || moved || applied != Applied::default() {
        touch(transaction, update.polled_at)?;
    }
    Ok(applied)
}

fn record_rhythm(
    transaction: &Transaction<'_>,
    feed: FeedId,
    rhythm: Rhythm,
) -> Result<(), StoreError> {
    let sql = "UPDATE feed SET ttl_seconds = ?2, update_seconds = ?3, skip_hours = ?4, skip_days = ?5
               WHERE id = ?1 AND (ttl_seconds, update_seconds, skip_hours, skip_days) IS NOT (?2, ?3, ?4, ?5)";
    let seconds = |time: Option<SignedDuration>| time.map(|time| time.as_secs().max(1));
    transaction.prepare_cached(sql)?.execute(params![
        feed.0,
        seconds(rhythm.ttl),
        seconds(rhythm.update_every),
        rhythm.skip_hours,
        rhythm.skip_days
    ])?;
    Ok(())
}

/// Writing the entries of one document.
pub(super) struct Writing<'a> {
    transaction: &'a Transaction<'a>,
    feed: FeedId,
    /// When the document was read.
    at: Timestamp,
    /// The version of the sanitiser that made its HTML.
    sanitizer: u32,
    /// Whether the topics that its entries mention are those that the store has.
    pub(super) knows_mentions: bool,
}

impl<'a> Writing<'a> {
    pub(super) fn begin(
        transaction: &'a Transaction<'a>,
        feed: FeedId,
        at: Timestamp,
        sanitizer: u32,
    ) -> Self {
        Self {
            transaction,
            feed,
            at,
            sanitizer,
            knows_mentions: false,
        }
    }

    /// The entry with this guid.
    fn existing(&self, guid: &Guid) -> Result<Option<EntryId>, StoreError> {
        let sql = "SELECT id FROM entry WHERE feed_id = ?1 AND guid = ?2";
        let mut statement = self.transaction.prepare_cached(sql)?;
        let found = statement.query_row(params![self.feed.0, guid.value], |row| row.get(0));
        Ok(found.optional()?.map(EntryId))
    }

    /// Keeps a new entry; whether it was, because its feed had none with this guid.
    pub(super) fn insert(&self, entry: &ReadyEntry) -> Result<bool, StoreError> {
        if let Some(original) = original_id(&entry.guid, entry.url.as_ref())
            && self.insert_as(&original, entry)?
        {
            return Ok(true);
        }
        if self.existing(&entry.guid)?.is_some() {
            return Ok(false);
        }
        let sql = "SELECT address_key FROM feed WHERE id = ?1";
        let mut statement = self.transaction.prepare_cached(sql)?;
        let key: String = statement.query_row([self.feed.0], |row| row.get(0))?;
        for count in 0_u32.. {
            if self.insert_as(&made_id(&key, &entry.guid, count), entry)? {
                break;
            }
        }
        Ok(true)
    }

    /// Inserts an entry with all that belongs to it; whether its guid and this id were free.
    fn insert_as(&self, public_id: &str, entry: &ReadyEntry) -> Result<bool, StoreError> {
        let transaction = self.transaction;
        let published_at = millis(entry.published_at);
        let sql = "INSERT INTO entry (feed_id, participant_id, guid, guid_rule, public_id, url, title, byline,
                       published_at, updated_at, first_seen_at, categories, fingerprint, words, sanitizer, base,
                       raw_title, raw_title_kind, raw_kind, text, html, raw, on_front, twin_of, undated)
                   VALUES (?1, (SELECT participant_id FROM feed WHERE id = ?1), ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11,
                       ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24)
                   ON CONFLICT DO NOTHING";
        let inserted = transaction.prepare_cached(sql)?.execute(params![
            self.feed.0,
            entry.guid.value,
            entry.guid.rule.as_str(),
            public_id,
            entry.url.as_ref().map(Url::as_str),
            entry.title,
            entry.byline,
            published_at,
            millis(entry.updated_at),
            millis(self.at),
            join_lines(&entry.categories),
            entry.fingerprint.0,
            entry.words.0,
            self.sanitizer,
            entry.base.as_ref().map(Url::as_str),
            entry.raw_title.source(),
            entry.raw_title.kind(),
            entry.raw.kind(),
            entry.text,
            entry.html.as_str(),
            entry.raw.source(),
            entry.on_front,
            entry.twin_of.map(|id| id.0),
            !entry.dated,
        ])?;
        if inserted == 0 {
            return Ok(false);
        }
        let id = EntryId(transaction.last_insert_rowid());
        let sql = "INSERT INTO entry_reading (entry_id, content, problems) VALUES (?1, ?2, ?3)";
        let problems = join_lines(&entry.problems);
        transaction
            .prepare_cached(sql)?
            .execute(params![id.0, entry.content.0, problems])?;
        write_links(transaction, id, &entry.links)?;
        if let Some(count) = entry.comments {
            write_first_comments(transaction, id, count, published_at)?;
        }
        write_first_tags(transaction, id, entry, self.knows_mentions)?;
        Ok(true)
    }

    /// Everything may change but whose it is, `published_at` and the id in our feeds; the guid only where the feed gives
    /// another one to the same post. Says whether anything changed that is shown.
    fn rewrite(&self, id: EntryId, entry: &ReadyEntry) -> Result<bool, StoreError> {
        let transaction = self.transaction;
        let sql = "UPDATE entry SET url = ?2, title = ?3, byline = ?4, updated_at = max(?5, published_at), categories = ?6,
                       text = ?7, html = ?8
                   WHERE id = ?1 AND (url IS NOT ?2 OR title <> ?3 OR byline <> ?4
                       OR updated_at <> max(?5, published_at) OR categories <> ?6 OR text <> ?7 OR html <> ?8)";
        let shown = transaction.prepare_cached(sql)?.execute(params![
            id.0,
            entry.url.as_ref().map(Url::as_str),
            entry.title,
            entry.byline,
            millis(entry.updated_at),
            join_lines(&entry.categories),
            entry.text,
            entry.html.as_str(),
        ])?;
        write_links(transaction, id, &entry.links)?;
        write_comments(transaction, id, entry.comments)?;
        let tags_before = tags(transaction, id)?;
        let mentions = self.knows_mentions.then_some(&*entry.mentions);
        write_tags(transaction, id, &entry.tags, mentions)?;
        let retagged = tags(transaction, id)? != tags_before;
        let sql = "UPDATE entry SET fingerprint = ?2, words = ?3, sanitizer = ?4, base = ?5, raw_title = ?6,
                       raw_title_kind = ?7, raw_kind = ?8, raw = ?9
                   WHERE id = ?1";
        transaction.prepare_cached(sql)?.execute(params![
            id.0,
            entry.fingerprint.0,
            entry.words.0,
            self.sanitizer,
            entry.base.as_ref().map(Url::as_str),
            entry.raw_title.source(),
            entry.raw_title.kind(),
            entry.raw.kind(),
            entry.raw.source(),
        ])?;
        let changed = shown > 0 || retagged;
        self.note_reading(id, entry, changed)?;
        Ok(changed)
    }

    /// Records as what and in which state a known entry was read. Only changes that can be seen count as changes.
    fn note_reading(
        &self,
        id: EntryId,
        entry: &ReadyEntry,
        changed: bool,
    ) -> Result<(), StoreError> {
        // It is this feed's from now on, should its blog have moved; where another entry has that guid, the old one stays.
        let sql = "UPDATE OR IGNORE entry SET guid = ?2, guid_rule = ?3, feed_id = ?4
                   WHERE id = ?1 AND (guid <> ?2 OR feed_id <> ?4)";
        self.transaction.prepare_cached(sql)?.execute(params![
            id.0,
            entry.guid.value,
            entry.guid.rule.as_str(),
            self.feed.0
        ])?;
        let sql = "INSERT INTO entry_reading (entry_id, content, changes, changed_at, problems)
                   VALUES (?1, ?2, ?5, iif(?5, ?3, NULL), ?4)
                   ON CONFLICT (entry_id) DO UPDATE
                   SET content = ?2, changes = changes + ?5, changed_at = iif(?5, ?3, changed_at), problems = ?4";
        self.transaction.prepare_cached(sql)?.execute(params![
            id.0,
            entry.content.0,
            millis(self.at),
            join_lines(&entry.problems),
            changed
        ])?;
        Ok(())
    }
}

/// Records what a document says of entries that need no writing; whether anything came or went by it.
fn remember(
    transaction: &Transaction<'_>,
    document: &Document,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let sql = "INSERT INTO entry_reading (entry_id, problems) VALUES (?1, ?2)
               ON CONFLICT (entry_id) DO UPDATE SET problems = ?2";
    for (id, problems) in &document.noted {
        let problems = join_lines(problems);
        transaction
            .prepare_cached(sql)?
            .execute(params![id.0, problems])?;
    }
    // Others commented, which is no news of the post: no reader is told, and no date moves.
    for (id, count) in &document.counted {
        write_comments(transaction, *id, *count)?;
    }
    let mut moved = 0;
    for id in &document.retired {
        let sql = "UPDATE entry SET retired_at = ?2 WHERE id = ?1 AND retired_at IS NULL";
        moved += transaction
            .prepare_cached(sql)?
            .execute(params![id.0, millis(at)])?;
        // Its copy in another feed takes its place.
        let sql = "UPDATE entry SET twin_of = NULL WHERE twin_of = ?1";
        moved += transaction.prepare_cached(sql)?.execute([id.0])?;
    }
    for id in &document.revived {
        let sql = "UPDATE entry SET retired_at = NULL WHERE id = ?1 AND retired_at IS NOT NULL";
        moved += transaction.prepare_cached(sql)?.execute([id.0])?;
    }
    Ok(moved > 0)
}

fn write_links(
    transaction: &Transaction<'_>,
    id: EntryId,
    links: &[Url],
) -> Result<(), StoreError> {
    let sql = "INSERT INTO entry_link (entry_id, urls) VALUES (?1, ?2)
               ON CONFLICT (entry_id) DO UPDATE SET urls = excluded.urls";
    let links: Vec<&str> = links.iter().map(Url::as_str).collect();
    transaction
        .prepare_cached(sql)?
        .execute(params![id.0, join_lines(&links)])?;
    Ok(())
}

/// Gives an entry the tags that the rules say, as far as no organiser decided otherwise. Whoever writes tags of an entry
/// that is there does it here, so that nobody can forget a decision.
///
/// `mentions` are those of its texts, as they are kept by now, by the topics that the store has and for the Things that
/// the rules tag it with; nothing where they have yet to be looked for.
pub(super) fn write_tags(
    transaction: &Transaction<'_>,
    id: EntryId,
    rules: &[Tag],
    mentions: Option<&[Mention]>,
) -> Result<(), StoreError> {
    let tags = plan::effective(rules, &decisions(transaction, id)?);
    transaction
        .prepare_cached("DELETE FROM tag WHERE entry_id = ?1")?
        .execute([id.0])?;
    let Some(published_at) = published_at(transaction, id)? else {
        return topics::note(transaction, id);
    };
    insert_tags(transaction, id, &tags, published_at)?;
    let has = |tags: &[Tag], thing| {
        let mut tagged = tags.iter().filter(|tag| tag.state == TagState::Tagged);
        tagged.any(|tag| tag.thing == thing)
    };
    // In what is on a Thing only by a decision, nobody has looked for its topics.
    let by_rule = tags
        .iter()
        .filter(|tag| tag.state == TagState::Tagged)
        .all(|tag| has(rules, tag.thing));
    match mentions.filter(|_| by_rule) {
        None => topics::note(transaction, id),
        Some(mentions) => {
            topics::forget(transaction, id)?;
            let mentions = mentions.iter().filter(|it| has(&tags, it.thing));
            topics::insert(transaction, id, mentions, published_at)
        }
    }
}

/// Gives an entry that has just come its tags. Nothing is there of it that they could replace, and nobody can have decided
/// on it.
fn write_first_tags(
    transaction: &Transaction<'_>,
    id: EntryId,
    entry: &ReadyEntry,
    knows_mentions: bool,
) -> Result<(), StoreError> {
    let published_at = millis(entry.published_at);
    insert_tags(transaction, id, &entry.tags, published_at)?;
    if knows_mentions {
        topics::insert(transaction, id, &entry.mentions, published_at)
    } else {
        topics::note(transaction, id)
    }
}

fn insert_tags(
    transaction: &Transaction<'_>,
    id: EntryId,
    tags: &[Tag],
    published_at: i64,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO tag (entry_id, thing, state, rule, place, quote, published_at)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    let mut statement = transaction.prepare_cached(sql)?;
    for tag in tags {
        let evidence = &tag.evidence;
        statement.execute(params![
            id.0,
            tag.thing,
            tag.state.as_str(),
            evidence.rule.as_str(),
            evidence.place.as_str(),
            evidence.quote,
            published_at
        ])?;
    }
    Ok(())
}

/// The time of an entry, as the rows that follow from it have it beside them.
///
/// It is asked for by itself, because a table with triggers that takes rows straight from another makes a copy of them
/// first, which costs more than the rows.
pub(super) fn published_at(
    transaction: &Transaction<'_>,
    id: EntryId,
) -> Result<Option<i64>, StoreError> {
    let sql = "SELECT published_at FROM entry WHERE id = ?1";
    let mut statement = transaction.prepare_cached(sql)?;
    Ok(statement.query_row([id.0], |row| row.get(0)).optional()?)
}

/// The id under which our feeds show an entry, settled once: the original guid or link where it is an absolute URI
/// (RFC 4287 section 4.2.6) that no other entry has, else one made from the feed and the guid.
fn original_id(guid: &Guid, url: Option<&Url>) -> Option<String> {
    match guid.rule {
        GuidRule::Given => absolute_uri(&guid.value),
        GuidRule::GivenAndLink | GuidRule::Link => url.map(|url| url.as_str().to_owned()),
        GuidRule::Hash => None,
    }
}

/// `count` goes up until nobody has it.
fn made_id(feed: &str, guid: &Guid, count: u32) -> String {
    made_uri(&Fingerprint::of_parts([
        feed,
        guid.value.as_str(),
        count.to_string().as_str(),
    ]))
}

fn absolute_uri(guid: &str) -> Option<String> {
    let printable = guid
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && !b"<>\"{}|\\^`".contains(&byte));
    let parsed = Url::parse(guid)
        .ok()
        .filter(|_| printable && guid.len() <= 2_048)?;
    // A colon alone does not make a URI of "post:12"; real schemes have an authority or are names.
    (parsed.has_host() || matches!(parsed.scheme(), "tag" | "urn")).then(|| guid.to_owned())
}

/// A version 8 UUID (RFC 9562 section 5.8), as a URN.
fn made_uri(fingerprint: &Fingerprint) -> String {
    let mut hex: Vec<char> = fingerprint.short_hex().chars().collect();
    hex[12] = '8';
    hex[16] = 'a';
    let group = |from: usize, to: usize| hex[from..to].iter().collect::<String>();
    format!(
        "urn:uuid:{}-{}-{}-{}-{}",
        group(0, 8),
        group(8, 12),
        group(12, 16),
        group(16, 20),
        group(20, 32)
    )
}
