//! The transaction of etcd's documentation: if the value is what it should be, put another one, else
//! read it.
//!
//! Talks to `ETCDCTL_ENDPOINTS` (separated by commas), or to `http://127.0.0.1:2379`:
//!
//! ```text
//! cargo run --example transaction
//! ```
#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::error::Error;

use etcdeck::domain::KeyRange;
use etcdeck::domain::txn::{
    Compare, Comparison, Op, OpResponse, PutRequest, RangeRequest, Target, TxnRequest,
};
use etcdeck::gateway::{Gateway, GatewayOptions};
use etcdeck::store::Kv;

const KEY: &str = "/etcdeck-example/user1";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let endpoints = std::env::var("ETCDCTL_ENDPOINTS");
    let endpoints = endpoints.as_deref().unwrap_or("http://127.0.0.1:2379").split(',');
    let etcd = Gateway::connect(GatewayOptions::new(endpoints))?;
    etcd.put(PutRequest::new(KEY, "bad")).await?;

    // Twice the same: the first one finds "bad", the second one does not.
    for _ in 0..2 {
        let request = TxnRequest {
            compares: vec![Compare {
                range: KeyRange::single(KEY),
                target: Target::Value(b"bad".to_vec()),
                comparison: Comparison::Equal,
            }],
            success: vec![Op::Put(PutRequest::new(KEY, "good").prev_kv())],
            failure: vec![Op::Range(RangeRequest::get(KEY))],
        };
        let answer = etcd.txn(request).await?;
        println!("succeeded: {} at revision {}", answer.succeeded, answer.revision);
        for response in &answer.responses {
            match response {
                OpResponse::Put(put) => println!("  put; there was {:?}", put.previous),
                OpResponse::Range(range) => println!("  read {:?}", range.entries),
                OpResponse::Delete(deleted) => println!("  deleted {}", deleted.deleted),
                OpResponse::Txn(inner) => println!("  inside: {}", inner.succeeded),
            }
        }
    }
    Ok(())
}
