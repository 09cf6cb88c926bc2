//! An organiser's own words, patterns and exclusions.
//!
//! They are checked where feeds.toml is read; a pattern that cannot be used here says nothing. This room must not
//! know where they were written.

use std::collections::BTreeMap;

use regex::{Regex, RegexBuilder};

use super::post::{Post, tag};
use super::quote::quote;
use super::signals::Silence;
use super::vocabulary::Phrases;
use crate::model::{BlogRules, Course, Place, Rule, Tag};

/// The organiser's own rules, ready to read posts.
#[derive(Debug, Clone)]
pub(super) struct Own {
    /// Words that say that a post is on a Thing.
    words: Phrases<u16>,
    /// Patterns with a number in a group.
    numbered: Vec<Regex>,
    /// Patterns of one Thing.
    patterns: Vec<(u16, Regex)>,
    /// Words that say that a post is on no Thing.
    except: Phrases<()>,
    /// Words that say that a post is not on this Thing.
    not_on: Phrases<u16>,
    blogs: BTreeMap<String, Blog>,
    /// The numbers of the course's Things.
    things: Vec<u16>,
}

#[derive(Debug, Clone)]
struct Blog {
    rules: BlogRules,
    except: Phrases<()>,
}

/// Bytes that one pattern may take, and its automaton when it runs.
const PATTERN_MAX: usize = 256 << 10;
/// Longest pattern, in bytes.
const PATTERN_BYTES_MAX: usize = 500;

/// What is wrong with a pattern: in words, and from which byte of it to which.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatternFault {
    /// What is wrong.
    pub message: String,
    /// Where, in bytes; the whole pattern where it is no single place.
    pub span: std::ops::Range<usize>,
}

/// Reads a pattern as the rules do: case-insensitive, and bounded in size.
///
/// # Errors
///
/// Where it is not a regular expression, is too large, or would fit everywhere.
pub fn check_pattern(pattern: &str) -> Result<(), PatternFault> {
    regex(pattern).map(drop)
}

/// Whether a pattern has a group, which holds a Thing's number where the pattern stands for the whole course.
pub fn has_group(pattern: &str) -> bool {
    regex(pattern).is_ok_and(|regex| regex.captures_len() > 1)
}

fn regex(pattern: &str) -> Result<Regex, PatternFault> {
    let fault = |message: &str, span| PatternFault {
        message: message.to_owned(),
        span,
    };
    let whole = 0..pattern.len();
    if pattern.len() > PATTERN_BYTES_MAX {
        return Err(fault("is longer than 500 characters", whole));
    }
    let built = RegexBuilder::new(pattern)
        .case_insensitive(true)
        .size_limit(PATTERN_MAX)
        .dfa_size_limit(PATTERN_MAX)
        .build();
    match built {
        Ok(regex) if regex.is_match("") => Err(fault("fits every title", whole)),
        Ok(regex) => Ok(regex),
        Err(regex::Error::CompiledTooBig(_)) => Err(fault("is too large", whole)),
        Err(error) => Err(located(pattern, &error.to_string())),
    }
}

/// The place and the cause in what the regex crate prints: the pattern, a line of carets, and "error: …".
fn located(pattern: &str, printed: &str) -> PatternFault {
    let cause = printed
        .lines()
        .find_map(|line| line.strip_prefix("error: "))
        .unwrap_or("it is not a regular expression");
    let marks = printed
        .lines()
        .find(|line| line.contains('^') && line.trim().bytes().all(|byte| byte == b'^'));
    // What is printed is indented by four spaces.
    let columns = marks.and_then(|line| {
        let start = line.find('^')?.checked_sub(4)?;
        Some((start, line.trim().len()))
    });
    let byte = |column: usize| {
        let place = pattern.char_indices().nth(column);
        place.map_or(pattern.len(), |(byte, _)| byte)
    };
    let span = match columns {
        Some((start, len)) => byte(start)..byte(start + len),
        None => 0..pattern.len(),
    };
    PatternFault {
        message: format!("is no regular expression: {cause}"),
        span,
    }
}

