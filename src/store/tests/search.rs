//! Searching, the pages around a page, groups, and posts that wait for a comment.

use super::super::{Around, Cursor, Listing};
use super::{Home, day, entry, news, participant, read, roster, tag};
use crate::model::{EntryChange, FeedId, FeedUpdate, Passage, Search, TagState};

fn search(words: &str) -> Search {
    Search {
        words: words.to_owned(),
        ..Search::default()
    }
}

/// A planet of Ann and Bob, each with a feed.
async fn of_two() -> (Home, [FeedId; 2]) {
    let home = Home::new().await;
    let people = vec![
        participant("Ann", "https://ann.example/"),
        participant("Bob", "https://bob.example/"),
    ];
    home.store.sync(&roster(people), day(1)).await.unwrap();
    let feeds = home.store.feeds().await.unwrap();
    (home, [feeds[0].id, feeds[1].id])
}

async fn put(home: &Home, feed: FeedId, guid: &str, text: &str, on: i8, thing: u16) {
    let mut post = entry(guid, guid, day(on), vec![tag(thing, TagState::Tagged)]);
    text.clone_into(&mut post.text);
    let mut update = read(feed, vec![EntryChange::New(post)]);
    update.address = home.store.feeds().await.unwrap()[usize::from(guid.starts_with('b'))]
        .address
        .clone();
    home.keep(update).await.unwrap();
}

async fn found(home: &Home, search: &Search) -> Vec<String> {
    let hits = home.store.search(search.clone(), None, 9).await.unwrap();
    hits.hits.into_iter().map(|hit| hit.entry.title).collect()
}

async fn with_words() -> Home {
    let (home, [ann, bob]) = of_two().await;
    put(&home, ann, "a1", "I joined LinkedIn.", 1, 6).await;
    put(&home, ann, "a2", "Évernote, and a reading list", 4, 9).await;
    put(
        &home,
        bob,
        "b1",
        "LinkedIn! Networks; a list for reading.",
        3,
        6,
    )
    .await;
    put(&home, bob, "b2", "図書館で働く", 2, 9).await;
    home
}

#[tokio::test]
async fn posts_are_found_by_their_words_newest_first() {
    let home = with_words().await;
    for (words, expected) in [
        ("linkedin", vec!["b1", "a1"]),
        ("LINKEDIN joined", vec!["a1"]),
        ("evernote", vec!["a2"]),
        ("reading list", vec!["a2", "b1"]),
        ("\"reading list\"", vec!["a2"]),
        ("netw*", vec!["b1"]),
        ("netw", vec![]),
        ("図書館", vec!["b2"]),
        ("a2", vec!["a2"]),
        ("linkedin nowhere", vec![]),
        ("", vec![]),
    ] {
        assert_eq!(found(&home, &search(words)).await, expected, "{words}");
    }
}

#[tokio::test]
async fn a_search_keeps_to_a_thing_and_to_a_participant() {
    let home = with_words().await;
    let of = |thing, participant: Option<&str>| Search {
        thing,
        participant: participant.map(str::to_owned),
        ..search("linkedin")
    };
    assert_eq!(found(&home, &of(Some(6), None)).await, ["b1", "a1"]);
    assert_eq!(found(&home, &of(Some(9), None)).await, [""; 0]);
    assert_eq!(found(&home, &of(None, Some("ann"))).await, ["a1"]);
    assert_eq!(found(&home, &of(Some(6), Some("bob"))).await, ["b1"]);
    assert_eq!(found(&home, &of(None, Some("nobody"))).await, [""; 0]);
}

#[tokio::test]
async fn what_was_found_is_told_apart() {
    let home = with_words().await;
    let hits = home.store.search(search("joined"), None, 9).await.unwrap();
    let passage = |text: &str, found| Passage {
        text: text.to_owned(),
        found,
    };
    assert_eq!(hits.hits[0].title, [passage("a1", false)]);
    let expected = [
        passage("I ", false),
        passage("joined", true),
        passage(" LinkedIn.", false),
    ];
    assert_eq!(hits.hits[0].words, expected);
}

