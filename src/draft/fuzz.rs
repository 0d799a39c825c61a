//! The reader of kept drafts, fuzzed: what is read is written as it was.

use std::time::{Duration, UNIX_EPOCH};

use super::record;
use crate::domain::draft::{Home, KeptDraft};
use crate::domain::edit::{Base, Form};
use crate::domain::{Entry, Key, Revision};
use crate::fuzz::Target;

const WORDS: &[&str] = &[
    "\"key\":\"a\"",
    "\"key_base64\":\"/w==\"",
    "\"base\":null",
    "\"value\":\"x\"",
    "\"value_base64\":\"/w==\"",
    "\"form\":\"text\"",
    "\"form\":\"hex\"",
    "\"lease\":\"7f\"",
    "\"merging\":[1,2]",
    "\"time\":",
    "\"cluster\":\"ff\"",
];

fn read(bytes: &[u8]) -> bool {
    let Ok((draft, time)) = record::read(bytes) else { return false };
    let Ok(written) = record::write(&draft, time) else { return true };
    let (again, then) = record::read(&written).expect("what was written can be read");
    assert_eq!((again, then), (draft, time));
    true
}

#[test]
fn fuzz_drafts() {
    let entry = Entry {
        key: Key::from(&b"\xff"[..]),
        value: b"one\n\xff".to_vec(),
        mod_revision: Revision(7),
        ..Entry::default()
    };
    let bases = [Base::Entry(entry), Base::Absent(Key::from("/a"))];
    let forms = [Form::Text, Form::Hex];
    let seeds = bases.into_iter().zip(forms).map(|(base, form)| {
        let home = Home { cluster: 9, endpoints: vec!["http://a:1".to_owned()] };
        let text = "6f \u{202e}".to_owned();
        let merging = Some((Revision(1), Revision(2)));
        let draft = KeptDraft { home, base, form, text, merging };
        record::write(&draft, UNIX_EPOCH + Duration::from_secs(9)).expect("it can be written")
    });
    Target { name: "drafts", seeds: seeds.collect(), words: WORDS, read }.run();
}
