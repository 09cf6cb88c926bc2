//! How the blogs fare.

use std::collections::BTreeMap;

use jiff::SignedDuration;

use super::super::views::{
    HealthView, OddPostView, PostLink, Section, StatusCount, StatusRow, StatusView, When,
};
use super::super::{older, words};
use super::{Site, source_of, title_of, web_href};
use crate::model::{Feed, Health, OddPost, one_line};

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
            frame: self.frame(Section::Status, "Status", "/status"),
            summary: summary(&feeds),
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
            health: self.health(&feed.health(self.now)),
            polled: feed.polled_at.map(|at| self.minute(at)),
            next_poll: self.next_poll(feed),
            held_until: feed
                .held_until
                .filter(|until| *until > self.now)
                .map(|until| self.minute(until)),
            problems: problems_of(feed),
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

    pub(super) fn odd_post(&self, post: &OddPost) -> OddPostView {
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
    pub(super) fn flood(&self, feed: &Feed) -> Option<String> {
        let (at, flood) = feed.flood?;
        let lately = self.now.duration_since(at) <= FLOOD_IS_NEWS;
        let posts = words::count(u64::from(flood.count), "post");
        let day = words::day_of(at, &self.course.timezone, self.language());
        lately.then(|| {
            format!(
                "{posts} arrived at once on {day}; {} are on the front page, the others only here and with their {}.",
                flood.shown,
                words::plural(&self.course.unit)
            )
        })
    }

    /// When a feed is asked again; never for one that is gone.
    pub(super) fn next_poll(&self, feed: &Feed) -> Option<When> {
        let at = feed.next_poll_at.filter(|_| !feed.gone)?;
        Some(self.minute(at))
    }

    pub(super) fn health(&self, health: &Health) -> HealthView {
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
}

/// What is odd about a feed: what its document said, and what its address does.
pub(super) fn problems_of(feed: &Feed) -> Vec<String> {
    let notices = feed.moves.notices();
    feed.problems.iter().cloned().chain(notices).collect()
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
    use super::super::super::sample::Sample;

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
}
