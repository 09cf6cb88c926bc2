//! What the organiser writes down: the course, its Things, its participants.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use url::Url;

use super::{Fingerprint, Rules};

/// The contents of feeds.toml: one course, how its planet is run, and who takes part.
#[derive(Debug, Clone, PartialEq)]
pub struct Roster {
    /// The course and its Things.
    pub course: Course,
    /// How the planet presents itself.
    pub planet: PlanetSettings,
    /// How blogs are asked.
    pub poll: PollSettings,
    /// Who takes part, in the organiser's order.
    pub participants: Vec<Participant>,
}

impl Roster {
    /// The participant with this slug, if somebody has it.
    pub fn participant(&self, slug: &str) -> Option<&Participant> {
        self.participants
            .iter()
            .find(|participant| participant.slug == slug)
    }
}

/// A course: its names and its Things.
#[derive(Debug, Clone, PartialEq)]
pub struct Course {
    /// Its full name, as shown in headings.
    pub name: String,
    /// What participants call it ("cpd23", "23 Things"); masked before numbers are read.
    pub names: Vec<String>,
    /// What one Thing is called, in the singular: "Thing", "Week", "Module".
    pub unit: String,
    /// The course's own site.
    pub home: Option<Url>,
    /// The feed of the course's own blog.
    pub feed: Option<Url>,
    /// The zone in which days of the course begin and end.
    pub timezone: TimeZone,
    /// First day of the course.
    pub opens: Option<Date>,
    /// Last day of the course.
    pub closes: Option<Date>,
    /// The Things, by ascending number.
    pub things: Vec<Thing>,
    /// How posts are recognised, as far as the organiser says.
    pub rules: Rules,
}

impl Thing {
    /// Its topics, each once, in their order.
    pub fn each_topic(&self) -> Vec<&str> {
        let mut topics: Vec<&str> = Vec::new();
        for topic in &self.topics {
            if !topics.contains(&topic.as_str()) {
                topics.push(topic);
            }
        }
        topics
    }

    /// The fingerprint of the topics of some Things, as far as it matters which Thing has which, and in which order.
    pub fn topics_of(things: &[Self]) -> Fingerprint {
        let mut parts: Vec<String> = Vec::new();
        for thing in things {
            let topics = thing.each_topic();
            parts.extend([thing.number.to_string(), topics.len().to_string()]);
            parts.extend(topics.into_iter().map(str::to_owned));
        }
        Fingerprint::of_parts(parts.iter().map(String::as_str))
    }
}

impl Course {
    /// The Thing with this number, if the course has it.
    pub fn thing(&self, number: u16) -> Option<&Thing> {
        self.things
            .binary_search_by_key(&number, |thing| thing.number)
            .ok()
            .map(|at| &self.things[at])
    }
}

/// One Thing (week, module, assignment) of a course.
#[derive(Debug, Clone, PartialEq)]
pub struct Thing {
    /// Its number, from 1.
    pub number: u16,
    /// Its title, without the number.
    pub title: String,
    /// The week of the course in which it opens, from 1.
    pub week: Option<u16>,
    /// The day it opens.
    pub opens: Option<Date>,
    /// The course's own post that introduces it.
    pub brief: Option<Url>,
    /// Words that posts on this Thing tend to use.
    pub topics: Vec<String>,
}

/// How the planet presents itself.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanetSettings {
    /// The address under which the world reaches the planet, without a trailing slash.
    pub base_url: String,
    /// Whom to ask about the planet: a `mailto:` or `https:` address.
    pub contact: Option<String>,
    /// How much of a post is shown, unless the participant chose less.
    pub content: ContentPolicy,
    /// The hub that tells readers of news in the planet's own feeds (W3C `WebSub`).
    pub hub: Option<Url>,
    /// Whether the page of a Thing names the participants who have not posted on it yet.
    pub show_missing: bool,
}

/// How much of a post the planet shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContentPolicy {
    /// The whole post.
    Full,
    /// Its first words, and a link.
    Excerpt,
}

/// How blogs are asked. Every default is stated and explained in feeds.toml.
#[derive(Debug, Clone, PartialEq)]
pub struct PollSettings {
    /// Minutes between two polls of one feed, 10 to 10 080.
    pub every_minutes: u32,
    /// Feeds fetched at the same time, 1 to 64.
    pub at_once_max: u16,
    /// Seconds between two requests to one platform, 0 to 60. Less than 1 counts only inside `allow_networks`.
    pub gap_seconds: u16,
    /// Requests under way at once to one platform, 1 to 64. More than 1 counts only inside `allow_networks`.
    pub at_once_per_platform_max: u16,
    /// Seconds one request may take in all, 1 to 300.
    pub timeout_seconds: u16,
    /// Largest feed that is read, after decompression, in bytes.
    pub body_bytes_max: usize,
    /// Entries taken from one document, the newest first, 1 to 5 000.
    pub entries_max: usize,
    /// Private networks that may be polled, in CIDR form; empty but for tests.
    pub allow_networks: Vec<String>,
}

impl Default for PollSettings {
    fn default() -> Self {
        Self {
            every_minutes: 60,
            at_once_max: 8,
            gap_seconds: 1,
            at_once_per_platform_max: 1,
            timeout_seconds: 30,
            body_bytes_max: 10_000_000,
            entries_max: 300,
            allow_networks: Vec::new(),
        }
    }
}

/// One person on the roster.
#[derive(Debug, Clone, PartialEq)]
pub struct Participant {
    /// The name shown.
    pub name: String,
    /// The last part of their page's address, unique on the roster.
    pub slug: String,
    /// Their blog's front page, where the feed is looked for when `feed` is absent.
    pub blog: Option<Url>,
    /// Their feed, where looking for it should not guess.
    pub feed: Option<Url>,
    /// Groups they belong to ("UK", "health").
    pub groups: Vec<String>,
    /// Whether only the first words of their posts are shown, also where the planet shows whole posts.
    pub excerpt_only: bool,
}

impl Participant {
    /// The address that was registered: the feed where it is given, else the blog.
    ///
    /// It identifies the subscription when a participant is renamed. The roster refuses a participant with neither.
    pub fn address(&self) -> Option<&Url> {
        self.feed.as_ref().or(self.blog.as_ref())
    }
}

/// The last part of a page's address for a name: lower-case letters and digits of any script, joined by hyphens.
pub fn slug_of(name: &str) -> String {
    let mut slug = String::new();
    for character in name.chars().flat_map(char::to_lowercase) {
        if character.is_alphanumeric() {
            slug.push(character);
        } else if !slug.is_empty() && !slug.ends_with('-') && character != '\'' && character != '’'
        {
            slug.push('-');
        }
    }
    slug.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::slug_of;

    #[test]
    fn a_slug_keeps_letters_and_digits_of_any_script() {
        assert_eq!(slug_of("A Librarian"), "a-librarian");
        assert_eq!(slug_of("  Siân O'Brien (UK) "), "siân-obrien-uk");
        assert_eq!(slug_of("図書館 23"), "図書館-23");
        assert_eq!(slug_of("///"), "");
    }
}
