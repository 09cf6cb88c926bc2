//! "Why isn't my post here?": what became of each post, and what its author can do.

use std::collections::BTreeSet;

use super::super::tongue::with;
use super::super::views::{PostLink, Section, Verdict as VerdictView, WhyPost, WhyView};
use super::super::words;
use super::rules::Unrecognised;
use super::{Site, source_of, title_of, web_href, web_link};
use crate::model::{EntryText, Feed, Health, Kept, Participant, TagState, Verdict, one_line};

impl Site<'_> {
    /// Why a participant's posts are where they are. `posts` are their latest, newest first, shown or not.
    pub fn why(&self, participant: &Participant, feed: Option<&Feed>, posts: &[Kept]) -> WhyView {
        let words = &self.words().why;
        let path = format!("/participants/{}/why", participant.slug);
        let frame = self.frame(Section::Participants, words.title, &path);
        let (came, cause) = self.came(feed);
        let (cause, cause_lang) = cause.unzip();
        let site_url = feed.and_then(|feed| feed.owner.site_url.as_ref());
        let example = self.course.things.first();
        let number = example.map_or(1, |thing| thing.number);
        let mut posts: Vec<WhyPost> = posts
            .iter()
            .map(|post| self.why_post(participant, post))
            .collect();
        give_places(&mut posts);
        WhyView {
            frame,
            who: self.person_named(&participant.name, &participant.slug),
            blog: participant.blog.as_ref().or(site_url).and_then(web_link),
            source: feed
                .filter(|feed| feed.feed_url.is_some())
                .and_then(source_of),
            polled: feed
                .and_then(|feed| feed.polled_at)
                .map(|at| self.minute(at)),
            last_read: feed
                .and_then(|feed| self.last_read(feed))
                .map(|said| as_sentence(&said)),
            next_poll: feed.and_then(|feed| self.next_poll(feed)),
            came,
            cause: cause.map(|cause| as_sentence(&cause)),
            cause_lang: cause_lang.flatten(),
            awaits_retag: false,
            posts,
            read_back: feed.and_then(|feed| self.read_back(feed)),
            example: format!("{} {number}", self.course.unit),
        }
    }

    /// What came of the last look, and what went wrong, with its language where that is not the page's.
    fn came(&self, feed: Option<&Feed>) -> (String, Option<(String, Option<&'static str>)>) {
        let came = &self.words().why.came;
        let day = |at| words::day_of(at, &self.course.timezone, self.language());
        let health = feed.map_or(Health::New, |feed| feed.health(self.now));
        let on = |sentence, at| with(sentence, &[("day", &day(at))]);
        let asked_to_wait = feed.is_some_and(|feed| feed.throttled > 0);
        let is_unread =
            feed.is_some_and(|feed| feed.ok_at.is_some() && feed.ok_at < feed.polled_at);
        match &health {
            Health::New => (came.new.to_owned(), None),
            Health::Waiting => (came.waiting.to_owned(), None),
            Health::Paused { until } => {
                let time = self.minute(*until).words;
                let platform = feed.and_then(|feed| self.platform_at_rest(feed));
                let said = match platform {
                    _ if asked_to_wait => came.throttled,
                    Some(_) => came.platform,
                    None => came.paused,
                };
                let gaps = [
                    ("time", time.as_str()),
                    ("platform", platform.unwrap_or_default()),
                ];
                (with(said, &gaps), None)
            }
            Health::Ok | Health::Quiet { .. } if is_unread => (came.unread.to_owned(), None),
            Health::Ok => (came.ok.to_owned(), None),
            Health::Quiet { since: Some(since) } => (on(came.quiet, *since), None),
            Health::Quiet { since: None } => (came.empty.to_owned(), None),
            Health::Failing(failure) => {
                let cause = self.failure(feed, failure);
                (on(came.failing, failure.since), Some(cause))
            }
            Health::Blocked(failure) => {
                let cause = self.failure(feed, failure);
                (on(came.blocked, failure.since), Some(cause))
            }
            Health::Gone => (came.gone.to_owned(), None),
        }
    }

    fn why_post(&self, participant: &Participant, post: &Kept) -> WhyPost {
        let is_shown = post.retired_at.is_none() && post.twin.is_none();
        let verdicts = if is_shown {
            self.verdicts(post)
        } else {
            Vec::new()
        };
        let is_unrecognised = is_shown && verdicts.is_empty();
        let unrecognised = if is_unrecognised {
            self.why_unrecognised(&read(participant, post))
        } else {
            Unrecognised::default()
        };
        let (rule, help) = (unrecognised.rule, unrecognised.help);
        WhyPost {
            id: format!("post-{}", post.id.0),
            places: Vec::new(),
            post: PostLink {
                title: title_of(&post.title, self.words()),
                href: post.url.as_ref().and_then(web_href),
                published: self.day(post.published_at),
                first_seen: post.undated.then(|| self.day(post.first_seen_at)),
            },
            seen: self.minute(post.first_seen_at),
            absent: unrecognised.absent,
            rule: rule.zip(help).map(|(rule, help)| format!("{rule} {help}")),
            is_unrecognised,
            notes: self.notes(post),
            verdicts,
            is_shown,
        }
    }

    fn verdicts(&self, post: &Kept) -> Vec<VerdictView> {
        let verdict = |state, thing, because| {
            let thing = self.thing_link(self.course.thing(thing)?);
            Some(VerdictView {
                state,
                thing,
                because,
            })
        };
        let tags = post.tags.iter().filter_map(|tag| {
            let state = match tag.state {
                TagState::Tagged => "tagged",
                TagState::Suggested => "suggested",
            };
            verdict(state, tag.thing, self.evidence(&tag.evidence))
        });
        let denied = post
            .decisions
            .iter()
            .filter(|decision| decision.verdict == Verdict::No);
        let denied = denied.filter_map(|decision| {
            let day = words::date_of(decision.decided_at, &self.course.timezone);
            let day = words::date_alone(day, self.language());
            verdict("denied", decision.thing, day)
        });
        let mut verdicts: Vec<VerdictView> = tags.chain(denied).collect();
        verdicts.sort_by_key(|verdict| verdict.thing.number);
        verdicts
    }

    fn notes(&self, post: &Kept) -> Vec<String> {
        let words = &self.words().why;
        let mut notes = Vec::new();
        if let Some(at) = post.retired_at {
            let day = words::day_of(at, &self.course.timezone, self.language());
            notes.push(with(words.retired, &[("day", &day)]));
        } else if let Some(twin) = &post.twin {
            let title = title_of(twin, self.words());
            notes.push(with(words.twin, &[("title", &title)]));
        } else if !post.on_front {
            notes.push(with(words.off_front, &[("units", &self.units())]));
        }
        let day = words::date_of(post.published_at, &self.course.timezone);
        if !post.undated && self.course.opens.is_some_and(|opens| day < opens) {
            notes.push(words.before_course.to_owned());
        }
        notes
    }
}

