//! The election on a store without faults, and observing through faults.

use std::sync::Arc;
use std::time::Duration;

use etcdeck::domain::txn::{DeleteRequest, PutRequest};
use etcdeck::domain::{KeyRange, Revision};
use etcdeck::recipe::{Election, Lost, Observed, RecipeError};
use etcdeck::store::{ErrorKind, Store, StoreError};
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};

use super::faulty::Fault;
use super::{LIMIT, driven, keys, sandbox, seconds};
use crate::support::wait::eventually;

const TTL: Duration = Duration::from_secs(6);

fn election(store: &Arc<dyn Store>) -> Election {
    Election::new(Arc::clone(store), "e").ttl(TTL)
}

type Observing = mpsc::Receiver<Result<Observed, StoreError>>;

/// The value of the next leader, or `-`.
async fn next(observing: &mut Observing) -> String {
    let next = timeout(LIMIT, observing.recv()).await.expect("something is observed");
    match next.expect("it goes on").expect("nothing refuses") {
        Observed::Leads(entry) => String::from_utf8_lossy(&entry.value).into_owned(),
        Observed::Nobody => "-".to_owned(),
    }
}

#[tokio::test(start_paused = true)]
async fn candidates_lead_one_after_another() {
    let (store, _) = sandbox();
    let election = election(&store);
    assert_eq!(election.leader().await, Ok(None));
    let first = election.campaign("one").await.expect("nobody else");
    let second = tokio::spawn({
        let election = election.clone();
        async move { election.campaign("two").await }
    });
    eventually("a candidate", seconds(10), async || {
        (keys(&store, "e/").await.len() == 2).then_some(())
    })
    .await;
    first.proclaim("uno").await.expect("it leads");
    let entry = election.leader().await.expect("it can be read").expect("it leads");
    assert_eq!((entry.key, entry.value), (first.key().clone(), b"uno".to_vec()));
    assert_eq!(entry.create_revision, first.fencing());
    sleep(TTL * 5).await;
    assert!(!second.is_finished());
    let (fencing, lost) = (first.fencing(), first.lost());
    first.resign().await.expect("it leads");
    assert_eq!(lost.await, Lost::Released);
    let second = second.await.expect("no panic").expect("its turn");
    assert!(second.fencing() > fencing);
    drop(second);
    eventually("nobody leads", seconds(1), async || {
        (election.leader().await == Ok(None)).then_some(())
    })
    .await;
    assert!(store.lease_list().await.expect("leases can be listed").is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_leader_whose_key_is_deleted_leads_no_more() {
    let (store, _) = sandbox();
    let leader = election(&store).campaign("one").await.expect("nobody else");
    let range = KeyRange::single(leader.key().clone());
    store.delete(DeleteRequest::new(range)).await.expect("it is there");
    assert!(matches!(leader.lost().await, Lost::Deleted { .. }));
    match leader.proclaim("uno").await {
        Err(RecipeError::Store(error)) => assert_eq!(error.kind, ErrorKind::NotLeader),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn observers_see_every_leader_and_when_there_is_none() {
    let (store, way) = sandbox();
    let election = election(&store);
    let mut observing = driven(Election::new(way.store(), "e").observe());
    assert_eq!(next(&mut observing).await, "-");
    let one = election.campaign("one").await.expect("nobody else");
    assert_eq!(next(&mut observing).await, "one");
    one.proclaim("uno").await.expect("it leads");
    one.proclaim("ein").await.expect("it leads");
    assert_eq!(next(&mut observing).await, "uno");
    assert_eq!(next(&mut observing).await, "ein");
    one.resign().await.expect("it leads");
    assert_eq!(next(&mut observing).await, "-");

    // What happens during a break is told in its order afterwards.
    way.set(Fault::Down);
    sleep(seconds(1)).await;
    let two = election.campaign("two").await.expect("nobody else");
    two.resign().await.expect("it leads");
    let three = election.campaign("three").await.expect("nobody else");
    sleep(seconds(5)).await;
    way.set(Fault::None);
    for seen in ["two", "-", "three"] {
        assert_eq!(next(&mut observing).await, seen);
    }

    // And when it was compacted, what is true then.
    way.set(Fault::Down);
    sleep(seconds(1)).await;
    three.resign().await.expect("it leads");
    let _four = election.campaign("four").await.expect("nobody else");
    let Revision(now) = store.put(PutRequest::new("x", "")).await.expect("put").revision;
    store.compact(Revision(now), false).await.expect("compacts");
    sleep(seconds(5)).await;
    way.set(Fault::None);
    assert_eq!(next(&mut observing).await, "four");
}
