//! Whether leases run: their time left is read twice.
//!
//! To grant one would be a write, which the doctor does not do; so it needs one that is there.

use std::time::Duration;

use super::chart::Chart;
use super::words;
use crate::gateway::examine::Examination;

/// How many leases are watched.
const WATCHED: usize = 8;
/// For how long. A server tells whole seconds, so they fall by one more or less.
const WAIT: Duration = Duration::from_secs(2);
/// By how many seconds a lease falls meanwhile, with room for a slow answer.
const FALL: std::ops::RangeInclusive<i64> = 1..=5;

/// Reads the time left of some leases twice.
pub(super) async fn examine(examination: &Examination, chart: &Chart<'_>) {
    let ids = match examination.leases().await {
        Ok(ids) => ids,
        Err(error) => {
            return chart.skip("leases", &format!("they are not listed: {}", error.message));
        }
    };
    if ids.is_empty() {
        return chart.skip("leases", "there are none, and granting one would be a write");
    }
    let watched = &ids[..ids.len().min(WATCHED)];
    let before = read(examination, watched).await;
    tokio::time::sleep(WAIT).await;
    let after = read(examination, watched).await;
    let pairs = before.iter().zip(&after).zip(watched);
    let pairs: Vec<_> = pairs
        .filter_map(|((before, after), id)| Some((*id, (*before)?, (*after)?)))
        .map(|(id, (left, _), (then, granted))| (id, left, then, granted))
        .collect();
    let count = words::counted(ids.len(), "lease");
    if pairs.iter().any(|(_, left, then, _)| FALL.contains(&(left - then))) {
        return chart.ok("leases", format!("{count}; the time left of them runs as it should"));
    }
    if let Some((id, left, ..)) =
        pairs.iter().find(|(_, left, then, granted)| left == then && left + 1 < *granted)
    {
        let found = format!("lease {id:x} stood still at {left} s for {} s", WAIT.as_secs());
        let advice = "the leader is overloaded, or its host sleeps: keys on leases live too long";
        return chart.warn("leases", found, advice);
    }
    if let Some((id, left, then, _)) =
        pairs.iter().find(|(_, left, then, _)| left - then > *FALL.end())
    {
        let found = format!("lease {id:x} fell by {} s in {} s", left - then, WAIT.as_secs());
        return chart.warn("leases", found, "the clock of the leader's host jumps; see its NTP");
    }
    let watched = words::counted(watched.len(), "lease");
    chart
        .skip("leases", &format!("each of the {watched} looked at was renewed or ended meanwhile"));
}

/// Seconds left and granted of each; nothing for one that is gone or may not be read.
async fn read(examination: &Examination, ids: &[i64]) -> Vec<Option<(i64, i64)>> {
    let reads = ids.iter().map(|id| examination.time_to_live(*id));
    let read = futures_util::future::join_all(reads).await;
    read.into_iter().map(|read| read.ok().flatten()).collect()
}
