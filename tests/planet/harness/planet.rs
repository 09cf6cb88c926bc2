//! The real planet: router, server, store and poller, with a clock and a roster that the test holds in its hands.

use std::net::SocketAddr;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rusqlite::Connection;
use thingplanet::fetch::{Client, ClientSettings, FeedRequest, Fetched, Gap};
use thingplanet::model::{
    Clock, Health, Participant, Roster, TagState, Validators, Verdict, slug_of,
};
use thingplanet::poll::{
    Listener, Polled, Poller, Summary, WalkListener, Walked, Which, clean_stale,
};
use thingplanet::render::Pages;
use thingplanet::retag::{self, Report};
use thingplanet::roster;
use thingplanet::store::{Access, Found, Listing, Ruling, Store};
use thingplanet::tagging::Tagger;
use thingplanet::web::{self, Live, Metrics, router, serve};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{oneshot, watch};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::{Answered, Folder, ask, atom, html, tell, xml};

/// Where the planet says that it stands; the port that it really has changes with every start.
pub(crate) const BASE: &str = "http://planet.example";

/// The shipped course.
const COURSE: &str = include_str!("../../../feeds.toml");

/// No answer and no round takes longer, unless something waits for ever.
const PATIENCE: Duration = Duration::from_mins(1);

/// A planet that runs.
pub(crate) struct Planet {
    /// What feeds.toml says; call [`Planet::take_over`] after changing it.
    pub(crate) roster: Roster,
    clock: Arc<Mutex<Timestamp>>,
    secrets: Arc<AtomicU8>,
    running: Option<Running>,
    folder: Folder,
}

struct Running {
    store: Store,
    live: watch::Sender<Arc<Live>>,
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    server: JoinHandle<()>,
}

impl Planet {
    /// The shipped course with nobody on it, at noon of 1 August 2011.
    pub(crate) async fn start() -> Self {
        let mut roster = roster::parse(COURSE, Path::new("feeds.toml")).unwrap();
        BASE.clone_into(&mut roster.planet.base_url);
        roster.poll.allow_networks = vec!["127.0.0.0/8".to_owned()];
        roster.poll.gap_seconds = 0;
        let now = "2011-08-01T12:00:00Z".parse().unwrap();
        let mut planet = Self {
            roster,
            clock: Arc::new(Mutex::new(now)),
            secrets: Arc::default(),
            running: None,
            folder: Folder::new(),
        };
        planet.run().await;
        planet
    }

    /// The same planet after its process ended and began again.
    pub(crate) async fn restart(&mut self) {
        let running = self.running.take().unwrap();
        running.stop.send(()).unwrap();
        timeout(PATIENCE, running.server).await.unwrap().unwrap();
        drop((running.store, running.live));
        self.run().await;
    }

    /// Puts somebody on the roster whose feed is known.
    pub(crate) async fn register(&mut self, name: &str, feed: &str) {
        self.add(name, None, Some(feed)).await;
    }

    /// Puts somebody on the roster of whom only the blog is known.
    pub(crate) async fn register_blog(&mut self, name: &str, blog: &str) {
        self.add(name, Some(blog), None).await;
    }

    /// Takes somebody off the roster.
    pub(crate) async fn unregister(&mut self, name: &str) {
        self.roster.participants.retain(|one| one.name != name);
        self.take_over().await;
    }

    /// Has the planet use the roster as it is now.
    pub(crate) async fn take_over(&self) {
        let store = &self.running().store;
        store.sync(&self.roster, self.now()).await.unwrap();
        self.running().live.send_replace(self.live());
    }

    /// Polls every feed once.
    pub(crate) async fn poll(&self) -> Summary {
        self.round(Which::All).await.0
    }

    /// Polls every feed once, as somebody does who has just mended something.
    pub(crate) async fn poll_even_failing(&self) -> Summary {
        self.round(Which::EvenFailing).await.0
    }

    /// Polls every feed once and says how each of them went.
    pub(crate) async fn poll_and_listen(&self) -> Vec<Polled> {
        self.round(Which::All).await.1
    }

