//! The habits of real participants and the traps in them, a line each.

use super::Tagger;
use super::fixtures::{assignments, cpd23, post, suggested, tagged, tags_in, titled, weeks};
use crate::model::{Place, Rule, TagState};

fn check(title: &str, expected: &[u16]) {
    assert_eq!(tagged(&cpd23(), &titled(title)), expected, "{title}");
}

#[test]
fn a_title_may_start_with_the_thing() {
    check("Thing 21: Selling oneself", &[21]);
    check("Thing 14 : footnotes", &[14]);
    check("thing 22 … count me in", &[22]);
    check("THING 2", &[2]);
    check("Thing 06 – who knows whom", &[6]);
    check("Thing 20 Routes into libraries", &[20]);
}

#[test]
fn a_title_may_start_with_the_programme() {
    check("CPD23 Thing 6: Online networks", &[6]);
    check("[CPD23] Thing 20: roots", &[20]);
    check("#cpd23, Thing 1: hello", &[1]);
    check("CPD 23 - Thing 14 - citing", &[14]);
    check("CPD-23 Thing 4", &[4]);
    check("CPD23 2012 Thing 16 – Speaking up", &[16]);
    check("23 Things: Thing 3 – My brand", &[3]);
    check("#cpd23Thing10", &[10]);
    check("#cpd23 Things 8 and 9", &[8, 9]);
    check("CPD 23: Thing 23", &[23]);
    check("CPD Thing #21 Buy me!", &[21]);
}

#[test]
fn the_thing_may_come_late() {
    check("Shall I count the ways? (Thing 8)", &[8]);
    check("Helping out (Thing 22 – CPD23)", &[22]);
    check("A tweet a day, or Thing 4 – feeds", &[4]);
    check("23 Things – Who else is here (aka Thing 2)", &[2]);
}

#[test]
fn one_title_may_name_several_things() {
    check("Things 8 and 9: tidy up", &[8, 9]);
    check("#cpd23 Thing 1 & 2 – Blogging", &[1, 2]);
    check("Thing 1 and Thing 2", &[1, 2]);
    check("Thing One and Thing Two", &[1, 2]);
    check("#cpd23 Things 10,11+12", &[10, 11, 12]);
    check("Things 1-3 & 5", &[1, 2, 3, 5]);
    check("Thing 10: ways in and Thing 11: Mentoring", &[10, 11]);
    check("Things 5, 6, and 7", &[5, 6, 7]);
    check("Things #8 and #9", &[8, 9]);
    check("Things 8/9", &[8, 9]);
    check("Things 8/9 organised", &[8, 9]);
    check("Thing 8/9", &[8, 9]);
    check("Thing 8 & 9 Google Calendar and Evernote", &[8, 9]);
    check("Things seven and twenty-one", &[7, 21]);
    check("Thing 6 plus 7", &[6, 7]);
    check("Thing 8 – 9: tidy up", &[8, 9]);
    check("Thing 8 – 11", &[8]);
    check("Thing 8, 9", &[8, 9]);
    check("Thing 10,11 mentoring", &[10, 11]);
}

#[test]
fn a_comma_before_the_next_thing_makes_a_list_unless_that_number_counts_something() {
    check("Thing 22, 23 done!", &[22, 23]);
    check("Thing 22, 23 finished", &[22, 23]);
    check("Thing 22, 23", &[22, 23]);
    check("Thing 22, 23 this week", &[22, 23]);
    check("Thing 22, 23 was it", &[22, 23]);
    check("Thing 10, 11 Mentoring", &[10, 11]);
    check("Thing 8, 9 Ideas", &[8, 9]);
    check("Thing 20, 21 promotion", &[20, 21]);
    check("Thing 14, 15, 16 Zotero, events, advocacy", &[14, 15, 16]);
    check("Thing 14, 15, 16 tools", &[14, 15, 16]);
    check("Thing 14, 15, 20 tools", &[14, 15]);
    check("Thing 8, 9 ideas", &[8]);
    check("Thing 8, 9 tips", &[8]);
    check("Thing 8, 10 Ideas", &[8]);
    check("Thing eight, nine ideas", &[8]);
}

