//! Visiting one feed: fetch it, find it first where only the blog is known, and have it read.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::task::JoinHandle;
use url::Url;

use super::Poller;
use super::reach::trouble;
use super::read::{Compared, Reading, Work, compare};
use crate::fetch::{FeedRequest, FetchError, Fetched};
use crate::model::{Document, Feed, Fingerprint, HeaderLinks, Trouble, Validators};
use crate::parse::{self, ParseError};
use crate::plan::{self, Outcome};
use crate::sanitize;
use crate::store::{KnownFeed, StoreError};

/// A body that came, and where from.
struct Body {
    bytes: Vec<u8>,
    url: Url,
    charset: Option<String>,
    validators: Validators,
    links: HeaderLinks,
    fresh_for: Option<SignedDuration>,
}

/// What a request came to: a body to read, or an outcome already.
type Answer = Result<Arc<Body>, Box<Outcome>>;

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
    pub(super) async fn visit(&self, known: KnownFeed, now: Timestamp) -> Outcome {
        let known = Arc::new(known);
        let feed = &known.feed;
        let url = where_to_ask(feed);
        // Validators belong to the feed, not to the page on which it is looked for.
        let is_feed = feed.feed_url.as_ref() == Some(&url);
        let validators = if is_feed && !plan::asks_whole(feed, is_outdated(feed), now) {
            feed.validators.clone()
        } else {
            Validators::default()
        };
        let body = match self.ask(feed, &url, validators, now).await {
            Ok(body) => body,
            Err(outcome) => return *outcome,
        };
        match self.read(&known, &body, now).await {
            Err(Unread::Parse(ParseError::WebPage)) if url == feed.address && !feed.named => {
                self.follow(&known, body, now).await
            }
            read => outcome(read, &body, (!is_feed).then_some(url)),
        }
    }

    /// Asks an address for a feed, and whether what answered is this participant's to read.
    async fn ask(&self, feed: &Feed, url: &Url, validators: Validators, now: Timestamp) -> Answer {
        let answer = self.request(url, validators, now).await;
        let source = match &answer {
            Ok(body) => Some(&body.url),
            Err(outcome) => match &**outcome {
                Outcome::Unchanged { validators, .. } => validators.url.as_ref(),
                _ => None,
            },
        };
        let Some(source) = source else {
            return answer;
        };
        let cause = match self.store.claim(feed.id, source.clone()).await {
            Ok(None) => return answer,
            Ok(Some(other)) => format!(
                "this is the feed of {}, who has it already: give each participant their own feed in feeds.toml, \
                 or make them one participant",
                other.name
            ),
            Err(error) => not_looked_up(&error),
        };
        Err(Box::new(failed(cause)))
    }

    async fn request(&self, url: &Url, validators: Validators, now: Timestamp) -> Answer {
        let request = FeedRequest {
            url: url.clone(),
            validators,
        };
        Err(Box::new(match self.client.get(&request, now).await {
            Ok(Fetched::Fresh {
                body,
                final_url,
                charset,
                validators,
                links,
                fresh_for,
                ..
            }) => {
                return Ok(Arc::new(Body {
                    bytes: body,
                    url: final_url,
                    charset,
                    validators,
                    links,
                    fresh_for,
                }));
            }
            Ok(Fetched::NotModified {
                validators,
                fresh_for,
                ..
            }) => Outcome::Unchanged {
                validators,
                found_at: None,
                fresh_for,
            },
            Ok(Fetched::Gone) => Outcome::Gone,
            Ok(Fetched::Throttled { retry_after, .. }) => Outcome::Throttled { wait: retry_after },
            Err(FetchError::Paused { wait }) => Outcome::Paused { wait },
            Err(error) => Outcome::Failed {
                cause: error.to_string(),
                trouble: trouble(&error),
            },
        }))
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
            Err(outcome) => *outcome,
            Ok(body) => outcome(
                self.read(known, &body, now).await,
                &body,
                Some(link.clone()),
            ),
        };
        match outcome {
            Outcome::Failed { cause, trouble } => Outcome::Failed {
                cause: format!("the blog's page names {link} as its feed, but {cause}"),
                trouble,
            },
            outcome => outcome,
        }
    }

    /// Reads a body, with the work on the blocking pool, where a panic is this feed's failure and nobody else's.
    async fn read(&self, known: &Arc<KnownFeed>, body: &Arc<Body>, now: Timestamp) -> Read {
        let Some(compared) = self.compare(known, body, now).await? else {
            return Ok(None);
        };
        let question = compared.question(known.feed.id);
        let background = self.store.background(question).await;
        let background = background.map_err(|error| Unread::Refused(not_looked_up(&error)))?;
        let (known, tagger) = (Arc::clone(known), Arc::clone(&self.tagger));
        let finishing = self.think(move || {
            let work = Work {
                owner: &known.feed.owner.slug,
                background: &background,
                known: &known.entries,
                tagger: &tagger,
                now,
                undated_at: None,
            };
            Some(Box::new(compared.finish(&work)))
        });
        finishing.await.ok_or_else(panicked)
    }

    /// Does hard work on the blocking pool when it is its turn; nothing where it panicked.
    pub(super) async fn think<T, F>(&self, work: F) -> Option<T>
    where
        T: Send + 'static,
        F: FnOnce() -> T + Send + 'static,
    {
        let _working = self.client.working();
        let _turn = self.readers.acquire().await.ok();
        watched(self.watchdog(), tokio::task::spawn_blocking(work)).await
    }

    async fn compare(
        &self,
        known: &Arc<KnownFeed>,
        body: &Arc<Body>,
        now: Timestamp,
    ) -> Result<Option<Compared>, Unread> {
        let (known, body) = (Arc::clone(known), Arc::clone(body));
        let (entries_max, rules) = (self.settings.entries_max, self.tagger.fingerprint());
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

/// What work comes to; nothing where it panicked, or takes so long that others must not wait for it any more.
async fn watched<T>(patience: Duration, work: JoinHandle<T>) -> Option<T> {
    tokio::time::timeout(patience, work).await.ok()?.ok()
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

/// The feed, where it is known and has not failed too often; else the address on the roster.
pub(super) fn where_to_ask(feed: &Feed) -> Url {
    let failures = feed.failure.as_ref().map_or(0, |failure| failure.count);
    let lost = failures > 0 && failures.is_multiple_of(LOOK_AGAIN_AFTER);
    feed.feed_url
        .clone()
        .filter(|_| !lost)
        .unwrap_or_else(|| feed.address.clone())
}

fn outcome(read: Read, body: &Body, found_at: Option<Url>) -> Outcome {
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

/// The first feed that a blog's page offers (`sanitize` puts comment feeds last), or what to do where it offers none.
async fn feed_link(poller: &Poller, page: Arc<Body>) -> Result<Url, String> {
    let found = poller.think(move || {
        let text = String::from_utf8_lossy(&page.bytes);
        let first = sanitize::feed_links(&text, &page.url).into_iter().next();
        first
            .map(|link| link.url)
            .ok_or_else(|| no_feed(sanitize::page_title(&text).as_deref()))
    });
    found
        .await
        .unwrap_or_else(|| Err(ParseError::Panicked.to_string()))
}

fn no_feed(title: Option<&str>) -> String {
    let which = title
        .map(|title| format!(" (its title is “{title}”)"))
        .unwrap_or_default();
    format!(
        "the page at this address{which} names no feed: ask the blogger for the feed's address, \
         and write it as `feed = \"…\"` in feeds.toml"
    )
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::watched;

    /// Shows A30.
    #[tokio::test]
    async fn work_that_never_ends_or_panics_frees_its_place() {
        let never = tokio::spawn(std::future::pending::<()>());
        assert_eq!(watched(Duration::from_millis(1), never).await, None);
        let patience = Duration::from_mins(1);
        let panics = tokio::spawn(async { panic!("as a parser might") });
        assert_eq!(watched::<()>(patience, panics).await, None);
        assert_eq!(watched(patience, tokio::spawn(async { 6 })).await, Some(6));
    }
}
