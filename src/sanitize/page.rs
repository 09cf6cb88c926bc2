//! What a web page says about itself: its title, its feeds, its links, and what it was made with.
//!
//! It must not fetch anything, nor judge what it finds: which platform it is, and which feed is the blog's.

use std::ops::ControlFlow;

use url::Url;

use super::tokens::{self, Tag, Token, attribute};
use super::{address, plain};
use crate::model::{FeedKind, FeedLink, FrontPage, PageLink};

/// Bytes of a page that are looked at.
const PAGE_BYTES_MAX: usize = 1_000_000;
/// Feeds that are read from one page.
const FEEDS_MAX: usize = 50;
/// Links that are read from one page.
const LINKS_MAX: usize = 1_000;
/// Other addresses that are read from one page.
const RESOURCES_MAX: usize = 200;
/// Generators that are read from one page.
const GENERATORS_MAX: usize = 4;
/// Bytes of text that are kept.
const WORDS_BYTES_MAX: usize = 4_000;
/// Bytes of the body's class that are kept.
const BODY_CLASS_BYTES_MAX: usize = 500;
/// Bytes of one link's words that are kept.
const LINK_WORDS_BYTES_MAX: usize = 200;

/// What the page at this address says.
pub(super) fn front(page: &str, url: &Url) -> FrontPage {
    let mut reading = Reading::of(url);
    tokens::read(&page[..page.floor_char_boundary(PAGE_BYTES_MAX)], |token| {
        reading.read(token);
        ControlFlow::Continue(())
    });
    reading.done()
}

struct Reading {
    front: FrontPage,
    /// What relative addresses are read against.
    base: Url,
    has_base: bool,
    title: Option<String>,
    within: Within,
    /// Whether the text of a link is being read, which is then the last one.
    in_link: bool,
    frames: usize,
}

/// What the text that comes next belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Within {
    Title,
    Hidden,
    Page,
}

impl Reading {
    fn of(url: &Url) -> Self {
        Self {
            front: FrontPage {
                url: url.clone(),
                title: None,
                language: None,
                generators: Vec::new(),
                canonical: None,
                unlisted: false,
                body_class: String::new(),
                has_password: false,
                sends_to: None,
                feeds: Vec::new(),
                links: Vec::new(),
                resources: Vec::new(),
                words: String::new(),
            },
            base: url.clone(),
            has_base: false,
            title: None,
            within: Within::Page,
            in_link: false,
            frames: 0,
        }
    }

    fn read(&mut self, token: Token<'_>) {
        match token {
            Token::Open(tag) => self.open(tag),
            Token::Close("title" | "script" | "style") => self.within = Within::Page,
            Token::Close("a") => self.in_link = false,
            Token::Close(_) => {}
            Token::Text(text) => self.text(text),
        }
    }