#[test]
fn the_small_words_between_two_numbers_are_read_in_any_language() {
    check("Things 6 und 7", &[6, 7]);
    check("Thing 6 und 7: Netzwerke", &[6, 7]);
    check("Things 6 sowie 7 und 9", &[6, 7, 9]);
    check("Things 5 bis 7", &[5, 6, 7]);
    check("Thing 6 und ich", &[6]);
    check("Thing 6 und sieben", &[6]);
}

#[test]
fn a_range_may_have_any_dash() {
    for dash in ["-", "–", "—", "‑", "−", " – ", " to ", " through "] {
        check(&format!("Things 5{dash}7"), &[5, 6, 7]);
    }
    check("Thing 5-7", &[5, 6, 7]);
    check("Things five to seven", &[5, 6, 7]);
}

#[test]
fn a_range_that_makes_no_sense_gives_its_ends_at_most() {
    check("Things 7-5", &[5, 7]);
    check("Things 22–30", &[22]);
    check("Things 1–4000000000", &[1]);
    check("Things 30–40", &[]);
    check("Things 1-23 in one afternoon", &[]);
}

#[test]
fn the_number_may_be_written_in_many_ways() {
    check("CPD23 Thing #3 - me", &[3]);
    check("Thing#6", &[6]);
    check("Thing # 6", &[6]);
    check("Thing #23~ Wrap-Up", &[23]);
    check("Thing10", &[10]);
    check("Thing-6", &[6]);
    check("Thing_6", &[6]);
    check("Thing No. 6", &[6]);
    check("Thing.6", &[6]);
    check("Thing – No. #6", &[6]);
    check("Thing Number One", &[1]);
    check("thing six", &[6]);
    check("Thing Twenty-Three!", &[23]);
    check("Thing twenty two", &[22]);
    check("Thing TwentyOne", &[21]);
    check("Thing\u{a0}6\u{200b}: networks", &[6]);
    check("Thing 14a: Zotero", &[14]);
    check("Thing 14 (part 2)", &[14]);
    check("Thing 6 of 23", &[6]);
}

#[test]
fn a_number_may_be_out_of_the_courses_count() {
    check("23 Things – 22/23 Volunteering", &[22]);
    check("Thing 22/23", &[22]);
    check("7/23: in person", &[7]);
    check("On 7/23/2011", &[]);
    check("A cup of tea 1/7/23", &[]);
    check("24/23", &[]);
}

#[test]
fn a_number_beyond_the_course_is_dropped_and_not_cut_short() {
    check("Thing 33", &[]);
    check("Thing 47: Evaluation", &[]);
    check("Thing 0", &[]);
    check("Thing 230", &[]);
    check("Thing 99999999999999999999", &[]);
    check("Thing forty-seven", &[]);
}

#[test]
fn the_programmes_number_is_not_a_thing() {
    for title in [
        "23 Things – Podcasts",
        "23 things: Summary",
        "23 Things to Make and Do",
        "23Things done",
        "23 (research data) things: begun",
        "Twenty-three 2.0 tasks for librarians",
        "CPD23",
        "CPD 23",
        "All 23 things completed",
        "cpd 23 things…at last!",
        "The cpd23 Things",
        "CPD25 open day",
        "#codi17",
        "NLS9",
        "Library 2.0",
        "23 Framework Things",
    ] {
        check(title, &[]);
    }
}

#[test]
fn a_count_of_things_is_not_a_thing() {
    for title in [
        "20 things to go - current awareness",
        "The first 7 things",
        "Nine Things by now",
        "eight things behind",
        "just two more things to go",
        "10 things I have learned",
        "top 3 things",
        "the six main things",
        "13 things that don't make sense",
        "5 things",
        "Festive 24 Things",
    ] {
        check(title, &[]);
    }
    check("Thing 6, 10 things I learned", &[6]);
    check("Things 5-7, 10 things I learned", &[5, 6, 7]);
}

