//! Questions before something is written, and what must be typed to answer them.
//!
//! The one place that decides it: a [`Confirm`] can only be made here, out of what yes would do, so
//! no dialog can forget that a cluster is marked.

use super::typed::Typed;
use crate::domain::draft::DraftId;
use crate::domain::mark::Mark;
use crate::domain::text::Field;
use crate::domain::txn::TxnRequest;
use crate::domain::{Key, LeaseId, Revision};

/// A question that is answered with yes or no, or by typing what is expected.
#[derive(Clone, Debug)]
pub struct Confirm {
    /// What is asked.
    pub title: String,
    /// What it touches, made safe; as much as fits is shown.
    pub lines: Vec<String>,
    /// What yes does.
    pub then: Confirmed,
    /// The first line shown.
    pub scroll: usize,
    /// Only made here: what must be typed follows from the rest.
    typed: Option<Typed>,
}

impl Confirm {
    /// A question; on a marked cluster the word of the mark must be typed where yes would destroy or
    /// overwrite something.
    pub fn new(title: String, lines: Vec<String>, then: Confirmed, mark: Option<&Mark>) -> Confirm {
        let typed = mark.filter(|_| then.is_grave()).map(|mark| Typed::new(mark.word()));
        Confirm { title, lines, then, scroll: 0, typed }
    }

    /// What must be typed, if yes is not enough.
    pub fn typed(&self) -> Option<&Typed> {
        self.typed.as_ref()
    }

    /// The field it is typed into.
    pub fn field_mut(&mut self) -> Option<&mut Field> {
        self.typed.as_mut().map(|typed| &mut typed.field)
    }

    /// Whether it destroys something.
    pub fn is_dangerous(&self) -> bool {
        match &self.then {
            Confirmed::DeleteKey(..)
            | Confirmed::RevokeLease(_)
            | Confirmed::StopAndQuit
            | Confirmed::StopExportAndQuit
            | Confirmed::DropDraft(_)
            | Confirmed::AllowWrites => true,
            Confirmed::Index(_) | Confirmed::SearchValues => false,
            Confirmed::Put(..) | Confirmed::Attach(..) => self.typed.is_some(),
            Confirmed::Txn(request) => !request.is_read_only(),
        }
    }
}

/// What a confirmed question does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Confirmed {
    /// Deletes a key, if it is still as it was at this revision.
    DeleteKey(Key, Revision),
    /// Revokes a lease.
    RevokeLease(LeaseId),
    /// Runs the guarded transaction of `put`.
    Put(Key, TxnRequest),
    /// Runs the guarded transaction that hangs a key on a lease.
    Attach(Key, LeaseId, TxnRequest),
    /// Stops the work on many keys, then quits.
    StopAndQuit,
    /// Stops the export that goes on, then quits.
    StopExportAndQuit,
    /// Throws a kept draft away.
    DropDraft(DraftId),
    /// Runs the transaction that was composed.
    Txn(TxnRequest),
    /// Switches read-only off.
    AllowWrites,
    /// Reads so many keys into the index of the view of finding.
    Index(u64),
    /// Reads the values that the open view looks through.
    SearchValues,
}

impl Confirmed {
    /// Whether it writes to the store.
    pub(super) fn writes(&self) -> bool {
        match self {
            Confirmed::DeleteKey(..)
            | Confirmed::RevokeLease(_)
            | Confirmed::Put(..)
            | Confirmed::Attach(..) => true,
            Confirmed::Txn(request) => !request.is_read_only(),
            Confirmed::StopAndQuit
            | Confirmed::StopExportAndQuit
            | Confirmed::DropDraft(_)
            | Confirmed::AllowWrites
            | Confirmed::Index(_)
            | Confirmed::SearchValues => false,
        }
    }

    /// Whether it destroys or overwrites something, or opens the way to it: on a marked cluster a
    /// single key is not enough for that.
    pub fn is_grave(&self) -> bool {
        self.writes() || *self == Confirmed::AllowWrites
    }
}
