//! What in a post speaks for a Thing, in order of trust: the first signal that says anything silences the rest,
//! except for a title that may only count the blog's posts.
//!
//! A post that names another programme and not ours gets no tag at all, since the numbers are that programme's.
//! An organiser's exclusions and weights are heard here. It must not know how numbers are written; that is the
//! grammar's.

mod address;
mod journey;
mod numbers;
mod opening;
mod topics;

use super::post::Post;
use super::{Tagger, absent};
use crate::model::{Place, Signal, Tag, TagState, Weight};

pub(super) use address::Briefs;
pub(super) use journey::Journey;

/// What the rules make of a post, and how they came to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// Why the post was not looked at any further, where that is so.
    pub silence: Option<Silence>,
    /// Every signal that said something, in order of trust.
    pub fired: Vec<Fired>,
    /// Numbers that the title names like a Thing's and that no Thing of the course has.
    pub absent: Vec<u32>,
    /// What came of it, by ascending Thing.
    pub tags: Vec<Tag>,
}

/// A signal that said something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fired {
    /// The signal.
    pub signal: Signal,
    /// What it is worth in this course.
    pub weight: Weight,
    /// What it says; the states are those that it would give.
    pub tags: Vec<Tag>,
    /// Whether it was listened to, or silenced by one before it.
    pub won: bool,
}

/// Why a post is on no Thing whatever its signals say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Silence {
    /// Its title or a category names another programme, and nothing in it names ours.
    Stranger,
    /// Its title has these words, which the organiser excepted.
    Excepted(String),
    /// It lacks the labels that the organiser asks of this blog.
    Unlabelled,
}

/// A signal that is not sure and names more Things than this has found an index.
const SUGGESTIONS_MAX: usize = 4;

/// The tags of a post, by ascending Thing.
pub(super) fn tags(tagger: &Tagger, post: &Post<'_>) -> Vec<Tag> {
    if silence(tagger, post).is_some() {
        return Vec::new();
    }
    let mut won: Vec<Tag> = Vec::new();
    let mut by = None;
    for signal in Signal::ALL {
        if is_heard(by, signal, post) {
            let tags = said(tagger, post, signal);
            by = by.or(silences(signal, &tags).then_some(signal));
            join(&mut won, tags);
        }
    }
    doubted(post, &mut won);
    won
}

/// The same as [`tags`] for a post whose body cannot matter: the title names the course by a name of its own, so that
/// nothing is doubted, and a Thing by number, so that nothing else is heard.
pub(super) fn tags_by_title(tagger: &Tagger, post: &Post<'_>) -> Option<Vec<Tag>> {
    if !post.is_headed_ours() || opening::catches_up(post) {
        return None;
    }
    if silence(tagger, post).is_some() {
        return Some(Vec::new());
    }
    let tags = said(tagger, post, Signal::Title);
    (!tags.is_empty()).then_some(tags)
}

/// The same as [`tags`], with every signal that said something.
pub(super) fn explain(tagger: &Tagger, post: &Post<'_>) -> Explanation {
    let silence = silence(tagger, post);
    let mut by = silence.is_some().then_some(Signal::Title);
    let mut fired = Vec::new();
    for signal in Signal::ALL {
        let tags = said(tagger, post, signal);
        if tags.is_empty() {
            continue;
        }
        let won = silence.is_none() && is_heard(by, signal, post);
        by = by.or(silences(signal, &tags).then_some(signal));
        fired.push(Fired {
            signal,
            weight: tagger.rules.weight(signal),
            tags,
            won,
        });
    }
    let tags = tags(tagger, post);
    Explanation {
        silence,
        fired,
        absent: absent::in_title(&tagger.grammar, &tagger.names, post.title.text),
        tags,
    }
}

