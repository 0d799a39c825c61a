//! Stores that pass on what they do not change: whole traits of a store around another one.

/// Implements these traits of a store by passing every call on to a field:
/// `forward!(Around, inner: Leases, Watch);`. `Access` and `Cluster` are worth the most: what they
/// say is rarely what a test changes.
macro_rules! forward {
    ($around:ty, $inner:tt: $($kind:ident),+) => {
        $(forward!(@$kind $around, $inner);)+
    };
    (@Leases $around:ty, $inner:tt) => {
        impl etcdeck::store::Leases for $around {
            fn lease_grant(
                &self,
                ttl: i64,
                id: etcdeck::domain::LeaseId,
            ) -> etcdeck::store::Reply<'_, etcdeck::store::Granted> {
                self.$inner.lease_grant(ttl, id)
            }

            fn lease_revoke(
                &self,
                id: etcdeck::domain::LeaseId,
            ) -> etcdeck::store::Reply<'_, etcdeck::domain::Revision> {
                self.$inner.lease_revoke(id)
            }

            fn lease_keep_alive(
                &self,
                id: etcdeck::domain::LeaseId,
            ) -> etcdeck::store::Reply<'_, i64> {
                self.$inner.lease_keep_alive(id)
            }

            fn lease_time_to_live(
                &self,
                id: etcdeck::domain::LeaseId,
                keys: bool,
            ) -> etcdeck::store::Reply<'_, Option<etcdeck::domain::lease::LeaseStatus>> {
                self.$inner.lease_time_to_live(id, keys)
            }

            fn lease_list(
                &self,
            ) -> etcdeck::store::Reply<'_, Vec<etcdeck::domain::LeaseId>> {
                self.$inner.lease_list()
            }
        }
    };
    (@Locks $around:ty, $inner:tt) => {
        impl etcdeck::store::Locks for $around {
            fn lock(
                &self,
                name: etcdeck::domain::Key,
                lease: etcdeck::domain::LeaseId,
            ) -> etcdeck::store::Reply<'_, etcdeck::domain::lock::HeldLock> {
                self.$inner.lock(name, lease)
            }

            fn unlock(&self, key: etcdeck::domain::Key) -> etcdeck::store::Reply<'_, ()> {
                self.$inner.unlock(key)
            }
        }
    };
    (@Elections $around:ty, $inner:tt) => {
        impl etcdeck::store::Elections for $around {
            fn campaign(
                &self,
                name: etcdeck::domain::Key,
                lease: etcdeck::domain::LeaseId,
                value: Vec<u8>,
            ) -> etcdeck::store::Reply<'_, etcdeck::domain::election::Leadership> {
                self.$inner.campaign(name, lease, value)
            }

            fn proclaim(
                &self,
                leadership: &etcdeck::domain::election::Leadership,
                value: Vec<u8>,
            ) -> etcdeck::store::Reply<'_, ()> {
                self.$inner.proclaim(leadership, value)
            }

            fn leader(
                &self,
                name: etcdeck::domain::Key,
            ) -> etcdeck::store::Reply<'_, Option<etcdeck::domain::Entry>> {
                self.$inner.leader(name)
            }

            fn observe(
                &self,
                name: etcdeck::domain::Key,
            ) -> etcdeck::store::Reply<'_, etcdeck::store::LeaderStream> {
                self.$inner.observe(name)
            }

            fn resign(
                &self,
                leadership: &etcdeck::domain::election::Leadership,
            ) -> etcdeck::store::Reply<'_, ()> {
                self.$inner.resign(leadership)
            }
        }
    };
    (@Watch $around:ty, $inner:tt) => {
        impl etcdeck::store::Watch for $around {
            fn watch(
                &self,
                request: etcdeck::store::WatchRequest,
            ) -> etcdeck::store::Reply<'_, etcdeck::store::WatchStream> {
                self.$inner.watch(request)
            }
        }
    };
    (@Cluster $around:ty, $inner:tt) => {
        impl etcdeck::store::Cluster for $around {
            fn status(&self) -> etcdeck::store::Reply<'_, etcdeck::store::Status> {
                self.$inner.status()
            }

            fn endpoint(&self) -> String {
                self.$inner.endpoint()
            }

            fn check(&self) -> etcdeck::store::Reply<'_, etcdeck::store::Status> {
                self.$inner.check()
            }

            fn health(&self) -> etcdeck::store::HealthStream {
                self.$inner.health()
            }

            fn members(&self) -> etcdeck::store::Reply<'_, Vec<etcdeck::store::Member>> {
                self.$inner.members()
            }
        }
    };
    (@Access $around:ty, $inner:tt) => {
        impl etcdeck::store::Access for $around {
            fn user(&self) -> Option<String> {
                self.$inner.user()
            }

            fn log_in(
                &self,
                user: String,
                password: etcdeck::domain::Secret,
            ) -> etcdeck::store::Reply<'_, ()> {
                self.$inner.log_in(user, password)
            }

            fn rights(
                &self,
            ) -> etcdeck::store::Reply<'_, etcdeck::domain::access::Rights> {
                self.$inner.rights()
            }
        }
    };
}

pub(crate) use forward;
