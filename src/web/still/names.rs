//! Which file an address of the planet becomes.
//!
//! A page becomes `PATH/index.html`, so that its feed can stand beside it; a document keeps its name. A question gets a
//! name of its own in the same folder: `things/6?before=1-2` is `things/6/before-1-2.html`.

use url::Url;
use url::form_urlencoded;

use crate::model::Fingerprint;

/// Documents, by the end of their name. Everything else is a page.
const DOCUMENTS: [&str; 15] = [
    "atom", "css", "csv", "gif", "html", "ico", "jpg", "js", "json", "opml", "png", "svg", "txt",
    "webp", "woff2",
];

/// What only a server can answer.
const DYNAMIC: [&str; 8] = [
    "/search",
    "/join",
    "/organise",
    "/opensearch.xml",
    "/livez",
    "/readyz",
    "/metrics",
    "/websub",
];

/// Questions that only lead to more of the same, or to the same in another order.
const PAGING: [&str; 4] = ["before", "after", "page", "order"];
/// So many others may stand in one question, or there would be a page for every combination of filters.
const FILTERS_MAX: usize = 1;
/// Longest name that is made of a question as it is.
const NAME_BYTES_MAX: usize = 80;

/// A page or document of the planet: its path, percent-encoded, and its question.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Address {
    path: String,
    query: Option<String>,
}

impl Address {
    /// The address with this path and question, encoded or not.
    pub(super) fn new(path: &str, query: Option<&str>) -> Self {
        let path = match path.trim_end_matches('/') {
            "" => "/",
            path => path,
        };
        let query = query.filter(|query| !query.is_empty());
        // One address has one spelling here, whichever way it was met.
        let spelled = Url::parse("http://planet.invalid").map(|mut url| {
            url.set_path(path);
            url.set_query(query);
            url
        });
        match spelled {
            Ok(url) => Self {
                path: url.path().to_owned(),
                query: url.query().map(str::to_owned),
            },
            Err(_) => Self {
                path: path.to_owned(),
                query: query.map(str::to_owned),
            },
        }
    }

