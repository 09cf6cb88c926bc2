//! Puts attacks into every place of every kind of feed and sees how they arrive.

use std::fs;
use std::path::PathBuf;

use super::{outcome, say};

/// Tries every attack in the files; returns how many arrive with a fault, and says which.
pub(super) fn try_all(files: &[PathBuf]) -> usize {
    let (mut tried, mut survivors) = (0, 0);
    for path in files {
        let vectors = vectors(&fs::read_to_string(path).unwrap());
        let (mut documents, mut refused, mut here) = (0, 0, 0);
        for vector in &vectors {
            let mut survives = false;
            for (form, document) in forms(vector) {
                let outcome = outcome(document.as_bytes(), None);
                documents += 1;
                refused += usize::from(outcome.arrived.entries == 0);
                if let Some(fault) = outcome.arrived.faults.first() {
                    say(&format!("{form}: {vector:?}\n  {fault:.500}"));
                    survives = true;
                }
            }
            here += usize::from(survives);
        }
        say(&format!(
            "{}: {} vectors in {documents} documents, {refused} of them refused; {here} vectors survive",
            path.display(),
            vectors.len()
        ));
        tried += vectors.len();
        survivors += here;
    }
    say(&format!("{tried} vectors, {survivors} survive"));
    survivors
}

fn vectors(text: &str) -> Vec<String> {
    serde_json::from_str(text).unwrap_or_else(|_| {
        let lines = text.lines().filter(|line| !line.trim().is_empty());
        lines.map(str::to_owned).collect()
    })
}

/// The documents that have the vector in all their places, written as each kind of feed writes text; and those that
/// have it in one place as it stands, which may break the rest of them.
fn forms(vector: &str) -> Vec<(&'static str, String)> {
    let escaped = escape(vector);
    let twice = escape(&escaped);
    let cdata = format!("<![CDATA[{}]]>", vector.replace("]]>", "]]]]><![CDATA[>"));
    let json = serde_json::to_string(vector).unwrap();
    let raw = |place: usize| {
        let mut texts = ["x"; 5];
        texts[place] = vector;
        rss(texts, "x")
    };
    vec![
        ("RSS, escaped", rss([&escaped; 5], &escaped)),
        ("RSS, escaped twice", rss([&twice; 5], &twice)),
        ("RSS, CDATA", rss([&cdata; 5], &escaped)),
        ("RSS, title as it stands", raw(0)),
        ("RSS, description as it stands", raw(1)),
        ("RSS, author as it stands", raw(2)),
        ("RSS, category as it stands", raw(3)),
        ("RSS, link as it stands", raw(4)),
        ("RSS, attributes as they stand", rss(["x"; 5], vector)),
        ("Atom, html", atom("html", &escaped, &escaped)),
        ("Atom, html in CDATA", atom("html", &cdata, &escaped)),
        ("Atom, text", atom("text", &escaped, &escaped)),
        (
            "Atom, xhtml",
            atom(
                "xhtml",
                &format!("<div xmlns='http://www.w3.org/1999/xhtml'>{vector}</div>"),
                &escaped,
            ),
        ),
        (
            "Atom, base",
            atom(
                "html",
                "&lt;a href='x'&gt;x&lt;/a&gt;&lt;img src='x'&gt;",
                &escaped,
            ),
        ),
        ("JSON Feed, content_html", json_feed("content_html", &json)),
        ("JSON Feed, content_text", json_feed("content_text", &json)),
    ]
}

fn rss([title, content, author, category, link]: [&str; 5], attribute: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?><rss version=\"2.0\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" \
         xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" xmlns:media=\"http://search.yahoo.com/mrss/\">\
         <channel><title>{title}</title><link>{link}</link><description>{content}</description>\
         <item><title>{title}</title><link>{link}</link><guid>{link}</guid><dc:creator>{author}</dc:creator>\
         <category>{category}</category><description>{content}</description></item>\
         <item><title>{title}</title><author>{author}</author><comments>{link}</comments>\
         <category domain=\"{attribute}\">{category}</category><guid isPermaLink=\"true\">{link}</guid>\
         <enclosure url=\"{attribute}\" type=\"{attribute}\" length=\"1\"/><media:content url=\"{attribute}\"/>\
         <content:encoded>{content}</content:encoded></item></channel></rss>"
    )
}

fn atom(kind: &str, text: &str, attribute: &str) -> String {
    format!(
        "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:base=\"{attribute}\"><id>{attribute}</id>\
         <title type=\"{kind}\">{text}</title><subtitle type=\"{kind}\">{text}</subtitle><icon>{attribute}</icon>\
         <link href=\"{attribute}\"/><author><name>{attribute}</name><uri>{attribute}</uri></author>\
         <entry><id>{attribute}</id><title type=\"{kind}\">{text}</title><link rel=\"alternate\" href=\"{attribute}\"/>\
         <author><name>{attribute}</name><email>{attribute}</email><uri>{attribute}</uri></author>\
         <category term=\"{attribute}\" label=\"{attribute}\" scheme=\"{attribute}\"/>\
         <updated>2011-07-21T12:00:00Z</updated><content type=\"{kind}\">{text}</content></entry>\
         <entry xml:base=\"{attribute}\"><id>urn:x:2</id><title>x</title><summary type=\"{kind}\">{text}</summary>\
         <link rel=\"enclosure\" type=\"{attribute}\" href=\"{attribute}\"/></entry></feed>"
    )
}

fn json_feed(content: &str, text: &str) -> String {
    format!(
        "{{\"version\":\"https://jsonfeed.org/version/1.1\",\"title\":{text},\"home_page_url\":{text},\"icon\":{text},\
         \"authors\":[{{\"name\":{text},\"url\":{text}}}],\"items\":[{{\"id\":{text},\"url\":{text},\"title\":{text},\
         \"external_url\":{text},\"image\":{text},\"tags\":[{text}],\"authors\":[{{\"name\":{text},\"url\":{text}}}],\
         \"attachments\":[{{\"url\":{text},\"mime_type\":{text}}}],\"{content}\":{text}}}]}}"
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
