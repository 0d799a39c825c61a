//! A history that is written step by step by one writer, and so is known exactly at any moment.

use etcdeck::domain::KeyRange;
use etcdeck::domain::txn::{DeleteRequest, Op, PutRequest, TxnRequest};
use etcdeck::gateway::Gateway;
use etcdeck::store::Kv as _;

use crate::chance::Chance;
use crate::support::oracle::Happened;

/// Keys that are written: few, so that they are deleted and come back.
const KEYS: u64 = 9;

/// The writer, on a connection without faults.
pub(crate) struct Script {
    direct: Gateway,
    prefix: String,
    history: Vec<Happened>,
}

impl Script {
    pub(crate) fn new(direct: Gateway, prefix: &str) -> Script {
        Script { direct, prefix: prefix.to_owned(), history: Vec::new() }
    }

    /// Everything so far.
    pub(crate) fn history(&self) -> &[Happened] {
        &self.history
    }

    /// So many writes: puts, deletes, and several at one revision; answers with the last revision.
    pub(crate) async fn writes(&mut self, chance: &mut Chance, count: usize) -> i64 {
        for _ in 0..count {
            let key = format!("{}{}", self.prefix, chance.below(KEYS));
            match chance.below(6) {
                0 => self.deletes(&key).await,
                1 | 2 => self.puts_together(chance).await,
                _ => self.puts(vec![key]).await,
            }
        }
        self.history.last().map_or(0, |it| it.revision)
    }

    /// The last key.
    pub(crate) async fn ends(&mut self) {
        self.puts(vec![format!("{}~end", self.prefix)]).await;
    }

    async fn puts_together(&mut self, chance: &mut Chance) {
        let first = chance.below(KEYS);
        let count = 2 + chance.below(KEYS - 2);
        let key = |at: u64| format!("{}{}", self.prefix, (first + at) % KEYS);
        self.puts((0..count).map(key).collect()).await;
    }

    async fn puts(&mut self, keys: Vec<String>) {
        let number = self.history.len();
        let value = |at: usize| format!("value {number}.{at}");
        let put = |(at, key): (usize, &String)| Op::Put(PutRequest::new(key.as_str(), value(at)));
        let success = keys.iter().enumerate().map(put).collect();
        let request = TxnRequest { success, ..TxnRequest::default() };
        let revision = self.direct.txn(request).await.expect("the server is well").revision.0;
        for (at, key) in keys.into_iter().enumerate() {
            self.history.push(Happened { revision, key, value: Some(value(at)) });
        }
    }

    async fn deletes(&mut self, key: &str) {
        let request = DeleteRequest::new(KeyRange::single(key));
        let answer = self.direct.delete(request).await.expect("the server is well");
        if answer.deleted > 0 {
            let revision = answer.revision.0;
            self.history.push(Happened { revision, key: key.to_owned(), value: None });
        }
    }
}
