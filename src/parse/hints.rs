//! When to come again and where more of a feed is: what it says of that → what it can mean.
//!
//! All of it is a stranger's advice. What is negative, absurd or unreadable counts as not said, and nothing here is
//! followed.

use feed_rs::model as raw;
use jiff::SignedDuration;
use url::Url;

use super::finish::web_url;
use crate::model::{FeedLinks, Rhythm};

/// Longest time that a feed may ask to be left alone; what is longer is a slip.
const PERIOD_MAX: SignedDuration = SignedDuration::from_hours(366 * 24);
/// Shortest time between two renewals that anybody can mean.
const PERIOD_MIN: SignedDuration = SignedDuration::from_mins(1);
/// Hubs of one feed that are kept; real feeds have one or two.
const HUBS_MAX: usize = 8;
/// Characters of what a feed says of its software.
const GENERATOR_CHARS_MAX: usize = 200;

/// What a feed says that feed-rs does not hand on, as stated.
#[derive(Debug, Default)]
pub(super) struct Advice {
    ttl: Option<String>,
    period: Option<String>,
    frequency: Option<String>,
    hours: Option<String>,
    days: Option<String>,
    /// RDF's and JSON Feed's; the others name theirs in an element that feed-rs reads.
    pub(super) generator: Option<String>,
    /// JSON Feed's; the others name theirs in links.
    pub(super) hubs: Vec<String>,
    /// JSON Feed's.
    pub(super) next_page: Option<String>,
}

/// Which advice an element states.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Topic {
    /// RSS 2.0 `ttl`, in minutes.
    Ttl,
    /// `sy:updatePeriod`.
    Period,
    /// `sy:updateFrequency`, times in a period.
    Frequency,
    /// RSS 2.0 `skipHours`, its hours with blanks between them.
    Hours,
    /// RSS 2.0 `skipDays`, its days with blanks between them.
    Days,
}

impl Advice {
    /// Notes what an element says; the first that says something counts.
    pub(super) fn note(&mut self, topic: Topic, text: &str) {
        let slot = match topic {
            Topic::Ttl => &mut self.ttl,
            Topic::Period => &mut self.period,
            Topic::Frequency => &mut self.frequency,
            Topic::Hours => &mut self.hours,
            Topic::Days => &mut self.days,
        };
        if !text.trim().is_empty() {
            slot.get_or_insert_with(|| text.trim().to_owned());
        }
    }

    /// When the feed asks to be read again.
    pub(super) fn rhythm(&self) -> Rhythm {
        Rhythm {
            ttl: self.ttl.as_deref().and_then(minutes),
            update_every: self.update_every(),
            skip_hours: words(self.hours.as_deref())
                .filter_map(hour)
                .fold(0, |hours, hour| hours | 1 << hour),
            skip_days: words(self.days.as_deref())
                .filter_map(day)
                .fold(0, |days, day| days | 1 << day),
        }
    }

    /// A period through a frequency; a day and once are what the module says of who leaves one of them out.
    fn update_every(&self) -> Option<SignedDuration> {
        if self.period.is_none() && self.frequency.is_none() {
            return None;
        }
        let hours = match self
            .period
            .as_deref()
            .map(str::to_ascii_lowercase)
            .as_deref()
        {
            Some("hourly") => 1,
            Some("daily") | None => 24,
            Some("weekly") => 7 * 24,
            Some("monthly") => 30 * 24,
            Some("yearly") => 365 * 24,
            Some(_) => return None,
        };
        let times: i32 = match self.frequency.as_deref() {
            Some(text) => text.parse().ok().filter(|times| *times > 0)?,
            None => 1,
        };
        within_reason(SignedDuration::from_hours(hours) / times)
    }
}

fn minutes(text: &str) -> Option<SignedDuration> {
    let minutes: u32 = text.parse().ok()?;
    within_reason(SignedDuration::from_mins(i64::from(minutes)))
}

fn within_reason(period: SignedDuration) -> Option<SignedDuration> {
    (PERIOD_MIN..=PERIOD_MAX)
        .contains(&period)
        .then_some(period)
}

fn words(text: Option<&str>) -> impl Iterator<Item = &str> {
    text.unwrap_or_default().split_whitespace()
}

/// An hour of the day; RSS 0.91 counted them from 1 to 24.
fn hour(word: &str) -> Option<u32> {
    let hour: u32 = word.parse().ok()?;
    (hour <= 24).then_some(hour % 24)
}

/// A day of the week, from Monday.
fn day(word: &str) -> Option<usize> {
    const DAYS: [&str; 7] = [
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
    ];
    DAYS.iter().position(|day| day.eq_ignore_ascii_case(word))
}

