//! A store whose client is made beside the screen: when the connection is asked for, which is after
//! the first frame, and again for as long as it fails.
//!
//! Until there is a client every call waits for it, or fails as the last attempt did.

use std::sync::Arc;

use futures_util::{FutureExt as _, StreamExt as _};
use tokio::sync::watch as signal;

use super::connect::Plan;
use crate::domain::access::Rights;
use crate::domain::election::Leadership;
use crate::domain::lease::LeaseStatus;
use crate::domain::lock::HeldLock;
use crate::domain::txn::{
    DeleteRequest, DeleteResponse, PutRequest, PutResponse, RangeRequest, RangeResponse,
    TxnRequest, TxnResponse,
};
use crate::domain::{Entry, Key, LeaseId, Revision, Secret};
use crate::gateway::Gateway;
use crate::store::{
    Access, Cluster, Elections, ErrorKind, Granted, HealthStream, Kv, LeaderStream, Leases, Locks,
    Member, Reply, Status, StoreError, Watch, WatchRequest, WatchStream,
};

/// The store; clones share the client.
#[derive(Clone)]
pub(super) struct Late {
    shared: Arc<Shared>,
}

struct Shared {
    plan: Plan,
    phase: signal::Sender<Phase>,
}

/// How far the client is.
enum Phase {
    /// Nobody asked.
    Unasked,
    /// A task makes it.
    Making,
    Made(Gateway),
    Failed(StoreError),
}

impl Late {
    /// Nothing is done yet.
    pub(super) fn new(plan: Plan) -> Late {
        Late { shared: Arc::new(Shared { plan, phase: signal::Sender::new(Phase::Unasked) }) }
    }

    /// Has a task make the client, unless there is one or it is being made.
    fn make(&self) {
        let begins = self.shared.phase.send_if_modified(|phase| {
            let begins = matches!(phase, Phase::Unasked | Phase::Failed(_));
            if begins {
                *phase = Phase::Making;
            }
            begins
        });
        if begins {
            let shared = self.shared.clone();
            tokio::spawn(async move {
                let made = shared.plan.make().await;
                shared.phase.send_replace(made.map_or_else(Phase::Failed, Phase::Made));
            });
        }
    }

    /// The client, or why the last attempt to make it failed.
    pub(super) async fn client(&self) -> Result<Gateway, StoreError> {
        let mut phase = self.shared.phase.subscribe();
        let settled = |phase: &Phase| matches!(phase, Phase::Made(_) | Phase::Failed(_));
        match phase.wait_for(settled).await.as_deref() {
            Ok(Phase::Made(client)) => Ok(client.clone()),
            Ok(Phase::Failed(error)) => Err(error.clone()),
            Ok(Phase::Unasked | Phase::Making) | Err(_) => {
                Err(StoreError::new(ErrorKind::Unreachable, "there is no client"))
            }
        }
    }

    fn made(&self) -> Option<Gateway> {
        match &*self.shared.phase.borrow() {
            Phase::Made(client) => Some(client.clone()),
            Phase::Unasked | Phase::Making | Phase::Failed(_) => None,
        }
    }
}

impl Kv for Late {
    fn range(&self, request: RangeRequest) -> Reply<'_, RangeResponse> {
        Box::pin(async move { self.client().await?.range(request).await })
    }

    fn put(&self, request: PutRequest) -> Reply<'_, PutResponse> {
        Box::pin(async move { self.client().await?.put(request).await })
    }

    fn delete(&self, request: DeleteRequest) -> Reply<'_, DeleteResponse> {
        Box::pin(async move { self.client().await?.delete(request).await })
    }

    fn txn(&self, request: TxnRequest) -> Reply<'_, TxnResponse> {
        Box::pin(async move { self.client().await?.txn(request).await })
    }

    fn compact(&self, revision: Revision, physical: bool) -> Reply<'_, Revision> {
        Box::pin(async move { self.client().await?.compact(revision, physical).await })
    }
}

