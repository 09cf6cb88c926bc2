//! Fetching: one guarded, polite request at a time.
//!
//! A [`Client`] asks one address, follows its redirects by hand with the address guard at every hop, and hands back
//! what came as bytes. It offers compression, a time limit and a size limit, and it sends validators only to the
//! address they belong to.
//!
//! It must not know what a feed is, when to ask again, or whose blog it is reading. It keeps no cookies, sends no
//! Referer, uses no proxy, and reads by GET alone; a hub is told something by POST.
//!
//! ```text
//! FeedRequest --admit--> hop --ask--> answer --+--> Moved: the next hop
//!                                              +--> Arrived: Fetched::{Fresh | NotModified | Gone | Throttled}
//! ```

mod answer;
mod challenge;
mod error;
mod freshness;
mod guard;
mod headers;
mod links;
mod network;
mod pace;
mod post;
mod redirect;
mod transport;

#[cfg(test)]
mod tests;

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use reqwest::Response;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue, IF_MODIFIED_SINCE, IF_NONE_MATCH};
use url::Url;

use crate::model::{Dice, HeaderLinks, Rest, Validators};

pub use self::error::{FetchError, RedirectFault, SetupError, TlsFault};
pub use self::guard::allowed;
pub use self::network::{Network, NetworkError};
pub use self::pace::Working;
pub use crate::plan::pace::Gap;

use self::answer::Answer;
use self::guard::Guard;
use self::pace::{Allowance, Pacer};
use self::redirect::{Step, Trail};
use self::transport::{Decoding, Transport};

/// How a [`Client`] behaves towards every blog.
#[derive(Debug, Clone)]
pub struct ClientSettings {
    /// What we call ourselves: name, version, and the address that explains the robot.
    pub user_agent: String,
    /// How long one request may take in all, redirects and body included.
    pub timeout: Duration,
    /// Largest body that is read, after decompression, in bytes.
    pub body_bytes_max: usize,
    /// Private networks that may be asked all the same, on any port; empty but for tests and the demo.
    pub allow_networks: Vec<Network>,
    /// Requests that may be open at once, at least 1.
    pub at_once_max: u16,
    /// How close requests to one platform may come inside `allow_networks`; nowhere else closer than [`Gap::POLITE`].
    pub gap: Gap,
}

/// What to ask for.
#[derive(Debug, Clone)]
pub struct FeedRequest {
    /// The address of the feed or page.
    pub url: Url,
    /// What the last good answer gave us; sent only to the address it came from.
    pub validators: Validators,
}

/// What a blog answered, when the answer is of use.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    clippy::large_enum_variant,
    reason = "one lives at a time, for one request"
)]
pub enum Fetched {
    /// A body, which may or may not be a feed.
    Fresh {
        /// The bytes, decompressed but in the blog's own character encoding; never empty.
        body: Vec<u8>,
        /// Whether it holds only what is new (226, RFC 3229), so that nothing follows from what it lacks.
        is_part: bool,
        /// The address that answered, after all redirects, without fragment or userinfo.
        final_url: Url,
        /// Type and subtype of the Content-Type in lower case, such as `application/atom+xml`.
        content_type: Option<String>,
        /// The charset that the Content-Type names, in lower case.
        charset: Option<String>,
        /// What to send next time; empty when the blog gave none.
        validators: Validators,
        /// Where the leading run of permanent redirects (301, 308) ends, if there was one.
        permanent: Option<Url>,
        /// How long the answer's headers call it fresh, from now (RFC 9111 section 4.2); 0 to 366 days.
        fresh_for: Option<SignedDuration>,
        /// What the answer's Link headers say.
        links: HeaderLinks,
    },
    /// Nothing changed since the validators that we sent.
    NotModified {
        /// What to send next time: the answer's own validators, and those we sent where it names none.
        validators: Validators,
        /// Where the leading run of permanent redirects (301, 308) ends, if there was one.
        permanent: Option<Url>,
        /// How long the answer's headers call it fresh, from now (RFC 9111 section 4.2); 0 to 366 days.
        fresh_for: Option<SignedDuration>,
    },
    /// The blog says that the feed is gone for good (410).
    Gone,
    /// The host asks us to come back later (429, 503).
    Throttled {
        /// 429 or 503.
        status: u16,
        /// How long to wait, from now, 0 to 30 days; absent when the host does not say.
        retry_after: Option<SignedDuration>,
        /// How long its platform is left alone for that: never less, and longer each time until it answers well.
        rest: SignedDuration,
    },
}

/// Asks blogs, one request at a time, and only addresses that are fit to be asked.
#[derive(Debug, Clone)]
pub struct Client {
    transport: Transport,
    guard: Guard,
    pacer: Pacer,
    timeout: Duration,
    body_bytes_max: usize,
}

