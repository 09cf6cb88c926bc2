//! The store against a file in a temporary directory.

mod brief;
mod progress;
mod reading;
mod search;
mod things;
mod together;

use jiff::Timestamp;
use rusqlite::Connection;
use tempfile::TempDir;
use url::Url;

use super::entries::QUERIES;
use super::{Access, Applied, Cursor, FirstUrls, Listing, PutOff, Store, StoreError};
use crate::model::{
    Course, Document, EntryChange, Evidence, Failure, FeedId, FeedUpdate, Fingerprint, Guid,
    GuidRule, KnownEntry, Markup, Origin, Participant, Place, PlanetSettings, PollSettings,
    ReadBack, ReadyEntry, Rest, Rhythm, Roster, Rule, SafeHtml, Tag, TagState, Trouble, Validators,
    Walk, Way,
};

struct Home {
    store: Store,
    directory: TempDir,
}

impl Home {
    async fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(&directory.path().join("planet.db"), Access::Write)
            .await
            .unwrap();
        Self { store, directory }
    }

    /// With Ann on the roster, who blogs at this address.
    async fn of_ann(blog: &str) -> Self {
        let home = Self::new().await;
        let roster = roster(vec![participant("Ann", blog)]);
        home.store.sync(&roster, day(1)).await.unwrap();
        home
    }

    fn file(&self) -> std::path::PathBuf {
        self.directory.path().join("planet.db")
    }

    /// The first feed on the roster.
    async fn feed(&self) -> FeedId {
        self.store.feeds().await.unwrap()[0].id
    }

    /// Keeps what came of asking a feed where the roster has it now.
    async fn keep(&self, update: FeedUpdate) -> Result<Applied, StoreError> {
        self.store.apply(self.asked_now(update).await, 1).await
    }

    /// As if its feed had been asked where the roster has it now.
    async fn asked_now(&self, update: FeedUpdate) -> FeedUpdate {
        let feeds = self.store.feeds().await.unwrap();
        match feeds.into_iter().find(|feed| feed.id == update.feed) {
            Some(feed) => FeedUpdate {
                address: feed.address,
                named: feed.named,
                ..update
            },
            None => update,
        }
    }

    async fn titles(&self, listing: Listing) -> Vec<String> {
        let page = self.store.entries(listing, None, 50).await.unwrap();
        page.entries.into_iter().map(|entry| entry.title).collect()
    }
}

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

fn day(day: i8) -> Timestamp {
    format!("2011-07-{day:02}T12:00:00Z").parse().unwrap()
}

fn participant(name: &str, blog: &str) -> Participant {
    Participant {
        name: name.to_owned(),
        slug: crate::model::slug_of(name),
        blog: Some(url(blog)),
        feed: None,
        groups: Vec::new(),
        excerpt_only: false,
    }
}

fn roster(participants: Vec<Participant>) -> Roster {
    Roster {
        course: Course {
            name: "Course".to_owned(),
            names: Vec::new(),
            unit: "Thing".to_owned(),
            home: None,
            feed: None,
            timezone: jiff::tz::TimeZone::UTC,
            opens: None,
            closes: None,
            things: Vec::new(),
            rules: crate::model::Rules::default(),
        },
        planet: PlanetSettings {
            base_url: "http://127.0.0.1:8023".to_owned(),
            contact: None,
            content: crate::model::ContentPolicy::Full,
            hub: None,
            show_missing: false,
        },
        poll: PollSettings::default(),
        participants,
    }
}

fn tag(thing: u16, state: TagState) -> Tag {
    let evidence = Evidence {
        rule: Rule::Number,
        place: Place::Title,
        quote: format!("Thing {thing}"),
    };
    Tag {
        thing,
        state,
        evidence,
    }
}

fn entry(guid: &str, title: &str, published_at: Timestamp, tags: Vec<Tag>) -> ReadyEntry {
    ReadyEntry {
        guid: Guid {
            value: guid.to_owned(),
            rule: GuidRule::Given,
        },
        url: None,
        title: title.to_owned(),
        byline: String::new(),
        published_at,
        dated: true,
        updated_at: published_at,
        categories: vec!["one".to_owned(), "two".to_owned()],
        raw_title: Markup::Plain(title.to_owned()),
        raw: Markup::Html("<p>raw</p>".to_owned()),
        base: None,
        html: SafeHtml::vouched(format!("<p>{title}</p>")),
        text: title.to_owned(),
        fingerprint: Fingerprint::of(title.as_bytes()),
        words: Fingerprint::of(title.as_bytes()),
        content: Fingerprint::of(b"<p>raw</p>"),
        links: Vec::new(),
        tags,
        mentions: Vec::new(),
        comments: None,
        problems: Vec::new(),
        on_front: true,
        twin_of: None,
    }
}

/// A walk that stands before this page.
fn walk_before(page: &str) -> Walk {
    Walk {
        way: Way::Links,
        next: Some(url(page)),
        due_at: day(1),
        asked_at: None,
        platforms: vec!["ann.example".to_owned()],
        tries: 0,
        entries: 0,
        bytes: 0,
        hosts: vec!["ann.example".to_owned()],
        seen: Vec::new(),
        back: ReadBack {
            pages: 0,
            to: None,
            end: None,
            cause: None,
        },
        gap: None,
    }
}

