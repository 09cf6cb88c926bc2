//! A post as the signals look at it: bounded, cut, masked, each part only as far as somebody asks for it.
//!
//! A title and the categories are read word by word. A body is long and mostly about something else, so one automaton
//! runs over it once for the words that can matter (the unit, the programmes' numbers and names, links), and only
//! the stretches around those are read. It must not know what a mention is worth.

use std::cell::OnceCell;
use std::ops::Range;

use regex::{Regex, RegexBuilder};
use url::Url;

use super::Tagger;
use super::finder::Finder;
use super::grammar::{Grammar, Mention};
use super::language::Words;
use super::masking::{Masked, Names, Style};
use super::quote::{opening, quote};
use super::tokens::{Kind, Token, cut_into};
use super::vocabulary::Use;
use crate::model::{EntryText, Evidence, Place, Rule, Tag, TagState};

/// A post, bounded.
#[derive(Debug)]
pub(super) struct Post<'a> {
    tagger: &'a Tagger,
    entry: &'a EntryText,
    /// Its title.
    pub(super) title: Text<'a>,
    /// Its categories.
    pub(super) categories: Vec<Text<'a>>,
    title_uses: OnceCell<Vec<Use>>,
    body: OnceCell<Text<'a>>,
    mentions: OnceCell<Vec<Mention>>,
}

/// A text whose tokens are read and masked, all of them or those that can matter.
#[derive(Debug)]
#[expect(
    clippy::struct_field_names,
    reason = "what is read of a text is its text"
)]
pub(super) struct Text<'a> {
    /// The text itself, bounded.
    pub(super) text: &'a str,
    /// Its tokens.
    pub(super) masked: Masked<'a>,
    /// Where addresses are spelled out in it.
    pub(super) addresses: Vec<usize>,
}

/// Finds the places of a body that can matter.
#[derive(Debug, Clone)]
pub(super) struct Anchors {
    /// What all forms of the unit begin with; absent for a course without a unit.
    unit: Option<Finder>,
    /// Numbers and words of programmes' names, and links.
    others: Option<Regex>,
    /// Bytes by which a form of the unit may be longer than what all begin with.
    longer: usize,
}

/// Bytes of a title, and of one category, that are read.
pub(super) const HEADING_MAX: usize = 1_000;
/// Categories that are read.
const CATEGORIES_MAX: usize = 50;
/// Bytes of a body in which anything is looked for.
const BODY_MAX: usize = 16_000;
/// Bytes of a body in which a cue is believed.
pub(super) const OPENING_MAX: usize = 1_000;
/// Bytes before and after a place that are read with it.
const BEFORE: usize = 160;
const AFTER: usize = 120;
/// Places of one body that are looked at; a post with more is an index or hostile.
const PLACES_MAX: usize = 200;
/// Bytes that the automaton may take.
const PATTERN_MAX: usize = 8 << 20;

impl<'a> Post<'a> {
    /// A post, of which nothing but title and categories is read yet.
    pub(super) fn read(tagger: &'a Tagger, entry: &'a EntryText) -> Self {
        let text = |text: &'a str| {
            let text = opening(text, HEADING_MAX);
            Text {
                text,
                masked: tagger.names.mask(&tagger.grammar, text, Style::Heading),
                addresses: Vec::new(),
            }
        };
        Self {
            tagger,
            entry,
            title: text(&entry.title),
            categories: entry
                .categories
                .iter()
                .take(CATEGORIES_MAX)
                .map(|category| text(category))
                .collect(),
            title_uses: OnceCell::new(),
            body: OnceCell::new(),
            mentions: OnceCell::new(),
        }
    }

    /// The post's own address.
    pub(super) fn url(&self) -> Option<&'a Url> {
        self.entry.url.as_ref()
    }

    /// Where its text links to.
    pub(super) fn links(&self) -> &'a [Url] {
        &self.entry.links
    }

    /// The slug of its participant, where that is known.
    pub(super) fn participant(&self) -> Option<&'a str> {
        self.entry.participant.as_deref()
    }

    /// Every phrase of the course in its title.
    pub(super) fn title_uses(&self) -> &[Use] {
        self.title_uses
            .get_or_init(|| self.tagger.vocabulary.uses(self.title.text))
    }

    /// Its body, of which the stretches are read that can matter.
    pub(super) fn body(&self) -> &Text<'a> {
        self.body.get_or_init(|| {
            let text = opening(&self.entry.body, BODY_MAX);
            self.tagger
                .anchors
                .read(text, &self.tagger.names, &self.tagger.grammar)
        })
    }

    /// The Things that its body names by number, in order.
    pub(super) fn mentions(&self) -> &[Mention] {
        self.mentions
            .get_or_init(|| self.tagger.grammar.mentions(self.body().tokens()))
    }

    /// The small words of the course's languages.
    pub(super) fn words(&self) -> &'a Words {
        &self.tagger.grammar.words
    }

    /// The beginning of its body, where people say what a post is on.
    pub(super) fn opening(&self) -> &'a str {
        opening(&self.entry.body, OPENING_MAX)
    }

    /// Whether it has a text at all; a feed of titles has none.
    pub(super) fn has_text(&self) -> bool {
        !self.entry.body.trim().is_empty()
    }

    fn headings(&self) -> impl Iterator<Item = &Text<'a>> {
        std::iter::once(&self.title).chain(&self.categories)
    }

    /// Whether the course is named by a name that it alone has.
    pub(super) fn names_us(&self) -> bool {
        self.is_headed_ours() || self.body().masked.ours
    }

    /// Whether title or categories name the course by a name that it alone has.
    pub(super) fn is_headed_ours(&self) -> bool {
        self.headings().any(|text| text.masked.ours)
    }

    /// Whether the course is named, even by a name that others share.
    pub(super) fn names_programme(&self) -> bool {
        self.headings().any(|text| text.masked.named) || self.body().masked.named
    }

    /// Whether title or categories name another programme.
    pub(super) fn is_headed_strange(&self) -> bool {
        self.headings().any(|text| text.masked.stranger)
    }
}

