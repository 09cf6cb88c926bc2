//! Telling a person how a round of polling goes: a bar on a terminal, a log line a feed elsewhere, a summary at the end.

use std::fmt::Display;
use std::io::{IsTerminal, Write};
use std::ops::ControlFlow;
use std::sync::Arc;

use indicatif::{ProgressBar, ProgressStyle};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::poll::Older;
use super::terminal;
use crate::model::{WalkEnd, one_line};
use crate::parse;
use crate::poll::{Listener, PollResult, Polled, Summary, WalkListener, Walked, minute};

/// A bar for this many feeds, when somebody is there to see it.
pub(super) fn bar(feeds: usize) -> Option<ProgressBar> {
    styled(feeds as u64, "{bar:30} {pos} of {len} blogs  {msg}")
}

/// A bar for this many posts, when somebody is there to see it.
pub(super) fn posts_bar(posts: u64) -> Option<ProgressBar> {
    styled(posts, "{bar:30} {pos} of {len} posts")
}

/// A bar for the files of a planet, of which more turn up, when somebody is there to see it.
pub(super) fn files_bar() -> Option<ProgressBar> {
    styled(1, "{bar:30} {pos} of {len} files  {msg}")
}

/// A sign of life while older pages are read, when somebody is there to see it.
pub(super) fn spinner() -> Option<ProgressBar> {
    let style = ProgressStyle::with_template("reading back: {pos} older pages  {msg}").ok()?;
    std::io::stderr()
        .is_terminal()
        .then(|| ProgressBar::new_spinner().with_style(style))
}

fn styled(length: u64, template: &str) -> Option<ProgressBar> {
    let style = ProgressStyle::with_template(template).ok()?;
    std::io::stderr()
        .is_terminal()
        .then(|| ProgressBar::new(length).with_style(style))
}

/// Moves the bar, or writes a log line where there is none; never stops a round.
pub(super) fn listener(bar: Option<ProgressBar>) -> Listener {
    Arc::new(move |polled| {
        match &bar {
            Some(bar) => {
                bar.set_message(one_line(&polled.owner));
                bar.inc(1);
            }
            None => log(polled),
        }
        ControlFlow::Continue(())
    })
}

/// Counts the older pages, or writes a log line a page.
pub(super) fn walk_listener(spinner: Option<ProgressBar>) -> WalkListener {
    Arc::new(move |walked| match &spinner {
        Some(spinner) => {
            spinner.set_message(one_line(&walked.owner));
            spinner.inc(1);
        }
        None => log_page(walked),
    })
}

/// One line an older page.
pub(super) fn log_page(walked: &Walked) {
    let page = one_line(walked.page.as_str());
    let ended = walked.back.end.map(WalkEnd::as_str);
    if let Some(cause) = &walked.back.cause {
        tracing::warn!(page, ended, cause = one_line(cause), "no older page");
    } else {
        tracing::info!(page, new = walked.new, ended, "read an older page");
    }
}

/// What reading older pages came to, where there was anything to read.
pub(super) fn older(older: &Older) -> Vec<String> {
    let mut lines = Vec::new();
    if older.pages > 0 {
        lines.push(format!(
            "{} of blogs: {}",
            counted(older.pages, "older page"),
            counted(older.new, "older post")
        ));
    }
    if older.next_at.is_some() {
        let said = "There are more older pages to read: `thingplanet serve` does it as time allows, and so does the \
                    next `thingplanet poll`; /status says how far each blog was read back";
        lines.push(said.to_owned());
    }
    lines
}

/// One line a feed. The address is the blog's, which is public; persons are not named in logs.
pub(super) fn log(polled: &Polled) {
    let feed = one_line(&polled.address);
    if polled.remark.is_some() {
        tracing::warn!(
            feed,
            "the organiser has to decide something about this feed; /status says what"
        );
    }
    match &polled.result {
        PollResult::Read {
            new,
            changed,
            unchanged,
        } => tracing::info!(feed, new, changed, unchanged, "read"),
        PollResult::Unchanged => tracing::info!(feed, "nothing new"),
        PollResult::Gone => tracing::warn!(feed, "gone"),
        PollResult::Held { until } => tracing::info!(feed, %until, "asked to wait"),
        PollResult::Rested { until, .. } => tracing::info!(feed, %until, "left in peace"),
        PollResult::Failed { cause } => tracing::warn!(feed, cause = one_line(cause), "failed"),
    }
}

/// How a poll went, in one of few words, for counting.
pub(super) fn outcome(polled: &Polled) -> &'static str {
    match &polled.result {
        PollResult::Read { .. } => "read",
        PollResult::Unchanged => "unchanged",
        PollResult::Gone => "gone",
        PollResult::Held { .. } => "held",
        PollResult::Rested { .. } => "rested",
        PollResult::Failed { .. } => "failed",
    }
}