/// The pages that come next, whoever's.
async fn next_pages(home: &Home) -> Vec<Url> {
    let walks = home.store.walks(day(1)).await.unwrap();
    walks
        .into_iter()
        .filter_map(|(_, walk)| walk.next)
        .collect()
}

#[tokio::test]
async fn a_page_that_was_asked_for_another_address_or_walk_is_not_kept() {
    let home = Home::of_ann("https://ann.example/").await;
    let feed = home.feed().await;
    let mut update = read(feed, Vec::new());
    update.document.as_mut().unwrap().walk = Some(walk_before("https://ann.example/2"));
    update.found_at = Some(url("https://ann.example/feed"));
    home.keep(update.clone()).await.unwrap();
    let page = |changes| read(feed, changes).document;
    let keep = async |changes| {
        let (asked, next) = (
            url("https://ann.example/2"),
            walk_before("https://ann.example/3"),
        );
        let kept = home
            .store
            .keep_page(feed, asked, page(changes), next, day(2), 1);
        kept.await.unwrap().new
    };
    assert_eq!(keep(news(&[("a", 1)])).await, 1);
    assert_eq!(keep(news(&[("b", 1)])).await, 0, "the walk is further");
    assert_eq!(next_pages(&home).await, [url("https://ann.example/3")]);

    let named = Participant {
        feed: Some(url("https://ann.example/feed")),
        ..participant("Ann", "https://ann.example/")
    };
    home.store.sync(&roster(vec![named]), day(3)).await.unwrap();
    assert_eq!(home.feed().await, feed);
    home.store.apply(update, 1).await.unwrap();
    assert_eq!(keep(news(&[("c", 1)])).await, 0);
    assert_eq!(next_pages(&home).await, []);
}

/// What the feed of a participant came to who changed on the roster while it was read.
async fn read_meanwhile(became: Vec<Participant>) -> (Home, FeedId, FeedUpdate) {
    let home = Home::of_ann("https://ann.example/").await;
    let feed = home.feed().await;
    let mut first = read(feed, news(&[("a", 1)]));
    first.found_at = Some(url("https://ann.example/feed"));
    home.keep(first).await.unwrap();
    home.store.sync(&roster(became), day(2)).await.unwrap();
    let mut late = read(feed, news(&[("b", 2)]));
    late.document.as_mut().unwrap().title = "Another blog".to_owned();
    late.document.as_mut().unwrap().walk = Some(walk_before("https://ann.example/2"));
    (home, feed, late)
}

#[tokio::test]
async fn an_answer_that_comes_when_the_roster_has_changed_its_mind_adds_nothing_to_anybody() {
    let named = |feed| Participant {
        feed: Some(url(feed)),
        ..participant("Ann", "https://ann.example/")
    };
    let changed = [
        // Ann's blog moved, and Bob has come; whose row was whose does not matter.
        vec![participant("Ann", "https://ann.example.org/")],
        vec![participant("Bob", "https://bob.example/")],
        vec![named("https://ann.example/feed")],
        vec![named("https://ann.example/")],
        vec![],
    ];
    for became in changed {
        let said = format!("{became:?}");
        let (home, feed, late) = read_meanwhile(became).await;
        let state = || {
            let database = Connection::open(home.file()).unwrap();
            let sql = "SELECT coalesce(next_poll_at, 0) || title || feed_url || (SELECT group_concat(guid) FROM entry)
                           || (SELECT count(*) FROM backfill) FROM feed WHERE id = ?1";
            let found = database.query_row(sql, [feed.0], |row| row.get::<_, String>(0));
            found.unwrap()
        };
        let before = state();
        let applied = home.store.apply(late, 1).await.unwrap();
        assert!(applied.is_void && applied.new == 0, "{said}: {applied:?}");
        assert_eq!(state(), before, "{said}");
    }
    let (home, _, late) = read_meanwhile(vec![
        participant("Zoe", "https://zoe.example/"),
        participant("Ann", "https://ann.example/"),
    ])
    .await;
    let applied = home.store.apply(late, 1).await.unwrap();
    assert!(!applied.is_void && applied.new == 1, "{applied:?}");
}

#[tokio::test]
async fn an_older_page_of_somebody_who_was_taken_off_the_roster_is_not_kept() {
    let home = Home::of_ann("https://ann.example/").await;
    let feed = home.feed().await;
    let mut update = read(feed, Vec::new());
    update.document.as_mut().unwrap().walk = Some(walk_before("https://ann.example/2"));
    home.store.apply(update, 1).await.unwrap();
    home.store.sync(&roster(vec![]), day(2)).await.unwrap();
    let page = read(feed, news(&[("a", 1)])).document;
    let (asked, next) = (
        url("https://ann.example/2"),
        walk_before("https://ann.example/3"),
    );
    let kept = home.store.keep_page(feed, asked, page, next, day(2), 1);
    assert_eq!(kept.await.unwrap().new, 0);
}