/// A post with a text that is on no Thing, whatever might be suggested.
fn nothing(title: &str, body: &str) {
    let entry = post(title, "", &[], body);
    assert_eq!(tagged(&cpd23(), &entry), [0; 0], "{title} / {body}");
}

#[test]
fn news_weeks_and_conferences_are_on_no_thing() {
    check("Week 2 in 23 Things blogland", &[]);
    check("Weeks 15 to 17", &[]);
    check("Week 4: Organisation #RHUL23", &[]);
    check("Bad cpd23-er", &[]);
    check("Part 10", &[]);
    check("1. Into the groove", &[]);
    check("23. Sum it up", &[]);
    nothing(
        "Certificates and greetings",
        "All cpd23 certificates are out. Festive 24 Things!",
    );
    nothing(
        "Sign up for cpd23 2012!",
        "We are back. You can sign up now.",
    );
    nothing(
        "CPD in your later career",
        "No cpd23 this week. A New Thing is an Older Thing soon.",
    );
    nothing(
        "Supercharge your CPD",
        "cpd23 is on. First do Thing 1, then Thing 2.",
    );
    nothing(
        "A conference",
        "Somebody introduced cpd23: twenty three things, one a week. Register your blog.",
    );
    nothing("Done", "I have completed all 23 things of cpd23.");
    nothing(
        "Hello",
        "It is number sixteen of my list, cpd23 and all. When I was 20 I had 9 of them.",
    );
}

#[test]
fn topic_words_without_the_course_are_on_no_thing() {
    for (title, body) in [
        (
            "Networks of expertise",
            "A new network for librarians on LinkedIn.",
        ),
        ("My Library Routes", "How I came to be a librarian."),
        (
            "5 ways to make life easier with Evernote",
            "One list for all.",
        ),
        ("The gift of a Prezi", "The one thing they must all do."),
        ("Zotero or Mendeley?", "Three programs."),
        ("Chartership", "A charter for another profession."),
    ] {
        let entry = post(title, "", &["librarians"], body);
        assert_eq!(tags_in(&cpd23(), &entry), [], "{title}");
    }
}

#[test]
fn a_number_may_touch_the_unit_in_a_text_too() {
    for body in ["So, Thing10!", "Thing18: sound", "thing23 is about the end"] {
        assert_eq!(
            tagged(&cpd23(), &post("Hello", "", &[], body)).len(),
            1,
            "{body}"
        );
    }
}

#[test]
fn other_numbers_in_a_title_are_left_alone() {
    check("Week 4: Tidying up", &[]);
    check("Week 5 – Thing 7", &[7]);
    check("Week 5 Things 6 and 7", &[6, 7]);
    check("week 21: a placeholder", &[]);
    check("Weeknote 288", &[]);
    check("When I was 20", &[]);
    check("Experience Catch-22", &[]);
    check("Thing 6 – 10 tips for networks", &[6]);
    check("Thing 6, 7th July 2011", &[6]);
    check("Thing 6 and 5 reasons to tweet", &[6]);
    check("Thing 6, 10 tips", &[6]);
    check("Thing 8, 9 ideas", &[8]);
    check("Thing 5 2011", &[5]);
    check("Thing 4 & 5% more", &[4]);
    check("Part 2 of 3", &[]);
    check("9 times out of 10", &[]);
}

