//! `thingplanet decide`: an organiser's yes or no on a post, which no rule undoes.

use std::fmt::Write as _;
use std::str::FromStr;

use anyhow::{bail, ensure};
use clap::Args;
use jiff::Timestamp;

use super::{Ending, Files, open, report};
use crate::model::{Course, Decision, Roster, Tag, TagState, Verdict, one_line};
use crate::retag;
use crate::store::{Access, Found, Glimpse, Ruled, Ruling, Store, Suggested};
use crate::tagging::Tagger;

#[derive(Debug, Args)]
pub(super) struct DecideArguments {
    #[command(flatten)]
    files: Files,
    /// The post: its address, its number as our commands show it, its id in our feeds, or its title
    #[arg(value_name = "POST", required_unless_present_any = ["list", "waiting"])]
    post: Option<String>,
    /// +6: it is on Thing 6; -5: it is not on Thing 5; =6: let the rules say. With none of these, what stands is shown
    #[arg(value_name = "+THING|-THING", allow_negative_numbers = true)]
    said: Vec<Said>,
    /// Take back what was decided on this Thing, as =6 does
    #[arg(long, value_name = "THING")]
    undo: Vec<u16>,
    /// Who decides; else the name you are logged in by
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    /// Why, for whoever asks later
    #[arg(long, value_name = "WORDS", default_value = "")]
    note: String,
    /// Show every decision that stands
    #[arg(long, conflicts_with_all = ["post", "undo"])]
    list: bool,
    /// Show every post that waits for a decision, with what is suggested for it and why
    #[arg(long, conflicts_with_all = ["post", "undo", "list"])]
    waiting: bool,
}

/// One word on one Thing: a verdict, or nothing to take back what was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Said {
    thing: u16,
    verdict: Option<Verdict>,
}

impl FromStr for Said {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut characters = text.chars();
        let verdict = match characters.next() {
            Some('+') => Some(Verdict::Yes),
            Some('-' | '−' | '–') => Some(Verdict::No),
            Some('=' | '?') => None,
            _ => return Err(HOW.to_owned()),
        };
        let number = characters.as_str();
        // A second sign would be taken for part of the number.
        let thing = number.parse().ok().filter(|_| !number.starts_with('+'));
        let thing = thing.ok_or_else(|| HOW.to_owned())?;
        Ok(Self { thing, verdict })
    }
}

const HOW: &str = "write +6 for yes, -6 for no, or =6 to let the rules say";

/// Keeps what is said and tells what the post's Things are then.
pub(super) async fn run(arguments: DecideArguments) -> anyhow::Result<Ending> {
    let roster = open::roster(&arguments.files.roster)?;
    let undone = arguments.undo.iter().map(|&thing| Said {
        thing,
        verdict: None,
    });
    let said: Vec<Said> = arguments.said.iter().copied().chain(undone).collect();
    check(&roster.course, &said)?;
    if let Some(post) = &arguments.post
        && post.parse::<Said>().is_ok()
    {
        bail!("name the post before what you say of it: thingplanet decide POST {post}");
    }
    ensure!(
        !said.is_empty() || arguments.note.is_empty(),
        "say what the note is about: {HOW}"
    );
    let access = if said.is_empty() {
        Access::Read
    } else {
        Access::Beside
    };
    let store = Store::open(&arguments.files.db, access).await?;
    if arguments.waiting {
        waiting(&store, &roster).await?;
        return Ok(Ending::Fine);
    }
    let Some(post) = arguments.post else {
        list(&store, &roster).await?;
        return Ok(Ending::Fine);
    };
    let post = find(&store, &roster.course, post).await?;
    let ruled = if said.is_empty() {
        store.ruled(post.id).await?
    } else {
        let ruling = Ruling {
            entry: post.id,
            said: said.iter().map(|one| (one.thing, one.verdict)).collect(),
            by: open::who(arguments.by),
            note: one_line(&arguments.note),
            at: open::now(),
        };
        let tagger = Tagger::new(&roster.course);
        let rules = tagger.fingerprint();
        let tag = move |mut entry| retag::ruled(&tagger, &mut entry);
        store.decide(ruling, rules, tag).await?
    };
    report::say(told(&roster.course, &post, &ruled))?;
    if !said.is_empty() && !ruled.news {
        report::say("That stood already.")?;
    }
    Ok(Ending::Fine)
}

/// Refuses Things that the course does not have, and two words on one Thing.
fn check(course: &Course, said: &[Said]) -> anyhow::Result<()> {
    let unit = &course.unit;
    for (at, one) in said.iter().enumerate() {
        if said[..at].iter().any(|other| other.thing == one.thing) {
            bail!("{unit} {} is named twice; say one thing of it", one.thing);
        }
        // What was decided on a Thing that has left the course since may still be taken back.
        if one.verdict.is_some() && course.thing(one.thing).is_none() {
            let numbers: Vec<String> = course
                .things
                .iter()
                .map(|thing| thing.number.to_string())
                .collect();
            bail!(
                "the course has no {unit} {}; it has {}",
                one.thing,
                numbers.join(", ")
            );
        }
    }
    Ok(())
}

