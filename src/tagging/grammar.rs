//! Where a text names Things by number: "Thing 6", "Things 5–7 & 9", "thing one", "22/23".
//!
//! The unit word and the numbers there are come from the course. It must not know where the text was found,
//! nor what the mention means for the post.

use super::tokens::{Kind, Number, Token, is_dash, number_at, tokens};
use crate::model::Course;

/// How one course's Things are written.
#[derive(Debug, Clone)]
pub(super) struct Grammar {
    one: Vec<String>,
    many: Vec<String>,
    numbers: Vec<u16>,
}

/// A stretch of tokens that names one or more Things.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mention {
    /// The Things' numbers, all in the course, as written.
    pub(super) things: Vec<u16>,
    /// Its first token.
    pub(super) first: usize,
    /// The token after its last one.
    pub(super) end: usize,
}

/// The unit word at some place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Unit {
    /// How many tokens it takes.
    pub(super) len: usize,
    /// Whether it is in the plural.
    pub(super) plural: bool,
}

/// Longer ranges speak of the course, not of its Things.
const RANGE_MAX: u32 = 12;

/// Marks out of these are more often a grade than a Thing.
const GRADES: [u32; 4] = [5, 10, 20, 100];

impl Grammar {
    /// The grammar of this course.
    pub(super) fn new(course: &Course) -> Self {
        let one: Vec<String> = tokens(&course.unit)
            .iter()
            .filter(|token| token.kind == Kind::Word)
            .map(|token| token.text.to_lowercase())
            .collect();
        let mut many = one.clone();
        if let Some(last) = many.last_mut() {
            *last = plural_of(last);
        }
        let mut numbers: Vec<u16> = course.things.iter().map(|thing| thing.number).collect();
        numbers.sort_unstable();
        Self { one, many, numbers }
    }

    /// The number of the last Thing; 0 for a course without any.
    pub(super) fn count(&self) -> u32 {
        self.numbers.last().copied().map_or(0, u32::from)
    }

