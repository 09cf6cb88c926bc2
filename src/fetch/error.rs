//! What can go wrong on the way to a blog, in the words that its health is shown in.
//!
//! The texts are public: they must not tell what lies behind an address that was refused.

use std::error::Error as StdError;
use std::io;
use std::time::Duration;

use jiff::SignedDuration;
use reqwest::StatusCode;
use rustls::CertificateError;

use super::guard::LookupError;

/// Why a [`Client`](super::Client) could not be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SetupError {
    /// The User-Agent is empty or has characters that a header cannot carry.
    #[error(
        "cannot use this User-Agent: take plain letters, digits and punctuation in base_url and contact"
    )]
    UserAgent,
    /// The network library refused its settings.
    #[error(
        "cannot set up network connections ({detail}): report this with the version of thingplanet"
    )]
    Connections {
        /// What the library said.
        detail: String,
    },
}

/// Why no useful answer came from a blog.
///
/// Its text is one plain sentence: what happened and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// The address is not one of the web, or longer than 2 048 characters.
    #[error(
        "this is not a web address that can be read: it should begin with http:// or https:// and be no longer than \
         2 048 characters, so check the address in feeds.toml"
    )]
    BadUrl,
    /// The address leads into a private network or to an unusual port.
    #[error(
        "the address leads into a private network or to an unusual port, where no blog is read: check the address in \
         feeds.toml, or ask the blogger for the public one; a network of your own is named in `allow_networks` under [poll]"
    )]
    Refused,
    /// The host's name has no address.
    #[error(
        "the name of the blog's host is not known on the internet: check the address in feeds.toml for typing errors, \
         or ask the blogger whether the blog has moved"
    )]
    Dns,
    /// Nobody answers at the address.
    #[error(
        "the blog's host does not accept connections: it may be down for a while, and if this lasts, ask the blogger"
    )]
    Connect,
    /// The secure connection failed.
    #[error("{0}")]
    Tls(TlsFault),
    /// This machine has no list of trusted certificates.
    #[error(
        "this machine has no list of trusted certificates, so no blog on https can be read: whoever runs it should \
         install the package ca-certificates and start thingplanet again"
    )]
    NoCertificates,
    /// The answer was not complete within the time limit.
    #[error(
        "the blog did not answer in full within {} seconds: it may be busy, and if this lasts, ask the blogger or \
         raise timeout_seconds in feeds.toml",
        .limit.as_secs_f64()
    )]
    Timeout {
        /// The time limit.
        limit: Duration,
    },
    /// The body is larger than the limit.
    #[error(
        "the feed is larger than {}, the most that is read: ask the blogger for a feed of the newest posts only, or \
         raise body_bytes_max in feeds.toml",
        size(*.bytes_max)
    )]
    TooLarge {
        /// The limit, in bytes after decompression.
        bytes_max: usize,
    },
    /// An answer that has no feed, and that no other variant names.
    #[error("{}", status_sentence(*.0))]
    Status(u16),
    /// A protection against robots stands before the blog.
    #[error(
        "blocked by bot protection: a service that stands before the blog takes us for a harmful robot, so ask the \
         blogger to let the feed's address through there, for instance with a rule at Cloudflare"
    )]
    Challenge,
    /// The platform asked us to wait, or does not accept connections, and is left alone until then.
    #[error(
        "the blog's platform asked to be left alone for a while: nothing needs doing, it is asked again by itself"
    )]
    Paused {
        /// For how much longer.
        wait: SignedDuration,
    },
    /// The answer has no body, or says that it is only a part.
    #[error(
        "the blog answered with nothing, or with only a part of its feed: if this lasts, check the address in \
         feeds.toml, or ask the blogger"
    )]
    Empty,
    /// The redirects lead to no answer.
    #[error("{0}")]
    Redirects(#[from] RedirectFault),
    /// The answer says that it is compressed, but is not, or not in that way.
    #[error(
        "the blog's feed is compressed in a way that cannot be read: ask the blogger to report it to whoever hosts \
         the blog"
    )]
    Encoding,
    /// The answer was no HTTP, or broke off.
    #[error(
        "the blog's answer was garbled or broke off before its end: it may pass, and if it lasts, ask the blogger"
    )]
    Broken,
    /// Who was asked answered, but where it sends us nobody can be reached.
    #[error("{0}")]
    Onward(Box<FetchError>),
}

