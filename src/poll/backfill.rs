//! Backfill: reading the older pages of blogs that joined, or whose feed has a gap, one page at a time.
//!
//! A page is fetched, read, cleaned and tagged as a feed is, and kept together with the step that it was, so that a walk
//! goes on where it stood whenever the process ends. A page's failure is the walk's, never the feed's.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use tokio::task::JoinSet;
use url::Url;

use super::Poller;
use super::read::{Compared, Reading, Work, compare};
use crate::fetch::{FeedRequest, FetchError, Fetched};
use crate::model::{
    Course, Document, FeedId, Fingerprint, HeaderLinks, ReadBack, Validators, Walk,
};
use crate::plan::backfill::{self, Page};
use crate::sanitize;
use crate::store::{KnownFeed, StoreError};

/// Hears of every page as it is read.
pub type WalkListener = Arc<dyn Fn(&Walked) + Send + Sync>;

/// One step back through one blog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Walked {
    /// Whose blog it is.
    pub owner: String,
    /// The page that was asked.
    pub page: Url,
    /// Posts that were not there before.
    pub new: usize,
    /// How far the walk has come with it.
    pub back: ReadBack,
}

/// Pages that are asked before the feeds have their turn again.
const PAGES_AT_A_TIME: usize = 32;
/// A page that was asked longer ago holds no other one up.
const ASKED_LATELY: SignedDuration = SignedDuration::from_mins(1);

/// A page as it came, where it was read, and its charset.
type Body = (Vec<u8>, Url, Option<String>);

/// What one request for a page came to.
enum Came {
    Page(Box<Document>, Box<Page>),
    Missing(String),
    Held(SignedDuration),
    Paused(SignedDuration),
    Failed(String),
    /// The bytes of a page that was read before.
    Again,
    Strayed,
    Theirs,
}

impl Poller {
    /// Asks the older pages whose time has come, of each platform one, and keeps them.
    ///
    /// # Errors
    ///
    /// Where the store refuses; the pages that were not kept are asked again.
    pub async fn walk_back(&self, listener: &WalkListener) -> Result<Vec<Walked>, StoreError> {
        self.begin().await?;
        let now = (self.clock)();
        let mut due = self.pages_by_time(now).await?;
        due.retain(|(at, ..)| *at <= now);
        due.truncate(PAGES_AT_A_TIME);
        let mut all = Vec::new();
        let mut steps = JoinSet::new();
        let at_once_max = usize::from(self.settings.at_once_max.max(1));
        for (_, feed, walk) in due {
            if steps.len() >= at_once_max {
                all.extend(joined(steps.join_next().await)?);
            }
            let (poller, listener) = (self.clone(), Arc::clone(listener));
            steps.spawn(async move {
                let walked = poller.step(feed, walk, now).await?;
                if let Some(walked) = &walked {
                    listener(walked);
                }
                Ok(walked)
            });
        }
        while let Some(step) = steps.join_next().await {
            all.extend(joined(Some(step))?);
        }
        Ok(all)
    }

    /// When the next older page is due; nothing where none is left.
    ///
    /// # Errors
    ///
    /// Where the store refuses.
    pub async fn next_page_at(&self) -> Result<Option<Timestamp>, StoreError> {
        let pages = self.pages_by_time((self.clock)()).await?;
        Ok(pages.first().map(|(at, ..)| *at))
    }

    /// The next page of each platform, with when it may be asked, the earliest first.
    async fn pages_by_time(
        &self,
        now: Timestamp,
    ) -> Result<Vec<(Timestamp, FeedId, Walk)>, StoreError> {
        let since = now.checked_sub(ASKED_LATELY).unwrap_or(Timestamp::MIN);
        Ok(backfill::in_turn(self.store.walks(since).await?))
    }

