//! Broken rosters with what is printed for each, and the shipped one.

#![expect(
    clippy::needless_raw_string_hashes,
    reason = "expect-test writes them when it updates an expectation"
)]
#![expect(clippy::format_collect, reason = "a test may take its time")]
#![expect(clippy::too_many_lines, reason = "most lines are what is printed")]

use std::path::Path;

use expect_test::{Expect, expect};
use jiff::civil::date;
use proptest::prelude::*;

use super::{RosterError, parse, read};
use crate::model::{ContentPolicy, Language, PollSettings, Roster, Rules, Signal, Weight};

const SHIPPED: &str = include_str!("../../feeds.toml");

/// The least that is a roster.
const SMALL: &str = "[course]\nname = \"Small\"\n[[thing]]\nnumber = 1\ntitle = \"One\"\n";

fn check(text: &str, printed: &Expect) {
    let findings = parse(text, Path::new("feeds.toml")).expect_err("there should be findings");
    printed.assert_eq(&format!("{findings}\n"));
}

fn good(text: &str) -> Roster {
    parse(text, Path::new("feeds.toml")).unwrap_or_else(|findings| panic!("{findings}"))
}

#[test]
fn the_shipped_file_is_the_course_of_2011() {
    let roster = good(SHIPPED);
    let course = &roster.course;
    assert_eq!(course.name, "23 Things for Professional Development");
    assert_eq!(course.names, ["cpd23", "cpd 23", "23 Things"]);
    assert_eq!(course.timezone.iana_name(), Some("Europe/London"));
    assert!(course.things.iter().map(|thing| thing.number).eq(1..=23));
    let opens = |number| course.thing(number).and_then(|thing| thing.opens);
    assert_eq!(opens(1), Some(date(2011, 6, 20)));
    assert_eq!(opens(6), Some(date(2011, 7, 18)));
    assert_eq!(opens(14), Some(date(2011, 8, 22)));
    assert_eq!(opens(23), Some(date(2011, 10, 10)));
    let week = |number| course.thing(number).and_then(|thing| thing.week);
    assert_eq!((week(6), week(7), week(12)), (Some(5), Some(5), Some(8)));
    assert!(roster.participants.is_empty());
}

#[test]
fn the_shipped_file_opens_each_thing_on_the_monday_of_its_week() {
    for thing in good(SHIPPED).course.things {
        let days = i64::from(thing.week.unwrap() - 1) * 7;
        let monday = date(2011, 6, 20) + jiff::Span::new().days(days);
        assert_eq!(thing.opens, Some(monday), "Thing {}", thing.number);
    }
}

#[test]
fn the_shipped_file_states_every_default_of_poll() {
    assert_eq!(good(SHIPPED).poll, PollSettings::default());
    let section = SHIPPED.split("\n[poll]\n").nth(1).unwrap();
    let section = section.split("[[thing]]").next().unwrap();
    for key in super::shape::POLL.keys {
        assert!(section.contains(&format!("\n{key} = ")), "{key}");
    }
}

#[test]
fn the_shipped_file_states_every_weight_and_none_is_other_than_what_is_built_in() {
    let rules = good(SHIPPED).course.rules;
    assert_eq!(rules.weights.len(), Signal::ALL.len());
    for signal in Signal::ALL {
        assert_eq!(rules.weight(signal), signal.weight(), "{}", signal.name());
    }
    let unsaid = Rules {
        weights: rules.weights.clone(),
        ..Rules::default()
    };
    assert_eq!(rules, unsaid);
    let keys = super::shape::RULES.keys.iter().copied();
    let names = Signal::ALL.map(Signal::name);
    assert!(
        keys.clone().take(names.len()).eq(names),
        "every signal has its key"
    );
    assert!(keys.skip(names.len()).eq(["patterns", "except"]));
}

#[test]
fn an_organisers_own_rules_are_read() {
    let roster = good(
        "[course]\nname = \"Kurs\"\nunit = \"Ding\"\nplural = \"Dinge\"\nlanguage = \"de\"\n\
         number_words = [\"un\", \"deux\"]\n\
         [rules]\ntopics = \"off\"\nopening = \"suggest\"\npatterns = ['T(\\d+)']\nexcept = [\"minutes\"]\n\
         [[thing]]\nnumber = 4\ntitle = \"Four\"\nwords = [\"Pushnote\"]\npatterns = ['^four']\nexcept = [\"five\"]\n\
         [[participant]]\nname = \"Jo\"\nblog = \"https://jo.example/\"\nlabels = [\"cpd23\"]\n\
         except = [\"weeknote\"]\ncourse_only = true\n",
    );
    let rules = &roster.course.rules;
    assert_eq!(rules.language, Language::German);
    assert_eq!(rules.numbers, ["un", "deux"]);
    assert_eq!(rules.plural.as_deref(), Some("Dinge"));
    assert_eq!(rules.weight(Signal::Topics), Weight::Off);
    assert_eq!(rules.weight(Signal::Opening), Weight::Suggest);
    assert_eq!(rules.weight(Signal::Title), Weight::Tag);
    assert_eq!(
        (&rules.patterns[..], &rules.except[..]),
        (&["T(\\d+)".to_owned()][..], &["minutes".to_owned()][..])
    );
    let thing = &rules.things[&4];
    assert_eq!(
        (
            &thing.words[0][..],
            &thing.patterns[0][..],
            &thing.except[0][..]
        ),
        ("Pushnote", "^four", "five")
    );
    let blog = &rules.blogs["jo"];
    assert_eq!(
        (&blog.labels[0][..], &blog.except[0][..], blog.course_only),
        ("cpd23", "weeknote", true)
    );
}

