//! The contract with themes, written from the views themselves into `docs/theme-views.md`.
//!
//! `UPDATE_EXPECT=1 cargo test --lib contract` writes it anew when a view has changed.

use std::fmt::Write;
use std::path::Path;

use expect_test::expect_file;

/// One view: its name, what it is, and its fields.
struct View {
    name: String,
    about: String,
    fields: Vec<[String; 3]>,
}

#[test]
fn the_contract_in_the_documents_is_that_of_the_views() {
    let (pages, parts): (Vec<View>, Vec<View>) = views()
        .into_iter()
        .partition(|view| view.about.contains(".html`"));
    let mut text = "# What templates are given\n\nWritten from `src/render/views/` by `UPDATE_EXPECT=1 cargo test --lib contract`; \
                    [themes.md](themes.md) says how to use it.\n\n## Pages\n\nEach template is given one of these.\n"
        .to_owned();
    for view in &pages {
        tell(&mut text, view);
    }
    text.push_str("\n## Parts of pages\n");
    for view in &parts {
        tell(&mut text, view);
    }
    expect_file![concat!(env!("CARGO_MANIFEST_DIR"), "/docs/theme-views.md")].assert_eq(&text);
}

fn tell(text: &mut String, view: &View) {
    let _ = write!(
        text,
        "\n### {}\n\n{}\n\n| name | kind | what |\n|---|---|---|\n",
        view.name, view.about
    );
    for [name, kind, about] in &view.fields {
        let _ = writeln!(text, "| `{name}` | {kind} | {about} |");
    }
}

fn views() -> Vec<View> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/render/views");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path())
        .collect();
    files.sort();
    let texts = files
        .iter()
        .map(|file| std::fs::read_to_string(file).unwrap());
    let mut views: Vec<View> = texts.flat_map(|text| views_of(&text)).collect();
    views.sort_by(|one, other| one.name.cmp(&other.name));
    views
}

/// Every public struct and enum of a file with its comments.
fn views_of(text: &str) -> Vec<View> {
    let mut views: Vec<View> = Vec::new();
    let (mut said, mut open) = (Vec::new(), false);
    for line in text.lines() {
        let line = line.trim();
        if let Some(words) = line.strip_prefix("///") {
            said.push(words.trim().to_owned());
            continue;
        }
        let named = |kind: &str| {
            let rest = line.strip_prefix(kind)?;
            rest.split([' ', '<', '{']).next().map(str::to_owned)
        };
        if let Some(name) = named("pub struct ").or_else(|| named("pub enum ")) {
            open = line.ends_with('{');
            let about = said.join(" ");
            views.push(View {
                name,
                about,
                fields: Vec::new(),
            });
        } else if line == "}" {
            open = false;
        } else if let Some(view) = views.last_mut().filter(|_| open && !said.is_empty()) {
            view.fields.push(field(line, &said.join(" ")));
        }
        if !line.starts_with("#[") {
            said.clear();
        }
    }
    views
}

/// A field as a template's author reads it; a variant of an enum is the text that stands for it.
fn field(line: &str, about: &str) -> [String; 3] {
    let plain = line.trim_end_matches(',').trim_start_matches("pub ");
    let about = about.replace('|', "\\|");
    match plain.split_once(": ") {
        Some((name, kind)) => [name.to_owned(), kind_of(kind), about],
        None => [plain.to_lowercase(), "one of these".to_owned(), about],
    }
}

fn kind_of(kind: &str) -> String {
    let inside = |outer: &str| kind.strip_prefix(outer)?.strip_suffix('>').map(kind_of);
    if let Some(inner) = inside("Option<") {
        return format!("{inner} or none");
    }
    if let Some(inner) = inside("Vec<") {
        return format!("list of {inner}");
    }
    match kind {
        "String" | "&'static str" => "text".to_owned(),
        "bool" => "true or false".to_owned(),
        "Value" => "words".to_owned(),
        number if number.starts_with(['u', 'i', 'f']) => "number".to_owned(),
        view => view.to_owned(),
    }
}
