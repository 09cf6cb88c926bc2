//! The progress table for a spreadsheet.

use csv::WriterBuilder;

use crate::render::{ProgressCell, ProgressView};

/// Spreadsheets take a file without this mark for one in an old code page.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// The table as its page shows it: the same rows in the same order, a column a Thing, in each cell the words of its state
/// and, where there is a post, the address of the first.
pub(super) fn csv(view: &ProgressView) -> String {
    let mut writer = WriterBuilder::new().from_writer(Vec::new());
    let things = view.columns.iter().map(|column| column.thing.label.clone());
    let [participant, done, last] = view.heads.each_ref().map(|head| head.text.clone());
    let header = std::iter::once(participant)
        .chain(things)
        .chain([done, last]);
    // Writing to memory fails for no reason that we could mend.
    let _: Result<(), csv::Error> = writer.write_record(header.map(|cell| harmless(&cell)));
    for row in &view.rows {
        let last = row.last.as_ref().map(|last| last.datetime.clone());
        let record = std::iter::once(row.who.name.clone())
            .chain(row.cells.iter().map(in_words))
            .chain([row.total.to_string(), last.unwrap_or_default()]);
        let _: Result<(), csv::Error> = writer.write_record(record.map(|cell| harmless(&cell)));
    }
    let table = writer
        .into_inner()
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .unwrap_or_default();
    format!("{BYTE_ORDER_MARK}{table}")
}

fn in_words(cell: &ProgressCell) -> String {
    // A link within the planet leads nowhere from a spreadsheet.
    let own = |href: &&str| href.starts_with("http");
    match cell.first.as_deref().or(cell.href.as_deref().filter(own)) {
        Some(url) => format!("{} {url}", cell.words),
        None => cell.words.as_ref().to_owned(),
    }
}

/// Names come from people, so a cell that a spreadsheet would take for a formula is told apart by an apostrophe
/// (OWASP, "CSV Injection", with the wide forms that East Asian versions take as well).
fn harmless(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']) {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn a_formula_becomes_text() {
        for start in [
            "=", "+", "-", "@", "\t=", "\r=", "\n=", "＝", "＋", "－", "＠",
        ] {
            let formula = format!("{start}HYPERLINK(\"http://evil\")");
            assert_eq!(harmless(&formula), format!("'{formula}"));
        }
        assert_eq!(harmless("Anna Smith"), "Anna Smith");
        assert_eq!(harmless("Anna-Lena"), "Anna-Lena");
    }
}
