//! Leases on real servers.

use std::time::Duration;

use etcdeck::domain::txn::{PutRequest, RangeRequest};
use etcdeck::domain::{Key, LeaseId};
use etcdeck::store::{ErrorKind, Kv as _, Leases as _};

use super::{LIMIT, client, on_all_versions};
use crate::support::servers::Etcd;
use crate::support::wait::eventually;

#[tokio::test]
async fn a_lease_lives_is_renewed_and_takes_its_keys_with_it() {
    for version in Etcd::versions() {
        let server = Etcd::start(version);
        let etcd = client(&server);
        assert_eq!(etcd.lease_list().await.unwrap(), [], "{version}");

        let id = LeaseId(7_777_777_777_777_777_777);
        let granted = etcd.lease_grant(60, id).await.unwrap();
        assert_eq!((granted.id, granted.ttl), (id, 60), "{version}");
        let chosen = etcd.lease_grant(30, LeaseId::NONE).await.unwrap();
        assert!(chosen.id.is_some(), "{version}");
        let mut listed = etcd.lease_list().await.unwrap();
        listed.sort();
        let mut expected = [id, chosen.id];
        expected.sort();
        assert_eq!(listed, expected, "{version}");
        let error = etcd.lease_grant(60, id).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::LeaseExists, "{version}: {error}");

        for key in [&b"/a"[..], b"/\xff\0"] {
            etcd.put(PutRequest::new(key, "x").lease(id)).await.unwrap();
        }
        let status = etcd.lease_time_to_live(id, true).await.unwrap().unwrap();
        assert_eq!((status.id, status.granted), (id, 60), "{version}");
        assert!((55..=60).contains(&status.ttl), "{version}: {status:?}");
        let mut keys = status.keys;
        keys.sort();
        assert_eq!(keys, [Key::from(&b"/a"[..]), Key::from(&b"/\xff\0"[..])], "{version}");
        let status = etcd.lease_time_to_live(id, false).await.unwrap().unwrap();
        assert_eq!(status.keys, [], "{version}");

        assert_eq!(etcd.lease_keep_alive(id).await.unwrap(), 60, "{version}");
        etcd.lease_revoke(id).await.unwrap();
        assert_eq!(etcd.range(RangeRequest::get("/a")).await.unwrap().entries, [], "{version}");
        assert_eq!(etcd.lease_time_to_live(id, true).await.unwrap(), None, "{version}");
        for gone in
            [etcd.lease_revoke(id).await.map(|_| ()), etcd.lease_keep_alive(id).await.map(|_| ())]
        {
            let error = gone.unwrap_err();
            assert_eq!(error.kind, ErrorKind::LeaseNotFound, "{version}: {error}");
            assert!(error.to_string().contains(&id.to_string()), "hexadecimal: {error}");
        }
    }
}

#[test]
fn a_short_lease_is_raised_and_expires() {
    on_all_versions(async |version| {
        let server = Etcd::start(version);
        let etcd = client(&server);
        let granted = etcd.lease_grant(0, LeaseId::NONE).await.unwrap();
        assert!(granted.ttl > 0, "{version}: {granted:?}");
        etcd.put(PutRequest::new("/short", "x").lease(granted.id)).await.unwrap();
        eventually("the key vanishes with its lease", LIMIT, async || {
            etcd.range(RangeRequest::get("/short")).await.unwrap().entries.is_empty().then_some(())
        })
        .await;
        let gone = eventually("the lease is gone", Duration::from_secs(5), async || {
            let status = etcd.lease_time_to_live(granted.id, false).await.unwrap();
            status.is_none().then_some(())
        });
        gone.await;
        let error = etcd.lease_grant(9_000_000_001, LeaseId::NONE).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Invalid, "{version}: {error}");
    });
}
