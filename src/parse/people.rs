//! Names of persons in the form in which feed-rs can read them, and how many of them are taken.

use std::borrow::Cow;

/// People that one post or feed may have; every post without any gets the feed's.
pub(super) const PEOPLE_MAX: usize = 20;

/// Characters of a name.
pub(super) const NAME_MAX: usize = 1_000;

/// A blank wherever a word with an `@` passes between ASCII and the rest of the world.
///
/// feed-rs cuts one byte off on either side of an address, and half a character makes it panic.
pub(super) fn spaced(text: &str) -> Cow<'_, str> {
    if text.is_ascii() || !text.contains('@') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for word in text.split_inclusive(|c: char| c.is_ascii_whitespace()) {
        let address = word.contains('@');
        let mut before = None;
        for character in word.chars() {
            if address && before.is_some_and(|ascii| ascii != character.is_ascii()) {
                out.push(' ');
            }
            out.push(character);
            before = Some(character.is_ascii());
        }
    }
    Cow::Owned(out)
}
