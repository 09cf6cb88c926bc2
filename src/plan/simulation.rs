//! A month of eight hundred blogs in virtual time: the same pure functions that the poller acts by, with an event loop in
//! the place of sockets and sleepers.
//!
//! What the store would keep ([`Seat`]) is kept apart from what a restart loses ([`Process`]).

use std::cell::Cell;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, HashMap, VecDeque};
use std::ops::Range;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use url::Url;

use super::pace::{Gap, Pace, Pause, Ticket};
use super::{Outcome, Posts, Season, Terms, platform, resume, spread, update};
use crate::model::{Author, Feed, FeedId, Trouble, Validators};

const SECOND: u64 = 1_000;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

const BEGINNING: Timestamp = Timestamp::constant(1_309_478_400, 0);
const EVERY: SignedDuration = SignedDuration::from_mins(60);
const FEEDS: usize = 800;
const ON_ONE_PLATFORM: usize = 350;
/// Blogs with domains of their own that live at one address.
const AT_ONE_ADDRESS: usize = 40;
const BROKEN: usize = 400;
const THROTTLED: usize = 17;
const THROTTLED_AT: u64 = 5 * DAY;

/// One feed, as the store has it.
struct Seat {
    feed: Feed,
    platform: String,
    keys: Vec<String>,
    posts: Posts,
    fresh_for: Option<SignedDuration>,
}

/// What one process knows and the next does not.
struct Process {
    number: u32,
    began: u64,
    pace: Pace,
    lanes: HashMap<String, VecDeque<usize>>,
    waiting: HashMap<Ticket, usize>,
    open: BTreeMap<Ticket, usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    /// The poller looks who is due.
    Tick(u32),
    /// The pace lets somebody begin.
    Look(u32),
    /// An answer is there.
    Answer(u32, Ticket),
    /// The process ends.
    Stop,
    /// A process begins.
    Start,
}

struct World {
    now: u64,
    seats: Vec<Seat>,
    due: BinaryHeap<Reverse<(u64, usize)>>,
    /// Until when a platform is left alone, and how often in a row it asked for that.
    pauses: BTreeMap<String, (u64, u32)>,
    /// While the great platform answers nothing but 429.
    busy: Range<u64>,
    process: Option<Process>,
    processes: u32,
    events: BinaryHeap<Reverse<(u64, Event)>>,
    seed: Cell<u64>,
    seen: Seen,
}

/// What the hosts saw.
#[derive(Default)]
struct Seen {
    requests: u64,
    in_minute: Vec<u64>,
    of_feed: Vec<u64>,
    /// Starts and requests in flight, by platform and by address.
    last_start: HashMap<String, u64>,
    in_flight: HashMap<String, u32>,
    least_gap: u64,
    most_in_flight: u32,
    most_in_flight_anywhere: usize,
    /// Requests before the time that the store had for them.
    early: u64,
    while_paused: u64,
    longest_wait_of_others: u64,
}

fn at(millis: u64) -> Timestamp {
    BEGINNING + SignedDuration::from_millis(millis.cast_signed())
}

fn millis(at: Timestamp) -> u64 {
    u64::try_from(at.duration_since(BEGINNING).as_millis()).unwrap_or(0)
}

fn seat(number: usize) -> Seat {
    let (host, address) = match number {
        0..ON_ONE_PLATFORM => (format!("b{number}.blogspot.test"), "192.0.2.1".to_owned()),
        _ if number < ON_ONE_PLATFORM + AT_ONE_ADDRESS => {
            (format!("blog.d{number}.test"), "192.0.2.2".to_owned())
        }
        _ => (
            format!("blog.d{number}.test"),
            format!("198.51.100.{number}"),
        ),
    };
    let url = Url::parse(&format!("https://{host}/feed")).unwrap();
    let platform = platform(&url).unwrap();
    // One in five has been silent for months, one in ten is served with Cache-Control.
    let silent = number
        .is_multiple_of(5)
        .then(|| BEGINNING - SignedDuration::from_hours(24 * 90));
    let owner = Author {
        name: String::new(),
        slug: String::new(),
        site_url: None,
        excerpt_only: false,
    };
    let id = FeedId(i64::try_from(number).unwrap());
    let feed = Feed::new(id, owner, url);
    Seat {
        feed,
        keys: vec![platform.clone(), address],
        platform,
        posts: Posts {
            newest: silent,
            gap: None,
        },
        fresh_for: (number % 10 == 3).then(|| SignedDuration::from_hours(3)),
    }
}

