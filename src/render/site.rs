//! From the words of the house to what a page shows.
//!
//! [`Site`] fills the views of `views` with model values: names, addresses, dates in the course's zone, counts in
//! words. It is pure: it knows of no template, no store and no clock. What every page has stands here, and the rest
//! beside it, a file for each kind of page.

mod activity;
mod asked;
mod lists;
mod mark;
mod people;
mod posts;
mod progress;
mod rules;
mod search;
mod status;
mod things;
mod titles;
mod why;

use jiff::Timestamp;
use jiff::civil::Date;
use url::Url;

use super::tongue::about::About;
use super::tongue::{self, Noun, Words};
use super::views::{
    AboutView, Contact, FeedLink, Frame, Link, NavLink, ProblemView, Section, When,
};
use super::words;
use crate::model::{
    ContentPolicy, Course, EntryId, Feed, Language, PlanetSettings, PollSettings, Rest, one_line,
};

pub use asked::{Asked, Sort};
pub use posts::{Around, Near};
pub use progress::Progress;
pub use rules::Explainer;
pub use search::{BlogTitles, Finding, SearchPaths};
pub use things::Choice;
pub use titles::Titles;

/// What every view is made from: the course, the planet's settings and the moment of writing.
#[derive(Debug, Clone)]
pub struct Site<'a> {
    course: &'a Course,
    planet: &'a PlanetSettings,
    now: Timestamp,
    notice: Option<String>,
    base: String,
    live: bool,
    explainer: Option<&'a Explainer>,
    rests: Vec<Rest>,
}

/// Why a page cannot be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// There is none at this address.
    Missing,
    /// It is not for who asks.
    Closed,
    /// It takes nothing.
    Method,
    /// It takes less than was sent.
    Large,
    /// The address is too long.
    Long,
    /// A part of what was asked makes no sense.
    Unclear,
    /// Who asks does so too often.
    Often,
    /// It was not made in time.
    Busy,
    /// The fault is ours.
    Broken,
}

/// How much was posted on a Thing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Posts.
    pub posts: u64,
    /// Participants who wrote at least one of them.
    pub participants: u64,
}

/// One post on one Thing, as tables and lists need it; a post on two Things is two of these.
#[derive(Debug, Clone)]
pub struct Posted {
    /// Its number in the store.
    pub id: EntryId,
    /// The Thing's number; nothing where no Thing was recognised.
    pub thing: Option<u16>,
    /// Whether that Thing is only suggested.
    pub is_suggested: bool,
    /// The post's title, possibly empty.
    pub title: String,
    /// The post's address.
    pub url: Option<Url>,
    /// When it was published.
    pub published_at: Timestamp,
    /// When we saw it first, where its feed does not say so.
    pub seen_at: Option<Timestamp>,
}

impl<'a> Site<'a> {
    /// The site of this course as it is at this moment, with a sentence that is to stand on every page, if any.
    pub fn new(
        course: &'a Course,
        planet: &'a PlanetSettings,
        now: Timestamp,
        notice: Option<String>,
    ) -> Self {
        let base = Url::parse(&planet.base_url)
            .map(|url| url.path().trim_end_matches('/').to_owned())
            .unwrap_or_default();
        Self {
            course,
            planet,
            now,
            notice,
            base,
            live: true,
            explainer: None,
            rests: Vec::new(),
        }
    }

    /// The same with what explains posts in which nothing was recognised, so that it is not made for each of them.
    #[must_use]
    pub fn explaining(self, explainer: &'a Explainer) -> Self {
        Self {
            explainer: Some(explainer),
            ..self
        }
    }

    /// The same where it is known which platforms are left alone.
    #[must_use]
    pub fn resting(self, rests: Vec<Rest>) -> Self {
        Self { rests, ..self }
    }

    /// The same as files, without what wants a server.
    #[must_use]
    pub fn still(self) -> Self {
        Self {
            live: false,
            ..self
        }
    }

