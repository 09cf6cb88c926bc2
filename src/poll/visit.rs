//! Visiting one feed: fetch it, find it first where only the blog is known, and have it read.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use url::Url;

use super::Poller;
use super::reach::{behind_an_answer, trouble};
use super::read::{Compared, Reading, Work, compare};
use crate::fetch::{FeedRequest, FetchError, Fetched};
use crate::model::{
    Document, Feed, Fingerprint, HeaderLinks, KnownEntry, Trouble, Validators, canonical,
};
use crate::parse::{self, ParseError};
use crate::plan::{self, Landing, Outcome, backfill};
use crate::sanitize;
use crate::store::{Claim, KnownFeed, StoreError};

/// A body that came, and where from.
struct Body {
    bytes: Vec<u8>,
    url: Url,
    charset: Option<String>,
    validators: Validators,
    permanent: Option<Url>,
    is_part: bool,
    links: HeaderLinks,
    fresh_for: Option<SignedDuration>,
}

/// What a request came to: a body to read, or an end already.
type Answer = Result<Arc<Body>, Box<Ended>>;

/// A request that brought nothing to read, and where a leading run of permanent redirects ended.
struct Ended {
    outcome: Outcome,
    permanent: Option<Url>,
}

/// From where an answer came, on which way.
struct Way<'a> {
    asked: &'a Url,
    source: Option<Url>,
    permanent: Option<Url>,
    /// Whether a watched redirect led there, and not the answer of the address.
    is_rescue: bool,
}

impl Ended {
    /// Which address said that there is nothing new.
    fn source(&self) -> Option<Url> {
        match &self.outcome {
            Outcome::Unchanged { validators, .. } => validators.url.clone(),
            _ => None,
        }
    }
}

impl From<Outcome> for Ended {
    fn from(outcome: Outcome) -> Self {
        Self {
            outcome,
            permanent: None,
        }
    }
}

/// What a visit came to.
pub(super) struct Visited {
    /// How it ended.
    pub(super) outcome: Outcome,
    /// Where a good answer of the feed's own address came from.
    pub(super) landing: Option<Landing>,
}

impl From<Outcome> for Visited {
    fn from(outcome: Outcome) -> Self {
        Self {
            outcome,
            landing: None,
        }
    }
}

/// What a body came to: a document, or nothing when these very bytes were read before.
type Read = Result<Option<Box<Document>>, Unread>;

/// Why a body came to nothing.
enum Unread {
    /// It is not a feed, or not one that can be read.
    Parse(ParseError),
    /// It is, but this cannot be done with it.
    Refused(String),
}

impl Unread {
    fn cause(&self) -> String {
        match self {
            Self::Parse(error) => error.to_string(),
            Self::Refused(cause) => cause.clone(),
        }
    }
}

/// A found feed that fails this often is looked for again on the blog's page, and again after as many failures.
const LOOK_AGAIN_AFTER: u32 = 3;

impl Poller {
    /// Asks one feed and reads what comes. Never fails: whatever happens is an outcome.
    pub(super) async fn visit(&self, feed: &Feed, now: Timestamp) -> Visited {
        let url = where_to_ask(feed);
        // Validators belong to the feed, not to the page on which it is looked for.
        let is_feed = feed.feed_url.as_ref() == Some(&url);
        let validators = if is_feed && !plan::asks_whole(feed, is_outdated(feed), now) {
            feed.validators.clone()
        } else {
            Validators::default()
        };
        let visited = match self.ask(feed, &url, validators, now).await {
            Ok(body) => self.visited(feed, &url, is_feed, body, now).await,
            Err(ended) => {
                let way = Way {
                    asked: &url,
                    source: ended.source(),
                    permanent: ended.permanent,
                    is_rescue: false,
                };
                Self::landed(&[], ended.outcome, way)
            }
        };
        match self.rescued(feed, &visited.outcome, now).await {
            Some(rescued) => rescued,
            None => visited,
        }
    }

