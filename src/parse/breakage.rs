//! How feeds break in the wild, a line a class: what came, and what a reader should get.

use url::Url;

use super::{Source, feed};
use crate::model::{Markup, ParsedEntry};

/// One post that is right but for what is put into it.
fn rss(inside: &str) -> String {
    format!(
        "<rss version='2.0'><channel><title>F</title><link>https://b.example/</link><item>{inside}</item></channel></rss>"
    )
}

fn atom(inside: &str) -> String {
    format!(
        "<feed xmlns='http://www.w3.org/2005/Atom'><title>F</title><id>f</id><entry>{inside}</entry></feed>"
    )
}

fn read(document: &[u8]) -> Vec<ParsedEntry> {
    let url = Url::parse("https://b.example/feed.xml").unwrap();
    let source = Source {
        url: Some(&url),
        charset: None,
        entries_max: 100,
    };
    feed(document, source).unwrap().entries
}

/// What is asked of the first post.
fn told(document: &str, field: &str) -> String {
    let entry = read(document.as_bytes()).remove(0);
    let text = |markup: &Markup| markup.source().to_owned();
    match field {
        "title" => text(&entry.title),
        "content" => text(&entry.content),
        "link" => entry.url.map(String::from).unwrap_or_default(),
        "guid" => format!("{} by {}", entry.guid.value, entry.guid.rule.as_str()),
        "date" => entry
            .published
            .map(|time| time.to_string())
            .unwrap_or_default(),
        "changed" => entry
            .updated
            .map(|time| time.to_string())
            .unwrap_or_default(),
        "author" => entry
            .authors
            .iter()
            .map(text)
            .collect::<Vec<_>>()
            .join(", "),
        "labels" => entry.categories.join(", "),
        "problems" => {
            let problems: Vec<String> = entry.problems.iter().map(ToString::to_string).collect();
            problems.join("; ")
        }
        other => other.to_owned(),
    }
}

#[track_caller]
fn check(document: &str, field: &str, expected: &str) {
    assert_eq!(told(document, field), expected, "{field} of {document}");
}

#[test]
fn of_two_dates_the_readable_one_counts() {
    let good = "<pubDate>Tue, 03 Jan 2023 10:00:00 GMT</pubDate>";
    let bad = "<dc:date>not a date</dc:date>";
    for dates in [format!("{good}{bad}"), format!("{bad}{good}")] {
        check(&rss(&dates), "date", "2023-01-03T10:00:00Z");
    }
    check(
        &rss(&format!("{good}\n{bad}")),
        "problems",
        "line 2, column 1: date unreadable: 'not a date'; one such as 'Thu, 21 Jul 2011 09:30:00 GMT' would be",
    );
}

#[test]
fn a_date_that_means_none_is_none_and_is_told() {
    check(
        &rss("<title>x</title><pubDate>Mon, 01 Jan 0001 00:00:00 +0000</pubDate>"),
        "problems",
        "line 1, column 98: the date 'Mon, 01 Jan 0001 00:00:00 +0000' is before 1971, which is how software writes that there is none",
    );
}

#[test]
fn a_guid_is_a_link_only_where_it_claims_to_be() {
    check(
        &rss("<guid>https://b.example/1</guid>"),
        "link",
        "https://b.example/1",
    );
    let opaque = rss("<guid isPermaLink='false'>https://b.example/1</guid>");
    check(&opaque, "link", "");
    check(&opaque, "guid", "https://b.example/1 by guid");
    check(
        &rss("<guid ispermalink=FALSE>https://b.example/1</guid>"),
        "link",
        "",
    );
}

#[test]
fn identity_comes_from_the_guid_else_the_link_else_the_words() {
    check(
        &rss("<guid> \n<![CDATA[ 7 ]]></guid><link>https://b.example/1</link>"),
        "guid",
        "7 by guid",
    );
    check(
        &rss("<guid/><link>http://www.b.example/1/?utm_source=x</link>"),
        "guid",
        "b.example/1 by link",
    );
    check(
        &atom("<link href='/1'/><title>x</title>"),
        "guid",
        "b.example/1 by link",
    );
    let first = told(&rss("<description>x</description>"), "guid");
    assert!(first.starts_with("hash:"), "{first}");
    assert_eq!(first, told(&rss("<description>x</description>"), "guid"));
}

#[test]
fn rdf_is_known_by_its_about() {
    let rdf = "<rdf:RDF xmlns='http://purl.org/rss/1.0/'><channel><title>F</title></channel>\
               <item rdf:about='https://b.example/1'><title>T</title><dc:subject>tag</dc:subject><dc:date>2005-01-01</dc:date></item></rdf:RDF>";
    check(rdf, "guid", "https://b.example/1 by guid");
    check(rdf, "link", "https://b.example/1");
    check(rdf, "labels", "tag");
    check(rdf, "date", "2005-01-01T00:00:00Z");
}

