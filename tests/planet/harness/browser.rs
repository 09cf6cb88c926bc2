//! One HTTP request at a time, with every header in the test's hands: nothing is added, followed or decompressed.

use std::net::SocketAddr;

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request};
use hyper::client::conn::http1::handshake;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// What a server answered.
#[derive(Debug, Clone)]
pub(crate) struct Answered {
    /// The status.
    pub(crate) status: u16,
    /// Every header.
    pub(crate) headers: HeaderMap,
    /// The body as it travelled.
    pub(crate) bytes: Vec<u8>,
}

impl Answered {
    /// The body as text.
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.bytes).unwrap()
    }

    /// A header, or nothing where it is absent.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

/// Asks the server at `address` for `path` on a connection of its own.
pub(crate) async fn ask(
    address: SocketAddr,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
) -> std::io::Result<Answered> {
    tell(address, method, path, headers, Vec::new()).await
}

/// Asks and sends a body along.
pub(crate) async fn tell(
    address: SocketAddr,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: Vec<u8>,
) -> std::io::Result<Answered> {
    let stream = TcpStream::connect(address).await?;
    let (mut sender, connection) = handshake(TokioIo::new(stream))
        .await
        .map_err(std::io::Error::other)?;
    tokio::spawn(connection);
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header("host", address.to_string());
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::from(body)).unwrap();
    let response = sender
        .send_request(request)
        .await
        .map_err(std::io::Error::other)?;
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(Body::new(body), usize::MAX)
        .await
        .map_err(std::io::Error::other)?;
    Ok(Answered {
        status: parts.status.as_u16(),
        headers: parts.headers,
        bytes: bytes.to_vec(),
    })
}
