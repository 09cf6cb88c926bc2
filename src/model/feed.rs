//! Feeds and how they fare.

use jiff::{SignedDuration, Timestamp};
use url::Url;

use super::{Author, Fingerprint, Moves, ReadBack, Rhythm};

/// A feed's number in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FeedId(pub i64);

/// ETag and Last-Modified as one atomic set, byte for byte as the server sent them, and the address they belong to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Validators {
    /// The address that answered with them (RFC 9110 § 8.8: validators belong to one resource).
    pub url: Option<Url>,
    /// The ETag header.
    pub etag: Option<String>,
    /// The Last-Modified header.
    pub last_modified: Option<String>,
}

/// A subscription: one polled address and what we know of it.
#[derive(Debug, Clone)]
pub struct Feed {
    /// Its number in the store.
    pub id: FeedId,
    /// Whose feed it is.
    pub owner: Author,
    /// The address on the roster: a feed or a blog.
    pub address: Url,
    /// Whether the roster names the feed itself, so that no other is looked for.
    pub named: bool,
    /// What is polled; absent until a blog's feed has been found.
    pub feed_url: Option<Url>,
    /// The feed's own title.
    pub title: String,
    /// What to send with the next conditional request.
    pub validators: Validators,
    /// The last body that was read, so that identical bytes are not read twice.
    pub body: Option<Fingerprint>,
    /// The version of the parser that read it.
    pub parser: u32,
    /// When we last asked.
    pub polled_at: Option<Timestamp>,
    /// When the blog last answered well.
    pub ok_at: Option<Timestamp>,
    /// When the last poll began that was answered well.
    pub ok_began_at: Option<Timestamp>,
    /// When it is due again by itself.
    pub next_poll_at: Option<Timestamp>,
    /// When it is asked again: then, or later while a hub is relied upon to tell of its news.
    pub due_at: Option<Timestamp>,
    /// Until when its host asked us to wait.
    pub held_until: Option<Timestamp>,
    /// How often in a row it asked us to wait, without a good answer between.
    pub throttled: u32,
    /// What is wrong at present.
    pub failure: Option<Failure>,
    /// Whether the host says that it is gone for good.
    pub gone: bool,
    /// When the last document asks to be read again.
    pub rhythm: Rhythm,
    /// How long the headers of the last good answer called it fresh, 0 to 366 days.
    pub fresh_for: Option<SignedDuration>,
    /// When we last asked for the whole of it, without validators.
    pub whole_at: Option<Timestamp>,
    /// What its address has been doing.
    pub moves: Moves,
    /// What was odd in the last document, and what may have been missed before it, a sentence each.
    pub problems: Vec<String>,
    /// The last time that many posts came at once.
    pub flood: Option<(Timestamp, Flood)>,
    /// How far its older pages were read; nothing before it was read for the first time.
    pub read_back: Option<ReadBack>,
    /// How many of its owner's entries are shown.
    pub entry_count: u64,
    /// When its owner's newest entry was published.
    pub newest_at: Option<Timestamp>,
}

/// A platform that asked to be left alone, or takes no connections.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rest {
    /// Which platform.
    pub platform: String,
    /// Until when it is left alone; it may be over.
    pub until: Timestamp,
    /// How often in a row it asked us to wait, without a good answer between.
    pub throttled: u32,
}

/// Many posts of about the same time that came in one document: an import, a new clock, a blog that joins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flood {
    /// How many posts came so.
    pub count: u32,
    /// How many of them went to the front page.
    pub shown: u32,
}

/// What is wrong with a feed, since when, and how often it was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// When it first failed without a success since.
    pub since: Timestamp,
    /// One plain sentence: what happened and what to do.
    pub cause: String,
    /// Polls that failed since then, from 1.
    pub count: u32,
    /// Of what kind the last of them was.
    pub trouble: Trouble,
}

/// What kind of trouble a feed has, as far as that decides when to ask again and how to call it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Trouble {
    /// Nobody was reached: no name, no connection, no answer in time. It may be our own line.
    Unreachable,
    /// Nobody accepts connections at its address.
    Refused,
    /// A protection against robots stands before it.
    Blocked,
    /// It is closed to us (401, 403).
    Closed,
    /// Nobody was asked, because the address is not one that we ask.
    Unasked,
    /// Anything else: it answers, but not with a feed.
    #[default]
    Other,
}

impl Trouble {
    const NAMES: [(Self, &'static str); 6] = [
        (Self::Unreachable, "unreachable"),
        (Self::Refused, "refused"),
        (Self::Blocked, "blocked"),
        (Self::Closed, "closed"),
        (Self::Unasked, "unasked"),
        (Self::Other, "other"),
    ];

    /// A short name that never changes, for the store.
    pub fn as_str(self) -> &'static str {
        let name = Self::NAMES.iter().find(|(trouble, _)| *trouble == self);
        name.map_or("other", |(_, name)| name)
    }

    /// The kind of this name; whatever a newer thingplanet calls otherwise is some other trouble.
    pub fn from_name(name: &str) -> Self {
        let known = Self::NAMES.iter().find(|(_, other)| *other == name);
        known.map_or(Self::Other, |(trouble, _)| *trouble)
    }
}

/// A feed's state in one word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Health {
    /// Not polled yet.
    New,
    /// It answers, and something was posted lately.
    Ok,
    /// It answers, but has nothing newer than this, or nothing at all.
    Quiet {
        /// When the newest entry was published, if there is any.
        since: Option<Timestamp>,
    },
    /// It was asked and has not answered yet but to ask us to wait, which is over.
    Waiting,
    /// Its host asked us to wait.
    Paused {
        /// Until when.
        until: Timestamp,
    },
    /// It does not answer well.
    Failing(Failure),
    /// A protection against robots keeps us out.
    Blocked(Failure),
    /// Its host says that it is gone for good.
    Gone,
}

/// A blog without a post for longer than this is quiet.
const QUIET_AFTER: SignedDuration = SignedDuration::from_hours(21 * 24);

impl Feed {
    /// A feed that has not been asked yet.
    pub fn new(id: FeedId, owner: Author, address: Url) -> Self {
        Self {
            id,
            owner,
            address,
            named: false,
            feed_url: None,
            title: String::new(),
            validators: Validators::default(),
            body: None,
            parser: 0,
            polled_at: None,
            ok_at: None,
            ok_began_at: None,
            next_poll_at: None,
            due_at: None,
            held_until: None,
            throttled: 0,
            rhythm: Rhythm::default(),
            fresh_for: None,
            whole_at: None,
            moves: Moves::default(),
            failure: None,
            gone: false,
            problems: Vec::new(),
            flood: None,
            read_back: None,
            entry_count: 0,
            newest_at: None,
        }
    }

    /// Its state at this moment. Quiet is not broken.
    pub fn health(&self, now: Timestamp) -> Health {
        if self.gone {
            return Health::Gone;
        }
        // A pause, which may be for another blog's sake, does not make a broken one whole.
        if let Some(failure) = &self.failure {
            return match failure.trouble {
                Trouble::Blocked => Health::Blocked(failure.clone()),
                _ => Health::Failing(failure.clone()),
            };
        }
        if let Some(until) = self.held_until.filter(|until| *until > now) {
            return Health::Paused { until };
        }
        if self.ok_at.is_none() {
            let asked = self.polled_at.is_some();
            return if asked { Health::Waiting } else { Health::New };
        }
        match self.newest_at {
            Some(newest) if now.duration_since(newest) <= QUIET_AFTER => Health::Ok,
            since => Health::Quiet { since },
        }
    }
}
