//! One-line fields: what is typed, completed, remembered and accepted.

use super::App;
use super::command::{self, FORMS};
use super::dialog::{Completion, Dialog, Prompt, PromptKind};
use crate::domain::{Key, LeaseId};
use crate::keymap::Action;

/// How many command lines are remembered.
const HISTORY: usize = 200;

impl App {
    pub(super) fn open_command_line(&mut self, text: &str) {
        self.dialogs.push(Dialog::Prompt(Prompt::new(PromptKind::Command, ":", text)));
    }

    pub(super) fn open_prompt(&mut self, kind: PromptKind, label: &str, text: &str) {
        self.dialogs.push(Dialog::Prompt(Prompt::new(kind, label, text)));
    }

    fn prompt_mut(&mut self) -> Option<&mut Prompt> {
        match self.dialogs.last_mut() {
            Some(Dialog::Prompt(prompt)) => Some(prompt),
            _ => None,
        }
    }

    /// What was typed changed: the complaint about it and its completions are of the past.
    pub(super) fn field_changed(&mut self) {
        if let Some(prompt) = self.prompt_mut() {
            prompt.error = None;
            prompt.completion = Completion::default();
        }
        if let Some(Dialog::TxnForm(form)) = self.dialogs.last_mut() {
            form.error = None;
        }
        if self.dialogs.is_empty() {
            // What is typed in front of a pane is no filter of it.
            self.filter_changed();
        }
    }

    pub(super) fn act_in_prompt(&mut self, action: Action) {
        match action {
            Action::Cancel => {
                self.dialogs.pop();
            }
            Action::FieldAccept => self.accept_prompt(),
            Action::FieldComplete => self.complete(1),
            Action::FieldCompletePrevious => self.complete(-1),
            Action::HistoryPrevious => self.recall(-1),
            Action::HistoryNext => self.recall(1),
            Action::HistorySearch => self.search_history(),
            Action::ShowAsEtcdctl => self.rehearse_prompt(),
            action => {
                self.edit_field(action);
            }
        }
    }

    /// Takes what was typed, or says what is wrong with it and keeps it.
    fn accept_prompt(&mut self) {
        let Some(prompt) = self.prompt_mut() else { return };
        let prompt = prompt.clone();
        // Closed first: what is accepted may open a dialog of its own.
        let Some(dialog) = self.dialogs.pop() else { return };
        if prompt.kind == PromptKind::Command {
            self.remember(prompt.field.text());
        }
        if let Err(error) = self.accept(&prompt) {
            self.dialogs.push(dialog);
            self.refuse_prompt(error);
        }
    }

    /// Does what a text typed into such a field stands for, or says what is wrong with it.
    pub(super) fn accept(&mut self, prompt: &Prompt) -> Result<(), String> {
        let text = prompt.field.text();
        match prompt.kind {
            PromptKind::Command => command::parse(text).map(|command| self.run(command)),
            PromptKind::Goto => {
                Key::parse(text).map(|key| self.go_to(key)).map_err(|e| e.to_string())
            }
            PromptKind::NewKey => self.accept_new_key(text),
            PromptKind::Transfer(keep) => self.accept_transfer(&prompt.about, text, (false, keep)),
            PromptKind::TransferInto(keep) => {
                self.accept_transfer(&prompt.about, text, (true, keep))
            }
            PromptKind::LeaseGrant => self.accept_grant(text),
            PromptKind::SaveLog => self.accept_log_file(text),
            PromptKind::SaveLines => self.accept_lines_file(text),
            PromptKind::Attach => self.accept_attach(text),
            // These are the arguments of a command, and read as such.
            PromptKind::Lock => self.accept_arguments("lock", text),
            PromptKind::Campaign => self.accept_arguments("campaign", text),
            PromptKind::Register => self.accept_arguments("service register", text),
            PromptKind::SaveTxn => self.accept_txn_to_save(text),
            PromptKind::LoadTxn => self.accept_txn_to_load(text),
        }
    }

    /// Says what is wrong with what was typed, under the field.
    pub(super) fn refuse_prompt(&mut self, error: String) {
        if let Some(prompt) = self.prompt_mut() {
            prompt.error = Some(error);
        }
    }

    fn accept_arguments(&mut self, name: &str, text: &str) -> Result<(), String> {
        command::parse(&format!("{name} {text}")).map(|command| self.run(command))
    }

    fn accept_new_key(&mut self, text: &str) -> Result<(), String> {
        let key = Key::parse(text).map_err(|error| error.to_string())?;
        if key.is_empty() {
            return Err("a key cannot be empty".to_owned());
        }
        self.new_key(key);
        Ok(())
    }

