//! Link headers (RFC 8288), as far as they say where more of a feed is.
//!
//! Pure; it must not know whether anybody follows them, and whoever does goes through the guard.

use reqwest::header::{HeaderMap, LINK};
use url::Url;

use super::guard::URL_CHARS_MAX;
use super::headers::{members, pair, pieces};
use crate::model::HeaderLinks;

/// Links of one answer that are looked at.
const LINKS_MAX: usize = 50;
/// Hubs that are kept.
const HUBS_MAX: usize = 8;

/// What the Link headers of an answer say. Relative addresses are read against `here`, the address that answered.
pub(super) fn links(headers: &HeaderMap, here: &Url) -> HeaderLinks {
    let mut links = HeaderLinks::default();
    for member in members(headers, LINK).take(LINKS_MAX) {
        note(&mut links, member, here);
    }
    links
}

fn note(links: &mut HeaderLinks, member: &str, here: &Url) {
    let mut parts = pieces(member, b';');
    let Some(url) = parts.next().and_then(|target| address(target, here)) else {
        return;
    };
    let mut relations = None;
    for (name, value) in parts.map(pair) {
        if name.eq_ignore_ascii_case("anchor") {
            // It speaks of another document (RFC 8288 § 3.2).
            return;
        }
        if name.eq_ignore_ascii_case("rel") {
            // Only the first counts (RFC 8288 § 3.3).
            relations.get_or_insert(value);
        }
    }
    for relation in relations.unwrap_or_default().split_ascii_whitespace() {
        let slot = match relation.to_ascii_lowercase().as_str() {
            "hub" => {
                if links.hubs.len() < HUBS_MAX && !links.hubs.contains(&url) {
                    links.hubs.push(url.clone());
                }
                continue;
            }
            "self" => &mut links.self_url,
            "prev-archive" => &mut links.previous_archive,
            "next" => &mut links.next_page,
            _ => continue,
        };
        slot.get_or_insert_with(|| url.clone());
    }
}

fn address(target: &str, here: &Url) -> Option<Url> {
    let text = target.strip_prefix('<')?.strip_suffix('>')?.trim();
    let url = here.join(text).ok()?;
    let is_web = matches!(url.scheme(), "http" | "https") && url.as_str().len() <= URL_CHARS_MAX;
    is_web.then_some(url)
}

#[cfg(test)]
mod tests {
    use reqwest::header::{HeaderMap, HeaderValue, LINK};
    use url::Url;

    use super::links;
    use crate::model::HeaderLinks;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    fn read(lines: &[&str]) -> HeaderLinks {
        let lines = lines.iter().map(|line| {
            let value = HeaderValue::from_bytes(line.as_bytes()).unwrap();
            (LINK, value)
        });
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(name, value);
        }
        links(&headers, &url("https://blog.example/a/feed"))
    }

    #[test]
    fn hubs_and_the_feeds_own_address_are_read_from_any_number_of_lines() {
        let found = read(&[
            "<https://hub.example/?a=1,2>; rel=\"hub\", </feed>; rel=self",
            "<https://two.example/>; title=\"a, <b>; rel=next\"; REL=\"Hub nofollow\"",
            "<?page=2>; rel=\"next last\", <2010>; rel=prev-archive",
        ]);
        let expected = HeaderLinks {
            hubs: vec![
                url("https://hub.example/?a=1,2"),
                url("https://two.example/"),
            ],
            self_url: Some(url("https://blog.example/feed")),
            previous_archive: Some(url("https://blog.example/a/2010")),
            next_page: Some(url("https://blog.example/a/feed?page=2")),
        };
        assert_eq!(found, expected);
    }

    #[test]
    fn what_is_no_link_of_this_document_on_the_web_is_left_out() {
        let found = read(&[
            "<ftp://hub.example/>; rel=hub, <javascript:x>; rel=hub, https://hub.example/; rel=hub",
            "<https://x.example/>; anchor=\"/other\"; rel=hub, <https://x.example/>; rel=stylesheet; rel=hub",
            "<https://x.example/>, <>, <https://[x>; rel=self, ;;;,,,\"<",
        ]);
        assert_eq!(found, HeaderLinks::default());
    }

    #[test]
    fn a_thousand_hubs_are_a_few() {
        let line: Vec<String> = (0..1_000)
            .map(|number| format!("<https://h{number}.example/>; rel=hub"))
            .collect();
        assert_eq!(read(&[&line.join(",")]).hubs.len(), 8);
    }
}
