//! What became of a prefix, against all that can be read at both revisions, over random edits.

use std::collections::BTreeMap;

use etcdeck::bulk::{Limits, Looked, compare, restore};
use etcdeck::domain::change::transaction;
use etcdeck::domain::difference::{Became, Difference};
use etcdeck::domain::txn::{DeleteRequest, PutRequest, RangeRequest};
use etcdeck::domain::{Entry, Key, KeyRange, Revision};
use etcdeck::sandbox::Sandbox;
use etcdeck::store::Kv as _;
use proptest::prelude::*;
use tokio::sync::watch;

/// A write of one of a few keys, or its deletion.
type Edit = (u8, Option<Vec<u8>>);

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let value = proptest::option::weighted(0.7, proptest::collection::vec(0_u8..3, 0..4));
    proptest::collection::vec((0_u8..40, value), 0..150)
}

/// Inside the prefix and right beside it.
fn key(number: u8) -> Key {
    let names: [&[u8]; 4] = [b"p/", b"p/\xff", b"p0", b"p.\xff"];
    let mut key = names[usize::from(number % 4)].to_vec();
    key.push(number);
    Key::from(key)
}

async fn make(store: &Sandbox, edits: &[Edit]) {
    for (number, value) in edits {
        if let Some(value) = value {
            store.put(PutRequest::new(key(*number), value.clone())).await.expect("a put");
        } else {
            let request = DeleteRequest::new(KeyRange::single(key(*number)));
            store.delete(request).await.expect("a delete");
        }
    }
}

async fn read(store: &Sandbox, at: Revision) -> BTreeMap<Key, Entry> {
    let request = RangeRequest::new(KeyRange::prefix("p/")).at(at);
    let answer = store.range(request).await.expect("a range");
    answer.entries.into_iter().map(|entry| (entry.key.clone(), entry)).collect()
}

/// The difference, told the simplest way there is.
fn told(then: &BTreeMap<Key, Entry>, now: &BTreeMap<Key, Entry>) -> Vec<(Key, Became)> {
    let mut rows = Vec::new();
    for (key, entry) in then {
        match now.get(key) {
            None => rows.push((key.clone(), Became::Removed)),
            Some(other) if other.value != entry.value => rows.push((key.clone(), Became::Changed)),
            Some(_) => {}
        }
    }
    let added = now.keys().filter(|key| !then.contains_key(*key));
    rows.extend(added.map(|key| (key.clone(), Became::Added)));
    rows.sort_by(|a, b| a.0.cmp(&b.0));
    rows
}

fn block_on(test: impl Future<Output = ()>) {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    runtime.enable_time().start_paused(true).build().expect("a runtime").block_on(test);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_difference_is_that_of_two_readings(before in edits(), after in edits()) {
        block_on(async {
            let store = Sandbox::new();
            make(&store, &before).await;
            let seal = PutRequest::new("elsewhere", "");
            let then = store.put(seal).await.expect("a put").revision;
            make(&store, &after).await;
            let (looked, _) = watch::channel(Looked::default());
            let range = KeyRange::prefix("p/");
            let found: Difference =
                compare(&store, range, then, &looked).await.expect("a difference");
            let (was, is) = (read(&store, then).await, read(&store, found.now).await);
            let rows: Vec<(Key, Became)> =
                found.rows.iter().map(|row| (row.key.clone(), row.became)).collect();
            assert_eq!(rows, told(&was, &is));
            let all = found.same + found.rewritten + found.changed;
            assert_eq!(all + found.removed, was.len() as u64);
            assert_eq!(all + found.added, is.len() as u64);
            for row in &found.rows {
                let value = |from: &BTreeMap<Key, Entry>| from.get(&row.key).map(|e| e.value.clone());
                let whole = |side: &Option<etcdeck::domain::difference::Side>| {
                    side.as_ref().and_then(|side| side.whole().map(<[u8]>::to_vec))
                };
                assert_eq!((whole(&row.then), whole(&row.now)), (value(&was), value(&is)));
            }
        });
    }

    #[test]
    fn a_restore_undoes_whatever_was_done(before in edits(), after in edits()) {
        block_on(async {
            let store = Sandbox::new();
            make(&store, &before).await;
            let seal = PutRequest::new("elsewhere", "");
            let then = store.put(seal).await.expect("a put").revision;
            make(&store, &after).await;
            let (looked, _) = watch::channel(Looked::default());
            let ranges = [KeyRange::prefix("p/")];
            let limits = Limits::default();
            let plan = restore(&store, &ranges, then, &limits, &looked);
            let plan = plan.await.expect("a plan");
            for planned in plan.steps().iter() {
                let planned = planned.expect("a step");
                let answer = store.txn(transaction([&planned.step])).await.expect("an answer");
                assert!(answer.succeeded);
            }
            let value = |(key, entry): (Key, Entry)| (key, entry.value);
            let was: Vec<_> = read(&store, then).await.into_iter().map(value).collect();
            let is: Vec<_> = read(&store, Revision::NONE).await.into_iter().map(value).collect();
            assert_eq!(was, is);
            assert_eq!(plan.survey().touched(), plan.steps().len());
        });
    }
}
