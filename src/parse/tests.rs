//! The room as a whole, with hostile and broken documents.

use url::Url;

use super::{ParseError, Source, feed, sound};
use crate::model::{ParsedEntry, ParsedFeed};

fn read(text: &str) -> Result<ParsedFeed, ParseError> {
    let url = Url::parse("https://blog.example/feed.xml").unwrap();
    let source = Source {
        url: Some(&url),
        charset: None,
        entries_max: 5_000,
    };
    feed(text.as_bytes(), source)
}

/// The titles of the posts, and what was said to be wrong.
#[track_caller]
fn check(text: &str, titles: &[&str], problems: &[&str]) {
    let feed = read(text).unwrap();
    let found: Vec<&str> = feed
        .entries
        .iter()
        .map(|entry| entry.title.source())
        .collect();
    assert_eq!(found, titles);
    let said: Vec<&str> = feed
        .problems
        .iter()
        .map(|problem| problem.text.as_str())
        .filter(|problem| !problem.contains("no date"))
        .collect();
    assert_eq!(said.len(), problems.len(), "{said:?}");
    for (said, part) in said.iter().zip(problems) {
        assert!(said.contains(part), "{said:?} lacks {part:?}");
    }
}

fn four_posts(second: &str) -> String {
    let post = |n| format!("<item><title>{n}</title><guid>{n}</guid></item>");
    format!(
        "<rss version='2.0'><channel><title>T</title>{}{second}{}{}</channel></rss>",
        post(1),
        post(3),
        post(4)
    )
}

/// Nested elements that feed-rs recurses into, or might, each under the name that its parent must have.
const NESTS: [(&str, &str, &str); 9] = [
    ("<rss><channel><item>", "<media:group>", "</media:group>"),
    (
        "<rss><channel><item>",
        "<media:content url='http://a.example/'>",
        "</media:content>",
    ),
    (
        "<rss xmlns:m='http://search.yahoo.com/mrss/'><channel><item>",
        "<m:group>",
        "</m:group>",
    ),
    (
        "<feed xmlns:atom='http://search.yahoo.com/mrss/'><entry>",
        "<group xmlns='http://search.yahoo.com/mrss/'>",
        "</group>",
    ),
    (
        "<rss><channel>",
        "<itunes:category text='x'>",
        "</itunes:category>",
    ),
    ("<rss><channel><item>", "<description>", "</description>"),
    ("<feed><entry>", "<author>", "</author>"),
    ("<feed><entry><content type='xhtml'>", "<div>", "</div>"),
    ("<rdf:RDF>", "<item>", "</item>"),
];

#[test]
fn fifty_thousand_levels_of_anything_do_not_exhaust_a_small_stack() {
    let documents = NESTS.into_iter().flat_map(|(head, open, close)| {
        let (opened, closed) = (open.repeat(50_000), close.repeat(50_000));
        [format!("{head}{opened}{closed}"), format!("{head}{opened}")]
    });
    let json = format!("{{\"items\": {}", "[".repeat(50_000));
    for document in documents.chain([json]) {
        // An overflow cannot be caught: this test would end the whole run.
        std::thread::Builder::new()
            .stack_size(2 * 1_024 * 1_024)
            .spawn(move || drop(read(&document)))
            .unwrap()
            .join()
            .unwrap();
    }
}

