//! Moving and copying.

use std::sync::Arc;

use etcdeck::domain::bulk::{PlanRequest, Rename, Verb};
use etcdeck::domain::{LeaseId, Revision};

use super::meddled::{Cut, Meddled};
use super::on_all_stores;

#[test]
fn a_prefix_moves_with_values_and_leases_and_never_onto_a_key() {
    on_all_stores("move", async |world| {
        let lease = world.lease().await;
        world.fill((0..1500).map(|n| (format!("a/{n:04}"), format!("{n}").into(), lease))).await;
        world.put("b/0007", "was here").await;
        world.put("b/other", "stays").await;
        let before = world.pairs(world.under("a/"), Revision::NONE).await;

        let plan = world.plan_transfer("a/", "b/", false).await;
        let survey = plan.survey();
        assert_eq!((survey.moves, survey.blocked_count), (1499, 1), "{}", world.name);
        let (blocked, why) = &survey.blocked[0];
        assert_eq!(*blocked, world.key("a/0007"));
        assert!(why.contains("exists already"), "{why}");
        assert_eq!(survey.sample[0].key, world.key("a/0000"));
        assert!(survey.sample[0].detail.ends_with("b/0000"), "{}", survey.sample[0].detail);
        assert_eq!(survey.leases, [(lease, 1499)]);

        // Somebody takes one of the new names, and somebody changes one of the old keys.
        let other = Arc::new(world.through(world.store.clone()));
        let meddled = Meddled::new(world.store.clone(), move |number| {
            let other = other.clone();
            async move {
                if number == 2 {
                    other.put("b/0500", "theirs").await;
                    other.put("a/0501", "theirs").await;
                    other.put("a/new", "appeared").await;
                }
                Cut::None
            }
        });
        let report = world.through(Arc::new(meddled)).apply(plan).await;
        assert_eq!((report.done, report.left_count), (1497, 2), "{}", world.name);
        assert_eq!(world.left(&report.left), "b/0500: Exists, a/0501: Changed", "{}", world.name);
        assert_eq!(world.names(&report.appeared.0), "a/new", "{}", world.name);

        let old = world.entries(world.under("a/"), Revision::NONE).await;
        let names = world.names(old.iter().map(|entry| &entry.key));
        assert_eq!(names, "a/0007 a/0500 a/0501 a/new", "{}", world.name);
        let moved = world.pairs(world.under("b/"), Revision::NONE).await;
        let untouched = ["b/0007", "b/0500", "b/other"].map(|name| world.key(name));
        let moved: Vec<_> = moved.into_iter().filter(|pair| !untouched.contains(&pair.0)).collect();
        let expected = before.into_iter().filter_map(|(key, value, lease)| {
            let name = world.names([&key]);
            let left = ["a/0007", "a/0500", "a/0501"].contains(&name.as_str());
            (!left).then(|| (world.key(&name.replace("a/", "b/")), value, lease))
        });
        assert_eq!(moved, expected.collect::<Vec<_>>(), "{}", world.name);

        // And back again.
        let plan = world.plan_undo(report.journal.expect("it wrote")).await;
        assert_eq!((plan.survey().moves, plan.survey().touched()), (1497, 1497));
        assert_eq!(world.apply(plan).await.left_count, 0, "{}", world.name);
        assert_eq!(world.entries(world.under("b/"), Revision::NONE).await.len(), 3);
    });
}

#[test]
fn a_copy_leaves_its_source_even_into_itself() {
    on_all_stores("copy", async |world| {
        world.fill((0..300).map(|n| (format!("a/{n:03}"), vec![n as u8], LeaseId::NONE))).await;
        let plan = world.plan_transfer("a/", "a/old/", true).await;
        assert_eq!((plan.survey().creates, plan.survey().moves), (300, 0), "{}", world.name);
        assert!(plan.survey().sample.iter().all(|sample| sample.verb == Verb::Create));
        let report = world.apply(plan).await;
        assert_eq!((report.done, report.left_count), (300, 0), "{}", world.name);
        assert_eq!(world.entries(world.under("a/"), Revision::NONE).await.len(), 600);
        // The same once more: everything exists.
        let plan = world.plan_transfer("a/", "a/old/", true).await;
        assert_eq!(plan.survey().blocked_count, 300, "{}", world.name);
        assert_eq!(plan.survey().creates, 300, "the copies themselves, to a/old/old/");
    });
}

#[test]
fn several_names_at_once_meet_in_no_key() {
    on_all_stores("several", async |world| {
        for name in ["a/x", "b/x", "b/y", "c"] {
            world.put(name, name).await;
        }
        let rename = |from: &str, to: &str, prefix| Rename {
            from: world.key(from),
            to: world.key(to),
            prefix,
        };
        let names = vec![
            rename("a/", "z/", true),
            rename("b/", "z/", true),
            rename("b/y", "z/again", false),
            rename("c", "z/c", false),
            rename("d", "z/d", false),
        ];
        let plan = world.plan(PlanRequest::Transfer { names, keep: false }).await.expect("a plan");
        let survey = plan.survey();
        assert_eq!((survey.moves, survey.blocked_count), (3, 1), "{}", world.name);
        assert_eq!(survey.blocked[0].0, world.key("b/x"));
        assert_eq!(world.apply(plan).await.done, 3);
        assert_eq!(world.shown().await, "b/x=b/x z/c=c z/x=a/x z/y=b/y", "{}", world.name);
    });
}

#[test]
fn a_key_moves_alone() {
    on_all_stores("one-key", async |world| {
        world.put("a", "1").await;
        world.put("ab", "2").await;
        let names = vec![Rename { from: world.key("a"), to: world.key("b"), prefix: false }];
        let plan = world.plan(PlanRequest::Transfer { names, keep: false }).await.expect("a plan");
        assert_eq!((plan.survey().touched(), plan.what()), (1, "move /one-key/a to /one-key/b"));
        let report = world.apply(plan).await;
        assert_eq!((report.done, report.transactions), (1, 1));
        assert_eq!(world.shown().await, "ab=2 b=1", "{}", world.name);
    });
}
