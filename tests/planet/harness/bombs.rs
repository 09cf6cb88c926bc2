//! Documents that are made to take time and room: small to write, dear to read.

use std::iter::repeat_with;

/// Markup by what is wicked about it. `part` makes it smaller: 1 is the whole bomb, 10 a tenth of it.
pub(crate) fn markup(part: usize) -> Vec<(&'static str, String)> {
    let mut bombs = nested(part);
    bombs.extend(reopened(part));
    bombs.extend(attributes(part));
    bombs.extend(long(part));
    bombs
}

fn nested(part: usize) -> Vec<(&'static str, String)> {
    vec![
        ("nested divisions", "<div>".repeat(100_000 / part)),
        ("nested lists", "<ul><li>".repeat(20_000 / part)),
        ("nested definitions", "<dl><dd>".repeat(20_000 / part)),
        ("nested tables", "<table><tr><td>".repeat(20_000 / part)),
    ]
}

/// Formats that a tree builder would open again and again.
fn reopened(part: usize) -> Vec<(&'static str, String)> {
    vec![
        ("unclosed italics", "<i></p>".repeat(142_000 / part)),
        ("bold ids", counted(16_000 / part, "<b id=#>")),
        (
            "bold ids in paragraphs",
            counted(60_000 / part, "<p><b id=#></p>"),
        ),
        (
            "three formats in paragraphs",
            counted(4_000 / part, "<p><b id=#><i id=#><u id=#></p>"),
        ),
        (
            "formats over paragraphs",
            counted(256, "<b id=#>") + &"<p>".repeat(30_000 / part),
        ),
        (
            "formats in a table",
            "<table>".to_owned() + &counted(20_000 / part, "x<b id=#>"),
        ),
    ]
}

fn attributes(part: usize) -> Vec<(&'static str, String)> {
    let many = |pattern: &str| counted(400_000 / part, pattern);
    let thousand = format!("<a{}>", counted(1_000, " b#"));
    vec![
        ("attributes", format!("<a{}>x</a>", many(" b#"))),
        (
            "attributes without a gap",
            format!("<a {}>x</a>", many("b#=\"\"")),
        ),
        (
            "attributes after a stray quote",
            format!("<a \" {}>x", many(" b#")),
        ),
        (
            "attributes after a comment",
            format!("<!-- <a x=\" -->{}", many(" b#")),
        ),
        (
            "tags of a thousand attributes each",
            thousand.repeat(1 + 200 / part),
        ),
        (
            "picture sets",
            format!("<img srcset=\"{}\">", "a 1x,".repeat(200_000 / part)),
        ),
    ]
}

fn long(part: usize) -> Vec<(&'static str, String)> {
    let data = "AAAA/".repeat(400_000 / part);
    vec![
        (
            "an endless attribute",
            format!("<a href=\"{}", "x ".repeat(5_000_000 / part)),
        ),
        (
            "an endless tag",
            format!("<a {}", "x".repeat(3_000_000 / part)),
        ),
        (
            "an endless comment",
            format!("<!-- {}", "x- ".repeat(1_000_000 / part)),
        ),
        ("entities", "&amp;".repeat(200_000 / part)),
        ("half entities", "&am".repeat(300_000 / part)),
        (
            "a picture written out",
            format!("<img src=\"data:image/png;base64,{data}\">x"),
        ),
        ("addresses", "<a href=//x>y</a>".repeat(60_000 / part)),
        ("marks", format!("e{}", "\u{301}".repeat(400_000 / part))),
        ("angles", "<".repeat(1_000_000 / part)),
        (
            "players",
            "<iframe src=//youtu.be/dQw4w9WgXcQ></iframe>".repeat(20_000 / part),
        ),
    ]
}

/// Whole documents by what is wicked about them.
pub(crate) fn documents(part: usize) -> Vec<(&'static str, String)> {
    let laughs: String = (0..9).map(laugh).collect();
    let laughs = format!("<!DOCTYPE x [<!ENTITY l0 \"lol\">{laughs}]>");
    let element = |attributes: String| rss(&format!("<x{attributes}/>"));
    let posts = "x</description></item><item><description>";
    let mut documents = vec![
        ("a billion laughs", laughs + &rss("&l9;")),
        ("nested elements", rss(&"<x>".repeat(200_000 / part))),
        (
            "nested elements around the feed",
            "<x>".repeat(200_000 / part) + &rss("x"),
        ),
        (
            "attributes of an element",
            element(counted(30_000 / part, " a#=\"\"")),
        ),
        (
            "namespaces",
            element(counted(20_000 / part, " xmlns:a#=\"b\"")),
        ),
        (
            "one long text",
            rss(&"lorem ipsum ".repeat(50_000_000 / 12 / part)),
        ),
        ("posts", rss(&posts.repeat(50_000 / part))),
        ("nested JSON", "[".repeat(200_000 / part)),
    ];
    for (name, markup) in markup(part) {
        let escaped = markup.replace('&', "&amp;").replace('<', "&lt;");
        documents.push((name, rss(&escaped)));
    }
    documents
}

/// An entity that is ten of the one before.
fn laugh(number: u8) -> String {
    let ten = format!("&l{number};").repeat(10);
    format!("<!ENTITY l{} \"{ten}\">", number + 1)
}

fn rss(description: &str) -> String {
    format!(
        "<rss version=\"2.0\"><channel><title>A blog</title><item><title>A post</title>\
         <description>{description}</description></item></channel></rss>"
    )
}

/// The pattern so many times, each `#` in it a number of its own.
fn counted(times: usize, pattern: &str) -> String {
    let mut number = 0;
    repeat_with(|| {
        number += 1;
        pattern.replace('#', &number.to_string())
    })
    .take(times)
    .collect()
}
