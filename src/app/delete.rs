//! Deleting a key: what goes is looked at, named and confirmed before anything is sent, and what changed
//! since it was looked at stays.

use super::App;
use super::dialog::Confirmed;
use super::effect::{Answer, Call, CallResult};
use super::notice::named;
use super::purpose::Purpose;
use super::run::preview;
use crate::domain::bulk::PlanRequest;
use crate::domain::txn::{Compare, DeleteRequest, Op, RangeRequest, TxnRequest};
use crate::domain::{Key, KeyRange, Revision};
use crate::store::{ErrorKind, StoreError};

impl App {
    pub(super) fn look_before_delete(&mut self, key: Key) {
        let call = Call::Range(RangeRequest::get(key.clone()));
        self.ask(Purpose::DeleteLook(key), None, call);
    }

    pub(super) fn on_delete_look(&mut self, key: Key, result: CallResult) {
        let answer = match result {
            Ok(Answer::Range(answer)) => answer,
            Ok(_) => return,
            Err(error) => return self.complain(format!("nothing was deleted: {error}")),
        };
        let Some(entry) = answer.entries.into_iter().next() else {
            return self.say(format!("{named} does not exist", named = named(&key)));
        };
        let mut lines = vec![
            format!("value {}", preview(&entry.value)),
            format!("revision {}, version {}", entry.mod_revision, entry.version),
        ];
        if entry.lease.is_some() {
            lines.push(format!("on lease {}", entry.lease));
        }
        let then = Confirmed::DeleteKey(key.clone(), entry.mod_revision);
        self.question(format!("Delete {key}?"), lines, then);
    }

    pub(super) fn delete_key(&mut self, key: Key, revision: Revision) {
        let txn = TxnRequest {
            compares: vec![Compare::unchanged_since(key.clone(), revision)],
            success: vec![Op::Delete(DeleteRequest::new(KeyRange::single(key.clone())))],
            failure: Vec::new(),
        };
        self.ask(Purpose::Delete(key), None, Call::Txn(txn));
    }

    pub(super) fn on_deleted(&mut self, key: &Key, result: CallResult) {
        match result {
            Ok(Answer::Txn(answer)) if answer.succeeded => {
                self.seen(answer.revision);
                self.say(format!(
                    "{named} deleted at revision {}",
                    answer.revision,
                    named = named(&key)
                ));
            }
            Ok(_) => self.complain(format!(
                "{named} was changed meanwhile; nothing was deleted",
                named = named(&key)
            )),
            Err(error) => self.complain(App::write_failed(
                &format!("{named} not deleted", named = named(&key)),
                &error,
            )),
        }
        self.value_changed_elsewhere(key);
    }

    /// Deletes all keys with a prefix: work on many keys, planned and shown first.
    pub(super) fn delete_prefix(&mut self, prefix: Key) {
        self.plan(PlanRequest::Delete(vec![KeyRange::prefix(prefix)]));
    }

    /// What to say of a write that ended in an error: whether it may have happened all the same.
    pub(super) fn write_failed(what: &str, error: &StoreError) -> String {
        if error.outcome_unknown() {
            format!("outcome unknown, look before you try again: {error}")
        } else if error.kind == ErrorKind::ReadOnly {
            format!("{what}: read-only")
        } else {
            format!("{what}: {error}")
        }
    }
}
