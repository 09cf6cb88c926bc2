//! What in a post speaks for a Thing, in order of trust: the first signal that says anything silences the rest.
//!
//! A post that names another programme and not ours gets no tag at all, since the numbers are that programme's.
//! It must not know how numbers are written; that is the grammar's.

use std::ops::Range;

use url::Url;

use super::Tagger;
use super::grammar::Mention;
use super::masking::{Masked, Style};
use super::quote::{opening, quote};
use super::tokens::{Kind, Token, is_dash};
use crate::model::{Course, EntryText, Evidence, Place, Rule, Tag, TagState, canonical};

/// A post, bounded, cut and masked.
#[derive(Debug)]
pub(super) struct Post<'a> {
    title: Text<'a>,
    categories: Vec<Text<'a>>,
    url: Option<&'a Url>,
    links: &'a [Url],
    body: Text<'a>,
}

/// The addresses at which the course introduces its Things.
#[derive(Debug, Clone)]
pub(super) struct Briefs(Vec<(u16, String)>);

#[derive(Debug)]
struct Text<'a> {
    text: &'a str,
    masked: Masked<'a>,
}

type Signal = fn(&Tagger, &Post<'_>) -> Vec<Tag>;

/// The signals, the most trusted first.
const SIGNALS: [Signal; 7] = [
    in_title,
    in_categories,
    in_address,
    in_links,
    by_cue,
    by_weak_cue,
    by_vocabulary,
];

/// Bytes of a title, and of one category, that are read.
const HEADING_MAX: usize = 1_000;
/// Categories that are read.
const CATEGORIES_MAX: usize = 50;
/// Bytes of a body in which programmes and links are looked for.
const BODY_MAX: usize = 4_000;
/// Bytes of a body in which a cue is believed.
const OPENING_MAX: usize = 1_000;
/// Bytes of an address's last part that are read.
const SLUG_MAX: usize = 500;
/// A signal that is not sure and names more Things than this has found an index.
const SUGGESTIONS_MAX: usize = 4;

impl<'a> Post<'a> {
    /// Reads a post as far as it is looked at.
    pub(super) fn read(tagger: &Tagger, entry: &'a EntryText) -> Self {
        let text = |text: &'a str, max, style| {
            let text = opening(text, max);
            let masked = tagger.names.mask(&tagger.grammar, text, style);
            Text { text, masked }
        };
        Self {
            title: text(&entry.title, HEADING_MAX, Style::Heading),
            categories: entry
                .categories
                .iter()
                .take(CATEGORIES_MAX)
                .map(|category| text(category, HEADING_MAX, Style::Heading))
                .collect(),
            url: entry.url.as_ref(),
            links: &entry.links,
            body: text(&entry.body, BODY_MAX, Style::Prose),
        }
    }

    fn headings(&self) -> impl Iterator<Item = &Text<'a>> {
        std::iter::once(&self.title).chain(&self.categories)
    }

    fn names_us(&self) -> bool {
        self.headings().any(|text| text.masked.ours) || self.body.masked.ours
    }

    fn names_programme(&self) -> bool {
        self.headings().any(|text| text.masked.named) || self.body.masked.named
    }
}

impl Text<'_> {
    fn tokens(&self) -> &[Token<'_>] {
        &self.masked.tokens
    }

    fn span(&self, first: usize, end: usize) -> Range<usize> {
        match self.tokens().get(first..end) {
            Some([one]) => one.start..one.end(),
            Some([from, .., to]) => from.start..to.end(),
            _ => 0..0,
        }
    }

    fn tags(&self, mentions: &[Mention], state: TagState, rule: Rule, place: Place) -> Vec<Tag> {
        let tags = mentions.iter().flat_map(|mention| {
            let words = quote(self.text, self.span(mention.first, mention.end));
            mention
                .things
                .iter()
                .map(move |thing| tag(*thing, state, rule, place, words.clone()))
        });
        tags.collect()
    }
}

impl Briefs {
    /// The briefs of this course.
    pub(super) fn new(course: &Course) -> Self {
        let briefs = course.things.iter().filter_map(|thing| {
            let brief = thing.brief.as_ref()?;
            Some((thing.number, address_key(brief)?))
        });
        Self(briefs.collect())
    }

    fn thing(&self, url: &Url) -> Option<u16> {
        let key = address_key(url)?;
        self.0
            .iter()
            .find_map(|(thing, brief)| (*brief == key).then_some(*thing))
    }
}

/// The tags of a post, by ascending Thing.
pub(super) fn tags(tagger: &Tagger, post: &Post<'_>) -> Vec<Tag> {
    let ours = post.names_us();
    if !ours && post.headings().any(|text| text.masked.stranger) {
        return Vec::new();
    }
    let mut tags = SIGNALS
        .iter()
        .map(|signal| signal(tagger, post))
        .find(|tags| !tags.is_empty())
        .unwrap_or_default();
    // The best evidence of a Thing is the first, and the sort keeps it there.
    tags.sort_by_key(|tag| tag.thing);
    tags.dedup_by_key(|tag| tag.thing);
    if !ours && post.body.masked.stranger {
        for tag in &mut tags {
            tag.state = TagState::Suggested;
        }
    }
    tags
}

