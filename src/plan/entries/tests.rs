//! Two sightings of a blog: what is known from the first, what comes in the second, and what is made of it.

use jiff::{SignedDuration, Timestamp};
use url::Url;

use super::{Came, Intents, alike, dates, hold_floods, intents, is_news, twin};
use crate::model::{
    EntryId, Fingerprint, Flood, Guid, GuidRule, KnownEntry, Markup, Origin, ParsedEntry, Problem,
    ReadyEntry, SafeHtml, Tombstone, Words, canonical,
};

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn now() -> Timestamp {
    time("2011-07-21T12:00:00Z")
}

fn hours(count: i64) -> SignedDuration {
    SignedDuration::from_hours(count)
}

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

/// A post of 20 July with a guid of its own and a text that is nobody else's.
fn post(guid: &str, title: &str) -> ParsedEntry {
    ParsedEntry {
        guid: Guid {
            value: guid.to_owned(),
            rule: GuidRule::Given,
        },
        stated_guid: None,
        title: Markup::Plain(title.to_owned()),
        url: None,
        published: Some(time("2011-07-20T09:00:00Z")),
        updated: None,
        authors: Vec::new(),
        categories: Vec::new(),
        content: Markup::Html(format!("<p>{}</p>", text(title))),
        comments: None,
        base: None,
        problems: Vec::new(),
    }
}

/// A text that is long enough to be nobody else's by chance.
fn text(seed: &str) -> String {
    format!("{seed} and how I came to think so. ").repeat(12)
}

fn linked(guid: &str, title: &str, link: &str) -> ParsedEntry {
    ParsedEntry {
        url: Some(url(link)),
        ..post(guid, title)
    }
}

/// Known by its link alone, as posts without a guid are.
fn by_link(title: &str, link: &str) -> ParsedEntry {
    let mut entry = linked("", title, link);
    entry.guid = Guid {
        value: canonical(&url(link)),
        rule: GuidRule::Link,
    };
    entry
}

/// Known by what it says alone, as posts without guid and link are.
fn nameless(title: &str, body: &str, published: Option<Timestamp>) -> ParsedEntry {
    let print = Fingerprint::of_parts([title, body]).short_hex();
    let mut entry = post(&format!("hash:{print}"), title);
    entry.guid.rule = GuidRule::Hash;
    entry.content = Markup::Html(body.to_owned());
    entry.published = published;
    entry
}

/// What is kept of these entries of one document, numbered from its end.
fn kept(entries: &[ParsedEntry]) -> Vec<KnownEntry> {
    let keep = |(id, entry): (i64, &ParsedEntry)| KnownEntry {
        id: EntryId(id),
        guid: entry.guid.clone(),
        origin: Origin::Own,
        url: entry.url.clone(),
        title: entry.title.source().to_owned(),
        fingerprint: entry.fingerprint(),
        words: Fingerprint::of(entry.content.source().as_bytes()),
        content: Some(Fingerprint::of(entry.content.source().as_bytes())),
        published_at: entry.published.unwrap_or(now()),
        updated_at: entry.published.unwrap_or(now()),
        changes: 0,
        changed_at: None,
        comments: entry.comments,
        retired: false,
        problems: Vec::new(),
    };
    let numbers = (1..=i64::try_from(entries.len()).unwrap()).rev();
    numbers.zip(entries).map(keep).collect()
}

fn seen(known: &[KnownEntry], entries: Vec<ParsedEntry>) -> Intents {
    let came = Came {
        entries,
        ..Came::default()
    };
    intents(known, came, now())
}

/// Asserts which known entry each one that needs work is taken for, in document order; 0 is none.
fn check(known: &[KnownEntry], entries: Vec<ParsedEntry>, unchanged: usize, work: &[i64]) {
    let intents = seen(known, entries);
    let found: Vec<i64> = intents
        .work
        .iter()
        .map(|it| it.known.as_ref().map_or(0, |known| known.id.0))
        .collect();
    assert_eq!((intents.unchanged, found.as_slice()), (unchanged, work));
}

/// Asserts that every entry is taken for a known one, whichever way round the document stands.
fn check_nothing_new(known: &[KnownEntry], mut entries: Vec<ParsedEntry>) {
    for _ in 0..2 {
        let intents = seen(known, entries.clone());
        let new = intents.work.iter().filter(|it| it.known.is_none());
        let new: Vec<&str> = new.map(|it| it.entry.title.source()).collect();
        assert_eq!(new, [""; 0]);
        entries.reverse();
    }
}

