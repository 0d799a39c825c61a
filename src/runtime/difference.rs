//! Compares a range with what it was, and tells how far it has come.

use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::time::{MissedTickBehavior, interval};

use crate::app::message::Message;
use crate::app::ticket::Ticket;
use crate::bulk::{Looked, compare};
use crate::domain::{KeyRange, Revision};
use crate::store::ReadOnly;

/// How often progress is told.
const TOLD: Duration = Duration::from_millis(200);

/// Reads it all and sends what was found under the ticket.
pub(super) async fn run(
    store: ReadOnly,
    inbox: mpsc::Sender<Message>,
    ticket: Ticket,
    range: KeyRange,
    then: Revision,
) {
    let (looked, mut progress) = watch::channel(Looked::default());
    let mut ticks = interval(TOLD);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let work = compare(&store, range, then, &looked);
    tokio::pin!(work);
    loop {
        tokio::select! {
            found = &mut work => {
                let _ = inbox.send(Message::Compared(ticket, found.map(Box::new))).await;
                return;
            }
            _ = ticks.tick() => {
                if progress.has_changed().unwrap_or(false) {
                    let keys = progress.borrow_and_update().keys;
                    let _ = inbox.send(Message::Comparing(ticket, keys)).await;
                }
            }
        }
    }
}
