//! The search: which keys of a snapshot match, the first of them, and how many.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::index::Snapshot;
use super::pattern::Pattern;
use crate::domain::Key;
use crate::domain::find::{Hit, Hits};

/// What was found so far: parts of an index are looked at one by one, in order, and put together.
#[derive(Debug, Default)]
pub struct Found {
    rows: Vec<Row>,
    matches: u64,
    of: u64,
}

#[derive(Debug)]
struct Row {
    score: i32,
    key: Key,
}

/// A key by how well it matches: its score, then the shorter, then the earlier.
type Ranked<'a> = (i32, Reverse<usize>, Reverse<&'a [u8]>);

/// Looks at all keys of a snapshot; at most so many are listed, all are counted.
pub fn search(snapshot: &Snapshot, pattern: &Pattern, most: usize) -> Found {
    let mut matcher = pattern.matcher();
    let mut matches = 0;
    let mut of = 0;
    let mut rows = Vec::new();
    if pattern.ranks() {
        // The worst of the best is on top.
        let mut best: BinaryHeap<Reverse<Ranked>> = BinaryHeap::new();
        for key in snapshot.keys() {
            of += 1;
            let Some(score) = matcher.score(key) else { continue };
            matches += 1;
            let row = Reverse((score, Reverse(key.len()), Reverse(key)));
            if best.len() < most {
                best.push(row);
            } else if best.peek().is_some_and(|worst| row < *worst) {
                best.pop();
                best.push(row);
            }
        }
        let best = best.into_sorted_vec().into_iter();
        rows.extend(best.map(|Reverse((score, _, Reverse(key)))| Row { score, key: key.into() }));
    } else {
        for key in snapshot.keys() {
            of += 1;
            if matcher.score(key).is_some() {
                matches += 1;
                if rows.len() < most {
                    rows.push(Row { score: 0, key: key.into() });
                }
            }
        }
    }
    Found { rows, matches, of }
}

impl Found {
    /// Puts what was found in the part behind this one to it.
    pub fn add(&mut self, behind: Found, pattern: &Pattern, most: usize) {
        self.rows.extend(behind.rows);
        if pattern.ranks() {
            // Stable, and the parts come in order: of two alike the earlier stays first.
            self.rows.sort_by_key(|row| (Reverse(row.score), row.key.as_bytes().len()));
        }
        self.rows.truncate(most);
        self.matches += behind.matches;
        self.of += behind.of;
    }

    /// In how many keys it was looked for.
    pub fn of(&self) -> u64 {
        self.of
    }

