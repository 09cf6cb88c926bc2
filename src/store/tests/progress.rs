//! The kept figures of progress equal what counting from scratch finds, whatever was written.

use std::collections::BTreeMap;

use rusqlite::Connection;

use super::super::{FirstUrls, Ruling, Span, Store};
use super::{Home, day, entry, news, participant, read, roster, tag, url};
use crate::model::{EntryChange, EntryId, FeedId, Fingerprint, Tag, TagState, Verdict};

/// Everything in the kept figures, a line each, in order.
async fn kept(store: &Store) -> Vec<String> {
    let mut lines = Vec::new();
    for (slug, posting) in store.postings(FirstUrls::All).await.unwrap() {
        lines.push(format!(
            "{slug}: {} to {:?}, {} unrecognised at {:?} and {} undated",
            posting.posts,
            posting.newest_at.map(jiff::Timestamp::as_millisecond),
            posting.unrecognised.len(),
            posting
                .unrecognised
                .iter()
                .map(|at| at.as_millisecond())
                .collect::<Vec<_>>(),
            posting.undated
        ));
        for on in posting.standings {
            lines.push(format!(
                "{slug} on {}: {}{}, {} suggested, first {:?} {:?}",
                on.thing,
                on.posts,
                if on.undated { " (undated)" } else { "" },
                on.suggested,
                on.first_at.map(jiff::Timestamp::as_millisecond),
                on.first_url
            ));
        }
    }
    let all = (date(1969), date(2030));
    for week in store.weeks(all.0, all.1).await.unwrap() {
        lines.push(format!("week: {} {}", week.posts, week.on_things));
    }
    for count in store.thing_counts().await.unwrap() {
        lines.push(format!(
            "Thing {}: {} by {}",
            count.thing, count.posts, count.participants
        ));
    }
    lines.sort();
    lines
}

fn date(year: i16) -> jiff::civil::Date {
    jiff::civil::date(year, 1, 1)
}

/// The same, counted from what is visible by queries of another kind.
fn counted(connection: &Connection) -> Vec<String> {
    let queries = [
        "SELECT participant_slug || ': ' || count(*) || ' to Some(' || max(published_at) || '), '
             || sum(bare AND NOT undated) || ' unrecognised at ['
             || coalesce(group_concat(iif(bare AND NOT undated, published_at, NULL), ', ' ORDER BY published_at), '') || '] and '
             || sum(bare AND undated) || ' undated'
         FROM (SELECT *, NOT EXISTS (SELECT 1 FROM tag WHERE entry_id = visible_entry.id) AS bare FROM visible_entry)
         GROUP BY participant_slug",
        "SELECT participant_slug || ' on ' || thing || ': ' || sum(state = 'tagged')
             || iif(sum(state = 'tagged' AND undated), ' (undated)', '') || ', ' || sum(state = 'suggested') || ' suggested, first '
             || coalesce('Some(' || min(iif(state = 'tagged', visible_entry.published_at, NULL)) || ')', 'None') || ' '
             || coalesce((SELECT iif(url IS NULL, NULL, 'Some(\"' || url || '\")')
                 FROM visible_entry AS first JOIN tag AS one ON one.entry_id = first.id
                 WHERE first.participant_slug = visible_entry.participant_slug AND one.thing = tag.thing
                     AND one.state = 'tagged'
                 ORDER BY first.published_at, first.id LIMIT 1), 'None')
         FROM visible_entry JOIN tag ON tag.entry_id = visible_entry.id GROUP BY participant_slug, thing",
        "SELECT 'week: ' || count(*) || ' '
             || sum(EXISTS (SELECT 1 FROM tag WHERE entry_id = visible_entry.id AND state = 'tagged'))
         FROM visible_entry GROUP BY strftime('%Y-%W', published_at / 1000, 'unixepoch')",
        "SELECT 'Thing ' || thing || ': ' || count(*) || ' by ' || count(DISTINCT participant_slug)
         FROM visible_entry JOIN tag ON tag.entry_id = visible_entry.id WHERE state = 'tagged' GROUP BY thing",
    ];
    let mut lines: Vec<String> = Vec::new();
    for sql in queries {
        let mut statement = connection.prepare(sql).unwrap();
        let rows = statement.query_map([], |row| row.get(0)).unwrap();
        lines.extend(rows.map(Result::unwrap));
    }
    lines.sort();
    lines
}

/// The figures as they are kept, which are those that counting finds.
async fn check(home: &Home, what: &str) -> Vec<String> {
    let connection = Connection::open(home.file()).unwrap();
    let kept = kept(&home.store).await;
    assert_eq!(kept, counted(&connection), "after {what}");
    let due: i64 = connection
        .query_row("SELECT count(*) FROM progress_due", [], |row| row.get(0))
        .unwrap();
    assert_eq!(due, 0, "after {what}");
    kept
}

fn tagged(guid: &str, on: i8, tags: &[(u16, TagState)]) -> EntryChange {
    let tags = tags.iter().map(|(thing, state)| tag(*thing, *state));
    let mut entry = entry(guid, guid, day(on), tags.collect());
    entry.url = Some(url(&format!("https://blog.example/{guid}")));
    EntryChange::New(entry)
}

