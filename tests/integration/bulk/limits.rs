//! Servers that allow less, and steps that are too much for any.

use std::sync::Arc;

use etcdeck::domain::bulk::Why;
use etcdeck::domain::{LeaseId, Revision};

use super::meddled::{Cut, Meddled};
use super::world::World;
use super::{client, on_all_stores};
use crate::support::servers::Etcd;

#[tokio::test]
async fn a_server_that_allows_ten_operations_gets_ten() {
    for version in Etcd::versions() {
        let etcd = Etcd::build(version).arg("--max-txn-ops=10").start();
        let store = Arc::new(client(&etcd));
        let world = World::new(format!("etcd {version}"), store, "/ten/");
        for n in 0..95 {
            world.put(&format!("a/{n:03}"), format!("{n}")).await;
        }
        // The looks of the undo, the moves in pairs and the deletes all find it out.
        let report = world.apply(world.plan_transfer("a/", "b/", false).await).await;
        assert_eq!((report.done, report.left_count), (95, 0), "etcd {version}: {report:?}");
        let report = world.apply(world.plan_delete(&[world.under("b/")]).await).await;
        assert_eq!((report.done, report.left_count), (95, 0), "etcd {version}: {report:?}");
        let report = world.apply(world.plan_undo(report.journal.expect("it wrote")).await).await;
        assert_eq!((report.done, report.left_count), (95, 0), "etcd {version}: {report:?}");
    }
}

#[tokio::test]
async fn a_server_that_takes_small_requests_gets_small_ones() {
    for version in Etcd::versions() {
        let etcd = Etcd::build(version).arg("--max-request-bytes=20000").start();
        let world = World::new(format!("etcd {version}"), Arc::new(client(&etcd)), "/small/");
        for n in 0..60 {
            world.put(&format!("{n:03}"), vec![b'v'; 1500]).await;
        }
        world.put("030-large", vec![b'v'; 18_000]).await;
        let report = world.apply(world.plan_delete(&[world.all()]).await).await;
        assert_eq!((report.done, report.left_count), (61, 0), "etcd {version}: {report:?}");
        let plan = world.plan_undo(report.journal.expect("it wrote")).await;
        let report = world.apply(plan).await;
        assert_eq!(report.done + report.left_count, 61);
        // With its guard the largest fits just so, or not: then it is named, and no other is harmed.
        assert!(report.left_count <= 1, "etcd {version}: {report:?}");
        assert!(report.left.iter().all(|left| left.key == world.key("030-large")));
        assert!(report.left.iter().all(|left| matches!(&left.why, Why::Refused(_))));
    }
}

#[test]
fn large_values_go_in_requests_that_fit() {
    on_all_stores("large", async |mut world| {
        world.limits.backup = u64::MAX;
        // 8 MB in all: neither a request nor an answer may hold that.
        for n in 0..8 {
            world.put(&format!("{n:02}"), vec![n; 1_000_000]).await;
        }
        let before = world.pairs(world.all(), Revision::NONE).await;
        let moved = world.apply(world.plan_transfer("", "moved/", true).await).await;
        assert_eq!((moved.done, moved.transactions), (8, 8), "{}: {moved:?}", world.name);
        let report = world.apply(world.plan_delete(&[world.all()]).await).await;
        assert_eq!(report.done, 16, "{}: {report:?}", world.name);
        // Four of them in one answer.
        assert_eq!(report.transactions, 4, "{}", world.name);
        let report = world.apply(world.plan_undo(report.journal.expect("it wrote")).await).await;
        assert_eq!((report.done, report.left_count), (16, 0), "{}", world.name);
        let after = world.pairs(world.all(), Revision::NONE).await;
        assert!(after[..8] == before[..], "{}: not the same again", world.name);
        // Room for the other tests on this server.
        let ranges = [world.all()];
        assert_eq!(world.apply(world.plan_delete(&ranges).await).await.done, 16);
    });
}

#[test]
fn a_plan_larger_than_memory_is_carried_out_from_its_file() {
    on_all_stores("spooled", async |mut world| {
        world.limits.memory = 1000;
        world.fill((0..2000).map(|n| (format!("{n:04}"), vec![n as u8], LeaseId::NONE))).await;
        let report = world.apply(world.plan_delete(&[world.all()]).await).await;
        assert_eq!((report.done, world.shown().await.as_str()), (2000, ""), "{}", world.name);
        let report = world.apply(world.plan_undo(report.journal.expect("it wrote")).await).await;
        assert_eq!(report.done, 2000, "{}", world.name);
    });
}

#[test]
fn it_stops_between_two_transactions_and_tells_what_it_did_not_reach() {
    on_all_stores("stop", async |world| {
        world.fill((0..1000).map(|n| (format!("{n:03}"), b"v".to_vec(), LeaseId::NONE))).await;
        let plan = world.plan_delete(&[world.all()]).await;
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let stop = Arc::new(std::sync::Mutex::new(Some(stop)));
        let meddled = Meddled::new(world.store.clone(), move |number| {
            let stop = stop.clone();
            async move {
                if number == 2 {
                    stop.lock().expect("no panic").take();
                }
                Cut::None
            }
        });
        let stopped = async {
            let _ = stopped.await;
        };
        let report = world.through(Arc::new(meddled)).apply_until(plan, stopped).await;
        // The third was under way.
        assert_eq!((report.done, report.left_count), (384, 616), "{}", world.name);
        assert_eq!((report.stopped, report.error), (true, None));
        assert!(report.left.iter().all(|left| left.why == Why::NotReached));
        assert_eq!(report.left[0].key, world.key("384"));
        assert_eq!(world.entries(world.all(), Revision::NONE).await.len(), 616);
    });
}