    fn open(&mut self, tag: &Tag<'_>) {
        match tag.name {
            "html" => self.front.language = language(attribute(tag, "lang")),
            "title" if !tag.self_closing && self.title.is_none() => {
                self.within = Within::Title;
                self.title = Some(String::new());
            }
            "script" | "style" if !tag.self_closing => {
                self.within = Within::Hidden;
                self.resource(attribute(tag, "src"));
            }
            "body" => {
                let class = attribute(tag, "class").unwrap_or_default();
                push(&mut self.front.body_class, class, BODY_CLASS_BYTES_MAX);
            }
            "base" => self.rebase(attribute(tag, "href")),
            "meta" => self.meta(tag),
            "link" => self.link(tag),
            "a" => self.anchor(tag),
            "img" => {
                self.resource(attribute(tag, "src"));
                self.words_of_link(attribute(tag, "alt").unwrap_or_default());
            }
            "iframe" | "script" => self.resource(attribute(tag, "src")),
            "frame" => {
                self.frames += 1;
                self.front.sends_to = self.resolve(attribute(tag, "src"));
            }
            "input" => self.front.has_password |= is(attribute(tag, "type"), "password"),
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        match self.within {
            Within::Hidden => {}
            Within::Title => {
                if let Some(title) = &mut self.title {
                    push(title, text, WORDS_BYTES_MAX);
                }
            }
            Within::Page => {
                push(&mut self.front.words, text, WORDS_BYTES_MAX);
                self.words_of_link(text);
            }
        }
    }

    /// The first `base` counts, and only where it leads somewhere (WHATWG HTML section 4.2.3).
    fn rebase(&mut self, href: Option<&str>) {
        if !self.has_base
            && let Some(base) = self.resolve(href)
        {
            self.base = base;
            self.has_base = true;
        }
    }

    fn meta(&mut self, tag: &Tag<'_>) {
        let content = attribute(tag, "content").unwrap_or_default();
        let name = attribute(tag, "name");
        if is(name, "generator") && self.front.generators.len() < GENERATORS_MAX {
            self.front.generators.push(plain::line(content));
        } else if is(name, "robots") {
            self.front.unlisted |= content.to_ascii_lowercase().contains("noindex");
        } else if is(attribute(tag, "http-equiv"), "refresh") {
            self.front.sends_to = self.refresh(content);
        }
    }

    /// `0; url='…'`: where it leads, unless that is here.
    fn refresh(&self, content: &str) -> Option<Url> {
        let (_, target) = content.split_once([';', ','])?;
        let target = target.trim_start();
        let (name, target) = target.split_at_checked(3)?;
        let target = target.trim_start().strip_prefix('=')?;
        let target = target.trim().trim_matches(['\'', '"']);
        let url = self.resolve(Some(target))?;
        (name.eq_ignore_ascii_case("url") && url != self.front.url).then_some(url)
    }

    fn link(&mut self, tag: &Tag<'_>) {
        let rel = attribute(tag, "rel").unwrap_or_default();
        if let Some(link) = self.feed_link(tag, rel) {
            let is_known = self.front.feeds.iter().any(|it| it.url == link.url);
            if !is_known && self.front.feeds.len() < FEEDS_MAX {
                self.front.feeds.push(link);
            }
        } else if has(rel, "canonical") {
            self.front.canonical = self.resolve(attribute(tag, "href"));
        } else {
            self.resource(attribute(tag, "href"));
        }
    }

    fn feed_link(&self, tag: &Tag<'_>, rel: &str) -> Option<FeedLink> {
        let is_alternate = has(rel, "alternate");
        if !is_alternate && !has(rel, "feed") {
            return None;
        }
        let title = plain::line(attribute(tag, "title").unwrap_or_default());
        let url = self.resolve(attribute(tag, "href"))?;
        let kind = match attribute(tag, "type") {
            Some(media_type) => feed_kind(media_type)?,
            None if looks_like_a_feed(&url, &title, attribute(tag, "hreflang").is_some()) => {
                FeedKind::Rss
            }
            None => return None,
        };
        // WordPress announces its programming interface with the type that some use for JSON Feed, and others
        // their site map with that of any XML.
        let path = url.path().to_ascii_lowercase();
        let is_other = ["/wp-json/", "sitemap", "oembed", "opensearch", ".opml"];
        if is_other.iter().any(|part| path.contains(part)) {
            return None;
        }
        Some(FeedLink {
            url,
            title,
            kind,
            language: language(attribute(tag, "hreflang")),
        })
    }

    fn anchor(&mut self, tag: &Tag<'_>) {
        self.in_link = false;
        let Some(href) = attribute(tag, "href").filter(|_| self.front.links.len() < LINKS_MAX)
        else {
            return;
        };
        // `feed://host/` and `feed:https://host/` were ways to have a browser subscribe.
        let scheme = href.get(..5).unwrap_or_default();
        let is_scheme = scheme.eq_ignore_ascii_case("feed:");
        let url = if is_scheme {
            let rest = href.get(5..).unwrap_or_default();
            let rest = match rest.strip_prefix("//") {
                Some(host) => format!("http://{host}"),
                None => rest.to_owned(),
            };
            self.resolve(Some(&rest))
        } else {
            self.resolve(Some(href))
        };
        let Some(url) = url else {
            return;
        };
        let is_feed = is_scheme || attribute(tag, "type").is_some_and(|it| feed_kind(it).is_some());
        self.front.links.push(PageLink {
            url,
            words: attribute(tag, "title").unwrap_or_default().to_owned(),
            is_feed,
        });
        self.in_link = true;
    }

    fn words_of_link(&mut self, text: &str) {
        if self.in_link
            && let Some(link) = self.front.links.last_mut()
        {
            push(&mut link.words, " ", LINK_WORDS_BYTES_MAX);
            push(&mut link.words, text, LINK_WORDS_BYTES_MAX);
        }
    }

    fn resource(&mut self, href: Option<&str>) {
        if self.front.resources.len() < RESOURCES_MAX {
            let url = self.resolve(href);
            self.front.resources.extend(url);
        }
    }

    fn resolve(&self, href: Option<&str>) -> Option<Url> {
        address::web(href?, Some(&self.base))
    }

    fn done(self) -> FrontPage {
        let mut front = self.front;
        let title = self.title.map(|title| plain::line(&title));
        front.title = title.filter(|title| !title.is_empty());
        front.words = front.words.split_whitespace().collect::<Vec<_>>().join(" ");
        for link in &mut front.links {
            link.words = plain::line(&link.words);
        }
        // Of two frames nobody can say which is the blog.
        if self.frames > 1 {
            front.sends_to = None;
        }
        front
    }
}

fn push(text: &mut String, more: &str, bytes_max: usize) {
    let room = bytes_max.saturating_sub(text.len());
    text.push_str(&more[..more.floor_char_boundary(room)]);
}

fn is(value: Option<&str>, word: &str) -> bool {
    value.is_some_and(|value| value.trim().eq_ignore_ascii_case(word))
}

fn has(words: &str, word: &str) -> bool {
    words
        .split_ascii_whitespace()
        .any(|one| one.eq_ignore_ascii_case(word))
}

fn language(value: Option<&str>) -> Option<String> {
    let value = value?.trim();
    let is_one = !value.is_empty() && value.len() <= 35;
    is_one.then(|| value.to_ascii_lowercase())
}

/// An alternate without a type: another language or device, unless title or address speak of a feed.
fn looks_like_a_feed(url: &Url, title: &str, is_translation: bool) -> bool {
    let title = title.to_ascii_lowercase();
    let named = ["rss", "atom", "feed"];
    let by_title = title
        .split(|c: char| !c.is_alphanumeric())
        .any(|word| named.contains(&word));
    let path = url.path().trim_end_matches('/').to_ascii_lowercase();
    let by_path = ["/feed", "/rss", "/atom", ".rss", ".atom", ".rdf"]
        .iter()
        .any(|end| path.ends_with(end));
    (by_title && !is_translation) || by_path
}

/// The format that a media type names. Hand-made pages name the family, or make a type up.
fn feed_kind(media_type: &str) -> Option<FeedKind> {
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    match essence.to_ascii_lowercase().as_str() {
        "application/atom+xml"
        | "application/atom"
        | "text/atom+xml"
        | "application/x.atom+xml"
        | "application/x-atom+xml" => Some(FeedKind::Atom),
        "application/rss+xml"
        | "application/rdf+xml"
        | "application/xml"
        | "text/xml"
        | "application/rss"
        | "text/rss+xml"
        | "text/rss"
        | "application/x-rss+xml"
        | "application/rss+atom" => Some(FeedKind::Rss),
        "application/feed+json" | "application/json" => Some(FeedKind::Json),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::front;
    use crate::model::{FeedKind, FrontPage};

    fn read(page: &str) -> FrontPage {
        front(page, &Url::parse("https://blog.example/a/").unwrap())
    }

    #[test]
    fn a_page_tells_its_feeds_in_its_own_order() {
        let page = r#"<html><head><title>My &amp; blog</title><script>'<link rel=alternate type=application/rss+xml href=no>'</script>
            <base href="https://other.example/blog/"><base href="/second">
            <link rel="alternate" type="application/rss+xml" title="X &raquo; Comments Feed" href="comments/feed/">
            <link rel="stylesheet alternate" type="Application/RSS+xml; charset=utf-8" title="X" href="feed/">
            <link rel=alternate type=application/atom+xml href="//b.example/atom" hreflang=DE>
            <link rel=alternate type=application/atom+xml href="//b.example/atom">
            <link rel=alternate type=application/feed+json href="javascript:x">
            <link rel=alternate type=application/json href="/wp-json/wp/v2/pages/1">
            <link rel=alternate type=application/feed+json href="f.json">
            <link rel=alternate title="Seite als RSS" href="/de" hreflang=de>
            <link rel=alternate hreflang=de href="/de"></head>"#;
        let front = read(page);
        let found: Vec<_> = front
            .feeds
            .iter()
            .map(|link| (link.url.as_str(), link.title.as_str(), link.kind))
            .collect();
        let expected = [
            (
                "https://other.example/blog/comments/feed/",
                "X » Comments Feed",
                FeedKind::Rss,
            ),
            ("https://other.example/blog/feed/", "X", FeedKind::Rss),
            ("https://b.example/atom", "", FeedKind::Atom),
            ("https://other.example/blog/f.json", "", FeedKind::Json),
        ];
        assert_eq!(found, expected);
        assert_eq!(front.feeds[2].language.as_deref(), Some("de"));
        assert_eq!(front.title.as_deref(), Some("My & blog"));
        assert_eq!(read("<p>none").title, None);
    }

    #[test]
    fn a_page_tells_what_it_was_made_with_and_whether_it_is_locked() {
        let page = "<HTML LANG=en-GB><META NAME=Generator CONTENT='Thing 1'><meta name=robots content='NOINDEX, follow'>\
            <link rel=canonical href=/b/><style>.x{}</style><link rel=stylesheet href=//cdn.example/s.css>\
            <script src=/x.js>var a = 'not text';</script><p>Some   words<input TYPE=Password>";
        let front = read(page);
        assert_eq!(front.language.as_deref(), Some("en-gb"));
        assert_eq!(front.generators, ["Thing 1"]);
        assert!(front.unlisted && front.has_password);
        let canonical = front.canonical.as_ref().map(Url::as_str);
        assert_eq!(canonical, Some("https://blog.example/b/"));
        let resources: Vec<_> = front.resources.iter().map(Url::as_str).collect();
        assert_eq!(
            resources,
            ["https://cdn.example/s.css", "https://blog.example/x.js"]
        );
        assert_eq!(front.words, "Some words");
    }

    #[test]
    fn links_bring_their_words_and_feed_addresses_become_web_addresses() {
        let front = read(
            "<a href=one>One <b>and</b> <img alt=RSS></a> out <a title=T href=feed://b.example/x>x</a>\
             <a href='FEED:https://c.example/y' type=application/rss+xml></a><a href='javascript:z'>z</a>\
             <a href=last type=application/atom+xml>",
        );
        let found: Vec<_> = front
            .links
            .iter()
            .map(|link| (link.url.as_str(), link.words.as_str(), link.is_feed))
            .collect();
        let expected = [
            ("https://blog.example/a/one", "One and RSS", false),
            ("http://b.example/x", "T x", true),
            ("https://c.example/y", "", true),
            ("https://blog.example/a/last", "", true),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_refresh_and_a_lone_frame_say_where_they_lead() {
        let sends = |page: &str| read(page).sends_to.map(String::from);
        let refresh = "<meta http-equiv=Refresh content=\"0; URL='/b/'\">";
        assert_eq!(sends(refresh).as_deref(), Some("https://blog.example/b/"));
        assert_eq!(sends("<meta http-equiv=refresh content=300>"), None);
        let itself = "<meta http-equiv=refresh content='300;url=/a/'>";
        assert_eq!(sends(itself), None, "that is a page that reloads");
        let frame = "<frameset><frame src='http://b.example/'></frameset>";
        assert_eq!(sends(frame).as_deref(), Some("http://b.example/"));
        assert_eq!(sends("<frame src=a><frame src=b>"), None);
    }

    #[test]
    fn what_a_page_may_fill_is_bounded() {
        let many = "<a href=/x>word</a><link rel=alternate type=application/rss+xml href=/f><img src=/i>text ";
        let mut page = String::new();
        for count in 0..3_000 {
            page.push_str(&many.replace("/f", &format!("/f{count}")));
            page.push_str("<meta name=generator content=g>");
        }
        let front = read(&page);
        let sizes = [
            front.feeds.len(),
            front.links.len(),
            front.resources.len(),
            front.generators.len(),
        ];
        assert_eq!(sizes, [50, 1_000, 200, 4]);
        assert!(front.words.len() <= 4_000);
    }
}