#[test]
fn the_word_thing_is_mostly_just_a_word() {
    for title in [
        "... just one more Thing!",
        "One last thing…",
        "One thing I learned",
        "a Jing Thing",
        "a Good Thing",
        "The 'thing' becomes a thing",
        "Thing Thoughts",
        "First thing, 9 o'clock",
        "The thing one must never do",
        "Things no one tells you",
        "Things one learns",
        "Best thing: 5 free tools",
        "Something 6",
        "Nothing 3",
        "Thing VI",
        "Thing the sixth",
        "Thing 6th",
        "Thing 3D printing",
        "6th thing",
        "Thing 2.0",
        "One last thing... 5 tips",
        "One last thing. 5 tips",
        "Bad thing? 5 tips",
        "Not my thing: 9 to 5",
        "Its a thing: 2",
        "Thing one and only",
        "The Thing, one and only",
    ] {
        check(title, &[]);
    }
    check("A Thing 6 post", &[6]);
    check("Another Thing: 6", &[6]);
    check("Thing one and two", &[1, 2]);
    check("Thing: 8 to 11", &[8, 9, 10, 11]);
}

#[test]
fn a_thing_that_is_denied_is_not_named() {
    check("Not Thing 4", &[]);
    check("This is not Thing 4, but Thing 5", &[5]);
    check("Ready or not, Thing 4", &[4]);
    check("Ready or not Thing 4", &[4]);
    check("Why not Thing 4?", &[4]);
    check("Why not? Thing 4", &[4]);
}

#[test]
fn a_name_of_the_course_with_a_number_alone_suggests_that_thing() {
    let mut short = super::fixtures::course("Thing", &["TTOA", "Ten Things OA"], 10);
    short.name = "Ten Things Open Access".into();
    for (course, title, expected) in [
        (&short, "TTOA #5", &[5][..]),
        (&short, "10 Things OA 7", &[7]),
        (&short, "Ten Things OA: seven", &[7]),
        (&short, "TTOA 10", &[10]),
        (&short, "TTOA 11", &[]),
        (&short, "10 Things OA", &[]),
        (&short, "10 Things 5", &[]),
        (&cpd23(), "cpd23 #5", &[5]),
        (&cpd23(), "#cpd23 – No. 5!", &[5]),
        (&cpd23(), "CPD 23 5", &[5]),
        (&cpd23(), "23 Things #5", &[5]),
        (&cpd23(), "cpd23 #5: mirrors", &[5]),
        (&cpd23(), "cpd23 #5 mirrors", &[5]),
        (&cpd23(), "cpd23 5 & 6", &[5, 6]),
        (&cpd23(), "CPD 23", &[]),
        (&cpd23(), "#cpd23", &[]),
        (&cpd23(), "cpd235", &[]),
        (&cpd23(), "cpd23 42", &[]),
        (&cpd23(), "cpd23 5 mirrors", &[]),
        (&cpd23(), "cpd23 5th post", &[]),
        (&cpd23(), "cpd23 7/10/2011", &[]),
        (&cpd23(), "cpd23: 7:30 tonight", &[]),
        (&cpd23(), "cpd23 2012-05", &[]),
        (&cpd23(), "Me and cpd23 #5", &[]),
        (&cpd23(), "ox23 #5", &[]),
        (&cpd23(), "cpd23 #1 Mirrors", &[1]),
        (&cpd23(), "cpd23 #1: mirrors", &[1]),
        (&cpd23(), "cpd23 #5, mirrors", &[5]),
        (&cpd23(), "cpd23 #1 fan", &[]),
        (&cpd23(), "cpd23: 1, me: 0", &[]),
    ] {
        // With a text, so that nothing else is suggested.
        let entry = post(title, "", &[], "So here I am.");
        let by_number = tags_in(course, &entry).into_iter();
        let by_number = by_number.filter(|tag| tag.evidence.rule == Rule::Number);
        let found: Vec<_> = by_number.map(|tag| (tag.thing, tag.state)).collect();
        let wanted = expected.iter().map(|thing| (*thing, TagState::Suggested));
        assert_eq!(found, wanted.collect::<Vec<_>>(), "{title}");
    }
    let told = post("cpd23 #5", "", &["thing 6"], "So here I am.");
    assert_eq!(tagged(&cpd23(), &told), [6]);
}

