//! Tags: which Thing an entry addresses, and why we think so.

use serde::Serialize;
use url::Url;

/// What tagging may look at: plain text only.
#[derive(Debug, Clone, Default)]
pub struct EntryText {
    /// The title, plain.
    pub title: String,
    /// The post's own address; absent when it is not a permalink.
    pub url: Option<Url>,
    /// The slug of the participant whose post it is, where it is known.
    pub participant: Option<String>,
    /// Categories, labels or tags.
    pub categories: Vec<String>,
    /// Addresses that the text links to.
    pub links: Vec<Url>,
    /// The text without markup, blocks separated by newlines.
    pub body: String,
}

/// An entry addresses a Thing, with the evidence for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Tag {
    /// The Thing's number, from 1.
    pub thing: u16,
    /// Whether it is sure enough to publish.
    pub state: TagState,
    /// Why.
    #[serde(flatten)]
    pub evidence: Evidence,
}

/// Whether a tag is published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum TagState {
    /// Sure enough to publish.
    Tagged,
    /// Not sure enough; waits for an organiser.
    Suggested,
}

/// A post on a Thing mentions one of the Thing's topics, in its title or its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// The Thing's number.
    pub thing: u16,
    /// The topic, as feeds.toml spells it.
    pub topic: String,
}

impl TagState {
    /// Its name in the store and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tagged => "tagged",
            Self::Suggested => "suggested",
        }
    }

    /// The state with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Tagged, Self::Suggested]
            .into_iter()
            .find(|state| state.as_str() == name)
    }
}

/// Which rule found a tag, in which place, in which words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// The rule.
    pub rule: Rule,
    /// Where in the entry.
    pub place: Place,
    /// The words themselves, as the participant wrote them.
    pub quote: String,
}

impl Evidence {
    /// One short clause for a page: `title says “Things 8 and 9”`.
    pub fn sentence(&self) -> String {
        let quote = &self.quote;
        match (self.place, self.rule) {
            (Place::Title, Rule::Topic) => format!("title mentions “{quote}”"),
            (Place::Title, _) => format!("title says “{quote}”"),
            (Place::Category, _) => format!("labelled “{quote}”"),
            (Place::Url, _) => format!("address has “{quote}”"),
            (Place::Link, _) => format!("links to {quote}"),
            (Place::Body, Rule::Topic) => format!("text mentions “{quote}”"),
            (Place::Body, _) => format!("text says “{quote}”"),
            (Place::Outside, _) => format!("an organiser said so on {}", day_in_words(quote)),
        }
    }
}

/// `2011-07-03` as people write it; anything else as it is.
fn day_in_words(day: &str) -> String {
    day.parse::<jiff::civil::Date>().map_or_else(
        |_| day.to_owned(),
        |day| day.strftime("%-d %B %Y").to_string(),
    )
}

/// The rule behind a tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// The unit word with a number: "Thing 6", "Things 8 and 9", "thing six".
    Number,
    /// A number out of the course's count: "22/23".
    OutOf,
    /// The Thing's own title.
    ThingTitle,
    /// One of the Thing's topics.
    Topic,
    /// A link to the Thing's brief.
    Brief,
    /// An organiser's own words.
    Words,
    /// An organiser's own pattern.
    Pattern,
    /// Words of somebody who joins the course.
    FirstPost,
    /// No rule at all: an organiser decided, and the quote is the day.
    Decision,
    /// Words of somebody who finishes the course.
    LastPost,
}

impl Rule {
    const ALL: [Self; 10] = [
        Self::Number,
        Self::OutOf,
        Self::ThingTitle,
        Self::Topic,
        Self::Brief,
        Self::Words,
        Self::Pattern,
        Self::FirstPost,
        Self::LastPost,
        Self::Decision,
    ];

    /// Its name in the store and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::OutOf => "out-of",
            Self::ThingTitle => "thing-title",
            Self::Topic => "topic",
            Self::Brief => "brief",
            Self::Words => "words",
            Self::Pattern => "pattern",
            Self::FirstPost => "first-post",
            Self::Decision => "decision",
            Self::LastPost => "last-post",
        }
    }

    /// The rule with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rule| rule.as_str() == name)
    }
}

/// Where in an entry the words stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Place {
    /// The title.
    Title,
    /// A category, label or tag.
    Category,
    /// The last part of the post's address.
    Url,
    /// A link in the text.
    Link,
    /// The text.
    Body,
    /// Nowhere in it: somebody said so.
    Outside,
}

impl Place {
    /// Its name in the store and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Category => "category",
            Self::Url => "url",
            Self::Link => "link",
            Self::Body => "body",
            Self::Outside => "outside",
        }
    }

    /// The place with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        [
            Self::Title,
            Self::Category,
            Self::Url,
            Self::Link,
            Self::Body,
            Self::Outside,
        ]
        .into_iter()
        .find(|place| place.as_str() == name)
    }
}
