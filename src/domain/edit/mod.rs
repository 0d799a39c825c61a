//! The edit of one value: a state machine that alone decides what is saved and what happened to it.
//!
//! Invariants, whatever comes from the keyboard or the network, in whatever order:
//! a write is guarded by what the operator saw, keeps the key's lease and is sent once; a draft is
//! given up only by a choice of the operator.
//!
//! The machine does nothing itself. It answers with the transaction to send and takes what came of
//! it; each step tells as an [`Outcome`] what there is to say or to do.

mod change;
mod choice;
mod comfort;
mod keep;
mod outcome;
mod save;

use super::hex::{self, HexError};
use super::merge::Marks;
use super::text::TextBuffer;
use super::{Entry, Event, Key, LeaseId, Revision};

pub use choice::Choice;
pub use comfort::Beyond;
pub use outcome::Outcome;
pub use save::{SaveError, SaveFailure};

/// What the draft is an edit of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Base {
    /// The entry as it was read.
    Entry(Entry),
    /// A key that does not exist: it is to be made.
    Absent(Key),
}

impl Base {
    /// The key.
    pub fn key(&self) -> &Key {
        match self {
            Base::Entry(entry) => &entry.key,
            Base::Absent(key) => key,
        }
    }

    /// The value; empty for a key that does not exist.
    pub fn value(&self) -> &[u8] {
        match self {
            Base::Entry(entry) => &entry.value,
            Base::Absent(_) => &[],
        }
    }

    /// When the key was last written; [`Revision::NONE`] for a key that does not exist.
    pub fn revision(&self) -> Revision {
        match self {
            Base::Entry(entry) => entry.mod_revision,
            Base::Absent(_) => Revision::NONE,
        }
    }

    /// The lease the key hangs on.
    pub fn lease(&self) -> LeaseId {
        match self {
            Base::Entry(entry) => entry.lease,
            Base::Absent(_) => LeaseId::NONE,
        }
    }
}

/// In what form a value is edited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Form {
    /// As the text it is; only for UTF-8.
    Text,
    /// As pairs of hexadecimal digits.
    Hex,
}

impl Form {
    /// The form for a value: text where it is text.
    pub fn of(value: &[u8]) -> Form {
        if std::str::from_utf8(value).is_ok() { Form::Text } else { Form::Hex }
    }

    /// `value` in this form, where it has one.
    fn text(self, value: &[u8]) -> Option<String> {
        match self {
            Form::Text => std::str::from_utf8(value).ok().map(str::to_owned),
            Form::Hex => Some(hex::to_text(value)),
        }
    }

    /// `value` in this form, or in hexadecimal where it is no text.
    fn write(self, value: &[u8]) -> (Form, String) {
        self.text(value).map_or_else(|| (Form::Hex, hex::to_text(value)), |text| (self, text))
    }
}

/// Where the edit stands. Each state holds what is known in it and in no other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// The draft is the base.
    Clean,
    /// The draft differs from the base, or is a new key.
    Dirty {
        /// What somebody else wrote since: a save will be refused and become a conflict.
        behind: Option<Entry>,
    },
    /// A save is under way; typing goes on.
    Saving {
        /// The value it writes.
        sent: Vec<u8>,
        /// What somebody else was known to have written before it was sent.
        behind: Option<Entry>,
        /// The newest event of the key since: ours or another's, which the answer will tell.
        seen: Option<Event>,
    },
    /// A save was sent and not answered. The key is to be read; nothing is sent again.
    Unknown {
        /// The value it may have written.
        sent: Vec<u8>,
        /// Why there was no answer; from a stranger, not escaped.
        reason: String,
    },
    /// Somebody else wrote first, and nothing was written here: the operator chooses.
    Conflict {
        /// What is there now.
        theirs: Entry,
    },
    /// The key was deleted: the operator chooses. The base tells what it was.
    Gone {
        /// When that happened or was noticed.
        revision: Revision,
    },
}

/// The edit of one value.
#[derive(Clone, Debug)]
pub struct EditSession {
    base: Base,
    /// The base's value in the form of the buffer, to tell whether the draft differs; nothing where
    /// it has none, so that every draft differs.
    base_text: Option<String>,
    form: Form,
    buffer: TextBuffer,
    state: State,
    /// Events up to here are in the base, or were told.
    known: Revision,
    /// What a save that was not answered tried to write: it may still arrive late.
    unsettled: Option<Vec<u8>>,
    /// The marks of a merge, which must not be saved.
    marks: Option<Marks>,
    lease: Lease,
}

/// What a save does about the lease.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lease {
    /// Keeps the one the key has.
    Keep,
    /// Leaves it out: it has ended.
    Drop,
}

