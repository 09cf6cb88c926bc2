//! Lists of feeds as OPML 2.0, so that a reader can subscribe to all of them at once.
//!
//! It must not know whether the feeds are the participants' or the planet's own.

use ::opml::{Head, OPML, Outline as Line};

use crate::model::{one_line, xml_text};

/// One feed of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outline {
    /// What a reader shows.
    pub name: String,
    /// The feed, absolute.
    pub feed_url: String,
    /// The page it belongs to, absolute.
    pub site_url: Option<String>,
    /// Groups it belongs to.
    pub groups: Vec<String>,
}

/// Feeds that a reader shows together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder {
    /// What a reader shows.
    pub name: String,
    /// What is in it.
    pub feeds: Vec<Outline>,
}

/// The whole document of a list of feeds, in the order given.
pub fn blogroll(title: &str, feeds: &[Outline]) -> String {
    folders(title, feeds, &[])
}

/// The same with some of the feeds in folders, which stand behind the others; an empty folder is left out.
pub fn folders(title: &str, feeds: &[Outline], folders: &[Folder]) -> String {
    let mut document = OPML {
        head: Some(Head {
            title: Some(words(title)),
            ..Head::default()
        }),
        ..OPML::default()
    };
    let full = folders.iter().filter(|folder| !folder.feeds.is_empty());
    let lines = feeds.iter().map(line).chain(full.map(shelf));
    document.body.outlines = lines.collect();
    // Writing to memory cannot fail.
    let body = document.to_string().unwrap_or_default();
    format!("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n{body}\n")
}

fn shelf(folder: &Folder) -> Line {
    Line {
        text: words(&folder.name),
        outlines: folder.feeds.iter().map(line).collect(),
        ..Line::default()
    }
}

fn line(feed: &Outline) -> Line {
    let name = words(&feed.name);
    Line {
        text: name.clone(),
        title: Some(name),
        r#type: Some("rss".to_owned()),
        xml_url: Some(flat(&feed.feed_url)),
        html_url: feed.site_url.as_deref().map(flat),
        category: (!feed.groups.is_empty()).then(|| category(&feed.groups)),
        ..Line::default()
    }
}

/// Commas part categories and slashes nest them, so neither may stand in a group's name.
fn category(groups: &[String]) -> String {
    let plain = |group: &String| flat(&group.replace([',', '/'], " "));
    groups.iter().map(plain).collect::<Vec<_>>().join(",")
}

/// What a reader shows. OPML 2.0 has it that this may be HTML, and most readers that it is not; such brackets, and an
/// `&` that stands alone, are the same to both.
fn words(text: &str) -> String {
    let apart = text.replace('&', " & ");
    flat(&apart).replace('<', "‹").replace('>', "›")
}

/// An attribute has no lines: a reader of XML would turn them into spaces.
fn flat(text: &str) -> String {
    one_line(&xml_text(text))
}

#[cfg(test)]
mod tests {
    use super::{Folder, Outline, blogroll, folders};

    fn outline(name: &str) -> Outline {
        Outline {
            name: name.to_owned(),
            feed_url: "https://a.example/feed?a=1&b=2".to_owned(),
            site_url: Some("https://a.example/".to_owned()),
            groups: vec!["UK".to_owned(), "health, and/or care".to_owned()],
        }
    }

    #[test]
    fn a_list_reads_back_as_it_was_written() {
        let names = [
            "A Librarian",
            "Q&A <b> \"x\" 'y' ]]>",
            "two\nlines\0\u{1}\u{ffff}",
        ];
        let xml = blogroll("Blogs & <more>", &names.map(outline));
        let read = ::opml::OPML::from_str(&xml).unwrap();
        assert_eq!(read.head.unwrap().title.as_deref(), Some("Blogs & ‹more›"));
        let line = &read.body.outlines[0];
        assert_eq!(line.text, "A Librarian");
        assert_eq!(line.r#type.as_deref(), Some("rss"));
        assert_eq!(
            line.xml_url.as_deref(),
            Some("https://a.example/feed?a=1&b=2")
        );
        assert_eq!(line.html_url.as_deref(), Some("https://a.example/"));
        assert_eq!(line.category.as_deref(), Some("UK,health and or care"));
        assert_eq!(read.body.outlines[1].text, "Q & A ‹b› \"x\" 'y' ]]›");
        assert_eq!(read.body.outlines[2].text, "two lines");
    }

    #[test]
    fn hostile_names_leave_the_document_well_formed() {
        let xml = blogroll("\0]]>&<!--", &[outline("\"/><outline text=\"evil")]);
        let mut reader = quick_xml::Reader::from_str(&xml);
        let mut outlines = 0;
        loop {
            match reader.read_event().unwrap() {
                quick_xml::events::Event::Empty(tag) | quick_xml::events::Event::Start(tag) => {
                    tag.attributes()
                        .for_each(|attribute| drop(attribute.unwrap()));
                    outlines += usize::from(tag.name().as_ref() == b"outline");
                }
                quick_xml::events::Event::Eof => break,
                _ => {}
            }
        }
        assert_eq!(outlines, 1);
    }

    #[test]
    fn folders_stand_behind_single_feeds_and_empty_ones_are_left_out() {
        let folder = |name: &str, feeds| Folder {
            name: name.to_owned(),
            feeds,
        };
        let full = folder("Things & <more>", vec![outline("One"), outline("Two")]);
        let xml = folders("T", &[outline("All")], &[folder("None", vec![]), full]);
        let read = ::opml::OPML::from_str(&xml).unwrap();
        let texts: Vec<&str> = read
            .body
            .outlines
            .iter()
            .map(|it| it.text.as_str())
            .collect();
        assert_eq!(texts, ["All", "Things & ‹more›"]);
        let things = &read.body.outlines[1];
        assert_eq!((things.xml_url.as_ref(), things.outlines.len()), (None, 2));
        assert_eq!(things.outlines[1].text, "Two");
    }

    #[test]
    fn an_empty_list_is_a_document_too() {
        assert!(blogroll("Nobody yet", &[]).contains("<title>Nobody yet</title>"));
    }
}
