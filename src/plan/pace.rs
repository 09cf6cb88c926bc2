//! Pace: whose turn it is to be asked.
//!
//! A pure state machine. Each request waits for a turn under some keys: its platform and the addresses of its host. Under
//! one key requests begin in the order in which they came, no more at once and no sooner after one another than the rules
//! of that request say; over all keys no more than so many are open at once. A request that waits for its platform holds
//! nothing that another platform's request needs.
//!
//! ```text
//! queue --> (waits) --next--> begun --> done
//!              |                         pause(platform) refuses all that wait under it, and all that come;
//!              |                         throttle(platform) and refuse(platform) do so for longer each time, until it has
//!              |                         answered well
//!              +--abandon
//! ```
//!
//! Time is what the caller's monotonic clock says since the beginning; this module reads none.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::time::Duration;

use jiff::SignedDuration;

use super::rest;

/// A request that waits for its turn or has it; lower numbers came earlier.
pub type Ticket = u64;

/// How close requests to one platform may come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gap {
    /// From the beginning of one request to the beginning of the next.
    pub between_starts: Duration,
    /// Requests under way at once, at least 1.
    pub at_once_max: u16,
}

impl Gap {
    /// What the public internet gets, whatever feeds.toml says: one request in flight and a second between two.
    pub const POLITE: Self = Self {
        between_starts: Duration::from_secs(1),
        at_once_max: 1,
    };

    /// The same gap, but no closer than the public internet gets.
    #[must_use]
    pub fn polite(self) -> Self {
        Self {
            between_starts: self.between_starts.max(Self::POLITE.between_starts),
            at_once_max: Self::POLITE.at_once_max,
        }
    }
}

/// What changed by the passing of time or the end of a request.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// Requests that begin now.
    pub begun: Vec<Ticket>,
    /// Requests whose platform is paused, each with how long it still is.
    pub refused: Vec<(Ticket, Duration)>,
    /// When to look again, if nothing happens before.
    pub look_at: Option<Duration>,
}

/// Who waits and who is being asked.
#[derive(Debug)]
pub struct Pace {
    at_once_max: usize,
    open: usize,
    busy: usize,
    tickets: HashMap<Ticket, Request>,
    lanes: HashMap<String, Lane>,
    /// Tickets that are first under each of their keys, whether or not their time has come.
    first: BTreeSet<Ticket>,
    refused: BTreeSet<Ticket>,
    last: Ticket,
}

#[derive(Debug)]
struct Request {
    keys: Vec<String>,
    gap: Gap,
}

#[derive(Debug, Default)]
struct Lane {
    queue: VecDeque<Ticket>,
    open: u16,
    started: Option<Duration>,
    /// Until when its host asked us to stay away.
    asked_until: Option<Duration>,
    /// How often in a row it did.
    throttled: u32,
    /// Until when we stay away because nobody there took a connection.
    refused_until: Option<Duration>,
    /// How often in a row nobody did.
    refusals: u32,
}

impl Lane {
    fn paused_until(&self) -> Option<Duration> {
        self.asked_until.max(self.refused_until)
    }
}

/// Why a platform is left alone for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pause {
    /// Its host asked for it (429, 503). That holds, whatever else turns out.
    Asked,
    /// It took no connection, which may turn out to be our own line's fault.
    Refused,
}

/// Lanes that nobody uses are swept out when there are as many as this.
const LANES_MAX: usize = 4_096;

/// Who asked us to wait is remembered for so long after that was over, if it has not been asked since.
const THROTTLED_REMEMBERED: Duration = Duration::from_hours(30 * 24);

/// A platform that takes no connection is left alone for so long, and twice as long each time, so many times.
const REFUSED_FOR: Duration = Duration::from_mins(30);
const REFUSALS_MAX: u32 = 4;

/// For so long the last start under a key is worth remembering.
const REMEMBERED: Duration = Duration::from_mins(2);

impl Pace {
    /// Nobody waits, and no more than so many requests (at least 1) will be open at once.
    pub fn new(at_once_max: u16) -> Self {
        Self {
            at_once_max: usize::from(at_once_max.max(1)),
            open: 0,
            busy: 0,
            tickets: HashMap::new(),
            lanes: HashMap::new(),
            first: BTreeSet::new(),
            refused: BTreeSet::new(),
            last: 0,
        }
    }

    /// No more than so many requests (at least 1) will be open at once from now on; those that are stay open.
    pub fn allow(&mut self, at_once_max: u16) {
        self.at_once_max = usize::from(at_once_max.max(1));
    }

