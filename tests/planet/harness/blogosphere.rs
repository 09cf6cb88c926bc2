//! A loopback server of blogs that answers from scripts and writes down what it was asked.
//!
//! It behaves as a good web server does with ETag and Last-Modified: a request that brings them back byte for byte is
//! answered 304.

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Extensions, HeaderMap, StatusCode, Version};
use axum::response::Response;
use tokio::net::TcpListener;
use tokio::sync::{Barrier, oneshot};
use tokio::time::Instant;
use tower_http::compression::CompressionLayer;

/// Blogs on one or more hosts of loopback.
pub(crate) struct Blogosphere {
    hosts: Vec<SocketAddr>,
    stage: Arc<Stage>,
}

/// One request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    /// `GET`, most likely.
    pub(crate) method: String,
    /// The path with its query.
    pub(crate) path: String,
    /// Every header.
    pub(crate) headers: HeaderMap,
    /// What was sent along.
    pub(crate) body: String,
    /// When it came.
    pub(crate) at: Instant,
}

impl Asked {
    /// A header byte for byte, or nothing where it was not sent.
    pub(crate) fn header(&self, name: &str) -> Option<&[u8]> {
        self.headers
            .get(name)
            .map(axum::http::HeaderValue::as_bytes)
    }
}

/// One answer in a script.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
    wait: Wait,
}

#[derive(Debug, Clone)]
enum Wait {
    No,
    Forever,
    Meet(Arc<Barrier>),
    Linger,
}

/// Marks a response that is to be compressed.
#[derive(Debug, Clone)]
struct Gzip;

#[derive(Default)]
struct Stage {
    scripts: Mutex<HashMap<String, VecDeque<Answer>>>,
    asked: Mutex<Vec<Asked>>,
    alarm: Mutex<Option<(usize, oneshot::Sender<()>)>>,
    open: Arc<AtomicUsize>,
    most_open: AtomicUsize,
    most_open_on_a_host: AtomicUsize,
}

/// One host of the blogosphere.
#[derive(Clone)]
struct Host {
    stage: Arc<Stage>,
    open: Arc<AtomicUsize>,
}

impl Answer {
    /// 200 with a feed.
    pub(crate) fn feed(body: impl Into<Vec<u8>>) -> Self {
        Self::new(200, body).header("content-type", "application/atom+xml")
    }

    /// 200 with a web page.
    pub(crate) fn page(html: &str) -> Self {
        Self::new(200, html).header("content-type", "text/html; charset=utf-8")
    }

    /// This status and a few words.
    pub(crate) fn status(status: u16) -> Self {
        Self::new(status, "so it is\n").header("content-type", "text/plain")
    }

    /// Somewhere else.
    pub(crate) fn redirect(status: u16, location: &str) -> Self {
        Self::status(status).header("location", location)
    }

    /// No answer ever.
    pub(crate) fn never() -> Self {
        Self {
            wait: Wait::Forever,
            ..Self::status(200)
        }
    }

    /// With one more header.
    pub(crate) fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    /// With other words in its text.
    pub(crate) fn saying(mut self, before: &str, after: &str) -> Self {
        let text = String::from_utf8(self.body).unwrap();
        self.body = text.replace(before, after).into_bytes();
        self
    }

    /// With an ETag, quotes included.
    pub(crate) fn etag(self, etag: &str) -> Self {
        self.header("etag", etag)
    }

    /// With a Last-Modified date.
    pub(crate) fn last_modified(self, date: &str) -> Self {
        self.header("last-modified", date)
    }

    /// Compressed, for who accepts it.
    pub(crate) fn gzipped(self) -> Self {
        self.header("x-gzip", "yes")
    }

    /// Held back until as many requests wait as the barrier wants.
    pub(crate) fn meeting(self, barrier: &Arc<Barrier>) -> Self {
        Self {
            wait: Wait::Meet(Arc::clone(barrier)),
            ..self
        }
    }

    /// Only after everybody else had many turns, so that requests which may overlap do.
    pub(crate) fn lingering(self) -> Self {
        Self {
            wait: Wait::Linger,
            ..self
        }
    }

    fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: body.into(),
            wait: Wait::No,
        }
    }

    /// Whether this request brings back what we said when we last answered so.
    fn is_known(&self, asked: &Asked) -> bool {
        let value = |name: &str| {
            let pair = self.headers.iter().find(|(own, _)| *own == name);
            pair.map(|(_, value)| value.as_bytes())
        };
        let sent = (
            asked.header("if-none-match"),
            asked.header("if-modified-since"),
        );
        self.status == 200
            && match sent {
                (Some(sent), _) => value("etag") == Some(sent),
                (None, Some(sent)) => value("last-modified") == Some(sent),
                (None, None) => false,
            }
    }

    fn response(self, asked: &Asked) -> Response {
        let is_known = self.is_known(asked);
        let status = if is_known { 304 } else { self.status };
        let mut response = Response::builder().status(status);
        for (name, value) in &self.headers {
            response = match *name {
                "x-gzip" => response.extension(Gzip),
                "content-type" if is_known => response,
                _ => response.header(*name, value.as_str()),
            };
        }
        let body = if is_known { Vec::new() } else { self.body };
        response.body(Body::from(body)).unwrap()
    }
}