    /// What is to be shown.
    pub fn hits(&self, pattern: &Pattern, complete: bool) -> Hits {
        let mut matcher = pattern.matcher();
        let hit =
            |row: &Row| Hit { marks: matcher.marks(row.key.as_bytes()), key: row.key.clone() };
        let (matches, of) = (self.matches, self.of);
        Hits { rows: self.rows.iter().map(hit).collect(), matches, of, complete }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::find::{Mode, Query};
    use crate::find::Index;

    fn index(keys: impl IntoIterator<Item = String>) -> Index {
        let mut index = Index::default();
        let keys = keys.into_iter().map(|key| (Key::from(key.as_str()), true));
        index.apply(keys.collect());
        index
    }

    /// What is found in one piece, which must be what is found in parts.
    fn found(index: &Index, mode: Mode, text: &str, most: usize) -> (Vec<String>, u64) {
        let pattern = Pattern::new(&Query { mode, text: text.to_owned() }).expect(text);
        let whole = search(&index.snapshot(), &pattern, most).hits(&pattern, true);
        let mut parts = Found::default();
        for part in index.snapshot().parts(700) {
            parts.add(search(&part, &pattern, most), &pattern, most);
        }
        assert_eq!(parts.hits(&pattern, true), whole, "{text}");
        (whole.rows.iter().map(|hit| hit.key.to_string()).collect(), whole.matches)
    }

    #[test]
    fn the_first_are_listed_and_all_are_counted() {
        let index = index((0..3000).map(|n| format!("/pods/web-{n}")));
        let (rows, matches) = found(&index, Mode::Substring, "WEB-1", 5);
        assert_eq!((rows.len(), matches), (0, 0), "large letters are meant");
        let (rows, matches) = found(&index, Mode::Substring, "web-1", 5);
        assert_eq!(matches, 1111);
        assert_eq!(
            rows,
            ["/pods/web-1", "/pods/web-10", "/pods/web-100", "/pods/web-1000", "/pods/web-1001"]
        );
        let (rows, matches) = found(&index, Mode::Regex, "^/pods/.*-29+$", 5);
        assert_eq!(
            (matches, rows),
            (3, vec!["/pods/web-29".to_owned(), "/pods/web-299".into(), "/pods/web-2999".into()])
        );
        let (rows, matches) = found(&index, Mode::Fuzzy, "pw29", 3);
        assert_eq!(rows[0], "/pods/web-29");
        assert!(matches > 100, "{matches}");
        let (rows, matches) = found(&index, Mode::Fuzzy, "", 2);
        assert_eq!((rows.len(), matches), (2, 3000));
    }

    #[test]
    fn bytes_of_no_text_are_found_as_they_are_shown() {
        let mut index = Index::default();
        let keys = [&b"/a\xff\x00b"[..], b"/a\\xffb", "/grün".as_bytes()];
        index.apply(keys.iter().map(|key| (Key::from(*key), true)).collect());
        for (mode, text, key) in [
            (Mode::Substring, "\\xff\\0", keys[0]),
            (Mode::Substring, "\\\\xff", keys[1]),
            (Mode::Regex, "a\\xff\\x00", keys[0]),
            (Mode::Regex, "a\\\\xff", keys[1]),
            (Mode::Fuzzy, "a\\xff", keys[0]),
            (Mode::Regex, "gr.*n$", keys[2]),
            (Mode::Regex, "grün", keys[2]),
            (Mode::Substring, "GRüN", b""),
        ] {
            let (rows, matches) = found(&index, mode, text, 9);
            let is: Vec<String> = keys
                .iter()
                .filter(|other| **other == key)
                .map(|key| Key::from(*key).to_string())
                .collect();
            assert_eq!((rows, matches), (is.clone(), is.len() as u64), "{text}");
        }
    }

    #[test]
    fn what_matches_is_marked() {
        let index = index(["/config/app/Name".to_owned()]);
        for (mode, text, marks) in [
            (Mode::Substring, "name", vec![(12, 16)]),
            (Mode::Regex, "a.*/", vec![(8, 12)]),
            (Mode::Regex, "x*", vec![]),
            (Mode::Fuzzy, "cn", vec![(1, 2), (3, 4)]),
        ] {
            let pattern = Pattern::new(&Query { mode, text: text.to_owned() }).expect(text);
            let hits = search(&index.snapshot(), &pattern, 1).hits(&pattern, true);
            let found: Vec<_> =
                hits.rows[0].marks.iter().map(|mark| (mark.start, mark.end)).collect();
            assert_eq!(found, marks, "{text}");
        }
    }

    #[test]
    fn what_cannot_be_looked_for_says_where() {
        for (mode, text, place, reason) in [
            (Mode::Substring, "ab\\q", "\\q", "unknown escape"),
            (Mode::Regex, "ab(c", "(", "unclosed group"),
            (Mode::Regex, "a[z-a]", "z-a", "invalid"),
            (Mode::Regex, "a**{2", "{2", ""),
            (Mode::Regex, "*a", "", "repetition"),
        ] {
            let fault = Pattern::new(&Query { mode, text: text.to_owned() }).expect_err(text);
            assert_eq!(text.get(fault.at.clone()), Some(place), "{text}: {fault:?}");
            assert!(fault.reason.contains(reason), "{text}: {fault:?}");
            assert!(!fault.reason.contains('\n'), "{fault:?}");
        }
    }
}
