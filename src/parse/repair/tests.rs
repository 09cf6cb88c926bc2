//! The repairer on its own: what goes in, and what a strict parser would get.

use super::{EntryFacts, Moment, Repaired};
use crate::model::Problem;

fn repair<'a>(text: &'a str, problems: &mut Vec<Problem>) -> Repaired<'a> {
    super::repair(text, problems).unwrap()
}

/// Compares what stands inside the root, which is `feed` or `channel`, without the numbers of the entries' facts.
#[track_caller]
fn check(text: &str, expected: &str) {
    let repaired = repair(text, &mut Vec::new());
    let body = repaired
        .text
        .get(repaired.opening..repaired.text.len() - repaired.ending.len());
    assert_eq!(
        body.map(unnumbered).as_deref(),
        Some(expected),
        "{}",
        repaired.text
    );
}

fn unnumbered(text: &str) -> String {
    (0..9).fold(text.to_owned(), |text, number| {
        text.replace(&format!("<guid>{number}</guid>"), "")
            .replace(&format!("<id>{number}</id>"), "")
    })
}

/// The facts of the first entry.
fn facts(text: &str) -> EntryFacts {
    let facts = repair(text, &mut Vec::new()).facts.unwrap();
    facts.entries.into_iter().next().unwrap()
}

#[test]
fn a_bare_ampersand_and_a_bare_angle_are_escaped() {
    check(
        "<rss><a>AT&T & Co, 1 < 2 &amp; 3</a></rss>",
        "<a><![CDATA[AT&T & Co, 1 ]]>&lt;<![CDATA[ 2 & 3]]></a>",
    );
    check(
        "<rss><a href='?a=1&b=2'/></rss>",
        "<a href=\"?a=1&amp;b=2\"/>",
    );
}

#[test]
fn html_entities_are_resolved_outside_cdata_only() {
    check(
        "<rss>caf&eacute;&nbsp;x<![CDATA[&eacute;&]]></rss>",
        "café\u{a0}x<![CDATA[&eacute;&]]>",
    );
    check(
        "<rss>&Lt;&#150;&#0;&#x1F;&#60;&#xZZ;</rss>",
        "<![CDATA[≪–<&#xZZ;]]>",
    );
    check(
        "<rss>a ]]&gt; &#93;]> b</rss>",
        "<![CDATA[a ]]]]><![CDATA[> ]]]]><![CDATA[> b]]>",
    );
}

#[test]
fn declarations_and_comments_go() {
    check(
        "\n<?xml version='1.0'?><!DOCTYPE rss [<!ENTITY x 'y>'>]><rss><!-- & < --><?php 1 ?>a</rss>",
        "a",
    );
}

#[test]
fn rdf_is_told_as_rss() {
    check(
        "<rdf:RDF xmlns='http://purl.org/rss/1.0/'><channel rdf:about='c'><title>T</title><items><x/></items></channel><item rdf:about='i&1'><title>P</title></item></rdf:RDF>",
        "<title>T</title><item><title>P</title></item>",
    );
    let about = facts("<rdf:RDF><item rdf:about=' i&1 '></item></rdf:RDF>").about;
    assert_eq!(about.as_deref(), Some("i&1"));
}

#[test]
fn entries_beside_the_channel_come_to_stand_inside() {
    check(
        "<rss><channel><title>T</title></channel><item>1</item></rss>junk",
        "<title>T</title><item>1</item>",
    );
}

#[test]
fn a_broken_off_feed_keeps_its_whole_entries() {
    check("<rss><channel><item>1</item><item>2", "<item>1</item>");
    check(
        "<rss><channel><item>1</item><item><a><![CDATA[2</a></item></channel></rss>",
        "<item>1</item>",
    );
    check("<rss><title>T", "<title>T</title>");
}

#[test]
fn what_is_never_closed_ends_where_the_next_tag_begins() {
    check(
        "<rss><item><title>A<link>b</link></item><item><foo>c<guid>d</guid></item></rss>",
        "<item><title>A</title><link>b</link></item><item><foo>c</foo></item>",
    );
    check(
        "<rss><channel><item>1<item>2</channel></rss>",
        "<item>1</item><item>2</item>",
    );
    check(
        "<rss><a><i><b>x</i></b></a></foo></rss>",
        "<a><i><b>x</b></i></a>",
    );
}

