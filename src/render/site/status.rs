//! How the blogs fare.

use std::collections::BTreeMap;

use jiff::SignedDuration;

use super::super::tongue::{self, status::Health as Words, with};
use super::super::views::{
    HealthView, OddPostView, PostLink, Section, StatusCount, StatusRow, StatusView, When,
};
use super::super::{older, words};
use super::{Site, source_of, title_of, web_href};
use crate::model::{Failure, Feed, Health, Language, Moves, OddPost, Watch, one_line};
use crate::parse;
use crate::plan::platform;

/// Odd posts that the status page names of one blog.
const ODD_POSTS_MAX: usize = 3;
/// That many posts came at once is told for so long.
const FLOOD_IS_NEWS: SignedDuration = SignedDuration::from_hours(30 * 24);

impl Site<'_> {
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
            frame: self.frame(Section::Status, self.words().status.title, "/status"),
            summary: self.summary(&feeds),
            feeds,
            awaits_retag: false,
            offline_since: None,
            written: self.minute(self.now),
            zone: self.course.timezone.iana_name().map(str::to_owned),
        }
    }

    fn status_row(&self, feed: &Feed, odd: Option<Vec<&OddPost>>) -> StatusRow {
        let mut odd = odd.unwrap_or_default();
        odd.sort_by_key(|post| std::cmp::Reverse(post.published_at));
        let more = odd.len().saturating_sub(ODD_POSTS_MAX) as u64;
        StatusRow {
            who: self.person(&feed.owner),
            source: source_of(feed),
            health: self.health(Some(feed)),
            polled: feed.polled_at.map(|at| self.minute(at)),
            last_read: self.last_read(feed),
            next_poll: self.next_poll(feed),
            held_until: feed
                .held_until
                .filter(|until| *until > self.now)
                .map(|until| self.minute(until)),
            asked_to_wait: feed.throttled > 0,
            problems: self.problems_of(feed),
            odd_posts: odd
                .into_iter()
                .take(ODD_POSTS_MAX)
                .map(|post| self.odd_post(post))
                .collect(),
            more_odd_posts: (more > 0).then(|| self.count(more, &self.words().status.more_posts)),
            flood: self.flood(feed),
            read_back: self.read_back(feed),
        }
    }

    /// How far older pages were read, a sentence.
    pub(super) fn read_back(&self, feed: &Feed) -> Option<String> {
        let back = feed.read_back.as_ref()?;
        older::sentence(back, &self.course.timezone, self.language())
    }

    pub(super) fn odd_post(&self, post: &OddPost) -> OddPostView {
        OddPostView {
            post: PostLink {
                title: title_of(&post.title, self.words()),
                href: post.url.as_ref().and_then(web_href),
                published: self.day(post.published_at),
                first_seen: None,
            },
            problems: post.problems.clone(),
        }
    }

    /// That many posts came at once, as long as that is news.
    pub(super) fn flood(&self, feed: &Feed) -> Option<String> {
        let (at, flood) = feed.flood?;
        let lately = self.now.duration_since(at) <= FLOOD_IS_NEWS;
        let words = self.words();
        let gaps = [
            (
                "posts",
                self.count(u64::from(flood.count), &words.frame.post),
            ),
            (
                "day",
                words::day_of(at, &self.course.timezone, self.language()),
            ),
            (
                "shown",
                tongue::grouped(u64::from(flood.shown), self.language()),
            ),
            ("units", self.units()),
        ];
        let gaps: Vec<(&str, &str)> = gaps.iter().map(|(gap, it)| (*gap, it.as_str())).collect();
        lately.then(|| with(words.status.flood, &gaps))
    }

    /// When a feed is asked again, and be it seldom.
    pub(super) fn next_poll(&self, feed: &Feed) -> Option<When> {
        Some(self.minute(feed.due_at?))
    }

    /// When a feed that was asked was last read well, in words, where that is not the last time it was asked.
    pub(super) fn last_read(&self, feed: &Feed) -> Option<String> {
        let words = &self.words().status;
        let polled_at = feed.polled_at?;
        match feed.ok_at {
            Some(at) if at == polled_at => None,
            Some(at) => {
                let day = words::day_of(at, &self.course.timezone, self.language());
                Some(with(words.last_read, &[("day", &day)]))
            }
            None => Some(words.never_read.to_owned()),
        }
    }

    /// The platform of a feed that did not ask us to wait itself, where it did so when another blog of it was asked.
    pub(super) fn platform_at_rest(&self, feed: &Feed) -> Option<&str> {
        let platform = platform(feed.feed_url.as_ref().unwrap_or(&feed.address))?;
        let mut rests = self.rests.iter();
        let rest = rests.find(|rest| rest.platform == platform)?;
        let asked_to_wait = rest.throttled > 0 && rest.until > self.now && feed.throttled == 0;
        asked_to_wait.then_some(rest.platform.as_str())
    }

    /// How a feed fares. Without one, nobody has asked yet.
    pub(super) fn health(&self, feed: Option<&Feed>) -> HealthView {
        let words = &self.words().status.health;
        let health = feed.map_or(Health::New, |feed| feed.health(self.now));
        let asked_to_wait = feed.is_some_and(|feed| feed.throttled > 0);
        let platform = feed.and_then(|feed| self.platform_at_rest(feed));
        let (state, mut said) = state_of(&health, words);
        let since = match &health {
            Health::Quiet { since } => since.map(|since| self.day(since)),
            Health::Failing(failure) | Health::Blocked(failure) => Some(self.day(failure.since)),
            Health::Paused { until } => Some(self.minute(*until)),
            Health::Gone => {
                let gone = feed.and_then(|feed| feed.moves.gone);
                gone.map(|gone| self.day(gone.since))
            }
            _ => None,
        };
        if health == Health::Gone && since.is_some() {
            said = words.gone_since;
        }
        let (cause, cause_lang) = match &health {
            Health::Failing(failure) | Health::Blocked(failure) => {
                let (cause, lang) = self.failure(feed, failure);
                (Some(cause), lang)
            }
            Health::Paused { .. } if asked_to_wait => {
                (Some(words.throttled_cause.to_owned()), None)
            }
            Health::Paused { .. } => {
                let cause = |name| with(words.platform_cause, &[("platform", name)]);
                (platform.map(cause), None)
            }
            Health::Gone => (Some(words.gone_cause.to_owned()), None),
            _ => (None, None),
        };
        let advice = match &health {
            Health::New => Some(words.new_advice),
            Health::Paused { .. } if cause.is_some() => Some(words.throttled_advice),
            Health::Paused { .. } => Some(words.paused_advice),
            Health::Gone => Some(words.gone_advice),
            _ => None,
        };
        HealthView {
            state,
            words: said,
            since,
            cause,
            cause_lang,
            advice,
        }
    }

    /// What went wrong with a feed, as [`Site::cause`] tells it. Who wrote the blog's front page is not told to write that.
    pub(super) fn failure(
        &self,
        feed: Option<&Feed>,
        failure: &Failure,
    ) -> (String, Option<&'static str>) {
        match feed {
            Some(feed) if !feed.named => self.cause(&parse::cause_of_found(&failure.cause)),
            _ => self.cause(&failure.cause),
        }
    }

    /// What went wrong, in the language of the page, or else in the program's own with that language's tag.
    fn cause(&self, said: &str) -> (String, Option<&'static str>) {
        let said = one_line(said);
        match tongue::cause::told(&said, self.language()) {
            Some(told) => (told, None),
            None => (said, (self.language() != Language::English).then_some("en")),
        }
    }

    /// What is odd about a feed: what its document said, and what its address does.
    pub(super) fn problems_of(&self, feed: &Feed) -> Vec<String> {
        let odd = feed.problems.iter().cloned();
        odd.chain(self.move_of(&feed.moves))
            .chain(self.watch_of(&feed.moves))
            .collect()
    }

    fn move_of(&self, moves: &Moves) -> Option<String> {
        let step = moves.moved.as_ref()?;
        let (from, to) = (step.from.as_str(), step.to.as_str());
        let gaps = [("from", from), ("to", to), ("feed", to)];
        Some(with(self.words().status.moves.moved, &gaps))
    }

    /// A permanent redirect that is watched. One that leads to the same posts is told from the first time on.
    fn watch_of(&self, moves: &Moves) -> Option<String> {
        let watch = moves.watch.as_ref()?;
        let words = &self.words().status.moves;
        let to = watch.target.as_str();
        if watch.is_strange() {
            return Some(with(words.strange, &[("to", to), ("feed", to)]));
        }
        let Watch { since, seen, .. } = watch;
        if !watch.shares {
            return None;
        }
        let day = words::day_of(*since, &self.course.timezone, self.language());
        let answers = self.count(u64::from(*seen), &words.answers);
        let gaps = [("day", day.as_str()), ("to", to), ("answers", &answers)];
        Some(with(words.moving, &gaps))
    }

    fn summary(&self, feeds: &[StatusRow]) -> Vec<StatusCount> {
        let count = |state: &str| {
            let of_it = feeds.iter().filter(|row| row.health.state == state);
            of_it.count() as u64
        };
        let words = &self.words().status;
        states(&words.health)
            .into_iter()
            .filter(|(state, _)| count(state) > 0)
            .map(|(state, said)| StatusCount {
                state,
                words: said,
                count: self.count(count(state), &words.blogs),
            })
            .collect()
    }
}

