//! HTML that may be shown.

/// HTML that `sanitize` made safe to put on a page.
///
/// Only `sanitize` makes it from text and only `store` revives it; `tests/planet/tidy.rs` holds the rest of the house to that.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SafeHtml(String);

impl SafeHtml {
    /// Vouches that this HTML was sanitised. For `sanitize` and `store` alone.
    pub fn vouched(html: String) -> Self {
        Self(html)
    }

    /// The markup.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether there is no markup at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
