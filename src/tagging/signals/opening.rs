//! Things by number in the text: in the sentence it opens with, in passing, and as headings of a post that catches up.

use super::{few, suggest, things};
use crate::model::{Place, Rule, Tag};
use crate::tagging::Tagger;
use crate::tagging::grammar::Mention;
use crate::tagging::language::Words;
use crate::tagging::post::{OPENING_MAX, Post, Text};
use crate::tagging::tokens::{Kind, Token, is_dash};

/// A post that says that it is on more Things than this, in one opening, is looked at by a person first.
const SURE_MAX: usize = 2;
/// More headings than this are an index of the course.
const HEADINGS_MAX: usize = 12;
/// Words between the start of a sentence and the Thing that it leads up to.
const OPENING_WORDS_MAX: usize = 9;
/// Words between "this post" and the Thing that it was written for.
const POST_WORDS_MAX: usize = 14;

/// The title says that the post catches up, and the text has Things for headings: all of them.
///
/// Where the title names a Thing besides, that one must be a heading too, or the headings may be something else.
pub(super) fn by_headings(tagger: &Tagger, post: &Post<'_>) -> Vec<Tag> {
    if !catches_up(post) {
        return Vec::new();
    }
    let body = post.body();
    let tokens = body.tokens();
    let headings: Vec<Mention> = post
        .mentions()
        .iter()
        .filter(|mention| is_heading(tokens, mention) || is_listed(tokens, mention))
        .cloned()
        .collect();
    let mut tags = body.tags(&headings, Rule::Number, Place::Body);
    let found = things(&tags);
    if found.len() > HEADINGS_MAX {
        return Vec::new();
    }
    let titled = tagger.grammar.mentions(post.title.tokens());
    let mut titled = titled.iter().flat_map(|mention| &mention.things);
    let fits = titled.all(|thing| found.contains(thing));
    if found.len() < 2 || !fits {
        suggest(&mut tags);
    }
    tags
}

/// The text opens a sentence or a line with a Thing: "So, onto Thing 3", "Thing 6: …", "Thing 20 is about".
///
/// It is believed where that is the first Thing which the text names; what comes later may be another one.
pub(super) fn by_cue(tagger: &Tagger, post: &Post<'_>) -> Vec<Tag> {
    let words = &tagger.grammar.words;
    let tokens = post.body().tokens();
    let (mut first, mut found) = (true, false);
    let cued = in_opening(post, |mention| {
        let from = cue(words, tokens, mention);
        let explained = !found && is_explained(words, tokens, mention);
        let believed = first || explained || is_heading(tokens, mention);
        let from = from.filter(|_| believed);
        first = false;
        found |= from.is_some();
        from
    });
    let mut tags = few(post.body().tags(&cued, Rule::Number, Place::Body));
    if things(&tags).len() > SURE_MAX {
        suggest(&mut tags);
    }
    tags
}

/// The text says that something was "for Thing 8", or cues it after another Thing.
pub(super) fn by_weak_cue(tagger: &Tagger, post: &Post<'_>) -> Vec<Tag> {
    few(post
        .body()
        .tags(&weakly_cued(tagger, post), Rule::Number, Place::Body))
}

/// The opening names no Thing but one, and not as one that was or will be.
pub(super) fn by_sole_mention(tagger: &Tagger, post: &Post<'_>) -> Vec<Tag> {
    let named = named_in_opening(post);
    let (words, tokens) = (&tagger.grammar.words, post.body().tokens());
    let elsewhere = named
        .iter()
        .any(|mention| is_elsewhere(words, tokens, mention));
    let sole = named
        .iter()
        .all(|mention| mention.things == named[0].things);
    let tags = post.body().tags(&named, Rule::Number, Place::Body);
    if elsewhere || !sole || things(&tags).len() > SURE_MAX {
        return Vec::new();
    }
    tags
}