fn read(feed: FeedId, changes: Vec<EntryChange>) -> FeedUpdate {
    FeedUpdate {
        next_poll_at: day(31),
        validators: Some(Validators {
            url: None,
            etag: Some("W/\"a,b\"".to_owned()),
            last_modified: None,
        }),
        document: Some(Document {
            title: "Blog".to_owned(),
            site_url: None,
            body: Fingerprint::of(b"body"),
            rules: Fingerprint::of(b"rules"),
            topics: None,
            problems: Vec::new(),
            self_url: None,
            rhythm: Rhythm::default(),
            source: url("https://ann.example/feed"),
            parser: 1,
            changes,
            unchanged: 0,
            retired: Vec::new(),
            revived: Vec::new(),
            noted: Vec::new(),
            counted: Vec::new(),
            flood: None,
            walk: None,
            hub: None,
            remark: None,
        }),
        ..FeedUpdate::new(feed, url("https://ann.example/"), day(30))
    }
}

fn news(guids: &[(&str, i8)]) -> Vec<EntryChange> {
    guids
        .iter()
        .map(|(guid, on)| {
            EntryChange::New(entry(guid, guid, day(*on), vec![tag(6, TagState::Tagged)]))
        })
        .collect()
}

fn identity(known: &KnownEntry) -> (&str, Origin) {
    (&known.guid.value, known.origin)
}

#[tokio::test]
async fn what_is_applied_is_listed_newest_first() {
    let home = Home::of_ann("https://ann.example/").await;
    let feed = home.feed().await;
    let applied = home
        .keep(read(feed, news(&[("old", 1), ("new", 9)])))
        .await
        .unwrap();
    assert_eq!((applied.new, applied.changed), (2, 0));
    assert_eq!(home.titles(Listing::All).await, ["new", "old"]);
    assert_eq!(home.titles(Listing::Thing(6)).await, ["new", "old"]);
    assert_eq!(home.titles(Listing::Thing(7)).await, [""; 0]);
    assert_eq!(
        home.titles(Listing::Participant("ann".to_owned())).await,
        ["new", "old"]
    );
    let first = &home
        .store
        .entries(Listing::All, None, 1)
        .await
        .unwrap()
        .entries[0];
    assert_eq!(first.categories, ["one", "two"]);
    assert_eq!(first.tags, [tag(6, TagState::Tagged)]);
    let feed = &home.store.feeds().await.unwrap()[0];
    assert_eq!(feed.validators.etag.as_deref(), Some("W/\"a,b\""));
    assert_eq!((feed.entry_count, feed.newest_at), (2, Some(day(9))));
}

#[tokio::test]
async fn suggestions_are_not_listed_and_not_counted() {
    let home = Home::of_ann("https://ann.example/").await;
    let change = EntryChange::New(entry(
        "1",
        "maybe",
        day(1),
        vec![tag(6, TagState::Suggested)],
    ));
    home.keep(read(home.feed().await, vec![change]))
        .await
        .unwrap();
    assert_eq!(home.titles(Listing::Thing(6)).await, [""; 0]);
    assert_eq!(home.store.thing_counts().await.unwrap(), []);
    assert_eq!(home.titles(Listing::All).await, ["maybe"]);
}