#[test]
fn an_element_that_is_left_out_ends_with_its_entry() {
    check(
        "<rss><item><media:rating>x<guid>1</guid></item><item><media:credit>y</media:credit><guid>2</guid></item></rss>",
        "<item>x</item><item></item>",
    );
}

#[test]
fn a_closing_tag_reaches_no_further_than_its_entry() {
    check(
        "<rss><channel><image><item><guid>1</guid></image></item></channel></rss>",
        "<image></image><item></item>",
    );
}

#[test]
fn markup_in_a_text_is_taken_as_html() {
    check(
        "<rss><item><description>a <b>c</b><br> &amp; <![CDATA[d]]></description></item></rss>",
        "<item><description><![CDATA[a <b>c</b><br> &amp; d]]></description></item>",
    );
    check(
        "<feed><entry><content type='xhtml' xml:base='/b/'><div>x</div></content></entry></feed>",
        "<entry><content type=\"html\" xml:base=\"/b/\"><![CDATA[<div>x</div>]]></content></entry>",
    );
}

#[test]
fn a_media_group_holds_no_other_and_nothing_is_too_deep() {
    check(
        "<rss><item><media:group><media:group><media:content url='x'/></media:group></media:group></item></rss>",
        "<item><media:group></media:group></item>",
    );
    let deep = format!("<rss>{}x{}</rss>", "<a>".repeat(99), "</a>".repeat(99));
    let mut problems = Vec::new();
    let repaired = repair(&deep, &mut problems);
    assert_eq!(repaired.text.matches("<a>").count(), super::DEPTH_MAX);
    assert!(problems[0].text.contains("too deeply"), "{problems:?}");
}

#[test]
fn atom_texts_say_only_types_that_feed_rs_knows() {
    for (said, known) in [
        ("TEXT", "text"),
        ("", "text"),
        ("text/html; charset=utf-8", "html"),
        ("nonsense", "html"),
        ("application/xhtml+xml", "html"),
    ] {
        check(
            &format!("<feed><title type='{said}'>x</title></feed>"),
            &format!("<title type=\"{known}\">x</title>"),
        );
    }
    check("<feed><content type='image/png'>x</content></feed>", "");
}

#[test]
fn entries_can_be_taken_out_one_by_one() {
    let repaired = repair(
        "<rss><channel><title>T</title><item>1</item>\n<item>2</item></channel></rss>",
        &mut Vec::new(),
    );
    assert!(
        repaired
            .head()
            .ends_with("<channel><title>T</title>\n</channel></rss>")
    );
    let alone = repaired.alone(&repaired.entries[1]);
    assert!(
        alone.ends_with("<channel><item><guid>1</guid>2</item></channel></rss>"),
        "{alone}"
    );
}

#[test]
fn comments_are_counted_where_the_feed_counts_them() {
    let item = |inside: &str| format!("<rss><channel><item>{inside}</item></channel></rss>");
    let entry = |inside: &str| format!("<feed><entry>{inside}</entry></feed>");
    let replies = |count: &str| format!("<link rel='replies' href='/c' thr:count='{count}'/>");
    for (text, expected) in [
        (item("<slash:comments>7</slash:comments>"), Some(7)),
        (item("<slash:comments> 0 </slash:comments>"), Some(0)),
        (item("<comments>https://a.example/#c</comments>"), None),
        (item("<comments>3</comments><title>1</title>"), None),
        (item("<slash:comments/>"), None),
        (item("<slash:comments>-1</slash:comments>"), None),
        (item("<slash:comments>99999999999</slash:comments>"), None),
        (item("<slash:comments>many</slash:comments>"), None),
        (
            item("<slash:comments>0</slash:comments><thr:total>4</thr:total>"),
            Some(4),
        ),
        (entry("<thr:total>2</thr:total>"), Some(2)),
        (entry(&replies("3")), Some(3)),
        (entry(&format!("{}{}", replies("0"), replies("3"))), Some(3)),
        (
            entry(&format!("<thr:total>0</thr:total>{}", replies("3"))),
            Some(0),
        ),
        (entry("<link rel='alternate' thr:count='3'/>"), None),
        (entry("<link rel='replies' href='/c' count='3'/>"), None),
        (entry("<source><thr:total>3</thr:total></source>"), None),
        (entry("<id>1</id>"), None),
    ] {
        let comments = facts(&text).comments.map(|(_, count)| count);
        assert_eq!(comments, expected, "{text}");
    }
}

