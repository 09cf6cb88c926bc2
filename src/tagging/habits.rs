//! Where posts say which Thing they are on when the title does not: in the opening, under headings, by topics, by the
//! words of joining and finishing. Traps stand beside the habits that they imitate.

use super::Tagger;
use super::fixtures::{assignments, cpd23, post, suggested, tagged, tags_in, titled, weeks};
use crate::model::{Course, Language, Place, Rule, Signal};

fn said(title: &str, body: &str) -> (Vec<u16>, Vec<u16>) {
    let entry = post(title, "", &[], body);
    (tagged(&cpd23(), &entry), suggested(&cpd23(), &entry))
}

fn check(title: &str, body: &str, tags: &[u16], suggestions: &[u16]) {
    assert_eq!(
        said(title, body),
        (tags.to_vec(), suggestions.to_vec()),
        "{title} / {body}"
    );
}

/// A post whose title says nothing.
fn opens(body: &str, tags: &[u16], suggestions: &[u16]) {
    check("Hello", body, tags, suggestions);
}

#[test]
fn a_text_that_opens_with_a_thing_is_on_it() {
    opens("And so to Thing 3 of the course.", &[3], &[]);
    opens("So, onto Thing 3!", &[3], &[]);
    opens("For thing five, we reflect.", &[5], &[]);
    opens("Thing 20 is about careers.", &[20], &[]);
    opens("Thing 13 is all about sharing.", &[13], &[]);
    opens("Good news. Thing 13 asks us to share.", &[13], &[]);
    opens("Thing 6: networks\nI know people.", &[6], &[]);
    opens("“Thing 11: mentors”. I had one.", &[11], &[]);
    opens("Thing 20 of cpd23 at last", &[20], &[]);
    opens("Catching up.\nThing 6\nThing 7\nmore", &[6, 7], &[]);
    opens(
        "This post was written for the course, Thing 14.",
        &[14],
        &[],
    );
    opens(
        "Thing 20 is about careers. I wrote that for Thing 10.",
        &[20],
        &[],
    );
}

#[test]
fn the_first_thing_that_a_text_opens_with_is_the_one_it_is_on() {
    opens("So, onto Thing 3. Next is Thing 4.", &[3], &[]);
    opens(
        "Thing 14 is about sources. Thing 13 asked us to share.",
        &[14],
        &[],
    );
}

#[test]
fn a_thing_in_passing_only_suggests() {
    opens(
        "I put off the posts for cpd23 Things 8 and 9.",
        &[],
        &[8, 9],
    );
    opens("I am tired. A table for Thing 8 it is.", &[], &[8]);
    opens("Thing 1:\nThing 2:\nThing 3:\n", &[], &[1, 2, 3]);
}

#[test]
fn a_text_that_names_one_thing_alone_is_on_it_perhaps() {
    opens(
        "A good week. I have really explored Thing 7 now.",
        &[],
        &[7],
    );
    opens(
        "A good week. Thing 7 was fun, and I like Thing 7.",
        &[],
        &[7],
    );
    opens(
        "A good week. Thing 7 was fun, and I like Thing 9.",
        &[],
        &[],
    );
    opens("My week. I read the Thing 7 post.", &[], &[]);
}

#[test]
fn another_thing_that_the_text_names_is_not_what_it_is_on() {
    for body in [
        "I'm going to come back to Thing 3",
        "Only on Thing 5 when all have moved on to Thing 11",
        "As mentioned in the Thing 6 post",
        "I was looking forward to things 5 and 10 too",
        "Carried on through to Thing 23. Right after Thing 23 I slept",
        "I didn't make it beyond Thing Five",
        "I just posted Thing 19",
        "Register as part of Thing 2",
        "Thing 1:\nThing 2:\nThing 3:\nThing 4:\nThing 5:\n",
    ] {
        opens(body, &[], &[]);
    }
}

#[test]
fn a_post_that_catches_up_is_on_every_thing_that_heads_a_part_of_it() {
    let body = "So far behind!\nThing 8: calendars\nI have one. See Thing 2.\nThing 9 – Evernote\nNo.\nThing 10\nYes.";
    for title in [
        "Catching up",
        "A catch-up post",
        "Catch up!",
        "July round-up",
        "Roundup",
    ] {
        check(title, body, &[8, 9, 10], &[]);
    }
    check("My week", body, &[], &[8, 9, 10]);
    check("Catching up on Thing 9", body, &[8, 9, 10], &[]);
    check("Thing 19: catch-up week", body, &[19], &[8, 9, 10]);
    check("Thing 19", body, &[19], &[]);
    check(
        "Catching up",
        "Thing 8 - done. Thing 9 - done; Thing 10: done.",
        &[8, 9, 10],
        &[],
    );
    check("Catching up", "Thing 8: done.", &[], &[8]);
    let late = format!("Thing 8: x\n{}\nThing 9: y", "word ".repeat(900));
    check("Catching up", &late, &[8, 9], &[]);
    let all: Vec<String> = (1..=23).map(|thing| format!("Thing {thing}: x")).collect();
    let all = all.join("\n");
    check("Catching up", &all, &[], &[]);
}

