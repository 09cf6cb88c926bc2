//! Where a text names Things by number: "Thing 6", "Things 5–7 & 9", "thing one", "22/23".
//!
//! The unit word and the numbers there are come from the course. It must not know where the text was found,
//! nor what the mention means for the post.

use super::language::{Number, Words};
use super::tokens::{Kind, Token, is_dash, tokens};
use super::vocabulary::singular;
use crate::model::Course;

/// How one course's Things are written.
#[derive(Debug, Clone)]
pub(super) struct Grammar {
    /// The small words of its languages.
    pub(super) words: Words,
    /// The unit, word by word.
    one: Vec<String>,
    /// Its plurals; where a language has several, each that it could be.
    many: Vec<Vec<String>>,
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
        let words = Words::new(&course.rules);
        let one = unit_words(&course.unit);
        let many = match &course.rules.plural {
            Some(plural) => vec![unit_words(plural)],
            None => plurals(&words, &one),
        };
        let mut numbers: Vec<u16> = course.things.iter().map(|thing| thing.number).collect();
        numbers.sort_unstable();
        Self {
            words,
            one,
            many,
            numbers,
        }
    }

    /// The unit in every form, for whoever looks for it in a text.
    pub(super) fn units(&self) -> impl Iterator<Item = String> {
        let forms = std::iter::once(&self.one).chain(&self.many);
        forms
            .filter(|words| !words.is_empty())
            .map(|words| words.join(" "))
    }

    /// The number of the first Thing, if there is one.
    pub(super) fn first(&self) -> Option<u16> {
        self.numbers.first().copied()
    }

    /// The number of the last Thing, if there is one.
    pub(super) fn last(&self) -> Option<u16> {
        self.numbers.last().copied()
    }

    /// The number of the last Thing; 0 for a course without any.
    pub(super) fn count(&self) -> u32 {
        self.numbers.last().copied().map_or(0, u32::from)
    }

    /// The unit word at this place.
    pub(super) fn unit_at(&self, tokens: &[Token<'_>], at: usize) -> Option<Unit> {
        let token = tokens.get(at).filter(|token| token.kind == Kind::Word)?;
        let many = self.many.iter().map(|words| (words, true));
        many.chain([(&self.one, false)])
            .find(|(words, _)| {
                // Most words are told by their first letter.
                words.first().is_some_and(|word| token.begins_as(word))
                    && (at..)
                        .zip(words.iter())
                        .all(|(at, word)| tokens.get(at).is_some_and(|token| token.is_word(word)))
            })
            .map(|(words, plural)| Unit {
                len: words.len(),
                plural,
            })
    }

    /// The unit word with a slip of the fingers at this place: "thuing", "thign". A letter that was replaced by
    /// another one is no slip, because the result is too often another word ("think", "weak").
    fn slip_at(&self, tokens: &[Token<'_>], at: usize) -> Option<Unit> {
        let [unit] = self.one.as_slice() else {
            return None;
        };
        let token = tokens.get(at).filter(|token| token.kind == Kind::Word)?;
        if token.text.len().abs_diff(unit.len()) > 2 {
            return None;
        }
        // Every slip leaves the first letter among the first two, which most words are told by.
        let first = unit.bytes().next().filter(u8::is_ascii)?;
        let mut start = token.text.bytes().take(2);
        if !start.any(|byte| byte.eq_ignore_ascii_case(&first)) {
            return None;
        }
        let written = token.text.to_lowercase();
        let plural = self.many.iter().any(|many| match many.as_slice() {
            [many] => is_slip(&written, many),
            _ => false,
        });
        (plural || is_slip(&written, unit)).then_some(Unit { len: 1, plural })
    }

    /// Every mention by unit word and number, in order.
    pub(super) fn mentions(&self, tokens: &[Token<'_>]) -> Vec<Mention> {
        self.mentions_of(tokens, |at| self.unit_at(tokens, at))
    }

    /// Every mention by a mistyped unit word and a number, in order; for texts that have no other mention.
    pub(super) fn slips(&self, tokens: &[Token<'_>]) -> Vec<Mention> {
        self.mentions_of(tokens, |at| self.slip_at(tokens, at))
    }

    /// Every mention by a name of the course that stands in the unit's place, and a number, in order: "cpd23 #5".
    pub(super) fn named(
        &self,
        tokens: &[Token<'_>],
        is_name: impl Fn(usize) -> bool,
    ) -> Vec<Mention> {
        let name = Unit {
            len: 1,
            plural: false,
        };
        self.mentions_of(tokens, |at| is_name(at).then_some(name))
    }

    /// The number that a text has behind the unit with which it begins, names and marks apart, and maybe a mark:
    /// "Thing: 6 networks". Whether it is a Thing's or counts something, the text alone does not tell.
    pub(super) fn headed(&self, tokens: &[Token<'_>]) -> Option<u32> {
        let at = tokens
            .iter()
            .position(|token| !matches!(token.kind, Kind::Masked | Kind::Mark(_)))?;
        let unit = self
            .unit_at(tokens, at)
            .or_else(|| self.slip_at(tokens, at))
            .filter(|unit| !unit.plural)?;
        let (from, _) = self.skip_to_number(tokens, at + unit.len)?;
        let number = self.words.number_at(tokens, from)?;
        (!is_no_number(tokens, from + number.len)).then_some(number.value)
    }

    /// Every number that is named like a Thing's, also by a mistyped unit word, and that no Thing has, in order.
    pub(super) fn absent(&self, tokens: &[Token<'_>]) -> Vec<u32> {
        let mut absent = Vec::new();
        let unit_at = |at| {
            self.unit_at(tokens, at)
                .or_else(|| self.slip_at(tokens, at))
        };
        self.lists(tokens, unit_at, |written, _, _| {
            let none = |number: &&u32| self.in_course(std::slice::from_ref(*number)).is_empty();
            absent.extend(written.iter().filter(none).copied());
        });
        absent
    }

    fn mentions_of(
        &self,
        tokens: &[Token<'_>],
        unit_at: impl Fn(usize) -> Option<Unit>,
    ) -> Vec<Mention> {
        let mut mentions = Vec::new();
        self.lists(tokens, unit_at, |written, first, end| {
            let things = self.in_course(written);
            if !things.is_empty() {
                mentions.push(Mention { things, first, end });
            }
        });
        mentions
    }

    /// Reads every unit word with its numbers, in order: the numbers as written, the first token, and the one after the last.
    fn lists(
        &self,
        tokens: &[Token<'_>],
        unit_at: impl Fn(usize) -> Option<Unit>,
        mut found: impl FnMut(&[u32], usize, usize),
    ) {
        let mut at = 0;
        while at < tokens.len() {
            let list = unit_at(at).and_then(|unit| self.list_at(tokens, at, unit));
            let Some((written, end)) = list else {
                at += 1;
                continue;
            };
            found(&written, at, end);
            at = end;
        }
    }

    /// Every "22/23" where 23 is the course's count, in order.
    ///
    /// A grade ("7/10") is read as a Thing only where the text is known to speak of the course.
    pub(super) fn out_of(
        &self,
        tokens: &[Token<'_>],
        of_course: impl FnOnce() -> bool,
    ) -> Vec<Mention> {
        let found: Vec<Mention> = (0..tokens.len())
            .filter_map(|at| self.fraction_at(tokens, at))
            .collect();
        if !found.is_empty() && GRADES.contains(&self.count()) && !of_course() {
            return Vec::new();
        }
        found
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
    fn list_at(&self, tokens: &[Token<'_>], at: usize, unit: Unit) -> Option<(Vec<u32>, usize)> {
        let (from, loose) = self.skip_to_number(tokens, at + unit.len)?;
        let head = self.words.number_at(tokens, from)?;
        let mut end = from + head.len;
        if is_no_number(tokens, end)
            || (self.is_wordy(tokens, end) && is_pronoun(tokens, at, unit, from))
            || (loose && self.is_any_thing(tokens, at))
            || self.is_denied(tokens, at)
        {
            return None;
        }
        let mut written = vec![head.value];
        let mut previous = head.value;
        let mut has_commas = false;
        while let Some((mut joiner, number, after)) = self.next_in_list(tokens, end) {
            // Where one comma was the list's, so is the next.
            joiner.listed &= !has_commas;
            if !self.belongs(tokens, unit, joiner, previous, number, after) {
                break;
            }
            if joiner.range {
                extend(&mut written, previous, number.value, self.count());
            } else {
                written.push(number.value);
            }
            has_commas |= joiner.listed;
            previous = number.value;
            end = after;
        }
        // What looks like a list and is none is a word like any other: "Not my thing: 9 to 5".
        let goes_on =
            end == from + head.len && tokens.get(end).is_some_and(|next| next.kind == Kind::Word);
        if loose && goes_on {
            return None;
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
        let wordy = self.is_wordy(tokens, after);
        let neighbour = number.value == previous.saturating_add(1);
        let Joiner {
            range,
            loose,
            listed,
        } = joiner;
        if unit.plural {
            return !(range && loose && wordy);
        }
        if range {
            return !wordy && number.value > previous && (neighbour || !loose);
        }
        if loose {
            return neighbour && number.value != self.count();
        }
        // Who writes on two Things in one post mostly writes on neighbours; but "Thing 8, 9 ideas" is on one.
        !wordy || (neighbour && !(listed && counts_several(tokens, after)))
    }

    /// Whether a unit word follows that has no number of its own ("10 things I learned").
    fn is_counted(&self, tokens: &[Token<'_>], at: usize) -> bool {
        self.unit_at(tokens, at)
            .is_some_and(|unit| self.skip_to_number(tokens, at + unit.len).is_none())
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
    /// Whether it is a comma and a space, without an "and".
    listed: bool,
}

/// Steps from one part of a list to the next.
impl Grammar {
    /// Skips what may stand between the unit word and its number. True when that could as well be punctuation.
    fn skip_to_number(&self, tokens: &[Token<'_>], mut at: usize) -> Option<(usize, bool)> {
        let mut loose = false;
        // "Thing - No. #6" is as far as anyone goes.
        for _ in 0..5 {
            let token = tokens.get(at)?;
            if self.words.number_at(tokens, at).is_some() {
                return Some((at, loose));
            }
            let spaced = token.spaced || tokens.get(at + 1).is_some_and(|next| next.spaced);
            match token.kind {
                Kind::Mark(mark) if is_dash(mark) => loose |= spaced,
                Kind::Mark(':') => loose = true,
                Kind::Mark('#' | '_' | '№') => {}
                // A full stop ends a sentence, unless it shortens a word: "Thing No. 6".
                Kind::Mark('.')
                    if !spaced || self.words.is(&tokens[at - 1], |cues| cues.number) =>
                {
                    tokens
                        .get(at + 1)
                        .filter(|next| !next.is_mark(|mark| mark == '.'))?;
                }
                Kind::Word if self.words.is(token, |cues| cues.number) => {}
                _ => return None,
            }
            at += 1;
        }
        None
    }

    fn next_in_list(&self, tokens: &[Token<'_>], at: usize) -> Option<(Joiner, Number, usize)> {
        let (joiner, mut from) = joiner_at(tokens, at)?;
        if tokens.get(from)?.is_mark(|mark| mark == '#') {
            from += 1;
        }
        let number = self.words.number_at(tokens, from)?;
        Some((joiner, number, from + number.len))
    }

    /// Whether the unit at this place is denied: "Not Thing 4". But "Ready or not Thing 4" is, and "Why not Thing 4?".
    fn is_denied(&self, tokens: &[Token<'_>], at: usize) -> bool {
        let denied = at > 0 && self.words.is(&tokens[at - 1], |cues| cues.not);
        denied && !(at > 1 && tokens[at - 2].is_any_word(&["or", "why", "oder", "warum"]))
    }

    /// Whether the unit at this place is not the course's but anything: "It's a thing: 2".
    fn is_any_thing(&self, tokens: &[Token<'_>], at: usize) -> bool {
        at > 0 && self.words.is(&tokens[at - 1], |cues| cues.any)
    }

    /// Whether a word follows, so that the number may count it ("10 tips").
    fn is_wordy(&self, tokens: &[Token<'_>], after: usize) -> bool {
        tokens.get(after).is_some_and(|next| {
            next.kind == Kind::Word && self.next_in_list(tokens, after).is_none()
        })
    }
}

fn joiner_at(tokens: &[Token<'_>], at: usize) -> Option<(Joiner, usize)> {
    let token = tokens.get(at)?;
    let spaced = token.spaced || tokens.get(at + 1).is_some_and(|next| next.spaced);
    let found = |range, loose| Joiner {
        range,
        loose,
        listed: false,
    };
    if is_and(token) {
        return Some((found(false, false), at + 1));
    }
    if token.is_mark(|mark| mark == ',') {
        let more = tokens.get(at + 1).is_some_and(is_and);
        let comma = Joiner {
            listed: spaced && !more,
            ..found(false, false)
        };
        return Some((comma, at + 1 + usize::from(more)));
    }
    if token.is_mark(|mark| mark == '/') {
        return Some((found(false, true), at + 1));
    }
    if Words::is_in_any_language(token, |cues| cues.to) {
        return Some((found(true, false), at + 1));
    }
    token
        .is_mark(is_dash)
        .then_some((found(true, spaced), at + 1))
}

fn is_and(token: &Token<'_>) -> bool {
    Words::is_in_any_language(token, |cues| cues.and)
        || token.is_mark(|mark| matches!(mark, '&' | '+'))
}

/// Whether a plural in small letters follows ("9 ideas"); after a list comes its subject ("23 Volunteering", "21
/// promotion") or what was done of it ("23 done").
fn counts_several(tokens: &[Token<'_>], after: usize) -> bool {
    tokens
        .get(after)
        .is_some_and(|next| !next.is_capitalised() && singular(next.text) != next.text)
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

/// Whether "one" is a person or stands alone: "the thing one must do", "things no one says", "Thing one and only".
fn is_pronoun(tokens: &[Token<'_>], at: usize, unit: Unit, number: usize) -> bool {
    const DETERMINERS: [&str; 14] = [
        "a", "an", "the", "one", "only", "this", "that", "no", "any", "every", "first", "last",
        "some", "other",
    ];
    let determined = at > 0 && tokens[at - 1].is_any_word(&DETERMINERS);
    let nobody = tokens[number - 1].is_word("no");
    let only = matches!(tokens.get(number + 1..), Some([and, only, ..]) if and.is_word("and") && only.is_word("only"));
    tokens[number].is_word("one") && (unit.plural || determined || nobody || only)
}

/// The words of a unit, in lower case.
fn unit_words(unit: &str) -> Vec<String> {
    tokens(unit)
        .iter()
        .filter(|token| token.kind == Kind::Word)
        .map(|token| token.text.to_lowercase())
        .collect()
}

/// What the plural of a unit could be: the English one, and those of the course's language.
fn plurals(words: &Words, one: &[String]) -> Vec<Vec<String>> {
    let Some((last, before)) = one.split_last() else {
        return Vec::new();
    };
    let others = words
        .all(|cues| cues.plurals)
        .map(|end| format!("{last}{end}"));
    let mut plurals: Vec<String> = std::iter::once(plural_of(last)).chain(others).collect();
    plurals.sort_unstable();
    plurals.dedup();
    plurals
        .into_iter()
        .map(|last| before.iter().cloned().chain([last]).collect())
        .collect()
}

/// Whether two neighbouring letters changed places, or a letter too many or too few stands inside the word.
fn is_slip(written: &str, meant: &str) -> bool {
    /// Where a letter is lost from a shorter word, another word is left ("Step 9", "Sep 9").
    const LOSES_MIN: usize = 6;
    /// A shorter word is a letter or two from many others.
    const LETTERS_MIN: usize = 4;
    let written: Vec<char> = written.chars().collect();
    let meant: Vec<char> = meant.chars().collect();
    if meant.len() < LETTERS_MIN {
        return false;
    }
    let framed = written.first() == meant.first() && written.last() == meant.last();
    let same = written
        .iter()
        .zip(&meant)
        .take_while(|(a, b)| a == b)
        .count();
    match written.len().checked_signed_diff(meant.len()) {
        Some(0) => {
            same + 2 <= meant.len()
                && written[same] == meant[same + 1]
                && written[same + 1] == meant[same]
                && written[same + 2..] == meant[same + 2..]
        }
        Some(1) => framed && written[same + 1..] == meant[same..],
        Some(-1) => framed && meant.len() >= LOSES_MIN && written[same..] == meant[same + 1..],
        _ => false,
    }
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
