//! The progress table for a spreadsheet.

use csv::WriterBuilder;

use crate::render::ProgressView;

/// A row a participant, a column a Thing; a filled cell holds the addresses of the posts.
///
/// Names come from people, so a cell that a spreadsheet would take for a formula is told apart by an apostrophe
/// (OWASP, "CSV Injection").
pub(super) fn csv(view: &ProgressView) -> String {
    let mut writer = WriterBuilder::new().from_writer(Vec::new());
    let heads = view.columns.iter().map(|column| column.thing.label.clone());
    let header = std::iter::once("Participant".to_owned())
        .chain(heads)
        .chain(["Done".to_owned()]);
    // Writing to memory fails for no reason that we could mend.
    let _: Result<(), csv::Error> = writer.write_record(header.map(|cell| harmless(&cell)));
    for row in &view.rows {
        let cells = row.cells.iter().map(|cell| match cell {
            Some(cell) if cell.urls.is_empty() => cell.mark.clone(),
            Some(cell) => cell.urls.join(" "),
            None => String::new(),
        });
        let record = std::iter::once(row.who.name.clone())
            .chain(cells)
            .chain([row.total.to_string()]);
        let _: Result<(), csv::Error> = writer.write_record(record.map(|cell| harmless(&cell)));
    }
    writer
        .into_inner()
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .unwrap_or_default()
}

fn harmless(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
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
        assert_eq!(
            harmless("=HYPERLINK(\"http://evil\")"),
            "'=HYPERLINK(\"http://evil\")"
        );
        assert_eq!(harmless("Anna Smith"), "Anna Smith");
    }
}