#[test]
fn a_post_that_counts_itself_does_not_silence_what_it_says() {
    for (title, body, expected) in [
        ("cpd23 5", "Some thoughts about Thing 3", &[3, 5][..]),
        ("23 Things 2", "I have been looking at Thing 7", &[2, 7]),
        ("cpd23 5", "A table for Thing 8.", &[5, 8]),
        ("cpd23 #5: Evernote", "So here I am.", &[5, 9]),
        ("cpd23 5", "So here I am.", &[5]),
    ] {
        let entry = post(title, "", &[], body);
        assert_eq!(suggested(&cpd23(), &entry), expected, "{title} / {body}");
        let explained = super::fixtures::CPD23.explain(&entry);
        let won = explained.fired.iter().filter(|fired| fired.won);
        let mut won: Vec<u16> = won
            .flat_map(|fired| fired.tags.iter().map(|tag| tag.thing))
            .collect();
        won.sort_unstable();
        assert_eq!(won, expected, "{title} / {body}");
    }
}

#[test]
fn another_course_has_another_unit() {
    let week = |title: &str| tagged(&weeks(), &titled(title));
    assert_eq!(week("Week 3: badges"), [3]);
    assert_eq!(week("weeks 3–5"), [3, 4, 5]);
    assert_eq!(week("DigLit10 Week Ten"), [10]);
    assert_eq!(week("Week 11"), [0; 0]);
    assert_eq!(week("10 weeks of fun"), [0; 0]);
    assert_eq!(week("Thing 3"), [0; 0]);
    assert_eq!(week("The film gets 7/10"), [0; 0]);
    assert_eq!(week("DigLit10: 7/10"), [7]);
    let assignment = |title: &str| tagged(&assignments(), &titled(title));
    assert_eq!(assignment("Assignment 40"), [40]);
    assert_eq!(assignment("assignment thirty-eight & 39"), [38, 39]);
    assert_eq!(assignment("DS 106 Assignments 1 and 2"), [1, 2]);
}

#[test]
fn a_unit_may_be_odd_or_missing() {
    for (unit, title, expected) in [
        ("Activity", "Activities 1 and 2", &[1, 2][..]),
        (
            "Learning Task",
            "learning task 3, Learning Tasks 4+5",
            &[3, 4, 5],
        ),
        ("Übung", "ÜBUNG 4", &[4]),
        ("", "Thing 4", &[]),
        ("6", "6 4", &[]),
    ] {
        let mut course = weeks();
        course.unit = unit.into();
        assert_eq!(tagged(&course, &titled(title)), expected, "{unit}");
    }
}

#[test]
fn another_programmes_number_is_not_ours() {
    check("Rudaí 23 – Thing 7: Podcasts", &[]);
    check("More Things on a Stick Thing 7", &[]);
    check("Thing 23 and my Cam 23 experience", &[]);
    check("CPD23 Thing 7 and ox23", &[7]);
    let labelled = post("Thing 23 – The End", "", &["ox23", "web2.0"], "");
    assert_eq!(tags_in(&cpd23(), &labelled), []);
    let told = post("Thing 4", "", &[], "After cam23 I go on.");
    assert_eq!(suggested(&cpd23(), &told), [4]);
    let both = post("Thing 4", "", &["cpd23"], "After cam23 I go on.");
    assert_eq!(tagged(&cpd23(), &both), [4]);
}

#[test]
fn a_category_may_be_the_things_number() {
    for category in [
        "thing 3",
        "Thing Three",
        "thing3",
        "#Thing 3",
        "cpd23 thing 3",
        "thing-3",
    ] {
        let labelled = post("A brand of my own", "", &["cpd23", category], "");
        assert_eq!(tagged(&cpd23(), &labelled), [3], "{category}");
    }
    for category in [
        "cpd23",
        "23 things",
        "web2.0",
        "a jing thing",
        "not thing 3",
        "3",
    ] {
        let labelled = post("A brand of my own", "", &[category], "");
        assert_eq!(tagged(&cpd23(), &labelled), [0; 0], "{category}");
    }
}