    /// Polls the feeds whose time has come.
    pub(crate) async fn poll_what_is_due(&self) -> Summary {
        self.round(Which::Due).await.0
    }

    /// Looks once who is due, as `serve` does all the time, and waits until they are polled.
    pub(crate) async fn keep_once(&self) {
        let listener: Listener = Arc::new(|_| ControlFlow::Continue(()));
        let poller = self.poller();
        let store = self.running().store.clone();
        let nobody_is_due = async {
            while !store.due(self.now()).await.unwrap().feeds.is_empty() {
                tokio::task::yield_now().await;
            }
        };
        let keeping = poller.keep(&listener, nobody_is_due);
        timeout(PATIENCE, keeping).await.unwrap().unwrap();
    }

    /// Reads older pages as long as some are due.
    pub(crate) async fn walk_back(&self) -> Vec<Walked> {
        let mut all = Vec::new();
        while self.poller().next_page_at().await.unwrap() <= Some(self.now()) {
            let walked = self.walk_back_once().await;
            if walked.is_empty() {
                break;
            }
            all.extend(walked);
        }
        all
    }

    /// Reads one older page of every blog that has one due.
    pub(crate) async fn walk_back_once(&self) -> Vec<Walked> {
        let listener: WalkListener = Arc::new(|_| ());
        let poller = self.poller();
        let walking = timeout(PATIENCE, poller.walk_back(&listener)).await;
        walking.expect("the walk did not end").unwrap()
    }

    /// How many posts there are, shown or not.
    pub(crate) fn count_posts(&self) -> usize {
        self.ask_database("SELECT guid FROM entry").len()
    }

    /// What a query says, a text a row.
    pub(crate) fn ask_database(&self, sql: &str) -> Vec<String> {
        let database = Connection::open(self.folder.file("planet.db")).unwrap();
        let mut statement = database.prepare(sql).unwrap();
        let rows = statement.query_map([], |row| row.get(0)).unwrap();
        rows.collect::<Result<_, _>>().unwrap()
    }

    /// Makes the database what an older thingplanet would have left behind.
    pub(crate) fn change_database(&self, sql: &str) {
        let database = Connection::open(self.folder.file("planet.db")).unwrap();
        database.execute_batch(sql).unwrap();
    }

    /// Cleans what an older sanitiser cleaned, as every start does.
    pub(crate) async fn clean(&self) {
        let store = &self.running().store;
        clean_stale(store, &self.clock(), |_| {}).await.unwrap();
    }

    /// Lets hours pass.
    pub(crate) fn later(&self, hours: i64) {
        let mut now = self.clock.lock().unwrap();
        *now += SignedDuration::from_hours(hours);
    }

    /// Lets minutes pass.
    pub(crate) fn minutes_later(&self, minutes: i64) {
        let mut now = self.clock.lock().unwrap();
        *now += SignedDuration::from_mins(minutes);
    }

    /// What time it is here.
    pub(crate) fn now(&self) -> Timestamp {
        *self.clock.lock().unwrap()
    }

    /// Asks for a path.
    pub(crate) async fn get(&self, path: &str) -> Answered {
        self.ask("GET", path, &[]).await
    }

    /// Asks in a particular way.
    pub(crate) async fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> Answered {
        let asking = ask(self.running().address, method, path, headers);
        timeout(PATIENCE, asking).await.unwrap().unwrap()
    }

    /// Sends a body, as a hub does.
    pub(crate) async fn post(&self, path: &str, headers: &[(&str, &str)], body: &str) -> Answered {
        let address = self.running().address;
        let telling = tell(address, "POST", path, headers, body.as_bytes().to_vec());
        timeout(PATIENCE, telling).await.unwrap().unwrap()
    }

    /// Begins to send a body of a thousand bytes and stops after the first; it stays begun as long as the stream lives.
    pub(crate) async fn begin_post(&self, path: &str) -> TcpStream {
        let mut stream = TcpStream::connect(self.running().address).await.unwrap();
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: planet.example\r\ncontent-length: 1000\r\n\r\nx"
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        stream
    }

