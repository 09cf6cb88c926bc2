//! The list of participants and the page of one.

use url::Url;

use super::super::tongue::with;
use super::super::views::{
    Link, Pager, ParticipantRow, ParticipantView, ParticipantsView, Section, StripMark, ThingDone,
};
use super::progress::CellTexts;
use super::{Posted, Site, source_of, web_link};
use crate::model::{Entry, Feed, OddPost, Participant, Posting};
use crate::plan::progress::{is_read, windows};

impl Site<'_> {
    /// The page of all participants, in the order given.
    pub fn participants(&self, participants: Vec<ParticipantRow>) -> ParticipantsView {
        ParticipantsView {
            frame: self.frame(
                Section::Participants,
                self.words().people.title,
                "/participants",
            ),
            count: self.count(participants.len() as u64, &self.words().frame.participant),
            thing_count: self.course.things.len(),
            participants,
        }
    }

    /// One participant in a list. Without a feed they count as new.
    pub fn participant_row(
        &self,
        participant: &Participant,
        feed: Option<&Feed>,
        post_count: u64,
        thing_count: u64,
    ) -> ParticipantRow {
        let site_url = feed.and_then(|feed| feed.owner.site_url.as_ref());
        ParticipantRow {
            name: participant.name.clone(),
            href: self.person_href(&participant.slug),
            blog: participant.blog.as_ref().or(site_url).and_then(web_link),
            groups: participant.groups.clone(),
            post_count,
            thing_count,
            health: self.health(feed),
        }
    }

    /// The page of one participant. `posted` is all they have posted, with its figures, `posts` those of this page, `odd`
    /// those in which something is odd, newest first.
    pub fn participant(
        &self,
        participant: &Participant,
        feed: Option<&Feed>,
        odd: &[OddPost],
        (posted, posting): (&[Posted], &Posting),
        posts: &[Entry],
        pager: Pager,
    ) -> ParticipantView {
        let post_count = feed.map_or(0, |feed| feed.entry_count);
        let path = format!("/participants/{}", participant.slug);
        let mut frame = self.frame(Section::Participants, &participant.name, &path);
        let own_feed = self.feed_link(
            &with(self.words().people.feed_of, &[("name", &participant.name)]),
            &format!("{path}/feed.atom"),
        );
        frame.feeds.insert(0, own_feed.clone());
        let page = self.person_href(&participant.slug);
        let why_href = format!("{page}/why");
        let things = self.things_done(posted, (posting, is_read(feed, self.now)), &why_href);
        let done = things.iter().filter(|it| !it.posts.is_empty()).count();
        ParticipantView {
            frame,
            who: self.participant_row(participant, feed, post_count, done as u64),
            done: with(
                self.words().people.done,
                &[
                    ("done", &done.to_string()),
                    ("all", &self.count_units(things.len() as u64)),
                    ("posts", &self.count(post_count, &self.words().frame.post)),
                ],
            ),
            why_href,
            feed: own_feed,
            source: feed.and_then(source_of),
            polled: feed
                .and_then(|feed| feed.polled_at)
                .map(|at| self.minute(at)),
            last_read: feed.and_then(|feed| self.last_read(feed)),
            next_poll: feed.and_then(|feed| self.next_poll(feed)),
            problems: feed.map(|feed| self.problems_of(feed)).unwrap_or_default(),
            odd_posts: odd.iter().map(|post| self.odd_post(post)).collect(),
            flood: feed.and_then(|feed| self.flood(feed)),
            strip: things.iter().map(strip_mark).collect(),
            things,
            unrecognised: self.unrecognised_of(posted),
            posts: posts.iter().map(|post| self.post_in_short(post)).collect(),
            pager,
        }
    }

    /// The address of something of a participant's, below the host and in ASCII. `rest` is what follows their name in it, as
    /// it was asked for: `/feed.atom`.
    pub fn participant_address(&self, slug: &str, rest: &str) -> String {
        let page = self.absolute(&format!("/participants/{slug}"));
        let path = Url::parse(&page).map_or(page, |url| url.path().to_owned());
        format!("{path}{rest}")
    }

    fn things_done(
        &self,
        posted: &[Posted],
        (posting, is_read): (&Posting, bool),
        why: &str,
    ) -> Vec<ThingDone> {
        let windows = windows(self.course);
        let texts = CellTexts::default();
        self.course
            .things
            .iter()
            .zip(windows)
            .map(|(thing, window)| {
                let cell = self.progress_cell("", thing, window, (posting, is_read), &texts);
                ThingDone {
                    thing: self.thing_link(thing),
                    state: cell.state,
                    words: cell.words.as_ref().to_owned(),
                    posts: self.posted_on(thing.number, posted),
                    suggested: if cell.state == "suggested" {
                        self.suggested_on(thing.number, posted, why)
                    } else {
                        Vec::new()
                    },
                }
            })
            .collect()
    }
}

fn strip_mark(done: &ThingDone) -> StripMark {
    let title = match done.thing.title.as_str() {
        "" => done.thing.label.clone(),
        title => format!("{}: {title}", done.thing.label),
    };
    StripMark {
        number: done.thing.number,
        link: Link {
            text: title,
            href: format!("#thing-{}", done.thing.number),
        },
        state: done.state,
        words: done.words.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::sample::Sample;
    use super::*;

    #[test]
    fn a_participant_sees_what_is_done_and_what_was_not_recognised() {
        let sample = Sample::full();
        let (who, feed) = (&sample.participants[0], Some(&sample.feeds[0]));
        let view = sample.site().participant(
            who,
            feed,
            &[],
            (&sample.posted(), &Sample::posting()),
            &[],
            Pager::default(),
        );
        let done: Vec<usize> = view.things.iter().map(|it| it.posts.len()).collect();
        assert_eq!(done, [1, 0, 2, 0, 0]);
        let states: Vec<(u16, &str)> = view.strip.iter().map(|it| (it.number, it.state)).collect();
        assert_eq!(
            states,
            [
                (1, "late"),
                (2, "silent"),
                (6, "done"),
                (8, "suggested"),
                (23, "unrecognised")
            ]
        );
        assert_eq!(view.unrecognised.len(), 1);
        assert_eq!(view.done, "2 of 5 Things, 3 posts");
    }
}
