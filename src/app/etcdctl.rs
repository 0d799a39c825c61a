//! The selected thing as an etcdctl command line, quoted for a shell.

use std::fmt::Write as _;

use crate::domain::{Key, LeaseId, Revision};

/// `etcdctl get KEY`, or with `--prefix` for a directory.
pub fn get(endpoints: &[String], key: &Key, prefix: bool) -> String {
    let flag = if prefix { " --prefix" } else { "" };
    format!("{} get{flag} -- {}", command(endpoints), quote(key.as_bytes()))
}

/// `etcdctl lease timetolive ID --keys`.
pub fn time_to_live(endpoints: &[String], id: LeaseId) -> String {
    format!("{} lease timetolive {id} --keys", command(endpoints))
}

/// `etcdctl lease revoke ID`.
pub fn revoke(endpoints: &[String], id: LeaseId) -> String {
    format!("{} lease revoke {id}", command(endpoints))
}

/// `etcdctl watch`, for a key or a prefix, from a revision.
pub fn watch(endpoints: &[String], key: &Key, prefix: bool, from: Revision) -> String {
    let flag = if prefix { " --prefix" } else { "" };
    let revision = if from.is_some() { format!(" --rev={from}") } else { String::new() };
    format!("{} watch --prev-kv{flag}{revision} -- {}", command(endpoints), quote(key.as_bytes()))
}

fn command(endpoints: &[String]) -> String {
    if endpoints.is_empty() {
        return "etcdctl".to_owned();
    }
    format!("etcdctl --endpoints={}", quote(endpoints.join(",").as_bytes()))
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
