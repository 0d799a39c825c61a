//! The registry on a sandbox: nobody is overwritten, and a registration comes back by itself.

use std::sync::Arc;
use std::time::Duration;

use etcdeck::domain::txn::{DeleteRequest, PutRequest};
use etcdeck::domain::{Key, KeyRange, Revision};
use etcdeck::recipe::{
    RecipeError, Registration, RegistrationState, ServiceEvent, ServiceRegistry,
};
use etcdeck::store::{ErrorKind, Store, StoreError};
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};

use super::faulty::Fault;
use super::{LIMIT, driven, keys, reaches, sandbox, seconds};
use crate::support::wait::eventually;

const TTL: Duration = Duration::from_secs(6);

async fn register(store: &Arc<dyn Store>, id: &str) -> Registration {
    let registry = ServiceRegistry::new(Arc::clone(store));
    registry.register("api", id, "host:1", TTL).await.expect("nobody has that name")
}

fn registered(state: &RegistrationState) -> bool {
    matches!(state, RegistrationState::Registered { .. })
}

type Watching = mpsc::Receiver<Result<ServiceEvent, StoreError>>;

/// `up a host:1`, `down a`, `changed a host:2`.
async fn next(watching: &mut Watching) -> String {
    let next = timeout(LIMIT, watching.recv()).await.expect("something happens");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    match next.expect("it goes on").expect("nothing refuses") {
        ServiceEvent::Up(it) => format!("up {} {}", it.id, text(&it.endpoint)),
        ServiceEvent::Down(it) => format!("down {}", it.id),
        ServiceEvent::Changed { now, .. } => format!("changed {} {}", now.id, text(&now.endpoint)),
    }
}

