//! Why nothing was recognised in a post: a rule of the course keeps it off, or its title names what the course lacks.

use std::sync::OnceLock;

use super::super::tongue::with;
use super::Site;
use crate::model::{Course, EntryText, Place, one_line};
use crate::tagging::{Explanation, Silence, Tagger};

/// The rules of one course, made ready when somebody first asks of a post why nothing was recognised in it, and then kept:
/// that is much work.
#[derive(Debug, Clone, Default)]
pub struct Explainer {
    tagger: OnceLock<Tagger>,
    /// The same rules but for what the organisers have them not hear.
    all_ears: OnceLock<Tagger>,
}

/// Why nothing was recognised in one post.
#[derive(Debug, Default)]
pub(super) struct Unrecognised {
    /// What its title names though the course does not have it: "Thing 42".
    pub(super) absent: Option<String>,
    /// The rule that keeps it off, a sentence.
    pub(super) rule: Option<String>,
    /// What its author can do about that rule, a sentence.
    pub(super) help: Option<String>,
}

impl Explainer {
    fn explain(&self, course: &Course, post: &EntryText) -> Explanation {
        let tagger = self.tagger.get_or_init(|| Tagger::new(course));
        tagger.explain(post)
    }

    /// What the title says that would put the post on a Thing, if the organisers had no words that keep it from there
    /// and let every signal be heard.
    fn unheard(
        &self,
        course: &Course,
        explanation: &Explanation,
        post: &EntryText,
    ) -> Option<String> {
        let rules = &course.rules;
        let hears_all =
            rules.weights.is_empty() && rules.things.values().all(|it| it.except.is_empty());
        if hears_all || !explanation.fired.is_empty() {
            return None;
        }
        let tagger = self.all_ears.get_or_init(|| {
            let mut course = course.clone();
            course.rules.weights.clear();
            for thing in course.rules.things.values_mut() {
                thing.except.clear();
            }
            Tagger::new(&course)
        });
        let tags = tagger.tags(post).into_iter();
        let mut in_title = tags.filter(|tag| tag.evidence.place == Place::Title);
        Some(one_line(&in_title.next()?.evidence.quote))
    }
}

