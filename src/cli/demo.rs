//! `thingplanet demo`: a sample course with its own blogs, on loopback alone.
//!
//! The blogs are served over HTTP by this very process and polled by the real poller, so what a newcomer sees is what
//! the product does.

mod blogs;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;

use anyhow::Context;
use clap::Args;
use tokio::net::TcpListener;
use url::Url;

use self::blogs::{BLOGS, Blog};
use super::{Ending, Files, open, poll, report, serve};
use crate::model::{ParsedEntry, Participant, Roster, slug_of};
use crate::parse::{self, Source};
use crate::poll::Which;
use crate::web::{self, Document, Validity};
use crate::{roster, sanitize};

#[derive(Debug, Args)]
pub(super) struct DemoArguments {
    /// The address to show the planet at
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8023", value_parser = open::listen_address)]
    listen: SocketAddr,
}

/// The shipped example: the course is the real cpd23, without anybody on it.
const COURSE: &str = include_str!("../../feeds.toml");

/// What every picture of the demo's blogs shows.
const DRAWING: &str = include_str!("demo/drawing.svg");

/// Shows the demo until a signal comes, and leaves nothing behind.
pub(super) async fn run(arguments: DemoArguments) -> anyhow::Result<Ending> {
    let mut stopped = Box::pin(serve::stop_signal()?);
    let listener = TcpListener::bind(arguments.listen).await.with_context(|| {
        format!(
            "cannot show the demo at {}: is something else there? Try --listen 127.0.0.1:8024",
            arguments.listen
        )
    })?;
    let blogs = TcpListener::bind("127.0.0.1:0")
        .await
        .context("cannot open a port for the sample blogs")?;
    let base = format!("http://{}", blogs.local_addr()?);
    tokio::spawn(web::serve(
        blogs,
        web::shelf(documents(&base)?),
        std::future::pending(),
    ));

    let directory = tempfile::tempdir().context("cannot make a temporary directory")?;
    let planet_url = format!("http://{}", listener.local_addr()?);
    let roster = sample_roster(&base, &planet_url)?;
    let files = Files {
        roster: directory.path().join("feeds.toml"),
        db: directory.path().join("planet.db"),
    };
    let store = open::store(&files, &roster).await?;
    tokio::select! {
        round = first_round(&store, &roster) => round?,
        () = &mut stopped => return Ok(Ending::Fine),
    }
    report::say(format_args!(
        "\nThe planet is at {planet_url}/ – Ctrl-C stops it and removes everything."
    ))?;
    serve::run_planet(&files, store, roster, None, listener, stopped).await?;
    Ok(Ending::Fine)
}

async fn first_round(store: &crate::store::Store, roster: &Roster) -> anyhow::Result<()> {
    let poller = open::poller(store, roster)?;
    report::say(format_args!(
        "{} sample blogs are being read …",
        roster.participants.len()
    ))?;
    let summary = poll::round(&poller, Which::All, roster.participants.len()).await?;
    report::say(report::summary(&summary, &roster.course.timezone, |_| true))?;
    Ok(())
}

/// The shipped course with the demo's people on it.
fn sample_roster(blogs_url: &str, planet_url: &str) -> anyhow::Result<Roster> {
    let mut roster = roster::parse(COURSE, Path::new("feeds.toml"))?;
    planet_url.clone_into(&mut roster.planet.base_url);
    roster.poll.allow_networks = vec!["127.0.0.0/8".to_owned()];
    roster.poll.gap_seconds = 0;
    roster.participants = BLOGS
        .iter()
        .map(|blog| participant(blog, blogs_url))
        .collect::<Result<_, _>>()?;
    Ok(roster)
}

fn participant(blog: &Blog, base: &str) -> anyhow::Result<Participant> {
    let feed = Url::parse(&format!("{base}{}", blog.feed_path))?;
    Ok(Participant {
        name: blog.name.to_owned(),
        slug: slug_of(blog.name),
        blog: Some(Url::parse(&format!("{base}/{}/", blog.slug))?),
        feed: blog.names_feed.then_some(feed),
        groups: blog.groups.iter().map(|&group| group.to_owned()).collect(),
        excerpt_only: false,
    })
}

/// Every page, feed and picture of the blogs by its path.
fn documents(base: &str) -> anyhow::Result<BTreeMap<String, Document>> {
    let mut documents = BTreeMap::new();
    for blog in &BLOGS {
        let Some((feed, content_type)) = blog.feed else {
            continue;
        };
        let feed = feed.replace("{{blogs}}", base);
        let url = Url::parse(&format!("{base}{}", blog.feed_path))?;
        let source = Source {
            url: Some(&url),
            charset: None,
            entries_max: 100,
        };
        let parsed = parse::feed(feed.as_bytes(), source).with_context(|| blog.slug)?;
        for picture in pictures(&feed) {
            documents.insert(picture, served("image/svg+xml", DRAWING.to_owned()));
        }
        for entry in &parsed.entries {
            if let Some(url) = &entry.url {
                documents.insert(
                    url.path().to_owned(),
                    Document::html(post_page(blog, entry)),
                );
            }
        }
        documents.insert(
            format!("/{}/", blog.slug),
            Document::html(front_page(blog, &parsed.entries)),
        );
        documents.insert(blog.feed_path.to_owned(), served(content_type, feed));
    }
    Ok(documents)
}

