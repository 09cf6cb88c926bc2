//! The chart of posts a week: its geometry, and its table.

use jiff::ToSpan;
use jiff::civil::Date;

use super::super::tongue;
use super::super::views::{ActivityView, Bar, When};
use super::super::words;
use super::Site;
use crate::model::WeekCount;

/// From one bar to the next, in pixels.
const STEP: u32 = 18;
/// How wide a bar is.
const BAR: u32 = 14;
/// How high the highest bar is.
const HIGHEST: u32 = 96;
/// Room above the bars, for the figure of the highest.
const ABOVE: u32 = 18;
/// Room below them, for days.
const BELOW: u32 = 22;
/// Every so many weeks a day is written below.
const TICK_EVERY: usize = 4;
/// A narrower drawing would cut its days off.
const NARROWEST: u32 = 120;

impl Site<'_> {
    /// The posts of these weeks, which are in order, with those in between in which there was none.
    pub(super) fn activity(&self, weeks: &[WeekCount]) -> Option<ActivityView> {
        let all = without_gaps(weeks);
        let most = all.iter().max_by_key(|week| week.posts)?;
        let posts: u64 = all.iter().map(|week| week.posts).sum();
        let words = self.words();
        let summary = tongue::with(
            words.progress.activity.chart,
            &[
                ("posts", &self.count(posts, &words.frame.post)),
                (
                    "weeks",
                    &self.count(all.len() as u64, &words.progress.choose.weeks),
                ),
                ("most", &tongue::grouped(most.posts, self.language())),
                ("day", &words::date_alone(most.from, self.language())),
            ],
        );
        let bars = (0..)
            .zip(&all)
            .map(|(at, week)| self.bar(at, week, most.posts));
        let bars: Vec<Bar> = bars.collect();
        let right = bars.last().map_or(0, |bar| bar.x + STEP);
        Some(ActivityView {
            summary,
            // The last day that is written needs room to its right.
            width: (right + 2 * STEP).max(NARROWEST),
            height: ABOVE + HIGHEST + BELOW,
            floor: ABOVE + HIGHEST,
            most: tongue::grouped(most.posts, self.language()),
            bars,
        })
    }

    fn bar(&self, at: u32, week: &WeekCount, most: u64) -> Bar {
        let height = height(week.posts, most);
        let things_height = height_within(week.on_things, week.posts, height);
        let is_told = (at as usize).is_multiple_of(TICK_EVERY);
        Bar {
            x: at * STEP,
            width: BAR,
            y: ABOVE + HIGHEST - height,
            height,
            things_y: ABOVE + HIGHEST - things_height,
            things_height,
            from: When {
                datetime: week.from.to_string(),
                words: words::date_alone(week.from, self.language()),
            },
            tick: is_told.then(|| words::date_in_short(week.from, self.language())),
            posts: week.posts,
            on_things: week.on_things,
        }
    }
}

/// The weeks from the first to the last. They come from dates, so no span of them is too long to hold.
fn without_gaps(weeks: &[WeekCount]) -> Vec<WeekCount> {
    let mut all: Vec<WeekCount> = Vec::with_capacity(weeks.len());
    for week in weeks {
        while let Some(last) = all.last().filter(|last| next(last.from) < week.from) {
            all.push(WeekCount {
                from: next(last.from),
                posts: 0,
                on_things: 0,
            });
        }
        all.push(*week);
    }
    all
}

fn next(monday: Date) -> Date {
    monday.saturating_add(1.week())
}

/// How high so many posts are. A single one can be seen.
fn height(posts: u64, most: u64) -> u32 {
    height_within(posts, most, HIGHEST)
}

fn height_within(part: u64, whole: u64, height: u32) -> u32 {
    if part == 0 || whole == 0 {
        return 0;
    }
    let scaled = u128::from(part) * u128::from(height) / u128::from(whole);
    u32::try_from(scaled)
        .unwrap_or(height)
        .clamp(1, height.max(1))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::super::super::sample::Sample;
    use super::*;

    fn week(from: Date, posts: u64, on_things: u64) -> WeekCount {
        WeekCount {
            from,
            posts,
            on_things,
        }
    }

    #[test]
    fn a_week_without_posts_has_its_place_in_the_chart() {
        let sample = Sample::full();
        let weeks = [
            week(date(2011, 6, 20), 1, 1),
            week(date(2011, 7, 4), 4_000, 1_000),
        ];
        let view = sample.site().activity(&weeks).unwrap();
        let bars: Vec<(u32, u32, u32, &str)> = view
            .bars
            .iter()
            .map(|bar| {
                (
                    bar.x,
                    bar.height,
                    bar.things_height,
                    bar.from.words.as_str(),
                )
            })
            .collect();
        assert_eq!(
            bars,
            [
                (0, 1, 1, "20 June 2011"),
                (STEP, 0, 0, "27 June 2011"),
                (2 * STEP, HIGHEST, HIGHEST / 4, "4 July 2011")
            ]
        );
        assert_eq!(
            view.summary,
            "4,001 posts in 3 weeks. Most of them, 4,000, came in the week of 4 July 2011."
        );
        assert_eq!(view.bars[0].y + view.bars[0].height, view.floor);
    }

    #[test]
    fn no_posts_make_no_chart() {
        assert!(Sample::full().site().activity(&[]).is_none());
    }
}