async fn ids(home: &Home, feed: FeedId) -> BTreeMap<String, EntryId> {
    let known = home.store.known(feed).await.unwrap().unwrap();
    let pair = |it: crate::model::KnownEntry| (it.guid.value, it.id);
    known.entries.into_iter().map(pair).collect()
}

async fn apply(home: &Home, feed: FeedId, changes: Vec<EntryChange>) {
    home.keep(read(feed, changes)).await.unwrap();
}

/// Ann with posts on Things 5, 6 and none, and Bob with one on Thing 6.
async fn ann_and_bob() -> (Home, FeedId, FeedId) {
    let home = Home::new().await;
    let both = vec![
        participant("Ann", "https://ann.example/"),
        participant("Bob", "https://bob.example/"),
    ];
    home.store.sync(&roster(both), day(1)).await.unwrap();
    let feeds = home.store.feeds().await.unwrap();
    let (ann, bob) = (feeds[0].id, feeds[1].id);
    let (yes, maybe) = (TagState::Tagged, TagState::Suggested);
    let posts = vec![
        tagged("late", 20, &[(6, yes), (7, maybe)]),
        tagged("none", 9, &[]),
        tagged("first", 4, &[(5, yes), (6, yes)]),
    ];
    apply(&home, ann, posts).await;
    apply(&home, bob, vec![tagged("bob", 5, &[(6, yes)])]).await;
    (home, ann, bob)
}

#[tokio::test]
async fn the_first_post_on_a_thing_and_the_number_of_posts_are_kept() {
    let (home, _, _) = ann_and_bob().await;
    let lines = check(&home, "a poll").await;
    let at = |on| day(on).as_millisecond();
    for expected in [
        format!(
            "ann on 6: 2, 0 suggested, first Some({}) Some(\"https://blog.example/first\")",
            at(4)
        ),
        "ann on 7: 0, 1 suggested, first None None".to_owned(),
        format!(
            "ann: 3 to Some({}), 1 unrecognised at [{}] and 0 undated",
            at(20),
            at(9)
        ),
        "Thing 6: 3 by 2".to_owned(),
        "week: 3 2".to_owned(),
    ] {
        assert!(lines.contains(&expected), "{expected} in {lines:#?}");
    }
}

#[tokio::test]
async fn that_a_post_has_no_date_is_kept_and_counted_as_long_as_it_is_on_the_thing() {
    let (home, ann, _) = ann_and_bob().await;
    let EntryChange::New(mut undated) = tagged("undated", 21, &[(6, TagState::Tagged)]) else {
        panic!("a new one");
    };
    undated.dated = false;
    apply(&home, ann, vec![EntryChange::New(undated)]).await;
    let on_six = |lines: Vec<String>| lines.into_iter().find(|it| it.starts_with("ann on 6"));
    let lines = on_six(check(&home, "a post without a date").await).unwrap();
    assert!(lines.starts_with("ann on 6: 3 (undated), "), "{lines}");
    let id = ids(&home, ann).await["undated"];
    // That it has one later changes nothing, like its time.
    let dated = entry(
        "undated",
        "undated",
        day(21),
        vec![tag(6, TagState::Tagged)],
    );
    apply(&home, ann, vec![EntryChange::Changed(id, dated)]).await;
    assert!(
        on_six(check(&home, "a date").await)
            .unwrap()
            .contains("(undated)")
    );
    let mut update = read(ann, Vec::new());
    update.document.as_mut().unwrap().retired = vec![id];
    home.store.apply(update, 1).await.unwrap();
    assert!(
        !on_six(check(&home, "its end").await)
            .unwrap()
            .contains("(undated)")
    );
}

#[tokio::test]
async fn edits_decisions_and_retags_are_counted() {
    let (home, ann, _) = ann_and_bob().await;
    let ids = ids(&home, ann).await;
    let first = ids["first"];
    let mut edited = entry("first", "first", day(4), vec![tag(8, TagState::Tagged)]);
    edited.url = Some(url("https://blog.example/elsewhere"));
    apply(
        &home,
        ann,
        vec![EntryChange::Changed(first, edited.clone())],
    )
    .await;
    check(&home, "an edit").await;

    let none = ids["none"];
    for verdict in [Some(Verdict::Yes), Some(Verdict::No), None] {
        let ruling = Ruling {
            entry: none,
            said: vec![(6, verdict)],
            by: "Ann".to_owned(),
            note: String::new(),
            at: day(30),
        };
        let rules = Fingerprint::of(b"rules");
        home.store
            .decide(ruling, rules, |_| Vec::new())
            .await
            .unwrap();
        check(&home, "a decision").await;
    }

    let retagging = home.store.begin_retag().await.unwrap();
    let others: Vec<(EntryId, Vec<Tag>)> = vec![
        (none, vec![tag(9, TagState::Tagged)]),
        (first, vec![tag(6, TagState::Suggested)]),
    ];
    retagging.stage(others).await.unwrap();
    let by = ("Ann".to_owned(), Fingerprint::of(b"others"));
    let again = |_: Span, _| panic!("nobody wrote meanwhile");
    retagging
        .commit(Vec::new(), by, day(31), again)
        .await
        .unwrap();
    drop(retagging);
    let lines = check(&home, "a retag").await;
    assert!(lines.contains(&"Thing 9: 1 by 1".to_owned()), "{lines:#?}");

    edited.url = Some(url("https://blog.example/here-again"));
    edited.tags = vec![tag(6, TagState::Tagged)];
    apply(
        &home,
        ann,
        vec![EntryChange::Changed(first, edited.clone())],
    )
    .await;
    edited.url = None;
    apply(&home, ann, vec![EntryChange::Changed(first, edited)]).await;
    check(&home, "an edit of the address alone").await;
}

