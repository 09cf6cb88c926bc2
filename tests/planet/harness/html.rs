//! What a browser would make of HTML, held to lists of what may be there: its tags as they stand, and the tree that is
//! built from them.

use std::cell::RefCell;

use html5ever::TokenizerResult;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{
    BufferQueue, TagKind, Token as RawToken, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};
use url::Url;

use super::dom::{self, Node};

/// A piece of HTML.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Open(String, Vec<(String, String)>),
    Close(String),
    Text(String),
    Comment(String),
}

/// Elements that a post may have: none of them runs, loads a frame, posts a form or restyles.
const IN_POSTS: &str = "a abbr audio b bdi blockquote br caption cite code dd del details dfn div dl dt em figcaption \
    figure h3 h4 h5 h6 hr i img ins kbd li mark ol p picture pre q rp rt ruby s samp small source span strong sub \
    summary sup table tbody td tfoot th thead time tr u ul var video wbr";

/// Attributes that an element of a post may have; addresses among them are looked at one by one.
const OF_POSTS: &str = "abbr alt cite colspan controls datetime dir height href lang loading media open poster preload \
    referrerpolicy rel reversed rowspan scope sizes src srcset start title type value width";

/// What the planet's own pages have besides.
const IN_PAGES: &str = "html head meta title link script body header nav main footer aside article section h1 h2 form fieldset \
    legend label input select option button svg rect text line";
const OF_PAGES: &str = "class id name content charset role tabindex aria-label aria-labelledby aria-current aria-hidden aria-sort \
    action method for maxlength autocomplete selected defer viewbox preserveaspectratio x y x1 x2 y1 y2";
/// What the planet's own pages draw.
const DRAWN: &str = "svg rect text line";
/// The planet's own script, the only one.
const SCRIPT: &str = "/planet.js";

const VOID: &str = "br hr img source wbr meta link input";

/// All that is dangerous or broken in the HTML of a post, as a feed carries it.
pub(crate) fn faults_of_post(html: &str) -> Vec<String> {
    let mut faults = faults(html, &[IN_POSTS], &[OF_POSTS]);
    let tree = dom::fragment(html);
    faults.extend(faults_of_tree(&tree, &[IN_POSTS], &[OF_POSTS]));
    let built = tree.into_iter().filter_map(|node| match node {
        Node::Element(name, _) | Node::Foreign(name) => Some(name),
        Node::Hidden(_) => None,
    });
    if !elements(html).into_iter().eq(built) {
        faults.push("a browser moves its elements about".to_owned());
    }
    faults
}

/// All that is dangerous or broken in one of the planet's pages.
pub(crate) fn faults_of_page(html: &str) -> Vec<String> {
    let mut faults = faults(html, &[IN_POSTS, IN_PAGES], &[OF_POSTS, OF_PAGES]);
    let tree = dom::page(html);
    faults.extend(faults_of_tree(
        &tree,
        &[IN_POSTS, IN_PAGES],
        &[OF_POSTS, OF_PAGES],
    ));
    let tokens = tokens(html);
    let mut ids = std::collections::BTreeSet::new();
    for token in &tokens {
        let Token::Open(name, attributes) = token else {
            continue;
        };
        let value = |key: &str| {
            let found = attributes.iter().find(|(own, _)| own == key);
            found.map(|(_, value)| value.as_str())
        };
        if let Some(id) = value("id")
            && !ids.insert(id.to_owned())
        {
            faults.push(format!("the id {id} stands twice"));
        }
        if name == "form" && !value("action").is_some_and(|action| action.starts_with('/')) {
            faults.push(format!("a form that is sent to {:?}", value("action")));
        }
        let rel = value("rel").unwrap_or_default();
        if name == "link" && !matches!(rel, "canonical" | "stylesheet" | "alternate" | "icon") {
            faults.push(format!("a <link rel={rel:?}>"));
        }
        // Among files it stands under a relative address.
        let is_ours = |src: &str| {
            format!("/{src}").ends_with(SCRIPT) && !src.contains(':') && !src.starts_with("//")
        };
        if name == "script" && !value("src").is_some_and(is_ours) {
            faults.push(format!("a script that is not ours: {attributes:?}"));
        }
    }
    for once in ["html", "head", "title", "script", "body", "main", "h1"] {
        let count = tokens.iter().filter(|token| is_open(token, once)).count();
        if count != 1 {
            faults.push(format!("{count} <{once}>"));
        }
    }
    faults
}

