//! What a server would refuse of a transaction, found before it is sent.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::describe;
use crate::domain::txn::{Op, Target, TxnRequest};
use crate::domain::{Key, KeyRange, LeaseId};

/// The operations in one part that a server takes unless told otherwise (`--max-txn-ops`).
pub const LIMIT_OPS: usize = 128;

/// The bytes of a request that a server takes unless told otherwise (`--max-request-bytes`).
pub const LIMIT_BYTES: usize = 1024 * 1024 * 3 / 2;

/// A part of a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// The conditions.
    Compares,
    /// Done when they hold.
    Success,
    /// Done when one fails.
    Failure,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Part::Compares => "compare",
            Part::Success => "then",
            Part::Failure => "else",
        })
    }
}

/// A place in a transaction: the steps from the outside in, each a part and an index from 0. An
/// empty place is the whole; a last step without index is a whole part.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place(pub Vec<(Part, Option<usize>)>);

impl Place {
    fn part(&self, part: Part) -> Place {
        let mut steps = self.0.clone();
        steps.push((part, None));
        Place(steps)
    }

    fn at(&self, part: Part, index: usize) -> Place {
        let mut steps = self.0.clone();
        steps.push((part, Some(index)));
        Place(steps)
    }
}

impl fmt::Display for Place {
    /// `then 3`, counted from 1 as people do; `then 3, else 1` for one inside.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("transaction");
        }
        for (at, (part, index)) in self.0.iter().enumerate() {
            f.write_str(if at > 0 { ", " } else { "" })?;
            write!(f, "{part}")?;
            if let Some(index) = index {
                write!(f, " {}", index + 1)?;
            }
        }
        Ok(())
    }
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProblemKind {
    /// More operations in one part than a server takes; inside another transaction, what that one
    /// has left.
    TooManyOps {
        /// How many there are.
        count: usize,
        /// How many there may be.
        limit: usize,
    },
    /// More bytes than a server takes.
    TooLarge {
        /// Of all keys and values.
        bytes: usize,
    },
    /// No key.
    EmptyKey,
    /// An interval whose end is not behind its start: it holds no key.
    EmptyInterval(KeyRange),
    /// The same key is written twice.
    PutTwice {
        /// Which key.
        key: Key,
        /// Where else.
        other: Place,
    },
    /// A key is written that the same transaction deletes.
    PutAndDeleted {
        /// Which key.
        key: Key,
        /// Where it is deleted.
        other: Place,
    },
    /// A lease that is not there.
    UnknownLease(LeaseId),
}

/// Something that a server would refuse, or that cannot be meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where.
    pub place: Place,
    /// What.
    pub kind: ProblemKind,
}

impl fmt::Display for Problem {
    /// `then 3: /a is put twice, also by then 1`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.place)?;
        match &self.kind {
            ProblemKind::TooManyOps { count, limit } => {
                write!(f, "{count} operations, a server takes {limit}")
            }
            ProblemKind::TooLarge { bytes } => {
                write!(f, "{bytes} bytes, a server takes {LIMIT_BYTES}")
            }
            ProblemKind::EmptyKey => f.write_str("the key is empty"),
            ProblemKind::EmptyInterval(range) => {
                write!(
                    f,
                    "{} holds no key: its end is not behind its start",
                    describe::range(range)
                )
            }
            ProblemKind::PutTwice { key, other } => {
                write!(f, "{key} is put twice, also by {other}")
            }
            ProblemKind::PutAndDeleted { key, other } => {
                write!(f, "{key} is put, and deleted by {other}")
            }
            ProblemKind::UnknownLease(lease) => write!(f, "there is no lease {lease}"),
        }
    }
}

/// Everything a server would refuse without looking at the store, in the order of the text.
pub fn check(request: &TxnRequest) -> Vec<Problem> {
    let mut problems = Vec::new();
    sizes(request, &Place::default(), LIMIT_OPS, &mut problems);
    let bytes = weight(request);
    if bytes > LIMIT_BYTES {
        let kind = ProblemKind::TooLarge { bytes };
        problems.push(Problem { place: Place::default(), kind });
    }
    for (part, ops) in [(Part::Success, &request.success), (Part::Failure, &request.failure)] {
        overlaps(ops, &Place::default(), part, &mut problems);
    }
    problems.sort_by(|a, b| a.place.cmp(&b.place));
    problems
}

/// The puts on leases that are not among those that exist.
pub fn unknown_leases(request: &TxnRequest, existing: &BTreeSet<LeaseId>) -> Vec<Problem> {
    let mut problems = Vec::new();
    visit(request, &Place::default(), &mut |place, op| {
        if let Op::Put(put) = op
            && put.lease.is_some()
            && !existing.contains(&put.lease)
        {
            let kind = ProblemKind::UnknownLease(put.lease);
            problems.push(Problem { place, kind });
        }
    });
    problems
}

/// The parts that hold operations.
fn branches(request: &TxnRequest) -> [(Part, &[Op]); 2] {
    [(Part::Success, &request.success), (Part::Failure, &request.failure)]
}

