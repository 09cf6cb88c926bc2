//! What was mended, where first, and how it is said.

use super::ENTRIES_MAX;
use crate::model::{Damage, Problem};
use crate::parse::places::Places;

/// How often something was mended, and where first, in bytes from the start of the text.
#[derive(Default)]
pub(super) struct Fault {
    count: usize,
    first: Option<usize>,
}

impl Fault {
    /// Counts one more.
    pub(super) fn note(&mut self, at: usize) {
        self.count += 1;
        self.first.get_or_insert(at);
    }
}

/// How often each thing was mended.
#[derive(Default)]
pub(super) struct Faults {
    /// Bare `&` and `<`.
    pub(super) bare: Fault,
    /// Elements that are never closed.
    pub(super) unclosed: Fault,
    /// Elements inside too many others.
    pub(super) deep: Fault,
    /// Entries that are empty or too many.
    pub(super) surplus: usize,
    /// Where the document ends, if that is before its root element does.
    pub(super) breaks_off: Option<usize>,
}

pub(super) const BARE: &str = "a bare & or < stands where the feed should say &amp; or &lt;";
pub(super) const UNCLOSED: &str =
    "an element is never closed and was taken to end where the next one begins";
pub(super) const DEEP: &str = "elements are nested too deeply; the innermost were left out";

impl Faults {
    /// How the document is damaged. A bare `&` is a slip of the pen, behind which no post can be hidden.
    pub(super) fn damage(&self) -> Option<Damage> {
        if self.breaks_off.is_some() {
            return Some(Damage::CutOff);
        }
        let mended = [&self.unclosed, &self.deep].map(|fault| fault.first);
        mended.iter().any(Option::is_some).then_some(Damage::Mended)
    }

    /// Says what was mended, in words that a blogger understands; `entries` is how many whole posts there are.
    pub(super) fn report(
        &self,
        entries: usize,
        places: &mut Places<'_>,
        problems: &mut Vec<Problem>,
    ) {
        for (fault, text) in [
            (&self.bare, BARE),
            (&self.unclosed, UNCLOSED),
            (&self.deep, DEEP),
        ] {
            if let Some(first) = fault.first {
                let text = format!("{text} ({} in all)", fault.count);
                problems.push(Problem::at(places.of(first), text));
            }
        }
        if self.surplus > 0 {
            problems.push(Problem::new(format!(
                "posts that say nothing, or beyond the first {ENTRIES_MAX}, were left out ({} in all)",
                self.surplus
            )));
        }
        if let Some(at) = self.breaks_off {
            let taken = match entries {
                0 => "before its first whole post".to_owned(),
                count => format!("after post {count}; the posts before the break were taken"),
            };
            problems.push(Problem::at(
                places.of(at),
                format!("the feed was cut off {taken}"),
            ));
        }
    }
}
