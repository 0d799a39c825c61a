//! What is printed is what etcdctl reads, and what etcdctl reads is read here: against every release.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use etcdeck::domain::txn::{Op, PutRequest, TxnRequest};
use etcdeck::domain::txn_text::{parse, print};
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;

use super::txn_strategy::{bytes, key};
use crate::support::install::Version;
use crate::support::servers::Etcd;

/// `etcdctl txn` of the server's release with this text.
fn ctl_txn(etcd: &Etcd, text: &str) -> Output {
    let mut child = Command::new(etcd.version().etcdctl())
        .env_clear()
        .envs(etcd.env())
        .arg("txn")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("etcdctl starts");
    let mut input = child.stdin.take().expect("the input is a pipe");
    // It stops reading where it finds an error.
    let _closed_early = input.write_all(text.as_bytes());
    drop(input);
    child.wait_with_output().expect("etcdctl ends")
}

/// Whether it was a transaction for etcdctl and the server, whatever became of the compares.
fn is_answered(answer: &Output) -> bool {
    let said = String::from_utf8_lossy(&answer.stdout);
    answer.status.success() && (said.starts_with("SUCCESS") || said.starts_with("FAILURE"))
}

/// All under a prefix, as etcdctl shows it in JSON.
fn stored(etcd: &Etcd, prefix: &str) -> BTreeMap<Vec<u8>, Vec<u8>> {
    let json = etcd.ctl(&["get", prefix, "--prefix", "-w", "json"]);
    let answer: serde_json::Value = serde_json::from_str(&json).expect("etcdctl writes JSON");
    let field = |kv: &serde_json::Value, name: &str| {
        STANDARD.decode(kv[name].as_str().unwrap_or_default()).expect("bytes are in base64")
    };
    let kvs = answer["kvs"].as_array().cloned().unwrap_or_default();
    kvs.iter().map(|kv| (field(kv, "key"), field(kv, "value"))).collect()
}

#[test]
fn etcdctl_stores_the_very_bytes_that_were_printed() {
    let mut runner = TestRunner::deterministic();
    for version in Etcd::versions() {
        let etcd = Etcd::shared(version);
        let mut expected = BTreeMap::new();
        let pair = (key(), bytes());
        while expected.len() < 100 {
            let (key, value) = pair.new_tree(&mut runner).unwrap().current();
            expected.insert([b"txn-text/", key.as_slice()].concat(), value);
        }
        let put = |(key, value): (&Vec<u8>, &Vec<u8>)| {
            Op::Put(PutRequest::new(key.clone(), value.clone()))
        };
        let success = expected.iter().map(put).collect();
        let text = print(&TxnRequest { success, ..TxnRequest::default() });
        let answer = ctl_txn(etcd, &text);
        assert!(is_answered(&answer), "etcdctl {version}: {answer:?}\n{text}");
        assert_eq!(stored(etcd, "txn-text/"), expected, "etcdctl {version}\n{text}");
    }
}

/// Texts that etcdctl reads, with an answer that does not depend on when they are sent.
const READ: [&str; 12] = [
    "ver(\"ctl/a\") > \"0\"\n\nget ctl/a\n\nget ctl/b\n\n",
    "c(\"ctl/a\") != `0`\nm(\"ctl/a\") > \"0\"\nval(\"ctl/a\") < \"b\"\n\nget ctl/a\n\n\n",
    "value(\"ctl/\\x62\") = \"\\u00e9\\377\\x00\"\n\nget ctl/a\n\nget ctl/b\n\n",
    "\nget \"ctl/\" --prefix --limit=2 --order=DESCEND\n\n\n",
    "\nget --sort-by modify --order descend ctl/ ctl0\n\n\n",
    "\nget ctl/b --from-key --limit 0x2 --keys-only\n\n\n",
    "\nget ctl/a --consistency=s --keys-only=false\n\n\n",
    "\nput \"ctl/x y\" -- \"-1\"\nput -- ctl/-- --help\nput ctl/put put\n\n\n",
    "\nput --prev-kv \"ctl/a\" \"a\\tb\"\n\n\n",
    "\nput ctl/q a\"b\n\n\n",
    "\ndel ctl/none --prev-kv\ndel ctl/none/ --prefix\n\n\n",
    "version(\"ctl/none\") = \"5\"\n\n\nget ctl/a\nget ctl/b\n\n",
];

#[test]
fn what_etcdctl_reads_is_read_here_as_the_same() {
    for version in Etcd::versions() {
        let etcd = Etcd::shared(version);
        for (key, value) in [("ctl/a", "a\tb"), ("ctl/b", "x"), ("ctl/c", "y")] {
            etcd.ctl(&["put", key, value]);
        }
        for text in READ {
            // Sent twice, so that both find the same state.
            ctl_txn(etcd, text);
            let theirs = ctl_txn(etcd, text);
            assert!(is_answered(&theirs), "etcdctl {version}\n{text}\n{theirs:?}");
            let printed = print(&parse(text).expect(text));
            let ours = ctl_txn(etcd, &printed);
            let said = |output: &Output| String::from_utf8_lossy(&output.stdout).into_owned();
            assert_eq!(said(&ours), said(&theirs), "etcdctl {version}\n{text}\n{printed}");
        }
    }
}

#[test]
fn leases_are_written_as_etcdctl_reads_them() {
    for version in Etcd::versions() {
        let etcd = Etcd::shared(version);
        let granted = etcd.ctl(&["lease", "grant", "60"]);
        let lease = granted.split_whitespace().nth(1).unwrap().to_owned();
        let text = print(&parse(&format!("\nput leased/k v --lease={lease}\n\n\n")).unwrap());
        let answer = ctl_txn(etcd, &text);
        assert!(is_answered(&answer), "etcdctl {version}: {answer:?}\n{text}");
        let attached = etcd.ctl(&["lease", "timetolive", &lease, "--keys"]);
        assert!(attached.contains("leased/k"), "etcdctl {version}: {attached}");
        etcd.ctl(&["lease", "revoke", &lease]);
    }
}

/// Compares of leases make etcdctl crash in all releases but 3.6.
#[test]
fn a_compare_of_leases_is_read_where_etcdctl_can() {
    let text = print(&parse("lease(\"no/such\") = \"0\"\n\n\n\n").unwrap());
    for version in Etcd::versions().into_iter().filter(|version| *version == Version::V3_6) {
        let answer = ctl_txn(Etcd::shared(version), &text);
        assert!(is_answered(&answer), "etcdctl {version}: {answer:?}\n{text}");
    }
}