    /// Subscribes to the hubs that feeds name, as far as it is time; how many were asked.
    pub(crate) async fn subscribe(&self) -> usize {
        let poller = self.poller();
        let asking = timeout(PATIENCE, poller.subscribe()).await;
        asking.expect("a hub did not answer").unwrap()
    }

    /// Tells our own hub what changed; how many messages it took.
    pub(crate) async fn publish(&self) -> usize {
        let poller = self.poller();
        let telling = timeout(PATIENCE, poller.publish()).await;
        telling.expect("the hub did not answer").unwrap()
    }

    /// A page that is there, as XML.
    pub(crate) async fn page(&self, path: &str) -> xml::Element {
        let answered = self.get(path).await;
        assert_eq!(answered.status, 200, "{path}: {}", answered.text());
        xml::parse(answered.text()).unwrap_or_else(|fault| panic!("{path}: {fault}"))
    }

    /// The words of a page that is there.
    pub(crate) async fn words(&self, path: &str) -> String {
        let answered = self.get(path).await;
        assert_eq!(answered.status, 200, "{path}: {}", answered.text());
        html::words(answered.text())
    }

    /// One of our feeds, held to RFC 4287.
    pub(crate) async fn feed(&self, path: &str) -> atom::Feed {
        let answered = self.get(path).await;
        assert_eq!(answered.status, 200, "{path}: {}", answered.text());
        atom::read(answered.text(), &format!("{BASE}{path}"))
            .unwrap_or_else(|faults| panic!("{path}: {faults:#?}\n{}", answered.text()))
    }

    /// What a path answers to somebody who accepts gzip, unpacked again by our own client.
    pub(crate) async fn unpacked(&self, path: &str) -> Vec<u8> {
        let url = format!("http://{}{path}", self.running().address);
        let request = FeedRequest {
            url: url.parse().unwrap(),
            validators: Validators::default(),
        };
        match self.client().get(&request, self.now()).await.unwrap() {
            Fetched::Fresh { body, .. } => body,
            other => panic!("{path}: {other:?}"),
        }
    }

    /// Gives every post the tags that the roster's rules say now.
    pub(crate) async fn retag(&self) -> Report {
        let tagger = Arc::new(Tagger::new(&self.roster.course));
        let progress = Arc::new(|_| ());
        let store = &self.running().store;
        retag::apply(store, tagger, "Olive".to_owned(), self.now(), progress)
            .await
            .unwrap()
    }

    /// Says as an organiser that the post of this title is on a Thing, or is not; or takes that back.
    pub(crate) async fn decide(&self, title: &str, thing: u16, verdict: Option<Verdict>) {
        let store = &self.running().store;
        let Found::One(post) = store.find(title.to_owned()).await.unwrap() else {
            panic!("there is not one post with the title {title}");
        };
        let ruling = Ruling {
            entry: post.id,
            said: vec![(thing, verdict)],
            by: "Olive".to_owned(),
            note: String::new(),
            at: self.now(),
        };
        let tagger = Tagger::new(&self.roster.course);
        let rules = tagger.fingerprint();
        let tag = move |mut entry| retag::ruled(&tagger, &mut entry);
        store.decide(ruling, rules, tag).await.unwrap();
    }

    /// How many suggestions wait for an organiser.
    pub(crate) async fn suggestions(&self) -> usize {
        let store = &self.running().store;
        let page = store.entries(Listing::All, None, 1_000).await.unwrap();
        let tags = page.entries.iter().flat_map(|entry| &entry.tags);
        tags.filter(|tag| tag.state == TagState::Suggested).count()
    }

    /// How somebody's feed fares.
    pub(crate) async fn health(&self, name: &str) -> Health {
        let feeds = self.running().store.feeds().await.unwrap();
        let feed = feeds.iter().find(|feed| feed.owner.name == name);
        feed.unwrap().health(self.now())
    }

