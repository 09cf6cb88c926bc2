//! Polling: which feed when, and one feed end to end.
//!
//! ```text
//! round: every feed, or those that are due     several at once, never two of one host
//!   visit: fetch --> (find the feed) --> read  one feed; whatever happens becomes an Outcome
//!     read: parse --> intents --> (background) --> sanitize --> tag     on the blocking pool
//!   plan::update --> store.apply               one transaction
//! walk_back: one older page of each blog that joined, of one blog a platform, when it is due
//!   fetch --> read --> plan::backfill --> store.keep_page
//! ```
//!
//! One feed's failure is that feed's health, never the round's error; only a store that refuses ends a round.

mod backfill;
mod clean;
mod publish;
mod read;
mod visit;
mod websub;

use std::collections::{BTreeMap, HashMap};
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use url::Url;

use crate::fetch::{Client, host_key};
use crate::model::{Clock, Course, EntryChange, Feed, FeedId, PollSettings, Roster};
use crate::plan::{self, Outcome};
use crate::sanitize;
use crate::store::{Store, StoreError};
use crate::tagging::Tagger;

pub use backfill::{WalkListener, Walked};
pub use clean::{clean_stale, stale_count};
pub use websub::Secrets;

/// Hears of every feed as it is done, and may end the round: feeds under way are finished, the rest is left for later.
pub type Listener = Arc<dyn Fn(&Polled) -> ControlFlow<()> + Send + Sync>;

/// Polls the feeds of one roster.
#[derive(Clone)]
pub struct Poller {
    store: Store,
    client: Client,
    tagger: Arc<Tagger>,
    settings: PollSettings,
    clock: Clock,
    hosts: Hosts,
    /// How many documents may be read at this moment: one core is left to those who ask for pages, where there are two.
    readers: Arc<Semaphore>,
    /// The moment the course opens; no older posts are looked for.
    opens: Option<Timestamp>,
    /// What our own hub is to know.
    own: Arc<Own>,
    /// Where hubs can reach the planet, if they can.
    hubs: Option<websub::Hubs>,
}

/// One lock a host, so that no host is asked twice at once even where a page or two lead to the same one.
type Hosts = Arc<Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>>;

/// Which feeds a round takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// Every feed, but for those whose host asked us to wait.
    All,
    /// Those whose time has come.
    Due,
}

/// The planet's own feeds, and the hub that is told of their news.
struct Own {
    base_url: String,
    hub: Option<Url>,
    things: Vec<u16>,
}

impl Own {
    fn of(roster: &Roster) -> Self {
        let things = roster.course.things.iter();
        Self {
            base_url: roster.planet.base_url.clone(),
            hub: roster.planet.hub.clone(),
            things: things.map(|thing| thing.number).collect(),
        }
    }
}

/// The beginning of a course's first day, where it has one.
fn opening(course: &Course) -> Option<Timestamp> {
    let day = course.opens?.at(0, 0, 0, 0);
    course.timezone.to_timestamp(day).ok()
}

/// All cores but one, and one at least.
fn spare_cores() -> usize {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    cores.saturating_sub(1).max(1)
}

/// One feed's part in a round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Polled {
    /// Whose feed it is.
    pub owner: String,
    /// The address on the roster.
    pub address: String,
    /// How it went.
    pub result: PollResult,
    /// What the organiser has to decide about it, though it was read.
    pub remark: Option<String>,
}

/// How the poll of one feed went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PollResult {
    /// A document was read.
    Read {
        /// Entries that were not there before.
        new: usize,
        /// Entries that are different now.
        changed: usize,
        /// Entries that are as before.
        unchanged: usize,
    },
    /// Nothing new.
    Unchanged,
    /// The host says that it is gone for good.
    Gone,
    /// Not asked, or asked to come back later.
    Held {
        /// Until when.
        until: Timestamp,
    },
    /// Something went wrong.
    Failed {
        /// One plain sentence: what happened and what to do.
        cause: String,
    },
}

/// What a round came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// Feeds that were taken, held ones included.
    pub feeds: usize,
    /// Entries that were not there before.
    pub new: usize,
    /// Entries that are different now.
    pub changed: usize,
    /// Feeds that had nothing new.
    pub unchanged: usize,
    /// Feeds whose host asked us to wait.
    pub held: usize,
    /// Feeds that failed or are gone, each with its cause.
    pub failed: Vec<Polled>,
    /// Feeds that were read and of which the organiser has to decide something.
    pub remarked: Vec<Polled>,
}

