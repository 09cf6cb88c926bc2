//! Which feed is a blog's, by what its front page says, or why there is none to be had.
//!
//! ```text
//! FrontPage --candidates--> announced, else linked in the text, else where its platform keeps it
//!           --rank--------> the feed of all posts first; comments set aside
//! ```
//!
//! It must not fetch anything: one page is all that it knows.

mod labels;
mod platform;
mod refusal;

use url::Url;

use self::labels::{is_label_page, is_of_a_label};
pub use self::platform::Platform;
use self::platform::is_on;
pub use self::refusal::NoFeed;
use crate::model::{FeedKind, FeedLink, FrontPage, PageLink};

/// What a page has to offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discovery {
    /// On which platform the blog is, if it shows.
    pub platform: Option<Platform>,
    /// The feed to read.
    pub feed: Offer,
    /// Other feeds of posts, the likeliest first.
    pub others: Vec<Offer>,
    /// Feeds of those posts alone that have the course's own label.
    pub labels: Vec<Offer>,
    /// Feeds of comments, which nobody wants on a planet.
    pub comments: Vec<Offer>,
}

/// One feed that a page has to offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// Its address.
    pub url: Url,
    /// What the page calls it, possibly empty; for a label's feed the label.
    pub title: String,
    /// Its format, as far as it shows.
    pub kind: FeedKind,
    /// How it was found.
    pub source: Source,
}

/// How a feed was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The page announces it.
    Announced,
    /// The page links to it.
    Linked,
    /// The page shows its platform, which keeps it there.
    Platform(Platform),
}

/// Words that stand for comments in the titles that blog software gives its feeds.
const COMMENTS: [&str; 19] = [
    "comment",
    "coment",
    "komment",
    "commenti",
    "reacties",
    "reaktion",
    "reactions",
    "replies",
    "opmerkingen",
    "yorum",
    "sylwadau",
    "комментар",
    "коментар",
    "σχόλια",
    "コメント",
    "评论",
    "評論",
    "留言",
    "댓글",
];

/// What this page has to offer. `labels` are what the course is called in labels and tags.
///
/// # Errors
///
/// Where it offers no feed of posts, and what to do about it.
pub fn discover(front: &FrontPage, labels: &[String]) -> Result<Discovery, NoFeed> {
    let platform = Platform::of(front);
    let announced: Vec<Offer> = front.feeds.iter().map(announced).collect();
    let (mut comments, mut posts): (Vec<_>, Vec<_>) = announced
        .into_iter()
        .partition(|it| is_of_comments(it, front));
    posts.sort_by_key(|offer| rank(offer, front));
    if posts.is_empty() {
        if let Some(refusal) = refusal::locked(front) {
            return Err(refusal);
        }
        let (of_comments, of_posts): (Vec<_>, Vec<_>) =
            linked(front).partition(|it| is_of_comments(it, front));
        comments.extend(of_comments);
        posts = of_posts;
    }
    if posts.is_empty() {
        posts.extend(by_platform(platform, front));
    }
    let mut posts = posts.into_iter();
    let Some(feed) = posts.next() else {
        return Err(refusal::nothing(front, platform, !comments.is_empty()));
    };
    let others: Vec<Offer> = posts.collect();
    let labels = labels::feeds(platform, front, labels, &feed);
    Ok(Discovery {
        platform,
        feed,
        others,
        labels,
        comments,
    })
}

fn announced(link: &FeedLink) -> Offer {
    Offer {
        url: link.url.clone(),
        title: link.title.clone(),
        kind: link.kind,
        source: Source::Announced,
    }
}

/// Links in the text that lead to a feed of this very blog: a blogroll has feeds too, but other people's.
fn linked(front: &FrontPage) -> impl Iterator<Item = Offer> {
    let is_theirs = |link: &&PageLink| {
        let own = link.url.host_str().map(bare) == front.url.host_str().map(bare);
        (own || is_burner(&link.url)) && is_feed_link(link)
    };
    let mut seen: Vec<&Url> = Vec::new();
    let found = front.links.iter().filter(is_theirs).filter(move |link| {
        let is_new = !seen.contains(&&link.url);
        seen.push(&link.url);
        is_new
    });
    found.map(|link| Offer {
        url: link.url.clone(),
        title: link.words.clone(),
        kind: kind_of(&link.url),
        source: Source::Linked,
    })
}

fn by_platform(platform: Option<Platform>, front: &FrontPage) -> Option<Offer> {
    let platform = platform?;
    let (url, kind) = platform.feed(front)?;
    Some(Offer {
        url,
        title: String::new(),
        kind,
        source: Source::Platform(platform),
    })
}

/// A host without `www.`.
fn bare(host: &str) -> &str {
    host.strip_prefix("www.").unwrap_or(host)
}

/// FeedBurner serves feeds of blogs that are elsewhere.
fn is_burner(url: &Url) -> bool {
    ["feeds.feedburner.com", "feeds2.feedburner.com"]
        .iter()
        .any(|host| is_on(url, host))
}

