//! Columns ↔ our types.

use jiff::Timestamp;
use rusqlite::types::Type;
use rusqlite::{Row, RowIndex};
use url::Url;

use crate::model::Fingerprint;

/// Milliseconds since 1970 UTC, as times are stored.
pub(super) fn millis(time: Timestamp) -> i64 {
    time.as_millisecond()
}

/// A stored time.
pub(super) fn time<I: RowIndex + Copy>(row: &Row<'_>, column: I) -> rusqlite::Result<Timestamp> {
    instant(row.get(column)?)
}

/// A stored time that may be absent.
pub(super) fn time_if<I: RowIndex + Copy>(
    row: &Row<'_>,
    column: I,
) -> rusqlite::Result<Option<Timestamp>> {
    row.get::<_, Option<i64>>(column)?.map(instant).transpose()
}

/// Several stored times in one column: eight bytes each, the greatest first.
pub(super) fn times<I: RowIndex + Copy>(
    row: &Row<'_>,
    column: I,
) -> rusqlite::Result<Vec<Timestamp>> {
    let bytes = row.get_ref(column)?.as_blob()?;
    let (eights, _) = bytes.as_chunks::<8>();
    let millis = eights.iter().map(|eight| i64::from_be_bytes(*eight));
    millis.map(instant).collect()
}

fn instant(millis: i64) -> rusqlite::Result<Timestamp> {
    Timestamp::from_millisecond(millis).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(0, Type::Integer, Box::new(error))
    })
}

/// A stored address. Only valid ones were stored; one that a newer `url` no longer accepts counts as absent.
pub(super) fn url_if<I: RowIndex + Copy>(
    row: &Row<'_>,
    column: I,
) -> rusqlite::Result<Option<Url>> {
    Ok(row
        .get::<_, Option<String>>(column)?
        .and_then(|text| Url::parse(&text).ok()))
}

/// A stored fingerprint.
pub(super) fn fingerprint<I: RowIndex + Copy>(
    row: &Row<'_>,
    column: I,
) -> rusqlite::Result<Fingerprint> {
    row.get(column).map(Fingerprint)
}

/// Several short texts in one column, one a line.
pub(super) fn join_lines<S: AsRef<str>>(lines: &[S]) -> String {
    let lines: Vec<String> = lines
        .iter()
        .map(|line| line.as_ref().replace(['\n', '\r'], " "))
        .collect();
    lines.join("\n")
}

/// The texts of such a column.
pub(super) fn split_lines<I: RowIndex + Copy>(
    row: &Row<'_>,
    column: I,
) -> rusqlite::Result<Vec<String>> {
    let joined: String = row.get(column)?;
    Ok(joined
        .lines()
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect())
}
