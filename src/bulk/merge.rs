//! Ranges that may overlap, as ranges that do not.

use crate::domain::{Key, KeyRange};

/// The same keys in ranges that do not overlap or touch, in key order.
///
/// ```
/// use etcdeck::bulk::merged;
/// use etcdeck::domain::KeyRange;
///
/// let ranges = [KeyRange::single("/a/x"), KeyRange::single("/b"), KeyRange::prefix("/a/")];
/// assert_eq!(merged(&ranges), [KeyRange::prefix("/a/"), KeyRange::single("/b")]);
/// ```
pub fn merged(ranges: &[KeyRange]) -> Vec<KeyRange> {
    let mut sorted: Vec<KeyRange> =
        ranges.iter().filter(|range| !is_empty(range)).cloned().collect();
    sorted.sort_by(|a, b| a.start().cmp(b.start()));
    let mut merged: Vec<KeyRange> = Vec::with_capacity(sorted.len());
    for range in sorted {
        match merged.last_mut() {
            Some(last) if touches(last, range.start()) => *last = joined(last, &range),
            _ => merged.push(range),
        }
    }
    merged
}

/// Whether no key lies in it: etcd takes an interval that ends before it begins for an empty one.
fn is_empty(range: &KeyRange) -> bool {
    !range.is_single() && !range.is_open() && range.end() <= range.start().as_bytes()
}

/// The first key behind the range; `None` when there is none.
fn behind(range: &KeyRange) -> Option<Vec<u8>> {
    if range.is_open() {
        None
    } else if range.is_single() {
        Some(range.start().successor().into_bytes())
    } else {
        Some(range.end().to_vec())
    }
}

fn touches(range: &KeyRange, start: &Key) -> bool {
    behind(range).is_none_or(|end| start.as_bytes() <= end.as_slice())
}

/// Both, where the second begins in the first or right behind it.
fn joined(first: &KeyRange, second: &KeyRange) -> KeyRange {
    let (Some(a), Some(b)) = (behind(first), behind(second)) else {
        return KeyRange::from(first.start().clone());
    };
    if b <= a {
        return first.clone();
    }
    // A single key followed by its own successors only keeps its name where it is alone.
    KeyRange::interval(first.start().clone(), b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overlapping_ranges_become_one_and_others_stay() {
        let p = |prefix: &str| KeyRange::prefix(prefix);
        let s = |key: &str| KeyRange::single(key);
        let cases = [
            (vec![], vec![]),
            (vec![s("a"), s("a")], vec![s("a")]),
            (vec![p("/a/"), p("/a/b/"), s("/a/c")], vec![p("/a/")]),
            (vec![s("b"), p("a")], vec![KeyRange::interval("a", &b"b\0"[..])]),
            (vec![s("c"), s("a")], vec![s("a"), s("c")]),
            (vec![KeyRange::from("m"), p("z"), s("a")], vec![s("a"), KeyRange::from("m")]),
            (vec![p("a"), KeyRange::all()], vec![KeyRange::all()]),
            (vec![KeyRange::interval("c", "a"), s("x")], vec![s("x")]),
            (
                vec![KeyRange::interval("a", "c"), KeyRange::interval("b", "d")],
                vec![KeyRange::interval("a", "d")],
            ),
            (vec![p("\u{10ffff}"), s("a")], vec![s("a"), p("\u{10ffff}")]),
        ];
        for (given, expected) in cases {
            assert_eq!(merged(&given), expected, "{given:?}");
        }
    }

    #[test]
    fn every_key_stays_inside_and_no_other_comes_in() {
        let ranges = [
            KeyRange::prefix("b"),
            KeyRange::single("a"),
            KeyRange::interval("ba", "d"),
            KeyRange::single("d"),
            KeyRange::single("e"),
        ];
        let merged = merged(&ranges);
        for first in b'`'..=b'g' {
            for key in [vec![first], vec![first, 0], vec![first, b'a'], vec![first, 0xff]] {
                let before = ranges.iter().any(|range| range.contains(&key));
                let after = merged.iter().filter(|range| range.contains(&key)).count();
                assert_eq!(usize::from(before), after, "{key:?}");
            }
        }
    }
}