fn five(entry: impl Fn(usize) -> ParsedEntry) -> Vec<ParsedEntry> {
    (1..=5)
        .map(|number| {
            let mut entry = entry(number);
            entry.published = Some(now() - hours(24 * i64::try_from(number).unwrap()));
            entry
        })
        .collect()
}

// Identity.

#[test]
fn an_unchanged_entry_needs_no_work() {
    let entry = post("1", "Thing 6");
    check(
        &kept(std::slice::from_ref(&entry)),
        vec![entry, post("2", "Thing 7")],
        1,
        &[0],
    );
}

#[test]
fn an_edited_title_is_a_change_and_not_a_new_entry() {
    check(
        &kept(&[post("1", "before")]),
        vec![post("1", "after")],
        0,
        &[1],
    );
    let (before, after) = (
        by_link("before", "https://a.example/six"),
        by_link("after", "https://a.example/six"),
    );
    check(&kept(&[before]), vec![after], 0, &[1]);
}

/// Numbers that look random and are the same every time (Steele and Vigna, "splitmix64").
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % limit as u64).unwrap()
    }
}

/// A post of some kind, its address spelled in some way; the number alone says which post it is.
fn any_post(number: usize, kind: usize, spelling: usize, title: &str) -> ParsedEntry {
    let host = ["http://a.blogspot.com", "https://www.a.blogspot.co.uk"][spelling % 2];
    let end = ["", "/", "?m=1", "?utm_source=feed"][spelling / 2 % 4];
    let link = format!("{host}/2011/07/post-{number}.html{end}");
    let day = Some(now() - hours(24 * i64::try_from(number).unwrap()));
    let body = format!("<p>{}</p>", text(&format!("Number {number}")));
    let mut entry = match kind {
        0 => linked(&format!("tag:a,2011:{number}"), title, &link),
        1 => linked(&link, title, &link),
        2 => linked(&number.to_string(), title, &link),
        3 => by_link(title, &link),
        4 => nameless(title, &body, day),
        _ => nameless(title, &body, None),
    };
    entry.content = Markup::Html(body);
    entry.published = day.filter(|_| kind < 5);
    entry
}

#[test]
fn whatever_a_feed_gives_for_identity_edits_spellings_and_order_make_no_new_entry() {
    for seed in 0..300 {
        let mut dice = Dice(seed);
        let posts: Vec<(usize, usize)> = (1..=12).map(|number| (number, dice.below(6))).collect();
        let mut sighting = |edition: &str| -> Vec<ParsedEntry> {
            let post = |&(number, kind): &(usize, usize)| {
                let title = ["Reflection", "Thing"][number % 2];
                any_post(number, kind, dice.below(8), &format!("{title}{edition}"))
            };
            posts.iter().map(post).collect()
        };
        let (before, mut after) = (sighting(""), sighting(", edited"));
        for at in (1..after.len()).rev() {
            after.swap(at, dice.below(at + 1));
        }
        let intents = seen(&kept(&before), after);
        assert_eq!(intents.work.len(), 12, "seed {seed}");
        for intent in intents.work {
            let content = Fingerprint::of(intent.entry.content.source().as_bytes());
            let known = intent.known.and_then(|known| known.content);
            assert_eq!(
                known,
                Some(content),
                "seed {seed}: {}",
                intent.entry.guid.value
            );
        }
    }
}

#[test]
fn an_edited_title_is_no_new_entry_even_without_guid_and_link() {
    let day = Some(time("2011-07-19T09:00:00Z"));
    // The text is the same.
    let before = [
        nameless("One", "short", None),
        nameless("Two", "also", None),
    ];
    let after = vec![
        nameless("One, edited", "short", None),
        nameless("Two, edited", "also", None),
    ];
    check(&kept(&before), after, 0, &[2, 1]);
    // The text changed too, and the moment of publishing is the same.
    let before = [nameless("One", "short", day), post("2", "Another")];
    let after = vec![nameless("One, edited", "longer", day), post("2", "Another")];
    check(&kept(&before), after, 1, &[2]);
}