/// The words that a reader sees, white space folded.
pub(crate) fn words(html: &str) -> String {
    let text: String = tokens(html)
        .into_iter()
        .map(|token| match token {
            Token::Text(text) => text,
            _ => " ".to_owned(),
        })
        .collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The names of the elements that stand in it.
pub(crate) fn elements(html: &str) -> Vec<String> {
    tokens(html)
        .into_iter()
        .filter_map(|token| match token {
            Token::Open(name, _) => Some(name),
            _ => None,
        })
        .collect()
}

fn is_open(token: &Token, name: &str) -> bool {
    matches!(token, Token::Open(own, _) if own == name)
}

fn faults(html: &str, elements: &[&str], attributes: &[&str]) -> Vec<String> {
    let mut faults = Vec::new();
    let mut open: Vec<String> = Vec::new();
    for token in tokens(html) {
        match token {
            Token::Open(name, own) => {
                if !is_listed(&name, elements) {
                    faults.push(format!("an element <{name}>"));
                }
                for (key, value) in &own {
                    faults.extend(fault_of_attribute(&name, key, value, attributes));
                }
                if !is_listed(&name, &[VOID]) {
                    open.push(name);
                }
            }
            Token::Close(name) if open.last() == Some(&name) => {
                open.pop();
            }
            Token::Close(name) => faults.push(format!("</{name}> within {open:?}")),
            Token::Comment(text) => faults.push(format!("a comment {text:?}")),
            Token::Text(_) => {}
        }
    }
    if !open.is_empty() {
        faults.push(format!("never closed: {open:?}"));
    }
    faults
}

fn faults_of_tree(tree: &[Node], elements: &[&str], attributes: &[&str]) -> Vec<String> {
    let mut faults = Vec::new();
    for node in tree {
        match node {
            Node::Element(name, own) => {
                if !is_listed(name, elements) {
                    faults.push(format!("an element <{name}> in the tree"));
                }
                let own = own.iter();
                faults.extend(
                    own.filter_map(|(key, value)| fault_of_attribute(name, key, value, attributes)),
                );
            }
            Node::Foreign(name) if is_listed(name, &[DRAWN]) && is_listed(name, elements) => {}
            Node::Foreign(name) => faults.push(format!("a foreign <{name}> in the tree")),
            Node::Hidden(text) => faults.push(format!("hidden in the tree: {text:?}")),
        }
    }
    faults
}

fn fault_of_attribute(element: &str, key: &str, value: &str, allowed: &[&str]) -> Option<String> {
    let here = format!("<{element} {key}={value:?}>");
    // Only the planet's own pages have them, and only its own script reads them.
    let is_data = key.starts_with("data-") && allowed.contains(&OF_PAGES);
    if !is_data && !is_listed(key, allowed) {
        return Some(here);
    }
    let addresses: Vec<&str> = match key {
        "href" | "src" | "cite" | "poster" | "action" => vec![value],
        "srcset" => value
            .split(", ")
            .filter_map(|one| one.split(' ').next())
            .collect(),
        _ => return None,
    };
    let is_fine = addresses.iter().all(|address| leads_to_the_web(address));
    (!is_fine).then_some(here)
}

/// Reads an address as a browser does, which overlooks tabs and newlines in `java\nscript:`.
fn leads_to_the_web(address: &str) -> bool {
    let page = Url::parse("https://planet.example/page").unwrap();
    page.join(address)
        .is_ok_and(|url| matches!(url.scheme(), "http" | "https" | "mailto"))
}

fn is_listed(name: &str, lists: &[&str]) -> bool {
    lists
        .iter()
        .any(|list| list.split_whitespace().any(|own| own == name))
}

fn tokens(html: &str) -> Vec<Token> {
    let sink = Sink::default();
    let tokenizer = Tokenizer::new(sink, TokenizerOpts::default());
    let queue = BufferQueue::default();
    queue.push_back(StrTendril::from(html));
    while !matches!(tokenizer.feed(&queue), TokenizerResult::Done) {}
    tokenizer.end();
    tokenizer.sink.0.take()
}

#[derive(Default)]
struct Sink(RefCell<Vec<Token>>);

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: RawToken, _: u64) -> TokenSinkResult<()> {
        let token = match token {
            RawToken::TagToken(tag) if tag.kind == TagKind::StartTag => {
                let attributes = tag.attrs.iter();
                let pairs =
                    attributes.map(|own| (own.name.local.to_string(), own.value.to_string()));
                Token::Open(tag.name.to_string(), pairs.collect())
            }
            RawToken::TagToken(tag) => Token::Close(tag.name.to_string()),
            RawToken::CharacterTokens(text) => Token::Text(text.to_string()),
            RawToken::NullCharacterToken => Token::Text("\0".to_owned()),
            RawToken::CommentToken(text) => Token::Comment(text.to_string()),
            RawToken::DoctypeToken(_) | RawToken::ParseError(_) | RawToken::EOFToken => {
                return TokenSinkResult::Continue;
            }
        };
        self.0.borrow_mut().push(token);
        TokenSinkResult::Continue
    }
}

