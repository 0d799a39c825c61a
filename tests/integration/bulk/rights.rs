//! A user who may not write some of the keys.

use std::sync::Arc;

use etcdeck::domain::Revision;
use etcdeck::domain::bulk::Why;
use etcdeck::gateway::{Credentials, Gateway, GatewayOptions};
use etcdeck::store::{ErrorKind, ReadOnly, StoreError};

use super::meddled::{Cut, Meddled};
use super::on_all_stores;
use super::world::World;
use crate::support::servers::Etcd;

#[tokio::test]
async fn keys_that_may_not_be_written_are_named_and_the_others_go() {
    for version in Etcd::versions() {
        let etcd = Etcd::build(version).arg("--bcrypt-cost=4").start();
        etcd.ctl(&["role", "add", "app"]);
        etcd.ctl(&["role", "grant-permission", "app", "--prefix=true", "read", "/app/"]);
        etcd.ctl(&["role", "grant-permission", "app", "write", "/app/000", "/app/100"]);
        etcd.ctl(&["role", "grant-permission", "app", "write", "/app/104", "/app/300"]);
        etcd.ctl(&["user", "add", "alice:pw"]);
        etcd.ctl(&["user", "grant-role", "alice", "app"]);
        etcd.enable_auth("secret");
        let as_user = |user: &str, password: &str| {
            let credentials = Some(Credentials::new(user, password));
            let options = GatewayOptions { credentials, ..GatewayOptions::new([etcd.url()]) };
            Gateway::connect(options).expect("the options are right")
        };
        let name = format!("etcd {version}");
        let root = World::new(name.clone(), Arc::new(as_user("root", "secret")), "/app/");
        let keys =
            (0..300).map(|n| (format!("{n:03}"), b"v".to_vec(), etcdeck::domain::LeaseId::NONE));
        root.fill(keys).await;

        let alice = World::new(name, Arc::new(as_user("alice", "pw")), "/app/");
        let plan = alice.plan_delete(&[alice.all()]).await;
        assert_eq!(plan.survey().deletes, 300);
        let report = alice.apply(plan).await;
        assert_eq!((report.done, report.left_count), (296, 4), "etcd {version}: {report:?}");
        assert_eq!(alice.left(&report.left), "100: Denied, 101: Denied, 102: Denied, 103: Denied");
        assert_eq!(root.shown().await, "100=v 101=v 102=v 103=v", "etcd {version}");
        assert_eq!(report.error, None);
        let report = alice.apply(alice.plan_undo(report.journal.expect("it wrote")).await).await;
        assert_eq!(report.done, 296, "etcd {version}");
        assert_eq!(root.entries(root.all(), Revision::NONE).await.len(), 300);
    }
}

#[test]
fn read_only_ends_it_with_what_was_done() {
    on_all_stores("read-only", async |world| {
        let keys =
            (0..500).map(|n| (format!("{n:03}"), b"v".to_vec(), etcdeck::domain::LeaseId::NONE));
        world.fill(keys).await;
        let plan = world.plan_delete(&[world.all()]).await;
        let switch = ReadOnly::new(world.store.clone(), false);
        let inner = switch.clone();
        // The switch is turned before the third transaction, which passes it after that.
        let turned = Meddled::new(Arc::new(switch), move |number| {
            if number == 2 {
                inner.set_read_only(true);
            }
            async { Cut::None }
        });
        let report = world.through(Arc::new(turned)).apply(plan).await;
        assert_eq!((report.done, report.left_count), (256, 244), "{}", world.name);
        let expected = StoreError::new(ErrorKind::ReadOnly, "read-only: nothing was sent");
        assert_eq!(report.error, Some(expected.during("txn").to_string()));
        assert!(report.left.iter().all(|left| left.why == Why::NotReached));
        assert!(!report.stopped);
    });
}
