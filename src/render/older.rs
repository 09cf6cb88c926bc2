//! How far a blog was read back when it joined, in a sentence.
//!
//! Pure words; it must not know how older pages are found.

use jiff::tz::TimeZone;

use super::words;
use crate::model::{ReadBack, WalkEnd, one_line};

/// How far the older pages of a blog were read and why no further; nothing where none was ever asked.
pub(super) fn sentence(back: &ReadBack, zone: &TimeZone) -> Option<String> {
    let pages = words::count(u64::from(back.pages), "older page");
    let day = |at| words::date_of(at, zone).strftime("%-d %B %Y").to_string();
    let to = match back.to {
        Some(at) if back.pages > 0 => format!("Read back to {} ({pages})", day(at)),
        _ => "Not read back".to_owned(),
    };
    let cause = back.cause.as_deref().map(one_line);
    let because = cause.clone().unwrap_or_default();
    let rest = match back.end {
        None => match cause {
            Some(cause) => {
                format!("; the next page could not be read ({cause}) and is tried again")
            }
            None if back.pages == 0 => return Some("Its older pages are read next.".to_owned()),
            None => " so far; more of them follow".to_owned(),
        },
        Some(WalkEnd::Failed) => {
            format!("; the next page was given up after several tries ({because})")
        }
        Some(WalkEnd::Elsewhere) => {
            "; the next page is on another site, to which its feed does not lead".to_owned()
        }
        Some(WalkEnd::Theirs) => {
            "; the next page has posts that another participant has already".to_owned()
        }
        Some(_) if back.pages == 0 => return None,
        Some(WalkEnd::Opening) => String::new(),
        Some(WalkEnd::First) => ", where the blog begins".to_owned(),
        Some(WalkEnd::Repeats) => ", after which its pages repeat".to_owned(),
        Some(WalkEnd::Capped) => ", which is as far as is ever read".to_owned(),
    };
    Some(format!("{to}{rest}."))
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::sentence;
    use crate::model::{ReadBack, WalkEnd};

    fn check(pages: u32, end: Option<WalkEnd>, cause: Option<&str>, expected: Option<&str>) {
        let back = ReadBack {
            pages,
            to: Some("2011-06-20T09:00:00Z".parse().unwrap()),
            end,
            cause: cause.map(str::to_owned),
        };
        assert_eq!(sentence(&back, &TimeZone::UTC).as_deref(), expected);
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
