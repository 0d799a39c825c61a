//! Fills a store: many keys in a transaction, several transactions at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use etcdeck::domain::txn::{Op, PutRequest, TxnRequest};
use etcdeck::gateway::{Gateway, GatewayOptions};
use etcdeck::store::Kv as _;

use crate::shape::Shape;
use crate::support::install::Version;
use crate::support::servers::Etcd;

/// Puts in a transaction.
const BATCH: usize = 500;
/// Transactions under way.
const AT_ONCE: usize = 6;

/// A server that takes much data and need not keep it: nothing waits for the disk.
pub(crate) fn server(version: Version) -> Etcd {
    Etcd::build(version)
        .arg("--quota-backend-bytes=8589934592")
        .arg(format!("--max-txn-ops={BATCH}"))
        .arg("--unsafe-no-fsync=true")
        .start()
}

/// A client of a server.
pub(crate) fn client(etcd: &Etcd) -> Gateway {
    let options = GatewayOptions::new([etcd.url()]);
    Gateway::connect(options).expect("the options are right")
}

/// Puts so many keys of a shape in.
pub(crate) async fn fill(etcd: &Etcd, shape: Shape, count: usize) {
    put_all(etcd, count, BATCH, move |number| (shape.key(number), shape.value(number))).await;
}

/// Puts what `pair` makes of the numbers up to `count`, so many in a transaction.
pub(crate) async fn put_all(
    etcd: &Etcd,
    count: usize,
    batch: usize,
    pair: impl Fn(usize) -> (String, Vec<u8>) + Send + Sync + 'static,
) {
    let (next, pair) = (Arc::new(AtomicUsize::new(0)), Arc::new(pair));
    let tasks: Vec<_> = (0..AT_ONCE)
        .map(|_| {
            let (client, next, pair) = (client(etcd), next.clone(), pair.clone());
            tokio::spawn(async move {
                loop {
                    let from = next.fetch_add(batch, Ordering::Relaxed);
                    if from >= count {
                        return;
                    }
                    let put = |number| {
                        let (key, value) = pair(number);
                        Op::Put(PutRequest::new(key.as_str(), value))
                    };
                    let success = (from..count.min(from + batch)).map(put).collect();
                    let txn = TxnRequest { success, ..TxnRequest::default() };
                    client.txn(txn).await.expect("the server takes what is put in");
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.expect("nothing panics");
    }
}

/// Writers that go on until it is dropped.
pub(crate) struct Flood {
    written: Arc<AtomicUsize>,
    tasks: Vec<tokio::task::JoinHandle<()>>,
}

impl Flood {
    /// Writes what `pair` makes of the numbers, as fast as the server takes it, so many keys in a
    /// transaction.
    pub(crate) fn start(etcd: &Etcd, batch: usize, pair: fn(usize) -> (String, Vec<u8>)) -> Flood {
        let written = Arc::new(AtomicUsize::new(0));
        let tasks = (0..AT_ONCE)
            .map(|_| {
                let (client, written) = (client(etcd), written.clone());
                tokio::spawn(async move {
                    loop {
                        let from = written.fetch_add(batch, Ordering::Relaxed);
                        let put = |number| {
                            let (key, value) = pair(number);
                            Op::Put(PutRequest::new(key.as_str(), value))
                        };
                        let success = (from..from + batch).map(put).collect();
                        let txn = TxnRequest { success, ..TxnRequest::default() };
                        client.txn(txn).await.expect("the server takes what is put in");
                    }
                })
            })
            .collect();
        Flood { written, tasks }
    }

    /// How many keys were written so far.
    pub(crate) fn written(&self) -> usize {
        self.written.load(Ordering::Relaxed)
    }
}

impl Drop for Flood {
    fn drop(&mut self) {
        self.tasks.iter().for_each(tokio::task::JoinHandle::abort);
    }
}
