//! The page on the planet, and the one that says what is wrong.

use serde::Serialize;

use super::{Frame, Link};

/// What the planet is: `about.html`.
#[derive(Debug, Clone, Serialize)]
pub struct AboutView {
    /// What every page has.
    pub frame: Frame,
    /// What the robot calls itself.
    pub user_agent: String,
    /// How often a blog is asked, in words: "once an hour".
    pub every: String,
    /// Whether posts are shown whole, or their first words only.
    pub shows_full: bool,
}

/// A page that could not be given: `problem.html`.
#[derive(Debug, Clone, Serialize)]
pub struct ProblemView {
    /// What every page has.
    pub frame: Frame,
    /// What is wrong, in a few words.
    pub heading: String,
    /// The same in a sentence.
    pub sentence: String,
    /// What to do next, in a sentence.
    pub advice: String,
    /// Where to go instead.
    pub links: Vec<Link>,
}
