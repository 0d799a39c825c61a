//! An edit put away in case the program ends, and taken up again against what the key holds then.

use super::{Base, EditSession, State};
use crate::domain::draft::{Home, KeptDraft, Since};
use crate::domain::merge::Marks;
use crate::domain::{Entry, Revision};

impl EditSession {
    /// The draft with all that it takes to go on with it.
    pub fn keep(&self, home: Home) -> KeptDraft {
        let merging = self.mark().and(self.marks.as_ref()).map(Marks::revisions);
        KeptDraft {
            home,
            base: self.base.clone(),
            form: self.form,
            text: self.buffer.text(),
            merging,
        }
    }

    /// Goes on with a draft that was kept. `present` is what the key holds, read (linearizable) at
    /// `revision` of the store: what somebody else did meanwhile is noticed as during an edit, and
    /// the next save is guarded by the revision the draft began at. Undo in the buffer leads back to
    /// the base.
    pub fn resume(kept: KeptDraft, present: Option<Entry>, revision: Revision) -> EditSession {
        let since = kept.since(present.as_ref());
        let mut session = EditSession::new(kept.base, kept.form);
        if session.form != kept.form {
            session.set_form(kept.form);
        }
        session.buffer.replace_all(&kept.text);
        session.marks = kept.merging.map(|(began, theirs)| Marks::new(began, theirs));
        session.known = revision;
        session.settle();
        match (since, present) {
            (Since::Unchanged, _) => {
                // An empty new key is still to be made.
                if matches!(session.base, Base::Absent(_)) {
                    session.state = State::Dirty { behind: None };
                }
            }
            (Since::Deleted, _) => session.state = State::Gone { revision },
            (Since::AlreadyThere(_), Some(entry)) => session.settle_on(entry),
            (Since::Written(_), Some(entry)) => {
                session.state = State::Dirty { behind: Some(entry) };
            }
            // The guard would hold, by chance, and the save would replace what nobody looked at.
            (Since::OtherStore, Some(theirs)) => session.state = State::Conflict { theirs },
            (Since::AlreadyThere(_) | Since::Written(_) | Since::OtherStore, None) => {}
        }
        session
    }
}
