//! Visiting one feed: fetch it, find it first where only the blog is known, and have it read.

use std::sync::Arc;

use jiff::Timestamp;
use url::Url;

use super::Poller;
use super::read::{Reading, read};
use crate::fetch::{FeedRequest, FetchError, Fetched};
use crate::model::{Document, Fingerprint, Validators};
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
enum Answer {
    Body(Body),
    Settled(Outcome),
}

impl Poller {
    /// Asks one feed and reads what comes. Never fails: whatever happens is an outcome.
    pub(super) async fn visit(&self, known: KnownFeed, now: Timestamp) -> Outcome {
        let url = known
            .feed
            .feed_url
            .clone()
            .unwrap_or_else(|| known.feed.address.clone());
        // Before the feed was found, the validators in store are nobody's.
        let validators = known
            .feed
            .feed_url
            .as_ref()
            .map(|_| known.feed.validators.clone())
            .unwrap_or_default();
        let body = match self.ask(&url, validators, now).await {
            Answer::Settled(outcome) => return outcome,
            Answer::Body(body) => body,
        };
        if known.feed.body == Some(Fingerprint::of(&body.bytes)) {
            return Outcome::Unchanged {
                validators: body.validators,
            };
        }
        if known.feed.feed_url.is_some() {
            let validators = body.validators.clone();
            return outcome(self.read(known, body, now).await, validators, None);
        }
        self.find(known, url, body, now).await
    }

    async fn ask(&self, url: &Url, validators: Validators, now: Timestamp) -> Answer {
        let request = FeedRequest {
            url: url.clone(),
            validators,
        };
        Answer::Settled(match self.client.get(&request, now).await {
            Ok(Fetched::Fresh {
                body,
                final_url,
                charset,
                validators,
                ..
            }) => {
                return Answer::Body(Body {
                    bytes: body,
                    url: final_url,
                    charset,
                    validators,
                });
            }
            Ok(Fetched::NotModified { validators }) => Outcome::Unchanged { validators },
            Ok(Fetched::Gone) => Outcome::Gone,
            Ok(Fetched::Throttled { retry_after, .. }) => Outcome::Throttled { wait: retry_after },
            Err(error) => failed(&error),
        })
    }

    /// The address is a blog's: it may be a feed all the same; else its page says where the feed is.
    async fn find(&self, known: KnownFeed, url: Url, body: Body, now: Timestamp) -> Outcome {
        let page = String::from_utf8_lossy(&body.bytes).into_owned();
        let page_url = body.url.clone();
        let validators = body.validators.clone();
        match self.read(known.clone(), body, now).await {
            Err(ParseError::WebPage) => {}
            read => return outcome(read, validators, Some(url)),
        }
        let link = match feed_link(page, page_url).await {
            Ok(link) => link,
            Err(cause) => return Outcome::Failed { cause },
        };
        match self.ask(&link, Validators::default(), now).await {
            Answer::Settled(outcome) => outcome,
            Answer::Body(body) => {
                let validators = body.validators.clone();
                outcome(self.read(known, body, now).await, validators, Some(link))
            }
        }
    }

    /// Reads a body on the blocking pool, where a panic is this feed's failure and nobody else's.
    async fn read(
        &self,
        known: KnownFeed,
        body: Body,
        now: Timestamp,
    ) -> Result<Document, ParseError> {
        let (tagger, entries_max) = (Arc::clone(&self.tagger), self.settings.entries_max);
        let reading = tokio::task::spawn_blocking(move || {
            let reading = Reading {
                bytes: &body.bytes,
                url: &body.url,
                charset: body.charset.as_deref(),
                entries_max,
                known: &known.entries,
                tagger: &tagger,
                now,
            };
            read(&reading)
        });
        reading.await.unwrap_or(Err(ParseError::Panicked))
    }
}

fn outcome(
    read: Result<Document, ParseError>,
    validators: Validators,
    found_at: Option<Url>,
) -> Outcome {
    match read {
        Ok(document) => Outcome::Read {
            document: Box::new(document),
            validators,
            found_at,
        },
        Err(error) => Outcome::Failed {
            cause: error.to_string(),
        },
    }
}

/// The first feed that a blog's page offers (`sanitize` puts comment feeds last), or what to do where it offers none.
async fn feed_link(page: String, url: Url) -> Result<Url, String> {
    let found = tokio::task::spawn_blocking(move || {
        let first = sanitize::feed_links(&page, &url).into_iter().next();
        first
            .map(|link| link.url)
            .ok_or_else(|| no_feed(sanitize::page_title(&page).as_deref()))
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

fn failed(error: &FetchError) -> Outcome {
    Outcome::Failed {
        cause: error.to_string(),
    }
}
