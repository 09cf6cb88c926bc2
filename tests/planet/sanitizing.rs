//! Whatever bytes a blog sends: what we make of it is in order, and holds nothing but what may be shown.

use proptest::prelude::*;

use crate::harness::{bombs, fixture, journey};

const SEEDS: [&str; 11] = [
    "blogger.atom",
    "dotclear_rdf.rdf",
    "duplicate_guid.rss",
    "encoded_twice.rss",
    "hostile.atom",
    "hostile.rss",
    "jsonfeed.json",
    "jsonfeed_number_id.json",
    "latin1_undeclared.rss",
    "tumblr.rss",
    "wordpress.rss",
];

#[track_caller]
fn arrives(bytes: &[u8], charset: Option<&str>) -> usize {
    let arrived = journey::travel(bytes, charset);
    assert_eq!(
        arrived.faults,
        [""; 0],
        "{}",
        String::from_utf8_lossy(bytes)
    );
    arrived.entries
}

#[test]
fn every_fixture_arrives_in_order() {
    for seed in SEEDS {
        assert!(arrives(&fixture(seed), None) > 0, "{seed}");
    }
}

#[test]
fn an_attack_outside_of_a_post_arrives_in_order() {
    let attack = "<img src=x onerror=alert(1)>";
    let json = format!(
        r#"{{"version":"https://jsonfeed.org/version/1.1","title":"{attack}","items":[{{"id":"javascript:alert(1)",
        "url":"javascript:alert(1)","title":"{attack}","tags":["{attack}"],"authors":[{{"name":"{attack}"}}],
        "content_text":"{attack}"}}]}}"#
    );
    assert_eq!(arrives(json.as_bytes(), None), 1);
    for address in [
        "javascript:alert(1)",
        "&#106;avascript:alert(1)",
        "java\tscript:alert(1)",
        "\u{1}javascript:alert(1)",
        "javascript://youtube.com/%0Aalert(1)",
        "data:text/html,x",
        "vbscript:x",
        "\u{a0}javascript:alert(1)",
    ] {
        let atom = format!(
            "<feed xmlns='http://www.w3.org/2005/Atom' xml:base='{address}'><title>x</title><link href='{address}'/>\
             <entry><id>{address}</id><title>x</title><link href='{address}'/><author><name>x</name>\
             <uri>{address}</uri></author><link rel='enclosure' href='{address}'/><content type='html'>\
             &lt;a href='{address}'&gt;x&lt;/a&gt;</content></entry></feed>"
        );
        assert_eq!(arrives(atom.as_bytes(), None), 1, "{address}");
    }
}

#[test]
fn every_bomb_arrives_small_and_harmless_or_not_at_all() {
    for (name, document) in bombs::documents(40) {
        let arrived = journey::travel(document.as_bytes(), None);
        assert_eq!(arrived.faults, [""; 0], "{name}");
    }
}

fn charset() -> impl Strategy<Value = Option<&'static str>> {
    prop::sample::select(vec![
        None,
        Some("utf-8"),
        Some("iso-8859-1"),
        Some("utf-16le"),
        Some("shift_jis"),
        Some("nonsense"),
    ])
}

/// A change of some bytes of a document; places are parts of its length, in thousandths.
#[derive(Debug, Clone)]
enum Damage {
    Cut { at: usize, bytes: usize },
    Put { at: usize, bytes: Vec<u8> },
    Double { at: usize, bytes: usize },
    End { at: usize },
}

impl Damage {
    fn done_to(&self, document: &mut Vec<u8>) {
        let place = |thousandth: usize| document.len() * thousandth / 1_000;
        match self {
            Self::Cut { at, bytes } => {
                let from = place(*at);
                let to = document.len().min(from + bytes);
                document.drain(from..to);
            }
            Self::Put { at, bytes } => {
                let at = place(*at);
                document.splice(at..at, bytes.iter().copied());
            }
            Self::Double { at, bytes } => {
                let from = place(*at);
                let to = document.len().min(from + bytes);
                let part = document[from..to].to_vec();
                document.splice(from..from, part);
            }
            Self::End { at } => document.truncate(place(*at)),
        }
    }
}

fn damage() -> impl Strategy<Value = Damage> {
    let words = prop::sample::select(vec![
        "<",
        ">",
        "&",
        "\"",
        "'",
        "<![CDATA[",
        "]]>",
        "<!--",
        "-->",
        "</item>",
        "<entry>",
        "</content>",
        "<?xml ",
        "&lt;script&gt;",
        "&lt;a href=&quot;javascript:x&quot;&gt;",
        "&#0;",
        "&#x202e;",
        "\u{202e}",
        "\0",
        "\u{ffff}",
        "&amp;amp;",
        "&nbsp;",
        "<svg><style>",
        "<b><i><table>",
        "xmlns:x=\"",
        "<title type=\"xhtml\">",
        "<pre>\n\n",
        "<iframe src=//youtu.be/dQw4w9WgXcQ>",
        "<img src=x onerror=y>",
        "\"}, {\"",
        "\\u0000",
        "\\ud800",
    ]);
    let bytes = prop_oneof![
        3 => words.prop_map(|word| word.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 1..6),
    ];
    prop_oneof![
        3 => (0..1_000_usize, 1..40_usize).prop_map(|(at, bytes)| Damage::Cut { at, bytes }),
        5 => (0..1_000_usize, bytes).prop_map(|(at, bytes)| Damage::Put { at, bytes }),
        2 => (0..1_000_usize, 1..200_usize).prop_map(|(at, bytes)| Damage::Double { at, bytes }),
        1 => (0..1_000_usize).prop_map(|at| Damage::End { at }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_arrive_in_order_or_not_at_all(
        bytes in prop::collection::vec(any::<u8>(), 0..400),
        charset in charset()
    ) {
        prop_assert_eq!(journey::travel(&bytes, charset).faults, [""; 0]);
    }

    #[test]
    fn any_damaged_feed_arrives_in_order(
        seed in prop::sample::select(SEEDS.to_vec()),
        damages in prop::collection::vec(damage(), 1..8),
        charset in charset()
    ) {
        let mut document = fixture(seed);
        for damage in &damages {
            damage.done_to(&mut document);
        }
        prop_assert_eq!(journey::travel(&document, charset).faults, [""; 0]);
    }

    #[test]
    fn any_text_in_any_place_of_a_feed_arrives_in_order(
        texts in prop::collection::vec(any::<String>(), 5),
        kind in prop::sample::select(vec!["text", "html", "xhtml", "text/plain", "", "x"])
    ) {
        let escaped = |text: &String| quick_xml::escape::escape(text.as_str()).into_owned();
        let [title, author, label, link, content] = [0, 1, 2, 3, 4].map(|at| escaped(&texts[at]));
        let document = format!(
            "<feed xmlns='http://www.w3.org/2005/Atom'><title>{title}</title><entry><id>{link}</id>\
             <title type='{kind}'>{title}</title><author><name>{author}</name><uri>{link}</uri></author>\
             <category term='{label}'/><link href='{link}'/><content type='{kind}'>{content}</content></entry></feed>"
        );
        prop_assert_eq!(journey::travel(document.as_bytes(), None).faults, [""; 0]);
    }
}
