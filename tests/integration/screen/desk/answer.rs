//! What the sandbox answers to a call.

use etcdeck::app::effect::{Answer, Call, CallResult};
use etcdeck::bulk::oldest;
use etcdeck::domain::txn::RangeRequest;
use etcdeck::domain::{KeyRange, Revision};
use etcdeck::store::{Access as _, Cluster as _, Kv as _, Leases as _};

use super::Desk;

impl Desk {
    pub(super) fn answer(&self, call: Call) -> CallResult {
        self.runtime.block_on(async {
            Ok(match call {
                Call::Range(request) => Answer::Range(self.store.range(request).await?),
                Call::Txn(request) => Answer::Txn(self.store.txn(request).await?),
                Call::LeaseGrant(ttl, id) => {
                    Answer::Granted(self.store.lease_grant(ttl, id).await?)
                }
                Call::LeaseRevoke(id) => {
                    self.store.lease_revoke(id).await?;
                    Answer::Revoked
                }
                Call::LeaseKeepAlive(id) => Answer::Renewed(self.store.lease_keep_alive(id).await?),
                Call::LeaseStatuses(ids) => {
                    let mut statuses = Vec::new();
                    for id in ids {
                        statuses.push((id, self.store.lease_time_to_live(id, true).await?));
                    }
                    Answer::LeaseStatuses(statuses)
                }
                Call::LogIn(user, password) => {
                    self.store.log_in(user, password).await.map(|()| Answer::LoggedIn)?
                }
                Call::Rights => Answer::Rights(Box::new(self.store.rights().await?)),
                Call::Members => Answer::Members(self.store.members().await?),
                Call::LeaseList => Answer::LeaseList(self.store.lease_list().await?),
                Call::Oldest(key) => {
                    let first = Revision(1);
                    let request = RangeRequest::get(key.clone()).at(first);
                    // Asked only where it is told at once: waiting would move the clock.
                    let told = match self.store.range(request).await {
                        Ok(_) => None,
                        Err(_) => oldest(&self.store, &KeyRange::single(key), first).await,
                    };
                    Answer::Oldest(told.unwrap_or(first))
                }
            })
        })
    }
}