    /// Reads a body that came from this address, which `is_feed` if it is the feed's own.
    async fn visited(
        &self,
        feed: &Feed,
        url: &Url,
        is_feed: bool,
        body: Arc<Body>,
        now: Timestamp,
    ) -> Visited {
        let known = match self.known(feed).await {
            Ok(known) => known,
            Err(outcome) => return outcome.into(),
        };
        match self.read(&known, &body, now).await {
            Err(Unread::Parse(ParseError::WebPage)) if *url == feed.address && !feed.named => {
                self.follow(&known, body, now).await.into()
            }
            Err(Unread::Parse(ParseError::WebPage)) => self.page_instead(body).await.into(),
            read => {
                let found_at = (!is_feed && !still_leads(feed, &body)).then(|| url.clone());
                let outcome = outcome_of(read, &body, found_at);
                let way = Way {
                    asked: url,
                    source: Some(body.url.clone()),
                    permanent: body.permanent.clone(),
                    is_rescue: false,
                };
                Self::landed(&known.entries, outcome, way)
            }
        }
    }

    /// The feed with the entries that a body is compared with. Most requests bring no body, and need none of them.
    async fn known(&self, feed: &Feed) -> Result<Arc<KnownFeed>, Outcome> {
        let entries = self.store.known_entries(feed.id).await;
        let entries = entries.map_err(|error| failed(not_looked_up(&error)))?;
        let feed = feed.clone();
        Ok(Arc::new(KnownFeed { feed, entries }))
    }

    /// Where nothing is any more, but a redirect led somewhere before: asks there at once.
    async fn rescued(&self, feed: &Feed, outcome: &Outcome, now: Timestamp) -> Option<Visited> {
        let watch = feed.moves.watch.as_ref().filter(|watch| watch.shares)?;
        if !matches!(outcome, Outcome::Gone | Outcome::Missing { .. }) {
            return None;
        }
        let url = &watch.target;
        let validators = feed.validators.clone();
        let (outcome, source, known) = match self.ask(feed, url, validators, now).await {
            Ok(body) => {
                let known = self.known(feed).await.ok()?;
                let outcome = outcome_of(self.read(&known, &body, now).await, &body, None);
                (outcome, body.url.clone(), Some(known))
            }
            Err(ended) => {
                let source = ended.source()?;
                (ended.outcome, source, None)
            }
        };
        let is_good = matches!(outcome, Outcome::Read { .. } | Outcome::Unchanged { .. });
        if !is_good || source != *url {
            return None;
        }
        let way = Way {
            asked: feed.feed_url.as_ref()?,
            source: Some(source),
            permanent: None,
            is_rescue: true,
        };
        let entries = known.as_ref().map_or(&[][..], |known| &known.entries);
        Some(Self::landed(entries, outcome, way))
    }

    /// Adds to an outcome where it came from, when it is a good one of the feed's own address. Another participant's
    /// address never gets as far as this, because `ask` refuses it.
    fn landed(entries: &[KnownEntry], outcome: Outcome, way: Way<'_>) -> Visited {
        let Way {
            asked,
            source,
            permanent,
            is_rescue,
        } = way;
        let shares = match &outcome {
            Outcome::Read { document, .. } => plan::shares(entries, document),
            // What was read before is known to be the same blog's.
            Outcome::Unchanged { .. } => true,
            _ => return outcome.into(),
        };
        let Some(source) = source else {
            return outcome.into();
        };
        let landing = Landing {
            asked: asked.clone(),
            source,
            permanent,
            shares,
            is_rescue,
        };
        Visited {
            outcome,
            landing: Some(landing),
        }
    }

    /// A page came where the feed was, such as a login or that of a new owner.
    async fn page_instead(&self, page: Arc<Body>) -> Outcome {
        let reading = self.think(move || {
            let text = String::from_utf8_lossy(&page.bytes);
            let front = sanitize::front(&text, &page.url);
            let cause = match plan::discover(&front, &[]) {
                Err(plan::NoFeed::Private(cause)) => cause,
                _ => ParseError::WebPage.to_string(),
            };
            match front.title.filter(|title| !cause.contains(title.as_str())) {
                Some(title) => format!("{cause} (the title of the page is “{title}”)"),
                None => cause,
            }
        });
        let cause = reading.await;
        failed(cause.unwrap_or_else(|| ParseError::Panicked.to_string()))
    }

