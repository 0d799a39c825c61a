//! Reads the journal for the screen.

use tokio::sync::mpsc;

use crate::app::message::Message;
use crate::app::ticket::Ticket;
use crate::domain::journal::JournalId;
use crate::journal::Journal;

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
