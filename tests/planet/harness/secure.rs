//! Blogs on https, with certificates of the test's own.

use std::net::SocketAddr;
use std::sync::Arc;

use rcgen::{
    BasicConstraints, Certificate, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd,
};
use rustls::ServerConfig;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::PrivateKeyDer;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// Somebody who signs certificates.
pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    /// Its own certificate, as machines that trust it have it.
    pub(crate) pem: String,
}

impl Authority {
    /// Another one at every call, who may say to be called as somebody else is.
    pub(crate) fn called(name: &str) -> Self {
        let key = KeyPair::generate().unwrap();
        let mut about = CertificateParams::new([]).unwrap();
        about.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        about.distinguished_name.push(DnType::CommonName, name);
        let pem = about.self_signed(&key).unwrap().pem();
        let issuer = Issuer::new(about, key);
        Self { issuer, pem }
    }

    /// A server with a certificate for this name that is signed by nobody but itself, as web servers make them.
    pub(crate) fn itself(name: &str) -> ServerConfig {
        let key = KeyPair::generate().unwrap();
        let mut about = CertificateParams::new([name.to_owned()]).unwrap();
        about.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let certificate = about.self_signed(&key).unwrap();
        server(&certificate, &key)
    }

    /// A server with a certificate for this name, which is good until the beginning of this year.
    pub(crate) fn server(&self, name: &str, until: i32) -> ServerConfig {
        let key = KeyPair::generate().unwrap();
        let mut about = CertificateParams::new([name.to_owned()]).unwrap();
        about.not_after = date_time_ymd(until, 1, 1);
        let certificate = about.signed_by(&key, &self.issuer).unwrap();
        server(&certificate, &key)
    }
}

fn server(certificate: &Certificate, key: &KeyPair) -> ServerConfig {
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap()
}

/// Answers every request on a port of loopback with this feed, over TLS alone; gives the feed's address.
pub(crate) async fn serve_securely(server: ServerConfig, feed: &super::Feed) -> String {
    let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0)))
        .await
        .unwrap();
    let address = listener.local_addr().unwrap();
    let (acceptor, body) = (TlsAcceptor::from(Arc::new(server)), feed.xml());
    let answer = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/atom+xml\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            // Who does not trust us goes away before there is anything to read.
            let Ok(mut stream) = acceptor.accept(stream).await else {
                continue;
            };
            let mut asked = Vec::new();
            while !asked.ends_with(b"\r\n\r\n") {
                asked.push(stream.read_u8().await.unwrap());
            }
            stream.write_all(answer.as_bytes()).await.unwrap();
            stream.shutdown().await.unwrap();
        }
    });
    format!("https://{address}/feed")
}
