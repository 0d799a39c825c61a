//! Files that the operator asks for: lines written, and what became of that.

use std::path::PathBuf;

use super::App;
use super::effect::Effect;
use super::purpose::{ComposerPurpose, Purpose};
use super::ticket::Ticket;
use crate::domain::escape;

impl App {
    /// Writes lines to the file that was typed.
    pub(super) fn save_lines(&mut self, text: &str, lines: Vec<String>) -> Result<(), String> {
        let path = text.trim();
        if path.is_empty() {
            return Err("a file name is expected".to_owned());
        }
        let path = PathBuf::from(path);
        let ticket = self.tickets.issue(Purpose::SaveLog(path.clone(), lines.len()), self.now);
        self.effects.push(Effect::WriteFile { ticket, path, lines });
        Ok(())
    }

    pub(super) fn on_file_written(&mut self, ticket: Ticket, result: Result<(), String>) {
        let shown = |path: &std::path::Path| escape::message(&path.to_string_lossy());
        match (self.tickets.redeem(ticket), result) {
            (Some(Purpose::SaveLog(path, lines)), Ok(())) => {
                self.say(format!("{lines} lines saved to {}", shown(&path)));
            }
            (Some(Purpose::SavePlan(path)), Ok(())) => {
                self.say(format!("all lines of the plan saved to {}", shown(&path)));
            }
            (Some(Purpose::SaveLog(..) | Purpose::SavePlan(_)), Err(error)) => {
                self.complain(format!("not saved: {error}"));
            }
            (Some(Purpose::Composer(ComposerPurpose::Save(path))), result) => {
                self.on_txn_saved(path, result);
            }
            _ => {}
        }
    }
}
