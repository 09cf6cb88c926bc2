//! What somebody looks for, the passages in which it was found, and who is called so.

use icu_normalizer::DecomposingNormalizerBorrowed;

/// What somebody looks for among the visible posts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Search {
    /// The words, as typed; words in quotes are to stand side by side, and `*` at the end leaves the rest open.
    pub words: String,
    /// Only posts on this Thing.
    pub thing: Option<u16>,
    /// Only posts by the participant with this slug.
    pub participant: Option<String>,
}

/// One thing that a post must hold to be found: a word, or several side by side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phrase {
    /// Its words, with neither quotes nor control characters; at least one letter or digit among them.
    pub text: String,
    /// Whether words count that only begin like this.
    pub begins: bool,
}

/// A piece of a post's text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Passage {
    /// Plain text.
    pub text: String,
    /// Whether this is what was looked for.
    pub found: bool,
}

/// Characters of a search that count.
const CHARACTERS_MAX: usize = 200;
/// Phrases of a search that count.
const PHRASES_MAX: usize = 12;
/// Letters from which on a word may be left open; fewer would find nearly everything.
const OPEN_LETTERS_MIN: usize = 3;

impl Search {
    /// The words as they are shown again: on one line, and no more of them than count.
    pub fn shown(&self) -> String {
        super::one_line(&self.counted())
    }

    /// What a post must hold. Nothing where there is no word in what was typed, whatever that was.
    pub fn phrases(&self) -> Vec<Phrase> {
        let mut phrases = Vec::new();
        for (at, part) in self.counted().split('"').enumerate() {
            // What stands after an odd number of quotes stands inside them, even if nobody closed them.
            if at % 2 == 1 {
                phrases.extend(phrase(part));
            } else {
                phrases.extend(part.split_whitespace().filter_map(phrase));
            }
        }
        phrases.truncate(PHRASES_MAX);
        phrases
    }

    /// What people are looked for by: the same without case and accents. Nothing finds nobody.
    pub fn names(&self) -> Vec<Phrase> {
        let phrases = self.phrases().into_iter().map(|phrase| Phrase {
            text: folded(&phrase.text),
            ..phrase
        });
        phrases.filter(|phrase| !phrase.text.is_empty()).collect()
    }

    fn counted(&self) -> String {
        let letters = self.words.chars().take(CHARACTERS_MAX);
        let plain = letters.map(|c| if c.is_control() { ' ' } else { c });
        // People and their telephones type these for quotes.
        plain
            .map(|c| {
                if matches!(c, '“' | '”' | '„') {
                    '"'
                } else {
                    c
                }
            })
            .collect()
    }
}

/// Whether somebody's name, or that of their blog, has all that people are looked for by ([`Search::names`]): each where a
/// word begins. A short one has to be a whole word. An apostrophe may part words (“L'Anna”) or be within one (“O'Brien”).
pub fn is_called(name: &str, names: &[Phrase]) -> bool {
    let parted = name.replace(APOSTROPHES, " ");
    let spellings = [name, &parted].map(|name| format!(" {} ", folded(name)));
    let has = |phrase: &Phrase| {
        let text = &phrase.text;
        let letters = text.chars().filter(|c| c.is_alphanumeric()).count();
        let wanted = if text.chars().any(is_unparted) {
            text.clone()
        } else if phrase.begins || letters >= OPEN_LETTERS_MIN {
            format!(" {text}")
        } else {
            format!(" {text} ")
        };
        spellings.iter().any(|name| name.contains(&wanted))
    };
    !names.is_empty() && names.iter().all(has)
}

const APOSTROPHES: [char; 2] = ['\'', '’'];

/// The words of a text with a blank between them, in lower case and without accents. What an apostrophe parts is one word.
fn folded(text: &str) -> String {
    let lower = text.to_lowercase();
    let letters = DecomposingNormalizerBorrowed::new_nfd().normalize(&lower);
    let mut folded = String::with_capacity(letters.len());
    for letter in letters.chars().filter(|c| !is_accent(*c)) {
        match letter {
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'ø' => folded.push('o'),
            'ł' => folded.push('l'),
            'đ' | 'ð' => folded.push('d'),
            'ı' => folded.push('i'),
            letter if APOSTROPHES.contains(&letter) => {}
            letter if letter.is_alphanumeric() => folded.push(letter),
            _ if !folded.is_empty() && !folded.ends_with(' ') => folded.push(' '),
            _ => {}
        }
    }
    folded.truncate(folded.trim_end().len());
    folded
}