/// Whether a signal is heard after another one has spoken.
fn is_heard(by: Option<Signal>, signal: Signal, post: &Post<'_>) -> bool {
    match by {
        None => true,
        Some(Signal::Title) => signal == Signal::Headings && opening::catches_up(post),
        Some(_) => false,
    }
}

/// Whether a signal that says this silences those after it. "cpd23 #5" does not, because the number may count the posts,
/// so that it only suggests one more Thing.
fn silences(signal: Signal, tags: &[Tag]) -> bool {
    let counts = |tag: &Tag| tag.state == TagState::Suggested && tag.evidence.place == Place::Title;
    let only_counts = signal == Signal::Mention && tags.iter().all(counts);
    !tags.is_empty() && !only_counts
}

/// What a signal says, with the state that its weight gives.
fn said(tagger: &Tagger, post: &Post<'_>, signal: Signal) -> Vec<Tag> {
    let weight = tagger.rules.weight(signal);
    if weight == Weight::Off {
        return Vec::new();
    }
    let mut tags = match signal {
        Signal::Title => numbers::in_title(tagger, post),
        Signal::Words => tagger.own.tags(post),
        Signal::Category => numbers::in_categories(tagger, post),
        Signal::Address => address::in_address(tagger, post),
        Signal::Link => address::in_links(tagger, post),
        Signal::Headings => opening::by_headings(tagger, post),
        Signal::Opening => opening::by_cue(tagger, post),
        Signal::Agreement => topics::by_agreement(tagger, post),
        Signal::Joining => tagger.journey.by_name(tagger, post),
        Signal::Mention => in_passing(tagger, post),
        Signal::Topics => topics::in_title(tagger, post),
        Signal::Subject => topics::in_opening(tagger, post),
        Signal::Journey => tagger.journey.tags(tagger, post),
    };
    if weight == Weight::Suggest {
        for tag in &mut tags {
            tag.state = TagState::Suggested;
        }
    }
    tags.retain(|tag| !tagger.own.is_not_on(tag.thing, post));
    sorted(tags)
}

/// What names a Thing weakly: the opening of the text, and a title by the course's name.
fn in_passing(tagger: &Tagger, post: &Post<'_>) -> Vec<Tag> {
    let mut tags = opening::by_weak_cue(tagger, post);
    tags.extend(numbers::by_name(tagger, post));
    tags
}

/// By ascending Thing, each once. The best evidence of a Thing is the first, and the sort keeps it there.
fn sorted(mut tags: Vec<Tag>) -> Vec<Tag> {
    tags.sort_by_key(|tag| (tag.thing, tag.state));
    tags.dedup_by_key(|tag| tag.thing);
    tags
}

fn join(won: &mut Vec<Tag>, more: Vec<Tag>) {
    won.extend(more);
    *won = sorted(std::mem::take(won));
}

/// Only suggests where the text names another programme and nothing names ours.
fn doubted(post: &Post<'_>, tags: &mut [Tag]) {
    // Mostly the headings name us, and the body need not be read.
    if !tags.is_empty() && !post.names_us() && post.body().masked.stranger {
        for tag in tags {
            tag.state = TagState::Suggested;
        }
    }
}

fn silence(tagger: &Tagger, post: &Post<'_>) -> Option<Silence> {
    if post.is_headed_strange() && !post.names_us() {
        return Some(Silence::Stranger);
    }
    tagger.own.silence(post)
}

/// Nothing, where so many Things are named that the post is on none of them.
fn few(tags: Vec<Tag>) -> Vec<Tag> {
    if things(&tags).len() > SUGGESTIONS_MAX {
        return Vec::new();
    }
    tags
}

/// The Things of some tags, each once.
fn things(tags: &[Tag]) -> Vec<u16> {
    let mut things: Vec<u16> = tags.iter().map(|tag| tag.thing).collect();
    things.sort_unstable();
    things.dedup();
    things
}

fn suggest(tags: &mut [Tag]) {
    for tag in tags {
        tag.state = TagState::Suggested;
    }
}