#[test]
fn without_anything_else_the_place_tells_an_edit_from_a_new_post() {
    let bare = |title: &str| nameless(title, "", None);
    let feed = |titles: [&str; 3]| titles.map(bare).to_vec();
    let before = kept(&feed(["Three", "Two", "One"]));
    for (number, after) in [
        (3, ["Drei", "Two", "One"]),
        (2, ["Three", "Zwei", "One"]),
        (1, ["Three", "Two", "Eins"]),
    ] {
        check(&before, feed(after), 2, &[number]);
    }
    let feed_of_five = |titles: [&str; 5]| titles.map(bare).to_vec();
    let five = kept(&feed_of_five(["Five", "Four", "Three", "Two", "One"]));
    let after = feed_of_five(["Five", "Vier", "Drei", "Two", "One"]);
    check(&five, after, 3, &[4, 3]);
    // One is gone and two stand in its place: which of them it was cannot be told.
    let after = ["Five", "Vier", "Drei", "Three", "Two"].map(bare).to_vec();
    check(&five, after, 3, &[0, 0]);
    check(&before, feed(["Four", "Three", "Two"]), 2, &[0]);
    check(&before, feed(["Five", "Four", "Three"]), 1, &[0, 0]);
    check(&kept(&[bare("One")]), vec![bare("Two")], 0, &[0]);
    // With a text that differs as well, the texts have the last word.
    let after = vec![
        bare("Three"),
        nameless("Zwei", "Now with words", None),
        bare("One"),
    ];
    assert!(!seen(&before, after).work[0].sure);
}

#[test]
fn posts_of_one_title_and_different_texts_stay_two() {
    let both = [
        nameless("Reflection", "of Monday", None),
        nameless("Reflection", "of Tuesday", None),
    ];
    check(&[], both.to_vec(), 0, &[0, 0]);
    check(&kept(&both), both.to_vec(), 2, &[]);
}

#[test]
fn one_spelling_of_an_address_is_as_good_as_another() {
    let spellings = [
        "http://alib.blogspot.com/2011/07/six.html",
        "https://alib.blogspot.com/2011/07/six.html",
        "http://www.alib.blogspot.com/2011/07/six.html",
        "http://alib.blogspot.de/2011/07/six.html",
        "http://alib.blogspot.co.uk/2011/07/six.html",
        "http://alib.blogspot.com/2011/07/six.html?m=1",
        "http://alib.blogspot.com/2011/07/six.html?utm_source=feed&utm_medium=rss",
        "http://alib.blogspot.com/2011/07/six.html/",
        "http://alib.blogspot.com/2011/07/six.html#more",
    ];
    for before in spellings {
        for after in spellings {
            // As guid, as link beside a guid that changes with it, and as link alone.
            let guids = |spelling| linked(spelling, "Thing 6", spelling);
            check_nothing_new(&kept(&[guids(before)]), vec![guids(after)]);
            let links = |spelling| by_link("Thing 6", spelling);
            check_nothing_new(&kept(&[links(before)]), vec![links(after)]);
            check_nothing_new(
                &kept(&[linked("1", "Thing 6", before)]),
                vec![linked("2", "Thing 6", after)],
            );
        }
    }
}

#[test]
fn a_new_spelling_of_the_link_is_stored() {
    let before = linked("1", "Thing 6", "http://a.example/six");
    let after = linked("1", "Thing 6", "https://a.example/six");
    check(&kept(&[before]), vec![after], 0, &[1]);
}

#[test]
fn two_spellings_in_one_feed_never_overwrite_one_another() {
    let before = post("http://a.example/1", "Thing 6");
    let other = post("https://a.example/1", "Another");
    for entries in [
        vec![before.clone(), other.clone()],
        vec![other.clone(), before.clone()],
    ] {
        check(&kept(std::slice::from_ref(&before)), entries, 1, &[0]);
    }
}

#[test]
fn a_guid_that_others_come_to_share_still_names_the_first_and_has_it_back_when_they_are_gone() {
    let before = linked("1", "Thing 6", "https://a.example/six");
    let shared = |title, link: &str| {
        let mut entry = linked("", title, link);
        entry.guid = Guid {
            value: format!("1 {}", canonical(&url(link))),
            rule: GuidRule::GivenAndLink,
        };
        entry
    };
    let six = shared("Thing 6", "https://a.example/six");
    let seven = shared("Thing 7", "https://a.example/seven");
    check(
        &kept(std::slice::from_ref(&before)),
        vec![seven.clone(), six.clone()],
        1,
        &[0],
    );
    check(&kept(&[seven, six]), vec![before], 0, &[1]);
}