impl World {
    /// A roster of new feeds and a process that begins.
    fn new(seed: u64) -> Self {
        Self {
            now: 0,
            seats: (0..FEEDS).map(seat).collect(),
            due: (0..FEEDS).map(|number| Reverse((0, number))).collect(),
            pauses: BTreeMap::new(),
            busy: 0..0,
            process: None,
            processes: 0,
            events: BinaryHeap::from([Reverse((0, Event::Start))]),
            seed: Cell::new(seed),
            seen: Seen {
                of_feed: vec![0; FEEDS],
                in_minute: vec![0; 30 * 24 * 60],
                least_gap: u64::MAX,
                ..Seen::default()
            },
        }
    }

    fn dice(&self) -> f64 {
        let mut seed = self.seed.get();
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        self.seed.set(seed);
        f64::from(u32::try_from(seed >> 32).unwrap()) / f64::from(u32::MAX).next_up()
    }

    fn plan(&mut self, at: u64, event: Event) {
        self.events.push(Reverse((at, event)));
    }

    fn run(&mut self, until: u64) {
        while let Some(Reverse((time, event))) = self.events.pop() {
            if time >= until {
                self.events.push(Reverse((time, event)));
                break;
            }
            self.now = time;
            let is_running = |number| self.process.as_ref().is_some_and(|it| it.number == number);
            match event {
                Event::Start => self.start(),
                Event::Stop => self.stop(),
                Event::Tick(number) if is_running(number) => self.tick(),
                Event::Look(number) if is_running(number) => self.look(),
                Event::Answer(number, ticket) if is_running(number) => self.answer(ticket),
                _ => {}
            }
        }
        self.now = until;
    }

    fn start(&mut self) {
        self.processes += 1;
        let mut pace = Pace::new(8);
        for (platform, (until, throttled)) in &self.pauses {
            pace.remember(platform, *throttled);
            if let Some(left) = until.checked_sub(self.now).filter(|left| *left > 0) {
                pace.pause(platform, Duration::from_millis(left), Pause::Asked);
            }
        }
        self.process = Some(Process {
            number: self.processes,
            began: self.now,
            pace,
            lanes: HashMap::new(),
            waiting: HashMap::new(),
            open: BTreeMap::new(),
        });
        self.plan(self.now, Event::Tick(self.processes));
    }

    /// Whatever was under way is lost, and the hosts see their connections closed.
    fn stop(&mut self) {
        let Some(process) = self.process.take() else {
            return;
        };
        // The store has them as they were, so they are due.
        let lanes = process.lanes.into_values().flatten();
        let lost = lanes.chain(process.waiting.into_values());
        let lost: Vec<usize> = lost.chain(process.open.values().copied()).collect();
        for number in lost {
            let due = self.due_at(number).unwrap_or(0);
            self.due.push(Reverse((due, number)));
        }
        for number in process.open.into_values() {
            self.over(number);
        }
    }

    /// As `Poller::send_out` does.
    fn tick(&mut self) {
        let mut due = Vec::new();
        while let Some(Reverse((time, number))) = self.due.peek().copied() {
            if time > self.now {
                break;
            }
            self.due.pop();
            if self.due_at(number) == Some(time) || (time == 0 && self.due_at(number).is_none()) {
                due.push(number);
            }
        }
        let seats = due.iter().map(|&number| {
            let feed = &self.seats[number].feed;
            (feed.id, feed.next_poll_at.max(feed.held_until))
        });
        let seats: Vec<_> = seats.collect();
        let late = spread(&seats, EVERY, &|| self.dice(), at(self.now));
        for (feed, next_poll_at) in &late {
            let number = usize::try_from(feed.0).unwrap();
            self.seats[number].feed.next_poll_at = Some(*next_poll_at);
            self.due.push(Reverse((millis(*next_poll_at), number)));
        }
        if late.is_empty() {
            self.open_lanes(due);
        } else {
            let is_late = |number: &usize| {
                late.iter()
                    .any(|(feed, _)| self.seats[*number].feed.id == *feed)
            };
            let rest: Vec<usize> = due.into_iter().filter(|number| !is_late(number)).collect();
            self.open_lanes(rest);
        }
        let next = self
            .due
            .peek()
            .map_or(MINUTE, |Reverse((time, _))| time.saturating_sub(self.now));
        let number = self.processes;
        self.plan(self.now + next.clamp(SECOND, MINUTE), Event::Tick(number));
    }