#[tokio::test]
async fn pages_follow_one_another_without_gap_or_repeat() {
    let home = Home::of_ann("https://ann.example/").await;
    // Several on one day, so that the number has to break ties.
    let posts = [
        ("g", 4),
        ("f", 4),
        ("e", 3),
        ("d", 2),
        ("c", 2),
        ("b", 2),
        ("a", 1),
    ];
    home.keep(read(home.feed().await, news(&posts)))
        .await
        .unwrap();
    for listing in [
        Listing::All,
        Listing::Thing(6),
        Listing::Participant("ann".to_owned()),
    ] {
        let mut seen = Vec::new();
        let mut cursor: Option<Cursor> = None;
        loop {
            let page = home
                .store
                .entries(listing.clone(), cursor, 2)
                .await
                .unwrap();
            seen.extend(page.entries.into_iter().map(|entry| entry.title));
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(seen, ["g", "f", "e", "d", "c", "b", "a"], "{listing:?}");
    }
}

#[tokio::test]
async fn a_change_keeps_identity_date_and_place() {
    let home = Home::of_ann("https://ann.example/").await;
    let feed = home.feed().await;
    home.keep(read(feed, news(&[("tag:a,2011:1", 1), ("b", 2)])))
        .await
        .unwrap();
    let before = home
        .store
        .entries(Listing::All, None, 9)
        .await
        .unwrap()
        .entries
        .remove(1);
    let mut edited = entry(
        "tag:a,2011:1",
        "edited",
        day(20),
        vec![tag(7, TagState::Tagged)],
    );
    edited.updated_at = day(21);
    home.keep(read(feed, vec![EntryChange::Changed(before.id, edited)]))
        .await
        .unwrap();
    let after = home
        .store
        .entries(Listing::All, None, 9)
        .await
        .unwrap()
        .entries
        .remove(1);
    assert_eq!(after.title, "edited");
    assert_eq!(
        (after.id, &after.public_id, after.published_at),
        (before.id, &before.public_id, before.published_at)
    );
    assert_eq!(after.updated_at, day(21));
    assert_eq!(home.titles(Listing::Thing(6)).await, ["b"]);
    assert_eq!(home.titles(Listing::Thing(7)).await, ["edited"]);
}

#[tokio::test]
async fn an_update_that_fails_leaves_nothing_behind() {
    let home = Home::of_ann("https://ann.example/").await;
    let feed = home.feed().await;
    // A Thing 0 breaks a constraint at the second insert.
    let mut changes = news(&[("sound", 1)]);
    changes.insert(
        0,
        EntryChange::New(entry(
            "unsound",
            "x",
            day(2),
            vec![tag(0, TagState::Tagged)],
        )),
    );
    home.keep(read(feed, changes)).await.unwrap_err();
    assert_eq!(home.titles(Listing::All).await, [""; 0]);
    assert_eq!(
        home.store.feeds().await.unwrap()[0].validators.etag,
        None,
        "validators go with the entries"
    );
}

#[tokio::test]
async fn public_ids_are_absolute_unique_and_original_where_they_can_be() {
    let home = Home::new().await;
    let people = vec![
        participant("Ann", "https://ann.example/"),
        participant("Bob", "https://bob.example/"),
    ];
    home.store.sync(&roster(people), day(1)).await.unwrap();
    let feeds = home.store.feeds().await.unwrap();
    let guids = [
        ("tag:blogger.com,1999:blog-1.post-2", 1),
        ("https://ann.example/?p=1", 2),
        ("12", 3),
        ("post:12", 4),
    ];
    home.keep(read(feeds[0].id, news(&guids))).await.unwrap();
    // Bob's feed claims one of Ann's guids.
    home.keep(read(feeds[1].id, news(&[("https://ann.example/?p=1", 5)])))
        .await
        .unwrap();
    let entries = home
        .store
        .entries(Listing::All, None, 9)
        .await
        .unwrap()
        .entries;
    let mut ids: Vec<&str> = entries
        .iter()
        .map(|entry| entry.public_id.as_str())
        .collect();
    assert_eq!(
        &ids[3..],
        [
            "https://ann.example/?p=1",
            "tag:blogger.com,1999:blog-1.post-2"
        ]
    );
    assert!(
        ids[..3]
            .iter()
            .all(|id| id.starts_with("urn:uuid:") && id.len() == 45),
        "{ids:?}"
    );
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 5);
}

#[tokio::test]
async fn who_leaves_the_roster_is_not_shown_and_nothing_is_lost() {
    let home = Home::new().await;
    let both = vec![
        participant("Ann", "https://ann.example/"),
        participant("Bob", "https://bob.example/"),
    ];
    home.store
        .sync(&roster(both.clone()), day(1))
        .await
        .unwrap();
    home.keep(read(home.feed().await, news(&[("a", 1)])))
        .await
        .unwrap();
    let synced = home
        .store
        .sync(&roster(vec![both[1].clone()]), day(1))
        .await
        .unwrap();
    assert_eq!((synced.added, synced.retired), (0, 1));
    for listing in [
        Listing::All,
        Listing::Thing(6),
        Listing::Participant("ann".to_owned()),
    ] {
        assert_eq!(home.titles(listing).await, [""; 0]);
    }
    assert_eq!(home.store.thing_counts().await.unwrap(), []);
    assert!(
        home.store
            .postings(FirstUrls::All)
            .await
            .unwrap()
            .is_empty()
    );
    home.store.sync(&roster(both), day(1)).await.unwrap();
    assert_eq!(
        home.titles(Listing::All).await,
        ["a"],
        "back with their posts"
    );
}

#[tokio::test]
async fn a_classmates_host_is_known_in_any_spelling() {
    for (theirs, asked, known) in [
        (
            "https://ann.example/",
            "https://www.ann.example/page/2",
            true,
        ),
        ("https://www.ann.example/", "https://ann.example./", true),
        ("https://ann.example/", "https://nn.example/", false),
        ("https://ann.example/", "https://bob.example/", false),
    ] {
        let home = Home::new().await;
        let people = vec![
            participant("Bob", "https://bob.example/"),
            participant("Ann", theirs),
        ];
        home.store.sync(&roster(people), day(1)).await.unwrap();
        let claim = home.store.host_of(home.feed().await, url(asked)).await;
        assert_eq!(claim.unwrap().is_some(), known, "{theirs} {asked}");
    }
}

#[tokio::test]
async fn a_new_name_awaits_a_retag_only_where_rules_go_by_it() {
    for (ruled, awaits) in [("", false), ("ann", true), ("anne", true), ("bob", false)] {
        let home = Home::new().await;
        let with_rules = |name: &str| {
            let mut roster = roster(vec![participant(name, "https://ann.example/")]);
            if !ruled.is_empty() {
                let blogs = &mut roster.course.rules.blogs;
                blogs.insert(ruled.to_owned(), crate::model::BlogRules::default());
            }
            roster
        };
        home.store.sync(&with_rules("Ann"), day(1)).await.unwrap();
        let update = read(home.feed().await, news(&[("a", 1)]));
        let rules = update.document.as_ref().unwrap().rules;
        home.keep(update).await.unwrap();
        assert!(!home.store.awaits_retag(rules).await.unwrap());
        home.store.sync(&with_rules("Anne"), day(2)).await.unwrap();
        let now = home.store.awaits_retag(rules).await.unwrap();
        assert_eq!(now, awaits, "with rules of {ruled:?}");
    }
}

