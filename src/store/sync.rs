//! The roster → participants and feeds. Nobody is ever deleted: who leaves the roster is no longer listed, and their
//! posts are back when they return.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use url::Url;

use super::apply::touch;
use super::{Store, StoreError, topics};
use crate::model::{Fingerprint, Participant, Roster, canonical};

/// What taking a roster over changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Synced {
    /// Feeds that were not known before.
    pub added: u32,
    /// Feeds that are no longer on the roster; their entries are kept.
    pub retired: u32,
}

impl Store {
    /// Makes participants and feeds agree with the roster. `now` is when a different roster counts as a change.
    ///
    /// # Errors
    ///
    /// Where the database refuses; nothing has changed then.
    pub async fn sync(&self, roster: &Roster, now: Timestamp) -> Result<Synced, StoreError> {
        let ruled: BTreeSet<String> = roster.course.rules.blogs.keys().cloned().collect();
        let (participants, things) = (roster.participants.clone(), roster.course.things.clone());
        let shown = (&roster.course, &roster.planet, &roster.participants);
        let fingerprint = Fingerprint::of(format!("{shown:?}").as_bytes());
        // Most starts meet the roster of the last one, and have nothing to write.
        let is_known = move |connection: &Connection| {
            let sql = "SELECT roster IS ?1 FROM planet";
            Ok(connection.query_row(sql, [fingerprint.0], |row| row.get(0))?)
        };
        if self.read(is_known).await? {
            return Ok(Synced::default());
        }
        self.write(move |transaction| {
            let synced = sync(transaction, &participants, &ruled)?;
            topics::take_over(transaction, &things)?;
            let sql = "UPDATE planet SET roster = ?1 WHERE roster IS NOT ?1";
            if transaction.execute(sql, [fingerprint.0])? > 0 {
                touch(transaction, now)?;
            }
            Ok(synced)
        })
        .await
    }
}

impl Store {
    /// The present slug of the participant who had this one before they got another name, and which nobody has now.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub async fn renamed(&self, slug: String) -> Result<Option<String>, StoreError> {
        self.read(move |connection| {
            let sql = "SELECT participant.slug
                       FROM former_slug JOIN participant ON participant.id = former_slug.participant_id
                       WHERE former_slug.slug = ?1 AND participant.listed = 1";
            let mut statement = connection.prepare_cached(sql)?;
            Ok(statement.query_row([slug], |row| row.get(0)).optional()?)
        })
        .await
    }
}

/// `ruled` are those with rules of their own.
fn sync(
    transaction: &Transaction<'_>,
    participants: &[Participant],
    ruled: &BTreeSet<String>,
) -> Result<Synced, StoreError> {
    let before = listed(transaction)?;
    let owners_before = owners(transaction)?;
    transaction.execute("UPDATE feed SET listed = 0", [])?;
    let keys: BTreeSet<String> = participants
        .iter()
        .filter_map(Participant::address)
        .map(canonical)
        .collect();
    let mut added = 0;
    let mut here = BTreeSet::new();
    for (position, participant) in (0_u32..).zip(participants) {
        let Some(address) = participant.address() else {
            continue;
        };
        let known = known_feed(transaction, address, &keys)?;
        // Whose blog it was long ago may be on the roster with another one, and is not renamed then.
        let owner = known.filter(|(feed, _)| {
            let before = owners_before.get(feed);
            before.is_none_or(|owner| owner.reads_it || !owner.listed)
        });
        let id = person(
            transaction,
            participant,
            position,
            participants,
            owner.map(|(_, owner)| owner),
        )?;
        here.insert(id);
        added += u32::from(known.is_none());
        subscribe(
            transaction,
            id,
            address,
            participant.feed.as_ref(),
            known.map(|(feed, _)| feed),
        )?;
    }
    let owners = owners(transaction)?;
    let changed: Vec<[&Owner; 2]> = owners_before
        .iter()
        .filter_map(|(feed, before)| Some([before, owners.get(feed)?]))
        .filter(|[before, now]| before.slug != now.slug)
        .collect();
    // Rules of one blog go by its owner's name in addresses, so another name or owner may mean other tags, where one of the
    // two has such rules.
    let mut slugs = changed.iter().flatten().map(|owner| &owner.slug);
    if slugs.any(|slug| ruled.contains(slug)) {
        transaction.execute("UPDATE planet SET rules = NULL", [])?;
    }
    unlist_all_but(transaction, &here)?;
    note_former_slugs(transaction, &changed)?;
    let retired = (before + added).saturating_sub(listed(transaction)?);
    Ok(Synced { added, retired })
}

