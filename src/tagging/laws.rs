//! What holds for every text, every course and every order of posts.

use expect_test::expect;
use proptest::prelude::*;

use super::fixtures::{CPD23, cpd23, post, tags_in, titled};
use super::{Tagger, VERSION};
use crate::model::{EntryText, Place, Tag};

fn hostile_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => proptest::sample::select(vec![
            "Thing", "things", "cpd", "23", "6", "twenty", "-", "–", "/", "&", ",", " ", "#", "one",
            "to", "no", "ox23", "\n", "İ", "ß", "e\u{301}", "\u{200b}", "👩‍🚀", "２３", ":", "for", "%",
        ]).prop_map(ToOwned::to_owned),
        1 => any::<char>().prop_map(String::from),
    ];
    proptest::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn no_text_breaks_the_rules(title in hostile_text(), body in hostile_text(), slug in hostile_text()) {
        let url = format!("https://jo.example.org/{slug}");
        let entry = post(&title, &url, &[&body, &slug], &body);
        let tags = CPD23.tags(&entry);
        prop_assert_eq!(&tags, &CPD23.explain(&entry).tags);
        prop_assert!(tags.is_sorted_by(|a, b| a.thing < b.thing));
        for tag in tags {
            prop_assert!((1..=23).contains(&tag.thing));
            let quote = &tag.evidence.quote;
            prop_assert!(!quote.is_empty() && quote.len() <= 80);
            let source = match tag.evidence.place {
                Place::Title => title.contains(quote),
                Place::Url => entry.url.as_ref().is_some_and(|url| url.path().contains(quote)),
                _ => body.contains(quote) || slug.contains(quote),
            };
            prop_assert!(source, "{quote:?} is not in the text");
        }
    }

}

proptest! {
    #[test]
    fn a_post_that_its_title_settles_has_the_same_tags_whatever_its_text_says(
        title in hostile_text(),
        before in prop_oneof![Just(""), Just("cpd23 Thing "), Just("cpd23 Things 6 and ")],
        body in hostile_text(),
        label in prop_oneof![Just("cpd23".to_owned()), hostile_text()],
    ) {
        let title = format!("{before}{title}");
        let headed = post(&title, "", &[&label], "");
        if let Some(tags) = CPD23.tags_by_title(&headed) {
            let whole = post(&title, "https://jo.example.org/thing-9", &[&label], &body);
            prop_assert_eq!(tags, CPD23.tags(&whole));
        }
    }
}

proptest! {
    #[test]
    fn an_address_that_is_made_from_a_title_says_nothing_that_the_title_does_not(
        before in hostile_text(), after in hostile_text(), mark in prop_oneof![Just(": "), Just(" – "), Just(" ("), Just(" ")],
    ) {
        // A title that begins with the Thing may mean it, which its address then says.
        let title = format!("So {before} thing{mark}6 {after}").replace(|c: char| !c.is_ascii(), "-");
        let slug = title.replace(|c: char| !c.is_ascii_alphanumeric(), "-");
        let url = format!("https://jo.example.org/2011/{slug}");
        prop_assert_eq!(CPD23.tags(&post(&title, &url, &[], "")), CPD23.tags(&titled(&title)));
    }
}

proptest! {
    // Each makes a tagger of its own, which takes its time without optimisation.
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn no_course_breaks_the_rules(name in hostile_text(), unit in hostile_text(), topic in hostile_text()) {
        let mut course = cpd23();
        course.names = vec![name.clone(), topic.clone()];
        course.unit.clone_from(&unit);
        course.things[0].topics = vec![topic.clone()];
        let title = format!("{unit} 6 {name} {topic}");
        prop_assert!(tags_in(&course, &titled(&title)).len() <= 23);
    }

}

