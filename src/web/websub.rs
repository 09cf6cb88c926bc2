//! What hubs say: that a subscription was meant, that it is refused, and that a feed has news (W3C `WebSub`).
//!
//! A message's body is looked at for its signature alone. This must not know how feeds are polled.

use axum::body::{Body, to_bytes};
use axum::extract::{Path, Query, State};
use axum::http::header::{CONTENT_TYPE, HeaderValue};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use tokio::sync::Semaphore;

use super::Planet;
use super::pages::Fault;
use crate::plan::websub;
use crate::store::HubWord;

/// Largest message that is taken, in bytes.
const MESSAGE_BYTES_MAX: usize = 3_000_000;
/// Longest challenge that is given back, in bytes.
const CHALLENGE_BYTES_MAX: usize = 4_096;
/// Messages that are read at one time; who comes meanwhile is asked to come back.
static READING: Semaphore = Semaphore::const_new(8);

/// What a hub asks before it begins, or says when it ends.
#[derive(Debug, Deserialize)]
pub(super) struct Verification {
    #[serde(rename = "hub.mode", default)]
    mode: String,
    #[serde(rename = "hub.topic", default)]
    topic: String,
    #[serde(rename = "hub.challenge", default)]
    challenge: String,
    #[serde(rename = "hub.lease_seconds")]
    lease_seconds: Option<String>,
}

/// Gives the challenge back where the subscription was meant, and notes a refusal.
pub(super) async fn verify(
    State(planet): State<Planet>,
    Path(token): Path<String>,
    Query(asked): Query<Verification>,
) -> Result<Response, Fault> {
    let now = (planet.clock)();
    let lease = asked.lease_seconds.and_then(|it| it.parse().ok());
    let (mode, topic) = (asked.mode, asked.topic);
    let refused = mode == "denied";
    // A stranger's guess must not have to wait for whoever writes, nor make them wait.
    match planet.store.subscription(token.clone()).await? {
        None => return Ok(StatusCode::NOT_FOUND.into_response()),
        Some(have) if have.ended => return Ok(StatusCode::GONE.into_response()),
        Some(have) if !have.pending && !refused => {
            return Ok(StatusCode::NOT_FOUND.into_response());
        }
        Some(_) => {}
    }
    let short = asked.challenge.len() <= CHALLENGE_BYTES_MAX;
    let meant = refused || (short && !asked.challenge.is_empty());
    let word = planet.store.hear(token, move |have| {
        let change = match refused {
            true if topic == have.offer.topic.as_str() => Some(websub::denied(have, now)),
            true => None,
            false => websub::verified(have, &mode, &topic, lease, now),
        };
        change.filter(|_| meant)
    });
    Ok(match word.await? {
        HubWord::Taken if refused => StatusCode::NO_CONTENT.into_response(),
        HubWord::Taken => {
            let text = HeaderValue::from_static("text/plain; charset=utf-8");
            ([(CONTENT_TYPE, text)], asked.challenge).into_response()
        }
        HubWord::Unknown => StatusCode::NOT_FOUND.into_response(),
        HubWord::Ended => StatusCode::GONE.into_response(),
    })
}

/// Has the feed polled soon, where the message is the hub's. A false one is thanked for all the same, so that nobody
/// learns which is which (section 7.1).
pub(super) async fn deliver(
    State(planet): State<Planet>,
    Path(token): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Fault> {
    let Some(have) = planet.store.subscription(token.clone()).await? else {
        return Ok(StatusCode::NOT_FOUND.into_response());
    };
    if have.ended {
        return Ok(StatusCode::GONE.into_response());
    }
    let Ok(_turn) = READING.try_acquire() else {
        return Ok(StatusCode::SERVICE_UNAVAILABLE.into_response());
    };
    let Ok(body) = to_bytes(body, MESSAGE_BYTES_MAX).await else {
        return Ok(StatusCode::PAYLOAD_TOO_LARGE.into_response());
    };
    let signature = headers
        .get("x-hub-signature")
        .and_then(|it| it.to_str().ok());
    let signed = |secret: &String| websub::is_signed(secret, signature, &body);
    let meant = have.secret.as_ref().is_none_or(signed);
    if meant && have.lease_until.is_some() {
        let now = (planet.clock)();
        let heard = planet
            .store
            .hear(token, move |have| Some(websub::delivered(have, now)));
        if heard.await? == HubWord::Taken {
            planet.store.poll_soon(have.feed, now).await?;
        }
    }
    Ok(StatusCode::ACCEPTED.into_response())
}
