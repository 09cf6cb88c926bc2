//! What holds of tags, rules and decisions whatever the posts are and in whatever order things happen.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use rusqlite::Connection;
use thingplanet::model::{
    Decision, Document, EntryChange, EntryId, EntryText, FeedUpdate, Fingerprint, Guid, GuidRule,
    Markup, ReadyEntry, Rhythm, Roster, SafeHtml, Tag, TagState, Validators, Verdict,
};
use thingplanet::plan::effective;
use thingplanet::retag::{self, Report};
use thingplanet::roster;
use thingplanet::store::{Access, Found, Listing, Ruling, Store};
use thingplanet::tagging::{self, Tagger};

use crate::harness::Folder;

/// Units that make other Things of the same titles.
const UNITS: [&str; 3] = ["Thing", "Step", "Week"];
const TITLES: [&str; 8] = [
    "Thing 6: online networks",
    "Step 3, and half of Step 4",
    "Week 2",
    "Things 1 and 2",
    "cpd23 Thing 5: a week of steps",
    "Step by step",
    "Lunch",
    "",
];
const THINGS: std::ops::RangeInclusive<u16> = 1..=9;

/// What every Thing may have for topics.
const TOPICS: [&[&str]; 2] = [&["lunch", "steps", "networks"], &["week", "networks"]];

/// A course whose Things are called this, with these topics, by which posts are not tagged.
fn course(unit: &str, topics: &[&str]) -> Roster {
    let things: Vec<String> = THINGS
        .map(|number| {
            format!(
                "[[thing]]\nnumber = {number}\ntitle = \"Title {number}\"\ntopics = {topics:?}\n"
            )
        })
        .collect();
    let course = format!(
        "[course]\nname = \"Nine\"\nunit = \"{unit}\"\n[rules]\ntopics = \"off\"\n{}\
         [[participant]]\nname = \"Ann\"\nfeed = \"https://ann.example/feed\"\n",
        things.concat()
    );
    roster::parse(&course, Path::new("feeds.toml")).unwrap()
}

fn tagger(unit: &str) -> Arc<Tagger> {
    Arc::new(Tagger::new(&course(unit, TOPICS[0]).course))
}

