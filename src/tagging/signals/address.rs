//! Things in addresses: the post's own, and those of the briefs that it links to.

use std::collections::HashMap;

use regex::Regex;
use url::Url;

use super::{few, numbers, suggest, things};
use crate::model::{Course, Place, Rule, Tag, canonical};
use crate::tagging::Tagger;
use crate::tagging::grammar::Mention;
use crate::tagging::language::Words;
use crate::tagging::masking::Style;
use crate::tagging::post::{Post, Text, tag};
use crate::tagging::quote::{opening, quote};
use crate::tagging::tokens::{Kind, Token, tokens};

/// The addresses at which the course introduces its Things.
#[derive(Debug, Clone)]
pub(in crate::tagging) struct Briefs {
    things: HashMap<String, u16>,
    /// What every spelling of these addresses has in it; absent where there are none.
    marks: Option<Regex>,
}

/// Bytes of an address's last part that are read.
const SLUG_MAX: usize = 500;
/// Bytes of an address in a text that are read.
const ADDRESS_MAX: usize = 500;
/// Links to briefs that are taken from one post; a post with more is an index.
const LINKS_MAX: usize = 500;

impl Briefs {
    /// The briefs of this course.
    pub(in crate::tagging) fn new(course: &Course) -> Self {
        let briefs = course.things.iter().rev().filter_map(|thing| {
            let brief = thing.brief.as_ref()?;
            Some((address_key(brief)?, thing.number))
        });
        let things: HashMap<String, u16> = briefs.collect();
        let mut marks: Vec<String> = things.keys().filter_map(|key| mark(key)).collect();
        marks.sort_unstable();
        let marks = (!marks.is_empty()).then(|| Regex::new(&marks.join("|")).ok());
        Self {
            things,
            marks: marks.flatten(),
        }
    }

    /// Whether there are none.
    pub(in crate::tagging) fn is_empty(&self) -> bool {
        self.things.is_empty()
    }

    /// Whether an address may be one of them, which is quick and mostly says no.
    pub(in crate::tagging) fn may_be(&self, address: &str) -> bool {
        let marks = self.marks.as_ref();
        !self.is_empty() && marks.is_none_or(|marks| marks.is_match(address))
    }

    fn thing(&self, url: &Url) -> Option<u16> {
        if !self.may_be(url.as_str()) {
            return None;
        }
        self.things.get(&address_key(url)?).copied()
    }
}

/// The post is a Thing's brief, or the last part of its address names a Thing.
///
/// Blogs make addresses from titles and leave the marks out, by which "Best thing: 5 tools" is told from "Thing 5 tools".
/// So an address speaks only where its words are not the title's, or where the title says the same or begins with the
/// Thing: "Thing: 6 networks".
pub(super) fn in_address(tagger: &Tagger, post: &Post<'_>) -> Vec<Tag> {
    let Some(url) = post.url() else {
        return Vec::new();
    };
    if let Some(thing) = tagger.briefs.thing(url) {
        let words = quote(url.path(), 0..url.path().len());
        return vec![tag(thing, Rule::Brief, Place::Url, words)];
    }
    let Some(slug) = slug(url) else {
        return Vec::new();
    };
    let spaced = spaced(slug);
    let text = Text {
        text: slug,
        masked: tagger.names.mask(&tagger.grammar, &spaced, Style::Prose),
        addresses: Vec::new(),
    };
    let mut mentions = tagger.grammar.mentions(text.tokens());
    if mentions.is_empty() {
        mentions = tagger.grammar.slips(text.tokens());
    }
    if has_unit(tagger, &post.title) {
        // "My Jing Thing", posted twice, is at "my-jing-thing-2".
        mentions.retain(|mention| mention.end < text.tokens().len());
    }
    mentions.retain(|mention| !is_any_thing(post.words(), text.tokens(), mention));
    if mentions.is_empty() || (text.masked.stranger && !text.masked.ours && !post.names_us()) {
        return Vec::new();
    }
    let titled = things(&numbers::in_title(tagger, post));
    let headed = tagger.grammar.headed(post.title.tokens());
    mentions.retain(|mention| {
        let said = mention.things.iter().all(|thing| titled.contains(thing));
        let words = &spaced[text.span(mention.first, mention.end)];
        let begins = mention.things.first().copied().map(u32::from) == headed;
        said || begins || !is_from(post.title.text, words)
    });
    text.tags(&mentions, Rule::Number, Place::Url)
}

