//! Waiting for a turn: the thin half of [`plan::pace`](crate::plan::pace), with a clock and sleepers.
//!
//! Every request of ours waits here, at every hop and whoever makes it. It must not know what is asked, nor what the
//! answer means.

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::{Semaphore, oneshot};
use tokio::time::Instant;
use url::{Host, Url};

use super::FetchError;
use super::guard::Guard;
use crate::model::{Dice, Rest};
use crate::plan::pace::{Gap, Pace, Pause, Ticket};
use crate::plan::{platform, rest};

/// Names that are looked up at once; each keeps a thread.
const LOOKUPS_MAX: usize = 8;

/// How long the name of a host may take.
const LOOKUP_TIMEOUT: Duration = Duration::from_secs(10);

/// Addresses of one host under which it is paced; more would only be a way to slow others down.
const ADDRESSES_MAX: usize = 8;

/// Hands out turns. Clones share them, and so does a pacer under other [`rules`](Pacer::under).
#[derive(Debug, Clone)]
pub(super) struct Pacer {
    shared: Arc<Shared>,
    gap: Gap,
    guard: Guard,
}

struct Shared {
    state: Mutex<State>,
    began: Instant,
    dice: Dice,
    lookups: Semaphore,
}

struct State {
    pace: Pace,
    waiting: HashMap<Ticket, oneshot::Sender<Result<(), Duration>>>,
    /// When a sleeper looks again.
    look_at: Option<Duration>,
    /// Platforms of whose rest nobody has written down yet how it is now.
    news: BTreeSet<String>,
}

/// The right to have one request open; dropping it ends the request.
#[derive(Debug)]
pub(super) struct Turn {
    pacer: Pacer,
    ticket: Ticket,
}

/// An answer that is being worked on: as long as it lives, one request less is open.
#[derive(Debug)]
pub struct Working(Pacer);

/// A place in the queue, given up when the waiting is cut short.
struct Place<'a> {
    pacer: &'a Pacer,
    ticket: Ticket,
    is_taken: bool,
}

impl Pacer {
    /// So many requests at once over all, and this gap for those whom `guard` lets in from private networks; others get the polite one at least.
    /// `dice` gives random numbers from 0 to 1.
    pub(super) fn new(at_once_max: u16, gap: Gap, guard: &Guard, dice: Dice) -> Self {
        let state = State {
            pace: Pace::new(at_once_max),
            waiting: HashMap::new(),
            look_at: None,
            news: BTreeSet::new(),
        };
        Self {
            shared: Arc::new(Shared {
                state: Mutex::new(state),
                began: Instant::now(),
                dice,
                lookups: Semaphore::new(LOOKUPS_MAX),
            }),
            gap,
            guard: guard.clone(),
        }
    }

    /// The same turns under other rules, which hold from now on for whoever asks for a turn from it: who was asked a moment
    /// ago, and who rests, is known.
    pub(super) fn under(&self, at_once_max: u16, gap: Gap, guard: &Guard) -> Self {
        self.state().pace.allow(at_once_max);
        self.look();
        Self {
            shared: Arc::clone(&self.shared),
            gap,
            guard: guard.clone(),
        }
    }

    /// Waits until this address may be asked.
    ///
    /// # Errors
    ///
    /// [`FetchError::Paused`] when its platform asked us to wait; as the guard where it has no address to be asked at.
    pub(super) async fn turn(&self, url: &Url) -> Result<Turn, FetchError> {
        let platform = platform(url).ok_or(FetchError::BadUrl)?;
        let addresses = self.addresses(url).await?;
        let gap = self.gap_for(&addresses);
        let mut keys = vec![platform];
        for address in addresses.iter().take(ADDRESSES_MAX) {
            keys.push(address.to_canonical().to_string());
        }
        keys.dedup();
        let (granted, answer) = oneshot::channel();
        let mut place = {
            let mut state = self.state();
            let ticket = state.pace.queue(keys, gap, self.at());
            state.waiting.insert(ticket, granted);
            Place {
                pacer: self,
                ticket,
                is_taken: false,
            }
        };
        self.look();
        match answer.await {
            Ok(Ok(())) => {
                place.is_taken = true;
                Ok(Turn {
                    pacer: self.clone(),
                    ticket: place.ticket,
                })
            }
            Ok(Err(left)) => {
                place.is_taken = true;
                Err(FetchError::Paused {
                    wait: whole_seconds(left),
                })
            }
            // The sender lives in the map until it is used, so this cannot be; asking later does no harm.
            Err(_) => Err(FetchError::Paused {
                wait: SignedDuration::from_mins(1),
            }),
        }
    }