impl Leases for Late {
    fn lease_grant(&self, ttl: i64, id: LeaseId) -> Reply<'_, Granted> {
        Box::pin(async move { self.client().await?.lease_grant(ttl, id).await })
    }

    fn lease_revoke(&self, id: LeaseId) -> Reply<'_, Revision> {
        Box::pin(async move { self.client().await?.lease_revoke(id).await })
    }

    fn lease_keep_alive(&self, id: LeaseId) -> Reply<'_, i64> {
        Box::pin(async move { self.client().await?.lease_keep_alive(id).await })
    }

    fn lease_time_to_live(&self, id: LeaseId, keys: bool) -> Reply<'_, Option<LeaseStatus>> {
        Box::pin(async move { self.client().await?.lease_time_to_live(id, keys).await })
    }

    fn lease_list(&self) -> Reply<'_, Vec<LeaseId>> {
        Box::pin(async move { self.client().await?.lease_list().await })
    }
}

impl Locks for Late {
    fn lock(&self, name: Key, lease: LeaseId) -> Reply<'_, HeldLock> {
        Box::pin(async move { self.client().await?.lock(name, lease).await })
    }

    fn unlock(&self, key: Key) -> Reply<'_, ()> {
        Box::pin(async move { self.client().await?.unlock(key).await })
    }
}

impl Elections for Late {
    fn campaign(&self, name: Key, lease: LeaseId, value: Vec<u8>) -> Reply<'_, Leadership> {
        Box::pin(async move { self.client().await?.campaign(name, lease, value).await })
    }

    fn proclaim(&self, leadership: &Leadership, value: Vec<u8>) -> Reply<'_, ()> {
        let leadership = leadership.clone();
        Box::pin(async move { self.client().await?.proclaim(&leadership, value).await })
    }

    fn leader(&self, name: Key) -> Reply<'_, Option<Entry>> {
        Box::pin(async move { self.client().await?.leader(name).await })
    }

    fn observe(&self, name: Key) -> Reply<'_, LeaderStream> {
        Box::pin(async move { self.client().await?.observe(name).await })
    }

    fn resign(&self, leadership: &Leadership) -> Reply<'_, ()> {
        let leadership = leadership.clone();
        Box::pin(async move { self.client().await?.resign(&leadership).await })
    }
}

impl Watch for Late {
    fn watch(&self, request: WatchRequest) -> Reply<'_, WatchStream> {
        Box::pin(async move { self.client().await?.watch(request).await })
    }
}

impl Cluster for Late {
    fn status(&self) -> Reply<'_, Status> {
        Box::pin(async move { self.client().await?.status().await })
    }

    fn endpoint(&self) -> String {
        self.made().map_or_else(|| self.shared.plan.place(), |client| client.endpoint())
    }

    // Whoever watches over the connection decides when it is tried again.
    fn check(&self) -> Reply<'_, Status> {
        Box::pin(async move {
            self.make();
            self.client().await?.check().await
        })
    }

    fn health(&self) -> HealthStream {
        let mut phase = self.shared.phase.subscribe();
        let made = async move {
            match phase.wait_for(|phase| matches!(phase, Phase::Made(_))).await.as_deref() {
                Ok(Phase::Made(client)) => client.health(),
                Ok(Phase::Unasked | Phase::Making | Phase::Failed(_)) | Err(_) => {
                    futures_util::stream::pending().boxed()
                }
            }
        };
        made.flatten_stream().boxed()
    }

    fn members(&self) -> Reply<'_, Vec<Member>> {
        Box::pin(async move { self.client().await?.members().await })
    }
}

impl Access for Late {
    fn user(&self) -> Option<String> {
        self.made().map_or_else(|| self.shared.plan.user(), |client| client.user())
    }

    fn log_in(&self, user: String, password: Secret) -> Reply<'_, ()> {
        Box::pin(async move { self.client().await?.log_in(user, password).await })
    }

    fn rights(&self) -> Reply<'_, Rights> {
        Box::pin(async move { self.client().await?.rights().await })
    }
}
