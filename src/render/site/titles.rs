//! What our feeds and lists are called, in the language of the interface.

use super::super::tongue::{Words, with};
use super::Site;
use crate::model::{Course, Search, Thing};

/// The titles of this planet's feeds.
#[derive(Debug, Clone)]
pub struct Titles<'a> {
    course: &'a Course,
    words: &'static Words,
    units: String,
}

impl<'a> Site<'a> {
    /// What its feeds are called.
    pub fn titles(&self) -> Titles<'a> {
        Titles {
            course: self.course,
            words: self.words(),
            units: self.units(),
        }
    }
}

impl Titles<'_> {
    /// The feed of all posts, with the course's name.
    pub fn all(&self) -> String {
        with(self.words.frame.all_posts, &[("course", &self.course.name)])
    }

    /// The same where the course is named already.
    pub fn all_posts(&self) -> String {
        self.words.subscribe.all.to_owned()
    }

    /// A Thing's feed.
    pub fn of_thing(&self, thing: &Thing) -> String {
        let Course { name, unit, .. } = self.course;
        match thing.title.as_str() {
            "" => format!("{name}: {unit} {}", thing.number),
            title => format!("{name}: {unit} {}, {title}", thing.number),
        }
    }

    /// The feed of a participant or a group.
    pub fn of(&self, name: &str) -> String {
        format!("{}: {name}", self.course.name)
    }

    /// The feed of a search, and the name of the participant whose posts are searched.
    pub fn of_search(&self, search: &Search, participant: Option<&str>) -> String {
        let mut title = with(
            self.words.search.feed,
            &[("course", &self.course.name), ("words", &search.shown())],
        );
        let thing = search
            .thing
            .map(|number| format!("{} {number}", self.course.unit));
        for more in thing.into_iter().chain(participant.map(str::to_owned)) {
            title.push_str(", ");
            title.push_str(&more);
        }
        title
    }

    /// The list of all blogs.
    pub fn blogroll(&self) -> String {
        with(
            self.words.subscribe.blogs_of,
            &[("course", &self.course.name)],
        )
    }

    /// The list of our feeds.
    pub fn feeds(&self) -> String {
        with(
            self.words.subscribe.feeds_of,
            &[("course", &self.course.name)],
        )
    }

    /// The Things.
    pub fn units(&self) -> String {
        self.units.clone()
    }

    /// The groups.
    pub fn groups(&self) -> String {
        self.words.subscribe.groups.to_owned()
    }

    /// The participants.
    pub fn participants(&self) -> String {
        self.words.frame.participants.to_owned()
    }
}