/// What stands before, and what is repeated until the document has a megabyte.
const FLOODS: [(&str, &str); 40] = [
    ("<rss>", "<channel><a/>"),
    ("", "<!DOCTYPE x []>é"),
    ("<rss><channel>", "<title>"),
    ("<rss><channel>", "<title><title></title>"),
    ("<rss><channel><item>", "<description><title>"),
    ("<feed><entry>", "<content><![CDATA["),
    ("<rss><channel>", "<title><!--"),
    ("", "<!--"),
    ("<rss>", "<!--"),
    ("<rss>", "<?"),
    ("<rss>", "<![CDATA["),
    ("", "<!DOCTYPE[>] >"),
    ("<rss>", "<!DOCTYPE[>] >"),
    ("<rss>", "<!DOCTYPE "),
    ("<rss>", "<a \""),
    ("<rss>", "<a '\"'"),
    ("<rss><a ", "x='1' "),
    ("<rss><a ", "x "),
    ("<rss><a ", "x="),
    ("<rss ", "xmlns:a='b' "),
    ("<rss>", "<a>"),
    ("<rss>", "<a></b>"),
    ("<rss>", "</a>"),
    ("<rss>", "<a xmlns:a='b'/>"),
    ("<rss><channel>", "<item>"),
    ("<rss><channel>", "<item><title>"),
    ("<rss><channel>", "<item><title>x</title></item>"),
    ("<feed>", "<entry><title type='text'/></entry>"),
    ("<rss><channel><item>", "<category>x</category>"),
    (
        "<rss><channel><item>",
        "<author>\u{e9}-a@b.example</author>",
    ),
    (
        "<rss><channel><item>",
        "<media:content url='http://a.example/'/>",
    ),
    (
        "<rss><channel><item>",
        "<media:group><media:content url='http://a.example/'/></media:group>",
    ),
    ("<rss><channel><item><media:rating>", "<item>"),
    ("<rss><channel><title>", "&"),
    ("<rss><channel><title>", "&eacute;"),
    ("<rss><channel><title>", "<"),
    ("<rss><channel><title>", "\u{1}\u{80}\u{fffe}"),
    ("<rdf:RDF>", "<items><li>"),
    (
        "{\"version\":\"https://jsonfeed.org/version/1\",\"authors\":[",
        "{\"name\":\"a\"},",
    ),
    ("", "junk <x> "),
];

#[test]
fn a_megabyte_of_anything_is_read_in_one_go() {
    for (head, flood) in FLOODS {
        let document = format!("{head}{}", flood.repeat(1_000_000 / flood.len()));
        // Whatever it is, work that grows with the square of its size would take minutes here.
        if let Err(ParseError::Panicked) = read(&document) {
            panic!("{head}{flood}");
        }
    }
}

#[test]
fn a_long_base_address_is_not_copied_to_every_element() {
    let base = "x".repeat(500_000);
    let elements = "<a/>".repeat(120_000);
    check(
        &format!("<feed xml:base='http://a.example/{base}'><title>T</title>{elements}</feed>"),
        &[],
        &[],
    );
}

#[test]
fn many_authors_are_not_copied_to_every_post() {
    let names = || (0..20_000).map(|n| n.to_string());
    let authors: Vec<String> = names().map(|n| format!("{{\"name\":\"{n}\"}}")).collect();
    let feed = read(&format!(
        "{{\"version\":\"https://jsonfeed.org/version/1\",\"authors\":[{}],\"items\":[{}]}}",
        authors.join(","),
        vec!["{\"id\":\"1\"}"; 20_000].join(",")
    ))
    .unwrap();
    assert_eq!(feed.entries[0].authors.len(), 20);
    let authors: Vec<String> = names()
        .map(|n| format!("<author><name>{n}</name></author>"))
        .collect();
    let entries = "<entry><id>1</id></entry>".repeat(20_000);
    let feed = read(&format!("<feed>{}{entries}</feed>", authors.concat())).unwrap();
    assert_eq!(feed.entries[0].authors.len(), 20);
}

#[test]
fn an_element_left_open_costs_no_other_post() {
    let unclosed = "an element is never closed";
    check(
        &four_posts("<item><title>2</title><foo><guid>2</guid></item>"),
        &["1", "2", "3", "4"],
        &[unclosed],
    );
    check(
        &four_posts("<item><title>2<guid>2</guid></item>"),
        &["1", "2", "3", "4"],
        &[unclosed],
    );
    check(
        &four_posts("<item><title>2</title><media:rating>x</item>"),
        &["1", "2", "3", "4"],
        &[unclosed],
    );
    check(
        &four_posts("<item><title>2</title>"),
        &["1", "2", "3", "4"],
        &[unclosed],
    );
}

#[test]
fn a_post_that_cannot_be_read_is_a_problem_and_not_the_loss_of_the_feed() {
    // feed-rs knows its podcast roles.
    let bad = "<p:person xmlns:p='https://podcastindex.org/namespace/1.0' role='none'>x</p:person>";
    check(
        &four_posts(&format!("<item><title>2</title>{bad}</item>")),
        &["1", "3", "4"],
        &["post 2 of 4 could not be read"],
    );
}

