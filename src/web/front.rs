//! The front desk: every request comes past here, and every answer goes out past here.
//!
//! It turns away what is too long or too often, gives what is kept, has the rest made by the routes, puts a page in the
//! place of a bare error, and sees to it that every answer has the headers that keep readers safe.

use std::collections::HashMap;
use std::convert::Infallible;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{MatchedPath, Request};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio::sync::Semaphore;
use tokio::time::Instant;
use tower::{Service, ServiceExt};

use super::cache::{Found, Kept, Making, OF_ONE_READER, OF_PROBLEMS, Shelves, Stamp};
use super::doors::counted;
use super::serve::Peer;
use super::{Planet, SAFE_HEADERS};
use crate::render::Trouble;

/// Longest address with its question, in bytes.
const ADDRESS_BYTES_MAX: usize = 8_192;
/// Requests of one address in one window. A classroom may share one, and so may all readers behind a proxy that has a
/// public address.
const REQUESTS_MAX: u32 = 3_000;
/// The window.
const WINDOW: Duration = Duration::from_mins(1);
/// Addresses that are counted in one window; a flood of them is not what this is for.
const ADDRESSES_MAX: usize = 50_000;
/// Answers that are made at one time.
const MAKING_MAX: usize = 16;
/// How long a request waits for its turn before it is told to come back.
const TURN_WITHIN: Duration = Duration::from_secs(5);
/// What is told to who has to come back.
const COME_BACK_SECONDS: u64 = 5;

/// The desk of one planet.
#[derive(Clone)]
pub struct Front(Arc<Desk>);

struct Desk {
    planet: Planet,
    routes: Router,
    shelves: Shelves,
    making: Semaphore,
    often: Mutex<Often>,
}

/// How often each address asked in this window.
struct Often {
    since: Instant,
    count: HashMap<IpAddr, u32>,
}

/// The route that made an answer, as it stands in the list of routes.
#[derive(Debug, Clone)]
struct Route(Arc<str>);

/// Notes on an answer which route made it.
pub(super) async fn note_route(
    route: Option<MatchedPath>,
    request: Request,
    next: Next,
) -> Response {
    let mut response = next.run(request).await;
    if let Some(route) = route {
        let route = Route(Arc::from(route.as_str()));
        response.extensions_mut().insert(route);
    }
    response
}

/// Without a router around it: what is kept is given in a few microseconds, of which a router takes some.
impl Service<Request> for Front {
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let front = self.clone();
        Box::pin(async move { Ok(front.answer(request).await) })
    }
}

impl Front {
    pub(super) fn new(planet: Planet, routes: Router) -> Self {
        Self(Arc::new(Desk {
            planet,
            routes,
            shelves: Shelves::new(),
            making: Semaphore::new(MAKING_MAX),
            often: Mutex::new(Often {
                since: Instant::now(),
                count: HashMap::new(),
            }),
        }))
    }

    async fn answer(&self, request: Request) -> Response {
        let started = Instant::now();
        if let Some(trouble) = self.turned_away(&request) {
            return self.finished(trouble, started);
        }
        let (method, headers) = (request.method(), request.headers());
        let is_reading = method == Method::GET || method == Method::HEAD;
        let path = request.uri().path();
        if !is_reading || is_for_machines(path) {
            return self.passed_on(request, started).await;
        }
        let query = request.uri().query().filter(|query| !query.is_empty());
        let found = self.0.shelves.find(&self.0.planet, path, query).await;
        match found {
            Found::Kept(kept) => {
                let response = kept.answer(headers);
                kept.watched.was_given(response.status(), started.elapsed());
                response
            }
            Found::Unknowable => self.passed_on(request, started).await,
            Found::Making(making, stamp) => self.made(request, making, stamp, started).await,
        }
    }

    /// Has the routes make an answer, and keeps it where it may be given again.
    async fn made(
        &self,
        mut request: Request,
        making: Making<'_>,
        stamp: Stamp,
        started: Instant,
    ) -> Response {
        let turn = tokio::time::timeout(TURN_WITHIN, self.0.making.acquire());
        let Ok(Ok(_turn)) = turn.await else {
            return self.finished(come_back(StatusCode::SERVICE_UNAVAILABLE), started);
        };
        let asked = request.headers().clone();
        // It is made for everybody: whole, not packed, whatever this reader has already.
        for name in OF_ONE_READER {
            request.headers_mut().remove(name);
        }
        *request.method_mut() = Method::GET;
        let mut response = routed(&self.0.routes, request).await;
        if response.status() != StatusCode::OK {
            return self.finished(response, started);
        }
        let route = route_of(&response);
        secure(response.headers_mut());
        let watched = self.0.planet.metrics.made(&route);
        match Kept::of(response, stamp, watched).await {
            Ok(kept) => {
                // Whoever waits has it from here; that nobody does is no matter.
                drop(making.insert(Arc::clone(&kept)));
                self.0.planet.metrics.keeps(self.0.shelves.bytes());
                let response = kept.answer(&asked);
                let metrics = &self.0.planet.metrics;
                metrics.answered(&route, response.status(), started.elapsed());
                response
            }
            Err(response) => self.finished(response, started),
        }
    }

