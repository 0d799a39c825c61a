//! The built program and a real etcd for the tests of its subcommands.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use etcdeck::domain::txn::{DeleteRequest, Op, PutRequest, RangeRequest, TxnRequest};
use etcdeck::domain::{Entry, Key, KeyRange, LeaseId, Revision};
use etcdeck::gateway::{Gateway, GatewayOptions};
use etcdeck::store::Kv as _;
use tempfile::TempDir;

use crate::support::process::scratch_dir;
use crate::support::servers::Etcd;

/// A folder, and the program run in it against one server.
pub(super) struct World {
    pub(super) folder: TempDir,
    pub(super) url: String,
    pub(super) store: Gateway,
}

impl World {
    pub(super) fn new(etcd: &Etcd) -> World {
        let options = GatewayOptions::new([etcd.url()]);
        let options = GatewayOptions { command_timeout: Duration::from_secs(30), ..options };
        let store = Gateway::connect(options).expect("the URL is fine");
        World { folder: scratch_dir("archive"), url: etcd.url(), store }
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The program with these arguments, its home in the folder, not started yet.
    pub(super) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_etcdeck"));
        command.env_clear().env("HOME", self.folder.path()).env("TMPDIR", self.folder.path());
        command.env("ETCDCTL_ENDPOINTS", &self.url).current_dir(self.folder.path());
        command.args(args).stdin(Stdio::null());
        command
    }

    /// Runs it to its end: its status, stdout and stderr.
    pub(super) fn run(&self, args: &[&str]) -> (i32, String, String) {
        told(self.command(args).output().expect("the program starts"))
    }

    pub(super) fn file(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).expect("a file of text")
    }

    /// Everything with a prefix, as it is now.
    pub(super) async fn entries(&self, prefix: &[u8]) -> Vec<Entry> {
        let mut range = KeyRange::prefix(Key::from(prefix));
        let mut entries: Vec<Entry> = Vec::new();
        let mut at = Revision::NONE;
        loop {
            let request = RangeRequest::new(range.clone()).limit(20_000).at(at);
            let answer = self.store.range(request).await.expect("readable");
            at = if at.is_some() { at } else { answer.revision };
            entries.extend(answer.entries);
            match entries.last().filter(|_| answer.more) {
                Some(last) => range = range.starting_at(last.key.successor()),
                None => return entries,
            }
        }
    }

    pub(super) async fn fill(&self, pairs: impl IntoIterator<Item = (Vec<u8>, Vec<u8>, LeaseId)>) {
        let mut pairs = pairs.into_iter().peekable();
        while pairs.peek().is_some() {
            let puts = pairs.by_ref().take(128).map(|(key, value, lease)| {
                Op::Put(PutRequest::new(Key::from(key), value).lease(lease))
            });
            let txn = TxnRequest { success: puts.collect(), ..TxnRequest::default() };
            self.store.txn(txn).await.expect("written");
        }
    }

    pub(super) async fn clear(&self, prefix: &[u8]) {
        let range = KeyRange::prefix(Key::from(prefix));
        let request = DeleteRequest::new(range);
        self.store.delete(request).await.expect("deleted");
    }
}

pub(super) fn told(output: Output) -> (i32, String, String) {
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    let status = output.status.code().expect("it ended by itself");
    (status, text(output.stdout), text(output.stderr))
}

/// Key, value and lease of each entry: what a round trip keeps.
pub(super) fn kept(entries: &[Entry]) -> Vec<(&[u8], &[u8], LeaseId)> {
    entries.iter().map(|e| (e.key.as_bytes(), e.value.as_slice(), e.lease)).collect()
}

/// The names of the files in a folder that a user sees or stumbles over.
pub(super) fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .expect("a folder")
        .map(|file| file.expect("readable").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}
