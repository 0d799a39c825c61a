//! What became of a transaction that was not answered, found out by reading.
//!
//! All its changes have the same revision or none. A guard that is broken never holds again, so the
//! revision at which one broke can be searched for; if the transaction was carried out it was there,
//! and then right before it all guards held, and right after it every key was as planned.

use crate::bulk::look::{Look, Want};
use crate::bulk::steps::Planned;
use crate::domain::change::{Change, Guard, To};
use crate::domain::journal::{Before, Written};
use crate::domain::{Entry, Key, Revision};
use crate::store::{ErrorKind, StoreError};

/// What became of a transaction.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It was carried out.
    Done {
        /// Its revision.
        revision: Revision,
        /// What it wrote, and what was there before.
        written: Vec<Written>,
    },
    /// Nothing changed so far. It may still be on its way, and may be sent again.
    Pending,
    /// It was not carried out and never will be: somebody broke a guard. The last write of each key,
    /// in order.
    Broken(Vec<Option<Revision>>),
    /// It cannot be told: the history was compacted, or the only key is gone, which anybody may have
    /// done.
    Untold,
}

/// Finds out what became of the steps of a transaction that was sent, for the first time, when the
/// store was at `since` or later.
///
/// # Errors
/// The store cannot be read; nothing is known then.
pub(super) async fn decide(
    look: &mut Look<'_>,
    steps: &[Planned],
    since: Revision,
) -> Result<Outcome, StoreError> {
    let changes: Vec<&Change> = steps.iter().flat_map(|planned| &planned.step).collect();
    let keys: Vec<&Key> = changes.iter().map(|change| &change.key).collect();
    let (now, present) = look.at(&keys, Revision::NONE, Want::Keys).await?;
    let modified: Vec<Option<Revision>> = modified(&present);
    let held = changes.iter().zip(&modified).filter(|(change, now)| change.guard.holds(**now));
    let held = held.count();
    if held == changes.len() {
        return Ok(Outcome::Pending);
    }
    // It would have broken every guard.
    if held > 0 {
        return Ok(Outcome::Broken(modified));
    }
    match carried_out(look, &changes, &keys, (since, now)).await {
        Ok(Some(outcome)) => Ok(outcome),
        Ok(None) => Ok(Outcome::Broken(modified)),
        Err(error) if matches!(error.kind, ErrorKind::Compacted { .. }) => {
            without_history(look, &changes, &keys, since).await
        }
        Err(error) => Err(error),
    }
}

fn modified(entries: &[Option<Entry>]) -> Vec<Option<Revision>> {
    entries.iter().map(|entry| entry.as_ref().map(|entry| entry.mod_revision)).collect()
}

/// Whether it was carried out between two revisions; `None` when it was not.
async fn carried_out(
    look: &mut Look<'_>,
    changes: &[&Change],
    keys: &[&Key],
    (since, now): (Revision, Revision),
) -> Result<Option<Outcome>, StoreError> {
    let (mut before, mut after) = (since, now);
    if !holds_at(look, changes[0], before).await? {
        return Ok(None);
    }
    while after.0 - before.0 > 1 {
        let middle = Revision(before.0 + (after.0 - before.0) / 2);
        if holds_at(look, changes[0], middle).await? {
            before = middle;
        } else {
            after = middle;
        }
    }
    let (_, then) = look.at(keys, after, Want::SmallValues).await?;
    if !as_planned(changes, &then, after) {
        return Ok(None);
    }
    let (_, previous) = look.at(keys, before, Want::SmallValues).await?;
    let held = changes.iter().zip(modified(&previous)).all(|(change, m)| change.guard.holds(m));
    if !held {
        return Ok(None);
    }
    if matches!(changes, [Change { to: To::Deleted, .. }]) {
        return Ok(Some(Outcome::Untold));
    }
    let previous = previous.into_iter().map(|entry| entry.map_or(Before::Absent, Before::Entry));
    Ok(Some(done(changes, previous, after)))
}

async fn holds_at(
    look: &mut Look<'_>,
    change: &Change,
    revision: Revision,
) -> Result<bool, StoreError> {
    let (_, entries) = look.at(&[&change.key], revision, Want::Keys).await?;
    Ok(change.guard.holds(modified(&entries).into_iter().next().flatten()))
}

/// Whether all keys are what a transaction of this revision made of them.
fn as_planned(changes: &[&Change], entries: &[Option<Entry>], revision: Revision) -> bool {
    changes.iter().zip(entries).all(|(change, entry)| match (&change.to, entry) {
        (To::Deleted, None) => true,
        (To::Put { value, lease }, Some(entry)) => {
            entry.mod_revision == revision && entry.value == *value && entry.lease == *lease
        }
        (To::Deleted, Some(_)) | (To::Put { .. }, None) => false,
    })
}

/// The same where the revisions in question were compacted: only what is there now can tell.
async fn without_history(
    look: &mut Look<'_>,
    changes: &[&Change],
    keys: &[&Key],
    since: Revision,
) -> Result<Outcome, StoreError> {
    let (_, present) = look.at(keys, Revision::NONE, Want::SmallValues).await?;
    let Some(revision) = present.iter().flatten().map(|entry| entry.mod_revision).next() else {
        return Ok(Outcome::Untold);
    };
    if revision <= since || !as_planned(changes, &present, revision) {
        return Ok(Outcome::Untold);
    }
    let before = changes.iter().map(|change| match change.guard {
        Guard::Absent => Before::Absent,
        Guard::Unchanged(_) => Before::Unknown,
    });
    Ok(done(changes, before, revision))
}

fn done(changes: &[&Change], before: impl Iterator<Item = Before>, revision: Revision) -> Outcome {
    let written = changes.iter().zip(before).map(|(change, before)| Written {
        key: change.key.clone(),
        before,
        after: change.to.clone(),
        revision,
    });
    Outcome::Done { revision, written: written.collect() }
}