#[test]
fn two_weak_signals_that_agree_tag() {
    check(
        "Everyone loves Evernote",
        "At last a table for Thing 9.",
        &[9],
        &[],
    );
    check("Everyone loves Evernote", "I did Thing 9 today.", &[9], &[]);
    check("Everyone loves Evernote", "A table for Thing 8.", &[], &[8]);
    check("Everyone loves Evernote", "I did Thing 8 today.", &[], &[9]);
    let notes = "Thing 20 is fun. A table for Thing 10, too.";
    check("Library Routes", notes, &[20], &[]);
    check("Online networks", "My post for cpd23.", &[6], &[]);
    check("Online networks", "My post for 23 Things.", &[], &[6]);
    check("Online networks", "cpd23. I did Thing 7 today.", &[], &[6]);
}

#[test]
fn a_topic_suggests_behind_the_gate() {
    check(
        "Everyone loves Evernote",
        "Here at CPD23 they do",
        &[],
        &[9],
    );
    check("Everyone loves Evernote", "I use it all day.", &[], &[]);
    check(
        "An Evernote convert",
        "No cats on this blog for 9 Things now.",
        &[],
        &[9],
    );
    check("An Evernote convert", "I like 9 things.", &[], &[]);
    // A feed of titles has nothing that could open the gate.
    check("Everyone loves Evernote", "", &[], &[9]);
    let labelled = post("All in one place", "", &["cpd23", "Evernote"], "I like it.");
    assert_eq!(suggested(&cpd23(), &labelled), [9]);
    let labelled = post("All in one place", "", &["Evernote"], "I like it.");
    assert_eq!(suggested(&cpd23(), &labelled), [0; 0]);
}

#[test]
fn a_sentence_that_speaks_of_a_thing_suggests_by_its_topic() {
    opens(
        "A busy week of cpd23. This Thing is on Evernote.",
        &[],
        &[9],
    );
    opens(
        "Another week of CPD23 Things: Google Calendars & Evernote.",
        &[],
        &[8, 9],
    );
    opens("A busy week of cpd23. I like Evernote.", &[], &[]);
    opens("One thing I like is Evernote.", &[], &[]);
    let again = "Evernote is new. I like Evernote. cpd23 likes Evernote. LinkedIn is old.";
    opens(again, &[], &[9]);
    opens(&again.replace("cpd23", "My boss"), &[], &[]);
    opens(&again.replace("is old", "is LinkedIn"), &[], &[]);
}

/// The course with the words of its first Thing, which is to begin.
fn beginning(title: &str, body: &str) -> (Vec<u16>, Vec<u16>) {
    let mut course = cpd23();
    course.things[0].title = "Blogs and blogging".into();
    let entry = post(title, "", &[], body);
    (tagged(&course, &entry), suggested(&course, &entry))
}

#[test]
fn who_joins_by_the_courses_name_is_on_the_first_thing() {
    for body in [
        "I have started this blog to take part in cpd23.",
        "I signed up for CPD23 today.",
        "This is my first post, for cpd23.",
        "I have never blogged before, but cpd23 made me.",
    ] {
        assert_eq!(beginning("Hello", body), (vec![1], vec![]), "{body}");
        // Unless the first Thing is something else than to begin.
        check("Hello", body, &[], &[1]);
    }
    for (title, body) in [
        ("Everyone loves Evernote", "I signed up for CPD23 in May."),
        ("Farewell", "I signed up for CPD23 in May."),
        (
            "Hello",
            "Over four hundred people have signed up for cpd23.",
        ),
        ("Hello", "I started this blog. Then came cpd23."),
        (
            "Hello",
            "I signed up for CPD23 and didn't make it beyond Thing 5",
        ),
    ] {
        assert_eq!(beginning(title, body).0, [0; 0], "{title} / {body}");
    }
}

#[test]
fn who_joins_in_other_words_is_on_the_first_thing_perhaps() {
    for body in [
        "Time to start blogging about the new 23 Things.",
        "I started this blog for me. Now there is cpd23.",
        "A new programme, 23 Things: why not?",
    ] {
        opens(body, &[], &[1]);
    }
    check("CPD 23", "So here I am.", &[], &[1]);
    check("#cpd23", "So here I am.", &[], &[1]);
    // Not the course, not joining, or further on already.
    opens("I have started this blog to write about cats.", &[], &[]);
    opens("A talk introduced CPD23 to the conference.", &[], &[]);
    opens(
        "Over four hundred people have signed up for cpd23.",
        &[],
        &[],
    );
    opens(
        "I signed up for CPD23 and didn't make it beyond Thing 5",
        &[],
        &[],
    );
    check("The cpd23 Things", "A list of all.", &[], &[]);
}

