//! `thingplanet rules`: the organiser's workbench. Why a post was filed where it was, and how good the rules are.
//!
//! It must not know the rules; it only tells what they say.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::{Args, Subcommand};
use serde::Deserialize;
use url::Url;

use super::{Ending, Files, open, report};
use crate::model::{Course, Decision, EntryText, Tag, TagState, Verdict, one_line};
use crate::plan;
use crate::retag;
use crate::store::{Access, Found, Span, Store};
use crate::tagging::{Explanation, Fired, Silence, Tagger};

#[derive(Debug, Args)]
pub(super) struct RulesArguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Tell every signal in a post, in order of trust, and which one decided
    Explain {
        #[command(flatten)]
        files: Files,
        /// The address of a post that was read, or a title
        #[arg(value_name = "URL-OR-TITLE")]
        post: String,
    },
    /// Measure the rules on posts whose Things are known: JSON lines with id, title, url, categories, body, things
    Score {
        #[command(flatten)]
        files: Files,
        /// The posts
        #[arg(value_name = "LABELLED.jsonl")]
        posts: PathBuf,
    },
}

/// Runs the command that was asked for.
pub(super) async fn run(arguments: RulesArguments) -> anyhow::Result<Ending> {
    match arguments.command {
        Command::Explain { files, post } => {
            let roster = open::roster(&files.roster)?;
            let tagger = Tagger::new(&roster.course);
            let asked = asked(&files, &tagger, &post).await?;
            let explanation = tagger.explain(&asked.entry);
            report::say(told(&roster.course, &asked, &explanation))?;
        }
        Command::Score { files, posts } => {
            let roster = open::roster(&files.roster)?;
            let file = File::open(&posts)
                .with_context(|| format!("could not read {}", posts.display()))?;
            let score = score(&Tagger::new(&roster.course), BufReader::new(file), &posts)?;
            report::say(score.told())?;
        }
    }
    Ok(Ending::Fine)
}

/// What an explanation is asked for.
struct Asked {
    entry: EntryText,
    /// What was decided on it.
    decisions: Vec<Decision>,
    from: From,
}

/// Where it comes from.
enum From {
    /// It is a title that somebody typed.
    Title,
    /// It was read.
    Store {
        /// Whether posts are shown as other rules had them.
        awaits_retag: bool,
    },
}

/// The post at an address and what was decided on it, from the store; anything else is a title.
async fn asked(files: &Files, tagger: &Tagger, post: &str) -> anyhow::Result<Asked> {
    let url = Url::parse(post).ok().filter(Url::has_host);
    let Some(url) = url else {
        return Ok(Asked {
            entry: EntryText {
                title: post.to_owned(),
                ..EntryText::default()
            },
            decisions: Vec::new(),
            from: From::Title,
        });
    };
    let store = Store::open(&files.db, Access::Read).await?;
    let id = match store.find(post.to_owned()).await? {
        Found::One(found) => Some(found.id),
        Found::Several(found) => found.first().map(|found| found.id),
        Found::None(_) => None,
    };
    let stored = match id {
        Some(id) => store.stored(Span::of(id)).await?.entries.pop(),
        None => None,
    };
    let mut stored = stored.with_context(|| {
        format!(
            "no post at {url} was read into {}; to try a title, write the title in quotes",
            files.db.display()
        )
    })?;
    // The rules have the links read that the text has.
    retag::ruled(tagger, &mut stored);
    let awaits_retag = store.awaits_retag(tagger.fingerprint()).await?;
    Ok(Asked {
        entry: stored.text,
        decisions: stored.decisions,
        from: From::Store { awaits_retag },
    })
}

