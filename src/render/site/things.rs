//! The first page, the list of Things and the page of one.

use std::collections::BTreeMap;

use jiff::Span;
use jiff::civil::Date;
use url::form_urlencoded;

use super::super::tongue;
use super::super::views::{
    DayView, HomeView, NavLink, Pager, PostView, Section, Stage, ThingLink, ThingRow, ThingView,
    ThingsView, TopicView, WeekView,
};
use super::super::words;
use super::{Site, Tally, web_href};
use crate::model::{Author, Entry, Thing};

/// Days for which the last Things of a course without a last day are on.
const ON_DAYS: i32 = 28;

/// Which of a Thing's posts are shown, in which order, and what else its page tells.
#[derive(Debug, Clone, Default)]
pub struct Choice<'a> {
    /// The topic that they mention, where one is chosen.
    pub topic: Option<&'a str>,
    /// Whether the oldest come first.
    pub is_oldest_first: bool,
    /// Whether this is not the first page.
    pub is_later_page: bool,
    /// Where the next page begins, as its address says it, if there is one.
    pub next: Option<String>,
    /// The topics that posts on the Thing mention, with how many do.
    pub topics: Vec<(String, u64)>,
    /// Who has not posted on it yet, where that is shown.
    pub missing: Option<Vec<Author>>,
}

