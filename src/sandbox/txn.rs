//! Transactions.

use std::cmp::Ordering;

use super::{State, check};
use crate::domain::txn::{
    Compare, Comparison, DeleteRequest, Op, OpResponse, PutRequest, RangeRequest, Target,
    TxnRequest, TxnResponse,
};
use crate::domain::{Entry, LeaseId, Revision, Version};
use crate::store::StoreError;

/// A transaction with its branches chosen. etcd chooses all of them, those of transactions inside
/// too, before the first write, so a compare never sees what its own transaction writes.
struct Plan {
    succeeded: bool,
    steps: Vec<Step>,
}

enum Step {
    Range(RangeRequest),
    Put(PutRequest),
    Delete(DeleteRequest),
    Txn(Plan),
}

impl State {
    /// Runs a transaction whole and commits it, or refuses it and changes nothing.
    pub(super) fn txn(&mut self, request: TxnRequest) -> Result<TxnResponse, StoreError> {
        check::txn(&request)?;
        let plan = self.plan(request);
        self.check_plan(&plan)?;
        let mut response = self.run(plan)?;
        response.revision = self.history.commit();
        Ok(response)
    }

    fn plan(&self, request: TxnRequest) -> Plan {
        let succeeded = request.compares.iter().all(|compare| self.holds(compare));
        let ops = if succeeded { request.success } else { request.failure };
        let step = |op| match op {
            Op::Range(request) => Step::Range(request),
            Op::Put(request) => Step::Put(request),
            Op::Delete(request) => Step::Delete(request),
            Op::Txn(request) => Step::Txn(self.plan(request)),
        };
        Plan { succeeded, steps: ops.into_iter().map(step).collect() }
    }

    /// Only the branches that will run are looked at: an unknown lease in the other one is fine.
    fn check_plan(&self, plan: &Plan) -> Result<(), StoreError> {
        plan.steps.iter().try_for_each(|step| match step {
            Step::Range(request) => self.history.resolve(request.revision).map(drop),
            Step::Put(request) => self.check_lease(request.lease),
            Step::Delete(_) => Ok(()),
            Step::Txn(plan) => self.check_plan(plan),
        })
    }

    fn run(&mut self, plan: Plan) -> Result<TxnResponse, StoreError> {
        let mut responses = Vec::with_capacity(plan.steps.len());
        for step in plan.steps {
            responses.push(match step {
                Step::Range(request) => OpResponse::Range(self.range(&request)?),
                Step::Put(request) => OpResponse::Put(self.put(request)),
                Step::Delete(request) => OpResponse::Delete(self.delete(&request)),
                Step::Txn(plan) => OpResponse::Txn(self.run(plan)?),
            });
        }
        // A transaction inside has no revision of its own in etcd's answer either.
        Ok(TxnResponse { revision: Revision::NONE, succeeded: plan.succeeded, responses })
    }

    /// Whether a compare holds for every key of its range. With no key there it is made with the
    /// zeros of a missing key, except that no missing key has a value.
    fn holds(&self, compare: &Compare) -> bool {
        let mut found = self.history.range(&compare.range, self.history.revision()).peekable();
        if found.peek().is_none() {
            let is_value = matches!(compare.target, Target::Value(_));
            return !is_value && holds_for(compare, &Entry::default());
        }
        found.all(|entry| holds_for(compare, entry))
    }

    /// A put may only hang a key on a lease that exists.
    pub(super) fn check_lease(&self, lease: LeaseId) -> Result<(), StoreError> {
        let known = !lease.is_some() || self.lessor.contains(lease);
        if known { Ok(()) } else { Err(check::lease_not_found()) }
    }
}

fn holds_for(compare: &Compare, entry: &Entry) -> bool {
    let ordering = match &compare.target {
        Target::Version(Version(version)) => entry.version.0.cmp(version),
        Target::Create(revision) => entry.create_revision.cmp(revision),
        Target::Mod(revision) => entry.mod_revision.cmp(revision),
        Target::Value(value) => entry.value.cmp(value),
        Target::Lease(lease) => entry.lease.cmp(lease),
    };
    match compare.comparison {
        Comparison::Equal => ordering == Ordering::Equal,
        Comparison::NotEqual => ordering != Ordering::Equal,
        Comparison::Greater => ordering == Ordering::Greater,
        Comparison::Less => ordering == Ordering::Less,
    }
}