    fn accept_grant(&mut self, text: &str) -> Result<(), String> {
        let mut words = text.split_whitespace();
        let ttl = command::seconds(words.next().unwrap_or_default())?;
        let id = match words.next() {
            Some(id) => id.parse::<LeaseId>().map_err(|error| error.to_string())?,
            None => LeaseId::NONE,
        };
        if let Some(word) = words.next() {
            return Err(format!("expected: TTL [ID]; “{word}” is one word too many"));
        }
        self.grant_lease(ttl, id);
        Ok(())
    }

    fn complete(&mut self, by: isize) {
        let Some(prompt) = self.prompt_mut() else { return };
        if prompt.completion.texts.is_empty() {
            let (kind, text) = (prompt.kind, prompt.field.text().to_owned());
            let texts = match kind {
                PromptKind::Command => self.complete_command(&text),
                PromptKind::Goto
                | PromptKind::NewKey
                | PromptKind::Transfer(_)
                | PromptKind::TransferInto(_) => self.complete_key(&text),
                PromptKind::LeaseGrant
                | PromptKind::SaveLog
                | PromptKind::SaveLines
                | PromptKind::Lock
                | PromptKind::Campaign
                | PromptKind::Register
                | PromptKind::Attach
                | PromptKind::SaveTxn
                | PromptKind::LoadTxn => Vec::new(),
            };
            let Some(prompt) = self.prompt_mut() else { return };
            prompt.completion = Completion { texts, taken: None };
        }
        let Some(prompt) = self.prompt_mut() else { return };
        let Completion { texts, taken } = &mut prompt.completion;
        if texts.is_empty() {
            return;
        }
        let next = match *taken {
            None if by < 0 => texts.len() - 1,
            None => 0,
            Some(at) => (at + texts.len()).wrapping_add_signed(by) % texts.len(),
        };
        prompt.field.set(&texts[next]);
        *taken = Some(next);
        if texts.len() == 1 {
            // Nothing to choose: the next Tab completes what follows.
            prompt.completion = Completion::default();
        }
    }

    fn complete_command(&self, text: &str) -> Vec<String> {
        let allowed = |form: &&command::Form| !(form.writes && self.is_read_only());
        match command::form_of(text) {
            Some((form, rest)) if form.takes_key && rest.starts_with(' ') => {
                let mut typed = rest.trim_start();
                // A second name completes as the first does.
                if form.arguments == "FROM TO"
                    && let Some((_, second)) = typed.rsplit_once(' ')
                {
                    typed = second;
                }
                let head = &text[..text.len() - typed.len()];
                let keys = self.complete_key(typed);
                keys.into_iter().map(|key| format!("{head}{}", word(&key))).collect()
            }
            _ => {
                let forms = if text.trim().is_empty() {
                    FORMS.iter().collect()
                } else {
                    command::candidates(text)
                };
                let space = |form: &command::Form| if form.arguments.is_empty() { "" } else { " " };
                let forms = forms.into_iter().filter(allowed);
                forms.map(|form| format!("{}{}", form.name, space(form))).collect()
            }
        }
    }

    fn remember(&mut self, line: &str) {
        if line.trim().is_empty() {
            return;
        }
        self.history.retain(|old| old != line);
        self.history.push(line.to_owned());
        let over = self.history.len().saturating_sub(HISTORY);
        self.history.drain(..over);
    }

    /// Up and Down in the command line: earlier and later lines.
    fn recall(&mut self, by: isize) {
        let Some(Dialog::Prompt(prompt)) = self.dialogs.last_mut() else { return };
        let at = self.history.iter().position(|line| line == prompt.field.text());
        let at = at.unwrap_or(self.history.len()).checked_add_signed(by);
        match at.map(|at| self.history.get(at)) {
            Some(Some(line)) => prompt.field.set(line),
            Some(None) => prompt.field.clear(),
            None => {}
        }
        self.field_changed();
    }

    /// Ctrl-r: the newest earlier line that contains what is typed; again for the one before.
    fn search_history(&mut self) {
        let history = self.history.clone();
        let Some(prompt) = self.prompt_mut() else { return };
        if prompt.completion.texts.is_empty() {
            let typed = prompt.field.text().to_owned();
            let texts = history.into_iter().rev().filter(|line| line.contains(&typed));
            prompt.completion = Completion { texts: texts.collect(), taken: None };
        }
        if prompt.completion.texts.is_empty() {
            prompt.error = Some("no earlier command contains this".to_owned());
        } else {
            self.complete(1);
        }
    }
}

/// An escaped key as one word of the command line.
pub(super) fn word(key: &str) -> String {
    let bare = |c: char| !c.is_whitespace() && c != '"' && c != '\'';
    if !key.is_empty() && key.chars().all(bare) {
        key.to_owned()
    } else {
        format!("\"{}\"", key.replace('"', "\\\""))
    }
}