/// Whether a link in the text leads to a feed, by what the page says of it or by how its address ends.
fn is_feed_link(link: &PageLink) -> bool {
    let path = link.url.path().trim_end_matches('/').to_ascii_lowercase();
    let query = link.url.query().unwrap_or_default().to_ascii_lowercase();
    let ends = [
        "/feed",
        "/rss",
        "/atom",
        ".rss",
        ".atom",
        ".rdf",
        "/feed.xml",
        "/rss.xml",
        "/atom.xml",
        "/index.xml",
        "/feed.json",
        "/feed/atom",
        "/feed/rss2",
        "/feeds/posts/default",
    ];
    let by_path = ends.iter().any(|end| path.ends_with(end));
    let by_query = query.split('&').any(|pair| {
        let named = [
            "feed=rss",
            "feed=atom",
            "feed=rdf",
            "format=rss",
            "format=feed",
            "alt=rss",
        ];
        named.iter().any(|name| pair.starts_with(name))
    });
    // A file of XML that is called a feed in so many words.
    let words = link.words.to_ascii_lowercase();
    let by_words = extension(&link.url) == Some("xml")
        && words
            .split(|c: char| !c.is_alphanumeric())
            .any(|word| matches!(word, "rss" | "atom" | "feed"));
    link.is_feed || by_path || by_query || by_words || is_burner(&link.url)
}

/// What the name of a file ends with.
fn extension(url: &Url) -> Option<&str> {
    Some(url.path().rsplit_once('.')?.1)
}

/// The likely format of a feed of which only the address is known.
fn kind_of(url: &Url) -> FeedKind {
    let path = url.path().to_ascii_lowercase();
    if path.contains("atom") || path.ends_with("/feeds/posts/default") {
        FeedKind::Atom
    } else if extension(url) == Some("json") {
        FeedKind::Json
    } else {
        FeedKind::Rss
    }
}

fn is_of_comments(offer: &Offer, front: &FrontPage) -> bool {
    let title = offer.title.to_lowercase();
    let path = offer.url.path().to_ascii_lowercase();
    let query = offer.url.query().unwrap_or_default();
    let named = COMMENTS.iter().any(|word| title.contains(word));
    // A blog that is about comments has the word in every title, and a feed of comments has it in its address.
    let blog = front.title.as_deref().unwrap_or_default().to_lowercase();
    let by_title = named && !COMMENTS.iter().any(|word| blog.contains(word));
    // WordPress gives each post a feed of its own, which is one of comments.
    let of_a_post = is_dated(&front.url) && starts_with_path(&offer.url, &front.url);
    by_title || path.contains("comment") || query.contains("comment") || of_a_post
}

/// Whether an address has a year in its path, as those of posts do.
fn is_dated(url: &Url) -> bool {
    let mut segments = url.path_segments().into_iter().flatten();
    segments.any(|part| {
        part.len() == 4
            && (part.starts_with("19") || part.starts_with("20"))
            && part.bytes().all(|b| b.is_ascii_digit())
    })
}

fn starts_with_path(url: &Url, page: &Url) -> bool {
    let folder = page.path().trim_end_matches('/');
    !folder.is_empty()
        && url.host() == page.host()
        && url
            .path()
            .strip_prefix(folder)
            .is_some_and(|rest| rest.starts_with('/'))
}

/// What is sorted by: the smaller, the likelier to be the feed of all posts of this very blog. Among equals the page's
/// own order stands.
fn rank(offer: &Offer, front: &FrontPage) -> (bool, bool, bool, bool, bool) {
    let link = front.feeds.iter().find(|link| link.url == offer.url);
    let other_language = match (
        &front.language,
        link.and_then(|link| link.language.as_ref()),
    ) {
        (Some(page), Some(feed)) => primary(page) != primary(feed),
        _ => false,
    };
    // Who gave the page of a label means that label.
    let wants_label = is_label_page(&front.url);
    let within = starts_with_path(&offer.url, &front.url);
    let part = if wants_label {
        !within
    } else {
        is_part(offer, front)
    };
    (
        other_language,
        part,
        is_elsewhere(offer, front),
        // A blog in a folder of a bigger site comes before that site.
        !within
            && !wants_label
            && front
                .feeds
                .iter()
                .any(|it| starts_with_path(&it.url, &front.url)),
        offer.kind == FeedKind::Json,
    )
}

fn primary(language: &str) -> &str {
    language.split('-').next().unwrap_or_default()
}

/// Whether a feed has only some of the posts, or something else than posts.
fn is_part(offer: &Offer, front: &FrontPage) -> bool {
    let title = offer.title.to_lowercase();
    let path = offer.url.path().to_ascii_lowercase();
    let named = [
        "podcast",
        "category",
        "categories",
        "tagged",
        "author feed",
        "updated content",
    ];
    let blog = front.title.as_deref().unwrap_or_default().to_lowercase();
    let by_title = named
        .iter()
        .any(|word| title.contains(word) && !blog.contains(word));
    by_title || path.contains("podcast") || is_of_a_label(&offer.url)
}

/// Whether a feed is at another host than its page, and not one that only serves feeds; a bigger site's, most likely.
fn is_elsewhere(offer: &Offer, front: &FrontPage) -> bool {
    let host = |url: &Url| url.host_str().map(|host| bare(host).to_owned());
    let own = [Some(&front.url), front.canonical.as_ref()];
    let own = own.into_iter().flatten();
    let mut own = own.map(host);
    !is_burner(&offer.url) && !own.any(|it| it == host(&offer.url))
}
