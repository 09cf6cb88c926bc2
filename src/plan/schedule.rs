//! The feed: its health, its validators, and when it is polled again.

use jiff::{SignedDuration, Timestamp};
use url::Url;

use super::moves;
use crate::model::{Document, Failure, Feed, FeedUpdate, PollSettings, Validators};

/// How one poll ended.
#[derive(Debug)]
pub enum Outcome {
    /// A document came and was read.
    Read {
        /// What it says.
        document: Box<Document>,
        /// The validators that came with it.
        validators: Validators,
        /// Where the feed was found, when it had to be looked for.
        found_at: Option<Url>,
    },
    /// Nothing new: a 304, or the very bytes of last time.
    Unchanged {
        /// The validators from now on.
        validators: Validators,
        /// Where the feed was found, when it had to be looked for.
        found_at: Option<Url>,
    },
    /// The host says that the feed is gone for good (410).
    Gone,
    /// The host has nothing at this address (404).
    Missing {
        /// One plain sentence: what happened and what to do.
        cause: String,
    },
    /// The host asks us to come less often (429, 503).
    Throttled {
        /// How long it asked us to wait, if it said.
        wait: Option<SignedDuration>,
    },
    /// Anything else went wrong.
    Failed {
        /// One plain sentence: what happened and what to do.
        cause: String,
    },
}

/// A feed that has been failing waits as long again as it has failed, up to a day; so asking by hand costs it nothing.
const BACKOFF_MAX: SignedDuration = SignedDuration::from_hours(24);
/// Who asks us to slow down without saying for how long gets at least this.
const THROTTLE_MIN: SignedDuration = SignedDuration::from_hours(1);
/// What a 410 says before it has been said often and long enough.
const CALLED_GONE: &str = "the blog says that this feed is gone for good (410), which is believed when it still says so \
                           in a week: ask the blogger whether the blog has moved";

/// Turns an outcome into what the store is to record.
pub fn update(
    feed: &Feed,
    outcome: Outcome,
    settings: &PollSettings,
    now: Timestamp,
) -> FeedUpdate {
    let every = SignedDuration::from_mins(i64::from(settings.every_minutes));
    let mut update = FeedUpdate {
        feed: feed.id,
        polled_at: now,
        next_poll_at: later(now, every),
        held_until: None,
        failure: None,
        gone: false,
        moves: moves::after(feed, &outcome, now),
        found_at: None,
        validators: None,
        document: None,
    };
    match outcome {
        Outcome::Read {
            document,
            validators,
            found_at,
        } => {
            update.validators = Some(validators);
            update.found_at = found_at;
            update.document = Some(*document);
        }
        Outcome::Unchanged {
            validators,
            found_at,
        } => {
            update.validators = Some(validators);
            update.found_at = found_at;
        }
        Outcome::Throttled { wait } => {
            let until = later(now, wait.unwrap_or_default().max(THROTTLE_MIN));
            update.held_until = Some(until);
            update.next_poll_at = until;
            // Being asked to wait is not being broken, so what was known of the feed's health stays.
            update.failure.clone_from(&feed.failure);
            update.gone = feed.gone;
        }
        Outcome::Gone => fail(feed, &mut update, CALLED_GONE.to_owned(), every),
        Outcome::Missing { cause } | Outcome::Failed { cause } => {
            fail(feed, &mut update, cause, every);
        }
    }
    if let Some(found) = &update.found_at {
        moves::found_anew(&mut update.moves, found);
    }
    refused(feed, &mut update, now);
    update
}

/// What is gone, or long not found, is asked seldom: this is the one place where `moves` has a say in when.
fn refused(feed: &Feed, update: &mut FeedUpdate, now: Timestamp) {
    let Some(failure) = &mut update.failure else {
        return;
    };
    update.gone = moves::is_gone(&update.moves, now) || feed.gone;
    if let Some(next) = moves::seldom(&update.moves, update.gone, now) {
        update.next_poll_at = update.next_poll_at.max(next);
    }
    if update.gone {
        update.failure = None;
    } else if moves::is_long_missing(&update.moves, now) {
        failure
            .cause
            .push_str(" (it has not been found for a month, so it is looked for once a week)");
    }
}

