//! The keys of what stands in front of the panes, and what yes does.

use super::App;
use super::dialog::{Confirm, Confirmed, Dialog, Leaving};
use super::effect::{Effect, TerminalEffect};
use super::motion::{movement, scroll};
use crate::keymap::Action;

impl App {
    pub(super) fn act_in_dialog(&mut self, action: Action) {
        let height = usize::from(self.viewport.dialog.height);
        let watches = self.watch.running.len();
        let len = self.viewport.dialog_len;
        match self.dialogs.last_mut() {
            None => {}
            Some(Dialog::Prompt(_)) => self.act_in_prompt(action),
            Some(Dialog::Confirm(Confirm { scroll: top, .. })) => match movement(action, height) {
                Some(movement) => scroll(top, movement, len, height),
                None => self.act_in_confirm(action),
            },
            Some(
                Dialog::Help { scroll: top, .. }
                | Dialog::Text { scroll: top, .. }
                | Dialog::Difference { scroll: top, .. },
            ) => match movement(action, height) {
                Some(movement) => scroll(top, movement, len, height),
                None => self.close_dialog_on(action),
            },
            Some(Dialog::Etcdctl { scroll: top, .. }) => match movement(action, height) {
                Some(movement) => scroll(top, movement, len, height),
                None => self.act_in_lines(action),
            },
            Some(Dialog::Event { scroll: top, .. }) => match movement(action, height) {
                Some(movement) => scroll(top, movement, len, height),
                None if action == Action::CopyValue => self.copy_value(),
                None if action == Action::CopyKey => self.copy_key(),
                None if action == Action::BeforeEvent => self.look_before_event(),
                None => self.close_dialog_on(action),
            },
            Some(Dialog::Record(_)) => self.act_in_record(action),
            Some(Dialog::Watches(cursor)) => match movement(action, height) {
                Some(movement) => cursor.go(movement, watches, height),
                None if action == Action::WatchStop => {
                    let selected = cursor.selected;
                    self.stop_watch_at(selected);
                }
                None => self.close_dialog_on(action),
            },
            Some(Dialog::LeaseKeys { keys, cursor, .. }) => match movement(action, height) {
                Some(movement) => cursor.go(movement, keys.len(), height),
                None if action == Action::LeaseGoto => {
                    if let Some(key) = keys.get(cursor.selected).cloned() {
                        self.dialogs.pop();
                        self.go_to(key);
                    }
                }
                None => self.close_dialog_on(action),
            },
            Some(Dialog::Login(_)) => self.act_in_login(action),
            Some(Dialog::Offer(_)) => self.act_in_offer(action),
            Some(Dialog::TxnForm(_)) => self.act_in_form(action),
            Some(Dialog::UnsavedTxn(_)) => self.act_in_unsaved_txn(action),
            Some(Dialog::Job(_)) => self.act_in_job(action),
            Some(Dialog::Exporting) => self.act_in_export(action),
            Some(Dialog::Holding) => self.act_in_holding(action),
            Some(
                Dialog::Unsaved { .. }
                | Dialog::Conflict { .. }
                | Dialog::Gone
                | Dialog::DraftDiff(_)
                | Dialog::Broken(_),
            ) => self.act_in_edit_dialog(action),
        }
    }

    pub(super) fn close_dialog_on(&mut self, action: Action) {
        if matches!(action, Action::Cancel | Action::Close | Action::Help) {
            self.dialogs.pop();
        }
    }

    fn act_in_confirm(&mut self, action: Action) {
        let Some(Dialog::Confirm(confirm)) = self.dialogs.last() else { return };
        match (action, confirm.typed()) {
            (Action::ShowAsEtcdctl, _) => {
                let then = confirm.then.clone();
                self.rehearse(|app| app.rehearse_yes(then));
            }
            (Action::Yes, None) => self.answer_yes(),
            (Action::FieldAccept, Some(typed)) if typed.is_met() => self.answer_yes(),
            (Action::FieldAccept, Some(typed)) => {
                let reminder = typed.reminder();
                self.complain(reminder);
            }
            (Action::No | Action::Cancel, _) => {
                self.dialogs.pop();
                self.say("left as it was");
            }
            (action, Some(_)) => {
                self.edit_field(action);
            }
            _ => {}
        }
    }

