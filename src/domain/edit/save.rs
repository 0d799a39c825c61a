//! Saving: the guarded transaction, and every way it can end.

use std::fmt;

use super::{Base, EditSession, Outcome, State};
use crate::domain::hex::HexError;
use crate::domain::txn::{
    Compare, Op, OpResponse, PutRequest, RangeRequest, TxnRequest, TxnResponse,
};
use crate::domain::{Entry, Event, Revision, Version};

/// Why nothing is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SaveError {
    /// The hexadecimal cannot be read.
    Hex(HexError),
    /// A merge is not finished.
    MarksLeft {
        /// The first line that is a mark, from 1.
        line: usize,
    },
    /// The draft is what the key holds.
    Unchanged,
    /// A save is under way.
    InFlight,
    /// Whether the last save was written is not known yet.
    OutcomeUnknown,
    /// A conflict is to be decided first.
    Undecided,
    /// The key was deleted: creating it anew is to be decided first.
    Gone,
}

impl fmt::Display for SaveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SaveError::Hex(error) => error.fmt(f),
            SaveError::MarksLeft { line } => {
                write!(f, "line {line} is still a mark of the merge: finish it, then save")
            }
            SaveError::Unchanged => f.write_str("nothing changed, nothing to save"),
            SaveError::InFlight => f.write_str("the last save is still under way"),
            SaveError::OutcomeUnknown => f.write_str(
                "the last save was not answered: the key is being read, nothing is sent twice",
            ),
            SaveError::Undecided => {
                f.write_str("somebody else wrote this key: take theirs, keep mine or merge first")
            }
            SaveError::Gone => {
                f.write_str("this key was deleted: create it anew or discard the draft first")
            }
        }
    }
}

impl std::error::Error for SaveError {}

/// A save that has no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SaveFailure {
    /// Surely not written: it was not sent, or the server refused it. Why.
    NotSent(String),
    /// Sent, and nothing is known of it. Why.
    OutcomeUnknown(String),
    /// The server refused it because there is no such lease.
    LeaseNotFound,
}

impl EditSession {
    /// The transaction that saves the draft, once: it puts only when nobody wrote the key since the
    /// base, with the lease the key has, and else reads what is there.
    ///
    /// # Errors
    /// Why there is nothing to send; the state stays as it was.
    pub fn save(&mut self) -> Result<TxnRequest, SaveError> {
        let (request, sent) = self.guarded()?;
        let behind = match self.take_state() {
            State::Dirty { behind } => behind,
            _ => None,
        };
        self.state = State::Saving { sent, behind, seen: None };
        Ok(request)
    }

    /// The transaction that [`save`](EditSession::save) would send now; nothing changes.
    ///
    /// # Errors
    /// Why there is nothing to send.
    pub fn saving(&self) -> Result<TxnRequest, SaveError> {
        self.guarded().map(|(request, _)| request)
    }

    /// What saving sends, and the value it writes.
    fn guarded(&self) -> Result<(TxnRequest, Vec<u8>), SaveError> {
        match (&self.state, &self.base) {
            (State::Clean, Base::Entry(_)) => return Err(SaveError::Unchanged),
            (State::Clean, Base::Absent(_)) | (State::Dirty { .. }, _) => {}
            (State::Saving { .. }, _) => return Err(SaveError::InFlight),
            (State::Unknown { .. }, _) => return Err(SaveError::OutcomeUnknown),
            (State::Conflict { .. }, _) => return Err(SaveError::Undecided),
            (State::Gone { .. }, _) => return Err(SaveError::Gone),
        }
        if let Some(line) = self.mark() {
            return Err(SaveError::MarksLeft { line });
        }
        let value = self.draft_bytes().map_err(SaveError::Hex)?;
        // Hexadecimal spaced otherwise is another text and the same value.
        if matches!(&self.base, Base::Entry(entry) if entry.value == value) {
            return Err(SaveError::Unchanged);
        }
        let key = self.key().clone();
        let guard = match &self.base {
            Base::Entry(entry) => Compare::unchanged_since(key.clone(), entry.mod_revision),
            Base::Absent(_) => Compare::absent(key.clone()),
        };
        let put = PutRequest::new(key.clone(), value.clone()).lease(self.lease());
        let request = TxnRequest {
            compares: vec![guard],
            success: vec![Op::Put(put)],
            failure: vec![Op::Range(RangeRequest::get(key))],
        };
        Ok((request, value))
    }

    /// The transaction was answered.
    pub fn on_saved(&mut self, response: TxnResponse) -> Outcome {
        let Some((sent, _, seen)) = self.take_saving() else { return Outcome::Nothing };
        if response.succeeded {
            self.marks = None;
            self.written(sent, response.revision);
            return self.catch_up(seen, Outcome::Saved(response.revision));
        }
        let outcome = match response.responses.into_iter().next() {
            Some(OpResponse::Range(range)) => {
                self.found(range.entries.into_iter().next(), &sent, response.revision)
            }
            // Answered, and not to what was asked: nothing is sure.
            _ => self.unknown(sent, "the answer does not fit the request".to_owned()),
        };
        self.catch_up(seen, outcome)
    }

