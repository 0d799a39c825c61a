//! A store with a prefix of one's own, a journal, and the short words the cases are written in.

use std::sync::Arc;

use etcdeck::bulk::{self, Limits, Looked, Plan, PlanError, Underway};
use etcdeck::domain::bulk::{Left, PlanRequest, Rename, Report, Why};
use etcdeck::domain::journal::JournalId;
use etcdeck::domain::txn::{Op, PutRequest, RangeRequest, TxnRequest};
use etcdeck::domain::{Entry, Key, KeyRange, LeaseId, Revision};
use etcdeck::journal::Journal;
use etcdeck::store::Store;
use tokio::sync::watch;

/// Where a case works.
pub(super) struct World {
    pub(super) name: String,
    pub(super) store: Arc<dyn Store>,
    pub(super) journal: Journal,
    pub(super) limits: Limits,
    prefix: String,
}

impl World {
    pub(super) fn new(name: String, store: Arc<dyn Store>, prefix: &str) -> World {
        let (journal, limits) = (Journal::default(), Limits::default());
        World { name, store, journal, limits, prefix: prefix.to_owned() }
    }

    /// The same world, seen through another store.
    pub(super) fn through(&self, store: Arc<dyn Store>) -> World {
        let (journal, limits) = (self.journal.clone(), self.limits.clone());
        World { name: self.name.clone(), store, journal, limits, prefix: self.prefix.clone() }
    }

    pub(super) fn key(&self, name: &str) -> Key {
        Key::from(format!("{}{name}", self.prefix).as_str())
    }

    pub(super) fn all(&self) -> KeyRange {
        KeyRange::prefix(self.key(""))
    }

    pub(super) fn under(&self, name: &str) -> KeyRange {
        KeyRange::prefix(self.key(name))
    }

    /// The names behind the prefix, joined by spaces.
    pub(super) fn names<'a>(&self, keys: impl IntoIterator<Item = &'a Key>) -> String {
        let name = |key: &Key| {
            let name = key.as_bytes().strip_prefix(self.prefix.as_bytes()).expect("a key of ours");
            String::from_utf8_lossy(name).into_owned()
        };
        keys.into_iter().map(name).collect::<Vec<_>>().join(" ")
    }

    /// Keys that were left, with the reasons: `a: Changed, b: Exists`.
    pub(super) fn left(&self, left: &[Left]) -> String {
        let words = left.iter().map(|left| {
            let why = match &left.why {
                Why::Refused(_) => "Refused".to_owned(),
                why => format!("{why:?}"),
            };
            format!("{}: {why}", self.names([&left.key]))
        });
        words.collect::<Vec<_>>().join(", ")
    }

    pub(super) async fn put(&self, name: &str, value: impl Into<Vec<u8>>) -> Revision {
        self.put_on(name, value, LeaseId::NONE).await
    }

    pub(super) async fn put_on(
        &self,
        name: &str,
        value: impl Into<Vec<u8>>,
        lease: LeaseId,
    ) -> Revision {
        let request = PutRequest::new(self.key(name), value).lease(lease);
        self.store.put(request).await.expect("put").revision
    }

    pub(super) async fn delete(&self, name: &str) -> Revision {
        let range = KeyRange::single(self.key(name));
        let request = etcdeck::domain::txn::DeleteRequest::new(range);
        self.store.delete(request).await.expect("delete").revision
    }

    /// Many keys at once, 128 in a transaction.
    pub(super) async fn fill(&self, entries: impl IntoIterator<Item = (String, Vec<u8>, LeaseId)>) {
        let ops = entries.into_iter().map(|(name, value, lease)| {
            Op::Put(PutRequest::new(self.key(&name), value).lease(lease))
        });
        let ops: Vec<Op> = ops.collect();
        for chunk in ops.chunks(128) {
            let request = TxnRequest { success: chunk.to_vec(), ..TxnRequest::default() };
            self.store.txn(request).await.expect("txn");
        }
    }

    pub(super) async fn entries(&self, range: KeyRange, revision: Revision) -> Vec<Entry> {
        let request = RangeRequest::new(range).at(revision);
        self.store.range(request).await.expect("range").entries
    }

    /// Keys, values and leases of a range: what an undo brings back.
    pub(super) async fn pairs(&self, range: KeyRange, revision: Revision) -> Vec<Pair> {
        let entries = self.entries(range, revision).await;
        entries.into_iter().map(|entry| (entry.key, entry.value, entry.lease)).collect()
    }

    /// All names and values: `a=1 b=2`.
    pub(super) async fn shown(&self) -> String {
        let entries = self.entries(self.all(), Revision::NONE).await;
        let shown = entries.iter().map(|entry| {
            format!("{}={}", self.names([&entry.key]), String::from_utf8_lossy(&entry.value))
        });
        shown.collect::<Vec<_>>().join(" ")
    }

    pub(super) async fn lease(&self) -> LeaseId {
        self.store.lease_grant(600, LeaseId::NONE).await.expect("grant").id
    }

    /// Plans as the program does.
    pub(super) async fn plan(&self, request: PlanRequest) -> Result<Plan, PlanError> {
        let (looked, _) = watch::channel(Looked::default());
        let (store, limits) = (&*self.store, &self.limits);
        match request {
            PlanRequest::Delete(ranges) => bulk::delete(store, &ranges, limits, &looked).await,
            PlanRequest::Transfer { names, keep } => {
                bulk::transfer(store, &names, keep, limits, &looked).await
            }
            PlanRequest::Undo(id) => {
                let written = self.journal.iter(id).map_err(PlanError::Refused)?;
                bulk::undo(store, id, written, limits, &looked).await
            }
            other @ (PlanRequest::Restore { .. } | PlanRequest::Import(_)) => {
                panic!("{other:?} has tests of its own")
            }
        }
    }

    pub(super) async fn plan_delete(&self, ranges: &[KeyRange]) -> Plan {
        self.plan(PlanRequest::Delete(ranges.to_vec())).await.expect("a plan")
    }

    pub(super) async fn plan_undo(&self, record: JournalId) -> Plan {
        self.plan(PlanRequest::Undo(record)).await.expect("a plan")
    }

    /// A move or copy of a prefix.
    pub(super) async fn plan_transfer(&self, from: &str, to: &str, keep: bool) -> Plan {
        let names = vec![Rename { from: self.key(from), to: self.key(to), prefix: true }];
        self.plan(PlanRequest::Transfer { names, keep }).await.expect("a plan")
    }

    /// Carries it out to the end; what adds up is checked.
    pub(super) async fn apply(&self, plan: Plan) -> Report {
        self.apply_until(plan, std::future::pending()).await
    }

    pub(super) async fn apply_until(
        &self,
        plan: Plan,
        stop: impl Future<Output = ()> + Send,
    ) -> Report {
        let (underway, seen) = watch::channel(Underway::default());
        let total = plan.survey().touched();
        let report =
            bulk::apply(&*self.store, plan, &self.journal, &self.limits, &underway, stop).await;
        assert_eq!(report.total, total, "{}", self.name);
        assert_eq!(report.done + report.left_count, total, "{}: {report:?}", self.name);
        let progress = seen.borrow().progress.clone();
        assert_eq!((progress.done, progress.left), (report.done, report.left_count));
        report
    }
}

/// What an undo brings back of a key.
pub(super) type Pair = (Key, Vec<u8>, LeaseId);
