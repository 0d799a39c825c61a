//! Large values laid out beside the loop.

use tokio::sync::mpsc;

use crate::app::message::Message;
use crate::app::ticket::Ticket;
use crate::domain::value::{Rendering, View};

/// Lays a value out and sends the rows under the ticket.
pub(super) async fn run(
    inbox: mpsc::Sender<Message>,
    ticket: Ticket,
    value: Vec<u8>,
    rendering: Rendering,
    width: u16,
) {
    let work = move || Box::new(View::new(&value, rendering, usize::from(width)));
    // A panic in it has been told, and ends the program.
    if let Ok(view) = tokio::task::spawn_blocking(work).await {
        // The loop has ended when nobody receives.
        let _ = inbox.send(Message::LaidOut(ticket, view)).await;
    }
}