/// Whose a feed is.
struct Owner {
    id: i64,
    /// Their name in addresses.
    slug: String,
    /// Whether they stand on the roster.
    listed: bool,
    /// Whether it does, with them.
    reads_it: bool,
}

/// Whose each feed is.
fn owners(transaction: &Transaction<'_>) -> Result<BTreeMap<i64, Owner>, StoreError> {
    let sql = "SELECT feed.id, participant.id, slug, participant.listed, participant.listed AND feed.listed
               FROM feed JOIN participant ON participant.id = feed.participant_id";
    let mut statement = transaction.prepare(sql)?;
    let owners = statement.query_map([], |row| {
        let owner = Owner {
            id: row.get(1)?,
            slug: row.get(2)?,
            listed: row.get(3)?,
            reads_it: row.get(4)?,
        };
        Ok((row.get(0)?, owner))
    })?;
    Ok(owners.collect::<Result<_, _>>()?)
}

/// Keeps the former names in addresses of who is known by their feed under another one, as long as they are on the roster
/// and nobody else there has that name.
///
/// A name may pass to somebody else in the same edit, with the row that it belongs to. So the former names of a row go
/// where its feed goes, those of a row that gets another feed are nobody's, and all are read before any is written.
fn note_former_slugs(
    transaction: &Transaction<'_>,
    changed: &[[&Owner; 2]],
) -> Result<(), StoreError> {
    let mut noted: Vec<(String, i64)> = Vec::new();
    for [before, now] in changed.iter().filter(|[before, _]| before.reads_it) {
        if before.id != now.id {
            let sql = "SELECT slug FROM former_slug WHERE participant_id = ?1";
            let mut statement = transaction.prepare_cached(sql)?;
            for slug in statement.query_map([before.id], |row| row.get(0))? {
                noted.push((slug?, now.id));
            }
        }
        noted.push((before.slug.clone(), now.id));
    }
    for [before, now] in changed.iter().filter(|[before, now]| before.id != now.id) {
        let sql = "DELETE FROM former_slug WHERE participant_id IN (?1, ?2)";
        transaction
            .prepare_cached(sql)?
            .execute([before.id, now.id])?;
    }
    let sql = "INSERT INTO former_slug (slug, participant_id) VALUES (?1, ?2)
               ON CONFLICT DO UPDATE SET participant_id = excluded.participant_id";
    for (slug, id) in noted {
        transaction
            .prepare_cached(sql)?
            .execute(params![slug, id])?;
    }
    let sql = "DELETE FROM former_slug
               WHERE slug IN (SELECT slug FROM participant WHERE listed = 1)
                   OR participant_id NOT IN (SELECT id FROM participant WHERE listed = 1)";
    transaction.execute(sql, [])?;
    Ok(())
}

/// Only who leaves is written, because what is kept of somebody's posts follows from whether they are listed.
fn unlist_all_but(transaction: &Transaction<'_>, here: &BTreeSet<i64>) -> Result<(), StoreError> {
    let mut statement =
        transaction.prepare_cached("SELECT id FROM participant WHERE listed = 1")?;
    let listed = statement.query_map([], |row| row.get(0))?;
    let mut listed: Vec<i64> = listed.collect::<Result<_, _>>()?;
    listed.retain(|id| !here.contains(id));
    for id in listed {
        transaction.execute("UPDATE participant SET listed = 0 WHERE id = ?1", [id])?;
    }
    Ok(())
}

fn listed(transaction: &Transaction<'_>) -> Result<u32, StoreError> {
    Ok(
        transaction.query_row("SELECT count(*) FROM feed WHERE listed = 1", [], |row| {
            row.get(0)
        })?,
    )
}

/// The feed at this address and its owner.
///
/// An address that was found by discovery counts as well, so that naming the feed of a blog later does not subscribe to
/// it twice; but a feed whose own address stands on the roster is not taken from whoever it belongs to.
fn known_feed(
    transaction: &Transaction<'_>,
    address: &Url,
    keys: &BTreeSet<String>,
) -> Result<Option<(i64, i64)>, StoreError> {
    let sql =
        "SELECT id, participant_id, address_key FROM feed WHERE address_key = ?1 OR feed_url = ?2 OR moved_url = ?2
               ORDER BY address_key = ?1 DESC, id";
    let key = canonical(address);
    let mut statement = transaction.prepare_cached(sql)?;
    let mut rows = statement.query(params![key, address.as_str()])?;
    while let Some(row) = rows.next()? {
        let found: String = row.get(2)?;
        if found == key || !keys.contains(&found) {
            return Ok(Some((row.get(0)?, row.get(1)?)));
        }
    }
    Ok(None)
}

