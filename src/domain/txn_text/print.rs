//! A transaction written as text.

use super::quote::{push_quoted, quoted};
use crate::domain::txn::{
    Compare, Comparison, DeleteRequest, Op, PutRequest, RangeRequest, SortOrder, SortTarget,
    Target, TxnRequest,
};
use crate::domain::{Key, KeyRange, LeaseId};

/// The transaction as `etcdctl txn` reads it from its input, the last blank line included; with
/// additions of our own where [`beyond_etcdctl`] says so. [`parse`](super::parse()) reads it back,
/// byte for byte.
pub fn print(request: &TxnRequest) -> String {
    let mut out = String::new();
    push_parts(&mut out, request, "", ["", "", ""]);
    out
}

/// The same with comments, to be kept as a file: the title, which may have several lines, and what
/// each part is.
pub fn save(request: &TxnRequest, title: &str) -> String {
    let mut out = String::new();
    for line in title.lines() {
        // A carriage return or worse in a title must not end the comment.
        out.push_str(format!("# {}", crate::domain::escape::message(line)).trim_end());
        out.push('\n');
    }
    let labels = ["# compares\n", "# when they hold\n", "# when one fails\n"];
    push_parts(&mut out, request, "", labels);
    out
}

/// What of it etcdctl cannot say, if anything.
pub fn beyond_etcdctl(request: &TxnRequest) -> Option<&'static str> {
    if request.compares.iter().any(|compare| !compare.range.is_single()) {
        return Some("etcdctl compares single keys only");
    }
    let mut ops = request.success.iter().chain(&request.failure);
    ops.any(|op| matches!(op, Op::Txn(_))).then_some("etcdctl has no transactions inside another")
}

/// One compare, for example `mod("key") = "5"`.
pub fn print_compare(compare: &Compare) -> String {
    let word = match compare.target {
        Target::Version(_) => "version",
        Target::Create(_) => "create",
        Target::Mod(_) => "mod",
        Target::Value(_) => "value",
        Target::Lease(_) => "lease",
    };
    let mut out = format!("{word}(");
    let (key, extent) = extent(&compare.range);
    push_quoted(&mut out, key.as_bytes());
    match extent {
        Extent::Single => {}
        Extent::Flag(flag) => out.extend([" ", flag]),
        Extent::To(end) => out.extend([" ", &quoted(end)]),
    }
    out.push_str(match compare.comparison {
        Comparison::Equal => ") = ",
        Comparison::NotEqual => ") != ",
        Comparison::Greater => ") > ",
        Comparison::Less => ") < ",
    });
    let number = match &compare.target {
        Target::Version(version) => version.to_string(),
        Target::Create(revision) | Target::Mod(revision) => revision.to_string(),
        Target::Lease(lease) => lease_id(*lease),
        Target::Value(value) => {
            push_quoted(&mut out, value);
            return out;
        }
    };
    out.extend(["\"", &number, "\""]);
    out
}

/// One request on one line, for example `get --limit=5 --prefix "key"`; a transaction inside takes
/// several.
pub fn print_op(op: &Op) -> String {
    let mut out = String::new();
    push_op(&mut out, op, "");
    out.truncate(out.trim_end().len());
    out
}

fn push_parts(out: &mut String, request: &TxnRequest, indent: &str, labels: [&str; 3]) {
    out.push_str(labels[0]);
    for compare in &request.compares {
        out.extend([indent, &print_compare(compare), "\n"]);
    }
    out.push('\n');
    for (ops, label) in [(&request.success, labels[1]), (&request.failure, labels[2])] {
        out.push_str(label);
        for op in ops {
            push_op(out, op, indent);
        }
        out.push('\n');
    }
}

fn push_op(out: &mut String, op: &Op, indent: &str) {
    let line = match op {
        Op::Put(request) => put(request),
        Op::Range(request) => get(request),
        Op::Delete(request) => delete(request),
        Op::Txn(inner) => {
            out.extend([indent, "txn {\n"]);
            push_parts(out, inner, &format!("{indent}  "), ["", "", ""]);
            out.extend([indent, "}\n"]);
            return;
        }
    };
    out.extend([indent, &line, "\n"]);
}

