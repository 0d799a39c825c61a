//! Watches over the connection: asks for the status now and then, and at once when told to.
//!
//! It alone says whether the connection stands; a watch that breaks only has it ask.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use tokio::sync::{Notify, mpsc};
use tokio::time::Instant;

use crate::app::message::{ConnectionNews, Message};
use crate::recipe::backoff::{Backoff, jitter};
use crate::store::{Cluster, ErrorKind, ReadOnly};

/// How often a member that answers is asked again: bounds how long a silent death goes unnoticed.
const INTERVAL: Duration = Duration::from_secs(5);
/// How long to wait after a refusal: asking again soon would only hammer the server.
const AFTER_REFUSAL: Duration = Duration::from_secs(60);

/// Runs until the loop ends.
pub(super) async fn run(store: ReadOnly, inbox: mpsc::Sender<Message>, retry: Arc<Notify>) {
    tokio::select! {
        () = ask(&store, &inbox, &retry) => {}
        () = tell_health(&store, &inbox) => {}
    }
}

/// Passes on how the endpoints fare whenever that changes.
async fn tell_health(store: &ReadOnly, inbox: &mpsc::Sender<Message>) {
    let mut health = store.health();
    while let Some(endpoints) = health.next().await {
        let news = ConnectionNews::Endpoints(endpoints);
        if inbox.send(Message::Connection(news)).await.is_err() {
            return;
        }
    }
    // A store that has no more to tell does not end the questions.
    std::future::pending::<()>().await;
}

/// Asks every now and then.
async fn ask(store: &ReadOnly, inbox: &mpsc::Sender<Message>, retry: &Notify) {
    let mut backoff = Backoff::default();
    // A member may tell its status and serve nothing else. Each failure then wakes this task, each
    // status has everything tried again: without a wait of its own that would be a tight circle.
    let mut alarms = Backoff::default();
    loop {
        // Made before the call, so that a wish to retry during the call is not missed.
        let woken = retry.notified();
        let (news, wait) = match store.check().await {
            Ok(status) => {
                backoff.reset();
                (ConnectionNews::Online(status), INTERVAL)
            }
            Err(error) => match error.kind {
                ErrorKind::WrongPassword
                | ErrorKind::PermissionDenied
                | ErrorKind::Unauthenticated => (ConnectionNews::Denied(error), AFTER_REFUSAL),
                _ => {
                    let wait = backoff.next(jitter());
                    let retry_at = (Instant::now() + wait).into_std();
                    (ConnectionNews::Lost { error, retry_at }, wait)
                }
            },
        };
        let answered = matches!(news, ConnectionNews::Online(_));
        if inbox.send(Message::Connection(news)).await.is_err() {
            return;
        }
        match tokio::time::timeout(wait, woken).await {
            Ok(()) if answered => tokio::time::sleep(alarms.next(jitter())).await,
            Ok(()) => {}
            Err(_) => alarms.reset(),
        }
    }
}
