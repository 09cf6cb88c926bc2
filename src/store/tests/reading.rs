//! Reading a feed again: what is gone, what came in a flood, what is one post in two feeds, what was odd.

use rusqlite::Connection;

use super::super::{Access, Background, Claim, Cleaned, Listing, Question, Store};
use super::{Home, day, entry, news, participant, read, roster, tag, url};
use crate::model::{
    EntryChange, EntryId, FeedId, FeedUpdate, Fingerprint, Flood, Guid, GuidRule, Markup, SafeHtml,
    TagState, Words,
};

/// A planet with Ann, whose posts `a` and `b` are on Thing 6.
async fn with_posts() -> (Home, FeedId) {
    let home = Home::of_ann("https://ann.example/").await;
    let feed = home.feed().await;
    let update = read(feed, news(&[("b", 2), ("a", 1)]));
    home.keep(update).await.unwrap();
    (home, feed)
}

async fn id_of(home: &Home, guid: &str) -> EntryId {
    let known = home.store.known(home.feed().await).await.unwrap().unwrap();
    let found = known.entries.iter().find(|it| it.guid.value == guid);
    found.unwrap().id
}

/// A document in which nothing is new.
fn nothing_new(feed: FeedId) -> FeedUpdate {
    read(feed, Vec::new())
}

async fn everywhere(home: &Home) -> Vec<Vec<String>> {
    let mut lists = Vec::new();
    for listing in [
        Listing::All,
        Listing::Thing(6),
        Listing::Participant("ann".to_owned()),
    ] {
        lists.push(home.titles(listing).await);
    }
    let posts = home.store.posts_of("ann".to_owned()).await.unwrap();
    lists.push(posts.into_iter().map(|filled| filled.title).collect());
    lists
}

#[tokio::test]
async fn a_retired_entry_is_shown_and_counted_nowhere_until_it_comes_back() {
    let (home, feed) = with_posts().await;
    let mut update = nothing_new(feed);
    update.document.as_mut().unwrap().retired = vec![id_of(&home, "a").await];
    home.keep(update).await.unwrap();
    assert_eq!(everywhere(&home).await, vec![vec!["b"]; 4]);
    assert_eq!(home.store.thing_counts().await.unwrap()[0].posts, 1);
    assert_eq!(home.store.feeds().await.unwrap()[0].entry_count, 1);
    let known = home.store.known(feed).await.unwrap().unwrap();
    let retired: Vec<bool> = known.entries.iter().map(|it| it.retired).collect();
    assert_eq!(retired, [true, false], "and it is known still");

    let mut update = nothing_new(feed);
    update.document.as_mut().unwrap().revived = vec![id_of(&home, "a").await];
    update.polled_at = day(31);
    home.keep(update).await.unwrap();
    assert_eq!(everywhere(&home).await, vec![vec!["b", "a"]; 4]);
    assert_eq!(home.store.changed_at().await.unwrap(), Some(day(31)));
}

#[tokio::test]
async fn a_flood_stays_off_the_front_page_and_is_told() {
    let home = Home::of_ann("https://ann.example/").await;
    let feed = home.feed().await;
    let mut changes = news(&[("b", 2), ("a", 1)]);
    let EntryChange::New(second) = &mut changes[1] else {
        panic!("it is new");
    };
    second.on_front = false;
    let flood = Flood { count: 2, shown: 1 };
    let mut update = read(feed, changes);
    update.document.as_mut().unwrap().flood = Some(flood);
    home.keep(update).await.unwrap();
    let [front, thing, person, posts] = everywhere(&home).await.try_into().unwrap();
    assert_eq!(front, ["b"]);
    for list in [thing, person, posts] {
        assert_eq!(list, ["b", "a"]);
    }
    // A later document without a flood does not make it forgotten.
    home.keep(nothing_new(feed)).await.unwrap();
    assert_eq!(
        home.store.feeds().await.unwrap()[0].flood,
        Some((day(30), flood))
    );
}

#[tokio::test]
async fn a_copy_in_another_feed_is_shown_once_its_twin_is_gone() {
    let (home, feed) = with_posts().await;
    let mut copy = entry("copy", "copy", day(3), vec![tag(6, TagState::Tagged)]);
    copy.twin_of = Some(id_of(&home, "a").await);
    let update = read(feed, vec![EntryChange::New(copy)]);
    home.keep(update).await.unwrap();
    assert_eq!(everywhere(&home).await, vec![vec!["b", "a"]; 4]);
    let mut update = nothing_new(feed);
    update.document.as_mut().unwrap().retired = vec![id_of(&home, "a").await];
    home.keep(update).await.unwrap();
    assert_eq!(everywhere(&home).await, vec![vec!["copy", "b"]; 4]);
}