impl Client {
    /// A client with these settings, and dice that give random numbers from 0 to 1.
    ///
    /// A machine without trusted certificates gets a client too; it says so once in the log, and fails only where a
    /// blog speaks https.
    ///
    /// # Errors
    ///
    /// When the User-Agent cannot stand in a header, or the TLS library cannot be set up.
    pub fn new(settings: &ClientSettings, dice: Dice) -> Result<Self, SetupError> {
        Self::guarded(settings, Guard::new(&settings.allow_networks), dice)
    }

    fn guarded(settings: &ClientSettings, guard: Guard, dice: Dice) -> Result<Self, SetupError> {
        let pacer = Pacer::new(settings.at_once_max, settings.gap, &guard, dice);
        Self::paced(settings, guard, pacer)
    }

    /// A client with other settings in the place of this one. It goes on with the turns of this one, so that an edited
    /// feeds.toml brings nobody two requests close together.
    ///
    /// # Errors
    ///
    /// As [`Client::new`].
    pub fn renewed(&self, settings: &ClientSettings) -> Result<Self, SetupError> {
        let guard = Guard::new(&settings.allow_networks);
        let pacer = self.pacer.under(settings.at_once_max, settings.gap, &guard);
        Self::paced(settings, guard, pacer)
    }

    fn paced(settings: &ClientSettings, guard: Guard, pacer: Pacer) -> Result<Self, SetupError> {
        Ok(Self {
            transport: Transport::new(&settings.user_agent, &guard)?,
            pacer,
            guard,
            timeout: settings.timeout,
            body_bytes_max: settings.body_bytes_max,
        })
    }

    /// Asks one address with GET and follows where it leads, within the time limit.
    ///
    /// Every hop waits until its platform may be asked, however long that takes; only the asking itself is limited. A host
    /// that answers 429 or 503 has its whole platform left alone for a while, longer each time until it answers well, and
    /// others who ask it get [`FetchError::Paused`].
    ///
    /// `now` is what a Retry-After date is measured from when the answer has no Date of its own.
    ///
    /// # Errors
    ///
    /// When no useful answer came; the error says in one sentence what happened and what to do.
    pub async fn get(&self, request: &FeedRequest, now: Timestamp) -> Result<Fetched, FetchError> {
        let mut trail = Trail::from(&request.url);
        let fetched = self.go(&mut trail, request, now).await;
        fetched.map_err(|error| {
            if trail.has_led_on() {
                error.onward()
            } else {
                error
            }
        })
    }

    async fn go(
        &self,
        trail: &mut Trail,
        request: &FeedRequest,
        now: Timestamp,
    ) -> Result<Fetched, FetchError> {
        let time = Allowance::of(self.timeout);
        loop {
            time.spend(self.guard.admit(trail.here())).await?;
            self.transport.can_speak(trail.here())?;
            let sent = belonging(&request.validators, trail.here());
            let answer = match self.ask(Decoding::On, trail, sent, &time, now).await {
                // A Content-Encoding that lies: once more, asking for the plain bytes.
                Err(FetchError::Encoding) => {
                    self.ask(Decoding::Off, trail, sent, &time, now).await?
                }
                answer => answer?,
            };
            match answer {
                Answer::Arrived(fetched) => return Ok(fetched),
                Answer::Moved(step) => trail.step(&step)?,
            }
        }
    }

    /// Leaves the platform of an address alone because it took no connection: for half an hour, and twice as long each time,
    /// up to four hours, until it answers well. Each of its feeds waits longer by itself.
    pub fn refused(&self, url: &Url) {
        self.pacer.refused(url);
    }

    /// Whether the platform of an address is left alone at present.
    pub fn is_paused(&self, url: &Url) -> bool {
        self.pacer.is_paused(url)
    }

    /// Takes over the rest of a platform from before this process began.
    pub fn resume_pause(&self, rest: &Rest, now: Timestamp) {
        self.pacer.resume(rest, now);
    }

    /// Asks a platform again whose pause was our own mistake. Says whether it may be asked now, which it may not where its
    /// host asked for a pause as well.
    pub fn lift_pause(&self, platform: &str) -> bool {
        self.pacer.lift(platform)
    }

    /// The platforms that asked us to wait, took no connection, or answered well after that, since this was asked last: how
    /// each of them rests, to be written down at `now`.
    pub fn new_pauses(&self, now: Timestamp) -> Vec<Rest> {
        self.pacer.news(now)
    }

    /// Has [`Client::new_pauses`] tell of a platform once more, because how it rests could not be written down.
    pub fn tell_again(&self, platform: String) {
        self.pacer.tell_again(platform);
    }

    /// Has one request less open as long as the result lives, so that answers do not pile up before whoever reads them.
    ///
    /// Who holds it must not ask for anything meanwhile, for that could wait for ever.
    pub fn working(&self) -> Working {
        self.pacer.working()
    }

    /// How close requests to an address may come: what feeds.toml says where the address is in `allow_networks`, else
    /// no closer than [`Gap::POLITE`].
    pub fn gap_at(&self, url: &Url) -> Gap {
        self.pacer.gap_at(url)
    }