impl<'a> Text<'a> {
    /// Its tokens.
    pub(super) fn tokens(&self) -> &[Token<'a>] {
        &self.masked.tokens
    }

    /// Where these tokens stand, in bytes.
    pub(super) fn span(&self, first: usize, end: usize) -> Range<usize> {
        match self.tokens().get(first..end) {
            Some([one]) => one.start..one.end(),
            Some([from, .., to]) => from.start..to.end(),
            _ => 0..0,
        }
    }

    /// A tag for each Thing of these mentions.
    pub(super) fn tags(&self, mentions: &[Mention], rule: Rule, place: Place) -> Vec<Tag> {
        let tags = mentions.iter().flat_map(|mention| {
            let words = quote(self.text, self.span(mention.first, mention.end));
            mention
                .things
                .iter()
                .map(move |thing| tag(*thing, rule, place, words.clone()))
        });
        tags.collect()
    }
}

/// A tag with its evidence. What it is worth is decided elsewhere.
pub(super) fn tag(thing: u16, rule: Rule, place: Place, quote: String) -> Tag {
    let evidence = Evidence { rule, place, quote };
    Tag {
        thing,
        state: TagState::Tagged,
        evidence,
    }
}

impl Anchors {
    /// What can matter in the bodies of this course.
    pub(super) fn new(names: &Names, grammar: &Grammar, has_briefs: bool) -> Self {
        let units: Vec<String> = grammar.units().collect();
        let stem = common_start(&units);
        let longest = units.iter().map(String::len).max().unwrap_or_default();
        let mut others = names.anchors(grammar);
        others.extend(has_briefs.then(|| "http".to_owned()));
        others.sort_unstable();
        others.dedup();
        Self {
            longer: longest - stem.len(),
            // Words that begin differently are looked for one by one.
            unit: if stem.is_empty() {
                any_of(&units).map(Finder::Pattern)
            } else {
                let pattern = || any_of(&[stem].map(str::to_owned)).map(Finder::Pattern);
                Finder::plain(stem).or_else(pattern)
            },
            others: any_of(&others),
        }
    }

    /// Whether the unit may stand in a text.
    pub(super) fn may_have_unit(&self, text: &str) -> bool {
        self.unit.as_ref().is_some_and(|unit| unit.is_in(text))
    }