#[test]
fn what_is_wrong_with_an_organisers_own_rules_is_told_at_its_place() {
    check(
        &format!(
            "{}{}",
            "[course]\nname = \"Small\"\nlanguage = \"german\"\n\
             [rules]\ntopics = \"suggests\"\ntitle = \"maybe\"\ntopcis = \"off\"\n\
             patterns = ['T(\\d+', 'T\\d', '(x?)']\n",
            "[[thing]]\nnumber = 1\ntitle = \"One\"\npatterns = ['ok', 'a[b-']\nexclude = [\"x\"]\n\
             [[participant]]\nname = \"Jo\"\nblog = \"https://jo.example/\"\ncourse_only = \"yes\"\nlabel = [\"x\"]\n"
        ),
        &expect![[r#"
            feeds.toml:3:12: `language` is not a language whose number words are built in
              3 | language = "german"
                |            ^^^^^^^^
              did you mean "de"?

            feeds.toml:5:10: `topics` is none of "tag", "suggest" and "off"
              5 | topics = "suggests"
                |          ^^^^^^^^^^
              did you mean "suggest"?

            feeds.toml:6:9: `title` is none of "tag", "suggest" and "off"
              6 | title = "maybe"
                |         ^^^^^^^
              write "tag" to publish what it finds, "suggest" to be asked first, "off" to ignore it

            feeds.toml:7:1: unknown key `topcis`
              7 | topcis = "off"
                | ^^^^^^
              did you mean `topics`?

            feeds.toml:8:15: this pattern is no regular expression: unclosed group
              8 | patterns = ['T(\d+', 'T\d', '(x?)']
                |               ^
              patterns are described at https://docs.rs/regex/latest/regex/#syntax; a name or a word needs none: write it as words = ["…"] under its [[thing]]

            feeds.toml:8:22: this pattern has no group for the Thing's number
              8 | patterns = ['T(\d+', 'T\d', '(x?)']
                |                      ^^^^^
              put round brackets around the number, as in '\bT(\d+)\b'; a pattern of one Thing belongs under its [[thing]]

            feeds.toml:8:30: this pattern fits every title
              8 | patterns = ['T(\d+', 'T\d', '(x?)']
                |                              ^^^^
              patterns are described at https://docs.rs/regex/latest/regex/#syntax; a name or a word needs none: write it as words = ["…"] under its [[thing]]

            feeds.toml:12:21: this pattern is no regular expression: unclosed character class
              12 | patterns = ['ok', 'a[b-']
                 |                     ^
              patterns are described at https://docs.rs/regex/latest/regex/#syntax; a name or a word needs none: write it as words = ["…"] under its [[thing]]

            feeds.toml:13:1: unknown key `exclude`
              13 | exclude = ["x"]
                 | ^^^^^^^
              did you mean `except`?

            feeds.toml:17:15: `course_only` wants true or false, not text
              17 | course_only = "yes"
                 |               ^^^^^
              write course_only = true, or take the line out

            feeds.toml:18:1: unknown key `label`
              18 | label = ["x"]
                 | ^^^^^
              did you mean `labels`?
        "#]],
    );
}

#[test]
fn who_has_not_posted_is_shown_only_where_the_file_says_so() {
    let shown = |planet: &str| good(&format!("{SMALL}{planet}")).planet.show_missing;
    assert!(!shown("") && !shown("[planet]\n"));
    assert!(!shown("[planet]\nshow_missing = false\n"));
    assert!(shown("[planet]\nshow_missing = true\n"));
    assert!(!good(SHIPPED).planet.show_missing);
    check(
        &format!("{SMALL}[planet]\nshow_missing = \"no\"\nshow_mising = true\n"),
        &expect![[r#"
            feeds.toml:7:16: `show_missing` wants true or false, not text
              7 | show_missing = "no"
                |                ^^^^
              write show_missing = true, or take the line out

            feeds.toml:8:1: unknown key `show_mising`
              8 | show_mising = true
                | ^^^^^^^^^^^
              did you mean `show_missing`?
        "#]],
    );
}

#[test]
fn the_examples_in_the_shipped_file_are_right_when_the_marks_are_taken_away() {
    let (before, people) = SHIPPED.split_once("# [[participant]]").unwrap();
    let is_example = |line: &&str| {
        let line = line.trim_start_matches("# ");
        line.starts_with('[') || line.split_once(" = ").is_some()
    };
    let people: Vec<&str> = people
        .lines()
        .filter(is_example)
        .map(|line| line.trim_start_matches("# "))
        .collect();
    let roster = good(&format!("{before}[[participant]]\n{}", people.join("\n")));
    let [first, second] = &roster.participants[..] else {
        panic!("there are two examples");
    };
    assert_eq!(first.slug, "a-librarian");
    assert_eq!(first.groups, ["UK", "health"]);
    assert_eq!(second.slug, "anna-smith-leeds");
    assert!(second.excerpt_only);
    assert_eq!(second.address(), second.feed.as_ref());
}

#[test]
fn what_is_left_out_has_a_default() {
    let roster = good(SMALL);
    assert_eq!(roster.course.unit, "Thing");
    assert_eq!(roster.course.timezone, jiff::tz::TimeZone::UTC);
    assert_eq!(roster.planet.base_url, "http://127.0.0.1:8023");
    assert_eq!(roster.planet.content, ContentPolicy::Full);
    assert_eq!(roster.poll, PollSettings::default());
}

#[test]
fn a_byte_order_mark_and_windows_line_endings_change_nothing() {
    let windows = format!("\u{feff}{}", SHIPPED.replace('\n', "\r\n"));
    assert_eq!(good(&windows), good(SHIPPED));
    check(
        "\u{feff}nmae = 1\r\n[course]\r\nname = 3\r\n",
        &expect![[r#"
            feeds.toml:1:1: `nmae` stands before any section
              1 | nmae = 1
                | ^^^^
              the sections are [course], [planet], [poll], [[thing]], [[participant]], [rules]

            feeds.toml:1:1: there are no Things
              1 | nmae = 1
                | ^
              add a section [[thing]] for each, with number = 1 and title = "…"

            feeds.toml:3:8: `name` wants text in quotes, not a number
              3 | name = 3
                |        ^
              write "3" with quotes
        "#]],
    );
}

#[test]
fn things_are_sorted_and_may_have_gaps() {
    let text = format!(
        "{SMALL}[[thing]]\nnumber = 40\ntitle = \"Forty\"\n[[thing]]\nnumber = 7\ntitle = \"Seven\"\n"
    );
    let numbers: Vec<u16> = good(&text)
        .course
        .things
        .iter()
        .map(|thing| thing.number)
        .collect();
    assert_eq!(numbers, [1, 7, 40]);
}

#[test]
fn an_empty_file_is_told_how_to_begin() {
    check(
        "",
        &expect![[r#"
            feeds.toml:1:1: there is no section [course]
              1 |
                | ^
              begin the file with [course] and, on the next line, name = "The name of your course"

            feeds.toml:1:1: there are no Things
              1 |
                | ^
              add a section [[thing]] for each, with number = 1 and title = "…"
        "#]],
    );
}

#[test]
fn a_mistyped_key_or_section_finds_the_one_that_was_meant() {
    check(
        "[corse]\nname = \"X\"\n[course]\nname = \"X\"\nbase_url = \"http://x.org\"\ncolour = \"red\"\n\
         [[thing]]\nnumber = 6\n  tittle = \"Online networks\"\nweek = 5\ntags = [\"a\"]\n[[students]]\nname = \"A\"\n",
        &expect![[r#"
            feeds.toml:1:2: unknown section `corse`
              1 | [corse]
                |  ^^^^^
              did you mean `[course]`?

            feeds.toml:5:1: unknown key `base_url`
              5 | base_url = "http://x.org"
                | ^^^^^^^^
              `base_url` belongs under [planet]

            feeds.toml:6:1: unknown key `colour`
              6 | colour = "red"
                | ^^^^^^
              [course] has these keys: name, names, unit, plural, language, number_words, home, feed, timezone, opens, closes

            feeds.toml:9:3: unknown key `tittle`
              9 |   tittle = "Online networks"
                |   ^^^^^^
              did you mean `title`?

            feeds.toml:11:1: unknown key `tags`
              11 | tags = ["a"]
                 | ^^^^
              did you mean `topics`?

            feeds.toml:12:3: unknown section `students`
              12 | [[students]]
                 |   ^^^^^^^^
              did you mean `[[participant]]`?
        "#]],
    );
}

#[test]
fn a_key_above_every_section_is_told_where_it_belongs() {
    check(
        &format!("timezone = \"UTC\"\nhello = 1\n{SMALL}"),
        &expect![[r#"
            feeds.toml:1:1: `timezone` stands before any section
              1 | timezone = "UTC"
                | ^^^^^^^^
              move it below [course]

            feeds.toml:2:1: `hello` stands before any section
              2 | hello = 1
                | ^^^^^
              the sections are [course], [planet], [poll], [[thing]], [[participant]], [rules]
        "#]],
    );
}

#[test]
fn a_value_of_the_wrong_kind_is_told_how_to_write_it() {
    check(
        "[course]\nname = 2011\nnames = \"cpd23\"\nunit = [\"Thing\"]\nopens = \"2011-06-20\"\ncloses = 2011-12-31T10:00:00Z\n\
         [poll]\nevery_minutes = \"60\"\nat_once_max = 2.5\nallow_networks = [1]\n\
         [[thing]]\nnumber = \"6\"\ntitle = true\nopens = \"Monday\"\nweek = 2011-07-18\n",
        &expect![[r#"
            feeds.toml:2:8: `name` wants text in quotes, not a number
              2 | name = 2011
                |        ^^^^
              write "2011" with quotes

            feeds.toml:3:9: `names` wants a list, not text
              3 | names = "cpd23"
                |         ^^^^^^^
              write names = ["cpd23"]

            feeds.toml:4:8: `unit` wants text in quotes, not a list
              4 | unit = ["Thing"]
                |        ^^^^^^^^^
              write unit = "…"

            feeds.toml:5:9: `opens` wants a date, not text
              5 | opens = "2011-06-20"
                |         ^^^^^^^^^^^^
              write 2011-06-20 without quotes

            feeds.toml:6:10: `closes` wants a date, not a date with a time
              6 | closes = 2011-12-31T10:00:00Z
                |          ^^^^^^^^^^^^^^^^^^^^
              write 2011-12-31 without the time

            feeds.toml:8:17: `every_minutes` wants a whole number, not text
              8 | every_minutes = "60"
                |                 ^^^^
              write 60 without quotes

            feeds.toml:9:15: `at_once_max` wants a whole number, not a number with a point
              9 | at_once_max = 2.5
                |               ^^^
              write at_once_max = 6, for example

            feeds.toml:10:19: `allow_networks` wants a list of texts in quotes, not a number
              10 | allow_networks = [1]
                 |                   ^
              write "1" with quotes

            feeds.toml:12:10: `number` wants a whole number, not text
              12 | number = "6"
                 |          ^^^
              write 6 without quotes

            feeds.toml:13:9: `title` wants text in quotes, not true or false
              13 | title = true
                 |         ^^^^
              write "true" with quotes

            feeds.toml:14:9: `opens` wants a date, not text
              14 | opens = "Monday"
                 |         ^^^^^^^^
              write year-month-day, such as 2011-07-18

            feeds.toml:15:8: `week` wants a whole number, not a date
              15 | week = 2011-07-18
                 |        ^^^^^^^^^^
              write week = 6, for example
        "#]],
    );
}

#[test]
fn what_must_be_there_is_missed_at_the_head_of_its_section() {
    check(
        "[course]\nunit = \"Week\"\n\n[[thing]]\nweek = 3\n\n[[participant]]\ngroups = [\"UK\"]\n",
        &expect![[r#"
            feeds.toml:1:1: [course] has no `name`
              1 | [course]
                | ^^^^^^^^
              add a line such as name = "23 Things for Professional Development"

            feeds.toml:4:1: [[thing]] has no `number`
              4 | [[thing]]
                | ^^^^^^^^^
              add a line such as number = 1

            feeds.toml:4:1: [[thing]] has no `title`
              4 | [[thing]]
                | ^^^^^^^^^
              add a line such as title = "Online networks"

            feeds.toml:7:1: [[participant]] has no `name`
              7 | [[participant]]
                | ^^^^^^^^^^^^^^^
              add a line such as name = "Anna Smith"

            feeds.toml:7:1: [[participant]] has neither `blog` nor `feed`
              7 | [[participant]]
                | ^^^^^^^^^^^^^^^
              add a line such as blog = "https://name.example.org/"
        "#]],
    );
}

#[test]
fn a_number_out_of_range_is_told_the_range() {
    check(
        "[course]\nname = \"X\"\n[poll]\nevery_minutes = 5\nat_once_max = 65\ntimeout_seconds = 0\nbody_bytes_max = 99\n\
         entries_max = 5_001\n[[thing]]\nnumber = 0\ntitle = \"None\"\nweek = -1\n[[thing]]\nnumber = 1000\ntitle = \"M\"\n\
         [[thing]]\nnumber = 99999999999999999999999999\ntitle = \"Big\"\n",
        &expect![[r#"
            feeds.toml:4:17: `every_minutes` cannot be 5
              4 | every_minutes = 5
                |                 ^
              it goes from 10 to 10 080

            feeds.toml:5:15: `at_once_max` cannot be 65
              5 | at_once_max = 65
                |               ^^
              it goes from 1 to 64

            feeds.toml:6:19: `timeout_seconds` cannot be 0
              6 | timeout_seconds = 0
                |                   ^
              it goes from 1 to 300

            feeds.toml:7:18: `body_bytes_max` cannot be 99
              7 | body_bytes_max = 99
                |                  ^^
              it goes from 10 000 to 100 000 000

            feeds.toml:8:15: `entries_max` cannot be 5_001
              8 | entries_max = 5_001
                |               ^^^^^
              it goes from 1 to 5 000

            feeds.toml:10:10: `number` cannot be 0
              10 | number = 0
                 |          ^
              it goes from 1 to 999

            feeds.toml:12:8: `week` cannot be -1
              12 | week = -1
                 |        ^^
              it goes from 1 to 999

            feeds.toml:14:10: `number` cannot be 1000
              14 | number = 1000
                 |          ^^^^
              it goes from 1 to 999

            feeds.toml:17:10: `number` cannot be 99999999999999999999999999
              17 | number = 99999999999999999999999999
                 |          ^^^^^^^^^^^^^^^^^^^^^^^^^^
              it goes from 1 to 999
        "#]],
    );
}

#[test]
fn two_of_a_kind_are_told_with_both_lines() {
    check(
        &format!(
            "{SMALL}[[thing]]\nnumber = 1\ntitle = \"Uno\"\n\
             [[participant]]\nname = \"Anna Smith\"\nblog = \"http://www.anna.example.org\"\n\
             [[participant]]\nname = \"anna smith\"\nfeed = \"https://anna.example.org/feed\"\n\
             [[participant]]\nname = \"Bea\"\npage = \"anna-smith\"\nblog = \"https://Anna.example.org/\"\n"
        ),
        &expect![[r#"
            feeds.toml:7:10: Thing 1 is already on line 4
              7 | number = 1
                |          ^
              give each Thing a number of its own

            feeds.toml:13:8: the page `anna-smith` already belongs to the participant on line 10
              13 | name = "anna smith"
                 |        ^^^^^^^^^^^^
              give one of the two a line such as page = "anna-smith-2"

            feeds.toml:17:8: the page `anna-smith` already belongs to the participant on line 10
              17 | page = "anna-smith"
                 |        ^^^^^^^^^^^^
              give one of the two a line such as page = "anna-smith-2"

            feeds.toml:18:8: the same address is already on line 11
              18 | blog = "https://Anna.example.org/"
                 |        ^^^^^^^^^^^^^^^^^^^^^^^^^^^
              keep one of the two; several people who write one blog are one participant
        "#]],
    );
}

#[test]
fn a_participant_may_give_blog_and_feed_at_one_address() {
    let text = format!(
        "{SMALL}[[participant]]\nname = \"A\"\nblog = \"https://a.org/\"\nfeed = \"http://a.org\"\n"
    );
    assert_eq!(good(&text).participants.len(), 1);
}

#[test]
fn days_that_do_not_exist_or_come_in_the_wrong_order_are_told() {
    check(
        "[course]\nname = \"X\"\nopens = 2011-12-31\ncloses = 2011-06-20\n[[thing]]\nnumber = 1\ntitle = \"A\"\nopens = 2011-02-30\n\
         [[thing]]\nnumber = 2\ntitle = \"B\"\nopens = 18.07.2011\n[[thing]]\nnumber = 3\ntitle = \"C\"\nopens = 2011-7-18\n\
         [[thing]]\nnumber = 4\ntitle = \"D\"\nopens = 07:32:00\n[[thing]]\nnumber = 5\ntitle = \"E\"\nopens = 0000-00-00\n",
        &expect![[r#"
            feeds.toml:4:10: `closes` is a day before `opens` on line 3, 2011-12-31
              4 | closes = 2011-06-20
                |          ^^^^^^^^^^
              change one of the two

            feeds.toml:8:9: `opens` is not a date
              8 | opens = 2011-02-30
                |         ^^^^^^^^^^
              write year-month-day, such as 2011-07-18

            feeds.toml:12:14: `opens` is not a date
              12 | opens = 18.07.2011
                 |              ^^^^^
              write year-month-day, such as 2011-07-18

            feeds.toml:16:9: `opens` is not a date
              16 | opens = 2011-7-18
                 |         ^^^^^^^^^
              write year-month-day, such as 2011-07-18

            feeds.toml:20:9: `opens` wants a date, not a time of day
              20 | opens = 07:32:00
                 |         ^^^^^^^^
              write year-month-day, such as 2011-07-18

            feeds.toml:24:9: `opens` is not a date
              24 | opens = 0000-00-00
                 |         ^^^^^^^^^^
              write year-month-day, such as 2011-07-18
        "#]],
    );
}

/// Shows C5.
#[test]
fn a_feed_button_s_own_prefix_is_taken_off() {
    for (written, meant) in [
        (
            "feed:https://a.example.org/rss",
            "https://a.example.org/rss",
        ),
        ("FEED:http://a.example.org/rss", "http://a.example.org/rss"),
        ("feed://a.example.org/rss", "http://a.example.org/rss"),
    ] {
        let person = format!("{SMALL}[[participant]]\nname = \"A\"\nfeed = \"{written}\"\n");
        let roster = super::parse(&person, Path::new("feeds.toml")).unwrap();
        let feed = roster.participants[0].feed.as_ref().map(url::Url::as_str);
        assert_eq!(feed, Some(meant), "{written}");
    }
}

/// Shows C5.
#[test]
fn letters_that_look_like_others_show_themselves_in_a_hosts_name() {
    let person = "[[participant]]\nname = \"A\"\nfeed = \"https://p\u{430}ypal.example.org/\"\n";
    let roster = super::parse(&format!("{SMALL}{person}"), Path::new("feeds.toml")).unwrap();
    let feed = roster.participants[0].feed.as_ref().unwrap().to_string();
    assert!(feed.starts_with("https://xn--pypal-"), "{feed}");
}

/// Shows C5.
#[test]
fn a_bad_address_is_told_what_is_bad_about_it() {
    let people = [
        "ftp://a.example.org/",
        "alibrarian.wordpress.com",
        "https://anna:secret@b.example.org/",
        "https://c.example.org/my blog",
        "feed:ftp://d.example.org/rss",
        "https://",
        "me@example.org",
        "javascript:alert(1)",
    ];
    let people: String = people
        .iter()
        .enumerate()
        .map(|(at, blog)| format!("[[participant]]\nname = \"P{at}\"\nblog = \"{blog}\"\n"))
        .collect();
    check(
        &format!("{SMALL}{people}"),
        &expect![[r#"
        feeds.toml:8:8: `blog` does not start with http:// or https://
          8 | blog = "ftp://a.example.org/"
            |        ^^^^^^^^^^^^^^^^^^^^^^
          copy the address of the web page from your browser

        feeds.toml:11:8: `blog` does not start with http:// or https://
          11 | blog = "alibrarian.wordpress.com"
             |        ^^^^^^^^^^^^^^^^^^^^^^^^^^
          write https://alibrarian.wordpress.com

        feeds.toml:14:8: `blog` has a user name or password in it
          14 | blog = "https://anna:secret@b.example.org/"
             |        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
          this file is not a place for passwords; only blogs that everybody can read are polled

        feeds.toml:17:8: `blog` has a space in it
          17 | blog = "https://c.example.org/my blog"
             |        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
          take the space out; inside an address it is written %20

        feeds.toml:20:8: `blog` does not start with http:// or https://
          20 | blog = "feed:ftp://d.example.org/rss"
             |        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
          copy the address of the web page from your browser

        feeds.toml:23:8: `blog` is not a web address
          23 | blog = "https://"
             |        ^^^^^^^^^^
          copy it from the address bar of your browser: https://name.example.org/

        feeds.toml:26:8: `blog` does not start with http:// or https://
          26 | blog = "me@example.org"
             |        ^^^^^^^^^^^^^^^^
          copy the address of the web page from your browser

        feeds.toml:29:8: `blog` does not start with http:// or https://
          29 | blog = "javascript:alert(1)"
             |        ^^^^^^^^^^^^^^^^^^^^^
          copy the address of the web page from your browser
    "#]],
    );
}

#[test]
fn the_planet_is_told_how_its_addresses_must_look() {
    check(
        &format!(
            "{SMALL}[planet]\nbase_url = \"https://planet.example.org/\"\ncontact = \"me@example.org\"\ncontent = \"exerpt\"\n"
        ),
        &expect![[r#"
            feeds.toml:7:12: `base_url` ends with a slash
              7 | base_url = "https://planet.example.org/"
                |            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
              write https://planet.example.org

            feeds.toml:8:11: `contact` is neither a mailto: nor an https: address
              8 | contact = "me@example.org"
                |           ^^^^^^^^^^^^^^^^
              write mailto:me@example.org

            feeds.toml:9:11: `content` is neither "full" nor "excerpt"
              9 | content = "exerpt"
                |           ^^^^^^^^
              did you mean "excerpt"?
        "#]],
    );
    check(
        &format!(
            "{SMALL}[planet]\nbase_url = \"https://example.org/planet?x\"\ncontact = \"mailto:me\"\ncontent = \"some\"\n"
        ),
        &expect![[r#"
            feeds.toml:7:12: `base_url` has more than a host in it
              7 | base_url = "https://example.org/planet?x"
                |            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
              write https://example.org

            feeds.toml:8:11: `contact` is not an e-mail address
              8 | contact = "mailto:me"
                |           ^^^^^^^^^^^
              write it as mailto:name@example.org

            feeds.toml:9:11: `content` is neither "full" nor "excerpt"
              9 | content = "some"
                |           ^^^^^^
              write "full" for whole posts, "excerpt" for their first words and a link
        "#]],
    );
    check(
        &format!(
            "{SMALL}[planet]\nbase_url = \"https://example.org/planet\"\ncontact = \"http://example.org/\"\n"
        ),
        &expect![[r#"
            feeds.toml:7:12: `base_url` has a path in it, and the planet can only stand at the top of a host
              7 | base_url = "https://example.org/planet"
                |            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^
              write https://example.org

            feeds.toml:8:11: `contact` is neither a mailto: nor an https: address
              8 | contact = "http://example.org/"
                |           ^^^^^^^^^^^^^^^^^^^^^
              write mailto: and an e-mail address, or the https: address of a page
        "#]],
    );
}

#[test]
fn networks_are_read_strictly() {
    check(
        &format!(
            "{SMALL}[poll]\nallow_networks = [\"10.0.0.0/8\", \"10.1.2.3/8\", \"127.0.0.1\", \"::1/129\", \"fd00::/8\", \"localhost/8\", \"1.2.3.4/+8\", \"0.0.0.0/0\"]\n"
        ),
        &expect![[r#"
            feeds.toml:7:33: `allow_networks` has `10.1.2.3/8`, which is a machine inside a network
              7 | allow_networks = ["10.0.0.0/8", "10.1.2.3/8", "127.0.0.1", "::1/129", "fd00::/8", "localhost/8", "1.2.3.4/+8", "0.0.0.0/…
                |                                 ^^^^^^^^^^^^
              write 10.0.0.0/8 for the network, or 10.1.2.3/32 for that machine

            feeds.toml:7:47: `allow_networks` has `127.0.0.1`, which is not a network
              7 | allow_networks = ["10.0.0.0/8", "10.1.2.3/8", "127.0.0.1", "::1/129", "fd00::/8", "localhost/8", "1.2.3.4/+8", "0.0.0.0/…
                |                                               ^^^^^^^^^^^
              write a network such as 192.168.0.0/16 or fd00::/8, one machine as 127.0.0.1/32

            feeds.toml:7:60: `allow_networks` has `::1/129`, but the number after the slash goes from 0 to 128
              7 | allow_networks = ["10.0.0.0/8", "10.1.2.3/8", "127.0.0.1", "::1/129", "fd00::/8", "localhost/8", "1.2.3.4/+8", "0.0.0.0/…
                |                                                            ^^^^^^^^^
              write a network such as 192.168.0.0/16 or fd00::/8, one machine as 127.0.0.1/32

            feeds.toml:7:83: `allow_networks` has `localhost/8`, which is not a network
              7 | allow_networks = ["10.0.0.0/8", "10.1.2.3/8", "127.0.0.1", "::1/129", "fd00::/8", "localhost/8", "1.2.3.4/+8", "0.0.0.0/…
                |                                                                                   ^^^^^^^^^^^^^
              write a network such as 192.168.0.0/16 or fd00::/8, one machine as 127.0.0.1/32

            feeds.toml:7:98: `allow_networks` has `1.2.3.4/+8`, which is not a network
              7 | ….2.3/8", "127.0.0.1", "::1/129", "fd00::/8", "localhost/8", "1.2.3.4/+8", "0.0.0.0/0"]
                |                                                              ^^^^^^^^^^^^
              write a network such as 192.168.0.0/16 or fd00::/8, one machine as 127.0.0.1/32
        "#]],
    );
}

#[test]
fn an_unknown_time_zone_finds_the_one_that_was_meant() {
    let zone = |zone: &str| {
        format!(
            "[course]\nname = \"X\"\ntimezone = \"{zone}\"\n[[thing]]\nnumber = 1\ntitle = \"A\"\n"
        )
    };
    check(
        &zone("London"),
        &expect![[r#"
        feeds.toml:3:12: `timezone` is not a time zone
          3 | timezone = "London"
            |            ^^^^^^^^
          did you mean "Europe/London"?
    "#]],
    );
    check(
        &zone("Greater Nowhere Standard"),
        &expect![[r#"
        feeds.toml:3:12: `timezone` is not a time zone
          3 | timezone = "Greater Nowhere Standard"
            |            ^^^^^^^^^^^^^^^^^^^^^^^^^^
          write a continent and a large city in your zone, such as "Europe/London"
    "#]],
    );
}

#[test]
fn texts_that_cannot_be_shown_are_refused() {
    let long = "x".repeat(2_001);
    check(
        &format!(
            "[course]\nname = \"  \"\nnames = [\"\", \"a\\u0007b\", \"cpd23\", \"cpd23\"]\nunit = \"Thing 6\"\n\
             [[thing]]\nnumber = 1\ntitle = \"\"\"a\nb\"\"\"\n[[thing]]\nnumber = 2\ntitle = \"{long}\"\n\
             [[participant]]\nname = \"!?\"\nblog = \"https://a.org\"\n[[participant]]\nname = \"A\\u202EB\"\nblog = \"https://b.org\"\n\
             [[participant]]\nname = \"C\"\npage = \"Seite Ü\"\nblog = \"https://c.org\"\n"
        ),
        &expect![[r#"
            feeds.toml:2:8: `name` is empty
              2 | name = "  "
                |        ^^^^
              write something between the quotes, or take the line out

            feeds.toml:3:10: an entry of `names` is empty
              3 | names = ["", "a\u0007b", "cpd23", "cpd23"]
                |          ^^
              write something between the quotes, or take the line out

            feeds.toml:3:14: an entry of `names` has an invisible control character in it
              3 | names = ["", "a\u0007b", "cpd23", "cpd23"]
                |              ^^^^^^^^^^
              type it again instead of pasting it

            feeds.toml:3:35: “cpd23” stands twice in `names`
              3 | names = ["", "a\u0007b", "cpd23", "cpd23"]
                |                                   ^^^^^^^
              take one of them out

            feeds.toml:4:8: `unit` must be one word
              4 | unit = "Thing 6"
                |        ^^^^^^^^^
              write what one part of the course is called: "Thing", "Week" or "Module"

            feeds.toml:7:9: `title` goes over more than one line
              7 | title = """a
                |         ^^^^
              write it on one line

            feeds.toml:11:9: `title` is longer than 2 000 characters
              11 | title = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…
                 |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
              make it shorter

            feeds.toml:13:8: this name has no letter or digit from which to make an address
              13 | name = "!?"
                 |        ^^^^
              add a line such as page = "anna-smith"

            feeds.toml:16:8: `name` has an invisible control character in it
              16 | name = "A\u202EB"
                 |        ^^^^^^^^^^
              type it again instead of pasting it

            feeds.toml:20:8: `page` may have only small letters, digits and single hyphens between them
              20 | page = "Seite Ü"
                 |        ^^^^^^^^^
              write page = "seite-ü"
        "#]],
    );
}

#[test]
fn every_mistake_in_the_grammar_is_told_at_once() {
    check(
        "[course\nname = Small course\nunit = “Thing”\n[[thing]\nnumber = 06\ntitle = \"Blogs\nweek =\ntopics = [\"a\" \"b\"]\n\
         [[thing]]\nnumber = six\ntitle \"Networks\"\ntopics = [\n  \"a\",\n  \"b\"\nopens == 2011-07-18\nAnna Smith = 3\n\
         [[thing]]\nnumber = 3\nnumber = 4\ntitle = \"C:\\dir\"\nwek = 3\n[course]\nunit = \"Week\"\n[plan et]\n[poll] entries_max = 3\n\
         [participant]\nname = \"A\"\nblog = \"https://a.org/\" extra\n[[planet]]\ncontent = \"all\"\n",
        &expect![[r#"
            feeds.toml:1:1: the brackets of this section do not match
              1 | [course
                | ^^^^^^^
              write [course]

            feeds.toml:2:8: text stands between quotes
              2 | name = Small course
                |        ^^^^^^^^^^^^
              write name = "Small course"

            feeds.toml:3:8: these are curly quotes
              3 | unit = “Thing”
                |        ^^^^^^^
              write unit = "Thing" with straight ones

            feeds.toml:4:1: the brackets of this section do not match
              4 | [[thing]
                | ^^^^^^^^
              write [[thing]]

            feeds.toml:5:10: `number` begins with a zero
              5 | number = 06
                |          ^
              write 6

            feeds.toml:6:15: this text has no closing quote
              6 | title = "Blogs
                |               ^
              end it with "

            feeds.toml:7:7: `week` has no value
              7 | week =
                |       ^
              write one after the =, or take the line out

            feeds.toml:8:15: this list is not right
              8 | topics = ["a" "b"]
                |               ^
              put a comma between its entries and ] at its end

            feeds.toml:10:10: `number` is not a whole number
              10 | number = six
                 |          ^^^
              write number = 10, for example

            feeds.toml:11:7: this line is neither a section nor a key with its value
              11 | title "Networks"
                 |       ^
              write key = "value", or begin the line with # if it is a remark

            feeds.toml:12:10: this list is not right
              12 | topics = [
                 |          ^
              close it with ] and put a comma between its entries

            feeds.toml:15:8: there is one = too many
              15 | opens == 2011-07-18
                 |        ^
              write opens = and the value once

            feeds.toml:16:6: a key is one word of letters and _ before the =
              16 | Anna Smith = 3
                 |      ^
              write key = "value", or begin the line with # if it is a remark

            feeds.toml:19:1: `number` is already on line 18
              19 | number = 4
                 | ^^^^^^
              keep one of the two; or, if another one begins here, write [[thing]] on a line of its own above it

            feeds.toml:20:13: a backslash has a meaning of its own between double quotes
              20 | title = "C:\dir"
                 |             ^
              write two for each, or put the text between single quotes

            feeds.toml:21:1: unknown key `wek`
              21 | wek = 3
                 | ^^^
              did you mean `week`?

            feeds.toml:22:2: [course] is already on line 1
              22 | [course]
                 |  ^^^^^^
              move its lines to the first one and take this one out

            feeds.toml:24:6: this is not a section
              24 | [plan et]
                 |      ^
              the sections are [course], [planet], [poll], [[thing]], [[participant]], [rules]

            feeds.toml:25:8: a section stands alone on its line
              25 | [poll] entries_max = 3
                 |        ^
              put the rest on the next line

            feeds.toml:26:1: [[participant]] has double brackets, because there can be many
              26 | [participant]
                 | ^^^^^^^^^^^^^
              write [[participant]]

            feeds.toml:28:25: there is something after the closing quote
              28 | blog = "https://a.org/" extra
                 |                         ^
              take it out, or begin it with # if it is a remark

            feeds.toml:29:1: [planet] has single brackets, because there is only one
              29 | [[planet]]
                 | ^^^^^^^^^^
              write [planet]

            feeds.toml:30:11: `content` is neither "full" nor "excerpt"
              30 | content = "all"
                 |           ^^^^^
              write "full" for whole posts, "excerpt" for their first words and a link
        "#]],
    );
}

#[test]
fn what_is_never_closed_is_told_where_it_opens() {
    check(
        "[course]\nname = \"\"\"Small\n[[thing]]\nnumber = 0\n",
        &expect![[r#"
            feeds.toml:2:8: this text is never closed
              2 | name = """Small
                |        ^^^
              write it on one line, between " and "

            feeds.toml:3:1: [[thing]] has no `title`
              3 | [[thing]]
                | ^^^^^^^^^
              add a line such as title = "Online networks"

            feeds.toml:4:10: `number` cannot be 0
              4 | number = 0
                |          ^
              it goes from 1 to 999
        "#]],
    );
    check(
        "[course]\nname = \"X\"\nnames = [\n\"a\",\n[[thing]]\nnumber = 0\ntitle = \"A\"\n",
        &expect![[r#"
            feeds.toml:3:9: this list is not right
              3 | names = [
                |         ^
              close it with ] and put a comma between its entries

            feeds.toml:6:10: `number` cannot be 0
              6 | number = 0
                |          ^
              it goes from 1 to 999
        "#]],
    );
    check(
        "[course]\nname = { a = 1\nunit = 3\n",
        &expect![[r#"
        feeds.toml:2:8: this brace is never closed
          2 | name = { a = 1
            |        ^
          write each key on a line of its own; this file needs no braces

        feeds.toml:3:8: `unit` wants text in quotes, not a number
          3 | unit = 3
            |        ^
          write "3" with quotes
    "#]],
    );
}

#[test]
fn a_section_written_as_a_key_is_told() {
    check(
        "course = 3\nthing = 4\npoll = [{}]\nparticipant = [1]\n",
        &expect![[r#"
            feeds.toml:1:10: `course` is a section, not a key
              1 | course = 3
                |          ^
              write [course] on a line of its own, its keys below

            feeds.toml:2:9: each thing has a section of its own, in double brackets
              2 | thing = 4
                |         ^
              write [[thing]]

            feeds.toml:3:8: [poll] stands once, in single brackets
              3 | poll = [{}]
                |        ^^^^
              write [poll]

            feeds.toml:4:16: `participant` is a section, not a key
              4 | participant = [1]
                |                ^
              write [[participant]]
        "#]],
    );
}

#[test]
fn a_course_with_an_empty_list_of_things_has_no_things() {
    check(
        "thing = []\nparticipant = []\n[course]\nname = \"X\"\n",
        &expect![[r#"
            feeds.toml:1:1: there are no Things
              1 | thing = []
                | ^
              add a section [[thing]] for each, with number = 1 and title = "…"
        "#]],
    );
}

#[test]
fn a_long_line_is_cut_around_the_place() {
    let topics = (10..30)
        .map(|n| format!("\"word {n}\", "))
        .collect::<String>();
    check(
        &format!(
            "[course]\nname = \"X\"\nnames = [\"Ünïcödé 図書館\", {topics} 3, \"end\", \"of a line that is far too long to show\"]\n[[thing]]\nnumber = 1\ntitle = \"A\"\n"
        ),
        &expect![[r#"
            feeds.toml:3:246: `names` wants a list of texts in quotes, not a number
              3 | …4", "word 25", "word 26", "word 27", "word 28", "word 29",  3, "end", "of a line that is far too long to show"]
                |                                                              ^
              write "3" with quotes
        "#]],
    );
}

#[test]
fn a_file_of_rubbish_is_told_in_two_hundred_findings() {
    let text = format!(
        "{SMALL}{}",
        (0..1_000)
            .map(|at| format!("rubbish{at} = {at}\n"))
            .collect::<String>()
    );
    let findings = parse(&text, Path::new("feeds.toml")).unwrap_err();
    assert_eq!(findings.list().len(), 200);
    assert_eq!(findings.count(), 1_000);
    assert!(
        findings
            .to_string()
            .ends_with("and 800 more problems; mend these first")
    );
}

#[test]
fn more_mistakes_in_the_grammar_than_can_be_mended_are_still_told() {
    let text = format!("{SMALL}{}", "rubbish\n".repeat(150));
    let findings = parse(&text, Path::new("feeds.toml")).unwrap_err();
    assert_eq!(findings.count(), 150);
}

#[test]
fn a_finding_quotes_no_more_than_can_be_read() {
    let text = format!("{SMALL}a = {}", "very long ".repeat(100_000));
    let findings = parse(&text, Path::new("feeds.toml")).unwrap_err();
    assert!(findings.to_string().len() < 1_000);
}

#[test]
fn space_inside_the_brackets_of_a_section_is_fine() {
    let text = SMALL
        .replace("[[thing]]", "[[ thing ]] # the first")
        .replace("[course]", "[ course ]");
    assert_eq!(good(&text), good(SMALL));
}

#[test]
fn sizes_have_limits() {
    let things: String = (1..=501)
        .map(|number| format!("[[thing]]\nnumber = {number}\ntitle = \"T\"\n"))
        .collect();
    check(
        &format!("[course]\nname = \"X\"\n{things}"),
        &expect![[r#"
        feeds.toml:1503:1: there are more than 500 sections [[thing]]
          1503 | [[thing]]
               | ^^^^^^^^^
          split the course into several planets
    "#]],
    );
    check(
        &"#".repeat(4_000_001),
        &expect![[r#"
        feeds.toml:1:1: the file is larger than 4 MB
          1 |
            | ^
          a roster of 5 000 participants needs about 1 MB; look for something pasted by mistake
    "#]],
    );
    let people = |count: u32| -> String {
        (0..count)
            .map(|at| {
                format!(
                    "[[participant]]\nname = \"P{at}\"\nblog = \"https://p{at}.example.org/\"\n"
                )
            })
            .collect()
    };
    assert_eq!(
        good(&format!("{SMALL}{}", people(5_000)))
            .participants
            .len(),
        5_000
    );
    check(
        &format!("{SMALL}{}", people(5_001)),
        &expect![[r#"
            feeds.toml:15006:1: there are more than 5 000 sections [[participant]]
              15006 | [[participant]]
                    | ^^^^^^^^^^^^^^^
              split the course into several planets
        "#]],
    );
}

#[test]
fn a_missing_file_is_told_how_to_make_one() {
    let error = read(Path::new("/nowhere/feeds.toml")).unwrap_err();
    expect![[r#"
        could not read /nowhere/feeds.toml: No such file or directory (os error 2)
          copy the feeds.toml that comes with thingplanet to this place and change it to your course, or name the file you have with --roster"#]].assert_eq(&error.to_string());
    let error = read(Path::new("/")).unwrap_err();
    expect![[r#"
        could not read /: it is not a file
          see that this is a text file, and name another one with --roster if it is not"#]]
    .assert_eq(&error.to_string());
}

#[test]
fn a_file_that_is_not_utf8_is_told_where() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("feeds.toml");
    std::fs::write(&path, b"[course]\nname = \"Si\xe2n\"\n").unwrap();
    let Err(RosterError::Invalid(findings)) = read(&path) else {
        panic!("Latin-1 should not be read");
    };
    let finding = &findings.list()[0];
    assert_eq!((finding.line, finding.column), (2, 11));
    assert_eq!(finding.message, "this letter is not saved as UTF-8");
}

/// Every place that is told must be in the file that was read.
fn assert_inside(text: &str) {
    let Err(findings) = parse(text, Path::new("feeds.toml")) else {
        return;
    };
    assert!(!findings.list().is_empty());
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let lines: Vec<&str> = text.split('\n').collect();
    for finding in findings.list() {
        let line = lines
            .get(finding.line - 1)
            .unwrap_or_else(|| panic!("{finding}"));
        assert!(
            (1..=line.chars().count() + 1).contains(&finding.column),
            "{finding}"
        );
    }
    let _ = findings.to_string();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read_without_panic(text in any::<String>()) {
        assert_inside(&text);
    }

    #[test]
    fn any_text_of_the_letters_of_the_grammar_is_read_without_panic(text in r#"([\[\]{}="'#,.\n\r 0-9a-c\\_:T+-]|thing|course|"""|participant|name|図){0,60}"#) {
        assert_inside(&text);
    }

    #[test]
    fn any_change_to_the_shipped_file_is_read_without_panic(
        at in 0.0..1.0_f64, length in 0_usize..40, new in r#"([\[\]{}="'#,.\n\r 0-9a-c\\]|"""|図){0,6}"#,
    ) {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a share of a small length")]
        let start = SHIPPED.floor_char_boundary((at * SHIPPED.len() as f64) as usize);
        let end = SHIPPED.floor_char_boundary((start + length).min(SHIPPED.len()));
        assert_inside(&format!("{}{new}{}", &SHIPPED[..start], &SHIPPED[end..]));
    }

    #[test]
    fn any_two_lines_of_the_shipped_file_may_change_places(one in 0_usize..400, other in 0_usize..400) {
        let mut lines: Vec<&str> = SHIPPED.lines().collect();
        let count = lines.len();
        lines.swap(one % count, other % count);
        assert_inside(&lines.join("\n"));
    }
}
