//! `thingplanet discover`: which feeds a blog has, and the line for feeds.toml.

use std::path::Path;

use anyhow::{Context, anyhow};
use clap::Args;
use serde::Serialize;
use url::Url;

use super::{Ending, Files, open, report, terminal};
use crate::fetch::Client;
use crate::model::{FeedKind, Roster, canonical, one_line};
use crate::plan::{Discovery, Offer, Source};
use crate::poll::{self, Found, FoundBlog, FoundFeed};
use crate::roster;
use crate::store::{Access, Store};

#[derive(Debug, Args)]
pub(super) struct DiscoverArguments {
    /// The blog's front page, or any page of it
    url: String,
    /// Print JSON for other programs
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    files: Files,
}

/// Stands in where nobody has written a feeds.toml yet.
const NO_ROSTER: &str = "[course]\nname = \"A course\"\n[[thing]]\nnumber = 1\ntitle = \"One\"\n";

/// Asks the one page and prints what was found. It ends with 1 where nothing was.
pub(super) async fn run(arguments: DiscoverArguments) -> anyhow::Result<Ending> {
    let url = roster::address(&arguments.url).map_err(|trouble| anyhow!("{trouble}"))?;
    let roster = roster_or_none(&arguments.files.roster)?;
    // Without a database, or with one that cannot be read, the roster has to do.
    let store = Store::open(&arguments.files.db, Access::Read).await.ok();
    let client = open::client(&roster)?;
    if let Some(store) = &store {
        leave_alone(&client, store).await?;
    }
    let course = &roster.course;
    let found = poll::discover(&client, &url, course, open::now()).await;
    let owner = owner(store.as_ref(), &roster, &url, &found).await;
    let told = Told {
        asked: &url,
        found: &found,
        owner: owner.as_deref(),
    };
    if arguments.json {
        report::say(terminal::json(&told.json()).context("cannot print JSON")?)?;
    } else {
        report::say(told.words())?;
    }
    Ok(match found {
        Found::Feed(_) | Found::Blog(_) => Ending::Fine,
        Found::Unreachable(_) | Found::Private(_) | Found::Nothing(_) => Ending::SomeFailed,
    })
}

/// The roster where there is a good one: a blog may be looked at before feeds.toml is written, and while it is.
fn roster_or_none(path: &Path) -> anyhow::Result<Roster> {
    let is_there = path.exists();
    if !is_there && path != Path::new("feeds.toml") {
        return open::roster(path);
    }
    if is_there {
        if let Ok(roster) = open::roster(path) {
            return Ok(roster);
        }
        tracing::warn!(
            "{} cannot be used as it is (`thingplanet check` says why), so the address is looked at without it",
            path.display()
        );
    }
    Ok(roster::parse(NO_ROSTER, path)?)
}

/// A platform that asked the poller to wait is not asked from here either.
async fn leave_alone(client: &Client, store: &Store) -> anyhow::Result<()> {
    let now = open::now();
    for rest in store.pauses(now).await? {
        client.resume_pause(&rest, now);
    }
    Ok(())
}

/// Whose this blog is already: by the addresses on the roster, and by those that polling found.
async fn owner(
    store: Option<&Store>,
    roster: &Roster,
    asked: &Url,
    found: &Found,
) -> Option<String> {
    let mut keys: Vec<String> = vec![canonical(asked)];
    keys.extend(found.addresses().into_iter().map(canonical));
    let is_one = |url: &Url| keys.contains(&canonical(url));
    let on_roster = roster.participants.iter().find(|participant| {
        let addresses = [&participant.blog, &participant.feed];
        addresses.into_iter().flatten().any(is_one)
    });
    if let Some(participant) = on_roster {
        return Some(participant.name.clone());
    }
    let feeds = store?.feeds().await.ok()?;
    let polled = feeds.iter().find(|feed| {
        let own = [feed.feed_url.as_ref(), feed.owner.site_url.as_ref()];
        own.into_iter().flatten().any(is_one)
    });
    polled.map(|feed| feed.owner.name.clone())
}

/// What is told of one address.
struct Told<'a> {
    asked: &'a Url,
    found: &'a Found,
    owner: Option<&'a str>,
}

