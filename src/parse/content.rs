//! Which of the texts that came with an entry is its content, and whether it shows anything at all.

use feed_rs::model as raw;

use crate::model::Markup;

/// A text as what the feed says it is; `html` says that one without a type is HTML, as in RSS.
pub(super) fn texts(text: raw::Text, html: bool) -> Markup {
    if html || text.content_type.as_str() != "text/plain" {
        Markup::Html(text.content)
    } else {
        Markup::Plain(text.content)
    }
}

/// The content if it shows anything, else the summary, else what a media element says. `html` says that a summary
/// without a type is HTML, as in RSS.
pub(super) fn content(
    content: Option<raw::Content>,
    summary: Option<raw::Text>,
    media: &[raw::MediaObject],
    html: bool,
) -> Markup {
    let body = content.and_then(|content| {
        let kind = content.content_type.as_str().to_ascii_lowercase();
        let readable = kind.starts_with("text/") || kind.ends_with("xml");
        let body = content.body.filter(|_| readable)?;
        Some(if kind == "text/plain" {
            Markup::Plain(body)
        } else {
            Markup::Html(body)
        })
    });
    let summary = summary.map(|summary| texts(summary, html));
    let texts = [body, summary].into_iter().flatten();
    let mut texts: Vec<Markup> = texts.map(without_cut_tag).collect();
    let shown = texts.iter().position(|text| shows_something(text.source()));
    if let Some(shown) = shown {
        return texts.swap_remove(shown);
    }
    media_text(media)
        .or_else(|| texts.iter().find_map(made_by_a_script))
        .unwrap_or_default()
}

/// A text that was cut off inside a tag, as some software cuts excerpts, without that tag: an ellipsis says so.
fn without_cut_tag(text: Markup) -> Markup {
    let source = text.source();
    let cut = source
        .rfind('<')
        .filter(|at| !source[*at..].contains('>') && begins_a_tag(&source[*at..]));
    match (&text, cut) {
        (Markup::Html(_), Some(at)) => Markup::Html(format!("{} …", source[..at].trim_end())),
        _ => text,
    }
}

fn begins_a_tag(text: &str) -> bool {
    let name = text.trim_start_matches(['<', '/']);
    name.starts_with(|character: char| character.is_ascii_alphabetic())
}

/// A text in which only scripts would show anything: an ellipsis says that there is more at the post's address.
fn made_by_a_script(text: &Markup) -> Option<Markup> {
    let source = text.source();
    let tags = source.match_indices('<');
    tags.map(|(at, _)| &source[at + 1..])
        .any(|tag| is_tag(tag, "script"))
        .then(|| Markup::Html(format!("{source} …")))
}

/// Whether anything but markup, scripts and white space is there, or a picture.
fn shows_something(html: &str) -> bool {
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        if is_visible(&rest[..at]) {
            return true;
        }
        let tag = &rest[at + 1..];
        if shows(tag) {
            return true;
        }
        let end = ["script", "style"]
            .into_iter()
            .find(|name| is_tag(tag, name))
            .map_or(Some(0), |name| closing(tag, name));
        let Some(end) = end.and_then(|end| Some(end + tag[end..].find('>')?)) else {
            return false;
        };
        rest = &tag[end + 1..];
    }
    is_visible(rest)
}

fn is_visible(text: &str) -> bool {
    let mut rest = text.trim_start();
    while let Some(after) = rest.strip_prefix("&nbsp;") {
        rest = after.trim_start();
    }
    !rest.is_empty()
}

/// Whether a tag, without its `<`, shows something of its own.
fn shows(tag: &str) -> bool {
    ["img", "iframe", "video", "audio", "object", "embed"]
        .iter()
        .any(|name| is_tag(tag, name))
}

/// Where the closing tag of this name begins.
fn closing(text: &str, name: &str) -> Option<usize> {
    let mut tags = text.match_indices("</").map(|(at, _)| at);
    tags.find(|at| is_tag(&text[at + 2..], name))
}

fn is_tag(tag: &str, name: &str) -> bool {
    tag.get(..name.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(name))
}

fn media_text(media: &[raw::MediaObject]) -> Option<Markup> {
    media
        .iter()
        .filter_map(|object| object.description.as_ref())
        .find(|description| shows_something(&description.content))
        .map(|description| Markup::Html(description.content.clone()))
}