    async fn ask(
        &self,
        decoding: Decoding,
        trail: &Trail,
        sent: Option<&Validators>,
        time: &Allowance,
        now: Timestamp,
    ) -> Result<Answer, FetchError> {
        let headers = sent.map(conditional_headers).unwrap_or_default();
        let _turn = self.pacer.turn(trail.here()).await?;
        let answer = time.spend(async {
            let request = self.transport.get(decoding, trail.here(), headers)?;
            let response = request.send().await.map_err(|error| self.explain(&error))?;
            self.read(response, decoding, trail, sent, now).await
        });
        answer.await
    }

    /// What an answer says. That its host asks us to wait is heeded here, before the turn is over and others have theirs.
    async fn read(
        &self,
        mut response: Response,
        decoding: Decoding,
        trail: &Trail,
        sent: Option<&Validators>,
        now: Timestamp,
    ) -> Result<Answer, FetchError> {
        if let Some(step) = Step::of(&response) {
            return Ok(Answer::Moved(step));
        }
        if challenge::is_challenge(&mut response).await {
            self.heed_wait(&response, trail, now);
            return Err(FetchError::Challenge);
        }
        let fetched = match (response.status().as_u16(), sent) {
            (status @ (200 | 203 | 226), _) => {
                let body = self.body(&mut response, decoding).await?;
                answer::fresh((status, response.headers()), body, trail, now)?
            }
            (204 | 206, _) => return Err(FetchError::Empty),
            (304, Some(sent)) => answer::not_modified(response.headers(), sent, trail, now),
            (410, _) => Fetched::Gone,
            (status @ (429 | 503), _) => {
                let retry_after = answer::retry_after(response.headers(), now);
                return Ok(Answer::Arrived(Fetched::Throttled {
                    status,
                    retry_after,
                    rest: self.pacer.throttle(trail.here(), retry_after),
                }));
            }
            (status, _) => return Err(FetchError::Status(status)),
        };
        // Who led on to it answered well, too; but to be led to a request to wait is no good answer.
        trail.whole().for_each(|url| self.pacer.answered(url));
        Ok(Answer::Arrived(fetched))
    }

    /// Leaves a platform alone for as long as it asks even where a protection against robots speaks for it.
    fn heed_wait(&self, response: &Response, trail: &Trail, now: Timestamp) {
        let status = response.status().as_u16();
        if !matches!(status, 429 | 503) {
            return;
        }
        if let Some(asked) = answer::retry_after(response.headers(), now) {
            self.pacer.throttle(trail.here(), Some(asked));
        }
    }

    /// Reads the body piece by piece, so that neither a bomb nor a lie about its length fills the memory.
    async fn body(
        &self,
        response: &mut Response,
        decoding: Decoding,
    ) -> Result<Vec<u8>, FetchError> {
        let too_large = FetchError::TooLarge {
            bytes_max: self.body_bytes_max,
        };
        // An announced length saves the transfer; it is not believed when it is small.
        if response.content_length().is_some_and(|bytes| {
            usize::try_from(bytes).is_ok_and(|bytes| bytes > self.body_bytes_max)
        }) {
            return Err(too_large);
        }
        let mut body = Vec::new();
        while let Some(piece) = response
            .chunk()
            .await
            .map_err(|error| self.explain_in_body(&error, decoding))?
        {
            if body.len() + piece.len() > self.body_bytes_max {
                return Err(too_large);
            }
            body.extend_from_slice(&piece);
        }
        if !answer::is_decoded(&body, response.headers(), decoding) {
            return Err(FetchError::Encoding);
        }
        Ok(body)
    }

    fn explain(&self, error: &reqwest::Error) -> FetchError {
        FetchError::from_transport(error, self.timeout)
    }

    fn explain_in_body(&self, error: &reqwest::Error, decoding: Decoding) -> FetchError {
        if decoding == Decoding::On && error::is_about_the_encoding(error) {
            return FetchError::Encoding;
        }
        self.explain(error)
    }
}

/// The validators, if they have something to say to this very address.
fn belonging<'a>(validators: &'a Validators, here: &Url) -> Option<&'a Validators> {
    let theirs = redirect::tidied(validators.url.as_ref()?);
    let has_any = validators.etag.is_some() || validators.last_modified.is_some();
    (has_any && theirs == *here).then_some(validators)
}

/// The conditional headers, byte for byte as the blog gave them. Who knows what we have by its `ETag` may send only the
/// entries that are new (RFC 3229 and its `feed` instance manipulation).
fn conditional_headers(validators: &Validators) -> HeaderMap {
    let part = validators.etag.is_some().then(|| {
        let name = HeaderName::from_static("a-im");
        (name, HeaderValue::from_static("feed"))
    });
    let pairs = [
        (IF_NONE_MATCH, &validators.etag),
        (IF_MODIFIED_SINCE, &validators.last_modified),
    ];
    pairs
        .into_iter()
        .filter_map(|(name, value)| {
            let value = HeaderValue::from_bytes(value.as_ref()?.as_bytes()).ok()?;
            Some((name, value))
        })
        .chain(part)
        .collect()
}