#[tokio::test]
async fn another_guid_for_a_known_entry_changes_neither_its_id_nor_its_place() {
    let (home, feed) = with_posts().await;
    let page = |home: &Home| {
        let store = home.store.clone();
        async move { store.entries(Listing::All, None, 9).await.unwrap().entries }
    };
    let before = page(&home).await;
    let mut renamed = entry("tag:ann.example,2011:a", "a", day(20), Vec::new());
    renamed.updated_at = day(1);
    let update = read(feed, vec![EntryChange::Changed(before[1].id, renamed)]);
    home.keep(update).await.unwrap();
    let after = page(&home).await;
    let facts = |entries: &[crate::model::Entry]| -> Vec<_> {
        let fact = |it: &crate::model::Entry| (it.id, it.public_id.clone(), it.published_at);
        entries.iter().map(fact).collect()
    };
    assert_eq!(facts(&before), facts(&after));
    let known = home.store.known(feed).await.unwrap().unwrap();
    let known = known
        .entries
        .iter()
        .find(|it| it.id == before[1].id)
        .unwrap();
    assert_eq!(known.guid.value, "tag:ann.example,2011:a");
    assert_eq!((known.changes, known.changed_at), (1, Some(day(30))));

    // A guid that another entry of the feed has is left to that one.
    let thief = entry("b", "a", day(20), Vec::new());
    let update = read(feed, vec![EntryChange::Changed(before[1].id, thief)]);
    home.keep(update).await.unwrap();
    assert_eq!(id_of(&home, "b").await, before[0].id);
}

#[tokio::test]
async fn a_change_that_nobody_can_see_does_not_change_our_feeds() {
    let (home, feed) = with_posts().await;
    let mut touched = entry("a", "a", day(1), vec![tag(6, TagState::Tagged)]);
    touched.raw = Markup::Html("<p>raw</p><!-- rendered at noon -->".to_owned());
    touched.fingerprint = Fingerprint::of(b"touched");
    let id = id_of(&home, "a").await;
    let mut update = read(feed, vec![EntryChange::Changed(id, touched)]);
    update.polled_at = day(31);
    let applied = home.keep(update).await.unwrap();
    assert_eq!((applied.new, applied.changed), (0, 0));
    assert_eq!(home.store.changed_at().await.unwrap(), Some(day(30)));
    let known = home.store.known(feed).await.unwrap().unwrap();
    let known = known.entries.iter().find(|it| it.id == id).unwrap();
    assert_eq!(known.fingerprint, Fingerprint::of(b"touched"));
}

#[tokio::test]
async fn odd_posts_are_found_and_forgotten_when_they_are_mended() {
    let home = Home::of_ann("https://ann.example/").await;
    let feed = home.feed().await;
    let mut odd = entry("a", "a", day(1), Vec::new());
    odd.problems = vec![
        "its date cannot be read".to_owned(),
        "so its link".to_owned(),
    ];
    let changes = vec![
        EntryChange::New(entry("b", "b", day(2), Vec::new())),
        EntryChange::New(odd),
    ];
    home.keep(read(feed, changes)).await.unwrap();
    let found = home.store.odd_posts().await.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(
        (found[0].slug.as_str(), found[0].title.as_str()),
        ("ann", "a")
    );
    assert_eq!(
        found[0].problems,
        ["its date cannot be read", "so its link"]
    );
    assert_eq!(
        home.store.odd_posts_of("ann".to_owned()).await.unwrap(),
        found
    );
    assert_eq!(home.store.odd_posts_of("bob".to_owned()).await.unwrap(), []);

    let mut update = nothing_new(feed);
    update.document.as_mut().unwrap().noted = vec![(id_of(&home, "a").await, Vec::new())];
    home.keep(update).await.unwrap();
    assert_eq!(home.store.odd_posts().await.unwrap(), []);
}