#[tokio::test]
async fn a_new_name_or_spelling_of_the_address_is_the_same_feed() {
    let home = Home::of_ann("http://www.ann.example/").await;
    let feed = home.feed().await;
    home.keep(read(feed, news(&[("a", 1)]))).await.unwrap();
    let renamed = roster(vec![participant("Ann Smith", "https://ann.example")]);
    let synced = home.store.sync(&renamed, day(1)).await.unwrap();
    assert_eq!((synced.added, synced.retired), (0, 0));
    assert_eq!(home.feed().await, feed);
    assert_eq!(
        home.titles(Listing::Participant("ann-smith".to_owned()))
            .await,
        ["a"]
    );
}

#[tokio::test]
async fn a_blog_that_moves_is_compared_with_what_its_owner_posted_before() {
    let home = Home::of_ann("https://ann.example/").await;
    home.keep(read(home.feed().await, news(&[("tag:x,2011:1", 1)])))
        .await
        .unwrap();
    home.store
        .sync(
            &roster(vec![participant("Ann", "https://new.example/")]),
            day(1),
        )
        .await
        .unwrap();
    let known = home.store.known(home.feed().await).await.unwrap().unwrap();
    let known: Vec<(&str, Origin)> = known.entries.iter().map(identity).collect();
    assert_eq!(known, [("tag:x,2011:1", Origin::Former)]);
    assert_eq!(
        home.titles(Listing::All).await,
        ["tag:x,2011:1"],
        "the old posts stay"
    );
}

#[tokio::test]
async fn a_feed_that_changes_owner_takes_its_posts_along_and_stays_pollable() {
    let home = Home::new().await;
    let (ann, bob) = (
        participant("Ann", "https://a.example/"),
        participant("Bob", "https://b.example/"),
    );
    home.store
        .sync(&roster(vec![ann, bob]), day(1))
        .await
        .unwrap();
    let feed = home.feed().await;
    home.keep(read(feed, news(&[("1", 1)]))).await.unwrap();
    // The organiser had swapped their addresses.
    let (ann, bob) = (
        participant("Ann", "https://b.example/"),
        participant("Bob", "https://a.example/"),
    );
    home.store
        .sync(&roster(vec![ann, bob]), day(2))
        .await
        .unwrap();
    assert_eq!(
        home.titles(Listing::Participant("bob".to_owned())).await,
        ["1"]
    );
    assert_eq!(
        home.titles(Listing::Participant("ann".to_owned())).await,
        [""; 0]
    );
    let known = home.store.known(feed).await.unwrap().unwrap();
    let known: Vec<(&str, Origin)> = known.entries.iter().map(identity).collect();
    assert_eq!(known, [("1", Origin::Own)]);
}

#[tokio::test]
async fn a_found_feed_is_not_taken_from_whoever_it_was_found_for() {
    let home = Home::new().await;
    let bob = participant("Bob", "https://b.example/");
    home.store
        .sync(&roster(vec![bob.clone()]), day(1))
        .await
        .unwrap();
    let mut found = read(home.feed().await, news(&[("1", 1)]));
    found.found_at = Some(url("https://b.example/feed"));
    home.keep(found).await.unwrap();
    let mut ann = participant("Ann", "https://a.example/");
    ann.feed = Some(url("https://b.example/feed"));
    home.store
        .sync(&roster(vec![ann, bob.clone()]), day(2))
        .await
        .unwrap();
    assert_eq!(
        home.titles(Listing::Participant("bob".to_owned())).await,
        ["1"]
    );
    // But who writes down the feed of their own blog keeps it.
    let mut named = bob;
    named.feed = Some(url("https://b.example/feed"));
    home.store.sync(&roster(vec![named]), day(3)).await.unwrap();
    assert_eq!(home.titles(Listing::All).await, ["1"]);
}

#[tokio::test]
async fn an_entry_that_came_in_meanwhile_is_changed_and_not_doubled() {
    let home = Home::of_ann("https://a.example/").await;
    let feed = home.feed().await;
    home.keep(read(feed, news(&[("1", 1)]))).await.unwrap();
    let edited = EntryChange::New(entry("1", "edited", day(1), Vec::new()));
    let again = home.keep(read(feed, vec![edited])).await.unwrap();
    assert_eq!((again.new, again.changed), (0, 1));
    assert_eq!(home.titles(Listing::All).await, ["edited"]);
}

#[tokio::test]
async fn another_address_is_another_try() {
    let home = Home::of_ann("http://a.example/").await;
    let mut gone = read(home.feed().await, Vec::new());
    gone.gone = true;
    home.keep(gone).await.unwrap();
    home.store
        .sync(
            &roster(vec![participant("Ann", "https://a.example/")]),
            day(2),
        )
        .await
        .unwrap();
    let feed = home.store.feeds().await.unwrap().remove(0);
    assert!(!feed.gone);
    assert_eq!((feed.next_poll_at, feed.validators.etag), (None, None));
}

