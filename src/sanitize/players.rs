//! Players of films, talks, slides and sounds, and the pages where the same is to be had.
//!
//! Hosts and paths are compared exactly: `youtube.com.example` and `youtube.com@example` are somebody else. It must not
//! know how a page is linked to.

use url::Url;

use super::address;

/// What a player plays.
pub(super) struct Played {
    /// Where a person can see or hear it.
    pub(super) page: Url,
    /// What it is and where: `Video on YouTube`.
    pub(super) words: &'static str,
}

/// What the player at this address plays, if the site is one that we know. `variables` are those that an old player
/// was given beside its address.
pub(super) fn played(player: &str, variables: Option<&str>, base: Option<&Url>) -> Option<Played> {
    let url = address::web(player, base)?;
    if url.port().is_some() || !url.username().is_empty() || url.password().is_some() {
        return None;
    }
    let asked = Asked {
        host: url
            .host_str()?
            .strip_prefix("www.")
            .unwrap_or(url.host_str()?),
        path: url
            .path_segments()?
            .filter(|part| !part.is_empty())
            .collect(),
        url: &url,
        variables,
    };
    SITES.iter().find_map(|(words, page)| {
        let page = Url::parse(&page(&asked)?).ok()?;
        Some(Played { page, words })
    })
}

type PageOf = fn(&Asked<'_>) -> Option<String>;

const SITES: [(&str, PageOf); 13] = [
    ("Video on YouTube", youtube),
    ("Playlist on YouTube", youtube_list),
    ("Video on Vimeo", vimeo),
    ("Video on Dailymotion", dailymotion),
    ("Video on Blogger", blogger),
    ("Video on Google Drive", google_drive),
    ("Talk on TED", ted),
    ("Recording on the Internet Archive", archive),
    ("Slides on SlideShare", slideshare),
    ("Slides on Prezi", prezi),
    ("Slides on Google Docs", google_slides),
    ("Recording on SoundCloud", soundcloud),
    ("Recording on Spotify", spotify),
];

/// The address of a player, taken apart.
struct Asked<'a> {
    /// Without `www.`.
    host: &'a str,
    path: Vec<&'a str>,
    url: &'a Url,
    variables: Option<&'a str>,
}

impl Asked<'_> {
    /// A variable from the address, or from beside it.
    fn variable(&self, name: &str) -> Option<String> {
        let beside = url::form_urlencoded::parse(self.variables.unwrap_or_default().as_bytes());
        self.url
            .query_pairs()
            .chain(beside)
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
    }

    /// The same, where it is made of letters, digits, `-` and `_` alone.
    fn word(&self, name: &str) -> Option<String> {
        self.variable(name).filter(|value| is_word(value))
    }
}

fn youtube(asked: &Asked<'_>) -> Option<String> {
    let video = match (asked.host, asked.path.as_slice()) {
        ("youtube.com" | "m.youtube.com", ["watch"]) => &*asked.variable("v")?,
        (
            "youtube.com" | "m.youtube.com" | "youtube-nocookie.com",
            ["embed" | "v" | "e" | "shorts" | "live", video],
        )
        | ("youtu.be", [video]) => video,
        _ => return None,
    };
    // Old players write `/v/ID&hl=en`: what follows the ampersand is not the video.
    let video = video.split('&').next().unwrap_or(video);
    let fits = video.len() == 11 && is_word(video) && video != "videoseries";
    fits.then(|| format!("https://www.youtube.com/watch?v={video}"))
}

fn youtube_list(asked: &Asked<'_>) -> Option<String> {
    let list = match (asked.host, asked.path.as_slice()) {
        ("youtube.com" | "youtube-nocookie.com", ["embed"] | ["embed", "videoseries"]) => {
            asked.word("list")?
        }
        ("youtube.com", ["p", list]) if is_word(list) => format!("PL{list}"),
        _ => return None,
    };
    Some(format!("https://www.youtube.com/playlist?list={list}"))
}

fn vimeo(asked: &Asked<'_>) -> Option<String> {
    let video = match (asked.host, asked.path.as_slice()) {
        ("vimeo.com", ["moogaloop.swf"]) => asked.variable("clip_id")?,
        ("player.vimeo.com", ["video", video]) | ("vimeo.com", [video]) => (*video).to_owned(),
        _ => return None,
    };
    if !is_number(&video) {
        return None;
    }
    // A film that is not listed is found with its key alone.
    match asked.word("h") {
        Some(key) => Some(format!("https://vimeo.com/{video}/{key}")),
        None => Some(format!("https://vimeo.com/{video}")),
    }
}

fn dailymotion(asked: &Asked<'_>) -> Option<String> {
    let video = match (asked.host, asked.path.as_slice()) {
        ("dailymotion.com", ["embed" | "swf", "video", video] | ["swf", video]) => {
            (*video).to_owned()
        }
        ("geo.dailymotion.com", ["player.html"] | ["player", _]) => asked.variable("video")?,
        _ => return None,
    };
    is_word(&video).then(|| format!("https://www.dailymotion.com/video/{video}"))
}

