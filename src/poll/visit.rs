//! Visiting one feed: fetch it, find it first where only the blog is known, and have it read.

use jiff::Timestamp;
use url::Url;

use super::Poller;
use super::read::{Reading, read};
use crate::fetch::{FeedRequest, FetchError, Fetched};
use crate::model::{Fingerprint, Validators};
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
            return self.read(known, body, None, now).await;
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
        let outcome = self.read(known.clone(), body, Some(url), now).await;
        let Outcome::Failed { cause } = outcome else {
            return outcome;
        };
        let Some(link) = feed_link(page, page_url).await else {
            return Outcome::Failed {
                cause: no_feed(&cause),
            };
        };
        match self.ask(&link, Validators::default(), now).await {
            Answer::Settled(outcome) => outcome,
            Answer::Body(body) => self.read(known, body, Some(link), now).await,
        }
    }

    /// Reads a body on the blocking pool, where a panic is this feed's failure and nobody else's.
    async fn read(
        &self,
        known: KnownFeed,
        body: Body,
        found_at: Option<Url>,
        now: Timestamp,
    ) -> Outcome {
        let (tagger, entries_max) = (
            std::sync::Arc::clone(&self.tagger),
            self.settings.entries_max,
        );
        let validators = body.validators;
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
        match reading.await {
            Ok(Ok(document)) => Outcome::Read {
                document,
                validators,
                found_at,
            },
            Ok(Err(error)) => Outcome::Failed {
                cause: error.to_string(),
            },
            Err(_) => Outcome::Failed {
                cause: ParseError::Panicked.to_string(),
            },
        }
    }
}

/// The first feed that a blog's page offers; `sanitize` puts comment feeds last.
async fn feed_link(page: String, url: Url) -> Option<Url> {
    let links = tokio::task::spawn_blocking(move || sanitize::feed_links(&page, &url))
        .await
        .ok()?;
    links.into_iter().next().map(|link| link.url)
}

fn no_feed(cause: &str) -> String {
    format!(
        "{cause}. The page names no feed either: ask the blogger for the feed's address and write it as `feed = \"…\"` in feeds.toml"
    )
}

fn failed(error: &FetchError) -> Outcome {
    Outcome::Failed {
        cause: error.to_string(),
    }
}
