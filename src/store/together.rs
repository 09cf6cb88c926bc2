//! Updates that come while another is written wait, and are then written together: one transaction costs about as much
//! as what most polls change in it.
//!
//! Each is still applied whole or not at all, and nobody hears that theirs is kept before it is. While another process
//! writes, all wait for it together.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::oneshot;

use super::apply::{Applied, apply};
use super::{Store, StoreError, pool_error, progress};
use crate::model::FeedUpdate;

/// Updates in one transaction, so that it is short and other writers get their turn.
const BATCH_MAX: usize = 64;
/// A transaction that has so many posts already takes no further update along.
const POSTS_MAX: usize = 500;

/// The updates that wait. Clones share them.
#[derive(Debug, Clone, Default)]
pub(super) struct Waiting(Arc<Mutex<Vec<Update>>>);

#[derive(Debug)]
struct Update {
    decided: FeedUpdate,
    /// The version of the sanitiser that made its HTML.
    sanitizer: u32,
    answer: oneshot::Sender<Result<Applied, StoreError>>,
}

impl Store {
    /// Applies one update whole or not at all. `sanitizer` is the version of the sanitiser that made its HTML. One that was
    /// decided for another address than the roster has by now changes nothing, and is said to be void.
    ///
    /// # Errors
    ///
    /// Where the database refuses; nothing has changed then, validators included. [`StoreError::Busy`] where it was not this
    /// update that it refused.
    pub async fn apply(&self, update: FeedUpdate, sanitizer: u32) -> Result<Applied, StoreError> {
        let (answer, mut answered) = oneshot::channel();
        self.waiting.updates().push(Update {
            decided: update,
            sanitizer,
            answer,
        });
        loop {
            let connection = tokio::select! {
                biased;
                // Whoever had the writer took this update along.
                applied = &mut answered => return applied.map_err(pool_error)?,
                connection = self.writer.get() => connection.map_err(pool_error)?,
            };
            let (waiting, lookout) = (self.waiting.clone(), self.lookout.clone());
            let written = connection.interact(move |connection| {
                let batch = waiting.batch();
                let answers = write(connection, &batch);
                lookout.wrote();
                for (update, answer) in batch.into_iter().zip(answers) {
                    // Who went away meanwhile does not want to know.
                    let _ = update.answer.send(answer);
                }
            });
            written.await.map_err(pool_error)?;
        }
    }
}

impl Waiting {
    fn updates(&self) -> MutexGuard<'_, Vec<Update>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Those that have waited longest, without those that nobody waits for any more.
    fn batch(&self) -> Vec<Update> {
        let mut updates = self.updates();
        updates.retain(|update| !update.answer.is_closed());
        let mut posts = 0;
        let batch = updates.iter().take(BATCH_MAX).take_while(|update| {
            let has_room = posts < POSTS_MAX;
            let document = update.decided.document.as_ref();
            posts += document.map_or(0, |document| document.changes.len());
            has_room
        });
        let count = batch.count();
        updates.drain(..count).collect()
    }
}

/// Writes updates together, or each alone where together they are refused, so that one of them does no harm to others.
///
/// Where somebody else writes for so long that we are refused, that is nobody's fault and holds all of them up: they wait
/// once more together, and then all hear of it, instead of each waiting as long by itself.
fn write(connection: &mut Connection, batch: &[Update]) -> Vec<Result<Applied, StoreError>> {
    let mut together = attempt(connection, batch);
    if let Err(StoreError::Busy) = together {
        together = attempt(connection, batch);
    }
    match together {
        Ok(applied) => applied.into_iter().map(Ok).collect(),
        Err(StoreError::Busy) => batch.iter().map(|_| Err(StoreError::Busy)).collect(),
        Err(refused) if batch.len() == 1 => vec![Err(refused)],
        Err(_) => each_alone(connection, batch),
    }
}

fn each_alone(connection: &mut Connection, batch: &[Update]) -> Vec<Result<Applied, StoreError>> {
    let mut is_busy = false;
    let alone = batch.chunks(1).map(|one| {
        if is_busy {
            return Err(StoreError::Busy);
        }
        let applied = attempt(connection, one);
        is_busy = matches!(applied, Err(StoreError::Busy));
        applied?
            .into_iter()
            .next()
            .ok_or_else(|| pool_error("nothing was written"))
    });
    alone.collect()
}

/// Writes updates in one transaction: all of them or none.
fn attempt(connection: &mut Connection, batch: &[Update]) -> Result<Vec<Applied>, StoreError> {
    let writing = AssertUnwindSafe(|| {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let applied = batch
            .iter()
            .map(|it| apply(&transaction, &it.decided, it.sanitizer));
        let applied = applied.collect::<Result<_, _>>()?;
        progress::settle(&transaction)?;
        transaction.commit()?;
        Ok(applied)
    });
    // The transaction is rolled back on the way out of a panic as well, and the connection is as good as before.
    catch_unwind(writing).unwrap_or_else(|_| Err(pool_error("writing it panicked")))
}