#[tokio::test]
async fn the_time_of_the_last_change_moves_only_with_changes() {
    let home = Home::new().await;
    let ann = roster(vec![participant("Ann", "https://a.example/")]);
    home.store.sync(&ann, day(1)).await.unwrap();
    assert_eq!(home.store.changed_at().await.unwrap(), Some(day(1)));
    home.store.sync(&ann, day(2)).await.unwrap();
    assert_eq!(
        home.store.changed_at().await.unwrap(),
        Some(day(1)),
        "the same roster"
    );
    let feed = home.feed().await;
    home.keep(read(feed, news(&[("1", 1)]))).await.unwrap();
    assert_eq!(home.store.changed_at().await.unwrap(), Some(day(30)));
    let mut later = read(feed, Vec::new());
    later.polled_at = day(31);
    home.keep(later).await.unwrap();
    assert_eq!(
        home.store.changed_at().await.unwrap(),
        Some(day(30)),
        "a poll without news"
    );
}

#[tokio::test]
async fn a_start_that_was_cut_short_does_not_lock_the_planet_out() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("planet.db");
    let connection = Connection::open(&path).unwrap();
    connection
        .pragma_update(None, "journal_mode", "WAL")
        .unwrap();
    drop(connection);
    assert!(
        std::fs::metadata(&path).unwrap().len() > 0,
        "the file is there and blank"
    );
    Store::open(&path, Access::Write).await.unwrap();
}

#[tokio::test]
async fn a_failure_is_kept_with_its_cause_and_does_not_touch_what_was_read() {
    let home = Home::of_ann("https://ann.example/").await;
    let feed = home.feed().await;
    home.keep(read(feed, news(&[("a", 1)]))).await.unwrap();
    let failure = Failure {
        since: day(31),
        cause: "the blog answered 500".to_owned(),
        count: 1,
        trouble: Trouble::Blocked,
    };
    let mut update = read(feed, Vec::new());
    (update.failure, update.validators, update.document) = (Some(failure.clone()), None, None);
    home.keep(update).await.unwrap();
    let feed = home.store.feeds().await.unwrap().remove(0);
    assert_eq!(feed.failure, Some(failure));
    assert_eq!(feed.ok_at, Some(day(30)));
    assert_eq!(feed.validators.etag.as_deref(), Some("W/\"a,b\""));
    assert_eq!(feed.title, "Blog");
}

#[tokio::test]
async fn every_listing_is_served_by_an_index() {
    let home = Home::new().await;
    let connection = Connection::open(home.file()).unwrap();
    super::pool::prepare(&connection, true).unwrap();
    let ours = QUERIES.into_iter().chain(super::search::QUERIES);
    let ours = ours.chain(super::things::QUERIES);
    for (name, sql) in ours.chain(super::around::QUERIES) {
        let plan = plan(&connection, sql);
        let scans: Vec<&String> = plan
            .iter()
            .filter(|step| {
                // Looking up words is no walk, whatever SQLite calls it.
                step.starts_with("SCAN")
                    && !step.contains("USING")
                    && !step.starts_with("SCAN entry_search VIRTUAL TABLE INDEX 0:M")
                    || step.contains("TEMP B-TREE FOR ORDER BY")
            })
            .collect();
        // Comparing with what is known reads one participant's rows whole; their order is a matter of two feeds. The
        // topics of a Thing or a post are a handful, in the organiser's order.
        let sorted_by_design =
            ["known entries", "topics of a Thing", "topics of a post"].contains(&name);
        assert!(scans.is_empty() || sorted_by_design, "{name}: {plan:#?}");
        assert!(
            !plan.iter().any(|step| step == "SCAN entry"),
            "{name}: {plan:#?}"
        );
    }
}

fn plan(connection: &Connection, sql: &str) -> Vec<String> {
    let mut statement = connection
        .prepare(&format!("EXPLAIN QUERY PLAN {sql}"))
        .unwrap();
    let count = statement.parameter_count();
    let values = vec![1_i64; count];
    let rows = statement
        .query_map(rusqlite::params_from_iter(values), |row| row.get(3))
        .unwrap();
    rows.collect::<Result<_, _>>().unwrap()
}

#[tokio::test]
async fn the_search_index_follows_inserts_and_edits() {
    let home = Home::of_ann("https://ann.example/").await;
    let feed = home.feed().await;
    home.keep(read(feed, news(&[("évernote", 1)])))
        .await
        .unwrap();
    let connection = Connection::open(home.file()).unwrap();
    let hits = |word: &str| {
        let sql = "SELECT count(*) FROM entry_search WHERE entry_search MATCH ?1";
        connection
            .query_row(sql, [word], |row| row.get::<_, i64>(0))
            .unwrap()
    };
    let index = async || while home.store.index_some().await.unwrap() {};
    index().await;
    assert_eq!(hits("evernote"), 1);
    let id = home
        .store
        .entries(Listing::All, None, 1)
        .await
        .unwrap()
        .entries[0]
        .id;
    let edited = entry("évernote", "dropbox", day(1), Vec::new());
    home.keep(read(feed, vec![EntryChange::Changed(id, edited)]))
        .await
        .unwrap();
    assert_eq!(hits("evernote"), 0, "the old words are forgotten at once");
    assert_eq!(hits("dropbox"), 0, "the new ones wait for a batch");
    index().await;
    assert_eq!((hits("evernote"), hits("dropbox")), (0, 1));
    connection
        .execute(
            "INSERT INTO entry_search (entry_search, rank) VALUES ('integrity-check', 1)",
            [],
        )
        .unwrap();
}

