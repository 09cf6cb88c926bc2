//! What an address in the roster may look like.
//!
//! It judges the text of one address, and must not know in which section it stands, nor ask the network.

use std::borrow::Cow;
use std::net::IpAddr;

use url::Url;

use crate::model::slug_of;

/// What is wrong with a value (it follows the key in a sentence), and what to do.
pub(super) struct Trouble {
    pub(super) message: String,
    pub(super) help: String,
}

impl Trouble {
    fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            help: help.into(),
        }
    }
}

/// Reads the address of a web page or feed.
pub(super) fn web(text: &str) -> Result<Url, Trouble> {
    if text.contains(char::is_whitespace) {
        return Err(Trouble::new(
            "has a space in it",
            "take the space out; inside an address it is written %20",
        ));
    }
    let text = &*unprefixed(text);
    match text.split_once(':') {
        Some((scheme, _)) if is_web(scheme) => {}
        _ => return Err(not_web(text)),
    }
    let Ok(url) = Url::parse(text) else {
        return Err(Trouble::new(
            "is not a web address",
            "copy it from the address bar of your browser: https://name.example.org/",
        ));
    };
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Trouble::new(
            "has a user name or password in it",
            "this file is not a place for passwords; only blogs that everybody can read are polled",
        ));
    }
    Ok(url)
}

/// An address without the `feed:` that some browsers and buttons put before it: `feed:https://…`, and `feed://…` for
/// `http://…`.
fn unprefixed(text: &str) -> Cow<'_, str> {
    match text.split_once(':') {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("feed") => {
            if rest.starts_with("//") {
                format!("http:{rest}").into()
            } else {
                rest.into()
            }
        }
        _ => text.into(),
    }
}

fn is_web(scheme: &str) -> bool {
    scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https")
}

fn not_web(text: &str) -> Trouble {
    let host = text.split(['/', ':']).next().unwrap_or_default();
    let help = if host.contains('.')
        && !host.contains('@')
        && Url::parse(&format!("https://{text}")).is_ok()
    {
        format!("write https://{text}")
    } else {
        "copy the address of the web page from your browser".to_owned()
    };
    Trouble::new("does not start with http:// or https://", help)
}

/// Reads the address under which the planet is reached: scheme and host, nothing after them.
pub(super) fn base(text: &str) -> Result<String, Trouble> {
    let url = web(text)?;
    let top = url.origin().ascii_serialization();
    let more = if url.query().is_some() || url.fragment().is_some() {
        "has more than a host in it"
    } else if url.path() != "/" {
        "has a path in it, and the planet can only stand at the top of a host"
    } else if text.ends_with('/') {
        "ends with a slash"
    } else {
        return Ok(top);
    };
    Err(Trouble::new(more, format!("write {top}")))
}

/// Reads whom to ask about the planet.
pub(super) fn contact(text: &str) -> Result<String, Trouble> {
    if let Some(person) = text.strip_prefix("mailto:") {
        return if is_mail(person) {
            Ok(text.to_owned())
        } else {
            Err(Trouble::new(
                "is not an e-mail address",
                "write it as mailto:name@example.org",
            ))
        };
    }
    if text.starts_with("https:") {
        return web(text).map(|_| text.to_owned());
    }
    let help = if is_mail(text) {
        format!("write mailto:{text}")
    } else {
        "write mailto: and an e-mail address, or the https: address of a page".to_owned()
    };
    Err(Trouble::new(
        "is neither a mailto: nor an https: address",
        help,
    ))
}

fn is_mail(text: &str) -> bool {
    let odd = |character: char| character.is_whitespace() || "<>\"',:/".contains(character);
    text.split_once('@')
        .is_some_and(|(name, host)| !name.is_empty() && !host.is_empty() && !host.contains('@'))
        && !text.contains(odd)
}

/// Reads a network: an address, a slash, and how many of its bits are fixed.
pub(super) fn network(text: &str) -> Result<(), Trouble> {
    const HELP: &str =
        "write a network such as 192.168.0.0/16 or fd00::/8, one machine as 127.0.0.1/32";
    let wrong = || Trouble::new(format!("has `{text}`, which is not a network"), HELP);
    let (address, length) = text.split_once('/').ok_or_else(wrong)?;
    let address: IpAddr = address.parse().map_err(|_| wrong())?;
    let plain = length.bytes().all(|byte| byte.is_ascii_digit()) && !length.is_empty();
    let length: u8 = length.parse().ok().filter(|_| plain).ok_or_else(wrong)?;
    let widest = if address.is_ipv4() { 32 } else { 128 };
    if length > widest {
        return Err(Trouble::new(
            format!("has `{text}`, but the number after the slash goes from 0 to {widest}"),
            HELP,
        ));
    }
    let first = first_of(address, length);
    if first == address {
        return Ok(());
    }
    Err(Trouble::new(
        format!("has `{text}`, which is a machine inside a network"),
        format!("write {first}/{length} for the network, or {address}/{widest} for that machine"),
    ))
}

fn first_of(address: IpAddr, length: u8) -> IpAddr {
    let length = u32::from(length);
    match address {
        IpAddr::V4(v4) => {
            let mask = u32::MAX.checked_shl(32 - length).unwrap_or(0);
            IpAddr::V4((v4.to_bits() & mask).into())
        }
        IpAddr::V6(v6) => {
            let mask = u128::MAX.checked_shl(128 - length).unwrap_or(0);
            IpAddr::V6((v6.to_bits() & mask).into())
        }
    }
}

/// Reads the last part of a participant's page, which must already look as the planet would write it.
pub(super) fn page(text: &str) -> Result<String, Trouble> {
    let slug = slug_of(text);
    if slug == text {
        return Ok(slug);
    }
    let help = if slug.is_empty() {
        "write a word, such as anna-smith".to_owned()
    } else {
        format!("write page = \"{slug}\"")
    };
    Err(Trouble::new(
        "may have only small letters, digits and single hyphens between them",
        help,
    ))
}
