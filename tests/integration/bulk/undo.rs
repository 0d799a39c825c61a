//! Taking back what was written.

use std::sync::Arc;

use etcdeck::domain::journal::Standing;
use etcdeck::domain::{KeyRange, LeaseId, Revision};

use super::meddled::{Cut, Meddled};
use super::on_all_stores;

#[test]
fn an_undone_delete_is_byte_identical_with_leases_that_live() {
    on_all_stores("undo", async |world| {
        let lease = world.lease().await;
        let bytes: Vec<u8> = (0..=255).collect();
        let keys = (0..5000).map(|n| {
            let value = bytes.iter().cycle().skip(n % 256).take(n % 90).copied().collect();
            (format!("{n:04}"), value, if n % 3 == 0 { lease } else { LeaseId::NONE })
        });
        world.fill(keys).await;
        let plan = world.plan_delete(&[world.all()]).await;
        let planned_at = plan.survey().revision;
        let report = world.apply(plan).await;
        assert_eq!((report.done, report.left_count), (5000, 0), "{}", world.name);
        assert_eq!(world.shown().await, "");

        let record = report.journal.expect("it wrote");
        let plan = world.plan_undo(record).await;
        assert_eq!((plan.survey().creates, plan.survey().blocked_count), (5000, 0));
        assert!(plan.survey().notes.is_empty(), "{:?}", plan.survey().notes);
        assert_eq!(plan.survey().leases, [(lease, 1667)], "{}", world.name);
        let report = world.apply(plan).await;
        assert_eq!((report.done, report.left_count), (5000, 0), "{}", world.name);
        let before = world.pairs(world.all(), planned_at).await;
        let after = world.pairs(world.all(), Revision::NONE).await;
        assert!(before == after, "{}: not the same again", world.name);
        assert_eq!(before.len(), 5000);

        // The record says so, and the undo can be undone, and that as well.
        let by = report.journal.expect("it wrote");
        let line = world.journal.line(record).expect("a record");
        assert_eq!(line.standing, Standing::Undone(by));
        assert_eq!(world.journal.line(by).expect("a record").undoes, Some(record));
        let report = world.apply(world.plan_undo(by).await).await;
        assert_eq!((report.done, world.shown().await.as_str()), (5000, ""), "{}", world.name);
        let report = world.apply(world.plan_undo(report.journal.expect("it wrote")).await).await;
        assert_eq!(report.done, 5000);
        assert!(before == world.pairs(world.all(), Revision::NONE).await, "{}", world.name);
    });
}

#[test]
fn what_changed_since_blocks_itself_and_ended_leases_are_said() {
    on_all_stores("undo-since", async |world| {
        let (lives, ended) = (world.lease().await, world.lease().await);
        for name in ["anew", "changed", "plain", "same"] {
            world.put(name, "old").await;
        }
        world.put_on("lives", "old", lives).await;
        world.put_on("ended-1", "old", ended).await;
        world.put_on("ended-2", "old", ended).await;
        let report = world.apply(world.plan_delete(&[world.all()]).await).await;
        assert_eq!(report.done, 7, "{}", world.name);

        world.store.lease_revoke(ended).await.expect("revoke");
        world.put("anew", "theirs").await;
        world.put("same", "old").await;
        let record = report.journal.expect("it wrote");
        let plan = world.plan_undo(record).await;
        let survey = plan.survey();
        assert_eq!((survey.creates, survey.same, survey.blocked_count), (5, 1, 1));
        assert_eq!(survey.blocked[0].0, world.key("anew"));
        assert!(survey.blocked[0].1.contains("anew since"), "{}", survey.blocked[0].1);
        let note = format!("lease {ended} has ended: 2 keys come back without a lease");
        assert_eq!(survey.notes, [note], "{}", world.name);

        // One more changes between the plan and its turn.
        world.put("changed", "theirs").await;
        let report = world.apply(plan).await;
        assert_eq!((report.done, report.left_count), (4, 1), "{}", world.name);
        assert_eq!(world.left(&report.left), "changed: Exists");
        let shown =
            "anew=theirs changed=theirs ended-1=old ended-2=old lives=old plain=old same=old";
        assert_eq!(world.shown().await, shown, "{}", world.name);
        let leased = world.entries(KeyRange::single(world.key("lives")), Revision::NONE).await;
        assert_eq!(leased[0].lease, lives);
        let standing = world.journal.line(record).expect("a record").standing;
        assert_eq!(standing, Standing::Done, "not all of it was put back");
    });
}

#[test]
fn a_lease_that_ends_after_the_plan_costs_only_its_keys() {
    on_all_stores("undo-lease", async |world| {
        let lease = world.lease().await;
        world.fill((0..200).map(|n| (format!("{n:03}"), b"v".to_vec(), LeaseId::NONE))).await;
        world.put_on("077", "v", lease).await;
        world.put_on("150", "v", lease).await;
        let report = world.apply(world.plan_delete(&[world.all()]).await).await;
        let plan = world.plan_undo(report.journal.expect("it wrote")).await;
        let other = Arc::new(world.through(world.store.clone()));
        let meddled = Meddled::new(world.store.clone(), move |number| {
            let other = other.clone();
            async move {
                if number == 0 {
                    other.store.lease_revoke(lease).await.expect("revoke");
                }
                Cut::None
            }
        });
        let report = world.through(Arc::new(meddled)).apply(plan).await;
        assert_eq!((report.done, report.left_count), (198, 2), "{}", world.name);
        assert_eq!(world.left(&report.left), "077: Refused, 150: Refused", "{}", world.name);
    });
}
