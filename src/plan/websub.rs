//! Hubs: when to subscribe, what a hub may do with a subscription, and how far it is relied upon (W3C `WebSub`).
//!
//! A hub's word is never more than a reason to poll the feed soon: what it delivers is not read. So a false message costs
//! one conditional request, and not more than one every five minutes.
//!
//! ```text
//! offer + subscription + now --todo--> Subscribe | Renew | Leave | Nothing --asked, left--> subscription
//! subscription + what the hub says --verified, denied, delivered--> subscription
//! subscription + a poll that found news --polled--> subscription, given up where the hub keeps silent
//! ```

use std::collections::HashMap;

use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use url::{Host, Url};

use crate::model::{Fingerprint, HubOffer, Subscription};

/// How long a hub is asked to tell of news, in seconds.
pub const LEASE_SECONDS: u32 = 10 * 24 * 3_600;
/// What a hub may make of that.
const LEASE_MIN: SignedDuration = SignedDuration::from_hours(1);
const LEASE_MAX: SignedDuration = SignedDuration::from_hours(90 * 24);
/// From the end of one subscription of a feed to the first request for its next, and from a hub's promise to asking for
/// more. With the waits below, hubs are asked five times a day at most for one feed, whatever it names and they promise.
const APART: SignedDuration = SignedDuration::from_hours(24);
/// A hub that neither verifies nor refuses is asked again after so long, then twice as long and so on.
const WAIT: SignedDuration = SignedDuration::from_hours(1);
/// After so many times it is left alone for a week.
const TRIES_MAX: u32 = 5;
const REST: SignedDuration = SignedDuration::from_hours(7 * 24);
/// The longest that a hub is left alone for all feeds because it took nothing that it was asked.
const REFUSAL_MAX: SignedDuration = SignedDuration::from_hours(24);
/// Polls in a row that find what the hub did not tell; then it is left alone for a month.
const MISSED_MAX: u32 = 2;
const LONG_REST: SignedDuration = SignedDuration::from_hours(30 * 24);

/// The planet's address as a hub can reach it; nothing where it is only for this machine or a private network.
pub fn public_base(base_url: &str) -> Option<Url> {
    let base = Url::parse(base_url).ok()?;
    let is_web = matches!(base.scheme(), "http" | "https");
    let is_public = match base.host()? {
        Host::Ipv4(ip) => {
            let [first, second, ..] = ip.octets();
            let shared = first == 100 && (64..128).contains(&second);
            let near = ip.is_loopback() || ip.is_private() || ip.is_link_local();
            !(near || shared || ip.is_unspecified() || ip.is_broadcast() || ip.is_multicast())
        }
        Host::Ipv6(ip) => ip.segments()[0] & 0xe000 == 0x2000,
        Host::Domain(name) => {
            let name = name.trim_end_matches('.').to_ascii_lowercase();
            let last = name.rsplit('.').next().unwrap_or_default();
            let private = ["localhost", "local", "internal", "lan", "home", "arpa"];
            name.contains('.') && !private.contains(&last)
        }
    };
    (is_web && is_public).then_some(base)
}

/// Which hub a feed offers, https before http, and under which name: its own word for itself, else where it was read.
pub fn offer(hubs: &[Url], self_url: Option<&Url>, source: &Url) -> Option<HubOffer> {
    let secret = hubs.iter().find(|hub| hub.scheme() == "https");
    let hub = secret.or(hubs.first())?;
    let mut topic = self_url.unwrap_or(source).clone();
    topic.set_fragment(None);
    Some(HubOffer {
        hub: hub.clone(),
        topic,
    })
}

/// What is to be done about one feed's hub.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Todo {
    /// Ask for a subscription.
    Subscribe,
    /// Ask again, for the same one.
    Renew,
    /// Let it end.
    Leave,
    /// Wait.
    Nothing,
}

/// What is to be done, where the feed offers this now, we have that, and no other may be asked for before `rests_until`.
pub fn todo(
    offer: Option<&HubOffer>,
    have: Option<&Subscription>,
    rests_until: Option<Timestamp>,
    now: Timestamp,
) -> Todo {
    match (offer, have) {
        (Some(_), None) if rests_until.is_none_or(|until| until <= now) => Todo::Subscribe,
        (offer, Some(have)) if offer != Some(&have.offer) => Todo::Leave,
        (Some(_), Some(have)) if is_due(have, now) => Todo::Renew,
        _ => Todo::Nothing,
    }
}

