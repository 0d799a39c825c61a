//! Calls and answers that are cut, servers that die: what was done is told exactly.

use std::sync::Arc;
use std::time::Duration;

use etcdeck::bulk::{Underway, apply};
use etcdeck::domain::bulk::Why;
use etcdeck::domain::{LeaseId, Revision};
use tokio::sync::watch;

use super::meddled::{Cut, Meddled};
use super::world::World;
use super::{client, on_all_stores};
use crate::support::servers::Etcd;

fn keys(count: usize) -> impl Iterator<Item = (String, Vec<u8>, LeaseId)> {
    (0..count).map(|n| (format!("{n:04}"), b"v".to_vec(), LeaseId::NONE))
}

#[test]
fn a_cut_call_is_made_again_and_a_cut_answer_is_read_back() {
    for cut in [Cut::Unsent, Cut::Before, Cut::After, Cut::Late] {
        on_all_stores(&format!("cut-{cut:?}"), async |world| {
            world.fill(keys(600)).await;
            let before = world.pairs(world.all(), Revision::NONE).await;
            let cuts =
                move |number: usize| async move { if number % 2 == 1 { cut } else { Cut::None } };
            let meddled = Arc::new(Meddled::new(world.store.clone(), cuts));
            let cutting = world.through(meddled.clone());
            let report = cutting.apply(world.plan_delete(&[world.all()]).await).await;
            assert_eq!((report.done, report.left_count), (600, 0), "{} {cut:?}", world.name);
            assert_eq!(report.transactions, 5, "{} {cut:?}", world.name);
            // What was only read back is in the journal as well, whole.
            let report =
                cutting.apply(cutting.plan_undo(report.journal.expect("it wrote")).await).await;
            assert_eq!((report.done, report.left_count), (600, 0), "{} {cut:?}", world.name);
            assert!(before == world.pairs(world.all(), Revision::NONE).await, "{}", world.name);
            meddled.arrive().await;
            assert!(before == world.pairs(world.all(), Revision::NONE).await, "{}", world.name);
            // Each was written once, and a second arrival changed nothing.
            let entries = world.entries(world.all(), Revision::NONE).await;
            assert!(entries.iter().all(|entry| entry.version.0 == 1), "{} {cut:?}", world.name);
        });
    }
}

#[test]
fn a_foreign_write_beside_a_cut_is_told_apart() {
    for cut in [Cut::Before, Cut::After, Cut::Late] {
        on_all_stores(&format!("beside-{cut:?}"), async |world| {
            world.fill(keys(100)).await;
            let plan = world.plan_delete(&[world.all()]).await;
            let other = Arc::new(world.through(world.store.clone()));
            // Somebody writes before the cut one, or right after it: a key that is gone already then.
            let cuts = move |number: usize| {
                let other = other.clone();
                async move {
                    match number {
                        0 => {
                            other.put("0042", "theirs").await;
                            cut
                        }
                        1 => {
                            other.put("0043", "theirs").await;
                            Cut::None
                        }
                        _ => Cut::None,
                    }
                }
            };
            let meddled = Arc::new(Meddled::new(world.store.clone(), cuts));
            let report = world.through(meddled.clone()).apply(plan).await;
            meddled.arrive().await;
            assert_eq!((report.done, report.left_count), (98, 2), "{} {cut:?}", world.name);
            assert_eq!(world.left(&report.left), "0042: Changed, 0043: Changed");
            assert_eq!(world.shown().await, "0042=theirs 0043=theirs", "{} {cut:?}", world.name);
        });
    }
}

#[test]
fn one_key_that_is_gone_without_an_answer_is_called_unknown() {
    on_all_stores("one-unknown", async |world| {
        world.put("a", "1").await;
        let plan = world.plan_delete(&[world.all()]).await;
        let cuts = |number: usize| async move { if number == 0 { Cut::After } else { Cut::None } };
        let meddled = Arc::new(Meddled::new(world.store.clone(), cuts));
        let report = world.through(meddled).apply(plan).await;
        // Anybody may have deleted it: there is nothing of ours to see.
        assert_eq!((report.done, world.left(&report.left)), (0, "a: Unknown".to_owned()));
    });
}

