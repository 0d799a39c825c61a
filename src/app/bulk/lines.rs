//! A plan as etcdctl lines, before it is carried out.

use std::path::PathBuf;

use super::Stage;
use crate::app::App;
use crate::app::dialog::Dialog;
use crate::app::effect::Effect;
use crate::app::job::{JobId, PlanText};
use crate::app::purpose::Purpose;
use crate::app::ticket::Ticket;

/// How many operations are shown, about; the file that is written of a plan has all of them.
const SHOWN: usize = 100;

impl App {
    /// `X` before a plan is confirmed: asks for the transactions it would be carried out in.
    pub(super) fn read_plan(&mut self) {
        let Some(id) = self.jobs.now.as_ref().map(|job| job.id) else { return };
        let ticket = self.tickets.issue(Purpose::PlanText(id), self.now);
        self.effects.push(Effect::ReadPlan { ticket, id, limit: SHOWN });
    }

    pub(in crate::app) fn on_plan_read(
        &mut self,
        ticket: Ticket,
        result: Result<PlanText, String>,
    ) {
        let Some(Purpose::PlanText(id)) = self.tickets.redeem(ticket) else { return };
        // The question was answered meanwhile.
        let asked = self
            .jobs
            .now
            .as_ref()
            .is_some_and(|job| job.id == id && matches!(job.stage, Stage::Planned(_)));
        if !asked || !matches!(self.dialogs.last(), Some(Dialog::Job(_))) {
            return;
        }
        let text = match result {
            Ok(text) => text,
            Err(error) => return self.complain(error),
        };
        let shown = text.first.len() as u64;
        let mut lines = vec![
            match shown + text.more {
                1 => "# one transaction, done as a whole or not at all".to_owned(),
                n => format!("# {n} transactions, each done as a whole or not at all"),
            },
            "# where a key has changed since, it does nothing; here only that key is left"
                .to_owned(),
        ];
        for request in &text.first {
            lines.extend(self.settings.etcdctl.txn(request));
        }
        if text.more > 0 {
            lines.push(format!("# … and {} more: s saves all of them as a script", text.more));
        }
        let of = (text.more > 0).then_some(id);
        self.dialogs.push(Dialog::Etcdctl { lines, of, scroll: 0 });
    }

    /// Has all lines of a plan written to the file that was typed.
    pub(in crate::app) fn save_plan(&mut self, text: &str, id: JobId) -> Result<(), String> {
        let path = match text.trim() {
            "" => return Err("a file name is expected".to_owned()),
            path => PathBuf::from(path),
        };
        let ticket = self.tickets.issue(Purpose::SavePlan(path.clone()), self.now);
        let etcdctl = self.settings.etcdctl.clone();
        self.effects.push(Effect::WritePlan { ticket, id, path, etcdctl });
        Ok(())
    }
}
