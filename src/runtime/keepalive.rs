//! One careful task per lease kept alive here.

use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, timeout_at};

use crate::app::message::{KeepAliveNews, Message};
use crate::domain::LeaseId;
use crate::store::{ErrorKind, Leases, ReadOnly, StoreError};

/// Renews at a third of the TTL; after a failure it tries again while time remains, and tells the
/// moment it gives up.
pub(super) async fn run(store: ReadOnly, inbox: mpsc::Sender<Message>, id: LeaseId, ttl: i64) {
    let mut ttl = seconds(ttl);
    let mut dies_at = Instant::now() + ttl;
    loop {
        let asked = Instant::now();
        let answer = timeout_at(dies_at, store.lease_keep_alive(id)).await;
        let answer = answer.unwrap_or_else(|_| {
            Err(StoreError::new(ErrorKind::Unknown, "no answer within the lease's time"))
        });
        let (news, wait) = match answer {
            Ok(left) => {
                ttl = seconds(left);
                // Counted from before the call: the server's clock started no earlier.
                dies_at = asked + ttl;
                (KeepAliveNews::Renewed { ttl: left }, ttl / 3)
            }
            Err(error) => match error.kind {
                ErrorKind::LeaseNotFound => (KeepAliveNews::Gone, Duration::ZERO),
                ErrorKind::ReadOnly | ErrorKind::PermissionDenied | ErrorKind::WrongPassword => {
                    (KeepAliveNews::GivenUp(error), Duration::ZERO)
                }
                _ if Instant::now() >= dies_at => (KeepAliveNews::GivenUp(error), Duration::ZERO),
                _ => (KeepAliveNews::Failing(error), (ttl / 20).max(Duration::from_millis(100))),
            },
        };
        let ends = matches!(news, KeepAliveNews::Gone | KeepAliveNews::GivenUp(_));
        if inbox.send(Message::KeepAlive(id, news)).await.is_err() || ends {
            return;
        }
        sleep(wait).await;
    }
}

fn seconds(ttl: i64) -> Duration {
    Duration::from_secs(ttl.max(1) as u64)
}