#[tokio::test]
async fn a_cut_answer_whose_history_was_compacted_is_told_as_far_as_it_shows() {
    for version in Etcd::versions() {
        let etcd = Etcd::start(version);
        let world = World::new(format!("etcd {version}"), Arc::new(client(&etcd)), "/c/");
        world.fill(keys(10)).await;
        let cuts = |number| async move { if number == 0 { Cut::Compacted } else { Cut::None } };
        // The new names show when they were written.
        let plan = world.plan_transfer("0", "moved/", false).await;
        let meddled = Arc::new(Meddled::new(world.store.clone(), cuts));
        let report = world.through(meddled).apply(plan).await;
        assert_eq!((report.done, report.left_count), (10, 0), "etcd {version}: {report:?}");
        // Deleted keys show nothing.
        let plan = world.plan_delete(&[world.all()]).await;
        let meddled = Arc::new(Meddled::new(world.store.clone(), cuts));
        let report = world.through(meddled).apply(plan).await;
        assert_eq!((report.done, report.left_count), (0, 10), "etcd {version}: {report:?}");
        assert!(report.left.iter().all(|left| left.why == Why::Unknown), "{report:?}");
    }
}

#[tokio::test]
async fn a_server_killed_between_transactions_and_restarted_loses_nothing() {
    for version in Etcd::versions() {
        let etcd = Arc::new(Etcd::start(version));
        let world = World::new(format!("etcd {version}"), Arc::new(client(&etcd)), "/k/");
        world.fill(keys(2000)).await;
        let before = world.pairs(world.all(), Revision::NONE).await;
        let plan = world.plan_delete(&[world.all()]).await;
        let killed = etcd.clone();
        let kill = move |number: usize| {
            let killed = killed.clone();
            async move {
                if number == 5 {
                    killed.kill();
                }
                Cut::None
            }
        };
        let meddled = Arc::new(Meddled::new(world.store.clone(), kill));
        let through = world.through(meddled);
        let (underway, mut seen) = watch::channel(Underway::default());
        let work = apply(
            &*through.store,
            plan,
            &world.journal,
            &world.limits,
            &underway,
            std::future::pending(),
        );
        // It waits and says why; then the server comes back.
        let restart = async {
            let waits = |underway: &Underway| underway.progress.waiting.is_some();
            seen.wait_for(waits).await.expect("it goes on");
            let done = seen.borrow().progress.done;
            assert_eq!(done, 5 * 128, "etcd {version}");
            etcd.restart();
        };
        let (report, ()) = tokio::join!(work, restart);
        assert_eq!((report.done, report.left_count), (2000, 0), "etcd {version}: {report:?}");
        assert_eq!(world.shown().await, "", "etcd {version}");
        let report = world.apply(world.plan_undo(report.journal.expect("it wrote")).await).await;
        assert_eq!(report.done, 2000, "etcd {version}");
        assert!(before == world.pairs(world.all(), Revision::NONE).await, "etcd {version}");
    }
}

#[tokio::test]
async fn a_server_lost_for_good_ends_it_with_everything_accounted_for() {
    for version in Etcd::versions() {
        let etcd = Arc::new(Etcd::start(version));
        let mut world = World::new(format!("etcd {version}"), Arc::new(client(&etcd)), "/g/");
        world.limits.patience = Duration::from_secs(1);
        world.fill(keys(600)).await;
        let plan = world.plan_delete(&[world.all()]).await;
        let killed = etcd.clone();
        let kill = move |number: usize| {
            let killed = killed.clone();
            async move {
                match number {
                    0 | 1 => Cut::None,
                    // It arrives, nobody answers, and nobody ever will.
                    _ => {
                        killed.kill();
                        Cut::Before
                    }
                }
            }
        };
        let meddled = Arc::new(Meddled::new(world.store.clone(), kill));
        let report = world.through(meddled).apply(plan).await;
        assert_eq!((report.done, report.left_count), (256, 344), "etcd {version}: {report:?}");
        assert!(report.error.is_some() && !report.stopped);
        let unknown = report.left.iter().filter(|left| left.why == Why::Unknown).count();
        assert_eq!((unknown, report.left.len()), (100, 100), "as many as are named");
    }
}

#[test]
fn it_can_be_stopped_while_the_server_is_away() {
    on_all_stores("stop-away", async |world| {
        world.fill(keys(300)).await;
        let plan = world.plan_delete(&[world.all()]).await;
        let away = |number: usize| async move { if number == 0 { Cut::None } else { Cut::Unsent } };
        let meddled = Arc::new(Meddled::new(world.store.clone(), away));
        let through = world.through(meddled);
        let (underway, mut seen) = watch::channel(Underway::default());
        let stop = async move {
            let waits = |underway: &Underway| underway.progress.waiting.is_some();
            seen.wait_for(waits).await.expect("it goes on");
        };
        let (store, journal, limits) = (&*through.store, &world.journal, &world.limits);
        let report = apply(store, plan, journal, limits, &underway, stop).await;
        assert_eq!((report.done, report.left_count, report.stopped), (128, 172, true));
        assert!(report.left.iter().all(|left| left.why == Why::NotReached), "{}", world.name);
        assert_eq!(report.error, None);
    });
}
