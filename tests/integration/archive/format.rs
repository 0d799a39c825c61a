//! What is written is read back, any bytes; what is cut is told as cut.

use std::collections::BTreeMap;
use std::io::Cursor;

use etcdeck::archive::{Header, Reader, Writer};
use etcdeck::domain::escape::is_unsafe;
use etcdeck::domain::{Key, LeaseId, Revision};
use proptest::prelude::*;

use super::{any_entry, entry, noon, read, written};

#[test]
fn lines_are_as_documented() {
    let mut held = entry(b"/a/\xff", b"\x1b[2J\n");
    held.lease = LeaseId(0x694d_8141_7acd_4a1f);
    let file = written(b"/a/", &[entry(b"/a/b", b""), held]);
    assert_eq!(
        String::from_utf8(file).expect("UTF-8"),
        concat!(
            r#"{"format":"etcdeck-export-1","revision":9,"prefix":"/a/","count":2,"time":"2024-02-29T23:59:59.123Z"}"#,
            "\n",
            r#"{"key":"/a/b","value":"","lease":"0","create_revision":3,"mod_revision":5,"version":2}"#,
            "\n",
            r#"{"key_base64":"L2Ev/w==","value":"\u001b[2J\n","lease":"694d81417acd4a1f","create_revision":3,"mod_revision":5,"version":2}"#,
            "\n",
            r#"{"complete":true,"count":2}"#,
            "\n",
        )
    );
}

#[test]
fn a_file_that_lacks_keys_is_never_called_whole() {
    let header = Header::new(Revision(9), Key::from("/a"), 2, noon());
    let mut writer = Writer::new(Vec::new(), &header).expect("written to memory");
    writer.write(&entry(b"/a", b"1")).expect("written to memory");
    let error = writer.finish().expect_err("one is missing").to_string();
    assert_eq!(error, "2 keys were counted, but 1 were read");
}

#[test]
fn a_file_cut_at_any_byte_is_told_as_cut() {
    let entries = [entry(b"/a", "ü".as_bytes()), entry(b"/b\xff", b"2"), entry(b"/c", b"")];
    let file = written(b"/", &entries);
    let header = file.iter().position(|b| *b == b'\n').expect("a header");
    let last = file.len() - 1;
    for cut in 0..file.len() {
        match read(&file[..cut]) {
            Err(fault) => {
                assert!(cut < header, "{cut}: {fault}");
                let said = fault.to_string();
                let expected =
                    if cut == 0 { "line 1: the file is empty" } else { "cut within its header" };
                assert!(said.contains(expected), "{cut}: {said}");
            }
            // Only the line end behind the last line is missing.
            Ok((found, ending)) if cut == last => {
                assert_eq!((found.as_slice(), ending.whole), (&entries[..], true));
                assert_eq!(ending.notes, [""; 0]);
            }
            Ok((found, ending)) => {
                assert!(cut >= header && !ending.whole, "{cut}: {ending:?}");
                assert!(entries.starts_with(&found), "{cut}: {found:?}");
                assert!(ending.notes[0].starts_with("the file was cut: "), "{cut}: {ending:?}");
                assert!(ending.notes[0].contains(&format!("{} of 3 keys", found.len())));
            }
        }
    }
}

proptest! {
    #[test]
    fn any_entries_come_back(
        prefix in prop::collection::vec(any::<u8>(), 0..4),
        entries in prop::collection::vec(any_entry(), 0..20),
    ) {
        let by_key: BTreeMap<Key, _> =
            entries.into_iter().map(|entry| (entry.key.clone(), entry)).collect();
        let entries: Vec<_> = by_key.into_values().collect();
        let file = written(&prefix, &entries);
        let text = String::from_utf8(file.clone()).expect("UTF-8");
        prop_assert!(text.lines().all(|line| !line.chars().any(is_unsafe)));
        let (found, ending) = read(&file).expect("no fault");
        prop_assert_eq!(found, entries);
        prop_assert!(ending.whole && ending.ordered);
        let reader = Reader::new(Cursor::new(&file)).expect("a header");
        prop_assert_eq!(reader.header().prefix.as_bytes(), &prefix);
    }

    /// Whatever is done to a file, it is read, told as cut, or refused with a line that exists.
    #[test]
    fn a_damaged_file_is_read_or_refused(
        at in any::<prop::sample::Index>(),
        with in prop::collection::vec(any::<u8>(), 0..8),
        gone in 0usize..8,
    ) {
        let mut file = written(b"/", &[entry(b"/a", b"1"), entry(b"/b\xff", b"2")]);
        let from = at.index(file.len());
        let to = (from + gone).min(file.len());
        file.splice(from..to, with);
        let lines = file.split(|b| *b == b'\n').count() as u64;
        match read(&file) {
            Ok((found, ending)) => prop_assert_eq!(found.len() as u64, ending.keys),
            Err(fault) => {
                prop_assert!((1..=lines).contains(&fault.line), "{}", fault);
                prop_assert!(!fault.to_string().chars().any(is_unsafe), "{}", fault);
            }
        }
    }
}
