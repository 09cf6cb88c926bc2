//! How far a blog was read back when it joined, in a sentence.
//!
//! Pure words; it must not know how older pages are found.

use jiff::tz::TimeZone;

use super::tongue::{self, with};
use super::words;
use crate::model::{Language, ReadBack, WalkEnd, one_line};

/// How far the older pages of a blog were read and why no further; nothing where none was ever asked.
pub(super) fn sentence(back: &ReadBack, zone: &TimeZone, language: Language) -> Option<String> {
    let words = &tongue::words(language).status.older;
    let pages = tongue::count(u64::from(back.pages), &words.pages, language);
    let to = match back.to {
        Some(at) if back.pages > 0 => {
            let day = words::date_alone(words::date_of(at, zone), language);
            with(words.back_to, &[("day", &day), ("pages", &pages)])
        }
        _ => words.not_back.to_owned(),
    };
    let cause = back.cause.as_deref().map(one_line);
    let cause = cause.map(|said| tongue::cause::told(&said, language).unwrap_or(said));
    let because = [("cause", cause.as_deref().unwrap_or_default())];
    let rest = match back.end {
        None if cause.is_some() => with(words.tried_again, &because),
        None if back.pages == 0 => return Some(words.next.to_owned()),
        None => words.more_follow.to_owned(),
        Some(WalkEnd::Failed) => with(words.failed, &because),
        Some(WalkEnd::Elsewhere) => words.elsewhere.to_owned(),
        Some(WalkEnd::Theirs) => words.theirs.to_owned(),
        Some(_) if back.pages == 0 => return None,
        Some(WalkEnd::Opening) => String::new(),
        Some(WalkEnd::First) => words.first.to_owned(),
        Some(WalkEnd::Repeats) => words.repeats.to_owned(),
        Some(WalkEnd::Capped) => words.capped.to_owned(),
    };
    Some(format!("{to}{rest}."))
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::sentence;
    use crate::model::{Language, ReadBack, WalkEnd};

    fn check(pages: u32, end: Option<WalkEnd>, cause: Option<&str>, expected: Option<&str>) {
        let back = ReadBack {
            pages,
            to: Some("2011-06-20T09:00:00Z".parse().unwrap()),
            end,
            cause: cause.map(str::to_owned),
        };
        let said = sentence(&back, &TimeZone::UTC, Language::English);
        assert_eq!(said.as_deref(), expected);
    }

    #[test]
    fn a_librarian_reads_how_far_a_blog_was_read_back_and_why_no_further() {
        let said = "Read back to 20 June 2011 (4 older pages).";
        check(4, Some(WalkEnd::Opening), None, Some(said));
        let said = "Read back to 20 June 2011 (1 older page), where the blog begins.";
        check(1, Some(WalkEnd::First), None, Some(said));
        let said = "Read back to 20 June 2011 (2 older pages) so far; more of them follow.";
        check(2, None, None, Some(said));
        let said = "Read back to 20 June 2011 (2 older pages); the next page could not be read (it is down) and is \
                    tried again.";
        check(2, None, Some("it is down"), Some(said));
        let said = "Not read back; the next page was given up after several tries (it is down).";
        check(0, Some(WalkEnd::Failed), Some("it is down"), Some(said));
    }

    #[test]
    fn a_blog_whose_feed_holds_all_has_nothing_to_tell() {
        check(0, Some(WalkEnd::Opening), None, None);
        check(0, Some(WalkEnd::First), None, None);
        check(0, None, None, Some("Its older pages are read next."));
    }
}
