//! A search in the values of a range: page by page, at one revision, and nothing of them kept.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, mpsc};
use tokio::task::spawn_blocking;
use tokio::time::{Instant, sleep_until, timeout};

use super::now;
use crate::app::find::order::{ValueSearch, ValuesNews};
use crate::app::message::Message;
use crate::app::ticket::Ticket;
use crate::bulk::Pages;
use crate::domain::Entry;
use crate::domain::find::{Searched, ValueHit};
use crate::domain::load::{Meter, Urgency};
use crate::find::{Pattern, look_into};
use crate::recipe::backoff::{Backoff, jitter};
use crate::store::ReadOnly;

/// How often progress is told.
const TOLD: Duration = Duration::from_millis(200);

/// A search in values.
pub(in crate::runtime) struct Task {
    pub(in crate::runtime) ticket: Ticket,
    pub(in crate::runtime) store: ReadOnly,
    pub(in crate::runtime) inbox: mpsc::Sender<Message>,
    pub(in crate::runtime) retry: Arc<Notify>,
}

/// The loop has ended.
struct Gone;

impl Task {
    /// Looks into the values, and tells what is found under the ticket.
    pub(in crate::runtime) async fn run(self, search: ValueSearch) {
        let _: Result<(), Gone> = self.look(search).await;
    }

    async fn look(&self, search: ValueSearch) -> Result<(), Gone> {
        let pattern = match Pattern::new(&search.query) {
            Ok(pattern) => Arc::new(pattern),
            Err(fault) => return self.tell(ValuesNews::Fault(fault)).await,
        };
        let mut searched = Searched { revision: search.revision, ..Searched::default() };
        let mut meter = Meter::new(search.load, now());
        let (mut hits, mut listed) = (Vec::new(), 0);
        let mut tell_at = Instant::now();
        let mut backoff = Backoff::default();
        for range in search.ranges {
            let mut pages = Pages::new(&self.store, range, searched.revision).once();
            let mut read = 0;
            loop {
                sleep_until(Instant::from_std(meter.free_at(Urgency::Awaited, now()))).await;
                meter.sent();
                let page = pages.page().await;
                let left = pages.total().unwrap_or_default().saturating_sub(read);
                meter.ended(left as i64, now());
                let entries = match page {
                    Ok(Some(entries)) => entries,
                    Ok(None) => break,
                    Err(error) if error.is_connection() => {
                        self.tell(ValuesNews::Waiting(error)).await?;
                        // Woken early when the connection is known to stand again.
                        let wait = timeout(backoff.next(jitter()), self.retry.notified());
                        let _ = wait.await;
                        continue;
                    }
                    Err(error) => return self.tell(ValuesNews::Failed(error)).await,
                };
                backoff.reset();
                if read == 0 {
                    searched.total += pages.total().unwrap_or_default();
                    searched.revision = pages.revision();
                }
                read += entries.len() as u64;
                searched.keys += entries.len() as u64;
                searched.bytes += entries.iter().map(|entry| entry.value.len() as u64).sum::<u64>();
                let found = matching(&pattern, entries).await;
                searched.matches += found.len() as u64;
                let room = search.most - listed - hits.len();
                hits.extend(found.into_iter().take(room));
                if Instant::now() >= tell_at {
                    tell_at = Instant::now() + TOLD;
                    listed += hits.len();
                    let hits = std::mem::take(&mut hits);
                    self.tell(ValuesNews::Looking(searched, hits)).await?;
                }
            }
        }
        self.tell(ValuesNews::Looking(searched, hits)).await?;
        self.tell(ValuesNews::Ended(searched)).await
    }

    async fn tell(&self, news: ValuesNews) -> Result<(), Gone> {
        self.inbox.send(Message::Values(self.ticket, news)).await.map_err(|_| Gone)
    }
}

/// The entries whose values match; by another thread, since a page has megabytes.
async fn matching(pattern: &Arc<Pattern>, entries: Vec<Entry>) -> Vec<ValueHit> {
    let pattern = pattern.clone();
    let look = move || {
        let mut matcher = pattern.matcher();
        let hit = |entry: &Entry| look_into(&mut matcher, &entry.key, &entry.value);
        entries.iter().filter_map(hit).collect()
    };
    match spawn_blocking(look).await {
        Ok(found) => found,
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        Err(_) => Vec::new(),
    }
}
