//! Puts, gets, and watches a key: the client without the screen.
//!
//! Talks to `ETCDCTL_ENDPOINTS` (separated by commas), or to `http://127.0.0.1:2379`:
//!
//! ```text
//! etcd &
//! cargo run --example put_get_watch
//! ```
#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::error::Error;
use std::future::poll_fn;

use etcdeck::domain::KeyRange;
use etcdeck::domain::txn::{Compare, Op, PutRequest, RangeRequest, TxnRequest};
use etcdeck::gateway::{Gateway, GatewayOptions};
use etcdeck::store::{Kv, Watch, WatchMessage, WatchRequest};

const KEY: &str = "/etcdeck-example/greeting";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let endpoints = std::env::var("ETCDCTL_ENDPOINTS");
    let endpoints = endpoints.as_deref().unwrap_or("http://127.0.0.1:2379").split(',');
    let etcd = Gateway::connect(GatewayOptions::new(endpoints))?;

    let put = etcd.put(PutRequest::new(KEY, "hello")).await?;
    println!("put {KEY} at revision {}", put.revision);

    let got = etcd.range(RangeRequest::get(KEY)).await?;
    let entry = got.entries.first().ok_or("somebody deleted the key at once")?;
    println!("got {:?}, version {}", String::from_utf8_lossy(&entry.value), entry.version);

    // From the revision just seen on, so that nothing in between is missed.
    let request = WatchRequest::new(KeyRange::single(KEY)).from(put.revision.next()).prev_kv();
    let mut watch = etcd.watch(request).await?;

    // Overwrites the value only if nobody has touched it since it was read.
    let save = TxnRequest {
        compares: vec![Compare::unchanged_since(KEY, entry.mod_revision)],
        success: vec![Op::Put(PutRequest::new(KEY, "hello again").lease(entry.lease))],
        failure: vec![Op::Range(RangeRequest::get(KEY))],
    };
    let saved = etcd.txn(save).await?;
    println!("saved: {} at revision {}", saved.succeeded, saved.revision);

    while let Some(message) = poll_fn(|context| watch.as_mut().poll_next(context)).await {
        if let WatchMessage::Events(events) = message? {
            for event in &events {
                let value = String::from_utf8_lossy(&event.entry.value);
                println!("revision {}: {:?} {value:?}", event.revision(), event.kind);
            }
            break;
        }
    }
    Ok(())
}
