//! The words of a language that the rules know: numbers, what joins them, and what leads up to a Thing.
//!
//! English is read in every course, since people write "Thing 6" in any; the course's own language comes on top. It
//! must not know what a unit or a Thing is.

use std::collections::HashMap;

use super::tokens::{Kind, Token, is_dash, tokens};
use crate::model::{Language, Rules};

/// The words of one course's languages.
#[derive(Debug, Clone)]
pub(super) struct Words {
    /// By the first word of a number: what may follow it, and its value; the longest first.
    numbers: HashMap<String, Vec<(Vec<String>, u32)>>,
    /// By first two letters, the lengths of the words that begin a number, a bit each; most words are told by it.
    lengths: Vec<u32>,
    /// Whether a number may begin with another letter than an English one.
    has_others: bool,
    cues: Vec<&'static Cues>,
}

/// A number as read at some place: its value, and how many tokens it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Number {
    /// Its value.
    pub(super) value: u32,
    /// How many tokens it takes, at least 1.
    pub(super) len: usize,
}

/// Small words of one language, by what they do. All are in lower case.
#[derive(Debug)]
pub(super) struct Cues {
    /// Join two numbers: "8 and 9".
    pub(super) and: &'static [&'static str],
    /// Make a range of two numbers: "5 to 7".
    pub(super) to: &'static [&'static str],
    /// Stand between the unit and its number: "Thing number 6".
    pub(super) number: &'static [&'static str],
    /// May lead from the start of a sentence to the Thing it is on: "So, onto Thing 3".
    pub(super) openers: &'static [&'static str],
    /// Follow a Thing that is then explained: "Thing 3 asks us".
    pub(super) asks: &'static [&'static str],
    /// The same in two words, this and one of `about`: "Thing 3 is about".
    pub(super) is: &'static [&'static str],
    /// See `is`.
    pub(super) about: &'static [&'static str],
    /// What a post calls itself: "this post was written for Thing 3".
    pub(super) post: &'static [&'static str],
    /// Point at the Thing that a post is on: "this Thing on mentoring".
    pub(super) this: &'static [&'static str],
    /// Before the unit, say that it is not this Thing: "not Thing 4".
    pub(super) not: &'static [&'static str],
    /// Before the unit and a mark, say that it is any thing: "It's a thing: 2".
    pub(super) any: &'static [&'static str],
    /// Before the unit, say that a number which counts something is not the unit's: "the next big thing 3 youngsters".
    pub(super) common: &'static [&'static str],
    /// Before a Thing, say that the text is not on it: "back to Thing 3", "beyond Thing 5".
    pub(super) elsewhere: &'static [&'static str],
    /// Say in a title that the post catches up; each is one word or two.
    pub(super) catch_up: &'static [&'static str],
    /// Label a number that counts no Things: "Week 5 Things 6 and 7".
    pub(super) labels: &'static [&'static str],
    /// End the plural of a unit.
    pub(super) plurals: &'static [&'static str],
}

const ENGLISH: Cues = Cues {
    and: &["and", "plus"],
    to: &["to", "through", "thru"],
    number: &["number", "no", "nr"],
    openers: &[
        "and", "at", "but", "finally", "first", "for", "here", "i", "is", "it", "last", "m", "me",
        "moving", "my", "next", "now", "of", "ok", "okay", "on", "onto", "our", "post", "right",
        "s", "so", "the", "then", "this", "time", "to", "up", "was", "welcome", "well",
    ],
    asks: &["asks", "asked", "encourages", "encouraged"],
    is: &["is", "was"],
    about: &["about", "on"],
    post: &["post", "entry", "blogpost"],
    this: &["this", "these"],
    not: &["not"],
    any: &["a", "an"],
    common: &[
        "another", "bad", "best", "big", "biggest", "every", "few", "first", "funny", "good",
        "great", "last", "little", "many", "more", "most", "nice", "only", "other", "same", "some",
        "such", "these", "those", "worst",
    ],
    elsewhere: &[
        "after",
        "already",
        "back",
        "before",
        "beyond",
        "earlier",
        "else",
        "everyone",
        "forward",
        "from",
        "last",
        "mentioned",
        "moved",
        "next",
        "only",
        "others",
        "part",
        "people",
        "posted",
        "previous",
        "published",
        "read",
        "reading",
        "since",
        "through",
        "until",
        "wrote",
    ],
    catch_up: &[
        "catch up",
        "catching up",
        "catchup",
        "caught up",
        "round up",
        "roundup",
        "rounding up",
    ],
    labels: &["week", "day", "part", "module", "session", "unit"],
    plurals: &[],
};

