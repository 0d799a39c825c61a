//! Saving a draft: the one request, and what became of it, told and asked about.

use std::time::Duration;

use super::App;
use super::clock::Timer;
use super::dialog::{Broken, Dialog};
use super::edit::Then;
use super::effect::{Answer, Call, CallResult};
use super::purpose::Purpose;
use crate::domain::edit::{Base, Form, Outcome, SaveError, SaveFailure, State};
use crate::keymap::Action;
use crate::store::{ErrorKind, StoreError};
use crate::syntax;

/// How long to wait before the key of an unanswered save is read again, when reading failed too.
const READ_AGAIN: Duration = Duration::from_secs(1);

/// Whether an outcome is the answer to what the operator did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    /// A save is waiting for it.
    Awaited,
    /// The watch noticed it.
    Unasked,
}

impl App {
    /// Saves the draft; on a marked cluster what would change is shown first.
    pub(super) fn save_draft(&mut self) {
        if self.refuses_to_write() {
            return;
        }
        if self.rehearsing {
            return self.rehearse_draft();
        }
        if self.settings.production.is_some() && self.draft_is_to_be_sent() {
            self.ask_with_draft_diff();
        } else {
            self.save_draft_looked_at();
        }
    }

    /// Saves the draft, after asking where it breaks the format of the value.
    pub(super) fn save_draft_looked_at(&mut self) {
        if self.refuses_to_write() {
            return;
        }
        match self.broken_draft() {
            Some(broken) => self.dialogs.push(Dialog::Broken(broken)),
            None => self.save_draft_as_it_is(),
        }
    }

    /// Whether a save would send something now.
    fn draft_is_to_be_sent(&self) -> bool {
        self.value.edit.as_ref().is_some_and(|draft| match draft.session.state() {
            State::Dirty { .. } => true,
            State::Clean => matches!(draft.session.base(), Base::Absent(_)),
            State::Saving { .. }
            | State::Unknown { .. }
            | State::Conflict { .. }
            | State::Gone { .. } => false,
        })
    }

    /// The place where the draft is no longer of the format that the value had. What would not be
    /// sent anyway is not looked at.
    fn broken_draft(&self) -> Option<Broken> {
        let session = &self.value.edit.as_ref()?.session;
        if !self.draft_is_to_be_sent() || session.mark().is_some() {
            return None;
        }
        let draft = session.draft_bytes().ok()?;
        if draft.is_empty() && matches!(session.base(), Base::Absent(_)) {
            // A new key may be made empty, and filled later.
            return None;
        }
        let (format, fault) = syntax::broken(session.key(), session.base().value(), &draft)?;
        let text = String::from_utf8_lossy(&draft);
        let text = text.split('\n').nth(fault.line - 1).unwrap_or_default().to_owned();
        Some(Broken { format, fault, text })
    }

    pub(super) fn act_in_broken(&mut self, action: Action) {
        let Some(Dialog::Broken(broken)) = self.dialogs.last() else { return };
        let (line, column) = (broken.fault.line - 1, broken.fault.column - 1);
        match action {
            Action::Save => {
                self.dialogs.pop();
                self.save_draft_as_it_is();
            }
            Action::Cancel => {
                self.dialogs.pop();
                let Some(draft) = self.value.edit.as_mut() else { return };
                draft.then = Then::Stay;
                // In hexadecimal the place is one of the text that the bytes are.
                if draft.session.form() == Form::Text {
                    draft.session.edit(|buffer| buffer.set_cursor(line, column));
                }
            }
            _ => {}
        }
    }

    fn save_draft_as_it_is(&mut self) {
        let Some(draft) = self.value.edit.as_mut() else { return };
        match draft.session.save() {
            Ok(txn) => {
                // A read asked for before the save may be answered after it with what was there
                // before: it must not be taken for the news of what became of the save.
                let of_before = |it: &Purpose| matches!(it, Purpose::Peek | Purpose::ReadBack);
                let gave_up = self.give_up(of_before);
                if let Some(draft) = self.value.edit.as_mut() {
                    draft.peek |= gave_up;
                }
                self.ask(Purpose::Save, None, Call::Txn(txn));
            }
            Err(SaveError::Undecided) => self.dialogs.push(Dialog::Conflict { scroll: 0 }),
            Err(SaveError::Gone) => self.dialogs.push(Dialog::Gone),
            Err(error) => {
                draft.then = Then::Stay;
                self.complain(error.to_string());
            }
        }
    }

