//! The past: the tree and its values as they were at a revision, to look at and not to write.
//!
//! While it lasts every read of the tree and of values names the revision, and nothing follows the
//! store; leases and watches go on as they are now. Reads are linearizable then: a member that lags
//! behind would call a revision that exists a future one.

use super::App;
use super::command::Moment;
use super::effect::{Answer, Call, CallResult};
use super::purpose::{PastPurpose, Purpose};
use crate::domain::txn::RangeRequest;
use crate::domain::{Key, Revision};
use crate::store::{ErrorKind, StoreError};

/// What is looked at instead of the present.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Past {
    /// When.
    pub revision: Revision,
    /// It was compacted while it was looked at: what is shown was read before, and no more can be.
    pub compacted: bool,
}

impl App {
    /// The revision the tree and values are read at; [`Revision::NONE`] for the present.
    pub fn pinned(&self) -> Revision {
        self.past.map_or(Revision::NONE, |past| past.revision)
    }

    /// `:rev`
    pub(super) fn look(&mut self, moment: Moment) {
        match moment {
            Moment::At(revision) => self.look_at(revision, None),
            Moment::BeforeLastWrite => match self.journal.last_write() {
                Some(revision) => self.look_at(Revision(revision.0 - 1), None),
                None => self.say("nothing was written here yet"),
            },
            Moment::Live if self.past.take().is_some() => {
                self.read_tree_anew(None);
                self.say("the present again; the tree is live");
            }
            Moment::Live => self.say("this is the present"),
        }
    }

    /// Looks whether a revision can be read, and only then shows it, at a key or where one is.
    pub(super) fn look_at(&mut self, revision: Revision, key: Option<Key>) {
        if self.value.edit.is_some() {
            return self.complain("save the draft or leave it first: it is of the present");
        }
        if !revision.is_some() {
            return self.complain("there is nothing before revision 1");
        }
        let request = RangeRequest::get(self.any_key()).keys_only().at(revision);
        self.tickets.forget(|purpose| matches!(purpose, Purpose::Past(_)));
        let purpose = PastPurpose::Look(revision, key);
        self.ask(Purpose::Past(purpose), None, Call::Range(request));
    }

    /// A key that the user may read if anything is shown at all; whether it exists is of no matter.
    fn any_key(&self) -> Key {
        let root = &self.settings.root;
        if root.is_empty() { Key::from(&b"\0"[..]) } else { root.clone() }
    }

    pub(super) fn on_past_answer(&mut self, purpose: PastPurpose, result: CallResult) {
        match (purpose, result) {
            (PastPurpose::Look(revision, key), Ok(_)) => self.enter_past(revision, key),
            (PastPurpose::Look(revision, _), Err(error)) => self.not_shown(revision, &error),
            (PastPurpose::Oldest(revision), Ok(Answer::Oldest(oldest))) => {
                self.complain(revision.compacted(oldest));
            }
            (PastPurpose::Oldest(_), _) => {}
        }
    }

    fn enter_past(&mut self, revision: Revision, key: Option<Key>) {
        if self.value.edit.is_some() {
            return self.complain("save the draft or leave it first: it is of the present");
        }
        self.past = Some(Past { revision, compacted: false });
        self.read_tree_anew(key);
        self.say(format!("as it was at revision {revision}, read-only; :rev live comes back"));
    }

    /// Says why a revision is not shown; what is shown stays.
    fn not_shown(&mut self, revision: Revision, error: &StoreError) {
        match error.kind {
            ErrorKind::Compacted { .. } => self.say_oldest(revision),
            ErrorKind::FutureRevision => self.complain(format!(
                "revision {revision} is in the future; the newest is {}",
                self.newest
            )),
            _ => self.complain(format!("revision {revision} not shown: {error}")),
        }
    }

    /// A revision is compacted: says so at once, and with the oldest one left as soon as that is
    /// known, since the refusal of a read does not tell it.
    pub(super) fn say_oldest(&mut self, revision: Revision) {
        self.complain(format!("revision {revision} is compacted"));
        let call = Call::Oldest(self.any_key());
        self.ask(Purpose::Past(PastPurpose::Oldest(revision)), None, call);
    }

    /// A read found the revision that is looked at compacted: the screen says so and stays.
    pub(super) fn past_is_compacted(&mut self) {
        if let Some(past) = &mut self.past
            && !past.compacted
        {
            past.compacted = true;
            let revision = past.revision;
            self.redraw = true;
            self.say_oldest(revision);
        }
    }

    /// Says that writing is switched off, if it is, or that the past cannot be written.
    pub(super) fn refuses_to_write(&mut self) -> bool {
        if self.rehearsing {
            // Nothing is written.
            return false;
        }
        if self.settings.read_only {
            self.complain("read-only: nothing is written (:read-only off allows it)");
        } else if let Some(past) = self.past {
            self.complain(format!(
                "this is revision {}, nothing is written; :rev live comes back",
                past.revision
            ));
        }
        self.is_read_only()
    }

    /// Drops all that is known of keys and values, and reads it anew at the revision now looked at.
    fn read_tree_anew(&mut self, key: Option<Key>) {
        let selected = self.keys.selected_key().map(|(key, _)| key);
        let open = self.is_selected_open();
        self.close_view();
        self.tickets.forget(|purpose| matches!(purpose, Purpose::Value(_)));
        self.value.forget();
        let root = self.settings.root.clone();
        self.root_at(root);
        if let Some(key) = key {
            self.go_to(key);
        } else if let Some(key) = selected {
            self.find_again(key, open);
        }
    }

    /// Drops all that is known of the tree and lists it anew, looking for what was selected.
    pub(super) fn root_again(&mut self) {
        let selected = self.keys.selected_key().map(|(key, _)| key);
        let open = self.is_selected_open();
        self.root_at(self.settings.root.clone());
        if let Some(key) = selected {
            self.find_again(key, open);
        }
    }

    fn is_selected_open(&self) -> bool {
        let row = self.keys.selected_row();
        row.and_then(|row| self.keys.tree.dir(row.node())).is_some_and(|dir| dir.open)
    }
}
