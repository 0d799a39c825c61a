//! The work itself: what is sent next, and what follows from each answer.

mod end;

use std::io;
use std::pin::Pin;
use std::time::SystemTime;

use futures_util::FutureExt;
use tokio::sync::watch;
use tokio::time::{Instant, sleep};

use crate::bulk::apply::Underway;
use crate::bulk::apply::batch::{Batch, Cutter, Measure};
use crate::bulk::apply::decide::{Outcome, created_before, decide};
use crate::bulk::apply::refusal::{Refusal, refusal};
use crate::bulk::apply::tally::Tally;
use crate::bulk::limits::Limits;
use crate::bulk::look::{Look, Patience};
use crate::bulk::plan::Plan;
use crate::bulk::steps::Planned;
use crate::domain::bulk::{Report, Why};
use crate::domain::change::{Change, Guard, To, transaction};
use crate::domain::journal::Written;
use crate::domain::txn::{OpResponse, TxnResponse};
use crate::domain::{Key, Revision};
use crate::journal::{Recording, as_sent, record_txn};
use crate::recipe::backoff::{Backoff, jitter};
use crate::store::{Store, StoreError};

/// Whether the work goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flow {
    On,
    End,
}

/// The carrying out of one plan.
pub(super) struct Work<'a> {
    store: &'a dyn Store,
    look: Look<'a>,
    plan: &'a Plan,
    recording: Recording,
    limits: &'a Limits,
    measure: Measure,
    tally: Tally,
    underway: &'a watch::Sender<Underway>,
    stop: Pin<&'a mut (dyn Future<Output = ()> + Send + 'a)>,
    stopped: bool,
    /// What is to be sent before the plan goes on; the last one first.
    pending: Vec<Batch>,
    /// The newest revision the store has told.
    seen: Revision,
    /// Failures since the last answer, and when that was.
    backoff: Backoff,
    failures: u32,
    answered: Instant,
}