fn state_of(health: &Health, words: &Words) -> (&'static str, &'static str) {
    match health {
        Health::New => ("new", words.new),
        Health::Waiting => ("waiting", words.waiting),
        Health::Paused { .. } => ("paused", words.paused_until),
        Health::Ok => ("ok", words.ok),
        Health::Quiet { since: Some(_) } => ("quiet", words.quiet_since),
        Health::Quiet { since: None } => ("quiet", words.no_posts),
        Health::Failing(_) => ("failing", words.failing_since),
        Health::Blocked(_) => ("blocked", words.blocked_since),
        Health::Gone => ("gone", words.gone),
    }
}

/// The states in the order in which they want attention, each with what it is called in a summary.
fn states(words: &Words) -> [(&'static str, &'static str); 8] {
    [
        ("failing", words.failing),
        ("blocked", words.blocked),
        ("gone", words.gone),
        ("paused", words.paused),
        ("waiting", words.waiting),
        ("new", words.new),
        ("quiet", words.quiet),
        ("ok", words.ok),
    ]
}

fn rank(state: &str) -> usize {
    const ORDER: [&str; 8] = [
        "failing", "blocked", "gone", "paused", "waiting", "new", "quiet", "ok",
    ];
    let found = ORDER.iter().position(|name| *name == state);
    found.unwrap_or(ORDER.len())
}

