//! What became of a transaction that was not answered, found out by reading.
//!
//! All its changes have the same revision or none. The guard of a key that exists never holds again
//! once it is broken, so the revision at which it broke can be searched for; if the transaction was
//! carried out it was there, and then right before it all guards held, and right after it every key was
//! as planned. The guard of a key that does not exist holds again when somebody deletes what was
//! created: where all guards are of that kind, the traces of the keys are looked for instead, and
//! where none is left, every revision in question is looked at.

use std::collections::BTreeSet;

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

/// How many revisions are looked at one by one.
const SCANNED: i64 = 1 << 15;

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
    let modified = modified(&present);
    let held = |change: &Change, now: &Option<Revision>| change.guard.holds(*now);
    let all_held = changes.iter().zip(&modified).all(|(change, now)| held(change, now));
    let mut lasting = changes.iter().zip(&modified).filter(|(change, _)| is_lasting(change));
    let found = match lasting.clone().next() {
        // It would have broken every guard, and for good.
        Some(_) if lasting.any(|(change, now)| held(change, now)) => Ok(None),
        Some((anchor, _)) => carried_out(look, &changes, &keys, anchor, (since, now)).await,
        None => created(look, &changes, &keys, &present, (since, now)).await,
    };
    match found {
        Ok(Some(outcome)) => Ok(outcome),
        Ok(None) if all_held => Ok(Outcome::Pending),
        Ok(None) => Ok(Outcome::Broken(modified)),
        Err(error) if matches!(error.kind, ErrorKind::Compacted { .. }) => {
            without_history(look, &changes, &keys, since).await
        }
        Err(error) => Err(error),
    }
}

/// Whether its guard, once broken, never holds again.
pub(super) fn is_lasting(change: &Change) -> bool {
    match change.guard {
        Guard::Absent => false,
        Guard::Unchanged(_) => true,
    }
}

/// Whether these steps, which only create keys, were carried out between two revisions, both left
/// out; when.
///
/// # Errors
/// The store cannot be read.
pub(super) async fn created_before(
    look: &mut Look<'_>,
    steps: &[Planned],
    (since, before): (Revision, Revision),
) -> Result<Option<Outcome>, StoreError> {
    let changes: Vec<&Change> = steps.iter().flat_map(|planned| &planned.step).collect();
    let keys: Vec<&Key> = changes.iter().map(|change| &change.key).collect();
    let last = Revision(before.0 - 1);
    if last <= since {
        return Ok(None);
    }
    let (_, then) = look.at(&keys, last, Want::Keys).await?;
    created(look, &changes, &keys, &then, (since, last)).await
}

fn modified(entries: &[Option<Entry>]) -> Vec<Option<Revision>> {
    entries.iter().map(|entry| entry.as_ref().map(|entry| entry.mod_revision)).collect()
}

/// Whether it was carried out between two revisions; `None` when it was not. The anchor is one of its
/// changes whose guard lasts, and is broken at the end.
async fn carried_out(
    look: &mut Look<'_>,
    changes: &[&Change],
    keys: &[&Key],
    anchor: &Change,
    (since, now): (Revision, Revision),
) -> Result<Option<Outcome>, StoreError> {
    let (mut before, mut after) = (since, now);
    if !holds_at(look, anchor, before).await? {
        return Ok(None);
    }
    while after.0 - before.0 > 1 {
        let middle = Revision(before.0 + (after.0 - before.0) / 2);
        if holds_at(look, anchor, middle).await? {
            before = middle;
        } else {
            after = middle;
        }
    }
    happened_at(look, changes, keys, after).await
}

/// The same for changes that all create a key. `present` is what the keys are at the end.
async fn created(
    look: &mut Look<'_>,
    changes: &[&Change],
    keys: &[&Key],
    present: &[Option<Entry>],
    (since, now): (Revision, Revision),
) -> Result<Option<Outcome>, StoreError> {
    // A key that was not deleted since tells when it was created.
    let traces: BTreeSet<Revision> =
        present.iter().flatten().map(|entry| entry.create_revision).collect();
    for &revision in traces.iter().filter(|revision| **revision > since) {
        if let Some(outcome) = happened_at(look, changes, keys, revision).await? {
            return Ok(Some(outcome));
        }
    }
    let Some(first) = keys.first() else { return Ok(None) };
    if now.0 - since.0 > SCANNED {
        return Ok(Some(Outcome::Untold));
    }
    let mut next = since.0 + 1;
    while next <= now.0 {
        let entries = look.over(first, next..now.0 + 1).await?;
        for (at, entry) in entries.iter().enumerate() {
            let revision = Revision(next + at as i64);
            let is_new = entry.as_ref().is_some_and(|entry| entry.create_revision == revision);
            if is_new && let Some(outcome) = happened_at(look, changes, keys, revision).await? {
                return Ok(Some(outcome));
            }
        }
        next += entries.len().max(1) as i64;
    }
    Ok(None)
}

/// Whether it was carried out at this very revision.
async fn happened_at(
    look: &mut Look<'_>,
    changes: &[&Change],
    keys: &[&Key],
    revision: Revision,
) -> Result<Option<Outcome>, StoreError> {
    let (_, then) = look.at(keys, revision, Want::SmallValues).await?;
    if !as_planned(changes, &then, revision) {
        return Ok(None);
    }
    let before = Revision(revision.0 - 1);
    let (_, previous) = look.at(keys, before, Want::SmallValues).await?;
    let held = changes.iter().zip(modified(&previous)).all(|(change, m)| change.guard.holds(m));
    if !held {
        return Ok(None);
    }
    if matches!(changes, [Change { to: To::Deleted, .. }]) {
        return Ok(Some(Outcome::Untold));
    }
    let previous = previous.into_iter().map(|entry| entry.map_or(Before::Absent, Before::Entry));
    Ok(Some(done(changes, previous, revision)))
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
