//! Which addresses a post may point to, and what they are in full.
//!
//! It must not know which attribute or element an address stands in.

use url::{ParseError, Url};

/// Longest address that is kept, in bytes.
const ADDRESS_BYTES_MAX: usize = 4_096;
/// Most candidates that are kept of one `srcset`.
const CANDIDATES_MAX: usize = 16;

/// The web address that a reference stands for: absolute, http or https.
pub(super) fn web(reference: &str, base: Option<&Url>) -> Option<Url> {
    let url = match Url::parse(reference) {
        Ok(url) => url,
        Err(ParseError::RelativeUrlWithoutBase) => relative(reference, base)?,
        Err(_) => return None,
    };
    let fine = is_web(&url) && url.as_str().len() <= ADDRESS_BYTES_MAX;
    fine.then_some(url)
}

/// The same for a link's target, which may also be a mail address.
pub(super) fn target(reference: &str, base: Option<&Url>) -> Option<Url> {
    match Url::parse(reference) {
        Ok(url) if url.scheme() == "mailto" && url.as_str().len() <= ADDRESS_BYTES_MAX => Some(url),
        _ => web(reference, base),
    }
}

/// A `srcset` with every candidate made absolute, those that may not stand left out.
pub(super) fn candidates(srcset: &str, base: Option<&Url>) -> Option<String> {
    let mut kept = Vec::new();
    let mut rest = srcset;
    while kept.len() < CANDIDATES_MAX {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == ',');
        if rest.is_empty() {
            break;
        }
        let (candidate, after) = first_candidate(rest, base);
        kept.extend(candidate);
        rest = after;
    }
    (!kept.is_empty()).then(|| kept.join(", "))
}

/// The page of the video that a player on YouTube or Vimeo shows, and the site's name.
///
/// Hosts and paths are compared exactly: `youtube.com.example` and `youtube.com@example` are somebody else.
pub(super) fn video_page(player: &str) -> Option<(Url, &'static str)> {
    let url = web(player, None)?;
    if url.port().is_some() || !url.username().is_empty() || url.password().is_some() {
        return None;
    }
    let path: Vec<_> = url.path_segments()?.collect();
    match (url.host_str()?, path.as_slice()) {
        (
            "youtube.com" | "www.youtube.com" | "youtube-nocookie.com" | "www.youtube-nocookie.com",
            ["embed" | "v", video],
        ) => youtube_page(video).map(|page| (page, "YouTube")),
        ("player.vimeo.com", ["video", video]) if is_number(video) => {
            let page = Url::parse(&format!("https://vimeo.com/{video}")).ok()?;
            Some((page, "Vimeo"))
        }
        _ => None,
    }
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
        return (web(address, base).map(String::from), after);
    }
    let (descriptor, after) = after.split_once(',').unwrap_or((after, ""));
    let descriptor = descriptor.trim();
    let candidate = match web(address, base) {
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

fn youtube_page(video: &str) -> Option<Url> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    // Old players write `/v/ID&hl=en`: what follows the ampersand is not the video.
    let video = video.split('&').next().unwrap_or(video);
    if video.len() != 11 || !video.bytes().all(plain) {
        return None;
    }
    Url::parse(&format!("https://www.youtube.com/watch?v={video}")).ok()
}

fn is_number(text: &str) -> bool {
    (1..=12).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}