#[cfg(test)]
mod tests {
    use super::super::super::sample::Sample;
    use super::*;
    use crate::model::Rest;

    #[test]
    fn the_worst_feeds_come_first() {
        let sample = Sample::full();
        let view = sample.site().status(&sample.feeds, &sample.odd_posts());
        let states: Vec<&str> = view.feeds.iter().map(|row| row.health.state).collect();
        assert_eq!(
            states,
            ["failing", "blocked", "gone", "paused", "new", "quiet", "ok"]
        );
        let summary: Vec<&str> = view.summary.iter().map(|it| it.state).collect();
        assert_eq!(states, summary, "there is one blog in each state");
        assert_eq!(view.summary[0].count, "1 blog");
        assert_eq!(
            view.feeds[2].next_poll, view.feeds[6].next_poll,
            "who is gone is asked all the same"
        );
    }

    /// How a feed fares, in words, with when it was last read.
    fn told(feed: &Feed) -> String {
        let sample = Sample::full();
        let row = sample.site().status_row(feed, None);
        let health = row.health;
        let parts = [
            Some(health.words.to_owned()),
            health.since.map(|since| since.words),
            health.cause,
            health.advice.map(str::to_owned),
            row.last_read,
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" | ")
    }

    #[test]
    fn a_blog_that_asks_us_to_wait_says_so_and_when_it_was_last_read() {
        let mut feed = Sample::full().feeds[5].clone();
        assert_eq!(
            told(&feed),
            "paused until | Thursday 21 July 2011, 16:00 | Instead of its posts it answered that it is asked too often or \
             is busy (429 or 503). | It is asked again by itself; nothing needs doing. | last read on Tuesday 19 July 2011"
        );
        // Another blog of its platform did, or its host takes no connections.
        (feed.throttled, feed.polled_at) = (0, feed.ok_at);
        assert_eq!(
            told(&feed),
            "paused until | Thursday 21 July 2011, 16:00 | Its host, or the platform that it lives on, asked for this or \
             takes no connections; it is asked again by itself."
        );
        let sample = Sample::full();
        let rest = |throttled| Rest {
            platform: "example.org".to_owned(),
            until: feed.held_until.unwrap(),
            throttled,
        };
        let causes = [0, 2].map(|throttled| {
            let site = sample.site().resting(vec![rest(throttled)]);
            site.status_row(&feed, None).health.cause
        });
        let platform = "When another blog of its platform, example.org, was asked, that answered that it is asked too \
                        often or is busy (429 or 503).";
        assert_eq!(causes, [None, Some(platform.to_owned())]);
        (feed.throttled, feed.polled_at, feed.ok_at) = (1, feed.polled_at, None);
        assert!(told(&feed).ends_with("| never read so far"));
    }

