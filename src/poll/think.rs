//! Hard work, on threads of its own that give way to everybody else.
//!
//! Reading a hostile document may take a core for a second. Whoever asks for a page meanwhile must not wait for that,
//! so such work goes to one thread fewer than there are cores, and at a lower priority than everything else. Where
//! nobody asks for pages, every core may read.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Semaphore, oneshot};

/// How many more units of niceness than the rest of the process hard work has (setpriority(2): 0 to 19).
#[cfg(target_os = "linux")]
const NICENESS: i32 = 10;

/// More than this is not to be had.
#[cfg(target_os = "linux")]
const NICEST: i32 = 19;

/// The threads on which documents are read.
#[derive(Debug, Clone)]
pub(super) struct Thinkers {
    turns: Arc<Semaphore>,
    /// Threads that wait for work, no more than there are turns.
    idle: Arc<Mutex<Vec<Desk>>>,
    threads: usize,
}

/// Where work for one thread is put down. The thread ends when nobody has it any more.
type Desk = Sender<Job>;

/// Work, with the desk at which it is done.
struct Job {
    work: Box<dyn FnOnce(Desk) + Send>,
    desk: Desk,
}

impl Thinkers {
    /// As many as there are cores but one, and one at least.
    pub(super) fn sharing() -> Self {
        Self::of(cores() - 1)
    }

    /// As many as there are cores.
    pub(super) fn alone() -> Self {
        Self::of(cores())
    }

    fn of(threads: usize) -> Self {
        let threads = threads.max(1);
        Self {
            turns: Arc::new(Semaphore::new(threads)),
            idle: Arc::default(),
            threads,
        }
    }

    /// Does the work when it is its turn; nothing where it panicked, took longer than `patience`, or found no thread.
    ///
    /// Work that is given up goes on by itself, but its turn is another's.
    pub(super) async fn think<T, F>(&self, patience: Duration, work: F) -> Option<T>
    where
        T: Send + 'static,
        F: FnOnce() -> T + Send + 'static,
    {
        let _turn = self.turns.acquire().await.ok()?;
        let (sender, thought) = oneshot::channel();
        let thinkers = self.clone();
        self.start(move |desk| {
            // The panic is written to the log by the hook; here it is one feed's failure.
            let thought = catch_unwind(AssertUnwindSafe(work));
            // Whoever has the thought may have more work, and finds this thread again.
            thinkers.rest(desk);
            if let Ok(thought) = thought {
                // Nobody may be waiting any more.
                let _ = sender.send(thought);
            }
        })?;
        tokio::time::timeout(patience, thought).await.ok()?.ok()
    }

    /// Puts work down where a thread waits for some, else where a new one begins.
    fn start(&self, work: impl FnOnce(Desk) + Send + 'static) -> Option<()> {
        let idle = self.idle().pop();
        let desk = idle.map_or_else(new_thread, Ok);
        let desk = desk.inspect_err(|error| tracing::error!(%error, "no thread to read a feed on"));
        let desk = desk.ok()?;
        let work = Box::new(work);
        let job = Job {
            work,
            desk: desk.clone(),
        };
        desk.send(job).ok()
    }

    /// Lets a thread wait for more work; one too many, because what it did had been given up, ends.
    fn rest(&self, desk: Desk) {
        let mut idle = self.idle();
        if idle.len() < self.threads {
            idle.push(desk);
        }
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Desk>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn new_thread() -> std::io::Result<Desk> {
    let (desk, jobs): (Desk, Receiver<Job>) = mpsc::channel();
    let thread = std::thread::Builder::new().name("reader".to_owned());
    thread.spawn(move || {
        give_way();
        for Job { work, desk } in jobs {
            work(desk);
        }
    })?;
    Ok(desk)
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// Lowers the priority of this thread, where that can be done for a thread alone (setpriority(2), "C library/kernel
/// differences").
fn give_way() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::getpriority_process(None).and_then(|ours| {
        let nicer = (ours + NICENESS).min(NICEST);
        rustix::process::setpriority_process(None, nicer)
    }) {
        tracing::debug!(%error, "the priority of a reading thread stays as it is");
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Thinkers;

    const PATIENCE: Duration = Duration::from_mins(1);

    /// Shows A30.
    #[tokio::test]
    async fn work_that_panics_or_never_ends_frees_its_place() {
        let thinkers = Thinkers::sharing();
        let panicked: Option<()> = thinkers
            .think(PATIENCE, || panic!("as a parser might"))
            .await;
        assert_eq!(panicked, None);
        let (release, held) = std::sync::mpsc::channel::<()>();
        let patience = Duration::from_millis(1);
        let never = thinkers.think(patience, move || held.recv().is_ok()).await;
        assert_eq!(never, None);
        assert_eq!(thinkers.think(PATIENCE, || 6).await, Some(6));
        drop(release);
    }

    #[tokio::test]
    async fn a_thread_works_again_and_what_was_given_up_does_not_hold_the_next_up() {
        let thinkers = Thinkers::of(1);
        let thread = || std::thread::current().id();
        let first = thinkers.think(PATIENCE, thread).await;
        let _: Option<()> = thinkers
            .think(PATIENCE, || panic!("as a parser might"))
            .await;
        assert_eq!(thinkers.think(PATIENCE, thread).await, first);
        let (release, held) = std::sync::mpsc::channel::<()>();
        let given_up = move || held.recv().is_ok();
        let given_up = thinkers.think(Duration::from_millis(1), given_up).await;
        assert_eq!(given_up, None);
        let second = thinkers.think(PATIENCE, thread).await;
        assert!(second.is_some() && second != first);
        drop(release);
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn hard_work_gives_way_to_everything_else() {
        let ours = || rustix::process::getpriority_process(None).unwrap();
        let before = ours();
        let thought = Thinkers::sharing().think(PATIENCE, ours).await.unwrap();
        assert_eq!(thought, (before + super::NICENESS).min(super::NICEST));
        assert_eq!(ours(), before, "only the thread itself");
    }
}
