//! Who has posted on what.

use std::collections::BTreeSet;

use super::super::views::{
    PersonLink, ProgressCell, ProgressColumn, ProgressRow, ProgressView, Section,
};
use super::super::words;
use super::{Posted, Site, title_of, web_href};
use crate::model::{Author, Feed, Health, Thing};

/// What one participant has posted.
#[derive(Debug, Clone)]
pub struct Progress {
    /// Who.
    pub author: Author,
    /// Their posts, in any order.
    pub posted: Vec<Posted>,
    /// Their feed, where there is one.
    pub feed: Option<Feed>,
}

impl Site<'_> {
    /// The table of who has posted on what, a row for each of these people.
    pub fn progress(&self, people: &[Progress]) -> ProgressView {
        let rows: Vec<ProgressRow> = people.iter().map(|it| self.progress_row(it)).collect();
        let filled = |row: &ProgressRow, at: usize| row.cells[at].is_some();
        let columns: Vec<ProgressColumn> = self
            .course
            .things
            .iter()
            .enumerate()
            .map(|(at, thing)| ProgressColumn {
                thing: self.thing_link(thing),
                total: rows.iter().filter(|row| filled(row, at)).count() as u64,
            })
            .collect();
        ProgressView {
            frame: self.frame(Section::Progress, "Progress", "/progress"),
            total: columns.iter().map(|column| column.total).sum(),
            columns,
            rows,
            csv_href: self.href("/progress.csv"),
            status_href: self.href("/status"),
        }
    }

    fn progress_row(&self, person: &Progress) -> ProgressRow {
        let who = self.person(&person.author);
        let things = &self.course.things;
        let numbers: BTreeSet<u16> = person.posted.iter().filter_map(|it| it.thing).collect();
        let cells: Vec<Option<ProgressCell>> = things
            .iter()
            .map(|thing| {
                let number = numbers.get(&thing.number)?;
                let posts = person.posted.iter().filter(|it| it.thing == Some(*number));
                self.progress_cell(&who, thing, &posts.collect::<Vec<_>>())
            })
            .collect();
        let health = person.feed.as_ref().map(|feed| feed.health(self.now));
        let note = match health {
            Some(Health::Failing(_) | Health::Blocked(_) | Health::Gone) => {
                Some("blog cannot be read")
            }
            _ => None,
        };
        ProgressRow {
            who,
            note,
            total: cells.iter().flatten().count() as u64,
            cells,
        }
    }

    fn progress_cell(
        &self,
        who: &PersonLink,
        thing: &Thing,
        posts: &[&Posted],
    ) -> Option<ProgressCell> {
        let said = format!("{}, {} {}", who.name, self.course.unit, thing.number);
        let all = format!("{}#thing-{}", who.href, thing.number);
        let urls = posts
            .iter()
            .filter_map(|post| post.url.as_ref().and_then(web_href))
            .collect();
        match posts {
            [] => None,
            [post] => Some(ProgressCell {
                urls,
                href: post.url.as_ref().and_then(web_href).unwrap_or(all),
                mark: "✓".to_owned(),
                label: format!("{said}: {}", title_of(&post.title)),
            }),
            _ => Some(ProgressCell {
                urls,
                href: all,
                mark: posts.len().to_string(),
                label: format!("{said}: {}", words::count(posts.len() as u64, "post")),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::sample::Sample;

    #[test]
    fn a_progress_cell_says_what_it_leads_to() {
        let sample = Sample::full();
        let view = sample.site().progress(&sample.progress());
        let row = &view.rows[0];
        let one = row.cells[0].as_ref().unwrap();
        assert_eq!(
            one.label,
            "Anna Smith, Thing 1: Thing 6: Networks & “friends”"
        );
        assert_eq!(
            (one.mark.as_str(), one.href.as_str()),
            ("✓", "https://blog0.example.org/post")
        );
        let two = row.cells[2].as_ref().unwrap();
        assert_eq!(two.label, "Anna Smith, Thing 6: 2 posts");
        assert_eq!(
            (two.mark.as_str(), two.href.as_str()),
            ("2", "/participants/anna-smith#thing-6")
        );
        assert!(row.cells[1].is_none());
        assert_eq!((row.total, view.columns[2].total, view.total), (2, 1, 2));
    }
}