/// A post: its identity, and its title.
type Post = (usize, &'static str);

/// A store with one blog.
struct Memory {
    store: Store,
    folder: Folder,
}

impl Memory {
    async fn new() -> Self {
        let folder = Folder::new();
        let store = Store::open(&folder.file("planet.db"), Access::Write)
            .await
            .unwrap();
        let roster = course(UNITS[0], TOPICS[0]);
        store.sync(&roster, moment(0)).await.unwrap();
        Self { store, folder }
    }

    /// Takes posts in as a poll does that was tagged by these rules.
    async fn polled(&self, posts: &[Post], tagger: &Tagger) {
        let feed = self.store.feeds().await.unwrap()[0].id;
        let known = self.store.known(feed).await.unwrap().unwrap().entries;
        let change = |post: &Post| match known.iter().find(|known| known.guid.value == guid(post.0))
        {
            Some(known) => EntryChange::Changed(known.id, ready(*post, tagger)),
            None => EntryChange::New(ready(*post, tagger)),
        };
        let address = "https://ann.example/feed".parse().unwrap();
        let update = FeedUpdate {
            validators: Some(Validators::default()),
            document: Some(Document {
                title: "Ann".to_owned(),
                site_url: None,
                body: Fingerprint::of(&[]),
                rules: tagger.fingerprint(),
                topics: Some(tagger.topics()),
                problems: Vec::new(),
                self_url: None,
                rhythm: Rhythm::default(),
                source: "https://ann.example/feed".parse().unwrap(),
                parser: 1,
                changes: posts.iter().map(change).collect(),
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
            named: true,
            ..FeedUpdate::new(feed, address, moment(1))
        };
        self.store.apply(update, 1).await.unwrap();
    }

    async fn retagged(&self, tagger: &Arc<Tagger>, minute: usize) -> Report {
        let by = "Olive".to_owned();
        let progress = Arc::new(|_| ());
        retag::apply(
            &self.store,
            Arc::clone(tagger),
            by,
            moment(minute),
            progress,
        )
        .await
        .unwrap()
    }

    async fn decided(
        &self,
        post: usize,
        said: (u16, Option<Verdict>),
        minute: usize,
        tagger: &Arc<Tagger>,
    ) {
        let Found::One(found) = self.store.find(guid(post)).await.unwrap() else {
            panic!("post {post} is not there");
        };
        let ruling = Ruling {
            entry: found.id,
            said: vec![said],
            by: "Olive".to_owned(),
            note: String::new(),
            at: moment(minute),
        };
        let (rules, tagger) = (tagger.fingerprint(), Arc::clone(tagger));
        let tag = move |mut entry| retag::ruled(&tagger, &mut entry);
        self.store.decide(ruling, rules, tag).await.unwrap();
    }

    /// Every post's tags by its public id, which is its guid.
    async fn tags(&self) -> BTreeMap<String, Vec<Tag>> {
        let page = self.store.entries(Listing::All, None, 1_000).await.unwrap();
        let tags = page
            .entries
            .into_iter()
            .map(|entry| (entry.public_id, entry.tags));
        tags.collect()
    }

    /// What is kept of the topics that posts mention: the post's public id, the Thing, the topic.
    fn mentions(&self) -> BTreeSet<(String, u16, String)> {
        let database = Connection::open(self.folder.file("planet.db")).unwrap();
        let sql =
            "SELECT public_id, thing, topic FROM entry_topic JOIN entry ON entry.id = entry_id";
        let mut mentions = database.prepare(sql).unwrap();
        let mentions = mentions.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)));
        mentions.unwrap().map(Result::unwrap).collect()
    }

    /// What is kept of how many posts each Thing has.
    async fn kept(&self) -> BTreeMap<u16, u64> {
        let counts = self.store.thing_counts().await.unwrap();
        counts
            .iter()
            .map(|count| (count.thing, count.posts))
            .collect()
    }

    /// The same, counted.
    async fn counted(&self) -> BTreeMap<u16, u64> {
        let mut counts = BTreeMap::new();
        let tags = self.tags().await;
        let tagged = tags
            .values()
            .flatten()
            .filter(|tag| tag.state == TagState::Tagged);
        for tag in tagged {
            *counts.entry(tag.thing).or_default() += 1;
        }
        counts
    }

    /// Every row of every table, but for what SQLite keeps for searching.
    fn dump(&self) -> Vec<String> {
        let database = Connection::open(self.folder.file("planet.db")).unwrap();
        let names = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE '%search%' ORDER BY name";
        let mut names = database.prepare(names).unwrap();
        let tables: Vec<String> = names
            .query_map([], |row| row.get(0))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        let mut dump = Vec::new();
        for table in tables {
            let mut statement = database
                .prepare(&format!("SELECT * FROM \"{table}\""))
                .unwrap();
            let columns = statement.column_count();
            let mut rows = statement.query([]).unwrap();
            while let Some(row) = rows.next().unwrap() {
                let values = (0..columns).map(|at| format!("{:?}", row.get_ref(at).unwrap()));
                dump.push(format!(
                    "{table}: {}",
                    values.collect::<Vec<_>>().join(", ")
                ));
            }
        }
        dump
    }
}

fn moment(minute: usize) -> Timestamp {
    let start: Timestamp = "2011-08-01T12:00:00Z".parse().unwrap();
    start + SignedDuration::from_mins(i64::try_from(minute).unwrap())
}

fn guid(post: usize) -> String {
    format!("tag:ann.example,2011:{post}")
}

fn text(title: &str) -> EntryText {
    EntryText {
        title: title.to_owned(),
        ..EntryText::default()
    }
}

