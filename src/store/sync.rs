//! The roster → participants and feeds. Nobody is ever deleted: who leaves the roster is no longer listed, and their
//! posts are back when they return.

use rusqlite::{OptionalExtension, Transaction, params};
use url::Url;

use super::{Store, StoreError};
use crate::model::{ContentPolicy, Participant, Roster, canonical};

/// What taking a roster over changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Synced {
    /// Feeds that were not known before.
    pub added: u32,
    /// Feeds that are no longer on the roster; their entries are kept.
    pub retired: u32,
}

impl Store {
    /// Makes participants and feeds agree with the roster.
    ///
    /// # Errors
    ///
    /// Where the database refuses; nothing has changed then.
    pub async fn sync(&self, roster: &Roster) -> Result<Synced, StoreError> {
        let participants = roster.participants.clone();
        self.write(move |transaction| sync(transaction, &participants))
            .await
    }
}

fn sync(transaction: &Transaction<'_>, participants: &[Participant]) -> Result<Synced, StoreError> {
    let before = listed(transaction)?;
    transaction.execute("UPDATE participant SET listed = 0", [])?;
    transaction.execute("UPDATE feed SET listed = 0", [])?;
    let mut added = 0;
    for (position, participant) in (0_u32..).zip(participants) {
        let Some(address) = participant.address() else {
            continue;
        };
        let known = known_feed(transaction, address)?;
        let id = person(
            transaction,
            participant,
            position,
            participants,
            known.map(|(_, owner)| owner),
        )?;
        added += u32::from(known.is_none());
        subscribe(
            transaction,
            id,
            address,
            participant.feed.as_ref(),
            known.map(|(feed, _)| feed),
        )?;
    }
    let retired = (before + added).saturating_sub(listed(transaction)?);
    Ok(Synced { added, retired })
}

fn listed(transaction: &Transaction<'_>) -> Result<u32, StoreError> {
    Ok(
        transaction.query_row("SELECT count(*) FROM feed WHERE listed = 1", [], |row| {
            row.get(0)
        })?,
    )
}

/// The feed at this address and its owner. An address that was found by discovery counts as well, so that naming the
/// feed of a blog later does not subscribe to it twice.
fn known_feed(
    transaction: &Transaction<'_>,
    address: &Url,
) -> Result<Option<(i64, i64)>, StoreError> {
    let sql = "SELECT id, participant_id FROM feed WHERE address_key = ?1
               UNION ALL SELECT id, participant_id FROM feed WHERE feed_url = ?2 AND listed = 0 LIMIT 1";
    let found = transaction
        .query_row(sql, params![canonical(address), address.as_str()], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?;
    Ok(found)
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
        .query_row(by_slug, [&participant.slug], |row| row.get(0))
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
    let excerpt_only = participant.content == Some(ContentPolicy::Excerpt);
    let site_url = participant.blog.as_ref().map(Url::as_str);
    let values = params![
        participant.slug,
        participant.name,
        site_url,
        excerpt_only,
        position,
        id
    ];
    if let Some(id) = id {
        let sql = "UPDATE participant SET slug = ?1, name = ?2, site_url = ?3, excerpt_only = ?4, position = ?5, listed = 1
                   WHERE id = ?6";
        transaction.execute(sql, values)?;
        return Ok(id);
    }
    let sql = "INSERT INTO participant (slug, name, site_url, excerpt_only, position, id, listed)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, 1)";
    transaction.execute(sql, values)?;
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
    if let Some(id) = known {
        // A feed that the roster names goes before one that was found. `gone` is forgiven when the address changes.
        let sql = "UPDATE feed SET participant_id = ?1, listed = 1, gone = gone AND address = ?2,
                           address = ?2, address_key = ?3, feed_url = coalesce(?4, feed_url)
                       WHERE id = ?5";
        transaction.execute(
            sql,
            params![participant, address.as_str(), key, feed_url, id],
        )?;
    } else {
        let sql = "INSERT INTO feed (participant_id, address, address_key, feed_url, listed) VALUES (?1, ?2, ?3, ?4, 1)";
        transaction.execute(sql, params![participant, address.as_str(), key, feed_url])?;
    }
    Ok(())
}