/// Whether the hub is to be asked, or asked again.
pub fn is_due(have: &Subscription, now: Timestamp) -> bool {
    !have.ended && have.next_at <= now
}

/// We are about to ask. The hub may come to verify it before it answers.
pub fn asked(mut have: Subscription, now: Timestamp) -> Subscription {
    have.pending = true;
    have.tries += 1;
    have.next_at = if have.tries >= TRIES_MAX {
        have.tries = 0;
        // What it promised before may end sooner than that.
        let until = have.lease_until.unwrap_or(Timestamp::MAX);
        later(now, REST).min(until).max(later(now, APART))
    } else {
        later(now, WAIT * (1 << (have.tries - 1)))
    };
    have
}

/// It was not asked after all, because its platform rests, and is as it was before; unless the hub has come meanwhile, for
/// it may have been asked earlier.
pub fn not_asked(have: Subscription, before: &Subscription) -> Option<Subscription> {
    have.pending.then_some(Subscription {
        pending: before.pending,
        tries: before.tries,
        next_at: before.next_at,
        ..have
    })
}

/// It ends. A feed that changes its hub at every poll must not have one hub after the other asked, so no other is asked
/// for a day.
pub fn left(mut have: Subscription, now: Timestamp) -> Subscription {
    have.ended = true;
    have.pending = false;
    have.next_at = later(now, APART);
    have
}

/// Hubs that did not take what they were last asked, for whichever feed.
#[derive(Debug, Clone, Default)]
pub struct Refusals(HashMap<Url, Refused>);

#[derive(Debug, Clone, Copy)]
struct Refused {
    /// How often in a row.
    count: u32,
    /// Until when no feed has it asked again.
    until: Timestamp,
}

impl Refusals {
    /// Whether this hub is not to be asked yet.
    pub fn rests(&self, hub: &Url, now: Timestamp) -> bool {
        self.0.get(hub).is_some_and(|refused| refused.until > now)
    }

    /// It did not take it: it is left alone for an hour, then for two and so on, up to a day.
    pub fn refused(&mut self, hub: &Url, now: Timestamp) {
        // Feeds may name one hub after the other.
        self.0.retain(|_, it| later(it.until, REFUSAL_MAX) > now);
        let count = self.0.get(hub).map_or(0, |refused| refused.count);
        let wait = WAIT * (1 << count.min(5));
        let refused = Refused {
            count: count.saturating_add(1),
            until: later(now, wait.min(REFUSAL_MAX)),
        };
        self.0.insert(hub.clone(), refused);
    }

    /// It took it.
    pub fn took(&mut self, hub: &Url) {
        self.0.remove(hub);
    }
}

/// The hub asks whether we meant it: the subscription from now on, or nothing where we did not. What a hub promises in
/// seconds may be any number; where it says none, it is what we asked for.
pub fn verified(
    mut have: Subscription,
    mode: &str,
    topic: &str,
    lease_seconds: Option<i64>,
    now: Timestamp,
) -> Option<Subscription> {
    let meant = mode == "subscribe" && have.pending && topic == have.offer.topic.as_str();
    if !meant || have.ended {
        return None;
    }
    let seconds = lease_seconds.unwrap_or(i64::from(LEASE_SECONDS));
    let lease = SignedDuration::from_secs(seconds).clamp(LEASE_MIN, LEASE_MAX);
    // Who promises anew, after its word had ended, has told of nothing yet.
    if have.lease_until.is_none_or(|until| until <= now) {
        have.delivered_at = None;
    }
    have.pending = false;
    have.tries = 0;
    have.lease_until = Some(later(now, lease));
    have.next_at = later(now, (lease / 2).max(APART));
    Some(have)
}

/// Whether just this was verified and still holds, so that it may be confirmed once more.
pub fn is_verified(have: &Subscription, mode: &str, topic: &str, now: Timestamp) -> bool {
    let holds = have.lease_until.is_some_and(|until| until > now);
    let same = mode == "subscribe" && topic == have.offer.topic.as_str();
    holds && same && !have.pending && !have.ended
}

