//! The connections: reqwest set up so that it does nothing on its own account.
//!
//! It must not know what an answer means.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use reqwest::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Client, ClientBuilder, RequestBuilder};
use rustls::crypto::ring;
use url::Url;

use super::guard::Guard;
use super::{FetchError, SetupError};

/// How long the connection alone may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a connection is kept for the next feed on the same host.
const IDLE_TIMEOUT: Duration = Duration::from_secs(15);

/// Feeds first, then what feeds are often mislabelled as, then pages, in which feeds are looked for.
const ACCEPTED: &str = "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, \
     application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, text/html;q=0.5, */*;q=0.1";

/// Whether the bytes are decompressed on the way in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Decoding {
    /// Compression is offered, and undone.
    On,
    /// Plain bytes are asked for, and handed on whatever the answer claims about them.
    Off,
}

/// Two ways to ask, which differ in [`Decoding`] alone.
#[derive(Debug, Clone)]
pub(super) struct Transport {
    decoding: Client,
    /// Made when it is needed, which is seldom, because each client reads all the certificates of the machine.
    plain: Arc<OnceLock<Client>>,
    trust: Trust,
    agent: HeaderValue,
    guard: Guard,
}

/// Whose certificates are believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trust {
    /// Those that the operating system believes.
    Platform,
    /// Nobody's, because the operating system has no list; only plain http works.
    Nobody,
}

impl Transport {
    /// Connections behind this guard, and the operating system's certificates where it has any.
    pub(super) fn new(user_agent: &str, guard: &Guard) -> Result<Self, SetupError> {
        // An error only says that the process has chosen a provider before.
        let _ = ring::default_provider().install_default();
        match Self::trusting(Trust::Platform, user_agent, guard) {
            Err(SetupError::Connections { detail }) => {
                tracing::warn!(
                    detail,
                    "this machine has no list of trusted certificates, so blogs on https cannot be read: install \
                     the package ca-certificates and start again"
                );
                Self::trusting(Trust::Nobody, user_agent, guard)
            }
            transport => transport,
        }
    }

    /// The same with a given trust.
    pub(super) fn trusting(
        trust: Trust,
        user_agent: &str,
        guard: &Guard,
    ) -> Result<Self, SetupError> {
        let agent = HeaderValue::from_str(user_agent)
            .ok()
            .filter(|agent| !agent.is_empty())
            .ok_or(SetupError::UserAgent)?;
        Ok(Self {
            decoding: client(Decoding::On, trust, &agent, guard)?,
            plain: Arc::default(),
            trust,
            agent,
            guard: guard.clone(),
        })
    }

    /// Whether the scheme of this address can be spoken on this machine.
    ///
    /// # Errors
    ///
    /// [`FetchError::NoCertificates`] for https where nobody is trusted.
    pub(super) fn can_speak(&self, url: &Url) -> Result<(), FetchError> {
        if self.trust == Trust::Nobody && url.scheme() == "https" {
            return Err(FetchError::NoCertificates);
        }
        Ok(())
    }

    /// A GET with these headers besides our own.
    ///
    /// # Errors
    ///
    /// Where the certificates that were there at the start are gone.
    pub(super) fn get(
        &self,
        decoding: Decoding,
        url: &Url,
        headers: HeaderMap,
    ) -> Result<RequestBuilder, FetchError> {
        let request = match decoding {
            Decoding::On => self.decoding.get(url.clone()),
            Decoding::Off => self
                .plain()?
                .get(url.clone())
                .header(ACCEPT_ENCODING, HeaderValue::from_static("identity")),
        };
        Ok(request.headers(headers))
    }

    /// A POST of a form.
    ///
    /// # Errors
    ///
    /// As for [`Transport::get`].
    pub(super) fn post(&self, url: &Url, form: String) -> Result<RequestBuilder, FetchError> {
        let kind = HeaderValue::from_static("application/x-www-form-urlencoded");
        let request = self.plain()?.post(url.clone()).header(CONTENT_TYPE, kind);
        Ok(request.body(form))
    }

    fn plain(&self) -> Result<&Client, FetchError> {
        if let Some(made) = self.plain.get() {
            return Ok(made);
        }
        // The other client was made of the same, so only the certificates can be missing, or out of reach.
        let made = client(Decoding::Off, self.trust, &self.agent, &self.guard)
            .inspect_err(|error| tracing::warn!(%error, "the certificates cannot be read again"))
            .map_err(|_| FetchError::NoCertificates)?;
        Ok(self.plain.get_or_init(|| made))
    }
}

fn client(
    decoding: Decoding,
    trust: Trust,
    agent: &HeaderValue,
    guard: &Guard,
) -> Result<Client, SetupError> {
    let decodes = decoding == Decoding::On;
    let builder = Client::builder()
        .user_agent(agent.clone())
        .default_headers(
            [(ACCEPT, HeaderValue::from_static(ACCEPTED))]
                .into_iter()
                .collect(),
        )
        .dns_resolver(guard.clone())
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .no_proxy()
        .connect_timeout(CONNECT_TIMEOUT)
        .pool_max_idle_per_host(1)
        .pool_idle_timeout(IDLE_TIMEOUT)
        .gzip(decodes)
        .brotli(decodes)
        .zstd(decodes)
        .deflate(decodes);
    with_trust(builder, trust)?.build().map_err(refusal)
}

fn with_trust(builder: ClientBuilder, trust: Trust) -> Result<ClientBuilder, SetupError> {
    if trust == Trust::Platform {
        return Ok(builder.tls_backend_rustls());
    }
    let provider = Arc::new(ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(refusal)?
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    Ok(builder.tls_backend_preconfigured(config))
}

fn refusal(error: impl std::error::Error) -> SetupError {
    let cause = error.source().map(ToString::to_string);
    SetupError::Connections {
        detail: cause.unwrap_or_else(|| error.to_string()),
    }
}