/// Where else something of the feed is. Relative addresses are read against `base`.
pub(super) fn links(
    stated: &[raw::Link],
    generator: Option<&raw::Generator>,
    advice: Advice,
    base: Option<&Url>,
) -> FeedLinks {
    let mut links = FeedLinks {
        generator: generator
            .map(software)
            .or(advice.generator.as_deref())
            .and_then(short),
        ..FeedLinks::default()
    };
    let in_json = advice.hubs.into_iter().map(|hub| ("hub", hub));
    let next = advice.next_page.into_iter().map(|next| ("next", next));
    for (rel, address) in in_json.chain(next) {
        take(&mut links, rel, &address, base);
    }
    for link in stated.iter().filter(|link| link.target.is_none()) {
        for rel in words(link.rel.as_deref()) {
            let rel = rel.to_ascii_lowercase();
            // A relation may be written as the address where it is registered.
            take(
                &mut links,
                rel.rsplit('/').next().unwrap_or_default(),
                &link.href,
                base,
            );
        }
    }
    links
}

fn take(links: &mut FeedLinks, rel: &str, address: &str, base: Option<&Url>) {
    let address = address.trim();
    let Some(url) = Some(address)
        .filter(|text| !text.is_empty())
        .and_then(|text| web_url(text, base))
    else {
        return;
    };
    match rel {
        "hub" if links.hubs.len() < HUBS_MAX && !links.hubs.contains(&url) => links.hubs.push(url),
        "prev-archive" => {
            links.previous_archive.get_or_insert(url);
        }
        "next" => {
            links.next_page.get_or_insert(url);
        }
        _ => {}
    }
}

fn software(generator: &raw::Generator) -> &str {
    let name = generator.content.trim();
    if name.is_empty() {
        generator.uri.as_deref().unwrap_or_default()
    } else {
        name
    }
}

