//! On which platform a page stands, by what the page itself shows, and where such a platform keeps its feeds.
//!
//! A pattern is used only where a page shows its platform: nothing is guessed at.

use url::{Host, Url};

use crate::model::{FeedKind, FrontPage, slug_of};

/// Where a blog is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Platform {
    /// Blogger, on blogspot.com or a domain of one's own.
    Blogger,
    /// WordPress, on WordPress.com or anywhere else.
    WordPress,
    /// Tumblr.
    Tumblr,
    /// Ghost.
    Ghost,
    /// Medium.
    Medium,
    /// Substack.
    Substack,
    /// Squarespace.
    Squarespace,
    /// micro.blog.
    MicroBlog,
    /// Hugo.
    Hugo,
    /// Jekyll.
    Jekyll,
    /// Weebly.
    Weebly,
    /// Wix.
    Wix,
    /// Google Sites, which has no feeds.
    GoogleSites,
}

/// How a platform shows: the beginning of a generator (lower case), hosts that it serves blogs from, and hosts or parts
/// of paths that its pages take their scripts and styles from.
struct Marks {
    platform: Platform,
    generators: &'static [&'static str],
    hosts: &'static [&'static str],
    resources: &'static [&'static str],
}

/// The surest first: micro.blog is made with Hugo, so it goes before it.
const MARKS: [Marks; 13] = [
    Marks {
        platform: Platform::Blogger,
        generators: &["blogger"],
        hosts: &["blogspot.com"],
        resources: &["www.blogger.com/static/", "www.blogblog.com/"],
    },
    Marks {
        platform: Platform::WordPress,
        generators: &["wordpress", "edublogs"],
        hosts: &["wordpress.com", "edublogs.org"],
        resources: &["/wp-content/", "/wp-includes/", "/wp-json/"],
    },
    Marks {
        platform: Platform::Tumblr,
        generators: &["tumblr"],
        hosts: &["tumblr.com"],
        resources: &["assets.tumblr.com/", "static.tumblr.com/"],
    },
    Marks {
        platform: Platform::Ghost,
        generators: &["ghost"],
        hosts: &["ghost.io"],
        resources: &[],
    },
    Marks {
        platform: Platform::Medium,
        generators: &["medium"],
        hosts: &["medium.com"],
        resources: &["cdn-static-1.medium.com/", "cdn-client.medium.com/"],
    },
    Marks {
        platform: Platform::Substack,
        generators: &["substack"],
        hosts: &["substack.com"],
        resources: &["substackcdn.com/bundle/"],
    },
    Marks {
        platform: Platform::Squarespace,
        generators: &["squarespace"],
        hosts: &["squarespace.com"],
        resources: &["static1.squarespace.com/", "assets.squarespace.com/"],
    },
    Marks {
        platform: Platform::MicroBlog,
        generators: &["micro.blog"],
        hosts: &["micro.blog"],
        resources: &["micro.blog/webmention", "micro.blog/micropub"],
    },
    Marks {
        platform: Platform::Hugo,
        generators: &["hugo"],
        hosts: &[],
        resources: &[],
    },
    Marks {
        platform: Platform::Jekyll,
        generators: &["jekyll"],
        hosts: &[],
        resources: &[],
    },
    Marks {
        platform: Platform::Weebly,
        generators: &["weebly"],
        hosts: &["weebly.com"],
        resources: &["editmysite.com/"],
    },
    Marks {
        platform: Platform::Wix,
        generators: &["wix.com"],
        hosts: &["wixsite.com"],
        resources: &["static.parastorage.com/"],
    },
    Marks {
        platform: Platform::GoogleSites,
        generators: &[],
        hosts: &["sites.google.com"],
        resources: &[],
    },
];

