//! Dates as feeds write them.
//!
//! RFC 3339 and RFC 2822 are what the standards ask for; the rest is what blogs send. A date without a zone is UTC.
//! Nothing before 1971 is a date: years 1 and 1970 are how software writes "none".

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

use self::months::month;

mod months;

/// Reads one date in any of the usual spellings; nothing where it cannot be read with confidence.
pub(super) fn parse(text: &str) -> Option<Timestamp> {
    stated(text).filter(|time| *time >= earliest())
}

/// Whether a date is readable but one of those that mean that there is none.
pub(super) fn means_none(text: &str) -> bool {
    stated(text).is_some_and(|time| time < earliest())
}

fn stated(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if text.is_empty() || text.len() > 100 {
        return None;
    }
    digits(text)
        .or_else(|| iso(text))
        .or_else(|| slashes(text))
        .or_else(|| words(text))
        .or_else(|| iso(&with_signs_of_east_asia_replaced(text)?))
}

/// Digits without anything between: `20230103`, `20230103100000`, `20230103T100000Z`, or seconds or milliseconds since
/// 1970.
fn digits(text: &str) -> Option<Timestamp> {
    let number: String = text
        .chars()
        .filter(|character| !"TtZz".contains(*character))
        .collect();
    if number.len() + 2 < text.len() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    match number.len() {
        8 | 14 => {
            let part = |from: usize, to: usize| number.get(from..to)?.parse::<i8>().ok();
            let date = Date::new(number[..4].parse().ok()?, part(4, 6)?, part(6, 8)?).ok()?;
            let time = match number.len() {
                8 => Time::midnight(),
                _ => Time::new(part(8, 10)?, part(10, 12)?, part(12, 14)?.min(59), 0).ok()?,
            };
            at(date, time, SignedDuration::ZERO)
        }
        10 => Timestamp::from_second(number.parse().ok()?).ok(),
        13 => Timestamp::from_millisecond(number.parse().ok()?).ok(),
        _ => None,
    }
}

/// `13/01/2023` and `01/13/2023`, with a time behind it if need be: which is the day shows only where one of the two is
/// greater than twelve, or where a clock of twelve hours tells that Americans wrote it.
fn slashes(text: &str) -> Option<Timestamp> {
    let (date, rest) = text.split_once([' ', ',']).unwrap_or((text, ""));
    let mut parts = date.split('/').map(|part| part.parse::<i8>().ok());
    let (first, second) = (parts.next()??, parts.next()??);
    let year = date.rsplit('/').next().filter(|year| year.len() == 4)?;
    let twelve_hours = rest.to_ascii_lowercase().trim_end().ends_with('m');
    let (month, day) = match (first > 12, second > 12) {
        (true, false) => (second, first),
        (false, true) => (first, second),
        (false, false) if twelve_hours || first == second => (first, second),
        _ => return None,
    };
    words(&format!("{year}-{month}-{day} {rest}"))
}

/// `2023年1月3日` and `2023년 1월 3일` with hyphens, `2023. 1. 3.` without blanks; nothing where there is no such sign.
fn with_signs_of_east_asia_replaced(text: &str) -> Option<String> {
    let dots = text.contains(". ");
    if !dots && !text.contains(['年', '년']) {
        return None;
    }
    let joined = text
        .replace(". ", ".")
        .replace("년 ", "년")
        .replace("월 ", "월");
    let hyphens = joined
        .replace(['年', '월', '月', '년'], "-")
        .replace(['日', '일'], " ");
    Some(hyphens.trim_end_matches(['.', ' ']).to_owned())
}

fn earliest() -> Timestamp {
    Timestamp::constant(31_536_000, 0)
}

/// `2011-07-18T09:30:00Z` and its loose relatives: a blank for the T, no seconds, no zone, slashes, a date alone.
///
/// Nothing when a word is left that this cannot read.
fn iso(text: &str) -> Option<Timestamp> {
    let date_end = text.find(['T', 't', ' ']).unwrap_or(text.len());
    let date = iso_date(&text[..date_end])?;
    let rest = text[date_end..].trim_start_matches(['T', 't', ' ']);
    let zone_start = rest
        .find(|character: char| !matches!(character, '0'..='9' | ':' | '.' | ','))
        .unwrap_or(rest.len());
    let (clock, zone) = rest.split_at(zone_start);
    let time = if clock.is_empty() {
        (Time::midnight(), 0)
    } else {
        clock_time(clock, None)?
    };
    let offset = match zone.trim() {
        "" => SignedDuration::ZERO,
        // A `+` that was lost on the way, as it is in addresses.
        zone if zone.starts_with(|c: char| c.is_ascii_digit()) => offset(&format!("+{zone}"))?,
        zone => offset(zone)?,
    };
    at_clock(date, time, offset)
}

