//! Answers: a body with its type, its validators, and 304 where the reader has it already.

use std::time::{Duration, SystemTime};

use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use headers::{ETag, HeaderMapExt, IfModifiedSince, IfNoneMatch, LastModified};
use jiff::Timestamp;

use crate::model::Fingerprint;

/// A complete answer that can be recognised when it is asked for again.
#[derive(Debug, Clone)]
pub struct Document {
    /// Its media type, with charset.
    pub content_type: &'static str,
    /// Its text.
    pub body: String,
    /// When what it says last changed, where that is known.
    pub modified_at: Option<Timestamp>,
    /// How long it may be reused without asking.
    pub validity: Validity,
}

/// How long an answer may be reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Validity {
    /// Ask every time; the ETag makes that cheap. For pages.
    Ask,
    /// Five minutes. For feeds, whose readers come on their own clock.
    Minutes,
}

impl Document {
    /// A page.
    pub fn html(body: String) -> Self {
        Self {
            content_type: "text/html; charset=utf-8",
            body,
            modified_at: None,
            validity: Validity::Ask,
        }
    }

    /// The answer to a request with these headers: 304 without a body where the reader has it already.
    ///
    /// The ETag is made from the body alone, so it is the same after a restart. It is a weak one because the same
    /// body may travel compressed (RFC 9110 section 8.8.1).
    pub fn answer(self, request: &HeaderMap) -> Response {
        let tag = format!(
            "W/\"{}\"",
            Fingerprint::of(self.body.as_bytes()).short_hex()
        );
        let mut headers = HeaderMap::new();
        let tag: Option<ETag> = tag.parse().ok();
        if let Some(tag) = &tag {
            headers.typed_insert(tag.clone());
        }
        let modified = self
            .modified_at
            .map(|time| LastModified::from(system_time(time)));
        if let Some(modified) = modified {
            headers.typed_insert(modified);
        }
        headers.insert(
            CACHE_CONTROL,
            HeaderValue::from_static(match self.validity {
                Validity::Ask => "no-cache",
                Validity::Minutes => "public, max-age=300",
            }),
        );
        let modified_at = self.modified_at.map(system_time);
        if is_known(request, tag.as_ref(), modified_at) {
            return (StatusCode::NOT_MODIFIED, headers).into_response();
        }
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        (headers, Body::from(self.body)).into_response()
    }
}

/// Whether the reader has it already. If-None-Match goes before If-Modified-Since (RFC 9110 section 13.2.2).
pub(super) fn is_known(
    request: &HeaderMap,
    tag: Option<&ETag>,
    modified_at: Option<SystemTime>,
) -> bool {
    if let Some(known) = request.typed_get::<IfNoneMatch>() {
        return tag.is_some_and(|tag| !known.precondition_passes(tag));
    }
    let since = request.typed_get::<IfModifiedSince>();
    since
        .zip(modified_at)
        .is_some_and(|(since, modified_at)| !since.is_modified(modified_at))
}

/// HTTP dates have whole seconds, and nothing of ours is older than 1970.
fn system_time(time: Timestamp) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(u64::try_from(time.as_second()).unwrap_or(0))
}
