//! What kind of trouble an answer, or its absence, is.

use crate::fetch::FetchError;
use crate::model::Trouble;
use crate::plan::{Outcome, Reach};

/// The kind of an error, as far as it decides when to ask again.
pub(super) fn trouble(error: &FetchError) -> Trouble {
    match error {
        FetchError::Dns | FetchError::Timeout { .. } => Trouble::Unreachable,
        FetchError::Connect => Trouble::Refused,
        FetchError::Challenge => Trouble::Blocked,
        FetchError::BadUrl | FetchError::Refused | FetchError::NoCertificates => Trouble::Unasked,
        FetchError::Status(401 | 403 | 407 | 451) => Trouble::Closed,
        _ => Trouble::Other,
    }
}

/// The kind of a trouble behind an answer: who answered is not the one who cannot be reached.
pub(super) fn behind_an_answer(trouble: Trouble) -> Trouble {
    match trouble {
        Trouble::Unreachable | Trouble::Refused => Trouble::Other,
        trouble => trouble,
    }
}

/// Whether anybody was there at all.
pub(super) fn reach(outcome: &Outcome) -> Reach {
    match outcome {
        Outcome::Offline
        | Outcome::Failed {
            trouble: Trouble::Unreachable | Trouble::Refused,
            ..
        } => Reach::Missed,
        Outcome::Failed {
            trouble: Trouble::Unasked,
            ..
        } => Reach::Unasked,
        _ => Reach::Reached,
    }
}
