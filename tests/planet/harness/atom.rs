//! A validator of Atom feeds, after RFC 4287: what a strict feed reader would refuse, or stumble over.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use url::Url;

use super::xml::{self, Element};

/// A feed that is in order.
#[derive(Debug, Clone)]
pub(crate) struct Feed {
    /// Its id.
    pub(crate) id: String,
    /// Its title.
    pub(crate) title: String,
    /// When it last changed.
    pub(crate) updated: Timestamp,
    /// Its entries in order.
    pub(crate) entries: Vec<Entry>,
    /// Where its other pages are, by their relation (RFC 5005 section 3).
    pub(crate) pages: BTreeMap<&'static str, String>,
}

/// An entry of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Its id.
    pub(crate) id: String,
    /// Its title.
    pub(crate) title: String,
    /// When it was published.
    pub(crate) published: Timestamp,
    /// When it last changed.
    pub(crate) updated: Timestamp,
    /// Who wrote it.
    pub(crate) author: String,
    /// Where it can be read.
    pub(crate) address: String,
    /// Terms, and labels where they have one.
    pub(crate) categories: Vec<(String, Option<String>)>,
    /// Its text in HTML.
    pub(crate) html: Option<String>,
    /// Its summary in plain text.
    pub(crate) summary: Option<String>,
    /// Title and id of the feed from which it was copied.
    pub(crate) source: Option<(String, String)>,
}

impl Feed {
    /// The titles in order.
    pub(crate) fn titles(&self) -> Vec<&str> {
        self.entries
            .iter()
            .map(|entry| entry.title.as_str())
            .collect()
    }

    /// The entry of this title.
    pub(crate) fn entry(&self, title: &str) -> &Entry {
        let found = self.entries.iter().find(|entry| entry.title == title);
        found.unwrap_or_else(|| panic!("no “{title}” in {:?}", self.titles()))
    }
}

const NAMESPACE: &str = "http://www.w3.org/2005/Atom";

/// Reads a feed that was asked for at this address, or lists all that is wrong with it.
pub(crate) fn read(text: &str, address: &str) -> Result<Feed, Vec<String>> {
    let root = xml::parse(text).map_err(|fault| vec![fault])?;
    let mut check = Check { faults: Vec::new() };
    let feed = check.feed(&root, address);
    if check.faults.is_empty() {
        Ok(feed)
    } else {
        Err(check.faults)
    }
}

struct Check {
    faults: Vec<String>,
}

impl Check {
    fn feed(&mut self, root: &Element, address: &str) -> Feed {
        self.want(root.name == "feed", "the root is no feed");
        self.want(
            root.attribute("xmlns") == Some(NAMESPACE),
            "the namespace is not Atom's",
        );
        self.known(
            root,
            &[
                "id",
                "title",
                "subtitle",
                "updated",
                "link",
                "author",
                "category",
                "generator",
                "icon",
                "logo",
                "rights",
                "entry",
            ],
        );
        let selves = links(root, "self");
        self.want(
            selves == [address],
            &format!("self is {selves:?} and not {address}"),
        );
        self.want(
            links(root, "alternate").len() == 1,
            "not one alternate link",
        );
        self.links(root);
        let entries: Vec<Entry> = root.named("entry").map(|entry| self.entry(entry)).collect();
        let ids: BTreeSet<&str> = entries.iter().map(|entry| entry.id.as_str()).collect();
        self.want(ids.len() == entries.len(), "an id stands twice");
        Feed {
            id: self.id(root),
            title: self.text(root, "title"),
            updated: self.time(root, "updated"),
            entries,
            pages: self.pages(root),
        }
    }

