//! The keys of a job's dialog.

use super::Stage;
use super::sheet::Face;
use super::survey::ranges_of;
use crate::app::App;
use crate::app::dialog::{Confirmed, Dialog};
use crate::app::effect::Effect;
use crate::app::motion::{movement, scroll};
use crate::domain::bulk::{PlanRequest, Progress};
use crate::domain::escape;
use crate::keymap::Action;

impl App {
    pub(in crate::app) fn act_in_job(&mut self, action: Action) {
        let height = usize::from(self.viewport.dialog.height);
        let len = self.viewport.dialog_len;
        let Some(Dialog::Job(sheet)) = self.dialogs.last_mut() else { return };
        if let Some(movement) = movement(action, height) {
            return scroll(&mut sheet.scroll, movement, len, height);
        }
        match (&sheet.face, action) {
            (Face::Looking, Action::JobStop) => self.give_up_plan("nothing was written"),
            (Face::Question | Face::Typed(_), Action::ShowAsEtcdctl) => self.read_plan(),
            (Face::Question, Action::Yes) => self.apply(),
            (Face::Typed(typed), Action::FieldAccept) => {
                if typed.is_met() {
                    self.apply();
                } else {
                    let reminder = typed.reminder();
                    self.complain(reminder);
                }
            }
            (Face::Question | Face::Typed(_), Action::No | Action::Cancel) => {
                self.give_up_plan("left as it was");
            }
            (Face::Typed(_), action) => {
                self.edit_field(action);
            }
            (Face::Nothing, Action::Cancel | Action::Close) => {
                self.jobs.now = None;
                self.close_sheet();
            }
            (Face::Running, Action::JobStop) => self.stop_job(),
            (Face::Running, Action::JobHide) => {
                self.close_sheet();
                let key = self.job_key();
                self.say(format!("it goes on in the background; {key} shows it"));
            }
            (Face::Report, Action::Cancel | Action::Close) => self.close_sheet(),
            (Face::Report, Action::JobUndo) => self.undo_job(),
            _ => {}
        }
    }

    /// The key that shows the job again.
    pub fn job_key(&self) -> String {
        self.keymap.chord_for(Action::JobShow, crate::keymap::Context::Everywhere)
    }

    fn give_up_plan(&mut self, said: &str) {
        if let Some(job) = self.jobs.now.take() {
            self.effects.push(Effect::Stop(job.id));
        }
        self.close_sheet();
        self.say(said);
    }

    fn apply(&mut self) {
        // It may have been switched since the plan was asked for.
        if self.refuses_to_write() {
            return;
        }
        let Some(request) = self.jobs.now.as_ref().map(|job| job.request.clone()) else { return };
        let selected = self.selection_after(&request);
        let Some(job) = &mut self.jobs.now else { return };
        let Stage::Planned(survey) = &job.stage else { return };
        job.selected = selected;
        self.keys.marked.forget(&ranges_of(&request));
        let progress = Progress { total: survey.touched(), ..Progress::default() };
        job.stage = Stage::Running { progress, since: self.now, stopping: false };
        self.effects.push(Effect::Apply(job.id));
        self.show_job(Face::Running);
    }

    /// Asks the running job to stop between two transactions; once is enough.
    pub(super) fn stop_job(&mut self) {
        let Some(job) = &mut self.jobs.now else { return };
        let Stage::Running { stopping, .. } = &mut job.stage else { return };
        if !*stopping {
            *stopping = true;
            self.effects.push(Effect::Stop(job.id));
            self.redraw = true;
        }
    }

    /// Quitting while a job runs: it is stopped first, so that what it did can be told.
    pub(in crate::app) fn ask_to_stop_and_quit(&mut self) {
        let asked = |dialog: &Dialog| matches!(dialog, Dialog::Confirm(question) if question.then == Confirmed::StopAndQuit);
        let Some(job) = self.jobs.now.as_ref().filter(|_| !self.dialogs.iter().any(asked)) else {
            return;
        };
        let lines = vec![
            format!("{} goes on.", escape::message(&job.request.title())),
            "Yes stops it between two transactions, and quits when it has stopped.".to_owned(),
        ];
        self.question("Stop it and quit?".to_owned(), lines, Confirmed::StopAndQuit);
    }

    pub(in crate::app) fn stop_and_quit(&mut self) {
        if self.jobs.is_running() {
            self.jobs.quitting = true;
            self.stop_job();
            self.say("stopping, then quitting; Ctrl-c twice quits at once");
        } else {
            // It ended while it was asked.
            self.quit_asking();
        }
    }

    fn undo_job(&mut self) {
        let journal = self.jobs.last.as_ref().and_then(|ended| ended.report.journal);
        match journal {
            Some(id) => {
                self.close_sheet();
                self.plan(PlanRequest::Undo(id));
            }
            None => self.say("nothing was written, so there is nothing to undo"),
        }
    }

    /// The key that shows the job: the one that runs, else what became of the last.
    pub(in crate::app) fn show_job_again(&mut self) {
        let unread = self.jobs.last.as_ref().is_some_and(|ended| !ended.read);
        if self.jobs.is_running() {
            self.show_job(Face::Running);
        } else if self.export.is_some() && !unread {
            self.show_export();
        } else if let Some(ended) = &mut self.jobs.last {
            ended.read = true;
            self.show_job(Face::Report);
        } else {
            self.say("no work on many keys was done here yet");
        }
    }
}
