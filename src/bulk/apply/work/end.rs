//! The end of the work: what is said of everything that had no turn.

use std::io;
use std::time::Duration;

use tokio::time::timeout;

use super::Work;
use crate::bulk::apply::batch::{Batch, Cutter};
use crate::bulk::apply::decide::{Outcome, decide};
use crate::bulk::steps::Planned;
use crate::domain::Revision;
use crate::domain::bulk::Why;

/// How long the last look at a transaction in doubt may take, when the work has ended.
const LAST_LOOK: Duration = Duration::from_secs(2);

impl Work<'_> {
    /// Says of everything that had no turn that it is left.
    pub(super) async fn leave_the_rest<I>(&mut self, mut cutter: Cutter<I>)
    where
        I: Iterator<Item = io::Result<Planned>>,
    {
        let open = self.tally.open();
        while let Some(batch) = self.pending.pop() {
            match batch.doubt {
                Some(since) => self.last_look(&batch, since).await,
                None => self.tally.all_left(&batch.steps, &Why::NotReached),
            }
        }
        while self.tally.has_room() {
            let Ok(Some(planned)) = cutter.step() else { break };
            self.tally.left(planned.subject(), Why::NotReached);
        }
        self.tally.unnamed_left(self.tally.open());
        self.tally.report.stopped = self.stopped && open > 0;
    }

    /// What became of a batch that was sent, as far as one look tells.
    async fn last_look(&mut self, batch: &Batch, since: Revision) {
        let outcome = timeout(LAST_LOOK, decide(&mut self.look, &batch.steps, since)).await;
        match outcome {
            Ok(Ok(Outcome::Done { revision, written })) => {
                self.done(batch, written, revision);
            }
            Ok(Ok(Outcome::Broken(modified))) => {
                for planned in self.broken(batch.steps.clone(), &modified) {
                    self.tally.left(planned.subject(), Why::NotReached);
                }
            }
            // What has not happened may be on its way still.
            Ok(Ok(Outcome::Pending | Outcome::Untold) | Err(_)) | Err(_) => self.unknown(batch),
        }
    }
}
