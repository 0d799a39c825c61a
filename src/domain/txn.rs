//! Transactions: compares, and what is done when they hold or fail.

use super::{Entry, Key, KeyRange, LeaseId, Revision, Version, access};

/// What of a key is compared, and with what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// The number of writes since creation; 0 for a key that does not exist.
    Version(Version),
    /// The creation revision; 0 for a key that does not exist.
    Create(Revision),
    /// The revision of the last write; 0 for a key that does not exist.
    Mod(Revision),
    /// The value; a key that does not exist fails every value compare.
    Value(Vec<u8>),
    /// The lease; 0 for none.
    Lease(LeaseId),
}

/// How the present state is compared with the given one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `>`
    Greater,
    /// `<`
    Less,
}

/// One condition of a transaction. Over an interval it holds when it holds for every key in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compare {
    /// Which key or keys.
    pub range: KeyRange,
    /// What of them, with what.
    pub target: Target,
    /// How.
    pub comparison: Comparison,
}

impl Compare {
    /// The key was last written at exactly this revision: nobody touched it since.
    pub fn unchanged_since(key: impl Into<Key>, revision: Revision) -> Compare {
        Compare {
            range: KeyRange::single(key),
            target: Target::Mod(revision),
            comparison: Comparison::Equal,
        }
    }

    /// The key does not exist.
    pub fn absent(key: impl Into<Key>) -> Compare {
        Compare {
            range: KeyRange::single(key),
            target: Target::Create(Revision::NONE),
            comparison: Comparison::Equal,
        }
    }
}

/// The order of a range's answer. Anything but [`SortOrder::None`] makes the server read every value
/// of the interval before it cuts to the limit; key order ascending is what it answers anyway.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SortOrder {
    /// Key order, at no cost.
    #[default]
    None,
    /// Smallest first.
    Ascend,
    /// Largest first.
    Descend,
}

/// What a range is sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SortTarget {
    /// The key.
    #[default]
    Key,
    /// The number of writes.
    Version,
    /// The creation revision.
    Create,
    /// The revision of the last write.
    Mod,
    /// The value.
    Value,
}

/// A range read (etcd's `RangeRequest`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RangeRequest {
    /// Which keys.
    pub range: KeyRange,
    /// At most this many entries; 0 for all. The answer's `count` is of the whole interval anyway.
    pub limit: i64,
    /// The store as it was at this revision; [`Revision::NONE`] for now.
    pub revision: Revision,
    /// Leave the values out. From 3.7 on the leases are missing as well.
    pub keys_only: bool,
    /// Answer only the count.
    pub count_only: bool,
    /// Answered by the asked member alone: maybe stale, works without quorum.
    pub serializable: bool,
    /// Sorted how.
    pub sort_order: SortOrder,
    /// Sorted by what.
    pub sort_target: SortTarget,
}

impl RangeRequest {
    /// All entries of a range, now, linearizable, in key order.
    pub fn new(range: KeyRange) -> RangeRequest {
        RangeRequest {
            range,
            limit: 0,
            revision: Revision::NONE,
            keys_only: false,
            count_only: false,
            serializable: false,
            sort_order: SortOrder::None,
            sort_target: SortTarget::Key,
        }
    }

    /// One key.
    pub fn get(key: impl Into<Key>) -> RangeRequest {
        RangeRequest::new(KeyRange::single(key))
    }

    /// With at most `limit` entries.
    pub fn limit(self, limit: i64) -> RangeRequest {
        RangeRequest { limit, ..self }
    }

    /// Without values, and without leases from 3.7 on.
    pub fn keys_only(self) -> RangeRequest {
        RangeRequest { keys_only: true, ..self }
    }

    /// Only the count.
    pub fn count_only(self) -> RangeRequest {
        RangeRequest { count_only: true, ..self }
    }

    /// At a revision.
    pub fn at(self, revision: Revision) -> RangeRequest {
        RangeRequest { revision, ..self }
    }

    /// From the asked member alone.
    pub fn serializable(self) -> RangeRequest {
        RangeRequest { serializable: true, ..self }
    }

    /// Sorted; see [`SortOrder`] for what it costs.
    pub fn sort(self, sort_target: SortTarget, sort_order: SortOrder) -> RangeRequest {
        RangeRequest { sort_order, sort_target, ..self }
    }
}

/// A range's answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RangeResponse {
    /// The store's revision when it answered (for a read in the past, still the present one).
    pub revision: Revision,
    /// The entries, at most `limit`.
    pub entries: Vec<Entry>,
    /// How many keys the whole interval holds, whatever the limit.
    pub count: i64,
    /// Whether the limit cut the answer.
    pub more: bool,
}

/// A write of one key (etcd's `PutRequest`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PutRequest {
    /// Which key; not empty.
    pub key: Key,
    /// The new value.
    pub value: Vec<u8>,
    /// The lease to hang it on. Beware: [`LeaseId::NONE`] takes the key off the lease it has.
    pub lease: LeaseId,
    /// Answer with the entry that was there.
    pub prev_kv: bool,
}

