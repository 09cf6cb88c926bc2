//! The names of programmes: ours, which are masked before numbers are read, and strangers', which silence us.
//!
//! "23 Things" and "cpd23" are not Thing 23, nor are years or counts ("20 things to go"). Everything follows from the
//! course's own names: a stranger is a name made as ours are, such as another word with our number. It must not
//! know what a mention is worth.

use super::grammar::Grammar;
use super::language::{Number, Words};
use super::tokens::{Kind, Token, is_dash, tokens};
use crate::model::Course;

/// What the programme is called, and how to tell others by their names.
#[derive(Debug, Clone)]
pub(super) struct Names {
    /// Longest first.
    ours: Vec<Name>,
    /// The numbers in our names: 23 for "cpd23".
    series: Vec<u32>,
}

#[derive(Debug, Clone)]
struct Name {
    pieces: Vec<Piece>,
    /// Whether it is more than a number and the unit word, which other programmes share ("23 Things").
    distinctive: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Word(String),
    Number(u32),
}

/// A text whose names were masked.
#[derive(Debug, Clone, Default)]
pub(super) struct Masked<'a> {
    /// The tokens, each name now one token.
    pub(super) tokens: Vec<Token<'a>>,
    /// Whether a name was seen that this course alone has.
    pub(super) ours: bool,
    /// Whether any name of the course was seen, even one that others share.
    pub(super) named: bool,
    /// Whether another programme was named.
    pub(super) stranger: bool,
}

/// Whether a text is short and chosen with care, or running prose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// A title or a category, where "Cam 23" is a programme.
    Heading,
    /// Prose, where only "cam23" is.
    Prose,
}

/// Names taken into account, and tokens of each; more than any course has.
const NAMES_MAX: usize = 64;
const PIECES_MAX: usize = 16;

impl Names {
    /// The names of this course.
    pub(super) fn new(course: &Course, grammar: &Grammar) -> Self {
        let mut ours: Vec<Name> = std::iter::once(&course.name)
            .chain(&course.names)
            .take(NAMES_MAX)
            .filter_map(|name| Name::new(name, grammar))
            .collect();
        ours.sort_by_key(|name| std::cmp::Reverse(name.pieces.len()));
        let series = ours
            .iter()
            .flat_map(|name| &name.pieces)
            .filter_map(|piece| match piece {
                Piece::Number(number) => Some(*number),
                Piece::Word(_) => None,
            })
            .collect();
        Self { ours, series }
    }

