//! The file of a transaction: saved as it was typed, loaded as it is; nothing is lost on the way.

use std::path::PathBuf;

use crate::app::App;
use crate::app::dialog::{Dialog, Leaving, Prompt, PromptKind};
use crate::app::effect::Effect;
use crate::app::purpose::{ComposerPurpose, Purpose};
use crate::domain::escape;
use crate::domain::text::Motion;
use crate::keymap::Action;

/// The name that is proposed for a new file.
const NAME: &str = "transaction.txt";

impl App {
    /// Ctrl-s and Alt-o: asks for the file.
    pub(super) fn ask_for_txn_file(&mut self, kind: PromptKind) {
        let label = match kind {
            PromptKind::LoadTxn => "load a transaction from ",
            _ => "save the transaction to ",
        };
        let file = self.composer.file.as_ref();
        let name = file.map_or(NAME.to_owned(), |path| path.to_string_lossy().into_owned());
        self.open_prompt(kind, label, &name);
    }

    pub(in crate::app) fn accept_txn_to_save(&mut self, text: &str) -> Result<(), String> {
        let path = path(text)?;
        let lines = self.lines_of_file();
        let purpose = Purpose::Composer(ComposerPurpose::Save(path.clone()));
        let ticket = self.tickets.issue(purpose, self.now);
        self.effects.push(Effect::WriteFile { ticket, path, lines });
        // What is typed while it is being written is not in it.
        self.composer.being_saved = Some(self.composer.buffer.text());
        Ok(())
    }

    /// The text as it is, with the blank lines behind it that etcdctl waits for.
    fn lines_of_file(&self) -> Vec<String> {
        let mut lines = self.composer.buffer.lines().to_vec();
        let parts = lines.iter().filter(|line| line.trim().is_empty()).count();
        lines.extend(std::iter::repeat_n(String::new(), 3_usize.saturating_sub(parts)));
        lines
    }

    pub(in crate::app) fn on_txn_saved(&mut self, path: PathBuf, result: Result<(), String>) {
        let text = self.composer.being_saved.take();
        match result {
            Ok(()) => {
                self.composer.saved = text.unwrap_or_default();
                self.say(format!("saved to {}", shown(&path)));
                self.composer.file = Some(path);
                if let Some(leaving) = self.composer.leaving.take() {
                    self.leave_txn(leaving);
                }
            }
            Err(error) => self.file_failed(PromptKind::SaveTxn, "not saved", &path, &error),
        }
    }

    /// Loads a file, after asking when there is a text that is in none.
    pub(in crate::app) fn accept_txn_to_load(&mut self, text: &str) -> Result<(), String> {
        let path = path(text)?;
        if self.composer.is_unsaved() {
            self.ask_to_save_txn(Leaving::Load(path));
        } else {
            self.load_txn(path);
        }
        Ok(())
    }

    fn load_txn(&mut self, path: PathBuf) {
        let purpose = Purpose::Composer(ComposerPurpose::Load(path.clone()));
        let ticket = self.tickets.issue(purpose, self.now);
        self.effects.push(Effect::ReadFile { ticket, path });
    }

    pub(in crate::app) fn on_txn_loaded(&mut self, path: PathBuf, result: Result<String, String>) {
        match result {
            Ok(text) => {
                let text = text.strip_suffix('\n').unwrap_or(&text);
                let buffer = &mut self.composer.buffer;
                buffer.replace_all(text);
                buffer.go(Motion::Top);
                text.clone_into(&mut self.composer.saved);
                self.say(format!("loaded from {}", shown(&path)));
                self.composer.file = Some(path);
            }
            Err(error) => self.file_failed(PromptKind::LoadTxn, "not loaded", &path, &error),
        }
    }

    /// Says why, and asks again with the name as it was typed, unless something else is being asked.
    fn file_failed(&mut self, kind: PromptKind, what: &str, path: &std::path::Path, error: &str) {
        let error = format!("{what}: {error}");
        self.complain(error.clone());
        if self.dialogs.is_empty() && matches!(self.view, Some(crate::app::view::View::Txn)) {
            self.ask_for_txn_file(kind);
            if let Some(Dialog::Prompt(Prompt { field, error: shown, .. })) =
                self.dialogs.last_mut()
            {
                field.set(&path.to_string_lossy());
                *shown = Some(error);
            }
        }
    }

    pub(in crate::app) fn ask_to_save_txn(&mut self, leaving: Leaving) {
        if !matches!(self.dialogs.last(), Some(Dialog::UnsavedTxn(_))) {
            self.dialogs.push(Dialog::UnsavedTxn(leaving));
        }
    }

    /// The keys of the question about a text that is in no file.
    pub(in crate::app) fn act_in_unsaved_txn(&mut self, action: Action) {
        if !matches!(action, Action::Cancel | Action::Save | Action::Discard) {
            return;
        }
        let Some(Dialog::UnsavedTxn(leaving)) = self.dialogs.pop() else { return };
        match action {
            Action::Save => {
                self.composer.leaving = Some(leaving);
                self.ask_for_txn_file(PromptKind::SaveTxn);
            }
            Action::Discard => {
                if leaving == Leaving::Quit {
                    self.composer.saved = self.composer.buffer.text();
                }
                self.leave_txn(leaving);
            }
            _ => {}
        }
    }

    fn leave_txn(&mut self, leaving: Leaving) {
        match leaving {
            Leaving::Quit => self.quit_asking(),
            Leaving::Load(path) => self.load_txn(path),
        }
    }
}

fn path(text: &str) -> Result<PathBuf, String> {
    match text.trim() {
        "" => Err("a file name is expected".to_owned()),
        path => Ok(PathBuf::from(path)),
    }
}

fn shown(path: &std::path::Path) -> String {
    escape::message(&path.to_string_lossy())
}
