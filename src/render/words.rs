//! Dates and counts as a reader wants them.
//!
//! Pure functions from values to the words of a language; a count of anything but the course's own unit is `tongue`'s. It
//! must not know of templates, nor read a clock.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::tongue;
use crate::model::Language;

/// A day in words: `Thursday 21 July 2011`, `Donnerstag, 21. Juli 2011`.
pub fn day(date: Date, language: Language) -> String {
    let words = &tongue::words(language).dates;
    let weekday = usize::from(date.weekday().to_monday_zero_offset().unsigned_abs());
    let gaps = [
        ("weekday", named(&words.weekdays, weekday)),
        ("date", &date_alone(date, language)),
    ];
    tongue::with(words.day, &gaps)
}

/// A day without its weekday: `21 July 2011`, `21. Juli 2011`.
pub fn date_alone(date: Date, language: Language) -> String {
    let words = &tongue::words(language).dates;
    let gaps = [
        ("day", date.day().to_string()),
        ("month", named(&words.months, month(date)).to_owned()),
        ("year", date.year().to_string()),
    ];
    let gaps: Vec<(&str, &str)> = gaps.iter().map(|(gap, it)| (*gap, it.as_str())).collect();
    tongue::with(words.date, &gaps)
}

/// A day in short, of a year that goes without saying: `21 Jul`, `21. Juli`.
pub fn date_in_short(date: Date, language: Language) -> String {
    let words = &tongue::words(language).dates;
    let gaps = [
        ("day", date.day().to_string()),
        (
            "month",
            named(&words.months_in_short, month(date)).to_owned(),
        ),
    ];
    let gaps: Vec<(&str, &str)> = gaps.iter().map(|(gap, it)| (*gap, it.as_str())).collect();
    tongue::with(words.date_in_short, &gaps)
}

/// The day of a moment in words, as it was in this zone.
pub fn day_of(time: Timestamp, zone: &TimeZone, language: Language) -> String {
    day(date_of(time, zone), language)
}

/// A moment in words, to the minute: `Thursday 21 July 2011, 14:05`, `Donnerstag, 21. Juli 2011, 14:05 Uhr`.
pub fn minute_of(time: Timestamp, zone: &TimeZone, language: Language) -> String {
    let there = time.to_zoned_datetime(zone.clone());
    let clock = there.strftime("%H:%M").to_string();
    let gaps = [("day", day(there.date(), language)), ("time", clock)];
    let gaps: Vec<(&str, &str)> = gaps.iter().map(|(gap, it)| (*gap, it.as_str())).collect();
    tongue::with(tongue::words(language).dates.minute, &gaps)
}

fn month(date: Date) -> usize {
    usize::from(date.month().unsigned_abs()).saturating_sub(1)
}

fn named<'a>(names: &[&'a str], at: usize) -> &'a str {
    names.get(at).copied().unwrap_or_default()
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

/// A number of the course's Things in words, by what it calls one and several: `no Weeks`, `1 Week`, `1.204 Weeks`.
pub fn units(number: u64, unit: &str, units: &str, language: Language) -> String {
    match number {
        0 => tongue::with(tongue::words(language).dates.no_units, &[("units", units)]),
        1 => format!("1 {unit}"),
        _ => format!("{} {units}", tongue::grouped(number, language)),
    }
}

/// A number of things in English: `no posts`, `1 post`, `1,204 posts`.
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
    if digits.len() <= 3 {
        return digits;
    }
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

    const ENGLISH: Language = Language::English;
    const GERMAN: Language = Language::German;

    fn london() -> TimeZone {
        TimeZone::get("Europe/London").unwrap()
    }

    #[test]
    fn a_day_is_named_in_the_zone_of_the_course() {
        let late: Timestamp = "2011-07-20T23:30:00Z".parse().unwrap();
        assert_eq!(day_of(late, &london(), ENGLISH), "Thursday 21 July 2011");
        assert_eq!(
            day_of(late, &TimeZone::UTC, ENGLISH),
            "Wednesday 20 July 2011"
        );
        assert_eq!(day(date(2011, 6, 20), ENGLISH), "Monday 20 June 2011");
    }

    #[test]
    fn a_day_is_named_in_the_language_of_the_course() {
        assert_eq!(day(date(2011, 7, 21), GERMAN), "Donnerstag, 21. Juli 2011");
        assert_eq!(date_alone(date(2012, 3, 4), GERMAN), "4. März 2012");
        assert_eq!(date_alone(date(2012, 3, 4), ENGLISH), "4 March 2012");
        assert_eq!(date_in_short(date(2012, 10, 4), GERMAN), "4. Okt.");
        assert_eq!(date_in_short(date(2012, 10, 4), ENGLISH), "4 Oct");
    }

    #[test]
    fn english_days_and_months_are_those_of_the_calendar() {
        let mut day_by_day = date(2011, 1, 1);
        for _ in 0..366 {
            let expected = day_by_day.strftime("%A %-d %B %Y").to_string();
            assert_eq!(day(day_by_day, ENGLISH), expected);
            let expected = day_by_day.strftime("%-d %b").to_string();
            assert_eq!(date_in_short(day_by_day, ENGLISH), expected);
            day_by_day = day_by_day.tomorrow().unwrap();
        }
    }

    #[test]
    fn things_are_counted_by_what_the_course_calls_them() {
        assert_eq!(units(0, "Week", "Weeks", ENGLISH), "no Weeks");
        assert_eq!(units(1, "Aufgabe", "Aufgaben", GERMAN), "1 Aufgabe");
        assert_eq!(units(0, "Aufgabe", "Aufgaben", GERMAN), "keine Aufgaben");
        assert_eq!(units(1204, "Aufgabe", "Aufgaben", GERMAN), "1.204 Aufgaben");
    }

    #[test]
    fn a_moment_is_given_to_readers_and_to_machines() {
        let time: Timestamp = "2011-07-21T13:05:00Z".parse().unwrap();
        assert_eq!(
            minute_of(time, &london(), ENGLISH),
            "Thursday 21 July 2011, 14:05"
        );
        assert_eq!(
            minute_of(time, &london(), GERMAN),
            "Donnerstag, 21. Juli 2011, 14:05 Uhr"
        );
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