#[tokio::test]
async fn a_second_writer_is_refused_and_a_reader_is_not() {
    let home = Home::new().await;
    let second = Store::open(&home.file(), Access::Write).await;
    assert!(matches!(second, Err(StoreError::InUse(_))), "{second:?}");
    Store::open(&home.file(), Access::Read).await.unwrap();
    let file = home.file();
    drop(home.store);
    Store::open(&file, Access::Write).await.unwrap();
}

#[tokio::test]
async fn files_that_are_not_ours_are_refused_and_left_untouched() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    std::fs::write(path("text"), "this is not a database, not even nearly one").unwrap();
    std::fs::create_dir(path("directory")).unwrap();
    Connection::open(path("other.db"))
        .unwrap()
        .execute("CREATE TABLE a (b)", [])
        .unwrap();
    for name in ["text", "directory", "other.db"] {
        let before = std::fs::read(path(name)).ok();
        let refused = Store::open(&path(name), Access::Write).await;
        assert!(
            matches!(refused, Err(StoreError::Foreign(_))),
            "{name}: {refused:?}"
        );
        assert_eq!(std::fs::read(path(name)).ok(), before, "{name}");
    }
    let missing = Store::open(&path("missing.db"), Access::Read).await;
    assert!(
        matches!(missing, Err(StoreError::Missing(_))),
        "{missing:?}"
    );
}

#[tokio::test]
async fn a_database_from_a_newer_version_is_refused() {
    let home = Home::new().await;
    let file = home.file();
    drop(home.store);
    Connection::open(&file)
        .unwrap()
        .pragma_update(None, "user_version", 999)
        .unwrap();
    let refused = Store::open(&file, Access::Write).await;
    assert!(
        matches!(refused, Err(StoreError::Newer { found: 999, .. })),
        "{refused:?}"
    );
}

