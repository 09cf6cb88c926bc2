//! Short questions that are answered together are answered as if each had been asked alone.

use super::{Home, news, read};
use crate::store::StoreError;

#[tokio::test]
async fn everybody_who_asks_at_once_is_answered_and_sees_what_was_written_before() {
    let home = Home::of_ann("https://ann.example/").await;
    let feed = home.feed().await;
    for count in 1..=3 {
        let guid = format!("post {count}");
        let update = read(feed, news(&[(&guid, 1)]));
        home.keep(update).await.unwrap();
        let asking = (0..50).map(|_| {
            let store = home.store.clone();
            tokio::spawn(async move { store.feed(feed, 10).await })
        });
        for answer in asking.collect::<Vec<_>>() {
            let (_, published) = answer.await.unwrap().unwrap().unwrap();
            assert_eq!(published.len(), count);
        }
    }
}

#[tokio::test]
async fn a_question_that_fails_or_panics_is_the_end_of_itself_alone() {
    let home = Home::of_ann("https://ann.example/").await;
    // They wait together, because the reader is somebody else's when they come.
    let reader = home.store.brief.reader.get().await.unwrap();
    let store = home.store.clone();
    let panics =
        tokio::spawn(async move { store.ask::<(), _>(|_| panic!("as a question might")).await });
    let store = home.store.clone();
    let fails = tokio::spawn(async move {
        let sql = "SELECT nothing FROM nowhere";
        store
            .ask(|connection| Ok(connection.execute(sql, [])?))
            .await
    });
    let store = home.store.clone();
    let sound = tokio::spawn(async move { store.ask(|_| Ok(6)).await });
    tokio::task::yield_now().await;
    drop(reader);
    assert!(matches!(panics.await.unwrap(), Err(StoreError::Pool(_))));
    assert!(matches!(fails.await.unwrap(), Err(StoreError::Sqlite(_))));
    assert_eq!(sound.await.unwrap().unwrap(), 6);
    assert_eq!(home.store.ask(|_| Ok(7)).await.unwrap(), 7);
}
