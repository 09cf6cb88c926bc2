//! Things by number in the short texts that people choose with care: the title, the categories.

use super::few;
use crate::model::{Place, Rule, Tag};
use crate::tagging::Tagger;
use crate::tagging::grammar::Mention;
use crate::tagging::post::Post;
use crate::tagging::tokens::{Kind, Token};

/// The title names a Thing by number.
pub(super) fn in_title(tagger: &Tagger, post: &Post<'_>) -> Vec<Tag> {
    let title = &post.title;
    let grammar = &tagger.grammar;
    let mut mentions = grammar.mentions(title.tokens());
    if mentions.is_empty() {
        mentions = grammar.slips(title.tokens());
    }
    if !mentions.is_empty() {
        return title.tags(&mentions, Rule::Number, Place::Title);
    }
    // Only where there is a fraction does it matter what the post speaks of.
    let out_of = grammar.out_of(title.tokens(), || post.names_programme());
    title.tags(&out_of, Rule::OutOf, Place::Title)
}

/// The title is a name of the course and a number: "cpd23 #5". The number may count the posts, though.
pub(super) fn by_name(tagger: &Tagger, post: &Post<'_>) -> Vec<Tag> {
    let title = &post.title;
    if !title.masked.named {
        return Vec::new();
    }
    let tokens = title.tokens();
    let (grammar, names) = (&tagger.grammar, &tagger.names);
    let mut mentions = grammar.named(tokens, |at| {
        tokens[at].kind == Kind::Masked && names.is_name(grammar, tokens[at].text)
    });
    mentions.retain(|mention| is_whole(tokens, mention));
    few(title.tags(&mentions, Rule::Number, Place::Title))
}

/// Whether a name and its number are all that a title says; what stands behind a mark, or behind "#5", may say more.
fn is_whole(tokens: &[Token<'_>], mention: &Mention) -> bool {
    let is_mark = |token: &Token<'_>| matches!(token.kind, Kind::Mark(_));
    let begins = tokens[..mention.first]
        .iter()
        .all(|token| matches!(token.kind, Kind::Masked | Kind::Mark(_)));
    let number = &tokens[mention.first + 1];
    let apart = number.spaced || is_mark(number);
    let is_hash = |token: &Token<'_>| token.is_mark(|mark| matches!(mark, '#' | '№'));
    let hashed = tokens[mention.first..mention.end].iter().any(is_hash);
    let ends = match &tokens[mention.end..] {
        [] => true,
        // "#1 fan" is a rank.
        [next, ..] if hashed && next.spaced => {
            mention.things != [1] || next.is_capitalised() || is_mark(next)
        }
        // "1, me: 0" is a score.
        [next, ..] if !hashed && next.is_mark(|mark| mark == ',') => false,
        [next] => is_mark(next),
        // "7/23" and "7:30" are no Things.
        [next, more, ..] => is_mark(next) && more.spaced,
    };
    begins && apart && ends
}

/// A category is a Thing's number: it starts with it, names of the programme apart.
pub(super) fn in_categories(tagger: &Tagger, post: &Post<'_>) -> Vec<Tag> {
    let tags = post.categories.iter().flat_map(|category| {
        let mut mentions = tagger.grammar.mentions(category.tokens());
        if mentions.is_empty() {
            mentions = tagger.grammar.slips(category.tokens());
        }
        mentions.retain(|mention| {
            category.tokens()[..mention.first]
                .iter()
                .all(|token| matches!(token.kind, Kind::Masked | Kind::Mark(_)))
        });
        category.tags(&mentions, Rule::Number, Place::Category)
    });
    tags.collect()
}
