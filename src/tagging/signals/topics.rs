//! Things by their titles and topics: behind a gate, because people use these words all the time.
//!
//! The gate is open where the course is spoken of, on a blog that was made for the course, and for a post without a
//! text, which has nothing that could speak of the course.

use super::few;
use std::collections::BTreeMap;

use super::opening::{by_sole_mention, has_capital_unit, named_in_opening, weakly_cued};
use crate::model::{Place, Rule, Tag};
use crate::tagging::Tagger;
use crate::tagging::post::{Post, tag};
use crate::tagging::quote::{opening, quote, sentences};
use crate::tagging::tokens::Kind;
use crate::tagging::vocabulary::Use;

/// Bytes of a text in which uses of a topic are counted.
const DOMINANT_MAX: usize = 4_000;

/// The title has the title or a topic of a Thing, or a category is one.
pub(super) fn in_title(tagger: &Tagger, post: &Post<'_>) -> Vec<Tag> {
    let title = post.title.text;
    let mut uses = post.title_uses().to_vec();
    let has_categories = !post.categories.is_empty();
    if (uses.is_empty() && !has_categories) || !is_open(tagger, post) {
        return Vec::new();
    }
    if !uses.is_empty()
        && let Some(ending) = tagger.journey.ending(title)
    {
        // "Final reflections" are not on the Thing about reflection.
        uses.retain(|found| found.span.end <= ending.start || ending.end <= found.span.start);
    }
    let tags = few(used(title, uses, Place::Title));
    if !tags.is_empty() {
        return tags;
    }
    let categories = post.categories.iter().flat_map(|category| {
        let whole = category.text.trim();
        let mut uses = tagger.vocabulary.uses(whole);
        uses.retain(|found| found.span == (0..whole.len()));
        used(whole, uses, Place::Category)
    });
    few(categories.collect())
}

/// Two weak signals agree: the title has a topic of a Thing whose number is in the opening of the text, or a Thing's
/// whole title stands in the title of a post that names the course by a name of its own.
pub(super) fn by_agreement(tagger: &Tagger, post: &Post<'_>) -> Vec<Tag> {
    let uses = post.title_uses();
    if uses.is_empty() {
        return Vec::new();
    }
    let cued = weakly_cued(tagger, post);
    let named = named_in_opening(post);
    let mentions = if cued.is_empty() { &named } else { &cued };
    let mut tags = post.body().tags(mentions, Rule::Number, Place::Body);
    tags.retain(|tag| uses.iter().any(|found| found.thing == tag.thing));
    if !tags.is_empty() || !named.is_empty() || !post.names_us() {
        return few(tags);
    }
    let whole = uses.iter().filter(|found| found.is_whole_title());
    let whole = whole.cloned().collect();
    few(used(post.title.text, whole, Place::Title))
}

/// What a text is on as a whole: the one Thing that it names; else the topic of a sentence that speaks of a Thing
/// without its number ("this Thing on mentoring"); else the topic that it comes back to again and again.
pub(super) fn in_opening(tagger: &Tagger, post: &Post<'_>) -> Vec<Tag> {
    if !post.mentions().is_empty() {
        return by_sole_mention(tagger, post);
    }
    if !is_open(tagger, post) {
        return Vec::new();
    }
    let opening = post.opening();
    let may_speak = tagger.anchors.may_have_unit(opening);
    let tags = may_speak
        .then(|| sentences(opening))
        .into_iter()
        .flatten()
        .filter(|sentence| speaks_of_one(tagger, sentence))
        .flat_map(|sentence| used(sentence, tagger.vocabulary.uses(sentence), Place::Body));
    let tags = few(tags.collect());
    if tags.is_empty() {
        return dominant(tagger, post.body().text);
    }
    tags
}

/// The Thing whose topics a text uses again and again, and so much more than any other's that it must be on it.
fn dominant(tagger: &Tagger, text: &str) -> Vec<Tag> {
    /// Uses by which a text is on a topic.
    const USES_MIN: usize = 3;
    let text = opening(text, DOMINANT_MAX);
    let uses = tagger.vocabulary.uses(text);
    let mut counts: BTreeMap<u16, usize> = BTreeMap::new();
    for found in &uses {
        *counts.entry(found.thing).or_default() += 1;
    }
    let mut ranked: Vec<(usize, u16)> = counts.into_iter().map(|(thing, n)| (n, thing)).collect();
    ranked.sort_unstable_by(|a, b| b.cmp(a));
    let second = ranked.get(1).map_or(0, |(count, _)| *count);
    let Some((count, thing)) = ranked.first().copied() else {
        return Vec::new();
    };
    if count < USES_MIN || count < 2 * second {
        return Vec::new();
    }
    used(text, uses, Place::Body)
        .into_iter()
        .find(|tag| tag.thing == thing)
        .into_iter()
        .collect()
}

/// Whether the post is known to belong to the course, or nothing could tell.
pub(super) fn is_open(tagger: &Tagger, post: &Post<'_>) -> bool {
    !post.has_text()
        || tagger.own.is_course_only(post)
        || post.names_programme()
        || has_capital_unit(tagger, &post.title)
        || has_capital_unit(tagger, post.body())
}

/// Whether a sentence has the unit word as the course uses it: with a capital, or after "this".
fn speaks_of_one(tagger: &Tagger, sentence: &str) -> bool {
    let grammar = &tagger.grammar;
    tagger.anchors.around_units(sentence).any(|tokens| {
        let mut units = (1..tokens.len()).filter(|at| grammar.unit_at(&tokens, *at).is_some());
        units.any(|at| {
            let inside = tokens[at - 1].kind != Kind::Mark('"');
            (inside && tokens[at].is_capitalised())
                || grammar.words.is(&tokens[at - 1], |cues| cues.this)
        })
    })
}

fn used(text: &str, uses: Vec<Use>, place: Place) -> Vec<Tag> {
    uses.into_iter()
        .map(|found| tag(found.thing, found.rule, place, quote(text, found.span)))
        .collect()
}