#[test]
fn an_address_beside_other_letters_is_no_stumbling_block() {
    check(
        &four_posts(
            "<item><title>2</title><author>Zo\u{eb} \u{201c}zoe@a.example\u{201d}</author></item>",
        ),
        &["1", "2", "3", "4"],
        &[],
    );
}

#[test]
fn json_that_merely_has_items_is_no_feed() {
    assert!(read("{\"error\":\"rate limited\",\"items\":[]}").is_err());
}

#[test]
fn empty_posts_are_left_out_and_no_feed_has_more_than_ten_thousand() {
    check(
        "<rss><title>T</title><item/><item><title>1</title></item></rss>",
        &["1"],
        &["posts that say nothing"],
    );
    let items = "<item></item>".repeat(10_001);
    let feed = read(&format!("<rss><title>T</title>{items}</rss>")).unwrap();
    assert_eq!(feed.entries.len(), 5_000);
    assert!(feed.problems[0].text.contains("(1 in all)"));
}

/// What the first post of a feed says.
fn content(feed: &str) -> String {
    let entries = read(feed).unwrap().entries;
    entries[0].content.source().to_owned()
}

#[test]
fn a_long_text_is_read_as_a_short_one() {
    let texts = [
        "a &amp;amp; b &lt;i> c &eacute; d & e",
        "<![CDATA[a &amp; <b>]]> x <!-- y --> 1 < 2",
        "<p>a &amp; b ]]&gt;</p>",
    ];
    let elements = [
        ("rss", "item", "description"),
        ("rss", "item", "content:encoded"),
        ("feed", "entry", "content"),
        ("feed", "entry", "summary type='html'"),
        ("feed", "entry", "content type='xhtml'"),
    ];
    for text in texts {
        for (root, entry, element) in elements {
            let name = element.split(' ').next().unwrap_or_default();
            let of = |filler: &str| {
                content(&format!(
                    "<{root}><title>T</title><{entry}><{element}>\n {filler}{text} \n</{name}></{entry}></{root}>"
                ))
            };
            let (short, filler) = (of(""), "word ".repeat(80));
            let mut expected = short.clone();
            // Of XHTML without any markup feed-rs makes nothing, however long it is.
            if !short.is_empty() {
                expected.insert_str(short.len() - short.trim_start().len(), &filler);
            }
            assert_eq!(of(&filler), expected, "{text} in {element}");
        }
    }
}

#[test]
fn a_text_that_looks_like_the_place_of_another_is_nothing_but_itself() {
    let long = "word ".repeat(80);
    let victim = format!("<item><title>Victim</title><description>{long}</description></item>");
    for mark in ["\u{ffff}", "&#xffff;", "&#65535;", "\u{e000}"] {
        for thief in [
            format!("<title>{mark}0</title>"),
            // Never closed, by another name of the namespace, and in pieces.
            format!("<title>Thief</title><description>{mark}0"),
            format!("<title>Thief</title><rss:description>{mark}0</rss:description>"),
            format!("<Title>{mark}0<description>d</description>"),
            format!("<title>Thief</title><description><![CDATA[]]>{mark}0</description>"),
        ] {
            let feed = format!("<rss><channel><item>{thief}</item>{victim}</channel></rss>");
            let entries = read(&feed).unwrap().entries;
            let victim = entries.last().unwrap();
            assert_eq!(victim.content.source().trim(), long.trim(), "{feed}");
            let stolen = |entry: &ParsedEntry| entry.title.source().contains("word");
            assert!(!entries.iter().any(stolen), "{feed}");
        }
    }
    let xhtml = "<entry><content type=\"xhtml\"><![CDATA[]]>\u{ffff}0</content></entry>";
    let html = format!("<entry><content type=\"html\">{long}</content></entry>");
    let entries = read(&format!("<feed>{xhtml}{html}</feed>"))
        .unwrap()
        .entries;
    assert_eq!(entries.last().unwrap().content.source(), long.trim());
}

