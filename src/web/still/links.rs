//! The links of our own pages and documents, turned into ways from file to file.

use std::cell::RefCell;

use lol_html::html_content::Element;
use lol_html::{RewriteStrSettings, element, rewrite_str};
use url::Url;

use super::Base;
use super::names::Address;

/// A document with its links turned.
pub(super) struct Turned {
    pub(super) bytes: Vec<u8>,
    /// The addresses that it leads to.
    pub(super) met: Vec<Address>,
    /// Whether all of them are links of our own.
    pub(super) firm: bool,
}

/// Turns the links of a document of this kind at this address.
pub(super) fn turned(
    base: &Base,
    at: &Address,
    kind: &str,
    bytes: Vec<u8>,
) -> Result<Turned, String> {
    let kind = kind.split(';').next().unwrap_or_default().trim();
    let is_feed = ["xml", "json", "opml"]
        .iter()
        .any(|end| kind.ends_with(end));
    if kind != "text/html" && kind != "text/css" && !is_feed {
        return Ok(Turned {
            bytes,
            met: Vec::new(),
            firm: true,
        });
    }
    let text = String::from_utf8(bytes).map_err(|error| error.to_string())?;
    let links = Links {
        base,
        at,
        met: RefCell::default(),
    };
    let text = match kind {
        "text/html" => links.page(&text)?,
        "text/css" => links.style(&text),
        _ => links.feed(&text),
    };
    Ok(Turned {
        bytes: text.into_bytes(),
        met: links.met.into_inner(),
        firm: !is_feed,
    })
}

struct Links<'a> {
    base: &'a Base,
    at: &'a Address,
    met: RefCell<Vec<Address>>,
}

/// Where a link leads.
enum Way {
    /// To another file.
    File(String),
    /// To what only a server has.
    Nowhere,
    /// To somewhere that is not ours, or within the page.
    Elsewhere,
}

impl Links<'_> {
    fn page(&self, html: &str) -> Result<String, String> {
        let turn = |element: &mut Element<'_, '_>, name: &str| {
            let Some(link) = element.get_attribute(name) else {
                return Ok(());
            };
            match self.way(&unescaped(&link)) {
                Way::File(way) => element.set_attribute(name, &escaped(&way))?,
                Way::Nowhere if element.tag_name() == "a" => element.remove_and_keep_content(),
                Way::Nowhere => element.remove(),
                Way::Elsewhere => {}
            }
            Ok(())
        };
        let settings = RewriteStrSettings {
            element_content_handlers: vec![
                // Nobody is there to answer it.
                element!("form", |form| {
                    form.remove();
                    Ok(())
                }),
                element!("[href]", |element| turn(element, "href")),
                element!("[src]", |element| turn(element, "src")),
            ],
            ..RewriteStrSettings::new()
        };
        rewrite_str(html, settings).map_err(|error| error.to_string())
    }

    /// A style sheet may bring a face or a picture of our own.
    fn style(&self, css: &str) -> String {
        let mut turned = String::with_capacity(css.len());
        let mut rest = css;
        while let Some((before, after)) = rest.split_once("url(") {
            turned.push_str(before);
            turned.push_str("url(");
            let Some((link, after)) = after.split_once(')') else {
                rest = after;
                break;
            };
            let plain = link.trim().trim_matches(['"', '\'']);
            match self.way(plain) {
                Way::File(way) => turned.push_str(&way),
                _ => turned.push_str(link),
            }
            turned.push(')');
            rest = after;
        }
        turned + rest
    }

    /// A feed names our addresses in full, in quotes; those of its other pages are other ones in a folder, where they
    /// have a question.
    fn feed(&self, text: &str) -> String {
        let begin = format!("\"{}/", self.base.url);
        let mut turned = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once(begin.as_str()) {
            turned.push_str(before);
            turned.push_str(&begin);
            let (link, after) = after.split_at(after.find('"').unwrap_or(after.len()));
            match Self::other_page(link) {
                Some(address) => {
                    turned.push_str(address.file_path().trim_start_matches('/'));
                    self.met.borrow_mut().push(address);
                }
                None => turned.push_str(link),
            }
            rest = after;
        }
        turned + rest
    }

    /// The address that a feed names, if it is that of a feed.
    fn other_page(link: &str) -> Option<Address> {
        // A post that is quoted in a feed has its quotes escaped, and is not ours to change.
        if link.contains(['\\', '<', '>', '#', ' ']) {
            return None;
        }
        let (path, query) = link
            .split_once('?')
            .map_or((link, None), |(path, query)| (path, Some(unescaped(query))));
        let address = Address::new(&format!("/{path}"), query.as_deref());
        let is_feed = [".atom", ".json"].iter().any(|end| path.ends_with(end));
        (is_feed && address.is_still()).then_some(address)
    }

    fn way(&self, link: &str) -> Way {
        let link = link.trim();
        let is_ours = !link.is_empty()
            && !link.starts_with("//")
            && !link.starts_with('#')
            && Url::parse(link).is_err();
        let here = format!("{}{}", self.base.url, self.at.asked());
        let resolved = Url::parse(&here).and_then(|here| here.join(link));
        let Some(url) = resolved.ok().filter(|_| is_ours) else {
            return Way::Elsewhere;
        };
        let path = url.path();
        let path = path
            .strip_prefix(self.base.path.as_str())
            .filter(|rest| rest.is_empty() || rest.starts_with('/'))
            .unwrap_or(path);
        let address = Address::new(path, url.query());
        if !address.is_still() {
            return Way::Nowhere;
        }
        let mut way = self.at.way_to(&address);
        if let Some(fragment) = url.fragment() {
            way.push('#');
            way.push_str(fragment);
        }
        self.met.borrow_mut().push(address);
        Way::File(way)
    }
}

