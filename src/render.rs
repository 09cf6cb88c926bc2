//! Views to HTML, by templates that an organiser may replace file by file.
//!
//! Our templates and style sheet are part of the binary. A theme is a folder: a file in it stands for ours of the
//! same name, and is read anew at each page, so that a change shows at once. A theme that fails never takes a page
//! away: the built-in one is shown and the fault is logged, and [`Pages::check`] tells of all of them.
//!
//! Everything that is printed is escaped, but for the [`SafeHtml`](crate::model::SafeHtml) that a view holds. This
//! room must not know of routes, the store or the clock.

#[cfg(test)]
mod contract;
mod engine;
mod fault;
mod older;
mod sample;
mod site;
mod tongue;
mod views;
pub mod words;

use std::path::{Path, PathBuf};

use minijinja::value::Serde;
use minijinja::{Environment, Value};
use serde::Serialize;

use self::engine::{ICON, SCRIPT, STYLE, environment, fill, read};
use self::fault::{check_theme, fault_of};

pub use fault::{Fault, Spot};
pub use site::{
    Around, Asked, BlogTitles, Choice, Explainer, Finding, Near, Posted, Progress, SearchPaths,
    Site, Sort, Tally, Titles, Trouble,
};
pub use views::{
    AboutView, ActivityView, Bar, BesideView, Body, ChoiceView, ChooseView, Contact, DayView,
    EntryView, FeedLink, Frame, GroupView, HealthView, HitView, HomeView, Link, MarkCount,
    MarkView, NavLink, NeighbourView, OddPostView, OfferView, Pager, ParticipantRow,
    ParticipantView, ParticipantsView, PassageView, PersonFound, PersonLink, Pick, PostLink,
    PostView, ProblemView, ProgressCell, ProgressColumn, ProgressRow, ProgressView, SearchView,
    Section, SortHead, Stage, StatusCount, StatusRow, StatusView, StripMark, SubscribeView,
    TagView, ThingDone, ThingLink, ThingRow, ThingView, ThingsView, TopicView, Verdict,
    WaitingView, WeekView, When, WhyPost, WhyView,
};

/// The planet's pages, ready to be filled.
#[derive(Debug)]
pub struct Pages {
    built_in: Environment<'static>,
    theme_dir: Option<PathBuf>,
}

/// A page could not be made.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// A template of ours does not fit what it was given.
    #[error(
        "making a page from a built-in template: {}. This is a fault in thingplanet; please report it.", .0.in_a_line()
    )]
    BuiltIn(Fault),
}

impl Pages {
    /// The pages, with the organiser's files from `theme_dir` in the place of ours of the same name.
    pub fn new(theme_dir: Option<&Path>) -> Self {
        Self {
            built_in: environment(None),
            theme_dir: theme_dir.map(Path::to_owned),
        }
    }

    /// The first page.
    ///
    /// # Errors
    ///
    /// When a built-in template is at fault.
    pub fn home(&self, view: &HomeView) -> Result<String, RenderError> {
        self.page("home.html", view)
    }

    /// The page of all Things.
    ///
    /// # Errors
    ///
    /// When a built-in template is at fault.
    pub fn things(&self, view: &ThingsView) -> Result<String, RenderError> {
        self.page("things.html", view)
    }

    /// The page of one Thing.
    ///
    /// # Errors
    ///
    /// When a built-in template is at fault.
    pub fn thing(&self, view: &ThingView) -> Result<String, RenderError> {
        self.page("thing.html", view)
    }

    /// The page of one post.
    ///
    /// # Errors
    ///
    /// When a built-in template is at fault.
    pub fn entry(&self, view: &EntryView) -> Result<String, RenderError> {
        self.page("entry.html", view)
    }

    /// The page of all participants.
    ///
    /// # Errors
    ///
    /// When a built-in template is at fault.
    pub fn participants(&self, view: &ParticipantsView) -> Result<String, RenderError> {
        self.page("participants.html", view)
    }

    /// The page of one participant.
    ///
    /// # Errors
    ///
    /// When a built-in template is at fault.
    pub fn participant(&self, view: &ParticipantView) -> Result<String, RenderError> {
        self.page("participant.html", view)
    }

    /// The table of who has posted on what.
    ///
    /// # Errors
    ///
    /// When a built-in template is at fault.
    pub fn progress(&self, view: &ProgressView) -> Result<String, RenderError> {
        self.page("progress.html", view)
    }

    /// The page that says what became of a participant's posts.
    ///
    /// # Errors
    ///
    /// When a built-in template is at fault.
    pub fn why(&self, view: &WhyView) -> Result<String, RenderError> {
        self.page("why.html", view)
    }

