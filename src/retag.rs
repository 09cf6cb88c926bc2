//! Retagging: every stored entry under the rules of the moment.
//!
//! ```text
//! compare: spans of entries, several at once   store --Stored--> tagging --plan::difference--> Report
//! apply:   the same, and what differs is put aside, then written in one transaction
//! ```
//!
//! Decisions stand: the difference is taken after them, and the store writes no tag without asking them. This room must
//! not know who is told of it.

use std::ops::AddAssign as _;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use tokio::task::JoinSet;
use url::Url;

use crate::model::{EntryId, EntryText, Tag};
use crate::plan::{self, Counts};
use crate::sanitize;
use crate::store::{ByTitle, Changes, Retagging, Seen, Span, Store, StoreError, Stored};
use crate::tagging::Tagger;

/// What a retag changes, or would change.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// How much.
    pub counts: Counts,
    /// The first of the published tags that are added, by entry.
    pub added: Vec<Sample>,
    /// The first of the published tags that are removed, with the evidence that they had.
    pub removed: Vec<Sample>,
    /// How many decisions stand, whatever the rules say.
    pub decisions: usize,
}

/// One published tag that comes or goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// The entry's number.
    pub entry: EntryId,
    /// Whose it is.
    pub author: String,
    /// Its title.
    pub title: String,
    /// The tag.
    pub tag: Tag,
}

/// Hears how many more entries were looked at.
pub type Progress = Arc<dyn Fn(u64) + Send + Sync>;

/// Tags of each kind that a report shows.
pub const SAMPLES_MAX: usize = 10;
/// Numbers in one span: few enough that a piece is small beside everything else in memory.
const SPAN: i64 = 256;
/// Spans that are looked at at once; there are not more readers.
const AT_ONCE_MAX: usize = 4;

/// What differs under these rules. Changes nothing.
///
/// # Errors
///
/// Where the store refuses.
pub async fn compare(
    store: &Store,
    tagger: Arc<Tagger>,
    progress: Progress,
) -> Result<Report, StoreError> {
    let look = Look::new(store, tagger, None, progress);
    let last = store.last_entry().await?;
    let seen = look.over(last).await?;
    let counts = seen.iter().map(|seen| seen.counts);
    look.report(counts.sum()).await
}

/// Gives every entry the tags that these rules say, in one transaction. Nothing else about the entries changes, and
/// others may read and write until that transaction. `by` is who does it, for the log.
///
/// # Errors
///
/// Where the store refuses; nothing has changed then.
pub async fn apply(
    store: &Store,
    tagger: Arc<Tagger>,
    by: String,
    now: Timestamp,
    progress: Progress,
) -> Result<Report, StoreError> {
    let retagging = Arc::new(store.begin_retag().await?);
    let look = Look::new(store, tagger, Some(Arc::clone(&retagging)), progress);
    let seen = look.over(retagging.last).await?;
    let rules = look.tagger.fingerprint();
    let again = {
        let look = look.clone();
        move |span, entries| look.at(span, entries)
    };
    let counts = retagging.commit(seen, (by, rules), now, again).await?;
    look.report(counts).await
}

/// The tags that the rules give to a stored entry, whatever was decided on it.
pub fn ruled(tagger: &Tagger, entry: Stored) -> (EntryText, Vec<Tag>) {
    let mut text = entry.text;
    if let Some(tags) = entry.settled {
        return (text, tags);
    }
    let followed = entry.links.lines().filter(|link| tagger.may_follow(link));
    text.links = match entry.html {
        Some(html) => sanitize::links_of(&html),
        None => followed.filter_map(|link| Url::parse(link).ok()).collect(),
    };
    let tags = tagger.tags(&text);
    (text, tags)
}

/// A walk over all entries.
#[derive(Clone)]
struct Look {
    store: Store,
    tagger: Arc<Tagger>,
    /// Where what differs is put aside.
    retagging: Option<Arc<Retagging>>,
    progress: Progress,
    samples: Arc<Mutex<Samples>>,
}

#[derive(Debug, Default)]
struct Samples {
    added: Vec<Sample>,
    removed: Vec<Sample>,
}