#[test]
fn an_address_is_read_in_its_last_part_only() {
    for (url, expected) in [
        (
            "https://jo.example.org/2011/07/thing-8-google-calendar.html",
            &[8][..],
        ),
        (
            "https://jo.example.org/2011/07/19/23-things-thing-3-my-brand/",
            &[3],
        ),
        (
            "https://jo.example.org/2011/07/27/cpd23-week-5-thing-6-online/",
            &[6],
        ),
        ("https://jo.example.org/things-8-and-9-tidy/", &[8, 9]),
        ("https://jo.example.org/thing-twenty-one", &[21]),
        ("https://jo.example.org/thing%206", &[6]),
        ("https://jo.example.org/cpd-23-thing-2/", &[2]),
        ("https://jo.example.org/2011/thing-8-calendar-2/", &[8]),
        ("https://jo.example.org/post/thing-8/12345", &[8]),
        ("https://thing8.example.org/hello", &[]),
        ("https://jo.example.org/thing-8/hello", &[]),
        ("https://jo.example.org/2011/10/23/713/", &[]),
        ("https://jo.example.org/tag/thing-8/", &[]),
        ("https://jo.example.org/hello-2/", &[]),
        ("https://jo.example.org/hello?thing-8#thing-9", &[]),
        ("https://jo.example.org/", &[]),
    ] {
        let untitled = post("Hello", url, &[], "");
        assert_eq!(tagged(&cpd23(), &untitled), expected, "{url}");
    }
}

#[test]
fn an_address_that_was_made_from_the_title_says_no_more_than_the_title() {
    for (title, slug) in [
        (
            "The next big thing: 3 youngsters",
            "the-next-big-thing-3-youngsters",
        ),
        ("The next big thing: 3 youngsters", "next-big-thing-3"),
        ("My latest thing: 2 coffees", "my-latest-thing-2-coffees"),
        (
            "My latest thing: the 2 coffees",
            "my-latest-thing-2-coffees",
        ),
        ("My thing (4 years on)", "my-thing-4-years-on.html"),
        ("This thing @ 5, 10 pictures", "this-thing-5-10-pictures"),
        ("Thing 2.0", "thing-2-0-is-here"),
        ("Our thing: 20% off", "our-thing-20-off"),
        ("Not my thing: 9 to 5", "not-my-thing-9-to-5-again"),
        (
            "The next best thing: 5 tools",
            "the-next-best-thing-5-tools",
        ),
        ("Thing: 20% off", "thing-20-off"),
        ("Thing: 2.0", "thing-2-0-is-here"),
        ("Things: 5 free tools", "things-5-free-tools"),
    ] {
        let url = format!("https://jo.example.org/2011/07/{slug}");
        let tags = tagged(&cpd23(), &post(title, &url, &[], "So here I am."));
        let alone = tagged(&cpd23(), &post(title, "", &[], "So here I am."));
        assert_eq!(tags, alone, "{title}");
    }
}

#[test]
fn an_address_speaks_where_the_title_was_changed() {
    for title in [
        "Brand or bland?",
        "My thing: brands",
        "3 brands and a thing",
        "Thing: 30 brands",
        "",
    ] {
        let url = "https://jo.example.org/2011/07/thing-3-my-brand/";
        let changed = post(title, url, &[], "So here I am.");
        assert_eq!(tagged(&cpd23(), &changed), [3], "{title}");
    }
}

