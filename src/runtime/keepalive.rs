//! Tells the loop what becomes of a lease that is kept alive here.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::app::message::{KeepAliveNews, Message};
use crate::domain::LeaseId;
use crate::recipe::{Keepalive, KeepaliveState};
use crate::store::{ErrorKind, ReadOnly};

/// Keeps a lease alive and passes on every change until it is lost or refused.
pub(super) async fn run(store: ReadOnly, inbox: mpsc::Sender<Message>, id: LeaseId, ttl: i64) {
    let ttl = Duration::from_secs(ttl.max(1).unsigned_abs());
    let keepalive = Keepalive::start(Arc::new(store), id, ttl);
    let mut state = keepalive.state();
    // The first state is only what the caller thinks; the renewal that follows at once is news.
    while state.changed().await.is_ok() {
        let news = match state.borrow_and_update().clone() {
            KeepaliveState::Alive { until } => {
                let left = until.saturating_duration_since(Instant::now());
                KeepAliveNews::Renewed { ttl: left.as_secs_f64().round() as i64 }
            }
            KeepaliveState::Failing { error, .. } => match error.kind {
                // Somebody decided that; trying on would not change it. A wrong password is asked for
                // again meanwhile.
                ErrorKind::ReadOnly | ErrorKind::PermissionDenied => KeepAliveNews::GivenUp(error),
                _ => KeepAliveNews::Failing(error),
            },
            KeepaliveState::Lost { error } => match error.kind {
                ErrorKind::LeaseNotFound => KeepAliveNews::Gone,
                _ => KeepAliveNews::GivenUp(error),
            },
        };
        let ends = matches!(news, KeepAliveNews::Gone | KeepAliveNews::GivenUp(_));
        if inbox.send(Message::KeepAlive(id, news)).await.is_err() || ends {
            return;
        }
    }
}
