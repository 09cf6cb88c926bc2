//! Markup in the one spelling in which it comes out, read against the list.
//!
//! ```text
//! text    no `<`, `>`, bare `&` or bare no-break space
//! tag     <name attribute="value" attribute="value">, </name>
//! ```
//!
//! HTML has one way to read this: names are in lower case and listed, no element holds anything but markup, every end
//! tag ends the element that was begun last. It must not be lenient: what it is not sure of is ammonia's.

use memchr::{memchr, memchr2, memchr3};

use super::{FIXED, FREE, GENERIC, leads_to_the_web};
use crate::sanitize::elements::ALL;

/// Whether ammonia would write this markup as it stands; no where that cannot be told without asking it.
pub(super) fn is_as_written(markup: &str) -> bool {
    // What HTML would read as something else, or not at all.
    let is_odd =
        markup.starts_with('\u{feff}') || memchr2(b'\r', b'\0', markup.as_bytes()).is_some();
    !is_odd && holds_to_the_list(markup).is_some()
}

/// Something where all of it is listed and in our spelling.
fn holds_to_the_list(markup: &str) -> Option<()> {
    let mut open: Vec<&str> = Vec::new();
    let mut seen: Vec<&str> = Vec::new();
    let mut rest = markup;
    while let Some(at) = memchr(b'<', rest.as_bytes()) {
        is_text(&rest[..at]).then_some(())?;
        let end = at + memchr(b'>', &rest.as_bytes()[at..])?;
        let tag = &rest[at + 1..end];
        match tag.strip_prefix('/') {
            Some(name) if open.pop() == Some(name) => {}
            Some(_) => return None,
            None => {
                seen.clear();
                let name = listed(tag, &mut seen)?;
                if !matches!(name, "br" | "hr" | "img" | "source" | "wbr") {
                    open.push(name);
                }
            }
        }
        rest = &rest[end + 1..];
    }
    (is_text(rest) && open.is_empty()).then_some(())
}

/// The name of a start tag in which everything is listed and no attribute is `seen` twice.
fn listed<'a>(tag: &'a str, seen: &mut Vec<&'a str>) -> Option<&'a str> {
    let (name, mut rest) = tag.split_at(tag.find(' ').unwrap_or(tag.len()));
    ALL.binary_search(&name).ok()?;
    while !rest.is_empty() {
        let (attribute, after) = rest.strip_prefix(' ')?.split_once("=\"")?;
        let (value, after) = after.split_once('"')?;
        if seen.contains(&attribute) || !may_have(name, attribute, value) || !is_value(value) {
            return None;
        }
        seen.push(attribute);
        rest = after;
    }
    Some(name)
}

fn may_have(element: &str, attribute: &str, value: &str) -> bool {
    let mut free = FREE.iter().filter(|(name, _)| *name == element);
    let mut fixed = FIXED.iter().filter(|(name, _)| *name == element);
    let has = GENERIC.contains(&attribute)
        || free.any(|(_, names)| names.contains(&attribute))
        || fixed.any(|(_, values)| values.contains(&(attribute, value)));
    has && leads_to_the_web(attribute, value)
}

/// Whether text is written as the serialiser writes it.
fn is_text(text: &str) -> bool {
    is_escaped(text, &["&nbsp;", "&amp;", "&lt;", "&gt;"])
}

/// Whether an attribute's value is.
fn is_value(value: &str) -> bool {
    const ESCAPES: [&str; 5] = ["&nbsp;", "&amp;", "&quot;", "&lt;", "&gt;"];
    memchr(b'<', value.as_bytes()).is_none() && is_escaped(value, &ESCAPES)
}

fn is_escaped(text: &str, escapes: &[&str]) -> bool {
    let mut rest = text;
    while let Some(found) = special(rest) {
        rest = &rest[found..];
        match escape_length(rest, escapes) {
            Some(length) => rest = &rest[length..],
            None => return false,
        }
    }
    true
}

/// The next byte that may mean more than itself. Two bytes begin with 0xC2, of which one character is a no-break space.
fn special(text: &str) -> Option<usize> {
    memchr3(b'&', b'>', 0xC2, text.as_bytes())
}

/// The length of what is written as the serialiser would write it and begins with a special byte.
fn escape_length(text: &str, escapes: &[&str]) -> Option<usize> {
    if let Some(character) = text.chars().next().filter(|it| !it.is_ascii()) {
        return (character != '\u{a0}').then_some(character.len_utf8());
    }
    let escape = escapes.iter().find(|escape| text.starts_with(**escape))?;
    Some(escape.len())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::by_ammonia;
    use super::is_as_written;
    use crate::sanitize::tests::fragment;

    #[track_caller]
    fn check(markup: &str) {
        assert!(is_as_written(markup), "{markup}");
        assert_eq!(markup, by_ammonia(markup));
    }

    #[test]
    fn what_posts_are_written_in_needs_no_ammonia() {
        check("<p>one &amp; \"two\"&nbsp;é £ <br>three</p>\n<ul><li value=\"3\">x</li></ul>");
        check(
            "<p><a href=\"https://b.example/?a&amp;b\" rel=\"noopener noreferrer nofollow ugc\" lang=\"cy\">x</a>\
             <img src=\"http://b.example/1\" alt=\"&quot;\" loading=\"lazy\" referrerpolicy=\"no-referrer\"></p>",
        );
    }

    #[test]
    fn whatever_is_not_listed_or_not_in_our_spelling_is_left_to_ammonia() {
        for markup in [
            "<script>x</script>",
            "<p onclick=\"x\">y</p>",
            "<p><b>x</p></b>",
            "<p>x",
            "x</p>",
            "<br></br>",
            "<P>x</P>",
            "<p >x</p>",
            "<p>a > b</p>",
            "<p>a & b</p>",
            "<p>&copy;</p>",
            "<p>&quot;</p>",
            "<p>\u{a0}</p>",
            "<p>\r</p>",
            "\u{feff}x",
            "a\0b",
            "<!-- x -->",
            "<h1>x</h1>",
            "<p lang=cy>x</p>",
            "<p lang=\"a\" lang=\"b\">x</p>",
            "<p lang=\"<\">x</p>",
            "<p lang=\"a\"dir=\"ltr\">x</p>",
            "<a href=\"javascript:x\">y</a>",
            "<a href=\" https://b.example/\">y</a>",
            "<a rel=\"opener\">y</a>",
            "<img src=\"data:x\">",
            "<img src=\"mailto:x\">",
            "<q cite=\"javascript:x\">y</q>",
            "<video srcset=\"https://b.example/\"></video>",
            "<svg></svg>",
            "<",
            "<p",
            "<>",
        ] {
            assert!(!is_as_written(markup), "{markup}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn of_any_markup_nothing_unlisted_comes_out(parts in prop::collection::vec(fragment(), 0..6)) {
            let markup = parts.concat();
            let tags = markup.split('<').skip(1).filter_map(|it| it.split_once('>'));
            for (tag, _) in tags.filter(|(tag, _)| is_as_written(&markup) && !tag.starts_with('/')) {
                // Parts of tables are nothing by themselves.
                let (table, row) = if tag.starts_with('t') { ("<table>", "<table><tr>") } else { ("", "") };
                let kept = |before: &str| by_ammonia(&format!("{before}<{tag}>")).contains(&format!("<{tag}>"));
                prop_assert!(kept("") || kept(table) || kept(row), "{}", tag);
            }
        }
    }
}