/// Whether a character is a mark on the letter before it (Unicode's blocks of combining marks).
fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}'
        | '\u{fe20}'..='\u{fe2f}')
}

fn phrase(text: &str) -> Option<Phrase> {
    let text = super::one_line(text);
    let stem = text.trim_end_matches('*');
    let letters = stem.chars().filter(|c| c.is_alphanumeric()).count();
    let open = stem.len() < text.len() && letters >= OPEN_LETTERS_MIN;
    // Where words are not parted by blanks, what is looked for is hardly ever a whole run of characters.
    let unparted = stem.chars().any(is_unparted);
    (letters > 0).then(|| Phrase {
        text: stem.to_owned(),
        begins: open || unparted,
    })
}

/// Whether a character is of a script that is written without blanks: Thai to Khmer, Chinese and Japanese.
fn is_unparted(c: char) -> bool {
    matches!(c, '\u{0e00}'..='\u{0eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{3040}'..='\u{30ff}'
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::{Search, is_called};

    #[track_caller]
    fn check(words: &str, expected: &[&str]) {
        let search = Search {
            words: words.to_owned(),
            ..Search::default()
        };
        let phrases = search.phrases().into_iter();
        let phrases: Vec<String> = phrases
            .map(|it| it.text + if it.begins { "…" } else { "" })
            .collect();
        assert_eq!(phrases, expected, "{words:?}");
    }

    #[test]
    fn words_are_parted_at_blanks_and_kept_together_in_quotes() {
        check("linked in", &["linked", "in"]);
        check("\"linked in\" groups", &["linked in", "groups"]);
        check("“linked  in” x", &["linked in", "x"]);
        check("one \"never closed", &["one", "never closed"]);
    }

    #[test]
    fn a_star_leaves_a_word_open_unless_that_would_find_nearly_everything() {
        check("librar*", &["librar…"]);
        check("li*", &["li"]);
        check("* a*", &["a"]);
        check("図書館", &["図書館…"]);
    }

    #[track_caller]
    fn check_name(words: &str, name: &str, expected: bool) {
        let search = Search {
            words: words.to_owned(),
            ..Search::default()
        };
        let found = is_called(name, &search.names());
        assert_eq!(found, expected, "{words:?} in {name:?}");
    }

    #[test]
    fn a_name_is_found_without_its_case_and_accents_where_a_word_begins() {
        for (words, name) in [
            ("sian", "Siân O’Brien"),
            ("SIÂN", "Sian"),
            ("Si\u{e2}n", "Sia\u{302}n"),
            ("o'brien sian", "Siân O’Brien"),
            ("o brien", "Siân O’Brien"),
            ("anna", "Le blog d’Anna"),
            ("obrien", "Siân O'Brien"),
            ("\"anna lena\"", "Anna-Lena Weiß"),
            ("weiss", "Anna-Lena Weiß"),
            ("Weiß", "WEISS"),
            ("lukasz", "Łukasz"),
            ("mar", "Maren"),
            ("jo", "Jo Smith"),
            ("館", "図書館の猫"),
            ("екатерина", "ЕКАТЕРИНА"),
            ("librarian*", "The Librarian's Desk"),
        ] {
            check_name(words, name, true);
        }
        for (words, name) in [
            ("", "Ann"),
            ("'", "O'Brien"),
            ("’ ’", "Ann"),
            ("jo", "Joanna"),
            ("ren", "Maren"),
            ("ann bob", "Ann"),
            ("\"lena anna\"", "Anna-Lena"),
            ("ann", ""),
        ] {
            check_name(words, name, false);
        }
    }

    #[test]
    fn what_holds_no_word_asks_for_nothing() {
        for words in ["", " ", "\"", "\"\"\"", "*", "-- ()", "\0", "😀", "%", "'"] {
            check(words, &[]);
        }
    }

    #[test]
    fn the_syntax_of_a_search_engine_is_words_like_others() {
        check("a AND", &["a", "AND"]);
        check("foo:bar", &["foo:bar"]);
        check("NEAR(x y)", &["NEAR(x", "y)"]);
        check("a\0b", &["a", "b"]);
        check("{x} ^y -z", &["{x}", "^y", "-z"]);
    }

    #[test]
    fn of_a_very_long_search_the_beginning_counts() {
        let long = "word ".repeat(10_000);
        check(&long, &["word"; 12]);
        check(&"x".repeat(10_000), &[&"x".repeat(200)]);
    }
}
