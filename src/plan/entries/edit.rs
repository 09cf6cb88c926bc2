//! Edits: whether other words are news to somebody who has read the post, and whether two texts are one post at all.

use std::collections::BTreeMap;

use url::Url;

use crate::model::{EntryId, Fingerprint, KnownEntry, Origin, Words, canonical};

/// Letters that may come or go in a text before that is news.
const LETTERS_MAX: usize = 50;
/// Texts of fewer words may be the same by chance.
const TWIN_WORDS_MIN: usize = 48;

/// Whether an edit is news: another title, unless only a word in it was misspelt, or words of more than fifty letters
/// that only one of the two texts has. White space, markup, capitals, punctuation and the order of words do not count,
/// so neither a typo nor a moved paragraph brings a post back.
pub fn is_news(before: &Words, after: &Words) -> bool {
    let title = Difference::between(&before.title, &after.title);
    let text = Difference::between(&before.text, &after.text);
    let letters = |words: &[&str]| words.iter().map(|it| it.chars().count()).sum::<usize>();
    !title.is_misspelling() || letters(&text.gone).max(letters(&text.come)) > LETTERS_MAX
}

/// Whether two texts are versions of one post: of the shorter one, at least three words in four stand in the other. So
/// an excerpt is like its whole.
pub fn alike(before: &Words, after: &Words) -> bool {
    let difference = Difference::between(&before.text, &after.text);
    let shared = difference.before - difference.gone.len();
    let shorter = difference.before.min(difference.after);
    shorter > 0 && 4 * shared >= 3 * shorter
}

/// The same post of the same person in another feed of theirs: at the same address, or with the same words where those
/// are many enough. The one that we saw first.
pub fn twin(
    known: &[KnownEntry],
    url: Option<&Url>,
    words: Fingerprint,
    text: &str,
) -> Option<EntryId> {
    let mut others = known
        .iter()
        .filter(|it| it.origin == Origin::Other && !it.retired)
        .peekable();
    others.peek()?;
    let link = url.map(canonical);
    let long = text.split_whitespace().nth(TWIN_WORDS_MIN - 1).is_some();
    let same = |it: &&KnownEntry| {
        let address = it.url.as_ref().map(canonical);
        (long && it.words == words) || (link.is_some() && address == link)
    };
    others.filter(same).map(|it| it.id).min()
}

/// The words that only one of two texts has, and how many words each has.
struct Difference<'a> {
    gone: Vec<&'a str>,
    come: Vec<&'a str>,
    before: usize,
    after: usize,
}

impl<'a> Difference<'a> {
    fn between(before: &'a str, after: &'a str) -> Self {
        let mut counts: BTreeMap<String, (&'a str, isize)> = BTreeMap::new();
        let mut sizes = [0, 0];
        for (side, text, step) in [(0, before, -1), (1, after, 1)] {
            for word in words(text) {
                sizes[side] += 1;
                counts.entry(word.to_lowercase()).or_insert((word, 0)).1 += step;
            }
        }
        let (mut gone, mut come) = (Vec::new(), Vec::new());
        for (word, count) in counts.into_values() {
            let side = if count < 0 { &mut gone } else { &mut come };
            side.extend(std::iter::repeat_n(word, count.unsigned_abs()));
        }
        Self {
            gone,
            come,
            before: sizes[0],
            after: sizes[1],
        }
    }

    /// Whether nothing differs but the spelling of one word.
    fn is_misspelling(&self) -> bool {
        match (self.gone.as_slice(), self.come.as_slice()) {
            ([], []) => true,
            ([one], [other]) => is_spelled_alike(one, other),
            _ => false,
        }
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|character: char| !character.is_alphanumeric())
        .filter(|word| !word.is_empty())
}

/// Whether two words begin and end alike, but for at most two letters between, and share more than those.
fn is_spelled_alike(one: &str, other: &str) -> bool {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let shorter = one.len().min(other.len());
    let pairs = one.iter().zip(&other);
    let start = pairs.take_while(|(a, b)| a == b).count();
    let pairs = one.iter().rev().zip(other.iter().rev());
    let end = pairs.take_while(|(a, b)| a == b).count();
    let shared = (start + end).min(shorter);
    let differing = one.len().max(other.len()) - shared;
    differing <= 2 && shared > differing
}
