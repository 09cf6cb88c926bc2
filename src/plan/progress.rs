//! What a cell of the progress table says: whether somebody posted on a Thing, in time or late, and if not, why.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use crate::model::{Course, Feed, Health, Posting};

/// Where one participant stands with one Thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stand {
    /// They have posted on it before its time was over, or without a date, so that nobody can say otherwise.
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
    /// Their blog cannot be read, or was not read yet or for more than a day, so that a post may be missing.
    Unread,
    /// They have posted in its time, or without a date, and in such a post no Thing was recognised.
    Unrecognised,
    /// Their blog is read, and no post of its time could be it. One that came later still may.
    Silent,
}

/// The days of one Thing, by the moments at which they begin in the zone of the course: thousands of posts are compared
/// with them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Window {
    /// When it opens, where it has a day for that.
    pub opens: Option<Timestamp>,
    /// From when on a post on it is late: the day on which the next Thing opens that does not open together with it; for
    /// the last ones, the day after the course closes. Without an opening day nothing is late.
    pub over: Option<Timestamp>,
    /// In which time a post that names no Thing may be meant for it: the first moment, and the first one after it. That
    /// is from its opening until it is over, and without an opening day the whole course.
    pub meant: (Option<Timestamp>, Option<Timestamp>),
}

/// The days of each Thing of the course, in its order.
pub fn windows(course: &Course) -> Vec<Window> {
    let whole = time_of(course);
    let begin = |day: Date| moment(course, day);
    let window = |opens: Option<Date>| {
        let Some(opens) = opens else {
            return Window {
                meant: whole,
                ..Window::default()
            };
        };
        let later = course.things.iter().filter_map(|thing| thing.opens);
        let next = later.filter(|next| *next > opens).min();
        let (opens, over) = (begin(opens), next.map_or(whole.1, begin));
        Window {
            opens,
            over,
            meant: (opens, over),
        }
    };
    let things = course.things.iter();
    things.map(|thing| window(thing.opens)).collect()
}

/// The time of the course: when its own first day or that of a Thing begins, whichever is earlier, and the first moment
/// after the day on which it closes. Where it has no such day, there is no beginning, or no end.
pub fn time_of(course: &Course) -> (Option<Timestamp>, Option<Timestamp>) {
    let things = course.things.iter().filter_map(|thing| thing.opens);
    let first = things.chain(course.opens).min();
    let after = course.closes.and_then(|day| day.tomorrow().ok());
    let begin = |day: Option<Date>| moment(course, day?);
    (begin(first), begin(after))
}

/// When a day begins in the zone of the course.
fn moment(course: &Course, day: Date) -> Option<Timestamp> {
    course.timezone.to_timestamp(day.at(0, 0, 0, 0)).ok()
}

/// For so long a blog that does not let itself be read may still be said to be read.
const STILL_READ: SignedDuration = SignedDuration::from_hours(24);

/// Whether what we have of a participant is all that their blog shows, as far as we know.
///
/// Not so, besides where something is wrong with it, where more than a day lies between its last good answer and the last
/// time that it was asked, or might not be. A blog that nobody would have asked in that time is not to blame: the table is
/// then as old as the last poll, for everybody.
pub fn is_read(feed: Option<&Feed>, now: Timestamp) -> bool {
    let Some((feed, ok_at)) = feed.and_then(|feed| Some((feed, feed.ok_at?))) else {
        return false;
    };
    let put_off = feed.held_until.map(|until| until.min(now));
    let tried_at = feed.polled_at.max(put_off);
    let is_stale = tried_at.is_some_and(|at| at.duration_since(ok_at) > STILL_READ);
    let is_troubled = matches!(
        feed.health(now),
        Health::Failing(_) | Health::Blocked(_) | Health::Gone
    );
    !is_stale && !is_troubled
}

