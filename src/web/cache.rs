//! Answers kept in memory, so that a page costs no query until something changed.
//!
//! An answer is kept with the stamp of what it was made from, plain and packed, its headers ready; it is given as long
//! as the stamp is the same. One request makes it while others wait for it. What is kept is bounded by its size, and
//! answers to questions (`?…`), of which there is no end, have a small room of their own.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use axum::body::{Body, Bytes};
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, ETAG,
    HeaderValue, IF_NONE_MATCH, SET_COOKIE, VARY,
};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use flate2::Compression;
use flate2::write::GzEncoder;
use headers::{ETag, HeaderMapExt, LastModified};
use quick_cache::sync::{Cache, PlaceholderGuard};
use quick_cache::{OptionsBuilder, Weighter};
use tokio::time::Instant;

use super::metrics::Watched;
use super::respond::is_known;
use super::{Live, Planet};
use crate::store::Generation;

/// Room for answers that have an address of their own, in bytes.
const PAGES_BYTES_MAX: u64 = 64_000_000;
/// Room for answers to questions, in bytes.
const ASKED_BYTES_MAX: u64 = 8_000_000;
/// Smaller bodies travel as they are.
const PACKED_BYTES_MIN: usize = 100;
/// Larger ones are packed quickly rather than tightly.
const LARGE_BYTES: usize = 512 * 1024;
/// So long is what others may have written not looked for anew. What this process wrote is seen at once.
const LOOK_EVERY: Duration = Duration::from_millis(1);
/// Longest address that is kept.
const KEY_BYTES_MAX: usize = 1_024;
/// Pages that tell of polling hold for a minute, so that what waits "until 14:05" does not say so at 14:06.
const MINUTE: i64 = 60;
/// The others hold for a quarter of an hour: every zone's day begins with one.
const QUARTER: i64 = 15 * MINUTE;

/// What an answer was made from. Two equal ones lead to the same answer.
#[derive(Debug, Clone)]
pub(super) struct Stamp {
    generation: Generation,
    theme: u64,
    slot: i64,
    live: Arc<Live>,
}

impl PartialEq for Stamp {
    fn eq(&self, other: &Self) -> bool {
        self.generation == other.generation
            && self.theme == other.theme
            && self.slot == other.slot
            && Arc::ptr_eq(&self.live, &other.live)
    }
}

/// An answer, ready to be given.
#[derive(Debug)]
pub(super) struct Kept {
    stamp: Stamp,
    plain: Form,
    packed: Option<Form>,
    unchanged: HeaderMap,
    tag: Option<HeaderValue>,
    modified_at: Option<SystemTime>,
    /// Where it is counted that it was given.
    pub(super) watched: Watched,
}

#[derive(Debug)]
struct Form {
    headers: HeaderMap,
    body: Bytes,
}

/// Everything that is kept.
#[derive(Debug)]
pub(super) struct Shelves {
    pages: Shelf,
    asked: Shelf,
    looked: Mutex<Look>,
}

type Shelf = Cache<String, Arc<Kept>, ByBytes>;

/// Whoever has this makes the answer, and others wait for them.
pub(super) type Making<'a> = PlaceholderGuard<
    'a,
    String,
    Arc<Kept>,
    ByBytes,
    std::hash::RandomState,
    quick_cache::sync::DefaultLifecycle<String, Arc<Kept>>,
>;

/// What was there, or that somebody has to make it.
pub(super) enum Found<'a> {
    /// An answer that still holds.
    Kept(Arc<Kept>),
    /// None; the stamp is to be kept with the one that is made now.
    Making(Making<'a>, Stamp),
    /// It cannot be known whether an answer would hold, so none is kept.
    Unknowable,
}

#[derive(Debug, Clone)]
pub(super) struct ByBytes;

impl Weighter<String, Arc<Kept>> for ByBytes {
    fn weight(&self, key: &String, kept: &Arc<Kept>) -> u64 {
        let packed = kept.packed.as_ref().map_or(0, |it| it.body.len());
        // Headers and bookkeeping are about as much for each.
        (key.len() + kept.plain.body.len() + packed + 2_000) as u64
    }
}

/// The last look at what answers are made from.
#[derive(Debug)]
struct Look {
    at: Instant,
    written: u64,
    seen: Option<(Generation, u64)>,
}

impl Shelves {
    pub(super) fn new() -> Self {
        Self {
            pages: shelf(PAGES_BYTES_MAX, 2_000),
            asked: shelf(ASKED_BYTES_MAX, 200),
            looked: Mutex::new(Look {
                at: Instant::now(),
                written: u64::MAX,
                seen: None,
            }),
        }
    }