/// The participant's row: by slug, or the owner of their feed under a new name, or a new one.
fn person(
    transaction: &Transaction<'_>,
    participant: &Participant,
    position: u32,
    all: &[Participant],
    owner: Option<i64>,
) -> Result<i64, StoreError> {
    let by_slug = "SELECT id FROM participant WHERE slug = ?1";
    let mut id: Option<i64> = transaction
        .prepare_cached(by_slug)?
        .query_row([&participant.slug], |row| row.get(0))
        .optional()?;
    if id.is_none()
        && let Some(owner) = owner
    {
        let slug: String = transaction.query_row(
            "SELECT slug FROM participant WHERE id = ?1",
            [owner],
            |row| row.get(0),
        )?;
        // Renamed, unless the former name is still somebody's.
        if !all.iter().any(|other| other.slug == slug) {
            id = Some(owner);
        }
    }
    let site_url = participant.blog.as_ref().map(Url::as_str);
    let values = params![
        participant.slug,
        participant.name,
        site_url,
        participant.excerpt_only,
        position,
        id
    ];
    if let Some(id) = id {
        let sql = "UPDATE participant SET slug = ?1, name = ?2, site_url = ?3, excerpt_only = ?4, position = ?5, listed = 1
                   WHERE id = ?6";
        transaction.prepare_cached(sql)?.execute(values)?;
        return Ok(id);
    }
    let sql = "INSERT INTO participant (slug, name, site_url, excerpt_only, position, id, listed)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, 1)";
    transaction.prepare_cached(sql)?.execute(values)?;
    Ok(transaction.last_insert_rowid())
}

fn subscribe(
    transaction: &Transaction<'_>,
    participant: i64,
    address: &Url,
    feed_url: Option<&Url>,
    known: Option<i64>,
) -> Result<(), StoreError> {
    let feed_url = feed_url.map(Url::as_str);
    let key = canonical(address);
    let Some(id) = known else {
        let sql = "INSERT INTO feed (participant_id, address, address_key, feed_url, named, listed)
                   VALUES (?1, ?2, ?3, ?4, ?4 IS NOT NULL, 1)";
        transaction.prepare_cached(sql)?.execute(params![
            participant,
            address.as_str(),
            key,
            feed_url
        ])?;
        return Ok(());
    };
    // Another address is another try: what the old one said of health and validators is void. Only when its host asked
    // us to wait, we wait.
    let sql = "UPDATE feed SET next_poll_at = held_until, failing_since = NULL, failure_cause = NULL, failure_count = 0,
                   failure_kind = NULL, throttled_count = 0, whole_at = NULL, ok_began_at = NULL, fallback_at = NULL,
                   ttl_seconds = NULL, update_seconds = NULL, fresh_seconds = NULL, skip_hours = 0, skip_days = 0, gone = 0,
                   validators_url = NULL, etag = NULL, last_modified = NULL, body = NULL, self_key = NULL,
                   source_key = NULL, moving_to = NULL, moving_since = NULL, moving_seen = 0, moving_shares = 0,
                   moved_url = NULL, moved_from = NULL, moved_at = NULL, gone_since = NULL, gone_count = 0,
                   missing_since = NULL, missing_count = 0
               WHERE id = ?1 AND (address <> ?2 OR (?3 IS NULL AND named = 1) OR (?3 IS NOT NULL AND feed_url IS NOT ?3))";
    transaction
        .prepare_cached(sql)?
        .execute(params![id, address.as_str(), feed_url])?;
    // Who turns out to own a feed owns the posts that came from it.
    let given = "SELECT 1 FROM feed WHERE id = ?2 AND participant_id <> ?1";
    let given = transaction
        .prepare_cached(given)?
        .exists(params![participant, id])?;
    if given {
        let sql = "UPDATE entry SET participant_id = ?1
                   WHERE feed_id = ?2 AND participant_id = (SELECT participant_id FROM feed WHERE id = ?2)";
        transaction
            .prepare_cached(sql)?
            .execute(params![participant, id])?;
    }
    // A feed that the roster names goes before one that was found, and is forgotten when it is named no more.
    let sql = "UPDATE feed SET participant_id = ?1, listed = 1, address = ?2, address_key = ?3,
                   feed_url = coalesce(?4, iif(named = 1, NULL, feed_url)), named = ?4 IS NOT NULL
               WHERE id = ?5";
    transaction.prepare_cached(sql)?.execute(params![
        participant,
        address.as_str(),
        key,
        feed_url,
        id
    ])?;
    Ok(())
}