#[test]
fn who_finishes_is_on_the_last_thing_perhaps() {
    check("One last thing…", "That was cpd23.", &[], &[23]);
    check("... just one more Thing!", "That was cpd23.", &[], &[23]);
    check("The end is only a pause", "CPD23 has been fun.", &[], &[23]);
    check(
        "cpd23 final reflection",
        "Done.\n12 Thing 12: short",
        &[],
        &[23],
    );
    check("One last thing…", "I forgot my umbrella.", &[], &[]);
    check("What I did next", "CPD23 has been fun.", &[], &[]);
}

#[test]
fn a_slip_of_the_fingers_in_the_unit_is_read_where_people_choose_their_words() {
    for title in ["Thuing 5", "thign 5: reflecting", "cpd23 Thhing five"] {
        check(title, "", &[5], &[]);
    }
    for title in [
        "Think 5 times",
        "Thin 5",
        "Something 5",
        "Tying 5 knots",
        "King 5",
    ] {
        check(title, "", &[], &[]);
    }
    let url = "https://jo.example.org/cpd23-thuing-5-reflecting/";
    assert_eq!(tagged(&cpd23(), &post("Hello", url, &[], "")), [5]);
    let assignment = |title: &str| tagged(&assignments(), &titled(title));
    assert_eq!(assignment("Assigment 5"), [5]);
    assert_eq!(assignment("Assignement 5"), [5]);
    assert_eq!(tagged(&weeks(), &titled("Weak 5")), [0; 0]);
}

#[test]
fn the_name_of_a_host_is_not_a_thing() {
    check("I am now at thing6.blogspot.com", "", &[], &[]);
    check("See www.example.org/thing-6", "", &[], &[]);
    check("Thing 6 at jo.example.org", "", &[6], &[]);
}

fn german(unit: &str, count: u16) -> Course {
    let mut course = super::fixtures::course(unit, &["dk23", "23 Dinge"], count);
    course.rules.language = Language::German;
    course
}

#[test]
fn another_language_has_other_numbers_and_small_words() {
    let things = german("Ding", 23);
    for (title, expected) in [
        ("Ding fünf: Nachdenken", &[5][..]),
        ("Ding Nr. 6", &[6]),
        ("Dinge acht und neun", &[8, 9]),
        ("Dinge 5 bis 7", &[5, 6, 7]),
        ("dk23 – Ding einundzwanzig", &[21]),
        ("DING ZWÖLF", &[12]),
        ("Ding zwoelf", &[12]),
        ("Thing 6", &[]),
        ("23 Dinge und ich", &[]),
        ("fünf Dinge, die ich mag", &[]),
        ("Ding eine Pause", &[]),
    ] {
        assert_eq!(tagged(&things, &titled(title)), expected, "{title}");
    }
    let week = |title: &str| tagged(&german("Woche", 10), &titled(title));
    assert_eq!(week("Woche drei"), [3]);
    assert_eq!(week("Wochen 3 und 4"), [3, 4]);
    assert_eq!(week("Woche elf"), [0; 0]);
    let task = |title: &str| tagged(&german("Aufgabe", 40), &titled(title));
    assert_eq!(task("Aufgabe einundzwanzig"), [21]);
    assert_eq!(
        task("Aufgaben achtunddreißig und neununddreissig"),
        [38, 39]
    );
    let text = post("Hallo", "", &[], "Weiter zu Ding drei!");
    assert_eq!(tagged(&things, &text), [3]);
    let joins = post("Hallo", "", &[], "Mein Blog für dk23 ist gestartet.");
    assert_eq!(suggested(&things, &joins), [1]);
}

#[test]
fn numbers_of_any_language_can_be_given() {
    let mut course = super::fixtures::course("Semaine", &[], 10);
    course.rules.numbers = ["une", "deux", "trois"].map(str::to_owned).to_vec();
    assert_eq!(tagged(&course, &titled("Semaine deux")), [2]);
    assert_eq!(tagged(&course, &titled("Semaines 2 and 3")), [2, 3]);
    course.unit = "Cheval".into();
    course.rules.plural = Some("Chevaux".into());
    assert_eq!(tagged(&course, &titled("Chevaux 2+3")), [2, 3]);
}

#[test]
fn an_explanation_tells_every_signal_in_order_and_who_decided() {
    let entry = post(
        "Thing 9: Evernote",
        "https://jo.example.org/thing-9-evernote",
        &["thing 8"],
        "So, onto Thing 9 of cpd23.",
    );
    let explanation = Tagger::new(&cpd23()).explain(&entry);
    let told: Vec<_> = explanation
        .fired
        .iter()
        .map(|fired| (fired.signal, fired.won))
        .collect();
    assert_eq!(
        told,
        [
            (Signal::Title, true),
            (Signal::Category, false),
            (Signal::Address, false),
            (Signal::Opening, false),
            (Signal::Agreement, false),
            (Signal::Mention, false),
            (Signal::Topics, false),
            (Signal::Subject, false),
        ]
    );
    assert_eq!(explanation.tags, tags_in(&cpd23(), &entry));
    assert_eq!(explanation.tags[0].evidence.rule, Rule::Number);
    assert_eq!(explanation.tags[0].evidence.place, Place::Title);
}
