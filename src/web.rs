//! The server: addresses → pages, feeds and files.
//!
//! Every route stands in one list, in [`router`]. A handler asks the store, has `render`, `atom`, `jsonfeed` or `opml`
//! write, and answers through `respond`, which knows `ETags` and 304s. This room must not know how blogs are polled.

mod asked;
mod cache;
mod doors;
mod feeds;
mod front;
mod metrics;
mod pages;
mod respond;
mod serve;
mod shelf;
mod still;
mod table;
mod websub;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::get;
use jiff::Timestamp;
use tokio::sync::watch;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::{RequestBodyTimeoutLayer, TimeoutLayer};

use crate::model::{Clock, Fingerprint, Roster};
use crate::render::{Explainer, Pages, Site};
use crate::store::Store;
use crate::tagging;

pub use front::Front;
pub use metrics::Metrics;
pub use respond::{Document, Validity};
pub use serve::serve;
pub use shelf::shelf;
pub use still::{Still, StillError, StillFile};

/// What the pages show, and the sentence that stands on all of them when something is wrong with feeds.toml.
#[derive(Debug, Clone)]
pub struct Live {
    /// The roster in use.
    pub roster: Roster,
    /// The sentence, if there is one.
    pub notice: Option<String>,
    /// Fingerprint of the rules that follow from the roster.
    pub rules: Fingerprint,
    /// Whether the pages are to be files, which nobody answers forms and searches for.
    pub still: bool,
    /// What the rules of this roster say of posts in which they recognise nothing; made when the first page asks.
    pub explainer: Explainer,
}

/// Everything a handler needs.
#[derive(Clone)]
pub struct Planet {
    /// What is kept.
    pub store: Store,
    /// How pages look.
    pub pages: Arc<Pages>,
    /// The roster, as it changes.
    pub live: watch::Receiver<Arc<Live>>,
    /// The time.
    pub clock: Clock,
    /// What the robot calls itself with this roster, for the about page.
    pub user_agent: fn(&Roster) -> String,
    /// Where requests and polls are counted.
    pub metrics: Metrics,
}

impl Planet {
    fn live(&self) -> Arc<Live> {
        Arc::clone(&self.live.borrow())
    }
}

impl Live {
    /// A roster with nothing wrong about it.
    pub fn new(roster: Roster) -> Self {
        Self {
            rules: tagging::fingerprint(&roster.course),
            roster,
            notice: None,
            still: false,
            explainer: Explainer::default(),
        }
    }

    fn site(&self, now: Timestamp) -> Site<'_> {
        let (course, planet) = (&self.roster.course, &self.roster.planet);
        let site = Site::new(course, planet, now, self.notice.clone()).explaining(&self.explainer);
        if self.still { site.still() } else { site }
    }
}

/// Pages carry images of posts, our own style sheet and script, and nothing else from anywhere. Nothing of ours asks the
/// planet from a page, but Lighthouse does, for robots.txt.
const POLICY: &str = "default-src 'none'; img-src https: http:; media-src https: http:; style-src 'self'; script-src 'self'; \
                      connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// What stands on every answer, whatever it is.
const SAFE_HEADERS: [(&str, &str); 5] = [
    ("content-security-policy", POLICY),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    (
        "permissions-policy",
        "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
];

/// So long may an answer take to be made.
const ANSWER_WITHIN: Duration = Duration::from_secs(30);
/// So long may what is sent to us pause.
const BODY_GOES_ON_WITHIN: Duration = Duration::from_secs(10);

/// The planet, as it is asked: every address, with what is kept in memory before it.
pub fn router(planet: Planet) -> Front {
    Front::new(planet.clone(), routes(planet))
}

/// Every address of one participant. Their former ones lead here.
fn of_a_participant(planet: Planet) -> Router<Planet> {
    Router::new()
        .route("/participants/{slug}", get(pages::participant))
        .route("/participants/{slug}/why", get(pages::why))
        .route(
            "/participants/{slug}/feed.atom",
            get(feeds::participant_atom),
        )
        .route(
            "/participants/{slug}/feed.json",
            get(feeds::participant_json),
        )
        .route_layer(from_fn_with_state(planet, pages::renamed))
}

/// Every address of the planet.
fn routes(planet: Planet) -> Router {
    Router::new()
        .route("/", get(pages::home))
        .route("/feed.atom", get(feeds::all_atom))
        .route("/feed.json", get(feeds::all_json))
        .route("/things", get(pages::things))
        .route("/things/{number}", get(pages::thing))
        .route("/things/{number}/feed.atom", get(feeds::thing_atom))
        .route("/things/{number}/feed.json", get(feeds::thing_json))
        .route("/posts/{id}", get(pages::entry))
        .route("/participants", get(pages::participants))
        .merge(of_a_participant(planet.clone()))
        .route("/groups/{slug}", get(pages::group))
        .route("/groups/{slug}/feed.atom", get(feeds::group_atom))
        .route("/groups/{slug}/feed.json", get(feeds::group_json))
        .route("/search", get(pages::search))
        .route("/search.atom", get(feeds::search_atom))
        .route("/search.json", get(feeds::search_json))
        .route("/waiting", get(pages::waiting))
        .route("/subscribe", get(pages::subscribe))
        .route("/progress", get(pages::progress))
        .route("/progress.csv", get(pages::progress_csv))
        .route("/blogroll.opml", get(feeds::blogroll))
        .route("/feeds.opml", get(feeds::own_feeds))
        .route("/things.opml", get(feeds::thing_feeds))
        .route("/status", get(pages::status))
        .route("/about", get(pages::about))
        .route("/style.css", get(pages::style))
        .route("/planet.js", get(pages::script))
        .route("/icon.svg", get(pages::icon))
        .route("/robots.txt", get(pages::robots))
        .route("/livez", get(pages::alive))
        .route("/readyz", get(pages::ready))
        .route("/metrics", get(metrics::metrics))
        .fallback(pages::missing)
        .layer(RequestBodyLimitLayer::new(64 * 1_024))
        // A hub's messages are larger, and have a limit of their own.
        .route("/websub/{token}", websub::callback())
        .with_state(planet)
        .layer(CatchPanicLayer::custom(
            |_: Box<dyn std::any::Any + Send>| pages::fault(),
        ))
        .layer(TimeoutLayer::with_status_code(
            axum::http::StatusCode::SERVICE_UNAVAILABLE,
            ANSWER_WITHIN,
        ))
        .layer(RequestBodyTimeoutLayer::new(BODY_GOES_ON_WITHIN))
        .layer(CompressionLayer::new())
        .layer(from_fn(front::note_route))
}
