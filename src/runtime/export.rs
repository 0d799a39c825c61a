//! Writes an export and tells how it is getting on. Aborting the task leaves no file.

use std::path::PathBuf;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::time::{MissedTickBehavior, interval};

use crate::app::job::{JobId, JobNews};
use crate::app::message::Message;
use crate::bulk;
use crate::domain::bulk::Exporting;
use crate::domain::{Key, Revision};
use crate::store::ReadOnly;

/// How often it is told how far it has come.
const NEWS: Duration = Duration::from_millis(100);

/// One export.
pub(super) struct Task {
    pub(super) id: JobId,
    pub(super) store: ReadOnly,
    pub(super) inbox: mpsc::Sender<Message>,
}

impl Task {
    pub(super) async fn run(self, path: PathBuf, prefix: Key, revision: Revision) {
        let (sender, mut seen) = watch::channel(Exporting::default());
        let work = bulk::export_file(&self.store, prefix, revision, &path, &sender);
        let mut work = std::pin::pin!(work);
        let mut news = interval(NEWS);
        news.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let done = loop {
            tokio::select! {
                biased;
                done = &mut work => break done,
                _ = news.tick() => {}
            }
            if seen.has_changed().unwrap_or(false) {
                let progress = *seen.borrow_and_update();
                // What is overtaken by the next tick need not wait for a place.
                let _ = self.inbox.try_send(Message::Job(self.id, JobNews::Exporting(progress)));
            }
        };
        let news = match done {
            Ok(exported) => JobNews::Exported(exported),
            Err(error) => JobNews::Failed(error.to_string()),
        };
        let _ = self.inbox.send(Message::Job(self.id, news)).await;
    }
}