#[test]
fn a_feed_that_begins_to_give_guids_brings_nothing_new_and_neither_does_one_that_stops() {
    let without = five(|number| {
        by_link(
            &format!("Post {number}"),
            &format!("http://a.example/{number}"),
        )
    });
    let with = five(|number| {
        linked(
            &format!("tag:a,2011:{number}"),
            &format!("Post {number}, edited"),
            &format!("http://a.example/{number}"),
        )
    });
    check_nothing_new(&kept(&without), with.clone());
    check_nothing_new(&kept(&with), without);
}

#[test]
fn an_address_that_serves_each_days_news_does_not_make_them_one() {
    // A feed of the newest post only, whose link is always the same.
    let yesterday = linked("1", "The picture of the day", "https://a.example/today");
    let mut today = linked("2", "The picture of the day", "https://a.example/today");
    today.published = Some(now());
    today.content = Markup::Plain("A kettle".to_owned());
    check(&kept(&[yesterday]), vec![today], 0, &[0]);
}

#[test]
fn places_inside_one_page_are_posts_of_their_own() {
    let day = |number: u32| {
        let mut entry = by_link(&format!("Day {number}"), "https://a.example/diary");
        entry.url = Some(url(&format!("https://a.example/diary#{number}")));
        entry.guid.value = format!("a.example/diary#{number}");
        entry
    };
    let known = kept(&[day(1), day(2)]);
    check(&known, vec![day(3), day(2)], 1, &[0]);
}

#[test]
fn a_site_that_gives_other_guids_brings_nothing_new() {
    let before = five(|number| {
        linked(
            &format!("http://a.example/?p={number}"),
            &format!("Post {number}"),
            &format!("http://a.example/2011/{number}"),
        )
    });
    // The same links; then other links too, and the same texts; then neither, and only titles and dates.
    let same_links = five(|number| {
        linked(
            &format!("https://a.example/2011/{number}"),
            &format!("Post {number}"),
            &format!("http://a.example/2011/{number}"),
        )
    });
    let same_texts = five(|number| {
        linked(
            &format!("urn:{number}"),
            &format!("Post {number}"),
            &format!("https://new.example/posts/{number}"),
        )
    });
    let same_titles: Vec<ParsedEntry> = same_texts
        .iter()
        .cloned()
        .map(|mut entry| {
            entry.content = Markup::Plain("Somewhat other words".to_owned());
            entry.published = entry.published.map(|time| time + hours(5));
            entry
        })
        .collect();
    for after in [same_links, same_texts, same_titles] {
        check_nothing_new(&kept(&before), after);
    }
}

#[test]
fn a_blog_that_moves_to_another_host_brings_nothing_new() {
    let at = |host: &str| {
        five(|number| {
            let link = format!("{host}/2011/07/post-{number}.html");
            linked(&link, &format!("Post {number}"), &link)
        })
    };
    check_nothing_new(
        &kept(&at("http://old.blogspot.com")),
        at("https://new.example"),
    );
    // The roster names the new feed already, and the old one is no longer on it.
    let mut known = kept(&at("http://old.blogspot.com"));
    for entry in &mut known {
        entry.origin = Origin::Former;
    }
    check_nothing_new(&known, at("https://new.example"));
}

#[test]
fn recurring_titles_are_not_merged_whatever_moves() {
    let week = |guid: &str, body: &str, day: i64| {
        let mut entry = post(guid, "Weekly reflection");
        entry.content = Markup::Html(text(body));
        entry.published = Some(now() - hours(24 * day));
        entry
    };
    let before = [week("a", "On blogs", 14), week("b", "On feeds", 7)];
    // Two new ones, a week later: more than half of the guids are new, and no text and no date is the same.
    check(
        &kept(&before),
        vec![week("c", "On networks", 0), week("d", "On meetings", 4)],
        0,
        &[0, 0],
    );
    // The second part comes a day later: only the texts can tell, so they are asked.
    let others = [post("x", "Other"), post("y", "And another")];
    let mut came = others.to_vec();
    came.insert(0, week("c", "On networks", 0));
    let intents = seen(&kept(&[week("b", "On feeds", 1)]), came);
    assert!(!intents.work[0].sure, "the title alone is not enough");
    let words = |body: &str| Words {
        title: "Weekly reflection".to_owned(),
        text: text(body),
    };
    let (feeds, networks) = (
        words("On feeds there is little"),
        words("My networks grow daily"),
    );
    assert!(!alike(&feeds, &networks));
    assert!(alike(&feeds, &feeds));
}