#[test]
fn the_address_is_the_blog_s_own_and_a_web_address() {
    check(
        &rss(
            "<link>http://feedproxy.example/~r/1</link><feedburner:origLink>https://b.example/1</feedburner:origLink>",
        ),
        "link",
        "https://b.example/1",
    );
    for refused in [
        "javascript:alert(1)",
        "data:text/html,x",
        "java\tscript:alert(1)",
    ] {
        check(&rss(&format!("<link>{refused}</link>")), "link", "");
    }
    check(
        &rss("<link>javascript:alert(1)</link>"),
        "problems",
        "line 1, column 76: its link is not a web address: 'javascript:alert(1)'",
    );
    check(
        &rss("<link>\n //cdn.example/a b \n</link>"),
        "link",
        "https://cdn.example/a%20b",
    );
    check(
        &atom(
            "<link rel='self' href='/s'/><link rel='replies' href='/r'/><link type='audio/mpeg' href='/a'/><link type='text/html' href='/1'/>",
        ),
        "link",
        "https://b.example/1",
    );
    check(
        &atom("<link>https://b.example/1</link>"),
        "link",
        "https://b.example/1",
    );
}

#[test]
fn authors_are_names_and_the_feed_s_where_the_post_has_none() {
    check(
        &rss("<author>jo@b.example (Jo Bloggs)</author>"),
        "author",
        "Jo Bloggs",
    );
    check(
        &rss("<author>Jo Bloggs &lt;jo@b.example&gt;</author>"),
        "author",
        "Jo Bloggs",
    );
    check(
        &rss("<itunes:author>Show</itunes:author><dc:creator>Jo</dc:creator>"),
        "author",
        "Jo",
    );
    check(
        "<rss><channel><managingEditor>ed@b.example (Ed)</managingEditor><item><title>x</title></item></channel></rss>",
        "author",
        "Ed",
    );
    check(
        "<feed><author><name>Ann</name><email>a@b.example</email></author><entry><title>x</title></entry></feed>",
        "author",
        "Ann",
    );
    check(
        &rss("<author>jo@b.example</author><title>x</title>"),
        "author",
        "",
    );
}

#[test]
fn the_content_is_what_shows_something() {
    check(
        &rss(
            "<description>Short</description><content:encoded><![CDATA[<p></p>]]></content:encoded>",
        ),
        "content",
        "Short",
    );
    check(
        &rss(
            "<description>Short</description><content:encoded>&lt;p&gt;Long&lt;/p&gt;</content:encoded>",
        ),
        "content",
        "<p>Long</p>",
    );
    check(
        &atom(
            "<media:group><media:content url='https://v.example/1'/><media:description>Said</media:description></media:group>",
        ),
        "content",
        "Said",
    );
    check(
        &rss("<description>Hello <b>bold</b> <a href='/x'>link</a> tail</description>"),
        "content",
        "Hello <b>bold</b> <a href='/x'>link</a> tail",
    );
}

#[test]
fn an_ellipsis_stands_for_what_was_cut_or_only_a_script_would_show() {
    check(
        &rss("<description>Found &lt;a href=&quot;/x</description>"),
        "content",
        "Found …",
    );
    check(
        &rss("<description>&lt;h2&gt;&lt;a href=&quot;#x&quot; class=&quot;y</description>"),
        "content",
        "<h2> …",
    );
    check(
        &rss("<description>1 &lt; 2</description>"),
        "content",
        "1 < 2",
    );
    check(
        &rss("<description><![CDATA[<p><script>show(1)</script></p>]]></description>"),
        "content",
        "<p><script>show(1)</script></p> …",
    );
    check(
        &rss("<description><![CDATA[<p>&nbsp;</p>]]></description>"),
        "content",
        "",
    );
}

#[test]
fn capitals_hide_no_text() {
    let loud = "<STYLE type='text/css'>p{}</STYLE><P>Hello</P>";
    check(
        &rss(&format!("<description><![CDATA[{loud}]]></description>")),
        "content",
        loud,
    );
}

#[test]
fn names_come_without_addresses_however_they_are_written() {
    for author in [
        "<author>jo@b.example(Jo Bloggs)</author>",
        "<author>Jo Bloggs&lt;jo@b.example&gt;</author>",
        "<dc:creator><![CDATA[Jo Bloggs jo&#64;b.example]]></dc:creator>",
    ] {
        check(&rss(author), "author", "Jo Bloggs");
    }
    check(
        &rss("<title>x</title><dc:creator><![CDATA[jo&#64;b.example]]></dc:creator>"),
        "author",
        "",
    );
    check(
        &rss("<link>mailto:jo@b.example</link>"),
        "problems",
        "line 1, column 76: its link is a mail address, not a web address",
    );
}