    /// Asks one page and keeps what came of it; nothing where it was not its turn after all.
    async fn step(
        &self,
        feed: FeedId,
        mut walk: Walk,
        now: Timestamp,
    ) -> Result<Option<Walked>, StoreError> {
        let (Some(known), Some(url)) = (self.store.known(feed).await?, walk.next.clone()) else {
            return Ok(None);
        };
        if let Some(until) = known.feed.held_until.filter(|until| *until > now) {
            walk.due_at = until;
            self.store
                .keep_page(feed, url, None, walk, now, sanitize::VERSION)
                .await?;
            return Ok(None);
        }
        let owner = known.feed.owner.name.clone();
        let (came, landed) = self
            .contained_page(known, walk.clone(), url.clone(), now)
            .await?;
        // Waiting for a turn may have taken minutes, and what a host asks for counts from its answer.
        let now = (self.clock)();
        self.write_pauses_down().await?;
        if !matches!(came, Came::Paused(_)) {
            walk = backfill::asked_at(walk, &url, landed.as_ref());
        }
        let before = walk.clone();
        let (document, walk) = match came {
            Came::Page(document, page) => {
                let new = document.changes.len();
                let walk = backfill::read(walk, &page, new, self.opens.is_some(), now);
                (Some(*document), walk)
            }
            Came::Missing(cause) => (None, backfill::missing(walk, cause, now)),
            Came::Paused(wait) => (None, backfill::paused(walk, wait, now)),
            Came::Held(wait) => (None, backfill::held(walk, wait, now)),
            Came::Failed(cause) => (None, backfill::failed(walk, cause, now)),
            Came::Again => (None, backfill::again(walk, now)),
            Came::Strayed => (None, backfill::strayed(walk, now)),
            Came::Theirs => (None, backfill::theirs(walk, now)),
        };
        let (new, back) = self
            .keep_step(feed, &url, document, (before, walk), now)
            .await?;
        Ok(Some(Walked {
            owner,
            page: url,
            new,
            back,
        }))
    }

    /// Keeps a page with its step. One that the store refuses is a page that failed, not asked again for ever.
    async fn keep_step(
        &self,
        feed: FeedId,
        url: &Url,
        document: Option<Document>,
        (before, walk): (Walk, Walk),
        now: Timestamp,
    ) -> Result<(usize, ReadBack), StoreError> {
        let keep = |document, walk| {
            self.store
                .keep_page(feed, url.clone(), document, walk, now, sanitize::VERSION)
        };
        let (has_document, back) = (document.is_some(), walk.back.clone());
        let refused = match keep(document, walk).await {
            Ok(applied) => return Ok((applied.new, back)),
            // It is no page's fault that somebody else writes.
            Err(StoreError::Busy) => return Err(StoreError::Busy),
            Err(refused) if has_document => refused,
            Err(refused) => return Err(refused),
        };
        tracing::error!(error = %refused, page = %url, "an older page was refused");
        let cause = format!("what this page says could not be kept ({refused})");
        let walk = backfill::failed(before, cause, now);
        let back = walk.back.clone();
        keep(None, walk).await?;
        Ok((0, back))
    }

    /// A page in a task of its own: a panic is this page's failure and nobody else's.
    async fn contained_page(
        &self,
        known: KnownFeed,
        walk: Walk,
        url: Url,
        now: Timestamp,
    ) -> Result<(Came, Option<Url>), StoreError> {
        let poller = self.clone();
        let mut alone = JoinSet::new();
        alone.spawn(async move { poller.page(Arc::new(known), walk, url, now).await });
        if let Some(Ok(came)) = alone.join_next().await {
            return came;
        }
        let cause = "reading it failed by thingplanet's own fault; please report its address";
        Ok((Came::Failed(cause.to_owned()), None))
    }

    /// A page and where it was read, if anybody answered with one.
    async fn page(
        &self,
        known: Arc<KnownFeed>,
        walk: Walk,
        url: Url,
        now: Timestamp,
    ) -> Result<(Came, Option<Url>), StoreError> {
        if self.is_classmates(&known, &walk, &url).await? {
            return Ok((Came::Theirs, None));
        }
        match self.ask_page(url, now).await {
            Ok((body, links)) => {
                let landed = body.1.clone();
                let came = self.read_page(known, walk, body, links, now).await?;
                Ok((came, Some(landed)))
            }
            Err(came) => Ok((came, None)),
        }
    }