/// An explanation in lines: the post, each signal with its verdict, what came of it, and what was looked at for that.
fn told(course: &Course, asked: &Asked, explanation: &Explanation) -> String {
    let Asked {
        entry, decisions, ..
    } = asked;
    let unit = &course.unit;
    let mut lines = vec![format!("“{}”", one_line(&entry.title))];
    if let Some(silence) = &explanation.silence {
        lines.push(format!("  {}", silenced(silence)));
    }
    for fired in &explanation.fired {
        lines.extend(fired.tags.iter().map(|tag| {
            let verdict = match (fired.won, tag.state) {
                (false, _) => "not heard",
                (true, TagState::Tagged) => "decides",
                (true, TagState::Suggested) => "suggests",
            };
            let name = fired.signal.name();
            let sentence = one_line(&tag.evidence.sentence());
            format!(
                "  {name:10} {verdict:10} {unit} {:<4} {sentence}",
                tag.thing
            )
        }));
    }
    for number in &explanation.absent {
        lines.push(format!(
            "  the title names {unit} {number}, which this course does not have"
        ));
    }
    if explanation.fired.is_empty() {
        lines.push("  no signal said anything".to_owned());
    }
    for decision in decisions {
        let thing = decision.thing;
        lines.push(match decision.verdict {
            Verdict::Yes => format!("  an organiser decided: this is on {unit} {thing}"),
            Verdict::No => format!("  an organiser decided: this is not on {unit} {thing}"),
        });
    }
    lines.push(outcome(unit, explanation, decisions));
    lines.push(looked_at(asked));
    lines.join("\n")
}

/// What was looked at and what was not, so that a title is not taken for a post.
fn looked_at(Asked { entry, from, .. }: &Asked) -> String {
    let From::Store { awaits_retag } = from else {
        return "Looked at: this title alone. A post has a text, labels and an address too, somebody may have decided on it, and \
                its blog may have rules of its own; give the address of a post that was read to have all of that looked at"
            .to_owned();
    };
    let counted = |number, thing| match number {
        0 => format!("no {thing}s"),
        _ => report::counted(number, thing),
    };
    let text = match entry.body.split_whitespace().count() {
        0 => "no text, as its feed has none".to_owned(),
        words => format!("its text of {}", report::counted(words, "word")),
    };
    let address = if entry.url.is_some() { "its" } else { "no" };
    let mut looked = format!(
        "Looked at: its title, {}, {address} address, {text}, and what was decided on it",
        counted(entry.categories.len(), "label")
    );
    if *awaits_retag {
        looked.push_str(
            "\nThe rules have changed since posts were tagged, so pages may say otherwise until `thingplanet retag` is run",
        );
    }
    looked
}

fn silenced(silence: &Silence) -> String {
    match silence {
        Silence::Stranger => {
            "no Thing: the title or a label names another programme, and nothing names this course"
                .to_owned()
        }
        Silence::Excepted(words) => format!("no Thing: “{words}” is excepted in feeds.toml"),
        Silence::Unlabelled => {
            "no Thing: the post has none of the labels that feeds.toml asks of this blog".to_owned()
        }
    }
}

fn outcome(unit: &str, explanation: &Explanation, decisions: &[Decision]) -> String {
    let tags = plan::effective(&explanation.tags, decisions);
    let of = |state| numbers(&tags, state);
    let mut outcome = match of(TagState::Tagged).as_str() {
        "" => "So: no tag".to_owned(),
        numbers => format!("So: {unit} {numbers}"),
    };
    let suggested = of(TagState::Suggested);
    if !suggested.is_empty() {
        let _ = write!(outcome, "; a suggestion of {unit} {suggested}");
    }
    let downgraded = explanation
        .fired
        .iter()
        .filter(|fired| fired.won)
        .any(|fired| has_tagged(fired) && !has(&explanation.tags, TagState::Tagged));
    if downgraded {
        outcome.push_str(" (the text names another programme, so it is only suggested)");
    }
    outcome
}

fn has_tagged(fired: &Fired) -> bool {
    has(&fired.tags, TagState::Tagged)
}

fn has(tags: &[Tag], state: TagState) -> bool {
    tags.iter().any(|tag| tag.state == state)
}

fn numbers(tags: &[Tag], state: TagState) -> String {
    let numbers: Vec<String> = tags
        .iter()
        .filter(|tag| tag.state == state)
        .map(|tag| tag.thing.to_string())
        .collect();
    numbers.join(", ")
}

