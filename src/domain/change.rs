//! A change of one key that must not overwrite what its author did not see, and how changes become
//! one transaction.

use super::txn::{Compare, DeleteRequest, Op, PutRequest, RangeRequest, TxnRequest};
use super::{Key, KeyRange, LeaseId, Revision};

/// What must still be true of a key when it is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guard {
    /// It does not exist.
    Absent,
    /// It was last written at this revision.
    Unchanged(Revision),
}

impl Guard {
    /// The guard of a key as it was read.
    pub fn of(mod_revision: Option<Revision>) -> Guard {
        mod_revision.map_or(Guard::Absent, Guard::Unchanged)
    }

    /// The compare that holds for as long as the guard does.
    pub fn compare(self, key: &Key) -> Compare {
        match self {
            Guard::Absent => Compare::absent(key.clone()),
            Guard::Unchanged(revision) => Compare::unchanged_since(key.clone(), revision),
        }
    }

    /// Whether it holds for a key last written at this revision, or for one that does not exist.
    pub fn holds(self, mod_revision: Option<Revision>) -> bool {
        self == Guard::of(mod_revision)
    }
}

/// What a key is to become.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum To {
    /// This value on this lease ([`LeaseId::NONE`]: on none).
    Put {
        /// The value.
        value: Vec<u8>,
        /// The lease.
        lease: LeaseId,
    },
    /// Gone.
    Deleted,
}

/// A guarded change of one key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Which key.
    pub key: Key,
    /// Under which condition.
    pub guard: Guard,
    /// What it becomes.
    pub to: To,
}

impl Change {
    /// A rough size in a request, in bytes: key three times (guard, operation, look), value once.
    pub fn size(&self) -> usize {
        let value = match &self.to {
            To::Put { value, .. } => value.len(),
            To::Deleted => 0,
        };
        self.key.as_bytes().len() * 3 + value + 64
    }

    fn op(&self) -> Op {
        match &self.to {
            To::Put { value, lease } => {
                Op::Put(PutRequest::new(self.key.clone(), value.clone()).lease(*lease))
            }
            To::Deleted => Op::Delete(DeleteRequest::new(KeyRange::single(self.key.clone()))),
        }
    }
}

/// Changes that are made together or not at all: the two ends of a move, or a single change.
pub type Step = Vec<Change>;

/// All steps in one transaction: when every guard holds all is done, else nothing, and the answer
/// tells of each key, in order and without its value, as it is now.
pub fn transaction<'a>(steps: impl IntoIterator<Item = &'a Step>) -> TxnRequest {
    let mut txn = TxnRequest::default();
    for change in steps.into_iter().flatten() {
        txn.compares.push(change.guard.compare(&change.key));
        txn.success.push(change.op());
        txn.failure.push(Op::Range(RangeRequest::get(change.key.clone()).keys_only()));
    }
    txn
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::txn::Target;

    #[test]
    fn steps_become_one_guarded_transaction() {
        let put = To::Put { value: b"v".to_vec(), lease: LeaseId(7) };
        let steps: [Step; 2] = [
            vec![
                Change { key: "/new".into(), guard: Guard::Absent, to: put },
                Change {
                    key: "/old".into(),
                    guard: Guard::Unchanged(Revision(9)),
                    to: To::Deleted,
                },
            ],
            vec![Change { key: "/x".into(), guard: Guard::of(None), to: To::Deleted }],
        ];
        let txn = transaction(&steps);
        assert_eq!((txn.compares.len(), txn.success.len(), txn.failure.len()), (3, 3, 3));
        assert_eq!(txn.compares[0].target, Target::Create(Revision::NONE));
        assert_eq!(txn.compares[1].target, Target::Mod(Revision(9)));
        assert!(matches!(&txn.success[0], Op::Put(put) if put.lease == LeaseId(7)));
        assert!(Guard::Unchanged(Revision(9)).holds(Some(Revision(9))));
        assert!(!Guard::Absent.holds(Some(Revision(9))));
    }
}