#[tokio::test(start_paused = true)]
async fn an_instance_is_there_until_it_is_deregistered() {
    let (store, _) = sandbox();
    let registry = ServiceRegistry::new(Arc::clone(&store));
    let registration = register(&store, "a").await;
    assert_eq!(*registration.key(), Key::from("/services/api/a"));
    sleep(TTL * 10).await;
    let found = registry.discover("api").await.expect("it can be read");
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].id.clone(), &found[0].endpoint[..]), (Key::from("a"), &b"host:1"[..]));
    assert!(found[0].lease.is_some());
    registration.deregister().await.expect("it was registered");
    assert!(keys(&store, "/services/").await.is_empty());
    assert!(store.lease_list().await.expect("leases can be listed").is_empty());

    drop(register(&store, "b").await);
    eventually("it is gone", seconds(1), async || {
        keys(&store, "/services/").await.is_empty().then_some(())
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn another_instance_is_never_overwritten() {
    let (store, way) = sandbox();
    let theirs = store.put(PutRequest::new("/services/api/a", "theirs")).await.expect("put");
    let registry = ServiceRegistry::new(way.store());
    let refused = registry.register("api", "a", "mine", TTL).await;
    match refused.err() {
        Some(RecipeError::Taken(entry)) => assert_eq!(entry.mod_revision, theirs.revision),
        other => panic!("{other:?}"),
    }
    eventually("no lease is left", seconds(1), async || {
        store.lease_list().await.expect("leases can be listed").is_empty().then_some(())
    })
    .await;

    // Nor by one that comes back.
    let mine = registry.register("api", "b", "mine", TTL).await.expect("free");
    let mut state = mine.state();
    way.set(Fault::Down);
    sleep(TTL * 2).await;
    store.put(PutRequest::new("/services/api/b", "theirs")).await.expect("put");
    way.set(Fault::None);
    let taken = |state: &RegistrationState| matches!(state, RegistrationState::Taken { .. });
    reaches(&mut state, "the other one", taken).await;
    sleep(TTL * 5).await;
    let found = registry.discover("api").await.expect("it can be read");
    assert!(found.iter().all(|instance| instance.endpoint == b"theirs"), "{found:?}");

    // It comes back when the other is gone.
    let theirs = DeleteRequest::new(KeyRange::single("/services/api/b"));
    store.delete(theirs).await.expect("it is there");
    reaches(&mut state, "its return", registered).await;
    let found = registry.discover("api").await.expect("it can be read");
    assert!(found.iter().any(|instance| instance.endpoint == b"mine"), "{found:?}");
}

#[tokio::test(start_paused = true)]
async fn a_lost_registration_is_made_anew() {
    let (store, way) = sandbox();
    let registry = ServiceRegistry::new(way.store());
    let mine = registry.register("api", "a", "mine", TTL).await.expect("free");
    let mut state = mine.state();
    let RegistrationState::Registered { lease: before, .. } = state.borrow().clone() else {
        panic!("{:?}", state.borrow());
    };
    way.set(Fault::Down);
    let lost = |state: &RegistrationState| matches!(state, RegistrationState::Lost { .. });
    reaches(&mut state, "the loss", lost).await;
    sleep(TTL).await;
    assert!(keys(&store, "/services/").await.is_empty());
    // A write whose answer is lost is found to be ours, and not made twice.
    way.set(Fault::DeafToWrites);
    sleep(TTL * 2).await;
    way.set(Fault::None);
    let again = reaches(&mut state, "its return", registered).await;
    let RegistrationState::Registered { lease, revision, .. } = again else { unreachable!() };
    assert_ne!(lease, before);
    let found = registry.discover("api").await.expect("it can be read");
    assert_eq!((found.len(), found[0].create_revision, found[0].lease), (1, revision, lease));
    mine.deregister().await.expect("it was registered");
    assert!(store.lease_list().await.expect("leases can be listed").is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_key_that_is_deleted_or_a_lease_that_is_revoked_comes_back_at_once() {
    let (store, _) = sandbox();
    let mine = register(&store, "a").await;
    let mut state = mine.state();
    for revoked in [false, true] {
        let RegistrationState::Registered { lease, revision, .. } = state.borrow().clone() else {
            panic!("{:?}", state.borrow());
        };
        if revoked {
            store.lease_revoke(lease).await.expect("it is there");
        } else {
            let key = KeyRange::single(mine.key().clone());
            store.delete(DeleteRequest::new(key)).await.expect("it is there");
        }
        reaches(&mut state, "its return", |state| {
            matches!(state, RegistrationState::Registered { revision: now, .. } if *now > revision)
        })
        .await;
        assert_eq!(keys(&store, "/services/").await, ["/services/api/a"]);
    }
    mine.deregister().await.expect("it was registered");
    assert!(keys(&store, "/services/").await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_watcher_sees_who_comes_and_goes_through_every_break() {
    let (store, way) = sandbox();
    let a = register(&store, "a").await;
    let mut watching = driven(ServiceRegistry::new(way.store()).watch("api").expect("a name"));
    assert_eq!(next(&mut watching).await, "up a host:1");
    let b = register(&store, "b").await;
    assert_eq!(next(&mut watching).await, "up b host:1");
    // Deeper keys and other services are none of this one's instances.
    for other in ["/services/api/b/log", "/services/api2/x", "/services/api"] {
        store.put(PutRequest::new(other, "x")).await.expect("put");
    }
    store.put(PutRequest::new("/services/api/c", "host:1")).await.expect("put");
    assert_eq!(next(&mut watching).await, "up c host:1");
    store.put(PutRequest::new("/services/api/c", "host:2")).await.expect("put");
    assert_eq!(next(&mut watching).await, "changed c host:2");

    way.set(Fault::Down);
    sleep(seconds(1)).await;
    a.deregister().await.expect("it was registered");
    sleep(seconds(5)).await;
    way.set(Fault::None);
    assert_eq!(next(&mut watching).await, "down a");

    way.set(Fault::Down);
    sleep(seconds(1)).await;
    b.deregister().await.expect("it was registered");
    let _b = register(&store, "b").await;
    let Revision(now) = store.put(PutRequest::new("x", "")).await.expect("put").revision;
    store.compact(Revision(now), false).await.expect("compacts");
    sleep(seconds(5)).await;
    way.set(Fault::None);
    assert_eq!(next(&mut watching).await, "down b");
    assert_eq!(next(&mut watching).await, "up b host:1");
}

#[tokio::test(start_paused = true)]
async fn names_that_would_hide_an_instance_are_refused() {
    let (store, _) = sandbox();
    let registry = ServiceRegistry::new(store);
    for (service, id) in [("", "a"), ("a/b", "a"), ("a", ""), ("a", "a/b")] {
        match registry.register(service, id, "x", TTL).await.err() {
            Some(RecipeError::Store(error)) => assert_eq!(error.kind, ErrorKind::Invalid),
            other => panic!("{service:?} {id:?}: {other:?}"),
        }
    }
}
