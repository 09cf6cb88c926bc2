//! What is wrong in a template, told to the person who wrote it.
//!
//! It turns the engine's errors into a file, a line, a sentence and the offending text, and looks over the files of a
//! theme. It must not know what a page is about.

use std::fmt;
use std::fs;
use std::path::Path;

use minijinja::{Environment, ErrorKind};

use super::engine::{TEMPLATES, built_in, read, unreadable};
use crate::model::excerpt;

/// What is wrong in a template, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The template's file: a path in the theme, or `templates/NAME` for one of ours.
    pub file: String,
    /// The line, from 1, where it is known.
    pub line: Option<usize>,
    /// What is wrong.
    pub what: String,
    /// The offending text, where it is known.
    pub text: Option<String>,
}

impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(out, ", line {line}")?;
        }
        write!(out, ": {}", self.what)?;
        if let Some(text) = &self.text {
            write!(out, ", at `{text}`")?;
        }
        out.write_str(".")
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
        line: inner.line(),
        what,
        text: offending(inner),
    }
}

/// The line that is at fault, which tells more than the few characters that the engine stumbled over.
fn offending(error: &minijinja::Error) -> Option<String> {
    let line = error
        .template_source()?
        .lines()
        .nth(error.line()?.checked_sub(1)?)?;
    Some(excerpt(line, 20)).filter(|text| !text.is_empty())
}

/// What is wrong with the files of a theme as they stand, before any is filled.
pub(super) fn check_theme(env: &Environment<'_>, dir: &Path) -> Vec<Fault> {
    let names = match template_names(dir) {
        Ok(names) => names,
        Err(error) => {
            return vec![Fault {
                file: dir.display().to_string(),
                line: None,
                what: format!(
                    "the theme's folder cannot be read ({error}); create it or mend its path"
                ),
                text: None,
            }];
        }
    };
    let style = read(dir, "style.css").err().map(|error| Fault {
        file: dir.join("style.css").display().to_string(),
        line: None,
        what: unreadable(&error),
        text: None,
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
    Some(Fault {
        file: dir.join(name).display().to_string(),
        line: None,
        what: format!(
            "no page uses this file; to replace one of ours it must be called {}",
            ours.join(", ")
        ),
        text: None,
    })
}
