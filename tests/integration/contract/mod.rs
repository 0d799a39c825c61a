//! What every store keeps to, the sandbox and every real etcd alike: the same cases on each of them.
//!
//! A case is a function over a [`Target`]: a store and a prefix that belongs to the case. Most run at
//! the same time on one store; those that count revisions, touch all keys or compact run alone.

#![expect(
    clippy::unwrap_used,
    reason = "a case fails by panicking, with its name before the words"
)]

mod alone;
mod bytes;
mod compaction;
mod compare;
mod election;
mod journal;
mod kv;
mod lease;
mod limits;
mod lock;
mod nested;
mod range;
mod read_only;
mod replay;
mod revision;
mod sandbox_only;
mod sort;
mod target;
mod time;
mod txn;
mod watch;

use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use etcdeck::gateway::{Gateway, GatewayOptions};
use etcdeck::sandbox::Sandbox;
use etcdeck::store::Store;
use futures_util::{FutureExt as _, StreamExt as _, stream};

use crate::support::install::Version;
use crate::support::server_builder::Timing;
use crate::support::servers::Etcd;
use target::Target;

/// No case needs nearly as long, not even on a busy machine.
const LIMIT: Duration = Duration::from_secs(60);

/// How many cases run at the same time.
const TOGETHER: usize = 12;

#[tokio::test(start_paused = true)]
async fn the_sandbox_keeps_the_contract() {
    check("the sandbox", Arc::new(Sandbox::new())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn etcd_3_4_keeps_the_contract() {
    check_etcd(Version::V3_4).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn etcd_3_5_keeps_the_contract() {
    check_etcd(Version::V3_5).await;
}

/// The newer releases, as far as the machine has the toolchain to build them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn newer_etcd_keeps_the_contract() {
    for version in Etcd::versions().into_iter().filter(|version| *version > Version::V3_5) {
        check_etcd(version).await;
    }
}

async fn check_etcd(version: Version) {
    // A server of its own, since some cases compact; with the timing that gives the usual least TTL.
    let etcd = Etcd::build(version).timing(Timing::Standard).start();
    let gateway = Gateway::connect(GatewayOptions::new([etcd.url()])).expect("the URL is fine");
    check(&format!("etcd {version}"), Arc::new(gateway)).await;
}

/// Runs all cases and fails with the names of all that failed.
async fn check(store_name: &str, store: Arc<dyn Store>) {
    let together = stream::iter(together()).map(|case| case.run_on(&store));
    let mut results: Vec<_> = together.buffer_unordered(TOGETHER).collect().await;
    for case in alone() {
        results.push(case.run_on(&store).await);
    }
    let failures: Vec<String> = results.into_iter().filter_map(Result::err).collect();
    assert!(
        failures.is_empty(),
        "{} cases fail on {store_name}:\n{}",
        failures.len(),
        failures.join("\n")
    );
}

type Running = Pin<Box<dyn Future<Output = ()>>>;

/// One clause of the contract.
struct Case {
    name: &'static str,
    run: Box<dyn Fn(Target) -> Running>,
}

/// A case with the name of its function.
fn case<F, Fut>(run: F) -> Case
where
    F: Fn(Target) -> Fut + 'static,
    Fut: Future<Output = ()> + 'static,
{
    let path = std::any::type_name::<F>();
    let name = path.split_once("contract::").map_or(path, |(_, name)| name);
    Case { name, run: Box::new(move |target| Box::pin(run(target))) }
}

impl Case {
    /// Runs it; the error is its name and what it says.
    fn run_on(&self, store: &Arc<dyn Store>) -> impl Future<Output = Result<(), String>> + use<> {
        let name = self.name;
        let target = Target::new(Arc::clone(store), name);
        let running = AssertUnwindSafe((self.run)(target)).catch_unwind();
        async move {
            let outcome = tokio::time::timeout(LIMIT, running).await;
            let panic = match outcome {
                Ok(Ok(())) => return Ok(()),
                Ok(Err(panic)) => panic,
                Err(_) => return Err(format!("{name}: not done after {LIMIT:?}")),
            };
            let words = panic.downcast_ref::<String>().map(String::as_str);
            let words = words.or(panic.downcast_ref::<&str>().copied());
            Err(format!("{name}: {}", words.unwrap_or("panicked")))
        }
    }
}

fn together() -> Vec<Case> {
    let modules = [
        kv::cases(),
        bytes::cases(),
        range::cases(),
        revision::cases(),
        sort::cases(),
        txn::cases(),
        nested::cases(),
        journal::cases(),
        compare::cases(),
        limits::cases(),
        lease::cases(),
        lock::cases(),
        election::cases(),
        watch::cases(),
        replay::cases(),
        time::cases(),
    ];
    modules.into_iter().flatten().collect()
}

fn alone() -> Vec<Case> {
    // Compaction last: what it takes away is gone for all cases.
    let compacting = compaction::cases().into_iter().chain(time::compacting());
    let alone = alone::cases().into_iter().chain(journal::alone());
    alone.chain(compacting).collect()
}
