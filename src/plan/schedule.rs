//! The feed: its health, its validators, and when it is polled again.

use jiff::{SignedDuration, Timestamp};
use url::Url;

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
/// A 410 may be a mistake of the host's, so we look again after a week.
const GONE_RECHECK: SignedDuration = SignedDuration::from_hours(7 * 24);

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
        Outcome::Gone => {
            update.gone = true;
            update.next_poll_at = later(now, GONE_RECHECK);
        }
        Outcome::Throttled { wait } => {
            let until = later(now, wait.unwrap_or_default().max(THROTTLE_MIN));
            update.held_until = Some(until);
            update.next_poll_at = until;
            // Being asked to wait is not being broken, so what was known of the feed's health stays.
            update.failure.clone_from(&feed.failure);
        }
        Outcome::Failed { cause } => {
            let failure = failed(feed, cause, now);
            update.next_poll_at = later(now, backoff(&failure, now).max(every));
            update.failure = Some(failure);
        }
    }
    update
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
    use crate::model::{Author, Feed, FeedId, FeedUpdate, PollSettings, Validators};

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
            read_back: None,
            relied_until: None,
            polled_at: None,
            ok_at: None,
            next_poll_at: None,
            held_until: None,
            failure: None,
            gone: false,
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

    #[test]
    fn a_gone_feed_is_asked_again_after_a_week() {
        let gone = after(&feed(), Outcome::Gone);
        assert!(gone.gone);
        assert_eq!(hours(&gone), 7 * 24);
    }
}