    /// The answer at an address, or the right to make it.
    pub(super) async fn find(&self, planet: &Planet, path: &str, query: Option<&str>) -> Found<'_> {
        let asked;
        let (kept, key) = match query {
            None => (&self.pages, path),
            Some(query) => {
                asked = format!("{path}?{query}");
                (&self.asked, asked.as_str())
            }
        };
        if key.len() > KEY_BYTES_MAX {
            return Found::Unknowable;
        }
        loop {
            let found = kept.get_value_or_guard_async(key).await;
            // Only now, because waiting for somebody else may have taken its time.
            let Some(stamp) = self.stamp(planet, path) else {
                return Found::Unknowable;
            };
            match found {
                Ok(answer) if answer.stamp == stamp => return Found::Kept(answer),
                Ok(stale) => {
                    kept.remove_if(key, |answer| Arc::ptr_eq(answer, &stale));
                }
                Err(making) => return Found::Making(making, stamp),
            }
        }
    }

    /// Bytes that are kept at this moment.
    pub(super) fn bytes(&self) -> u64 {
        self.pages.weight() + self.asked.weight()
    }

    /// What an answer at this path would be made from now.
    fn stamp(&self, planet: &Planet, path: &str) -> Option<Stamp> {
        let (mut generation, theme) = self.look(planet)?;
        let (polls, minutes) = depends_on(path);
        if !polls {
            generation.polls = 0;
        }
        Some(Stamp {
            generation,
            theme,
            slot: (planet.clock)().as_second().div_euclid(minutes),
            live: planet.live(),
        })
    }

    fn look(&self, planet: &Planet) -> Option<(Generation, u64)> {
        let looked = self.looked.lock();
        let mut looked = looked.unwrap_or_else(PoisonError::into_inner);
        let (now, written) = (Instant::now(), planet.store.written());
        if looked.written != written || now.duration_since(looked.at) >= LOOK_EVERY {
            let generation = planet.store.generation();
            if let Err(error) = &generation {
                tracing::debug!(%error, "whether pages changed cannot be told, so they are made anew");
            }
            let seen = generation.ok().zip(planet.pages.theme_stamp());
            *looked = Look {
                at: now,
                written,
                seen,
            };
        }
        looked.seen
    }
}

fn shelf(bytes: u64, items: usize) -> Shelf {
    let options = OptionsBuilder::new()
        .weight_capacity(bytes)
        .estimated_items_capacity(items)
        // One shard, so that a large page is not too large for its part.
        .shards(1)
        .build();
    match options {
        Ok(options) => Cache::with_options(
            options,
            ByBytes,
            std::hash::RandomState::default(),
            quick_cache::sync::DefaultLifecycle::default(),
        ),
        Err(_) => Cache::with_weighter(items, bytes, ByBytes),
    }
}

/// Whether a page tells of polling itself, and how many seconds it holds where nothing changes but the time.
fn depends_on(path: &str) -> (bool, i64) {
    let person = path.strip_prefix("/participants/");
    let is_page = person.is_some_and(|rest| !rest.contains('/') || rest.ends_with("/why"));
    match path {
        // What is found also follows the index, which follows the posts.
        "/status" | "/waiting" | "/search" | "/search.atom" | "/search.json" => (true, MINUTE),
        _ if is_page => (true, MINUTE),
        // These tell how feeds fare, which may change at a moment that was announced.
        "/participants" | "/progress" | "/progress.csv" => (false, MINUTE),
        _ => (false, QUARTER),
    }
}

impl Kept {
    /// An answer that may be given again, or the answer itself where it may not. Its headers are those of every answer.
    pub(super) async fn of(
        response: Response,
        stamp: Stamp,
        watched: Watched,
    ) -> Result<Arc<Self>, Response> {
        if !may_be_kept(&response) {
            return Err(response);
        }
        let (parts, body) = response.into_parts();
        let Ok(body) = axum::body::to_bytes(body, usize::MAX).await else {
            tracing::error!("an answer of our own could not be read to its end");
            let mut broken = Response::new(Body::empty());
            *broken.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
            return Err(broken);
        };
        let mut headers = parts.headers;
        headers.remove(CONTENT_LENGTH);
        headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
        let mut unchanged = headers.clone();
        unchanged.remove(CONTENT_TYPE);
        let tag = headers.get(ETAG).cloned();
        let modified_at = headers.typed_get::<LastModified>().map(SystemTime::from);
        let packed = pack(&headers, body.clone()).await;
        let packed = packed.map(|body| {
            let mut headers = headers.clone();
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            Form { headers, body }
        });
        Ok(Arc::new(Self {
            stamp,
            plain: Form { headers, body },
            packed,
            unchanged,
            tag,
            modified_at,
            watched,
        }))
    }

    /// The answer to a request with these headers.
    pub(super) fn answer(&self, request: &HeaderMap) -> Response {
        if self.is_known(request) {
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            *response.headers_mut() = self.unchanged.clone();
            return response;
        }
        let packed = self.packed.as_ref().filter(|_| takes_gzip(request));
        let form = packed.unwrap_or(&self.plain);
        let mut response = Response::new(Body::from(form.body.clone()));
        *response.headers_mut() = form.headers.clone();
        response
    }

    fn is_known(&self, request: &HeaderMap) -> bool {
        let asked = request.get(IF_NONE_MATCH);
        // What we once gave comes back letter by letter, nearly always.
        if asked.is_some() && asked == self.tag.as_ref() {
            return true;
        }
        let tag: Option<ETag> = self.unchanged.typed_get();
        is_known(request, tag.as_ref(), self.modified_at)
    }
}

