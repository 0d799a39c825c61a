//! Work on many keys: one task each, which plans, keeps the plan, and carries it out when told to.

use std::collections::HashMap;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::{AbortHandle, spawn_blocking};
use tokio::time::{Interval, MissedTickBehavior, interval};

use crate::app::job::{JobId, JobNews};
use crate::app::message::Message;
use crate::bulk::{self, Limits, Looked, Plan, PlanError, Underway};
use crate::domain::bulk::PlanRequest;
use crate::domain::journal::JournalId;
use crate::journal::Journal;
use crate::store::ReadOnly;

use super::plan_text::Show;

/// How often it is told how far the work has come.
const NEWS: Duration = Duration::from_millis(100);

/// The jobs of one program.
pub(super) struct Jobs {
    store: ReadOnly,
    inbox: mpsc::Sender<Message>,
    journal: Journal,
    limits: Limits,
    running: HashMap<JobId, Job>,
}

/// The handles of a job's task.
struct Job {
    task: AbortHandle,
    /// Has the plan carried out.
    go: Option<oneshot::Sender<()>>,
    /// Has the plan shown.
    show: mpsc::UnboundedSender<Show>,
    /// Ends it, when it is dropped.
    stop: Option<oneshot::Sender<()>>,
}

impl Jobs {
    pub(super) fn new(
        store: ReadOnly,
        inbox: mpsc::Sender<Message>,
        journal: Journal,
        limits: Limits,
    ) -> Jobs {
        Jobs { store, inbox, journal, limits, running: HashMap::new() }
    }

    pub(super) fn set_limits(&mut self, limits: Limits) {
        self.limits = limits;
    }

    /// Makes a plan, and keeps it until it is carried out or forgotten. A number that is in use does
    /// what it does.
    pub(super) fn plan(&mut self, id: JobId, request: PlanRequest) {
        self.running.retain(|_, job| !job.task.is_finished());
        if self.running.contains_key(&id) {
            return;
        }
        let (go, gone) = oneshot::channel();
        let (stop, stopped) = oneshot::channel();
        let (show, shows) = mpsc::unbounded_channel();
        let task = Task {
            id,
            store: self.store.clone(),
            inbox: self.inbox.clone(),
            journal: self.journal.clone(),
            limits: self.limits.clone(),
            stop: stopped,
        };
        let task = tokio::spawn(task.run(request, gone, shows)).abort_handle();
        self.running.insert(id, Job { task, go: Some(go), show, stop: Some(stop) });
    }

    /// Carries out the plan of this number, once.
    pub(super) fn apply(&mut self, id: JobId) {
        if let Some(go) = self.running.get_mut(&id).and_then(|job| job.go.take()) {
            // It may have ended in this moment.
            let _ = go.send(());
        }
    }

    /// Shows the plan of this number, while it waits.
    pub(super) fn show(&mut self, id: JobId, show: Show) {
        let refused = match self.running.get(&id) {
            Some(job) => job.show.send(show).err().map(|error| error.0),
            None => Some(show),
        };
        if let Some(show) = refused {
            let inbox = self.inbox.clone();
            tokio::spawn(async move { inbox.send(show.of_none()).await });
        }
    }

    /// Gives up planning, forgets a plan that stands, or ends between two transactions.
    pub(super) fn stop(&mut self, id: JobId) {
        if let Some(job) = self.running.get_mut(&id) {
            job.stop = None;
        }
    }
}

impl Drop for Jobs {
    fn drop(&mut self) {
        self.running.values().for_each(|job| job.task.abort());
    }
}

struct Task {
    id: JobId,
    store: ReadOnly,
    inbox: mpsc::Sender<Message>,
    journal: Journal,
    limits: Limits,
    stop: oneshot::Receiver<()>,
}

impl Task {
    async fn run(
        mut self,
        request: PlanRequest,
        mut go: oneshot::Receiver<()>,
        mut shows: mpsc::UnboundedReceiver<Show>,
    ) {
        let mut plan = match self.plan(request).await {
            Some(Ok(plan)) => plan,
            Some(Err(error)) => return self.tell(JobNews::Failed(error.to_string())).await,
            None => return,
        };
        self.tell(JobNews::Planned(Box::new(plan.survey().clone()))).await;
        loop {
            tokio::select! {
                biased;
                _ = &mut self.stop => return,
                go = &mut go => match go {
                    Ok(()) => break,
                    Err(_) => return,
                },
                Some(show) = shows.recv() => match self.show(plan, show).await {
                    Some(same) => plan = same,
                    None => return,
                },
            }
        }
        drop(shows);
        self.apply(plan).await;
    }

