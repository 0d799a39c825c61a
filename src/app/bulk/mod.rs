//! Work on many keys: planned, shown, confirmed, followed and reported. One at a time.
//!
//! What is going on lies in [`Jobs`]; the dialog in front ([`sheet`]) may be hidden while the work
//! goes on. Nothing is written before the plan was shown and confirmed.

mod act;
mod lines;
mod news;
pub mod sheet;
mod survey;

use std::time::Instant;

use super::App;
use super::dialog::Dialog;
use super::effect::Effect;
use super::job::JobId;
use crate::domain::Key;
use crate::domain::bulk::{PlanRequest, Progress, Report, Survey};
use crate::domain::escape;

use sheet::{Face, Sheet};
pub use survey::{counted, verb_of};

/// The work on many keys of this program: at most one at a time, and what became of the last.
#[derive(Debug, Default)]
pub struct Jobs {
    /// What is being planned or carried out.
    pub now: Option<Job>,
    /// The last that was carried out.
    pub last: Option<Ended>,
    started: u32,
    /// The program ends when it has stopped.
    quitting: bool,
}

/// A job that is not over.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    /// Its number.
    pub id: JobId,
    /// What was asked for.
    pub request: PlanRequest,
    /// How far it is.
    pub stage: Stage,
    /// The selected key or prefix that is moved, and its new name.
    selected: Option<(Key, Key)>,
}

/// How far a job is.
#[derive(Clone, Debug, PartialEq)]
pub enum Stage {
    /// The plan is being made: keys and bytes looked at so far.
    Looking {
        /// Keys.
        keys: u64,
        /// Bytes of keys and values.
        bytes: u64,
    },
    /// The plan stands and waits for a yes.
    Planned(Box<Survey>),
    /// It is being carried out.
    Running {
        /// How it is getting on.
        progress: Progress,
        /// Since when.
        since: Instant,
        /// Whether it was asked to stop.
        stopping: bool,
    },
}

/// A job that is over.
#[derive(Clone, Debug, PartialEq)]
pub struct Ended {
    /// What was asked for.
    pub request: PlanRequest,
    /// What became of it.
    pub report: Box<Report>,
    /// Whether its report was in front of the user.
    pub read: bool,
}

impl Jobs {
    /// Whether a job is being carried out.
    pub fn is_running(&self) -> bool {
        self.now.as_ref().is_some_and(|job| matches!(job.stage, Stage::Running { .. }))
    }
}

impl App {
    /// Begins work on many keys: a plan is made and shown, and nothing is written before it was
    /// confirmed. Refused with a sentence when read-only, or while other such work goes on.
    pub fn plan(&mut self, request: PlanRequest) {
        if self.refuses_to_write() {
            return;
        }
        if let Some(job) = &self.jobs.now {
            let title = escape::message(&job.request.title());
            return self.complain(format!("one at a time: {title} is not over yet"));
        }
        let id = self.next_job();
        let stage = Stage::Looking { keys: 0, bytes: 0 };
        self.jobs.now = Some(Job { id, request: request.clone(), stage, selected: None });
        self.show_job(Face::Looking);
        self.effects.push(Effect::Plan(id, request));
    }

    /// A number that no job has had.
    pub(in crate::app) fn next_job(&mut self) -> JobId {
        self.jobs.started += 1;
        JobId(self.jobs.started)
    }

    /// Puts the dialog of the job in front, or gives the one that is open another face.
    fn show_job(&mut self, face: Face) {
        let sheet = Sheet { face, scroll: 0 };
        match self.sheet_mut() {
            Some(open) => *open = sheet,
            None => self.dialogs.push(Dialog::Job(sheet)),
        }
        self.redraw = true;
    }

    fn sheet_mut(&mut self) -> Option<&mut Sheet> {
        self.dialogs.iter_mut().find_map(|dialog| match dialog {
            Dialog::Job(sheet) => Some(sheet),
            _ => None,
        })
    }

    fn close_sheet(&mut self) {
        self.dialogs.retain(|dialog| !matches!(dialog, Dialog::Job(_)));
        self.redraw = true;
    }
}