impl Site<'_> {
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
        let is_first = pager.newest.is_none();
        let title = if is_first {
            self.words().frame.newest
        } else {
            self.words().things.older
        };
        let weeks = self.weeks(tallies);
        let now = weeks.iter().flat_map(|week| &week.things);
        let now = now.filter(|thing| is_first && thing.is_now).cloned();
        HomeView {
            frame: self.frame(Section::Home, title, "/"),
            stage,
            participants: self.count(participants, &self.words().frame.participant),
            days: self.by_day(posts),
            now: now.collect(),
            pager,
            weeks,
        }
    }

    /// The page of all Things.
    pub fn things(&self, tallies: &BTreeMap<u16, Tally>) -> ThingsView {
        let title = self.units();
        ThingsView {
            frame: self.frame(Section::Things, &title, "/things"),
            weeks: self.weeks(tallies),
        }
    }

    /// The page of one Thing.
    pub fn thing(
        &self,
        thing: &Thing,
        tally: Tally,
        posts: &[Entry],
        choice: &Choice<'_>,
    ) -> ThingView {
        let row = self.thing_row(thing, tally, tally.posts);
        let words = &self.words().things;
        let title = match (choice.topic, row.link.title.as_str()) {
            (Some(topic), _) => {
                let gaps = [("thing", row.link.label.as_str()), ("topic", topic)];
                tongue::with(words.on_topic, &gaps)
            }
            (None, "") => row.link.label.clone(),
            (None, title) => format!("{}: {title}", row.link.label),
        };
        let path = format!("/things/{}", thing.number);
        let mut frame = self.frame(Section::Things, &title, &path);
        frame.feeds.insert(0, row.feed.clone());
        let things = &self.course.things;
        let before = things.iter().rev().find(|it| it.number < thing.number);
        let after = things.iter().find(|it| it.number > thing.number);
        // Nobody is late for what has not begun.
        let missing = choice.missing.as_ref().filter(|_| row.is_open);
        ThingView {
            frame,
            thing: row,
            brief: thing.brief.as_ref().and_then(web_href),
            topic: choice.topic.map(str::to_owned),
            topics: self.topics(thing, tally, choice),
            orders: self.orders(thing, choice),
            missing_count: missing
                .map(|people| self.count(people.len() as u64, &self.words().frame.participant)),
            missing: missing.map(|people| people.iter().map(|it| self.person(it)).collect()),
            posts: posts.iter().map(|post| self.post(post)).collect(),
            pager: self.pages(thing, choice),
            previous: before.map(|thing| self.thing_link(thing)),
            next: after.map(|thing| self.thing_link(thing)),
        }
    }

    /// The ways to the posts on each topic and back to all of them; none where no post mentions any.
    fn topics(&self, thing: &Thing, tally: Tally, choice: &Choice<'_>) -> Vec<TopicView> {
        if choice.topics.is_empty() {
            return Vec::new();
        }
        let view = |text: &str, topic: Option<&str>, posts: u64| TopicView {
            text: text.to_owned(),
            href: self.thing_href(thing, topic, choice.is_oldest_first, None),
            count: tongue::grouped(posts, self.course.rules.language),
            is_current: choice.topic == topic,
        };
        let all = view(self.words().things.all_topics, None, tally.posts);
        let each = choice.topics.iter();
        let each = each.map(|(topic, posts)| view(topic, Some(topic), *posts));
        std::iter::once(all).chain(each).collect()
    }

    fn orders(&self, thing: &Thing, choice: &Choice<'_>) -> Vec<NavLink> {
        let words = &self.words().things;
        let link = |text: &str, is_oldest: bool| NavLink {
            text: text.to_owned(),
            href: self.thing_href(thing, choice.topic, is_oldest, None),
            current: (choice.is_oldest_first == is_oldest).then_some("true"),
        };
        vec![
            link(words.newest_first, false),
            link(words.oldest_first, true),
        ]
    }

    fn pages(&self, thing: &Thing, choice: &Choice<'_>) -> Pager {
        let href = |from| self.thing_href(thing, choice.topic, choice.is_oldest_first, from);
        Pager {
            older: choice.next.as_deref().map(|from| href(Some(from))),
            newest: choice.is_later_page.then(|| href(None)),
            is_oldest_first: choice.is_oldest_first,
        }
    }

    /// The address of some of a Thing's posts. What is as it is by default stays away, so that each page has one.
    fn thing_href(
        &self,
        thing: &Thing,
        topic: Option<&str>,
        is_oldest_first: bool,
        from: Option<&str>,
    ) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        if let Some(topic) = topic {
            query.append_pair("topic", topic);
        }
        if is_oldest_first {
            query.append_pair("order", "oldest");
        }
        if let Some(from) = from {
            query.append_pair(if is_oldest_first { "after" } else { "before" }, from);
        }
        let (path, query) = (format!("/things/{}", thing.number), query.finish());
        if query.is_empty() {
            self.href(&path)
        } else {
            self.href(&format!("{path}?{query}"))
        }
    }

    /// The posts under the day on which each was published.
    fn by_day(&self, posts: &[Entry]) -> Vec<DayView> {
        let mut days: Vec<DayView> = Vec::new();
        for post in posts {
            let day = words::date_of(post.published_at, &self.course.timezone);
            let (day, post): (_, PostView) = (self.date(day), self.post_in_short(post));
            match days.iter_mut().rfind(|it| it.day == day) {
                Some(known) => known.posts.push(post),
                None => days.push(DayView {
                    day,
                    posts: vec![post],
                }),
            }
        }
        days
    }

    fn weeks(&self, tallies: &BTreeMap<u16, Tally>) -> Vec<WeekView> {
        let most = tallies.values().map(|tally| tally.posts).max();
        self.course
            .things
            .chunk_by(|one, next| one.week == next.week)
            .map(|things| WeekView {
                week: things[0].week,
                things: things
                    .iter()
                    .map(|thing| {
                        let tally = tallies.get(&thing.number).copied().unwrap_or_default();
                        self.thing_row(thing, tally, most.unwrap_or_default())
                    })
                    .collect(),
            })
            .collect()
    }

    /// A Thing with its figures; `most` is how many posts the Thing with the most of them has.
    fn thing_row(&self, thing: &Thing, tally: Tally, most: u64) -> ThingRow {
        let today = words::date_of(self.now, &self.course.timezone);
        let link = self.thing_link(thing);
        let frame = &self.words().frame;
        let of_thing = |words| tongue::with(words, &[("thing", &link.label)]);
        let words = &self.words().things;
        let feed = self.feed_link(
            &of_thing(words.feed_title),
            &format!("/things/{}/feed.atom", thing.number),
        );
        ThingRow {
            week: thing.week,
            opens: thing.opens.map(|day| self.date(day)),
            is_open: thing.opens.is_none_or(|opens| opens <= today),
            is_now: thing.opens.is_some_and(|opens| self.is_on(opens, today)),
            post_count: tally.posts,
            posts: self.count(tally.posts, &frame.post),
            participants: self.count(tally.participants, &words.by_people),
            share: (tally.posts * 100).checked_div(most).unwrap_or_default(),
            feed,
            link,
        }
    }

    /// Whether Things that opened on this day are the ones that the course is at: the last to have opened, until the next
    /// ones do or the course is over.
    fn is_on(&self, opens: Date, today: Date) -> bool {
        let days = self.course.things.iter().filter_map(|thing| thing.opens);
        let last = days.filter(|day| *day <= today).max();
        let end = self.course.closes;
        let end = end.or_else(|| opens.checked_add(Span::new().days(ON_DAYS)).ok());
        last == Some(opens) && end.is_none_or(|end| today <= end)
    }

    pub(super) fn thing_link(&self, thing: &Thing) -> ThingLink {
        ThingLink {
            number: thing.number,
            label: format!("{} {}", self.course.unit, thing.number),
            title: thing.title.clone(),
            href: self.href(&format!("/things/{}", thing.number)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::sample::{NOW, Sample};
    use super::*;

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
            site.thing_row(&sample.course.things[3], Tally::default(), 0)
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
                .thing(thing, Tally::default(), &[], &Choice::default());
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
    fn posts_stand_under_their_day_in_the_zone_of_the_course() {
        let mut sample = Sample::full();
        sample.course.timezone = jiff::tz::TimeZone::get("Pacific/Auckland").unwrap();
        for (entry, time) in sample.entries.iter_mut().zip([
            "2011-07-20T12:30:00Z",
            "2011-07-20T12:00:00Z",
            "2011-07-20T11:59:00Z",
        ]) {
            entry.published_at = time.parse().unwrap();
        }
        let view = sample
            .site()
            .home(3, true, &BTreeMap::new(), &sample.entries, Pager::default());
        let days: Vec<_> = view
            .days
            .iter()
            .map(|it| (it.day.datetime.as_str(), it.posts.len()))
            .collect();
        assert_eq!(days, [("2011-07-21", 2), ("2011-07-20", 1)]);
    }

    #[test]
    fn the_things_that_opened_last_are_on_until_the_next_ones_or_the_end() {
        let mut sample = Sample::full();
        let on = |sample: &Sample, day: &str| -> Vec<u16> {
            let now = format!("{day}T12:00:00Z").parse().unwrap();
            let site = Site::new(&sample.course, &sample.planet, now, None);
            let view = site.home(3, true, &BTreeMap::new(), &[], Pager::default());
            view.now.iter().map(|thing| thing.link.number).collect()
        };
        assert_eq!(on(&sample, "2011-06-19"), [0; 0]);
        assert_eq!(on(&sample, "2011-07-17"), [1, 2]);
        assert_eq!(on(&sample, "2011-07-18"), [6]);
        assert_eq!(on(&sample, "2011-08-22"), [8]);
        assert_eq!(
            on(&sample, "2011-08-23"),
            [0; 0],
            "four weeks are enough for the last"
        );
        sample.course.closes = Some(jiff::civil::date(2011, 8, 20));
        assert_eq!(on(&sample, "2011-08-20"), [8]);
        assert_eq!(on(&sample, "2011-08-21"), [0; 0]);
    }

    #[test]
    fn each_choice_of_a_things_posts_has_one_address() {
        let sample = Sample::full();
        let view = |topic, is_oldest_first, is_later_page| {
            let choice = Choice {
                topic,
                is_oldest_first,
                is_later_page,
                next: Some("5-7".to_owned()),
                topics: vec![("C&A + 図".to_owned(), 1_204), ("LinkedIn".to_owned(), 2)],
                missing: None,
            };
            let thing = &sample.course.things[2];
            let view = sample.site().thing(thing, Tally::default(), &[], &choice);
            let orders: Vec<String> = view.orders.iter().map(|it| it.href.clone()).collect();
            let topics: Vec<String> = view.topics.iter().map(|it| it.href.clone()).collect();
            (
                orders,
                topics,
                view.pager.older.unwrap(),
                view.pager.newest,
                view.frame.canonical,
            )
        };
        let (orders, topics, older, newest, canonical) = view(None, false, false);
        assert_eq!(orders, ["/things/6", "/things/6?order=oldest"]);
        let encoded = "/things/6?topic=C%26A+%2B+%E5%9B%B3";
        assert_eq!(topics, ["/things/6", encoded, "/things/6?topic=LinkedIn"]);
        assert_eq!((older.as_str(), newest), ("/things/6?before=5-7", None));
        assert_eq!(canonical, "http://127.0.0.1:8023/things/6");
        let (orders, topics, older, newest, _) = view(Some("LinkedIn"), true, true);
        assert_eq!(orders[0], "/things/6?topic=LinkedIn");
        assert_eq!(topics[0], "/things/6?order=oldest");
        assert_eq!(older, "/things/6?topic=LinkedIn&order=oldest&after=5-7");
        assert_eq!(
            newest.as_deref(),
            Some("/things/6?topic=LinkedIn&order=oldest")
        );
    }
}