/// Only what can be recognised again and is the same for everybody.
fn may_be_kept(response: &Response) -> bool {
    let headers = response.headers();
    let control = headers
        .get(CACHE_CONTROL)
        .and_then(|control| control.to_str().ok())
        .unwrap_or_default();
    response.status() == StatusCode::OK
        && headers.contains_key(ETAG)
        && !headers.contains_key(SET_COOKIE)
        && !headers.contains_key(CONTENT_ENCODING)
        && !["private", "no-store"]
            .iter()
            .any(|word| control.contains(word))
}

/// The body as gzip, where that makes it smaller.
async fn pack(headers: &HeaderMap, body: Bytes) -> Option<Bytes> {
    let kind = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    let is_text = kind.starts_with("text/")
        || ["xml", "json", "javascript"]
            .iter()
            .any(|word| kind.contains(word));
    if !is_text || body.len() < PACKED_BYTES_MIN {
        return None;
    }
    let length = body.len();
    let packing = tokio::task::spawn_blocking(move || gzip(&body).ok());
    let packed = packing.await.ok()??;
    (packed.len() < length).then(|| Bytes::from(packed))
}

fn gzip(body: &[u8]) -> std::io::Result<Vec<u8>> {
    use std::io::Write;
    // What is large is a table, which packs well anyhow: level 3 takes a third of the time for a twentieth more.
    let level = Compression::new(if body.len() > LARGE_BYTES { 3 } else { 6 });
    let mut packer = GzEncoder::new(Vec::with_capacity(body.len() / 3), level);
    packer.write_all(body)?;
    packer.finish()
}

/// Whether a request takes gzip: named without a weight of nought, or meant by an asterisk (RFC 9110 section 12.5.3).
fn takes_gzip(request: &HeaderMap) -> bool {
    let mut takes = None;
    let values = request.get_all(ACCEPT_ENCODING).into_iter();
    let coded = values.filter_map(|value| value.to_str().ok());
    for coding in coded.flat_map(|value| value.split(',')) {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        let weight = weight.trim().trim_start_matches("q=");
        let refused = weight.starts_with('0') && weight.bytes().all(|byte| b"0.".contains(&byte));
        match name.trim() {
            name if name.eq_ignore_ascii_case("gzip") => return !refused,
            "*" => takes = Some(!refused),
            _ => {}
        }
    }
    takes.unwrap_or(false)
}

/// Headers that would have an inner answer fit one reader only.
pub(super) const OF_ONE_READER: [axum::http::HeaderName; 4] = [
    ACCEPT_ENCODING,
    IF_NONE_MATCH,
    axum::http::header::IF_MODIFIED_SINCE,
    axum::http::header::RANGE,
];

/// Headers that an answer shares with a problem page in its place.
pub(super) const OF_PROBLEMS: [axum::http::HeaderName; 2] =
    [axum::http::header::ALLOW, axum::http::header::RETRY_AFTER];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_is_given_to_who_takes_it() {
        let check = |accepted: &str, wanted: bool| {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_ENCODING, accepted.parse().unwrap());
            assert_eq!(takes_gzip(&headers), wanted, "{accepted}");
        };
        check("gzip", true);
        check("br, GZIP;q=0.5", true);
        check("deflate, gzip;q=1.0, *;q=0", true);
        check("gzip;q=0", false);
        check("gzip;q=0.000, *", false);
        check("gzip; q=0.01", true);
        check("*", true);
        check("br", false);
        check("", false);
        assert!(!takes_gzip(&HeaderMap::new()));
    }

    #[test]
    fn only_pages_that_tell_of_polling_change_with_every_poll() {
        let check =
            |path: &str, wanted: (bool, i64)| assert_eq!(depends_on(path), wanted, "{path}");
        check("/", (false, QUARTER));
        check("/things/6", (false, QUARTER));
        check("/participants/ann/feed.atom", (false, QUARTER));
        check("/participants/ann", (true, MINUTE));
        check("/participants/ann/why", (true, MINUTE));
        check("/search", (true, MINUTE));
        check("/participants", (false, MINUTE));
        check("/progress", (false, MINUTE));
        check("/status", (true, MINUTE));
    }

    #[test]
    fn only_what_is_the_same_for_everybody_is_kept() {
        let check = |headers: &[(&str, &str)], wanted: bool| {
            let mut response = Response::builder();
            for (name, value) in headers {
                response = response.header(*name, *value);
            }
            let response = response.body(Body::empty()).unwrap();
            assert_eq!(may_be_kept(&response), wanted, "{headers:?}");
        };
        let tag = ("etag", "W/\"1\"");
        check(&[tag], true);
        check(&[tag, ("cache-control", "no-cache")], true);
        check(&[], false);
        check(&[tag, ("set-cookie", "a=b")], false);
        check(&[tag, ("cache-control", "private, no-cache")], false);
        check(&[tag, ("cache-control", "no-store")], false);
    }
}
