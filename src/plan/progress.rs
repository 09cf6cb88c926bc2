//! What a cell of the progress table says: whether somebody posted on a Thing, in time or late, and if not, why.

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::model::{Course, Feed, Health, Posting};

/// Where one participant stands with one Thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stand {
    /// They have posted on it before its time was over.
    Done,
    /// They have posted on it, and the first time was when its time was over.
    Late,
    /// We have no post of theirs on it.
    Missing(Cause),
}

/// Why there is no post.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// There is a post that may be on it, and nobody has decided.
    Suggested,
    /// The Thing has not opened yet.
    NotYetDue,
    /// Their blog cannot be read, or was not read yet, so that a post may be missing.
    Unread,
    /// They have posted since it opened, and in such a post no Thing was recognised.
    Unrecognised,
    /// Their blog is read, and there is no post that could be it.
    Silent,
}

/// The days of one Thing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Window {
    /// The day on which it opens, where it has one.
    pub opens: Option<Date>,
    /// The first day on which a post on it is late: the day on which the next Thing opens that does not open together
    /// with it; for the last ones, the day after the course closes. Without an opening day nothing is late.
    pub over: Option<Date>,
}

/// The days of each Thing of the course, in its order.
pub fn windows(course: &Course) -> Vec<Window> {
    let after_course = course.closes.and_then(|day| day.tomorrow().ok());
    let window = |opens: Option<Date>| {
        let opens = opens?;
        let later = course.things.iter().filter_map(|thing| thing.opens);
        let next = later.filter(|next| *next > opens).min();
        Some(Window {
            opens: Some(opens),
            over: next.or(after_course),
        })
    };
    course
        .things
        .iter()
        .map(|thing| window(thing.opens).unwrap_or_default())
        .collect()
}

/// Whether what we have of a participant is all that their blog shows, as far as we know.
pub fn is_read(feed: Option<&Feed>, now: jiff::Timestamp) -> bool {
    let Some(feed) = feed.filter(|feed| feed.ok_at.is_some()) else {
        return false;
    };
    !matches!(
        feed.health(now),
        Health::Failing(_) | Health::Blocked(_) | Health::Gone
    )
}