    /// Each page at most once, and none that is this very one but the first and the last.
    fn pages(&mut self, root: &Element) -> BTreeMap<&'static str, String> {
        let mut pages = BTreeMap::new();
        for rel in ["first", "previous", "next", "last"] {
            let found = links(root, rel);
            self.want(found.len() < 2, &format!("two links to the {rel} page"));
            pages.extend(found.into_iter().map(|href| (rel, href)));
        }
        let own = links(root, "self");
        for rel in ["previous", "next"] {
            let circle = pages.get(rel).is_some_and(|href| own.contains(href));
            self.want(!circle, &format!("its {rel} page is itself"));
        }
        pages
    }

    fn entry(&mut self, entry: &Element) -> Entry {
        self.known(
            entry,
            &[
                "id",
                "title",
                "updated",
                "published",
                "author",
                "link",
                "category",
                "content",
                "summary",
                "source",
                "contributor",
                "rights",
            ],
        );
        self.links(entry);
        let alternates = links(entry, "alternate");
        self.want(alternates.len() == 1, "an entry has not one alternate link");
        let (published, updated) = (self.time(entry, "published"), self.time(entry, "updated"));
        self.want(
            published <= updated,
            "an entry was updated before it was published",
        );
        let content = self.at_most_one(entry, "content");
        self.want(
            content.is_none_or(|content| content.attribute("type") == Some("html")),
            "content is not of type html",
        );
        let summary = self.at_most_one(entry, "summary").map(Element::raw_text);
        Entry {
            id: self.id(entry),
            title: self.text(entry, "title"),
            published,
            updated,
            author: self.author(entry),
            address: alternates.into_iter().next().unwrap_or_default(),
            categories: self.categories(entry),
            html: content.map(Element::raw_text),
            summary,
            source: self.source(entry),
        }
    }

    fn author(&mut self, entry: &Element) -> String {
        let Some(author) = entry.named("author").next() else {
            self.want(false, "an entry has no author");
            return String::new();
        };
        self.known(author, &["name", "uri", "email"]);
        if let Some(uri) = self.at_most_one(author, "uri") {
            self.web(&uri.text());
        }
        let name = self.one(author, "name").text();
        self.want(!name.is_empty(), "an author has an empty name");
        name
    }

    fn categories(&mut self, entry: &Element) -> Vec<(String, Option<String>)> {
        let mut categories = Vec::new();
        for category in entry.named("category") {
            let term = category.attribute("term").unwrap_or_default();
            self.want(!term.is_empty(), "a category has no term");
            if let Some(scheme) = category.attribute("scheme") {
                self.web(scheme);
            }
            categories.push((
                term.to_owned(),
                category.attribute("label").map(str::to_owned),
            ));
        }
        categories
    }

    fn source(&mut self, entry: &Element) -> Option<(String, String)> {
        let source = self.at_most_one(entry, "source")?;
        self.known(
            source,
            &["id", "title", "updated", "link", "author", "subtitle"],
        );
        self.links(source);
        self.time(source, "updated");
        Some((self.text(source, "title"), self.id(source)))
    }

    /// RFC 4287 section 4.2.6: an absolute IRI; and never one that does something.
    fn id(&mut self, parent: &Element) -> String {
        let id = self.one(parent, "id").raw_text();
        let inert = Url::parse(&id)
            .is_ok_and(|url| matches!(url.scheme(), "http" | "https" | "tag" | "urn"));
        self.want(inert, &format!("the id {id:?} is not an absolute address"));
        id
    }

    fn links(&mut self, parent: &Element) {
        for link in parent.named("link") {
            self.web(link.attribute("href").unwrap_or_default());
        }
    }

    fn web(&mut self, address: &str) {
        let is_web = Url::parse(address)
            .is_ok_and(|url| matches!(url.scheme(), "http" | "https" | "mailto"));
        self.want(is_web, &format!("{address:?} is not a web address"));
    }

    /// Text as everybody understands it: of type text, in which markup means itself; or HTML that has no markup.
    fn text(&mut self, parent: &Element, name: &str) -> String {
        let element = self.one(parent, name);
        self.want(
            element.elements().count() == 0,
            &format!("<{name}> has markup"),
        );
        let text = match element.attribute("type") {
            None | Some("text") => element.text(),
            Some("html") => self.html_text(&element.text(), name),
            Some(_) => {
                self.want(false, &format!("<{name}> is neither plain text nor HTML"));
                String::new()
            }
        };
        self.want(!text.is_empty(), &format!("<{name}> is empty"));
        text
    }

    /// The text of HTML in which every special character is escaped.
    fn html_text(&mut self, html: &str, name: &str) -> String {
        self.want(!html.contains('<'), &format!("<{name}> has markup"));
        let text = quick_xml::escape::unescape(html).map(std::borrow::Cow::into_owned);
        self.want(text.is_ok(), &format!("<{name}> is no HTML: {html:?}"));
        text.unwrap_or_default()
    }

    /// RFC 3339 with an upper-case T and Z, as RFC 4287 section 3.3 wants it.
    fn time(&mut self, parent: &Element, name: &str) -> Timestamp {
        let text = self.one(parent, name).raw_text();
        let bytes = text.as_bytes();
        let is_strict = bytes.len() >= 20
            && [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')]
                .iter()
                .all(|(at, wanted)| bytes[*at] == *wanted)
            && text.ends_with('Z');
        let time = text.parse();
        self.want(
            is_strict && time.is_ok(),
            &format!("<{name}> says {text:?}, which is not RFC 3339 in UTC"),
        );
        time.unwrap_or_default()
    }

    fn one(&mut self, parent: &Element, name: &str) -> Element {
        let element = self.at_most_one(parent, name).cloned();
        self.want(
            element.is_some(),
            &format!("<{}> has no <{name}>", parent.name),
        );
        element.unwrap_or_default()
    }

    fn at_most_one<'a>(&mut self, parent: &'a Element, name: &str) -> Option<&'a Element> {
        let mut found = parent.elements().filter(|element| element.name == name);
        let first = found.next();
        self.want(
            found.next().is_none(),
            &format!("<{}> has two <{name}>", parent.name),
        );
        first
    }

    fn known(&mut self, parent: &Element, names: &[&str]) {
        for element in parent.elements() {
            self.want(
                names.contains(&element.name.as_str()),
                &format!("<{}> has a <{}>", parent.name, element.name),
            );
        }
    }

    fn want(&mut self, is_so: bool, fault: &str) {
        if !is_so {
            self.faults.push(fault.to_owned());
        }
    }
}

