//! Numbers of Things that a title names and the course does not have: "Thing 42" of 23.
//!
//! They tag nothing, but whoever wonders why a post is on no Thing is to read it.

use super::grammar::Grammar;
use super::masking::{Names, Style};

/// A greater number is none that anybody took for a Thing's.
const NUMBER_MAX: u32 = 999;

/// The numbers that a title names by the unit and that no Thing of the course has, as written, each once. Nothing where
/// it names another programme, whose numbers they are then.
pub(super) fn in_title(grammar: &Grammar, names: &Names, title: &str) -> Vec<u32> {
    let title = super::quote::opening(title, super::post::HEADING_MAX);
    let masked = names.mask(grammar, title, Style::Heading);
    if masked.stranger && !masked.ours {
        return Vec::new();
    }
    let mut absent: Vec<u32> = Vec::new();
    for number in grammar.absent(&masked.tokens) {
        if number <= NUMBER_MAX && !absent.contains(&number) {
            absent.push(number);
        }
    }
    absent
}

#[cfg(test)]
mod tests {
    use super::super::Tagger;
    use super::super::fixtures::{cpd23, weeks};
    use crate::model::{Course, EntryText, Language};

    fn check(course: &Course, titles: &[(&str, &[u32])]) {
        let tagger = Tagger::new(course);
        for (title, expected) in titles {
            let entry = EntryText {
                title: (*title).to_owned(),
                ..EntryText::default()
            };
            assert_eq!(tagger.explain(&entry).absent, *expected, "{title}");
        }
    }

    #[test]
    fn a_title_names_things_that_the_course_does_not_have() {
        check(
            &cpd23(),
            &[
                ("Thing 42", &[42]),
                ("cpd23: thing forty-two, the answer", &[42]),
                ("Things 22, 23 and 24", &[24]),
                ("Thing 0", &[0]),
                ("Thing 6", &[]),
                ("Thuing 42", &[42]),
                ("42", &[]),
                ("42 things to do", &[]),
                ("23 Things, 42 days", &[]),
                ("Something 42", &[]),
                ("Every thing 1000 times", &[]),
                ("Thing 4294967296", &[]),
                ("", &[]),
            ],
        );
        check(&weeks(), &[("Week 11", &[11]), ("Week 10", &[])]);
    }

    #[test]
    fn the_numbers_of_another_programme_are_not_missed_in_ours() {
        check(
            &cpd23(),
            &[
                ("Rudaí 23: Thing 42", &[]),
                ("cpd23 Rudaí 23: Thing 42", &[42]),
            ],
        );
    }

    #[test]
    fn numbers_are_read_in_the_language_of_the_course() {
        let mut course = weeks();
        course.unit = "Aufgabe".to_owned();
        course.rules.language = Language::German;
        check(
            &course,
            &[("Aufgabe zwölf", &[12]), ("Aufgaben 9 und 11", &[11])],
        );
    }
}