#[tokio::test]
async fn what_goes_and_comes_back_is_counted() {
    let (home, ann, _) = ann_and_bob().await;
    let ids = ids(&home, ann).await;
    let mut copy = entry("copy", "copy", day(2), vec![tag(6, TagState::Tagged)]);
    copy.twin_of = Some(ids["first"]);
    apply(&home, ann, vec![EntryChange::New(copy)]).await;
    check(&home, "a copy").await;

    let mut update = read(ann, Vec::new());
    update.document.as_mut().unwrap().retired = vec![ids["first"], ids["none"]];
    home.keep(update).await.unwrap();
    check(&home, "a removal, by which a copy is shown").await;

    let mut update = read(ann, Vec::new());
    update.document.as_mut().unwrap().revived = vec![ids["none"]];
    home.keep(update).await.unwrap();
    check(&home, "a return").await;
}

#[tokio::test]
async fn departures_and_exchanges_are_counted() {
    let (home, _, _) = ann_and_bob().await;
    let before = check(&home, "a poll").await;
    let bob = vec![participant("Bob", "https://bob.example/")];
    home.store.sync(&roster(bob), day(2)).await.unwrap();
    let lines = check(&home, "a departure").await;
    assert!(lines.contains(&"Thing 6: 1 by 1".to_owned()), "{lines:#?}");
    let both = vec![
        participant("Ann", "https://ann.example/"),
        participant("Bob", "https://bob.example/"),
    ];
    home.store.sync(&roster(both), day(3)).await.unwrap();
    assert_eq!(check(&home, "a return").await, before);
    let exchanged = vec![
        participant("Ann", "https://bob.example/"),
        participant("Bob", "https://ann.example/"),
    ];
    home.store.sync(&roster(exchanged), day(4)).await.unwrap();
    assert_ne!(check(&home, "an exchange").await, before);
}

#[tokio::test]
async fn figures_of_an_older_planet_are_counted_when_it_is_opened() {
    let (home, _, _) = ann_and_bob().await;
    let before = check(&home, "a poll").await;
    // As the migration leaves it: nothing counted, everybody due.
    let connection = Connection::open(home.file()).unwrap();
    connection
        .execute_batch(
            "DELETE FROM progress; DELETE FROM posted; DELETE FROM posted_in_week; DELETE FROM thing_tally;
             DELETE FROM week_tally;
             INSERT INTO progress_due SELECT id FROM participant;",
        )
        .unwrap();
    drop(connection);
    let Home { store, directory } = home;
    drop(store);
    let file = directory.path().join("planet.db");
    let store = Store::open(&file, super::Access::Write);
    let home = Home {
        store: store.await.unwrap(),
        directory,
    };
    assert_eq!(check(&home, "an opening").await, before);
}

#[tokio::test]
async fn who_misses_a_post_finds_it_with_what_was_decided() {
    let (home, ann, _) = ann_and_bob().await;
    let ids = ids(&home, ann).await;
    let mut copy = entry("copy", "copy", day(2), Vec::new());
    copy.twin_of = Some(ids["first"]);
    apply(&home, ann, vec![EntryChange::New(copy)]).await;
    let mut update = read(ann, Vec::new());
    update.document.as_mut().unwrap().retired = vec![ids["none"]];
    home.keep(update).await.unwrap();
    apply(&home, ann, news(&[])).await;

    let latest = home.store.latest_of("ann".to_owned(), 9).await.unwrap();
    let facts: Vec<(&str, bool, Option<&str>, usize)> = latest
        .iter()
        .map(|it| {
            (
                it.title.as_str(),
                it.retired_at.is_some(),
                it.twin.as_deref(),
                it.tags.len(),
            )
        })
        .collect();
    assert_eq!(
        facts,
        [
            ("late", false, None, 2),
            ("none", true, None, 0),
            ("first", false, None, 2),
            ("copy", false, Some("first"), 0)
        ]
    );
    let two = home.store.latest_of("ann".to_owned(), 2).await.unwrap();
    assert_eq!(two.len(), 2);
    assert!(
        home.store
            .latest_of("cat".to_owned(), 2)
            .await
            .unwrap()
            .is_empty()
    );
}