/// The first post for which a Thing is suggested has the place to which the table of progress leads.
fn give_places(posts: &mut [WhyPost]) {
    let mut given = BTreeSet::new();
    for post in posts {
        let suggested = post.verdicts.iter().filter(|it| it.state == "suggested");
        let first = suggested.filter(|it| given.insert(it.thing.number));
        post.places = first
            .map(|it| format!("thing-{}", it.thing.number))
            .collect();
    }
}

/// What the rules read of a post; no link keeps one off.
fn read(participant: &Participant, post: &Kept) -> EntryText {
    EntryText {
        title: post.title.clone(),
        url: post.url.clone(),
        participant: Some(participant.slug.clone()),
        categories: post.categories.clone(),
        body: post.opening.clone(),
        links: Vec::new(),
    }
}

/// A cause as a sentence of its own: with a capital and a full stop.
fn as_sentence(cause: &str) -> String {
    let cause = one_line(cause);
    let mut rest = cause.chars();
    let first: String = rest
        .next()
        .into_iter()
        .flat_map(char::to_uppercase)
        .collect();
    let end = if cause.ends_with(['.', '!', '?', '…']) {
        ""
    } else {
        "."
    };
    format!("{first}{}{end}", rest.as_str())
}

#[cfg(test)]
mod tests {
    use super::super::super::sample::Sample;
    use super::*;
    use crate::model::{Language, Rest};

    fn lines(view: &WhyView) -> Vec<String> {
        let verdict =
            |it: &VerdictView| format!("{} {}: {}", it.state, it.thing.number, it.because);
        let post = |post: &WhyPost| {
            let mut lines: Vec<String> = post.verdicts.iter().map(verdict).collect();
            lines.extend(post.is_unrecognised.then(|| "nothing".to_owned()));
            lines.extend(post.absent.as_ref().map(|it| format!("no {it}")));
            lines.extend(post.notes.clone());
            lines.join(" | ")
        };
        view.posts.iter().map(post).collect()
    }

