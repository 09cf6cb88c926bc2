//! Pictures, and what counts readers.

use super::{clean, same};

#[test]
fn pictures_load_late_and_tell_nobody() {
    same(
        r#"<img src="/a.png" alt="A &quot;cat&quot;" width="640" height="50%" style="x" class="y" onerror="z">"#,
        concat!(
            r#"<img src="https://blog.example/a.png" alt="A &quot;cat&quot;" width="640" "#,
            r#"loading="lazy" referrerpolicy="no-referrer">"#
        ),
    );
    let set = clean(r#"<img src=a srcset="/b,c.png 640w, javascript:x 2x,/d.png 2x, /e.png 9q">"#);
    assert!(
        set.contains(
            r#" srcset="https://blog.example/b,c.png 640w, https://blog.example/d.png 2x""#
        )
    );
}

#[test]
fn pictures_that_count_readers_are_dropped() {
    for counter in [
        r#"<img src="https://t.example/a" width="1" height="1">"#,
        r#"<img src="https://t.example/a" width="0" height="20">"#,
        r#"<img src="https://t.example/a" style="width: 1px; HEIGHT:1px">"#,
        r#"<img src="https://t.example/a" style="max-width:800px" width="1" height="1">"#,
        r#"<img src="https://t.example/a" style="max-width:1px;width:80px" height="1">"#,
        r#"<img src="https://t.example/a" style="border:0;display:none !important">"#,
        r#"<img src="http://feeds.feedburner.com/~r/ABlog/~4/xyz" alt="">"#,
        r#"<img src="https://feeds.ablog.example/~r/ABlog/~4/xyz">"#,
        r#"<img src="http://feedproxy.google.com/~r/ABlog/~4/xyz">"#,
        r#"<img src="https://pixel.wp.com/b.gif?host=a.example&amp;blog=1">"#,
        r#"<img src="//stats.wordpress.com/b.gif?host=a.example">"#,
        r#"<img src="https://ad.doubleclick.net/x">"#,
        r#"<img srcset="https://ad.doubleclick.net/x 1x">"#,
        r#"<img src="https://www.facebook.com/tr?id=1&amp;ev=PageView">"#,
        r#"<img src="https://medium.com/_/stat?event=post.clientViewed">"#,
        r#"<a href="http://feeds.wordpress.com/1.0/gofacebook/a.wordpress.com/1/"><img alt="" border="0" src="http://feeds.wordpress.com/1.0/facebook/a.wordpress.com/1/"></a>"#,
        r#"<a href="http://feeds.feedburner.com/~ff/ABlog?a=x:y"><img src="http://feeds.feedburner.com/~ff/ABlog?d=y" border="0"></a>"#,
    ] {
        same(&format!("{counter}x"), "x");
    }
    for picture in [
        r#"<img src="https://t.example/a" width="1" height="20">"#,
        r#"<img src="https://t.example/a" style="width:640px;max-width:100%;height:auto">"#,
        r#"<img src="https://doubleclick.net.t.example/x">"#,
        r#"<img src="https://notdoubleclick.net/x">"#,
        r#"<img src="https://www.facebook.com/travels/x.png">"#,
        r#"<img src="https://uni.example/~ff/holiday.jpg">"#,
    ] {
        assert!(clean(picture).contains("<img"), "{picture}");
    }
}

#[test]
fn a_picture_that_its_style_made_visible_is_not_hidden_by_its_sides() {
    let seen = clean(
        r#"<img src="https://t.example/a" style="width:400px;height:300px" width="1" height="1">"#,
    );
    assert!(seen.contains("<img") && !seen.contains("height"), "{seen}");
    assert_eq!(clean(&seen), seen);
}

#[test]
fn a_picture_that_a_script_would_load_later_is_found() {
    let lazily = clean(
        r#"<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" data-src="/a.png" data-srcset="/b.png 2x">"#,
    );
    assert!(
        lazily
            .contains(r#"src="https://blog.example/a.png" srcset="https://blog.example/b.png 2x""#)
    );
    assert!(clean(r#"<img src="/a.png" data-src="/b.png">"#).contains("/a.png"));
    same(r#"<img data-src="javascript:x">"#, "");
}

#[test]
fn links_do_not_tell_where_a_reader_came_from() {
    let to = |href: &str| format!("<a href=\"{href}\">x</a>");
    let expect =
        |href: &str| format!("<a href=\"{href}\" rel=\"noopener noreferrer nofollow ugc\">x</a>");
    for (href, bare) in [
        (
            "https://a.example/?utm_source=feed&amp;id=a%20b&amp;UTM_medium=rss&amp;c",
            "https://a.example/?id=a%20b&amp;c",
        ),
        ("https://a.example/p?fbclid=abc", "https://a.example/p"),
        (
            "https://a.example/p#utm_source=rss&amp;utm_medium=rss",
            "https://a.example/p",
        ),
        ("https://a.example/p?#top", "https://a.example/p?#top"),
        (
            "https://a.example/?autm_x=1&amp;q=utm_y",
            "https://a.example/?autm_x=1&amp;q=utm_y",
        ),
        (
            "http://feeds.feedburner.com/~r/ABlog/~3/xyz/",
            "http://feeds.feedburner.com/~r/ABlog/~3/xyz/",
        ),
    ] {
        same(&to(href), &expect(bare));
    }
    same(&to("https://ad.doubleclick.net/ddm/clk/1"), "x");
}
