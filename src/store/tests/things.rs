//! What is kept of each Thing is what counting from scratch would find, whatever happened.

use rusqlite::Connection;

use super::super::{Cleaned, Cursor, Order, Ruling, Store};
use super::{Home, day, entry, participant, read, roster, tag};
use crate::model::{
    EntryChange, EntryId, Fingerprint, Mention, ReadyEntry, Roster, SafeHtml, TagState, Thing,
    Verdict,
};

/// Ann and Bob on a course whose Thing 6 has topics.
fn course(topics: &[&str]) -> Roster {
    let mut roster = roster(vec![
        participant("Ann", "https://ann.example/"),
        participant("Bob", "https://bob.example/"),
    ]);
    roster.course.things = vec![Thing {
        number: 6,
        title: "Networks".to_owned(),
        week: None,
        opens: None,
        brief: None,
        topics: topics.iter().map(|&topic| topic.to_owned()).collect(),
    }];
    roster
}

fn post(guid: &str, at: i8, text: &str) -> ReadyEntry {
    let mut entry = entry(guid, guid, day(at), vec![tag(6, TagState::Tagged)]);
    text.clone_into(&mut entry.text);
    entry
}

async fn with_posts() -> (Home, Vec<EntryId>) {
    let home = Home::new().await;
    let topics = ["LinkedIn", "Facebook"];
    home.store.sync(&course(&topics), day(1)).await.unwrap();
    let feeds = home.store.feeds().await.unwrap();
    let texts = [
        ("a", 1, "LinkedIn"),
        ("b", 2, "Facebook or LinkedIn"),
        ("c", 3, "Neither"),
    ];
    for (at, feed) in feeds.iter().enumerate() {
        let new = texts
            .iter()
            .map(|(guid, day, text)| EntryChange::New(post(&format!("{at}{guid}"), *day, text)));
        home.keep(read(feed.id, new.collect())).await.unwrap();
    }
    let page = home
        .store
        .on_thing(6, None, Order::Oldest, None, 9)
        .await
        .unwrap();
    let ids = page.entries.iter().map(|entry| entry.id).collect();
    (home, ids)
}

/// The kept figures as (thing, posts, participants) and (topic, posts), which must be those that counting finds.
async fn kept(home: &Home) -> Figures {
    let counted = counted(&Connection::open(home.file()).unwrap());
    let things = home.store.thing_counts().await.unwrap();
    let things: Vec<(u16, u64, u64)> = things
        .iter()
        .map(|it| (it.thing, it.posts, it.participants))
        .collect();
    let mut topics: Vec<(String, u64)> = Vec::new();
    for count in home.store.topic_counts(6).await.unwrap() {
        topics.push((count.topic, count.posts));
    }
    assert_eq!((&things, &topics), (&counted.0, &counted.1));
    (things.first().map(|it| (it.1, it.2)), topics)
}

/// Posts and people of Thing 6, and posts by topic.
type Figures = (Option<(u64, u64)>, Vec<(String, u64)>);
type Counted = (Vec<(u16, u64, u64)>, Vec<(String, u64)>);

fn counted(connection: &Connection) -> Counted {
    let number = |row: &rusqlite::Row<'_>, at| row.get::<_, i64>(at).map(i64::unsigned_abs);
    let things = "SELECT tag.thing, count(*), count(DISTINCT participant_id)
                  FROM tag JOIN visible_entry ON visible_entry.id = tag.entry_id
                  WHERE state = 'tagged' GROUP BY tag.thing ORDER BY tag.thing";
    let mut things = connection.prepare(things).unwrap();
    let things = things.query_map([], |row| {
        Ok((row.get(0)?, number(row, 1)?, number(row, 2)?))
    });
    let topics =
        "SELECT topic, count(*) FROM entry_topic JOIN visible_entry ON visible_entry.id = entry_id
                  WHERE thing = 6 GROUP BY topic ORDER BY count(*) DESC, topic DESC";
    let mut topics = connection.prepare(topics).unwrap();
    let topics = topics.query_map([], |row| Ok((row.get(0)?, number(row, 1)?)));
    (
        things.unwrap().collect::<Result<_, _>>().unwrap(),
        topics.unwrap().collect::<Result<_, _>>().unwrap(),
    )
}

