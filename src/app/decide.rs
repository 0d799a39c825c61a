//! What the operator decides about a draft: the keys of the dialogs that ask.

use super::App;
use super::dialog::Dialog;
use super::edit::Then;
use super::motion::{movement, scroll};
use crate::domain::edit::Choice;
use crate::domain::merge::Merged;
use crate::keymap::Action;

impl App {
    /// The keys of the dialogs about a draft.
    pub(super) fn act_in_edit_dialog(&mut self, action: Action) {
        let top = match self.dialogs.last_mut() {
            Some(Dialog::Conflict { scroll }) => Some(scroll),
            Some(Dialog::DraftDiff(diff)) => Some(&mut diff.scroll),
            _ => None,
        };
        if let Some(top) = top {
            let height = usize::from(self.viewport.dialog.height);
            if let Some(movement) = movement(action, height) {
                return scroll(top, movement, self.viewport.dialog_len, height);
            }
        }
        match self.dialogs.last() {
            _ if action == Action::ShowAsEtcdctl => return self.rehearse_draft(),
            Some(Dialog::Broken(_)) => return self.act_in_broken(action),
            Some(Dialog::DraftDiff(_)) => return self.act_in_draft_diff(action),
            _ => {}
        }
        let quit = matches!(self.dialogs.last(), Some(Dialog::Unsaved { quit: true }));
        let Some(draft) = self.value.edit.as_mut() else {
            self.dialogs.pop();
            return;
        };
        let session = &mut draft.session;
        match action {
            Action::Cancel => {
                self.dialogs.pop();
            }
            Action::Save => {
                draft.then = if quit { Then::Quit } else { Then::Leave };
                self.dialogs.pop();
                self.save_draft();
            }
            Action::Discard => {
                self.close_draft();
                if quit {
                    // There may be more to ask about.
                    self.quit_asking();
                }
            }
            Action::TakeTheirs => {
                let choice = session.take_theirs();
                self.chosen(choice, "their value is in the editor; undo leads back to yours");
            }
            Action::KeepMine => {
                let choice = session.keep_mine();
                if choice == Choice::Done {
                    self.dialogs.pop();
                    self.save_draft();
                }
            }
            Action::Merge => {
                let merged = session.merge();
                self.dialogs.pop();
                if let Some(merged) = merged {
                    self.say(merge_told(merged));
                }
            }
            Action::CreateAnew => {
                let choice = session.create_anew();
                if choice == Choice::Done {
                    draft.is_new = true;
                    self.dialogs.pop();
                    self.save_draft();
                }
            }
            _ => {}
        }
    }

    fn chosen(&mut self, choice: Choice, text: &str) {
        self.dialogs.pop();
        if choice == Choice::Done {
            self.say(text);
        }
    }
}

/// What a merge came to, and what is to be done now.
fn merge_told(merged: Merged) -> String {
    let Merged { mine, theirs, both, conflicts } = merged;
    let joined = mine + theirs + both;
    let by_both = if both > 0 { format!(", {both} alike") } else { String::new() };
    let whose = format!("({mine} yours, {theirs} theirs{by_both})");
    match (joined, conflicts) {
        (1, 0) => format!("1 change joined {whose}: look at it, then save"),
        (_, 0) => format!("{joined} changes joined {whose}: look at it, then save"),
        (0, 1) => "1 place marked where both differ; decide there, then save".to_owned(),
        (0, _) => format!("{conflicts} places marked where both differ; decide there, then save"),
        _ => format!("{joined} joined {whose}, {conflicts} marked; decide there, then save"),
    }
}