/// Whether the words around a mention speak of another time or another post: "back to Thing 3", "the Thing 6 post".
fn is_elsewhere(words: &Words, tokens: &[Token<'_>], mention: &Mention) -> bool {
    /// Tokens before a mention in which such a word counts.
    const NEAR: usize = 5;
    let from = mention.first.saturating_sub(NEAR);
    let before = tokens[from..mention.first]
        .iter()
        .rev()
        .take_while(|token| !token.is_mark(|mark| matches!(mark, '.' | '!' | '?' | '\0')));
    let is_post = tokens
        .get(mention.end)
        .is_some_and(|next| words.is(next, |cues| cues.post));
    // "12 Thing 12" is a line of a list.
    let is_item = tokens[from..mention.first]
        .last()
        .is_some_and(|token| matches!(token.kind, Kind::Number(_)));
    is_post
        || is_item
        || before
            .into_iter()
            .any(|token| words.is(token, |cues| cues.elsewhere))
}

/// The Things that the opening cues at all, surely or not.
pub(super) fn weakly_cued(tagger: &Tagger, post: &Post<'_>) -> Vec<Mention> {
    let words = &tagger.grammar.words;
    let tokens = post.body().tokens();
    in_opening(post, |mention| {
        cue(words, tokens, mention).or_else(|| {
            let before = tokens[..mention.first]
                .iter()
                .rposition(|token| token.kind != Kind::Masked)?;
            tokens[before]
                .is_any_word(&["for", "für"])
                .then_some(before)
        })
    })
}

/// Every Thing that the opening of the text names.
pub(super) fn named_in_opening(post: &Post<'_>) -> Vec<Mention> {
    in_opening(post, |mention| Some(mention.first))
}

/// Whether the title says that the post catches up or rounds up.
pub(super) fn catches_up(post: &Post<'_>) -> bool {
    let tokens = post.title.tokens();
    let words = post.words();
    (0..tokens.len()).any(|at| {
        let mut phrases = words.all(|cues| cues.catch_up);
        phrases.any(|phrase| {
            let mut at = at;
            tokens[at].begins_as(phrase)
                && phrase.split(' ').enumerate().all(|(nth, word)| {
                    let dashed =
                        nth > 0 && tokens.get(at).is_some_and(|token| token.is_mark(is_dash));
                    at += usize::from(dashed) + 1;
                    tokens.get(at - 1).is_some_and(|token| token.is_word(word))
                })
        })
    })
}

/// The mentions in the opening of the text for which `cue` gives the token where their quote starts.
fn in_opening(post: &Post<'_>, mut cue: impl FnMut(&Mention) -> Option<usize>) -> Vec<Mention> {
    let body = post.body();
    let tokens = body.tokens();
    post.mentions()
        .iter()
        .filter(|mention| tokens[mention.first].start < OPENING_MAX)
        .filter_map(|mention| {
            let first = cue(mention)?;
            let mention = mention.clone();
            Some(Mention { first, ..mention })
        })
        .collect()
}

/// Where the cue of a mention starts that says that the post is on it.
fn cue(words: &Words, tokens: &[Token<'_>], mention: &Mention) -> Option<usize> {
    if let Some(from) = this_post(words, tokens, mention.first) {
        return Some(from);
    }
    let from = sentence_before(words, tokens, mention.first)?;
    let opens = from < mention.first || opens_text(tokens, mention);
    (opens || is_heading(tokens, mention) || is_explained(words, tokens, mention)).then_some(from)
}

/// Where the sentence starts that leads up to a mention with nothing but words of opening.
fn sentence_before(words: &Words, tokens: &[Token<'_>], mention: usize) -> Option<usize> {
    for back in 0..=OPENING_WORDS_MAX {
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
        let leads = match before.kind {
            Kind::Word => words.is(before, |cues| cues.openers),
            // "12 Thing 12" is a line of a list.
            Kind::Number(_) => false,
            Kind::Masked | Kind::Mark(_) => true,
        };
        if !leads {
            return None;
        }
    }
    None
}

/// Where "this post" stands in the sentence of a mention: "This post was written for Thing 14".
fn this_post(words: &Words, tokens: &[Token<'_>], mention: usize) -> Option<usize> {
    let from = mention.saturating_sub(POST_WORDS_MAX);
    let ends = |at: usize| {
        tokens[at].heads_line
            || tokens[at].is_mark(|mark| matches!(mark, '.' | '!' | '?' | ';' | '\0'))
    };
    let mut at = mention;
    while at > from && !ends(at) {
        at -= 1;
        let points = words.is(&tokens[at], |cues| cues.this);
        let next = |by: usize| {
            let token = tokens.get(at + by).filter(|_| at + by < mention);
            token.is_some_and(|token| words.is(token, |cues| cues.post))
        };
        if points && (next(1) || next(2)) {
            return Some(at);
        }
    }
    None
}

/// Whether the text begins with the mention, names of the programme and marks apart.
fn opens_text(tokens: &[Token<'_>], mention: &Mention) -> bool {
    tokens[mention.first].start < OPENING_MAX / 4
        && tokens[..mention.first]
            .iter()
            .all(|token| token.kind == Kind::Masked || token.is_mark(|mark| mark != '\0'))
}

/// Whether a mention is a heading: alone at the start of its line, or followed there by a colon or a dash.
fn is_heading(tokens: &[Token<'_>], mention: &Mention) -> bool {
    let starts = tokens[..=mention.first]
        .iter()
        .rev()
        .find(|token| token.heads_line || token.kind != Kind::Masked)
        .is_some_and(|token| token.heads_line);
    starts && is_headed(tokens, mention)
}

/// Whether a mention heads a part of a text that came without line breaks: "…done. Thing 7: networks".
fn is_listed(tokens: &[Token<'_>], mention: &Mention) -> bool {
    let before = tokens[..mention.first]
        .iter()
        .rfind(|token| token.kind != Kind::Masked);
    let starts = before.is_none_or(|before| {
        before.is_mark(|mark| matches!(mark, '.' | '!' | '?' | ';' | '"' | '“' | '”' | '•' | '*'))
    });
    starts && is_headed(tokens, mention)
}

fn is_headed(tokens: &[Token<'_>], mention: &Mention) -> bool {
    tokens.get(mention.end).is_none_or(|next| {
        next.heads_line
            || next.is_mark(|mark| mark == ':' || mark == '\0')
            || (next.spaced && next.is_mark(is_dash))
    })
}

/// Whether the text goes on to say what the Thing is: "is all about", "asks us".
fn is_explained(words: &Words, tokens: &[Token<'_>], mention: &Mention) -> bool {
    let is = |token: &Token<'_>| words.is(token, |cues| cues.is);
    let about = |token: &Token<'_>| words.is(token, |cues| cues.about);
    match tokens.get(mention.end..).unwrap_or_default() {
        [asks, ..] if words.is(asks, |cues| cues.asks) => true,
        [first, second, ..] if is(first) && about(second) => true,
        [first, _, third, ..] => is(first) && about(third),
        _ => false,
    }
}

/// Whether the unit word stands inside a sentence with a capital: the course's Thing, not any thing.
pub(super) fn has_capital_unit(tagger: &Tagger, text: &Text<'_>) -> bool {
    let tokens = text.tokens();
    (1..tokens.len()).any(|at| {
        let inside = tokens[at - 1].kind == Kind::Word && !tokens[at].heads_line;
        let capital = tokens[at].is_capitalised() && tagger.grammar.unit_at(tokens, at).is_some();
        inside
            && (capital || tokens[at].kind == Kind::Masked && counts_units(tagger, tokens[at].text))
    })
}

/// Whether this is a count of Things with a capital: "for 9 Things now".
fn counts_units(tagger: &Tagger, masked: &str) -> bool {
    let tokens = crate::tagging::tokens::tokens(masked);
    let unit_at = |at: usize| tagger.grammar.unit_at(&tokens, at).is_some();
    (0..tokens.len()).any(|at| tokens[at].is_capitalised() && unit_at(at))
}
