//! The template engine, set up to be strict, and the texts that it reads.
//!
//! It decides how a value is printed and whose file is used, ours or the theme's. It must not know what a page is about.

use std::fmt;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::path::Path;

use minijinja::syntax::SyntaxConfig;
use minijinja::{AutoEscape, Environment, ErrorKind, Output, State, UndefinedBehavior, Value};

/// Our templates by file name.
pub(super) const TEMPLATES: [(&str, &str); 22] = [
    ("about.html", include_str!("../../templates/about.html")),
    ("entry.html", include_str!("../../templates/entry.html")),
    ("group.html", include_str!("../../templates/group.html")),
    ("health.html", include_str!("../../templates/health.html")),
    ("home.html", include_str!("../../templates/home.html")),
    ("layout.html", include_str!("../../templates/layout.html")),
    ("mark.html", include_str!("../../templates/mark.html")),
    ("odd.html", include_str!("../../templates/odd.html")),
    ("offer.html", include_str!("../../templates/offer.html")),
    ("pager.html", include_str!("../../templates/pager.html")),
    (
        "participant.html",
        include_str!("../../templates/participant.html"),
    ),
    (
        "participants.html",
        include_str!("../../templates/participants.html"),
    ),
    ("post.html", include_str!("../../templates/post.html")),
    ("problem.html", include_str!("../../templates/problem.html")),
    (
        "progress.html",
        include_str!("../../templates/progress.html"),
    ),
    ("search.html", include_str!("../../templates/search.html")),
    ("status.html", include_str!("../../templates/status.html")),
    (
        "subscribe.html",
        include_str!("../../templates/subscribe.html"),
    ),
    ("thing.html", include_str!("../../templates/thing.html")),
    ("things.html", include_str!("../../templates/things.html")),
    ("waiting.html", include_str!("../../templates/waiting.html")),
    ("why.html", include_str!("../../templates/why.html")),
];

/// Our style sheet.
pub(super) const STYLE: &str = include_str!("../../templates/style.css");

/// Our script.
pub(super) const SCRIPT: &str = include_str!("../../templates/planet.js");

/// Our icon.
pub(super) const ICON: &str = include_str!("../../templates/icon.svg");

/// The engine, with the files of a theme in the place of ours, set to refuse whatever a view does not hold.
pub(super) fn environment(theme_dir: Option<&Path>) -> Environment<'static> {
    let mut env = Environment::new();
    let theme_dir = theme_dir.map(Path::to_owned);
    env.set_loader(move |name| source(theme_dir.as_deref(), name));
    env.set_auto_escape_callback(|_| AutoEscape::Html);
    env.set_formatter(print);
    env.set_undefined_behavior(UndefinedBehavior::Strict);
    env.set_debug(true);
    env.add_filter("with", super::tongue::with_filter);
    // What may stand unescaped is decided in the views alone.
    env.remove_filter("safe");
    if let Ok(syntax) = SyntaxConfig::builder()
        .trim_blocks(true)
        .lstrip_blocks(true)
        .build()
    {
        env.set_syntax(syntax);
    }
    env
}

/// The text of a template: the theme's where it has one, else ours.
fn source(theme_dir: Option<&Path>, name: &str) -> Result<Option<String>, minijinja::Error> {
    let themed = match theme_dir {
        Some(dir) => read(dir, name).map_err(|error| {
            minijinja::Error::new(ErrorKind::BadInclude, unreadable(&error)).with_source(error)
        })?,
        None => None,
    };
    Ok(themed.or_else(|| built_in(name).map(str::to_owned)))
}

/// The text of our template of this name.
pub(super) fn built_in(name: &str) -> Option<&'static str> {
    let (_, text) = TEMPLATES.iter().find(|(ours, _)| *ours == name)?;
    Some(text)
}

/// A file of the theme, if it has one of this name. A name with a folder in it is nobody's.
pub(super) fn read(dir: &Path, name: &str) -> io::Result<Option<String>> {
    if name.contains(['/', '\\']) || name.starts_with('.') {
        return Ok(None);
    }
    match fs::read_to_string(dir.join(name)) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// A number that changes with the files in a folder: their names, sizes and times. Which folder is not there is empty.
pub(super) fn stamp(dir: &Path) -> io::Result<u64> {
    let files = match fs::read_dir(dir) {
        Ok(files) => files,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
        Err(error) => return Err(error),
    };
    let mut stamp = 0_u64;
    for file in files {
        let file = file?;
        // A file may go while it is looked at; then it no longer counts.
        let Ok(about) = fs::metadata(file.path()) else {
            continue;
        };
        let mut hasher = DefaultHasher::new();
        file.file_name().hash(&mut hasher);
        about.len().hash(&mut hasher);
        about.modified().ok().hash(&mut hasher);
        // In whatever order the folder gives them.
        stamp = stamp.wrapping_add(hasher.finish());
    }
    Ok(stamp)
}

/// Why a file of the theme could not be read, and the cure.
pub(super) fn unreadable(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::InvalidData => "the file is not UTF-8 text; save it as UTF-8".to_owned(),
        _ => format!("the file cannot be read ({error}); see that thingplanet may read it"),
    }
}

/// Fills a template with a view.
pub(super) fn fill(
    env: &Environment<'_>,
    template: &str,
    view: Value,
) -> Result<String, minijinja::Error> {
    env.get_template(template)?.render(view)
}

/// Prints a value into HTML.
///
/// Only what a view marked as safe goes through as it is, whatever a template says of escaping. Control characters
/// go nowhere, and an absent value prints as nothing.
fn print(out: &mut Output, _: &mut State, value: &Value) -> Result<(), minijinja::Error> {
    let written = match value.as_str() {
        _ if value.is_none() => Ok(()),
        Some(text) if value.is_safe() => out.write_str(text),
        Some(text) => escape(out, text),
        None => escape(out, &value.to_string()),
    };
    written.map_err(|_| minijinja::Error::new(ErrorKind::WriteFailure, "the page is cut short"))
}

/// Escapes into a string.
pub(super) fn escape_into(out: &mut String, text: &str) {
    // Writing to a string does not fail.
    let _ = escape(out, text);
}

/// Escapes for text and for quoted attributes alike.
fn escape(out: &mut impl fmt::Write, text: &str) -> fmt::Result {
    // Most of what is printed is plain ASCII, and seen to be so faster than it is read letter by letter.
    let is_plain = |byte: u8| {
        matches!(byte, b' '..=b'~' | b'\n' | b'\t')
            && !matches!(byte, b'&' | b'<' | b'>' | b'"' | b'\'')
    };
    if text.bytes().all(is_plain) {
        return out.write_str(text);
    }
    let special = |c: char| {
        matches!(c, '&' | '<' | '>' | '"' | '\'' | '\u{fffe}' | '\u{ffff}')
            || c.is_control() && c != '\n' && c != '\t'
    };
    let mut rest = text;
    while let Some(at) = rest.find(special) {
        out.write_str(&rest[..at])?;
        let mut after = rest[at..].chars();
        out.write_str(match after.next() {
            Some('&') => "&amp;",
            Some('<') => "&lt;",
            Some('>') => "&gt;",
            Some('"') => "&quot;",
            Some('\'') => "&#39;",
            _ => "",
        })?;
        rest = after.as_str();
    }
    out.write_str(rest)
}