impl Poller {
    /// A poller for this roster.
    pub fn new(store: Store, client: Client, roster: &Roster, clock: Clock) -> Self {
        let tagger = Arc::new(Tagger::new(&roster.course));
        Self {
            store,
            client,
            tagger,
            settings: roster.poll.clone(),
            clock,
            hosts: Hosts::default(),
            readers: Arc::new(Semaphore::new(spare_cores())),
            opens: opening(&roster.course),
            own: Arc::new(Own::of(roster)),
            hubs: None,
        }
    }

    /// Polls once and says how it went. `listener` hears of every feed as it is done.
    ///
    /// # Errors
    ///
    /// Only where the store refuses; what was kept before stays kept.
    pub async fn round(&self, which: Which, listener: &Listener) -> Result<Summary, StoreError> {
        let feeds = self.chosen(which).await?;
        let round = Arc::new(Round {
            slots: Semaphore::new(usize::from(self.settings.at_once_max.max(1))),
            ended: AtomicBool::new(false),
            listener: Arc::clone(listener),
        });
        let mut hosts = JoinSet::new();
        for (_, feeds) in by_host(feeds) {
            let (poller, round) = (self.clone(), Arc::clone(&round));
            hosts.spawn(async move { poller.host(&feeds, &round).await });
        }
        let mut summary = Summary::default();
        while let Some(polled) = hosts.join_next().await {
            let polled = polled.map_err(|error| StoreError::Pool(error.to_string()))??;
            for polled in polled {
                summary.add(polled);
            }
        }
        for feeds in [&mut summary.failed, &mut summary.remarked] {
            feeds.sort_by(|one, other| one.owner.cmp(&other.owner));
        }
        Ok(summary)
    }

    /// How many feeds a round would take.
    ///
    /// # Errors
    ///
    /// Where the store refuses.
    pub async fn count(&self, which: Which) -> Result<usize, StoreError> {
        Ok(self.chosen(which).await?.len())
    }

    async fn chosen(&self, which: Which) -> Result<Vec<Feed>, StoreError> {
        let now = (self.clock)();
        let mut feeds = self.store.feeds().await?;
        feeds.retain(|feed| match which {
            Which::All => true,
            Which::Due => due_at(feed).is_none_or(|due| due <= now),
        });
        Ok(feeds)
    }

    /// Until the next feed is due: at least a second, at most a minute.
    ///
    /// # Errors
    ///
    /// Where the store refuses.
    pub async fn pause(&self) -> Result<Duration, StoreError> {
        let now = (self.clock)();
        let feeds = self.store.feeds().await?;
        let next = feeds.iter().map(|feed| due_at(feed).unwrap_or(now)).min();
        let next = next.into_iter().chain(self.next_page_at().await?).min();
        let seconds = next.map_or(60, |next| next.duration_since(now).as_secs().clamp(1, 60));
        Ok(Duration::from_secs(seconds.unsigned_abs()))
    }

    /// One host's feeds, one after the other.
    async fn host(&self, feeds: &[Feed], round: &Round) -> Result<Vec<Polled>, StoreError> {
        let mut polled = Vec::with_capacity(feeds.len());
        for feed in feeds {
            // The semaphore is never closed, so there is always a permit in the end.
            let _slot = round.slots.acquire().await;
            if round.ended.load(Ordering::Relaxed) {
                break;
            }
            let (result, remark) = self.contained(feed).await?;
            let one = Polled {
                owner: feed.owner.name.clone(),
                address: feed.address.to_string(),
                result,
                remark,
            };
            if (round.listener)(&one).is_break() {
                round.ended.store(true, Ordering::Relaxed);
            }
            polled.push(one);
        }
        Ok(polled)
    }

    /// One feed from end to end, in a task of its own: a panic is this feed's failure and nobody else's.
    async fn contained(&self, feed: &Feed) -> Result<(PollResult, Option<String>), StoreError> {
        let (poller, id) = (self.clone(), feed.id);
        // A set of one, because it ends its task when the round is dropped; a task alone would write on.
        let mut alone = JoinSet::new();
        alone.spawn(async move { poller.feed(id).await });
        if let Some(Ok(result)) = alone.join_next().await {
            return result;
        }
        let cause =
            "polling this feed failed by thingplanet's own fault; please report its address"
                .to_owned();
        let outcome = Outcome::Failed {
            cause: cause.clone(),
        };
        self.keep(feed, outcome, (self.clock)()).await?;
        Ok((PollResult::Failed { cause }, None))
    }