impl Platform {
    /// The platform that a page shows, if it shows one.
    pub fn of(front: &FrontPage) -> Option<Self> {
        // What a page says of itself goes before where its scripts come from, which may be copied from elsewhere.
        let says = |marks: &&Marks| {
            front.generators.iter().any(|generator| {
                let generator = generator.to_ascii_lowercase();
                marks.generators.iter().any(|it| generator.starts_with(it))
            }) || marks.hosts.iter().any(|host| is_on(&front.url, host))
        };
        let takes = |marks: &&Marks| {
            let resources = front.resources.iter();
            let mut resources = resources.map(without_scheme);
            resources.any(|from| {
                let mut known = marks.resources.iter();
                known.any(|it| is_from(&from, it))
            })
        };
        let found = MARKS.iter().find(says).or_else(|| MARKS.iter().find(takes));
        found.map(|marks| marks.platform)
    }

    /// What people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Blogger => "Blogger",
            Self::WordPress => "WordPress",
            Self::Tumblr => "Tumblr",
            Self::Ghost => "Ghost",
            Self::Medium => "Medium",
            Self::Substack => "Substack",
            Self::Squarespace => "Squarespace",
            Self::MicroBlog => "micro.blog",
            Self::Hugo => "Hugo",
            Self::Jekyll => "Jekyll",
            Self::Weebly => "Weebly",
            Self::Wix => "Wix",
            Self::GoogleSites => "Google Sites",
        }
    }

    /// Where it keeps the feed of all posts of the blog that this page is of, if it always keeps it in one place.
    pub fn feed(self, front: &FrontPage) -> Option<(Url, FeedKind)> {
        let home = self.home(front)?;
        let (place, kind) = match self {
            Self::Blogger => ("feeds/posts/default", FeedKind::Atom),
            Self::WordPress => ("feed/", FeedKind::Rss),
            Self::Tumblr => ("rss", FeedKind::Rss),
            Self::Ghost => ("rss/", FeedKind::Rss),
            Self::Medium => return Some((medium(front)?, FeedKind::Rss)),
            Self::Substack => ("feed", FeedKind::Rss),
            Self::MicroBlog => ("feed.xml", FeedKind::Rss),
            Self::Hugo => ("index.xml", FeedKind::Rss),
            // jekyll-feed's place, which GitHub Pages brings along.
            Self::Jekyll => ("feed.xml", FeedKind::Atom),
            // Only a site with a blog has one, and then its pages lead to posts.
            Self::Wix if has_posts(front) => ("blog-feed.xml", FeedKind::Rss),
            Self::Wix | Self::Squarespace | Self::Weebly | Self::GoogleSites => return None,
        };
        Some((home.join(place).ok()?, kind))
    }

    /// Where it keeps the feed of the posts with one label, as the blog spells it.
    pub fn label_feed(self, front: &FrontPage, label: &str) -> Option<(Url, FeedKind)> {
        let mut url = self.home(front)?;
        let slug = slug_of(label);
        let (before, label, after, kind) = match self {
            Self::Blogger => ("feeds/posts/default/-", label, None, FeedKind::Atom),
            Self::WordPress => ("tag", slug.as_str(), Some("feed"), FeedKind::Rss),
            Self::Tumblr => ("tagged", label, Some("rss"), FeedKind::Rss),
            Self::Ghost => ("tag", slug.as_str(), Some("rss"), FeedKind::Rss),
            _ => return None,
        };
        if label.is_empty() || label.contains(['/', '\\']) || label.starts_with('.') {
            return None;
        }
        {
            let mut path = url.path_segments_mut().ok()?;
            path.pop_if_empty().extend(before.split('/')).push(label);
            path.extend(after);
            // WordPress and Ghost redirect from the address without the slash.
            if matches!(self, Self::WordPress | Self::Ghost) {
                path.push("");
            }
        }
        Some((url, kind))
    }

    /// What to tell whoever finds no feed on a page of this platform.
    pub fn advice(self) -> Option<&'static str> {
        match self {
            Self::Squarespace => Some(
                "this is a site made with Squarespace, where only the page of the blog itself names the feed: \
                 open the blog in the site's menu and take that page's address",
            ),
            Self::Wix => Some(
                "this is a site made with Wix, and no blog shows on this page: if there is one, open it in the \
                 site's menu and take that page's address",
            ),
            Self::Weebly => Some(
                "this is a site made with Weebly, where only the page of the blog itself links to the feed: \
                 open the blog in the site's menu and take that page's address",
            ),
            Self::GoogleSites => {
                Some("Google Sites has no feeds: ask for a blog elsewhere, such as on Blogger")
            }
            _ => None,
        }
    }

    /// The top of the blog, with a slash at its end.
    fn home(self, front: &FrontPage) -> Option<Url> {
        let page = &front.url;
        match self {
            Self::WordPress => wordpress_home(front).or_else(|| root(page)),
            Self::Hugo | Self::Jekyll => {
                // A site may stand in a folder, which only its own front page can tell.
                let own = front.canonical.as_ref().unwrap_or(page);
                let own = if own.host() == page.host() { own } else { page };
                let mut home = own.clone();
                home.set_query(None);
                home.set_fragment(None);
                home.join("./").ok()
            }
            Self::Tumblr if is_front_door(page, "tumblr.com") => {
                let name = page.path_segments()?.next()?;
                let is_name = !name.is_empty()
                    && name
                        .bytes()
                        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
                let home = format!("https://{name}.tumblr.com/");
                Url::parse(&home).ok().filter(|_| is_name)
            }
            Self::Medium => root(page),
            // The platform's own pages, such as those of its members, are nobody's blog.
            _ if self.hosts().iter().any(|host| is_front_door(page, host)) => None,
            _ => root(page),
        }
    }

    fn hosts(self) -> &'static [&'static str] {
        let marks = MARKS.iter().find(|marks| marks.platform == self);
        marks.map_or(&[], |marks| marks.hosts)
    }
}