fn fail(feed: &Feed, update: &mut FeedUpdate, cause: String, every: SignedDuration) {
    let now = update.polled_at;
    let failure = failed(feed, cause, now);
    update.next_poll_at = later(now, backoff(&failure, now).max(every));
    update.failure = Some(failure);
}

fn failed(feed: &Feed, cause: String, now: Timestamp) -> Failure {
    match &feed.failure {
        Some(before) => Failure {
            since: before.since,
            cause,
            count: before.count.saturating_add(1),
        },
        None => Failure {
            since: now,
            cause,
            count: 1,
        },
    }
}

fn backoff(failure: &Failure, now: Timestamp) -> SignedDuration {
    now.duration_since(failure.since).min(BACKOFF_MAX)
}

fn later(now: Timestamp, by: SignedDuration) -> Timestamp {
    now.checked_add(by).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};
    use url::Url;

    use super::{Outcome, update};
    use crate::model::{Author, Feed, FeedId, FeedUpdate, Moves, PollSettings, Validators};

    fn now() -> Timestamp {
        "2011-07-21T12:00:00Z".parse().unwrap()
    }

    fn feed() -> Feed {
        Feed {
            id: FeedId(1),
            owner: Author {
                name: "A".to_owned(),
                slug: "a".to_owned(),
                site_url: None,
                excerpt_only: false,
            },
            address: Url::parse("https://a.example/").unwrap(),
            named: false,
            feed_url: None,
            title: String::new(),
            validators: Validators::default(),
            body: None,
            parser: 0,
            flood: None,
            polled_at: None,
            ok_at: None,
            next_poll_at: None,
            held_until: None,
            failure: None,
            gone: false,
            moves: Moves::default(),
            problems: Vec::new(),
            entry_count: 0,
            newest_at: None,
        }
    }

    fn after(feed: &Feed, outcome: Outcome) -> FeedUpdate {
        update(feed, outcome, &PollSettings::default(), now())
    }

    fn hours(update: &FeedUpdate) -> i64 {
        update.next_poll_at.duration_since(now()).as_hours()
    }

    #[test]
    fn failures_back_off_with_time_and_remember_since_when() {
        let (mut feed, mut at) = (feed(), now());
        let mut waits = Vec::new();
        for _ in 0..8 {
            let failed = Outcome::Failed {
                cause: "it broke".to_owned(),
            };
            let update = update(&feed, failed, &PollSettings::default(), at);
            waits.push(update.next_poll_at.duration_since(at).as_hours());
            at = update.next_poll_at;
            feed.failure = update.failure;
        }
        assert_eq!(waits, [1, 1, 2, 4, 8, 16, 24, 24]);
        let known = feed
            .failure
            .as_ref()
            .map(|failure| (failure.since, failure.count));
        assert_eq!(known, Some((now(), 8)));
        let well = Outcome::Unchanged {
            validators: Validators::default(),
            found_at: None,
        };
        assert_eq!(after(&feed, well).failure, None);
    }

    #[test]
    fn asking_by_hand_does_not_make_a_failing_feed_wait_longer() {
        let mut feed = feed();
        for _ in 0..6 {
            let update = after(
                &feed,
                Outcome::Failed {
                    cause: "it broke".to_owned(),
                },
            );
            assert_eq!(hours(&update), 1);
            feed.failure = update.failure;
        }
    }

    #[test]
    fn retry_after_is_honoured_and_never_shortened() {
        let day = after(
            &feed(),
            Outcome::Throttled {
                wait: Some(SignedDuration::from_hours(48)),
            },
        );
        assert_eq!((hours(&day), day.held_until), (48, Some(day.next_poll_at)));
        assert_eq!(hours(&after(&feed(), Outcome::Throttled { wait: None })), 1);
        assert_eq!(
            hours(&after(
                &feed(),
                Outcome::Throttled {
                    wait: Some(SignedDuration::from_secs(5))
                }
            )),
            1
        );
    }

    #[test]
    fn validators_change_only_with_a_good_answer() {
        let failed = after(
            &feed(),
            Outcome::Failed {
                cause: "x".to_owned(),
            },
        );
        assert_eq!(failed.validators, None);
        let fresh = Validators {
            etag: Some("\"2\"".to_owned()),
            ..Validators::default()
        };
        let unchanged = after(
            &feed(),
            Outcome::Unchanged {
                validators: fresh.clone(),
                found_at: None,
            },
        );
        assert_eq!(unchanged.validators, Some(fresh));
    }

    /// An outcome, so many hours after the one before.
    type Came = (i64, fn() -> Outcome);

    /// Every outcome in turn; how it ended.
    fn in_turn(steps: &[Came]) -> FeedUpdate {
        let (mut feed, mut at) = (feed(), now());
        let mut last = None;
        for (hours, outcome) in steps {
            at += SignedDuration::from_hours(*hours);
            let done = update(&feed, outcome(), &PollSettings::default(), at);
            feed.failure.clone_from(&done.failure);
            feed.gone = done.gone;
            feed.moves.clone_from(&done.moves);
            last = Some(done);
        }
        last.unwrap()
    }

    fn gone() -> Outcome {
        Outcome::Gone
    }

    fn busy() -> Outcome {
        Outcome::Throttled { wait: None }
    }

    fn missing() -> Outcome {
        Outcome::Missing {
            cause: "404".to_owned(),
        }
    }

    fn well() -> Outcome {
        Outcome::Unchanged {
            validators: Validators::default(),
            found_at: None,
        }
    }

    /// Shows A25.
    #[test]
    fn a_feed_is_gone_after_three_times_and_a_week_and_then_asked_once_a_week() {
        let verdict = |steps: &[Came]| {
            let update = in_turn(steps);
            let wait = update.next_poll_at.duration_since(update.polled_at);
            (
                update.gone,
                update.failure.is_some(),
                wait.as_hours() >= 7 * 24,
            )
        };
        let week = 7 * 24;
        let kept = (false, true, false);
        assert_eq!(verdict(&[(0, gone)]), kept);
        assert_eq!(verdict(&[(0, gone), (week, gone)]), kept, "twice");
        let in_a_day = [
            (0, gone as fn() -> Outcome),
            (1, gone),
            (1, gone),
            (1, gone),
        ];
        assert_eq!(verdict(&in_a_day), kept, "often, but for hours only");
        let for_good = [(0, gone as fn() -> Outcome), (80, gone), (88, gone)];
        assert_eq!(verdict(&for_good), (true, false, true));
        let broken = [&for_good[..], &[(week, missing)]].concat();
        assert_eq!(verdict(&broken), (true, false, true), "it stays gone");
        let busy = [&for_good[..], &[(week, busy as fn() -> Outcome)]].concat();
        assert!(verdict(&busy).0, "nor does a busy host bring it back");
        let again = [&for_good[..], &[(week, well)]].concat();
        assert_eq!(verdict(&again), (false, false, false), "and comes back");
        let between = [
            (0, gone as fn() -> Outcome),
            (80, gone),
            (80, well),
            (8, gone),
        ];
        assert_eq!(verdict(&between), kept, "a good answer ends the count");
    }

    /// Shows A25.
    #[test]
    fn what_is_not_found_for_a_month_is_looked_for_once_a_week() {
        let short = in_turn(&[(0, missing), (20 * 24, missing)]);
        assert!(hours_of(&short) <= 24);
        let long = in_turn(&[(0, missing), (30 * 24, missing)]);
        assert_eq!(hours_of(&long), 7 * 24);
        let cause = long.failure.unwrap().cause;
        assert!(cause.contains("once a week"), "{cause}");
        assert!(!long.gone, "that is for its host to say");
    }

    fn hours_of(update: &FeedUpdate) -> i64 {
        update
            .next_poll_at
            .duration_since(update.polled_at)
            .as_hours()
    }
}
