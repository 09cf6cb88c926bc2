//! What went wrong with a blog, in the language of the page.
//!
//! Whoever meets a trouble says it in a sentence of English, which is what the store keeps and commands print. So that
//! sentence is the key to all others, as in gettext, and what was stored by an older thingplanet is told as well. A sentence
//! that is not here is shown as it is; a test meets every trouble there is.

use super::{Piece, pieces, with};
use crate::model::Language;

/// A cause in this language; nothing where it is in English already, or is not known.
pub(in crate::render) fn told(said: &str, language: Language) -> Option<String> {
    let theirs = |sentence: &Sentence| match language {
        Language::English => None,
        Language::German => Some(sentence.german),
    };
    let fill = |sentence: &Sentence| {
        let theirs = theirs(sentence)?;
        let gaps = gaps(sentence.english, said)?;
        let filled = gaps.into_iter().map(|(name, value)| match name {
            // These are sentences themselves.
            "cause" | "cure" => Some((name, told(value, language)?)),
            _ => Some((name, value.to_owned())),
        });
        let filled: Vec<(&str, String)> = filled.collect::<Option<_>>()?;
        let filled: Vec<(&str, &str)> = filled.iter().map(|(gap, it)| (*gap, &**it)).collect();
        Some(with(theirs, &filled))
    };
    SENTENCES.iter().find_map(fill)
}

/// What stands in the gaps of a sentence, where this is that sentence.
fn gaps<'a>(sentence: &'static str, said: &'a str) -> Option<Vec<(&'static str, &'a str)>> {
    let mut found = Vec::new();
    let (mut rest, mut open) = (said, None);
    let mut pieces = pieces(sentence).peekable();
    while let Some(piece) = pieces.next() {
        match (piece, open.take()) {
            (Piece::Gap(name), _) => open = Some(name),
            (Piece::Text(text), None) => rest = rest.strip_prefix(text)?,
            (Piece::Text(text), Some(name)) => {
                // What fills a gap may hold the text after it, but the end is the end.
                let end = match pieces.peek() {
                    Some(_) => rest.find(text)?,
                    None => rest.strip_suffix(text)?.len(),
                };
                found.push((name, &rest[..end]));
                rest = &rest[end + text.len()..];
            }
        }
    }
    if let Some(name) = open {
        found.push((name, std::mem::take(&mut rest)));
    }
    rest.is_empty().then_some(found)
}

/// A cause, or a part of one, in every language.
struct Sentence {
    english: &'static str,
    german: &'static str,
}

