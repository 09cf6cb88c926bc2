//! `thingplanet tag`: JSON lines in, each with what the rules make of it out.
//!
//! It must not know the rules.

use std::io::{BufRead, Write};

use anyhow::Context as _;
use serde::{Deserialize, Serialize};
use url::Url;

use super::terminal;
use crate::model::{EntryText, Roster, Tag};
use crate::tagging::Tagger;

/// One post, as it comes in.
#[derive(Debug, Deserialize)]
struct Question {
    /// A string or a number, echoed as it came.
    id: serde_json::Value,
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    url: Option<String>,
    /// The slug of whose post it is, for rules of one blog.
    #[serde(default)]
    participant: Option<String>,
    #[serde(default)]
    categories: Option<Vec<String>>,
    #[serde(default)]
    body: Option<String>,
}

/// What the rules make of it.
#[derive(Debug, Serialize)]
struct Answer {
    id: serde_json::Value,
    tags: Vec<Tag>,
}

/// Answers each line of `input` with one line of `output`; empty lines are passed over.
///
/// # Errors
///
/// At the first line that is not a post, naming it; and where reading or writing fails.
pub(crate) fn run(
    roster: &Roster,
    input: impl BufRead,
    mut output: impl Write,
) -> anyhow::Result<()> {
    let tagger = Tagger::new(&roster.course);
    for (number, line) in (1..).zip(input.lines()) {
        let line = line.with_context(|| format!("reading line {number} of the posts to tag"))?;
        if line.trim().is_empty() {
            continue;
        }
        let question: Question = serde_json::from_str(&line).with_context(|| {
            format!(
                "line {number} of the posts to tag is not one JSON object such as \
                 {{\"id\":1,\"title\":\"Thing 6\",\"url\":null,\"categories\":[],\"body\":\"\"}}"
            )
        })?;
        let answer = answer(&tagger, question);
        let line = terminal::json_line(&answer)
            .with_context(|| format!("writing the answer to line {number}"))?;
        writeln!(output, "{line}").context("writing the answers")?;
    }
    output.flush().context("writing the answers")
}

fn answer(tagger: &Tagger, question: Question) -> Answer {
    // An address that cannot be read says nothing about the post, which is no reason to refuse it.
    let url = question.url.and_then(|url| Url::parse(&url).ok());
    let entry = EntryText {
        title: question.title.unwrap_or_default(),
        url,
        participant: question.participant,
        categories: question.categories.unwrap_or_default(),
        body: question.body.unwrap_or_default(),
        links: Vec::new(),
    };
    Answer {
        id: question.id,
        tags: tagger.tags(&entry),
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::run;
    use crate::model::{ContentPolicy, Course, PlanetSettings, PollSettings, Roster, Thing};

    fn roster() -> Roster {
        let things = (1..=9).map(|number| Thing {
            number,
            title: String::new(),
            week: None,
            opens: None,
            brief: None,
            topics: Vec::new(),
        });
        Roster {
            course: Course {
                name: "Nine Things".into(),
                names: Vec::new(),
                unit: "Thing".into(),
                home: None,
                feed: None,
                timezone: TimeZone::UTC,
                opens: None,
                closes: None,
                things: things.collect(),
                rules: crate::model::Rules::default(),
            },
            planet: PlanetSettings {
                base_url: "http://127.0.0.1:8023".into(),
                contact: None,
                content: ContentPolicy::Full,
                hub: None,
                show_missing: false,
            },
            poll: PollSettings::default(),
            participants: Vec::new(),
        }
    }

    fn answers(input: &str) -> Result<String, String> {
        let mut output = Vec::new();
        run(&roster(), input.as_bytes(), &mut output).map_err(|error| format!("{error:#}"))?;
        String::from_utf8(output).map_err(|error| error.to_string())
    }

    #[test]
    fn each_post_is_answered_in_its_turn_with_its_id_as_it_came() {
        let input = r#"{"id":7,"title":"Thing 6","url":null,"categories":[],"body":""}

{"id":"b","title":"Hello","url":"not an address","body":"So, onto Thing 2"}
"#;
        let expected = r#"{"id":7,"tags":[{"thing":6,"state":"tagged","rule":"number","place":"title","quote":"Thing 6"}]}
{"id":"b","tags":[{"thing":2,"state":"tagged","rule":"number","place":"body","quote":"So, onto Thing 2"}]}
"#;
        assert_eq!(answers(input).as_deref(), Ok(expected));
    }

    #[test]
    fn a_line_that_is_no_post_is_named_by_its_number() {
        let error = answers("{\"id\":1,\"title\":\"Thing 1\"}\n{\"title\":").unwrap_err();
        assert!(error.contains("line 2"), "{error}");
        assert!(error.contains("JSON"), "{error}");
    }
}
