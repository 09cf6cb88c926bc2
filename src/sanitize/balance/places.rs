//! Where an element may stand: what ends before it, and what has to be there around it.
//!
//! It must not know how anything is written.

use super::Balancer;
use crate::sanitize::elements::{Element, Kind};

impl Balancer<'_> {
    /// Closes what ends where this element begins; says no where it cannot stand.
    pub(super) fn make_room(&mut self, element: Element) -> bool {
        match element.kind {
            Kind::Caption | Kind::Section | Kind::Row | Kind::Cell => {
                return self.make_room_in_table(element.kind);
            }
            Kind::Source => return self.holds_sources(),
            _ => self.ensure_cell(),
        }
        match element.kind {
            Kind::Link => {
                if let Some(at) = self.find(|kind| kind == Kind::Link, Kind::is_wall) {
                    self.close_to(at);
                }
                return !self.open.iter().any(|open| open.element.kind == Kind::Link);
            }
            Kind::Gloss => return self.make_room_in_ruby(),
            kind @ (Kind::Item | Kind::Term) => {
                if let Some(at) = self.find(|other| other == kind, Kind::holds_items) {
                    self.close_to(at);
                }
            }
            _ => {}
        }
        if element.kind == Kind::Heading
            && let Some(at) = self.find(|kind| kind == Kind::Heading, Kind::is_wall)
        {
            self.close_to(at);
        }
        if element.kind.ends_paragraph()
            && let Some(at) = self.find(|kind| kind == Kind::Paragraph, Kind::is_wall)
        {
            self.close_to(at);
        }
        true
    }

    /// A gloss is a child of the nearest ruby and of nothing else.
    fn make_room_in_ruby(&mut self) -> bool {
        let at = self
            .open
            .iter()
            .rposition(|open| open.element.name == "ruby" || open.element.kind.is_wall());
        let ruby = at.filter(|at| self.open[*at].element.name == "ruby");
        if let Some(at) = ruby {
            self.close_to(at + 1);
        }
        ruby.is_some()
    }

    fn holds_sources(&self) -> bool {
        self.open
            .last()
            .is_some_and(|open| matches!(open.element.name, "video" | "audio" | "picture"))
    }

    /// Parts of a table stand where a table has them, and nowhere else.
    fn make_room_in_table(&mut self, kind: Kind) -> bool {
        let Some(table) = self.find(|kind| kind == Kind::Table, |_| false) else {
            return false;
        };
        let holder = match kind {
            Kind::Cell => self.find(|kind| kind == Kind::Row, |kind| kind == Kind::Table),
            Kind::Row => self.find(|kind| kind == Kind::Section, |kind| kind == Kind::Table),
            _ => Some(table),
        };
        match holder {
            Some(at) => self.close_to(at + 1),
            None if kind == Kind::Cell => {
                self.make_room_in_table(Kind::Row);
                self.push_plain("tr");
            }
            None => {
                self.close_to(table + 1);
                self.push_plain("tbody");
            }
        }
        true
    }

    /// Text and elements between the rows of a table get a cell of their own.
    pub(super) fn ensure_cell(&mut self) {
        while let Some(open) = self.open.last()
            && open.element.kind.needs_cell()
            && !self.full
        {
            self.push_plain(match open.element.kind {
                Kind::Table => "tbody",
                Kind::Section => "tr",
                _ => "td",
            });
        }
    }

    /// The innermost open element of a kind, unless a wall stands before it.
    pub(super) fn find(
        &self,
        wanted: impl Fn(Kind) -> bool,
        wall: impl Fn(Kind) -> bool,
    ) -> Option<usize> {
        self.open
            .iter()
            .enumerate()
            .rev()
            .find(|(_, open)| wanted(open.element.kind) || wall(open.element.kind))
            .filter(|(_, open)| wanted(open.element.kind))
            .map(|(at, _)| at)
    }
}
