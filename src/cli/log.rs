//! `thingplanet log`: who changed tags by hand or by rule, which feeds moved, and when.

use clap::Args;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{Ending, Files, open, report};
use crate::model::{Fingerprint, one_line};
use crate::store::{Access, Line, MoveLine, Store};

#[derive(Debug, Args)]
pub(super) struct LogArguments {
    #[command(flatten)]
    files: Files,
    /// How many lines are shown, the newest ones
    #[arg(long, value_name = "NUMBER", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..))]
    last: u32,
}

/// Prints the newest lines, the newest last.
pub(super) async fn run(arguments: LogArguments) -> anyhow::Result<Ending> {
    let roster = open::roster(&arguments.files.roster)?;
    let store = Store::open(&arguments.files.db, Access::Read).await?;
    let zone = &roster.course.timezone;
    let lines = store.audit(arguments.last).await?;
    let lines = lines.iter().map(|line| (line.at, told(line, zone)));
    let moves = store.moves(arguments.last).await?;
    let moves = moves.iter().map(|line| (line.at, moved(line, zone)));
    let mut lines: Vec<(Timestamp, String)> = lines.chain(moves).collect();
    // The newest first, as many as are wanted, and then the newest last.
    lines.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    lines.truncate(usize::try_from(arguments.last).unwrap_or(usize::MAX));
    for (_, line) in lines.iter().rev() {
        report::say(line)?;
    }
    if lines.is_empty() {
        report::say("Nothing was decided or retagged yet, and no feed has moved.")?;
    }
    Ok(Ending::Fine)
}

fn told(line: &Line, zone: &TimeZone) -> String {
    let at = line.at.to_zoned_datetime(zone.clone());
    let at = at.strftime("%Y-%m-%d %H:%M");
    let who = one_line(&line.who);
    let counts = line.counts;
    let changed = format!("+{} tags, -{}", counts.added, counts.removed);
    match line.entry {
        Some(entry) => {
            let words = one_line(&line.words);
            format!("{at} {who} decided on post {}: {words}; {changed}", entry.0)
        }
        None => format!(
            "{at} {who} retagged: {changed}, {}; rules {} → {}",
            report::counted(counts.entries, "post"),
            short(line.rules_before),
            short(Some(line.rules_after))
        ),
    }
}

fn moved(line: &MoveLine, zone: &TimeZone) -> String {
    let at = line.at.to_zoned_datetime(zone.clone());
    format!(
        "{} the feed of {} moved from {} to {}: {}",
        at.strftime("%Y-%m-%d %H:%M"),
        one_line(&line.owner),
        one_line(&line.from),
        one_line(&line.to),
        one_line(&line.why)
    )
}

/// Enough of a fingerprint to tell it from the others.
fn short(rules: Option<Fingerprint>) -> String {
    match rules {
        Some(rules) => rules.short_hex()[..8].to_owned(),
        None => "various".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use jiff::tz::TimeZone;

    use super::told;
    use crate::model::{EntryId, Fingerprint};
    use crate::plan::Counts;
    use crate::store::Line;

    #[test]
    fn a_line_says_when_who_and_what() {
        let line = Line {
            at: "2011-08-01T12:00:00Z".parse().unwrap(),
            who: "Ann\nSmith".to_owned(),
            entry: Some(EntryId(7)),
            words: "+6 -5 (she told me)".to_owned(),
            counts: Counts {
                entries: 1,
                added: 1,
                removed: 0,
            },
            rules_before: None,
            rules_after: Fingerprint::of(b"new"),
        };
        let retag = Line {
            entry: None,
            words: String::new(),
            ..line.clone()
        };
        let lines = [line, retag].map(|line| told(&line, &TimeZone::UTC));
        expect![[r"
            2011-08-01 12:00 Ann Smith decided on post 7: +6 -5 (she told me); +1 tags, -0
            2011-08-01 12:00 Ann Smith retagged: +1 tags, -0, 1 post; rules various → 11507a0e"]]
        .assert_eq(&lines.join("\n"));
    }
}
