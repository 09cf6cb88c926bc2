//! What becomes of players that a post embeds.

use super::same;

/// Address of a player, page that it becomes, and what the link says.
const KNOWN: [(&str, &str, &str); 22] = [
    (
        "//www.youtube.com/embed/dQw4w9WgXcQ",
        "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
        "Video on YouTube",
    ),
    (
        "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?rel=0",
        "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
        "Video on YouTube",
    ),
    (
        "http://youtu.be/dQw4w9WgXcQ",
        "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
        "Video on YouTube",
    ),
    (
        "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
        "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
        "Video on YouTube",
    ),
    (
        "https://www.youtube.com/embed/videoseries?list=PLabc_1-2",
        "https://www.youtube.com/playlist?list=PLabc_1-2",
        "Playlist on YouTube",
    ),
    (
        "http://www.youtube.com/p/ABC123?hl=en",
        "https://www.youtube.com/playlist?list=PLABC123",
        "Playlist on YouTube",
    ),
    (
        "https://player.vimeo.com/video/123456?title=0",
        "https://vimeo.com/123456",
        "Video on Vimeo",
    ),
    (
        "https://player.vimeo.com/video/123456?h=0a1b2c",
        "https://vimeo.com/123456/0a1b2c",
        "Video on Vimeo",
    ),
    (
        "http://www.dailymotion.com/embed/video/x5e9eog",
        "https://www.dailymotion.com/video/x5e9eog",
        "Video on Dailymotion",
    ),
    (
        "https://geo.dailymotion.com/player.html?video=x5e9eog",
        "https://www.dailymotion.com/video/x5e9eog",
        "Video on Dailymotion",
    ),
    (
        "http://www.blogger.com/video.g?token=AD6v5d-_x",
        "https://www.blogger.com/video.g?token=AD6v5d-_x",
        "Video on Blogger",
    ),
    (
        "https://drive.google.com/file/d/1aB-c/preview",
        "https://drive.google.com/file/d/1aB-c/view",
        "Video on Google Drive",
    ),
    (
        "http://embed.ted.com/talks/a_b_on_libraries.html",
        "https://www.ted.com/talks/a_b_on_libraries",
        "Talk on TED",
    ),
    (
        "https://embed.ted.com/talks/lang/fr/a_b",
        "https://www.ted.com/talks/a_b",
        "Talk on TED",
    ),
    (
        "https://archive.org/embed/some.item_1",
        "https://archive.org/details/some.item_1",
        "Recording on the Internet Archive",
    ),
    (
        "http://www.slideshare.net/slideshow/embed_code/8541234",
        "https://www.slideshare.net/slideshow/embed_code/8541234",
        "Slides on SlideShare",
    ),
    (
        "//www.slideshare.net/slideshow/embed_code/key/aB1c",
        "https://www.slideshare.net/slideshow/embed_code/key/aB1c",
        "Slides on SlideShare",
    ),
    (
        "https://prezi.com/embed/ab-cd_ef/?bgcolor=fff",
        "https://prezi.com/ab-cd_ef/",
        "Slides on Prezi",
    ),
    (
        "https://prezi.com/p/embed/ab1/",
        "https://prezi.com/p/ab1/",
        "Slides on Prezi",
    ),
    (
        "https://docs.google.com/presentation/d/1aB-c/embed?start=false",
        "https://docs.google.com/presentation/d/1aB-c/preview",
        "Slides on Google Docs",
    ),
    (
        "https://w.soundcloud.com/player/?url=https%3A//soundcloud.com/ann/talk",
        "https://soundcloud.com/ann/talk",
        "Recording on SoundCloud",
    ),
    (
        "https://open.spotify.com/embed/episode/4rOoJ6",
        "https://open.spotify.com/episode/4rOoJ6",
        "Recording on Spotify",
    ),
];

