//! Markup that is made to take time, room or the rest of a post.

use super::super::*;
use super::{clean, same};

#[test]
fn bombs_stay_small() {
    let many = |from: u32, to: u32, text: &dyn Fn(u32) -> String| -> String {
        (from..to).map(text).collect()
    };
    let attributes = |between: &str| many(0, 20_000, &|n| format!("{between}b{n}"));
    for bomb in [
        "<div>".repeat(50_000),
        "<ul><li>".repeat(20_000),
        "<dl><dd>".repeat(20_000),
        "<i></p>".repeat(20_000),
        many(0, 8_000, &|n| format!("<b id={n}>")),
        many(0, 8_000, &|n| format!("<p><b id={n}></p>")),
        many(0, 4_000, &|n| {
            format!("<p><b id={n}><i id={n}><u id={n}></p>")
        }),
        many(0, 256, &|n| format!("<b id={n}>")) + &"<p>".repeat(30_000),
        "<table>".to_owned() + &many(0, 10_000, &|n| format!("x<b id={n}>")),
        "<table>x".repeat(20_000),
        "<table><tr><td>".repeat(10_000),
        "<a href=a>".repeat(20_000),
        "<a href=//x>y</a>".repeat(20_000),
        "<img src=a>".repeat(20_000),
        format!("<a{}>x</a>", attributes(" ")),
        format!("<a {}>x</a>", attributes("=\"\"")),
        format!("<a \" {}>x", attributes(" ")),
        format!("<!-- <a x=\" -->{}", attributes(" ")),
        format!("&am<a {}>x", attributes("/")),
        format!(
            "<img src=\"data:image/png;base64,{}\">x",
            "AAAA/".repeat(200_000)
        ),
        "&amp;".repeat(50_000),
        "&".repeat(60_000),
        "\u{a0}".repeat(40_000),
        format!("<a href=\"{}", "x ".repeat(400_000)),
        format!("<!-- {}", "x ".repeat(400_000)),
        "<".repeat(60_000),
        "</>".repeat(100_000),
    ] {
        let once = clean(&bomb);
        if once.len() <= INPUT_BYTES_MAX {
            assert!(clean(&once) == once, "{bomb:.60}");
        }
    }
}

#[test]
fn an_endless_tag_or_comment_does_not_take_the_rest_with_it() {
    let data = "AAAA/".repeat(20_000);
    same(
        &format!("<p>a<img src=\"data:image/png;base64,{data}\">b</p>"),
        "<p>ab</p>",
    );
    same(
        &format!("<p>a<!-- {} -->b</p>", "x \"y\" / <b> ".repeat(2_000)),
        "<p>ab</p>",
    );
}

#[test]
fn only_the_first_megabyte_is_read() {
    let made = html(&Markup::Plain("é".repeat(800_000)), None);
    assert_eq!(text_of(&made).chars().count(), 500_000);
}

#[test]
fn a_picture_written_out_at_length_does_not_push_the_words_out() {
    let data = "AAAA/".repeat(300_000);
    same(
        &format!("<p>before<img src=\"data:image/png;base64,{data}\">after</p>"),
        "<p>beforeafter</p>",
    );
}

#[test]
fn what_stands_as_deep_as_may_be_stays_when_it_is_cleaned_again() {
    for tables in 28..36 {
        for start in ["", "<div>", "<div><div>", "<blockquote><p>"] {
            for inner in ["<p>a</p>", "<br>a", "<b>a</b>", "<td><p>a</p>", "<ul><li>a"] {
                let deep = format!("{start}{}<table>{inner}", "<table><td>".repeat(tables));
                let once = clean(&deep);
                assert_eq!(clean(&once), once, "{start} {tables} {inner}");
            }
        }
    }
}