    pub(super) fn on_saved(&mut self, result: CallResult) {
        if let Ok(Answer::Txn(answer)) = &result {
            self.seen(answer.revision);
        }
        let Some(draft) = self.value.edit.as_mut() else { return };
        let outcome = match result {
            Ok(Answer::Txn(answer)) => draft.session.on_saved(answer),
            Ok(_) => return,
            Err(error) => {
                let outcome = draft.session.on_save_failed(failure(&error));
                if error.is_connection() {
                    self.connection_broke(&error);
                }
                outcome
            }
        };
        self.came_of_it(outcome, Told::Awaited);
    }

    pub(super) fn on_read_back(&mut self, result: CallResult) {
        match result {
            Err(_) => self.timers.set(Timer::ReadBack, self.now + READ_AGAIN),
            result => self.on_key_read(result, Told::Awaited),
        }
    }

    /// A save without an answer: the key is read until it tells what became of it.
    pub(super) fn read_back_again(&mut self) {
        let unknown = |state: &State| matches!(state, State::Unknown { .. });
        if self.value.edit.as_ref().is_some_and(|draft| unknown(draft.session.state())) {
            self.read_key(Purpose::ReadBack);
        }
    }

    pub(super) fn on_peek(&mut self, result: CallResult) {
        // A peek that failed is repeated with the next event, or by the refusal of the save.
        self.on_key_read(result, Told::Unasked);
    }

    fn on_key_read(&mut self, result: CallResult, told: Told) {
        let Ok(Answer::Range(answer)) = result else { return };
        self.seen(answer.revision);
        let Some(draft) = self.value.edit.as_mut() else { return };
        let entry = answer.entries.into_iter().next();
        let outcome = draft.session.on_read_back(entry, answer.revision);
        self.came_of_it(outcome, told);
    }

    /// Tells what a step came to, and asks what is to be decided.
    fn came_of_it(&mut self, outcome: Outcome, told: Told) {
        let text = outcome.to_string();
        match outcome {
            Outcome::Nothing => {}
            Outcome::Saved(revision) | Outcome::AlreadyThere(revision) => {
                self.seen(revision);
                self.say(text);
                match self.value.edit.as_ref().map(|draft| draft.then) {
                    Some(Then::Leave) => self.close_draft(),
                    Some(Then::Quit) => self.quit_asking(),
                    Some(Then::Stay) | None => {}
                }
            }
            Outcome::Updated(_) => self.say(text),
            Outcome::Late(_) | Outcome::NotWritten(_) | Outcome::Behind(_) => self.stay(text),
            Outcome::ReadBack(_) => {
                self.stay(text);
                self.read_key(Purpose::ReadBack);
            }
            Outcome::LeaseGone(_) => {
                self.stay(text);
                if let Some(draft) = self.value.edit.as_mut() {
                    draft.session.drop_lease();
                }
                self.read_key(Purpose::ReadBack);
            }
            Outcome::Conflict(_) => {
                self.stay(text);
                self.decide(Dialog::Conflict { scroll: 0 }, told);
            }
            Outcome::Gone(_) => {
                self.stay(text);
                self.decide(Dialog::Gone, told);
            }
        }
    }

    /// What was to follow the save does not follow.
    fn stay(&mut self, text: String) {
        if let Some(draft) = self.value.edit.as_mut() {
            draft.then = Then::Stay;
        }
        self.complain(text);
    }

    /// Opens a dialog about the draft, in place of an older one. Never in the middle of typing, which
    /// would decide by accident: what nobody waits for is said, and the next save asks.
    fn decide(&mut self, dialog: Dialog, told: Told) {
        let before = self.dialogs.len();
        self.dialogs.retain(|dialog| !dialog.is_about_draft());
        if told == Told::Unasked && self.dialogs.len() == before {
            return;
        }
        // With nothing typed there is nothing to decide: the notice says it.
        if self.has_unsaved_draft() || matches!(dialog, Dialog::Gone) {
            self.dialogs.push(dialog);
        }
    }
}

/// What an error means for a save: certainly not written, or nobody knows.
fn failure(error: &StoreError) -> SaveFailure {
    match error.kind {
        ErrorKind::LeaseNotFound => SaveFailure::LeaseNotFound,
        _ if error.outcome_unknown() => SaveFailure::OutcomeUnknown(error.to_string()),
        _ => SaveFailure::NotSent(error.to_string()),
    }
}
