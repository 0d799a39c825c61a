//! The three-way merge: changes that do not touch are joined, the rest is marked, no byte is lost.

use etcdeck::domain::Revision;
use etcdeck::domain::diff::lines;
use etcdeck::domain::merge::{Changed, Marks, Merged, pieces};
use proptest::prelude::*;

const MINE: &str = "<<<<<<< mine, begun at revision 7";
const BASE: &str = "||||||| base, revision 7";
const THEIRS: &str = "======= theirs, revision 9";
const END: &str = ">>>>>>> end of revision 9";

fn marks() -> Marks {
    Marks::new(Revision(7), Revision(9))
}

fn merge(base: &str, mine: &str, theirs: &str) -> (String, Merged) {
    marks().merge(Some(base), mine, theirs)
}

/// `(mine, theirs, both, conflicts)`
fn counts(merged: Merged) -> (usize, usize, usize, usize) {
    (merged.mine, merged.theirs, merged.both, merged.conflicts)
}

#[test]
fn changes_that_do_not_touch_are_joined() {
    // base, mine, theirs, merged, (mine, theirs, both, conflicts)
    let cases = [
        ("a\nb\nc", "a\nb\nc", "a\nb\nc", "a\nb\nc", (0, 0, 0, 0)),
        ("a\nb\nc", "A\nb\nc", "a\nb\nC", "A\nb\nC", (1, 1, 0, 0)),
        ("a\nb\nc\nd\ne", "a\nc\nd\ne\nf", "a\nb\nc\nx\ne", "a\nc\nx\ne\nf", (2, 1, 0, 0)),
        // The same change on both sides stands once.
        ("a\nb\nc", "a\nx\nc", "a\nx\nc", "a\nx\nc", (0, 0, 1, 0)),
        ("a", "a\nn", "a\nn", "a\nn", (0, 0, 1, 0)),
        // A deletion here, a change there.
        ("a\nb\nc\nd", "a\nc\nd", "a\nb\nc\nD", "a\nc\nD", (1, 1, 0, 0)),
        // The final newline and CRLF are lines like any other.
        ("a\nb\n", "A\nb\n", "a\nb", "A\nb", (1, 1, 0, 0)),
        ("a\nb\nc", "A\nb\nc", "a\nb\nc\n", "A\nb\nc\n", (1, 1, 0, 0)),
        ("a\r\nb\r\nc\r\n", "A\r\nb\r\nc\r\n", "a\r\nb\r\nC\r\n", "A\r\nb\r\nC\r\n", (1, 1, 0, 0)),
        ("", "", "x\ny\n", "x\ny\n", (0, 1, 0, 0)),
    ];
    for (base, mine, theirs, merged, expected) in cases {
        let (text, came_to) = merge(base, mine, theirs);
        assert_eq!((text.as_str(), counts(came_to)), (merged, expected), "{base:?}");
        assert_eq!(marks().find(&lines(&text)), None);
    }
}

#[test]
fn what_touches_is_marked_with_the_base() {
    let marked = |mine: &str, base: &str, theirs: &str| {
        let part = |text: &str| if text.is_empty() { String::new() } else { format!("{text}\n") };
        let base = if base.is_empty() { String::new() } else { format!("{BASE}\n{base}\n") };
        format!("{MINE}\n{}{base}{THEIRS}\n{}{END}", part(mine), part(theirs))
    };
    let cases = [
        ("a\nb\nc", "a\nx\nc", "a\ny\nc", format!("a\n{}\nc", marked("x", "b", "y"))),
        // Side by side, though the lines are others.
        ("a\nb", "A\nb", "a\nB", marked("A\nb", "a\nb", "a\nB")),
        // Both put something in at one place.
        ("a\nb", "a\nx\nb", "a\ny\nb", format!("a\n{}\nb", marked("x", "", "y"))),
        // Deleted here, changed there.
        ("a\nb\nc", "a\nc", "a\nB\nc", format!("a\n{}\nc", marked("", "b", "B"))),
        // What both begin and end with stands once.
        ("q", "s\nm\ne", "s\nt\ne", format!("s\n{}\ne", marked("m", "q", "t"))),
        // Only the final newline.
        ("a\nb", "a\nc", "a\nb\n", format!("a\n{}", marked("c", "b", "b\n"))),
        // A line end is a difference.
        ("a\nb", "a\r\nb", "x\nb", format!("{}\nb", marked("a\r", "a", "x"))),
    ];
    for (base, mine, theirs, merged) in cases {
        let (text, came_to) = merge(base, mine, theirs);
        assert_eq!((text.as_str(), came_to.conflicts), (merged.as_str(), 1), "{base:?} {mine:?}");
        let first = merged.split('\n').position(|line| line == MINE).map(|at| at + 1);
        assert_eq!(marks().find(&lines(&text)), first);
    }
}