    /// Asks an address for a feed, and whether what answered is this participant's to read.
    async fn ask(&self, feed: &Feed, url: &Url, validators: Validators, now: Timestamp) -> Answer {
        let answer = self.request(url, validators, now).await;
        let source = match &answer {
            Ok(body) => Some(&body.url),
            Err(ended) => match &ended.outcome {
                Outcome::Unchanged { validators, .. } => validators.url.as_ref(),
                _ => None,
            },
        };
        let Some(source) = source else {
            return answer;
        };
        let cause = match self.whose_else(feed, source).await {
            Ok(None) => return answer,
            Ok(Some(other)) => format!(
                "this is the feed of {}, who has it already: give each participant their own feed in feeds.toml, \
                 or make them one participant",
                other.name
            ),
            Err(error) => not_looked_up(&error),
        };
        Err(Box::new(failed(cause).into()))
    }

    /// Who else has this address: by reading it, or, where it is none of this feed's own, by the roster as well.
    async fn whose_else(&self, feed: &Feed, source: &Url) -> Result<Option<Claim>, StoreError> {
        let claim = self.store.claim(feed.id, source.clone()).await?;
        let own = [Some(&feed.address), feed.feed_url.as_ref()];
        let key = canonical(source);
        let is_own = own.into_iter().flatten().any(|it| canonical(it) == key);
        if claim.is_some() || is_own {
            return Ok(claim);
        }
        self.store.taken(feed.id, source.clone()).await
    }

    async fn request(&self, url: &Url, validators: Validators, now: Timestamp) -> Answer {
        let request = FeedRequest {
            url: url.clone(),
            validators,
        };
        let outcome = match self.client.get(&request, now).await {
            Ok(Fetched::Fresh {
                body,
                is_part,
                final_url,
                charset,
                validators,
                permanent,
                links,
                fresh_for,
                ..
            }) => {
                return Ok(Arc::new(Body {
                    bytes: body,
                    url: final_url,
                    charset,
                    validators,
                    permanent,
                    is_part,
                    links,
                    fresh_for,
                }));
            }
            Ok(Fetched::NotModified {
                validators,
                permanent,
                fresh_for,
            }) => {
                let outcome = Outcome::Unchanged {
                    validators,
                    found_at: None,
                    fresh_for,
                };
                return Err(Box::new(Ended { outcome, permanent }));
            }
            Ok(Fetched::Gone) => Outcome::Gone,
            Ok(Fetched::Throttled { rest, .. }) => Outcome::Throttled { wait: rest },
            Err(FetchError::Paused { wait }) => Outcome::Paused { wait },
            Err(error @ FetchError::Status(404)) => Outcome::Missing {
                cause: error.to_string(),
            },
            Err(error) => Outcome::Failed {
                cause: error.to_string(),
                trouble: trouble(&error),
            },
        };
        Err(Box::new(outcome.into()))
    }

    /// The address is a blog's, and its page says where the feed is.
    async fn follow(&self, known: &Arc<KnownFeed>, page: Arc<Body>, now: Timestamp) -> Outcome {
        let link = match feed_link(self, page).await {
            Ok(link) => link,
            Err(cause) => return failed(cause),
        };
        let outcome = match self
            .ask(&known.feed, &link, Validators::default(), now)
            .await
        {
            Err(ended) => ended.outcome,
            Ok(body) => outcome_of(
                self.read(known, &body, now).await,
                &body,
                Some(link.clone()),
            ),
        };
        match outcome {
            Outcome::Failed { cause, trouble } => Outcome::Failed {
                cause: format!("the blog's page leads to {link} as its feed, but {cause}"),
                trouble: behind_an_answer(trouble),
            },
            Outcome::Missing { cause } => failed(format!(
                "the blog's page leads to {link} as its feed, but {cause}"
            )),
            outcome => outcome,
        }
    }

    /// Reads a body, with the work on threads that give way, where a panic is this feed's failure and nobody else's.
    async fn read(&self, known: &Arc<KnownFeed>, body: &Arc<Body>, now: Timestamp) -> Read {
        let Some(compared) = self.compare(known, body, now).await? else {
            return Ok(None);
        };
        let question = compared.question(known.feed.id);
        let background = self.store.background(question).await;
        let background = background.map_err(|error| Unread::Refused(not_looked_up(&error)))?;
        let (known, rules) = (Arc::clone(known), Arc::clone(&self.rules));
        let finishing = self.think(move || {
            let work = Work {
                owner: &known.feed.owner.slug,
                background: &background,
                known: &known.entries,
                tagger: rules.tagger(),
                now,
                undated_at: None,
            };
            Some(Box::new(compared.finish(&work)))
        });
        finishing.await.ok_or_else(panicked)
    }

