//! The words of the interface, all in one place: a file for each kind of page, each with every language side by side.
//!
//! A language that lacks a word does not compile. Templates see the words as `frame.words.PAGE.NAME`; a sentence with a gap
//! such as `{count}` is filled by the filter `with`, as in `{{ frame.words.home.listed|with(count=participants) }}`,
//! and a gap may hold a link that the template has set. Code fills it with [`with`]. The tagger's own language is the
//! course's (`language` in feeds.toml), and so is ours.

pub(super) mod about;
pub(super) mod cause;
mod dates;
mod frame;
mod lists;
mod people;
mod posts;
mod problem;
pub(super) mod progress;
mod search;
pub(super) mod status;
mod subscribe;
mod things;
pub(super) mod why;

use std::sync::LazyLock;

use minijinja::value::{Kwargs, Serde};
use minijinja::{Error, Value};
use serde::Serialize;

use crate::model::Language;

/// Every word and sentence that a page shows of its own.
#[derive(Debug, Serialize)]
pub(super) struct Words {
    /// The language's tag for `lang` (BCP 47).
    pub(super) tag: &'static str,
    /// What stands on every page.
    pub(super) frame: frame::Frame,
    /// The pages that say what is wrong.
    pub(super) problem: problem::Problem,
    /// Groups, and posts that wait for a comment.
    pub(super) lists: lists::Lists,
    /// Searching.
    pub(super) search: search::Search,
    /// Subscribing.
    pub(super) subscribe: subscribe::Subscribe,
    /// Posts, in lists and alone.
    pub(super) posts: posts::Posts,
    /// The first page and the Things.
    pub(super) things: things::Things,
    /// The page on the planet.
    pub(super) about: about::About,
    /// Days, months and numbers of Things.
    pub(super) dates: dates::Dates,
    /// The participants, each and all.
    pub(super) people: people::People,
    /// Who has posted on what.
    pub(super) progress: progress::Progress,
    /// How the blogs fare.
    pub(super) status: status::Status,
    /// "Why isn't my post here?"
    pub(super) why: why::Why,
}

/// A noun with its plural and what stands for none of them.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Noun {
    /// None: `no posts`.
    pub(super) none: &'static str,
    /// One: `1 post`.
    pub(super) one: &'static str,
    /// Several: `{number} posts`.
    pub(super) many: &'static str,
}

const ENGLISH: Words = Words {
    tag: "en",
    frame: frame::ENGLISH,
    problem: problem::ENGLISH,
    lists: lists::ENGLISH,
    search: search::ENGLISH,
    subscribe: subscribe::ENGLISH,
    posts: posts::ENGLISH,
    things: things::ENGLISH,
    about: about::ENGLISH,
    dates: dates::ENGLISH,
    people: people::ENGLISH,
    progress: progress::ENGLISH,
    status: status::ENGLISH,
    why: why::ENGLISH,
};

const GERMAN: Words = Words {
    tag: "de",
    frame: frame::GERMAN,
    problem: problem::GERMAN,
    lists: lists::GERMAN,
    search: search::GERMAN,
    subscribe: subscribe::GERMAN,
    posts: posts::GERMAN,
    things: things::GERMAN,
    about: about::GERMAN,
    dates: dates::GERMAN,
    people: people::GERMAN,
    progress: progress::GERMAN,
    status: status::GERMAN,
    why: why::GERMAN,
};

/// The words in this language.
pub(super) fn words(language: Language) -> &'static Words {
    match language {
        Language::English => &ENGLISH,
        Language::German => &GERMAN,
    }
}

/// The words as templates get them.
pub(super) fn for_templates(language: Language) -> Value {
    static VALUES: LazyLock<Vec<Value>> = LazyLock::new(|| {
        let of = |language: &Language| Value::from(Serde(words(*language)));
        Language::ALL.iter().map(of).collect()
    });
    let at = Language::ALL.iter().position(|other| *other == language);
    at.and_then(|at| VALUES.get(at))
        .cloned()
        .unwrap_or_default()
}

/// A number of something in words: `no posts`, `1 post`, `1,204 posts`.
pub(super) fn count(number: u64, noun: &Noun, language: Language) -> String {
    match number {
        0 => noun.none.to_owned(),
        1 => noun.one.to_owned(),
        _ => with(noun.many, &[("number", &grouped(number, language))]),
    }
}

/// A number with its thousands apart: `1,204`, `1.204`.
pub(super) fn grouped(number: u64, language: Language) -> String {
    let english = super::words::grouped(number);
    match language {
        Language::English => english,
        Language::German => english.replace(',', "."),
    }
}