/// `2011-07-18`, `2011/7/18`, `2011.07.18`, `2011-07` or the day of the year, `2011-199`.
fn iso_date(text: &str) -> Option<Date> {
    if text.find(|character: char| !character.is_ascii_digit())? != 4 {
        return None;
    }
    if let Some((year, day)) = text.split_once('-')
        && day.len() == 3
        && day.bytes().all(|byte| byte.is_ascii_digit())
    {
        let (year, day) = (year.parse().ok()?, day.parse::<i16>().ok()?);
        let days = (1..=366).contains(&day).then(|| i64::from(day - 1))?;
        let date = Date::new(year, 1, 1).ok()?;
        return date.checked_add(SignedDuration::from_hours(24 * days)).ok();
    }
    let mut parts = text
        .split(['-', '/', '.'])
        .map(|part| part.parse::<i16>().ok());
    let (year, month, day) = (
        parts.next()??,
        parts.next().unwrap_or(Some(1))?,
        parts.next().unwrap_or(Some(1))?,
    );
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// `18.07.2011`: between dots the day comes first, wherever people write so.
fn dotted_date(text: &str) -> Option<Date> {
    let mut parts = text.split('.');
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    if year.len() != 4 || parts.next().is_some_and(|rest| !rest.is_empty()) {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

/// `Mon, 18 Jul 2011 09:30:00 +0100` and everything that puts the same words in another order.
fn words(text: &str) -> Option<Timestamp> {
    let mut found = Found::default();
    let spaced = text.replace([',', '(', ')'], " ");
    for token in spaced.split_whitespace() {
        found.take(token)?;
    }
    let month = found.month.or(found.march_or_tuesday)?;
    let date = Date::new(found.year?, month, found.day?).ok()?;
    at_clock(
        date,
        clock_time(found.clock.as_deref().unwrap_or("0:00"), found.afternoon)?,
        found.offset,
    )
}

/// The pieces of a date written in words, as they turn up.
#[derive(Default)]
struct Found {
    year: Option<i16>,
    month: Option<i8>,
    /// A leading `mar` is a month only where no other turns up: it is Tuesday in French, Spanish and Italian.
    march_or_tuesday: Option<i8>,
    day: Option<i8>,
    clock: Option<String>,
    afternoon: Option<bool>,
    offset: SignedDuration,
}

impl Found {
    /// Takes one word in; nothing when it makes the whole unreadable.
    fn take(&mut self, token: &str) -> Option<()> {
        let (date, clock) = token.split_once(['T', 't']).unwrap_or((token, ""));
        if let Some(date) = iso_date(date).or_else(|| dotted_date(date)) {
            self.year = Some(date.year());
            self.month = Some(date.month());
            self.day = Some(date.day());
            return if clock.is_empty() {
                Some(())
            } else {
                self.take(clock)
            };
        }
        if let Some((day, rest)) = token
            .split_once('-')
            .filter(|_| self.day.is_none() && token.len() > 5)
        {
            // 18-Jul-2011
            let (month, year) = rest.split_once('-')?;
            return self
                .take(day)
                .and_then(|()| self.take(month))
                .and_then(|()| self.take(year));
        }
        if token.contains(':') && token.starts_with(|character: char| character.is_ascii_digit()) {
            return self.take_clock(token);
        }
        if let Ok(number) = token
            .trim_end_matches(['.', 't', 'h', 's', 'n', 'd', 'r'])
            .parse::<i16>()
            && token.starts_with(|character: char| character.is_ascii_digit())
        {
            return self.take_number(number, token);
        }
        if let Some(month) = month(token) {
            let leading = self.day.is_none() && self.year.is_none();
            if leading && matches!(token.to_lowercase().as_str(), "mar" | "mar.") {
                self.march_or_tuesday = Some(month);
            } else {
                self.month.get_or_insert(month);
            }
        } else if token.eq_ignore_ascii_case("pm") || token.eq_ignore_ascii_case("am") {
            self.afternoon = Some(token.eq_ignore_ascii_case("pm"));
        } else if let Some(offset) = offset(token) {
            self.offset = offset;
        }
        // Any other word is a weekday, in whatever language.
        Some(())
    }

    fn take_clock(&mut self, token: &str) -> Option<()> {
        let end = token
            .find(|character: char| !matches!(character, '0'..='9' | ':' | '.'))
            .unwrap_or(token.len());
        self.clock = Some(token[..end].to_owned());
        match &token[end..] {
            "" => Some(()),
            suffix => self.take(suffix),
        }
    }

    fn take_number(&mut self, number: i16, token: &str) -> Option<()> {
        if number > 31 || token.len() == 4 {
            self.year = Some(if number < 70 && token.len() == 2 {
                number + 2000
            } else if number < 100 && token.len() == 2 {
                number + 1900
            } else {
                number
            });
        } else if self.day.is_none() {
            self.day = Some(i8::try_from(number).ok()?);
        } else {
            // A two-digit year, as RFC 822 wrote it.
            self.year = Some(number + 2000);
        }
        Some(())
    }
}

/// What a clock shows, and how many days later that is.
fn clock_time(text: &str, afternoon: Option<bool>) -> Option<(Time, i64)> {
    let mut parts = text.split(':');
    let mut hour: i8 = parts.next()?.parse().ok()?;
    let minute: i8 = parts.next().unwrap_or("0").parse().ok()?;
    let second = parts.next().unwrap_or("0").split(['.', ',']).next()?;
    let second: i8 = second.parse().ok()?;
    match afternoon {
        Some(true) if hour < 12 => hour += 12,
        Some(false) if hour == 12 => hour = 0,
        _ => {}
    }
    if hour == 24 && minute == 0 && second == 0 {
        return Some((Time::midnight(), 1));
    }
    Some((Time::new(hour, minute, second.min(59), 0).ok()?, 0))
}

/// The moment of a clock on a day; a clock that shows 24:00 means the day after.
fn at_clock(date: Date, clock: (Time, i64), offset: SignedDuration) -> Option<Timestamp> {
    let day = SignedDuration::from_hours(24 * clock.1);
    at(date.checked_add(day).ok()?, clock.0, offset)
}

fn at(date: Date, time: Time, offset: SignedDuration) -> Option<Timestamp> {
    let seconds = i32::try_from(offset.as_secs()).ok()?;
    let offset = Offset::from_seconds(seconds).ok()?;
    offset.to_timestamp(DateTime::from_parts(date, time)).ok()
}

/// `+0100`, `+01:00`, `Z`, `GMT+1`, `EST`.
fn offset(text: &str) -> Option<SignedDuration> {
    let numeric = text.trim_start_matches("GMT").trim_start_matches("UTC");
    if let Some(sign) = numeric
        .chars()
        .next()
        .filter(|sign| matches!(sign, '+' | '-'))
    {
        let digits: String = numeric[1..].chars().filter(char::is_ascii_digit).collect();
        let (hours, minutes) = match digits.len() {
            1 | 2 => (digits.parse::<i64>().ok()?, 0),
            3 | 4 => {
                let (hours, minutes) = digits.split_at(digits.len() - 2);
                (hours.parse::<i64>().ok()?, minutes.parse::<i64>().ok()?)
            }
            _ => return None,
        };
        let minutes = (hours * 60 + minutes) * if sign == '-' { -1 } else { 1 };
        return (minutes.abs() < 24 * 60).then(|| SignedDuration::from_mins(minutes));
    }
    // RFC 822 section 5.1, RFC 2822 section 4.3, and the zones that blogs' software writes besides.
    let hours = match text.to_ascii_uppercase().as_str() {
        "Z" | "UT" | "UTC" | "GMT" | "WET" => 0,
        "BST" | "CET" | "MEZ" | "WEST" | "IST" => 1,
        "CEST" | "MESZ" | "EET" => 2,
        "EEST" | "MSK" => 3,
        "JST" | "KST" => 9,
        "AEST" => 10,
        "AEDT" => 11,
        "NZST" => 12,
        "NZDT" => 13,
        "AST" | "EDT" => -4,
        "EST" | "ET" | "CDT" => -5,
        "CST" | "CT" | "MDT" => -6,
        "MST" | "PDT" => -7,
        "PST" | "PT" => -8,
        _ => return None,
    };
    Some(SignedDuration::from_hours(hours))
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[track_caller]
    fn check(text: &str, expected: Option<&str>) {
        assert_eq!(
            parse(text).map(|time| time.to_string()).as_deref(),
            expected,
            "{text:?}"
        );
    }

    #[test]
    fn the_standards_forms_are_read() {
        check("2011-07-18T09:30:00Z", Some("2011-07-18T09:30:00Z"));
        check(
            "2011-07-18T09:30:00.123+01:00",
            Some("2011-07-18T08:30:00Z"),
        );
        check(
            "Mon, 18 Jul 2011 09:30:00 +0100",
            Some("2011-07-18T08:30:00Z"),
        );
        check(
            "Mon, 18 Jul 2011 09:30:00 GMT",
            Some("2011-07-18T09:30:00Z"),
        );
        check("18 Jul 11 09:30 EST", Some("2011-07-18T14:30:00Z"));
    }

    #[test]
    fn loose_iso_forms_are_read_as_utc() {
        check("2015-01-17 12:51", Some("2015-01-17T12:51:00Z"));
        check("2019-01-25 00:00:00", Some("2019-01-25T00:00:00Z"));
        check("2014-12-19T19:12+09:00", Some("2014-12-19T10:12:00Z"));
        check("2020/1/10 14:33:00", Some("2020-01-10T14:33:00Z"));
        check("2011-07-18", Some("2011-07-18T00:00:00Z"));
        check("2011-07", Some("2011-07-01T00:00:00Z"));
    }

    #[test]
    fn words_in_other_orders_are_read() {
        check("Sat Oct 06 2018 00:00:00 GMT", Some("2018-10-06T00:00:00Z"));
        check(
            "Sat Oct 06 2018 00:00:00 GMT+0200 (CEST)",
            Some("2018-10-05T22:00:00Z"),
        );
        check("Mon Jul 18 09:30:00 2011", Some("2011-07-18T09:30:00Z"));
        check("Tues, 26 July 2011 9:15", Some("2011-07-26T09:15:00Z"));
        check("July 18, 2011 3:05 pm", Some("2011-07-18T15:05:00Z"));
        check("18-Jul-2011 09:30:00", Some("2011-07-18T09:30:00Z"));
    }

    #[test]
    fn a_weekday_does_not_pass_for_a_month() {
        check("mar, 05 jul 2011 10:00:00", Some("2011-07-05T10:00:00Z"));
        check("mardi 5 juillet 2011", Some("2011-07-05T00:00:00Z"));
        check("martes, 5 de julio de 2011", Some("2011-07-05T00:00:00Z"));
        check(
            "mar., 15 févr. 2011 10:00:00 GMT",
            Some("2011-02-15T10:00:00Z"),
        );
        check("mar., 15 mar. 2011", Some("2011-03-15T00:00:00Z"));
        check("Mar 5, 2011", Some("2011-03-05T00:00:00Z"));
        check("Tue, 15 Mar 2011", Some("2011-03-15T00:00:00Z"));
        check("5 mardi 2011", None);
    }

    #[test]
    fn months_are_known_in_the_languages_of_blogs() {
        check("Di, 15. März 2011 10:00", Some("2011-03-15T10:00:00Z"));
        check("5 октября 2011", Some("2011-10-05T00:00:00Z"));
        check(
            "Seg, 05 Set 2011 10:00:00 -0300",
            Some("2011-09-05T13:00:00Z"),
        );
        check("5 de março de 2011", Some("2011-03-05T00:00:00Z"));
        check("18.07.2011 09:30", Some("2011-07-18T09:30:00Z"));
    }

    #[test]
    fn an_afternoon_is_not_lost_beside_a_numeric_date() {
        check("2011-07-05 3:05 pm", Some("2011-07-05T15:05:00Z"));
        check("2011-07-05 12:05 AM +0100", Some("2011-07-04T23:05:00Z"));
        check("2011-07-05T3:05pm", Some("2011-07-05T15:05:00Z"));
        check(
            "2011-07-05 09:30 Europe/London",
            Some("2011-07-05T09:30:00Z"),
        );
    }

    #[test]
    fn years_that_mean_none_are_no_date() {
        check("Mon, 01 Jan 0001 00:00:00 +0000", None);
        check("1970-01-01T00:00:00Z", None);
        check("0000-00-00", None);
    }

    /// One moment, as feeds have been seen to write it, and some of its days alone.
    const SAME: [&str; 46] = [
        "Tue, 03 Jan 2023 10:00:00 +0000",
        "Tue, 03 Jan 2023 10:00:00 GMT",
        "Tue, 03 Jan 2023 10:00:00 Z",
        "Tue, 03 Jan 2023 10:00:00 UT",
        "Tue, 03 Jan 2023 10:00:00 -0000",
        "Tue, 03 Jan 2023 10:00:00",
        "Tue, 03 Jan 2023 10:00 GMT",
        "Tue, 3 Jan 2023 10:00:00 GMT",
        "Tue, 03 Jan 23 10:00:00 GMT",
        "Tue 03 Jan 2023 10:00:00 GMT",
        "Tue,03 Jan 2023 10:00:00 GMT",
        "Tuesday, 03 January 2023 10:00:00 GMT",
        "tue, 03 jan 2023 10:00:00 gmt",
        "Tue, 03-Jan-2023 10:00:00 GMT",
        "  Tue,  03  Jan  2023  10:00:00  GMT ",
        "Tue, 03 Jan 2023 11:00:00 +0100",
        "Tue, 03 Jan 2023 11:00:00 +01:00",
        "Tue, 03 Jan 2023 11:00:00 GMT+1",
        "Tue, 03 Jan 2023 11:00:00 GMT+01:00",
        "Tue, 03 Jan 2023 11:00:00 UTC+0100",
        "Tue, 03 Jan 2023 11:00:00 +0100 (CET)",
        "Tue, 03 Jan 2023 12:00:00 CEST",
        "Tue, 03 Jan 2023 05:00:00 EST",
        "Tue, 03 Jan 2023 05:00:00 ET",
        "Tue, 03 Jan 2023 02:00:00 PT",
        "Tue, 03 Jan 2023 15:30:00 +0530",
        "Tue Jan  3 10:00:00 2023",
        "Tue Jan 03 2023 10:00:00 GMT+0000 (Coordinated Universal Time)",
        "Tue, Jan 3 2023 10:00:00",
        "January 3, 2023 10:00 AM",
        "Jan 3, 2023, 10:00:00 a.m.",
        "1/3/2023 10:00:00 AM",
        "2023-01-03T10:00:00Z",
        "2023-01-03T10:00:00.000000Z",
        "2023-01-03T10:00Z",
        "2023-01-03T10:00:00",
        "2023-01-03T11:00:00+0100",
        "2023-01-03 10:00:00",
        "2023-01-03 10:00:00 UTC",
        "2023-01-03 11:00:00 +0100",
        "2023-01-03T10:00:00 00:00",
        "20230103T100000Z",
        "20230103100000",
        "1672740000",
        "1672740000000",
        "Вт, 03 янв 2023 10:00:00 GMT",
    ];

    #[test]
    fn one_moment_is_read_in_every_form_that_feeds_have() {
        for text in SAME {
            check(text, Some("2023-01-03T10:00:00Z"));
        }
    }

    #[test]
    fn one_day_is_read_in_every_form_that_feeds_have() {
        for text in [
            "03 Jan 2023",
            "Tue, 03 Jan 2023",
            "3rd January 2023",
            "January 3rd, 2023",
            "2023-01-03",
            "2023/01/03",
            "2023.01.03",
            "20230103",
            "2023-003",
            "03.01.2023",
            "2023年1月3日",
            "2023년 1월 3일",
            "2023. 1. 3.",
            "mar., 03 janv. 2023",
            "Di, 03 Jan 2023",
            "3. Januar 2023",
            "3 de enero de 2023",
            "3 gennaio 2023",
            "3 janeiro 2023",
            "3 januari 2023",
            "3 stycznia 2023",
            "3. ledna 2023",
            "3 Ocak 2023",
            "3 tammikuuta 2023",
            "3 Ιανουαρίου 2023",
            "3 січня 2023",
        ] {
            check(text, Some("2023-01-03T00:00:00Z"));
        }
        check("13/01/2023", Some("2023-01-13T00:00:00Z"));
        check("01/13/2023", Some("2023-01-13T00:00:00Z"));
        check("2023-12-31T24:00:00Z", Some("2024-01-01T00:00:00Z"));
        check(
            "Sat, 31 Dec 2016 23:59:60 GMT",
            Some("2016-12-31T23:59:59Z"),
        );
    }

    #[test]
    fn a_day_that_could_be_two_is_no_date() {
        check("03/01/2023", None);
        check("3/1/2023 10:00", None);
    }

    #[test]
    fn nonsense_is_no_date() {
        for text in [
            "",
            "soon",
            "Tues, 32 Foo",
            "31 Feb 2011",
            "2011-13-01",
            "25:00",
            "--",
            "2011-07-18T99:00Z",
        ] {
            check(text, None);
        }
    }
}
