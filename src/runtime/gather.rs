//! Many events in one message: a flood costs the loop a few messages a second, not one for each event.
//!
//! An event that comes alone is handed on at once. Those that follow closely are gathered until the
//! pace allows the next message, or until there are many; all events of a revision stay together.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::{Stream, StreamExt as _};
use tokio::time::{Instant, Sleep, sleep_until};

use crate::domain::Event;
use crate::store::{StoreError, WatchMessage, WatchStream};

/// The shortest time between two messages, unless one is full.
const PACE: Duration = Duration::from_millis(20);

/// A message with so many events is full: the loop is back at the keyboard soon.
const EVENTS: usize = 512;

/// A message with so many bytes is full.
const BYTES: usize = 256 << 10;

type Item = Result<WatchMessage, StoreError>;

/// The same messages, with those of events gathered. Nothing is lost when a wait is given up.
pub(super) fn gather(stream: WatchStream) -> WatchStream {
    Box::pin(Gather {
        stream,
        events: Vec::new(),
        bytes: 0,
        behind: None,
        pace: Box::pin(sleep_until(Instant::now())),
    })
}

struct Gather {
    stream: WatchStream,
    /// What is gathered, and its size.
    events: Vec<Event>,
    bytes: usize,
    /// What came behind it: no events that go on from there, or the end.
    behind: Option<Behind>,
    /// When the next message may be handed on.
    pace: Pin<Box<Sleep>>,
}

enum Behind {
    Other(Item),
    End,
}

impl Gather {
    /// Whether events come after those that are gathered. A server that breaks its promise, and sends
    /// a revision in two pieces or an old one, is found out by its messages, so these stay as they are.
    fn goes_on(&self, events: &[Event]) -> bool {
        let last = self.events.last().map(Event::revision);
        last.is_none_or(|last| events.first().is_some_and(|first| first.revision() > last))
    }

    fn take(&mut self) -> WatchMessage {
        self.bytes = 0;
        self.pace.as_mut().reset(Instant::now() + PACE);
        WatchMessage::Events(std::mem::take(&mut self.events))
    }
}

