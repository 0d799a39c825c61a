//! Why a transaction took its else branch: which compare failed, and what is there instead.

use std::cmp::Ordering;

use super::check::LIMIT_OPS;
use super::describe;
use crate::domain::Entry;
use crate::domain::txn::{
    Compare, Comparison, Op, OpResponse, RangeRequest, RangeResponse, Target, TxnRequest,
    TxnResponse,
};

/// The keys read of an interval to find one that fails.
const READ: i64 = 100;

/// Whether a compare holds for what was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    /// It does.
    Yes,
    /// It does not.
    No,
    /// It does for all keys that were read, but not all were.
    Unknown,
}

/// What became of one compare.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Which compare, from 0.
    pub index: usize,
    /// Whether it holds.
    pub held: Held,
    /// The entry that decided it: the first that fails, else the first; `None` where there is none.
    pub entry: Option<Entry>,
    /// In words: `mod(/a) = 5 failed: it is 7`.
    pub text: String,
}

/// Judges each compare by what a read of its range answered, in the same order; compares without an
/// answer are left out. The answers must be of one revision for the verdicts to fit together.
pub fn explain(compares: &[Compare], present: &[RangeResponse]) -> Vec<Verdict> {
    let judged = compares.iter().zip(present).enumerate();
    judged.map(|(index, (compare, read))| verdict(index, compare, read)).collect()
}

/// A transaction that reads what its compares are about before its own else branch, so that a
/// failure is explained by the very state that made it fail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explaining {
    /// What to send.
    pub request: TxnRequest,
    /// How many of the first answers of the else branch are these reads.
    pub reads: usize,
}

/// Puts the reads in; `None` where a server would not take so many operations.
pub fn explaining(request: &TxnRequest) -> Option<Explaining> {
    let reads = request.compares.len();
    if reads + request.failure.len() > LIMIT_OPS {
        return None;
    }
    let read = |compare: &Compare| Op::Range(RangeRequest::new(compare.range.clone()).limit(READ));
    let failure = request.compares.iter().map(read).chain(request.failure.iter().cloned());
    let request = TxnRequest { failure: failure.collect(), ..request.clone() };
    Some(Explaining { request, reads })
}

impl Explaining {
    /// Takes the reads out of the answer, and what they tell: nothing when the compares held.
    pub fn split(&self, mut response: TxnResponse) -> (TxnResponse, Vec<Verdict>) {
        if response.succeeded {
            return (response, Vec::new());
        }
        let count = self.reads.min(response.responses.len());
        let present: Vec<RangeResponse> = response
            .responses
            .drain(..count)
            .map(|answer| match answer {
                OpResponse::Range(read) => read,
                OpResponse::Put(_) | OpResponse::Delete(_) | OpResponse::Txn(_) => {
                    RangeResponse::default()
                }
            })
            .collect();
        let verdicts = explain(&self.request.compares, &present);
        (response, verdicts)
    }
}

fn verdict(index: usize, compare: &Compare, read: &RangeResponse) -> Verdict {
    let fails = |entry: &&Entry| !holds(compare, Some(*entry));
    let failing = read.entries.iter().find(fails);
    let held = match failing {
        Some(_) => Held::No,
        None if read.entries.is_empty() && !holds(compare, None) => Held::No,
        None if read.more => Held::Unknown,
        None => Held::Yes,
    };
    let entry = failing.or(read.entries.first()).cloned();
    let shown = describe::compare(compare);
    let text = match held {
        Held::Yes => format!("{shown} holds"),
        Held::No => format!("{shown} failed: {}", state(compare, entry.as_ref())),
        Held::Unknown => {
            let count = describe::counted(read.entries.len() as i64, "key", "keys");
            format!("{shown} holds for the first {count} of {}", read.count)
        }
    };
    Verdict { index, held, entry, text }
}

/// etcd's own rule. A key that is not there has version, revisions and lease 0, and fails every
/// compare of its value.
fn holds(compare: &Compare, entry: Option<&Entry>) -> bool {
    let absent = Entry::default();
    let present = entry.unwrap_or(&absent);
    let order = match &compare.target {
        Target::Version(version) => present.version.cmp(version),
        Target::Create(revision) => present.create_revision.cmp(revision),
        Target::Mod(revision) => present.mod_revision.cmp(revision),
        Target::Lease(lease) => present.lease.cmp(lease),
        Target::Value(_) if entry.is_none() => return false,
        Target::Value(value) => present.value.cmp(value),
    };
    match compare.comparison {
        Comparison::Equal => order == Ordering::Equal,
        Comparison::NotEqual => order != Ordering::Equal,
        Comparison::Greater => order == Ordering::Greater,
        Comparison::Less => order == Ordering::Less,
    }
}

/// What is there instead: `it is 7`, `the key does not exist`, `of /a/b it is 3`.
fn state(compare: &Compare, entry: Option<&Entry>) -> String {
    let Some(entry) = entry else {
        let nothing =
            if compare.range.is_single() { "the key does not exist" } else { "it holds no key" };
        return nothing.to_owned();
    };
    let value = match compare.target {
        Target::Version(_) => entry.version.to_string(),
        Target::Create(_) => entry.create_revision.to_string(),
        Target::Mod(_) => entry.mod_revision.to_string(),
        Target::Value(_) => describe::value(&entry.value),
        Target::Lease(_) if !entry.lease.is_some() => "none".to_owned(),
        Target::Lease(_) => entry.lease.to_string(),
    };
    if compare.range.is_single() {
        format!("it is {value}")
    } else {
        format!("of {} it is {value}", entry.key)
    }
}
