//! Plans a restore: ranges become what they were at a revision.
//!
//! The plan holds the values of then, so that a compaction after it was made takes nothing away.

use tokio::sync::watch;

use super::difference::{Differences, Differing};
use super::error::PlanError;
use super::lease::Leases;
use super::limits::Limits;
use super::merge::merged;
use super::pages::Looked;
use super::plan::{Builder, Plan, beginning};
use crate::domain::bulk::{PlanRequest, Verb};
use crate::domain::change::{Change, Guard, To};
use crate::domain::{KeyRange, Revision};
use crate::store::{ErrorKind, Store, StoreError};

/// Plans to make `ranges` what they were at `then`: keys that are gone come back, keys that were
/// changed get their old value, keys that were not there then are deleted. Each is guarded by what
/// it is now. A key comes back on the lease of then where that still lives; where it has ended, on
/// the lease the key has now, or on none.
///
/// # Errors
/// What the store says, in words that name the oldest revision left when `then` is compacted; or the
/// plan's temporary file.
pub async fn restore(
    store: &dyn Store,
    ranges: &[KeyRange],
    then: Revision,
    limits: &Limits,
    looked: &watch::Sender<Looked>,
) -> Result<Plan, PlanError> {
    let what = PlanRequest::Restore { ranges: ranges.to_vec(), revision: then }.title();
    let ranges = merged(ranges);
    let mut leases = Leases::new(store);
    let mut now = Revision::NONE;
    let mut builder: Option<Builder> = None;
    for range in ranges.iter().cloned() {
        let mut pairs = Differences::new(store, range, then, now).counted(looked);
        loop {
            let pair = pairs.next().await.map_err(|error| in_words(error, then, pairs.now()))?;
            // All ranges are read at the revision of the first answer.
            now = pairs.now();
            let builder = builder.get_or_insert_with(|| Builder::new(what.as_str(), now, limits));
            let Some(pair) = pair else {
                (0..pairs.same()).for_each(|_| builder.same());
                break;
            };
            push(builder, &mut leases, pair).await?;
        }
    }
    let Some(mut builder) = builder else {
        return Err(PlanError::Refused("there is nothing to restore".to_owned()));
    };
    leases.note(&mut builder, ("has ended", "have ended"));
    builder.complete(ranges);
    Ok(builder.finish())
}

async fn push(
    builder: &mut Builder,
    leases: &mut Leases<'_>,
    Differing { then, now }: Differing,
) -> Result<(), PlanError> {
    let Some(key) = then.as_ref().or(now.as_ref()).map(|entry| entry.key.clone()) else {
        return Ok(());
    };
    let guard = Guard::of(now.as_ref().map(|entry| entry.mod_revision));
    let Some(then) = then else {
        let step = vec![Change { key, guard, to: To::Deleted }];
        let detail = || now.as_ref().map_or_else(String::new, |now| beginning(&now.value));
        return builder.push(step, now.as_ref(), Verb::Delete, detail);
    };
    let lease = leases.of(&then, now.as_ref()).await?;
    if now.as_ref().is_some_and(|now| now.value == then.value && now.lease == lease) {
        builder.same();
        return Ok(());
    }
    let verb = if now.is_some() { Verb::Change } else { Verb::Create };
    let detail = match &now {
        Some(now) => format!("{} → {}", beginning(&now.value), beginning(&then.value)),
        None => beginning(&then.value),
    };
    let step = vec![Change { key, guard, to: To::Put { value: then.value, lease } }];
    builder.push(step, now.as_ref(), verb, || detail)
}

/// The refusals that an operator meets, without the call that met them.
fn in_words(error: StoreError, then: Revision, now: Revision) -> PlanError {
    match error.kind {
        ErrorKind::Compacted { oldest } => PlanError::Refused(then.compacted(oldest)),
        ErrorKind::FutureRevision if now.is_some() => {
            PlanError::Refused(format!("revision {then} is in the future; the newest is {now}"))
        }
        _ => error.into(),
    }
}