/// The text links to a Thing's brief or spells its address out. One is what the post is on; several are an index.
pub(super) fn in_links(tagger: &Tagger, post: &Post<'_>) -> Vec<Tag> {
    if tagger.briefs.is_empty() {
        return Vec::new();
    }
    let body = post.body();
    let written = body
        .addresses
        .iter()
        .filter_map(|start| address(&body.text[*start..]));
    let written = written.filter_map(|(words, url)| Some((words, tagger.briefs.thing(&url)?)));
    let links = post
        .links()
        .iter()
        .filter_map(|url| Some((url.as_str(), tagger.briefs.thing(url)?)));
    let mut tags: Vec<Tag> = written
        .chain(links)
        .take(LINKS_MAX)
        .map(|(words, thing)| {
            let words = quote(words, 0..words.len());
            tag(thing, Rule::Brief, Place::Link, words)
        })
        .collect();
    if things(&tags).len() > 1 {
        suggest(&mut tags);
    }
    few(tags)
}

/// Whether an address has these words from the title, where they stand one after the other.
fn is_from(title: &str, words: &str) -> bool {
    let (title, words) = (plain_words(title), plain_words(words));
    !words.is_empty() && title.windows(words.len()).any(|some| some == words)
}

/// The words and numbers of a text as an address has them: no marks, "2.0" as two, no articles, which some blogs drop.
fn plain_words(text: &str) -> Vec<String> {
    let tokens = tokens(text);
    let words = tokens
        .iter()
        .filter(|token| {
            !matches!(token.kind, Kind::Mark(_)) && !token.is_any_word(&["a", "an", "the"])
        })
        .flat_map(|token| token.text.split('.'));
    words.map(str::to_lowercase).collect()
}

/// Whether the number counts what follows, and the unit is no Thing of the course: "next-big-thing-3-youngsters".
fn is_any_thing(words: &Words, tokens: &[Token<'_>], mention: &Mention) -> bool {
    let counts = tokens
        .get(mention.end)
        .is_some_and(|next| next.kind == Kind::Word);
    counts && mention.first > 0 && words.is(&tokens[mention.first - 1], |cues| cues.common)
}

fn has_unit(tagger: &Tagger, text: &Text<'_>) -> bool {
    let tokens = text.tokens();
    (0..tokens.len()).any(|at| tagger.grammar.unit_at(tokens, at).is_some())
}

/// The last part of a post's address; nothing for an address that lists posts.
fn slug(url: &Url) -> Option<&str> {
    const LISTS: [&str; 8] = [
        "tag",
        "tags",
        "category",
        "categories",
        "label",
        "author",
        "search",
        "page",
    ];
    let parts: Vec<&str> = url
        .path_segments()?
        .filter(|part| !part.is_empty())
        .collect();
    if parts.iter().any(|part| LISTS.contains(part)) {
        return None;
    }
    // Some sites put a number of their own after the words.
    let last = parts
        .iter()
        .rev()
        .take(2)
        .find(|part| part.contains(|c: char| c.is_ascii_alphabetic()))?;
    let stem = match last.rsplit_once('.') {
        Some((stem, ending)) if ending.chars().all(|c| c.is_ascii_alphabetic()) => stem,
        _ => last,
    };
    Some(opening(stem, SLUG_MAX))
}

/// A slug with spaces for its hyphens and escapes, byte for byte.
fn spaced(slug: &str) -> String {
    let mut escaped = 0;
    slug.chars()
        .map(|character| {
            if character == '%' {
                escaped = 3;
            }
            let blank = escaped > 0 || matches!(character, '-' | '+');
            // The parts of an escape are ASCII in any `Url`, so that each gives one byte for one.
            escaped = if escaped > 0 { escaped - 1 } else { 0 };
            if blank && character.is_ascii() {
                ' '
            } else {
                character
            }
        })
        .collect()
}

/// The web address at the start of a text, as written and as read.
fn address(text: &str) -> Option<(&str, Url)> {
    let text = opening(text, ADDRESS_MAX);
    let ends = |c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '(' | ')' | '[' | ']');
    let word = text.split(ends).next()?;
    let word = word.trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', '’', '”']);
    Some((word, Url::parse(word).ok()?))
}

/// The pattern of what stands in every spelling of the address with this key: its path, or else the first part of its
/// query. Nothing for a key with neither, which no address has.
fn mark(key: &str) -> Option<String> {
    let (path, query) = key.split_once('?').unwrap_or((key, ""));
    let path = path.find('/').map_or("", |at| &path[at..]);
    let mark = if path.is_empty() {
        query.split('&').next()?
    } else {
        path
    };
    (!mark.is_empty()).then(|| regex::escape(mark))
}

/// An address without what differs between two addresses of one page; nothing for a front page, which introduces no
/// single Thing unless its query says which post.
fn address_key(url: &Url) -> Option<String> {
    let front = url.path().trim_end_matches('/').is_empty() && url.query().is_none();
    (!front).then(|| canonical(url))
}