/// The same for programs.
#[derive(Debug, Serialize)]
struct Printed<'a> {
    asked: &'a Url,
    /// `feed`, `blog`, `unreachable`, `private` or `nothing`.
    found: &'static str,
    url: Option<&'a Url>,
    title: Option<&'a str>,
    platform: Option<&'static str>,
    feed: Option<PrintedOffer<'a>>,
    labels: Vec<PrintedOffer<'a>>,
    others: Vec<PrintedOffer<'a>>,
    comments: Vec<PrintedOffer<'a>>,
    participant: Option<&'a str>,
    cause: Option<&'a str>,
}

#[derive(Debug, Serialize)]
struct PrintedOffer<'a> {
    url: &'a Url,
    title: &'a str,
    format: Option<&'static str>,
    /// `announced`, `linked`, `platform` or `itself`.
    source: &'static str,
}

impl Told<'_> {
    fn words(&self) -> String {
        let mut lines = match self.found {
            Found::Feed(feed) => of_feed(feed),
            Found::Blog(blog) => of_blog(blog),
            Found::Unreachable(cause) => vec![format!("{} cannot be read: {cause}", self.asked)],
            Found::Private(cause) => vec![format!("{} is private: {cause}", self.asked)],
            Found::Nothing(cause) => vec![format!("{} has no feed: {cause}", self.asked)],
        };
        let is_found = matches!(self.found, Found::Feed(_) | Found::Blog(_));
        if let Some(owner) = self.owner.filter(|_| is_found) {
            lines.push(format!(
                "Already registered: this is the blog of {}, so there is nothing to add.",
                one_line(owner)
            ));
        }
        lines.join("\n")
    }

    fn json(&self) -> Printed<'_> {
        let mut printed = Printed {
            asked: self.asked,
            found: "nothing",
            url: None,
            title: None,
            platform: None,
            feed: None,
            labels: Vec::new(),
            others: Vec::new(),
            comments: Vec::new(),
            participant: self.owner,
            cause: None,
        };
        match self.found {
            Found::Feed(feed) => {
                printed.found = "feed";
                printed.url = Some(&feed.url);
                printed.title = Some(&feed.title);
                printed.feed = Some(PrintedOffer {
                    url: &feed.url,
                    title: &feed.title,
                    format: None,
                    source: "itself",
                });
            }
            Found::Blog(blog) => {
                let Discovery {
                    platform,
                    feed,
                    others,
                    labels,
                    comments,
                } = &blog.discovery;
                printed.found = "blog";
                printed.url = Some(&blog.url);
                printed.title = blog.title.as_deref();
                printed.platform = platform.map(crate::plan::Platform::name);
                printed.feed = Some(PrintedOffer::of(feed));
                printed.labels = labels.iter().map(PrintedOffer::of).collect();
                printed.others = others.iter().map(PrintedOffer::of).collect();
                printed.comments = comments.iter().map(PrintedOffer::of).collect();
            }
            Found::Unreachable(cause) => {
                printed.found = "unreachable";
                printed.cause = Some(cause);
            }
            Found::Private(cause) => {
                printed.found = "private";
                printed.cause = Some(cause);
            }
            Found::Nothing(cause) => printed.cause = Some(cause),
        }
        printed
    }
}

impl<'a> PrintedOffer<'a> {
    fn of(offer: &'a Offer) -> Self {
        Self {
            url: &offer.url,
            title: &offer.title,
            format: Some(format_of(offer)),
            source: match offer.source {
                Source::Announced => "announced",
                Source::Linked => "linked",
                Source::Platform(_) => "platform",
            },
        }
    }
}

fn of_feed(feed: &FoundFeed) -> Vec<String> {
    vec![
        format!(
            "This address is a feed itself{}, with {}. For feeds.toml:",
            quoted(&feed.title),
            report::counted(feed.posts, "post")
        ),
        String::new(),
        line(&feed.url),
        String::new(),
    ]
}

