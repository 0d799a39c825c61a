//! Carries out a plan, one guarded transaction after the other, and tells exactly what became of it.
//!
//! Invariant: a transaction is sent again only while it is certain that it cannot be done twice. Each
//! is guarded by the revisions that it itself changes, so a second arrival finds its guards broken;
//! and what became of one that was not answered is read back before anything is said of it.

mod appeared;
mod batch;
mod decide;
mod refusal;
mod tally;
mod work;

use std::io;

use tokio::sync::watch;

use super::limits::Limits;
use super::plan::Plan;
use crate::domain::bulk::{Progress, Report};
use crate::domain::change::transaction;
use crate::domain::journal::JournalLine;
use crate::domain::txn::TxnRequest;
use crate::journal::Journal;
use crate::store::Store;
use batch::{Cutter, Measure};
use work::Work;

/// How far the carrying out of a plan has come.
#[derive(Clone, Debug, Default)]
pub struct Underway {
    /// What was done and what was left.
    pub progress: Progress,
    /// The journal's record of it, as it is now, once something was written.
    pub line: Option<JournalLine>,
    /// The record that was taken back, once all its keys were put back.
    pub undone: Option<JournalLine>,
}

/// The transactions that carrying a plan out begins with, in order: all of them, unless the server
/// refuses one or a key has changed.
///
/// # Errors
/// The plan's temporary file cannot be read.
pub fn transactions<'a>(
    plan: &'a Plan,
    limits: &Limits,
) -> impl Iterator<Item = io::Result<TxnRequest>> + 'a {
    let measure = Measure::new(limits);
    let mut cutter = Cutter::new(plan.steps.iter());
    std::iter::from_fn(move || {
        let batch = cutter.batch(measure).transpose()?;
        Some(batch.map(|batch| transaction(batch.steps.iter().map(|planned| &planned.step))))
    })
}

/// Carries out a plan in guarded transactions (etcd's `Txn`) of at most [`Limits::changes`] changes,
/// and tells what became of it. Keys written, keys left and keys of the plan always add up.
///
/// A key that changed since it was planned is left and named, and the others of its transaction are
/// written at once. A server that allows fewer or smaller transactions gets them. When no answer comes,
/// the keys are read back until it is certain what became of the transaction, or until
/// [`Limits::patience`] is over.
///
/// Every transaction that wrote is added to one record of the journal, with what it overwrote.
/// `underway` is told of every step. When `stop` is ready, the work ends after the transaction that is
/// under way.
///
/// Dropping it may leave a transaction that was sent and is in no record.
pub async fn apply(
    store: &dyn Store,
    mut plan: Plan,
    journal: &Journal,
    limits: &Limits,
    underway: &watch::Sender<Underway>,
    stop: impl Future<Output = ()> + Send,
) -> Report {
    // From here on something may be deleted.
    if let Some(backup) = &mut plan.backup {
        backup.keep();
    }
    let stop = std::pin::pin!(stop);
    let recording = journal.begin(plan.what.clone(), plan.undoes);
    let mut work = Work::new(store, &plan, recording, limits, underway, stop);
    work.run().await;
    if work.is_complete() && !plan.ranges.is_empty() {
        match appeared::appeared(store, &plan).await {
            Ok(appeared) => work.appeared(appeared),
            Err(error) => work.failed(format!("what was created meanwhile is not known: {error}")),
        }
    }
    let report = work.finish();
    let put_back = report.left_count == 0 && report.error.is_none() && report.done > 0;
    if put_back
        && plan.survey.blocked_count == 0
        && let (Some(undone), Some(by)) = (plan.undoes, report.journal)
    {
        let line = journal.set_undone(undone, by);
        underway.send_modify(|underway| underway.undone = line);
    }
    report
}
