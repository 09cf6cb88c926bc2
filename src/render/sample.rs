//! A made-up course that fills every page, so that a template can be tried before anyone reads it.
//!
//! Each page comes with much and with nothing to show, so that both sides of every condition are walked.

use std::collections::BTreeMap;

use jiff::civil::date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use minijinja::Value;
use minijinja::value::Serde;
use url::Url;

use super::site::{
    Around, Asked, BlogTitles, Choice, Finding, Near, Posted, Progress, SearchPaths, Site, Sort,
    Tally,
};
use super::views::Pager;
use crate::model::{
    Absence, Author, ContentPolicy, Course, Decision, Entry, EntryId, Evidence, Failure, Feed,
    FeedId, Flood, Kept, Moves, OddPost, Participant, Passage, Place, PlanetSettings, PollSettings,
    Posting, ReadBack, Roster, Rule, SafeHtml, Search, Standing, Tag, TagState, Thing, Trouble,
    Verdict, WalkEnd, WeekCount,
};

/// The moment at which the sample is looked at: Thursday 21 July 2011, noon in London.
pub(super) const NOW: Timestamp = Timestamp::constant(1_311_246_000, 0);

/// A sample of everything that pages are made from.
#[derive(Debug, Clone)]
pub(super) struct Sample {
    /// The course.
    pub(super) course: Course,
    /// The planet's settings.
    pub(super) planet: PlanetSettings,
    /// Who takes part.
    pub(super) participants: Vec<Participant>,
    /// Their feeds, one for each, in each state of health.
    pub(super) feeds: Vec<Feed>,
    /// Some posts.
    pub(super) entries: Vec<Entry>,
}

/// Every page template with what it may be given.
pub(super) fn views() -> Vec<(&'static str, Value)> {
    let (full, empty) = (Sample::full(), Sample::empty());
    let mut views = full.views();
    views.extend(empty.views());
    views
}

impl Sample {
    /// A course in its fifth week.
    pub(super) fn full() -> Self {
        let names = [
            "Anna Smith",
            "Siân O'Brien",
            "Bücherwurm & Co",
            "図書館",
            "New here",
            "Patient One",
            "Locked Out",
        ];
        let participants: Vec<Participant> = names.into_iter().map(participant).collect();
        let feeds = participants.iter().enumerate().filter_map(feed).collect();
        let entries = (0..).zip(&participants).take(3).map(entry).collect();
        Self {
            course: course(),
            planet: planet(),
            participants,
            feeds,
            entries,
        }
    }

    /// The same before anything was written down.
    pub(super) fn empty() -> Self {
        let mut course = course();
        course.things.clear();
        course.home = None;
        let mut planet = planet();
        planet.contact = None;
        planet.content = ContentPolicy::Excerpt;
        Self {
            course,
            planet,
            participants: Vec::new(),
            feeds: Vec::new(),
            entries: Vec::new(),
        }
    }

