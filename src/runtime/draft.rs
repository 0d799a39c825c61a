//! Keeps drafts on disk, one order after the other, away from the loop.

use std::io;
use std::time::SystemTime;

use tokio::sync::{mpsc, oneshot};
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

/// Carries out orders until nobody can give any.
pub(super) async fn run(
    mut drafts: Drafts,
    mut orders: mpsc::UnboundedReceiver<Order>,
    inbox: mpsc::Sender<Message>,
) {
    while let Some(first) = orders.recv().await {
        let mut batch = vec![first];
        while let Ok(next) = orders.try_recv() {
            batch.push(next);
        }
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
    // Of several states of a draft only the last one counts.
    let newest = |at: usize, id: DraftId| {
        !batch[at + 1..].iter().any(|later| matches!(later, Order::Keep(of, _) if *of == id))
    };
    let skip: Vec<bool> = batch
        .iter()
        .enumerate()
        .map(|(at, order)| matches!(order, Order::Keep(id, _) if !newest(at, *id)))
        .collect();
    for (order, skip) in batch.into_iter().zip(skip) {
        let failed = |error: io::Error| Message::DraftNotKept(error.to_string());
        match order {
            Order::Keep(..) if skip => {}
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