    #[test]
    fn each_post_says_what_was_decided_and_why() {
        let sample = Sample::full();
        let (who, feed) = (&sample.participants[0], Some(&sample.feeds[0]));
        let view = sample.site().why(who, feed, &sample.kept());
        assert_eq!(
            lines(&view),
            [
                "tagged 6: title says “Thing 6” | suggested 8: text mentions “LinkedIn”",
                "tagged 1: an organiser said so on Sunday 3 July 2011 | denied 2: 4 July 2011",
                "nothing | It came together with many others, so it is not among the newest posts on the first page. It \
                 is on your page and with its Things.",
                "It is not shown: since Wednesday 20 July 2011 the blog’s own feed says that it was deleted, or lists all \
                 posts but this one. If it is still on the blog, publish it again.",
                "It is not shown, because the same post came from another feed of this blog before and is shown from \
                 there: “Untitled post”. | It was published before the course opened.",
            ]
        );
    }

    #[test]
    fn a_title_with_a_thing_that_the_course_does_not_have_is_told_so() {
        let sample = Sample::full();
        let mut posts = sample.kept();
        for post in &mut posts {
            "Thing 42 at last".clone_into(&mut post.title);
        }
        let view = sample.site().why(&sample.participants[0], None, &posts);
        let absent: Vec<Option<&str>> = view.posts.iter().map(|it| it.absent.as_deref()).collect();
        // What is on a Thing, or not shown at all, has another reason.
        assert_eq!(absent, [None, None, Some("Thing 42"), None, None]);
    }

    #[test]
    fn it_says_what_came_in_plain_words() {
        let sample = Sample::full();
        let came = |at: usize| {
            let view = sample
                .site()
                .why(&sample.participants[at], Some(&sample.feeds[at]), &[]);
            (view.came, view.cause.is_some())
        };
        assert!(came(0).0.starts_with("The blog answered, and all"));
        assert!(
            came(1)
                .0
                .starts_with("The blog answered. Its newest post is of Saturday 11 June 2011")
        );
        let (said, cause) = came(2);
        assert!(said.starts_with("We cannot read the blog since Monday 18 July 2011") && cause);
        assert_eq!(as_sentence("the blog is\ndown"), "The blog is down.");
        assert_eq!(as_sentence("It is down; ask."), "It is down; ask.");
        assert!(
            came(3)
                .0
                .starts_with("The blog’s host says that it is gone.")
        );
        assert!(came(4).0.starts_with("The blog is new to us."));
        assert!(
            came(5)
                .0
                .contains("(429 or 503), so it is left alone until Thursday 21 July 2011, 16:00")
        );
        assert!(came(6).0.starts_with("A protection against robots"));
        let mut feed = sample.feeds[5].clone();
        let view = |feed: &Feed| sample.site().why(&sample.participants[5], Some(feed), &[]);
        let read = Some("Last read on Tuesday 19 July 2011.");
        assert_eq!(view(&feed).last_read.as_deref(), read);
        // Its pause is over, and nobody has asked again.
        feed.held_until = None;
        assert!(
            view(&feed)
                .came
                .starts_with("The blog could not be read then.")
        );
        feed.throttled = 0;
        feed.held_until = Some(feed.due_at.unwrap());
        let came_by = view(&feed).came;
        assert!(
            came_by.contains("asked us to wait until Thursday 21 July 2011, 12:00"),
            "{came_by}"
        );
        let rest = Rest {
            platform: "example.org".to_owned(),
            until: feed.held_until.unwrap(),
            throttled: 1,
        };
        let site = sample.site().resting(vec![rest]);
        let came_by = site.why(&sample.participants[5], Some(&feed), &[]).came;
        assert!(
            came_by.starts_with("When another blog of its platform, example.org, was asked"),
            "{came_by}"
        );
        let nobody = sample.site().why(&sample.participants[0], None, &[]);
        assert!(nobody.came.starts_with("The blog is new to us."));
    }

    #[test]
    fn it_speaks_the_language_of_the_course() {
        let mut sample = Sample::full();
        sample.course.rules.language = Language::German;
        let view = sample
            .site()
            .why(&sample.participants[0], None, &sample.kept());
        assert_eq!(
            lines(&view)[1],
            "tagged 1: von der Kursleitung so entschieden: Sonntag, 3. Juli 2011 | denied 2: 4. Juli 2011"
        );
    }
}