async fn find(store: &Store, course: &Course, asked: String) -> anyhow::Result<Glimpse> {
    let lines = |posts: &[Glimpse]| {
        posts.iter().fold(String::new(), |mut lines, post| {
            // Writing to a String does not fail.
            let _ = write!(lines, "\n  {}", titled(course, post));
            lines
        })
    };
    match store.find(asked.clone()).await? {
        Found::One(post) => Ok(post),
        Found::Several(posts) => bail!(
            "several posts go by {asked}; name one by its number:{}",
            lines(&posts)
        ),
        Found::None(near) if near.is_empty() => bail!(
            "no post goes by {asked}; name it by its address, its number as `retag` and `decide` show it, or its title"
        ),
        Found::None(near) => {
            bail!("no post goes by {asked}; did you mean{}", lines(&near))
        }
    }
}

async fn list(store: &Store, roster: &Roster) -> anyhow::Result<()> {
    let decisions = store.decisions().await?;
    for decided in &decisions {
        let decision = &decided.decision;
        report::say(format_args!(
            "{}{} {}, “{}” (post {}): {}",
            decision.verdict.sign(),
            decision.thing,
            one_line(&decided.author),
            one_line(&decided.title),
            decided.entry.0,
            said_by(&roster.course, decision)
        ))?;
    }
    report::say(report::counted(decisions.len(), "decision"))
}

async fn waiting(store: &Store, roster: &Roster) -> anyhow::Result<()> {
    let (course, unit) = (&roster.course, &roster.course.unit);
    let posts = store.suggested().await?;
    for Suggested { post, tags } in &posts {
        report::say(titled(course, post))?;
        for tag in tags {
            let why = one_line(&tag.evidence.sentence());
            report::say(format_args!("  {unit} {}? {why}", tag.thing))?;
        }
    }
    let count = report::counted(posts.len(), "post");
    match posts.first().and_then(|it| Some((it, it.tags.first()?))) {
        None => report::say("No post waits for a decision"),
        Some((Suggested { post, .. }, Tag { thing, .. })) => report::say(format_args!(
            "{count} with a suggestion: say yes or no by number, as in `thingplanet decide {0} +{thing}` or `thingplanet decide {0} -{thing}`",
            post.id.0
        )),
    }
}

/// A post and its Things, with the reason for each.
fn told(course: &Course, post: &Glimpse, ruled: &Ruled) -> String {
    let unit = &course.unit;
    let decision = |thing| ruled.decisions.iter().find(|one| one.thing == thing);
    let tagged = ruled.tags.iter().map(|tag| {
        let why = match decision(tag.thing) {
            Some(decision) => said_by(course, decision),
            None => one_line(&tag.evidence.sentence()),
        };
        (
            tag.thing,
            format!("  {unit} {}{}: {why}", tag.thing, sureness(tag)),
        )
    });
    let refused = ruled
        .decisions
        .iter()
        .filter(|one| one.verdict == Verdict::No);
    let refused = refused.map(|one| {
        let why = said_by(course, one);
        (one.thing, format!("  not {unit} {}: {why}", one.thing))
    });
    let mut lines: Vec<(u16, String)> = tagged.chain(refused).collect();
    lines.sort();
    if ruled.tags.is_empty() {
        lines.insert(0, (0, format!("  no {unit}")));
    }
    let lines = lines.into_iter().map(|(_, line)| line);
    std::iter::once(titled(course, post))
        .chain(lines)
        .collect::<Vec<_>>()
        .join("\n")
}

fn sureness(tag: &Tag) -> &'static str {
    match tag.state {
        TagState::Tagged => "",
        TagState::Suggested => " (only suggested)",
    }
}

fn titled(course: &Course, post: &Glimpse) -> String {
    format!(
        "{}, “{}” (post {}, {})",
        one_line(&post.author),
        one_line(&post.title),
        post.id.0,
        day(course, post.published_at)
    )
}

fn said_by(course: &Course, decision: &Decision) -> String {
    let note = match decision.note.as_str() {
        "" => String::new(),
        note => format!(" ({})", one_line(note)),
    };
    format!(
        "said by {} on {}{note}",
        one_line(&decision.decided_by),
        day(course, decision.decided_at)
    )
}

/// The day of a moment where the course is.
fn day(course: &Course, at: Timestamp) -> String {
    let local = at.to_zoned_datetime(course.timezone.clone());
    local.strftime("%-d %B %Y").to_string()
}

#[cfg(test)]
mod tests {
    use super::{HOW, Said};
    use crate::model::Verdict;

    fn check(text: &str, expected: Result<(u16, Option<Verdict>), &str>) {
        let said = text.parse::<Said>().map(|said| (said.thing, said.verdict));
        assert_eq!(said, expected.map_err(str::to_owned), "{text}");
    }

    #[test]
    fn a_word_on_a_thing_is_a_sign_and_a_number() {
        check("+6", Ok((6, Some(Verdict::Yes))));
        check("-5", Ok((5, Some(Verdict::No))));
        check("−5", Ok((5, Some(Verdict::No))));
        check("=12", Ok((12, None)));
        check("?12", Ok((12, None)));
        for text in ["6", "+", "+x", "++6", "-6.5", "+70000", ""] {
            check(text, Err(HOW));
        }
    }
}
