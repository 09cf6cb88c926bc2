//! One checker for all: it reads the output as a browser would and holds it to lists of its own.

mod bombs;
mod pictures;
mod players;

use std::fmt::Write as _;
use std::ops::ControlFlow;

use proptest::prelude::*;
use url::Url;

use super::tokens::{self, Tag, Token, attribute};
use super::*;

const TAGS: &str = "a abbr audio b bdi blockquote br caption cite code dd del details dfn div dl dt em figcaption \
    figure h3 h4 h5 h6 hr i img ins kbd li mark ol p picture pre q rp rt ruby s samp small source span strong sub \
    summary sup table tbody td tfoot th thead time tr u ul var video wbr";
const ATTRIBUTES: &str = "alt cite colspan controls datetime dir height href lang loading media poster preload \
    referrerpolicy rel rowspan sizes src srcset start title type value width";

fn base() -> Url {
    Url::parse("https://blog.example/2011/07/post.html").unwrap()
}

fn clean(input: &str) -> String {
    let markup = Markup::Html(input.to_owned());
    let made = html(&markup, Some(&base()));
    check(made.as_str());
    if input.len() < 2_000 {
        let bytes_max = 4 * input.len() + OUTPUT_BYTES_EXTRA;
        let balanced = balance::balance(input, Some(&base()), bytes_max);
        assert_eq!(made.as_str(), guard::by_ammonia(&balanced));
    }
    assert!(
        made.as_str().len() <= 4 * input.len() + 65_536,
        "grew from {} to {} bytes",
        input.len(),
        made.as_str().len()
    );
    made.as_str().to_owned()
}

/// Asserts that nothing stands in the output but what may.
fn check(output: &str) {
    assert!(output.chars().all(characters::is_legal));
    let mut depth = 0_i64;
    tokens::read(output, |token| {
        match token {
            Token::Open(tag) => {
                assert!(
                    TAGS.split_whitespace().any(|name| name == tag.name),
                    "<{}>",
                    tag.name
                );
                check_attributes(tag);
                let void = matches!(tag.name, "br" | "hr" | "img" | "source" | "wbr");
                depth += i64::from(!void);
            }
            Token::Close(_) => depth -= 1,
            Token::Text(_) => {}
        }
        assert!((0..=140).contains(&depth), "depth {depth} in {output:.500}");
        ControlFlow::Continue(())
    });
    assert_eq!(depth, 0, "not balanced: {output:.500}");
}

/// The tags and text of markup, in one spelling.
fn spelled(markup: &str) -> String {
    let mut out = String::new();
    tokens::read(markup, |token| {
        match token {
            Token::Open(tag) => {
                let _ = write!(out, "<{}", tag.name);
                for (name, value) in &tag.attributes {
                    let _ = write!(out, " {name}={value}");
                }
                out.push('>');
            }
            Token::Close(name) => out.extend(["</", name, ">"]),
            Token::Text(text) => out.push_str(text),
        }
        ControlFlow::Continue(())
    });
    out
}

fn check_attributes(tag: &Tag<'_>) {
    for (name, value) in &tag.attributes {
        let (name, value) = (*name, &**value);
        assert!(
            ATTRIBUTES.split_whitespace().any(|allowed| allowed == name),
            "{name}={value}"
        );
        match name {
            "href" if value.starts_with("mailto:") => assert_eq!(tag.name, "a"),
            "src" | "poster" | "cite" | "href" => check_web(value),
            "srcset" => value
                .split(", ")
                .for_each(|candidate| check_web(candidate.split(' ').next().unwrap())),
            _ => {}
        }
    }
    if tag.name == "a" {
        assert_eq!(
            attribute(tag, "rel"),
            Some("noopener noreferrer nofollow ugc")
        );
    }
    if tag.name == "img" {
        assert_eq!(attribute(tag, "loading"), Some("lazy"));
        assert_eq!(attribute(tag, "referrerpolicy"), Some("no-referrer"));
    }
}

fn check_web(value: &str) {
    let url = Url::parse(value).unwrap();
    assert!(matches!(url.scheme(), "http" | "https"), "{value}");
}

#[track_caller]
fn same(input: &str, expected: &str) {
    assert_eq!(clean(input), expected);
    assert_eq!(clean(expected), expected, "a second time");
}

#[track_caller]
fn plain_line(input: &str, expected: &str) {
    assert_eq!(line(&Markup::Html(input.to_owned())), expected);
}