    /// When somebody's feed is polled next.
    pub(crate) async fn next_poll(&self, name: &str) -> Timestamp {
        let feeds = self.running().store.feeds().await.unwrap();
        let feed = feeds.iter().find(|feed| feed.owner.name == name);
        feed.unwrap().due_at.unwrap()
    }

    /// Why somebody's feed fails.
    pub(crate) async fn cause(&self, name: &str) -> String {
        match self.health(name).await {
            Health::Failing(failure) | Health::Blocked(failure) => failure.cause,
            other => panic!("{name}'s feed does not fail: {other:?}"),
        }
    }

    async fn run(&mut self) {
        let store = Store::open(&self.folder.file("planet.db"), Access::Write)
            .await
            .unwrap();
        store.sync(&self.roster, self.now()).await.unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (live, receiver) = watch::channel(self.live());
        let planet = web::Planet {
            store: store.clone(),
            pages: Arc::new(Pages::new(None)),
            live: receiver,
            clock: self.clock(),
            user_agent,
            metrics: Metrics::new(None),
        };
        let (stop, stopped) = oneshot::channel();
        let server = tokio::spawn(serve(listener, router(planet), async {
            drop(stopped.await);
        }));
        self.running = Some(Running {
            store,
            live,
            address,
            stop,
            server,
        });
    }

    async fn add(&mut self, name: &str, blog: Option<&str>, feed: Option<&str>) {
        self.roster.participants.push(Participant {
            name: name.to_owned(),
            slug: slug_of(name),
            blog: blog.map(|blog| blog.parse().unwrap()),
            feed: feed.map(|feed| feed.parse().unwrap()),
            groups: Vec::new(),
            excerpt_only: false,
        });
        self.take_over().await;
    }

    async fn round(&self, which: Which) -> (Summary, Vec<Polled>) {
        let poller = self.poller();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let ear = Arc::clone(&heard);
        let listener: Listener = Arc::new(move |polled| {
            ear.lock().unwrap().push(polled.clone());
            ControlFlow::Continue(())
        });
        let round = timeout(PATIENCE, poller.round(which, &listener)).await;
        let summary = round.expect("the round did not end").unwrap();
        let heard = heard.lock().unwrap().clone();
        (summary, heard)
    }

    /// The poller, with dice that always fall on nothing.
    pub(crate) fn poller(&self) -> Poller {
        let store = self.running().store.clone();
        let poller = Poller::new(
            store,
            self.client(),
            &self.roster,
            self.clock(),
            Arc::new(|| 0.0),
        );
        let count = Arc::clone(&self.secrets);
        let secrets = move || {
            let mut bytes = [7; 32];
            bytes[0] = count.fetch_add(1, Ordering::SeqCst);
            Some(bytes)
        };
        poller.with_hubs(&self.roster.planet.base_url, Arc::new(secrets))
    }

    fn client(&self) -> Client {
        let poll = &self.roster.poll;
        let networks = poll.allow_networks.iter();
        let settings = ClientSettings {
            user_agent: user_agent(&self.roster),
            timeout: Duration::from_secs(u64::from(poll.timeout_seconds)),
            body_bytes_max: poll.body_bytes_max,
            allow_networks: networks.map(|network| network.parse().unwrap()).collect(),
            at_once_max: poll.at_once_max,
            gap: Gap {
                between_starts: Duration::from_secs(u64::from(poll.gap_seconds)),
                at_once_max: poll.at_once_per_platform_max,
            },
        };
        Client::new(&settings, Arc::new(|| 0.0)).unwrap()
    }

    fn clock(&self) -> Clock {
        let clock = Arc::clone(&self.clock);
        Arc::new(move || *clock.lock().unwrap())
    }

    fn live(&self) -> Arc<Live> {
        Arc::new(Live::new(self.roster.clone()))
    }

    fn running(&self) -> &Running {
        self.running.as_ref().unwrap()
    }
}

fn user_agent(roster: &Roster) -> String {
    format!("thingplanet/test (+{}/about)", roster.planet.base_url)
}