#[test]
fn xhtml_is_kept_whatever_prefix_it_bears() {
    check(
        &atom(
            "<content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>a<br/>b</div></content>",
        ),
        "content",
        "<div xmlns='http://www.w3.org/1999/xhtml'>a<br/>b</div>",
    );
    check(
        &atom(
            "<content type='xhtml'><h:div xmlns:h='http://www.w3.org/1999/xhtml'><h:p title=\"say &quot;hi&quot;\">a &lt;b</h:p><h:br/></h:div></content>",
        ),
        "content",
        "<div xmlns:h='http://www.w3.org/1999/xhtml'><p title=\"say &quot;hi&quot;\">a &lt;b</p><br/></div>",
    );
}

#[test]
fn labels_are_kept_as_machines_and_as_people_say_them() {
    check(
        &atom("<category term='thing6' label='Thing 6'/>"),
        "labels",
        "Thing 6, thing6",
    );
    check(
        &atom(
            "<category scheme='http://schemas.google.com/g/2005#kind' term='http://schemas.google.com/blogger/2008/kind#post'/><category term='cpd23'/>",
        ),
        "labels",
        "cpd23",
    );
    check(
        &rss("<category>a</category><media:category>b</media:category><dc:subject>c</dc:subject>"),
        "labels",
        "a, b, c",
    );
}

#[test]
fn old_and_strange_versions_are_read() {
    for root in [
        "<rss>",
        "<rss version='0.91'>",
        "<rss version=\" 2.0\">",
        "<rss xmlns='http://backend.userland.com/rss2'>",
        "<RSS version='2.0'>",
        "<?xml version='1.0' encoding='utf-16'?><rss version='2'>",
        "Warning: something on line 3 <br />\n<rss version='2.0'>",
        "<!DOCTYPE rss [<!ENTITY x '<rss>'>]><rss version='2.0'>",
    ] {
        let feed =
            format!("{root}<channel><title>F</title><item><title>T</title></item></channel></rss>");
        check(&feed, "title", "T");
    }
    check(
        "<feed version='0.3' xmlns='http://purl.org/atom/ns#'><entry><title mode='escaped' type='text/html'>A &amp;amp; B</title><issued>2004-01-01T10:00:00Z</issued><modified>2004-01-02T10:00:00Z</modified></entry></feed>",
        "date",
        "2004-01-01T10:00:00Z",
    );
    check(
        "<ns0:feed xmlns:ns0='http://www.w3.org/2005/Atom'><ns0:entry><ns0:id>1</ns0:id><ns0:title>T</ns0:title></ns0:entry></ns0:feed>",
        "title",
        "T",
    );
}

#[test]
fn a_charset_is_found_out_and_one_bad_byte_loses_nothing() {
    for (bytes, title) in [
        (b"<?xml version='1.0' encoding='iso-8859-1'?><rss><channel><item><title>Caf\xe9</title></item></channel></rss>".as_slice(), "Café"),
        (b"<?xml version='1.0' encoding='utf-8'?><rss><channel><item><title>Caf\xe9 \xe2\x9c\x93 na\xc3\xafve</title></item></channel></rss>", "Café ✓ naïve"),
        (b"<?xml version='1.0' encoding='iso-8859-1'?><rss><channel><item><title>Caf\xc3\xa9</title></item></channel></rss>", "Café"),
        (b"<rss><channel><item><title>It&#146;s \xe2\x80\x94 ok</title></item></channel></rss>", "It’s — ok"),
    ] {
        assert_eq!(read(bytes)[0].title.source(), title);
    }
}

#[test]
fn what_a_feed_says_was_deleted_and_whether_it_is_whole_is_read() {
    let url = Url::parse("https://b.example/feed.xml").unwrap();
    let source = Source {
        url: Some(&url),
        charset: None,
        entries_max: 100,
    };
    let tombstone = "<at:deleted-entry ref='7'/>";
    let in_rss = format!("<rss><channel><title>F</title>{tombstone}</channel></rss>");
    assert_eq!(
        feed(in_rss.as_bytes(), source).unwrap().tombstones[0].guid,
        "7"
    );
    let document = "<feed xmlns='http://www.w3.org/2005/Atom' xmlns:at='http://purl.org/atompub/tombstones/1.0' xmlns:fh='http://purl.org/syndication/history/1.0'>\
        <title>F</title><link rel='self' href='/self.xml'/><fh:complete/>\
        <at:deleted-entry ref='tag:b,1' when='2011-07-21T10:00:00Z'><at:comment>x</at:comment></at:deleted-entry>\
        <entry><id>tag:b,2</id><title>T</title></entry></feed>";
    let parsed = feed(document.as_bytes(), source).unwrap();
    assert_eq!(parsed.tombstones.len(), 1);
    assert_eq!(parsed.tombstones[0].guid, "tag:b,1");
    assert_eq!(
        parsed.tombstones[0].deleted_at.unwrap().to_string(),
        "2011-07-21T10:00:00Z"
    );
    assert!(parsed.complete);
    assert_eq!(
        parsed.self_url.unwrap().as_str(),
        "https://b.example/self.xml"
    );
    assert_eq!(parsed.entries.len(), 1);
}