/// What our templates escape, taken back.
fn unescaped(text: &str) -> String {
    text.replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turned(at: &str, kind: &str, text: &str) -> (String, Vec<String>) {
        let base = Base {
            url: "https://example.org/planet".to_owned(),
            path: "/planet".to_owned(),
        };
        let at = Address::new(at, None);
        let turned = super::turned(&base, &at, kind, text.as_bytes().to_vec()).unwrap();
        let met = turned.met.iter().map(Address::asked).collect();
        (String::from_utf8(turned.bytes).unwrap(), met)
    }

    fn check_page(html: &str, wanted: &str, leads_to: &[&str]) {
        let (page, met) = turned("/things/6", "text/html; charset=utf-8", html);
        assert_eq!(page, wanted);
        assert_eq!(met, leads_to);
    }

    #[test]
    fn links_of_our_own_become_ways_from_file_to_file() {
        check_page(
            "<a href=\"/planet/progress#ann\">x</a>",
            "<a href=\"../../progress/index.html#ann\">x</a>",
            &["/progress"],
        );
        check_page(
            "<a href=\"/planet/?before=1-2&amp;order=oldest\">x</a>",
            "<a href=\"../../before-1-2-order-oldest.html\">x</a>",
            &["/?before=1-2&order=oldest"],
        );
        check_page(
            "<link href=\"/planet/style.css\"/><script src=\"/planet/a.js\"></script>",
            "<link href=\"../../style.css\" /><script src=\"../../a.js\"></script>",
            &["/style.css", "/a.js"],
        );
        check_page(
            "<a href=\"?before=1-2\">x</a>",
            "<a href=\"before-1-2.html\">x</a>",
            &["/things/6?before=1-2"],
        );
    }

    #[test]
    fn other_links_stay_and_what_wants_a_server_goes() {
        for html in [
            "<a href=\"https://example.org/planet/feed.atom\">x</a>",
            "<a href=\"//other.example/\">x</a>",
            "<a href=\"#main\">x</a>",
            "<a href=\"mailto:a@example.org\">x</a>",
            "<img src=\"https://blog.example/a.png\">",
        ] {
            check_page(html, html, &[]);
        }
        check_page(
            "<p><a href=\"/planet/search?q=x\">all</a></p>",
            "<p>all</p>",
            &[],
        );
        check_page(
            "<p><form action=\"/search\"><input name=\"q\"></form></p>",
            "<p></p>",
            &[],
        );
    }

    #[test]
    fn a_feed_names_the_files_of_its_other_pages() {
        let (feed, met) = turned(
            "/feed.atom",
            "application/atom+xml",
            "<link rel=\"next\" href=\"https://example.org/planet/feed.atom?before=1-2&amp;order=a\"/>\
             <link rel=\"self\" href=\"https://example.org/planet/feed.atom\"/>",
        );
        assert_eq!(
            feed,
            "<link rel=\"next\" href=\"https://example.org/planet/feed-before-1-2-order-a.atom\"/>\
             <link rel=\"self\" href=\"https://example.org/planet/feed.atom\"/>"
        );
        assert_eq!(met, ["/feed.atom?before=1-2&order=a", "/feed.atom"]);
        for quoted in [
            "{\"content_html\":\"<a href=\\\"https://example.org/planet/feed.json?a=b\\\">\"}",
            "{\"home_page_url\":\"https://example.org/planet/things/6\"}",
        ] {
            let (feed, met) = turned("/feed.json", "application/feed+json", quoted);
            assert_eq!((feed.as_str(), met.len()), (quoted, 0));
        }
    }

    #[test]
    fn a_style_sheet_finds_what_it_brings() {
        let (css, met) = turned(
            "/style.css",
            "text/css",
            "a{src:url(/planet/face.woff2)} b{background:url(\"data:x\")}",
        );
        assert_eq!(css, "a{src:url(face.woff2)} b{background:url(\"data:x\")}");
        assert_eq!(met, ["/face.woff2"]);
    }
}