#[test]
fn facts_are_read_once_and_never_reach_feed_rs() {
    check(
        "<rss><item><guid>a</guid><pubDate>d</pubDate><dc:creator>Jo</dc:creator><title>T</title></item></rss>",
        "<item><title>T</title></item>",
    );
    let facts = facts(
        "<rss><item><guid isPermaLink='false'> <![CDATA[a&]]>&amp;&eacute;</guid><guid>later</guid>
         <dc:date>d1</dc:date><atom:updated>d2</atom:updated><feedburner:origLink>http://o.example/</feedburner:origLink>
         <source><guid>of another</guid></source></item></rss>",
    );
    assert_eq!(facts.guid.as_deref(), Some("a&&é"));
    assert!(!facts.guid_is_link);
    assert_eq!(facts.original_link.as_deref(), Some("http://o.example/"));
    let dates: Vec<(Moment, &str)> = facts
        .dates
        .iter()
        .map(|date| (date.moment, date.text.as_str()))
        .collect();
    assert_eq!(dates, [(Moment::Published, "d1"), (Moment::Updated, "d2")]);
}

#[test]
fn a_fact_without_its_end_ends_where_the_next_tag_begins() {
    let facts = facts("<rss><item><guid>a<pubDate>d</pubDate></item></rss>");
    assert_eq!(facts.guid.as_deref(), Some("a"));
    assert_eq!(facts.dates[0].text, "d");
    assert_eq!(facts.mended.len(), 1);
}

#[test]
fn of_an_author_in_pieces_only_the_name_is_read() {
    for author in [
        "<atom:author><atom:name>Jo</atom:name><atom:email>jo@b.example</atom:email></atom:author>",
        "<author><email>jo@b.example</email><name>Jo</name><uri>http://b.example/</uri></author>",
        "<dc:creator>Jo</dc:creator>",
    ] {
        let people = facts(&format!("<rss><item>{author}</item></rss>")).people;
        let names: Vec<&str> = people.iter().map(|(_, name)| name.as_str()).collect();
        assert_eq!(names, ["Jo"], "{author}");
    }
}

#[test]
fn of_texts_said_twice_the_first_that_says_something_stays() {
    check(
        "<rss><title/><title>T</title><item><title> </title><title>A</title><title></title><title>B</title>
</item></rss>",
        "<title>T</title><item><title>A</title>\n</item>",
    );
    check(
        "<rss><item><description><![CDATA[ ]]></description><description>x</description></item></rss>",
        "<item><description>x</description></item>",
    );
}

#[test]
fn atom_links_may_be_written_as_text() {
    check(
        "<feed><entry><link>https://b.example/?a&amp;b</link></entry></feed>",
        "<entry><link href=\"https://b.example/?a&amp;b\"/></entry>",
    );
}

#[test]
fn a_prefix_of_the_root_is_taken_off_its_elements() {
    check(
        "<ns0:feed xmlns:ns0='http://www.w3.org/2005/Atom'><ns0:entry><ns0:title>T</ns0:title></ns0:entry></ns0:feed>",
        "<entry><title type=\"text\">T</title></entry>",
    );
}

#[test]
fn entities_that_the_document_declares_are_known() {
    check(
        "<!DOCTYPE rss [<!ENTITY co 'Foo &#38; Co'><!ENTITY x SYSTEM 'file:///etc/passwd'><!ENTITY l '&co;&co;'>]><rss>&co; &x; &l;</rss>",
        "<![CDATA[Foo & Co &x; &l;]]>",
    );
    let many = format!(
        "<!DOCTYPE rss [<!ENTITY a '{}'>]><rss>{}</rss>",
        "x".repeat(200),
        "&a;".repeat(100_000)
    );
    let length = repair(&many, &mut Vec::new()).text.len();
    assert!(length < many.len() * 4, "{length}");
}

