//! A store with a prefix of one's own, and the short words the cases are written in.

use std::sync::Arc;
use std::time::Duration;

use etcdeck::domain::txn::{
    Compare, DeleteRequest, Op, OpResponse, PutRequest, RangeRequest, RangeResponse, TxnRequest,
    TxnResponse,
};
use etcdeck::domain::{Entry, Event, EventKind, Key, KeyRange, LeaseId, Revision};
use etcdeck::store::{ErrorKind, Store, StoreError, WatchMessage, WatchRequest, WatchStream};
use futures_util::StreamExt as _;

/// How long an event may take.
const LIMIT: Duration = Duration::from_secs(20);

/// A store, and where in it a case may do what it likes.
#[derive(Clone)]
pub(super) struct Target {
    pub(super) store: Arc<dyn Store>,
    prefix: String,
}

impl Target {
    pub(super) fn new(store: Arc<dyn Store>, name: &str) -> Target {
        Target { store, prefix: format!("t/{name}/") }
    }

    /// A key of this case.
    pub(super) fn key(&self, name: impl AsRef<[u8]>) -> Key {
        Key::new([self.prefix.as_bytes(), name.as_ref()].concat())
    }

    /// The name behind the prefix.
    pub(super) fn name(&self, key: &Key) -> String {
        let name = key.as_bytes().strip_prefix(self.prefix.as_bytes());
        String::from_utf8_lossy(name.expect("a key of this case")).into_owned()
    }

    /// All keys of this case.
    pub(super) fn all(&self) -> KeyRange {
        KeyRange::prefix(self.key(""))
    }

    /// One key of this case.
    pub(super) fn one(&self, name: impl AsRef<[u8]>) -> KeyRange {
        KeyRange::single(self.key(name))
    }

    /// From one name up to another.
    pub(super) fn between(&self, start: &str, end: &str) -> KeyRange {
        KeyRange::interval(self.key(start), self.key(end).into_bytes())
    }

    pub(super) async fn put(&self, name: impl AsRef<[u8]>, value: impl Into<Vec<u8>>) -> Revision {
        let request = PutRequest::new(self.key(name), value);
        self.store.put(request).await.expect("put").revision
    }

    pub(super) async fn put_leased(&self, name: &str, lease: LeaseId) -> Revision {
        let request = PutRequest::new(self.key(name), "leased").lease(lease);
        self.store.put(request).await.expect("put").revision
    }

    pub(super) async fn delete(&self, name: &str) -> Revision {
        self.store.delete(DeleteRequest::new(self.one(name))).await.expect("delete").revision
    }

    pub(super) async fn get(&self, name: impl AsRef<[u8]>) -> Option<Entry> {
        let request = RangeRequest::get(self.key(name));
        self.store.range(request).await.expect("range").entries.pop()
    }

    pub(super) async fn value(&self, name: impl AsRef<[u8]>) -> Option<String> {
        self.get(name).await.map(|entry| String::from_utf8_lossy(&entry.value).into_owned())
    }

    pub(super) async fn range(&self, request: RangeRequest) -> RangeResponse {
        self.store.range(request).await.expect("range")
    }

    /// The names in an answer, joined by spaces.
    pub(super) fn names(&self, entries: &[Entry]) -> String {
        entries.iter().map(|entry| self.name(&entry.key)).collect::<Vec<_>>().join(" ")
    }

    /// The names a range holds now.
    pub(super) async fn list(&self, range: KeyRange) -> String {
        self.names(&self.range(RangeRequest::new(range)).await.entries)
    }

    pub(super) async fn revision(&self) -> Revision {
        self.store.status().await.expect("status").revision
    }

    pub(super) async fn grant(&self, ttl: i64) -> LeaseId {
        self.store.lease_grant(ttl, LeaseId::NONE).await.expect("grant").id
    }

    pub(super) async fn txn(&self, request: TxnRequest) -> TxnResponse {
        self.store.txn(request).await.expect("txn")
    }

