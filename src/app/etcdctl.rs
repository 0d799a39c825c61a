//! The selected thing as an etcdctl command line, quoted for a shell.

use std::fmt::Write as _;

use crate::domain::txn::TxnRequest;
use crate::domain::txn_text::{beyond_etcdctl, print};
use crate::domain::{Key, LeaseId, Revision};

/// `etcdctl get KEY`, or with `--prefix` for a directory.
pub fn get(endpoints: &[String], key: &Key, prefix: bool) -> String {
    let flag = if prefix { " --prefix" } else { "" };
    format!("{} get{flag} -- {}", command(endpoints), quote(key.as_bytes()))
}

/// `etcdctl get --rev=N KEY`.
pub fn get_at(endpoints: &[String], key: &Key, revision: Revision) -> String {
    format!("{} get --rev={revision} -- {}", command(endpoints), quote(key.as_bytes()))
}

/// `etcdctl lease timetolive ID --keys`.
pub fn time_to_live(endpoints: &[String], id: LeaseId) -> String {
    format!("{} lease timetolive {id} --keys", command(endpoints))
}

/// `etcdctl lease revoke ID`.
pub fn revoke(endpoints: &[String], id: LeaseId) -> String {
    format!("{} lease revoke {id}", command(endpoints))
}

/// `etcdctl lock NAME`.
pub fn lock(endpoints: &[String], name: &Key) -> String {
    format!("{} lock {}", command(endpoints), operand(name.as_bytes()))
}

/// `etcdctl elect NAME VALUE`.
pub fn elect(endpoints: &[String], name: &Key, value: &[u8]) -> String {
    let (name, value) = (operand(name.as_bytes()), quote(value));
    format!("{} elect {name} {value}", command(endpoints))
}

/// `etcdctl elect --listen NAME`.
pub fn observe(endpoints: &[String], name: &Key) -> String {
    format!("{} elect --listen {}", command(endpoints), operand(name.as_bytes()))
}

/// `etcdctl watch`, for a key or a prefix, from a revision.
pub fn watch(endpoints: &[String], key: &Key, prefix: bool, from: Revision) -> String {
    let flag = if prefix { " --prefix" } else { "" };
    let revision = if from.is_some() { format!(" --rev={from}") } else { String::new() };
    format!("{} watch --prev-kv{flag}{revision} -- {}", command(endpoints), quote(key.as_bytes()))
}

/// `etcdctl txn` with its text as a here-document, a line each. Where etcdctl cannot say it, the
/// first line says so.
pub fn txn(endpoints: &[String], request: &TxnRequest) -> Vec<String> {
    // No line of the text can be this word: each begins a compare or request, or is blank.
    const END: &str = "END";
    let beyond = beyond_etcdctl(request).map(|reason| format!("# not for etcdctl: {reason}"));
    let first = format!("{} txn <<'{END}'", command(endpoints));
    let text = print(request);
    let lines = text.lines().map(str::to_owned);
    beyond.into_iter().chain([first]).chain(lines).chain([END.to_owned()]).collect()
}

fn command(endpoints: &[String]) -> String {
    if endpoints.is_empty() {
        return "etcdctl".to_owned();
    }
    format!("etcdctl --endpoints={}", quote(endpoints.join(",").as_bytes()))
}

/// A first operand that cannot be taken for a flag; behind it etcdctl takes no more of them.
fn operand(bytes: &[u8]) -> String {
    let dashes = if bytes.starts_with(b"-") { "-- " } else { "" };
    format!("{dashes}{}", quote(bytes))
}

/// Bytes as one word of a POSIX shell; `$'…'` where a control character or odd byte needs it, which
/// bash, zsh and ksh read.
pub fn quote(bytes: &[u8]) -> String {
    let plain = |b: &u8| b.is_ascii_alphanumeric() || b"/._-:=,@+%".contains(b);
    if !bytes.is_empty() && bytes.iter().all(plain) {
        return String::from_utf8_lossy(bytes).into_owned();
    }
    if bytes.iter().all(|b| (0x20..0x7f).contains(b)) {
        let text = String::from_utf8_lossy(bytes);
        return format!("'{}'", text.replace('\'', "'\\''"));
    }
    let mut out = String::from("$'");
    for byte in bytes {
        match byte {
            b'\'' | b'\\' => out.extend(['\\', char::from(*byte)]),
            0x20..=0x7e => out.push(char::from(*byte)),
            byte => {
                // Writing to a String cannot fail.
                let _ = write!(out, "\\x{byte:02x}");
            }
        }
    }
    out + "'"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_for_a_shell() {
        let cases: [(&[u8], &str); 6] = [
            (b"/a/b", "/a/b"),
            (b"", "''"),
            (b"a b", "'a b'"),
            (b"it's", "'it'\\''s'"),
            (b"a\n\xff'", "$'a\\x0a\\xff\\''"),
            (b"$HOME", "'$HOME'"),
        ];
        for (bytes, quoted) in cases {
            assert_eq!(quote(bytes), quoted);
        }
        let endpoints = ["http://127.0.0.1:2379".to_owned()];
        assert_eq!(
            get(&endpoints, &"/a/".into(), true),
            "etcdctl --endpoints=http://127.0.0.1:2379 get --prefix -- /a/"
        );
    }
}
