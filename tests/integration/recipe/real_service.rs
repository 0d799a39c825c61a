//! What a registration owes to real servers: it lives, dies with its process, and comes back.

use std::sync::Arc;
use std::sync::mpsc;

use etcdeck::gateway::{Gateway, GatewayOptions};
use etcdeck::recipe::{Registration, RegistrationState, ServiceRegistry};
use etcdeck::store::Store;
use tokio::time::{Instant, sleep};

use super::{LIMIT, reaches, seconds};
use crate::gateway::on_all_versions;
use crate::support::servers::Etcd;
use crate::support::wait::eventually;

/// The least that these servers grant.
const TTL: u64 = 1;

async fn register(url: &str, id: &str) -> Registration {
    let options = GatewayOptions::new([url]);
    let store: Arc<dyn Store> = Arc::new(Gateway::connect(options).expect("the URL is fine"));
    let registry = ServiceRegistry::new(store);
    registry.register("api", id, "host:1", seconds(TTL)).await.expect("nobody has that name")
}

fn there(etcd: &Etcd) -> bool {
    etcd.ctl(&["get", "/services/api/a"]).contains("host:1")
}

#[test]
fn a_registration_lives_ten_times_its_lease_and_goes_when_told() {
    on_all_versions(async |version| {
        let etcd = Etcd::start(version);
        let registration = register(&etcd.url(), "a").await;
        let end = Instant::now() + seconds(10 * TTL);
        while Instant::now() < end {
            assert!(there(&etcd), "{version}");
            sleep(seconds(TTL) / 3).await;
        }
        let state = registration.state().borrow().clone();
        assert!(matches!(state, RegistrationState::Registered { .. }), "{version}: {state:?}");
        registration.deregister().await.expect("it was registered");
        assert!(!there(&etcd), "{version}");
        assert_eq!(etcd.ctl(&["lease", "list"]).lines().count(), 1, "{version}: only a headline");
    });
}

#[test]
fn an_instance_whose_process_died_is_gone_soon() {
    on_all_versions(async |version| {
        let etcd = Etcd::start(version);
        let url = etcd.url();
        let (sender, registered) = mpsc::channel();
        // A runtime that ends without a word, as a killed process does.
        let process = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let runtime = runtime.expect("a runtime");
            let registration = runtime.block_on(register(&url, "a"));
            sender.send(()).expect("somebody waits");
            runtime.shutdown_background();
            drop(registration);
        });
        registered.recv().expect("it is registered");
        process.join().expect("no panic");
        let dead = Instant::now();
        let gone = async || (!there(&etcd)).then_some(());
        eventually("it is gone", LIMIT, gone).await;
        assert!(dead.elapsed() <= seconds(TTL + 2), "{version}: {:?}", dead.elapsed());
    });
}

#[test]
fn an_instance_registers_again_after_a_server_was_away_for_longer_than_its_lease() {
    on_all_versions(async |version| {
        let etcd = Etcd::start(version);
        let registration = register(&etcd.url(), "a").await;
        let mut state = registration.state();
        let RegistrationState::Registered { lease, .. } = state.borrow().clone() else {
            panic!("{version}: {:?}", state.borrow());
        };
        etcd.pause();
        let lost = |state: &RegistrationState| matches!(state, RegistrationState::Lost { .. });
        reaches(&mut state, "the loss", lost).await;
        sleep(seconds(3 * TTL)).await;
        etcd.resume();
        reaches(&mut state, "its return", |state| {
            matches!(state, RegistrationState::Registered { lease: now, .. } if *now != lease)
        })
        .await;
        assert!(there(&etcd), "{version}");
        registration.deregister().await.expect("it was registered");
        assert!(!there(&etcd), "{version}");
    });
}
