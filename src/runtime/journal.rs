//! The journal for the screen: what is in it, and what keeps it from its work.

use tokio::sync::mpsc;

use crate::app::message::Message;
use crate::app::ticket::Ticket;
use crate::domain::journal::JournalId;
use crate::journal::Journal;

/// How many troubles may wait to be told.
const AT_ONCE: usize = 16;

/// Reads the contents of a record, of at most `limit` keys, and sends them under the ticket.
pub(super) async fn read(
    journal: Journal,
    inbox: mpsc::Sender<Message>,
    ticket: Ticket,
    id: JournalId,
    limit: usize,
) {
    let contents = tokio::task::spawn_blocking(move || journal.read(id, limit)).await;
    let contents = contents.unwrap_or_else(|error| Err(error.to_string()));
    let _ = inbox.send(Message::JournalRead(ticket, contents)).await;
}

/// Has the screen told what keeps the journal from its work, for as long as both are there.
pub(super) fn tell_trouble(journal: &Journal, inbox: mpsc::Sender<Message>) {
    // Told from under its lock, where nobody can wait. Each kind is told again when it changes, so
    // that many never come together.
    let (sender, mut receiver) = mpsc::channel(AT_ONCE);
    journal.on_trouble(move |trouble| {
        let _ = sender.try_send(trouble);
    });
    tokio::spawn(async move {
        while let Some(trouble) = receiver.recv().await {
            if inbox.send(Message::JournalTrouble(trouble)).await.is_err() {
                break;
            }
        }
    });
}
