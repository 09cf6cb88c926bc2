//! Cleaning again what an older sanitiser cleaned, from the text as fetched.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::model::{Clock, EntryId, Fingerprint};
use crate::sanitize;
use crate::store::{Cleaned, Stale, Store, StoreError};

/// Entries that are cleaned together.
const PIECE: u32 = 100;

/// How many stored entries an older sanitiser cleaned.
///
/// # Errors
///
/// Where the store refuses.
pub async fn stale_count(store: &Store) -> Result<u64, StoreError> {
    store.stale_count(sanitize::VERSION).await
}

/// Cleans them all again, piece by piece, and tells `progress` how many each piece had. One that cannot be cleaned
/// stays as it was and is tried again at the next start.
///
/// # Errors
///
/// Where the store refuses; pieces that were done stay done.
pub async fn clean_stale(
    store: &Store,
    clock: &Clock,
    progress: impl Fn(u64),
) -> Result<(), StoreError> {
    let mut last = EntryId(0);
    loop {
        let piece = store.stale_after(sanitize::VERSION, last, PIECE).await?;
        let Some(end) = piece.last() else {
            return Ok(());
        };
        last = end.id;
        let count = piece.len() as u64;
        let work = move || piece.iter().filter_map(clean).collect::<Vec<_>>();
        let cleaned = tokio::task::spawn_blocking(work).await;
        let cleaned = cleaned.map_err(|error| StoreError::Pool(error.to_string()))?;
        store
            .replace_stale(cleaned, sanitize::VERSION, clock())
            .await?;
        progress(count);
    }
}

fn clean(stale: &Stale) -> Option<Cleaned> {
    let work = || {
        let html = sanitize::html(&stale.content, stale.base.as_ref());
        let (title, text) = (sanitize::line(&stale.title), sanitize::text_of(&html));
        let words = Fingerprint::of_parts([title.as_str(), text.as_str()]);
        Cleaned {
            id: stale.id,
            title,
            html,
            text,
            words,
            content: Fingerprint::of(stale.content.source().as_bytes()),
        }
    };
    let cleaned = catch_unwind(AssertUnwindSafe(work));
    if cleaned.is_err() {
        tracing::error!(entry = stale.id.0, "an entry could not be cleaned again");
    }
    cleaned.ok()
}