const GERMAN: Cues = Cues {
    and: &["und", "sowie"],
    to: &["bis"],
    number: &["nummer", "nr"],
    openers: &[
        "also", "auf", "das", "dem", "der", "die", "dies", "diese", "dieser", "dran", "es", "für",
        "heute", "hier", "ist", "jetzt", "kommt", "mein", "meine", "nächste", "nun", "nur", "so",
        "um", "und", "weiter", "wieder", "zu", "zum", "zur", "geht", "mit",
    ],
    asks: &["fragt", "verlangt"],
    is: &["ist", "war", "handelt"],
    about: &["über", "von"],
    post: &["beitrag", "eintrag", "artikel"],
    this: &["dieses", "diese", "dieser", "diesem"],
    not: &["nicht", "kein", "keine"],
    any: &["ein", "eine"],
    common: &[
        "alle", "andere", "anderes", "beste", "einige", "erste", "erstes", "gleiche", "gute",
        "gutes", "letzte", "letztes", "viele", "weitere", "weiteres",
    ],
    elsewhere: &[
        "ab",
        "andere",
        "anderen",
        "bis",
        "bereits",
        "danach",
        "erst",
        "letztes",
        "nach",
        "nächstes",
        "nächsten",
        "schon",
        "seit",
        "teil",
        "vor",
        "zurück",
    ],
    catch_up: &["nachtrag", "aufgeholt", "rückstand", "sammelbeitrag"],
    labels: &["woche", "tag", "teil", "modul", "einheit"],
    plurals: &["e", "n", "en", "er", "s"],
};

const SMALL: [&str; 19] = [
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];

const TENS: [&str; 8] = [
    "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
];

const SMALL_GERMAN: [&str; 19] = [
    "eins",
    "zwei",
    "drei",
    "vier",
    "fünf",
    "sechs",
    "sieben",
    "acht",
    "neun",
    "zehn",
    "elf",
    "zwölf",
    "dreizehn",
    "vierzehn",
    "fünfzehn",
    "sechzehn",
    "siebzehn",
    "achtzehn",
    "neunzehn",
];

const TENS_GERMAN: [&str; 8] = [
    "zwanzig", "dreißig", "vierzig", "fünfzig", "sechzig", "siebzig", "achtzig", "neunzig",
];

/// Number words of an organiser's own that are taken into account, and words of each.
const OWN_MAX: usize = 200;
const OWN_WORDS_MAX: usize = 6;

impl Words {
    /// The words of a course.
    pub(super) fn new(rules: &Rules) -> Self {
        let mut words = Self {
            numbers: HashMap::new(),
            lengths: vec![0; 26 * 26],
            has_others: false,
            cues: vec![&ENGLISH],
        };
        words.read_english();
        if rules.language == Language::German {
            words.cues.push(&GERMAN);
            words.read_german();
        }
        for (value, phrase) in (1..).zip(rules.numbers.iter().take(OWN_MAX)) {
            let own = tokens(phrase);
            let own = own.iter().filter(|token| token.kind == Kind::Word);
            words.learn(own.map(|token| token.text).take(OWN_WORDS_MAX), value);
        }
        for ways in words.numbers.values_mut() {
            ways.sort_by_key(|(rest, _)| std::cmp::Reverse(rest.len()));
        }
        words
    }