    #[test]
    fn a_blog_is_gone_since_it_first_said_so() {
        let mut feed = Sample::full().feeds[3].clone();
        let said = told(&feed);
        assert!(
            said.starts_with("gone since | Friday 1 July 2011 | Its host says"),
            "{said}"
        );
        assert!(
            said.ends_with("last read on Thursday 30 June 2011"),
            "{said}"
        );
        feed.moves.gone = None;
        assert!(told(&feed).starts_with("gone | Its host says"));
    }

    #[test]
    fn who_wrote_the_blogs_page_is_not_told_to_write_the_blogs_page() {
        let mut feed = Sample::full().feeds[2].clone();
        let page = parse::ParseError::WebPage;
        let failure = feed.failure.as_mut().unwrap();
        failure.cause = format!("{page} (the title of the page is “A login”)");
        feed.named = true;
        assert!(told(&feed).contains("or write the blog's front page as `blog`"));
        feed.named = false;
        let said = told(&feed);
        assert!(
            said.contains(
                "this is a web page, not a feed: the feed is looked for again on the blog's front page by itself"
            ) && said.contains("(the title of the page is “A login”)"),
            "{said}"
        );
        assert!(!said.contains("as `blog`"), "{said}");
    }

    #[test]
    fn a_blog_that_moves_is_told_from_the_first_redirect_on() {
        let sample = Sample::full();
        let mut feed = sample.feeds[0].clone();
        feed.problems.clear();
        feed.moves.watch = Some(Watch {
            target: "https://new.example/feed".parse().unwrap(),
            since: super::super::super::sample::NOW,
            seen: 1,
            shares: true,
        });
        let told = |feed: &Feed| sample.site().problems_of(feed).join("; ");
        assert_eq!(
            told(&feed),
            "moving: since Thursday 21 July 2011 the address leads on to https://new.example/feed (in 1 answer); if that \
             goes on for a week it is believed, and nothing needs doing"
        );
        feed.moves.watch.as_mut().unwrap().shares = false;
        feed.moves.watch.as_mut().unwrap().seen = 3;
        assert!(told(&feed).contains("where none of the posts are that were here"));
    }
}
