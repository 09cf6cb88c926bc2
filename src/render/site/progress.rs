//! Who has posted on what.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use jiff::ToSpan;
use jiff::civil::Date;

use super::super::tongue;
use super::super::views::{
    Link, MarkCount, ProgressCell, ProgressColumn, ProgressRow, ProgressView, Section, When,
};
use super::super::words;
use super::{Asked, Site};
use crate::model::{Author, Feed, Language, Posting, Standing, Thing, WeekCount};
use crate::plan::progress::{Cause, Stand, Window, is_read, stand, time_of, windows};

/// What one participant has posted.
#[derive(Debug, Clone)]
pub struct Progress {
    /// Who.
    pub author: Author,
    /// Their groups.
    pub groups: Vec<String>,
    /// What they have posted.
    pub posting: Posting,
    /// Their feed, where there is one.
    pub feed: Option<Feed>,
}

/// What stands in the cells of one table: thousands of cells, and only so many texts.
#[derive(Debug, Default)]
pub(super) struct CellTexts(RefCell<BTreeMap<(u64, &'static str), Arc<str>>>);

impl CellTexts {
    /// A sentence with its `{count}`.
    fn of(&self, sentence: &'static str, count: u64, language: Language) -> Arc<str> {
        let mut texts = self.0.borrow_mut();
        let text = texts.entry((count, sentence)).or_insert_with(|| {
            tongue::with(sentence, &[("count", &tongue::grouped(count, language))]).into()
        });
        Arc::clone(text)
    }
}

impl Site<'_> {
    /// The table of who has posted on what, a row for each of these people whom it is asked to show, with the posts of
    /// everybody by week.
    pub fn progress(
        &self,
        people: &[Progress],
        weeks: &[WeekCount],
        asked: &Asked,
    ) -> ProgressView {
        let words = &self.words().progress;
        let mut shown: Vec<&Progress> = people.iter().filter(|it| self.fits(it, asked)).collect();
        self.sort(&mut shown, asked.sort);
        let windows = windows(self.course);
        let texts = CellTexts::default();
        let rows: Vec<ProgressRow> = shown
            .iter()
            .map(|person| self.progress_row(person, &windows, &texts))
            .collect();
        let columns = self.progress_columns(&rows, &windows, asked);
        let everybody = self.count(people.len() as u64, &self.words().frame.participant);
        let shown = tongue::grouped(rows.len() as u64, self.language());
        let reset = Asked {
            sort: asked.sort,
            ..Asked::default()
        };
        ProgressView {
            frame: self.frame(Section::Progress, words.title, "/progress"),
            has_participants: !people.is_empty(),
            choose: self.choose(people, asked),
            shown: if asked.is_for_everybody() {
                everybody
            } else {
                tongue::with(words.shown, &[("shown", &shown), ("all", &everybody)])
            },
            reset: (!asked.is_for_everybody()).then(|| self.progress_href(&reset)),
            heads: self.heads(asked),
            total: columns.iter().map(|column| column.total).sum(),
            legend: self.legend(&rows),
            columns,
            rows,
            activity: self.activity(weeks),
            csv_href: self.href(&format!("/progress.csv{}", asked.query())),
        }
    }

    fn progress_row(
        &self,
        person: &Progress,
        windows: &[Window],
        texts: &CellTexts,
    ) -> ProgressRow {
        let who = self.person(&person.author);
        let is_read = is_read(person.feed.as_ref(), self.now);
        let cells: Vec<ProgressCell> = self
            .course
            .things
            .iter()
            .zip(windows)
            .map(|(thing, window)| {
                self.progress_cell(&who.href, thing, *window, (&person.posting, is_read), texts)
            })
            .collect();
        let posting = &person.posting;
        let last = posting.newest_seen_at.or(posting.newest_at);
        ProgressRow {
            total: cells.iter().filter(|cell| cell.is_filled()).count() as u64,
            cells,
            last: last.map(|at| {
                let day = words::date_of(at, &self.course.timezone);
                When {
                    datetime: day.to_string(),
                    words: words::date_alone(day, self.language()),
                }
            }),
            last_is_seen: posting.newest_seen_at.is_some(),
            why: (!is_read).then(|| format!("{}/why", who.href)),
            unrecognised: self.unrecognised(&who.href, &person.posting),
            who,
        }
    }

    /// The way to somebody's posts in which nothing was recognised; those from before the course or after it are nobody's
    /// concern.
    fn unrecognised(&self, page: &str, posting: &Posting) -> Option<Link> {
        let posts = posting.unrecognised_in(time_of(self.course));
        (posts > 0).then(|| Link {
            text: self.count(posts as u64, &self.words().progress.unrecognised),
            href: format!("{page}#unrecognised"),
        })
    }

    /// Where somebody who has posted this, and whose blog is read or not, stands with a Thing.
    pub(super) fn progress_cell(
        &self,
        page: &str,
        thing: &Thing,
        window: Window,
        (posting, is_read): (&Posting, bool),
        texts: &CellTexts,
    ) -> ProgressCell {
        let stand = stand(thing.number, window, posting, is_read, self.now);
        let states = &self.words().progress.states;
        let (state, words) = match stand {
            Stand::Done => ("done", states.done),
            Stand::Late => ("late", states.late),
            Stand::Missing(Cause::Suggested) => ("suggested", states.suggested),
            Stand::Missing(Cause::Unrecognised) => ("unrecognised", states.unrecognised),
            Stand::Missing(Cause::Unread) => ("unread", states.unread),
            Stand::Missing(Cause::Silent) => ("silent", states.silent),
            Stand::Missing(Cause::NotYetDue) => ("ahead", states.ahead),
        };
        let standing = posting.on(thing.number).filter(|on| on.posts > 0);
        match standing {
            Some(standing) => self.filled_cell(page, standing, (state, words), texts),
            None => ProgressCell {
                state,
                words: texts.of(words, 0, self.language()),
                // There the newest post that waits has this place, and the others follow.
                href: (state == "suggested").then(|| format!("{page}/why#thing-{}", thing.number)),
                mark: texts.of("", 0, self.language()),
                first: None,
            },
        }
    }

    fn filled_cell(
        &self,
        page: &str,
        standing: &Standing,
        (state, words): (&'static str, &'static str),
        texts: &CellTexts,
    ) -> ProgressCell {
        let url = standing.first_url.as_ref();
        let url = url.filter(|url| url.starts_with("http://") || url.starts_with("https://"));
        let is_late = state == "late";
        let all = || {
            let mut href = String::with_capacity(page.len() + 12);
            let _ = write!(href, "{page}#thing-{}", standing.thing);
            href
        };
        let text = |sentence, count| texts.of(sentence, count, self.language());
        if standing.posts == 1 {
            return ProgressCell {
                state,
                words: text(words, 0),
                href: Some(url.map_or_else(all, |url| url.as_ref().to_owned())),
                mark: text(if is_late { words } else { "✓" }, 0),
                first: None,
            };
        }
        let states = &self.words().progress.states;
        let sentence = if is_late {
            states.several_late
        } else {
            states.several
        };
        ProgressCell {
            state,
            words: text(sentence, standing.posts),
            href: Some(all()),
            mark: text("{count}", standing.posts),
            first: url.cloned(),
        }
    }

    fn progress_columns(
        &self,
        rows: &[ProgressRow],
        windows: &[Window],
        asked: &Asked,
    ) -> Vec<ProgressColumn> {
        let things = self.course.things.iter().zip(windows).enumerate();
        things
            .map(|(at, (thing, window))| {
                let filled = |row: &&ProgressRow| row.cells[at].is_filled();
                let total = rows.iter().filter(filled).count() as u64;
                let is_open = window.opens.is_none_or(|opens| opens <= self.now);
                let missing = Asked {
                    missing: Some(thing.number),
                    ..asked.clone()
                };
                ProgressColumn {
                    thing: self.thing_link(thing),
                    total,
                    is_open,
                    missing: if is_open {
                        rows.len() as u64 - total
                    } else {
                        0
                    },
                    missing_href: self.progress_href(&missing),
                }
            })
            .collect()
    }

    fn legend(&self, rows: &[ProgressRow]) -> Vec<MarkCount> {
        let words = &self.words().progress;
        let (states, meanings) = (&words.states, &words.meanings);
        let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
        let mut several = 0;
        for cell in rows.iter().flat_map(|row| &row.cells) {
            *counts.entry(cell.state).or_default() += 1;
            several +=
                u64::from(cell.is_filled() && cell.mark.starts_with(|c: char| c.is_ascii_digit()));
        }
        let marks = [
            ("done", "✓", states.done, meanings.done),
            ("late", states.late, states.late, meanings.late),
            ("suggested", "", states.suggested, meanings.suggested),
            (
                "unrecognised",
                "",
                states.unrecognised,
                meanings.unrecognised,
            ),
            ("unread", "", states.unread, meanings.unread),
            ("silent", "", states.silent, meanings.silent),
            ("ahead", "", states.ahead, meanings.ahead),
        ];
        let mut legend = Vec::new();
        for (state, mark, said, meaning) in marks {
            let count = counts.get(state).copied().unwrap_or_default();
            let mark_count = |mark: &str, said: &str, meaning: &str, count: u64| MarkCount {
                state,
                mark: mark.to_owned(),
                words: said.to_owned(),
                meaning: tongue::with(meaning, &[("unit", &self.course.unit)]),
                count: tongue::grouped(count, self.language()),
            };
            // A late mark is its own word.
            let said = if mark == said { "" } else { said };
            if count > 0 {
                legend.push(mark_count(mark, said, meaning, count));
            }
            if state == "late" && several > 0 {
                let mut row = mark_count("2", states.many, meanings.several, several);
                row.state = "done";
                legend.push(row);
            }
        }
        legend
    }

    /// The first and the last day of the chart: from two weeks before the course to eight weeks after it, as far as it
    /// has come; two years at most, and the last one where the course has no days.
    pub fn chart_days(&self) -> (Date, Date) {
        let today = words::date_of(self.now, &self.course.timezone);
        let after = |day: Date, weeks: i64| day.saturating_add(weeks.weeks());
        let closes = self.course.closes.map_or(today, |day| after(day, 8));
        let last = closes.min(today);
        let earliest = after(
            last,
            if self.course.opens.is_some() {
                -104
            } else {
                -52
            },
        );
        let opens = self.course.opens.map_or(earliest, |day| after(day, -2));
        (opens.clamp(earliest, last), last)
    }
}

impl ProgressCell {
    fn is_filled(&self) -> bool {
        matches!(self.state, "done" | "late")
    }
}
