//! Long texts of entries, which are kept out of what feed-rs reads: it would copy each of them several times.
//!
//! A mark and a number go through it in their place. This must not know which text is whose.

/// Begins what stands in the place of a text. It is no character, and XML forbids it (section 2.2): `decode` takes it out
/// of every document, and no reference to it is resolved, so that nobody's text is taken for a number.
const MARK: char = '\u{ffff}';

/// A shorter text is copied as quickly as it is found again.
const BYTES_MIN: usize = 256;

/// Whether a text is to be taken out.
pub(super) fn is_worth_it(text: &str) -> bool {
    text.len() >= BYTES_MIN
}

/// Takes a text out; returns what stands in its place.
pub(super) fn take_out(text: String, texts: &mut Vec<String>) -> String {
    texts.push(text);
    format!("{MARK}{}", texts.len() - 1)
}

/// Puts a text back, if this stands in the place of one.
pub(super) fn put_back(place: &mut String, texts: &mut [String]) {
    let number = place.strip_prefix(MARK).and_then(|it| it.parse().ok());
    if let Some(text) = number.and_then(|number: usize| texts.get_mut(number)) {
        *place = std::mem::take(text);
    }
}

#[cfg(test)]
mod tests {
    use super::{MARK, put_back, take_out};

    #[test]
    fn a_text_comes_back_in_its_place_and_anything_else_stays() {
        let mut texts = Vec::new();
        let mut places = [
            take_out("one".to_owned(), &mut texts),
            take_out("two".to_owned(), &mut texts),
            "2".to_owned(),
            format!("{MARK}2"),
            format!("{MARK}x"),
        ];
        let before = places.clone();
        for place in &mut places {
            put_back(place, &mut texts);
        }
        assert_eq!(places[..2], ["one", "two"]);
        assert_eq!(places[2..], before[2..]);
    }
}
