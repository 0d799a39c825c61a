//! An examination: whoever can make one tells what is found, and each finding becomes a message.

use std::pin::Pin;
use std::sync::Arc;

use tokio::sync::mpsc;

use crate::app::message::Message;
use crate::app::ticket::Ticket;
use crate::domain::diagnosis::{DiagnosisNews, Finding};

/// Somebody who can look at the endpoints behind a store, and at what is wrong with them. It is handed
/// over ready, since the runtime knows the store alone; the findings are few, so nothing bounds them.
pub type Doctor = Arc<
    dyn Fn(mpsc::UnboundedSender<DiagnosisNews>) -> Pin<Box<dyn Future<Output = ()> + Send>>
        + Send
        + Sync,
>;

/// Has the endpoints looked at, and sends what is found under the ticket.
#[expect(
    clippy::disallowed_methods,
    reason = "one finding for each check, some twenty for each endpoint: that is its size"
)]
pub(super) async fn run(doctor: Option<Doctor>, inbox: mpsc::Sender<Message>, ticket: Ticket) {
    let (sender, mut news) = mpsc::unbounded_channel();
    let work = async {
        match doctor {
            Some(doctor) => doctor(sender).await,
            None => nobody(&sender),
        }
        // The sender is gone now, which ends the other half.
    };
    let telling = async {
        while let Some(news) = news.recv().await {
            if inbox.send(Message::Diagnosis(ticket, news)).await.is_err() {
                return;
            }
        }
    };
    tokio::join!(work, telling);
}

/// What is told where there is nobody to look.
fn nobody(sender: &mpsc::UnboundedSender<DiagnosisNews>) {
    let finding = Finding::skipped("the store", "it is not reached by endpoints");
    let news = [
        DiagnosisNews::Began(vec!["store".to_owned()]),
        DiagnosisNews::Found(0, finding),
        DiagnosisNews::Ended(0),
    ];
    for news in news {
        let _ = sender.send(news);
    }
}
