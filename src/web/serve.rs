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
/// What a shutdown waits for answers under way.
const DRAIN_WITHIN: Duration = Duration::from_secs(8);

/// Serves `router` on `listener` until `shutdown` resolves, then lets answers under way finish, but not for long.
pub async fn serve(listener: TcpListener, router: Router, shutdown: impl Future<Output = ()>) {
    let graceful = GracefulShutdown::new();
    let slots = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    tokio::pin!(shutdown);
    loop {
        let Ok(slot) = Arc::clone(&slots).acquire_owned().await else {
            return;
        };
        let stream = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => stream,
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
            if let Err(error) = watched.await {
                tracing::debug!(%error, "a connection ended early");
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
