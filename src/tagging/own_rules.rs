//! What an organiser can change: the weight of a signal, words and patterns, exclusions, the rules of one blog.

use super::fixtures::{cpd23, post, suggested, tagged, titled};
use super::{Silence, Tagger, check_pattern, has_group};
use crate::model::{BlogRules, Course, EntryText, Rule, Signal, ThingRules, Weight};

fn with(change: impl FnOnce(&mut Course)) -> Course {
    let mut course = cpd23();
    change(&mut course);
    course
}

fn for_thing(number: u16, rules: ThingRules) -> Course {
    with(|course| {
        course.rules.things.insert(number, rules);
    })
}

fn on_blog(rules: BlogRules) -> Course {
    with(|course| {
        course.rules.blogs.insert("jo".into(), rules);
    })
}

fn by(participant: &str, entry: EntryText) -> EntryText {
    let participant = Some(participant.to_owned());
    EntryText {
        participant,
        ..entry
    }
}

fn strings(texts: &[&str]) -> Vec<String> {
    texts.iter().map(ToString::to_string).collect()
}

#[test]
fn the_weight_of_a_signal_can_be_changed() {
    let weigh = |signal, weight| {
        with(|course| {
            course.rules.weights.insert(signal, weight);
        })
    };
    let topic = post("Everyone loves Evernote", "", &[], "So says CPD23");
    assert_eq!(suggested(&cpd23(), &topic), [9]);
    assert_eq!(tagged(&weigh(Signal::Topics, Weight::Tag), &topic), [9]);
    assert_eq!(
        suggested(&weigh(Signal::Topics, Weight::Off), &topic),
        [0; 0]
    );
    let number = post("Thing 6", "", &["thing 7"], "");
    assert_eq!(
        suggested(&weigh(Signal::Title, Weight::Suggest), &number),
        [6]
    );
    assert_eq!(tagged(&weigh(Signal::Title, Weight::Off), &number), [7]);
}

#[test]
fn words_may_be_short_and_a_pattern_may_have_two_groups() {
    let short = for_thing(
        9,
        ThingRules {
            words: strings(&["AI", "R"]),
            ..ThingRules::default()
        },
    );
    assert_eq!(tagged(&short, &titled("About AI")), [9]);
    assert_eq!(tagged(&short, &titled("Learning R at last")), [9]);
    assert_eq!(tagged(&short, &titled("Aisles and rows")), [0; 0]);
    let grouped = with(|course| course.rules.patterns = strings(&[r"\b(T|Step )(\d+)"]));
    assert_eq!(tagged(&grouped, &titled("T6 done")), [6]);
}

#[test]
fn words_of_a_thing_tag_by_title_or_category() {
    let course = for_thing(
        4,
        ThingRules {
            words: strings(&["Pushnote"]),
            ..ThingRules::default()
        },
    );
    assert_eq!(tagged(&course, &titled("Why pushnote?")), [4]);
    assert_eq!(tagged(&course, &post("Why?", "", &["PushNote"], "x")), [4]);
    assert_eq!(tagged(&course, &titled("Pushnotebook")), [0; 0]);
    assert_eq!(tagged(&course, &titled("Thing 5, not Pushnote")), [5]);
    let explanation = Tagger::new(&course).explain(&titled("Pushnote"));
    assert_eq!(explanation.tags[0].evidence.rule, Rule::Words);
}

#[test]
fn a_pattern_tags_its_thing_and_one_of_the_course_reads_the_number() {
    let course = for_thing(
        23,
        ThingRules {
            patterns: strings(&[r"^(the )?end\b"]),
            ..ThingRules::default()
        },
    );
    assert_eq!(tagged(&course, &titled("The end of it")), [23]);
    assert_eq!(tagged(&course, &titled("In the end")), [0; 0]);
    let course = with(|course| course.rules.patterns = strings(&[r"\bT(\d+)\b"]));
    assert_eq!(tagged(&course, &titled("T6 and t7")), [6, 7]);
    assert_eq!(tagged(&course, &titled("T99, T0, T123456789")), [0; 0]);
}

#[test]
fn exclusions_keep_a_post_from_one_thing_or_from_all() {
    let course = with(|course| course.rules.except = strings(&["minutes of the meeting"]));
    let minutes = titled("Thing 6: minutes of the meeting");
    assert_eq!(tagged(&course, &minutes), [0; 0]);
    assert_eq!(tagged(&course, &titled("Thing 6: minutes")), [6]);
    let silence = Tagger::new(&course).explain(&minutes).silence;
    assert_eq!(
        silence,
        Some(Silence::Excepted("minutes of the meeting".into()))
    );
    let course = for_thing(
        9,
        ThingRules {
            except: strings(&["Evernote Scannable"]),
            ..ThingRules::default()
        },
    );
    assert_eq!(
        tagged(&course, &titled("Things 8 and 9: Evernote Scannable")),
        [8]
    );
}

#[test]
fn on_one_blog_only_labelled_posts_may_count() {
    let course = on_blog(BlogRules {
        labels: strings(&["cpd23"]),
        ..BlogRules::default()
    });
    let labelled = post("Thing 6", "", &["#CPD23"], "");
    let bare = post("Thing 6", "", &["cats"], "");
    assert_eq!(tagged(&course, &by("jo", labelled)), [6]);
    assert_eq!(tagged(&course, &by("jo", bare.clone())), [0; 0]);
    assert_eq!(tagged(&course, &by("al", bare.clone())), [6]);
    assert_eq!(tagged(&course, &bare), [6]);
    let silence = Tagger::new(&course).explain(&by("jo", bare)).silence;
    assert_eq!(silence, Some(Silence::Unlabelled));
}

#[test]
fn one_blog_may_have_its_own_exclusions_or_be_about_nothing_else() {
    let course = on_blog(BlogRules {
        except: strings(&["weeknote"]),
        course_only: true,
        ..BlogRules::default()
    });
    assert_eq!(
        tagged(&course, &by("jo", titled("Weeknote: Thing 6"))),
        [0; 0]
    );
    assert_eq!(tagged(&course, &by("al", titled("Weeknote: Thing 6"))), [6]);
    let topic = post("Everyone loves Evernote", "", &[], "I do.");
    assert_eq!(suggested(&course, &by("jo", topic.clone())), [9]);
    assert_eq!(suggested(&course, &by("al", topic)), [0; 0]);
}

#[test]
fn a_pattern_that_cannot_be_used_says_what_is_wrong_and_where() {
    for (pattern, message, span) in [
        (r"T(\d+", "is no regular expression: unclosed group", 1..2),
        (
            r"é[a-",
            "is no regular expression: unclosed character class",
            2..3,
        ),
        (r"x*", "fits every title", 0..2),
        (r"(\w{500}){500}", "is too large", 0..14),
    ] {
        let fault = check_pattern(pattern).unwrap_err();
        assert_eq!(
            (fault.message.as_str(), fault.span),
            (message, span),
            "{pattern}"
        );
    }
    assert!(check_pattern(&"x".repeat(501)).is_err());
    assert_eq!(check_pattern(r"\bT(\d+)\b"), Ok(()));
    assert!(has_group(r"\bT(\d+)\b") && !has_group(r"\bT\d+\b"));
}

#[test]
fn a_pattern_that_cannot_be_used_says_nothing() {
    let course = with(|course| course.rules.patterns = strings(&["(", "T(x)"]));
    assert_eq!(tagged(&course, &titled("Tx Thing 6")), [6]);
    assert_eq!(tagged(&course, &titled("Tx")), [0; 0]);
}