/// What was wrong with a secure connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TlsFault {
    /// The certificate's time is over, or has not come.
    #[error(
        "the blog's security certificate is out of date: ask the blogger to renew it, or check this machine's clock"
    )]
    Expired,
    /// The certificate is somebody else's.
    #[error(
        "the blog's security certificate is for another address: check the address in feeds.toml (www. or not?), or \
         ask the blogger"
    )]
    WrongName,
    /// The certificate is signed by nobody we know.
    #[error(
        "the blog's security certificate is signed by nobody this machine trusts: ask the blogger to have it renewed"
    )]
    UnknownIssuer,
    /// Anything else.
    #[error(
        "the secure connection to the blog failed: check in feeds.toml whether it should be http:// instead of \
         https://, or ask the blogger"
    )]
    Other,
}

/// What was wrong with redirects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RedirectFault {
    /// More than eight in a row.
    #[error(
        "the blog sends us on more than eight times: open the address in a browser and put the one where it ends into \
         feeds.toml"
    )]
    TooMany,
    /// Back to where we were.
    #[error(
        "the blog sends us round in a circle: check the address in feeds.toml, or ask the blogger"
    )]
    Circle,
    /// Without an address, or with one that cannot be read.
    #[error(
        "the blog sends us on without saying where: open the address in a browser and put the one where it ends into \
         feeds.toml"
    )]
    Nowhere,
    /// To something that is no web page.
    #[error(
        "the blog sends us on to something that is not a web page: check the address in feeds.toml, or ask the blogger"
    )]
    NotWeb,
}

impl FetchError {
    /// A short name that never changes, for counting.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::BadUrl => "bad-url",
            Self::Refused => "refused",
            Self::Dns => "dns",
            Self::Connect => "connect",
            Self::Tls(_) => "tls",
            Self::NoCertificates => "no-certificates",
            Self::Timeout { .. } => "timeout",
            Self::TooLarge { .. } => "too-large",
            Self::Status(_) => "status",
            Self::Challenge => "challenge",
            Self::Paused { .. } => "paused",
            Self::Empty => "empty",
            Self::Redirects(_) => "redirects",
            Self::Encoding => "encoding",
            Self::Broken => "broken",
            Self::Onward(error) => error.kind(),
        }
    }

    /// The same after a redirect, where whoever was asked has answered and is not the one who cannot be reached.
    pub(super) fn onward(self) -> Self {
        match self {
            Self::Dns | Self::Connect | Self::Timeout { .. } => Self::Onward(Box::new(self)),
            other => other,
        }
    }

    /// What an error of the network library comes to.
    pub(super) fn from_transport(error: &reqwest::Error, limit: Duration) -> Self {
        if let Some(lookup) = find::<LookupError>(error) {
            return (*lookup).into();
        }
        if let Some(tls) = find::<rustls::Error>(error) {
            return Self::Tls(TlsFault::of(tls));
        }
        if error.is_dns() {
            Self::Dns
        } else if error.is_connect() {
            Self::Connect
        } else if error.is_timeout() {
            Self::Timeout { limit }
        } else if error.is_builder() {
            Self::BadUrl
        } else {
            Self::Broken
        }
    }
}

impl From<LookupError> for FetchError {
    fn from(error: LookupError) -> Self {
        match error {
            LookupError::Refused => Self::Refused,
            LookupError::Unknown => Self::Dns,
        }
    }
}

/// What the TLS library calls a certificate that a server signed with itself.
const BY_ITSELF: &str = "CaUsedAsEndEntity";

