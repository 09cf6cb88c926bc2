//! A loopback server that gives scripted answers, one a connection, and remembers what it was asked.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use url::Url;

/// A server on 127.0.0.1 that lives as long as the test.
pub(super) struct Origin {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<Request>>>,
}

/// One request as it came over the wire.
#[derive(Debug, Clone)]
pub(super) struct Request {
    /// The request line.
    pub(super) line: String,
    headers: Vec<(String, String)>,
}

impl Origin {
    /// Answers each connection with the next piece of the script and closes it.
    pub(super) async fn start(script: impl IntoIterator<Item = Vec<u8>>) -> Self {
        Self::start_on([127, 0, 0, 1], script).await
    }

    /// The same on this address of loopback.
    pub(super) async fn start_on(ip: [u8; 4], script: impl IntoIterator<Item = Vec<u8>>) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::from(ip), 0)).await.unwrap();
        Self::serve(listener, script.into_iter().collect(), Ending::Close)
    }

    /// Answers one connection with `head` and then the same piece for ever, a little at a time.
    pub(super) async fn start_dripping(head: &[u8], piece: &'static [u8]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self::serve(listener, vec![head.to_vec()], Ending::Drip(piece))
    }

    /// The same, but the last connection is left open after its piece.
    pub(super) async fn start_and_hold(script: Vec<Vec<u8>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self::serve(listener, script, Ending::Hold)
    }

    /// An address on this server.
    pub(super) fn url(&self, path: &str) -> Url {
        Url::parse(&format!("http://{}{path}", self.address)).unwrap()
    }

    /// Its port.
    pub(super) fn port(&self) -> u16 {
        self.address.port()
    }

    /// What it was asked so far.
    pub(super) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }

    fn serve(listener: TcpListener, script: Vec<Vec<u8>>, ending: Ending) -> Self {
        let address = listener.local_addr().unwrap();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&requests);
        tokio::spawn(async move {
            let mut held = None;
            for answer in script {
                let (stream, _) = listener.accept().await.unwrap();
                let request = Request::read(&stream).await;
                seen.lock().unwrap().push(request);
                write_all(&stream, &answer).await;
                held = Some(stream);
            }
            match (ending, held) {
                (Ending::Close, _) => {}
                (Ending::Drip(piece), Some(stream)) => loop {
                    write_all(&stream, piece).await;
                    tokio::time::sleep(Duration::from_millis(5)).await;
                },
                (_, _held) => std::future::pending::<()>().await,
            }
        });
        Self { address, requests }
    }
}

/// What becomes of the last connection.
enum Ending {
    Close,
    Hold,
    Drip(&'static [u8]),
}

impl Request {
    /// The value of a header, by its lower-case name.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// The names of all headers, in lower case.
    pub(super) fn names(&self) -> Vec<&str> {
        self.headers.iter().map(|(name, _)| name.as_str()).collect()
    }

    async fn read(stream: &TcpStream) -> Self {
        let mut head = Vec::new();
        // A TLS handshake begins with 0x16 and has no empty line to wait for.
        while !head.ends_with(b"\r\n\r\n") && !head.starts_with(&[0x16]) {
            stream.readable().await.unwrap();
            let mut piece = [0; 4_096];
            match stream.try_read(&mut piece) {
                Ok(0) => break,
                Ok(count) => head.extend_from_slice(&piece[..count]),
                Err(error) => assert_eq!(error.kind(), std::io::ErrorKind::WouldBlock),
            }
        }
        let head = String::from_utf8_lossy(&head).into_owned();
        let mut lines = head.lines();
        Self {
            line: lines.next().unwrap_or_default().to_owned(),
            headers: lines
                .filter_map(|line| line.split_once(':'))
                .map(|(name, value)| (name.to_lowercase(), value.trim().to_owned()))
                .collect(),
        }
    }
}

/// Writes it all, or as much as the client wants to have.
async fn write_all(stream: &TcpStream, mut bytes: &[u8]) {
    while !bytes.is_empty() {
        if stream.writable().await.is_err() {
            return;
        }
        match stream.try_write(bytes) {
            Ok(count) => bytes = &bytes[count..],
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
            Err(_) => return,
        }
    }
}

/// An answer with these headers, its length and `Connection: close`.
pub(super) fn reply(status: u16, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let headers: Vec<String> = headers
        .iter()
        .map(|(name, value)| format!("{name}: {value}\r\n"))
        .collect();
    let length = match status {
        204 | 304 => String::new(),
        _ => format!("Content-Length: {}\r\n", body.len()),
    };
    let answer = format!(
        "HTTP/1.1 {status} Whatever\r\nConnection: close\r\n{}{length}\r\n",
        headers.concat()
    );
    [answer.into_bytes(), body.to_vec()].concat()
}

/// An answer that is all well, with this body.
pub(super) fn page(body: &[u8]) -> Vec<u8> {
    reply(200, &[], body)
}

/// An answer without headers and body.
pub(super) fn empty(status: u16) -> Vec<u8> {
    reply(status, &[], b"")
}