#[tokio::test]
async fn stale_entries_are_replaced_without_coming_up_anew() {
    let (home, feed) = with_posts().await;
    assert_eq!(home.store.stale_count(1).await.unwrap(), 0);
    assert_eq!(home.store.stale_count(2).await.unwrap(), 2);
    let first = home.store.stale_after(2, EntryId(0), 1).await.unwrap();
    let second = home.store.stale_after(2, first[0].id, 9).await.unwrap();
    assert_eq!((first.len(), second.len()), (1, 1));
    assert_eq!(first[0].content, Markup::Html("<p>raw</p>".to_owned()));
    let before = home.store.entries(Listing::All, None, 9).await.unwrap();

    let cleaned = Cleaned {
        id: second[0].id,
        title: "b, cleaned".to_owned(),
        html: SafeHtml::vouched("<p>cleaner</p>".to_owned()),
        text: "cleaner".to_owned(),
        words: Fingerprint::of(b"cleaner"),
        content: Fingerprint::of(b"<p>raw</p>"),
    };
    home.store
        .replace_stale(vec![cleaned], 2, day(31))
        .await
        .unwrap();
    assert_eq!(
        home.store.stale_count(2).await.unwrap(),
        1,
        "the other one stays"
    );
    let after = home.store.entries(Listing::All, None, 9).await.unwrap();
    assert_eq!(after.entries[0].html.as_str(), "<p>cleaner</p>");
    assert_eq!(after.entries[0].title, "b, cleaned");
    assert_eq!(after.entries[0].tags, before.entries[0].tags);
    for (one, other) in before.entries.iter().zip(&after.entries) {
        assert_eq!((one.id, one.updated_at), (other.id, other.updated_at));
    }
    let known = home.store.known(feed).await.unwrap().unwrap();
    assert_eq!(known.entries[1].words, Fingerprint::of(b"cleaner"));
}

fn question(feed: FeedId) -> Question {
    Question {
        feed,
        self_url: None,
        ids: Vec::new(),
        changed: Vec::new(),
    }
}

fn ann() -> Claim {
    Claim {
        name: "Ann".to_owned(),
    }
}

/// Ann and Bob, both of whom have a feed of their own; Ann's was read.
async fn with_ann_and_bob(ann_first: bool) -> (Home, FeedId, FeedId) {
    let home = Home::new().await;
    let feed_of = |name: &str| {
        let mut person = participant(name, &format!("https://{name}.example/"));
        person.feed = Some(url(&format!(
            "https://{}.example/feed",
            name.to_lowercase()
        )));
        person
    };
    let mut people = vec![feed_of("Ann"), feed_of("Bob")];
    if !ann_first {
        people.reverse();
    }
    home.store.sync(&roster(people), day(1)).await.unwrap();
    let feeds = home.store.feeds().await.unwrap();
    let id = |name: &str| feeds.iter().find(|it| it.owner.name == name).unwrap().id;
    let (ann, bob) = (id("Ann"), id("Bob"));
    let mut update = read(ann, news(&[("tag:ann,2011:b", 2), ("tag:ann,2011:a", 1)]));
    update.document.as_mut().unwrap().self_url = Some(url("https://ann.example/atom"));
    home.keep(update).await.unwrap();
    (home, ann, bob)
}

#[tokio::test]
async fn whoever_owns_an_address_has_the_better_claim_to_it() {
    for ann_first in [true, false] {
        let (home, of_ann, of_bob) = with_ann_and_bob(ann_first).await;
        let claim = |feed, source| home.store.claim(feed, url(source));
        // A redirect led Bob to Ann's feed.
        let led = claim(of_bob, "http://www.ann.example/feed/").await;
        assert_eq!(led.unwrap(), Some(ann()));
        let own = claim(of_bob, "https://bob.example/feed").await;
        assert_eq!(own.unwrap(), None);
        let hers = claim(of_ann, "https://ann.example/feed").await;
        assert_eq!(hers.unwrap(), None);
    }
}

#[tokio::test]
async fn one_feed_under_two_addresses_is_noticed() {
    let (home, of_ann, of_bob) = with_ann_and_bob(true).await;
    let asked = |change: fn(&mut Question)| {
        let mut question = question(of_bob);
        change(&mut question);
        home.store.background(question)
    };
    let says = |change| async move { asked(change).await.unwrap().same_feed };
    assert_eq!(says(|_| {}).await, None);
    assert_eq!(
        says(|it| it.self_url = Some(url("http://ann.example/atom/"))).await,
        Some(ann())
    );
    let ids = |ids: [&str; 3]| ids.map(str::to_owned).to_vec();
    let mut hers = question(of_bob);
    hers.ids = ids(["tag:ann,2011:a", "tag:ann,2011:b", "tag:bob,2011:1"]);
    let found = home.store.background(hers.clone()).await.unwrap();
    assert_eq!(found.same_feed, Some(ann()));
    hers.feed = of_ann;
    assert_eq!(home.store.background(hers).await.unwrap().same_feed, None);
    let mut one = question(of_bob);
    one.ids = ids(["tag:ann,2011:a", "tag:bob,2011:2", "tag:bob,2011:1"]);
    let found = home.store.background(one).await.unwrap();
    assert_eq!(found.same_feed, None, "one guest does not make it hers");
}

