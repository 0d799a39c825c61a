//! A store whose client is made beside the screen: when the connection is asked for, which is after
//! the first frame, and again for as long as it fails.
//!
//! Until there is a client every call waits for it, or fails as the last attempt did.

use std::sync::{Arc, OnceLock};

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
    made: OnceLock<Gateway>,
    phase: signal::Sender<Phase>,
}

/// How far the client is.
enum Phase {
    /// Nobody asked.
    Unasked,
    /// A task makes it.
    Making,
    Made,
    Failed(StoreError),
}

impl Late {
    /// Nothing is done yet.
    pub(super) fn new(plan: Plan) -> Late {
        let (made, phase) = (OnceLock::new(), signal::Sender::new(Phase::Unasked));
        Late { shared: Arc::new(Shared { plan, made, phase }) }
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
                let phase = match shared.plan.make().await {
                    Ok(client) => {
                        shared.made.get_or_init(|| client);
                        Phase::Made
                    }
                    Err(error) => Phase::Failed(error),
                };
                shared.phase.send_replace(phase);
            });
        }
    }

    /// The client, or why the last attempt to make it failed.
    pub(super) fn client(&self) -> Reply<'_, &Gateway> {
        Box::pin(async move {
            let mut phase = self.shared.phase.subscribe();
            let settled = |phase: &Phase| matches!(phase, Phase::Made | Phase::Failed(_));
            if let Ok(phase) = phase.wait_for(settled).await
                && let Phase::Failed(error) = &*phase
            {
                return Err(error.clone());
            }
            let none = || StoreError::new(ErrorKind::Unreachable, "there is no client");
            self.shared.made.get().ok_or_else(none)
        })
    }

    /// Makes a call with the client. Boxed, so that what waits for it is there once and not for each.
    fn call<'a, T: 'a>(&'a self, call: Calling<'a, T>) -> Reply<'a, T> {
        match self.shared.made.get() {
            Some(client) => call(client),
            None => Box::pin(async move { call(self.client().await?).await }),
        }
    }
}

type Calling<'a, T> = Box<dyn FnOnce(&'a Gateway) -> Reply<'a, T> + Send + 'a>;

impl Kv for Late {
    fn range(&self, request: RangeRequest) -> Reply<'_, RangeResponse> {
        self.call(Box::new(move |client| client.range(request)))
    }

    fn put(&self, request: PutRequest) -> Reply<'_, PutResponse> {
        self.call(Box::new(move |client| client.put(request)))
    }

    fn delete(&self, request: DeleteRequest) -> Reply<'_, DeleteResponse> {
        self.call(Box::new(move |client| client.delete(request)))
    }

    fn txn(&self, request: TxnRequest) -> Reply<'_, TxnResponse> {
        self.call(Box::new(move |client| client.txn(request)))
    }

    fn compact(&self, revision: Revision, physical: bool) -> Reply<'_, Revision> {
        self.call(Box::new(move |client| client.compact(revision, physical)))
    }
}

impl Leases for Late {
    fn lease_grant(&self, ttl: i64, id: LeaseId) -> Reply<'_, Granted> {
        self.call(Box::new(move |client| client.lease_grant(ttl, id)))
    }

    fn lease_revoke(&self, id: LeaseId) -> Reply<'_, Revision> {
        self.call(Box::new(move |client| client.lease_revoke(id)))
    }

    fn lease_keep_alive(&self, id: LeaseId) -> Reply<'_, i64> {
        self.call(Box::new(move |client| client.lease_keep_alive(id)))
    }

    fn lease_time_to_live(&self, id: LeaseId, keys: bool) -> Reply<'_, Option<LeaseStatus>> {
        self.call(Box::new(move |client| client.lease_time_to_live(id, keys)))
    }

    fn lease_list(&self) -> Reply<'_, Vec<LeaseId>> {
        self.call(Box::new(move |client| client.lease_list()))
    }
}

impl Locks for Late {
    fn lock(&self, name: Key, lease: LeaseId) -> Reply<'_, HeldLock> {
        self.call(Box::new(move |client| client.lock(name, lease)))
    }

    fn unlock(&self, key: Key) -> Reply<'_, ()> {
        self.call(Box::new(move |client| client.unlock(key)))
    }
}

impl Elections for Late {
    fn campaign(&self, name: Key, lease: LeaseId, value: Vec<u8>) -> Reply<'_, Leadership> {
        self.call(Box::new(move |client| client.campaign(name, lease, value)))
    }

    fn proclaim(&self, leadership: &Leadership, value: Vec<u8>) -> Reply<'_, ()> {
        let leadership = leadership.clone();
        Box::pin(async move { self.client().await?.proclaim(&leadership, value).await })
    }

    fn leader(&self, name: Key) -> Reply<'_, Option<Entry>> {
        self.call(Box::new(move |client| client.leader(name)))
    }

    fn observe(&self, name: Key) -> Reply<'_, LeaderStream> {
        self.call(Box::new(move |client| client.observe(name)))
    }

    fn resign(&self, leadership: &Leadership) -> Reply<'_, ()> {
        let leadership = leadership.clone();
        Box::pin(async move { self.client().await?.resign(&leadership).await })
    }
}

impl Watch for Late {
    fn watch(&self, request: WatchRequest) -> Reply<'_, WatchStream> {
        self.call(Box::new(move |client| client.watch(request)))
    }
}

impl Cluster for Late {
    fn status(&self) -> Reply<'_, Status> {
        self.call(Box::new(move |client| client.status()))
    }

    fn endpoint(&self) -> String {
        self.shared.made.get().map_or_else(|| self.shared.plan.place(), Gateway::endpoint)
    }

    // Whoever watches over the connection decides when it is tried again.
    fn check(&self) -> Reply<'_, Status> {
        Box::pin(async move {
            self.make();
            self.client().await?.check().await
        })
    }

    fn health(&self) -> HealthStream {
        let shared = self.shared.clone();
        let made = async move {
            // Never ends without one: what failed is tried again.
            let _ = shared.phase.subscribe().wait_for(|phase| matches!(phase, Phase::Made)).await;
            match shared.made.get() {
                Some(client) => client.health(),
                None => futures_util::stream::pending().boxed(),
            }
        };
        made.flatten_stream().boxed()
    }

    fn members(&self) -> Reply<'_, Vec<Member>> {
        self.call(Box::new(move |client| client.members()))
    }
}

impl Access for Late {
    fn user(&self) -> Option<String> {
        self.shared.made.get().map_or_else(|| self.shared.plan.user(), Gateway::user)
    }

    fn log_in(&self, user: String, password: Secret) -> Reply<'_, ()> {
        self.call(Box::new(move |client| client.log_in(user, password)))
    }

    fn rights(&self) -> Reply<'_, Rights> {
        self.call(Box::new(move |client| client.rights()))
    }
}