fn of_blog(blog: &FoundBlog) -> Vec<String> {
    let found = &blog.discovery;
    let on = found
        .platform
        .map(|platform| format!(", on {}", platform.name()))
        .unwrap_or_default();
    let title = quoted(blog.title.as_deref().unwrap_or_default());
    let how = match found.feed.source {
        Source::Announced => "The page names this feed".to_owned(),
        Source::Linked => "The page links to this feed".to_owned(),
        Source::Platform(platform) => format!(
            "The page names no feed, but {} keeps it there",
            platform.name()
        ),
    };
    let mut lines = vec![
        format!("This is a blog{title}{on}. For feeds.toml:"),
        String::new(),
        line(&found.feed.url),
        String::new(),
        format!("{how}; it was not asked yet, the next poll does that."),
    ];
    if !found.labels.is_empty() {
        lines.push("For the posts of the course alone, where the blogger labels them:".to_owned());
        lines.extend(found.labels.iter().map(|offer| line(&offer.url)));
    }
    let lists = [
        ("Other feeds of the blog:", &found.others),
        ("Set aside, since they have comments:", &found.comments),
    ];
    for (heading, offers) in lists {
        if !offers.is_empty() {
            lines.push(heading.to_owned());
        }
        lines.extend(offers.iter().map(offered));
    }
    lines
}

/// A line to paste into feeds.toml. Only the query of an address may have a backslash, which TOML would not take.
fn line(url: &Url) -> String {
    format!("  feed = \"{}\"", url.as_str().replace('\\', "%5C"))
}

fn offered(offer: &Offer) -> String {
    let title = quoted(&offer.title);
    format!("  {} ({}){title}", offer.url, format_of(offer))
}

fn quoted(title: &str) -> String {
    match one_line(title) {
        title if title.is_empty() => title,
        title => format!(" “{title}”"),
    }
}

fn format_of(offer: &Offer) -> &'static str {
    match offer.kind {
        FeedKind::Atom => "Atom",
        FeedKind::Rss => "RSS",
        FeedKind::Json => "JSON Feed",
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use url::Url;

    use super::Told;
    use crate::poll::{Found, FoundBlog, FoundFeed};
    use crate::{plan, sanitize};

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    fn told(found: &Found, owner: Option<&str>) -> String {
        let asked = url("https://ann.blogspot.com/");
        let asked = &asked;
        Told {
            asked,
            found,
            owner,
        }
        .words()
    }

    #[test]
    fn a_blog_is_told_with_a_line_to_paste() {
        let page = "<meta name=generator content=blogger>\
            <link rel=alternate type=application/atom+xml title='Ann - Atom' href=/feeds/posts/default>\
            <link rel=alternate type=application/rss+xml title='Ann - RSS' href='/feeds/posts/default?alt=rss'>\
            <link rel=alternate type=application/atom+xml href=/feeds/1/comments/default>\
            <a href=/search/label/CPD23>CPD23</a>";
        let asked = url("https://ann.blogspot.com/");
        let front = sanitize::front(page, &asked);
        let found = Found::Blog(Box::new(FoundBlog {
            url: asked,
            title: Some("Ann\nwrites".to_owned()),
            canonical: None,
            discovery: plan::discover(&front, &["cpd23".to_owned()]).unwrap(),
        }));
        expect![[r#"
            This is a blog “Ann writes”, on Blogger. For feeds.toml:

              feed = "https://ann.blogspot.com/feeds/posts/default"

            The page names this feed; it was not asked yet, the next poll does that.
            For the posts of the course alone, where the blogger labels them:
              feed = "https://ann.blogspot.com/feeds/posts/default/-/CPD23"
            Other feeds of the blog:
              https://ann.blogspot.com/feeds/posts/default?alt=rss (RSS) “Ann - RSS”
            Set aside, since they have comments:
              https://ann.blogspot.com/feeds/1/comments/default (Atom)
            Already registered: this is the blog of Ann, so there is nothing to add."#]]
        .assert_eq(&told(&found, Some("Ann")));
    }

    #[test]
    fn a_feed_and_a_failure_are_told_in_one_sentence() {
        let feed = Found::Feed(Box::new(FoundFeed {
            url: url("https://ann.example/feed?a=\\x"),
            title: "Ann".to_owned(),
            posts: 1,
            site_url: None,
            self_url: None,
        }));
        expect![[r#"
            This address is a feed itself “Ann”, with 1 post. For feeds.toml:

              feed = "https://ann.example/feed?a=%5Cx"
        "#]]
        .assert_eq(&told(&feed, None));
        let private = Found::Private("ask the blogger".to_owned());
        assert_eq!(
            told(&private, None),
            "https://ann.blogspot.com/ is private: ask the blogger"
        );
    }
}
