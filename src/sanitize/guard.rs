//! The second guard: ammonia, with the same list, over markup that is balanced already.
//!
//! It must not decide anything: what it would take away is a mistake of the pass before it. It is here because such
//! mistakes happen.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use ammonia::{Builder, UrlRelative};

use super::attributes::REL;
use super::elements;

/// Holds balanced markup to the list of elements, attributes and schemes.
pub(super) fn hold(markup: &str) -> String {
    static GUARD: LazyLock<Builder<'static>> = LazyLock::new(guard);
    GUARD.clean(markup).to_string()
}

fn guard() -> Builder<'static> {
    let mut guard = Builder::empty();
    guard
        .tags(elements::ALL.into_iter().collect())
        .clean_content_tags(HashSet::from(["script", "style"]))
        .generic_attributes(HashSet::from(["lang", "dir"]))
        .tag_attributes(free_attributes())
        .tag_attribute_values(fixed_attributes())
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .url_relative(UrlRelative::Deny)
        .link_rel(None)
        .strip_comments(true)
        .attribute_filter(|_, attribute, value| match attribute {
            "src" | "srcset" | "poster" | "cite" if !is_web(value) => None,
            "href" if !is_web(value) && !value.starts_with("mailto:") => None,
            _ => Some(Cow::Borrowed(value)),
        });
    guard
}

fn is_web(value: &str) -> bool {
    value.starts_with("https://") || value.starts_with("http://")
}

fn free_attributes() -> HashMap<&'static str, HashSet<&'static str>> {
    [
        ("a", &["href", "title"] as &[_]),
        ("abbr", &["title"]),
        ("audio", &["src"]),
        ("blockquote", &["cite"]),
        ("del", &["cite", "datetime"]),
        ("dfn", &["title"]),
        (
            "img",
            &["src", "srcset", "sizes", "alt", "title", "width", "height"],
        ),
        ("ins", &["cite", "datetime"]),
        ("li", &["value"]),
        ("ol", &["start"]),
        ("q", &["cite"]),
        ("source", &["src", "srcset", "sizes", "media", "type"]),
        ("td", &["colspan", "rowspan"]),
        ("th", &["colspan", "rowspan"]),
        ("time", &["datetime"]),
        ("video", &["src", "poster", "width", "height"]),
    ]
    .into_iter()
    .map(|(tag, names)| (tag, names.iter().copied().collect()))
    .collect()
}

type Values = HashMap<&'static str, HashSet<&'static str>>;

fn fixed_attributes() -> HashMap<&'static str, Values> {
    let one = |name, value| (name, HashSet::from([value]));
    let player = || HashMap::from([one("controls", ""), one("preload", "none")]);
    HashMap::from([
        ("a", HashMap::from([one("rel", REL)])),
        (
            "img",
            HashMap::from([one("loading", "lazy"), one("referrerpolicy", "no-referrer")]),
        ),
        ("audio", player()),
        ("video", player()),
    ])
}