/// A post whose Things are known.
#[derive(Debug, Deserialize)]
struct Labelled {
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    url: Option<String>,
    #[serde(default)]
    participant: Option<String>,
    #[serde(default)]
    categories: Option<Vec<String>>,
    #[serde(default)]
    body: Option<String>,
    /// The Things that it is on; empty for a post on none.
    things: Vec<u16>,
}

/// How well the rules did.
#[derive(Debug, Default)]
struct Score {
    posts: usize,
    wanted: usize,
    right: usize,
    wrong: usize,
    right_suggestions: usize,
    wrong_suggestions: usize,
    lines: Vec<String>,
}

fn score(tagger: &Tagger, input: impl BufRead, file: &Path) -> anyhow::Result<Score> {
    let mut score = Score::default();
    for (number, line) in (1..).zip(input.lines()) {
        let place = || format!("line {number} of {}", file.display());
        let line = line.with_context(place)?;
        if line.trim().is_empty() {
            continue;
        }
        let post: Labelled = serde_json::from_str(&line).with_context(|| {
            format!(
                "{} is not one JSON object such as {{\"title\":\"Thing 6\",\"body\":\"\",\"things\":[6]}}",
                place()
            )
        })?;
        score.add(tagger, post);
    }
    Ok(score)
}

impl Score {
    fn add(&mut self, tagger: &Tagger, post: Labelled) {
        let entry = EntryText {
            title: post.title.unwrap_or_default(),
            url: post.url.and_then(|url| Url::parse(&url).ok()),
            participant: post.participant,
            categories: post.categories.unwrap_or_default(),
            body: post.body.unwrap_or_default(),
            links: Vec::new(),
        };
        let tags = tagger.tags(&entry);
        self.posts += 1;
        self.wanted += post.things.len();
        for tag in &tags {
            let right = post.things.contains(&tag.thing);
            let (count, what) = match (tag.state, right) {
                (TagState::Tagged, true) => (&mut self.right, None),
                (TagState::Tagged, false) => (&mut self.wrong, Some("WRONG")),
                (TagState::Suggested, true) => (&mut self.right_suggestions, Some("suggested")),
                (TagState::Suggested, false) => {
                    (&mut self.wrong_suggestions, Some("wrong suggestion"))
                }
            };
            *count += 1;
            if let Some(what) = what {
                self.lines.push(line(
                    what,
                    tag.thing,
                    &entry.title,
                    &tag.evidence.sentence(),
                ));
            }
        }
        let missed = post
            .things
            .iter()
            .filter(|thing| tags.iter().all(|tag| tag.thing != **thing));
        let missed: Vec<String> = missed
            .map(|thing| line("MISSED", *thing, &entry.title, ""))
            .collect();
        self.lines.extend(missed);
    }

    fn told(mut self) -> String {
        self.lines.sort();
        let share = |part: usize, whole: usize| match whole {
            0 => "–".to_owned(),
            // Posts are counted in thousands, which a float holds exactly.
            _ => format!("{:.3}", f64::from(small(part)) / f64::from(small(whole))),
        };
        let suggestions = self.right_suggestions + self.wrong_suggestions;
        self.lines.push(format!(
            "{}, {}: precision {}, recall {}, found with suggestions {}; {} of {} right",
            report::counted(self.posts, "post"),
            report::counted(self.wanted, "tag"),
            share(self.right, self.right + self.wrong),
            share(self.right, self.wanted),
            share(self.right + self.right_suggestions, self.wanted),
            self.right_suggestions,
            report::counted(suggestions, "suggestion"),
        ));
        self.lines.join("\n")
    }
}

fn small(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

fn line(what: &str, thing: u16, title: &str, why: &str) -> String {
    let why = if why.is_empty() {
        String::new()
    } else {
        format!(": {}", one_line(why))
    };
    format!("  {what:16} {thing:3}  “{}”{why}", one_line(title))
}
