//! Keeps drafts on disk, one order after the other, away from the loop.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use tokio::sync::{Notify, mpsc, oneshot};
use tokio::task::spawn_blocking;

use crate::app::message::Message;
use crate::domain::draft::{DraftId, Home, KeptDraft};
use crate::draft::{Damaged, Drafts};

/// What is to be done; in this order, since a draft that was removed must not come back.
#[derive(Debug)]
pub(super) enum Order {
    Keep(DraftId, Box<KeptDraft>),
    Remove(DraftId),
    Leave(DraftId),
    Find(Home),
    /// Tell when everything before is done.
    Flush(oneshot::Sender<()>),
}

/// The orders that wait. Of several states of a draft only the last one counts, so there are never
/// more than a few a draft, however long the disk makes us wait.
#[derive(Clone, Debug, Default)]
pub(super) struct Orders {
    waiting: Arc<Mutex<Vec<Order>>>,
    given: Arc<Notify>,
}

impl Orders {
    pub(super) fn give(&self, order: Order) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if let Order::Keep(id, _) | Order::Remove(id) = &order {
            waiting.retain(|earlier| !matches!(earlier, Order::Keep(of, _) if of == id));
        }
        waiting.push(order);
        self.given.notify_one();
    }

    async fn next(&self) -> Vec<Order> {
        loop {
            let given = self.given.notified();
            let batch =
                std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner));
            if !batch.is_empty() {
                return batch;
            }
            given.await;
        }
    }
}

/// Carries out orders until it is given up.
pub(super) async fn run(mut drafts: Drafts, orders: Orders, inbox: mpsc::Sender<Message>) {
    loop {
        let mut batch = orders.next().await;
        let done = spawn_blocking(move || {
            let flushed = flushes(&mut batch);
            let told = carry_out(&mut drafts, batch);
            (drafts, told, flushed)
        });
        // A panic in there is told by its hook, and ends the program.
        let Ok((back, told, flushed)) = done.await else { return };
        drafts = back;
        for waiting in flushed {
            let _ = waiting.send(());
        }
        // Not awaited: the loop may have ended, and the next order may be its last draft.
        let inbox = inbox.clone();
        tokio::spawn(async move {
            for message in told {
                if inbox.send(message).await.is_err() {
                    return;
                }
            }
        });
    }
}

fn flushes(batch: &mut Vec<Order>) -> Vec<oneshot::Sender<()>> {
    let mut out = Vec::new();
    for order in std::mem::take(batch) {
        match order {
            Order::Flush(waiting) => out.push(waiting),
            other => batch.push(other),
        }
    }
    out
}

fn carry_out(drafts: &mut Drafts, batch: Vec<Order>) -> Vec<Message> {
    let mut told = Vec::new();
    for order in batch {
        let failed = |error: io::Error| Message::DraftNotKept(error.to_string());
        match order {
            Order::Keep(id, draft) => {
                told.extend(drafts.keep(id, &draft, SystemTime::now()).err().map(failed));
            }
            Order::Remove(id) => told.extend(drafts.remove(id).err().map(failed)),
            Order::Leave(id) => drafts.leave(id),
            Order::Find(home) => told.push(find(drafts, &home)),
            Order::Flush(_) => {}
        }
    }
    told
}

fn find(drafts: &mut Drafts, home: &Home) -> Message {
    let now = SystemTime::now();
    let found = drafts.find(home).map_err(|error| error.to_string());
    Message::DraftsFound(found.map(|(found, damaged)| {
        let found = found.into_iter().map(|found| {
            let age = now.duration_since(found.time).unwrap_or_default();
            (found.id, age, found.draft)
        });
        let told = |Damaged { path, reason }| (path, reason);
        (found.collect(), damaged.into_iter().map(told).collect())
    }))
}
