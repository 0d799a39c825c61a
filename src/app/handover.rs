//! A value handed over to an editor of the operator's own, what comes back, and what a save of a
//! draft would change.

use super::App;
use super::dialog::{Dialog, DraftDiff};
use super::edit::{Draft, Then};
use super::effect::{Edited, TerminalEffect};
use super::notice::named;
use super::purpose::Editor;
use crate::domain::Entry;
use crate::domain::comparison::Comparison;
use crate::domain::edit::{Base, Beyond};
use crate::domain::value::ValueKind;
use crate::keymap::Action;
use crate::syntax::{self, Format};

impl App {
    /// Opens the value in `$VISUAL` or `$EDITOR`: because that was asked for, or because it goes
    /// beyond the comfort of the editor here.
    pub(super) fn hand_over(&mut self, entry: Entry, beyond: Option<Beyond>) {
        if let Some(beyond) = beyond {
            self.say(format!(
                "{named} has {beyond}: more than the editor here is good for, so $VISUAL or $EDITOR has it",
                named = named(&entry.key)
            ));
        }
        let bytes = entry.value.clone();
        let extension = match (syntax::format_of(&entry.key, &bytes), ValueKind::of(&bytes)) {
            (Some(format), _) => Format::extension(format),
            (None, ValueKind::Binary) => "bin",
            (None, ValueKind::Json | ValueKind::Empty | ValueKind::Text) => "txt",
        };
        self.open_draft(Draft::new(Base::Entry(entry), Editor::External));
        let needed = beyond.map(|beyond| beyond.to_string());
        self.terminal(TerminalEffect::Edit { bytes, extension, needed });
    }

    /// The external editor came back: what it changed is shown before it is saved.
    pub(super) fn on_edited(&mut self, edited: Edited) {
        let Some(draft) = self.value.edit.as_mut() else { return };
        draft.editor = Editor::Here;
        match edited {
            Edited::Changed(bytes) => {
                draft.session.adopt(&bytes);
                self.show_draft_diff();
            }
            Edited::Unchanged => {
                self.close_draft();
                self.say("nothing changed in the editor");
            }
            Edited::Failed(reason) => {
                self.close_draft();
                self.complain(reason);
            }
        }
    }

    /// Shows what a save would change, and offers it.
    pub(super) fn show_draft_diff(&mut self) {
        if let Some(draft) = self.value.edit.as_mut() {
            draft.then = Then::Stay;
        }
        self.ask_with_draft_diff();
    }

    /// The same before a save that was asked for; what is to follow that save still follows.
    pub(super) fn ask_with_draft_diff(&mut self) {
        let Some(draft) = self.value.edit.as_mut() else { return };
        let session = &draft.session;
        let bytes = match session.draft_bytes() {
            Ok(bytes) => bytes,
            Err(error) => return self.complain(error.to_string()),
        };
        let base = match session.base() {
            Base::Entry(entry) => Some((entry.value.len(), entry.mod_revision)),
            Base::Absent(_) => None,
        };
        let value = session.base().value();
        if base.is_some() && value == bytes {
            return self.say("nothing changed, nothing to save");
        }
        let comparison = Comparison::new(value, &bytes);
        let (key, size) = (session.key().clone(), bytes.len());
        let diff = DraftDiff { key, base, size, comparison, scroll: 0 };
        self.dialogs.push(Dialog::DraftDiff(Box::new(diff)));
    }

    pub(super) fn act_in_draft_diff(&mut self, action: Action) {
        match action {
            Action::Save => {
                self.dialogs.pop();
                self.save_draft_looked_at();
            }
            Action::Cancel => {
                self.dialogs.pop();
                if let Some(draft) = self.value.edit.as_mut() {
                    draft.then = Then::Stay;
                }
            }
            _ => {}
        }
    }
}
