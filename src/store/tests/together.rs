//! Updates that are written together end as if each had been written alone.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use rusqlite::Connection;

use super::{Home, day, entry, news, participant, read, roster, tag};
use crate::model::{EntryChange, FeedUpdate, TagState};
use crate::store::{Applied, Listing, StoreError};

/// A hundred people, each with a feed: more than are written in one transaction.
async fn crowd() -> (Home, Vec<FeedUpdate>) {
    let home = Home::new().await;
    let people = (0..100).map(|number| {
        let blog = format!("https://{number}.example/");
        participant(&format!("Blogger {number}"), &blog)
    });
    let roster = roster(people.collect());
    home.store.sync(&roster, day(1)).await.unwrap();
    let feeds = home.store.feeds().await.unwrap();
    let updates = feeds.iter().enumerate().map(|(at, feed)| {
        let guid = format!("post {at}");
        FeedUpdate {
            address: feed.address.clone(),
            ..read(feed.id, news(&[(&guid, 1)]))
        }
    });
    (home, updates.collect())
}

/// Applies all of them at once.
async fn at_once(home: &Home, updates: Vec<FeedUpdate>) -> Vec<Result<Applied, StoreError>> {
    let applying = updates.into_iter().map(|update| {
        let store = home.store.clone();
        async move { store.apply(update, 1).await }
    });
    let tasks: Vec<_> = applying.map(tokio::spawn).collect();
    let mut applied = Vec::new();
    for task in tasks {
        applied.push(task.await.unwrap());
    }
    applied
}

fn a_thing_zero() -> EntryChange {
    let tags = vec![tag(0, TagState::Tagged)];
    EntryChange::New(entry("unsound", "unsound", day(2), tags))
}

#[tokio::test]
async fn everybody_who_comes_at_once_is_answered_when_theirs_is_kept() {
    let (home, updates) = crowd().await;
    let before = home.store.written();
    for applied in at_once(&home, updates).await {
        assert_eq!(applied.unwrap().new, 1);
    }
    let transactions = home.store.written() - before;
    assert!(transactions < 100, "{transactions} transactions");
    let feeds = home.store.feeds().await.unwrap();
    assert!(feeds.iter().all(|feed| feed.validators.etag.is_some()));
    assert_eq!(home.store.thing_counts().await.unwrap()[0].posts, 100);
}

#[tokio::test]
async fn one_that_is_refused_does_no_harm_to_those_beside_it() {
    let (home, mut updates) = crowd().await;
    // A Thing 0 breaks a constraint, after another post of the same update was written.
    let document = updates[40].document.as_mut().unwrap();
    document.changes.insert(0, a_thing_zero());
    let applied = at_once(&home, updates).await;
    let refused: Vec<usize> = (0..100).filter(|at| applied[*at].is_err()).collect();
    assert_eq!(refused, [40]);
    let feeds = home.store.feeds().await.unwrap();
    let unread: Vec<usize> = (0..100)
        .filter(|at| feeds[*at].validators.etag.is_none())
        .collect();
    assert_eq!(unread, [40]);
    assert_eq!(home.store.thing_counts().await.unwrap()[0].posts, 99);
}

/// Who holds the database up in another process, until it is let go.
static ELSEWHERE: Mutex<Option<Connection>> = Mutex::new(None);
/// How often a writer of ours would have waited for that one.
static WAITS: AtomicUsize = AtomicUsize::new(0);

/// Holds the database up while all these come, and has the writer hear at once that it would have to wait.
async fn held_up(
    home: &Home,
    updates: Vec<FeedUpdate>,
    refuses: fn(i32) -> bool,
) -> Vec<Result<Applied, StoreError>> {
    drop(ELSEWHERE.lock().unwrap().take());
    let elsewhere = Connection::open(home.file()).unwrap();
    elsewhere.execute_batch("BEGIN IMMEDIATE").unwrap();
    *ELSEWHERE.lock().unwrap() = Some(elsewhere);
    WAITS.store(0, Ordering::SeqCst);
    let writer = home.store.writer.get().await.unwrap();
    let setting = writer.interact(move |writer| writer.busy_handler(Some(refuses)));
    setting.await.unwrap().unwrap();
    let all_are_there = async {
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
        drop(writer);
    };
    tokio::join!(at_once(home, updates), all_are_there).0
}

#[tokio::test]
async fn a_crowd_that_another_process_holds_up_waits_for_it_once_and_not_one_after_the_other() {
    let (home, updates) = crowd().await;
    let updates: Vec<_> = updates.into_iter().take(60).collect();
    let counting = |_| {
        WAITS.fetch_add(1, Ordering::SeqCst);
        false
    };
    for applied in held_up(&home, updates.clone(), counting).await {
        assert!(matches!(applied, Err(StoreError::Busy)), "{applied:?}");
    }
    let waits = WAITS.load(Ordering::SeqCst);
    assert_eq!(waits, 2, "each of ten seconds");

    // Nobody hears of one that lets go while they wait.
    let lets_go = |_| {
        *ELSEWHERE.lock().unwrap() = None;
        false
    };
    for applied in held_up(&home, updates, lets_go).await {
        assert_eq!(applied.unwrap().new, 1);
    }
}

#[tokio::test]
async fn what_nobody_waits_for_any_more_is_not_written() {
    let (home, mut updates) = crowd().await;
    let writer = home.store.writer.get().await.unwrap();
    let given_up = home.store.apply(updates.remove(0), 1);
    let given_up = tokio::time::timeout(std::time::Duration::ZERO, given_up);
    assert!(given_up.await.is_err(), "the writer is somebody else's");
    drop(writer);
    let kept = home.store.apply(updates.remove(0), 1).await.unwrap();
    assert_eq!(kept.new, 1);
    assert_eq!(home.titles(Listing::All).await, ["post 1"]);
}
