//! What a job tells, and what follows from it.

use super::sheet::Face;
use super::{Ended, Stage, counted};
use crate::app::App;
use crate::app::dialog::Dialog;
use crate::app::effect::Effect;
use crate::app::job::{JobId, JobNews};
use crate::app::typed::Typed;
use crate::domain::bulk::{PlanRequest, Report, Survey};
use crate::domain::escape;

impl App {
    pub(in crate::app) fn on_job(&mut self, id: JobId, news: JobNews) {
        if self.export.as_ref().is_some_and(|export| export.id == id) {
            return self.on_export(news);
        }
        // What was given up here may still have had something to say.
        let Some(job) = self.jobs.now.as_mut().filter(|job| job.id == id) else { return };
        self.redraw = true;
        match (news, &mut job.stage) {
            (JobNews::Looking { keys, bytes }, stage @ Stage::Looking { .. }) => {
                *stage = Stage::Looking { keys, bytes };
            }
            (JobNews::Planned(survey), Stage::Looking { .. }) => self.on_planned(survey),
            (JobNews::Progress(now), Stage::Running { progress, .. }) => *progress = now,
            (JobNews::Failed(reason), _) => self.on_plan_failed(&reason),
            (JobNews::Finished(report), _) => self.on_job_finished(report),
            // Said late, of a stage that is over.
            (JobNews::Looking { .. } | JobNews::Planned(_) | JobNews::Progress(_), _)
            // Of an export that was stopped.
            | (JobNews::Exporting(_) | JobNews::Exported(_), _) => {}
        }
    }

    fn on_planned(&mut self, survey: Box<Survey>) {
        let Some(job) = &mut self.jobs.now else { return };
        let (id, count) = (job.id, survey.touched());
        let whole = App::is_whole_store(&job.request);
        self.newest = self.newest.max(survey.revision);
        job.stage = Stage::Planned(survey);
        if count == 0 {
            self.effects.push(Effect::Stop(id));
            return self.show_job(Face::Nothing);
        }
        // A single key press must not do away with everything.
        let typed = Typed::for_keys(count, whole, self.settings.production.as_ref());
        self.show_job(typed.map_or(Face::Question, Face::Typed));
    }

    fn on_plan_failed(&mut self, reason: &str) {
        let Some(job) = self.jobs.now.take() else { return };
        self.close_sheet();
        let lines = vec![
            format!("{}:", escape::message(&job.request.title())),
            escape::message(reason),
            "Nothing was written.".to_owned(),
        ];
        self.dialogs.push(Dialog::Text { title: "No plan".to_owned(), lines, scroll: 0 });
        self.quit_after_job();
    }

    fn on_job_finished(&mut self, report: Box<Report>) {
        let Some(job) = self.jobs.now.take() else { return };
        if let Some((_, last)) = report.revisions {
            self.seen(last);
        }
        if let PlanRequest::Undo(id) = job.request {
            self.journal.undo_ended(id, &report);
        }
        let hidden = self.sheet_mut().is_none();
        if hidden {
            let text = format!("{}: {}", escape::message(&job.request.title()), summary(&report));
            let whole = report.left_count == 0 && report.error.is_none();
            let text = format!("{text} · {} shows the report", self.job_key());
            if whole { self.say(text) } else { self.complain(text) }
        }
        if let Some((from, to)) = job.selected.filter(|_| !hidden) {
            self.select_after_move(&from, to, &report);
        }
        self.jobs.last = Some(Ended { request: job.request, report, read: !hidden });
        if !hidden {
            self.show_job(Face::Report);
        }
        self.value_may_have_changed();
        self.quit_after_job();
    }

    fn quit_after_job(&mut self) {
        if std::mem::take(&mut self.jobs.quitting) {
            self.quit_asking();
        }
    }
}

/// A report in a few words.
fn summary(report: &Report) -> String {
    let mut words = vec![format!("{} of {} done", report.done, counted(report.total))];
    if report.left_count > 0 {
        words.push(format!("{} left", report.left_count));
    }
    if report.stopped {
        words.push("stopped".to_owned());
    }
    if report.error.is_some() {
        words.push("ended early".to_owned());
    }
    words.join(", ")
}