    /// Leaves the platform of this address alone for a while, as it took no connection, and remembers to tell it once.
    pub(super) fn refused(&self, url: &Url) {
        let Some(platform) = platform(url) else {
            return;
        };
        let is_news = {
            let mut state = self.state();
            let is_news = state.pace.refuse(&platform, self.at());
            if is_news {
                state.news.insert(platform);
            }
            is_news
        };
        if is_news {
            self.look();
        }
    }

    /// Refuses the platform of this address, which asked us to wait, for so long if it said; says how long it is left alone.
    pub(super) fn throttle(&self, url: &Url, asked: Option<SignedDuration>) -> SignedDuration {
        let dice = (self.shared.dice)();
        let Some(platform) = platform(url) else {
            return rest(asked, 1, dice);
        };
        let left_alone = {
            let mut state = self.state();
            let (rest, is_news) = state.pace.throttle(&platform, asked, dice, self.at());
            if is_news {
                state.news.insert(platform);
            }
            rest
        };
        self.look();
        left_alone
    }

    /// Notes that the platform of this address answered well.
    pub(super) fn answered(&self, url: &Url) {
        let Some(platform) = platform(url) else {
            return;
        };
        let at = self.at();
        let mut state = self.state();
        if state.pace.answered(&platform, at) {
            state.news.insert(platform);
        }
    }

    /// Whether the platform of this address is paused.
    pub(super) fn is_paused(&self, url: &Url) -> bool {
        let at = self.at();
        let platform = platform(url);
        platform.is_some_and(|it| self.state().pace.paused_for(&it, at).is_some())
    }

    /// Takes over a rest that was written down before, unless this is the one who wrote it.
    pub(super) fn resume(&self, rest: &Rest, now: Timestamp) {
        let left = Duration::try_from(rest.until.duration_since(now)).unwrap_or_default();
        let ends = self.at() + left;
        let mut state = self.state();
        let is_news = state.pace.remember(&rest.platform, rest.throttled);
        if is_news && !left.is_zero() {
            state.pace.pause(&rest.platform, ends, Pause::Asked);
        }
    }

    /// Ends a pause that was a mistake of ours. Says whether the platform may be asked now.
    pub(super) fn lift(&self, platform: &str) -> bool {
        let at = self.at();
        let mut state = self.state();
        state.pace.lift(platform);
        state.pace.paused_for(platform, at).is_none()
    }

    /// Has [`Pacer::news`] tell of a platform once more, because what it told could not be written down.
    pub(super) fn tell_again(&self, platform: String) {
        self.state().news.insert(platform);
    }

    /// How those platforms rest of which that has changed since this was asked last. Pauses are counted from the answers
    /// that asked for them, which may have come long after whoever asked began to wait for a turn.
    pub(super) fn news(&self, now: Timestamp) -> Vec<Rest> {
        let at = self.at();
        let mut state = self.state();
        let news = std::mem::take(&mut state.news);
        let told = news.into_iter().map(|platform| {
            let left = state.pace.paused_for(&platform, at).unwrap_or_default();
            Rest {
                until: now
                    .checked_add(whole_seconds(left))
                    .unwrap_or(Timestamp::MAX),
                throttled: state.pace.throttled(&platform),
                platform,
            }
        });
        told.collect()
    }

    /// Counts an answer as being worked on.
    pub(super) fn working(&self) -> Working {
        self.state().pace.work_began();
        Working(self.clone())
    }

