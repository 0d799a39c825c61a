//! Range, put, delete and compaction on real servers.

use etcdeck::domain::txn::{DeleteRequest, PutRequest, RangeRequest, SortOrder, SortTarget};
use etcdeck::domain::{Entry, Key, KeyRange, LeaseId, Revision, Version};
use etcdeck::gateway::Gateway;
use etcdeck::store::{Cluster as _, ErrorKind, Kv as _, Store};

use super::{LIMIT, client};
use crate::support::servers::Etcd;
use crate::support::wait::eventually;

async fn put(etcd: &Gateway, key: impl Into<Key>, value: &str) -> Revision {
    etcd.put(PutRequest::new(key, value)).await.expect("a put").revision
}

async fn keys(etcd: &Gateway, range: KeyRange) -> Vec<Key> {
    let got = etcd.range(RangeRequest::new(range).keys_only()).await.expect("a range");
    assert_eq!(got.count as usize, got.entries.len());
    got.entries.into_iter().map(|entry| entry.key).collect()
}

#[tokio::test]
async fn a_key_is_written_read_and_deleted() {
    for version in Etcd::versions() {
        let server = Etcd::start(version);
        let etcd = client(&server);
        assert_eq!(etcd.range(RangeRequest::get("/a")).await.unwrap().entries, [], "{version}");

        let first = put(&etcd, "/a", "one").await;
        let second = etcd.put(PutRequest::new("/a", "").prev_kv()).await.unwrap();
        let expected = Entry {
            key: Key::from("/a"),
            value: b"one".to_vec(),
            create_revision: first,
            mod_revision: first,
            version: Version(1),
            lease: LeaseId::NONE,
        };
        assert_eq!(second.previous, Some(expected.clone()), "{version}");
        let got = etcd.range(RangeRequest::get("/a")).await.unwrap();
        let entry = Entry {
            value: vec![],
            mod_revision: second.revision,
            version: Version(2),
            ..expected.clone()
        };
        assert_eq!((got.entries, got.count, got.more), (vec![entry.clone()], 1, false));
        let past = etcd.range(RangeRequest::get("/a").at(first)).await.unwrap();
        assert_eq!((past.entries, past.revision), (vec![expected], second.revision));

        let request = DeleteRequest::new(KeyRange::single("/a")).prev_kv();
        let deleted = etcd.delete(request.clone()).await.unwrap();
        assert_eq!((deleted.deleted, deleted.previous), (1, vec![entry]));
        assert_eq!(deleted.revision, second.revision.next());
        assert_eq!(etcd.delete(request).await.unwrap().deleted, 0);
    }
}

#[tokio::test]
async fn prefixes_end_where_they_should() {
    for version in Etcd::versions() {
        let server = Etcd::start(version);
        let etcd = client(&server);
        let all: [&[u8]; 8] =
            [b"\0", b"a", b"a\xfe", b"a\xff", b"a\xff\0", b"a\xff\xff", b"b", b"\xff\xff\xff"];
        for key in all {
            put(&etcd, key, "x").await;
        }
        let cases: [(&[u8], &[usize]); 6] = [
            (b"", &[0, 1, 2, 3, 4, 5, 6, 7]),
            (b"a", &[1, 2, 3, 4, 5]),
            (b"a\xff", &[3, 4, 5]),
            (b"a\xff\xff", &[5]),
            (b"\xff", &[7]),
            (b"\xff\xff\xff\xff", &[]),
        ];
        for (prefix, inside) in cases {
            let expected: Vec<Key> = inside.iter().map(|at| Key::from(all[*at])).collect();
            assert_eq!(
                keys(&etcd, KeyRange::prefix(prefix)).await,
                expected,
                "{version} {prefix:?}"
            );
        }
        let interval = KeyRange::interval("a", "b");
        assert_eq!(keys(&etcd, interval).await.len(), 5, "{version}");
        assert_eq!(keys(&etcd, KeyRange::from("b")).await.len(), 2, "{version}");
    }
}

#[tokio::test]
async fn all_bytes_and_the_largest_value_survive() {
    let every_byte: Vec<u8> = (0..=255).collect();
    for version in Etcd::versions() {
        let server = Etcd::start(version);
        let etcd = client(&server);
        etcd.put(PutRequest::new(every_byte.clone(), every_byte.clone())).await.unwrap();
        let got = etcd.range(RangeRequest::get(every_byte.clone())).await.unwrap();
        assert_eq!(got.entries[0].key.as_bytes(), every_byte, "{version}");
        assert_eq!(got.entries[0].value, every_byte, "{version}");

        let large: Vec<u8> = every_byte.iter().copied().cycle().take(1_572_000).collect();
        etcd.put(PutRequest::new("large", large.clone())).await.unwrap();
        let got = etcd.range(RangeRequest::get("large")).await.unwrap();
        assert!(got.entries[0].value == large, "{version}");
        for size in [1_573_000, 5_000_000] {
            let error = etcd.put(PutRequest::new("large", vec![0; size])).await.unwrap_err();
            assert_eq!(error.kind, ErrorKind::TooLarge, "{version} {size}: {error}");
        }
    }
}

