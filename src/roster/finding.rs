//! What is wrong with a feeds.toml, printed the way a good compiler does.
//!
//! It knows lines and columns, and must not know what the sections of the file mean.

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// The most characters of a source line that are shown.
const SHOWN_MAX: usize = 120;

/// The most characters of a message or of what to do.
const SENTENCE_MAX: usize = 300;

/// One thing that is wrong, where it is, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1; one past the end where something is missing there.
    pub column: usize,
    /// That line without its ending, cut to the part around the column when it is long.
    pub source_line: String,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
    /// Which characters of `source_line` are underlined.
    mark: Range<usize>,
}

/// Everything that is wrong with one file; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Findings {
    file: PathBuf,
    list: Vec<Finding>,
    left_out: usize,
}

impl std::error::Error for Findings {}

impl Findings {
    pub(super) fn new(file: &Path, list: Vec<Finding>, left_out: usize) -> Self {
        Self {
            file: file.to_owned(),
            list,
            left_out,
        }
    }

    /// The findings in the order of the file.
    pub fn list(&self) -> &[Finding] {
        &self.list
    }

    /// How many problems there are, counting those beyond the first 200, which are not listed.
    pub fn count(&self) -> usize {
        self.list.len() + self.left_out
    }

    /// The file that they are about.
    pub fn file(&self) -> &Path {
        &self.file
    }
}

impl fmt::Display for Findings {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, finding) in self.list.iter().enumerate() {
            if at > 0 {
                out.write_str("\n\n")?;
            }
            write!(out, "{}:{finding}", self.file.display())?;
        }
        if self.left_out > 0 {
            write!(
                out,
                "\n\nand {} more problems; mend these first",
                self.left_out
            )?;
        }
        Ok(())
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = self.line.to_string();
        let gutter = " ".repeat(number.len());
        let indent = " ".repeat(self.mark.start);
        let carets = "^".repeat(self.mark.len().max(1));
        let source = self.source_line.trim_end();
        writeln!(out, "{number}:{}: {}", self.column, self.message)?;
        writeln!(out, "{}", format!("  {number} | {source}").trim_end())?;
        writeln!(out, "  {gutter} | {indent}{carets}")?;
        write!(out, "  {}", self.help)
    }
}

/// A text with its lines.
pub(super) struct Source<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Source<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let starts = std::iter::once(0)
            .chain(text.match_indices('\n').map(|(at, _)| at + 1))
            .collect();
        Self { text, starts }
    }

    /// The text of this span, moved to whole characters.
    pub(super) fn slice(&self, span: Range<usize>) -> &'a str {
        let start = self.text.floor_char_boundary(span.start);
        let end = self.text.floor_char_boundary(span.end.max(start));
        &self.text[start..end]
    }

    /// The line, from 1, of the byte at this offset.
    pub(super) fn line_at(&self, offset: usize) -> usize {
        self.starts.partition_point(|start| *start <= offset)
    }

    /// The byte at which the line with this number begins.
    pub(super) fn start_of(&self, number: usize) -> usize {
        self.starts[number - 1]
    }

    /// The line with this number, from 1, without its ending.
    pub(super) fn line(&self, number: usize) -> &'a str {
        let start = self.starts[number - 1];
        let end = self.starts.get(number).copied().unwrap_or(self.text.len());
        self.text[start..end].trim_end_matches(['\n', '\r'])
    }

    pub(super) fn finding(&self, span: Range<usize>, message: &str, help: &str) -> Finding {
        let number = self.line_at(span.start.min(self.text.len()));
        let line = self.line(number);
        let start = self.starts[number - 1];
        let column = characters(line, span.start.saturating_sub(start));
        let end = characters(line, span.end.saturating_sub(start)).max(column);
        let (source_line, shift) = window(line, column);
        let shown = source_line.chars().count();
        let mark = (column + 1 - shift).min(shown + 1) - 1..(end - shift.min(end)).min(shown);
        Finding {
            line: number,
            column: column + 1,
            source_line,
            message: printable(&cut(message)),
            help: printable(&cut(help)),
            mark,
        }
    }
}

/// How many characters of the line stand before this byte.
fn characters(line: &str, byte: usize) -> usize {
    line[..line.floor_char_boundary(byte)].chars().count()
}

/// A sentence without the rest of what it quotes from the file, where that goes on and on.
fn cut(sentence: &str) -> String {
    match sentence.char_indices().nth(SENTENCE_MAX) {
        Some((end, _)) => format!("{}…", &sentence[..end]),
        None => sentence.to_owned(),
    }
}

/// The part of a line around a column, and how many characters less stand before the column in it.
fn window(line: &str, column: usize) -> (String, usize) {
    let skipped = if column > SHOWN_MAX * 3 / 4 {
        column - SHOWN_MAX / 2
    } else {
        0
    };
    let mut rest = line.chars().skip(skipped);
    let mut part: String = rest.by_ref().take(SHOWN_MAX).collect();
    if rest.next().is_some() {
        part.push('…');
    }
    if skipped == 0 {
        return (printable(&part), 0);
    }
    (printable(&format!("…{part}")), skipped - 1)
}

/// The same number of characters, none of which moves the cursor of a terminal.
fn printable(text: &str) -> String {
    let safe = |character: char| match character {
        '\t' => ' ',
        other if is_unshowable(other) => '\u{fffd}',
        other => other,
    };
    text.chars().map(safe).collect()
}

/// Whether a character would act on the text around it instead of being shown: controls and direction overrides.
pub(super) fn is_unshowable(character: char) -> bool {
    character.is_control() || matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
