//! Gathers what is wrong while a file is read.
//!
//! It must not know what the sections mean; it only knows where in the text they are, and that one mistake should
//! be told once.

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::Path;

use super::finding::{Finding, Findings, Source};
use super::syntax::Mended;

/// The most findings that are listed; nobody reads more, and a file of rubbish could have a million.
pub(super) const LISTED_MAX: usize = 200;

/// The findings so far, and the text they are about.
pub(super) struct Notes<'a> {
    source: Source<'a>,
    file: &'a Path,
    list: Vec<Finding>,
    left_out: usize,
    broken_lines: BTreeSet<usize>,
}

impl<'a> Notes<'a> {
    pub(super) fn new(text: &'a str, file: &'a Path) -> Self {
        Self {
            source: Source::new(text),
            file,
            list: Vec::new(),
            left_out: 0,
            broken_lines: BTreeSet::new(),
        }
    }

    /// Goes on from what was wrong with the grammar of this text; its lines are numbered as in the file.
    pub(super) fn after(mended: &'a Mended, file: &'a Path) -> Self {
        let mut list = mended.findings.clone();
        let left_out = list.len().saturating_sub(LISTED_MAX);
        list.truncate(LISTED_MAX);
        Self {
            source: Source::new(&mended.text),
            file,
            list,
            left_out,
            broken_lines: mended.broken.clone(),
        }
    }

    /// Notes something wrong in this span of bytes, unless the grammar of that line is broken anyway.
    pub(super) fn note(
        &mut self,
        span: Range<usize>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        if !self.broken_lines.contains(&self.line_at(span.start)) {
            self.push(span, &message.into(), &help.into());
        }
    }

    /// Notes that something is not there, unless broken grammar in the section under this header may hide it.
    pub(super) fn note_missing(
        &mut self,
        header: Range<usize>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        if !self.is_broken_under(header.start) {
            self.note(header, message, help);
        }
    }

    /// Notes that the file lacks a section, unless its grammar is broken anywhere.
    pub(super) fn note_lacking(&mut self, message: &str, help: &str) {
        if self.broken_lines.is_empty() {
            self.note(0..0, message, help);
        }
    }

    /// Whether so much is wrong that finding good advice is wasted.
    pub(super) fn is_full(&self) -> bool {
        self.list.len() >= LISTED_MAX
    }

    pub(super) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    pub(super) fn source(&self) -> &Source<'a> {
        &self.source
    }

    /// The line, from 1, of this byte.
    pub(super) fn line_at(&self, offset: usize) -> usize {
        self.source.line_at(offset)
    }

    pub(super) fn into_findings(mut self) -> Findings {
        self.list
            .sort_by_key(|finding| (finding.line, finding.column));
        Findings::new(self.file, self.list, self.left_out)
    }

    fn push(&mut self, span: Range<usize>, message: &str, help: &str) {
        if self.is_full() {
            self.left_out += 1;
        } else {
            self.list.push(self.source.finding(span, message, help));
        }
    }

    /// Whether a broken line stands between this header and the next one.
    fn is_broken_under(&self, header: usize) -> bool {
        let first = self.line_at(header);
        let Some(broken) = self.broken_lines.range(first..).next() else {
            return false;
        };
        !(first + 1..*broken).any(|line| self.source.line(line).trim_start().starts_with('['))
    }
}