impl Site<'_> {
    /// Why the rules recognise nothing in a post, where they do not.
    pub(super) fn why_unrecognised(&self, post: &EntryText) -> Unrecognised {
        let own = Explainer::default();
        let explainer = self.explainer.unwrap_or(&own);
        let explanation = explainer.explain(self.course, post);
        if let Some(silence) = &explanation.silence {
            let (rule, help) = self.silenced(silence, post.participant.as_deref());
            return Unrecognised {
                absent: None,
                rule: Some(rule),
                help: Some(help),
            };
        }
        if let Some(said) = explainer.unheard(self.course, &explanation, post) {
            let words = &self.words().why.rules;
            let unit = self.course.unit.as_str();
            return Unrecognised {
                absent: None,
                rule: Some(with(words.unheard, &[("unit", unit), ("words", &said)])),
                help: Some(with(words.unheard_help, &[("unit", unit)])),
            };
        }
        let numbers: Vec<String> = explanation.absent.iter().map(u32::to_string).collect();
        let absent =
            (!numbers.is_empty()).then(|| format!("{} {}", self.course.unit, numbers.join(", ")));
        Unrecognised {
            absent,
            ..Unrecognised::default()
        }
    }

    /// The rule that keeps a post of this participant off every Thing, and what its author can do.
    fn silenced(&self, silence: &Silence, slug: Option<&str>) -> (String, String) {
        let words = &self.words().why.rules;
        let (unit, course) = (self.course.unit.as_str(), self.course.name.as_str());
        match silence {
            Silence::Stranger => (
                with(words.stranger, &[("unit", unit)]),
                with(words.stranger_help, &[("unit", unit), ("course", course)]),
            ),
            Silence::Excepted(said) => (
                with(words.excepted, &[("unit", unit), ("words", said)]),
                with(words.excepted_help, &[("unit", unit)]),
            ),
            Silence::Unlabelled => {
                let blog = slug.and_then(|slug| self.course.rules.blogs.get(slug));
                let labels = blog.map_or(&[][..], |blog| &blog.labels);
                let quoted = |label: &String| with(words.label, &[("label", label)]);
                let labels: Vec<String> = labels.iter().map(quoted).collect();
                let labels = labels.join(", ");
                (
                    with(words.unlabelled, &[("unit", unit), ("labels", &labels)]),
                    with(words.unlabelled_help, &[("unit", unit)]),
                )
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::sample::Sample;
    use crate::model::{BlogRules, Kept, Language, ThingRules};

    /// The sample whose first participant's blog wants a label, and whose course excepts weeknotes.
    fn with_rules(language: Language) -> Sample {
        let mut sample = Sample::full();
        let blog = BlogRules {
            labels: vec!["ttoa".to_owned(), "cpd23".to_owned()],
            ..BlogRules::default()
        };
        let rules = &mut sample.course.rules;
        rules
            .blogs
            .insert(sample.participants[0].slug.clone(), blog);
        rules.except = vec!["weeknote".to_owned()];
        let thing = ThingRules {
            except: vec!["draft".to_owned()],
            ..ThingRules::default()
        };
        rules.things.insert(6, thing);
        rules.language = language;
        sample
    }

    /// What is said of a post of the first participant with this title and label.
    fn said(sample: &Sample, title: &str, label: &str) -> (Option<String>, Option<String>) {
        let mut posts = sample.kept();
        let post = Kept {
            title: title.to_owned(),
            categories: vec![label.to_owned()],
            ..posts.remove(2)
        };
        let view = sample.site().why(&sample.participants[0], None, &[post]);
        (view.posts[0].rule.clone(), view.posts[0].absent.clone())
    }

    fn check(sample: &Sample, title: &str, label: &str, expected: &str) {
        let (rule, absent) = said(sample, title, label);
        assert_eq!((rule.as_deref(), absent), (Some(expected), None), "{title}");
    }

    #[test]
    fn a_post_that_a_rule_keeps_off_is_told_the_rule_and_no_other_advice() {
        let sample = with_rules(Language::English);
        check(
            &sample,
            "Thing 1 and Thing 2 (twins!)",
            "cats",
            "It is on no Thing, because it has none of the labels that the organisers ask of posts of this blog: “ttoa”, \
             “cpd23”. If it is on a Thing, give it one of these labels on the blog.",
        );
        check(
            &sample,
            "Weeknote: Thing 42",
            "ttoa",
            "It is on no Thing, because its title says “Weeknote”, and the organisers settled that such posts are on \
             none. If it is on a Thing all the same, leave these words out of its title, or tell the organisers.",
        );
        check(
            &sample,
            "Rudaí 23: Thing 6",
            "cats",
            "It is on no Thing, because its title or a label names another programme and nothing in it names this \
             course. If it is on a Thing of this course, put “23 Things for Professional Development” into its title.",
        );
        check(
            &sample,
            "Thing 6 (draft)",
            "ttoa",
            "It is on no Thing, although its title says “Thing 6”, because a rule of the organisers’ keeps it from there. \
             If it is on that Thing, tell the organisers.",
        );
        assert_eq!(said(&sample, "Lunch", "ttoa"), (None, None));
        let absent = Some("Thing 42".to_owned());
        assert_eq!(said(&sample, "Thing 42", "ttoa"), (None, absent));
    }

    #[test]
    fn the_rule_is_told_in_the_language_of_the_course() {
        let sample = with_rules(Language::German);
        check(
            &sample,
            "Thing 1 and Thing 2 (twins!)",
            "cats",
            "Er ist keinem Thing zugeordnet, weil ihm die Schlagwörter fehlen, an denen Beiträge dieses Blogs erkannt werden \
             sollen: „ttoa“, „cpd23“. Gehört er zu „Thing“, dann ihm im Blog eines davon geben.",
        );
    }

    #[test]
    fn a_posts_page_tells_the_rule_as_well() {
        let mut sample = with_rules(Language::English);
        sample.entries[0].tags.clear();
        sample.entries[0].categories.clear();
        let view = sample.site().entry(&sample.entries[0], Vec::new());
        assert_eq!(
            view.rule.as_deref(),
            Some(
                "It is on no Thing, because it has none of the labels that the organisers ask of posts of this blog: \
                 “ttoa”, “cpd23”."
            )
        );
        sample.course.rules.blogs.clear();
        sample.entries[0].title = "Lunch".to_owned();
        let view = sample.site().entry(&sample.entries[0], Vec::new());
        assert_eq!(view.rule, None);
    }
}