fn put(request: &PutRequest) -> String {
    let mut words = vec!["put".to_owned()];
    if request.lease.is_some() {
        words.push(format!("--lease={}", lease_id(request.lease)));
    }
    if request.prev_kv {
        words.push("--prev-kv".to_owned());
    }
    push_arguments(&mut words, &[request.key.as_bytes(), &request.value]);
    words.join(" ")
}

fn get(request: &RangeRequest) -> String {
    let mut words = vec!["get".to_owned()];
    if request.serializable {
        words.push("--consistency=s".to_owned());
    }
    if request.limit != 0 {
        words.push(format!("--limit={}", request.limit));
    }
    if request.revision.0 != 0 {
        words.push(format!("--rev={}", request.revision));
    }
    let order = match request.sort_order {
        SortOrder::None => None,
        SortOrder::Ascend => Some("--order=ASCEND"),
        SortOrder::Descend => Some("--order=DESCEND"),
    };
    let by = match request.sort_target {
        SortTarget::Key => None,
        SortTarget::Version => Some("--sort-by=VERSION"),
        SortTarget::Create => Some("--sort-by=CREATE"),
        SortTarget::Mod => Some("--sort-by=MODIFY"),
        SortTarget::Value => Some("--sort-by=VALUE"),
    };
    words.extend(order.into_iter().chain(by).map(str::to_owned));
    // A count has no values to leave out, and etcdctl takes only one of the two.
    if request.count_only {
        words.push("--count-only".to_owned());
    } else if request.keys_only {
        words.push("--keys-only".to_owned());
    }
    push_range(&mut words, &request.range);
    words.join(" ")
}

fn delete(request: &DeleteRequest) -> String {
    let mut words = vec!["del".to_owned()];
    if request.prev_kv {
        words.push("--prev-kv".to_owned());
    }
    // etcdctl from 3.6 on waits two seconds before an interval without `--range`, which those before
    // do not know.
    push_range(&mut words, &request.range);
    words.join(" ")
}

fn push_range(words: &mut Vec<String>, range: &KeyRange) {
    match extent(range) {
        (key, Extent::Single) => push_arguments(words, &[key.as_bytes()]),
        (key, Extent::Flag(flag)) => {
            words.push(flag.to_owned());
            push_arguments(words, &[key.as_bytes()]);
        }
        (key, Extent::To(end)) => push_arguments(words, &[key.as_bytes(), end]),
    }
}

/// How far a range reaches beyond its key.
enum Extent<'a> {
    Single,
    Flag(&'static str),
    To(&'a [u8]),
}

fn extent(range: &KeyRange) -> (Key, Extent<'_>) {
    let start = range.start().clone();
    if range.is_single() {
        return (start, Extent::Single);
    }
    // An empty start is refused by etcd, and must not become "everything" on the way.
    if start.is_empty() {
        return (start, Extent::To(range.end()));
    }
    match range.as_prefix() {
        Some(prefix) => (prefix, Extent::Flag("--prefix")),
        None if range.is_open() => (start, Extent::Flag("--from-key")),
        None => (start, Extent::To(range.end())),
    }
}

fn push_arguments(words: &mut Vec<String>, arguments: &[&[u8]]) {
    // Quotes do not keep etcdctl from taking it for a flag.
    if arguments.iter().any(|argument| argument.starts_with(b"-")) {
        words.push("--".to_owned());
    }
    words.extend(arguments.iter().map(|argument| quoted(argument)));
}

/// A lease as etcdctl reads it: a signed number in hexadecimal.
pub fn lease_id(lease: LeaseId) -> String {
    let sign = if lease.0 < 0 { "-" } else { "" };
    format!("{sign}{:x}", lease.0.unsigned_abs())
}
