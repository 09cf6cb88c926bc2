//! Numbers for whoever watches the server: requests, polls and how the blogs fare, as Prometheus reads them.
//!
//! No number names a person, a blog or an address. They are given to this machine, or to who knows the token.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Extension, State};
use axum::http::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, FORWARDED, HeaderValue};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use super::Planet;
use super::pages::Fault;
use super::serve::Peer;
use crate::model::{Feed, Fingerprint, Health};

/// All numbers of one planet. Clones count together.
#[derive(Clone, Debug)]
pub struct Metrics(Arc<Numbers>);

struct Numbers {
    registry: Registry,
    /// Fingerprint of the token, so that comparing tells nothing by the time that it takes.
    token: Option<Fingerprint>,
    requests: Family<Answer, Counter>,
    seconds: Family<Route, Histogram>,
    polls: Family<Outcome, Counter>,
    feeds: Family<Faring, Gauge>,
    overdue: Gauge,
    posts: Gauge,
    kept_given: Counter,
    kept_made: Counter,
    kept_bytes: Gauge,
}

impl fmt::Debug for Numbers {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Numbers").finish_non_exhaustive()
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answer {
    route: String,
    code: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    route: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Outcome {
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Faring {
    health: &'static str,
}

/// Where the answers of one route are counted, looked up once.
#[derive(Debug, Clone)]
pub(super) struct Watched {
    given: Counter,
    unchanged: Counter,
    kept: Counter,
    seconds: Histogram,
}

impl Watched {
    /// Counts an answer that was kept.
    pub(super) fn was_given(&self, status: StatusCode, took: Duration) {
        match status {
            StatusCode::NOT_MODIFIED => self.unchanged.inc(),
            _ => self.given.inc(),
        };
        self.kept.inc();
        self.seconds.observe(took.as_secs_f64());
    }
}

impl Numbers {
    fn register(&mut self) {
        let registry = &mut self.registry;
        let mut count = |name: &str, says: &str, counter: &Counter| {
            registry.register(name, says, counter.clone());
        };
        let (given, made) = (&self.kept_given, &self.kept_made);
        count("kept_answers_given", "Answers given from memory", given);
        count("kept_answers_made", "Answers made to be kept", made);
        let says = "Answers by route and status";
        registry.register("http_requests", says, self.requests.clone());
        let says = "How long answers took to make, without the way to the reader";
        let seconds = self.seconds.clone();
        registry.register_with_unit("http_request_duration", says, Unit::Seconds, seconds);
        let says = "Polls by how they went";
        registry.register("polls", says, self.polls.clone());
        let says = "Feeds on the roster by how they fare";
        registry.register("feeds", says, self.feeds.clone());
        let says = "Feeds that should have been asked an hour ago or earlier";
        registry.register("feeds_overdue", says, self.overdue.clone());
        let says = "Posts of the people on the roster";
        registry.register("posts", says, self.posts.clone());
        let says = "Room that kept answers take";
        let bytes = self.kept_bytes.clone();
        registry.register_with_unit("kept_answers", says, Unit::Bytes, bytes);
    }
}

/// Upper ends of the classes of duration, in seconds.
const SECONDS: [f64; 9] = [0.0005, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2.0];

fn histogram() -> Histogram {
    Histogram::new(SECONDS)
}

impl Metrics {
    /// Numbers that begin at nought, for this machine and for who knows the token, if there is one.
    pub fn new(token: Option<&str>) -> Self {
        let mut numbers = Numbers {
            token: token.map(|token| Fingerprint::of(token.as_bytes())),
            registry: Registry::with_prefix("planet"),
            requests: Family::default(),
            seconds: Family::new_with_constructor(histogram),
            polls: Family::default(),
            feeds: Family::default(),
            overdue: Gauge::default(),
            posts: Gauge::default(),
            kept_given: Counter::default(),
            kept_made: Counter::default(),
            kept_bytes: Gauge::default(),
        };
        numbers.register();
        Self(Arc::new(numbers))
    }

    /// Counts a poll. `outcome` is one of few words, never a name or an address.
    pub fn polled(&self, outcome: &'static str) {
        self.0.polls.get_or_create(&Outcome { outcome }).inc();
    }

    /// Counts an answer that was made.
    pub(super) fn answered(&self, route: &str, status: StatusCode, took: Duration) {
        self.requests(route, status).inc();
        self.seconds(route).observe(took.as_secs_f64());
    }

    /// Counts an answer that was made to be kept, and says where it is counted that it is given again.
    pub(super) fn made(&self, route: &str) -> Watched {
        self.0.kept_made.inc();
        Watched {
            given: self.requests(route, StatusCode::OK),
            unchanged: self.requests(route, StatusCode::NOT_MODIFIED),
            kept: self.0.kept_given.clone(),
            seconds: self.seconds(route),
        }
    }

    fn requests(&self, route: &str, status: StatusCode) -> Counter {
        let answer = Answer {
            route: route.to_owned(),
            code: status.as_u16(),
        };
        self.0.requests.get_or_create(&answer).clone()
    }

    fn seconds(&self, route: &str) -> Histogram {
        let route = Route {
            route: route.to_owned(),
        };
        self.0.seconds.get_or_create(&route).clone()
    }

    /// Notes how much room kept answers take.
    pub(super) fn keeps(&self, bytes: u64) {
        self.0
            .kept_bytes
            .set(i64::try_from(bytes).unwrap_or(i64::MAX));
    }

    fn note_feeds(&self, feeds: &[Feed], now: Timestamp) {
        for health in [
            "new", "ok", "quiet", "waiting", "failing", "blocked", "gone", "paused",
        ] {
            self.0.feeds.get_or_create(&Faring { health }).set(0);
        }
        let (mut overdue, mut posts) = (0, 0);
        let mut owners = std::collections::BTreeSet::new();
        for feed in feeds {
            let health = word_of(&feed.health(now));
            self.0.feeds.get_or_create(&Faring { health }).inc();
            let hour_ago = now - jiff::SignedDuration::from_hours(1);
            overdue += i64::from(feed.due_at.is_some_and(|at| at < hour_ago));
            if owners.insert(&feed.owner.slug) {
                posts += i64::try_from(feed.entry_count).unwrap_or_default();
            }
        }
        self.0.overdue.set(overdue);
        self.0.posts.set(posts);
    }

    /// Whether these numbers are for who asks: with the token, or from this machine and not through a proxy on it.
    fn are_for(&self, peer: Option<Peer>, request: &HeaderMap) -> bool {
        let bearer = request
            .get(AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.strip_prefix("Bearer "))
            .map(|token| Fingerprint::of(token.trim().as_bytes()));
        if bearer.is_some() && bearer == self.0.token {
            return true;
        }
        // Who gave a token wants it to be shown: a proxy on this machine may not say that it is one.
        if self.0.token.is_some() {
            return false;
        }
        let proxied = request.contains_key(FORWARDED)
            || request
                .keys()
                .any(|name| name.as_str().starts_with("x-forwarded"))
            || request.contains_key("x-real-ip")
            || request.contains_key("via");
        !proxied && peer.is_some_and(|Peer(peer)| peer.ip().to_canonical().is_loopback())
    }
}

fn word_of(health: &Health) -> &'static str {
    match health {
        Health::New => "new",
        Health::Ok => "ok",
        Health::Quiet { .. } => "quiet",
        Health::Waiting => "waiting",
        Health::Failing(_) => "failing",
        Health::Blocked(_) => "blocked",
        Health::Gone => "gone",
        Health::Paused { .. } => "paused",
    }
}

/// The numbers, as text.
pub(super) async fn metrics(
    State(planet): State<Planet>,
    peer: Option<Extension<Peer>>,
    request: HeaderMap,
) -> Result<Response, Fault> {
    let metrics = &planet.metrics;
    if !metrics.are_for(peer.map(|Extension(peer)| peer), &request) {
        // Strangers need not even know that there is something.
        return Err(Fault::Missing);
    }
    metrics.note_feeds(&planet.store.feeds().await?, (planet.clock)());
    let mut text = String::new();
    if encode(&mut text, &metrics.0.registry).is_err() {
        return Ok(StatusCode::INTERNAL_SERVER_ERROR.into_response());
    }
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static(kind)),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((headers, text).into_response())
}