    fn due_at(&self, number: usize) -> Option<u64> {
        let feed = &self.seats[number].feed;
        feed.next_poll_at.max(feed.held_until).map(millis)
    }

    fn open_lanes(&mut self, due: Vec<usize>) {
        let mut lanes: BTreeMap<String, VecDeque<usize>> = BTreeMap::new();
        for number in due {
            lanes
                .entry(self.seats[number].platform.clone())
                .or_default()
                .push_back(number);
        }
        for (platform, feeds) in lanes {
            let process = self.process.as_mut().unwrap();
            if process.lanes.contains_key(&platform) {
                // They are due all the same as soon as the lane is free again.
                let again = self.now + SECOND;
                self.due
                    .extend(feeds.iter().map(|&number| Reverse((again, number))));
                for number in feeds {
                    self.seats[number].feed.next_poll_at = Some(at(again));
                }
                continue;
            }
            process.lanes.insert(platform.clone(), feeds);
            self.next_in_lane(&platform);
        }
    }

    fn next_in_lane(&mut self, platform: &str) {
        loop {
            let process = self.process.as_mut().unwrap();
            let Some(number) = process
                .lanes
                .get_mut(platform)
                .and_then(VecDeque::pop_front)
            else {
                process.lanes.remove(platform);
                return;
            };
            let seat = &self.seats[number];
            if seat
                .feed
                .held_until
                .is_some_and(|until| until > at(self.now))
            {
                continue;
            }
            let now = Duration::from_millis(self.now - process.began);
            let ticket = process.pace.queue(seat.keys.clone(), Gap::POLITE, now);
            process.waiting.insert(ticket, number);
            return self.look();
        }
    }

    fn look(&mut self) {
        let process = self.process.as_mut().unwrap();
        let (number, began) = (process.number, process.began);
        let step = process.pace.next(Duration::from_millis(self.now - began));
        assert!(
            step.refused.is_empty(),
            "the lane of a paused platform asks nobody"
        );
        for ticket in step.begun {
            let process = self.process.as_mut().unwrap();
            let feed = process.waiting.remove(&ticket).unwrap();
            process.open.insert(ticket, feed);
            let open = process.open.len();
            self.seen.most_in_flight_anywhere = self.seen.most_in_flight_anywhere.max(open);
            self.began(feed);
            let takes = 200
                + 5 * u64::try_from(
                    SignedDuration::from_millis(400)
                        .mul_f64(self.dice())
                        .as_millis(),
                )
                .unwrap();
            self.plan(self.now + takes, Event::Answer(number, ticket));
        }
        if let Some(look_at) = step.look_at {
            let look_at = began + u64::try_from(look_at.as_millis()).unwrap();
            self.plan(look_at, Event::Look(number));
        }
    }

    /// A host sees a request.
    fn began(&mut self, number: usize) {
        let seen = &mut self.seen;
        seen.requests += 1;
        seen.of_feed[number] += 1;
        seen.in_minute[usize::try_from(self.now / MINUTE).unwrap()] += 1;
        let seat = &self.seats[number];
        let due = seat.feed.next_poll_at.map_or(0, millis);
        seen.early += u64::from(due > self.now);
        if number >= ON_ONE_PLATFORM + AT_ONE_ADDRESS && due > 0 {
            seen.longest_wait_of_others = seen
                .longest_wait_of_others
                .max(self.now.saturating_sub(due));
        }
        let is_paused = self
            .pauses
            .iter()
            .any(|(platform, (until, _))| *platform == seat.platform && *until > self.now);
        seen.while_paused += u64::from(is_paused);
        for key in &seat.keys {
            if let Some(last) = seen.last_start.insert(key.clone(), self.now) {
                seen.least_gap = seen.least_gap.min(self.now - last);
            }
            let in_flight = seen.in_flight.entry(key.clone()).or_default();
            *in_flight += 1;
            seen.most_in_flight = seen.most_in_flight.max(*in_flight);
        }
    }

    fn over(&mut self, number: usize) {
        for key in &self.seats[number].keys {
            *self.seen.in_flight.get_mut(key).unwrap() -= 1;
        }
    }