    /// The site of this sample.
    pub(super) fn site(&self) -> Site<'_> {
        Site::new(&self.course, &self.planet, NOW, None)
    }

    /// What these people have posted, as tables want it.
    pub(super) fn posted(&self) -> Vec<Posted> {
        let post = |thing, entry: &Entry| Posted {
            id: entry.id,
            is_suggested: thing == Some(8),
            thing,
            title: entry.title.clone(),
            url: entry.url.clone(),
            published_at: entry.published_at,
            seen_at: None,
        };
        let of = |entry| [Some(1), Some(6), Some(6), Some(8), None].map(|thing| post(thing, entry));
        self.entries.iter().take(1).flat_map(of).collect()
    }

    /// Posts of the first of them in which something is odd.
    pub(super) fn odd_posts(&self) -> Vec<OddPost> {
        let odd = |number: i64, entry: &Entry| OddPost {
            slug: entry.author.slug.clone(),
            title: entry.title.clone(),
            url: entry.url.clone(),
            published_at: entry.published_at - SignedDuration::from_hours(number),
            problems: vec!["its date cannot be read: “Tues, 32 Foo”".to_owned()],
        };
        let first = self.entries.first();
        first.map_or_else(Vec::new, |it| {
            (0..5).map(|number| odd(number, it)).collect()
        })
    }

    /// The figures of what the first of them has posted: late on Thing 1, twice on Thing 6, something that may be on
    /// Thing 8, and something else.
    pub(super) fn posting() -> Posting {
        let standing = |thing, posts, suggested, days_ago: i64| Standing {
            thing,
            posts,
            suggested,
            first_at: (posts > 0).then(|| NOW - SignedDuration::from_hours(24 * days_ago)),
            undated: false,
            first_url: Some("https://blog0.example.org/post".into()),
        };
        Posting {
            posts: 5,
            newest_at: Some(NOW),
            newest_seen_at: Some(NOW),
            unrecognised: vec![NOW - SignedDuration::from_hours(24 * 2)],
            undated: 0,
            standings: vec![
                standing(1, 1, 0, 2),
                standing(6, 2, 0, 1),
                standing(8, 0, 1, 0),
            ],
        }
    }

    /// What the progress table is made from.
    pub(super) fn progress(&self) -> Vec<Progress> {
        let of = |(at, feed): (usize, &Feed)| Progress {
            feed: Some(feed.clone()),
            author: feed.owner.clone(),
            groups: vec![if at == 1 { "health" } else { "UK & Eire" }.to_owned()],
            posting: if at == 0 {
                Self::posting()
            } else {
                Posting::default()
            },
        };
        self.feeds.iter().enumerate().map(of).collect()
    }

    /// Posts by week.
    pub(super) fn weeks(&self) -> Vec<WeekCount> {
        let week = |from, posts, on_things| WeekCount {
            from,
            posts,
            on_things,
        };
        let weeks = [
            week(date(2011, 6, 20), 3, 1),
            week(date(2011, 7, 11), 12, 9),
            week(date(2011, 7, 18), 1, 0),
        ];
        let count = if self.entries.is_empty() {
            0
        } else {
            weeks.len()
        };
        weeks[..count].to_vec()
    }

    /// Posts of the first of them, each with another fate.
    pub(super) fn kept(&self) -> Vec<Kept> {
        let Some(entry) = self.entries.first() else {
            return Vec::new();
        };
        let moment = |day: i64| NOW - SignedDuration::from_hours(24 * day);
        let kept = |day| Kept {
            id: EntryId(day),
            title: entry.title.clone(),
            url: entry.url.clone(),
            published_at: moment(day),
            first_seen_at: moment(day) + SignedDuration::from_hours(1),
            undated: day == 3,
            retired_at: None,
            twin: None,
            on_front: true,
            categories: Vec::new(),
            opening: String::new(),
            tags: Vec::new(),
            decisions: Vec::new(),
        };
        let decision = |thing, verdict| Decision {
            thing,
            verdict,
            decided_at: Timestamp::constant(1_309_690_800 + 86_400 * (i64::from(thing) - 1), 0),
            decided_by: "Ann".to_owned(),
            note: "she told me".to_owned(),
        };
        let (yes, no) = (decision(1, Verdict::Yes), decision(2, Verdict::No));
        vec![
            Kept {
                tags: kept_tags(),
                ..kept(1)
            },
            Kept {
                tags: vec![yes.tag()],
                decisions: vec![yes, no],
                ..kept(2)
            },
            Kept {
                on_front: false,
                ..kept(3)
            },
            Kept {
                retired_at: Some(moment(1)),
                ..kept(4)
            },
            Kept {
                title: String::new(),
                url: None,
                twin: Some(String::new()),
                ..kept(60)
            },
        ]
    }

    /// The posts on each Thing.
    pub(super) fn tallies(&self) -> BTreeMap<u16, Tally> {
        let tally = |posts| Tally {
            posts,
            participants: posts,
        };
        let things = self.course.things.iter();
        things
            .take(3)
            .map(|thing| (thing.number, tally(1 + u64::from(thing.number) * 7 % 5)))
            .collect()
    }

    fn views(&self) -> Vec<(&'static str, Value)> {
        let mut views = self.lists();
        views.extend(self.singles());
        views.extend(self.looked_up());
        views
    }

    fn lists(&self) -> Vec<(&'static str, Value)> {
        let site = self.site();
        let (tallies, people) = (self.tallies(), self.participants.len() as u64);
        let home = site.home(people, true, &tallies, &self.entries, pager());
        let unpolled = site.home(2, false, &tallies, &[], Pager::default());
        let mut no_posts = site.home(2, true, &tallies, &[], Pager::default());
        no_posts.frame.notice =
            Some("feeds.toml has an error; the last good one is in use.".into());
        let row = |(person, feed)| site.participant_row(person, Some(feed), 3, 2);
        let rows = self.participants.iter().zip(&self.feeds).map(row).collect();
        vec![
            ("home.html", Value::from(Serde(&home))),
            ("home.html", Value::from(Serde(&unpolled))),
            ("home.html", Value::from(Serde(&no_posts))),
            ("things.html", Value::from(Serde(&site.things(&tallies)))),
            (
                "participants.html",
                Value::from(Serde(&site.participants(rows))),
            ),
            ("progress.html", self.progress_view(&Asked::default())),
            ("progress.html", self.progress_view(&narrow())),
            (
                "status.html",
                Value::from(Serde(&site.status(&self.feeds, &self.odd_posts()))),
            ),
            (
                "about.html",
                Value::from(Serde(
                    &site.about("thingplanet/0.1", &PollSettings::default()),
                )),
            ),
            (
                "problem.html",
                Value::from(Serde(&site.problem(
                    "No such page",
                    "There is nothing here.",
                    "Go on from here:",
                ))),
            ),
        ]
    }

    /// What is found, followed and waited for.
    fn looked_up(&self) -> Vec<(&'static str, Value)> {
        let site = self.site();
        let roster = Roster {
            course: self.course.clone(),
            planet: self.planet.clone(),
            poll: PollSettings::default(),
            participants: self.participants.clone(),
        };
        let mut views = Vec::new();
        for told in [true, false] {
            let posts = if told { &self.entries[..] } else { &[] };
            let waiting = site.waiting(told, posts, pager());
            views.push(("waiting.html", Value::from(Serde(&waiting))));
            let none = site.waiting(told, &[], Pager::default());
            views.push(("waiting.html", Value::from(Serde(&none))));
        }
        for group in roster.groups() {
            for posts in [&self.entries[..], &[]] {
                let view = site.group(&group, posts, pager());
                views.push(("group.html", Value::from(Serde(&view))));
            }
        }
        let subscribe = site.subscribe(&roster.groups());
        views.push(("subscribe.html", Value::from(Serde(&subscribe))));
        views.extend(self.searches());
        views
    }

    fn searches(&self) -> Vec<(&'static str, Value)> {
        let site = self.site();
        let paths = SearchPaths {
            page: "/search?q=linkedin".to_owned(),
            feed: "/search.atom?q=linkedin".to_owned(),
            everywhere: "/search?q=linkedin".to_owned(),
        };
        let passage = |text: &str, found| Passage {
            text: text.to_owned(),
            found,
        };
        let found = self.entries.iter().map(|entry| Finding {
            title: vec![passage(&entry.title, false)],
            words: vec![passage("I joined ", false), passage("LinkedIn", true)],
            entry: entry.clone(),
        });
        let found: Vec<Finding> = found.collect();
        let nothing = Search::default();
        let narrow = Search {
            words: "linkedin".to_owned(),
            thing: Some(6),
            participant: self.participants.first().map(|it| it.slug.clone()),
        };
        let people = &self.participants;
        let titles = self.feeds.iter().map(|feed| {
            let title = format!("LinkedIn & {}", feed.title);
            (feed.owner.slug.clone(), title)
        });
        let titles: BlogTitles = titles.collect();
        [(&nothing, &[][..]), (&narrow, &found[..]), (&narrow, &[])]
            .into_iter()
            .flat_map(|(search, found)| {
                let first = site.search(
                    search,
                    (people, Some(&titles)),
                    found,
                    &paths,
                    Pager::default(),
                );
                let later = site.search(search, (people, None), found, &paths, pager());
                [first, later].map(|view| ("search.html", Value::from(Serde(&view))))
            })
            .collect()
    }

    /// All posts on the first Thing, those on a topic of the second, none of the others.
    fn choice(&self, at: usize) -> Choice<'_> {
        let some = at < 2;
        Choice {
            topic: (at == 1).then_some("LinkedIn"),
            is_oldest_first: at == 1,
            is_later_page: at == 1,
            next: some.then(|| "1311246000000-42".to_owned()),
            topics: if some {
                vec![("LinkedIn".to_owned(), 34), ("LISNPN".to_owned(), 20)]
            } else {
                Vec::new()
            },
            missing: match at {
                0 => Some(self.participants.iter().map(author).collect()),
                1 => Some(Vec::new()),
                _ => None,
            },
        }
    }

    /// The first post has one before and one after it on its Thing, the second one after it, the third none.
    fn around(&self, at: usize) -> Vec<Around<'_>> {
        let near = |entry: &Entry| Near {
            id: entry.id,
            title: entry.title.clone(),
            author: entry.author.name.clone(),
        };
        let things = self.course.things.iter().take(2 - at);
        things
            .map(|thing| Around {
                thing,
                earlier: self.entries.get(1).map(near).filter(|_| at == 0),
                later: self.entries.get(2).map(near),
            })
            .collect()
    }

    fn progress_view(&self, asked: &Asked) -> Value {
        let view = self.site().progress(&self.progress(), &self.weeks(), asked);
        Value::from(Serde(&view))
    }

    fn singles(&self) -> Vec<(&'static str, Value)> {
        let site = self.site();
        let mut views = Vec::new();
        for (at, thing) in self.course.things.iter().enumerate() {
            let posts = if at == 0 { &self.entries[..] } else { &[] };
            let view = site.thing(thing, Tally::default(), posts, &self.choice(at));
            views.push(("thing.html", Value::from(Serde(&view))));
        }
        for (person, feed) in self.participants.iter().zip(&self.feeds) {
            let posted = self.posted();
            let view = site.participant(
                person,
                Some(feed),
                &self.odd_posts(),
                (&posted, &Self::posting()),
                &self.entries,
                pager(),
            );
            views.push(("participant.html", Value::from(Serde(&view))));
            let mut view = site.why(person, Some(feed), &self.kept());
            view.awaits_retag = true;
            views.push(("why.html", Value::from(Serde(&view))));
        }
        for (at, entry) in self.entries.iter().enumerate() {
            let view = site.entry(entry, self.around(at));
            views.push(("entry.html", Value::from(Serde(&view))));
        }
        let nobody = participant("Nobody yet");
        let nothing = (&[][..], &Posting::default());
        let view = site.participant(&nobody, None, &[], nothing, &[], Pager::default());
        views.push(("participant.html", Value::from(Serde(&view))));
        let view = site.why(&nobody, None, &[]);
        views.push(("why.html", Value::from(Serde(&view))));
        views
    }
}

