//! Finds what a mistyped word was meant to be.
//!
//! It knows words and nothing of where they stand.

/// The longest word that is compared; no name in the format comes near it.
const WORD_MAX: usize = 40;

/// Words that people write for the ones of the format.
const SYNONYMS: &[(&str, &str)] = &[
    ("address", "blog"),
    ("atom", "feed"),
    ("categories", "labels"),
    ("date", "opens"),
    ("email", "contact"),
    ("end", "closes"),
    ("ends", "closes"),
    ("exclude", "except"),
    ("homepage", "home"),
    ("id", "number"),
    ("ignore", "except"),
    ("keywords", "topics"),
    ("lang", "language"),
    ("no", "number"),
    ("people", "participant"),
    ("regex", "patterns"),
    ("rss", "feed"),
    ("site", "blog"),
    ("slug", "page"),
    ("start", "opens"),
    ("starts", "opens"),
    ("student", "participant"),
    ("students", "participant"),
    ("tags", "topics"),
    ("tz", "timezone"),
    ("url", "blog"),
    ("website", "blog"),
    ("zone", "timezone"),
];

/// The candidate that this word was most likely meant to be.
pub(super) fn closest<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str> + Clone,
) -> Option<&'a str> {
    if word.chars().count() > WORD_MAX {
        return None;
    }
    let word = word.to_lowercase();
    let synonym = SYNONYMS.iter().find(|(said, _)| *said == word);
    let meant = |candidate: &&str| synonym.is_some_and(|(_, meant)| candidate == meant);
    candidates
        .clone()
        .into_iter()
        .find(meant)
        .or_else(|| nearest(&word, candidates))
}

/// The time zone that this name was most likely meant to be: "London" is Europe/London.
pub(super) fn closest_zone(name: &str) -> Option<String> {
    let zones: Vec<String> = jiff::tz::db()
        .available()
        .map(|zone| zone.to_string())
        .collect();
    let city = name.trim().replace(' ', "_");
    let same_city = zones.iter().find(|zone| {
        zone.rsplit('/')
            .next()
            .is_some_and(|last| last.eq_ignore_ascii_case(&city))
    });
    same_city
        .cloned()
        .or_else(|| closest(name, zones.iter().map(String::as_str)).map(str::to_owned))
}

fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let worst = (word.chars().count() / 3).max(1);
    candidates
        .into_iter()
        .map(|candidate| {
            (
                strsim::osa_distance(word, &candidate.to_lowercase()),
                candidate,
            )
        })
        .filter(|(distance, _)| *distance <= worst)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::{closest, closest_zone};

    #[test]
    fn a_slip_finds_the_word_that_was_meant() {
        let keys = ["title", "topics", "week"];
        assert_eq!(closest("tittle", keys), Some("title"));
        assert_eq!(closest("Topic", keys), Some("topics"));
        assert_eq!(closest("keywords", keys), Some("topics"));
        assert_eq!(closest("colour", keys), None);
    }

    #[test]
    fn a_city_finds_its_time_zone() {
        assert_eq!(closest_zone("London").as_deref(), Some("Europe/London"));
        assert_eq!(
            closest_zone("new york").as_deref(),
            Some("America/New_York")
        );
        assert_eq!(
            closest_zone("Europe/Lodnon").as_deref(),
            Some("Europe/London")
        );
    }
}
