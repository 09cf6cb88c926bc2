//! Whose fault it is that nobody can be reached.
//!
//! One blog that cannot be reached has trouble of its own. When several platforms in a row cannot, and nobody between
//! them, it is our own line, and no blog is to be blamed: not those that come, nor those that made us notice.

use jiff::Timestamp;

use crate::model::{Failure, FeedId};

/// So many platforms in a row mean that it is us, where the roster has as many.
const PLATFORMS: usize = 4;
/// One alone never does.
const PLATFORMS_MIN: usize = 2;

/// Whether somebody was there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Somebody answered, however badly.
    Reached,
    /// No name, no connection, or no answer in time.
    Missed,
    /// Nobody was asked, so it tells nothing.
    Unasked,
}

/// A feed that could not be reached, with what was known of its health before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missed {
    /// Which feed.
    pub feed: FeedId,
    /// Its platform.
    pub platform: String,
    /// What was wrong with it before.
    pub before: Option<Failure>,
    /// When it was asked.
    pub at: Timestamp,
}

/// What one more poll says of our line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The line is well; whatever is wrong is the feed's.
    Fair,
    /// It is our line, as it turns out only now: this poll does not count, and these feeds are forgiven.
    Down {
        /// When the first of them was asked.
        since: Timestamp,
        /// Those that were blamed before it was noticed.
        forgiven: Vec<Missed>,
    },
    /// It is still our line: this poll does not count.
    StillDown,
    /// It was our line, and it is well again.
    Up,
}

/// What recent polls say of our line.
#[derive(Debug, Clone)]
pub struct Weather {
    needed: usize,
    row: Vec<Missed>,
    is_down: bool,
}

impl Weather {
    /// Nothing is known yet; `platforms` is how many the roster has.
    pub fn new(platforms: usize) -> Self {
        Self {
            needed: platforms.clamp(PLATFORMS_MIN, PLATFORMS),
            row: Vec::new(),
            is_down: false,
        }
    }

    /// The line was down when somebody looked last.
    pub fn set_down(&mut self) {
        self.is_down = true;
    }

    /// Whether nobody can be reached, so that asking many would be of no use.
    pub fn is_down(&self) -> bool {
        self.is_down
    }

    /// Hears how one more poll went.
    pub fn hear(&mut self, reach: Reach, missed: Missed) -> Verdict {
        match (reach, self.is_down) {
            (Reach::Unasked, _) => Verdict::Fair,
            (Reach::Reached, false) => {
                self.row.clear();
                Verdict::Fair
            }
            (Reach::Reached, true) => {
                self.is_down = false;
                Verdict::Up
            }
            (Reach::Missed, true) => Verdict::StillDown,
            (Reach::Missed, false) => self.missed(missed),
        }
    }

    fn missed(&mut self, missed: Missed) -> Verdict {
        let mut platforms: Vec<&str> = self.row.iter().map(|it| it.platform.as_str()).collect();
        platforms.push(&missed.platform);
        platforms.sort_unstable();
        platforms.dedup();
        if platforms.len() >= self.needed {
            self.is_down = true;
            let forgiven = std::mem::take(&mut self.row);
            let since = forgiven.iter().map(|it| it.at).min();
            return Verdict::Down {
                since: since.unwrap_or(missed.at),
                forgiven,
            };
        }
        // The first time counts: what a feed's health was before the row began.
        if self.row.iter().all(|it| it.feed != missed.feed) {
            self.row.push(missed);
        }
        Verdict::Fair
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::{Missed, Reach, Verdict, Weather};
    use crate::model::FeedId;

    fn missed(feed: i64, platform: &str) -> Missed {
        Missed {
            feed: FeedId(feed),
            platform: platform.to_owned(),
            before: None,
            at: Timestamp::from_second(feed).unwrap(),
        }
    }

    /// Checks the verdict on each of these polls: which feed, on which platform, and whether it was reached.
    fn check(platforms: usize, polls: &[(i64, &str, Reach)], verdicts: &[&str]) {
        let mut weather = Weather::new(platforms);
        let said: Vec<String> = polls
            .iter()
            .map(
                |(feed, platform, reach)| match weather.hear(*reach, missed(*feed, platform)) {
                    Verdict::Fair => "fair".to_owned(),
                    Verdict::Up => "up".to_owned(),
                    Verdict::StillDown => "still".to_owned(),
                    Verdict::Down { since, forgiven } => {
                        format!("down {} {}", since.as_second(), forgiven.len())
                    }
                },
            )
            .collect();
        assert_eq!(said, verdicts, "{polls:?}");
    }

    use Reach::{Missed as No, Reached as Yes};

    /// Shows A32.
    #[test]
    fn several_platforms_in_a_row_that_cannot_be_reached_are_our_own_trouble() {
        check(
            450,
            &[
                (1, "a", No),
                (2, "b", No),
                (3, "c", No),
                (4, "d", No),
                (5, "e", No),
                (6, "f", Yes),
                (7, "g", No),
            ],
            &["fair", "fair", "fair", "down 1 3", "still", "up", "fair"],
        );
    }

    #[test]
    fn one_platform_that_cannot_be_reached_is_its_own_trouble() {
        let polls: Vec<_> = (1..350).map(|feed| (feed, "p", No)).collect();
        check(450, &polls, &vec!["fair"; polls.len()]);
        check(1, &[(1, "a", No), (1, "a", No)], &["fair", "fair"]);
    }

    #[test]
    fn who_was_not_asked_clears_nothing() {
        let polls = [
            (1, "a", No),
            (2, "b", No),
            (9, "z", Reach::Unasked),
            (3, "c", No),
            (4, "d", No),
            (9, "z", Reach::Unasked),
        ];
        let verdicts = ["fair", "fair", "fair", "fair", "down 1 3", "fair"];
        check(450, &polls, &verdicts);
    }

    #[test]
    fn anybody_who_answers_between_them_clears_our_line() {
        check(
            450,
            &[
                (1, "a", No),
                (2, "b", No),
                (3, "c", No),
                (9, "z", Yes),
                (4, "d", No),
                (5, "e", No),
            ],
            &["fair"; 6],
        );
    }

    #[test]
    fn a_small_roster_needs_as_many_platforms_as_it_has() {
        check(2, &[(1, "a", No), (2, "b", No)], &["fair", "down 1 1"]);
    }
}