    /// How close requests to this address may come, as far as can be told without looking its name up.
    pub(super) fn gap_at(&self, url: &Url) -> Gap {
        let address = match url.host() {
            Some(Host::Ipv4(ip)) => Some(ip.into()),
            Some(Host::Ipv6(ip)) => Some(ip.into()),
            _ => None,
        };
        self.gap_for(address.as_slice())
    }

    fn gap_for(&self, addresses: &[IpAddr]) -> Gap {
        let is_ours = |ip: &IpAddr| self.guard.is_let_in(*ip);
        if !addresses.is_empty() && addresses.iter().all(is_ours) {
            self.gap
        } else {
            self.gap.polite()
        }
    }

    async fn addresses(&self, url: &Url) -> Result<Vec<IpAddr>, FetchError> {
        let _permit = self.shared.lookups.acquire().await.ok();
        let looking = self.guard.addresses(url);
        tokio::time::timeout(LOOKUP_TIMEOUT, looking)
            .await
            .unwrap_or(Err(FetchError::Dns))
    }

    /// Lets begin whose time has come, and has somebody look again when the next one's time comes.
    fn look(&self) {
        let mut state = self.state();
        let step = state.pace.next(self.at());
        let answers = step.begun.iter().map(|ticket| (*ticket, Ok(())));
        let refused = step
            .refused
            .iter()
            .map(|(ticket, left)| (*ticket, Err(*left)));
        for (ticket, answer) in answers.chain(refused) {
            if let Some(waiting) = state.waiting.remove(&ticket) {
                // Who went away has left by itself, or does so as it drops its place.
                let _: Result<(), _> = waiting.send(answer);
            }
        }
        let Some(look_at) = step.look_at else { return };
        if state.look_at.is_some_and(|planned| planned <= look_at) {
            return;
        }
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            return;
        };
        state.look_at = Some(look_at);
        drop(state);
        let pacer = self.clone();
        runtime.spawn(async move {
            tokio::time::sleep_until(pacer.shared.began + look_at).await;
            {
                let mut state = pacer.state();
                if state.look_at == Some(look_at) {
                    state.look_at = None;
                }
            }
            pacer.look();
        });
    }

    fn at(&self) -> Duration {
        self.shared.began.elapsed()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.shared
            .state
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Shared")
            .field("began", &self.began)
            .finish_non_exhaustive()
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.pacer.state().pace.done(self.ticket);
        self.pacer.look();
    }
}

impl Drop for Working {
    fn drop(&mut self) {
        self.0.state().pace.work_ended();
        self.0.look();
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        if self.is_taken {
            return;
        }
        {
            let mut state = self.pacer.state();
            if state.waiting.remove(&self.ticket).is_some() {
                state.pace.abandon(self.ticket);
            } else {
                // It was granted in the very moment in which nobody wanted it any more.
                state.pace.done(self.ticket);
            }
        }
        self.pacer.look();
    }
}

/// What is left of the time that one request may take; waiting for a turn is not counted.
#[derive(Debug)]
pub(super) struct Allowance {
    left: Mutex<Duration>,
    limit: Duration,
}

impl Allowance {
    /// The whole of it.
    pub(super) fn of(limit: Duration) -> Self {
        Self {
            left: Mutex::new(limit),
            limit,
        }
    }

    /// Works as long as is left.
    ///
    /// # Errors
    ///
    /// [`FetchError::Timeout`] when that is not enough.
    pub(super) async fn spend<T>(
        &self,
        work: impl Future<Output = Result<T, FetchError>>,
    ) -> Result<T, FetchError> {
        let left = *self.left.lock().unwrap_or_else(PoisonError::into_inner);
        let began = Instant::now();
        let done = tokio::time::timeout(left, work).await;
        let mut rest = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        *rest = left.saturating_sub(began.elapsed());
        done.unwrap_or(Err(FetchError::Timeout { limit: self.limit }))
    }
}

/// A wait up to a whole second, because it is never cut short.
fn whole_seconds(wait: Duration) -> SignedDuration {
    let wait = wait.saturating_add(Duration::from_nanos(999_999_999));
    SignedDuration::from_secs(i64::try_from(wait.as_secs()).unwrap_or(i64::MAX))
}