#[test]
fn a_surrogate_pair_is_one_character() {
    check(
        "<rss>&#xD83D;&#xDE00;&#xD83D;x&#55357;&#56832;</rss>",
        "😀x😀",
    );
}

#[test]
fn json_and_web_pages_are_no_feeds() {
    for text in [
        "{\"a\": \"<rss> & b\"}",
        "<html><rss>&</rss></html>",
        "words",
    ] {
        assert!(super::repair(text, &mut Vec::new()).is_none(), "{text}");
    }
}

/// Pieces of feeds, whole and broken, from which a careless document is put together.
const SCRAPS: [&str; 40] = [
    "<item>",
    "</item>",
    "<entry>",
    "</entry>",
    "<channel>",
    "</channel>",
    "</rss>",
    "</feed>",
    "<title>",
    "</title>",
    "<description>",
    "</description>",
    "<content type='xhtml'>",
    "</content>",
    "<media:group>",
    "</media:group>",
    "<media:rating>",
    "</media:rating>",
    "<items>",
    "</items>",
    "<a x=\"1\" x='2' y>",
    "</a>",
    "<a x='<&\"'/>",
    "<a:b:c xmlns:a='x' xmlns='y'>",
    "</a:b:c>",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<?x",
    "?>",
    "<!DOCTYPE x [",
    "]>",
    "&amp; &eacute; &#60; &#0; & &x;",
    "<",
    ">",
    "\"",
    "'",
    "é text",
    "<media:description/>",
];

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config { failure_persistence: None, ..Default::default() })]
    #[test]
    fn whatever_comes_in_what_goes_out_is_well_formed_and_its_entries_too(
        root in 0_usize..4,
        scraps in proptest::collection::vec(0..SCRAPS.len(), 0..60),
    ) {
        let root = ["<rss>", "<feed>", "<rdf:RDF>", "<feed xmlns='http://purl.org/atom/ns#'>"][root];
        let scraps: String = scraps.into_iter().map(|scrap| SCRAPS[scrap]).collect();
        let text = format!("{root}{scraps}");
        let repaired = repair(&text, &mut Vec::new());
        well_formed(&repaired.text);
        well_formed(&repaired.head());
        for entry in &repaired.entries {
            well_formed(&repaired.alone(entry));
        }
    }
}

#[track_caller]
fn well_formed(text: &str) {
    let mut reader = quick_xml::NsReader::from_str(text);
    let mut depth = 0_usize;
    loop {
        match reader
            .read_event()
            .map_err(|error| format!("{error}: {text}"))
            .unwrap()
        {
            quick_xml::events::Event::Start(tag) => {
                depth += 1;
                assert!(
                    tag.attributes().all(|attribute| attribute.is_ok()),
                    "{text}"
                );
            }
            quick_xml::events::Event::End(_) => depth -= 1,
            quick_xml::events::Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(depth, 0, "{text}");
}

#[test]
fn links_elsewhere_are_left_out_where_one_leads_to_the_page() {
    let (own, page) = (
        "<link rel='self' href='/own'/>",
        "<link href='http://a.example/1'/>",
    );
    let written = "<link href=\"http://a.example/1\"/>";
    for links in [format!("{own}{page}"), format!("{page}{own}")] {
        check(
            &format!("<feed><entry>{links}</entry></feed>"),
            &format!("<entry>{written}</entry>"),
        );
    }
    check(
        &format!("<feed><entry>{own}<link>/1</link></entry></feed>"),
        "<entry><link rel=\"self\" href=\"/own\"/><link href=\"/1\"/></entry>",
    );
    check(
        &format!("<feed>{own}<entry>{own}<link href='/1'/><p/>{own}</entry></feed>"),
        "<link rel=\"self\" href=\"/own\"/><entry><link rel=\"self\" href=\"/own\"/><link href=\"/1\"/><p/>\
         <link rel=\"self\" href=\"/own\"/></entry>",
    );
}
