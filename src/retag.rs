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
use tokio::sync::mpsc::{self, Sender};
use tokio::task::JoinSet;
use url::Url;

use crate::model::{EntryId, Tag};
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
/// Numbers in one span: few enough that what was read of them is still near the processor when it is looked at.
const SPAN: i64 = 64;
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
        move |span, mut entries: Vec<Stored>| look.at(span, &mut entries)
    };
    let counts = retagging.commit(seen, (by, rules), now, again).await?;
    look.report(counts).await
}

/// The tags that the rules give to a stored entry, whatever was decided on it. Its text gets its links with that.
pub fn ruled(tagger: &Tagger, entry: &mut Stored) -> Vec<Tag> {
    if let Some(tags) = entry.settled.take() {
        return tags;
    }
    let followed = entry.links.lines().filter(|link| tagger.may_follow(link));
    entry.text.links = match &entry.html {
        Some(html) => sanitize::links_of(html),
        None => followed.filter_map(|link| Url::parse(link).ok()).collect(),
    };
    tagger.tags(&entry.text)
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

/// What a walker found in a span.
struct Looked {
    seen: Seen,
    /// How many there are.
    entries: u64,
    changes: Changes,
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
        let walkers = processors.min(AT_ONCE_MAX);
        let (tell, mut told) = mpsc::channel(walkers);
        let mut walks = JoinSet::new();
        for _ in 0..walkers {
            walks.spawn(self.clone().walk(Arc::clone(&next), last, tell.clone()));
        }
        drop(tell);
        let mut all = Vec::new();
        while let Some(looked) = told.recv().await {
            let changes = Some(looked.changes).filter(|changes| !changes.is_empty());
            if let Some((retagging, changes)) = self.retagging.as_ref().zip(changes) {
                retagging.stage(changes).await?;
            }
            all.push(looked.seen);
            (self.progress)(looked.entries);
        }
        while let Some(walked) = walks.join_next().await {
            walked.map_err(|error| StoreError::Pool(error.to_string()))??;
        }
        Ok(all)
    }

    /// Takes span after span until there is none left, or nobody listens any more.
    async fn walk(
        mut self,
        next: Arc<AtomicI64>,
        last: EntryId,
        tell: Sender<Looked>,
    ) -> Result<(), StoreError> {
        // A copy has notes of its own in its automata, which are then this thread's alone.
        self.tagger = Arc::new(Tagger::clone(&self.tagger));
        let (store, by_title) = (self.store.clone(), self.by_title());
        let (listening, left) = (tell.clone(), Arc::clone(&next));
        let spans = move || {
            let after = EntryId(next.fetch_add(SPAN, Ordering::Relaxed));
            let to = EntryId(after.0 + SPAN).min(last);
            (after < last && !listening.is_closed()).then_some(Span { after, to })
        };
        let look = move |span: Span, mark, entries: &mut [Stored]| {
            let (changes, counts) = self.at(span, entries);
            let looked = Looked {
                seen: Seen { span, mark, counts },
                entries: entries.len() as u64,
                changes,
            };
            // Where nobody listens any more, there is no further span either.
            let _ = tell.blocking_send(looked);
        };
        let walked = store.look_over(spans, by_title, look).await;
        if walked.is_err() {
            // Nothing will come of it, so the others need not go on.
            left.store(last.0, Ordering::Relaxed);
        }
        walked
    }

    fn by_title(&self) -> ByTitle {
        let tagger = Arc::clone(&self.tagger);
        Arc::new(move |entry| tagger.tags_by_title(entry))
    }

    /// What differs in these entries, which are those of the span.
    fn at(&self, span: Span, entries: &mut [Stored]) -> (Changes, Counts) {
        let (mut changes, mut counts) = (Changes::new(), Counts::default());
        let mut samples = Samples::default();
        for entry in entries {
            let tags = ruled(&self.tagger, entry);
            if entry.decisions.is_empty() && entry.tags == tags {
                continue;
            }
            let effective = plan::effective(&tags, &entry.decisions);
            let difference = plan::difference(&entry.tags, &effective);
            if !difference.differs {
                continue;
            }
            counts.add_assign(difference.counts());
            let sample = |tag| Sample {
                entry: entry.id,
                author: entry.author.clone(),
                title: entry.text.title.clone(),
                tag,
            };
            samples
                .added
                .extend(difference.added.into_iter().map(sample));
            samples
                .removed
                .extend(difference.removed.into_iter().map(sample));
            changes.push((entry.id, tags));
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
