//! What an organiser says about how posts are recognised, beyond the course's own names, titles and topics.

use std::collections::BTreeMap;

/// An organiser's own rules. By default there are none, and every signal has the weight that is built in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rules {
    /// The language of the course's number words and cues.
    pub language: Language,
    /// Words for one, two, three … in a language that is not built in.
    pub numbers: Vec<String>,
    /// The unit word in the plural, where it is not built as in the language.
    pub plural: Option<String>,
    /// What each signal is worth, where it is not what is built in.
    pub weights: BTreeMap<Signal, Weight>,
    /// Regular expressions for titles; a group in each holds a Thing's number.
    pub patterns: Vec<String>,
    /// Words in a title that say that the post is on no Thing.
    pub except: Vec<String>,
    /// What belongs to one Thing, by its number.
    pub things: BTreeMap<u16, ThingRules>,
    /// What holds on one blog, by its participant's slug.
    pub blogs: BTreeMap<String, BlogRules>,
}

/// An organiser's own rules for one Thing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ThingRules {
    /// Words that say in a title or a category that the post is on this Thing.
    pub words: Vec<String>,
    /// Regular expressions that say so in a title.
    pub patterns: Vec<String>,
    /// Words in a title that say that the post is not on this Thing.
    pub except: Vec<String>,
}

/// An organiser's own rules for one blog.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BlogRules {
    /// Only posts with one of these labels are on a Thing; empty for all posts.
    pub labels: Vec<String>,
    /// Words in a title that say that the post is on no Thing.
    pub except: Vec<String>,
    /// Whether the blog was made for this course, so that its posts need not name it.
    pub course_only: bool,
}

/// The languages whose number words and cues are built in. English is read in every course.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// German.
    German,
}

impl Language {
    /// Every language, in the order in which they are told.
    pub const ALL: [Self; 2] = [Self::English, Self::German];

    /// Its code in feeds.toml: "en", "de".
    pub fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
        }
    }

    /// The language with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|language| language.code() == code)
    }
}

/// What in a post may speak for a Thing, the most trusted first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Signal {
    /// The title names a Thing by number.
    Title,
    /// The title or a category has an organiser's own words or pattern.
    Words,
    /// A category is a Thing's number.
    Category,
    /// The post's own address names a Thing.
    Address,
    /// The text links to a Thing's brief.
    Link,
    /// A post that catches up has Things for headings.
    Headings,
    /// The text opens with a Thing: "So, onto Thing 3".
    Opening,
    /// Two weaker signals agree.
    Agreement,
    /// Somebody joins the course and says so by its name.
    Joining,
    /// The opening of the text names a Thing in passing: "for Thing 3"; or the title is a name of the course and a
    /// number: "cpd23 #3".
    Mention,
    /// The title has a Thing's title or topic.
    Topics,
    /// The text as a whole: it names no Thing but one, or comes back to a topic, as in "this Thing on mentoring".
    Subject,
    /// Words of joining without the course's name beside them, or of finishing.
    Journey,
}

impl Signal {
    /// Every signal, the most trusted first.
    pub const ALL: [Self; 13] = [
        Self::Title,
        Self::Words,
        Self::Category,
        Self::Address,
        Self::Link,
        Self::Headings,
        Self::Opening,
        Self::Agreement,
        Self::Joining,
        Self::Mention,
        Self::Topics,
        Self::Subject,
        Self::Journey,
    ];

    /// Its name in feeds.toml.
    pub fn name(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Words => "words",
            Self::Category => "category",
            Self::Address => "address",
            Self::Link => "link",
            Self::Headings => "headings",
            Self::Opening => "opening",
            Self::Agreement => "agreement",
            Self::Joining => "joining",
            Self::Mention => "mention",
            Self::Topics => "topics",
            Self::Subject => "subject",
            Self::Journey => "journey",
        }
    }

    /// What it is worth where the organiser does not say.
    pub fn weight(self) -> Weight {
        if self <= Self::Joining {
            Weight::Tag
        } else {
            Weight::Suggest
        }
    }
}

/// What a signal is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// It tags.
    Tag,
    /// It only suggests.
    Suggest,
    /// It is not listened to.
    Off,
}

impl Weight {
    /// Every weight, the greatest first.
    pub const ALL: [Self; 3] = [Self::Tag, Self::Suggest, Self::Off];

    /// Its name in feeds.toml.
    pub fn name(self) -> &'static str {
        match self {
            Self::Tag => "tag",
            Self::Suggest => "suggest",
            Self::Off => "off",
        }
    }
}

impl Rules {
    /// What a signal is worth in this course.
    pub fn weight(&self, signal: Signal) -> Weight {
        self.weights
            .get(&signal)
            .copied()
            .unwrap_or_else(|| signal.weight())
    }
}