    /// Reads the number at this place, in digits or in words.
    pub(super) fn number_at(&self, tokens: &[Token<'_>], at: usize) -> Option<Number> {
        let token = tokens.get(at)?;
        if let Kind::Number(value) = token.kind {
            return Some(Number { value, len: 1 });
        }
        if token.kind != Kind::Word || !self.may_be_number(token.text) {
            return None;
        }
        let ways = self.numbers.get(&token.text.to_lowercase())?;
        ways.iter().find_map(|(rest, value)| {
            let len = 1 + rest_len(tokens, at + 1, rest)?;
            Some(Number { value: *value, len })
        })
    }

    /// Whether a word begins a number.
    pub(super) fn begins_number(&self, word: &str) -> bool {
        self.may_be_number(word) && self.numbers.contains_key(&word.to_lowercase())
    }

    /// Whether a word may begin a number, which is quick and mostly says no.
    fn may_be_number(&self, word: &str) -> bool {
        match slot(word) {
            Some(slot) => self.lengths[slot] & (1 << word.len()) != 0,
            None => self.has_others && !word.is_empty(),
        }
    }

    /// Whether a token is one of the words that do this in any of the languages.
    pub(super) fn is(
        &self,
        token: &Token<'_>,
        what: impl Fn(&Cues) -> &'static [&'static str],
    ) -> bool {
        token.kind == Kind::Word && self.cues.iter().any(|cues| token.is_any_word(what(cues)))
    }

    /// Whether a token is one of the words that do this in any language that is built in, the course's or not. For
    /// words between two numbers, where no language has another meaning for them.
    pub(super) fn is_in_any_language(
        token: &Token<'_>,
        what: impl Fn(&Cues) -> &'static [&'static str],
    ) -> bool {
        token.kind == Kind::Word
            && [&ENGLISH, &GERMAN]
                .into_iter()
                .any(|cues| token.is_any_word(what(cues)))
    }

    /// The words that do this in any of the languages.
    pub(super) fn all(
        &self,
        what: impl Fn(&Cues) -> &'static [&'static str],
    ) -> impl Iterator<Item = &'static str> {
        self.cues
            .iter()
            .flat_map(move |cues| what(cues).iter().copied())
    }

    fn read_english(&mut self) {
        for (value, word) in (1..).zip(SMALL) {
            self.learn([word], value);
        }
        for (tens, ten) in (20..).step_by(10).zip(TENS) {
            self.learn([ten], tens);
            for (ones, one) in (1..10).zip(SMALL) {
                self.learn([ten, one], tens + ones);
                self.learn([format!("{ten}{one}").as_str()], tens + ones);
            }
        }
    }

    fn read_german(&mut self) {
        for (value, word) in (1..).zip(SMALL_GERMAN) {
            self.learn_german(word, value);
        }
        self.learn(["zwo"], 2);
        for (tens, ten) in (20..).step_by(10).zip(TENS_GERMAN) {
            self.learn_german(ten, tens);
            for (ones, one) in (1..10).zip(SMALL_GERMAN) {
                let one = if ones == 1 { "ein" } else { one };
                self.learn_german(&format!("{one}und{ten}"), tens + ones);
            }
        }
    }

    /// Learns a word also as it is written without umlauts and without ß.
    fn learn_german(&mut self, word: &str, value: u32) {
        let plain = word
            .replace('ü', "ue")
            .replace('ö', "oe")
            .replace('ß', "ss");
        if plain != word {
            self.learn([plain.as_str()], value);
        }
        self.learn([word], value);
    }

    fn learn<'a>(&mut self, words: impl IntoIterator<Item = &'a str>, value: u32) {
        let mut words = words.into_iter().map(str::to_lowercase);
        let Some(first) = words.next() else {
            return;
        };
        match slot(&first) {
            Some(slot) => self.lengths[slot] |= 1 << first.len(),
            None => self.has_others = true,
        }
        let rest: Vec<String> = words.collect();
        let ways = self.numbers.entry(first).or_default();
        if ways.iter().all(|(known, _)| *known != rest) {
            ways.push((rest, value));
        }
    }
}

