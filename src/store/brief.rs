//! Short questions of the poller, which has many blogs at once to ask about: those that come while others are answered
//! wait, and are then answered together, on one connection and of one moment.
//!
//! Nobody but the poller waits here, so a page never stands in line behind a round.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::pool::Pool;
use super::{Store, StoreError, pool_error};

type Question = Box<dyn FnOnce(&Connection) + Send>;

/// The connection for short questions, and those that wait for it.
#[derive(Clone)]
pub(super) struct Brief {
    pub(super) reader: Pool,
    waiting: Arc<Mutex<Vec<Question>>>,
}

impl std::fmt::Debug for Brief {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Brief")
            .field("reader", &self.reader)
            .finish_non_exhaustive()
    }
}

impl Brief {
    /// With this pool of one connection.
    pub(super) fn new(reader: Pool) -> Self {
        Self {
            reader,
            waiting: Arc::default(),
        }
    }

    fn wait(&self, question: Question) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.push(question);
    }

    fn take(&self) -> Vec<Question> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *waiting)
    }
}

impl Store {
    /// Runs `read`, which must take well below a millisecond, on the reader for short questions. It sees all that was
    /// written before this was called.
    ///
    /// # Errors
    ///
    /// What `read` returns, or that no connection could be had.
    pub(super) async fn ask<T, F>(&self, read: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        let (answer, mut answered) = oneshot::channel();
        self.brief.wait(Box::new(move |connection| {
            if !answer.is_closed() {
                // Who went away meanwhile does not want to know.
                let _ = answer.send(read(connection));
            }
        }));
        loop {
            let connection = tokio::select! {
                biased;
                // Whoever had the reader took this question along.
                answer = &mut answered => return answer.map_err(pool_error)?,
                connection = self.brief.reader.get() => connection.map_err(pool_error)?,
            };
            let brief = self.brief.clone();
            let answering = connection.interact(move |connection| answer_all(connection, &brief));
            answering.await.map_err(pool_error)??;
        }
    }
}

/// Answers all who wait at this moment. The moment that they see begins after they came.
fn answer_all(connection: &Connection, brief: &Brief) -> Result<(), StoreError> {
    let questions = brief.take();
    let moment = connection.unchecked_transaction()?;
    for question in questions {
        // A panic is the end of one question; whoever asked it hears that nobody answers.
        let _ = catch_unwind(AssertUnwindSafe(|| question(&moment)));
    }
    Ok(moment.commit()?)
}
