//! The mark that stands for a participant: initials on a colour that follows from their address here.
//!
//! It is the same on every page and after every restart, and no third party is asked for it.

use super::super::views::MarkView;

/// Colours in the style sheet, `hue-0` and so on.
const HUES: u32 = 12;

/// The mark of the participant with this name and slug.
pub(super) fn mark(name: &str, slug: &str) -> MarkView {
    MarkView {
        initials: initials(name),
        hue: hue(slug),
    }
}

/// The first letters of the first and the last word that has one; one letter of a name in one word.
fn initials(name: &str) -> String {
    let firsts = name
        .split_whitespace()
        .filter_map(|word| word.chars().find(|c| c.is_alphanumeric()));
    let firsts: Vec<char> = firsts.collect();
    let chosen = match firsts[..] {
        [] => vec!['·'],
        [only] => vec![only],
        [first, .., last] => vec![first, last],
    };
    chosen.into_iter().flat_map(char::to_uppercase).collect()
}

/// A hash that never changes (FNV-1a, 32 bits), since colours would change with it.
fn hue(slug: &str) -> u32 {
    let hash = slug.bytes().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    (hash ^ (hash >> 16)) % HUES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_those_of_the_first_and_the_last_word() {
        for (name, wanted) in [
            ("Anna Smith", "AS"),
            ("Priyanka Vellore-Smythe", "PV"),
            ("siân (UK) o'brien", "SO"),
            ("図書館", "図"),
            ("Bücherwurm & Co", "BC"),
            ("ßeta", "SS"),
            ("\u{202e}  …", "·"),
            ("", "·"),
        ] {
            assert_eq!(initials(name), wanted, "{name}");
        }
    }

    #[test]
    fn a_colour_stays_and_all_of_them_are_used() {
        assert_eq!(hue("anna-smith"), hue("anna-smith"));
        let mut seen: Vec<u32> = (0..200).map(|at| hue(&format!("name-{at}"))).collect();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen, (0..HUES).collect::<Vec<_>>());
    }

    #[test]
    fn every_colour_can_be_read_in_both_schemes() {
        let style = super::super::super::engine::STYLE;
        let (light, dark) = style.split_once("prefers-color-scheme: dark").unwrap();
        for at in 0..HUES {
            let of = |sheet: &str| {
                let rule = format!(".hue-{at} {{ --mark: #");
                let (_, after) = sheet.split_once(&rule).unwrap();
                luminance(&after[..6])
            };
            // White letters by day, nearly black ones by night.
            assert!(
                contrast(of(light), luminance("ffffff")) >= 4.5,
                "{at} by day"
            );
            assert!(
                contrast(of(dark), luminance("15181c")) >= 4.5,
                "{at} by night"
            );
        }
    }

    /// Relative luminance and contrast as WCAG 2.2 defines them.
    fn luminance(hex: &str) -> f64 {
        let part = |at: usize| {
            let value = f64::from(u8::from_str_radix(&hex[at..at + 2], 16).unwrap()) / 255.0;
            if value <= 0.04045 {
                value / 12.92
            } else {
                ((value + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * part(0) + 0.7152 * part(2) + 0.0722 * part(4)
    }

    fn contrast(one: f64, other: f64) -> f64 {
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }
}
