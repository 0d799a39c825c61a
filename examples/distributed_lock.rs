//! Takes a lock, writes under it, and gives it back.
//!
//! Talks to `ETCDCTL_ENDPOINTS` (separated by commas), or to `http://127.0.0.1:2379`. Run it in two
//! terminals, or beside `etcdctl lock /etcdeck-example/lock`:
//!
//! ```text
//! cargo run --example distributed_lock
//! ```
#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use etcdeck::domain::txn::{Op, PutRequest, TxnRequest};
use etcdeck::gateway::{Gateway, GatewayOptions};
use etcdeck::recipe::{DistributedLock, RecipeError};
use etcdeck::store::Store;

const LOCK: &str = "/etcdeck-example/lock";
const REPORT: &str = "/etcdeck-example/report";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let endpoints = std::env::var("ETCDCTL_ENDPOINTS");
    let endpoints = endpoints.as_deref().unwrap_or("http://127.0.0.1:2379").split(',');
    let store: Arc<dyn Store> = Arc::new(Gateway::connect(GatewayOptions::new(endpoints))?);

    let lock = DistributedLock::new(Arc::clone(&store), LOCK).ttl(Duration::from_secs(20));
    let guard = match lock.try_acquire().await {
        Err(RecipeError::Held(holder)) => {
            println!("held by {}, waiting up to a minute", holder.key);
            lock.acquire_within(Duration::from_secs(60)).await?
        }
        guard => guard?,
    };
    println!("held as {} with fencing revision {}", guard.key(), guard.fencing());

    // The store itself refuses the write if the lock was lost in the meantime.
    let write = TxnRequest {
        compares: vec![guard.compare()],
        success: vec![Op::Put(PutRequest::new(REPORT, "written under the lock"))],
        failure: vec![],
    };
    let work = async { Ok::<_, Box<dyn Error>>(store.txn(write).await?.succeeded) };
    tokio::select! {
        lost = guard.lost() => println!("lost while working: {lost:?}"),
        written = work => println!("written: {}", written?),
    }

    guard.release().await?;
    println!("released");
    Ok(())
}