    /// The lock of a host.
    fn host_lock(&self, url: &Url) -> Arc<tokio::sync::Mutex<()>> {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(hosts.entry(host_key(url)).or_default())
    }

    /// One feed from end to end.
    async fn feed(&self, id: FeedId) -> Result<(PollResult, Option<String>), StoreError> {
        let now = (self.clock)();
        let Some(known) = self.store.known(id).await? else {
            return Ok((PollResult::Unchanged, None));
        };
        if let Some(until) = known.feed.held_until.filter(|until| *until > now) {
            return Ok((PollResult::Held { until }, None));
        }
        let feed = known.feed.clone();
        let outcome = self.visit(known, now).await;
        let (result, remark) = (result_of(&outcome), remark_of(&outcome));
        match self.keep(&feed, outcome, now).await {
            Ok(next_poll_at) => {
                let result = match result {
                    PollResult::Held { .. } => PollResult::Held {
                        until: next_poll_at,
                    },
                    result => result,
                };
                Ok((result, remark))
            }
            Err(refused) => {
                // What one feed says must not stop the others; only a store that takes nothing at all does.
                let cause = format!(
                    "what this feed says could not be kept ({refused}); please report it to thingplanet's authors"
                );
                tracing::error!(error = %refused, feed = %feed.address, "an update was refused");
                self.keep(
                    &feed,
                    Outcome::Failed {
                        cause: cause.clone(),
                    },
                    now,
                )
                .await?;
                Ok((PollResult::Failed { cause }, None))
            }
        }
    }

    async fn keep(
        &self,
        feed: &Feed,
        outcome: Outcome,
        now: Timestamp,
    ) -> Result<Timestamp, StoreError> {
        let mut update = plan::update(feed, outcome, &self.settings, now);
        if update.validators.is_some() {
            let next = update.next_poll_at;
            update.next_poll_at = plan::websub::slowed(next, feed.relied_until, now);
        }
        let next_poll_at = update.next_poll_at;
        let applied = self.store.apply(update, sanitize::VERSION).await?;
        if applied.new > 0 && self.hubs.is_some() {
            self.score_hub(feed, now).await?;
        }
        Ok(next_poll_at)
    }
}

/// When a feed may be asked again: never before its host's word.
fn due_at(feed: &Feed) -> Option<Timestamp> {
    feed.next_poll_at.max(feed.held_until)
}

/// What the hosts of one round share.
struct Round {
    slots: Semaphore,
    ended: AtomicBool,
    listener: Listener,
}

/// What an outcome comes to in a summary; until when a feed is held is known once it is planned.
fn result_of(outcome: &Outcome) -> PollResult {
    match outcome {
        Outcome::Read { document, .. } => {
            let new = document
                .changes
                .iter()
                .filter(|change| matches!(change, EntryChange::New(_)))
                .count();
            PollResult::Read {
                new,
                changed: document.changes.len() - new,
                unchanged: document.unchanged,
            }
        }
        Outcome::Unchanged { .. } => PollResult::Unchanged,
        Outcome::Gone => PollResult::Gone,
        Outcome::Throttled { .. } => PollResult::Held {
            until: Timestamp::MIN,
        },
        Outcome::Failed { cause } => PollResult::Failed {
            cause: cause.clone(),
        },
    }
}

/// What an outcome leaves the organiser to decide.
fn remark_of(outcome: &Outcome) -> Option<String> {
    match outcome {
        Outcome::Read { document, .. } => document.remark.clone(),
        _ => None,
    }
}

fn by_host(feeds: Vec<Feed>) -> BTreeMap<String, Vec<Feed>> {
    let mut hosts: BTreeMap<String, Vec<Feed>> = BTreeMap::new();
    for feed in feeds {
        let host = host_key(feed.feed_url.as_ref().unwrap_or(&feed.address));
        hosts.entry(host).or_default().push(feed);
    }
    hosts
}

impl Summary {
    fn add(&mut self, polled: Polled) {
        self.feeds += 1;
        if polled.remark.is_some() {
            self.remarked.push(polled.clone());
        }
        match &polled.result {
            PollResult::Read { new, changed, .. } => {
                self.new += new;
                self.changed += changed;
                self.unchanged += usize::from(*new == 0 && *changed == 0);
            }
            PollResult::Unchanged => self.unchanged += 1,
            PollResult::Held { .. } => self.held += 1,
            PollResult::Gone | PollResult::Failed { .. } => self.failed.push(polled),
        }
    }
}
