//! Listening: connections with deadlines, and a shutdown that ends.
//!
//! `axum::serve` has no header timeout, and one client that sends half a header keeps it from ever shutting down; so
//! the connections are ours, by hyper, each with a timer.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

/// Open connections at one time.
const CONNECTIONS_MAX: usize = 512;
/// From a connection's start, or its last answer, until the next request's headers are complete.
const HEADERS_WITHIN: Duration = Duration::from_secs(10);
/// From a connection's start until it is cut, whatever it does; a client that never reads what it asked for would stay.
const CONNECTION_WITHIN: Duration = Duration::from_mins(5);
/// What a shutdown waits for answers under way.
const DRAIN_WITHIN: Duration = Duration::from_secs(8);

/// Serves `router` on `listener` until `shutdown` resolves, then lets answers under way finish, but not for long.
pub async fn serve(listener: TcpListener, router: Router, shutdown: impl Future<Output = ()>) {
    let graceful = GracefulShutdown::new();
    let slots = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    tokio::pin!(shutdown);
    loop {
        let accepted = async {
            // The semaphore is never closed, so there is always a slot in the end.
            let slot = Arc::clone(&slots).acquire_owned().await;
            listener.accept().await.map(|(stream, _)| (stream, slot))
        };
        let (stream, slot) = tokio::select! {
            accepted = accepted => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    // Out of file descriptors, most likely: spinning would make it worse.
                    tracing::warn!(%error, "cannot accept a connection");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
            },
            () = &mut shutdown => break,
        };
        let watched = graceful.watch(connection(stream, router.clone()));
        tokio::spawn(async move {
            match tokio::time::timeout(CONNECTION_WITHIN, watched).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::debug!(%error, "a connection ended early"),
                Err(_) => tracing::debug!("a connection stayed too long and was cut"),
            }
            drop(slot);
        });
    }
    drop(listener);
    if tokio::time::timeout(DRAIN_WITHIN, graceful.shutdown())
        .await
        .is_err()
    {
        tracing::warn!("some connections did not finish in time and were cut");
    }
}

type Connection =
    hyper::server::conn::http1::Connection<TokioIo<TcpStream>, TowerToHyperService<Router>>;

fn connection(stream: TcpStream, router: Router) -> Connection {
    // A small answer should not wait for a larger one to keep it company.
    let _: Result<(), std::io::Error> = stream.set_nodelay(true);
    hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADERS_WITHIN)
        .max_buf_size(64 * 1_024)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router))
}
