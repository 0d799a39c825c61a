//! Deleting: the blast radius, what is left, and what appeared meanwhile.

use std::sync::Arc;

use etcdeck::domain::bulk::Verb;
use etcdeck::domain::{KeyRange, LeaseId, Revision};

use super::meddled::{Cut, Meddled};
use super::on_all_stores;

#[test]
fn five_thousand_keys_go_and_three_that_changed_are_left_and_named() {
    on_all_stores("five-thousand", async |world| {
        let keys = (0..5000).map(|n| (format!("{n:04}"), vec![b'v'; n % 50], LeaseId::NONE));
        world.fill(keys).await;
        world.put("neighbor", "stays").await;
        let plan = world
            .plan_delete(&[
                world.under("0"),
                world.under("1"),
                world.under("2"),
                world.under("3"),
                world.under("4"),
            ])
            .await;
        let survey = plan.survey().clone();
        assert_eq!((survey.deletes, survey.touched()), (5000, 5000), "{}", world.name);
        let bytes = 5000 * world.key("0000").as_bytes().len() as u64
            + (0..5000).map(|n| n % 50).sum::<u64>();
        assert_eq!(survey.bytes, bytes, "{}", world.name);
        assert_eq!(survey.sample.len(), 10);
        assert!(survey.sample.iter().all(|sample| sample.verb == Verb::Delete));
        assert_eq!(survey.backup, None, "memory can hold it");

        // A second client is at work: before the first transaction and in the midst.
        let other = Arc::new(world.through(world.store.clone()));
        let meddled = Meddled::new(world.store.clone(), {
            let other = other.clone();
            move |number| {
                let other = other.clone();
                async move {
                    match number {
                        0 => drop(other.put("0003", "theirs").await),
                        7 => drop(other.put("4321", "theirs").await),
                        9 => drop(other.delete("4999").await),
                        20 => drop(other.put("0000-new", "appeared").await),
                        _ => {}
                    }
                    Cut::None
                }
            }
        });
        let meddled = Arc::new(meddled);
        let report = world.through(meddled.clone()).apply(plan).await;

        assert_eq!((report.done, report.left_count), (4997, 3), "{}", world.name);
        assert_eq!(world.left(&report.left), "0003: Changed, 4321: Changed, 4999: Changed");
        assert_eq!((report.stopped, &report.error), (false, &None));
        // 40 batches, of which three lost a key and were sent again at once.
        assert_eq!((report.transactions, meddled.count()), (40, 43), "{}", world.name);
        assert_eq!(world.names(&report.appeared.0), "0000-new", "{}", world.name);
        assert_eq!(report.appeared.1, 1);
        let left = "0000-new=appeared 0003=theirs 4321=theirs neighbor=stays";
        assert_eq!(world.shown().await, left, "{}", world.name);

        let line = world.journal.line(report.journal.expect("it wrote")).expect("a record");
        assert_eq!((line.keys, Some(line.revisions)), (4997, report.revisions));
    });
}

#[test]
fn overlapping_ranges_count_once_and_leases_and_locks_are_named() {
    on_all_stores("radius", async |world| {
        let (lease, other) = (world.lease().await, world.lease().await);
        world.put("a/1", "one").await;
        world.put_on("a/2", "two", other).await;
        world.put_on("a/3", "three", other).await;
        world.put_on(&format!("lock/{lease}"), "", lease).await;
        world.put_on(&format!("lock/{other}"), "", lease).await;
        world.put("b", "one").await;
        world.put("c", "stays").await;
        let ranges = [
            world.under("a/"),
            KeyRange::single(world.key("a/2")),
            world.under("lock/"),
            KeyRange::single(world.key("b")),
            KeyRange::single(world.key("no-such-key")),
        ];
        let plan = world.plan_delete(&ranges).await;
        let survey = plan.survey();
        assert_eq!(survey.deletes, 6, "{}", world.name);
        let mut leases = survey.leases.clone();
        leases.sort_unstable();
        let mut expected = vec![(lease, 2), (other, 2)];
        expected.sort_unstable();
        assert_eq!((leases, survey.lease_count), (expected, 2), "{}", world.name);
        // The other one only looks like a lock: it hangs on another lease than its name says.
        assert_eq!(world.names(&survey.locks), format!("lock/{lease}"));
        assert_eq!(survey.lock_count, 1);
        assert_eq!(world.apply(plan).await.done, 6);
        assert_eq!(world.shown().await, "c=stays");
    });
}

#[test]
fn nothing_to_delete_is_a_plan_without_steps() {
    on_all_stores("nothing", async |world| {
        for ranges in [vec![], vec![world.all()]] {
            let plan = world.plan_delete(&ranges).await;
            assert_eq!(plan.survey().touched(), 0);
            let report = world.apply(plan).await;
            assert_eq!((report.done, report.journal, report.revisions), (0, None, None));
        }
    });
}

#[test]
fn what_a_plan_tells_is_true_at_one_revision() {
    on_all_stores("one-revision", async |world| {
        world.fill((0..3000).map(|n| (format!("{n:04}"), b"v".to_vec(), LeaseId::NONE))).await;
        let at = world.put("0000", "w").await;
        let plan = world.plan_delete(&[world.all()]).await;
        assert!(plan.survey().revision >= at, "{}", world.name);
        assert_eq!(plan.survey().deletes, 3000);
        // Everything is changed since: nothing may go.
        world.fill((0..3000).map(|n| (format!("{n:04}"), b"x".to_vec(), LeaseId::NONE))).await;
        let report = world.apply(plan).await;
        assert_eq!((report.done, report.left_count), (0, 3000), "{}", world.name);
        assert_eq!(report.left.len(), 100, "so many are named");
        assert_eq!((report.journal, report.transactions), (None, 0));
        assert_eq!(world.entries(world.all(), Revision::NONE).await.len(), 3000);
    });
}
