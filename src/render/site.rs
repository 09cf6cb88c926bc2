//! From the words of the house to what a page shows.
//!
//! [`Site`] fills the views of `views` with model values: names, addresses, dates in the course's zone, counts in
//! words. It is pure: it knows of no template, no store and no clock.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use url::Url;

use super::views::{
    AboutView, Body, Contact, FeedLink, Frame, HealthView, HomeView, Link, NavLink, OddPostView,
    Pager, ParticipantRow, ParticipantView, ParticipantsView, PersonLink, PostLink, PostView,
    ProblemView, ProgressCell, ProgressColumn, ProgressRow, ProgressView, Section, Stage,
    StatusCount, StatusRow, StatusView, TagView, ThingDone, ThingLink, ThingRow, ThingView,
    ThingsView, WeekView, When,
};
use super::{older, words};
use crate::model::{
    Author, ContentPolicy, Course, Entry, Feed, Health, OddPost, Participant, PlanetSettings,
    PollSettings, TagState, Thing, one_line,
};

/// Odd posts that the status page names of one blog.
const ODD_POSTS_MAX: usize = 3;
/// That many posts came at once is told for so long.
const FLOOD_IS_NEWS: SignedDuration = SignedDuration::from_hours(30 * 24);

/// What every view is made from: the course, the planet's settings and the moment of writing.
#[derive(Debug, Clone)]
pub struct Site<'a> {
    course: &'a Course,
    planet: &'a PlanetSettings,
    now: Timestamp,
    notice: Option<String>,
    base: String,
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
    /// The Thing's number; nothing where no Thing was recognised.
    pub thing: Option<u16>,
    /// The post's title, possibly empty.
    pub title: String,
    /// The post's address.
    pub url: Option<Url>,
    /// When it was published.
    pub published_at: Timestamp,
}

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
        }
    }

    /// The frame of a page with this title at this path, which begins with a slash.
    pub fn frame(&self, section: Section, title: &str, path: &str) -> Frame {
        Frame {
            course: self.course.name.clone(),
            course_href: self.course.home.as_ref().and_then(web_href),
            unit: self.course.unit.clone(),
            units: words::plural(&self.course.unit),
            base: self.base.clone(),
            title: one_line(title),
            canonical: self.absolute(path),
            section,
            nav: self.nav(section, path),
            feeds: vec![self.feed_link(&format!("{}: all posts", self.course.name), "/feed.atom")],
            contact: self.planet.contact.as_deref().and_then(contact_of),
            notice: self.notice.clone(),
        }
    }

    /// The first page. `participants` is how many are on the roster, `polled` whether any blog has been asked.
    pub fn home(
        &self,
        participants: u64,
        polled: bool,
        tallies: &BTreeMap<u16, Tally>,
        posts: &[Entry],
        pager: Pager,
    ) -> HomeView {
        let stage = match (participants, polled) {
            _ if !posts.is_empty() => Stage::Posts,
            (0, _) => Stage::NoParticipants,
            (_, false) => Stage::NotPolled,
            (_, true) => Stage::NoPosts,
        };
        let title = if pager.newest.is_some() {
            "Older posts"
        } else {
            "Newest posts"
        };
        HomeView {
            frame: self.frame(Section::Home, title, "/"),
            stage,
            participants: words::count(participants, "participant"),
            posts: posts.iter().map(|post| self.post_in_short(post)).collect(),
            pager,
            weeks: self.weeks(tallies),
        }
    }

    /// The page of all Things.
    pub fn things(&self, tallies: &BTreeMap<u16, Tally>) -> ThingsView {
        let title = words::plural(&self.course.unit);
        ThingsView {
            frame: self.frame(Section::Things, &title, "/things"),
            weeks: self.weeks(tallies),
        }
    }

    /// The page of one Thing.
    pub fn thing(&self, thing: &Thing, tally: Tally, posts: &[Entry], pager: Pager) -> ThingView {
        let row = self.thing_row(thing, tally);
        let title = match row.link.title.as_str() {
            "" => row.link.label.clone(),
            title => format!("{}: {title}", row.link.label),
        };
        let path = format!("/things/{}", thing.number);
        let mut frame = self.frame(Section::Things, &title, &path);
        frame.feeds.insert(0, row.feed.clone());
        let things = &self.course.things;
        let before = things.iter().rev().find(|it| it.number < thing.number);
        let after = things.iter().find(|it| it.number > thing.number);
        ThingView {
            frame,
            thing: row,
            brief: thing.brief.as_ref().and_then(web_href),
            posts: posts.iter().map(|post| self.post(post)).collect(),
            pager,
            previous: before.map(|thing| self.thing_link(thing)),
            next: after.map(|thing| self.thing_link(thing)),
        }
    }

    /// The page of all participants, in the order given.
    pub fn participants(&self, participants: Vec<ParticipantRow>) -> ParticipantsView {
        ParticipantsView {
            frame: self.frame(Section::Participants, "Participants", "/participants"),
            count: words::count(participants.len() as u64, "participant"),
            thing_count: self.course.things.len(),
            participants,
        }
    }

    /// One participant in a list. Without a feed they count as new.
    pub fn participant_row(
        &self,
        participant: &Participant,
        feed: Option<&Feed>,
        post_count: u64,
        thing_count: u64,
    ) -> ParticipantRow {
        let site_url = feed.and_then(|feed| feed.owner.site_url.as_ref());
        let health = feed.map_or(Health::New, |feed| feed.health(self.now));
        ParticipantRow {
            name: participant.name.clone(),
            href: self.person_href(&participant.slug),
            blog: participant.blog.as_ref().or(site_url).and_then(web_link),
            groups: participant.groups.clone(),
            post_count,
            thing_count,
            health: self.health(&health),
        }
    }

    /// The page of one participant. `posted` is all they have posted, `posts` those of this page, `odd` those in which
    /// something is odd, newest first.
    pub fn participant(
        &self,
        participant: &Participant,
        feed: Option<&Feed>,
        odd: &[OddPost],
        posted: &[Posted],
        posts: &[Entry],
        pager: Pager,
    ) -> ParticipantView {
        let post_count = feed.map_or(0, |feed| feed.entry_count);
        let path = format!("/participants/{}", participant.slug);
        let mut frame = self.frame(Section::Participants, &participant.name, &path);
        let own_feed = self.feed_link(
            &format!("Posts by {}", participant.name),
            &format!("{path}/feed.atom"),
        );
        frame.feeds.insert(0, own_feed.clone());
        let things = self.things_done(posted);
        let done = things.iter().filter(|it| !it.posts.is_empty()).count();
        ParticipantView {
            frame,
            who: self.participant_row(participant, feed, post_count, done as u64),
            done: format!(
                "{done} of {}, {}",
                words::count(things.len() as u64, &self.course.unit),
                words::count(post_count, "post")
            ),
            feed: own_feed,
            source: feed.and_then(source_of),
            polled: feed
                .and_then(|feed| feed.polled_at)
                .map(|at| self.minute(at)),
            next_poll: feed.and_then(|feed| self.next_poll(feed)),
            problems: feed.map(|feed| feed.problems.clone()).unwrap_or_default(),
            odd_posts: odd.iter().map(|post| self.odd_post(post)).collect(),
            flood: feed.and_then(|feed| self.flood(feed)),
            things,
            unrecognised: self.posted_on(None, posted),
            posts: posts.iter().map(|post| self.post_in_short(post)).collect(),
            pager,
        }
    }

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

    /// The page on how the feeds fare, the worst first, with the posts in which something is odd.
    pub fn status(&self, feeds: &[Feed], odd: &[OddPost]) -> StatusView {
        let mut theirs: BTreeMap<&str, Vec<&OddPost>> = BTreeMap::new();
        for post in odd {
            theirs.entry(&post.slug).or_default().push(post);
        }
        let mut feeds: Vec<StatusRow> = feeds
            .iter()
            .map(|feed| self.status_row(feed, theirs.remove(feed.owner.slug.as_str())))
            .collect();
        feeds.sort_by_cached_key(|row| (rank(row.health.state), row.who.name.to_lowercase()));
        StatusView {
            frame: self.frame(Section::Status, "Status", "/status"),
            summary: summary(&feeds),
            feeds,
            awaits_retag: false,
            offline_since: None,
            written: self.minute(self.now),
            zone: self.course.timezone.iana_name().map(str::to_owned),
        }
    }

    /// A moment to the minute, as pages show it.
    pub fn when(&self, time: Timestamp) -> When {
        self.minute(time)
    }

    /// The page on what the planet is.
    pub fn about(&self, user_agent: &str, poll: &PollSettings) -> AboutView {
        AboutView {
            frame: self.frame(Section::About, "About this planet", "/about"),
            user_agent: user_agent.to_owned(),
            every: every(poll.every_minutes),
            shows_full: self.planet.content == ContentPolicy::Full,
        }
    }

    /// A page that says what is wrong and what to do, with the ways to the other pages.
    pub fn problem(&self, heading: &str, sentence: &str, advice: &str) -> ProblemView {
        let units = words::plural(&self.course.unit);
        let links = [
            ("Newest posts", "/"),
            (units.as_str(), "/things"),
            ("Participants", "/participants"),
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

    fn nav(&self, section: Section, path: &str) -> Vec<NavLink> {
        let units = words::plural(&self.course.unit);
        let links = [
            (Section::Home, "Newest posts", "/"),
            (Section::Things, units.as_str(), "/things"),
            (Section::Participants, "Participants", "/participants"),
            (Section::Progress, "Progress", "/progress"),
            (Section::Status, "Status", "/status"),
            (Section::About, "About", "/about"),
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

    fn weeks(&self, tallies: &BTreeMap<u16, Tally>) -> Vec<WeekView> {
        self.course
            .things
            .chunk_by(|one, next| one.week == next.week)
            .map(|things| WeekView {
                week: things[0].week,
                things: things
                    .iter()
                    .map(|thing| {
                        let tally = tallies.get(&thing.number).copied().unwrap_or_default();
                        self.thing_row(thing, tally)
                    })
                    .collect(),
            })
            .collect()
    }

    fn thing_row(&self, thing: &Thing, tally: Tally) -> ThingRow {
        let today = words::date_of(self.now, &self.course.timezone);
        let link = self.thing_link(thing);
        let feed = self.feed_link(
            &format!("Posts on {}", link.label),
            &format!("/things/{}/feed.atom", thing.number),
        );
        ThingRow {
            link,
            week: thing.week,
            opens: thing.opens.map(date),
            is_open: thing.opens.is_none_or(|opens| opens <= today),
            post_count: tally.posts,
            posts: words::count(tally.posts, "post"),
            participants: words::count(tally.participants, "participant"),
            feed,
        }
    }

    fn thing_link(&self, thing: &Thing) -> ThingLink {
        ThingLink {
            number: thing.number,
            label: format!("{} {}", self.course.unit, thing.number),
            title: thing.title.clone(),
            href: self.href(&format!("/things/{}", thing.number)),
        }
    }

    /// A post with as much of its text as its author and the planet allow.
    fn post(&self, entry: &Entry) -> PostView {
        let short = entry.author.excerpt_only || self.planet.content == ContentPolicy::Excerpt;
        if short || entry.html.is_empty() {
            return self.post_in_short(entry);
        }
        PostView {
            body: Body::Full(entry.html.clone()),
            ..self.post_in_short(entry)
        }
    }

    /// A post with its first words only.
    fn post_in_short(&self, entry: &Entry) -> PostView {
        let byline = one_line(&entry.byline);
        let published = self.day(entry.published_at);
        let updated = self.day(entry.updated_at);
        PostView {
            title: one_line(&entry.shown_title()),
            href: entry.url.as_ref().and_then(web_href),
            author: self.person(&entry.author),
            byline: (!byline.is_empty() && byline != entry.author.name).then_some(byline),
            updated: (updated.words != published.words).then_some(updated),
            published,
            tags: self.tags(entry),
            body: Body::Excerpt(entry.excerpt()),
        }
    }

    fn tags(&self, entry: &Entry) -> Vec<TagView> {
        entry
            .tags
            .iter()
            .filter(|tag| tag.state == TagState::Tagged)
            .filter_map(|tag| {
                Some(TagView {
                    thing: self.thing_link(self.course.thing(tag.thing)?),
                    evidence: one_line(&tag.evidence.sentence()),
                })
            })
            .collect()
    }

    fn person(&self, author: &Author) -> PersonLink {
        PersonLink {
            name: author.name.clone(),
            href: self.person_href(&author.slug),
        }
    }

    fn person_href(&self, slug: &str) -> String {
        self.href(&format!("/participants/{slug}"))
    }

    fn things_done(&self, posted: &[Posted]) -> Vec<ThingDone> {
        self.course
            .things
            .iter()
            .map(|thing| ThingDone {
                thing: self.thing_link(thing),
                posts: self.posted_on(Some(thing.number), posted),
            })
            .collect()
    }

    fn posted_on(&self, thing: Option<u16>, posted: &[Posted]) -> Vec<PostLink> {
        posted
            .iter()
            .filter(|post| post.thing == thing)
            .map(|post| PostLink {
                title: title_of(&post.title),
                href: post.url.as_ref().and_then(web_href),
                published: self.day(post.published_at),
            })
            .collect()
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

    fn status_row(&self, feed: &Feed, odd: Option<Vec<&OddPost>>) -> StatusRow {
        let mut odd = odd.unwrap_or_default();
        odd.sort_by_key(|post| std::cmp::Reverse(post.published_at));
        let more = odd.len().saturating_sub(ODD_POSTS_MAX) as u64;
        StatusRow {
            who: self.person(&feed.owner),
            source: source_of(feed),
            health: self.health(&feed.health(self.now)),
            polled: feed.polled_at.map(|at| self.minute(at)),
            next_poll: self.next_poll(feed),
            held_until: feed
                .held_until
                .filter(|until| *until > self.now)
                .map(|until| self.minute(until)),
            problems: feed.problems.clone(),
            odd_posts: odd
                .into_iter()
                .take(ODD_POSTS_MAX)
                .map(|post| self.odd_post(post))
                .collect(),
            more_odd_posts: (more > 0).then(|| words::count(more, "more post")),
            flood: self.flood(feed),
            read_back: feed
                .read_back
                .as_ref()
                .and_then(|back| older::sentence(back, &self.course.timezone)),
        }
    }

    fn odd_post(&self, post: &OddPost) -> OddPostView {
        OddPostView {
            post: PostLink {
                title: title_of(&post.title),
                href: post.url.as_ref().and_then(web_href),
                published: self.day(post.published_at),
            },
            problems: post.problems.clone(),
        }
    }

    /// That many posts came at once, as long as that is news.
    fn flood(&self, feed: &Feed) -> Option<String> {
        let (at, flood) = feed.flood?;
        let lately = self.now.duration_since(at) <= FLOOD_IS_NEWS;
        let posts = words::count(u64::from(flood.count), "post");
        let day = words::day_of(at, &self.course.timezone);
        lately.then(|| {
            format!(
                "{posts} arrived at once on {day}; {} are on the front page, the others only here and with their {}.",
                flood.shown,
                words::plural(&self.course.unit)
            )
        })
    }

    /// When a feed is asked again; never for one that is gone.
    fn next_poll(&self, feed: &Feed) -> Option<When> {
        let at = feed.next_poll_at.filter(|_| !feed.gone)?;
        Some(self.minute(at))
    }

    fn health(&self, health: &Health) -> HealthView {
        let (state, words) = state_of(health);
        let since = match health {
            Health::Quiet { since } => since.map(|since| self.day(since)),
            Health::Failing(failure) | Health::Blocked(failure) => Some(self.day(failure.since)),
            Health::Paused { until } => Some(self.minute(*until)),
            _ => None,
        };
        let cause = match health {
            Health::Failing(failure) | Health::Blocked(failure) => Some(one_line(&failure.cause)),
            Health::Gone => Some("Its host says that the blog is gone for good.".to_owned()),
            _ => None,
        };
        let advice = match health {
            Health::New => Some("It will be asked soon; nothing needs doing."),
            Health::Paused { .. } => Some(
                "Its host, or the platform that it lives on, asked for this; it is asked again by itself.",
            ),
            Health::Gone => Some(
                "If the blog has moved, tell the organisers its new address, so that they put it in feeds.toml.",
            ),
            _ => None,
        };
        HealthView {
            state,
            words,
            since,
            cause,
            advice,
        }
    }

    fn feed_link(&self, title: &str, path: &str) -> FeedLink {
        FeedLink {
            title: one_line(title),
            href: self.href(path),
            url: self.absolute(path),
            kind: "application/atom+xml",
        }
    }

    fn href(&self, path: &str) -> String {
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
            words: words::day_of(time, &self.course.timezone),
        }
    }

    fn minute(&self, time: Timestamp) -> When {
        When {
            datetime: words::machine(time, &self.course.timezone),
            words: words::minute_of(time, &self.course.timezone),
        }
    }
}

fn date(day: Date) -> When {
    When {
        datetime: day.to_string(),
        words: words::day(day),
    }
}

fn title_of(title: &str) -> String {
    match one_line(title) {
        title if title.is_empty() => "Untitled post".to_owned(),
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

fn every(minutes: u32) -> String {
    match (minutes / 60, minutes % 60) {
        (1, 0) => "once an hour".to_owned(),
        (24, 0) => "once a day".to_owned(),
        (hours, 0) => format!("once in {hours} hours"),
        _ => format!("once in {minutes} minutes"),
    }
}

fn state_of(health: &Health) -> (&'static str, &'static str) {
    match health {
        Health::New => ("new", "not asked yet"),
        Health::Waiting => ("waiting", "no answer yet"),
        Health::Paused { .. } => ("paused", "paused until"),
        Health::Ok => ("ok", "ok"),
        Health::Quiet { since: Some(_) } => ("quiet", "quiet since"),
        Health::Quiet { since: None } => ("quiet", "no posts yet"),
        Health::Failing(_) => ("failing", "failing since"),
        Health::Blocked(_) => ("blocked", "blocked by bot protection since"),
        Health::Gone => ("gone", "gone"),
    }
}

/// The states in the order in which they want attention, each with what it is called in a summary.
const STATES: [(&str, &str); 8] = [
    ("failing", "failing"),
    ("blocked", "blocked by bot protection"),
    ("gone", "gone"),
    ("paused", "paused"),
    ("waiting", "no answer yet"),
    ("new", "not asked yet"),
    ("quiet", "quiet"),
    ("ok", "ok"),
];

fn rank(state: &str) -> usize {
    STATES
        .iter()
        .position(|(name, _)| *name == state)
        .unwrap_or(STATES.len())
}

fn summary(feeds: &[StatusRow]) -> Vec<StatusCount> {
    let count = |state: &str| feeds.iter().filter(|row| row.health.state == state).count() as u64;
    STATES
        .into_iter()
        .filter(|(state, _)| count(state) > 0)
        .map(|(state, words)| StatusCount {
            state,
            words,
            count: words::count(count(state), "blog"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::sample::{NOW, Sample};
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
            assert_eq!(every(minutes), words);
        }
    }

    #[test]
    fn the_worst_feeds_come_first() {
        let sample = Sample::full();
        let view = sample.site().status(&sample.feeds, &sample.odd_posts());
        let states: Vec<&str> = view.feeds.iter().map(|row| row.health.state).collect();
        assert_eq!(
            states,
            ["failing", "blocked", "gone", "paused", "new", "quiet", "ok"]
        );
        assert_eq!(view.summary[0].count, "1 blog");
        assert!(
            view.feeds[2].next_poll.is_none(),
            "who is gone is not asked"
        );
    }

    #[test]
    fn things_are_grouped_by_week_and_open_on_their_day() {
        let sample = Sample::full();
        let view = sample.site().things(&BTreeMap::new());
        let weeks: Vec<Option<u16>> = view.weeks.iter().map(|week| week.week).collect();
        assert_eq!(weeks, [Some(1), Some(5), Some(6), None]);
        assert!(view.weeks[1].things[0].is_open);
        assert!(!view.weeks[2].things[0].is_open);
        assert!(
            view.weeks[3].things[0].is_open,
            "a Thing without a day is open"
        );
    }

    #[test]
    fn a_thing_opens_at_midnight_of_the_course() {
        let mut sample = Sample::full();
        sample.course.timezone = jiff::tz::TimeZone::get("Pacific/Auckland").unwrap();
        sample.course.things[3].opens = Some(jiff::civil::date(2011, 7, 22));
        let evening = NOW + jiff::SignedDuration::from_hours(2);
        let is_open = |now| {
            let site = Site::new(&sample.course, &sample.planet, now, None);
            site.thing_row(&sample.course.things[3], Tally::default())
                .is_open
        };
        assert!(!is_open(NOW));
        assert!(is_open(evening));
    }

    #[test]
    fn a_thing_knows_its_neighbours() {
        let sample = Sample::full();
        let view = |at: usize| {
            let thing = &sample.course.things[at];
            let view = sample
                .site()
                .thing(thing, Tally::default(), &[], Pager::default());
            (
                view.previous.map(|it| it.number),
                view.next.map(|it| it.number),
            )
        };
        assert_eq!(view(0), (None, Some(2)));
        assert_eq!(view(2), (Some(2), Some(8)));
        assert_eq!(view(4), (Some(8), None));
    }

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

    #[test]
    fn a_participant_sees_what_is_done_and_what_was_not_recognised() {
        let sample = Sample::full();
        let (who, feed) = (&sample.participants[0], Some(&sample.feeds[0]));
        let view =
            sample
                .site()
                .participant(who, feed, &[], &sample.posted(), &[], Pager::default());
        let done: Vec<usize> = view.things.iter().map(|it| it.posts.len()).collect();
        assert_eq!(done, [1, 0, 2, 0, 0]);
        assert_eq!(view.unrecognised.len(), 1);
        assert_eq!(view.done, "2 of 5 Things, 3 posts");
    }

    #[test]
    fn an_empty_planet_says_how_far_it_has_come() {
        let sample = Sample::full();
        let stage = |participants, polled, posts: &[Entry]| {
            let view = sample.site().home(
                participants,
                polled,
                &BTreeMap::new(),
                posts,
                Pager::default(),
            );
            view.stage
        };
        assert_eq!(stage(0, false, &[]), Stage::NoParticipants);
        assert_eq!(stage(2, false, &[]), Stage::NotPolled);
        assert_eq!(stage(2, true, &[]), Stage::NoPosts);
        assert_eq!(stage(0, true, &sample.entries), Stage::Posts);
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
