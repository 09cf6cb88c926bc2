//! `thingplanet parse`: one feed file as normalised JSON, to see what the planet makes of a blog.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use clap::Args;
use jiff::Timestamp;
use serde::Serialize;
use url::Url;

use super::{Ending, report, terminal};
use crate::model::{ParsedEntry, ParsedFeed, PollSettings};
use crate::parse::{self, Source};
use crate::sanitize;

#[derive(Debug, Args)]
pub(super) struct ParseArguments {
    /// The feed, as a file
    file: PathBuf,
    /// Where it came from, for relative links; without it they stay relative
    #[arg(long, value_name = "URL")]
    url: Option<Url>,
    /// The charset that the HTTP header named
    #[arg(long, value_name = "CHARSET")]
    charset: Option<String>,
}

/// Stands for the unknown address of a feed, so that relative links can be told from broken ones; never printed.
const NOWHERE: &str = "http://feed.invalid/feed/";
/// Its host, to which links that begin with a slash lead.
const NOBODY: &str = "http://feed.invalid";

/// Prints the feed, or says why it is none.
pub(super) fn run(arguments: &ParseArguments) -> anyhow::Result<Ending> {
    let file = arguments.file.display();
    let bytes = read(&arguments.file).with_context(|| format!("cannot read {file}"))?;
    let nowhere = Url::parse(NOWHERE)?;
    let url = arguments.url.as_ref().unwrap_or(&nowhere);
    let source = Source {
        url: Some(url),
        charset: arguments.charset.as_deref(),
        entries_max: 5_000,
    };
    let feed = parse::feed(&bytes, source).with_context(|| file.to_string())?;
    report::say(terminal::json(&printed(&feed))?)?;
    Ok(Ending::Fine)
}

/// The file, unless it is larger than anything that a poll would read.
fn read(file: &Path) -> anyhow::Result<Vec<u8>> {
    let bytes_max = PollSettings::default().body_bytes_max;
    let mut bytes = Vec::new();
    let limit = u64::try_from(bytes_max)?.saturating_add(1);
    File::open(file)?.take(limit).read_to_end(&mut bytes)?;
    ensure!(
        bytes.len() <= bytes_max,
        "it is larger than {} MB, more than thingplanet reads of a feed unless body_bytes_max in feeds.toml says so",
        bytes_max / 1_000_000
    );
    Ok(bytes)
}

/// A feed as the contract prints it.
#[derive(Debug, Serialize)]
struct Printed {
    title: Option<String>,
    site_url: Option<String>,
    problems: Vec<String>,
    entries: Vec<PrintedEntry>,
}

/// An entry as the contract prints it.
#[derive(Debug, Serialize)]
struct PrintedEntry {
    guid: String,
    title: String,
    url: Option<String>,
    published: Option<Timestamp>,
    updated: Option<Timestamp>,
    authors: Vec<String>,
    categories: Vec<String>,
    content_html: String,
    content_text: String,
}

fn printed(feed: &ParsedFeed) -> Printed {
    Printed {
        title: feed.title.as_ref().map(sanitize::line_to_mend),
        site_url: feed.site_url.as_ref().map(address),
        problems: problems(feed),
        entries: feed.entries.iter().map(entry).collect(),
    }
}

/// The feed's problems, and those of each post with its number.
fn problems(feed: &ParsedFeed) -> Vec<String> {
    let of_posts = (1..).zip(&feed.entries).flat_map(|(number, entry)| {
        let problems = entry.problems.iter();
        problems.map(move |problem| format!("post {number}: {problem}"))
    });
    let of_feed = feed.problems.iter().map(ToString::to_string);
    of_feed.chain(of_posts).collect()
}

fn entry(entry: &ParsedEntry) -> PrintedEntry {
    let html = sanitize::html(&entry.content, entry.base.as_ref());
    PrintedEntry {
        guid: entry
            .stated_guid
            .as_ref()
            .unwrap_or(&entry.guid.value)
            .clone(),
        title: sanitize::line_to_mend(&entry.title),
        url: entry.url.as_ref().map(address),
        published: entry.published,
        updated: entry.updated,
        authors: entry.authors.iter().map(sanitize::line).collect(),
        categories: entry.categories.clone(),
        content_html: html.as_str().replace(NOWHERE, "").replace(NOBODY, ""),
        content_text: sanitize::text_of(&html),
    }
}

fn address(url: &Url) -> String {
    let url = url.as_str();
    url.strip_prefix(NOWHERE)
        .or_else(|| url.strip_prefix(NOBODY))
        .unwrap_or(url)
        .to_owned()
}
