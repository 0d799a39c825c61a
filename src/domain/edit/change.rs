//! What happens to the key while it is edited, as the watch or a read tells.

use super::{Base, EditSession, Outcome, State};
use crate::domain::{Entry, Event, EventKind, Revision};

impl EditSession {
    /// An event of the watch. Those of other keys, those in the base already and those of our own
    /// saves change nothing.
    pub fn on_event(&mut self, event: &Event) -> Outcome {
        let revision = event.revision();
        if event.entry.key != *self.key() || revision <= self.known {
            return Outcome::Nothing;
        }
        if let State::Saving { seen, .. } = &mut self.state {
            // Ours or another's: only the answer tells.
            *seen = Some(event.clone());
            return Outcome::Nothing;
        }
        self.known = revision;
        match event.kind {
            EventKind::Put => self.on_put(event.entry.clone()),
            EventKind::Delete => self.on_delete(revision),
        }
    }

    /// The key as a read showed it that was not asked for by an unknown outcome.
    pub(super) fn on_seen(&mut self, entry: Option<Entry>, revision: Revision) -> Outcome {
        if revision < self.known || matches!(self.state, State::Saving { .. }) {
            return Outcome::Nothing;
        }
        let told = match &self.state {
            State::Conflict { theirs } | State::Dirty { behind: Some(theirs) } => {
                theirs.mod_revision
            }
            State::Clean | State::Dirty { behind: None } => self.base.revision(),
            State::Saving { .. } | State::Unknown { .. } | State::Gone { .. } => Revision::NONE,
        };
        self.known = revision;
        match entry {
            Some(entry) if entry.mod_revision == told => Outcome::Nothing,
            Some(entry) => self.on_put(entry),
            None => self.on_delete(revision),
        }
    }

    fn on_put(&mut self, theirs: Entry) -> Outcome {
        let at = theirs.mod_revision;
        let same = self.draft_is(&theirs.value);
        match self.take_state() {
            State::Clean => {
                let (form, text) = self.form.write(&theirs.value);
                self.form = form;
                self.rebase(Base::Entry(theirs));
                if same {
                    return Outcome::Nothing;
                }
                self.buffer.reset(&text);
                Outcome::Updated(at)
            }
            State::Dirty { .. } | State::Conflict { .. } | State::Gone { .. } if same => {
                self.settle_on(theirs);
                Outcome::AlreadyThere(at)
            }
            State::Dirty { behind: None } if self.unsettled.as_ref() == Some(&theirs.value) => {
                self.settle_on(theirs);
                Outcome::Late(at)
            }
            State::Dirty { .. } => {
                self.state = State::Dirty { behind: Some(theirs) };
                Outcome::Behind(at)
            }
            State::Unknown { sent, .. } if sent == theirs.value => {
                self.marks = None;
                self.settle_on(theirs);
                Outcome::Saved(at)
            }
            // An unanswered save cannot come true any more: its guard does not hold.
            State::Unknown { .. } | State::Conflict { .. } | State::Gone { .. } => {
                self.state = State::Conflict { theirs };
                Outcome::Conflict(at)
            }
            saving @ State::Saving { .. } => {
                self.state = saving;
                Outcome::Nothing
            }
        }
    }

    fn on_delete(&mut self, revision: Revision) -> Outcome {
        match (&self.state, &self.base) {
            // What somebody else made of a new key is gone again: as it was at the start.
            (State::Dirty { .. }, Base::Absent(_)) => {
                self.state = State::Dirty { behind: None };
                Outcome::Nothing
            }
            (State::Clean, Base::Absent(_)) | (State::Gone { .. } | State::Saving { .. }, _) => {
                Outcome::Nothing
            }
            (
                State::Clean | State::Dirty { .. } | State::Unknown { .. } | State::Conflict { .. },
                _,
            ) => {
                self.state = State::Gone { revision };
                Outcome::Gone(revision)
            }
        }
    }
}