fn tag(thing: u16, state: TagState, rule: Rule, place: Place, quote: String) -> Tag {
    let evidence = Evidence { rule, place, quote };
    Tag {
        thing,
        state,
        evidence,
    }
}

/// The title names a Thing by number.
fn in_title(tagger: &Tagger, post: &Post<'_>) -> Vec<Tag> {
    let title = &post.title;
    let (state, place) = (TagState::Tagged, Place::Title);
    let mentions = tagger.grammar.mentions(title.tokens());
    if !mentions.is_empty() {
        return title.tags(&mentions, state, Rule::Number, place);
    }
    let out_of = tagger
        .grammar
        .out_of(title.tokens(), post.names_programme());
    title.tags(&out_of, state, Rule::OutOf, place)
}

/// A category is a Thing's number: it starts with it, names of the programme apart.
fn in_categories(tagger: &Tagger, post: &Post<'_>) -> Vec<Tag> {
    let tags = post.categories.iter().flat_map(|category| {
        let mut mentions = tagger.grammar.mentions(category.tokens());
        mentions.retain(|mention| {
            category.tokens()[..mention.first]
                .iter()
                .all(|token| matches!(token.kind, Kind::Masked | Kind::Mark(_)))
        });
        category.tags(&mentions, TagState::Tagged, Rule::Number, Place::Category)
    });
    tags.collect()
}

/// The post is a Thing's brief, or the last part of its address names a Thing.
fn in_address(tagger: &Tagger, post: &Post<'_>) -> Vec<Tag> {
    let Some(url) = post.url else {
        return Vec::new();
    };
    if let Some(thing) = tagger.briefs.thing(url) {
        let words = quote(url.path(), 0..url.path().len());
        return vec![tag(thing, TagState::Tagged, Rule::Brief, Place::Url, words)];
    }
    let Some(slug) = slug(url) else {
        return Vec::new();
    };
    let spaced = spaced(slug);
    let text = Text {
        text: slug,
        masked: tagger.names.mask(&tagger.grammar, &spaced, Style::Prose),
    };
    let mut mentions = tagger.grammar.mentions(text.tokens());
    if has_unit(tagger, &post.title) {
        // "My Jing Thing", posted twice, is at "my-jing-thing-2".
        mentions.retain(|mention| mention.end < text.tokens().len());
    }
    text.tags(&mentions, TagState::Tagged, Rule::Number, Place::Url)
}

/// The text links to a Thing's brief or spells its address out. One is what the post is on; several are an index.
fn in_links(tagger: &Tagger, post: &Post<'_>) -> Vec<Tag> {
    let links = post.links.iter().map(|url| (url.as_str(), url.clone()));
    let mut tags: Vec<Tag> = addresses(post.body.text)
        .chain(links)
        .filter_map(|(words, url)| {
            let thing = tagger.briefs.thing(&url)?;
            let words = quote(words, 0..words.len());
            let state = TagState::Tagged;
            Some(tag(thing, state, Rule::Brief, Place::Link, words))
        })
        .collect();
    if tags.iter().any(|tag| tag.thing != tags[0].thing) {
        for tag in &mut tags {
            tag.state = TagState::Suggested;
        }
    }
    few(tags)
}

/// The text opens a sentence or a line with a Thing: "So, onto Thing 3", "Thing 6: …", "Thing 20 is about".
fn by_cue(tagger: &Tagger, post: &Post<'_>) -> Vec<Tag> {
    by_opening(tagger, post, |tokens, mention| {
        let from = sentence_before(tokens, mention.first)?;
        let is_opener = from < mention.first;
        (is_opener || is_heading(tokens, mention) || is_explained(tokens, mention)).then_some(from)
    })
}

/// The text says that something was "for Thing 8".
fn by_weak_cue(tagger: &Tagger, post: &Post<'_>) -> Vec<Tag> {
    by_opening(tagger, post, |tokens, mention| {
        let before = tokens[..mention.first]
            .iter()
            .rposition(|token| token.kind != Kind::Masked)?;
        tokens[before].is_word("for").then_some(before)
    })
}

/// The title has the title or a topic of a Thing, in a post that speaks of the course.
fn by_vocabulary(tagger: &Tagger, post: &Post<'_>) -> Vec<Tag> {
    let speaks = post.names_programme()
        || [&post.title, &post.body]
            .iter()
            .any(|text| has_capital_unit(tagger, text));
    if !speaks {
        return Vec::new();
    }
    let title = post.title.text;
    let uses = tagger.vocabulary.uses(title).into_iter().map(|found| {
        let words = quote(title, found.span);
        tag(
            found.thing,
            TagState::Suggested,
            found.rule,
            Place::Title,
            words,
        )
    });
    few(uses.collect())
}

