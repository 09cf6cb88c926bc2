//! What hubs say: that a subscription was meant, that it is refused, and that a feed has news (W3C `WebSub`).
//!
//! A message's body is looked at for its signature alone. This must not know how feeds are polled.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Extension, Path, Query, State};
use axum::http::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use serde::Deserialize;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::Planet;
use super::pages::Fault;
use crate::model::Subscription;
use crate::plan::websub;
use crate::store::HubWord;

/// Largest message that is taken, in bytes.
const MESSAGE_BYTES_MAX: usize = 3_000_000;
/// Longest challenge that is given back, in bytes.
const CHALLENGE_BYTES_MAX: usize = 4_096;
/// How long a message may take to arrive in full. Hubs are servers; one this slow is holding a place.
const MESSAGE_WITHIN: Duration = Duration::from_secs(8);
/// Messages that are read at one time; who comes meanwhile waits a little.
const READ_MAX: usize = 16;
/// Of these for one subscription, as a hub that sends slowly must not keep another from telling, be it its neighbour.
const READ_FOR_ONE_MAX: usize = 2;
/// How long a message waits for a place.
const PLACE_WITHIN: Duration = Duration::from_secs(2);
/// When to come back if there was none, in seconds.
const COME_BACK_SECONDS: u64 = 10;

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
    get(verify).post(deliver).layer(Extension(Readers::new()))
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
    let short = asked.challenge.len() <= CHALLENGE_BYTES_MAX;
    let meant = refused || (short && !asked.challenge.is_empty());
    // A stranger's guess must not have to wait for whoever writes, nor make them wait.
    match planet.store.subscription(token.clone()).await? {
        None => return Ok(StatusCode::NOT_FOUND.into_response()),
        Some(have) if have.ended => return Ok(StatusCode::GONE.into_response()),
        // Our answer to it was lost; there is nothing more to note.
        Some(have) if meant && websub::is_verified(&have, &mode, &topic, now) => {
            return Ok(given_back(asked.challenge));
        }
        Some(have) if !have.pending && !refused => {
            return Ok(StatusCode::NOT_FOUND.into_response());
        }
        Some(_) => {}
    }
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
        HubWord::Taken => given_back(asked.challenge),
        HubWord::Unknown => StatusCode::NOT_FOUND.into_response(),
        HubWord::Ended => StatusCode::GONE.into_response(),
    })
}

fn given_back(challenge: String) -> Response {
    let text = HeaderValue::from_static("text/plain; charset=utf-8");
    ([(CONTENT_TYPE, text)], challenge).into_response()
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
    let Some(place) = readers.place(&token, PLACE_WITHIN).await else {
        return no_place(&planet, have).await;
    };
    let body = match whole(body, MESSAGE_WITHIN).await {
        Ok(body) => body,
        Err(status) => return Ok(status.into_response()),
    };
    // What follows waits for whoever writes, and others need not wait for that.
    drop(place);
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

/// There was no place for a message of this subscription, which must not count as the hub's silence.
async fn no_place(planet: &Planet, have: Subscription) -> Result<Response, Fault> {
    if have.missed > 0 {
        let change = |have| Some(websub::unheard(have));
        planet.store.hear(have.token, change).await?;
    }
    let later = [(RETRY_AFTER, HeaderValue::from(COME_BACK_SECONDS))];
    Ok((StatusCode::SERVICE_UNAVAILABLE, later).into_response())
}

/// A message as it came.
async fn whole(body: Body, within: Duration) -> Result<Bytes, StatusCode> {
    match tokio::time::timeout(within, to_bytes(body, MESSAGE_BYTES_MAX)).await {
        Ok(Ok(body)) => Ok(body),
        Ok(Err(_)) => Err(StatusCode::PAYLOAD_TOO_LARGE),
        Err(_) => Err(StatusCode::REQUEST_TIMEOUT),
    }
}

/// The places for messages that are being read, and how many each subscription has or waits for. Clones share them.
#[derive(Debug, Clone)]
struct Readers {
    places: Arc<Semaphore>,
    taken: Arc<Mutex<HashMap<String, usize>>>,
}

/// One of these places, free again when it is dropped.
#[derive(Debug)]
struct Place {
    _share: Share,
    _permit: OwnedSemaphorePermit,
}

/// A subscription's right to one of them.
#[derive(Debug)]
struct Share {
    readers: Readers,
    token: String,
}

impl Readers {
    fn new() -> Self {
        Self {
            places: Arc::new(Semaphore::new(READ_MAX)),
            taken: Arc::default(),
        }
    }

    /// A place for a message of this subscription, unless it has too many already, or none is free for so long.
    async fn place(&self, token: &str, within: Duration) -> Option<Place> {
        let share = self.share(token)?;
        let free = Arc::clone(&self.places).acquire_owned();
        let permit = tokio::time::timeout(within, free).await.ok()?.ok()?;
        Some(Place {
            _share: share,
            _permit: permit,
        })
    }

    fn share(&self, token: &str) -> Option<Share> {
        let mut counts = self.taken();
        let theirs = counts.get(token).copied().unwrap_or_default();
        if theirs >= READ_FOR_ONE_MAX {
            return None;
        }
        counts.insert(token.to_owned(), theirs + 1);
        drop(counts);
        Some(Share {
            readers: self.clone(),
            token: token.to_owned(),
        })
    }

    fn taken(&self) -> MutexGuard<'_, HashMap<String, usize>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut taken = self.readers.taken();
        if let Some(theirs) = taken.get_mut(&self.token) {
            *theirs -= 1;
            if *theirs == 0 {
                taken.remove(&self.token);
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
    #[tokio::test]
    async fn a_subscription_has_an_eighth_of_the_places_and_its_hubs_neighbours_have_theirs() {
        let readers = Readers::new();
        let place = |name: usize| {
            let readers = readers.clone();
            async move {
                readers
                    .place(&name.to_string(), Duration::from_millis(1))
                    .await
            }
        };
        let mut places = Vec::new();
        for number in 0..READ_MAX {
            places.push(place(number / READ_FOR_ONE_MAX).await);
        }
        assert!(places.iter().all(Option::is_some));
        assert!(place(0).await.is_none(), "it has its share");
        assert!(place(99).await.is_none(), "all are taken");
        places.truncate(1);
        assert!(place(99).await.is_some() && place(0).await.is_some());
        places.clear();
        assert!(readers.taken().is_empty());
    }

    /// Shows A33.
    #[tokio::test]
    async fn who_finds_all_places_taken_gets_the_first_that_is_free_again() {
        let readers = Readers::new();
        let mut places = Vec::new();
        for number in 0..READ_MAX {
            places.push(readers.place(&number.to_string(), Duration::ZERO).await);
        }
        let late = readers.place("late", Duration::from_mins(1));
        let free = async {
            tokio::task::yield_now().await;
            drop(places.pop());
        };
        assert!(tokio::join!(late, free).0.is_some());
    }
}