    /// Whether it can be a file: no server is needed for it, and there are not too many like it.
    pub(super) fn is_still(&self) -> bool {
        let under = |dynamic: &str| {
            let rest = self.path.strip_prefix(dynamic);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let query = self.query.as_deref().unwrap_or_default();
        let filters = form_urlencoded::parse(query.as_bytes())
            .filter(|(name, _)| !PAGING.contains(&&**name))
            .count();
        !DYNAMIC.iter().any(|dynamic| under(dynamic)) && filters <= FILTERS_MAX
    }

    /// The address at which an Atom feed would be as JSON Feed.
    pub(super) fn other_form(&self) -> Option<Self> {
        let path = self.path.strip_suffix("/feed.atom")?;
        Some(Self {
            path: format!("{path}/feed.json"),
            query: self.query.clone(),
        })
    }

    /// What the routes are asked for.
    pub(super) fn asked(&self) -> String {
        match &self.query {
            Some(query) => format!("{}?{query}", self.path),
            None => self.path.clone(),
        }
    }

    /// The path of its file below the folder.
    pub(super) fn file(&self) -> String {
        let mut names: Vec<String> = self.path.split('/').skip(1).map(file_name).collect();
        names.retain(|name| !name.is_empty());
        let last = names.last().map_or("", String::as_str);
        let document = last
            .rsplit_once('.')
            .filter(|(stem, end)| !stem.is_empty() && DOCUMENTS.contains(end))
            .map(|(stem, end)| (stem.to_owned(), end.to_owned()));
        let question = self.query.as_deref().map(question_name);
        match (document, question) {
            (Some(_), None) => {}
            (Some((stem, end)), Some(question)) => {
                names.pop();
                names.push(format!("{stem}-{question}.{end}"));
            }
            (None, None) => names.push("index.html".to_owned()),
            (None, Some(question)) => names.push(format!("{question}.html")),
        }
        names.join("/")
    }

    /// The way from the file of this address to that of another.
    pub(super) fn way_to(&self, other: &Self) -> String {
        let (from, to) = (placed(&self.file()), placed(&other.file()));
        match from.zip(to) {
            Some((from, to)) if from == to => to
                .path_segments()
                .and_then(|mut names| names.next_back())
                .unwrap_or_default()
                .to_owned(),
            Some((from, to)) => from.make_relative(&to).unwrap_or_default(),
            None => String::new(),
        }
    }

    /// The path of its file as a part of an address, beginning with a slash.
    pub(super) fn file_path(&self) -> String {
        placed(&self.file()).map_or_else(String::new, |url| url.path().to_owned())
    }
}

/// A file somewhere, for finding the way from one to another.
fn placed(file: &str) -> Option<Url> {
    let mut url = Url::parse("http://planet.invalid/").ok()?;
    url.path_segments_mut()
        .ok()?
        .clear()
        .extend(file.split('/'));
    Some(url)
}

/// A part of a path as the name of a file, or a name made from it where it cannot be one.
fn file_name(segment: &str) -> String {
    // A plus is a plus in a path.
    let decoded: String = form_urlencoded::parse(segment.replace('+', "%2B").as_bytes())
        .next()
        .map(|(name, _)| name.into_owned())
        .unwrap_or_default();
    let is_plain = |c: char| c.is_alphanumeric() || "-_.~ ".contains(c);
    if decoded.chars().all(is_plain) && !decoded.starts_with('.') && decoded.len() <= 200 {
        return decoded;
    }
    Fingerprint::of(segment.as_bytes()).short_hex()
}

fn question_name(query: &str) -> String {
    let is_kept = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let name: String = query
        .chars()
        .map(|c| if is_kept(c) { c } else { '-' })
        .collect();
    let is_clear = query.chars().all(|c| is_kept(c) || c == '=' || c == '&');
    if is_clear && name.len() <= NAME_BYTES_MAX {
        return name;
    }
    let short: String = name.chars().take(40).collect();
    let mark: String = Fingerprint::of(query.as_bytes()).short_hex();
    format!("{short}-{}", mark.chars().take(12).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> Address {
        let (path, query) = text
            .split_once('?')
            .map_or((text, None), |(path, query)| (path, Some(query)));
        Address::new(path, query)
    }

    #[test]
    fn an_address_becomes_a_file() {
        let check = |text: &str, wanted: &str| assert_eq!(address(text).file(), wanted, "{text}");
        check("/", "index.html");
        check("/?before=131-12", "before-131-12.html");
        check("/things/6", "things/6/index.html");
        check("/things/6/", "things/6/index.html");
        check("/things/6/feed.atom", "things/6/feed.atom");
        check(
            "/things/6/feed.atom?before=1-2",
            "things/6/feed-before-1-2.atom",
        );
        check("/participants/%E5%9B%B3", "participants/図/index.html");
        check("/participants/図", "participants/図/index.html");
        check("/style.css", "style.css");
    }

    #[test]
    fn one_address_has_one_spelling() {
        assert_eq!(
            address("/participants/図"),
            address("/participants/%E5%9B%B3")
        );
        assert_eq!(address("/?topic=a b"), address("/?topic=a%20b"));
        assert_eq!(address("/things/"), address("/things"));
    }

    #[test]
    fn no_address_leads_out_of_the_folder_or_onto_another_file() {
        for text in ["/%2e%2e/x", "/..%2Fx", "/a%00b", "/.git", "/a%5Cb"] {
            let file = address(text).file();
            assert!(!file.contains(".."), "{file}");
            assert!(
                file.chars()
                    .all(|c| c.is_ascii_alphanumeric() || "/.".contains(c)),
                "{file}"
            );
            assert!(!file.starts_with('.'), "{file}");
        }
        let (one, other) = (address("/?topic=A"), address("/?topic=a"));
        assert_ne!(one.file().to_lowercase(), other.file().to_lowercase());
        assert_ne!(
            address("/?topic=a%20b").file(),
            address("/?topic=a-b").file()
        );
    }

    #[test]
    fn the_way_from_file_to_file_is_relative() {
        let check = |from: &str, to: &str, wanted: &str| {
            assert_eq!(address(from).way_to(&address(to)), wanted, "{from} to {to}");
        };
        check("/", "/things/6", "things/6/index.html");
        check("/things/6", "/", "../../index.html");
        check("/things/6", "/things/6", "index.html");
        check("/things/6", "/things/6?before=1-2", "before-1-2.html");
        check("/things/6", "/things/6/feed.atom", "feed.atom");
        check("/things/6?before=1-2", "/style.css", "../../style.css");
        check(
            "/",
            "/participants/%E5%9B%B3",
            "participants/%E5%9B%B3/index.html",
        );
    }

    #[test]
    fn what_wants_a_server_or_has_no_end_is_no_file() {
        let check =
            |text: &str, wanted: bool| assert_eq!(address(text).is_still(), wanted, "{text}");
        check("/", true);
        check("/things/6?order=oldest&topic=LinkedIn&before=1-2", true);
        check("/progress?group=UK", true);
        check("/progress?group=UK&missing=6", false);
        check("/search", false);
        check("/search?q=x", false);
        check("/searching", true);
        check("/organise/decide", false);
    }
}