proptest! {
    #[test]
    fn tagging_is_a_pure_function_of_the_post_and_the_rules(title in hostile_text(), body in hostile_text()) {
        let entry = post(&title, "", &[&body], &body);
        let tags = CPD23.tags(&entry);
        // The same tagger again, a clone of it, and one that was made anew and has read other posts.
        prop_assert_eq!(&CPD23.tags(&entry), &tags);
        prop_assert_eq!(&CPD23.clone().tags(&entry), &tags);
    }

    #[test]
    fn the_order_of_posts_never_matters(posts in proptest::collection::vec((hostile_text(), hostile_text()), 1..6), seed in any::<u64>()) {
        let entries: Vec<EntryText> = posts.iter().map(|(title, body)| post(title, "", &[title], body)).collect();
        let alone: Vec<Vec<Tag>> = entries.iter().map(|entry| CPD23.tags(entry)).collect();
        let mut order: Vec<usize> = (0..entries.len()).collect();
        order.sort_by_key(|at| seed.rotate_left(u32::try_from(*at).unwrap() * 7) ^ 0x9e37_79b9);
        for at in order {
            prop_assert_eq!(&CPD23.tags(&entries[at]), &alone[at]);
        }
    }
}

#[test]
fn most_titles_that_name_the_course_and_a_thing_are_settled_by_themselves() {
    let settled = |title, label| {
        let headed = post(title, "", &[label], "");
        CPD23.tags_by_title(&headed).map(|tags| tags.len())
    };
    assert_eq!(settled("cpd23 Thing 6", "work"), Some(1));
    assert_eq!(settled("Things 6 and 7", "cpd23"), Some(2));
    // Not by itself: it may be another programme's, has more Things in its text, or none in its title.
    assert_eq!(settled("Thing 6", "work"), None);
    assert_eq!(settled("Catching up: Thing 6", "cpd23"), None);
    assert_eq!(settled("One thing and another", "cpd23"), None);
}

#[test]
fn a_tagger_made_anew_says_the_same() {
    let entry = post("cpd23: Evernote", "", &["thing 3"], "And so to Thing 9.");
    let course = cpd23();
    let (one, other) = (Tagger::new(&course), Tagger::new(&course));
    for title in ["x", "Thing 5"] {
        one.tags(&titled(title));
    }
    assert_eq!(one.tags(&entry), other.tags(&entry));
    assert_eq!(one.fingerprint(), other.fingerprint());
}

/// Raise `VERSION` whenever this changes, so that planets know that there is something to retag.
#[test]
fn other_answers_ask_for_another_version() {
    let mut said = format!("version {VERSION}\n");
    for (title, body) in [
        ("cpd23 Things 8-10 & 12", ""),
        ("thign six, twenty-two of many", ""),
        ("22/23", ""),
        ("Catching up", "Thing 8: x\nThing 9: y"),
        ("Hello", "So, onto Thing 3. Next is Thing 4."),
        ("Everyone loves Evernote", "I did Thing 9 for cpd23."),
        ("Everyone loves Evernote", "cpd23"),
        ("Hello", "A table for Thing 8."),
        ("Hello", "I have explored Thing 7."),
        ("Hello", "I started this blog. Then came cpd23."),
        ("The end", "cpd23 it was."),
        ("ox23 Thing 7", ""),
    ] {
        let tags = CPD23.tags(&post(title, "", &[], body));
        let tags: Vec<String> = tags
            .iter()
            .map(|tag| {
                format!(
                    " {} {} {}",
                    tag.thing,
                    tag.state.as_str(),
                    tag.evidence.sentence()
                )
            })
            .collect();
        said.extend([title, ":", &tags.join(";"), "\n"]);
    }
    expect![[r"
        version 2
        cpd23 Things 8-10 & 12: 8 tagged title says “Things 8-10 & 12”; 9 tagged title says “Things 8-10 & 12”; 10 tagged title says “Things 8-10 & 12”; 12 tagged title says “Things 8-10 & 12”
        thign six, twenty-two of many: 6 tagged title says “thign six”
        22/23: 22 tagged title says “22/23”
        Catching up: 8 tagged text says “Thing 8”; 9 tagged text says “Thing 9”
        Hello: 3 tagged text says “So, onto Thing 3”
        Everyone loves Evernote: 9 tagged text says “Thing 9”
        Everyone loves Evernote: 9 suggested title says “Evernote”
        Hello: 8 suggested text says “for Thing 8”
        Hello: 7 suggested text says “Thing 7”
        Hello: 1 suggested text says “started this blog”
        The end: 23 suggested title says “The end”
        ox23 Thing 7:
    "]]
    .assert_eq(&said);
}