#[test]
fn an_excerpt_is_like_its_whole_and_nothing_is_like_nothing() {
    let words = |text: &str| Words {
        title: String::new(),
        text: text.to_owned(),
    };
    let whole = words("The kettle boils while I read all the feeds of the day, and then some.");
    assert!(alike(
        &words("The kettle boils while I read all the feeds"),
        &whole
    ));
    assert!(!alike(&words("A cat sat on the mat"), &whole));
    assert!(!alike(&words(""), &whole));
}

#[test]
fn one_new_post_with_an_old_text_is_new_unless_the_title_is_the_same() {
    let old = five(|number| post(&number.to_string(), &format!("Post {number}")));
    let mut again = old[4].clone();
    again.guid.value = "again".to_owned();
    let mut other = again.clone();
    other.title = Markup::Plain("Another title".to_owned());
    let with = |entry: ParsedEntry| {
        let mut entries = old[..4].to_vec();
        entries.insert(0, entry);
        entries
    };
    check(&kept(&old), with(again), 4, &[1]);
    check(&kept(&old), with(other), 4, &[0]);
}

#[test]
fn entries_of_another_feed_on_the_roster_are_left_alone() {
    let entry = linked("tag:a,2011:1", "Thing 6", "https://a.example/six");
    let mut known = kept(std::slice::from_ref(&entry));
    known[0].origin = Origin::Other;
    check(&known, vec![entry], 0, &[0]);
}

#[test]
fn plain_numbers_as_guids_do_not_reach_beyond_their_feed() {
    let mut known = kept(&[post("1", "Of the old blog")]);
    known[0].origin = Origin::Former;
    check(&known, vec![post("1", "Of the new blog")], 0, &[0]);
    known[0].origin = Origin::Own;
    check(&known, vec![post("1", "Of the new blog")], 0, &[1]);
}

#[test]
fn the_newest_of_repeated_entries_is_kept_in_any_order() {
    let (old, mut new) = (post("1", "old"), post("1", "new"));
    new.updated = Some(now());
    for entries in [
        vec![old.clone(), new.clone()],
        vec![new.clone(), old.clone()],
    ] {
        let intents = seen(&[], entries);
        assert_eq!(intents.work.len(), 1);
        assert_eq!(intents.work[0].entry.title.source(), "new");
        assert_eq!(intents.problems.len(), 1);
    }
}

// Dates.

#[test]
fn a_date_in_the_future_is_now_and_a_missing_one_is_the_first_sight() {
    let dated = |date: Option<Timestamp>| {
        let mut entry = post("1", "from the future");
        (entry.published, entry.updated) = (date, date);
        let dates = dates(&entry, None, false, now());
        (dates.published_at, dates.updated_at)
    };
    for late in [
        time("2999-01-01T00:00:00Z"),
        now() + SignedDuration::from_mins(30),
        now() + hours(5),
    ] {
        assert_eq!(dated(Some(late)), (now(), now()), "{late}");
    }
    assert_eq!(dated(None), (now(), now()));
    let past = now() - hours(30);
    assert_eq!(dated(Some(past)), (past, past));
    let says = |published| {
        let mut entry = post("1", "x");
        entry.published = published;
        dates(&entry, None, false, now()).dated
    };
    assert!(says(Some(past)) && says(Some(now() + SignedDuration::from_mins(30))));
    assert!(!says(None) && !says(Some(now() + hours(5))));
}

#[test]
fn a_blogger_is_told_of_a_date_in_the_future() {
    let told = |published| {
        let mut entry = post("1", "x");
        entry.published = Some(published);
        let intents = seen(&[], vec![entry]);
        let problems = &intents.work[0].entry.problems;
        problems.first().map(ToString::to_string)
    };
    assert_eq!(
        told(time("2999-01-01T00:00:00Z")).as_deref(),
        Some(
            "its date, 1 January 2999, 00:00 UTC, lies in the future; the time of first sight stands in for it"
        )
    );
    assert_eq!(told(now() + SignedDuration::from_mins(30)), None);
}

#[test]
fn published_never_moves_even_when_the_feed_corrects_it() {
    let first = post("1", "first");
    let mut known = kept(std::slice::from_ref(&first)).remove(0);
    for stated in [now() - hours(999), now(), time("2999-01-01T00:00:00Z")] {
        let mut again = first.clone();
        (again.published, again.updated) = (Some(stated), Some(stated));
        let dates = dates(&again, Some(&known), true, now());
        assert_eq!(dates.published_at, known.published_at, "{stated}");
        assert!(dates.updated_at <= now() && dates.updated_at >= known.updated_at);
        known.updated_at = dates.updated_at;
    }
}