#[tokio::test]
async fn the_former_words_of_changed_entries_are_told() {
    let (home, feed) = with_posts().await;
    let mut asked = question(feed);
    let id = id_of(&home, "a").await;
    asked.changed = vec![id, EntryId(77)];
    let Background { words, .. } = home.store.background(asked).await.unwrap();
    assert_eq!(words.len(), 1);
    let expected = Words {
        title: "a".to_owned(),
        text: "a".to_owned(),
    };
    assert_eq!(words[&id], expected);
}

#[tokio::test]
async fn what_our_hub_was_told_of_a_feed_is_known_of_each_of_its_forms_after_an_upgrade() {
    let home = Home::new().await;
    let connection = Connection::open(home.file()).unwrap();
    let earlier = "INSERT INTO hub_ping
        VALUES ('/feed', zeroblob(32), 1000, 0), ('/things/6/feed', NULL, 2000, 3);";
    connection.execute_batch(earlier).unwrap();
    let upgrade = include_str!("../../../migrations/0017_pings.sql");
    connection.execute_batch(upgrade).unwrap();
    let sql = "SELECT path || ' ' || due_at || ' ' || tries || ' ' || (shown IS NULL) FROM hub_ping ORDER BY path";
    let mut statement = connection.prepare(sql).unwrap();
    let pings: Vec<String> = statement
        .query_map([], |row| row.get(0))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    let expected = [
        "/feed.atom 1000 0 0",
        "/feed.json 1000 0 0",
        "/things/6/feed.atom 2000 3 1",
        "/things/6/feed.json 2000 3 1",
    ];
    assert_eq!(pings, expected);
}

#[tokio::test]
async fn a_planet_of_the_first_version_is_taken_over_whole() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("planet.db");
    let first = include_str!("../../../migrations/0001_planet.sql");
    let connection = Connection::open(&file).unwrap();
    connection.execute_batch(first).unwrap();
    connection.pragma_update(None, "user_version", 1).unwrap();
    let rows = "
        INSERT INTO participant VALUES (1, 'ann', 'Ann', 'https://ann.example/', 0, 0, 1);
        INSERT INTO feed (id, participant_id, address, address_key, listed, named)
            VALUES (1, 1, 'https://ann.example/', 'ann.example', 1, 0);
        INSERT INTO entry VALUES (1, 1, 1, 'a', 'guid', 'urn:a', NULL, 'Old', '', 1000, 1000, 1000, '', zeroblob(32),
            zeroblob(32), 1, NULL, 'Old', 'plain', 'html', 'old', '<p>old</p>', '<p>raw</p>');
        INSERT INTO tag VALUES (1, 6, 'tagged', 'number', 'title', 'Thing 6', 1000);";
    connection.execute_batch(rows).unwrap();
    drop(connection);

    let store = Store::open(&file, Access::Write).await.unwrap();
    let page = store.entries(Listing::All, None, 9).await.unwrap();
    assert_eq!(page.entries.len(), 1);
    assert_eq!(
        (page.entries[0].title.as_str(), page.entries[0].tags.len()),
        ("Old", 1)
    );
    // It was published when we saw it first, as nothing is that has a date.
    let posting = store.posting_of("ann".to_owned()).await.unwrap();
    assert!(posting.standings[0].undated);
    let known = store.known(FeedId(1)).await.unwrap().unwrap();
    let expected = Guid {
        value: "a".to_owned(),
        rule: GuidRule::Given,
    };
    assert_eq!(known.entries[0].guid, expected);
    assert_eq!((known.feed.parser, known.feed.flood), (0, None));
    // What such an entry lacks comes when it is cleaned, and with its next change.
    assert_eq!(known.entries[0].content, None);
    let cleaned = Cleaned {
        id: EntryId(1),
        title: "Old".to_owned(),
        html: SafeHtml::vouched("<p>raw</p>".to_owned()),
        text: "raw".to_owned(),
        words: Fingerprint::of(b"raw"),
        content: Fingerprint::of(b"raw"),
    };
    store.replace_stale(vec![cleaned], 2, day(8)).await.unwrap();
    let known = store.known(FeedId(1)).await.unwrap().unwrap();
    assert_eq!(known.entries[0].content, Some(Fingerprint::of(b"raw")));
    let update = read(
        FeedId(1),
        vec![EntryChange::Changed(
            EntryId(1),
            entry("a", "New", day(9), Vec::new()),
        )],
    );
    store.apply(update, 1).await.unwrap();
    let known = store.known(FeedId(1)).await.unwrap().unwrap();
    assert_eq!(
        known.entries[0].content,
        Some(Fingerprint::of(b"<p>raw</p>"))
    );
    assert_eq!(known.entries[0].published_at.as_millisecond(), 1000);
}