/// A sentence that holds another, first; else in the order in which a poll meets the troubles.
const SENTENCES: &[Sentence] = &[
    Sentence {
        english: "{cause} (it has not been found for a month, so it is looked for once a week)",
        german: "{cause} (das geht seit einem Monat so, deshalb wird nur noch einmal in der Woche nachgesehen)",
    },
    Sentence {
        english: "the blog's page leads to {link} as its feed, but {cause}",
        german: "die Seite des Blogs nennt {link} als seinen Feed, aber: {cause}",
    },
    Sentence {
        english: "{cause} (the title of the page is “{title}”)",
        german: "{cause} (der Titel der Seite ist „{title}“)",
    },
    // The address and the way to it.
    Sentence {
        english: "this is not a web address that can be read: it should begin with http:// or https:// and be no longer \
                  than 2 048 characters, so check the address in feeds.toml",
        german: "das ist keine Webadresse, die sich lesen lässt: sie sollte mit http:// oder https:// beginnen und höchstens \
                 2 048 Zeichen haben; die Adresse in feeds.toml prüfen",
    },
    Sentence {
        english: "the address leads into a private network or to an unusual port, where no blog is read: check the \
                  address in feeds.toml, or ask the blogger for the public one; a network of your own is named in \
                  `allow_networks` under [poll]",
        german: "die Adresse führt in ein privates Netz oder zu einem ungewöhnlichen Port, wo kein Blog gelesen wird: die \
                 Adresse in feeds.toml prüfen oder im Blog nach der öffentlichen fragen; ein eigenes Netz steht unter [poll] \
                 bei `allow_networks`",
    },
    Sentence {
        english: "the name of the blog's host is not known on the internet: check the address in feeds.toml for typing \
                  errors, or ask the blogger whether the blog has moved",
        german: "den Server des Blogs gibt es im Internet unter diesem Namen nicht: die Adresse in feeds.toml auf Tippfehler \
                 prüfen, oder im Blog nachfragen, ob es umgezogen ist",
    },
    Sentence {
        english: "the blog's host does not accept connections: it may be down for a while, and if this lasts, ask the \
                  blogger",
        german: "der Server des Blogs nimmt keine Verbindungen an: er kann eine Weile außer Betrieb sein; bleibt es dabei, im \
                 Blog nachfragen",
    },
    Sentence {
        english: "the blog's security certificate is out of date: ask the blogger to renew it, or check this machine's \
                  clock",
        german: "das Zertifikat des Blogs ist abgelaufen: im Blog darum bitten, es zu erneuern, oder die Uhr dieses Rechners \
                 prüfen",
    },
    Sentence {
        english: "the blog's security certificate is for another address: check the address in feeds.toml (www. or \
                  not?), or ask the blogger",
        german: "das Zertifikat des Blogs gilt für eine andere Adresse: die Adresse in feeds.toml prüfen (mit www. oder \
                 ohne?), oder im Blog nachfragen",
    },
    Sentence {
        english: "the blog's security certificate is signed by nobody this machine trusts: ask the blogger to have it \
                  renewed",
        german: "dem Aussteller des Zertifikats traut dieser Rechner nicht: im Blog darum bitten, es erneuern zu lassen",
    },
    Sentence {
        english: "the secure connection to the blog failed: check in feeds.toml whether it should be http:// instead of \
                  https://, or ask the blogger",
        german: "die sichere Verbindung zum Blog kam nicht zustande: in feeds.toml prüfen, ob die Adresse mit http:// statt \
                 https:// beginnen sollte, oder im Blog nachfragen",
    },
    Sentence {
        english: "this machine has no list of trusted certificates, so no blog on https can be read: whoever runs it \
                  should install the package ca-certificates and start thingplanet again",
        german: "dieser Rechner hat keine Liste vertrauenswürdiger Zertifikate, deshalb ist kein Blog mit https zu lesen: wer \
                 ihn betreibt, sollte das Paket ca-certificates einrichten und thingplanet neu starten",
    },
    Sentence {
        english: "the blog did not answer in full within {seconds} seconds: it may be busy, and if this lasts, ask the \
                  blogger or raise timeout_seconds in feeds.toml",
        german: "das Blog antwortete nicht vollständig innerhalb von {seconds} Sekunden: es kann überlastet sein; bleibt es \
                 dabei, im Blog nachfragen oder timeout_seconds in feeds.toml erhöhen",
    },
    Sentence {
        english: "the feed is larger than {size}, the most that is read: ask the blogger for a feed of the newest posts \
                  only, or raise body_bytes_max in feeds.toml",
        german: "der Feed ist größer als {size}, und mehr wird nicht gelesen: im Blog um einen Feed nur der neuesten Beiträge \
                 bitten, oder body_bytes_max in feeds.toml erhöhen",
    },
    Sentence {
        english: "blocked by bot protection: a service that stands before the blog takes us for a harmful robot, so ask \
                  the blogger to let the feed's address through there, for instance with a rule at Cloudflare",
        german: "von einem Schutz vor Robotern gesperrt: ein Dienst vor dem Blog hält uns für einen schädlichen Roboter; im \
                 Blog darum bitten, die Adresse des Feeds dort durchzulassen, etwa mit einer Regel bei Cloudflare",
    },
    Sentence {
        english: "the blog's platform asked to be left alone for a while: nothing needs doing, it is asked again by \
                  itself",
        german: "die Plattform des Blogs bat darum, eine Weile in Ruhe gelassen zu werden: zu tun ist nichts, sie wird von \
                 selbst wieder gefragt",
    },
    Sentence {
        english: "the blog answered with nothing, or with only a part of its feed: if this lasts, check the address in \
                  feeds.toml, or ask the blogger",
        german: "das Blog antwortete mit nichts oder nur mit einem Teil seines Feeds: bleibt es dabei, die Adresse in \
                 feeds.toml prüfen, oder im Blog nachfragen",
    },
    Sentence {
        english: "the blog sends us on more than eight times: open the address in a browser and put the one where it \
                  ends into feeds.toml",
        german: "das Blog schickt uns mehr als achtmal weiter: die Adresse im Browser öffnen und die, bei der das endet, in \
                 feeds.toml eintragen",
    },
    Sentence {
        english: "the blog sends us round in a circle: check the address in feeds.toml, or ask the blogger",
        german: "das Blog schickt uns im Kreis herum: die Adresse in feeds.toml prüfen, oder im Blog nachfragen",
    },
    Sentence {
        english: "the blog sends us on without saying where: open the address in a browser and put the one where it ends \
                  into feeds.toml",
        german: "das Blog schickt uns weiter, ohne zu sagen, wohin: die Adresse im Browser öffnen und die, bei der das endet, \
                 in feeds.toml eintragen",
    },
    Sentence {
        english: "the blog sends us on to something that is not a web page: check the address in feeds.toml, or ask the \
                  blogger",
        german: "das Blog schickt uns zu etwas weiter, das keine Webseite ist: die Adresse in feeds.toml prüfen, oder im Blog \
                 nachfragen",
    },
    Sentence {
        english: "the blog's feed is compressed in a way that cannot be read: ask the blogger to report it to whoever \
                  hosts the blog",
        german: "der Feed des Blogs ist auf eine Art komprimiert, die sich nicht lesen lässt: im Blog darum bitten, das dem \
                 Anbieter zu melden",
    },
    Sentence {
        english: "the blog's answer was garbled or broke off before its end: it may pass, and if it lasts, ask the \
                  blogger",
        german: "die Antwort des Blogs war verstümmelt oder brach vorzeitig ab: das kann vorübergehen; bleibt es dabei, im \
                 Blog nachfragen",
    },
    // Statuses, and their cures.
    Sentence {
        english: "the blog answered {status}: {cure}",
        german: "das Blog antwortete mit {status}: {cure}",
    },
    Sentence {
        english: "the feed may be private or closed to robots, so ask the blogger to open it",
        german: "der Feed ist vielleicht privat oder für Roboter gesperrt; im Blog darum bitten, ihn zu öffnen",
    },
    Sentence {
        english: "check the address in feeds.toml, or ask the blogger",
        german: "die Adresse in feeds.toml prüfen, oder im Blog nachfragen",
    },
    Sentence {
        english: "its host has trouble that may pass, and if it lasts, ask the blogger",
        german: "sein Server hat Schwierigkeiten, die vorübergehen können; bleibt es dabei, im Blog nachfragen",
    },
    Sentence {
        english: "check the address in feeds.toml, and if it is right, ask the blogger",
        german: "die Adresse in feeds.toml prüfen, und wenn sie stimmt, im Blog nachfragen",
    },
    Sentence {
        english: "the blog says that this feed is gone for good (410), which is believed when it still says so in a week: \
                  ask the blogger whether the blog has moved",
        german: "das Blog sagt, dieser Feed sei endgültig verschwunden (410); sagt es das in einer Woche noch, wird es \
                 geglaubt: im Blog nachfragen, ob es umgezogen ist",
    },
    // What came instead of a feed.
    Sentence {
        english: "the feed is empty: ask the blogger whether the blog has moved",
        german: "der Feed ist leer: im Blog nachfragen, ob es umgezogen ist",
    },
    Sentence {
        english: "this is a web page, not a feed: find the feed's own address, or write the blog's front page as `blog` \
                  in feeds.toml and its feed is looked for",
        german: "das ist eine Webseite und kein Feed: die Adresse des Feeds selbst suchen, oder die Startseite des Blogs als \
                 `blog` in feeds.toml eintragen, dann wird sein Feed gesucht",
    },
    Sentence {
        english: "this is a web page, not a feed: the feed is looked for again on the blog's front page by itself, and if \
                  this lasts, ask the blogger for the feed's address, and write it as `feed = \"…\"` in feeds.toml",
        german: "das ist eine Webseite und kein Feed: der Feed wird von selbst wieder auf der Startseite des Blogs gesucht; \
                 bleibt es dabei, im Blog nach der Adresse des Feeds fragen und sie als `feed = \"…\"` in feeds.toml \
                 eintragen",
    },
    Sentence {
        english: "this is not a feed in a form we know (RSS, Atom or JSON Feed): {detail}; ask the blogger for the feed's \
                  address",
        german: "das ist kein Feed in einer Form, die wir kennen (RSS, Atom oder JSON Feed; auf Englisch: {detail}): im Blog \
                 nach der Adresse des Feeds fragen",
    },
    Sentence {
        english: "our feed parser stumbled over this document; please report its address to thingplanet's authors",
        german: "unser Programm ist über dieses Dokument gestolpert; bitte seine Adresse den Autoren von thingplanet melden",
    },
    Sentence {
        english: "the feed ends in the middle, before its first whole post: it may pass, and if it lasts, ask the \
                  blogger to open the feed in a browser and to report it to whoever hosts the blog",
        german: "der Feed hört mittendrin auf, noch vor dem Ende seines ersten Beitrags: das kann vorübergehen; bleibt es \
                 dabei, im Blog darum bitten, den Feed im Browser zu öffnen und das dem Anbieter zu melden",
    },
    Sentence {
        english: "the feed is damaged, and no post can be read in it: ask the blogger to have it checked at \
                  validator.w3.org/feed and mended",
        german: "der Feed ist beschädigt, und kein Beitrag darin lässt sich lesen: im Blog darum bitten, ihn bei \
                 validator.w3.org/feed prüfen und reparieren zu lassen",
    },
    Sentence {
        english: "the blog is not open to the public: {cure}",
        german: "das Blog ist nicht öffentlich: {cure}",
    },
    Sentence {
        english: "the blog is not open to the public (its title is “{title}”): {cure}",
        german: "das Blog ist nicht öffentlich (sein Titel ist „{title}“): {cure}",
    },
    Sentence {
        english: "a planet reads only what everybody may read, so ask the blogger to open it in the settings of their \
                  blog, or to blog the course somewhere open",
        german: "ein Planet liest nur, was alle lesen dürfen; im Blog darum bitten, es in den Einstellungen zu öffnen oder für \
                 den Kurs anderswo öffentlich zu bloggen",
    },
    Sentence {
        english: "the page at this address names no feed: {cure}",
        german: "die Seite unter dieser Adresse nennt keinen Feed: {cure}",
    },
    Sentence {
        english: "the page at this address (its title is “{title}”) names no feed: {cure}",
        german: "die Seite unter dieser Adresse (ihr Titel ist „{title}“) nennt keinen Feed: {cure}",
    },
    Sentence {
        english: "the page at this address names only feeds of comments: {cure}",
        german: "die Seite unter dieser Adresse nennt nur Feeds von Kommentaren: {cure}",
    },
    Sentence {
        english: "the page at this address (its title is “{title}”) names only feeds of comments: {cure}",
        german: "die Seite unter dieser Adresse (ihr Titel ist „{title}“) nennt nur Feeds von Kommentaren: {cure}",
    },
    Sentence {
        english: "it sends its readers on to {address}, so write that address instead",
        german: "sie schickt ihre Leser weiter nach {address}; statt ihrer diese Adresse eintragen",
    },
    Sentence {
        english: "ask the blogger for the feed's address, and write it as `feed = \"…\"` in feeds.toml",
        german: "im Blog nach der Adresse des Feeds fragen und sie als `feed = \"…\"` in feeds.toml eintragen",
    },
    Sentence {
        english: "this is a site made with Squarespace, where only the page of the blog itself names the feed: open the \
                  blog in the site's menu and take that page's address",
        german: "das ist eine Website von Squarespace, wo nur die Seite des Blogs selbst den Feed nennt: das Blog im Menü der \
                 Website öffnen und die Adresse dieser Seite nehmen",
    },
    Sentence {
        english: "this is a site made with Wix, and no blog shows on this page: if there is one, open it in the site's \
                  menu and take that page's address",
        german: "das ist eine Website von Wix, und auf dieser Seite ist kein Blog zu sehen: gibt es eines, es im Menü der \
                 Website öffnen und die Adresse dieser Seite nehmen",
    },
    Sentence {
        english: "this is a site made with Weebly, where only the page of the blog itself links to the feed: open the \
                  blog in the site's menu and take that page's address",
        german: "das ist eine Website von Weebly, wo nur die Seite des Blogs selbst zum Feed führt: das Blog im Menü der \
                 Website öffnen und die Adresse dieser Seite nehmen",
    },
    Sentence {
        english: "Google Sites has no feeds: ask for a blog elsewhere, such as on Blogger",
        german: "Google Sites hat keine Feeds: um ein Blog anderswo bitten, etwa bei Blogger",
    },
    // What cannot be done with a feed.
    Sentence {
        english: "this is the feed of {name}, who has it already: give each participant their own feed in feeds.toml, or \
                  make them one participant",
        german: "das ist der Feed von {name} und steht schon dort: in feeds.toml allen einen eigenen Feed geben, oder eine \
                 Person aus ihnen machen",
    },
    Sentence {
        english: "what is known of this feed could not be looked up ({error}); it is tried again later",
        german: "was über diesen Feed bekannt ist, war nicht nachzusehen (auf Englisch: {error}); es wird später wieder versucht",
    },
    Sentence {
        english: "what this feed says could not be kept ({error}); please report it to thingplanet's authors",
        german: "was dieser Feed sagt, war nicht aufzuheben (auf Englisch: {error}); bitte den Autoren von thingplanet melden",
    },
    Sentence {
        english: "polling this feed failed by thingplanet's own fault; please report its address",
        german: "dass dieser Feed nicht zu lesen war, liegt an thingplanet selbst; bitte seine Adresse melden",
    },
    // Older pages.
    Sentence {
        english: "what this page says could not be kept ({error})",
        german: "was diese Seite sagt, war nicht aufzuheben (auf Englisch: {error})",
    },
    Sentence {
        english: "the page is gone (410)",
        german: "die Seite ist verschwunden (410)",
    },
    Sentence {
        english: "its host answered with nothing",
        german: "ihr Server antwortete mit nichts",
    },
    Sentence {
        english: "its host asked us to come back later",
        german: "ihr Server bat uns, später wiederzukommen",
    },
    Sentence {
        english: "a redirect leads to another site",
        german: "eine Weiterleitung führt zu einer anderen Website",
    },
];

