//! How fast posts are cleaned, beside ammonia alone; and what bombs of full size cost.
//!
//! `cargo bench --bench sanitizing` prints both. Nothing is asserted here: tests hold what must hold.

#[path = "../tests/planet/harness/bombs.rs"]
mod bombs;
#[path = "../examples/hammer/cpu.rs"]
mod cpu;

use std::fmt::Write as _;
use std::hint::black_box;
use std::io::Write as _;

use thingplanet::model::Markup;
use thingplanet::parse::{self, Source};
use thingplanet::sanitize;
use url::Url;

/// Posts in one measurement.
const POSTS: usize = 400;
/// Measurements, of which the quickest counts.
const ROUNDS: usize = 7;

fn main() {
    let address = Url::parse("https://blog.example/2011/07/thing-6.html").ok();
    let base = address.as_ref();
    let posts: Vec<String> = (0..POSTS).map(post).collect();
    let bytes: usize = posts.iter().map(String::len).sum();
    let marked: Vec<Markup> = posts.iter().cloned().map(Markup::Html).collect();
    let mut ours = f64::MAX;
    let mut alone = f64::MAX;
    let ammonia = ammonia::Builder::default();
    for _ in 0..ROUNDS {
        ours = ours.min(cpu_of(|| {
            marked
                .iter()
                .map(|post| sanitize::html(post, base).as_str().len())
                .sum()
        }));
        alone = alone.min(cpu_of(|| {
            posts
                .iter()
                .map(|post| ammonia.clean(post).to_string().len())
                .sum()
        }));
    }
    say(&format!(
        "{POSTS} posts, {bytes} bytes, the best of {ROUNDS} rounds, CPU time"
    ));
    say(&format!("  sanitize       {:6.1} MB/s", rate(bytes, ours)));
    say(&format!("  ammonia alone  {:6.1} MB/s", rate(bytes, alone)));
    say(&format!("  ratio          {:6.2}", alone / ours));

    say("bombs of markup through sanitize:  in, out, CPU");
    for (name, markup) in bombs::markup(1) {
        let markup = Markup::Html(markup);
        let mut made = 0;
        let took = cpu_of(|| {
            made = sanitize::html(&markup, base).as_str().len();
            made
        });
        line(name, markup.source().len(), made, took);
    }
    say("bombs of documents through parse and sanitize:  in, out, CPU, peak memory of the process");
    for (name, document) in bombs::documents(1) {
        forget_peak();
        let mut made = 0;
        let took = cpu_of(|| {
            made = whole_way(document.as_bytes(), base);
            made
        });
        line(name, document.len(), made, took);
    }
}

/// Bytes of clean HTML that come of a document; none where it is refused.
fn whole_way(document: &[u8], base: Option<&Url>) -> usize {
    let source = Source {
        url: base,
        charset: None,
        entries_max: 300,
    };
    let Ok(feed) = parse::feed(document, source) else {
        return 0;
    };
    let entries = feed.entries.iter();
    entries
        .map(|entry| {
            let html = sanitize::html(&entry.content, entry.base.as_ref());
            black_box((sanitize::text_of(&html), sanitize::line(&entry.title)));
            html.as_str().len()
        })
        .sum()
}

fn line(name: &str, before: usize, after: usize, took: f64) {
    let bounded = after <= 4 * before + 65_536;
    let mut line = format!("  {name:36} {before:9} {after:8} {:7.0} ms", took * 1_000.0);
    if let Some(peak) = peak_mebibytes() {
        let _ = write!(line, " {peak:5} MiB");
    }
    if took > 1.0 || !bounded {
        line.push_str("  TOO MUCH");
    }
    say(&line);
}

/// A post as people write them: mostly words, some markup, something from another program now and then.
fn post(number: usize) -> String {
    let mut post = format!("<h2>Thing {number}: what I tried</h2>\n");
    for paragraph in 0..3 + number % 9 {
        let _ = writeln!(
            post,
            "<p class=\"MsoNormal\" style=\"margin: 0 0 1em\">This week I <em>finally</em> tried the tool that \
             <a href=\"https://blog{number}.example/2011/{paragraph}?utm_source=feed&amp;p={paragraph}\" target=\"_blank\">\
             everybody</a> wrote about &ndash; and it&#8217;s not what I had expected. I made an account, uploaded a few \
             things &amp; asked two colleagues what they thought of it.<br /> <b>More on that below</b>.</p>"
        );
    }
    if number.is_multiple_of(3) {
        let _ = writeln!(
            post,
            "<div class=\"separator\" style=\"clear: both\"><a href=\"/full-{number}.jpg\" imageanchor=\"1\">\
             <img alt=\"My desk\" border=\"0\" height=\"240\" width=\"320\" src=\"/small-{number}.jpg\" \
             srcset=\"/small-{number}.jpg 320w, /full-{number}.jpg 1600w\" /></a></div>"
        );
    }
    if number.is_multiple_of(4) {
        post.push_str("<ul>\n<li>easy to begin with</li>\n<li>hard to <i>stop</i></li>\n<li>free, so far</li>\n</ul>\n");
    }
    if number.is_multiple_of(10) {
        post.push_str("<iframe width=\"560\" height=\"315\" src=\"//www.youtube.com/embed/dQw4w9WgXcQ\"></iframe>\n");
        post.push_str("<table><tr><td>before</td><td>after</td></tr><tr><td>2 hours</td><td>1 hour</td></tr></table>\n");
    }
    post
}

/// Seconds of processor time, so that what others do on the machine does not count.
fn cpu_of(work: impl FnOnce() -> usize) -> f64 {
    let before = cpu::used();
    black_box(work());
    cpu::used().saturating_sub(before).as_secs_f64()
}

/// Lets the kernel measure the peak of memory anew.
fn forget_peak() {
    // Where this is not Linux, no peak is printed either.
    drop(std::fs::write("/proc/self/clear_refs", "5"));
}

fn peak_mebibytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kibibytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kibibytes / 1_024)
}

#[allow(
    clippy::cast_precision_loss,
    reason = "a few megabytes are counted exactly"
)]
fn rate(bytes: usize, seconds: f64) -> f64 {
    bytes as f64 / 1_000_000.0 / seconds
}

fn say(line: &str) {
    // Whoever closed the pipe has seen enough.
    drop(writeln!(std::io::stdout().lock(), "{line}"));
}