fn figures(posts: u64, people: u64, linkedin: u64, facebook: u64) -> Figures {
    let topics = [("LinkedIn", linkedin), ("Facebook", facebook)];
    let topics = topics.into_iter().filter(|(_, posts)| *posts > 0);
    let topics = topics.map(|(topic, posts)| (topic.to_owned(), posts));
    ((posts > 0).then_some((posts, people)), topics.collect())
}

#[tokio::test]
async fn figures_follow_posts_that_come_go_and_are_copies() {
    let (home, ids) = with_posts().await;
    assert_eq!(kept(&home).await, figures(6, 2, 4, 2));
    let bob = home.store.feeds().await.unwrap()[1].id;

    let mut update = read(bob, Vec::new());
    let theirs: Vec<EntryId> = ids.iter().copied().filter(|id| id.0 > 3).collect();
    update.document.as_mut().unwrap().retired = theirs.clone();
    home.keep(update).await.unwrap();
    assert_eq!(kept(&home).await, figures(3, 1, 2, 1));

    let mut update = read(bob, Vec::new());
    update.document.as_mut().unwrap().revived = theirs[..1].to_vec();
    home.keep(update).await.unwrap();
    assert_eq!(kept(&home).await, figures(4, 2, 3, 1));

    let mut copy = post("copy", 4, "LinkedIn");
    copy.twin_of = Some(theirs[0]);
    home.keep(read(bob, vec![EntryChange::New(copy)]))
        .await
        .unwrap();
    assert_eq!(kept(&home).await, figures(4, 2, 3, 1));
    let mut update = read(bob, Vec::new());
    update.document.as_mut().unwrap().retired = vec![theirs[0]];
    home.keep(update).await.unwrap();
    assert_eq!(
        kept(&home).await,
        figures(4, 2, 3, 1),
        "the copy takes its place"
    );
}

#[tokio::test]
async fn figures_follow_edits_cleaning_and_decisions() {
    let (home, ids) = with_posts().await;
    let ann = home.store.feeds().await.unwrap()[0].id;
    let edited = post("0a", 1, "Facebook, Facebook and Facebook");
    let update = read(ann, vec![EntryChange::Changed(ids[0], edited)]);
    home.keep(update).await.unwrap();
    assert_eq!(kept(&home).await, figures(6, 2, 3, 3));

    let cleaned = Cleaned {
        id: ids[0],
        title: "LinkedIn".to_owned(),
        html: SafeHtml::default(),
        text: String::new(),
        words: Fingerprint::of(b"x"),
        content: Fingerprint::of(b"x"),
    };
    home.store
        .replace_stale(vec![cleaned], 2, day(9))
        .await
        .unwrap();
    assert_eq!(kept(&home).await, figures(6, 2, 4, 2));

    let say = |verdict| Ruling {
        entry: ids[0],
        said: vec![(6, verdict)],
        by: "Olga".to_owned(),
        note: String::new(),
        at: day(10),
    };
    let rules = Fingerprint::of(b"rules");
    let of_rules = |_| vec![tag(6, TagState::Tagged)];
    home.store
        .decide(say(Some(Verdict::No)), rules, of_rules)
        .await
        .unwrap();
    assert_eq!(kept(&home).await, figures(5, 2, 3, 2));
    home.store.decide(say(None), rules, of_rules).await.unwrap();
    assert_eq!(kept(&home).await, figures(6, 2, 4, 2));
}