#[test]
fn updated_moves_only_with_news() {
    let mut again = post("1", "again");
    again.updated = Some(now() - hours(1));
    let known = kept(&[post("1", "first")]).remove(0);
    let updated = |changed| dates(&again, Some(&known), changed, now()).updated_at;
    assert_eq!(updated(false), known.updated_at);
    assert_eq!(updated(true), now() - hours(1));
    again.updated = None;
    assert_eq!(
        dates(&again, Some(&known), true, now()).updated_at,
        now(),
        "when it was seen"
    );
}

#[test]
fn a_typo_is_no_news_and_a_paragraph_is() {
    let words = |title: &str, text: &str| Words {
        title: title.to_owned(),
        text: text.to_owned(),
    };
    let before = words(
        "Thing 6: my networks",
        "I joined LinkdIn, in 2009 and left again.",
    );
    let paragraph =
        " Then I found out what it is for, which is quite another thing than I had thought.";
    for (title, text, news) in [
        (
            "Thing 6: my networks",
            "I joined LinkedIn in 2009 and left again.",
            false,
        ),
        (
            "Thing 6:  My Networks",
            "I  joined\nLinkdIn, in 2009 and left again.",
            false,
        ),
        (
            "Thing 6: my netwroks",
            "I left again and joined LinkdIn, in 2009.",
            false,
        ),
        (
            "Thing 7: my networks",
            "I joined LinkdIn, in 2009 and left again.",
            true,
        ),
        (
            "Thing 6: my networks, again",
            "I joined LinkdIn, in 2009 and left again.",
            true,
        ),
        (
            "Things and networks",
            "I joined LinkdIn, in 2009 and left again.",
            true,
        ),
    ] {
        assert_eq!(
            is_news(&before, &words(title, text)),
            news,
            "{title}: {text}"
        );
    }
    let longer = words(&before.title, &format!("{}{paragraph}", before.text));
    assert!(is_news(&before, &longer));
    assert!(is_news(&longer, &before), "and so is its going");
}

#[test]
fn a_post_that_changes_at_every_visit_comes_to_rest() {
    let edition = |number: usize| {
        let mut entry = post("1", "Thing 6");
        entry.content = Markup::Html(format!("<p>You are visitor {number}.</p>"));
        entry
    };
    let mut known = kept(&[edition(0)]);
    let (mut at, mut rewritten) = (now(), 0);
    for number in 1..=50 {
        at += hours(1);
        let came = Came {
            entries: vec![edition(number)],
            ..Came::default()
        };
        let intents = intents(&known, came, at);
        assert_eq!(intents.problems.is_empty(), !intents.work.is_empty());
        if let Some(intent) = intents.work.first() {
            rewritten += 1;
            known[0].fingerprint = intent.fingerprint;
            known[0].changes += 1;
            known[0].changed_at = Some(at);
        }
    }
    assert_eq!(rewritten, 24);
    let came = Came {
        entries: vec![edition(51)],
        ..Came::default()
    };
    let later = intents(&known, came, at + hours(7 * 24));
    assert_eq!(later.work.len(), 1, "once a week it is read again");
}

#[test]
fn another_number_of_comments_is_counted_and_is_no_edit() {
    let told = |comments| ParsedEntry {
        comments,
        ..post("1", "Thing 1")
    };
    let known = kept(&[told(Some(0))]);
    for (comments, counted) in [
        (Some(0), vec![]),
        (Some(2), vec![(EntryId(1), Some(2))]),
        (None, vec![(EntryId(1), None)]),
    ] {
        let intents = seen(&known, vec![told(comments)]);
        assert_eq!(intents.counted, counted);
        assert_eq!((intents.work.len(), intents.unchanged), (0, 1));
    }
}

#[test]
fn what_is_odd_in_an_unchanged_entry_is_noted_when_it_differs() {
    let mut entry = post("1", "Thing 6");
    let known = kept(std::slice::from_ref(&entry));
    entry.problems = vec![Problem::new("its date cannot be read")];
    let intents = seen(&known, vec![entry.clone()]);
    let odd = vec!["its date cannot be read".to_owned()];
    assert_eq!(intents.noted, [(EntryId(1), odd.clone())]);
    let mut known = known;
    known[0].problems = odd;
    assert_eq!(seen(&known, vec![entry]).noted, []);
}

// Removals.