#[cfg(test)]
mod tests {
    use super::{SENTENCES, gaps, told};
    use crate::model::Language;

    fn check(said: &str, expected: Option<&str>) {
        let german = told(said, Language::German);
        assert_eq!(german.as_deref(), expected, "{said}");
        assert_eq!(told(said, Language::English), None);
    }

    #[test]
    fn a_cause_is_told_with_what_stands_in_it() {
        check(
            "the blog answered 404 (not found): check the address in feeds.toml, or ask the blogger",
            Some(
                "das Blog antwortete mit 404 (not found): die Adresse in feeds.toml prüfen, oder im Blog nachfragen",
            ),
        );
        check(
            "the blog's page leads to https://x.example/feed as its feed, but its host answered with nothing",
            Some(
                "die Seite des Blogs nennt https://x.example/feed als seinen Feed, aber: ihr Server antwortete mit nichts",
            ),
        );
        check(
            "the page is gone (410) (the title of the page is “A ”) {cause} title”)",
            Some("die Seite ist verschwunden (410) (der Titel der Seite ist „A ”) {cause} title“)"),
        );
    }

    #[test]
    fn what_is_not_known_is_left_as_it_is() {
        check("", None);
        check("the cat sat on the server", None);
        check("the blog answered 404 (not found): call the cat", None);
        check("the page is gone (410), really", None);
    }

    #[test]
    fn every_language_fills_the_same_gaps() {
        for sentence in SENTENCES {
            let names = |text: &'static str| {
                let mut names: Vec<&str> = gaps(text, text)
                    .unwrap()
                    .into_iter()
                    .map(|(name, _)| name)
                    .collect();
                names.sort_unstable();
                names
            };
            assert_eq!(
                names(sentence.english),
                names(sentence.german),
                "{}",
                sentence.english
            );
        }
    }
}
