//! What the query of an address asks for: words, filters, and a place in a list.
//!
//! Nothing in a query is an error: what cannot be understood counts as not said.

use std::fmt::Write as _;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use jiff::Timestamp;
use url::form_urlencoded;

use super::{Live, Planet};
use crate::model::{EntryId, Search};
use crate::store::{Cursor, StoreError};

/// What a query says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Asked {
    /// `q`, `thing` and `participant`.
    pub(super) search: Search,
    /// `before=MILLIS-ID`: the list goes on after this place.
    pub(super) before: Option<Cursor>,
}

impl Asked {
    fn of(query: &str) -> Self {
        let mut asked = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match name.as_ref() {
                "q" => asked.search.words = value.into_owned(),
                "thing" => asked.search.thing = value.trim().parse().ok(),
                "participant" => {
                    let slug = value.trim();
                    asked.search.participant = (!slug.is_empty()).then(|| slug.to_owned());
                }
                "before" => asked.before = cursor(&value),
                _ => {}
            }
        }
        asked
    }

    /// The same, with the present name of a participant who is asked for by a former one: readers keep what they
    /// subscribed to.
    pub(super) async fn of_today(
        mut self,
        planet: &Planet,
        live: &Live,
    ) -> Result<Self, StoreError> {
        let stranger = |slug: &&String| live.roster.participant(slug).is_none();
        if let Some(slug) = self.search.participant.as_ref().filter(stranger)
            && let Some(present) = planet.store.renamed(slug.clone()).await?
        {
            self.search.participant = Some(present);
        }
        Ok(self)
    }
}

impl<S: Sync> FromRequestParts<S> for Asked {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self::of(parts.uri.query().unwrap_or_default()))
    }
}

fn cursor(text: &str) -> Option<Cursor> {
    let (millis, id) = text.split_once('-')?;
    Some(Cursor {
        published_at: Timestamp::from_millisecond(millis.parse().ok()?).ok()?,
        id: EntryId(id.parse().ok()?),
    })
}

/// A path with the query that asks for this search and this place, as far as there is something to ask for.
pub(super) fn address(path: &str, search: Option<&Search>, before: Option<Cursor>) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    if let Some(search) = search {
        query.append_pair("q", &search.shown());
        if let Some(thing) = search.thing {
            query.append_pair("thing", &thing.to_string());
        }
        if let Some(slug) = &search.participant {
            query.append_pair("participant", slug);
        }
    }
    if let Some(Cursor { published_at, id }) = before {
        let millis = published_at.as_millisecond();
        query.append_pair("before", &format!("{millis}-{}", id.0));
    }
    let mut address = path.to_owned();
    let query = query.finish();
    if !query.is_empty() {
        // Writing to a string does not fail.
        let _ = write!(address, "?{query}");
    }
    address
}

#[cfg(test)]
mod tests {
    use super::{Asked, address};

    #[test]
    fn a_query_is_read_back_as_it_was_written() {
        let asked =
            Asked::of("q=a+%22b%22%26&thing=6&participant=si%C3%A2n&before=1311246000000-7");
        assert_eq!(asked.search.words, "a \"b\"&");
        let again = address("/search", Some(&asked.search), asked.before);
        let (path, query) = again.split_once('?').unwrap();
        assert_eq!(path, "/search");
        assert_eq!(Asked::of(query), asked);
    }

    #[test]
    fn what_is_not_understood_counts_as_not_said() {
        for query in [
            "",
            "&&=",
            "thing=&participant=&before=",
            "thing=six&before=1",
            "%ff=%00",
            "x=y",
        ] {
            assert_eq!(Asked::of(query), Asked::default(), "{query}");
        }
        assert_eq!(Asked::of("q=%ff%00").search.words, "\u{fffd}\0");
        assert_eq!(address("/", None, None), "/");
    }
}
