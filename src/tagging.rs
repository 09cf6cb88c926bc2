//! Which Things a post addresses, and why we think so.
//!
//! ```text
//! EntryText --bound--> openings --tokens--> words, numbers, marks --masking--> names of programmes taken out
//!   --grammar--> mentions of Things --signals, in order of trust--> Vec<Tag{thing, state, evidence}>
//! ```
//!
//! Everything follows from the course: its unit word, its names, its Things. This room must not know where a post
//! came from, what was decided on it before, or what day it is.

mod grammar;
mod masking;
mod quote;
mod signals;
mod stamp;
mod tokens;
mod vocabulary;

#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod traps;

use crate::model::{Course, EntryText, Fingerprint, Tag};
use grammar::Grammar;
use masking::Names;
use signals::{Briefs, Post};
use vocabulary::Vocabulary;

/// Raised whenever the same course gives other tags to some post than before; a part of every fingerprint.
pub const VERSION: u32 = 1;

/// The rules of one course, ready to read posts.
#[derive(Debug, Clone)]
pub struct Tagger {
    grammar: Grammar,
    names: Names,
    vocabulary: Vocabulary,
    briefs: Briefs,
    fingerprint: Fingerprint,
}

impl Tagger {
    /// Makes the rules from a course. Whatever an organiser wrote there, this succeeds.
    pub fn new(course: &Course) -> Self {
        let grammar = Grammar::new(course);
        Self {
            names: Names::new(course, &grammar),
            vocabulary: Vocabulary::new(course),
            briefs: Briefs::new(course),
            fingerprint: stamp::stamp(course, VERSION),
            grammar,
        }
    }

    /// What these rules are: a tagger with the same fingerprint gives the same tags to the same posts.
    pub fn fingerprint(&self) -> Fingerprint {
        self.fingerprint
    }

    /// The Things that a post addresses, by ascending number; for each one tag, with the best evidence.
    pub fn tags(&self, entry: &EntryText) -> Vec<Tag> {
        signals::tags(self, &Post::read(self, entry))
    }
}
