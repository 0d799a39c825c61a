//! Texts that people edit: transactions, differences, merges, hexadecimal.

use etcdeck::domain::comparison::Comparison;
use etcdeck::domain::diff::{DiffLine, diff, lines};
use etcdeck::domain::merge::{Marks, pieces};
use etcdeck::domain::txn_text::{parse, print};
use etcdeck::domain::{Revision, escape, hex};

use super::{Target, assert_sentence, seeds};

#[test]
fn fuzz_transactions() {
    fn read(bytes: &[u8]) -> bool {
        let Ok(text) = std::str::from_utf8(bytes) else { return false };
        match parse(text) {
            Ok(request) => {
                let printed = print(&request);
                let safe = |c: char| c == '\n' || !escape::is_unsafe(c);
                assert!(printed.chars().all(safe), "{printed:?}");
                assert_eq!(parse(&printed).as_ref(), Ok(&request), "{printed}");
                true
            }
            Err(error) => {
                assert_sentence(&error.to_string());
                false
            }
        }
    }
    let all = seeds(&[
        "mod(\"a\") > \"0\"\nvalue(\"b\") = \"x\\xff\"\n\nput \"a\" \"b\"\nget a --prefix\n\ndel \"c\"\n\n",
        "create(\"k\") = \"0\"\nlease(\"k\") != \"7f\"\nver(k) < \"3\"\n\nput k v --lease=7f\nget k z\n\n\n",
        "\n\ndel \"\" --prefix\nget \"a\" --rev=3 --limit 5 --sort-by=KEY --order=DESCEND\n\n\n",
    ]);
    let words = &[
        "mod(",
        "value(",
        "\"a\"",
        " = ",
        "\n\n",
        "put ",
        "get ",
        "del ",
        "--prefix",
        "--from-key",
        "--lease=",
        "txn",
        "\\x41",
        "\\u202e",
        "\\U0001f600",
        "\\777",
        "`",
        "'",
        "--rev=9223372036854775808",
        "--keys-only",
    ];
    Target { name: "transactions", seeds: all, words, read }.run();
}

/// Three texts out of one: parted by the byte 0.
fn three(bytes: &[u8]) -> Option<[&str; 3]> {
    let text = std::str::from_utf8(bytes).ok()?;
    let mut parts = text.split('\0');
    Some([(); 3].map(|()| parts.next().unwrap_or_default()))
}

const EDITS: [&str; 4] = [
    "a\nb\nc\n\0a\nB\nc\n\0a\nb\nC\n",
    "a\nb\0a\0a\nb\nc\nd",
    "same\nsame\nsame\n\0same\nsame\n\0same\nsame\nsame\nsame\n",
    "\0x\0y",
];

#[test]
fn fuzz_differences() {
    fn read(bytes: &[u8]) -> bool {
        let Some([old, new, _]) = three(bytes) else {
            let (old, new) = bytes.split_at(bytes.len() / 2);
            return Comparison::new(old, new).rows.len() > 1;
        };
        let (old_lines, new_lines) = (lines(old), lines(new));
        let found = diff(&old_lines, &new_lines);
        let side = |leave: fn(&DiffLine) -> bool| -> Vec<&str> {
            found.iter().filter(|line| !leave(line)).map(|line| line.text()).collect()
        };
        assert_eq!(side(|line| matches!(line, DiffLine::Added(_))), old_lines);
        assert_eq!(side(|line| matches!(line, DiffLine::Removed(_))), new_lines);
        let compared = Comparison::new(old.as_bytes(), new.as_bytes());
        assert_eq!(old == new, compared.removed + compared.added == 0);
        true
    }
    Target { name: "differences", seeds: seeds(&EDITS), words: &["\n", "\0", "a\n", "\r\n"], read }
        .run();
}

#[test]
fn fuzz_merges() {
    fn read(bytes: &[u8]) -> bool {
        let Some([base, mine, theirs]) = three(bytes) else { return false };
        let marks = Marks::new(Revision(3), Revision(5));
        let (text, merged) = marks.merge(Some(base), mine, theirs);
        let is_marked = marks.find(&lines(&text)).is_some();
        let had_marks = [base, mine, theirs].iter().any(|t| marks.find(&lines(t)).is_some());
        assert!(had_marks || is_marked == (merged.conflicts > 0), "{text:?}");
        // A side that changed nothing gives the other.
        assert_eq!(marks.merge(Some(base), base, theirs).0, theirs);
        assert_eq!(marks.merge(Some(base), mine, base).0, mine);
        assert_eq!(marks.merge(Some(base), mine, mine).0, mine);
        let _ = marks.merge(None, mine, theirs);
        let sides = (lines(base), lines(mine), lines(theirs));
        let found = pieces(&sides.0, &sides.1, &sides.2);
        let whole: usize = found.iter().map(|piece| piece.mine.len()).sum();
        assert_eq!(whole, sides.1.len(), "the pieces make up mine");
        true
    }
    Target {
        name: "merges",
        seeds: seeds(&EDITS),
        words: &["\n", "\0", "a\n", "<<<<<<< mine"],
        read,
    }
    .run();
}

#[test]
fn fuzz_hexadecimal() {
    fn read(bytes: &[u8]) -> bool {
        assert_eq!(hex::from_text(&hex::to_text(bytes)).as_deref(), Ok(bytes));
        let Ok(text) = std::str::from_utf8(bytes) else { return false };
        match hex::from_text(text) {
            Ok(read) => {
                assert!(read.len() * 2 <= text.len());
                true
            }
            Err(error) => {
                assert_sentence(&error.to_string());
                false
            }
        }
    }
    let all = seeds(&["00 ff\n41", "6f6b", " \n", "0x41"]);
    Target { name: "hexadecimal", seeds: all, words: &["00", "ff ", "\n", "g", "é"], read }.run();
}
