//! Dates, counts and excerpts as a reader wants them.
//!
//! Pure functions from values to English. It must not know of templates, nor read a clock.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// A day in words: `Thursday 21 July 2011`.
pub fn day(date: Date) -> String {
    date.strftime("%A %-d %B %Y").to_string()
}

/// The day of a moment in words, as it was in this zone.
pub fn day_of(time: Timestamp, zone: &TimeZone) -> String {
    day(date_of(time, zone))
}

/// A moment in words, to the minute: `Thursday 21 July 2011, 14:05`.
pub fn minute_of(time: Timestamp, zone: &TimeZone) -> String {
    time.to_zoned_datetime(zone.clone())
        .strftime("%A %-d %B %Y, %H:%M")
        .to_string()
}

/// The time of a moment, to the minute, as it was in this zone: `14:05`.
pub fn time_of(time: Timestamp, zone: &TimeZone) -> String {
    time.to_zoned_datetime(zone.clone())
        .strftime("%H:%M")
        .to_string()
}

/// A moment for machines, in this zone: `2011-07-21T14:05:00+01:00`.
pub fn machine(time: Timestamp, zone: &TimeZone) -> String {
    time.to_zoned_datetime(zone.clone())
        .strftime("%Y-%m-%dT%H:%M:%S%:z")
        .to_string()
}

/// The day of a moment, as it was in this zone.
pub fn date_of(time: Timestamp, zone: &TimeZone) -> Date {
    time.to_zoned_datetime(zone.clone()).date()
}

/// A number of things in words: `no posts`, `1 post`, `1,204 posts`.
pub fn count(number: u64, singular: &str) -> String {
    match number {
        0 => format!("no {}", plural(singular)),
        1 => format!("1 {singular}"),
        _ => format!("{} {}", grouped(number), plural(singular)),
    }
}

/// The plural of an English noun that follows the rules: `Things`, `Classes`, `Activities`.
pub fn plural(singular: &str) -> String {
    let lower = singular.to_lowercase();
    let sibilant = ["s", "x", "z", "ch", "sh"]
        .iter()
        .any(|ending| lower.ends_with(ending));
    let vowel_y = ["ay", "ey", "oy", "uy"]
        .iter()
        .any(|ending| lower.ends_with(ending));
    match singular.strip_suffix(['y', 'Y']) {
        Some(stem) if !vowel_y && !stem.is_empty() => format!("{stem}ies"),
        _ if sibilant => format!("{singular}es"),
        _ => format!("{singular}s"),
    }
}

/// A number with commas between its thousands: `1,204`.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut words = String::with_capacity(digits.len() * 2);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            words.push(',');
        }
        words.push(digit);
    }
    words
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn london() -> TimeZone {
        TimeZone::get("Europe/London").unwrap()
    }

    #[test]
    fn a_day_is_named_in_the_zone_of_the_course() {
        let late: Timestamp = "2011-07-20T23:30:00Z".parse().unwrap();
        assert_eq!(day_of(late, &london()), "Thursday 21 July 2011");
        assert_eq!(day_of(late, &TimeZone::UTC), "Wednesday 20 July 2011");
        assert_eq!(day(date(2011, 6, 20)), "Monday 20 June 2011");
    }

    #[test]
    fn a_moment_is_given_to_readers_and_to_machines() {
        let time: Timestamp = "2011-07-21T13:05:00Z".parse().unwrap();
        assert_eq!(minute_of(time, &london()), "Thursday 21 July 2011, 14:05");
        assert_eq!(machine(time, &london()), "2011-07-21T14:05:00+01:00");
        assert_eq!(time_of(time, &london()), "14:05");
    }

    #[test]
    fn a_count_reads_as_english() {
        assert_eq!(count(0, "post"), "no posts");
        assert_eq!(count(1, "post"), "1 post");
        assert_eq!(count(1204, "Thing"), "1,204 Things");
        assert_eq!(grouped(1_000_000), "1,000,000");
    }

    #[test]
    fn a_unit_has_its_plural() {
        for (one, many) in [
            ("Thing", "Things"),
            ("Week", "Weeks"),
            ("Class", "Classes"),
            ("Activity", "Activities"),
            ("Day", "Days"),
        ] {
            assert_eq!(plural(one), many);
        }
    }
}