    /// The unit word at this place.
    pub(super) fn unit_at(&self, tokens: &[Token<'_>], at: usize) -> Option<Unit> {
        [(&self.many, true), (&self.one, false)]
            .into_iter()
            .find(|(words, _)| {
                !words.is_empty()
                    && (at..)
                        .zip(words.iter())
                        .all(|(at, word)| tokens.get(at).is_some_and(|token| token.is_word(word)))
            })
            .map(|(words, plural)| Unit {
                len: words.len(),
                plural,
            })
    }

    /// Every mention by unit word and number, in order.
    pub(super) fn mentions(&self, tokens: &[Token<'_>]) -> Vec<Mention> {
        let mut mentions = Vec::new();
        let mut at = 0;
        while at < tokens.len() {
            let Some((written, end)) = self.list_at(tokens, at) else {
                at += 1;
                continue;
            };
            let things = self.in_course(&written);
            if !things.is_empty() {
                mentions.push(Mention {
                    things,
                    first: at,
                    end,
                });
            }
            at = end;
        }
        mentions
    }

    /// Every "22/23" where 23 is the course's count, in order.
    ///
    /// A grade ("7/10") is read as a Thing only where the text is known to speak of the course.
    pub(super) fn out_of(&self, tokens: &[Token<'_>], of_course: bool) -> Vec<Mention> {
        if GRADES.contains(&self.count()) && !of_course {
            return Vec::new();
        }
        (0..tokens.len())
            .filter_map(|at| self.fraction_at(tokens, at))
            .collect()
    }

    fn fraction_at(&self, tokens: &[Token<'_>], at: usize) -> Option<Mention> {
        let [number, slash, count] = tokens.get(at..at + 3)? else {
            return None;
        };
        let Kind::Number(value) = number.kind else {
            return None;
        };
        let slashed = |token: Option<&Token<'_>>| {
            token.is_some_and(|token| token.is_mark(|mark| mark == '/'))
        };
        let is_fraction = slashed(Some(slash)) && count.kind == Kind::Number(self.count());
        // A third number makes it a date.
        let is_date = slashed(tokens.get(at + 3)) || (at > 0 && slashed(tokens.get(at - 1)));
        let things = self.in_course(&[value]);
        (is_fraction && !is_date && !things.is_empty()).then_some(Mention {
            things,
            first: at,
            end: at + 3,
        })
    }

    /// Reads a unit word and its numbers; gives them as written, and the token after them.
    fn list_at(&self, tokens: &[Token<'_>], at: usize) -> Option<(Vec<u32>, usize)> {
        let unit = self.unit_at(tokens, at)?;
        let (from, loose) = skip_to_number(tokens, at + unit.len)?;
        let head = number_at(tokens, from)?;
        let mut end = from + head.len;
        let wordy = is_wordy(tokens, end);
        if is_no_number(tokens, end)
            || (wordy && loose)
            || (wordy && is_pronoun(tokens, at, unit, from))
        {
            return None;
        }
        let mut written = vec![head.value];
        let mut previous = head.value;
        while let Some((joiner, number, after)) = next_in_list(tokens, end) {
            if !self.belongs(tokens, unit, joiner, previous, number, after) {
                break;
            }
            if joiner.range {
                extend(&mut written, previous, number.value, self.count());
            } else {
                written.push(number.value);
            }
            previous = number.value;
            end = after;
        }
        Some((written, end))
    }

    /// Whether a further number is one of the list, or begins something else ("Thing 6, 10 tips").
    fn belongs(
        &self,
        tokens: &[Token<'_>],
        unit: Unit,
        joiner: Joiner,
        previous: u32,
        number: Number,
        after: usize,
    ) -> bool {
        if is_no_number(tokens, after) || self.is_counted(tokens, after) {
            return false;
        }
        let wordy = is_wordy(tokens, after);
        let neighbour = number.value == previous.saturating_add(1);
        match (unit.plural, joiner) {
            (true, Joiner { range, loose }) => !(range && loose && wordy),
            (false, Joiner { range: true, loose }) => {
                !wordy && number.value > previous && (neighbour || !loose)
            }
            (false, Joiner { loose: true, .. }) => neighbour && number.value != self.count(),
            // Who writes on two Things in one post mostly writes on neighbours.
            (false, _) => neighbour || !wordy,
        }
    }

    /// Whether a unit word follows that has no number of its own ("10 things I learned").
    fn is_counted(&self, tokens: &[Token<'_>], at: usize) -> bool {
        self.unit_at(tokens, at)
            .is_some_and(|unit| skip_to_number(tokens, at + unit.len).is_none())
    }

    fn in_course(&self, written: &[u32]) -> Vec<u16> {
        written
            .iter()
            .filter_map(|number| u16::try_from(*number).ok())
            .filter(|number| self.numbers.binary_search(number).is_ok())
            .collect()
    }
}

/// What stands between two numbers of a list.
#[derive(Debug, Clone, Copy)]
struct Joiner {
    /// Whether it makes a range of them.
    range: bool,
    /// Whether it could as well be punctuation: a dash between spaces, or a slash.
    loose: bool,
}

/// Skips what may stand between the unit word and its number. True when that could as well be punctuation.
fn skip_to_number(tokens: &[Token<'_>], mut at: usize) -> Option<(usize, bool)> {
    let mut loose = false;
    // "Thing - No. #6" is as far as anyone goes.
    for _ in 0..5 {
        let token = tokens.get(at)?;
        if number_at(tokens, at).is_some() {
            return Some((at, loose));
        }
        let spaced = token.spaced || tokens.get(at + 1).is_some_and(|next| next.spaced);
        match token.kind {
            Kind::Mark(mark) if is_dash(mark) => loose |= spaced,
            Kind::Mark(':') => loose = true,
            Kind::Mark('#' | '_' | '№') => {}
            // A full stop ends a sentence, unless it shortens a word: "Thing No. 6".
            Kind::Mark('.') if !spaced || tokens[at - 1].is_any_word(&["no", "nr"]) => {
                tokens
                    .get(at + 1)
                    .filter(|next| !next.is_mark(|mark| mark == '.'))?;
            }
            Kind::Word if token.is_any_word(&["number", "no", "nr"]) => {}
            _ => return None,
        }
        at += 1;
    }
    None
}

fn next_in_list(tokens: &[Token<'_>], at: usize) -> Option<(Joiner, Number, usize)> {
    let (joiner, mut from) = joiner_at(tokens, at)?;
    if tokens.get(from)?.is_mark(|mark| mark == '#') {
        from += 1;
    }
    let number = number_at(tokens, from)?;
    Some((joiner, number, from + number.len))
}

fn joiner_at(tokens: &[Token<'_>], at: usize) -> Option<(Joiner, usize)> {
    let token = tokens.get(at)?;
    let spaced = token.spaced || tokens.get(at + 1).is_some_and(|next| next.spaced);
    let found = |range, loose| Joiner { range, loose };
    if is_and(token) {
        return Some((found(false, false), at + 1));
    }
    if token.is_mark(|mark| mark == ',') {
        let more = tokens.get(at + 1).is_some_and(is_and);
        return Some((found(false, false), at + 1 + usize::from(more)));
    }
    if token.is_mark(|mark| mark == '/') {
        return Some((found(false, true), at + 1));
    }
    if token.is_any_word(&["to", "through", "thru"]) {
        return Some((found(true, false), at + 1));
    }
    token
        .is_mark(is_dash)
        .then_some((found(true, spaced), at + 1))
}

fn is_and(token: &Token<'_>) -> bool {
    token.is_any_word(&["and", "plus"]) || token.is_mark(|mark| matches!(mark, '&' | '+'))
}

/// Adds a range to the numbers, whose last one is where the range starts.
fn extend(written: &mut Vec<u32>, from: u32, to: u32, count: u32) {
    if to <= from || to > count {
        written.push(to);
    } else if to - from < RANGE_MAX {
        written.extend(from + 1..=to);
    } else {
        written.pop();
    }
}

/// Whether what looked like a number goes on as something else: "6th", "3D", "10K", "50%".
fn is_no_number(tokens: &[Token<'_>], after: usize) -> bool {
    tokens.get(after).is_some_and(|next| {
        let part = next.is_any_word(&["a", "b", "c"]);
        let word = next.kind == Kind::Word && !part;
        next.is_glued() && (word || next.is_mark(|mark| mark == '%'))
    })
}

/// Whether a word follows, so that the number may count it ("10 tips").
fn is_wordy(tokens: &[Token<'_>], after: usize) -> bool {
    tokens
        .get(after)
        .is_some_and(|next| next.kind == Kind::Word && next_in_list(tokens, after).is_none())
}

/// Whether "one" is a person: "the thing one must do", "things no one says".
fn is_pronoun(tokens: &[Token<'_>], at: usize, unit: Unit, number: usize) -> bool {
    const DETERMINERS: [&str; 14] = [
        "a", "an", "the", "one", "only", "this", "that", "no", "any", "every", "first", "last",
        "some", "other",
    ];
    let determined = at > 0 && tokens[at - 1].is_any_word(&DETERMINERS);
    let nobody = tokens[number - 1].is_word("no");
    tokens[number].is_word("one") && (unit.plural || determined || nobody)
}

fn plural_of(word: &str) -> String {
    let sibilant = ["s", "x", "z", "ch", "sh"]
        .iter()
        .any(|end| word.ends_with(end));
    match word.strip_suffix('y') {
        Some(stem) if !stem.ends_with(['a', 'e', 'i', 'o', 'u']) => format!("{stem}ies"),
        _ if sibilant => format!("{word}es"),
        _ => format!("{word}s"),
    }
}