    /// Has the routes answer this one reader.
    async fn passed_on(&self, request: Request, started: Instant) -> Response {
        let is_for_machines = is_for_machines(request.uri().path());
        let response = routed(&self.0.routes, request).await;
        if is_for_machines {
            return self.counted(response, started);
        }
        self.finished(response, started)
    }

    /// An answer with a page where it is a bare error.
    fn finished(&self, response: Response, started: Instant) -> Response {
        let status = response.status();
        let is_page = response
            .headers()
            .get(CONTENT_TYPE)
            .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
        let is_error = status.is_client_error() || status.is_server_error();
        let page = (is_error && !is_page).then(|| self.explained(&response));
        let mut response = page.flatten().unwrap_or(response);
        if is_error {
            let headers = response.headers_mut();
            headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        }
        self.counted(response, started)
    }

    fn counted(&self, mut response: Response, started: Instant) -> Response {
        secure(response.headers_mut());
        let (route, status) = (route_of(&response), response.status());
        let metrics = &self.0.planet.metrics;
        metrics.answered(&route, status, started.elapsed());
        response
    }

    /// The page that says what is wrong and what to do.
    fn explained(&self, bare: &Response) -> Option<Response> {
        let planet = &self.0.planet;
        let live = planet.live();
        let site = live.site((planet.clock)());
        let view = site.trouble(trouble_of(bare.status()));
        let page = planet
            .pages
            .problem(&view)
            .inspect_err(
                |error| tracing::error!(%error, "a page on a problem could not be written"),
            )
            .ok()?;
        let mut response = (bare.status(), axum::response::Html(page)).into_response();
        let headers = response.headers_mut();
        for name in OF_PROBLEMS {
            if let Some(value) = bare.headers().get(&name) {
                headers.insert(name, value.clone());
            }
        }
        if let Some(route) = bare.extensions().get::<Route>() {
            response.extensions_mut().insert(route.clone());
        }
        Some(response)
    }

    /// The answer to who asks too much at once or too often.
    fn turned_away(&self, request: &Request) -> Option<Response> {
        let address = request.uri().path_and_query();
        if address.is_some_and(|address| address.as_str().len() > ADDRESS_BYTES_MAX) {
            return Some(StatusCode::URI_TOO_LONG.into_response());
        }
        let Peer(peer) = request.extensions().get::<Peer>()?;
        let address = counted(peer.ip())?;
        let often = self.0.often.lock();
        let mut often = often.unwrap_or_else(PoisonError::into_inner);
        often
            .is_too_often(address, Instant::now())
            .then(|| come_back(StatusCode::TOO_MANY_REQUESTS))
    }
}

impl Often {
    fn is_too_often(&mut self, address: IpAddr, now: Instant) -> bool {
        if now.duration_since(self.since) >= WINDOW {
            self.since = now;
            self.count.clear();
        }
        if self.count.len() >= ADDRESSES_MAX && !self.count.contains_key(&address) {
            return false;
        }
        let count = self.count.entry(address).or_default();
        *count += 1;
        *count > REQUESTS_MAX
    }
}

/// Routes never fail; what they answer may.
async fn routed(routes: &Router, request: Request) -> Response {
    match routes.clone().oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

fn come_back(status: StatusCode) -> Response {
    // Who asked too often is counted anew when the window is over.
    let seconds = match status {
        StatusCode::TOO_MANY_REQUESTS => WINDOW.as_secs(),
        _ => COME_BACK_SECONDS,
    };
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    response
}

/// What nobody reads with their own eyes: it answers in a word, fresh each time.
fn is_for_machines(path: &str) -> bool {
    matches!(path, "/livez" | "/readyz" | "/metrics") || path.starts_with("/websub/")
}

fn route_of(response: &Response) -> Arc<str> {
    let route = response.extensions().get::<Route>();
    route.map_or_else(|| Arc::from("none"), |route| Arc::clone(&route.0))
}

/// Puts on an answer what keeps its readers safe.
fn secure(headers: &mut HeaderMap) {
    for (name, value) in SAFE_HEADERS {
        headers.insert(
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        );
    }
}

fn trouble_of(status: StatusCode) -> Trouble {
    match status {
        StatusCode::NOT_FOUND | StatusCode::GONE => Trouble::Missing,
        StatusCode::METHOD_NOT_ALLOWED => Trouble::Method,
        StatusCode::PAYLOAD_TOO_LARGE => Trouble::Large,
        StatusCode::URI_TOO_LONG => Trouble::Long,
        StatusCode::TOO_MANY_REQUESTS => Trouble::Often,
        StatusCode::SERVICE_UNAVAILABLE => Trouble::Busy,
        StatusCode::FORBIDDEN | StatusCode::UNAUTHORIZED => Trouble::Closed,
        status if status.is_server_error() => Trouble::Broken,
        _ => Trouble::Unclear,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_asks_too_often_is_told_so_until_the_window_ends() {
        let start = Instant::now();
        let mut often = Often {
            since: start,
            count: HashMap::new(),
        };
        let (one, other) = ("192.0.2.1".parse().unwrap(), "192.0.2.2".parse().unwrap());
        for _ in 0..REQUESTS_MAX {
            assert!(!often.is_too_often(one, start));
        }
        assert!(often.is_too_often(one, start));
        assert!(!often.is_too_often(other, start));
        assert!(!often.is_too_often(one, start + WINDOW));
    }
}