    /// Runs operations without conditions.
    pub(super) async fn run(&self, ops: Vec<Op>) -> TxnResponse {
        self.txn(TxnRequest { success: ops, ..TxnRequest::default() }).await
    }

    /// The kind of the refusal of operations.
    pub(super) async fn refused(&self, ops: Vec<Op>) -> ErrorKind {
        let request = TxnRequest { success: ops, ..TxnRequest::default() };
        self.store.txn(request).await.expect_err("must be refused").kind
    }

    /// Whether a compare holds.
    pub(super) async fn holds(&self, compare: Compare) -> bool {
        let request = TxnRequest { compares: vec![compare], ..TxnRequest::default() };
        self.txn(request).await.succeeded
    }

    pub(super) fn op_put(&self, name: &str, value: &str) -> Op {
        Op::Put(PutRequest::new(self.key(name), value))
    }

    pub(super) fn op_get(&self, name: &str) -> Op {
        Op::Range(RangeRequest::get(self.key(name)))
    }

    pub(super) fn op_delete(&self, name: &str) -> Op {
        Op::Delete(DeleteRequest::new(self.one(name)))
    }

    /// Watches, and waits until the watch stands.
    pub(super) async fn watch(&self, request: WatchRequest) -> Watching {
        let stream = self.store.watch(request).await.expect("watch");
        let mut watching = Watching { stream, created: Revision::NONE };
        match watching.message().await {
            Ok(WatchMessage::Created { revision, .. }) => watching.created = revision,
            other => panic!("a watch begins with {other:?}"),
        }
        watching
    }

    /// Watches all keys of this case from now on.
    pub(super) async fn watch_all(&self) -> Watching {
        self.watch(WatchRequest::new(self.all())).await
    }

    /// An event in short: `name=value` or `-name`.
    pub(super) fn short(&self, event: &Event) -> String {
        let name = self.name(&event.entry.key);
        match event.kind {
            EventKind::Put => format!("{name}={}", String::from_utf8_lossy(&event.entry.value)),
            EventKind::Delete => format!("-{name}"),
        }
    }

    /// Events in short, joined by spaces.
    pub(super) fn shorts(&self, events: &[Event]) -> String {
        events.iter().map(|event| self.short(event)).collect::<Vec<_>>().join(" ")
    }
}

/// The values that a transaction's reads found, in order; `-` for nothing.
pub(super) fn read(response: &TxnResponse) -> Vec<String> {
    let text = |entry: &Entry| String::from_utf8_lossy(&entry.value).into_owned();
    let reads = response.responses.iter().filter_map(|response| match response {
        OpResponse::Range(range) => Some(range.entries.first().map_or("-".to_owned(), text)),
        OpResponse::Put(_) | OpResponse::Delete(_) | OpResponse::Txn(_) => None,
    });
    reads.collect()
}

/// An open watch.
pub(super) struct Watching {
    stream: WatchStream,
    /// The revision at which it was made.
    pub(super) created: Revision,
}

impl Watching {
    async fn message(&mut self) -> Result<WatchMessage, StoreError> {
        let message = tokio::time::timeout(LIMIT, self.stream.next()).await;
        let message = message.unwrap_or_else(|_| panic!("no message within {LIMIT:?}"));
        message.expect("a watch does not end without an error")
    }

    /// The events of the next message.
    pub(super) async fn next(&mut self) -> Vec<Event> {
        loop {
            match self.message().await.expect("no error") {
                WatchMessage::Events(events) => return events,
                WatchMessage::Progress { .. } => {}
                WatchMessage::Created { .. } => panic!("a watch is created once"),
            }
        }
    }

    /// At least `count` events.
    pub(super) async fn events(&mut self, count: usize) -> Vec<Event> {
        let mut events = Vec::new();
        while events.len() < count {
            events.extend(self.next().await);
        }
        events
    }

    /// The error it ends with.
    pub(super) async fn error(&mut self) -> StoreError {
        let error = self.message().await.expect_err("an error");
        let after = tokio::time::timeout(LIMIT, self.stream.next()).await;
        assert!(after.expect("the stream ends").is_none(), "something comes after the error");
        error
    }
}