/// Where the length of a word is noted; nothing for a word that is not plain English letters, or very long.
fn slot(word: &str) -> Option<usize> {
    let [first, second, ..] = word.as_bytes() else {
        return None;
    };
    let letter = |byte: &u8| usize::from(byte.to_ascii_lowercase() - b'a');
    let is_plain = word.len() < 32 && word.bytes().all(|byte| byte.is_ascii_alphabetic());
    is_plain.then(|| letter(first) * 26 + letter(second))
}

/// How many tokens the rest of a number takes: its words, each perhaps after a hyphen that touches both.
fn rest_len(tokens: &[Token<'_>], from: usize, rest: &[String]) -> Option<usize> {
    let mut at = from;
    for word in rest {
        if tokens.get(at)?.is_mark(is_dash) {
            if tokens[at].spaced || tokens.get(at + 1)?.spaced {
                return None;
            }
            at += 1;
        }
        if !tokens.get(at)?.is_word(word) {
            return None;
        }
        at += 1;
    }
    Some(at - from)
}

#[cfg(test)]
mod tests {
    use super::Words;
    use crate::model::{Language, Rules};
    use crate::tagging::tokens::tokens;

    fn number_in(rules: &Rules, text: &str) -> Option<u32> {
        let number = Words::new(rules).number_at(&tokens(text), 0);
        number.map(|number| number.value)
    }

    fn number(text: &str) -> Option<u32> {
        number_in(&Rules::default(), text)
    }

    #[test]
    fn number_words_reach_to_ninety_nine() {
        assert_eq!(number("Nineteen"), Some(19));
        assert_eq!(number("twenty three"), Some(23));
        assert_eq!(number("Twenty-Three"), Some(23));
        assert_eq!(number("twentythree"), Some(23));
        assert_eq!(number("ninety‑nine"), Some(99));
        assert_eq!(number("forty"), Some(40));
        assert_eq!(number("twenty - three"), Some(20));
        assert_eq!(number("twentytwelve"), None);
        assert_eq!(number("someone"), None);
    }

    #[test]
    fn a_decimal_is_no_whole_number_and_a_huge_one_is_the_largest() {
        assert_eq!(number("2.0"), None);
        assert_eq!(number("99999999999999999999"), Some(u32::MAX));
    }

    #[test]
    fn german_numbers_are_one_word_each_with_or_without_umlauts() {
        let rules = Rules {
            language: Language::German,
            ..Rules::default()
        };
        for (text, value) in [
            ("Eins", 1),
            ("zwölf", 12),
            ("ZWÖLF", 12),
            ("zwoelf", 12),
            ("fünf", 5),
            ("einundzwanzig", 21),
            ("Dreiunddreißig", 33),
            ("dreiunddreissig", 33),
            ("vierzig", 40),
            ("twenty-two", 22),
        ] {
            assert_eq!(number_in(&rules, text), Some(value), "{text}");
        }
        assert_eq!(number("einundzwanzig"), None);
    }

    #[test]
    fn an_organiser_may_bring_the_numbers_of_another_language() {
        let numbers = ["un", "deux", "trois", "quatre", "vingt et un"];
        let rules = Rules {
            numbers: numbers.map(str::to_owned).to_vec(),
            ..Rules::default()
        };
        assert_eq!(number_in(&rules, "Quatre"), Some(4));
        assert_eq!(number_in(&rules, "vingt et un"), Some(5));
        assert_eq!(number_in(&rules, "vingt-et-un"), Some(5));
        assert_eq!(number_in(&rules, "vingt et deux"), None);
    }
}
