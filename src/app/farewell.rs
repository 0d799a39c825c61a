//! What is to be said to somebody whose program ended without asking them.

use super::App;
use super::bulk::Stage;
use crate::domain::escape;

impl App {
    /// After a signal, a fault or the loss of the terminal: what becomes of the draft, of work that was
    /// under way and of what was held, a line each, made safe. Nothing when nothing was.
    pub fn farewell(&self) -> Vec<String> {
        let mut lines = Vec::new();
        if let Some(draft) = self.value.edit.as_ref().filter(|draft| draft.is_unsaved()) {
            let key = escape::line(draft.session.key().as_bytes());
            lines.push(if self.settings.keeps_drafts() {
                format!("the draft of {key} is kept: the next start on this cluster offers it")
            } else {
                format!("the draft of {key} was not saved, and drafts are not kept here")
            });
        }
        if self.composer.is_unsaved() {
            lines.push("the transaction was not saved".to_owned());
        }
        if let Some(job) = &self.jobs.now {
            let title = escape::message(&job.request.title());
            match &job.stage {
                Stage::Looking { .. } | Stage::Planned(_) => {}
                Stage::Running { progress, .. } => lines.push(format!(
                    "{title}: {} of {} were done; the last transaction may or may not have been",
                    progress.done,
                    super::bulk::counted(progress.total)
                )),
            }
        }
        if self.export.is_some() {
            lines.push("the export was not whole: there is no file of it".to_owned());
        }
        if !self.holdings.all.is_empty() || !self.leases.kept.is_empty() {
            lines.push("not kept alive any more, and over when the leases end:".to_owned());
            lines.extend(self.held_lines().into_iter().map(|line| format!("  {}", line.trim())));
        }
        lines
    }
}