#[tokio::test]
async fn figures_follow_the_roster() {
    let (home, _) = with_posts().await;
    let topics = ["LinkedIn", "Facebook"];
    let mut alone = course(&topics);
    let bob = alone.participants.pop().unwrap();
    home.store.sync(&alone, day(9)).await.unwrap();
    assert_eq!(kept(&home).await, figures(3, 1, 2, 1));
    assert_eq!(home.store.people_on(6).await.unwrap(), ["ann"]);
    home.store.sync(&course(&topics), day(9)).await.unwrap();
    assert_eq!(kept(&home).await, figures(6, 2, 4, 2));

    // The blog turns out to be Ann's.
    alone.participants[0].blog = bob.blog;
    home.store.sync(&alone, day(9)).await.unwrap();
    assert_eq!(kept(&home).await.0, Some((6, 1)));
    alone.participants.clear();
    home.store.sync(&alone, day(9)).await.unwrap();
    assert_eq!(kept(&home).await, figures(0, 0, 0, 0));
}

#[tokio::test]
async fn other_topics_are_found_in_the_posts_that_are_there() {
    let (home, _) = with_posts().await;
    home.store
        .sync(&course(&["neither", "LinkedIn"]), day(9))
        .await
        .unwrap();
    let topics = home.store.topic_counts(6).await.unwrap();
    let topics: Vec<_> = topics
        .iter()
        .map(|it| (it.topic.as_str(), it.posts))
        .collect();
    assert_eq!(topics, [("LinkedIn", 4), ("neither", 2)]);
    let mut without = course(&[]);
    home.store.sync(&without, day(9)).await.unwrap();
    assert_eq!(home.store.topic_counts(6).await.unwrap(), []);
    home.store
        .sync(&course(&["Facebook"]), day(9))
        .await
        .unwrap();
    without.course.things.clear();
    home.store.sync(&without, day(9)).await.unwrap();
    assert_eq!(home.store.topic_counts(6).await.unwrap(), []);
}

/// Has a post of Ann's read again, by whoever looked for these topics in it and found `mentions`.
async fn read_again(home: &Home, id: EntryId, looked_for: &[&str], mentions: &[&str]) {
    let ann = home.store.feeds().await.unwrap()[0].id;
    let mut again = post("0a", 1, "Facebook");
    again.mentions = mentions.iter().map(|&topic| mention(topic)).collect();
    let mut update = read(ann, vec![EntryChange::Changed(id, again)]);
    let topics = Thing::topics_of(&course(looked_for).course.things);
    update.document.as_mut().unwrap().topics = Some(topics);
    home.keep(update).await.unwrap();
}

fn mention(topic: &str) -> Mention {
    Mention {
        thing: 6,
        topic: topic.to_owned(),
    }
}

#[tokio::test]
async fn a_post_is_not_read_for_topics_that_were_looked_for_and_is_for_others() {
    let (home, ids) = with_posts().await;
    // What was found is not in the text, so that it shows who looked.
    read_again(&home, ids[0], &["LinkedIn", "Facebook"], &["LinkedIn"]).await;
    assert_eq!(kept(&home).await, figures(6, 2, 4, 2));
    for others in [&["Facebook", "LinkedIn"][..], &["LinkedIn"], &[]] {
        read_again(&home, ids[0], others, &["LinkedIn"]).await;
        assert_eq!(kept(&home).await, figures(6, 2, 3, 3), "{others:?}");
    }
    read_again(&home, ids[0], &["LinkedIn", "Facebook"], &[]).await;
    assert_eq!(kept(&home).await, figures(6, 2, 3, 2), "it dropped both");

    let database = Connection::open(home.file()).unwrap();
    database
        .execute("UPDATE planet SET topics = NULL", [])
        .unwrap();
    read_again(&home, ids[0], &["LinkedIn", "Facebook"], &["LinkedIn"]).await;
    assert_eq!(kept(&home).await, figures(6, 2, 3, 3), "nobody knows which");
}

#[tokio::test]
async fn a_new_post_has_the_mentions_that_were_found_in_it() {
    let (home, _) = with_posts().await;
    let ann = home.store.feeds().await.unwrap()[0].id;
    for (guid, topics, expected) in [
        ("known", &["LinkedIn", "Facebook"][..], figures(7, 2, 5, 2)),
        ("others", &["LinkedIn"], figures(8, 2, 5, 3)),
    ] {
        let mut new = post(guid, 4, "Facebook");
        new.mentions = vec![mention("LinkedIn")];
        let mut update = read(ann, vec![EntryChange::New(new)]);
        let topics = Thing::topics_of(&course(topics).course.things);
        update.document.as_mut().unwrap().topics = Some(topics);
        home.keep(update).await.unwrap();
        assert_eq!(kept(&home).await, expected, "{guid}");
    }
}

