//! What hubs say: that a subscription was meant, that it is refused, and that a feed has news (W3C `WebSub`).
//!
//! A message's body is looked at for its signature alone. This must not know how feeds are polled.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Extension, Path, Query, State};
use axum::http::header::{CONTENT_TYPE, HeaderValue};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use serde::Deserialize;
use url::Url;

use super::Planet;
use super::pages::Fault;
use crate::plan::{platform, websub};
use crate::store::HubWord;

/// Largest message that is taken, in bytes.
const MESSAGE_BYTES_MAX: usize = 3_000_000;
/// Longest challenge that is given back, in bytes.
const CHALLENGE_BYTES_MAX: usize = 4_096;
/// How long a message may take to arrive in full. Hubs are servers; one this slow is holding a place.
const MESSAGE_WITHIN: Duration = Duration::from_secs(8);
/// Messages that are read at one time; who comes meanwhile is asked to come back.
const READ_MAX: usize = 16;
/// Of these from the hubs of one platform.
const READ_OF_ONE_MAX: usize = 4;

/// What a hub asks before it begins, or says when it ends.
#[derive(Debug, Deserialize)]
struct Verification {
    #[serde(rename = "hub.mode", default)]
    mode: String,
    #[serde(rename = "hub.topic", default)]
    topic: String,
    #[serde(rename = "hub.challenge", default)]
    challenge: String,
    #[serde(rename = "hub.lease_seconds")]
    lease_seconds: Option<String>,
}

/// What hubs are answered at the address of a subscription.
pub(super) fn callback() -> MethodRouter<Planet> {
    get(verify)
        .post(deliver)
        .layer(Extension(Readers::default()))
}

/// Gives the challenge back where the subscription was meant, and notes a refusal.
async fn verify(
    State(planet): State<Planet>,
    Path(token): Path<String>,
    Query(asked): Query<Verification>,
) -> Result<Response, Fault> {
    let now = (planet.clock)();
    let lease = asked.lease_seconds.and_then(|it| it.trim().parse().ok());
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
async fn deliver(
    State(planet): State<Planet>,
    Extension(readers): Extension<Readers>,
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
    let Some(_place) = readers.place(&have.offer.hub) else {
        return Ok(StatusCode::SERVICE_UNAVAILABLE.into_response());
    };
    let body = match whole(body, MESSAGE_WITHIN).await {
        Ok(body) => body,
        Err(status) => return Ok(status.into_response()),
    };
    let signature = headers
        .get("x-hub-signature")
        .and_then(|it| it.to_str().ok());
    let signed = |secret: &String| websub::is_signed(secret, signature, &body);
    let meant = have.secret.as_ref().is_none_or(signed);
    if meant {
        let now = (planet.clock)();
        let told = move |have| websub::delivered(have, now);
        let heard = planet.store.hear(token, told);
        if heard.await? == HubWord::Taken {
            planet.store.poll_soon(have.feed, now).await?;
        }
    }
    Ok(StatusCode::ACCEPTED.into_response())
}

/// A message as it came.
async fn whole(body: Body, within: Duration) -> Result<Bytes, StatusCode> {
    match tokio::time::timeout(within, to_bytes(body, MESSAGE_BYTES_MAX)).await {
        Ok(Ok(body)) => Ok(body),
        Ok(Err(_)) => Err(StatusCode::PAYLOAD_TOO_LARGE),
        Err(_) => Err(StatusCode::REQUEST_TIMEOUT),
    }
}

/// The places for messages that are being read: how many each platform has taken. Clones share them.
#[derive(Debug, Clone, Default)]
struct Readers(Arc<Mutex<HashMap<String, usize>>>);

/// One of these places, free again when it is dropped.
#[derive(Debug)]
struct Place {
    readers: Readers,
    platform: String,
}

impl Readers {
    /// A place for a message of this hub, if there is one, and if its like have not too many already.
    fn place(&self, hub: &Url) -> Option<Place> {
        let platform = platform(hub)?;
        let mut taken = self.taken();
        let theirs = taken.get(&platform).copied().unwrap_or_default();
        if taken.values().sum::<usize>() >= READ_MAX || theirs >= READ_OF_ONE_MAX {
            return None;
        }
        taken.insert(platform.clone(), theirs + 1);
        drop(taken);
        Some(Place {
            readers: self.clone(),
            platform,
        })
    }

    fn taken(&self) -> MutexGuard<'_, HashMap<String, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.readers.taken();
        if let Some(theirs) = taken.get_mut(&self.platform) {
            *theirs -= 1;
            if *theirs == 0 {
                taken.remove(&self.platform);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::pin::Pin;
    use std::task::{Context, Poll};

    use hyper::body::Frame;

    use super::*;

    /// A body of which nothing ever comes.
    struct Never;

    impl hyper::body::Body for Never {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(
            self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
            Poll::Pending
        }
    }

    fn hub(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    /// Shows A33.
    #[tokio::test]
    async fn a_message_that_does_not_end_is_given_up_and_one_that_is_too_long_as_well() {
        let read = |body| whole(body, Duration::from_millis(1));
        let never = read(Body::new(Never)).await;
        assert_eq!(never, Err(StatusCode::REQUEST_TIMEOUT));
        let long = Body::from(vec![b'x'; MESSAGE_BYTES_MAX + 1]);
        assert_eq!(read(long).await, Err(StatusCode::PAYLOAD_TOO_LARGE));
        assert_eq!(read(Body::from("news")).await, Ok(Bytes::from("news")));
    }

    /// Shows A33.
    #[test]
    fn one_hub_has_a_quarter_of_the_places_under_whatever_names() {
        let readers = Readers::default();
        let mut places = Vec::new();
        for number in 0..READ_OF_ONE_MAX {
            places.push(readers.place(&hub(&format!("https://h{number}.slow.example/"))));
        }
        assert!(places.iter().all(Option::is_some));
        assert!(readers.place(&hub("http://slow.example:8080/")).is_none());
        for number in READ_OF_ONE_MAX..READ_MAX {
            places.push(readers.place(&hub(&format!("https://hub{number}.example/"))));
        }
        assert!(places.iter().all(Option::is_some));
        assert!(readers.place(&hub("https://late.example/")).is_none());
        places.truncate(1);
        assert!(readers.place(&hub("https://late.example/")).is_some());
        places.clear();
        assert!(readers.taken().is_empty());
    }
}
