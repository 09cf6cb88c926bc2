//! Which Things a post addresses, and why we think so.
//!
//! ```text
//! EntryText --bound--> openings --tokens--> words, numbers, marks --masking--> names of programmes taken out
//!   --grammar--> mentions of Things --signals, in order of trust--> Vec<Tag{thing, state, evidence}>
//! ```
//!
//! Everything follows from the course: its unit word, its names, its Things, its organiser's own rules. This room
//! must not know where a post came from, what was decided on it before, or what day it is.

mod absent;
mod finder;
mod grammar;
mod language;
mod masking;
mod mentions;
mod own;
mod post;
mod quote;
mod signals;
mod stamp;
mod tokens;
mod vocabulary;

#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod habits;
#[cfg(test)]
mod laws;
#[cfg(test)]
mod own_rules;
#[cfg(test)]
mod traps;

use crate::model::{Course, EntryText, Fingerprint, Mention, Rules, Tag};
use grammar::Grammar;
use masking::Names;
use own::Own;
use post::{Anchors, Post};
use signals::{Briefs, Journey};
use vocabulary::Vocabulary;

use mentions::Topics;
pub use mentions::mentions;
pub use own::{PatternFault, check_pattern, has_group};
pub use signals::{Explanation, Fired, Silence};

/// Raised whenever the same course gives other tags to some post than before; a part of every fingerprint.
pub const VERSION: u32 = 2;

/// What the rules of a course are, without making them ready: that of [`Tagger::fingerprint`].
pub fn fingerprint(course: &Course) -> Fingerprint {
    stamp::stamp(course, VERSION)
}

/// The rules of one course, ready to read posts.
#[derive(Debug, Clone)]
pub struct Tagger {
    rules: Rules,
    grammar: Grammar,
    names: Names,
    anchors: Anchors,
    vocabulary: Vocabulary,
    briefs: Briefs,
    journey: Journey,
    own: Own,
    topics: Topics,
    fingerprint: Fingerprint,
}

impl Tagger {
    /// Makes the rules from a course. Whatever an organiser wrote there, this succeeds.
    pub fn new(course: &Course) -> Self {
        let grammar = Grammar::new(course);
        let names = Names::new(course, &grammar);
        let briefs = Briefs::new(course);
        Self {
            rules: course.rules.clone(),
            anchors: Anchors::new(&names, &grammar, !briefs.is_empty()),
            vocabulary: Vocabulary::new(course),
            journey: Journey::new(course),
            own: Own::new(course),
            topics: Topics::new(&course.things),
            fingerprint: fingerprint(course),
            grammar,
            names,
            briefs,
        }
    }

    /// What these rules are: a tagger with the same fingerprint gives the same tags to the same posts.
    pub fn fingerprint(&self) -> Fingerprint {
        self.fingerprint
    }

    /// The fingerprint of the topics that [`Tagger::mentions`] looks for.
    pub fn topics(&self) -> Fingerprint {
        self.topics.fingerprint
    }

    /// What a post with these tags mentions of the topics of its Things, but not of those that are only suggested.
    pub fn mentions(&self, entry: &EntryText, tags: &[Tag]) -> Vec<Mention> {
        self.topics.mentions(entry, tags)
    }

    /// The Things that a post addresses, by ascending number; for each one tag, with the best evidence.
    pub fn tags(&self, entry: &EntryText) -> Vec<Tag> {
        signals::tags(self, &Post::read(self, entry))
    }

    /// The tags of a post whose title settles them whatever its text says, so that the text need not be read; nothing
    /// where it has to be.
    pub fn tags_by_title(&self, entry: &EntryText) -> Option<Vec<Tag>> {
        if !self.anchors.may_have_unit(&entry.title) {
            return None;
        }
        signals::tags_by_title(self, &Post::read(self, entry))
    }

    /// Whether a link is worth giving to the rules: all others say nothing. It need not be a well-formed one.
    pub fn may_follow(&self, link: &str) -> bool {
        self.briefs.may_be(link)
    }

    /// The tags with every signal that said something, for whoever wonders about one.
    pub fn explain(&self, entry: &EntryText) -> Explanation {
        signals::explain(self, &Post::read(self, entry))
    }
}
