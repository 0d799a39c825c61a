//! Recording the writes of a user who may write but not read.

use etcdeck::domain::KeyRange;
use etcdeck::domain::change::To;
use etcdeck::domain::journal::{Before, Written};
use etcdeck::domain::txn::{DeleteRequest, Op, OpResponse, PutRequest, RangeRequest, TxnRequest};
use etcdeck::journal::{record_txn, unnamed};
use etcdeck::store::{ErrorKind, Kv as _};

use super::auth::{build, client_as};
use super::on_all_versions;
use crate::support::install::Version;

fn ops(success: Vec<Op>) -> TxnRequest {
    TxnRequest { success, ..TxnRequest::default() }
}

fn put(key: &str, value: &str) -> Op {
    Op::Put(PutRequest::new(key, value))
}

#[test]
fn who_may_write_but_not_read_writes_without_knowing_what_was_there() {
    on_all_versions(async |version| {
        let server = build(version).start();
        server.ctl(&["put", "/in/a", "secret"]);
        server.ctl(&["put", "/in/b", "secret"]);
        server.ctl(&["put", "/in/c", "secret"]);
        server.ctl(&["role", "add", "inbox"]);
        server.ctl(&["role", "grant-permission", "inbox", "write", "--prefix=true", "/in/"]);
        server.ctl(&["user", "add", "alice:pw"]);
        server.ctl(&["user", "grant-role", "alice", "inbox"]);
        server.enable_auth("secret");
        let alice = client_as(&server, "alice", "pw");
        let root = client_as(&server, "root", "secret");
        let error = alice.range(RangeRequest::get("/in/a")).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::PermissionDenied, "{version}: {error}");

        // A single put: whatever the server says of prev_kv, it is written once and recorded.
        let (answer, written) = record_txn(&alice, ops(vec![put("/in/a", "mine")])).await;
        let answer = answer.unwrap_or_else(|error| panic!("{version}: {error}"));
        let [Written { key, before, after, revision }] = written.as_slice() else {
            panic!("{version}: {written:?}");
        };
        assert_eq!((key.as_bytes(), *revision), (&b"/in/a"[..], answer.revision));
        assert!(matches!(after, To::Put { value, .. } if value == b"mine"));
        // Up to 3.5 a put inside a transaction tells everybody who may write the key; later ones refuse.
        match before {
            Before::Entry(entry) if version <= Version::V3_5 => assert_eq!(entry.value, b"secret"),
            before => assert_eq!(*before, Before::Unknown, "{version}"),
        }
        let OpResponse::Put(response) = &answer.responses[0] else { panic!("{answer:?}") };
        assert_eq!(response.previous, None, "{version}: nobody asked");
        let entry = root.range(RangeRequest::get("/in/a")).await.unwrap().entries.remove(0);
        assert_eq!((entry.value.as_slice(), entry.version.0), (&b"mine"[..], 2), "{version}");

        // A key deleted by name is named, those of an interval are counted.
        let one = Op::Delete(DeleteRequest::new(KeyRange::single("/in/a")));
        let (answer, written) = record_txn(&alice, ops(vec![one])).await;
        let answer = answer.unwrap_or_else(|error| panic!("{version}: {error}"));
        assert_eq!((written.len(), unnamed(&answer, &written)), (1, 0), "{version}");
        assert_eq!((&written[0].before, &written[0].after), (&Before::Unknown, &To::Deleted));
        let all = Op::Delete(DeleteRequest::new(KeyRange::prefix("/in/")));
        let (answer, written) = record_txn(&alice, ops(vec![all])).await;
        let answer = answer.unwrap_or_else(|error| panic!("{version}: {error}"));
        assert_eq!((written.len(), unnamed(&answer, &written)), (0, 2), "{version}");

        // What may not be written either is refused as it would have been.
        let (answer, written) = record_txn(&alice, ops(vec![put("/other", "x")])).await;
        let error = answer.unwrap_err();
        assert_eq!(error.kind, ErrorKind::PermissionDenied, "{version}: {error}");
        assert_eq!(written, []);
        let left = root.range(RangeRequest::new(KeyRange::all())).await.unwrap();
        assert_eq!(left.count, 0, "{version}");
    });
}