/// Films that were put into a post on Blogger have no other page than their player.
fn blogger(asked: &Asked<'_>) -> Option<String> {
    match (asked.host, asked.path.as_slice()) {
        ("blogger.com", ["video.g"]) => {
            let token = asked.word("token")?;
            Some(format!("https://www.blogger.com/video.g?token={token}"))
        }
        _ => None,
    }
}

fn google_drive(asked: &Asked<'_>) -> Option<String> {
    match (asked.host, asked.path.as_slice()) {
        ("drive.google.com" | "docs.google.com", ["file", "d", file, "preview"])
            if is_word(file) =>
        {
            Some(format!("https://drive.google.com/file/d/{file}/view"))
        }
        _ => None,
    }
}

fn ted(asked: &Asked<'_>) -> Option<String> {
    let ("embed.ted.com" | "embed-ssl.ted.com", ["talks", talk] | ["talks", "lang", _, talk]) =
        (asked.host, asked.path.as_slice())
    else {
        return None;
    };
    let talk = talk.strip_suffix(".html").unwrap_or(talk);
    is_word(talk).then(|| format!("https://www.ted.com/talks/{talk}"))
}

fn archive(asked: &Asked<'_>) -> Option<String> {
    match (asked.host, asked.path.as_slice()) {
        ("archive.org", ["embed", item]) if is_word(&item.replace('.', "")) => {
            Some(format!("https://archive.org/details/{item}"))
        }
        _ => None,
    }
}

fn slideshare(asked: &Asked<'_>) -> Option<String> {
    match (asked.host, asked.path.as_slice()) {
        ("slideshare.net", ["slideshow", "embed_code", number]) if is_number(number) => Some(
            format!("https://www.slideshare.net/slideshow/embed_code/{number}"),
        ),
        ("slideshare.net", ["slideshow", "embed_code", "key", key]) if is_word(key) => Some(
            format!("https://www.slideshare.net/slideshow/embed_code/key/{key}"),
        ),
        ("static.slidesharecdn.com" | "static.slideshare.net", ["swf", player])
            if matches!(*player, "ssplayer.swf" | "ssplayer2.swf" | "doc_player.swf") =>
        {
            let slides = asked.word("stripped_title")?;
            let user = asked.word("userName")?;
            Some(format!("https://www.slideshare.net/{user}/{slides}"))
        }
        _ => None,
    }
}

fn prezi(asked: &Asked<'_>) -> Option<String> {
    let (folder, slides) = match (asked.host, asked.path.as_slice()) {
        ("prezi.com", ["embed", slides]) => ("", (*slides).to_owned()),
        ("prezi.com", ["p", "embed", slides] | ["p", slides, "embed"]) => {
            ("p/", (*slides).to_owned())
        }
        ("prezi.com", ["v", "embed", slides]) => ("v/", (*slides).to_owned()),
        ("prezi.com", ["view", slides, "embed"]) => ("view/", (*slides).to_owned()),
        ("prezi.com", ["bin", "preziloader.swf"]) => ("", asked.variable("prezi_id")?),
        _ => return None,
    };
    is_word(&slides).then(|| format!("https://prezi.com/{folder}{slides}/"))
}

fn google_slides(asked: &Asked<'_>) -> Option<String> {
    if asked.host != "docs.google.com" {
        return None;
    }
    let page = match asked.path.as_slice() {
        [
            "presentation",
            "d",
            "e",
            slides,
            "embed" | "pub" | "pubembed",
        ] if is_word(slides) => {
            format!("d/e/{slides}/pub")
        }
        ["presentation", "d", slides, "embed" | "pub" | "preview"] if is_word(slides) => {
            format!("d/{slides}/preview")
        }
        ["presentation" | "present", "embed"] => {
            format!("d/{}/preview", asked.word("id")?)
        }
        _ => return None,
    };
    Some(format!("https://docs.google.com/presentation/{page}"))
}

/// The player is told the sound's page, or else a number that only a player understands.
fn soundcloud(asked: &Asked<'_>) -> Option<String> {
    if !matches!(asked.host, "w.soundcloud.com" | "player.soundcloud.com") {
        return None;
    }
    let sound = Url::parse(&asked.variable("url")?).ok()?;
    let path: Vec<&str> = sound.path_segments()?.collect();
    match (sound.host_str()?, path.as_slice()) {
        ("soundcloud.com" | "www.soundcloud.com", [user, sound]) => (is_word(user)
            && is_word(sound))
        .then(|| format!("https://soundcloud.com/{user}/{sound}")),
        ("api.soundcloud.com", [kind @ ("tracks" | "playlists"), number]) if is_number(number) => {
            Some(format!(
                "https://w.soundcloud.com/player/?url=https%3A%2F%2Fapi.soundcloud.com%2F{kind}%2F{number}"
            ))
        }
        _ => None,
    }
}

fn spotify(asked: &Asked<'_>) -> Option<String> {
    let ("open.spotify.com", ["embed" | "embed-podcast", kind, sound]) =
        (asked.host, asked.path.as_slice())
    else {
        return None;
    };
    let known = matches!(*kind, "album" | "episode" | "playlist" | "show" | "track");
    (known && is_word(sound)).then(|| format!("https://open.spotify.com/{kind}/{sound}"))
}

fn is_word(text: &str) -> bool {
    (1..=200).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

fn is_number(text: &str) -> bool {
    (1..=12).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}
