//! Deleting: what goes is looked at, named and confirmed before anything is sent, and what changed
//! since it was looked at stays.

use super::App;
use super::dialog::{Confirm, Confirmed, Dialog, Typed};
use super::effect::{Answer, Call, CallResult};
use super::notice::named;
use super::purpose::Purpose;
use super::run::preview;
use crate::domain::text::Field;
use crate::domain::txn::{
    Compare, Comparison, DeleteRequest, Op, OpResponse, RangeRequest, Target, TxnRequest,
};
use crate::domain::{Key, KeyRange, Revision};
use crate::store::{ErrorKind, StoreError};

/// Above this many keys the count must be typed.
const TYPED_ABOVE: i64 = 10;
/// How many keys are named before a prefix is deleted.
const SAMPLE: i64 = 10;

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

    /// Count and sample of a prefix, at one revision.
    pub(super) fn look_before_delete_prefix(&mut self, prefix: Key) {
        let range = KeyRange::prefix(prefix.clone());
        let sample = RangeRequest::new(range).limit(SAMPLE).keys_only();
        self.ask(Purpose::PrefixLook(prefix), None, Call::Range(sample));
    }

    pub(super) fn on_prefix_look(&mut self, prefix: Key, result: CallResult) {
        let answer = match result {
            Ok(Answer::Range(answer)) => answer,
            Ok(_) => return,
            Err(error) => return self.complain(format!("nothing was deleted: {error}")),
        };
        let count = answer.count;
        if count == 0 {
            return self.say(format!("there are no keys under {named}", named = named(&prefix)));
        }
        let mut lines: Vec<String> = answer.entries.iter().map(|e| e.key.to_string()).collect();
        let unnamed = count - answer.entries.len() as i64;
        if unnamed > 0 {
            lines.push(format!("… and {unnamed} more"));
        }
        let whole =
            if prefix.is_empty() { "the whole store".to_owned() } else { prefix.to_string() };
        let keys = if count == 1 { "key" } else { "keys" };
        let title =
            format!("Delete {count} {keys} under {whole}, as of revision {}?", answer.revision);
        let typed = (count > TYPED_ABOVE)
            .then(|| Typed { expected: count.to_string(), field: Field::new("") });
        let then = Confirmed::DeletePrefix(prefix, answer.revision);
        let confirm = Confirm { title, lines, typed, danger: true, then, scroll: 0 };
        self.dialogs.push(Dialog::Confirm(confirm));
    }

    /// Deletes a prefix in one transaction, if no key in it was written after it was counted.
    pub(super) fn delete_prefix(&mut self, prefix: Key, counted: Revision) {
        let range = KeyRange::prefix(prefix.clone());
        let txn = TxnRequest {
            compares: vec![Compare {
                range: range.clone(),
                target: Target::Mod(counted.next()),
                comparison: Comparison::Less,
            }],
            success: vec![Op::Delete(DeleteRequest::new(range))],
            failure: Vec::new(),
        };
        self.ask(Purpose::DeletePrefix(prefix), None, Call::Txn(txn));
    }

    pub(super) fn on_prefix_deleted(&mut self, prefix: &Key, result: CallResult) {
        match result {
            Ok(Answer::Txn(answer)) if answer.succeeded => {
                self.seen(answer.revision);
                let deleted = answer.responses.first().map_or(0, |response| match response {
                    OpResponse::Delete(delete) => delete.deleted,
                    _ => 0,
                });
                let at = answer.revision;
                self.say(format!(
                    "{deleted} keys under {named} deleted at revision {at}",
                    named = named(&prefix)
                ));
            }
            Ok(_) => self.complain(format!(
                "keys under {prefix} were written since they were counted; nothing was deleted"
            )),
            Err(error) => {
                self.complain(App::write_failed(
                    &format!("{named} not deleted", named = named(&prefix)),
                    &error,
                ));
            }
        }
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
