//! Line differences: shortest where that is cheap, right everywhere.

use etcdeck::domain::diff::{DiffLine, diff, lines};
use proptest::prelude::*;

fn shown(old: &str, new: &str) -> String {
    let line = |line: &DiffLine| match line {
        DiffLine::Same(text) => format!(" {text}"),
        DiffLine::Removed(text) => format!("-{text}"),
        DiffLine::Added(text) => format!("+{text}"),
    };
    diff(&lines(old), &lines(new)).iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Applied forward and back it gives both texts.
fn holds(old: &[&str], new: &[&str]) -> usize {
    let diff = diff(old, new);
    let side = |skip: fn(&DiffLine) -> bool| {
        diff.iter().filter(|line| !skip(line)).map(|line| line.text()).collect::<Vec<_>>()
    };
    assert_eq!(side(|line| matches!(line, DiffLine::Added(_))), old);
    assert_eq!(side(|line| matches!(line, DiffLine::Removed(_))), new);
    diff.iter().filter(|line| matches!(line, DiffLine::Same(_))).count()
}

#[test]
fn differences_are_shown_where_they_are() {
    let cases = [
        ("", "", " "),
        ("a", "a", " a"),
        ("a", "b", "-a\n+b"),
        ("a\nb\nc", "a\nx\nc", " a\n-b\n+x\n c"),
        ("a\nb", "a\nb\n", " a\n b\n+"),
        ("a\nb\nc", "b\nc\nd", "-a\n b\n c\n+d"),
        ("a\nb\nc\na\nb\nb\na", "c\nb\na\nb\na\nc", "-a\n-b\n c\n+b\n a\n b\n-b\n a\n+c"),
    ];
    for (old, new, expected) in cases {
        assert_eq!(shown(old, new), expected, "{old:?} {new:?}");
    }
    assert_eq!(diff(&[], &["x"]), [DiffLine::Added("x")]);
    assert_eq!(diff(&["x"], &[]), [DiffLine::Removed("x")]);
}

#[test]
fn large_differences_are_right_and_anchored() {
    let numbers: Vec<String> = (0..20_000).map(|n| n.to_string()).collect();
    let old: Vec<&str> = numbers.iter().map(String::as_str).collect();
    // Every other line replaced by one that says nothing: far over the exact limit.
    let new: Vec<&str> =
        old.iter().enumerate().map(|(at, line)| if at % 2 == 0 { *line } else { "x" }).collect();
    assert_eq!(holds(&old, &new), 10_000);
    // Nothing to hold on to.
    let (a, b) = (["a", "b"].repeat(5_000), ["b", "c", "c"].repeat(5_000));
    holds(&a, &b);
    let huge = vec!["y"; 300_000];
    assert_eq!(holds(&huge, &["z"]), 0);
    assert_eq!(holds(&huge, &huge[1..]), huge.len() - 1);
}

/// The length of the longest common subsequence, by the book.
fn longest_common(a: &[&str], b: &[&str]) -> usize {
    let mut row = vec![0; b.len() + 1];
    for x in a {
        let mut corner = 0;
        for (j, y) in b.iter().enumerate() {
            let above = row[j + 1];
            row[j + 1] = if x == y { corner + 1 } else { above.max(row[j]) };
            corner = above;
        }
    }
    row[b.len()]
}

proptest! {
    #[test]
    fn small_differences_are_the_shortest(old in "[abc\\n]{0,30}", new in "[abc\\n]{0,30}") {
        let (old, new) = (lines(&old), lines(&new));
        prop_assert_eq!(holds(&old, &new), longest_common(&old, &new));
    }
}