/// A sentence with its gaps filled, as plain text. A gap that nobody fills stays as it is, which a test would see.
pub(super) fn with(sentence: &str, gaps: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(sentence.len() + 32);
    for piece in pieces(sentence) {
        match piece {
            Piece::Text(text) => filled.push_str(text),
            Piece::Gap(name) => match gaps.iter().find(|(gap, _)| *gap == name) {
                Some((_, value)) => filled.push_str(value),
                None => filled.extend(["{", name, "}"]),
            },
        }
    }
    filled
}

/// The filter `with` of the templates: the sentence and what fills its gaps are escaped, but for markup that the
/// template itself has set.
///
/// # Errors
///
/// When a gap is not filled, or something is given for which the sentence has no gap.
#[expect(
    clippy::needless_pass_by_value,
    reason = "a filter owns its arguments by minijinja's rules"
)]
pub(super) fn with_filter(sentence: &str, gaps: Kwargs) -> Result<Value, Error> {
    let mut filled = String::with_capacity(sentence.len() + 64);
    for piece in pieces(sentence) {
        match piece {
            Piece::Text(text) => super::engine::escape_into(&mut filled, text),
            Piece::Gap(name) => {
                let value: Value = gaps.get(name)?;
                match value.as_str() {
                    Some(markup) if value.is_safe() => filled.push_str(markup),
                    Some(text) => super::engine::escape_into(&mut filled, text),
                    None => super::engine::escape_into(&mut filled, &value.to_string()),
                }
            }
        }
    }
    gaps.assert_all_used()?;
    Ok(Value::from_safe_string(filled))
}

/// A part of a sentence.
enum Piece<'a> {
    Text(&'a str),
    Gap(&'a str),
}

fn pieces(sentence: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = sentence;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let gap = rest
            .strip_prefix('{')
            .and_then(|after| after.split_once('}'));
        if let Some((name, after)) = gap {
            rest = after;
            return Some(Piece::Gap(name));
        }
        let end = rest.char_indices().skip(1).find(|(_, c)| *c == '{');
        let (text, after) = rest.split_at(end.map_or(rest.len(), |(at, _)| at));
        rest = after;
        Some(Piece::Text(text))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_is_filled_wherever_it_stands() {
        let gaps = [("count", "3 posts"), ("who", "Ann")];
        assert_eq!(with("{who} wrote {count}.", &gaps), "Ann wrote 3 posts.");
        assert_eq!(with("nothing to fill", &gaps), "nothing to fill");
        assert_eq!(with("{count}{who}", &gaps), "3 postsAnn");
        assert_eq!(with("{unknown} and {", &gaps), "{unknown} and {");
    }

    #[test]
    fn a_template_fills_a_sentence_with_text_and_links() {
        let env = super::super::engine::environment(None);
        let check = |source: &str, wanted: Option<&str>| {
            let page = env.render_named_str("x.html", source, minijinja::context! { a => "<b>" });
            assert_eq!(page.ok().as_deref(), wanted, "{source}");
        };
        check(
            "{% set link %}<a href=\"/x\">{{ a }}</a>{% endset %}{{ \"Tom & {it}\"|with(it=link) }}",
            Some("Tom &amp; <a href=\"/x\">&lt;b&gt;</a>"),
        );
        check(
            "{{ \"{n} of {a}\"|with(n=3, a=a) }}",
            Some("3 of &lt;b&gt;"),
        );
        check("{{ \"{n}\"|with() }}", None);
        check("{{ \"none\"|with(n=1) }}", None);
    }

    #[test]
    fn every_language_fills_the_same_gaps() {
        let english = all_words(words(Language::English));
        assert!(english.len() > 10, "the words were found");
        for language in Language::ALL {
            let theirs = all_words(words(language));
            assert_eq!(english.len(), theirs.len());
            for ((name, ours), (_, other)) in english.iter().zip(&theirs) {
                assert_eq!(gaps(ours), gaps(other), "{name} in {}", language.code());
                assert!(!other.trim().is_empty(), "{name} in {}", language.code());
            }
        }
    }

    /// Every word with the way to it.
    fn all_words(words: &Words) -> Vec<(String, String)> {
        let mut found = Vec::new();
        walk("words", &Value::from(Serde(words)), &mut found);
        found.sort();
        found
    }

    fn walk(name: &str, value: &Value, found: &mut Vec<(String, String)>) {
        if let Some(text) = value.as_str() {
            found.push((name.to_owned(), text.to_owned()));
        } else if let Ok(keys) = value.try_iter() {
            for key in keys {
                let inner = value.get_item(&key).unwrap_or_default();
                walk(&format!("{name}.{key}"), &inner, found);
            }
        }
    }

    fn gaps(sentence: &str) -> Vec<&str> {
        let mut gaps: Vec<&str> = pieces(sentence)
            .filter_map(|piece| match piece {
                Piece::Gap(name) => Some(name),
                Piece::Text(_) => None,
            })
            .collect();
        gaps.sort_unstable();
        gaps
    }
}