    /// The frame of a page with this title at this path, which begins with a slash.
    pub fn frame(&self, section: Section, title: &str, path: &str) -> Frame {
        let words = &self.words().frame;
        let all_posts = tongue::with(words.all_posts, &[("course", &self.course.name)]);
        Frame {
            lang: self.words().tag,
            words: tongue::for_templates(self.language()),
            course: self.course.name.clone(),
            course_href: self.course.home.as_ref().and_then(web_href),
            unit: self.course.unit.clone(),
            units: self.units(),
            base: self.base.clone(),
            title: one_line(title),
            canonical: self.absolute(path),
            robots: None,
            section,
            nav: self.nav(section, path),
            feeds: vec![self.feed_link(&all_posts, "/feed.atom")],
            contact: self.planet.contact.as_deref().and_then(contact_of),
            // Nobody answers a search among files.
            search: self.live.then(|| self.href("/search")),
            notice: self.notice.clone(),
        }
    }

    /// The page on what the planet is.
    pub fn about(&self, user_agent: &str, poll: &PollSettings) -> AboutView {
        AboutView {
            frame: self.frame(Section::About, self.words().about.title, "/about"),
            user_agent: user_agent.to_owned(),
            every: every(poll.every_minutes, &self.words().about),
            shows_full: self.planet.content == ContentPolicy::Full,
        }
    }

    /// A page that says what is wrong and what to do, with the ways to the other pages.
    pub fn problem(&self, heading: &str, sentence: &str, advice: &str) -> ProblemView {
        let (units, words) = (self.units(), &self.words().frame);
        let links = [
            (words.newest, "/"),
            (units.as_str(), "/things"),
            (words.participants, "/participants"),
        ];
        ProblemView {
            frame: self.frame(Section::Elsewhere, heading, "/"),
            heading: heading.to_owned(),
            sentence: sentence.to_owned(),
            advice: advice.to_owned(),
            links: links
                .into_iter()
                .map(|(text, path)| Link {
                    text: text.to_owned(),
                    href: self.href(path),
                })
                .collect(),
        }
    }

    /// The page that says what is wrong, in the planet's own words.
    pub fn trouble(&self, trouble: Trouble) -> ProblemView {
        let words = &self.words().problem;
        let said = match trouble {
            Trouble::Missing => words.missing,
            Trouble::Closed => words.closed,
            Trouble::Method => words.method,
            Trouble::Large => words.large,
            Trouble::Long => words.long,
            Trouble::Unclear => words.unclear,
            Trouble::Often => words.often,
            Trouble::Busy => words.busy,
            Trouble::Broken => words.broken,
        };
        self.problem(said.heading, said.sentence, said.advice)
    }

    /// A moment to the minute, as pages show it.
    pub fn when(&self, time: Timestamp) -> When {
        self.minute(time)
    }

    /// The language of the interface, which is the course's.
    pub(super) fn language(&self) -> Language {
        self.course.rules.language
    }

    /// The words of the interface in the course's language.
    pub(super) fn words(&self) -> &'static Words {
        tongue::words(self.language())
    }

    /// A number of something in the interface's language: `no posts`, `1,204 posts`.
    pub(super) fn count(&self, number: u64, noun: &Noun) -> String {
        tongue::count(number, noun, self.language())
    }

    /// A number of the course's Things in words: `no Things`, `1,204 Things`.
    pub(super) fn count_units(&self, number: u64) -> String {
        words::units(number, &self.course.unit, &self.units(), self.language())
    }

    /// What the course calls several of its Things.
    pub(super) fn units(&self) -> String {
        let plural = self.course.rules.plural.clone();
        plural.unwrap_or_else(|| words::plural(&self.course.unit))
    }

    fn nav(&self, section: Section, path: &str) -> Vec<NavLink> {
        let units = self.units();
        let words = &self.words().frame;
        let links = [
            (Section::Home, words.newest, "/"),
            (Section::Things, units.as_str(), "/things"),
            (Section::Participants, words.participants, "/participants"),
            (Section::Progress, words.progress, "/progress"),
            (Section::Status, words.status, "/status"),
            (Section::About, words.about, "/about"),
        ];
        links
            .into_iter()
            .map(|(of, text, to)| NavLink {
                text: text.to_owned(),
                href: self.href(to),
                current: (of == section).then_some(if to == path { "page" } else { "true" }),
            })
            .collect()
    }

    fn feed_link(&self, title: &str, path: &str) -> FeedLink {
        FeedLink {
            title: one_line(title),
            href: self.href(path),
            url: self.absolute(path),
            kind: "application/atom+xml",
        }
    }

    /// A path below the planet's address as a link, which counts for planets that stand below a path themselves.
    pub fn href(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// The absolute form of a path, percent-encoded so that it can be pasted anywhere.
    fn absolute(&self, path: &str) -> String {
        let plain = format!("{}{path}", self.planet.base_url.trim_end_matches('/'));
        Url::parse(&plain).map_or(plain, String::from)
    }

    fn day(&self, time: Timestamp) -> When {
        When {
            datetime: words::machine(time, &self.course.timezone),
            words: words::day_of(time, &self.course.timezone, self.language()),
        }
    }

    /// A day of the course.
    fn date(&self, day: Date) -> When {
        When {
            datetime: day.to_string(),
            words: words::day(day, self.language()),
        }
    }

    fn minute(&self, time: Timestamp) -> When {
        When {
            datetime: words::machine(time, &self.course.timezone),
            words: words::minute_of(time, &self.course.timezone, self.language()),
        }
    }
}

