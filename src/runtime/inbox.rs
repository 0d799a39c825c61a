//! What waits for the loop: answers in one queue, news of watches in another, both bounded.
//!
//! Answers go first, so that a value or a listing that somebody waits for is there at once however
//! much a watch brings. They cannot keep the news out for ever, since only what was asked for is
//! answered. News is bounded by bytes too: with values of a megabyte few messages fill much memory.
//! Whoever finds a queue full waits, which slows the network down to what the screen can take.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};

use crate::app::message::{Message, WatchNews};
use crate::domain::Event;

/// How many messages may wait in each queue.
const MESSAGES: usize = 256;

/// How many bytes of news may wait, all watches together. A larger message waits alone.
const NEWS_BYTES: usize = 4 << 20;

/// Two queues, to put in and to take out.
pub fn inbox() -> (Senders, Inbox) {
    let (answers, answered) = mpsc::channel(MESSAGES);
    let (news, told) = mpsc::channel(MESSAGES);
    let news = NewsSender { queue: news, room: Arc::new(Semaphore::new(NEWS_BYTES)) };
    (Senders { answers, news }, Inbox { answered, told })
}

/// Where tasks put what they found.
#[derive(Clone, Debug)]
pub struct Senders {
    pub(super) answers: mpsc::Sender<Message>,
    pub(super) news: NewsSender,
}

/// Where watches put their news.
#[derive(Clone, Debug)]
pub struct NewsSender {
    queue: mpsc::Sender<Weighed>,
    room: Arc<Semaphore>,
}

/// The loop has ended: nobody receives any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Closed;

/// A message, and the room it takes up until it is taken out.
#[derive(Debug)]
struct Weighed {
    message: Message,
    _room: OwnedSemaphorePermit,
}

impl NewsSender {
    /// Puts a message in when there is room. Watches that wait get their turns in order.
    ///
    /// # Errors
    /// When the loop has ended.
    pub async fn send(&self, message: Message) -> Result<(), Closed> {
        let bytes = weight(&message).min(NEWS_BYTES) as u32;
        let room = self.room.clone().acquire_many_owned(bytes).await.map_err(|_| Closed)?;
        self.queue.send(Weighed { message, _room: room }).await.map_err(|_| Closed)
    }
}

/// What the loop takes messages out of.
#[derive(Debug)]
pub struct Inbox {
    answered: mpsc::Receiver<Message>,
    told: mpsc::Receiver<Weighed>,
}

impl Inbox {
    /// The next message, answers first; `None` when nothing can come any more. Can be given up and
    /// called again without losing anything.
    pub async fn recv(&mut self) -> Option<Message> {
        tokio::select! {
            biased;
            Some(message) = self.answered.recv() => Some(message),
            Some(weighed) = self.told.recv() => Some(weighed.message),
            else => None,
        }
    }

    /// The next message, answers first, if there is one now.
    pub fn try_recv(&mut self) -> Option<Message> {
        let answer = self.answered.try_recv().ok();
        answer.or_else(|| self.told.try_recv().ok().map(|weighed| weighed.message))
    }
}

impl Drop for Inbox {
    fn drop(&mut self) {
        // Who waits for room would wait for ever.
        self.told.close();
        while self.told.try_recv().is_ok() {}
    }
}

/// The bytes a message is taken to cost.
fn weight(message: &Message) -> usize {
    match message {
        Message::Watch(_, WatchNews::Events { events, .. }) => events.iter().map(Event::size).sum(),
        // All others are small.
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::*;
    use crate::app::effect::WatchId;
    use crate::app::ticket::Ticket;
    use crate::domain::{Entry, EventKind, Revision};

    fn events(bytes: usize) -> Message {
        let entry = Entry { value: vec![0; bytes], ..Entry::default() };
        let events = vec![Event { kind: EventKind::Put, entry, previous: None }];
        Message::Watch(WatchId(1), WatchNews::Events { events, received: SystemTime::UNIX_EPOCH })
    }

    fn progress(revision: i64) -> Message {
        Message::Watch(WatchId(1), WatchNews::Progress { revision: Revision(revision) })
    }

    async fn is_sent(sender: &NewsSender, message: Message) -> bool {
        tokio::time::timeout(Duration::from_secs(1), sender.send(message)).await.is_ok()
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_overtakes_the_news_and_news_keeps_its_order() {
        let (senders, mut inbox) = inbox();
        for revision in 1..=3 {
            senders.news.send(progress(revision)).await.unwrap();
        }
        let answer = Message::FileWritten(Ticket(1), Ok(()));
        senders.answers.send(answer).await.unwrap();
        assert!(matches!(inbox.recv().await, Some(Message::FileWritten(..))));
        for expected in 1..=3 {
            match inbox.recv().await {
                Some(Message::Watch(_, WatchNews::Progress { revision })) => {
                    assert_eq!(revision, Revision(expected));
                }
                other => panic!("{other:?}"),
            }
        }
        drop(senders);
        assert!(inbox.recv().await.is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn a_few_large_events_fill_it() {
        let (Senders { news, .. }, mut inbox) = inbox();
        for _ in 0..3 {
            assert!(is_sent(&news, events(1 << 20)).await);
        }
        assert!(!is_sent(&news, events(1 << 20)).await, "there is no room for a fourth");
        inbox.recv().await;
        assert!(is_sent(&news, events(1 << 20)).await);
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_larger_than_all_of_it_waits_for_it_to_be_empty() {
        let (Senders { news, .. }, mut inbox) = inbox();
        assert!(is_sent(&news, events(1)).await);
        assert!(!is_sent(&news, events(2 * NEWS_BYTES)).await);
        inbox.recv().await;
        assert!(is_sent(&news, events(2 * NEWS_BYTES)).await);
        assert!(!is_sent(&news, events(1)).await);
    }

    #[tokio::test(start_paused = true)]
    async fn who_waits_for_room_learns_that_the_loop_has_ended() {
        let (Senders { news, .. }, inbox) = inbox();
        assert!(is_sent(&news, events(2 * NEWS_BYTES)).await);
        let waiting = tokio::spawn(async move { news.send(events(1)).await });
        tokio::task::yield_now().await;
        drop(inbox);
        assert_eq!(waiting.await.unwrap(), Err(Closed));
    }
}