    /// Shows the plan and gives it back.
    async fn show(&self, plan: Plan, show: Show) -> Option<Plan> {
        let limits = self.limits.clone();
        // It may lie in a file, and is to be written into one.
        let shown = spawn_blocking(move || (show.of(&plan, &limits), plan)).await;
        let (message, plan) = shown.ok()?;
        let _ = self.inbox.send(message).await;
        Some(plan)
    }

    /// The plan; nothing when it was given up.
    async fn plan(&mut self, request: PlanRequest) -> Option<Result<Plan, PlanError>> {
        let (looked, mut seen) = watch::channel(Looked::default());
        let planning = make(&self.store, &self.journal, &self.limits, request, &looked);
        let mut planning = std::pin::pin!(planning);
        let mut news = ticks();
        loop {
            tokio::select! {
                biased;
                _ = &mut self.stop => return None,
                plan = &mut planning => return Some(plan),
                _ = news.tick() => {}
            }
            if seen.has_changed().unwrap_or(false) {
                let Looked { keys, bytes } = *seen.borrow_and_update();
                // What is overtaken by the next tick need not wait for a place.
                let looking = Message::Job(self.id, JobNews::Looking { keys, bytes });
                let _ = self.inbox.try_send(looking);
            }
        }
    }

    async fn apply(mut self, plan: Plan) {
        let (underway, mut seen) = watch::channel(Underway::default());
        let stop = async {
            let _ = (&mut self.stop).await;
        };
        let report = {
            let work = bulk::apply(&self.store, plan, &self.journal, &self.limits, &underway, stop);
            let mut work = std::pin::pin!(work);
            let mut news = ticks();
            loop {
                tokio::select! {
                    biased;
                    report = &mut work => break report,
                    _ = news.tick() => {}
                }
                if seen.has_changed().unwrap_or(false) {
                    let now = seen.borrow_and_update().clone();
                    for message in told(self.id, now) {
                        let _ = self.inbox.try_send(message);
                    }
                }
            }
        };
        // The last word on the journal is never left out.
        let last = seen.borrow_and_update().clone();
        for message in told(self.id, last) {
            let _ = self.inbox.send(message).await;
        }
        self.tell(JobNews::Finished(Box::new(report))).await;
    }

    async fn tell(&self, news: JobNews) {
        // Nobody listens any more when the program ends.
        let _ = self.inbox.send(Message::Job(self.id, news)).await;
    }
}

/// The news of a moment.
fn told(id: JobId, now: Underway) -> impl Iterator<Item = Message> {
    let lines = [now.line, now.undone].into_iter().flatten().map(Message::Journaled);
    lines.chain([Message::Job(id, JobNews::Progress(now.progress))])
}

fn ticks() -> Interval {
    let mut ticks = interval(NEWS);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

/// Makes the plan that is asked for.
async fn make(
    store: &ReadOnly,
    journal: &Journal,
    limits: &Limits,
    request: PlanRequest,
    looked: &watch::Sender<Looked>,
) -> Result<Plan, PlanError> {
    match request {
        PlanRequest::Delete(ranges) => bulk::delete(store, &ranges, limits, looked).await,
        PlanRequest::Transfer { names, keep } => {
            bulk::transfer(store, &names, keep, limits, looked).await
        }
        PlanRequest::Undo(id) => undo(store, journal, limits, id, looked).await,
        PlanRequest::Restore { ranges, revision } => {
            bulk::restore(store, &ranges, revision, limits, looked).await
        }
        PlanRequest::Import(path) => bulk::import(store, &path, limits, looked, |_, _| {}).await,
    }
}

async fn undo(
    store: &ReadOnly,
    journal: &Journal,
    limits: &Limits,
    id: JournalId,
    looked: &watch::Sender<Looked>,
) -> Result<Plan, PlanError> {
    let journal = journal.clone();
    // Its contents may lie in a file.
    let written = spawn_blocking(move || journal.iter(id)).await.map_err(std::io::Error::other)?;
    let written = written.map_err(PlanError::Refused)?;
    bulk::undo(store, id, written, limits, looked).await
}