impl TlsFault {
    fn of(error: &rustls::Error) -> Self {
        use CertificateError as Certificate;
        let rustls::Error::InvalidCertificate(certificate) = error else {
            return Self::Other;
        };
        match certificate {
            Certificate::Expired
            | Certificate::ExpiredContext { .. }
            | Certificate::NotValidYet
            | Certificate::NotValidYetContext { .. } => Self::Expired,
            Certificate::NotValidForName | Certificate::NotValidForNameContext { .. } => {
                Self::WrongName
            }
            // By somebody else of the same name, too, or by itself alone, as web servers make them.
            Certificate::UnknownIssuer | Certificate::BadSignature => Self::UnknownIssuer,
            Certificate::Other(fault) if fault.to_string().contains(BY_ITSELF) => {
                Self::UnknownIssuer
            }
            _ => Self::Other,
        }
    }
}

/// Whether an error while reading a body came from undoing its compression, rather than from the connection.
pub(super) fn is_about_the_encoding(error: &reqwest::Error) -> bool {
    // The decoders speak io::Error; what the connection says comes wrapped in an error of hyper's.
    error.source().is_some_and(<dyn StdError>::is::<io::Error>)
}

/// The first error of this type in a chain of causes.
fn find<'a, T: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a T> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        // An io::Error skips the error it wraps when it is asked for its source.
        next = match error
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref)
        {
            Some(wrapped) => Some(wrapped),
            None => error.source(),
        };
    }
    None
}

fn status_sentence(status: u16) -> String {
    let reason = StatusCode::from_u16(status)
        .ok()
        .and_then(|code| code.canonical_reason())
        .map(|reason| format!(" ({})", reason.to_lowercase()))
        .unwrap_or_default();
    let cure = match status {
        401 | 403 | 407 | 451 => {
            "the feed may be private or closed to robots, so ask the blogger to open it"
        }
        404 => "check the address in feeds.toml, or ask the blogger",
        500..=599 => "its host has trouble that may pass, and if it lasts, ask the blogger",
        _ => "check the address in feeds.toml, and if it is right, ask the blogger",
    };
    format!("the blog answered {status}{reason}: {cure}")
}

fn size(bytes: usize) -> String {
    match bytes {
        0..1_000_000 => format!("{bytes} bytes"),
        _ => format!("{} MB", bytes / 1_000_000),
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use rustls::CertificateError as Certificate;

    use super::{FetchError, RedirectFault, TlsFault, find};

    #[test]
    fn what_is_wrong_with_a_certificate_is_told_apart() {
        for (certificate, fault) in [
            (Certificate::Expired, TlsFault::Expired),
            (Certificate::NotValidYet, TlsFault::Expired),
            (Certificate::NotValidForName, TlsFault::WrongName),
            (Certificate::UnknownIssuer, TlsFault::UnknownIssuer),
            (Certificate::BadSignature, TlsFault::UnknownIssuer),
            (Certificate::Revoked, TlsFault::Other),
        ] {
            let error = rustls::Error::InvalidCertificate(certificate);
            assert_eq!(TlsFault::of(&error), fault);
        }
        let handshake = rustls::Error::HandshakeNotComplete;
        assert_eq!(TlsFault::of(&handshake), TlsFault::Other);
    }

    #[test]
    fn a_cause_is_found_inside_an_io_error() {
        let inner = io::Error::other(rustls::Error::HandshakeNotComplete);
        let outer = io::Error::other(inner);
        let found = find::<rustls::Error>(&outer);
        assert_eq!(found, Some(&rustls::Error::HandshakeNotComplete));
        assert!(find::<std::fmt::Error>(&outer).is_none());
    }

    #[test]
    fn every_status_is_explained_with_a_cure() {
        for status in [304, 401, 403, 404, 418, 451, 500, 502, 599, 777] {
            let text = FetchError::Status(status).to_string();
            let start = format!("the blog answered {status}");
            assert!(text.starts_with(&start), "{text}");
            assert!(text.contains("ask the blogger"), "{text}");
        }
    }

    #[test]
    fn a_fault_inside_an_error_is_said_once() {
        let error = FetchError::from(RedirectFault::Circle);
        assert_eq!(error.to_string(), RedirectFault::Circle.to_string());
        assert_eq!(error.kind(), "redirects");
    }
}
