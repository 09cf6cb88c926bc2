//! The server: addresses → pages, feeds and files.
//!
//! Every route stands in one list, in [`router`]. A handler asks the store, has `render`, `atom`, `jsonfeed` or `opml`
//! write, and answers through `respond`, which knows `ETags` and 304s. This room must not know how blogs are polled.

mod feeds;
mod pages;
mod respond;
mod serve;
mod shelf;
mod table;
mod websub;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::header::{
    CONTENT_SECURITY_POLICY, HeaderValue, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::routing::get;
use jiff::Timestamp;
use tokio::sync::watch;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::TimeoutLayer;

use crate::model::{Clock, Fingerprint, Roster};
use crate::render::{Pages, Site};
use crate::store::Store;
use crate::tagging::Tagger;

pub use respond::{Document, Validity};
pub use serve::serve;
pub use shelf::shelf;

/// What the pages show, and the sentence that stands on all of them when something is wrong with feeds.toml.
#[derive(Debug, Clone)]
pub struct Live {
    /// The roster in use.
    pub roster: Roster,
    /// The sentence, if there is one.
    pub notice: Option<String>,
    /// Fingerprint of the rules that follow from the roster.
    pub rules: Fingerprint,
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
            rules: Tagger::new(&roster.course).fingerprint(),
            roster,
            notice: None,
        }
    }

    fn site(&self, now: Timestamp) -> Site<'_> {
        Site::new(
            &self.roster.course,
            &self.roster.planet,
            now,
            self.notice.clone(),
        )
    }
}

/// Pages carry images of posts, our own style sheet, and nothing else from anywhere.
const POLICY: &str = "default-src 'none'; img-src https: http:; media-src https: http:; style-src 'self'; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Every address of the planet.
pub fn router(planet: Planet) -> Router {
    Router::new()
        .route("/", get(pages::home))
        .route("/feed.atom", get(feeds::all_atom))
        .route("/feed.json", get(feeds::all_json))
        .route("/things", get(pages::things))
        .route("/things/{number}", get(pages::thing))
        .route("/things/{number}/feed.atom", get(feeds::thing_atom))
        .route("/things/{number}/feed.json", get(feeds::thing_json))
        .route("/participants", get(pages::participants))
        .route("/participants/{slug}", get(pages::participant))
        .route("/participants/{slug}/why", get(pages::why))
        .route(
            "/participants/{slug}/feed.atom",
            get(feeds::participant_atom),
        )
        .route("/progress", get(pages::progress))
        .route("/progress.csv", get(pages::progress_csv))
        .route("/blogroll.opml", get(feeds::blogroll))
        .route("/feeds.opml", get(feeds::own_feeds))
        .route("/status", get(pages::status))
        .route("/about", get(pages::about))
        .route("/style.css", get(pages::style))
        .route("/livez", get(pages::alive))
        .route("/readyz", get(pages::ready))
        .fallback(pages::missing)
        .layer(RequestBodyLimitLayer::new(64 * 1_024))
        // A hub's messages are larger, and have a limit of their own.
        .route("/websub/{token}", get(websub::verify).post(websub::deliver))
        .with_state(planet)
        .layer(CatchPanicLayer::custom(
            |_: Box<dyn std::any::Any + Send>| pages::fault(),
        ))
        .layer(TimeoutLayer::with_status_code(
            axum::http::StatusCode::SERVICE_UNAVAILABLE,
            Duration::from_secs(30),
        ))
        .layer(CompressionLayer::new())
        .layer(header(CONTENT_SECURITY_POLICY, POLICY))
        .layer(header(X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(header(REFERRER_POLICY, "no-referrer"))
}

fn header(
    name: axum::http::HeaderName,
    value: &'static str,
) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::overriding(name, HeaderValue::from_static(value))
}
