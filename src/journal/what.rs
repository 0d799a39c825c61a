//! What a write is called in the journal.

use super::txn::{as_sent, unnamed};
use crate::domain::change::To;
use crate::domain::journal::{Before, Written};
use crate::domain::txn::{Compare, Op, TxnRequest, TxnResponse};

/// A transaction that was answered, in a few words: what it did to its key, where it wrote one.
/// Keys are escaped.
///
/// ```
/// use etcdeck::domain::change::To;
/// use etcdeck::domain::journal::{Before, Written};
/// use etcdeck::domain::txn::{TxnRequest, TxnResponse};
/// use etcdeck::domain::{LeaseId, Revision};
///
/// let after = To::Put { value: b"new".to_vec(), lease: LeaseId::NONE };
/// let (before, revision) = (Before::Absent, Revision(7));
/// let written = [Written { key: "/a".into(), before, after, revision }];
/// let (request, answer) = (TxnRequest::default(), TxnResponse::default());
/// assert_eq!(etcdeck::journal::describe(&request, &answer, &written), "create /a");
/// ```
pub fn describe(request: &TxnRequest, answer: &TxnResponse, written: &[Written]) -> String {
    let what = name(request, written);
    match unnamed(answer, written) {
        0 => what,
        keys => format!("{what} ({keys} deleted keys may not be read, so they are not named)"),
    }
}

/// A transaction without an answer, in a few words.
pub fn describe_sent(request: &TxnRequest) -> String {
    let what = name(request, &as_sent(request));
    if deletes_interval(request) {
        format!("{what} (the keys of intervals it deletes are not known)")
    } else {
        what
    }
}

fn name(request: &TxnRequest, written: &[Written]) -> String {
    match (request.success.as_slice(), written) {
        ([Op::Delete(delete)], _) if !delete.range.is_single() => match delete.range.as_prefix() {
            Some(prefix) if prefix.is_empty() => "delete the whole store".to_owned(),
            Some(prefix) => format!("delete {prefix}"),
            None => "transaction".to_owned(),
        },
        // An interval may have deleted more than is named.
        (_, [one]) if !deletes_interval(request) => of_one(request, one),
        (_, _) => "transaction".to_owned(),
    }
}

fn of_one(request: &TxnRequest, written: &Written) -> String {
    let key = &written.key;
    let To::Put { value, lease } = &written.after else { return format!("delete {key}") };
    match &written.before {
        Before::Absent => format!("create {key}"),
        Before::Entry(entry) if entry.value == *value && entry.lease != *lease => {
            if lease.is_some() {
                format!("attach {key} to lease {lease}")
            } else {
                format!("detach {key} from its lease")
            }
        }
        Before::Unknown if request.compares.contains(&Compare::absent(key.clone())) => {
            format!("create {key}")
        }
        Before::Entry(_) | Before::Unknown => format!("save {key}"),
    }
}

fn deletes_interval(request: &TxnRequest) -> bool {
    request.success.iter().chain(&request.failure).any(|op| match op {
        Op::Range(_) | Op::Put(_) => false,
        Op::Delete(delete) => !delete.range.is_single(),
        Op::Txn(inner) => deletes_interval(inner),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::txn::{DeleteRequest, PutRequest};
    use crate::domain::{Entry, KeyRange, LeaseId, Revision};

    fn put(value: &str, lease: i64) -> To {
        To::Put { value: value.into(), lease: LeaseId(lease) }
    }

    fn named(before: Before, after: To) -> String {
        let written = Written { key: "/a".into(), before, after, revision: Revision(9) };
        describe(&TxnRequest::default(), &TxnResponse::default(), &[written])
    }

    #[test]
    fn writes_of_one_key_are_called_what_they_did() {
        let old = || Before::Entry(Entry { value: b"old".to_vec(), ..Entry::default() });
        assert_eq!(named(Before::Absent, put("new", 0)), "create /a");
        assert_eq!(named(old(), put("new", 0)), "save /a");
        assert_eq!(named(old(), put("old", 0)), "save /a");
        assert_eq!(named(old(), put("new", 7)), "save /a");
        assert_eq!(named(old(), put("old", 0x2a)), "attach /a to lease 2a");
        assert_eq!(named(old(), To::Deleted), "delete /a");
        assert_eq!(named(Before::Unknown, put("new", 0)), "save /a");
        let lease = LeaseId(7);
        let before = Before::Entry(Entry { value: b"old".to_vec(), lease, ..Entry::default() });
        assert_eq!(named(before, put("old", 0)), "detach /a from its lease");
    }

    #[test]
    fn writes_without_an_answer_are_called_what_was_sent() {
        let create = TxnRequest {
            compares: vec![Compare::absent("/a")],
            success: vec![Op::Put(PutRequest::new("/a", "v"))],
            failure: Vec::new(),
        };
        assert_eq!(describe_sent(&create), "create /a");
        let prefix = Op::Delete(DeleteRequest::new(KeyRange::prefix("/p/")));
        let delete = TxnRequest { success: vec![prefix.clone()], ..TxnRequest::default() };
        let words = describe_sent(&delete);
        assert_eq!(words, "delete /p/ (the keys of intervals it deletes are not known)");
        let both = TxnRequest {
            success: vec![prefix, Op::Put(PutRequest::new("/a", "v"))],
            ..TxnRequest::default()
        };
        // One key is known of it, which is not all it does.
        assert_eq!(
            describe_sent(&both),
            "transaction (the keys of intervals it deletes are not known)"
        );
    }
}