impl Stream for Gather {
    type Item = Item;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Item>> {
        let this = &mut *self;
        if this.events.is_empty()
            && let Some(behind) = this.behind.take()
        {
            return Poll::Ready(match behind {
                Behind::Other(item) => Some(item),
                Behind::End => None,
            });
        }
        while this.behind.is_none() {
            match this.stream.poll_next_unpin(context) {
                Poll::Ready(Some(Ok(WatchMessage::Events(events)))) if this.goes_on(&events) => {
                    this.bytes += events.iter().map(Event::size).sum::<usize>();
                    if this.events.is_empty() {
                        this.events = events;
                    } else {
                        this.events.extend(events);
                    }
                    if this.events.len() >= EVENTS || this.bytes >= BYTES {
                        return Poll::Ready(Some(Ok(this.take())));
                    }
                }
                Poll::Ready(other) if this.events.is_empty() => return Poll::Ready(other),
                Poll::Ready(other) => {
                    this.behind = Some(other.map_or(Behind::End, Behind::Other));
                }
                Poll::Pending => break,
            }
        }
        if this.events.is_empty() {
            return Poll::Pending;
        }
        if this.behind.is_some() || this.pace.as_mut().poll(context).is_ready() {
            return Poll::Ready(Some(Ok(this.take())));
        }
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use futures_util::stream;
    use tokio::sync::mpsc;

    use super::*;
    use crate::domain::{Entry, EventKind, Revision};
    use crate::store::ErrorKind;

    fn event(revision: i64, bytes: usize) -> Event {
        let (value, mod_revision) = (vec![0; bytes], Revision(revision));
        let entry = Entry { value, mod_revision, ..Entry::default() };
        Event { kind: EventKind::Put, entry, previous: None }
    }

    fn message(revision: i64) -> WatchMessage {
        WatchMessage::Events(vec![event(revision, 1)])
    }

    fn told(item: Option<Item>) -> Vec<i64> {
        match item {
            Some(Ok(WatchMessage::Events(events))) => {
                events.iter().map(|event| event.revision().0).collect()
            }
            other => panic!("{other:?}"),
        }
    }

    fn fed() -> (mpsc::Sender<Item>, WatchStream) {
        let (sender, receiver) = mpsc::channel(10_000);
        let stream = stream::unfold(receiver, async |mut receiver: mpsc::Receiver<Item>| {
            Some((receiver.recv().await?, receiver))
        });
        (sender, gather(Box::pin(stream)))
    }

    #[tokio::test(start_paused = true)]
    async fn the_first_comes_at_once_and_what_follows_comes_together() {
        let (sender, mut gathered) = fed();
        let start = Instant::now();
        sender.send(Ok(message(1))).await.unwrap();
        assert_eq!(told(gathered.next().await), [1]);
        assert_eq!(start.elapsed(), Duration::ZERO);
        for revision in 2..=4 {
            sender.send(Ok(message(revision))).await.unwrap();
        }
        assert_eq!(told(gathered.next().await), [2, 3, 4]);
        assert!(start.elapsed() <= PACE + Duration::from_millis(1), "{:?}", start.elapsed());
        tokio::time::sleep(PACE).await;
        let start = Instant::now();
        sender.send(Ok(message(5))).await.unwrap();
        assert_eq!(told(gathered.next().await), [5]);
        assert_eq!(start.elapsed(), Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_no_event_keeps_its_place_and_the_end_too() {
        let (sender, mut gathered) = fed();
        let progress = || WatchMessage::Progress { revision: Revision(3) };
        let lost = || StoreError::new(ErrorKind::Unknown, "lost");
        for item in [message(1), message(2), progress(), message(4), message(5)] {
            sender.send(Ok(item)).await.unwrap();
        }
        sender.send(Err(lost())).await.unwrap();
        drop(sender);
        assert_eq!(told(gathered.next().await), [1, 2]);
        assert_eq!(gathered.next().await, Some(Ok(progress())));
        assert_eq!(told(gathered.next().await), [4, 5]);
        assert_eq!(gathered.next().await, Some(Err(lost())));
        assert_eq!(gathered.next().await, None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_message_stays_small_whatever_comes() {
        let (sender, mut gathered) = fed();
        for revision in 1..=1500 {
            sender.send(Ok(message(revision))).await.unwrap();
        }
        let mut all = Vec::new();
        while all.len() < 1500 {
            let some = told(gathered.next().await);
            assert!(some.len() <= EVENTS, "{}", some.len());
            all.extend(some);
        }
        assert_eq!(all, (1..=1500).collect::<Vec<_>>());
        for revision in 1..=4 {
            let large = vec![event(revision, BYTES), event(revision, 1)];
            sender.send(Ok(WatchMessage::Events(large))).await.unwrap();
        }
        for revision in 1..=4 {
            assert_eq!(told(gathered.next().await), [revision; 2], "a revision is not split");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_should_not_be_stays_to_be_seen() {
        let (sender, mut gathered) = fed();
        for revision in [1, 2, 2, 1, 3, 4] {
            sender.send(Ok(message(revision))).await.unwrap();
        }
        drop(sender);
        for expected in [&[1, 2][..], &[2], &[1, 3, 4]] {
            assert_eq!(told(gathered.next().await), expected);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_wait_that_is_given_up_loses_nothing() {
        let (sender, mut gathered) = fed();
        sender.send(Ok(message(1))).await.unwrap();
        assert_eq!(told(gathered.next().await), [1]);
        sender.send(Ok(message(2))).await.unwrap();
        let short = tokio::time::timeout(PACE / 4, gathered.next()).await;
        assert!(short.is_err(), "it is not time yet");
        sender.send(Ok(message(3))).await.unwrap();
        assert_eq!(told(gathered.next().await), [2, 3]);
    }
}