#[test]
fn two_texts_without_a_base_share_what_they_can() {
    let cases = [
        ("a\nb", "a\nb", "a\nb".to_owned(), 0),
        ("a\nmy\nc", "a\ntheir\nc", format!("a\n{MINE}\nmy\n{THEIRS}\ntheir\n{END}\nc"), 1),
        ("a\nmy", "a", format!("a\n{MINE}\nmy\n{THEIRS}\n{END}"), 1),
        ("a", "a\n", format!("a\n{MINE}\n{THEIRS}\n\n{END}"), 1),
        (
            "my\na",
            "a\ntheir",
            format!("{MINE}\nmy\n{THEIRS}\n{END}\na\n{MINE}\n{THEIRS}\ntheir\n{END}"),
            2,
        ),
    ];
    for (mine, theirs, merged, conflicts) in cases {
        let (text, came_to) = marks().merge(None, mine, theirs);
        assert_eq!((text.as_str(), counts(came_to)), (merged.as_str(), (0, 0, 0, conflicts)));
    }
}

#[test]
fn every_mark_is_found() {
    for mark in [MINE, BASE, THEIRS, END] {
        assert_eq!(marks().find(&["a", mark]), Some(2));
        assert_eq!(Marks::new(Revision(7), Revision(8)).find(&["<<<<<<<", "=======", END]), None);
    }
    assert_eq!(marks().revisions(), (Revision(7), Revision(9)));
}

#[test]
fn large_texts_are_merged_at_a_bounded_price() {
    let numbers: Vec<String> = (0..60_000).map(|n| n.to_string()).collect();
    let base = numbers.join("\n");
    let mine = base.replacen("\n100\n", "\nmine\n", 1);
    let theirs = base.replacen("\n59000\n", "\ntheirs\n", 1);
    let (text, came_to) = merge(&base, &mine, &theirs);
    assert_eq!(counts(came_to), (1, 1, 0, 0));
    assert_eq!(text, mine.replacen("\n59000\n", "\ntheirs\n", 1));
    // Nothing in common: one mark, not a stall.
    let (other, third) = ("x\n".repeat(60_000), "y\n".repeat(60_000));
    assert_eq!(merge(&base, &other, &third).1.conflicts, 1);
}

/// Resolves every mark for one side, and counts the marks.
fn resolved(text: &str, mine: bool) -> String {
    let mut keep = [true, true];
    let mut out = Vec::new();
    for line in text.split('\n') {
        match line {
            MINE => keep = [true, false],
            BASE => keep = [false, false],
            THEIRS => keep = [false, true],
            END => keep = [true, true],
            line if keep[usize::from(!mine)] => out.push(line),
            _ => {}
        }
    }
    out.join("\n")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn a_side_that_changed_nothing_gives_the_other(base in "[abc\r\n]{0,30}", other in "[abc\r\n]{0,30}") {
        let (text, came_to) = merge(&base, &base, &other);
        prop_assert_eq!((&text, came_to.mine, came_to.conflicts), (&other, 0, 0));
        let (text, came_to) = merge(&base, &other, &base);
        prop_assert_eq!((&text, came_to.theirs, came_to.conflicts), (&other, 0, 0));
        let (text, came_to) = merge(&base, &other, &other);
        prop_assert_eq!((&text, came_to.conflicts), (&other, 0));
    }

    #[test]
    fn the_pieces_make_up_each_text(
        base in "[abc\n]{0,30}", mine in "[abc\n]{0,30}", theirs in "[abc\n]{0,30}",
    ) {
        let (base, mine, theirs) = (lines(&base), lines(&mine), lines(&theirs));
        let (mut b, mut m, mut t) = (0, 0, 0);
        let mut before = None;
        for piece in pieces(&base, &mine, &theirs) {
            prop_assert_eq!((piece.base.start, piece.mine.start, piece.theirs.start), (b, m, t));
            (b, m, t) = (piece.base.end, piece.mine.end, piece.theirs.end);
            let (x, y, z) = (&base[piece.base], &mine[piece.mine], &theirs[piece.theirs]);
            let expected = match (x == y, x == z, y == z) {
                (true, true, _) => Changed::Neither,
                (false, true, _) => Changed::Mine,
                (true, false, _) => Changed::Theirs,
                (false, false, true) => Changed::Both,
                (false, false, false) => Changed::Differently,
            };
            prop_assert_eq!(piece.changed, expected);
            // Between two changes there is a line that nobody changed.
            prop_assert!(before.is_none() || (before == Some(Changed::Neither)) != (expected == Changed::Neither));
            before = Some(expected);
        }
        prop_assert_eq!((b, m, t), (base.len(), mine.len(), theirs.len()));
    }

    #[test]
    fn both_directions_are_one_merge(
        base in "[abc\n]{0,30}", mine in "[abc\n]{0,30}", theirs in "[abc\n]{0,30}",
    ) {
        let (one, there) = merge(&base, &mine, &theirs);
        let (other, back) = merge(&base, &theirs, &mine);
        prop_assert_eq!(counts(there), (back.theirs, back.mine, back.both, back.conflicts));
        prop_assert_eq!(resolved(&one, true), resolved(&other, false));
        prop_assert_eq!(resolved(&one, false), resolved(&other, true));
        if there.conflicts == 0 {
            prop_assert_eq!(&one, &other);
        }
        // Where nothing of the other side was joined, taking a side is that side, byte for byte.
        if there.theirs == 0 {
            prop_assert_eq!(resolved(&one, true), mine.clone());
        }
        if there.mine == 0 {
            prop_assert_eq!(resolved(&one, false), theirs.clone());
        }
        let two = marks().merge(None, &mine, &theirs).0;
        prop_assert_eq!(resolved(&two, true), mine);
        prop_assert_eq!(resolved(&two, false), theirs);
    }
}
