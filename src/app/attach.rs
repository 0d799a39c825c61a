//! Hanging a key on a lease and taking it off: guarded by the key's revision, the value unchanged.

use super::App;
use super::dialog::{Confirmed, PromptKind};
use super::effect::{Answer, Call, CallResult};
use super::purpose::Purpose;
use crate::domain::txn::{Compare, Op, PutRequest, RangeRequest, TxnRequest};
use crate::domain::{Key, LeaseId};

impl App {
    /// `L` on a key: asks for the lease.
    pub(super) fn ask_for_lease(&mut self) {
        if self.refuses_to_write() {
            return;
        }
        match self.keys.selected_key() {
            Some((_, false)) => {
                let lease = self.leases.selected().map(|id| id.to_string()).unwrap_or_default();
                let label = "hang the key on lease (empty: on none) ";
                self.open_prompt(PromptKind::Attach, label, &lease);
            }
            _ => self.say("select a key to hang on a lease"),
        }
    }

    pub(super) fn accept_attach(&mut self, text: &str) -> Result<(), String> {
        let id = match text.trim() {
            "" => LeaseId::NONE,
            text => text.parse::<LeaseId>().map_err(|error| error.to_string())?,
        };
        match self.keys.selected_key() {
            Some((key, false)) => self.attach(key, id),
            _ => return Err("no key is selected any more".to_owned()),
        }
        Ok(())
    }

    /// Hangs a key on a lease; on none takes it off.
    pub(super) fn attach(&mut self, key: Key, id: LeaseId) {
        let call = Call::Range(RangeRequest::get(key.clone()));
        self.ask(Purpose::AttachLook(key, id), None, call);
    }

    pub(super) fn on_attach_look(&mut self, key: Key, id: LeaseId, result: CallResult) {
        let entry = match result {
            Ok(Answer::Range(answer)) => answer.entries.into_iter().next(),
            Ok(_) => None,
            Err(error) => return self.complain(format!("{key} not changed: {error}")),
        };
        if self.refuses_to_write() {
            return;
        }
        let Some(entry) = entry else { return self.complain(format!("{key} does not exist")) };
        if entry.lease == id {
            return self.say(format!("{key} {} already", on(id)));
        }
        let put = PutRequest::new(key.clone(), entry.value).lease(id);
        let txn = TxnRequest {
            compares: vec![Compare::unchanged_since(key.clone(), entry.mod_revision)],
            success: vec![Op::Put(put)],
            failure: Vec::new(),
        };
        if self.settings.production.is_none() {
            return self.attach_guarded(key, id, txn);
        }
        let (title, line) = if id.is_some() {
            let line = "It is deleted when that lease ends.";
            (format!("Hang {key} on lease {id}?"), line)
        } else {
            (format!("Take {key} off its lease?"), "It stays until it is deleted.")
        };
        self.question(title, vec![line.to_owned()], Confirmed::Attach(key, id, txn));
    }

    pub(super) fn attach_guarded(&mut self, key: Key, id: LeaseId, txn: TxnRequest) {
        self.ask(Purpose::Attach(key, id), None, Call::Txn(txn));
    }

    pub(super) fn on_attached(&mut self, key: &Key, id: LeaseId, result: CallResult) {
        match result {
            Ok(Answer::Txn(answer)) if answer.succeeded => {
                self.seen(answer.revision);
                self.say(format!("{key} {} now", on(id)));
            }
            Ok(_) => self.complain(format!("{key} was changed meanwhile; nothing was done")),
            Err(error) => self.complain(App::write_failed(&format!("{key} not changed"), &error)),
        }
        self.value_changed_elsewhere(key);
        self.read_leases();
    }
}

fn on(id: LeaseId) -> String {
    if id.is_some() { format!("hangs on lease {id}") } else { "hangs on no lease".to_owned() }
}