#[test]
fn an_ordinary_post_stays_as_it_is() {
    same(
        "<p>I tried <em>Storify</em> &amp; liked it.</p>\n<ul><li>One</li><li>Two</li></ul>",
        "<p>I tried <em>Storify</em> &amp; liked it.</p>\n<ul><li>One</li><li>Two</li></ul>",
    );
    same("a <b>b</b> \"c\" é 😀", "a <b>b</b> \"c\" é 😀");
}

#[test]
fn end_tags_that_html_implies_are_written() {
    same("<p>one<p>two", "<p>one</p><p>two</p>");
    same("<ul><li>a<li>b</ul>", "<ul><li>a</li><li>b</li></ul>");
    same("<dl><dt>a<dd>b</dl>", "<dl><dt>a</dt><dd>b</dd></dl>");
    same(
        "<table><tr><td>a<td>b<tr><th>c</table>",
        "<table><tbody><tr><td>a</td><td>b</td></tr><tr><th>c</th></tr></tbody></table>",
    );
    same(
        "<ul><li>a<ul><li>b</ul><li>c</ul>",
        "<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>",
    );
}

#[test]
fn glosses_stand_in_ruby_only() {
    same(
        "<ruby>漢<rp>(<rt>kan<rp>)</ruby><rt>x",
        "<ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby>x",
    );
    same("<ruby><p>a<rt>b", "<ruby><p>a</p><rt>b</rt></ruby>");
}

#[test]
fn formatting_that_a_block_cuts_off_is_not_reopened() {
    same("<p><b>one<p>two", "<p><b>one</b></p><p>two</p>");
    same("<b><i>x</b>y</i>", "<b><i>x</i></b>y");
}

#[test]
fn what_stands_between_rows_gets_a_cell() {
    same(
        "<table>loose<tr><p>text</table>",
        "<table><tbody><tr><td>loose</td></tr><tr><td><p>text</p></td></tr></tbody></table>",
    );
    same("<td>no table</td>", "no table");
}

#[test]
fn headings_start_at_the_third_level() {
    same(
        "<h1>a</h1><h2>b</h2><h6>c</h6>",
        "<h3>a</h3><h4>b</h4><h6>c</h6>",
    );
    same("<h2>a</h2><h3>b</h3>", "<h3>a</h3><h4>b</h4>");
    same("<h3>a</h3>", "<h3>a</h3>");
}

#[test]
fn relative_addresses_become_absolute() {
    same(
        r#"<a href="../about">x</a>"#,
        r#"<a href="https://blog.example/2011/about" rel="noopener noreferrer nofollow ugc">x</a>"#,
    );
    same(
        r#"<a href="//other.example/a?b=1&amp;c=2">x</a>"#,
        r#"<a href="https://other.example/a?b=1&amp;c=2" rel="noopener noreferrer nofollow ugc">x</a>"#,
    );
    same(
        r#"<a href="mailto:a@b.example">x</a>"#,
        r#"<a href="mailto:a@b.example" rel="noopener noreferrer nofollow ugc">x</a>"#,
    );
    same(
        r#"<blockquote cite="/q">x</blockquote>"#,
        r#"<blockquote cite="https://blog.example/q">x</blockquote>"#,
    );
}

