//! Names of persons: what of a line is a name, and how many of them are taken.

use std::borrow::Cow;

use crate::model::Markup;

/// People that one post or feed may have; every post without any gets the feed's.
pub(super) const PEOPLE_MAX: usize = 20;

/// Characters of a name.
pub(super) const NAME_MAX: usize = 1_000;

/// The names, each once. Mail addresses are nobody's name and nobody's business.
pub(super) fn names<'a>(lines: impl IntoIterator<Item = &'a str>) -> Vec<Markup> {
    let mut names: Vec<Markup> = Vec::new();
    for name in lines.into_iter().filter_map(name) {
        let markup = Markup::Html(name.chars().take(NAME_MAX).collect());
        if !names.contains(&markup) && names.len() < PEOPLE_MAX {
            names.push(markup);
        }
    }
    names
}

/// The name in `jo@b.example (Jo Bloggs)`, `Jo Bloggs <jo@b.example>` and their like; nothing where there is only an
/// address.
fn name(line: &str) -> Option<Cow<'_, str>> {
    let line = line.trim();
    let name = if html_escape::decode_html_entities(line).contains('@') {
        // Some write the brackets close to the name or the address.
        let spaced = line
            .replace('(', " (")
            .replace('<', " <")
            .replace("&lt;", " &lt;");
        let words = spaced.split_whitespace().filter(|word| !is_address(word));
        Cow::Owned(words.collect::<Vec<_>>().join(" "))
    } else {
        Cow::Borrowed(line)
    };
    let pairs = [('(', ')'), ('"', '"'), ('<', '>')];
    let bare = pairs.into_iter().find_map(|(open, close)| {
        let inner = name.strip_prefix(open)?.strip_suffix(close)?;
        // `<b>Jo</b>` is a name in markup.
        (!inner.contains([open, close])).then(|| inner.trim().to_owned())
    });
    let name = bare.map_or(name, Cow::Owned);
    (!name.is_empty()).then_some(name)
}

/// Whether a word is a mail address, in brackets or not: `M@` and `@handle` are not.
fn is_address(word: &str) -> bool {
    let word = html_escape::decode_html_entities(word);
    let word = word.trim_matches(|c: char| "()<>[],;\"'".contains(c));
    let word = word.strip_prefix("mailto:").unwrap_or(word);
    let Some((mailbox, host)) = word.split_once('@') else {
        return false;
    };
    let dotted = host.trim_matches('.').contains('.') || host == "localhost";
    !mailbox.is_empty() && dotted && !host.contains('@')
}

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

#[cfg(test)]
mod tests {
    use super::name;

    #[track_caller]
    fn check(line: &str, expected: Option<&str>) {
        assert_eq!(name(line).as_deref(), expected, "{line}");
    }

    #[test]
    fn a_name_is_what_is_left_without_the_address() {
        check("jo@b.example (Jo Bloggs)", Some("Jo Bloggs"));
        check("Jo Bloggs <jo@b.example>", Some("Jo Bloggs"));
        check("\"Jo Bloggs\" <mailto:jo@b.example>", Some("Jo Bloggs"));
        check("jo@b.example Jo Bloggs", Some("Jo Bloggs"));
        check("(Jo Bloggs)", Some("Jo Bloggs"));
        check("Jo Bloggs", Some("Jo Bloggs"));
        check("jo@b.example", None);
        check(" <jo@b.co.example> ", None);
        check("", None);
    }

    #[test]
    fn an_at_sign_alone_makes_no_address() {
        check("M@", Some("M@"));
        check("@handle", Some("@handle"));
        check("Bri@n Stone", Some("Bri@n Stone"));
    }

    #[test]
    fn brackets_within_a_name_stay() {
        check("Jo (the library) Bloggs", Some("Jo (the library) Bloggs"));
        check("<b>Jo</b>", Some("<b>Jo</b>"));
    }
}