impl EditSession {
    /// Begins an edit. A value that is no text is edited as hexadecimal, whatever the form asked for.
    pub fn new(base: Base, form: Form) -> EditSession {
        let (form, base_text) = form.write(base.value());
        EditSession {
            buffer: TextBuffer::new(&base_text),
            state: State::Clean,
            known: base.revision(),
            base,
            base_text: Some(base_text),
            form,
            unsettled: None,
            marks: None,
            lease: Lease::Keep,
        }
    }

    /// Says at which revision of the store the base was read: older events are no news.
    pub fn as_of(self, revision: Revision) -> EditSession {
        EditSession { known: self.known.max(revision), ..self }
    }

    /// The key being edited.
    pub fn key(&self) -> &Key {
        self.base.key()
    }

    /// What the draft is an edit of.
    pub fn base(&self) -> &Base {
        &self.base
    }

    /// The form of the buffer.
    pub fn form(&self) -> Form {
        self.form
    }

    /// The draft, to look at.
    pub fn buffer(&self) -> &TextBuffer {
        &self.buffer
    }

    /// Where the edit stands.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// The lease the next save hangs the key on.
    pub fn lease(&self) -> LeaseId {
        match self.lease {
            Lease::Keep => self.base.lease(),
            Lease::Drop => LeaseId::NONE,
        }
    }

    /// Whether the draft differs from the base, so that leaving would lose something.
    pub fn changed(&self) -> bool {
        self.base_text.as_ref().is_none_or(|base| !self.buffer.is(base))
    }

    /// The bytes the draft stands for.
    ///
    /// # Errors
    /// Where hexadecimal cannot be read.
    pub fn draft_bytes(&self) -> Result<Vec<u8>, HexError> {
        match self.form {
            Form::Text => Ok(self.buffer.text().into_bytes()),
            Form::Hex => hex::from_text(&self.buffer.text()),
        }
    }

    /// The number, from 1, of the first line that is still a mark of a merge.
    pub fn mark(&self) -> Option<usize> {
        self.marks.as_ref().and_then(|marks| marks.find(self.buffer.lines()))
    }

    /// Whether the draft stands for these bytes.
    fn draft_is(&self, value: &[u8]) -> bool {
        match self.form {
            Form::Text => std::str::from_utf8(value).is_ok_and(|text| self.buffer.is(text)),
            Form::Hex => self.draft_bytes().is_ok_and(|draft| draft == value),
        }
    }

    /// Types, moves, undoes: any change of the draft, in any state.
    pub fn edit<R>(&mut self, change: impl FnOnce(&mut TextBuffer) -> R) -> R {
        let revision = self.buffer.revision();
        let result = change(&mut self.buffer);
        if self.buffer.revision() != revision {
            match self.state {
                State::Clean | State::Dirty { behind: None } => self.settle(),
                State::Dirty { behind: Some(_) }
                | State::Saving { .. }
                | State::Unknown { .. }
                | State::Conflict { .. }
                | State::Gone { .. } => {}
            }
        }
        result
    }

    /// Takes a whole draft as bytes, one step to undo: what an external editor wrote. Many editors
    /// end every file in a newline; where the draft did not, one that was added is taken off.
    pub fn adopt(&mut self, bytes: &[u8]) {
        let bytes = match bytes.split_last() {
            Some((b'\n', rest))
                if self.form == Form::Text
                    && !self.buffer.is_empty()
                    && self.buffer.lines().last().is_some_and(|line| !line.is_empty()) =>
            {
                rest
            }
            _ => bytes,
        };
        self.write_draft(bytes);
        if matches!(self.state, State::Clean | State::Dirty { behind: None }) {
            self.settle();
        }
    }

    /// Puts bytes into the buffer as one step; where they do not fit its form, it becomes
    /// hexadecimal.
    fn write_draft(&mut self, bytes: &[u8]) {
        let (form, text) = self.form.write(bytes);
        self.set_form(form);
        self.buffer.replace_all(&text);
    }

    fn set_form(&mut self, form: Form) {
        if form != self.form {
            // The draft itself is turned too, so that undo leads back to it in a form that saves.
            let draft = self.draft_bytes();
            self.form = form;
            self.base_text = form.text(self.base.value());
            if let Some(text) = draft.ok().and_then(|draft| form.text(&draft)) {
                self.buffer.replace_all(&text);
            }
        }
    }

    /// From now on the draft is an edit of this; the draft stays.
    fn rebase(&mut self, base: Base) {
        self.known = self.known.max(base.revision());
        self.base_text = self.form.text(base.value());
        self.base = base;
        // Its guard can no longer hold.
        self.unsettled = None;
        self.lease = Lease::Keep;
    }

    /// Clean or dirty, as the draft has it.
    fn settle(&mut self) {
        self.state = if self.changed() { State::Dirty { behind: None } } else { State::Clean };
    }
}
