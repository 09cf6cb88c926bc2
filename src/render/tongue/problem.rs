//! The pages that say what is wrong.

use serde::Serialize;

/// The words of one such page.
#[derive(Debug, Clone, Copy, Serialize)]
pub(in crate::render) struct Said {
    pub(in crate::render) heading: &'static str,
    pub(in crate::render) sentence: &'static str,
    pub(in crate::render) advice: &'static str,
}

/// The words of all of them.
#[derive(Debug, Serialize)]
pub(in crate::render) struct Problem {
    pub(in crate::render) missing: Said,
    pub(in crate::render) closed: Said,
    pub(in crate::render) method: Said,
    pub(in crate::render) large: Said,
    pub(in crate::render) long: Said,
    pub(in crate::render) unclear: Said,
    pub(in crate::render) often: Said,
    pub(in crate::render) busy: Said,
    pub(in crate::render) broken: Said,
}

pub(super) const ENGLISH: Problem = Problem {
    missing: Said {
        heading: "There is no such page",
        sentence: "The address may be mistyped, or the participant may have left the course.",
        advice: "Start from one of these pages.",
    },
    closed: Said {
        heading: "This page is not for everybody",
        sentence: "Whoever is to see it has been given a way in by the organisers.",
        advice: "Ask the organisers, or start from one of these pages.",
    },
    method: Said {
        heading: "This page is for reading only",
        sentence: "Something was sent to an address that takes nothing.",
        advice: "If a form brought you here, go back, load its page anew and try once more.",
    },
    large: Said {
        heading: "That is too much at once",
        sentence: "What was sent is larger than this page takes, so nothing of it was kept.",
        advice: "Go back and send less.",
    },
    long: Said {
        heading: "The address is too long",
        sentence: "No address of this planet is longer than a few lines.",
        advice: "Shorten what you are looking for, or start from one of these pages.",
    },
    unclear: Said {
        heading: "That could not be understood",
        sentence: "A part of the address or of what was sent is not as it should be.",
        advice: "Go back and try it in another way, or start from one of these pages.",
    },
    often: Said {
        heading: "Please wait a moment",
        sentence: "So many requests have come from your address that others would have to wait.",
        advice: "Try again in a minute. A feed reader needs to ask once an hour at most.",
    },
    busy: Said {
        heading: "There is a rush just now",
        sentence: "The page could not be made in time. Nothing is lost.",
        advice: "Try again in a few seconds.",
    },
    broken: Said {
        heading: "Something went wrong here",
        sentence: "This is a fault of the planet and not of yours; it was written to the log.",
        advice: "Try again in a minute. If it stays like this, tell the organisers.",
    },
};

pub(super) const GERMAN: Problem = Problem {
    missing: Said {
        heading: "Diese Seite gibt es nicht",
        sentence: "Vielleicht ist die Adresse vertippt, oder die Person nimmt nicht mehr am Kurs teil.",
        advice: "Von diesen Seiten aus geht es weiter.",
    },
    closed: Said {
        heading: "Diese Seite ist nicht für alle",
        sentence: "Wer sie sehen soll, hat von der Kursleitung einen Zugang bekommen.",
        advice: "Fragen Sie die Kursleitung, oder beginnen Sie bei einer dieser Seiten.",
    },
    method: Said {
        heading: "Diese Seite ist nur zum Lesen da",
        sentence: "An diese Adresse wurde etwas geschickt, obwohl sie nichts annimmt.",
        advice: "Wenn Sie von einem Formular kommen: Gehen Sie zurück, laden Sie dessen Seite neu, und versuchen Sie es noch einmal.",
    },
    large: Said {
        heading: "Das ist zu viel auf einmal",
        sentence: "Es wurde mehr geschickt, als diese Seite annimmt; nichts davon wurde behalten.",
        advice: "Gehen Sie zurück, und schicken Sie weniger.",
    },
    long: Said {
        heading: "Die Adresse ist zu lang",
        sentence: "Keine Adresse dieses Planeten ist länger als ein paar Zeilen.",
        advice: "Suchen Sie nach weniger, oder beginnen Sie bei einer dieser Seiten.",
    },
    unclear: Said {
        heading: "Das war nicht zu verstehen",
        sentence: "Ein Teil der Adresse oder dessen, was geschickt wurde, ist nicht so, wie er sein müsste.",
        advice: "Gehen Sie zurück, und versuchen Sie es anders, oder beginnen Sie bei einer dieser Seiten.",
    },
    often: Said {
        heading: "Einen Moment bitte",
        sentence: "Von Ihrer Adresse kamen so viele Anfragen, dass andere warten müssten.",
        advice: "Versuchen Sie es in einer Minute wieder. Ein Feedreader braucht höchstens einmal in der Stunde zu fragen.",
    },
    busy: Said {
        heading: "Gerade ist viel los",
        sentence: "Die Seite wurde nicht rechtzeitig fertig. Verloren ist nichts.",
        advice: "Versuchen Sie es in ein paar Sekunden wieder.",
    },
    broken: Said {
        heading: "Hier ist etwas schiefgegangen",
        sentence: "Das ist ein Fehler des Planeten und nicht Ihrer; er steht im Protokoll.",
        advice: "Versuchen Sie es in einer Minute wieder. Wenn es so bleibt, sagen Sie der Kursleitung Bescheid.",
    },
};