    /// A request waits from now on. The first key is its platform, which is the one that may be paused.
    pub fn queue(&mut self, keys: Vec<String>, gap: Gap, at: Duration) -> Ticket {
        self.sweep(at);
        self.last += 1;
        let ticket = self.last;
        let paused = keys
            .first()
            .is_some_and(|platform| self.paused_for(platform, at).is_some());
        if paused {
            self.refused.insert(ticket);
        } else {
            for key in &keys {
                let lane = self.lanes.entry(key.clone()).or_default();
                lane.queue.push_back(ticket);
            }
        }
        self.tickets.insert(ticket, Request { keys, gap });
        if !paused {
            self.note_if_first(ticket);
        }
        ticket
    }

    /// What begins now. To be called after every other call, and when [`Step::look_at`] has come.
    pub fn next(&mut self, at: Duration) -> Step {
        let mut step = Step::default();
        for ticket in std::mem::take(&mut self.refused) {
            if let Some(request) = self.tickets.remove(&ticket) {
                let platform = request.keys.first();
                let left = platform.and_then(|platform| self.paused_for(platform, at));
                step.refused.push((ticket, left.unwrap_or_default()));
            }
        }
        // Whoever begins makes room at the head of its queues, so look from the front until nothing moves.
        let mut from = 0;
        while self.open + self.busy < self.at_once_max {
            let Some(ticket) = self.first.range(from..).next().copied() else {
                break;
            };
            match self.may_begin_at(ticket) {
                Some(time) if time <= at => {
                    self.begin(ticket, at);
                    step.begun.push(ticket);
                    from = 0;
                    step.look_at = None;
                }
                time => {
                    step.look_at = [step.look_at, time].into_iter().flatten().min();
                    from = ticket + 1;
                }
            }
        }
        step
    }

    /// A request that had begun is over.
    pub fn done(&mut self, ticket: Ticket) {
        let Some(request) = self.tickets.remove(&ticket) else {
            return;
        };
        self.open = self.open.saturating_sub(1);
        for key in &request.keys {
            if let Some(lane) = self.lanes.get_mut(key) {
                lane.open = lane.open.saturating_sub(1);
            }
        }
    }

    /// A request that waits does so no longer.
    pub fn abandon(&mut self, ticket: Ticket) {
        self.refused.remove(&ticket);
        self.leave(ticket);
        self.tickets.remove(&ticket);
    }

    /// Refuses a platform's requests until this time; a longer pause that it already has stays. Says whether it is news.
    pub fn pause(&mut self, platform: &str, until: Duration, why: Pause) -> bool {
        let lane = self.lanes.entry(platform.to_owned()).or_default();
        let already = lane.paused_until();
        let kept = match why {
            Pause::Asked => &mut lane.asked_until,
            Pause::Refused => &mut lane.refused_until,
        };
        *kept = (*kept).max(Some(until));
        if already.is_some_and(|already| already >= until) {
            return false;
        }
        let waiting: Vec<Ticket> = lane.queue.iter().copied().collect();
        for ticket in waiting {
            let is_of_platform = self
                .tickets
                .get(&ticket)
                .is_some_and(|request| request.keys.first().is_some_and(|first| first == platform));
            if is_of_platform {
                self.leave(ticket);
                self.refused.insert(ticket);
            }
        }
        true
    }

    /// A platform asks us to wait (429, 503), for so long if it says: refuses its requests for as long as
    /// [`rest`] says, which is longer each time. Says how long, and whether that is news.
    ///
    /// What comes in while it rests was asked before, and is the same word once more.
    pub fn throttle(
        &mut self,
        platform: &str,
        asked: Option<SignedDuration>,
        dice: f64,
        at: Duration,
    ) -> (SignedDuration, bool) {
        let lane = self.lanes.entry(platform.to_owned()).or_default();
        let is_next = lane.asked_until.is_none_or(|until| until <= at);
        lane.throttled = lane.throttled.saturating_add(u32::from(is_next));
        let rest = rest(asked, lane.throttled, dice);
        let until = at + Duration::try_from(rest).unwrap_or_default();
        let is_longer = self.pause(platform, until, Pause::Asked);
        (rest, is_next || is_longer)
    }

    /// A platform takes no connection: refuses its requests for half an hour, and twice as long each time, up to four hours,
    /// until it has answered well. Says whether that is news.
    pub fn refuse(&mut self, platform: &str, at: Duration) -> bool {
        let lane = self.lanes.entry(platform.to_owned()).or_default();
        // What fails while it rests was begun before.
        let is_next = lane.refused_until.is_none_or(|until| until <= at);
        // It may have answered well to what was asked before.
        lane.refusals = (lane.refusals + u32::from(is_next)).clamp(1, REFUSALS_MAX);
        let wait = REFUSED_FOR * (1 << (lane.refusals - 1));
        self.pause(platform, at + wait, Pause::Refused)
    }

