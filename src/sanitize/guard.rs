//! The second guard: ammonia, with the same list, over markup that is balanced already.
//!
//! It must not decide anything: what it would take away is a mistake of the pass before it. It is here because such
//! mistakes happen. Building a tree of every post to find that nothing is wrong with it took half of all sanitising, so
//! markup is first read tag by tag against the same list, in the one spelling that the serialiser writes; what passes
//! is what ammonia would have written, and anything else goes through ammonia.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use ammonia::{Builder, UrlRelative};

use self::spelling::is_as_written;
use super::attributes::REL;
use super::elements;

mod spelling;

/// Attributes with a value of their own, by element; addresses among them lead to the web.
const FREE: [(&str, &[&str]); 16] = [
    ("a", &["href", "title"]),
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
];

/// Attributes that every element may have.
const GENERIC: [&str; 2] = ["lang", "dir"];

/// Attributes with one value that they may have, by element.
const FIXED: [(&str, &[(&str, &str)]); 4] = [
    ("a", &[("rel", REL)]),
    ("audio", &[("controls", ""), ("preload", "none")]),
    (
        "img",
        &[("loading", "lazy"), ("referrerpolicy", "no-referrer")],
    ),
    ("video", &[("controls", ""), ("preload", "none")]),
];

/// Holds balanced markup to the list of elements, attributes and schemes.
pub(super) fn hold(markup: String) -> String {
    if is_as_written(&markup) {
        return markup;
    }
    by_ammonia(&markup)
}

pub(super) fn by_ammonia(markup: &str) -> String {
    static GUARD: LazyLock<Builder<'static>> = LazyLock::new(guard);
    GUARD.clean(markup).to_string()
}

fn guard() -> Builder<'static> {
    let mut guard = Builder::empty();
    guard
        .tags(elements::ALL.into_iter().collect())
        .clean_content_tags(HashSet::from(["script", "style"]))
        .generic_attributes(HashSet::from(GENERIC))
        .tag_attributes(free_attributes())
        .tag_attribute_values(fixed_attributes())
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .url_relative(UrlRelative::Deny)
        .link_rel(None)
        .strip_comments(true)
        .attribute_filter(|_, attribute, value| {
            leads_to_the_web(attribute, value).then_some(Cow::Borrowed(value))
        });
    guard
}

/// Whether an attribute is no address, or one that may stand.
fn leads_to_the_web(attribute: &str, value: &str) -> bool {
    let is_web = value.starts_with("https://") || value.starts_with("http://");
    match attribute {
        "src" | "srcset" | "poster" | "cite" => is_web,
        "href" => is_web || value.starts_with("mailto:"),
        _ => true,
    }
}

fn free_attributes() -> HashMap<&'static str, HashSet<&'static str>> {
    let free = FREE.into_iter();
    free.map(|(tag, names)| (tag, names.iter().copied().collect()))
        .collect()
}

type Values = HashMap<&'static str, HashSet<&'static str>>;

fn fixed_attributes() -> HashMap<&'static str, Values> {
    let values = |(name, value): &(&'static str, &'static str)| (*name, HashSet::from([*value]));
    let fixed = FIXED.into_iter();
    fixed
        .map(|(tag, all)| (tag, all.iter().map(values).collect()))
        .collect()
}
