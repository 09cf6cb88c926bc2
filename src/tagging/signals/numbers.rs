//! Things by number in the short texts that people choose with care: the title, the categories.

use crate::model::{Place, Rule, Tag};
use crate::tagging::Tagger;
use crate::tagging::post::Post;
use crate::tagging::tokens::Kind;

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