/// A table of which little is left.
fn narrow() -> Asked {
    Asked {
        group: Some("UK & Eire".to_owned()),
        missing: Some(6),
        silent_weeks: Some(5),
        sort: Sort::Oldest,
    }
}

fn kept_tags() -> Vec<Tag> {
    let tag = |thing, state, rule, place, quote: &str| Tag {
        thing,
        state,
        evidence: Evidence {
            rule,
            place,
            quote: quote.to_owned(),
        },
    };
    vec![
        tag(6, TagState::Tagged, Rule::Number, Place::Title, "Thing 6"),
        tag(8, TagState::Suggested, Rule::Topic, Place::Body, "LinkedIn"),
    ]
}

fn pager() -> Pager {
    Pager {
        is_oldest_first: false,
        older: Some("/?before=42".to_owned()),
        newest: Some("/".to_owned()),
    }
}

fn address(text: &str) -> Option<Url> {
    Url::parse(text).ok()
}

fn course() -> Course {
    let thing = |number, title: &str, week, opens| Thing {
        number,
        title: title.to_owned(),
        week,
        opens,
        brief: address("https://course.example.org/brief"),
        topics: Vec::new(),
    };
    Course {
        name: "23 Things for Professional Development".to_owned(),
        names: vec!["cpd23".to_owned()],
        unit: "Thing".to_owned(),
        home: address("https://course.example.org/"),
        feed: None,
        timezone: TimeZone::UTC,
        opens: Some(date(2011, 6, 20)),
        closes: None,
        things: vec![
            thing(1, "Blogs and blogging", Some(1), Some(date(2011, 6, 20))),
            thing(
                2,
                "Investigate some other blogs",
                Some(1),
                Some(date(2011, 6, 20)),
            ),
            thing(6, "Online networks", Some(5), Some(date(2011, 7, 18))),
            thing(8, "", Some(6), Some(date(2011, 7, 25))),
            thing(23, "What next?", None, None),
        ],
        rules: crate::model::Rules::default(),
    }
}