fn links(parent: &Element, rel: &str) -> Vec<String> {
    parent
        .named("link")
        .filter(|link| link.attribute("rel").unwrap_or("alternate") == rel)
        .filter_map(|link| link.attribute("href").map(str::to_owned))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::read;

    const SELF: &str = "https://p.example/feed.atom";

    fn feed(entry: &str) -> String {
        format!(
            "<feed xmlns='http://www.w3.org/2005/Atom'><id>https://p.example/</id><title>T</title>\
             <updated>2011-07-01T00:00:00Z</updated><link rel='self' href='{SELF}'/>\
             <link href='https://p.example/'/>{entry}</feed>"
        )
    }

    const ENTRY: &str = "<entry><id>urn:uuid:1</id><title>T</title><published>2011-07-01T00:00:00Z</published>\
        <updated>2011-07-01T00:00:00Z</updated><author><name>A</name></author><link href='https://b.example/1'/>\
        <content type='html'>&lt;p></content></entry>";

    #[test]
    fn a_feed_in_order_passes() {
        assert_eq!(read(&feed(ENTRY), SELF).unwrap().titles(), ["T"]);
        assert!(read(&feed(""), SELF).is_ok());
    }

    #[test]
    fn each_fault_is_found() {
        let broken = [
            ("<id>urn:uuid:1</id>", ""),
            ("urn:uuid:1", "post-1"),
            ("urn:uuid:1", "javascript:alert(1)"),
            ("<title>T</title>", "<title/>"),
            (
                "2011-07-01T00:00:00Z</published>",
                "1 July 2011</published>",
            ),
            (
                "2011-07-01T00:00:00Z</published>",
                "2011-07-02T00:00:00Z</published>",
            ),
            (
                "2011-07-01T00:00:00Z</updated>",
                "2011-07-01 00:00:00Z</updated>",
            ),
            ("<author><name>A</name></author>", ""),
            ("https://b.example/1", "javascript:alert(1)"),
            ("https://b.example/1", "/1"),
            ("type='html'", "type='xhtml'"),
            ("<author>", "<script/><author>"),
        ];
        for (right, wrong) in broken {
            assert!(ENTRY.contains(right), "{right}");
            let text = feed(&ENTRY.replace(right, wrong));
            assert!(read(&text, SELF).is_err(), "{wrong}");
        }
        assert!(read(&feed(&ENTRY.repeat(2)), SELF).is_err(), "an id twice");
        assert!(read(&feed(ENTRY), "https://p.example/other").is_err());
    }
}
