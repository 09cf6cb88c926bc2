//! Visiting one feed: fetch it, find it first where only the blog is known, and have it read.

use std::sync::Arc;

use jiff::Timestamp;
use url::Url;

use super::Poller;
use super::read::{Reading, read};
use crate::fetch::{FeedRequest, Fetched};
use crate::model::{Document, Feed, Fingerprint, Validators};
use crate::parse::ParseError;
use crate::plan::Outcome;
use crate::sanitize;
use crate::store::KnownFeed;

/// A body that came, and where from.
struct Body {
    bytes: Vec<u8>,
    url: Url,
    charset: Option<String>,
    validators: Validators,
}

/// What a request came to: a body to read, or an outcome already.
type Answer = Result<Arc<Body>, Box<Outcome>>;

/// What a body came to: a document, or nothing when these very bytes were read before.
type Read = Result<Option<Box<Document>>, ParseError>;

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
        let validators = if is_feed {
            feed.validators.clone()
        } else {
            Validators::default()
        };
        let body = match self.ask(&url, validators, now).await {
            Ok(body) => body,
            Err(outcome) => return *outcome,
        };
        match self.read(&known, &body, now).await {
            Err(ParseError::WebPage) if url == feed.address && !feed.named => {
                self.follow(&known, body, now).await
            }
            read => outcome(read, &body, (!is_feed).then_some(url)),
        }
    }

    async fn ask(&self, url: &Url, validators: Validators, now: Timestamp) -> Answer {
        let request = FeedRequest {
            url: url.clone(),
            validators,
        };
        let host = self.host_lock(url);
        let _alone = host.lock().await;
        Err(Box::new(match self.client.get(&request, now).await {
            Ok(Fetched::Fresh {
                body,
                final_url,
                charset,
                validators,
                ..
            }) => {
                return Ok(Arc::new(Body {
                    bytes: body,
                    url: final_url,
                    charset,
                    validators,
                }));
            }
            Ok(Fetched::NotModified { validators }) => Outcome::Unchanged {
                validators,
                found_at: None,
            },
            Ok(Fetched::Gone) => Outcome::Gone,
            Ok(Fetched::Throttled { retry_after, .. }) => Outcome::Throttled { wait: retry_after },
            Err(error) => Outcome::Failed {
                cause: error.to_string(),
            },
        }))
    }

    /// The address is a blog's, and its page says where the feed is.
    async fn follow(&self, known: &Arc<KnownFeed>, page: Arc<Body>, now: Timestamp) -> Outcome {
        let link = match feed_link(page).await {
            Ok(link) => link,
            Err(cause) => return Outcome::Failed { cause },
        };
        let outcome = match self.ask(&link, Validators::default(), now).await {
            Err(outcome) => *outcome,
            Ok(body) => outcome(
                self.read(known, &body, now).await,
                &body,
                Some(link.clone()),
            ),
        };
        match outcome {
            Outcome::Failed { cause } => Outcome::Failed {
                cause: format!("the blog's page names {link} as its feed, but {cause}"),
            },
            outcome => outcome,
        }
    }

    /// Reads a body on the blocking pool, where a panic is this feed's failure and nobody else's.
    async fn read(&self, known: &Arc<KnownFeed>, body: &Arc<Body>, now: Timestamp) -> Read {
        let (known, body) = (Arc::clone(known), Arc::clone(body));
        let (tagger, entries_max) = (Arc::clone(&self.tagger), self.settings.entries_max);
        let reading = tokio::task::spawn_blocking(move || {
            let fingerprint = Fingerprint::of(&body.bytes);
            if known.feed.body == Some(fingerprint) {
                return Ok(None);
            }
            let reading = Reading {
                bytes: &body.bytes,
                fingerprint,
                url: &body.url,
                charset: body.charset.as_deref(),
                entries_max,
                owner: &known.feed.owner.slug,
                known: &known.entries,
                tagger: &tagger,
                now,
            };
            read(&reading).map(|document| Some(Box::new(document)))
        });
        reading.await.unwrap_or(Err(ParseError::Panicked))
    }
}

/// The feed, where it is known and has not failed too often; else the address on the roster.
fn where_to_ask(feed: &Feed) -> Url {
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
        },
        Ok(None) => Outcome::Unchanged {
            validators,
            found_at,
        },
        Err(error) => Outcome::Failed {
            cause: error.to_string(),
        },
    }
}

/// The first feed that a blog's page offers (`sanitize` puts comment feeds last), or what to do where it offers none.
async fn feed_link(page: Arc<Body>) -> Result<Url, String> {
    let found = tokio::task::spawn_blocking(move || {
        let text = String::from_utf8_lossy(&page.bytes);
        let first = sanitize::feed_links(&text, &page.url).into_iter().next();
        first
            .map(|link| link.url)
            .ok_or_else(|| no_feed(sanitize::page_title(&text).as_deref()))
    });
    found
        .await
        .unwrap_or_else(|_| Err(ParseError::Panicked.to_string()))
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