/// Shows D21.
#[tokio::test]
async fn nothing_that_is_typed_is_an_error() {
    let home = with_words().await;
    let long = "a\"b* ".repeat(4_000);
    for words in [
        "\"",
        "\"\"\"",
        "a AND",
        "OR",
        "NOT x",
        "foo:bar",
        "title:a1",
        "*",
        "**",
        "NEAR(",
        "NEAR(a b, 2)",
        "-x",
        "+x",
        "^a",
        "(",
        ")",
        "{a b}:c",
        "'",
        "';--",
        "%",
        "_",
        "\\",
        "\0",
        "a\0b",
        "\u{1}\u{2}",
        "😀",
        "図書館",
        "a\u{301}",
        "\u{ffff}",
        "\u{e000}",
        "\u{202e}",
        &long,
    ] {
        for thing in [None, Some(6)] {
            for participant in [None, Some("ann".to_owned()), Some("'\0".to_owned())] {
                let search = Search {
                    thing,
                    participant,
                    ..search(words)
                };
                let answer = home.store.search(search, None, 9).await;
                assert!(answer.is_ok(), "{words:?}: {answer:?}");
            }
        }
    }
}

#[tokio::test]
async fn many_posts_with_a_word_are_paged_as_few_are() {
    let (home, [ann, bob]) = of_two().await;
    let posts = |name: &'static str, hour: i64| {
        let post = move |number: i64| {
            let mut post = entry(&format!("{name}{number}"), "x", day(1), Vec::new());
            post.published_at += jiff::SignedDuration::from_mins(number * 2 + hour);
            post.updated_at = post.published_at;
            post.tags = vec![tag(if number % 2 == 0 { 6 } else { 7 }, TagState::Tagged)];
            post.text = "common words".to_owned();
            EntryChange::New(post)
        };
        (0..300).rev().map(post).collect::<Vec<_>>()
    };
    home.keep(read(ann, posts("a", 0))).await.unwrap();
    let mut update = read(bob, posts("b", 1));
    update.address = super::url("https://bob.example/");
    home.keep(update).await.unwrap();
    for (thing, participant, expected) in [
        (None, None, 600),
        (Some(6), None, 300),
        (None, Some("bob"), 300),
        (Some(7), Some("ann"), 150),
    ] {
        let search = Search {
            thing,
            participant: participant.map(str::to_owned),
            ..search("common")
        };
        while home.store.index_some().await.unwrap() {}
        let (mut seen, mut before): (Vec<Cursor>, _) = (Vec::new(), None);
        loop {
            let hits = home.store.search(search.clone(), before, 70).await.unwrap();
            seen.extend(hits.hits.iter().map(|hit| Cursor {
                published_at: hit.entry.published_at,
                id: hit.entry.id,
            }));
            before = hits.next;
            if before.is_none() {
                break;
            }
        }
        assert_eq!(seen.len(), expected, "{search:?}");
        let falls = |pair: &[Cursor]| pair[0].published_at > pair[1].published_at;
        assert!(
            seen.windows(2).all(falls),
            "newest first, and nothing twice"
        );
    }
}

#[tokio::test]
async fn what_is_not_visible_is_not_found() {
    let home = with_words().await;
    let people = vec![participant("Bob", "https://bob.example/")];
    home.store.sync(&roster(people), day(9)).await.unwrap();
    assert_eq!(found(&home, &search("linkedin")).await, ["b1"]);
    assert_eq!(found(&home, &search("evernote")).await, [""; 0]);
}

