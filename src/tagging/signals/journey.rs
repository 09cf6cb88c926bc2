//! Where somebody joins the course or finishes it, without a number: the first Thing, or the last one.
//!
//! "I have started this blog to take part in cpd23" is on the first Thing wherever that is to begin. Nothing here
//! depends on which posts of the blog are known, so that the order in which they come never matters.

use std::ops::Range;

use regex::{Regex, RegexBuilder};

use super::topics::is_open;
use crate::model::{Course, Language, Place, Rule, Tag};
use crate::tagging::Tagger;
use crate::tagging::masking::Style;
use crate::tagging::post::{Post, tag};
use crate::tagging::quote::{opening, quote, sentences};
use crate::tagging::tokens::Kind;

/// What people write when they begin and when they end.
#[derive(Debug, Clone)]
pub(in crate::tagging) struct Journey {
    new: Option<Regex>,
    others: Option<Regex>,
    joining: Option<Regex>,
    starting: Option<Regex>,
    blog: Option<Regex>,
    finishing: Option<Regex>,
    /// All by which somebody may say that they join.
    any: Option<Regex>,
    /// Whether the first Thing is to begin.
    begins: bool,
}

/// Bytes that one automaton may take.
const PATTERN_MAX: usize = 4 << 20;

/// Says by itself that somebody is new here.
const NEW: &str = "first (ever )?(blog )?(post|entry|blogpost)|new to blogging|newbie|never (really )?blogged|\
    new ([a-z0-9-]+ ){0,3}(programme|program|course)|welcome to (my|this)|hello world|first thing is";
const NEW_GERMAN: &str = "erster? (beitrag|eintrag|blogbeitrag)|willkommen";

/// Says so where it is not said of others.
const JOINING: &str = "rejoin(ed|ing)?|re-join(ed|ing)?|join(ed|ing)|sign(ed|ing) up|signed on|enroll?ed|\
    registered|registering|(take|taking|took) part|participat(e|ing)|embark(ed|ing)?|decided to (do|try|join)";
const JOINING_GERMAN: &str = "mitmachen|mache mit|angemeldet|teilnehmen";

const OTHERS: &str = "people|others|participants|bloggers|they|them|their|he|she|him|her|his|someone|everybody|\
    everyone|librarians|colleagues|leute|andere|sie|ihr|ihre";

/// Says so in a sentence that has `BLOG`, too.
const STARTING: &str = "(re-?)?start(ed|ing)?|began|begin|beginning|begun|create|created|creating|launch(ed|ing)?|\
    set up|setting up|born";
const STARTING_GERMAN: &str =
    "gestartet|starte|angefangen|begonnen|beginne|angelegt|eröffnet|eröffne|eingerichtet";

const BLOG: &str = "blog|blogs|blogging|weblog";

const FINISHING: &str = "(last|final|one more) things?|final(ly)? (thoughts|post|reflections?|hurdle|week)|finale|\
    the (very )?end|end of|last (post|week|one)|finish(ed|ing)?|good-?bye|farewell|so long|\
    wrap(ping)?[ -]?(it )?up|what('s|’s| is)? next|where next|complet(ed|ion)|conclusions?|journey('s|’s) end|\
    i did it|graduat(ed|ion)";
const FINISHING_GERMAN: &str = "letzte[rs]?|abschluss|geschafft|zum schluss|ende|fertig|fazit";

/// What a Thing is about with which a course begins.
const BEGINNING: &str = "blog|blogs|blogging|welcome|begin|beginning|start|starting|join|joining|introduction|\
    introductions|introduce|introducing|willkommen|beginn|anfang|vorstellung|vorstellen|einführung|einstieg";

/// Bytes of a text in which somebody begins.
const BEGINNING_MAX: usize = 400;

/// Any of these, as whole words, in any case.
fn words(alternatives: &[&str]) -> Option<Regex> {
    let pattern = format!(r"(?-u:\b)(?:{})(?-u:\b)", alternatives.join("|"));
    let mut builder = RegexBuilder::new(&pattern);
    let builder = builder.case_insensitive(true).size_limit(PATTERN_MAX);
    builder.build().ok()
}