impl Blogosphere {
    /// One host.
    pub(crate) async fn start() -> Self {
        Self::on_hosts(1).await
    }

    /// So many hosts: 127.0.0.1, 127.0.0.2 and so on, each with a port of its own.
    pub(crate) async fn on_hosts(count: u8) -> Self {
        let stage = Arc::new(Stage::default());
        let mut hosts = Vec::new();
        for number in 1..=count {
            let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, number], 0)))
                .await
                .unwrap();
            hosts.push(listener.local_addr().unwrap());
            let host = Host {
                stage: Arc::clone(&stage),
                open: Arc::default(),
            };
            let gzip = |_: StatusCode, _: Version, _: &HeaderMap, marks: &Extensions| {
                marks.get::<Gzip>().is_some()
            };
            let router = Router::new()
                .fallback(answer)
                .with_state(host)
                .layer(CompressionLayer::new().compress_when(gzip));
            tokio::spawn(async move { axum::serve(listener, router).await });
        }
        Self { hosts, stage }
    }

    /// The address of a path on the first host.
    pub(crate) fn url(&self, path: &str) -> String {
        self.url_on(0, path)
    }

    /// The address of a path on the host with this number, from 0.
    pub(crate) fn url_on(&self, host: usize, path: &str) -> String {
        format!("http://{}{path}", self.hosts[host])
    }

    /// From now on a path gives these answers one after the other, and the last of them for ever.
    pub(crate) fn answers(&self, path: &str, script: impl IntoIterator<Item = Answer>) {
        let script = script.into_iter().collect();
        self.stage
            .scripts
            .lock()
            .unwrap()
            .insert(path.to_owned(), script);
    }

    /// From now on a path serves this feed, without validators.
    pub(crate) fn serves(&self, path: &str, feed: &super::Feed) {
        self.answers(path, [Answer::feed(feed.xml())]);
    }

    /// What a path was asked so far, in order.
    pub(crate) fn asked(&self, path: &str) -> Vec<Asked> {
        let mut asked = self.everything_asked();
        asked.retain(|asked| asked.path == path);
        asked
    }

    /// Every request so far, in order.
    pub(crate) fn everything_asked(&self) -> Vec<Asked> {
        self.stage.asked.lock().unwrap().clone()
    }

    /// The most requests that were ever open at once, on all hosts together.
    pub(crate) fn most_open(&self) -> usize {
        self.stage.most_open.load(Ordering::SeqCst)
    }

    /// The most requests that one host ever had open at once.
    pub(crate) fn most_open_on_a_host(&self) -> usize {
        self.stage.most_open_on_a_host.load(Ordering::SeqCst)
    }

    /// Resolves when the `count`th request from now arrives, which is never answered.
    pub(crate) fn at_request(&self, count: usize) -> oneshot::Receiver<()> {
        let (sender, receiver) = oneshot::channel();
        let so_far = self.stage.asked.lock().unwrap().len();
        *self.stage.alarm.lock().unwrap() = Some((so_far + count, sender));
        receiver
    }
}

impl Stage {
    /// Writes a request down, and says whether it is the one that was waited for.
    fn write_down(&self, asked: &Asked) -> bool {
        let so_far = {
            let mut all = self.asked.lock().unwrap();
            all.push(asked.clone());
            all.len()
        };
        let mut alarm = self.alarm.lock().unwrap();
        let Some((_, sender)) = alarm.take_if(|(at, _)| *at <= so_far) else {
            return false;
        };
        // Nobody may wait any more, and then nothing needs to be told.
        let _: Result<(), ()> = sender.send(());
        true
    }

    fn next_answer(&self, path: &str) -> Answer {
        let mut scripts = self.scripts.lock().unwrap();
        let script = scripts.entry(path.to_owned()).or_default();
        match script.len() {
            0 => Answer::status(404),
            1 => script[0].clone(),
            _ => script.pop_front().unwrap(),
        }
    }
}

/// Counts a request as open until it is dropped, however it ends.
struct Open(Arc<AtomicUsize>);

impl Open {
    fn count(open: &Arc<AtomicUsize>, most: &AtomicUsize) -> Self {
        most.fetch_max(open.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        Self(Arc::clone(open))
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

async fn answer(State(host): State<Host>, request: Request) -> Response {
    let _here = Open::count(&host.open, &host.stage.most_open_on_a_host);
    let _anywhere = Open::count(&host.stage.open, &host.stage.most_open);
    let (parts, body) = request.into_parts();
    let request = Request::from_parts(parts, Body::empty());
    let body = axum::body::to_bytes(body, 1_000_000).await.unwrap();
    let asked = Asked {
        body: String::from_utf8_lossy(&body).into_owned(),
        method: request.method().to_string(),
        path: request
            .uri()
            .path_and_query()
            .map(ToString::to_string)
            .unwrap_or_default(),
        headers: request.headers().clone(),
        at: Instant::now(),
    };
    if host.stage.write_down(&asked) {
        std::future::pending::<()>().await;
    }
    let answer = host.stage.next_answer(&asked.path);
    match &answer.wait {
        Wait::No => {}
        Wait::Forever => std::future::pending().await,
        Wait::Meet(barrier) => {
            barrier.wait().await;
        }
        Wait::Linger => {
            for _ in 0..5_000 {
                tokio::task::yield_now().await;
            }
        }
    }
    answer.response(&asked)
}
