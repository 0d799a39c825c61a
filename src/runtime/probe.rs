//! Watches over the connection: asks all endpoints now and then, and at once when told to.
//!
//! It alone says whether the connection stands; a watch that breaks only has it ask. Which endpoint
//! is used is the store's decision; this has it made, and tells it.

use std::mem::discriminant;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::StreamExt;
use tokio::sync::{Notify, mpsc};
use tokio::time::Instant;

use crate::app::message::{ConnectionNews, Message};
use crate::recipe::backoff::{Backoff, jitter};
use crate::store::{Cluster, EndpointHealth, ReadOnly};

/// How often a member that answers is asked again: bounds how long a silent death goes unnoticed.
const INTERVAL: Duration = Duration::from_secs(5);
/// The same where there are several, one of which may have to be left for another.
const INTERVAL_OF_SEVERAL: Duration = Duration::from_secs(2);
/// How long to wait after a refusal: asking again soon would only hammer the server.
const AFTER_REFUSAL: Duration = Duration::from_secs(60);

/// Runs until the loop ends.
pub(super) async fn run(store: ReadOnly, inbox: mpsc::Sender<Message>, retry: Arc<Notify>) {
    let probe =
        Probe { store, inbox, retry, several: AtomicBool::new(false), moved: Notify::new() };
    tokio::select! {
        () = probe.ask() => {}
        () = probe.tell_health() => {}
    }
}

struct Probe {
    store: ReadOnly,
    inbox: mpsc::Sender<Message>,
    retry: Arc<Notify>,
    several: AtomicBool,
    /// Wakes when another endpoint is in use, or the one in use fares otherwise than before.
    moved: Notify,
}

impl Probe {
    /// Passes on how the endpoints fare whenever that changes.
    async fn tell_health(&self) {
        let mut health = self.store.health();
        let mut before = None;
        while let Some(endpoints) = health.next().await {
            self.several.store(endpoints.len() > 1, Ordering::Relaxed);
            let outline =
                |endpoint: &EndpointHealth| (endpoint.url.clone(), discriminant(&endpoint.state));
            let used = endpoints.iter().find(|endpoint| endpoint.in_use).map(outline);
            if before.is_some() && before != Some(used.clone()) {
                self.moved.notify_one();
            }
            before = Some(used);
            let news = ConnectionNews::Endpoints(endpoints);
            if self.inbox.send(Message::Connection(news)).await.is_err() {
                return;
            }
        }
        // A store that has no more to tell does not end the questions.
        std::future::pending::<()>().await;
    }

    /// Asks every now and then.
    async fn ask(&self) {
        let mut backoff = Backoff::default();
        // A member may tell its status and serve nothing else. Each failure then wakes this task, each
        // status has everything tried again: without a wait of its own that would be a tight circle.
        let mut alarms = Alarms::default();
        let mut answered_before = false;
        loop {
            // Made before the call, so that a wish to retry during the call is not missed.
            let woken = self.retry.notified();
            let (news, wait) = match self.store.check().await {
                Ok(status) => {
                    backoff.reset();
                    (ConnectionNews::Online(status), self.interval())
                }
                Err(error) if error.is_turned_away() => {
                    (ConnectionNews::Denied(error), AFTER_REFUSAL)
                }
                Err(error) => {
                    let wait = backoff.next(jitter());
                    let retry_at = (Instant::now() + wait).into_std();
                    (ConnectionNews::Lost { error, retry_at }, wait)
                }
            };
            let answered = matches!(news, ConnectionNews::Online(_));
            let is_back = answered && !answered_before;
            answered_before = answered;
            if self.inbox.send(Message::Connection(news)).await.is_err() {
                return;
            }
            let moved = tokio::select! {
                () = woken => false,
                () = self.moved.notified() => true,
                () = tokio::time::sleep(wait) => {
                    alarms = Alarms::default();
                    continue;
                }
            };
            // That the endpoint fares well again is what was just found, and no reason to wait later.
            if answered && !(moved && is_back) {
                tokio::time::sleep(alarms.next()).await;
            }
        }
    }

    fn interval(&self) -> Duration {
        let several = self.several.load(Ordering::Relaxed);
        let interval = if several { INTERVAL_OF_SEVERAL } else { INTERVAL };
        // So that many who look at the same cluster do not ask at the same time.
        interval.mul_f64(1.0 - 0.2 * jitter())
    }
}

/// How long to wait when told to look although a member has just answered: not at all at first, since
/// whether the connection is lost is to be known soon.
#[derive(Default)]
struct Alarms {
    backoff: Option<Backoff>,
}

impl Alarms {
    fn next(&mut self) -> Duration {
        if let Some(backoff) = &mut self.backoff {
            return backoff.next(jitter());
        }
        self.backoff = Some(Backoff::default());
        Duration::ZERO
    }
}