#[tokio::test]
async fn pages_counts_and_orders() {
    for version in Etcd::versions() {
        let server = Etcd::start(version);
        let etcd = client(&server);
        let mut first = Revision::NONE;
        for (key, value) in [("/a", "3"), ("/b", "1"), ("/c", "2")] {
            let revision = put(&etcd, key, value).await;
            first = if first.is_some() { first } else { revision };
        }
        let all = RangeRequest::new(KeyRange::prefix("/"));
        let page = etcd.range(all.clone().limit(2)).await.unwrap();
        assert_eq!((page.entries.len(), page.count, page.more), (2, 3, true), "{version}");
        let rest = all.range.starting_at(page.entries[1].key.successor());
        let page = etcd.range(RangeRequest::new(rest).limit(2).at(page.revision)).await.unwrap();
        assert_eq!((page.entries.len(), page.more), (1, false), "{version}");

        let count = etcd.range(all.clone().count_only().serializable()).await.unwrap();
        assert_eq!((count.entries.len(), count.count), (0, 3), "{version}");
        assert_eq!(etcd.range(all.clone().keys_only()).await.unwrap().entries[0].value, b"");
        assert_eq!(etcd.range(all.clone().at(first)).await.unwrap().count, 1, "{version}");

        for (target, order, expected) in [
            (SortTarget::Key, SortOrder::Descend, ["/c", "/b", "/a"]),
            (SortTarget::Value, SortOrder::Ascend, ["/b", "/c", "/a"]),
            (SortTarget::Mod, SortOrder::Descend, ["/c", "/b", "/a"]),
            (SortTarget::Create, SortOrder::Ascend, ["/a", "/b", "/c"]),
            (SortTarget::Version, SortOrder::Ascend, ["/a", "/b", "/c"]),
        ] {
            let got = etcd.range(all.clone().sort(target, order)).await.unwrap();
            let keys: Vec<String> = got.entries.iter().map(|e| e.key.to_string()).collect();
            assert_eq!(keys, expected, "{version} {target:?} {order:?}");
        }
    }
}

#[tokio::test]
async fn compaction_forgets_and_says_so() {
    for version in Etcd::versions() {
        let server = Etcd::start(version);
        let etcd = client(&server);
        let first = put(&etcd, "/a", "1").await;
        let second = put(&etcd, "/a", "2").await;
        let third = put(&etcd, "/a", "3").await;
        assert_eq!(etcd.compact(second, true).await.unwrap(), third, "{version}");

        let error = etcd.range(RangeRequest::get("/a").at(first)).await.unwrap_err();
        assert!(matches!(error.kind, ErrorKind::Compacted { .. }), "{version}: {error:?}");
        assert!(error.to_string().starts_with("range /a: etcdserver: "), "{error}");
        let kept = etcd.range(RangeRequest::get("/a").at(second)).await.unwrap();
        assert_eq!(kept.entries[0].value, b"2", "{version}");
        let error = etcd.range(RangeRequest::get("/a").at(third.next())).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::FutureRevision, "{version}: {error}");
        let error = etcd.compact(second, false).await.unwrap_err();
        assert!(matches!(error.kind, ErrorKind::Compacted { .. }), "{version}: {error:?}");
    }
}

#[tokio::test]
async fn what_etcd_refuses_is_told_in_its_words() {
    for version in Etcd::versions() {
        let server = Etcd::start(version);
        let etcd = client(&server);
        let error = etcd.put(PutRequest::new("", "x")).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Invalid, "{version}");
        assert!(error.message.contains("key is not provided"), "{version}: {error}");
        assert!(!error.outcome_unknown(), "{version}");
        let lease = LeaseId(7_777_777_777_777_777_777);
        let error = etcd.put(PutRequest::new("/a", "x").lease(lease)).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::LeaseNotFound, "{version}: {error}");
    }
}

#[tokio::test]
async fn the_status_names_version_leader_sizes_and_alarms() {
    for version in Etcd::versions() {
        let server = Etcd::build(version).arg("--quota-backend-bytes=100000").start();
        let etcd = client(&server);
        let revision = put(&etcd, "/a", "1").await;
        let status = etcd.status().await.unwrap();
        assert!(status.version.starts_with(&version.to_string()), "{version}: {status:?}");
        assert_eq!((status.endpoint.as_str(), status.revision), (&*server.url(), revision));
        assert!(status.member != 0 && status.member == status.leader, "{version}: {status:?}");
        assert!(status.db_size > 0 && status.db_size_in_use > 0, "{version}: {status:?}");
        assert!(!status.is_learner && status.alarms.is_empty(), "{version}: {status:?}");

        // The size counts when it reaches the disk, a moment after the answer.
        let error = eventually("a quota of 100 kB is used up", LIMIT, async || {
            etcd.put(PutRequest::new("/big", vec![0; 50_000])).await.err()
        })
        .await;
        assert_eq!(error.kind, ErrorKind::NoSpace, "{version}: {error}");
        let status = etcd.status().await.unwrap();
        assert_eq!(status.alarms[0].name, "NOSPACE", "{version}: {status:?}");
        assert_eq!(status.alarms[0].member, status.member, "{version}: {status:?}");
    }
}

#[test]
fn a_gateway_is_a_store() {
    fn is_store<S: Store>() {}
    is_store::<Gateway>();
}
