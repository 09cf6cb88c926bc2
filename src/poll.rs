//! Polling: which feed when, and one feed end to end.
//!
//! ```text
//! round: every feed, or keep: those that are due     a lane a platform, paced by the client
//!   visit: fetch --> (find the feed) --> read  one feed; whatever happens becomes an Outcome, with where it came from
//!     read: parse --> intents --> (background) --> sanitize --> tag     on threads that give way
//!   judged: is it our own line? --> plan::update --> plan::settle --> store.apply     one transaction
//! walk_back: one older page of each blog that joined, of one blog a platform, when it is due
//!   fetch --> read --> plan::backfill --> store.keep_page
//! ```
//!
//! One feed's failure is that feed's health, never the round's error; only a store that refuses ends a round.

mod backfill;
mod beside;
mod clean;
mod discover;
mod keep;
mod lane;
mod publish;
mod reach;
mod read;
mod rules;
mod summary;
mod think;
mod under_way;
mod visit;
mod weather;
mod websub;

use std::ops::ControlFlow;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::OnceCell;
use tokio::task::JoinSet;

use crate::fetch::{Client, Gap};
use crate::model::{
    Clock, Dice, Feed, FeedId, FeedUpdate, Participant, PollSettings, Roster, Trouble,
};
use crate::plan::{self, Outcome, Reach, Terms, Weather};
use crate::sanitize;
use crate::store::{PutOff, Store, StoreError};

pub use backfill::{WalkListener, Walked};
pub use clean::{clean_stale, stale_count};
pub use discover::{Found, FoundBlog, FoundFeed, discover};
pub use summary::{PollResult, Polled, Summary, minute};
pub use websub::Secrets;

use self::backfill::opening;
use self::lane::{Round, by_platform, finished};
use self::publish::Own;
use self::rules::Rules;
use self::summary::{remark_of, result_of};
use self::think::Thinkers;
use self::under_way::UnderWay;
use self::visit::Visited;

/// Hears of every feed as it is done, and may end the round: feeds under way are finished, the rest is left for later.
pub type Listener = Arc<dyn Fn(&Polled) -> ControlFlow<()> + Send + Sync>;

/// Polls the feeds of one roster.
#[derive(Clone)]
pub struct Poller {
    store: Store,
    client: Client,
    rules: Arc<Rules>,
    settings: PollSettings,
    /// The last day of the course, and where it ends.
    closes: (Option<Date>, TimeZone),
    clock: Clock,
    dice: Dice,
    /// Set once the rests of platforms from before are known.
    begun: Arc<OnceCell<()>>,
    under_way: UnderWay,
    weather: Arc<Mutex<Weather>>,
    thinkers: Thinkers,
    /// Those who reached nobody are judged and recorded one after the other, so that all can be forgiven together.
    judging: Arc<tokio::sync::Mutex<()>>,
    /// The moment the course opens; no older posts are looked for.
    opens: Option<Timestamp>,
    /// What our own hub is to know.
    own: Arc<Own>,
    /// Where hubs can reach the planet, if they can.
    hubs: Option<websub::Hubs>,
    /// Which of them rest.
    refusals: Arc<Mutex<plan::websub::Refusals>>,
}

/// Which feeds a round takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// Every feed, as somebody or a timer asks by hand: but for those that were asked in the last quarter of an hour, those
    /// whose host asked us to wait, and those that fail and whose turn it is not.
    All,
    /// The same and those that fail, as somebody asks who has just mended something.
    EvenFailing,
    /// Those whose time has come.
    Due,
}

/// Work on one document that takes longer than this is given up, so that others get their turn.
const WORK_MIN: Duration = Duration::from_mins(1);

/// When a feed is asked whose answer came too late for the roster.
const LATE_WAIT: SignedDuration = SignedDuration::from_mins(1);

impl Poller {
    /// A poller for this roster.
    pub fn new(store: Store, client: Client, roster: &Roster, clock: Clock, dice: Dice) -> Self {
        let addresses = roster.participants.iter().filter_map(Participant::address);
        let mut platforms: Vec<String> = addresses.filter_map(plan::platform).collect();
        platforms.sort_unstable();
        platforms.dedup();
        Self {
            store,
            client,
            rules: Arc::new(Rules::of(&roster.course)),
            settings: roster.poll.clone(),
            closes: (roster.course.closes, roster.course.timezone.clone()),
            clock,
            dice,
            begun: Arc::default(),
            under_way: UnderWay::default(),
            weather: Arc::new(Mutex::new(Weather::new(platforms.len()))),
            thinkers: Thinkers::sharing(),
            judging: Arc::default(),
            opens: opening(&roster.course),
            own: Arc::new(Own::of(roster)),
            hubs: None,
            refusals: Arc::default(),
        }
    }

