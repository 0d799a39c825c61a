//! Keys that somebody created in the ranges of a plan while it was carried out.

use std::collections::BTreeSet;

use crate::bulk::error::PlanError;
use crate::bulk::pages::Pages;
use crate::bulk::plan::Plan;
use crate::domain::bulk::NAMED;
use crate::domain::{Key, Revision};
use crate::store::Store;

/// How many keys are held at a time: for each such number the steps of the plan are read once.
const HELD: usize = 20_000;

/// The keys that lie in the plan's ranges now, were created after it was made, and are not in it; at
/// most [`NAMED`], with their number (etcd's `Range`, keys only, in pages).
pub(super) async fn appeared(store: &dyn Store, plan: &Plan) -> Result<(Vec<Key>, u64), PlanError> {
    let (mut named, mut count) = (Vec::new(), 0);
    let mut held = BTreeSet::new();
    for range in &plan.ranges {
        let mut pages = Pages::new(store, range.clone(), Revision::NONE).keys_only();
        while let Some(entries) = pages.page().await? {
            let planned_at = plan.survey.revision;
            let new = entries.into_iter().filter(|entry| entry.create_revision > planned_at);
            held.extend(new.map(|entry| entry.key));
            if held.len() >= HELD {
                count += settle(plan, &mut held, &mut named)?;
            }
        }
    }
    count += settle(plan, &mut held, &mut named)?;
    Ok((named, count))
}

/// Takes out those that the plan names, and counts and names the others.
fn settle(plan: &Plan, held: &mut BTreeSet<Key>, named: &mut Vec<Key>) -> Result<u64, PlanError> {
    let mut steps = plan.steps.iter();
    while !held.is_empty() {
        let Some(planned) = steps.next().transpose()? else { break };
        for change in &planned.step {
            held.remove(&change.key);
        }
    }
    let count = held.len() as u64;
    let room = NAMED.saturating_sub(named.len());
    named.extend(std::mem::take(held).into_iter().take(room));
    Ok(count)
}
