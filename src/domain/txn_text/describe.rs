//! Compares, requests and answers in one line each, for people.

use crate::domain::txn::{
    Compare, Comparison, Op, OpResponse, RangeRequest, SortOrder, SortTarget, Target, TxnRequest,
};
use crate::domain::{Entry, KeyRange, escape};

/// The longest value that is shown; a longer one is told by its size.
const SHOWN: usize = 32;

/// `mod(/a) = 5`, `value(/a) = "x"`, `version(/a/…) > 0`
pub fn compare(compare: &Compare) -> String {
    let word = word(&compare.target);
    let sign = match compare.comparison {
        Comparison::Equal => "=",
        Comparison::NotEqual => "!=",
        Comparison::Greater => ">",
        Comparison::Less => "<",
    };
    format!("{word}({}) {sign} {}", range(&compare.range), target(&compare.target))
}

/// `put /a 3 bytes`, `get /a/… keys only`, `delete /a`
pub fn op(op: &Op) -> String {
    match op {
        Op::Range(request) => read(request),
        Op::Put(put) => {
            let (key, size) = (&put.key, bytes(put.value.len()));
            if put.lease.is_some() {
                format!("put {key} {size} on lease {}", put.lease)
            } else {
                format!("put {key} {size}")
            }
        }
        Op::Delete(delete) => format!("delete {}", range(&delete.range)),
        Op::Txn(inner) => txn(inner),
    }
}

/// `put at revision 7 in place of 3 bytes`, `2 of 10 keys`, `deleted 3 keys`
pub fn response(response: &OpResponse) -> String {
    match response {
        OpResponse::Range(read) => {
            let shown = read.entries.len() as i64;
            match read.entries.as_slice() {
                [] if read.count > 0 => counted(read.count, "key", "keys"),
                [] => "nothing there".to_owned(),
                [entry] if read.count <= 1 => self::entry(entry),
                _ if shown < read.count => format!("{shown} of {} keys", read.count),
                _ => counted(shown, "key", "keys"),
            }
        }
        OpResponse::Put(put) => {
            let place = put.previous.as_ref().map_or_else(String::new, |previous| {
                format!(" in place of {}", bytes(previous.value.len()))
            });
            format!("put at revision {}{place}", put.revision)
        }
        OpResponse::Delete(delete) => {
            format!("deleted {}", counted(delete.deleted, "key", "keys"))
        }
        OpResponse::Txn(inner) => {
            let result = if inner.succeeded { "compares held" } else { "a compare failed" };
            let answers = counted(inner.responses.len() as i64, "answer", "answers");
            format!("{result}, {answers}")
        }
    }
}

/// `1 compare, 2 then, 0 else`
pub fn txn(request: &TxnRequest) -> String {
    let compares = counted(request.compares.len() as i64, "compare", "compares");
    format!("txn of {compares}, {} then, {} else", request.success.len(), request.failure.len())
}

/// `/a` for a key, `/a/…` for a prefix, `[/a, /c)` and `[/a, end)` for intervals.
pub fn range(range: &KeyRange) -> String {
    if range.is_single() {
        return range.start().to_string();
    }
    match range.as_prefix() {
        Some(prefix) if prefix.is_empty() => "all keys".to_owned(),
        Some(prefix) => format!("{prefix}…"),
        None if range.is_open() => format!("[{}, end)", range.start()),
        None => format!("[{}, {})", range.start(), escape::line(range.end())),
    }
}

/// A value on one line: in quotes when short, by its size when long.
pub fn value(value: &[u8]) -> String {
    if value.len() <= SHOWN { super::quote::quoted(value) } else { bytes(value.len()) }
}

pub(super) fn word(target: &Target) -> &'static str {
    match target {
        Target::Version(_) => "version",
        Target::Create(_) => "create",
        Target::Mod(_) => "mod",
        Target::Value(_) => "value",
        Target::Lease(_) => "lease",
    }
}

fn target(target: &Target) -> String {
    match target {
        Target::Version(version) => version.to_string(),
        Target::Create(revision) | Target::Mod(revision) => revision.to_string(),
        Target::Value(given) => value(given),
        Target::Lease(lease) if lease.is_some() => lease.to_string(),
        Target::Lease(_) => "none".to_owned(),
    }
}

fn entry(entry: &Entry) -> String {
    format!("{} = {} at revision {}", entry.key, value(&entry.value), entry.mod_revision)
}

fn read(request: &RangeRequest) -> String {
    let name = if request.count_only { "count" } else { "get" };
    let range = range(&request.range);
    let mut notes = Vec::new();
    if request.keys_only && !request.count_only {
        notes.push("keys only".to_owned());
    }
    if request.limit > 0 {
        notes.push(format!("at most {}", request.limit));
    }
    if request.revision.is_some() {
        notes.push(format!("at revision {}", request.revision));
    }
    let by = match request.sort_target {
        SortTarget::Key => "key",
        SortTarget::Version => "version",
        SortTarget::Create => "creation",
        SortTarget::Mod => "last change",
        SortTarget::Value => "value",
    };
    match request.sort_order {
        SortOrder::Descend => notes.push(format!("by {by}, largest first")),
        SortOrder::None if request.sort_target == SortTarget::Key => {}
        // The server sorts by anything but the key even when no order is asked for.
        SortOrder::None | SortOrder::Ascend => notes.push(format!("by {by}")),
    }
    if request.serializable {
        notes.push("maybe stale".to_owned());
    }
    if notes.is_empty() {
        format!("{name} {range}")
    } else {
        format!("{name} {range} ({})", notes.join(", "))
    }
}

fn bytes(count: usize) -> String {
    counted(count as i64, "byte", "bytes")
}

pub(super) fn counted(count: i64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