/// Where a participant who has posted this stands with the Thing of this number and these days. `is_read` says whether
/// their blog is read.
pub fn stand(
    thing: u16,
    window: Window,
    posting: &Posting,
    is_read: bool,
    now: Timestamp,
) -> Stand {
    let standing = posting.on(thing);
    if let Some((standing, first_at)) = standing.and_then(|it| Some((it, it.first_at?))) {
        let late = !standing.undated && window.over.is_some_and(|over| first_at >= over);
        return if late { Stand::Late } else { Stand::Done };
    }
    Stand::Missing(if standing.is_some_and(|it| it.suggested > 0) {
        Cause::Suggested
    } else if window.opens.is_some_and(|opens| opens > now) {
        Cause::NotYetDue
    } else if !is_read {
        Cause::Unread
    } else if posting.unrecognised_in(window.meant) > 0 {
        Cause::Unrecognised
    } else {
        Cause::Silent
    })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use jiff::tz::TimeZone;

    use super::*;
    use crate::model::{Author, FeedId, Rules, Standing, Thing};

    fn at(time: &str) -> Timestamp {
        time.parse().unwrap()
    }

    /// Noon of 27 July.
    const NOW: Timestamp = Timestamp::constant(1_311_768_000, 0);

    /// A course in London whose Thing 6 opened on 18 July and the next on 25 July; another is to open on 28 July.
    fn course() -> Course {
        let thing = |number, opens| Thing {
            number,
            title: String::new(),
            week: None,
            opens,
            brief: None,
            topics: Vec::new(),
        };
        Course {
            name: String::new(),
            names: Vec::new(),
            unit: "Thing".to_owned(),
            home: None,
            feed: None,
            timezone: TimeZone::get("Europe/London").unwrap(),
            opens: None,
            closes: None,
            things: vec![
                thing(6, Some(date(2011, 7, 18))),
                thing(7, Some(date(2011, 7, 18))),
                thing(8, None),
                thing(9, Some(date(2011, 7, 25))),
                thing(10, Some(date(2011, 7, 28))),
            ],
            rules: Rules::default(),
        }
    }

    fn sixth() -> Window {
        windows(&course())[0]
    }

    /// What somebody has posted who wrote at this time, and may have written more.
    fn wrote_at(time: &str, suggested: u64) -> Posting {
        posting(Some(at(time)), suggested)
    }

    fn posting(first_at: Option<Timestamp>, suggested: u64) -> Posting {
        let standing = Standing {
            thing: 6,
            posts: u64::from(first_at.is_some()),
            suggested,
            first_at,
            undated: false,
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
        let found = stand(6, window, posting, true, NOW);
        assert_eq!(found, expected, "{posting:?}");
    }

    #[test]
    fn a_blog_that_has_put_us_off_for_more_than_a_day_is_not_read() {
        let check = |ok: &str, polled: &str, held: Option<&str>, expected: bool| {
            let url: url::Url = "https://blog.example/feed".parse().unwrap();
            let owner = Author {
                name: String::new(),
                slug: String::new(),
                site_url: None,
                excerpt_only: false,
            };
            let feed = Feed {
                ok_at: Some(at(ok)),
                polled_at: Some(at(polled)),
                held_until: held.map(at),
                ..Feed::new(FeedId(1), owner, url)
            };
            assert_eq!(
                is_read(Some(&feed), NOW),
                expected,
                "{ok} {polled} {held:?}"
            );
        };
        // It is noon of 27 July. It asked us to wait, and does so still or did so last.
        let (days_ago, lately) = ("2011-07-24T12:00:00Z", "2011-07-26T12:00:00Z");
        let (hour_ago, later) = ("2011-07-27T11:00:00Z", Some("2011-07-27T12:30:00Z"));
        check(days_ago, hour_ago, later, false);
        check(days_ago, hour_ago, None, false);
        check(lately, hour_ago, later, true);
        // It was not asked, for its platform asked us to wait for days.
        check(days_ago, days_ago, Some("2011-07-30T12:00:00Z"), false);
        check(lately, lately, Some("2011-07-30T12:00:00Z"), true);
        // Nobody has polled for three days, or not since it asked us to wait for an hour.
        check(days_ago, days_ago, None, true);
        check(days_ago, days_ago, Some("2011-07-24T13:00:00Z"), true);
        check(
            days_ago,
            "2011-07-24T15:00:00Z",
            Some("2011-07-24T16:00:00Z"),
            true,
        );
    }

    #[test]
    fn a_post_is_late_from_the_day_on_which_the_next_thing_opens() {
        // In London the day begins an hour before it does by UTC.
        check(&wrote_at("2011-07-24T22:59:59Z", 0), sixth(), Stand::Done);
        check(&wrote_at("2011-07-24T23:00:00Z", 0), sixth(), Stand::Late);
        check(&wrote_at("2011-07-01T12:00:00Z", 0), sixth(), Stand::Done);
        let open_end = Window {
            over: None,
            ..sixth()
        };
        check(&wrote_at("2012-07-01T12:00:00Z", 0), open_end, Stand::Done);
    }

    #[test]
    fn a_post_without_a_date_is_not_late() {
        let mut posting = wrote_at("2011-07-26T12:00:00Z", 0);
        check(&posting, sixth(), Stand::Late);
        posting.standings[0].undated = true;
        check(&posting, sixth(), Stand::Done);
    }

    #[test]
    fn a_post_goes_before_every_cause() {
        check(&wrote_at("2011-07-20T12:00:00Z", 3), sixth(), Stand::Done);
    }

    #[test]
    fn an_empty_cell_has_one_of_five_causes() {
        let cause = |cause| Stand::Missing(cause);
        let future = windows(&course())[4];
        check(&posting(None, 1), sixth(), cause(Cause::Suggested));
        check(&posting(None, 1), future, cause(Cause::Suggested));
        check(&Posting::default(), future, cause(Cause::NotYetDue));
        check(&Posting::default(), sixth(), cause(Cause::Silent));
        let wrote = |time| Posting {
            posts: 1,
            unrecognised: vec![at(time)],
            ..Posting::default()
        };
        let (in_its_time, before) = (wrote("2011-07-17T23:00:00Z"), wrote("2011-07-17T22:59:59Z"));
        check(&before, sixth(), cause(Cause::Silent));
        check(&in_its_time, sixth(), cause(Cause::Unrecognised));
        let unread = |window, posting: &Posting| stand(6, window, posting, false, NOW);
        let wrote = wrote("2011-07-20T12:00:00Z");
        assert_eq!(unread(sixth(), &wrote), cause(Cause::Unread));
        assert_eq!(unread(future, &wrote), cause(Cause::NotYetDue));
        assert_eq!(unread(sixth(), &posting(None, 1)), cause(Cause::Suggested));
    }

    #[test]
    fn a_post_that_names_no_thing_speaks_for_the_things_of_its_own_time_only() {
        let causes = |course: &Course, times: &[&str]| -> Vec<bool> {
            let posting = Posting {
                unrecognised: times.iter().map(|time| at(time)).collect(),
                ..Posting::default()
            };
            let now = at("2012-07-01T12:00:00Z");
            let things = course.things.iter().zip(windows(course));
            let unrecognised = Stand::Missing(Cause::Unrecognised);
            things
                .map(|(it, window)| stand(it.number, window, &posting, true, now) == unrecognised)
                .collect()
        };
        let (yes, no) = (true, false);
        let mut course = course();
        // Things 6 and 7 open together, 8 has no day, and nobody says when 10 is over.
        let before = "2011-07-17T22:59:59Z";
        assert_eq!(causes(&course, &[before]), [no, no, no, no, no]);
        let sixth = "2011-07-24T22:59:59Z";
        assert_eq!(causes(&course, &[sixth]), [yes, yes, yes, no, no]);
        assert_eq!(causes(&course, &[before, sixth]), [yes, yes, yes, no, no]);
        let ninth = "2011-07-24T23:00:00Z";
        assert_eq!(causes(&course, &[before, ninth]), [no, no, yes, yes, no]);
        let later = "2012-01-01T00:00:00Z";
        assert_eq!(causes(&course, &[later]), [no, no, yes, no, yes]);
        course.closes = Some(date(2011, 12, 31));
        assert_eq!(causes(&course, &[later]), [no, no, no, no, no]);
        for thing in &mut course.things {
            thing.opens = None;
        }
        course.closes = None;
        assert_eq!(causes(&course, &[before]), [yes; 5]);
        course.opens = Some(date(2011, 7, 18));
        assert_eq!(causes(&course, &[before]), [no; 5]);
        assert_eq!(causes(&course, &[before, sixth]), [yes; 5]);
    }

    #[test]
    fn things_that_open_together_are_over_together() {
        let mut course = course();
        let over = |course: &Course| -> Vec<Option<Timestamp>> {
            windows(course).iter().map(|window| window.over).collect()
        };
        let next = Some(at("2011-07-24T23:00:00Z"));
        let last = Some(at("2011-07-27T23:00:00Z"));
        assert_eq!(over(&course), [next, next, None, last, None]);
        course.closes = Some(date(2011, 12, 31));
        let after = Some(at("2012-01-01T00:00:00Z"));
        assert_eq!(over(&course), [next, next, None, last, after]);
    }
}
