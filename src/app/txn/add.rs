//! Adding to a transaction by a form.

use super::form::Form;
use crate::app::App;
use crate::app::dialog::Dialog;
use crate::domain::txn_text::{insert, part_at};
use crate::keymap::Action;

impl App {
    /// Ctrl-o: a form for the part in which the cursor is.
    pub(super) fn open_form(&mut self) {
        let (line, _) = self.composer.buffer.cursor();
        let part = part_at(&self.composer.buffer.text(), line);
        self.dialogs.push(Dialog::TxnForm(Box::new(Form::new(part))));
    }

    /// The keys of the form.
    pub(in crate::app) fn act_in_form(&mut self, action: Action) {
        let Some(Dialog::TxnForm(form)) = self.dialogs.last_mut() else { return };
        let is_typed = form.field_mut().is_some();
        match action {
            Action::Cancel => {
                self.dialogs.pop();
            }
            Action::FormNext => form.go(1),
            Action::FormPrevious => form.go(-1),
            Action::FieldRight if !is_typed => form.choose(1),
            Action::FieldLeft if !is_typed => form.choose(-1),
            Action::FieldAccept => self.accept_form(),
            action => {
                self.edit_field(action);
            }
        }
    }

    fn accept_form(&mut self) {
        let Some(Dialog::TxnForm(form)) = self.dialogs.last_mut() else { return };
        let part = form.part;
        // What is wrong stands in the form, which stays.
        let Ok(line) = form.line() else { return };
        self.dialogs.pop();
        let buffer = &mut self.composer.buffer;
        let inserted = insert(&buffer.text(), part, &line);
        buffer.replace_all(&inserted.text);
        buffer.set_cursor(inserted.line, usize::MAX);
    }
}
