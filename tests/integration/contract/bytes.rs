//! Any bytes in keys and values, and sizes up to the limit.

use etcdeck::domain::KeyRange;
use etcdeck::domain::txn::{PutRequest, RangeRequest};
use etcdeck::store::ErrorKind;

use super::target::Target;
use super::{Case, case};

pub(super) fn cases() -> Vec<Case> {
    vec![
        case(a_key_and_a_value_of_all_bytes_come_back),
        case(each_byte_sorts_as_a_number),
        case(a_prefix_that_ends_in_0xff_has_an_end),
        case(a_long_key_is_a_key),
        case(a_value_of_a_mebibyte_comes_back),
        case(a_request_over_the_limit_is_too_large),
    ]
}

async fn a_key_and_a_value_of_all_bytes_come_back(t: Target) {
    let all: Vec<u8> = (0..=255).collect();
    let backward: Vec<u8> = (0..=255).rev().collect();
    t.put(&all, all.clone()).await;
    t.put(&backward, backward.clone()).await;
    let entries = t.range(RangeRequest::new(t.all())).await.entries;
    assert_eq!((&entries[0].key, &entries[0].value), (&t.key(&all), &all));
    assert_eq!((&entries[1].key, &entries[1].value), (&t.key(&backward), &backward));
    assert_eq!(t.get(&all).await.unwrap().value, all);
}

async fn each_byte_sorts_as_a_number(t: Target) {
    for byte in (0..=255_u8).rev() {
        t.put([byte], [byte]).await;
    }
    let entries = t.range(RangeRequest::new(t.all())).await.entries;
    let values: Vec<u8> = entries.iter().map(|entry| entry.value[0]).collect();
    assert_eq!(values, (0..=255).collect::<Vec<u8>>());
}

async fn a_prefix_that_ends_in_0xff_has_an_end(t: Target) {
    let inside: [&[u8]; 4] = [b"a\xff", b"a\xff\0", b"a\xff\xfe", b"a\xff\xff"];
    for name in inside.iter().chain(&[&b"a"[..], b"a\xfe\xff", b"b", b"b\xff"]) {
        t.put(name, *name).await;
    }
    let values = async |prefix: &[u8]| -> Vec<Vec<u8>> {
        let range = KeyRange::prefix(t.key(prefix));
        let entries = t.range(RangeRequest::new(range)).await.entries;
        entries.into_iter().map(|entry| entry.value).collect()
    };
    assert_eq!(values(b"a\xff").await, inside);
    assert_eq!(values(b"a\xff\xff").await, inside[3..]);
    assert_eq!(values(b"a\xff\xff\xff").await.len(), 0);
    assert_eq!(values(b"b").await.len(), 2);
}

async fn a_long_key_is_a_key(t: Target) {
    let long = vec![b'k'; 20 << 10];
    t.put(&long, "found").await;
    assert_eq!(t.value(&long).await.as_deref(), Some("found"));
}

async fn a_value_of_a_mebibyte_comes_back(t: Target) {
    let large: Vec<u8> = (0..1_u32 << 20).map(|at| (at % 251) as u8).collect();
    t.put("a", large.clone()).await;
    assert!(t.get("a").await.unwrap().value == large);
}

async fn a_request_over_the_limit_is_too_large(t: Target) {
    t.put("a", "small").await;
    // Refused by two different limits of a real server, with different words.
    for size in [1_600_000, 3_000_000] {
        let request = PutRequest::new(t.key("a"), vec![b'x'; size]);
        let error = t.store.put(request).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::TooLarge, "{error}");
    }
    assert_eq!(t.value("a").await.as_deref(), Some("small"));
    t.put("a", vec![b'x'; 1_570_000]).await;
}