impl PutRequest {
    /// A put without a lease.
    pub fn new(key: impl Into<Key>, value: impl Into<Vec<u8>>) -> PutRequest {
        PutRequest { key: key.into(), value: value.into(), lease: LeaseId::NONE, prev_kv: false }
    }

    /// On a lease.
    pub fn lease(self, lease: LeaseId) -> PutRequest {
        PutRequest { lease, ..self }
    }

    /// Answering with what was there.
    pub fn prev_kv(self) -> PutRequest {
        PutRequest { prev_kv: true, ..self }
    }
}

/// A put's answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PutResponse {
    /// The revision of the write.
    pub revision: Revision,
    /// What was there before, when asked for and when there was anything.
    pub previous: Option<Entry>,
}

/// A delete of one key or an interval (etcd's `DeleteRangeRequest`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeleteRequest {
    /// Which keys.
    pub range: KeyRange,
    /// Answer with the entries that were there.
    pub prev_kv: bool,
}

impl DeleteRequest {
    /// Deletes a range.
    pub fn new(range: KeyRange) -> DeleteRequest {
        DeleteRequest { range, prev_kv: false }
    }

    /// Answering with what was there.
    pub fn prev_kv(self) -> DeleteRequest {
        DeleteRequest { prev_kv: true, ..self }
    }
}

/// A delete's answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeleteResponse {
    /// The store's revision afterwards.
    pub revision: Revision,
    /// How many keys were deleted.
    pub deleted: i64,
    /// What they were, when asked for.
    pub previous: Vec<Entry>,
}

/// One operation of a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Op {
    /// Read.
    Range(RangeRequest),
    /// Write.
    Put(PutRequest),
    /// Delete.
    Delete(DeleteRequest),
    /// A transaction inside.
    Txn(TxnRequest),
}

/// An atomic transaction: when all compares hold `success` is done, else `failure`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TxnRequest {
    /// The conditions; none holds always.
    pub compares: Vec<Compare>,
    /// Done when they hold, in order.
    pub success: Vec<Op>,
    /// Done when one fails, in order.
    pub failure: Vec<Op>,
}

impl TxnRequest {
    /// Whether nothing in it writes, in either branch.
    pub fn is_read_only(&self) -> bool {
        self.success.iter().chain(&self.failure).all(|op| match op {
            Op::Range(_) => true,
            Op::Put(_) | Op::Delete(_) => false,
            Op::Txn(inner) => inner.is_read_only(),
        })
    }

    /// What it is about, for messages: `txn (put /a, range /b/*)`. Each thing once and the writes
    /// first, since they tell most; the first few of them. Made safe for the screen.
    pub fn about(&self) -> String {
        const NAMED: usize = 3;
        let mut things = Vec::new();
        self.name_things(true, &mut things);
        self.name_things(false, &mut things);
        let compares = self.compares.iter().map(|compare| thing("compare", &compare.range));
        for compare in compares {
            let (_, keys) = compare.split_once(' ').unwrap_or_default();
            // A guard is about what is done behind it.
            if !things.iter().any(|thing| thing.ends_with(&format!(" {keys}"))) {
                things.push(compare);
            }
        }
        let more = match things.len().saturating_sub(NAMED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        things.truncate(NAMED);
        if things.is_empty() {
            "txn".to_owned()
        } else {
            format!("txn ({}{more})", things.join(", "))
        }
    }

    fn name_things(&self, writes: bool, things: &mut Vec<String>) {
        for op in self.success.iter().chain(&self.failure) {
            let thing = match op {
                Op::Txn(inner) => {
                    inner.name_things(writes, things);
                    continue;
                }
                Op::Put(put) if writes => thing("put", &KeyRange::single(put.key.clone())),
                Op::Delete(delete) if writes => thing("delete", &delete.range),
                Op::Range(range) if !writes => thing("range", &range.range),
                Op::Put(_) | Op::Delete(_) | Op::Range(_) => continue,
            };
            if !things.contains(&thing) {
                things.push(thing);
            }
        }
    }
}

/// A call and its keys, of which a very long one is cut.
fn thing(call: &str, range: &KeyRange) -> String {
    const SHOWN: usize = 120;
    let mut keys = access::words(range);
    if let Some((at, _)) = keys.char_indices().nth(SHOWN) {
        keys.truncate(at);
        keys.push('…');
    }
    format!("{call} {keys}")
}

/// The answer of one operation, in the order asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OpResponse {
    /// Of a read.
    Range(RangeResponse),
    /// Of a write.
    Put(PutResponse),
    /// Of a delete.
    Delete(DeleteResponse),
    /// Of a transaction inside.
    Txn(TxnResponse),
}

/// A transaction's answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TxnResponse {
    /// The store's revision afterwards: that of the transaction when it wrote.
    pub revision: Revision,
    /// Whether the compares held.
    pub succeeded: bool,
    /// The answers of the branch that was done.
    pub responses: Vec<OpResponse>,
}
