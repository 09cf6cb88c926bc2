//! What was mended, and how it is said.

use super::ENTRIES_MAX;
use crate::model::Problem;

/// How often each thing was mended.
#[derive(Default)]
pub(super) struct Faults {
    /// Bare `&` and `<`.
    pub(super) bare: usize,
    /// Elements that are never closed.
    pub(super) unclosed: usize,
    /// Elements inside too many others.
    pub(super) deep: usize,
    /// Entries that are empty or too many.
    pub(super) surplus: usize,
    /// The document ends before its root element does.
    pub(super) breaks_off: bool,
}

impl Faults {
    /// Says what was mended, in words that a blogger understands.
    pub(super) fn report(&self, problems: &mut Vec<Problem>) {
        let Self {
            bare,
            unclosed,
            deep,
            surplus,
            breaks_off,
        } = self;
        let counted = [
            (
                bare,
                "a bare & or < stands where the feed should say &amp; or &lt;",
            ),
            (
                unclosed,
                "an element is never closed and was taken to end where the next one begins",
            ),
            (
                deep,
                "elements are nested too deeply; the innermost were left out",
            ),
        ];
        let said = counted.into_iter().filter(|(count, _)| **count > 0);
        problems.extend(said.map(|(count, text)| Problem::new(format!("{text} ({count} in all)"))));
        if *surplus > 0 {
            problems.push(Problem::new(format!(
                "posts that say nothing, or beyond the first {ENTRIES_MAX}, were left out ({surplus} in all)"
            )));
        }
        if *breaks_off {
            problems.push(Problem::new(
                "the feed breaks off; the posts before the break were taken",
            ));
        }
    }
}