    fn answer(&mut self, ticket: Ticket) {
        let process = self.process.as_mut().unwrap();
        process.pace.done(ticket);
        let number = process.open.remove(&ticket).unwrap();
        self.over(number);
        let outcome = if self.asks_to_wait(number) {
            let wait = self.pause(number);
            Outcome::Throttled { wait }
        } else {
            self.answers(number)
        };
        let terms = Terms {
            every: EVERY,
            season: Season::Running,
            posts: self.seats[number].posts,
            dice: self.dice(),
        };
        let update = update(&self.seats[number].feed, outcome, &terms, at(self.now));
        let feed = &mut self.seats[number].feed;
        feed.polled_at = Some(update.polled_at);
        feed.next_poll_at = Some(update.next_poll_at);
        feed.held_until = update.held_until;
        feed.failure = update.failure;
        feed.throttled = update.throttled;
        self.due
            .push(Reverse((self.due_at(number).unwrap(), number)));
        let platform = self.seats[number].platform.clone();
        self.next_in_lane(&platform);
        self.look();
    }

    /// Whether a host asks us to wait.
    fn asks_to_wait(&self, number: usize) -> bool {
        let for_a_while = (THROTTLED_AT..THROTTLED_AT + 3 * HOUR).contains(&self.now);
        if self.busy.is_empty() {
            number == THROTTLED && for_a_while
        } else {
            number < ON_ONE_PLATFORM && self.busy.contains(&self.now)
        }
    }

    fn answers(&mut self, number: usize) -> Outcome {
        if number == BROKEN {
            return Outcome::Failed {
                cause: "500".to_owned(),
                trouble: Trouble::Other,
            };
        }
        let platform = &self.seats[number].platform;
        let process = self.process.as_mut().unwrap();
        let now = Duration::from_millis(self.now - process.began);
        if process.pace.answered(platform, now)
            && let Some((_, throttled)) = self.pauses.get_mut(platform)
        {
            *throttled = 0;
        }
        Outcome::Unchanged {
            validators: Validators::default(),
            found_at: None,
            fresh_for: self.seats[number].fresh_for,
        }
    }

    /// As the client and `Poller::write_pauses_down` do; how long the platform is left alone.
    fn pause(&mut self, asked: usize) -> SignedDuration {
        // Who only asks for a while says for how long.
        let hours = SignedDuration::from_hours(4);
        let wait = self.busy.is_empty().then_some(hours);
        let dice = self.dice();
        let process = self.process.as_mut().unwrap();
        let platform = self.seats[asked].platform.clone();
        let now = Duration::from_millis(self.now - process.began);
        let (rest, is_news) = process.pace.throttle(&platform, wait, dice, now);
        assert!(is_news);
        let until = at(self.now) + rest;
        let throttled = process.pace.throttled(&platform);
        self.pauses
            .insert(platform.clone(), (millis(until), throttled));
        let of_platform: Vec<usize> = (0..FEEDS)
            .filter(|&number| number != asked && self.seats[number].platform == platform)
            .collect();
        let early = |number: &usize| {
            self.seats[*number]
                .feed
                .next_poll_at
                .is_none_or(|at| at < until)
        };
        let waiting: Vec<FeedId> = of_platform
            .iter()
            .copied()
            .filter(early)
            .map(|number| self.seats[number].feed.id)
            .collect();
        for (feed, next_poll_at) in resume(&waiting, until, EVERY, &|| self.dice()) {
            self.seats[usize::try_from(feed.0).unwrap()]
                .feed
                .next_poll_at = Some(next_poll_at);
        }
        for number in of_platform {
            self.seats[number].feed.held_until = Some(until);
            self.due
                .push(Reverse((self.due_at(number).unwrap(), number)));
        }
        rest
    }
}

impl Seen {
    /// How many requests there were in the hour after this time, and how many in its busiest minute.
    fn in_hour_after(&self, begin: u64) -> (u64, u64) {
        let first = usize::try_from(begin / MINUTE).unwrap();
        let counts = &self.in_minute[first..first + 60];
        (counts.iter().sum(), counts.iter().copied().max().unwrap())
    }