    /// Cuts a text into tokens and masks what is not to be read as a Thing's number.
    pub(super) fn mask<'a>(&self, grammar: &Grammar, text: &'a str, style: Style) -> Masked<'a> {
        self.mask_tokens(grammar, text, &tokens(text), style)
    }

    /// Masks a text that was cut already, the whole of it or stretches.
    pub(super) fn mask_tokens<'a>(
        &self,
        grammar: &Grammar,
        text: &'a str,
        raw: &[Token<'a>],
        style: Style,
    ) -> Masked<'a> {
        let mut masked = Masked {
            tokens: Vec::with_capacity(raw.len()),
            ..Masked::default()
        };
        let mut at = 0;
        while at < raw.len() {
            if matches!(raw[at].kind, Kind::Mark(_)) {
                // Neither a name nor a number nor an address begins with a mark.
                masked.tokens.push(raw[at]);
                at += 1;
                continue;
            }
            let len = if let Some(len) = address_at(raw, at, text) {
                len
            } else if let Some((name, len)) = self.name_at(grammar, raw, at) {
                masked.named = true;
                masked.ours |= name.distinctive;
                len
            } else if let Some(len) = self.stranger_at(grammar, raw, at, style) {
                masked.stranger = true;
                len
            } else {
                other_at(grammar, raw, at).unwrap_or(0)
            };
            masked.tokens.push(match len {
                0 => raw[at],
                _ => raw[at].masked_to(&raw[at + len - 1], text),
            });
            at += len.max(1);
        }
        masked
    }

    /// Whether a text is a name of the course and nothing else.
    pub(super) fn is_name(&self, grammar: &Grammar, text: &str) -> bool {
        let tokens = tokens(text);
        let name = self.name_at(grammar, &tokens, 0);
        name.is_some_and(|(_, len)| len == tokens.len())
    }

    /// What to look for in a long text so as to find every place where a programme may be named.
    pub(super) fn anchors(&self, grammar: &Grammar) -> Vec<String> {
        let units: Vec<String> = grammar.units().collect();
        let named = self.ours.iter().filter_map(|name| name.anchor(&units));
        let series = self.series.iter().map(u32::to_string);
        named.chain(series).collect()
    }

    fn name_at(
        &self,
        grammar: &Grammar,
        tokens: &[Token<'_>],
        at: usize,
    ) -> Option<(&Name, usize)> {
        let is_inside = at > 0
            && tokens[at].is_glued()
            && matches!(tokens[at - 1].kind, Kind::Word | Kind::Number(_));
        if is_inside {
            return None;
        }
        self.ours
            .iter()
            .find_map(|name| Some((name, name.len_at(&grammar.words, tokens, at)?)))
    }

    /// A word with one of our numbers that is no name of ours: "ox23", "Rudaí 23"; or "Things on a Stick".
    fn stranger_at(
        &self,
        grammar: &Grammar,
        tokens: &[Token<'_>],
        at: usize,
        style: Style,
    ) -> Option<usize> {
        if let Some(unit) = grammar.unit_at(tokens, at) {
            let tail = tokens.get(at + unit.len..at + unit.len + 3)?;
            let on_a_stick = unit.plural
                && (tail.iter().zip(["on", "a", "stick"])).all(|(token, word)| token.is_word(word));
            return on_a_stick.then_some(unit.len + 3);
        }
        let word = tokens.get(at).filter(|token| token.kind == Kind::Word)?;
        let number = tokens.get(at + 1)?;
        let ours = matches!(number.kind, Kind::Number(value) if self.series.contains(&value));
        if !ours || word.text.chars().count() < 2 || self.is_slip(word) {
            return None;
        }
        let is_name = if number.is_glued() {
            !is_address(tokens, at)
        } else {
            style == Style::Heading && is_title_name(grammar, tokens, at)
        };
        is_name.then_some(2)
    }

    /// Whether a word is one of ours in disguise: "ukcpd", or "cdp" for "cpd".
    fn is_slip(&self, word: &Token<'_>) -> bool {
        let word = word.text.to_lowercase();
        self.ours
            .iter()
            .filter_map(|name| match name.pieces.as_slice() {
                [Piece::Word(ours), Piece::Number(_)] => Some(ours),
                _ => None,
            })
            .any(|ours| word.contains(ours.as_str()) || sorted(&word) == sorted(ours))
    }
}

impl Name {
    /// A name as pieces; nothing for one that would hide the Things themselves.
    fn new(name: &str, grammar: &Grammar) -> Option<Self> {
        let cut = tokens(name);
        let pieces = pieces(&cut, &grammar.words);
        let distinctive = is_distinctive(&cut, grammar);
        let has_number = pieces.iter().any(|piece| matches!(piece, Piece::Number(_)));
        let hides = !grammar.mentions(&cut).is_empty();
        let means_something = distinctive || (has_number && pieces.len() > 1);
        (means_something && !hides).then_some(Self {
            pieces,
            distinctive,
        })
    }

    /// Its longest word; nothing for a name with the unit word or a number in it, which are looked for anyway.
    fn anchor(&self, units: &[String]) -> Option<String> {
        let mut longest = None;
        for piece in &self.pieces {
            match piece {
                Piece::Number(_) => return None,
                Piece::Word(word) if units.contains(word) => return None,
                Piece::Word(word) => longest = longest.max(Some((word.len(), word))),
            }
        }
        longest.map(|(_, word)| word.clone())
    }

    /// How many tokens it takes at this place, if it stands there: "CPD-23" is "cpd23".
    fn len_at(&self, words: &Words, tokens: &[Token<'_>], at: usize) -> Option<usize> {
        let mut end = at;
        if let (Piece::Word(word), Some(token)) = (self.pieces.first()?, tokens.get(at))
            && !token.begins_as(word)
        {
            return None;
        }
        for piece in &self.pieces {
            let joined = tokens.get(end)?.is_mark(|mark| {
                is_dash(mark) || matches!(mark, '_' | '#' | '.' | '\'' | '’' | ':' | '&')
            });
            if end > at && joined {
                end += 1;
            }
            end += piece.len_at(words, tokens, end)?;
        }
        Some(end - at)
    }
}

impl Piece {
    fn len_at(&self, words: &Words, tokens: &[Token<'_>], at: usize) -> Option<usize> {
        match self {
            Self::Word(word) => tokens.get(at)?.is_word(word).then_some(1),
            Self::Number(number) => words
                .number_at(tokens, at)
                .filter(|found| found.value == *number)
                .map(|found| found.len),
        }
    }
}

fn pieces(name: &[Token<'_>], words: &Words) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut at = 0;
    while at < name.len() && pieces.len() < PIECES_MAX {
        if let Some(Number { value, len }) = words.number_at(name, at) {
            pieces.push(Piece::Number(value));
            at += len;
            continue;
        }
        if name[at].kind == Kind::Word {
            pieces.push(Piece::Word(name[at].text.to_lowercase()));
        }
        at += 1;
    }
    pieces
}

/// Whether a name has a word besides numbers and the unit word.
fn is_distinctive(name: &[Token<'_>], grammar: &Grammar) -> bool {
    let mut at = 0;
    while at < name.len() {
        at += if let Some(number) = grammar.words.number_at(name, at) {
            number.len
        } else if let Some(unit) = grammar.unit_at(name, at) {
            unit.len
        } else if name[at].kind == Kind::Word {
            return true;
        } else {
            1
        };
    }
    false
}

/// How many tokens a year or a count takes at this place.
fn other_at(grammar: &Grammar, tokens: &[Token<'_>], at: usize) -> Option<usize> {
    let number = grammar.words.number_at(tokens, at)?;
    let is_year = (1900..2100).contains(&number.value) && number.value > grammar.count();
    // "Week 5 Things 6 and 7" does not count Things.
    let labelled = at > 0 && grammar.words.is(&tokens[at - 1], |cues| cues.labels);
    let counted = grammar
        .unit_at(tokens, at + number.len)
        .filter(|unit| unit.plural && !labelled && !follows_unit(grammar, tokens, at));
    match counted {
        Some(unit) => Some(number.len + unit.len),
        None => is_year.then_some(number.len),
    }
}

/// Tokens of the longest address that is told from a text without blanks.
const ADDRESS_TOKENS_MAX: usize = 128;

/// How many tokens a web address or the name of a host takes at this place: "thing6.blogspot.com" is on no Thing.
fn address_at(tokens: &[Token<'_>], at: usize, text: &str) -> Option<usize> {
    const ENDINGS: [&str; 24] = [
        "at", "au", "blog", "ca", "ch", "com", "de", "edu", "es", "eu", "fr", "gov", "ie", "info",
        "io", "me", "net", "nl", "nz", "org", "tv", "uk", "us", "website",
    ];
    let is_inside = at > 0
        && tokens[at].is_glued()
        && matches!(tokens[at - 1].kind, Kind::Word | Kind::Number(_));
    if tokens[at].kind != Kind::Word || is_inside {
        return None;
    }
    // Most words stand alone, which is seen at once.
    tokens.get(at + 1).filter(|next| next.is_glued())?;
    let glued = tokens[at + 1..].iter().take(ADDRESS_TOKENS_MAX + 1);
    let glued = glued.take_while(|next| next.is_glued()).count();
    if glued > ADDRESS_TOKENS_MAX {
        return None;
    }
    let last = &tokens[at + glued];
    let run = &text[tokens[at].start..last.end()];
    let host = run.split('/').next().unwrap_or_default();
    let (name, ending) = host.rsplit_once('.').unwrap_or_default();
    let is_name = |label: &str| {
        let mut letters = label.chars();
        !label.is_empty() && letters.all(|letter| letter.is_ascii_alphanumeric() || letter == '-')
    };
    let is_host =
        ENDINGS.contains(&ending.to_ascii_lowercase().as_str()) && name.split('.').all(is_name);
    let is_address = run.starts_with("http://") || run.starts_with("https://") || is_host;
    is_address.then(|| {
        1 + tokens[at + 1..]
            .iter()
            .take_while(|next| next.is_glued())
            .count()
    })
}

/// Whether this is "Thing 1" in "Thing 1 Things 2 and 3": a number that has a unit word of its own.
fn follows_unit(grammar: &Grammar, tokens: &[Token<'_>], at: usize) -> bool {
    at > 0 && grammar.unit_at(tokens, at - 1).is_some()
}

/// Whether a word with a number is part of an address or an account ("@jo23", "jo23.example.org").
fn is_address(tokens: &[Token<'_>], at: usize) -> bool {
    let is_part = |token: &Token<'_>| token.is_mark(|mark| matches!(mark, '/' | '.' | '@' | '_'));
    let before = at > 0 && tokens[at].is_glued() && is_part(&tokens[at - 1]);
    let after = match tokens.get(at + 2..) {
        Some([next, ..]) if next.kind == Kind::Word => next.is_glued(),
        Some([next, more, ..]) => next.is_glued() && is_part(next) && more.is_glued(),
        _ => false,
    };
    before || after
}

/// Whether a word and a number apart are a name ("Cam 23"), not a date or a count ("March 23", "All 23 Things").
fn is_title_name(grammar: &Grammar, tokens: &[Token<'_>], at: usize) -> bool {
    const COMMON: &str = "january february march april may june july august september october november december \
                          jan feb mar apr jun jul aug sep sept oct nov dec the all my our of and to at in on for \
                          week day part number no top chapter post module";
    let goes_on = tokens.get(at + 2).is_some_and(|next| {
        next.is_mark(|mark| mark == '/') || (next.is_glued() && next.kind == Kind::Word)
    });
    let is_weekday = tokens[at].text.to_lowercase().ends_with("day");
    tokens[at].is_capitalised()
        && !COMMON.split(' ').any(|word| tokens[at].is_word(word))
        && !is_weekday
        && !goes_on
        && grammar.unit_at(tokens, at + 2).is_none()
}

fn sorted(word: &str) -> Vec<char> {
    let mut letters: Vec<char> = word.chars().collect();
    letters.sort_unstable();
    letters
}

#[cfg(test)]
mod tests {
    use super::{Masked, Names, Style};
    use crate::tagging::fixtures::{assignments, cpd23};
    use crate::tagging::grammar::Grammar;

    fn mask(text: &str, style: Style) -> Masked<'_> {
        let course = cpd23();
        let grammar = Grammar::new(&course);
        Names::new(&course, &grammar).mask(&grammar, text, style)
    }

    fn left(text: &str) -> String {
        let masked = mask(text, Style::Heading);
        let words: Vec<&str> = masked
            .tokens
            .iter()
            .filter(|token| token.kind != super::Kind::Masked)
            .map(|token| token.text)
            .collect();
        words.join(" ")
    }

    #[test]
    fn every_spelling_of_our_name_is_masked() {
        for name in [
            "cpd23",
            "CPD 23",
            "CPD-23",
            "Cpd_23",
            "23 Things",
            "23things",
            "Twenty-three things",
            "23 Things for Professional Development",
        ] {
            assert_eq!(left(name), "", "{name}");
        }
        assert_eq!(left("#cpd23"), "#");
    }

    #[test]
    fn the_unit_word_after_our_name_stays() {
        assert_eq!(left("CPD 23 Things 8 and 9"), "Things 8 and 9");
        assert_eq!(left("23 Things: Thing 3"), ": Thing 3");
        assert_eq!(left("cpd23 2012 Thing 3"), "Thing 3");
    }

    #[test]
    fn counts_of_things_are_masked() {
        assert_eq!(left("only eight things behind"), "only behind");
        assert_eq!(left("20 things to go"), "to go");
        assert_eq!(left("Week 5 Things 6 and 7"), "Week 5 Things 6 and 7");
    }

    #[test]
    fn a_stranger_is_another_word_with_our_number() {
        for title in [
            "ox23",
            "Rudaí 23 – Thing 7",
            "my #RHUL23 post",
            "Cam 23, the end",
        ] {
            assert!(mask(title, Style::Heading).stranger, "{title}");
        }
        assert!(mask("More Things on a Stick Thing 7", Style::Heading).stranger);
    }

    #[test]
    fn neither_a_date_nor_a_slip_nor_an_account_is_a_stranger() {
        for title in [
            "March 23",
            "Sunday 23 July",
            "#CDP23",
            "All 23 Things",
            "Thing 23",
            "CPD25",
            "@jo23",
            "see jo23.example.org",
            "ukcpd23",
            "jo/me23",
            "Catch-22",
            "the number 23",
        ] {
            assert!(!mask(title, Style::Heading).stranger, "{title}");
        }
        assert!(!mask("I met Cam 23 times", Style::Prose).stranger);
        assert!(mask("I did cam23 last year", Style::Prose).stranger);
    }

    #[test]
    fn a_name_that_others_share_names_the_programme_but_not_us() {
        let masked = mask("23 Things: done", Style::Heading);
        assert!(masked.named && !masked.ours);
        assert!(mask("CPD23: done", Style::Heading).ours);
    }

    #[test]
    fn a_name_that_would_hide_the_things_is_left_alone() {
        let mut course = assignments();
        course.names = vec![
            "Assignment".into(),
            "Assignment 7".into(),
            "7".into(),
            String::new(),
        ];
        let grammar = Grammar::new(&course);
        let masked = Names::new(&course, &grammar).mask(&grammar, "Assignment 7", Style::Heading);
        assert_eq!(grammar.mentions(&masked.tokens).len(), 1);
    }
}