#[track_caller]
fn plays(player: &str, page: &str, words: &str) {
    let link = format!(r#"<a href="{page}" rel="noopener noreferrer nofollow ugc">{words}</a>"#);
    same(player, &link);
}

#[test]
fn players_of_known_sites_become_links() {
    for (src, page, words) in KNOWN {
        let src = src.replace('&', "&amp;");
        plays(
            &format!("<iframe src=\"{src}\">fallback</iframe>"),
            page,
            words,
        );
    }
}

#[test]
fn a_player_is_called_by_its_title() {
    let frame =
        |title: &str| format!("<iframe title=\"{title}\" src=//youtu.be/dQw4w9WgXcQ></iframe>");
    let page = "https://www.youtube.com/watch?v=dQw4w9WgXcQ";
    plays(
        &frame("A &lt;b&gt; talk\u{202e} "),
        page,
        "Video on YouTube: A &lt;b&gt; talk",
    );
    plays(&frame("YouTube video player"), page, "Video on YouTube");
    plays(
        "<iframe data-src=//youtu.be/dQw4w9WgXcQ></iframe>",
        page,
        "Video on YouTube",
    );
}

#[test]
fn an_old_player_becomes_one_link_however_it_is_written() {
    let youtube = "https://www.youtube.com/watch?v=dQw4w9WgXcQ";
    for player in [
        r#"<embed src="http://www.youtube.com/v/dQw4w9WgXcQ&hl=en">"#,
        r#"<object data="http://www.youtube.com/v/dQw4w9WgXcQ"></object>"#,
        r#"<object><param name="movie" value="http://www.youtube.com/v/dQw4w9WgXcQ&hl=en"></param></object>"#,
        r#"<object><param name="movie" value="http://www.youtube.com/v/dQw4w9WgXcQ"><embed src="http://www.youtube.com/v/dQw4w9WgXcQ"></embed></object>"#,
        r#"<object data="/own.swf"><object><embed src="http://www.youtube.com/v/dQw4w9WgXcQ"/></object>no Flash</object>"#,
    ] {
        plays(player, youtube, "Video on YouTube");
    }
    plays(
        r#"<object><param name="movie" value="http://vimeo.com/moogaloop.swf?clip_id=12&amp;server=vimeo.com"></object>"#,
        "https://vimeo.com/12",
        "Video on Vimeo",
    );
    plays(
        r#"<object><param name="movie" value="http://static.slidesharecdn.com/swf/ssplayer2.swf?doc=x-1&stripped_title=thing-six&userName=ann"></object>"#,
        "https://www.slideshare.net/ann/thing-six",
        "Slides on SlideShare",
    );
    plays(
        r#"<object><embed src="http://prezi.com/bin/preziloader.swf" flashvars="prezi_id=abc-d&lock_to_path=0"></object>"#,
        "https://prezi.com/abc-d/",
        "Slides on Prezi",
    );
}

#[test]
fn players_of_others_vanish() {
    for src in [
        "https://www.youtube.com.evil.example/embed/dQw4w9WgXcQ",
        "https://youtube.com@evil.example/embed/dQw4w9WgXcQ",
        "https://evil@www.youtube.com/embed/dQw4w9WgXcQ",
        "//youtube.com:444/embed/dQw4w9WgXcQ",
        "https://www.youtube.com/embed/../redirect?q=evil",
        "https://www.youtube.com/embed/dQw4w9WgXc%22",
        "https://www.youtube.com/embed/videoseries",
        "https://www.youtube.com/redirect?q=dQw4w9WgXcQ",
        "https://vimeo.com/moogaloop.swf?clip_id=1/../x",
        "https://w.soundcloud.com/player/?url=javascript:alert(1)",
        "https://w.soundcloud.com/player/?url=https://evil.example/ann/talk",
        "https://prezi.com/bin/preziloader.swf?prezi_id=a%2Fb",
        "javascript://youtube.com/%0Aalert(1)",
        "javascript://www.youtube.com/embed/dQw4w9WgXcQ",
        "data:text/html,https://www.youtube.com/embed/dQw4w9WgXcQ",
        "https://blog.example/embed/dQw4w9WgXcQ",
        "/embed/dQw4w9WgXcQ",
    ] {
        same(&format!(r#"<iframe src="{src}">fallback</iframe>"#), "");
        same(
            &format!(r#"<object data="{src}"><embed src="{src}">x</object>"#),
            "",
        );
    }
}
