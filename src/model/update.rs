//! What one poll decided: the intents that the store carries out.

use jiff::{SignedDuration, Timestamp};
use url::Url;

use super::{
    EntryId, Failure, FeedId, Fingerprint, Flood, Guid, HubOffer, Moves, ReadyEntry, Rhythm,
    Validators, Walk,
};

/// What the store already has of an entry, as far as deciding needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownEntry {
    /// Its number in the store.
    pub id: EntryId,
    /// Its identity inside its feed.
    pub guid: Guid,
    /// In which of its owner's feeds it came.
    pub origin: Origin,
    /// The post's address.
    pub url: Option<Url>,
    /// The title as fetched.
    pub title: String,
    /// Fingerprint of the entry as parsed.
    pub fingerprint: Fingerprint,
    /// Fingerprint of title and text.
    pub words: Fingerprint,
    /// Fingerprint of the text as fetched; nothing where it was read before such were kept.
    pub content: Option<Fingerprint>,
    /// When it was published; never moves.
    pub published_at: Timestamp,
    /// When its words last changed.
    pub updated_at: Timestamp,
    /// How often it was rewritten.
    pub changes: u32,
    /// When it was rewritten last.
    pub changed_at: Option<Timestamp>,
    /// How many comments its feed said that it has, if it said.
    pub comments: Option<u32>,
    /// Whether its feed said that it is no more.
    pub retired: bool,
    /// What was odd in it, a sentence each.
    pub problems: Vec<String>,
}

/// In which of its owner's feeds an entry came, seen from the feed that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// In the feed that is read.
    Own,
    /// In one that is no longer on the roster: the blog has moved.
    Former,
    /// In another one that is on the roster as well.
    Other,
}

/// The words of an entry as they are shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Words {
    /// Its title, plain text.
    pub title: String,
    /// Its text without markup.
    pub text: String,
}

/// The outcome of one poll of one feed, applied in one transaction or not at all.
#[derive(Debug, Clone)]
pub struct FeedUpdate {
    /// Which feed.
    pub feed: FeedId,
    /// The address on the roster for which this was decided.
    pub address: Url,
    /// Whether the roster named the feed itself then.
    pub named: bool,
    /// When asking it began.
    pub began_at: Timestamp,
    /// When it was polled.
    pub polled_at: Timestamp,
    /// When it is due again.
    pub next_poll_at: Timestamp,
    /// When it is due at the latest if a hub is relied upon; nothing where it is due as ever.
    pub fallback_at: Option<Timestamp>,
    /// When it is due if a hub told of news while it was being asked.
    pub soon_at: Timestamp,
    /// Until when its host asked us to wait.
    pub held_until: Option<Timestamp>,
    /// How often in a row it asked us to wait, without a good answer between.
    pub throttled: u32,
    /// How long the headers of the last good answer called it fresh, 0 to 366 days.
    pub fresh_for: Option<SignedDuration>,
    /// What is wrong; nothing after a good answer.
    pub failure: Option<Failure>,
    /// Whether the host says that it is gone for good.
    pub gone: bool,
    /// What its address has been doing.
    pub moves: Moves,
    /// Where the feed was found, when it had to be looked for.
    pub found_at: Option<Url>,
    /// Whether the whole of it was asked for, without validators.
    pub asked_whole: bool,
    /// New validators; absent to keep those we have.
    pub validators: Option<Validators>,
    /// What a document that was read says; absent when nothing was read.
    pub document: Option<Document>,
}

impl FeedUpdate {
    /// An update of this feed, of which nothing is decided yet but that it was polled; it is due again at once.
    pub fn new(feed: FeedId, address: Url, polled_at: Timestamp) -> Self {
        Self {
            feed,
            address,
            named: false,
            began_at: polled_at,
            polled_at,
            next_poll_at: polled_at,
            fallback_at: None,
            soon_at: polled_at,
            held_until: None,
            throttled: 0,
            fresh_for: None,
            failure: None,
            gone: false,
            moves: Moves::default(),
            found_at: None,
            asked_whole: false,
            validators: None,
            document: None,
        }
    }
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
    /// Fingerprint of the topics that were looked for in its entries; nothing where none were.
    pub topics: Option<Fingerprint>,
    /// What was odd in it, a sentence each.
    pub problems: Vec<String>,
    /// The address under which the feed knows itself. A hint for comparing, never followed.
    pub self_url: Option<Url>,
    /// When it asks to be read again.
    pub rhythm: Rhythm,
    /// Where it was read, after redirects.
    pub source: Url,
    /// The version of the parser that read it.
    pub parser: u32,
    /// What is new or changed.
    pub changes: Vec<EntryChange>,
    /// How many entries were as before.
    pub unchanged: usize,
    /// Entries that the feed says are no more.
    pub retired: Vec<EntryId>,
    /// Entries that were retired and are there again.
    pub revived: Vec<EntryId>,
    /// What is odd in entries that are otherwise as before, a sentence each.
    pub noted: Vec<(EntryId, Vec<String>)>,
    /// Known entries that have another number of comments now, or of which the feed no longer says it.
    pub counted: Vec<(EntryId, Option<u32>)>,
    /// Whether many posts came at once.
    pub flood: Option<Flood>,
    /// How its older pages would be read; kept only where the blog has just joined, or where there is a gap.
    pub walk: Option<Walk>,
    /// The hub that it names, if it does.
    pub hub: Option<HubOffer>,
    /// What the organiser has to decide about this feed, a sentence; it stands among the problems too.
    pub remark: Option<String>,
}

/// One entry to write.
#[derive(Debug, Clone)]
pub enum EntryChange {
    /// Never seen before.
    New(ReadyEntry),
    /// Seen before, now different.
    Changed(EntryId, ReadyEntry),
}