fn short(generator: &str) -> Option<String> {
    let words: Vec<&str> = generator.split_whitespace().collect();
    let short: String = words.join(" ").chars().take(GENERATOR_CHARS_MAX).collect();
    (!short.is_empty()).then_some(short)
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;
    use url::Url;

    use crate::model::{FeedLinks, ParsedFeed, Rhythm};
    use crate::parse::{Source, feed};

    fn read(text: &str) -> ParsedFeed {
        let url = Url::parse("https://blog.example/a/feed.xml").unwrap();
        let source = Source {
            url: Some(&url),
            charset: None,
            entries_max: 100,
        };
        feed(text.as_bytes(), source).unwrap()
    }

    fn rss(inside: &str) -> ParsedFeed {
        read(&format!(
            "<rss version='2.0'><channel><title>T</title>{inside}<item><title>1</title></item></channel></rss>"
        ))
    }

    #[track_caller]
    fn check_ttl(stated: &str, minutes: Option<i64>) {
        let rhythm = rss(&format!("<ttl>{stated}</ttl>")).rhythm;
        assert_eq!(
            rhythm.ttl,
            minutes.map(SignedDuration::from_mins),
            "{stated}"
        );
    }

    /// Shows A9.
    #[test]
    fn a_time_to_live_counts_in_minutes_and_only_within_reason() {
        check_ttl("15", Some(15));
        check_ttl("\n 1440 ", Some(1_440));
        check_ttl("527040", Some(527_040));
        for absurd in [
            "0",
            "-5",
            "527041",
            "999999999999999999999",
            "1.5",
            "soon",
            "",
        ] {
            check_ttl(absurd, None);
        }
    }

    #[track_caller]
    fn check_updates(inside: &str, minutes: Option<i64>) {
        let every = minutes.map(SignedDuration::from_mins);
        assert_eq!(rss(inside).rhythm.update_every, every, "{inside}");
    }

    /// Shows A9.
    #[test]
    fn a_period_is_shared_by_its_updates() {
        let sy = |period: &str, frequency: &str| {
            format!(
                "<sy:updatePeriod>{period}</sy:updatePeriod><sy:updateFrequency>{frequency}</sy:updateFrequency>"
            )
        };
        check_updates(&sy("daily", "2"), Some(720));
        // As every WordPress blog has it, blanks included.
        check_updates(&sy("\n\thourly\t", "\n\t1\t"), Some(60));
        check_updates(&sy("Weekly", "7"), Some(1_440));
        check_updates(&sy("yearly", "1"), Some(365 * 1_440));
        check_updates(
            "<sy:updatePeriod>monthly</sy:updatePeriod>",
            Some(30 * 1_440),
        );
        check_updates("<sy:updateFrequency>3</sy:updateFrequency>", Some(480));
        for (period, frequency) in [
            ("daily", "0"),
            ("daily", "-1"),
            ("daily", "99999999999999999999"),
            ("hourly", "61"),
            ("fortnightly", "1"),
            ("daily", "often"),
        ] {
            check_updates(&sy(period, frequency), None);
        }
        check_updates("", None);
    }

    /// Shows A10.
    #[test]
    fn hours_and_days_to_be_left_alone_are_read() {
        let rhythm = rss(
            "<skipHours><hour>0</hour><hour>23</hour><hour>24</hour><hour>25</hour><hour>-1</hour></skipHours>\
             <skipDays><day>Monday</day> <day>sunday</day><day>Caturday</day></skipDays>",
        )
        .rhythm;
        let expected = Rhythm {
            skip_hours: 1 | 1 << 23,
            skip_days: 1 | 1 << 6,
            ..Rhythm::default()
        };
        assert_eq!(rhythm, expected);
        let hours: Vec<String> = (0..24).map(|hour| format!("<hour>{hour}</hour>")).collect();
        let all = rss(&format!("<skipHours>{}</skipHours>", hours.concat())).rhythm;
        assert_eq!(all.skip_hours, 0xff_ffff);
        assert_eq!(rss("").rhythm, Rhythm::default());
    }

    #[test]
    fn what_a_post_says_is_not_the_feeds_word() {
        let feed = rss(
            "<item><title>2</title><ttl>5</ttl><sy:updatePeriod>hourly</sy:updatePeriod>\
             <atom:link rel='hub' href='http://hub.example/'/></item>",
        );
        assert_eq!(feed.rhythm, Rhythm::default());
        assert_eq!(feed.links, FeedLinks::default());
        assert_eq!(feed.entries.len(), 2);
    }

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn hubs_archives_and_software_are_found_in_every_dialect() {
        let expected = |generator: Option<&str>| FeedLinks {
            hubs: vec![url("https://hub.example/"), url("https://blog.example/hub")],
            previous_archive: Some(url("https://blog.example/a/2010")),
            next_page: Some(url("https://blog.example/a/feed.xml?page=2")),
            generator: generator.map(str::to_owned),
        };
        let links = |prefix: &str, declared: &str| {
            format!(
                "<{prefix}link {declared} rel='hub' href='https://hub.example/'/>\
                 <{prefix}link {declared} rel='HUB' href='/hub'/><{prefix}link {declared} rel='hub' href='/hub'/>\
                 <{prefix}link {declared} rel='prev-archive' href='2010'/>\
                 <{prefix}link {declared} rel='next' href='?page=2'/>\
                 <{prefix}link {declared} rel='hub' href='ftp://hub.example/'/>"
            )
        };
        let atom = read(&format!(
            "<feed xmlns='http://www.w3.org/2005/Atom'><title>T</title>\
             <generator uri='http://www.blogger.com' version='7.00'>Blogger</generator>{}</feed>",
            links("", "")
        ));
        assert_eq!(atom.links, expected(Some("Blogger")));
        let generator = "<generator>https://wordpress.org/?v=6.6</generator>";
        let wordpress = rss(&format!("{generator}{}", links("atom:", "")));
        assert_eq!(
            wordpress.links,
            expected(Some("https://wordpress.org/?v=6.6"))
        );
        // As FeedBurner has it.
        let declared = "xmlns:atom10='http://www.w3.org/2005/Atom'";
        assert_eq!(rss(&links("atom10:", declared)).links, expected(None));
        let rdf = read(&format!(
            "<rdf:RDF xmlns='http://purl.org/rss/1.0/' xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' \
             xmlns:admin='http://webns.net/mvcb/'><channel rdf:about='/'><title>T</title>\
             <admin:generatorAgent rdf:resource='http://serendipity.example/?v=2&amp;x'/>\
             <sy:updatePeriod>weekly</sy:updatePeriod>{}</channel></rdf:RDF>",
            links("atom:", "")
        ));
        assert_eq!(
            rdf.links,
            expected(Some("http://serendipity.example/?v=2&x"))
        );
        assert_eq!(
            rdf.rhythm.update_every,
            Some(SignedDuration::from_hours(7 * 24))
        );
    }

    #[test]
    fn a_json_feed_names_its_hubs_and_its_next_page() {
        let feed = read(
            r#"{"version":"https://jsonfeed.org/version/1.1","title":"T","items":[],"next_url":"?page=2",
                "hubs":[{"type":"WebSub","url":"https://hub.example/"},{"type":"rssCloud","url":"https://x.example/"},
                7,{"url":8},{"type":"websub","url":"javascript:1"}]}"#,
        );
        let expected = FeedLinks {
            hubs: vec![url("https://hub.example/")],
            next_page: Some(url("https://blog.example/a/feed.xml?page=2")),
            ..FeedLinks::default()
        };
        assert_eq!(feed.links, expected);
        assert_eq!(feed.rhythm, Rhythm::default());
    }

    #[test]
    fn a_thousand_hubs_are_a_few() {
        let hubs: Vec<String> = (0..1_000)
            .map(|number| format!("<atom:link rel='hub' href='https://h{number}.example/'/>"))
            .collect();
        let generator = format!("<generator>{}</generator>", "x y ".repeat(1_000));
        let links = rss(&format!("{}{generator}", hubs.concat())).links;
        assert_eq!(links.hubs.len(), 8);
        assert_eq!(links.generator.unwrap().chars().count(), 200);
    }
}