/// What a round came to, in a few lines, with times as they are where the course is. `named` says of an address on the
/// roster whether it is that of a feed, and not of a blog.
pub(super) fn summary(summary: &Summary, zone: &TimeZone, named: impl Fn(&str) -> bool) -> String {
    let mut lines = vec![format!(
        "{}: {}, {} changed; {} with nothing new, {} failed",
        counted(summary.feeds, "blog"),
        counted(summary.new, "new post"),
        summary.changed,
        summary.unchanged,
        summary.failed.len()
    )];
    if summary.held > 0 {
        lines.push(format!(
            "{} not read: asked to wait by the host or the platform, or without connection there{}",
            counted(summary.held, "blog"),
            said(", the first of them until", summary.held_until, zone)
        ));
    }
    if summary.rested > 0 {
        lines.push(format!(
            "{} left in peace, asked less than a quarter of an hour ago or failing{}",
            counted(summary.rested, "blog"),
            said(": possible again from", summary.rested_until, zone)
        ));
    }
    lines.extend(summary.failed.iter().map(|polled| {
        let told = failure(polled, zone);
        if named(&polled.address) {
            told
        } else {
            parse::cause_of_found(&told)
        }
    }));
    lines.extend(summary.remarked.iter().filter_map(remark));
    lines.join("\n")
}

/// Whether blogs that fail were left in peace.
pub(super) fn waits_failing(summary: &Summary) -> bool {
    let mut failed = summary.failed.iter();
    failed.any(|polled| matches!(polled.result, PollResult::Rested { .. }))
}

/// How blogs that fail are asked all the same.
pub(super) const NOW: &str =
    "If something was mended there, `thingplanet poll --now` asks them before their time.";

/// A moment in words after these words.
fn said(before: &str, moment: Option<Timestamp>, zone: &TimeZone) -> String {
    moment.map_or_else(String::new, |at| format!("{before} {}", minute(at, zone)))
}

/// Prints a line for whoever ran the command; control characters in it go nowhere.
///
/// # Errors
///
/// When nobody reads it any more.
pub(super) fn say(line: impl Display) -> anyhow::Result<()> {
    let line = terminal::plain(&line.to_string());
    Ok(writeln!(std::io::stdout().lock(), "{line}")?)
}

/// A number of things in words: `1 blog`, `2 blogs`.
pub(super) fn counted(number: usize, thing: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {thing}{plural}")
}

fn failure(polled: &Polled, zone: &TimeZone) -> String {
    let cause = match &polled.result {
        PollResult::Failed { cause } => cause.as_str(),
        PollResult::Rested {
            cause: Some(cause),
            until,
        } => {
            let until = minute(*until, zone);
            return told(polled, &format!("not asked again before {until}: {cause}"));
        }
        _ => {
            "the blog says that this feed is gone for good (410): ask the blogger, or take it off feeds.toml"
        }
    };
    told(polled, cause)
}

fn remark(polled: &Polled) -> Option<String> {
    Some(told(polled, polled.remark.as_deref()?))
}

fn told(polled: &Polled, sentence: &str) -> String {
    format!(
        "  {} <{}>\n    {}",
        one_line(&polled.owner),
        one_line(&polled.address),
        one_line(sentence)
    )
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use jiff::Timestamp;
    use jiff::tz::TimeZone;

    use super::summary;
    use crate::poll::{PollResult, Polled, Summary};

    #[test]
    fn a_summary_names_every_failure_and_every_remark_on_a_line_of_its_own() {
        let failed = Polled {
            owner: "Ann\nSmith".to_owned(),
            address: "https://ann.example/".to_owned(),
            result: PollResult::Failed {
                cause: "the blog answered 404 (not found)".to_owned(),
            },
            remark: None,
        };
        let rested = Polled {
            owner: "Cy".to_owned(),
            address: "https://cy.example/".to_owned(),
            result: PollResult::Rested {
                until: Timestamp::UNIX_EPOCH,
                cause: Some("the blog answered 500".to_owned()),
            },
            remark: None,
        };
        let remarked = Polled {
            owner: "Bob".to_owned(),
            address: "https://bob.example/".to_owned(),
            result: PollResult::Unchanged,
            remark: Some("this looks like the feed of Ann as well".to_owned()),
        };
        let round = Summary {
            feeds: 3,
            new: 4,
            changed: 1,
            unchanged: 1,
            held: 1,
            held_until: "2011-08-01T14:00:00Z".parse().ok(),
            rested: 2,
            rested_until: "2011-12-01T23:30:00Z".parse().ok(),
            failed: vec![failed, rested],
            remarked: vec![remarked],
        };
        expect![[r"
            3 blogs: 4 new posts, 1 changed; 1 with nothing new, 2 failed
            1 blog not read: asked to wait by the host or the platform, or without connection there, the first of them until 1 August 2011, 15:00 BST
            2 blogs left in peace, asked less than a quarter of an hour ago or failing: possible again from 1 December 2011, 23:30 GMT
              Ann Smith <https://ann.example/>
                the blog answered 404 (not found)
              Cy <https://cy.example/>
                not asked again before 1 January 1970, 01:00 BST: the blog answered 500
              Bob <https://bob.example/>
                this looks like the feed of Ann as well"]]
        .assert_eq(&summary(&round, &TimeZone::get("Europe/London").unwrap(), |_| true));
        let there = summary(&round, &TimeZone::UTC, |_| true);
        assert!(there.contains("until 1 August 2011, 14:00 UTC"), "{there}");
    }
}
