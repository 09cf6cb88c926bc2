//! What is wrong in a template, told to the person who wrote it.
//!
//! It turns the engine's errors into a file, a line, a sentence and the offending text, and looks over the files of a
//! theme. It must not know what a page is about.

use std::fmt;
use std::fs;
use std::path::Path;

use minijinja::{Environment, ErrorKind};

use super::engine::{TEMPLATES, built_in, read, unreadable};

/// What is wrong in a template, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The template's file: a path in the theme, or `templates/NAME` for one of ours.
    pub file: String,
    /// What is wrong.
    pub what: String,
    /// The place, where it is known.
    pub place: Option<Spot>,
}

/// A place in a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// How many characters are meant, at least one, all on this line.
    pub width: usize,
    /// That line without its ending.
    pub text: String,
}

/// The most characters of a line that are shown.
const SHOWN_MAX: usize = 120;

impl Fault {
    /// A fault of a whole file.
    fn whole(file: String, what: String) -> Self {
        Self {
            file,
            what,
            place: None,
        }
    }

    /// The fault in one line, for a log.
    pub fn in_a_line(&self) -> String {
        match &self.place {
            Some(Spot { line, column, .. }) => {
                format!("{}:{line}:{column}: {}", self.file, self.what)
            }
            None => format!("{}: {}", self.file, self.what),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.in_a_line())?;
        let Some(spot) = &self.place else {
            return Ok(());
        };
        // Of a long line only the part around the place.
        let skipped = (spot.column + spot.width.min(SHOWN_MAX)).saturating_sub(SHOWN_MAX);
        let shown: String = spot.text.chars().skip(skipped).take(SHOWN_MAX).collect();
        let indent = " ".repeat(spot.column - 1 - skipped.min(spot.column - 1));
        let carets = "^".repeat(spot.width.min(SHOWN_MAX));
        let number = spot.line.to_string();
        let gutter = " ".repeat(number.len());
        let source = format!("  {number} | {}", shown.trim_end());
        write!(
            out,
            "\n{}\n  {gutter} | {indent}{carets}",
            source.trim_end()
        )
    }
}

/// The fault behind a template error: the innermost one, which is where the organiser has to look.
pub(super) fn fault_of(
    error: &minijinja::Error,
    template: &str,
    theme_dir: Option<&Path>,
) -> Fault {
    let mut inner = error;
    while let Some(cause) =
        std::error::Error::source(inner).and_then(|cause| cause.downcast_ref::<minijinja::Error>())
    {
        inner = cause;
    }
    let name = inner.name().or(error.name()).unwrap_or(template);
    let themed = theme_dir
        .map(|dir| dir.join(name))
        .filter(|path| path.exists());
    let mut what = match inner.detail() {
        Some(detail) => format!("{}: {detail}", inner.kind()),
        None => inner.kind().to_string(),
    };
    if inner.kind() == ErrorKind::UndefinedError {
        what.push_str("; our own template of this name shows what a page is given");
    }
    Fault {
        file: themed.map_or(format!("templates/{name}"), |path| {
            path.display().to_string()
        }),
        what,
        place: spot(inner),
    }
}

/// Where the engine stumbled: its range as a column and a width, or the whole line where it knows no more.
fn spot(error: &minijinja::Error) -> Option<Spot> {
    let source = error.template_source()?;
    let line = error.line()?;
    let (begin, text) = line_of(source, line)?;
    let range = error
        .range()
        .filter(|range| range.start >= begin && range.start <= begin + text.len());
    let indent = text.len() - text.trim_start().len();
    let (from, to) = match range {
        // What goes on over several lines is marked to the end of the first.
        Some(range) => (
            range.start - begin,
            range.end.saturating_sub(begin).min(text.len()),
        ),
        None => (indent, text.trim_end().len()),
    };
    let (before, marked) = (text.get(..from)?, text.get(from..to.max(from))?);
    Some(Spot {
        line,
        column: before.chars().count() + 1,
        width: marked.trim_end().chars().count().max(1),
        // A tab is as wide as a space here, so that the mark stands under its place.
        text: text.replace('\t', " "),
    })
}

/// Where a line begins, and the line without its ending.
fn line_of(source: &str, line: usize) -> Option<(usize, &str)> {
    let mut begin = 0;
    for (at, text) in source.split_inclusive('\n').enumerate() {
        if at + 1 == line {
            return Some((begin, text.trim_end_matches(['\n', '\r'])));
        }
        begin += text.len();
    }
    // The end of a text may be what is wrong.
    (line == source.lines().count() + 1).then_some((begin, ""))
}

/// What is wrong with the files of a theme as they stand, before any is filled.
pub(super) fn check_theme(env: &Environment<'_>, dir: &Path) -> Vec<Fault> {
    let names = match template_names(dir) {
        Ok(names) => names,
        Err(error) => {
            let what =
                format!("the theme's folder cannot be read ({error}); create it or mend its path");
            return vec![Fault::whole(dir.display().to_string(), what)];
        }
    };
    let style = read(dir, "style.css").err().map(|error| {
        let file = dir.join("style.css").display().to_string();
        Fault::whole(file, unreadable(&error))
    });
    let broken = names.iter().filter_map(|name| {
        let error = env.get_template(name).err()?;
        Some(fault_of(&error, name, Some(dir)))
    });
    let unused = names.iter().filter_map(|name| unused(dir, name, &names));
    style.into_iter().chain(broken).chain(unused).collect()
}

/// The names of a theme's templates, sorted.
fn template_names(dir: &Path) -> std::io::Result<Vec<String>> {
    let mut names = Vec::new();
    for file in fs::read_dir(dir)? {
        let name = file?.file_name().to_string_lossy().into_owned();
        let is_html = Path::new(&name)
            .extension()
            .is_some_and(|extension| extension.eq_ignore_ascii_case("html"));
        if is_html && !name.starts_with('.') {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

/// A file that replaces none of ours and is named by no other, which a slip in its name explains best.
fn unused(dir: &Path, name: &str, names: &[String]) -> Option<Fault> {
    let quoted = [format!("\"{name}\""), format!("'{name}'")];
    let is_named = |other: &String| {
        let text = read(dir, other).ok().flatten().unwrap_or_default();
        quoted.iter().any(|quoted| text.contains(quoted))
    };
    if built_in(name).is_some() || names.iter().any(is_named) {
        return None;
    }
    let ours: Vec<&str> = TEMPLATES.iter().map(|(ours, _)| *ours).collect();
    let what = format!(
        "no page uses this file; to replace one of ours it must be called {}",
        ours.join(", ")
    );
    Some(Fault::whole(dir.join(name).display().to_string(), what))
}
