//! Answers: what status and headers say.
//!
//! Everything here is hostile text. It must not know what the body means.

use jiff::{SignedDuration, Timestamp};
use reqwest::header::{
    CONTENT_ENCODING, DATE, ETAG, HeaderMap, HeaderName, LAST_MODIFIED, RETRY_AFTER,
};
use url::Url;

use super::freshness::fresh_for;
use super::headers::{http_date, media_type, text};
use super::links::links;
use super::redirect::{Step, Trail};
use super::transport::Decoding;
use super::{FetchError, Fetched};
use crate::model::Validators;

/// Longest validator that is kept, in bytes; we would have to send it back every time.
const VALIDATOR_BYTES_MAX: usize = 2_048;

/// Longest wait that a host may ask for.
const WAIT_MAX: SignedDuration = SignedDuration::from_hours(30 * 24);

/// What one hop led to.
#[derive(Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "one lives at a time, for one request"
)]
pub(super) enum Answer {
    /// To another address.
    Moved(Step),
    /// To the end.
    Arrived(Fetched),
}

/// A body with what its headers say of it.
///
/// # Errors
///
/// [`FetchError::Empty`] when there is nothing but white space.
pub(super) fn fresh(
    (status, headers): (u16, &HeaderMap),
    body: Vec<u8>,
    trail: &Trail,
    now: Timestamp,
) -> Result<Fetched, FetchError> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Err(FetchError::Empty);
    }
    let (content_type, charset) = media_type(headers);
    Ok(Fetched::Fresh {
        is_part: status == 226,
        body,
        final_url: trail.here().clone(),
        content_type,
        charset,
        validators: validators(headers, trail.here()),
        permanent: trail.permanent().cloned(),
        fresh_for: fresh_for(headers, now),
        links: links(headers, trail.here()),
    })
}

/// Nothing new: the validators that we sent, freshened by what the answer says (RFC 9111 § 3.2).
///
/// An answer with another ETag than ours brings a whole new set, for ETag and Last-Modified of two answers never mix.
pub(super) fn not_modified(
    headers: &HeaderMap,
    sent: &Validators,
    trail: &Trail,
    now: Timestamp,
) -> Fetched {
    let mut validators = sent.clone();
    if let Some(etag) = validator(headers, ETAG)
        && validators.etag.as_deref() != Some(&etag)
    {
        validators.etag = Some(etag);
        validators.last_modified = None;
    }
    if let Some(last_modified) = validator(headers, LAST_MODIFIED) {
        validators.last_modified = Some(last_modified);
    }
    Fetched::NotModified {
        validators,
        permanent: trail.permanent().cloned(),
        fresh_for: fresh_for(headers, now),
    }
}

/// How long a host asks us to wait, 0 to 30 days from now; nothing where it does not say.
pub(super) fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<SignedDuration> {
    let now = text(headers, DATE).and_then(http_date).unwrap_or(now);
    text(headers, RETRY_AFTER).and_then(|value| wait(value, now))
}

/// Whether a body is plain now, whatever its Content-Encoding claims.
///
/// Some servers write a charset there, or compress twice; only a body that could be no text is worth a second request.
pub(super) fn is_decoded(body: &[u8], headers: &HeaderMap, decoding: Decoding) -> bool {
    let is_claimed = decoding == Decoding::On && headers.contains_key(CONTENT_ENCODING);
    !begins_compressed(body) && (!is_claimed || begins_as_text(body))
}

/// Whether a body begins as gzip and zstd do, which no text does.
fn begins_compressed(body: &[u8]) -> bool {
    body.starts_with(&[0x1f, 0x8b]) || body.starts_with(&[0x28, 0xb5, 0x2f, 0xfd])
}

/// Whether a body is empty or begins as XML, HTML and JSON do, with a byte order mark or without.
fn begins_as_text(body: &[u8]) -> bool {
    matches!(
        body.trim_ascii_start(),
        [] | [b'<' | b'{' | b'[', ..]
            | [0xef, 0xbb, 0xbf, ..]
            | [0xfe, 0xff, ..]
            | [0xff, 0xfe, ..]
    )
}

fn validators(headers: &HeaderMap, url: &Url) -> Validators {
    let etag = validator(headers, ETAG);
    let last_modified = validator(headers, LAST_MODIFIED);
    let has_any = etag.is_some() || last_modified.is_some();
    Validators {
        url: has_any.then(|| url.clone()),
        etag,
        last_modified,
    }
}

/// A validator byte for byte, unless it is empty, huge, or not UTF-8, so that we could not give it back as it was.
fn validator(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    let bytes = headers.get(name)?.as_bytes();
    if bytes.is_empty() || bytes.len() > VALIDATOR_BYTES_MAX {
        return None;
    }
    String::from_utf8(bytes.to_vec()).ok()
}

/// How long a Retry-After asks us to wait: seconds, or a date.
fn wait(value: &str, now: Timestamp) -> Option<SignedDuration> {
    let is_number = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    let wait = if is_number {
        // A number too long for the machine is a very long wait all the same.
        value.parse().map_or(WAIT_MAX, SignedDuration::from_secs)
    } else {
        http_date(value)?.duration_since(now)
    };
    (!wait.is_negative()).then(|| wait.min(WAIT_MAX))
}