#[cfg(test)]
mod tests {
    use super::{faults_of_page, faults_of_post, words};

    #[test]
    fn what_runs_is_found_in_every_disguise() {
        for html in [
            "<script>alert(1)</script>",
            "<ScRiPt src=//evil.example>",
            "<img src=x onerror=alert(1)>",
            "<img/src='x'/onerror=alert(1)>",
            "<p style='color:red'>x</p>",
            "<iframe srcdoc='x'></iframe>",
            "<svg onload=alert(1)></svg>",
            "<a href='javascript:alert(1)'>x</a>",
            "<a href=' java&#9;script&colon;alert(1)'>x</a>",
            "<a href='data:text/html,x'>x</a>",
            "<img srcset='https://a.example/1 1x, javascript:x 2x'>",
            "<form action=/></form>",
            "<base href=//evil.example>",
            "<meta http-equiv=refresh>",
            "</div>",
            "<b>",
            "<!-- x -->",
            "<p id=main>x</p>",
            "<p><table></table></p><p><div></div></p>",
            "<table><b></b><tbody></tbody></table>",
        ] {
            assert!(!faults_of_post(html).is_empty(), "{html}");
        }
    }

    #[test]
    fn what_is_harmless_passes() {
        let post = "<p>1 &lt; 2 <a href=\"/x\">y</a><br><img src=\"https://a.example/b.png\" alt=\"\"></p>";
        assert_eq!(faults_of_post(post), [""; 0]);
        assert_eq!(words(post), "1 < 2 y");
        let page = format!(
            "<!DOCTYPE html><html><head><title>t</title><script src=\"/planet.js\"></script></head><body><main id=\"main\"><h1>t</h1>{post}</main></body></html>"
        );
        assert_eq!(faults_of_page(&page), [""; 0]);
        assert!(!faults_of_page(&page.replace("<p>", "</main><p>")).is_empty());
        assert!(!faults_of_page(&page.replace("<p>", "<script></script><p>")).is_empty());
        assert!(!faults_of_page(&page.replace("/planet.js", "/evil.js")).is_empty());
        assert!(!faults_of_page(&page.replace("<p>", "<p id=\"main\">")).is_empty());
    }
}