/// Every operation, those inside others included.
fn visit(request: &TxnRequest, place: &Place, see: &mut impl FnMut(Place, &Op)) {
    for (part, ops) in branches(request) {
        for (index, op) in ops.iter().enumerate() {
            let here = place.at(part, index);
            if let Op::Txn(inner) = op {
                visit(inner, &here, see);
            }
            see(here, op);
        }
    }
}

/// Counts and keys. As etcd does it: what the longest part takes is not left for those inside.
fn sizes(request: &TxnRequest, place: &Place, limit: usize, problems: &mut Vec<Problem>) {
    let counts = [
        (Part::Compares, request.compares.len()),
        (Part::Success, request.success.len()),
        (Part::Failure, request.failure.len()),
    ];
    for (part, count) in counts {
        if count > limit {
            let kind = ProblemKind::TooManyOps { count, limit };
            problems.push(Problem { place: place.part(part), kind });
        }
    }
    for (index, compare) in request.compares.iter().enumerate() {
        range(&compare.range, || place.at(Part::Compares, index), problems);
    }
    let longest = counts.iter().map(|(_, count)| *count).max().unwrap_or_default();
    for (part, ops) in branches(request) {
        for (index, op) in ops.iter().enumerate() {
            let here = || place.at(part, index);
            match op {
                Op::Range(read) => range(&read.range, here, problems),
                Op::Delete(delete) => range(&delete.range, here, problems),
                Op::Put(put) => range(&KeyRange::single(put.key.clone()), here, problems),
                Op::Txn(inner) => sizes(inner, &here(), limit.saturating_sub(longest), problems),
            }
        }
    }
}

fn range(range: &KeyRange, place: impl Fn() -> Place, problems: &mut Vec<Problem>) {
    let kind = if range.start().is_empty() {
        ProblemKind::EmptyKey
    } else if !range.is_single() && !range.is_open() && range.end() <= range.start().as_bytes() {
        ProblemKind::EmptyInterval(range.clone())
    } else {
        return;
    };
    problems.push(Problem { place: place(), kind });
}

/// What a list of operations writes and deletes, those inside included.
#[derive(Default)]
struct Writes {
    puts: BTreeMap<Key, Place>,
    deletes: Vec<(KeyRange, Place)>,
}

/// Finds the keys that a list of operations writes twice, or writes and deletes, in any order: etcd
/// refuses both. Of two branches only one is done, so they may write the same. In etcd's own order:
/// deletes here, then what is inside, then puts here.
fn overlaps(ops: &[Op], place: &Place, part: Part, problems: &mut Vec<Problem>) -> Writes {
    let mut all = Writes::default();
    for (index, op) in ops.iter().enumerate() {
        // A server lets a delete without end overlap: it is done in the order given.
        if let Op::Delete(delete) = op
            && !delete.range.is_open()
        {
            all.deletes.push((delete.range.clone(), place.at(part, index)));
        }
    }
    for (index, op) in ops.iter().enumerate() {
        if let Op::Txn(inner) = op {
            let here = place.at(part, index);
            let held = overlaps(&inner.success, &here, Part::Success, problems);
            let failed = overlaps(&inner.failure, &here, Part::Failure, problems);
            all.claim(&held.puts, &BTreeMap::new(), problems);
            all.claim(&failed.puts, &held.puts, problems);
            all.deletes.extend(held.deletes.into_iter().chain(failed.deletes));
        }
    }
    for (index, op) in ops.iter().enumerate() {
        if let Op::Put(put) = op {
            let own = BTreeMap::from([(put.key.clone(), place.at(part, index))]);
            all.claim(&own, &BTreeMap::new(), problems);
        }
    }
    all
}

impl Writes {
    /// Keys are put; those that the other branch puts as well may have been there before.
    fn claim(
        &mut self,
        puts: &BTreeMap<Key, Place>,
        other_branch: &BTreeMap<Key, Place>,
        problems: &mut Vec<Problem>,
    ) {
        for (key, place) in puts {
            let mut report = |kind| problems.push(Problem { place: place.clone(), kind });
            if let Some(other) = self.puts.get(key).filter(|_| !other_branch.contains_key(key)) {
                report(ProblemKind::PutTwice { key: key.clone(), other: other.clone() });
            }
            let deleted = self.deletes.iter().find(|(range, _)| range.contains(key.as_bytes()));
            if let Some((_, other)) = deleted {
                report(ProblemKind::PutAndDeleted { key: key.clone(), other: other.clone() });
            }
            self.puts.entry(key.clone()).or_insert_with(|| place.clone());
        }
    }
}

fn weight(request: &TxnRequest) -> usize {
    let of_range = |range: &KeyRange| range.start().as_bytes().len() + range.end().len();
    let compares = request.compares.iter().map(|compare| {
        let value = if let Target::Value(value) = &compare.target { value.len() } else { 0 };
        of_range(&compare.range) + value
    });
    let ops = request.success.iter().chain(&request.failure).map(|op| match op {
        Op::Range(read) => of_range(&read.range),
        Op::Put(put) => put.key.as_bytes().len() + put.value.len(),
        Op::Delete(delete) => of_range(&delete.range),
        Op::Txn(inner) => weight(inner),
    });
    compares.chain(ops).sum()
}