#[tokio::test]
async fn the_database_keeps_itself_in_order() {
    let home = Home::new().await;
    let connection = Connection::open(home.file()).unwrap();
    let loose: i64 = connection
        .query_row(
            "SELECT count(*) FROM pragma_table_list
             WHERE schema = 'main' AND type = 'table' AND strict = 0 AND name NOT LIKE 'sqlite_%'",
            [],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(loose, 0, "every table of ours is STRICT");
    let mode: String = connection
        .pragma_query_value(None, "journal_mode", |row| row.get(0))
        .unwrap();
    assert_eq!(mode, "wal");
    let orphan = home.store.write(|transaction| {
        let sql = "INSERT INTO entry_link (entry_id, urls) VALUES (77, '')";
        Ok(transaction.execute(sql, [])?)
    });
    let refused = orphan.await.is_err();
    assert!(refused, "what belongs to nothing is refused");
}

/// A new table stands either here or in a trigger, or pages kept in memory would not know that it changed.
#[tokio::test]
async fn whatever_pages_show_is_counted_when_it_changes() {
    let shown_nowhere = [
        "audit",
        "entry_link",
        "generation",
        "hub_offer",
        "hub_ping",
        // With it, the feeds of its platform are put off, which is counted.
        "pause",
        // Only answers are kept that are pages.
        "former_slug",
        // These follow from what is counted, and are written with it.
        "entry_topic",
        "posted",
        "posted_in_week",
        "progress",
        "progress_due",
        "thing_tally",
        "topic",
        "topic_tally",
        "week_tally",
    ];
    let home = Home::new().await;
    let database = Connection::open(home.file()).unwrap();
    let names = |sql: &str| -> Vec<String> {
        let mut statement = database.prepare(sql).unwrap();
        let rows = statement.query_map([], |row| row.get(0)).unwrap();
        rows.collect::<Result<_, _>>().unwrap()
    };
    let counted = names(
        "SELECT tbl_name FROM sqlite_schema WHERE type = 'trigger' AND sql LIKE '%UPDATE generation%'",
    );
    let tables = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'entry_search%'";
    for table in names(tables) {
        let is_hidden = shown_nowhere.contains(&table.as_str());
        assert_ne!(is_hidden, counted.contains(&table), "{table}");
    }
}

#[tokio::test]
async fn a_generation_ends_with_what_is_shown_and_not_with_a_poll_that_brings_nothing() {
    let home = Home::of_ann("https://ann.example/").await;
    let feed = home.feed().await;
    home.keep(read(feed, news(&[("a", 1)]))).await.unwrap();
    let (first, written) = (home.store.generation().unwrap(), home.store.written());
    let mut nothing = read(feed, Vec::new());
    nothing.document = None;
    nothing.polled_at = day(9);
    home.keep(nothing).await.unwrap();
    let second = home.store.generation().unwrap();
    assert_eq!(second.shown, first.shown);
    assert!(second.polls > first.polls && home.store.written() > written);
    home.keep(read(feed, news(&[("b", 2)]))).await.unwrap();
    assert!(home.store.generation().unwrap().shown > second.shown);
}

#[tokio::test]
async fn how_platforms_rest_is_remembered_until_they_answer_or_were_not_asked_for_a_month() {
    let home = Home::new().await;
    let rest = |platform: &str, until, throttled| Rest {
        platform: platform.to_owned(),
        until,
        throttled,
    };
    for told in [
        rest("a.example", day(3), 2),
        rest("b.example", day(4), 1),
        rest("c.example", day(9), 0),
        rest("b.example", day(2), 0),
    ] {
        home.store.pause(told, day(2)).await.unwrap();
    }
    let rests = async |now| home.store.pauses(now).await.unwrap();
    let (a, c) = (rest("a.example", day(3), 2), rest("c.example", day(9), 0));
    assert_eq!(rests(day(3)).await, [a.clone(), c.clone()]);
    assert_eq!(rests(day(5)).await, [a.clone(), c]);
    let lifted = home
        .store
        .lift_pause("c.example".to_owned(), Vec::new(), day(5));
    lifted.await.unwrap();
    assert_eq!(rests(day(5)).await, std::slice::from_ref(&a));
    // One careless blog asks for a month, and nobody else is forgotten for that.
    let later = "2011-08-04T12:00:00Z".parse().unwrap();
    let d = rest("d.example", later, 1);
    home.store.pause(d.clone(), day(5)).await.unwrap();
    assert_eq!(rests(day(5)).await, [a, d.clone()]);
    home.store.pause(d.clone(), later).await.unwrap();
    assert_eq!(rests(day(5)).await, [d]);
}

#[tokio::test]
async fn putting_all_into_one_file_does_not_wait_for_a_build_that_reads() {
    let home = Home::of_ann("https://ann.example/").await;
    let _building = home.store.as_it_is().await.unwrap();
    let feed = home.feed().await;
    home.keep(read(feed, news(&[("a", 1)]))).await.unwrap();
    // A connection waits ten seconds for others, and nobody could write meanwhile.
    let settled = home.store.settle();
    let settled = tokio::time::timeout(std::time::Duration::from_secs(5), settled).await;
    settled.unwrap().unwrap();
    // It waits for them as ever afterwards.
    home.keep(read(feed, news(&[("b", 2)]))).await.unwrap();
}

/// Shows A14.
#[tokio::test]
async fn who_was_polled_while_the_late_were_spread_is_not_asked_sooner_for_that() {
    let home = Home::of_ann("https://ann.example/").await;
    let feed = home.feed().await;
    // She was found late; then what came of asking her was kept, and only then the late get their new times.
    home.keep(read(feed, Vec::new())).await.unwrap();
    let due = async || home.store.feeds().await.unwrap()[0].next_poll_at;
    let put_off = |next_poll_at| PutOff {
        feed,
        next_poll_at,
        held_until: None,
    };
    home.store.put_off(vec![put_off(day(20))]).await.unwrap();
    assert_eq!(due().await, Some(day(31)));
    let longer = day(31) + jiff::SignedDuration::from_hours(1);
    home.store.put_off(vec![put_off(longer)]).await.unwrap();
    assert_eq!(due().await, Some(longer));
}

#[tokio::test]
async fn an_address_that_was_written_during_our_outage_is_not_blamed_for_what_the_former_one_did() {
    let home = Home::of_ann("https://ann.example/").await;
    let feed = home.feed().await;
    let failure = || Failure {
        since: day(2),
        cause: "it broke".to_owned(),
        count: 3,
        trouble: Trouble::Other,
    };
    let soon = PutOff {
        feed,
        next_poll_at: day(6),
        held_until: None,
    };
    let forgiven = async || {
        home.store
            .forgive(vec![(soon, Some(failure()))])
            .await
            .unwrap();
        home.store.feeds().await.unwrap()[0].failure.clone()
    };
    let blamed = FeedUpdate {
        failure: Some(Failure {
            cause: "no connection".to_owned(),
            ..failure()
        }),
        ..FeedUpdate::new(feed, url("https://ann.example/"), day(5))
    };
    home.keep(blamed).await.unwrap();
    assert_eq!(forgiven().await, Some(failure()));
    let moved = roster(vec![participant("Ann", "http://ann.example/")]);
    home.store.sync(&moved, day(5)).await.unwrap();
    assert_eq!(forgiven().await, None);
}

/// Shows A10.
#[tokio::test]
async fn a_hub_brings_nobody_to_a_blog_in_the_hours_that_it_wants_to_be_left_alone() {
    let home = Home::of_ann("https://ann.example/").await;
    let feed = home.feed().await;
    let mut update = read(feed, Vec::new());
    // It is one o’clock, and this hour is left out as the one before was.
    update.document.as_mut().unwrap().rhythm.skip_hours = 0b11 << 12;
    home.keep(update).await.unwrap();
    let hours = |hours| day(30) + jiff::SignedDuration::from_hours(hours);
    home.store.poll_soon(feed, hours(1)).await.unwrap();
    let due = home.store.feeds().await.unwrap()[0].next_poll_at;
    assert_eq!(due, Some(hours(2)));
}