#[tokio::test]
async fn what_was_looked_for_gives_way_to_decisions() {
    let (home, ids) = with_posts().await;
    let known = ["LinkedIn", "Facebook"];
    let say = async |verdict| {
        let ruling = Ruling {
            entry: ids[0],
            said: vec![(6, Some(verdict))],
            by: "Olga".to_owned(),
            note: String::new(),
            at: day(10),
        };
        let rules = Fingerprint::of(b"rules");
        home.store
            .decide(ruling, rules, |_| Vec::new())
            .await
            .unwrap();
    };
    say(Verdict::No).await;
    read_again(&home, ids[0], &known, &["LinkedIn"]).await;
    assert_eq!(kept(&home).await, figures(5, 2, 3, 2));

    // The rules only suggest it, so nobody looked for its topics; an organiser says that it is.
    say(Verdict::Yes).await;
    let ann = home.store.feeds().await.unwrap()[0].id;
    let mut again = post("0a", 1, "Facebook");
    again.tags = vec![tag(6, TagState::Suggested)];
    let mut update = read(ann, vec![EntryChange::Changed(ids[0], again)]);
    let topics = Thing::topics_of(&course(&known).course.things);
    update.document.as_mut().unwrap().topics = Some(topics);
    home.keep(update).await.unwrap();
    assert_eq!(kept(&home).await, figures(6, 2, 3, 3));
}

async fn walk(store: &Store, topic: Option<&str>, order: Order) -> Vec<String> {
    let (mut titles, mut from) = (Vec::new(), None);
    loop {
        let topic = topic.map(str::to_owned);
        let page = store.on_thing(6, topic, order, from, 2).await.unwrap();
        titles.extend(page.entries.into_iter().map(|entry| entry.title));
        from = page.next;
        if from.is_none() {
            return titles;
        }
    }
}

#[tokio::test]
async fn a_thing_is_read_from_either_end_and_by_topic() {
    let (home, _) = with_posts().await;
    let store = &home.store;
    let all = ["0a", "1a", "0b", "1b", "0c", "1c"];
    assert_eq!(walk(store, None, Order::Oldest).await, all);
    let mut newest = all;
    newest.reverse();
    assert_eq!(walk(store, None, Order::Newest).await, newest);
    assert_eq!(
        walk(store, Some("Facebook"), Order::Oldest).await,
        ["0b", "1b"]
    );
    assert_eq!(
        walk(store, Some("LinkedIn"), Order::Newest).await,
        ["1b", "0b", "1a", "0a"]
    );
    assert_eq!(walk(store, Some("nothing"), Order::Newest).await, [""; 0]);
}

#[tokio::test]
async fn a_post_has_its_neighbours_on_its_thing() {
    let (home, ids) = with_posts().await;
    let titles = |at: usize| {
        let (store, id) = (home.store.clone(), ids[at]);
        async move {
            let entry = store.entry(id).await.unwrap().unwrap();
            assert_eq!(entry.tags.len(), 1);
            let place = Cursor {
                published_at: entry.published_at,
                id,
            };
            let beside = store.beside(6, place).await.unwrap();
            (
                beside.earlier.map(|it| it.title),
                beside.later.map(|it| it.title),
            )
        }
    };
    let named = |title: &str| Some(title.to_owned());
    assert_eq!(titles(0).await, (None, named("1a")));
    assert_eq!(titles(2).await, (named("1a"), named("1b")));
    assert_eq!(titles(5).await, (named("0c"), None));
    assert!(home.store.entry(EntryId(99)).await.unwrap().is_none());
}

#[tokio::test]
async fn a_post_that_is_not_visible_cannot_be_read() {
    let (home, ids) = with_posts().await;
    home.store.sync(&roster(Vec::new()), day(9)).await.unwrap();
    assert!(home.store.entry(ids[0]).await.unwrap().is_none());
}