    fn print(&self) {
        println!(
            "one platform or address: at most {} in flight, {} ms between two starts; anywhere: at most {} in flight",
            self.most_in_flight, self.least_gap, self.most_in_flight_anywhere
        );
        println!(
            "always-500 feed: asked {} times; a well one of the same kind: {}",
            self.of_feed[BROKEN], self.of_feed[405]
        );
        println!(
            "before their time: {}; while their platform was paused: {}",
            self.early, self.while_paused
        );
        println!(
            "longest that a feed elsewhere waited beyond its time: {} s",
            self.longest_wait_of_others / SECOND
        );
    }
}

/// Shows A12, A13, A14, A16, A42.
#[test]
fn a_month_of_eight_hundred_blogs_is_polite_to_all_of_them() {
    const DOWN_FROM: u64 = 22 * DAY;
    const DOWN_TO: u64 = 25 * DAY;
    let mut world = World::new(23);
    // A restart every hour for ten days, each taking two seconds; later three days of downtime.
    for hour in 10 * 24..20 * 24 {
        world.plan(hour * HOUR, Event::Stop);
        world.plan(hour * HOUR + 2 * SECOND, Event::Start);
    }
    world.plan(DOWN_FROM, Event::Stop);
    world.plan(DOWN_TO, Event::Start);
    let mut marks = vec![0];
    for day in 1..=30 {
        world.run(day * DAY);
        marks.push(world.seen.requests);
    }
    let seen = &world.seen;
    let minutes = (30 * DAY - (DOWN_TO - DOWN_FROM)) / MINUTE;
    let mean_of_hundred = seen.requests * 100 / minutes;
    let most = seen.in_minute.iter().copied().max().unwrap();
    let calm = (marks[10] - marks[6]) / 4;
    let restarting = (marks[20] - marks[10]) / 10;
    let (after_down, most_after_down) = seen.in_hour_after(DOWN_TO);
    println!(
        "{FEEDS} feeds, {ON_ONE_PLATFORM} on one platform, {AT_ONE_ADDRESS} more at one address, 30 days, 3 of them down"
    );
    println!(
        "requests: {}; in 100 minutes: {mean_of_hundred} on average; in one: {most} at most",
        seen.requests
    );
    println!("a day: {calm} without restarts, {restarting} with one an hour");
    println!(
        "hour after the days of downtime: {after_down}, {most_after_down} in a minute at most"
    );
    seen.print();

    assert_eq!(seen.most_in_flight, 1);
    assert!(seen.least_gap >= SECOND);
    assert!(most * 100 <= 3 * mean_of_hundred);
    assert!((5..=25).contains(&seen.of_feed[BROKEN]));
    assert_eq!((seen.early, seen.while_paused), (0, 0));
    assert!(restarting.abs_diff(calm) <= calm / 100);
    assert!(most_after_down * 100 <= 3 * mean_of_hundred && after_down > 300);
    assert!(seen.most_in_flight_anywhere <= 8);
    let starved = |(number, asked): (usize, &u64)| number != BROKEN && *asked < 150;
    assert!(!seen.of_feed.iter().enumerate().any(starved));
}

/// Shows A11, A12.
#[test]
fn frb021_a_platform_that_does_nothing_but_ask_us_to_wait_is_asked_ever_less_often_whoever_of_its_blogs_is()
 {
    const BUSY_FROM: u64 = 2 * DAY;
    const BUSY_TO: u64 = 12 * DAY;
    let mut world = World::new(23);
    world.busy = BUSY_FROM..BUSY_TO;
    for hour in 3 * 24..10 * 24 {
        world.plan(hour * HOUR, Event::Stop);
        world.plan(hour * HOUR + 2 * SECOND, Event::Start);
    }
    let asked = |world: &World| world.seen.of_feed[..ON_ONE_PLATFORM].iter().sum::<u64>();
    world.run(BUSY_FROM);
    let before = asked(&world);
    world.run(BUSY_TO);
    let busy = asked(&world) - before;
    // It rests for a day by now, and its feeds come back as soon as that is over.
    world.run(BUSY_TO + 26 * HOUR);
    let back = asked(&world);
    world.run(BUSY_TO + 50 * HOUR);
    let day_after = asked(&world) - back;
    println!("asked {busy} times in ten days, not 240; {day_after} times on the day after");

    assert!((10..=16).contains(&busy), "{busy}");
    let well = before / 2;
    assert!(
        day_after.abs_diff(well) < well / 10,
        "{day_after}, not {well}"
    );
    assert_eq!((world.seen.early, world.seen.while_paused), (0, 0));
}