impl Look {
    fn new(
        store: &Store,
        tagger: Arc<Tagger>,
        retagging: Option<Arc<Retagging>>,
        progress: Progress,
    ) -> Self {
        Self {
            store: store.clone(),
            tagger,
            retagging,
            progress,
            samples: Arc::default(),
        }
    }

    /// Looks at every entry up to this one, in spans, on all processors.
    async fn over(&self, last: EntryId) -> Result<Vec<Seen>, StoreError> {
        let next = Arc::new(AtomicI64::new(0));
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let mut walkers = JoinSet::new();
        // Twice as many as there are processors, so that one is at work while another hands its piece on.
        for _ in 0..(2 * processors).min(AT_ONCE_MAX) {
            let (look, next) = (self.clone(), Arc::clone(&next));
            walkers.spawn(async move { look.walk(&next, last).await });
        }
        let mut all = Vec::new();
        while let Some(walked) = walkers.join_next().await {
            let seen = walked.map_err(|error| StoreError::Pool(error.to_string()))??;
            all.extend(seen);
        }
        Ok(all)
    }

    /// Takes span after span until there is none left.
    async fn walk(&self, next: &AtomicI64, last: EntryId) -> Result<Vec<Seen>, StoreError> {
        let mut all = Vec::new();
        loop {
            let after = EntryId(next.fetch_add(SPAN, Ordering::Relaxed));
            if after >= last {
                return Ok(all);
            }
            let to = EntryId(after.0 + SPAN).min(last);
            let span = Span { after, to };
            let look = self.clone();
            let looking = move |entries: Vec<Stored>| {
                let count = entries.len() as u64;
                (look.at(span, entries), count)
            };
            let looked = self.store.look_at(span, self.by_title(), looking).await?;
            let (((changes, counts), count), mark) = looked;
            if let Some(retagging) = self.retagging.as_ref().filter(|_| !changes.is_empty()) {
                retagging.stage(changes).await?;
            }
            all.push(Seen { span, mark, counts });
            (self.progress)(count);
        }
    }

    fn by_title(&self) -> ByTitle {
        let tagger = Arc::clone(&self.tagger);
        Arc::new(move |entry| tagger.tags_by_title(entry))
    }

    /// What differs in these entries, which are those of the span.
    fn at(&self, span: Span, entries: Vec<Stored>) -> (Changes, Counts) {
        let (mut changes, mut counts) = (Changes::new(), Counts::default());
        let mut samples = Samples::default();
        for mut entry in entries {
            let (id, kept) = (entry.id, std::mem::take(&mut entry.tags));
            let (author, decisions) = (
                std::mem::take(&mut entry.author),
                std::mem::take(&mut entry.decisions),
            );
            let (text, tags) = ruled(&self.tagger, entry);
            let difference = plan::difference(&kept, &plan::effective(&tags, &decisions));
            if !difference.differs {
                continue;
            }
            counts.add_assign(difference.counts());
            let sample = |tag| Sample {
                entry: id,
                author: author.clone(),
                title: text.title.clone(),
                tag,
            };
            samples
                .added
                .extend(difference.added.into_iter().map(sample));
            samples
                .removed
                .extend(difference.removed.into_iter().map(sample));
            changes.push((id, tags));
        }
        let mut all = self.samples.lock().unwrap_or_else(PoisonError::into_inner);
        all.replace(span, samples);
        (changes, counts)
    }

    async fn report(&self, counts: Counts) -> Result<Report, StoreError> {
        let decisions = self.store.decision_count().await?;
        let mut samples = self.samples.lock().unwrap_or_else(PoisonError::into_inner);
        let Samples { added, removed } = std::mem::take(&mut *samples);
        Ok(Report {
            counts,
            added,
            removed,
            decisions,
        })
    }
}

impl Samples {
    /// Takes in what was found in a span, in place of what was found there before. Only the first few are kept.
    fn replace(&mut self, span: Span, found: Self) {
        let kinds = [
            (&mut self.added, found.added),
            (&mut self.removed, found.removed),
        ];
        for (all, found) in kinds {
            all.retain(|sample| sample.entry <= span.after || sample.entry > span.to);
            all.extend(found);
            all.sort_by_key(|sample| sample.entry);
            all.truncate(SAMPLES_MAX);
        }
    }
}