/// The hub refuses, or takes back what it promised.
pub fn denied(mut have: Subscription, now: Timestamp) -> Subscription {
    have.pending = false;
    have.tries = 0;
    have.lease_until = None;
    have.next_at = later(now, REST);
    have
}

/// The hub told of news; nothing where it has no promise to keep, having been refused, given up or never verified.
pub fn delivered(mut have: Subscription, now: Timestamp) -> Option<Subscription> {
    have.lease_until?;
    have.delivered_at = Some(now);
    have.missed = 0;
    Some(have)
}

/// The hub told of something that we were too busy to hear, which is not silence.
pub fn unheard(mut have: Subscription) -> Subscription {
    have.missed = 0;
    have
}

/// A poll found news, and the last one that was answered well began then. Where the hub had promised to tell of them and did not, it is soon relied upon no more.
pub fn polled(
    mut have: Subscription,
    began_before: Option<Timestamp>,
    now: Timestamp,
) -> Subscription {
    let promised = have.lease_until.is_some_and(|until| until > now);
    let told = have
        .delivered_at
        .is_some_and(|at| began_before.is_none_or(|before| at >= before));
    if !promised || told {
        return have;
    }
    have.missed += 1;
    if have.missed >= MISSED_MAX {
        have.lease_until = None;
        have.delivered_at = None;
        have.pending = false;
        have.missed = 0;
        have.next_at = later(now, LONG_REST);
    }
    have
}

/// What our hub was told of one of our own feeds in one form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ping {
    /// What the feed showed then; nothing where it was never told.
    pub shown: Option<Fingerprint>,
    /// Not to be told before this moment.
    pub due_at: Timestamp,
    /// How often it was told in vain.
    pub tries: u32,
}

/// Between two messages to our hub about one feed, so that many changes are told at once.
const PINGS_APART: SignedDuration = SignedDuration::from_mins(1);
/// The longest that a hub which does not answer is left alone.
const PING_WAIT_MAX: SignedDuration = SignedDuration::from_hours(6);

impl Ping {
    /// It was told.
    #[must_use]
    pub fn told(shows: Fingerprint, now: Timestamp) -> Self {
        Self {
            shown: Some(shows),
            due_at: later(now, PINGS_APART),
            tries: 0,
        }
    }

    /// It did not take it: again after one minute, two, four and so on, up to six hours.
    #[must_use]
    pub fn in_vain(self, now: Timestamp) -> Self {
        let wait = PINGS_APART * (1 << self.tries.min(10));
        Self {
            due_at: later(now, wait.min(PING_WAIT_MAX)),
            tries: self.tries.saturating_add(1),
            ..self
        }
    }
}

/// Whether a message is signed with our secret (`X-Hub-Signature`, section 7.1); compared in constant time.
pub fn is_signed(secret: &str, signature: Option<&str>, body: &[u8]) -> bool {
    let Some((method, digits)) = signature.and_then(|it| it.trim().split_once('=')) else {
        return false;
    };
    let Some(code) = bytes(digits) else {
        return false;
    };
    macro_rules! check {
        ($digest:ty) => {
            Hmac::<$digest>::new_from_slice(secret.as_bytes())
                .is_ok_and(|mac| mac.chain_update(body).verify_slice(&code).is_ok())
        };
    }
    match method {
        "sha1" => check!(sha1::Sha1),
        "sha256" => check!(sha2::Sha256),
        "sha384" => check!(sha2::Sha384),
        "sha512" => check!(sha2::Sha512),
        _ => false,
    }
}

/// Hexadecimal digits as bytes; of a signature there are 128 at most.
fn bytes(digits: &str) -> Option<Vec<u8>> {
    let fits = digits.len() <= 128 && digits.len().is_multiple_of(2);
    let is_hex = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    (fits && is_hex).then(|| {
        let pairs = (0..digits.len()).step_by(2);
        let pairs = pairs.filter_map(|at| u8::from_str_radix(&digits[at..at + 2], 16).ok());
        pairs.collect()
    })
}

fn later(now: Timestamp, by: SignedDuration) -> Timestamp {
    now.checked_add(by).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests;