fn title_of(title: &str, words: &Words) -> String {
    match one_line(title) {
        title if title.is_empty() => words.people.untitled.to_owned(),
        title => title,
    }
}

/// An address for a link. Other schemes than http(s) should not come this far; none gets past here.
fn web_href(url: &Url) -> Option<String> {
    matches!(url.scheme(), "http" | "https").then(|| url.as_str().to_owned())
}

/// A link whose words are the address without what every address has.
fn web_link(url: &Url) -> Option<Link> {
    let href = web_href(url)?;
    let host = url.host_str()?;
    let path = url.path().trim_end_matches('/');
    let text = format!("{}{path}", host.strip_prefix("www.").unwrap_or(host));
    Some(Link { text, href })
}

fn source_of(feed: &Feed) -> Option<Link> {
    web_link(feed.feed_url.as_ref().unwrap_or(&feed.address))
}

fn contact_of(address: &str) -> Option<Contact> {
    let url = Url::parse(address).ok()?;
    let text = match url.scheme() {
        "mailto" => url.path().to_owned(),
        "http" | "https" => web_link(&url)?.text,
        _ => return None,
    };
    Some(Contact {
        href: address.to_owned(),
        text,
    })
}

fn every(minutes: u32, words: &About) -> String {
    let filled = |sentence, number: u32| tongue::with(sentence, &[("number", &number.to_string())]);
    match (minutes / 60, minutes % 60) {
        (1, 0) => words.hourly.to_owned(),
        (24, 0) => words.daily.to_owned(),
        (hours, 0) => filled(words.by_hours, hours),
        _ => filled(words.by_minutes, minutes),
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::Sample;
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn only_web_addresses_become_links() {
        assert_eq!(web_href(&url("javascript:alert(1)")), None);
        assert_eq!(web_href(&url("data:text/html,x")), None);
        assert_eq!(
            web_href(&url("https://a.example/\"><script>")).as_deref(),
            Some("https://a.example/%22%3E%3Cscript%3E")
        );
        assert!(contact_of("javascript:alert(1)").is_none());
        assert_eq!(
            contact_of("mailto:a@b.example").unwrap().text,
            "a@b.example"
        );
    }

    #[test]
    fn a_link_is_called_by_its_host_and_path() {
        let link = web_link(&url("https://www.blog.example/posts/?a=b")).unwrap();
        assert_eq!(link.text, "blog.example/posts");
    }

    #[test]
    fn the_pace_of_polling_reads_as_english() {
        for (minutes, words) in [
            (10, "once in 10 minutes"),
            (60, "once an hour"),
            (90, "once in 90 minutes"),
            (180, "once in 3 hours"),
            (1440, "once a day"),
        ] {
            let english = &tongue::words(Language::English).about;
            assert_eq!(every(minutes, english), words);
        }
    }

    #[test]
    fn an_absolute_address_can_be_pasted_anywhere() {
        let sample = Sample::full();
        let frame = sample
            .site()
            .frame(Section::Participants, "図書館", "/participants/図書館");
        assert_eq!(
            frame.canonical,
            "http://127.0.0.1:8023/participants/%E5%9B%B3%E6%9B%B8%E9%A4%A8"
        );
    }
}