fn planet() -> PlanetSettings {
    PlanetSettings {
        base_url: "http://127.0.0.1:8023".to_owned(),
        contact: Some("mailto:organisers@example.org".to_owned()),
        content: ContentPolicy::Full,
        hub: None,
        show_missing: true,
    }
}

fn participant(name: &str) -> Participant {
    let slug = crate::model::slug_of(name);
    Participant {
        blog: address(&format!("https://{slug}.example.org/")),
        name: name.to_owned(),
        slug,
        feed: None,
        groups: vec!["UK".to_owned(), "health".to_owned()],
        excerpt_only: false,
    }
}

fn author(participant: &Participant) -> Author {
    Author {
        name: participant.name.clone(),
        slug: participant.slug.clone(),
        site_url: participant.blog.clone(),
        excerpt_only: false,
    }
}

/// A feed for the participant at this place on the roster; each place is another state of health.
fn feed((at, participant): (usize, &Participant)) -> Option<Feed> {
    let ago = |days: i64| NOW - SignedDuration::from_hours(days * 24);
    let failure = Failure {
        since: ago(3),
        cause: "The blog’s server did not answer within 30 seconds; it is asked again later."
            .into(),
        count: 9,
        trouble: if at == 6 {
            Trouble::Blocked
        } else {
            Trouble::Unreachable
        },
    };
    let seen = at != 4;
    Some(Feed {
        feed_url: address(&format!("https://blog{at}.example.org/feeds/posts/default")),
        title: format!("{}’s blog", participant.name),
        flood: (at == 0).then_some((
            ago(2),
            Flood {
                count: 37,
                shown: 5,
            },
        )),
        read_back: (at == 1).then_some(ReadBack {
            pages: 4,
            to: Some(ago(45)),
            end: Some(WalkEnd::Opening),
            cause: None,
        }),
        polled_at: seen.then_some(NOW),
        ok_at: match at {
            2 | 6 => Some(ago(4)),
            3 => Some(ago(21)),
            5 => Some(ago(2)),
            _ => seen.then_some(NOW),
        },
        throttled: if at == 5 { 3 } else { 0 },
        moves: Moves {
            gone: (at == 3).then_some(Absence {
                since: ago(20),
                count: 4,
            }),
            ..Moves::default()
        },
        due_at: Some(NOW + SignedDuration::from_hours(1)),
        held_until: (at == 5).then_some(NOW + SignedDuration::from_hours(5)),
        failure: matches!(at, 2 | 6).then_some(failure),
        gone: at == 3,
        problems: vec!["2 of 25 posts have no date; the day we first saw them stands in.".into()],
        entry_count: 3,
        newest_at: Some(ago(if at == 1 { 40 } else { 1 })),
        ..Feed::new(FeedId(0), author(participant), participant.blog.clone()?)
    })
}