    /// The page on how the blogs fare.
    ///
    /// # Errors
    ///
    /// When a built-in template is at fault.
    pub fn status(&self, view: &StatusView) -> Result<String, RenderError> {
        self.page("status.html", view)
    }

    /// The page on what the planet is.
    ///
    /// # Errors
    ///
    /// When a built-in template is at fault.
    pub fn about(&self, view: &AboutView) -> Result<String, RenderError> {
        self.page("about.html", view)
    }

    /// The search and what it found.
    ///
    /// # Errors
    ///
    /// When a built-in template is at fault.
    pub fn search(&self, view: &SearchView) -> Result<String, RenderError> {
        self.page("search.html", view)
    }

    /// The page of posts on which nobody has commented.
    ///
    /// # Errors
    ///
    /// When a built-in template is at fault.
    pub fn waiting(&self, view: &WaitingView) -> Result<String, RenderError> {
        self.page("waiting.html", view)
    }

    /// The page of a group.
    ///
    /// # Errors
    ///
    /// When a built-in template is at fault.
    pub fn group(&self, view: &GroupView) -> Result<String, RenderError> {
        self.page("group.html", view)
    }

    /// The page on subscribing.
    ///
    /// # Errors
    ///
    /// When a built-in template is at fault.
    pub fn subscribe(&self, view: &SubscribeView) -> Result<String, RenderError> {
        self.page("subscribe.html", view)
    }

    /// A page that says what is wrong, such as an address that does not exist.
    ///
    /// # Errors
    ///
    /// When a built-in template is at fault.
    pub fn problem(&self, view: &ProblemView) -> Result<String, RenderError> {
        self.page("problem.html", view)
    }

    /// The style sheet, the theme's where it has one.
    pub fn style(&self) -> String {
        self.file("style.css", STYLE)
    }

    /// The script, the theme's where it has one. Every page works without it.
    pub fn script(&self) -> String {
        self.file("planet.js", SCRIPT)
    }

    /// The icon, the theme's where it has one.
    pub fn icon(&self) -> String {
        self.file("icon.svg", ICON)
    }

    /// A file that is served as it is: the theme's where it has one of this name, else ours.
    fn file(&self, name: &str, ours: &str) -> String {
        let Some(dir) = &self.theme_dir else {
            return ours.to_owned();
        };
        match read(dir, name) {
            Ok(Some(text)) => text,
            Ok(None) => ours.to_owned(),
            Err(error) => {
                tracing::warn!(%error, name, "a file of the theme is left aside");
                ours.to_owned()
            }
        }
    }

    /// A number that changes with the theme's files, as far as the file system tells: names, sizes, times.
    ///
    /// Nothing where they cannot be looked at. Without a theme it is always the same.
    pub fn theme_stamp(&self) -> Option<u64> {
        match &self.theme_dir {
            Some(dir) => engine::stamp(dir).ok(),
            None => Some(0),
        }
    }

    /// Every fault of every template, found by filling each with sample data; empty when all is fine.
    pub fn check(&self) -> Vec<String> {
        let themed = self.theme_dir.as_deref().map(|dir| environment(Some(dir)));
        let env = themed.as_ref().unwrap_or(&self.built_in);
        let mut faults = Vec::new();
        let mut note = |fault: Fault| {
            let line = fault.to_string();
            if !faults.contains(&line) {
                faults.push(line);
            }
        };
        if let Some(dir) = &self.theme_dir {
            check_theme(env, dir).into_iter().for_each(&mut note);
        }
        for (template, view) in sample::views() {
            if let Err(error) = fill(env, template, view) {
                note(fault_of(&error, template, self.theme_dir.as_deref()));
            }
        }
        faults
    }

    fn page<V: Serialize>(&self, template: &str, view: &V) -> Result<String, RenderError> {
        let view = Value::from(Serde(view));
        if let Some(dir) = &self.theme_dir {
            // Compiling a dozen small files takes less than a millisecond, and spares us watching them.
            match fill(&environment(Some(dir)), template, view.clone()) {
                Ok(page) => return Ok(page),
                Err(error) => {
                    let fault = fault_of(&error, template, Some(dir));
                    let fault = fault.in_a_line();
                    tracing::warn!(fault, "the theme is left aside; the built-in page is shown");
                }
            }
        }
        fill(&self.built_in, template, view)
            .map_err(|error| RenderError::BuiltIn(fault_of(&error, template, None)))
    }
}

#[cfg(test)]
mod tests;