#[test]
fn markup_behind_something_hidden_that_begins_a_section_stays() {
    let markup = "<p>one</p><p>two <b>three</b></p>";
    for feed in [
        format!(
            "<feed><entry><content type=\"html\"><!-- <![CDATA[ -->{markup}</content></entry></feed>"
        ),
        format!(
            "<feed><entry><content type=\"html\"><?a <![CDATA[ ?>{markup}</content></entry></feed>"
        ),
        format!(
            "<rss><channel><item><description><!-- <![CDATA[ -->{markup}</description></item></channel></rss>"
        ),
    ] {
        let entries = read(&feed).unwrap().entries;
        let content = entries[0].content.source();
        assert!(content.contains("<p>one</p>"), "{content}");
        assert!(content.contains("<b>three</b>"), "{content}");
    }
}

#[test]
fn a_tag_in_a_comment_does_not_make_markup_of_escaped_text() {
    let feed = read(
        "<rss><channel><item><description>See &lt;a href=\"/x\"&gt;this&lt;/a&gt;.\
         <!-- <a href=\"http://odd.example\">claim</a> --></description></item></channel></rss>",
    );
    let content = &feed.unwrap().entries[0].content;
    assert_eq!(content.source(), "See <a href=\"/x\">this</a>.");
}

#[test]
fn a_post_without_a_link_to_its_page_says_which_it_has_instead() {
    let post = |links: &str| {
        let feed = format!("<feed><title>T</title><entry>{links}<title>One</title></entry></feed>");
        let entries = read(&feed).unwrap().entries;
        let problems = entries[0].problems.iter().map(|it| it.text.clone());
        let problems: Vec<String> = problems.filter(|it| it.contains("link")).collect();
        let url = entries[0].url.as_ref().map(Url::to_string);
        (url, problems.concat())
    };
    let (own, page) = (
        "<link rel='self' href='/own'/>",
        "<link href='http://a.example/1'/>",
    );
    let found = (Some("http://a.example/1".to_owned()), String::new());
    assert_eq!(post(&format!("{own}{page}")), found);
    assert_eq!(post(&format!("{page}{own}")), found);
    let refused = |it: &str| (None, format!("its link is not a web address: '{it}'"));
    assert_eq!(post(own), refused("https://blog.example/own"));
    let call = "<link href='tel:1'/>";
    let both = format!("{own}{call}");
    assert_eq!(post(&both), refused("https://blog.example/own"));
    assert_eq!(post(&format!("{call}{own}")), refused("tel:1"));
}

#[test]
fn a_damaged_feed_in_which_no_post_can_be_read_is_no_blog_without_posts() {
    let check = |text: &str, expected: Result<usize, ParseError>| {
        let parsed = read(text).unwrap();
        let told = sound(parsed, true).map(|feed| feed.entries.len());
        assert_eq!(told, expected, "{text}");
    };
    let head = "<rss><channel><title>Ann & Bob</title>";
    check(&format!("{head}</channel></rss>"), Ok(0));
    check(head, Err(ParseError::CutOff));
    check(&format!("{head}</channel>"), Err(ParseError::CutOff));
    check(
        &format!("{head}<item><title>One</title><descri"),
        Err(ParseError::CutOff),
    );
    check(
        &format!("{head}<description><![CDATA[x<item><title>One</title></item></channel></rss>"),
        Err(ParseError::CutOff),
    );
    check(
        &format!("{head}<image><url>x</channel></rss>"),
        Err(ParseError::Damaged),
    );
    let begun = read(&format!("{head}<image><url>x</channel></rss>")).unwrap();
    assert!(sound(begun, false).is_ok(), "a blog may begin like that");
    check(&format!("{head}</channel></RSS>"), Ok(0));
    check(&format!("{head}</channel></ rss >"), Ok(0));
    let one = "<item><title>One</title></item>";
    check(&format!("{head}{one}<item><title>Two"), Ok(1));
    check(&format!("{head}<image>{one}</channel></rss>"), Ok(1));
    check("<feed><title>T</title><at:deleted-entry ref='x'/>", Ok(0));
    check(r#"{"version":"https://jsonfeed.org/version/1"}"#, Ok(0));
}