/// Whether a page is at a platform's own host, and not at that of one of its blogs.
fn is_front_door(page: &Url, host: &str) -> bool {
    let here = page.host_str().unwrap_or_default();
    here.strip_prefix("www.").unwrap_or(here) == host
}

/// The host without what comes after it. Some platforms have a country's host beside the usual one.
pub(super) fn is_on(url: &Url, host: &str) -> bool {
    let Some(Host::Domain(name)) = url.host() else {
        return false;
    };
    let name = name.trim_end_matches('.');
    let is_under = |host: &str| {
        name.strip_suffix(host)
            .is_some_and(|blog| blog.is_empty() || blog.ends_with('.'))
    };
    is_under(host) || (host == "blogspot.com" && name.contains(".blogspot."))
}

/// Whether an address without its scheme is under this host (`host/…`) or has this in its path (`/…/`).
fn is_from(address: &str, mark: &str) -> bool {
    if mark.starts_with('/') {
        return address.contains(mark);
    }
    let (host, path) = mark.split_once('/').unwrap_or((mark, ""));
    let (there, rest) = address.split_once('/').unwrap_or((address, ""));
    let same = there == host
        || there
            .strip_suffix(host)
            .is_some_and(|sub| sub.ends_with('.'));
    same && rest.starts_with(path)
}

fn without_scheme(url: &Url) -> String {
    format!("{}{}", url.host_str().unwrap_or_default(), url.path())
}

fn root(page: &Url) -> Option<Url> {
    page.join("/").ok()
}

/// A WordPress may stand in a folder; its own scripts, styles and programming interface say in which.
fn wordpress_home(front: &FrontPage) -> Option<Url> {
    let own = |url: &&Url| url.host() == front.url.host();
    front.resources.iter().filter(own).find_map(|url| {
        let path = url.path();
        let parts = ["/wp-json/", "/wp-content/", "/wp-includes/"];
        let end = parts.iter().find_map(|part| path.find(part))?;
        url.join(&path[..=end]).ok()
    })
}

/// `medium.com/@name` and `medium.com/publication` have their feed under `medium.com/feed/`; others at their own host.
fn medium(front: &FrontPage) -> Option<Url> {
    let page = &front.url;
    let host = page.host_str()?;
    if host != "medium.com" && host != "www.medium.com" {
        return page.join("/feed").ok();
    }
    let name = page.path_segments()?.next().filter(|it| !it.is_empty())?;
    page.join(&format!("/feed/{name}")).ok()
}

fn has_posts(front: &FrontPage) -> bool {
    let own = |url: &Url| url.host() == front.url.host();
    let mut links = front.links.iter().map(|link| &link.url);
    links.any(|url| own(url) && (url.path() == "/blog" || url.path().contains("/post/")))
}