impl<'a> Work<'a> {
    pub(super) fn new(
        store: &'a dyn Store,
        plan: &'a Plan,
        recording: Recording,
        limits: &'a Limits,
        underway: &'a watch::Sender<Underway>,
        stop: Pin<&'a mut (dyn Future<Output = ()> + Send + 'a)>,
    ) -> Work<'a> {
        Work {
            store,
            look: Look::new(store, Patience::None),
            plan,
            recording,
            limits,
            measure: Measure::new(limits),
            tally: Tally::new(plan.steps.len()),
            underway,
            stop,
            stopped: false,
            pending: Vec::new(),
            seen: plan.survey.revision,
            backoff: Backoff::default(),
            failures: 0,
            answered: Instant::now(),
        }
    }

    /// Sends everything, or as much as can be.
    pub(super) async fn run(&mut self) {
        let plan = self.plan;
        let mut cutter = Cutter::new(plan.steps.iter());
        self.tell(None);
        while !self.is_stopped() {
            let next = match self.pending.pop() {
                Some(batch) => Ok(Some(batch)),
                None => cutter.batch(self.measure),
            };
            let flow = match next {
                Ok(Some(batch)) => self.send(batch).await,
                Ok(None) => break,
                Err(error) => self.unreadable(&error),
            };
            self.tell(None);
            if flow == Flow::End {
                break;
            }
        }
        self.leave_the_rest(cutter).await;
        self.tell(None);
    }

    /// Whether every step had its turn.
    pub(super) fn is_complete(&self) -> bool {
        !self.tally.report.stopped && self.tally.report.error.is_none()
    }

    /// Keys were created meanwhile.
    pub(super) fn appeared(&mut self, appeared: (Vec<Key>, u64)) {
        self.tally.report.appeared = appeared;
    }

    /// Something is missing from the report.
    pub(super) fn failed(&mut self, why: String) {
        self.tally.failed(why);
    }

    pub(super) fn finish(self) -> Report {
        Report { journal: self.recording.id(), ..self.tally.report }
    }

    async fn send(&mut self, batch: Batch) -> Flow {
        let request = transaction(batch.steps.iter().map(|planned| &planned.step));
        let (answer, written) = record_txn(self.store, request).await;
        match answer {
            Ok(answer) => {
                self.was_answered();
                let flow = match (answer.succeeded, batch.doubt) {
                    (true, Some(since)) if !batch.is_guarded_for_good() => {
                        self.done_again(&batch, written, (since, answer.revision)).await
                    }
                    (true, _) => self.done(&batch, written, answer.revision),
                    // The guards may be broken by the first sending.
                    (false, Some(since)) => self.resolve(batch, since).await,
                    (false, None) => self.guards_failed(batch, &answer),
                };
                self.seen = self.seen.max(answer.revision);
                flow
            }
            Err(error) => self.send_failed(batch, &error).await,
        }
    }

    fn done(&mut self, batch: &Batch, written: Vec<Written>, revision: Revision) -> Flow {
        self.tally.done(batch.steps.len() as u64, revision);
        let line = self.recording.add(written, SystemTime::now());
        self.underway.send_modify(|underway| underway.line = Some(line));
        Flow::On
    }

    /// Keys were created by a transaction that was sent before, and that may have arrived first: if
    /// somebody deleted then what it had created, they were created anew, and go again.
    async fn done_again(
        &mut self,
        batch: &Batch,
        written: Vec<Written>,
        (since, revision): (Revision, Revision),
    ) -> Flow {
        let first = created_before(&mut self.look, &batch.steps, (since, revision)).await;
        let Ok(Some(Outcome::Done { revision: at, written: first })) = first else {
            return self.done(batch, written, revision);
        };
        self.done(batch, first, at);
        let again = written.into_iter().map(|written| {
            vec![Change { key: written.key, guard: Guard::Unchanged(revision), to: To::Deleted }]
        });
        let (_, gone) = record_txn(self.store, transaction(&again.collect::<Vec<_>>())).await;
        if !gone.is_empty() {
            let line = self.recording.add(gone, SystemTime::now());
            self.underway.send_modify(|underway| underway.line = Some(line));
        }
        Flow::On
    }

    /// The answer tells of each key when it was last written.
    fn guards_failed(&mut self, batch: Batch, answer: &TxnResponse) -> Flow {
        let modified = answer.responses.iter().map(|response| match response {
            OpResponse::Range(range) => range.entries.first().map(|entry| entry.mod_revision),
            OpResponse::Put(_) | OpResponse::Delete(_) | OpResponse::Txn(_) => None,
        });
        let modified: Vec<_> = modified.collect();
        self.send_the_rest(batch, &modified)
    }

    /// Leaves the steps whose guards are broken, and has the others sent again.
    fn send_the_rest(&mut self, batch: Batch, modified: &[Option<Revision>]) -> Flow {
        let all = batch.steps.len();
        // What was sent before is dead for good only where a guard cannot hold again.
        let doubt = batch.doubt.filter(|_| !batch.is_guarded_for_good());
        let steps = self.broken(batch.steps, modified);
        if steps.len() == all {
            // No store does that, and sending it for ever would help nobody.
            let why = Why::Refused("its guards failed, and yet nothing changed".to_owned());
            self.tally.all_left(&steps, &why);
        } else if !steps.is_empty() {
            self.pending.push(Batch { steps, doubt });
        }
        Flow::On
    }

    /// Leaves the steps whose guards are broken, by the last write of each key, and gives the others.
    fn broken(&mut self, steps: Vec<Planned>, modified: &[Option<Revision>]) -> Vec<Planned> {
        let mut modified = modified.iter().copied();
        let mut rest = Vec::new();
        for planned in steps {
            // Every change of the step takes its own revision, also behind one that is broken.
            let found: Vec<_> = modified.by_ref().take(planned.step.len()).collect();
            let mut pairs = planned.step.iter().zip(found);
            match pairs.find(|(change, now)| !change.guard.holds(*now)) {
                Some((change, _)) => {
                    let why = match change.guard {
                        Guard::Absent => Why::Exists,
                        Guard::Unchanged(_) => Why::Changed,
                    };
                    self.tally.left(change.key.clone(), why);
                }
                None => rest.push(planned),
            }
        }
        rest
    }

    async fn send_failed(&mut self, mut batch: Batch, error: &StoreError) -> Flow {
        match refusal(error) {
            Refusal::Unanswered => {
                let since = *batch.doubt.get_or_insert(self.seen);
                // The first time it is looked at once: the answer alone may have been lost.
                if self.failures > 0 && self.wait(error).await == Flow::End {
                    self.pending.push(batch);
                    return Flow::End;
                }
                self.failures += 1;
                if self.stopped {
                    self.pending.push(batch);
                    return Flow::On;
                }
                self.resolve(batch, since).await
            }
            Refusal::Unsent => {
                self.pending.push(batch);
                self.wait(error).await
            }
            Refusal::TooMany => {
                self.measure.changes = self.measure.changes.min((batch.changes() / 2).max(1));
                self.halve(batch, || Why::Refused(error.to_string()))
            }
            Refusal::TooLarge => {
                self.measure.request = self.measure.request.min((batch.size() / 2).max(1));
                self.halve(batch, || Why::Refused(error.to_string()))
            }
            Refusal::Denied => self.halve(batch, || Why::Denied),
            Refusal::Refused => self.halve(batch, || Why::Refused(error.to_string())),
            Refusal::End => {
                self.pending.push(batch);
                self.tally.failed(error.to_string());
                Flow::End
            }
        }
    }

    /// Sends the halves by themselves; a single step is left.
    fn halve(&mut self, batch: Batch, why: impl Fn() -> Why) -> Flow {
        match batch.halves() {
            Ok((first, second)) => {
                self.was_answered();
                self.pending.push(second);
                self.pending.push(first);
            }
            // It was refused now, but what was sent before may have been done.
            Err(batch) if batch.doubt.is_some() => self.unknown(&batch),
            Err(batch) => self.tally.all_left(&batch.steps, &why()),
        }
        Flow::On
    }

    /// Reads back what became of a batch until that is certain.
    async fn resolve(&mut self, batch: Batch, since: Revision) -> Flow {
        loop {
            let outcome = tokio::select! {
                biased;
                () = self.stop.as_mut(), if !self.stopped => {
                    self.stopped = true;
                    self.pending.push(batch);
                    return Flow::On;
                }
                outcome = decide(&mut self.look, &batch.steps, since) => outcome,
            };
            match outcome {
                Ok(Outcome::Done { revision, written }) => {
                    self.was_answered();
                    self.seen = self.seen.max(revision);
                    return self.done(&batch, written, revision);
                }
                Ok(Outcome::Pending) => {
                    self.pending.push(batch);
                    return Flow::On;
                }
                Ok(Outcome::Broken(modified)) => {
                    self.was_answered();
                    return self.send_the_rest(batch, &modified);
                }
                Ok(Outcome::Untold) => {
                    self.was_answered();
                    self.unknown(&batch);
                    return Flow::On;
                }
                Err(error) => {
                    let later = matches!(refusal(&error), Refusal::Unanswered | Refusal::Unsent);
                    if !later {
                        self.tally.failed(error.to_string());
                    }
                    if !later || self.wait(&error).await == Flow::End || self.stopped {
                        self.pending.push(batch);
                        return if later && self.stopped { Flow::On } else { Flow::End };
                    }
                }
            }
        }
    }

    /// Waits before the next try, and ends the work when nothing was answered for too long.
    async fn wait(&mut self, error: &StoreError) -> Flow {
        if self.answered.elapsed() >= self.limits.patience {
            self.tally.failed(error.to_string());
            return Flow::End;
        }
        self.tell(Some(error.to_string()));
        tokio::select! {
            biased;
            () = self.stop.as_mut(), if !self.stopped => self.stopped = true,
            () = sleep(self.backoff.next(jitter())) => {}
        }
        Flow::On
    }

    fn was_answered(&mut self) {
        self.backoff.reset();
        self.failures = 0;
        self.answered = Instant::now();
    }

    /// Nobody can say whether this was written.
    fn unknown(&mut self, batch: &Batch) {
        self.tally.all_left(&batch.steps, &Why::Unknown);
        let request = transaction(batch.steps.iter().map(|planned| &planned.step));
        let line = self.recording.add_unknown(as_sent(&request), SystemTime::now());
        self.underway.send_modify(|underway| underway.line = Some(line));
    }

    fn is_stopped(&mut self) -> bool {
        self.stopped = self.stopped || self.stop.as_mut().now_or_never().is_some();
        self.stopped
    }

    fn unreadable(&mut self, error: &io::Error) -> Flow {
        self.tally.failed(format!("the rest of the plan cannot be read: {error}"));
        Flow::End
    }

    fn tell(&self, waiting: Option<String>) {
        let progress = self.tally.progress(waiting);
        self.underway.send_modify(|underway| underway.progress = progress);
    }
}