impl Own {
    /// The organiser's own rules for this course.
    pub(super) fn new(course: &Course) -> Self {
        let rules = &course.rules;
        let of_things = |texts: fn(&crate::model::ThingRules) -> &[String]| {
            let all = rules.things.iter().flat_map(move |(number, thing)| {
                texts(thing).iter().map(|text| (text.as_str(), *number))
            });
            all.collect::<Vec<_>>()
        };
        let none = |texts: &[String]| Phrases::new(texts.iter().map(|text| (text.as_str(), ())));
        Self {
            words: Phrases::new(of_things(|thing| &thing.words)),
            not_on: Phrases::new(of_things(|thing| &thing.except)),
            patterns: of_things(|thing| &thing.patterns)
                .into_iter()
                .filter_map(|(pattern, number)| Some((number, regex(pattern).ok()?)))
                .collect(),
            numbered: rules
                .patterns
                .iter()
                .filter_map(|pattern| regex(pattern).ok())
                .collect(),
            except: none(&rules.except),
            blogs: rules
                .blogs
                .iter()
                .map(|(slug, rules)| {
                    let rules = rules.clone();
                    let except = none(&rules.except);
                    (slug.clone(), Blog { rules, except })
                })
                .collect(),
            things: course.things.iter().map(|thing| thing.number).collect(),
        }
    }

    /// What the organiser's own words and patterns say.
    pub(super) fn tags(&self, post: &Post<'_>) -> Vec<Tag> {
        let title = post.title.text;
        let mut tags = Vec::new();
        let texts = std::iter::once((title, Place::Title));
        let categories = post
            .categories
            .iter()
            .map(|category| (category.text, Place::Category));
        for (text, place) in texts.chain(categories) {
            let found = self.words.find(text).into_iter();
            tags.extend(
                found.map(|(thing, span)| tag(thing, Rule::Words, place, quote(text, span))),
            );
        }
        for (thing, pattern) in &self.patterns {
            if let Some(found) = pattern.find(title) {
                let words = quote(title, found.range());
                tags.push(tag(*thing, Rule::Pattern, Place::Title, words));
            }
        }
        for pattern in &self.numbered {
            tags.extend(pattern.captures_iter(title).filter_map(|found| {
                let mut groups = found.iter().skip(1).flatten();
                let number: u16 = groups.find_map(|group| group.as_str().parse().ok())?;
                let words = quote(title, found.get(0)?.range());
                self.things
                    .contains(&number)
                    .then(|| tag(number, Rule::Pattern, Place::Title, words))
            }));
        }
        tags.retain(|tag| self.things.contains(&tag.thing) && !tag.evidence.quote.is_empty());
        tags
    }

    /// Whether the title has words that say that the post is not on this Thing.
    pub(super) fn is_not_on(&self, thing: u16, post: &Post<'_>) -> bool {
        let found = self.not_on.find(post.title.text);
        found.iter().any(|(other, _)| *other == thing)
    }

    /// Whether an organiser's rule keeps the post from every Thing.
    pub(super) fn silence(&self, post: &Post<'_>) -> Option<Silence> {
        let title = post.title.text;
        let blog = self.blog(post);
        let excepted = [Some(&self.except), blog.map(|blog| &blog.except)];
        for phrases in excepted.into_iter().flatten() {
            if let Some(((), span)) = phrases.find(title).into_iter().next() {
                return Some(Silence::Excepted(quote(title, span)));
            }
        }
        let labels = blog.map(|blog| &blog.rules.labels)?;
        let has_label = || {
            post.categories
                .iter()
                .any(|category| labels.iter().any(|label| is_label(category.text, label)))
        };
        (!labels.is_empty() && !has_label()).then_some(Silence::Unlabelled)
    }

    /// Whether the post is on a blog that was made for this course.
    pub(super) fn is_course_only(&self, post: &Post<'_>) -> bool {
        self.blog(post).is_some_and(|blog| blog.rules.course_only)
    }

    fn blog(&self, post: &Post<'_>) -> Option<&Blog> {
        self.blogs.get(post.participant()?)
    }
}

/// Whether a category is this label, in any case and with or without a #.
fn is_label(category: &str, label: &str) -> bool {
    let bare = |text: &str| text.trim().trim_start_matches('#').to_lowercase();
    bare(category) == bare(label)
}