fn served(content_type: &'static str, body: String) -> Document {
    Document {
        content_type,
        body,
        modified_at: None,
        validity: Validity::Minutes,
    }
}

/// The paths of the pictures that a feed shows.
fn pictures(feed: &str) -> Vec<String> {
    let ends = feed
        .match_indices(".svg")
        .map(|(at, end)| &feed[..at + end.len()]);
    let addresses = ends.filter_map(|start| start.rsplit(['"', '\'', ' ', ';', '=']).next());
    let paths = addresses.filter_map(|address| match Url::parse(address) {
        Ok(url) => Some(url.path().to_owned()),
        Err(_) => address.starts_with('/').then(|| address.to_owned()),
    });
    paths.collect()
}

fn front_page(blog: &Blog, entries: &[ParsedEntry]) -> String {
    let kind = blog.feed.map_or("", |(_, content_type)| content_type);
    let head = format!(
        "<link rel=\"alternate\" type=\"{kind}\" title=\"{}\" href=\"{}\">",
        escaped(blog.title),
        blog.feed_path
    );
    let posts: Vec<String> = entries
        .iter()
        .map(|entry| {
            let path = entry.url.as_ref().map_or("#", |url| url.path());
            format!("<li><a href=\"{path}\">{}</a></li>", escaped(&title(entry)))
        })
        .collect();
    let posts = posts.join("\n");
    page(
        blog,
        blog.title,
        &head,
        &format!("<p>By {}</p>\n<ul>\n{posts}</ul>", escaped(blog.name)),
    )
}

fn post_page(blog: &Blog, entry: &ParsedEntry) -> String {
    let html = sanitize::html(&entry.content, entry.base.as_ref());
    let front = format!(
        "<p><a href=\"/{}/\">{}</a></p>",
        blog.slug,
        escaped(blog.title)
    );
    page(
        blog,
        &title(entry),
        "",
        &format!("{}\n{front}", html.as_str()),
    )
}

fn title(entry: &ParsedEntry) -> String {
    let title = sanitize::line(&entry.title);
    if title.is_empty() {
        "Untitled".to_owned()
    } else {
        title
    }
}

fn page(blog: &Blog, title: &str, head: &str, body: &str) -> String {
    let (title, blog_title) = (escaped(title), escaped(blog.title));
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{title} – {blog_title}</title>\n{head}\n\
         </head>\n<body>\n<p><small>A made-up blog of the thingplanet demo</small></p>\n<h1>{title}</h1>\n{body}\n</body>\n</html>\n"
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::{BLOGS, documents, pictures, sample_roster};

    #[test]
    fn every_blog_of_the_demo_has_its_feed_its_front_page_and_its_posts() {
        let documents = documents("http://127.0.0.1:1").unwrap();
        for blog in &BLOGS {
            let there = blog.feed.is_some();
            assert_eq!(
                documents.contains_key(blog.feed_path),
                there,
                "{}",
                blog.slug
            );
            assert_eq!(
                documents.contains_key(&format!("/{}/", blog.slug)),
                there,
                "{}",
                blog.slug
            );
        }
        assert!(documents.len() > 90, "{}", documents.len());
        let left = documents
            .values()
            .filter(|document| document.body.contains("{{blogs}}"));
        assert_eq!(left.count(), 0, "every placeholder is filled");
    }

    #[test]
    fn every_picture_that_a_demo_post_shows_is_there() {
        let documents = documents("http://127.0.0.1:1").unwrap();
        let shown = "<img src=\"http://127.0.0.1:1/a/img/b.svg\"> <IMG SRC=\"/c/img/d.svg\"";
        assert_eq!(pictures(shown), ["/a/img/b.svg", "/c/img/d.svg"]);
        assert!(documents.contains_key("/bottom-drawer/img/lane.svg"));
    }

    #[test]
    fn the_people_of_the_demo_stand_on_the_real_course() {
        let roster = sample_roster("http://127.0.0.1:1", "http://127.0.0.1:2").unwrap();
        assert_eq!(roster.course.things.len(), 23);
        assert_eq!(roster.participants.len(), BLOGS.len());
        assert!(
            roster
                .participants
                .iter()
                .any(|participant| participant.feed.is_none()),
            "discovery is shown too"
        );
    }
}
