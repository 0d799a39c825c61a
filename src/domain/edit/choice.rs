//! What only the operator decides: what becomes of a draft that somebody else's change has met.

use super::{Base, EditSession, Form, Lease, State};
use crate::domain::merge::{Marks, Merged};
use crate::domain::{Entry, LeaseId};

/// Whether a choice applied. It does not where there is nothing to choose; nothing changes then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Choice {
    /// It was done.
    Done,
    /// There was nothing to choose.
    NotNow,
}

impl EditSession {
    /// Gives up the draft for what is there now. Undo in the buffer leads back to the draft.
    pub fn take_theirs(&mut self) -> Choice {
        let Some(theirs) = self.take_their_entry() else { return Choice::NotNow };
        self.rebase(Base::Entry(theirs.clone()));
        self.write_draft(&theirs.value);
        self.marks = None;
        self.settle();
        Choice::Done
    }

    /// Keeps the draft, now as an edit of what is there: the next save replaces theirs, having been
    /// shown it, and nothing that came later.
    pub fn keep_mine(&mut self) -> Choice {
        let Some(theirs) = self.take_their_entry() else { return Choice::NotNow };
        self.rebase(Base::Entry(theirs));
        self.settle();
        Choice::Done
    }

    /// Goes on with both in the buffer, as an edit of what is there: changes that do not touch are
    /// joined, the rest is marked, and cannot be saved while a mark is left. Nothing where there is
    /// nothing to choose. Undo in the buffer leads back to the draft.
    pub fn merge(&mut self) -> Option<Merged> {
        let theirs = self.take_their_entry()?;
        let marks = Marks::new(self.base.revision(), theirs.mod_revision);
        let binary = |value: &[u8]| Form::of(value) == Form::Hex;
        if binary(&theirs.value) || binary(self.base.value()) {
            self.set_form(Form::Hex);
        }
        let (_, their_text) = self.form.write(&theirs.value);
        let base_text = match &self.base {
            Base::Entry(_) => self.base_text.as_deref(),
            Base::Absent(_) => None,
        };
        let (text, merged) = marks.merge(base_text, &self.buffer.text(), &their_text);
        self.rebase(Base::Entry(theirs));
        self.buffer.replace_all(&text);
        let first = marks.find(self.buffer.lines());
        if let Some(line) = first {
            self.buffer.set_cursor(line - 1, 0);
        }
        self.marks = first.map(|_| marks);
        self.settle();
        Some(merged)
    }

    /// Of a deleted key: the draft makes it anew, if it still does not exist when saved. It will
    /// have no lease: the one it had may have ended with it.
    pub fn create_anew(&mut self) -> Choice {
        if !matches!(self.state, State::Gone { .. }) {
            return Choice::NotNow;
        }
        self.rebase(Base::Absent(self.key().clone()));
        self.state = State::Dirty { behind: None };
        Choice::Done
    }

    /// Gives up the draft: back to the base, to theirs where there is one, to nothing where the key
    /// was deleted. Undo in the buffer leads back to the draft. Not while a save is under way.
    pub fn discard(&mut self) -> Choice {
        match self.state {
            State::Saving { .. } | State::Unknown { .. } => return Choice::NotNow,
            State::Conflict { .. } | State::Dirty { behind: Some(_) } => return self.take_theirs(),
            State::Gone { .. } => self.rebase(Base::Absent(self.key().clone())),
            State::Clean | State::Dirty { behind: None } => {}
        }
        let value = self.base.value().to_vec();
        self.write_draft(&value);
        self.marks = None;
        self.settle();
        Choice::Done
    }

    /// Lets the next save leave out the lease of the key, because it has ended. Answers which it was.
    pub fn drop_lease(&mut self) -> LeaseId {
        let lease = self.lease();
        self.lease = Lease::Drop;
        lease
    }

    /// What somebody else wrote, where that is to be decided; the state is then to be set.
    fn take_their_entry(&mut self) -> Option<Entry> {
        match self.take_state() {
            State::Conflict { theirs } | State::Dirty { behind: Some(theirs) } => Some(theirs),
            other => {
                self.state = other;
                None
            }
        }
    }
}