#[test]
fn an_address_speaks_where_the_title_begins_with_the_thing_and_a_mark() {
    for (title, slug, expected) in [
        (
            "Thing – 13 Online collaboration",
            "thing-13-online-collaboration",
            13,
        ),
        ("Thing: 6 Online networks", "thing-6-online-networks", 6),
        ("Thing No: 6 networks", "thing-no-6-networks", 6),
        ("Thing number: 6 networks", "thing-number-6-networks", 6),
        ("Thing: 8 to 11 catch up", "thing-8-to-11-catch-up", 8),
        ("cpd23: Thing: 6 networks", "cpd23-thing-6-networks", 6),
        (
            "23 Things – Thing: 6 networks",
            "23-things-thing-6-networks",
            6,
        ),
        ("Thuing: 6 networks", "thuing-6-networks", 6),
    ] {
        let url = format!("https://jo.example.org/2011/07/{slug}/");
        let entry = post(title, &url, &[], "So here I am.");
        assert_eq!(tagged(&cpd23(), &entry), [expected], "{title}");
        assert_eq!(tagged(&cpd23(), &titled(title)), [0; 0], "{title}");
    }
}

#[test]
fn an_address_is_read_as_carefully_as_a_title() {
    for slug in [
        "the-next-big-thing-3-youngsters",
        "first-thing-2-coffees",
        "one-more-thing-7-reasons",
        "the-same-thing-4-years-on",
        "some-things-5-links",
        "last-thing-10-days-off",
        "not-thing-4",
        "things-no-one-says",
        "thing-one-and-only",
        "thing-6th",
        "ox23-thing-7",
    ] {
        for title in ["", "Hello"] {
            let url = format!("https://jo.example.org/2011/07/{slug}/");
            let entry = post(title, &url, &[], "So here I am.");
            assert_eq!(tags_in(&cpd23(), &entry), [], "{slug}");
        }
    }
    let url = "https://jo.example.org/after-ox23-thing-7/";
    assert_eq!(tagged(&cpd23(), &post("Hello", url, &["cpd23"], "")), [7]);
    let url = "https://jo.example.org/the-last-thing-23/";
    assert_eq!(tagged(&cpd23(), &post("Hello", url, &[], "")), [23]);
}

#[test]
fn a_copys_number_in_an_address_is_no_thing() {
    let copy = post(
        "A Jing Thing",
        "https://jo.example.org/a-jing-thing-2/",
        &[],
        "",
    );
    assert_eq!(tags_in(&cpd23(), &copy), []);
}

#[test]
fn a_link_to_the_brief_counts_however_it_is_addressed() {
    let body = "See http://www.cpd23.blogspot.co.uk/2011/07/thing-6.html?m=1, which I liked.";
    let tags = tags_in(&cpd23(), &post("Whom I know", "", &[], body));
    let [tag] = tags.as_slice() else {
        panic!("{tags:?}");
    };
    assert_eq!((tag.thing, tag.state), (6, TagState::Tagged));
    assert_eq!(
        (tag.evidence.rule, tag.evidence.place),
        (Rule::Brief, Place::Link)
    );
    assert!(tag.evidence.quote.ends_with("thing-6.html?m=1"), "{tag:?}");
}

#[test]
fn a_link_behind_words_counts_like_one_that_is_spelled_out() {
    let mut entry = post("Whom I know", "", &[], "See the course's post.");
    entry.links = vec![
        "https://cpd23.blogspot.com/2011/07/thing-6.html"
            .parse()
            .unwrap(),
    ];
    assert_eq!(tagged(&cpd23(), &entry), [6]);
}