fn entry((at, participant): (i64, &Participant)) -> Entry {
    let published_at = NOW - SignedDuration::from_hours(30 * at);
    let tag = |thing, state| Tag {
        thing,
        state,
        evidence: Evidence {
            rule: Rule::Number,
            place: Place::Title,
            quote: format!("Thing {thing}"),
        },
    };
    Entry {
        id: EntryId(at),
        public_id: format!("tag:example.org,2011:{at}"),
        url: (at != 1)
            .then(|| address(&format!("https://blog{at}.example.org/post")))
            .flatten(),
        title: if at == 1 {
            String::new()
        } else {
            "Thing 6: Networks & “friends”".to_owned()
        },
        author: author(participant),
        byline: if at == 1 {
            "Both of us".to_owned()
        } else {
            participant.name.clone()
        },
        published_at,
        seen_at: (at == 1).then_some(published_at),
        updated_at: published_at + SignedDuration::from_hours(48 * at),
        categories: vec!["cpd23".to_owned()],
        html: SafeHtml::default(),
        text: "I joined LinkedIn in 2009 and have hardly looked at it since. ".repeat(9),
        tags: if at == 2 {
            Vec::new()
        } else {
            vec![tag(6, TagState::Tagged), tag(8, TagState::Suggested)]
        },
        source_title: "A blog".to_owned(),
        source_url: None,
    }
}