/// Where a participant who has posted this stands with the Thing of this number and these days. `is_read` says whether
/// their blog is read, `today` is the day in the zone of the course.
pub fn stand(
    thing: u16,
    window: Window,
    posting: &Posting,
    is_read: bool,
    today: Date,
    zone: &TimeZone,
) -> Stand {
    let day = |at: jiff::Timestamp| at.to_zoned_datetime(zone.clone()).date();
    let standing = posting.on(thing);
    if let Some(first_at) = standing.and_then(|standing| standing.first_at) {
        let late = window.over.is_some_and(|over| day(first_at) >= over);
        return if late { Stand::Late } else { Stand::Done };
    }
    let may_be_it = |at| window.opens.is_none_or(|opens| day(at) >= opens);
    Stand::Missing(if standing.is_some_and(|it| it.suggested > 0) {
        Cause::Suggested
    } else if window.opens.is_some_and(|opens| opens > today) {
        Cause::NotYetDue
    } else if !is_read {
        Cause::Unread
    } else if posting.unrecognised_at.is_some_and(may_be_it) {
        Cause::Unrecognised
    } else {
        Cause::Silent
    })
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use jiff::civil::date;

    use super::*;
    use crate::model::{Rules, Standing, Thing};

    fn at(time: &str) -> Option<Timestamp> {
        Some(time.parse().unwrap())
    }

    /// Thing 6, which opened on 18 July, and was followed by the next on 25 July.
    const SIXTH: Window = Window {
        opens: Some(date(2011, 7, 18)),
        over: Some(date(2011, 7, 25)),
    };

    fn posting(first_at: Option<Timestamp>, suggested: u64) -> Posting {
        let standing = Standing {
            thing: 6,
            posts: u64::from(first_at.is_some()),
            suggested,
            first_at,
            first_url: None,
        };
        Posting {
            posts: 1,
            standings: vec![standing],
            ..Posting::default()
        }
    }

    /// How it stands with Thing 6 on 27 July, where the blog is read.
    fn check(posting: &Posting, window: Window, expected: Stand) {
        let london = TimeZone::get("Europe/London").unwrap();
        let found = stand(6, window, posting, true, date(2011, 7, 27), &london);
        assert_eq!(found, expected, "{posting:?}");
    }

    #[test]
    fn a_post_is_late_from_the_day_on_which_the_next_thing_opens() {
        // In London the day begins an hour before it does by UTC.
        check(&posting(at("2011-07-24T22:59:59Z"), 0), SIXTH, Stand::Done);
        check(&posting(at("2011-07-24T23:00:00Z"), 0), SIXTH, Stand::Late);
        check(&posting(at("2011-07-01T12:00:00Z"), 0), SIXTH, Stand::Done);
        let open_end = Window {
            over: None,
            ..SIXTH
        };
        check(
            &posting(at("2012-07-01T12:00:00Z"), 0),
            open_end,
            Stand::Done,
        );
    }

    #[test]
    fn a_post_goes_before_every_cause() {
        check(&posting(at("2011-07-20T12:00:00Z"), 3), SIXTH, Stand::Done);
    }

    #[test]
    fn an_empty_cell_has_one_of_five_causes() {
        let cause = |cause| Stand::Missing(cause);
        let future = Window {
            opens: Some(date(2011, 7, 28)),
            over: None,
        };
        check(&posting(None, 1), SIXTH, cause(Cause::Suggested));
        check(&posting(None, 1), future, cause(Cause::Suggested));
        check(&Posting::default(), future, cause(Cause::NotYetDue));
        check(&Posting::default(), SIXTH, cause(Cause::Silent));
        let wrote = |time| Posting {
            posts: 1,
            unrecognised: 1,
            unrecognised_at: at(time),
            ..Posting::default()
        };
        check(&wrote("2011-07-17T22:59:59Z"), SIXTH, cause(Cause::Silent));
        check(
            &wrote("2011-07-17T23:00:00Z"),
            SIXTH,
            cause(Cause::Unrecognised),
        );
        let whenever = Window::default();
        check(
            &wrote("2011-01-01T12:00:00Z"),
            whenever,
            cause(Cause::Unrecognised),
        );
        let unread = |window, posting: &Posting| {
            stand(6, window, posting, false, date(2011, 7, 27), &TimeZone::UTC)
        };
        let wrote = wrote("2011-07-20T12:00:00Z");
        assert_eq!(unread(SIXTH, &wrote), cause(Cause::Unread));
        assert_eq!(unread(future, &wrote), cause(Cause::NotYetDue));
        assert_eq!(unread(SIXTH, &posting(None, 1)), cause(Cause::Suggested));
    }

    #[test]
    fn things_that_open_together_are_over_together() {
        let thing = |number, opens| Thing {
            number,
            title: String::new(),
            week: None,
            opens,
            brief: None,
            topics: Vec::new(),
        };
        let mut course = Course {
            name: String::new(),
            names: Vec::new(),
            unit: "Thing".to_owned(),
            home: None,
            feed: None,
            timezone: TimeZone::UTC,
            opens: None,
            closes: Some(date(2011, 7, 31)),
            things: vec![
                thing(1, Some(date(2011, 7, 4))),
                thing(2, Some(date(2011, 7, 4))),
                thing(3, None),
                thing(4, Some(date(2011, 7, 11))),
            ],
            rules: Rules::default(),
        };
        let over = |course: &Course| -> Vec<Option<Date>> {
            windows(course).iter().map(|window| window.over).collect()
        };
        let next = Some(date(2011, 7, 11));
        assert_eq!(over(&course), [next, next, None, Some(date(2011, 8, 1))]);
        course.closes = None;
        assert_eq!(over(&course), [next, next, None, None]);
    }
}