impl Journey {
    /// The words of a course's languages.
    pub(in crate::tagging) fn new(course: &Course) -> Self {
        let both = |english, other| match course.rules.language {
            Language::English => vec![english],
            Language::German => vec![english, other],
        };
        let of = |english, other| words(&both(english, other));
        let joins = [
            both(NEW, NEW_GERMAN),
            both(JOINING, JOINING_GERMAN),
            both(STARTING, STARTING_GERMAN),
        ];
        Self {
            new: of(NEW, NEW_GERMAN),
            others: words(&[OTHERS]),
            joining: of(JOINING, JOINING_GERMAN),
            starting: of(STARTING, STARTING_GERMAN),
            blog: words(&[BLOG]),
            finishing: of(FINISHING, FINISHING_GERMAN),
            any: words(&joins.concat()),
            begins: words(&[BEGINNING]).is_some_and(|words| {
                let first = course.things.first();
                first.is_some_and(|thing| {
                    let mut said = std::iter::once(&thing.title).chain(&thing.topics);
                    said.any(|text| words.is_match(text))
                })
            }),
        }
    }

    /// The first Thing where a sentence that names the course by a name of its own says that somebody joins it.
    ///
    /// A title with a topic of another Thing, and a text that names any, are from later in the course.
    pub(super) fn by_name(&self, tagger: &Tagger, post: &Post<'_>) -> Vec<Tag> {
        let first = tagger.grammar.first().filter(|_| self.begins);
        let Some(thing) = first.filter(|_| post.names_us() && post.mentions().is_empty()) else {
            return Vec::new();
        };
        let title = post.title.text;
        let mut uses = post.title_uses().iter();
        if uses.any(|found| found.thing != thing) || self.ending(title).is_some() {
            return Vec::new();
        }
        let body = opening(post.opening(), BEGINNING_MAX);
        let texts = [(title, Place::Title), (body, Place::Body)];
        let found = texts.into_iter().find_map(|(text, place)| {
            let words = self.sentences(text).find_map(|sentence| {
                let words = self.joins_in(sentence)?;
                let masked = tagger.names.mask(&tagger.grammar, sentence, Style::Prose);
                masked.ours.then_some(words)
            })?;
            Some(tag(thing, Rule::FirstPost, place, words))
        });
        found.into_iter().collect()
    }

    /// The first Thing where the post joins the course, the last one where its title ends it.
    pub(super) fn tags(&self, tagger: &Tagger, post: &Post<'_>) -> Vec<Tag> {
        if !is_open(tagger, post) {
            return Vec::new();
        }
        let found = self
            .finishes(tagger, post)
            .or_else(|| self.joins(tagger, post));
        found.into_iter().collect()
    }

    /// Where a title ends the course.
    pub(super) fn ending(&self, title: &str) -> Option<Range<usize>> {
        Some(self.finishing.as_ref()?.find(title)?.range())
    }

    fn finishes(&self, tagger: &Tagger, post: &Post<'_>) -> Option<Tag> {
        let thing = tagger.grammar.last()?;
        let title = post.title.text;
        let words = quote(title, self.ending(title)?);
        Some(tag(thing, Rule::LastPost, Place::Title, words))
    }

    fn joins(&self, tagger: &Tagger, post: &Post<'_>) -> Option<Tag> {
        let thing = tagger.grammar.first()?;
        let speaks = post.names_programme() || tagger.own.is_course_only(post);
        if !speaks || !post.mentions().is_empty() || !post.has_text() {
            return None;
        }
        let title = &post.title;
        let is_name = title
            .tokens()
            .iter()
            .all(|token| matches!(token.kind, Kind::Masked | Kind::Mark(_)));
        if title.masked.named && is_name {
            let words = quote(title.text, 0..title.text.len());
            return Some(tag(thing, Rule::FirstPost, Place::Title, words));
        }
        let texts = [(title.text, Place::Title), (post.opening(), Place::Body)];
        texts.into_iter().find_map(|(text, place)| {
            let words = self
                .sentences(text)
                .find_map(|sentence| self.joins_in(sentence))?;
            Some(tag(thing, Rule::FirstPost, place, words))
        })
    }

    /// The sentences of a text in one of which somebody may join; none where no word of it says so.
    fn sentences<'a>(&self, text: &'a str) -> impl Iterator<Item = &'a str> {
        let any = self.any.as_ref().is_some_and(|any| any.is_match(text));
        any.then(|| sentences(text)).into_iter().flatten()
    }

    /// The words of a sentence that say that somebody joins.
    fn joins_in(&self, sentence: &str) -> Option<String> {
        if let Some(found) = self.new.as_ref()?.find(sentence) {
            return Some(quote(sentence, found.range()));
        }
        if self.others.as_ref()?.is_match(sentence) {
            return None;
        }
        if let Some(found) = self.joining.as_ref()?.find(sentence) {
            return Some(quote(sentence, found.range()));
        }
        let starts = self.starting.as_ref()?.find(sentence)?;
        let blog = self.blog.as_ref()?.find(sentence)?;
        let span = starts.start().min(blog.start())..starts.end().max(blog.end());
        Some(quote(sentence, span))
    }
}
