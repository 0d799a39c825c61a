//! Answers: each goes to whoever asked.

use super::App;
use super::effect::{Answer, CallResult};
use super::purpose::Purpose;

impl App {
    pub(super) fn on_answer(&mut self, purpose: Purpose, result: CallResult) {
        match (&purpose, &result) {
            (Purpose::LogIn(_), _) => {}
            (_, Err(error)) => {
                self.turned_away(error);
                if purpose == Purpose::Save {
                    self.ask_urgently();
                }
            }
            // Older servers tell of leases to anybody.
            (_, Ok(Answer::Range(_) | Answer::Txn(_))) => self.let_in(),
            (_, Ok(_)) => {}
        }
        match purpose {
            Purpose::Level(dir) => self.on_page(dir, result),
            Purpose::Counts(dirs) => self.on_counts(dirs, result),
            Purpose::Goto(target) => self.on_goto_look(target, result),
            Purpose::Value(key) => self.on_value(&key, result),
            Purpose::EditBase(key, editor) => self.on_edit_base(key, editor, result),
            Purpose::NewKeyLook(key) => self.on_new_key_look(key, result),
            Purpose::Save => self.on_saved(result),
            Purpose::ReadBack => self.on_read_back(result),
            Purpose::Peek => self.on_peek(result),
            Purpose::OfferLook => self.on_offer_look(result),
            Purpose::PutLook(key, value) => self.on_put_look(key, value, result),
            Purpose::Put(key) => self.on_put(&key, result),
            Purpose::DeleteLook(key) => self.on_delete_look(key, result),
            Purpose::Delete(key) => self.on_deleted(&key, result),
            Purpose::LogIn(user) => self.on_logged_in(user, result),
            Purpose::Rights(refusal) => self.on_rights(&refusal, result),
            Purpose::RightsShown => self.on_rights_shown(result),
            Purpose::LeaseList => self.on_lease_list(result),
            Purpose::LeaseStatuses => self.on_lease_statuses(result),
            Purpose::LeaseGrant => self.on_granted(result),
            Purpose::LeaseRenew(id) => self.on_renewed(id, result),
            Purpose::LeaseRevoke(id) => self.on_revoked(id, result),
            Purpose::RevokeLook(_) | Purpose::LeaseKeys(_) | Purpose::KeepAliveLook(_) => {
                self.on_lease_look(purpose, result);
            }
            Purpose::RestoreLook(key, value, at) => self.on_restore_look(&key, value, at, result),
            Purpose::View(purpose) => self.on_view_answer(purpose, result),
            Purpose::AttachLook(key, id) => self.on_attach_look(key, id, result),
            Purpose::Attach(key, id) => self.on_attached(&key, id, result),
            Purpose::Past(purpose) => self.on_past_answer(purpose, result),
            Purpose::Composer(purpose) => self.on_composer_answer(purpose, result),
            Purpose::Rehearsed(purpose) => self.on_rehearsed(*purpose, result),
            // Answered by messages of their own.
            Purpose::SaveLog(..)
            | Purpose::SavePlan(_)
            | Purpose::PlanText(_)
            | Purpose::Layout(..)
            | Purpose::Journal(_) => {}
        }
    }
}