    /// The tokens around each place of a text where the unit may stand, as they are in the whole text, with the one
    /// before the unit.
    pub(super) fn around_units<'a>(
        &'a self,
        text: &'a str,
    ) -> impl Iterator<Item = Vec<Token<'a>>> {
        /// Bytes on either side, at least: more than a blank and a mark or two.
        const AROUND: usize = 16;
        let units = self.unit.iter().flat_map(move |unit| unit.find_iter(text));
        let whole = units.filter(move |found| self.whole_unit(text, found).is_some());
        whole.map(move |found| {
            let from = text.floor_char_boundary(found.start.saturating_sub(AROUND));
            let to = text.floor_char_boundary(found.end + self.longer + AROUND);
            // Only between two blanks is a text cut as it is in the whole.
            let from = text[..from]
                .rfind(char::is_whitespace)
                .map_or(0, |blank| text.ceil_char_boundary(blank + 1));
            let to = text[to..]
                .find(char::is_whitespace)
                .map_or(text.len(), |blank| to + blank);
            let mut tokens = Vec::new();
            cut_into(&mut tokens, text, from..to);
            tokens
        })
    }

    fn read<'a>(&self, text: &'a str, names: &Names, grammar: &Grammar) -> Text<'a> {
        let mut places: Vec<Range<usize>> = Vec::new();
        let mut addresses = Vec::new();
        let units = self.unit.iter().flat_map(|unit| unit.find_iter(text));
        places.extend(
            units
                .filter(|found| self.matters(text, found, grammar))
                .take(PLACES_MAX),
        );
        let others = self.others.iter().flat_map(|others| others.find_iter(text));
        for found in others.take(PLACES_MAX) {
            if found.as_str() == "http" {
                addresses.push(found.start());
            } else {
                places.push(found.range());
            }
        }
        places.sort_unstable_by_key(|place| place.start);
        let mut stretches = Vec::new();
        for place in places {
            add(&mut stretches, text, place);
        }
        let mut tokens = Vec::new();
        for stretch in stretches {
            if !tokens.is_empty() {
                tokens.push(gap(text, stretch.start));
            }
            cut_into(&mut tokens, text, stretch);
        }
        Text {
            text,
            masked: names.mask_tokens(grammar, text, &tokens, Style::Prose),
            addresses,
        }
    }

    /// Whether what may be a unit word is worth reading: it has a capital, or a number stands near it.
    fn matters(&self, text: &str, found: &Range<usize>, grammar: &Grammar) -> bool {
        let Some(end) = self.whole_unit(text, found) else {
            return false;
        };
        let has_capital = text[found.start..].starts_with(char::is_uppercase);
        has_capital || is_numbered(text, found.start, end, grammar)
    }

    /// Where the word ends that begins as the unit does, if it can be the unit: "something" and "thinking" cannot.
    fn whole_unit(&self, text: &str, found: &Range<usize>) -> Option<usize> {
        let before = text.as_bytes()[..found.start].last();
        let inside = before.is_some_and(u8::is_ascii_alphabetic)
            || before.is_some_and(|byte| !byte.is_ascii())
                && text[..found.start].ends_with(char::is_alphabetic);
        if inside {
            return None;
        }
        let rest = &text[found.end..];
        let mut letters = rest.char_indices();
        let ending = letters.find(|(_, letter)| !letter.is_alphabetic());
        let ending = ending.map_or(rest.len(), |(at, _)| at);
        (ending <= self.longer).then_some(found.end + ending)
    }
}

/// Whether a number may stand close before or after a unit word.
fn is_numbered(text: &str, start: usize, end: usize, grammar: &Grammar) -> bool {
    /// Bytes of "thing number twenty-three".
    const NEAR: usize = 24;
    let after = &text[end..text.floor_char_boundary(end + NEAR)];
    let before = &text[text.floor_char_boundary(start.saturating_sub(NEAR))..start];
    let has_digit = |near: &str| near.bytes().any(|byte| byte.is_ascii_digit());
    let is_number = |word: &str| grammar.words.begins_number(word);
    has_digit(after)
        || has_digit(before)
        || after
            .split(|c: char| !c.is_alphabetic())
            .filter(|word| !word.is_empty())
            .take(2)
            .any(is_number)
}

/// What all these texts begin with, in whole characters.
fn common_start(texts: &[String]) -> &str {
    let Some((first, others)) = texts.split_first() else {
        return "";
    };
    let same = |other: &String| {
        let pairs = first.chars().zip(other.chars());
        pairs
            .take_while(|(a, b)| a == b)
            .map(|(a, _)| a.len_utf8())
            .sum()
    };
    let len = others.iter().map(same).min().unwrap_or(first.len());
    &first[..len]
}

/// Any of these words, in any case. Digits and addresses have none, and are found faster for it.
fn any_of(words: &[String]) -> Option<Regex> {
    let alternatives: Vec<String> = words
        .iter()
        .filter(|word| !word.is_empty())
        .map(|word| {
            let escaped = regex::escape(word).replace(' ', r"\s+");
            let has_case = word != "http" && word.chars().any(char::is_alphabetic);
            match (has_case, word.is_ascii()) {
                (false, _) => escaped,
                (true, true) => format!("(?i-u:{escaped})"),
                (true, false) => format!("(?i:{escaped})"),
            }
        })
        .collect();
    if alternatives.is_empty() {
        return None;
    }
    RegexBuilder::new(&alternatives.join("|"))
        .size_limit(PATTERN_MAX)
        .build()
        .ok()
}

/// Adds what stands around a place, in whole words, to the stretches that are read.
fn add(stretches: &mut Vec<Range<usize>>, text: &str, found: Range<usize>) {
    let start = text.floor_char_boundary(found.start.saturating_sub(BEFORE));
    let end = text.floor_char_boundary(found.end + AFTER);
    // Nor may it end inside a number.
    let end = end
        + text[end..]
            .find(|c: char| !c.is_alphanumeric())
            .unwrap_or(0);
    if let Some(last) = stretches.last_mut()
        && last.end >= start
    {
        last.end = end.max(last.end);
        return;
    }
    // A stretch that begins inside a word would make another word of it.
    let start = match text[..start].chars().next_back() {
        Some(before) if !before.is_whitespace() => text[start..found.start]
            .find(char::is_whitespace)
            .map_or(start, |space| start + space),
        _ => start,
    };
    stretches.push(start..end);
}

/// A mark that no text has, so that nothing is read across what was left out.
fn gap(text: &str, at: usize) -> Token<'_> {
    Token {
        kind: Kind::Mark('\0'),
        text: &text[at..at],
        start: at,
        spaced: true,
        heads_line: false,
    }
}
