//! The rules of the course. They are made ready when the first post is read, because most rounds bring none, and that
//! takes longer than asking a hundred blogs.

use std::sync::OnceLock;

use crate::model::{Course, Fingerprint};
use crate::tagging::{self, Tagger};

/// The rules by which a poller tags.
#[derive(Debug)]
pub(super) struct Rules {
    course: Course,
    fingerprint: Fingerprint,
    tagger: OnceLock<Tagger>,
}

impl Rules {
    /// Those of this course.
    pub(super) fn of(course: &Course) -> Self {
        Self {
            course: course.clone(),
            fingerprint: tagging::fingerprint(course),
            tagger: OnceLock::new(),
        }
    }

    /// What they are.
    pub(super) fn fingerprint(&self) -> Fingerprint {
        self.fingerprint
    }

    /// What reads posts by them. The first who asks waits for it, so ask on a thread that reads.
    pub(super) fn tagger(&self) -> &Tagger {
        self.tagger.get_or_init(|| Tagger::new(&self.course))
    }
}
