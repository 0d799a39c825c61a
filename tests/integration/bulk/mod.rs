//! Work on many keys, on the sandbox and on every real etcd: what is planned, what is written, what is
//! left and what is said of it.

mod backup;
mod delete;
mod limits;
mod meddled;
mod outage;
mod program;
mod rights;
mod rounds;
mod transfer;
mod undo;
mod world;

use std::sync::Arc;

use etcdeck::gateway::{Gateway, GatewayOptions};
use etcdeck::sandbox::Sandbox;
use etcdeck::store::Store;

use crate::support::servers::Etcd;
use world::World;

/// Runs a case on the sandbox and on each etcd, each in a runtime of its own; `name` gives the keys
/// a prefix of their own.
fn on_all_stores(name: &str, case: impl AsyncFn(World) + Sync) {
    let run = |which: String, store: Box<dyn Fn() -> Arc<dyn Store> + '_>| {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        runtime.enable_all().build().expect("a runtime").block_on(async {
            case(World::new(which, store(), &format!("/{name}/"))).await;
        });
    };
    run("the sandbox".to_owned(), Box::new(|| Arc::new(Sandbox::new())));
    for version in Etcd::versions() {
        let store = || Arc::new(client(Etcd::shared(version))) as Arc<dyn Store>;
        run(format!("etcd {version}"), Box::new(store));
    }
}

fn client(etcd: &Etcd) -> Gateway {
    Gateway::connect(GatewayOptions::new([etcd.url()])).expect("the URL is fine")
}
