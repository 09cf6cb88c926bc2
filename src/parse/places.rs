//! Byte offsets → lines and columns, as a text editor counts them.

use crate::model::DocumentPlace;

/// Turns offsets into places, in any order. Nothing is counted before the first question.
pub(super) struct Places<'a> {
    text: &'a str,
    /// Known places, so that no question costs more than the way from the nearest one.
    marks: Vec<(usize, DocumentPlace)>,
}

/// Bytes between two known places.
const STRIDE: usize = 4_096;

/// The place of the first character.
const START: DocumentPlace = DocumentPlace { line: 1, column: 1 };

impl<'a> Places<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self {
            text,
            marks: Vec::new(),
        }
    }

    /// The place of the byte at this offset; of the end, where the text is shorter.
    pub(super) fn of(&mut self, offset: usize) -> DocumentPlace {
        if self.marks.is_empty() {
            self.mark();
        }
        let offset = self.text.floor_char_boundary(offset);
        let after = self.marks.partition_point(|(mark, _)| *mark <= offset);
        let (mark, place) = after
            .checked_sub(1)
            .map_or((0, START), |nearest| self.marks[nearest]);
        onward(place, &self.text[mark..offset])
    }

    fn mark(&mut self) {
        let (mut at, mut place) = (0, START);
        self.marks.push((at, place));
        while at < self.text.len() {
            let next = self.text.ceil_char_boundary(at + STRIDE);
            place = onward(place, &self.text[at..next]);
            at = next;
            self.marks.push((at, place));
        }
    }
}

/// The place after a piece of text.
fn onward(from: DocumentPlace, text: &str) -> DocumentPlace {
    let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    match text.rsplit_once('\n') {
        None => DocumentPlace {
            column: from.column.saturating_add(count(text.chars().count())),
            ..from
        },
        Some((lines, last)) => DocumentPlace {
            line: from
                .line
                .saturating_add(count(lines.matches('\n').count()))
                .saturating_add(1),
            column: count(last.chars().count()).saturating_add(1),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::Places;

    #[test]
    fn lines_and_columns_count_from_one_and_in_characters() {
        let mut places = Places::new("ab\néx\n");
        let mut at = |offset| {
            let place = places.of(offset);
            (place.line, place.column)
        };
        assert_eq!(at(0), (1, 1));
        assert_eq!(at(3), (2, 1));
        assert_eq!(at(5), (2, 2));
        assert_eq!(at(99), (3, 1));
        assert_eq!(at(1), (1, 2), "also backwards");
    }

    #[test]
    fn places_far_into_a_long_text_are_counted_rightly() {
        let text = format!("{}\n{}", "é".repeat(10_000), "ab\n".repeat(5_000));
        let place = Places::new(&text).of(20_001 + 3 * 4_000 + 1);
        assert_eq!((place.line, place.column), (4_002, 2));
        let place = Places::new(&text).of(2 * 7_000);
        assert_eq!((place.line, place.column), (1, 7_001));
    }
}