/// Suggests every Thing in the opening of the text for which `cue` gives the token where its quote starts.
fn by_opening(
    tagger: &Tagger,
    post: &Post<'_>,
    cue: impl Fn(&[Token<'_>], &Mention) -> Option<usize>,
) -> Vec<Tag> {
    let body = &post.body;
    let tokens = body.tokens();
    let mentions: Vec<Mention> = tagger
        .grammar
        .mentions(tokens)
        .into_iter()
        .filter(|mention| tokens[mention.first].start < OPENING_MAX)
        .filter_map(|mention| {
            let first = cue(tokens, &mention)?;
            Some(Mention { first, ..mention })
        })
        .collect();
    few(body.tags(&mentions, TagState::Suggested, Rule::Number, Place::Body))
}

/// Nothing, where so many Things are named that the post is on none of them.
fn few(tags: Vec<Tag>) -> Vec<Tag> {
    let mut things: Vec<u16> = tags.iter().map(|tag| tag.thing).collect();
    things.sort_unstable();
    things.dedup();
    if things.len() > SUGGESTIONS_MAX {
        return Vec::new();
    }
    tags
}

/// Where the sentence starts that leads up to a mention with nothing but words of opening.
fn sentence_before(tokens: &[Token<'_>], mention: usize) -> Option<usize> {
    const OPENERS: [&str; 34] = [
        "and", "at", "but", "finally", "first", "for", "here", "i", "is", "it", "last", "m", "me",
        "moving", "my", "next", "now", "ok", "okay", "on", "onto", "our", "post", "right", "s",
        "so", "then", "this", "time", "to", "up", "was", "welcome", "well",
    ];
    const WORDS_MAX: usize = 8;
    for back in 0..=WORDS_MAX {
        let Some(at) = mention.checked_sub(back) else {
            return Some(0);
        };
        let ends_here = tokens.get(at).is_some_and(|token| token.heads_line)
            || at == 0
            || tokens[at - 1].is_mark(|mark| !matches!(mark, ',' | '\'' | '’' | '#' | '…'));
        if ends_here {
            return Some(at);
        }
        let before = &tokens[at - 1];
        if before.kind == Kind::Word && !before.is_any_word(&OPENERS) {
            return None;
        }
    }
    None
}

/// Whether a mention is a heading: alone at the start of its line, or followed there by a colon or a dash.
fn is_heading(tokens: &[Token<'_>], mention: &Mention) -> bool {
    let starts = tokens[..=mention.first]
        .iter()
        .rev()
        .find(|token| token.heads_line || token.kind != Kind::Masked)
        .is_some_and(|token| token.heads_line);
    let ends = tokens.get(mention.end).is_none_or(|next| {
        next.heads_line
            || next.is_mark(|mark| mark == ':')
            || (next.spaced && next.is_mark(is_dash))
    });
    starts && ends
}

/// Whether the text goes on to say what the Thing is: "is all about", "asks us".
fn is_explained(tokens: &[Token<'_>], mention: &Mention) -> bool {
    match tokens.get(mention.end..).unwrap_or_default() {
        [asks, ..] if asks.is_any_word(&["asks", "asked"]) => true,
        [is, about, ..] if is.is_any_word(&["is", "was"]) && about.is_word("about") => true,
        [is, _, about, ..] => is.is_any_word(&["is", "was"]) && about.is_word("about"),
        _ => false,
    }
}

fn has_unit(tagger: &Tagger, text: &Text<'_>) -> bool {
    let tokens = text.tokens();
    (0..tokens.len()).any(|at| tagger.grammar.unit_at(tokens, at).is_some())
}

/// Whether the unit word stands inside a sentence with a capital: the course's Thing, not any thing.
fn has_capital_unit(tagger: &Tagger, text: &Text<'_>) -> bool {
    let tokens = text.tokens();
    (1..tokens.len()).any(|at| {
        let inside = tokens[at - 1].kind == Kind::Word && !tokens[at].heads_line;
        inside && tokens[at].is_capitalised() && tagger.grammar.unit_at(tokens, at).is_some()
    })
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

/// The web addresses in a text, as written and as read.
fn addresses(text: &str) -> impl Iterator<Item = (&str, Url)> {
    text.split(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '(' | ')' | '[' | ']'))
        .filter(|word| word.starts_with("http://") || word.starts_with("https://"))
        .filter_map(|word| {
            let word = word.trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', '’', '”']);
            Some((word, Url::parse(word).ok()?))
        })
}

/// An address without what differs between two addresses of one page; nothing for a front page, which introduces no
/// single Thing unless its query says which post.
fn address_key(url: &Url) -> Option<String> {
    let front = url.path().trim_end_matches('/').is_empty() && url.query().is_none();
    (!front).then(|| canonical(url))
}