    /// The transaction was not answered, or refused.
    pub fn on_save_failed(&mut self, failure: SaveFailure) -> Outcome {
        let Some((sent, behind, seen)) = self.take_saving() else { return Outcome::Nothing };
        let outcome = match failure {
            SaveFailure::NotSent(reason) => {
                self.unsent(behind);
                Outcome::NotWritten(reason)
            }
            SaveFailure::LeaseNotFound => {
                let lease = self.lease();
                self.unsent(behind);
                Outcome::LeaseGone(lease)
            }
            SaveFailure::OutcomeUnknown(reason) => self.unknown(sent, reason),
        };
        self.catch_up(seen, outcome)
    }

    /// The key was read (linearizable), the store being at `revision`: what it holds decides what
    /// became of a save that was not answered. In any other state the answer is news like an event.
    pub fn on_read_back(&mut self, entry: Option<Entry>, revision: Revision) -> Outcome {
        let (sent, reason) = match self.take_state() {
            State::Unknown { sent, reason } => (sent, reason),
            other => {
                self.state = other;
                return self.on_seen(entry, revision);
            }
        };
        if revision < self.known {
            // Read before what is known already: it says nothing.
            return self.unknown(sent, reason);
        }
        self.known = revision;
        let found = entry.as_ref().map_or(Revision::NONE, |entry| entry.mod_revision);
        if found == self.base.revision() {
            self.unsent(None);
            return Outcome::NotWritten(reason);
        }
        match entry {
            Some(entry) if entry.mod_revision > self.base.revision() && entry.value == sent => {
                let at = entry.mod_revision;
                self.marks = None;
                self.settle_on(entry);
                Outcome::Saved(at)
            }
            other => self.found(other, &sent, revision),
        }
    }

    /// After a refused save: what is there instead of the base.
    fn found(&mut self, found: Option<Entry>, sent: &[u8], revision: Revision) -> Outcome {
        self.known = self.known.max(revision);
        match found {
            Some(theirs) if theirs.value == sent => {
                let at = theirs.mod_revision;
                self.settle_on(theirs);
                Outcome::AlreadyThere(at)
            }
            Some(theirs) if self.unsettled.as_ref() == Some(&theirs.value) => {
                let at = theirs.mod_revision;
                self.settle_on(theirs);
                Outcome::Late(at)
            }
            Some(theirs) => {
                let at = theirs.mod_revision;
                self.state = State::Conflict { theirs };
                Outcome::Conflict(at)
            }
            None => {
                self.state = State::Gone { revision };
                Outcome::Gone(revision)
            }
        }
    }

    fn written(&mut self, sent: Vec<u8>, revision: Revision) {
        let lease = self.lease();
        let (create_revision, version) = match &self.base {
            Base::Entry(entry) => (entry.create_revision, Version(entry.version.0 + 1)),
            Base::Absent(_) => (revision, Version(1)),
        };
        let key = self.key().clone();
        let mod_revision = revision;
        self.settle_on(Entry { key, value: sent, create_revision, mod_revision, version, lease });
    }

    /// The entry is the base from now on; typing that went on meanwhile stays a draft.
    pub(super) fn settle_on(&mut self, entry: Entry) {
        self.rebase(Base::Entry(entry));
        self.settle();
    }

    fn unknown(&mut self, sent: Vec<u8>, reason: String) -> Outcome {
        self.unsettled = Some(sent.clone());
        self.state = State::Unknown { sent, reason: reason.clone() };
        Outcome::ReadBack(reason)
    }

    /// Back to the draft. A new key is still to be saved, though it may be empty.
    fn unsent(&mut self, behind: Option<Entry>) {
        match (&self.base, behind) {
            (Base::Entry(_), None) => self.settle(),
            (_, behind) => self.state = State::Dirty { behind },
        }
    }

    /// What was seen while the answer was awaited. The event of this very save is no news by now:
    /// its revision is that of the base.
    fn catch_up(&mut self, seen: Option<Event>, outcome: Outcome) -> Outcome {
        match seen.map(|event| self.on_event(&event)) {
            None | Some(Outcome::Nothing) => outcome,
            Some(newer) => newer,
        }
    }

    fn take_saving(&mut self) -> Option<(Vec<u8>, Option<Entry>, Option<Event>)> {
        match self.take_state() {
            State::Saving { sent, behind, seen } => Some((sent, behind, seen)),
            other => {
                self.state = other;
                None
            }
        }
    }

    /// The state, for the moment it takes to replace it.
    pub(super) fn take_state(&mut self) -> State {
        std::mem::replace(&mut self.state, State::Clean)
    }
}
