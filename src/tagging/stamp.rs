//! The fingerprint of a course's rules: equal fingerprints give equal tags to equal posts.
//!
//! It reads everything of a course on which a tag can depend, and nothing else, so that a changed address or date
//! asks nobody to tag again.

use crate::model::{Course, Fingerprint, Signal};

/// Parts of a fingerprint, each list with its length, so that no two courses give the same parts.
struct Parts(Vec<String>);

impl Parts {
    fn text(&mut self, text: &str) {
        self.0.push(text.to_owned());
    }

    fn list<'a>(&mut self, texts: impl IntoIterator<Item = &'a String>) {
        let from = self.0.len();
        self.0.extend(texts.into_iter().cloned());
        let count = self.0.len() - from;
        self.0.insert(from, count.to_string());
    }
}

/// The fingerprint of this course's rules as this version of the code reads them.
pub(super) fn stamp(course: &Course, version: u32) -> Fingerprint {
    let mut parts = Parts(vec![version.to_string()]);
    parts.text(&course.name);
    parts.list(&course.names);
    parts.text(&course.unit);
    for thing in &course.things {
        parts.text(&thing.number.to_string());
        parts.text(&thing.title);
        parts.text(thing.brief.as_ref().map_or("", |brief| brief.as_str()));
        parts.list(&thing.topics);
    }
    organisers(course, &mut parts);
    Fingerprint::of_parts(parts.0.iter().map(String::as_str))
}

fn organisers(course: &Course, parts: &mut Parts) {
    let rules = &course.rules;
    parts.text("rules");
    parts.text(rules.language.code());
    parts.list(&rules.numbers);
    parts.text(rules.plural.as_deref().unwrap_or_default());
    for signal in Signal::ALL {
        parts.text(rules.weight(signal).name());
    }
    parts.list(&rules.patterns);
    parts.list(&rules.except);
    for (number, thing) in &rules.things {
        parts.text(&number.to_string());
        parts.list(&thing.words);
        parts.list(&thing.patterns);
        parts.list(&thing.except);
    }
    parts.text("blogs");
    for (slug, blog) in &rules.blogs {
        parts.text(slug);
        parts.list(&blog.labels);
        parts.list(&blog.except);
        parts.text(if blog.course_only { "only" } else { "" });
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::stamp;
    use crate::model::{BlogRules, Course, Language, Signal, ThingRules, Weight};
    use crate::tagging::fixtures::cpd23;

    fn changes(change: impl Fn(&mut Course)) -> bool {
        let mut course = cpd23();
        change(&mut course);
        stamp(&course, 1) != stamp(&cpd23(), 1)
    }

    #[test]
    fn everything_that_rules_depend_on_changes_the_fingerprint() {
        assert!(stamp(&cpd23(), 1) != stamp(&cpd23(), 2));
        assert!(changes(|course| course.name.push('!')));
        assert!(changes(|course| course.names.push("x".into())));
        assert!(changes(|course| course.unit = "Week".into()));
        assert!(changes(|course| course.things.truncate(22)));
        assert!(changes(|course| course.things[0].title.push('!')));
        assert!(changes(|course| course.things[0].topics.push("x".into())));
        assert!(changes(|course| course.things[5].brief = None));
        assert!(changes(|course| course.rules.language = Language::German));
        assert!(changes(|course| course.rules.numbers.push("un".into())));
        assert!(changes(|course| course.rules.plural = Some("Thinge".into())));
        assert!(changes(|course| {
            course.rules.weights.insert(Signal::Topics, Weight::Off);
        }));
        assert!(changes(|course| course.rules.patterns.push("x".into())));
        assert!(changes(|course| course.rules.except.push("x".into())));
        assert!(changes(|course| {
            let words = vec!["x".into()];
            let rules = ThingRules {
                words,
                ..ThingRules::default()
            };
            course.rules.things.insert(1, rules);
        }));
        assert!(changes(|course| {
            let rules = BlogRules {
                course_only: true,
                ..BlogRules::default()
            };
            course.rules.blogs.insert("jo".into(), rules);
        }));
    }

    #[test]
    fn what_rules_do_not_read_does_not_change_the_fingerprint() {
        assert!(!changes(|course| course.opens = Some(date(2011, 6, 20))));
        assert!(!changes(|course| course.things[0].week = Some(3)));
        assert!(!changes(
            |course| course.home = "https://a.example".parse().ok()
        ));
        let said = |course: &mut Course| {
            let weight = Signal::Topics.weight();
            course.rules.weights.insert(Signal::Topics, weight);
        };
        assert!(!changes(said), "to state what is built in changes nothing");
    }

    #[test]
    fn two_lists_are_told_apart() {
        assert!(changes(|course| {
            let name = course.names.remove(0);
            course.name = name;
        }));
    }
}