fn buried(known: &[KnownEntry], entries: Vec<ParsedEntry>, grave: (&str, Timestamp)) -> Intents {
    let came = Came {
        entries,
        tombstones: vec![Tombstone {
            guid: grave.0.to_owned(),
            deleted_at: Some(grave.1),
        }],
        ..Came::default()
    };
    intents(known, came, now())
}

#[test]
fn to_be_absent_is_not_to_be_deleted() {
    let known = kept(&five(|number| post(&number.to_string(), "x")));
    assert_eq!(seen(&known, Vec::new()).retired, []);
}

#[test]
fn a_tombstone_retires_its_entry_unless_it_lies_in_the_future() {
    let known = kept(&[post("http://a.example/1", "x"), post("2", "y")]);
    let of = |guid, at| buried(&known, vec![post("2", "y")], (guid, at)).retired;
    let past = now() - hours(1);
    assert_eq!(of("http://a.example/1", past), [EntryId(2)]);
    assert_eq!(of("https://www.a.example/1/", past), [EntryId(2)]);
    assert_eq!(of("http://a.example/1", now() + hours(2)), []);
    assert_eq!(of("http://b.example/1", past), [], "somebody else's");
}

#[test]
fn a_tombstone_of_one_place_in_a_page_leaves_the_others() {
    let at = |number: u32| post(&format!("http://a.example/d.html#{number}"), "x");
    let known = kept(&[at(3), at(2), at(1)]);
    let grave = ("http://a.example/d.html#2", now() - hours(1));
    assert_eq!(
        buried(&known, vec![at(3), at(1)], grave).retired,
        [EntryId(2)]
    );
}

#[test]
fn an_entry_that_changed_after_its_tombstone_lives_on_when_its_feed_forgets_it() {
    let mut known = kept(&[post("1", "x")]);
    known[0].updated_at = now() - hours(1);
    assert_eq!(
        buried(&known, Vec::new(), ("1", now() - hours(2))).retired,
        []
    );
    assert_eq!(
        buried(&known, Vec::new(), ("1", now())).retired,
        [EntryId(1)]
    );
}

#[test]
fn posts_on_one_page_never_overwrite_one_another() {
    let at = |number: u32| {
        let place = format!("http://a.example/diary.html#p{number}");
        post(&place, &format!("Post {number}"))
    };
    check(&kept(&[at(2), at(1)]), vec![at(3), at(2)], 1, &[0]);
}

#[test]
fn the_same_words_on_another_day_are_another_post() {
    let closed = |guid: &str, day: &str| ParsedEntry {
        published: Some(time(day)),
        ..linked(guid, "Closed today", &format!("https://a.example/{guid}"))
    };
    let before = kept(&[closed("w4", "2011-07-04T09:00:00Z")]);
    let after = vec![closed("w5", "2011-07-05T09:00:00Z")];
    check(&before, after, 0, &[0]);
    let undated = |guid: &str| ParsedEntry {
        published: None,
        ..linked(guid, "Newsletter", &format!("https://a.example/{guid}"))
    };
    let before = kept(&[undated("n3"), undated("n2"), undated("n1")]);
    check(
        &before,
        vec![undated("n4"), undated("n3"), undated("n2")],
        2,
        &[0],
    );
}

#[test]
fn a_tombstone_reaches_no_other_feed() {
    let mut known = kept(&[post("tag:a,2011:1", "x")]);
    for origin in [Origin::Former, Origin::Other] {
        known[0].origin = origin;
        let grave = ("tag:a,2011:1", now() - hours(1));
        assert_eq!(buried(&known, Vec::new(), grave).retired, []);
    }
}

#[test]
fn an_entry_beside_its_tombstone_lives_only_if_it_is_younger() {
    let entry = post("1", "x");
    let known = kept(std::slice::from_ref(&entry));
    let dead = buried(&known, vec![entry.clone()], ("1", now() - hours(1)));
    assert_eq!(
        (dead.retired.len(), dead.work.len(), dead.unchanged),
        (1, 0, 0)
    );
    let unseen = buried(&[], vec![entry.clone()], ("1", now() - hours(1)));
    assert_eq!(unseen.work.len(), 0, "nor does it come in by the way");
    let mut again = entry;
    again.updated = Some(now());
    let mut known = known;
    known[0].retired = true;
    let alive = buried(&known, vec![again], ("1", now() - hours(1)));
    assert_eq!((alive.retired, alive.revived), (vec![], vec![EntryId(1)]));
}

