//! Listening: connections with deadlines, and a shutdown that ends.
//!
//! `axum::serve` has no header timeout, and one client that sends half a header keeps it from ever shutting down; so
//! the connections are ours, by hyper, each with timers: for a request's head, for an answer that nobody reads, and for
//! the whole.

use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_io_timeout::TimeoutStream;
use tower::{Service, ServiceExt};

use super::doors::{Doors, Turn};

/// From a connection's start, or its last answer, until the next request's headers are complete.
const HEADERS_WITHIN: Duration = Duration::from_secs(10);
/// How long an answer may lie there without anything of it being read.
const READS_WITHIN: Duration = Duration::from_secs(15);
/// From a connection's start until it is asked to end; the answer under way is still given.
const CONNECTION_WITHIN: Duration = Duration::from_mins(5);
/// So long may that answer take; a client that reads a byte now and then would stay for ever.
const LAST_ANSWER_WITHIN: Duration = Duration::from_secs(30);
/// What a shutdown waits for answers under way.
const DRAIN_WITHIN: Duration = Duration::from_secs(8);

/// So many requests of one connection are answered in a row; who sends thousands at once must not keep others waiting.
const IN_A_ROW_MAX: u32 = 4;

/// Where a request comes from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Peer(pub(super) SocketAddr);

/// What answers requests: the planet, or anything else that is served on the same terms.
pub trait Answers:
    Service<Request, Response = Response, Error = Infallible, Future: Send>
    + Clone
    + Send
    + Sync
    + 'static
{
}

impl<S> Answers for S where
    S: Service<Request, Response = Response, Error = Infallible, Future: Send>
        + Clone
        + Send
        + Sync
        + 'static
{
}

/// Serves `answers` on `listener` until `shutdown` resolves, then lets answers under way finish, but not for long.
pub async fn serve(
    listener: TcpListener,
    answers: impl Answers,
    shutdown: impl Future<Output = ()>,
) {
    let (closing, closes) = watch::channel(());
    let mut connections = JoinSet::new();
    let mut doors = Doors::default();
    tokio::pin!(shutdown);
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    // Where everybody is being answered, who comes now is turned away rather than made to wait.
                    if doors.make_room(peer) {
                        let turn = doors.turn();
                        let connection = connection(stream, peer, answers.clone(), turn.clone(), closes.clone());
                        doors.came(peer, turn, connections.spawn(connection));
                    }
                }
                Err(error) => {
                    // Out of file descriptors, most likely: spinning would make it worse.
                    tracing::warn!(%error, "cannot accept a connection");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            },
            Some(ended) = connections.join_next_with_id() => doors.went(match ended {
                Ok((id, ())) => id,
                Err(error) => error.id(),
            }),
            () = &mut shutdown => break,
        }
    }
    drop(listener);
    drop(closing);
    let drained = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(DRAIN_WITHIN, drained).await.is_err() {
        tracing::warn!("some connections did not finish in time and were cut");
    }
}

/// One connection, from its first byte until it ends, whoever ends it.
async fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    answers: impl Answers,
    turn: Turn,
    mut closes: watch::Receiver<()>,
) {
    // A small answer should not wait for a larger one to keep it company.
    let _: Result<(), std::io::Error> = stream.set_nodelay(true);
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(READS_WITHIN));
    let asked = AtomicU32::new(1);
    let service = service_fn(move |mut request: hyper::Request<Incoming>| {
        turn.is_busy();
        request.extensions_mut().insert(Peer(peer));
        let (turn, answer) = (
            turn.clone(),
            answers.clone().oneshot(request.map(Body::new)),
        );
        let number = asked.fetch_add(1, Ordering::Relaxed);
        let others_first = number.is_multiple_of(IN_A_ROW_MAX);
        async move {
            if others_first {
                tokio::task::yield_now().await;
            }
            let answer = answer.await;
            turn.waits();
            answer
        }
    });
    let connection = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADERS_WITHIN)
        .max_buf_size(64 * 1_024)
        .serve_connection(TokioIo::new(Box::pin(stream)), service);
    tokio::pin!(connection);
    let ended = tokio::select! {
        ended = &mut connection => Some(ended),
        // The other end is dropped when the server stops.
        _ = closes.changed() => None,
        () = tokio::time::sleep(CONNECTION_WITHIN) => None,
    };
    let ended = if let Some(ended) = ended {
        ended
    } else {
        connection.as_mut().graceful_shutdown();
        match tokio::time::timeout(LAST_ANSWER_WITHIN, connection).await {
            Ok(ended) => ended,
            Err(_) => return tracing::debug!("a connection stayed too long and was cut"),
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended early");
    }
}