    async fn read_page(
        &self,
        known: Arc<KnownFeed>,
        walk: Walk,
        body: Body,
        links: HeaderLinks,
        now: Timestamp,
    ) -> Result<Came, StoreError> {
        if !backfill::leads_to(&walk, &body.1) {
            return Ok(Came::Strayed);
        }
        if self.is_classmates(&known, &walk, &body.1).await? {
            return Ok(Came::Theirs);
        }
        let fingerprint = Fingerprint::of(&body.0);
        if backfill::was_read(&walk, fingerprint) {
            return Ok(Came::Again);
        }
        // Who copied a classmate's posts would end their walk, were it believed of a host of their own. On one that
        // classmates share, a link may lead to any of them.
        let shared = self.store.host_of(known.feed.id, body.1.clone()).await?;
        let is_own = shared.is_none() && backfill::is_own(&walk, &body.1);
        let compared = match self
            .compare_page(&known, body, fingerprint, links, now)
            .await
        {
            Ok(compared) => compared,
            Err(cause) => return Ok(Came::Failed(cause)),
        };
        let background = self
            .store
            .background(compared.question(known.feed.id))
            .await?;
        if background.same_feed.is_some() && !is_own {
            return Ok(Came::Theirs);
        }
        let page = compared.page().clone();
        let rules = Arc::clone(&self.rules);
        let finishing = self.think(move || {
            compared.finish(&Work {
                owner: &known.feed.owner.slug,
                background: &background,
                known: &known.entries,
                tagger: rules.tagger(),
                now,
                undated_at: Some(backfill::undated_at(&walk, now)),
            })
        });
        Ok(match finishing.await {
            Some(document) => Came::Page(Box::new(document), Box::new(page)),
            None => Came::Failed(crate::parse::ParseError::Panicked.to_string()),
        })
    }

    /// Asks for a page: its bytes, where it was read and in which charset, and what its headers link to.
    async fn ask_page(&self, url: Url, now: Timestamp) -> Result<(Body, HeaderLinks), Came> {
        let request = FeedRequest {
            url,
            validators: Validators::default(),
        };
        let answer = self.client.get(&request, now).await;
        match answer {
            Ok(Fetched::Fresh {
                body,
                final_url,
                charset,
                links,
                ..
            }) => Ok(((body, final_url, charset), links)),
            Ok(Fetched::Throttled { rest, .. }) => Err(Came::Held(rest)),
            Ok(Fetched::Gone) => Err(Came::Missing("the page is gone (410)".to_owned())),
            Ok(Fetched::NotModified { .. }) => {
                Err(Came::Failed("its host answered with nothing".to_owned()))
            }
            Err(FetchError::Paused { wait }) => Err(Came::Paused(wait)),
            Err(error @ FetchError::Status(404)) => Err(Came::Missing(error.to_string())),
            Err(error) => Err(Came::Failed(error.to_string())),
        }
    }

    /// Whether this is on a classmate's host, which is never asked for somebody else's older pages.
    async fn is_classmates(
        &self,
        known: &KnownFeed,
        walk: &Walk,
        url: &Url,
    ) -> Result<bool, StoreError> {
        if backfill::is_own(walk, url) {
            return Ok(false);
        }
        let claim = self.store.host_of(known.feed.id, url.clone()).await?;
        Ok(claim.is_some())
    }

    async fn compare_page(
        &self,
        known: &Arc<KnownFeed>,
        (body, url, charset): Body,
        fingerprint: Fingerprint,
        links: HeaderLinks,
        now: Timestamp,
    ) -> Result<Compared, String> {
        let known = Arc::clone(known);
        let (entries_max, rules) = (self.settings.entries_max, self.rules.fingerprint());
        let opens = self.opens;
        let comparing = self.think(move || {
            compare(&Reading {
                bytes: &body,
                fingerprint,
                url: &url,
                charset: charset.as_deref(),
                // A page never tells what is no longer there.
                is_part: true,
                at_home: false,
                links,
                entries_max,
                known: &known.entries,
                rules,
                opens,
                older: true,
                now,
            })
        });
        let compared = comparing
            .await
            .unwrap_or(Err(crate::parse::ParseError::Panicked));
        compared.map_err(|error| error.to_string())
    }
}

fn joined(
    step: Option<Result<Result<Option<Walked>, StoreError>, tokio::task::JoinError>>,
) -> Result<Option<Walked>, StoreError> {
    match step {
        None => Ok(None),
        Some(Ok(walked)) => walked,
        Some(Err(error)) => Err(StoreError::Pool(error.to_string())),
    }
}

/// The beginning of a course's first day, where it has one.
pub(super) fn opening(course: &Course) -> Option<Timestamp> {
    let day = course.opens?.at(0, 0, 0, 0);
    course.timezone.to_timestamp(day).ok()
}
