//! What became of a write without an answer, found out by reading.

use super::ask::ask;
use crate::domain::change::To;
use crate::domain::journal::{Before, Written};
use crate::domain::txn::RangeRequest;
use crate::domain::{Entry, Revision};
use crate::store::{ErrorKind, Store, StoreError};

/// What became of it.
pub(super) enum Fate {
    /// It was written, as far as the key tells: this is what it found and left.
    Written(Written),
    /// The key is as it was before.
    NotWritten,
    /// Nobody can tell, or somebody changed the key since: in a sentence.
    Unclear(&'static str),
}

/// Finds out what became of a write that no answer came of, from the key as it is now (read at
/// `revision`). The value it overwrote is read as it was right before, while that is not compacted.
///
/// # Errors
/// The store cannot be read.
pub(super) async fn fate(
    store: &dyn Store,
    sent: Written,
    now: Option<&Entry>,
    revision: Revision,
) -> Result<Fate, StoreError> {
    let unchanged = |before: &Entry| now.is_some_and(|now| now.mod_revision == before.mod_revision);
    match (&sent.before, &sent.after, now) {
        (Before::Entry(before), _, _) if unchanged(before) => Ok(Fate::NotWritten),
        // Known beforehand, as of a revoked lease: gone is gone, whoever did it.
        (Before::Entry(_), To::Deleted, None) => Ok(Fate::Written(Written { revision, ..sent })),
        (_, To::Deleted, None) => {
            Ok(Fate::Unclear("no answer came of its deletion, and what it was is not known"))
        }
        (_, To::Deleted, Some(_)) => {
            Ok(Fate::Unclear("it was not deleted, or was created anew since; it stays"))
        }
        (_, To::Put { value, lease }, Some(now)) if (value, *lease) == (&now.value, now.lease) => {
            let before = before(store, now).await?;
            Ok(Fate::Written(Written { before, revision: now.mod_revision, ..sent }))
        }
        (_, To::Put { .. }, _) => {
            Ok(Fate::Unclear("it was not written, or was changed since; what is there stays"))
        }
    }
}

/// What an entry overwrote.
async fn before(store: &dyn Store, now: &Entry) -> Result<Before, StoreError> {
    if now.create_revision == now.mod_revision {
        return Ok(Before::Absent);
    }
    let then = Revision(now.mod_revision.0 - 1);
    let request = RangeRequest::get(now.key.clone()).at(then);
    match ask(|| store.range(request.clone())).await {
        Ok(answer) => Ok(answer.entries.into_iter().next().map_or(Before::Absent, Before::Entry)),
        Err(StoreError { kind: ErrorKind::Compacted { .. }, .. }) => Ok(Before::Unknown),
        Err(error) => Err(error),
    }
}