    /// A platform answered well, so that its next pause is as short as its first. Says whether that is news to be written
    /// down. What comes in while it rests was asked before, and says nothing of how it is since.
    pub fn answered(&mut self, platform: &str, at: Duration) -> bool {
        let lane = self.lanes.get_mut(platform);
        let lane = lane.filter(|lane| lane.asked_until.is_none_or(|until| until <= at));
        lane.is_some_and(|lane| {
            lane.refusals = 0;
            std::mem::take(&mut lane.throttled) > 0
        })
    }

    /// Takes over how often in a row a platform asked us to wait, as somebody before us counted it. Says whether that is news:
    /// what is known of a platform already is newer, and stays.
    pub fn remember(&mut self, platform: &str, throttled: u32) -> bool {
        if self.lanes.contains_key(platform) {
            return false;
        }
        let lane = self.lanes.entry(platform.to_owned()).or_default();
        lane.throttled = throttled;
        true
    }

    /// How often in a row a platform asked us to wait.
    pub fn throttled(&self, platform: &str) -> u32 {
        self.lanes.get(platform).map_or(0, |lane| lane.throttled)
    }

    /// Asks a platform again before its pause ends, because the pause was our own mistake. What its host asked for stays.
    pub fn lift(&mut self, platform: &str) {
        if let Some(lane) = self.lanes.get_mut(platform) {
            (lane.refused_until, lane.refusals) = (None, 0);
        }
    }

    /// How long a platform is still paused; nothing where it is not.
    pub fn paused_for(&self, platform: &str, at: Duration) -> Option<Duration> {
        let until = self.lanes.get(platform)?.paused_until()?;
        until.checked_sub(at).filter(|left| !left.is_zero())
    }

    /// One more answer is being worked on, so that one request less may be open: what comes in must not pile up.
    pub fn work_began(&mut self) {
        self.busy += 1;
    }

    /// One answer less is being worked on.
    pub fn work_ended(&mut self) {
        self.busy = self.busy.saturating_sub(1);
    }

    /// Requests that wait.
    pub fn waiting(&self) -> usize {
        self.tickets.len() - self.open
    }

    /// When a ticket may begin that is first under all its keys; nothing while others have to end before.
    fn may_begin_at(&self, ticket: Ticket) -> Option<Duration> {
        let request = self.tickets.get(&ticket)?;
        let mut earliest = Duration::ZERO;
        for lane in request.keys.iter().filter_map(|key| self.lanes.get(key)) {
            if lane.open >= request.gap.at_once_max.max(1) {
                return None;
            }
            if let Some(started) = lane.started {
                earliest = earliest.max(started + request.gap.between_starts);
            }
        }
        Some(earliest)
    }

    fn begin(&mut self, ticket: Ticket, at: Duration) {
        self.open += 1;
        let keys = self.leave(ticket);
        for key in keys {
            let lane = self.lanes.entry(key).or_default();
            lane.open += 1;
            lane.started = Some(at);
        }
    }

    /// Takes a ticket out of its queues and lets those behind it move up; gives its keys.
    fn leave(&mut self, ticket: Ticket) -> Vec<String> {
        self.first.remove(&ticket);
        let keys = self
            .tickets
            .get(&ticket)
            .map(|request| request.keys.clone());
        let keys = keys.unwrap_or_default();
        let mut next = Vec::new();
        for key in &keys {
            if let Some(lane) = self.lanes.get_mut(key)
                && let Some(place) = lane.queue.iter().position(|other| *other == ticket)
            {
                lane.queue.remove(place);
                next.extend(lane.queue.front().copied());
            }
        }
        for ticket in next {
            self.note_if_first(ticket);
        }
        keys
    }

    fn note_if_first(&mut self, ticket: Ticket) {
        let is_first = self.tickets.get(&ticket).is_some_and(|request| {
            let mut lanes = request.keys.iter().filter_map(|key| self.lanes.get(key));
            lanes.all(|lane| lane.queue.front() == Some(&ticket))
        });
        if is_first {
            self.first.insert(ticket);
        }
    }

    fn sweep(&mut self, at: Duration) {
        if self.lanes.len() < LANES_MAX {
            return;
        }
        self.lanes.retain(|_, lane| {
            let lately = lane
                .started
                .is_some_and(|started| at < started + REMEMBERED);
            let paused = lane.paused_until().is_some_and(|until| until > at);
            let asked = lane.asked_until.unwrap_or_default();
            let throttled = lane.throttled > 0 && at < asked + THROTTLED_REMEMBERED;
            lane.open > 0 || !lane.queue.is_empty() || lately || paused || throttled
        });
    }
}

#[cfg(test)]
mod tests;