#[test]
fn without_a_base_a_relative_address_is_dropped_and_its_text_kept() {
    let markup = Markup::Html(r#"<a href="/about">text</a><img src="a.png" alt="b">"#.to_owned());
    assert_eq!(html(&markup, None).as_str(), "text");
}

#[test]
fn no_text_turns_the_line_round_or_towers_over_its_neighbours() {
    same("a\u{202e}b\u{202a}c\u{2067}d\u{2069}e\u{202c}", "abcde");
    same(
        "\u{5d0}\u{200f}!\u{200e} \u{61c}\u{200d}",
        "\u{5d0}\u{200f}!\u{200e} \u{61c}\u{200d}",
    );
    same("a\u{7f}b\u{80}c\u{9f}d", "abcd");
    let image = clean("<img src=/a alt=\"x\u{202e}y\">");
    assert!(image.contains("alt=\"xy\""), "{image}");
    let tower = "\u{301}".repeat(20);
    let kept = "\u{301}".repeat(8);
    same(&format!("e{tower}f"), &format!("e{kept}f"));
    same(&format!("e<b>{tower}</b>f"), &format!("e<b>{kept}</b>f"));
    same(
        &format!("e{kept}<i>{tower}</i><foo>{tower}"),
        &format!("e{kept}<i></i>"),
    );
    same(
        &format!("e{kept}<pre>\u{301}\n\nf</pre>"),
        &format!("e{kept}<pre>\u{301}\n\nf</pre>"),
    );
}

#[test]
fn films_wait_until_they_are_asked_for() {
    same(
        r#"<video autoplay src="/a.mp4" poster="javascript:x"><source src="b.webm" type="video/webm">No film.</video>"#,
        concat!(
            r#"<video src="https://blog.example/a.mp4" controls="" preload="none">"#,
            r#"<source src="https://blog.example/2011/07/b.webm" type="video/webm">No film.</video>"#
        ),
    );
}

#[test]
fn language_and_direction_are_kept() {
    same(
        r#"<p lang="cy" dir="ltr" style="x">Helo</p><span dir="rtl">a</span><span class="x">b</span>"#,
        r#"<p lang="cy" dir="ltr">Helo</p><span dir="rtl">a</span>b"#,
    );
}

#[test]
fn known_attacks_come_out_inert() {
    for (attack, expected) in [
        ("<script>alert(1)</script>a", "a"),
        ("<style>*{x}</style>a", "a"),
        ("<SCRIPT SRC=//evil.example></SCRIPT>a", "a"),
        (
            "<scr<script>ipt>alert(1)</scr</script>ipt>",
            "ipt&gt;alert(1)ipt&gt;",
        ),
        (
            "<button form=x formaction=javascript:alert(1)>a</button>",
            "a",
        ),
        (
            "<svg><set attributeName=href to=javascript:alert(1)></svg>a",
            "a",
        ),
        (
            "<math><annotation-xml encoding=\"text/html\"><style><img src=x onerror=alert(1)></style></math>a",
            "a",
        ),
        (
            "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)></style></math>a",
            "a",
        ),
        (
            "<iframe srcdoc=\"<script>alert(1)</script>\"></iframe>a",
            "a",
        ),
        ("<a id=getElementById>a</a><form name=body>b</form>", "ab"),
        (
            "<p style=\"x\" onclick=\"y\" contenteditable background=\"z\" ping=\"q\">a</p>",
            "<p>a</p>",
        ),
        (
            "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\"></noscript>a",
            "a",
        ),
        ("<template><b>x</b></template>a", "a"),
        (
            "<textarea><b>x</b></textarea><select><option>y</select>a",
            "a",
        ),
        (
            "<base href=//evil.example><meta http-equiv=refresh content=0><link rel=stylesheet href=x>a",
            "a",
        ),
        ("<!--[if gte mso 9]><xml>x y z</xml><![endif]-->a", "a"),
        ("<img src=x:alert(1) onerror=eval(src)>a", "a"),
        ("<input onfocus=alert(1) autofocus>a", "a"),
        ("a\u{0}b\u{1}c&#0;&#x1;&#xFFFF;&#xFFFE;", "abc\u{fffd}"),
    ] {
        same(attack, expected);
    }
    clean("<img srcset=\"http:a<script>alert(1)</script>\">");
    clean("<video onloadstart=\"alert(1)\"><source></video>");
}

#[test]
fn addresses_that_run_code_are_dropped_and_their_text_kept() {
    for href in [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\tscript:alert(1)",
        "java&#10;script:alert(1)",
        "\u{1}javascript:alert(1)",
        "&#1;javascript:alert(1)",
        "&#106;avascript:alert(1)",
        "&#x6a;&#x61;vascript&colon;alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:msgbox(1)",
        "\u{a0}javascript:alert(1)",
        "\u{3000}javascript:alert(1)",
        "\u{200b}javascript:alert(1)",
        "file:///etc/passwd",
        "ftp://a.example/",
        "http:",
        "",
    ] {
        same(&format!("<a href=\"{href}\">text</a>"), "text");
    }
}

#[test]
fn plain_text_becomes_paragraphs() {
    let markup = Markup::Plain("One & <two>\r\nthree\n\n\n  four\n".to_owned());
    let made = html(&markup, None);
    assert_eq!(
        made.as_str(),
        "<p>One &amp; &lt;two&gt;<br>three</p>\n<p>  four</p>"
    );
    assert_eq!(clean(made.as_str()), made.as_str());
    let attack = Markup::Plain("<img src=x onerror=alert(1)>".to_owned());
    assert_eq!(
        html(&attack, None).as_str(),
        "<p>&lt;img src=x onerror=alert(1)&gt;</p>"
    );
}

#[test]
fn a_newline_that_begins_preformatted_text_is_not_lost_twice() {
    same("<pre>\n\n  a\n\nb</pre>", "<pre>  a\n\nb</pre>");
}

#[test]
fn a_panic_gives_escaped_text() {
    let source = "1 > 0 & <b>bold</b> <script";
    let made = or_else(|| panic!("on purpose"), || escaped(source));
    assert_eq!(made, "<p>1 &gt; 0 &amp; bold </p>");
    check(&made);
    assert!(escaped(&"\"".repeat(1_000_000)).len() < 4 * 1_000_000 + OUTPUT_BYTES_EXTRA);
    let short = "\"".repeat(FALLBACK_BYTES_MAX);
    assert!(escaped(&short).len() < 4 * FALLBACK_BYTES_MAX + OUTPUT_BYTES_EXTRA);
}

#[test]
fn text_has_a_line_a_block_and_no_addresses() {
    let markup = "<p>One &amp;\n two<br>three</p><ul><li>a</li><li><b>b</b>c</li></ul><a href=\"https://x.example/\">d</a>\
        <table><tr><td>e<td>f<tr><td>g</table>";
    let made = html(&Markup::Html(markup.to_owned()), None);
    assert_eq!(text_of(&made), "One & two\nthree\na\nbc\nd\ne f\ng");
}

#[test]
fn links_are_given_in_order_and_bounded() {
    let mut markup = String::from("<a href=\"/one\">1</a><a href=\"mailto:a@b.example\">2</a>");
    for number in 0..300 {
        let _ = write!(markup, "<a href=\"https://x.example/{number}\">x</a>");
    }
    let links = links_of(&html(&Markup::Html(markup), Some(&base())));
    assert_eq!(links.len(), 200);
    assert_eq!(links[0].as_str(), "https://blog.example/one");
    assert_eq!(links[1].as_str(), "https://x.example/0");
}

#[test]
fn a_line_is_decoded_once_and_plain() {
    plain_line("Q&amp;A", "Q&A");
    plain_line("<b>Bold</b> &amp; more", "Bold & more");
    plain_line("1 < 2 and I <3 libraries", "1 < 2 and I <3 libraries");
    plain_line("AT&amp;amp;T &lt;b&gt;", "AT&amp;T <b>");
    plain_line("&#60;script&#62;", "<script>");
    plain_line(
        "one<br>two<p>three</p>\n four\u{a0}five",
        "one two three four five",
    );
    plain_line("<script>alert(1)</script>Hi", "Hi");
    plain_line("Happy <img src=x onerror=y alt=\"😀\">", "Happy 😀");
    assert_eq!(line(&Markup::Plain("<b> &amp; ".to_owned())), "<b> &amp;");
}

#[test]
fn a_line_has_no_characters_that_play_tricks() {
    plain_line(
        "evil\u{202e}gpj.exe\u{2066}\u{0}\u{1b}[31m\u{feff}",
        "evilgpj.exe[31m",
    );
    plain_line(
        &format!("a{}b", "\u{301}".repeat(5_000)),
        &format!("a{}b", "\u{301}".repeat(8)),
    );
}

#[test]
fn a_line_to_mend_is_a_line_but_for_five_controls() {
    let halves = ['\u{81}', '\u{8d}', '\u{8f}', '\u{90}', '\u{9d}'];
    for character in '\0'..='\u{ffff}' {
        let text = format!("a {character}b");
        let plain = Markup::Plain(text.clone());
        if halves.contains(&character) {
            assert_eq!(line_to_mend(&plain), text);
            assert_eq!(line(&plain), "a b");
            // As a reference, and as it stands in markup.
            for html in [format!("a &#{};b", u32::from(character)), text.clone()] {
                let html = Markup::Html(html);
                assert_eq!(
                    (line_to_mend(&html), line(&html)),
                    (text.clone(), "a b".to_owned())
                );
            }
        } else {
            assert_eq!(line_to_mend(&plain), line(&plain), "{character:?}");
        }
    }
}

#[test]
fn a_long_line_ends_at_a_word_with_an_ellipsis() {
    let words = line(&Markup::Plain("word ".repeat(2_000)));
    assert!(words.ends_with(" word…") && words.chars().count() <= 1_000);
    let word = line(&Markup::Plain("é".repeat(5_000)));
    assert_eq!(word.chars().count(), 1_000);
    let fits = "x".repeat(1_000);
    assert_eq!(line(&Markup::Plain(fits.clone())), fits);
}

const ATTRIBUTES_OF_FRAGMENTS: [&str; 19] = [
    "",
    " href=/a",
    " href=javascript:x",
    " src=//b/c",
    " class=x",
    " dir=rtl",
    " srcset='d 2x,e'",
    " style=\"x",
    " onclick=y",
    " cite=f",
    " lang=cy",
    " /",
    " title='<b>'",
    " colspan=3",
    " start=4",
    " href=\"/?a=1&b=2&amp;c\"",
    " title='a&#8217;b\" c' lang=\"cy\"",
    " title=\"1\" title=\"2\"",
    " alt=\"x\"src='/y'",
];

const TEXTS_OF_FRAGMENTS: [&str; 30] = [
    "x",
    " ",
    "\n",
    "&amp;",
    "&lt;",
    "&",
    "<",
    ">",
    "<!--",
    "-->",
    "]]>",
    "<![CDATA[",
    "\u{a0}",
    "\r",
    "&#13;",
    "\"",
    "\u{feff}",
    "&#0;",
    "\u{c}",
    "</",
    "<?",
    "\u{85}",
    "&nbsp;",
    "&amp",
    "&notit;",
    "&NotEqualTilde;",
    "&#x2019;",
    "&#146;",
    "\0",
    "two words",
];

/// A tag, an end tag or a piece of text, of those that go together badly.
pub(super) fn fragment() -> impl Strategy<Value = String> {
    let tags = "a abbr b blockquote br caption dd div dl dt em embed figure form h1 h2 h5 hr i iframe img input li \
        math noscript object ol option p picture pre q rt ruby script section select source span style svg table \
        tbody td template textarea tfoot th thead title tr u ul video wbr xmp plaintext button nobr font frameset";
    let names: Vec<&'static str> = tags.split_whitespace().collect();
    let attributes = prop::sample::select(&ATTRIBUTES_OF_FRAGMENTS[..]);
    let text = prop::sample::select(&TEXTS_OF_FRAGMENTS[..]);
    let name = prop::sample::select(names);
    prop_oneof![
        4 => (name.clone(), attributes).prop_map(|(name, attributes)| format!("<{name}{attributes}>")),
        3 => name.prop_map(|name| format!("</{name}>")),
        3 => text.prop_map(str::to_owned),
    ]
}

#[test]
fn an_address_that_grows_when_it_is_spelled_out_stays_or_goes_for_good() {
    // A blank becomes three characters.
    for blanks in [500, 1_000, 1_300, 1_400, 4_000] {
        let blanks = " ".repeat(blanks) + "x";
        for markup in [
            format!("<a href=\"/{blanks}\">t</a>"),
            format!("<p>t<img src=\"/{blanks}\"></p>"),
            format!(
                "<p>t<img srcset=\"/a 1x, /{} 2x, /c 3x\"></p>",
                "é".repeat(blanks.len() / 2)
            ),
        ] {
            let once = clean(&markup);
            assert_eq!(clean(&once), once, "{} bytes", markup.len());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_comes_out_clean_and_the_same_a_second_time(input in ".{0,200}") {
        let once = clean(&input);
        prop_assert_eq!(clean(&once), once);
    }

    #[test]
    fn any_shuffled_markup_comes_out_clean_and_the_same_a_second_time(
        parts in prop::collection::vec(fragment(), 0..40)
    ) {
        let input = parts.concat();
        let once = clean(&input);
        let balanced = balance::balance(&input, Some(&base()), 4 * input.len() + OUTPUT_BYTES_EXTRA);
        prop_assert_eq!(spelled(&balanced), spelled(&guard::by_ammonia(&balanced)), "the second guard found something");
        prop_assert_eq!(clean(&once), once);
    }

    #[test]
    fn any_line_is_short_and_plain(input in ".{0,1400}") {
        for markup in [Markup::Plain(input.clone()), Markup::Html(input)] {
            let made = line(&markup);
            prop_assert!(made.chars().count() <= 1_000);
            prop_assert!(!made.chars().any(char::is_control));
            prop_assert_eq!(line(&Markup::Plain(made.clone())), made);
        }
    }
}
