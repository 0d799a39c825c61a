//! What the screen is told of a lease that it keeps alive.

use std::sync::Arc;

use etcdeck::app::effect::Effect;
use etcdeck::app::message::{KeepAliveNews, Message};
use etcdeck::domain::LeaseId;
use etcdeck::journal::Journal;
use etcdeck::runtime::{Inbox, Runtime, inbox};
use etcdeck::sandbox::Sandbox;
use etcdeck::store::{ErrorKind, Leases as _, ReadOnly};
use tokio::time::timeout;

use super::LIMIT;

const LEASE: LeaseId = LeaseId(7);

/// The next news of the lease, without those of the connection.
async fn next(inbox: &mut Inbox) -> KeepAliveNews {
    loop {
        let message = timeout(LIMIT, inbox.recv()).await.expect("there is news");
        if let Message::KeepAlive(id, news) = message.expect("the runtime lives") {
            assert_eq!(id, LEASE);
            return news;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn renewals_and_the_end_are_told() {
    for revoked in [true, false] {
        let sandbox = Sandbox::new();
        sandbox.lease_grant(30, LEASE).await.expect("the ID is free");
        let (sender, mut inbox) = inbox();
        let store = ReadOnly::new(Arc::new(sandbox.clone()), false);
        let mut runtime = Runtime::start(store, sender, Journal::default());
        // The caller may have an old reading of the time left; the renewal tells the present one.
        runtime.execute(Effect::KeepAlive { id: LEASE, ttl: 3 });
        for _ in 0..3 {
            let news = next(&mut inbox).await;
            assert!(matches!(news, KeepAliveNews::Renewed { ttl: 30 }), "{news:?}");
        }
        if revoked {
            sandbox.lease_revoke(LEASE).await.expect("it is there");
            let news = next(&mut inbox).await;
            assert!(matches!(news, KeepAliveNews::Gone), "{news:?}");
        } else {
            runtime.execute(Effect::ReadOnly(true));
            match next(&mut inbox).await {
                KeepAliveNews::GivenUp(error) => assert_eq!(error.kind, ErrorKind::ReadOnly),
                news => panic!("{news:?}"),
            }
        }
    }
}
