//! Files that are read back: exports, and records spilled to disk.

use std::io::Cursor;
use std::time::UNIX_EPOCH;

use etcdeck::archive::{Header, Reader, Stored, Writer};
use etcdeck::domain::journal::Written;
use etcdeck::domain::{Entry, Key, LeaseId, Revision};

use super::{Target, assert_sentence, seeds};

const WORDS: &[&str] = &[
    "\"key\":\"/a\"",
    "\"key_base64\":\"/w==\"",
    "\"value\":\"1\"",
    "\"value_base64\":\"/w==\"",
    "\"lease\":\"7f\"",
    "{\"complete\":true,\"count\":1}\n",
    "\"mod_revision\":3",
    "\"format\":\"etcdeck-export-1\"",
    "\n",
];

fn export(entries: &[Entry]) -> Vec<u8> {
    let header = Header::new(Revision(9), Key::from("/"), entries.len() as u64, UNIX_EPOCH);
    let mut writer = Writer::new(Vec::new(), &header).expect("memory is written");
    for entry in entries {
        writer.write(entry).expect("memory is written");
    }
    writer.finish().expect("memory is written")
}

/// The entries of an export that is read to its end without a fault.
fn imported(bytes: &[u8]) -> Option<Vec<Entry>> {
    let said = |fault: etcdeck::archive::Fault| assert_sentence(&fault.to_string());
    let reader = Reader::new(Cursor::new(bytes)).map_err(said).ok()?.remembering();
    reader.map(|entry| entry.map_err(said).ok()).collect()
}

fn entry(key: &[u8], value: &[u8], lease: i64) -> Entry {
    Entry {
        key: Key::from(key),
        value: value.to_vec(),
        mod_revision: Revision(4),
        lease: LeaseId(lease),
        ..Entry::default()
    }
}

#[test]
fn fuzz_exports() {
    fn read(bytes: &[u8]) -> bool {
        let Some(entries) = imported(bytes) else { return false };
        // What could be read is written so that it is read as the same.
        assert_eq!(imported(&export(&entries)).as_ref(), Some(&entries));
        true
    }
    let entries =
        [entry(b"/a", b"1", 0), entry(b"/b\xff", b"\0\xff", 0x7f), entry("/ü".as_bytes(), b"", 1)];
    let all = vec![export(&entries), export(&[])];
    Target { name: "exports", seeds: all, words: WORDS, read }.run();
}

#[test]
fn fuzz_records() {
    fn same<T: Stored + PartialEq + std::fmt::Debug>(bytes: &[u8]) -> bool {
        let Ok(record) = T::decode(bytes) else { return false };
        let mut out = Vec::new();
        record.encode(&mut out).expect("what was read can be written");
        assert_eq!(T::decode(&out).expect("what was written can be read"), record);
        true
    }
    fn read(bytes: &[u8]) -> bool {
        same::<Entry>(bytes) | same::<Written>(bytes)
    }
    let mut stored = Vec::new();
    entry(b"/a\xff", b"\0", 7).encode(&mut stored).expect("memory is written");
    let mut all = seeds(&["{}", "[]"]);
    all.push(stored);
    Target { name: "records", seeds: all, words: WORDS, read }.run();
}
