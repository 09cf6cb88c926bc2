//! What one poll decided: the intents that the store carries out.

use jiff::Timestamp;
use url::Url;

use super::{EntryId, Failure, FeedId, Fingerprint, ReadyEntry, Validators};

/// What the store already has of an entry, as far as deciding needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownEntry {
    /// Its number in the store.
    pub id: EntryId,
    /// The post's address.
    pub url: Option<Url>,
    /// Fingerprint of the entry as parsed.
    pub fingerprint: Fingerprint,
    /// Fingerprint of title and text.
    pub words: Fingerprint,
    /// When it was published; never moves.
    pub published_at: Timestamp,
    /// When its words last changed.
    pub updated_at: Timestamp,
}

/// The outcome of one poll of one feed, applied in one transaction or not at all.
#[derive(Debug, Clone)]
pub struct FeedUpdate {
    /// Which feed.
    pub feed: FeedId,
    /// When it was polled.
    pub polled_at: Timestamp,
    /// When it is due again.
    pub next_poll_at: Timestamp,
    /// Until when its host asked us to wait.
    pub held_until: Option<Timestamp>,
    /// What is wrong; nothing after a good answer.
    pub failure: Option<Failure>,
    /// Whether the host says that it is gone for good.
    pub gone: bool,
    /// Where the feed was found, when it had to be looked for.
    pub found_at: Option<Url>,
    /// New validators; absent to keep those we have.
    pub validators: Option<Validators>,
    /// What a document that was read says; absent when nothing was read.
    pub document: Option<Document>,
}

/// A document that was read rightly.
#[derive(Debug, Clone)]
pub struct Document {
    /// The feed's own title.
    pub title: String,
    /// The blog's front page.
    pub site_url: Option<Url>,
    /// Fingerprint of the bytes.
    pub body: Fingerprint,
    /// Fingerprint of the rules that its entries were tagged by.
    pub rules: Fingerprint,
    /// What was odd in it, a sentence each.
    pub problems: Vec<String>,
    /// What is new or changed.
    pub changes: Vec<EntryChange>,
    /// How many entries were as before.
    pub unchanged: usize,
}

/// One entry to write.
#[derive(Debug, Clone)]
pub enum EntryChange {
    /// Never seen before.
    New(ReadyEntry),
    /// Seen before, now different.
    Changed(EntryId, ReadyEntry),
}
