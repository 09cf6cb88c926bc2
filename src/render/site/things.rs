//! The first page, the list of Things and the page of one.

use std::collections::BTreeMap;

use super::super::views::{
    HomeView, Pager, Section, Stage, ThingLink, ThingRow, ThingView, ThingsView, WeekView,
};
use super::super::words;
use super::{Site, Tally, web_href};
use crate::model::{Entry, Thing};

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
        let title = if pager.newest.is_some() {
            "Older posts"
        } else {
            "Newest posts"
        };
        HomeView {
            frame: self.frame(Section::Home, title, "/"),
            stage,
            participants: self.count(participants, &self.words().frame.participant),
            posts: posts.iter().map(|post| self.post_in_short(post)).collect(),
            pager,
            weeks: self.weeks(tallies),
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
            opens: thing.opens.map(|day| self.date(day)),
            is_open: thing.opens.is_none_or(|opens| opens <= today),
            post_count: tally.posts,
            posts: self.count(tally.posts, &self.words().frame.post),
            participants: self.count(tally.participants, &self.words().frame.participant),
            feed,
        }
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
}