#[tokio::test]
async fn a_group_has_the_posts_of_its_people_newest_first() {
    let home = with_words().await;
    let titles = |slugs: &[&str]| {
        let slugs = slugs.iter().map(|slug| (*slug).to_owned()).collect();
        home.titles(Listing::Group(slugs))
    };
    assert_eq!(titles(&["ann", "bob"]).await, ["a2", "b1", "b2", "a1"]);
    assert_eq!(titles(&["bob"]).await, ["b1", "b2"]);
    assert_eq!(titles(&["an", "nn"]).await, [""; 0]);
    assert_eq!(titles(&[]).await, [""; 0]);
}

#[tokio::test]
async fn the_pages_around_a_page_are_those_that_lead_to_it() {
    let home = Home::of_ann("https://ann.example/").await;
    let guids = ["a", "b", "c", "d", "e", "f", "g", "h"];
    let posts: Vec<(&str, i8)> = guids.into_iter().zip(1..=8).rev().collect();
    let mut changes = news(&posts);
    for change in &mut changes {
        if let EntryChange::New(post) = change {
            post.comments = Some(0);
        }
    }
    let update = read(home.feed().await, changes);
    home.keep(update).await.unwrap();
    for listing in [
        Listing::All,
        Listing::Thing(6),
        Listing::Participant("ann".to_owned()),
        Listing::Group(vec!["ann".to_owned()]),
        Listing::Waiting,
    ] {
        let page = |before| home.store.entries(listing.clone(), before, 3);
        let around = |before| home.store.around(listing.clone(), before, 3);
        let (mut starts, mut before) = (vec![None], None);
        while let Some(next) = page(before).await.unwrap().next {
            before = Some(next);
            starts.push(before);
        }
        assert_eq!(starts.len(), 3, "{listing:?}");
        let newest = around(None).await.unwrap();
        assert_eq!(newest.newer, None, "{listing:?}");
        let oldest = page(newest.oldest).await.unwrap();
        let titles: Vec<_> = oldest.entries.iter().map(|it| it.title.as_str()).collect();
        assert_eq!((titles, oldest.next), (vec!["c", "b", "a"], None));
        assert_eq!(around(starts[1]).await.unwrap().newer, None, "the first");
        assert_eq!(around(starts[2]).await.unwrap().newer, starts[1]);
        let all = home.store.around(listing.clone(), None, 8).await.unwrap();
        assert_eq!(all, Around::default(), "one page is all");
    }
}

/// An update in which one post has so many comments.
fn counted(feed: FeedId, id: crate::model::EntryId, count: Option<u32>) -> FeedUpdate {
    let mut update = read(feed, Vec::new());
    update.document.as_mut().unwrap().counted = vec![(id, count)];
    update
}

#[tokio::test]
async fn a_post_waits_while_its_feed_says_that_it_has_no_comment() {
    let home = Home::of_ann("https://ann.example/").await;
    let feed = home.feed().await;
    let mut changes = news(&[("told", 2), ("untold", 1)]);
    assert!(!home.store.counts_comments().await.unwrap());
    if let EntryChange::New(post) = &mut changes[0] {
        post.comments = Some(0);
    }
    home.keep(read(feed, changes)).await.unwrap();
    assert!(home.store.counts_comments().await.unwrap());
    assert_eq!(home.titles(Listing::Waiting).await, ["told"]);
    let changed_at = home.store.changed_at().await.unwrap();
    let known = || async { home.store.known(feed).await.unwrap().unwrap().entries };
    let id = known()
        .await
        .iter()
        .find(|it| it.guid.value == "told")
        .unwrap()
        .id;
    for (count, waiting) in [(Some(2), 0), (Some(0), 1), (None, 0), (Some(0), 1)] {
        let mut update = counted(feed, id, count);
        update.polled_at = day(31);
        home.keep(update).await.unwrap();
        assert_eq!(home.titles(Listing::Waiting).await.len(), waiting);
        let now = known().await.into_iter().find(|it| it.id == id).unwrap();
        assert_eq!(
            (now.comments, now.updated_at, now.changes),
            (count, day(2), 0)
        );
    }
    assert_eq!(
        home.store.changed_at().await.unwrap(),
        changed_at,
        "no news"
    );
}
