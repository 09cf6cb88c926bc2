//! Which addresses a post may point to, and what they are in full.
//!
//! It must not know which attribute or element an address stands in.

use url::{ParseError, Url};

use super::trackers;

/// Longest address that is kept, in bytes; not longer than an attribute may be, or what is kept would go the next time.
pub(super) const ADDRESS_BYTES_MAX: usize = 4_096;
/// Most candidates that are kept of one `srcset`.
const CANDIDATES_MAX: usize = 16;

/// The web address that a reference stands for: absolute, http or https.
pub(super) fn web(reference: &str, base: Option<&Url>) -> Option<Url> {
    absolute(reference, base).filter(|url| is_web(url) && is_short(url))
}

/// The same for a link's target, which may also be a mail address. It tells nobody who sent its reader.
pub(super) fn target(reference: &str, base: Option<&Url>) -> Option<Url> {
    let url = absolute(reference, base).filter(is_short)?;
    if url.scheme() == "mailto" {
        return Some(url);
    }
    (is_web(&url) && !trackers::is_counter(&url)).then(|| trackers::without_campaign(url))
}

/// The same for a picture, unless loading it is only there to be counted.
pub(super) fn picture(reference: &str, base: Option<&Url>) -> Option<Url> {
    web(reference, base).filter(|url| !trackers::is_counting_picture(url))
}

/// A `srcset` with every candidate made absolute, those that may not stand left out.
pub(super) fn candidates(srcset: &str, base: Option<&Url>) -> Option<String> {
    let mut kept = String::new();
    let mut rest = srcset;
    for _ in 0..CANDIDATES_MAX {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == ',');
        if rest.is_empty() {
            break;
        }
        let (candidate, after) = first_candidate(rest, base);
        if let Some(candidate) = candidate {
            let comma = if kept.is_empty() { "" } else { ", " };
            if kept.len() + comma.len() + candidate.len() > ADDRESS_BYTES_MAX {
                break;
            }
            kept.push_str(comma);
            kept.push_str(&candidate);
        }
        rest = after;
    }
    (!kept.is_empty()).then_some(kept)
}

fn absolute(reference: &str, base: Option<&Url>) -> Option<Url> {
    match Url::parse(reference) {
        Ok(url) => Some(url),
        Err(ParseError::RelativeUrlWithoutBase) => relative(reference, base),
        Err(_) => None,
    }
}

fn is_short(url: &Url) -> bool {
    url.as_str().len() <= ADDRESS_BYTES_MAX
}

fn is_web(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https") && url.has_host()
}

/// A colon in the first segment would be a scheme in disguise, such as `javascript:` behind a no-break space.
fn relative(reference: &str, base: Option<&Url>) -> Option<Url> {
    let reference = reference.trim_matches(|c: char| c.is_whitespace() || c.is_control());
    let segment = reference.split(['/', '\\', '?', '#']).next()?;
    if reference.is_empty() || segment.contains(':') {
        return None;
    }
    if let Some(rest) = reference.strip_prefix("//") {
        return Url::parse(&format!("https://{rest}")).ok();
    }
    base.filter(|base| is_web(base))?.join(reference).ok()
}

/// HTML's own rule: an address runs to the next white space, its descriptor to the next comma.
fn first_candidate<'a>(rest: &'a str, base: Option<&Url>) -> (Option<String>, &'a str) {
    let end = rest
        .find(|c: char| c.is_ascii_whitespace())
        .unwrap_or(rest.len());
    let (reference, after) = rest.split_at(end);
    let address = reference.trim_end_matches(',');
    if address.len() < reference.len() {
        return (picture(address, base).map(String::from), after);
    }
    let (descriptor, after) = after.split_once(',').unwrap_or((after, ""));
    let descriptor = descriptor.trim();
    let candidate = match picture(address, base) {
        Some(url) if descriptor.is_empty() => Some(String::from(url)),
        Some(url) if is_descriptor(descriptor) => Some(format!("{url} {descriptor}")),
        _ => None,
    };
    (candidate, after)
}

fn is_descriptor(descriptor: &str) -> bool {
    let number = descriptor.trim_end_matches(['w', 'x']);
    number.len() + 1 == descriptor.len()
        && number.len() <= 8
        && number.starts_with(|c: char| c.is_ascii_digit())
        && number.bytes().all(|b| b.is_ascii_digit() || b == b'.')
}