    /// The same poller, but with every core for reading, because nobody asks this process for pages.
    #[must_use]
    pub fn alone(mut self) -> Self {
        self.thinkers = Thinkers::alone();
        self
    }

    /// Polls once and says how it went. `listener` hears of every feed as it is done.
    ///
    /// # Errors
    ///
    /// Only where the store refuses; what was kept before stays kept.
    pub async fn round(&self, which: Which, listener: &Listener) -> Result<Summary, StoreError> {
        self.begin().await?;
        let round = Arc::new(Round::new(which, listener));
        let mut lanes = JoinSet::new();
        for (_, feeds) in by_platform(self.chosen(which).await?) {
            self.open_lane(&mut lanes, String::new(), feeds, &round);
        }
        let mut summary = Summary::default();
        while let Some(lane) = lanes.join_next().await {
            for polled in finished(lane)?.1 {
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
        match which {
            Which::All | Which::EvenFailing => self.store.count_feeds().await,
            Which::Due => Ok(self.chosen(which).await?.len()),
        }
    }

    async fn chosen(&self, which: Which) -> Result<Vec<Feed>, StoreError> {
        match which {
            Which::All | Which::EvenFailing => self.store.feeds().await,
            Which::Due => Ok(self.store.due((self.clock)()).await?.feeds),
        }
    }

    /// Takes over what was left behind by whoever polled before. Whatever is asked first waits for that.
    async fn begin(&self) -> Result<(), StoreError> {
        let beginning = self.begun.get_or_try_init(|| async {
            let now = (self.clock)();
            for rest in self.store.pauses(now).await? {
                self.client.resume_pause(&rest, now);
            }
            if self.store.offline_since().await?.is_some() {
                self.weather().set_down();
            }
            if !self.own.is_public() {
                self.store.rely_on_no_hub().await?;
            }
            Ok(())
        });
        beginning.await.copied()
    }

    /// How close requests to this feed's platform may come.
    fn gap(&self, feed: &Feed) -> Gap {
        self.client
            .gap_at(feed.feed_url.as_ref().unwrap_or(&feed.address))
    }

    /// One feed from end to end, in a task of its own: a panic is this feed's failure and nobody else's.
    async fn contained(
        &self,
        feed: &Feed,
        which: Which,
    ) -> Result<(PollResult, Option<String>), StoreError> {
        // Somebody else is at it: a round by hand meets the one that never ends, or an answer was slow to come.
        let Some(_alone) = self.under_way.begin(feed.id) else {
            let until = (self.clock)();
            return Ok((PollResult::Rested { until, cause: None }, None));
        };
        let (poller, id) = (self.clone(), feed.id);
        // A set of one, because it ends its task when the round is dropped; a task alone would write on.
        let mut alone = JoinSet::new();
        alone.spawn(async move { Box::pin(poller.feed(id, which)).await });
        if let Some(Ok(result)) = alone.join_next().await {
            return result;
        }
        let cause =
            "polling this feed failed by thingplanet's own fault; please report its address"
                .to_owned();
        let now = (self.clock)();
        let outcome = own_fault(cause.clone());
        self.keep_outcome(feed, outcome.into(), &self.terms(&[], now), (now, now))
            .await?;
        Ok((PollResult::Failed { cause }, None))
    }

    /// One feed from end to end.
    async fn feed(
        &self,
        id: FeedId,
        which: Which,
    ) -> Result<(PollResult, Option<String>), StoreError> {
        let began = (self.clock)();
        let Some((feed, published)) = self.store.feed(id, plan::POSTS_MAX).await? else {
            return Ok((PollResult::Unchanged, None));
        };
        if let Some(result) = self.left_alone(&feed, which, began) {
            return Ok((result, None));
        }
        let terms = self.terms(&published, began);
        let mut visited = self.visit(&feed, began).await;
        // Waiting for a turn may have taken minutes, and what a host asks for counts from its answer.
        let now = (self.clock)();
        let _alone = match reach::reach(&visited.outcome) {
            Reach::Missed => Some(self.judging.lock().await),
            Reach::Reached | Reach::Unasked => None,
        };
        visited.outcome = self.judged(&feed, visited.outcome, now).await?;
        let result = result_of(&visited.outcome);
        let remark = remark_of(&visited.outcome);
        let times = (began, now);
        let kept = self.keep_outcome(&feed, visited, &terms, times).await;
        self.write_pauses_down().await?;
        match kept {
            // What it was read for, the roster says no more. What it says now is asked soon, but never in a circle.
            Ok(None) => {
                let soon = PutOff {
                    feed: id,
                    next_poll_at: now + LATE_WAIT,
                    held_until: None,
                };
                self.store.put_off(vec![soon]).await?;
                Ok((PollResult::Unchanged, None))
            }
            Ok(Some(kept)) => {
                let result = match result {
                    PollResult::Held { .. } => PollResult::Held {
                        until: kept.held_until.unwrap_or(now),
                    },
                    // What is called gone is gone only after a while.
                    PollResult::Gone if !kept.gone => PollResult::Failed {
                        cause: kept.failure.map(|it| it.cause).unwrap_or_default(),
                    },
                    result => result,
                };
                let notices = kept.moves.notices();
                let remarks: Vec<String> = remark.into_iter().chain(notices).collect();
                let remark = (!remarks.is_empty()).then(|| remarks.join("; "));
                Ok((result, remark))
            }
            // It is no feed's fault that somebody else writes.
            Err(StoreError::Busy) => Err(StoreError::Busy),
            Err(refused) => {
                // What one feed says must not stop the others; only a store that takes nothing at all does.
                let cause = format!(
                    "what this feed says could not be kept ({refused}); please report it to thingplanet's authors"
                );
                tracing::error!(error = %refused, feed = %feed.address, "an update was refused");
                let outcome = own_fault(cause.clone());
                self.keep_outcome(&feed, outcome.into(), &terms, times)
                    .await?;
                Ok((PollResult::Failed { cause }, None))
            }
        }
    }

    /// Why a feed is not asked now, if it is not.
    fn left_alone(&self, feed: &Feed, which: Which, now: Timestamp) -> Option<PollResult> {
        if let Some(until) = feed.held_until.filter(|until| *until > now) {
            return Some(PollResult::Held { until });
        }
        // Where feeds.toml says that no gap is needed, as in tests, none is.
        let is_by_hand = which != Which::Due && !self.gap(feed).between_starts.is_zero();
        let may_be_asked_at = plan::may_be_asked_at(feed, which == Which::EvenFailing);
        let until = may_be_asked_at.filter(|until| is_by_hand && *until > now)?;
        let cause = feed.failure.as_ref().map(|it| it.cause.clone());
        Some(PollResult::Rested { until, cause })
    }

    fn terms(&self, published: &[Timestamp], now: Timestamp) -> Terms {
        let (closes, zone) = &self.closes;
        Terms {
            every: self.every(),
            season: plan::season(*closes, zone, now),
            posts: plan::posts(published.iter().copied(), now),
            dice: (self.dice)(),
        }
    }

    fn every(&self) -> SignedDuration {
        SignedDuration::from_mins(i64::from(self.settings.every_minutes))
    }

    /// How long one document may be worked on: twice what asking for it may take, but a minute at least.
    fn watchdog(&self) -> Duration {
        let twice = Duration::from_secs(2 * u64::from(self.settings.timeout_seconds));
        twice.max(WORK_MIN)
    }

    /// Decides and records what came of a poll that began and ended at these times; hands back what was decided, without the
    /// document. Nothing where the roster has another address for the feed by now, or none.
    async fn keep_outcome(
        &self,
        feed: &Feed,
        visited: Visited,
        terms: &Terms,
        (began, now): (Timestamp, Timestamp),
    ) -> Result<Option<FeedUpdate>, StoreError> {
        let is_put_off = matches!(visited.outcome, Outcome::Paused { .. });
        let mut update = plan::update(feed, visited.outcome, terms, now);
        if let Some(landing) = &visited.landing {
            plan::settle(feed, landing, &mut update);
        }
        let is_whole =
            feed.validators.url.is_none() || plan::asks_whole(feed, visit::is_outdated(feed), now);
        update.asked_whole = is_whole && !is_put_off;
        update.began_at = began;
        let document = update.document.take();
        let kept = update.clone();
        update.document = document;
        let applied = self.store.apply(update, sanitize::VERSION).await?;
        if applied.is_void {
            tracing::info!(
                feed = %feed.address,
                "an answer came too late: the roster has another address by now, or none"
            );
            return Ok(None);
        }
        if self.hubs.is_some() && applied.new > 0 {
            self.heed_hub(feed, now).await?;
        }
        Ok(Some(kept))
    }
}

fn own_fault(cause: String) -> Outcome {
    Outcome::Failed {
        cause,
        trouble: Trouble::Other,
    }
}