    /// Does hard work when it is its turn; nothing where it panicked or took too long.
    pub(super) async fn think<T, F>(&self, work: F) -> Option<T>
    where
        T: Send + 'static,
        F: FnOnce() -> T + Send + 'static,
    {
        let _working = self.client.working();
        self.thinkers.think(self.watchdog(), work).await
    }

    async fn compare(
        &self,
        known: &Arc<KnownFeed>,
        body: &Arc<Body>,
        now: Timestamp,
    ) -> Result<Option<Compared>, Unread> {
        let (known, body) = (Arc::clone(known), Arc::clone(body));
        let (entries_max, rules) = (self.settings.entries_max, self.rules.fingerprint());
        let opens = self.opens;
        let comparing = self.think(move || {
            let fingerprint = Fingerprint::of(&body.bytes);
            if known.feed.body == Some(fingerprint) && !is_outdated(&known.feed) {
                return Ok(None);
            }
            let reading = Reading {
                bytes: &body.bytes,
                fingerprint,
                url: &body.url,
                charset: body.charset.as_deref(),
                is_part: body.is_part,
                at_home: is_at_home(&known.feed, &body.url),
                links: body.links.clone(),
                entries_max,
                known: &known.entries,
                rules,
                opens,
                older: false,
                now,
            };
            compare(&reading).map(Some)
        });
        comparing.await.ok_or_else(panicked)?.map_err(Unread::Parse)
    }
}

/// Whether this is on the host where the feed was read so far.
fn is_at_home(feed: &Feed, url: &Url) -> bool {
    let feed_url = feed.feed_url.as_ref();
    feed_url.is_some_and(|own| backfill::host(own) == backfill::host(url))
}

fn failed(cause: String) -> Outcome {
    Outcome::Failed {
        cause,
        trouble: Trouble::Other,
    }
}

fn not_looked_up(error: &StoreError) -> String {
    format!("what is known of this feed could not be looked up ({error}); it is tried again later")
}

fn panicked() -> Unread {
    Unread::Parse(ParseError::Panicked)
}

/// Whether an older parser read the feed, so that one request asks for the whole of it.
pub(super) fn is_outdated(feed: &Feed) -> bool {
    feed.parser < parse::VERSION
}

/// Whether the old address of a feed that has moved leads to the new one as ever.
fn still_leads(feed: &Feed, body: &Body) -> bool {
    let moved = feed.moves.moved.as_ref();
    moved.is_some_and(|moved| body.permanent.as_ref() == Some(&moved.to) && body.url == moved.to)
}

/// The feed, where it is known and has not failed too often; else the address on the roster.
pub(super) fn where_to_ask(feed: &Feed) -> Url {
    let failures = feed.failure.as_ref().map_or(0, |failure| failure.count);
    let lost = failures > 0 && failures.is_multiple_of(LOOK_AGAIN_AFTER);
    // One that has moved may have moved back; a blog's page is asked for its feed all the same.
    if let Some(moved) = feed.moves.moved.as_ref().filter(|_| lost && feed.named) {
        return moved.from.clone();
    }
    feed.feed_url
        .clone()
        .filter(|_| !lost)
        .unwrap_or_else(|| feed.address.clone())
}

fn outcome_of(read: Read, body: &Body, found_at: Option<Url>) -> Outcome {
    let validators = body.validators.clone();
    match read {
        Ok(Some(document)) => Outcome::Read {
            document,
            validators,
            found_at,
            fresh_for: body.fresh_for,
        },
        Ok(None) => Outcome::Unchanged {
            validators,
            found_at,
            fresh_for: body.fresh_for,
        },
        Err(unread) => failed(unread.cause()),
    }
}

/// The feed of a blog, by what its page says, or what to do where it offers none.
async fn feed_link(poller: &Poller, page: Arc<Body>) -> Result<Url, String> {
    let found = poller.think(move || {
        let text = String::from_utf8_lossy(&page.bytes);
        let front = sanitize::front(&text, &page.url);
        plan::discover(&front, &[])
            .map(|found| found.feed.url)
            .map_err(|refusal| refusal.to_string())
    });
    found
        .await
        .unwrap_or_else(|| Err(ParseError::Panicked.to_string()))
}
