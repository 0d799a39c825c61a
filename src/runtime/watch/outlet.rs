//! How a watch tells what it has to tell: in few messages, and never so that others have to wait.
//!
//! All tasks share one bounded inbox. A watch under a flood would fill it, and the answer that a pane
//! waits for would stand behind all of that. So events that have come are told together, and a watch
//! waits for as long as much of the inbox is taken, which slows its server down.

use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::sleep;

use crate::app::effect::WatchId;
use crate::app::message::{Message, WatchNews};
use crate::domain::Event;

/// So many messages may wait for the loop before a watch waits too; others use the rest.
const SHARE: usize = 16;
/// How soon it looks again.
const AGAIN: Duration = Duration::from_millis(1);
/// Events told together at most, and bytes of their keys and values.
const EVENTS: usize = 1000;
const BYTES: usize = 1 << 20;

/// The loop has ended: nobody receives any more.
#[derive(Debug)]
pub(super) struct Ended;

/// Where the news of one watch go.
pub(super) struct Outlet {
    id: WatchId,
    inbox: mpsc::Sender<Message>,
    held: Vec<WatchNews>,
    /// Events and bytes held.
    events: usize,
    bytes: usize,
}

impl Outlet {
    pub(super) fn new(id: WatchId, inbox: mpsc::Sender<Message>) -> Outlet {
        Outlet { id, inbox, held: Vec::new(), events: 0, bytes: 0 }
    }

    /// Holds news until the next flush, in order; events join those before them.
    pub(super) fn hold(&mut self, news: Vec<WatchNews>) {
        for news in news {
            if let WatchNews::Events { events, .. } = &news {
                self.count(events);
            }
            match (news, self.held.last_mut()) {
                (
                    WatchNews::Events { mut events, .. },
                    Some(WatchNews::Events { events: before, .. }),
                ) => before.append(&mut events),
                (news, _) => self.held.push(news),
            }
        }
    }

    fn count(&mut self, events: &[Event]) {
        let value = |event: &Event| event.previous.as_ref().map_or(0, |entry| entry.value.len());
        let entry = |event: &Event| event.entry.key.as_bytes().len() + event.entry.value.len();
        self.events += events.len();
        self.bytes += events.iter().map(|event| entry(event) + value(event)).sum::<usize>();
    }

    /// Tells news at once, or holds events until there are enough of them or none are coming.
    pub(super) async fn tell(&mut self, news: Vec<WatchNews>) -> Result<(), Ended> {
        let waits = news.iter().all(|news| matches!(news, WatchNews::Events { .. }));
        self.hold(news);
        if waits && self.events < EVENTS && self.bytes < BYTES {
            return Ok(());
        }
        self.flush().await
    }

    /// Tells all that is held.
    pub(super) async fn flush(&mut self) -> Result<(), Ended> {
        (self.events, self.bytes) = (0, 0);
        for news in self.held.drain(..) {
            while self.inbox.max_capacity() - self.inbox.capacity() >= SHARE {
                if self.inbox.is_closed() {
                    return Err(Ended);
                }
                sleep(AGAIN).await;
            }
            self.inbox.send(Message::Watch(self.id, news)).await.map_err(|_| Ended)?;
        }
        Ok(())
    }
}
