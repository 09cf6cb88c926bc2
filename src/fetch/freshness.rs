//! Freshness: how long the headers of an answer call it good (RFC 9111 § 4.2).
//!
//! Pure; it must not know how often we ask, for this is advice that `plan` clamps.

use jiff::{SignedDuration, Timestamp};
use reqwest::header::{AGE, CACHE_CONTROL, DATE, EXPIRES, HeaderMap};

use super::headers::{http_date, members, pair, text};

/// Longest time that is believed.
const FRESH_MAX: SignedDuration = SignedDuration::from_hours(366 * 24);

/// How long an answer that came at `now` is fresh from now, 0 to 366 days; nothing where its headers do not say so,
/// or say that nobody should keep it.
///
/// We read for many people, so the word for shared caches counts first: `s-maxage`, then `max-age`, then `Expires`
/// minus the answer's own `Date`. The `Age` that it has reached on the way is taken off. An `Expires` that cannot be
/// read is in the past (RFC 9111 § 5.3); an age that cannot be read counts as not said.
pub(super) fn fresh_for(headers: &HeaderMap, now: Timestamp) -> Option<SignedDuration> {
    let directives = || members(headers, CACHE_CONTROL).map(pair);
    let is_said = |name: &str| {
        // `no-cache="field"` is about that field alone.
        directives().any(|(said, fields)| said.eq_ignore_ascii_case(name) && fields.is_empty())
    };
    if is_said("no-store") || is_said("no-cache") {
        return None;
    }
    let seconds_of = |name: &str| {
        let mut said = directives().filter(|(said, _)| said.eq_ignore_ascii_case(name));
        said.find_map(|(_, value)| seconds(value))
    };
    let lifetime = seconds_of("s-maxage")
        .or_else(|| seconds_of("max-age"))
        .or_else(|| until_expired(headers, now))?;
    let age = text(headers, AGE).and_then(seconds).unwrap_or_default();
    let left = lifetime.saturating_sub(age);
    Some(left.clamp(SignedDuration::ZERO, FRESH_MAX))
}

fn until_expired(headers: &HeaderMap, now: Timestamp) -> Option<SignedDuration> {
    let expires = text(headers, EXPIRES)?;
    let date = text(headers, DATE).and_then(http_date).unwrap_or(now);
    Some(http_date(expires).map_or(SignedDuration::ZERO, |expires| expires.duration_since(date)))
}

/// A number of seconds; one that is too long for the machine is the longest there is.
fn seconds(value: &str) -> Option<SignedDuration> {
    let is_number = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| {
        value
            .parse()
            .map_or(SignedDuration::MAX, SignedDuration::from_secs)
    })
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};
    use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

    use super::fresh_for;

    const NOW: Timestamp = Timestamp::constant(1_310_990_400, 0);
    const YEAR: i64 = 366 * 24 * 3_600;

    #[track_caller]
    fn check(lines: &[&str], seconds: Option<i64>) {
        let mut headers = HeaderMap::new();
        for line in lines {
            let (name, value) = line.split_once(": ").unwrap();
            headers.append(
                HeaderName::from_bytes(name.as_bytes()).unwrap(),
                HeaderValue::from_bytes(value.as_bytes()).unwrap(),
            );
        }
        let fresh = fresh_for(&headers, NOW);
        assert_eq!(fresh, seconds.map(SignedDuration::from_secs), "{lines:?}");
    }

    /// Shows A9.
    #[test]
    fn what_cache_control_says_comes_first() {
        check(&["cache-control: max-age=0"], Some(0));
        check(&["cache-control: max-age=300"], Some(300));
        check(&["cache-control: public, Max-Age=\"7200\""], Some(7_200));
        check(&["cache-control: max-age=99999999"], Some(YEAR));
        check(
            &["cache-control: max-age=99999999999999999999999"],
            Some(YEAR),
        );
        for garbage in ["abc", "", "-5", "1e3", "1.5", "+5", "é"] {
            check(&[&format!("cache-control: max-age={garbage}")], None);
        }
        check(&["cache-control: s-maxage=600,max-age=60"], Some(600));
        check(
            &["cache-control: max-age=60", "cache-control: s-maxage=600"],
            Some(600),
        );
        check(&["cache-control: s-maxage=abc, max-age=60"], Some(60));
        check(&["cache-control: max-age=60, max-age=900"], Some(60));
        check(
            &[
                "cache-control: max-age=60",
                "expires: Mon, 18 Jul 2011 14:00:00 GMT",
            ],
            Some(60),
        );
        check(&[], None);
    }

    /// Shows A9.
    #[test]
    fn the_age_of_an_answer_is_taken_off() {
        let hour = "cache-control: max-age=3600";
        check(&[hour, "age: 3500"], Some(100));
        check(&[hour, "age: 99999"], Some(0));
        check(&[hour, "age: 99999999999999999999"], Some(0));
        check(&[hour, "age: old"], Some(3_600));
        check(
            &["cache-control: max-age=99999999999999999999", "age: 5"],
            Some(YEAR),
        );
    }

    /// Shows A8, A9.
    #[test]
    fn what_nobody_should_keep_has_no_freshness() {
        check(&["cache-control: no-cache,max-age=9999"], None);
        check(&["cache-control: max-age=9999, NO-STORE"], None);
        check(
            &[
                "cache-control: no-store",
                "expires: Mon, 18 Jul 2011 14:00:00 GMT",
            ],
            None,
        );
        check(
            &["cache-control: no-cache=\"set-cookie\", max-age=60"],
            Some(60),
        );
    }

    /// Shows A9.
    #[test]
    fn an_expiry_is_read_on_the_clock_of_the_host() {
        let in_two_hours = "expires: Mon, 18 Jul 2011 14:00:00 GMT";
        check(&[in_two_hours], Some(7_200));
        check(
            &["date: Mon, 18 Jul 2011 12:00:00 GMT", in_two_hours],
            Some(7_200),
        );
        check(
            &[
                "date: Sun, 17 Jul 2011 12:00:00 GMT",
                "expires: Sun, 17 Jul 2011 14:00:00 GMT",
            ],
            Some(7_200),
        );
        check(&["date: gibberish", in_two_hours], Some(7_200));
        check(&[in_two_hours, "age: 200"], Some(7_000));
        check(&["expires: Mon, 18 Jul 2011 10:00:00 GMT"], Some(0));
        check(&["expires: Fri, 31 Dec 9999 23:59:59 GMT"], Some(YEAR));
        check(&["cache-control: max-age=abc", in_two_hours], Some(7_200));
    }

    /// Shows A8.
    #[test]
    fn an_expiry_that_cannot_be_read_is_over() {
        for garbage in ["0", "-1", "never", ""] {
            check(&[&format!("expires: {garbage}")], Some(0));
        }
    }
}