fn ready((number, title): Post, tagger: &Tagger) -> ReadyEntry {
    let tags = tagger.tags(&text(title));
    ReadyEntry {
        guid: Guid {
            value: guid(number),
            rule: GuidRule::Given,
        },
        url: None,
        title: title.to_owned(),
        byline: String::new(),
        published_at: moment(0) - SignedDuration::from_hours(24),
        dated: true,
        updated_at: moment(0),
        categories: Vec::new(),
        raw_title: Markup::Plain(title.to_owned()),
        raw: Markup::Html(String::new()),
        base: None,
        html: SafeHtml::default(),
        text: String::new(),
        fingerprint: Fingerprint::of(title.as_bytes()),
        words: Fingerprint::of(title.as_bytes()),
        content: Fingerprint::of(b""),
        links: Vec::new(),
        mentions: tagger.mentions(&text(title), &tags),
        tags,
        comments: None,
        problems: Vec::new(),
        on_front: true,
        twin_of: None,
    }
}

/// Posts with identities of their own.
fn posts() -> impl Strategy<Value = Vec<Post>> {
    vec(select(&TITLES[..]), 1..12).prop_map(|titles| titles.into_iter().enumerate().collect())
}

fn unit() -> impl Strategy<Value = &'static str> {
    select(&UNITS[..])
}

