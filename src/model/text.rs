//! Text from outside as one harmless line.

/// One line without control characters, its white space made single spaces, so that it cannot forge a log line or
/// break a table.
pub fn one_line(text: &str) -> String {
    let spaced: String = text
        .chars()
        .map(|character| {
            if character.is_control() {
                ' '
            } else {
                character
            }
        })
        .collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::one_line;

    #[test]
    fn control_characters_and_line_breaks_become_single_spaces() {
        assert_eq!(one_line(" a\r\n[ERROR]\t b\u{1b}]0;x "), "a [ERROR] b ]0;x");
    }
}