#[test]
fn a_retired_entry_comes_back_with_its_feed_and_by_nothing_else() {
    let entry = linked("1", "x", "https://a.example/old");
    let mut known = kept(std::slice::from_ref(&entry));
    known[0].retired = true;
    assert_eq!(seen(&known, vec![entry.clone()]).revived, [EntryId(1)]);
    // A post like it at another place is another post.
    let like = linked("2", "x", "https://a.example/new");
    check(&known, vec![like], 0, &[0]);
    assert_eq!(seen(&known, Vec::new()).revived, []);
}

#[test]
fn a_complete_feed_retires_what_it_lacks_and_an_empty_one_nothing() {
    let entries = five(|number| post(&number.to_string(), &number.to_string()));
    let known = kept(&entries);
    let complete = |entries: &[ParsedEntry]| {
        let came = Came {
            entries: entries.to_vec(),
            complete: true,
            ..Came::default()
        };
        intents(&known, came, now()).retired
    };
    assert_eq!(complete(&entries[..4]), [EntryId(1)]);
    assert_eq!(complete(&entries), []);
    assert_eq!(complete(&[]), []);
}

// Floods.

fn ready(published_at: Timestamp) -> ReadyEntry {
    ReadyEntry {
        guid: post("1", "").guid,
        url: None,
        title: String::new(),
        byline: String::new(),
        published_at,
        dated: true,
        updated_at: published_at,
        categories: Vec::new(),
        links: Vec::new(),
        raw_title: Markup::default(),
        raw: Markup::default(),
        base: None,
        html: SafeHtml::default(),
        text: String::new(),
        fingerprint: Fingerprint::of(b""),
        words: Fingerprint::of(b""),
        content: Fingerprint::of(b""),
        tags: Vec::new(),
        mentions: Vec::new(),
        comments: None,
        problems: Vec::new(),
        on_front: true,
        twin_of: None,
    }
}

/// How many of these posts stay on the front page, by their hours before now, and what is said of them.
fn check_flood(ages: impl IntoIterator<Item = i64>, flood: Option<(u32, u32)>, off: &[usize]) {
    let mut new: Vec<ReadyEntry> = ages
        .into_iter()
        .map(|age| ready(now() - hours(age)))
        .collect();
    let flood = flood.map(|(count, shown)| Flood { count, shown });
    assert_eq!(hold_floods(new.iter_mut()), flood);
    let places = new.iter().enumerate().filter(|(_, it)| !it.on_front);
    let places: Vec<usize> = places.map(|(place, _)| place).collect();
    assert_eq!(places, off);
}

#[test]
fn thirty_posts_of_one_moment_put_five_on_the_front_page() {
    let off: Vec<usize> = (5..30).collect();
    check_flood(vec![0; 30], Some((30, 5)), &off);
}

#[test]
fn the_newest_of_a_flood_are_shown_wherever_they_stand() {
    check_flood([5, 0, 1, 2, 3, 4], Some((6, 5)), &[0]);
}

#[test]
fn old_posts_with_dates_of_their_own_are_nobodys_flood() {
    check_flood((0..300).map(|week| week * 168), None, &[]);
    check_flood([0, 1, 2, 3, 4], None, &[]);
}

#[test]
fn a_flood_in_the_past_is_one_too() {
    let ages = [0].into_iter().chain(vec![500; 7]);
    check_flood(ages, Some((7, 5)), &[6, 7]);
}

// Twins.

#[test]
fn one_post_in_two_feeds_of_one_person_has_the_first_for_its_twin() {
    let long = "The kettle boils while I read the feeds. ".repeat(6);
    let words = Fingerprint::of(long.as_bytes());
    let link = url("https://a.example/six");
    let mut known = kept(&[
        linked("1", "x", "http://www.a.example/six/"),
        post("2", "y"),
    ]);
    known[1].words = words;
    let of = |known: &[KnownEntry], link: Option<&Url>, text: &str| twin(known, link, words, text);
    assert_eq!(of(&known, Some(&link), &long), None, "its own feed");
    for entry in &mut known {
        entry.origin = Origin::Other;
    }
    assert_eq!(of(&known, Some(&link), "Few words"), Some(EntryId(2)));
    assert_eq!(of(&known, None, &long), Some(EntryId(1)));
    assert_eq!(of(&known, None, "Few words"), None, "they may be chance");
    known[1].retired = true;
    assert_eq!(of(&known, None, &long), None);
}