/// Something that happens to a planet after its first poll.
#[derive(Debug, Clone)]
enum Step {
    Decide(usize, u16, Option<Verdict>),
    ChangeRulesAndRetag(&'static str),
    Edit(usize, &'static str),
    /// The roster has other topics, but those who poll have not heard of it.
    OtherTopics(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let verdict = select(&[Some(Verdict::Yes), Some(Verdict::No), None][..]);
    prop_oneof![
        (0..4_usize, THINGS, verdict)
            .prop_map(|(post, thing, said)| Step::Decide(post, thing, said)),
        unit().prop_map(Step::ChangeRulesAndRetag),
        (0..4_usize, select(&TITLES[..])).prop_map(|(post, title)| Step::Edit(post, title)),
        (0..TOPICS.len()).prop_map(Step::OtherTopics),
    ]
}

/// What all posts should be tagged with, by a model of a few lines.
fn expected(
    posts: &[Post],
    decisions: &BTreeMap<(usize, u16), Decision>,
    tagger: &Tagger,
) -> BTreeMap<String, Vec<Tag>> {
    let tags = posts.iter().map(|(post, title)| {
        let said: Vec<Decision> = decisions
            .range((*post, 0)..=(*post, u16::MAX))
            .map(|(_, decision)| decision.clone())
            .collect();
        (guid(*post), effective(&tagger.tags(&text(title)), &said))
    });
    tags.collect()
}

/// What all posts mention of the topics of the Things that they are tagged with.
fn mentioned(
    posts: &[Post],
    tags: &BTreeMap<String, Vec<Tag>>,
    topics: &[&str],
) -> BTreeSet<(String, u16, String)> {
    let mut mentions = BTreeSet::new();
    for (post, title) in posts {
        let tags = tags[&guid(*post)].iter();
        for tag in tags.filter(|tag| tag.state == TagState::Tagged) {
            let found = tagging::mentions(&[title], topics).into_iter();
            mentions.extend(found.map(|at| (guid(*post), tag.thing, topics[at].to_owned())));
        }
    }
    mentions
}

fn run<T>(test: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(test)
}

fn few() -> ProptestConfig {
    ProptestConfig {
        cases: 24,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(few())]

    #[test]
    fn a_second_retag_changes_nothing(posts in posts(), before in unit(), after in unit(), said in any::<bool>()) {
        run(async {
            let memory = Memory::new().await;
            memory.polled(&posts, &tagger(before)).await;
            let rules = tagger(after);
            if said {
                memory.decided(0, (9, Some(Verdict::Yes)), 2, &rules).await;
            }
            memory.retagged(&rules, 3).await;
            prop_assert_eq!(memory.store.awaits_retag(rules.fingerprint()).await.unwrap(), false);
            let once = memory.dump();
            let report = memory.retagged(&rules, 4).await;
            prop_assert_eq!(report.counts, thingplanet::plan::Counts::default());
            prop_assert_eq!(memory.dump(), once);
            Ok(())
        })?;
    }

    #[test]
    fn decisions_outlive_whatever_happens_and_rules_have_the_rest(steps in vec(step(), 1..14)) {
        run(async {
            let memory = Memory::new().await;
            let mut posts: Vec<Post> = (0..4).map(|number| (number, TITLES[number])).collect();
            let (mut rules, mut topics) = (tagger(UNITS[0]), TOPICS[0]);
            let mut decisions: BTreeMap<(usize, u16), Decision> = BTreeMap::new();
            memory.polled(&posts, &rules).await;
            for (minute, step) in (2..).zip(steps) {
                match step {
                    Step::Decide(post, thing, said) => {
                        memory.decided(post, (thing, said), minute, &rules).await;
                        let stands = decisions.get(&(post, thing)).map(|stands| stands.verdict);
                        match said {
                            None => drop(decisions.remove(&(post, thing))),
                            // Who said it first said it.
                            Some(verdict) if stands == Some(verdict) => {}
                            Some(verdict) => drop(decisions.insert((post, thing), Decision {
                                thing,
                                verdict,
                                decided_at: moment(minute),
                                decided_by: "Olive".to_owned(),
                                note: String::new(),
                            })),
                        }
                    }
                    Step::ChangeRulesAndRetag(unit) => {
                        rules = tagger(unit);
                        let report = memory.retagged(&rules, minute).await;
                        prop_assert_eq!(report.decisions, decisions.len());
                    }
                    Step::Edit(post, title) => {
                        posts[post].1 = title;
                        memory.polled(&[(post, title)], &rules).await;
                    }
                    Step::OtherTopics(which) => {
                        topics = TOPICS[which];
                        let roster = course(UNITS[0], topics);
                        memory.store.sync(&roster, moment(minute)).await.unwrap();
                    }
                }
                let tags = memory.tags().await;
                prop_assert_eq!(&tags, &expected(&posts, &decisions, &rules));
                prop_assert_eq!(memory.mentions(), mentioned(&posts, &tags, topics));
                prop_assert_eq!(memory.kept().await, memory.counted().await);
            }
            let kept = memory.store.decisions().await.unwrap();
            let kept: Vec<Decision> = kept.into_iter().map(|decided| decided.decision).collect();
            prop_assert_eq!(kept.len(), decisions.len());
            for decision in decisions.values() {
                prop_assert!(kept.contains(decision), "{:?}", decision);
            }
            Ok(())
        })?;
    }

    #[test]
    fn the_order_in_which_posts_come_never_matters(
        (ordered, shuffled) in posts().prop_flat_map(|posts| (Just(posts.clone()), Just(posts).prop_shuffle())),
        at_once in 1_usize..5,
        (before, after) in (unit(), unit()),
    ) {
        run(async {
            let (one, other) = (Memory::new().await, Memory::new().await);
            one.polled(&ordered, &tagger(before)).await;
            for posts in shuffled.chunks(at_once) {
                other.polled(posts, &tagger(before)).await;
            }
            prop_assert_eq!(one.tags().await, other.tags().await);
            one.retagged(&tagger(after), 2).await;
            other.retagged(&tagger(after), 2).await;
            prop_assert_eq!(one.tags().await, other.tags().await);
            prop_assert_eq!(one.tags().await, expected(&ordered, &BTreeMap::new(), &tagger(after)));
            Ok(())
        })?;
    }
}

#[tokio::test]
async fn posts_tagged_by_several_rules_wait_for_a_retag_whichever_rules_are_in_use() {
    let memory = Memory::new().await;
    let (things, steps) = (tagger("Thing"), tagger("Step"));
    let waits = async |rules: &Tagger| {
        memory
            .store
            .awaits_retag(rules.fingerprint())
            .await
            .unwrap()
    };
    assert!(!waits(&things).await, "there is nothing to retag yet");
    memory.polled(&[(1, "Thing 6")], &things).await;
    assert!(!waits(&things).await);
    assert!(waits(&steps).await);
    // The rules were changed, a post came, and the rules were changed back.
    memory.polled(&[(2, "Step 3")], &steps).await;
    assert!(waits(&things).await && waits(&steps).await);
    memory.retagged(&things, 3).await;
    assert!(!waits(&things).await);
    assert_eq!(memory.tags().await[&guid(2)], []);
    let id = EntryId(1);
    assert_eq!(memory.store.ruled(id).await.unwrap().tags[0].thing, 6);
}