#[test]
fn a_brief_may_be_told_by_its_query_or_be_a_folder() {
    let mut course = cpd23();
    let briefs = [
        "https://cpd23.example/?p=6",
        "https://cpd23.example/seven/index.html",
    ];
    for (thing, brief) in course.things[5..].iter_mut().zip(briefs) {
        thing.brief = brief.parse().ok();
    }
    let tagger = Tagger::new(&course);
    for (link, thing) in [
        (
            "http://www.cpd23.example/index.php?utm_source=x&p=6",
            Some(6),
        ),
        ("https://cpd23.example/seven/", Some(7)),
        ("https://cpd23.example/seven", Some(7)),
        ("https://other.example/?p=6", None),
        ("https://cpd23.example/?p=60", None),
        ("https://cpd23.example/", None),
    ] {
        let mut entry = post("Whom I know", "", &[], "See the course's post.");
        entry.links = vec![link.parse().unwrap()];
        let tags = tagger.tags(&entry);
        let things: Vec<u16> = tags.iter().map(|tag| tag.thing).collect();
        assert_eq!(things, thing.into_iter().collect::<Vec<_>>(), "{link}");
        assert!(thing.is_none() || tagger.may_follow(link), "{link}");
    }
    assert!(!tagger.may_follow("https://elsewhere.example/2011/lunch"));
}

#[test]
fn links_to_several_briefs_only_suggest() {
    let body = "https://cpd23.blogspot.com/2011/07/thing-6.html \
                https://cpd23.blogspot.com/2011/07/thing-8.html";
    let index = post("What I did", "", &[], body);
    assert_eq!(tagged(&cpd23(), &index), [0; 0]);
    assert_eq!(suggested(&cpd23(), &index), [6, 8]);
}

#[test]
fn the_brief_itself_is_on_its_thing() {
    let brief = post(
        "Online",
        "http://cpd23.blogspot.com/2011/07/thing-6.html",
        &[],
        "",
    );
    assert_eq!(tagged(&cpd23(), &brief), [6]);
}

#[test]
fn only_the_opening_of_the_text_is_believed() {
    let late = format!("{}\nThing 6: networks", "word ".repeat(300));
    assert_eq!(tags_in(&cpd23(), &post("Hello", "", &[], &late)), []);
}

#[test]
fn a_topic_suggests_only_where_the_course_is_spoken_of() {
    let topic = |title: &str, body: &str| suggested(&cpd23(), &post(title, "", &[], body));
    assert_eq!(
        topic("Everyone loves Evernote", "Here at CPD23 they do"),
        [9]
    );
    assert_eq!(topic("Everyone loves Evernote", "On with this Thing"), [9]);
    assert_eq!(
        topic("Everyone loves Evernote", "the one thing I use"),
        [0; 0]
    );
    assert_eq!(topic("Everyone loves Evernote", "Things I use."), [0; 0]);
    assert_eq!(topic("CPD23: Chartership", ""), [10]);
}

#[test]
fn a_number_in_the_title_silences_all_else() {
    let sure = post(
        "Thing 4: Evernote",
        "https://jo.example.org/thing-5",
        &["thing 6"],
        "So, onto Thing 7. https://cpd23.blogspot.com/2011/07/thing-8.html",
    );
    let tags = tags_in(&cpd23(), &sure);
    assert_eq!(tags.iter().map(|tag| tag.thing).collect::<Vec<_>>(), [4]);
}

#[test]
fn evidence_quotes_the_words_as_they_were_written() {
    let tags = tags_in(&cpd23(), &titled("So: tHINGS  eight &  9, and Thing 8"));
    let quotes: Vec<_> = tags
        .iter()
        .map(|tag| (tag.thing, tag.evidence.quote.as_str()))
        .collect();
    assert_eq!(
        quotes,
        [(8, "tHINGS  eight &  9"), (9, "tHINGS  eight &  9")]
    );
    assert!(tags.iter().all(|tag| tag.evidence.rule == Rule::Number));
    assert!(tags.iter().all(|tag| tag.evidence.place == Place::Title));
}

#[test]
fn a_megabyte_of_hostile_text_is_only_read_in_its_opening() {
    let flood = "Thing 6, & Things 1–23 ox23 https:// ".repeat(30_000);
    let labels = vec![flood.as_str(); 200];
    let hostile = post(&flood, "https://jo.example.org/x", &labels, &flood);
    assert!(tags_in(&cpd23(), &hostile).is_empty());
}
