//! How a watch tells what it has to tell: in few messages, in order.
//!
//! Events that have come are told together. When there is no room for them the watch waits, which slows
//! its server down.

use super::super::inbox::NewsSender;
use crate::app::effect::WatchId;
use crate::app::message::{Message, WatchNews};
use crate::domain::Event;

/// Events told together, and their bytes, before it is told at once: the loop is back at the keyboard
/// soon.
const EVENTS: usize = 512;
const BYTES: usize = 256 << 10;

/// The loop has ended: nobody receives any more.
#[derive(Debug)]
pub(super) struct Ended;

/// Where the news of one watch go.
pub(super) struct Outlet {
    id: WatchId,
    inbox: NewsSender,
    held: Vec<WatchNews>,
    /// Events and bytes held.
    events: usize,
    bytes: usize,
}

impl Outlet {
    pub(super) fn new(id: WatchId, inbox: NewsSender) -> Outlet {
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
        self.events += events.len();
        self.bytes += events.iter().map(Event::size).sum::<usize>();
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
            self.inbox.send(Message::Watch(self.id, news)).await.map_err(|_| Ended)?;
        }
        Ok(())
    }
}
