//! Untrusted markup in, markup that may be shown out; and plain text out of either.
//!
//! ```text
//! entry's markup --balance--> short, shallow, listed tags --guard (a list, else ammonia)--> SafeHtml --plain--> text, links
//! ```
//!
//! Text from a feed is hostile: it may try to run scripts, to watch readers, and to use up the machine. This is the only
//! room that reads HTML. It must not know where markup comes from, nor where it is shown. When it fails, it fails
//! closed: what comes out then is escaped text.

mod address;
mod attributes;
mod balance;
mod characters;
mod elements;
mod guard;
mod page;
mod plain;
mod players;
mod tokens;
mod trackers;

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};

use url::Url;

use crate::model::{FrontPage, Markup, SafeHtml};

/// Changes whenever the same input gives different output, so that what an older version made can be made again.
pub const VERSION: u32 = 3;

/// Bytes of one entry that are looked at; what comes after is cut off.
const INPUT_BYTES_MAX: usize = 1_000_000;
/// What stands before a picture that is written out in an address.
const DATA: &str = ";base64,";
/// What output may have beyond four times its input, in bytes.
const OUTPUT_BYTES_EXTRA: usize = 65_536;
/// Bytes of a text that are shown when sanitising it failed; escaped, they stay within the same limit.
const FALLBACK_BYTES_MAX: usize = 32_000;

/// What may be shown of an entry's text; links and pictures are resolved against `base` and dropped where they cannot be.
///
/// Plain text becomes paragraphs. The result is at most four times as long as the input and 64 KB.
pub fn html(markup: &Markup, base: Option<&Url>) -> SafeHtml {
    let source = within_limit(markup.source());
    let source = &*source;
    let bytes_max = 4 * source.len() + OUTPUT_BYTES_EXTRA;
    let work = || {
        let balanced = match markup {
            Markup::Html(_) => balance::balance(source, base, bytes_max),
            Markup::Plain(_) => balance::balance(&plain::paragraphs(source), None, bytes_max),
        };
        guard::hold(balanced)
    };
    SafeHtml::vouched(or_else(work, || escaped(source)))
}

/// What it says: the text without markup, with entities decoded, white space folded and each block on a line of its own;
/// and the web addresses that it links to, absolute, in order, at most 200.
pub fn said(html: &SafeHtml) -> (String, Vec<Url>) {
    plain::said(html.as_str())
}

/// Its text alone.
pub fn text_of(html: &SafeHtml) -> String {
    said(html).0
}

/// Its links alone.
pub fn links_of(html: &SafeHtml) -> Vec<Url> {
    said(html).1
}

/// One plain line for a title, a name or a category, at most 1,000 characters, without markup or characters that play tricks.
pub fn line(markup: &Markup) -> String {
    plain::line(&words(markup))
}

/// The same for other programs to read, with the five C1 controls in it to which windows-1252 gives no other meaning: text
/// that was encoded twice can be mended only as long as they are there.
///
/// It is not to be stored, and nothing that shows text may be given it raw: to a terminal they are commands.
pub fn line_to_mend(markup: &Markup) -> String {
    plain::line_to_mend(&words(markup))
}

fn words(markup: &Markup) -> Cow<'_, str> {
    match markup {
        Markup::Html(html) => Cow::Owned(or_else(|| plain::words(html), || without_tags(html))),
        Markup::Plain(text) => Cow::Borrowed(text),
    }
}

/// What a web page says about itself and its feeds; `url` is where it was read. Never fails: a page that says nothing is
/// an empty one.
pub fn front(page: &str, url: &Url) -> FrontPage {
    page::front(page, url)
}

/// The beginning of a text. Where it is too long, pictures that are written out in it go first: none of them would be
/// shown, and one alone may be longer than all the words.
fn within_limit(source: &str) -> Cow<'_, str> {
    if source.len() <= INPUT_BYTES_MAX {
        return Cow::Borrowed(source);
    }
    let is_data = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=%".contains(&byte);
    let mut kept = String::new();
    let mut rest = source;
    while kept.len() < INPUT_BYTES_MAX
        && let Some((before, after)) = rest.split_once(DATA)
    {
        kept.push_str(before);
        kept.push_str(DATA);
        let end = after.bytes().position(|byte| !is_data(byte));
        rest = &after[end.unwrap_or(after.len())..];
    }
    kept.push_str(&rest[..rest.floor_char_boundary(INPUT_BYTES_MAX)]);
    kept.truncate(kept.floor_char_boundary(INPUT_BYTES_MAX));
    Cow::Owned(kept)
}

/// Does the work; if it panics, that is logged and something poorer but safe takes its place.
fn or_else<T>(work: impl FnOnce() -> T, poorer: impl FnOnce() -> T) -> T {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        tracing::error!("sanitising failed; the text is shown without its markup");
        poorer()
    })
}

/// The beginning of the text with everything that looks like a tag cut out, escaped.
fn escaped(source: &str) -> String {
    let mut out = String::from("<p>");
    characters::escape(&without_tags(source), &mut out);
    out.push_str("</p>");
    out
}

fn without_tags(source: &str) -> String {
    let source = &source[..source.floor_char_boundary(FALLBACK_BYTES_MAX)];
    let (before, tags) = source.split_once('<').unwrap_or((source, ""));
    let after = |tag: &str| tag.split_once('>').map(|(_, text)| text.to_owned());
    let mut out = before.to_owned();
    out.extend(tags.split('<').filter_map(after));
    out
}