    fn answer_yes(&mut self) {
        if let Some(Dialog::Confirm(Confirm { then, .. })) = self.dialogs.pop() {
            self.confirmed(then);
        }
    }

    pub(super) fn confirmed(&mut self, then: Confirmed) {
        // The question may have been asked for before the past was looked at.
        if then.writes() && self.refuses_to_write() {
            return;
        }
        match then {
            Confirmed::DeleteKey(key, revision) => self.delete_key(key, revision),
            Confirmed::RevokeLease(id) => self.revoke_lease(id),
            Confirmed::Put(key, txn) => self.put_guarded(key, txn),
            Confirmed::Attach(key, id, txn) => self.attach_guarded(key, id, txn),
            Confirmed::StopAndQuit => self.stop_and_quit(),
            Confirmed::StopExportAndQuit => {
                self.stop_export();
                self.quit_asking();
            }
            Confirmed::DropDraft(id) => self.drop_offered_draft(id),
            Confirmed::Txn(request) => self.send_txn(request),
            Confirmed::AllowWrites => self.allow_writes(),
            Confirmed::Index(total) => self.index(total),
            Confirmed::SearchValues => self.search_values(),
        }
    }

    /// Asks, with yes and no or by a word to be typed.
    pub(super) fn question(&mut self, title: String, lines: Vec<String>, then: Confirmed) {
        let mark = self.settings.production.as_ref();
        self.dialogs.push(Dialog::Confirm(Confirm::new(title, lines, then, mark)));
    }

    /// `q` at the top, `:quit`: asks when something would be lost.
    pub(super) fn quit_asking(&mut self) {
        if self.has_unsaved_draft() {
            self.dialogs.push(Dialog::Unsaved { quit: true });
        } else if self.composer.is_unsaved() {
            self.ask_to_save_txn(Leaving::Quit);
        } else if self.jobs.is_running() {
            self.ask_to_stop_and_quit();
        } else if self.export.is_some() {
            self.ask_to_stop_export_and_quit();
        } else if self.holds_something() {
            self.ask_before_quitting();
        } else {
            self.effects.push(Effect::Quit);
        }
    }

    /// Ctrl-c: asks once when a draft has changes, a second one quits at once.
    pub(super) fn quit_now(&mut self) {
        let unsaved = self.has_unsaved_draft();
        let unsaved_txn = self.composer.is_unsaved();
        let running = self.jobs.is_running();
        let exporting = self.export.is_some();
        let busy = running || exporting;
        if self.quit_asked || !(unsaved || unsaved_txn || busy || self.holds_something()) {
            self.effects.push(Effect::Quit);
            return;
        }
        self.quit_asked = true;
        if !unsaved && unsaved_txn {
            self.ask_to_save_txn(Leaving::Quit);
            return self.complain("the transaction is not saved; Ctrl-c again quits without it");
        }
        if !unsaved && running {
            self.ask_to_stop_and_quit();
            return self
                .complain("work on many keys goes on; Ctrl-c again quits in the midst of it");
        }
        if !unsaved && exporting {
            self.ask_to_stop_export_and_quit();
            return self.complain("an export goes on; Ctrl-c again quits, and leaves no file");
        }
        if !unsaved {
            self.ask_before_quitting();
            return self.complain("something is held here; Ctrl-c again quits all the same");
        }
        if !matches!(self.dialogs.last(), Some(Dialog::Unsaved { .. })) {
            self.dialogs.push(Dialog::Unsaved { quit: true });
        }
        self.complain(if self.settings.keeps_drafts() {
            "the draft has unsaved changes; Ctrl-c again quits, and the next start offers it"
        } else {
            "the draft has unsaved changes; Ctrl-c again quits without them"
        });
    }

    pub(super) fn copy(&mut self, bytes: Vec<u8>, what: &'static str) {
        self.terminal(TerminalEffect::Copy { bytes, what });
    }
}
